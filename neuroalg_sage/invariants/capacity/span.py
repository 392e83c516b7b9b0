"""
The space that a neuromanifold spans, and whether it has the least degree that it can have there.

Why ranks of coefficients suffice is in ``certificates.capacity.span``.
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import inf, lcm, nextafter
from typing import Any

from neuroalg_sage.certificates.capacity.span import span_dimensions
from neuroalg_sage.certificates.capacity.span_by_values import MOST_POINTS, span_by_values
from neuroalg_sage.certificates.dimension.dimension import RANDOM
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import (
    MAXIMAL_COORDINATES,
    check_size,
    expansion_bound,
    parametrization,
)

EXPANDED_TERMS = 20_000
LARGEST = 10**12  # random weights
MOST_ERROR = 1e-4


class Span(Invariant):
    """The dimensions of the linear and of the affine span; the value is the first of them."""

    @cached_property
    def value(self) -> int:
        """The dimension of the linear span."""
        return int(self.data[0])

    @property
    def affine_dimension(self) -> int:
        """The dimension of the affine span."""
        return int(self.data[1])

    def sentence(self) -> str:
        linear, affine = self.data
        return f"{linear}" + (f", with an affine span of dimension {affine}" if affine < linear
                              else "")

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  values at {self.data[0]} generic inputs determine a function of the span; the "
                f"pseudo-dimension of an output is at most {self.data[0]}"]

    def plain_value(self) -> Any:
        linear, affine = self.data
        return {"lower": str(linear), "upper": str(linear), "lower_by": self.method,
                "upper_by": self.method, "affine": str(affine)}


def span(model: Model, seed: int | None = None) -> Span:
    """
    The dimension of the linear span of M, and of the affine span.

    Where φ is small these are ranks of its coefficients.  Else the coordinates are sorted by
    weights, and of each weight as many occur as their values at random points have as rank.

    Raises LimitReached if the functions are too large to be written down.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> span(parse_spec("attention:d=2,a=2,out=1,t=2"))
        6 (proved)
        >>> span(parse_spec("mlp:20,20,10:x^2"))
        2100 (proved)
    """
    start = time.perf_counter()
    checked = rebuilt(model)
    if model.ambient_dimension > MAXIMAL_COORDINATES:
        check_size(model)
    if expansion_bound(model) > EXPANDED_TERMS:
        with suppress(CertificateError):
            return _by_values(model, checked, random.Random(seed), start)
    parametrization(model)  # says in a sentence what is too large
    try:
        dimensions = span_dimensions(checked)
    except CertificateError as error:
        raise LimitReached(f"The span of {model} is too large: {error}") from None
    return Span.certified(model, "span", list(dimensions), "proved",
                          "rank of the coefficients of the coordinates",
                          time.perf_counter() - start, {})


def _by_values(model: Model, checked: Checked, generator: random.Random, start: float) -> Span:
    """The span by values at random points: more and more of them, until these do not matter."""
    weights = generic_weights(checked, generator)
    seed, count, before = generator.getrandbits(64), 1, [-1, -1]
    while True:
        found, is_proved, error = span_by_values(checked, weights, seed, count)
        if is_proved or (found == before and error < MOST_ERROR):
            break
        if count == MOST_POINTS:
            raise LimitReached(f"The span of {model} has too large a dimension for one weight.")
        count, before = min(2 * count, MOST_POINTS), found
    evidence = {"weights": weights, "seed": seed, "points": count}
    return Span.certified(
        model, "span", found, "proved" if is_proved else "monte_carlo",
        "values of the coordinates at random points, weight by weight",
        time.perf_counter() - start, evidence, [] if is_proved else [RANDOM],
        error_bound=None if is_proved else rounded_up(error))


def rounded_up(c: Fraction) -> float:
    """A floating-point number that is not smaller."""
    return nextafter(float(c), inf)


def generic_weights(model: Checked, generator: random.Random) -> list[list[int]]:
    """
    Weights of parameters and inputs for which all outputs are homogeneous, as general as possible.

    The weights of all entries of all states are unknowns, and each term of a step is a linear
    equation.  They are solved one after the other, the unknowns that are left are random.

    EXAMPLES: w x, a x + b y, and a square of that; weights of y and of b, of x and of a add up to
    that of the sum. ::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = Checked(parse_spec("mlp:2,1,1:x^2").describe())
        >>> (a, b, c), (x, y) = generic_weights(model, random.Random(1))
        >>> a + x == b + y, len({a, b, c, x, y})
        (True, 5)
    """
    places = list(accumulate(model.widths, initial=model.parameters))
    solved: dict[int, dict[int, Fraction]] = {}
    used: dict[int, set[int]] = {}  # in which solutions an unknown occurs

    def reduced(form: dict[int, Fraction]) -> dict[int, Fraction]:
        total: dict[int, Fraction] = {}
        for v, c in form.items():
            for u, d in solved.get(v, {v: Fraction(1)}).items():
                total[u] = total.get(u, Fraction(0)) + c * d
        return {v: c for v, c in total.items() if c}

    for k, step in enumerate(model.steps):
        names = [*range(step.offset, step.offset + step.parameters),
                 *(v for s in step.sources for v in range(places[s], places[s + 1]))]
        for j, terms in enumerate(step.outputs):
            for monomial in terms:
                form = {names[v]: Fraction(e) for v, e in monomial}
                form[places[k + 1] + j] = Fraction(-1)
                form = reduced(form)
                if not form:
                    continue
                # A parameter occurs in few equations, so that few solutions change.
                v = min(form, key=lambda u: (u >= model.parameters, -u))
                pivot = form.pop(v)
                solved[v] = {u: -c / pivot for u, c in form.items()}
                for u in solved[v]:
                    used.setdefault(u, set()).add(v)
                for w in used.pop(v, set()):
                    if v in solved[w]:
                        solved[w] = reduced(solved[w])
                        for u in solved[w]:
                            used.setdefault(u, set()).add(w)
    values = {v: Fraction(generator.randrange(-LARGEST, LARGEST)) for v in range(places[-1])
              if v not in solved}
    wanted = [sum((c * values[u] for u, c in solved.get(v, {v: Fraction(1)}).items()), Fraction(0))
              for v in range(places[1])]
    common = lcm(*(c.denominator for c in wanted))
    weights = [int(c * common) for c in wanted]
    return [weights[:model.parameters], weights[model.parameters:]]


def is_of_minimal_degree(model: Model, dimension: Invariant, degree: Invariant,
                         spanned: Span) -> Invariant:
    """
    Whether the degree is the least one of a variety that spans so large a space.

    Raises LimitReached if dimension or degree are not proved.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:2,1,1:x^2")
        >>> is_of_minimal_degree(M.model, M.dimension(), M.degree(), M.span())
        True (proved)
    """
    start = time.perf_counter()
    if dimension.certificate is None or degree.certificate is None or (
            spanned.certificate is None) or not (
            dimension.status == degree.status == spanned.status == "proved"):
        raise LimitReached(f"The dimension, the degree and the span of {model} are not all proved, "
                           "so it is not decided whether the degree is minimal.")
    of_span = spanned.certificate["evidence"]
    return certified(
        model, "is_of_minimal_degree",
        spanned.affine_dimension == dimension.data + degree.data - 1, "proved",
        "the dimension of the affine span, and the degree", time.perf_counter() - start,
        {"dimension": dimension.data, "dimension_evidence": dimension.certificate["evidence"],
         "degree": degree.data, "degree_evidence": degree.certificate["evidence"],
         **({"span": spanned.data, "span_evidence": of_span} if of_span else {})},
        [*dimension.trust, *(name for name in degree.trust if name not in dimension.trust)])
