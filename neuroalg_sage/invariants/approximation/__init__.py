"""
Approximation of activations, and of networks and attention with these, by polynomials, with proved
errors.
"""

from neuroalg_sage.invariants.answers.question import Question

ACTIVATION = "neuroalg_sage.approximation:ActivationFunction"
NETWORK = "neuroalg_sage.approximation:ContinuousNetwork"
NEAR = "neuroalg_sage.invariants.approximation.networks:NetworkApproximation"

QUESTIONS: tuple[Question, ...] = (
    Question("approximation", "A polynomial or rational function near an activation on an "
             "interval, the supremum of its error, and how far any other of its degrees is",
             answer=".approximation.approximation:Approximation", of=ACTIVATION,
             takes="an activation", command="approximate", claims=("approximation",)),
    Question("composite_approximation", "A composite of odd polynomials near the sign of a number "
             "outside of a gap, or near its absolute value or ReLU, its error, and its "
             "multiplicative depth",
             answer=".approximation.composites:CompositeApproximation", of=ACTIVATION,
             takes="an activation", command="approximate", claims=("composite_approximation",)),
    Question("piecewise_approximation", "Polynomial or rational pieces near an activation on an "
             "interval, the supremum of their error, and whether they are continuous",
             answer=".approximation.pieces:PiecewiseApproximation", of=ACTIVATION,
             takes="an activation", command="approximate", claims=("piecewise_approximation",)),
    Question("network_approximation", "A network with polynomials as activations, and how far its "
             "outputs are at most, for all parameters and inputs in boxes",
             answer=".approximation.networks:NetworkApproximation", of=NETWORK,
             takes="a network", command="approximate", claims=("network_approximation",)),
    Question("carried_over", "What of a polynomial network holds for the network that it is near: "
             "covering numbers, samples that suffice, the least loss, distances of functions, the "
             "dimension of the span, and radii of robustness",
             answer=".approximation.carried_over:CarriedOver", of=NEAR,
             takes="a network, and what is asked", command="carry",
             claims=("carried_covering_number", "carried_sample_complexity", "carried_least_loss",
                     "carried_function_distance", "carried_span_dimension",
                     "carried_robustness_radius")),
    Question("norm_bounded_approximation", "A network with polynomials as activations, and how far "
             "its outputs are at most, for all parameters in balls of a norm, and inputs in a box "
             "or a Euclidean ball",
             answer=".approximation.norms:NormBoundedApproximation", of=NETWORK,
             takes="a network", command="approximate", claims=("norm_bounded_approximation",)),
    Question("mean_square_approximation", "A network with polynomials as activations, and how far "
             "its outputs are at most in the mean square, for random inputs",
             answer=".approximation.moments:MeanSquareApproximation", of=NETWORK,
             takes="a network", command="approximate", claims=("mean_square_approximation",)),
    Question("attention_approximation", "Attention with a rational function in place of softmax, "
             "and how far its outputs, and those of linear attention, are at most, for all "
             "parameters and inputs in boxes",
             answer=".approximation.attention:AttentionApproximation", of=NETWORK,
             takes="attention with softmax", command="approximate",
             claims=("attention_approximation",)),
)
