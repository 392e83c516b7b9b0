"""
Training with the cross-entropy of labels and normalized outputs, without softmax.

What the loss is says the checker (:mod:`neuroalg_sage.certificates.training.cross_entropy`).  Where
all outputs at all inputs are coordinates of V that together add up to 1, its critical points are
those of the likelihood, and for generic labels their number is the ML degree.

REFERENCES:

- [CHKS2006]_, [HRS2014]_
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR
from fractions import Fraction
from textwrap import wrap
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx

from neuroalg_sage.certificates import boxes
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.training.cross_entropy import (
    NORMALIZATIONS,
    PRECISION,
    Loss,
    check_points,
)
from neuroalg_sage.engines import msolve
from neuroalg_sage.engines.real_solutions import real_solutions
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap, least_squares
from neuroalg_sage.invariants.distance.critical_equations import weights_of_degree_one
from neuroalg_sage.invariants.distance.lagrange import Multipliers
from neuroalg_sage.invariants.equations.counting import System, ring_modulo, summary, trials
from neuroalg_sage.invariants.training.presentation import shown_bound
from neuroalg_sage.invariants.training.training import MOST_DIMENSIONS
from neuroalg_sage.invariants.training.training_answer import TrainingAnswer
from neuroalg_sage.invariants.training.training_data import beside, read_data
from neuroalg_sage.models.expressions import Polynomial, derivative
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction, to_flint
from neuroalg_sage.models.sources import load_model
from neuroalg_sage.storable import storable

WIDTH, DIGITS = 88, 12
STARTS, STEPS = 40, 200
FITTING, SMALL = 1e-9, 1e-7
NEWTON_STEPS = 12
BITS = 160  # of the parameters at the center of a box
DIRECTION = 2**16
RADII = (2**-60, 2**-40, 2**-25)
MOST_VARIABLES = 24  # of a system for msolve


@storable()
@dataclass(frozen=True)
class CrossEntropy:
    """
    The cross-entropy of a model on data.

    - ``model`` -- the model
    - ``inputs`` -- the different inputs
    - ``labels`` -- for each the sum of its labels, a number for each output
    - ``normalization`` -- ``"conditional"``: the outputs at each input add up to 1; ``"joint"``:
      the outputs at all inputs together do
    - ``source`` -- where it comes from, and how numbers were read
    """

    model: Model
    inputs: tuple[tuple[Fraction, ...], ...]
    labels: tuple[tuple[Fraction, ...], ...]
    normalization: str
    source: str = ""

    @property
    def has_positive_labels(self) -> bool:
        """Whether no label is zero; then no probability is negative where the loss is defined."""
        return all(all(row) for row in self.labels)

    def describe(self) -> dict[str, Any]:
        """The loss as plain JSON data."""
        return {"inputs": [[decimal(c) for c in row] for row in self.inputs],
                "labels": [[decimal(c) for c in row] for row in self.labels],
                "normalization": self.normalization}

    def forms(self) -> tuple[list[list[list[Fraction]]], list[list[Fraction]]]:
        """The outputs at the inputs as linear forms on V, and the sums that are normalized."""
        coordinates = list(self.model.coordinates())
        outputs = []
        for x in self.inputs:
            values = []
            for _, exponents in coordinates:
                factor = Fraction(1)
                for c, e in zip(x, exponents):
                    factor *= c**e
                values.append(factor)
            outputs.append([[v if output == j else Fraction(0)
                             for v, (output, _) in zip(values, coordinates)]
                            for j in range(self.model.output_count)])
        sums = [[sum(column, Fraction(0)) for column in zip(*row)] for row in outputs]
        return outputs, sums if self.normalization == "conditional" else [
            [sum(column, Fraction(0)) for column in zip(*sums)]]

    def factors(self) -> list[tuple[list[Fraction], Fraction]]:
        """Linear forms on V, with exponents: the product of the powers is exp(-n L)."""
        outputs, sums = self.forms()
        found: dict[tuple[Fraction, ...], Fraction] = {}
        weights = [sum(row, Fraction(0)) for row in self.labels]
        pairs = [(f, c) for row, cs in zip(outputs, self.labels) for f, c in zip(row, cs)]
        pairs += [(s, -c) for s, c in zip(sums, weights if len(sums) == len(weights) and (
            self.normalization == "conditional") else [sum(weights, Fraction(0))])]
        for form, c in pairs:
            found[tuple(form)] = found.get(tuple(form), Fraction(0)) + c
        return [(list(form), c) for form, c in found.items() if c]


def cross_entropy(model: Model | str, data: Any, outputs: Any = None,
                  normalization: str = "conditional") -> CrossEntropy:
    """
    The cross-entropy of a model on labeled data.

    INPUT:

    - ``model`` -- a model, or its spec
    - ``data``, ``outputs`` -- as for :func:`~neuroalg_sage.invariants.training.training.ERM`; the
      outputs are labels: counts, or 1 for the class and 0 for the others
    - ``normalization`` -- ``"conditional"`` or ``"joint"``

    EXAMPLES::

        >>> cross_entropy("linear:1,1,2", [[1, 3, 1], [1, 0, 4]]).labels
        ((Fraction(3, 1), Fraction(5, 1)),)
    """
    model = load_model(model)
    if normalization not in NORMALIZATIONS:
        raise InputError(f"There is no normalization {normalization!r}; it is "
                         f"{' or '.join(NORMALIZATIONS)}.")
    if model.cone:
        raise InputError("The cross-entropy is that of polynomial models.")
    if model.ambient_dimension > MOST_DIMENSIONS:
        raise InputError(f"The ambient space of {model} has dimension {model.ambient_dimension}; "
                         f"training problems have at most {MOST_DIMENSIONS}.")
    if normalization == "conditional" and model.output_count == 1:
        raise InputError("With one output all normalized outputs are 1; choose the normalization "
                         "joint, or a model with an output for each class.")
    inputs = model.input_count
    table = read_data(data, inputs + model.output_count) if outputs is None else beside(
        read_data(data, inputs), read_data(outputs, model.output_count))
    sums: dict[tuple[Fraction, ...], list[Fraction]] = {}
    for number, row in enumerate(zip(*(column.values() for column in table.columns))):
        x, y = row[:inputs], row[inputs:]
        if any(c < 0 for c in y):
            raise InputError("Labels are counts or probabilities, not negative; those of row "
                             f"{number + 1} are {', '.join(map(str, y))}.")
        before = sums.setdefault(x, [Fraction(0)] * model.output_count)
        sums[x] = [a + b for a, b in zip(before, y)]
    if normalization == "conditional":  # what is not labeled does not count
        sums = {x: y for x, y in sums.items() if any(y)}
    if not any(any(y) for y in sums.values()):
        raise InputError("All labels are zero.")
    return CrossEntropy(model, tuple(sums), tuple(map(tuple, sums.values())), normalization,
                        f"the cross-entropy on {table.rows} rows, normalized at "
                        + ("each input" if normalization == "conditional" else
                           "all inputs together") + f"; {table.reading}")


@dataclass(frozen=True, eq=False, repr=False)
class CrossEntropyPoints(TrainingAnswer):
    """
    Critical points of the cross-entropy: the ``points``, each with ``probabilities``, ``loss`` and
    ``index``; ``entropy``, a lower bound for the loss where no probability is negative; and
    ``complex``, the number of complex critical points, None if it is not known.

    - ``problem`` -- the loss
    - ``parameters`` -- for each point, in floating point
    - ``reason`` -- why it is not known whether there are others, empty if it is
    """

    problem: CrossEntropy = field(kw_only=True)
    parameters: list[list[float]] = field(kw_only=True)
    reason: str = field(kw_only=True)

    def sentence(self) -> str:
        count = len(self.data["points"])
        return f"{count} critical point{'s' * (count != 1)}; there may be others"

    def plain_value(self) -> dict[str, Any]:
        points = self.data["points"]
        best = points[0]["loss"] if points else None
        lower = self.data["entropy"][0] if self.problem.has_positive_labels else None
        return self.data | {
            "lower_bound": lower, "complex_status": "numerical",
            "gap": None if best is None or lower is None else float(
                Fraction(best[1]) - Fraction(lower)),
            "parameters": self.parameters}

    def text(self, spec: str = "SPEC") -> str:
        """The answer as a page of text."""
        points, status = self.data["points"], self.qualified_status()
        lines = [*wrap(f"Training of {self.problem.model} under {self.problem.source}.", WIDTH), "",
                 f"  {'loss':<16}  {'index':>5}  probabilities"]
        for point in points:
            shown = "; ".join(", ".join(f"{_middle(p):.6g}" for p in row)
                              for row in point["probabilities"][:4])
            lines.append(f"  {_middle(point['loss']):<16.12g}  {point['index']:>5}  {shown}"
                         + "; ..." * (len(point["probabilities"]) > 4))
        lines.append("")
        lines.append(f"Each of these is a critical point with this index [{status}]; that there "
                     "are no others is not proved." if points else "No critical point was found.")
        number = self.data["complex"]
        lines += wrap(self.reason if number is None else
                      f"Over the complex numbers there are {number}, with those where labels have "
                      "no positive probability [numerical].", WIDTH)
        entropy = shown_bound(Fraction(self.data["entropy"][0]), ROUND_FLOOR, DIGITS)
        least = f"{entropy}, the entropy of the labels [proved]"
        lines += wrap(f"The loss is nowhere less than {least}." if self.problem.has_positive_labels
                      else f"Where no probability is negative the loss is at least {least}; "
                      "elsewhere it may be less.", WIDTH)
        return "\n".join(line for line in lines)


def _middle(interval: Sequence[str]) -> float:
    low, high = map(Fraction, interval)
    return float((low + high) / 2)


# -- critical points on V ------------------------------------------------------------------------


def _system(problem: CrossEntropy, equations: Sequence[Polynomial], codimension: int, prime: int,
            generator: random.Random) -> System:
    """
    The critical points by multipliers, modulo a prime; r_a is the exponent of the form a divided by
    its value.
    """
    factors = problem.factors()
    n = len(factors[0][0])
    at = Multipliers(equations, n, codimension, prime, generator,
                     [f"z_{i}" for i in range(n)])
    names = (*at.variables, *(f"r_{a}" for a in range(len(factors))))
    ring = ring_modulo(names, prime)

    def modulo(c: Fraction) -> int:
        if c.denominator % prime == 0:
            raise ZeroDivisionError
        return c.numerator * pow(c.denominator, -1, prime) % prime

    def moved(f: Any) -> Any:
        after = (0,) * len(factors)
        return ring.from_dict({(*e, *after): c for e, c in f.to_dict().items()})

    zero, z, r = ring.from_dict({}), ring.gens()[:n], ring.gens()[len(at.variables):]
    values = [sum((modulo(c) * x for c, x in zip(form, z)), zero) for form, _ in factors]
    found = [moved(f) for f in at.equations]
    found += [sum((modulo(form[i]) * q for (form, _), q in zip(factors, r)), zero)
              - moved(at.normal[i]) for i in range(n)]
    found += [q * value - modulo(c) for q, value, (_, c) in zip(r, values, factors)]
    _, sums = problem.forms()
    found.append(sum((modulo(c) * x for c, x in zip(sums[0], z)), zero) - 1)
    return System(f"critical points of the cross-entropy on {problem.model} modulo {prime}", names,
                  tuple(found), None,
                  sum((generator.randrange(prime) * x for x in z), zero))


def _real_system(problem: CrossEntropy, equations: Sequence[Polynomial], codimension: int,
                 generator: random.Random) -> tuple[list[dict[tuple[int, ...], Fraction]], int]:
    """The same over the rational numbers."""
    factors = problem.factors()
    n, count = len(factors[0][0]), len(factors)
    combined: list[Polynomial] = list(equations)
    if len(combined) != codimension:
        combined = []
        for _ in range(codimension):
            total: dict[tuple[int, ...], Fraction] = {}
            for f in equations:
                c = generator.randrange(1, 100)
                for e, value in f.items():
                    total[e] = total.get(e, Fraction(0)) + c * value
            combined.append(total)
    size = n + codimension + count

    def place(e: Sequence[int], *more: int) -> tuple[int, ...]:
        found = [*e, *[0] * (size - len(e))]
        for k in more:
            found[k] += 1
        return tuple(found)

    system = [{place(e): Fraction(c) for e, c in f.items()} for f in equations]
    for i in range(n):
        slope = {place((), n + codimension + a): form[i] for a, (form, _) in enumerate(factors)
                 if form[i]}
        for j, f in enumerate(combined):
            for exponents, value in derivative(f, i).items():
                key = place(exponents, n + j)
                slope[key] = slope.get(key, Fraction(0)) - value
        system.append(slope)
    for a, (form, exponent) in enumerate(factors):
        system.append({place((), i, n + codimension + a): c for i, c in enumerate(form) if c}
                      | {place(()): -exponent})
    _, sums = problem.forms()
    system.append({place((), i): c for i, c in enumerate(sums[0]) if c}
                  | {place(()): Fraction(-1)})
    return system, size


# -- points with their boxes -----------------------------------------------------------------------


class _Search:
    """Candidates in floating point, made precise."""

    def __init__(self, phi: Parametrization, d: int, problem: CrossEntropy,
                 generator: random.Random) -> None:
        self.phi, self.d, self.problem = phi, d, problem
        self.random = np.random.default_rng(generator.randrange(2**32))
        self.map = PolynomialMap(phi.polynomials, phi.model.parameter_count)
        weights = weights_of_degree_one(phi)
        if weights is None:
            raise InputError(f"The cross-entropy of normalized outputs is that of a cone, and "
                             f"weights of the parameters for which {phi.model} is homogeneous are "
                             "not known.")
        self.weights = weights
        self.loss = Loss(RebuiltModel(phi.model.describe()), problem.describe())
        self.factors = [(np.array(form, dtype=float), float(c)) for form, c in problem.factors()]
        outputs, sums = problem.forms()
        self.outputs = np.array(outputs, dtype=float)
        self.sums = np.array(sums, dtype=float)

    def probabilities(self, z: np.ndarray) -> np.ndarray:
        return (self.outputs @ z) / (self.sums @ z)[:, None]

    def dimension_of_probabilities(self) -> int:
        """The dimension of all tables of probabilities, from a random point."""
        w = self.random.normal(size=self.map.count)
        z, slope = self.map(w), self.map.jacobian(w)
        sums = (self.sums @ z)[:, None, None]
        table = self.probabilities(z)[:, :, None]
        moved = ((self.outputs @ slope) - table * (self.sums @ slope)[:, None, :]) / sums
        return int(np.linalg.matrix_rank(moved.reshape(-1, self.map.count), tol=SMALL))

    def is_in_domain(self, z: np.ndarray) -> bool:
        p = self.probabilities(z)
        labels = np.array(self.problem.labels, dtype=float)
        return bool(np.isfinite(p).all() and (p[labels > 0] > SMALL).all())

    def preimage(self, z: np.ndarray) -> np.ndarray | None:
        """Parameters of a function, if some are found."""
        for _ in range(STARTS):
            *_, (w, value) = least_squares(lambda w: self.map(w) - z, self.map.jacobian,
                                           self.random.normal(size=self.map.count), STEPS)
            if np.abs(value).max() < FITTING * (1 + np.abs(z).max()):
                return w
        return None

    def gradient(self, w: np.ndarray) -> np.ndarray:
        z = self.map(w)
        slope = sum((-c * form / (form @ z) for form, c in self.factors), np.zeros(len(z)))
        return slope @ self.map.jacobian(w)

    def descents(self) -> list[np.ndarray]:
        """Parameters where the loss does not get smaller."""
        from scipy.optimize import minimize

        found = []
        for _ in range(STARTS):
            w = self.random.normal(size=self.map.count)
            z = self.map(w)
            if not self.is_in_domain(z):
                continue

            def value(w: np.ndarray) -> float:
                z = self.map(w)
                return -sum(c * np.log(abs(form @ z)) for form, c in self.factors) if (
                    self.is_in_domain(z)) else np.inf

            with np.errstate(all="ignore"):
                result = minimize(value, w, jac=self.gradient, method="BFGS",
                                  options={"gtol": FITTING, "maxiter": STEPS})
            if np.isfinite(result.fun) and np.abs(result.jac).max() < SMALL * 10:
                found.append(result.x)
        return found

    def proof(self, w: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The point near some parameters, and its box; None if it is not proved."""
        size = np.abs(w).max()
        jacobian = self.map.jacobian(w)
        scaling = np.array(self.weights, dtype=float) * w
        _, values, right = np.linalg.svd(jacobian)
        if len(values) < self.d or values[self.d - 1] < SMALL * values[0] or not size:
            return None
        tangent = right[: self.d]
        inside = tangent @ scaling
        _, _, rest = np.linalg.svd(inside[None, :])
        columns = np.rint(DIRECTION * (rest[1:] @ tangent).T).astype(int).tolist()
        center = [Fraction(float(x)) for x in w]
        before, ctx.prec = ctx.prec, PRECISION
        try:
            if self.d > 1:
                for _ in range(NEWTON_STEPS):
                    gradient, hessian = self.loss.slopes([arb(to_flint(c)) for c in center],
                                                         columns)
                    step = hessian.inv() * arb_mat([[g] for g in gradient])
                    moves = [fraction(step[k, 0].mid().fmpq()) for k in range(self.d - 1)]
                    center = [Fraction(round((c - sum(
                        b * t for b, t in zip(row, moves))) * 2**BITS), 2**BITS)
                        for c, row in zip(center, columns)]
                    if max(map(abs, moves)) < Fraction(1, 2**BITS):
                        break
            for radius in RADII:
                try:
                    return self._boxed(center, columns, Fraction(radius))
                except CertificateError:
                    continue
        except (ZeroDivisionError, ValueError, OverflowError):
            pass
        finally:
            ctx.prec = before
        return None

    def _boxed(self, center: list[Fraction], columns: list[list[int]], radius: Fraction
               ) -> tuple[dict[str, Any], dict[str, Any]]:
        exact = [to_flint(c) for c in center]
        signs: tuple[int, int] | None = (0, 0)
        w = list(map(arb, exact))
        if self.d > 1:
            w, hessian = self.loss.box(exact, columns, to_flint(radius))
            signs = boxes.inertia(hessian.tolist())
        found = self.loss.probabilities(w)
        if signs is None or not all(p > 0 for ps, cs in zip(found, self.loss.labels)
                                    for p, c in zip(ps, cs) if c):
            raise CertificateError("the point is not clear")
        point = {"probabilities": [[_stated(p) for p in row] for row in found],
                 "loss": _stated(self.loss.of(found)), "index": signs[1]}
        return point, {"center": [decimal(c) for c in center], "directions": columns,
                       "radius": decimal(radius)}


def _stated(x: arb) -> list[str]:
    """An interval as a certificate states it."""
    return [decimal(Fraction(c)) for c in boxes.rounded(x, DIGITS)]


def cross_entropy_points(phi: Parametrization, dimension: Invariant, problem: CrossEntropy,
                         ideal: Callable[[], Invariant], computation: Computation,
                         seed: int | None = None) -> CrossEntropyPoints:
    """
    Critical points of the cross-entropy, each proved by a box, with their indices.

    From the equations of M come all complex critical points, counted modulo primes, and by msolve
    the real ones; descents from random parameters find minima also where these are out of reach.
    That the list is complete is not claimed.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- the dimension
    - ``problem`` -- the loss
    - ``ideal`` -- what returns the ideal
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random choices

    Raises InputError if M is no cone, or if a label has an output that is zero on M.

    EXAMPLES: Independence of two coins, where the probabilities are products of frequencies. ::

        >>> from fractions import Fraction
        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("linear:2,1,2", seed=1)
        >>> found = M.cross_entropy_points([[1, 0, 1, 2], [0, 1, 3, 4]], normalization="joint")
        >>> found.data["complex"], [point["index"] for point in found.data["points"]]
        (1, [0])
        >>> [round(float(Fraction(p[0])), 6) for p in found.data["points"][0]["probabilities"][0]]
        [0.12, 0.18]
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.Random()
    n, d = len(phi.polynomials), dimension.data
    if dimension.status != "proved" or d == 0:
        raise InputError("The critical points are proved where the dimension of M is, and is "
                         "positive.")
    search = _Search(phi, d, problem, generator)
    for row, labels in zip(search.loss.outputs, search.loss.labels):
        if any(c and not f for f, c in zip(row, labels)):
            raise InputError("An output that is zero on M at an input has a label there, so that "
                             "the cross-entropy is infinite.")
    known = search.dimension_of_probabilities()
    if known < d - 1:
        raise InputError(f"At these inputs the normalized outputs have dimension {known}, less "
                         f"than that of M up to factors, {d - 1}, so that critical functions are "
                         "not isolated; give more inputs, or another normalization.")
    number, reason, method = None, "", ""
    candidates: list[np.ndarray] = []
    try:
        equations = list(ideal().data)
        codimension = n - d
        if n + codimension + len(search.factors) > MOST_VARIABLES:
            raise LimitReached("How many critical points there are is not counted in so many "
                               "variables.")
        found = trials(lambda p: _system(problem, equations, codimension, p, generator),
                       "the number of critical points", computation, generator)
        number, method = max(t.count.values for t in found), f"multipliers, {summary(found)}; "
        if msolve.find_command() is not None:
            system, size = _real_system(problem, equations, codimension, generator)
            for box in real_solutions(system, size, timeout=computation.timeout, seed=seed,
                                      memory_gb=computation.memory_gb) or []:
                z = np.array([float((low + high) / 2) for low, high in box[:n]])
                w = search.preimage(z) if search.is_in_domain(z) else None
                if w is not None:
                    candidates.append(w)
    except (LimitReached, EngineError) as error:
        if computation.is_over():
            raise
        reason = str(error)
    candidates += search.descents()
    points: list[tuple[dict[str, Any], dict[str, Any], list[float]]] = []
    for w in candidates:
        table = search.probabilities(search.map(w))
        if any(np.abs(table - np.array([[_middle(p) for p in row] for row in
                                        point["probabilities"]])).max() < SMALL * 100
               for point, *_ in points):
            continue
        proved = search.proof(w)
        if proved is not None and not any(_overlap(proved[0], point) for point, *_ in points):
            points.append((*proved, [float(Fraction(c)) for c in proved[1]["center"]]))
    points.sort(key=lambda found: _middle(found[0]["loss"]))
    before, ctx.prec = ctx.prec, PRECISION
    try:
        entropy = _stated(search.loss.entropy())
    finally:
        ctx.prec = before
    assert dimension.certificate is not None
    claim = {"data": problem.describe(), "entropy": entropy,
             "points": [point for point, *_ in points]}
    evidence = {"d": d, "dimension": dimension.certificate["evidence"],
                "weights": [decimal(c) for c in search.weights],
                "points": [proof for _, proof, _ in points]}
    check_points(RebuiltModel(phi.model.describe()), claim, evidence)
    return CrossEntropyPoints.certified(
        phi.model, "cross_entropy_points",
        {"points": claim["points"], "entropy": entropy, "complex": number}, "proved",
        f"{method}boxes around critical points", time.perf_counter() - start, evidence,
        dimension.trust, claim=claim, problem=problem,
        parameters=[w for *_, w in points], reason=reason)


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(Fraction(a[0]) <= Fraction(b[1]) and Fraction(b[0]) <= Fraction(a[1])
               for row, cs in zip(one["probabilities"], other["probabilities"])
               for a, b in zip(row, cs))
