"""
Homology of complexes of polytopes, over the rational numbers or those modulo a prime.

Cells of dimension k are given by their facets, cells of dimension k - 1.  The boundary of an edge
is the difference of its vertices; in the boundary of a larger cell each facet has a sign, such
that the boundary of the boundary is zero.  As each facet of a facet belongs to two facets, and one
comes from a facet to any other by common facets, these signs exist and are unique up to one for
each cell.  So they are the incidence numbers of the complex with suitable orientations, and the
homology of this chain complex is that of the union of the cells.
"""

from __future__ import annotations

from collections.abc import Sequence

from neuroalg_sage.certificates import chain_complexes
from neuroalg_sage.certificates.chain_complexes import Column
from neuroalg_sage.certificates.reading import require

Cells = list[list[int]]  # of one dimension, each as the numbers of its facets


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
    return chain_complexes.betti_numbers(
        [boundaries(levels, k) for k in range(len(levels))], prime)


def boundaries(levels: Sequence[Cells], k: int) -> list[Column]:
    """The boundaries of the cells of dimension k, with their signs."""
    if k == 0:
        return [{} for _ in levels[0]]
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
