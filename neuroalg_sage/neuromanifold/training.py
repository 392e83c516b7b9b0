"""
Critical points of losses in the space of parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.neuromanifold.core import written
from neuroalg_sage.neuromanifold.equations import EquationsQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.critical_functions import CriticalFunctions
    from neuroalg_sage.invariants.training.cross_entropy import CrossEntropyPoints
    from neuroalg_sage.invariants.training.multistart_answer import EndsOfStarts
    from neuroalg_sage.invariants.training.presentation import CriticalPoints
    from neuroalg_sage.invariants.training.sums_of_squares import LossBounds
    from neuroalg_sage.invariants.training.training import TrainingProblem


class TrainingQuestions(EquationsQuestions):
    """Questions about a loss."""

    def loss_critical_locus(self, target: Any, metric: Any = "unit") -> Invariant:
        """
        The critical points of the squared distance ||φ(w) - f||^2, pure and spurious.

        INPUT:

        - ``target`` -- the function f: its coordinates, or for each output a polynomial in the
          inputs as text
        - ``metric`` -- on V: ``"unit"``, ``"bombieri"`` or n positive weights

        OUTPUT: an invariant, a list of
        :class:`~neuroalg_sage.invariants.training.loss_critical_locus.CriticalComponent`

        EXAMPLES:

        Two linear layers that learn the identity of the plane::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("linear:2,2,2")
            >>> for component in M.loss_critical_locus(["x_0", "x_1"]):
            ...     print(component)
            dimension 4, degree 8: the fiber of the target, image of dimension 0 (numerical, by
            Macaulay2)
            dimension 4, degree 8: spurious, image of dimension 1 (numerical, by Macaulay2)
            dimension 0, degree 1, 1 real point: spurious, image of dimension 0 (numerical, by
            Macaulay2)
        """
        from neuroalg_sage.invariants.dimension.functions import read_function
        from neuroalg_sage.invariants.distance.quadratic_forms import metric_weights
        from neuroalg_sage.invariants.training.loss_critical_locus import (
            QuadraticLoss,
            loss_critical_locus,
        )

        phi = self.parametrization()
        f, weights = read_function(phi, target), metric_weights(phi, metric)
        loss = QuadraticLoss.distance(f, weights)
        return self._memory.recall(
            "loss_critical_locus", lambda: loss_critical_locus(
                phi, self.dimension(), self._expanded_ideal, self.computation, loss),
            stored=True, function=f, weights=weights)

    def training_critical_locus(self, problem: TrainingProblem) -> Invariant:
        """
        The critical points of the squared error on data, in the space of parameters.

        INPUT:

        - ``problem`` -- a training problem with this model

        OUTPUT: as :meth:`loss_critical_locus`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> from neuroalg_sage import ERM
            >>> data = [[1, 1], [2, 3]]
            >>> M = NeuroManifold("linear:1,1,1")
            >>> for component in M.training_critical_locus(ERM("linear:1,1,1", data)):
            ...     print(component)
            dimension 1, degree 2: critical on V, image of dimension 0 (numerical, by Macaulay2)
            dimension 0, degree 1, 1 real point: spurious, image of dimension 0 (numerical, by
            Macaulay2)
        """
        from neuroalg_sage.invariants.training.loss_critical_locus import (
            QuadraticLoss,
            loss_critical_locus,
        )

        self._check_model(problem)
        loss = QuadraticLoss(problem.quadratic, problem.linear, "squared error")
        return self._memory.recall(
            "training_critical_locus", lambda: loss_critical_locus(
                self.parametrization(), self.dimension(), self._expanded_ideal, self.computation,
                loss),
            stored=True, loss=written(problem.describe()))

    def critical_functions(self, problem: TrainingProblem) -> CriticalFunctions:
        """
        The functions of the closure of M that are critical for the squared error, by components.

        Meant are functions where M is smooth.  Where data are too few to tell functions apart
        components have positive dimension.

        INPUT:

        - ``problem`` -- a training problem with this model

        OUTPUT: an invariant, a list of
        :class:`~neuroalg_sage.invariants.training.critical_functions.FunctionsComponent`

        EXAMPLES:

        Two samples do not determine a square c(ax + by)^2: two fit them, whose mixed coefficients
        have the square 8, and those that fit one, and are 0 at the other, are critical, too::

            >>> from neuroalg_sage import ERM, NeuroManifold
            >>> M = NeuroManifold("mlp:2,1,1:x^2")
            >>> found = M.critical_functions(ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2]]))
            >>> for component in found:
            ...     print(component)
            dimension 0, degree 1, 1 real point: the projection ramifies there
            dimension 0, degree 1, 1 real point: the projection ramifies there
            dimension 0, degree 2, 2 real points: critical on V
        """
        return self._critical_functions(problem, False)

    def ramification_locus(self, problem: TrainingProblem) -> CriticalFunctions:
        """
        Where the projection of M along the kernel of the squared error is ramified.

        That is where M is smooth, and the projection has on its tangent space less rank than the
        dimension of M and the rank of the loss allow; other critical functions than those that
        the projection pulls back lie there.

        INPUT:

        - ``problem`` -- a training problem with this model

        OUTPUT: as :meth:`critical_functions`

        EXAMPLES::

            >>> from neuroalg_sage import ERM, NeuroManifold
            >>> M = NeuroManifold("mlp:2,1,1:x^2")
            >>> M.ramification_locus(ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2]]))
            [Component of dimension 1, degree 1: the projection ramifies there, Component of
             dimension 1, degree 1: the projection ramifies there] (proved)
        """
        return self._critical_functions(problem, True)

    def _critical_functions(self, problem: TrainingProblem, ramification: bool
                            ) -> CriticalFunctions:
        from neuroalg_sage.invariants.training.critical_functions import NAMES, critical_functions

        self._check_model(problem)
        return self._memory.recall(
            NAMES[ramification], lambda: critical_functions(
                self.parametrization(), *self._ideal_and_degree_as_parts(),
                self.dimension().data, self.computation, problem, ramification),
            stored=True, loss=written(problem.describe()))

    def critical_points(self, problem: TrainingProblem) -> CriticalPoints:
        """
        All critical points of the squared error on data, and its minimum.

        INPUT:

        - ``problem`` -- a training problem with this model

        OUTPUT: an invariant; see
        :func:`~neuroalg_sage.invariants.training.critical_points.critical_points`

        EXAMPLES::

            >>> from neuroalg_sage import ERM, NeuroManifold
            >>> found = NeuroManifold("linear:1,1").critical_points(
            ...     ERM("linear:1,1", [[1, 1], [1, 2]]))
            >>> found.value["minimum"], found.status
            ({'attained': True, 'at': [0], 'unique': True}, 'proved')
        """
        self._check_model(problem)

        return problem.know(self._memory.recall(
            "critical_points", lambda: problem.critical_points(self.computation, self.seed),
            stored=True, loss=written(problem.describe())))

    def cross_entropy_points(self, data: Any, outputs: Any = None,
                             normalization: str = "conditional") -> CrossEntropyPoints:
        """
        Critical points of the cross-entropy of labels and normalized outputs.

        INPUT:

        - ``data``, ``outputs`` -- rows of inputs and labels, as for
          :func:`~neuroalg_sage.invariants.training.training.ERM`
        - ``normalization`` -- ``"conditional"``: the outputs at each input add up to 1; or
          ``"joint"``: the outputs at all inputs together do

        OUTPUT: :class:`~neuroalg_sage.invariants.training.cross_entropy.CrossEntropyPoints`

        EXAMPLES: The maximum of the likelihood of two independent coins. ::

            >>> from neuroalg_sage import NeuroManifold
            >>> data = [[1, 0, 1, 2], [0, 1, 3, 4]]
            >>> found = NeuroManifold("linear:2,1,2", seed=1).cross_entropy_points(
            ...     data, normalization="joint")
            >>> [point["index"] for point in found.data["points"]], found.data["complex"]
            ([0], 1)
        """
        from neuroalg_sage.invariants.training.cross_entropy import (
            cross_entropy,
            cross_entropy_points,
        )

        problem = cross_entropy(self.model, data, outputs, normalization)
        # What was found before may be of the same loss from another source.
        return replace(self._memory.recall(
            "cross_entropy_points", lambda: cross_entropy_points(
                self.parametrization(), self.dimension(), problem, self._ideal_by_any_method,
                self.computation, self.seed),
            stored=True, loss=written(problem.describe())), problem=problem)

    def loss_bounds(self, problem: TrainingProblem, level: int | None = None) -> LossBounds:
        """
        A lower and an upper bound of the least squared error on data, both proved.

        INPUT:

        - ``problem`` -- a training problem with this model
        - ``level`` -- of the sums of squares, 0 to 3; by default as high as is needed, up to 2

        OUTPUT: :class:`~neuroalg_sage.invariants.training.sums_of_squares.LossBounds`

        EXAMPLES::

            >>> from neuroalg_sage import ERM, NeuroManifold
            >>> data = [[1, 0, 1, 0], [0, 1, 0, 2]]
            >>> found = NeuroManifold("linear:2,1,2", seed=1).loss_bounds(
            ...     ERM("linear:2,1,2", data))
            >>> found.data["level"], float(found.gap) < 1e-6
            (1, True)
        """
        from neuroalg_sage.invariants.training.sums_of_squares import loss_bounds

        self._check_model(problem)
        return self._memory.recall(
            "loss_bounds", lambda: loss_bounds(problem, level, self.computation, self.seed),
            stored=True, loss=written(problem.describe()), level=level)

    def multistart(self, problem: TrainingProblem, starts: int | None = None,
                   level: int | None = None, report: Callable[[EndsOfStarts], None] | None = None
                   ) -> EndsOfStarts:
        """
        Where minimizations of the loss from many random parameters end, and bounds of the loss.

        Of any model; what is proved of an end is said with it.

        INPUT:

        - ``problem`` -- a training problem with this model
        - ``starts`` -- how many, by default 50
        - ``level`` -- of the sums of squares for the lower bound; by default as high as is needed
        - ``report`` -- takes what is known so far, each time that it becomes more

        OUTPUT: :class:`~neuroalg_sage.invariants.training.multistart_answer.EndsOfStarts`

        EXAMPLES::

            >>> from neuroalg_sage import ERM, NeuroManifold
            >>> spec, data = "mlp:1,2,1:x^2:bias", [[0, 1], [1, 0], [2, 2]]
            >>> found = NeuroManifold(spec, seed=1).multistart(ERM(spec, data), 10)
            >>> found.attained, found["upper_bound"], found.status
            (True, Fraction(0, 1), 'proved')
        """
        from neuroalg_sage.invariants.training.multistart import STARTS, multistart

        self._check_model(problem)
        count = STARTS if starts is None else starts
        return self._memory.recall(
            "multistart", lambda: multistart(problem, count, level, self.computation, self.seed,
                                             self.dimension, report),
            stored=True, loss=written(problem.describe()), starts=count, level=level)

    def _check_model(self, problem: TrainingProblem) -> None:
        from neuroalg_sage.invariants.training.training import TrainingProblem

        if not isinstance(problem, TrainingProblem):
            raise InputError(f"A training problem is made from data by ERM, or by population; this "
                             f"is a {type(problem).__name__}.")
        if problem.model.describe() != self.model.describe():
            raise InputError(f"The training problem is about {problem.model}, not {self.model}.")
