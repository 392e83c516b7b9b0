"""
The components of an affine variety over Q, with the proof that the checker verifies.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any

import flint
from flint import fmpq_mpoly

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.coordinates import MOST_PARAMETERS
from neuroalg_sage.certificates.equations.groebner import GroebnerBasis
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.singularities.algebraic_points import real_roots
from neuroalg_sage.certificates.singularities.coverings import MOST_PRODUCTS, are_covered
from neuroalg_sage.certificates.singularities.domains import is_domain
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.expressions import Polynomial, write_polynomial
from neuroalg_sage.models.rational import in_ring, to_flint, univariate
from neuroalg_sage.storable import storable

PRESENTATION_SECONDS = 20.0
LARGEST_PRESENTATION = 100_000  # terms
LARGEST_FIELD = 200  # degree of a number field that the checker is to factor over
PLACES, MOST_PLACES = 60, 16_000  # binary places of the boxes around real points
# What a script has of the components L.
LISTED = ('apply(L, c -> hashTable {"dimension" => c#"dimension", "degree" => c#"degree", '
          '"generators" => c#"generators", "basis" => c#"basis", "cofactors" => c#"cofactors", '
          '"points" => if c#"dimension" == 0 then algebraicPoints c#"ideal" else {}})')
Interval = tuple[Fraction, ...]
Box = tuple[Interval, ...]


@storable()
@dataclass(frozen=True)
class NumberFieldPoint:
    """
    The points whose coordinates are polynomials in the roots of one polynomial over Q.

    - ``polynomial`` -- its coefficients, ascending
    - ``coordinates`` -- for each coordinate the coefficients of a polynomial, ascending
    - ``form`` -- the coefficients of a linear form in the coordinates that is the root, if known
    """

    polynomial: tuple[Fraction, ...]
    coordinates: tuple[tuple[Fraction, ...], ...]
    form: tuple[Fraction, ...] = ()

    @classmethod
    def rational(cls, coordinates: Sequence[Fraction]) -> NumberFieldPoint:
        """A point with rational coordinates."""
        return cls((Fraction(0), Fraction(1)), tuple((c,) for c in coordinates))

    def __getstate__(self) -> dict[str, Any]:
        # FLINT's balls are not pickled, and are found again.
        return {name: part for name, part in vars(self).items() if name != "_root_balls"}

    @property
    def degree(self) -> int:
        """The number of conjugate points."""
        return len(self.polynomial) - 1

    @cached_property
    def _root_balls(self) -> list[flint.arb]:
        """Disjoint balls around the real roots; the closer these are, the more precise."""
        with flint.ctx.workprec(8 * PLACES):
            return real_roots(univariate(self.polynomial))

    def interval(self) -> tuple[Fraction, ...] | None:
        """An interval in which the polynomial changes its sign, if there is one."""
        q = univariate(self.polynomial)
        if self.degree == 1:
            root = -self.polynomial[0] / self.polynomial[1]
            return root, root
        for places in _more_places():
            intervals = [_ends(ball, places) for ball in self._root_balls]
            if _are_disjoint([(interval,) for interval in intervals]):
                return next(((low, high) for low, high in intervals
                             if q(to_flint(low)) * q(to_flint(high)) <= 0), None)
        return None

    def real_boxes(self) -> list[Box] | None:
        """
        For each real point a box around it, in the order of the roots.

        The boxes are disjoint, and only a coordinate that is 0 has an interval around 0; None if
        that would take too many places.
        """
        for places in _more_places():
            balls = self._root_balls
            with flint.ctx.workprec(8 * places):
                if any(ball.rel_accuracy_bits() < places for ball in balls):
                    balls = real_roots(univariate(self.polynomial))
                boxes: list[Box] = [
                    tuple(_ends(flint.arb_poly([flint.arb(to_flint(c)) for c in x] or [0])(root),
                                places) for x in self.coordinates) for root in balls]
            if _are_disjoint(boxes) and all(
                    low > 0 or high < 0 or not any(x)
                    for box in boxes for x, (low, high) in zip(self.coordinates, box)):
                return boxes
        return None

    def encoded(self) -> dict[str, Any]:
        """The point as a certificate states it."""
        data: dict[str, Any] = {"polynomial": list(map(decimal, self.polynomial)),
                                "coordinates": [list(map(decimal, x)) for x in self.coordinates]}
        return data | ({"form": list(map(decimal, self.form))} if self.form else {})


def _more_places() -> Iterator[int]:
    """More and more binary places."""
    places = PLACES
    while places <= MOST_PLACES:
        yield places
        places *= 2


def _are_disjoint(boxes: Sequence[Sequence[tuple[Fraction, ...]]]) -> bool:
    return all(any(s[1] < t[0] or t[1] < s[0] for s, t in zip(one, other))
               for one, other in itertools.combinations(boxes, 2))


def _ends(ball: flint.arb, places: int) -> tuple[Fraction, ...]:
    """The ends of an interval around a ball, on a dyadic grid, whatever the precision is."""
    middle, radius = (Fraction(int(m)) * Fraction(2) ** int(e)
                      for m, e in (ball.mid().man_exp(), ball.rad().man_exp()))
    scale = 2**places
    return (Fraction(floor((middle - radius) * scale) - 1, scale),
            Fraction(ceil((middle + radius) * scale) + 1, scale))


@storable()
@dataclass(frozen=True, repr=False)
class VarietyComponent:
    """
    An irreducible component over Q of an affine variety.

    - ``dimension``, ``degree`` -- the latter that of the projective closure
    - ``generators`` -- of its prime ideal
    - ``names`` -- of the variables
    - ``real_points`` -- in dimension zero a box around each real point, else None
    """

    dimension: int
    degree: int
    generators: tuple[Polynomial, ...]
    names: tuple[str, ...]
    real_points: tuple[Box, ...] | None = None

    @cached_property
    def ideal(self) -> Any:
        """The prime ideal, in Sage."""
        ring = PolynomialRingData(self.names)
        return PolynomialMatrix(ring, 1, len(self.generators), self.generators, "ideal").to_sage()

    def described(self, names: Sequence[str]) -> dict[str, Any]:
        """The component as JSON data, its equations in variables of these names."""
        return {"dimension": self.dimension, "degree": self.degree,
                "generators": [write_polynomial(g, names) for g in self.generators]}

    def __str__(self) -> str:
        text = f"dimension {self.dimension}, degree {self.degree}"
        if self.real_points is None:
            return text
        count = len(self.real_points)
        return f"{text}, {count} real point{'s' * (count != 1)}"

    def __repr__(self) -> str:
        return f"Component of {self}"


@dataclass(frozen=True, repr=False)
class ComponentOfAKind:
    """
    A component, and of which kind its points are.

    - ``component`` -- its dimension, degree and prime ideal
    - ``kind`` -- one word
    """

    component: VarietyComponent
    kind: str

    @property
    def dimension(self) -> int:
        """The dimension of the component."""
        return self.component.dimension

    @property
    def degree(self) -> int:
        """The degree of the component's projective closure."""
        return self.component.degree

    @property
    def ideal(self) -> Any:
        """The prime ideal, in Sage."""
        return self.component.ideal

    def described(self, names: Sequence[str]) -> dict[str, Any]:
        """The component as JSON data, its equations in variables of these names."""
        return self.component.described(names) | {"kind": self.kind}

    def __repr__(self) -> str:
        return f"Component of {self}"


@dataclass(frozen=True)
class Decomposition:
    """
    The components of a variety, with what a certificate of them says.

    - ``components`` -- the largest first
    - ``points`` -- for each component its points, if it has dimension zero
    - ``claim``, ``evidence``, ``trust`` -- parts of a certificate
    - ``presentation`` -- Gröbner basis and cofactors of the equations, if known
    """

    components: tuple[VarietyComponent, ...]
    points: tuple[NumberFieldPoint | None, ...]
    claim: list[Any]
    evidence: dict[str, Any]
    trust: list[str]
    presentation: dict[str, Any] | None


def equations_data(equations: Sequence[Polynomial], names: Sequence[str]) -> dict[str, Any]:
    """The ring W and the row E of equations of a script."""
    ring = PolynomialRingData(tuple(names))
    return {"W": ring, "E": PolynomialMatrix(ring, 1, len(equations), tuple(equations))}


def components_script(equations: Sequence[Polynomial], names: Sequence[str], title: str) -> Script:
    """The script for the components of the zero set of equations."""
    return Script(title, equations_data(equations, names), "L = primeComponents ideal E;",
                  {"components": LISTED})


def presentation_script(equations: Sequence[Polynomial], names: Sequence[str], title: str
                        ) -> Script:
    """The script for a Gröbner basis of equations, with cofactors."""
    return Script(title, equations_data(equations, names), "H = idealPresentation E;",
                  {"basis": 'H#"basis"', "cofactors": 'H#"cofactors"'})


def read_point(data: Mapping[str, Any]) -> NumberFieldPoint:
    """A point from the results of a script."""

    def ascending(matrix: PolynomialMatrix) -> tuple[Fraction, ...]:
        polynomial = matrix.polynomial
        return tuple(Fraction(polynomial.get((k,), 0))
                     for k in range(max((k for (k,) in polynomial), default=-1) + 1))

    return NumberFieldPoint(ascending(data["polynomial"]),
                            tuple(map(ascending, data["coordinates"])),
                            tuple(map(Fraction, data["form"])))


def encoded_presentation(results: Mapping[str, Any]) -> dict[str, Any]:
    """Gröbner basis and cofactors of a script as a certificate states them."""
    basis, cofactors = results["basis"], results["cofactors"]
    return {"basis": [encode_polynomial(fractions(f)) for f in basis.entries],
            "cofactors": [[encode_polynomial(fractions(
                cofactors.entries[row * cofactors.columns + column]))
                for row in range(cofactors.rows)] for column in range(cofactors.columns)]}


def fractions(f: Mapping[tuple[int, ...], Any]) -> Polynomial:
    return {e: Fraction(c) for e, c in f.items()}


def _size(results: Mapping[str, Any]) -> int:
    return sum(len(f) for name in ("basis", "cofactors") for f in results[name].entries)


def presentation(equations: Sequence[Polynomial], names: Sequence[str], computation: Computation,
                 title: str) -> Mapping[str, Any] | None:
    """A Gröbner basis with cofactors, if it is found soon and is not too large."""
    try:
        results = computation.run(presentation_script(equations, names, title),
                                  PRESENTATION_SECONDS)
    except LimitReached:
        if computation.is_over():
            raise
        return None
    return results if _size(results) <= LARGEST_PRESENTATION else None


def for_checker(polynomials: Sequence[Mapping[tuple[int, ...], Any]], n: int) -> list[fmpq_mpoly]:
    """Polynomials as the checker holds them."""
    ring = polynomial_ring(n)
    return [in_ring(p, ring) for p in polynomials]


def decompose(equations: Sequence[Polynomial], names: Sequence[str], computation: Computation,
              title: str, seconds: float | None = None, script: Script | None = None,
              largest: int = LARGEST_PRESENTATION) -> Decomposition:
    """
    The irreducible components over Q of the zero set of equations.

    Macaulay2 finds them, by the script if there is one that knows how to.  What the checker can
    verify by itself is found out here: that they are all, and that they are irreducible; else it
    is Macaulay2's word.

    INPUT:

    - ``equations`` -- polynomials
    - ``names`` -- of the variables
    - ``computation`` -- session and limits
    - ``title`` -- what is decomposed
    - ``seconds`` -- the most that this may take, beside the limits of the computation
    - ``script`` -- finds ``components`` as :func:`components_script` does, which is the default
    - ``largest`` -- the most terms of a proof that there are no others

    Raises LimitReached if a limit stops Macaulay2.

    EXAMPLES::

        >>> circle = [{(2, 0): Fraction(1), (0, 2): Fraction(1), (0, 0): Fraction(-1)},
        ...           {(1, 1): Fraction(1)}]
        >>> found = decompose(circle, ("x_0", "x_1"), Computation(), "points")
        >>> found.components[0], len(found.components), found.trust
        (Component of dimension 0, degree 1, 1 real point, 4, [])
    """
    n = len(names)
    if n > MOST_PARAMETERS:
        raise LimitReached(f"Varieties of {n} parameters are not decomposed; the most is "
                           f"{MOST_PARAMETERS}.")
    script = script or components_script(equations, names, title)
    found = computation.run(script, seconds)["components"]
    shown = presentation(equations, names, computation, f"a proof for {title}")
    if shown is not None and _size(shown) > largest:
        shown = None
    components, points, proofs, lists = [], [], [], []
    trust = set()
    for part in found:
        generators = tuple(fractions(g) for g in part["generators"].entries if g)
        proof: dict[str, Any] = encoded_presentation(part)
        if not generators:
            proof = {"basis": [], "cofactors": []}
        point = read_point(part["points"][0]) if part["points"] else None
        boxes = None
        if point is not None and point.degree <= LARGEST_FIELD:
            proof["point"] = point.encoded()
            found_boxes = point.real_boxes()
            boxes = None if found_boxes is None else tuple(found_boxes)
        lists.append(for_checker(generators, n))
        proof["prime"] = "point" if "point" in proof else "elimination" if is_domain(
            lists[-1], polynomial_ring(n)) else "macaulay2"
        trust |= {proof["prime"]} & {"macaulay2"}
        components.append(VarietyComponent(int(part["dimension"]), int(part["degree"]), generators,
                                           tuple(names), boxes))
        points.append(point)
        proofs.append(proof)
    complete = _is_complete(shown, lists, n)
    if not complete and not lists:
        raise LimitReached("Macaulay2 finds no points; that 1 is a combination of the equations "
                           "was not shown within the limits.")
    evidence: dict[str, Any] = {"components": proofs,
                                "complete": "products" if complete else "macaulay2"}
    encoded = None if shown is None else encoded_presentation(shown)
    if complete and encoded is not None:
        evidence |= encoded
    else:
        trust.add("macaulay2")
    return Decomposition(tuple(components), tuple(points), list(map(claim, components)), evidence,
                         sorted(trust), encoded)


def _is_complete(shown: Mapping[str, Any] | None, lists: list[list[fmpq_mpoly]], n: int) -> bool:
    if shown is None:
        return False
    total = 1
    for generators in lists:
        total *= len(generators)
    return total <= MOST_PRODUCTS and (not lists or are_covered(
        GroebnerBasis(for_checker(shown["basis"].entries, n), [1] * n), lists))


def claim(component: VarietyComponent) -> dict[str, Any]:
    """A component as a certificate claims it."""
    data: dict[str, Any] = {"dimension": component.dimension, "degree": component.degree,
                            "generators": [encode_polynomial(g) for g in component.generators]}
    if component.real_points is not None:
        data["real_points"] = [[[str(a), str(b)] for a, b in box]
                               for box in component.real_points]
    return data


@dataclass(frozen=True, eq=False, repr=False)
class Components(Invariant):
    """
    The irreducible components of a variety of parameters.

    - ``names`` -- of the parameters
    """

    names: tuple[str, ...] = ()

    def sentence(self) -> str:
        count = len(self.data)
        return f"{count or 'no'} component{'s' * (count != 1)}"

    def statement(self, name: str = "") -> str:
        return f"{self.sentence()}  [{self.qualified_status()}]"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {component}" for component in self.data]

    def plain_value(self) -> Any:
        return {"components": [component.described(self.names) for component in self.data]}
