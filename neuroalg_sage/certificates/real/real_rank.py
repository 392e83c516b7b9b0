"""
Real ranks of binary forms: of one, of samples, and which are typical.

A number is a *typical* real rank if the forms of this real rank contain an open set.  With one
hidden layer and a power as activation, f_w = Σ_i b_i (a_i x)^d, the least number of units with
which a model has a function is its real rank (for several outputs b_i is a vector).
"""

from __future__ import annotations

import json
from math import comb
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.coordinates import function
from neuroalg_sage.certificates.dimension.known_varieties import power_sum
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    require,
)
from neuroalg_sage.certificates.real.apolarity import (
    Form,
    apolar_space,
    derivative,
    hyperbolic_form,
    is_apolar,
    is_hyperbolic,
    number_of_real_roots,
)
from neuroalg_sage.certificates.real.sampling import (
    MOST_SAMPLES,
    SCALE,
    gaussian_form,
    interval,
)

ERROR = fmpq(1, 20)  # all intervals hold together but for this probability


def binary_forms(model: Model) -> tuple[int, int]:
    """Verify that M is the binary forms of real rank at most k; k and their degree."""
    inputs, k, outputs, d = power_sum(model)
    require(inputs == 2 and outputs == 1, "The claim is about two inputs and one output.")
    return k, d


def check_real_rank(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """Verify [function, low, high]: bounds for the real rank of a binary form."""
    binary_forms(model)
    data, low, high = items(value, "claim", 3)
    found = real_rank(function(model, data), evidence)
    require(integers([low, high], 0, 10**6, "real rank") == list(found),
            "The real rank is not what is verified.")
    require((status == "proved") == (low == high), "The status is that of other bounds.")
    return ["a real decomposition, or a bound for all forms", "there is no shorter one"], []


def real_rank(f: Form, data: Any) -> tuple[int, int]:
    """
    Verified bounds for the real rank of a form that is not 0.

    The upper one by lemma 2, or by lemma 1 and an apolar form; the lower one by lemma 3 and the
    real roots of a derivative, or by the space of apolar forms, and lemmas 4 and 5.
    """
    require(any(f), "The real rank of 0 is not asked for.")
    d = len(f) - 1
    bounds, apolar, directions = fields(data, "bounds", "apolar", "directions")
    low, high = integers(bounds, 1, d, "real rank", 2)
    if apolar is None:
        require(high == d, "An apolar form is missing.")
    else:
        h = numbers(apolar, "apolar form", high + 1)
        require(is_apolar(h, f) and is_hyperbolic(h),
                "A form is not apolar, or its roots are not real and distinct.")
    if directions is None:
        require(low == 1 or hyperbolic_form(apolar_space(f, low - 1)) is False,
                "There may be a shorter real decomposition.")
    else:
        g = f
        for direction in items(directions, "list of directions"):
            g = derivative(g, numbers(direction, "direction", 2))
            require(any(g), "A derivative is 0.")
        require(number_of_real_roots(g) >= low, "A derivative has fewer real roots.")
    require(low <= high, "The bounds for a real rank are crossed.")
    return low, high


# -- which are typical -----------------------------------------------------------------------


def check_typical_ranks(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """
    Verify the list of all typical real ranks; or bounds for them.

    *Quadratic forms* in m variables, and one output: a symmetric matrix is diagonal in suitable
    coordinates, so that the real rank is the rank, m on an open dense set.  *One input*: f is a
    vector times a power, of rank 1.

    *Binary forms* of degree d (G. Blekherman, Typical real ranks of binary forms, 2015).  These are
    d // 2 + 1, ..., d.  Sums of r powers are the image of a space of dimension 2r, which has no
    interior if 2r <= d; and lemma 2 bounds all ranks by d.  For each r between, a witness is
    f = Σ c_j l_j^d, with r linear forms l_j = x + t_j y, t_j distinct, c_j ≠ 0, such that
    g = Σ c_j l_j^r has r distinct real roots.  Then each form near f has real rank r:

    - not less, since g is the (d - r)-th derivative of f by x, up to a factor, so that the same
      derivative of a form near f has r real roots, too, and lemma 3 applies;
    - not more, since the sums of r powers are a neighborhood of f: the image of the differential at
      f is spanned by the l_j^(d-1) x and l_j^(d-1) y.  A form h of degree d with h(∂) zero on it
      has double roots at r points, and 2r > d, so h = 0, and the differential is onto.

    *Linear* networks with one hidden layer have the matrices of bounded rank as functions.

    *Otherwise* the sums of r terms have a dimension of at most r (m + s - 1) for s outputs, which
    must be n; and functions v (a x)^d span V, so that n of them suffice.
    """
    n = model.ambient_dimension
    known = integers(value, 1, n, "real rank")
    if len(model.steps) == 2:
        require(_is_linear(model) and status == "proved" and known == [
            min(model.inputs, model.outputs)], "The typical rank is another one.")
        return ["the rank of a generic matrix"], []
    m, _, s, d = power_sum(model)
    if status == "bounds":
        require(known == [-(-n // (m + s - 1)), n], "The bounds are not those that are proved.")
        return ["dimensions of sums of powers", "powers span V"], []
    if m == 1 or (d == 2 and s == 1):
        require(known == [m], "The typical rank is another one.")
        return ["one input" if m == 1 else "quadratic forms are sums of squares up to signs"], []
    require((m, s) == (2, 1), "Typical ranks are verified for binary and quadratic forms.")
    require(known == list(range(d // 2 + 1, d + 1)), "These are not the typical ranks.")
    for r, data in zip(known, items(member(evidence, "witnesses"), "witnesses", len(known))):
        places, weights = fields(data, "places", "weights")
        t, c = numbers(places, "places", r), numbers(weights, "weights", r)
        require(len({str(x) for x in t}) == r and all(c), "A witness has fewer powers.")
        g = _sum_of_powers(t, c, r)
        require(number_of_real_roots(g) == r, "A derivative of a witness has fewer real roots.")
    return [f"an open set of forms of each real rank from {known[0]} to {d}",
            "fewer powers are too few parameters", "each form has at most its degree"], []


def _is_linear(model: Model) -> bool:
    """Whether f_w(x) = Σ_i b_i (a_i x), with vectors b_i and a_i as the parameters."""
    m, k, s = model.widths
    coordinates = model.parametrization
    if model.parameters != (m + s) * k or len(coordinates) != m * s:
        return False
    w = coordinates[0].context().gens()
    return coordinates == [sum((w[m * k + o * k + i] * w[m * i + j] for i in range(1, k)),
                               w[m * k + o * k] * w[j]) for o in range(s) for j in range(m)]


def _sum_of_powers(t: list[fmpq], c: list[fmpq], r: int) -> Form:
    """The form Σ c_j (x + t_j y)^r."""
    return [sum((b * a**i for a, b in zip(t, c)), fmpq(0)) * comb(r, i) for i in range(r + 1)]


# -- how often ------------------------------------------------------------------------------


def check_real_ranks(model: Model, value: Any, evidence: Any, status: str, error_bound: float
                     ) -> Checked:
    """
    Verify how often real ranks, and functions of M, were seen among Gaussian forms, and
    confidence intervals for their probabilities.

    The forms are made anew from the seed.  Of each the real rank is verified, or bounds for it;
    where they do not meet, the form counts as one that may have each rank between.  The intervals
    are for the distribution that is sampled: rounded to multiples of 2^-20.
    """
    k, d = binary_forms(model)
    inner_product, seed, samples = fields(value, "inner_product", "seed", "samples")
    count = integer(samples, 1, MOST_SAMPLES, "number of samples")
    seed = integer(seed, 0, 2**64 - 1, "seed")
    found = [real_rank(gaussian_form(d, inner_product, seed, i), data)
             for i, data in enumerate(items(member(evidence, "forms"), "forms", count))]
    require(error_bound == float(ERROR.p) / float(ERROR.q), "The error bound is another one.")
    expected = {"inner_product": inner_product, "seed": seed, "samples": count} | frequencies(
        found, d, k)
    require(json.dumps(value, sort_keys=True) == json.dumps(expected, sort_keys=True),
            "The numbers or intervals are not those of the samples.")
    return [f"real ranks of {count} forms", "confidence intervals of Clopper and Pearson"], []


def frequencies(found: list[tuple[int, int]], d: int, k: int) -> dict[str, list[Any]]:
    """
    For each typical rank, and for ranks up to k: how many forms have it for certain, and at most;
    and an interval for its probability.
    """
    events = [(r, r) for r in range(d // 2 + 1, d + 1)] + [(1, k)]
    rows: list[list[Any]] = []
    for first, last in events:
        least = sum(first <= low and high <= last for low, high in found)
        most = sum(low <= last and first <= high for low, high in found)
        bounds = interval(least, most, len(found), ERROR / len(events))
        rows.append([last, least, most, *(f"{bound / SCALE:.4f}" for bound in bounds)])
    return {"ranks": rows[:-1], "model": rows[-1]}
