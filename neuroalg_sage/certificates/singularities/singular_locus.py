"""
The singular locus: by a theorem with a proof, or by components and an engine's word.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, MalformedCertificate


def check_singular_locus(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the components of the singular locus of M."""
    if "theorem" not in evidence:
        from neuroalg_sage.certificates.singularities.singular_components import check_components

        return check_components(model, value, evidence, all_of_it=True)
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
    raise MalformedCertificate("The theorem on the singular locus is not known.")
