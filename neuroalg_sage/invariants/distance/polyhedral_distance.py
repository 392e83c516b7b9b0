"""
The distance from a function to M in a polyhedral norm, from below and from above.

A descent finds parameters; the lower bound is proved by a subdivision of the ball around the
function into boxes in which equations of M have no zero
(``certificates.distance.polyhedral_distance``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
from flint import ctx

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.distance.polyhedral_distance import (
    MOST_BOXES,
    PRECISION,
    boxes_without_zero,
)
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap
from neuroalg_sage.invariants.dimension.functions import image
from neuroalg_sage.invariants.distance.polyhedral_norms import PolyhedralNorm
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import in_ring

STARTS = 20
GAPS = tuple(Fraction(1, c) for c in (2, 5, 20, 100, 10**3, 10**4, 10**6, 10**8))
BITS, SIMPLE, DIGITS = 40, 64, 12
MOST_FORMS = 300


class PolyhedralDistance(Invariant):
    """Bounds of the distance, a pair of fractions; equal if the distance is proved."""

    def sentence(self) -> str:
        low, high = self.data
        return str(low) if low == high else f"from {float(low):.9g} to {float(high):.9g}"


def _rounded(c: Fraction, rounding: str) -> Fraction:
    with localcontext(prec=DIGITS, rounding=rounding):
        return Fraction(Decimal(c.numerator) / Decimal(c.denominator))  # the numerator is exact


def polyhedral_distance(phi: Parametrization, u: Sequence[Fraction], norm: PolyhedralNorm,
                        ideal: Callable[[], Invariant], computation: Computation,
                        seed: int | None = None) -> PolyhedralDistance:
    """
    Bounds of the distance from u to M.

    INPUT:

    - ``phi`` -- the parametrization
    - ``u`` -- the function
    - ``norm`` -- a norm on all of V
    - ``ideal`` -- what returns the ideal
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random choices

    Raises InputError for the Wasserstein norm of a metric, which is not one on V.

    EXAMPLES: From z = (1, 0, 1) to z_1^2 = 4 z_0 z_2. ::

        >>> from neuroalg_sage import NeuroManifold
        >>> low, high = NeuroManifold("mlp:2,1,1:x^2", seed=1).polyhedral_distance([1, 0, 1])
        >>> low < 1 <= high, float(high - low) < 1e-6
        (True, True)

    REFERENCES: [CJMSV2021]_
    """
    from scipy.optimize import minimize

    start = time.perf_counter()
    if norm.name == "metric" or len(norm.forms) > MOST_FORMS:
        raise InputError("Distances are bounded in norms on all of V with at most "
                         f"{MOST_FORMS} facets; a metric of states compares functions of the same "
                         "mass only." if norm.name == "metric" else
                         f"The unit ball has {len(norm.forms)} facets; distances are bounded for "
                         f"at most {MOST_FORMS}.")
    generator = np.random.default_rng(seed)
    function = PolynomialMap(phi.polynomials, phi.model.parameter_count)
    forms, target = np.array(norm.forms, dtype=float), np.array(u, dtype=float)
    scale = max(1.0, float(np.abs(target).max()))
    zero = [Fraction(0)] * phi.model.parameter_count
    candidates = [zero]
    for _ in range(STARTS):
        w = generator.normal(size=function.count)
        t = float((forms @ (function(w) - target)).max())
        found = minimize(
            lambda x: x[-1], np.append(w, t), jac=lambda x: np.append(np.zeros(len(x) - 1), 1.0),
            constraints={"type": "ineq",
                         "fun": lambda x: x[-1] - forms @ (function(x[:-1]) - target),
                         "jac": lambda x: np.hstack([-(forms @ function.jacobian(x[:-1])),
                                                     np.ones((len(forms), 1))])},
            method="SLSQP", options={"maxiter": 200, "ftol": 1e-14 * scale})
        if np.isfinite(found.x).all():
            w = found.x[:-1]
            candidates += [[Fraction(float(c)).limit_denominator(SIMPLE) for c in w],
                           [Fraction(round(float(c) * 2**BITS), 2**BITS) for c in w]]
    high, parameters = min(((norm.of([z - c for z, c in zip(image(phi, w), u)]), w)
                            for w in candidates), key=lambda pair: pair[0])
    high = _rounded(high, ROUND_CEILING)
    evidence: dict[str, Any] = {"parameters": [str(c) for c in parameters]}
    low, count = Fraction(0), 0
    equations: list[Any] = []
    with suppress(LimitReached, EngineError):  # then nothing is known from below
        equations = list(ideal().data) if high else []
    if equations:
        ring = polynomial_ring(len(phi.polynomials))
        made = [in_ring(f, ring) for f in equations]
        before, ctx.prec = ctx.prec, PRECISION
        try:
            for gap in GAPS:
                computation.progress(f"no function is nearer, but for {float(gap):g}")
                wanted = _rounded(high * (1 - gap), ROUND_FLOOR)
                radii = [wanted * max(abs(v[i]) for v in norm.vertices) for i in range(len(u))]
                boxes = boxes_without_zero(made, norm.forms, u, wanted, radii, MOST_BOXES // 2)
                if boxes is None or computation.is_over():
                    break
                low, count = wanted, boxes
        finally:
            ctx.prec = before
        evidence["equations"] = [encode_polynomial(f) for f in equations]
    claim = {"function": [str(c) for c in u], "vertices": norm.claim(),
             "bounds": [str(low), str(high)]}
    return PolyhedralDistance.certified(
        phi.model, "polyhedral_distance", (low, high), "proved" if low == high else "bounds",
        f"descents, and equations without real zeros in {count} boxes", time.perf_counter() - start,
        evidence, [], claim=claim)
