"""
The ED degree, as the number of critical points that are found by monodromy in floating point.
"""

from __future__ import annotations

import random
import time

import numpy as np

from neuroalg_sage.engines.fibrations import CriticalPoints
from neuroalg_sage.engines.monodromy import fiber
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.dimension import dimension as find_dimension
from neuroalg_sage.invariants.distance.ed_degree import EDDegree
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.distance.reduction import reduction
from neuroalg_sage.models.parametrization import Parametrization

# Loops without a new point: after so many there are no others; and so many, or fewer of many
# points, are demanded besides trace tests, which by a given form some part of the points might
# pass, as in a product.
IDLE, CONFIRMING = 12, 3


def ed_degree_by_monodromy(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                           computation: Computation, seed: int | None = None) -> Invariant:
    """
    The ED degree of the neurovariety for a quadratic form, by loops of the data.

    Pairs (w, u) for which φ has rank dim M at w, and φ(w) is critical for the distance from u, form
    a bundle of affine spaces over the w; so they are irreducible, and loops of u move one critical
    point of generic data into all others, as do those of u and the form together.  For a generic
    form their sum is an affine-linear function of u, by the theorem in
    :mod:`~neuroalg_sage.engines.monodromy`, and the sum of fewer is believed to be none.  For other
    forms the sum may have poles; then what is believed is that loops without a new point, many or
    such that have moved each of many points, mean that there are no others.

    They are followed on a simpler variety of the same ED degree, where
    :mod:`~neuroalg_sage.invariants.distance.reduction` finds one.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- the dimension
    - ``form`` -- the quadratic form
    - ``computation`` -- limits
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer without a
    certificate

    Raises InputError if there are infinitely many critical points, LimitReached if a limit is
    reached, if φ is too large or its monomials too unlike in size, or if the trace test is not
    passed, unless the form is given and most loops in the end lose no path.

    REFERENCES: [DHJLLS2019]_, [DHOST2016]_

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("linear:3,1,3", method="monodromy").ed_degree("generic")
        39 (numerical)
    """
    start, metric = time.perf_counter(), form.name
    choices = random.Random(seed) if seed is not None else random.SystemRandom()
    simpler = reduction(phi, form, choices)
    if simpler is not None and simpler.phi is not None:
        phi, form = simpler.phi, simpler.form
        dimension = find_dimension(phi.model, seed)
    d, generator = dimension.data, np.random.default_rng(seed)
    if not d:
        return EDDegree("ed_degree", 1, "numerical", "M is a point", None,
                        time.perf_counter() - start)
    computation.progress(f"monodromy: critical points of the distance ({metric}) on {phi.model}")
    system = CriticalPoints(phi.polynomials, phi.parameter_count, d,
                            form.in_floating_point(generator), generator, form.is_given)
    rank = system.rank(generator)
    if rank < d:
        raise InputError(f"The quadratic form has rank {rank} on the tangent spaces of M, which "
                         f"have dimension {d}, so there are infinitely many critical points; "
                         "give a form of more data.")
    points = fiber(system, generator, computation.clock(), IDLE,
                   CONFIRMING if form.is_given else 0, computation.progress)
    if not points.trace_is_linear and (points.is_lossy or not form.is_given):
        raise LimitReached(f"Monodromy found {len(points.points)} critical points, "
                           f"{points.verdict()}; {points.lost} paths were lost; so the ED degree "
                           "is not known.")
    given = "" if dimension.status == "proved" else f", if the dimension is {d}"
    return EDDegree("ed_degree", len(points.points), "numerical",
                    f"monodromy in floating point for the metric {metric}: {points.verdict()}"
                    f"{given}; not proved, not even as a lower bound", None,
                    time.perf_counter() - start)
