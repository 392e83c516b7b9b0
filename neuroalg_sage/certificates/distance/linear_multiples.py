"""
Polar degrees of products of a form with linear forms, one for each output.

Let M consist of the (l_1 q, ..., l_m q), for forms q of degree k ≥ 1 and linear forms l_i in a ≥ 2
variables, and let m ≥ 2, or a ≥ 3 and k ≥ 2.  Let A = C^a, and L = Σ c_i ⊗ l_i in C^m ⊗ A, with the
basis c_i of C^m.  Then f: X = P(C^m ⊗ A) × P(S^k A) → P(V), (L, q) ↦ L q, is a morphism, as no
product is zero.  It is birational onto the projectivization of M: for m ≥ 2 a generic q is the
greatest common divisor, and for m = 1 a generic q is irreducible of degree at least 2.

**Tangent spaces.**  That of M at L q is L S^k A + q (C^m ⊗ A), of dimension d = dim S^k A + m a - 1
unless q' L = q L' for some q' that is no multiple of q.  Let q' / q = s / t in lowest terms.  Then
t, which is not constant, divides q, and all l_i, since s l_i = t l'_i.  So

    t = l is linear,  q = l r,  L = c ⊗ l,  L' = c ⊗ s,  q' = r s,  with any s in A.

Let B be the set of these (c ⊗ l, l r).  It is P^(m - 1) × P(A) × P(S^(k - 1) A): c, l and r are
known from (L, q), and (c' ⊗ l + c ⊗ l', l' r + l r') is a multiple of (c ⊗ l, l r) modulo the
scalars of both factors only if c', l', r' are multiples of c, l, r.  So B is smooth.  Its normal
space consists of the (Λ, w) in (C^m / c) ⊗ (A / l) + S^k (A / l), as l' makes c ⊗ l' zero, c' the
multiples of l, and r' those of l in w.

On B the kernel consists of the s in A / l, and the image is T_0 = c ⊗ l S^k A + l r (C^m ⊗ A), of
dimension d - a + 1.  At (c ⊗ l + ε Λ, l r + ε w) the element (r s, c ⊗ s) of the kernel becomes
r s L - q c ⊗ s = ε (r s Λ - c ⊗ w s), up to ε^2.  This is not in T_0 for s not zero in A / l.  For
if w is not zero in S^k (A / l), nor is w s in S^(k + 1) (A / l), the part in c modulo l.  And if it
is, Λ is not, and some r s v in another part is in l r A only if s v is a multiple of l.  So on the
blow-up Y of X in B, where it is divided by ε, tangent spaces have limits of dimension d.

The fixed points of the torus of diagonal matrices on X are pairs of c_i ⊗ x, for a coordinate x,
and a monomial q.  They are in B if x divides q.  Then there is one on Y for each of the c_j ⊗ y, j
≠ i, y ≠ x, and of the monomials w without x.  Let ν be its weight, that of c_j y / (c_i x), or of w
/ q.  Instead of another one, ν', it has the weight ν' - ν.  For s = y ≠ x the limit has the weight
of ν c_i q y.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement
from math import comb
from typing import Any

from neuroalg_sage.certificates.distance.limits_of_tangents import FixedPoint, polar_degrees
from neuroalg_sage.certificates.equations.degree_of_products import check_composition
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, integer, integers, items, require

MOST_POINTS, LARGEST_DEGREE = 10_000, 50


def fixed_points(a: int, k: int, m: int) -> Iterator[FixedPoint]:
    """
    The fixed points of Y.

    EXAMPLES: Plane cubics with a line, the dual variety of the chords of the Veronese surface of
    cubics; pairs of binary quadrics with a common zero, that of the products c l^2::

        >>> polar_degrees(fixed_points(3, 2, 1), 8)
        [21, 60, 75, 48, 15, 0, 0, 0]
        >>> polar_degrees(fixed_points(2, 1, 2), 5)
        [4, 6, 4, 0, 0]
    """
    base = 4 * (k + 2)
    inputs, outputs = [base**i for i in range(a)], [base**(a + i) for i in range(m)]
    monomials = list(combinations_with_replacement(inputs, k))
    for c in outputs:
        for x in inputs:
            for q in monomials:
                line = c + x + sum(q)
                tangents = [o + y - c - x for o in outputs for y in inputs if (o, y) != (c, x)]
                tangents += [sum(w) - sum(q) for w in monomials if w != q]
                functions = {c + x + sum(w) for w in monomials} | {
                    o + y + sum(q) for o in outputs for y in inputs}
                if x not in q:
                    yield FixedPoint(line, tangents, [*functions])
                    continue
                normal = [o + y - c - x for o in outputs for y in inputs if o != c and y != x]
                normal += [sum(w) - sum(q) for w in monomials if x not in w]
                left = list(tangents)
                for t in normal:
                    left.remove(t)
                for t in normal:
                    yield FixedPoint(line, [*left, t, *(s - t for s in normal if s != t)],
                                     [*functions, *(line - x + t + y for y in inputs if y != x)])


def check_linear_multiples(model: Model, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees of M."""
    psi, count = check_composition(model, evidence)
    form, linear, k = fields(evidence, "form", "linear", "degree")
    k = integer(k, 1, LARGEST_DEGREE, "degree")
    form = integers(form, 0, count - 1, "coefficient")
    linear = [integers(row, 0, count - 1, "coefficient") for row in items(linear, "linear forms")]
    m, a = len(linear), len(linear[0]) if linear else 0
    require(a > 1 and (m > 1 or (a > 2 and k > 1)) and all(len(row) == a for row in linear)
            and len(form) == comb(a + k - 1, k) and sorted([*form, *(v for row in linear
                                                                     for v in row)])
            == list(range(count)), "The coefficients are not those of a form and linear forms.")
    require((a * m * len(form)) * (a * m + len(form)) <= MOST_POINTS,
            "There are too many fixed points.")
    y = psi[0].context().gens()
    place = {e: y[v] for e, v in zip(combinations_with_replacement(range(a), k), form)}
    products = set()
    for row in linear:
        coefficients: dict[tuple[int, ...], Any] = {}
        for i, v in enumerate(row):
            for e, q in place.items():
                to = tuple(sorted((*e, i)))
                coefficients[to] = coefficients.get(to, 0) + y[v] * q
        products |= {str(g) for g in coefficients.values()}
    require({str(g) for g in psi if g} == products, "φ is not all multiples of a form.")
    dimension = len(form) + m * a - 1
    require(dimension < model.ambient_dimension, "M is dense.")
    return polar_degrees(fixed_points(a, k, m), dimension), (
        ["φ is all products of a form with linear forms", "residues of the conormal variety"], [])
