"""
The summands of a generic sum are unique, by the tangent spaces at one point modulo a prime.

Let φ(w) = Σ_i ψ(w_i) as in :mod:`neuroalg_sage.certificates.equations.sums_of_points`, with q
variables for each w_i.  The values of ψ are an irreducible cone of dimension at most q - s: there
are s + 1 blocks of variables, in each of which ψ is homogeneous, or a toric variety has this
dimension.  Let r of them be independent, so that the tangent spaces at w_1, ..., w_r add up to T of
the dimension r (q - s).

(1) The Hessians of N · ψ at w_1, for all N that vanish on T, are the Jacobian of equations that
    hold where the tangent space is in T.  So near w_1 these w have at most the dimension q minus
    their rank.  Multiples of ψ(w_1) are among them, of dimension s + 1.  If the rank is q - s - 1,
    there are no others, and the theorem of
    :mod:`neuroalg_sage.certificates.dimension.sums_in_one_way` says that a generic point of M is a
    sum in one way.  The ranks are at the generic w at least what they are at one point modulo a
    prime, where T has its full dimension.
(2) With coefficients, ψ = Σ_a c_a g_a(x), the derivatives of N · ψ by c_a are forms N_a · g_a in x
    alone.  It suffices that their zeros in X have a length of at most r modulo the prime.  This is
    a family that is proper over the w with T of full dimension, so then for generic w they are x_1,
    ..., x_r.  Let φ(w') = φ(w) be a generic, smooth point of M.  The image of Dφ(w') is in T, so
    all x'_i are among the x_j, and φ(w) = Σ_j Σ_a b_ja g_a(x_j).  The g_a(x_j) are independent for
    all a and j, as the dimension of T shows, so that b_ja are the coefficients of w_j.  These are
    not all zero, so each x_j is one x'_i.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flint import nmod_mat

from neuroalg_sage.certificates.equations.lengths import Exponents, Form, is_at_most
from neuroalg_sage.certificates.reading import fields, integers, prime, require, residue
from neuroalg_sage.certificates.work import Work

if TYPE_CHECKING:
    from neuroalg_sage.certificates.equations.sums_of_points import Sum

MOST_STEPS = 3 * 10**8

Term = tuple[Exponents, int]


def check_contact_locus(found: Sum, evidence: Any) -> None:
    """Verify the hypotheses of (1), or of (2)."""
    p, point = fields(evidence, "prime", "point")
    p, r, q = prime(p), len(found.summands), sum(found.sizes)
    point = integers(point, 0, p - 1, "parameter", r * q)
    psi: list[Term] = [(term[0], residue(term[1], p)) if term else ((0,) * q, 0)
                       for term in found.psi]
    n, work = len(psi), Work(MOST_STEPS)
    work.spend(r * q * n * min(n, r * q))
    places = [[point[v] for block in copy for v in block] for copy in found.summands]
    tangents = nmod_mat(r * q, n, [_derivative(term, (k,), w, p)
                                   for w in places for k in range(q) for term in psi], p)
    kernel, nullity = tangents.nullspace()
    require(n - nullity == found.dimension, "The tangent spaces are dependent.")
    normals = nmod_mat(nullity, n, [kernel[i, k] for k in range(nullity) for i in range(n)], p)
    work.spend(q * q * n * (1 + nullity // 16))
    second = nmod_mat(n, q * q, [_derivative(term, (k, i), places[0], p)
                                 for term in psi for k in range(q) for i in range(q)], p)
    hessians = nmod_mat(q * nullity, q, (normals * second).entries(), p)
    if hessians.rank() == found.dimension // r - 1:
        return
    m = found.coefficients
    require(m > 1 and found.degrees, "The contact locus may be larger than points.")

    def of_inputs() -> Iterator[tuple[Exponents, Form]]:
        for k in range(nullity):
            for a in range(m):
                total: Form = {}  # several coordinates may have the same monomial
                for i, (e, c) in enumerate(psi):
                    if e[a] and c:
                        total[e[m:]] = total.get(e[m:], 0) + c * int(normals[k, i])
                yield found.degrees[1:], total

    require(is_at_most(r, of_inputs(), found.space,
                       (max(r, *found.degrees),) * len(found.space), p, work),
            "The contact locus may be larger than points.")


def _derivative(term: Term, by: Exponents, point: list[int], p: int) -> int:
    """The value of a derivative of a term."""
    e, value = list(term[0]), term[1]
    for k in by:
        if not e[k]:
            return 0
        value = value * e[k] % p
        e[k] -= 1
    if value:
        for a, k in zip(point, e):
            value = value * pow(a, k, p) % p
    return value
