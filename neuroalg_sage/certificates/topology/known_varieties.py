"""
Euler characteristics of known varieties, by the fixed points of a torus, without equations.

A torus T of diagonal matrices acts on P(V) with isolated fixed points, if its characters in V
differ: the points of coordinates, and V has the fixed point 0.  If M is stable under T, then χ of
the projectivization is the number of the points of coordinates that are in the closure of M, and
that of the cone is 1, by the lemma on fixed points of
:mod:`~neuroalg_sage.certificates.topology.euler_characteristic`.

- Matrices of rank at most r ≥ 1, T the diagonal matrices on both sides, times a torus on an affine
  space of other coordinates: all points of coordinates.
- Symmetric matrices of rank at most r, T the diagonal matrices: E_ii, and E_ij + E_ji if r ≥ 2.
- Sequences z_0, ..., z_(T-1) with Hankel matrices of rank at most n, z_i of weight (1, i): the
  Hankel matrix of size (n + 1) × (T - n) of one coordinate z_i has min(i + 1, T - i, n + 1)
  entries, in different rows and columns, if 2n < T; so the first n and the last n coordinates.
- Images of products of projective spaces.
"""

from __future__ import annotations

from math import comb
from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, MalformedCertificate, member, require


def check_known_variety(model: Model, evidence: Any) -> tuple[int, Checked]:
    """Verify that M is a known variety, a cone; χ of its projectivization."""
    formula = member(evidence, "formula")
    if formula == "generic matrices":
        from neuroalg_sage.certificates.equations.minors import generic_matrix

        m, n, r, others = generic_matrix(model, evidence)
        require(r > 0, "The matrices are zero.")
        return m * n + others, ([f"the neurovariety is all matrices of rank at most {r}"], [])
    if formula == "symmetric matrices":
        from neuroalg_sage.certificates.dimension.power_sums import power_sum

        m, r, outputs, d = power_sum(model)
        require(outputs == 1 and d == 2, "The formula is for quadratic forms.")
        return m + (comb(m, 2) if r > 1 else 0), (
            [f"the neurovariety is all symmetric matrices of rank at most {min(m, r)}"], [])
    if formula == "Hankel matrices":
        from neuroalg_sage.certificates.equations.hankel import check_hankel

        n, _ = check_hankel(model, evidence)
        return 2 * n, ([f"the neurovariety is all Hankel matrices of rank at most {n}"], [])
    if formula == "product":
        from neuroalg_sage.certificates.equations.products_of_spaces import check_product

        found = check_product(model, evidence)
        return found.images, ([f"the projectivization is the image of {found.name}, where a torus "
                               f"has {found.images} fixed points"], [])
    raise MalformedCertificate("The formula is not known.")
