"""What a neuromanifold is over the real numbers: equations, inequalities, boundary."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS: tuple[Question, ...] = (
    Question("semialgebraic_description",
             "The neuromanifold over the real numbers, without its closure, by equations and "
             "inequalities",
             ".real.semialgebraic_description:SemialgebraicDescription",
             title="semi-algebraic description",
             claims=("semialgebraic_description",)),
)
