"""
The defect: by how much the dimension is less than what is expected.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.dimension.expected_dimension import check_expected_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, require


def check_defect(model: Model, value: Any, evidence: Any, status: str,
                 stated_error: Any = None) -> Checked:
    """Verify the expected dimension less that of M."""
    if "simpler" in evidence:
        from neuroalg_sage.certificates.dimension.simpler_models import in_simpler_model

        return in_simpler_model(check_defect, model, value, evidence, status, stated_error)
    expected, dimension, proof = fields(evidence, "expected", "dimension", "dimension_evidence")
    verified, listed = check_expected_dimension(model, expected, evidence)
    more, trust = check_dimension(model, dimension, proof, status, stated_error)
    require(value == expected - dimension, "The defect claimed is not the difference.")
    return verified + more, trust + listed
