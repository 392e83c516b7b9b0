"""
How large the neuromanifold is.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.neuromanifold.ideal import IdealQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.capacity.covering_number import CoveringNumber
    from neuroalg_sage.models.expressions import Polynomial

# So small a space has its linear equations, or the equation of a hypersurface, looked for.
MOST_COORDINATES, MOST_DEGREE = 60, 3


class CapacityQuestions(IdealQuestions):
    """Questions about balls that cover the neuromanifold."""

    def covering_number(self, epsilon: Any, *, radius: Any = None, box: Any = None
                        ) -> CoveringNumber:
        """
        How many balls cover a bounded part of the neuromanifold: from above and from below.

        The balls are closed, of radius ε in the Euclidean norm of V, with centers in the set.

        INPUT:

        - ``epsilon`` -- ε, a rational number such as ``"0.1"``
        - ``radius`` -- R: the functions f with norm at most R are covered
        - ``box`` -- instead B: those of parameters from -B to B are

        OUTPUT: :class:`~neuroalg_sage.invariants.capacity.covering_number.CoveringNumber`

        Raises InputError if not one of ``radius`` and ``box`` is given, or one ball suffices.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:1,1:x")
            >>> M.covering_number("0.1", radius=1)
            (10, 21) (bounds)
        """
        from neuroalg_sage.invariants.capacity.covering_number import covering_number

        size = _domain(self.model, radius, box)
        ball = rational(epsilon, "radius epsilon")
        return self._memory.recall(
            "covering_number", lambda: covering_number(
                self.model, self.dimension(), ball, size, self.seed, *self._low_equations()),
            stored=True, epsilon=ball, domain=size)

    def _low_equations(self) -> tuple[Polynomial | None, list[Polynomial]]:
        """The equation of M, if it is a hypersurface of low degree; and linear ones."""
        from neuroalg_sage.invariants.capacity.covering_number import EXPANDED_TERMS
        from neuroalg_sage.invariants.equations.equations_by_degree import generators
        from neuroalg_sage.invariants.equations.linear_span import linear_span
        from neuroalg_sage.models.parametrization import expansion_bound

        n, codimension = (self.model.ambient_dimension,
                          self.model.ambient_dimension - self.dimension().data)
        if (n > MOST_COORDINATES or codimension == 0
                or expansion_bound(self.model) > EXPANDED_TERMS):
            return None, []
        search = self.equation_search()
        span = linear_span(self.parametrization(), search)
        found = generators(search, MOST_DEGREE) if codimension == 1 else []
        return found[0] if found else None, [] if span is None else list(span.forms)


def _domain(model: Any, radius: Any, box: Any) -> tuple[str, Fraction]:
    if (radius is None) == (box is None):
        raise InputError(f"The neuromanifold of {model} is not bounded; state either the radius of "
                         "a ball, by radius, or the size of a box of parameters, by box.")
    return ("ball", rational(radius, "radius")) if box is None else (
        "box", rational(box, "size of the box"))
