"""
The Euclidean distance degree: how many critical points the nearest-point problem has.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from neuroalg_sage.descriptions.description import Summands
from neuroalg_sage.descriptions.polar_classes import SUM
from neuroalg_sage.engines import msolve
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.answers.methods import check_method_applies
from neuroalg_sage.invariants.dimension.dimension import dimension as find_dimension
from neuroalg_sage.invariants.distance.distance_count import count_critical_points
from neuroalg_sage.invariants.distance.double_points import ed_degree_by_double_points
from neuroalg_sage.invariants.distance.euler import NotKnown, ed_degree_by_euler
from neuroalg_sage.invariants.distance.isotropic import not_conormal_to_itself
from neuroalg_sage.invariants.distance.lagrange import distance_system
from neuroalg_sage.invariants.distance.polar_degrees import by_residues, polar_degrees
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.distance.reduction import Reduction, reduction
from neuroalg_sage.invariants.equations.counting import Trial, summary, trials
from neuroalg_sage.invariants.equations.descriptions import known_varieties
from neuroalg_sage.invariants.equations.ideal import ideal as find_ideal
from neuroalg_sage.invariants.equations.linear_span import ideal_within
from neuroalg_sage.invariants.equations.same_variety import SameVariety
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization

METHODS = ("theorem", "euler", "conormal", "parametrization", "lagrange")
# So many coordinates, critical points and seconds for a proof by the conormal variety if none is
# asked for.
EASY_COORDINATES, EASY_NUMBER, EASY_SECONDS = 9, 50, 10.0
EASY_FORMS = 1250  # of a multidegree, for a proof by Euler characteristics if none is asked for

Ideal = Callable[[], Invariant]


def ed_degree(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
              computation: Computation, ideal: Ideal | None, method: str = "auto",
              seed: int | None = None) -> Invariant:
    """
    The ED degree of the neurovariety for a quadratic form.

    It is the number of complex critical points, on the smooth locus of the neurovariety, of the
    quadratic distance from a generic point of V.  For a form of data that is degenerate,
    critical points at which it is degenerate on the tangent space are not counted: they do not
    depend on the target.

    - ``"theorem"``: M is dense or a point, or all matrices or symmetric matrices of bounded rank,
      a Segre-Veronese variety, or that of a convolutional network; or for a generic form the
      secant variety of a Segre-Veronese variety, by residues;
    - ``"euler"``: M is a known variety, of which no point is conormal to itself for the metric, see
      :mod:`~neuroalg_sage.invariants.distance.isotropic`; or the image of a product of projective
      spaces by an immersion, and the points of length zero are hypersurfaces that cross normally,
      see :mod:`~neuroalg_sage.invariants.distance.euler`;
    - ``"conormal"``: for a cone and a generic form, the sum of the polar degrees;
    - ``"parametrization"``: critical equations on a slice of the fibers,
      :mod:`~neuroalg_sage.invariants.distance.critical_equations`;
    - ``"lagrange"``: multipliers on the ideal, :mod:`~neuroalg_sage.invariants.distance.lagrange`.

    By default, where the points of length zero have only ordinary double points, these are found
    first, see :mod:`~neuroalg_sage.invariants.distance.double_points`.  The last two methods count
    critical points at random data modulo random primes.  What they count is never more than the ED
    degree, and less only if the data or the prime are special; no useful bound for the probability
    of that is known here, so the status is ``numerical``.  The certificate of the parametrization
    proves that the ED degree is at least the number.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- the dimension
    - ``form`` -- the quadratic form
    - ``computation`` -- session and limits
    - ``ideal`` -- what returns the ideal, for the methods that need it; None if it shall not be
      looked for
    - ``method`` -- one of these, or ``"auto"``
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer

    ``"euler"`` and ``"parametrization"`` also look at a simpler variety of the
    same ED degree, :mod:`~neuroalg_sage.invariants.distance.reduction`.

    Raises InputError if the method does not apply or there are infinitely many critical points,
    LimitReached if a limit stops an engine.

    REFERENCES: [DHOST2016]_
    """
    start = time.perf_counter()
    model = phi.model
    method = check_method_applies(method, "the ED degree", METHODS)
    found: Invariant | None = None
    if method in ("auto", "theorem"):
        found = by_theorem(model, dimension, form) or _by_residues(phi, form, seed)
        if found is not None:
            return found
        if method == "theorem":
            raise InputError(f"No theorem that is known here gives the ED degree of {model} for "
                             f"the metric {form.name}; use parametrization.")
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    if method in ("auto", "euler"):
        most = EASY_FORMS if method == "auto" else None
        found = _as_if_generic(model, dimension, form, most, start)
        if found is not None:
            return found
        if method == "auto":
            try:
                return _by_double_points(phi, form, computation, generator, start)
            except NotKnown:
                pass
            except LimitReached:
                if computation.is_over():
                    raise
        try:
            return _by_euler(phi, form, most, start)
        except NotKnown as error:
            unknown = error
    simpler = None if method in ("conormal", "lagrange") else reduction(phi, form, generator)
    if method == "euler" and simpler is None:
        raise unknown
    if method == "conormal" and ideal is not None:
        return _by_conormal_variety(phi, dimension, form, computation, ideal, seed)
    if method == "lagrange" and ideal is not None:
        return _by_multipliers(phi, dimension, form, computation, ideal, generator, start)
    try:
        with computation.share():
            counted = _by_parametrization(
                phi, dimension, form, computation, generator, start) if simpler is None else (
                    _by_reduction(phi, form, simpler, computation, method, seed, start))
    except LimitReached:
        if method != "auto" or ideal is None or computation.is_over() or form.name == "data":
            raise
        return _by_multipliers(phi, dimension, form, computation, ideal, generator, start)
    if counted.status == "proved" or method == "parametrization" or ideal is None:
        return counted
    if form.name != "generic" or counted.data > EASY_NUMBER or len(
            phi.polynomials) > EASY_COORDINATES:
        return counted
    limit = computation.timeout
    computation.timeout = min(limit or EASY_SECONDS, EASY_SECONDS)
    try:
        with computation.share():  # a number that is at hand is not lost for a proof
            return _by_conormal_variety(phi, dimension, form, computation, ideal, seed)
    except (LimitReached, InputError, EngineError):
        return counted
    finally:
        computation.timeout = limit


def conclusion(model: Model, dimension: Invariant, metric: str) -> Summands | None:
    """What a theorem says of the ED degree of a known variety, None if none does."""
    for description in known_varieties(model, dimension):
        found = description.distance_degree(metric)
        if found is not None:
            return found
    return None


class EDDegree(Invariant):
    """The ED degree, for a metric that the certificate states."""

    def condition(self) -> str:
        if self.certificate is None:
            return ""
        metric, _ = self.certificate["claim"]["value"]
        return f"metric {metric}" if isinstance(metric, str) else "metric of the certificate"


def by_theorem(model: Model, dimension: Invariant, form: QuadraticForm) -> Invariant | None:
    """
    The ED degree by a theorem whose hypotheses hold, None if there is none.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("linear:3,1,3")
        >>> by_theorem(model, dimension(model), quadratic_form(model, "unit"))
        3 (proved, trusting theorem: Eckart, Young (1936))
    """
    start = time.perf_counter()
    metric = form.claim()
    is_dense = dimension.data == model.ambient_dimension and form.is_invertible()
    if dimension.status == "proved" and (is_dense or dimension.data == 0):
        assert dimension.certificate is not None
        return EDDegree.certified(
            model, "ed_degree", 1, "proved", "M is dense, so the data are the only critical point"
            if dimension.data else "M is a point, which is critical for all data",
            time.perf_counter() - start, {"dimension" if dimension.data else "point":
                                          dimension.certificate["evidence"]}, dimension.trust,
            claim=[metric, 1])
    found = conclusion(model, dimension, form.name)
    if found is None:
        return None
    number = sum(found.numbers)
    return EDDegree.certified(model, "ed_degree", number, "proved", "a closed formula",
                              time.perf_counter() - start, found.evidence, list(found.theorems),
                              claim=[metric, number])


def _as_if_generic(model: Model, dimension: Invariant, form: QuadraticForm, most: int | None,
                   start: float) -> Invariant | None:
    """The sum of the polar degrees, if no point of a known variety is conormal to itself."""
    for description in known_varieties(model, dimension) if form.is_given else []:
        known = description.distance_degree("generic")
        if known is None or not form.is_invertible():
            continue
        degree = not_conormal_to_itself(model, form, known.evidence, most)
        if degree is not None:
            return EDDegree.certified(
                model, "ed_degree", sum(known.numbers), "proved",
                "the sum of the polar degrees, since no point is conormal to itself",
                time.perf_counter() - start, known.evidence | {"isotropic": degree},
                list(known.theorems), claim=[form.claim(), sum(known.numbers)])
    return None


def _by_reduction(phi: Parametrization, form: QuadraticForm, simpler: Reduction,
                  computation: Computation, method: str, seed: int | None, start: float
                  ) -> Invariant:
    """The ED degree, as that of a simpler variety that has the same."""
    if simpler.phi is None:
        return EDDegree.certified(phi.model, "ed_degree", 1, "proved", "M is an affine space",
                                  time.perf_counter() - start, {"reduced": simpler.evidence}, [],
                                  claim=[form.claim(), 1])

    inner = simpler.phi
    computation.progress(f"{phi.model} has the ED degree of a variety of {len(inner.polynomials)} "
                         f"coordinates in {inner.model.parameter_count} parameters")
    dimension = find_dimension(inner.model, seed)
    found = ed_degree(inner, dimension, simpler.form, computation,
                      lambda: find_ideal(inner, dimension, computation, seed=seed)[0], method, seed)
    how = found.method.replace(f"the metric {simpler.form.name}", f"the metric {form.name}")
    said = (f"{how}, in {len(inner.polynomials)} coordinates and "
            f"{inner.model.parameter_count} parameters")
    return of_another(phi.model, form, found, {"reduced": simpler.evidence}, said,
                      time.perf_counter() - start)


def of_another(model: Model, form: QuadraticForm, found: Invariant, same: dict[str, Any],
               method: str, seconds: float) -> EDDegree:
    """
    The ED degree of M by that of another variety, which is the same.

    INPUT:

    - ``model``, ``form`` -- whose ED degree is asked
    - ``found`` -- that of the other variety
    - ``same`` -- what proves that they are the same, as the certificate calls it
    - ``method``, ``seconds`` -- how it was found, and in which time
    """
    certificate = None
    if found.certificate is not None:
        certificate = certified(
            model, found.certificate["claim"]["invariant"], found.data, "proved", method, 0.0,
            same | {"evidence": found.certificate["evidence"]}, found.trust,
            claim=[form.claim(), found.data],
            versions=found.certificate["engines"]).certificate
    return EDDegree("ed_degree", found.data, found.status, method, certificate, seconds)


def by_smaller_model(model: Model, form: QuadraticForm, same: SameVariety, found: Invariant
                     ) -> EDDegree:
    """The ED degree of M by that of a smaller model with the same M."""
    return of_another(model, form, found, {"same_variety": same.evidence},
                      f"{found.method}, with generic maps for layers", found.seconds)


def _by_euler(phi: Parametrization, form: QuadraticForm, most: int | None, start: float
              ) -> Invariant:
    numbers, evidence, theorems = ed_degree_by_euler(phi, form, most)
    if not form.is_given:
        theorems = [SUM]
    return EDDegree.certified(
        phi.model, "ed_degree", sum(numbers), "proved",
        "Chern classes" if theorems == [SUM] else "the Euler characteristic of a complement",
        time.perf_counter() - start, evidence, theorems, claim=[form.claim(), sum(numbers)])


def _by_double_points(phi: Parametrization, form: QuadraticForm, computation: Computation,
                      generator: random.Random, start: float) -> Invariant:
    found = ed_degree_by_double_points(phi, form, computation, generator)
    how, seconds = found.method, time.perf_counter() - start
    if found.evidence is None:
        return EDDegree("ed_degree", found.number, "numerical", how, None, seconds)
    trust = ["msolve"] * any(s["degree"] is None for s in found.evidence["strata"])
    return EDDegree.certified(phi.model, "ed_degree", found.number, "proved", how, seconds,
                              found.evidence, trust, claim=[form.claim(), found.number],
                              versions={"msolve": msolve.version()})


def _by_residues(phi: Parametrization, form: QuadraticForm, seed: int | None) -> Invariant | None:
    """The sum of the polar degrees of sums of points, for a generic metric; None for others."""
    polar = None if form.is_given else by_residues(phi, seed)
    if polar is None:
        return None
    assert polar.certificate is not None
    number = sum(polar.data)
    return EDDegree.certified(phi.model, "ed_degree", number, "proved",
                              f"the sum of the polar degrees; {polar.method}", polar.seconds,
                              polar.certificate["evidence"], [SUM], claim=[form.claim(), number])


def _by_conormal_variety(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                         computation: Computation, ideal: Ideal, seed: int | None) -> Invariant:
    if form.name != "generic":
        raise InputError("The sum of the polar degrees is the ED degree for a generic metric, not "
                         f"for {form.name}; use parametrization or lagrange.")
    polar = polar_degrees(phi, dimension, computation, ideal, "conormal", seed)
    assert polar.certificate is not None
    number = sum(polar.data)
    evidence = polar.certificate["evidence"] | {"polar_degrees": polar.data}
    trust = polar.trust + [SUM] * (SUM not in polar.trust)
    return EDDegree.certified(
        phi.model, "ed_degree", number, "proved", f"the sum of the polar degrees; {polar.method}",
        polar.seconds, evidence, trust, claim=["generic", number],
        versions=polar.certificate["engines"])


def _by_parametrization(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                        computation: Computation, generator: random.Random, start: float
                        ) -> Invariant:
    found, proof = count_critical_points(phi, dimension, form, computation, generator)
    number = max(trial.count.values for trial in found)
    certificate = None if proof is None else certified(
        phi.model, "ed_degree_at_least", number, "proved", "", 0.0, proof, dimension.trust,
        claim=[form.claim(), number]).certificate
    return _numerical(found, "critical equations on a slice of the fibers", form, start,
                      certificate)


def _by_multipliers(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                    computation: Computation, ideal: Ideal, generator: random.Random, start: float
                    ) -> Invariant:
    n, found_ideal, metric = len(phi.polynomials), ideal(), form
    equations = found_ideal.data
    # An invertible form makes each linear function on the span of M that of some data in V; if it
    # stays invertible there, these are the data of the span.
    span, smaller = ideal_within(phi, found_ideal)
    if span.forms and form.is_invertible() and (
            inside := form.restricted(span.directions())).is_invertible():
        n, equations, metric = len(span.coordinates), smaller.data, inside
    found = trials(lambda prime: distance_system(equations, n, n - dimension.data, metric, prime,
                                                 generator, str(phi.model)),
                   "the ED degree", computation, generator)
    return _numerical(found, "Lagrange's multipliers on the ideal", form, start, None)


def _numerical(found: list[Trial], how: str, form: QuadraticForm, start: float,
               certificate: dict[str, Any] | None) -> Invariant:
    proof = "; the certificate proves that it is not less" if certificate else ""
    return EDDegree("ed_degree", max(trial.count.values for trial in found), "numerical",
                    f"{how} for the metric {form.name}, {summary(found)}{proof}", certificate,
                    time.perf_counter() - start)


def ed_degree_of_ideal(equations: list[Polynomial], n: int, codimension: int,
                       form: QuadraticForm, computation: Computation | None = None,
                       seed: int | None = None) -> int:
    """
    The ED degree of any variety with a prime ideal, counted at random data modulo a prime.

    INPUT:

    - ``equations`` -- generators of a prime ideal in n variables: dictionaries from exponents to
      rational numbers
    - ``n`` -- the number of variables
    - ``codimension`` -- of the variety
    - ``form`` -- an invertible quadratic form

    EXAMPLES::

        >>> from neuroalg_sage.invariants.distance.quadratic_forms import diagonal_form
        >>> ellipse = {(2, 0): 1, (0, 2): 4, (0, 0): -4}
        >>> ed_degree_of_ideal([ellipse], 2, 1, diagonal_form([1, 1]))
        4
    """
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    found = trials(lambda prime: distance_system(equations, n, codimension, form, prime,
                                                 generator),
                   "the ED degree", computation or Computation(), generator)
    return max(trial.count.values for trial in found)
