"""
The volume of a tube around a neuromanifold, by random functions.

What is decided of each, and why the interval is right but for a probability, is in
``certificates.capacity.tube_samples``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import ctx, fmpq

from neuroalg_sage.certificates.capacity import tube_samples
from neuroalg_sage.certificates.capacity.large_numbers import logarithm
from neuroalg_sage.certificates.capacity.region import FEW_BITS
from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.dimension.dimension import RANDOM
from neuroalg_sage.certificates.reading import CertificateError, polynomial, polynomial_ring
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.capacity.covering_number import Coverings, check_domain
from neuroalg_sage.invariants.capacity.packing import Values, random_parameters
from neuroalg_sage.invariants.capacity.tubes import TubeVolume
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.sage_input import rational

PLACES = 2**30  # the denominator of parameters
STARTS, STEPS = 4, 40  # of the search for a near function


class EstimatedTubeVolume(TubeVolume):
    """An interval that contains the volume of a tube but for a probability."""

    def sentence(self) -> str:
        assert self.error_bound is not None
        return super().sentence().replace(
            " (", f" with probability at least {1 - self.error_bound:.12g} (", 1)

    def plain_value(self) -> dict[str, Any]:
        assert self.certificate is not None
        decisions = self.certificate["evidence"]["decisions"]
        return super().plain_value() | {"samples": len(decisions), "inside": sum(
            isinstance(d, list) for d in decisions), "outside": decisions.count(False)}


def read_estimate(samples: Any, error: Any) -> tuple[int, Fraction]:
    """
    The number of samples, and the probability that the interval is wrong.

    Raises InputError if one of them is out of its range.

    EXAMPLES::

        >>> read_estimate(1000, "0.01")
        (1000, Fraction(1, 100))
    """
    count, probability = rational(samples, "number of samples"), rational(error, "error")
    if count.denominator != 1 or not 0 < count <= tube_samples.MOST_SAMPLES:
        raise InputError("The number of samples of a tube is a whole number from 1 to "
                         f"{tube_samples.MOST_SAMPLES}, not {count}.")
    if not 0 < probability < 1:
        raise InputError("The probability of an error of the interval must be between 0 and 1, not "
                         f"{probability}.")
    return int(count), probability


def estimated_tube_volume(coverings: Coverings, epsilon: Fraction, count: int, error: Fraction,
                          equations: Sequence[Polynomial] = ()) -> EstimatedTubeVolume:
    """
    An interval for the volume of the functions of V within ε of a part of M.

    INPUT:

    - ``coverings`` -- the part of the neuromanifold
    - ``epsilon`` -- ε
    - ``count``, ``error`` -- as :func:`read_estimate` has them
    - ``equations`` -- equations of M, with which it is shown that a function is not in the tube

    Raises LimitReached if the space is too large, or no random function is in the tube.

    REFERENCES: [CP1934]_

    EXAMPLES: The interval [-1, 1] in the line. ::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:1,1:x", seed=1)
        >>> part = Coverings(M.model, M.dimension(), ("ball", Fraction(1)), 1)
        >>> found = estimated_tube_volume(part, Fraction(1, 2), 500, Fraction(1, 100))
        >>> 2.9 < 10**found.value[0] <= 3 < 10**found.value[1] < 3.1
        True
    """
    start = time.perf_counter()
    model = coverings.model
    check_domain(model, coverings.most_dimension, epsilon, coverings.domain)
    if not coverings.is_expanded or model.ambient_dimension > tube_samples.MOST_COORDINATES:
        raise LimitReached(f"The functions of {model} have too many coordinates for random ones: "
                           f"there are {model.ambient_dimension}, and at most "
                           f"{tube_samples.MOST_COORDINATES} are sampled.")
    flag = {"expanded": coverings.is_expanded} if coverings.domain[0] == "box" else {}
    region, n = coverings.region(epsilon), model.ambient_dimension
    ring = polynomial_ring(n)
    usable, encoded = [], []
    for data in map(encode_polynomial, equations):
        try:
            tube_samples.Equation(polynomial(data, ring))
        except CertificateError:
            continue  # it is too long
        usable.append(polynomial(data, ring))
        encoded.append(data)
    seed = f"{random.Random(coverings.seed).getrandbits(128):032x}"
    with ctx.workprec(FEW_BITS):
        tube = tube_samples.Tube(region, tube_samples.rational_radius(region, flag), usable)
        cells = list(tube_samples.cells(seed, n, count))
        near = _near_functions(coverings, [tube.middle(cell) for cell in cells])
        decisions: list[Any] = []
        for cell, w in zip(cells, near):
            if tube.contains(cell, [fmpq(c.numerator, c.denominator) for c in w]):
                decisions.append([decimal(c) for c in w])
            else:
                decisions.append(False if tube.misses(cell) else None)
        inside, outside = sum(isinstance(d, list) for d in decisions), decisions.count(False)
        try:
            low, high = tube.volumes(inside, outside, count, float(error))
        except CertificateError:
            raise LimitReached(
                f"Of {count} random functions {inside} are shown to be within {epsilon} of the "
                f"neuromanifold of {model}, too few; take more, or a larger epsilon.") from None
        ends = [logarithm(low, False), logarithm(high, True)]
    kind, size = coverings.domain
    return EstimatedTubeVolume.certified(
        model, "estimated_tube_volume", [[kind, decimal(size)], decimal(epsilon), *ends],
        "monte_carlo", f"of {count} random functions {inside} are in the tube, {outside} are not",
        time.perf_counter() - start,
        {"equations": encoded, "seed": seed, "decisions": decisions, **flag}, [RANDOM],
        error_bound=float(error))


class _Derivatives:
    """The Jacobian of φ in floating point, at many parameters at once."""

    def __init__(self, phi: Parametrization) -> None:
        self.columns = []
        for i in range(phi.parameter_count):
            derivatives = []
            for f in phi.polynomials:
                terms = {tuple(k - (j == i) for j, k in enumerate(e)): c * e[i]
                         for e, c in f.items() if e[i]}
                derivatives.append((np.array(list(terms) or [(0,) * phi.parameter_count]),
                                    np.array([float(c) for c in terms.values()] or [0.0])))
            self.columns.append(derivatives)

    def __call__(self, parameters: np.ndarray) -> np.ndarray:
        return np.stack([np.stack([np.prod(parameters[:, None, :] ** e, axis=2) @ c
                                   for e, c in column], axis=1) for column in self.columns], axis=2)


@np.errstate(all="ignore")  # what was too large is no near function, and refused
def _near_functions(coverings: Coverings, targets: Sequence[Sequence[Fraction]]
                    ) -> list[list[Fraction]]:
    """Parameters of functions of the part that are near to each target, by Levenberg's method."""
    phi, (kind, bound) = parametrization(coverings.model), coverings.domain
    values, derivatives, size = Values(phi), _Derivatives(phi), float(bound)
    cone = coverings.cones[0] if coverings.cones else None
    points = np.array([[float(c) for c in target] for target in targets])
    pool = random_parameters(phi, coverings.domain, cone, coverings.seed)
    images = values(pool)
    if kind == "ball" and cone is not None:
        # Of a ray the nearest point is that in the direction of the target.
        images = images / np.linalg.norm(images, axis=1, keepdims=True)
        order = np.argsort(-(points @ images.T), axis=1)[:, :STARTS]
    else:
        squares = (images**2).sum(axis=1) - 2 * points @ images.T
        order = np.argsort(squares, axis=1)[:, :STARTS]
    goal = points
    if kind == "ball" and cone is None:
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        goal = points * np.minimum(1, size * (1 - 1e-6) / np.maximum(lengths, 1e-12))
    # The part may be empty, or so small that no random function is in it.
    best = np.zeros((len(points), phi.parameter_count))
    distances = np.full(len(points), np.inf)
    for k in range(order.shape[1]):
        w = _descended(pool[order[:, k]].copy(), goal, values, derivatives, kind, size)
        if kind == "ball" and cone is not None:
            w = _scaled(w, points, values, size, *cone)
        w = np.round(w * PLACES) / PLACES
        found = np.linalg.norm(values(w) - points, axis=1)
        if kind == "ball":
            found[~(np.linalg.norm(values(w), axis=1) <= size)] = np.inf
        better = found < distances
        best[better], distances[better] = w[better], found[better]
    return [[Fraction(round(float(c) * PLACES), PLACES) for c in w] for w in best]


def _descended(w: np.ndarray, goal: np.ndarray, values: Values, derivatives: _Derivatives,
               kind: str, size: float) -> np.ndarray:
    damping = np.full(len(w), 1e-2)
    identity = np.eye(w.shape[1])
    largest = np.floor(size * PLACES) / PLACES
    error = values(w) - goal
    squares = (error**2).sum(axis=1)
    for _ in range(STEPS):
        slopes = derivatives(w)
        matrix = np.einsum("kia,kib->kab", slopes, slopes)
        scale = damping * (1e-12 + np.trace(matrix, axis1=1, axis2=2))
        step = np.linalg.solve(matrix + scale[:, None, None] * identity,
                               np.einsum("kia,ki->ka", slopes, error)[:, :, None])[:, :, 0]
        moved = w - step
        if kind == "box":
            moved = np.clip(moved, -largest, largest)
        there = values(moved) - goal
        less = (there**2).sum(axis=1)
        better = less < squares
        w[better], error[better], squares[better] = moved[better], there[better], less[better]
        damping = np.clip(np.where(better, damping / 4, damping * 4), 1e-9, 1e9)
    return w


def _scaled(w: np.ndarray, points: np.ndarray, values: Values, size: float, start: int,
            degree: int) -> np.ndarray:
    """The nearest function on the ray through each function, in the ball."""
    images = values(w)
    lengths = np.linalg.norm(images, axis=1)
    wanted = np.clip((points * images).sum(axis=1) / lengths, 0, size * (1 - 1e-7))
    w = w.copy()
    factor = (wanted / lengths) ** (1 / degree)
    w[:, start:] *= np.where(np.isfinite(factor), factor, 0)[:, None]
    return w
