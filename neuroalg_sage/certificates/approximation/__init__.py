"""Claims about approximations of activations, and of networks, by polynomials."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("approximation", ".approximation.approximation:check_approximation", kinds=(dict,),
          subject=".approximation.activations:Activation"),
    Claim("piecewise_approximation", ".approximation.pieces:check_piecewise_approximation",
          kinds=(dict,), subject=".approximation.activations:Activation"),
    Claim("network_approximation", ".approximation.networks:check_network_approximation",
          kinds=(dict,), subject=".approximation.networks:Network"),
)
