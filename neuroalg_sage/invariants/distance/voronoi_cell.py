"""
Voronoi cells of the neuromanifold: of which data a given function is the best approximation.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap, least_squares
from neuroalg_sage.invariants.dimension.functions import Point, image
from neuroalg_sage.invariants.dimension.rings import coordinate_ring
from neuroalg_sage.invariants.distance.quadratic_forms import metric_weights
from neuroalg_sage.invariants.fibers.real_points import Squares, sum_of_squares
from neuroalg_sage.invariants.fibers.special_fiber import Fiber
from neuroalg_sage.models.expressions import Polynomial, derivative, plus, times, value
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction, kernel, rank, univariate
from neuroalg_sage.storable import storable

CURVES_PER_COORDINATE = 3
POINTS = 1, 4, 16  # of the fiber, through which curves are taken
TANGENT_CONE_SECONDS = 20.0
RADII = (Fraction(1), Fraction(1, 4), Fraction(1, 16), Fraction(1, 64))
DIRECTIONS, STARTS, STEPS = 20, 12, 60
NO_GAIN = 1e-12  # of a step, relative to the squared distance
Curve = tuple[tuple[Fraction, ...], ...]  # of each parameter the coefficients in t, ascending


@storable()
@dataclass(frozen=True, repr=False)
class VoronoiCell:
    """
    The Voronoi cell of a function y in M, and the normal cone that contains it.

    - ``function`` -- the coordinates of y
    - ``bounds`` -- proved bounds of the dimension of the cell, and of the normal cone, which
      contains it
    - ``codimension`` -- n - dim M, the dimension of the cell of a generic point; None if the
      dimension of M is not proved
    - ``tangent_cone`` -- dimension and degree of the tangent cone of the neurovariety, by
      Macaulay2; its degree is the multiplicity of y.  None if not found in time
    - ``directions`` -- in which curves of M leave y: pairs of an order k and a vector v
    - ``sampled`` -- for each radius ε, of so many random directions in the normal cone, for how
      many no nearer point of M was found at the distance ε; without a claim
    """

    function: Point
    bounds: tuple[int, int]
    codimension: int | None
    tangent_cone: tuple[int, int] | None
    directions: tuple[tuple[int, Point], ...]
    sampled: dict[Fraction, tuple[int, int]] = field(default_factory=dict)

    @property
    def dimension(self) -> int | None:
        """The dimension of the cell, if it is proved."""
        return self.bounds[0] if self.bounds[0] == self.bounds[1] else None

    @property
    def excess(self) -> int | None:
        """How much larger the cell is than that of a generic point."""
        if self.dimension is None or self.codimension is None:
            return None
        return self.dimension - self.codimension

    def __str__(self) -> str:
        low, high = self.bounds
        text = f"of dimension {low}" if low == high else f"of dimension {low} to {high}"
        if self.codimension is not None:
            text += f", where M has codimension {self.codimension}"
        if self.tangent_cone is not None:
            text += (f"; the tangent cone has dimension {self.tangent_cone[0]} and degree "
                     f"{self.tangent_cone[1]} (numerical, by Macaulay2)")
        for radius, (nearest, count) in self.sampled.items():
            text += (f"; at the distance {radius} nearest in {nearest} of {count} samples "
                     "(numerical)")
        return text

    __repr__ = __str__


class VoronoiCellAnswer(Invariant):
    """The Voronoi cell of a function.  The value is a :class:`VoronoiCell`."""

    def statement(self, name: str = "") -> str:
        return f"The Voronoi cell is {self.data} [{self.qualified_status()}]"

    def sentence(self) -> str:
        return str(self.data)

    def plain_value(self) -> dict[str, Any]:
        cell: VoronoiCell = self.data
        return {"bounds": list(cell.bounds), "codimension": cell.codimension,
                "excess": cell.excess,
                "tangent_cone": cell.tangent_cone and list(cell.tangent_cone),
                "tangent_cone_status": "numerical",
                "sampled": {str(r): list(count) for r, count in cell.sampled.items()},
                "sampled_status": "numerical"}


def tangent_cone_script(phi: Parametrization, generators: Sequence[Polynomial], y: Point) -> Script:
    """The script for the tangent cone of the neurovariety at a point."""
    ring = coordinate_ring(len(y))
    n = len(y)
    translation: tuple[Polynomial, ...] = tuple(
        {e: c for e, c in (((*(int(i == j) for i in range(n)),), Fraction(1)), ((0,) * n, a)) if c}
        for j, a in enumerate(y))
    return Script(f"the tangent cone of the neurovariety of {phi.model}",
                  {"V": ring, "I": PolynomialMatrix(ring, 1, len(generators), tuple(generators),
                                                    "ideal"),
                   "T": PolynomialMatrix(ring, 1, n, translation)},
                  "C = if numgens I == 0 then I else tangentCone (map(V, V, T)) I;",
                  {"dimension": "dim C", "degree": "closureDegree C"},
                  ("NeuroAlgebra", "TangentCone"))


def voronoi_cell(phi: Parametrization, dimension: Invariant, ideal: Callable[[], Invariant],
                 fiber: Callable[[], Fiber], computation: Computation, y: Point,
                 parameters: Point | None = None, metric: Any = "unit", seed: int | None = None
                 ) -> Invariant:
    """
    The dimension of the Voronoi cell of a function in M, for a Euclidean metric on V.

    The cell of y is the set of the u in V to which no point of M is nearer than y; it is convex,
    and lies in the normal cone of M at y.  At a smooth point its dimension is the codimension
    of M; at a singular point it may be smaller, as at a node, or at a matrix of rank less than
    r among those of rank at most r, of which no matrix outside is the best approximation; or
    larger, as at a cusp.  See [CRSW2018]_.

    Curves through parameters of y bound it from above; equations whose differentials are
    independent at y, or sums of squares, bound it from below.  Where these bounds do not meet,
    nearest points to samples in the normal cone are looked for in floating point.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- the dimension of M
    - ``ideal`` -- where to find its ideal
    - ``fiber`` -- where to find the fiber over y, if its parameters are not given
    - ``computation`` -- session and limits
    - ``y`` -- the coordinates of a function
    - ``parameters`` -- rational parameters of it, if known
    - ``metric`` -- see
      :func:`~neuroalg_sage.invariants.distance.quadratic_forms.metric_weights`
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a :class:`VoronoiCell`,
    with the status ``proved`` or ``bounds``

    Raises InputError if no rational parameters of y are found.

    REFERENCES:

    - [CRSW2018]_

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold, from_expressions
        >>> cusp = NeuroManifold(from_expressions(["a^2*x + a^3*y"], ["a"], ["x", "y"]))
        >>> cusp.voronoi_cell([0, 0])
        of dimension 2, where M has codimension 1; the tangent cone has dimension 1 and degree 2
        (numerical, by Macaulay2) (proved)
        >>> NeuroManifold("linear:2,1,2").voronoi_cell([0, 0, 0, 0]).dimension
        0
    """
    start = time.perf_counter()
    generator = random.Random(seed)
    weights = metric_weights(phi, metric)
    points = [parameters] if parameters is not None else _rational_points(fiber())
    if not points:
        raise InputError("No rational parameters of this function were found; state a point of M "
                         "by its parameters.")
    low, tangent_cone = 0, None
    lower: dict[str, Any] | None = None
    generators: Sequence[Polynomial] | None
    try:
        generators = ideal().data
    except LimitReached:
        generators = None
    if generators is not None:
        low = rank([tuple(value(derivative(g, j), y) for j in range(len(y)))
                     for g in generators])
        if low:
            lower = {"kind": "equations", "equations": [encode_polynomial(g) for g in generators]}
        tangent_cone = _tangent_cone(phi, generators, y, computation)
    for attempt, count in enumerate(POINTS):
        if attempt and parameters is not None:
            # The other branches of M through y have other parameters.
            points = list(dict.fromkeys([*points, *_rational_points(fiber())]))
        curves = _curves(phi, _more_points(phi, y, points, count), generator)
        directions = [_direction(phi, curve) for curve in curves]
        relation = _relation(directions, len(y))
        high = len(y) - rank([v for (k, v), c in zip(directions, relation) if k % 2 or c])
        if high == low:
            break
    rays = _normal_cone(directions, weights, high)
    sampled: dict[Fraction, tuple[int, int]] = {}
    if low < high:
        squares = _by_squares(phi, y, weights, rays, high, generator)
        if len(squares) > low:
            low, lower = len(squares), {"kind": "squares", "points": [
                {"point": list(map(decimal, u)),
                 "squares": [[decimal(c), encode_polynomial(base)] for c, base in s]}
                for u, s in squares]}
        if low < high:
            sampled = _sample(phi, y, weights, rays, points, generator)
    codimension = len(y) - dimension.data if dimension.status == "proved" else None
    cell = VoronoiCell(y, (low, high), codimension, tangent_cone,
                       tuple((k, v) for k, v in directions), sampled)
    evidence = {"curves": [[list(map(decimal, c)) for c in curve] for curve in curves],
                "relation": list(map(decimal, relation)), "lower": lower}
    return VoronoiCellAnswer.certified(
        phi.model, "voronoi_cell", cell, "proved" if low == high else "bounds",
        "curves through the point, and equations or sums of squares", time.perf_counter() - start,
        evidence, claim=[list(map(decimal, y)), list(map(decimal, weights)), low, high])


def _rational_points(fiber: Fiber) -> list[Point]:
    return [tuple(x[0] if x else Fraction(0) for x in point.coordinates)
            for point in fiber.points if all(len(x) <= 1 for x in point.coordinates)]


# -- curves ----------------------------------------------------------------------------------


def _more_points(phi: Parametrization, y: Point, points: Sequence[Point], most: int
                 ) -> list[Point]:
    """These points of the fiber over y, and others on lines through them that lie in it."""
    found = list(points[:most])
    for w in points[:most]:
        jacobian = [[value(derivative(g, i), w) for g in phi.polynomials] for i in range(len(w))]
        for v in _kernel(jacobian):
            for step in (1, -1, 2, -2):
                moved = tuple(a + step * b for a, b in zip(w, v))
                if len(found) < most and moved not in found and image(phi, moved) == y:
                    found.append(moved)
    return found


def _curves(phi: Parametrization, points: Sequence[Point], generator: random.Random
            ) -> list[Curve]:
    """
    Lines through the points: along the axes, and in random directions in the kernel of Dφ.

    Of those along the axes only as many as there are independent directions.
    """
    curves: list[Curve] = []
    n = len(phi.polynomials)
    for w in points:
        curves.append(tuple((c,) for c in w))
        jacobian = [[value(derivative(g, i), w) for g in phi.polynomials] for i in range(len(w))]
        taken: list[list[Fraction]] = []
        for i, row in enumerate(jacobian):
            if any(row) and rank([*taken, row]) > len(taken):
                taken.append(row)
                curves.append(_line(w, [Fraction(int(i == k)) for k in range(len(w))]))
        kernel = _kernel(jacobian)
        if not kernel or len(taken) == n:
            continue
        trials = [*kernel, *([a + s * b for a, b in zip(u, v)] for u, v in
                             itertools.combinations(kernel, 2) for s in (1, -1))]
        generator.shuffle(trials)
        for _ in range(CURVES_PER_COORDINATE * n):
            numbers = [generator.randint(-2, 2) for _ in kernel]
            trials.append([sum((c * v[i] for c, v in zip(numbers, kernel)), Fraction(0))
                           for i in range(len(w))])
        trials = trials[: CURVES_PER_COORDINATE * n] + trials[-CURVES_PER_COORDINATE * n:]
        curves += [_line(w, v) for v in trials if any(v)]
    return list(dict.fromkeys(curves))


def _line(w: Point, v: Sequence[Fraction]) -> Curve:
    return tuple((a, b) if b else (a,) for a, b in zip(w, v))


def _kernel(rows: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """A basis of the vectors c with Σ c_i rows_i = 0."""
    height = len(rows)
    return [[vector.get(i, Fraction(0)) for i in range(height)]
            for vector in kernel(zip(*rows), height)]


def _direction(phi: Parametrization, curve: Curve) -> tuple[int, Point]:
    """The order and the direction of the image of a line, or 0 if it is constant."""
    line = list(map(univariate, curve))
    images = [sum((prod((x**k for x, k in zip(line, e) if k), start=univariate([c]))
                   for e, c in g.items()), univariate([])) for g in phi.polynomials]
    order = min((k for g in images for k, c in enumerate(g.coeffs()) if k and c != 0), default=0)
    return order, tuple(fraction(g[order]) if order else Fraction(0) for g in images)


def _relation(directions: Sequence[tuple[int, Point]], n: int) -> list[Fraction]:
    """
    Numbers λ with Σ λ v = 0, not negative for even orders, as many of those positive as possible.

    By exact linear programming: maximize Σ s for 0 ≤ s ≤ 1 and s ≤ λ.
    """
    from ppl import Linear_Expression, MIP_Problem, Variable

    even = [i for i, (k, _) in enumerate(directions) if k and k % 2 == 0]
    used = [i for i, (k, _) in enumerate(directions) if k]
    if not even:
        return [Fraction(0)] * len(directions)
    count = len(used)
    problem = MIP_Problem(count + len(even))
    place = {i: Variable(j) for j, i in enumerate(used)}
    for j in range(n):
        row = Linear_Expression()
        scale = 1
        for i in used:
            scale = scale * directions[i][1][j].denominator
        for i in used:
            row = row + int(directions[i][1][j] * scale) * place[i]
        problem.add_constraint(row == 0)
    objective = Linear_Expression()
    for j, i in enumerate(even):
        s = Variable(count + j)
        problem.add_constraint(s >= 0)
        problem.add_constraint(s <= 1)
        problem.add_constraint(place[i] >= s)
        objective = objective + s
    problem.set_objective_function(objective)
    problem.set_optimization_mode("maximization")
    solution = problem.optimizing_point()
    result = [Fraction(0)] * len(directions)
    for i in used:
        result[i] = Fraction(int(solution.coefficient(place[i])), int(solution.divisor()))
    return result


def _normal_cone(directions: Sequence[tuple[int, Point]], weights: Point, high: int
                 ) -> list[list[Fraction]]:
    """Generators of the cone of the u with products ≤ 0 with all directions; lines twice."""
    from ppl import C_Polyhedron, Constraint_System, Linear_Expression, Variable

    if high == 0:
        return []
    n = len(weights)
    system = Constraint_System()
    for order, v in directions:
        if not order:
            continue
        scaled = [m * c for m, c in zip(weights, v)]
        scale = 1
        for c in scaled:
            scale *= c.denominator
        row = Linear_Expression()
        for j, c in enumerate(scaled):
            row = row + int(c * scale) * Variable(j)
        system.insert(row == 0 if order % 2 else row <= 0)
    polyhedron = C_Polyhedron(n, "universe")
    polyhedron.add_constraints(system)
    rays = []
    for g in polyhedron.minimized_generators():
        if g.is_point():
            continue
        ray = [Fraction(int(g.coefficient(Variable(j)))) for j in range(n)]
        size = max(map(abs, ray))
        rays.append([c / size for c in ray])
        if g.is_line():
            rays.append([-c / size for c in ray])
    return rays


# -- lower bounds and samples ----------------------------------------------------------------


def _by_squares(phi: Parametrization, y: Point, weights: Point, rays: list[list[Fraction]],
                high: int, generator: random.Random) -> list[tuple[Point, Squares]]:
    """Independent points of the cell, by sums of squares that are found by completing squares."""
    found: list[tuple[Point, Squares]] = []
    for _ in range(4 * high):
        if len(found) == high:
            break
        numbers = [Fraction(generator.randint(1, 4)) for _ in rays]
        direction = [sum((c * ray[j] for c, ray in zip(numbers, rays)), Fraction(0))
                     for j in range(len(y))]
        if rank([*([a - b for a, b in zip(u, y)] for u, _ in found), direction]) == len(found):
            continue
        for radius in RADII:
            u = tuple(a + radius * c for a, c in zip(y, direction))
            squares = sum_of_squares(_difference(phi, y, u, weights))
            if squares is not None:
                found.append((u, squares))
                break
    return found


def _difference(phi: Parametrization, y: Point, u: Point, weights: Point) -> Polynomial:
    """The squared distance of φ(w) to u, less that of y."""
    total: Polynomial = {}
    for g, a, b, m in zip(phi.polynomials, u, y, weights):
        total = plus(plus(total, times(g, g), m), g, -2 * a * m)
        total = plus(total, {(0,) * phi.model.parameter_count: (2 * a * b - b * b) * m})
    return total


def _tangent_cone(phi: Parametrization, generators: Sequence[Polynomial], y: Point,
                  computation: Computation) -> tuple[int, int] | None:
    try:
        results = computation.run(tangent_cone_script(phi, generators, y), TANGENT_CONE_SECONDS)
    except LimitReached:
        if computation.is_over():
            raise
        return None
    return int(results["dimension"]), int(results["degree"])


def _sample(phi: Parametrization, y: Point, weights: Point, rays: list[list[Fraction]],
            points: Sequence[Point], generator: random.Random
            ) -> dict[Fraction, tuple[int, int]]:
    """How often y is the nearest point found to a random point in the normal cone."""
    system = PolynomialMap(phi.polynomials, phi.model.parameter_count)
    scale = np.sqrt(np.array(weights, dtype=float))
    numbers = np.random.default_rng(generator.randrange(2**32))
    center, cone = np.array(y, dtype=float), np.array(rays, dtype=float)
    starts = [np.array(w, dtype=float) for w in points[:3]]
    result = {}
    for radius in RADII[1:]:
        nearest = 0
        for _ in range(DIRECTIONS):
            direction = numbers.random(len(cone)) @ cone
            direction *= float(radius) / max(float(np.linalg.norm(scale * direction)), 1e-12)
            target = center + direction
            best = np.linalg.norm(scale * direction)
            for k in range(STARTS):
                w = starts[k % len(starts)] + numbers.standard_normal(
                    phi.model.parameter_count) * (0.3 if k < STARTS // 2 else 1.5)
                if _distance(system, scale, target, w) < best * (1 - 1e-6):
                    break
            else:
                nearest += 1
        result[radius] = nearest, DIRECTIONS
    return result


def _distance(system: PolynomialMap, scale: np.ndarray, target: np.ndarray, w: np.ndarray) -> float:
    """The distance that the method of Levenberg and Marquardt reaches from w."""
    best = np.inf
    for _, rest in least_squares(lambda w: scale * (system(w) - target),
                                 lambda w: scale[:, None] * system.jacobian(w), w, STEPS):
        last, best = best, float(rest @ rest)
        if last - best < NO_GAIN * last:
            break
    return float(np.sqrt(best))
