-- Models whose neuromanifolds are classical varieties.  Each test begins with its name.

TEST ///
    -- determinantal varieties: linear networks compute the matrices of bounded rank, with the
    -- degrees of Giambelli's formula
    M = neuroManifold linearNetwork {3,1,3};
    X = genericMatrix(ambient M, 3, 3);
    assert(ideal M == minors(2, X) and dim M == 5 and degree M == 6 and codim M == 4);
    M = neuroManifold linearNetwork {3,2,3,3};
    X = genericMatrix(ambient M, 3, 3);
    assert(ideal M == ideal det X and dim M == 8 and degree M == 3);
    L = singularComponents M;
    assert(#L == 1 and (first L)#"ideal" == minors(2, X));
    assert(isSubset(singularIdeal M, (first L)#"ideal") and dim singularLocus M == 5);
    -- they are filling if no layer is narrow
    assert(ideal neuroManifold linearNetwork {2,2,2} == 0);
    assert(codim neuroManifold linearNetwork {2,3,2} == 0)
///

TEST ///
    -- Segre varieties: two layers with one unit between, for all numbers of inputs and outputs
    for m from 2 to 3 do for n from 2 to 4 do (
        M := neuroManifold linearNetwork {m,1,n};
        assert(ideal M == minors(2, genericMatrix(ambient M, m, n)));
        assert(dim M == m + n - 1 and degree M == binomial(m + n - 2, m - 1)))
///

TEST ///
    -- Veronese varieties: one unit with activation x^d; coordinates differ by multinomials
    for d from 2 to 3 do for m from 2 to 3 do (
        M := neuroManifold mlp({m,1,1}, x -> x^d);
        assert(dim M == m and degree M == d^(m-1));
        assert(numgens ambient M == binomial(m + d - 1, d)));
    -- rational normal curves have d quadrics in d choose 2
    for d from 2 to 5 do (
        I := ideal neuroManifold mlp({2,1,1}, x -> x^d);
        assert(numgens I == binomial(d, 2) and all(I_*, f -> degree f == {2})))
///

TEST ///
    -- secant varieties of rational normal curves: k units; Hankel determinants
    M = neuroManifold mlp({2,2,1}, x -> x^4);
    V = ambient M;
    c = apply(5, i -> V_i / binomial(4, i));
    assert(ideal M == ideal det matrix apply(3, i -> apply(3, j -> c#(i + j))));
    assert(dim M == 4 and degree M == 3);
    -- the singular locus is the curve, computed by one unit
    L = singularComponents M;
    H = first subnetworks M;
    assert(#L == 1 and (first L)#"ideal" == neurovariety(H#"embedding" * parametrization M))
///

TEST ///
    -- the theorem of Alexander and Hirschowitz: sums of d-th powers of k linear forms in m
    -- variables fill, or have the expected dimension, but for defective cases
    for t in {(3,2,1), (3,3,1), (3,4,1), (2,3,1)} do (
        (m, d, e) := t;
        for k from 1 to 6 do (
            expected := min(k * m, binomial(m + d - 1, d));
            found := dim neuroManifold mlp({m,k,1}, x -> x^d);
            quadrics := if k >= m then binomial(m + 1, 2) else k * m - binomial(k, 2);
            defective := (m, d, k) == (3, 4, 5);
            assert(found == (if d == 2 then quadrics else expected - (if defective then 1 else 0)))))
///

TEST ///
    -- products of polynomials: linear convolutional networks
    phi = parametrization convolutional {2,3};
    W = target phi;
    T = W[t];
    f = (W_0 + W_1*t) * (W_2 + W_3*t + W_4*t^2);
    assert(flatten entries matrix phi == apply(4, i -> coefficient(t^i, f)));
    -- with stride 2, the first filter evaluated at t and the second one at t^2
    phi = parametrization convolutional({2,2}, Strides => {2,1});
    W = target phi;
    T = W[t];
    f = (W_0 + W_1*t) * (W_2 + W_3*t^2);
    assert(flatten entries matrix phi == apply(4, i -> coefficient(t^i, f)));
    M = neuroManifold convolutional({2,2}, Strides => {2,1});
    use ambient M;
    assert(ideal M == ideal det genericMatrix(ambient M, 2, 2))
///

TEST ///
    -- attention, by matrices
    M = lightningAttention(2,1,1,2);
    phi = parametrization M;
    W = target phi;
    X = W[x_0..x_3];
    tokens = matrix {{x_0, x_1}, {x_2, x_3}};
    Q = matrix {{W_0, W_1}}; K = matrix {{W_2, W_3}}; V = matrix {{W_4, W_5}};
    F = sub(V, X) * tokens * transpose(sub(K, X) * tokens) * (sub(Q, X) * tokens);
    found = apply(coordinateMonomials M, c -> (
            e := first exponents last c;
            coefficient(X_e, F_(0, first c))));
    assert(flatten entries matrix phi == found);
    -- the matrices of rank one have dimension 3; the layer scales them against V
    assert(dim neuroManifold M == 3 + 2 - 1)
///

TEST ///
    -- models made in several ways have the same parametrization
    A = parametrization mlp({2,2,1}, x -> x^2 + x/3, Bias => true);
    W = target A;
    R = W[x, y];
    s = f -> f^2 + 1/3*f;
    f = W_6*s(W_0*x + W_1*y + W_4) + W_7*s(W_2*x + W_3*y + W_5) + W_8;
    assert(flatten entries matrix A == apply({x^2, x*y, y^2, x, y, 1_R}, m -> coefficient(m, f)));
    P = QQ[a,b,c,x,y];
    M = neuralModel(matrix {{c*(a*x + b*y)^2}}, {x, y});
    N = mlp({2,1,1}, x -> x^2);
    assert(toString entries matrix parametrization M == "{{a^2*c, 2*a*b*c, b^2*c}}");
    assert(toString ideal neuroManifold M == toString ideal neuroManifold N);
    assert(neuroManifold N === neuroManifold N);
    N = value toExternalString neuroManifold N;
    assert(instance(N, NeuroManifold) and dim N == 2);
    assert(coefficientRing mlp({1,1}, CoefficientRing => ZZ/7) === ZZ/7);
    assert(dim neuroManifold mlp({2,1,1}, x -> x^7, CoefficientRing => ZZ/7) == 2);
    -- neither variables of the user nor the ring in use are touched
    w = 3; z = 4;
    use P;
    parametrization mlp({2,1,1}, x -> x^3);
    assert(w == 3 and z == 4 and ring a === P)
///

TEST ///
    -- distances: Eckart and Young; the ED degree of a generic metric is the sum of polar degrees
    M = neuroManifold linearNetwork {3,1,2};
    assert(edDegree(M, Metric => "unit") == 2);
    assert(edDegree M == sum polarDegrees M);
    assert(edDegree(M, Metric => id_(QQ^6)) == 2);
    -- symmetric matrices in the invariant metric: one critical point for each eigenvector
    assert(edDegree(mlp({3,1,1}, x -> x^2), Metric => "bombieri") == 3);
    -- binary cubics: the general and the invariant metric
    M = neuroManifold mlp({2,1,1}, x -> x^3);
    assert(edDegree M == 7 and edDegree(M, Metric => "bombieri") == 3);
    -- what fills its space is at distance zero
    assert(edDegree linearNetwork {2,2} == 1)
///

TEST ///
    -- pure and spurious critical points: two layers that learn a diagonal matrix
    M = linearNetwork {2,2,2};
    L = primeComponents criticalIdeal(M, {1,0,0,1});
    assert(apply(L, c -> c#"dimension") == {4, 4, 0});
    -- distinct singular values: one component for each, instead of a circle
    L = primeComponents criticalIdeal(M, {1,0,0,2});
    assert(apply(L, c -> c#"dimension") == {4, 3, 3, 0});
    -- layers stay balanced
    laws = conservationLaws M;
    assert(numcols laws == 3 and conservationLaws(neuroManifold M, 2) == laws)
///

TEST ///
    -- subnetworks embed, and compute functions of the network
    for M in {mlp({2,2,2,1}, x -> x^2 + 1, Bias => true), linearNetwork {2,2,3},
        convolutional({2,2}, x -> x^2, Channels => {2,1}), lightningAttention(2,2,1,1)} do
    for H in subnetworks M do
    assert(entries matrix(H#"embedding" * parametrization M)
        == entries matrix parametrization H#"model");
    assert(#(subnetworks mlp({2,3,4,1}, x -> x^2)) == 11);
    -- filters 2, 2 have shorter ones inside: 1, 2 and 2, 1 at two places, 1, 1 at three
    assert(#(subnetworks convolutional({2,2}, x -> x^2)) == 7);
    M = neuroManifold convolutional({2,2}, x -> x^2);
    for H in subnetworks M do
    assert(isSubset(ideal M, neurovariety(H#"embedding" * parametrization M)))
///

TEST ///
    -- dimensions with and without expansion
    for M in {mlp({2,2,2,1}, x -> x^2 + x/3, Bias => true), mlp({1,3,1}, x -> x^2 + 1),
        convolutional({{1,2},{2,2}}, x -> x^2, Channels => {2,1}), lightningAttention(2,1,1,2),
        lightningAttention(1,1,2,2, Layers => 2), linearNetwork {3,2,3}, linearNetwork {1,1}} do
    assert(imageDimension M == imageDimension parametrization M);
    -- determinantal varieties of large matrices; sums of many cubes of linear forms
    assert(dim neuroManifold linearNetwork {12,5,14} == 5 * (12 + 14 - 5));
    assert(dim neuroManifold mlp({7,10,1}, x -> x^3) == 70);
    -- the parameters less the rescalings of the hidden units
    assert(dim neuroManifold mlp({20,20,10}, x -> x^2) == 580)
///

TEST ///
    -- wrong input is refused
    fails = f -> try (f(); false) else true;
    assert(fails(() -> mlp {3}));
    assert(fails(() -> mlp({2,2,1}, x -> 1)));
    assert(fails(() -> mlp({2,2,1}, {x -> x, x -> x^2})));
    assert(fails(() -> convolutional {2, {2, 2}}));
    assert(fails(() -> lightningAttention(0,1,1,1)));
    assert(fails(() -> edDegree(linearNetwork {2,1,2}, Metric => matrix {{1}})));
    assert(fails(() -> edDegree linearNetwork({2,1,2}, CoefficientRing => ZZ/7)));
    assert(fails(() -> coordinateMonomials neuralModel map(QQ[s], QQ[t], {s})));
    assert(fails(() -> criticalIdeal(linearNetwork {2,1,2}, {1,0,0})))
///

TEST ///
    -- linear networks over the cyclic group of order two with channels 2, 1, 2: products of two
    -- Segre varieties, of sums and of differences
    M = neuroManifold neuralModel "gcnn:group=Z2,channels=2x1x2";
    assert(dim M == 6 and degree M == 4);
    -- group convolutions with squares: L(|G| - 1) + 1
    for t in {("Z3", 3, 2), ("Z2xZ2", 4, 2), ("S3", 6, 2), ("D4", 8, 2)} do
    assert(dim neuroManifold neuralModel("gcnn:group=" | t#0 | ",layers=" | toString t#2 | ":x^2")
        == t#2 * (t#1 - 1) + 1);
    -- what commutes with all permutations of the places, of inputs and outputs alike
    phi = parametrization neuralModel "sets:points=3,channels=1x1";
    W = target phi;
    assert(flatten entries matrix phi == flatten entries(W_0 * id_(W^3)
            + W_1 * matrix toList(3 : toList(3 : 1_W))));
    -- a graph by its edges, and by its name
    assert(toString neuralModel "gnn:graph=0-1+1-2+2-0,channels=1x2x1:x^2"
        === toString neuralModel "gnn:graph=C3,channels=1x2x1:x^2");
    assert(toString neuralModel "gnn:graph=K2x2,channels=1x1,matrix=laplacian"
        =!= toString neuralModel "gnn:graph=K2x2,channels=1x1")
///

-- Names of models.
TEST ///
    agree = (name, M) -> assert(toString neuralModel name === toString M);
    agree("mlp:2,2,3:x^2+x:bias", mlp({2,2,3}, x -> x^2 + x, Bias => true))
    agree(" linear: 3,2,3", linearNetwork {3,2,3})
    agree("cnn:3x3c4s2,2x2:x^2:in=3:out=2", convolutional({{3,3},{2,2}}, x -> x^2,
            Strides => {{2,2},{1,1}}, Channels => {4,1}, InputChannels => 3, Outputs => 2))
    agree("attention:d=2,a=1,out=3,t=2,layers=2,heads=2",
        lightningAttention(2, 1, 3, 2, Layers => 2, Heads => 2))
    assert(dim neuroManifold "mlp:2,2,3:x^2" == 8 and degree neuroManifold "linear:2,1,2" == 2)
    for name in {"mpl:2,2", "mlp", "mlp:2,a", "mlp:2,2,2:exit", "mlp:2,2:x:x", "relu:2,2,1",
        "attention:d=2,a=1", "attention:d=2,d=2,a=1,out=2,t=2", "cnn:3,y:x^2"} do
    assert(try (neuralModel name; false) else true)
///

-- Models whose layers are sums, products and chains of layers.
TEST ///
    -- the coefficient of x is 1; a square of the others
    I = ideal neuroManifold residualNetwork(1, {1,1}, x -> x^2);
    assert(dim I == 2 and degree I == 3);
    -- cubics with a double root; products of two linear forms
    assert(degree neuroManifold gatedNetwork({2,1,1}, x -> x^2) == 4);
    assert(dim neuroManifold gatedNetwork({3,2}, LastGated => true) == 10);
    -- symmetric matrices of rank at most two (Harris and Tu)
    M = neuroManifold autoencoder({4,2}, Tied => true);
    assert(dim M == 7 and degree M == 10);
    -- a translate of the singular matrices
    N = neuroManifold lowRankAdaptation({2,2}, 1, Base => {matrix {{1,2},{3,4}}});
    z = gens ring ideal N;
    assert(ideal N == ideal det(genericMatrix(ring ideal N, z#0, 2, 2) - transpose matrix {{1,2},{3,4}})
        or ideal N == ideal det(genericMatrix(ring ideal N, z#0, 2, 2) - matrix {{1,2},{3,4}}));
    -- completely decomposable forms; quadratic forms of rank at most two
    assert(dim neuroManifold polynomialNetwork(4, 1, 3, Homogeneous => true) == 10);
    assert(dim neuroManifold mixtureOfExperts(4, 1, 1) == 7);
    -- dimensions with and without expansion, and subnetworks inside
    for M in {residualNetwork(2, {2}, x -> x^2), gatedNetwork({2,2,1}), autoencoder({2,2}, x -> x^2,
            Tied => true, Bias => true), mixtureOfExperts(2, 1, 2, x -> x^2, Hidden => 2),
        polynomialNetwork(2, 2, 2, Nested => true), lowRankAdaptation({2,2}, 2, Base => "trained")}
    do (
        assert(imageDimension M == imageDimension parametrization M);
        assert(toString matrix parametrization M
            == toString matrix parametrization value toExternalString M);
        for H in subnetworks M do
        assert(entries matrix(H#"embedding" * parametrization M)
            == entries matrix parametrization H#"model"))
///

-- Identifiability, by values at points.
TEST ///
    -- squares and linear layers: rescalings; the general linear group; heads of attention
    scan({(mlp({2,2,3}, x -> x^2), 2), (linearNetwork {3,2,3}, 4), (linearNetwork {2,3,2}, 8),
            (linearNetwork {3,3,2,3}, 13), (lightningAttention(2, 1, 2, 3), 2),
            (lightningAttention(3, 2, 3, 4), 5), (convolutional({2,2}, x -> x^2), 1),
            (mlp({2,2,2}, x -> x^3 + x), 0)}, (M, s) -> (
            H := identifiability M;
            assert(H#"dimension of their orbits" == s and H#"fiber dimension" == s);
            assert(isIdentifiable neuroManifold M)));
    -- a quadratic form of rank two; binary quartics of rank three; a defective variety
    scan({mlp({3,2,1}, x -> x^2), mlp({2,3,1}, x -> x^4), mlp({4,5,3}, x -> x^2)}, M ->
        assert(not isIdentifiable M));
    assert((identifiability mlp({4,5,3}, x -> x^2))#"fiber dimension" == 6);
    -- a parametrization, with one array of parameters: of a cone over a conic, and of a plane
    W = QQ[s,t];
    assert isIdentifiable neuralModel map(W, QQ[x,y,z], {s^2, s*t, t^2});
    assert isIdentifiable neuralModel map(W, QQ[x], {s^2 + t^2});
    assert not isIdentifiable neuralModel map(W, QQ[x], {s^2 + t^3});
    -- no coefficient of this one is ever written down
    M = mlp({12,12,6}, x -> x^4);
    assert isIdentifiable M;
    assert not M.cache#?"parametrization"
///
