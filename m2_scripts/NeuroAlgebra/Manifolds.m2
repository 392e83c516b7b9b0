-- Neuromanifolds: images of parametrizations, and the methods of a variety.

export { "NeuroManifold", "neuroManifold" }

NeuroManifold = new Type of HashTable
NeuroManifold.synonym = "neuromanifold"

neuroManifold = method(TypicalValue => NeuroManifold)
neuroManifold NeuralModel := (cacheValue "neuromanifold") (M -> new NeuroManifold from {
        "model" => M,
        cache => new CacheTable})
neuroManifold RingMap := phi -> neuroManifold neuralModel phi

parametrization NeuroManifold := M -> parametrization M#"model"
coordinateMonomials NeuroManifold := M -> coordinateMonomials M#"model"
coefficientRing NeuroManifold := M -> coefficientRing M#"model"
ambient NeuroManifold := M -> source parametrization M
dim NeuroManifold := (cacheValue "dimension") (M -> imageDimension M#"model")
imageDimension NeuroManifold := dim
codim NeuroManifold := {} >> o -> M -> numgens ambient M - dim M

-- Slices of the fibers -----------------------------------------------------------

-- Numbers for parameters such that the rank of the Jacobian matrix stays d at a point modulo a
-- large prime, hence at generic points of the slice: first the numbers of the list, then random
-- ones if there are to be no more than d parameters.
numbersForParameters = (phi, d, numbers, toTheEnd) -> (
    W := target phi;
    N := numgens W;
    K := ZZ/largePrime;
    J := jacobian primitiveColumns imageRow phi;
    point := new MutableList from apply(N, i -> promote(1 + random(largePrime - 1), K));
    chosen := new MutableHashTable;
    most := min(N - d, N - 1);
    try' := (i, c) -> (
        before := point#i;
        point#i = promote(c, K);
        chosen#i = c;
        free := select(N, j -> not chosen#?j);
        if rank ((map(K, W, toList point)) J)^free < d then (
            point#i = before;
            remove(chosen, i)));
    scan(numbers, c -> scan(N, i ->
            if #chosen < most and not chosen#?i then try'(i, c)));
    if toTheEnd then scan(N, i ->
        if #chosen < most and not chosen#?i then try'(i, 2 + random 998));
    new HashTable from chosen)

restrictParameters = (phi, values) -> (
    W := target phi;
    free := select(numgens W, i -> not values#?i);
    R := (coefficientRing W)(monoid [apply(free, i -> baseName W_i)]);
    images := hashTable apply(#free, j -> free#j => R_j);
    toSlice := map(R, W, apply(numgens W, i ->
            if values#?i then promote(values#i, R) else images#i));
    map(R, source phi, toSlice matrix phi))

-- The image of a slice on which the rank stays has the same closure.  The rank was found at
-- random, so that is verified: the ideal I of the closure of the image of the slice contains
-- that of the whole image, and is contained in it if its generators vanish there.
ideal NeuroManifold := (cacheValue "ideal") (M -> (
        phi := parametrization M;
        V := source phi;
        if coefficientRing V =!= QQ then return neurovariety phi;
        d := dim M;
        if d == numgens V then return ideal map(V^1, V^0, 0);
        values := numbersForParameters(phi, d, {0, 1}, false);
        I := neurovariety restrictParameters(phi, values);
        if all(I_*, f -> phi f == 0) then I else neurovariety phi))

-- Methods of the variety ---------------------------------------------------------

neurovariety NeuroManifold := o -> ideal
degree NeuroManifold := (cacheValue "degree") (M -> closureDegree ideal M)
closureDegree NeuroManifold := degree
closureHilbertPolynomial NeuroManifold := M -> closureHilbertPolynomial ideal M
hilbertPolynomial NeuroManifold := o -> M ->
    hilbertPolynomial(comodule initialIdeal ideal M, o)
fiberIdeal(NeuroManifold, List) := (M, w) -> fiberIdeal(parametrization M, w)
criticalLocus NeuroManifold := (cacheValue "critical locus") (M -> criticalLocus parametrization M)
singularIdeal NeuroManifold := (cacheValue "singular ideal") (M -> singularIdeal ideal M)
singularLocus NeuroManifold := M -> ambient M / singularIdeal M
singularComponents NeuroManifold := o -> M -> singularComponents(ideal M, o)
conormalIdeal NeuroManifold := M -> conormalIdeal ideal M
polarDegrees NeuroManifold := (cacheValue "polar degrees") (M -> polarDegrees ideal M)
criticalComponents(NeuroManifold, RingElement) := (M, q) -> criticalComponents(ideal M, q)
ramificationComponents(NeuroManifold, RingElement) := (M, q) -> ramificationComponents(ideal M, q)
conservationLaws(NeuroManifold, ZZ) := (M, d) -> conservationLaws(M#"model", d)
conservationLaws NeuroManifold := M -> conservationLaws M#"model"
neurovarietyReport NeuroManifold := o -> M -> reportOn ideal M

-- Printing -----------------------------------------------------------------------

net NeuroManifold := M -> "the neuromanifold of " | article M#"model"#"description"
toString NeuroManifold := M -> (
    if M#"model"#"text" === null then net M else "neuroManifold " | M#"model"#"text")
toExternalString NeuroManifold := M -> "neuroManifold " | toExternalString M#"model"
expression NeuroManifold := M -> toString net M
texMath NeuroManifold := M -> texMath toString net M

describe NeuroManifold := M -> stack {
    net M,
    "parameters: " | toString sizeOf M#"model",
    "ambient dimension: " | toString numgens ambient M,
    "dimension: " | toString dim M}
