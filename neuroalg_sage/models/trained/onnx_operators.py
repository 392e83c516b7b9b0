"""
The operators of ONNX that are algebraic: what each makes of its inputs.

An operator that moves entries says how it arranges an array of NumPy; one that computes is made of
sums, products and contractions.  On what is known it computes exactly, but for roots and
exponential functions of constants, which are floating-point numbers and are noted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.arrays import fractions
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Shape
from neuroalg_sage.models.trained.operations import Builder, Literal, Parameter, Value
from neuroalg_sage.models.trained.refusals import (
    ATTENTION,
    DISCONTINUOUS,
    IN_TRAINING,
    NORMALIZATION,
    POLYNOMIAL,
    QUANTIZED,
    RANDOM,
    RECURRENT,
    PiecewiseOperator,
)

LARGEST_EXPONENT = 10_000


@dataclass
class Node:
    """
    A node: its inputs as values, None for one that is left out; its attributes; names.

    - ``uses`` -- how often each name is read
    """

    builder: Builder
    inputs: list[Value | None]
    options: dict[str, Any]
    input_names: list[str]
    output_names: list[str]
    uses: dict[str, int]

    @property
    def name(self) -> str:
        """What messages call the node."""
        return self.builder.name

    def has(self, place: int) -> bool:
        """Whether there is an input at a place."""
        return place < len(self.inputs) and self.inputs[place] is not None

    def __getitem__(self, place: int) -> Value:
        """An input."""
        if not self.has(place):
            raise InputError(f"The node {self.name} lacks its input {place}.")
        return self.inputs[place]  # type: ignore[return-value]

    def known(self, place: int, role: str) -> Literal:
        """An input that has to be known; parameters are taken as constants, and a note says it."""
        value = self[place]
        if isinstance(value, Parameter):
            flat = np.empty(value.size, object)
            flat[:] = [value.stored.entries[k] for k in value.order.ravel()]
            self.builder.note(f"The array {value.stored.name} is a constant, as {role} of the node "
                              f"{self.name}.")
            return Literal(value.shape, flat.reshape(value.shape))
        if not isinstance(value, Literal):
            raise InputError(f"The node {self.name} has {role} that depends on the input of the "
                             "network, which is not read.")
        return value

    def whole(self, place: int, role: str) -> list[int]:
        """A known input as whole numbers."""
        values = self.known(place, role).array.ravel()
        if any(c != int(c) for c in values):
            raise InputError(f"The node {self.name} has {role} that is not whole.")
        return [int(c) for c in values]

    def axes(self, place: int = 1) -> list[int] | None:
        """The axes, which are an attribute or an input; None for all."""
        if "axes" in self.options:
            return [int(a) for a in self.options["axes"]]
        return self.whole(place, "a list of axes") if self.has(place) else None

    def refuse(self, reason: str) -> InputError:
        """What is said of a node that is not read."""
        return InputError(f"The node {self.name} {reason}.")


Operator = Callable[[Node], "Value | list[Value]"]


# -- numbers that are known --------------------------------------------------------------


def _constant(node: Node) -> Value:
    if len(node.options) != 1:
        raise node.refuse("has no value, or several")
    [(kind, value)] = node.options.items()
    if kind.startswith(("sparse", "value_string")):
        raise node.refuse("has a value that is no array of numbers")
    return node.builder.stored_literal(np.asarray(
        value, np.float32 if kind.startswith("value_float") else None), node.name)


def _constant_of_shape(node: Node) -> Value:
    shape = node.whole(0, "a shape")
    node.builder._affordable(prod(shape))
    value = np.asarray(node.options.get("value", np.zeros(1, np.float32)))
    return node.builder.stored_literal(np.full(shape, value.ravel()[0]), node.name)


def _shape(node: Node) -> Value:
    start, end = node.options.get("start", 0), node.options.get("end")
    return node.builder.literal(np.array(node[0].shape[start:end], object), True)


def _range(node: Node) -> Value:
    start, limit, delta = (node.known(k, "a bound").array.ravel()[0] for k in range(3))
    count = max(0, -int((start - limit) // delta))
    node.builder._affordable(count)
    values = np.empty(count, object)
    values[:] = [start + k * delta for k in range(count)]
    return node.builder.literal(values, node.known(0, "a bound").is_whole)


_FLOATS = {1: np.float32, 10: np.float16, 11: np.float64, 16: None}  # of the types of ONNX


def _cast(node: Node) -> Value:
    value, kind = node[0], int(node.options.get("to", 1))
    if isinstance(value, Literal):
        if kind in _FLOATS:
            return node.builder.literal(value.array * Fraction(1))
        whole = np.empty(value.shape, object)
        for place in np.ndindex(value.shape):
            whole[place] = int(value.array[place]) if kind != 9 else int(bool(value.array[place]))
        return node.builder.literal(whole, True)
    if kind not in _FLOATS:
        raise node.refuse("rounds numbers that depend on the input, so that the network is not "
                          "algebraic")
    if kind in (10, 16):
        node.builder.note(f"The node {node.name} rounds to 16 bits when it is run; the model does "
                          "not round.")
    return value


def _compare(relation: Callable[[Any, Any], Any]) -> Operator:
    def read(node: Node) -> Value:
        left, right = (node.known(k, "a condition") for k in (0, 1))
        return node.builder.literal(np.vectorize(
            lambda a, b: int(relation(a, b)), otypes=[object])(left.array, right.array), True)

    return read


def _not(node: Node) -> Value:
    return node.builder.literal(1 - node.known(0, "a condition").array, True)


def _where(node: Node) -> Value:
    builder, condition = node.builder, node.known(0, "a condition")
    shape = np.broadcast_shapes(condition.shape, node[1].shape, node[2].shape)
    chosen = np.broadcast_to(condition.array, shape).astype(bool)
    left, right = (builder.broadcast(node[k], shape) for k in (1, 2))
    count = np.arange(prod(shape)).reshape(shape)
    return builder.take([left, right], np.where(chosen, count, count + prod(shape)))


def _of_constants(function: Callable[[Any], Any], offer: str) -> Callable[[Node], Value]:
    """A function that is not algebraic, or a root, which is read for constants."""
    def read(node: Node) -> Value:
        value = node[0]
        if not isinstance(value, Literal):
            raise node.refuse(offer)
        with np.errstate(all="ignore"):
            rounded = function(value.array.astype(np.float64))
        entries = np.empty(value.size, object)
        entries[:] = fractions(rounded, f"of the node {node.name}")
        exact = entries.reshape(value.shape)
        if function is not np.sqrt or (exact * exact != value.array).any():
            node.builder.note(f"The constant that the node {node.name} computes is no rational "
                              "number; the model has the floating-point number of 64 bits.")
        return node.builder.literal(exact)

    return read


# -- entries that move -------------------------------------------------------------------


def _reshape(node: Node) -> Value:
    shape = node[0].shape
    wanted = node.whole(1, "a shape") if node.has(1) else [int(n) for n in node.options["shape"]]
    if not node.options.get("allowzero", 0):
        wanted = [shape[k] if n == 0 else n for k, n in enumerate(wanted)]
    if wanted.count(-1) == 1:
        rest = prod(n for n in wanted if n != -1)
        wanted = [prod(shape) // rest if n == -1 and rest else n for n in wanted]
    if prod(wanted) != prod(shape):
        raise node.refuse(f"gives an array of shape {shape} the shape {tuple(wanted)}, as of "
                          "several examples; export the network with one example")
    return node.builder.reshape(node[0], wanted)


def _flatten(node: Node) -> Value:
    shape, axis = node[0].shape, int(node.options.get("axis", 1))
    axis = axis % len(shape) if axis != len(shape) and shape else axis
    return node.builder.reshape(node[0], (prod(shape[:axis]), prod(shape[axis:])))


def _transpose(node: Node) -> Value:
    order = node.options.get("perm")
    return node.builder.arrange(node[0], lambda a: a.transpose(order))


def _squeeze(node: Node) -> Value:
    axes = node.axes()
    return node.builder.arrange(node[0], lambda a: a.squeeze(
        None if axes is None else tuple(axes)))


def _unsqueeze(node: Node) -> Value:
    axes = node.axes() or []
    return node.builder.arrange(node[0], lambda a: np.expand_dims(a, tuple(axes)))


def _concat(node: Node) -> Value:
    return node.builder.concatenate([node[k] for k in range(len(node.inputs))],
                                    int(node.options["axis"]))


def _slice(node: Node) -> Value:
    def bounds(name: str, place: int) -> list[int] | None:
        if name in node.options:
            return [int(n) for n in node.options[name]]
        return node.whole(place, "a bound") if node.has(place) else None

    starts, ends = bounds("starts", 1) or [], bounds("ends", 2) or []
    axes = bounds("axes", 3) or list(range(len(starts)))
    steps = bounds("steps", 4) or [1] * len(starts)
    parts = [slice(None)] * len(node[0].shape)
    for start, end, axis, step in zip(starts, ends, axes, steps):
        extent = node[0].shape[axis]
        # Before the first entry there is no bound from the end that Python would take as one.
        parts[axis] = slice(start, None if step < 0 and end < -extent else end, step)
    return node.builder.arrange(node[0], lambda a: a[tuple(parts)])


def _split(node: Node) -> list[Value]:
    axis = int(node.options.get("axis", 0))
    extent, count = node[0].shape[axis], len(node.output_names)
    sizes = [int(n) for n in node.options.get("split", [])] or (
        node.whole(1, "a list of sizes") if node.has(1) else [])
    if not sizes:
        part = -(-extent // count)
        sizes = [part] * (count - 1) + [extent - part * (count - 1)]
    if len(sizes) != count or sum(sizes) != extent or min(sizes) < 0:
        raise node.refuse(f"splits {extent} entries into {sizes}")
    return [node.builder.part(node[0], sum(sizes[:k]), sum(sizes[: k + 1]), axis)
            for k in range(count)]


def _gather(node: Node) -> Value:
    places = _indices(node)
    return node.builder.arrange(node[0], lambda a: a.take(
        places, axis=int(node.options.get("axis", 0)), mode="raise"))


def _indices(node: Node, place: int = 1) -> Any:
    """A known input as indices."""
    known = node.known(place, "an index")
    return np.array([int(i) for i in known.array.ravel()], np.int64).reshape(known.shape)


def _gather_elements(node: Node) -> Value:
    indices, axis = _indices(node), int(node.options.get("axis", 0))
    return node.builder.arrange(node[0], lambda a: np.take_along_axis(a, indices, axis))


def _gather_by_tuples(node: Node) -> Value:
    if node.options.get("batch_dims", 0):
        raise node.refuse("has axes of a batch, which are not read")
    indices = _indices(node)
    return node.builder.arrange(node[0], lambda a: a[tuple(np.moveaxis(indices, -1, 0))])


def _replaced(node: Node, put: Callable[[Any, Any], None]) -> Value:
    """A value with entries replaced by those of the third input."""
    if node.options.get("reduction", "none") != "none":
        raise node.refuse("adds to what it replaces, or the like, which is not read")
    places = np.arange(node[0].size).reshape(node[0].shape)
    put(places, node[0].size + np.arange(node[2].size).reshape(node[2].shape))
    return node.builder.take([node[0], node[2]], places)


def _scatter_elements(node: Node) -> Value:
    indices, axis = _indices(node), int(node.options.get("axis", 0))
    return _replaced(node, lambda places, new: np.put_along_axis(places, indices, new, axis))


def _scatter_by_tuples(node: Node) -> Value:
    indices = tuple(np.moveaxis(_indices(node), -1, 0))

    def put(places: Any, new: Any) -> None:
        places[indices] = new

    return _replaced(node, put)


def _cumulative_sum(node: Node) -> Value:
    axis = node.whole(1, "an axis")[0] % len(node[0].shape)
    count = node[0].shape[axis]
    triangle = np.tri(count, count, -bool(node.options.get("exclusive", 0))).astype(int)
    if node.options.get("reverse", 0):
        triangle = triangle[::-1, ::-1]
    letters = "abcdefghijklm"[: len(node[0].shape)]
    made = letters[:axis] + "z" + letters[axis + 1 :]
    return node.builder.contract(f"{letters},z{letters[axis]}->{made}", [
        node[0], node.builder.literal(triangle.astype(object), True)])


def _split_into_sequence(node: Node) -> Any:
    """The parts as one sequence, of which SequenceAt takes one."""
    axis = int(node.options.get("axis", 0))
    extent = node[0].shape[axis]
    given = node.known(1, "a list of sizes") if node.has(1) else None
    size = 1 if given is None else int(given.array.ravel()[0])
    sizes = [int(n) for n in given.array.ravel()] if given is not None and given.shape else [
        min(size, extent - k) for k in range(0, extent, size)]
    parts = [node.builder.part(node[0], sum(sizes[:k]), sum(sizes[: k + 1]), axis)
             for k in range(len(sizes))]
    if given is None and not node.options.get("keepdims", 1):
        parts = [node.builder.arrange(part, lambda a: a.squeeze(axis)) for part in parts]
    return [parts]


def _of_sequence(node: Node) -> Value:
    parts: Any = node.inputs[0]
    if not isinstance(parts, list):
        raise node.refuse("takes a part of what is no sequence")
    return parts[node.whole(1, "an index")[0]]  # type: ignore[no-any-return]


def _expand(node: Node) -> Value:
    return node.builder.broadcast(node[0], np.broadcast_shapes(
        node[0].shape, tuple(node.whole(1, "a shape"))))


def _tile(node: Node) -> Value:
    repeats = node.whole(1, "a number of copies")
    node.builder._affordable(node[0].size * prod(repeats))
    return node.builder.arrange(node[0], lambda a: np.tile(a, repeats))


def _pad(node: Node) -> Value:
    value, mode = node[0], node.options.get("mode", "constant")
    pads = [int(n) for n in node.options.get("pads", [])] or node.whole(1, "a padding")
    axes = node.whole(3, "a list of axes") if node.has(3) else list(range(len(value.shape)))
    before, after = pads[: len(axes)], pads[len(axes) :]
    widths = [(0, 0)] * len(value.shape)
    for axis, a, b in zip(axes, before, after):
        widths[axis] = (max(a, 0), max(b, 0))
    node.builder._affordable(prod(n + a + b for n, (a, b) in zip(value.shape, widths)))
    filling = node.known(2, "a padding").array.ravel()[0] if node.has(2) else node.options.get(
        "value", 0)
    if mode == "constant":
        outside = node.builder.literal(np.full((1,), filling, object))
        padded = np.pad(np.arange(value.size).reshape(value.shape), widths,
                        constant_values=value.size)
    else:
        kind = {"reflect": "reflect", "edge": "edge", "wrap": "wrap"}[mode]
        padded = np.pad(np.arange(value.size).reshape(value.shape), widths,
                        mode=kind)  # type: ignore[call-overload]
    cuts = [slice(None)] * len(value.shape)
    for axis, a, b in zip(axes, before, after):
        cuts[axis] = slice(-a if a < 0 else None, b if b < 0 else None)
    padded = padded[tuple(cuts)]
    if mode != "constant":
        return node.builder.take([value], padded)
    if not filling:
        return node.builder.take([value], np.where(padded == value.size, -1, padded))
    return node.builder.take([value, outside], padded)


def _trilu(node: Node) -> Value:
    k = node.whole(1, "a diagonal")[0] if node.has(1) else 0
    shape = node[0].shape
    mask = np.tri(shape[-2], shape[-1], k - 1 if node.options.get("upper", 1) else k, bool)
    kept = ~mask if node.options.get("upper", 1) else mask
    return node.builder.arrange(node[0], lambda a: np.where(kept, a, -1))


def _space_to_depth(node: Node) -> Value:
    block = int(node.options["blocksize"])
    n, c, h, w = node[0].shape
    return node.builder.arrange(node[0], lambda a: a.reshape(
        n, c, h // block, block, w // block, block).transpose(0, 3, 5, 1, 2, 4).reshape(
        n, c * block * block, h // block, w // block))


def _depth_to_space(node: Node) -> Value:
    b = int(node.options["blocksize"])
    n, c, h, w = node[0].shape
    rows = node.options.get("mode", "DCR") == "CRD"
    return node.builder.arrange(node[0], lambda a: (
        a.reshape(n, c // b**2, b, b, h, w).transpose(0, 1, 4, 2, 5, 3) if rows else
        a.reshape(n, b, b, c // b**2, h, w).transpose(0, 3, 4, 1, 5, 2)).reshape(
        n, c // b**2, h * b, w * b))


def _dropout(node: Node) -> Value:
    node.builder.note(f"The node {node.name} is the identity, as in evaluation.")
    return node[0]


# -- arithmetic --------------------------------------------------------------------------


def _subtract(node: Node) -> Value:
    return node.builder.add(node[0], node.builder.scale(node[1], -1))


def _divide(node: Node) -> Value:
    if isinstance(node[1], (Literal, Parameter)):
        return node.builder.divide(node[0], node.known(1, "a divisor"))
    return node.builder.quotient(node[0], node[1])


def _power(node: Node) -> Value:
    base, known = node[0], node.known(1, "an exponent")
    exponents = {Fraction(c) for c in known.array.ravel()}
    if len(exponents) != 1:
        raise node.refuse("has several exponents")
    [exponent] = exponents
    if exponent.denominator != 1 or exponent < 0 and isinstance(base, Literal):
        if isinstance(base, Literal) and not base.is_whole:
            return _of_constants(lambda a: a ** float(exponent), "")(node)
        if isinstance(base, Literal) or exponent.denominator != 2:
            raise node.refuse(f"is a power with the exponent {exponent}, which is no multiple of "
                              "1/2, or of a whole number, which would be rounded")
        base, exponent = node.builder.root(base), exponent * 2
    return node.builder.power(node.builder.broadcast(base, np.broadcast_shapes(
        base.shape, known.shape)), max(-LARGEST_EXPONENT, min(int(exponent), LARGEST_EXPONENT)))


def _all(combine: Callable[[Builder, Value, Value], Value], mean: bool = False) -> Operator:
    def read(node: Node) -> Value:
        result, count = node[0], len(node.inputs)
        for k in range(1, count):
            result = combine(node.builder, result, node[k])
        return node.builder.scale(result, Fraction(1, count)) if mean else result

    return read


def _reduce(square: bool = False, mean: bool = False) -> Operator:
    def read(node: Node) -> Value:
        axes = node.axes()
        if not axes:
            if node.options.get("noop_with_empty_axes", 0):
                return node.builder.power(node[0], 2) if square else node[0]
            axes = list(range(len(node[0].shape)))
        value = node.builder.power(node[0], 2) if square else node[0]
        total = node.builder.sum_over(value, axes, bool(node.options.get("keepdims", 1)))
        count = prod(node[0].shape[a] for a in axes)
        return node.builder.scale(total, Fraction(1, count)) if mean else total

    return read


def _reduce_product(node: Node) -> Value:
    axes = node.axes() or list(range(len(node[0].shape)))
    axes = [a % len(node[0].shape) for a in axes]
    result = node[0]
    for axis in axes:
        parts = [node.builder.part(result, k, k + 1, axis) for k in range(result.shape[axis])]
        result = parts[0]
        for part in parts[1:]:
            result = node.builder.multiply(result, part)
    return result if node.options.get("keepdims", 1) else node.builder.arrange(
        result, lambda a: a.squeeze(tuple(axes)))


def _gemm(node: Node) -> Value:
    builder = node.builder

    def turned(value: Value, name: str) -> Value:
        return builder.arrange(value, np.transpose) if node.options.get(name, 0) else value

    def factor(name: str) -> Fraction:
        return Fraction(float(node.options.get(name, 1.0)))

    product = builder.matrix_product(turned(node[0], "transA"), turned(node[1], "transB"))
    product = builder.scale(product, factor("alpha"))
    if not node.has(2):
        return product
    return builder.add(product, builder.scale(node[2], factor("beta")))


def _einsum(node: Node) -> Value:
    return node.builder.einsum(str(node.options["equation"]),
                               [node[k] for k in range(len(node.inputs))])


# -- windows -----------------------------------------------------------------------------


def _window(node: Node, size: Shape) -> tuple[Shape, Shape, list[tuple[int, int]]]:
    """The stride, the dilation and the padding of a node that looks at windows."""
    axes, space = len(size), node[0].shape[2:]
    if len(space) != axes:
        raise node.refuse(f"has windows of {size} and an input of shape {node[0].shape}")
    stride, dilation = (tuple(int(n) for n in node.options.get(name, [1] * axes))
                        for name in ("strides", "dilations"))
    given = node.options.get("auto_pad", "NOTSET") or "NOTSET"
    if given in ("SAME_UPPER", "SAME_LOWER"):
        pads = []
        for n, k, s, d in zip(space, size, stride, dilation):
            total = max(0, (-(-n // s) - 1) * s + d * (k - 1) + 1 - n)
            small = total // 2
            pads.append((small, total - small) if given == "SAME_UPPER" else (
                total - small, small))
    else:
        listed = [0] * (2 * axes) if given == "VALID" else list(
            node.options.get("pads", [0] * (2 * axes)))
        pads = [(int(a), int(b)) for a, b in zip(listed[:axes], listed[axes:])]
    if min(*stride, *dilation) < 1 or any(min(pair) < 0 for pair in pads):
        raise node.refuse("has a stride, a dilation or a padding that is none")
    return stride, dilation, pads


def _convolve(node: Node) -> Value:
    stride, dilation, pads = _window(node, node[1].shape[2:])
    return node.builder.convolve(node[0], node[1], node[2] if node.has(2) else None, stride,
                                 dilation, pads, int(node.options.get("group", 1)))


def _average(node: Node) -> Value:
    size = tuple(int(n) for n in node.options["kernel_shape"])
    stride, dilation, pads = _window(node, size)
    if node.options.get("ceil_mode", 0) or max(dilation) > 1:
        raise node.refuse("rounds the number of windows up, or has a dilation, which is not read")
    return node.builder.average(node[0], size, stride, pads,
                                bool(node.options.get("count_include_pad", 0)))


def _average_all(node: Node) -> Value:
    axes = range(2, len(node[0].shape))
    total = node.builder.sum_over(node[0], list(axes), True)
    return node.builder.scale(total, Fraction(1, prod(node[0].shape[2:])))


def _normalize(node: Node) -> Value:
    """An affine map of each channel, by the statistics that training has left."""
    if node.options.get("training_mode", 0):
        raise node.refuse(IN_TRAINING)
    is_alone = node.uses.get(node.input_names[0], 0) == 1
    return node.builder.normalize(
        node[0], [node[k] for k in range(1, 5)],
        float(np.float32(node.options.get("epsilon", 1e-5))),
        (node.input_names[1], node.input_names[2]),
        lambda name: is_alone and node.uses.get(name, 0) == 1)


OPERATORS: dict[str, Operator] = {
    "Add": lambda node: node.builder.add(node[0], node[1]),
    "And": _compare(lambda a, b: a and b), "AveragePool": _average,
    "BatchNormalization": _normalize, "Cast": _cast, "CastLike": _cast, "Concat": _concat,
    "CumSum": _cumulative_sum, "GatherElements": _gather_elements,
    "GatherND": _gather_by_tuples, "ScatterElements": _scatter_elements,
    "ScatterND": _scatter_by_tuples, "SplitToSequence": _split_into_sequence,
    "SequenceAt": _of_sequence, "Constant": _constant, "ConstantOfShape": _constant_of_shape,
    "Conv": _convolve,
    "DepthToSpace": _depth_to_space, "Div": _divide, "Dropout": _dropout, "Einsum": _einsum,
    "Equal": _compare(lambda a, b: a == b), "Expand": _expand, "Flatten": _flatten,
    "Gather": _gather, "Gemm": _gemm, "GlobalAveragePool": _average_all,
    "Greater": _compare(lambda a, b: a > b), "GreaterOrEqual": _compare(lambda a, b: a >= b),
    "Identity": lambda node: node[0], "Less": _compare(lambda a, b: a < b),
    "LessOrEqual": _compare(lambda a, b: a <= b),
    "MatMul": lambda node: node.builder.matrix_product(node[0], node[1]),
    "Mean": _all(Builder.add, mean=True),
    "Mul": lambda node: node.builder.multiply(node[0], node[1]),
    "Neg": lambda node: node.builder.scale(node[0], -1), "Not": _not,
    "Or": _compare(lambda a, b: a or b), "Pad": _pad, "Pow": _power, "Range": _range,
    "ReduceMean": _reduce(mean=True), "ReduceProd": _reduce_product, "ReduceSum": _reduce(),
    "ReduceSumSquare": _reduce(square=True), "Reshape": _reshape, "Shape": _shape,
    "Size": lambda node: node.builder.literal(node[0].size, True), "Slice": _slice,
    "SpaceToDepth": _space_to_depth, "Split": _split, "Squeeze": _squeeze, "Sub": _subtract,
    "Sum": _all(Builder.add), "Tile": _tile, "Transpose": _transpose, "Trilu": _trilu,
    "Unsqueeze": _unsqueeze, "Where": _where,
}


def _root(node: Node) -> Value:
    if isinstance(node[0], Literal):
        return _of_constants(np.sqrt, "")(node)
    return node.builder.root(node[0])


def _standardize(is_centered: bool) -> Operator:
    """The normalization by statistics of the input itself, with gains and shifts."""
    def read(node: Node) -> Value:
        shape = node[0].shape
        first = int(node.options.get("axis", -1)) % len(shape)
        epsilon = Fraction(float(np.float32(node.options.get("epsilon", 1e-5))))
        value = node.builder.standardize(node[0], list(range(first, len(shape))), epsilon,
                                         is_centered)
        value = node.builder.multiply(value, node[1])
        return node.builder.add(value, node[2]) if node.has(2) else value

    return read


def _norm(node: Node) -> Value:
    return node.builder.root(_reduce(square=True)(node))  # type: ignore[arg-type]


OPERATORS |= {
    "Sqrt": _root, "LayerNormalization": _standardize(True),
    "RMSNormalization": _standardize(False), "ReduceL2": _norm,
    "Reciprocal": lambda node: node.builder.quotient(node.builder.literal(Fraction(1)), node[0])}
for _name, _function in {"Exp": np.exp, "Log": np.log, "Sin": np.sin, "Cos": np.cos,
                         "Tanh": np.tanh}.items():
    OPERATORS[_name] = _of_constants(_function, POLYNOMIAL)

_REFUSED = {
    **dict.fromkeys(("Sigmoid", "Erf", "Gelu", "Softplus", "Softsign", "Elu", "Celu", "Selu",
                     "Mish", "Swish", "Tan", "Sinh", "Cosh", "Asin", "Acos", "Atan"), POLYNOMIAL),
    **dict.fromkeys(("Softmax", "LogSoftmax", "Attention", "MultiHeadAttention"), ATTENTION),
    **dict.fromkeys(("GroupNormalization", "InstanceNormalization", "LpNormalization", "LRN"),
                    NORMALIZATION),
    **dict.fromkeys(("If", "Loop", "Scan"), "is control flow; export the network unrolled, for one "
                    "shape of its input"),
    **dict.fromkeys(("QLinearConv", "QLinearMatMul", "QuantizeLinear", "DequantizeLinear",
                     "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger", "QLinearAdd"),
                    QUANTIZED),
    **dict.fromkeys(("LSTM", "GRU", "RNN"), RECURRENT),
    **dict.fromkeys(("Floor", "Ceil", "Round", "Sign", "Mod", "TopK", "ArgMax", "ArgMin",
                     "NonZero"), DISCONTINUOUS),
    **dict.fromkeys(("RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike",
                     "Bernoulli", "Multinomial"), RANDOM),
}
PIECEWISE = ("Relu", "LeakyRelu", "PRelu", "Abs", "Max", "Min", "Clip", "MaxPool", "GlobalMaxPool",
             "HardSigmoid", "HardSwish", "ThresholdedRelu", "ReduceMax", "ReduceMin")


def refusal(kind: str, domain: str, title: str) -> str:
    """What is said of a node with an operator that is not read."""
    if domain:
        return (f"The node {title} has an operator of the domain {shown(domain)}, which is not "
                "read; export the network in operators of ONNX itself.")
    return f"The node {title} {_REFUSED.get(kind, 'has an operator that is not read')}."


def _bending(function: Callable[..., Any] | None) -> Operator:
    """A piecewise linear operator, which is read for known numbers."""
    def read(node: Node) -> Value:
        known = [v for v in node.inputs if isinstance(v, Literal)]
        if function is None or len(known) < len(node.inputs):
            raise PiecewiseOperator(node.name)
        return node.builder.literal(reduce(function, [v.array for v in known]) if len(known) > 1
                                    else function(known[0].array), all(v.is_whole for v in known))

    return read


for _name in PIECEWISE:
    OPERATORS[_name] = _bending({"Max": np.maximum, "Min": np.minimum, "Abs": np.abs}.get(_name))
