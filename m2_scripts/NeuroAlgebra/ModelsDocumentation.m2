doc ///
Key
  NeuralModel
  (net, NeuralModel)
  (toString, NeuralModel)
  (toExternalString, NeuralModel)
  (expression, NeuralModel)
  (texMath, NeuralModel)
  (describe, NeuralModel)
  (coefficientRing, NeuralModel)
Headline
  the class of all models
Description
  Text
    A model is a function of inputs $x$ whose coefficients are polynomials in parameters $w$.  It
    is made by @TO mlp@, @TO linearNetwork@, @TO convolutional@, @TO lightningAttention@, or from
    polynomials by @TO neuralModel@.  It prints as what it is; @TO describe@ also lists the
    coordinates of its function space, and @TO toExternalString@ gives what makes it again.
  Example
    M = mlp({2,2,1}, x -> x^2, Bias => true)
    describe M
    toExternalString M
  Text
    All methods of this package for parametrizations can be applied to a model.
  Example
    imageDimension M
    conservationLaws linearNetwork {2,1,2}
SeeAlso
  NeuroManifold
  parametrization
///

doc ///
Key
  mlp
  (mlp, List)
  (mlp, List, Function)
  (mlp, List, List)
  Bias
  [mlp, Bias]
  [mlp, CoefficientRing]
Headline
  a fully connected network, or multilayer perceptron
Usage
  M = mlp(widths, f)
  M = mlp widths
Inputs
  widths:List
    of at least two positive integers: the numbers of inputs, of units in each hidden layer, and
    of outputs
  f:{Function,List}
    the activation, a function that takes $x$ to a polynomial in $x$ of positive degree; or a list
    of them, one for each hidden layer; without it, the activation is the identity
  Bias => Boolean
    whether the layers are affine
  CoefficientRing => Ring
    the field of the parameters: the rational numbers or a finite field
Outputs
  M:NeuralModel
Description
  Text
    The parameters are the entries of the matrix of the first layer, row by row, then its biases, if
    there are any, then those of the second layer, and so on.  The activation is applied to each
    entry after each layer but the last.
  Example
    M = mlp({2,2,3}, x -> x^2)
    parametrization M
    mlp({2,3,2,1}, {x -> x^2, x -> x^3 - x})
    dim neuroManifold mlp({2,2,2}, x -> x^3, CoefficientRing => ZZ/101)
SeeAlso
  linearNetwork
  neuroManifold
///

doc ///
Key
  linearNetwork
  (linearNetwork, List)
  [linearNetwork, CoefficientRing]
Headline
  a network that computes a product of matrices
Usage
  M = linearNetwork widths
Inputs
  widths:List
    of at least two positive integers
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    Its neurovariety consists of the matrices whose rank is at most the smallest width.
  Example
    M = neuroManifold linearNetwork {3,2,3}
    ideal M == ideal det genericMatrix(ambient M, 3, 3)
    apply(singularComponents M, c -> (c#"dimension", c#"degree"))
SeeAlso
  mlp
///

doc ///
Key
  convolutional
  (convolutional, List)
  (convolutional, List, Function)
  (convolutional, List, List)
  Strides
  Channels
  InputChannels
  [convolutional, Strides]
  [convolutional, Channels]
  [convolutional, InputChannels]
  [convolutional, Outputs]
  [convolutional, CoefficientRing]
Headline
  a convolutional network
Usage
  M = convolutional(filters, f)
  M = convolutional filters
Inputs
  filters:List
    of the sizes of the filters: positive integers, or lists of them in several dimensions
  f:{Function,List}
    the activation, as for @TO mlp@
  Strides => {ZZ,List}
    by how much each filter moves: one number for all, or a list with an entry for each filter,
    which may be a list with an entry for each axis
  Channels => {ZZ,List}
    the number of channels that each filter makes; one number means all filters but the last one,
    which makes one channel, unless it is the only one
  InputChannels => ZZ
    the number of channels of the input
  Outputs => ZZ
    the extent of the output on each axis, which determines that of the input
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    A filter $F$ takes an input $y$ to $\sum_k F_k y_{si+k}$ at the place $i$, where $s$ is the
    stride: the same parameters at all places.  The parameters are the filters, one after the other.

    Without activation the filters are multiplied as polynomials.
  Example
    M = convolutional({2,2})
    parametrization M
    convolutional({3,2}, x -> x^2, Strides => {2,1}, Outputs => 2)
    convolutional({{2,2},{2,2}}, x -> x^2, Channels => {3,1})
  Text
    With activation $x^2$ the coefficients are those of $v_0(w_0x_0+w_1x_1)^2+v_1(w_0x_1+w_1x_2)^2$.
  Example
    M = neuroManifold convolutional({2,2}, x -> x^2);
    (dim M, degree M)
    edDegree(M, Metric => "bombieri")
  Text
    References: K. Kohn, T. Merkh, G. Montúfar, M. Trager, Geometry of linear convolutional networks,
    2022; V. Shahverdi, G. L. Marchetti, K. Kohn, On the geometry and optimization of polynomial
    convolutional networks, 2025.
SeeAlso
  mlp
///

doc ///
Key
  lightningAttention
  (lightningAttention, ZZ, ZZ, ZZ, ZZ)
  Layers
  Heads
  [lightningAttention, Layers]
  [lightningAttention, Heads]
  [lightningAttention, CoefficientRing]
Headline
  lightning self-attention, attention without softmax
Usage
  M = lightningAttention(d, a, out, t)
Inputs
  d:ZZ
    the number of entries of a token
  a:ZZ
    the width of a head
  out:ZZ
    the number of entries of an output token
  t:ZZ
    the number of tokens
  Layers => ZZ
    the number of layers; all but the last make tokens with {\tt d} entries
  Heads => ZZ
    the number of heads in each layer, whose outputs are added
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    A head takes the matrix $X$ with one column for each token to $VXX^TK^TQX$.  Its parameters are
    the entries of $Q$, $K$ and $V$, each row by row.
  Example
    M = lightningAttention(2,1,2,2)
    numgens source parametrization M
    dim neuroManifold M
  Text
    Reference: N. W. Henry, G. L. Marchetti, K. Kohn, Geometry of lightning self-attention:
    identifiability and dimension, 2025.
SeeAlso
  mlp
///

doc ///
Key
  networkOverPlaces
  (networkOverPlaces, List, List)
  (networkOverPlaces, List, List, Function)
  Readout
  [networkOverPlaces, Bias]
  [networkOverPlaces, Readout]
  [networkOverPlaces, CoefficientRing]
Headline
  a network on a graph, a group or a set
Usage
  M = networkOverPlaces(matrices, channels, f)
  M = networkOverPlaces(matrices, channels)
Inputs
  matrices:List
    of square matrices of one size, over the integers or the rational numbers, which act on places
  channels:List
    of at least two positive integers: the numbers of channels of the inputs, of each hidden layer,
    and of the outputs, at each place
  f:Function
    the activation, which takes $x$ to a polynomial in $x$ of positive degree; without it, the
    identity
  Bias => Boolean
    whether a number is added to each channel
  Readout => Boolean
    whether the last layer is the sum over all places, with weights for channels
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    A layer takes a linear combination of the matrices for each two channels.  With powers of the
    adjacency matrix of a graph these are graph convolutions; with the permutations by which a group
    acts on itself, group convolutions; with the unit matrix and the matrix of ones, layers on sets.
  Example
    turn = matrix {{0,1,0},{0,0,1},{1,0,0}};
    M = networkOverPlaces({turn^0, turn, turn^2}, {1,1,1}, x -> x^2)
    dim neuroManifold M
  Text
    Graphs and groups that have names are given by the name of the model.
  Example
    M = neuralModel "gcnn:group=S3,layers=2:x^2"
    dim neuroManifold M
  Text
    With $L$ layers with one channel over a group $G$ and an activation $x^r$, $r \geq 2$, the
    dimension is $L(|G|-1)+1$; see arXiv:2603.29566.
SeeAlso
  convolutional
  neuralModel
///

doc ///
Key
  neuralModel
  (neuralModel, Matrix, List)
  (neuralModel, RingMap)
  (neuralModel, String)
Headline
  a model given by polynomials, or by its name
Usage
  M = neuralModel(F, inputs)
  M = neuralModel phi
  M = neuralModel name
Inputs
  F:Matrix
    with one row, the outputs, over a polynomial ring over a field
  inputs:List
    of those variables of the ring that are inputs; all others are parameters
  phi:RingMap
    the parametrization, from the coordinates to the parameters
  name:String
    as in the shell command {\tt neuroalg}: {\tt "mlp:2,2,3:x^2+x:bias"}, {\tt "linear:3,2,3"},
    {\tt "cnn:3x3c4s2,2x2:x^2:in=3:out=2"}, {\tt "attention:d=2,a=1,out=2,t=3,layers=2,heads=2"},
    {\tt "gnn:graph=C4,channels=1x2x1,matrix=laplacian,powers=2,readout=sum,bias=1:x^2"},
    {\tt "gcnn:group=S3,layers=2:x^2"}, {\tt "sets:points=4,channels=1x2x1:x^2"},
    {\tt "resnet:width=2,hidden=3,blocks=2,inputs=3,outputs=1,bias=1:x^2"},
    {\tt "glu:widths=2x3x1,bias=1,last=gated:x^2"},
    {\tt "moe:inputs=2,outputs=1,experts=2,hidden=3,gate=x^2,bias=1:x^2"},
    {\tt "autoencoder:widths=4x3x2,tied=1,bias=1:x^2"},
    {\tt "lora:widths=4x4,rank=1,base=trained:x^2"} or
    {\tt "pinet:inputs=2,rank=2,degree=3,outputs=2,form=nested,homogeneous=1,bias=1"}
Outputs
  M:NeuralModel
Description
  Text
    With a matrix, the coordinates are the coefficients of all monomials in the inputs of those
    degrees that occur, for each output.
  Example
    R = QQ[a,b,x,y];
    M = neuralModel(matrix {{(a*x + b*y)^2}}, {x,y})
    parametrization M
    coordinateMonomials M
  Text
    With a ring map, the image of any parametrization is studied as a neuromanifold.  Here it is
    the twisted cubic.
  Example
    phi = map(QQ[s,t], QQ[z_0..z_3], {s^3, s^2*t, s*t^2, t^3});
    N = neuroManifold neuralModel phi
    ideal N
  Text
    The families have names of one line, with options after further colons.
  Example
    neuralModel "mlp:2,2,3:x^2"
    degree neuroManifold "linear:2,1,2"
SeeAlso
  mlp
  neuroManifold
///

doc ///
Key
  parametrization
  (parametrization, NeuralModel)
  (parametrization, NeuroManifold)
Headline
  the coefficients of a model as polynomials in its parameters
Usage
  phi = parametrization M
Inputs
  M:{NeuralModel,NeuroManifold}
Outputs
  phi:RingMap
    from $k[z_0,\dots,z_{n-1}]$, the coordinates, to $k[w_0,\dots,w_{N-1}]$, the parameters
Description
  Text
    The ambient space consists of all tuples of polynomials in the inputs, one for each output, all
    of whose terms have total degrees that the layers allow.  Its coordinates are in this order:
    outputs ascend; for each output the monomials descend, first by total degree, then
    lexicographically.  They are what @TO coordinateMonomials@ lists.  The layers cannot cancel
    a degree for all parameters, but single coordinates may be zero on the image.
  Example
    M = mlp({1,2,1}, x -> x^2 + x)
    phi = parametrization M
    coordinateMonomials M
    use target phi;
    phi (source phi)_0
SeeAlso
  coordinateMonomials
  neurovariety
///

doc ///
Key
  coordinateMonomials
  (coordinateMonomials, NeuralModel)
  (coordinateMonomials, NeuroManifold)
Headline
  which coefficient each coordinate is
Usage
  L = coordinateMonomials M
Inputs
  M:{NeuralModel,NeuroManifold}
Outputs
  L:List
    for each coordinate a pair: the number of the output, from 0 on, and a monomial in the inputs
Description
  Example
    coordinateMonomials linearNetwork {2,1,2}
    coordinateMonomials mlp({2,1,1}, x -> x^2, Bias => true)
SeeAlso
  parametrization
///

doc ///
Key
  NeuroManifold
  neuroManifold
  (neuroManifold, NeuralModel)
  (neuroManifold, RingMap)
  (neuroManifold, String)
  (net, NeuroManifold)
  (toString, NeuroManifold)
  (toExternalString, NeuroManifold)
  (expression, NeuroManifold)
  (texMath, NeuroManifold)
  (describe, NeuroManifold)
  (coefficientRing, NeuroManifold)
  (ambient, NeuroManifold)
  (dim, NeuroManifold)
  (codim, NeuroManifold)
  (degree, NeuroManifold)
  (hilbertPolynomial, NeuroManifold)
  (singularLocus, NeuroManifold)
  (imageDimension, NeuroManifold)
  (closureDegree, NeuroManifold)
  (closureHilbertPolynomial, NeuroManifold)
  (neurovariety, NeuroManifold)
  (neurovarietyReport, NeuroManifold)
  (singularIdeal, NeuroManifold)
  (singularComponents, NeuroManifold)
  (conormalIdeal, NeuroManifold)
  (polarDegrees, NeuroManifold)
  (conservationLaws, NeuroManifold)
  (conservationLaws, NeuroManifold, ZZ)
  (imageDimension, NeuralModel)
  (neurovariety, NeuralModel)
  (graphGroebnerBasis, NeuralModel)
  (neurovarietyReport, NeuralModel)
  (conservationLaws, NeuralModel)
  (conservationLaws, NeuralModel, ZZ)
Headline
  the image of a model in its function space
Usage
  M = neuroManifold model
Inputs
  model:{NeuralModel,RingMap}
Outputs
  M:NeuroManifold
Description
  Text
    A neuromanifold answers the questions that are asked of a variety.  What is computed once is
    remembered.
  Example
    M = neuroManifold mlp({2,2,3}, x -> x^2)
    ambient M
    (dim M, codim M, degree M)
    ideal M
    hilbertPolynomial M
    dim singularLocus M
    polarDegrees M
  Text
    The dimension needs no equations: it is the rank of the Jacobian matrix of the parametrization,
    see @TO imageDimension@.  For the families of models over the rational numbers not even the
    coefficients are expanded: the derivatives at random inputs follow from the chain rule, and
    their span is that of the derivatives of the coefficients once a further input does not add to it.
  Example
    dim neuroManifold mlp({4,6,6,3}, x -> x^3)
  Text
    {\tt singularLocus} is the quotient of the ambient ring by @TO singularIdeal@;
    {\tt conservationLaws} without a degree gives the laws of degree at most two.
SeeAlso
  NeuralModel
  (ideal, NeuroManifold)
  edDegree
///

doc ///
Key
  isIdentifiable
  (isIdentifiable, NeuroManifold)
  (isIdentifiable, NeuralModel)
  identifiability
  (identifiability, NeuroManifold)
  (identifiability, NeuralModel)
Headline
  whether a function determines its parameters up to known symmetries and finitely many choices
Usage
  isIdentifiable M
  identifiability M
Inputs
  M:{NeuroManifold,NeuralModel}
    over the rational numbers
Outputs
  :{Boolean,HashTable}
Description
  Text
    A generic fiber of the parametrization has the number of parameters less the dimension of $M$ as
    its dimension.  The known symmetries are matrices that act on the arrays of parameters along
    their axes, such as rescalings of hidden units, and the general linear group between two linear
    layers.  If their generic orbits have the dimension of the fiber, it consists of finitely many
    orbits.

    How many, is {\bf not counted}: a model with {\tt true} here may have several, also besides
    permutations of units.  And {\tt false} is said with respect to these symmetries alone.
  Example
    isIdentifiable mlp({2,2,3}, x -> x^2)
    identifiability mlp({3,2,1}, x -> x^2)
    isIdentifiable linearNetwork {3,2,3}
  Text
    Everything is a rank modulo a prime of derivatives at random parameters and inputs, and nothing is
    expanded; so the answer holds with high probability.  If there are more than 1000 elementary
    matrices, only diagonal ones are sought.
  Example
    isIdentifiable mlp({8,8,5}, x -> x^2)
SeeAlso
  (dim, NeuroManifold)
///

doc ///
Key
  (ideal, NeuroManifold)
Headline
  the prime ideal of the closure of a neuromanifold
Usage
  I = ideal M
Inputs
  M:NeuroManifold
Outputs
  I:Ideal
    of the ambient ring
Description
  Text
    Parameters are set to numbers as long as the rank of the Jacobian matrix stays: so elimination
    has as many variables as the manifold has dimensions.  As the rank is taken at random points, the
    result is verified.  Let $I$ be the ideal of the closure of the restricted image.  It
    contains the ideal of the whole image, and if the generators of $I$ vanish on the whole image, both
    are equal.  If they do not, the ideal is that of @TO neurovariety@.
  Example
    ideal neuroManifold mlp({3,2,1}, x -> x^2)
SeeAlso
  neurovariety
///

doc ///
Key
  subnetworks
  (subnetworks, NeuralModel)
  (subnetworks, NeuroManifold)
Headline
  networks of the same family with fewer units
Usage
  L = subnetworks M
Inputs
  M:{NeuralModel,NeuroManifold}
Outputs
  L:List
    of hash tables with the keys {\tt "model"} and {\tt "embedding"}, those with most parameters first
Description
  Text
    The embedding is a ring map from the parameters of the network to those of the smaller one: it
    sends each parameter to one of the smaller network, or to zero.  Its composition with the
    parametrization of the network is a parametrization of the smaller image inside the same space.
    Hidden units, channels, heads and rows of a head are left out; filters of a network with one
    channel are made shorter.  The network that is zero is not listed.

    Subnetworks are among the singular points of many neuromanifolds.  The functions of networks
    with two hidden units are the matrices of rank at most two, which are singular where the
    rank is one; one hidden unit gives some of these.
  Example
    M = mlp({2,2,3}, x -> x^2);
    H = first subnetworks M
    J = neurovariety(H#"embedding" * parametrization M);
    C = first singularComponents neuroManifold M;
    isSubset(C#"ideal", J), dim J, C#"dimension"
  Text
    Reference: V. Shahverdi, G. L. Marchetti, K. Kohn, Learning on a razor's edge: identifiability
    and singularity of polynomial neural networks, 2025.
SeeAlso
  singularComponents
///

doc ///
Key
  edDegree
  (edDegree, NeuralModel)
  (edDegree, NeuroManifold)
  Metric
  [edDegree, Metric]
  [criticalIdeal, Metric]
Headline
  the Euclidean distance degree of a neuromanifold
Usage
  d = edDegree M
Inputs
  M:{NeuralModel,NeuroManifold}
  Metric => {String,Matrix}
    {\tt "generic"}, a random quadratic form; {\tt "unit"}, the coordinates are orthonormal;
    {\tt "bombieri"}, which is invariant under orthogonal changes of the inputs: the coefficient of
    a monomial has the square of its norm divided by the multinomial coefficient; or a symmetric
    matrix
Outputs
  d:ZZ
    the number of complex critical points, on the smooth locus, of the squared distance from a
    generic point
Description
  Text
    The Frobenius norm of matrices is special: a matrix has as many critical approximations of
    rank one as it has singular values.
  Example
    M = neuroManifold linearNetwork {2,1,2}
    edDegree(M, Metric => "unit")
    edDegree M
  Text
    For a generic metric and a cone in few coordinates, the degree is the sum of the
    @TO polarDegrees@.  Else the critical points of random data are counted modulo a random prime,
    in the parameters, on a slice of the fibers.
  Example
    edDegree(mlp({3,1,1}, x -> x^2), Metric => "bombieri")
  Text
    Reference: J. Draisma, E. Horobet, G. Ottaviani, B. Sturmfels, R. Thomas, The Euclidean distance
    degree of an algebraic variety, 2016.
Caveat
  What is counted is right except for unlucky data or an unlucky prime; then it is too small.
SeeAlso
  polarDegrees
  criticalIdeal
///

doc ///
Key
  criticalIdeal
  (criticalIdeal, NeuralModel, List)
  (criticalIdeal, NeuroManifold, List)
Headline
  the parameters that are critical for the distance from a function
Usage
  I = criticalIdeal(M, u)
Inputs
  M:{NeuralModel,NeuroManifold}
    over the rational numbers
  u:List
    the coordinates of the function to learn
  Metric => {String,Matrix}
    as for @TO edDegree@, but not generic
Outputs
  I:Ideal
    of the ring of the parameters, generated by the partial derivatives of half the squared distance
Description
  Text
    With two layers of width two, a linear network learns the identity of the plane.  The critical
    parameters have three components.  On one the loss vanishes.  The two others are spurious: the
    network can compute all matrices, among which the loss has no critical point but the minimum.
  Example
    M = linearNetwork {2,2,2}
    I = criticalIdeal(M, {1,0,0,1});
    L = primeComponents I;
    apply(L, c -> (c#"dimension", c#"degree"))
    phi = parametrization M;
    residuals = ideal(matrix phi - matrix {{1,0,0,1}});
    apply(L, c -> isSubset(residuals, c#"ideal"))
  Text
    Reference: M. Trager, K. Kohn, J. Bruna, Pure and spurious critical points: a geometric study of
    linear networks, 2020.
SeeAlso
  edDegree
  primeComponents
///
