"""
Polyhedral norms: their unit balls, and the faces of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from typing import Any

from neuroalg_sage.certificates.polytopes import forms_of_facets
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import echelon, rank
from neuroalg_sage.models.sage_input import lists, rational
from neuroalg_sage.storable import storable

NAMES = ("l1", "linf")
MOST_FACES = 7000
KINDS = ("vertices", "facets", "metric")

Vector = tuple[Fraction, ...]


@storable()
@dataclass(frozen=True)
class Face:
    """
    A proper face of a unit ball.

    - ``vertices`` -- of the face
    - ``form`` -- a linear form that is 1 on the face, and less on the rest of the ball
    - ``dimension`` -- of the face; that of its linear span is larger by one
    """

    vertices: tuple[Vector, ...]
    form: Vector
    dimension: int


@storable()
@dataclass(frozen=True)
class PolyhedralNorm:
    """
    The norm whose unit ball is the convex hull of some points.

    - ``name`` -- ``"l1"``, ``"linf"``, or what it was given by: ``"vertices"``, ``"facets"``, or
      ``"metric"``, a distance of states
    - ``size`` -- the dimension of V
    - ``vertices`` -- the vertices of the ball
    - ``forms`` -- for each facet the linear form that is 1 there; on V, of which the ball of a
      metric spans a subspace only
    """

    name: str
    size: int
    vertices: tuple[Vector, ...]
    forms: tuple[Vector, ...]

    def claim(self) -> Any:
        """The norm as a certificate states it."""
        return [[str(c) for c in v] for v in self.vertices]

    def of(self, z: Sequence[Fraction]) -> Fraction:
        """
        The norm of a vector in the span of the ball.

        EXAMPLES::

            >>> polyhedral_norm(3, "l1").of([Fraction(1), Fraction(-2), Fraction(0)])
            Fraction(3, 1)
        """
        return max(sum((a * b for a, b in zip(f, z)), Fraction(0)) for f in self.forms)

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """
        The proper faces, without the empty one, by their dimension.

        Raises LimitReached if there are too many.

        EXAMPLES: The octahedron. ::

            >>> [sum(face.dimension == k for face in polyhedral_norm(3, "l1").faces)
            ...  for k in range(3)]
            [6, 12, 8]
        """
        on = [frozenset(i for i, v in enumerate(self.vertices)
                        if sum(a * b for a, b in zip(f, v)) == 1) for f in self.forms]
        found: set[frozenset[int]] = set(on)
        new = found
        while new:
            new = {a & b for a in new for b in on} - found - {frozenset()}
            found |= new
            if len(found) > MOST_FACES:
                raise LimitReached(f"The unit ball of the norm has over {MOST_FACES} faces; choose "
                                   "a smaller model.")
        return tuple(sorted((self._face(face, on) for face in found),
                            key=lambda face: (face.dimension, face.vertices)))

    def _face(self, places: frozenset[int], on: Sequence[frozenset[int]]) -> Face:
        through = [form for form, facet in zip(self.forms, on) if places <= facet]
        form = tuple(sum(column, Fraction(0)) / len(through) for column in zip(*through))
        vertices = tuple(self.vertices[i] for i in sorted(places))
        return Face(vertices, form, rank(vertices) - 1)


def _signs(n: int) -> tuple[Vector, ...]:
    return tuple(tuple(map(Fraction, signs)) for signs in product((1, -1), repeat=n))


def _units(n: int) -> tuple[Vector, ...]:
    return tuple(tuple(Fraction(sign * (i == j)) for j in range(n)) for i in range(n)
                 for sign in (1, -1))


def polyhedral_norm(model: Model | int, norm: Any = "l1") -> PolyhedralNorm:
    """
    A polyhedral norm on V.

    INPUT:

    - ``model`` -- the model, or the dimension of V
    - ``norm`` -- ``"l1"``, ``"linf"``, or a dictionary with one of

      - ``"vertices"`` -- points whose convex hull is the unit ball
      - ``"facets"`` -- rows a of the inequalities a z <= 1 of the unit ball
      - ``"metric"`` -- the symmetric matrix of the distances of states, which are the coordinates
        of V, or the outputs.  The unit ball is the convex hull of (e_i - e_j) / d_ij, for outputs
        within each monomial in the inputs: the Wasserstein norm of the differences of
        distributions, measures of the same mass

    Raises InputError, with one sentence, for what is no norm.

    EXAMPLES::

        >>> polyhedral_norm(2, {"metric": [[0, 1], [1, 0]]}).vertices
        ((Fraction(1, 1), Fraction(-1, 1)), (Fraction(-1, 1), Fraction(1, 1)))
        >>> polyhedral_norm(2, {"vertices": [[1, 0], [-1, 0]]})
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The vertices span a space of dimension 1, not V, which has
        dimension 2: the unit ball of a norm has interior points.
    """
    n = model if isinstance(model, int) else model.ambient_dimension
    if isinstance(norm, PolyhedralNorm):
        return norm
    if not n:
        raise InputError("A model without coordinates has one function; a unit ball in dimension 0 "
                         "has no faces.")
    if norm in NAMES if isinstance(norm, str) else False:
        if 3**n - 1 > MOST_FACES:
            raise LimitReached(f"The unit ball of the norm {norm} in dimension {n} has {3**n - 1} "
                               f"faces; the most are {MOST_FACES}.")
        return PolyhedralNorm(norm, n, *((_units(n), _signs(n)) if norm == "l1" else
                                         (_signs(n), _units(n))))
    if not isinstance(norm, Mapping) or len(norm) != 1 or (kind := next(iter(norm))) not in KINDS:
        raise InputError(f"There is no norm {shown(str(norm))[:60]}; it is l1, linf, or a JSON "
                         "object with one of the fields vertices, facets and metric.")
    rows = _rows(norm[kind], kind)
    if kind == "metric":
        return _wasserstein(model, n, rows)
    one = "vertex" if kind == "vertices" else "facet"
    for row in rows:
        if len(row) != n:
            raise InputError(f"A {one} of the norm has {len(row)} entries; V has dimension {n}.")
        if not any(row):
            raise InputError(f"A {one} of the norm is zero; leave it out.")
        if tuple(-c for c in row) not in rows:
            raise InputError("The norm is not symmetric: it has the "
                             f"{one} {', '.join(map(str, row))}, but not minus it.")
    if (dimension := rank(rows)) < n:
        raise InputError(
            f"The vertices span a space of dimension {dimension}, not V, which has dimension {n}: "
            "the unit ball of a norm has interior points." if kind == "vertices" else
            f"The facets span a space of dimension {dimension}, not V, which has dimension {n}: "
            "the unit ball of a norm is bounded.")
    polar = _polar(rows)
    extreme = _polar(polar)
    return PolyhedralNorm(kind, n, *((extreme, polar) if kind == "vertices" else (polar, extreme)))


def _rows(data: Any, kind: str) -> tuple[Vector, ...]:
    try:
        given = [lists(row) for row in lists(data)]
        if isinstance(data, (str, dict)) or not given or not all(
                isinstance(row, (list, tuple)) for row in given):
            raise TypeError
    except TypeError:
        raise InputError(f"The {kind} of a norm are a list of rows of rational numbers, written as "
                         "integers, fractions or text such as \"-1/2\".") from None
    rows = (tuple(rational(c, f"entry of the {kind}") for c in row) for row in given)
    return tuple(dict.fromkeys(rows)) if kind != "metric" else tuple(rows)


def _polar(points: Sequence[Vector]) -> tuple[Vector, ...]:
    """The linear forms that are 1 on the facets of the convex hull, which holds 0 inside."""
    try:
        return tuple(sorted(forms_of_facets(points)))
    except CertificateError:
        raise LimitReached("The unit ball of the norm is too large for its facets to be found."
                           ) from None


def _wasserstein(model: Model | int, n: int, rows: Sequence[Vector]) -> PolyhedralNorm:
    size = len(rows)
    outputs = None if isinstance(model, int) else [output for output, _ in model.coordinates()]
    if any(len(row) != size for row in rows) or size not in {n, outputs and len(set(outputs))}:
        raise InputError("A metric is a square matrix, with a row for each coordinate of V "
                         f"({n}) or for each output; this one has {size} rows of lengths "
                         f"{', '.join(map(str, sorted({len(row) for row in rows})[:5]))}.")
    for i, j in combinations(range(size), 2):
        if rows[i][j] != rows[j][i] or rows[i][j] <= 0:
            raise InputError(f"A metric is symmetric and positive off the diagonal; the distances "
                             f"of {i} and {j} are {rows[i][j]} and {rows[j][i]}.")
        if (k := next((k for k in range(size) if rows[i][j] > rows[i][k] + rows[k][j]), None)
                ) is not None:
            raise InputError(f"The triangle inequality fails: the distance of {i} and {j} is "
                             f"{rows[i][j]}, more than by way of {k}.")
    if any(rows[i][i] for i in range(size)):
        raise InputError("A metric is zero on the diagonal.")
    if size == 1:
        raise InputError("A metric on one state leaves nothing to be moved.")
    groups = [list(range(n))]
    if size < n:
        assert outputs is not None and not isinstance(model, int)
        monomials: dict[Any, list[int]] = {}
        for place, (_, exponents) in enumerate(model.coordinates()):
            monomials.setdefault(exponents, []).append(place)
        groups = list(monomials.values())
    state = range(n) if size == n else outputs
    assert state is not None
    points = []
    for group in groups:
        for i, j in combinations(group, 2):
            c = 1 / rows[state[i]][state[j]]
            for sign in (c, -c):
                points.append(tuple(sign * ((k == i) - (k == j)) for k in range(n)))
    if not points:
        raise InputError("No two states of the metric have a monomial in common.")
    # In coordinates of the span; a linear form there is one on V that uses these alone.
    _, columns = echelon([dict(enumerate(point)) for point in points], n)
    inside = [tuple(point[k] for k in columns) for point in points]
    forms = _polar(inside)
    extreme = set(_polar(forms))

    def on_all(form: Vector) -> Vector:
        at = dict(zip(columns, form))
        return tuple(at.get(k, Fraction(0)) for k in range(n))

    return PolyhedralNorm("metric", n, tuple(p for p, q in zip(points, inside) if q in extreme),
                          tuple(map(on_all, forms)))


def positive_faces(faces: Sequence[Face]) -> Iterator[Face]:
    """One of each pair of opposite faces."""
    seen: set[frozenset[Vector]] = set()
    for face in faces:
        if frozenset(tuple(-c for c in v) for v in face.vertices) not in seen:
            seen.add(frozenset(face.vertices))
            yield face
