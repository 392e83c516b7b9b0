"""
A quadratic loss on a neuromanifold, in the charts of its strata.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.boxes import (
    gradient,
    has_independent_rows,
    has_one_zero,
    hessian,
    inertia,
    value,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.training.charts import Cover
from neuroalg_sage.certificates.training.elimination import Elimination, elimination
from neuroalg_sage.certificates.training.quadratic_loss import Problem, echelon
from neuroalg_sage.certificates.training.strata import cover

SQUARES, MODULUS = 37, 101  # of a point that is as good as random


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

    See :func:`~neuroalg_sage.certificates.training.strata.cover` for which functions of M count as
    critical.  A critical point in a cell is one of the loss in its variables; so are all
    minima of the loss on M, since the cells cover M.  It is critical in the chart if the other
    derivatives vanish too.  The equations are some that vanish on M.
    """

    def __init__(self, model: Model, problem: Problem, equations: Any) -> None:
        self.model, self.problem = model, problem
        self.cover: Cover = cover(model)
        self.equations = self.cover.equations(equations, problem.n)
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
        point = list(origin)
        rows, pivots = echelon([[*(g.derivative(j)(*origin) for j in free), -g(*origin)]
                                for g in slopes])
        whole = self.cover.is_whole and k == 0
        if len(free) in pivots or (len(pivots) < len(free) and not whole):
            return None
        for i, pivot in enumerate(pivots):
            point[free[pivot]] = rows[i, len(free)]
        return Point(k, [arb(x) for x in point], point, len(pivots) == len(free))

    def is_zero(self, k: int, point: list[fmpq]) -> bool:
        """Whether a rational point is a critical one of a cell."""
        return not any(g(*point) for g in gradient(self.loss(k), self.cover.charts[k].free))

    def is_simple(self, k: int, point: list[fmpq]) -> bool:
        """Whether the Hessian in a cell is regular at a rational point."""
        free = self.cover.charts[k].free
        return bool(fmpq_mat([[g.derivative(i)(*point) for i in free]
                              for g in gradient(self.loss(k), free)]).det())

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
        require(clear or self.is_fit(point),
                "It is not clear whether a point of a cell is critical.")
        return True

    def is_proper(self, point: Point) -> bool:
        """
        Whether the function is proved to be one of the stratum of the chart.

        So it is if the variables b are not all zero, and no polynomial of the chart vanishes.  A
        matrix U R, with the identity in R, has the rank of U.  If U u = 0 and u is not zero, U R
        stays as R moves by u r^T.  So the chart is an immersion only where the rank is that of
        the stratum.
        """
        chart = self.cover.charts[point.chart]
        if self.cover.kind == "linear network" and not self.is_immersion(point):
            return False
        if point.rational is not None:
            return any(point.rational[chart.nonlinear:]) and all(
                f(*point.rational) for f in chart.positive)
        return all(not value(f, point.box).contains(0) for f in chart.positive) and any(
            not x.contains(0) for x in point.box[chart.nonlinear:])

    def function(self, point: Point) -> list[arb]:
        """What contains the coordinates of the function."""
        return [value(f, point.box) for f in self.cover.charts[point.chart].coordinates]

    def rational_function(self, point: Point) -> tuple[fmpq, ...]:
        """The coordinates of the function of a rational point."""
        return tuple(f(*point.rational or ()) for f in self.cover.charts[point.chart].coordinates)

    def signs(self, point: Point) -> tuple[int, int] | None:
        """The numbers of positive and negative eigenvalues of the Hessian in the chart."""
        every = range(self.cover.charts[point.chart].size)
        return inertia(hessian(self.loss(point.chart), every, point.box))

    def kind(self, point: Point, z: list[arb]) -> str:
        """
        ``pure`` if the function f is critical for the loss on M; else ``spurious``.

        Pure means that f is critical on V, or a smooth point of the closure of M and critical
        there: see :meth:`is_smooth` and :meth:`is_critical_on_whole`.  Else let f not be critical
        on V.  If M is somewhere open in V, whose points are all smooth, f is spurious.  So it is
        in a lower stratum to which f + a u is not confined, where u runs over functions of one
        unit that span V: the tangent cone to M at f spans V.  So is the zero function if the
        differential does not vanish on M, which is a cone.  What is none of these is ``unclear``:
        where M crosses itself, the loss may be critical on one branch and not on another.
        """
        chart = self.cover.charts[point.chart]
        if self.is_critical_on_whole(point) or self.is_smooth(point, z):
            return "pure"
        if any(not slope.contains(0) for slope in self.problem.differential(z, arb(0))) and (
                self._is_open or (chart.stratum > 0 and (
                    self.cover.is_spanning or (chart.constant and self._slope_at_zero)))):
            return "spurious"
        return "unclear"

    def is_smooth(self, point: Point, z: list[arb]) -> bool:
        """
        Whether the function f is proved to be a smooth point of the closure of M, near which the
        closure is the image of a neighborhood of the point in the chart.

        *Lemma.*  Let (1) the chart belong to the stratum that is dense in M, so that its number of
        variables is dim M = d; (2) the chart be an immersion at the point; (3) equations vanish
        on the chart, hence on M; (4) their differentials at f have rank n - d.  By (3) and (4) the
        zeros of the equations near f are a manifold of dimension d, which holds the closure of M.
        By (2) the chart maps a neighborhood of the point to an open part of it.  So all three
        agree near f, and what is critical in the chart is critical on the closure of M.

        For matrices and quadratic forms of bounded rank, (1) and (2) mean that the rank is the
        largest one on M, where the minors have the differentials that (4) asks for.
        """
        chart = self.cover.charts[point.chart]
        if chart.stratum or not self.is_immersion(point):
            return False
        return self.cover.kind != "units" or has_independent_rows(
            ([value(g.derivative(i), z) for i in range(self.problem.n)] for g in self.equations),
            self.problem.n - chart.size)

    def is_critical_on_whole(self, point: Point) -> bool:
        """
        Whether the function f of a critical point of a chart is proved to be critical on V.

        So it is where Q f = b, see :meth:`is_fit`; and where the chart is a local isomorphism to V.
        """
        return self.is_fit(point) or (
            self.cover.charts[point.chart].size == self.problem.n and self.is_immersion(point))

    def is_fit(self, point: Point) -> bool:
        """
        Whether it is proved that Q f = b for the function f of a point, or of one in its box.

        So it is where f is rational, and this holds; or where independent equations among Q z = b,
        which imply all of them, are as many as the variables of the cell that are not fixed in the
        box, and have a zero there.  That is a critical point of the cell: of a box that has no
        other one, it is that.
        """
        if point.rational is not None:
            return not any(self.problem.differential(self.rational_function(point), fmpq(0)))
        system = self.fitting(point.chart)
        moving = [i for i in self.cover.charts[point.chart].free if not point.box[i].is_exact()]
        return system is not None and len(system) == len(moving) and has_one_zero(
            system, moving, point.box)

    def fitting(self, k: int) -> list[fmpq_mpoly] | None:
        """
        Independent equations in a chart for Q z = b, to be critical on V.

        None if these have no solution on V.
        """
        rows = self.problem.independent_rows
        if rows is None:
            return None
        chart = self.cover.charts[k]
        slopes = self.problem.differential(chart.coordinates, chart.ring.constant(0))
        return [slopes[i] for i in rows]

    @cached_property
    def _is_open(self) -> bool:
        """Whether M is proved to have interior points in V: by a regular point of a chart."""
        point = [arb(SQUARES * i * i % MODULUS) for i in range(self.cover.charts[0].size)]
        return len(point) == self.problem.n and self.is_immersion(Point(0, point))

    @cached_property
    def _slope_at_zero(self) -> fmpq_mpoly:
        """The differential at the zero function, up to a factor, of the model's functions."""
        return sum((f * c for f, c in zip(self.model.parametrization, self.problem.target)),
                   self.model.parametrization[0].context().constant(0))

    def is_immersion(self, point: Point) -> bool:
        """Whether the chart is proved to be an immersion at a point."""
        chart = self.cover.charts[point.chart]
        return has_independent_rows(([value(f.derivative(i), point.box) for f in chart.coordinates]
                                     for i in range(chart.size)), chart.size)

    def type(self, point: Point, z: list[arb], kind: str, signs: tuple[int, int] | None) -> str:
        """
        ``minimum``, ``saddle`` or ``unclear``: of the loss on M, near the function f.

        If Q is positive semidefinite, what is critical on V is a minimum there.  If f is smooth,
        see :meth:`is_smooth`, a neighborhood of f in M is in the chart, and f is a minimum if the
        Hessian there is positive definite.

        If the Hessian in a chart has both signs, the loss has on M: a saddle.  A function of a
        lower stratum has parameters with an absent unit.  The loss changes by 2 G(a u) to lowest
        order if that comes in with small weights; where such functions u span V, and the
        differential 2 G is not zero, this takes both signs.  At the zero function the loss changes
        by -2 b^T φ(w) to lowest order, which is linear in the last layer's weights, if it is not
        zero.
        """
        chart = self.cover.charts[point.chart]
        if (signs is not None and min(signs) > 0) or (chart.constant and self._slope_at_zero) or (
                kind == "spurious" and chart.stratum > 0 and self.cover.is_spanning):
            return "saddle"
        if (self.is_critical_on_whole(point) and self.problem.is_convex) or (
                signs == (chart.size, 0) and self.is_smooth(point, z)):
            return "minimum"
        return "unclear"
