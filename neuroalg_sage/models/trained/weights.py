"""
Weights as one states them for a model that is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.arrays import fractions
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sage_input import lists, rational
from neuroalg_sage.models.sources import read_json
from neuroalg_sage.models.trained.network import TrainedNetwork
from neuroalg_sage.models.trained.sources import load_trained
from neuroalg_sage.models.trained.state_dictionaries import network_from_arrays


def with_weights(model: Model, weights: Any) -> TrainedNetwork:
    """
    A model with weights.

    INPUT:

    - ``weights`` -- a list of N numbers, or of arrays, in the order of the parameters; or arrays by
      their names; or a :class:`~neuroalg_sage.models.trained.network.TrainedNetwork` of this model.
      The entries of arrays of NumPy or PyTorch are the binary fractions that they are; other
      numbers are exact, such as 3, 0.5 or "1/10"

    Raises InputError for numbers that are not rational, and for another number of them.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:2,1,1:x^2")
        >>> with_weights(model, [[[1, 2]], [[3]]]) == with_weights(model, [1, 2, 3])
        True
        >>> with_weights(model, [1, 2])
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The model mlp:2,1,1:x^2 has 3 parameters, in arrays of the
        shapes 0.W: 1 x 2, 2.W: 1 x 1; 2 weights are given.
    """
    if model.cone:
        raise InputError("Weights with questions about them are about polynomial models; rational "
                         "functions are points of a projective space.")
    if isinstance(weights, TrainedNetwork):
        if weights.model.describe() != model.describe():
            raise InputError(f"The weights are those of {weights.model}, and not of {model}.")
        return weights
    if isinstance(weights, Mapping):
        return network_from_arrays(model, weights)
    found = tuple(_numbers(weights))
    if len(found) != model.parameter_count:
        arrays = model.chain.parameter_shapes()
        shapes = ", ".join(f"{name}: {' x '.join(map(str, shape))}" for name, shape in arrays[:8])
        raise InputError(
            f"The model {model} has {model.parameter_count} parameters, in arrays of the shapes "
            f"{shapes}{', ...' * (len(arrays) > 8)}; {len(found)} weights are given.")
    return TrainedNetwork(model, found)


def _numbers(given: Any) -> Iterator[Fraction]:
    if hasattr(given, "dtype"):
        yield from fractions(np.asarray(given.detach().cpu() if hasattr(given, "detach")
                                        else given), "of weights")
        return
    given = lists(given)
    if isinstance(given, (list, tuple, range)):
        for part in given:
            yield from _numbers(part)
    else:
        yield rational(given, "weight")


def read_weights(model: Model, name: str) -> TrainedNetwork:
    """
    A model with the weights in a file.

    INPUT:

    - ``name`` -- of a file ``*.json``: a list of numbers, or of arrays, in the order of the
      parameters, the decimal numbers as written; or ``*.npz`` or ``*.safetensors``

    Raises InputError if there is no such file, or if it does not fit.
    """
    if Path(name).suffix.lower() in (".npz", ".safetensors"):
        return load_trained(name, model)
    data = read_json(name, "file of weights")
    if not isinstance(data, list):
        raise InputError(f"The file of weights {shown(name)} is not a list of numbers, or of "
                         "arrays, in the order of the parameters.")
    return with_weights(model, data)
