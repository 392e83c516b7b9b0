"""The fiber of one function: its parameters, membership, real points, invariance."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("fiber", "The fiber of φ over a function, and whether the function is in M",
             ".fibers.special_fiber:Fiber",
             needs=("ideal",), takes="a function", command="fiber",
             claims=("special_fiber", "membership", "real_membership"),
             script=".fibers.scripts:fiber_script"),
    Question("invariant_parameters", "The parameters w with f_w ∘ T = f_w, for a transformation T "
             "of the inputs",
             ".fibers.invariant_parameters:InvariantParameters",
             takes="a matrix", command="invariant", claims=("invariant_parameters",),
             script=".fibers.scripts:invariant_parameters_script"),
)
