"""
Critical points of a quadratic loss in the space of parameters, pure and spurious.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import nmod_poly

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.singularities.decomposition import presented
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.formats import written
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.functions import Point
from neuroalg_sage.invariants.dimension.rings import coordinate_ring
from neuroalg_sage.invariants.equations.generators import primitive, sage_ideal
from neuroalg_sage.invariants.fibers.special_fiber import parameter_names
from neuroalg_sage.invariants.singularities.decomposition import (
    ComponentOfAKind,
    Components,
    Decomposition,
    NumberFieldPoint,
    VarietyComponent,
    components_script,
    decompose,
    equations_data,
    for_checker,
    fractions,
    read_point,
)
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate, from_flint
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import to_flint
from neuroalg_sage.storable import storable

PRIMES = [2**31 - 1, 2**31 - 19, 2**31 - 61, 2**30 - 35, 2**30 - 41, 2**29 - 3, 2**29 - 33,
          1000003, 1000033, 1000037, 1000039, 1000081]
SECONDS_FOR_AN_IMAGE = 20.0
KINDS = {"fiber": "critical on V", "pure": "pure", "spurious": "spurious",
         "open": "not decided whether spurious, since φ(w) may be singular on M"}


@storable()
@dataclass(frozen=True, repr=False)
class CriticalComponent(ComponentOfAKind):
    """
    An irreducible component of the critical points in the space of parameters.

    - ``kind`` -- ``fiber`` if it lies over where the loss has no slope on V, as the fiber of a
      target does; ``pure`` if at a generic point φ(w) is a smooth point of M and critical for the
      loss on M, ``spurious`` if it is smooth and not critical, ``open`` if none of these was shown
    - ``image_dimension``, ``image_equations`` -- of the closure of φ of the component, by
      elimination in Macaulay2; None if that takes too long
    - ``is_fiber`` -- whether it lies in the fiber of a target, to which the loss is the distance
    """

    image_dimension: int | None
    image_equations: tuple[Polynomial, ...] | None
    coordinates: int
    is_fiber: bool

    @cached_property
    def image(self) -> Any:
        """The ideal of the closure of the image, in Sage."""
        if self.image_equations is None:
            raise LimitReached("The image of this component was not found in "
                               f"{SECONDS_FOR_AN_IMAGE:g} s.")
        return sage_ideal(self.image_equations, self.coordinates)

    def described(self, names: Sequence[str]) -> dict[str, Any]:
        """The component as JSON data, its equations in parameters of these names."""
        return super().described(names) | {
            "image_dimension": self.image_dimension,
            "image": None if self.image_equations is None else
            written(self.image_equations, self.coordinates), "image_status": "numerical"}

    def __str__(self) -> str:
        to = "" if self.image_dimension is None else (
            f", image of dimension {self.image_dimension} (numerical, by Macaulay2)")
        kind = "the fiber of the target" if self.is_fiber else KINDS[self.kind]
        return f"{self.component}: {kind}{to}"


@dataclass(frozen=True)
class QuadraticLoss:
    """
    The function q(z) = z^T Q z - 2 b^T z on V.

    - ``quadratic`` -- Q, from pairs i <= j of coordinates to its entries that are not zero
    - ``linear`` -- b
    - ``name`` -- what it is
    """

    quadratic: Mapping[tuple[int, int], Fraction]
    linear: Point
    name: str

    @classmethod
    def distance(cls, f: Point, weights: Point) -> QuadraticLoss:
        """Σ m_j (z_j - f_j)^2, up to a constant."""
        return cls({(j, j): m for j, m in enumerate(weights)},
                   tuple(m * c for m, c in zip(weights, f)), "distance")

    def slope(self, z: Sequence[Any], linear: Sequence[Any], number: Callable[[Fraction], Any]
              ) -> list[Any]:
        """Half the gradient, Q z - b, for z and b over any ring to which ``number`` maps Q."""
        found = [-c for c in linear]
        for (i, j), c in self.quadratic.items():
            found[i] += number(c) * z[j]
            if i != j:
                found[j] += number(c) * z[i]
        return found

    def claim(self) -> list[Any]:
        """What a certificate states of it."""
        return [[[i, j, decimal(c)] for (i, j), c in sorted(self.quadratic.items())],
                list(map(decimal, self.linear))]


def _slope(phi: Parametrization, loss: QuadraticLoss) -> tuple[list[Any], list[Any]]:
    """φ and Q φ - b, as polynomials of FLINT."""
    ring = polynomial_ring(phi.model.parameter_count)
    images = for_checker(phi.polynomials, phi.model.parameter_count)
    return images, loss.slope(images, [ring.constant(c) for c in map(to_flint, loss.linear)],
                              to_flint)


def gradient(phi: Parametrization, loss: QuadraticLoss) -> list[Polynomial]:
    """Half the gradient of q(φ(w))."""
    images, slope = _slope(phi, loss)
    zero = polynomial_ring(phi.model.parameter_count).constant(0)
    return [from_flint(sum((h * g.derivative(i) for h, g in zip(slope, images)), zero))
            for i in range(phi.model.parameter_count)]


def loss_critical_locus_script(phi: Parametrization, loss: QuadraticLoss) -> Script:
    """The script for the components of the critical locus."""
    return components_script(gradient(phi, loss), parameter_names(phi), _title(phi, loss))


def _title(phi: Parametrization, loss: QuadraticLoss) -> str:
    return f"the critical points of the {loss.name} in the parameters of {phi.model}"


def loss_critical_locus(phi: Parametrization, dimension: Invariant,
                        ideal: Callable[[], Invariant], computation: Computation,
                        loss: QuadraticLoss) -> Invariant:
    """
    The components of the critical points of q(φ(w)), with what they map to.

    A component is spurious if for a generic point w of it φ(w) is a smooth point of M and not
    critical for q on M, see [TKB2020]_.  That is decided at one point of the component
    over a number field, modulo a prime, where ranks bound those in characteristic zero from
    below.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- the dimension of M
    - ``ideal`` -- where to find its ideal
    - ``computation`` -- session and limits
    - ``loss`` -- the function q on V

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a list of
    :class:`CriticalComponent`, the largest first

    Raises LimitReached if a limit stops Macaulay2.

    REFERENCES:

    - [TKB2020]_

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("linear:1,1,1").loss_critical_locus("x_0")
        [Component of dimension 1, degree 2: the fiber of the target, image of dimension 0
         (numerical, by Macaulay2), Component of dimension 0, degree 1, 1 real point: spurious,
         image of dimension 0 (numerical, by Macaulay2)] (proved)
    """
    start = time.perf_counter()
    names = parameter_names(phi)
    found = decompose(gradient(phi, loss), names, computation, _title(phi, loss))
    count = phi.model.parameter_count
    _, slope = _slope(phi, loss)
    kinds: list[str] = []
    images: list[dict[str, Any] | None] = []
    needs_manifold = False
    ring = polynomial_ring(count)
    for i, component in enumerate(found.components):
        basis = presented(for_checker(component.generators, count), ring,
                          found.evidence["components"][i])
        if all(map(basis.contains, slope)):
            kinds.append("fiber")
            images.append(None)
            continue
        kind, shown = "open", None
        if dimension.status == "proved":
            kind, shown = _kind(phi, loss, dimension.data, ideal, found, i, computation)
        kinds.append(kind)
        images.append(shown)
        needs_manifold |= kind != "open"
    evidence = dict(found.evidence) | {"images": images}
    trust = set(found.trust)
    if needs_manifold:
        assert dimension.certificate is not None
        evidence |= {"dimension": dimension.data,
                     "dimension_evidence": dimension.certificate["evidence"],
                     "equations": [encode_polynomial(g) for g in ideal().data]}
        trust |= set(dimension.trust)
    parts = [_with_image(phi, c, kind, loss.name == "distance", computation)
             for c, kind in zip(found.components, kinds)]
    return Components.certified(
        phi.model, "loss_critical_locus", parts, "proved",
        "decomposition in Macaulay2, and ranks at points", time.perf_counter() - start,
        evidence, sorted(trust), versions=computation.versions(),
        claim=[*loss.claim(), found.claim, kinds], names=phi.model.parameter_names)


def _kind(phi: Parametrization, loss: QuadraticLoss, d: int, ideal: Callable[[], Invariant],
          found: Decomposition, i: int, computation: Computation
          ) -> tuple[str, dict[str, Any] | None]:
    """Whether a component is pure or spurious, with a point that proves it."""
    equations = ideal().data
    n = len(loss.linear)
    numbers = [*loss.linear, *loss.quadratic.values(),
               *(Fraction(c) for g in (*phi.polynomials, *equations) for c in g.values())]
    for point in _points(phi, found, i, computation):
        for p, root in _roots(point, numbers):
            w = [_at(x, root, p) for x in point.coordinates]
            z = [evaluate(g, w, p) for g in phi.polynomials]
            normals = [[evaluate(derivative(g, j), z, p) for j in range(n)] for g in equations]
            if (rank(normals, n, p) if normals else 0) < n - d:
                continue
            slope = [c % p for c in loss.slope(z, [_modulo(c, p) for c in loss.linear],
                                               lambda c: _modulo(c, p))]  # noqa: B023
            evidence = {"point": point.encoded(), "prime": p, "root": root}
            if rank([*normals, slope], n, p) == n - d + 1:
                return "spurious", evidence
            slopes = [[evaluate(derivative(g, k), w, p) for k in range(len(w))]
                      for g in phi.polynomials]
            if rank(slopes, len(w), p) == d:
                return "pure", evidence
            break
    return "open", None


def _points(phi: Parametrization, found: Decomposition, i: int, computation: Computation
            ) -> list[NumberFieldPoint]:
    own = found.points[i]
    if own is not None:
        return [own]
    component = found.components[i]
    results = computation.run(Script(
        "points of a critical component",
        equations_data(component.generators, parameter_names(phi)),
        "L = algebraicPoints(ideal E, Limit => 4);", {"points": "L"}))
    return sorted(map(read_point, results["points"]), key=lambda point: point.degree)


def _roots(point: NumberFieldPoint, others: Sequence[Fraction]) -> list[tuple[int, int]]:
    """
    Primes, each with a root of the point's polynomial modulo it, in no denominator of the point or
    of other numbers.
    """
    numbers = [*others, *(c for x in (point.polynomial, *point.coordinates) for c in x)]
    found = []
    for p in PRIMES:
        if any(c.denominator % p == 0 for c in numbers) or point.polynomial[-1].numerator % p == 0:
            continue
        q = nmod_poly([_modulo(c, p) for c in point.polynomial], p)
        root = next((factor for factor, _ in q.factor()[1] if factor.degree() == 1), None)
        if root is not None:
            found.append((p, int(-root[0] / root[1])))
    return found


def _modulo(c: Fraction, p: int) -> int:
    return c.numerator * pow(c.denominator, -1, p) % p


def _at(coefficients: Sequence[Fraction], root: int, p: int) -> int:
    return sum(_modulo(c, p) * pow(root, k, p) for k, c in enumerate(coefficients)) % p


def image_script(phi: Parametrization, component: VarietyComponent) -> Script:
    """The script for the closure of the image of a component."""
    names = parameter_names(phi)
    data = equations_data(component.generators, names)
    n = len(phi.polynomials)
    return Script(f"the image of a critical component of {phi.model}",
                  {"V": coordinate_ring(n)} | data | {
                      "F": PolynomialMatrix(data["W"], 1, n, phi.polynomials)},
                  "K = trim kernel map(W / ideal E, V, F);",
                  {"equations": "gens K", "dimension": "dim K"})


def _with_image(phi: Parametrization, component: VarietyComponent, kind: str, is_distance: bool,
                computation: Computation) -> CriticalComponent:
    n, is_fiber = len(phi.polynomials), is_distance and kind == "fiber"
    try:
        results = computation.run(image_script(phi, component), SECONDS_FOR_AN_IMAGE)
    except LimitReached:
        if computation.is_over():
            raise
        return CriticalComponent(component, kind, None, None, n, is_fiber)
    equations = tuple(primitive(fractions(g)) for g in results["equations"].entries if g)
    return CriticalComponent(component, kind, int(results["dimension"]), equations, n,
                             is_fiber)
