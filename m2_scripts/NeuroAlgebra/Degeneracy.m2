-- Where a matrix of polynomials drops rank: the singular locus of a variety is where the
-- Jacobian matrix of its equations does, the critical locus of a map is where its own does.

-- All numbers of which a few roots and square roots lie in the prime field: p = 1 mod 840.
smallPrimes = {31081, 30241, 29401, 26881}

toPrimeField = (R, p) -> (
    x := local x;
    S := (ZZ/p)(monoid [x_0 .. x_(numgens R - 1)]);
    map(S, R, gens S))

sortedBy = (f, L) -> apply(sort apply(#L, i -> (f L#i, i)), t -> L#(t#1))

-- A rational point of a zero-dimensional ideal over a prime field, or null.
rationalPoint = Z -> (
    for m in minimalPrimes Z do if degree m == 1 then
        return apply(gens ring Z, v -> lift(v % m, coefficientRing ring Z));
    null)

modularPoint = method(TypicalValue => List)
modularPoint(Ideal, ZZ) := (P, p) -> (
    checkIdeal P;
    F := toPrimeField(ring P, p);
    (S, k) := (target F, ZZ/p);
    Q := ideal F gens gb P;
    n := numgens S;
    if Q == 0 then return apply(n, i -> random k);
    free := support first independentSets(Q, Limit => 1);
    rest := select(gens S, v -> not member(v, free));
    y := local y;
    T := k(monoid [y_0 .. y_(#rest - 1)]);
    for attempt to 30 do (
        values := hashTable join(apply(free, v -> v => promote(random k, T)),
            apply(#rest, i -> rest#i => T_i));
        G := map(T, S, apply(gens S, v -> values#v));
        Z := G Q;
        if Z == 1 or dim Z > 0 then continue;
        found := rationalPoint Z;
        if found =!= null then return apply(gens S, v -> (
                c := values#v;
                if isConstant c then lift(c, k) else found#(index c))));
    null)

anyModularPoint = P -> (
    for p in smallPrimes do (
        q := modularPoint(P, p);
        if q =!= null then return q);
    error "no point over a small prime field was found")

valueAt = (A, q) -> sub(A, matrix {q})

-- The first rows, in this order, that are independent.
firstIndependent = (B, order', r) -> (
    chosen := {};
    for i in order' do (
        if #chosen == r then break;
        if rank B^(append(chosen, i)) > #chosen then chosen = append(chosen, i));
    chosen)

-- A minor of A of size r, without repeated factors, that does not vanish where A has the
-- value B; rows and columns with few terms are preferred.
sparseMinor = (A, B, r) -> (
    weight := M -> i -> (sum(flatten entries M^{i}, f -> #terms f) + random 3, random 1.0);
    rows := firstIndependent(B, sortedBy(weight A, toList(0 .. numrows B - 1)), r);
    C := transpose B^rows;
    columns' := firstIndependent(C, sortedBy(weight transpose A^rows, toList(0 .. numrows C - 1)),
        r);
    m := det((A^rows)_columns', Strategy => Cofactor);
    product select(apply(toList factor m, first), f -> first degree f > 0))

MINORS = 12
MOSTMINORS = 60

-- The value of A at some point of the irreducible zero set of P, of full rank if that is
-- generic; else null.
fullRankValue = (P, A, r) -> (
    for attempt to 2 do (
        B := valueAt(A, anyModularPoint P);
        if rank B >= r then return B);
    null)

degeneracyComponents = method(TypicalValue => List, Options => {Known => {}})
degeneracyComponents(Ideal, Matrix, ZZ) := o -> (I, A, r) -> (
    R := ring I;
    if ring A =!= R then error "expected an ideal and a matrix over the same ring";
    if r < 0 or r > min(numrows A, numcols A) then error "expected the size of a minor";
    if r == 0 then return {};
    J := null;
    if binomial(numrows A, r) * binomial(numcols A, r) <= MOSTMINORS then (
        J = trim(I + minors(r, A));
        return if J == 1 then {} else minimalPrimes J);
    (found, open) := (o.Known, {I});
    covered := P -> any(found, D -> isSubset(D, P));
    while #open > 0 do (
        open = sortedBy(P -> (codim P, numgens P), open);
        P := first open;
        open = drop(open, 1);
        if covered P then continue;
        B := fullRankValue(P, A, r);
        if B === null then found = append(found, P)
        else (
            minors' := unique apply(MINORS, i -> sparseMinor(A, B, r));
            J = trim(P + ideal minors');
            if J != 1 then open = join(open, select(minimalPrimes J, Q -> not covered Q))));
    select(found, P -> not any(found, D -> D != P and isSubset(D, P))))

-- Vectors that A maps into P, as many as the corank of A over the field of functions on the
-- zero set of P, and a point over a prime field where they are independent.
genericKernel = method(TypicalValue => HashTable)
genericKernel(Ideal, Matrix) := (P, A) -> (
    R := ring P;
    K := lift(syz(A ** (R/P)), R) % P;
    q := anyModularPoint P;
    B := valueAt(K, q);
    terms' := j -> sum(flatten entries K_{j}, f -> #terms f);
    chosen := firstIndependent(transpose B, sortedBy(terms', toList(0 .. numcols K - 1)), rank B);
    hashTable {
        "kernel" => K_chosen,
        "point" => apply(q, c -> lift(c, ZZ)),
        "prime" => char ring first q})

-- The multiplicity of the variety of I at a point over a prime field: the degree less the number
-- of further points in a random linear space of complementary dimension through it.
multiplicityAt = method(TypicalValue => ZZ)
multiplicityAt(Ideal, List) := (I, q) -> (
    checkIdeal I;
    k := ring first q;
    S := k(monoid [(local x)_0 .. (local x)_(numgens ring I - 1)]);
    d := dim I;
    total := I.cache#"closureDegree" ??= closureDegree I;
    n := numgens S;
    t := symbol t;
    T := k(monoid [t_0 .. t_(n - d - 1)]);
    lines' := matrix {apply(q, c -> promote(c, T))}
        + vars T * promote(random(k^(n - d), k^n), T);
    Z := ideal (map(T, ring I, lines')) gens I;
    further := saturate(Z, ideal vars T);
    total - (if further == 1 then 0 else degree further))

dropsRank = method(TypicalValue => Boolean)
dropsRank(Ideal, Matrix, ZZ) := (P, A, r) -> fullRankValue(P, A, r) === null

-- The dimension of the image of the zero set of P, which is prime, under a map with the Jacobian
-- matrix A: the rank of A on the tangent space at a random point modulo a prime.
imageRank = method(TypicalValue => ZZ)
imageRank(Ideal, Matrix) := (P, A) -> max apply(3, i -> (
        q := anyModularPoint P;
        rank (valueAt(A, q) * gens kernel valueAt(transpose jacobian P, q))))

-- Where the differential of a map has less rank than at generic parameters.
criticalLocus = method(TypicalValue => List)
criticalLocus RingMap := phi -> (
    checkParametrization phi;
    A := jacobian primitiveColumns imageRow phi;
    degeneracyComponents(ideal 0_(target phi), A, imageDimension phi))
