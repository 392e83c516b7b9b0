"""
The dimension that is expected by the affine-linear symmetries.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.affine_symmetries import (
    LISTED,
    condensed,
    orbit_dimension,
)
from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, require


def check_expected_dimension(model: Model, value: Any, evidence: Any) -> Checked:
    """
    min(n, N - s), with s the generic dimension of the orbits of the affine-linear symmetries, or,
    if the parameters are too many for a proof that the list is complete, of those listed.  Both
    are those of the condensed model, in which affine-linear layers count as the map that they make.
    """
    if "simpler" in evidence:
        from neuroalg_sage.certificates.dimension.simpler_models import in_simpler_model

        return in_simpler_model(check_expected_dimension, model, value, evidence)
    model = condensed(model)
    trial, symmetries = fields(evidence, "trial", "symmetries")
    low, high, complete, verified = orbit_dimension(model, symmetries, trial)
    n, most = model.ambient_dimension, model.parameters
    # Orbits lie in fibers; where that bound suffices no list is trusted.
    fiber = most - sample_rank(model, trial)[0]
    needed = min(n, most - low) > min(n, most - fiber)
    require(value == min(n, most - low) == min(n, most - (min(high, fiber) if needed else fiber)),
            "The expected dimension is not proved.")
    return [verified], [LISTED] * (needed and not complete)
