"""
All critical points of a quadratic loss on a neuromanifold, and its minimum.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flint import arb, ctx, fmpq

from neuroalg_sage.certificates.boxes import (
    disjoint,
    gradient,
    has_one_zero,
    is_positive,
    rounded,
    value,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, integer, items, member, require
from neuroalg_sage.certificates.training.charts import Chart, permuted
from neuroalg_sage.certificates.training.elimination import (
    Elimination,
    number_of_functions,
    real_roots,
)
from neuroalg_sage.certificates.training.landscape import Landscape, Point
from neuroalg_sage.certificates.training.quadratic_loss import Problem, number

if TYPE_CHECKING:
    from neuroalg_sage.certificates.training.morse import Audit

ENGINE = "msolve"


def find(model: Model, data: Any, evidence: Any) -> Answer:
    """
    What the evidence proves of the critical points of a loss.

    The evidence has boxes for the critical points in cells, of radius 0 for rational ones; those
    in cells in which the loss is quadratic are computed.  They are all of a cell if there are as
    many as an elimination, a theorem, or the engine says.  See :class:`Answer` for the value.
    """
    with ctx.workprec(integer(member(evidence, "precision"), 64, 4096, "precision")):
        return Answer(model, data, evidence)


class Answer:
    """
    The value: the loss, and an object with

    - ``points`` -- the critical functions, by their loss; for units, the critical parameters
      modulo rescaling units, and modulo permuting them if these are all.  Each with enclosing
      intervals of ``loss`` and ``coordinates`` in V; ``function``, the first of the list of which
      it is not proved to be another one; the number of the ``stratum``; the ``index`` of the
      Hessian there (-1: not clear); ``kind``, pure or spurious; and ``type``
    - ``complete`` -- whether these are all
    - ``complex`` -- the number of complex critical functions, or null
    - ``minimum`` -- ``attained``: whether the infimum over M is attained (null: not clear);
      ``at``: the places of those points of which one is where; ``unique``: whether it is proved
      that there is no other function of least loss

    A list whose Morse audit fails is not called complete.
    """

    def __init__(self, model: Model, data: Any, evidence: Any) -> None:
        self.data, self.evidence = data, evidence
        self.problem = Problem(data, model.ambient_dimension)
        self.land = Landscape(model, self.problem, evidence.get("equations", []))
        self.verified: list[str] = []
        self.trust: list[str] = []
        self.audit: Audit | None = None  # of what is said to be all
        charts = self.land.cover.charts
        self.points: dict[int, list[Point]] = {k: [] for k in range(len(charts))}
        self._read_boxes()
        for k in range(len(charts)):
            if self.land.is_linear(k):
                solution = self.land.solution(k)
                self.points[k] = [solution] if solution is not None else self.points[k]
        self.critical = self._critical()
        self.functions = [self.land.function(p) for p in self.critical]
        require(self.land.cover.kind == "units" or all(
            disjoint(*pair) for pair in itertools.combinations(self.functions, 2)),
            "Two functions are not proved to be different.")
        self.value = self._evaluated()

    def _critical(self) -> list[Point]:
        """
        The points that are critical in their charts, with no exact function twice.

        But for units a function may have several parameters, all of its stratum.
        """
        found, seen = [], set()
        for point in itertools.chain(*self.points.values()):
            # What is not proper is a function of a lower stratum, and is listed there.
            proper = self.land.is_proper(point)
            if not point.is_isolated and point.rational is None:  # it is critical on V
                found.append(point)
            elif self.land.is_critical(point) and (proper or self.land.is_immersion(point)):
                once = not proper or self.land.cover.kind != "units"
                known = (once and point.rational is not None
                         and self.land.rational_function(point))
                if not known or known not in seen:
                    found.append(point)
                seen.add(known)
        return found

    def _read_boxes(self) -> None:
        """
        Boxes with one critical point of a cell each.

        Or with one of perhaps infinitely many points whose functions are critical on V: where some
        variables are fixed and the others are not, and where a rational point is no simple zero.
        """
        for entry in items(member(self.evidence, "boxes"), "list of boxes"):
            k, center, radii = items(entry, "box", 3)
            k = integer(k, 0, len(self.points) - 1, "chart")
            chart = self.land.cover.charts[k]
            exactly, box = [fmpq(0)] * chart.size, [arb(0)] * chart.size
            sizes = [number(r) for r in items(radii, "list of radii", len(chart.free))]
            for i, x, size in zip(chart.free, items(center, "center", len(chart.free)), sizes):
                exactly[i] = number(x)
                # The midpoint of a box is as good as the stated one, and is exact.
                box[i] = arb(arb(exactly[i]).mid(), arb(size)) if any(sizes) else arb(exactly[i])
            point = Point(k, box, None if any(sizes) else exactly, all(sizes) or (
                not any(sizes) and self.land.is_simple(k, exactly)))
            require(not (point.is_isolated and self.land.is_linear(k)),
                    "A box lies in a cell that needs none.")
            if not point.is_isolated:
                # Here it is not known to be critical in the chart.
                require(self.land.is_fit(point),
                        "A box may hold no function that is critical on V.")
            elif any(sizes):
                require(has_one_zero(gradient(self.land.loss(k), chart.free), chart.free, box),
                        "Krawczyk's operator does not map a box into its interior.")
            else:
                require(self.land.is_zero(k, exactly), "A rational point is not critical.")
            require(all(disjoint([box[i] for i in chart.free], [p.box[i] for i in chart.free])
                        for p in self.points[k]), "Two boxes of a cell overlap.")
            require(self.land.is_proper(point),
                    "A box may hold a function of another stratum.")
            self.points[k].append(point)

    # -- completeness --------------------------------------------------------------------

    def _is_complete(self) -> tuple[bool, int | None]:
        """Whether all critical functions are listed; the number of complex ones, if known."""
        cover = self.land.cover
        if not all(p.is_isolated for p in itertools.chain(*self.points.values())):
            return False, None
        if cover.kind == "linear network" and len(cover.charts) > 1:
            from neuroalg_sage.certificates.training.bounded_rank import has_as_many

            number = has_as_many(self.land.model, self.problem.matrix, self.problem.target,
                                 [cover.charts[p.chart].stratum for p in self.critical])
            if number is not None:
                self.verified.append("all critical functions are listed, as many as singular "
                                     "values say")
            return number is not None, number
        engine = dict(map(tuple, items(self.evidence.get("engine", []), "engine's counts")))
        known: set[tuple[fmpq, ...]] = set()
        curves: list[tuple[Chart, Elimination]] = []
        complexly = True
        for k, chart in enumerate(cover.charts):
            points = self.points[k]
            if self.land.is_linear(k):
                if not points:
                    return False, None
                if points[0] in self.critical:
                    known.add(self.land.rational_function(points[0]))
                continue
            found = self.land.elimination(k)
            if found is not None and found.is_regular and chart.size - chart.nonlinear:
                if len(points) != len(real_roots(found.roots)):
                    return False, None
                curves.append((chart, found))
                complexly = complexly and found.complex and not chart.zero
            elif k in engine:
                count = integer(engine[k], 0, 10**6, "engine's count")
                if count != len(points) * len(permuted(chart, [0] * chart.size)):
                    return False, None
                require(all(disjoint(p, q.box) for one, q in itertools.combinations(points, 2)
                            for p in permuted(chart, one.box)),
                        "A point is listed twice, with its units permuted.")
                complexly = False
                self.trust = [ENGINE]
            else:
                return False, None
        self.verified.append("all critical functions are listed" + (
            ", as the engine says" if self.trust else ""))
        return True, number_of_functions(curves, known) if complexly else None

    # -- the minimum ---------------------------------------------------------------------

    def _minimum(self, complete: bool, losses: list[arb]) -> dict[str, Any]:
        """
        Where the loss has its minimum over M.

        *Convexity.*  If (1) Q is positive semidefinite, and (2) f in M is critical on V, f is a
        minimum on V, and the only one if Q is definite.

        *Least critical value.*  If (1) the minimum over M is attained, and (2) all critical
        functions are listed, it is attained at one of these, since a minimum over M is critical
        in a cell and in its chart; so at one whose loss is not proved to be more than another's.

        *Attainment.*  The minimum is attained if M is closed and the loss tends to infinity on it.
        That is so if (1) M is closed, and (2) Q is definite.  Or if (1) the functions are linear
        in b, with t in a compact projective space, cut into cells; (2) Q is positive
        semidefinite; (3) the loss, b^T A(t) b up to lower terms, has a regular A(t) in all cells,
        as it has where elimination, and not the engine, finds all critical points.

        *No minimum.*  If (1) all critical functions are listed, and (2) some parameters have less
        loss than each of these, it is not attained.
        """
        cover = self.land.cover
        unclear: dict[str, Any] = {"attained": None, "at": [], "unique": False}
        if not losses:
            return unclear
        least = min(x.upper() for x in losses)
        at = [i for i, x in enumerate(losses) if not x > least]
        definite = is_positive(self.problem.matrix, strictly=True)
        on_whole = [i for i, p in enumerate(self.critical) if self.land.is_critical_on_whole(p)]
        if on_whole and self.problem.is_convex:
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
        if (cover.is_closed and definite) or (
                cover.is_compact and self.problem.is_convex and not self.trust):
            self.verified.append("the loss is proper on M, which is closed")
            return {"attained": True, "at": at, "unique": len(set(
                (i,) if (p := self.critical[i]).rational is None
                else self.land.rational_function(p) for i in at)) == 1}
        return unclear

    # -- the value -----------------------------------------------------------------------

    def _evaluated(self) -> list[Any]:
        # Boxes may be wide, so the loss is the polynomial's value on them.
        losses = [value(self.land.loss(p.chart), p.box) for p in self.critical]
        order = sorted(range(len(losses)), key=lambda i: (losses[i].mid().fmpq(), i))
        self.critical = [self.critical[i] for i in order]
        self.functions = [self.functions[i] for i in order]
        losses = [losses[i] for i in order]
        complete, number = self._is_complete()
        if complete:
            from neuroalg_sage.certificates.training.morse import audit

            self.audit = audit(self)
            if self.audit.fails:
                complete, number, self.verified = False, None, []
            elif not self.audit.reason:
                self.verified.append("the Morse audit does not contradict this")
        self.trust = self.trust if complete else []
        minimum = self._minimum(complete, losses)
        listed = list(self._listed(losses))
        self.verified.insert(0, f"boxes with a critical point each ({len(listed)})")
        return [self.data, {"points": listed, "complete": complete, "complex": number,
                            "minimum": minimum}]

    def _listed(self, losses: list[arb]) -> Iterator[dict[str, Any]]:
        digits = integer(member(self.evidence, "digits"), 1, 1000, "number of digits")
        for place, (point, z, loss) in enumerate(zip(self.critical, self.functions, losses)):
            same = next(i for i, other in enumerate(self.functions[:place + 1])
                        if i == place or not disjoint(z, other))
            kind, signs = self.land.kind(point, z), self.land.signs(point)
            yield {"function": same, "loss": rounded(loss, digits),
                   "coordinates": [rounded(x, digits) for x in z],
                   "stratum": self.land.cover.charts[point.chart].stratum,
                   "index": -1 if signs is None else signs[1], "kind": kind,
                   "type": self.land.type(point, z, kind, signs)}


def check_critical_points(model: Model, stated: Any, evidence: Any
                          ) -> Checked:
    """Verify the critical points of a loss on M, and its minimum."""
    found = find(model, items(stated, "value", 2)[0], evidence)
    # In Python 1, 1.0 and True are equal; as text they are not.
    require(json.dumps(found.value, sort_keys=True) == json.dumps(stated, sort_keys=True),
            "The critical points are not as claimed.")
    return found.verified, found.trust
