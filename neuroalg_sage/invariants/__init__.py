"""
Floor 4: invariants of neuromanifolds, one question in one file.

Every answer is an :class:`~neuroalg_sage.invariants.invariant.Invariant`.
"""
