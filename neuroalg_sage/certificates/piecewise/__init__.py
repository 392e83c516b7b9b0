"""Claims about networks with piecewise linear activations."""

from neuroalg_sage.certificates.claim import Claim

NETWORK = ".piecewise.network:Network"

CLAIMS: tuple[Claim, ...] = (
    Claim("linear_regions", ".piecewise.linear_regions:check_linear_regions", kinds=(dict,),
          subject=NETWORK),
)
