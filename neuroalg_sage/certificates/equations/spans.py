"""
Spaces that polynomials span, and minors of matrices.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from flint import fmpq_mpoly

from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.work import Work

MOST_TERMS = 2_000_000  # of the minors of some rows

Matrix = Sequence[Sequence[fmpq_mpoly]]


class Span:
    """A space of polynomials, by a basis with different leading monomials."""

    def __init__(self) -> None:
        self._basis: dict[tuple[int, ...], fmpq_mpoly] = {}

    @property
    def dimension(self) -> int:
        """The dimension of the space."""
        return len(self._basis)

    def add(self, f: fmpq_mpoly) -> bool:
        """Add a polynomial; whether it was not in the space."""
        while f:
            leading = f.monomial(0)
            other = self._basis.get(leading)
            if other is None:
                self._basis[leading] = f / f.leading_coefficient()
                return True
            f -= other * f.leading_coefficient()
        return False


def require_span(claimed: Iterable[fmpq_mpoly], made: Iterable[fmpq_mpoly]) -> None:
    """Verify that polynomials span the same space as others."""
    space, own = Span(), Span()
    dimension = sum(map(space.add, made))
    for g in claimed:
        own.add(g)
        require(not space.add(g), "A generator is not in the space of those that are proved.")
    require(own.dimension == dimension, "The generators span a smaller space.")


def minors(matrix: Matrix, size: int) -> Iterator[fmpq_mpoly]:
    """The nonzero minors of a matrix, by Laplace expansion, row by row."""
    if not matrix or not matrix[0]:
        return
    ring, work = matrix[0][0].context(), Work()
    for rows in itertools.combinations(matrix, size):
        own = Work(MOST_TERMS)
        table: dict[tuple[int, ...], fmpq_mpoly] = {(): ring.constant(1)}
        for row in rows:
            larger: dict[tuple[int, ...], fmpq_mpoly] = {}
            for columns, value in table.items():
                for j, entry in enumerate(row):
                    if entry and j not in columns:
                        sign = -1 if sum(c > j for c in columns) % 2 else 1
                        key = tuple(sorted((*columns, j)))
                        for bound in (work, own):
                            bound.spend(len(value) * len(entry))
                        larger[key] = larger.get(key, ring.constant(0)) + sign * value * entry
            table = {key: value for key, value in larger.items() if value}
        yield from table.values()
