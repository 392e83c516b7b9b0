"""
Identifiability: what the generic fiber of φ is, beyond the orbit of the known symmetries.

Let H be the connected group of the affine-linear symmetries.  Where its generic orbits have the
dimension of the generic fiber, parameters in normal form (:mod:`.normal_form`) make a slice S that
meets every generic orbit, and φ restricted to S is generically finite.  Its degree is found
exactly: take a Gröbner basis of the graph of this restriction, for an order that compares the
parameters first.  Over the field of functions of M its elements are equations of the generic
fiber, and the monomials in the parameters that divide no leading monomial are a basis of the
functions on it.  Each point is an orbit of H; how many of them are one orbit of the whole group is
found from its finite symmetries (:mod:`.finite_symmetries`).

:mod:`neuroalg_sage.certificates.dimension.generic_fiber` has the proof.  All of this says what the
generic fiber is up to a nowhere dense subset.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.dimension.affine_symmetries import MOST_PARAMETERS
from neuroalg_sage.certificates.dimension.generic_fiber import (
    at_residues,
    check_normal_form,
    finite_symmetries,
    orbit,
)
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.answers.trust import LISTED, OTHERS
from neuroalg_sage.invariants.dimension.affine_symmetries import affine_symmetries, orbits
from neuroalg_sage.invariants.dimension.dimension import jacobian_at
from neuroalg_sage.invariants.dimension.finite_symmetries import (
    MOST_ORDER,
    MOST_POINTS,
    Entries,
    affine_map,
    permutations,
    points_of_fiber,
    roots_of_unity,
)
from neuroalg_sage.invariants.dimension.known_symmetries import constant_modulo
from neuroalg_sage.invariants.dimension.normal_form import Fixed, normal_form
from neuroalg_sage.invariants.dimension.presentation import (
    FiniteIdentifiability,
    FullIdentifiability,
    GenericFiber,
)
from neuroalg_sage.models.expressions import Polynomial, evaluate
from neuroalg_sage.models.hidden_states import rotations
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization

EXACT_SECONDS = 120.0
SAMPLES = 2


def is_finitely_identifiable(model: Model, found: Invariant) -> FiniteIdentifiability:
    """
    Whether the generic fiber has the dimension of the orbits of the known symmetries.

    INPUT:

    - ``found`` -- the dimension

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a Boolean

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> for spec in ("mlp:2,2,3:x^2", "mlp:3,2,1:x^2"):
        ...     model = parse_spec(spec)
        ...     print(is_finitely_identifiable(model, dimension(model)))
        True (proved)
        False (proved)
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

    def may_be_as_large() -> bool:
        """Whether the orbits may be as large as the fibers though those that are known are not."""
        most = len(model.symmetries) if known.most is None else known.most
        return most >= fiber or known.most is None and model.parameter_count <= MOST_PARAMETERS

    if found.status != "proved" or not value and may_be_as_large():
        if not value and known.most is None:  # no list is complete with some probability
            return FiniteIdentifiability("is_finitely_identifiable", value, "numerical",
                                         f"{method}; {OTHERS}", None, seconds,
                                         fiber=GenericFiber(fiber))
        bound = (found.error_bound or 0.0) + model.parameter_count / modular.SMALLEST_PRIME
        return FiniteIdentifiability("is_finitely_identifiable", value, "monte_carlo", method, None,
                                     seconds, bound, GenericFiber(fiber))
    evidence = {"dimension": found.data, "dimension_evidence": found.certificate["evidence"],
                "trial": {k: trial[k] for k in ("prime", "point")},
                "symmetries": known.evidence}
    return FiniteIdentifiability.certified(
        model, "is_finitely_identifiable", value, "proved", method, seconds, evidence,
        found.trust + [LISTED] * (not value and known.most is None),
        fiber=GenericFiber(fiber))


def generic_fiber(phi: Parametrization, found: Invariant, computation: Computation,
                  seed: int | None = None) -> Invariant:
    """
    The generic fiber of φ modulo the known symmetries.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the dimension
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a :class:`GenericFiber`.
    It is proved with nothing to trust where the number of points is that of the known
    symmetries; where it is larger, that it is exact is Macaulay2's word, and that no other
    symmetries are known is stated as trust.  If the exact computation reaches its limit, the
    points of some fibers modulo primes are counted, and the status is ``numerical``.

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
    found_fields = affine_symmetries(model)
    steps = normal_form(
        [s.parameters for s in model.symmetries] if found_fields is None else found_fields.fields,
        model.parameter_count, dimension)
    if steps is None:
        # Not finite modulo the symmetries, or no normal form is known.
        return only_dimension(model, found)
    slice_ = Slice(phi, steps)
    try:
        with computation.share(EXACT_SECONDS):  # which leaves time to count points
            relations = slice_.relations(computation)
    except LimitReached:
        points = slice_.sampled_points(computation, generator)
        symmetries = FiniteSymmetries(slice_, [], generator)
        fiber = GenericFiber(dimension, points, len(symmetries.points))
        return Invariant("generic_fiber", fiber, "numerical",
                         f"count of points in {SAMPLES} random fibers modulo random primes, no "
                         "claim", None, time.perf_counter() - start)
    symmetries = FiniteSymmetries(slice_, relations, generator)
    points, known = len(symmetries.monomials), len(symmetries.points)
    fiber = GenericFiber(dimension, points, known)
    method = "Gröbner basis of the graph in Macaulay2, and affine-linear symmetries"
    if found.status != "proved":
        return Invariant("generic_fiber", fiber, found.status, method, None,
                         time.perf_counter() - start, found.error_bound)
    evidence = {"dimension": found.data, "dimension_evidence": found.certificate["evidence"],
                "normal_form": [step.encode() for step in steps],
                "relations": [encode_polynomial(g) for _, g in relations]} | symmetries.encode()
    trust = found.trust + (["macaulay2", LISTED] if points > known else [])
    return certified(model, "generic_fiber", fiber, "proved", method,
                     time.perf_counter() - start, evidence, trust,
                     claim=[dimension, points, known], versions=computation.versions())


def only_dimension(model: Model, found: Invariant) -> Invariant:
    """
    The dimension of the generic fiber alone, by that of M; nothing is expanded.

    INPUT:

    - ``found`` -- the dimension

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a :class:`GenericFiber`

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> model = parse_spec("mlp:2,2,1:x^2")
        >>> only_dimension(model, dimension(model))
        of dimension 3 (proved)
    """
    start = time.perf_counter()
    assert found.certificate is not None
    dimension = model.parameter_count - found.data
    return certified(model, "generic_fiber", GenericFiber(dimension), found.status,
                     "the number of parameters less the dimension", time.perf_counter() - start,
                     found.certificate["evidence"] | {"dimension": found.data}, found.trust,
                     claim=[dimension], error_bound=found.error_bound)


def is_identifiable(model: Model, finitely: FiniteIdentifiability, fiber: Invariant | None
                    ) -> FullIdentifiability:
    """
    Whether the generic fiber is one orbit of the known symmetries.

    INPUT:

    - ``finitely`` -- whether it is so up to finitely many points
    - ``fiber`` -- the generic fiber; needed only then

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a Boolean

    Raises LimitReached if the number of points of the fiber is not known.
    """
    if not finitely.data:
        if finitely.certificate is None:
            return FullIdentifiability("is_identifiable", False, finitely.status, finitely.method,
                                       None, finitely.seconds, finitely.error_bound,
                                       finitely.fiber)
        return FullIdentifiability.certified(
            model, "is_identifiable", False, "proved", finitely.method, finitely.seconds,
            finitely.certificate["evidence"], finitely.trust, fiber=finitely.fiber)
    assert fiber is not None
    points, known = fiber.data.points, fiber.data.symmetries
    if points is None:
        raise LimitReached(f"Whether {model} is identifiable is not known: there is no normal "
                           "form for its symmetries, or they are too many.")
    if fiber.certificate is None:
        return FullIdentifiability("is_identifiable", points == known, fiber.status, fiber.method,
                                   None, fiber.seconds, fiber.error_bound, fiber.data)
    return FullIdentifiability.certified(
        model, "is_identifiable", points == known, fiber.status, fiber.method, fiber.seconds,
        fiber.certificate["evidence"] | {"fiber": fiber.certificate["claim"]["value"]}, fiber.trust,
        fiber=fiber.data)


# -- the slice -----------------------------------------------------------------------------


class Slice:
    """
    The parameters in normal form.

    - ``free`` -- those that are not fixed
    - ``images`` -- φ in these
    """

    def __init__(self, phi: Parametrization, steps: Sequence[Fixed]) -> None:
        self.phi, self.steps = phi, steps
        self.values = {step.coordinate: step.value for step in steps}
        self.free = [i for i in range(phi.model.parameter_count) if i not in self.values]
        self.images = phi.restrict(self.values)

    def script(self) -> Script:
        """The script for a Gröbner basis of the graph of φ on the slice."""
        m, n = len(self.free), len(self.images)
        ring = PolynomialRingData(
            tuple(f"w_{i}" for i in self.free) + tuple(f"z_{j}" for j in range(n)), 0,
            f"MonomialOrder => {{GRevLex => {m}, GRevLex => {n}}}")
        graph: list[Polynomial] = []
        for j, image in enumerate(self.images):
            equation = {(*e, *(0,) * n): -c for e, c in image.items()}
            equation[(0,) * m + tuple(int(k == j) for k in range(n))] = Fraction(1)
            graph.append(equation)
        return Script(f"the generic fiber of {self.phi.model}",
                      {"R": ring, "I": PolynomialMatrix(ring, 1, n, tuple(graph), "ideal")}, "",
                      {"basis": "gens gb I"})

    def relations(self, computation: Computation) -> list[tuple[tuple[int, ...], Polynomial]]:
        """Equations of the generic fiber, one for each minimal leading monomial in w, with it."""
        m = len(self.free)
        if not m:
            return []
        basis = computation.run(self.script(), EXACT_SECONDS)["basis"]
        best: dict[tuple[int, ...], Polynomial] = {}
        for entry in basis.entries:
            top = max((e[:m] for e in entry), key=_graded_reverse_lexicographic)
            if any(top) and (top not in best or len(entry) < len(best[top])):
                best[top] = {e: Fraction(c) for e, c in entry.items()}
        return [(top, g) for top, g in sorted(best.items())
                if not any(o != top and all(map(int.__le__, o, top)) for o in best)]

    def image_at(self, point: Sequence[int], prime: int) -> list[int]:
        """φ at a point of the slice modulo a prime."""
        return [evaluate(image, point, prime) for image in self.images]

    def sampled_points(self, computation: Computation, generator: random.Random) -> int:
        """The largest number of points of the slice in some random fibers modulo primes."""
        counts = []
        for _ in range(SAMPLES):
            prime = modular.random_prime(generator, 2**15)
            residue = constant_modulo(prime)
            ring = PolynomialRingData(tuple(f"w_{i}" for i in self.free), prime)
            point = [generator.randrange(prime) for _ in self.free]
            equations = []
            for image, value in zip(self.images, self.image_at(point, prime)):
                equation = {e: residue(c) for e, c in image.items()}
                origin = (0,) * len(self.free)
                equation[origin] = (equation.get(origin, 0) - value) % prime
                equations.append(equation)
            found = computation.run(Script(
                f"a fiber of {self.phi.model} modulo a prime", {"R": ring, "I": PolynomialMatrix(
                    ring, 1, len(equations), tuple(equations), "ideal")},
                "", {"dimension": "dim I", "degree": "degree I"}))
            if found["dimension"] == 0:
                counts.append(int(found["degree"]))
        if not counts:
            raise LimitReached(f"No random fiber of {self.phi.model} on the slice is finite.")
        return max(counts)


def _graded_reverse_lexicographic(exponents: tuple[int, ...]) -> tuple[int, list[int]]:
    return sum(exponents), [-e for e in reversed(exponents)]


def standard_monomials(leading: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """
    The monomials that none of these divides; they must be finitely many.

    EXAMPLES::

        >>> standard_monomials([(2, 0), (1, 1), (0, 3)])
        [(0, 0), (0, 1), (0, 2), (1, 0)]
    """
    if not leading:
        return [()]
    variables = len(leading[0])
    seen = level = {(0,) * variables}
    while level:
        level = {(*e[:v], e[v] + 1, *e[v + 1 :]) for e in level for v in range(variables)}
        level = {e for e in level if not any(all(map(int.__ge__, e, m)) for m in leading)}
        seen = seen | level
    return sorted(seen)


class FiniteSymmetries:
    """
    Finite symmetries that bring one point of the slice to as many others as are found.

    A symmetry is kept if it brings the point further than those before it.

    - ``points`` -- the points modulo a prime
    - ``monomials`` -- a basis of the functions on the generic fiber, if there are relations
    """

    def __init__(self, slice_: Slice, relations: list[tuple[tuple[int, ...], Polynomial]],
                 generator: random.Random) -> None:
        self.slice, self.relations = slice_, relations
        self.model = rebuilt(slice_.phi.model)
        self.steps = check_normal_form(self.model, [s.encode() for s in slice_.steps])
        self.monomials = standard_monomials([top for top, _ in relations])
        order, weights = roots_of_unity(slice_.phi)
        turned = list(rotations(slice_.phi.model))
        self.order = lcm(order, *(q for q, _ in turned))
        if self.order > MOST_ORDER:
            self.order, turned = order, []
        self.turns = [[[i, i, "1", k * self.order // order] for i, k in enumerate(vector)]
                      for vector in weights] + [
            [[i, j, c, k * self.order // q] for i, j, c, k in entries] for q, entries in turned]
        self.prime = modular.random_prime(generator)
        denominator = slice_.phi.model.denominator[0]
        while self.prime % self.order != 1 % self.order or denominator % self.prime == 0:
            self.prime = modular.random_prime(generator)
        self.root = 1
        while any(pow(self.root, k, self.prime) == 1 for k in range(1, self.order)):
            self.root = pow(generator.randrange(2, self.prime), (self.prime - 1) // self.order,
                            self.prime)
        self.point = [generator.randrange(1, self.prime)
                      for _ in range(slice_.phi.model.parameter_count)]
        self.kept: list[Entries] = []
        self.moves: list[list[dict[int, int]]] = []
        self.points = orbit(self.point, [], self.steps, self.prime)
        if not self._is_complete():
            for entries in self._candidates(generator):
                self._try(entries)
                if self._is_complete():
                    break

    def encode(self) -> dict[str, Any]:
        """The symmetries as a certificate states them, with the point that they move."""
        return {"trial": {"prime": self.prime, "point": self.point}, "order": self.order,
                "root": self.root, "finite": self.kept}

    def _is_complete(self) -> bool:
        return bool(self.relations) and len(self.points) == len(self.monomials)

    def _try(self, entries: Entries) -> None:
        """Keep a symmetry that brings the points to others."""
        try:
            (rows,) = finite_symmetries(self.model, [entries], self.order)
            move = at_residues(rows, self.root, self.prime)
            further = orbit(self.point, [*self.moves, move], self.steps, self.prime)
        except CertificateError:  # it is none, or the point is a special one
            return
        if len(further) > len(self.points):
            self.points = further
            self.kept.append(entries)
            self.moves.append(move)

    def _candidates(self, generator: random.Random) -> Iterator[Entries]:
        phi, count = self.slice.phi, self.slice.phi.model.parameter_count
        for permutation in permutations(phi):
            yield [[i, j, "1", 0] for i, j in enumerate(permutation)]
        yield from self.turns
        found = affine_symmetries(phi.model)
        if found is None or not 1 < len(self.monomials) <= MOST_POINTS:
            return
        (here,) = orbit(self.point, [], self.steps, self.prime)
        image = self.slice.image_at([here[i] for i in self.slice.free], self.prime)
        inputs = np.array([[generator.randrange(self.prime)
                            for _ in range(phi.model.input_count)]
                           for _ in range(count + 1)], dtype=np.int64)
        for free in points_of_fiber(self.relations, self.monomials, image, self.prime, generator):
            values = iter(free)
            there = [self.slice.values[i] if i in self.slice.values else next(values)
                     for i in range(count)]
            if tuple(there) in self.points:
                continue
            jacobians = [jacobian_at(phi.model, w, inputs, self.prime) for w in (here, there)]
            entries = affine_map((jacobians[0], jacobians[1]), (list(here), there),
                                 [s.field for s in self.slice.steps], self.prime)
            if entries is not None:
                yield entries
