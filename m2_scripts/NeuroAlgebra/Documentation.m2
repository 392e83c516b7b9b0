doc ///
Key
  NeuroAlgebra
Headline
  neurovarieties: images of polynomial models, their invariants and singularities
Description
  Text
    A model is a function $f_w(x)$ that is polynomial in its parameters $w$ and in its inputs
    $x$, such as a neural network with polynomial activations.  Its {\it parametrization}
    maps $w$ to the vector $z$ of coefficients of $f_w$.  The image is the {\it neuromanifold}
    of the model; the Zariski closure of the image is its {\it neurovariety}.

    A network with two inputs, two hidden units and three outputs, whose activation is $x^2$, computes
    three quadratic forms.
  Example
    M = neuroManifold mlp({2,2,3}, x -> x^2)
    dim M, degree M
    ideal M
  Text
    @TO "A guide to neuroalgebraic geometry"@ goes on from here.

    Any parametrization can be given as the ring map that it induces on coordinate rings, from
    $k[z_0,\dots,z_{n-1}]$ to $k[w_0,\dots,w_{N-1}]$.  The prime ideal of the neurovariety is
    the kernel of that map.

    The linear network with widths 2, 1, 2 computes the product of a column and a row.  Its
    neurovariety consists of the matrices of rank at most one.
  Example
    W = QQ[a_0, a_1, b_0, b_1];
    V = QQ[z_0..z_3];
    phi = map(W, V, {a_0*b_0, a_0*b_1, a_1*b_0, a_1*b_1});
    I = neurovariety phi
    imageDimension phi, closureDegree I
    singularComponents I
  Text
    These conventions hold in the whole package.

    {\bf Dimension} is that of the affine variety in the space with coordinates $z$.  For a
    cone, the dimension of the projective variety is one less.

    {\bf Degree} is that of the closure of the affine variety in projective space.  For a cone,
    this is also the degree of the projective variety.

    The {\bf Hilbert polynomial} is a polynomial in $i$.  For a cone it is that of the projective
    variety, otherwise that of the projective closure.
Subnodes
  "A guide to neuroalgebraic geometry"
  :Models
    NeuralModel
    mlp
    linearNetwork
    convolutional
    lightningAttention
    neuralModel
    parametrization
    coordinateMonomials
    subnetworks
  :Neuromanifolds
    NeuroManifold
    (ideal, NeuroManifold)
    isIdentifiable
    edDegree
    criticalIdeal
  :Ideals of images
    neurovariety
    graphGroebnerBasis
    imageDimension
  :Invariants
    closureDegree
    closureHilbertPolynomial
    singularIdeal
    singularComponents
    neurovarietyReport
  :Fibers
    fiberIdeal
    primeComponents
    algebraicPoints
    idealPresentation
  :Critical points
    polarDegrees
    conormalIdeal
    valuesOnPoints
    criticalComponents
    ramificationComponents
  :Training
    conservationLaws
  :Loci where a matrix drops rank
    criticalLocus
    degeneracyComponents
    dropsRank
    genericKernel
    imageRank
    modularPoint
    multiplicityAt
  :Files of polynomials
    readPolynomials
    writePolynomials
///

doc ///
Key
  neurovariety
  (neurovariety, RingMap)
  [neurovariety, Strategy]
  [neurovarietyReport, Strategy]
Headline
  the ideal of the closure of the image of a parametrization
Usage
  I = neurovariety phi
Inputs
  phi:RingMap
    between polynomial rings over the same field, from the coordinates to the parameters
  Strategy => String
    either {\tt "Elimination"} or {\tt "Kernel"}
Outputs
  I:Ideal
    the kernel of {\tt phi}, an ideal of the source
Description
  Text
    The kernel of $\phi$ consists of the polynomials that vanish on the image, so it is the
    prime ideal of the Zariski closure of the image.

    The cuspidal cubic is the closure of the image of $t\mapsto(t^2,t^3)$.
  Example
    phi = map(QQ[t], QQ[x,y], {t^2, t^3});
    neurovariety phi
  Text
    An image can be dense, and then the ideal is zero, without being closed.  Here no point
    $(0, y)$ with $y\neq0$ lies in the image.
  Example
    neurovariety map(QQ[s,t], QQ[x,y], {s, s*t})
  Text
    Over a field $k$, the closure is that of the image of all points over the algebraic closure
    of $k$.  Over a finite field the image of the points over $k$ itself is finite.

    With the strategy {\tt "Elimination"} the ideal comes from a Gröbner basis of the ideal of the
    graph; see @TO graphGroebnerBasis@.  Over $\mathbb{Q}$, its generators have coprime integer
    coefficients.  With {\tt "Kernel"} the ideal is what @TO kernel@ returns, which chooses among
    algorithms by itself.  The ideals are equal; which strategy is faster depends on the map.
  Example
    phi = map(QQ[s,t], QQ[x,y,z], {s^2, s*t, t^2});
    neurovariety(phi, Strategy => "Elimination") == neurovariety(phi, Strategy => "Kernel")
Caveat
  The generators are minimal if the ideal is homogeneous.
SeeAlso
  graphGroebnerBasis
  imageDimension
  neurovarietyReport
///

doc ///
Key
  graphGroebnerBasis
  (graphGroebnerBasis, RingMap)
Headline
  a Gröbner basis of the ideal of the graph, and what a proof needs besides
Usage
  H = graphGroebnerBasis phi
Inputs
  phi:RingMap
    between polynomial rings over the same field, from the coordinates to the parameters
Outputs
  H:HashTable
    with the keys {\tt "graphBasis"}, {\tt "eliminationBasis"}, {\tt "generators"} and
    {\tt "cofactors"}
Description
  Text
    Let $\phi:k[z]\to k[w]$.  The ideal of the graph is generated by the polynomials
    $z_j-\phi(z_j)$ in $k[w,z]$, and the kernel of $\phi$ is its intersection with $k[z]$.  A
    Gröbner basis of the ideal of the graph, for an order in which each monomial with a $w$ is
    greater than each without, contains a Gröbner basis of that intersection.

    {\tt "graphBasis"} is that Gröbner basis, a row over a new ring whose variables are first the
    parameters and then the coordinates, with names that are only displayed.
    {\tt "eliminationBasis"} is the part without parameters, a row over the source of $\phi$.
    {\tt "generators"} is a row of generators of the kernel.  {\tt "cofactors"} is a matrix that
    proves that they suffice: the generators times the cofactors are the elimination basis.
    Over $\mathbb{Q}$, the polynomials of all three rows have coprime integer coefficients and
    positive leading coefficients.
  Example
    phi = map(QQ[s,t], QQ[z_0..z_3], {s^3, s^2*t, s*t^2, t^3});
    H = graphGroebnerBasis phi;
    H#"generators"
    H#"generators" * H#"cofactors" == H#"eliminationBasis"
    numcols H#"graphBasis"
SeeAlso
  neurovariety
  selectInSubring
///

doc ///
Key
  imageDimension
  (imageDimension, RingMap)
Headline
  the dimension of the closure of the image, without equations
Usage
  d = imageDimension phi
Inputs
  phi:RingMap
    between polynomial rings over the same field, from the coordinates to the parameters
Outputs
  d:ZZ
    the dimension of the affine variety
Description
  Text
    In characteristic zero, the dimension is the rank of the Jacobian matrix at a generic point.
    The rank is taken at a random point, over $\mathbb{Q}$ modulo a prime near $2^{31}$.  It never
    exceeds the dimension, and falls short of it only if the point lies on a certain
    hypersurface, which is most unlikely.

    The Grassmannian of lines in $\mathbb{P}^3$ is parametrized by the maximal minors of a matrix.
    Its affine cone has dimension five.
  Example
    R = QQ[x_(0,0)..x_(1,3)];
    phi = map(R, QQ[p_0..p_5], gens minors(2, genericMatrix(R, 2, 4)));
    imageDimension phi
    dim neurovariety phi
  Text
    In positive characteristic, the rank can be smaller than the dimension at every point, because
    the derivative of $w^p$ is zero.  There the rank is the answer if it is as large as it can be;
    otherwise the dimension of the @TO neurovariety@ is computed.
  Example
    imageDimension map(ZZ/5[s,t], ZZ/5[x,y,z], {s^5, s*t, t^5})
SeeAlso
  neurovariety
  jacobian
///

doc ///
Key
  closureDegree
  (closureDegree, Ideal)
Headline
  the degree of the projective closure of an affine variety
Usage
  d = closureDegree I
Inputs
  I:Ideal
    of a polynomial ring over a field whose variables have degree 1, not the unit ideal
Outputs
  d:ZZ
    the degree
Description
  Text
    The closure of the affine variety of $I$ in projective space has the same degree as the
    initial ideal of $I$ for an order by total degree.  For a homogeneous ideal this is the degree
    of the projective variety.

    The curve $y=x^3$ in the plane is a cubic, although its ideal is not homogeneous.
  Example
    R = QQ[x,y];
    closureDegree ideal(y - x^3)
  Text
    It is the scheme that counts: a double point has degree two.
  Example
    closureDegree ideal(x^2, y)
SeeAlso
  closureHilbertPolynomial
  degree
///

doc ///
Key
  closureHilbertPolynomial
  (closureHilbertPolynomial, Ideal)
Headline
  the Hilbert polynomial of the projective closure of an affine variety
Usage
  h = closureHilbertPolynomial I
Inputs
  I:Ideal
    of a polynomial ring over a field whose variables have degree 1, not the unit ideal
Outputs
  h:RingElement
    a polynomial with rational coefficients in the variable {\tt i}
Description
  Text
    For a homogeneous ideal in $n$ variables it is the Hilbert polynomial of the variety in
    $\mathbb{P}^{n-1}$: for large $i$, its value is the dimension of the forms of degree $i$ modulo
    $I$.  For another ideal it is that of the closure of the affine variety in $\mathbb{P}^n$: for
    large $i$, its value is the dimension of the polynomials of degree at most $i$ modulo $I$.

    The twisted cubic is a curve in $\mathbb{P}^3$, and also a curve in affine space.
  Example
    R = QQ[a,b,c,d];
    closureHilbertPolynomial minors(2, matrix {{a,b,c},{b,c,d}})
    S = QQ[x,y,z];
    closureHilbertPolynomial ideal(y - x^2, z - x^3)
SeeAlso
  closureDegree
  hilbertPolynomial
///

doc ///
Key
  singularIdeal
  (singularIdeal, Ideal)
Headline
  the ideal of the singular locus of an affine variety
Usage
  J = singularIdeal I
Inputs
  I:Ideal
    radical and of pure codimension, such as a prime ideal; of a polynomial ring over a perfect
    field whose variables have degree 1, not the unit ideal
Outputs
  J:Ideal
    the sum of {\tt I} and its Jacobian minors; not always radical
Description
  Text
    Let $c$ be the codimension of $I$.  By the Jacobian criterion, a point of the variety is
    singular if and only if the minors of size $c$ of the Jacobian matrix of the generators
    vanish there.  So the ideal is the unit ideal if and only if the affine variety is smooth.
    A cone that is not a linear space is singular at its vertex.

    The Whitney umbrella is singular along a line.
  Example
    R = QQ[x,y,z];
    J = singularIdeal ideal(x^2 - y^2*z)
    radical J
Caveat
  That the ideal is radical and of pure codimension is not verified.  If it is not, the zeros of
  the result need not be the singular points.
SeeAlso
  singularComponents
  singularLocus
///

doc ///
Key
  singularComponents
  (singularComponents, Ideal)
Headline
  the irreducible components of the singular locus
Usage
  L = singularComponents I
Inputs
  I:Ideal
    as for @TO singularIdeal@
Outputs
  L:List
    of hash tables with the keys {\tt "ideal"}, {\tt "dimension"}, {\tt "degree"} and
    {\tt "generators"}
Description
  Text
    There is one entry for each component that is irreducible over the field of coefficients, the
    largest dimension first, then the smallest degree.  Dimension and degree follow the
    conventions of the package.  The list is empty if the affine variety is smooth.

    A union of conjugate points is one component over $\mathbb{Q}$.
  Example
    R = QQ[x,y];
    singularComponents ideal(y^2 - (x^2-2)^2*(x+3))
    singularComponents ideal(y - x^2)
SeeAlso
  singularIdeal
  minimalPrimes
///

doc ///
Key
  neurovarietyReport
  (neurovarietyReport, RingMap)
Headline
  ideal, dimension, degree, Hilbert polynomial and singular locus of a neurovariety
Usage
  H = neurovarietyReport phi
Inputs
  phi:RingMap
    between polynomial rings over the same field, from the coordinates to the parameters
  Strategy => String
    either {\tt "Elimination"} or {\tt "Kernel"}
Outputs
  H:HashTable
    with the keys {\tt "ideal"}, {\tt "ambient dimension"}, {\tt "dimension"}, {\tt "degree"},
    {\tt "Hilbert polynomial"} and {\tt "singular locus"}
Description
  Text
    The network with widths 2, 2, 1 and activation $x^2$ computes the quadratic form
    $c_0(a_0x+a_1y)^2+c_1(b_0x+b_1y)^2$.  Each binary quadratic form has this shape: the
    neurovariety is the ambient space.
  Example
    W = QQ[a_0,a_1,b_0,b_1,c_0,c_1];
    phi = map(W, QQ[z_0..z_2], {
        c_0*a_0^2 + c_1*b_0^2, 2*c_0*a_0*a_1 + 2*c_1*b_0*b_1, c_0*a_1^2 + c_1*b_1^2});
    neurovarietyReport phi
  Text
    With one hidden neuron, only the forms of rank at most one remain, which are a quadratic cone.
  Example
    phi = map(QQ[a_0,a_1,c], QQ[z_0..z_2], {c*a_0^2, 2*c*a_0*a_1, c*a_1^2});
    neurovarietyReport phi
SeeAlso
  neurovariety
  singularComponents
///

doc ///
Key
  conservationLaws
  (conservationLaws, RingMap, ZZ)
Headline
  polynomials in the parameters that gradient flow preserves
Usage
  laws = conservationLaws(phi, d)
Inputs
  phi:RingMap
    a parametrization over a field of characteristic zero
  d:ZZ
    the largest degree
Outputs
  laws:Matrix
    a row of polynomials in the target of $\phi$: a basis of the vector space of all
    conservation laws without constant term of degree at most $d$, products of laws of lower
    degree among them
Description
  Text
    Gradient flow of a loss $\ell(\phi(w))$ moves the parameters by
    $\dot w = -\sum_j \partial_j \ell\, \nabla \phi_j(w)$.  A polynomial $h$ is constant
    along the flows of all losses if and only if its gradient is orthogonal to all
    $\nabla \phi_j$; this is a system of linear equations in the coefficients of $h$.

    In a linear network with a column $a$ and a row $b$ as layers, $|b|^2 - |a|^2$ is
    conserved: the layers stay balanced.
  Example
    W = QQ[a_0, a_1, b_0, b_1];
    phi = map(W, QQ[z_0..z_3], {a_0*b_0, a_0*b_1, a_1*b_0, a_1*b_1});
    conservationLaws(phi, 2)
  Text
    The rank of their Jacobian matrix is a lower bound for how many independent laws there
    are.
  Example
    rank jacobian conservationLaws(phi, 4)
  Text
    Reference: S. Marcotte, R. Gribonval, G. Peyré, Abide by the law and follow the flow:
    conservation laws for gradient flows, NeurIPS 2023.
///

doc ///
Key
  readPolynomials
  (readPolynomials, String)
  (readPolynomials, String, Ring)
  (readPolynomials, String, Nothing)
Headline
  read a polynomial, an ideal or a matrix from a file
Usage
  f = readPolynomials file
  f = readPolynomials(file, R)
Inputs
  file:String
    the name of a file that @TO writePolynomials@ has written, or NeuroAlg
  R:Ring
    a polynomial ring over the same field with as many variables; without it, or if it is
    {\tt null}, a new ring is made from what the file says, and is in use afterwards
Outputs
  f:Thing
    a @TO RingElement@, an @TO Ideal@ or a @TO Matrix@
Description
  Text
    The variables of the file are mapped to those of $R$ in their order, whatever their names.
    The time is nearly proportional to the size of the file.
  Example
    R = QQ[x,y];
    file = temporaryFileName();
    writePolynomials(file, ideal(x^2 - y/3, x*y - 1))
    readPolynomials(file, R)
    S = QQ[u,v];
    readPolynomials(file, S)
    removeFile file
SeeAlso
  writePolynomials
///

doc ///
Key
  writePolynomials
  (writePolynomials, String, RingElement)
  (writePolynomials, String, Ideal)
  (writePolynomials, String, Matrix)
Headline
  write a polynomial, an ideal or a matrix to a file
Usage
  writePolynomials(file, f)
Inputs
  file:String
    the name of the file, which is replaced if it exists
  f:{RingElement,Ideal,Matrix}
    over a commutative polynomial ring over $\mathbb{Q}$ or a prime field
Description
  Text
    The file consists of lines of text: the ring, the number of terms of each entry, the
    coefficients, and a line for each monomial.  It can be read by @TO readPolynomials@ and by
    NeuroAlg.  Nothing is lost: not the size of the coefficients, nor generators that are zero,
    nor the order of the monomials.
  Example
    R = ZZ/101[x,y, MonomialOrder => Lex];
    file = temporaryFileName();
    writePolynomials(file, matrix {{x^2 - y, 0}, {3, y^100}})
    M = readPolynomials file
    describe ring M
    removeFile file
SeeAlso
  readPolynomials
///

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

doc ///
Key
  conormalIdeal
  (conormalIdeal, Ideal)
Headline
  the ideal of the conormal variety
Usage
  N = conormalIdeal I
Inputs
  I:Ideal
    prime and homogeneous, of a polynomial ring in n variables of degree 1
Outputs
  N:Ideal
    of a ring in n variables of degree \{1, 0\} and n variables of degree \{0, 1\}
Description
  Text
    The conormal variety of a projective variety $X$ is the closure of the pairs $(z, y)$ of a
    smooth point $z$ of $X$ and a hyperplane $y$ that is tangent to $X$ at $z$.  The second
    projection of it is the dual variety.

    With generators $g_1,\dots,g_m$ of $I$ whose differentials span the conormal space at a generic
    point, its ideal is the kernel of the map
    $k[z,y]\to(k[z]/I)[\lambda_1,\dots,\lambda_m]$ that sends $y$ to
    $\lambda_1\,dg_1+\dots+\lambda_m\,dg_m$.  As $I$ is prime, so is the kernel.

    The dual of a conic with a symmetric matrix is the conic with the inverse matrix.
  Example
    R = QQ[a,b,c];
    N = conormalIdeal ideal(b^2 - a*c)
    eliminate(take(gens ring N, 3), N)
Caveat
  That the ideal is prime is not checked.
SeeAlso
  polarDegrees
///

doc ///
Key
  polarDegrees
  (polarDegrees, Ideal)
Headline
  the polar degrees of a projective variety
Usage
  p = polarDegrees I
Inputs
  I:Ideal
    prime and homogeneous, of a polynomial ring whose variables have degree 1
Outputs
  p:List
    of as many integers as the affine cone has dimensions
Description
  Text
    Let $d$ be the dimension of the affine cone, in a space of dimension $n$.  The polar degree
    $p_j$ is the number of points of the conormal variety on $d-1-j$ generic hyperplanes in the
    first factor and $n-d-1+j$ in the second one.  So $p_0$ is the degree of the variety, and the
    last one that is not zero is that of the dual variety.  Their sum is the Euclidean
    distance degree for a generic quadratic form (Draisma, Horobet, Ottaviani, Sturmfels, Thomas,
    The Euclidean distance degree of an algebraic variety, 2016).

    Of an affine variety that is no cone they are those of its projective closure.

    The 3 x 3 matrices of rank at most one, and at most two, are dual to each other.
  Example
    R = QQ[x_0..x_8];
    p = polarDegrees minors(2, genericMatrix(R, 3, 3))
    sum p
    polarDegrees minors(3, genericMatrix(R, 3, 3))
SeeAlso
  conormalIdeal
  closureDegree
///

doc ///
Key
  valuesOnPoints
  (valuesOnPoints, Ideal, RingElement)
Headline
  the number of values of a polynomial on a finite variety
Usage
  H = valuesOnPoints(I, f)
Inputs
  I:Ideal
  f:RingElement
    of the ring of {\tt I}
Outputs
  H:HashTable
    with the keys {\tt "simple"}, {\tt "values"} and {\tt "length"}
Description
  Text
    If {\tt "simple"} is true, the points over the algebraic closure are finitely many, the ideal
    is that of these points, and {\tt f} has so many {\tt "values"} on them.  The
    {\tt "length"} is the dimension of the quotient ring.

    The answer that they are simple is exact; that they are not means that a random linear form
    did not prove it.
  Example
    R = ZZ/32003[x,y];
    valuesOnPoints(ideal(x^2 + y^2 - 5, x*y - 2), x^2)
    valuesOnPoints(ideal(x^2, y), x)
SeeAlso
  polarDegrees
///

doc ///
Key
  degeneracyComponents
  (degeneracyComponents, Ideal, Matrix, ZZ)
  Known
  [degeneracyComponents, Known]
  [singularComponents, Known]
Headline
  the components of the locus where a matrix drops rank
Usage
  L = degeneracyComponents(I, A, r)
Inputs
  I:Ideal
    prime, of a polynomial ring over the rational numbers
  A:Matrix
    over the same ring
  r:ZZ
    the size of the minors that shall vanish
  Known => List
    prime ideals of varieties on which all these minors vanish
Outputs
  L:List
    the minimal primes of {\tt I + minors(r, A)}
Description
  Text
    If there are few minors, they are all taken.  Else minors are looked for that do not vanish at
    a random point of a component over a small prime field; they are added to its ideal, and what
    that decomposes into takes its place.  A component on which no such minor is found at
    several points is in the locus; what lies in one that is known is left out.
  Example
    R = QQ[x_0..x_5];
    A = genericMatrix(R, 2, 3);
    degeneracyComponents(ideal 0_R, A, 2)
Caveat
  Whether the rank drops on a component is decided at points over a prime field; a proof is
  in @TO genericKernel@.
SeeAlso
  singularComponents
  genericKernel
///

doc ///
Key
  criticalComponents
  (criticalComponents, Ideal, RingElement)
  (criticalComponents, NeuroManifold, RingElement)
Headline
  the critical points of a quadratic function on a variety, by components
Usage
  L = criticalComponents(I, q)
  L = criticalComponents(M, q)
Inputs
  I:Ideal
    prime, of a polynomial ring over the rational numbers
  M:NeuroManifold
    with {\tt I} the ideal of it
  q:RingElement
    of the same ring, of degree at most two, perhaps with a degenerate quadratic part
Outputs
  L:List
    the components of the points where the minors of the Jacobian matrix with the differential of
    {\tt q} vanish, the largest first
Description
  Text
    Each component is a hash table as for @TO primeComponents@, with a {\tt "kind"}: it is
    {\tt "singular"} if it lies in the singular locus; the others are those of the points
    that are critical for {\tt q} where the variety is smooth. Such a component is a {\tt "fiber"} if the
    differential of {\tt q} vanishes on it; else {\tt "ramified"} if the projection along the
    kernel of the quadratic part has on tangent spaces less rank than it can have; else
    {\tt "unramified"}.

    Functions that are squares of linear forms, up to a factor, and their squared error on two
    samples $(1, 0)$ and $(0, 1)$:
  Example
    M = neuroManifold mlp({2,1,1}, x -> x^2);
    V = ambient M;
    L = criticalComponents(M, (V_0 - 1)^2 + (V_2 - 2)^2);
    apply(L, c -> (c#"dimension", c#"degree", c#"kind"))
SeeAlso
  ramificationComponents
  criticalIdeal
///

doc ///
Key
  ramificationComponents
  (ramificationComponents, Ideal, RingElement)
  (ramificationComponents, NeuroManifold, RingElement)
Headline
  where the projection of a variety along the kernel of a quadratic function ramifies
Usage
  L = ramificationComponents(I, q)
  L = ramificationComponents(M, q)
Inputs
  I:Ideal
    prime, of a polynomial ring over the rational numbers
  M:NeuroManifold
    with {\tt I} the ideal of it
  q:RingElement
    of the same ring, of degree at most two
Outputs
  L:List
    the components of the points where the projection has on the tangent space less rank than the
    dimension of the variety and the rank of {\tt q} allow, as for @TO criticalComponents@
Description
  Example
    R = QQ[x,y,z];
    L = ramificationComponents(ideal(x*z - y^2), x^2 + z^2);
    apply(L, c -> (c#"kind", c#"ideal"))
SeeAlso
  criticalComponents
///

doc ///
Key
  fiberIdeal
  (fiberIdeal, RingMap, List)
  (fiberIdeal, NeuralModel, List)
  (fiberIdeal, NeuroManifold, List)
Headline
  the parameters with the same function as given ones
Usage
  I = fiberIdeal(phi, w)
Inputs
  phi:{RingMap,NeuralModel,NeuroManifold}
    a parametrization, or what has one
  w:List
    of a value in the field for each parameter
Outputs
  I:Ideal
    of the ring of parameters, generated by the coordinates of {\tt phi} less their values at {\tt w}
Description
  Text
    Two squares of linear forms in two variables, which can change places and signs.
  Example
    M = mlp({2,2,2}, x -> x^2);
    I = fiberIdeal(M, {1,2,1,-1,1,2,3,1});
    apply(primeComponents I, c -> c#"dimension")
SeeAlso
  primeComponents
///

doc ///
Key
  criticalLocus
  (criticalLocus, RingMap)
  (criticalLocus, NeuralModel)
  (criticalLocus, NeuroManifold)
Headline
  where the differential of a parametrization drops rank
Usage
  L = criticalLocus phi
Inputs
  phi:{RingMap,NeuralModel,NeuroManifold}
    a parametrization, or what has one
Outputs
  L:List
    the prime ideals of the components of the parameters at which the Jacobian matrix of {\tt phi}
    has less rank than the dimension of the image
Description
  Text
    A product of matrices, of which the inner dimension is one: there, one of the two is zero.
  Example
    criticalLocus linearNetwork {2,1,2}
  Text
    Which minors are taken is random.  In positive characteristic the rank may be less everywhere.
  Example
    criticalLocus map(ZZ/3[t], ZZ/3[x], {t^3})
SeeAlso
  degeneracyComponents
  criticalIdeal
///

doc ///
Key
  genericKernel
  (genericKernel, Ideal, Matrix)
Headline
  vectors that prove that a matrix drops rank on a variety
Usage
  H = genericKernel(P, A)
Inputs
  P:Ideal
    prime
  A:Matrix
    over the same ring
Outputs
  H:HashTable
    with the keys {\tt "kernel"}, {\tt "point"} and {\tt "prime"}
Description
  Text
    The columns of the kernel are mapped into $P$ by $A$.  At the point, which lies on the
    variety over the prime field, they are independent; so they are at a generic point.
  Example
    R = QQ[x,y,z];
    I = ideal(x^2 - y^2*z);
    H = genericKernel(ideal(x, y), transpose jacobian I);
    H#"kernel"
SeeAlso
  degeneracyComponents
///

doc ///
Key
  dropsRank
  (dropsRank, Ideal, Matrix, ZZ)
Headline
  whether a matrix has smaller rank at random points of a variety
Usage
  dropsRank(P, A, r)
Inputs
  P:Ideal
    prime
  A:Matrix
    over the same ring
  r:ZZ
Outputs
  :Boolean
    whether the rank is less than {\tt r} at random points over a prime field
Description
  Example
    R = QQ[x,y,z];
    dropsRank(ideal(x, y), matrix {{x, y}}, 1)
SeeAlso
  genericKernel
///

doc ///
Key
  imageRank
  (imageRank, Ideal, Matrix)
Headline
  the dimension of the image of a variety
Usage
  imageRank(P, A)
Inputs
  P:Ideal
    prime
  A:Matrix
    whose rows are the differentials of the coordinates of a map
Outputs
  :ZZ
    the rank of {\tt A} on the tangent space at random points over a prime field
Description
  Text
    The cone $xy=z^2$ is mapped onto the plane by $(x,y)$.
  Example
    R = QQ[x,y,z];
    imageRank(ideal(x*y - z^2), matrix {{1_R, 0, 0}, {0, 1, 0}})
SeeAlso
  imageDimension
///

doc ///
Key
  modularPoint
  (modularPoint, Ideal, ZZ)
Headline
  a random point of a variety over a prime field
Usage
  modularPoint(P, p)
Inputs
  P:Ideal
    of a polynomial ring over the rational numbers
  p:ZZ
    a prime
Outputs
  :List
    of elements of the field with {\tt p} elements; or {\tt null} if none was found
Description
  Example
    R = QQ[x,y,z];
    q = modularPoint(ideal(x*y - z^2), 101);
    q#0*q#1 == q#2^2
SeeAlso
  multiplicityAt
///

doc ///
Key
  multiplicityAt
  (multiplicityAt, Ideal, List)
Headline
  the multiplicity of a variety at a point over a prime field
Usage
  multiplicityAt(I, q)
Inputs
  I:Ideal
    prime, of a polynomial ring over the rational numbers
  q:List
    of elements of a prime field
Outputs
  :ZZ
    the degree less the number of further points in a random linear space of complementary
    dimension through {\tt q}
Description
  Text
    The determinantal cubic has multiplicity two at matrices of rank one, and three at zero.
  Example
    R = QQ[x_0..x_8];
    I = ideal det genericMatrix(R, 3, 3);
    k = ZZ/31081;
    multiplicityAt(I, {1_k, 0, 0, 0, 0, 0, 0, 0, 0}), multiplicityAt(I, toList(9 : 0_k))
Caveat
  The linear space is random, and the field finite; so the number is not proved.
SeeAlso
  modularPoint
///
