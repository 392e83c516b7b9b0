"""
Polar degrees by the fixed points of a torus, where tangent spaces have limits on a smooth variety.

Let Y be a smooth projective variety, f: Y → P(V) a morphism that is birational onto the
projectivization of M, and a torus act on Y and V so that f is equivariant and the fixed points of Y
are finitely many.  Let d = dim M < n = dim V, so that dim Y = d - 1.  The tangent spaces of M at
f(y), for generic y, are a rational map from Y to a Grassmannian.  **It is a morphism** if it is at
the fixed points: where it is none is closed and stable under the torus.  Then it is a bundle
T ⊂ V of rank d on Y, and the conormal variety of M is the image of P(K), where K ⊂ V^* are the
forms that vanish on T; birationally, since f is.  So with h = c_1(f^* O(1)) the polar degree p_j
is the integral over Y of

    h^(d - 1 - j) s_j(K) = h^(d - 1 - j) c_j(T^*),

as s(K) = 1/c(K) and c(K) c(T^*) = 1.  By Bott's residue formula it is the sum over the fixed points
of (-ℓ)^(d - 1 - j) e_j(-τ) / Π t, with the weights ℓ of the line f(y), τ of T, and t of the
tangent space of Y, and elementary symmetric polynomials e.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flint import fmpq

from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.work import Work

MOST_STEPS = 10**7


class FixedPoint(NamedTuple):
    """
    A fixed point of Y.

    - ``line`` -- the weight of f(y)
    - ``tangents`` -- those of the tangent space of Y
    - ``functions`` -- those of the limit of the tangent spaces of M
    """

    line: int
    tangents: Sequence[int]
    functions: Sequence[int]


def polar_degrees(points: Iterable[FixedPoint], dimension: int) -> list[int]:
    """
    The polar degrees of M.

    EXAMPLES: The conic, with the tangent lines of the cone over it::

        >>> points = [FixedPoint(2 * a, [b - a], [2 * a, a + b]) for a, b in ((1, 3), (3, 1))]
        >>> polar_degrees(points, 2)
        [2, 2]
    """
    work = Work(MOST_STEPS)
    total = [fmpq(0)] * dimension
    for line, tangents, functions in points:
        require(len(tangents) == dimension - 1 and len(functions) == dimension and all(tangents),
                "A torus has other fixed points.")
        work.spend(dimension**2)
        denominator = 1
        for t in tangents:
            denominator *= t
        elementary = [1, *[0] * (dimension - 1)]
        for value in functions:
            for k in range(dimension - 1, 0, -1):
                elementary[k] -= value * elementary[k - 1]
        for j in range(dimension):
            total[j] += fmpq((-line) ** (dimension - 1 - j) * elementary[j], denominator)
    require(all(p.q == 1 and p >= 0 for p in total), "The residues are no numbers of points.")
    return [int(p.p) for p in total]

