-- A network with two inputs, two hidden quadratic neurons and three outputs: the
-- neurovariety is that of the 3 x 3 matrices of rank at most 2.  Its singular points are the
-- matrices of rank at most 1: the functions of networks with one hidden neuron are among
-- them, but not all, for the quadric that the outputs share need not be a square.
--
-- Run it from the folder that holds m2_scripts, with: M2 --script examples/subnetworks.m2
path = prepend("./m2_scripts/", path)
needsPackage "NeuroAlgebra"

V = QQ[z_0..z_8]
network = hidden -> (
    W := QQ[a_(0,0)..a_(hidden-1,1), b_(0,0)..b_(2,hidden-1)];
    -- the coefficients of x^2, xy, y^2 in the square of each hidden neuron
    squares := apply(hidden, i -> {a_(i,0)^2, 2*a_(i,0)*a_(i,1), a_(i,1)^2});
    map(W, V, flatten apply(3, j -> sum apply(hidden, i -> b_(j,i) * squares#i))))

I = neurovariety network 2
locus = singularComponents I
scan(locus, c -> print("a component of dimension " | c#"dimension" | ", degree " | c#"degree"))
one = neurovariety network 1
singular = (first locus)#"ideal"
print("one hidden neuron: dimension " | dim one | ", degree " | closureDegree one)
print("all of its functions are singular: " | toString isSubset(singular, one))
print("all singular functions are its: " | toString(singular == one))
