"""Claims about conservation laws and their level sets."""

from neuroalg_sage.certificates.claim import Claim

PROVED_OR_BOUNDS = ("proved", "bounds")

CLAIMS = (
    Claim("conservation_laws", ".dynamics.conservation_laws:check_laws"),
    Claim("conservation_laws_of_flow", ".dynamics.conservation_laws:check_laws_of_flow"),
    Claim("number_of_conservation_laws", ".dynamics.number_of_laws:check_number",
          PROVED_OR_BOUNDS),
    Claim("number_of_conservation_laws_of_flow",
          ".dynamics.number_of_laws:check_number_of_flow", PROVED_OR_BOUNDS),
    Claim("quadratic_conservation_laws", ".dynamics.number_of_laws:check_quadratic_laws"),
    Claim("balanced_initialization", ".dynamics.level_sets:check_initialization"),
)
