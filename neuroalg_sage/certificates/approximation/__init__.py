"""Claims about approximations of activations, networks and attention by polynomials."""

from neuroalg_sage.certificates.claim import Claim

_NETWORK = ".approximation.networks:Network"
_BOUNDS = ("proved", "bounds")

CLAIMS = (
    Claim("approximation", ".approximation.approximation:check_approximation", kinds=(dict,),
          subject=".approximation.activations:Activation"),
    Claim("composite_approximation", ".approximation.composites:check_composite_approximation",
          kinds=(dict,), subject=".approximation.composites:Target"),
    Claim("piecewise_approximation", ".approximation.pieces:check_piecewise_approximation",
          kinds=(dict,), subject=".approximation.activations:Activation"),
    Claim("norm_bounded_approximation", ".approximation.norms:check_norm_bounded_approximation",
          kinds=(dict,), subject=".approximation.networks:Network"),
    Claim("mean_square_approximation", ".approximation.moments:check_mean_square_approximation",
          kinds=(dict,), subject=".approximation.networks:Network"),
    Claim("network_approximation", ".approximation.networks:check_network_approximation",
          kinds=(dict,), subject=_NETWORK),
    # What carries over from a polynomial network to the one that it is near.
    Claim("carried_covering_number", ".approximation.carried_capacity:check_covering_number",
          _BOUNDS, kinds=(dict,), subject=_NETWORK),
    Claim("carried_sample_complexity", ".approximation.carried_capacity:check_sample_complexity",
          kinds=(dict,), subject=_NETWORK),
    Claim("carried_least_loss", ".approximation.carried_functions:check_least_loss",
          _BOUNDS, kinds=(dict,), subject=_NETWORK),
    Claim("carried_function_distance", ".approximation.carried_functions:check_function_distance",
          _BOUNDS, kinds=(dict,), subject=_NETWORK),
    Claim("carried_span_dimension", ".approximation.carried_functions:check_span_dimension",
          kinds=(dict,), subject=_NETWORK),
    Claim("carried_robustness_radius", ".approximation.carried_functions:check_robustness_radius",
          kinds=(dict,), subject=_NETWORK),
    Claim("attention_approximation", ".approximation.attention:check_attention_approximation",
          kinds=(dict,), subject=".approximation.attention:Attention"),
)
