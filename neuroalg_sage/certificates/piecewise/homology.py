"""
Homology of complexes of polytopes, over the rational numbers or those modulo a prime.

Cells of dimension k are given by their facets, cells of dimension k - 1.  The boundary of an edge
is the difference of its vertices; in the boundary of a larger cell each facet has a sign, such
that the boundary of the boundary is zero.  As each facet of a facet belongs to two facets, and one
comes from a facet to any other by common facets, these signs exist and are unique up to one for
each cell.  So they are the incidence numbers of the complex with suitable orientations, and the
homology of this chain complex is that of the union of the cells.

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

from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.work import Work

Cells = list[list[int]]  # of one dimension, each as the numbers of its facets
Column = dict[int, Any]

MOST_STEPS = 300_000_000


def betti_numbers(levels: Sequence[Cells], prime: int = 0) -> list[int]:
    """
    The Betti numbers of a complex of polytopes.

    INPUT:

    - ``levels`` -- the cells by dimension; vertices have no facets
    - ``prime`` -- the characteristic of the field, 0 for the rational numbers

    EXAMPLES:

    A hollow triangle, and with its interior::

        >>> points, edges = [[], [], []], [[0, 1], [1, 2], [0, 2]]
        >>> betti_numbers([points, edges]), betti_numbers([points, edges, [[0, 1, 2]]], 2)
        ([1, 1], [1, 0, 0])
    """
    ranks, cleared, work = [0], set[int](), Work(MOST_STEPS)
    for k in range(len(levels) - 1, 0, -1):
        pivots: dict[int, Column] = {}
        for number, column in enumerate(boundaries(levels, k)):
            if number not in cleared:
                _reduce({row: c % prime if prime else Fraction(c) for row, c in column.items()},
                        pivots, prime, work)
        cleared = set(pivots)
        ranks.append(len(pivots))
    ranks.append(0)
    ranks.reverse()
    return [len(level) - ranks[k] - ranks[k + 1] for k, level in enumerate(levels)]


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


def boundaries(levels: Sequence[Cells], k: int) -> list[Column]:
    """The boundaries of the cells of dimension k, with their signs."""
    if k == 1:
        return [{first: 1, second: -1} for first, second in levels[1]]
    below = boundaries(levels, k - 1)
    found = []
    for cell in levels[k]:
        around: dict[int, list[int]] = {}
        for facet in cell:
            for ridge in below[facet]:
                around.setdefault(ridge, []).append(facet)
        signs, waiting = {cell[0]: 1}, [cell[0]]
        while waiting:
            facet = waiting.pop()
            for ridge, sign in below[facet].items():
                one, two = around[ridge]
                other = two if one == facet else one
                needed = -signs[facet] * sign * below[other][ridge]
                if other not in signs:
                    signs[other] = needed
                    waiting.append(other)
                require(signs[other] == needed, "A cell has no orientation.")
        require(len(signs) == len(cell), "The facets of a cell are not connected.")
        found.append(signs)
    return found
