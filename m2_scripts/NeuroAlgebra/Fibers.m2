-- Components of any affine variety, with what a proof needs, and points on them ----------

-- The columns of a matrix, a Groebner basis of their ideal, and what combinations of the
-- columns its elements are.
idealPresentation = method(TypicalValue => HashTable)
idealPresentation Matrix := M -> (
    if numrows M != 1 then error "expected a matrix with one row";
    G := gb(M, ChangeMatrix => true);
    hashTable {"generators" => M, "basis" => gens G, "cofactors" => getChangeMatrix G})

-- The parameters with the same function as those with these values.
fiberIdeal = method(TypicalValue => Ideal)
fiberIdeal(RingMap, List) := (phi, w) -> (
    checkParametrization phi;
    W := target phi;
    k := coefficientRing W;
    if #w != numgens W then error("expected values for ", toString numgens W, " parameters");
    values := try apply(w, c -> promote(c, k)) else error "expected values in the field";
    row := imageRow phi;
    ideal(row - promote((map(k, W, values)) row, W)))

primeComponents = method(TypicalValue => List)
primeComponents Ideal := I -> (
    R := ring I;
    if not instance(R, PolynomialRing) or not isField coefficientRing R then
    error "expected an ideal of a polynomial ring over a field";
    if I == 1 then return {};
    presentedComponents if I == 0 then {I} else minimalPrimes I)

presentedComponents = primes -> sort(apply(primes, P -> merge(
            idealPresentation primitiveColumns gens trim P,
            hashTable {
                "ideal" => P,
                "dimension" => dim P,
                "degree" => closureDegree P},
            last)), c -> (- c#"dimension", c#"degree", toString c#"generators"))

-- The points of a variety of dimension zero that is irreducible over k: its coordinates are
-- polynomials in a linear form t that takes another value at each point.
rationalRepresentation = P -> (
    R := ring P;
    n := numgens R;
    d := degree P;
    x := local x;
    S := (coefficientRing R)(monoid [x_0 .. x_n, MonomialOrder => Eliminate n]);
    T := (coefficientRing R)(monoid [x_0]);
    lift1 := map(S, R, take(gens S, n));
    toLine := map(T, S, join(toList(n : 0_T), {T_0}));
    attempt := 0;
    while true do (
        form := apply(n, i -> if attempt < n then (if i + attempt == n - 1 then 1 else 0)
            else random(-9, 9));
        attempt = attempt + 1;
        J := lift1 P + ideal(S_n - sum(n, i -> form#i * S_i));
        G := gb J;
        q := first flatten entries selectInSubring(1, gens G);
        if first degree q == d then return hashTable {
            "form" => form,
            "polynomial" => toLine q,
            "coordinates" => apply(take(gens S, n), v -> toLine(v % G))};
        if attempt > n + 50 then error "found no linear form that separates the points"))

algebraicPoints = method(TypicalValue => List, Options => {Limit => 8})
algebraicPoints Ideal := o -> I -> (
    R := ring I;
    if not instance(R, PolynomialRing) or char R != 0 then
    error "expected an ideal of a polynomial ring over the rational numbers";
    if I == 1 then return {};
    d := dim I;
    if d == 0 then return apply(minimalPrimes I, rationalRepresentation);
    free := support first independentSets(I, Limit => 1);
    flatten apply(o.Limit, i -> (
            values := apply(d, j -> if i == 0 then 1 else if i == 1 then (-1)^j
                else random(-2 - i, 2 + i));
            J := I + ideal apply(free, values, (v, c) -> v - c);
            if dim J != 0 then {} else apply(minimalPrimes J, rationalRepresentation))))
