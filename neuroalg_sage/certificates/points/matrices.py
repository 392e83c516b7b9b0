"""
Ranks of matrices of weights.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import lcm, prod
from typing import Any

from flint import fmpz_mat, nmod_mat

from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.reading import Checked, integer, integers, items, require
from neuroalg_sage.certificates.work import MOST_WORK

PRIME = 2**61 - 1


def flattening(point: Point, offset: Any, shape_data: Any, axis: Any) -> tuple[fmpz_mat, int]:
    """
    The array of this shape whose entries are the weights from ``offset`` on, as a matrix: its rows
    belong to one axis, and its columns to all others.  It is integral after a factor, the second
    value.
    """
    shape = integers(shape_data, 1, 10**6, "shape of an array")
    start = integer(offset, 0, point.model.parameters, "offset")
    row_axis = integer(axis, 0, len(shape) - 1, "axis")
    require(start + prod(shape) <= point.model.parameters, "An array has too many entries.")
    rows: list[list[Fraction]] = [[] for _ in range(shape[row_axis])]
    for place, c in zip(itertools.product(*map(range, shape)), point.weights[start:]):
        rows[place[row_axis]].append(c)
    factor = lcm(*(c.denominator for row in rows for c in row))
    return fmpz_mat([[int(c * factor) for c in row] for row in rows]), factor


def exact_rank(matrix: fmpz_mat) -> int:
    """The rank over Q; that modulo a prime is not larger."""
    m, n = matrix.nrows(), matrix.ncols()
    if nmod_mat(matrix, PRIME).rank() == min(m, n):
        return min(m, n)
    require(m * n * min(m, n) <= MOST_WORK, "A matrix is too large for its exact rank.")
    return int(matrix.rank())


def check_ranks(point: Point, claimed: Any, evidence: Any) -> Checked:
    """Verify ranks: [offset, shape, axis, rank] for each flattening of an array of weights."""
    data = items(claimed, "claim")
    for part in data:
        offset, shape, axis, rank = items(part, "rank of a flattening", 4)
        found = exact_rank(flattening(point, offset, shape, axis)[0])
        require(type(rank) is int and rank == found, f"A rank is not that claimed, but {found}.")
    require(len({str(part) for part in data}) == len(data), "A flattening is stated twice.")
    return [f"ranks of matrices ({len(data)}) over Q"], []
