"""
A piecewise linear network at given weights, and its answers.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.errors import suggesting_methods
from neuroalg_sage.invariants.piecewise.decision_boundary import (
    BoundaryDistance,
    DecisionBoundary,
    boundary_distance,
    decision_boundary,
)
from neuroalg_sage.invariants.piecewise.functional_dimension import (
    FunctionalDimension,
    functional_dimension,
)
from neuroalg_sage.invariants.piecewise.linear_regions import LinearRegions, linear_regions
from neuroalg_sage.invariants.piecewise.same_function import SameFunction, same_function
from neuroalg_sage.models.piecewise.sources import load_network


@suggesting_methods
class PiecewiseLinearNetwork:
    """
    A network with ReLU, maxout or other piecewise linear activations, at given rational weights.

    INPUT:

    - ``network`` -- a spec such as ``"relu:2,32,32,1:bias"``, whose weights are random; the name of
      a file ``*.json``, ``*.npz``, ``*.safetensors`` or ``*.onnx``; the data of a file of JSON; or
      arrays of weights
    - ``seed`` -- whole number, for random weights; by default 0

    Raises :class:`~neuroalg_sage.errors.InputError` if there is no such network.

    EXAMPLES::

        >>> network = PiecewiseLinearNetwork("relu:2,4,1:bias", seed=1)
        >>> network.linear_regions()
        11 (proved)
        >>> import numpy
        >>> PiecewiseLinearNetwork([numpy.eye(2), [[1, 1]]]).linear_regions()
        4 (proved)
    """

    def __init__(self, network: Any, seed: int | None = None) -> None:
        self.network = load_network(network, seed)

    def __repr__(self) -> str:
        return f"Piecewise linear network {self.network}"

    def __call__(self, point: Any) -> tuple[Any, ...]:
        """The outputs at a point, exactly."""
        return self.network(point)

    def linear_regions(self, box: Any = None, polytope: Any = None) -> LinearRegions:
        """
        The regions on which the network is affine, and all faces of the subdivision by its units.

        INPUT:

        - ``box`` -- a number B, for the inputs from -B to B; or for each input a pair of numbers
        - ``polytope`` -- instead, rows ``[a_1, ..., a_d, b]`` that mean ``a x <= b``

        OUTPUT: :class:`~neuroalg_sage.invariants.piecewise.linear_regions.LinearRegions`; its
        ``subdivision`` has the faces with their vertices, signs and affine maps

        EXAMPLES::

            >>> found = PiecewiseLinearNetwork("relu:1,3,1:bias", seed=1).linear_regions(box=10)
            >>> found, found.f_vector
            (4 (proved), [5, 4])
        """
        return linear_regions(self.network, box, polytope)

    def decision_boundary(self, output: Any = 0, level: Any = 0, kind: str = "level",
                          box: Any = None, polytope: Any = None) -> DecisionBoundary:
        """
        The inputs where an output has a value, or at most, or at least this value: the numbers of
        faces, and the Betti numbers over Q and over GF(2).

        INPUT:

        - ``output`` -- the number of an output, or a pair of numbers for a difference of outputs
        - ``level`` -- the value, by default 0
        - ``kind`` -- ``"level"``, ``"sublevel"`` or ``"superlevel"``
        - ``box``, ``polytope`` -- as for :meth:`linear_regions`

        Of a set that is not bounded, it is the ordinary homology.

        EXAMPLES:

        A torus in space, the points at distance 1 from a circle, in the norm l1::

            >>> torus = PiecewiseLinearNetwork({"input_shape": [3], "layers": [
            ...     {"kind": "absolute_value"},
            ...     {"kind": "dense", "weights": [[1, 1, 0], [0, 0, 1]], "bias": [-2, 0]},
            ...     {"kind": "absolute_value"}, {"kind": "dense", "weights": [[1, 1]]}]})
            >>> torus.decision_boundary(level=1)
            [1, 2, 1] (proved)
        """
        return decision_boundary(self.network, output, level, kind, box, polytope)

    def boundary_distance(self, point: Any, output: Any = 0, level: Any = 0, norm: str = "l2",
                          box: Any = None, polytope: Any = None) -> BoundaryDistance:
        """
        The shortest distance of a point to a decision boundary: how far an input may be moved
        without another decision.

        INPUT:

        - ``point`` -- rational numbers
        - ``output``, ``level``, ``box``, ``polytope`` -- as for :meth:`decision_boundary`
        - ``norm`` -- ``"l1"``, ``"linf"``, or ``"l2"``, of which the square is the value

        EXAMPLES::

            >>> line = PiecewiseLinearNetwork([[[1, 2]], [-3]])
            >>> line.boundary_distance([0, 0]), line.boundary_distance([0, 0], norm="linf")
            (9/5 (proved), 1 (proved))
            >>> line.boundary_distance([0, 0]).nearest
            (Fraction(3, 5), Fraction(6, 5))
        """
        return boundary_distance(self.network, point, output, level, norm, box, polytope)

    def functional_dimension(self, seed: int | None = None) -> FunctionalDimension:
        """
        In how many directions of its parameters the function of the network changes: the rank of
        the derivatives of the outputs by them, at all inputs where no unit is at a breakpoint.

        INPUT:

        - ``seed`` -- for the inputs that are tried

        EXAMPLES:

        Three units can be rescaled; at other weights a unit is never active::

            >>> PiecewiseLinearNetwork("relu:2,3,1:bias", seed=3).functional_dimension()
            10 (proved)
            >>> dead = PiecewiseLinearNetwork([[[1], [0]], [0, -1], [[1, 1]], [0]])
            >>> dead.functional_dimension()
            3 (proved)
        """
        return functional_dimension(self.network, seed)

    def same_function(self, other: Any, box: Any = None, polytope: Any = None) -> SameFunction:
        """
        Whether another network is the same function, or a point where the two differ.

        INPUT:

        - ``other`` -- a network, or what names one
        - ``box``, ``polytope`` -- on which inputs, as for :meth:`linear_regions`; by default on all

        EXAMPLES::

            >>> size = PiecewiseLinearNetwork([[[1], [-1]], [[1, 1]]])
            >>> size.same_function({"input_shape": [1], "layers": [{"kind": "absolute_value"}]})
            True (proved)
            >>> found = size.same_function([[[1], [-1]], [[1, 2]]])
            >>> found, found.point, found.values
            (False (proved), (Fraction(-1, 1),), ((Fraction(1, 1),), (Fraction(2, 1),)))
        """
        second = other.network if isinstance(other, PiecewiseLinearNetwork) else (
            load_network(other))
        return same_function(self.network, second, box, polytope)
