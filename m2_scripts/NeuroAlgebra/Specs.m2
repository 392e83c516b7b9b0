-- Names of models, as in mlp:2,2,3:x^2: a family, its sizes, and options.

specError = (text, right) -> error("expected a name such as ", right, ", not ", format text)

-- The groups of a pattern that matches all of the text, "" for those that are left out; or null.
fullMatch = (pattern, text) -> (
    found := regex("^" | pattern | "$", text);
    if found === null then null
    else apply(drop(found, 1), (start, length') -> substring(start, length', text)))

wholeNumber = (text, right) -> (
    if fullMatch("([0-9]{1,9})", text) === null then specError(text, right);
    value text)

wholeNumbers = (mark, text, right) -> apply(separate(mark, text), s -> wholeNumber(s, right))

-- Only numbers and operations on x are evaluated.
activationFunction = (text, right) -> (
    if fullMatch("([-+*/^()x0-9]+)", text) === null then specError(text, right);
    f := try value("x -> (" | text | ")") except err do null;
    if not instance(f, Function) then specError(text, right);
    f)

-- The values of options name=number, each at most once; text is a list of them.
namedNumbers = (options', names, right) -> (
    named := new MutableHashTable;
    scan(options', option -> (
            found := fullMatch("([a-z]+)=([0-9]+)", option);
            if found === null or not member(found#0, names) or named#?(found#0) then
            specError(option, right);
            named#(found#0) = wholeNumber(found#1, right)));
    named)

-- The values of options name=text, each at most once.
namedTexts = (options', names, right) -> (
    named := new MutableHashTable;
    scan(options', option -> (
            found := fullMatch("([a-z]+)=([-A-Za-z0-9+*/^()]+)", option);
            if found === null or not member(found#0, names) or named#?(found#0) then
            specError(option, right);
            named#(found#0) = found#1));
    named)

-- Named graphs by their edges, as in Python, and their numbers of vertices.
cycleEdges = n -> if n > 2 then apply(n, i -> {i, (i + 1) % n}) else apply(n - 1, i -> {i, i + 1})
namedGraphs = hashTable {
    "C" => n -> (cycleEdges n, n),
    "P" => n -> (apply(n - 1, i -> {i, i + 1}), n),
    "S" => n -> (apply(n, i -> {0, i + 1}), n + 1),
    "K" => n -> (subsets(n, 2), n),
    "Q" => n -> (flatten apply(2^n, v -> apply(select(n, i -> (v // 2^i) % 2 == 0), i ->
                {v, v + 2^i})), 2^n)}
graphOf = (text, right) -> (
    if text == "Petersen" then return (join(cycleEdges 5, apply(5, i -> {i, i + 5}),
            apply(5, i -> {5 + i, 5 + (i + 2) % 5})), 10);
    if (found := fullMatch("K([0-9]{1,3})x([0-9]{1,3})", text)) =!= null then (
        (a, b) := (value found#0, value found#1);
        return (flatten table(a, b, (i, j) -> {i, a + j}), a + b));
    if (found = fullMatch("([CPKSQ])([0-9]{1,3})", text)) =!= null then (
        return namedGraphs#(found#0) value found#1);
    if fullMatch("([0-9]+-[0-9]+([+][0-9]+-[0-9]+)*)", text) === null then specError(text, right);
    edges := apply(separate("[+]", text), e -> apply(separate("-", e), value));
    (edges, 1 + max flatten edges))

-- Multiplication tables of named groups, as in Python; the neutral element is 0.
permutationTable = L -> (
    number := hashTable apply(#L, k -> L#k => k);
    table(L, L, (p, q) -> number#(apply(q, i -> p#i))))
isEven = p -> even number(subsets(#p, 2), s -> p#(s#0) > p#(s#1))
dihedralTable = n -> table(2 * n, 2 * n, (g, h) ->
    (g % n + (-1)^(g // n) * (h % n)) % n + n * ((g // n + h // n) % 2))
dicyclicTable = n -> table(4 * n, 4 * n, (g, h) -> (
        (b, d) := (g // (2 * n), h // (2 * n));
        (g % (2 * n) + (-1)^b * (h % (2 * n)) + n * b * d) % (2 * n) + 2 * n * ((b + d) % 2)))
namedGroups = hashTable {
    "Z" => n -> table(n, n, (g, h) -> (g + h) % n),
    "C" => n -> table(n, n, (g, h) -> (g + h) % n),
    "D" => dihedralTable,
    "Dic" => dicyclicTable,
    "Q" => n -> dicyclicTable(n // 4),
    "S" => n -> permutationTable sort permutations n,
    "A" => n -> permutationTable select(sort permutations n, isEven)}
groupOf = (text, right) -> fold((S, T) -> (
        m := #T;
        table(#S * m, #S * m, (g, h) -> S#(g // m)#(h // m) * m + T#(g % m)#(h % m))),
    {{0}}, apply(separate("x", text), part -> (
            found := fullMatch("(Z|C|Dic|D|Q|S|A)([1-9][0-9]{0,2})", part);
            if found === null or found#0 == "Q" and (value found#1 % 4 != 0 or value found#1 < 8) then
            specError(text, right);
            namedGroups#(found#0) value found#1)))

-- A network over places; matrices is a function of the options that are not common to all.
placesSpec = (right, names, matrices) -> (right, (fields, right) -> (
        if #fields > 2 then specError(last fields, right);
        named := namedTexts(separate(",", first fields),
            join(names, {"channels", "bias", "readout"}), right);
        if named#?"layers" then named#"channels" = demark("x",
            toList(1 + wholeNumber(named#"layers", right) : "1"));
        if not named#?"channels" or not named#?(first names) then specError(first fields, right);
        scan({("bias", "1"), ("readout", "sum")}, (name, only) ->
            if named#?name and named#name != only then specError(first fields, right));
        networkOverPlaces(matrices(named, right), wholeNumbers("x", named#"channels", right),
            activationFunction(if #fields == 2 then last fields else "x", right),
            Bias => named#?"bias", Readout => named#?"readout")))

-- A family whose sizes are options name=value; after a further colon there may be an activation.
-- read is a function of the options, of a function for whole numbers among them, and of the
-- activation.
sizesSpec = (right, needed, others, read) -> (right, (fields, right) -> (
        if #fields > 2 then specError(last fields, right);
        named := namedTexts(separate(",", first fields), join(needed, others), right);
        if not all(needed, name -> named#?name) then specError(first fields, right);
        number := (name, usual) -> if named#?name then wholeNumber(named#name, right) else usual;
        flag := name -> (
            if named#?name and named#name != "1" then specError(name | "=" | named#name, right);
            named#?name);
        among := (name, L) -> (
            if named#?name and not member(named#name, L) then
            specError(name | "=" | named#name, right);
            if named#?name then named#name else first L);
        read(number, flag, among, () -> wholeNumbers("x", named#"widths", right),
            if named#?"gate" then activationFunction(named#"gate", right) else x -> x,
            if #fields == 2 then activationFunction(last fields, right) else x -> x)))

specFamilies = hashTable {
    "resnet" => sizesSpec("resnet:width=2,hidden=3,blocks=2:x^2", {"width", "hidden", "blocks"},
        {"inputs", "outputs", "bias"}, (number, flag, among, widths, gate, f) -> residualNetwork(
            number("width", null), toList(number("blocks", null) : number("hidden", null)), f,
            InputWidth => number("inputs", null), OutputWidth => number("outputs", null),
            Bias => flag "bias")),
    "glu" => sizesSpec("glu:widths=2x3x1:x^2", {"widths"}, {"bias", "last"},
        (number, flag, among, widths, gate, f) -> gatedNetwork(widths(), f, Bias => flag "bias",
            LastGated => among("last", {"dense", "gated"}) == "gated")),
    "moe" => sizesSpec("moe:inputs=2,outputs=1,experts=2,hidden=3:x^2",
        {"inputs", "outputs", "experts"}, {"hidden", "gate", "bias"},
        (number, flag, among, widths, gate, f) -> mixtureOfExperts(number("inputs", null),
            number("outputs", null), number("experts", null), f, Hidden => number("hidden", null),
            Gate => gate, Bias => flag "bias")),
    "autoencoder" => sizesSpec("autoencoder:widths=4x2:x^2", {"widths"}, {"tied", "bias"},
        (number, flag, among, widths, gate, f) -> autoencoder(widths(), f, Tied => flag "tied",
            Bias => flag "bias")),
    "lora" => sizesSpec("lora:widths=4x4,rank=1,base=trained:x^2", {"widths", "rank", "base"}, {},
        (number, flag, among, widths, gate, f) -> lowRankAdaptation(widths(),
            number("rank", null), f, Base => among("base", {"trained", "zero"}))),
    "pinet" => sizesSpec("pinet:inputs=2,rank=2,degree=3,form=nested",
        {"inputs", "rank", "degree"}, {"outputs", "form", "homogeneous", "bias"},
        (number, flag, among, widths, gate, f) -> polynomialNetwork(number("inputs", null),
            number("rank", null), number("degree", null), OutputWidth => number("outputs", 1),
            Nested => among("form", {"cp", "nested"}) == "nested",
            Homogeneous => flag "homogeneous", Bias => flag "bias")),
    "gnn" => placesSpec("gnn:graph=C4,channels=1x2x1,powers=1:x^2",
        {"graph", "matrix", "powers"}, (named, right) -> (
            (edges, n) := graphOf(named#"graph", right);
            A := mutableMatrix(ZZ, n, n);
            scan(edges, e -> (A_(e#0, e#1) = 1; A_(e#1, e#0) = 1));
            A = matrix A;
            kind := if named#?"matrix" then named#"matrix" else "adjacency";
            if not member(kind, {"adjacency", "laplacian"}) then specError(kind, right);
            if kind == "laplacian" then
            A = diagonalMatrix apply(entries A, sum) - A;
            most := if named#?"powers" then wholeNumber(named#"powers", right) else 1;
            apply(most + 1, k -> A^k))),
    "gcnn" => placesSpec("gcnn:group=S3,layers=2:x^2", {"group", "layers"}, (named, right) -> (
            T := groupOf(named#"group", right);
            apply(#T, k -> matrix table(#T, #T, (g, h) -> if T#g#k == h then 1 else 0)))),
    "sets" => placesSpec("sets:points=4,channels=1x2x1,readout=sum:x^2", {"points"},
        (named, right) -> (
            n := wholeNumber(named#"points", right);
            {id_(ZZ^n)} | (if n > 1 then {matrix toList(n : toList(n : 1))} else {}))),
    "mlp" => ("mlp:2,2,3:x^2", (fields, right) -> (
            rest := select(drop(fields, 1), s -> s != "bias");
            if #rest > 1 then specError(last rest, right);
            mlp(wholeNumbers(",", first fields, right),
                activationFunction(if #rest == 1 then first rest else "x", right),
                Bias => member("bias", drop(fields, 1))))),
    "linear" => ("linear:3,2,3", (fields, right) -> (
            if #fields > 1 then specError(last fields, right);
            linearNetwork wholeNumbers(",", first fields, right))),
    "cnn" => ("cnn:3s2,2:x^2:out=2", (fields, right) -> (
            (named, rest) := toSequence values partition(s -> not match("=", s), drop(fields, 1),
                {false, true});
            extents := namedNumbers(named, {"in", "out"}, right);
            if #rest > 1 then specError(last rest, right);
            filters := apply(separate(",", first fields), text -> (
                    found := fullMatch("([0-9]+(x[0-9]+)*)(c([0-9]+))?(s([0-9]+(x[0-9]+)*))?", text);
                    if found === null then specError(text, right);
                    size := wholeNumbers("x", found#0, right);
                    stride := wholeNumbers("x", if found#5 == "" then "1" else found#5, right);
                    if #stride == 1 then stride = toList(#size : first stride);
                    made := wholeNumber(if found#3 == "" then "1" else found#3, right);
                    (size, stride, made)));
            axes := #(first first filters);
            plain := s -> if axes == 1 then first s else s;
            convolutional(apply(filters, f -> plain f#0),
                activationFunction(if #rest == 1 then first rest else "x", right),
                Strides => apply(filters, f -> plain f#1), Channels => apply(filters, last),
                InputChannels => if extents#?"in" then extents#"in" else 1,
                Outputs => if extents#?"out" then extents#"out" else 1))),
    "attention" => ("attention:d=2,a=1,out=2,t=3", (fields, right) -> (
            numbers := namedNumbers(flatten apply(fields, s -> separate(",", s)),
                {"d", "a", "out", "t", "layers", "heads"}, right);
            if not all({"d", "a", "out", "t"}, name -> numbers#?name) then
            specError(demark(":", fields), right);
            number := name -> if numbers#?name then numbers#name else 1;
            lightningAttention(number "d", number "a", number "out", number "t",
                Layers => number "layers", Heads => number "heads")))}

neuralModel String := text -> (
    fields := separate(":", replace("[[:space:]]", "", text));
    family := first fields;
    if family == "relu" then
    error "expected a polynomial model; ReLU networks are only in the shell command neuroalg";
    if not specFamilies#?family then specError(text, demark(", ",
            sort apply(values specFamilies, first)));
    (right, read) := specFamilies#family;
    if #fields == 1 then specError(text, right);
    read(drop(fields, 1), right))
neuroManifold String := text -> neuroManifold neuralModel text
