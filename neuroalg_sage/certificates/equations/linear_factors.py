"""
Coefficients of products of powers of linear forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, prod

from flint import fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.reading import require

MOST_TERMS = 20_000


def coefficients(ring: fmpq_mpoly_ctx, blocks: Sequence[Sequence[int]], powers: Sequence[int]
                 ) -> list[fmpq_mpoly]:
    """
    Those of the product of powers of the linear forms whose coefficients are some variables.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> coefficients(polynomial_ring(4), [[0, 1], [2, 3]], [1, 1])
        [v0*v2, v1*v2 + v0*v3, v1*v3]
    """
    a, y = len(blocks[0]), ring.gens()
    require(prod(comb(k + a - 1, k) for k in powers) <= MOST_TERMS, "The powers are too large.")
    found: dict[tuple[int, ...], fmpq_mpoly] = {(0,) * a: ring.constant(1)}
    for block, power in zip(blocks, powers):
        for _ in range(power):
            more: dict[tuple[int, ...], fmpq_mpoly] = {}
            for e, g in found.items():
                for i, k in enumerate(block):
                    to = (*e[:i], e[i] + 1, *e[i + 1:])
                    more[to] = more.get(to, 0) + y[k] * g
            found = more
    return list(found.values())


def monic(f: fmpq_mpoly) -> str:
    """What a polynomial is up to a factor."""
    return str(f / f.leading_coefficient())
