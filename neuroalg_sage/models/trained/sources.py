"""
Trained networks by the name of a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.arrays import read_arrays
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.sage_input import numbers
from neuroalg_sage.models.sources import load_model, model_from_data, read_json
from neuroalg_sage.models.trained.network import SCHEMA, Block, TrainedNetwork
from neuroalg_sage.models.trained.state_dictionaries import network_from_arrays

ROLE = "network file"
PICKLES = (".pt", ".pt2", ".pth", ".pkl", ".bin", ".ckpt", ".joblib", ".pickle")
ENDINGS = (".onnx", ".keras", ".npz", ".safetensors", *PICKLES)  # not JSON


def load_trained(name: Any, spec: Any = None, order: Sequence[str] | None = None,
                 constants: Sequence[str] = ()) -> TrainedNetwork:
    """
    The trained network in a file.

    INPUT:

    - ``name`` -- a network; its JSON data; or the name of a file: ``*.onnx``, ``*.keras``,
      ``*.json``, or ``*.safetensors`` or ``*.npz`` with a spec
    - ``spec`` -- what the arrays of a state dictionary are weights of: a model, or what names one
    - ``order`` -- the names of these arrays in the order of the model's parameters
    - ``constants`` -- names of arrays in a file of ONNX that are no parameters, such as masks

    Raises InputError if there is no such network.

    EXAMPLES::

        >>> load_trained({"spec": "linear:2,1", "point": [1, 2]})([1, 1])
        (Fraction(3, 1),)
    """
    if isinstance(name, TrainedNetwork):
        return name
    if not isinstance(name, (str, Path)):
        return network_from_data(name)
    suffix = Path(name).suffix.lower() if len(str(name)) < 1000 else ""
    if suffix in (".npz", ".safetensors"):
        if spec is None:
            raise InputError(f"The file {shown(str(name))} holds arrays, and no architecture: "
                             "state the spec that they are weights of, such as mlp:2,3,1:x^2.")
        return network_from_arrays(load_model(spec), read_arrays(name, ROLE), order, str(name))
    if spec is not None or order is not None:
        raise InputError("A spec, and an order of names, belong to a file *.safetensors or *.npz; "
                         "other files have an architecture of their own.")
    if suffix in PICKLES:
        raise InputError(
            f"The file {shown(str(name))} is a pickle, which runs what its author wrote, and is "
            "not opened; save the weights by safetensors.torch.save_file(module.state_dict(), "
            "'weights.safetensors') and state a spec, or export the module by torch.onnx.export.")
    if suffix == ".onnx":
        from neuroalg_sage.models.trained.onnx_files import from_onnx

        return from_onnx(name, constants=constants)
    if constants:
        raise InputError("Constants are named for a file of ONNX, whose arrays are else all "
                         "parameters.")
    if suffix == ".keras":
        from neuroalg_sage.models.trained.keras_files import from_keras

        return from_keras(name)
    if suffix == ".json":
        return network_from_data(read_json(name, ROLE), str(name))
    raise InputError(f"{shown(str(name))} is no file of a trained network; such files are *.onnx, "
                     "*.keras, *.json, *.safetensors and *.npz.")


def network_from_data(data: Any, source: str = "") -> TrainedNetwork:
    """
    The network that plain JSON data describes: with ``"model"``, or ``"spec"``, and ``"point"``.

    Raises InputError if there is no such network.

    EXAMPLES::

        >>> network_from_data({"spec": "linear:2,1", "point": ["1/2", 3]})([2, 1])
        (Fraction(4, 1),)
    """
    if not isinstance(data, Mapping) or "point" not in data or ("spec" in data) == (
            "model" in data) or set(data) - {"schema", "spec", "model", "point", "blocks",
                                             "layer_names", "notes"}:
        raise InputError('A trained network is an object with "spec" or "model", and "point", such '
                         'as {"spec": "linear:2,1", "point": ["1/2", 3]}.')
    if data.get("schema", SCHEMA) != SCHEMA:
        raise InputError(f"The network's schema {shown(data['schema'])} is not known; this version "
                         f"reads schema {SCHEMA}.")
    model = model_from_data({"spec": data["spec"]} if "spec" in data else data["model"])
    texts: dict[str, Sequence[str]] = {}
    for name in ("layer_names", "notes"):
        texts[name] = data.get(name, [])
        if not isinstance(texts[name], list) or not all(isinstance(t, str) for t in texts[name]):
            raise InputError(f'The "{name}" of a trained network are a list of texts.')
    if not isinstance(data["point"], list):
        raise InputError('The "point" of a trained network is a list of rational numbers.')
    try:
        blocks = [Block(str(b["name"]), tuple(map(int, b["shape"])),
                        tuple(map(int, b["places"])) if "places" in b else None,
                        str(b.get("folded", ""))) for b in data.get("blocks", [])]
    except (TypeError, ValueError, LookupError, AttributeError):
        raise InputError('The "blocks" of a trained network are objects with "name" and "shape".'
                         ) from None
    if any(b.places is not None and any(not 0 <= p < prod(b.shape) for p in b.places)
           for b in blocks):
        raise InputError('The "places" of a block are those of the entries of its array.')
    return TrainedNetwork(model, tuple(numbers(data["point"], "parameter")), tuple(blocks),
                          tuple(texts["layer_names"]), tuple(texts["notes"]), source)
