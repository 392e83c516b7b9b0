"""
What the neuromanifold is over the real numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neuroalg_sage.neuromanifold.core import kept, whole
from neuroalg_sage.neuromanifold.distance import DistanceQuestions
from neuroalg_sage.neuromanifold.layered import by_layers

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.invariants.dimension.functions import Point
    from neuroalg_sage.invariants.real.betti_numbers import BettiNumbers
    from neuroalg_sage.invariants.real.trichotomy import (
        Closedness,
        Density,
        RealShape,
        Trichotomy,
    )


class RealQuestions(DistanceQuestions):
    """Questions about the neuromanifold as a semi-algebraic set."""

    @kept
    @by_layers
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
    @by_layers
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
    @by_layers
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

    @kept
    @by_layers
    def betti_numbers(self) -> BettiNumbers:
        """
        The Betti numbers, over Q and GF(2), of M within a ball, on the sphere, and projectively.

        OUTPUT: :class:`~neuroalg_sage.invariants.real.betti_numbers.BettiNumbers`

        EXAMPLES: Matrices of rank one; squares of linear forms, on the sphere two circles. ::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:3,1,3").betti_numbers()["projectivization"]
            {'Q': [1, 0, 0, 0, 0], 'GF(2)': [1, 2, 3, 2, 1]}
            >>> NeuroManifold("mlp:2,1,1:x^2").betti_numbers()["link"]["Q"]
            [2, 2]
        """
        from neuroalg_sage.invariants.real.betti_numbers import betti_numbers

        return betti_numbers(self.model, self._real_shape())

    def _real_shape(self) -> RealShape:
        from neuroalg_sage.invariants.real.trichotomy import RealShape

        return RealShape(self.model, self.dimension, self.parametrization, self._expanded_ideal,
                         self.computation)

    @kept
    @by_layers
    def typical_ranks(self) -> Invariant:
        """
        The typical real ranks of the functions of V, for one hidden layer with a power.

        That a function has the real rank r means that r hidden units are needed for it.

        Raises InputError for other models.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:2,3,1:x^4")
            >>> M.typical_ranks()
            [3, 4] (proved)
            >>> print(M.typical_ranks().lines()[0].strip())
            M has interior from 3 units on, and is dense in V from 4 on
        """
        from neuroalg_sage.invariants.real.typical_ranks import typical_ranks

        return typical_ranks(self.model)

    def real_rank(self, function: Any) -> Invariant:
        """
        The real rank of a binary form: how many powers of real linear forms it is a sum of.

        INPUT:

        - ``function`` -- its coordinates, or a polynomial in the inputs as text

        Raises InputError if the functions of the model are no sums of powers of binary linear
        forms.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:2,2,1:x^3")
            >>> M.real_rank("x_0^3 + x_0*x_1^2"), M.real_rank("x_0^3 - 3*x_0*x_1^2")
            (2 (proved), 3 (proved))
        """
        from neuroalg_sage.invariants.dimension.functions import read_function
        from neuroalg_sage.invariants.real.real_rank import binary_forms, real_rank_of

        f = read_function(self.parametrization(), function)
        if self.in_layers is not None and self._layered is not None:
            return self.in_layers.about(self.model, self._layered.real_rank(f))
        binary_forms(self.model)
        return self._memory.recall("real_rank", lambda: real_rank_of(self.model, f, self.seed),
                                   stored=True, function=f)

    @by_layers
    def real_ranks(self, samples: int = 1000, inner_product: str = "bombieri") -> Invariant:
        """
        How often each typical real rank occurs among Gaussian binary forms.

        INPUT:

        - ``samples`` -- the number of forms
        - ``inner_product`` -- of the Gaussian measure: ``"bombieri"``, which rotations preserve, or
          ``"unit"``, for which the coefficients are orthonormal coordinates

        OUTPUT: :class:`~neuroalg_sage.invariants.real.real_ranks.RealRanks`; also the share of the
        functions of M

        Raises InputError if the functions of the model are no sums of powers of binary linear
        forms.

        EXAMPLES:

        A cubic has real rank 3 if its three roots are real, which rotations do not change::

            >>> from neuroalg_sage import NeuroManifold
            >>> found = NeuroManifold("mlp:2,2,1:x^3", seed=1).real_ranks(200)
            >>> rank, least, most, low, high = found["ranks"][1]
            >>> rank, least == most, low < high, found.qualified_status()
            (3, True, True, 'monte_carlo, error below 5.0e-02')
        """
        from neuroalg_sage.invariants.real.real_ranks import real_ranks

        count = whole("number of samples", samples)
        return self._memory.recall(
            "real_ranks", lambda: real_ranks(self.model, count, inner_product, self.seed,
                                             self.computation),
            stored=True, samples=count, inner_product=inner_product)

    def real_preimage_numbers(self, samples: int = 20) -> Invariant:
        """
        Which numbers of real preimages sampled functions of M have, and how often.

        INPUT:

        - ``samples`` -- the number of functions

        OUTPUT: an invariant; see
        :func:`~neuroalg_sage.invariants.real.preimages.real_preimage_numbers`

        EXAMPLES:

        A real cubic is a real quadratic times a real linear form, in one way or in three::

            >>> from neuroalg_sage import NeuroManifold
            >>> found = NeuroManifold("cnn:3,2:x", seed=1).real_preimage_numbers(12)
            >>> print(found.sentence())
            1 and 3 occur
            >>> NeuroManifold("mlp:2,3,1:x^4").real_preimage_numbers().sentence()
            'infinitely many, of dimension 1 modulo scalings'
        """
        from neuroalg_sage.invariants.real.preimages import real_preimage_numbers

        count = whole("number of samples", samples)
        return self._memory.recall(
            "real_preimage_numbers", lambda: real_preimage_numbers(
                self.parametrization(), self.dimension(), count, self.seed, self.computation),
            stored=True, samples=count)

    @kept
    @by_layers
    def boundary(self) -> Invariant:
        """
        The hypersurfaces that bound M, where M has interior points.

        OUTPUT: a :class:`~neuroalg_sage.invariants.real.boundary_components.Boundary`: its value
        is the list of components, each with a segment that leaves M through it; ``others`` are
        hypersurfaces that may be further ones.  Decided for sums of powers of linear forms in two
        variables, for models that have as many parameters, up to scalings of units, as V
        dimensions, and for those with a description by a theorem

        EXAMPLES:

        The products of two real linear factors, and the sums of two cubes::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("cnn:2,2").boundary()
            [z_1^2 - 4*z_0*z_2 = 0, of degree 2, of critical values] (proved)
            >>> found = NeuroManifold("mlp:2,2,1:x^3").boundary()
            >>> found.sentence(), found.value[0].kinds
            ('a hypersurface of degree 4', ('limits',))
        """
        from neuroalg_sage.invariants.real.boundary import boundary

        return boundary(self.parametrization(), self.computation, self.seed)

    @kept
    @by_layers
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
            Asked,
            semialgebraic_description,
        )

        return semialgebraic_description(
            Asked(self.model, self.computation, lambda: self._real_shape().all), self.method,
            self.seed)

    @by_layers
    def _real_member(self, function: Point) -> Invariant | None:
        from neuroalg_sage.invariants.real.membership import (
            member_by_description,
            member_by_real_rank,
        )

        known = member_by_description(self.model, function, self.semialgebraic_description)
        return member_by_real_rank(self.model, function, self.seed) if known is None else known
