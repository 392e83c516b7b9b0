"""
All critical points of a training problem, with boxes that prove them, and its minimum.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, arb_mat, arb_poly, ctx, fmpq

from neuroalg_sage.certificates import boxes
from neuroalg_sage.certificates.bounded_rank import linear_network_counts
from neuroalg_sage.certificates.charts import Chart
from neuroalg_sage.certificates.critical_points import ENGINE, find, repetitions
from neuroalg_sage.certificates.elimination import real_roots
from neuroalg_sage.certificates.landscape import Landscape, Problem
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.computation import Computation
from neuroalg_sage.invariants.invariant import Invariant, certified

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training import TrainingProblem

PRECISIONS = (192, 384, 1024)
DIGITS = 14  # significant ones of the largest number
NEWTON_STEPS = 60
DESCENTS = 40
SHARE = 0.8  # of the time left, for one call of the engine
Place = list[Any]  # approximate values of the variables of a cell


def critical_points(problem: TrainingProblem, computation: Computation | None = None,
                    seed: int | None = None) -> Invariant:
    """
    All critical functions of a training problem, and its minimum, with a certificate.

    INPUT:

    - ``problem`` -- a :class:`~neuroalg_sage.invariants.training.TrainingProblem`
    - ``computation`` -- limits
    - ``seed`` -- of the random choices

    OUTPUT: an :class:`Invariant` whose value is a dictionary, as
    :class:`~neuroalg_sage.certificates.critical_points.Answer` documents it

    M is cut into strata, the functions of smaller networks, and these into cells, each the
    image of an affine space.  In each cell the critical points are found: by linear equations;
    by eliminating all variables but one; from the singular values of a linear network; or by
    msolve.  Newton's method makes them precise, and the checker proves boxes around them.

    Raises :class:`~neuroalg_sage.errors.InputError` for models whose strata are not known, and
    where the critical points are not isolated and clear.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.training import ERM
        >>> rows = [[1, 0, 1], [0, 1, 2], [1, 1, -1], [2, 1, 0]]
        >>> found = critical_points(ERM("mlp:2,2,1:x^2", rows))
        >>> [(f["kind"], f["type"]) for f in found.value["points"]]
        [('pure', 'minimum'), ('spurious', 'saddle'), ('spurious', 'saddle'),
         ('spurious', 'saddle')]
        >>> found.value["complete"], found.value["minimum"], found.trust
        (True, {'attained': True, 'at': [0]}, [])

    REFERENCES:

    - M. Trager, K. Kohn, J. Bruna, Pure and spurious critical points: a geometric study of
      linear networks, arXiv:1910.01671
    - P. Baldi, K. Hornik, Neural networks and principal component analysis, Neural Networks 2
      (1989)
    - R. Krawczyk, Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken,
      Computing 4 (1969)
    """
    start = time.monotonic()
    computation = computation or Computation()
    data = problem.describe()
    try:
        model = RebuiltModel(problem.model.describe())
        search = Search(model, data, computation, seed)
    except CertificateError as error:
        raise InputError(f"The critical points of {problem.model} are not known how to find: "
                         f"{str(error)[0].lower()}{str(error)[1:]}") from None
    failure: CertificateError | None = None
    for precision in PRECISIONS:
        computation.progress(f"critical points with {precision} bits")
        before = ctx.prec
        ctx.prec = precision
        try:
            evidence = search.evidence(precision)
            found = find(model, data, evidence)
            break
        except CertificateError as error:
            failure = error
        finally:
            ctx.prec = before
    else:
        raise InputError("The critical points are not proved, perhaps since they are not isolated "
                         f"or the data is special: {failure}")
    return certified(problem.model, "critical_points", found.value[1], "proved",
                     search.method(), time.monotonic() - start, evidence, found.trust,
                     claim=found.value, versions=search.versions)


class Search:
    """Candidates for the critical points in all cells, made precise."""

    def __init__(self, model: RebuiltModel, data: dict[str, Any], computation: Computation,
                 seed: int | None) -> None:
        self.model, self.data, self.computation = model, data, computation
        self.land = Landscape(model, Problem(data, model.ambient_dimension))
        self.random = np.random.default_rng(seed)
        self.seed = seed
        self.versions: dict[str, str] = {}
        self._candidates: list[tuple[int, Place]] | None = None
        self.counts: dict[int, int] = {}

    def method(self) -> str:
        """How the critical points were found."""
        return {"linear network": "singular values", "quadratic forms": "elimination in charts",
                "units": "elimination in charts"}[self.land.cover.kind] + (
                    ", msolve" if self.versions else "") + ", Krawczyk's operator"

    def candidates(self) -> list[tuple[int, Place]]:
        """Approximate critical points in the cells in which the loss is not quadratic."""
        if self._candidates is None:
            cover = self.land.cover
            if cover.kind == "linear network" and len(cover.charts) > 1:
                self._candidates = list(self._linear_network())
            else:
                self._candidates = [(k, place) for k in range(len(cover.charts))
                                    for place in self._cell(k)]
        return self._candidates

    def _cell(self, k: int) -> list[Place]:
        if self.land.is_linear(k):
            return []
        chart = self.land.cover.charts[k]
        self.computation.progress(f"critical points in the chart of {chart.name}, of dimension "
                                  f"{len(chart.free)}")
        found = self.land.elimination(k)
        if found is not None and found.is_regular:
            below = arb_poly(found.determinant)
            return [[t, *(arb_poly(f)(t) / below(t) for f in found.numerators)]
                    for t in map(arb.mid, real_roots(found.roots))]
        return self._by_engine(k)

    def _by_engine(self, k: int) -> list[Place]:
        from neuroalg_sage.engines import msolve

        chart, loss = self.land.cover.charts[k], self.land.loss(k)
        free = chart.free
        try:
            copies = repetitions(chart, self.land.cover.kind)
            timeouts = [s for s in (self.computation.timeout,) if s is not None]
            if self.computation.deadline is not None:
                # The rest is for what does not need the engine.
                timeouts.append(max(SHARE * (self.computation.deadline - time.monotonic()), 0.1))
            found = msolve.real_solutions(
                self._system(chart, loss), len(free) + bool(chart.positive), ctx.prec,
                min(timeouts, default=None), self.seed)
            self.versions = {ENGINE: msolve.version()}
        except (CertificateError, EngineError, LimitReached) as error:
            self.computation.progress(f"no critical points there: {error}")
            return []
        if found is None:
            self.computation.progress("infinitely many critical points there")
            return []
        self.counts[k] = len(found)
        places = [[arb(_fmpq((low + high) / 2)) for low, high in box[:len(free)]]
                  for box in found]
        if copies > 1:
            places = [p for p in places if self._is_sorted(chart, p)]
        return places

    def _is_sorted(self, chart: Chart, place: Place) -> bool:
        """Whether this is the one of the permuted points that is listed."""
        pivots = chart.name.removeprefix("units ").split()
        full = dict(zip(chart.free, place))
        size = chart.nonlinear // len(pivots)
        rows = [[full.get(i * size + j, arb(0)).mid() for j in range(size)]
                for i in range(len(pivots))]
        return all(p != q or [x.fmpq() for x in one] < [x.fmpq() for x in other]
                   for (p, one), (q, other) in itertools.pairwise(zip(pivots, rows)))

    def _system(self, chart: Chart, loss: Any) -> list[dict[tuple[int, ...], Fraction]]:
        """The critical equations in a cell, away from other strata."""
        free = chart.free

        def encoded(f: Any, extra: int) -> dict[tuple[int, ...], Fraction]:
            return {(*(e[i] for i in free), extra): Fraction(int(c.p), int(c.q))
                    for e, c in zip(exponent_vectors(f), f.coeffs())
                    if not any(e[i] for i in chart.zero)}

        system = [encoded(g, 0) for g in boxes.gradient(loss, free)]
        if chart.positive:
            product = chart.ring.constant(-1)
            for f in chart.positive:
                product *= f
            system.append(encoded(product, 1) | {(0,) * (len(free) + 1): Fraction(1)})
        return system

    def _linear_network(self) -> Iterator[tuple[int, Place]]:
        """From eigenvectors of B S^-1 B^T, each in the chart in which it is best conditioned."""
        problem, model, cover = self.land.problem, self.model, self.land.cover
        m, k = model.outputs, model.inputs
        if linear_network_counts(problem.matrix, problem.target, m, k) is None:
            return
        s = np.array([[float(problem.matrix[i, j]) for j in range(k)] for i in range(k)])
        b = np.array([float(c) for c in problem.target]).reshape(m, k)
        root = np.linalg.cholesky(s)
        left, values, right = np.linalg.svd(np.linalg.solve(root, b.T).T)
        least = min(model.widths)
        for rank in range(1, least + 1):
            if cover.is_whole and rank == least:
                continue
            charts = {c.name: i for i, c in enumerate(cover.charts)}
            for chosen in itertools.combinations(range(min(m, k)), rank):
                u = left[:, chosen] * values[list(chosen)]
                r = np.linalg.solve(root.T, right[list(chosen)].T).T
                pivots = max((abs(np.linalg.det(r[:, p])), p)
                             for p in itertools.combinations(range(k), rank))[1]
                change = r[:, pivots]
                r, u = np.linalg.solve(change, r), u @ change
                others = [c for c in range(k) if c not in pivots]
                name = f"rank {rank}, columns {', '.join(map(str, pivots))}"
                yield charts[name], [*r[:, others].flatten(), *u.flatten()]

    # -- evidence ------------------------------------------------------------------------

    def evidence(self, precision: int) -> dict[str, Any]:
        """Boxes around the candidates, and whatever else the checker needs."""
        listed: list[list[Any]] = []
        for k, place in self.candidates():
            listed.append(self._box(k, place, precision))
        evidence: dict[str, Any] = {"precision": precision, "digits": self._digits(),
                                    "boxes": listed}
        if self.counts:
            evidence["engine"] = [[k, count] for k, count in sorted(self.counts.items())]
        witness = self._witness(evidence)
        return evidence if witness is None else evidence | {"witness": witness}

    def _digits(self) -> int:
        """Decimals that show enough significant digits."""
        scale = self.land.problem.constant or fmpq(1)
        return max(-250, min(250, DIGITS - (len(str(int(scale.p))) - len(str(int(scale.q))))))

    def _box(self, k: int, place: Place, precision: int) -> list[Any]:
        """Newton's method, and the largest box of a few that is proved."""
        chart, loss = self.land.cover.charts[k], self.land.loss(k)
        free = chart.free
        full = [arb(0)] * chart.size
        for i, x in zip(free, place):
            full[i] = arb(x).mid() if isinstance(x, arb) else arb(float(x))
        slopes = boxes.gradient(loss, free)
        for _ in range(NEWTON_STEPS):
            matrix = arb_mat(boxes.hessian(loss, free, full))
            try:
                step = matrix.solve(arb_mat([[boxes.value(g, full)] for g in slopes]))
            except ZeroDivisionError:
                raise CertificateError("A critical point is degenerate.") from None
            moved = [(full[v] - step[i, 0]).mid() for i, v in enumerate(free)]
            size = max(1.0, *(abs(float(x)) for x in moved))
            change = max(abs(float(step[i, 0].mid())) for i in range(len(free)))
            for v, x in zip(free, moved):
                full[v] = x
            if change < size * 2.0 ** (-precision // 2):
                break
        scale = fmpq(1, 2 ** (precision // 2))
        center = [arb(full[v]).fmpq() if full[v].is_exact() else full[v].mid().fmpq()
                  for v in free]
        for power in (-8, -24, 0):
            radius = scale * fmpq(2) ** -power * fmpq(max(1, int(size)))
            box = [arb(0)] * chart.size
            for v, x in zip(free, center):
                box[v] = arb(arb(x).mid(), arb(radius))
            try:
                boxes.check_zero(loss, free, box)
            except CertificateError as error:
                failure = error
            else:
                return [k, [str(x) for x in center], str(radius)]
        raise failure

    def _witness(self, evidence: dict[str, Any]) -> list[str] | None:
        """Parameters with a loss below all critical ones, if descent finds some."""
        cover = self.land.cover
        if cover.kind != "units" or cover.is_compact or len(self.counts) == 0:
            return None
        found = find(self.model, self.data, evidence).value[1]
        if not found["complete"] or not found["points"]:
            return None
        least = min(Fraction(f["loss"][0]) for f in found["points"])
        for w in self._descents():
            candidate = [Fraction(round(x * 2**30), 2**30) for x in w]
            z = [f(*map(_fmpq, candidate)) for f in self.model.parametrization]
            reached = self.land.problem(z, fmpq(0))
            if Fraction(int(reached.p), int(reached.q)) < least:
                return [str(c) for c in candidate]
        return None

    def _descents(self) -> Iterator[Sequence[float]]:
        """Ends of numerical minimizations from random parameters."""
        from scipy.optimize import minimize

        phi = [[(np.array(e), float(c)) for e, c in zip(exponent_vectors(f), f.coeffs())]
               for f in self.model.parametrization]
        q = np.array([[float(x) for x in row] for row in self.land.problem.matrix.tolist()])
        b = np.array([float(c) for c in self.land.problem.target])

        def loss(w: np.ndarray) -> float:
            z = np.array([sum(c * np.prod(w**e) for e, c in f) for f in phi])
            return float(z @ q @ z - 2 * b @ z)

        for _ in range(DESCENTS):
            if self.computation.is_over():
                return
            start = self.random.standard_normal(self.model.parameters)
            yield minimize(loss, start, method="BFGS").x


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)
