"""
Polar degrees and ED degrees that follow from what the neurovariety is.

Let d = dim M in V of dimension n.  The polar degree p_j is the number of points of the conormal
variety of the projective variety M, of dimension n - 2, that d - 1 - j generic hyperplanes of
P(V) and n - d - 1 + j of the dual space have in common.  The ED degree of a cone for a generic
quadratic form is their sum: J. Draisma, E. Horobeț, G. Ottaviani, B. Sturmfels, R. Thomas, The
Euclidean distance degree of an algebraic variety, Found. Comput. Math. 16 (2016), Theorem 5.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product
from math import comb, prod
from typing import Any

from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese
from neuroalg_sage.certificates.equations.formulas import CONVOLUTIONAL, LARGEST_FORMAT, convolution
from neuroalg_sage.certificates.equations.minors import generic_matrix
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, MalformedCertificate, member, require

HOLME = "theorem: Holme (1988)"
ZHANG = "theorem: Zhang (2018)"
NIE_RANESTAD_STURMFELS = "theorem: Nie, Ranestad, Sturmfels (2010)"
ECKART_YOUNG = "theorem: Eckart, Young (1936)"
FRIEDLAND_OTTAVIANI = "theorem: Friedland, Ottaviani (2014)"
MOST_FIXED_POINTS = 20_000


def segre(weights: Sequence[int], degree: int) -> list[int]:
    """The Segre classes up to a degree, 1 / Π (1 + w), of a sum of characters of a torus."""
    series = [1, *[0] * degree]
    for w in weights:
        for k in range(1, degree + 1):
            series[k] -= w * series[k - 1]
    return series


def determinantal(m: int, n: int | None, r: int) -> list[int]:
    """
    The polar degrees of the m × n matrices of rank at most r; of the symmetric ones without n.

    The conormal variety is the birational image of the product of the projective bundles of
    E = S ⊗ R and F = S^⊥ ⊗ R^⊥ over G = Gr(r, m) × Gr(r, n), the points of which are (S, R); or of
    the symmetric squares of S and S^⊥ over Gr(r, m).  So p_j is the integral over G of
    s_(dim G - j)(E) s_j(F), a sum over the fixed points of a torus by Bott's formula.
    """
    fixed = comb(m, r) * (1 if n is None else comb(n, r))
    require(0 < r < (m if n is None else min(m, n)) and fixed <= MOST_FIXED_POINTS,
            "The rank is not bounded, or the Grassmannian is too large.")
    x, y = [3**i for i in range(m)], [3 ** (m + i) for i in range(n or 0)]
    size = r * (m - r) + (r * (n - r) if n else 0)
    total = [Fraction(0)] * (size + 1)
    for a, b in product(combinations(x, r), [()] if n is None else combinations(y, r)):
        a_, b_ = [v for v in x if v not in a], [v for v in y if v not in b]
        if n is None:
            first = [sum(p) for p in combinations_with_replacement(a, 2)]
            second = [-sum(p) for p in combinations_with_replacement(a_, 2)]
        else:
            first, second = [s + t for s in a for t in b], [-s - t for s in a_ for t in b_]
        euler = prod(t - s for s in a for t in a_) * prod(t - s for s in b for t in b_)
        e, f = segre(first, size), segre(second, size)
        for j in range(size + 1):
            total[j] += Fraction(e[size - j] * f[j], euler)
    return [int(p) for p in total] + [0] * ((comb(r + 1, 2) if n is None else r * r) - 1)


def rank_one_approximations(outputs: int, inputs: int, d: int) -> int:
    """
    The number of critical rank-one approximations of a generic tensor in C^outputs ⊗ S^d C^inputs.

    S. Friedland, G. Ottaviani, Found. Comput. Math. 14 (2014), Theorem 12: the coefficient of
    s^(outputs - 1) t^(inputs - 1) in Σ_a (d t)^a s^(outputs - 1 - a) times
    Σ_b (s + (d - 1) t)^b t^(inputs - 1 - b).
    """
    return sum(d**a * comb(b, a) * (d - 1) ** (b - a)
               for a in range(outputs) for b in range(a, inputs))


def check_formula(model: Model, metric: Any, evidence: Any) -> tuple[list[int], Checked]:
    """
    The numbers whose sum is the ED degree; the polar degrees if the metric is generic.
    """
    formula = member(evidence, "formula")
    generic = metric == "generic"
    if formula == "generic matrices":
        m, n, r, others = generic_matrix(model, evidence)
        verified = [f"the neurovariety is all matrices of rank at most {r}"]
        if not generic:
            # The form is Σ_j w_j |column j|^2, w_j > 0, and a sum of squares of the others.
            require(metric in ("unit", "bombieri"), "The theorem is on other metrics.")
            return [comb(min(m, n), r)], (verified, [ECKART_YOUNG])
        require(not others, "The theorem is on matrices alone.")
        return determinantal(m, n, r), (verified, [ZHANG])
    if formula == "convolutions":
        require(generic, "The theorem is on generic metrics.")
        sizes, r = convolution(model)
        powers = [r ** (len(sizes) - 1 - j) for j in range(len(sizes))]
        return segre_veronese(sizes, powers), (
            ["the model is a convolutional network with a power as activation"], [CONVOLUTIONAL])
    m, r, outputs, d = power_sum(model)
    require(m + outputs <= LARGEST_FORMAT, "The model is too wide for the formula.")
    require(generic or metric == "bombieri", "The theorem is on other metrics.")
    if formula == "symmetric matrices":
        require(outputs == 1 and d == 2 and r < m, "The theorem is on other models.")
        verified = [f"the neurovariety is all symmetric matrices of rank at most {r}"]
        # Of a generic symmetric matrix the critical points are the truncations of its
        # decomposition by eigenvectors, by the theorem on all matrices.
        return ((determinantal(m, None, r), (verified, [NIE_RANESTAD_STURMFELS]))
                if generic else ([comb(m, r)], (verified, [ECKART_YOUNG])))
    if formula == "Segre-Veronese":
        require(r == 1, "The theorem is on one summand.")
        verified = ["the neurovariety is a Segre-Veronese variety"]
        return ((segre_veronese([outputs, m], [1, d]), (verified, [HOLME])) if generic else
                ([rank_one_approximations(outputs, m, d)], (verified, [FRIEDLAND_OTTAVIANI])))
    raise MalformedCertificate("The formula is not known.")
