"""
Arrays of weights by their names, without an architecture: a spec says what they are weights of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.arrays import fractions
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Shape
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.trained.network import Block, TrainedNetwork


def network_from_arrays(model: Model, arrays: Mapping[str, Any], order: Sequence[str] | None = None,
                        source: str = "") -> TrainedNetwork:
    """
    The network with the weights of a state dictionary.

    INPUT:

    - ``model`` -- :class:`~neuroalg_sage.models.model.Model`
    - ``arrays`` -- by their names; one for each array of the model's parameters
    - ``order`` -- the names in the order of the model's parameters; by default that of the numbers
      in the names, a vector of biases after the weights with the same number
    - ``source`` -- the name of the file

    Matrices have a row for each output, as in PyTorch.  If one fits only when it is transposed, or
    all are kernels by their names, all are read so, as in Keras, and a note says it.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> arrays = {"net.0.weight": np.array([[1.0], [0.5]]), "net.2.weight": np.array([[2, 4]])}
        >>> network = network_from_arrays(parse_spec("mlp:1,2,1:x^2"), arrays)
        >>> network([1]), network.parameter_name(1)
        ((Fraction(3, 1),), 'net.0.weight[1,0]')
    """
    found = {name: np.asarray(array) for name, array in arrays.items()}
    counters = [] if order else [name for name, array in found.items()
                                 if array.dtype.kind in "iu" and not array.ndim]
    names = _in_order({n: a for n, a in found.items() if n not in counters}, order)
    shapes = [shape for _, shape in model.chain.parameter_shapes()]
    if len(names) != len(shapes):
        raise InputError(f"The model {model} has {len(shapes)} arrays of parameters, and the "
                         f"state dictionary {len(names)}: {shown(', '.join(names))}.")
    matrices = [(name, shape) for name, shape in zip(names, shapes) if len(shape) == 2]
    turned = any(found[name].shape == shape[::-1] != shape for name, shape in matrices) or all(
        found[name].shape == shape == shape[::-1] for name, shape in matrices) and any(
            re.search(r"\bkernel(:\d+)?$", name) for name, _ in matrices)
    point: list[Fraction] = []
    blocks = []
    for name, shape in zip(names, shapes):
        array, places = found[name], None
        if turned and array.ndim == len(shape) == 2:
            places = tuple(np.arange(array.size).reshape(array.shape).T.ravel().tolist())
            array = array.T
        if not _fits(array.shape, shape):
            raise InputError(f"The array {shown(name)} has the shape {found[name].shape}, and the "
                             f"model {model} takes {shape} at its place.")
        point += fractions(array, name)
        blocks.append(Block(name, found[name].shape, places))
    notes = [f"The array {name} is a counter, and was left out." for name in counters]
    if turned:
        notes.append("The matrices of the file have a row for each input, and were transposed.")
    return TrainedNetwork(model, tuple(point), tuple(blocks), (), tuple(notes), source)


def _fits(given: Shape, wanted: Shape) -> bool:
    """Whether shapes are equal, but for axes of one entry."""
    return [n for n in given if n > 1] == [n for n in wanted if n > 1]


def _in_order(arrays: Mapping[str, np.ndarray], order: Sequence[str] | None) -> list[str]:
    if order:
        if len(set(order)) < len(order) or set(order) - set(arrays):
            raise InputError(f"The order names arrays of the state dictionary, each once; these "
                             f"are {shown(', '.join(arrays))}.")
        return list(order)

    def place(name: str) -> tuple[tuple[int, ...], bool]:
        return tuple(int(n[:9]) for n in re.findall(r"\d+", name)), arrays[name].ndim == 1

    names = sorted(arrays, key=place)
    if len(set(map(place, names))) < len(names):
        raise InputError(f"The names {shown(', '.join(arrays))} do not say the order of the "
                         "arrays, as 0.weight, 0.bias, 2.weight do; state it.")
    return names
