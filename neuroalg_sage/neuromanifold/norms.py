"""
Distances in polyhedral norms, and of inputs from decision boundaries.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.parametrization import check_size
from neuroalg_sage.neuromanifold.core import whole
from neuroalg_sage.neuromanifold.fibers import FibersQuestions


class NormQuestions(FibersQuestions):
    """Questions about other distances than those of quadratic forms on V."""

    def wasserstein_degree(self, norm: Any = None) -> Invariant:
        """
        For each face of the unit ball of a polyhedral norm, the number of complex critical points
        of the distance from a generic point of V to M, where the nearest point lies at this face.

        INPUT:

        - ``norm`` -- as for
          :func:`~neuroalg_sage.invariants.distance.polyhedral_norms.polyhedral_norm`; by default
          that of this neuromanifold

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("linear:2,1,2", seed=1)
            >>> M.wasserstein_degree("linf").sentence()
            'largest degrees 2, 0, 2, infinite at faces of dimension 0, 1, 2, 3'
        """
        from neuroalg_sage.invariants.distance.polyhedral_norms import polyhedral_norm
        from neuroalg_sage.invariants.distance.wasserstein_degree import wasserstein_degree

        check_size(self.model)
        chosen = self.polyhedral_norm if norm is None else polyhedral_norm(self.model, norm)
        return self._memory.recall(
            "wasserstein_degree", lambda: wasserstein_degree(
                self.parametrization(), self.dimension(), chosen, self.computation, self.seed),
            stored=True, polyhedral_norm=chosen)

    def polyhedral_distance(self, function: Any, norm: Any = None) -> Invariant:
        """
        Bounds of the distance from a ``function`` to M in a ``norm``, as for
        :meth:`wasserstein_degree`.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> low, high = NeuroManifold("linear:2,1,2", seed=1).polyhedral_distance(
            ...     [1, 0, 0, 1], "linf")
            >>> round(float(low), 4), float(high)
            (0.5, 0.5)
        """
        from neuroalg_sage.invariants.dimension.functions import read_function
        from neuroalg_sage.invariants.distance.polyhedral_distance import polyhedral_distance
        from neuroalg_sage.invariants.distance.polyhedral_norms import polyhedral_norm

        phi = self.parametrization()
        chosen = self.polyhedral_norm if norm is None else polyhedral_norm(self.model, norm)
        u = read_function(phi, function)
        return self._memory.recall(
            "polyhedral_distance", lambda: polyhedral_distance(
                phi, u, chosen, self._ideal_by_any_method, self.computation, self.seed),
            stored=True, polyhedral_norm=chosen, function=u)

    def decision_boundary_ed_degree(self, outputs: Any = None) -> Invariant:
        """
        The number of complex critical points of the distance from a generic input to where one of
        the ``outputs`` is 0, or two are equal, for generic parameters.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:3,2,1:x^2").decision_boundary_ed_degree()
            2 (proved, trusting theorem: Draisma et al. (2016))
        """
        from neuroalg_sage.invariants.distance.decision_boundary_degree import (
            decision_boundary_ed_degree,
        )

        chosen = None if outputs is None else tuple(whole("output", j) for j in outputs)
        return self._memory.recall(
            "decision_boundary_ed_degree", lambda: decision_boundary_ed_degree(
                self.parametrization(), self.computation, chosen, self.seed),
            stored=True, outputs=chosen)
