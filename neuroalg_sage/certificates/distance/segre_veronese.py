"""
Polar degrees of Segre-Veronese varieties, by Chern classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import comb, prod

from neuroalg_sage.certificates.reading import require

MOST_CELLS = 200_000


def segre_veronese(sizes: Sequence[int], degrees: Sequence[int]) -> list[int]:
    """
    The polar degrees of X, the product of the P^(k - 1) embedded by forms of these degrees.

    X is smooth of dimension m: p_j = Σ_i (-1)^i C(m + 1 - i, j - i) deg c_i(X) h^(m - i).
    A. Holme, The geometric and numerical properties of duality in projective algebraic geometry,
    Manuscripta Math. 61 (1988).
    """
    require(prod(sizes) <= MOST_CELLS, "The variety is too large for the formula.")
    m = sum(sizes) - len(sizes)
    top = [0] * (m + 1)
    for a in product(*map(range, sizes)):
        i = sum(a)
        term, rest = 1, m - i
        for k, b, e in zip(sizes, a, degrees):
            term *= comb(k, b) * comb(rest, k - 1 - b) * e ** (k - 1 - b)
            rest -= k - 1 - b
        top[i] += term
    return [sum((-1) ** i * comb(m + 1 - i, j - i) * top[i] for i in range(j + 1))
            for j in range(m + 1)]
