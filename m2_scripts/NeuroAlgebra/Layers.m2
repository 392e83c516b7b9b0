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
        + (if bias then w#(outputs * inputs + i) else 0))}

-- c: the coefficients of 1, x, x^2, ...
activationLayer = c -> (
    powers := positions(c, a -> a != 0);
    hashTable {
        "shapes" => {},
        "degrees" => D -> unique flatten apply(powers, k -> fold(sumset, {0}, toList(k : D))),
        "apply" => (w, x) -> apply(x, f -> sum(powers, k -> c#k * f^k))})

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

parameterCount = layer -> sum(layer#"shapes", product)

-- The layers one after the other; w are the parameters of all of them, in order.
composeLayers = (layers, w, x) -> (
    start := 0;
    scan(layers, layer -> (
            N := parameterCount layer;
            x = layer#"apply" (take(w, {start, start + N - 1}), x);
            start = start + N));
    x)

-- Exponents of the monomials of degree d in m variables, the lexicographically largest first.
exponentsOfDegree = (m, d) -> if m == 1 then {{d}} else flatten apply(d + 1, i ->
    apply(exponentsOfDegree(m - 1, i), e -> prepend(d - i, e)))
