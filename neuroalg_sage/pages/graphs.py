"""
How a computation graph is drawn: layers as boxes in columns, and wires between them.

A layer stands as far to the right as what reads it allows, so that parameters and entries of the
input are next to their use.  Of many columns those in the middle are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from neuroalg_sage.markup.canvas import Canvas, clipped, width_of
from neuroalg_sage.models.computation_graphs import ComputationGraph, FixedMap, Join, Weights
from neuroalg_sage.models.layers import Layer

MOST_NODES = 24
LONGEST_NAME = 26
ROW, GAP, HEIGHT = 40.0, 30.0, 28.0


@dataclass(eq=False)
class Node:
    """
    A layer, a wire that passes a column, or what is left out.

    - ``state`` -- the number of the state that it makes, or that passes; None for what is left out
    - ``words`` -- what stands in its box; none for a wire
    - ``below`` -- what stands below
    - ``sources`` -- the nodes before it that it reads
    """

    column: int
    state: int | None
    words: str = ""
    below: str = ""
    sources: list[Node] = field(default_factory=list)
    is_join: bool = False
    y: float = 0.0

    @property
    def width(self) -> float:
        """The width of its box."""
        if self.is_join or not self.words:
            return 18.0 * self.is_join
        return width_of(self.words) + 16


def columns(graph: ComputationGraph) -> list[int]:
    """
    The column of each state, from 0 for the input.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> (tied,) = parse_spec("autoencoder:widths=3x2,tied=1").layers
        >>> columns(tied)
        [0, 0, 1, 2]
    """
    reads = [_reads(layer, read) for layer, read in zip(graph.layers, graph.sources)]
    early = [0]
    for read in reads:
        early.append(1 + max((early[s] for s in read), default=-1))
    late = [max(early)] * len(early)
    for i in reversed(range(len(reads))):
        for s in reads[i]:
            late[s] = min(late[s], late[i + 1] - 1)
    return [0, *late[1:]]


def _reads(layer: Layer, read: tuple[int, ...]) -> tuple[int, ...]:
    """The states to which wires lead: none from parameters, and from entries of the input."""
    return () if isinstance(layer, Weights) or _entries(layer, read) else tuple(dict.fromkeys(read))


def _entries(layer: Layer, read: tuple[int, ...]) -> str:
    """Which entries of the input a layer takes, if it does nothing else."""
    places = layer.taken() if isinstance(layer, FixedMap) and read == (0,) else None
    if places is None or len(places) > 3:
        return ""
    return ", ".join(f"x{''.join(chr(0x2080 + int(c)) for c in str(i))}" for i in places)


def layout(graph: ComputationGraph, name: Callable[[Layer], str]) -> list[list[Node]]:
    """The nodes in columns, with their places; ``name`` says what a layer is."""
    place = columns(graph)
    numbers = {at: k for k, at in enumerate(dict.fromkeys(
        at for layer, (at, _) in zip(graph.layers, graph.blocks()) if layer.parameter_shapes()), 1)}
    made = [Node(0, 0, "x")]
    for i, (layer, read, (at, _)) in enumerate(zip(graph.layers, graph.sources, graph.blocks()), 1):
        words = _entries(layer, read) or clipped(name(layer), LONGEST_NAME)
        is_join = isinstance(layer, Join)
        if isinstance(layer, Join):
            words = "+" if layer.operation == "sum" else "×"
        below = "".join(chr(0x2080 + int(c)) for c in str(numbers[at])) if (
            layer.parameter_shapes()) else ""
        made.append(Node(place[i], i, words, below and f"W{below}", is_join=is_join))
    found: list[list[Node]] = [[] for _ in range(max(place) + 1)]
    for node in made if reads_input(graph) else made[1:]:
        found[node.column].append(node)
    passing: dict[tuple[int, int], Node] = {}
    for node, layer, read in zip(made[1:], graph.layers, graph.sources):
        for s in _reads(layer, read):
            before = made[s]
            for column in range(before.column + 1, node.column):
                if (s, column) not in passing:
                    passing[s, column] = Node(column, s, sources=[before])
                    found[column].append(passing[s, column])
                before = passing[s, column]
            node.sources.append(before)
    found = _abridged(found)
    _arrange(found)
    return found


def _abridged(found: list[list[Node]]) -> list[list[Node]]:
    """The columns without those in the middle, if there are too many nodes."""
    count = sum(bool(node.words) for column in found for node in column)
    if count <= MOST_NODES:
        return found

    def reach(columns: list[list[Node]]) -> int:
        nodes = 0
        for k, column in enumerate(columns):
            nodes += sum(bool(node.words) for node in column)
            if nodes > MOST_NODES // 2:
                return max(k, 1)
        return len(columns)

    first, last = reach(found), len(found) - reach(found[::-1])
    hidden = [node for column in found[first:last] for node in column]
    count = sum(bool(node.words) for node in hidden)
    if last - first < 2:
        return found
    gap = Node(first, None, f"{count} more")
    ids = set(map(id, hidden))
    gap.sources = [node for node in found[first - 1] if any(
        node in other.sources for other in hidden)]
    for column in found[last:]:
        for node in column:
            node.sources = list({id(s): s for s in (
                gap if id(s) in ids else s for s in node.sources)}.values())
    return [*found[:first], [gap], *found[last:]]


def _arrange(found: list[list[Node]]) -> None:
    """The heights of the nodes: near those that they read, and that read them."""
    readers: dict[int, list[Node]] = {}
    for column in found:
        for node in column:
            for source in node.sources:
                readers.setdefault(id(source), []).append(node)
        for k, node in enumerate(column):
            node.y = ROW * (k - (len(column) - 1) / 2)
    for sweep in range(6):
        for column in found if sweep % 2 == 0 else found[::-1]:
            wanted = []
            for node in column:
                near = node.sources if sweep % 2 == 0 else readers.get(id(node), [])
                near = near or readers.get(id(node), []) or node.sources
                wanted.append(sum(n.y for n in near) / len(near) if near else node.y)
            order = sorted(range(len(column)), key=lambda k: (wanted[k], column[k].state or 0))
            column[:] = [column[k] for k in order]
            wanted = [wanted[k] for k in order]
            below = -float("inf")
            for node, y in zip(column, wanted):
                node.y = below = max(y, below + ROW)
            off = sum(node.y - y for node, y in zip(column, wanted)) / max(len(column), 1)
            for node in column:
                node.y -= off
    for column in found:
        column.sort(key=lambda node: node.y)


def reads_input(graph: ComputationGraph) -> bool:
    """Whether a wire leads to the graph, since the input is more than entries that it takes."""
    return any(0 in _reads(*pair) for pair in zip(graph.layers, graph.sources))


def _widths(found: list[list[Node]]) -> list[float]:
    return [max((node.width for node in column), default=0.0) for column in found]


def size(found: list[list[Node]]) -> tuple[float, float]:
    """Width and height of the drawing; the middle of the height is that of the output."""
    heights = [node.y for column in found for node in column]
    output = found[-1][0].y
    reach = max(max(heights) - output, output - min(heights))
    return sum(_widths(found)) + GAP * (len(found) - 1), 2 * reach + HEIGHT + 20


def draw(canvas: Canvas, found: list[list[Node]], x: float, y: float) -> None:
    """The graph with its left end at (x, y)."""
    middle = found[-1][0].y
    start, starts = x, []
    for width in _widths(found):
        starts.append(x + width / 2)
        x += width + GAP
    ends = dict(zip(map(id, found), starts))
    at = {id(node): (ends[id(column)], y + node.y - middle) for column in found for node in column}
    widths = dict(zip(map(id, found), _widths(found)))
    column_of = {id(node): column for column in found for node in column}
    for node in found[0]:
        if node.state == 0:
            a, b = at[id(node)]
            canvas.line((start, y), (start, b), (a - node.width / 2, b), kind="wire")
    for column in found:
        for node in column:
            for source in node.sources:
                (a, b), (c, d) = at[id(source)], at[id(node)]
                before = column_of[id(source)]
                canvas.line((a + source.width / 2, b),
                            (ends[id(before)] + widths[id(before)] / 2, b),
                            (ends[id(column)] - widths[id(column)] / 2, d),
                            (c - node.width / 2, d), kind="wire")
    for column in found:
        for node in column:
            a, b = at[id(node)]
            if node.is_join:
                canvas.circle(a, b, 9, "join")
                canvas.label(a, b, node.words, "label strong")
            elif node.words:
                canvas.box(a, b, node.width, HEIGHT - 4, "block", 5)
                canvas.label(a, b, node.words)
            if node.below:
                canvas.label(a, b + HEIGHT / 2 + 5, node.below, "label small")
