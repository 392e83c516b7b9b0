"""
How far matrices of weights are from lower ranks: their smallest singular values.

The distance of a matrix A to the matrices of lower rank, in the norm whose square is the sum of the
squares of the entries, is its smallest singular value (Eckart, Young).  Its square is the smallest
eigenvalue of G = A A^T, if A has no more rows than columns, else of A^T A.
"""

from __future__ import annotations

from typing import Any

from flint import fmpz_mat

from neuroalg_sage.certificates.points.matrices import flattening
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    items,
    member,
    rational,
    require,
)
from neuroalg_sage.certificates.work import MOST_WORK

LARGEST = 2**200

def check_smallest(point: Point, claimed: Any, evidence: Any) -> Checked:
    """
    Verify bounds of squares of smallest singular values: [offset, shape, axis, low, high].

    A vector v has v^T G v ≤ high v^T v, so that the smallest eigenvalue is at most ``high``.  A
    matrix Q makes H = Q^T (G - low) Q strictly dominated by a positive diagonal.  Then H is
    positive definite (Gershgorin), so that Q is regular, and G - low is positive definite: the
    smallest eigenvalue is larger than ``low``.
    """
    data = items(claimed, "claim")
    for part, proof in zip(data, items(member(evidence, "proofs"), "proofs", len(data))):
        offset, shape, axis, low_data, high_data = items(part, "singular value", 5)
        low, high = rational(low_data), rational(high_data)
        require(0 <= low <= high, "A lower bound is larger than the upper bound.")
        matrix, factor = flattening(point, offset, shape, axis)
        if matrix.nrows() > matrix.ncols():
            matrix = matrix.transpose()
        size = matrix.nrows()
        require(size * size * matrix.ncols() <= 10 * MOST_WORK, "A matrix is too large.")
        gram = matrix * matrix.transpose()  # factor^2 times G
        vector, congruence = fields(proof, "vector", "congruence")
        v = fmpz_mat(size, 1, integers(vector, -LARGEST, LARGEST, "entry", size))
        length = (v.transpose() * v)[0, 0]
        require(length and (v.transpose() * gram * v)[0, 0] * high.denominator
                <= high.numerator * factor**2 * length, "The upper bound is not proved.")
        q = fmpz_mat([integers(row, -LARGEST, LARGEST, "entry", size)
                      for row in items(congruence, "matrix", size)])
        shifted = gram * low.denominator
        for i in range(size):
            shifted[i, i] -= low.numerator * factor**2
        for i, row in enumerate((q.transpose() * shifted * q).tolist()):
            require(2 * row[i] > sum(map(abs, row)), "The lower bound is not proved.")
    require(len({str(part[:3]) for part in data}) == len(data), "A matrix is stated twice.")
    return [f"smallest singular values ({len(data)}) are within their bounds"], []
