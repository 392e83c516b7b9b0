"""
Singular loci of the varieties of matrices of bounded rank, by theorems.
"""

from __future__ import annotations

from math import comb
from typing import Any

from neuroalg_sage.certificates.formulas import CONCA_HERZOG, determinantal_numerator
from neuroalg_sage.certificates.minors import generic_matrix
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import items, require

DETERMINANTAL = "theorem: Arbarello, Cornalba, Griffiths, Harris (1985)"


def check_bounded_rank(model: Model, value: Any, evidence: Any) -> tuple[list[str], list[str]]:
    """
    Verify that M is all m × n matrices of rank at most r, times an affine space of dimension a.

    E. Arbarello, M. Cornalba, P. Griffiths, J. Harris, Geometry of Algebraic Curves I (1985),
    Chapter II: for 0 < r < min(m, n) they are singular exactly where the rank is less than r; at
    a matrix of rank k the tangent cone is the cone over the (m - k) × (n - k) matrices of rank at
    most r - k.  For k = r - 1 these are a Segre variety, of degree C(m + n - 2r, m - r).
    """
    m, n, r, a = generic_matrix(model, evidence)
    require(0 < r < min(m, n), "The theorem is on matrices of smaller than full rank.")
    (component,) = items(value, "list of components", 1)
    degree = sum(determinantal_numerator(m, n, r - 1)) if r > 1 else 1
    expected = {"dimension": (r - 1) * (m + n - r + 1) + a, "degree": degree, "rank": r - 1,
                "multiplicity": comb(m + n - 2 * r, m - r)}
    require(component == expected and all(type(v) is int for v in component.values()),
            "The component is not that of the theorem.")
    return ([f"the neurovariety is all matrices of rank at most {r}"],
            [DETERMINANTAL, CONCA_HERZOG])
