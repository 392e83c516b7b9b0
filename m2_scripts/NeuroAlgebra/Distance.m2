-- Distances: critical points on a neuromanifold, and critical parameters of a quadratic loss.

export { "Metric", "criticalIdeal", "edDegree" }

-- The symmetric matrix of the quadratic form on the coordinates, over a field.
metricMatrix = (M, metric, K) -> (
    n := numgens source parametrization M;
    if instance(metric, Matrix) then (
        if numrows metric != n or numcols metric != n or transpose metric != metric then
        error("expected the metric to be a symmetric matrix of size ", toString n);
        return sub(metric, K));
    if metric === "unit" then id_(K^n)
    else if metric === "bombieri" then diagonalMatrix(K, apply(coordinateMonomials M, (j, t) -> (
                e := first exponents t;
                promote(product(e, i -> i!), K) / promote((sum e)!, K))))
    else if metric === "generic" and K =!= QQ then (
        A := random(K^n, K^n);
        A + transpose A)
    else error("expected the metric to be \"generic\", \"unit\", \"bombieri\" or a symmetric matrix"
        | ", for a loss all but the first"))

-- The critical points of the squared distance from a random point, modulo a prime: on a slice
-- of the fibers, where one maximal minor of the Jacobian matrix does not vanish.  For random
-- data these are the critical points on the smooth locus, and simple; what is counted are their
-- images, by the values of a random linear form.
countCriticalPoints = (M, metric) -> (
    phi := parametrization M;
    d := dim M;
    for attempt to 4 do (
        psi := restrictParameters(phi, numbersForParameters(phi, d, {0, 1}, true));
        p := nextPrime(20000 + random 12000);
        W := target psi;
        K := ZZ/p;
        t := local t;
        R := K(monoid [t_0 .. t_d]);
        images := (map(R, W, take(gens R, d))) matrix psi;
        J := (jacobian images)^{0 .. d - 1};
        toPoint := map(K, R, apply(d + 1, i -> random K));
        columns := firstIndependent(transpose toPoint J, sortedBy(i -> #terms images_(0, i),
                toList(0 .. numcols images - 1)), d);
        if #columns < d then continue;
        minor := product apply(select(toList factor det(J_columns, Strategy => Cofactor),
                f -> first degree f#0 > 0), first);
        Q := metricMatrix(M, metric, K);
        u := random(K^1, K^(numcols images));
        I := ideal(J * Q * transpose(images - u)) + ideal(R_d * minor - 1);
        G := groebnerBasis(I, Strategy => "F4");
        forceGB G;
        H := valuesOnPoints(ideal G, (images * random(K^(numcols images), K^1))_(0, 0));
        if H#"simple" then return H#"values");
    error "found no data whose critical points are simple; is the metric degenerate?")

MOSTCOORDINATES = 9

edDegree = method(TypicalValue => ZZ, Options => {Metric => "generic"})
edDegree NeuroManifold := o -> M -> (
    k := coefficientRing M;
    if char k != 0 then error "expected a model over a field of characteristic zero";
    n := numgens ambient M;
    metricMatrix(M, o.Metric, ZZ/32003);
    if dim M == n and instance(o.Metric, Matrix) and det o.Metric == 0 then
    error "expected a metric that is not degenerate";
    if dim M == n or dim M == 0 then 1
    else if o.Metric === "generic" and n <= MOSTCOORDINATES and isHomogeneous ideal M
    then sum polarDegrees M
    else if k =!= QQ then error "expected a model over QQ, where it is no small cone"
    else countCriticalPoints(M, o.Metric))
edDegree NeuralModel := o -> M -> edDegree(neuroManifold M, o)

criticalIdeal = method(TypicalValue => Ideal, Options => {Metric => "unit"})
criticalIdeal(NeuralModel, List) := o -> (M, u) -> (
    phi := parametrization M;
    if coefficientRing M =!= QQ then error "expected a model over QQ";
    n := numgens source phi;
    if #u != n or not all(u, c -> instance(c, ZZ) or instance(c, QQ)) then
    error("expected a target with ", toString n, " rational coordinates");
    W := target phi;
    residual := matrix phi - sub(matrix {u}, W);
    ideal(jacobian matrix phi * sub(metricMatrix(M, o.Metric, QQ), W) * transpose residual))
criticalIdeal(NeuroManifold, List) := o -> (M, u) -> criticalIdeal(M#"model", u, o)
