"""
How the layers between two states are drawn.

A dense layer is all lines; a convolution those of its filter, equal weights in one color, or the
window of a grid; attention its three matrices and two products; sums, products and what else there
is are blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from neuroalg_sage.markup.canvas import Canvas, clipped, width_of
from neuroalg_sage.models.computation_graphs import (
    ComputationGraph,
    Contraction,
    FixedMap,
    Weights,
)
from neuroalg_sage.models.expressions import write_polynomial
from neuroalg_sage.models.layers import (
    Activation,
    Attention,
    Branches,
    Chain,
    Composite,
    Convolution,
    Dense,
    Layer,
    PolynomialLayer,
    Product,
)
from neuroalg_sage.models.rational_layers import RationalActivation
from neuroalg_sage.pages import graphs
from neuroalg_sage.pages.states import CELL, Grid, State, Units

COLORS = 6
MOST_BRANCHES = 5
MOST_BLOCKS = 6
DEEPEST = 3
BLOCK, GAP = 26.0, 18.0

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def lowered(number: int) -> str:
    """A number as an index."""
    return str(number).translate(_LOWERED)


def raised(number: int) -> str:
    """
    A number as an exponent.

    EXAMPLES::

        >>> "10" + raised(12)
        '10¹²'
    """
    return str(number).translate(_RAISED)


def polynomial_in_words(layer: Activation, most: int = 22) -> str:
    """
    An activation, as labels show it.

    EXAMPLES::

        >>> polynomial_in_words(Activation("x^12 - x/2"))
        'x¹² − ½x'
    """
    return in_signs(write_polynomial({(k,): c for k, c in enumerate(layer.coefficients) if c},
                                     ["x"]), most)


def in_signs(text: str, most: int) -> str:
    """A polynomial, or a quotient of such, with the signs that are read best."""
    words = re.sub(r"\^([0-9]+)", lambda match: raised(int(match[1])),
                   text.replace("1/2*", "½").replace("*", "").replace("-", "−"))
    return clipped(words, most)


def sizes(shape: Sequence[int]) -> str:
    """A shape, as labels show it."""
    return " × ".join(map(str, shape))


# -- units -------------------------------------------------------------------------------


def dense(canvas: Canvas, layer: Dense, left: State, right: State) -> None:
    """Lines from all to all, and from the bias."""
    a, b = left.side(True), right.side(False)
    for y in left.ports():
        for z in right.ports():
            canvas.line((a, y), (b, z))
    if layer.bias:
        y = -max(left.height, right.height) / 2 - 2
        x = (left.x + right.x) / 2 - 14
        for z in right.ports():
            canvas.line((x, y), (b, z), kind="edge bias")
        canvas.box(x, y, 18, 18, "unit constant", 3)
        canvas.label(x, y, "1")


def convolution(canvas: Canvas, layer: Convolution, left: State, right: State) -> None:
    """Lines of the filter, equal weights in one color; of grids the first window."""
    size, stride = (tuple(v) if isinstance(v, tuple) else (v,) for v in (layer.size, layer.stride))
    a, b = left.side(True), right.side(False)
    if isinstance(left, Units) and isinstance(right, Units) and len(size) == 1:
        for (made, i), z in right.places.items():
            for taken in range(layer.channels[0]):
                for k in range(size[0]):
                    y = left.place(taken, i * stride[0] + k)
                    if y is not None:
                        color = (k + size[0] * (taken + layer.channels[0] * made)) % COLORS
                        canvas.line((a, y), (b, z), kind=f"edge tap{color}")
    elif isinstance(left, Grid) and isinstance(right, Grid) and len(size) == 2:
        x, y = left.corner(0, 0)
        width, height = _window(layer, left)
        u, v = right.corner(0, 0)
        for p, q in (((x + width, y), (u, v)), ((x + width, y + height), (u, v + CELL))):
            canvas.line(p, q, kind="edge window-edge")
        canvas.box(x + width / 2, y + height / 2, width, height, "window")
        canvas.box(u + CELL / 2, v + CELL / 2, CELL, CELL, "window")
    else:
        block_between(canvas, layer, left, right)


def _window(layer: Convolution, left: Grid) -> tuple[float, float]:
    """Width and height of the filter where it begins, without what is left out of the grid."""
    def length(count: int, places: list[int | None]) -> float:
        return CELL * sum(1 for k, i in enumerate(places) if (i if i is not None else k) < count)

    rows, columns = layer.size  # type: ignore[misc]  # a pair, since the states are grids
    return length(columns, left.columns), length(rows, left.rows)


# -- attention ---------------------------------------------------------------------------

ATTENTION_WIDTH = 280.0


def attention(canvas: Canvas, layer: Attention, left: State, right: State) -> None:
    """Values, keys and queries, and their products."""
    a, b = left.side(True), right.side(False)
    x, product, last = a + 60, a + 165, a + 232
    heights = {"V": -44.0, "K": 0.0, "Q": 44.0}
    for name, y in heights.items():
        rows = layer.outputs if name == "V" else layer.head
        canvas.line((a, 0), (a + 16, 0), (a + 16, y), (x - 24, y), kind="wire")
        end = last if name == "V" else product
        canvas.line((x + 24, y), (end, y), (end, 0 if name == "V" else 22), kind="wire")
        canvas.box(x, y, 48, 28, "block", 5)
        canvas.label(x, y - 5, name, "label strong")
        canvas.label(x, y + 7, f"{rows} × {layer.inputs}", "label small")
    canvas.label((x + 24 + last) / 2 - 30, -54, "V X", "label small")
    canvas.label((x + 24 + product) / 2, -9, "K X", "label small")
    canvas.label((x + 24 + product) / 2, 35, "Q X", "label small")
    canvas.line((product, 22), (last, 22), (last, 0), kind="wire")
    canvas.label((product + last) / 2 + 3, 36, "(K X)ᵀ(Q X)", "label small")
    canvas.line((last, 0), (b, 0), kind="wire")
    for x, y in ((product, 22.0), (last, 0.0)):
        canvas.circle(x, y, 8, "join")
        canvas.label(x, y, "·", "label strong")


# -- blocks ------------------------------------------------------------------------------


def name_of(layer: Layer) -> str:
    """
    A layer in a few words.

    EXAMPLES::

        >>> name_of(Dense(2, 3, True)), name_of(Convolution(3, 2))
        ('dense 2 → 3, bias', 'filter 3, stride 2')
    """
    if isinstance(layer, Dense):
        return f"dense {layer.inputs} → {layer.outputs}" + ", bias" * layer.bias
    if isinstance(layer, Activation):
        return polynomial_in_words(layer)
    if isinstance(layer, RationalActivation):
        return in_signs(layer.text, 40)
    if isinstance(layer, Convolution):
        size, stride = (v if isinstance(v, tuple) else (v,) for v in (layer.size, layer.stride))
        words = "filter " + sizes(size)
        if layer.channels != (1, 1):
            words += ", channels {} → {}".format(*layer.channels)
        return words + (f", stride {sizes(sorted(set(stride)))}" if set(stride) != {1} else "")
    if isinstance(layer, Attention):
        return f"attention {layer.inputs} → {layer.outputs}, head {layer.head}"
    if isinstance(layer, PolynomialLayer):
        if not layer.parameters:
            return f"{len(layer.outputs)} polynomials"
        return f"polynomials in {len(layer.parameters)} parameters"
    if isinstance(layer, Weights):
        return f"weights {sizes(layer.shape)}"
    if isinstance(layer, Contraction):
        return layer.equation.replace("->", " → ")
    if isinstance(layer, FixedMap):
        return f"fixed map {sizes(layer.domain)} → {sizes(layer.codomain)}"
    if isinstance(layer, Composite):
        return f"{layer.kind} of {len(layer.layers)} layers"
    return layer.kind


def extent(layer: Layer, depth: int = 0) -> tuple[float, float]:
    """Width and height of a layer's block."""
    if isinstance(layer, ComputationGraph) and depth < DEEPEST:
        return graphs.size(graphs.layout(layer, name_of))
    if not isinstance(layer, (Chain, Branches)) or depth >= DEEPEST or (
            isinstance(layer, Chain) and len(layer.layers) > MOST_BLOCKS):
        return width_of(name_of(layer)) + 20, BLOCK
    parts = [extent(part, depth + 1) for part in layer.layers[:MOST_BRANCHES]]
    if isinstance(layer, Chain):
        return (sum(w for w, _ in parts) + GAP * max(len(parts) - 1, 0),
                max([h for _, h in parts] or [BLOCK]))
    more = len(layer.layers) > MOST_BRANCHES
    return (max(w for w, _ in parts) + 4 * GAP,
            sum(h for _, h in parts) + 12 * (len(parts) - 1) + 20 * more)


def block(canvas: Canvas, layer: Layer, x: float, y: float, depth: int = 0) -> float:
    """Draw a layer as blocks whose left end is at (x, y); where its right end is."""
    width, height = extent(layer, depth)
    if isinstance(layer, ComputationGraph) and depth < DEEPEST:
        graphs.draw(canvas, graphs.layout(layer, name_of), x, y)
    elif isinstance(layer, Branches) and depth < DEEPEST:
        _branches(canvas, layer, x, y, width, height, depth)
    elif isinstance(layer, Chain) and depth < DEEPEST and len(layer.layers) <= MOST_BLOCKS:
        for k, part in enumerate(layer.layers):
            if k:
                canvas.line((x, y), (x + GAP, y), kind="wire")
                x += GAP
            x = block(canvas, part, x, y, depth + 1)
        return x
    else:
        canvas.box(x + width / 2, y, width, BLOCK, "block", 5)
        canvas.label(x + width / 2, y, name_of(layer))
    return x + width


def _branches(canvas: Canvas, layer: Branches, x: float, y: float, width: float, height: float,
              depth: int) -> None:
    fork, joined = x + GAP / 2, x + width - GAP / 2 - 9
    canvas.line((x, y), (fork, y), kind="wire")
    top = y - height / 2
    for number, branch in enumerate(layer.layers[:MOST_BRANCHES]):
        w, h = extent(branch, depth + 1)
        middle = top + h / 2
        start = x + (width - 9 - w) / 2
        canvas.line((fork, y), (fork, middle), (start, middle), kind="wire")
        end = block(canvas, branch, start, middle, depth + 1)
        canvas.line((end, middle), (joined, middle), (joined, y), kind="wire")
        if layer.share and layer.share[number] is not None:
            canvas.label((start + end) / 2, middle + BLOCK / 2 + 3, "shared", "label small")
        top += h + 12
    if len(layer.layers) > MOST_BRANCHES:
        canvas.label(x + width / 2, top, f"and {len(layer.layers) - MOST_BRANCHES} more",
                     "label small")
    canvas.line((joined, y), (x + width, y), kind="wire")
    canvas.circle(joined, y, 9, "join")
    canvas.label(joined, y, "×" if isinstance(layer, Product) else "+", "label strong")


def block_between(canvas: Canvas, layer: Layer, left: State, right: State) -> None:
    """A layer as blocks, between two states."""
    a, b = left.side(True), right.side(False)
    start = (a + b - extent(layer)[0]) / 2
    if not isinstance(layer, ComputationGraph) or graphs.reads_input(layer):
        for y in left.ports():
            canvas.line((a, y), (start - 14, 0))
        canvas.line((start - 14, 0), (start, 0), kind="wire")
    end = block(canvas, layer, start, 0.0)
    canvas.line((end, 0), (end + 14, 0), kind="wire")
    for z in right.ports():
        canvas.line((end + 14, 0), (b, z))


def straight(canvas: Canvas, left: State, right: State) -> None:
    """Each unit to its image."""
    for y, z in zip(left.ports(), right.ports()):
        canvas.line((left.side(True), y), (right.side(False), z), kind="wire")


def parameters_of(layer: Layer, number: int) -> str:
    """
    What a layer's label says of its parameters.

    EXAMPLES::

        >>> parameters_of(Dense(2, 3, True), 1)
        'W₁: 3 × 2, b₁: 3'
    """
    if isinstance(layer, PolynomialLayer):
        return ""  # its block says it
    if isinstance(layer, (Composite, Attention)):
        count = layer.parameter_count()
        return f"{count} parameter{'s' * (count != 1)}"
    words = []
    for name, shape in layer.parameter_shapes():
        if name == "F":
            space = shape[2:]
            shape = space if layer.channels == (1, 1) else shape  # type: ignore[attr-defined]
        words.append(f"{name}{lowered(number)}: {sizes(shape)}")
    return ", ".join(words)


def in_number(shape: Sequence[int], noun: str) -> str:
    """
    A shape of units, inputs or outputs.

    EXAMPLES::

        >>> in_number((1, 1), "output"), in_number((2, 3), "input")
        ('1 output', '2 × 3 inputs')
    """
    return f"1 {noun}" if prod(shape) == 1 else f"{sizes(shape)} {noun}s"
