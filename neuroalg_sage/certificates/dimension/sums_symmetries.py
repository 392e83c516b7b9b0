"""
Linear symmetries of weighted sums, without their terms.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from neuroalg_sage.certificates.dimension.kronecker import SparseMatrix, factor

if TYPE_CHECKING:
    from neuroalg_sage.certificates.weighted_sums import WeightedSums


def is_compatible(sums: WeightedSums, flow: SparseMatrix, action: SparseMatrix) -> bool:
    """
    Whether a field on the parameters and the inputs moves the outputs by ``action``; False may
    also mean that this argument does not apply.

    Let the action be y[o, i] -> Σ_k g[o, k] y[k, i], the same for all i, and let the flow be
    w[o, q] -> Σ_k g[o, k] w[k, q] + Σ_r h[q, r] w[o, r] and b[o] -> Σ_k g[o, k] b[k] on the
    parameters.  What it makes of y[o, i] differs from the action by Σ_r w[o, r] times the sum
    of Σ_q h[q, r] X[q, i] and of what it makes of X[r, i].  So these are to vanish.
    """
    weights, count = sums.blocks * sums.inner, sums.parameters
    if any((u < weights, u < count) != (v < weights, v < count) for u, v in flow):
        return False
    g = factor(action, sums.places)
    added = {(u - weights, v - weights): c for (u, v), c in flow.items()
             if weights <= u < count}
    if g is None or added != (g if sums.bias else {}):
        return False
    rest = {place: c for place, c in flow.items() if place[0] < weights}
    for (o, k), c in g.items():
        for q in range(sums.inner):
            place = o * sums.inner + q, k * sums.inner + q
            rest[place] = rest.get(place, Fraction(0)) - c
    # The rest is the same for all o.
    h = factor({(u % sums.inner * sums.blocks + u // sums.inner,
                 v % sums.inner * sums.blocks + v // sums.inner): c
                for (u, v), c in rest.items() if c}, sums.blocks)
    if h is None:
        return False
    moves = _by_row({(u - count, v - count): c for (u, v), c in flow.items() if u >= count})
    turns = _by_row(h)
    for i in range(sums.places if turns or moves else 0):
        total: SparseMatrix = {}
        for q, j, c in sums.form(i):
            for place, d in [*(((r, j), d) for r, d in turns.get(q, ())),
                             *(((q, k), d) for k, d in moves.get(j, ()))]:
                total[place] = total.get(place, Fraction(0)) + c * d
        if any(total.values()):
            return False
    return True


def _by_row(matrix: SparseMatrix) -> dict[int, list[tuple[int, Fraction]]]:
    """The entries of each row that has some, with their columns."""
    rows: dict[int, list[tuple[int, Fraction]]] = {}
    for (i, j), c in matrix.items():
        rows.setdefault(i, []).append((j, c))
    return rows
