"""Claims about neuromanifolds over the real numbers."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS: tuple[Claim, ...] = (
    Claim("semialgebraic_description", ".real.description:check_description", kinds=(list,)),
)
