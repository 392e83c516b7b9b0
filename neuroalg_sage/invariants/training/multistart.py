"""
Many minimizations from random parameters: where they end, with proofs, and bounds of the loss.

Of any model the loss is a polynomial in the parameters, with exact derivatives.  Minimizations end
at local minima as a rule; from the same starts zeros of the gradient are looked for, which may be
saddles.  What is found in floating point is made precise on a slice of the parameters, where
critical points are isolated, and the checker proves a box around it
(``certificates.training.multistart``).  What is not proved is ``numerical``.

REFERENCES:

- [Kra1969]_: boxes with one solution
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, arb_mat, ctx, fmpq

from neuroalg_sage.certificates.boxes import disjoint
from neuroalg_sage.certificates.certificate import certificate, decimal
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.training.multistart import Found, Loss
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.programs import engines
from neuroalg_sage.invariants.dimension.dimension import dimension as find_dimension
from neuroalg_sage.invariants.dimension.floating_point import least_squares, nearest
from neuroalg_sage.invariants.dimension.known_symmetries import encode_symmetries
from neuroalg_sage.invariants.training.multistart_answer import EndsOfStarts
from neuroalg_sage.invariants.training.starts import NO_RANK, STEP, End, FloatingLoss, Starts
from neuroalg_sage.invariants.training.sums_of_squares import (
    least_on_the_space,
    loss_bounds,
    require_level,
)
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.rational import to_flint

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem

STARTS, MOST_STARTS = 50, 10**6
METHOD = "minimizations from random parameters, Krawczyk's operator on slices"
PRECISION, DIGITS = 192, 15
NEWTON_STEPS = 30
SIZES = (48, 64, 88, 120)  # of boxes, in bits
FAR, NEAR = 1e3, 1e-2  # steps of Newton's method, and how far it may go, relative to the place
NEARLY_ZERO = 1e-5  # differences of outputs on the data, relative to the targets
DYADIC = 2**20
ABSENT = 1e-4  # a parameter
FITTING_STEPS = 60
DENOMINATORS = (1, 2, 6, 24)
DIRECTIONS = 40
MOST_PROVED = 100
SECONDS = 20  # for a lower bound, where no level is asked for


class Proofs:
    """Boxes around ends, of which the checker proves that they hold critical parameters."""

    def __init__(self, problem: TrainingProblem, loss: FloatingLoss,
                 dimension: Callable[[], Invariant] | None, computation: Computation,
                 generator: np.random.Generator) -> None:
        self.problem, self.floating = problem, loss
        self.computation, self.generator = computation, generator
        self.data = problem.describe()
        self.model = RebuiltModel(problem.model.describe())
        with ctx.workprec(PRECISION):
            self.loss = Loss(self.model, self.data)
        self.fields: list[list[tuple[int, int, float]]] = []
        self.evidence: dict[str, Any] = {
            "precision": PRECISION, "digits": DIGITS, "points": [],
            "transversals": self._transversals(dimension)}
        with ctx.workprec(PRECISION):
            self.found = Found(self.model, self.data, self.evidence)
        self.places: dict[int, int] = {}  # of ends, in the value
        self.versions: dict[str, str] = {}

    def _transversals(self, dimension: Callable[[], Invariant] | None) -> dict[str, Any]:
        """What proves that critical points of slices are critical."""
        count, n = self.loss.count, len(self.problem.linear)
        somewhere = self.generator.standard_normal(count)
        slopes = self.floating.maps.jacobian(somewhere)
        self.rank = int(np.linalg.matrix_rank(slopes)) if slopes.size else 0
        fields = {"fields": encode_symmetries(self.problem.model.symmetries)["fields"]}
        self.fields = [[(i, j, float(Fraction(c))) for i, j, c in data["parameters"]]
                       for data in fields["fields"]]
        self.is_by_rank = self.rank in (n, count)  # the rank of Dφ is no larger in any case
        if self.is_by_rank:
            return fields
        try:
            found = dimension() if dimension else find_dimension(
                self.problem.model, progress=self.computation.progress)
        except (LimitReached, EngineError) as error:
            self.computation.progress(f"the dimension of M is not known: {error}")
            return fields
        if found.status != "proved" or found.certificate is None:
            return fields
        self.rank, proof = int(found.data), found.certificate["evidence"]
        if proof.get("upper", {}).get("kind") == "symmetries":
            return fields
        self.is_by_rank = True
        return fields | {"dimension": self.rank, "proof": proof}

    def prove(self, ends: Sequence[End], best: np.ndarray | None) -> None:
        """Prove what can be proved of ends, those of least loss first, and the loss at the best."""
        if best is not None and np.isfinite(best).all():
            self.evidence["parameters"] = [decimal(Fraction(round(x * DYADIC**2), DYADIC**2))
                                           for x in map(float, best)]
        check = self.computation.clock()
        seen: list[list[arb]] = []
        proved: list[int] = []
        try:
            for k, end in enumerate(ends[:MOST_PROVED]):
                with ctx.workprec(PRECISION):
                    for entry in self._entries(end):
                        check()
                        try:
                            residuals = self.found.point(entry).residuals
                        except CertificateError as error:
                            self.computation.progress(f"end {k + 1}: {error}")
                            continue
                        if all(disjoint(residuals, other) for other in seen):
                            seen.append(residuals)
                            self.evidence["points"].append(entry)
                            proved.append(k)
                            end.place = _floating(entry["center"])
                            # Where the Hessian says nothing, lines do.
                            end.lines = list(_lines(entry, self.loss.count))
                        break
        except LimitReached as error:
            self.computation.progress(f"proofs: {error}")
        with ctx.workprec(PRECISION):
            self.found = Found(self.model, self.data, self.evidence)
        self.places = {proved[i]: place for place, i in enumerate(self.found.order)}

    @property
    def has_fit(self) -> bool:
        """Whether the least loss on V is attained."""
        return any(entry["kind"] == "fit" for entry in self.evidence["points"])

    def bound(self, level: int | None, seed: int | None) -> None:
        """Bound the least loss from below."""
        try:
            with self.computation.share(SECONDS if level is None else None):
                found = loss_bounds(self.problem, level, self.computation, seed)
        except (LimitReached, EngineError) as error:
            self.computation.progress(f"no lower bound: {error}")
            return
        assert found.certificate is not None
        self.evidence["bounds"] = {"value": found.certificate["claim"]["value"][1:],
                                   "status": found.status,
                                   "evidence": found.certificate["evidence"]}

    def certified(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is claimed, and its certificate."""
        with ctx.workprec(PRECISION):
            self.found = Found(self.model, self.data, self.evidence)
        value = self.found.value
        return value, certificate(
            self.problem.model.describe(), "multistart", [self.data, value],
            "proved" if value["attained"] else "bounds", self.found.transversals.trust,
            self.evidence, engines())

    def _entries(self, end: End) -> Iterator[dict[str, Any]]:
        """What may prove an end to be critical, the strongest first."""
        w = end.place
        rational = [list(map(to_flint, point)) for point in dict.fromkeys(
            tuple(Fraction(x).limit_denominator(d) for x in map(float, w)) for d in DENOMINATORS)
            if self._is_same(w, np.array(point, dtype=float))]
        if np.linalg.norm(self.floating.residuals(w)) <= NEARLY_ZERO:
            rows = self.loss.problem.independent_rows
            for point in rational:
                yield self._entry("fit", point)
            if rows is not None and len(rows) <= self.loss.count:
                yield from self._boxes("fit", w, _pivots(self.floating.jacobian(w), len(rows)))
        yield from self._boxes("critical", w, self._free(w))
        absent, smaller = self._absent(w)
        if absent:
            lines = self.generator.integers(-3, 4, (DIRECTIONS // 10, len(absent)))
            for entry in self._boxes("critical", smaller, self._across(smaller, absent)):
                yield entry | {"absent": absent, "lines": [list(map(str, v)) for v in lines]}
        for point in rational:
            if self.loss.is_critical(point):
                yield self._entry("rational", point) | {"lines": self._lines(point)}

    def _is_same(self, w: np.ndarray, other: np.ndarray) -> bool:
        """Whether parameters have nearly the same outputs on the data."""
        away = self.floating.residuals(w) - self.floating.residuals(other)
        return bool(np.linalg.norm(away) <= NEARLY_ZERO)

    def _entry(self, kind: str, center: Sequence[fmpq], free: Sequence[int] = (),
               radii: Sequence[fmpq] = ()) -> dict[str, Any]:
        return {"kind": kind, "center": list(map(str, center)), "free": list(free),
                "radii": list(map(str, radii))}

    def _absent(self, w: np.ndarray) -> tuple[list[int], np.ndarray]:
        """
        As many absent parameters as are found, and parameters with these and the same function.

        Units that are off, or multiples of another one, may be absent.
        """
        absent: set[int] = set()
        small = self._closed({i for i, x in enumerate(w) if abs(x) < ABSENT})
        for chosen in (small, *self._units):
            if chosen - absent:
                smaller = self._fitted(w, sorted(absent | chosen))
                if smaller is not None:
                    absent, w = absent | chosen, smaller
        return sorted(absent), w

    @cached_property
    def _units(self) -> list[set[int]]:
        """The least sets of parameters that may be absent and hold one of them."""
        found: list[set[int]] = []
        for i in range(self.loss.count):
            if (unit := self._closed({i})) and unit not in found:
                found.append(unit)
        return sorted(found, key=len)

    @cached_property
    def _terms(self) -> list[dict[int, int]]:
        return [{i: e for i, e in enumerate(exponents) if e}
                for p in parametrization(self.problem.model).polynomials for exponents in p]

    def _closed(self, zero: set[int]) -> set[int]:
        """With parameters those that do not matter where these vanish; empty if some matter."""
        present = {i for term in self._terms if not term.keys() & zero for i in term}
        absent = zero | set(range(self.loss.count)) - present
        linear = any(sum(term[i] for i in term.keys() & absent) == 1 for term in self._terms)
        return set() if linear else absent

    def _fitted(self, w: np.ndarray, absent: list[int]) -> np.ndarray | None:
        """Parameters without absent ones, with the outputs of others on the data."""
        outputs, kept = self.floating.residuals(w), np.delete(np.arange(len(w)), absent)

        def whole(place: np.ndarray) -> np.ndarray:
            found = np.zeros(len(w))
            found[kept] = place
            return found

        steps = least_squares(
            lambda x: self.floating.residuals(whole(x)) - outputs,
            lambda x: self.floating.jacobian(whole(x))[:, kept], w[kept], FITTING_STEPS)
        *_, (place, left) = steps
        return whole(place) if np.linalg.norm(left) <= NEARLY_ZERO else None

    def _free(self, w: np.ndarray) -> list[int]:
        """The parameters of a slice across the symmetries, or the fibers of φ."""
        if self.is_by_rank or not self.fields:
            return _pivots(self.floating.maps.jacobian(w), self.rank)
        return self._across(w, [])

    def _across(self, w: np.ndarray, absent: list[int]) -> list[int]:
        """The parameters of a slice across the symmetries, but for absent ones."""
        if not self.fields:
            return [i for i in range(len(w)) if i not in set(absent)]
        moved = np.zeros((len(self.fields), len(w)))
        for row, entries in zip(moved, self.fields):
            for i, j, c in entries:
                row[i] += c * w[j]
        moved[:, absent] = 0.0
        values = np.linalg.svd(moved, compute_uv=False)
        fixed = _pivots(moved, int(np.sum(values > NO_RANK * max(values[0], 1.0))))
        return [i for i in range(len(w)) if i not in {*fixed, *absent}]

    def _boxes(self, kind: str, w: np.ndarray, free: list[int]) -> Iterator[dict[str, Any]]:
        """Newton's method on a slice, and boxes of different sizes."""
        point = [arb(fmpq(round(x * DYADIC), DYADIC)) for x in map(float, w)]
        for i in free:
            point[i] = arb(float(w[i]))
        for _ in range(NEWTON_STEPS if free else 0):
            values, slopes = (self.loss.fit(point, free) if kind == "fit" else
                              (self.loss.gradient(point, free), self.loss.hessian(point, free)))
            try:
                step = slopes.solve(arb_mat([[x] for x in values]))
            except ZeroDivisionError:
                return
            for i, v in enumerate(free):
                point[v] = (point[v] - step[i, 0]).mid()
            size = max(float(abs(step[i, 0].mid())) for i in range(len(free)))
            if not size < FAR:
                return
            if size < 2.0 ** (-PRECISION // 2):
                break
        there = np.array(list(map(float, point)))
        if np.linalg.norm(there - w) <= NEAR * (1 + np.linalg.norm(w)) and self._is_same(w, there):
            center = [x.fmpq() for x in point]
            for bits in SIZES:
                yield self._entry(kind, center, free, [fmpq(1, 2**bits)] * len(free))

    def _lines(self, point: Sequence[fmpq]) -> list[list[str]]:
        """Directions in which the loss becomes less, and more, as far as is seen nearby."""
        base = np.array([float(Fraction(int(x.p), int(x.q))) for x in point])
        height = self.floating.height(base)
        chosen: dict[bool, list[str]] = {}
        for _ in range(DIRECTIONS):
            direction = self.generator.integers(-2, 3, len(base))
            change = self.floating.height(base + direction * STEP) - height
            if change:
                chosen.setdefault(change < 0, [str(int(x)) for x in direction])
        return list(chosen.values())


def _lines(entry: Mapping[str, Any], count: int) -> Iterator[np.ndarray]:
    """Both directions of the lines of an entry, among all parameters."""
    for line in entry.get("lines", []):
        whole = np.zeros(count)
        whole[entry.get("absent", list(range(count)))] = _floating(line)
        if whole.any():
            yield from (whole, -whole)


def _floating(numbers: Sequence[str]) -> np.ndarray:
    return np.array([float(Fraction(c)) for c in numbers])


def _pivots(matrix: np.ndarray, rank: int) -> list[int]:
    """The columns that pivoting takes first, which are as independent as can be."""
    from scipy.linalg import qr

    if not rank:
        return []
    _, _, order = qr(matrix, mode="economic", pivoting=True)
    return sorted(int(i) for i in order[:rank])


def multistart(problem: TrainingProblem, starts: int = STARTS, level: int | None = None,
               computation: Computation | None = None, seed: int | None = None,
               dimension: Callable[[], Invariant] | None = None,
               report: Callable[[EndsOfStarts], None] | None = None) -> EndsOfStarts:
    """
    Where minimizations of the loss from random parameters end, with proofs, and its bounds.

    INPUT:

    - ``problem`` -- a :class:`~neuroalg_sage.invariants.training.training.TrainingProblem`
    - ``starts`` -- how many
    - ``level`` -- of the sums of squares for the lower bound, 0 to 3; by default as high as is
      needed, up to 2
    - ``computation`` -- limits
    - ``seed`` -- of the random choices
    - ``dimension`` -- what answers with the dimension of M; by default
      :func:`~neuroalg_sage.invariants.dimension.dimension.dimension`
    - ``report`` -- takes what is known so far, each time that it becomes more

    OUTPUT: :class:`~neuroalg_sage.invariants.training.multistart_answer.EndsOfStarts`

    Raises :class:`~neuroalg_sage.errors.InputError` for a number of starts that is none, for a
    loss without a lower bound on V, and for numbers beyond those of floating point;
    :class:`~neuroalg_sage.errors.LimitReached` if φ is too large to be written down.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.training.training import ERM
        >>> rows = [[1, 0, 1], [0, 1, 2], [1, 1, -1], [2, 1, 0]]
        >>> found = multistart(ERM("mlp:2,2,1:x^2", rows), 10, seed=1)
        >>> found["points"][0]["type"], found.attained, found.status
        ('minimum', True, 'proved')
    """
    if (isinstance(starts, bool) or not isinstance(starts, Integral)
            or not 1 <= starts <= MOST_STARTS):
        raise InputError(f"The number of starts is a whole number from 1 to {MOST_STARTS:,}, not "
                         f"{starts!r}.")
    starts = int(starts)
    require_level(level)
    begin = time.monotonic()
    computation = computation or Computation()
    generator = np.random.default_rng(seed)
    floor = nearest(least_on_the_space(problem)[0])  # which say what is wrong
    phi = parametrization(problem.model)
    loss = FloatingLoss(problem, phi)

    def answer(proofs: Proofs | None = None) -> EndsOfStarts:
        value, certificate = (None, None) if proofs is None else proofs.certified()
        places = {} if proofs is None else proofs.places
        data = _data(loss, search, floor, value, places)
        status = certificate["status"] if certificate else "numerical"
        return EndsOfStarts("multistart", data, status, METHOD, certificate,
                            time.monotonic() - begin, problem=problem)

    def found() -> None:
        if report is not None:
            report(answer())

    search = Starts(loss, starts, generator, computation, found)
    computation.progress(f"minimizations from {starts} starts")
    with computation.share():
        search.run()
    try:
        proofs = Proofs(problem, loss, dimension, computation, generator)
    except CertificateError as error:  # a model that is too large for the checker
        computation.progress(f"no proofs: {error}")
        return answer()
    computation.progress(f"proofs for {len(search.ends)} ends")
    proofs.prove(search.ends, search.best[1])
    if report is not None:
        report(answer(proofs))
    if not proofs.has_fit:
        proofs.bound(level, seed)
    return answer(proofs)


def _data(loss: FloatingLoss, search: Starts, floor: float, value: dict[str, Any] | None,
          places: dict[int, int]) -> dict[str, Any]:
    """What is known, as plain data."""
    points, ends = [], [-1] * search.done
    for k, end in enumerate(search.ends):
        for start in end.starts:
            ends[start] = k
        proof = None if value is None or k not in places else value["points"][places[k]]
        z, index, directions = loss.maps(end.place), *loss.signs(end.place)
        if not directions:
            directions = [(line / np.linalg.norm(line)).tolist() for line in end.lines
                          if loss.falls(end.place, line)]
        points.append({
            "status": "numerical" if proof is None else "proved",
            "loss": floor + loss.unit**2 * loss.height(end.place) if proof is None
            else proof["loss"],
            "index": index if proof is None else proof["index"],
            "type": ("saddle" if index else "critical") if proof is None else proof["type"],
            "coordinates": z.tolist() if proof is None else proof["coordinates"],
            "starts": len(end.starts), "searches": len(end.searches),
            "parameters": end.place.tolist(), "directions": directions})
    bounds = {name: None if value is None or value[name] is None else Fraction(value[name])
              for name in ("lower_bound", "upper_bound")}
    least = floor + loss.unit**2 * search.best[0]
    return {"points": points, "least_seen": least if np.isfinite(least) else None,
            "asked": len(search.points), "starts": search.done, "searches": search.searched,
            "ends": ends, **bounds, "attained": None if value is None else value["attained"]}
