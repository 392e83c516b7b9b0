"""
Betti numbers of chain complexes, over the rational numbers or those modulo a prime.

**Ranks.**  A matrix is reduced column by column: the last entry of a column that is not zero is
its pivot, and columns before with the same pivot are subtracted until it is that of none.
Boundaries are reduced from the largest dimension on.  If j is the pivot of a reduced boundary,
this is a cycle whose last cell is j: so the boundary of j is a combination of those of cells
before it, and that column is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.work import Work

Column = dict[int, Any]

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
