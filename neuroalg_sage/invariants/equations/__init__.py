"""The ideal of the neurovariety, its degree and Hilbert function, and known varieties."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("ideal", "The prime ideal of the neurovariety",
             ".equations.generators:Ideal",
             reported=70, needs=("dimension",), claims=("ideal",),
             script=".equations.scripts:ideal_script", of_cones=True),
    Question("equations", "Equations of the neurovariety",
             ".equations.generators:Equations",
             reported=80, needs=("ideal",), claims=("equations",),
             script=".equations.scripts:equations_script", of_cones=True),
    Question("degree", "The degree of the neurovariety",
             ".equations.degree:Degree",
             reported=90, figure="degree", needs=("dimension", "ideal"), claims=("degree",),
             script=".equations.scripts:degree_script", of_cones=True),
    Question("hilbert_polynomial", "The Hilbert polynomial of the projective variety, or of the "
             "projective closure",
             ".equations.degree:HilbertPolynomial",
             title="Hilbert polynomial",
             reported=100, needs=("dimension", "ideal"), claims=("hilbert_polynomial",),
             script=".equations.scripts:hilbert_polynomial_script", of_cones=True),
    Question("descriptions", "Known varieties that the neurovariety is, and flattenings whose "
             "rank it bounds",
             ".equations.descriptions:Descriptions",
             reported=101, is_extra=True, needs=("dimension",), of_cones=True),
    Question("tropical_variety", "The tropical variety of the neurovariety, with the convention of "
             "the maximum",
             ".equations.tropical_variety:TropicalVariety",
             needs=("dimension", "ideal"), claims=("tropical_variety",)),
    Question("hilbert_function", "The Hilbert function of the coordinate ring in degrees 1 to "
             "degree",
             ".equations.equations_by_degree:HilbertFunction",
             title="Hilbert function",
             options=("degree",), claims=("hilbert_function", "affine_hilbert_function"),
             of_cones=True),
)
