"""
What the neuromanifold is over the real numbers.
"""

from __future__ import annotations

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.neuromanifold.core import kept
from neuroalg_sage.neuromanifold.distance import DistanceQuestions


class RealQuestions(DistanceQuestions):
    """Questions about the neuromanifold as a semi-algebraic set."""

    @kept
    def semialgebraic_description(self) -> Invariant:
        """
        M over the real numbers, without its closure, by equations and inequalities.

        OUTPUT: an invariant, a
        :class:`~neuroalg_sage.invariants.real.semialgebraic_description.SemialgebraicDescription`,
        whose value is a :class:`~neuroalg_sage.invariants.real.formula.Formula`

        Raises LimitReached if no description is known.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("cnn:2,2").semialgebraic_description()
            every binary quadratic form whose zeros are all real (proved)
              z_1^2 - 4*z_0*z_2 >= 0
        """
        from neuroalg_sage.invariants.real.semialgebraic_description import (
            semialgebraic_description,
        )

        return semialgebraic_description(self.parametrization(), self.computation, self.method,
                                         self.seed)
