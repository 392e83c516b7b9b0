"""
The topology of the neurovariety over the complex numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.invariants.answers.methods import FOR_THE_IDEAL
from neuroalg_sage.neuromanifold.core import kept
from neuroalg_sage.neuromanifold.equations import EquationsQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.topology.euler_characteristic import EulerCharacteristic


class TopologyQuestions(EquationsQuestions):
    """Questions about the topology of the closure of M over C."""

    @kept
    def euler_characteristic(self) -> EulerCharacteristic:
        """
        The Euler characteristic of the neurovariety over C, and of its projectivization.

        OUTPUT: an invariant whose value is a dictionary with ``affine`` and ``projective``, which
        is None if the equations of M are not homogeneous

        Known varieties need no equations; a method for the ideal asks for them all the same.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:3,1,3").euler_characteristic()["projective"]  # P2 x P2
            9
        """
        from neuroalg_sage.invariants.topology.euler_characteristic import euler_characteristic

        return euler_characteristic(self.parametrization(), self.dimension(), self.ideal,
                                    self.computation, self.method in FOR_THE_IDEAL[1:])
