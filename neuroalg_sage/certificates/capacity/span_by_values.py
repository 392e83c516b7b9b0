"""
The space that M spans, by weights and by values at points, without expansion of φ.

Let parameters, inputs and outputs have weights a, b, c with
f_j(t^a w, t^b x) = t^(c_j) f_j(w, x).  Then the coordinate of x^e of the output j is homogeneous of
weight c_j - b · e in w, and the space of all these polynomials is the sum of those of each weight,
in which 1 has weight 0.  From above the dimension for a weight is bounded by the number of the
coordinates that have it and occur: with all parameters 1 and all constants of the model replaced by
their absolute values nothing cancels, so what does not occur there is the polynomial zero.  From
below it is bounded by the rank of the coordinates' values at points.  If these do not meet, the
coordinates of a weight have a rank larger than r at K > r random points from {0, ..., 2^30 - 1}^N,
if it is larger at all, but for a probability of (r + 1) D / 2^30, D the degree of the coordinates:
some minor of size r + 1 is a polynomial of degree (r + 1) D (Schwartz, Zippel).  The probabilities
of all ranks that are not proved add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.dimension.dimension import RANDOM
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.real.sampling import number
from neuroalg_sage.certificates.work import Work

MOST_POINTS = 2_000


def functions_at(model: Model, parameters: Sequence[int], is_absolute: bool = False
                 ) -> list[dict[tuple[int, ...], fmpq]]:
    """
    The outputs as polynomials in the inputs, for parameters that are integers; or with absolute
    values of all constants of the model.
    """
    ring, work = polynomial_ring(model.inputs), Work()

    def constant(c: Fraction) -> fmpq_mpoly:
        value = fmpq(c.numerator, c.denominator)
        return ring.constant(abs(value) if is_absolute else value)

    def multiply(f: fmpq_mpoly, g: fmpq_mpoly) -> fmpq_mpoly:
        work.spend(len(f) * len(g))
        return f * g

    values = model.fold([ring.constant(fmpq(c)) for c in parameters], list(ring.gens()), constant,
                        lambda f, g: f + g, multiply)
    return [dict(zip(exponent_vectors(f), f.coeffs())) for f in values]


def weights_of_outputs(model: Model, parameters: Sequence[int], inputs: Sequence[int]
                       ) -> list[int | None]:
    """
    The weights c, read off from the steps: all terms of a sum must have one.  An output that is
    the polynomial zero has none.
    """
    def add(a: Any, b: Any) -> Any:
        require(a is None or b is None or a == b, "The model is not homogeneous as is stated.")
        return b if a is None else a

    return list(model.fold(list(parameters), list(inputs), lambda c: 0 if c else None, add,
                           lambda a, b: None if a is None or b is None else a + b))


def random_parameters(model: Model, seed: int, count: int) -> list[list[int]]:
    """So many points from {0, ..., 2^30 - 1}^N that belong to a seed."""
    return [[number(seed, k, i) >> 34 for i in range(model.parameters)] for k in range(count)]


def span_by_values(model: Model, weights: Sequence[Sequence[int]], seed: int, count: int
                   ) -> tuple[list[int], bool, Fraction]:
    """
    The dimensions of the linear and of the affine span, as so many random points have it; whether
    they are proved; and else a bound for the probability that they are larger.
    """
    outputs = weights_of_outputs(model, *weights)
    blocks: dict[int, list[tuple[int, tuple[int, ...]]]] = {0: []}
    for j, f in enumerate(functions_at(model, [1] * model.parameters, True)):
        for e in f:
            key = (outputs[j] or 0) - sum(b * k for b, k in zip(weights[1], e))
            blocks.setdefault(key, []).append((j, e))
    values = [functions_at(model, w) for w in random_parameters(model, seed, count)]
    degree, work = model.bound(1, 0, lambda c: 0), Work()
    linear, affine, is_proved, error = 0, 0, True, Fraction(0)
    for key, places in blocks.items():
        rows = [[f[j].get(e, fmpq(0)) for j, e in places] for f in values]
        work.spend(count * len(places) * min(count, len(places)))
        # Of weight 0 two ranks are stated, without 1 and with it: each of them may be too small.
        spaces = [(rows, len(places))]
        if key == 0:
            spaces.append(([[*row, fmpq(1)] for row in rows], len(places) + 1))
        ranks = [int(fmpq_mat(matrix).rank()) if size else 0 for matrix, size in spaces]
        linear += ranks[0]
        affine += ranks[-1] - ranks[0]
        for found, (_, size) in zip(ranks, spaces):
            if found < size:
                is_proved = False
                error += Fraction((found + 1) * degree, 2**30) if found < count else 1
    return [linear, linear + affine - 1], is_proved, error


def check_values(model: Model, stated: list[int], evidence: Any, status: str, stated_error: Any
                 ) -> Checked:
    """Verify the dimensions of both spans by weights and values."""
    weights, seed, count = fields(evidence, "weights", "seed", "points")
    parameters, inputs = items(weights, "weights", 2)
    found, is_proved, error = span_by_values(
        model, [integers(parameters, -(10**30), 10**30, "weight", model.parameters),
                integers(inputs, -(10**30), 10**30, "weight", model.inputs)],
        integer(seed, 0, 2**64 - 1, "seed"), integer(count, 1, MOST_POINTS, "number of points"))
    require(stated == found and (is_proved or status == "monte_carlo"),
            "The dimensions of the spans are not those.")
    verified = ["coordinates are sorted by weights", "ranks of their values at points"]
    if status == "proved":
        return [*verified, "no others occur"], []
    require(isinstance(stated_error, float) and error <= stated_error <= 1,
            "The error bound stated is smaller than the points give.")
    return verified, [RANDOM]
