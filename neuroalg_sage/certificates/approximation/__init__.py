"""Claims about approximations of activations, networks and attention by polynomials."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("approximation", ".approximation.approximation:check_approximation", kinds=(dict,),
          subject=".approximation.activations:Activation"),
    Claim("piecewise_approximation", ".approximation.pieces:check_piecewise_approximation",
          kinds=(dict,), subject=".approximation.activations:Activation"),
    Claim("network_approximation", ".approximation.networks:check_network_approximation",
          kinds=(dict,), subject=".approximation.networks:Network"),
    Claim("attention_approximation", ".approximation.attention:check_attention_approximation",
          kinds=(dict,), subject=".approximation.attention:Attention"),
)
