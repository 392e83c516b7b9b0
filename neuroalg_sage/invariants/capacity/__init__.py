"""How large a neuromanifold is: covering numbers."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("covering_number", "How many balls of a radius cover the functions in a ball, or "
             "those of parameters in a box, from above and from below",
             answer=".capacity.covering_number:CoveringNumber", needs=("dimension",),
             takes="a radius, and a ball or a box", command="capacity",
             claims=("covering_number",)),
)
