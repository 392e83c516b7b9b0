"""Claims about networks with piecewise linear activations."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
