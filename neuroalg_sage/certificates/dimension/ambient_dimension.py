"""
The dimension of the ambient space.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, require


def check_ambient_dimension(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the dimension of V, the number of monomials that the model's degrees allow."""
    require(value == model.ambient_dimension,
            "The ambient dimension claimed is not that of the model.")
    return ["the count of the allowed monomials"], []
