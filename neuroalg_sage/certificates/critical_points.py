"""
All critical points of a quadratic loss on a neuromanifold, and its minimum.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx, fmpq

from neuroalg_sage.certificates.bounded_rank import linear_network_counts
from neuroalg_sage.certificates.boxes import check_zero, disjoint, is_positive, rounded, value
from neuroalg_sage.certificates.elimination import real_roots
from neuroalg_sage.certificates.landscape import Landscape, Point, Problem, number
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integer, items, member, require
from neuroalg_sage.certificates.units import permuted

ENGINE = "msolve"


@dataclass
class Found:
    """What the evidence proves."""

    value: list[Any]
    verified: list[str]
    trust: list[str]
    points: list[Point]


def find(model: Model, data: Any, evidence: Any) -> Found:
    """
    What the evidence proves of the critical points of a loss.

    The evidence has boxes for the critical points in cells, of radius 0 for rational ones; those
    in cells in which the loss is quadratic are computed.  They are all of a cell if there are as
    many as an elimination, a theorem, or the engine says.  See :class:`Answer` for the value.
    """
    with ctx.workprec(integer(member(evidence, "precision"), 64, 4096, "precision")):
        return Answer(model, data, evidence).found()


class Answer:
    """
    The value: the loss, and an object with

    - ``points`` -- the critical functions, by their loss; for units, the critical parameters
      modulo rescaling and permuting units.  Each with enclosing intervals of ``loss`` and
      ``coordinates`` in V; ``function``, the first of the list of which it is not proved to be
      another one; the number of the ``stratum``; the ``index`` of the Hessian there
      (-1: not clear); ``kind``, pure or spurious; and ``type``
    - ``complete`` -- whether these are all
    - ``complex`` -- the number of complex ones, or null
    - ``minimum`` -- ``attained``: whether the infimum over M is attained (null: not clear);
      ``at``: the places of those points of which one is where; ``unique``: whether it is proved
      that there is no other function of least loss
    """

    def __init__(self, model: Model, data: Any, evidence: Any) -> None:
        self.data, self.evidence = data, evidence
        self.problem = Problem(data, model.ambient_dimension)
        self.land = Landscape(model, self.problem)
        self.digits = integer(member(evidence, "digits"), 1, 1000, "number of digits")
        self.verified: list[str] = []
        self.trust: list[str] = []
        charts = self.land.cover.charts
        self.points: dict[int, list[Point]] = {k: [] for k in range(len(charts))}
        self._read_boxes()
        for k in range(len(charts)):
            if self.land.is_linear(k):
                solution = self.land.solution(k)
                self.points[k] = [solution] if solution is not None else []
        self.critical = self._critical()
        self.functions = [self.land.function(p) for p in self.critical]
        require(self.land.cover.kind == "units" or all(
            disjoint(*pair) for pair in itertools.combinations(self.functions, 2)),
            "Two functions are not proved to be different.")

    def _critical(self) -> list[Point]:
        """
        The points that are critical in their charts, with no exact function twice.

        But for units a function may have several parameters, all of its stratum.
        """
        found, seen = [], set()
        for k, chart in enumerate(self.land.cover.charts):
            for point in self.points[k]:
                # What is not proper is a function of a lower stratum, and is listed there.
                proper = self.land.is_proper(point)
                if self.land.is_critical(point) and (proper or self.land.is_immersion(point)):
                    once = not proper or self.land.cover.kind != "units"
                    known = once and point.rational is not None and tuple(
                        str(f(*point.rational)) for f in chart.coordinates)
                    if not known or known not in seen:
                        found.append(point)
                    seen.add(known)
        return found

    def _read_boxes(self) -> None:
        for entry in items(member(self.evidence, "boxes"), "list of boxes"):
            k, center, radii = items(entry, "box", 3)
            k = integer(k, 0, len(self.points) - 1, "chart")
            chart = self.land.cover.charts[k]
            require(not self.land.is_linear(k), "A box lies in a cell that needs none.")
            exactly, box = [fmpq(0)] * chart.size, [arb(0)] * chart.size
            sizes = [number(r) for r in items(radii, "list of radii", len(chart.free))]
            for i, x, size in zip(chart.free, items(center, "center", len(chart.free)), sizes):
                exactly[i] = number(x)
                box[i] = arb(arb(exactly[i]).mid(), arb(size)) if any(sizes) else arb(exactly[i])
            if any(sizes):
                check_zero(self.land.loss(k), chart.free, box)
                point = Point(k, box)
            else:
                self.land.check_rational_zero(k, exactly)
                point = Point(k, box, exactly)
            require(all(disjoint([box[i] for i in chart.free], [p.box[i] for i in chart.free])
                        for p in self.points[k]), "Two boxes of a cell overlap.")
            require(self.land.is_proper(point),
                    "A box may hold a function of another stratum.")
            self.points[k].append(point)

    # -- completeness --------------------------------------------------------------------

    def _is_complete(self) -> tuple[bool, int | None]:
        """Whether all critical functions are listed; the number of complex ones, if known."""
        cover = self.land.cover
        if not all(p.is_isolated for p in self.critical):
            return False, None
        if cover.kind == "linear network" and len(cover.charts) > 1:
            return self._linear_network()
        engine = dict(map(tuple, items(self.evidence.get("engine", []), "engine's counts")))
        number: int | None = 0
        for k, chart in enumerate(cover.charts):
            points = self.points[k]
            if self.land.is_linear(k):
                if not points:
                    return False, None
                if number is not None:
                    number += points[0] in self.critical
                continue
            found = self.land.elimination(k)
            if found is not None and found.is_regular and chart.size - chart.nonlinear:
                if len(points) != len(real_roots(found.roots)):
                    return False, None
                complexly = found.complex and not chart.zero
                known = sum(p not in self.critical for p in points)  # in V itself
                number = (number + found.roots.degree() - known
                          if number is not None and complexly else None)
            elif k in engine:
                count = integer(engine[k], 0, 10**6, "engine's count")
                if count != len(points) * len(permuted(chart, [0] * chart.size)):
                    return False, None
                require(all(disjoint(p, q.box) for one, q in itertools.combinations(points, 2)
                            for p in permuted(chart, one.box)),
                        "A point is listed twice, with its units permuted.")
                number = None
                self.trust = [ENGINE]
            else:
                return False, None
        self.verified.append("all critical functions are listed" + (
            ", as the engine says" if self.trust else ""))
        return True, number

    def _linear_network(self) -> tuple[bool, int | None]:
        """
        That there are as many points as a theorem says.

        At U R the rank is that of U, since else R could vary while U R does not, and the point
        would not be the only critical one in a box.
        """
        counts = linear_network_counts(self.problem.matrix, self.problem.target,
                                       self.land.model.outputs, self.land.model.inputs)
        least = min(self.land.model.widths)
        strata = [self.land.cover.charts[p.chart].stratum for p in self.critical]
        if counts is None or any(strata.count(least - rank) != counts[rank]
                                 for rank in range(least + 1)):
            return False, None
        self.verified.append("all critical functions are listed, as many as singular values say")
        return True, sum(counts[: least + 1])

    # -- the minimum ---------------------------------------------------------------------

    def _minimum(self, complete: bool, losses: list[arb]) -> dict[str, Any]:
        cover = self.land.cover
        unclear: dict[str, Any] = {"attained": None, "at": [], "unique": False}
        if not losses:
            return unclear
        least = min(x.upper() for x in losses)
        at = [i for i, x in enumerate(losses) if not x > least]
        definite = is_positive(self.problem.matrix, strictly=True)
        on_whole = [i for i, p in enumerate(self.critical) if self.land.is_critical_on_whole(p)]
        if on_whole and is_positive(self.problem.matrix, strictly=False):
            self.verified.append("the loss is convex, and critical on V at a point of M")
            return {"attained": True, "at": on_whole, "unique": definite}
        if not complete:
            return unclear
        if "witness" in self.evidence:
            w = [number(x) for x in items(self.evidence["witness"], "parameters",
                                          self.land.model.parameters)]
            z = [f(*w) for f in self.land.model.parametrization]
            reached = arb(self.problem(z, fmpq(0)))
            require(all(reached < x for x in losses), "The loss of the witness is not less.")
            self.verified.append("a function has less loss than all critical ones")
            return {"attained": False, "at": [], "unique": False}
        if (cover.is_closed and definite) or (cover.is_compact and self._is_proper_map()):
            self.verified.append("the loss is proper on M, which is closed")
            return {"attained": True, "at": at, "unique": len(at) == 1}
        return unclear

    def _is_proper_map(self) -> bool:
        """
        Whether the loss tends to infinity with b, uniformly for all t of a projective space.

        It is b^T A(t) b up to lower terms, and A(t) is positive semidefinite if Q is, and regular
        in all cells, which are all of the compact space of weights into the only hidden unit.
        """
        if not is_positive(self.problem.matrix, strictly=False):
            return False
        return all(self.points[k] if self.land.is_linear(k) else
                   (found := self.land.elimination(k)) is not None and found.is_regular
                   for k in range(len(self.land.cover.charts)))

    # -- the value -----------------------------------------------------------------------

    def found(self) -> Found:
        """The value, what was verified, whom it trusts."""
        # Boxes may be wide, so the loss is the polynomial's value on them.
        losses = [value(self.land.loss(p.chart), p.box) for p in self.critical]
        order = sorted(range(len(losses)), key=lambda i: (losses[i].mid().fmpq(), i))
        self.critical = [self.critical[i] for i in order]
        self.functions = [self.functions[i] for i in order]
        losses = [losses[i] for i in order]
        complete, number = self._is_complete()
        self.trust = self.trust if complete else []
        minimum = self._minimum(complete, losses)
        listed = list(self._listed(losses))
        self.verified.insert(0, f"boxes with one critical point each ({len(listed)})")
        return Found([self.data, {"points": listed, "complete": complete, "complex": number,
                                  "minimum": minimum}], self.verified, self.trust,
                     self.critical)

    def _listed(self, losses: list[arb]) -> Iterator[dict[str, Any]]:
        for place, (point, z, loss) in enumerate(zip(self.critical, self.functions, losses)):
            same = next(i for i, other in enumerate(self.functions[:place + 1])
                        if i == place or not disjoint(z, other))
            kind, signs = self.land.kind(point, z), self.land.signs(point)
            yield {"function": same, "loss": rounded(loss, self.digits),
                   "coordinates": [rounded(x, self.digits) for x in z],
                   "stratum": self.land.cover.charts[point.chart].stratum,
                   "index": -1 if signs is None else signs[1], "kind": kind,
                   "type": self.land.type(point, kind, signs)}


def check_critical_points(model: Model, stated: Any, evidence: Any
                          ) -> tuple[list[str], list[str]]:
    """Verify the critical points of a loss on M, and its minimum."""
    found = find(model, items(stated, "value", 2)[0], evidence)
    # In Python 1, 1.0 and True are equal; as text they are not.
    require(json.dumps(found.value, sort_keys=True) == json.dumps(stated, sort_keys=True),
            "The critical points are not as claimed.")
    return found.verified, found.trust
