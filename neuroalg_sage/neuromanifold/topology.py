"""
The topology of the neurovariety over the complex numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.invariants.answers.methods import FOR_THE_IDEAL
from neuroalg_sage.neuromanifold.core import kept
from neuroalg_sage.neuromanifold.equations import EquationsQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.distance.parts import EulerCharacteristicOfParts
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

        return euler_characteristic(self.parametrization(), self.dimension(), self._ideal_as_a_part,
                                    self.computation, self.method in FOR_THE_IDEAL[1:])

    @kept
    def euler_characteristic_of_parts(self) -> EulerCharacteristicOfParts:
        """
        The Euler characteristics of the smooth locus of the projectivization, of complements of a
        generic hyperplane and quadric, and of strata with their local Euler obstructions.

        Raises InputError if M is no cone.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("linear:3,2,3").euler_characteristic_of_parts().sentence())
            rank 1: 9, obstruction 2; rank 2: 0, obstruction 1; smooth locus 0; without a generic
            hyperplane 0, a generic quadric -39, both -78
        """
        from neuroalg_sage.invariants.distance.parts import euler_characteristic_of_parts

        return euler_characteristic_of_parts(
            self.parametrization(), self.dimension(), self._ideal_as_a_part, self.computation,
            self.method in FOR_THE_IDEAL[1:])
