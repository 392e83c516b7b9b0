-- Documentation of the models whose layers are sums, products and chains of layers.

doc ///
Key
  residualNetwork
  (residualNetwork, ZZ, List)
  (residualNetwork, ZZ, List, Function)
  InputWidth
  OutputWidth
  [residualNetwork, InputWidth]
  [residualNetwork, OutputWidth]
  [residualNetwork, Bias]
  [residualNetwork, CoefficientRing]
Headline
  a network whose blocks add to a state
Usage
  M = residualNetwork(n, hidden, f)
Inputs
  n:ZZ
    the number of entries of the state
  hidden:List
    of positive integers: the numbers of hidden units of the blocks
  f:Function
    the activation, which takes $x$ to a polynomial in $x$ of positive degree; without it, the
    identity
  InputWidth => ZZ
    the number of inputs of a dense layer before the blocks, if there is one
  OutputWidth => ZZ
    the number of outputs of a dense layer after the blocks, if there is one
  Bias => Boolean
    whether the layers are affine
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    A block takes the state $x$ to $x + W_2 f(W_1 x)$.  The neuromanifold is no cone.
  Example
    M = residualNetwork(1, {1,1}, x -> x^2)
    ideal neuroManifold M
SeeAlso
  gatedNetwork
  mlp
///

doc ///
Key
  gatedNetwork
  (gatedNetwork, List)
  (gatedNetwork, List, Function)
  LastGated
  [gatedNetwork, LastGated]
  [gatedNetwork, Bias]
  [gatedNetwork, CoefficientRing]
Headline
  a network of gated linear units
Usage
  M = gatedNetwork(widths, f)
Inputs
  widths:List
    of at least two positive integers: inputs, hidden units, outputs
  f:Function
    the activation of the gates, which takes $x$ to a polynomial in $x$ of positive degree; without
    it the layers are bilinear
  LastGated => Boolean
    whether the last layer has gates, too
  Bias => Boolean
    whether the layers are affine
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    A layer takes $x$ to the products of the entries of $Ux$ and $f(Vx)$.  One unit with squares makes
    the binary cubics that have a double root.
  Example
    M = gatedNetwork({2,1,1}, x -> x^2)
    degree neuroManifold M
SeeAlso
  mixtureOfExperts
  polynomialNetwork
///

doc ///
Key
  mixtureOfExperts
  (mixtureOfExperts, ZZ, ZZ, ZZ)
  (mixtureOfExperts, ZZ, ZZ, ZZ, Function)
  Gate
  Hidden
  [mixtureOfExperts, Gate]
  [mixtureOfExperts, Hidden]
  [mixtureOfExperts, Bias]
  [mixtureOfExperts, CoefficientRing]
Headline
  a sum of networks, each times a gate
Usage
  M = mixtureOfExperts(inputs, outputs, experts, f)
Inputs
  inputs:ZZ
  outputs:ZZ
  experts:ZZ
    how many there are
  f:Function
    the activation of the hidden layer of an expert
  Hidden => ZZ
    the width of the hidden layer of an expert; without it experts are linear
  Gate => Function
    the activation of the gates
  Bias => Boolean
    whether gates and experts have biases
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    The outputs are $\sum_i \gamma(g_i x) E_i(x)$ with experts $E_i$.  Linear experts with linear gates
    and one output make the quadratic forms of bounded rank.
  Example
    M = mixtureOfExperts(3, 1, 1)
    ideal neuroManifold M
SeeAlso
  gatedNetwork
///

doc ///
Key
  autoencoder
  (autoencoder, List)
  (autoencoder, List, Function)
  Tied
  [autoencoder, Tied]
  [autoencoder, Bias]
  [autoencoder, CoefficientRing]
Headline
  layers down to a code, and back
Usage
  M = autoencoder(widths, f)
Inputs
  widths:List
    of at least two positive integers, from the inputs to the code
  f:Function
    the activation between any two layers
  Tied => Boolean
    whether the matrices of the way back are the transposes of those of the way down
  Bias => Boolean
    whether the layers are affine; biases are not tied
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    A linear tied autoencoder makes the symmetric matrices of bounded rank.
  Example
    M = neuroManifold autoencoder({3,1}, Tied => true)
    dim M
    degree M
SeeAlso
  mlp
///

doc ///
Key
  lowRankAdaptation
  (lowRankAdaptation, List, ZZ)
  (lowRankAdaptation, List, ZZ, Function)
  Base
  [lowRankAdaptation, Base]
  [lowRankAdaptation, CoefficientRing]
Headline
  a network whose matrices are changed by matrices of bounded rank
Usage
  M = lowRankAdaptation(widths, r, f)
Inputs
  widths:List
    of at least two positive integers: inputs, hidden units, outputs
  r:ZZ
    the bound of the ranks
  f:Function
    the activation between any two layers
  Base => Thing
    the matrices that are changed: {\tt "zero"}; {\tt "trained"}, if they are parameters too; or a list
    of matrices over the integers or the rational numbers
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    The matrices of the layers are $W + BA$ where $A$ has $r$ rows.
  Example
    M = lowRankAdaptation({2,2}, 1, Base => {matrix {{1,2},{3,4}}})
    ideal neuroManifold M
SeeAlso
  linearNetwork
///

doc ///
Key
  polynomialNetwork
  (polynomialNetwork, ZZ, ZZ, ZZ)
  Nested
  [polynomialNetwork, Nested]
  [polynomialNetwork, Homogeneous]
  [polynomialNetwork, OutputWidth]
  [polynomialNetwork, Bias]
  [polynomialNetwork, CoefficientRing]
Headline
  a network that multiplies linear forms
Usage
  M = polynomialNetwork(inputs, r, d)
Inputs
  inputs:ZZ
  r:ZZ
    the number of entries of all states
  d:ZZ
    the degree
  Nested => Boolean
    whether the decomposition is nested, not a coupled CP decomposition
  Homogeneous => Boolean
    whether there are only terms of degree {\tt d}
  OutputWidth => ZZ
    the number of outputs
  Bias => Boolean
    whether a number is added to each output
  CoefficientRing => Ring
    the field of the parameters
Outputs
  M:NeuralModel
Description
  Text
    With products entry by entry the states are $x_1 = U_1z$ and $x_n = U_nz * x_{n-1} + x_{n-1}$, or
    $x_n = U_nz * (S_nx_{n-1} + b_n)$ if nested; homogeneous networks are without the last summands.
    The outputs are $Cx_d$.
  Example
    M = polynomialNetwork(2, 1, 2)
    ideal neuroManifold M
SeeAlso
  gatedNetwork
///
