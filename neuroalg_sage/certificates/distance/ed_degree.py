"""
ED degrees and polar degrees: where M is dense or a point, by a formula, or by conormal equations.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.distance.polar_sum import LARGEST, SUM
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, integer, integers, items, member, require


def _has_dimension(model: Model, dimension: int, evidence: Any, said: str) -> Checked:
    from neuroalg_sage.certificates.dimension.dimension import check_dimension

    verified, trust = check_dimension(model, dimension, evidence)
    return [*verified, said], trust


def _dense(model: Model, evidence: Any) -> Checked:
    """The image is dense in V, so the target itself is the only critical point."""
    return _has_dimension(model, model.ambient_dimension, member(evidence, "dimension"),
                          "the image is dense")


def _by_formula(model: Model, metric: Any, evidence: Any) -> tuple[list[int], Checked]:
    """Numbers whose sum is the ED degree, the polar degrees if the metric is generic."""
    if "fixed_points" in evidence:
        from neuroalg_sage.certificates.distance.fixed_points import by_fixed_points

        return by_fixed_points(model, metric, evidence)
    if evidence["formula"] == "product":
        from neuroalg_sage.certificates.distance.complements import check_distance

        return check_distance(model, metric, evidence)
    if evidence["formula"] == "double points":
        from neuroalg_sage.certificates.distance.double_points import check_double_points

        return check_double_points(model, metric, evidence)
    if metric != "generic" and "isotropic" in evidence:
        from neuroalg_sage.certificates.distance.isotropic import check_isotropic

        more, _ = check_isotropic(model, metric, evidence)
        numbers, (verified, trust) = _by_formula(model, "generic", evidence)
        return numbers, ([*verified, more[-1]], trust)
    if evidence["formula"] in ("Hankel matrices", "binary forms"):
        from neuroalg_sage.certificates.distance.binary_forms import check_binary_forms

        return check_binary_forms(model, metric, evidence)
    from neuroalg_sage.certificates.distance.distance_formulas import check_formula

    return check_formula(model, metric, evidence)


def check_polar_degrees(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the polar degrees of a cone M."""
    if "basis" in evidence:
        from neuroalg_sage.certificates.distance.conormal import check_conormal

        return check_conormal(model, value, evidence)
    if "fixed_points" in evidence or "formula" in evidence:
        require(evidence.get("formula") != "convolutions", "The theorem is on their sum.")
        degrees, (verified, trust) = _by_formula(model, "generic", evidence)
    else:
        require(model.ambient_dimension > 0, "A point has no polar degrees.")
        degrees = [1] + [0] * (model.ambient_dimension - 1)
        verified, trust = _dense(model, evidence)
    require(integers(value, 0, LARGEST, "polar degrees") == degrees,
            "The polar degrees are not as claimed.")
    return verified, trust


def check_ed_degree(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim [metric, number] about the ED degree of M."""
    if "reduced" in evidence:
        from neuroalg_sage.certificates.distance.reduced import check_reduced

        return check_reduced(model, value, evidence, check_ed_degree)
    if "same_variety" in evidence:
        from neuroalg_sage.certificates.equations.same_variety import check_of_same_variety

        return check_of_same_variety(model, value, evidence, check_ed_degree)
    metric, number = items(value, "claim", 2)
    integer(number, 0, LARGEST, "ED degree")
    if "polar_degrees" in evidence:
        from neuroalg_sage.certificates.distance.conormal import check_conormal

        polar = member(evidence, "polar_degrees")
        verified, trust = check_conormal(model, polar, evidence)
        require(metric == "generic" and number == sum(polar), "The ED degree is not the sum.")
        return verified, trust + [SUM] * (SUM not in trust)
    if "fixed_points" in evidence or "formula" in evidence:
        summands, (verified, trust) = _by_formula(model, metric, evidence)
        require(number == sum(summands), f"The ED degree is {sum(summands)}, not as claimed.")
        is_sum = (metric == "generic" or "isotropic" in evidence) and (
            "fixed_points" in evidence or evidence["formula"] != "convolutions")
        return verified, trust + [SUM] * is_sum
    invertible = metric == "generic"
    if not invertible:
        from neuroalg_sage.certificates.distance.distance_degree import is_invertible

        invertible = is_invertible(model, metric)
    if "point" in evidence:  # with the tangent space zero: critical for all data and forms
        require(number == 1, "The ED degree of a point is 1.")
        return _has_dimension(model, 0, member(evidence, "point"), "the image is a point")
    require(number == 1 and invertible,
            "The ED degree of a space is 1, for a form that is not degenerate.")
    return _dense(model, evidence)
