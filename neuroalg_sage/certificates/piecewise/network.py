"""
A piecewise linear network, rebuilt from its description by means of the checker's own.

State 0 is the input; layer k takes some states, by default the one before it, and makes state k.
Each layer is one of three maps of lists of numbers: affine, a piecewise linear function of each
entry, or the maximum of each of some groups of entries.

The network is evaluated in homogeneous form, at points (x, t) with t >= 0: constants and
breakpoints are multiplied by t.  That is a positively homogeneous function, the network where
t = 1.  All its units are continuous, and on a cone where none of them changes its sign, and where
in each group one entry is always largest, all states are linear.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cached_property
from math import prod
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    rational,
    require,
)
from neuroalg_sage.certificates.work import Work

Shape = tuple[int, ...]
Group = tuple[int, ...]
# An affine map as a matrix with the constants as its last column, breakpoints with the pieces
# (slope, constant) between them, or groups of places.
Affine = fmpq_mat
Pieces = tuple[list[fmpq], list[tuple[fmpq, fmpq]]]

MOST_COEFFICIENTS = 5_000_000  # of a layer
MOST_COEFFICIENTS_IN_ALL = 20_000_000  # of all layers: a few bytes may name a large one
MOST_ENTRIES = 20_000  # of a state
ZERO, ONE = fmpq(0), fmpq(1)


def _matrix(rows: Sequence[dict[int, fmpq]], constants: Sequence[fmpq], width: int) -> Affine:
    require(len(rows) * (width + 1) <= MOST_COEFFICIENTS, "A layer has too many coefficients.")
    made = fmpq_mat(len(rows), width + 1)
    for i, (row, constant) in enumerate(zip(rows, constants)):
        for j, c in row.items():
            made[i, j] = c
        made[i, width] = constant
    return made


def _bias(data: dict, length: int) -> list[fmpq]:
    return numbers(data["bias"], "bias", length) if "bias" in data else [ZERO] * length


def _dense(data: dict, shapes: list[Shape]) -> tuple[Affine, Shape]:
    (shape,) = shapes
    rows = [numbers(row, "row of weights", prod(shape))
            for row in items(member(data, "weights"), "weights")]
    require(rows, "A dense layer has no outputs.")
    return _matrix([dict(enumerate(row)) for row in rows], _bias(data, len(rows)),
                   prod(shape)), (len(rows),)


def _windows(shape: Shape, size: list[int], stride: list[int], padding: list[int]
             ) -> tuple[int, Shape, Shape, list[list[tuple[tuple[int, ...], int]]]]:
    """
    Of a state with an axis of channels, if it has one more than a window: the channels, the extent,
    the number of windows on each axis, and of each window the indices in it with the places.
    """
    channels, space = (shape[0], shape[1:]) if len(shape) == len(size) + 1 else (1, shape)
    require(len(space) == len(size) == len(stride) == len(padding), "Windows do not fit.")
    count = tuple((n + 2 * p - k) // s + 1 if n + 2 * p >= k else 0
                  for n, k, s, p in zip(space, size, stride, padding))
    require(0 < prod(count) and prod(count) * prod(size) <= MOST_COEFFICIENTS,
            "A layer has no windows, or too many.")
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
    return channels, space, count, windows


def _convolution(data: dict, shapes: list[Shape]) -> tuple[Affine, Shape]:
    (shape,) = shapes
    weights = items(member(data, "weights"), "weights")
    size: list[int] = []
    part: Any = weights
    while isinstance(part, list) and part:
        size, part = [*size, len(part)], part[0]
    require(len(size) >= 3, "A convolution has no filters.")
    made, taken, *extent = size
    stride, padding = (integers(v, least, 10**6, "convolution", len(extent)) for v, least in zip(
        fields(data, "stride", "padding"), (1, 0)))
    channels, space, count, windows = _windows(shape, extent, stride, padding)
    require(channels == taken, "A convolution does not fit its input.")
    biases = _bias(data, made)

    def entries(part: Any, bounds: list[int]) -> list[fmpq]:
        if len(bounds) == 1:
            return numbers(part, "filter", bounds[0])
        return [c for row in items(part, "filter", bounds[0]) for c in entries(row, bounds[1:])]

    rows, constants = [], []
    for filters, bias in zip(weights, biases):
        values = [dict(zip(itertools.product(*map(range, extent)), entries(one, extent)))
                  for one in items(filters, "filters", taken)]
        for window in windows:
            rows.append({channel * prod(space) + place: value[index]
                         for channel, value in enumerate(values) for index, place in window})
            constants.append(bias)
    return (_matrix(rows, constants, prod(shape)),
            (made, *count) if made > 1 or len(shape) > len(extent) else count)


def _pooled(data: dict, shapes: list[Shape]) -> tuple[list[Group], Shape]:
    (shape,) = shapes
    size, stride = (integers(v, 1, 10**6, "pooling") for v in fields(data, "size", "stride"))
    channels, space, count, windows = _windows(shape, size, stride, [0] * len(size))
    groups = [tuple(channel * prod(space) + place for _, place in window)
              for channel in range(channels) for window in windows]
    return groups, (channels, *count) if len(shape) > len(size) else count


def _average(data: dict, shapes: list[Shape]) -> tuple[Affine, Shape]:
    groups, made = _pooled(data, shapes)
    return _matrix([{place: fmpq(1, len(group)) for place in group} for group in groups],
                   [ZERO] * len(groups), prod(shapes[0])), made


def _maxout(data: dict, shapes: list[Shape]) -> tuple[list[Group], Shape]:
    (shape,) = shapes
    pieces = integer(member(data, "pieces"), 1, 10**6, "number of pieces")
    require(prod(shape) % pieces == 0, "A maxout layer does not fit its input.")
    return [tuple(range(i, i + pieces)) for i in range(0, prod(shape), pieces)], (
        prod(shape) // pieces,)


def _pieces(breakpoints: list[fmpq], slopes: list[fmpq], value: fmpq) -> Pieces:
    """Slope and constant of each piece, such that the function is continuous."""
    require(breakpoints and len(slopes) == len(breakpoints) + 1
            and all(a < b for a, b in itertools.pairwise(breakpoints)),
            "A piecewise linear function is not in normal form.")
    found = [(slopes[0], value - slopes[0] * breakpoints[0])]
    for c, slope in zip(breakpoints, slopes[1:]):
        a, b = found[-1]
        found.append((slope, (a - slope) * c + b))
    return breakpoints, found


def _activation(data: dict, shapes: list[Shape]) -> tuple[Pieces, Shape]:
    (shape,), kind = shapes, data["kind"]
    if kind == "leaky_relu":
        slope = rational(member(data, "slope"))
        return _pieces([ZERO], [fmpq(slope.numerator, slope.denominator), ONE], ZERO), shape
    if kind == "piecewise_linear":
        breakpoints, slopes = (numbers(v, "breakpoints or slopes")
                               for v in fields(data, "breakpoints", "slopes"))
        (value,) = numbers([member(data, "value")], "value")
        return _pieces(breakpoints, slopes, value), shape
    return {"relu": _pieces([ZERO], [ZERO, ONE], ZERO),
            "absolute_value": _pieces([ZERO], [-ONE, ONE], ZERO),
            "hard_tanh": _pieces([-ONE, ONE], [ZERO, ONE, ZERO], -ONE)}[kind], shape


def _sum(data: dict, shapes: list[Shape]) -> tuple[Affine, Shape]:
    require(len(set(shapes)) == 1, "A sum has summands of several shapes.")
    width = prod(shapes[0])
    return _matrix([{place + k * width: ONE for k in range(len(shapes))}
                    for place in range(width)], [ZERO] * width, width * len(shapes)), shapes[0]


def _concatenation(data: dict, shapes: list[Shape]) -> tuple[Affine, Shape]:
    require(len({shape[1:] for shape in shapes}) == 1, "A concatenation has parts that differ.")
    width = sum(map(prod, shapes))
    return _matrix([{place: ONE} for place in range(width)], [ZERO] * width, width), (
        sum(shape[0] for shape in shapes), *shapes[0][1:])


Built = tuple[Any, Shape]
_LAYERS: dict[str, tuple[Callable[[dict, list[Shape]], Built], set[str]]] = {
    "dense": (_dense, {"weights", "bias"}),
    "convolution": (_convolution, {"weights", "bias", "stride", "padding"}),
    "max_pooling": (_pooled, {"size", "stride"}),
    "average_pooling": (_average, {"size", "stride"}),
    "maxout": (_maxout, {"pieces"}),
    "relu": (_activation, set()),
    "absolute_value": (_activation, set()),
    "hard_tanh": (_activation, set()),
    "leaky_relu": (_activation, {"slope"}),
    "piecewise_linear": (_activation, {"breakpoints", "slopes", "value"}),
    "sum": (_sum, set()),
    "concatenation": (_concatenation, set()),
}


class PiecewiseLinearMap:
    """
    Maps one after the other, each of some of the states before it.

    - ``inputs`` -- the number of entries of state 0
    - ``maps`` -- for each map the numbers of the states that it takes, and the map
    """

    def __init__(self, inputs: int, maps: list[tuple[list[int], Any]]) -> None:
        self.inputs = inputs
        self.maps = maps

    def states(self, points: fmpq_mat) -> list[list[list[fmpq]]]:
        """The states at points (x, t), the columns of a matrix: rows of entries at the points."""
        rows = points.table()
        t, found = rows[-1], [rows[:-1]]
        for taken, made in self.maps:
            entries = [row for s in taken for row in found[s]]
            if isinstance(made, fmpq_mat):
                found.append((made * fmpq_mat([*entries, t])).table())
            elif isinstance(made, tuple):
                breakpoints, pieces = made
                found.append([[_value(x, s, breakpoints, pieces) for x, s in zip(row, t)]
                              for row in entries])
            else:
                found.append([list(map(max, zip(*(entries[place] for place in group))))
                              for group in made])
        return found

    def units(self, states: list[list[list[fmpq]]], t: list[fmpq]) -> list[list[fmpq]]:
        """
        The functions whose signs decide which linear map holds, at points with these states and
        these t: entries less breakpoints, and entries less the maxima that are taken over them.
        """
        found = []
        for taken, made in self.maps:
            entries = states[taken[0]]
            if isinstance(made, tuple):
                found += [[x - c * s for x, s in zip(row, t)] for c in made[0] for row in entries]
            elif isinstance(made, list):
                for group in made:
                    largest = list(map(max, zip(*(entries[place] for place in group))))
                    found += [[x - y for x, y in zip(entries[place], largest)] for place in group]
        return found

    @property
    def coefficients(self) -> int:
        """How many coefficients all maps have."""
        return sum(made.nrows() * made.ncols() if isinstance(made, fmpq_mat) else
                   len(made[0]) if isinstance(made, tuple) else sum(map(len, made))
                   for _, made in self.maps)

    @property
    def unit_count(self) -> int:
        """How many functions there are whose signs count."""
        return self._units[0]

    @property
    def outputs(self) -> int:
        """How many outputs there are."""
        return self._units[2][-1]

    @property
    def groups(self) -> list[list[int]]:
        """Which of these functions are about one maximum, by their places."""
        return self._units[1]

    @cached_property
    def _units(self) -> tuple[int, list[list[int]], list[int]]:
        found, place, width = [], 0, [self.inputs]
        for taken, made in self.maps:
            if isinstance(made, tuple):
                place += len(made[0]) * width[taken[0]]
            elif isinstance(made, list):
                for group in made:
                    found.append(list(range(place, place + len(group))))
                    place += len(group)
            width.append(made.nrows() if isinstance(made, fmpq_mat) else
                         width[taken[0]] if isinstance(made, tuple) else len(made))
        return place, found, width


class Network(PiecewiseLinearMap):
    """A network with its layers as maps; what is claimed of it is in other files."""

    def __init__(self, description: Any) -> None:
        shape_data, layers = fields(description, "input_shape", "layers")
        shapes = [tuple(integers(shape_data, 1, 10**6, "input shape"))]
        require(shapes[0] and items(layers, "list of layers"),
                "The network has no inputs or no layers.")
        require(set(description) <= {"spec", "input_shape", "layers"},
                "The network has an unknown field.")
        self.description = {"input_shape": shape_data, "layers": layers}
        super().__init__(prod(shapes[0]), [])
        require(self.inputs <= MOST_ENTRIES, "The network has too many inputs.")
        work = Work(MOST_COEFFICIENTS_IN_ALL)
        # What the certificate calls the network is not verified: the layers name it.
        self.name = "x".join(map(str, shapes[0]))
        for k, layer in enumerate(layers):
            kind = member(layer, "kind")
            if not isinstance(kind, str) or kind not in _LAYERS:
                raise MalformedCertificate("The network has a layer of unknown kind.")
            build, known = _LAYERS[kind]
            require(set(layer) <= {"kind", "from", *known},
                    "The network has a layer with an unknown field.")
            taken = integers(layer.get("from", [k]), 0, k, "number of a state")
            require(taken and (len(taken) == 1 or kind in ("sum", "concatenation")),
                    "A layer takes no state, or too many.")
            require(sum(prod(shapes[s]) for s in taken) <= MOST_ENTRIES,
                    "A layer takes too many entries.")
            made, shape = build(layer, [shapes[s] for s in taken])
            require(prod(shape) <= MOST_ENTRIES, "A layer has too many outputs.")
            work.spend(made.nrows() * made.ncols() if isinstance(made, fmpq_mat) else prod(shape))
            self.maps.append((taken, made))
            shapes.append(shape)
            self.name += f" -{kind}-> {'x'.join(map(str, shape))}"
        if isinstance(description.get("spec"), str):
            self.name += f" (called {description['spec'][:100]!r})"

    def continued(self, layers: list[dict[str, Any]]) -> Network:
        """The network that goes on with further layers."""
        return Network(self.description | {"layers": [*self.description["layers"], *layers]})


def beside(first: PiecewiseLinearMap, second: PiecewiseLinearMap) -> PiecewiseLinearMap:
    """The maps of both, those of the second one last."""
    require(second.inputs == first.inputs, "Two networks have different numbers of inputs.")
    states = len(first.maps)
    return PiecewiseLinearMap(first.inputs, [*first.maps, *(
        ([s + states * (s > 0) for s in taken], made) for taken, made in second.maps)])


def difference(first: PiecewiseLinearMap, second: PiecewiseLinearMap) -> PiecewiseLinearMap:
    """The first map less the second one: both beside each other, then their difference."""
    both, m = beside(first, second), first.outputs
    require(second.outputs == m, "Two networks have different numbers of outputs.")
    less = [{i: ONE, m + i: -ONE} for i in range(m)]
    return PiecewiseLinearMap(first.inputs, [*both.maps, (
        [len(first.maps), len(both.maps)], _matrix(less, [ZERO] * m, 2 * m))])


def _value(x: fmpq, t: fmpq, breakpoints: list[fmpq], pieces: list[tuple[fmpq, fmpq]]) -> fmpq:
    a, b = pieces[sum(x > c * t for c in breakpoints)]
    return a * x + b * t
