"""
Critical parameters of a quadratic loss, of any model, with bounds of the least loss.

Let L = q ∘ φ, with q(z) = z^T Q z - 2 b^T z + c.  Its critical parameters are not isolated: φ has
fibers.  So some parameters are fixed, a *slice*, and the others, F, are found in a box: Krawczyk's
operator proves that the slice has one critical point there.

**Lemma.**  It is critical for L if (1) no parameter is fixed; or (2) vector fields X with
Dφ X = 0, and the directions of F, together span all parameters there; or (3) the columns of Dφ in F
are independent there, and as many as dim M.  *Proof of (2).*  The derivative of L vanishes along
F, and along X since L is a function of φ.  *Of (3).*  Nowhere is the rank of Dφ more than dim M, so
these columns span the image of Dφ; where dq vanishes on them, it vanishes on the image.  ∎

**Lemma.**  In these cases the index of the Hessian of L is that on the slice, and its kernel has as
many dimensions as parameters are fixed.  If the Hessian on the slice is positive definite, L has a
local minimum; near it, whatever has the same loss has the same function.  *Proof.*  In case (2)
flows of fields that are independent modulo F move a neighborhood in the slice onto one of all
parameters, and keep φ.  In case (3) the rank of Dφ is constant nearby, so by the rank theorem φ
maps a neighborhood in the slice onto the image of one of all parameters.  So near the point L is a
function on the slice, after a submersion.  ∎

Some parameters, Z, may be *absent*: they are zero, and no term of φ has degree 1 in them, as where
a unit is off.  Where they are zero their derivatives of L vanish, so do mixed second derivatives by
one of them and one other, and in the first lemma they count as directions of F.  Let k be the
least degree in Z of a term of φ that is not 0.  If k > 2, the index is that on the slice.  Along a
direction v in Z, L changes by 2 t^k Σ (Q φ - b)_a φ_a[v] to lowest order, with the terms φ_a[v] of
degree k in Z: by q's quadratic part it changes in the order 2k.

A *fit* has Q φ(w) = b, which independent ones among these equations imply.  If Q is positive
semidefinite, a fit has the least loss on V, hence on M: no less is attained anywhere.

A *rational* point is critical if all derivatives vanish there.  It may be degenerate in every
slice.  On a line through it, the lowest term of the change of L says whether L becomes less, or
more; if both happen on lines, it is a saddle.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, ctx, fmpq

from neuroalg_sage.certificates.boxes import (
    disjoint,
    has_independent_rows,
    inertia,
    maps_inside,
    rounded,
    value,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.training.quadratic_loss import Problem, echelon, number

LEAST_PRECISION, MOST_PRECISION = 64, 4096


class Loss:
    """The loss of parameters, and half of its derivatives, in balls."""

    def __init__(self, model: Model, data: Any) -> None:
        self.problem = Problem(data, model.ambient_dimension)
        self.phi, self.count = model.parametrization, model.parameters
        self._slopes = [{i: slope for i in range(self.count) if (slope := f.derivative(i))}
                        for f in self.phi]
        self._matrix = arb_mat(self.problem.matrix)

    def function(self, point: Sequence[arb]) -> list[arb]:
        """The coordinates of the function."""
        return [value(f, point) for f in self.phi]

    def residuals(self, point: Sequence[arb]) -> list[arb]:
        """Q φ - b: half the differential of q."""
        return self.problem.differential(self.function(point), arb(0))

    def columns(self, point: Sequence[arb], places: Sequence[int]) -> list[list[arb]]:
        """The derivatives of φ by some of the parameters."""
        return [[value(slopes[i], point) if i in slopes else arb(0) for slopes in self._slopes]
                for i in places]

    def gradient(self, point: Sequence[arb], places: Sequence[int]) -> list[arb]:
        """Half the derivatives of L by some of the parameters."""
        residuals = self.residuals(point)
        return [sum((a * b for a, b in zip(column, residuals)), arb(0))
                for column in self.columns(point, places)]

    def hessian(self, point: Sequence[arb], places: Sequence[int]) -> arb_mat:
        """Half the second derivatives: Dφ^T Q Dφ + Σ (Q φ - b)_a D²φ_a."""
        if not places:
            return arb_mat(0, 0)
        columns, residuals = arb_mat(self.columns(point, places)), self.residuals(point)
        total = (columns * self._matrix * columns.transpose()).tolist()
        for (k, i), (m, j) in itertools.combinations_with_replacement(enumerate(places), 2):
            for slopes, residual in zip(self._slopes, residuals):
                if i in slopes and (second := slopes[i].derivative(j)):
                    total[k][m] = total[k][m] + residual * value(second, point)
            total[m][k] = total[k][m]
        return arb_mat(total)

    def fit(self, point: Sequence[arb], places: Sequence[int]) -> tuple[list[arb], arb_mat]:
        """Independent equations among Q φ = b, and their derivatives by some of the parameters."""
        rows, residuals = self.problem.independent_rows or [], self.residuals(point)
        matrix = arb_mat([self.problem.matrix.tolist()[i] for i in rows])
        return [residuals[i] for i in rows], matrix * arb_mat(
            self.columns(point, places)).transpose()

    def has_fit(self, box: Sequence[arb], free: Sequence[int]) -> bool:
        """Whether parameters in a box, the fixed ones as they are, have Q φ = b."""
        rows = self.problem.independent_rows
        return rows is not None and len(rows) == len(free) and maps_inside(
            lambda point: self.fit(point, free)[0], lambda point: self.fit(point, free)[1],
            free, box)

    def at(self, point: Sequence[fmpq]) -> fmpq:
        """The loss at rational parameters."""
        return self.on_line(point, [fmpq(0)] * len(point))(fmpq(0))

    def exact_residuals(self, point: Sequence[fmpq]) -> list[fmpq]:
        """Q φ - b at rational parameters."""
        return self.problem.differential([f(*point) for f in self.phi], fmpq(0))

    def is_critical(self, point: Sequence[fmpq]) -> bool:
        """Whether all derivatives vanish at rational parameters."""
        residuals = self.exact_residuals(point)
        return not any(sum((slopes[i](*point) * r for slopes, r in zip(self._slopes, residuals)
                            if i in slopes), fmpq(0)) for i in range(self.count))

    def on_line(self, point: Sequence[fmpq], direction: Sequence[fmpq]) -> Any:
        """The loss at the point plus t times the direction, a polynomial in t."""
        ring = polynomial_ring(1)
        (t,) = ring.gens()
        line = [x + v * t for x, v in zip(point, direction)]
        return self.problem(substituted(self.phi, line, ring), ring.constant(0))

    def degrees(self, absent: Sequence[int]) -> set[int]:
        """The degrees of the terms of φ in some of the parameters."""
        return {sum(e[i] for i in absent) for f in self.phi for e in exponent_vectors(f)}

    def changes(self, point: Sequence[arb], absent: Sequence[int], degree: int,
                line: Sequence[fmpq]) -> arb:
        """Σ (Q φ - b)_a φ_a[v] for a direction v of absent parameters."""
        there = list(point)
        for i, x in zip(absent, line):
            there[i] = arb(x)
        parts = [f.context().from_dict({e: c for e, c in zip(exponent_vectors(f), f.coeffs())
                                        if sum(e[i] for i in absent) == degree}) for f in self.phi]
        return sum((r * value(part, there) for r, part in zip(self.residuals(point), parts)),
                   arb(0))

    def least_on_the_space(self) -> fmpq:
        """The least value of q on V."""
        require(self.problem.is_convex, "The loss may not be bounded from below on V.")
        n = self.problem.n
        rows, pivots = echelon([[*row, c] for row, c in zip(
            self.problem.matrix.tolist(), self.problem.target)])
        require(n not in pivots, "The loss is not bounded from below on V.")
        # At a critical point z of q it is c - b^T z.
        return self.problem.constant - sum(
            (self.problem.target[j] * rows[i, n] for i, j in enumerate(pivots)), fmpq(0))


class Transversals:
    """Why what is critical on a slice is critical: the first lemma."""

    def __init__(self, model: Model, evidence: Any) -> None:
        self.verified: list[str] = []
        self.trust: list[str] = []
        self.motions: list[dict[tuple[int, int], fmpq]] | None = None
        self.dimension: int | None = None
        if "fields" in evidence:
            from neuroalg_sage.certificates.dimension.linear_symmetries import symmetry_fields

            self.motions = [{place: fmpq(c.numerator, c.denominator) for place, c in motion.items()}
                            for motion in symmetry_fields(model, evidence)]
        if "dimension" in evidence:
            from neuroalg_sage.certificates.dimension.dimension import check_dimension

            self.dimension = integer(evidence["dimension"], 0, 10**6, "dimension")
            proof = member(evidence, "proof")
            if "same_functions" in proof:
                from neuroalg_sage.certificates.same_functions import other_model

                model, proof = other_model(model, proof["same_functions"]), proof["evidence"]
            self.verified, self.trust = check_dimension(model, self.dimension, proof)

    def suffice(self, loss: Loss, box: Sequence[arb], free: Sequence[int],
                absent: Sequence[int]) -> bool:
        """Whether what is critical on the slice in the box is critical."""
        fixed = [i for i in range(len(box)) if i not in {*free, *absent}]
        if not fixed:
            return True
        if self.motions is not None:
            moved = []
            for motion in self.motions:
                row = [arb(0)] * len(box)
                for (i, j), c in motion.items():
                    row[i] = row[i] + box[j] * c
                moved.append([row[i] for i in fixed])
            if has_independent_rows(moved, len(fixed)):
                return True
        # The rank of Dφ is at most the number of its rows.
        return len(free) in (self.dimension, loss.problem.n) and has_independent_rows(
            loss.columns(box, free), len(free))


@dataclass
class Point:
    """
    A critical point.

    - ``loss``, ``residuals``, ``coordinates`` -- enclosures of its loss, of Q φ - b, and of its
      function
    - ``index``, ``type`` -- see :class:`Found`
    """

    loss: arb
    residuals: list[arb]
    coordinates: list[arb]
    index: int
    type: str


class Found:
    """
    The points that the evidence proves, and the bounds.

    The value is an object with

    - ``points`` -- critical parameters whose functions differ on the data, by their loss; each
      with enclosing intervals of ``loss`` and of the ``coordinates`` of the function; the
      ``index`` of the Hessian of L (-1: not clear); and the ``type``: a ``minimum`` is one of L
      near the parameters, a ``saddle`` has parameters with more and with less loss near it
    - ``lower_bound``, ``upper_bound`` -- of the infimum over M
    - ``attained`` -- whether it is proved that the least loss is attained; else null
    """

    def __init__(self, model: Model, data: Any, evidence: Any) -> None:
        self.loss = Loss(model, data)
        self.transversals = Transversals(model, member(evidence, "transversals"))
        self.uppers: list[fmpq] = []  # values of the loss, or more than these
        self.is_attained = False  # whether the least one is, between the bounds
        self.verified: list[str] = []
        self.lower = self._bounds(model, data, evidence)
        digits = integer(member(evidence, "digits"), 1, 1000, "number of digits")
        entries = items(member(evidence, "points"), "list of points")
        # Where there is a fit its loss is the lower bound, by which minima are known.
        first = sorted(range(len(entries)), key=lambda i: member(entries[i], "kind") != "fit")
        points = {i: self.point(entries[i]) for i in first}
        require(all(disjoint(one.residuals, other.residuals)
                    for one, other in itertools.combinations(points.values(), 2)),
                "Two functions are not proved to differ on the data.")
        if "parameters" in evidence:
            self.uppers.append(self.loss.at(numbers(
                evidence["parameters"], "parameters", self.loss.count)))
        upper: Any = min(self.uppers, default=None)
        require(None in (self.lower, upper) or self.lower <= upper, "The bounds do not fit.")
        self.verified.insert(0, f"critical parameters in boxes ({len(points)})")
        self.order = sorted(points, key=lambda i: (points[i].loss.mid().fmpq(), i))
        self.value = {
            "points": [{"loss": rounded(p.loss, digits), "index": p.index, "type": p.type,
                        "coordinates": [rounded(x, digits) for x in p.coordinates]}
                       for p in map(points.__getitem__, self.order)],
            "lower_bound": None if self.lower is None else str(self.lower),
            "upper_bound": None if upper is None else str(upper),
            "attained": self.is_attained or (upper is not None and self.lower == upper) or None}

    def _bounds(self, model: Model, data: Any, evidence: Any) -> Any:
        """The lower bound that is proved apart from the points, or None."""
        if "bounds" not in evidence:
            return None
        from neuroalg_sage.certificates.training.sums_of_squares import check_loss_bounds

        bounds, status, proof = fields(evidence["bounds"], "value", "status", "evidence")
        require(status in ("proved", "bounds"), "The status of the bounds is not known.")
        verified, _ = check_loss_bounds(model, [data, *items(bounds, "bounds")], proof, status)
        self.verified += verified
        self.is_attained = status == "proved"
        self.uppers.append(number(bounds[1]))
        return number(bounds[0])

    def point(self, entry: Any) -> Point:
        """Verify a point; what it proves of the bounds is noted."""
        kind, center, places, sizes = fields(entry, "kind", "center", "free", "radii")
        loss, exactly = self.loss, numbers(center, "center", self.loss.count)
        free = integers(places, 0, loss.count - 1, "free parameter")
        radii = numbers(sizes, "list of radii", len(free))
        require(len(set(free)) == len(free) and all(r > 0 for r in radii),
                "A box is not in normal form.")
        # The midpoint of a box is as good as the stated one, and is exact.
        box = [arb(x).mid() if free else arb(x) for x in exactly]
        for i, radius in zip(free, radii):
            box[i] = arb(box[i], arb(radius))
        z = loss.function(box)
        residuals = loss.problem.differential(z, arb(0))
        if kind == "fit":
            require(loss.has_fit(box, free) if free else not any(loss.exact_residuals(exactly)),
                    "A box may hold no fit.")
            self.lower = loss.least_on_the_space()
            self.uppers.append(self.lower)
            return Point(arb(self.lower), residuals, z, 0, "minimum")
        if kind == "critical":
            require(maps_inside(lambda point: loss.gradient(point, free),
                                lambda point: loss.hessian(point, free), free, box),
                    "Krawczyk's operator does not map a box into its interior.")
            absent = integers(entry.get("absent", []), 0, loss.count - 1, "absent parameter")
            degrees = loss.degrees(absent)
            require(1 not in degrees and not any(exactly[i] for i in absent)
                    and len({*free, *absent}) == len(free) + len(absent),
                    "Parameters are not absent.")
            require(self.transversals.suffice(loss, box, free, absent),
                    "What is critical on a slice may not be critical.")
            reached = loss.problem(z, arb(0))
            self.uppers.append(reached.upper().fmpq())
            signs = inertia(loss.hessian(box, free).tolist())
            if absent:
                return Point(reached, residuals, z, -1 if signs is None or 2 in degrees
                             else signs[1], self._absent_signs(box, absent, entry, signs))
            plus, minus = signs or (-1, -1)
            return Point(reached, residuals, z, minus, "minimum" if not minus else
                         "maximum" if not plus else "saddle" if plus > 0 else "critical")
        require(kind == "rational" and not free, "The kind of a point is not known.")
        require(loss.is_critical(exactly), "A rational point is not critical.")
        attained = loss.at(exactly)
        self.uppers.append(attained)
        return Point(arb(attained), residuals, z, -1, "minimum" if attained == self.lower
                     else self._signs(exactly, entry))

    def _absent_signs(self, box: list[arb], absent: list[int], entry: Any,
                      inertia: tuple[int, int] | None) -> str:
        """Whether the loss rises and falls on the slice, or as absent parameters come in."""
        rises, falls = (count > 0 for count in inertia or (0, 0))
        degree = min((k for k in self.loss.degrees(absent) if k), default=0)
        for line in items(entry.get("lines", []), "list of directions"):
            change = self.loss.changes(box, absent, degree, numbers(line, "direction", len(absent)))
            odd = degree % 2 and (change > 0 or change < 0)
            rises, falls = rises or odd or change > 0, falls or odd or change < 0
        return "saddle" if rises and falls else "critical"

    def _signs(self, point: list[fmpq], entry: Any) -> str:
        """Whether a degenerate critical point is a saddle, as lines through it show."""
        signs = set()
        for line in items(entry.get("lines", []), "list of directions"):
            change = self.loss.on_line(point, numbers(line, "direction", len(point)))
            lowest = min(((e[0], c) for e, c in zip(exponent_vectors(change), change.coeffs())
                          if e[0]), default=None)
            if lowest is not None:
                signs |= {1, -1} if lowest[0] % 2 else {1 if lowest[1] > 0 else -1}
        return "saddle" if len(signs) == 2 else "critical"


def check_multistart(model: Model, stated: Any, evidence: Any, status: str) -> Checked:
    """Verify critical parameters of a loss, and bounds of its infimum."""
    loss, claimed = items(stated, "claim", 2)
    with ctx.workprec(integer(member(evidence, "precision"), LEAST_PRECISION, MOST_PRECISION,
                              "precision")):
        found = Found(model, loss, evidence)
    # In Python 1, 1.0 and True are equal; as text they are not.
    require(json.dumps(found.value, sort_keys=True) == json.dumps(claimed, sort_keys=True),
            "The critical points are not as claimed.")
    require((status == "proved") == bool(found.value["attained"]),
            "The least loss is proved where it is attained.")
    return ([*found.verified, *found.transversals.verified], found.transversals.trust)
