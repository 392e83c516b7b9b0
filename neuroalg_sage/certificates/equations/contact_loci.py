"""
The summands of a generic sum are unique, by the tangential contact locus at one point.

Let φ(w) = Σ_i ψ(w_i) as in :mod:`neuroalg_sage.certificates.equations.sums_of_points`, and let Y be
the product of the projective spaces of all blocks of one copy; y in Y gives ψ(y) in P(V), and the
space T_y of all derivatives of ψ at y, which holds ψ(y).  For w let T = Σ_i T_{w_i}, which is the
image of Dφ(w).  The *contact locus* C(w) consists of the y in Y with T_y ⊂ T: the zeros of the
derivatives of N · ψ for all N in the annihilator of T.  It contains w_1, ..., w_r.

**Lemma.**  Let, modulo a prime p and at one point w, T have the dimension N + 1 that is expected,
and let the multiples of these derivatives have codimension r in the forms of degree D ≥ r in each
block. Then for generic w any w' with φ(w') = φ(w) has the same summands ψ(w_i) up to their order.

Proof.  The Hilbert function of a scheme in Y is at least min(l, D + 1) in degree D, where l is its
length, and at least D + 1 if it is infinite.  So C(w) modulo p is finite of a length of at most r.
Where T has the dimension N + 1, which is open, the C(w) are a family that is proper over W × Z_p.
So they are finite of a length of at most r also for generic w over Q; since then w_1, ..., w_r are
different, C(w) consists of these.

Let w be generic, so that φ(w) is a smooth point of M with tangent space T, and φ(w') = φ(w).  The
image of Dφ(w') is in T.  So each w'_i with no block zero is in C(w): one of the w_j up to factors;
with a block zero, ψ(w'_i) is zero.  So φ(w) = Σ_j b_j ψ(w_j), where b_j ψ(w_j) is the sum of the
summands that belong to w_j.  The ψ(w_j) are independent, since the dimension of T is Σ_j dim
T_{w_j}. So all b_j are 1, and each w_j has one summand, since there are r.
"""

from __future__ import annotations

from itertools import product
from math import comb, prod
from typing import TYPE_CHECKING, Any

from flint import nmod_mat

from neuroalg_sage.certificates.reading import fields, integers, prime, require, residue
from neuroalg_sage.certificates.work import Work

if TYPE_CHECKING:
    from neuroalg_sage.certificates.equations.sums_of_points import Exponents, Sum

MOST_FORMS, MOST_STEPS = 20_000, 10**8

Term = tuple["Exponents", int]


def forms(sizes: Exponents, degrees: Exponents) -> list[Exponents]:
    """
    The monomials of degrees in blocks of variables.

    EXAMPLES::

        >>> forms((2, 1), (1, 2))
        [(0, 1, 2), (1, 0, 2)]
    """
    def of_a_block(size: int, degree: int) -> list[Exponents]:
        if size == 1:
            return [(degree,)]
        return [(k, *rest) for k in range(degree + 1) for rest in of_a_block(size - 1, degree - k)]

    return [tuple(k for part in parts for k in part)
            for parts in product(*map(of_a_block, sizes, degrees))]


def check_contact_locus(found: Sum, evidence: Any) -> None:
    """Verify the hypotheses of the lemma."""
    p, point = fields(evidence, "prime", "point")
    p, r, width = prime(p), len(found.summands), sum(found.sizes)
    point = integers(point, 0, p - 1, "parameter", r * width)
    psi: list[Term] = [(term[0], residue(term[1], p)) if term else ((0,) * width, 0)
                       for term in found.psi]
    n, work = len(psi), Work(MOST_STEPS)
    rows = [_derivative(term, k, [point[v] for block in copy for v in block], p)
            for copy in found.summands for k in range(width) for term in psi]
    tangents = nmod_mat(r * width, n, rows, p)
    work.spend(r * width * n * min(n, r * width))
    kernel, nullity = tangents.nullspace()
    require(n - nullity == found.dimension, "The tangent spaces are dependent.")
    degree = max(r, *found.degrees)
    count = prod(comb(size - 1 + degree, degree) for size in found.sizes)
    require(count <= MOST_FORMS, "There are too many forms.")
    place = {e: k for k, e in enumerate(forms(found.sizes, (degree,) * len(found.sizes)))}
    block = [b for b, size in enumerate(found.sizes) for _ in range(size)]
    multipliers = [forms(found.sizes, tuple(degree - d + (b == c) for c, d in enumerate(
        found.degrees))) for b in range(len(found.sizes))]
    # Few normals suffice, as a rule.
    entries: list[int] = []
    for normal in range(nullity):
        column = [int(kernel[i, normal]) for i in range(n)]
        work.spend(width * count * n)
        for k in range(width):
            slope = [((*e[:k], e[k] - 1, *e[k + 1:]), c * e[k] * a % p)
                     for (e, c), a in zip(psi, column) if e[k] and c * a]
            for m in multipliers[block[k]]:
                row = [0] * count
                for e, c in slope:
                    row[place[tuple(a + b for a, b in zip(e, m))]] += c
                entries += row
        if not len(entries) // count >= count - r:
            continue
        matrix = nmod_mat(len(entries) // count, count, entries, p)
        work.spend(matrix.nrows() * count * min(matrix.nrows(), count) // 8)
        # Reduced rows suffice for what follows.
        matrix, rank = matrix.rref()
        if rank == count - r:
            return
        entries = [int(a) for a in matrix.entries()[:rank * count]]
    require(False, "The contact locus may be larger.")


def _derivative(term: Term, k: int, point: list[int], p: int) -> int:
    """The value of the derivative of a term by the k-th variable."""
    e, value = term[0], term[1] * term[0][k] % p
    if value:
        for i, a in enumerate(e):
            value = value * pow(point[i], a - (i == k), p) % p
    return value
