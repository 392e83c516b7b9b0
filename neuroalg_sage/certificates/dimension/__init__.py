"""Claims about the dimension, the symmetries and the generic fiber."""

from neuroalg_sage.certificates.claim import STATUSES, Claim

PROVED_OR_LIKELY = ("proved", "monte_carlo")

CLAIMS = (
    Claim("ambient_dimension", ".dimension.ambient_dimension:check_ambient_dimension"),
    Claim("dimension", ".dimension.dimension:check_dimension", STATUSES),
    Claim("is_filling", ".dimension.dimension:check_filling", PROVED_OR_LIKELY, kinds=(bool,)),
    Claim("expected_dimension", ".dimension.expected_dimension:check_expected_dimension"),
    Claim("defect", ".dimension.defect:check_defect", PROVED_OR_LIKELY),
    Claim("generic_fiber", ".dimension.fiber:check_fiber", PROVED_OR_LIKELY),
    Claim("is_identifiable", ".dimension.identifiability:check_identifiable", kinds=(bool,)),
    Claim("is_finitely_identifiable",
          ".dimension.finite_identifiability:check_finitely_identifiable", kinds=(bool,)),
)
