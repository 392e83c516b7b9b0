"""
Piecewise linear networks in files of ONNX.

A file holds a graph of operators; each value is either a constant, known from the file, or a state
of the network, computed from the input.  Of the first axis of a state, which counts the examples of
a batch, one example is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.numbers import exact
from neuroalg_sage.models.piecewise.layers import (
    AveragePooling,
    Concatenation,
    ConvolutionLayer,
    DenseLayer,
    Maxout,
    MaxPooling,
    PiecewiseActivation,
    PiecewiseLayer,
    Shape,
    SumOfStates,
    activation,
)
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.trained.onnx_files import array_of, needed, parse_onnx


def network_from_onnx(content: bytes, name: str = "", folder: Path | None = None) -> Network:
    """
    The network in a file of ONNX.

    INPUT:

    - ``content`` -- of the file
    - ``name`` -- what messages call it
    - ``folder`` -- where weights may lie that are not inside

    Operators: Gemm, MatMul, Add, Sub, Mul and Div with constants, Conv, Relu, LeakyRelu, Abs, Max,
    Min, Clip, MaxPool, AveragePool, GlobalAveragePool, Concat, Flatten, Reshape, Identity, Dropout,
    Constant.

    Raises InputError if the file is none of ONNX, or has another operator.
    """
    graph = parse_onnx(content, name, folder)
    constants = {tensor.name: array_of(tensor, f"The initializer {shown(tensor.name)}")
                 for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    if len(inputs) != 1 or len(graph.output) != 1:
        raise InputError("A network in a file of ONNX has one input and one output; this one has "
                         f"{len(inputs)} and {len(graph.output)}.")
    extents = [int(axis.dim_value) for axis in inputs[0].type.tensor_type.shape.dim]
    shape = tuple(extents[1:] or extents)  # without an axis for the examples if there is one axis
    if not shape or not all(n > 0 for n in shape):
        raise InputError("The input of a network in a file of ONNX has axes of known extents after "
                         "that for the examples of a batch.")
    reader = _Reader(constants, inputs[0].name, shape)
    import onnx

    for node in needed(graph, graph.output[0].name):
        reader.read(node, {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute})
    if graph.output[0].name not in reader.states:
        raise InputError("The output of the network does not depend on its input.")
    return reader.network(graph.output[0].name)


class _Reader:
    """Reads one node after the other."""

    def __init__(self, constants: dict[str, Any], name: str, shape: Shape) -> None:
        self.constants = constants
        self.states = {name: 0}
        self.shapes = [shape]
        self.layers: list[PiecewiseLayer] = []
        self.sources: list[tuple[int, ...]] = []
        self.input_shape = shape

    def network(self, output: str) -> Network:
        """All that was read; what the output does not need comes before it, and does not count."""
        last = self.states[output]
        if not last:
            raise InputError("The network has no layers.")
        needed, waiting = set(), [last]
        while waiting:
            state = waiting.pop()
            if state and state not in needed:
                needed.add(state)
                waiting += self.sources[state - 1]
        number = {0: 0} | {state: k for k, state in enumerate(sorted(needed), 1)}
        return Network([self.layers[s - 1] for s in sorted(needed)], self.input_shape,
                       [tuple(number[t] for t in self.sources[s - 1]) for s in sorted(needed)])

    def read(self, node: Any, attributes: dict[str, Any]) -> None:
        kind, names = node.op_type, [name for name in node.input if name]
        if kind == "Constant":
            import onnx

            value = attributes.get("value")
            if not attributes:
                raise InputError("A Constant of the network has no value.")
            self.constants[node.output[0]] = (
                onnx.numpy_helper.to_array(value) if value is not None else
                np.array(next(iter(attributes.values()))))
            return
        taken = [name for name in names if name in self.states]
        given = [self.constants[name] for name in names if name in self.constants]
        if kind not in _OPERATORS:
            raise InputError(f"The network has an operator {shown(kind)}, which is not read; those "
                             f"are {', '.join(_OPERATORS)}, Constant.")
        if not taken or len(taken) + len(given) != len(names):
            raise InputError(f"The operator {kind} takes no state of the network, or one that is "
                             "not known.")
        state, order = self.states[taken[0]], names.index(taken[0])
        shape = self.shapes[state]
        try:
            made = _OPERATORS[kind](shape, given, attributes, order, len(taken))
        except InputError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
            # The operator lacks a constant or an attribute, or has one of another shape or type,
            # or with a number that is not finite.
            raise InputError(f"The operator {kind} has constants or attributes that are not read: "
                             f"{str(error)[:100]}.") from None
        if made is None:
            self.states[node.output[0]] = state
            return
        if isinstance(made, tuple):  # the same entries in another shape
            self.states[node.output[0]] = self._reshaped(state, made)
            return
        sources = [self.states[name] for name in taken]
        for layer in made if isinstance(made, list) else [made]:  # one after the other
            sources = [self._append(layer, sources)]
        self.states[node.output[0]] = sources[0]

    def _append(self, layer: PiecewiseLayer, sources: list[int]) -> int:
        self.layers.append(layer)
        self.sources.append(tuple(sources))
        self.shapes.append(layer.output_shape([self.shapes[s] for s in sources]))
        return len(self.layers)

    def _reshaped(self, state: int, shape: Shape) -> int:
        """A state of which only the shape differs: dense layers take any; others one that fits."""
        if len(shape) == 1:
            width = shape[0]
            return state if len(self.shapes[state]) == 1 else self._append(DenseLayer(
                [[int(i == j) for j in range(width)] for i in range(width)]), [state])
        raise InputError("A state of the network is given another shape that is not flat.")


Operator = Callable[[Shape, list[Any], dict[str, Any], int, int], Any]



def _gemm(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int) -> Any:
    _only_first("Gemm", order, states)
    if options.get("transA", 0):
        raise InputError("The operator Gemm turns its state around, which is not read.")
    weights = given[0] if options.get("transB", 0) else given[0].T
    alpha, beta = (exact(float(options.get(name, 1.0))) for name in ("alpha", "beta"))
    rows = [[alpha * exact(c) for c in row] for row in weights]
    bias = None
    if len(given) > 1:
        # One row for all examples.
        bias = [beta * exact(c) for c in np.broadcast_to(given[1], (1, len(rows)))[0]]
    return DenseLayer(rows, bias)


def _matmul(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
            ) -> Any:
    _only_first("MatMul", order, states)
    if len(shape) != 1 or given[0].ndim != 2:
        raise InputError("The operator MatMul is read for a flat state and a matrix only.")
    return DenseLayer(given[0].T)


def _only_first(kind: str, order: int, states: int) -> None:
    if order or states > 1:
        raise InputError(f"The operator {kind} is read where it takes a state first, and then "
                         "constants.")


def _scaled(shape: Shape, factors: Any, constants: Any) -> DenseLayer | ConvolutionLayer:
    """Each entry times a factor, plus a constant."""
    try:
        a, b = (np.broadcast_to(np.asarray(values, object), (1, *shape))[0]
                for values in (factors, constants))
    except ValueError:
        raise InputError(f"A constant of the network does not fit a state of shape {shape}."
                         ) from None
    count = prod(shape)
    flat = [c if isinstance(c, Fraction) else exact(c) for c in a.ravel()]
    rows = [[flat[i] if i == j else 0 for j in range(count)] for i in range(count)]
    if len(shape) > 1:
        raise InputError("Constants are added to flat states only, or as biases of a convolution.")
    return DenseLayer(rows, [c if isinstance(c, Fraction) else exact(c) for c in b.ravel()])


def _exact_array(values: Any) -> Any:
    found = np.empty(np.shape(values), object)
    for index in np.ndindex(found.shape):
        found[index] = exact(np.asarray(values)[index])
    return found


def _add(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int) -> Any:
    if not given:
        return SumOfStates()
    return _scaled(shape, 1, _exact_array(given[0]))


def _subtract(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
              ) -> Any:
    if not given:
        raise InputError("The operator Sub of two states is not read.")
    constant = _exact_array(given[0])
    return _scaled(shape, -1, constant) if order else _scaled(shape, 1, -constant)


def _multiply(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
              ) -> Any:
    if not given:
        raise InputError("A product of two states is not piecewise linear.")
    return _scaled(shape, _exact_array(given[0]), 0)


def _divide(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
            ) -> Any:
    divisor = _exact_array(given[0]) if given else None
    if divisor is None or order or not all(divisor.ravel()):
        raise InputError("A state is divided by constants that are not zero only.")
    return _scaled(shape, 1 / divisor, 0)


def _windows(options: dict[str, Any], axes: int, kind: str) -> tuple[list[int], list[int]]:
    """Stride and padding on each axis."""
    pads = list(options.get("pads", [0] * (2 * axes)))
    if pads[:axes] != pads[axes:] or any(n != 1 for n in options.get("dilations", [])) or (
            options.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID")) or options.get(
            "group", 1) != 1 or options.get("ceil_mode", 0):
        raise InputError(f"The operator {kind} is read without dilations, groups and rounding up, "
                         "and with the same padding on both sides.")
    return list(options.get("strides", [1] * axes)), pads[:axes]


def _convolve(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
              ) -> Any:
    _only_first("Conv", order, states)
    stride, padding = _windows(options, given[0].ndim - 2, "Conv")
    return ConvolutionLayer(given[0], given[1] if len(given) > 1 else None, stride, padding)


def _pool(kind: str, layer: Callable[..., PiecewiseLayer]) -> Operator:
    def read(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
             ) -> Any:
        size = list(options["kernel_shape"])
        stride, padding = _windows(options, len(size), kind)
        if any(padding):
            raise InputError(f"The operator {kind} is read without padding.")
        return layer(size, stride)

    return read


def _average_all(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
                 ) -> Any:
    return AveragePooling(list(shape[1:]))


def _clip(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int) -> Any:
    bounds = [options[name] for name in ("min", "max") if name in options] + given
    if order or len(bounds) != 2:
        raise InputError("The operator Clip is read with a least and a largest number.")
    low, high = (exact(np.asarray(bound).reshape(()).item()) for bound in bounds)
    return PiecewiseActivation([low, high], [0, 1, 0], low)


def _extremum(sign: int) -> Operator:
    """The maximum, or with the sign -1 the minimum, of a state and a number, or of two states."""
    def read(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
             ) -> Any:
        bounds = {exact(c) for array in given for c in np.asarray(array).ravel()}
        if states == 1 and len(bounds) == 1:
            [bound] = bounds
            return PiecewiseActivation([bound], [0, 1] if sign > 0 else [1, 0], bound)
        if states != 2 or given or len(shape) > 1:
            raise InputError("The operators Max and Min are read for a state and a number, or for "
                             "two flat states.")
        count = prod(shape)
        pairs = [[sign * (j == i + half) for j in range(2 * count)]
                 for i in range(count) for half in (0, count)]
        turned = [[-int(i == j) for j in range(count)] for i in range(count)]
        return [Concatenation(), DenseLayer(pairs), Maxout(2),
                *([DenseLayer(turned)] if sign < 0 else [])]

    return read


def _flat(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int) -> Any:
    return (prod(shape),)


def _reshape(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
             ) -> Any:
    wanted = [int(n) for n in np.asarray(given[0]).ravel()] if given else []
    return None if tuple(wanted[1:]) == shape else (prod(shape),) if len(wanted) == 2 and (
        wanted[1] in (-1, prod(shape))) else tuple(wanted[1:]) or (0, 0)


def _concatenate(shape: Shape, given: list[Any], options: dict[str, Any], order: int, states: int
                 ) -> Any:
    if given or options.get("axis") not in (1, -len(shape)):
        raise InputError("The operator Concat is read for states, and on their first axis.")
    return Concatenation()


_OPERATORS: dict[str, Operator] = {
    "Gemm": _gemm, "MatMul": _matmul, "Add": _add, "Sub": _subtract, "Mul": _multiply,
    "Div": _divide, "Conv": _convolve,
    "Relu": lambda *_: activation("relu"),
    "LeakyRelu": lambda shape, given, options, *_: activation(
        "leaky_relu", exact(float(options.get("alpha", np.float32(0.01))))),
    "Max": _extremum(1), "Min": _extremum(-1),
    "Abs": lambda *_: activation("absolute_value"),
    "Clip": _clip, "MaxPool": _pool("MaxPool", MaxPooling),
    "AveragePool": _pool("AveragePool", AveragePooling), "GlobalAveragePool": _average_all,
    "Concat": _concatenate, "Flatten": _flat, "Reshape": _reshape,
    "Identity": lambda *_: None, "Dropout": lambda *_: None,
}
