"""
The degree, by a formula, by fixed points or from the ideal.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, require


def degree_and_polynomial(model: Model, evidence: Any
                          ) -> tuple[int, list[Fraction] | None, list[str], list[str]]:
    """The degree, the Hilbert polynomial where it is known, what was verified, whom to trust."""
    if "same_variety" in evidence:
        from neuroalg_sage.certificates.equations.same_variety import same_variety

        proof, inner = fields(evidence, "same_variety", "degree")
        other, same, others = same_variety(model, proof)
        degree, polynomial, verified, trust = degree_and_polynomial(other, inner)
        return degree, polynomial, [*same, *verified], [*others, *trust]
    if "fixed_points" in evidence:
        from neuroalg_sage.certificates.equations.fixed_points import degree_by_fixed_points

        degree, verified = degree_by_fixed_points(model, evidence)
        return degree, None, verified, []
    if "flattening" in evidence:
        from neuroalg_sage.certificates.equations.determinants import determinantal_hypersurface
        from neuroalg_sage.certificates.equations.rational_series import hilbert_polynomial

        degree, *_, verified = determinantal_hypersurface(model, evidence)
        polynomial = hilbert_polynomial([1] * degree, model.ambient_dimension - 1)
        return degree, polynomial, verified, []
    if "formula" in evidence:
        from neuroalg_sage.certificates.equations.formulas import check_formula

        return check_formula(model, evidence)
    from neuroalg_sage.certificates.equations.ideal import check_hilbert

    return check_hilbert(model, evidence)[1:]


def check_degree(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the degree of M."""
    degree, _, verified, trust = degree_and_polynomial(model, evidence)
    require(value == degree, f"The degree is {degree}, not as claimed.")
    return verified, trust
