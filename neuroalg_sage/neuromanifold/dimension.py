"""
The dimension of the neuromanifold, its symmetries, and identifiability.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.models.hidden_states import KnownGroup, known_group
from neuroalg_sage.neuromanifold.core import cached, kept
from neuroalg_sage.neuromanifold.layered import Layered, asked_of

if TYPE_CHECKING:
    from neuroalg_sage.invariants.dimension.in_layers import LayeredForm
    from neuroalg_sage.invariants.dimension.presentation import FiniteIdentifiability
    from neuroalg_sage.invariants.dimension.symmetry_group import SymmetryGroup

# Coordinates and generic parameters of an elimination that settles a dimension by the way.
EASY_ELIMINATION = 22
EASY_SECONDS = 10.0


# Where the same functions have other parameters, those that show more symmetries are asked.  A
# dimension and orbits know of activations in normal form by themselves.
by_fewer_layers = asked_of("in_perceptron", "layers_as_one")
by_simpler_models = asked_of("in_perceptron", "layers_as_one", "in_normal_form")


class DimensionQuestions(Layered):
    """Questions about the dimension, which all others use."""

    @kept
    def ambient_dimension(self) -> Invariant:
        """
        The dimension n of the ambient space.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:20,40,40,10:x^2").ambient_dimension()
            88550 (proved)
        """
        return dimensions.ambient_dimension(self.model)

    @kept
    def dimension(self) -> Invariant:
        """
        The dimension of the neurovariety.

        If neither n nor the symmetries prove it, and the model is small,
        equations are looked for that do.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:20,40,40,10:x^2").dimension()
            2720 (proved)
        """
        found = dimensions.dimension(self.model, self.seed, self.computation.progress,
                                     self.computation.memory_gb)
        if found.status != "proved" and (
                found.data + self.model.ambient_dimension <= EASY_ELIMINATION):
            limit = self.computation.timeout
            self.computation.timeout = min(limit or EASY_SECONDS, EASY_SECONDS)
            try:
                return self._dimension_by_equations(found)
            except (LimitReached, EngineError) as error:
                self.computation.progress(f"dimension: not proved by equations. {error}")
            finally:
                self.computation.timeout = limit
        return found

    def _dimension_by_equations(self, found: Invariant) -> Invariant:
        """The dimension with a proof by equations, where these are known."""
        return found

    @cached_property
    def in_perceptron(self) -> LayeredForm | None:
        """
        The perceptron that expressions are, where φ does not show symmetries that explain its
        fibers; those of layers may.
        """
        from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable
        from neuroalg_sage.invariants.dimension.perceptrons import in_perceptron, is_expressions

        if not is_expressions(self.model) or is_finitely_identifiable(
                self.model, self.dimension()).data:
            return None
        return in_perceptron(self.model)

    @kept
    @by_fewer_layers
    def expected_dimension(self) -> Invariant:
        """
        min(n, N - s), with s the dimension of the generic orbits of affine-linear symmetries.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:3,2,1:x^2").expected_dimension()
            6 (proved)
        """
        return dimensions.expected_dimension(self.model, self.dimension())

    @kept
    @by_fewer_layers
    def defect(self) -> Invariant:
        """
        Expected minus actual dimension.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:3,2,1:x^2").defect()
            1 (proved)
        """
        return dimensions.defect(self.model, self.dimension(), self.expected_dimension())

    @kept
    def is_filling(self) -> Invariant:
        """
        Whether the neurovariety is the ambient space.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,2,1:x^2").is_filling()
            True (proved)
        """
        return dimensions.is_filling(self.model, self.dimension())

    def symmetries(self) -> KnownGroup | SymmetryGroup:
        """
        The known symmetry group: its continuous and its finite part.

        Chains of dense, convolutional or attention layers know theirs.  That of any other model,
        such as one that is given by expressions, is found on φ: all affine-linear fields, and
        of the finite symmetries those that are diagonal or permute the parameters.

        Raises LimitReached for a model that is no such chain and has too many parameters; the
        linear symmetries of any model are ``model.symmetries``.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold, from_expressions
            >>> print(NeuroManifold("mlp:2,3,2:x^2").symmetries())
            (C*)^3 x| S_3
            >>> model = from_expressions("a*(b*x + c)^2 + d*(e*x + f)^2", "a,b,c,d,e,f", "x")
            >>> print(NeuroManifold(model).symmetries())
            (C*)^2 x| S_2
        """
        for form in (self.layers_as_one, self.in_normal_form):
            if form is not None and form.model.parameter_count == self.model.parameter_count:
                # At parameters that are linear in the own ones.
                return self._in_form(form).symmetries()
        return known_group(self.model) or self._found_group()

    @cached
    def _found_group(self) -> SymmetryGroup:
        from neuroalg_sage.invariants.dimension.symmetry_group import symmetry_group

        return symmetry_group(self.parametrization())

    @kept
    @by_fewer_layers
    def is_finitely_identifiable(self) -> FiniteIdentifiability:
        """
        Whether the generic fiber has the dimension of the orbits of affine-linear symmetries.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:3,2,1:x^2").is_finitely_identifiable()
            False (proved)
        """
        from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable

        return is_finitely_identifiable(self.model, self.dimension())

    @cached_property
    def _fiber_by_decompositions(self) -> Invariant | None:
        """The generic fiber by a theorem, that needs no dimension."""
        from neuroalg_sage.invariants.dimension.decompositions import fiber_by_decompositions

        return fiber_by_decompositions(self.model, random.Random(self.seed) if (
            self.seed is not None) else random.SystemRandom())

    @kept
    @by_simpler_models
    def generic_fiber(self) -> Invariant:
        """
        The generic fiber of φ: its dimension, and its points modulo the symmetries.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,2:x^2").generic_fiber()
            of dimension 1, one orbit of the known symmetries (proved)
        """
        from neuroalg_sage.invariants.dimension.generic_fiber import generic_fiber, only_dimension

        if self._fiber_by_decompositions is not None:
            return self._fiber_by_decompositions
        if not self.is_finitely_identifiable().data:  # there are no points to be counted
            return only_dimension(self.model, self.dimension())
        from neuroalg_sage.invariants.dimension.summands import fiber_of_sum

        try:
            return fiber_of_sum(self.parametrization(), self.computation, self.seed) or (
                generic_fiber(self.parametrization(), self.dimension(), self.computation,
                              self.seed))
        except LimitReached as error:
            found = only_dimension(self.model, self.dimension())
            return replace(found, method=f"{found.method}; how many orbits it consists of is not "
                                         f"known. {error}")

    @kept
    @by_simpler_models
    def is_identifiable(self) -> Invariant:
        """
        Whether the generic fiber is one orbit of the known symmetries.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,2,3:x^2").is_identifiable()
            True (proved)
        """
        from neuroalg_sage.invariants.dimension.generic_fiber import is_identifiable

        if self._fiber_by_decompositions is not None:
            return is_identifiable(self.model, None, self.generic_fiber())
        finitely = self.is_finitely_identifiable()
        return is_identifiable(self.model, finitely,
                               self.generic_fiber() if finitely.data else None)

    @kept
    def activation_threshold(self) -> Invariant:
        """
        The least v such that no x^r with r >= v makes the widths of this perceptron defective.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("mlp:3,5,1:x^2").activation_threshold().text())
            activation_threshold = 5: no power x^r with r >= 5 is defective  [proved, trusting ...]
        """
        from neuroalg_sage.invariants.dimension.architectures import activation_threshold

        return activation_threshold(self.model, self.computation, self.seed)

    @kept
    def minimal_filling_widths(self) -> Invariant:
        """
        All minimal hidden widths that fill, for the inputs, outputs, depth and power of this
        perceptron.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:3,1,1,1:x^2").minimal_filling_widths()
            [[4, 3]] (proved)
        """
        from neuroalg_sage.invariants.dimension.architectures import minimal_filling_widths

        return minimal_filling_widths(self.model, self.computation, self.seed)
