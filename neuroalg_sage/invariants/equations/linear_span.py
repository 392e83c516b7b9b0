"""
The space that the neurovariety spans, and the neurovariety in coordinates of that space.

Many coordinates of V may be zero on M, or linear combinations of others, as for attention or for a
product of linear forms in different inputs.  All linear equations are found first, exactly: the
rank of values modulo a prime bounds their number from above, forms that are verified from below.
They express some coordinates by the others, to which M projects isomorphically.  There everything
else is computed, in a ring that can be far smaller, and carried back.

Why that suffices is at :func:`neuroalg_sage.certificates.equations.linear_span.check_linear_span`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.equations.groebner import HilbertSeries
from neuroalg_sage.certificates.reading import polynomial_ring, polynomials
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch, generators
from neuroalg_sage.invariants.equations.generators import Ideal, primitive
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.rational import to_flint
from neuroalg_sage.models.sources import model_from_data, polynomial_model

FindIdeal = Callable[[Parametrization, Invariant], tuple[Invariant, Invariant]]


@dataclass(frozen=True)
class LinearSpan:
    """
    An affine space that contains M, by equations that express coordinates by others.

    - ``phi`` -- the parametrization of M
    - ``coordinates`` -- those that are kept, S
    - ``forms`` -- for each other coordinate i one equation z_i - λ_i, with λ_i of degree at most
      one in the coordinates of S
    - ``network`` -- a network whose coordinates, in their order, are those of φ_S
    - ``names`` -- for each of its parameters the one of φ that it is
    """

    phi: Parametrization
    coordinates: tuple[int, ...]
    forms: tuple[Polynomial, ...]
    network: Model | None = None
    names: tuple[int, ...] = ()

    @property
    def n(self) -> int:
        """The number of coordinates of V."""
        return len(self.phi.polynomials)

    @cached_property
    def within(self) -> Parametrization:
        """
        The projection of M to S, parametrized by (w, x) ↦ φ_S(w) x in one input x, or by the
        network.

        EXAMPLES::

            >>> from neuroalg_sage.models.parametrization import parametrization
            >>> from neuroalg_sage.models.sources import from_expressions
            >>> phi = parametrization(from_expressions(["a^2*x^2 + b^2*x + 2*a^2"], ["a", "b"],
            ...                                        ["x"]))
            >>> linear_span(phi).within.written()
            ['w_1^2', '2*w_0^2']
        """
        if self.network is not None:
            return parametrization(self.network)
        if not self.forms:
            return self.phi
        kept = tuple(self.phi.polynomials[i] for i in self.coordinates)
        model = polynomial_model([{(*e, 1): c for e, c in p.items()} for p in kept],
                                 [f"w_{i}" for i in range(self.phi.parameter_count)], ["x"])
        return Parametrization(model, tuple(model.coordinates()), kept)

    @cached_property
    def combinations(self) -> dict[int, dict[int | None, Fraction]]:
        """For each coordinate i outside S the coefficients of λ_i; of the constant at None."""
        found = {}
        for form in self.forms:
            entries = {next((i for i, k in enumerate(e) if k), None): Fraction(c)
                       for e, c in form.items()}
            (i,) = set(entries) - set(self.coordinates) - {None}
            lead = entries.pop(i)
            assert i is not None
            found[i] = {j: -c / lead for j, c in entries.items()}
        return found

    def series(self, within: HilbertSeries) -> HilbertSeries:
        """The Hilbert series of M, from that in the coordinates of S."""
        dimension, numerator, homogeneous = within
        cone = homogeneous and not any(None in c for c in self.combinations.values())
        # What is a cone in the span is none in V if the span does not contain 0.
        return HilbertSeries(dimension + (homogeneous and not cone), numerator, cone)

    def directions(self) -> list[dict[int, Fraction]]:
        """For each coordinate of S the vector of the space in its direction, sparse."""
        return [{j: Fraction(1)} | {i: c[j] for i, c in self.combinations.items() if j in c}
                for j in self.coordinates]

    def equations(self, within: Sequence[Polynomial]) -> list[Polynomial]:
        """The equations on V of what has these equations in the coordinates of S."""
        return [*self.forms, *(self.moved(f) for f in within)]

    def restricted(self, f: Polynomial) -> Polynomial:
        """
        A polynomial in the coordinates of V as one in those of S, which it is on the space.

        EXAMPLES::

            >>> from neuroalg_sage.models.parametrization import parametrization
            >>> from neuroalg_sage.models.sources import from_expressions
            >>> phi = parametrization(from_expressions(["a*x^2 + b*x + 2*a"], ["a", "b"], ["x"]))
            >>> linear_span(phi).restricted({(2, 0, 0): 3})
            {(0, 2): Fraction(3, 4)}
        """
        ring = polynomial_ring(len(self.coordinates))
        variables = dict(zip(self.coordinates, ring.gens()))
        one = ring.constant(1)
        images = [variables[i] if i in variables else sum(
            ((one if j is None else variables[j]) * to_flint(a)
             for j, a in self.combinations[i].items()), one - one) for i in range(self.n)]
        (g,) = polynomials([encode_polynomial(f)], polynomial_ring(self.n))
        return from_flint(g.compose(*images, ctx=ring))

    def moved(self, f: Polynomial) -> Polynomial:
        """A polynomial in the coordinates of S as one in those of V."""
        result = {}
        for e, c in f.items():
            exponents = [0] * self.n
            for i, k in zip(self.coordinates, e):
                exponents[i] = k
            result[tuple(exponents)] = c
        return result

    def tangent(self, vector: Sequence[Polynomial]) -> list[Polynomial]:
        """The vector that the isomorphism makes of one in the coordinates of S."""
        entries = {i: self.moved(f) for i, f in zip(self.coordinates, vector)}
        for i, combination in self.combinations.items():
            total: Polynomial = {}
            for j, a in combination.items():
                if j is not None:
                    for e, c in entries[j].items():
                        total[e] = total.get(e, Fraction(0)) + a * c
            entries[i] = {e: c for e, c in total.items() if c}
        return [entries[i] for i in range(self.n)]

    def point(self, point: Sequence[int], prime: int) -> list[int]:
        """The point modulo a prime that the isomorphism makes of one in the coordinates of S."""
        entries = dict(zip(self.coordinates, point))
        for i, combination in self.combinations.items():
            entries[i] = sum(a.numerator * pow(a.denominator, -1, prime)
                             * (1 if j is None else entries[j])
                             for j, a in combination.items()) % prime
        return [entries[i] for i in range(self.n)]


def linear_span(phi: Parametrization, search: EquationSearch | None = None) -> LinearSpan | None:
    """
    The affine span of M; None if it is V, or a point.

    INPUT:

    - ``phi`` -- the parametrization
    - ``search`` -- a search for the equations of M; by default a new one

    Raises LimitReached if a limit stops the search for linear equations.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> span = linear_span(parametrization(parse_spec("attention:d=2,a=2,out=1,t=2")))
        >>> span.n, len(span.coordinates)
        (40, 6)
    """
    n = len(phi.polynomials)
    linear = generators(search or EquationSearch(phi), 1)
    rows = [{next((i for i, k in enumerate(e) if k), n): Fraction(c) for e, c in f.items()}
            for f in linear]
    reduced = _reduced(rows)
    if not reduced or len(reduced) == n:
        return None
    coordinates = tuple(i for i in range(n) if i not in reduced)
    return LinearSpan(phi, coordinates, tuple(
        {tuple(int(i == j) for i in range(n)): c for j, c in reduced[pivot].items()}
        for pivot in sorted(reduced)))


def _reduced(rows: Sequence[dict[int, Fraction]]) -> dict[int, dict[int, Fraction]]:
    """The reduced echelon form of independent sparse rows: for each pivot, the first, its row."""
    result: dict[int, dict[int, Fraction]] = {}

    def subtract(row: dict[int, Fraction], pivot: int, other: dict[int, Fraction]) -> None:
        factor = row.get(pivot)
        if factor:
            for j, c in other.items():
                row[j] = row.get(j, Fraction(0)) - factor * c
                if not row[j]:
                    del row[j]

    for given in rows:
        row = dict(given)
        for pivot in sorted(set(row) & set(result)):
            subtract(row, pivot, result[pivot])
        if row:
            lead = min(row)
            row = {j: c / row[lead] for j, c in row.items()}
            for other in result.values():
                subtract(other, lead, row)
            result[lead] = row
    return result


def ideal_in_the_span(span: LinearSpan, find: FindIdeal, seed: int) -> Ideal:
    """
    The ideal of M: the linear equations, and the ideal of M in the coordinates of its span.

    INPUT:

    - ``span`` -- the span
    - ``find`` -- finds the ideal from a parametrization and a dimension
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`
    """
    start = time.perf_counter()
    inner, _ = find(span.within, dimension(span.within.model, seed))
    assert inner.certificate is not None
    equations = [primitive(f) for f in span.equations(inner.data)]
    same = {} if span.network is None else {
        "model": span.network.describe(), "parameters": list(span.names)}
    where = (f"in the {len(span.coordinates)} coordinates of the span of M"
             if span.network is None else f"the coordinates are those of {span.network}")
    return Ideal.certified(
        span.phi.model, "ideal", equations, "proved", f"{inner.method}, {where}",
        time.perf_counter() - start,
        {"argument": "linear span", "coordinates": list(span.coordinates), **same,
         "ideal": inner.certificate["evidence"]}, inner.trust,
        claim=[encode_polynomial(g) for g in equations],
        versions=inner.certificate["engines"], coordinates=span.n)


def ideal_within(phi: Parametrization, found: Invariant) -> tuple[LinearSpan, Invariant]:
    """
    The space in which an ideal was found, the span or else V, and the ideal in its coordinates.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("attention:d=2,a=2,out=1,t=2")
        >>> span, ideal = ideal_within(M.parametrization(), M.ideal())
        >>> ideal.gens()
        [z_0*z_2*z_3^2 - ... - z_1^2*z_5^2]
    """
    assert found.certificate is not None
    proof = found.certificate["evidence"]
    if proof["argument"] != "linear span":
        return LinearSpan(phi, tuple(range(len(phi.polynomials))), ()), found
    kept = proof["coordinates"]
    others = [i for i in range(len(phi.polynomials)) if i not in set(kept)]
    forms, equations = [], []
    for f in found.data:
        if any(e[i] for e in f for i in others):
            forms.append(f)
        else:
            equations.append({tuple(e[i] for i in kept): c for e, c in f.items()})
    span = LinearSpan(phi, tuple(kept), tuple(forms), model_from_data(proof["model"]),
                      tuple(proof["parameters"])) if "model" in proof else LinearSpan(
        phi, tuple(kept), tuple(forms))
    inner = Ideal.certified(
        span.within.model, "ideal", equations, "proved", found.method, found.seconds,
        proof["ideal"], found.trust, claim=[encode_polynomial(g) for g in equations],
        versions=found.certificate["engines"], coordinates=len(kept))
    return span, inner

