"""
A piecewise linear network at given weights, and its answers; an architecture, whose weights are
parameters, and its answers about data.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.errors import suggesting_methods
from neuroalg_sage.invariants.piecewise.classification_fan import (
    ClassificationFan,
    classification_fan,
)
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
from neuroalg_sage.invariants.piecewise.region_bound import RegionBound, region_bound
from neuroalg_sage.invariants.piecewise.same_function import SameFunction, same_function
from neuroalg_sage.invariants.piecewise.smaller_network import SmallerNetwork, smaller_network
from neuroalg_sage.invariants.piecewise.stationary_points import (
    StationaryPoints,
    stationary_points,
)
from neuroalg_sage.invariants.piecewise.tropical_form import TropicalForm, tropical_form
from neuroalg_sage.models.piecewise.architecture import Architecture
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

    def region_bound(self) -> RegionBound:
        """
        How many cells, and so regions, networks with such layers have at most, at any weights.

        Layers have to follow one another.  The bound is that of numbers of hyperplanes and of
        ranks, layer by layer; with one hidden layer of ReLU it is attained at generic weights.

        EXAMPLES::

            >>> found = PiecewiseLinearNetwork("relu:2,4,4,1:bias").region_bound()
            >>> found, found.data["found"]["cells"]
            (121 (proved), 33)
        """
        return region_bound(self.network)

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

    def smaller_network(self, seed: int | None = None) -> SmallerNetwork:
        """
        A network of one hidden layer of ReLU that is the same function, with as few units as is
        found, and how many any such network has at least.

        The units must be affine functions of the inputs, as with one hidden layer of
        ReLU, absolute values, hard tanh, or maxima of two.

        INPUT:

        - ``seed`` -- of the random choices

        EXAMPLES::

            >>> identity = PiecewiseLinearNetwork([[[1], [-1], [2], [-2]], [[2, -2, 1, -1]]])
            >>> found = identity.smaller_network()
            >>> found, identity.same_function(found.network)
            (2 (proved), True (proved))
        """
        return smaller_network(self.network, seed)

    def tropical_form(self) -> TropicalForm:
        """
        Each output as a difference of two tropical polynomials, maxima of affine functions, with
        minimal monomials; the vertices of their Newton polytopes; and a network of such maxima.

        EXAMPLES:

        The Newton polytope of three units is a zonotope, here a hexagon::

            >>> units = PiecewiseLinearNetwork([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]])
            >>> (numerator, denominator), = units.tropical_form()
            >>> len(numerator.monomials), len(numerator.vertices), len(denominator.monomials)
            (6, 6, 1)
            >>> units.same_function(units.tropical_form().network("relu"))
            True (proved)
        """
        return tropical_form(self.network)


@suggesting_methods
class PiecewiseLinearArchitecture:
    """
    A network with one output and at most one hidden layer of ReLU, leaky ReLU, absolute values or
    maxout, all of whose weights and biases are parameters, at most 8.

    INPUT:

    - ``spec`` -- such as ``"relu:1,2,1:bias"``; two widths are an affine function

    Raises :class:`~neuroalg_sage.errors.InputError` if there is no such architecture.

    EXAMPLES::

        >>> PiecewiseLinearArchitecture("relu:1,2,1:bias")
        Architecture relu:1,2,1:bias with 7 parameters
    """

    def __init__(self, spec: str) -> None:
        self.architecture = Architecture(spec)

    def __repr__(self) -> str:
        return f"Architecture {self.architecture} with {self.architecture.parameters} parameters"

    def classification_fan(self, data: Any) -> ClassificationFan:
        """
        The subdivision of the parameters by the signs of hidden units and outputs at data of two
        classes; how many dichotomies occur, the smallest 0/1 loss, and the numbers of connected
        components of its sublevel sets.

        INPUT:

        - ``data`` -- a file ``.csv`` or ``.parquet``, or rows: the inputs, then the class, one of
          two numbers; at most 12 points

        Parameters are normalized: the outer weights are 1 or -1.  Components are those of all
        parameters.  A point where the output is zero is not classified rightly.

        EXAMPLES::

            >>> found = PiecewiseLinearArchitecture("relu:1,1").classification_fan(
            ...     [[-1, 0], [1, 0], [2, 1]])
            >>> found, found.minimal_loss, found.components
            (2 (proved), 1, {1: 1, 2: 2, 3: 1})
        """
        return classification_fan(self.architecture, data)

    def stationary_points(self, data: Any) -> StationaryPoints:
        """
        All points at which the squared error on data is stationary, in the sense of Clarke: local
        minima, local maxima and saddles, also where units are at a breakpoint; and the smallest
        error.

        INPUT:

        - ``data`` -- a file ``.csv`` or ``.parquet``, or rows: the inputs, then the target; at most
          12 points

        Parameters are normalized: the outer weights are 1 or -1.  So these are the stationary
        points of the network at which no outer weight is zero; the smallest error is that of all.

        EXAMPLES::

            >>> found = PiecewiseLinearArchitecture("abs:1,1,1").stationary_points(
            ...     [[-1, 1], [1, 2]])
            >>> found
            1/2 (proved)
            >>> [(f["error"], f["local_minima"], f["local_maxima"]) for f in found.families]
            [('1/2', 1, 0), ('1/2', 1, 0), ('5', 1, 0), ('5', 0, 1)]
        """
        return stationary_points(self.architecture, data)
