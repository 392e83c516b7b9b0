"""What a neuromanifold is over the real numbers: equations, inequalities, boundary."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS: tuple[Question, ...] = (
    Question("trichotomy", "Whether M is all of V, thick, that is not all but with interior "
             "points, or thin",
             ".real.trichotomy:Trichotomy", needs=("dimension", "ideal"), claims=("trichotomy",)),
    Question("is_dense", "Whether M is dense in V, over the real numbers",
             ".real.trichotomy:Density", title="dense", needs=("dimension", "ideal"),
             claims=("is_dense",)),
    Question("is_closed", "Whether M is closed in V, over the real numbers",
             ".real.trichotomy:Closedness", title="closed", claims=("is_closed",)),
)
