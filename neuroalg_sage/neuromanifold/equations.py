"""
The degree of the neurovariety, its Hilbert polynomial, and known varieties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.methods import FOR_THE_DEGREE
from neuroalg_sage.models.parametrization import check_size, expansion_bound
from neuroalg_sage.neuromanifold.core import kept
from neuroalg_sage.neuromanifold.ideal import IdealQuestions
from neuroalg_sage.neuromanifold.layered import by_layers

if TYPE_CHECKING:
    from neuroalg_sage.invariants.equations.tropical_variety import TropicalVariety

COORDINATES_FOR_IDEALS = 12
TERMS_FOR_IDEALS = 20_000  # of φ
FOR_A_PROOF = 0.3  # of the time for a degree: what is left may be enough to count it


class EquationsQuestions(IdealQuestions):
    """Questions about what is read from the ideal, or known without it."""

    @kept
    def _degree_without_ideal(self) -> Invariant:
        """The degree by one of the methods for it alone; of a filling model it is 1 at once."""
        from neuroalg_sage.invariants.equations.degree import degree_and_hilbert_polynomial
        from neuroalg_sage.invariants.equations.degree_by_monodromy import degree_by_monodromy
        from neuroalg_sage.invariants.equations.degree_by_slicing import degree_by_slicing

        phi, found = self.parametrization(), self.dimension()
        if found.status == "proved" and found.data == self.model.ambient_dimension:
            zero, _ = self._find_ideal(found)
            return degree_and_hilbert_polynomial(phi, zero, self.computation)[0]
        method = degree_by_slicing if self.method == "slicing" else degree_by_monodromy
        return method(phi, found, self.computation, self.seed)

    @kept
    def _hilbert(self) -> tuple[Invariant, Invariant]:
        from neuroalg_sage.invariants.equations.degree import degree_and_hilbert_polynomial

        return degree_and_hilbert_polynomial(self.parametrization(), self._expanded_ideal(),
                                             self.computation)

    def _ideal_and_degree_as_parts(self) -> tuple[Invariant, Invariant]:
        """The ideal and the degree by it, with proofs that may be parts of other ones."""
        from neuroalg_sage.invariants.equations.degree import degree_and_hilbert_polynomial

        ideal = self._ideal_as_a_part()
        return ideal, self._hilbert()[0] if ideal is self._expanded_ideal() else (
            degree_and_hilbert_polynomial(self.parametrization(), ideal, self.computation)[0])

    @kept
    def _by_formula(self) -> tuple[Invariant | None, Invariant | None]:
        """
        Degree and Hilbert polynomial by a description, where the method allows it.

        In few coordinates, which have few terms, the ideal is found at once, mostly with nothing
        to trust.
        """
        from neuroalg_sage.invariants.equations.degree import by_formula
        from neuroalg_sage.invariants.equations.descriptions import formula, may_have_formula

        if not may_have_formula(self.model):  # before a dimension takes its time
            check_size(self.model)
        found = None
        large = (self.model.ambient_dimension > COORDINATES_FOR_IDEALS
                 or expansion_bound(self.model) > TERMS_FOR_IDEALS)
        if self.method == "description" or (self.method == "auto" and large):
            found = None if self.is_filling() else formula(self.model, self.dimension())
        return (None, None) if found is None else by_formula(self.model, found)

    @kept
    def _degree_of_another(self) -> Invariant | None:
        """The degree by fixed points of a larger model with the same neurovariety, if there is."""
        from neuroalg_sage.invariants.equations.same_variety import degree_of_another

        return degree_of_another(self.model, self.dimension, self.seed)

    def degree(self) -> Invariant:
        """
        The degree of the neurovariety.

        If a limit is reached before it is proved, it is counted by monodromy or by slicing; its
        status says so.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:9,7,8,9").degree()
            540 (proved, trusting theorem: Conca, Herzog (1994))
        """
        if self.method in FOR_THE_DEGREE:
            return self._degree_without_ideal()
        if self.method == "auto":
            if (by_determinant := self._determinantal()) is not None:
                return by_determinant[0]
            by_fixed_points = self._degree_by_fixed_points()
            if by_fixed_points is not None:
                return by_fixed_points
        try:
            found = self._by_formula()[0]
        except LimitReached:  # φ is too large to be expanded
            another = self._degree_of_another() if self.method == "auto" else None
            if another is None:
                raise
            return another
        if found is None and self.method == "auto":
            found = self._degree_of_another()
            return self._proved_or_counted_degree() if found is None else found
        return self._hilbert()[0] if found is None else found

    def _proved_or_counted_degree(self) -> Invariant:
        """The degree from the ideal; where limits do not allow that, counted without it."""
        known = self._memory.known("_hilbert", stored=True)
        if known is not None:
            return known[0]
        # In this process a proof was tried before.
        known = self._memory.known("_counted_degree")
        if known is not None:
            return known

        def proved() -> Invariant:
            self._require_time_for_the_ideal()
            return self._hilbert()[0]

        return self.computation.either(
            proved, self._counted_degree, "degree: counted without the ideal",
            "Nor was it proved: ", FOR_A_PROOF)

    @kept
    def _counted_degree(self) -> Invariant:
        from neuroalg_sage.invariants.equations.degree_by_monodromy import degree_by_monodromy
        from neuroalg_sage.invariants.equations.degree_by_slicing import degree_by_slicing

        phi, found = self.parametrization(), self.dimension()
        return self.computation.either(
            lambda: degree_by_monodromy(phi, found, self.computation, self.seed),
            lambda: degree_by_slicing(phi, found, self.computation, self.seed),
            "degree: by slicing")

    def hilbert_polynomial(self) -> Invariant:
        """
        The Hilbert polynomial of the projective variety, or of the projective closure.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,2:x^2").hilbert_polynomial()
            2*i^2 + 3*i + 1 (proved)
        """
        if self.method == "auto" and (known := self._determinantal()) is not None:
            return known[1]
        found = self._by_formula()[1]
        return self._hilbert()[1] if found is None else found

    @kept
    @by_layers
    def descriptions(self) -> Invariant:
        """
        Known varieties that the neurovariety is, and flattenings whose rank it bounds.

        OUTPUT: a list of :class:`~neuroalg_sage.descriptions.description.Description`, each
        with its sentence, matrix and equations

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> variety, matrix = NeuroManifold("linear:3,1,2").descriptions()
            >>> variety.matrix()
            [z_0 z_1 z_2]
            [z_3 z_4 z_5]
            >>> print(matrix)
            The output flattening (2 x 3) has rank 1 on M and 2 on V, so its minors of size 2
            vanish on M: proved, since it factors through the model's layers.
        """
        from neuroalg_sage.invariants.equations.descriptions import descriptions

        return descriptions(self.parametrization(), self.dimension(), self.seed)

    @kept
    def tropical_variety(self) -> TropicalVariety:
        """
        The tropical variety of the neurovariety, with the convention of the maximum.

        OUTPUT: :class:`~neuroalg_sage.invariants.equations.tropical_variety.TropicalVariety`, a
        fan with multiplicities

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:3,2,3").tropical_variety().dimension
            8
        """
        from neuroalg_sage.invariants.equations.tropical_variety import tropical_variety

        return tropical_variety(self.parametrization(), self._ideal_as_a_part(), self.dimension(),
                                self.computation)
