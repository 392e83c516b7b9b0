"""
Positive semidefinite matrices.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, ctx, fmpq, fmpq_mat

from neuroalg_sage.certificates.boxes import is_positive
from neuroalg_sage.certificates.training.quadratic_loss import echelon
from neuroalg_sage.certificates.work import Work

LARGEST_EXACT = 24  # of a matrix whose characteristic polynomial is computed
PRECISION = 400


def is_definite(rows: Sequence[Sequence[fmpq | arb]]) -> bool:
    """
    Whether a symmetric matrix is proved to be positive definite.

    By elimination in balls, whose pivots are positive.
    """
    with ctx.workprec(PRECISION):
        left = [[arb(c) for c in row[: i + 1]] for i, row in enumerate(rows)]
        for k in range(len(rows)):
            pivot = left[k][k]
            if not pivot > 0:
                return False
            column = [left[i][k] for i in range(k, len(rows))]
            for i in range(k + 1, len(rows)):
                factor, row = column[i - k] / pivot, left[i]
                for j in range(k + 1, i + 1):
                    row[j] = row[j] - factor * column[j - k]
    return True


def is_semidefinite(rows: list[list[fmpq]]) -> bool:
    """
    Whether a symmetric matrix is proved to be positive semidefinite.

    *Lemma.*  It is, if it has rank r, and a submatrix of r rows and the same columns is positive
    definite: the other rows are combinations of these, so the Schur complement is zero.
    """
    if len(rows) <= LARGEST_EXACT:
        return is_positive(fmpq_mat(rows), False)
    if is_definite(rows):
        return True
    bits = max(int(c.p).bit_length() + int(c.q).bit_length() for row in rows for c in row)
    Work().spend(len(rows) ** 3 * (1 + bits // 64) // 8)
    _, independent = echelon(rows)
    return len(independent) < len(rows) and is_definite(
        [[rows[i][j] for j in independent] for i in independent])
