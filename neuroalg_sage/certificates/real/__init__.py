"""Claims about neuromanifolds over the real numbers."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS: tuple[Claim, ...] = (
    Claim("trichotomy", ".real.trichotomy:check_trichotomy", kinds=(str,)),
    Claim("is_dense", ".real.trichotomy:check_dense", kinds=(bool,)),
    Claim("is_closed", ".real.trichotomy:check_closed", kinds=(bool,)),
)
