"""
Whether a generic function determines its parameters, and the generic fiber.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, integer, integers, member, require


def check_finitely_identifiable(model: Model, value: Any, evidence: Any) -> Checked:
    """Whether the generic fiber has the dimension of the orbits of affine-linear symmetries."""
    from neuroalg_sage.certificates.dimension.affine_symmetries import LISTED, orbit_dimension

    dimension, proof, trial, symmetries = fields(evidence, "dimension", "dimension_evidence",
                                                 "trial", "symmetries")
    verified, trust = check_dimension(model, dimension, proof)
    low, high, complete, orbits = orbit_dimension(model, symmetries, trial)
    if value:
        require(model.parameters - low == dimension, "The orbits are smaller than the fibers.")
    else:
        require(model.parameters - high > dimension, "The orbits may be as large as the fibers.")
    return [*verified, orbits], trust + [LISTED] * (not value and not complete)


def check_fiber(model: Model, value: Any, evidence: Any, status: str,
                stated_error: Any = None) -> Checked:
    """Verify [dimension] of the generic fiber, or [dimension, points, symmetries]."""
    if len(value) > 1:
        from neuroalg_sage.certificates.dimension.generic_fiber import check_generic_fiber

        require(status == "proved", "The points of a generic fiber are proved.")
        return check_generic_fiber(model, value, evidence)
    dimension = integer(member(evidence, "dimension"), 0, model.parameters, "dimension")
    integers(value, 0, model.parameters, "dimension of a fiber")
    require(value == [model.parameters - dimension], "The dimension of the fiber is false.")
    return check_dimension(model, dimension, evidence, status, stated_error)


def check_identifiable(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify whether the generic fiber is one orbit of the known symmetries."""
    if "fiber" not in evidence:
        require(value is False, "What is identifiable has a known generic fiber.")
        return check_finitely_identifiable(model, value, evidence)
    from neuroalg_sage.certificates.dimension.generic_fiber import check_generic_fiber

    fiber = member(evidence, "fiber")
    checked = check_generic_fiber(model, fiber, evidence)
    require(value is (fiber[1] == fiber[2]), "The claim about identifiability is false.")
    return checked
