newPackage(
    "NeuroAlgebra",
    Version => "0.1",
    Date => "November 2026",
    Authors => {{Name => "The NeuroAlg developers"}},
    Headline => "neurovarieties: images of polynomial models, their invariants and singularities",
    Keywords => {"Commutative Algebra", "Algebraic Statistics", "Applied Algebraic Geometry"},
    PackageExports => {"MinimalPrimes"},
    AuxiliaryFiles => true)

export {
    "Known",
    "algebraicPoints",
    "closureDegree",
    "closureHilbertPolynomial",
    "conormalIdeal",
    "conservationLaws",
    "criticalComponents",
    "criticalLocus",
    "degeneracyComponents",
    "dropsRank",
    "fiberIdeal",
    "genericKernel",
    "graphGroebnerBasis",
    "idealPresentation",
    "imageDimension",
    "imageRank",
    "modularPoint",
    "multiplicityAt",
    "neurovariety",
    "neurovarietyReport",
    "primeComponents",
    "ramificationComponents",
    "polarDegrees",
    "singularComponents",
    "singularIdeal",
    "valuesOnPoints"
    }

load "./NeuroAlgebra/Transfer.m2"

-- A model is polynomial in its parameters; its parametrization phi maps parameters w to
-- the coefficients z of the function f_w.  On coordinate rings it is a ring map
-- k[z] -> k[w], and the ideal of the neurovariety, the closure of the image, is its
-- kernel.

-- Elimination --------------------------------------------------------------------

checkParametrization = phi -> (
    scan({source phi, target phi}, R ->
        if not instance(R, PolynomialRing) or not isField coefficientRing R
        or not isCommutative R then
        error "expected a ring map between commutative polynomial rings over a field");
    k := coefficientRing source phi;
    if k =!= coefficientRing target phi then
    error "expected a ring map between polynomial rings over the same field";
    if any(gens(k, CoefficientRing => ZZ), a -> phi promote(a, source phi) != promote(a, target phi))
    then error "expected a ring map that is the identity on the field")

-- The coordinates of phi, without the images of generators of the field, with which the matrix of
-- a ring map over an extension field ends.
imageRow = phi -> (matrix phi)_(toList(0 .. numgens source phi - 1))

-- The same map to a ring with at least one variable: otherwise kernel is zero in Macaulay2 1.26.
withParameters = phi -> if numgens target phi > 0 then phi else (
    T := (coefficientRing target phi)(monoid [local w]);
    map(T, source phi, apply(first entries imageRow phi, c ->
            promote(lift(c, coefficientRing T), T))))

-- Each column divided by the content of its coefficients, with a positive leading one.
primitiveColumns = M -> (
    if coefficientRing ring M =!= QQ or numcols M == 0 then return M;
    columns := apply(first entries M, f -> if f == 0 then f else (
            c := flatten entries last coefficients f;
            numbers := apply(c, x -> lift(x, QQ));
            scale := lcm apply(numbers, denominator) / gcd apply(numbers, numerator);
            if leadCoefficient f < 0 then - scale * f else scale * f));
    map(target M,, matrix {columns}))

graphGroebnerBasis = method(TypicalValue => HashTable)
graphGroebnerBasis RingMap := phi -> (
    checkParametrization phi;
    phi = withParameters phi;
    (S, T) := (source phi, target phi);
    (n, N) := (numgens S, numgens T);
    w := local w;
    z := local z;
    R := (coefficientRing S)(monoid [w_0 .. w_(N-1), z_0 .. z_(n-1),
            MonomialOrder => Eliminate N]);
    parameters := map(R, T, take(gens R, N));
    graph := matrix(R, {drop(gens R, N)}) - parameters imageRow phi;
    G := gens gb ideal graph;
    toSource := map(S, R, join(toList(N : 0_S), gens S));
    basis := primitiveColumns toSource selectInSubring(1, G);
    generators := primitiveColumns minimalGenerators ideal basis;
    hashTable {
        "graphBasis" => primitiveColumns G,
        "eliminationBasis" => basis,
        "generators" => generators,
        "cofactors" => basis // generators})

minimalGenerators = I -> if isHomogeneous I then mingens I else gens trim I

neurovariety = method(TypicalValue => Ideal, Options => {Strategy => "Elimination"})
neurovariety RingMap := o -> phi -> (
    checkParametrization phi;
    if o.Strategy === "Elimination" then ideal (graphGroebnerBasis phi)#"generators"
    else if o.Strategy === "Kernel" then trim kernel withParameters phi
    else error "expected Strategy to be \"Elimination\" or \"Kernel\"")

-- The rank of the Jacobian matrix at a point is at most the dimension.  Over QQ, equations
-- with integer coefficients are reduced modulo a large prime, where no denominator is in
-- the way.  In positive characteristic a derivative can vanish that should not, as for
-- w^p; there the rank decides only if it is as large as it can be.
largePrime = 2147483629

imageDimension = method(TypicalValue => ZZ)
imageDimension RingMap := phi -> (
    checkParametrization phi;
    T := target phi;
    k := coefficientRing T;
    J := jacobian primitiveColumns imageRow phi;
    K := if k === QQ then ZZ/largePrime else k;
    coordinate := if char k == 0 then () -> promote(random largePrime, K) else () -> random K;
    point := map(K, T, apply(numgens T, i -> coordinate()));
    r := rank point J;
    if char k == 0 or r == min(numgens source phi, numgens T) then r
    else dim neurovariety phi)

-- Degree and Hilbert polynomial ----------------------------------------------------

checkIdeal = I -> (
    R := ring I;
    if not instance(R, PolynomialRing) or not isField coefficientRing R or not isCommutative R then
    error "expected an ideal of a commutative polynomial ring over a field";
    if I == 1 then error "expected the ideal of a variety that is not empty")

-- The same ideal where all variables have degree 1.
inStandardDegrees = I -> (
    R := ring I;
    x := local x;
    S := (coefficientRing R)(monoid [x_0 .. x_(numgens R - 1)]);
    (map(S, R, gens S)) I)

-- The ideal of the leading monomials of I for a graded order; in one more variable, that
-- of the homogenization, or in which it is zero if I is homogeneous.
initialIdeal = I -> (
    J := inStandardDegrees I;
    S := ring J;
    n := numgens S;
    h := local h;
    P := (coefficientRing S)(monoid [h_0 .. h_n]);
    leading := (map(P, S, take(gens P, n))) ideal leadTerm gb J;
    if isHomogeneous J then leading + ideal P_n else leading)

-- The ideal of the projective closure, in one more variable, unless I is homogeneous.
idealOfProjectiveClosure = I -> (
    J := inStandardDegrees I;
    if isHomogeneous J then return J;
    S := ring J;
    n := numgens S;
    h := local h;
    P := (coefficientRing S)(monoid [h_0 .. h_n]);
    ideal homogenize((map(P, S, take(gens P, n))) gens gb J, P_n))

closureDegree = method(TypicalValue => ZZ)
closureDegree Ideal := I -> (
    checkIdeal I;
    degree initialIdeal I)

closureHilbertPolynomial = method(TypicalValue => RingElement)
closureHilbertPolynomial Ideal := I -> (
    checkIdeal I;
    hilbertPolynomial(comodule withoutVariables initialIdeal I, Projective => false))

-- A monomial ideal without the variables that lie in it, which do not change the quotient.  There
-- can be hundreds, and hilbertPolynomial takes one recursion for each.
withoutVariables = J -> (
    P := ring J;
    kept := select(numgens P, i -> P_i % J != 0);
    if #kept == 0 then kept = {0};
    x := local x;
    Q := (coefficientRing P)(monoid [x_0 .. x_(#kept - 1)]);
    place := hashTable apply(#kept, k -> kept#k => Q_k);
    (map(Q, P, apply(numgens P, i -> if place#?i then place#i else 0_Q))) J)

-- Singular locus -------------------------------------------------------------------

load "./NeuroAlgebra/Degeneracy.m2"

singularIdeal = method(TypicalValue => Ideal)
singularIdeal Ideal := I -> (
    checkIdeal I;
    I = trim I;
    c := codim I;
    if numgens I == 0 then ideal 1_(ring I)
    else trim(I + minors(c, jacobian I)))

singularComponents = method(TypicalValue => List, Options => {Known => {}})
singularComponents Ideal := o -> I -> (
    checkIdeal I;
    I = trim I;
    if all(I_*, f -> all(exponents f, e -> sum e <= 1)) then return {};
    found := degeneracyComponents(I, transpose jacobian I, codim I, o);
    components := apply(found, P -> (
            P = trim P;
            hashTable {
                "ideal" => P,
                "dimension" => dim P,
                "degree" => closureDegree P,
                "generators" => primitiveColumns gens P}));
    sort(components, c -> (- c#"dimension", c#"degree", toString c#"generators")))

load "./NeuroAlgebra/Fibers.m2"
load "./NeuroAlgebra/CriticalPoints.m2"
-- Conservation laws ----------------------------------------------------------------

-- A polynomial in the parameters is constant along the gradient flows of all functions of
-- phi if its gradient is orthogonal to those of all coordinates.  That is linear in its
-- coefficients.
conservationLaws = method(TypicalValue => Matrix)
conservationLaws(RingMap, ZZ) := (phi, d) -> (
    checkParametrization phi;
    T := target phi;
    k := coefficientRing T;
    if char k != 0 then error "expected a field of characteristic zero";
    if d < 1 then error "expected a degree of at least one";
    w := local w;
    W := k(monoid [w_0 .. w_(numgens T - 1)]);
    monomials := basis(1, d, W);
    gradients := jacobian (map(W, T, gens W)) imageRow phi;
    conditions := transpose((transpose jacobian monomials) * gradients);
    (powers, C) := coefficients conditions;
    laws := monomials * sub(gens kernel sub(C, k), W);
    (map(T, W, gens T)) primitiveColumns laws)

-- Everything -----------------------------------------------------------------------

neurovarietyReport = method(TypicalValue => HashTable, Options => {Strategy => "Elimination"})
neurovarietyReport RingMap := o -> phi -> reportOn neurovariety(phi, o)

reportOn = I -> hashTable {
    "ideal" => I,
    "ambient dimension" => numgens ring I,
    "dimension" => dim I,
    "degree" => closureDegree I,
    "Hilbert polynomial" => closureHilbertPolynomial I,
    "singular locus" => singularComponents I}

-- Models ---------------------------------------------------------------------------

load "./NeuroAlgebra/Layers.m2"
load "./NeuroAlgebra/Models.m2"
load "./NeuroAlgebra/ComposedModels.m2"
load "./NeuroAlgebra/Manifolds.m2"
load "./NeuroAlgebra/Specs.m2"
load "./NeuroAlgebra/Identifiability.m2"
load "./NeuroAlgebra/Subnetworks.m2"
load "./NeuroAlgebra/Distance.m2"

beginDocumentation()

load "./NeuroAlgebra/Documentation.m2"
load "./NeuroAlgebra/Guide.m2"
load "./NeuroAlgebra/ModelsDocumentation.m2"
load "./NeuroAlgebra/ComposedModelsDocumentation.m2"
load "./NeuroAlgebra/Tests.m2"
load "./NeuroAlgebra/ModelsTests.m2"

end
