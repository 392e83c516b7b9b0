"""
Degrees by the fixed points of a torus.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import MalformedCertificate, member


def degree_by_fixed_points(model: Model, evidence: Any) -> tuple[int, list[str]]:
    """The degree of M, and what was verified; nothing is trusted."""
    kind = member(evidence, "fixed_points")
    if kind == "product":
        from neuroalg_sage.certificates.equations.degree_of_products import check_degree_of_product

        degree, sheets, name = check_degree_of_product(model, evidence)
        return degree, [f"the projectivization is the image of {name}, {sheets} to 1"]
    if kind == "product of matrices":
        from neuroalg_sage.certificates.equations.products_of_matrices import (
            check_product_of_matrices,
        )

        degree, name = check_product_of_matrices(model, evidence)
        return degree, [f"the projectivization is the image of {name}, one to one"]
    if kind == "sums of points":
        from neuroalg_sage.certificates.equations.sums_of_points import degree_of_sums

        return degree_of_sums(model, evidence)
    if kind == "sums on a toric variety":
        from neuroalg_sage.certificates.equations.sums_on_toric_varieties import (
            degree_of_toric_sums,
        )

        return degree_of_toric_sums(model, evidence)
    if kind == "pairs of products":
        from neuroalg_sage.certificates.equations.pairs_of_products import (
            degree_of_pairs_of_products,
        )

        return degree_of_pairs_of_products(model, evidence)
    if kind == "pencils":
        from neuroalg_sage.certificates.equations.towers_of_pencils import degree_of_tower

        return degree_of_tower(model)
    raise MalformedCertificate("The kind of fixed points is not known.")
