"""
Which strata a neuromanifold has, by the layers of the model.
"""

from __future__ import annotations

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.training.charts import Cover


def cover(model: Model) -> Cover:
    """
    The strata of M and their charts, by the layers of the model.

    Call φ(w) critical for a function L on V if dL vanishes on the image of Dφ(w).  Each kind of
    strata says which functions of M are φ(w) for some critical w: those f that are critical
    points of L on their stratum, a manifold near f, or, for units, of L in a chart.
    """
    layers = model.description["layers"]
    kinds = [layer["kind"] for layer in layers]
    if any(layer.get("bias", False) for layer in layers):
        raise CertificateError("Strata of models with bias are not known.")
    if set(kinds) == {"dense"}:
        from neuroalg_sage.certificates.training.bounded_rank import linear_strata

        return linear_strata(model)
    if kinds == ["dense", "activation", "dense"] and model.outputs == 1 and [
            c == "0" for c in layers[1]["coefficients"]] == [True, True, False]:
        from neuroalg_sage.certificates.training.bounded_rank import quadratic_strata

        return quadratic_strata(model, min(layers[0]["outputs"], model.inputs))
    from neuroalg_sage.certificates.training.units import unit_strata

    return unit_strata(model, layers)
