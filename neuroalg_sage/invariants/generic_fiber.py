"""
Identifiability: what the generic fiber of φ is, beyond the orbit of the known symmetries.

Let H be the continuous part of the known symmetry group.  Where its generic orbits have the
dimension of the generic fiber, parameters in normal form (each block the identity) make a
slice S that meets every generic orbit, and φ restricted to S is generically finite.  Its
degree is found exactly: take a Gröbner basis of the graph of this restriction, for an order
that compares the parameters first.  Over the field of functions of M its elements are
equations of the generic fiber, and the monomials in the parameters that divide no leading
monomial are a basis of the functions on it.

Every component of a fiber of φ has at least the dimension of the generic one, and parameters
without normal form are a proper closed subset whose fibers are smaller; so all of this says
what the generic fiber is up to a nowhere dense subset.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates.affine_symmetries import MOST_PARAMETERS
from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.affine_symmetries import orbits
from neuroalg_sage.invariants.computation import Computation
from neuroalg_sage.invariants.invariant import LISTED, Invariant, certified
from neuroalg_sage.invariants.upper_bounds import encode_symmetries
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.hidden_states import KnownGroup, known_group
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization

MOST_SYMMETRIES = 2000
EXACT_SECONDS = 120.0
SAMPLES = 2
SAMPLE_PRIMES = 2**30, 2**31 - 1


@dataclass(frozen=True)
class GenericFiber:
    """
    The generic fiber of φ.

    - ``dimension`` -- its dimension
    - ``points`` -- how many orbits of the continuous symmetries it consists of, up to a nowhere
      dense subset; None if it is not a finite number or not known
    - ``symmetries`` -- how many of these are images of one of them under the finite
      symmetries that are known
    """

    dimension: int
    points: int | None = None
    symmetries: int | None = None

    def __str__(self) -> str:
        if self.points is None:
            return f"of dimension {self.dimension}"
        orbits = "one orbit" if self.points == self.symmetries else (
            f"{Fraction(self.points, self.symmetries or 1)} times the orbit")
        return f"of dimension {self.dimension}, {orbits} of the known symmetries"


def is_finitely_identifiable(model: Model, found: Invariant) -> Invariant:
    """
    Whether the generic fiber has the dimension of the orbits of the known symmetries.

    INPUT:

    - ``found`` -- the dimension

    OUTPUT: :class:`~neuroalg_sage.invariants.invariant.Invariant`, a Boolean

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.invariants.dimension import dimension
        >>> for spec in ("mlp:2,2,3:x^2", "mlp:3,2,1:x^2"):
        ...     model = parse_spec(spec)
        ...     print(is_finitely_identifiable(model, dimension(model)))
        True
        False
    """
    start = time.perf_counter()
    assert found.certificate is not None
    trial = found.certificate["evidence"]["trials"][0]
    fiber = model.parameter_count - found.data
    known = orbits(model, trial, fiber)
    value = known.dimension == fiber
    method = "the dimension, and generic orbits of the " + (
        "known" if known.most is None else "affine-linear") + " symmetries"
    seconds = time.perf_counter() - start
    most = len(model.symmetries) if known.most is None else known.most
    if found.status != "proved" or not value and (most >= fiber or known.most is None and (
            model.parameter_count <= MOST_PARAMETERS)):
        bound = (found.error_bound or 0.0) + model.parameter_count / modular.SMALLEST_PRIME
        return Invariant("is_finitely_identifiable", value, "monte_carlo", method, None, seconds,
                         bound)
    evidence = {"dimension": found.data, "dimension_evidence": found.certificate["evidence"],
                "trial": {k: trial[k] for k in ("prime", "point")},
                "symmetries": known.evidence}
    return certified(model, "is_finitely_identifiable", value, "proved", method, seconds, evidence,
                     found.trust + [LISTED] * (not value and known.most is None))


def _orbit_evidence(model: Model, found: Invariant, trial: Mapping[str, Any]) -> dict[str, Any]:
    assert found.certificate is not None
    return {"dimension": found.data, "dimension_evidence": found.certificate["evidence"],
            "trial": {k: trial[k] for k in ("prime", "point")},
            "symmetries": encode_symmetries(model.symmetries)}


def generic_fiber(phi: Parametrization, found: Invariant, computation: Computation,
                  seed: int | None = None) -> Invariant:
    """
    The generic fiber of φ modulo the known symmetries.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the dimension
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.invariant.Invariant`, a :class:`GenericFiber`.
    It is proved with nothing to trust where the number of points is that of the known
    symmetries; where it is larger, that it is exact is Macaulay2's word.  If the exact
    computation reaches its limit, the points of some fibers modulo primes are counted, and
    the status is ``numerical``.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("mlp:2,2,2:x^3").generic_fiber()
        of dimension 2, one orbit of the known symmetries (proved)
    """
    start = time.perf_counter()
    model = phi.model
    assert found.certificate is not None
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    dimension = model.parameter_count - found.data
    group = known_group(model)
    blocks = None if group is None else group.blocks
    if group is None or blocks is None or group.finite_order() > MOST_SYMMETRIES or (
            sum(len(b.coordinates) ** 2 for b in blocks) != dimension):
        # Not finite modulo the symmetries, or no normal form is known.
        return _only_dimension(model, dimension, found, start)
    known = group.finite_order()
    try:
        relations = _relations(phi, group, computation)
    except LimitReached:
        points = _sampled_points(phi, group, computation, generator)
        return Invariant("generic_fiber", GenericFiber(dimension, points, known), "numerical",
                         f"count of points in {SAMPLES} random fibers modulo random primes, no "
                         "claim", None, time.perf_counter() - start)
    points = standard_monomials([top for top, _ in relations])
    if points > known and any(len(b.coordinates) > 1 for b in blocks):
        return _only_dimension(model, dimension, found, start)
    fiber = GenericFiber(dimension, points, known)
    method = "Gröbner basis of the graph in Macaulay2, and known symmetries"
    if found.status != "proved":
        return Invariant("generic_fiber", fiber, found.status, method, None,
                         time.perf_counter() - start, found.error_bound)
    evidence = _evidence(phi, group, found, [g for _, g in relations], generator)
    trust = found.trust + (["macaulay2"] if points > known else [])
    return certified(model, "generic_fiber", fiber, "proved", method,
                     time.perf_counter() - start, evidence, trust,
                     claim=[dimension, points, known], versions=computation.versions())


def _only_dimension(model: Model, dimension: int, found: Invariant, start: float) -> Invariant:
    assert found.certificate is not None
    return certified(model, "generic_fiber", GenericFiber(dimension), found.status,
                     "the number of parameters less the dimension", time.perf_counter() - start,
                     found.certificate["evidence"] | {"dimension": found.data}, found.trust,
                     claim=[dimension], error_bound=found.error_bound)


def is_identifiable(model: Model, finitely: Invariant, fiber: Invariant | None) -> Invariant:
    """
    Whether the generic fiber is one orbit of the known symmetries.

    INPUT:

    - ``finitely`` -- whether it is so up to finitely many points
    - ``fiber`` -- the generic fiber; needed only then

    OUTPUT: :class:`~neuroalg_sage.invariants.invariant.Invariant`, a Boolean

    Raises LimitReached if the number of points of the fiber is not known.
    """
    if not finitely.data:
        if finitely.certificate is None:
            return Invariant("is_identifiable", False, finitely.status, finitely.method, None,
                             finitely.seconds, finitely.error_bound)
        return certified(model, "is_identifiable", False, "proved", finitely.method,
                         finitely.seconds, finitely.certificate["evidence"], finitely.trust)
    assert fiber is not None
    points, known = fiber.data.points, fiber.data.symmetries
    if points is None:
        raise LimitReached(f"Whether {model} is identifiable is not known: there is no normal "
                           "form for its symmetries, or they are too many.")
    if fiber.certificate is None:
        return Invariant("is_identifiable", points == known, fiber.status, fiber.method, None,
                         fiber.seconds, fiber.error_bound)
    return certified(model, "is_identifiable", points == known, fiber.status, fiber.method,
                     fiber.seconds, fiber.certificate["evidence"] | {
                         "fiber": fiber.certificate["claim"]["value"]}, fiber.trust)


# -- the slice -----------------------------------------------------------------------------


def _values(group: KnownGroup) -> dict[int, int]:
    assert group.blocks is not None
    return {place: v for block in group.blocks for place, v in block.values().items()}


def _slice(phi: Parametrization, group: KnownGroup) -> tuple[list[int], tuple[Polynomial, ...]]:
    """The free parameters of the slice, and φ there."""
    values = _values(group)
    free = [i for i in range(phi.model.parameter_count) if i not in values]
    return free, phi.restrict(values)


def fiber_script(phi: Parametrization, group: KnownGroup) -> Script:
    """The script for a Gröbner basis of the graph of φ on the slice."""
    free, images = _slice(phi, group)
    m, n = len(free), len(images)
    ring = PolynomialRingData(
        tuple(f"w_{i}" for i in free) + tuple(f"z_{j}" for j in range(n)), 0,
        f"MonomialOrder => {{GRevLex => {m}, GRevLex => {n}}}")
    graph: list[Polynomial] = []
    for j, image in enumerate(images):
        equation = {(*e, *(0,) * n): -c for e, c in image.items()}
        equation[(0,) * m + tuple(int(k == j) for k in range(n))] = Fraction(1)
        graph.append(equation)
    return Script(f"the generic fiber of {phi.model}",
                  {"R": ring, "I": PolynomialMatrix(ring, 1, n, tuple(graph), "ideal")}, "",
                  {"basis": "gens gb I"})


def _relations(phi: Parametrization, group: KnownGroup, computation: Computation
               ) -> list[tuple[tuple[int, ...], Polynomial]]:
    """Equations of the generic fiber, one for each minimal leading monomial in w, with it."""
    m = len(_slice(phi, group)[0])
    if not m:
        return []
    basis = computation.run(fiber_script(phi, group), EXACT_SECONDS)["basis"]
    best: dict[tuple[int, ...], Polynomial] = {}
    for entry in basis.entries:
        top = max((e[:m] for e in entry), key=_graded_reverse_lexicographic)
        if any(top) and (top not in best or len(entry) < len(best[top])):
            best[top] = {e: Fraction(c) for e, c in entry.items()}
    return [(top, g) for top, g in sorted(best.items())
            if not any(o != top and all(map(int.__le__, o, top)) for o in best)]


def _graded_reverse_lexicographic(exponents: tuple[int, ...]) -> tuple[int, list[int]]:
    return sum(exponents), [-e for e in reversed(exponents)]


def standard_monomials(leading: list[tuple[int, ...]]) -> int:
    """
    The number of monomials that none of these divides; they must be finitely many.

    EXAMPLES::

        >>> standard_monomials([(2, 0), (1, 1), (0, 3)])
        4
    """
    if not leading:
        return 1
    variables = len(leading[0])
    seen = level = {(0,) * variables}
    while level:
        level = {(*e[:v], e[v] + 1, *e[v + 1 :]) for e in level for v in range(variables)}
        level = {e for e in level if not any(all(map(int.__ge__, e, m)) for m in leading)}
        seen = seen | level
    return len(seen)


def _sampled_points(phi: Parametrization, group: KnownGroup, computation: Computation,
                    generator: random.Random) -> int:
    """The largest number of points of the slice in some random fibers modulo primes."""
    free, images = _slice(phi, group)
    counts = []
    for _ in range(SAMPLES):
        prime = modular.random_prime(generator, 2**15)
        ring = PolynomialRingData(tuple(f"w_{i}" for i in free), prime)
        point = [generator.randrange(prime) for _ in free]
        equations = []
        for image in images:
            equation = {e: c.numerator * pow(c.denominator, -1, prime) % prime
                        for e, c in image.items()}
            value = sum(c * int(np.prod([pow(x, k, prime) for x, k in zip(point, e)],
                                        dtype=object)) for e, c in equation.items()) % prime
            origin = (0,) * len(free)
            equation[origin] = (equation.get(origin, 0) - value) % prime
            equations.append(equation)
        found = computation.run(Script(
            f"a fiber of {phi.model} modulo a prime",
            {"R": ring, "I": PolynomialMatrix(ring, 1, len(equations), tuple(equations), "ideal")},
            "", {"dimension": "dim I", "degree": "degree I"}))
        if found["dimension"] == 0:
            counts.append(int(found["degree"]))
    if not counts:
        raise LimitReached(f"No random fiber of {phi.model} on the slice is finite.")
    return max(counts)


def _evidence(phi: Parametrization, group: KnownGroup, found: Invariant,
              relations: list[Polynomial], generator: random.Random) -> dict[str, Any]:
    """What the checker needs: normal forms, relations, finite symmetries."""
    model = phi.model
    assert group.blocks is not None
    finite = list(group.finite_symmetries())
    order = finite[0].order
    prime = modular.random_prime(generator)
    while prime % order != 1 % order:
        prime = modular.random_prime(generator)
    root = 1
    while order > 1 and any(pow(root, k, prime) == 1 for k in range(1, order)):
        root = pow(generator.randrange(2, prime), (prime - 1) // order, prime)
    numbers = {frozenset(s.parameters.items()): i for i, s in enumerate(model.symmetries)}
    point = [generator.randrange(1, prime) for _ in range(model.parameter_count)]
    return _orbit_evidence(model, found, {"prime": prime, "point": point}) | {
        "blocks": [{"coordinates": [list(row) for row in b.coordinates], "sign": b.sign,
                    "fields": [[numbers[frozenset(f.items())] for f in row] for row in b.fields]}
                   for b in group.blocks],
        "relations": [encode_polynomial(g) for g in relations],
        "order": order, "root": root,
        "finite": [{"permutation": list(f.permutation), "weights": list(f.weights)}
                   for f in finite]}
