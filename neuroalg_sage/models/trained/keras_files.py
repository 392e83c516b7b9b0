"""
Networks in files of Keras, and models of Keras, which is not imported for them.

A file ``*.keras`` holds the configuration of layers as JSON, and their arrays in HDF5.  Code that
it may hold, of a layer with a function of its author's, is not run.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.files import read_bytes
from neuroalg_sage.models.arrays import MOST_BYTES
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.model import MAXIMAL_INPUTS
from neuroalg_sage.models.trained.keras_layers import LAYERS, Layer, refusal
from neuroalg_sage.models.trained.lowering import lower
from neuroalg_sage.models.trained.network import TrainedNetwork
from neuroalg_sage.models.trained.operations import Builder, Input, Value

Arrays = Callable[[str], list[Any]]  # the arrays of a layer by its name, or the path of names
MOST_NESTED = 20


@suggesting
def from_keras(model: Any) -> TrainedNetwork:
    """
    The network in a file ``*.keras``, or of a model of Keras, with its weights.

    INPUT:

    - ``model`` -- the name of a file, or a sequential or functional model

    OUTPUT: :class:`~neuroalg_sage.models.trained.network.TrainedNetwork`

    Trainable weights are parameters, called by the names of layers; those of a normalization are
    folded.  Layers and operations that are functions of their author's are refused.

    Raises :class:`~neuroalg_sage.errors.InputError` if the network is no polynomial model, and
    names the first layer that is not.
    """
    if isinstance(model, (str, Path)):
        return _of_file(model)
    if not callable(getattr(model, "get_config", None)) or not hasattr(model, "layers"):
        raise InputError(f"{shown(model)} is no file *.keras and no model of Keras.")
    if not getattr(model, "built", True):
        raise InputError("The model of Keras has no weights before it is called once; state its "
                         "input, as by keras.Input.")
    description = {"class_name": type(model).__name__, "config": json.loads(json.dumps(
        model.get_config(), default=_plain))}
    return _network(description, _arrays_of_layers(model), "")


def _plain(value: Any) -> Any:
    """What a configuration holds beyond JSON."""
    found = getattr(value, "get_config", lambda: str(value))()
    return found if isinstance(found, (dict, str)) else str(found)


def _arrays_of_layers(model: Any) -> Arrays:
    def read(path: str) -> list[Any]:
        layer = model
        for name in path.split("/"):
            layer = next(part for part in layer.layers if part.name == name)
        return [np.asarray(array) for array in layer.get_weights()]

    return read


# -- files -------------------------------------------------------------------------------


def _of_file(name: str | Path) -> TrainedNetwork:
    title = f"The network file {shown(str(name))}"
    try:
        import h5py
    except ImportError:
        raise InputError("To read a file of Keras, install the package h5py.") from None
    content = read_bytes(name, "network file", MOST_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {part.filename: part.file_size for part in archive.infolist()}
            if sum(sizes.values()) > MOST_BYTES:
                raise InputError(f"{title} unpacks to {sum(sizes.values())} bytes; at most "
                                 f"{MOST_BYTES} are read.")
            if not {"config.json", "model.weights.h5"} <= set(sizes):
                raise InputError(f"{title} is no file *.keras, which holds config.json and "
                                 "model.weights.h5.")
            description = json.loads(archive.read("config.json"))
            weights = archive.read("model.weights.h5")
        with h5py.File(io.BytesIO(weights), "r") as file:
            arrays = dict(_stored(h5py, file, "", MOST_BYTES))
    except InputError:
        raise
    except RecursionError:
        raise InputError(f"{title} nests too deeply.") from None
    except Exception as error:  # whatever the libraries say of what is no such file
        raise InputError(f"{title} is no file *.keras ({type(error).__name__}).") from None

    def read(path: str) -> list[Any]:
        return arrays.get(path, [])

    return _network(description, read, str(name))


def _stored(h5py: Any, group: Any, path: str, most: int, depth: int = 0
            ) -> Iterator[tuple[str, list[Any]]]:
    """
    The arrays of layers inside a group, by the path of the layers' names.

    A layer's name is an attribute; the names of groups are made of classes.
    """
    if depth > MOST_NESTED:
        raise InputError("The layers of the network nest too deeply.")
    layers = _inside(h5py, group, "layers")
    for key in layers or ():
        part = _inside(h5py, layers, key)
        own = _inside(h5py, part, "vars")
        if own is None:
            continue
        name = own.attrs.get("name", key)
        here = f"{path}/{name}" if path else str(name)
        numbers = sorted((k for k in own if k.isdecimal()), key=int)
        yield here, [_array(_inside(h5py, own, k), most) for k in numbers]
        yield from _stored(h5py, part, here, most, depth + 1)


def _inside(h5py: Any, group: Any, key: str) -> Any:
    """What a group holds itself: no link that leads to another file."""
    if key not in group:
        return None
    if not isinstance(group.get(key, getlink=True), h5py.HardLink):
        raise InputError(f"The weights of the network have a link {shown(key)} to elsewhere, which "
                         "is not followed.")
    return group[key]


def _array(dataset: Any, most: int) -> Any:
    if dataset.external or dataset.is_virtual:
        raise InputError("The weights of the network lie in other files, which are not read.")
    if dataset.size * max(dataset.dtype.itemsize, 1) > most:
        raise InputError(f"The network has an array of {dataset.size} entries, which is too large.")
    if dataset.dtype.kind not in "fiub":
        # bfloat16 is stored as bytes
        raise InputError(f"The network has an array of type {dataset.dtype}, which is not read.")
    return dataset[()]


# -- layers ------------------------------------------------------------------------------


def _network(description: Any, arrays: Arrays, source: str) -> TrainedNetwork:
    reader = _Reader(arrays)
    try:
        result = reader.model(description, [], "")
    except InputError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, ArithmeticError,
            AssertionError, StopIteration) as error:
        raise InputError(f"The layer {reader.builder.name} has a configuration or weights that are "
                         f"not read: {shown(str(error)[:100])}.") from None
    if reader.given is None:
        raise InputError("The model of Keras does not say the shape of its input; state it by "
                         "keras.Input.")
    if len(result) != 1:
        raise InputError(f"The network has {len(result)} outputs; a model has one.")
    shape = reader.given.shape[1:] or (1,)
    return lower(result[0], reader.given, shape, reader.builder.notes, source)


class _Reader:
    """Reads one layer after the other."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.builder = Builder()
        self.given: Input | None = None
        self.layers: dict[str, Layer] = {}
        self.is_once = True  # whether what is read, and the layers that make it, are read once

    def model(self, description: Any, inputs: list[Value], path: str) -> list[Value]:
        """The outputs of a model, which may be a layer of another."""
        kind, config = description["class_name"], description["config"]
        if path.count("/") > MOST_NESTED:
            raise InputError("The layers of the network nest too deeply.")
        if kind == "Sequential":
            return self._sequential(config, inputs, path)
        if kind in ("Functional", "Model") and "input_layers" in config:
            return self._functional(config, inputs, path)
        raise InputError(f"The model is of the class {shown(kind)}; sequential and functional "
                         "models of Keras are read, whose layers their configuration says.")

    def _sequential(self, config: Any, inputs: list[Value], path: str) -> list[Value]:
        values = inputs
        for part in config["layers"]:
            if part["class_name"] == "InputLayer":
                values = inputs or [self._input(part["config"])]
                continue
            if not values:
                values = [self._input(config | part["config"])]
            values = self.layer(part, values, {}, path)
        return values

    def _functional(self, config: Any, inputs: list[Value], path: str) -> list[Value]:
        made: dict[tuple[str, int, int], Value] = {}
        parts = {part["name"]: part for part in config["layers"]}
        given = iter(inputs)
        for name, *_ in _triples(config["input_layers"]):
            made[name, 0, 0] = next(given, None) or self._input(parts[name]["config"])
        reads = Counter(key for part in config["layers"] for key in _history(part["inbound_nodes"]))
        reads.update((name, k, t) for name, k, t in _triples(config["output_layers"]))
        waiting = [(part, k, node) for part in config["layers"]
                   for k, node in enumerate(part["inbound_nodes"])]
        while waiting:
            left = []
            for part, k, node in waiting:
                if isinstance(node, list):  # the form of Keras 2
                    raise InputError("The file is of Keras 2; load and save it with Keras 3.")
                if any(key not in made for key in _history(node)):
                    left.append((part, k, node))
                    continue
                arguments = _replaced(node["args"], made)
                options = _replaced(node["kwargs"], made)
                was_once, self.is_once = self.is_once, self.is_once and all(
                    reads[key] == len(parts[key[0]]["inbound_nodes"] or [0]) == 1
                    for key in _history(node)) and len(part["inbound_nodes"]) == 1
                for t, value in enumerate(self.layer(part, arguments, options, path)):
                    made[part["name"], k, t] = value
                self.is_once = was_once
            if len(left) == len(waiting):
                raise InputError("The network has a cycle, or reads what no layer makes: its layer "
                                 f"{shown(left[0][0]['name'])}.")
            waiting = left
        return [made[name, k, t] for name, k, t in _triples(config["output_layers"])]

    def _input(self, config: Any) -> Input:
        if self.given is not None:
            raise InputError("The network has several inputs; a model has one: join them in one "
                             "array and split it inside of the network.")
        shape = config.get("batch_shape") or config.get("batch_input_shape")
        if shape is None:
            raise InputError("The model of Keras does not say the shape of its input; state it by "
                             "keras.Input.")
        if "int" in str(config.get("dtype", "")):
            raise InputError("The input is of whole numbers, as indices of tokens are; a model "
                             "takes real numbers: give the part after the embedding.")
        if any(not isinstance(n, int) or n < 1 for n in shape[1:]):
            raise InputError(f"The input has the shape {tuple(shape)}; all axes but the first, "
                             "that of examples, have fixed extents.")
        if prod(shape[1:]) > MAXIMAL_INPUTS:
            raise InputError(f"The input has over {MAXIMAL_INPUTS} entries, the most allowed.")
        self.given = Input((1, *shape[1:]))
        return self.given

    def layer(self, part: Any, arguments: list[Any], options: dict[str, Any], path: str
              ) -> list[Value]:
        """The outputs of a layer."""
        kind, config = part["class_name"], part["config"]
        name = config.get("name") or part.get("name", kind)
        here = f"{path}/{name}" if path else name
        self.builder.name, self.builder.label = f"{here!r} ({kind[:60]})", here
        if kind in ("Sequential", "Functional"):
            values = arguments[0] if isinstance(arguments[0], list) else arguments
            return self.model(part, values, here)
        is_own = part.get("registered_name") not in (None, kind, "") or not str(
            part.get("module") or "keras").startswith("keras")
        if is_own or kind not in LAYERS:
            raise InputError(refusal(kind, self.builder.name, is_own))
        if here not in self.layers:
            self.layers[here] = Layer(self.builder, here, kind, config, self.arrays)
        self.layers[here].is_alone = self.is_once
        made = LAYERS[kind](self.layers[here], *arguments, **options)
        return made if isinstance(made, list) else [made]


def _triples(given: Any) -> list[Sequence[Any]]:
    """Layer, node and tensor of each of several tensors, also where there is one."""
    if given and isinstance(given[0], str):
        return [given]
    return list(given)


def _history(node: Any) -> Iterator[tuple[str, int, int]]:
    if isinstance(node, list):
        for part in node:
            yield from _history(part)
    elif isinstance(node, Mapping):
        if node.get("class_name") == "__keras_tensor__":
            name, k, t = node["config"]["keras_history"]
            yield name, k, t
        else:
            for part in node.values():
                yield from _history(part)


def _replaced(given: Any, made: Mapping[tuple[str, int, int], Value]) -> Any:
    """Arguments with values for tensors, and slices for slices."""
    if isinstance(given, list):
        return [_replaced(part, made) for part in given]
    if isinstance(given, Mapping):
        if given.get("class_name") == "__keras_tensor__":
            name, k, t = given["config"]["keras_history"]
            return made[name, k, t]
        if given.get("class_name") == "__slice__":
            config = given["config"]
            return slice(config["start"], config["stop"], config["step"])
        return {key: _replaced(part, made) for key, part in given.items()}
    return given


