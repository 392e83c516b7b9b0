"""
A trained network: a model, and a point of its space of parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.computation_graphs import ComputationGraph
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Activation, Chain, Layer, Shape
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sage_input import numbers

SCHEMA = 1


@dataclass(frozen=True)
class Block:
    """
    An array of a model's parameters, and where it stands in a file.

    - ``name`` -- of the array in the file
    - ``shape`` -- of the array in the file
    - ``places`` -- for each entry of the block its place in that array, in the order of rows; None
      if the order is the same
    - ``folded`` -- what was multiplied into the array, whose entries are then not those of the file

    EXAMPLES::

        >>> Block("fc.weight", (2, 2), (0, 2, 1, 3)).entry(1)
        'fc.weight[1,0]'
    """

    name: str
    shape: Shape
    places: tuple[int, ...] | None = None
    folded: str = ""

    @property
    def stem(self) -> str:
        """The name of the layer in the name of the array, as in ``fc.weight``; or nothing."""
        return self.name[: max(self.name.rfind("."), self.name.rfind("/"), 0)]

    def entry(self, number: int) -> str:
        """The name of an entry of the block, with its indices in the file."""
        place = number if self.places is None else self.places[number]
        indices = np.unravel_index(place, self.shape) if self.shape else ()
        return f"{self.name}[{','.join(map(str, indices))}]" if self.shape else self.name


@dataclass(frozen=True, repr=False)
class TrainedNetwork:
    """
    A model, and a point of its parameters: a network with the weights of a file.

    INPUT:

    - ``model`` -- :class:`~neuroalg_sage.models.model.Model`
    - ``point`` -- the parameters in the order of the model, rational numbers
    - ``blocks`` -- for each array of the model's parameters where it stands in the file; by default
      each is called as the model calls it
    - ``layer_names`` -- for each layer that has parameters the name that the file has for it
    - ``notes`` -- sentences: what the file cannot tell, what was folded, what was left out
    - ``source`` -- the name of the file

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> network = TrainedNetwork(parse_spec("mlp:1,2,1:x^2"), [1, 2, 3, "1/2"])
        >>> network([10]), network.parameter_name(3)
        ((Fraction(500, 1),), '2.W[0,1]')
    """

    model: Model
    point: tuple[Fraction, ...]
    blocks: tuple[Block, ...] = ()
    layer_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        shapes = self.model.chain.parameter_shapes()
        for name in ("blocks", "layer_names", "notes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not self.blocks:
            object.__setattr__(self, "blocks", tuple(Block(*pair) for pair in shapes))
        if not (isinstance(self.point, tuple) and all(type(c) is Fraction for c in self.point)):
            object.__setattr__(self, "point", tuple(numbers(self.point, "parameter")))
        if len(self.point) != self.model.parameter_count:
            raise InputError(f"The model has {self.model.parameter_count} parameters, and the "
                             f"point {len(self.point)}.")
        if len(self.blocks) != len(shapes) or any(
                prod(shape) != (prod(block.shape) if block.places is None else len(block.places))
                for block, (_, shape) in zip(self.blocks, shapes)):
            raise InputError("The names of the parameters are not those of the model's arrays.")

    def __str__(self) -> str:
        return self.source or str(self.model)

    def __repr__(self) -> str:
        return f"Trained network {self.source}: {self.model!r}".replace(" :", ":")

    @property
    def names(self) -> tuple[str, ...]:
        """For each array of the model's parameters its name in the file."""
        return tuple(block.name for block in self.blocks)

    @cached_property
    def _starts(self) -> list[int]:
        sizes = [prod(shape) for _, shape in self.model.chain.parameter_shapes()]
        return [sum(sizes[:k]) for k in range(len(sizes))]

    def parameter_name(self, number: int) -> str:
        """The name of a parameter: that of its array in the file, and its indices there."""
        if not 0 <= number < len(self.point):
            raise InputError(f"The parameters are numbered from 0 to {len(self.point) - 1}.")
        k = max(k for k, start in enumerate(self._starts) if start <= number)
        return self.blocks[k].entry(number - self._starts[k])

    def arrays(self) -> dict[str, Any]:
        """The arrays of the model's parameters, with exact entries, by their names in the file."""
        found = {}
        for block, (_, shape), start in zip(
                self.blocks, self.model.chain.parameter_shapes(), self._starts):
            entries = np.empty(prod(shape), dtype=object)
            entries[:] = self.point[start : start + prod(shape)]
            found[block.name] = entries.reshape(shape)
        return found

    def __call__(self, inputs: Any) -> tuple[Fraction, ...]:
        """The outputs at rational inputs, exactly."""
        values = numbers(np.ravel(np.array(inputs, dtype=object)), "input")
        if len(values) != self.model.input_count:
            raise InputError(f"The network takes {self.model.input_count} inputs, not "
                             f"{len(values)}.")
        outputs = self.model.apply(np.array(self.point, dtype=object),
                                   np.array(values, dtype=object), Fraction)
        return tuple(map(Fraction, outputs))

    def numerically(self, inputs: Any) -> Any:
        """
        The outputs at floating-point inputs, in floating point.

        INPUT:

        - ``inputs`` -- array whose last axis holds the inputs

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> network = TrainedNetwork(parse_spec("mlp:1,1,1:x^2"), [3, 2])
            >>> network.numerically([[1.0], [0.5]]).tolist()
            [[18.0], [4.5]]
        """
        point = np.array([float(c) for c in self.point])
        return self.model.apply(point, np.asarray(inputs, dtype=float), float)

    def text(self) -> str:
        """
        The layers with their shapes and the names of their arrays, and what there is to note.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> print(TrainedNetwork(parse_spec("mlp:1,2,1:x^2"), [1, 2, 3, 4]).text())
            mlp:1,2,1:x^2
              input 1, output 1, 4 parameters
              1  dense       2  0.W 2x1
              2  activation  2  x^2
              3  dense       1  2.W 1x2
        """
        model = self.model
        rows, blocks, names = [], iter(self.blocks), iter(self.layer_names)
        for number, (layer, shape, shared, read) in enumerate(_steps(model), 1):
            arrays = [] if shared is not None else [
                f"{block.name} {_shown(block.shape)}"
                + (f" (folded with {block.folded})" if block.folded else "")
                for _, block in zip(layer.parameter_shapes(), blocks)]
            if arrays and (title := next(names, "")):
                stems = {block.stem for block in self.blocks}
                arrays = arrays if title in stems else [*arrays, f"layer {title}"]
            if shared is not None and layer.parameter_shapes():
                arrays = [f"the parameters of {shared + 1}"]
            if isinstance(layer, Activation):
                arrays.append(layer.in_words())
            if read is not None and read != (number - 1,):
                arrays.append("of " + ", ".join(str(s) if s else "the input" for s in read))
            rows.append((str(number), layer.kind, _shown(shape), "; ".join(arrays)))
        widths = [max(len(row[k]) for row in rows) for k in range(3)]
        lines = ["  " + "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths)), row[3]])
                 for row in rows]
        return "\n".join([
            str(self), f"  input {_shown(model.input_shape)}, output {_shown(model.output_shape)}, "
            f"{len(self.point):,} parameter{'s' * (len(self.point) != 1)}",
            *(line.rstrip() for line in lines), *(f"  Note: {note}" for note in self.notes)])

    def describe(self) -> dict[str, Any]:
        """
        The network as plain JSON data.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> network = TrainedNetwork(parse_spec("linear:1,1"), [3], source="line.onnx")
            >>> network.describe()["point"], network_from_data(network.describe()) == network
            (['3'], True)
        """
        return {"schema": SCHEMA, "model": self.model.describe(),
                "point": [decimal(c) for c in self.point],
                "blocks": [{"name": b.name, "shape": list(b.shape)}
                           | ({} if b.places is None else {"places": list(b.places)})
                           | ({"folded": b.folded} if b.folded else {}) for b in self.blocks],
                "layer_names": list(self.layer_names), "notes": list(self.notes)}


def _shown(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "1"


def _steps(model: Model) -> Iterator[tuple[Layer, Shape, int | None, tuple[int, ...] | None]]:
    """The layers with the shapes of their outputs, what they share, and what they read."""
    layers, shape, whole = model.layers, model.input_shape, model.layers[0]
    if len(layers) == 1 and isinstance(whole, (Chain, ComputationGraph)):
        sources = getattr(whole, "sources", None) or [None] * len(whole.layers)
        shapes = [shape]
        for layer, shared, read in zip(whole.layers, whole.share, sources):
            taken = [shapes[s] for s in read or [len(shapes) - 1]]
            shapes.append(layer.output_shape(
                taken[0] if len(taken) == 1 else (sum(map(prod, taken)),)))
            yield layer, shapes[-1], shared, read
        return
    for layer in layers:
        shape = layer.output_shape(shape)
        yield layer, shape, None, None


def network_from_data(data: Any, source: str = "") -> TrainedNetwork:
    """
    The network that plain JSON data describes: with ``"model"``, or ``"spec"``, and ``"point"``.

    Raises InputError if there is no such network.

    EXAMPLES::

        >>> network_from_data({"spec": "linear:2,1", "point": ["1/2", 3]})([2, 1])
        (Fraction(4, 1),)
    """
    from neuroalg_sage.models.sources import model_from_data

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
