"""
The fiber of φ over a given function, and whether the function is in M.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.dimension.affine_symmetries import tangents
from neuroalg_sage.invariants.dimension.functions import (
    Point,
    image,
    read_function,
    read_parameters,
    written_function,
)
from neuroalg_sage.invariants.dimension.normal_form import normal_form
from neuroalg_sage.invariants.fibers.real_points import no_real_points
from neuroalg_sage.invariants.singularities.decomposition import (
    Decomposition,
    NumberFieldPoint,
    VarietyComponent,
    components_script,
    decompose,
    equations_data,
    read_point,
)
from neuroalg_sage.models.expressions import Polynomial, plus, value
from neuroalg_sage.models.parametrization import Parametrization, vanishes
from neuroalg_sage.storable import storable

PLACES = {"closure": "in the closure of M", "complex": "in M over the algebraic closure of Q",
          "real": "in M over the real numbers"}
FEW_SLICES, MOST_SLICES, MOST_COMPONENTS = 2, 12, 10
SHARE_OF_DECOMPOSITION = 0.6  # of the time that is left


@storable()
@dataclass(frozen=True, repr=False)
class Fiber:
    """
    The fiber of φ over a function f.

    - ``function`` -- the coordinates of f
    - ``components`` -- an invariant: the irreducible components over Q
    - ``in_closure``, ``over_complex``, ``over_real`` -- invariants: whether f is in the closure
      of M, in φ(C^N), in φ(R^N); None as value where that is not decided
    - ``points`` -- some points of the fiber in number fields
    - ``in_normal_form`` -- where the symmetries make the fiber infinite, an invariant: the
      components of its part with the parameters ``normal_form``, if that is finite
    - ``normal_form`` -- pairs of a parameter's number and its value
    """

    phi: Parametrization
    function: Point
    components: Invariant
    in_closure: Invariant
    over_complex: Invariant
    over_real: Invariant
    points: tuple[NumberFieldPoint, ...] = field(default=(), repr=False)
    in_normal_form: Invariant | None = None
    normal_form: tuple[tuple[int, int], ...] = ()

    @property
    def dimension(self) -> int | None:
        """The largest dimension of a component; -1 if the fiber is empty, None if not known."""
        if self.components.data is None:
            return None
        return max((c.dimension for c in self.components.data), default=-1)

    @property
    def kind(self) -> str:
        """``"empty"``, ``"finite"``, ``"positive-dimensional"``, or ``"not decomposed"``."""
        if self.dimension is None:
            return "not decomposed"
        return ("empty", "finite")[self.dimension + 1] if self.dimension < 1 else (
            "positive-dimensional")

    @property
    def answers(self) -> list[Invariant]:
        """All answers."""
        return [self.components, self.in_closure, self.over_complex, self.over_real,
                *([self.in_normal_form] if self.in_normal_form else [])]

    def __str__(self) -> str:
        why = (self.components.method if self.components.data is None
               else self.components.qualified_status())
        lines = [f"The fiber over {', '.join(written_function(self.phi, self.function))} is "
                 f"{self.kind} ({why})"]
        lines += [f"  a component of {c}" for c in self.components.data or ()]
        if self.in_normal_form is not None:
            names = self.phi.model.parameter_names
            values = ", ".join(f"{names[i]} = {c}" for i, c in self.normal_form)
            shown = "; ".join(map(str, self.in_normal_form.data)) or "empty"
            lines.append(f"  where {values}: {shown} ({self.in_normal_form.qualified_status()})")
        for answer, place in zip((self.in_closure, self.over_complex, self.over_real),
                                 PLACES.values()):
            if answer.data is None:
                lines.append(f"Whether f is {place} is not decided: {answer.method}")
            else:
                lines.append(f"f is {'' if answer.data else 'not '}{place}: {answer.method} "
                             f"({answer.qualified_status()})")
        return "\n".join(lines)

    __repr__ = __str__

    def text(self, spec: str = "SPEC") -> str:
        """What a shell prints."""
        return str(self)

    def _memberships(self) -> dict[str, Invariant]:
        return {"in_closure": self.in_closure, "over_complex": self.over_complex,
                "over_real": self.over_real}

    def plain_value(self) -> dict[str, Any]:
        """The fiber as JSON data."""
        names = self.phi.model.parameter_names
        found = self.components.data
        data: dict[str, Any] = {
            "function": list(map(decimal, self.function)), "kind": self.kind,
            "components": None if found is None else [_described(c, names) for c in found]}
        if self.in_normal_form is not None:
            data["normal_form"] = {names[i]: c for i, c in self.normal_form}
            data["in_normal_form"] = [_described(c, names) for c in self.in_normal_form.data]
        return data

    def described(self) -> dict[str, Any]:
        """The fiber, and whether the function is in M, with all proofs, as JSON data."""
        return self.plain_value() | {"proof": self.components.proof()} | {
            name: {"value": answer.data} | answer.proof()
            for name, answer in self._memberships().items()}


def _described(c: VarietyComponent, names: Sequence[str]) -> dict[str, Any]:
    """A component as JSON data, with its real points if they are finitely many."""
    boxes = None if c.real_points is None else [[[str(a), str(b)] for a, b in box]
                                                for box in c.real_points]
    return c.described(names) | ({} if boxes is None else {"real_points": boxes})


def fiber_equations(phi: Parametrization, f: Sequence[Fraction],
                    restriction: Sequence[tuple[int, int]] = ()) -> list[Polynomial]:
    """The equations φ_j(w) = f_j, then those that set parameters to numbers."""
    count = phi.model.parameter_count
    origin = (0,) * count
    equations = list(zip(phi.polynomials, f))
    equations += [({tuple(int(k == i) for k in range(count)): Fraction(1)}, Fraction(c))
                  for i, c in restriction]
    return [plus(p, {origin: -c}) for p, c in equations]


def parameter_names(phi: Parametrization) -> tuple[str, ...]:
    """The parameters' names in scripts."""
    return tuple(f"w_{i}" for i in range(phi.model.parameter_count))


def fiber_script(phi: Parametrization, f: Sequence[Fraction]) -> Script:
    """The script for the components of the fiber over a function."""
    return components_script(fiber_equations(phi, f), parameter_names(phi),
                             f"a fiber of the parametrization of {phi.model}")


def special_fiber(phi: Parametrization, ideal: Callable[[], Invariant] | None,
                  computation: Computation, function: Any = None, parameters: Any = None,
                  member: Callable[[Point], Invariant | None] = lambda f: None) -> Fiber:
    """
    The fiber over a function, its components and points, and whether it is empty.

    INPUT:

    - ``phi`` -- the parametrization
    - ``ideal`` -- where to find the ideal of the neurovariety, if it is needed; None if it is not
      to be asked for
    - ``computation`` -- session and limits
    - ``function`` -- coordinates, or polynomials in the inputs; see
      :func:`~neuroalg_sage.invariants.dimension.functions.read_function`
    - ``parameters`` -- instead of a function, the parameters of one
    - ``member`` -- whether a function is in M over the real numbers, where that is known otherwise

    OUTPUT: :class:`Fiber`

    Raises InputError for what is no function of the ambient space.  Where a limit stops the
    decomposition, what can be said without it is said.

    EXAMPLES:

    No matrix of rank two is a product through one neuron.  The binary cubic form x^2 y is a limit
    of sums of two cubes, and no such sum; Re (x + i y)^3 is a sum of two cubes, but not of
    real linear forms::

        >>> from neuroalg_sage import NeuroManifold
        >>> def answers(spec, f):
        ...     fiber = NeuroManifold(spec).fiber(f)
        ...     return fiber.in_closure, fiber.over_complex, fiber.over_real
        >>> answers("linear:2,1,2", ["x_0", "x_1"])
        (False (proved), False (proved), False (proved))
        >>> answers("mlp:2,2,1:x^3", "x_0^2*x_1")
        (True (proved), False (proved), False (proved))
        >>> answers("mlp:2,2,1:x^3", "x_0^3 - 3*x_0*x_1^2")
        (True (proved), True (proved), False (proved))
    """
    if (function is None) == (parameters is None):
        raise InputError("State either a function, or the parameters of one.")
    known: tuple[NumberFieldPoint, ...] = ()
    if parameters is not None:
        w = read_parameters(phi.model, parameters)
        known = (NumberFieldPoint.rational(w),)
        f = image(phi, w)
    else:
        f = read_function(phi, function)
    names, title = parameter_names(phi), f"a fiber of the parametrization of {phi.model}"
    start = time.perf_counter()
    equations = fiber_equations(phi, f)
    found: Decomposition | None = None
    try:
        found = decompose(equations, names, computation, title, _share(computation))
        components = _components(phi, f, (), found, time.perf_counter() - start, computation)
    except LimitReached as error:
        components = Invariant("special_fiber", None, "not decided", str(error), None,
                               time.perf_counter() - start)
    points = known or (_points(names, found, computation) if found else ())
    memberships = _Memberships(phi, f, equations, found, points, computation)
    closure = memberships.closure(ideal)
    special, restriction = None, _normal_form(phi, found, points) if found else ()
    if restriction:
        start = time.perf_counter()
        part = None
        with suppress(LimitReached):
            part = decompose(fiber_equations(phi, f, restriction), names, computation,
                             f"{title} in normal form")
        if part is not None and all(c.dimension == 0 for c in part.components):
            special = _components(phi, f, restriction, part, time.perf_counter() - start,
                                  computation)
    return Fiber(phi, f, components, closure, memberships.complex(), memberships.real(member),
                 points,
                 special, restriction if special else ())


def _share(computation: Computation) -> float | None:
    """The seconds that a decomposition may take, so that some are left for membership."""
    if computation.deadline is None:
        return None
    return max(SHARE_OF_DECOMPOSITION * (computation.deadline - time.monotonic()), 0.1)


def _components(phi: Parametrization, f: Point, restriction: Sequence[tuple[int, int]],
                found: Decomposition, seconds: float, computation: Computation) -> Invariant:
    return certified(phi.model, "special_fiber", list(found.components), "proved",
                     "decomposition in Macaulay2", seconds, found.evidence, found.trust,
                     claim=[list(map(decimal, f)), [list(pair) for pair in restriction],
                            found.claim],
                     versions=computation.versions())


def _points(names: Sequence[str], found: Decomposition, computation: Computation
            ) -> tuple[NumberFieldPoint, ...]:
    """Some points of the largest components; all of those of dimension zero."""
    points = [p for p in found.points if p is not None]
    large = [c for c in found.components if c.dimension > 0][:MOST_COMPONENTS]
    for slices in (FEW_SLICES, MOST_SLICES):
        for component in large:
            results = computation.run(Script(
                "points of a fiber", equations_data(component.generators, names),
                f"L = algebraicPoints(ideal E, Limit => {slices});", {"points": "L"}))
            points += map(read_point, results["points"])
        if any(p.interval() for p in points):
            break
    return tuple(sorted(points, key=lambda p: p.degree))


def _normal_form(phi: Parametrization, found: Decomposition, points: Sequence[NumberFieldPoint]
                 ) -> tuple[tuple[int, int], ...]:
    """
    Parameters in normal form for the known symmetries, if the fiber is infinite.

    Where a torus acts on units, the parameter of a unit that is set to 1 is one of those with
    the same weight, and not zero at some point of the fiber.
    """
    fields = [symmetry.parameters for symmetry in phi.model.symmetries]
    if not fields or not any(c.dimension > 0 for c in found.components):
        return ()
    count, generator = phi.model.parameter_count, random.Random(1)
    prime = modular.random_prime(generator)
    orbits = modular.rank(tangents(
        fields, [generator.randrange(prime) for _ in range(count)], prime), prime)
    mixed = {i for field in fields for i, j in field if i != j}
    values: dict[int, int] = {}
    for step in normal_form(fields, count, orbits) or ():
        place = step.coordinate
        same = [i for (i, j), c in step.field.items() if step.value and i == j
                and i not in mixed and i not in values and c == step.field[place, place]]
        values[next((i for i in same if points and any(points[0].coordinates[i])), place)
               ] = step.value
    return tuple(sorted(values.items()))


class _Memberships:
    """Three answers about one function, each with its evidence."""

    def __init__(self, phi: Parametrization, f: Point, equations: list[Polynomial],
                 found: Decomposition | None, points: Sequence[NumberFieldPoint],
                 computation: Computation) -> None:
        self.phi, self.f, self.equations = phi, f, equations
        self.found, self.points, self.computation = found, points, computation
        self.start = time.perf_counter()

    def _answer(self, place: str, answer: bool, method: str, evidence: Mapping[str, Any],
                trust: Sequence[str] = ()) -> Invariant:
        seconds = time.perf_counter() - self.start
        return certified(self.phi.model, "membership", answer, "proved", method, seconds, evidence,
                         list(trust), claim=[list(map(decimal, self.f)), place, answer],
                         versions=self.computation.versions())

    def _open(self, why: str) -> Invariant:
        return Invariant("membership", None, "not decided", why, None,
                         time.perf_counter() - self.start)

    def _point(self, place: str) -> Invariant | None:
        if not self.points:
            return None
        evidence = {"argument": "point", "point": self.points[0].encoded()}
        return self._answer(place, True, "a point of the fiber", evidence)

    def _basis(self, place: str) -> Invariant:
        """By a Gröbner basis of the fiber's ideal, which contains 1 or does not."""
        if self.found is None:
            return self._open("the fiber was not decomposed.")
        shown = self.found.presentation
        nonempty = bool(self.found.components)
        if shown is None:
            return self._open("the Gröbner basis of the fiber's ideal with its cofactors is too "
                              "large.")
        if nonempty:
            return self._answer(place, True, "a Gröbner basis of the fiber's ideal does not "
                                "contain 1", {"argument": "basis"} | shown)
        (unit,), (cofactors,) = shown["basis"], shown["cofactors"]
        scale = Fraction(unit[0][0])
        scaled = [[[str(Fraction(c) / scale), e] for c, e in factor] for factor in cofactors]
        return self._answer(place, False, "1 is a combination of the fiber's equations",
                            {"argument": "unit", "cofactors": scaled})

    def closure(self, ideal: Callable[[], Invariant] | None) -> Invariant:
        if self.points or self.found and self.found.components:
            return self._point("closure") or self._basis("closure")
        if ideal is None:
            return self._open("the ideal of the neurovariety was not asked for.")
        try:
            found = ideal()
        except LimitReached as error:
            return self._open(f"the ideal of the neurovariety was not found. {error}")
        if any(len(e) != len(self.f) for g in found.data for e in g) or not vanishes(
                found.data, self.phi):
            raise EngineError(f"The ideal is not that of the neurovariety of {self.phi.model}; "
                              "its equations do not vanish there.")
        self.start = time.perf_counter()
        for g in found.data:
            if value(g, self.f):
                self.equation = g
                return self._outside("closure")
        assert found.certificate is not None
        evidence = {"argument": "ideal", "ideal": found.certificate["evidence"],
                    "generators": [encode_polynomial(g) for g in found.data]}
        return self._answer("closure", True, "f satisfies all equations of M", evidence,
                            found.trust)

    equation: Polynomial | None = None

    def _outside(self, place: str) -> Invariant:
        assert self.equation is not None
        return self._answer(place, False, "f does not satisfy an equation of M",
                            {"argument": "equation",
                             "equation": encode_polynomial(self.equation)})

    def complex(self) -> Invariant:
        self.start = time.perf_counter()
        if self.equation is not None:
            return self._outside("complex")
        return self._point("complex") or self._basis("complex")

    def real(self, member: Callable[[Point], Invariant | None]) -> Invariant:
        """By the fiber if it has a point or is empty, else by what is known of M, or by squares."""
        self.start = time.perf_counter()
        if self.equation is not None:
            return self._outside("real")
        if self.found and not self.found.components:
            return self._basis("real")
        for point in self.points:
            interval = point.interval()
            if interval is not None:
                return self._answer("real", True, "a real point of the fiber", {
                    "argument": "point", "point": point.encoded(),
                    "interval": list(map(decimal, interval))})
        known = member(self.f)
        if known is not None:
            return known
        if self.found is None:
            return self._open("the fiber was not decomposed.")
        proof = no_real_points(self.equations, parameter_names(self.phi), self.computation)
        if proof is None:
            return self._open(f"no real point of the fiber was found in {MOST_SLICES} sections "
                              "of each component, and no proof that there is none.")
        return self._answer("real", False, "sums of squares among the fiber's equations",
                            {"argument": "no real points", "proof": proof})
