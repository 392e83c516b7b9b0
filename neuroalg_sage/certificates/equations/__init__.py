"""Claims about the ideal, the degree and the Hilbert function."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("equations", ".equations.equations:check_equations", others=True, of_cones=True),
    Claim("ideal", ".equations.generators:check_generators", kinds=(list, dict), of_cones=True),
    Claim("degree", ".equations.degree:check_degree", of_cones=True),
    Claim("hilbert_polynomial", ".equations.hilbert_polynomial:check_hilbert_polynomial",
          of_cones=True),
    Claim("hilbert_function", ".equations.hilbert_function:check_hilbert_function",
          of_cones=True),
    Claim("affine_hilbert_function", ".equations.hilbert_function:check_affine_hilbert_function",
          of_cones=True),
    Claim("tropical_variety", ".equations.tropical_variety:check_tropical_variety",
          kinds=(dict,)),
)
