"""
Kronecker products with unit matrices: the same action on all copies.
"""

from __future__ import annotations

from fractions import Fraction

SparseMatrix = dict[tuple[int, int], Fraction]


def factor(matrix: SparseMatrix, copies: int) -> SparseMatrix | None:
    """The matrix X of which this is the Kronecker product X ⊗ I with so many copies, if it is."""
    found: SparseMatrix = {}
    for (i, j), c in matrix.items():
        if i % copies != j % copies or found.setdefault((i // copies, j // copies), c) != c:
            return None
    return found if len(found) * copies == len(matrix) else None
