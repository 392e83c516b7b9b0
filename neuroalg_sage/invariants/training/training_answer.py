"""
What the answers on a loss have in common.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from neuroalg_sage.invariants.answers.invariant import Invariant


@dataclass(frozen=True, eq=False, repr=False)
class TrainingAnswer(Invariant):
    """
    An answer on a loss.

    - ``problem`` -- the loss
    """

    problem: Any = field(kw_only=True)

    def circumstances(self) -> dict[str, Any]:
        """
        The loss as JSON data.

        EXAMPLES::

            >>> from neuroalg_sage.invariants.training.training import ERM
            >>> found = ERM("linear:1,1", [[1, 1], [1, 2]]).critical_points()
            >>> found.circumstances()["loss"]
            {'quadratic': [[0, 0, '1']], 'linear': ['3/2'], 'constant': '5/2'}
        """
        return {"source": self.problem.source, "loss": self.problem.describe()}
