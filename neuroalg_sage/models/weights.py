"""
A model at given weights: a point of its parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Composite, Shape
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.numbers import exact
from neuroalg_sage.models.sage_input import lists, rational


@dataclass(frozen=True)
class ParameterArray:
    """
    One array of parameters of a model.

    - ``name`` -- what it is called
    - ``offset`` -- the number of its first parameter
    - ``shape``
    """

    name: str
    offset: int
    shape: Shape

    def entry(self, parameter: int) -> str:
        """The name of the entry that is the parameter of this number."""
        place = np.unravel_index(parameter - self.offset, self.shape)
        return f"{self.name}[{', '.join(str(int(k)) for k in place)}]"


def parameter_arrays(model: Model, names: tuple[str, ...] = ()) -> list[ParameterArray]:
    """
    The arrays of parameters of a model in their order.

    INPUT:

    - ``names`` -- of the arrays; by default their letters with the number of the layer among those
      that have parameters

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [a.name for a in parameter_arrays(parse_spec("mlp:2,3,1:x^2:bias"))]
        ['W_1', 'b_1', 'W_2', 'b_2']
    """
    shapes = model.chain.parameter_shapes()
    if names and len(names) != len(shapes):
        raise InputError(f"The model {model} has {len(shapes)} arrays of parameters, and "
                         f"{len(names)} names are given.")
    plain = not any(isinstance(layer, Composite) for layer in model.layers)
    layers = list(dict.fromkeys(name.partition(".")[0] for name, _ in shapes))
    found, place = [], 0
    for k, (name, shape) in enumerate(shapes):
        layer, _, letter = name.partition(".")
        own = names[k] if names else f"{letter}_{layers.index(layer) + 1}" if plain else name
        found.append(ParameterArray(own, place, shape))
        place += prod(shape)
    return found


@dataclass(frozen=True, repr=False, eq=False)
class WeightedModel:
    """
    A model at given weights.

    INPUT:

    - ``model`` -- a model with N parameters
    - ``weights`` -- N fractions, those of an array row by row
    - ``names`` -- of the arrays of parameters, where a file has them

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> network = weighted(parse_spec("mlp:1,1,1:x^2"), [3, "1/2"])
        >>> network([2])
        (Fraction(18, 1),)
    """

    model: Model
    weights: tuple[Fraction, ...]
    names: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        return f"{self.model} at given weights"

    @cached_property
    def arrays(self) -> list[ParameterArray]:
        """The arrays of parameters."""
        return parameter_arrays(self.model, self.names)

    @cached_property
    def parameter_names(self) -> list[str]:
        """A name for each parameter."""
        if len(self.arrays) == 1 and self.arrays[0].name == "w_1":
            return list(self.model.parameter_names)
        return [a.entry(a.offset + k) for a in self.arrays for k in range(prod(a.shape))]

    def array(self, place: ParameterArray) -> np.ndarray:
        """The fractions of one array."""
        flat = np.empty(prod(place.shape), dtype=object)
        flat[:] = self.weights[place.offset:place.offset + len(flat)]
        return flat.reshape(place.shape)

    def describe(self) -> dict[str, Any]:
        """The model and the weights as plain JSON data."""
        return self._description

    @cached_property
    def _description(self) -> dict[str, Any]:
        return self.model.describe() | {"weights": list(map(decimal, self.weights))}

    def __call__(self, inputs: Any) -> tuple[Fraction, ...]:
        """The outputs at inputs, exactly."""
        x = [rational(c, "input") for c in lists(inputs)]
        if len(x) != self.model.input_count:
            raise InputError(f"The model {self.model} has {self.model.input_count} inputs; "
                             f"{len(x)} numbers are given.")
        values = self.model.apply(np.array(self.weights, dtype=object),
                                  np.array(x, dtype=object), Fraction)
        return tuple(map(Fraction, values))


def weighted(model: Model, weights: Any, names: tuple[str, ...] = ()) -> WeightedModel:
    """
    A model at weights as one states them.

    INPUT:

    - ``weights`` -- a list of N numbers; or a list of arrays, or arrays by their names, one for
      each array of parameters and of its shape.  The entries of arrays of NumPy or PyTorch are the
      binary fractions that they are; other numbers are exact, such as 3, 0.5 or "1/10"

    Raises InputError for numbers that are not rational, and for another number of them.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:2,1,1:x^2")
        >>> weighted(model, [[[1, 2]], [[3]]]).weights == weighted(model, [1, 2, 3]).weights
        True
        >>> weighted(model, [1, 2])
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The model mlp:2,1,1:x^2 has 3 parameters, in arrays of the
        shapes W_1: 1 x 2, W_2: 1 x 1; 2 weights are given.
    """
    if isinstance(weights, Mapping):
        weights = list(weights.values())
    found = list(_numbers(weights))
    if len(found) != model.parameter_count:
        arrays = parameter_arrays(model, names)
        shapes = ", ".join(f"{a.name}: {' x '.join(map(str, a.shape))}" for a in arrays[:8])
        raise InputError(
            f"The model {model} has {model.parameter_count} parameters, in arrays of the shapes "
            f"{shapes}{', ...' * (len(arrays) > 8)}; {len(found)} weights are given.")
    return WeightedModel(model, tuple(found), names)


def _numbers(given: Any) -> Iterator[Fraction]:
    if hasattr(given, "dtype"):
        array = np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)
        for value in array.ravel().tolist():
            try:
                yield exact(value)
            except ValueError as error:
                raise InputError(f"The weight {shown(value)} {error}.") from None
        return
    given = lists(given)
    if isinstance(given, (list, tuple, range)):
        for part in given:
            yield from _numbers(part)
    else:
        yield rational(given, "weight")


def read_weights(model: Model, name: str) -> WeightedModel:
    """
    A model at the weights in a file.

    INPUT:

    - ``name`` -- of a file ``*.json``: a list of numbers, or of arrays, or an object of arrays, in
      the order of the parameters; numbers are the decimal numbers as written

    Raises InputError if there is no such file, or if it does not fit.
    """
    from neuroalg_sage.models.sources import read_json

    data = read_json(name, "file of weights")
    if not isinstance(data, (list, dict)):
        raise InputError(f"The file of weights {shown(name)} holds no list of numbers or arrays.")
    return weighted(model, data)
