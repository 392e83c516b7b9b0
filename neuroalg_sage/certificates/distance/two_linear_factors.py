"""
Polar degrees of products of powers of two linear forms, with several outputs.

Let M consist of the c ⊗ v^p w^q for linear forms v, w in a ≥ 2 variables, c in C^m, and p, q ≥ 1
that differ; or of the v^p w^q, so that m = 1. Where v and w come together, so do tangent spaces;
but the space N ∋ v, w remains. Let Y be the variety of all

    N ⊂ A = C^a of dimension 2,  lines v, w in N,  and  a line c in C^m,

a bundle over a Grassmannian and P^(m - 1), smooth, of dimension 2 (a - 2) + 2 + m - 1. A product of
forms is not zero, so that c ⊗ v^p w^q is a morphism from Y to P(V); and birational onto its image,
since p ≠ q, so that generic v and w are known by their multiplicities. Where v and w differ, v^p
and w^q move in

    v^(p - 1) w^(q - 1) (p v' w + q v w'), for all v', w' in A: these are v^(p - 1) w^(q - 1) N A.

So the tangent space of M is c ⊗ v^(p - 1) w^(q - 1) N A + C^m ⊗ v^p w^q. N A has the dimension 3 +
2 (a - 2) for all N, and v w is in it; so this is a bundle on all of Y, of rank 2 a - 2 + m = dim Y
+ 1.

The fixed points of the torus of diagonal matrices are those where N is spanned by two coordinates
of A, v and w are such, and c is one of C^m.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

from neuroalg_sage.certificates.distance.limits_of_tangents import FixedPoint, polar_degrees
from neuroalg_sage.certificates.equations.linear_factors import coefficients, monic
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, integer, integers, items, require

MOST_POINTS, LARGEST_POWER = 100_000, 50


def fixed_points(a: int, m: int, p: int, q: int) -> Iterator[FixedPoint]:
    """
    The fixed points of Y.

    EXAMPLES: The tangents of a twisted cubic::

        >>> polar_degrees(fixed_points(2, 1, 1, 2), 3)
        [4, 3, 0]
    """
    base = 4 * (p + q)
    inputs, outputs = [base**k for k in range(a)], [base**(a + k) for k in range(m)]
    for (x, y), c in product(combinations(inputs, 2), outputs):
        others = [b for b in inputs if b not in (x, y)]
        for v, w in product((x, y), repeat=2):
            line, rest = c + p * v + q * w, c + (p - 1) * v + (q - 1) * w
            yield FixedPoint(
                line,
                [*(b - k for b in others for k in (x, y)), x + y - 2 * v, x + y - 2 * w,
                 *(b - c for b in outputs if b != c)],
                [*(rest + k for k in (2 * x, x + y, 2 * y)),
                 *(rest + k + b for b in others for k in (x, y)),
                 *(line - c + b for b in outputs if b != c)])


def check_two_linear_factors(model: Model, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees of M."""
    blocks, powers = fields(evidence, "blocks", "powers")
    c, v, w = (integers(block, 0, model.parameters - 1, "parameter") for block in items(
        blocks, "blocks", 3))
    p, q = (integer(k, 1, LARGEST_POWER, "power") for k in items(powers, "powers", 2))
    a, m = len(v), len(c) or 1
    require(a > 1 and len(w) == a and p != q and sorted([*c, *v, *w]) == list(range(
        model.parameters)), "The blocks of parameters are not those of two linear factors.")
    require(2 * (a * (a - 1) * m)**2 <= MOST_POINTS, "There are too many fixed points.")
    phi = model.parametrization
    ring = phi[0].context()
    multiples = [ring.gens()[k] for k in c] or [ring.constant(1)]
    require({monic(f) for f in phi if f} == {
        monic(k * g) for k in multiples for g in coefficients(ring, [v, w], [p, q])},
        "φ is not all multiples of the products.")
    dimension = 2 * a - 2 + m
    require(dimension < model.ambient_dimension, "M is dense.")
    return polar_degrees(fixed_points(a, m, p, q), dimension), (
        [f"φ is all multiples of v^{p} w^{q} for linear forms v and w",
         "residues of the conormal variety"], [])
