-- Layers: polynomial maps in parameters and inputs, written with the operations of a ring.
--
-- A layer has the shapes of its arrays of parameters, the degrees that its outputs may have
-- where the inputs have given ones, and a function that applies it.  Arrays are flattened
-- row by row.

sumset = (A, B) -> unique flatten table(A, B, plus)

denseLayer = (inputs, outputs, bias) -> hashTable {
    "shapes" => if bias then {{outputs, inputs}, {outputs}} else {{outputs, inputs}},
    "degrees" => D -> if bias then unique append(D, 0) else D,
    "apply" => (w, x) -> apply(outputs, i -> sum(inputs, j -> w#(i * inputs + j) * x#j)
        + (if bias then w#(outputs * inputs + i) else 0)),
    "at" => (w, width, K) -> (
        W := matrix(K, pack(inputs, take(w, inputs * outputs)));
        b := if bias then transpose matrix(K, {drop(w, inputs * outputs)}) else 0;
        x -> (W * x + b, A -> (if bias then (A ** x) || A else A ** x, transpose W * A)))}

-- c: the coefficients of 1, x, x^2, ...
activationLayer = c -> (
    powers := positions(c, a -> a != 0);
    hashTable {
        "shapes" => {},
        "degrees" => D -> unique flatten apply(powers, k -> fold(sumset, {0}, toList(k : D))),
        "apply" => (w, x) -> apply(x, f -> sum(powers, k -> c#k * f^k)),
        "at" => (w, width, K) -> (
            a := apply(c, v -> promote(v, K));
            x -> (
                slopes := apply(flatten entries x, f -> sum(powers, k ->
                        if k == 0 then 0_K else k * a#k * f^(k - 1)));
                (matrix apply(entries x, row -> {sum(powers, k -> a#k * row#0^k)}),
                    A -> (map(K^0, K^(numcols A), 0), diagonalMatrix(K, slopes) * A))))})

-- All indices of an array, the last one moving first; and the place of an index.
indicesOf = extents -> fold((found, n) -> flatten apply(found, i ->
        apply(n, j -> append(i, j))), {{}}, extents)
place = (index, extents) -> fold((p, a) -> p * extents#a + index#a, 0, toList(0 .. #extents - 1))

-- A correlation where the filter stays inside the input, whose extents are those of space.
convolutionLayer = (size, stride, taken, made, space) -> (
    places := indicesOf apply(#size, a -> (space#a - size#a) // stride#a + 1);
    window := indicesOf prepend(taken, size);
    (filters, inputs) := ({made, taken} | size, prepend(taken, space));
    hashTable {
        "shapes" => {filters},
        "degrees" => identity,
        "apply" => (w, x) -> flatten apply(made, o -> apply(places, i -> sum(window, k -> (
                        seen := prepend(k#0, apply(#size, a -> stride#a * i#a + k#(a + 1)));
                        w#(place(prepend(o, k), filters)) * x#(place(seen, inputs))))))})

-- The sum over heads of V X X^T K^T Q X; the input X has one column for each token.
attentionLayer = (d, a, out, t, heads) -> (
    count := (2 * a + out) * d;
    hashTable {
        "shapes" => flatten toList(heads : {{a, d}, {a, d}, {out, d}}),
        "degrees" => D -> sumset(D, sumset(D, D)),
        "apply" => (w, x) -> (
            X := matrix pack(t, x);
            flatten entries sum(heads, h -> (
                    (Q, K, V) := toSequence apply({(0, a), (a * d, a), (2 * a * d, out)},
                        (start, rows) -> matrix pack(d, take(w, {h * count + start,
                                    h * count + start + rows * d - 1})));
                    V * X * transpose(K * X) * (Q * X))))})

-- For each two channels a linear combination of given matrices, which act on places; with bias, a
-- number for each channel.
matrixSpaceLayer = (matrices, taken, made, bias) -> (
    (K, rows, columns) := (#matrices, numrows first matrices, numcols first matrices);
    weights := made * taken * K;
    used := apply(matrices, A -> apply(rows, i -> select(columns, j -> A_(i,j) != 0)));
    hashTable {
        "shapes" => if bias then {{made, taken, K}, {made}} else {{made, taken, K}},
        "degrees" => D -> if bias then unique append(D, 0) else D,
        "apply" => (w, x) -> (
            images := apply(taken, c -> apply(K, k -> apply(rows, i -> sum(used#k#i, j ->
                            (matrices#k)_(i,j) * x#(c * columns + j)))));
            flatten apply(made, o -> apply(rows, i -> sum(taken, c -> sum(K, k ->
                            w#((o * taken + c) * K + k) * images#c#k#i))
                    + (if bias then w#(weights + o) else 0))))})

parameterCount = layer -> sum(layer#"shapes", product)

-- The layers one after the other; w are the parameters of all of them, in order.
composeLayers = (layers, w, x) -> (
    start := 0;
    scan(layers, layer -> (
            N := parameterCount layer;
            x = layer#"apply" (take(w, {start, start + N - 1}), x);
            start = start + N));
    x)

-- Layers made of layers --------------------------------------------------------------

chainLayer = layers -> hashTable {
    "shapes" => flatten apply(layers, layer -> layer#"shapes"),
    "degrees" => D -> fold((E, layer) -> layer#"degrees" E, D, layers),
    "apply" => (w, x) -> composeLayers(layers, w, x)}

-- Branches that see the same inputs; each has its own parameters, one after the other.
branchesLayer = (branches, joinDegrees, joinEntries) -> (
    ends := accumulate(plus, 0, apply(branches, parameterCount));
    hashTable {
        "shapes" => flatten apply(branches, layer -> layer#"shapes"),
        "degrees" => D -> fold(joinDegrees, apply(branches, layer -> layer#"degrees" D)),
        "apply" => (w, x) -> fold((f, g) -> apply(f, g, joinEntries), apply(branches, ends,
                (layer, end') -> layer#"apply" (w_(toList(end' - parameterCount layer .. end' - 1)),
                    x)))})
sumLayer = branches -> branchesLayer(branches, (A, B) -> unique join(A, B), plus)
productLayer = branches -> branchesLayer(branches, sumset, times)
skipLayer = layers -> sumLayer {chainLayer {}, chainLayer layers}

-- A fixed matrix.
matrixLayer = A -> hashTable {
    "shapes" => {},
    "degrees" => identity,
    "apply" => (w, x) -> apply(entries A, row -> sum(#row, j -> row#j * x#j))}

-- One number, as often as there are outputs.
spreadLayer = outputs -> hashTable {
    "shapes" => {},
    "degrees" => identity,
    "apply" => (w, x) -> toList(outputs : first x)}

-- Down to a code and back by the transposed matrices, with an activation between any two layers;
-- the biases, which are not tied, stand after all matrices.
tiedLayer = (widths, c, bias) -> (
    back := reverse drop(widths, -1);
    pairs := apply(#widths - 1, i -> (widths#i, widths#(i + 1)));
    starts := prepend(0, accumulate(plus, 0, apply(pairs, times)));
    active := if isLinear c then null else activationLayer c;
    steps := 2 * #pairs;
    hashTable {
        "shapes" => join(apply(pairs, (a, b) -> {b, a}),
            if bias then apply(join(drop(widths, 1), back), b -> {b}) else {}),
        "degrees" => D -> (
            scan(steps, k -> (
                    if k > 0 and active =!= null then D = active#"degrees" D;
                    if bias then D = unique append(D, 0)));
            D),
        "apply" => (w, x) -> (
            place' := last starts;
            scan(steps, k -> (
                    if k > 0 and active =!= null then x = active#"apply" ({}, x);
                    i := if k < #pairs then k else steps - 1 - k;
                    (a, b) := pairs#i;
                    start := starts#i;
                    x = if k < #pairs
                    then apply(b, o -> sum(a, j -> w#(start + o * a + j) * x#j))
                    else apply(a, j -> sum(b, o -> w#(start + o * a + j) * x#o));
                    if bias then (
                        x = apply(#x, j -> x#j + w#(place' + j));
                        place' = place' + #x)));
            x)})

-- Products of linear forms.  Coupled: x_n = U_n z * x_(n-1) + x_(n-1), without the last summand
-- if homogeneous.  Nested: x_n = U_n z * (S_n x_(n-1) + b_n), without b_n if homogeneous.
polynomialLayer = (inputs, rank', degree', nested, homogeneous') -> (
    linear := denseLayer(inputs, rank', false);
    moved := if nested then denseLayer(rank', rank', not homogeneous') else chainLayer {};
    (first', second') := (parameterCount linear, parameterCount moved);
    hashTable {
        "shapes" => join(linear#"shapes", flatten toList(degree' - 1 :
                join(linear#"shapes", moved#"shapes"))),
        "degrees" => D -> (
            E := D;
            scan(degree' - 1, n -> (
                    product' := sumset(D, moved#"degrees" E);
                    E = if nested or homogeneous' then product' else unique join(product', E)));
            E),
        "apply" => (w, z) -> (
            x := linear#"apply" (take(w, first'), z);
            start := first';
            scan(degree' - 1, n -> (
                    factor' := linear#"apply" (take(w, {start, start + first' - 1}), z);
                    start = start + first';
                    state := moved#"apply" (take(w, {start, start + second' - 1}), x);
                    start = start + second';
                    product' := apply(factor', state, times);
                    x = if nested or homogeneous' then product' else product' + x));
            x)})

-- Exponents of the monomials of degree d in m variables, the lexicographically largest first.
exponentsOfDegree = (m, d) -> if m == 1 then {{d}} else flatten apply(d + 1, i ->
    apply(exponentsOfDegree(m - 1, i), e -> prepend(d - i, e)))

-- Derivatives without expansion -----------------------------------------------------

-- Layers at given parameters w over a prime field K take a column x to a column y, and combinations
-- of its entries, the columns of A, to their derivatives by the parameters and by x.  A layer that
-- does not know how is differentiated as the polynomials that it is.
layersAt = (layers, inputs, w, K) -> (
    start := 0;
    apply(layers, layer -> (
            N := parameterCount layer;
            own := take(w, {start, start + N - 1});
            start = start + N;
            if layer#?"at" then (
                made := layer#"at" (own, inputs, K);
                inputs = numrows first made map(K^inputs, K^1, 0);
                return made);
            v := local v;
            R := K(monoid [v_0 .. v_(N + inputs - 1)]);
            outputs := transpose matrix {layer#"apply" (take(gens R, N), drop(gens R, N))};
            derivatives := jacobian transpose outputs;
            size := inputs;
            inputs = numrows outputs;
            x -> (
                atPoint := map(K, R, join(own, flatten entries x));
                D := atPoint derivatives;
                (atPoint outputs, A -> (D^(toList(0 .. N - 1)) * A,
                        D^(toList(N .. N + size - 1)) * A))))))

-- The derivatives of the outputs by the parameters at an input, a row for each parameter.
derivativesAt = (maps, x) -> (
    back := {};
    scan(maps, at -> (
            (y, pullBack) := at x;
            back = prepend(pullBack, back);
            x = y));
    A := id_(target x);
    rows := {};
    scan(back, pullBack -> (
            (D, B) := pullBack A;
            rows = prepend(D, rows);
            A = B));
    matrix apply(rows, D -> {D}))

-- The rank of the derivatives of the coefficients by the parameters, at random parameters.
-- The values at inputs are linear in the coefficients, and the span of the derivatives is that
-- of all coefficients as soon as a further random input adds nothing to it.
rankOfDerivatives = (layers, inputs, K) -> (
    w := apply(sum(layers, parameterCount), i -> random K);
    maps := layersAt(layers, inputs, w, K);
    columns := () -> derivativesAt(maps, random(K^inputs, K^1));
    last' := columns();
    number := #w // numcols last' + 1;
    found := columns();
    while true do (
        found = matrix {prepend(found, apply(number - numcols found // numcols last', i ->
                    columns()))};
        r := rank found;
        if r == #w or rank(found | last') == r then return r;
        number = 2 * number))
