"""What a neuromanifold is over the real numbers: equations, inequalities, boundary."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS: tuple[Question, ...] = ()
