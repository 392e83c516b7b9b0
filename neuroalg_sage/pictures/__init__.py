"""
Pictures of neuromanifolds of dimension at most 2, in two or three coordinates.

``scene`` computes what there is to see, ``figure`` draws it with matplotlib, ``page`` as a page
of HTML that turns in space.
"""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("plot", "A picture, for models of dimension at most 2",
             "neuroalg_sage.pictures.scene:Scene", needs=("dimension",), command="plot",
             options=("metric",)),
)
