-- Critical points: conormal varieties, polar degrees, and counting points.

-- Generators whose differentials span those of all of them at generic points of X.  Of a prime
-- ideal a basis over the function field does.
withSpanningDifferentials = I -> (
    if numcols mingens I == codim I or not isPrime I then return first entries mingens I;
    D := jacobian mingens I ** (ring I / I);
    chosen := {};
    for j to numcols D - 1 do (
        if #chosen == codim I then break;
        if rank D_(append(chosen, j)) > #chosen then chosen = append(chosen, j));
    first entries (mingens I)_chosen)

-- The conormal variety is the closure of the pairs (z, y) with y in the span of the differentials
-- of such generators at z.  At a generic point of X these are the conormal vectors; elsewhere the
-- span is smaller, so nothing is added to the closure.  On coordinate rings this is a map from
-- k[z, y] to (k[z] / I)[lambda], a domain if I is prime, and the ideal is its kernel.  With more
-- generators than the codimension it is the same ideal, but found much later: of the rational
-- normal curve of degree 4, after 300 times as long.
conormalIdeal = method(TypicalValue => Ideal)
conormalIdeal Ideal := I -> (
    checkIdeal I;
    I = inStandardDegrees I;
    if not isHomogeneous I then error "expected a homogeneous ideal";
    R := ring I;
    (k, n) := (coefficientRing R, numgens R);
    g := withSpanningDifferentials I;
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
    B := A / toA I;
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

-- Degenerate quadratic functions ---------------------------------------------------

-- A polynomial q of degree two on the space of a variety X: its slope, the rank of its form, and
-- the Jacobian matrix of X, in a basis whose last vectors span the kernel of the form, and in which
-- the first entries of the slope are reduced.
alongKernel = (I, q) -> (
    checkIdeal I;
    R := ring I;
    if ring q =!= R then error "expected an ideal and an element of the same ring";
    if char R != 0 or any(exponents q, e -> sum e > 2) then
    error "expected a polynomial of degree at most two in characteristic zero";
    I = trim I;
    slope := diff(vars R, q);
    H := lift(diff(transpose vars R, slope), coefficientRing R);
    image' := gens gb image H;
    basis' := sub(image' // H | gens kernel H, R);
    hashTable {
        "ideal" => I,
        "codimension" => codim I,
        "rank" => rank H,
        "slope" => slope * basis',
        "jacobian" => transpose jacobian I * basis'})

-- Where the quotient by the kernel has on tangent spaces less rank than it can have.
ramificationMinors = H -> (
    (r, A) := (H#"rank", H#"jacobian");
    minors(min(H#"codimension", numcols A - r), A_(toList(r .. numcols A - 1))))

-- The components of the zero set of E on X, among them those in the singular locus of X, which is
-- divided away, as are those on other known sets.  The rest is smaller.
besideSingularities = (H, E, known) -> (
    I := H#"ideal";
    primes := J -> if J == 1 then {} else if J == 0 then {J} else minimalPrimes J;
    E = trim E;
    inSingular := flatten apply(singularComponents I, c -> (
            P := c#"ideal";
            if isSubset(E, P) then {P} else primes(E + P)));
    found := join(inSingular, flatten apply(known, Z -> primes(I + Z)));
    scan(found, P -> if E != 1 then E = saturate(E, P));
    found = unique join(found, primes E);
    found = select(found, P -> not any(found, D -> D != P and isSubset(D, P)));
    singularMinors := minors(H#"codimension", H#"jacobian");
    ramified := ramificationMinors H;
    apply(presentedComponents found, c -> (
            P := c#"ideal";
            kind := if isSubset(singularMinors, P) then "singular"
                else if #known > 0 and isSubset(first known, P) then "fiber"
                else if isSubset(ramified, P) then "ramified" else "unramified";
            merge(c, hashTable {"kind" => kind}, last))))

criticalComponents = method(TypicalValue => List)
criticalComponents(Ideal, RingElement) := (I, q) -> (
    H := alongKernel(I, q);
    besideSingularities(H, H#"ideal" + minors(H#"codimension" + 1, H#"jacobian" || H#"slope"),
        {ideal H#"slope"}))

ramificationComponents = method(TypicalValue => List)
ramificationComponents(Ideal, RingElement) := (I, q) -> (
    H := alongKernel(I, q);
    besideSingularities(H, H#"ideal" + ramificationMinors H, {}))
