"""
Perceptrons whose activations are powers.
"""

from __future__ import annotations

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require


def power_layers(model: Model, least: int) -> list[int]:
    """
    Verify that the layers are dense ones with activations c x^d between them, c ≠ 0 and d at least
    ``least``; the widths of the inputs, of the hidden states and of the outputs.
    """
    layers = model.description["layers"]
    require(len(layers) % 2 and all(
        layer["kind"] == "activation" and len(layer["coefficients"]) > least
        and all(c == "0" for c in layer["coefficients"][:-1]) if i % 2 else layer["kind"] == "dense"
        for i, layer in enumerate(layers)),
        "The model is no perceptron whose activations are powers.")
    return [model.inputs, *model.widths[1::2]]
