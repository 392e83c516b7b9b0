doc ///
Key
  idealPresentation
  (idealPresentation, Matrix)
Headline
  a Gröbner basis, with the combinations of the generators that its elements are
Usage
  H = idealPresentation M
Inputs
  M:Matrix
    with one row, over a polynomial ring
Outputs
  H:HashTable
    with the keys {\tt "generators"}, {\tt "basis"} and {\tt "cofactors"}
Description
  Text
    The generators times the cofactors are the basis.  So whoever multiplies matrices and
    computes remainders can verify that the basis generates the ideal of the generators,
    without computing a Gröbner basis.  The unit ideal is an example: its basis is 1, and the
    cofactors are those of Hilbert's Nullstellensatz.
  Example
    R = QQ[x,y];
    H = idealPresentation matrix {{x*y - 1, x^2}}
    H#"generators" * H#"cofactors"
SeeAlso
  primeComponents
  getChangeMatrix
///

doc ///
Key
  primeComponents
  (primeComponents, Ideal)
Headline
  the irreducible components of an affine variety, with dimension and degree
Usage
  L = primeComponents I
Inputs
  I:Ideal
    of a polynomial ring over a field
Outputs
  L:List
    of hash tables with the keys {\tt "ideal"}, {\tt "dimension"}, {\tt "degree"},
    {\tt "generators"}, {\tt "basis"} and {\tt "cofactors"}; empty for the unit ideal
Description
  Text
    The components are those over the given field, the largest first.  The degree is that of the
    closure in projective space; see @TO closureDegree@.  The last three keys are those of
    @TO idealPresentation@.

    The map $(s,t)\mapsto st$ has a hyperbola as its fiber over 1, and two lines over 0.
  Example
    R = QQ[s,t];
    apply(primeComponents ideal(s*t - 1), c -> (c#"dimension", c#"degree"))
    apply(primeComponents ideal(s*t), c -> (c#"dimension", c#"degree"))
SeeAlso
  minimalPrimes
  algebraicPoints
///

doc ///
Key
  algebraicPoints
  (algebraicPoints, Ideal)
  [algebraicPoints, Limit]
Headline
  points of an affine variety with coordinates in number fields
Usage
  L = algebraicPoints I
Inputs
  I:Ideal
    of a polynomial ring over the rational numbers
  Limit => ZZ
    how many linear sections are tried where the variety has positive dimension
Outputs
  L:List
    of hash tables with the keys {\tt "polynomial"}, irreducible in one variable $t$,
    {\tt "coordinates"}, polynomials in $t$, and {\tt "form"}, the coefficients of a linear
    form in the coordinates that is $t$
Description
  Text
    Each element of the list stands for as many points as the degree of its polynomial: the
    coordinates are evaluated at the roots.  In dimension zero these are all points of the
    variety, each once.  In positive dimension, as many variables as are
    independent are set to small integers, in one way for each slice.
  Example
    R = QQ[x,y];
    algebraicPoints ideal(x^2 + y^2 - 4, x*y - 1)
    algebraicPoints(ideal(x^2 + y^2 - 4), Limit => 1)
SeeAlso
  primeComponents
  independentSets
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
