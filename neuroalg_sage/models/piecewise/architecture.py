"""
Networks with one output and at most one hidden layer, without their parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.piecewise.layers import DenseLayer
from neuroalg_sage.models.piecewise.network import network_from_spec

MOST_PARAMETERS = 8
HOMOGENEOUS = ("relu", "leaky_relu", "absolute_value", "maxout")


@dataclass(frozen=True)
class Architecture:
    """
    An architecture, all of whose weights and biases are parameters.

    INPUT:

    - ``spec`` -- such as ``"relu:1,2,1:bias"``; families are relu, leaky_relu, abs and maxout; two
      widths are an affine function

    Raises InputError if there are several outputs, several hidden layers, over 8 parameters, or a
    seed.

    EXAMPLES::

        >>> Architecture("relu:1,2,1:bias").parameters
        7
        >>> Architecture("relu:3,3,1")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The network relu:3,3,1 has 12 parameters; at most 8 are ...
    """

    spec: str

    def __post_init__(self) -> None:
        if not isinstance(self.spec, str):
            raise InputError("An architecture is a spec, such as relu:1,2,1:bias.")
        layers = self._network.layers
        if self._network.outputs != 1:
            raise InputError(f"The network {self.spec} has {self._network.outputs} outputs; data "
                             "are classified or fitted by networks with one output.")
        if len(layers) > 3:
            raise InputError(f"The network {self.spec} has several hidden layers; strata are found "
                             "for at most one, where the outputs are linear in their cells.")
        if len(layers) > 1 and layers[1].describe()["kind"] not in HOMOGENEOUS:
            raise InputError(f"The activation of {self.spec} is not positively homogeneous; the "
                             "families are relu, leaky_relu, abs and maxout.")
        if any(option.startswith("seed=") for option in self.spec.split(":")[2:]):
            raise InputError(f"All weights of {self.spec} are parameters; leave out the seed.")
        if self.parameters > MOST_PARAMETERS:
            raise InputError(f"The network {self.spec} has {self.parameters} parameters; at most "
                             f"{MOST_PARAMETERS} are allowed.")

    @cached_property
    def _network(self) -> Any:
        return network_from_spec(self.spec)

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return int(self._network.inputs)

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return sum(len(layer.weights) * (len(layer.weights[0]) + ("bias" in layer.describe()))
                   for layer in self._network.layers if isinstance(layer, DenseLayer))

    def __str__(self) -> str:
        return self.spec

    def describe(self) -> dict[str, Any]:
        """
        The architecture as plain JSON data.

        EXAMPLES::

            >>> Architecture("maxout:1,1,1").describe()["activation"]
            {'kind': 'maxout', 'pieces': 2}
        """
        layers = [layer.describe() for layer in self._network.layers]
        activation = layers[1] if len(layers) > 1 else None
        return {"spec": self.spec, "inputs": self.inputs, "activation": activation,
                "units": len(layers[-1]["weights"][0]) if activation else 0,
                "bias": "bias" in layers[0]}
