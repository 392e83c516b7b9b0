"""
What the neuromanifold is over the real numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.neuromanifold.core import kept
from neuroalg_sage.neuromanifold.distance import DistanceQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.real.trichotomy import (
        Closedness,
        Density,
        RealShape,
        Trichotomy,
    )


class RealQuestions(DistanceQuestions):
    """Questions about the neuromanifold as a semi-algebraic set."""

    @kept
    def trichotomy(self) -> Trichotomy:
        """
        Whether M is all of V, thick, or thin, over the real numbers.

        M is the image of the real parameters.  It is thick if it has interior points in V, but is
        not all of V, and thin if it has none.

        OUTPUT: :class:`~neuroalg_sage.invariants.real.trichotomy.Trichotomy`, ``"all"``,
        ``"thick"`` or ``"thin"``; None with the reason if that is not decided

        EXAMPLES:

        A binary cubic with three different real roots is no sum of two cubes of real linear forms,
        but each is one of three::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,2,1:x^3").trichotomy()
            thick (proved)
            >>> NeuroManifold("mlp:2,3,1:x^3").trichotomy()
            all (proved)
            >>> NeuroManifold("mlp:2,1,1:x^2").trichotomy()
            thin (proved)
        """
        return self._real_shape().trichotomy()

    @kept
    def is_dense(self) -> Density:
        """
        Whether M is dense in V, in the Euclidean topology.

        OUTPUT: :class:`~neuroalg_sage.invariants.real.trichotomy.Density`

        EXAMPLES:

        A quartic with a triple root is not in M, but is a limit::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:2,2,2,1:x^2")
            >>> M.trichotomy(), M.is_dense(), M.is_closed()
            (thick (proved), True (proved), False (proved))
        """
        return self._real_shape().density()

    @kept
    def is_closed(self) -> Closedness:
        """
        Whether M is closed in V, in the Euclidean topology.

        OUTPUT: :class:`~neuroalg_sage.invariants.real.trichotomy.Closedness`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> found = NeuroManifold("mlp:2,2,1:x^3").is_closed()
            >>> found, found.witness
            (False (proved), ('x_0^2*x_1',))
            >>> NeuroManifold("linear:3,2,3").is_closed()
            True (proved)
        """
        return self._real_shape().closedness()

    def _real_shape(self) -> RealShape:
        from neuroalg_sage.invariants.real.trichotomy import RealShape

        return RealShape(self.model, self.dimension, self.parametrization, self.ideal,
                         self.computation)
