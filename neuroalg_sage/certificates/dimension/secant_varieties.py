"""
Known varieties that contain M: what bounds its dimension, whatever the point.
"""

from __future__ import annotations

from math import comb

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require

ALEXANDER_HIRSCHOWITZ = "theorem: Alexander, Hirschowitz (1995)"


def secant_dimension(model: Model) -> int:
    """
    The dimension of M by the theorem of Alexander and Hirschowitz, if M is the affine cone
    over the k-th secant variety of a Veronese variety: f_w(x) = Σ_i b_i (Σ_j a_ij x_j)^d.

    J. Alexander, A. Hirschowitz, Polynomial interpolation in several variables, J. Algebraic
    Geom. 4 (1995): the dimension is min(k m, C(m + d - 1, d)) in m variables, for d ≥ 3, but
    for (m, d, k) = (3, 4, 5), (4, 4, 9), (5, 4, 14), (5, 3, 7), where it is one less; for
    d = 2 it is that of the symmetric matrices of rank at most k.
    """
    from neuroalg_sage.certificates.dimension.power_sums import power_sum

    m, k, outputs, d = power_sum(model)
    require(outputs == 1, "The theorem is on networks with one output.")
    if d == 2:
        return m * min(k, m) - comb(min(k, m), 2)
    exceptional = (m, d, k) in ((3, 4, 5), (4, 4, 9), (5, 4, 14), (5, 3, 7))
    return min(k * m, comb(m + d - 1, d)) - exceptional


def bound_by_known_variety(model: Model, kind: str) -> tuple[int, str, list[str]]:
    """The dimension of the variety, by what, and whom that trusts."""
    if kind == "flattening":
        from neuroalg_sage.certificates.dimension.known_varieties import determinantal_dimension

        return determinantal_dimension(model), "the rank of the output flattening bounds it", []
    if kind == "quadratic forms":
        from neuroalg_sage.certificates.dimension.matrices import quadratic_dimension

        return quadratic_dimension(model), "the rank of symmetric matrices bounds it from above", []
    return (secant_dimension(model), "the hypotheses of the theorem that bounds it from above",
            [ALEXANDER_HIRSCHOWITZ])
