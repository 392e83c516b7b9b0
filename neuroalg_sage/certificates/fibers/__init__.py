"""Claims about the fiber of one function, and about invariant parameters."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("special_fiber", ".fibers.fiber:check_fiber"),
    Claim("membership", ".fibers.membership:check_membership"),
    Claim("invariant_parameters", ".fibers.invariance:check_invariant_parameters"),
)
