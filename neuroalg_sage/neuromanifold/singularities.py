"""
The singular locus, the subnetworks in it, and the critical locus above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.methods import check_method_for_the_ideal
from neuroalg_sage.models.parametrization import check_size
from neuroalg_sage.neuromanifold.core import kept
from neuroalg_sage.neuromanifold.equations import EquationsQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.singularities.degeneracy import Component


class SingularitiesQuestions(EquationsQuestions):
    """Questions about singular points, and about parameters where Dφ is not of full rank."""

    @kept
    def singular_locus(self) -> Invariant:
        """
        The irreducible components of the singular locus.

        That these are singular, and that there are no others, are two statements, each with
        its status.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> locus = NeuroManifold("linear:4,2,4").singular_locus()
            >>> locus.value, locus.completeness
            ([Component of dimension 7, degree 20, multiplicity 6, the closure of
              linear:4,1,4, layer 1 of rank 1, layer 2 of rank 1], 'proved')
        """
        from neuroalg_sage.invariants.singularities.singular_locus import singular_locus
        from neuroalg_sage.invariants.singularities.singular_locus_by_theorem import (
            by_theorem,
            may_be_known,
        )

        check_method_for_the_ideal(self.method)
        if not may_be_known(self.model):  # before a dimension takes its time
            check_size(self.model)
        if self.method in ("auto", "description") and not self.is_filling():
            certificate = self.dimension().certificate
            assert certificate is not None
            trial = certificate["evidence"]["trials"][0]
            found = by_theorem(self.model, trial)
            if found is not None:
                return found
            if (form := self.in_layers) is not None:  # with places of the network's parameters
                order = [trial["point"][i] for i in form.places]
                found = by_theorem(form.model, trial | {"point": order})
                if found is not None:
                    return form.about(self.model, found)
        return singular_locus(self.parametrization(), *self._ideal_and_degree_as_parts(),
                              self.dimension().data, self.computation, self.seed)

    @kept
    def cancellations(self) -> Invariant:
        """
        The parameters of rational functions at which factors cancel, one of numerators and
        denominator is zero, or the degree drops.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold, from_expressions
            >>> M = NeuroManifold(from_expressions("a/(b*x + c)", "a b c", "x"))
            >>> M.cancellations().value
            [b = c = 0: the denominator is zero, a = 0: the function is zero]
        """
        from neuroalg_sage.invariants.singularities.cancellations import cancellations

        return cancellations(self.model)

    @kept
    def subnetworks(self) -> Invariant:
        """
        The subnetworks up to symmetry, with their place in the neuromanifold.

        OUTPUT: an invariant whose value is a
        :class:`~neuroalg_sage.invariants.singularities.subnetworks.SubnetworkPoset`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("mlp:2,2,3:x^2").subnetworks())
            mlp:2,1,3:x^2: dimension 4, singular; tangent space of dimension 9, multiplicity 2
            (numerical)
            zero: dimension 0, singular; tangent space of dimension 9, multiplicity 3 (numerical)
            (proved, trusting the list of subnetworks)
        """
        from neuroalg_sage.invariants.singularities.subnetworks import subnetwork_poset

        equations = None
        try:
            equations = self._expanded_ideal()
        except LimitReached as error:
            self.computation.progress(f"subnetworks: without equations: {error}")
        return subnetwork_poset(self.parametrization(), self.dimension(), equations,
                                self.computation, self.seed)

    @kept
    def critical_locus(self) -> Invariant:
        """
        The components of the parameters where the rank of Dφ is not the dimension.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> for component in NeuroManifold("cnn:2,2:x^2").critical_locus():
            ...     print(component)
            dimension 2, degree 1, mapped to dimension 0 in component 1 of the singular locus
            (numerical)
            dimension 2, degree 1, mapped to dimension 0 in component 1 of the singular locus
            (numerical)
        """
        from neuroalg_sage.invariants.singularities.critical_locus import critical_locus

        components: Sequence[Component] = ()
        try:
            with self.computation.share():
                components = self.singular_locus().data
        except LimitReached as error:
            self.computation.progress(f"critical locus: what it maps to is not known. {error}")
        return critical_locus(self.parametrization(), self.dimension(), components,
                              self.computation, self.seed)
