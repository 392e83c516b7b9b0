"""
Whether a ReLU network has parameters on a cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.neuromanifold.core import Core, kept

if TYPE_CHECKING:
    from neuroalg_sage.invariants.piecewise.activation_cell import CellEmptiness


class PiecewiseQuestions(Core):
    """Questions about cells of parameters on which a network is polynomial."""

    @kept
    def is_cell_empty(self) -> CellEmptiness:
        """
        Whether no parameters of a ReLU network have inputs with the activation patterns that the
        spec names.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("relu:2,3,1:cell=110", seed=1).is_cell_empty()
            False (proved)
            >>> NeuroManifold("relu:2,3,1:cell=110,101,011,111").is_cell_empty()
            True (proved)
        """
        from neuroalg_sage.invariants.piecewise.activation_cell import is_cell_empty

        return is_cell_empty(self.model, self.seed)
