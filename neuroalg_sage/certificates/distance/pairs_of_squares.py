"""
Polar degrees of networks of two units with squares, and several outputs.

Let M be the closure of the c_1 l_1^2 + c_2 l_2^2, l_i linear forms in a ≥ 2 variables and c_i in
C^m, m ≥ 2, so M lies in C^m ⊗ S^2 A for A = C^a. Where the summands of a generic point of M come
together, so do their tangent spaces; but the span W of the two forms, the span P of their squares,
and that of the coefficients, U, remain. Let Y' be the variety of all

    W ⊂ A,  P ⊂ S^2 W,  U ⊂ C^m,  all of dimension 2, and  a line s in U ⊗ P,

a bundle over a product of Grassmannians, smooth, of dimension 2 (a - 2) + 2 + 2 (m - 2) + 3. A
generic P contains two squares, which span it. So s is a point of M, generic ones occur, and from
these U and P are recovered as their images, and W from P: f: Y' → P(V), s ↦ s, is birational onto
the projectivization of M.

**Tangent spaces.** At generic points s moves in C^m ⊗ P, P in S^2 W, which gives U ⊗ S^2 W, and W
in A: for a linear form η on W and b in A/W that gives the contraction of s by η times b. So the
tangent space is T_0 = C^m ⊗ P + U ⊗ S^2 W, of dimension 2 m + 2 for all points of Y', plus the
image of W^* ⊗ A/W → U ⊗ W ⊗ A/W by the contraction W^* → U ⊗ W. For a = 2 there is nothing to add.
Else the contraction is injective unless s = u l^2 for some l in W. Let B be the set of these
points, and Y the blow-up of Y' in B. B is smooth, of codimension 2, and the image has a limit on Y,
if so it is near the fixed points of the torus of diagonal matrices, as both fail on closed sets.

**Fixed points.** W is spanned by coordinates x, y of A, P by two of x^2, x y, y^2, U by two vectors
of the basis, and s = u p is a product of such. If p = x y the contractions u x and u y are
independent. Let p = x^2, U be spanned by u and u'.

(1) P = <x^2, x y>. Nearby are P = <x^2 + α y^2, x y + β y^2> and s = (u + b u') (x^2 + α y^2) + (a
    u + c u') (x y + β y^2). With δ = α + a β - a^2/4 and κ = c - a b, s is on B exactly if δ = κ =
    0: then it is (u + b u') (x + a y/2)^2. The contraction by d/dx is 2 u x + ..., the dots are 0
    at the fixed point, and that by d/dy less a/2 times it is 2 δ (u + b u') y + κ u' (x + (2 β -
    a/2) y).
(2) P = <x^2, y^2>. Nearby are P = <x^2 + α x y, y^2 + β x y> and s = (u + b u') (x^2 + α x y) + (a
    u + c u') (y^2 + β x y). With λ = (α + a β)/2, δ = a - λ^2 and κ = c - a b, s is on B exactly if
    δ = κ = 0: then it is (u + b u') (x + λ y)^2. The contraction by d/dx is 2 u x + ..., and that
    by d/dy less λ times it is 2 δ (u + b u') y + κ u' (β x + (2 - λ β) y).

So B is smooth there, and on the blow-up, where (δ, κ) = e (δ', κ'), the second contraction divided
by e has a limit that is independent of u x: at the two fixed points over s, which are δ' = 0 and κ'
= 0, it is u y, or u' x in (1) and u' y in (2). The normal space of B has the weights ν of δ and κ:
those of α and c in (1), of a and c in (2). The blow-up has at the fixed point for one of them, ν,
instead of ν and ν' the weights ν and ν' - ν; and the limit has the weight of s, of d/dy, and ν.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement, product
from typing import Any

from neuroalg_sage.certificates.distance.limits_of_tangents import FixedPoint, polar_degrees
from neuroalg_sage.certificates.equations.sums_of_points import Sum, check_sum
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, require

MOST_POINTS = 100_000


def fixed_points(a: int, m: int) -> Iterator[FixedPoint]:
    """
    The fixed points of Y.

    EXAMPLES: The 3 × 3 matrices of rank 2, as triples of binary quadrics::

        >>> polar_degrees(fixed_points(2, 3), 8)
        [3, 6, 12, 12, 6, 0, 0, 0]
    """
    inputs, outputs = [17**k for k in range(a)], [17**(a + k) for k in range(m)]
    for (x, y), (p, q), (u, v) in product(combinations(inputs, 2), combinations(range(3), 2),
                                          combinations(outputs, 2)):
        quadrics = [2 * x, x + y, 2 * y]
        (rest,) = (quadrics[k] for k in range(3) if k not in (p, q))
        others = [b for b in inputs if b not in (x, y)]
        moving = [b - c for b in others for c in (x, y)]
        moving += [rest - quadrics[p], rest - quadrics[q]]
        moving += [b - c for b in outputs if b not in (u, v) for c in (u, v)]
        functions = [b + quadrics[k] for b in outputs for k in (p, q)] + [u + rest, v + rest]
        for one, two in ((u, v), (v, u)):
            for k, other in ((p, q), (q, p)):
                line = one + quadrics[k]
                tangents = [*moving, one + quadrics[other] - line, two + quadrics[k] - line,
                            two + quadrics[other] - line]
                if not others or k == 1:
                    yield FixedPoint(line, tangents, functions + [
                        one + c + b for b in others for c in (x, y)])
                    continue
                root, second = (x, y) if k == 0 else (y, x)
                first = rest - quadrics[k] if other == 1 else tangents[-3]
                normal = [first, tangents[-1]]
                for w in normal:
                    left = list(tangents)
                    for t in normal:
                        left.remove(t)
                    yield FixedPoint(line, [*left, w, sum(normal) - 2 * w], functions + [
                        c + b for b in others for c in (one + root, line - second + w)])


def check_pairs_of_squares(model: Model, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees of M."""
    found: Sum = check_sum(model, evidence)
    require(len(found.summands) == 2 and found.has_coefficients and len(found.sizes) == 2
            and found.degrees == (1, 2), "φ is no sum of two multiples of squares.")
    m, a = found.sizes
    squares = {tuple(int(k == i) + int(k == j) for k in range(a))
               for i, j in combinations_with_replacement(range(a), 2)}
    terms = {term[0] for term in found.psi if term}
    require(a > 1 and m > 1 and terms == {(*(int(k == c) for k in range(m)), *e)
                                          for c in range(m) for e in squares},
            "φ is not all multiples of squares.")
    require(a**2 * m**2 * 6 <= MOST_POINTS, "There are too many fixed points.")
    require(found.dimension < model.ambient_dimension, "M is dense.")
    return polar_degrees(fixed_points(a, m), found.dimension), (
        ["φ is a sum of two multiples of squares of linear forms",
         "residues of the conormal variety"], [])
