"""
Polar degrees of secant varieties: sums of r points of a Segre-Veronese variety.

Let H, L and S be as in :mod:`neuroalg_sage.certificates.equations.sums_of_points`, without
coefficients or with one, and let a generic sum have unique summands.  Let E be the bundle on H with
fibers H^0(L ⊗ O/I_Z^2).

(1) **E is a bundle of rank r (n + 1)** if O/I^2 has that dimension at each fixed point: it has at
    r different points, and where it is larger is closed and stable under the torus.
(2) **The monomials g span H^0(L ⊗ O/I_Z^2) for all Z** if they do for the fixed ones, as there.

A linear form on V is a form on X, a combination of the g.  At r different points the tangent space
of M at a generic sum is spanned by those of the cone over X; so the linear forms that vanish on it
are the kernel of V^* → E, which by (2) is a bundle K.  So the conormal variety of M is the image of
the product of P(S) and P(K) over H, which has its dimension n_V - 2; birationally, since a generic
sum determines Z.  So the polar degree p_j is the integral over H of s_(rn - j)(S) s_j(K), where
s(S) = 1/c(S) and s(K) = c(E): the sum of h_(rn - j)(ℓ) e_j(ε) / Π t over the fixed points, with the
weights ε of E, elementary symmetric polynomials e, and all else as there.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.equations.sums_of_points import (
    UNIQUE,
    Exponents,
    Sum,
    Torus,
    check_sum,
    complete_symmetric,
    corners,
    require_unique,
    step,
    sums_are_a_morphism,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, require


def square(staircase: frozenset[Exponents], n: int) -> set[Exponents]:
    """
    The monomials that are not in the square of the ideal.

    EXAMPLES::

        >>> sorted(square(frozenset([(0,), (1,)]), 1)), len(square(frozenset([(0, 0), (1, 0)]), 2))
        ([(0,), (1,), (2,), (3,)], 6)
    """
    gens = corners(staircase, n)
    products = [tuple(a + b for a, b in zip(u, v)) for u in gens for v in gens]
    found = [(0,) * n]
    seen = set(found)
    for u in found:
        for i in range(n):
            v = step(u, i, 1)
            if v not in seen and not any(all(a >= b for a, b in zip(v, g)) for g in products):
                seen.add(v)
                found.append(v)
    return seen


def polar_degrees(found: Sum) -> list[int]:
    """
    The polar degrees of the sums.

    EXAMPLES: The symmetric 3 × 3 Hankel matrices of rank at most two::

        >>> summands = [[[0, 1]], [[2, 3]]]
        >>> polar_degrees(Sum(summands, [((4 - k, k), fmpq(1)) for k in range(5)], (4,), False))
        [3, 6, 4, 0]
    """
    require(found.coefficients == 1, "The sums have several coefficients.")
    torus = Torus(found)
    r, n = torus.length, torus.n
    top = r * n
    total = [fmpq(0)] * (top + 1)
    squares: dict[frozenset[Exponents], set[Exponents]] = {}
    for scheme, denominator in torus.fixed_points():
        for _, staircase in scheme:
            if staircase not in squares:
                squares[staircase] = square(staircase, n)
                require(len(squares[staircase]) == len(staircase) * (n + 1),
                        "Tangent spaces at points that come together have no limit.")
        torus.work.spend(r * (n + 2) * top)
        complete = complete_symmetric(torus.values(scheme), top)
        elementary = [1, *[0] * top]
        for value in torus.values([(p, squares[staircase]) for p, staircase in scheme]):
            for k in range(top, 0, -1):
                elementary[k] += value * elementary[k - 1]
        for j in range(top + 1):
            total[j] += fmpq(complete[top - j] * elementary[j], denominator)
    require(all(p.q == 1 and p >= 0 for p in total), "The residues are no numbers of points.")
    return [int(p.p) for p in total] + [0] * (r - 1)


def check_polar_degrees_of_sums(model: Model, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees of M."""
    found = check_sum(model, evidence)
    require(found.dimension < model.ambient_dimension, "M is dense.")
    _, verified = sums_are_a_morphism(found)
    require_unique(found, evidence)
    return polar_degrees(found), ([*verified[:2], UNIQUE, "residues of the conormal variety"], [])
