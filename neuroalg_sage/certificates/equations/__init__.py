"""Claims about the ideal, the degree and the Hilbert function."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("equations", ".equations.equations:check_equations", others=True),
    Claim("ideal", ".equations.ideal:check_generators"),
    Claim("degree", ".equations.degree:check_degree"),
    Claim("hilbert_polynomial", ".equations.degree:check_hilbert_polynomial"),
    Claim("hilbert_function", ".equations.hilbert_function:check_hilbert_function"),
    Claim("affine_hilbert_function", ".equations.hilbert_function:check_affine_hilbert_function"),
    Claim("tropical_variety", ".equations.tropical_variety:check_tropical_variety",
          kinds=(dict,)),
)
