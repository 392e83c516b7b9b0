"""
The maximum likelihood degree: critical points of the cross-entropy.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.answers.methods import check_method_applies
from neuroalg_sage.invariants.distance.critical_equations import (
    LikelihoodProblem,
    finite_slice,
    is_graded,
    likelihood_parametrized,
    weights_of_degree_one,
)
from neuroalg_sage.invariants.distance.distance_count import (
    MOST_CERTIFIED_PARAMETERS,
    MOST_CERTIFIED_POINTS,
)
from neuroalg_sage.invariants.distance.euler import NotKnown, ml_degree_by_euler
from neuroalg_sage.invariants.distance.lagrange import likelihood_system
from neuroalg_sage.invariants.equations.counting import System, Trial, summary, trials
from neuroalg_sage.models.parametrization import Parametrization

METHODS = ("euler", "parametrization", "lagrange")
EASY_FORMS = 400  # of a multidegree, for a proof by Euler characteristics if none is asked for

Ideal = Callable[[], Invariant]


def is_cone_of_probabilities(phi: Parametrization) -> bool:
    """
    Whether M is a cone; raises InputError if it has no ML degree.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> is_cone_of_probabilities(parametrization(parse_spec("linear:2,1,3")))
        True
    """
    for i, f in enumerate(phi.polynomials):
        if not f:
            raise InputError(f"The coordinate z_{i} is zero on M, so no point of M is a "
                             "probability distribution without zeros.")
    if is_graded(phi):
        return True
    total: dict[tuple[int, ...], object] = {}
    for f in phi.polynomials:
        for e, c in f.items():
            total[e] = total.get(e, 0) + c  # type: ignore[operator]
    origin = (0,) * phi.model.parameter_count
    if {e: c for e, c in total.items() if c} != {origin: 1}:
        raise InputError("The ML degree is that of a cone, or of a model whose coordinates "
                         f"have the sum 1; {phi.model} is not known to have either property.")
    return False


def ml_degree(phi: Parametrization, dimension: Invariant, computation: Computation, ideal: Ideal,
              method: str = "auto", seed: int | None = None) -> Invariant:
    """
    The ML degree of a model whose coordinates are probabilities.

    It is the number of complex critical points of Σ_i u_i log z_i, for generic u, on the smooth
    points of M ∩ {Σ_i z_i = 1} where no coordinate is zero.  M is a cone, or lies in this
    hyperplane.  Its coordinates are those of V, so the outputs of the model should be the
    probabilities, times monomials in the inputs if there are several of them.

    - ``"euler"``: M is a product of projective spaces, where coordinates and their sum vanish on
      hypersurfaces that cross normally, see :mod:`~neuroalg_sage.invariants.distance.euler`;
    - ``"parametrization"``: critical equations on a slice of the fibers;
    - ``"lagrange"``: multipliers on the ideal.

    The last two count at random data modulo random primes, and the status is ``numerical``: the
    number is never too large, and too small only if the data or the prime are special.

    INPUT: as for :func:`~neuroalg_sage.invariants.distance.ed_degree.ed_degree`

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer

    Raises InputError if M is neither a cone nor in the hyperplane, or if a coordinate vanishes
    on M.

    REFERENCES: [CHKS2006]_; [HRS2014]_ for matrices of bounded rank
    """
    start = time.perf_counter()
    method = check_method_applies(method, "the ML degree", METHODS)
    cone = is_cone_of_probabilities(phi)
    if cone and method in ("auto", "euler"):
        try:
            number, evidence, theorems = ml_degree_by_euler(
                phi, EASY_FORMS if method == "auto" else None)
            return certified(phi.model, "ml_degree", number, "proved",
                             "the Euler characteristic of a complement",
                             time.perf_counter() - start, evidence, theorems)
        except NotKnown:
            if method == "euler":
                raise
    if method == "euler":
        raise InputError(f"The method euler is for cones, and {phi.model} is not known to "
                         "parametrize one; use parametrization.")
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    n, d = len(phi.polynomials), dimension.data

    def multipliers() -> Invariant:
        equations = ideal().data
        found = trials(lambda p: likelihood_system(equations, n, n - d, cone, p, generator,
                                                   str(phi.model)),
                       "the ML degree", computation, generator)
        return Invariant("ml_degree", max(t.count.values for t in found), "numerical",
                         f"Lagrange's multipliers on the ideal, {summary(found)}", None,
                         time.perf_counter() - start)

    if method == "lagrange":
        return multipliers()
    where = finite_slice(phi, d, generator)
    problems: list[LikelihoodProblem] = []

    def make(prime: int) -> System:
        problems.append(likelihood_parametrized(where, cone, prime, generator))
        return problems[-1].system

    try:
        found = trials(make, "the ML degree", computation, generator)
    except LimitReached:
        if method == "parametrization" or computation.is_over():
            raise
        return multipliers()
    best = max(found, key=lambda trial: trial.count.values)
    number = best.count.values
    proof = _proof(best, next(p for p in problems if p.system is best.system), dimension, cone)
    certificate = None if proof is None else certified(
        phi.model, "ml_degree_at_least", number, "proved", "", 0.0, proof, dimension.trust
        ).certificate
    return Invariant("ml_degree", number, "numerical",
                     f"critical equations on a slice of the fibers, {summary(found)}"
                     + ("; the certificate proves that it is not less" if proof else ""),
                     certificate, time.perf_counter() - start)


def _proof(trial: Trial, problem: LikelihoodProblem, dimension: Invariant, cone: bool
           ) -> dict[str, Any] | None:
    """The critical points modulo the prime, as the checker reads them."""
    points, where = trial.count.points, problem.where
    scaling = weights_of_degree_one(where.phi) if cone else None
    if points is None or dimension.certificate is None or dimension.status != "proved" or not (
            0 < points.count <= MOST_CERTIFIED_POINTS) or len(where.free) > (
                MOST_CERTIFIED_PARAMETERS) or cone and scaling is None:
        return None
    return {"prime": points.prime, "restriction": sorted(map(list, where.values.items())),
            "target": problem.target, "minor": problem.minor, "weights": problem.weights,
            "polynomial": list(points.polynomial),
            "coordinates": [list(c) for c in points.coordinates[: len(where.free)]],
            "dimension": dimension.certificate["evidence"]} | (
                {} if scaling is None else {"scaling": [decimal(c) for c in scaling]})
