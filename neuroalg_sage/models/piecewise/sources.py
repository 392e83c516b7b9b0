"""
Piecewise linear networks by one word: a spec, or a file of JSON, NumPy, safetensors or ONNX.

Numbers in a file of JSON are the decimal numbers as written; in the others each is the binary
fraction that it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.files import read_bytes
from neuroalg_sage.models.arrays import MOST_BYTES, read_arrays
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.piecewise.layers import (
    KINDS,
    ConvolutionLayer,
    DenseLayer,
    PiecewiseLayer,
    activation,
)
from neuroalg_sage.models.piecewise.network import (
    FAMILIES,
    Network,
    network_from_data,
    network_from_spec,
)
from neuroalg_sage.models.sources import read_json


def network_from_arrays(arrays: Sequence[Any] | Mapping[str, Any], between: str = "relu"
                        ) -> Network:
    """
    The network of dense layers with these weights, and an activation after each but the last.

    INPUT:

    - ``arrays`` -- matrices, each of which may be followed by the vector of its biases; or arrays
      by their names, in the order of the numbers in these, such as ``"0.weight"``, ``"0.bias"``
    - ``between`` -- the name of the activation

    EXAMPLES::

        >>> import numpy
        >>> network = network_from_arrays([numpy.array([[0.5], [-1]]), numpy.array([1, 0]),
        ...                                [[1, 1]]])
        >>> network([-3])
        (Fraction(3, 1),)
    """
    if isinstance(arrays, Mapping):
        arrays = _in_order(arrays)
    layers: list[PiecewiseLayer] = []
    pending: Any = None
    axes = [_axes(array) for array in arrays]
    for number, array in enumerate(arrays):
        if axes[number] == 2:
            bias = arrays[number + 1] if axes[number + 1:number + 2] == [1] else None
            layers += [activation(between)] if layers else []
            layers.append(DenseLayer(array, bias))
        elif axes[number] != 1 or not number or axes[number - 1] != 2:
            raise InputError("The arrays of a network of dense layers are matrices, each of which "
                             "may be followed by the vector of its biases; for others use a file "
                             "of JSON or ONNX.")
        pending = array
    if pending is None:
        raise InputError("There are no arrays.")
    first = layers[0]
    assert isinstance(first, DenseLayer)
    return Network(layers, [len(first.weights[0])])


def _in_order(arrays: Mapping[str, Any]) -> list[Any]:
    """
    Arrays in the order of the numbers in their names.

    A matrix has numbers of its own, and the vector of its biases the same ones; else what belongs
    together is not known.  Names of NumPy, which are no more than numbers, are those of a list.
    """
    def place(name: Any) -> tuple[int, ...]:
        return tuple(int(part[:9]) for part in re.findall(r"[0-9]+", str(name)))

    places = [(place(name), 2 - _axes(array)) for name, array in arrays.items()]
    if all(re.fullmatch(r"arr_[0-9]+", str(name)) for name in arrays):
        places = [(key, 0) for key, _ in places]
    else:
        matrices = [key for key, after in places if not after]
        if len(set(places)) < len(places) or {key for key, _ in places} != set(matrices) or (
                len(matrices) > 1 and not all(matrices)):
            raise InputError("The names of the arrays do not say their order: each matrix has a "
                             "number of its own in its name, and its biases have the same one, as "
                             "in 0.weight, 0.bias, 2.weight.")
    return [array for _, array in sorted(zip(places, arrays.values()), key=lambda pair: pair[0])]


def _axes(array: Any) -> int:
    shape = getattr(array, "shape", None)
    if shape is not None:
        return len(shape)
    return 1 + _axes(array[0]) if isinstance(array, (list, tuple)) and array else 0


def load_network(name: Any, seed: int | None = None) -> Network:
    """
    The network that ``name`` stands for.

    INPUT:

    - ``name`` -- a network; its data; a sequence of arrays, or arrays by name, see
      :func:`network_from_arrays`; a spec; or the name of a file ``*.json``, ``*.npz``,
      ``*.safetensors`` or ``*.onnx``
    - ``seed`` -- of the random weights that a spec stands for, by default 0

    EXAMPLES::

        >>> load_network("relu:2,3,1").inputs
        2
    """
    found = _given(name)
    if found is None:
        return network_from_spec(str(name), seed)
    if seed is not None:
        raise InputError("A seed chooses random weights, for a spec such as relu:2,32,1:bias; this "
                         "network has its own weights.")
    return found


def _given(name: Any) -> Network | None:
    """The network with these weights; None for a spec, which has none."""
    if isinstance(name, Network):
        return name
    if isinstance(name, Mapping):
        return network_from_data(name) if "layers" in name else network_from_arrays(name)
    if isinstance(name, (list, tuple)):
        return network_from_arrays(name)
    if not isinstance(name, (str, Path)):
        raise InputError(f"{shown(name)} is no network; name a spec such as relu:2,32,1:bias, or a "
                         "file.")
    text = str(name)
    suffix = Path(text).suffix.lower() if len(text) < 1000 else ""
    if suffix in READERS:
        return READERS[suffix](text)
    if isinstance(name, Path) or _is_file(text):
        return network_from_data(read_json(text, "network file"))
    return None


def has_random_weights(name: str) -> bool:
    """Whether a seed chooses the weights, as for a spec that names none."""
    return name.partition(":")[0] in FAMILIES and ":seed=" not in name


def is_network(name: str) -> bool:
    """
    Whether a spec or the name of a file stands for a network at given weights, not for a model.

    EXAMPLES::

        >>> [is_network(name) for name in ("relu:2,3,1", "relu:2,3,1:cell=110", "mlp:2,1,1:x^2")]
        [True, False, False]
    """
    suffix = Path(name).suffix.lower() if len(name) < 1000 else ""
    if suffix == ".json" and _is_file(name):
        data = read_json(name, "network file")
        layers = data.get("layers") if isinstance(data, dict) else None
        # Layers of a model have sizes instead of weights, and activations that are polynomials.
        return isinstance(layers, list) and all(
            isinstance(layer, dict) and layer.get("kind") in KINDS for layer in layers) and not any(
            layer["kind"] in (DenseLayer.kind, ConvolutionLayer.kind) and "weights" not in layer
            for layer in layers)
    return suffix in READERS and suffix != ".json" or (
        name.partition(":")[0] in FAMILIES and "cell=" not in name)


def _is_file(text: str) -> bool:
    try:
        return len(text) < 1000 and Path(text).is_file()
    except (OSError, ValueError):
        return False


def _json(name: str) -> Network:
    return network_from_data(read_json(name, "network file"))


def _arrays(name: str) -> Network:
    return network_from_arrays(read_arrays(name, "network file"))


def _onnx(name: str) -> Network:
    from neuroalg_sage.models.piecewise.onnx_files import network_from_onnx

    return network_from_onnx(read_bytes(name, "network file", MOST_BYTES), name,
                             Path(name).parent)


READERS: dict[str, Callable[[str], Network]] = {
    ".json": _json, ".npz": _arrays, ".safetensors": _arrays, ".onnx": _onnx}
