"""
The operators of PyTorch's programs that are algebraic: what each makes of its arguments.

An operator is a function with the arguments of the operator ``aten`` of its name, overloads apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.trained.operations import ONE, Builder, Literal, Value
from neuroalg_sage.models.trained.refusals import (
    ATTENTION,
    DISCONTINUOUS,
    NORMALIZATION,
    POLYNOMIAL,
    QUANTIZED,
    RANDOM,
    RECURRENT,
    PiecewiseOperator,
)

Operator = Callable[..., "Value | list[Value]"]


def _value(b: Builder, given: Any) -> Value:
    """A value, or a number as one."""
    if isinstance(given, Value):
        return given
    return b.literal(Fraction(given), isinstance(given, int))


def _refuse(b: Builder, reason: str) -> InputError:
    return InputError(f"The node {b.name} {reason}.")


def _known(b: Builder, value: Any, role: str) -> Literal:
    value = _value(b, value)
    if not isinstance(value, Literal):
        raise _refuse(b, f"has {role} that depends on the input of the network or on parameters, "
                         "which is not read")
    return value


# -- arithmetic --------------------------------------------------------------------------


def _add(b: Builder, self: Any, other: Any, alpha: Any = 1) -> Value:
    return b.add(_value(b, self), b.scale(_value(b, other), Fraction(alpha)))


def _subtract(b: Builder, self: Any, other: Any, alpha: Any = 1) -> Value:
    return _add(b, self, other, -alpha)


def _reverse_subtract(b: Builder, self: Any, other: Any, alpha: Any = 1) -> Value:
    return _add(b, other, self, -alpha)


def _multiply(b: Builder, self: Any, other: Any) -> Value:
    return b.multiply(_value(b, self), _value(b, other))


def _divide(b: Builder, self: Any, other: Any, rounding_mode: str | None = None) -> Value:
    if rounding_mode:
        raise _refuse(b, DISCONTINUOUS)
    divisor = _value(b, other)
    if isinstance(divisor, Literal):
        return b.divide(_value(b, self), b.literal(divisor.array))
    return b.quotient(_value(b, self), divisor)


def _power(b: Builder, self: Any, exponent: Any) -> Value:
    known = {Fraction(c) for c in _known(b, exponent, "an exponent").array.ravel()}
    if len(known) != 1 or min(known).denominator > 2:
        raise _refuse(b, f"is a power with the exponent {min(known)}, so that the network is not "
                      "algebraic with one square root; exponents are multiples of 1/2")
    [exponent], base = known, _value(b, self)
    if exponent.denominator == 2:
        return b.power(_root(b, base), int(exponent * 2))
    return b.power(base, int(exponent))


def _addmm(b: Builder, self: Value, mat1: Value, mat2: Value, beta: Any = 1, alpha: Any = 1
           ) -> Value:
    return b.add(b.scale(b.matrix_product(mat1, mat2), Fraction(alpha)),
                 b.scale(self, Fraction(beta)))


def _linear(b: Builder, input: Value, weight: Value, bias: Value | None = None) -> Value:
    product = b.matrix_product(input, b.arrange(weight, np.transpose))
    return product if bias is None else b.add(product, bias)


def _bilinear(b: Builder, input1: Value, input2: Value, weight: Value, bias: Value | None = None
              ) -> Value:
    free = "".join(c for c in "abcdefgh"[: len(input1.shape) - 1])
    product = b.contract(f"{free}i,oij,{free}j->{free}o", [input1, weight, input2])
    return product if bias is None else b.add(product, bias)


def _einsum(b: Builder, equation: str, tensors: Sequence[Value], path: Any = None) -> Value:
    return b.einsum(equation, tensors)


def _tensordot(b: Builder, self: Value, other: Value, dims_self: Sequence[int],
               dims_other: Sequence[int]) -> Value:
    letters = [*"abcdefghijklmnopqrstuvwxyz"]
    left = [letters.pop(0) for _ in self.shape]
    right = [letters.pop(0) for _ in other.shape]
    for i, j in zip(dims_self, dims_other):
        right[j] = left[i]
    made = [c for c in left if c not in right] + [c for c in right if c not in left]
    return b.contract(f"{''.join(left)},{''.join(right)}->{''.join(made)}", [self, other])


# -- sums --------------------------------------------------------------------------------


def _axes(value: Value, dim: Any) -> list[int]:
    if dim is None or dim == []:
        return list(range(len(value.shape)))
    return [dim] if isinstance(dim, int) else list(dim)


def _sum(b: Builder, self: Value, dim: Any = None, keepdim: bool = False, dtype: Any = None
         ) -> Value:
    return b.sum_over(self, _axes(self, dim), keepdim)


def _mean(b: Builder, self: Value, dim: Any = None, keepdim: bool = False, dtype: Any = None
          ) -> Value:
    axes = _axes(self, dim)
    return b.scale(b.sum_over(self, axes, keepdim), Fraction(1, prod(self.shape[a] for a in axes)))


def _product(b: Builder, self: Value, dim: int | None = None, keepdim: bool = False,
             dtype: Any = None) -> Value:
    value = b.reshape(self, [self.size]) if dim is None else self
    axis = 0 if dim is None else dim
    result = b.part(value, 0, 1, axis)
    for k in range(1, value.shape[axis]):
        result = b.multiply(result, b.part(value, k, k + 1, axis))
    return result if keepdim else b.arrange(result, lambda a: a.squeeze(axis))


def _cumulative_sum(b: Builder, self: Value, dim: int, dtype: Any = None) -> Value:
    count = self.shape[dim]
    triangle = b.literal(np.tri(count).astype(int).astype(object))
    letters = "abcdefgh"[: len(self.shape)]
    axis = letters[dim]
    return b.contract(f"{letters},z{axis}->{letters.replace(axis, 'z')}", [self, triangle])


# -- entries that move -------------------------------------------------------------------


def _shape(b: Builder, self: Value, size: Sequence[int]) -> Value:
    wanted = [int(n) for n in size]
    if -1 in wanted:
        rest = prod(n for n in wanted if n != -1)
        wanted[wanted.index(-1)] = self.size // rest if rest else 0
    if prod(wanted) != self.size:
        raise _refuse(b, f"gives an array of shape {self.shape} the shape {tuple(wanted)}, as of "
                         "several examples; export the network with one example")
    return b.reshape(self, wanted)


def _flatten(b: Builder, self: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    shape = self.shape or (1,)
    start, end = start_dim % len(shape), end_dim % len(shape)
    return b.reshape(self, [*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :]])


def _unflatten(b: Builder, self: Value, dim: int, sizes: Sequence[int]) -> Value:
    return _shape(b, self, [*self.shape[: dim % len(self.shape)], *sizes,
                            *self.shape[dim % len(self.shape) + 1 :]])


def _moving(move: Callable[..., Any]) -> Operator:
    """An operator that arranges entries as a function does those of an array of NumPy."""
    def read(b: Builder, self: Value, *arguments: Any, **options: Any) -> Value:
        return b.arrange(self, lambda a: move(a, *arguments, **options))

    return read


def _sliced(a: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
            ) -> Any:
    parts = [slice(None)] * a.ndim
    parts[dim] = slice(start, end, step)
    return a[tuple(parts)]


def _squeezed(a: Any, dim: Any = None) -> Any:
    axes = range(a.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    return a.squeeze(tuple(k % a.ndim for k in axes if a.shape[k] == 1)) if a.ndim else a


def _expanded(a: Any, size: Sequence[int], implicit: bool = False) -> Any:
    old = [1] * (len(size) - a.ndim) + list(a.shape)
    return np.broadcast_to(a, [m if n == -1 else n for n, m in zip(size, old)])


def _triangle(a: Any, diagonal: int = 0, upper: bool = False) -> Any:
    mask = np.tri(a.shape[-2], a.shape[-1], diagonal - 1 if upper else diagonal, bool)
    return np.where(~mask if upper else mask, a, -1)


def _shuffled(a: Any, upscale_factor: int) -> Any:
    n, c, h, w = a.shape
    r = upscale_factor
    return a.reshape(n, c // r**2, r, r, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(
        n, c // r**2, h * r, w * r)


def _concatenate(b: Builder, tensors: Sequence[Value], dim: int = 0) -> Value:
    return b.concatenate(tensors, dim)


def _stack(b: Builder, tensors: Sequence[Value], dim: int = 0) -> Value:
    return b.concatenate([b.arrange(t, lambda a: np.expand_dims(a, dim)) for t in tensors], dim)


def _split(b: Builder, self: Value, split_size: Any, dim: int = 0) -> list[Value]:
    count = self.shape[dim]
    sizes = split_size if isinstance(split_size, (list, tuple)) else [
        min(split_size, count - k) for k in range(0, count, split_size)]
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    return [b.part(self, start, start + size, dim) for start, size in zip(starts, sizes)]


def _chunk(b: Builder, self: Value, chunks: int, dim: int = 0) -> list[Value]:
    return _split(b, self, -(-self.shape[dim] // chunks), dim)


def _unbind(b: Builder, self: Value, dim: int = 0) -> list[Value]:
    return [b.arrange(self, lambda a, k=k: a.take(k, dim))  # type: ignore[misc]
            for k in range(self.shape[dim])]


def _whole(b: Builder, value: Any) -> Any:
    known = _known(b, value, "an index")
    return np.array([int(c) for c in known.array.ravel()], np.int64).reshape(known.shape)


def _index(b: Builder, self: Value, indices: Sequence[Any]) -> Value:
    taken = tuple(slice(None) if i is None else _whole(b, i) for i in indices)
    return b.arrange(self, lambda a: a[taken])


def _index_select(b: Builder, self: Value, dim: int, index: Any) -> Value:
    places = _whole(b, index)
    return b.arrange(self, lambda a: a.take(places, dim))


def _pad(b: Builder, self: Value, pad: Sequence[int], mode: str = "constant", value: Any = None
         ) -> Value:
    widths = [(0, 0)] * (len(self.shape) - len(pad) // 2) + [
        (pad[k], pad[k + 1]) for k in range(len(pad) - 2, -1, -2)]
    kinds = {"constant": "constant", "circular": "wrap", "reflect": "reflect", "replicate": "edge"}
    numbers = np.arange(self.size).reshape(self.shape)
    cuts = tuple(slice(-before if before < 0 else None, after if after < 0 else None)
                 for before, after in widths)
    grown = [(max(before, 0), max(after, 0)) for before, after in widths]
    if mode != "constant":
        return b.take([self], np.pad(numbers, grown, mode=kinds[mode])[cuts])  # type: ignore
    places = np.pad(numbers, grown, constant_values=self.size)[cuts]
    return b.take([self, b.literal(np.full((1,), Fraction(value or 0), object))], places)


def _where(b: Builder, condition: Value, self: Any, other: Any) -> Value:
    known = _known(b, condition, "a condition")
    values = [_value(b, self), _value(b, other)]
    shape = np.broadcast_shapes(known.shape, *(v.shape for v in values))
    chosen = np.broadcast_to(known.array, shape).astype(bool)
    count = np.arange(prod(shape)).reshape(shape)
    return b.take([b.broadcast(v, shape) for v in values],
                  np.where(chosen, count, count + prod(shape)))


def _masked_fill(b: Builder, self: Value, mask: Value, value: Any) -> Value:
    return _where(b, mask, value, self)


def _select_scatter(b: Builder, self: Value, src: Value, dim: int, index: int) -> Value:
    return _replaced(b, self, src, lambda a: np.moveaxis(a, dim, 0)[index])


def _slice_scatter(b: Builder, self: Value, src: Value, dim: int = 0, start: int | None = None,
                   end: int | None = None, step: int = 1) -> Value:
    return _replaced(b, self, src, lambda a: _sliced(a, dim, start, end, step))


def _replaced(b: Builder, self: Value, src: Value, part: Callable[[Any], Any]) -> Value:
    places = np.arange(self.size).reshape(self.shape)
    part(places)[...] = self.size + np.arange(src.size).reshape(src.shape)
    return b.take([self, src], places)


# -- windows -----------------------------------------------------------------------------


def _each(value: Any, axes: int) -> tuple[int, ...]:
    values = [value] if isinstance(value, int) else list(value)
    return tuple(values * axes if len(values) == 1 else values)


def _convolve(b: Builder, input: Value, weight: Value, bias: Value | None = None, stride: Any = 1,
              padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Value:
    axes = len(weight.shape) - 2
    strides, dilations = _each(stride, axes), _each(dilation, axes)
    if padding == "same":
        totals = [d * (k - 1) for d, k in zip(dilations, weight.shape[2:])]
        pads = [(n // 2, n - n // 2) for n in totals]
    else:
        pads = [(n, n) for n in _each(0 if padding == "valid" else padding, axes)]
    return b.convolve(input, weight, bias, strides, dilations, pads, groups)


def _general_convolution(b: Builder, input: Value, weight: Value, bias: Value | None, stride: Any,
                         padding: Any, dilation: Any, transposed: bool, output_padding: Any,
                         groups: int) -> Value:
    if transposed:
        raise _refuse(b, "is a transposed convolution, which is not read")
    return _convolve(b, input, weight, bias, stride, padding, dilation, groups)


def _average(b: Builder, self: Value, kernel_size: Any, stride: Any = (), padding: Any = 0,
             ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Any = None
             ) -> Value:
    axes = len(self.shape) - 2
    size = _each(kernel_size, axes)
    if ceil_mode or divisor_override is not None:
        raise _refuse(b, "rounds the number of windows up, or has a divisor of its own, which is "
                         "not read")
    return b.average(self, size, _each(stride, axes) if stride else size,
                     [(n, n) for n in _each(padding, axes)], count_include_pad)


def _adaptive_average(b: Builder, self: Value, output_size: Any) -> Value:
    axes = len(self.shape) - 2
    space, made = self.shape[2:], _each(output_size, axes)
    if any(n % m for n, m in zip(space, made)):
        raise _refuse(b, f"makes {made} means of {space} places, which overlap")
    size = tuple(n // m for n, m in zip(space, made))
    return b.average(self, size, size, [(0, 0)] * axes, True)


def _identity(b: Builder, self: Value, *_: Any, **__: Any) -> Value:
    return self


def _dropout(b: Builder, input: Value, p: float, train: bool) -> Value:
    b.note(f"The node {b.name} is the identity, as in evaluation.")
    return input


def _cast(b: Builder, self: Value, *arguments: Any, **options: Any) -> Value:
    kinds = [str(a) for a in (*arguments, *options.values())]
    if any("int" in kind or "bool" in kind for kind in kinds) and not isinstance(self, Literal):
        raise _refuse(b, DISCONTINUOUS)
    if any("float16" in kind for kind in kinds):
        b.note(f"The node {b.name} rounds to 16 bits when it is run; the model does not round.")
    return self


def _filled(number: int) -> Operator:
    def read(b: Builder, size: Any, *_: Any, **__: Any) -> Value:
        shape = size.shape if isinstance(size, Value) else tuple(size)
        return b.broadcast(b.literal(Fraction(number)), shape)

    return read


def _full(b: Builder, size: Any, fill_value: Any, **_: Any) -> Value:
    shape = size.shape if isinstance(size, Value) else tuple(size)
    return b.broadcast(b.literal(Fraction(fill_value)), shape)


def _range(b: Builder, *bounds: Any, **_: Any) -> Value:
    numbers = np.array([Fraction(c) for c in np.arange(*bounds).tolist()], object)
    return b.literal(numbers, all(isinstance(n, int) for n in bounds))


def _root(b: Builder, self: Value) -> Value:
    if not isinstance(self, Literal):
        return b.root(self)
    b.note(f"The constant that the node {b.name} computes is the floating-point number of 64 bits.")
    roots = np.sqrt(self.array.astype(np.float64))
    return b.literal(np.vectorize(Fraction, otypes=[object])(roots))


def _inverse(b: Builder, self: Value) -> Value:
    return b.quotient(b.literal(ONE), self)


def _standardize(is_centered: bool) -> Operator:
    """The normalization by statistics of the input itself, with gains and shifts."""
    def read(b: Builder, input: Value, normalized_shape: Sequence[int],
             weight: Value | None = None, bias: Value | None = None, eps: float | None = None,
             cudnn_enable: bool = True) -> Value:
        axes = list(range(len(input.shape) - len(normalized_shape), len(input.shape)))
        small = Fraction(float(np.finfo(np.float32).eps) if eps is None else eps)
        value = b.standardize(input, axes, small, is_centered)
        value = value if weight is None else b.multiply(value, weight)
        return value if bias is None else b.add(value, bias)

    return read


def _rms(b: Builder, input: Value, normalized_shape: Sequence[int], weight: Value | None = None,
         eps: float | None = None) -> Value:
    return _standardize(False)(b, input, normalized_shape, weight, None, eps)  # type: ignore


def _refusing(reason: str) -> Operator:
    def read(b: Builder, *_: Any, **__: Any) -> Value:
        raise _refuse(b, reason)

    return read


def _bend(b: Builder, *_: Any, **__: Any) -> Value:
    raise PiecewiseOperator(b.name)


OPERATORS: dict[str, Operator] = {
    "add": _add, "sub": _subtract, "rsub": _reverse_subtract, "mul": _multiply, "div": _divide,
    "pow": _power, "neg": lambda b, self: b.scale(self, -1),
    "square": lambda b, self: b.power(self, 2), "addmm": _addmm, "linear": _linear,
    "bilinear": _bilinear, "einsum": _einsum, "tensordot": _tensordot,
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot"),
                    lambda b, self, other: b.matrix_product(self, other)),
    "linalg_vecdot": lambda b, x, y, dim=-1: b.sum_over(b.multiply(x, y), [dim], False),
    "outer": lambda b, self, vec2: b.contract("a,b->ab", [self, vec2]),
    "baddbmm": _addmm, "sum": _sum, "mean": _mean, "prod": _product, "cumsum": _cumulative_sum,
    **dict.fromkeys(("view", "reshape", "_unsafe_view"), _shape), "flatten": _flatten,
    "unflatten": _unflatten, "t": _moving(np.transpose), "permute": _moving(np.transpose),
    "transpose": _moving(np.swapaxes), "movedim": _moving(np.moveaxis),
    "unsqueeze": _moving(np.expand_dims), "squeeze": _moving(_squeezed),
    "expand": _moving(_expanded), "repeat": _moving(np.tile), "flip": _moving(np.flip),
    "roll": _moving(lambda a, shifts, dims=None: np.roll(a, shifts, dims or None)),
    "slice": _moving(_sliced), "select": _moving(lambda a, dim, index: a.take(index, dim)),
    "narrow": _moving(lambda a, dim, start, length: a.take(range(start, start + length), dim)),
    "tril": _moving(_triangle),
    "triu": _moving(lambda a, diagonal=0: _triangle(a, diagonal, True)),
    "diagonal": _moving(lambda a, offset=0, dim1=0, dim2=1: np.diagonal(a, offset, dim1, dim2)),
    "pixel_shuffle": _moving(_shuffled), "cat": _concatenate, "stack": _stack, "split": _split,
    "split_with_sizes": _split, "chunk": _chunk, "unbind": _unbind, "index": _index,
    "index_select": _index_select, "pad": _pad, "constant_pad_nd": _pad, "where": _where,
    "masked_fill": _masked_fill, "select_scatter": _select_scatter,
    "slice_scatter": _slice_scatter, "copy": lambda b, self, src, *_: b.broadcast(src, self.shape),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _convolve),
    "convolution": _general_convolution,
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), _average),
    **dict.fromkeys(("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d",
                     "_adaptive_avg_pool2d"), _adaptive_average),
    **dict.fromkeys(("clone", "contiguous", "detach", "alias", "lift_fresh_copy", "lift_fresh",
                     "view_as", "type_as"), _identity),
    **dict.fromkeys(("dropout", "feature_dropout", "native_dropout"), _dropout),
    **dict.fromkeys(("to", "_to_copy"), _cast), "zeros": _filled(0), "ones": _filled(1),
    "zeros_like": _filled(0), "ones_like": _filled(1), "full": _full, "full_like": _full,
    "scalar_tensor": lambda b, s, **_: b.literal(Fraction(s)), "arange": _range, "sqrt": _root,
    "sym_size": lambda b, self, dim: b.literal(self.shape[dim], True),
    **dict.fromkeys(("tanh", "sigmoid", "gelu", "silu", "elu", "celu", "selu", "softplus", "mish",
                     "exp", "log", "sin", "cos", "erf", "softsign"), _refusing(POLYNOMIAL)),
    **dict.fromkeys(("softmax", "_softmax", "log_softmax", "_log_softmax",
                     "scaled_dot_product_attention", "multi_head_attention_forward"),
                    _refusing(ATTENTION)),
    "layer_norm": _standardize(True), "rms_norm": _rms, "reciprocal": _inverse,
    "rsqrt": lambda b, self: _inverse(b, _root(b, self)),
    **dict.fromkeys(("group_norm", "native_group_norm", "instance_norm", "norm",
                     "linalg_vector_norm"), _refusing(NORMALIZATION)),
    **dict.fromkeys(("rnn_tanh", "rnn_relu", "lstm", "gru"), _refusing(RECURRENT)),
    **dict.fromkeys(("round", "floor", "ceil", "sign", "argmax", "argmin", "topk", "sort"),
                    _refusing(DISCONTINUOUS)),
    **dict.fromkeys(("rand", "randn", "bernoulli", "rand_like", "randn_like", "normal"),
                    _refusing(RANDOM)),
    **dict.fromkeys(("quantize_per_tensor", "dequantize", "fake_quantize_per_tensor_affine"),
                    _refusing(QUANTIZED)),
    **dict.fromkeys(("relu", "leaky_relu", "prelu", "rrelu", "abs", "maximum", "minimum", "max",
                     "min", "amax", "amin", "clamp", "clamp_min", "clamp_max", "hardtanh", "relu6",
                     "hardsigmoid", "hardswish", "max_pool1d", "max_pool2d", "max_pool3d",
                     "adaptive_max_pool2d", "threshold"), _bend),
}
