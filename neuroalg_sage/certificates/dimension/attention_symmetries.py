"""
Linear symmetries of attention, without its terms.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from neuroalg_sage.certificates.dimension.kronecker import SparseMatrix, factor

if TYPE_CHECKING:
    from neuroalg_sage.certificates.attention import Attention


def is_compatible(layer: Attention, flow: SparseMatrix, action: SparseMatrix) -> bool:
    """
    Whether a field on the parameters and the inputs moves the outputs by ``action``; False may
    also mean that this argument does not apply.

    Let the flow be X -> A X, Q -> g Q - Q A, K -> h K - K A and V -> u V - V A.  Then Q X, K X
    and V X move by g, h and u.  If h^T + g = s I, then (K X)^T (Q X) moves by s, and the
    outputs move by u + s I.
    """
    count, size = layer.parameters, layer.a * layer.d
    inputs = factor({(i - count, j - count): c for (i, j), c in flow.items() if i >= count},
                    layer.tokens)
    moved = []
    for start, rows in ((0, layer.a), (size, layer.a), (2 * size, layer.b)):
        own = range(start, start + rows * layer.d)
        block = {(i - start, j - start): c for (i, j), c in flow.items() if i in own}
        if any(i in own and j not in own for i, j in flow):
            return False
        for (i, j), c in (inputs or {}).items():  # (Q A)[r, j] is the sum of Q[r, i] A[i, j]
            for r in range(rows):
                place = r * layer.d + j, r * layer.d + i
                block[place] = block.get(place, Fraction(0)) + c
        moved.append(factor({place: c for place, c in block.items() if c}, layer.d))
    g, h, u = moved
    if inputs is None or g is None or h is None or u is None:
        return False
    both, made = dict(g), dict(u)
    for (i, j), c in h.items():
        both[j, i] = both.get((j, i), Fraction(0)) + c
    s = both.get((0, 0), Fraction(0))
    for r in range(layer.b):
        made[r, r] = made.get((r, r), Fraction(0)) + s
    return {place: c for place, c in both.items() if c} == (
        {(r, r): s for r in range(layer.a)} if s else {}) and factor(
            action, layer.tokens) == {place: c for place, c in made.items() if c}
