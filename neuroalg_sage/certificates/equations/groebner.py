"""
Gröbner bases, verified, and the Hilbert series of their initial ideals.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import lcm
from typing import Any, NamedTuple

from flint import Ordering, fmpq, fmpq_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    member,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing
from neuroalg_sage.certificates.work import Work

MOST_STEPS = 2_000_000  # to find a Hilbert series
HIGHEST_DEGREE = 100_000  # of its numerator

Weight = tuple[int, ...]
Series = dict[Weight, int]


class HilbertSeries(NamedTuple):
    """
    The Hilbert series numerator / (1 - t)^dimension of a cone: that of M, or else over it.
    """

    dimension: int
    numerator: list[int]
    homogeneous: bool


class GroebnerBasis:
    """
    A Gröbner basis, verified, for a weighted reverse lexicographic order.

    A variable of weight k is represented by its k-th power in the graded reverse
    lexicographic order.  Monomials in these powers are closed under products
    and exact quotients, so Buchberger's criterion for the one order is that
    for the other.  Pairs of degrees up to ``known`` are left to the caller, who
    has verified that their remainders are zero.
    """

    def __init__(self, basis: list[fmpq_mpoly], weights: Sequence[int], known: int = 0) -> None:
        self.weights = tuple(weights)
        self.ring = fmpz_mpoly_ctx.get([f"v{i}" for i in range(len(weights))],
                                       Ordering.degrevlex)
        self.elements = [self._primitive(p) for p in basis]
        require(all(self.elements), "A Gröbner basis contains zero.")
        self.vector = fmpz_mpoly_vec(self.elements, self.ring)
        self.leading = [tuple(e // w for e, w in zip(map(int, f.monomial(0)), self.weights))
                        for f in self.elements]
        self._verify(known)

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

    def _verify(self, known: int) -> None:
        """
        Buchberger's criterion, with his two criteria for superfluous pairs.

        Pairs are ordered by the degree of their least common multiple, then
        by index.  A pair is left out if its leading monomials are coprime, or
        if a third leading monomial divides the least common multiple and both
        pairs with the third come before: its syzygy is a combination of theirs.
        """
        count, variables = len(self.leading), range(len(self.weights))
        dividing = [{e: sum(1 << k for k, m in enumerate(self.leading) if m[v] <= e)
                     for e in {m[v] for m in self.leading}} for v in variables]

        def join(i: int, j: int) -> tuple[int, ...]:
            return tuple(map(max, self.leading[i], self.leading[j]))

        def key(i: int, j: int) -> tuple[int, int, int]:
            return (sum(e * w for e, w in zip(join(i, j), self.weights)), min(i, j), max(i, j))

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
                    require(own[0] <= known or self._vanishes(self.elements[i].spoly(
                        self.elements[j])), "A Gröbner basis fails Buchberger's criterion.")


def require_incomparable(components: Sequence[tuple[list[fmpq_mpoly], GroebnerBasis]]) -> None:
    """Verify that of some ideals, each with a Gröbner basis, none contains another."""
    for (first, _), (_, other) in itertools.permutations(components, 2):
        require(not all(map(other.contains, first)), "A component lies in another.")


def groebner_basis(model: Model, generators: list[fmpq_mpoly], evidence: Any) -> GroebnerBasis:
    """Verify a Gröbner basis of I(M), which the generators generate."""
    n = model.ambient_dimension
    basis = polynomials(member(evidence, "groebner_basis"), polynomial_ring(n))
    vanishing(model, basis)
    groebner = GroebnerBasis(basis, [1] * n)
    require(all(map(groebner.contains, generators)),
            "The Gröbner basis does not contain the generators.")
    return groebner


def hilbert_numerator(leading: Sequence[Weight], weights: Sequence[Weight],
                      work: Work | None = None) -> Series:
    """
    The numerator K(t) of the Hilbert series K(t) / ∏ (1 - t^w) of a monomial ideal.

    Its variables have the weights w; the series is by the exact sequence
    0 → S/(I : x)(-w) → S/I → S/(I + x) → 0.
    """
    minimal = [m for m in set(leading)
               if not any(o != m and all(map(int.__le__, o, m)) for o in set(leading))]
    work = work or Work(MOST_STEPS)
    work.spend(1 + len(minimal))
    one = {(0,) * len(weights[0]): 1}
    if not minimal:
        return one
    if any(not any(m) for m in minimal):
        return {}
    uses = [sum(1 for m in minimal if m[v]) for v in range(len(minimal[0]))]
    pivot = max(range(len(uses)), key=uses.__getitem__)
    if uses[pivot] == 1:  # pairwise coprime
        numerator = one
        for m in minimal:
            shift = tuple(sum(e * w[k] for e, w in zip(m, weights))
                          for k in range(len(weights[0])))
            numerator = _add(numerator, numerator, shift, -1)
        return numerator
    colon = hilbert_numerator([(*m[:pivot], max(m[pivot] - 1, 0), *m[pivot + 1 :])
                               for m in minimal], weights, work)
    rest = hilbert_numerator([m for m in minimal if not m[pivot]], weights, work)
    # S/(I + x) has the series of the rest times (1 - t^w).
    return _add(_add(rest, rest, weights[pivot], -1), colon, weights[pivot], 1)


def _add(a: Series, b: Series, shift: Weight, sign: int) -> Series:
    """The series a + sign t^shift b."""
    total = dict(a)
    for w, c in b.items():
        key = tuple(map(int.__add__, w, shift))
        total[key] = total.get(key, 0) + sign * c
    return {w: c for w, c in total.items() if c}


def hilbert_data(leading: Sequence[tuple[int, ...]], variables: int
                 ) -> tuple[int, int, list[int]]:
    """Dimension, degree, and the numerator over (1 - t)^dimension, of a monomial ideal."""
    # Variables in the ideal change neither; without them the monomials are shorter.
    zero = {m.index(1) for m in leading if sum(m) == 1}
    leading = [tuple(e for v, e in enumerate(m) if v not in zero) for m in leading
               if not any(m[v] for v in zero)]
    dimension = variables - len(zero)
    series = hilbert_numerator(leading, [(1,)] * max(dimension, 1))
    require(series, "The ideal is the whole ring.")
    require(max(series)[0] <= HIGHEST_DEGREE, "A Hilbert series has too high a degree.")
    numerator = [series.get((t,), 0) for t in range(max(series)[0] + 1)]
    while sum(numerator) == 0:
        numerator = list(itertools.accumulate(numerator))  # divide by 1 - t
        dimension -= 1
    return dimension, sum(numerator), numerator


def homogeneous_parts(f: fmpq_mpoly) -> list[fmpq_mpoly]:
    """The homogeneous parts of a polynomial; an ideal with all of them is homogeneous."""
    parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
    for e, c in zip(exponent_vectors(f), f.coeffs()):
        parts.setdefault(sum(e), {})[e] = c
    return [f.context().from_dict(part) for part in parts.values()]


def hilbert_series(groebner: GroebnerBasis, generators: list[fmpq_mpoly]) -> HilbertSeries:
    """
    The Hilbert series of an ideal with its generators, or that of its projective closure unless
    it is homogeneous.  The order being graded, it is that of the initial ideal.
    """
    homogeneous = all(map(groebner.contains, (
        part for g in generators for part in homogeneous_parts(g))))
    dimension, _, numerator = hilbert_data(groebner.leading, len(groebner.weights))
    return HilbertSeries(dimension + (not homogeneous), numerator, homogeneous)
