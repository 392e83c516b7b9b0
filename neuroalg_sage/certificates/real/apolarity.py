"""
Real roots of binary forms, and which spaces of forms contain one all of whose roots are real.

A binary form of degree d is the list of the coefficients of x^d, x^(d-1) y, ..., y^d.  A form is
*hyperbolic* here if it has as many distinct real roots, on the projective line, as its degree.
The real rank of f ≠ 0 is the least r such that f is a sum of r real multiples of d-th powers of
real linear forms.

*Lemma 1* (Sylvester).  f has real rank at most r if and only if a hyperbolic form h of degree r
is apolar to f: h(∂_x, ∂_y) f = 0.

Proof.  Let h be the product of r linear forms that are not proportional, with the roots (α_j, β_j).
Each factor of h(∂) annihilates one of the powers (α_j x + β_j y)^d.  If r <= d, h(∂) maps forms of
degree d onto those of degree d - r, as each factor is onto, so that its kernel has dimension r, and
these powers are independent (Vandermonde).  So the kernel is their span; if r > d, they span all
forms.  A sum of fewer powers is one of r powers with coefficients 0.  ∎

*Lemma 2.*  Each f ≠ 0 of degree d >= 1 has real rank at most d.

Proof.  Let f*(h) = h(∂) f, a linear function on the forms of degree d.  Take angles
θ_1 < ... < θ_d < θ_1 + π, and h = Π (x sin θ_j - y cos θ_j), a hyperbolic form.  Move each θ_j to
θ_(j+1), and θ_d to θ_1 + π, in this order all the time: h remains hyperbolic and ends as -h.  So
f* has a zero on the way, and lemma 1 applies.  ∎

*Lemma 3.*  If f ≠ 0 of degree d has real rank r <= d, then f has at most r distinct real roots; and
the derivative of f in a real direction has real rank at most r, or is 0.

Proof.  Derivatives of d-th powers are multiples of (d-1)-th powers; that in a direction in which
one of the linear forms vanishes is a sum of r - 1.  It has at least as many distinct real roots as
f less one, or is 0: take the direction for the point at infinity, and use Rolle's theorem, where a
root of f at infinity is one of the derivative.  If it is 0, then f is a power, and r = 1.  So by
induction it is enough that a power has one root.  ∎

*Lemma 4.*  Let a and b span a space of forms of degree r.  Where the discriminant D(s) of a + s b
does not vanish, the number of real roots of a + s b is locally constant.  If it vanishes
identically no form of the space is hyperbolic, and else one is if and only if a + s b is for an s
in one of the intervals between the real zeros of D.

Proof.  A hyperbolic form has a neighborhood of such, so that neither b nor a zero of D is needed.
∎

*Lemma 5.*  Let L be a space of dimension 3 of forms of degree r >= 3, and suppose that for each
real point t of the projective line one form h_t of L, up to factors, has a multiple root at t;
let q_t = h_t / (root t)^2, and D(t) = disc(q_t) q_t(t).  If D does not vanish identically, L
contains a hyperbolic form if and only if q_t is hyperbolic for a t in one of the intervals
between the zeros of D.

Proof.  Let t be such, and h_t = l^2 q_t.  By the hypothesis not all forms of L vanish at t (else
two of them would have a multiple root there), so let p in L not.  Then h_t + ε p has r distinct
real roots for small ε of one sign.  Conversely, let U be a component of the hyperbolic forms in
the projective plane P(L).  Its complement contains all h_t, which are infinitely many, since none
has infinitely many roots.  So the boundary of U is infinite, for the complement of a finite set
is connected.  A form on it is a limit of hyperbolic ones and not hyperbolic, so that all its
roots are real and one, t, is multiple: it is h_t.  So there are infinitely many such t, and one
where D does not vanish, where q_t is hyperbolic; and q_t is so on the interval of D ≠ 0 around
it.  ∎
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from math import comb
from typing import Any

import flint
from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx, fmpq_poly

Form = list[fmpq]  # the coefficients of x^d, x^(d-1) y, ..., y^d

PRECISION = 64  # bits, in which real zeros are isolated


# -- real roots ------------------------------------------------------------------------------


def at_infinity(form: Form) -> tuple[fmpq_poly, bool]:
    """The polynomial form(x, 1), and whether (1, 0) is a root."""
    return fmpq_poly(form[::-1]), form[0] == 0


def number_of_real_roots(form: Form) -> int:
    """The number of distinct real roots on the projective line, by Sturm's theorem."""
    f, root_at_infinity = at_infinity(form)
    chain = [f, f.derivative()]
    while chain[-1]:
        chain.append(-(chain[-2] % chain[-1]))
    leading = [g.leading_coefficient() * sign ** g.degree()
               for sign in (-1, 1) for g in chain[:-1]]
    half = len(leading) // 2
    return int(root_at_infinity) + _changes(leading[:half]) - _changes(leading[half:])


def _changes(numbers: Sequence[fmpq]) -> int:
    """How often the sign changes in a sequence of numbers that are not 0."""
    return sum(a * b < 0 for a, b in itertools.pairwise(numbers))


def is_hyperbolic(form: Form) -> bool:
    """Whether a form has as many distinct real roots as its degree."""
    return any(form) and number_of_real_roots(form) == len(form) - 1


def between_real_zeros(polynomial: fmpq_poly) -> Iterator[fmpq]:
    """A rational number in each of the intervals into which real zeros cut the line."""
    with flint.ctx.workprec(PRECISION):
        roots: list[Any] = polynomial.numer().complex_roots()
    # FLINT's balls are disjoint; to tell them apart is exact.
    ends = sorted((root.real.lower().fmpq(), root.real.upper().fmpq())
                  for root, _ in roots if root.imag == 0)
    if not ends:
        yield fmpq(0)
        return
    yield ends[0][0] - 1
    for (_, low), (high, _) in itertools.pairwise(ends):
        if low >= high:
            raise ArithmeticError("real zeros are not separated")
        yield (low + high) / 2
    yield ends[-1][1] + 1


# -- apolar forms ----------------------------------------------------------------------------


def apolar_space(f: Form, r: int) -> list[Form]:
    """A basis of the forms h of degree r with h(∂_x, ∂_y) f = 0, for r at most the degree."""
    d = len(f) - 1
    a = [c / comb(d, i) for i, c in enumerate(f)]
    catalecticant = fmpq_mat([[a[i + j] for j in range(r + 1)] for i in range(d - r + 1)])
    reduced, rank = catalecticant.rref()
    pivots = [next(j for j in range(r + 1) if reduced[i, j]) for i in range(rank)]
    basis = []
    for free in (j for j in range(r + 1) if j not in pivots):
        h = [fmpq(0)] * (r + 1)
        h[free] = fmpq(1)
        for i, j in enumerate(pivots):
            h[j] = -reduced[i, free]
        basis.append(h)
    return basis


def is_apolar(h: Form, f: Form) -> bool:
    """Whether h(∂_x, ∂_y) f = 0, for a degree of h that is at most that of f."""
    d, r = len(f) - 1, len(h) - 1
    a = [c / comb(d, i) for i, c in enumerate(f)]
    return not any(sum((a[i + j] * h[j] for j in range(r + 1)), fmpq(0)) for i in range(d - r + 1))


def derivative(f: Form, direction: Sequence[fmpq]) -> Form:
    """The derivative of a form in a direction."""
    d, (u, v) = len(f) - 1, direction
    return [u * (d - i) * f[i] + v * (i + 1) * f[i + 1] for i in range(d)]


# -- spaces of forms -------------------------------------------------------------------------


def hyperbolic_form(space: list[Form]) -> Form | bool | None:
    """
    A hyperbolic form of a space, of dimension at most 3 by lemmas 4 and 5.

    In each dimension there is none if the greatest common divisor is not hyperbolic.

    OUTPUT: the form; False if there is none; None where that is not decided
    """
    if not space or not is_hyperbolic(_common_divisor(space)):
        return False
    if len(space) == 1:
        return space[0] if is_hyperbolic(space[0]) else False
    if len(space) == 2:
        return _in_a_pencil(space)
    return _in_a_net(space) if len(space) == 3 and len(space[0]) > 3 else None


def _common_divisor(space: list[Form]) -> Form:
    """The greatest common divisor."""
    common = fmpq_poly()
    for h in space:
        common = common.gcd(at_infinity(h)[0])
    infinite = min(next(i for i, c in enumerate(h) if c) for h in space)
    return [fmpq(0)] * infinite + common.coeffs()[::-1]


def _in_a_pencil(space: list[Form]) -> Form | bool:
    a, b = space
    discriminant = _discriminant([fmpq_poly([c, e]) for c, e in zip(a, b)])
    if not discriminant:
        return False
    for s in between_real_zeros(discriminant):
        h = [c + s * e for c, e in zip(a, b)]
        if is_hyperbolic(h):
            return h
    return False


def _in_a_net(space: list[Form]) -> Form | bool | None:
    r = len(space[0]) - 1
    values = [at_infinity(h)[0] for h in space]
    slopes = [f.derivative() for f in values]
    # The form with a multiple root at t has these coordinates, of degree 2r - 2 in t.
    h_t = [values[(i + 1) % 3] * slopes[(i + 2) % 3] - values[(i + 2) % 3] * slopes[(i + 1) % 3]
           for i in range(3)]
    common = h_t[0].gcd(h_t[1]).gcd(h_t[2])
    if not common or max(f.degree() for f in h_t) < 2 * r - 2 or (
            common.degree() and number_of_real_roots(common.coeffs()[::-1])):
        return None
    coefficients = [sum((f * h[i] for f, h in zip(h_t, space)), fmpq_poly()) for i in range(r + 1)]
    q_t = _without_double_root(coefficients)
    at_t = sum((c * fmpq_poly([0, 1]) ** (r - 2 - i) for i, c in enumerate(q_t)), fmpq_poly())
    zeros = _discriminant(q_t) * at_t
    if not zeros:
        return None
    for t in between_real_zeros(zeros):
        q = [c(t) for c in q_t]
        if is_hyperbolic(q):
            return _perturbed([c(t) for c in coefficients], t, space)
    return False


def _without_double_root(coefficients: list[fmpq_poly]) -> list[fmpq_poly]:
    """A form in x, y with polynomials in t as coefficients, divided by (x - t y)^2."""
    t = fmpq_poly([0, 1])
    for _ in range(2):
        quotient = [coefficients[0]]
        for c in coefficients[1:-1]:
            quotient.append(c + t * quotient[-1])
        coefficients = quotient
    return coefficients


def _perturbed(h: Form, t: fmpq, space: list[Form]) -> Form | bool:
    """A hyperbolic form near one that is so but for a double root at t."""
    p = next(p for p in space if at_infinity(p)[0](t))
    size = fmpq(1)
    while True:
        for step in (size, -size):
            moved = [c + step * e for c, e in zip(h, p)]
            if is_hyperbolic(moved):
                return moved
        size /= 4


def _discriminant(form: list[fmpq_poly]) -> fmpq_poly:
    """
    What has the same zeros as the discriminant of a form in x, y whose coefficients are polynomials
    in t.

    If (1, 0) is a root for all t, it is that of the rest of the form times the square of what
    says that the root is multiple; the square does not matter.
    """
    if len(form) <= 2:
        return fmpq_poly([1])
    if not form[0]:
        return form[1] * _discriminant(form[1:])
    ring = fmpq_mpoly_ctx.get(["x", "t"], Ordering.lex)
    d = len(form) - 1
    f = ring.from_dict({(d - i, k): c for i, part in enumerate(form)
                        for k, c in enumerate(part.coeffs()) if c})
    found = f.discriminant(0).to_dict()
    coefficients = [fmpq(0)] * (1 + max((int(e[1]) for e in found), default=0))
    for e, c in found.items():
        coefficients[int(e[1])] = c
    return fmpq_poly(coefficients)
