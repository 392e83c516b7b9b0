"""
Tori of diagonal matrices, which are given by weights of the variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flint import fmpq_mpoly


def is_graded(polynomials: Iterable[fmpq_mpoly], row: Sequence[int]) -> bool:
    """Whether each polynomial is homogeneous for these weights."""
    return all(len({sum(int(k) * w for k, w in zip(e, row)) for e in g.monoms()}) < 2
               for g in polynomials)
