"""
Whether a generic function determines its parameters.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, member, require


def check_identifiable(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify whether the generic fiber is one orbit of the known symmetries."""
    if "simpler" in evidence:
        from neuroalg_sage.certificates.dimension.simpler_models import in_simpler_model

        return in_simpler_model(check_identifiable, model, value, evidence)
    if "fiber" not in evidence:
        from neuroalg_sage.certificates.dimension.finite_identifiability import (
            check_finitely_identifiable,
        )

        require(value is False, "What is identifiable has a known generic fiber.")
        return check_finitely_identifiable(model, value, evidence)
    from neuroalg_sage.certificates.dimension.fiber import check_points

    fiber = member(evidence, "fiber")
    checked = check_points(model, fiber, evidence)
    require(value is (fiber[1] == fiber[2]), "The claim about identifiability is false.")
    return checked
