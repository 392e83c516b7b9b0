"""
Layers of piecewise linear networks, with their weights.

A layer says how it is described, as JSON data, and by which step it computes its output.  A state
has a shape; its entries are in the order of rows, the last axis first, and a state of channels has
them as its first axis.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from numbers import Integral
from typing import Any, ClassVar

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import whole_number
from neuroalg_sage.models.numbers import exact
from neuroalg_sage.models.piecewise.steps import Activation, Affine, Maximum, Row, Step
from neuroalg_sage.models.sage_input import lists, rational

Shape = tuple[int, ...]

MOST_COEFFICIENTS = 4_000_000  # of one layer
ZERO, ONE = Fraction(0), Fraction(1)


class PiecewiseLayer(ABC):
    """A layer with its weights."""

    kind: ClassVar[str]

    @abstractmethod
    def describe(self) -> dict[str, Any]:
        """The layer as plain JSON data."""

    @abstractmethod
    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        """The shape of the output; raises InputError if the inputs do not fit."""

    @abstractmethod
    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        """What computes the output from states of these shapes."""


def _weight(value: Any) -> Fraction:
    return rational(value, "weight")


def weights(data: Any, axes: int, role: str) -> tuple[Any, ...]:
    """
    An array of rational numbers as tuples of tuples.

    Of an array of floating-point numbers each is the binary fraction that it is; in a list, a
    floating-point number that is not what it prints is refused.

    EXAMPLES::

        >>> weights([["1/2", 0], [1, 2]], 2, "weights")
        ((Fraction(1, 2), Fraction(0, 1)), (Fraction(1, 1), Fraction(2, 1)))
    """
    binary = getattr(getattr(data, "dtype", None), "kind", None) == "f"

    def number(value: Any) -> Fraction:
        if not binary:
            return rational(value, "weight")
        try:
            return exact(value)
        except ValueError as error:
            raise InputError(f"The weight {shown(value)} {error}.") from None

    def read(part: Any, depth: int) -> Any:
        if not depth:
            return number(part)
        if not isinstance(part, (list, tuple)) or not part:
            raise InputError(f"The {role} of a layer are an array with {axes} "
                             f"{'axis' if axes == 1 else 'axes'} and at least one entry.")
        rows = tuple(read(entry, depth - 1) for entry in part)
        if depth > 1 and len({_extent(row) for row in rows}) > 1:
            raise InputError(f"The {role} of a layer are no array: its rows have different "
                             "lengths.")
        return rows

    found: tuple[Any, ...] = read(lists(data), axes)
    return found


def _extent(data: Any) -> Shape:
    return (len(data), *_extent(data[0])) if isinstance(data, tuple) else ()


def _plain(data: Any) -> Any:
    return [_plain(row) for row in data] if isinstance(data, tuple) else decimal(data)


def _only(shapes: Sequence[Shape], kind: str) -> Shape:
    if len(shapes) != 1:
        raise InputError(f"A {kind} layer takes one state.")
    return shapes[0]


def _affordable(coefficients: int) -> None:
    if coefficients > MOST_COEFFICIENTS:
        raise InputError(f"A layer has {coefficients:,} coefficients; at most "
                         f"{MOST_COEFFICIENTS:,} are allowed.")


@dataclass(frozen=True)
class DenseLayer(PiecewiseLayer):
    """
    The affine map ``x -> W x + b``.

    - ``weights`` -- the rows of W
    - ``bias`` -- b; zero if it is left out

    EXAMPLES::

        >>> DenseLayer([[1, "1/2"]]).describe()
        {'kind': 'dense', 'weights': [['1', '1/2']]}
    """

    weights: Any
    bias: Any = None
    kind: ClassVar[str] = "dense"

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", weights(self.weights, 2, "weights"))
        if self.bias is not None:
            object.__setattr__(self, "bias", weights(self.bias, 1, "biases"))
            if len(self.bias) != len(self.weights):
                raise InputError(f"A dense layer has {len(self.weights)} outputs, but "
                                 f"{len(self.bias)} biases.")
        _affordable(len(self.weights) * len(self.weights[0]))

    def describe(self) -> dict[str, Any]:
        bias = {} if self.bias is None else {"bias": _plain(self.bias)}
        return {"kind": self.kind, "weights": _plain(self.weights)} | bias

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        shape = _only(shapes, self.kind)
        if prod(shape) != len(self.weights[0]):
            raise InputError(f"A dense layer takes {len(self.weights[0])} inputs, but what comes "
                             f"before it has shape {shape}.")
        return (len(self.weights),)

    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        return Affine(sources, tuple({j: c for j, c in enumerate(row) if c}
                                     for row in self.weights),
                      self.bias or (ZERO,) * len(self.weights))


def _space(shape: Shape, axes: int, kind: str) -> tuple[int, Shape]:
    """The number of channels of a state, and the extent of its other axes."""
    if len(shape) not in (axes, axes + 1):
        raise InputError(f"A {kind} layer with {axes} axes takes a state with these axes, after "
                         f"that of the channels, not of shape {shape}.")
    return (shape[0], shape[1:]) if len(shape) == axes + 1 else (1, shape)


def _extents(values: Any, axes: int, role: str, least: int = 1) -> tuple[int, ...]:
    """A whole number for each axis; one number is meant for each of them."""
    values = lists(values)
    given = tuple(values) if isinstance(values, (list, tuple)) else (values,) * axes
    if len(given) != axes:
        raise InputError(f"The {role} is one number, or one for each of the layer's axes; there "
                         f"{'is 1 axis' if axes == 1 else f'are {axes} axes'}, and "
                         f"{len(given)} numbers are given.")
    for value in given:
        # A value of 0 counts from 0 on, as padding does.
        if value is True or value is False or not isinstance(value, Integral) or value < least:
            raise InputError(f"The {role} is a whole number from {least} on, not {shown(value)}.")
    return tuple(whole_number(value, role) if value else 0 for value in given)


def _windows(space: Shape, size: Shape, stride: Shape, padding: Shape, kind: str
             ) -> tuple[Shape, list[list[tuple[tuple[int, ...], int]]]]:
    """
    The windows of a layer that looks at windows: their number on each axis; for each of them the
    indices in it that are no padding, with the places in the space.
    """
    count = tuple((n + 2 * p - k) // s + 1 if n + 2 * p >= k else 0
                  for n, k, s, p in zip(space, size, stride, padding))
    if not all(count):
        raise InputError(f"A {kind} layer looks at windows of {size}, but its input has {space}.")
    _affordable(prod(count) * prod(size))
    windows = []
    for corner in itertools.product(*map(range, count)):
        window = []
        for index in itertools.product(*map(range, size)):
            at = [c * s + i - p for c, s, i, p in zip(corner, stride, index, padding)]
            if all(0 <= a < n for a, n in zip(at, space)):
                place = 0
                for a, n in zip(at, space):
                    place = place * n + a
                window.append((index, place))
        windows.append(window)
    return count, windows


@dataclass(frozen=True)
class ConvolutionLayer(PiecewiseLayer):
    """
    A convolution, which does not turn its filters around.

    - ``weights`` -- an array with axes for the channels of the output, those of the input, and
      the places of a filter
    - ``bias`` -- for each channel of the output
    - ``stride``, ``padding`` -- on each axis, or a number for all of them; padding is by zeros

    EXAMPLES::

        >>> ConvolutionLayer([[[1, 2]]]).output_shape([(5,)])
        (4,)

    One channel has an axis if the input has that of its channels::

        >>> ConvolutionLayer([[[1, 2]]]).output_shape([(1, 5)])
        (1, 4)
    """

    weights: Any
    bias: Any = None
    stride: Any = 1
    padding: Any = 0
    kind: ClassVar[str] = "convolution"

    def __post_init__(self) -> None:
        depth, data = 0, lists(self.weights)
        while isinstance(data, (list, tuple)) and data:
            depth, data = depth + 1, data[0]
        if not 3 <= depth <= 6:
            raise InputError("The weights of a convolution are an array with axes for the channels "
                             "of the output, those of the input, and the places of a filter.")
        object.__setattr__(self, "weights", weights(self.weights, depth, "weights"))
        if self.bias is not None:
            object.__setattr__(self, "bias", weights(self.bias, 1, "biases"))
            if len(self.bias) != len(self.weights):
                raise InputError("A convolution has one bias for each channel of its output.")
        for name, least in (("stride", 1), ("padding", 0)):
            object.__setattr__(self, name, _extents(getattr(self, name), len(self.size),
                                                    f"{name} of a convolution", least))

    @property
    def size(self) -> Shape:
        """The size of the filters."""
        return _extent(self.weights)[2:]

    def describe(self) -> dict[str, Any]:
        bias = {} if self.bias is None else {"bias": _plain(self.bias)}
        return {"kind": self.kind, "weights": _plain(self.weights)} | bias | {
            "stride": list(self.stride), "padding": list(self.padding)}

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        channels, space = _space(_only(shapes, self.kind), len(self.size), self.kind)
        if channels != len(self.weights[0]):
            raise InputError(f"A convolution takes {len(self.weights[0])} channels, but its input "
                             f"has {channels}.")
        count, _ = _windows(space, self.size, self.stride, self.padding, self.kind)
        _affordable(prod(count) * prod(_extent(self.weights)))
        has_channels = len(self.weights) > 1 or len(shapes[0]) > len(self.size)
        return (len(self.weights), *count) if has_channels else count

    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        _, space = _space(shapes[0], len(self.size), self.kind)
        _, windows = _windows(space, self.size, self.stride, self.padding, self.kind)
        rows: list[Row] = []
        for made in self.weights:
            filters = [dict(_entries(taken)) for taken in made]
            rows += [{channel * prod(space) + place: c for channel, entries in enumerate(filters)
                      for index, place in window if (c := entries[index])} for window in windows]
        biases = self.bias or (ZERO,) * len(self.weights)
        return Affine(sources, tuple(rows), tuple(b for b in biases for _ in windows))


def _entries(data: Any, index: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], Fraction]]:
    """The entries of an array, with their indices."""
    if not isinstance(data, tuple):
        return [(index, data)]
    return [entry for i, part in enumerate(data) for entry in _entries(part, (*index, i))]


@dataclass(frozen=True)
class _Pooling(PiecewiseLayer):
    """A function of the entries in each window of each channel; by default windows touch."""

    size: Any
    stride: Any = None

    def __post_init__(self) -> None:
        size = lists(self.size)
        size = tuple(size) if isinstance(size, (list, tuple)) else (size,)
        object.__setattr__(self, "size", _extents(size, len(size), f"size of a {self.kind}"))
        object.__setattr__(self, "stride", _extents(
            self.size if self.stride is None else self.stride, len(size),
            f"stride of a {self.kind}"))

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "size": list(self.size), "stride": list(self.stride)}

    def _groups(self, shape: Shape) -> tuple[Shape, list[tuple[int, ...]]]:
        channels, space = _space(shape, len(self.size), self.kind)
        count, windows = _windows(space, self.size, self.stride, (0,) * len(space), self.kind)
        groups = [tuple(channel * prod(space) + place for _, place in window)
                  for channel in range(channels) for window in windows]
        return ((channels, *count) if len(shape) > len(self.size) else count), groups

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        return self._groups(_only(shapes, self.kind))[0]


@dataclass(frozen=True)
class MaxPooling(_Pooling):
    """
    The maximum over each window.

    EXAMPLES::

        >>> MaxPooling(2).output_shape([(3, 6)])
        (3, 3)
    """

    kind: ClassVar[str] = "max_pooling"

    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        return Maximum(sources[0], tuple(self._groups(shapes[0])[1]))


@dataclass(frozen=True)
class AveragePooling(_Pooling):
    """The average over each window."""

    kind: ClassVar[str] = "average_pooling"

    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        groups = self._groups(shapes[0])[1]
        return Affine(sources, tuple({place: Fraction(1, len(group)) for place in group}
                                     for group in groups), (ZERO,) * len(groups))


@dataclass(frozen=True)
class Maxout(PiecewiseLayer):
    """
    The maximum of so many entries that follow one another.

    EXAMPLES::

        >>> Maxout(3).output_shape([(6,)])
        (2,)
    """

    pieces: int
    kind: ClassVar[str] = "maxout"

    def __post_init__(self) -> None:
        object.__setattr__(self, "pieces", whole_number(self.pieces, "number of pieces"))

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "pieces": self.pieces}

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        shape = _only(shapes, self.kind)
        if prod(shape) % self.pieces:
            raise InputError(f"A maxout of {self.pieces} pieces does not divide the "
                             f"{prod(shape)} entries before it.")
        return (prod(shape) // self.pieces,)

    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        return Maximum(sources[0], tuple(tuple(range(i, i + self.pieces)) for i in range(
            0, prod(shapes[0]), self.pieces)))


# By name: breakpoints, slopes, and the value at the first breakpoint.
ACTIVATIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...], int]] = {
    "relu": ((0,), (0, 1), 0),
    "absolute_value": ((0,), (-1, 1), 0),
    "hard_tanh": ((-1, 1), (0, 1, 0), -1),
}


@dataclass(frozen=True)
class PiecewiseActivation(PiecewiseLayer):
    """
    A continuous piecewise linear function of each entry.

    - ``breakpoints`` -- ascending numbers
    - ``slopes`` -- before, between and after them
    - ``value`` -- at the first breakpoint

    EXAMPLES::

        >>> PiecewiseActivation([0], [0, 1], 0).describe(), activation("hard_tanh").slopes
        ({'kind': 'relu'}, (Fraction(0, 1), Fraction(1, 1), Fraction(0, 1)))
        >>> activation("leaky_relu", "1/10").describe()
        {'kind': 'leaky_relu', 'slope': '1/10'}
    """

    breakpoints: Any
    slopes: Any
    value: Any
    kind: ClassVar[str] = "piecewise_linear"

    def __post_init__(self) -> None:
        for name in ("breakpoints", "slopes"):
            object.__setattr__(self, name, weights(getattr(self, name), 1, name))
        object.__setattr__(self, "value", _weight(self.value))
        if len(self.slopes) != len(self.breakpoints) + 1 or any(
                a >= b for a, b in itertools.pairwise(self.breakpoints)):
            raise InputError("A piecewise linear function has ascending breakpoints, and one slope "
                             "more than these.")

    def describe(self) -> dict[str, Any]:
        own = self.breakpoints, self.slopes, self.value
        for name, known in ACTIVATIONS.items():
            if own == known:
                return {"kind": name}
        if self.breakpoints == (0,) and self.slopes[1] == 1 and not self.value:
            return {"kind": "leaky_relu", "slope": decimal(self.slopes[0])}
        return {"kind": self.kind, "breakpoints": _plain(self.breakpoints),
                "slopes": _plain(self.slopes), "value": decimal(self.value)}

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        return _only(shapes, self.kind)

    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        first, value = self.breakpoints[0], self.value
        pieces = [(self.slopes[0], value - self.slopes[0] * first)]
        for c, slope in zip(self.breakpoints, self.slopes[1:]):
            value = pieces[-1][0] * c + pieces[-1][1]
            pieces.append((slope, value - slope * c))
        return Activation(sources[0], prod(shapes[0]), self.breakpoints, tuple(pieces))


def activation(name: str, slope: Any = None) -> PiecewiseActivation:
    """
    The activation of a name.

    INPUT:

    - ``name`` -- ``relu``, ``leaky_relu``, ``absolute_value`` or ``hard_tanh``
    - ``slope`` -- that of a leaky ReLU for negative numbers, by default 1/100
    """
    if name == "leaky_relu":
        return PiecewiseActivation([0], [Fraction(1, 100) if slope is None else slope, 1], 0)
    if name not in ACTIVATIONS:
        raise InputError(f"There is no activation {shown(name)}; the activations are leaky_relu, "
                         f"{', '.join(ACTIVATIONS)}.")
    return PiecewiseActivation(*ACTIVATIONS[name])


@dataclass(frozen=True)
class SumOfStates(PiecewiseLayer):
    """The sum of several states of one shape, as after a skip connection."""

    kind: ClassVar[str] = "sum"

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind}

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        if len(set(shapes)) != 1:
            raise InputError("A sum takes states of one shape, not of "
                             f"{' and '.join(map(str, shapes)) or 'none'}.")
        return shapes[0]

    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        width = prod(shapes[0])
        _affordable(width * len(shapes))
        return Affine(sources, tuple({place + k * width: ONE for k in range(len(shapes))}
                                     for place in range(width)), (ZERO,) * width)


@dataclass(frozen=True)
class Concatenation(PiecewiseLayer):
    """Several states one after the other, on their first axis."""

    kind: ClassVar[str] = "concatenation"

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind}

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        if len({shape[1:] for shape in shapes}) != 1:
            raise InputError("A concatenation takes states that differ on their first axis only.")
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def step(self, sources: tuple[int, ...], shapes: Sequence[Shape]) -> Step:
        width = sum(map(prod, shapes))
        return Affine(sources, tuple({place: ONE} for place in range(width)), (ZERO,) * width)


def _leaky(slope: Any = None) -> PiecewiseActivation:
    return activation("leaky_relu", slope)


# By kind, what makes a layer of its description, and which fields that may have.
KINDS: dict[str, tuple[Callable[..., PiecewiseLayer], tuple[str, ...]]] = {
    "dense": (DenseLayer, ("weights", "bias")),
    "convolution": (ConvolutionLayer, ("weights", "bias", "stride", "padding")),
    "max_pooling": (MaxPooling, ("size", "stride")),
    "average_pooling": (AveragePooling, ("size", "stride")),
    "maxout": (Maxout, ("pieces",)),
    "leaky_relu": (_leaky, ("slope",)),
    **{name: (lambda known=known: PiecewiseActivation(*known), ())
       for name, known in ACTIVATIONS.items()},
    "piecewise_linear": (PiecewiseActivation, ("breakpoints", "slopes", "value")),
    "sum": (SumOfStates, ()),
    "concatenation": (Concatenation, ()),
}


def layer_from_data(data: Any) -> PiecewiseLayer:
    """
    The layer that JSON data describes.

    EXAMPLES::

        >>> layer_from_data({"kind": "dense", "weights": [[1, 2]]}).output_shape([(2,)])
        (1,)
        >>> layer_from_data({"kind": "tanh"})
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: There is no layer kind 'tanh'; the kinds are dense,
        convolution, max_pooling, average_pooling, maxout, leaky_relu, relu, absolute_value,
        hard_tanh, piecewise_linear, sum, concatenation.
    """
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        raise InputError('Each layer must be an object with a "kind", such as {"kind": "relu"}.')
    kind = data["kind"]
    if kind not in KINDS:
        raise InputError(f"There is no layer kind {shown(kind)}; the kinds are "
                         f"{', '.join(KINDS)}.")
    make, known = KINDS[kind]
    given = {name: value for name, value in data.items() if name not in ("kind", "from")}
    if unknown := set(given) - set(known):
        raise InputError(f"The {kind} layer does not take {shown(sorted(unknown)[0])}; it takes "
                         f"{', '.join(known) or 'nothing'}.")
    try:
        return make(**given)
    except TypeError:
        raise InputError(f"The {kind} layer lacks {' or '.join(known)}.") from None
