"""
Betti numbers of chain complexes, over the rational numbers or those modulo a prime.

**Ranks.**  A matrix is reduced column by column: the last entry of a column that is not zero is
its pivot, and columns before with the same pivot are subtracted until it is that of none.
Boundaries are reduced from the largest dimension on.  If j is the pivot of a reduced boundary,
this is a cycle whose last cell is j: so the boundary of j is a combination of those of cells
before it, and that column is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.work import Work

Column = dict[int, Any]
Complex = list[list[Column]]

MOST_STEPS = 300_000_000


def betti_numbers(boundaries: Sequence[Sequence[Column]], prime: int = 0) -> list[int]:
    """
    The Betti numbers of a chain complex.

    INPUT:

    - ``boundaries`` -- for each dimension the boundaries of the cells, which are empty in
      dimension 0, and have the boundary zero
    - ``prime`` -- the characteristic of the field, 0 for the rational numbers

    EXAMPLES:

    A point and an edge from it to itself, to which a disk is glued twice around::

        >>> plane = [[{}], [{}], [{0: 2}]]
        >>> betti_numbers(plane), betti_numbers(plane, 2)
        ([1, 0, 0], [1, 1, 1])
    """
    ranks, cleared, work = [0], set[int](), Work(MOST_STEPS)
    for k in range(len(boundaries) - 1, 0, -1):
        pivots: dict[int, Column] = {}
        for number, column in enumerate(boundaries[k]):
            if number not in cleared:
                _reduce({row: value for row, c in column.items()
                         if (value := c % prime if prime else Fraction(c))}, pivots, prime, work)
        cleared = set(pivots)
        ranks.append(len(pivots))
    ranks.append(0)
    ranks.reverse()
    return [len(level) - ranks[k] - ranks[k + 1] for k, level in enumerate(boundaries)]


def _reduce(column: Column, pivots: dict[int, Column], prime: int, work: Work) -> None:
    """Reduce a column by others, and keep it with its pivot if it is not zero."""
    while column:
        last = max(column)
        other = pivots.get(last)
        if other is None:
            inverse = pow(column[last], -1, prime) if prime else 1 / column[last]
            pivots[last] = {row: c * inverse % prime if prime else c * inverse
                            for row, c in column.items()}
            return
        work.spend(len(other))
        factor = column[last]
        for row, c in other.items():
            value = column.get(row, 0) - factor * c
            if prime:
                value %= prime
            if value:
                column[row] = value
            else:
                column.pop(row, None)


def chain_complex(cells: Sequence[Any], dimension: Callable[[Any], int],
                   boundary: Callable[[Any], Iterator[tuple[Any, int]]]) -> Complex:
    levels: list[list[Any]] = [[] for _ in range(1 + max(map(dimension, cells)))]
    for cell in cells:
        levels[dimension(cell)].append(cell)
    found: Complex = []
    number: dict[Any, int] = {}
    for level in levels:
        columns = []
        for cell in level:
            column: Column = {}
            for facet, sign in boundary(cell):
                column[number[facet]] = column.get(number[facet], 0) + sign
            columns.append(column)
        found.append(columns)
        number = {cell: k for k, cell in enumerate(level)}
    return found


def signs_of(degrees: Sequence[int], signed: bool) -> tuple[int, ...]:
    """The signs s that occur, for the link or for the projectivization."""
    return (1, -1) if signed and any(d % 2 for d in degrees) else (1,)


def hemispheres(sizes: Sequence[int], degrees: Sequence[int], signed: bool) -> Complex:
    """The complex of a product of spheres up to signs, with a cell for each stratum and sign."""
    signs = signs_of(degrees, signed)
    cells = list(itertools.product(itertools.product(*map(range, sizes)), signs))

    def boundary(cell: tuple[tuple[int, ...], int]) -> Iterator[tuple[Any, int]]:
        dimensions, s = cell
        for i, k in enumerate(dimensions):
            if k:
                lower = (*dimensions[:i], k - 1, *dimensions[i + 1:])
                sign = (-1) ** sum(dimensions[:i])
                yield (lower, s), sign
                yield (lower, s * (-1) ** degrees[i] if signs[1:] else 1), sign * (-1) ** k

    return chain_complex(cells, lambda cell: sum(cell[0]), boundary)
