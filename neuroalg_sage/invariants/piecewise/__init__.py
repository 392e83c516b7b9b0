"""Networks with piecewise linear activations at given weights: regions, boundaries, data."""

from neuroalg_sage.invariants.answers.question import Question

NETWORK = "neuroalg_sage.piecewise:PiecewiseLinearNetwork"
ARCHITECTURE = "neuroalg_sage.piecewise:PiecewiseLinearArchitecture"

QUESTIONS: tuple[Question, ...] = (
    Question("linear_regions", "The maximal regions of inputs on which the network is affine, and "
             "the faces of the subdivision by its units",
             answer=".piecewise.linear_regions:LinearRegions", of=NETWORK,
             takes="a network at given weights", command="regions",
             claims=("linear_regions",)),
    Question("decision_boundary", "The faces and Betti numbers of the inputs where an output has a "
             "value, or at most this value", answer=".piecewise.decision_boundary:DecisionBoundary",
             of=NETWORK, takes="a network at given weights", command="regions",
             claims=("decision_boundary",)),
    Question("boundary_distance", "The shortest distance of an input to a decision boundary",
             answer=".piecewise.decision_boundary:BoundaryDistance", of=NETWORK,
             takes="a network at given weights, and a point", command="regions",
             claims=("boundary_distance",)),
    Question("functional_dimension", "In how many directions of its weights the function of the "
             "network changes",
             answer=".piecewise.functional_dimension:FunctionalDimension", of=NETWORK,
             takes="a network at given weights", command="regions",
             claims=("functional_dimension",)),
    Question("region_bound", "How many cells, and so regions, networks with such layers have at "
             "most, at any weights", answer=".piecewise.region_bound:RegionBound", of=NETWORK,
             takes="a network at given weights", command="regions",
             claims=("region_bound",)),
    Question("same_function", "Whether two networks are the same function, or a point where they "
             "differ", answer=".piecewise.same_function:SameFunction", of=NETWORK,
             takes="two networks at given weights", command="same",
             claims=("same_function",)),
    Question("smaller_network", "A network of one hidden layer of ReLU with as few units as is "
             "found, of the same function, and how many are needed",
             answer=".piecewise.smaller_network:SmallerNetwork", of=NETWORK,
             takes="a network at given weights", command="regions",
             claims=("smaller_network",)),
    Question("tropical_form", "Each output as a difference of tropical polynomials with minimal "
             "monomials, and their Newton polytopes",
             answer=".piecewise.tropical_form:TropicalForm", of=NETWORK,
             takes="a network at given weights", command="regions", claims=("tropical_form",)),
    Question("is_cell_empty", "Whether no parameters of a ReLU network have inputs with the "
             "activation patterns of the spec", answer=".piecewise.activation_cell:CellEmptiness",
             claims=("is_cell_empty",)),
    Question("classification_fan", "The parameters by the signs of hidden units and outputs at "
             "data of two classes, and the components of the sublevel sets of the 0/1 loss",
             answer=".piecewise.classification_fan:ClassificationFan", of=ARCHITECTURE,
             takes="an architecture, and data", command="landscape",
             claims=("classification_fan",)),
    Question("stationary_points", "All stationary points of the squared error on data, also where "
             "units are at a breakpoint",
             answer=".piecewise.stationary_points:StationaryPoints", of=ARCHITECTURE,
             takes="an architecture, and data", command="landscape",
             claims=("stationary_points",)),
)
