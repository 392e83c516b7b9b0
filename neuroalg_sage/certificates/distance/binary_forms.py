"""
Polar degrees of binary forms that are sums of few powers, and of Hankel matrices of bounded rank.
"""

from __future__ import annotations

from math import comb
from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, member, require


def binary_forms(r: int, d: int) -> list[int]:
    """
    The polar degrees of the closure of the sums of r powers of degree d of linear forms in two
    variables, 2 r ≤ d.

    A generic f is a sum of powers of unique lines, the roots of a form h of degree r; it is one
    of those to which all multiples of h are orthogonal, and the forms that are orthogonal to
    the tangent space are the multiples of h^2.  So the conormal variety is the birational image of
    the product of the projective bundles over P^r, the space of all h, of E and of F =
    S^(d - 2r) ⊗ O(-2), where E is the kernel of a map from the trivial bundle of rank d + 1 onto
    (S^(d - r) ⊗ O(-1))^*.  So p_j is the degree of s_(r-j)(E) s_j(F), and s(E) =
    (1 + H)^(d - r + 1), s(F) = (1 - 2H)^-(d - 2r + 1).
    """
    return [comb(d - r + 1, r - j) * 2**j * comb(d - 2 * r + j, j) for j in range(r + 1)] + [
        0] * (r - 1)


def rank_of_binary_forms(model: Model, evidence: Any) -> tuple[int, int, list[str]]:
    """
    Verify that M is the closure of the sums of r powers of degree d in two variables, 2 r ≤ d, in
    linear coordinates; r and d.  Hankel matrices of rank at most r are such: (a^i b^(d - i))_i is a
    power.
    """
    if member(evidence, "formula") == "Hankel matrices":
        from neuroalg_sage.certificates.equations.hankel import check_hankel

        r, length = check_hankel(model, evidence)
        return r, length - 1, [f"the neurovariety is all Hankel matrices of rank at most {r}"]
    from neuroalg_sage.certificates.dimension.power_sums import power_sum

    m, r, outputs, d = power_sum(model)
    require(m == 2 and outputs == 1 and 2 * r <= d, "The theorem is on few powers in two inputs.")
    return r, d, [f"the neurovariety is that of sums of {r} powers in two variables"]


def check_binary_forms(model: Model, metric: Any, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees, for a generic metric."""
    require(metric == "generic", "The formula is for generic metrics.")
    r, d, verified = rank_of_binary_forms(model, evidence)
    return binary_forms(r, d), (verified, [])
