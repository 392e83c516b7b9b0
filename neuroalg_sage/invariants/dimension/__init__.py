"""The dimension of the neuromanifold, its symmetries, its generic fiber, identifiability."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("ambient_dimension", "The dimension n of the ambient space",
             reported=10, figure="ambient dimension", is_cheap=True, claims=("ambient_dimension",),
             of_cones=True),
    Question("dimension", "The dimension of the neurovariety",
             ".dimension.presentation:Dimension",
             reported=20, figure="dimension", is_cheap=True, claims=("dimension",),
             script=".dimension.scripts:dimension_script", of_cones=True),
    Question("expected_dimension", "min(n, N - s), with s the dimension of the generic orbits of "
             "affine-linear symmetries",
             reported=30, is_cheap=True, needs=("dimension",), claims=("expected_dimension",),
             of_cones=True),
    Question("defect", "Expected minus actual dimension",
             ".dimension.presentation:Defect",
             reported=40, figure="defect", is_cheap=True, needs=("dimension", "expected_dimension"),
             claims=("defect",), of_cones=True),
    Question("is_filling", "Whether the neurovariety is the ambient space", title="filling",
             reported=50, is_cheap=True, needs=("dimension",), claims=("is_filling",),
             of_cones=True),
    Question("is_finitely_identifiable", "Whether the generic fiber has the dimension of the "
             "orbits of affine-linear symmetries",
             ".dimension.presentation:FiniteIdentifiability",
             title="finitely identifiable",
             reported=60, needs=("dimension",), claims=("is_finitely_identifiable",),
             of_cones=True),
    Question("generic_fiber", "The generic fiber of φ: its dimension, and its points modulo the "
             "symmetries",
             reported=130, needs=("dimension",), claims=("generic_fiber",), of_cones=True),
    Question("is_identifiable", "Whether the generic fiber is one orbit of the known symmetries",
             ".dimension.presentation:FullIdentifiability",
             title="identifiable",
             reported=140, figure="identifiable",
             needs=("is_finitely_identifiable", "generic_fiber"),
             claims=("is_identifiable", "is_finitely_identifiable"), of_cones=True),
    Question("activation_threshold", "The least power of x from which on no activation makes these "
             "widths defective",
             ".dimension.architectures:ActivationThreshold", claims=("activation_threshold",)),
    Question("minimal_filling_widths", "All minimal hidden widths that fill, for the inputs, "
             "outputs, depth and power",
             ".dimension.architectures:MinimalFillingWidths", claims=("minimal_filling_widths",)),
)
