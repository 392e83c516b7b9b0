"""
Koszul flattenings: matrices whose rank a sum over the hidden units bounds.
"""

from __future__ import annotations

from itertools import combinations, product
from math import comb, prod
from typing import Any

from flint import nmod_mat

from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import fields, integer, require
from neuroalg_sage.certificates.work import Work


def _wedge(chosen: tuple[int, ...], i: int) -> tuple[tuple[int, ...], int]:
    """The basis vector e_i ∧ e_chosen and its sign, which is 0 if i is chosen."""
    return tuple(sorted((*chosen, i))), 0 if i in chosen else (-1) ** sum(c < i for c in chosen)


def entries(k: int, m: int, d: int, a: int, e: int, b: int | None
            ) -> tuple[list[tuple[int, int, int, int]], int, int]:
    """
    The matrix of the flattening of k forms of degree d in m variables, as quadruples of a row, a
    column, a coordinate and a sign, and its size.

    For f in C^k ⊗ S^d it is Λ^a C^k ⊗ S^e* ⊗ Λ^b → Λ^(a+1) C^k ⊗ S^(d-e-1) ⊗ Λ^(b+1), or without
    the last factors Λ^a C^k ⊗ S^e* → Λ^(a+1) C^k ⊗ S^(d-e): an operator in S^e* differentiates f,
    and the outputs, and one more derivative, are multiplied into the exterior powers.  Coordinates
    are those f_(j,α) of Σ_α f_(j,α) d!/α! x^α, in the order of the outputs and the monomials.
    """
    c, q = b is not None, b or 0
    height = comb(k, a) * comb(m + e - 1, e) * comb(m, q)
    width = comb(m + d - e - c - 1, m - 1) * comb(k, a + 1) * (comb(m, q + 1) if c else 1)
    Work().spend(height * (width + k * (m if c else 1) * comb(m + d - e - c - 1, m - 1)))
    forms = [*monomials(m, d)]
    places = {(j, form): j * len(forms) + i for j in range(k) for i, form in enumerate(forms)}
    more = [*range(m)] if c else [None]
    inner, outer = ([*combinations(range(m), q + i)] if c else [(0,)] for i in (0, 1))
    left, right = [*monomials(m, e)], [*monomials(m, d - e - c)]
    rows = {key: i for i, key in enumerate(product(combinations(range(k), a), left, inner))}
    columns = {key: i for i, key in enumerate(product(combinations(range(k), a + 1), right, outer))}
    found = []
    for (chosen, x, exterior), row in rows.items():
        for j, y, i in product(range(k), right, more):
            wider, sign = _wedge(chosen, j)
            target, other = (exterior, 1) if i is None else _wedge(exterior, i)
            if sign * other:
                form = tuple(s + t + (v == i) for v, (s, t) in enumerate(zip(x, y)))
                found.append((row, columns[wider, y, target], places[j, form], sign * other))
    return found, height, width


def koszul_bound(model: Model, evidence: Any, trial: Any) -> tuple[int, str, list[str]]:
    """
    An upper bound for dim M by a Koszul flattening.

    The model is f_w(x) = Σ_i b_i (Σ_j a_ij x_j)^d with h summands.  Of one summand the matrix F is
    the tensor product of b ∧ on Λ^a C^k, which has the rank C(k - 1, a), of a matrix of rank 1, and
    of a_i ∧ on Λ^b, of rank C(m - 1, b).  So F has at most the rank r = h C(k - 1, a) C(m - 1, b)
    on M.  Let F have this rank at the point v = φ(w0), modulo a prime, so also over Q, and let K
    and L be bases of the kernels of F(v) and of its transposed.  Tangent vectors v' of M at v are
    such to the matrices of rank at most r, so L^T F(v') K = 0.  The kernels over Q have bases that
    are bases modulo the prime, so these linear equations have at least the rank that they have
    there.  M is irreducible, so its dimension is at most that of the space of their solutions.
    """
    m, h, k, d = power_sum(model)
    p, w = place(model, trial)
    a, b, e = fields(evidence, "outputs", "inputs", "degree")
    integer(a, 0, k - 1, "exterior power")
    integer(0 if b is None else b, 0, m - 1, "exterior power")
    integer(e, 0, d - (b is not None), "degree")
    table, rows, columns = entries(k, m, d, a, e, b)
    powers = [[prod(pow(c, s, p) for c, s in zip(w[i * m :], form)) for i in range(h)]
              for form in monomials(m, d)]
    image = [sum(x * y for x, y in zip(w[(m + j) * h :], values)) % p
             for j in range(k) for values in powers]
    bound = h * comb(k - 1, a) * (1 if b is None else comb(m - 1, b))
    matrix = nmod_mat(rows, columns, p)
    for row, column, i, sign in table:
        matrix[row, column] = sign * image[i] % p
    require(matrix.rank() == bound, "The flattening has a smaller rank at the point.")
    right, left = ([[int(c) for c in vector] for vector in zip(*found.tolist())][:size]
                   for found, size in (matrix.nullspace(), matrix.transpose().nullspace()))
    Work().spend(len(left) * len(right) * len(table))
    conditions = []
    for x, y in product(left, right):
        condition = [0] * len(image)
        for row, column, i, sign in table:
            condition[i] = (condition[i] + sign * x[row] * y[column]) % p
        conditions.append(condition)
    return (model.ambient_dimension - rank(conditions, len(image), p),
            f"a Koszul flattening of rank {bound} bounds it from above", [])
