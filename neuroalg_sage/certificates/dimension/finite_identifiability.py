"""
Whether the generic fiber is finite up to affine-linear symmetries.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.affine_symmetries import LISTED, orbit_dimension
from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, require


def check_finitely_identifiable(model: Model, value: Any, evidence: Any) -> Checked:
    """Whether the generic fiber has the dimension of the orbits of affine-linear symmetries."""
    if "simpler" in evidence:
        from neuroalg_sage.certificates.dimension.simpler_models import in_simpler_model

        return in_simpler_model(check_finitely_identifiable, model, value, evidence)
    dimension, proof, trial, symmetries = fields(evidence, "dimension", "dimension_evidence",
                                                 "trial", "symmetries")
    verified, trust = check_dimension(model, dimension, proof)
    low, high, complete, orbits = orbit_dimension(model, symmetries, trial)
    if value:
        require(model.parameters - low == dimension, "The orbits are smaller than the fibers.")
    else:
        require(model.parameters - high > dimension, "The orbits may be as large as the fibers.")
    return [*verified, orbits], trust + [LISTED] * (not value and not complete)
