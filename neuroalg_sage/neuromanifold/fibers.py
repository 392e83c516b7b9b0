"""
The fiber of one function, and the parameters of invariant functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.neuromanifold.core import written
from neuroalg_sage.neuromanifold.ideal import IdealQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.dimension.functions import Point
    from neuroalg_sage.invariants.fibers.special_fiber import Fiber


class FibersQuestions(IdealQuestions):
    """Questions about the parameters of a function."""

    def fiber(self, function: Any = None, *, parameters: Any = None) -> Fiber:
        """
        The fiber of φ over a function, and whether the function is in M.

        INPUT:

        - ``function`` -- its coordinates, or for each output a polynomial in the inputs as text
        - ``parameters`` -- instead of these, the parameters of a function

        OUTPUT: :class:`~neuroalg_sage.invariants.fibers.special_fiber.Fiber`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:1,1,1:x^2").fiber("-4*x_0^2")
            The fiber over -4*x_0^2 is positive-dimensional (proved)
              a component of dimension 1, degree 3
              where w_0 = 1: dimension 0, degree 1, 1 real point (proved)
            f is in the closure of M: a point of the fiber (proved)
            f is in M over the algebraic closure of Q: a point of the fiber (proved)
            f is in M over the real numbers: a real point of the fiber (proved)
        """
        from neuroalg_sage.invariants.dimension.functions import read_function, read_parameters
        from neuroalg_sage.invariants.fibers.special_fiber import special_fiber

        phi = self.parametrization()
        f = None if function is None else read_function(phi, function)
        w = None if parameters is None else read_parameters(self.model, parameters)
        return self._memory.recall(
            "fiber", lambda: special_fiber(phi, self._expanded_ideal, self.computation, f, w,
                                           self._real_member), stored=True,
            function=f, parameters=w)

    def _real_member(self, function: Point) -> Invariant | None:
        """Whether a function is in M over the real numbers, where that is known otherwise."""
        return None

    def invariant_parameters(self, matrix: Any, denominator: Any = 1,
                             infinitesimal: bool = False) -> Invariant:
        """
        The parameters w with f_w ∘ T = f_w, for a transformation T of the inputs.

        INPUT:

        - ``matrix`` -- T, rows of rational numbers, or of polynomials in t as text
        - ``denominator`` -- a number or a polynomial in t, by which all entries are divided
        - ``infinitesimal`` -- whether T stands for the one-parameter group that it generates

        EXAMPLES:

        An odd function is even only if it is zero::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:1,1,1:x^3")
            >>> [str(c) for c in M.invariant_parameters([[-1]])]
            ['dimension 1, degree 1', 'dimension 1, degree 1']
        """
        from neuroalg_sage.invariants.fibers.invariant_parameters import (
            invariant_parameters,
            read_transformation,
        )

        transformation = read_transformation(self.model, matrix, denominator, infinitesimal)
        return self._memory.recall(
            "invariant_parameters", lambda: invariant_parameters(self.model, self.computation,
                                                                 transformation),
            stored=True, transformation=written(transformation.encoded()))
