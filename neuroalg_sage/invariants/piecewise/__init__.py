"""Networks with piecewise linear activations at given weights: regions, boundaries, data."""

from neuroalg_sage.invariants.answers.question import Question

NETWORK = "neuroalg_sage.piecewise:PiecewiseLinearNetwork"

QUESTIONS: tuple[Question, ...] = (
    Question("linear_regions", "The maximal regions of inputs on which the network is affine, and "
             "the faces of the subdivision by its units",
             answer=".piecewise.linear_regions:LinearRegions", of=NETWORK,
             takes="a network at given weights", command="regions",
             claims=("linear_regions",)),
)
