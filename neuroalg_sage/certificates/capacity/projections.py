"""
Covering numbers from below by the volume of a projection.

Let φ map boxes without common interior points, in q of the parameters, the others fixed, into A,
and let π be the projection to q coordinates, of degrees d_1, ..., d_q in these parameters.  Then
N(A, ε) κ_q ε^q Π d_i ≥ Σ |∫ det D(π φ)|, the integrals over the boxes, κ_q the volume of the unit
ball.  For π does not enlarge distances, so the projections of N balls cover π(A), whose volume is
at most N κ_q ε^q; and by the area formula Σ ∫ |det D(π φ)| is the integral over π(A) of the number
of preimages in the boxes.  Almost every point is a regular value (Sard), whose preimages are
isolated zeros of q polynomials, at most Π d_i by Bezout.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

from flint import arb, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.capacity.region import Region, ball_volume, real
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    numbers,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.work import Work

MOST_FREE, MOST_CELLS = 6, 5_000  # of a projection


def _restricted(f: fmpq_mpoly, free: list[int], values: list[fmpq], ring: fmpq_mpoly_ctx
                ) -> fmpq_mpoly:
    """A polynomial in the free parameters, where the others have values."""
    terms: dict[tuple[int, ...], fmpq] = {}
    for e, c in zip(exponent_vectors(f), f.coeffs()):
        for i, k in enumerate(e):
            if k and i not in free:
                c = c * values[i] ** k
        key = tuple(e[i] for i in free)
        terms[key] = terms.get(key, fmpq(0)) + c
    return ring.from_dict(terms)


def _determinant(rows: list[list[fmpq_mpoly]], work: Work) -> fmpq_mpoly:
    if len(rows) == 1:
        return rows[0][0]
    total = 0 * rows[0][0]
    for j, entry in enumerate(rows[0]):
        minor = _determinant([row[:j] + row[j + 1:] for row in rows[1:]], work)
        work.spend(1 + len(entry) * len(minor))
        total += (-1) ** j * entry * minor
    return total


def projection(region: Region, evidence: Any) -> tuple[arb, str]:
    """The volume of a projection of the image of boxes."""
    model = region.model
    free, places, data, ends, cuts = fields(evidence, "free", "coordinates", "values", "intervals",
                                            "cuts")
    integers(free, 0, model.parameters - 1, "free parameter")
    q = len(free)
    integers(places, 0, model.ambient_dimension - 1, "coordinate", q)
    require(0 < q <= MOST_FREE and len(set(free)) == len(set(places)) == q
            and integer(cuts, 1, MOST_CELLS, "number of cuts") ** q <= MOST_CELLS,
            "The parameters are not different, or too many, or cut too often.")
    values = numbers(data, "value", model.parameters)
    intervals = [numbers(pair, "interval", 2) for pair in items(ends, "intervals", q)]
    require(all(low < high for low, high in intervals), "An interval is empty.")
    if region.kind == "box":
        bound = fmpq(region.size.numerator, region.size.denominator)
        require(all(-bound <= c <= bound for pair in intervals for c in pair) and all(
            -bound <= c <= bound for i, c in enumerate(values) if i not in free),
            "The parameters are not in the box.")
    ring, work, all_terms = polynomial_ring(q), Work(), sum(map(len, model.parametrization))
    digits = max(max(abs(c.p), c.q).bit_length() for c in itertools.chain(values, *intervals))
    words = 1 + max(f.total_degree() for f in model.parametrization) * digits // 64
    work.spend(all_terms * words)
    phi = [_restricted(f, free, values, ring) for f in model.parametrization]
    chosen = [phi[i] for i in places]
    determinant = _determinant([[f.derivative(j) for j in range(q)] for f in chosen], work)
    primitive = {tuple(k + 1 for k in e): c / math.prod(k + 1 for k in e)
                 for e, c in zip(exponent_vectors(determinant), determinant.coeffs())}
    integral = ring.from_dict(primitive)
    work.spend((cuts + 1) ** q * (len(integral) + sum(map(len, phi))) * words)
    grid = [[low + (high - low) * k / cuts for k in range(cuts + 1)] for low, high in intervals]
    sums = {index: integral(*(axis[k] for axis, k in zip(grid, index)))
            for index in itertools.product(range(cuts + 1), repeat=q)}
    majorants = [ring.from_dict({e: abs(c) for e, c in zip(exponent_vectors(f), f.coeffs())})
                 for f in phi if f]
    most, total = fmpq(region.size.numerator, region.size.denominator) ** 2, fmpq(0)
    for cell in itertools.product(range(cuts), repeat=q):
        corner = [max(abs(axis[k]), abs(axis[k + 1])) for axis, k in zip(grid, cell)]
        if region.kind == "box" or sum((f(*corner) ** 2 for f in majorants), fmpq(0)) <= most:
            total += abs(sum(((-1) ** (q - sum(step)) * sums[tuple(map(int.__add__, cell, step))]
                              for step in itertools.product((0, 1), repeat=q)), fmpq(0)))
    degrees = math.prod(f.total_degree() for f in chosen)
    require(total > 0, "The projection has no volume.")
    return arb(total) / (degrees * ball_volume(q) * real(region.epsilon) ** q), (
        f"the volume of a projection to {q} coordinates")
