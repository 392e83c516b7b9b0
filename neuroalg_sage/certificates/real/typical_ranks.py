"""
Which real ranks are typical: those of all forms in an open set.

The real rank of a function is the least number of units of a network with one hidden layer that has
it, f = Σ_i b_i (a_i x)^d; for several outputs b_i is a vector.
"""

from __future__ import annotations

from math import comb
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    items,
    member,
    numbers,
    require,
)
from neuroalg_sage.certificates.real.apolarity import Form, number_of_real_roots


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
