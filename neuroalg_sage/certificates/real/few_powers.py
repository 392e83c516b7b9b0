"""
Functions that are no sums of few powers of real linear forms.

Here f_1, ..., f_m are the outputs of a function, and f is f_1.  A sum of r powers is
Σ c_i l_i^d with real numbers c_i and real linear forms l_i, i = 1, ..., r; all outputs of a
function of M are sums with the same l_i.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, items, member, numbers, rational, require
from neuroalg_sage.certificates.real.power_networks import (
    Function,
    form,
    is_product,
    linear_forms,
    sum_of_powers,
)


def root(linear: tuple[fmpq, fmpq]) -> tuple[bool, fmpq]:
    """The zero of a x + b y on the projective line, where the point (0 : 1) comes last."""
    a, b = linear
    return (True, fmpq(0)) if a == 0 else (False, -b / a)


def real_rooted(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """
    *Lemma.*  Let f be a binary form of degree d all of whose roots are real, and not all equal.
    Then f is no sum of r < d powers.

    *Proof.*  Suppose so, with r as small as possible: then no two l_i are proportional, no c_i is
    zero, and r ≥ 2, since f is no multiple of a power.  The derivative of a binary form with real
    roots only, in the direction of any real vector, is zero or has real roots only, by Rolle's
    theorem in the chart where that vector is at infinity.  Derivatives in the directions of the
    zeros of l_1, ..., l_(r-2) leave g = a l_(r-1)^k + b l_r^k with k = d - r + 2 ≥ 3 and a, b ≠ 0.
    Its k roots are different, and at most two of them are real: those where l_(r-1) / l_r is a
    real k-th root of - b / a.  But all are real, a contradiction.

    Forms with d different real roots are an open set.
    """
    inputs, r, outputs, d = sum_of_powers(model)
    require(inputs == 2 and outputs == 1 and r < d, "The lemma is on binary forms and r < d.")
    factors = linear_forms(member(evidence, "factors"))
    require(len(factors) == d and is_product(function, 0, factors),
            "The form is not the product of these linear forms.")
    roots = set(map(root, factors))
    require(len(roots) > 1, "All roots are equal.")
    return "a form with real roots only is no sum of few powers", len(roots) == d


def real_rooted_pencil(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """
    *Lemma.*  Let f_1 and f_2 be binary forms of degree d such that all roots of s f_1 + t f_2 are
    real, and not all equal, for all real s and t that are not both zero.  Then f_1 and f_2 are no
    sums of the same r ≤ d powers.

    *Proof.*  Some s f_1 + t f_2 has the coefficient zero at l_1^d, so it would be a sum of
    r - 1 < d powers, against the lemma of :func:`real_rooted`.

    The evidence are linear factors: f_1 = g a and f_2 = g b, where a and b have e ≥ 1 roots each,
    all different and real, that alternate on the projective line.  Then s a + t b has e different
    real roots: in each of the e arcs between neighboring roots of b, the function a / b has no
    pole and one simple zero, and is unbounded at both ends, with different signs; so it takes all
    real values.  Hence s f_1 + t f_2 has real roots only.  They are not all equal if e ≥ 2, or if
    those of g are not all equal.

    If g = 1, all that is true near f_1 and f_2, because it is enough to look at s^2 + t^2 = 1.
    """
    inputs, r, outputs, d = sum_of_powers(model)
    require(inputs == 2 and outputs == 2 and r <= d, "The lemma is on two binary forms and r ≤ d.")
    common, first, second = (linear_forms(part) for part in
                             fields(evidence, "common", "first", "second"))
    require(len(first) == len(second) > 0 and len(common) + len(first) == d
            and is_product(function, 0, common + first)
            and is_product(function, 1, common + second),
            "The forms are not the products of these linear forms.")
    roots = sorted([(root(factor), 0) for factor in first]
                   + [(root(factor), 1) for factor in second])
    require(len({place for place, _ in roots}) == len(roots)
            and all(roots[i][1] != roots[i + 1][1] for i in range(len(roots) - 1)),
            "The roots do not alternate.")
    require(len(first) > 1 or len(set(map(root, common))) > 1, "All roots may be equal.")
    return "two forms with roots that alternate are no sums of the same few powers", not common


def singular_form(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """
    *Lemma.*  Let f be a form of degree d ≥ 3 whose partial derivatives span a space of dimension r.
    If p is a vector at which all of them vanish, and the derivative of f in the direction of p is
    not zero, then f is no sum of r powers, not even with complex numbers.

    *Proof.*  The derivative of Σ c_i l_i^d in the direction v is d Σ c_i l_i(v) l_i^(d-1).  If
    these span a space of dimension r, then v ↦ (l_1(v), ..., l_r(v)) has rank r, so that
    l_1, ..., l_r are independent, and no c_i is zero.  At p the gradient is
    d Σ c_i l_i(p)^(d-1) l_i = 0, hence l_i(p) = 0 for all i, and the derivative in the direction p
    is zero.
    """
    inputs, r, outputs, d = sum_of_powers(model)
    require(outputs == 1 and d >= 3, "The lemma is on forms of degree at least 3.")
    point = numbers(member(evidence, "point"), "point", inputs)
    f = form(function, 0, inputs)
    slopes = [f.derivative(i) for i in range(inputs)]
    monomials = sorted({e for g in slopes for e in map(tuple, g.monoms())})
    coefficients = [[g.to_dict().get(e, fmpq(0)) for e in monomials] for g in slopes]
    require(monomials and fmpq_mat(coefficients).rank() == r,
            "The partial derivatives do not span a space of dimension r.")
    require(not any(g(*point) for g in slopes), "The point is not singular.")
    require(any(sum((c * row[k] for c, row in zip(point, coefficients)), fmpq(0))
                for k in range(len(monomials))), "The form is a cone over the point.")
    return "a singular form of as many variables as units is no sum of as many powers", False


def nilpotent_pencil(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """
    *Lemma.*  Let f_1 and f_2 be quadratic forms with matrices A and B, A of rank r.  If there are
    λ, p and q with (B - λ A) p = A q ≠ 0 and (B - λ A) q = 0, then f_1 and f_2 are no sums of the
    same r squares, not even with complex numbers.

    *Proof.*  If A = Σ c_i l_i l_i^T has rank r, the l_i are independent and no c_i is zero.  With
    B = Σ b_i l_i l_i^T the equations say (b_i - λ c_i) l_i(p) = c_i l_i(q) and
    (b_i - λ c_i) l_i(q) = 0 for all i; by the second, b_i = λ c_i or l_i(q) = 0, and in the first
    case l_i(q) = 0, too.  So A q = 0.
    """
    inputs, r, outputs, d = sum_of_powers(model)
    require(outputs == 2 and d == 2, "The lemma is on two quadratic forms.")
    c = rational(member(evidence, "eigenvalue"))
    value = fmpq(c.numerator, c.denominator)
    p, q = (fmpq_mat(inputs, 1, numbers(v, "vector", inputs))
            for v in items(member(evidence, "vectors"), "vectors", 2))
    a, b = (fmpq_mat([[f.derivative(i).derivative(j).leading_coefficient() if
                       f.derivative(i).derivative(j) else fmpq(0) for j in range(inputs)]
                      for i in range(inputs)]) for f in (form(function, o, inputs) for o in (0, 1)))
    zero = fmpq_mat(inputs, 1)
    require(a.rank() == r, "The first form has not the rank r.")
    require((b - a * value) * p == a * q and a * q != zero and (b - a * value) * q == zero,
            "These are no vectors of such a chain.")
    return "two quadratic forms that are not diagonal together are no sums of few squares", False


_LEMMAS: dict[str, Callable[[Model, Function, Any], tuple[str, bool]]] = {
    "real roots": real_rooted, "alternating roots": real_rooted_pencil,
    "singular form": singular_form, "nilpotent pencil": nilpotent_pencil}


def no_sum_of_few_powers(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """Verify that a function is not in M by one of the lemmas: why, and whether that is open."""
    lemma = member(evidence, "lemma")
    require(isinstance(lemma, str) and lemma in _LEMMAS, "The lemma is not known.")
    return _LEMMAS[lemma](model, function, evidence)
