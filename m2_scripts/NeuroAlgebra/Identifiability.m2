-- Whether functions determine their parameters, by values at points modulo a prime.

export { "identifiability", "isIdentifiable" }

-- The arrays of parameters, by their shapes; what is given by polynomials has one.
parameterArrays = M -> (
    if M#?"layers" then flatten apply(M#"layers", layer -> layer#"shapes") else {{sizeOf M}})

-- The fields that multiply an array along one of its axes by an elementary matrix, or only by those
-- on the diagonal, at parameters w: of each the entries, as pairs of a place and a value.
axisFieldsAt = (shapes, w, diagonal) -> (
    start := 0;
    flatten apply(shapes, shape -> (
            first' := start;
            start = start + product shape;
            flatten apply(#shape, a -> (
                    lines' := indicesOf drop(shape, {a, a});
                    at := (line, i) -> first' + place(insert(a, i, line), shape);
                    pairs := select(toList((0,0) .. (shape#a - 1, shape#a - 1)), (i, j) ->
                        i == j or not diagonal);
                    apply(pairs, (i, j) -> apply(lines', line ->
                            (at(line, i), w#(at(line, j))))))))))

fieldMatrix = (fields, N, K) -> matrix(K, apply(fields, field -> (
            row := new MutableList from toList(N : 0_K);
            scan(field, (i, c) -> row#i = c);
            toList row)))

-- The derivatives of the values at so many random inputs, or of all coefficients, at parameters w.
derivativesModulo = (M, w, number, K) -> (
    if M#?"layers" then (
        m := M#"number of inputs";
        maps := layersAt(M#"layers", m, w, K);
        matrix {apply(number, i -> derivativesAt(maps, random(K^m, K^1)))})
    else (
        phi := parametrization M;
        (map(K, target phi, w)) jacobian primitiveColumns imageRow phi))

outputsOf = M -> (
    if not M#?"layers" then return 1;
    ones := n -> toList(n : 1_QQ);
    #composeLayers(M#"layers", ones sizeOf M, ones M#"number of inputs"))

-- Combinations of these fields along which phi is constant are found at random points.  At a
-- further one, conditions that add nothing are met by all that meet the others.
orbitDimension = (M, d, diagonal) -> (
    K := ZZ/largePrime;
    N := sizeOf M;
    shapes := parameterArrays M;
    conditions := () -> (
        w := apply(N, i -> random K);
        D := derivativesModulo(M, w, d // outputsOf M + 2, K);
        fieldMatrix(axisFieldsAt(shapes, w, diagonal), N, K) * D);
    found := conditions();
    r := -1;
    while (s := rank found) > r do (
        r = s;
        found = found | conditions());
    combinations := transpose gens kernel transpose found;
    w := apply(N, i -> random K);
    rank(combinations * fieldMatrix(axisFieldsAt(shapes, w, diagonal), N, K)))

mostFields = 1000

identifiability = method(TypicalValue => HashTable)
identifiability NeuroManifold := (cacheValue "identifiability") (M -> (
        if coefficientRing M =!= QQ then error "expected a model over the rational numbers";
        N := sizeOf M#"model";
        d := dim M;
        s := orbitDimension(M#"model", d, true);
        all' := sum(parameterArrays M#"model", shape -> sum(shape, n -> n^2)) <= mostFields;
        if s < N - d and all' then s = orbitDimension(M#"model", d, false);
        hashTable {
            "parameters" => N,
            "dimension" => d,
            "fiber dimension" => N - d,
            "known symmetries" => if all' then "matrices along axes" else "rescalings",
            "dimension of their orbits" => s,
            "finitely many orbits" => N - d == s,
            "number of orbits" => "not counted"}))
identifiability NeuralModel := M -> identifiability neuroManifold M

isIdentifiable = method(TypicalValue => Boolean)
isIdentifiable NeuroManifold :=
isIdentifiable NeuralModel := M -> (identifiability M)#"finitely many orbits"
