"""
A point of the parameters, trained weights say, and what may be asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from neuroalg_sage.errors import LimitReached, suggesting_methods
from neuroalg_sage.limits import whole
from neuroalg_sage.neuromanifold.dynamics import DynamicsQuestions

if TYPE_CHECKING:
    from fractions import Fraction

    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.invariants.points.inputs import InputSymmetries
    from neuroalg_sage.invariants.points.matrices import LayerRanks, SmallestSingularValues
    from neuroalg_sage.invariants.points.point import Place
    from neuroalg_sage.invariants.points.rank import (
        NamedParameters,
        RankAtPoint,
        RankSearch,
        SingularValues,
    )
    from neuroalg_sage.invariants.points.strata import NearestSubnetworks
    from neuroalg_sage.invariants.points.symmetries import LawValues, Stabilizer
    from neuroalg_sage.invariants.points.units import InactiveUnits
    from neuroalg_sage.models.trained.network import TrainedNetwork

Answer = TypeVar("Answer")


@suggesting_methods
class ParameterPoint:
    """
    A point w of the parameters of a neuromanifold, such as trained weights.

    See :meth:`PointQuestions.at`.  Every answer is computed when first asked for, and kept.
    """

    def __init__(self, manifold: PointQuestions, network: TrainedNetwork) -> None:
        self.manifold, self.network = manifold, network
        self._found: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Point of the parameters of {self.network.model}"

    def __call__(self, inputs: Any) -> tuple[Fraction, ...]:
        """The outputs at inputs, exactly."""
        return self.network(inputs)

    @property
    def weights(self) -> tuple[Fraction, ...]:
        """The weights, exactly."""
        return self.network.point

    @cached_property
    def _place(self) -> Place:
        from neuroalg_sage.invariants.points.point import Place

        return Place(self.network)

    def _recall(self, name: str, find: Callable[[], Answer]) -> Answer:
        if name not in self._found:
            self._found[name] = find()
        found: Answer = self._found[name]
        return found

    @cached_property
    def _ranks(self) -> RankSearch:
        from neuroalg_sage.invariants.points.rank import RankSearch

        try:
            generic: Invariant | None = self.manifold.dimension()
        except LimitReached:
            generic = None
        return RankSearch(self._place, generic, self.manifold.seed,
                          self.manifold.computation.progress)

    def rank(self) -> RankAtPoint:
        """
        The rank over Q of the derivative Dφ(w) of the parametrization, beside the generic rank.

        Where it is lower, w is a critical point of φ.  See
        :mod:`~neuroalg_sage.invariants.points.rank` for the proof.

        EXAMPLES:

        Two units that are equal::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:2,2,2:x^2", seed=1)
            >>> w = M.at([1, 2, 1, 2, 1, 1, 0, 1])
            >>> print(w.rank().text())
            rank = 4; the generic rank is 6 (proved), so that 2 is lost here: w is a critical point
            of φ  [proved]
              the kernel of Dφ(w) has dimension 4, of which linear symmetries explain 2, and 2 not
        """
        return self._recall("rank", lambda: self._ranks.answer())

    def unidentified_parameters(self) -> NamedParameters:
        """
        The parameters that are not constant along the kernel of Dφ(w).

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> w = NeuroManifold("mlp:1,2,1:x^2:bias").at([1, 0, 2, 0, 3, 4, 0])
            >>> print(w.unidentified_parameters().text())
            unidentified_parameters = 6 of 7 parameters change along the kernel of Dφ(w), 1 do not
            [proved]
              not identified: 0.W[0,0], 0.W[1,0], 0.b[0], 0.b[1], 2.W[0,0], 2.W[0,1]
              identified: 2.b[0]
              not identified, and not by a linear symmetry alone: 0.W[1,0], 0.b[1]
        """
        return self._recall("unidentified_parameters", lambda: self._ranks.unidentified())

    def singular_values(self) -> SingularValues:
        """
        The singular values of Dφ(w), in floating point: W has the standard metric, and V that of
        coefficients.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:1,1,1").at([3, 4]).singular_values()
            [5.0, 0.0] (numerical)
        """
        from neuroalg_sage.invariants.points.rank import singular_values

        return self._recall("singular_values", lambda: singular_values(self._place))

    def inactive_units(self) -> InactiveUnits:
        """
        Units and inputs that vanish, are constant or multiples of others, or do not matter.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> w = NeuroManifold("mlp:2,2,1:x^2").at([1, 2, 0, 0, 1, 1])
            >>> print(w.inactive_units().text())
            inactive_units = 1 vanishes  [proved]
              unit 2 after layer 1 vanishes
        """
        from neuroalg_sage.invariants.points.units import inactive_units

        return self._recall("inactive_units", lambda: inactive_units(self._place))

    def layer_ranks(self) -> LayerRanks:
        """
        The ranks over Q of all matrices of weights; of filters those of two flattenings.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("linear:2,2,1").at([1, 2, 3, 4, 1, 0]).layer_ranks().text())
            layer_ranks = all 2 matrices of weights have full rank  [proved]
        """
        from neuroalg_sage.invariants.points.matrices import layer_ranks

        return self._recall("layer_ranks", lambda: layer_ranks(self._place))

    def smallest_singular_values(self) -> SmallestSingularValues:
        """
        How far matrices of weights are from lower ranks: their smallest singular values, within
        exact bounds.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> w = NeuroManifold("linear:2,2,1").at([3, 0, 0, 4, 1, 0])
            >>> print(w.smallest_singular_values())
            1.W is nearest to a matrix of lower rank, at the distance 1 (proved)
        """
        from neuroalg_sage.invariants.points.matrices import smallest_singular_values

        return self._recall("smallest_singular_values",
                            lambda: smallest_singular_values(self._place))

    def nearest_subnetworks(self) -> NearestSubnetworks:
        """
        How far the weights are from those at which a hidden unit can be left out.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> w = NeuroManifold("mlp:2,2,1:x^2").at([1, 0, 0, 1, 3, "1/10"])
            >>> print(w.nearest_subnetworks())
            at the distance 0.1, nothing goes out of unit 2 after layer 1 (proved)
        """
        from neuroalg_sage.invariants.points.strata import nearest_subnetworks

        return self._recall("nearest_subnetworks", lambda: nearest_subnetworks(self._place))

    def law_values(self) -> LawValues:
        """
        What the quadratic conservation laws of gradient flow are worth at w.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:2,1,1").at([3, 4, 5]).law_values().is_balanced
            True
        """
        from neuroalg_sage.invariants.points.symmetries import law_values

        return self._recall("law_values", lambda: law_values(self._place))

    def stabilizer(self) -> Stabilizer:
        """
        The linear symmetries of the model that fix w, and the dimension of its orbit.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("mlp:1,2,1:x^2").at([1, 0, 1, 0]).stabilizer())
            of 2 linear symmetries a space of dimension 1 fixes the weights; their orbit has
            dimension 1 (proved)
        """
        from neuroalg_sage.invariants.points.symmetries import stabilizer

        return self._recall("stabilizer", lambda: stabilizer(self._place))

    def input_symmetries(self) -> InputSymmetries:
        """
        The linear maps of the inputs that leave the function f_w unchanged: the Lie algebra of
        matrices A with Df_w(x) A x = 0, and signed permutations.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> found = NeuroManifold("mlp:2,1,1:x^2").at([1, 1, 1]).input_symmetries()
            >>> found.data["algebra"]
            [[['-1', '0'], ['1', '0']], [['0', '-1'], ['0', '1']]]
        """
        from neuroalg_sage.invariants.points.inputs import input_symmetries

        return self._recall("input_symmetries", lambda: input_symmetries(self._place))

    def report(self, begin: Callable[[str], None] = lambda name: None,
               names: Sequence[str] | None = None) -> Iterator[tuple[str, Any]]:
        """
        All questions in their order, each with its answer, or with the error that says why there
        is none.

        INPUT:

        - ``begin`` -- called with the name of each question before it is asked
        - ``names`` -- of the questions, by default all

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> dict(NeuroManifold("linear:1,1,1", seed=1).at([3, 4]).report())["rank"].data
            1
        """
        from neuroalg_sage.invariants.points import QUESTIONS

        for name in names or [question.name for question in QUESTIONS]:
            begin(name)
            try:
                yield name, getattr(self, name)()
            except LimitReached as error:
                if whole.is_over():
                    raise
                yield name, error


class PointQuestions(DynamicsQuestions):
    """Questions about points of the parameters."""

    def at(self, weights: Any) -> ParameterPoint:
        """
        A point of the parameters, which can be asked questions of its own.

        INPUT:

        - ``weights`` -- a list of N numbers, or of arrays, in the order of the parameters; or
          arrays by their names; or a
          :class:`~neuroalg_sage.models.trained.network.TrainedNetwork`.  The entries of arrays of
          floating-point numbers are the binary fractions that they are

        OUTPUT: :class:`ParameterPoint`

        EXAMPLES::

            >>> import numpy
            >>> from neuroalg_sage import NeuroManifold
            >>> w = NeuroManifold("mlp:2,1,1:x^2").at([numpy.array([[0.5, 1]]), [[2]]])
            >>> w, w([1, 1])
            (Point of the parameters of mlp:2,1,1:x^2, (Fraction(9, 2),))
        """
        from neuroalg_sage.models.trained.weights import with_weights

        return ParameterPoint(self, with_weights(self.model, weights))
