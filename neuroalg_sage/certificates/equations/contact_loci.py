"""
The summands of a generic sum are unique, by the tangential contact locus at one point.

Let φ(w) = Σ_i ψ(w_i) as in :mod:`neuroalg_sage.certificates.equations.sums_of_points`, and let Y be
the product of the projective spaces of all blocks of one copy; y in Y gives ψ(y) in P(V), and the
space T_y of all derivatives of ψ at y, which holds ψ(y).  For w let T = Σ_i T_{w_i}, which is the
image of Dφ(w).  The *contact locus* C(w) consists of the y in Y with T_y ⊂ T: the zeros of the
derivatives of N · ψ for all N in the annihilator of T.  It contains w_1, ..., w_r.

**Lemma.**  Let, modulo a prime p and at one point w, T have the dimension N + 1 that is expected,
and let C(w) have a length of at most r, by the multiples of these derivatives in one degree
(:mod:`neuroalg_sage.certificates.equations.lengths`).  Then for generic w any w' with φ(w') = φ(w)
has the same summands ψ(w_i) up to their order.

Proof.  Where T has the dimension N + 1, which is open, the C(w) are a family that is proper over
W × Z_p.  So they are finite of a length of at most r also for generic w over Q; since then
w_1, ..., w_r are different, C(w) consists of these.

Let w be generic, so that φ(w) is a smooth point of M with tangent space T, and φ(w') = φ(w).  The
image of Dφ(w') is in T.  So each w'_i with no block zero is in C(w): one of the w_j up to factors;
with a block zero, ψ(w'_i) is zero.  So φ(w) = Σ_j b_j ψ(w_j), where b_j ψ(w_j) is the sum of the
summands that belong to w_j.  The ψ(w_j) are independent, since the dimension of T is the sum of
those of the T_{w_j}.  So all b_j are 1, and each w_j has one summand, since there are r.

**With coefficients**, ψ = Σ_a c_a g_a(x), the derivatives by c_a are forms N_a · g_a in x alone.
It suffices that their zeros x, in X, have a length of at most r.  For then the x'_i are among the
x_j, and φ(w) = Σ_j Σ_a b_ja g_a(x_j) where T holds, for all a and j, independent vectors g_a(x_j).
So b_ja are the coefficients of w_j, which are not all zero, and each x_j is one x'_i.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flint import nmod_mat

from neuroalg_sage.certificates.equations.lengths import Exponents, Form, is_at_most
from neuroalg_sage.certificates.reading import (
    fields,
    integer,
    integers,
    member,
    prime,
    require,
    residue,
)
from neuroalg_sage.certificates.work import Work

if TYPE_CHECKING:
    from neuroalg_sage.certificates.equations.sums_of_points import Sum

MOST_STEPS = 3 * 10**8

Term = tuple[Exponents, int]


def check_contact_locus(found: Sum, evidence: Any) -> None:
    """Verify the hypotheses of the lemma."""
    p, point = fields(evidence, "prime", "point")
    p, r, width = prime(p), len(found.summands), sum(found.sizes)
    point = integers(point, 0, p - 1, "parameter", r * width)
    psi: list[Term] = [(term[0], residue(term[1], p)) if term else ((0,) * width, 0)
                       for term in found.psi]
    n, work = len(psi), Work(MOST_STEPS)
    work.spend(r * width * n * min(n, r * width))
    tangents = nmod_mat(r * width, n, [
        _derivative(term, k, [point[v] for block in copy for v in block], p)
        for copy in found.summands for k in range(width) for term in psi], p)
    kernel, nullity = tangents.nullspace()
    require(n - nullity == found.dimension, "The tangent spaces are dependent.")
    block = [b for b, size in enumerate(found.sizes) for _ in range(size)]

    def slopes() -> Iterator[tuple[Exponents, Form]]:
        """The derivatives of N · ψ."""
        for normal in range(nullity):
            column = [int(kernel[i, normal]) for i in range(n)]
            for k in range(width):
                slope: Form = {}
                for (e, c), a in zip(psi, column):
                    if e[k] and c * a:
                        below = (*e[:k], e[k] - 1, *e[k + 1:])
                        slope[below] = slope.get(below, 0) + c * e[k] * a
                yield tuple(d - (b == block[k]) for b, d in enumerate(found.degrees)), slope

    degree = integer(member(evidence, "degree"), max(r, *found.degrees), 200, "degree")
    if found.coefficients > 1:
        m = found.coefficients
        of_inputs = ((degrees[1:], {e[m:]: c for e, c in slope.items()})
                     for degrees, slope in slopes() if not degrees[0])
        if is_at_most(r, of_inputs, found.space, degree, p, work):
            return
    require(is_at_most(r, slopes(), found.sizes, degree, p, work),
            "The contact locus may be larger.")


def _derivative(term: Term, k: int, point: list[int], p: int) -> int:
    """The value of the derivative of a term by the k-th variable."""
    e, value = term[0], term[1] * term[0][k] % p
    if value:
        for i, a in enumerate(e):
            value = value * pow(point[i], a - (i == k), p) % p
    return value
