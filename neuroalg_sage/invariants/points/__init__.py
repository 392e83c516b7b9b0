"""A point of the parameters, trained weights: rank, units, ranks of layers, laws, symmetries."""

from neuroalg_sage.invariants.answers.question import Question

POINT = "neuroalg_sage.neuromanifold.points:ParameterPoint"
TAKES = "a model at given weights"

QUESTIONS: tuple[Question, ...] = (
    Question("inactive_units", "Units and inputs that vanish, are constant, multiples of others, "
             "or do not matter at given weights", answer=".points.units:InactiveUnits", of=POINT,
             takes=TAKES, command="inspect", claims=("inactive_units",)),
    Question("layer_ranks", "The ranks of all matrices of weights",
             answer=".points.matrices:LayerRanks", of=POINT, takes=TAKES, command="inspect",
             claims=("layer_ranks",)),
    Question("smallest_singular_values", "How far matrices of weights are from lower ranks",
             answer=".points.matrices:SmallestSingularValues", of=POINT, takes=TAKES,
             command="inspect", claims=("smallest_singular_values",)),
    Question("nearest_subnetworks", "How far weights are from those of smaller networks, and how "
             "far their functions are", answer=".points.strata:NearestSubnetworks", of=POINT,
             takes=TAKES, command="inspect", claims=("nearest_subnetworks",)),
    Question("law_values", "What conservation laws of gradient flow are worth at given weights",
             answer=".points.symmetries:LawValues", of=POINT, takes=TAKES, command="inspect",
             claims=("law_values",)),
    Question("stabilizer", "The linear symmetries that fix given weights",
             answer=".points.symmetries:Stabilizer", of=POINT, takes=TAKES, command="inspect",
             claims=("stabilizer",)),
    Question("input_symmetries", "The linear maps of the inputs that leave the function at given "
             "weights unchanged", answer=".points.inputs:InputSymmetries", of=POINT, takes=TAKES,
             command="inspect", claims=("input_symmetries",)),
    Question("rank", "The rank of the derivative of the parametrization at given weights",
             answer=".points.rank:RankAtPoint", of=POINT, takes=TAKES, command="inspect",
             claims=("rank",)),
    Question("unidentified_parameters", "The parameters that change along the kernel of the "
             "derivative of the parametrization at given weights",
             answer=".points.rank:UnidentifiedParameters", of=POINT, takes=TAKES,
             command="inspect", claims=("unidentified_parameters",)),
    Question("singular_values", "The singular values of the derivative of the parametrization at "
             "given weights, in floating point", answer=".points.rank:SingularValues", of=POINT,
             takes=TAKES, command="inspect"),
)
