"""
Multiples of equations by monomials.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from math import lcm

from flint import fmpq_mpoly

from neuroalg_sage.certificates.reading import exponent_vectors, require

Weight = tuple[int, ...]


def multiples(equations: list[fmpq_mpoly], weights: list[Weight], degree: int, p: int
              ) -> Iterator[tuple[Weight, dict[tuple[int, ...], int]]]:
    """The multiples of equations by monomials, of one degree, modulo a prime, with weights."""
    n = len(weights)
    for f in equations:
        scale = lcm(1, *(int(c.q) for c in f.coeffs()))
        terms = [([i for i, e in enumerate(exponents) for _ in range(e)],
                  int(c.p) * (scale // int(c.q)) % p)
                 for exponents, c in zip(exponent_vectors(f), f.coeffs())]
        sizes = {len(m) for m, _ in terms}
        found = {tuple(map(sum, zip(*(weights[i] for i in m)))) for m, _ in terms}
        require(len(sizes) == 1 and len(found) == 1 and 0 not in sizes,
                "An equation is not homogeneous.")
        missing, weight = degree - sizes.pop(), found.pop()
        if missing < 0:
            continue
        for factor in itertools.combinations_with_replacement(range(n), missing):
            own = tuple(map(sum, zip(weight, *(weights[i] for i in factor))))
            yield own, {tuple(sorted((*m, *factor))): c for m, c in terms}
