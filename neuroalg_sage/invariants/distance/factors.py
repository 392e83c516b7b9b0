"""
Networks whose functions are products, as those of attention: the coefficients of the factors as
parameters.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import combinations
from typing import Any

from flint import Ordering, fmpq_mpoly_ctx, nmod_mat

from neuroalg_sage.engines import modular
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate, from_flint
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import echelon, fraction, in_ring, to_flint

MOST_TERMS, MOST_FACTORS = 20_000, 12


def basis_of(polynomials: Sequence[Polynomial], most: int | None = None
             ) -> tuple[list[int], list[list[Fraction]]]:
    """
    Polynomials that are a basis of the space of all, and how they combine to each; the latter is
    left out if there are more than ``most``.

    EXAMPLES::

        >>> basis_of([{(1,): Fraction(1)}, {(1,): Fraction(2)}])
        ([0], [[Fraction(1, 1)], [Fraction(2, 1)]])
    """
    places = {e: k for k, e in enumerate(sorted({e for f in polynomials for e in f}))}
    table = [[Fraction(0)] * len(polynomials) for _ in places]
    for i, f in enumerate(polynomials):
        for e, c in f.items():
            table[places[e]][i] = c
    reduced, pivots = echelon(table, len(polynomials))
    if most is not None and len(pivots) > most:
        return pivots, []
    return pivots, [[fraction(reduced[k, i]) for k in range(len(pivots))]
                    for i in range(len(polynomials))]


def are_independent(polynomials: Sequence[Polynomial], count: int, generator: random.Random
                    ) -> bool:
    """
    Whether polynomials in so many variables are seen to be algebraically independent.

    EXAMPLES::

        >>> x, square = {(1,): Fraction(1)}, {(2,): Fraction(1)}
        >>> are_independent([square], 1, random.Random(1))
        True
        >>> are_independent([x, square], 1, random.Random(1))
        False
    """
    if len(polynomials) > count:
        return False
    prime = modular.random_prime(generator)
    return int(jacobian_modulo(polynomials, count, prime, generator).rank()) == len(polynomials)


def jacobian_modulo(polynomials: Sequence[Polynomial], count: int, prime: int,
                    generator: random.Random) -> nmod_mat:
    """The Jacobian matrix of polynomials in so many variables at a random point modulo a prime."""
    point = [generator.randrange(prime) for _ in range(count)]
    return nmod_mat(len(polynomials), count, [evaluate(derivative(f, v), point, prime)
                                              for f in polynomials for v in range(count)], prime)


@dataclass(frozen=True)
class Factor:
    """
    A factor of all outputs, or what is left of them, as polynomials in parameters and inputs.

    - ``entries`` -- one polynomial, or one for each output
    - ``multiplicity`` -- how often it is a factor
    - ``count`` -- the number of parameters
    """

    entries: tuple[Any, ...]
    multiplicity: int
    count: int

    def coefficients(self) -> dict[tuple[int, tuple[int, ...]], Polynomial]:
        """For each entry and monomial in the inputs its coefficient."""
        found: dict[tuple[int, tuple[int, ...]], Polynomial] = {}
        for i, f in enumerate(self.entries):
            for e, c in from_flint(f).items():
                found.setdefault((i, e[self.count :]), {})[e[: self.count]] = c
        return found

    def functions(self) -> list[Polynomial]:
        """A basis of the space of coefficients."""
        parts = list(self.coefficients().values())
        return [parts[k] for k in basis_of(parts)[0]]

    def times(self, other: Factor) -> Factor | None:
        """The product of two factors, one of which may be what is left."""
        if self.multiplicity != other.multiplicity:
            return None
        if len(self.entries) > 1:
            return Factor(tuple(f * other.entries[0] for f in self.entries), 1, self.count) if len(
                other.entries) == 1 else None
        return Factor(tuple(f * self.entries[0] for f in other.entries), self.multiplicity,
                      self.count)


def through_factors(phi: Parametrization, generator: random.Random
                    ) -> tuple[list[Polynomial], list[Polynomial]] | None:
    """
    Functions ρ of the parameters, independent, and ψ with φ = ψ(ρ), where a factor divides all
    outputs; None if none does, or its coefficients are not independent.

    Factors that occur as often are one if the coefficients of their product are still independent:
    linear forms in two inputs are multiplied to a form of higher degree.

    EXAMPLES: Two layers of attention: the cube of a quadratic form times a cubic form. ::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("attention:d=2,a=1,out=1,t=1,layers=2"))
        >>> inner, outer = through_factors(phi, random.Random(1))
        >>> phi.parameter_count, len(inner), max(sum(e) for f in outer for e in f)
        (14, 7, 4)
    """
    count, inputs = phi.model.parameter_count, phi.model.input_count
    if inputs < 2 or sum(map(len, phi.polynomials)) > MOST_TERMS:
        return None
    ring = fmpq_mpoly_ctx.get([f"v{i}" for i in range(count + inputs)], Ordering.lex)
    terms: dict[int, dict[tuple[int, ...], Any]] = {}
    for (output, e), f in zip(phi.coordinates, phi.polynomials):
        for w, c in f.items():
            terms.setdefault(output, {})[(*w, *e)] = to_flint(c)
    outputs = {o: ring.from_dict(t) for o, t in terms.items()}
    if not outputs:
        return None
    common = reduce(lambda f, g: f.gcd(g), outputs.values())
    factors = [Factor((f,), int(m), count) for f, m in common.factor()[1]]
    if not factors or len(factors) > MOST_FACTORS:
        return None
    constant = common.factor()[0]
    left = [f / common * constant for f in outputs.values()]
    if not all(f.is_constant() for f in left):
        factors.append(Factor(tuple(left), 1, count))
        left = [ring.constant(1)] * len(left)
    factors = _merged(factors, generator)
    functions = [f.functions() for f in factors]
    inner = sum(functions, [])
    if len(inner) >= count or not are_independent(inner, count, generator):
        return None
    scales = [f.leading_coefficient() for f in left]
    return inner, _product(phi, dict(zip(outputs, scales)), factors, len(inner), inputs)


def _merged(factors: list[Factor], generator: random.Random) -> list[Factor]:
    """The factors, as many as possible multiplied."""
    while True:
        for a, b in combinations(factors, 2):
            product = a.times(b)
            if product is None:
                continue
            functions = product.functions()
            if len(functions) <= len(a.functions()) + len(b.functions()) and are_independent(
                    functions, product.count, generator):
                factors = [f for f in factors if f is not a and f is not b] + [product]
                break
        else:
            return factors


def _product(phi: Parametrization, scales: dict[int, Any], factors: Sequence[Factor], size: int,
             inputs: int) -> list[Polynomial]:
    """The coordinates of the product of factors with a parameter for each function."""
    ring = fmpq_mpoly_ctx.get([f"y{i}" for i in range(size + inputs)], Ordering.lex)
    values = [ring.constant(c) for c in scales.values()]
    start = 0
    for factor in factors:
        table = factor.coefficients()
        pivots, rows = basis_of(list(table.values()))
        entries: list[Polynomial] = [{} for _ in factor.entries]
        for (i, e), row in zip(table, rows):
            for k, c in enumerate(row):
                if c:
                    entries[i][(*(int(j == start + k) for j in range(size)), *e)] = c
        start += len(pivots)
        made = [in_ring(f, ring) ** factor.multiplicity for f in entries]
        values = [v * (made[k] if len(made) > 1 else made[0]) for k, v in enumerate(values)]
    found: dict[tuple[int, tuple[int, ...]], Polynomial] = {}
    for output, value in zip(scales, values):
        for e, c in from_flint(value).items():
            found.setdefault((output, e[size:]), {})[e[:size]] = c
    return [found.get(place, {}) for place in phi.coordinates]
