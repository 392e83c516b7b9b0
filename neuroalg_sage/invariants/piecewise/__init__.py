"""Networks with piecewise linear activations at given weights: regions, boundaries, data."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS: tuple[Question, ...] = ()
