"""
The generic fiber: its dimension alone, or also the number of its points up to symmetries.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, integer, integers, member, require


def check_fiber(model: Model, value: Any, evidence: Any, status: str,
                stated_error: Any = None) -> Checked:
    """Verify [dimension] of the generic fiber, or [dimension, points, symmetries]."""
    if "simpler" in evidence:
        from neuroalg_sage.certificates.dimension.simpler_models import in_simpler_model

        def check(other: Model, value: Any, *more: Any) -> Checked:
            first, *points = integers(value, 0, 10**4000, "number of a generic fiber")
            return check_fiber(other, [first - model.parameters + other.parameters, *points], *more)

        return in_simpler_model(check, model, value, evidence, status, stated_error)
    if len(value) > 1:
        require(status == "proved", "The points of a generic fiber are proved.")
        return check_points(model, value, evidence)
    dimension = integer(member(evidence, "dimension"), 0, model.parameters, "dimension")
    integers(value, 0, model.parameters, "dimension of a fiber")
    require(value == [model.parameters - dimension], "The dimension of the fiber is false.")
    from neuroalg_sage.certificates.dimension.dimension import check_dimension

    return check_dimension(model, dimension, evidence, status, stated_error)


def check_points(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify [dimension, points, symmetries] of the generic fiber."""
    kind = member(evidence, "kind") if "kind" in evidence else "relations"
    if kind == "powers":
        from neuroalg_sage.certificates.dimension.decompositions import check_decompositions

        return check_decompositions(model, value, evidence)
    if kind == "units":
        from neuroalg_sage.certificates.dimension.contact_loci import check_units

        return check_units(model, value, evidence)
    if kind == "attention":
        from neuroalg_sage.certificates.dimension.attention_fibers import check_attention

        return check_attention(model, value, evidence)
    if kind == "heads":
        from neuroalg_sage.certificates.dimension.heads import check_heads

        return check_heads(model, value, evidence)
    if kind == "summands":
        from neuroalg_sage.certificates.dimension.summands import check_summands

        return check_summands(model, value, evidence)
    require(kind == "relations", "The kind of the evidence is not known.")
    from neuroalg_sage.certificates.dimension.generic_fiber import check_generic_fiber

    return check_generic_fiber(model, value, evidence)
