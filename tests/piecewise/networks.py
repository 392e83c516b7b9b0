"""Small random networks, many of them in special position."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from neuroalg_sage.models.piecewise.network import Network, network_from_data

ACTIVATIONS: list[dict[str, Any]] = [
    {"kind": "relu"}, {"kind": "relu"}, {"kind": "leaky_relu", "slope": "1/3"},
    {"kind": "absolute_value"}, {"kind": "hard_tanh"},
    {"kind": "piecewise_linear", "breakpoints": [-1, 0], "slopes": [2, -1, 1], "value": "1/2"},
]


def random_network(seed: int, most_units: int = 4) -> Network:
    """A network with one or two hidden layers; most weights are 0, 1 or -1, some units equal."""
    generator = random.Random(seed)
    inputs = generator.choice([1, 2, 2, 2, 3])
    entries = generator.choice([[0, 1, -1], [0, 0, 1, -1, 2], list(range(-9, 10)),
                                [Fraction(k, 7) for k in range(-20, 21)]])

    def dense(taken: int, made: int) -> dict[str, Any]:
        rows = [[generator.choice(entries) for _ in range(taken)] for _ in range(made)]
        bias = [generator.choice(entries) for _ in range(made)]
        if made > 1 and generator.random() < 0.3:  # equal units, up to a factor
            i, j = generator.sample(range(made), 2)
            factor = generator.choice([1, -1, 2])
            rows[i], bias[i] = [factor * c for c in rows[j]], factor * bias[j]
        return {"kind": "dense", "weights": rows, "bias": bias} if generator.random() < 0.8 else {
            "kind": "dense", "weights": rows}

    layers: list[dict[str, Any]] = []
    width = inputs
    for _ in range(generator.choice([1, 1, 2]) if inputs < 3 else 1):
        made = generator.randint(1, most_units)
        if generator.random() < 0.25:
            pieces = generator.choice([2, 3])
            units = generator.randint(1, 2)
            layers += [dense(width, pieces * units), {"kind": "maxout", "pieces": pieces}]
            width = units
        else:
            layers += [dense(width, made), dict(generator.choice(ACTIVATIONS))]
            width = made
    if generator.random() < 0.3:  # a skip connection from the input
        layers.append({"kind": "concatenation", "from": [0, len(layers)]})
        layers += [dense(width + inputs, 2), {"kind": "relu"}]
        width = 2
    layers.append(dense(width, generator.choice([1, 1, 2])))
    return network_from_data({"input_shape": [inputs], "layers": layers})
