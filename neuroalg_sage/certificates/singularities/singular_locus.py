"""
The singular locus: by a theorem with a proof, or by components and an engine's word.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, MalformedCertificate, require


def check_singular_locus(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the components of the singular locus of M."""
    if "theorem" not in evidence:
        from neuroalg_sage.certificates.singularities.singular_components import check_components

        return check_components(model, value, evidence, all_of_it=True)
    if "without" in evidence:
        model = without_skip_connection(model)
    if evidence["theorem"] == "a subspace variety":
        from neuroalg_sage.certificates.singularities.subspace_varieties import (
            check_subspace_variety,
        )

        return check_subspace_variety(model, value, evidence)
    if evidence["theorem"] == "sums of powers of binary forms":
        from neuroalg_sage.certificates.singularities.binary_forms import check_sums_of_powers

        return check_sums_of_powers(model, value, evidence)
    if evidence["theorem"] == "an image of a product":
        from neuroalg_sage.certificates.singularities.images_of_products import (
            check_image_of_product,
        )

        return check_image_of_product(model, value, evidence)
    if evidence["theorem"] == "all products of forms":
        from neuroalg_sage.certificates.singularities.products_of_forms import (
            check_products_of_forms,
        )

        return check_products_of_forms(model, value, evidence)
    if evidence["theorem"] == "sums over two units":
        from neuroalg_sage.certificates.singularities.two_units import check_two_units

        return check_two_units(model, value, evidence)
    if evidence["theorem"] == "sums of few powers":
        from neuroalg_sage.certificates.singularities.few_powers import check_few_powers

        return check_few_powers(model, value, evidence)
    raise MalformedCertificate("The theorem on the singular locus is not known.")


def without_skip_connection(model: Model) -> Model:
    """
    The model g of which this one is x + g_w(x): its M is that of g, moved by a fixed function.

    Both have the same parameters, and the space of functions of this model contains that of g.
    """
    (whole,) = model.description["layers"] if len(model.description["layers"]) == 1 else ({},)
    branches = whole.get("layers", [])
    require(whole.get("kind") == "sum" and set(whole) == {"kind", "layers"} and len(branches) == 2
            and branches[0] == {"kind": "chain", "layers": []},
            "The model is no function beside a skip connection.")
    return Model(model.description | {"layers": [branches[1]]})
