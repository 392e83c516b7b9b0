-- Each test is a variety, or a family of files, whose answers are known.  Each begins with
-- its name.

TEST ///
    -- the twisted cubic: a smooth curve of degree 3, cut out by three quadrics
    phi = map(QQ[s,t], V = QQ[z_0..z_3], {s^3, s^2*t, s*t^2, t^3});
    I = neurovariety phi;
    assert(I == minors(2, matrix {{z_0, z_1, z_2}, {z_1, z_2, z_3}}));
    assert(ring I === V and numgens I == 3);
    assert(imageDimension phi == 2 and dim I == 2);
    assert(closureDegree I == 3);
    h = closureHilbertPolynomial I;
    assert(toString h == "3*i+1");
    assert(radical singularIdeal I == ideal vars V);  -- the vertex of the cone
///

TEST ///
    -- rational normal curves in P^n have degree n and binomial(n, 2) quadrics
    for n from 2 to 5 do (
        phi := map(QQ[s,t], QQ[z_0..z_n], apply(n + 1, j -> s^(n-j)*t^j));
        I := neurovariety phi;
        assert(numgens I == binomial(n, 2) and all(degrees I, d -> d == {2}));
        assert(imageDimension phi == 2 and closureDegree I == n);
        assert(toString closureHilbertPolynomial I == toString n | "*i+1"))
///

TEST ///
    -- the twisted cubic in affine space, whose ideal is not homogeneous: smooth, of degree 3
    phi = map(QQ[t], V = QQ[x,y,z], {t, t^2, t^3});
    I = neurovariety phi;
    assert(I == ideal(y - x^2, z - x^3) and not isHomogeneous I);
    assert(imageDimension phi == 1 and dim I == 1);
    assert(closureDegree I == 3);
    assert(toString closureHilbertPolynomial I == "3*i+1");
    assert(singularIdeal I == 1 and singularComponents I == {});
    -- neither the product of the degrees of the generators, nor that of the initial ideal for
    -- the lexicographic order
    use QQ[z,y,x, MonomialOrder => Lex];
    assert(closureDegree ideal(y - x^2, z - x^3) == 3)
///

TEST ///
    -- the Segre variety of P^2 x P^3: matrices of rank one, of degree binomial(5, 2)
    T = QQ[a_0..a_2, b_0..b_3];
    V = QQ[z_0..z_11];
    phi = map(T, V, flatten table(3, 4, (i, j) -> a_i*b_j));
    I = neurovariety phi;
    assert(I == minors(2, genericMatrix(V, 4, 3)) and numgens I == 18);
    assert(imageDimension phi == 6 and dim I == 6);
    assert(closureDegree I == 10);
    h = closureHilbertPolynomial I;
    scan(10, i -> assert(sub(h, (ring h)_0 => i) == binomial(i + 2, 2) * binomial(i + 3, 3)))
///

TEST ///
    -- a conic in a plane of a space with so many coordinates that hilbertPolynomial alone gives up
    V = QQ[z_0..z_319];
    I = ideal drop(gens V, 3) + ideal(z_0*z_2 - z_1^2);
    assert(closureDegree I == 2 and toString closureHilbertPolynomial I == "2*i+1");
    assert(closureHilbertPolynomial ideal vars V == 0)
///

TEST ///
    -- the determinantal cubic, of 3 x 3 matrices of rank at most two, is singular along the
    -- matrices of rank at most one, which have dimension 5 and degree 6
    T = QQ[a_0..a_5, b_0..b_5];
    V = QQ[z_0..z_8];
    phi = map(T, V, flatten entries(genericMatrix(T, a_0, 3, 2) * genericMatrix(T, b_0, 2, 3)));
    assert(imageDimension phi == 8);
    I = neurovariety(phi, Strategy => "Kernel");
    X = genericMatrix(V, 3, 3);
    assert(I == ideal det X);
    L = singularComponents I;
    assert(#L == 1 and (first L)#"dimension" == 5 and (first L)#"degree" == 6);
    assert((first L)#"ideal" == minors(2, X))
///

TEST ///
    -- the Veronese surface: degree 4, six quadrics, Hilbert polynomial (2i+1)(2i+2)/2
    T = QQ[x,y,z];
    V = QQ[q_0..q_5];
    phi = map(T, V, gens (ideal vars T)^2);
    report = neurovarietyReport phi;
    assert(numgens report#"ideal" == 6);
    assert(report#"ambient dimension" == 6 and report#"dimension" == 3);
    assert(report#"degree" == 4);
    h = report#"Hilbert polynomial";
    assert(toString h == "2*i^2+3*i+1");
    assert(#report#"singular locus" == 1);
    vertex = first report#"singular locus";
    assert(vertex#"dimension" == 0 and vertex#"degree" == 1);
    assert(vertex#"ideal" == ideal vars V and ideal vertex#"generators" == ideal vars V)
///

TEST ///
    -- the Grassmannian G(2,4) is a smooth quadric in P^5
    T = QQ[x_0..x_7];
    V = QQ[p_0..p_5];
    phi = map(T, V, gens minors(2, genericMatrix(T, 2, 4)));
    I = neurovariety phi;
    assert(numgens I == 1 and closureDegree I == 2 and imageDimension phi == 5);
    assert(rank jacobian transpose jacobian I == 6);
    assert(radical singularIdeal I == ideal vars V)
///

TEST ///
    -- the cuspidal and the nodal cubic are singular at the origin alone
    V = QQ[x,y];
    T = QQ[t];
    cusp = neurovariety map(T, V, {t^2, t^3});
    node = neurovariety map(T, V, {t^2 - 1, t^3 - t});
    assert(cusp == ideal(y^2 - x^3) and node == ideal(y^2 - x^2*(x + 1)));
    scan({cusp, node}, I -> (
            assert(closureDegree I == 3 and dim I == 1);
            L := singularComponents I;
            assert(#L == 1 and (first L)#"ideal" == ideal(x, y))));
    assert(degree singularIdeal cusp == 2 and degree singularIdeal node == 1)
///

TEST ///
    -- the Whitney umbrella is singular along its handle
    phi = map(QQ[u,v], V = QQ[x,y,z], {u*v, u, v^2});
    I = neurovariety phi;
    assert(I == ideal(x^2 - y^2*z));
    L = singularComponents I;
    assert(#L == 1 and (first L)#"dimension" == 1 and (first L)#"degree" == 1);
    assert((first L)#"ideal" == ideal(x, y))
///

TEST ///
    -- components are sorted: a plane curve with conjugate nodes, a cone over it, three planes
    V = QQ[x,y];
    L = singularComponents ideal(y^2 - (x^2 - 2)^2*(x + 3));
    assert(#L == 1 and (first L)#"degree" == 2 and (first L)#"dimension" == 0);
    V = QQ[x,y,z];
    L = singularComponents ideal(x*y*z);
    assert(apply(L, c -> (c#"dimension", c#"degree")) == {(1, 1), (1, 1), (1, 1)});
    assert(intersect apply(L, c -> c#"ideal") == ideal(x*y, x*z, y*z));
    -- a cuspidal edge, and an isolated node on another sheet
    L = singularComponents ideal((y^2 - x^3) * (x^2 + y^2 + (z - 5)^2 - 1));
    assert(isSorted apply(L, c -> (- c#"dimension", c#"degree")));
    assert(isSubset({(1, 1)}, apply(L, c -> (c#"dimension", c#"degree"))))
///

TEST ///
    -- the secant variety of the rational normal quartic is a cubic hypersurface, singular
    -- along the curve; that of the Veronese surface has defect one
    T = QQ[s_0, s_1, t_0, t_1];
    V = QQ[z_0..z_4];
    phi = map(T, V, apply(5, j -> s_0^(4-j)*s_1^j + t_0^(4-j)*t_1^j));
    hankel = matrix table(3, 3, (i, j) -> z_(i+j));
    assert(imageDimension phi == 4);
    I = ideal det hankel;
    assert(phi I == 0 and closureDegree I == 3);
    L = singularComponents I;
    assert(#L == 1 and (first L)#"ideal" == minors(2, hankel));
    assert((first L)#"dimension" == 2 and (first L)#"degree" == 4);
    T = QQ[s_0..s_2, t_0..t_2];
    quadrics = (a, b, c) -> {a^2, a*b, a*c, b^2, b*c, c^2};
    phi = map(T, QQ[q_0..q_5], quadrics(s_0, s_1, s_2) + quadrics(t_0, t_1, t_2));
    assert(imageDimension phi == 5)
///

TEST ///
    -- a dense image: the ideal is zero, the degree is one, there are no singular points
    phi = map(QQ[s,t], V = QQ[x,y], {s, s*t});
    I = neurovariety phi;
    assert(I == 0 and imageDimension phi == 2);
    assert(closureDegree I == 1 and singularComponents I == {});
    assert(toString closureHilbertPolynomial I == "i+1");  -- the plane is a cone over a line
    -- a point, and a point with coordinates that are not integers
    assert(neurovariety map(QQ[s], V, {1/2, 3}) == ideal(2*x - 1, y - 3));
    assert(imageDimension map(QQ[s], V, {1/2, 3}) == 0);
    assert(imageDimension map(QQ[s], V, {0, 0}) == 0)
///

TEST ///
    -- over prime fields: the conic, also in characteristic two, and Frobenius
    scan({2, 3, 32003, 2147483629}, p -> (
            k := ZZ/p;
            T := k[s,t];
            V := k[x,y,z];
            phi := map(T, V, {T_0^2, T_0*T_1, T_1^2});
            I := neurovariety phi;
            assert(I == ideal(V_1^2 - V_0*V_2) and char ring I == p);
            assert(imageDimension phi == 2 and closureDegree I == 2);
            assert(toString closureHilbertPolynomial I == "2*i+1")));
    T = ZZ/3[s,t];
    V = ZZ/3[x,y,z];
    assert(imageDimension map(T, V, {s^3, t^3, 0}) == 2);
    assert(imageDimension map(T, V, {s^3, s^6, s^9}) == 1)
///

TEST ///
    -- rational coefficients: a prime in a denominator does not matter
    V = QQ[x,y];
    T = QQ[s,t];
    p = 2147483629;
    phi = map(T, V, {s/p, p*t});
    assert(imageDimension phi == 2);
    phi = map(T, V, {s^2/3, s^3/7});
    assert(gens neurovariety phi == matrix {{27*x^3 - 49*y^2}});
    assert(closureDegree ideal(x^2/3 - y^5/7) == 5)
///

TEST ///
    -- both strategies find the same ideal, and the evidence of elimination is right
    T = QQ[a_0, a_1, b_0, b_1];
    V = QQ[z_0..z_3];
    phi = map(T, V, {a_0^3 + b_0^3, 3*(a_0^2*a_1 + b_0^2*b_1), 3*(a_0*a_1^2 + b_0*b_1^2),
            a_1^3 + b_1^3});
    assert(neurovariety phi == 0 and imageDimension phi == 4);
    phi = map(T, V, {a_0 + 1, a_0*a_1 - 2, a_1^2 + a_0, a_1^3});
    I = neurovariety phi;
    assert(I == neurovariety(phi, Strategy => "Kernel"));
    H = graphGroebnerBasis phi;
    assert(H#"generators" * H#"cofactors" == H#"eliminationBasis");
    assert(ideal H#"generators" == I and phi I == 0);
    G = H#"graphBasis";
    assert(numgens ring G == 8 and G % forceGB G == 0);
    (parameters, coordinates) = (take(gens ring G, 4), drop(gens ring G, 4));
    graph = matrix {coordinates} - (map(ring G, T, parameters)) matrix phi;
    assert(graph % forceGB G == 0);
    assert(leadTerm gb ideal graph == leadTerm forceGB G)
///

TEST ///
    -- what is no parametrization, or not the ideal of a variety, is refused
    refused = f -> (try f() then false else true);
    V = QQ[x,y];
    scan({
            () -> neurovariety map(ZZ/5[s], V, {s, s}),
            () -> neurovariety map(QQ[s]/(s^2), V, {s, s}),
            () -> neurovariety map(ZZ[s], ZZ[x,y], {s, s}),
            () -> neurovariety map(QQ, V, {1, 1}),
            () -> imageDimension map(QQ[s, SkewCommutative => true], V, {s, s}),
            () -> neurovariety(map(QQ[s], V, {s, s}), Strategy => "Guess"),
            () -> neurovarietyReport(map(QQ[s], V, {s, s}), Strategy => Elimination),
            () -> closureDegree ideal 1_V,
            () -> closureHilbertPolynomial ideal 1_V,
            () -> singularIdeal ideal 1_V,
            () -> closureDegree ideal (ZZ[x]_0),
            () -> closureDegree ideal (QQ[x, Degrees => {2}]_0),
            () -> singularComponents ideal (QQ[x]/(x^2))_0},
        f -> assert refused f)
///

TEST ///
    -- polynomials go through files unharmed, in a given ring or a new one
    R = QQ[x, y_1, y_2];
    file = temporaryFileName();
    n = 10^5000 + 7;
    scan({
            0_R, 1_R, -1_R, x, x^2*y_1 - 3/7*y_2 + 1,
            n*x - (n+1)/(n+2)*y_1*y_2 + 1/n,
            x^2000000000 + y_1^65537,
            (x + 2*y_1 - y_2/3)^20},
        f -> (
            writePolynomials(file, f);
            assert(readPolynomials(file, R) === f);
            g := readPolynomials file;
            assert(toString g == toString f and ring g =!= R)));
    assert(ring x =!= R);  -- a new ring is in use, as always
    use R;
    scan({
            ideal(x, y_1 - n), ideal 0_R, ideal(0_R, x, 0_R), ideal map(R^1, R^0, 0)},
        I -> (
            writePolynomials(file, I);
            J := readPolynomials(file, R);
            assert(instance(J, Ideal) and gens J == gens I and numgens J == numgens I)));
    scan({
            matrix {{x, 0}, {1, y_2^3/5}}, map(R^2, R^0, 0), map(R^0, R^3, 0), matrix {{0_R}}},
        M -> (
            writePolynomials(file, M);
            N := readPolynomials(file, R);
            assert(entries N === entries M and (numrows N, numcols N) == (numrows M, numcols M))));
    removeFile file
///

TEST ///
    -- rings go through files unharmed: prime fields, orders, other names
    file = temporaryFileName();
    scan({
            ZZ/2[x,y], ZZ/2147483647[x,y], QQ[x,y, MonomialOrder => Lex],
            QQ[x,y, MonomialOrder => {1, 1}], QQ[x,y, MonomialOrder => GLex],
            QQ[x,y, MonomialOrder => Eliminate 1], QQ[x,y, Degrees => {2, 3}]},
        R -> (
            f := R_0^3 + 1000003*R_0*R_1^5 - R_1 + 1;
            writePolynomials(file, f);
            assert(readPolynomials(file, R) === f);
            g := readPolynomials file;
            assert(toString g == toString f);
            assert(toString leadTerm g == toString leadTerm f);
            assert((options ring g).MonomialOrder === (options R).MonomialOrder);
            assert(degrees ring g === degrees R)));
    R = QQ[x,y];
    S = QQ[u,v];
    writePolynomials(file, x^2 - y);
    assert(readPolynomials(file, S) === u^2 - v);
    removeFile file;
    -- what is not such a file is refused
    file << "x^2 - y" << endl << close;
    assert(try (readPolynomials file; false) else true);
    removeFile file;
    K = toField(QQ[a]/(a^2 - 2));
    assert(try (writePolynomials(file, a*(K[x])_0); false) else true);
    assert not fileExists file
///

TEST ///
    -- nothing is left behind: no new names, no ring in use, no other monomials
    before = set keys User#"private dictionary";
    V = QQ[w,z];
    T = QQ[h,i];
    phi = map(T, V, {h^2, h^3});
    neurovarietyReport phi;
    graphGroebnerBasis phi;
    imageDimension phi;
    file = temporaryFileName();
    writePolynomials(file, h^2 - i);
    assert(readPolynomials(file, T) == h^2 - i);
    removeFile file;
    assert(ring h === T and ring i === T and ring w === V);
    after = set keys User#"private dictionary" - before;
    assert isSubset(after, set {"before", "V", "T", "w", "z", "h", "i", "phi", "file", "after"})
///

TEST ///
    -- the fibers of a product of matrices: invertible over 1, of rank one over a rank one
    R = QQ[a_0..a_3, b_0..b_3];
    A = genericMatrix(R, a_0, 2, 2);
    B = genericMatrix(R, b_0, 2, 2);
    fiber = M -> ideal flatten entries(B*A - M);
    L = primeComponents fiber id_(R^2);
    assert(apply(L, c -> (c#"dimension", c#"degree")) == {(4, 8)});
    c = first L;
    assert(flatten entries(c#"generators" * c#"cofactors") == flatten entries c#"basis");
    assert(ideal c#"basis" == c#"ideal");
    -- over zero: A = 0, or B = 0, or both have rank one
    L = primeComponents fiber (0*id_(R^2));
    assert(apply(L, c -> c#"dimension") == {5, 4, 4});
    assert(primeComponents ideal 1_R == {});
    assert(apply(primeComponents ideal 0_R, c -> (c#"dimension", c#"degree")) == {(8, 1)})
///

TEST ///
    -- points satisfy the equations, and in dimension zero they are all
    R = QQ[x,y,z];
    scan({ideal(x^2 - 2, y^2 - 3, z - x*y), ideal(x^3 - x, y - x^2, z^2 + 1),
            ideal(x^2 + y^2 + z^2 - 5), ideal(x*y - z)}, I -> (
            L := algebraicPoints I;
            assert(#L > 0);
            scan(L, p -> (
                    T := ring p#"polynomial";
                    at := map(T, R, p#"coordinates");
                    assert((sum(#p#"form", i -> p#"form"#i * p#"coordinates"#i) - T_0)
                        % p#"polynomial" == 0);
                    assert all(flatten entries gens I, f -> at f % p#"polynomial" == 0)));
            if dim I == 0 then
            assert(sum(L, p -> first degree p#"polynomial") == degree I)));
    assert(algebraicPoints ideal(x, x - 1) == {})
///

TEST ///
    -- the twisted cubic and its tangent developable, of degree 4, are dual to each other
    R = QQ[a..d];
    C = minors(2, matrix {{a,b,c},{b,c,d}});
    assert(polarDegrees C == {3, 4});
    S = ideal(a^2*d^2 - 6*a*b*c*d + 4*a*c^3 + 4*b^3*d - 3*b^2*c^2);
    assert(polarDegrees S == {4, 3, 0});
    N = conormalIdeal C;
    assert(isPrime N and dim N == 4);
    assert(numgens eliminate(take(gens ring N, 4), N) == 1)
///

TEST ///
    -- the Veronese surface, linear spaces, and all of the space
    R = QQ[x_0..x_5];
    M = matrix {{x_0,x_1,x_2},{x_1,x_3,x_4},{x_2,x_4,x_5}};
    assert(polarDegrees minors(2, M) == {4, 6, 3});
    assert(polarDegrees ideal det M == {3, 6, 4, 0, 0});
    -- the cone over a rational normal curve: more generators than its codimension
    assert(polarDegrees minors(2, matrix {{x_0,x_1,x_2,x_3},{x_1,x_2,x_3,x_4}}) == {4, 6, 0});
    assert(polarDegrees ideal(x_0, x_1) == {1, 0, 0, 0});
    -- of two planes that span the space, neither is left out
    assert(polarDegrees intersect(ideal(x_0, x_1), ideal(x_2, x_3)) == {2, 0, 0, 0});
    assert(polarDegrees ideal 0_R == {1, 0, 0, 0, 0, 0});
    assert(try (conormalIdeal ideal(x_0 - 1); false) else true)
///

TEST ///
    -- critical points of the distance to the parabola, and of a double point
    R = ZZ/32003[x, y, l];
    I = ideal(y - x^2, x - 17 + 2*l*x, y - 5 - l);
    H = valuesOnPoints(I, x);
    assert(H#"simple" and H#"values" == 3 and H#"length" == 3);
    assert((valuesOnPoints(I, 1_R))#"values" == 1);
    assert not (valuesOnPoints(ideal(x^2, y, l), x))#"simple";
    assert not (valuesOnPoints(ideal(x, y), l))#"simple";
    assert((valuesOnPoints(ideal 1_R, l))#"values" == 0)
///

TEST ///
    -- the Segre variety P^1 x P^2, as a product of a column and a row: one balancedness
    W = QQ[a_0, a_1, b_0 .. b_2];
    phi = map(W, QQ[z_0 .. z_5], flatten apply(2, i -> apply(3, j -> a_i*b_j)));
    laws = conservationLaws(phi, 3);
    balance = a_0^2 + a_1^2 - b_0^2 - b_1^2 - b_2^2;
    assert(numcols laws == 1 and ring laws === W);
    assert(laws_(0, 0) == balance or laws_(0, 0) == - balance);
    assert(numcols conservationLaws(phi, 4) == 2);  -- and its square
    assert(numcols conservationLaws(phi, 1) == 0)
///

TEST ///
    -- matrices of rank at most r as products: r (r + 1) / 2 laws of degree 2
    for r from 1 to 2 do (
        W := QQ[u_(0,0) .. u_(1,r-1), v_(0,0) .. v_(1,r-1)];
        U := genericMatrix(W, W_0, 2, r);
        V := genericMatrix(W, W_(2*r), 2, r);
        phi := map(W, QQ[z_0 .. z_3], flatten entries (U * transpose V));
        laws := conservationLaws(phi, 2);
        assert(numcols laws == binomial(r + 1, 2) and rank jacobian laws == numcols laws);
        assert((transpose jacobian laws) * jacobian matrix phi == 0))
///

TEST ///
    -- one monomial in three variables, and a variable that it does not have
    W = QQ[x,y,z,t];
    phi = map(W, QQ[s], {x*y*z});
    laws = conservationLaws(phi, 2);
    assert(numcols laws == 4 and rank jacobian laws == 3);  -- t, t^2 and two differences
    assert(try (conservationLaws(phi, 0); false) else true);
    assert(try (conservationLaws(map(ZZ/7[x], ZZ/7[s], {x^7}), 2); false) else true)
///

TEST ///
    -- the cusp: its parameter is determined by its point, and critical at the singular one
    W = QQ[t];
    phi = map(W, QQ[x,y], {t^2, t^3});
    assert(fiberIdeal(phi, {2}) == ideal(t - 2) and fiberIdeal(phi, {0}) == ideal(t^2));
    assert(criticalLocus phi == {ideal t});
    assert(try (fiberIdeal(phi, {1, 2}); false) else true);
    assert(try (fiberIdeal(phi, {sqrt 2}); false) else true);
    -- a column times a row: their scalings, and where one of them is zero
    M = linearNetwork {2,1,3};
    w = {1,2,3,4,5};
    I = fiberIdeal(M, w);
    assert(dim I == 1 and isPrime I);
    assert(fiberIdeal(neuroManifold M, w) == I);
    L = criticalLocus M;
    assert(set apply(L, codim) === set {2, 3});
    assert(all(L, P -> dropsRank(P, jacobian matrix parametrization M, 4)));
    assert(criticalLocus neuroManifold M == L);
    -- over the field with three elements the cube has no differential
    T = ZZ/3[s];
    assert(criticalLocus map(T, ZZ/3[z], {s^3}) == {ideal 0_T})
///

TEST ///
    -- matrices of rank at most r are singular along those of rank at most r - 1, where they have
    -- the multiplicity of the matrices of rank one in the quotient
    V = QQ[z_0..z_11];
    X = genericMatrix(V, 3, 4);
    I = minors(3, X);
    P = minors(2, X);
    assert(codim I == 2 and dropsRank(P, transpose jacobian I, 2));
    H = genericKernel(P, transpose jacobian I);
    K = H#"kernel";
    assert((transpose jacobian I * K) % P == 0 and numcols K >= 12 - 1);
    k = ZZ/(H#"prime");
    q = apply(H#"point", c -> c_k);
    assert(sub(gens P, matrix {q}) == 0 and rank sub(K, matrix {q}) == numcols K);
    assert(multiplicityAt(I, q) == binomial(3 + 4 - 4, 1));
    assert(multiplicityAt(I, toList(12 : 0_k)) == closureDegree I);
    -- the cone over a rational normal quartic, which has too many minors to try them all
    V = QQ[z_0..z_4];
    I = minors(2, matrix {{z_0, z_1, z_2, z_3}, {z_1, z_2, z_3, z_4}});
    vertex = ideal vars V;
    scan({{}, {vertex}}, K -> (
            L := singularComponents(I, Known => K);
            assert(#L == 1 and (first L)#"ideal" == vertex)))
///

TEST ///
    -- the product of two matrices is critical where one of them has not full rank
    W = QQ[a_0..a_3, b_0..b_3];
    phi = map(W, QQ[z_0..z_3], {a_0*b_0 + a_1*b_2, a_0*b_1 + a_1*b_3, a_2*b_0 + a_3*b_2,
            a_2*b_1 + a_3*b_3});
    A = transpose jacobian matrix phi;
    L = degeneracyComponents(ideal 0_W, A, 4);
    K = intersect L;
    -- it is critical where both have rank at most one
    assert(K == ideal(a_0*a_3 - a_1*a_2, b_0*b_3 - b_1*b_2));
    assert(imageRank(first L, A) == 3);
    -- points of the conic x^2 + y^2 = 0, which is a union of two lines over larger fields
    q = modularPoint(ideal((QQ[x,y])_0^2 + (ring x)_1^2), 31081);
    assert(q#0^2 + q#1^2 == 0)
///

-- Without parameters, and without coordinates.
TEST ///
    phi = map(QQ[], QQ[y], {3});
    assert(neurovariety phi == ideal((source phi)_0 - 3))
    assert(neurovariety(phi, Strategy => "Kernel") == ideal((source phi)_0 - 3))
    point = neuroManifold map(QQ[t], QQ[x,y], {0,0});
    assert(dim point == 0 and degree point == 1 and closureHilbertPolynomial point == 0)
    assert(edDegree point == 1 and edDegree(point, Metric => "unit") == 1)
    assert(polarDegrees point == {} and singularComponents point == {})
    other = neuroManifold map(QQ[], QQ[x,y], {3,4});
    assert(ideal other == ideal((ambient other)_0 - 3, (ambient other)_1 - 4))
    assert(edDegree other == 1 and closureHilbertPolynomial other == 1)
    P = QQ[a,x];
    nothing = neuroManifold neuralModel(matrix {{0_P}}, {x});
    assert(dim nothing == 0 and numgens ambient nothing == 0 and numgens ideal nothing == 0)
    assert(degree nothing == 1 and closureHilbertPolynomial nothing == 0 and edDegree nothing == 1)
    assert(polarDegrees nothing == {} and singularComponents nothing == {})
    describe nothing; describe neuralModel(matrix {{0_P}}, {x});
    assert(try (edDegree(neuroManifold map(QQ[t], QQ[x], {t}), Metric => matrix {{0}}); false)
        else true)
///

-- Over extension fields: the conic of c s^2, s t, t^2, whose dual is a conic.
TEST ///
    K = toField(QQ[i]/(i^2+1));
    for k in {K, frac(QQ[c]), GF 9} do (
        phi = map(k[s,t], k[x,y,z], {k_0*s^2, s*t, t^2});
        V = source phi;
        conic = ideal(V_0*V_2 - k_0*V_1^2);
        assert(neurovariety phi == conic and neurovariety(phi, Strategy => "Kernel") == conic);
        M = neuroManifold phi;
        assert(dim M == 2 and degree M == 2 and polarDegrees M == {2,2});
        C := singularComponents M;
        assert(#C == 1 and C#0#"ideal" == ideal gens V))
    twisted = map(K[s], K[x], {s, -K_0});
    twisted = map(target twisted, source twisted, {(target twisted)_0, -K_0});
    assert(try (neurovariety twisted; false) else true)
    M = neuroManifold mlp({2,1,2}, x -> x^2, CoefficientRing => GF 9);
    assert(dim M == 3 and degree M == 4)
///

-- The same numbers whatever the degrees of the variables: the quadratic cone, the cuspidal cubic.
TEST ///
    for weights in {{1,1,1}, {2,2,2}, {1,2,3}} do (
        R = QQ[x,y,z, Degrees => weights];
        I = ideal(x*z - y^2);
        assert(closureDegree I == 2 and polarDegrees I == {2,2});
        i = (ring closureHilbertPolynomial I)_0;
        assert(closureHilbertPolynomial I == 2*i + 1);
        assert(apply(singularComponents I, C -> C#"ideal") == {ideal(x,y,z)});
        assert(closureDegree ideal(y^3 - z^2) == 3))
///

-- Of what is no cone, the polar degrees are those of the projective closure: here of a conic, of a
-- point and of a line in the plane.
TEST ///
    R = QQ[x,y];
    assert(polarDegrees ideal(y - x^2) == {2,2})
    assert(polarDegrees ideal(x - 3, y - 4) == {1})
    assert(polarDegrees ideal(y - 3) == {1,0})
///

TEST ///
    -- a quadratic cone over a conic, and losses of rank three, two, one and zero
    R = QQ[x,y,z];
    I = ideal(x*z - y^2);
    listed = L -> apply(L, c -> (c#"dimension", c#"degree", c#"kind"));
    q = (x - 1)^2 + 2*(y - 2)^2 + 3*(z - 5)^2 + x*y;
    assert(listed criticalComponents(I, q) == {(0, 1, "singular"), (0, 4, "unramified")});
    assert(ramificationComponents(I, q) == {});
    q = (x - 1)^2 + 2*(y - 2)^2;
    assert(listed criticalComponents(I, q) == {(0, 1, "fiber"), (0, 1, "singular")}
        or listed criticalComponents(I, q) == {(0, 1, "singular"), (0, 1, "fiber")});
    assert((first ramificationComponents(I, q))#"ideal" == ideal(x, y));
    assert(set listed criticalComponents(I, (x - 1)^2)
        === set {(1, 1, "ramified"), (1, 2, "fiber")});
    assert(listed criticalComponents(I, 1_R) == {(2, 2, "fiber")});
    -- a space, a line and a point
    assert(listed criticalComponents(ideal 0_R, (x - 1)^2) == {(2, 1, "fiber")});
    assert(listed criticalComponents(ideal(x, y), (x - 1)^2) == {(1, 1, "ramified")});
    assert(listed criticalComponents(ideal vars R, (x - 1)^2) == {(0, 1, "unramified")});
    -- what is not quadratic is refused
    assert(try (criticalComponents(I, x^3); false) else true)
///
