"""
Polar degrees of sums of two points of a Segre-Veronese variety with several coefficients.

Let H = Hilb^2(X), L and S be as in :mod:`neuroalg_sage.certificates.equations.sums_of_points`, with
a first block of m ≥ 2 coefficients, let a generic sum have unique summands, and let the monomials g
span H^0(L ⊗ O/I_Z^2) for all Z, as in :mod:`neuroalg_sage.certificates.distance.sums_of_points`. So
S and the bundle with fibers T_Z, the dual of H^0(L ⊗ O/I_Z^2), are subbundles of the dual V_0 of
the space of the g, and f: Y' = P(S ⊗ C^m) → P(V_0 ⊗ C^m) is a morphism, birational onto the
projectivization of M. Let N_Z = T_Z/S_Z, the dual of H^0(L ⊗ I/I^2).

**Tangent spaces.** At s = c_1 g(x_1) + c_2 g(x_2), x_1 ≠ x_2, both c_i not zero, that of M is
spanned by C^m ⊗ S and the c_i ⊗ N_(x_i). Let B be the set of all c ⊗ g(x), with x in Z, and Y the
blow-up of Y' in B. B is smooth, and the tangent spaces have limits on Y, if so it is near the fixed
points of the torus of diagonal matrices, as both fail on closed sets that it maps to themselves.

(1) Z = {p, q}, s = u g(p), with u in a basis of C^m. Nearby are c_1 g(x_1) + c_2 g(x_2) with c_1
    near u, and B is c_2 = 0, of codimension m. On the blow-up, c_2 = e c_2', the limit is spanned
    by C^m ⊗ S, c_1 ⊗ N_(x_1) and c_2' ⊗ N_(x_2). (2) Z is the point p twice, along a coordinate y.
    Nearby are the Z with the equations G_1 = y^2 - σ y - t, G_j = x_j - α_j - β_j y for the other
    local coordinates. An s in S ⊗ C^m is a linear map from O_Z = <1, y> to C^m, and I/I^2 is free
    over O_Z with the basis of the G_i. The tangent space modulo C^m ⊗ S consists of the maps Σ_i
    a_i G_i → s(Σ_i h_i a_i) from I/I^2 to C^m, for h_i in O_Z: for two different points of Z that
    is what is said above. So for each i it is the space of the s(h .), h in O_Z, of dimension 2
    unless s vanishes on an ideal of O_Z.

    If s(1) = 0, s(y) = u, it has the basis 1, y → 0, u and 1, y → u, 0.

    Near s(1) = u, s(y) = 0 let s(1) = v, where the coefficient of u is 1, and s(y) = λ v + ω, where
    that of u in ω is 0. With δ = λ^2 - σ λ - t, s is on B exactly if ω = 0 and δ = 0: then it is v
    times the value at the point y = λ. So B is smooth of codimension m. For h = 1 the map is 1, y →
    v, λ v + ω, and for h = y - λ it is 1, y → ω, (σ - λ) ω - δ v. On the blow-up, (δ, ω) = e (δ',
    ω'), the latter divided by e has a limit, at the fixed points 1, y → 0, -u for ω' = 0, and 1, y
    → u', 0 for δ' = 0 and ω' = u', another one of the basis. It is independent of 1, y → u, 0.

The weights of the normal space of B are those of the c_2, and of t and ω. The blow-up has at the
fixed point for one of them, ν, instead of the others ν' the weights ν' - ν.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from neuroalg_sage.certificates.distance.limits_of_tangents import FixedPoint, polar_degrees
from neuroalg_sage.certificates.distance.sums_of_points import square
from neuroalg_sage.certificates.equations.sums_of_points import (
    UNIQUE,
    Exponents,
    Sum,
    Torus,
    check_sum,
    require_unique,
    sums_are_a_morphism,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, require


def fixed_points(found: Sum) -> Iterator[FixedPoint]:
    """
    The fixed points of Y.

    EXAMPLES: Pairs of binary cubics with an apolar quadric in common::

        >>> from flint import fmpq
        >>> psi = [((1 - c, c, 3 - k, k), fmpq(1)) for c in range(2) for k in range(4)]
        >>> summands = [[[4 * i, 4 * i + 1], [4 * i + 2, 4 * i + 3]] for i in range(2)]
        >>> polar_degrees(fixed_points(Sum(summands, psi, (1, 3), True)), 6)[0]
        6
    """
    torus, m = Torus(found), found.coefficients
    outputs = [torus.weights[-1][-1] * 1000 ** (k + 1) for k in range(m)]

    def value(p: Exponents, u: Exponents) -> int:
        """The weight of a vector of V_0, dual to a monomial."""
        return -torus.values([(p, [u])])[0]

    for scheme, _ in torus.fixed_points():
        squares = [(p, square(staircase, torus.n)) for p, staircase in scheme]
        require(all(len(more) == len(staircase) * (torus.n + 1)
                    for (_, more), (_, staircase) in zip(squares, scheme)),
                "Tangent spaces at points that come together have no limit.")
        torus.values(squares)  # which are spanned
        torus.work.spend(m**2 * (torus.n + m)**2)
        moving = [torus.weight(p, w) for p, staircase in scheme for w in torus.tangents[staircase]]
        points = [(p, u) for p, staircase in scheme for u in sorted(staircase)]
        weights = [value(p, u) for p, u in points]
        common = [w + c for w in weights for c in outputs]
        normals = [[value(p, u) for u in more - staircase]
                   for (p, more), (_, staircase) in zip(squares, scheme)]
        if len(scheme) == 1:
            (p, y) = max(points, key=lambda point: sum(point[1]))
            one = normals[0]
            generators = [w for w in one if w + weights[1] - weights[0] in one]
            multiples = [w for w in one if w not in generators]
            twice = torus.weight(p, tuple(-2 * k for k in y))
        for k, c in enumerate(outputs):
            for i in range(2):
                line = weights[i] + c
                tangents = [*moving, *(w - line for w in common if w != line)]
                if len(scheme) == 1 and i == 1:
                    yield FixedPoint(line, tangents, [*common, *(w + c for w in one)])
                    continue
                blown_up = [(weights[1 - i] + other - line, other) for other in outputs]
                first, second = normals[i:] + normals[:i] if len(scheme) == 2 else (
                    generators, generators)
                if len(scheme) == 1:
                    blown_up[k] = (twice, c)
                for normal, other in blown_up:
                    left = list(tangents)
                    for t, _ in blown_up:
                        left.remove(t)
                    limit = multiples if len(scheme) == 1 and normal == twice else second
                    yield FixedPoint(
                        line, [*left, normal, *(t - normal for t, _ in blown_up if t != normal)],
                        [*common, *(w + c for w in first), *(w + other for w in limit)])


def check_pairs_of_points(model: Model, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees of M."""
    found = check_sum(model, evidence)
    require(len(found.summands) == 2 and found.coefficients > 1,
            "The sums are not of two points with several coefficients.")
    require(found.dimension < model.ambient_dimension, "M is dense.")
    _, verified = sums_are_a_morphism(found)
    require_unique(found, evidence)
    return polar_degrees(fixed_points(found), found.dimension), (
        [*verified[:2], UNIQUE, "residues of the conormal variety"], [])
