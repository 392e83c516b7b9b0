"""Approximation of activations, and of networks with these, by polynomials, with proved errors."""

from neuroalg_sage.invariants.answers.question import Question

ACTIVATION = "neuroalg_sage.approximation:ActivationFunction"

QUESTIONS: tuple[Question, ...] = (
    Question("approximation", "A polynomial near an activation on an interval, the supremum of its "
             "error, and how far any polynomial of its degree is",
             answer=".approximation.approximation:Approximation", of=ACTIVATION,
             takes="an activation", command="approximate", claims=("approximation",)),
)
