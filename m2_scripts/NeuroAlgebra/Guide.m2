doc ///
Key
  "A guide to neuroalgebraic geometry"
Headline
  the dictionary between learning and algebraic geometry, by examples
Description
  Text
    A neural network with polynomial activations computes polynomials.  What it {\it can} compute, for
    all values of its parameters, is the image of a polynomial map: a semialgebraic set, whose
    closure is a variety.  Questions about learning become questions about this variety.  See
    G. L. Marchetti, V. Shahverdi, S. Mereta, M. Trager, K. Kohn, Algebra unveils deep learning: an
    invitation to neuroalgebraic geometry, 2025.

    {\bf A model and its parametrization.}  A network with two inputs, two hidden units, three outputs
    and activation $x^2$ computes three quadratic forms.
  Example
    model = mlp({2,2,3}, x -> x^2)
    describe model
    phi = parametrization model;
    phi (source phi)_0
  Text
    {\bf What can the model express?}  The dimension of the image counts the degrees of freedom of its
    functions.  It is smaller than the number of parameters if these have symmetries: here
    each hidden unit can be scaled.
  Example
    M = neuroManifold model
    (numgens target phi, numgens ambient M, dim M)
  Text
    A function is in the closure if and only if its coefficients satisfy the equations of the ideal.
    There is one equation: the three forms, which are combinations of two squares, are linearly
    dependent.
  Example
    ideal M
    degree M
  Text
    {\bf When can it express everything?}  If the codimension is zero, the image is dense in the
    ambient space.  More hidden units help.
  Example
    apply(1 .. 4, h -> codim neuroManifold mlp({3,h,1}, x -> x^2))
  Text
    {\bf How many parameters compute the same function?}  The fibers of the parametrization have
    dimension two here, for each of the two units can be scaled.  This is the fiber of a function
    with integer parameters; it has two components, since the units can also change places.
  Example
    w = {1,2,1,-1,1,2,3,1,0,1};
    apply(primeComponents fiberIdeal(M, w), c -> c#"dimension")
  Text
    {\bf Where do functions of smaller networks lie?}  Often in the singular locus.
  Example
    apply(singularComponents M, c -> (c#"dimension", c#"degree"))
    H = first subnetworks M
    J = neurovariety(H#"embedding" * phi);
    isSubset(singularIdeal M, J)
  Text
    {\bf How hard is it to learn?}  Training minimizes a distance to data.  For generic data, the number of
    complex critical points is the Euclidean distance degree; it depends on the metric.
  Example
    N = neuroManifold linearNetwork {2,1,2}
    (edDegree N, edDegree(N, Metric => "unit"))
  Text
    {\bf Are critical points of the loss those of the distance?}  Not all of them: others come from
    the parametrization, and are called spurious.  See @TO criticalIdeal@.
  Example
    apply(primeComponents criticalIdeal(linearNetwork {2,2,2}, {1,0,0,1}), c -> c#"dimension")
  Text
    {\bf What does gradient flow preserve?}  Polynomials in the parameters that do not change during
    training, whatever the data are.
  Example
    conservationLaws linearNetwork {2,1,2}
SeeAlso
  NeuralModel
  NeuroManifold
///
