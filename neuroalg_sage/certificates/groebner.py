"""
Gröbner bases, verified, and the Hilbert series of their initial ideals.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import factorial, lcm
from typing import Any

from flint import Ordering, fmpq_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec

from neuroalg_sage.certificates.reading import exponent_vectors, require


class GroebnerBasis:
    """
    A Gröbner basis, verified, for a weighted reverse lexicographic order.

    A variable of weight k is represented by its k-th power in the graded reverse
    lexicographic order.  Monomials in these powers are closed under products
    and exact quotients, so Buchberger's criterion for the one order is that
    for the other.
    """

    def __init__(self, polynomials: list[fmpq_mpoly], weights: Sequence[int]) -> None:
        self.weights = tuple(weights)
        self.ring = fmpz_mpoly_ctx.get([f"v{i}" for i in range(len(weights))],
                                       Ordering.degrevlex)
        self.elements = [self._primitive(p) for p in polynomials]
        require(all(self.elements), "A Gröbner basis contains zero.")
        self.vector = fmpz_mpoly_vec(self.elements, self.ring)
        self.leading = [tuple(e // w for e, w in zip(map(int, f.monomial(0)), self.weights))
                        for f in self.elements]
        self._verify()

    def _primitive(self, f: fmpq_mpoly) -> Any:
        scale = lcm(1, *(int(c.q) for c in f.coeffs()))
        return self.ring.from_dict({
            tuple(e * w for e, w in zip(exponents, self.weights)): int(c.p) * (scale // int(c.q))
            for exponents, c in zip(exponent_vectors(f), f.coeffs())})

    def contains(self, f: fmpq_mpoly) -> bool:
        """Whether a polynomial lies in the ideal: it reduces to zero."""
        return self._vanishes(self._primitive(f))

    def _vanishes(self, f: Any) -> bool:
        return bool(f == 0) or (bool(self.elements) and
                                bool(f.reduction_primitive_part(self.vector) == 0))

    def _verify(self) -> None:
        """
        Buchberger's criterion, with his two criteria for superfluous pairs.

        Pairs are ordered by the degree of their least common multiple, then
        by index.  A pair is left out if its leading monomials are coprime, or
        if a third leading monomial divides the least common multiple and both
        pairs with the third come before: its syzygy is a combination of theirs.
        """
        count, variables = len(self.leading), range(len(self.weights))
        highest = [max((m[v] for m in self.leading), default=0) for v in variables]
        dividing = [[sum(1 << k for k, m in enumerate(self.leading) if m[v] <= e)
                     for e in range(highest[v] + 1)] for v in variables]

        def join(i: int, j: int) -> tuple[int, ...]:
            return tuple(map(max, self.leading[i], self.leading[j]))

        def key(i: int, j: int) -> tuple[int, int, int]:
            degree = sum(e * w for e, w in zip(join(i, j), self.weights))
            return (degree, min(i, j), max(i, j))

        for i in range(count):
            for j in range(i + 1, count):
                if not any(a and b for a, b in zip(self.leading[i], self.leading[j])):
                    continue
                multiple = join(i, j)
                candidates = ~(1 << i | 1 << j)
                for v in variables:
                    candidates &= dividing[v][multiple[v]]
                own = key(i, j)
                while candidates > 0:
                    k = (candidates & -candidates).bit_length() - 1
                    candidates &= candidates - 1
                    if key(i, k) < own and key(j, k) < own:
                        break
                else:
                    require(self._vanishes(self.elements[i].spoly(self.elements[j])),
                            "A Gröbner basis fails Buchberger's criterion.")


def hilbert_numerator(leading: Sequence[tuple[int, ...]]) -> list[int]:
    """
    The numerator K(t) of the Hilbert series K(t) / (1 - t)^n of a monomial ideal.

    By the exact sequence 0 → S/(I : x)(-1) → S/I → S/(I + x) → 0.
    """
    minimal = [m for m in set(leading)
               if not any(o != m and all(map(int.__le__, o, m)) for o in set(leading))]
    if not minimal:
        return [1]
    if any(not any(m) for m in minimal):
        return [0]
    uses = [sum(1 for m in minimal if m[v]) for v in range(len(minimal[0]))]
    pivot = max(range(len(uses)), key=uses.__getitem__)
    if uses[pivot] == 1:  # pairwise coprime
        numerator = [1]
        for m in minimal:
            numerator = _subtract(numerator, [0] * sum(m) + numerator)
        return numerator
    colon = hilbert_numerator([(*m[:pivot], max(m[pivot] - 1, 0), *m[pivot + 1 :])
                               for m in minimal])
    rest = hilbert_numerator([m for m in minimal if not m[pivot]])
    # S/(I + x) has the series of the rest times (1 - t).
    return _subtract(_subtract(rest, [0, *rest]), [-c for c in [0, *colon]])


def _subtract(a: list[int], b: list[int]) -> list[int]:
    return [x - y for x, y in itertools.zip_longest(a, b, fillvalue=0)]


def hilbert_data(leading: Sequence[tuple[int, ...]], variables: int
                 ) -> tuple[int, int, list[int]]:
    """Dimension, degree, and the numerator over (1 - t)^dimension, of a monomial ideal."""
    numerator, dimension = hilbert_numerator(leading), variables
    require(any(numerator), "The ideal is the whole ring.")
    while sum(numerator) == 0:
        numerator = list(itertools.accumulate(numerator))  # divide by 1 - t
        dimension -= 1
    return dimension, sum(numerator), numerator


def hilbert_polynomial(numerator: list[int], dimension: int) -> list[Fraction]:
    """The coefficients, ascending, of Σ_k c_k binomial(i - k + d - 1, d - 1)."""
    total = [Fraction(0)] * dimension
    for k, c in enumerate(numerator):
        term = [Fraction(c, factorial(max(dimension - 1, 0)))] if dimension else []
        for shift in range(1, dimension):
            term = [a * (shift - k) + b
                    for a, b in zip([*term, Fraction(0)], [Fraction(0), *term])]
        total = [a + b for a, b in itertools.zip_longest(total, term, fillvalue=Fraction(0))]
    while total and not total[-1]:
        total.pop()
    return total
