"""
Dense layers and convolutions with activations between them: rescalings of units bound the dimension
from above.
"""

from __future__ import annotations

from collections import namedtuple
from itertools import product
from math import prod

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require

# A dense layer or a convolution.  A unit is an output of a dense layer, or a channel of a
# convolution; a dense layer behind a convolution reads channels at places, as a convolution with
# one output.
#
# - ``offset`` -- of its parameters: a row of weights for each unit, then biases
# - ``units``, ``fan`` -- how many rows there are, and of how many weights
# - ``bias`` -- whether there are biases
# - ``own`` -- which weights of a row may be other than zero in a direct sum: those of the first
#   place of a filter; of the first layer those of the places that no other output reads
Linear = namedtuple("Linear", "offset units fan bias own")


def linear_layers(model: Model) -> list[Linear]:
    """Verify that the layers are dense or convolutions, activations between them; the former."""
    layers, found = model.description["layers"], list[Linear]()
    require(len(layers) % 2 and all(layer["kind"] in (
        ("activation",) if i % 2 else ("dense", "convolution")) for i, layer in enumerate(layers)),
        "The layers are no dense ones or convolutions with activations between them.")
    for layer, step in zip(layers[::2], model.steps[::2]):
        size, bias = layer.get("size", []), layer.get("bias", False)
        taken, units = layer.get("channels", (0, step.width))
        fan = step.parameters // units - bias
        own = [c * prod(size) + n for c in range(fan // prod(size))
               for n, place in enumerate(product(*map(range, size)))
               if all(k < stride for k, stride in zip(place, layer.get("stride", [])))]
        if found:
            require(taken in (0, found[-1].units), "A convolution reads no channels.")
            own = [*range(0, fan, fan // found[-1].units)]
        found.append(Linear(step.offset, units, fan, bias, own))
    return found


def rescaled_dimension(model: Model) -> int:
    """
    N less the number of hidden units whose activation is a power, an upper bound for dim M.

    Let it be c x^d.  Multiply the weights and the bias into the unit by t, and those out of it by
    t^(-d): φ is constant along these orbits of a torus with one factor for each such unit.  Where
    no weight is zero, its tangent vectors are independent: in a sum of multiples of them that is
    zero, those of the first hidden layer have the factor zero, by the weights into it, which no
    other field moves; so have those of the second, and so on.
    """
    layers = zip(linear_layers(model), model.description["layers"][1::2])
    return model.parameters - sum(layer.units for layer, activation in layers
                                  if {*activation["coefficients"][:-1]} <= {"0"})
