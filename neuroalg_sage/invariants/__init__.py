"""
Floor 4: invariants of neuromanifolds, a wing for each kind of question, one question in one file.

A wing imports wings before it only.  Every answer is an
:class:`~neuroalg_sage.invariants.answers.invariant.Invariant`.
"""

WINGS = ("answers", "dimension", "dynamics", "equations", "topology", "singularities", "fibers",
         "points", "distance", "real", "training", "capacity", "piecewise", "approximation")
