"""Claims about the dimension, the symmetries and the generic fiber."""

from neuroalg_sage.certificates.claim import STATUSES, Claim

PROVED_OR_LIKELY = ("proved", "monte_carlo")

CLAIMS = (
    Claim("ambient_dimension", ".dimension.ambient_dimension:check_ambient_dimension",
          of_cones=True),
    Claim("dimension", ".dimension.dimension:check_dimension", STATUSES, of_cones=True),
    Claim("is_filling", ".dimension.dimension:check_filling", PROVED_OR_LIKELY, kinds=(bool,),
          of_cones=True),
    Claim("expected_dimension", ".dimension.expected_dimension:check_expected_dimension",
          of_cones=True, of_functions=True, of_coordinates=True),
    Claim("defect", ".dimension.defect:check_defect", PROVED_OR_LIKELY, of_cones=True,
          of_functions=True, of_coordinates=True),
    Claim("generic_fiber", ".dimension.fiber:check_fiber", PROVED_OR_LIKELY, of_cones=True,
          of_functions=True, of_coordinates=True),
    Claim("is_identifiable", ".dimension.identifiability:check_identifiable", kinds=(bool,),
          of_cones=True, of_functions=True, of_coordinates=True),
    Claim("is_finitely_identifiable",
          ".dimension.finite_identifiability:check_finitely_identifiable", kinds=(bool,),
          of_cones=True, of_functions=True, of_coordinates=True),
    Claim("activation_threshold", ".dimension.architectures:check_activation_threshold",
          PROVED_OR_LIKELY, kinds=(int, str)),
    Claim("minimal_filling_widths", ".dimension.architectures:check_minimal_filling_widths",
          PROVED_OR_LIKELY, kinds=(list,)),
)
