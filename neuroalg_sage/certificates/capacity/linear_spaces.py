"""
Covering numbers from below by linear spaces in M that are far apart but near zero.

Let there be linear spaces L_i of dimension q in M, and numbers 2ε < r_i < R, with
|f - g| ≥ (2ε / max(r_i, r_j)) |f| for i ≠ j, f in L_i and g in L_j.  Then N(A, ε) is at least
Σ_i (R^q - r_i^q) / ε^q.  For a ball that meets the part r_i < |f| ≤ R of L_i meets no such part of
an L_j with r_j ≤ r_i: there |f - g| > 2ε.  It cuts out of L_i a ball of radius at most ε, and the
part has the volume κ_q (R^q - r_i^q).

With matrices G of scalar products of their bases, c² = 1 - (2ε / r_i)², and r_j ≤ r_i, the
condition is that the form c² G_ii - G_ij G_jj^-1 G_ji, c² |f|² less the square of the projection of
f to L_j, is not negative for f in L_i.  (Nor is it then with i and j exchanged, as the largest
cosine between both spaces is one number.)  So it is if the trace of G_ii^-1 G_ij G_jj^-1 G_ji, the
sum of the squares of all cosines between both spaces, is less than c²; else that it is positive is
verified by minors (Sylvester).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpq_mat, fmpz, fmpz_mat

from neuroalg_sage.certificates.capacity.packings import MOST_POINTS
from neuroalg_sage.certificates.capacity.region import Region, real, require_short
from neuroalg_sage.certificates.capacity.sections import cone_weight
from neuroalg_sage.certificates.reading import (
    fields,
    integer,
    integers,
    items,
    numbers,
    rational,
    require,
)


def linear_spaces(region: Region, evidence: Any) -> tuple[arb, str]:
    """Linear spaces in M that are far apart but near zero."""
    model = region.model
    start, free, data, inner_data = fields(evidence, "linear_from", "free", "points", "inner_radii")
    require(region.kind == "ball" and cone_weight(model, integer(
        start, 0, model.parameters - 1, "parameter")) == 1, "The model is not linear there.")
    q = len(integers(free, start, model.parameters - 1, "free parameter"))
    places = [numbers(point, "point", start) for point in items(data, "points")]
    inner = [rational(r) for r in items(inner_data, "inner radii", len(places))]
    require(0 < len(places) * q <= MOST_POINTS, f"There are not from 1 to {MOST_POINTS} functions.")
    require(inner == sorted(inner) and all(2 * region.epsilon < r < region.size for r in inner),
            "The inner radii do not ascend from 2ε to R.")
    require_short(places)
    rows, _ = region.images([[*w, *(fmpq(int(k == i)) for k in range(start, model.parameters))]
                             for w in places for i in free])
    matrix = fmpz_mat(rows)
    products = (matrix * matrix.transpose()).tolist()

    def block(i: int, j: int) -> fmpq_mat:
        return fmpq_mat([row[j * q:(j + 1) * q] for row in products[i * q:(i + 1) * q]])

    forms = [block(i, i) for i in range(len(places))]
    require(all(form.det() for form in forms), "A space has less than its dimension.")
    inverses = [form.inv() for form in forms]
    numerators, denominators = zip(*(inverse.numer_denom() for inverse in inverses))
    # The blocks d_i G_ii^-1 G_ij, d_i the denominator of G_ii^-1.
    turned = [(numerator * fmpz_mat(products[i * q:(i + 1) * q])).tolist()
              for i, numerator in enumerate(numerators)]
    for i, r in enumerate(inner):
        part = 1 - (2 * region.epsilon / r) ** 2
        above, below = fmpz(part.numerator), fmpz(part.denominator)
        for j in range(i):
            trace = sum((turned[i][a][j * q + b] * turned[j][b][i * q + a]
                         for a in range(q) for b in range(q)), fmpz(0))
            if below * trace < above * denominators[i] * denominators[j]:
                continue
            mixed = block(i, j)
            require(q > 1 and _is_positive(
                fmpq(above, below) * forms[i] - mixed * inverses[j] * mixed.transpose()),
                "Two linear spaces are too close.")
    size, epsilon = region.size, region.epsilon
    return real(sum(((size**q - r**q) / epsilon**q for r in inner), Fraction(0))), (
        f"linear spaces ({len(places)}) of dimension {q} in it")


def _is_positive(form: fmpq_mat) -> bool:
    rows = form.tolist()
    return all(fmpq_mat([row[:k] for row in rows[:k]]).det() > 0 for k in range(1, len(rows) + 1))
