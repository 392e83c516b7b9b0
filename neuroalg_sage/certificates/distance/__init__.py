"""Claims about critical points of distances."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("ed_degree", ".distance.ed_degree:check_ed_degree"),
    Claim("ed_degree_at_least", ".distance.distance_degree:check_at_least"),
    Claim("polar_degrees", ".distance.ed_degree:check_polar_degrees", of_cones=True),
    Claim("euler_characteristic_of_parts", ".distance.parts:check_parts", kinds=(dict,)),
    Claim("ml_degree", ".distance.complements:check_ml_degree"),
    Claim("wasserstein_degree_at_least", ".distance.wasserstein:check_at_least", kinds=(dict,)),
    Claim("decision_boundary_ed_degree", ".distance.decision_boundary_degree:check_degree"),
    Claim("decision_boundary_ed_degree_at_least",
          ".distance.decision_boundary_degree:check_at_least"),
    Claim("ml_degree_at_least", ".distance.likelihood:check_at_least"),
    Claim("polyhedral_distance", ".distance.polyhedral_distance:check_distance",
          ("proved", "bounds"), (dict,)),
    Claim("ed_discriminant", ".distance.discriminant:check_discriminant"),
    Claim("voronoi_cell", ".distance.voronoi:check_voronoi_cell", ("proved", "bounds")),
)
