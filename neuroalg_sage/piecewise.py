"""
A piecewise linear network at given weights, and its answers.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.errors import suggesting_methods
from neuroalg_sage.invariants.piecewise.linear_regions import LinearRegions, linear_regions
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
