"""Critical points of distances: ED, polar and ML degrees, discriminants, Voronoi cells."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("ed_degree", "The Euclidean distance degree: how many complex critical points the "
             "squared distance from a generic point of V has on the neurovariety",
             ".distance.ed_degree:EDDegree",
             title="ED degree", needs=("dimension", "ideal"), options=("metric",),
             claims=("ed_degree", "ed_degree_at_least"),
             script=".distance.scripts:ed_degree_script"),
    Question("polar_degrees", "The polar degrees of the projective variety, or of the projective "
             "closure",
             needs=("dimension", "ideal"), claims=("polar_degrees",),
             script=".distance.scripts:polar_degrees_script", of_cones=True),
    Question("euler_characteristic_of_parts", "The Euler characteristics of the smooth locus, of "
             "complements of generic hypersurfaces, and of strata with their Euler obstructions",
             ".distance.parts:EulerCharacteristicOfParts",
             title="Euler characteristics of parts", needs=("dimension", "ideal"),
             claims=("euler_characteristic_of_parts",),
             script=".distance.parts:parts_script"),
    Question("wasserstein_degree", "For each face of the unit ball of a polyhedral norm, the "
             "number of complex critical points of the distance",
             ".distance.wasserstein_degree:WassersteinDegree",
             title="Wasserstein degree", needs=("dimension",), options=("polyhedral_norm",),
             claims=("wasserstein_degree_at_least",)),
    Question("polyhedral_distance", "Bounds of the distance from a function to M in a polyhedral "
             "norm",
             ".distance.polyhedral_distance:PolyhedralDistance",
             needs=("dimension", "ideal"), options=("polyhedral_norm",), takes="a function",
             claims=("polyhedral_distance",)),
    Question("decision_boundary_ed_degree", "The number of complex critical points of the distance "
             "from a generic input to the decision boundary, for generic parameters",
             ".distance.decision_boundary_degree:DecisionBoundaryDegree",
             title="ED degree of the decision boundary",
             claims=("decision_boundary_ed_degree", "decision_boundary_ed_degree_at_least")),
    Question("ml_degree", "The maximum likelihood degree: critical points of the cross-entropy "
             "where Σ_i z_i = 1",
             title="ML degree", needs=("dimension", "ideal"),
             claims=("ml_degree", "ml_degree_at_least"),
             script=".distance.scripts:ml_degree_script"),
    Question("ed_discriminant", "The data at which critical points of the squared distance come "
             "together",
             ".distance.ed_discriminant:DiscriminantAnswer",
             title="ED discriminant", needs=("dimension",), options=("metric",),
             claims=("ed_discriminant",),
             script=".distance.scripts:ed_discriminant_script"),
    Question("bifurcation", "How the number of real critical points changes as the data move "
             "along a line",
             ".distance.bifurcation:BifurcationAnswer",
             needs=("dimension",), options=("metric",),
             takes="two functions", command="discriminant",
             script=".distance.scripts:bifurcation_script"),
    Question("critical_regions", "The number of real critical points for data on a grid in a "
             "plane",
             needs=("dimension",), options=("metric",), takes="a plane"),
    Question("voronoi_cell", "The dimension of the Voronoi cell of a function in M, and its "
             "excess over the codimension",
             ".distance.voronoi_cell:VoronoiCellAnswer",
             title="Voronoi cell",
             needs=("dimension", "ideal", "fiber"), takes="a function",
             command="voronoi", claims=("voronoi_cell",),
             script=".distance.scripts:voronoi_cell_script"),
)
