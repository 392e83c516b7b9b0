"""
How many critical points a cell has: elimination of all variables but one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.reading import exponent_vectors, require
from neuroalg_sage.certificates.training.charts import Chart

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
    found: list[Any] = list(f.numer().complex_roots())
    return [root.real for root, _ in found if root.imag.is_zero()]


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
    then b = 0, which is the zero function; for all t if v = 0.  None if there are more variables
    than one, and where the equation for t holds for all t.
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
    if d and not content:
        return Elimination(d, u, fmpq_poly([1]), False)
    if not roots or not d or not all(excluded):
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


# -- functions -------------------------------------------------------------------------------


def number_of_functions(curves: list[tuple[Chart, Elimination]], known: set[tuple[fmpq, ...]]
                        ) -> int | None:
    """
    How many complex functions the critical points of an elimination have, with known ones.

    *Lemma.*  Let q be squarefree.  Over C, Q[t]/q is all functions on the roots of q, and the
    subalgebra that z_1, ..., z_n generate is those that are equal at two roots where all z_j
    are.  So its dimension is the number of points (z_1(t), ..., z_n(t)): less than the degree
    of q where M crosses itself.  A point f is one of them if and only if q and all z_j - f_j
    have a common factor.  None if there are two curves, whose points are not compared.
    """
    if not curves or len(curves) > 1:
        return None if curves else len(known)
    ((chart, found),) = curves
    q, (t,) = found.roots, [i for i in chart.free if i < chart.nonlinear]
    linear = [i for i in chart.free if i >= chart.nonlinear]
    require(all(sum(e[i] for i in linear) == 1 for f in chart.coordinates
                for e in exponent_vectors(f)), "A chart is not linear in its last variables.")
    # The coordinates are linear in b = u / d, and d is a unit modulo q.
    common, unit, _ = found.determinant.xgcd(q)
    values = [_substituted(f, t, linear, found.numerators, found.determinant) * unit // common % q
              for f in chart.coordinates]
    return generated_dimension(values, q) + sum(
        reduce(fmpq_poly.gcd, (x - c for x, c in zip(values, f)), q).degree() < 1 for f in known)


def generated_dimension(generators: list[fmpq_poly], q: fmpq_poly) -> int:
    """The dimension of the algebra that elements of Q[t]/q generate."""
    basis: dict[int, fmpq_poly] = {}  # monic, by degree
    queue = [fmpq_poly([1])]
    while queue and len(basis) < q.degree():
        f = queue.pop()
        while f and f.degree() in basis:
            f -= basis[f.degree()] * f[f.degree()]
        if f:
            basis[f.degree()] = f = f / f[f.degree()]
            queue += [f * g % q for g in generators]
    return len(basis)
