"""
The layers and operations of Keras that are algebraic: what each makes of its inputs.

States have the axis of channels last, and first an axis for one example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.arrays import fractions
from neuroalg_sage.models.trained.operations import Builder, Literal, Parameter, Value
from neuroalg_sage.models.trained.refusals import (
    ATTENTION,
    NORMALIZATION,
    POLYNOMIAL,
    RECURRENT,
    PiecewiseOperator,
)


class Layer:
    """
    A layer: its configuration, and its weights, read once however often it is applied.

    - ``config`` -- its configuration
    - ``is_alone`` -- whether what it is applied to, and all weights of that, are read once
    """

    def __init__(self, builder: Builder, name: str, kind: str, config: dict[str, Any],
                 arrays: Callable[[str], list[Any]]) -> None:
        self.builder, self.name, self.kind, self.config = builder, name, kind, config
        self._arrays = arrays
        self._weights: dict[str, Parameter] = {}
        self._read: list[Any] | None = None
        self.is_alone = True

    def array(self, place: int, role: str) -> Any:
        """An array of the layer, by its place among them."""
        if self._read is None:
            self._read = self._arrays(self.name)
        if place >= len(self._read):
            raise self.refuse(f"lacks its array of weights {role}")
        return self._read[place]

    def weights(self, place: int, role: str) -> Parameter:
        """An array of the layer as parameters."""
        if role not in self._weights:
            array = np.asarray(self.array(place, role))
            self._weights[role] = self.builder.parameter(array, f"{self.name}/{role}")
        return self._weights[role]

    def refuse(self, reason: str) -> InputError:
        """What is said of a layer that is not read."""
        return InputError(f"The layer {self.builder.name} {reason}.")

    def activate(self, value: Value) -> Value:
        """The activation of the layer, applied."""
        return _activation(self, value, self.config.get("activation"))


Operator = Callable[..., "Value | list[Value]"]

_ACTIVATIONS: dict[str, Callable[[Builder, Value], Value]] = {
    "linear": lambda b, v: v, "square": lambda b, v: b.power(v, 2),
    "negative": lambda b, v: b.scale(v, -1)}
_BENT = ("relu", "leaky_relu", "relu6", "hard_sigmoid", "hard_tanh", "hard_silu", "hard_shrink",
         "absolute", "abs", "threshold")


def _activation(layer: Layer, value: Value, given: Any) -> Value:
    if isinstance(given, dict):
        given = given.get("config") if given.get("class_name") == "function" else (
            given.get("class_name"))
    name = given if isinstance(given, str) else "linear" if given is None else "?"
    if name in _ACTIVATIONS:
        return _ACTIVATIONS[name](layer.builder, value)
    if name in _BENT:
        raise PiecewiseOperator(layer.builder.name)
    raise layer.refuse(f"has the activation {name[:60]!r}, which " + (
        ATTENTION if name == "softmax" else POLYNOMIAL))


def _dense(layer: Layer, value: Value) -> Value:
    kernel = layer.weights(0, "kernel")
    made = layer.builder.matrix_product(value, kernel)
    if layer.config.get("use_bias", True):
        made = layer.builder.add(made, layer.weights(1, "bias"))
    return layer.activate(made)


def _einsum_dense(layer: Layer, value: Value) -> Value:
    made = layer.builder.einsum(layer.config["equation"], [value, layer.weights(0, "kernel")])
    if layer.config.get("bias_axes"):
        made = layer.builder.add(made, layer.weights(1, "bias"))
    return layer.activate(made)


def _to_front(layer: Layer, value: Value) -> Value:
    """The axis of channels after that of examples."""
    return value if layer.config.get("data_format") == "channels_first" else (
        layer.builder.arrange(value, lambda a: np.moveaxis(a, -1, 1)))


def _to_back(layer: Layer, value: Value) -> Value:
    return value if layer.config.get("data_format") == "channels_first" else (
        layer.builder.arrange(value, lambda a: np.moveaxis(a, 1, -1)))


def _pads(padding: str, space: Sequence[int], size: Sequence[int], stride: Sequence[int],
          dilation: Sequence[int]) -> list[tuple[int, int]]:
    if padding == "same":
        totals = [max(0, (-(-n // s) - 1) * s + d * (k - 1) + 1 - n)
                  for n, k, s, d in zip(space, size, stride, dilation)]
        return [(n // 2, n - n // 2) for n in totals]
    if padding == "causal":
        return [(d * (k - 1), 0) for k, d in zip(size, dilation)]
    return [(0, 0)] * len(size)


def _convolution(layer: Layer, value: Value) -> Value:
    b, config = layer.builder, layer.config
    state = _to_front(layer, value)
    kernel = layer.weights(0, "kernel")
    filters = b.arrange(kernel, lambda a: np.moveaxis(a, (-1, -2), (0, 1)))
    size = filters.shape[2:]
    stride, dilation = tuple(config["strides"]), tuple(config["dilation_rate"])
    bias = layer.weights(1, "bias") if config.get("use_bias", True) else None
    made = b.convolve(state, filters, bias, stride, dilation,
                      _pads(config["padding"], state.shape[2:], size, stride, dilation),
                      int(config.get("groups", 1)))
    return layer.activate(_to_back(layer, made))


def _depthwise(layer: Layer, value: Value) -> Value:
    b, config = layer.builder, layer.config
    state = _to_front(layer, value)
    kernel = layer.weights(0, "kernel")  # extents, channels, multiplier
    size, channels = kernel.shape[:-2], kernel.shape[-2]
    filters = b.reshape(b.arrange(kernel, lambda a: np.moveaxis(a, (-2, -1), (0, 1))),
                        (channels * kernel.shape[-1], 1, *size))
    stride, dilation = tuple(config["strides"]), tuple(config["dilation_rate"])
    bias = layer.weights(1, "bias") if config.get("use_bias", True) else None
    made = b.convolve(state, filters, bias, stride, dilation,
                      _pads(config["padding"], state.shape[2:], size, stride, dilation), channels)
    return layer.activate(_to_back(layer, made))


def _average(layer: Layer, value: Value) -> Value:
    config, state = layer.config, _to_front(layer, value)
    size, stride = tuple(config["pool_size"]), tuple(config["strides"])
    pads = _pads(config["padding"], state.shape[2:], size, stride, (1,) * len(size))
    return _to_back(layer, layer.builder.average(state, size, stride, pads, False))


def _average_all(layer: Layer, value: Value) -> Value:
    state = _to_front(layer, value)
    axes = list(range(2, len(state.shape)))
    made = layer.builder.scale(layer.builder.sum_over(
        state, axes, bool(layer.config.get("keepdims"))), Fraction(1, prod(state.shape[2:])))
    return _to_back(layer, made) if layer.config.get("keepdims") else made


def _normalization(layer: Layer, value: Value) -> Value:
    b, config = layer.builder, layer.config
    axis = config["axis"] if isinstance(config["axis"], int) else config["axis"][0]
    roles = [role for role, is_there in (("gamma", config["scale"]), ("beta", config["center"]))
             if is_there]
    known: list[Value | None] = [
        layer.weights(roles.index(role), role) if role in roles else None
        for role in ("gamma", "beta")]
    for k, role in enumerate(("moving_mean", "moving_variance")):
        entries = fractions(layer.array(len(roles) + k, role), f"{layer.name}/{role}")
        known.append(b.literal(np.array([*entries, None], object)[:-1]))
    moved = b.arrange(value, lambda a: np.moveaxis(a, axis, 1))
    made = b.normalize(moved, known, float(config["epsilon"]),
                       (f"{layer.name}/gamma", f"{layer.name}/beta"), lambda name: layer.is_alone)
    return b.arrange(made, lambda a: np.moveaxis(a, 1, axis))


def _shaped(b: Builder, value: Value, shape: Sequence[int]) -> Value:
    wanted = list(shape)
    if -1 in wanted:
        rest = prod(n for n in wanted if n != -1)
        wanted[wanted.index(-1)] = value.size // rest if rest else 0
    return b.reshape(value, wanted)


def _flatten(layer: Layer, value: Value) -> Value:
    state = value
    if layer.config.get("data_format") == "channels_first":  # as if the channels were last
        state = layer.builder.arrange(value, lambda a: np.moveaxis(a, 1, -1))
    return layer.builder.reshape(state, (1, value.size))


def _padding(layer: Layer, value: Value) -> Value:
    given = layer.config["padding"]
    widths = [tuple(p) if isinstance(p, list) else (p, p)
              for p in ([given] if len(given) == 2 and isinstance(given[0], int) else given)]
    state = _to_front(layer, value)
    return _to_back(layer, layer.builder.arrange(state, lambda a: np.pad(
        a, [(0, 0), (0, 0), *widths], constant_values=-1)))


def _cropping(layer: Layer, value: Value) -> Value:
    given = layer.config["cropping"]
    widths = [tuple(p) for p in ([given] if isinstance(given[0], int) else given)]
    state = _to_front(layer, value)
    cuts = tuple(slice(a, n - c) for (a, c), n in zip(widths, state.shape[2:]))
    return _to_back(layer, layer.builder.arrange(
        state, lambda a: a[(slice(None), slice(None), *cuts)]))


def _upsampling(layer: Layer, value: Value) -> Value:
    if layer.config.get("interpolation", "nearest") != "nearest":
        raise layer.refuse("interpolates, which is not read")
    size, state = layer.config["size"], _to_front(layer, value)
    size = [size] if isinstance(size, int) else size

    def repeated(a: Any) -> Any:
        for axis, count in enumerate(size, 2):
            a = a.repeat(count, axis)
        return a

    return _to_back(layer, layer.builder.arrange(state, repeated))


def _dot(layer: Layer, values: Sequence[Value]) -> Value:
    if layer.config.get("normalize"):
        raise layer.refuse(NORMALIZATION)
    axes, letters = layer.config["axes"], "bcdefghijklmnop"
    pair = [axes, axes] if isinstance(axes, int) else axes
    left = ["a", *letters[: len(values[0].shape) - 1]]
    right = ["a", *letters[7 : 6 + len(values[1].shape)]]
    i, j = pair[0] % len(left), pair[1] % len(right)
    right[j] = left[i]
    made = [c for c in left if c != left[i]] + [c for c in right[1:] if c != left[i]]
    made = made if "a" in made else ["a", *made]
    return layer.builder.contract(f"{''.join(left)},{''.join(right)}->{''.join(made)}",
                                  list(values))


def _value(layer: Layer, given: Any) -> Value:
    if isinstance(given, Value):
        return given
    array = np.asarray(given)
    if array.dtype.kind not in "fiu":
        raise layer.refuse("has an argument that is no number")
    return layer.builder.stored_literal(array, layer.name)


def _joining(combine: Callable[[Builder, Value, Value], Value], mean: bool = False) -> Operator:
    """A layer of a list of values, or an operation on two."""
    def read(layer: Layer, *given: Any) -> Value:
        values = [_value(layer, v) for v in (given[0] if isinstance(given[0], list) else given)]
        result = values[0]
        for other in values[1:]:
            result = combine(layer.builder, result, other)
        return layer.builder.scale(result, Fraction(1, len(values))) if mean else result

    return read


def _difference(b: Builder, left: Value, right: Value) -> Value:
    return b.add(left, b.scale(right, -1))


def _divide(layer: Layer, left: Any, right: Any) -> Value:
    divisor = _value(layer, right)
    if isinstance(divisor, Literal):
        return layer.builder.divide(_value(layer, left), layer.builder.literal(divisor.array))
    return layer.builder.quotient(_value(layer, left), divisor)


def _power(layer: Layer, base: Any, exponent: Any) -> Value:
    known = _value(layer, exponent)
    numbers = {Fraction(c) for c in known.array.ravel()} if isinstance(known, Literal) else set()
    if len(numbers) != 1 or min(numbers).denominator > 1:
        raise layer.refuse("is a power whose exponent is no whole number, so that the network is "
                           "not rational")
    return layer.builder.power(_value(layer, base), int(min(numbers)))


def _concatenate(layer: Layer, values: Sequence[Value], *_: Any) -> Value:
    return layer.builder.concatenate(values, int(layer.config.get("axis", -1)))


def _summing(mean: bool) -> Operator:
    def read(layer: Layer, value: Value, *_: Any, **__: Any) -> Value:
        given = layer.config.get("axis")
        axes = list(range(len(value.shape))) if given is None else (
            [given] if isinstance(given, int) else list(given))
        total = layer.builder.sum_over(value, axes, bool(layer.config.get("keepdims")))
        count = prod(value.shape[a] for a in axes)
        return layer.builder.scale(total, Fraction(1, count)) if mean else total

    return read


def _item(layer: Layer, value: Value, key: Any) -> Value:
    parts = tuple(key) if isinstance(key, list) else (key,)
    if not all(isinstance(p, (int, slice)) for p in parts):
        raise layer.refuse("takes entries by indices that are not read")
    return layer.builder.arrange(value, lambda a: a[parts])


def _standardization(layer: Layer, value: Value) -> Value:
    """The normalization by statistics of the input itself, with gains and shifts."""
    b, config = layer.builder, layer.config
    given = config.get("axis", -1)
    axes = [given] if isinstance(given, int) else list(given)
    is_centered = layer.kind == "LayerNormalization"
    if config.get("rms_scaling") or axes not in ([-1], [len(value.shape) - 1]):
        raise layer.refuse("normalizes over other axes than the last one, which is not read")
    made = b.standardize(value, axes, Fraction(float(config["epsilon"])), is_centered)
    roles = [role for role, is_there in (
        ("gamma", is_centered and config.get("scale", True)),
        ("scale", not is_centered), ("beta", is_centered and config.get("center", True)))
        if is_there]
    for place, role in enumerate(roles):
        made = (b.add if role == "beta" else b.multiply)(made, layer.weights(place, role))
    return made


def _attention(layer: Layer, *_: Any, **__: Any) -> Value:
    raise layer.refuse(ATTENTION)


def _refusing(reason: str) -> Operator:
    def read(layer: Layer, *_: Any, **__: Any) -> Value:
        raise layer.refuse(reason)

    return read


def _bend(layer: Layer, *_: Any, **__: Any) -> Value:
    raise PiecewiseOperator(layer.builder.name)


def _identity(layer: Layer, value: Value, *_: Any, **__: Any) -> Value:
    return value


def _moving(move: Callable[[Layer], Callable[[Any], Any]]) -> Operator:
    """A layer that arranges entries as a function does those of an array of NumPy."""
    def read(layer: Layer, value: Value, *_: Any, **__: Any) -> Value:
        return layer.builder.arrange(value, move(layer))

    return read


LAYERS: dict[str, Operator] = {
    "Dense": _dense, "EinsumDense": _einsum_dense,
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _convolution),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"), _average),
    **dict.fromkeys(("GlobalAveragePooling1D", "GlobalAveragePooling2D",
                     "GlobalAveragePooling3D"), _average_all),
    "BatchNormalization": _normalization, "Flatten": _flatten,
    "Reshape": lambda layer, value, *_: _shaped(layer.builder, value, [
        1, *layer.config["target_shape"]] if "target_shape" in layer.config else
        layer.config["newshape"]),
    "Permute": _moving(lambda layer: lambda a: a.transpose(0, *layer.config["dims"])),
    "RepeatVector": _moving(lambda layer: lambda a: np.repeat(a[:, None], layer.config["n"], 1)),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"), _padding),
    **dict.fromkeys(("Cropping1D", "Cropping2D", "Cropping3D"), _cropping),
    **dict.fromkeys(("UpSampling1D", "UpSampling2D"), _upsampling),
    "Activation": lambda layer, value, *_: layer.activate(value),
    **dict.fromkeys(("Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise",
                     "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Identity",
                     "InputLayer"), _identity),
    "Rescaling": lambda layer, value, *_: layer.builder.add(
        layer.builder.multiply(value, _value(layer, layer.config["scale"])),
        _value(layer, layer.config["offset"])),
    "Add": _joining(Builder.add), "Subtract": _joining(_difference),
    "Multiply": _joining(Builder.multiply), "Average": _joining(Builder.add, mean=True),
    "Concatenate": _concatenate, "Dot": _dot,
    # Operations on tensors of a functional model.
    "Power": _power, "Square": lambda layer, value: layer.builder.power(value, 2),
    "Negative": lambda layer, value: layer.builder.scale(value, -1),
    **dict.fromkeys(("TrueDivide", "Divide"), _divide),
    "Matmul": lambda layer, left, right: layer.builder.matrix_product(
        _value(layer, left), _value(layer, right)),
    "Einsum": lambda layer, *values: layer.builder.einsum(layer.config["subscripts"], values),
    "Transpose": _moving(lambda layer: lambda a: a.transpose(layer.config.get("axes"))),
    "ExpandDims": _moving(lambda layer: lambda a: np.expand_dims(a, layer.config["axis"])),
    "Squeeze": _moving(lambda layer: lambda a: np.squeeze(a, layer.config.get("axis"))),
    "Sum": _summing(False), "Mean": _summing(True), "GetItem": _item,
    **dict.fromkeys(("Attention", "MultiHeadAttention", "AdditiveAttention",
                     "GroupedQueryAttention", "Softmax"), _attention),
    **dict.fromkeys(("LayerNormalization", "RMSNormalization"), _standardization),
    **dict.fromkeys(("GroupNormalization", "UnitNormalization"), _refusing(NORMALIZATION)),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM2D"),
                    _refusing(RECURRENT)),
    **dict.fromkeys(("ELU", "Tanh", "Sigmoid", "Exp", "Log", "Sin", "Cos", "Erf", "Gelu", "Silu"),
                    _refusing(POLYNOMIAL)),
    "Sqrt": lambda layer, value: layer.builder.root(value),
    "Rsqrt": lambda layer, value: layer.builder.quotient(
        layer.builder.literal(Fraction(1)), layer.builder.root(value)),
    "Reciprocal": lambda layer, value: layer.builder.quotient(
        layer.builder.literal(Fraction(1)), value),
    **dict.fromkeys(("ReLU", "Relu", "LeakyReLU", "PReLU", "MaxPooling1D", "MaxPooling2D",
                     "MaxPooling3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "Maximum",
                     "Minimum", "Absolute", "Clip"), _bend),
}


def refusal(kind: str, title: str, is_own: bool) -> str:
    """What is said of a layer that is not known."""
    if kind == "Lambda":
        return (f"The layer {title} is code of its author's, which is not run; write the function "
                "as an operation on tensors, such as x**2, in a functional model.")
    if is_own:
        return (f"The layer {title} is a class of its author's, which is not run; write it in "
                "layers of Keras and operations on tensors, such as x**2.")
    return f"The layer {title} is of a kind that is not read."
