"""
Polar degrees by the fixed points of a torus.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, MalformedCertificate, member, require


def by_fixed_points(model: Model, metric: Any, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees, for a generic metric."""
    require(metric == "generic", "The residues are for generic metrics.")
    kind = member(evidence, "fixed_points")
    if kind == "sums of points":
        from neuroalg_sage.certificates.distance.sums_of_points import check_polar_degrees_of_sums

        return check_polar_degrees_of_sums(model, evidence)
    if kind == "pairs of points":
        from neuroalg_sage.certificates.distance.pairs_of_points import check_pairs_of_points

        return check_pairs_of_points(model, evidence)
    if kind == "pairs of squares":
        from neuroalg_sage.certificates.distance.pairs_of_squares import check_pairs_of_squares

        return check_pairs_of_squares(model, evidence)
    if kind == "pairs on a toric variety":
        from neuroalg_sage.certificates.distance.pairs_on_toric_varieties import (
            check_pairs_on_toric_variety,
        )

        return check_pairs_on_toric_variety(model, evidence)
    if kind == "two linear factors":
        from neuroalg_sage.certificates.distance.two_linear_factors import check_two_linear_factors

        return check_two_linear_factors(model, evidence)
    if kind == "linear multiples":
        from neuroalg_sage.certificates.distance.linear_multiples import check_linear_multiples

        return check_linear_multiples(model, evidence)
    if kind == "monomials":
        from neuroalg_sage.certificates.distance.monomials import check_monomials

        return check_monomials(model, evidence)
    raise MalformedCertificate("The kind of fixed points is not known.")
