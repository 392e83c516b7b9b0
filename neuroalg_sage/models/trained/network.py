"""
A trained network: a model, and a point of its space of parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.computation_graphs import ComputationGraph
from neuroalg_sage.models.layers import Activation, Chain, Layer, Shape
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational_layers import RationalActivation
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
        shapes = self.parameter_shapes
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

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, also of a network that divides, whose model is a cone."""
        return self.model.cone.layers if self.model.cone else self.model.layers

    @property
    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        """The arrays of the model's parameters; the last one may be the scale of a cone."""
        scale = ((("scale", (self.model.scales,)),) if self.model.cone else ())
        return Chain(self.layers).parameter_shapes() + scale

    @cached_property
    def _starts(self) -> list[int]:
        sizes = [prod(shape) for _, shape in self.parameter_shapes]
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
                self.blocks, self.parameter_shapes, self._starts):
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
        arrays = [np.array(self.point[start : start + prod(shape)], dtype=object).reshape(shape)
                  for start, (_, shape) in zip(self._starts, self.parameter_shapes)]
        states = np.array(values, dtype=object).reshape(self.model.input_shape)
        try:
            outputs = Chain(self.layers).apply(arrays, states, Fraction)
        except ZeroDivisionError:
            raise InputError("The network is not defined at these inputs: it divides by zero."
                             ) from None
        return tuple(map(Fraction, outputs.ravel()))

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
        given = np.asarray(inputs, dtype=float)
        if not self.model.cone:
            return self.model.apply(point, given, float)
        arrays = [point[start : start + prod(shape)].reshape(shape)
                  for start, (_, shape) in zip(self._starts, self.parameter_shapes)]
        chain, rows = Chain(self.layers), given.reshape(-1, given.shape[-1])
        found = np.array([chain.apply(arrays, row.reshape(self.model.input_shape), float).ravel()
                          for row in rows])
        return found.reshape((*given.shape[:-1], -1))

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
        steps = list(_steps(self.layers, model.input_shape))
        for number, (layer, shape, shared, read) in enumerate(steps, 1):
            arrays = [] if shared is not None else [
                f"{block.name} {_shown(block.shape)}"
                + (f" (folded with {block.folded})" if block.folded else "")
                for _, block in zip(layer.parameter_shapes(), blocks)]
            if arrays and (title := next(names, "")):
                stems = {block.stem for block in self.blocks}
                arrays = arrays if title in stems else [*arrays, f"layer {title}"]
            if shared is not None and layer.parameter_shapes():
                arrays = [f"the parameters of {shared + 1}"]
            if isinstance(layer, (Activation, RationalActivation)):
                arrays.append(layer.text)
            if read is not None and read != (number - 1,):
                arrays.append("of " + ", ".join(str(s) if s else "the input" for s in read))
            rows.append((str(number), layer.kind, _shown(shape), "; ".join(arrays)))
        count = len(self.point) - model.scales
        widths = [max(len(row[k]) for row in rows) for k in range(3)]
        lines = ["  " + "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths)), row[3]])
                 for row in rows]
        return "\n".join([
            str(self), f"  input {_shown(model.input_shape)}, output {_shown(steps[-1][1])}, "
            f"{count:,} parameter{'s' * (count != 1)}",
            *(line.rstrip() for line in lines), *(f"  Note: {note}" for note in self.notes)])

    def describe(self) -> dict[str, Any]:
        """
        The network as plain JSON data.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> network = TrainedNetwork(parse_spec("linear:1,1"), [3], source="line.onnx")
            >>> network.describe()["point"], network.describe()["model"]["spec"]
            (['3'], 'linear:1,1')
        """
        return {"schema": SCHEMA, "model": self.model.describe(),
                "point": [decimal(c) for c in self.point],
                "blocks": [{"name": b.name, "shape": list(b.shape)}
                           | ({} if b.places is None else {"places": list(b.places)})
                           | ({"folded": b.folded} if b.folded else {}) for b in self.blocks],
                "layer_names": list(self.layer_names), "notes": list(self.notes)}


def _shown(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "1"


def _steps(layers: tuple[Layer, ...], shape: Shape
           ) -> Iterator[tuple[Layer, Shape, int | None, tuple[int, ...] | None]]:
    """The layers with the shapes of their outputs, what they share, and what they read."""
    whole = layers[0]
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
