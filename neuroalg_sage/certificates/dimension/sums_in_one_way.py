"""
Contact loci: sums of points of cones that are sums in one way.

Let L be a linear subspace of V, and let X_1, ..., X_k be images in V / L of irreducible cones, of
dimensions n_i + 1 with n_i ≥ 1.  Let M be the closure of X_1 + ... + X_k.  For smooth points x_i
let T be the sum of the tangent spaces T_i of X_i at x_i, and C_i the closure of the smooth points
of X_i whose tangent spaces are in T.

*Theorem.*  Let dim M be Σ_i (n_i + 1), and for generic x let C_i be the line of x_i near x_i, for
each i.  Then a generic point of M is a sum of generic points of the X_i in one way, but for
permutations among those X_i that are equal.

Proof.  Let p = Σ x_i be generic, so that it has finitely many decompositions p = Σ y_i, and y is
generic in Π X_i too, as what is not generic has an image of smaller dimension.  The tangent space
of M at p is T, and so it is at p(c) = Σ c_i x_i for generic numbers c; so it is also the sum of the
tangent spaces at y(c), for each decomposition y(c) of p(c), and y(c)_i is in C_i.  Since y(c) is
generic and has the same T, C_i is near y(c)_i the line of y(c)_i.  C_i has finitely many such
lines, so that of y(c)_i does not change with c.  So the span of x is that of y, and y_i = Σ_j t_ij
x_j, where t is an invertible matrix of functions of x.  Fix i, and let S be the set of all j with
t_ij ≠ 0.  A derivative by x_j in a direction v in T_j shows that t_ij v is in the tangent space at
y_i plus the span of x_S.  These two have y_i in common, so that Σ_(j in S) (n_j + 1) is at most n_i
+ 1 + |S| - 1: the sum of n_j over S is at most n_i.  As t is invertible there is a permutation π
with t_(i,π(i)) ≠ 0 for all i, so n_π(i) ≤ n_i, and < where S has other elements.  Summed over i
both sides agree.  So y_i is a multiple of x_π(i), which is generic in X_π(i) and lies in X_i.
Along a cycle of π the X_i are equal; and the multiple is 1, as x is independent.  QED

L. Chiantini, C. Ciliberto, On the concept of k-secant order of a variety, J. London Math. Soc. 73
(2006), and L. Chiantini, G. Ottaviani, On generic identifiability of 3-tensors of small rank, SIAM
J. Matrix Anal. Appl. 33 (2012), have it for equal X_i.
"""

from __future__ import annotations

from flint import nmod_mat


def functionals(rows: list[list[int]], p: int) -> list[list[int]]:
    """A basis of the combinations of some rows that are zero."""
    found, count = nmod_mat(len(rows), len(rows[0]), sum(rows, []), p).transpose().nullspace()
    return [[int(found[i, j]) for i in range(len(rows))] for j in range(count)]
