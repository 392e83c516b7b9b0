"""Claims about how large a neuromanifold is: covering numbers."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("covering_number", ".capacity.covering_number:check_covering_number",
          ("proved", "bounds"), kinds=(list,)),
)
