-- Models and their neuromanifolds: what they express, where they are singular, how hard it is to
-- learn, and what training preserves.
--
-- Run it from the folder that holds m2_scripts, with: M2 --script examples/neuromanifolds.m2
path = prepend("./m2_scripts/", path)
needsPackage "NeuroAlgebra"

-- Four models.  Dimensions need no equations.
models = {
    linearNetwork {3,2,3},
    mlp({2,2,3}, x -> x^2),
    convolutional({2,2}, x -> x^2),
    lightningAttention(2,1,1,2)}
scan(models, model -> (
        M := neuroManifold model;
        print model;
        print("    dimension " | dim M | " in a space of dimension " | numgens ambient M)))

-- The functions of the second one are three quadratic forms, which are linearly dependent.
M = neuroManifold models#1
print ideal M
print describe models#1

-- Its singular locus, and the network with one hidden unit inside it.
C = first singularComponents M
J = neurovariety((first subnetworks M)#"embedding" * parametrization M)
print("singular locus: dimension " | C#"dimension" | ", degree " | C#"degree")
print("smaller networks are in it: " | toString isSubset(C#"ideal", J))

-- Critical points: as many as singular values for the norm of matrices, more for a generic one.
N = neuroManifold linearNetwork {3,1,3}
print("ED degrees: " | edDegree(N, Metric => "unit") | " and " | edDegree N)

-- Two linear layers that learn the identity have spurious critical points.
T = linearNetwork {2,2,2}
scan(primeComponents criticalIdeal(T, {1,0,0,1}), c ->
    print("critical parameters of dimension " | c#"dimension" | ", degree " | c#"degree"))

-- Balanced layers stay balanced.
print conservationLaws T
