"""
How the states of a model are drawn: inputs, hidden units and outputs.

A state of one axis is a column of units, one below the other; channels are groups of them.  A state
of two axes is a grid of cells, and with channels a stack of grids.  Where there are too many, some
are left out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod

from neuroalg_sage.markup.canvas import Canvas, Point
from neuroalg_sage.models.layers import Shape

MOST_UNITS = 12
MOST_UNITS_OF_A_CHANNEL = 6
MOST_CHANNELS = 3
MOST_CELLS, LAST_CELLS = 12, 2
RADIUS = 9.0
STEP = 27.0
CELL = 15.0
SHIFT = 7.0  # of one channel's grid against the next


def shown(count: int, most: int, last: int | None = None) -> list[int | None]:
    """
    Which of several units are drawn, with None for those that are not; ``last`` are at the end.

    EXAMPLES::

        >>> shown(3, 5), shown(9, 5), shown(9, 5, 1)
        ([0, 1, 2], [0, 1, 2, None, 7, 8], [0, 1, 2, 3, None, 8])
    """
    if count <= most:
        return list(range(count))
    last = most // 2 if last is None else last
    return [*range(most - last), None, *range(count - last, count)]


class State(ABC):
    """A state at its place on a canvas, whose middle has height 0."""

    width: float
    height: float

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.x = 0.0

    @abstractmethod
    def draw(self, canvas: Canvas, kind: str) -> None:
        """Draw it where it is; ``kind`` is ``input``, ``hidden``, ``active`` or ``output``."""

    @abstractmethod
    def ports(self) -> list[float]:
        """The heights at which lines of dense layers begin and end."""

    def side(self, right: bool) -> float:
        """Where the lines to the right, or from the left, begin."""
        return self.x + (1 if right else -1) * self.width / 2


class Units(State):
    """A column of units; of several channels, groups of them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        channels, size = (shape[0], shape[1]) if len(shape) == 2 else (1, prod(shape))
        most = MOST_UNITS if channels == 1 else MOST_UNITS_OF_A_CHANNEL
        self.places: dict[tuple[int, int], float] = {}
        self.gaps: list[float] = []
        y = 0.0
        for channel in shown(channels, MOST_CHANNELS):
            if channel is None:
                self.gaps.append(y)
                y += STEP
                continue
            for unit in shown(size, most):
                if unit is None:
                    self.gaps.append(y)
                else:
                    self.places[channel, unit] = y
                y += STEP
            y += STEP / 3
        self.height = y - STEP / 3 - STEP + 2 * RADIUS
        self.width = 2 * RADIUS
        middle = self.height / 2 - RADIUS
        self.places = {key: y - middle for key, y in self.places.items()}
        self.gaps = [y - middle for y in self.gaps]

    def place(self, channel: int, unit: int) -> float | None:
        """The height of a unit, None if it is not drawn."""
        return self.places.get((channel, unit))

    def ports(self) -> list[float]:
        return list(self.places.values())

    def draw(self, canvas: Canvas, kind: str) -> None:
        for y in self.places.values():
            canvas.circle(self.x, y, RADIUS, f"unit {kind}")
        for y in self.gaps:
            for k in (-1, 0, 1):
                canvas.circle(self.x, y + 6 * k, 1.4, "dot")


class Grid(State):
    """A grid of cells, rows first; of several channels, a stack of grids."""

    def __init__(self, shape: Shape, tokens: bool = False) -> None:
        super().__init__(shape)
        self.channels = shape[0] if len(shape) == 3 else 1
        rows, columns = shape[-2:]
        self.rows, self.columns = (shown(n, MOST_CELLS, LAST_CELLS) for n in (rows, columns))
        self.gap = 4.0 if tokens else 0.0
        self.layers = min(self.channels, MOST_CHANNELS)
        self.width = (len(self.columns) * (CELL + self.gap) - self.gap
                      + (self.layers - 1) * SHIFT)
        self.height = len(self.rows) * CELL + (self.layers - 1) * SHIFT

    def corner(self, row: int, column: int) -> Point:
        """The upper left corner of a cell of the first channel, counted with those left out."""
        return (self.x - self.width / 2 + column * (CELL + self.gap),
                self.height / 2 - (len(self.rows) - row) * CELL)

    def ports(self) -> list[float]:
        return [self.corner(i, 0)[1] + CELL / 2 for i, row in enumerate(self.rows)
                if row is not None]

    def draw(self, canvas: Canvas, kind: str) -> None:
        for layer in range(self.layers - 1, 0, -1):
            x, y = self.corner(0, 0)
            width = self.width - (self.layers - 1) * SHIFT
            height = len(self.rows) * CELL
            canvas.box(x + width / 2 + layer * SHIFT, y + height / 2 - layer * SHIFT, width,
                       height, f"unit {kind}")
        for i, row in enumerate(self.rows):
            for j, column in enumerate(self.columns):
                x, y = self.corner(i, j)
                if row is None or column is None:
                    canvas.circle(x + CELL / 2, y + CELL / 2, 1.2, "dot")
                else:
                    canvas.box(x + CELL / 2, y + CELL / 2, CELL, CELL, f"unit {kind}")


def state(shape: Shape, tokens: bool, axes: int | None) -> State:
    """
    The state of this shape.

    INPUT:

    - ``tokens`` -- whether the columns are tokens
    - ``axes`` -- without that of channels, where a convolution says how many there are

    EXAMPLES::

        >>> [type(state(shape, False, axes)).__name__
        ...  for shape, axes in (((2, 3), 1), ((2, 3), 2), ((2, 3, 3), 2), ((2, 2, 2), 3))]
        ['Units', 'Grid', 'Grid', 'Units']
    """
    if axes is None:
        axes = len(shape) if len(shape) < 3 else 2
    if axes == 2 and len(shape) in (2, 3):
        return Grid(shape, tokens)
    return Units(shape if axes == 1 and len(shape) == 2 else (prod(shape),))
