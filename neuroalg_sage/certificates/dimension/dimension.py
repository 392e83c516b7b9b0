"""
Dimensions: a rank modulo a prime from below; symmetries, equations or a theorem from above.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    integers,
    items,
    member,
    require,
)

RANDOM = "the trials are random"


def upper_bound(model: Model, evidence: Any, trial: Any) -> tuple[int, str, list[str]]:
    """The upper bound for dim M that the evidence proves, by what, and whom it trusts."""
    kind = member(evidence, "kind")
    if kind == "ambient":
        return model.ambient_dimension, "the ambient dimension bounds it from above", []
    if kind == "symmetries":
        from neuroalg_sage.certificates.dimension.linear_symmetries import symmetry_bound

        return symmetry_bound(model, evidence, trial)
    if kind == "rescalings":
        from neuroalg_sage.certificates.dimension.rescalings import rescaled_dimension

        return rescaled_dimension(model), "the rescalings of units bound it from above", []
    if kind == "heads":
        from neuroalg_sage.certificates.dimension.attention_heads import attention_bound

        return attention_bound(model), "changes of keys and queries bound it from above", []
    if kind == "fields":
        from neuroalg_sage.certificates.dimension.kernel_fields import field_bound

        return field_bound(model, evidence, trial)
    if kind == "equations":
        from neuroalg_sage.certificates.dimension.differentials import equation_bound

        return equation_bound(model, evidence, trial)
    if kind in ("flattening", "quadratic forms", "theorem"):
        from neuroalg_sage.certificates.dimension.secant_varieties import bound_by_known_variety

        return bound_by_known_variety(model, kind)
    if kind == "koszul":
        from neuroalg_sage.certificates.dimension.koszul_flattenings import koszul_bound

        return koszul_bound(model, evidence, trial)
    if kind == "relaxation":
        from neuroalg_sage.certificates.dimension.relaxation import relaxed

        bound, why, trust = upper_bound(*relaxed(model, evidence))
        return bound, f"in a larger model, {why}", trust
    if kind == "normal form":
        from neuroalg_sage.certificates.dimension.normal_forms import normalized

        return upper_bound(*normalized(model, evidence, "upper"))
    if kind == "composition":
        from neuroalg_sage.certificates.dimension.compositions import composed, joined

        parts, forms, group = composed(model, evidence)
        return joined([upper_bound(*part) for part in parts] + forms, group)
    raise MalformedCertificate("The upper bound's kind is not known.")


def check_dimension(model: Model, claimed: Any, evidence: Any, status: str = "proved",
                    stated_error: Any = None) -> Checked:
    """Verify a dimension of M, with the status stated; what was verified, whom to trust."""
    trials = items(member(evidence, "trials"), "trials")
    require(trials, "There is no trial.")
    ranks = [sample_rank(model, trial, status == "monte_carlo") for trial in trials]
    lower = max(found for found, _, _ in ranks)
    below = f"a rank modulo a prime bounds the dimension from below by {lower}"
    if status == "monte_carlo":
        from neuroalg_sage.certificates.dimension.error_bound import check_chance

        check_chance(model, claimed, trials, ranks, stated_error)
        return [below, f"{len(trials)} trials agree"], [RANDOM]
    upper, why, trust = upper_bound(model, member(evidence, "upper"), trials[0])
    if status == "bounds":
        require(integers(claimed, 0, 10**12, "bound", 2) == [lower, upper] and lower < upper,
                "The bounds claimed are not those proved.")
    else:
        require(lower == claimed == upper, "The dimension claimed is not proved: it is between "
                f"{lower} and {upper if upper < 10**9 else 'a large number'}.")
    return [below, why], trust


def check_filling(model: Model, value: Any, evidence: Any, status: str,
                  stated_error: Any = None) -> Checked:
    """Verify whether M is dense in V: whether its dimension is that of V."""
    dimension = member(evidence, "dimension")
    checked = check_dimension(model, dimension, evidence, status, stated_error)
    require(value is (dimension == model.ambient_dimension), "The claim about filling is false.")
    return checked
