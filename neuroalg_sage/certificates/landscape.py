"""
A quadratic loss on a neuromanifold, in the charts of its strata.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.boxes import exact, gradient, hessian, inertia, is_positive, value
from neuroalg_sage.certificates.charts import MOST_DIMENSIONS, Cover, total
from neuroalg_sage.certificates.elimination import Elimination, elimination
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, integer, items, rational, require
from neuroalg_sage.certificates.strata import cover

SQUARES, MODULUS = 37, 101  # of a point that is as good as random


class Problem:
    """A loss L(z) = z^T Q z - 2 b^T z + c on V."""

    def __init__(self, data: Any, n: int) -> None:
        quadratic, linear, constant = fields(data, "quadratic", "linear", "constant")
        require(n <= MOST_DIMENSIONS, f"The ambient space has over {MOST_DIMENSIONS} dimensions.")
        require(set(data) == {"quadratic", "linear", "constant"}, "A loss has an unknown field.")
        self.n = n
        self.terms: dict[tuple[int, int], fmpq] = {}
        for term in items(quadratic, "quadratic form"):
            i, j, c = items(term, "term", 3)
            place = integer(i, 0, n - 1, "coordinate"), integer(j, i, n - 1, "coordinate")
            require(place not in self.terms, "A quadratic form names a term twice.")
            self.terms[place] = number(c)
            require(self.terms[place], "A quadratic form names a zero.")
        self.target = [number(c) for c in items(linear, "linear form", n)]
        self.constant = number(constant)
        self.matrix = fmpq_mat(n, n)
        for (i, j), c in self.terms.items():
            self.matrix[i, j] = self.matrix[j, i] = c

    def __call__(self, z: list[Any], zero: Any) -> Any:
        """The loss at a point of V, over any ring that holds the rational numbers."""
        total = zero + self.constant
        for (i, j), c in self.terms.items():
            total = total + z[i] * z[j] * (c if i == j else 2 * c)
        for x, c in zip(z, self.target):
            total = total - x * (2 * c)
        return total

    def differential(self, z: list[Any], zero: Any) -> list[Any]:
        """Half the differential of the loss at a point of V."""
        slope = [zero - c for c in self.target]
        for (i, j), c in self.terms.items():
            slope[i] = slope[i] + z[j] * c
            if i != j:
                slope[j] = slope[j] + z[i] * c
        return slope


def number(data: Any) -> fmpq:
    """A rational number in lowest terms, as text."""
    c = rational(data)
    require(str(c) == data, "A rational number is not in lowest terms.")
    return exact(c)


@dataclass
class Point:
    """A critical point in a cell: its chart, and a box that holds it and no other."""

    chart: int
    box: list[arb]
    rational: list[fmpq] | None = None  # where it is known exactly
    is_isolated: bool = True


class Landscape:
    """
    The critical points of a loss in the cells of the charts of M.

    See :func:`~neuroalg_sage.certificates.strata.cover` for which functions of M count as
    critical.  A critical point in a cell is one of the loss in its variables; so are all
    minima of the loss on M, since the cells cover M.  It is critical in the chart if the other
    derivatives vanish too.
    """

    def __init__(self, model: Model, problem: Problem) -> None:
        self.model, self.problem = model, problem
        self.cover: Cover = cover(model)
        self._losses: dict[int, fmpq_mpoly] = {}
        self._eliminations: dict[int, Elimination | None] = {}

    def loss(self, k: int) -> fmpq_mpoly:
        """The loss in a chart."""
        if k not in self._losses:
            chart = self.cover.charts[k]
            self._losses[k] = self.problem(chart.coordinates, chart.ring.constant(0))
        return self._losses[k]

    def elimination(self, k: int) -> Elimination | None:
        """The elimination in the cell of a chart, where there is one."""
        if k not in self._eliminations:
            self._eliminations[k] = elimination(self.loss(k), self.cover.charts[k])
        return self._eliminations[k]

    def is_linear(self, k: int) -> bool:
        """Whether the loss is quadratic in the cell of a chart."""
        chart = self.cover.charts[k]
        return all(i >= chart.nonlinear for i in chart.free)

    def solution(self, k: int) -> Point | None:
        """
        The one critical point of a cell in which the loss is quadratic.

        None if there is none, or more; but in V itself one of these.
        """
        chart, loss = self.cover.charts[k], self.loss(k)
        free = chart.free
        origin = [fmpq(0)] * chart.ring.nvars()
        slopes = gradient(loss, free)
        point, rank = list(origin), 0
        if free:
            rows, rank = fmpq_mat([[*(g.derivative(j)(*origin) for j in free), -g(*origin)]
                                   for g in slopes]).rref()
            pivots = [next(j for j in range(len(free) + 1) if rows[i, j]) for i in range(rank)]
            whole = self.cover.is_whole and k == 0
            if len(free) in pivots or (rank < len(free) and not whole):
                return None
            for i, pivot in enumerate(pivots):
                point[free[pivot]] = rows[i, len(free)]
        return Point(k, [arb(x) for x in point], point, rank == len(free))

    def check_rational_zero(self, k: int, point: list[fmpq]) -> None:
        """Verify that a point is a simple critical one of a cell."""
        free, slopes = self.cover.charts[k].free, gradient(self.loss(k), self.cover.charts[k].free)
        require(not any(g(*point) for g in slopes), "A rational point is not critical.")
        require(fmpq_mat([[g.derivative(i)(*point) for i in free] for g in slopes]).det(),
                "A rational point is not a simple zero.")

    def is_critical(self, point: Point) -> bool:
        """Whether a critical point of a cell is one of its chart."""
        chart = self.cover.charts[point.chart]
        clear = True
        for slope in gradient(self.loss(point.chart), chart.zero):
            if point.rational is not None:
                if slope(*point.rational):
                    return False
            elif not value(slope, point.box).contains(0):
                return False
            elif any(not any(e[i] for i in chart.zero) for e in slope.monoms()):
                clear = False
        require(clear, "It is not clear whether a point of a cell is critical.")
        return True

    def is_proper(self, point: Point) -> bool:
        """Whether the function is not the zero function, and no other polynomial vanishes."""
        chart = self.cover.charts[point.chart]
        if point.rational is not None:
            return any(point.rational[chart.nonlinear:]) and all(
                f(*point.rational) for f in chart.positive)
        return all(not value(f, point.box).contains(0) for f in chart.positive) and any(
            not x.contains(0) for x in point.box[chart.nonlinear:])

    def function(self, point: Point) -> list[arb]:
        """What contains the coordinates of the function."""
        return [value(f, point.box) for f in self.cover.charts[point.chart].coordinates]

    def signs(self, point: Point) -> tuple[int, int] | None:
        """The numbers of positive and negative eigenvalues of the Hessian in the chart."""
        every = range(self.cover.charts[point.chart].size)
        return inertia(hessian(self.loss(point.chart), every, point.box))

    def kind(self, point: Point, z: list[arb]) -> str:
        """
        ``pure`` if the function is critical for the loss on M; else ``spurious``.

        That is: critical on V; or in a chart of the stratum that is dense in M which is an
        immersion there.  Let f not be critical on V.  If M is somewhere open in V, f is
        spurious.  So it is in a lower stratum to which f + a u is not confined, where u runs
        over functions of one unit that span V: the tangent cone to M at f spans V.  So is the
        zero function if the differential does not vanish on M, which is a cone.
        """
        chart = self.cover.charts[point.chart]
        if chart.stratum == 0 and self.is_immersion(point):
            return "pure"
        if any(not slope.contains(0) for slope in self.problem.differential(z, arb(0))):
            return "spurious" if self._is_open or (chart.stratum > 0 and (
                self.cover.is_spanning or (chart.constant and self._slope_at_zero))) else "unclear"
        if point.rational is not None:
            exactly = [f(*point.rational) for f in chart.coordinates]
            if not any(self.problem.differential(exactly, fmpq(0))):
                return "pure"
        return "unclear"

    def is_critical_on_whole(self, point: Point) -> bool:
        """
        Whether the function of a critical point is proved to be critical on V.

        So it is where the chart is a local isomorphism to V.
        """
        return self.cover.charts[point.chart].size == self.problem.n and self.is_immersion(point)

    @cached_property
    def _is_open(self) -> bool:
        """Whether M is proved to have interior points in V: by a regular point of a chart."""
        for chart in self.cover.charts:
            if chart.stratum == 0 and chart.size == self.problem.n:
                point = [fmpq(SQUARES * i * i % MODULUS) for i in range(1, chart.size + 1)]
                if fmpq_mat([[f.derivative(i)(*point) for i in range(chart.size)]
                             for f in chart.coordinates]).det():
                    return True
        return False

    @cached_property
    def _slope_at_zero(self) -> fmpq_mpoly:
        """The differential at the zero function, up to a factor, of the model's functions."""
        return total((f * c for f, c in zip(self.model.parametrization, self.problem.target)),
                     self.model.parametrization[0].context())

    def is_immersion(self, point: Point) -> bool:
        """Whether the chart is proved to be an immersion at a point."""
        chart = self.cover.charts[point.chart]
        columns = [[value(f.derivative(i), point.box) for f in chart.coordinates]
                   for i in range(chart.size)]
        gram = [[sum((a * b for a, b in zip(one, other)), arb(0)) for other in columns]
                for one in columns]
        return inertia(gram) == (chart.size, 0)

    def type(self, point: Point, kind: str, signs: tuple[int, int] | None) -> str:
        """
        ``minimum``, ``saddle`` or ``unclear``: for some of the parameters with this function.

        Where the loss is convex on V, its critical points there are minima.  Where the Hessian in
        a chart has both signs, the loss has on M; where it is positive in a chart of the dense
        stratum, all of M near the function is in the chart, or all parameters near the point
        are, up to rescaling.  A function of a lower stratum has parameters with an absent unit.
        The loss changes by 2 G(a u) to lowest order if that comes in with small weights; where
        such functions u span V, and the differential 2 G is not zero, this takes both signs.  At
        the parameters that are all zero the loss changes by -2 b^T φ(w) to lowest order,
        which is linear in the last layer's weights, if it is not zero.
        """
        chart = self.cover.charts[point.chart]
        if (signs is not None and min(signs) > 0) or (chart.constant and self._slope_at_zero) or (
                kind == "spurious" and chart.stratum > 0 and self.cover.is_spanning):
            return "saddle"
        if (kind == "pure" and chart.stratum == 0 and signs == (chart.size, 0)) or (
                self.is_critical_on_whole(point)
                and is_positive(self.problem.matrix, strictly=False)):
            return "minimum"
        return "unclear"
