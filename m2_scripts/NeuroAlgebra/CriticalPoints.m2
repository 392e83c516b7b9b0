-- Critical points: conormal varieties, polar degrees, and counting points.

-- The conormal variety is the closure of the pairs (z, y) with y in the span of the differentials
-- of the generators at z.  Where X is smooth these are the conormal vectors; elsewhere the span is
-- smaller, so nothing is added to the closure.  On coordinate rings this is a map from k[z, y] to
-- (k[z] / I)[lambda], a domain if I is prime, and the ideal is its kernel.
conormalIdeal = method(TypicalValue => Ideal)
conormalIdeal Ideal := I -> (
    checkIdeal I;
    I = inStandardDegrees I;
    if not isHomogeneous I then error "expected a homogeneous ideal";
    R := ring I;
    (k, n) := (coefficientRing R, numgens R);
    g := first entries mingens I;
    m := #g;
    z := local z;
    y := local y;
    lambda := local lambda;
    S := k(monoid [z_0 .. z_(n-1), y_0 .. y_(n-1),
            Degrees => join(toList(n : {1, 0}), toList(n : {0, 1}))]);
    if m == 0 then return ideal drop(gens S, n);
    A := k(monoid [lambda_0 .. lambda_(m-1), z_0 .. z_(n-1),
            Degrees => join(apply(g, f -> {1 - first degree f, 1}), toList(n : {1, 0})),
            MonomialOrder => {m, n}]);
    toA := map(A, R, drop(gens A, m));
    B := A / toA ideal g;
    normal := apply(gens R, x -> sum(m, j -> A_j * toA diff(x, g#j)));
    trim kernel map(B, S, apply(join(drop(gens A, m), normal), f -> promote(f, B))))

-- The number of points of the conormal variety on d - 1 - j hyperplanes for z and n - d - 1 + j
-- for y is the coefficient of T_0^(n-d+j) T_1^(d-j) in its multidegree.  All of the space has no
-- conormal vectors, but a polar locus of codimension 0.
polarDegrees = method(TypicalValue => List)
polarDegrees Ideal := I -> (
    checkIdeal I;
    I = idealOfProjectiveClosure I;
    N := conormalIdeal I;
    (n, d) := (numgens ring I, dim I);
    if d == 0 then return {};
    if d == n then return prepend(1, toList(n - 1 : 0));
    M := multidegree N;
    T := gens ring M;
    apply(d, j -> sub(coefficient(T_0^(n-d+j) * T_1^(d-j), M), ZZ)))

-- The values of f on the points of a finite variety are the roots of the minimal polynomial of f
-- if these points are simple.  They are if a random linear form has a minimal polynomial
-- that is squarefree and whose degree is the number of points with multiplicities.
valuesOnPoints = method(TypicalValue => HashTable)
valuesOnPoints(Ideal, RingElement) := (I, f) -> (
    R := ring I;
    if not instance(R, PolynomialRing) or not isField coefficientRing R
    or not isCommutative R then
    error "expected an ideal of a commutative polynomial ring over a field";
    if ring f =!= R then error "expected an element of the ring of the ideal";
    if I == 1 then return hashTable {"simple" => true, "values" => 0, "length" => 0};
    if dim I > 0 then return hashTable {"simple" => false, "values" => infinity,
        "length" => infinity};
    K := coefficientRing R;
    A := R / I;
    B := basis A;
    powersOf := g -> (
        M := mutableMatrix lift(last coefficients(promote(g, A) * B, Monomials => B), K);
        power := mutableMatrix lift(last coefficients(matrix {{1_A}}, Monomials => B), K);
        columns := {matrix power};
        scan(numColumns B, i -> (
                power = M * power;
                columns = append(columns, matrix power)));
        matrix {columns});
    t := local t;
    T := K(monoid [t]);
    dependence := gens ker powersOf sum(gens R, x -> random K * x);
    simple := numColumns dependence == 1 and (
        q := sum(1 + numColumns B, i -> dependence_(i, 0) * T_0^i);
        gcd(q, diff(T_0, q)) == 1);
    hashTable {"simple" => simple, "values" => rank powersOf f, "length" => numColumns B})
