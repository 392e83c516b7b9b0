"""
Whether a function is in M over the real numbers: by a description of M, or by its real rank.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.coordinates import function
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    items,
    member,
    polynomial_ring,
    require,
)


def check_real_membership(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify [function, whether it is in M].

    A description of M, verified as such, holds at the function or does not; or M is the binary
    forms whose real rank is at most k, and bounds for that of the function are on one side of k.
    """
    data, answer = items(value, "claim", 2)
    f = function(model, data)
    require(isinstance(answer, bool), "The claim about membership is not known.")
    if member(evidence, "argument") == "real rank":
        from neuroalg_sage.certificates.real.real_rank import binary_forms, real_rank

        units, _ = binary_forms(model)
        low, high = real_rank(f, evidence)
        require(high <= units if answer else low > units, "The real rank does not decide it.")
        return ["the real rank of the function"], []
    from neuroalg_sage.certificates.real.description import check_description
    from neuroalg_sage.certificates.real.formulas import formula, holds

    stated, proof = fields(evidence, "formula", "description")
    verified, trust = check_description(model, stated, proof)
    require(holds(formula(stated, polynomial_ring(model.ambient_dimension)), f) is answer,
            "The description says otherwise.")
    holding = "holds" if answer else "does not hold"
    return [*verified, f"the formula {holding} at the function"], trust
