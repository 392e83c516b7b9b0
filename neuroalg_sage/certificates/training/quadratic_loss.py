"""
A quadratic loss on the ambient space.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.boxes import exact, is_positive
from neuroalg_sage.certificates.reading import fields, integer, items, rational, require

MOST_DIMENSIONS = 200


class Problem:
    """A loss L(z) = z^T Q z - 2 b^T z + c on V."""

    def __init__(self, data: Any, n: int) -> None:
        quadratic, linear, constant = fields(data, "quadratic", "linear", "constant")
        require(n <= MOST_DIMENSIONS, f"The ambient space has over {MOST_DIMENSIONS} dimensions.")
        require(set(data) == {"quadratic", "linear", "constant"}, "A loss has an unknown field.")
        self.n = n
        self.matrix = fmpq_mat(n, n)
        for term in items(quadratic, "quadratic form"):
            i, j, c = items(term, "term", 3)
            place = integer(i, 0, n - 1, "coordinate"), integer(j, i, n - 1, "coordinate")
            require(not self.matrix[place], "A quadratic form names a term twice.")
            self.matrix[place] = self.matrix[j, i] = number(c)
            require(self.matrix[place], "A quadratic form names a zero.")
        self.rows = self.matrix.tolist()
        self.target = [number(c) for c in items(linear, "linear form", n)]
        self.constant = number(constant)

    @cached_property
    def independent_rows(self) -> list[int] | None:
        """Rows of Q z = b that are independent and imply all of them; None if none of z does."""
        _, pivots = echelon([[*row, c] for row, c in zip(self.rows, self.target)])
        # Q is symmetric: rows are independent where columns are.
        return None if self.n in pivots else pivots

    @cached_property
    def is_convex(self) -> bool:
        """Whether Q is positive semidefinite."""
        return is_positive(self.matrix, strictly=False)

    def __call__(self, z: Sequence[Any], zero: Any) -> Any:
        """The loss at a point of V, over any ring that holds the rational numbers."""
        return sum((x * (s - c) for x, s, c in zip(z, self.differential(z, zero), self.target)),
                   zero + self.constant)

    def differential(self, z: Sequence[Any], zero: Any) -> list[Any]:
        """Half the differential of the loss at a point of V."""
        return [sum((x * c for x, c in zip(z, row) if c), zero - b)
                for row, b in zip(self.rows, self.target)]


def number(data: Any) -> fmpq:
    """A rational number in lowest terms, as text."""
    return exact(rational(data))


def echelon(rows: list[list[fmpq]]) -> tuple[fmpq_mat, list[int]]:
    """The reduced row echelon form of a matrix, and the columns of its pivots."""
    reduced, rank = fmpq_mat(rows).rref() if rows else (fmpq_mat(0, 0), 0)
    return reduced, [next(j for j in range(len(rows[0])) if reduced[i, j]) for i in range(rank)]
