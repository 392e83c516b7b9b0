"""
Other models with the same neurovariety.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.dimension.relaxation import larger_model
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, integer, require


def same_variety(model: Model, evidence: Any) -> tuple[Model, list[str], list[str]]:
    """
    Another model with the same M, what was verified, and whom to trust.

    Some layers become a generic polynomial map of the degrees that they have.  So M is contained in
    the neurovariety of the other model.  Both are closed and irreducible, so they are the same if
    they have the same dimension.

    Or the parametrization is that of the other model after a dominant map.
    """
    if "images" in evidence:
        from neuroalg_sage.certificates.equations.dominant_maps import composed

        return composed(model, evidence), ["the parametrization is that of another model after a "
                                           "dominant map, so the neurovariety is the same"], []
    segments, dimension, own, others = fields(evidence, "segments", "dimension", "own", "others")
    d = integer(dimension, 0, model.ambient_dimension, "dimension")
    larger = larger_model(model, segments)
    require(larger.coordinates == model.coordinates, "The larger model has other coordinates.")
    trust = [name for one, proof in ((model, own), (larger, others))
             for name in check_dimension(one, d, proof)[1]]
    return (larger, [f"with generic maps for some layers the dimension is {d}, too, so the "
                     "neurovariety is the same"], trust)


def ideal_of_same_variety(model: Model, generators: list[fmpq_mpoly], evidence: Any,
                          check_ideal: Callable[..., Any]) -> tuple[list[str], list[str], Any]:
    """Verify that polynomials generate I(M), of another model with the same M."""
    proof, inner = fields(evidence, "same_variety", "ideal")
    other, verified, trust = same_variety(model, proof)
    more, others, found = check_ideal(other, generators, inner)
    return [*verified, *more], [*trust, *others], found


def check_of_same_variety(model: Model, value: Any, evidence: Any,
                          check: Callable[[Model, Any, Any], Checked]) -> Checked:
    """Verify what is claimed of M, in the coordinates of V, by another model with the same M."""
    proof, inner = fields(evidence, "same_variety", "evidence")
    other, verified, trust = same_variety(model, proof)
    more, others = check(other, value, inner)
    return [*verified, *more], [*trust, *others]
