"""
How a computation graph is wired, one layer after the other.
"""

from __future__ import annotations

from neuroalg_sage.models.computation_graphs import ComputationGraph
from neuroalg_sage.models.layers import Layer, Shape


class Wiring:
    """
    A computation graph in the making.

    INPUT:

    - ``input_shape`` -- the shape of the input, which is state 0

    EXAMPLES: The function x -> x + W x. ::

        >>> from neuroalg_sage.models.computation_graphs import Join
        >>> from neuroalg_sage.models.layers import Dense
        >>> wiring = Wiring((2,))
        >>> image = wiring.add(Dense(2, 2), 0)
        >>> wiring.add(Join("sum", (2,)), 0, image)
        2
        >>> wiring.graph().sources
        ((0,), (0, 1))
    """

    def __init__(self, input_shape: Shape) -> None:
        self.input_shape = input_shape
        self._shapes = [input_shape]
        self._layers: list[Layer] = []
        self._sources: list[tuple[int, ...]] = []
        self._share: list[int | None] = []

    def add(self, layer: Layer, *states: int) -> int:
        """A layer that reads these states; the number of the state that it makes."""
        self._shapes.append(layer.output_shape(ComputationGraph.shape_read(self._shapes, states)))
        self._layers.append(layer)
        self._sources.append(states)
        self._share.append(None)
        return len(self._layers)

    def again(self, made: int, *states: int) -> int:
        """The layer that made a state, with the same parameters, on other states."""
        layer, first = self._layers[made - 1], self._share[made - 1]
        self.add(layer, *states)
        if layer.parameter_shapes():
            self._share[-1] = made - 1 if first is None else first
        return len(self._layers)

    def shape(self, state: int) -> Shape:
        """The shape of a state."""
        return self._shapes[state]

    def graph(self) -> ComputationGraph:
        """The graph, whose output is the state that was made last."""
        return ComputationGraph(self.input_shape, tuple(self._layers), tuple(self._sources),
                                tuple(self._share))
