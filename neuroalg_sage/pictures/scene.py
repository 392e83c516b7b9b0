"""
What there is to see of a neuromanifold: its points, data with the critical points of the
distance, the ED discriminant, and Voronoi cells of singular points.

Critical points come from msolve's boxes, the discriminant from elimination; curves and surfaces
are sampled in floating point.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.engines.real_solutions import real_solutions
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.distance.critical_equations import (
    Slice,
    finite_slice,
    independent_coordinates,
)
from neuroalg_sage.invariants.distance.ed_discriminant import ambient, matrix_of, of_slice
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm, quadratic_form
from neuroalg_sage.models.expressions import Polynomial, derivative, restricted
from neuroalg_sage.pictures import shapes
from neuroalg_sage.pictures.shapes import Array
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.invariants.real.formula import Formula
    from neuroalg_sage.neuromanifold import NeuroManifold

Inside = Callable[[Array, Array], Array]  # whether points are in M, by their two coordinates

MOST_SIGNS = 4
CELLS_OF_A_SURFACE = 72
MOST_CHARTS = 60
NEW_PART = 0.05  # of the surface, for which another chart is worth it
SAMPLES_FOR_A_CELL = 2001
EVOLUTE_SAMPLES = 20001
CONTOUR_SAMPLES = 900
SECONDS_FOR_THE_DISCRIMINANT = 60.0
SECONDS_FOR_THE_BOUNDARY = 20.0
OFF_THE_BOUNDARY = 2e-3  # of the radius, where it is asked what is on each side
KINDS = ("global minimum", "local minimum", "saddle", "local maximum")


@storable()
@dataclass(frozen=True)
class CriticalPoint:
    """A critical point in the picture, its kind, one of ``KINDS``, and the squared distance."""

    place: tuple[float, ...]
    kind: str
    loss: float


@storable()
@dataclass
class Words:
    """
    What a picture says of its parts: of what it is, before the name; ``curves``, those and the
    polygons; and ``boundary``.  What is not named has no place in the legend.
    """

    of: str = "Neuromanifold of"
    curves: str = "neuromanifold"
    boundary: str = "boundary"


@storable()
@dataclass
class Scene:
    """
    - ``axes`` -- names of the coordinates
    - ``radius`` -- the picture is in |x_i| ≤ radius, unless there are
    - ``ranges`` -- an interval for each coordinate
    - ``words`` -- names of the parts
    - ``curves``, ``polygons`` -- of M
    - ``colors`` -- of each polygon; by default all have the same one
    - ``edges`` -- thin lines
    - ``boundary`` -- curves of the boundary of M, where M has interior points; or of a function
    - ``full`` -- polygons that belong to that boundary
    - ``beside`` -- for each thin line, and then for each line of the boundary, the numbers of the
      polygons that have it, which do not hide it
    - ``discriminant``, ``discriminant_polygons`` -- curves and surface of the discriminant
    - ``data`` -- the data point, or None
    - ``critical`` -- the critical points
    - ``singular`` -- singular points, each with its Voronoi cell as a polygon, which may be empty
    - ``notes`` -- what the picture lacks, and why
    """

    title: str
    axes: tuple[str, ...]
    radius: float
    curves: list[Array] = field(default_factory=list)
    polygons: list[Array] = field(default_factory=list)
    colors: list[str] = field(default_factory=list)
    edges: list[Array] = field(default_factory=list)
    boundary: list[Array] = field(default_factory=list)
    full: list[Array] = field(default_factory=list)
    beside: list[tuple[int, ...]] = field(default_factory=list)
    discriminant: list[Array] = field(default_factory=list)
    discriminant_polygons: list[Array] = field(default_factory=list)
    data: tuple[float, ...] | None = None
    critical: list[CriticalPoint] = field(default_factory=list)
    singular: list[tuple[tuple[float, ...], Array]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    words: Words = field(default_factory=Words)
    ranges: tuple[tuple[float, float], ...] | None = None

    @property
    def box(self) -> tuple[tuple[float, float], ...]:
        """The interval that is shown of each coordinate."""
        return self.ranges or ((-self.radius, self.radius),) * len(self.axes)


@dataclass(frozen=True)
class View:
    """The coordinates that are shown, and those that have a fixed value."""

    shown: tuple[int, ...]
    fixed: dict[int, Fraction]


def read_slice(text: str | None, n: int) -> View:
    """
    The slice of V that a picture shows.

    INPUT:

    - ``text`` -- coordinates on which to project, such as ``"z_0,z_2"``; or those with a fixed
      value, such as ``"z_1=1/2"``; by default all of V, of dimension 2 or 3

    Raises InputError if it is neither, or if 2 or 3 coordinates are not left.

    EXAMPLES::

        >>> read_slice("z_1=1/2", 3)
        View(shown=(0, 2), fixed={1: Fraction(1, 2)})
    """
    from neuroalg_sage.models.sage_input import rational

    shown: list[int] = []
    fixed: dict[int, Fraction] = {}
    for part in [] if text is None else text.split(","):
        name, equals, number = (x.strip() for x in part.partition("="))
        digits = name.removeprefix("z_")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 7 and int(digits) < n):
            raise InputError(f"{part.strip()[:40]!r} is not a coordinate of V; a slice is z_0,z_1 "
                             f"or z_0=1/2, with coordinates z_0 to z_{n - 1}.")
        if int(digits) in shown or int(digits) in fixed:
            raise InputError(f"The slice names z_{int(digits)} twice.")
        if equals:
            fixed[int(digits)] = rational(number, "value of a coordinate")
        else:
            shown.append(int(digits))
    if shown and fixed:
        raise InputError("A slice either names the coordinates to project on, z_0,z_1, or fixes "
                         "some, z_2=1; not both.")
    view = View(tuple(shown) or tuple(i for i in range(n) if i not in fixed), fixed)
    if len(view.shown) not in (2, 3):
        raise InputError(f"A picture has 2 or 3 coordinates, and this slice of V, of dimension {n},"
                         f" has {len(view.shown)}"
                         + ("; name 2 or 3, as in --slice z_0,z_1." if n > 1 else "."))
    return view


def scene(manifold: NeuroManifold, slice: str | None = None, target: Any = None,
          data: Any = None, metric: str | None = "unit", radius: float | None = None) -> Scene:
    """
    The scene of a neuromanifold of dimension at most 2; or of one with interior points in a plane.

    INPUT:

    - ``slice`` -- see :func:`read_slice`
    - ``target`` -- a function of V, the data point
    - ``data`` -- instead of it a data set, whose quadratic form is the metric
    - ``metric`` -- ``"unit"`` or ``"bombieri"``; None for that of the neuromanifold
    - ``radius`` -- of the box; by default it holds all points

    Raises InputError if the dimension is over 2, but for a plane in V = closure of M, for a slice
    that is wrong, or for data that do not determine a nearest-point problem with finitely many
    critical points.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold, from_expressions
        >>> M = NeuroManifold(from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"]))
        >>> [p.kind for p in scene(M, target=[0, 2]).critical]
        ['global minimum', 'global minimum', 'local maximum']
    """
    from neuroalg_sage.invariants.dimension.functions import read_function
    from neuroalg_sage.models.sage_input import rational

    if manifold.model.cone:
        raise InputError("A picture is about polynomial models; rational functions are points of "
                         "a projective space.")
    n, d = manifold.model.ambient_dimension, int(manifold.dimension().data)
    view = read_slice(slice, n) if 1 <= d <= 2 or d == n > 2 and slice is not None else None
    in_plane = view is not None and len(view.shown) == 2 and len(view.fixed) == n - 2
    if view is None or d > 2 and not in_plane:
        raise InputError(f"Pictures are of neuromanifolds of dimension 1 or 2; that of "
                         f"{manifold.model} has dimension {d}."
                         + " V has the same dimension: fix all coordinates but 2, as in --slice "
                         f"{','.join(f'z_{i}=1' for i in range(2, n))}." * (d == n > 2))
    phi = manifold.parametrization()
    if target is not None and data is not None:
        raise InputError("Give a target or a data set, not both.")
    # Numbers of Sage are kept nowhere.
    size = None if radius is None else float(rational(radius, "radius of the box"))
    form = None if data is not None else (
        manifold.form if metric is None else quadratic_form(manifold.model, metric))
    point = None if target is None else read_function(phi, target)
    if data is not None:
        form, point = _of_data(manifold, data)
    assert form is not None
    matrix_of(form)
    if point is not None and any(point[i] != v for i, v in view.fixed.items()):
        raise InputError("The data point is not in the slice; fix coordinates at its own values.")
    return manifold._memory.recall(
        "plot", lambda: _scene(manifold, view, form, point, size), stored=True, metric=form,
        point=point, shown=view.shown, fixed=tuple(sorted(view.fixed.items())), radius=size)


def _scene(manifold: NeuroManifold, view: View, form: QuadraticForm,
           point: tuple[Fraction, ...] | None, radius: float | None) -> Scene:
    """The scene of a view, with the critical points of a data point."""
    n, d = manifold.model.ambient_dimension, int(manifold.dimension().data)
    if d > 2:
        return _region(manifold, view, point, radius)
    generator = random.Random(0)
    sheets = _sheets(finite_slice(manifold.parametrization(), d, generator))
    critical = [] if point is None else _critical(sheets, form, point, generator,
                                                  manifold.computation.timeout)
    size = radius or 1.3 * max([1.0, *(abs(float(c)) for c in point or ()),
                                *(abs(c) for p in critical for c in p.place)])
    made = Scene(str(manifold.model), tuple(f"z_{i}" for i in view.shown), size)

    def shown(place: Sequence[Any]) -> tuple[float, ...]:
        return tuple(float(place[i]) for i in view.shown)

    made.data = None if point is None else shown(point)
    made.critical = [CriticalPoint(shown(p.place), p.kind, p.loss) for p in critical
                     if all(abs(p.place[i] - float(v)) < 1e-9 for i, v in view.fixed.items())]
    if view.fixed:
        _add_section(made, manifold, view)
    else:
        for where in sheets if d == 1 else _charts(sheets, view, size):
            _add_sheet(made, where, view, form)
    if n == 2 and d == 1:
        for where in sheets:
            made.discriminant += _evolute(where, form, size)
        _add_cells(made, manifold, sheets, form)
    else:
        _add_discriminant(made, manifold, view, form, n)
    if point is not None:
        _compare_with_singular_points(made, sheets, form, point)
    if n == d == 2:
        _add_boundary(made, manifold, view)
    return made


def _region(manifold: NeuroManifold, view: View, point: tuple[Fraction, ...] | None,
            radius: float | None) -> Scene:
    """A plane in V, where M has interior points: the points of M by its description."""
    if point is not None:
        raise InputError("Of a neuromanifold with interior points no critical points are drawn; "
                         "give no target and no data.")
    made = Scene(str(manifold.model), tuple(f"z_{i}" for i in view.shown), radius or 3.0)
    inside = _add_boundary(made, manifold, view)
    if inside is None:
        made.notes.append("No description of M by inequalities is known, so that only its "
                          "boundary is drawn.")
    else:
        made.polygons += _where(inside, made.radius)
    return made


def _add_boundary(made: Scene, manifold: NeuroManifold, view: View) -> Inside | None:
    """The curves of the boundary of M in a plane; and which points are in M, if that is known."""
    inside = polynomials = None
    with suppress(LimitReached):
        formula = manifold.semialgebraic_description().data
        inside, polynomials = _inside(formula, view), formula.polynomials
    with suppress(LimitReached), manifold.computation.share(SECONDS_FOR_THE_BOUNDARY):
        found = manifold.boundary()
        if found.data is not None:
            # Which parts of those that may be components are boundary is seen by what is inside.
            others = found.others if inside is not None else []
            equations = [c.polynomial for c in (*found.value, *others)]
            if all(equations):
                polynomials = equations
            elif polynomials is None:
                polynomials = [f for f in equations if f]
                made.notes.append("Components of the boundary whose equations are not known are "
                                  "not drawn.")
    if polynomials is None:
        made.notes.append("The boundary of M was not found.")
    for f in polynomials or ():
        restriction = restricted(f, view.fixed)
        if any(map(any, restriction)):
            for line in _contour(restriction, made.radius):
                made.boundary += [line] if inside is None else _separating(line, inside,
                                                                          made.radius)
    return inside


def _inside(formula: Formula, view: View) -> Inside:
    """Which points of a plane satisfy a formula; of what has no interior points, none."""
    signs = {">": np.greater, ">=": np.greater_equal, "!=": np.not_equal}
    pieces = [[(restricted(f, view.fixed), signs[relation]) for f, relation in piece]
              for piece in formula.pieces if all(relation != "=" for _, relation in piece)]

    def inside(x: Array, y: Array) -> Array:
        found = np.zeros(x.shape, dtype=bool)
        for piece in pieces:
            held = np.ones(x.shape, dtype=bool)
            for f, compare in piece:
                held &= compare(shapes.values(f, [x, y]) + np.zeros(x.shape), 0.0)
            found |= held
        return found

    return inside


def _where(inside: Inside, radius: float) -> list[Array]:
    """The points of a square for which something holds, as polygons."""
    from contourpy import FillType, contour_generator

    s = np.linspace(-radius, radius, CONTOUR_SAMPLES)
    x, y = np.meshgrid(s + radius * 1.3e-7, s + radius * 0.7e-7)
    filled = contour_generator(x, y, inside(x, y).astype(float),
                               fill_type=FillType.OuterOffset).filled(0.5, 1.5)
    polygons = []
    for points, offsets in zip(*filled):
        # A hole is run through the other way round, from the first point of the polygon.
        parts = [points[a:b] for a, b in itertools.pairwise(offsets)]
        polygons.append(np.concatenate([p for part in parts for p in (part, parts[0][:1])]))
    return polygons


def _separating(line: Array, inside: Inside, radius: float) -> list[Array]:
    """The pieces of a curve that have points of M on one side and others on the other."""
    steps = np.diff(line, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    middles = (line[1:] + line[:-1]) / 2
    normals = np.stack([-steps[:, 1], steps[:, 0]], axis=1) / np.maximum(lengths, 1e-300)[:, None]
    away = normals * radius * OFF_THE_BOUNDARY
    kept = inside(*(middles + away).T) != inside(*(middles - away).T)
    pieces, start = [], None
    for i, keep in enumerate([*kept, False]):
        if keep and start is None:
            start = i
        elif not keep and start is not None:
            pieces.append(line[start : i + 1])
            start = None
    return pieces


def _of_data(manifold: NeuroManifold, data: Any) -> tuple[QuadraticForm, tuple[Fraction, ...]]:
    from neuroalg_sage.invariants.training.training import ERM
    from neuroalg_sage.models.rational import fraction, matrix

    problem = ERM(manifold.model, data)
    n = len(problem.linear)
    if problem.rank < n:
        raise InputError(f"The data determine no point of V: their quadratic form has rank "
                         f"{problem.rank} of {n}; give more rows, or a target.")
    rows = [[str(problem.quadratic.get((min(i, j), max(i, j)), Fraction(0))) for j in range(n)]
            for i in range(n)]
    found = matrix([list(map(Fraction, row)) for row in rows], n).solve(
        matrix([[c] for c in problem.linear], 1))
    return quadratic_form(manifold.model, "data", rows), tuple(map(fraction, found.entries()))


def _sheets(where: Slice) -> list[Slice]:
    """The slice with all signs of the numbers that are not zero; over R each is a sheet of M."""
    places = [i for i, v in where.values.items() if v][:MOST_SIGNS]
    found: dict[tuple[Any, ...], Slice] = {}
    for signs in itertools.product((1, -1), repeat=len(places)):
        values = where.values | {i: s * where.values[i] for i, s in zip(places, signs)}
        images = where.phi.restrict(values)
        # Signs of the free parameters give the same sheet.
        keys = {tuple(tuple(sorted((e, c * _sign(e, flip)) for e, c in f.items()))
                      for f in images)
                for flip in itertools.product((1, -1), repeat=len(where.free))}
        if not keys & set(found):
            found[next(iter(keys))] = Slice(where.phi, values, where.free, images)
    return list(found.values())


def _sign(exponents: Sequence[int], flip: Sequence[int]) -> int:
    return (-1) ** sum(e for e, s in zip(exponents, flip) if s < 0)


def _critical(sheets: Sequence[Slice], form: QuadraticForm, point: Sequence[Fraction],
              generator: random.Random, timeout: float | None) -> list[CriticalPoint]:
    """The critical points of the distance on all sheets, where Dφ has full rank."""
    found: list[tuple[tuple[float, ...], int, float]] = []
    matrix = np.array(matrix_of(form), dtype=float)
    u = np.array(point, dtype=float)
    d = len(sheets[0].free)
    for where in sheets:
        system = of_slice(where, form, *ambient(len(point)))
        equations, minor = system.at(point, system.generic_minor(generator))
        inverse = {(*e, 1): c for e, c in minor.items()}
        inverse[(0,) * (d + 1)] = inverse.get((0,) * (d + 1), Fraction(0)) - 1
        boxes = real_solutions([*({(*e, 0): c for e, c in f.items()} for f in equations),
                                inverse], d + 1, timeout=timeout)
        if boxes is None:
            raise InputError("The distance from this data point has infinitely many critical "
                             "points on M; move it a little.")
        for box in boxes:
            w = [np.array(float((a + b) / 2)) for a, b in box[:d]]
            z = np.array([float(shapes.values(f, w)) for f in where.images])
            hessian = np.array([[float(shapes.values(derivative(f, k), w)) for k in range(d)]
                                for f in equations])
            index = int((np.linalg.eigvalsh((hessian + hessian.T) / 2) < 0).sum())
            place = tuple(float(c) for c in z)
            if not any(np.allclose(place, other, rtol=1e-9, atol=1e-9) for other, _, _ in found):
                found.append((place, index, float((z - u) @ matrix @ (z - u))))
    found.sort(key=lambda f: f[2])
    least = found[0][2] if found else 0.0
    return [CriticalPoint(place, KINDS[3] if index == d else KINDS[2] if index else
                          KINDS[0] if loss <= least * (1 + 1e-9) + 1e-12 else KINDS[1], loss)
            for place, index, loss in found]


def _charts(sheets: Sequence[Slice], view: View, radius: float) -> list[Slice]:
    """
    Charts of a surface that cover more of it in the box than the slice, in floating point.

    Two parameters are free, the others 1 or -1.
    """
    phi = sheets[0].phi
    count = phi.model.parameter_count
    candidates = [list(sheets)]
    for free in itertools.islice(itertools.combinations(range(count), 2), MOST_CHARTS):
        values = {i: 1 for i in range(count) if i not in free}
        chart = Slice(phi, values, free, phi.restrict(values))
        generator = random.Random(0)
        rows = independent_coordinates(chart, None, modular.random_prime(generator), generator)
        if len(rows) == 2:
            candidates.append(_sheets(chart))
    covered = []
    for charts in candidates:
        cells = set()
        for where in charts:
            images = [where.images[i] for i in view.shown]
            w = shapes.grid(images, radius, 150)
            cells |= shapes.occupied(np.stack([shapes.values(f, w) for f in images], -1), radius)
        covered.append(cells)
    chosen: list[Slice] = []
    seen: set[tuple[int, ...]] = set()
    while True:
        best = max(range(len(covered)), key=lambda i: len(covered[i] - seen))
        if chosen and len(covered[best] - seen) <= NEW_PART * len(seen):
            return chosen
        chosen += candidates[best]
        seen |= covered[best]
        if not covered[best]:
            return chosen


def _add_sheet(made: Scene, where: Slice, view: View, form: QuadraticForm) -> None:
    """A curve or surface of M, and for surfaces in space the focal surfaces."""
    images = [where.images[i] for i in view.shown]
    if len(where.free) == 1:
        made.curves += shapes.pieces(shapes.curve(images, made.radius), made.radius)
        return
    w = shapes.grid(images, made.radius, CELLS_OF_A_SURFACE)
    points = np.stack([shapes.values(f, w) for f in images], axis=-1)
    if len(images) == 2:
        points = np.concatenate([points, np.zeros((*points.shape[:2], 1))], axis=-1)
    made.polygons += [p[:, : len(images)] for p in shapes.surface(points, made.radius)]
    if len(images) == len(where.images) == 3:
        for sheet in _focal(where.images, w, form):
            made.discriminant_polygons += shapes.surface(sheet, made.radius, made.radius / 2)


def _focal(images: Sequence[Polynomial], w: tuple[Array, Array], form: QuadraticForm
           ) -> list[Array]:
    """
    Data u = φ + c ν for which the Hessian of the distance is singular at φ: the focal surfaces.

    With a normal N, ν = Q^(-1) N; the Hessian is G - c B, G = Dφ^T Q Dφ and B = D^2φ · N.
    """
    matrix = np.array(matrix_of(form), dtype=float)
    point = np.stack([shapes.values(f, w) for f in images], axis=-1)
    first = np.stack([np.stack([shapes.values(derivative(f, k), w) for k in range(2)], -1)
                      for f in images], axis=-2)
    second = np.stack([np.stack([np.stack([
        shapes.values(derivative(derivative(f, k), m), w) for m in range(2)], -1)
        for k in range(2)], -2) for f in images], axis=-3)
    normal = np.cross(first[..., 0], first[..., 1])
    size = np.linalg.norm(normal, axis=-1, keepdims=True)
    normal = normal / np.where(size > 1e-9, size, np.nan)
    gram = np.einsum("...ik,ij,...jl->...kl", first, matrix, first)
    bent = np.einsum("...ikl,...i->...kl", second, normal)
    with np.errstate(all="ignore"):
        inverse = np.linalg.inv(np.where(np.isfinite(bent).all((-1, -2), keepdims=True)
                                         & (size[..., None] > 1e-9), gram, np.eye(2)))
        shape = np.nan_to_num(inverse @ np.nan_to_num(bent))
        curvature = np.sort(np.linalg.eigvals(shape).real, axis=-1)
        moved = normal @ np.linalg.inv(matrix)
        return [point + moved / np.where(np.abs(curvature[..., k, None]) > 1e-6,
                                         curvature[..., k, None], np.nan) for k in range(2)]


def _evolute(where: Slice, form: QuadraticForm, radius: float) -> list[Array]:
    """
    The discriminant of a plane curve: the data at which its real critical points come together.

    They are u = φ + c ν with ν = Q^(-1) N, N normal to φ', and c = φ'^T Q φ' / (φ''^T N).
    """
    matrix = np.array(matrix_of(form), dtype=float)
    bound, points = 2.0, np.zeros((0, 2))
    t = np.zeros(0)
    while bound < shapes.FARTHEST:
        t = shapes.spread(bound, EVOLUTE_SAMPLES)
        points = np.stack([shapes.values(f, [t]) for f in where.images], 1)
        if np.abs(points[[0, -1]]).max(axis=1).min() > 4 * radius:
            break
        bound *= 2
    first = np.stack([shapes.values(derivative(f, 0), [t]) for f in where.images], 1)
    second = np.stack([shapes.values(derivative(derivative(f, 0), 0), [t])
                       for f in where.images], 1)
    normal = np.stack([-first[:, 1], first[:, 0]], 1)
    bent = np.einsum("ki,ki->k", second, normal)
    length = np.einsum("ki,ij,kj->k", first, matrix, first)
    with np.errstate(all="ignore"):
        u = points + (length / bent)[:, None] * (normal @ np.linalg.inv(matrix))
    # At an inflection point it goes to infinity, and comes back from the other side.
    good = np.isfinite(u).all(axis=1) & (np.abs(bent) > 1e-12)
    breaks = np.flatnonzero(~good[1:] | ~good[:-1] | (bent[1:] * bent[:-1] < 0)) + 1
    found = []
    for part, kept in zip(np.split(u, breaks), np.split(good, breaks)):
        if kept.all() and len(part) > 1:
            found += shapes.pieces(part, radius)
    return found


def _compare_with_singular_points(made: Scene, sheets: Sequence[Slice], form: QuadraticForm,
                                  point: Sequence[Fraction]) -> None:
    """Say so if a sampled point of M is nearer to the data than all critical points."""
    matrix = np.array(matrix_of(form), dtype=float)
    u = np.array(point, dtype=float)
    nearest = np.inf
    for where in sheets:
        if len(where.free) == 1:
            points = shapes.curve(where.images, made.radius)
        else:
            w = shapes.grid(where.images, made.radius, 201)
            points = np.stack([shapes.values(f, w) for f in where.images], -1).reshape(-1, len(u))
        away = points - u
        nearest = min(nearest, float(np.einsum("ki,ij,kj->k", away, matrix, away).min()))
    least = min((p.loss for p in made.critical), default=np.inf)
    if nearest < least * (1 - 1e-6) - 1e-9:
        made.critical = [CriticalPoint(p.place, KINDS[1], p.loss) if p.kind == KINDS[0] else p
                         for p in made.critical]
        made.notes.append(f"Points of M where Dφ has less than full rank, or outside of the "
                          f"slice, are nearer to the data: squared distance {nearest:.6g}.")
    for place, _ in made.singular:
        away = np.array(place) - u
        loss = float(away @ matrix @ away)
        if len(place) == len(u) and loss <= nearest * (1 + 1e-9) + 1e-12 and loss < least:
            made.critical.insert(0, CriticalPoint(place, KINDS[0], loss))


def _contour(f: Polynomial, radius: float) -> list[Array]:
    """The real zeros of a polynomial in two variables, as polygonal lines."""
    try:
        from contourpy import contour_generator
    except ImportError:
        raise InputError("Plane pictures need matplotlib; pip install 'neuroalg-sage[plot]' "
                         "brings it.") from None
    s = np.linspace(-radius, radius, CONTOUR_SAMPLES)
    # A little off the lattice, where zeros of special polynomials lie.
    x, y = np.meshgrid(s + radius * 1.3e-7, s + radius * 0.7e-7)
    height = shapes.values(f, [x, y])
    return [np.asarray(line) for line in
            contour_generator(x, y, height / np.abs(height).max()).lines(0.0)]


def _add_section(made: Scene, manifold: NeuroManifold, view: View) -> None:
    """The intersection of the neurovariety with a plane."""
    equations = manifold.equations().data
    if len(view.shown) != 2 or len(equations) != 1:
        raise InputError("Coordinates are fixed where M is a hypersurface and 2 are left; else "
                         "name the coordinates to project on.")
    made.curves += _contour(restricted(equations[0], view.fixed), made.radius)


def _add_discriminant(made: Scene, manifold: NeuroManifold, view: View, form: QuadraticForm,
                      n: int) -> None:
    """The discriminant in a plane, where the plane is all of V or a section of it."""
    if len(view.shown) != 2 or len(view.shown) + len(view.fixed) != n:
        return
    from neuroalg_sage.invariants.distance.ed_discriminant import ed_discriminant

    limit = manifold.computation.timeout
    seconds = SECONDS_FOR_THE_DISCRIMINANT
    manifold.computation.timeout = min(limit or seconds, seconds)
    try:
        found = ed_discriminant(
            manifold.parametrization(), manifold.dimension(), form, manifold.computation,
            [view.fixed.get(i, Fraction(0)) for i in range(n)],
            [[int(i == j) for j in range(n)] for i in view.shown], 0)
        for f in found.data.factors:
            made.discriminant += _contour(f, made.radius)
    except LimitReached:
        made.notes.append("The discriminant was not found in time.")
    finally:
        manifold.computation.timeout = limit


def _add_cells(made: Scene, manifold: NeuroManifold, sheets: Sequence[Slice],
               form: QuadraticForm) -> None:
    """The singular points of a plane curve, and their Voronoi cells in the box."""
    try:
        f = manifold.equations().data[0]
        boxes = real_solutions([f, derivative(f, 0), derivative(f, 1)], 2)
    except (LimitReached, EngineError, IndexError):
        return
    matrix = np.array(matrix_of(form), dtype=float)
    points = np.concatenate([shapes.curve(where.images, 3 * made.radius, SAMPLES_FOR_A_CELL)
                             for where in sheets])
    for box in boxes or []:
        y = np.array([float((a + b) / 2) for a, b in box])
        if np.abs(points - y).sum(axis=1).min() > 0.01 * made.radius or (
                np.abs(y).max() > made.radius):
            continue
        r = made.radius
        cell = np.array([[-r, -r], [r, -r], [r, r], [-r, r]])
        for z in points:
            if np.abs(z - y).sum() > 1e-9:
                cell = shapes.clipped(cell, 2 * matrix @ (z - y), float(z @ matrix @ z
                                                                        - y @ matrix @ y))
        made.singular.append((tuple(map(float, y)), cell if shapes.area(cell) > 1e-4 * r * r
                              else np.zeros((0, 2))))
