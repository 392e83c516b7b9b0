"""
All conservation laws of a flow up to a degree, and how many there are at all.

A law is a function of the parameters that is constant along the flows of all losses ℓ∘φ.  For
gradient flow this is so if and only if its gradient is orthogonal to the gradients of all
coordinates of φ.  The number of laws is the largest number that are independent at a generic
point.  It is proved from both sides:

- polynomial laws whose differentials are independent modulo a prime at one point are
  independent at a generic point;
- the differentials of laws vanish on the Lie algebra of the fields, whose dimension at a generic
  point is at least the rank of some brackets at one point modulo a prime.

Where φ is too large to be expanded, laws come from linear symmetries, see
:mod:`~neuroalg_sage.invariants.dynamics.quadratic_laws`.

REFERENCES:

- [MGP2023]_ for gradient flow, [MGP2024]_ for other flows
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dynamics.balancedness import balancedness
from neuroalg_sage.invariants.dynamics.conservation_law import (
    ConservationLaw,
    ConservationLaws,
    NumberOfLaws,
)
from neuroalg_sage.invariants.dynamics.flows import Flow
from neuroalg_sage.invariants.dynamics.law_search import EXTRA_ROWS, LawSearch
from neuroalg_sage.invariants.dynamics.lie_algebra import BracketsOfPolynomials
from neuroalg_sage.invariants.dynamics.vector_fields import VectorFields
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization

GRADIENT_FLOW = Flow()
MOST_BRACKET_VARIABLES = 400
MANY_PARAMETERS = 40


def law_search(phi: Parametrization, flow: Flow = GRADIENT_FLOW, seed: int | None = None,
               progress: Any = lambda message: None) -> LawSearch:
    """The search for the laws of a flow; those that theory names are tried first."""
    space = VectorFields(phi, flow)
    known: list[tuple[str, Polynomial]] = []
    if flow.friction is None and flow.is_euclidean:
        # Weight decay μ multiplies a quadratic form by e^(-2μt), which s^2 undoes.
        after = (2,) if flow.rate else ()
        known = [(name, {e + after: c for e, c in law.items()})
                 for name, law in balancedness(phi.model)]
    return LawSearch(space, known, seed, progress)


def _named(name: str, search: LawSearch) -> tuple[str, list[Any]]:
    """What a claim is called, and the flow with which its value begins, if it is another."""
    flow = search.space.flow
    return (name, []) if flow == GRADIENT_FLOW else (f"{name}_of_flow", [search.space.describe()])


def conservation_laws(search: LawSearch, degree: int) -> ConservationLaws:
    """
    Generators of the algebra of all polynomial laws up to a degree.

    A law that is a polynomial in laws before it is not listed.

    INPUT:

    - ``search`` -- the search for laws
    - ``degree`` -- the largest degree; under weight decay that in the parameters, so that laws
      of twice that degree in these and s are found

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a list of
    :class:`~neuroalg_sage.invariants.dynamics.conservation_law.ConservationLaw`

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("linear:1,1,1"))
        >>> conservation_laws(law_search(phi), 3)
        [-w_0^2 + w_1^2 (balancedness of layers 1 and 2)] (proved)
    """
    start = time.perf_counter()
    degree = search.space.flow.degree_of_laws(degree)
    laws = search.up_to(degree)
    prime = modular.random_prime(search.generator)
    points = [[search.generator.randrange(1, prime) for _ in range(search.space.count)]
              for _ in range(2 * search.largest_weight + EXTRA_ROWS)]
    evidence = {"gradings": [[m, list(w)] for m, w in search.space.gradings], "prime": prime,
                "points": points}
    name, before = _named("conservation_laws", search)
    return ConservationLaws.certified(
        search.space.phi.model, name, laws, "proved", "linear algebra in weight spaces",
        time.perf_counter() - start, evidence,
        claim=[*before, degree, [encode_polynomial(h.polynomial) for h in laws]])


def check_size(model: Model, flow: Flow) -> None:
    """Raise LimitReached if a flow has too many variables for brackets."""
    count = model.parameter_count * (1 if flow.friction is None else 2)
    if count > MOST_BRACKET_VARIABLES:
        raise LimitReached(f"Brackets of fields in {count} variables are not computed, only in up "
                           f"to {MOST_BRACKET_VARIABLES}.")


def room_between(number: Invariant) -> int:
    """How far the bounds for a number of laws are from each other."""
    return number.data[1] - number.data[0] if number.status == "bounds" else 0


def number_of_conservation_laws(search: LawSearch, degree: int) -> Invariant:
    """
    The largest number of laws, polynomial or not, that are independent at a generic point.

    INPUT:

    - ``search`` -- the search for laws
    - ``degree`` -- the largest degree of polynomial laws to look for

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer, ``proved``;
    or with the status ``bounds`` a lower and an upper bound, where polynomial laws up to this
    degree are fewer than the Lie algebra leaves room for

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> number_of_conservation_laws(law_search(parametrization(parse_spec("linear:2,3,2"))), 2)
        6 (proved)
    """
    start = time.perf_counter()
    space, count = search.space, search.space.count
    check_size(space.phi.model, space.flow)
    prime = modular.random_prime(search.generator)
    point = [search.generator.randrange(1, prime) for _ in range(count)]
    brackets = BracketsOfPolynomials(space, prime, point)
    laws: list[ConservationLaw] = []
    lower = 0
    for bound in range(1, space.flow.degree_of_laws(degree) + 1):
        # Without any law there is nothing to meet before all degrees are done.
        laws = search.up_to(bound)
        lower = _independent(space, laws, point, prime)
        if lower and brackets.extend(count - lower) == count - lower:
            break
    rank = brackets.extend(count - lower)
    search.progress(f"{lower} independent laws; the Lie algebra has dimension {rank} at a point")
    evidence = {"laws": [encode_polynomial(h.polynomial) for h in laws],
                "words": brackets.words, "prime": prime, "point": point}
    bounds = [lower, count - rank]
    proved = lower == count - rank
    name, before = _named("number_of_conservation_laws", search)
    data: Any = lower if proved else bounds
    return NumberOfLaws.certified(
        space.phi.model, name, data, "proved" if proved else "bounds",
        "independent laws, and the Lie algebra at a point modulo a prime",
        time.perf_counter() - start, evidence,
        claim=[*before, *bounds[: 1 if proved else 2]] if before else data)


def _independent(space: VectorFields, laws: list[ConservationLaw], point: list[int], prime: int
                 ) -> int:
    """How many differentials of laws are independent at a point modulo a prime."""
    rows = [[evaluate(derivative(h.polynomial, i), point, prime) for i in range(space.count)]
            for h in laws]
    return modular.rank(np.array(rows, dtype=np.int64).reshape(len(rows), space.count), prime)
