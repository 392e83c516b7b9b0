"""
Networks whose activations are continuous and no polynomials: affine maps, and what is between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.activations import ContinuousActivation, activation
from neuroalg_sage.models.sage_input import lists, numbers

MOST_WEIGHTS = 1_000_000
EXAMPLE = "mlp:2,3,1:tanh"


@dataclass(frozen=True)
class DenseLayer:
    """
    An affine map, whose weights are given, or parameters.

    - ``inputs``, ``outputs`` -- their numbers
    - ``has_bias`` -- whether a constant is added
    - ``weights``, ``bias`` -- if they are given
    """

    inputs: int
    outputs: int
    has_bias: bool
    weights: tuple[tuple[Fraction, ...], ...] | None = None
    bias: tuple[Fraction, ...] | None = None

    @property
    def parameter_count(self) -> int:
        return self.outputs * (self.inputs + self.has_bias)

    @property
    def is_given(self) -> bool:
        """Whether its weights are given."""
        return self.weights is not None

    def describe(self) -> dict[str, Any]:
        """As certificates have it."""
        if self.weights is None:
            return {"shape": [self.outputs, self.inputs], "has_bias": self.has_bias}
        return {"weights": [[decimal(w) for w in row] for row in self.weights],
                "bias": None if self.bias is None else [decimal(b) for b in self.bias]}


@dataclass(frozen=True)
class SparseLayer:
    """
    An affine map of the entries of some states, one state after the other, whose weights are given.

    - ``sources`` -- the numbers of the states, 0 for the input and k for that after layer k
    - ``inputs`` -- how many entries these have together
    - ``rows`` -- for each output the weights that are not zero, by their places
    - ``bias`` -- what is added
    """

    sources: tuple[int, ...]
    inputs: int
    rows: tuple[dict[int, Fraction], ...]
    bias: tuple[Fraction, ...]

    has_bias: ClassVar[bool] = True
    is_given: ClassVar[bool] = True

    @property
    def outputs(self) -> int:
        return len(self.rows)

    @property
    def parameter_count(self) -> int:
        return sum(map(len, self.rows)) + self.outputs

    def describe(self) -> dict[str, Any]:
        """As certificates have it."""
        return {"sources": list(self.sources), "inputs": self.inputs,
                "weights": [[[place, decimal(w)] for place, w in row.items()] for row in self.rows],
                "bias": [decimal(b) for b in self.bias]}


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """
    The file of ONNX from which a network was read.

    - ``model`` -- its content, a ``ModelProto``
    - ``digest`` -- of the file, SHA-256
    - ``places`` -- for each activation the names in the file of what it takes and what it makes;
      None for one that is a polynomial there
    """

    model: Any
    digest: str
    places: tuple[tuple[str, str] | None, ...]


@dataclass(frozen=True)
class ContinuousNetworkLayers:
    """
    Affine maps, and the activations between them.

    EXAMPLES::

        >>> network = network_from_spec("mlp:2,3,1:tanh:bias")
        >>> network.widths, network.parameter_count, str(network)
        ([2, 3, 1], 13, 'mlp:2,3,1:tanh:bias')
    """

    activations: tuple[ContinuousActivation, ...]
    layers: tuple[DenseLayer | SparseLayer, ...]
    name: str = ""
    file: OnnxFile | None = field(default=None, repr=False, compare=False)

    @property
    def widths(self) -> list[int]:
        return [self.layers[0].inputs, *(layer.outputs for layer in self.layers)]

    @property
    def parameter_count(self) -> int:
        return sum(layer.parameter_count for layer in self.layers)

    @property
    def has_weights(self) -> bool:
        """Whether the weights are given."""
        return self.layers[0].is_given

    @property
    def activation_names(self) -> str:
        return ", ".join(dict.fromkeys(map(str, self.activations)))

    def describe(self) -> dict[str, Any]:
        """As certificates have it."""
        found = [f.describe()["activation"] for f in self.activations]
        return {"activation": found[0] if found and found == found[:1] * len(found) else found,
                "layers": [layer.describe() for layer in self.layers]} | (
            {} if self.file is None else {"source": {"file": self.name,
                                                     "sha256": self.file.digest}})

    def __str__(self) -> str:
        widths = "-".join(map(str, self.widths))
        return self.name or f"network {widths} with {self.activation_names}"


def network_from_spec(spec: str) -> ContinuousNetworkLayers:
    """
    The network of a spec such as ``mlp:2,3,1:tanh:bias``.

    EXAMPLES::

        >>> network_from_spec("cnn:2,2:tanh")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: Approximated are fully connected networks, as in
        mlp:2,3,1:tanh or mlp:2,3,1:tanh:bias, and attention with softmax, as in
        attention:d=2,a=1,out=2,t=3:softmax, not 'cnn:2,2:tanh'.
    """
    family, *parts = spec.split(":")
    widths = parts[0].split(",") if parts else []
    if family != "mlp" or not 2 <= len(parts) <= 3 or parts[2:] not in ([], ["bias"]) or not all(
            w.isascii() and w.isdecimal() and 0 < len(w) < 7 and int(w) for w in widths) or (
            len(widths) < 2):
        raise InputError(f"Approximated are fully connected networks, as in {EXAMPLE} or "
                         f"{EXAMPLE}:bias, and attention with softmax, as in "
                         f"attention:d=2,a=1,out=2,t=3:softmax, not {spec[:60]!r}.")
    sizes = list(map(int, widths))
    if sum(m * (n + 1) for m, n in zip(sizes, sizes[1:])) > MOST_WEIGHTS:
        raise InputError(f"The network has over {MOST_WEIGHTS:,} parameters, the most allowed.")
    return ContinuousNetworkLayers((activation(parts[1]),) * (len(sizes) - 2), tuple(
        DenseLayer(n, m, len(parts) == 3) for n, m in zip(sizes, sizes[1:])), spec)


def network_from_data(data: Any, name: str = "") -> ContinuousNetworkLayers:
    """
    The network of JSON data, with given weights, and an activation or the list of those after each
    layer but the last.

    EXAMPLES::

        >>> network_from_data({"activation": "tanh", "layers": [
        ...     {"weights": [["1/2"]], "bias": [1]}, {"weights": [[2]]}]}).widths
        [1, 1, 1]
        >>> layer = {"weights": [[1]]}
        >>> str(network_from_data({"activation": ["relu", "gelu"], "layers": [layer] * 3}))
        'network 1-1-1-1 with relu, gelu'
    """
    wrong = InputError('The data of a network is {"activation": "tanh", "layers": [{"weights": '
                       '[[1, "1/2"]], "bias": [0]}, ...]}, with matrices that fit together; or it '
                       'has a list of activations, one after each layer but the last.')
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list) or not all(
            isinstance(layer, dict) and "weights" in layer for layer in data["layers"]):
        raise wrong
    layers: list[DenseLayer] = []
    for layer in data["layers"]:
        rows = lists(layer["weights"])
        if not isinstance(rows, (list, tuple)):
            raise wrong
        weights = tuple(numbers(row, "weight") for row in rows)
        bias = layer.get("bias")
        constants = None if bias is None else numbers(bias, "bias")
        if not weights or not weights[0] or any(len(row) != len(weights[0]) for row in weights) or (
                constants is not None and len(constants) != len(weights)) or (
                layers and layers[-1].outputs != len(weights[0])):
            raise wrong
        layers.append(DenseLayer(len(weights[0]), len(weights), constants is not None, weights,
                                 constants))
    if not layers:
        raise wrong
    names = data.get("activation")
    if not isinstance(names, list):
        names = [activation(names)] * (len(layers) - 1)
    if len(names) != len(layers) - 1:
        raise wrong
    return ContinuousNetworkLayers(tuple(map(activation, names)), tuple(layers), name)
