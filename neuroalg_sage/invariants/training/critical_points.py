"""
All critical points of a training problem, with boxes that prove them, and its minimum.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, arb_mat, arb_poly, ctx, fmpq, fmpq_mat

from neuroalg_sage.certificates import boxes
from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors
from neuroalg_sage.certificates.training import strata
from neuroalg_sage.certificates.training.bounded_rank import linear_network_counts, singular_values
from neuroalg_sage.certificates.training.charts import Chart, permuted
from neuroalg_sage.certificates.training.critical_points import ENGINE, Answer, find
from neuroalg_sage.certificates.training.elimination import real_roots
from neuroalg_sage.certificates.training.landscape import Landscape, Point
from neuroalg_sage.certificates.training.quadratic_loss import Problem
from neuroalg_sage.errors import EngineError, InputError, LimitReached, NeuroAlgError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap
from neuroalg_sage.invariants.dimension.in_layers import in_layers
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch, generators
from neuroalg_sage.invariants.singularities.decomposition import for_checker
from neuroalg_sage.invariants.training.critical_parameters import parameters
from neuroalg_sage.invariants.training.morse_audit import morse_audit
from neuroalg_sage.invariants.training.presentation import CriticalPoints
from neuroalg_sage.invariants.training.sublevel_sets import sublevel_sets
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.rational import fraction, to_flint

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem

PRECISIONS = (192, 384, 1024, 4096)
DIGITS = 15  # significant ones
NEWTON_STEPS = 60
DESCENTS = 40
FITTING = 1e-9  # of the largest coefficient: what is left of equations that are solved
DYADIC = 2**20
CLOSE = 1e-15
LARGEST_DENOMINATOR = 24
HIGHEST_DEGREE, MOST_MONOMIALS = 4, 1000  # of equations
LARGEST_COORDINATE = 100
MOST_ELIMINATED = 9  # variables
FAULT = 1  # the exit code of a list that is wrong
SHARE = 0.8  # of the time left, for one call of the engine
Place = list[Any]  # approximate values of the variables of a cell


def critical_points(problem: TrainingProblem, computation: Computation | None = None,
                    seed: int | None = None) -> CriticalPoints:
    """
    All critical functions of a training problem, and its minimum, with a certificate.

    INPUT:

    - ``problem`` -- a :class:`~neuroalg_sage.invariants.training.training.TrainingProblem`
    - ``computation`` -- limits
    - ``seed`` -- of the random choices

    OUTPUT: an :class:`Invariant` whose value is a dictionary, as
    :class:`~neuroalg_sage.certificates.training.critical_points.Answer` documents it

    M is cut into strata, the functions of smaller networks, and these into cells, each the
    image of an affine space.  In each cell the critical points are found: by linear equations;
    by eliminating all variables but one; from the singular values of a linear network; or by
    msolve.  Newton's method makes them precise, and the checker proves boxes around them.

    Raises :class:`~neuroalg_sage.errors.InputError` for models whose strata are not known, and
    where the critical points are not isolated and clear.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.training.training import ERM
        >>> rows = [[1, 0, 1], [0, 1, 2], [1, 1, -1], [2, 1, 0]]
        >>> found = critical_points(ERM("mlp:2,2,1:x^2", rows))
        >>> [(f["kind"], f["type"]) for f in found.value["points"]]
        [('pure', 'minimum'), ('spurious', 'saddle'), ('spurious', 'saddle'),
         ('spurious', 'saddle')]
        >>> found.value["complete"], found.value["minimum"], found.trust
        (True, {'attained': True, 'at': [0], 'unique': True}, [])

    REFERENCES:

    - [TKB2020]_: pure and spurious critical points
    - [BH1989]_: linear networks
    - [Kra1969]_: boxes with one solution
    """
    start = time.monotonic()
    computation = computation or Computation()
    data = problem.describe()
    try:
        model = RebuiltModel(problem.model.describe())
        search = Search(problem, model, data, computation, seed)
    except CertificateError as error:
        if (form := in_layers(problem.model)) is not None:
            answer = critical_points(replace(problem, model=form.model, _answers={}), computation,
                                     seed)
            ordered = [[w[form.places.index(i)] for i in range(len(w))] for w in answer.parameters]
            return form.about(problem.model, answer, problem=problem, parameters=ordered)
        raise InputError(f"The critical points of {problem.model} are not known how to find: "
                         f"{str(error)[0].lower()}{str(error)[1:].rstrip('.')}; of any model "
                         "multistart finds and proves some of them.") from None
    failure: CertificateError | None = None
    for precision in PRECISIONS:
        search.start_again()
        computation.progress(f"critical points with {precision} bits")
        before = ctx.prec
        ctx.prec = precision
        try:
            evidence = search.evidence(precision)
            found = find(model, data, evidence)
            audit = morse_audit(found, search.real_solutions)
            if audit.holds is False and found.value[1]["complete"]:  # by the engine's count
                evidence = {key: part for key, part in evidence.items() if key != "engine"}
                found = find(model, data, evidence)
            break
        except CertificateError as error:
            failure = error
        finally:
            ctx.prec = before
    else:
        raise InputError("The critical points are not proved, perhaps since they are not isolated "
                         f"or the data is special: {failure}")
    places = [parameters(search.land.cover, problem.model, point) for point in found.critical]
    failures = [(error.exit_code, " ".join(str(error).split())) for error in search.failures]
    if audit.holds is False:
        failures.insert(0, (FAULT, str(audit)))
    return CriticalPoints.certified(
        problem.model, "critical_points", found.value[1], "proved", search.method(),
        time.monotonic() - start, evidence, found.trust, claim=found.value,
        versions=search.versions, problem=problem, parameters=places, failures=failures,
        morse_audit=audit, sublevel_sets=sublevel_sets(found, problem.model))


def require_within_reach(problem: TrainingProblem) -> None:
    """
    Raise :class:`~neuroalg_sage.errors.InputError` where :func:`critical_points` would not end.

    So it is where strata are not known, or some have more variables than are eliminated.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.training.training import ERM
        >>> require_within_reach(ERM("mlp:2,2,1:x^2", [[1, 0, 1], [0, 1, 2]]))
        >>> require_within_reach(ERM("mlp:4,6,3:x^2", [[1, 0, 1, 0, 1, 2, 3]]))
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The critical points of mlp:4,6,3:x^2 are those of 36
        equations in as many variables, which is out of reach.
    """
    form = in_layers(problem.model)
    try:
        cover = strata.cover(RebuiltModel((form.model if form else problem.model).describe()))
    except CertificateError as error:
        raise InputError(f"The strata of {problem.model} are not known: {error}") from None
    most = max((len(chart.free) for chart in cover.charts
                if sum(i < chart.nonlinear for i in chart.free) > 1), default=0)
    if most > MOST_ELIMINATED and cover.kind != "linear network":
        raise InputError(f"The critical points of {problem.model} are those of {most} equations in "
                         "as many variables, which is out of reach.")


class Search:
    """Candidates for the critical points in all cells, made precise."""

    def __init__(self, problem: TrainingProblem, model: RebuiltModel, data: dict[str, Any],
                 computation: Computation, seed: int | None) -> None:
        self.problem, self.model, self.data = problem, model, data
        self.computation = computation
        self.land = Landscape(model, Problem(data, model.ambient_dimension), [])
        self.random = np.random.default_rng(seed)
        self.seed = seed
        self.versions: dict[str, str] = {}
        self._candidates: list[tuple[int, Place]] | None = None
        self.counts: dict[int, int] = {}
        self.failures: list[NeuroAlgError] = []  # of the engine
        self._equations: EquationSearch | None = None

    def start_again(self) -> None:
        """Find the candidates anew where they are approximations, with the precision of now."""
        if not self.counts:
            self._candidates = None
            self.failures = []

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

    def real_solutions(self, system: list[dict[tuple[int, ...], Fraction]], variables: int
                       ) -> list[Any] | None:
        """What the engine says of a system within the time that is left."""
        from neuroalg_sage.engines import msolve, real_solutions

        timeouts = [s for s in (self.computation.timeout,) if s is not None]
        if self.computation.deadline is not None:
            # The rest is for what does not need the engine.
            timeouts.append(max(SHARE * (self.computation.deadline - time.monotonic()), 0.1))
        found = real_solutions.real_solutions(system, variables, ctx.prec,
                                              min(timeouts, default=None), self.seed,
                                              self.computation.memory_gb)
        self.versions = {ENGINE: msolve.version()}
        return found

    def _by_engine(self, k: int) -> list[Place]:
        chart, loss = self.land.cover.charts[k], self.land.loss(k)
        free = chart.free
        try:
            copies = len(permuted(chart, [0] * chart.size))
            found = self.real_solutions(self._system(chart, loss),
                                        len(free) + bool(chart.positive))
        except CertificateError as error:
            self.computation.progress(f"no critical points there: {error}")
            return []
        except (EngineError, LimitReached) as error:
            self.computation.progress(f"no critical points there: {error}")
            self.failures.append(error)
            return []
        if found is None:
            self.computation.progress("infinitely many critical points there")
            return []
        self.counts[k] = len(found)
        places = [[arb(to_flint((low + high) / 2)) for low, high in box[:len(free)]]
                  for box in found]
        if copies > 1:
            places = [p for p in places if self._is_sorted(chart, p)]
        return places

    def _is_sorted(self, chart: Chart, place: Place) -> bool:
        """Whether this is the one of the permuted points that is listed."""
        (pivots,) = chart.pivots
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
            return {(*(e[i] for i in free), extra): fraction(c)
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
        """
        From projections to eigenspaces of B S^-1 B^T, or of S^-1 B^T B if that is smaller.

        W = P B S^-1 or W = B P S^-1, in the chart in which it is best conditioned.
        """
        problem, model, cover = self.land.problem, self.model, self.land.cover
        m, k = model.outputs, model.inputs
        if linear_network_counts(problem.matrix, problem.target, m, k) is None:
            return
        form = fmpq_mat(k, k, [problem.matrix[i, j] for i in range(k) for j in range(k)])
        target = fmpq_mat(m, k, problem.target)
        squares = singular_values(form, target)
        values = [x.mid() for x in real_roots(squares.charpoly())]
        square, size = arb_mat(squares), min(m, k)
        one = arb_mat(fmpq_mat(size, size, [int(i == j) for i in range(size)
                                            for j in range(size)]))
        projections = []
        for x in values:
            product = one
            for y in values:
                if y is not x:
                    product = product * (square - one * y) * (1 / (x - y))
            projections.append(product.mid())
        left, right = arb_mat(target), arb_mat(form.inv())
        charts = {chart.name: i for i, chart in enumerate(cover.charts)}
        least = min(model.widths)
        for rank in range(1, least + (not cover.is_whole)):
            for chosen in itertools.combinations(projections, rank):
                p = sum(chosen[1:], chosen[0])
                w = (p * left * right if m <= k else left * p * right).mid()

                def columns(pivots: Sequence[int], w: Any = w) -> Any:
                    return arb_mat([[w[i, j] for j in pivots] for i in range(m)])

                pivots = max(itertools.combinations(range(k), rank), key=lambda pivots: (
                    columns(pivots).transpose() * columns(pivots)).det().mid())
                u = columns(pivots)
                r = ((u.transpose() * u).inv() * u.transpose() * w).mid()
                others = [c for c in range(k) if c not in pivots]
                name = f"rank {rank}, columns {', '.join(map(str, pivots))}"
                yield charts[name], [*(r[i, c] for i in range(rank) for c in others),
                                     *u.entries()]

    # -- evidence ------------------------------------------------------------------------

    def evidence(self, precision: int) -> dict[str, Any]:
        """Boxes around the candidates, and whatever else the checker needs."""
        listed: list[list[Any]] = []
        for k, place in self.candidates():
            try:
                listed.append(self._box(k, place, precision))
            except CertificateError as error:
                if precision < PRECISIONS[-1]:
                    raise
                self.computation.progress(f"a candidate is left out: {error}")
        evidence: dict[str, Any] = {"precision": precision, "digits": DIGITS,
                                    "boxes": listed}
        if self.counts:
            evidence["engine"] = [[k, count] for k, count in sorted(self.counts.items())]
        known = find(self.model, self.data, evidence)
        fit = self._fit(known, precision)
        if fit is not None:
            listed.append(fit)
        equations = self._equations_at(known)
        if equations:
            evidence["equations"] = list(map(encode_polynomial, equations))
        witness = self._witness(evidence)
        return evidence if witness is None else evidence | {"witness": witness}

    def _fit(self, known: Answer, precision: int) -> list[Any] | None:
        """
        A function that is critical on V, where not all critical functions are known.

        In the dense stratum, near the end of a minimization in floating point: at a rational
        point, or, where there are fewer independent equations Q z = b than variables, in a box in
        which some variables keep the values that they have there.
        """
        land = self.land
        if known.value[1]["complete"] or not land.problem.is_convex or any(
                map(land.is_critical_on_whole, known.critical)):
            return None
        for k, chart in enumerate(land.cover.charts):
            system = land.fitting(k)
            if chart.stratum == 0 and system and not land.is_linear(k):
                for end in self._ends(chart, system):
                    fit = self._rational_fit(k, end) or self._fit_in_box(k, system, end, precision)
                    if fit is not None:
                        return fit
        return None

    def _ends(self, chart: Chart, system: list[Any]) -> Iterator[np.ndarray]:
        """Where equations hold in floating point in the cell of a chart, from random starts."""
        from scipy.optimize import least_squares

        free = chart.free
        maps = PolynomialMap(list(map(from_flint, system)), chart.size)
        largest = max(float(abs(c)) for f in system for c in f.coeffs())

        def full(place: np.ndarray) -> np.ndarray:
            point = np.zeros(chart.size)
            point[free] = place
            return point

        for _ in range(DESCENTS):
            if self.computation.is_over() or not np.isfinite(largest):
                return
            # Near a multiple zero the equations are small long before the point is near.
            end = full(least_squares(
                lambda place: maps(full(place)), self.random.standard_normal(len(free)),
                lambda place: maps.jacobian(full(place))[:, free], method="trf",
                ftol=CLOSE, xtol=CLOSE, gtol=CLOSE).x)
            if np.abs(maps(end)).max() <= FITTING * largest:
                yield end

    def _rational_fit(self, k: int, end: np.ndarray) -> list[Any] | None:
        """A rational point of small denominators near another one, if it is critical on V."""
        point = [to_flint(Fraction(float(x)).limit_denominator(LARGEST_DENOMINATOR)) for x in end]
        found = Point(k, list(map(arb, point)), point)
        if not (self.land.is_proper(found) and self.land.is_fit(found)):
            return None
        free = self.land.cover.charts[k].free
        return [k, [str(point[v]) for v in free], ["0"] * len(free)]

    def _fit_in_box(self, k: int, system: list[Any], end: np.ndarray, precision: int
                    ) -> list[Any] | None:
        """A box with a function that is critical on V, in which variables are fixed."""
        from scipy.linalg import qr

        chart = self.land.cover.charts[k]
        free = chart.free
        if len(system) >= len(free):
            return None
        maps = PolynomialMap(list(map(from_flint, system)), chart.size)
        # The columns that pivoting takes first are as independent as can be.
        _, _, order = qr(maps.jacobian(end)[:, free], pivoting=True)
        moving = sorted(free[int(i)] for i in order[:len(system)])
        point = [arb(fmpq(round(x * DYADIC), DYADIC)) for x in map(float, end)]
        sizes = self._sizes(chart, point)
        for _ in range(NEWTON_STEPS):
            slopes = arb_mat([[boxes.value(f.derivative(i), point) for i in moving]
                              for f in system])
            try:
                step = slopes.solve(arb_mat([[boxes.value(f, point)] for f in system]))
            except ZeroDivisionError:
                break
            for i, v in enumerate(moving):
                point[v] = (point[v] - step[i, 0]).mid()
        radii = {v: sizes[v] / fmpq(2) ** (precision // 2) for v in moving}
        box = [arb(x.mid(), arb(radii[v])) if v in radii else x for v, x in enumerate(point)]
        found = Point(k, box)
        if not (self.land.is_proper(found) and self.land.is_fit(found)):
            return None
        return [k, [str(point[v].fmpq()) for v in free], [str(radii.get(v, 0)) for v in free]]

    def _equations_at(self, answer: Answer) -> list[Polynomial]:
        """
        Equations of M that prove critical functions to be smooth points, as few as suffice.

        They are found degree by degree, until they have the rank that is needed at all functions,
        or have it at a random one: then the others are singular, or will not be decided.
        """
        land, chart = self.land, self.land.cover.charts[0]
        n = self.model.ambient_dimension
        codimension = n - chart.size
        functions = [z for p, z in zip(answer.critical, answer.functions)
                     if land.cover.charts[p.chart].stratum == 0 and land.is_immersion(p)
                     and not land.is_critical_on_whole(p)]
        if land.cover.kind != "units" or codimension < 1 or not functions:
            return []
        if self._equations is None:
            self._equations = EquationSearch(parametrization(self.problem.model), self.seed)
        search = self._equations
        search.checkpoint = self.computation.clock()
        somewhere = land.function(Point(0, [arb(int(i)) for i in self.random.integers(
            -LARGEST_COORDINATE, LARGEST_COORDINATE, chart.size)]))
        known: list[Polynomial] = []
        chosen: set[int] = set()
        for degree in range(1, HIGHEST_DEGREE + 1):
            if comb(n + degree - 1, degree) > MOST_MONOMIALS:
                break
            try:
                known = generators(search, degree)
            except LimitReached as error:
                self.computation.progress(f"no equations of degree {degree}: {error}")
                break
            found = for_checker(known, n)
            slopes = [boxes.gradient(g, range(n)) for g in found]
            chosen = set()
            undecided = 0
            for z in [*functions, somewhere]:
                rows: list[list[Any]] = []
                for i, row in enumerate(slopes):
                    values = [boxes.value(f, z) for f in row]
                    if len(rows) < codimension and boxes.has_independent_rows(
                            [*rows, values], len(rows) + 1):
                        rows.append(values)
                        if z is not somewhere:
                            chosen.add(i)
                undecided += len(rows) < codimension and z is not somewhere
            if not undecided or len(rows) == codimension:
                break
        return [known[i] for i in sorted(chosen)]

    def _box(self, k: int, place: Place, precision: int) -> list[Any]:
        """Newton's method, and the largest box of a few that is proved."""
        chart, loss = self.land.cover.charts[k], self.land.loss(k)
        free = chart.free
        full = [arb(0)] * chart.size
        for i, x in zip(free, place):
            full[i] = x.mid()
        slopes = boxes.gradient(loss, free)
        for _ in range(NEWTON_STEPS):
            matrix = arb_mat(boxes.hessian(loss, free, full))
            try:
                step = matrix.solve(arb_mat([[boxes.value(g, full)] for g in slopes]))
            except ZeroDivisionError:
                raise CertificateError("A critical point is degenerate.") from None
            for i, v in enumerate(free):
                full[v] = (full[v] - step[i, 0]).mid()
            sizes = self._sizes(chart, full)
            if all(abs(step[i, 0].mid()) < arb(sizes[v]) / 2 ** (precision // 2)
                   for i, v in enumerate(free)):
                break
        center = [full[v].fmpq() for v in free]
        simplest = self._rational(k, center, precision)
        if simplest is not None:
            return [k, list(map(str, simplest)), ["0"] * len(free)]
        for power in (precision // 2 - 8, precision // 2 - 24, precision // 2):
            radii = [sizes[v] / fmpq(2) ** power for v in free]
            box = [arb(0)] * chart.size
            for v, x, radius in zip(free, center, radii):
                box[v] = arb(arb(x).mid(), arb(radius))
            if boxes.has_one_zero(slopes, free, box):
                return [k, list(map(str, center)), list(map(str, radii))]
        raise CertificateError("No box around a critical point is proved to hold one.")

    def _rational(self, k: int, center: list[fmpq], precision: int) -> list[fmpq] | None:
        """The critical point itself, if it is rational with small denominators."""
        chart = self.land.cover.charts[k]
        point, near = [fmpq(0)] * chart.size, fmpq(1, 2) ** (precision // 3)
        for v, x in zip(chart.free, center):
            c = fraction(x).limit_denominator(2 ** (precision // 8))
            point[v] = to_flint(c)
            if abs(point[v] - x) > near * max(abs(x), fmpq(1)):
                return None
        if self.land.is_zero(k, point) and self.land.is_simple(k, point):
            return [point[v] for v in chart.free]
        return None

    @staticmethod
    def _sizes(chart: Chart, point: list[Any]) -> list[fmpq]:
        """Powers of 2 as large as the variables of each kind, t at least 1."""
        def size(values: list[Any]) -> int:
            return max((int(m).bit_length() + int(e)
                        for m, e in (x.man_exp() for x in values if x)), default=0)

        t, b = point[:chart.nonlinear], point[chart.nonlinear:]
        return ([fmpq(2) ** max(size([x]), 0) for x in t]
                + [fmpq(2) ** size(b) for _ in b])

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
            z = [f(*map(to_flint, candidate)) for f in self.model.parametrization]
            reached = self.land.problem(z, fmpq(0))
            if fraction(reached) < least:
                return [str(c) for c in candidate]
        return None

    def _descents(self) -> Iterator[Sequence[float]]:
        """Ends of numerical minimizations from random parameters."""
        from scipy.optimize import minimize

        phi = PolynomialMap(list(map(from_flint, self.model.parametrization)),
                            self.model.parameters)
        q = np.array([[float(x) for x in row] for row in self.land.problem.matrix.tolist()])
        b = np.array([float(c) for c in self.land.problem.target])

        def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
            z = phi(w)
            return float(z @ q @ z - 2 * b @ z), 2 * (q @ z - b) @ phi.jacobian(w)

        for _ in range(DESCENTS):
            if self.computation.is_over():
                return
            start = self.random.standard_normal(self.model.parameters)
            yield minimize(loss, start, jac=True, method="BFGS").x
