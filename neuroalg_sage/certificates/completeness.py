"""
How many critical points there are: exact counts that do not need the points.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.reading import exponent_vectors, require
from neuroalg_sage.certificates.strata import Chart

MOST_LINEAR = 8  # variables, where there is another


@dataclass
class Elimination:
    """
    A cell with at most one variable t in which the loss is not quadratic.

    Where the determinant does not vanish, its critical points are t ↦ (t, b(t)) at the zeros of
    ``roots``, which are simple; those in other strata are left out.

    - ``determinant`` -- of the quadratic form in the other variables b
    - ``numerators`` -- of b(t), over the determinant
    - ``roots`` -- a squarefree polynomial
    - ``complex`` -- whether ``roots`` has all complex critical points but those with b = 0
    """

    determinant: fmpq_poly
    numerators: list[fmpq_poly]
    roots: fmpq_poly
    complex: bool

    @property
    def is_regular(self) -> bool:
        """Whether the determinant has no real zero."""
        return bool(self.determinant) and not real_roots(self.determinant)


def real_roots(f: fmpq_poly) -> list[Any]:
    """Balls with one real zero each, for all of a polynomial that is not zero."""
    return [root.real for root, _ in f.numer().complex_roots() if root.imag.is_zero()]


def determinant(matrix: list[list[fmpq_poly]]) -> fmpq_poly:
    """By fraction-free elimination (Bareiss)."""
    rows, sign, last = [list(row) for row in matrix], 1, fmpq_poly([1])
    for k in range(len(rows) - 1):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return fmpq_poly([0])
        if pivot != k:
            rows[k], rows[pivot], sign = rows[pivot], rows[k], -sign
        for i in range(k + 1, len(rows)):
            for j in range(k + 1, len(rows)):
                rows[i][j] = (rows[i][j] * rows[k][k] - rows[i][k] * rows[k][j]) // last
        last = rows[k][k]
    return sign * rows[-1][-1] if rows else fmpq_poly([1])


def without(f: fmpq_poly, g: fmpq_poly) -> fmpq_poly:
    """A polynomial divided by all its factors that divide another one."""
    while f.degree() > 0 and (common := f.gcd(g)).degree() > 0:
        f //= common
    return f


def elimination(loss: fmpq_mpoly, chart: Chart) -> Elimination | None:
    """
    Eliminate b from the equations of the critical points of the cell of a chart.

    Let the loss be b^T A b - 2 v^T b + c, with entries in Q[t].  With d = det A and u = adj(A) v,
    its critical points where d does not vanish have b = u / d, and t is a zero of
    d^2 ∂L/∂t = u^T A' u - 2 d v'^T u.  Where d vanishes, A b = v implies u = 0.  If u vanishes
    then b = 0, which is the zero function.  None if there are more variables than one.
    """
    free = chart.free
    nonlinear = [i for i in free if i < chart.nonlinear]
    linear = [i for i in free if i >= chart.nonlinear]
    if len(nonlinear) > 1 or len(linear) > MOST_LINEAR or not nonlinear:
        return None
    (t,), size = nonlinear, len(linear)
    table: dict[tuple[int, ...], dict[int, fmpq]] = {}
    for e, c in zip(exponent_vectors(loss), loss.coeffs()):
        if all(e[i] == 0 for i in chart.zero):
            places = tuple(k for k, i in enumerate(linear) for _ in range(e[i]))
            require(len(places) <= 2, "The loss is not quadratic in a chart.")
            table.setdefault(places, {})[e[t]] = c

    def entry(places: tuple[int, ...], factor: fmpq) -> fmpq_poly:
        powers = table.get(places, {})
        return fmpq_poly([powers.get(k, fmpq(0)) * factor
                          for k in range(max(powers, default=0) + 1)])

    form = [[entry((min(i, j), max(i, j)), fmpq(1, 1 + (i != j))) for j in range(size)]
            for i in range(size)]
    v = [entry((i,), fmpq(-1, 2)) for i in range(size)]
    d = determinant(form)
    u = [determinant([[v[i] if j == k else form[i][j] for j in range(size)]
                      for i in range(size)]) for k in range(size)]
    zero = fmpq_poly([0])
    roots = sum((u[i] * form[i][j].derivative() * u[j] for i in range(size)
                 for j in range(size)), zero)
    roots -= 2 * d * sum((v[i].derivative() * u[i] for i in range(size)), zero)
    content = zero
    for f in u:
        content = content.gcd(f)
    excluded = [*(_substituted(f, t, linear, u, d) for f in chart.positive)]
    if not roots or not d or not all(excluded) or not content:
        return None
    roots = without(without(roots // roots.gcd(roots.derivative()), d), content)
    every = roots.degree()
    for f in excluded:
        roots = without(roots, f)
    return Elimination(d, u, roots, d.gcd(content).degree() <= 0 and roots.degree() == every)


def _substituted(f: fmpq_mpoly, t: int, linear: list[int], u: list[fmpq_poly], d: fmpq_poly
                 ) -> fmpq_poly:
    """The numerator of a polynomial in t and b for b = u / d; where t is zero elsewhere."""
    terms = [(e, c) for e, c in zip(exponent_vectors(f), f.coeffs())
             if not any(e[i] for i in range(len(e)) if i != t and i not in linear)]
    degree = max((sum(e[i] for i in linear) for e, _ in terms), default=0)
    total = fmpq_poly([0])
    for e, c in terms:
        term = fmpq_poly([0] * e[t] + [c])
        for i, numerator in zip(linear, u):
            term *= numerator ** e[i]
        total += term * d ** (degree - sum(e[i] for i in linear))
    return total


def linear_network_counts(quadratic: fmpq_mat, target: list[fmpq], outputs: int, inputs: int
                          ) -> list[int] | None:
    """
    The numbers of critical points on the matrices of rank 0, 1, 2, ..., real and complex.

    Let the loss be tr(W S W^T) - 2 tr(W B^T) + c with S positive definite.  On the matrices of
    rank s, W is critical if and only if W^T (W S - B) = 0 and (W S - B) W^T = 0.  Let P be the
    orthogonal projection onto the image U of W.  By the first, P (W S - B) = 0, so W = P B S^-1.
    By the second, P T P = T P for T = B S^-1 B^T, so P commutes with T, and W has rank s if and
    only if P B has.  If B has the rank k of its shorter side, and the nonzero eigenvalues of T
    are different, then P projects to s of their k eigenspaces.  So there are binomial(k, s).
    (Baldi, Hornik 1989, for S = 1.)  If outputs <= inputs, this holds over the complex numbers
    too: that U meets its orthogonal space in u = W x implies u^T B = 0, so u = 0.  Else transpose.

    None if the quadratic form is not of this kind, or an eigenvalue is multiple or zero.
    """
    s = fmpq_mat(inputs, inputs, [quadratic[i, j] for i in range(inputs) for j in range(inputs)])
    for i in range(outputs * inputs):
        for j in range(outputs * inputs):
            same = i // inputs == j // inputs
            if quadratic[i, j] != (s[i % inputs, j % inputs] if same else 0):
                return None
    if not is_positive(s, strictly=True):
        return None
    b = fmpq_mat(outputs, inputs, target)
    t = b * s.inv() * b.transpose() if outputs <= inputs else s.inv() * b.transpose() * b
    f = t.charpoly()
    if f.gcd(f.derivative()).degree() > 0 or not f[0]:
        return None
    k = min(outputs, inputs)
    return [comb(k, rank) for rank in range(k + 1)]


def is_positive(matrix: fmpq_mat, strictly: bool) -> bool:
    """Whether a symmetric matrix is positive definite, or semidefinite."""
    size = matrix.nrows()
    rows = [[matrix[i, j] for j in range(size)] for i in range(size)]
    while rows:
        k = next((i for i in range(len(rows)) if rows[i][i]), None)
        if k is None:
            return not strictly and not any(map(any, rows))
        if rows[k][k] < 0 or (strictly and k):
            return False
        rest = [i for i in range(len(rows)) if i != k]
        rows = [[rows[i][j] - rows[i][k] * rows[k][j] / rows[k][k] for j in rest] for i in rest]
    return True
