"""
Perceptrons whose activations are powers: rescalings of units bound the dimension from above.
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


def rescaled_dimension(model: Model) -> int:
    """
    N less the number of hidden units, an upper bound for dim M.

    Multiply the weights and the bias into a hidden unit by t, and those out of it by t^(-d):
    φ is constant along these orbits of a torus with one factor for each hidden unit.  Where no
    weight is zero, its tangent vectors are independent: in a sum of multiples of them that is
    zero, those of the first hidden layer have the factor zero, by the weights into it, which no
    other field moves; so have those of the second, and so on.
    """
    return model.parameters - sum(power_layers(model, 1)[1:-1])
