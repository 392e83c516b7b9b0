"""
Identifiability: what the generic fiber of φ is, beyond the orbit of the known symmetries.

Let H be the connected group of the affine-linear symmetries.  Where its generic orbits have the
dimension of the generic fiber, parameters in normal form (:mod:`.normal_form`) make a slice S that
meets every generic orbit, and φ restricted to S is generically finite.  Its degree is found
exactly.  If multiples of the equations of one fiber modulo a prime show that it has no other points
than those known, neither has the generic one (:mod:`.multiples`).  Else take a Gröbner basis of the
graph of this restriction, for an order that compares the parameters first.  Over the field of
functions of M its elements are equations of the generic fiber, and the monomials in the parameters
that divide no leading monomial are a basis of the functions on it.  Each point is an orbit of H.
How many of them are one orbit of the whole group is found from its finite symmetries
(:mod:`.finite_symmetries`).

:mod:`neuroalg_sage.certificates.dimension.generic_fiber` has the proof.  All of this says what the
generic fiber is up to a nowhere dense subset.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from flint import Ordering, nmod_mpoly_ctx, nmod_poly

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.dimension.affine_symmetries import MOST_PARAMETERS
from neuroalg_sage.certificates.dimension.generic_fiber import (
    at_residues,
    check_normal_form,
    finite_symmetries,
    orbit,
)
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular, msolve
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import EngineError, LimitReached
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
from neuroalg_sage.invariants.dimension.multiples import multiples
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
COUNT_SECONDS = 30.0
MULTIPLES_SECONDS = 10.0  # where they show that there are no other points, they do so in the first
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
    symmetries = FiniteSymmetries(slice_, generator)
    count, evidence = None, dict[str, Any]()
    if slice_.free:
        with suppress(LimitReached, EngineError, msolve.InfinitelyManyPoints), computation.share(
                COUNT_SECONDS):
            count, others = slice_.points_of_fiber(symmetries.here, symmetries.prime, computation)
            symmetries.find_images(others, count)
    if count in (None, len(symmetries.points)):
        with suppress(LimitReached), computation.share(MULTIPLES_SECONDS):
            evidence = symmetries.multiples(computation)
    if evidence:
        points = len(symmetries.points)
        method = "multiples of the equations of a fiber, and affine-linear symmetries"
    else:
        counts = [] if count is None else [count]
        if counts:  # Another fiber is counted as fast, and so before what may take all of the time.
            with suppress(LimitReached, EngineError), computation.share(COUNT_SECONDS):
                counts.append(slice_.sampled_points(computation, generator))
        try:
            with computation.share(EXACT_SECONDS):  # which leaves time to count points
                relations = slice_.relations(computation)
        except LimitReached:
            counts += [slice_.sampled_points(computation, generator)
                       for _ in range(SAMPLES - len(counts))]
            points = max(counts)
            fiber = GenericFiber(dimension, points, len(symmetries.points))
            return Invariant("generic_fiber", fiber, "numerical",
                             f"count of points in {SAMPLES} random fibers modulo random primes, no "
                             "claim", None, time.perf_counter() - start)
        points = symmetries.find_more(relations)
        evidence = {"relations": [encode_polynomial(g) for _, g in relations]}
        method = "Gröbner basis of the graph in Macaulay2, and affine-linear symmetries"
    known = len(symmetries.points)
    fiber = GenericFiber(dimension, points, known)
    if found.status != "proved":
        return Invariant("generic_fiber", fiber, found.status, method, None,
                         time.perf_counter() - start, found.error_bound)
    evidence |= {"dimension": found.data, "dimension_evidence": found.certificate["evidence"],
                 "normal_form": [step.encode() for step in steps]} | symmetries.encode()
    trust = found.trust + (["macaulay2", LISTED] if points > known else [])
    versions = computation.versions() if "relations" in evidence else None
    return certified(model, "generic_fiber", fiber, "proved", method,
                     time.perf_counter() - start, evidence, trust,
                     claim=[dimension, points, known], versions=versions)


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


def is_identifiable(model: Model, finitely: FiniteIdentifiability | None, fiber: Invariant | None
                    ) -> FullIdentifiability:
    """
    Whether the generic fiber is one orbit of the known symmetries.

    INPUT:

    - ``finitely`` -- whether it is so up to finitely many points; None if the points are known
    - ``fiber`` -- the generic fiber; needed only where it is so

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a Boolean

    Raises LimitReached if the number of points of the fiber is not known.
    """
    if finitely is not None and not finitely.data:
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
        raise LimitReached(f"Whether {model} is identifiable is not known: its generic fiber has "
                           f"dimension {fiber.data.dimension}, but how many orbits of its "
                           "symmetries it consists of was not found.")
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

    def fiber(self, point: Sequence[int], prime: int) -> list[dict[tuple[int, ...], int]]:
        """The equations of the fiber through a point of the slice modulo a prime."""
        residue, origin = constant_modulo(prime), (0,) * len(self.free)
        equations = []
        for image, value in zip(self.images, self.image_at(point, prime)):
            equation = {e: residue(c) for e, c in image.items()}
            equation[origin] = (equation.get(origin, 0) - value) % prime
            equations.append({e: c for e, c in equation.items() if c})
        return equations

    def points_of_fiber(self, point: Sequence[int], prime: int, computation: Computation
                        ) -> tuple[int, list[list[int]]]:
        """
        How many points the fiber through a point has, with multiplicities, by msolve; and those
        with coordinates in the prime field.
        """
        names = [f"w{i}" for i in self.free]
        ring = nmod_mpoly_ctx.get(names, modulus=prime, ordering=Ordering.degrevlex)
        computation.progress(f"msolve: a fiber of {self.phi.model} modulo a prime")
        found = msolve.points([ring.from_dict(e) for e in self.fiber(point, prime)], names, prime,
                              timeout=computation.seconds_left(), memory_gb=computation.memory_gb)
        roots = [-factor[0] / factor[1] for factor, _ in nmod_poly(
            list(found.polynomial), prime).factor()[1] if factor.degree() == 1]
        coordinates = [nmod_poly(list(c), prime) for c in found.coordinates]
        return found.length, [[int(c(root)) for c in coordinates] for root in roots]

    def sampled_points(self, computation: Computation, generator: random.Random) -> int:
        """The number of points of the slice in a random fiber modulo a random prime."""
        prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
        point = [generator.randrange(prime) for _ in self.free]
        with suppress(LimitReached, EngineError, msolve.InfinitelyManyPoints), computation.share():
            return self.points_of_fiber(point, prime, computation)[0]
        prime = modular.random_prime(generator, 2**15)
        point = [generator.randrange(prime) for _ in self.free]
        ring = PolynomialRingData(tuple(f"w_{i}" for i in self.free), prime)
        equations = self.fiber(point, prime)
        found = computation.run(Script(
            f"a fiber of {self.phi.model} modulo a prime", {"R": ring, "I": PolynomialMatrix(
                ring, 1, len(equations), tuple(equations), "ideal")},
            "", {"dimension": "dim I", "degree": "degree I"}))
        if found["dimension"]:
            raise LimitReached(f"A random fiber of {self.phi.model} on the slice is not finite.")
        return int(found["degree"])


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
    - ``here`` -- the free coordinates of the first one
    """

    def __init__(self, slice_: Slice, generator: random.Random) -> None:
        self.slice, self.generator = slice_, generator
        self.model = rebuilt(slice_.phi.model)
        self.steps = check_normal_form(self.model, [s.encode() for s in slice_.steps])
        order, weights = roots_of_unity(slice_.phi)
        turned = list(rotations(slice_.phi.model))
        self.order = lcm(order, *(q for q, _ in turned))
        if self.order > MOST_ORDER:
            self.order, turned = order, []
        self.turns = [[[i, i, "1", k * self.order // order] for i, k in enumerate(vector)]
                      for vector in weights] + [
            [[i, j, c, k * self.order // q] for i, j, c, k in entries] for q, entries in turned]
        self.prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
        denominator = slice_.phi.model.denominator[0]
        while self.prime % self.order != 1 % self.order or denominator % self.prime == 0:
            self.prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
        self.root = 1
        while any(pow(self.root, k, self.prime) == 1 for k in range(1, self.order)):
            self.root = pow(generator.randrange(2, self.prime), (self.prime - 1) // self.order,
                            self.prime)
        self.point = [generator.randrange(1, self.prime)
                      for _ in range(slice_.phi.model.parameter_count)]
        self.kept: list[Entries] = []
        self.moves: list[list[dict[int, int]]] = []
        self.points = orbit(self.point, [], self.steps, self.prime)
        (first,) = self.points
        self.here = [first[i] for i in slice_.free]
        for permutation in permutations(slice_.phi):
            self._try([[i, j, "1", 0] for i, j in enumerate(permutation)])
        for turn in self.turns:
            self._try(turn)

    def encode(self) -> dict[str, Any]:
        """The symmetries as a certificate states them, with the point that they move."""
        return {"trial": {"prime": self.prime, "point": self.point}, "order": self.order,
                "root": self.root, "finite": self.kept}

    def multiples(self, computation: Computation) -> dict[str, Any]:
        """The evidence that there are no other points, by multiples of equations; {} if none."""
        computation.progress("multiples of the equations of a fiber")
        found = multiples(self.slice.phi.model, self.slice.free,
                          self.slice.fiber(self.here, self.prime),
                          [[w[i] for i in self.slice.free] for w in self.points], self.prime,
                          computation.clock())
        return {} if found is None else {"multiples": found}

    def find_more(self, relations: list[tuple[tuple[int, ...], Polynomial]]) -> int:
        """
        Look for symmetries by equations of the generic fiber, as long as there are more points.

        OUTPUT: how many points these equations allow
        """
        monomials = standard_monomials([top for top, _ in relations])
        if len(self.points) < len(monomials) <= MOST_POINTS:
            self.find_images(points_of_fiber(relations, monomials, self.slice.image_at(
                self.here, self.prime), self.prime, self.generator), len(monomials))
        return len(monomials)

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

    def find_images(self, others: Sequence[Sequence[int]], count: int) -> None:
        """Look for symmetries that bring the point to others of so many in its fiber."""
        phi, values, prime = self.slice.phi, self.slice.values, self.prime
        size = phi.model.parameter_count
        if affine_symmetries(phi.model) is None or not 1 < count <= MOST_POINTS:
            return
        inputs = np.array([[self.generator.randrange(prime) for _ in range(phi.model.input_count)]
                           for _ in range(size + 1)], dtype=np.int64)

        def whole(free: Sequence[int]) -> list[int]:
            own = iter(free)
            return [values[i] if i in values else next(own) for i in range(size)]

        for free in others:
            if len(self.points) == count:
                return
            here, there = whole(self.here), whole(free)
            if tuple(c % prime for c in there) in self.points:
                continue
            jacobians = [jacobian_at(phi.model, w, inputs, prime) for w in (here, there)]
            entries = affine_map((jacobians[0], jacobians[1]), (here, there),
                                 [s.field for s in self.slice.steps], prime)
            if entries is not None:
                self._try(entries)
