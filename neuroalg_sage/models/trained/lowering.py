"""
From the intermediate graph of an import to a model of layers, and the point of its parameters.

A stored array becomes the weights of the layer that reads it, where it is read in one way: of a
dense layer, of a convolution, or of a layer over places.  An array that is read in several ways, as
a matrix and its transpose, becomes parameters as a state, and what reads it a contraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.computation_graphs import (
    ComputationGraph,
    Contraction,
    FixedMap,
    Join,
    Weights,
)
from neuroalg_sage.models.layers import (
    MAXIMAL_LAYERS,
    Activation,
    Chain,
    Convolution,
    Dense,
    Layer,
    Shape,
)
from neuroalg_sage.models.matrix_spaces import MatrixSpace
from neuroalg_sage.models.model import Model, check_title
from neuroalg_sage.models.rational_layers import (
    EntrywiseQuotient,
    RationalActivation,
    SquareRoot,
)
from neuroalg_sage.models.trained.network import Block, TrainedNetwork
from neuroalg_sage.models.trained.operations import (
    ONE,
    AffineMap,
    Applied,
    AppliedQuotient,
    Builder,
    Contracted,
    Divided,
    Input,
    Joined,
    LinearLayer,
    Operation,
    Parameter,
    Rooted,
    Selection,
    Stored,
    Value,
    is_identity,
)

DIVIDING = (AppliedQuotient, Divided, Rooted)
MOST_DIVIDED = 100  # parameters of a network that divides
Key = tuple[Layer, tuple[tuple[int, bytes], ...]]  # a layer, and the arrays that it takes


def lower(output: Value, given: Input, input_shape: Shape, notes: Sequence[str], source: str
          ) -> TrainedNetwork:
    """
    The network that a graph describes.

    INPUT:

    - ``output`` -- what is computed
    - ``given`` -- the input
    - ``input_shape`` -- what the model calls its shape; the number of entries is the same
    - ``notes`` -- what was said on the way
    - ``source`` -- the name of the file
    """
    if not output.is_state:
        raise InputError("The output of the network does not depend on its input.")
    operations = list(in_order(output))
    if not any(isinstance(v, Parameter) for o in operations for v in _read(o)):
        raise InputError("The network has no arrays of weights, so no parameters; weights are "
                         "arrays that the file stores, not constants inside of its operators.")
    states = _States(given, input_shape, _layers_of_their_own(operations))
    for operation in operations:
        states.emit(operation)
    states.finish(output)
    divides = next((o for o in operations if isinstance(o, DIVIDING)), None)
    if divides is not None and len(states.point) > MOST_DIVIDED:
        raise InputError(f"The node {divides.name!r} divides or takes a root, so that the network "
                         "is rational; such networks are expanded, and read with at most "
                         f"{MOST_DIVIDED} parameters, not {len(states.point)}.")
    if len(states.layers) > MAXIMAL_LAYERS:
        raise InputError(f"The network has {len(states.layers)} layers; at most {MAXIMAL_LAYERS} "
                         "are read.")
    return states.network(notes, source)


def _read(operation: Operation) -> tuple[Value, ...]:
    """The values that an operation reads, parameters of layers among them."""
    if isinstance(operation, LinearLayer):
        return (*operation.sources, operation.weights,
                *([] if operation.bias is None else [operation.bias]))
    return operation.sources


def in_order(output: Value) -> Iterator[Operation]:
    """The operations that an output needs, each after those that it reads."""
    done: set[int] = set()
    waiting: list[tuple[Value, bool]] = [(output, False)]
    while waiting:
        value, is_ready = waiting.pop()
        if not isinstance(value, Operation) or id(value) in done:
            continue
        if is_ready:
            done.add(id(value))
            yield value
        else:
            waiting.append((value, True))
            waiting += [(v, False) for v in reversed(value.sources)]


def _layer(operation: LinearLayer) -> Layer:
    """The layer with parameters of its own that an operation is."""
    made, taken, kernel = operation.weights.shape
    places, has_bias = operation.places, operation.bias is not None
    before = operation.sources[0].shape[1]
    if kernel == 1 and before == len(places) == 1:
        return Dense(taken, made, has_bias)
    if operation.window is not None and not has_bias:
        _, size, stride = operation.window
        return Convolution(size, stride, (taken, made))
    matrices = tuple(tuple((i, int(j), ONE) for i, j in enumerate(column) if j >= 0)
                     for column in places.T)
    return MatrixSpace((len(places), before), matrices, (taken, made), has_bias)


def _block(parameter: Parameter) -> tuple[int, bytes]:
    return id(parameter.stored), parameter.order.tobytes()


def _layers_of_their_own(operations: Sequence[Operation]) -> dict[int, Key]:
    """
    The linear layers all of whose arrays are read by equal layers only, and in one way.
    """
    keys: dict[int, Key] = {}
    for operation in operations:
        if isinstance(operation, LinearLayer):
            arrays = [operation.weights] + ([operation.bias] if operation.bias else [])
            if len({id(a.stored) for a in arrays}) == len(arrays):
                keys[id(operation)] = _layer(operation), tuple(map(_block, arrays))
    while True:
        uses: dict[int, set[Key | None]] = {}
        for operation in operations:
            for value in _read(operation):
                if isinstance(value, Parameter):
                    uses.setdefault(id(value.stored), set()).add(keys.get(id(operation)))
        refused = [number for number, (_, blocks) in keys.items()
                   if any(len(uses[stored]) > 1 for stored, _ in blocks)]
        if not refused:
            return keys
        for number in refused:
            del keys[number]


@dataclass
class _States:
    """The states of a computation graph, and the parameters, as they are made."""

    given: Input
    input_shape: Shape
    keys: dict[int, Key]
    layers: list[Layer] = field(default_factory=list)
    sources: list[tuple[int, ...]] = field(default_factory=list)
    share: list[int | None] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    point: list[Fraction] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)  # of the state that a value is
    kept: list[Value] = field(default_factory=list)  # so that no other value has its identity
    reshaped: dict[tuple[int, Shape], int] = field(default_factory=dict)
    shared: dict[Key, int] = field(default_factory=dict)
    stored: dict[int, int] = field(default_factory=dict)
    fixed: dict[tuple[Layer, tuple[int, ...]], int] = field(default_factory=dict)
    builder: Builder = field(default_factory=Builder)

    def __post_init__(self) -> None:
        self.shapes.append(self.input_shape)
        self.numbers[id(self.given)] = 0

    def append(self, layer: Layer, sources: Sequence[int], share: int | None = None) -> int:
        """The number of the state that a layer makes, one more unless it is there already."""
        read = [self.shapes[s] for s in sources]
        before = read[0] if len(read) == 1 else (sum(map(prod, read)),)
        if not layer.parameter_shapes():
            known = self.fixed.setdefault((layer, tuple(sources)), len(self.layers) + 1)
            if known <= len(self.layers):
                return known
        self.layers.append(layer)
        self.sources.append(tuple(sources))
        self.share.append(share)
        self.shapes.append(layer.output_shape(before))
        return len(self.layers)

    def _learned(self, parameters: Sequence[Parameter], name: str) -> None:
        """Parameters of the layer that is appended next."""
        for p in parameters:
            flat = p.order.ravel()
            same = is_identity(flat, flat.size)
            self.point += [p.stored.entries[k] for k in flat.tolist()]
            self.blocks.append(Block(p.stored.name, p.stored.shape,
                                     None if same else tuple(flat.tolist()), p.stored.folded))
        first = self.blocks[-len(parameters)]
        self.names.append(first.stem or name or first.name)

    def number(self, value: Value) -> int:
        """The number of the state that is a value, perhaps in another shape."""
        if id(value) not in self.numbers:
            assert isinstance(value, Parameter)
            self.kept.append(value)
            self.numbers[id(value)] = self._weights(value)
        return self.numbers[id(value)]

    def _weights(self, parameter: Parameter) -> int:
        """Parameters as a state."""
        stored: Stored = parameter.stored
        if id(stored) not in self.stored:
            whole = Parameter(stored.shape, stored, np.arange(prod(stored.shape)))
            self._learned([whole], stored.name)
            self.stored[id(stored)] = self.append(Weights(stored.shape or (1,)), [0])
        state = self.stored[id(stored)]
        if is_identity(parameter.order, parameter.size):
            return state
        return self._selected([state], parameter.order)

    def _selected(self, states: Sequence[int], places: Any) -> int:
        sizes = [self.shapes[s] for s in states]
        flat = places.ravel()
        rows = np.flatnonzero(flat >= 0)
        return self.append(FixedMap(
            sizes[0] if len(states) == 1 else (sum(map(prod, sizes)),), _visible(places.shape),
            tuple((int(i), int(flat[i]), ONE) for i in rows)), states)

    def shaped(self, value: Value, shape: Shape) -> int:
        """The number of a state of this shape."""
        number = self.number(value)
        if self.shapes[number] == shape:
            return number
        if (number, shape) not in self.reshaped:
            self.reshaped[number, shape] = self.append(FixedMap.selecting(
                self.shapes[number], range(prod(shape)), shape), [number])
        return self.reshaped[number, shape]

    def emit(self, operation: Operation) -> None:
        """The layers of an operation whose sources have states."""
        self.numbers[id(operation)] = _EMITTERS[type(operation)](self, operation)

    def select(self, operation: Selection) -> int:
        states = [self.number(v) for v in operation.sources]
        if len(states) == 1 and is_identity(operation.places, operation.sources[0].size):
            return states[0]
        return self._selected(states, operation.places)

    def map_affinely(self, operation: AffineMap) -> int:
        states = [self.number(v) for v in operation.sources]
        sizes = [self.shapes[s] for s in states]
        entries: dict[tuple[int, int], Fraction] = {}
        for i, j, c in zip(operation.rows.tolist(), operation.columns.tolist(),
                           operation.coefficients):
            entries[i, j] = entries.get((i, j), Fraction(0)) + c
        return self.append(FixedMap(
            sizes[0] if len(states) == 1 else (sum(map(prod, sizes)),), _visible(operation.shape),
            tuple((i, j, c) for (i, j), c in entries.items() if c),
            tuple((i, c) for i, c in enumerate(operation.constants or ()) if c)), states)

    def contract(self, operation: Contracted) -> int:
        states = [self.shaped(v, v.shape) for v in operation.sources]
        return self.append(Contraction(operation.equation,
                                       tuple(v.shape for v in operation.sources)), states)

    def join(self, operation: Joined) -> int:
        shape = self.shapes[self.number(operation.sources[0])]
        states = [self.shaped(v, shape) for v in operation.sources]
        return self.append(Join(operation.operation, shape, len(states)), states)

    def apply(self, operation: Applied) -> int:
        return self.append(Activation(operation.coefficients),
                           [self.number(operation.sources[0])])

    def divide_entries(self, operation: AppliedQuotient) -> int:
        return self.append(RationalActivation(operation.numerator, operation.denominator),
                           [self.number(operation.sources[0])])

    def divide(self, operation: Divided) -> int:
        return self.append(EntrywiseQuotient(), [self.number(v) for v in operation.sources])

    def take_root(self, operation: Rooted) -> int:
        return self.append(SquareRoot(), [self.number(operation.sources[0])])

    def linear(self, operation: LinearLayer) -> int:
        [source], weights, bias = operation.sources, operation.weights, operation.bias
        if id(operation) not in self.keys:
            return self._as_contraction(operation)
        layer, blocks = key = self.keys[id(operation)]
        if isinstance(layer, Dense):
            state = self.number(source)
        elif isinstance(layer, Convolution):
            assert operation.window is not None
            state = self.shaped(source, (weights.shape[1], *operation.window[0]))
        else:
            state = self.shaped(source, source.shape)
        if key in self.shared:
            return self.append(layer, [state], self.shared[key])
        self.shared[key] = len(self.layers)
        self._learned([weights] + ([bias] if bias else []), operation.name)
        return self.append(layer, [state])

    def _as_contraction(self, operation: LinearLayer) -> int:
        """A linear layer whose weights are read elsewhere, too, as operations on states."""
        builder, [source], weights = self.builder, operation.sources, operation.weights
        builder.name = builder.label = operation.name
        made, taken, kernel = weights.shape
        number = np.append(np.arange(source.size).reshape(source.shape), np.full((taken, 1), -1), 1)
        patches = builder.take([source], number[:, operation.places.T])
        equation, operands = "ock,ckp->op", [weights, patches]
        if kernel == 1:
            operands = [builder.reshape(weights, (made, taken)),
                        builder.reshape(patches, (taken, -1))]
            equation = "oc,cp->op"
            if patches.shape[2] == 1:
                operands[1], equation = builder.reshape(patches, (taken,)), "oc,c->o"
        shape = (made,) if equation == "oc,c->o" else operation.shape
        result: Value = Contracted(shape, tuple(operands), operation.name, equation)
        if operation.bias is not None:
            added = builder.broadcast(builder.reshape(operation.bias, (made, 1)), operation.shape)
            result = Joined(shape, (result, builder.reshape(added, shape)), operation.name, "sum")
        self.kept.append(result)
        for step in in_order(result):
            if id(step) not in self.numbers:
                self.kept.append(step)
                self.emit(step)
        return self.numbers[id(result)]

    def finish(self, output: Value) -> None:
        """See to it that the output is the last state."""
        number = self.number(output)
        if not number or number < len(self.layers):
            self.append(FixedMap.selecting(self.shapes[number], range(output.size),
                                           self.shapes[number]), [number])

    def network(self, notes: Sequence[str], source: str) -> TrainedNetwork:
        """The network with all of these layers."""
        if any(read != (k,) for k, read in enumerate(self.sources)):
            layers: tuple[Layer, ...] = (ComputationGraph(
                self.input_shape, tuple(self.layers), tuple(self.sources), tuple(self.share)),)
        elif any(s is not None for s in self.share):
            layers = (Chain(tuple(self.layers), tuple(self.share)),)
        else:
            layers = tuple(self.layers)
        model = Model(layers, self.input_shape, None, _name(source))
        blocks, point = list(self.blocks), list(self.point)
        if model.cone:
            blocks.append(Block("scale", (model.scales,)))
            point += [ONE] * model.scales
        return TrainedNetwork(model, tuple(point), tuple(blocks), tuple(self.names),
                              tuple(notes), source)


def _name(source: str) -> str | None:
    """What a model of a file is called."""
    name = Path(source).stem.strip()
    try:
        check_title(name)
    except InputError:
        return None
    return name


_EMITTERS: dict[type[Operation], Any] = {
    Selection: _States.select, AffineMap: _States.map_affinely, Contracted: _States.contract,
    Joined: _States.join, Applied: _States.apply, LinearLayer: _States.linear,
    AppliedQuotient: _States.divide_entries, Divided: _States.divide, Rooted: _States.take_root}


def _visible(shape: Sequence[int]) -> Shape:
    """A shape without axes of one entry, of which a layer sees nothing."""
    return tuple(int(n) for n in shape if n > 1) or (1,)
