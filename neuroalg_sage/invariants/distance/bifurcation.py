"""
Bifurcations: how many real critical points the distance has, as the data vary.

Let ℓ be a linear form on V that tells the critical points for generic data apart.  Its values
at them are the roots in T of one polynomial P(s, T) over Q.  For data at which P is of full degree
and squarefree in T, complex conjugation permutes critical points as it permutes the roots; so the
real points of the neurovariety among them are as many as the real roots, which are counted exactly.
Between zeros of the discriminant of P and of its leading coefficient their number is constant.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import index
from typing import Any

from flint import arb, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.singularities.algebraic_points import real_roots
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.distance.ed_discriminant import (
    CriticalEquations,
    ambient,
    ed_discriminant,
    of_parametrization,
)
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.singularities.decomposition import for_checker, fractions
from neuroalg_sage.models.expressions import Polynomial, from_flint, restricted, write_polynomial
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction, in_ring, univariate
from neuroalg_sage.storable import storable

ATTEMPTS = 4
LARGEST_COEFFICIENT = 999
MOST_SAMPLES = 200
INFINITY = "critical points at infinity"
TOGETHER = "critical points come together"
OTHER = "critical points at a singular point, or on no sheet of the slice"


@storable()
@dataclass(frozen=True)
class Breakpoint:
    """
    A real algebraic number s at which the critical points change.

    - ``polynomial`` -- its minimal polynomial in s, coefficients ascending
    - ``interval`` -- with rational ends, that isolates it among the real roots
    - ``cause`` -- why they change
    """

    polynomial: tuple[Fraction, ...]
    interval: tuple[Fraction, Fraction]
    cause: str

    def __float__(self) -> float:
        return float(sum(self.interval) / 2)

    def plain_value(self) -> dict[str, Any]:
        """The number as JSON data."""
        return {"polynomial": list(map(decimal, self.polynomial)),
                "interval": list(map(decimal, self.interval)), "cause": self.cause}

    def __str__(self) -> str:
        written = write_polynomial({(k,): c for k, c in enumerate(self.polynomial) if c}, ["s"])
        return f"s = {float(self):.6g}, a zero of {written}: {self.cause}"


@storable()
@dataclass(frozen=True, repr=False)
class Bifurcation:
    """
    - ``breakpoints`` -- in ascending order
    - ``counts`` -- numbers of real critical points before, between and after them
    - ``complex_count`` -- the number of complex ones for generic data on the line
    """

    breakpoints: tuple[Breakpoint, ...]
    counts: tuple[int, ...]
    complex_count: int

    def __str__(self) -> str:
        lines = [f"{self.counts[0]} of {self.complex_count} critical points are real"]
        for place, count in zip(self.breakpoints, self.counts[1:]):
            lines += [f"  {place}", f"{count} are real"]
        return "\n".join(lines)

    __repr__ = __str__


class BifurcationAnswer(Invariant):
    """How critical points change along a line.  The value is a :class:`Bifurcation`."""

    def statement(self, name: str = "") -> str:
        return f"{self.data}\n[{self.qualified_status()}]"

    def plain_value(self) -> dict[str, Any]:
        found: Bifurcation = self.data
        return {"complex": found.complex_count, "real": list(found.counts),
                "breakpoints": [place.plain_value() for place in found.breakpoints]}


@storable()
@dataclass(frozen=True, repr=False)
class Regions:
    """
    - ``samples`` -- pairs of the coordinates (s_0, s_1) of data and the number of real critical
      points; None where the data are special
    - ``complex_count`` -- the number of complex ones for generic data in the plane
    """

    samples: tuple[tuple[tuple[Fraction, Fraction], int | None], ...]
    complex_count: int

    @property
    def numbers(self) -> dict[int, int]:
        """For each number of real critical points how many samples have it."""
        found = [count for _, count in self.samples if count is not None]
        return {k: found.count(k) for k in sorted(set(found))}

    def __str__(self) -> str:
        parts = [f"{k} at {m} samples" for k, m in self.numbers.items()]
        return f"of {self.complex_count} critical points real: {', '.join(parts)}"

    __repr__ = __str__


def eliminant(system: CriticalEquations, minor: fmpq_mpoly, form: Sequence[int],
              computation: Computation) -> fmpq_mpoly:
    """
    The polynomial P(s, T) whose roots in T are the values of a linear form at critical points.

    INPUT:

    - ``minor`` -- what is not zero at the critical points that are meant
    - ``form`` -- its coefficients

    OUTPUT: a squarefree polynomial of FLINT, the last variable is T; constant if there are none

    Raises LimitReached if Macaulay2 reaches a limit.
    """
    size = system.unknowns + system.coordinates + 1
    names = (*system.names, "T")
    ring = PolynomialRingData(names)

    def with_value(f: fmpq_mpoly) -> Polynomial:
        return {(*e, 0): c for e, c in from_flint(f).items()}

    values: Polynomial = {(0,) * (size - 1) + (1,): Fraction(-1)}
    for c, f in zip(form, system.images):
        for e, a in with_value(f).items():
            values[e] = values.get(e, Fraction(0)) + c * a
    equations = tuple(map(with_value, system.equations))
    script = Script(
        f"{system.title}: the values of a linear form",
        {"A": ring, "E": PolynomialMatrix(ring, 1, len(equations), equations),
         "m": PolynomialMatrix(ring, 1, 1, (with_value(minor),), "polynomial"),
         "v": PolynomialMatrix(ring, 1, 1, ({e: c for e, c in values.items() if c},),
                               "polynomial")},
        f"D = trim eliminate(take(gens A, {system.unknowns}), saturate(ideal E, m) + ideal v);",
        {"eliminant": "if numgens D == 1 then D_0 else 0_A", "count": "numgens D"})
    results = computation.run(script)
    found = fractions(results["eliminant"].polynomial)
    if not found:
        raise LimitReached("The critical points are infinitely many for all of these data.")
    shorter = {e[system.unknowns:]: c for e, c in found.items()}
    ring_s = polynomial_ring(system.coordinates + 1)
    product = ring_s.constant(1)
    for factor, _ in for_checker([shorter], system.coordinates + 1)[0].factor()[1]:
        if factor.degrees()[-1]:
            product *= factor
    return product


def separating_eliminant(system: CriticalEquations, computation: Computation,
                         generator: random.Random) -> fmpq_mpoly:
    """P(s, T) of the largest degree in T among those of a few random linear forms."""
    best, agreed = None, 0
    minor = system.generic_minor(generator)
    for _ in range(ATTEMPTS):
        form = [generator.randint(1, LARGEST_COEFFICIENT) for _ in system.images]
        found = eliminant(system, minor, form, computation)
        if best is None or found.degrees()[-1] > best.degrees()[-1]:
            best, agreed = found, 0
        elif found.degrees()[-1] == best.degrees()[-1]:
            agreed += 1
        if agreed:
            break
    assert best is not None
    return best


def _coefficients(f: fmpq_mpoly) -> list[Fraction]:
    """The coefficients of a polynomial in the first variable only, ascending."""
    terms = {e[0]: c for e, c in from_flint(f).items()}
    return [terms.get(k, Fraction(0)) for k in range(max(terms, default=0) + 1)]


def number_of_real_roots(eliminant: fmpq_mpoly, point: Sequence[Fraction]) -> int | None:
    """The number of real roots at data; None if P is not of full degree or not squarefree there."""
    terms = restricted(from_flint(eliminant), dict(enumerate(point)))
    powers = [terms.get((k,), Fraction(0)) for k in range(int(eliminant.degrees()[-1]) + 1)]
    q = univariate(powers)
    if not powers[-1] or q.gcd(q.derivative()).degree():
        return None
    return len(real_roots(q)) if q.degree() else 0


def _isolated(polynomials: Sequence[fmpq_poly]) -> list[tuple[fmpq_poly, Fraction, Fraction]]:
    """The real roots of different irreducible polynomials in disjoint intervals, ascending."""
    roots = [(q, ball) for q in polynomials if q.degree() for ball in real_roots(q)]
    roots.sort(key=lambda pair: float(pair[1].mid()))
    ends = [(q, _rational(ball.lower()), _rational(ball.upper())) for q, ball in roots]
    for (_, _, high), (_, low, _) in zip(ends, ends[1:]):
        if high >= low:
            raise LimitReached("Two breakpoints are too near to be told apart in floating point.")
    return ends


def _rational(x: arb) -> Fraction:
    return fraction(x.fmpq())


def _between(places: Sequence[tuple[Any, Fraction, Fraction]]) -> list[Fraction]:
    """Rational numbers before, between and after intervals, as simple as possible."""
    if not places:
        return [Fraction(0)]
    samples = [Fraction((places[0][1]).__floor__() - 1)]
    for (_, _, left), (_, right, _) in zip(places, places[1:]):
        middle, bits = (left + right) / 2, 1
        while not left < (candidate := Fraction(round(middle * 2**bits), 2**bits)) < right:
            bits += 4
        samples.append(candidate)
    return [*samples, Fraction(places[-1][2].__ceil__() + 1)]


def bifurcation(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                computation: Computation, start: Any, end: Any, seed: int | None = None
                ) -> Invariant:
    """
    The numbers of real critical points as the data move along the line from start to end.

    The real points of the neurovariety are counted that are images of points over the complex
    numbers of a slice on which Dφ has rank dim M there.  A random combination of all minors of
    Dφ stands for its rank.  Breakpoints are exact; the counts between them are exact numbers of
    real roots.  That the linear form separates the critical points is not proved, nor is
    Macaulay2's elimination; so the status is ``numerical``.

    INPUT:

    - ``start``, ``end`` -- different points of V, n rational numbers each

    OUTPUT: an invariant, a :class:`Bifurcation`

    Raises InputError if the points are the same, LimitReached at a limit.

    EXAMPLES:

    On the axis of a parabola::

        >>> from neuroalg_sage import NeuroManifold, from_expressions
        >>> parabola = NeuroManifold(from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"]))
        >>> parabola.bifurcation([1, 0], [1, 1])
        1 of 3 critical points are real
          s = 1.69055, a zero of 16*s^3 - 24*s^2 + 12*s - 29: critical points come together
        3 are real (numerical)
    """
    begun = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    n = len(phi.polynomials)
    base, stop = ambient(n, start)[0], ambient(n, end)[0]
    if base == stop:
        raise InputError("The line of data needs two different points.")
    direction = [list(b - a for a, b in zip(base, stop))]
    origin, directions = ambient(n, list(base), direction)
    together = ed_discriminant(phi, dimension, form, computation, list(origin), direction, seed)
    system, _ = of_parametrization(phi, dimension.data, form, origin, directions, generator)
    p = separating_eliminant(system, computation, generator)
    degree = int(p.degrees()[-1])
    ring = p.context()
    leading = ring.from_dict({(e[0], 0): c for e, c in p.to_dict().items()
                              if int(e[-1]) == degree})
    factors: dict[str, list[fmpq_poly]] = {TOGETHER: [], INFINITY: [], OTHER: []}

    def add(f: fmpq_mpoly, cause: str) -> None:
        for part, _ in f.factor()[1]:
            q = univariate(_coefficients(part))
            q = q / q.leading_coefficient()
            if not any(q == other for known in factors.values() for other in known):
                factors[cause].append(q)

    for f in together.data.factors:
        add(in_ring(f, ring, 1),
            TOGETHER)
    add(leading, INFINITY)
    if degree > 1:
        add(p.discriminant(1), OTHER)
    places = _isolated([q for known in factors.values() for q in known])
    counts = [number_of_real_roots(p, [x]) for x in _between(places)]
    assert None not in counts, "a sample between breakpoints is special"
    kept: list[Breakpoint] = []
    numbers = [counts[0]]
    for (q, low, high), after in zip(places, counts[1:]):
        cause = next(name for name, known in factors.items() if any(q == f for f in known))
        if cause != OTHER or after != numbers[-1]:
            whole = [Fraction(int(c)) for c in q.numer().coeffs()]
            kept.append(Breakpoint(tuple(whole), (low, high), cause))
            numbers.append(after)
    found = Bifurcation(tuple(kept), tuple(int(c or 0) for c in numbers), degree)
    return BifurcationAnswer(
        "bifurcation", found, "numerical", "exact real roots of an eliminating polynomial; that a "
        "random linear form separates the critical points is not proved", None,
        time.perf_counter() - begun)


def critical_regions(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                     computation: Computation, directions: Any, origin: Any = None,
                     radius: Any = 2, samples: int = 9, seed: int | None = None) -> Invariant:
    """
    The numbers of real critical points for data on a grid in a plane.

    INPUT:

    - ``directions`` -- two vectors that span the plane
    - ``origin`` -- a point of the plane, by default 0
    - ``radius`` -- the grid is in |s_0|, |s_1| ≤ radius
    - ``samples`` -- on each side of the grid

    OUTPUT: an invariant, :class:`Regions`; the counts are exact as those of :func:`bifurcation`

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold, from_expressions
        >>> parabola = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
        >>> NeuroManifold(parabola, seed=1).critical_regions([[1, 0], [0, 1]], samples=5)
        of 3 critical points real: 1 at 21 samples, 3 at 4 samples (numerical)
    """
    from neuroalg_sage.models.sage_input import rational

    begun = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    base, rows = ambient(len(phi.polynomials), origin, directions)
    if len(rows) != 2:
        raise InputError("The data vary in a plane, spanned by two directions.")
    size = rational(radius, "radius")
    if size <= 0 or isinstance(samples, bool) or not hasattr(samples, "__index__") or not (
            1 < (samples := index(samples)) <= MOST_SAMPLES):
        raise InputError(f"A grid has a positive radius, and 2 to {MOST_SAMPLES} samples on each "
                         "side.")
    system, _ = of_parametrization(phi, dimension.data, form, base, rows, generator)
    p = separating_eliminant(system, computation, generator)
    steps = [size * Fraction(2 * i - samples + 1, samples - 1) for i in range(samples)]
    counted = tuple(((x, y), number_of_real_roots(p, [x, y])) for y in steps for x in steps)
    return Invariant("critical_regions", Regions(counted, int(p.degrees()[-1])), "numerical",
                     "exact real roots of an eliminating polynomial; that a random linear form "
                     "separates the critical points is not proved", None,
                     time.perf_counter() - begun)
