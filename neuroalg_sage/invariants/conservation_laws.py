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

Where φ is too large to be expanded, laws come from linear symmetries: if w ↦ S w is in the
kernel of Dφ and S is symmetric, then w^T S w is a law, since its gradient is 2 S w.

REFERENCES:

- S. Marcotte, R. Gribonval, G. Peyré, Abide by the law and follow the flow: conservation laws
  for gradient flows, NeurIPS 2023, arXiv:2307.00144
- S. Marcotte, R. Gribonval, G. Peyré, Keep the momentum: conservation laws beyond Euclidean
  gradient flows, ICML 2024, arXiv:2405.12888
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.balancedness import balancedness
from neuroalg_sage.invariants.flows import Flow, VectorFields
from neuroalg_sage.invariants.invariant import Invariant, certified
from neuroalg_sage.invariants.law_search import EXTRA_ROWS, ConservationLaw, LawSearch
from neuroalg_sage.invariants.lie_algebra import Brackets
from neuroalg_sage.invariants.upper_bounds import encode_symmetries
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.symmetry import LinearSymmetry, SparseMatrix

GRADIENT_FLOW = Flow()
MOST_BRACKET_VARIABLES = 400
MOST_SYMMETRIES = 3_000


def law_search(phi: Parametrization, flow: Flow = GRADIENT_FLOW, seed: int | None = None,
               progress: Any = lambda message: None) -> LawSearch:
    """The search for the laws of a flow; those that theory names are tried first."""
    space = VectorFields(phi, flow)
    known: list[tuple[str, Polynomial]] = []
    if flow.friction is None and flow.metric is None and flow.mirror is None:
        # Weight decay μ multiplies a quadratic form by e^(-2μt), which s^2 undoes.
        after = (2,) if flow.rate else ()
        known = [(name, {e + after: c for e, c in law.items()})
                 for name, law in balancedness(phi.model)]
    return LawSearch(space, known, seed, progress)


def _named(name: str, search: LawSearch) -> tuple[str, list[Any]]:
    """What a claim is called, and the flow with which its value begins, if it is another."""
    flow = search.space.flow
    return (name, []) if flow == GRADIENT_FLOW else (f"{name}_of_flow", [search.space.describe()])


def conservation_laws(search: LawSearch, degree: int) -> Invariant:
    """
    Generators of the algebra of all polynomial laws up to a degree.

    A law that is a polynomial in laws before it is not listed.

    INPUT:

    - ``search`` -- the search for laws
    - ``degree`` -- the largest degree

    OUTPUT: :class:`~neuroalg_sage.invariants.invariant.Invariant`, a list of
    :class:`~neuroalg_sage.invariants.law_search.ConservationLaw`

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("linear:1,1,1"))
        >>> conservation_laws(law_search(phi), 3)
        [-w_0^2 + w_1^2 (balancedness of layers 1 and 2)] (proved)
    """
    start = time.perf_counter()
    laws = search.up_to(degree)
    prime = modular.random_prime(search.generator)
    points = [[search.generator.randrange(1, prime) for _ in range(search.space.count)]
              for _ in range(2 * search.largest_weight + EXTRA_ROWS)]
    evidence = {"gradings": [[m, list(w)] for m, w in search.space.gradings], "prime": prime,
                "points": points}
    name, before = _named("conservation_laws", search)
    return certified(search.space.phi.model, name, laws, "proved",
                     "linear algebra in weight spaces", time.perf_counter() - start, evidence,
                     claim=[*before, degree, [encode_polynomial(h.polynomial) for h in laws]])


def number_of_conservation_laws(search: LawSearch, degree: int) -> Invariant:
    """
    The largest number of laws, polynomial or not, that are independent at a generic point.

    INPUT:

    - ``search`` -- the search for laws
    - ``degree`` -- the largest degree of polynomial laws to look for

    OUTPUT: :class:`~neuroalg_sage.invariants.invariant.Invariant`, an integer, ``proved``; or
    with the status ``bounds`` a lower and an upper bound, where polynomial laws up to this
    degree are fewer than the Lie algebra leaves room for

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> number_of_conservation_laws(law_search(parametrization(parse_spec("linear:2,3,2"))), 2)
        6 (proved)
    """
    start = time.perf_counter()
    space, count = search.space, search.space.count
    if count > MOST_BRACKET_VARIABLES:
        raise LimitReached(f"Brackets of fields in {count} variables are not computed, only in up "
                           f"to {MOST_BRACKET_VARIABLES}.")
    prime = modular.random_prime(search.generator)
    point = [search.generator.randrange(1, prime) for _ in range(count)]
    brackets = Brackets(space, prime, point)
    laws: list[ConservationLaw] = []
    lower = 0
    if space.flow.friction is None and space.flow.rate:
        degree *= 2  # a form of degree d decays by the rate d μ, which s^d undoes
    for bound in range(1, degree + 1):
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
    return certified(space.phi.model, name, data, "proved" if proved else "bounds",
                     "independent laws, and the Lie algebra at a point modulo a prime",
                     time.perf_counter() - start, evidence,
                     claim=[*before, *bounds[: 1 if proved else 2]] if before else data)


def _independent(space: VectorFields, laws: list[ConservationLaw], point: list[int], prime: int
                 ) -> int:
    """How many differentials of laws are independent at a point modulo a prime."""
    rows = [[evaluate(derivative(h.polynomial, i), point, prime) for i in range(space.count)]
            for h in laws]
    return modular.rank(np.array(rows, dtype=np.int64).reshape(len(rows), space.count), prime)


# -- models that are too large to be expanded ---------------------------------------------------


def gradient_symmetries(model: Model) -> list[LinearSymmetry]:
    """
    A basis of the linear symmetries with symmetric matrices: halves of gradients of laws.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> len(gradient_symmetries(parse_spec("linear:3,2,3")))
        3
    """
    symmetries = model.symmetries
    if len(symmetries) > MOST_SYMMETRIES:
        raise LimitReached(f"There are {len(symmetries):,} linear symmetries, over the limit of "
                           f"{MOST_SYMMETRIES:,}.")
    conditions: dict[tuple[int, int], dict[int, Fraction]] = {}
    for k, symmetry in enumerate(symmetries):
        for (i, j), c in symmetry.parameters.items():
            if i != j:
                row = conditions.setdefault((min(i, j), max(i, j)), {})
                row[k] = row.get(k, Fraction(0)) + (c if i < j else -c)
    rows = sorted({tuple(sorted((k, c) for k, c in row.items() if c))
                   for row in conditions.values()} - {()})
    basis = []
    for solution in _solutions(rows, len(symmetries)):
        def combined(matrices: list[SparseMatrix], solution: Any = solution) -> SparseMatrix:
            total: SparseMatrix = {}
            for k, c in solution.items():
                for key, entry in matrices[k].items():
                    total[key] = total.get(key, Fraction(0)) + c * entry
            return {key: c for key, c in total.items() if c}

        basis.append(LinearSymmetry(combined([s.parameters for s in symmetries]), tuple(
            combined([s.states[i] for s in symmetries])
            for i in range(len(symmetries[0].states)))))
    return basis


def _solutions(rows: list[tuple[tuple[int, Fraction], ...]], count: int
               ) -> list[dict[int, Fraction]]:
    if not rows:
        return [{k: Fraction(1)} for k in range(count)]
    matrix = fmpq_mat(len(rows), count)
    for i, row in enumerate(rows):
        for k, c in row:
            matrix[i, k] = fmpq(c.numerator, c.denominator)
    reduced, rank = matrix.rref()
    pivots = [next(j for j in range(count) if reduced[i, j]) for i in range(rank)]
    return [{free: Fraction(1)} | {pivot: -Fraction(int(entry.p), int(entry.q))
                                   for i, pivot in enumerate(pivots) if (entry := reduced[i, free])}
            for free in sorted(set(range(count)) - set(pivots))]


def number_from_symmetries(model: Model, dimension: Invariant) -> Invariant:
    """
    Bounds for the number of laws of gradient flow from symmetries and the rank of Dφ.

    INPUT:

    - ``model`` -- a model, however large
    - ``dimension`` -- the dimension of its neurovariety

    OUTPUT: :class:`~neuroalg_sage.invariants.invariant.Invariant`

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dimension import dimension
        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:6,8,8,6:x^2")
        >>> number_from_symmetries(model, dimension(model))
        16 (proved)
    """
    start = time.perf_counter()
    assert dimension.certificate is not None
    trial = dimension.certificate["evidence"]["trials"][0]
    prime, point = trial["prime"], trial["point"]
    symmetries = gradient_symmetries(model)
    rows = np.zeros((len(symmetries), model.parameter_count), dtype=np.int64)
    for row, symmetry in zip(rows, symmetries):
        for (i, j), c in symmetry.parameters.items():
            row[i] = (row[i] + c.numerator * pow(c.denominator, -1, prime) * point[j]) % prime
    lower = modular.rank(rows, prime)
    upper = model.parameter_count - dimension.data
    proved = lower == upper
    evidence = {"trial": trial, "symmetries": encode_symmetries(symmetries)}
    return certified(model, "number_of_conservation_laws", lower if proved else [lower, upper],
                     "proved" if proved else "bounds", "symmetries, and the rank of the Jacobian",
                     time.perf_counter() - start, evidence)


def quadratic_laws(model: Model) -> list[ConservationLaw]:
    """The quadratic laws that linear symmetries give, however large the model is."""
    laws = []
    for symmetry in gradient_symmetries(model):
        law: Polynomial = {}
        for (i, j), c in symmetry.parameters.items():
            exponents = [0] * model.parameter_count
            exponents[i] += 1
            exponents[j] += 1
            law[tuple(exponents)] = law.get(tuple(exponents), Fraction(0)) + c
        laws.append(ConservationLaw(law, model.parameter_names))
    return laws


# -- for Macaulay2 ------------------------------------------------------------------------------


def laws_script(search: LawSearch, degree: int) -> str:
    """
    A ``.m2`` file with the laws as elements of a ring, and the check that they are conserved.

    The columns of the matrix ``fields`` are the fields of the flow.
    """
    space = search.space
    laws = search.up_to(degree)
    ring = PolynomialRingData(tuple(space.names))
    columns = [[field.get(i, {}) for field in space.fields] for i in range(space.count)]
    names = "".join(f"\n  {law.name or 'a law of degree ' + str(law.degree)}" for law in laws)
    return Script(
        f"Conservation laws of {space.phi.model}, of degree at most {degree}: {space.flow!r}"
        + names,
        {"W": ring, "laws": PolynomialMatrix(ring, 1, len(laws), tuple(
            h.polynomial for h in laws)),
         "fields": PolynomialMatrix(ring, space.count, len(space.fields), tuple(
             entry for row in columns for entry in row))},
        "conserved = (transpose jacobian laws) * fields == 0;",
        {"conserved": "conserved", "independent": "rank jacobian laws"}, packages=()).standalone()
