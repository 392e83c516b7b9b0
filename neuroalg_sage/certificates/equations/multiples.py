"""
Multiples of equations by monomials, and whether they are all equations of a degree.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from math import lcm, prod

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.ranks import rank
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


def all_of_degree(equations: list[fmpq_mpoly], weights: list[Weight], values: list[list[int]],
                  degree: int, p: int) -> int:
    """
    Verify that multiples of equations are all equations of one degree; the dimension of their
    space.

    The equations vanish on a variety, whose ideal is graded by the weights of the coordinates, and
    at points of it modulo a prime, whose coordinates are given.  In one weight, let there be m
    monomials.  The multiples there have some rank r modulo the prime: so at least r equations over
    Q.  The monomials have at the points values of some rank s: so at most m - s equations.
    """
    blocks: dict[Weight, list[tuple[int, ...]]] = {}
    for chosen in itertools.combinations_with_replacement(range(len(weights)), degree):
        blocks.setdefault(tuple(map(sum, zip(*(weights[i] for i in chosen)))), []).append(chosen)
    rows: dict[Weight, list[dict[tuple[int, ...], int]]] = {}
    for weight, row in multiples(equations, weights, degree, p):
        rows.setdefault(weight, []).append(row)
    dimension = 0
    for weight, monomials in blocks.items():
        found, size = rows.get(weight, []), len(monomials)
        require(len(found) + len(values) >= size, "There are too few points.")
        lower = rank([[row.get(m, 0) for m in monomials] for row in found], size, p)
        upper = size - rank([[prod(v[i] for i in m) % p for m in monomials]
                             for v in values[: size + 8]], size, p)
        require(lower == upper, "The equations of a weight are not proved to be all.")
        dimension += lower
    return dimension
