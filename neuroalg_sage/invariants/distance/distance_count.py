"""
Counting the critical points of a distance from φ, with the evidence that there are so many.
"""

from __future__ import annotations

import random
from typing import Any

from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.distance.critical_equations import (
    DistanceProblem,
    distance_problem,
    finite_slice,
)
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.counting import System, Trial, trials
from neuroalg_sage.models.parametrization import Parametrization

# Beyond these a certificate of the critical points takes the checker minutes.
MOST_CERTIFIED_POINTS, MOST_CERTIFIED_PARAMETERS = 1500, 16


def count_critical_points(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                          computation: Computation, generator: random.Random
                          ) -> tuple[list[Trial], dict[str, Any] | None]:
    """
    Count the critical points of the distance at random data, on a slice of the fibers.

    OUTPUT: the trials, and the evidence that the ED degree is at least the largest number that
    was counted: the points themselves, modulo the prime.  It is None if Macaulay2 counted, if
    the dimension is not proved, or if it would be too long.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> model = parse_spec("linear:2,1,2")
        >>> found, _ = count_critical_points(parametrization(model), dimension(model),
        ...                                  quadratic_form(model, "unit"), Computation(),
        ...                                  random.Random(1))
        >>> [trial.count.values for trial in found]
        [2, 2]
    """
    where = finite_slice(phi, dimension.data, generator)
    problems: list[DistanceProblem] = []

    def make(prime: int) -> System:
        problems.append(distance_problem(where, form, prime, generator))
        return problems[-1].system

    found = trials(make, "the ED degree", computation, generator)
    best = max(found, key=lambda trial: trial.count.values)
    problem = next(p for p in problems if p.system is best.system)
    return found, _evidence(problem, best, dimension, form)


def _evidence(problem: DistanceProblem, trial: Trial, dimension: Invariant, form: QuadraticForm
              ) -> dict[str, Any] | None:
    points, where = trial.count.points, problem.where
    if points is None or dimension.status != "proved" or not 0 < points.count <= (
            MOST_CERTIFIED_POINTS) or len(where.free) > MOST_CERTIFIED_PARAMETERS:
        return None
    assert dimension.certificate is not None
    evidence: dict[str, Any] = {
        "prime": points.prime, "restriction": sorted(map(list, where.values.items())),
        "target": problem.target, "minor": problem.minor, "weights": problem.weights,
        "polynomial": list(points.polynomial),
        "coordinates": [list(c) for c in points.coordinates[: len(where.free)]],
        "dimension": dimension.certificate["evidence"]}
    return evidence | ({"form": problem.form} if form.name == "generic" else {})
