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

specFamilies = hashTable {
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
    if not specFamilies#?family then specError(text, "mlp:2,2,3:x^2, linear:3,2,3, "
        | "cnn:3,2:x^2 or attention:d=2,a=1,out=2,t=3");
    (right, read) := specFamilies#family;
    if #fields == 1 then specError(text, right);
    read(drop(fields, 1), right))
neuroManifold String := text -> neuroManifold neuralModel text
