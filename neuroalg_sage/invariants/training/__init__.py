"""A loss on the neuromanifold: critical points, minima, interpolation."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("loss_critical_locus", "The critical points of the squared distance ||φ(w) - f||^2, "
             "pure and spurious",
             ".singularities.decomposition:Components",
             needs=("dimension", "ideal"), takes="a function",
             command="critical", claims=("loss_critical_locus",),
             script=".training.scripts:loss_critical_locus_script"),
    Question("training_critical_locus", "The critical points of the squared error on data, in the "
             "space of parameters",
             ".singularities.decomposition:Components",
             needs=("dimension", "ideal"), takes="data",
             command="critical", claims=("loss_critical_locus",),
             script=".training.scripts:training_critical_locus_script"),
    Question("critical_functions", "The critical functions of the squared error on data, by "
             "components, also for few data",
             ".training.critical_functions:CriticalFunctions",
             needs=("dimension", "ideal", "degree"), takes="data",
             command="critical", claims=("critical_functions",),
             script=".training.scripts:critical_functions_script"),
    Question("ramification_locus", "Where the projection of the neuromanifold along the kernel of "
             "the squared error on data ramifies",
             ".training.critical_functions:CriticalFunctions",
             needs=("dimension", "ideal", "degree"), takes="data",
             command="critical", claims=("ramification_locus",),
             script=".training.scripts:ramification_locus_script"),
    Question("critical_points", "All critical points of the squared error on data, and its minimum",
             ".training.presentation:CriticalPoints",
             takes="data", command="train", claims=("critical_points",)),
    Question("cross_entropy_points", "Critical points of the cross-entropy of labels and "
             "normalized outputs",
             ".training.cross_entropy:CrossEntropyPoints", needs=("dimension", "ideal"),
             takes="data", command="train", claims=("cross_entropy_points",)),
    Question("loss_bounds", "A lower and an upper bound of the least squared error on data",
             ".training.sums_of_squares:LossBounds",
             takes="data", command="train", claims=("loss_bounds",)),
    Question("multistart", "Where many minimizations of the squared error on data end: critical "
             "points, and bounds of the least loss",
             ".training.multistart_answer:EndsOfStarts", needs=("dimension",),
             takes="data", command="train", claims=("multistart",)),
)
