"""Claims about networks with piecewise linear activations."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS: tuple[Claim, ...] = tuple(
    Claim(name, f".piecewise.{check}", kinds=(dict,), subject=".piecewise.network:Network")
    for name, check in (("linear_regions", "linear_regions:check_linear_regions"),
                        ("decision_boundary", "decision_boundary:check_decision_boundary"),
                        ("boundary_distance", "decision_boundary:check_boundary_distance"),
                        ("functional_dimension", "functional_dimension:check_functional_dimension"
                         ),
                        ("region_bound", "region_bound:check_region_bound"),
                        ("same_function", "same_function:check_same_function"),
                        ("tropical_form", "tropical_form:check_tropical_form")))
CLAIMS += (Claim("smaller_network", ".piecewise.smaller_network:check_smaller_network",
                 ("proved", "bounds"), (dict,), subject=".piecewise.network:Network"),)
CLAIMS += (Claim("is_cell_empty", ".piecewise.activation_cell:check_cell_empty", kinds=(dict,)),)
CLAIMS += tuple(
    Claim(name, f".piecewise.{name}:check_{name}", kinds=(dict,),
          subject=".piecewise.architecture:Architecture")
    for name in ("classification_fan", "stationary_points"))
