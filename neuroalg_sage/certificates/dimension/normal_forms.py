"""
Perceptrons with activations in normal form.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, rational, require


def normal_form(model: Model) -> Model:
    """
    The model with activations that are monic between dense layers; that have no constant term, if
    the layer behind has a bias; and no second coefficient, if the layer before has one.

    *Lemma.*  Let σ(y) = a τ(y + c) + d, with a ≠ 0, stand between dense layers, where c = 0 or the
    layer before has a bias b, and d = 0 or the layer behind, of weights W, has a bias b'.  Then
    f_w is the function of the model with τ at the parameters b + c, a W and b' + d W (1, ..., 1).
    That is an affine-linear bijection A of the parameters: the functions are the same, so M is; and
    s ↦ A s A^(-1) maps the affine-linear symmetries of the one to those of the other, and A orbits
    to orbits.
    """
    layers = [*model.description["layers"]]
    for i in range(1, len(layers) - 1):
        before, layer, behind = layers[i - 1 : i + 2]
        if [x["kind"] for x in (before, layer, behind)] == ["dense", "activation", "dense"]:
            sigma = [*map(rational, layer["coefficients"])]
            k = len(sigma) - 1
            c = sigma[-2] / (k * sigma[-1]) if before.get("bias", False) else Fraction(0)
            tau = [sum(sigma[e] * comb(e, j) * (-c) ** (e - j) for e in range(j, k + 1)) / sigma[-1]
                   if j or not behind.get("bias", False) else Fraction(0) for j in range(k + 1)]
            layers[i] = {"kind": "activation", "coefficients": [*map(str, tau)]}
    require(layers != model.description["layers"], "All activations are in normal form.")
    return Model({"input_shape": model.description["input_shape"], "layers": layers})


def normalized(model: Model, evidence: Any, about: str) -> tuple[Model, Any, Any]:
    """The model in normal form, and what the evidence has about it, with the trial for that."""
    return normal_form(model), *fields(evidence, about, "trial")
