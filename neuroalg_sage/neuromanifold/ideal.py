"""
The ideal of the neurovariety, its equations, and the group that acts on it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.methods import (
    FOR_CRITICAL_POINTS,
    FOR_THE_DEGREE,
    check_method_for_the_ideal,
)
from neuroalg_sage.neuromanifold.core import cached, degree_bound, kept
from neuroalg_sage.neuromanifold.dimension import DimensionQuestions
from neuroalg_sage.questions import resting_on

if TYPE_CHECKING:
    from neuroalg_sage.invariants.equations.ambient_group import AmbientGroup
    from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch


NO_IDEAL = "_no_ideal"  # in so many seconds, and why
SAME_TIME = 1.1  # by this factor the time that is left by the same limit may be longer elsewhere


class IdealQuestions(DimensionQuestions):
    """Questions about the ideal."""

    @kept
    def _degree_by_fixed_points(self) -> Invariant | None:
        """The degree by the fixed points of a torus, which takes no engine; None without them."""
        from neuroalg_sage.invariants.equations.degree_by_fixed_points import (
            degree_by_fixed_points,
        )

        try:
            return degree_by_fixed_points(self.parametrization(), self.seed)
        except LimitReached:
            return None  # φ is too large to be expanded

    def _find_ideal(self, dimension: Invariant) -> tuple[Invariant, Invariant]:
        from neuroalg_sage.invariants.equations.descriptions import known_varieties
        from neuroalg_sage.invariants.equations.ideal import dimension_from_equations, ideal

        known, phi = self._memory.known("ideal", stored=True), self.parametrization()
        if known is not None:
            return known, dimension if dimension.status == "proved" else (
                dimension_from_equations(self.model, dimension, known.data, phi.polynomials))
        # The dimension may need equations where the degree shall not.
        method = "auto" if self.method in FOR_THE_DEGREE + FOR_CRITICAL_POINTS else self.method
        allowed = self.computation.seconds_left()
        if self._no_ideal is not None and allowed is not None and allowed <= self._no_ideal[0]:
            raise LimitReached(self._no_ideal[1])
        with self._memory.finding() as found:
            try:
                known, better = ideal(phi, dimension, self.computation, method, self.seed,
                                      self.equation_search,
                                      degree_without_ideal=self._degree_by_fixed_points)
            except LimitReached as error:
                # Less time than was not enough is not enough.
                self._no_ideal = None if allowed is None else (allowed, str(error))
                self._memory.keep_failure(NO_IDEAL, self._no_ideal)
                raise
        known = replace(known, varieties=tuple(known_varieties(self.model, better)))
        if better is not dimension:
            # What rests on the ideal has not been found yet.
            self._memory.forget(resting_on("dimension") - resting_on("ideal") - {"ideal"})
        self._memory.keep("ideal", known, found, stored=True)
        if better is not dimension or self._memory.known("dimension") is None:
            self._memory.keep("dimension", better, found, stored=True)
        return known, better

    def _require_time_for_the_ideal(self) -> None:
        """
        Raise LimitReached if the ideal was not found in more time than there is now, perhaps by
        another process: for a question that is answered without the ideal, too.
        """
        tried, left = self._memory.known(NO_IDEAL, stored=True), self.computation.seconds_left()
        if tried is not None and left is not None and left <= SAME_TIME * tried[0]:
            raise LimitReached(tried[1])

    def _dimension_by_equations(self, found: Invariant) -> Invariant:
        return self._find_ideal(found)[1]

    def _ideal_by_any_method(self) -> Invariant:
        # What is too large to be written down may be the same as a smaller model.
        try:
            self.parametrization()
        except LimitReached:
            found = self._ideal_of_another()
            if found is None:
                raise
            return found
        if self.method == "auto" and (known := self._determinantal()) is not None:
            return known[2]
        return self._find_ideal(self.dimension())[0]

    @kept
    def _determinantal(self) -> tuple[Invariant, Invariant, Invariant] | None:
        """
        Degree, Hilbert polynomial and ideal of a hypersurface whose equation is a root of a
        determinant, of which more is known than of other models; None of others.
        """
        from neuroalg_sage.invariants.equations.determinants import (
            determinantal_degree,
            determinantal_evidence,
            determinantal_ideal,
            may_be_a_hypersurface,
        )

        if not may_be_a_hypersurface(self.model):  # before a dimension takes its time
            return None
        evidence = determinantal_evidence(self.model, self.dimension(), self.seed)
        return None if evidence is None else (*determinantal_degree(self.model, evidence),
                                              determinantal_ideal(self.model, evidence))

    def _expanded_ideal(self) -> Invariant:
        """The ideal by polynomials; LimitReached if its equation is a determinant that is large."""
        from neuroalg_sage.invariants.equations.descriptions import described_ideal
        from neuroalg_sage.invariants.equations.determinants import RootOfDeterminant

        found = self.ideal()
        if isinstance(found, RootOfDeterminant):
            described = described_ideal(self.model, self.dimension())
            if described is None:
                raise found.refuse()
            return described
        return found

    def _ideal_as_a_part(self) -> Invariant:
        """The ideal by polynomials, with a proof that may be a part of that of another answer."""
        from neuroalg_sage.invariants.equations.equivariant_ideal import by_linear_section
        from neuroalg_sage.invariants.equations.linear_section import NotProved

        found = self._expanded_ideal()
        assert found.certificate is not None
        if found.certificate["evidence"].get("argument") != "Artinian reduction":
            return found
        search = self.equation_search()
        try:
            return by_linear_section(search.affine, found.data, self.dimension(), found.method,
                                     search.generator, search.report,
                                     checkpoint=self.computation.clock())[0]
        except NotProved as error:
            raise LimitReached(f"The ideal of {self.model} is proved by its degree only, which is "
                               f"too long to be a part of another proof: {error}.") from None

    @kept
    def _ideal_of_another(self) -> Invariant | None:
        """The ideal of a smaller model with the same neurovariety, if there is one."""
        from neuroalg_sage.invariants.equations.same_variety import generic_layers

        same = generic_layers(self.model, self.dimension, self.seed)
        if same is None:
            return None
        other = type(self)(same.model, seed=self.seed, method=self.method, cache=False)
        other.computation = self.computation
        return same.ideal(self.model, other._ideal_as_a_part())

    def ideal(self) -> Invariant:
        """
        The prime ideal of the neurovariety; its value is a Sage ideal.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:2,1,2").ideal().gens()
            [z_1*z_2 - z_0*z_3]
        """
        check_method_for_the_ideal(self.method)
        known = self._memory.known("ideal", stored=True)
        return self._ideal_by_any_method() if known is None else known

    def check_ideal(self, ideal: Any) -> None:
        """
        Raise InputError unless a Sage ideal is that of the neurovariety.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("linear:2,1,2")
            >>> z = M.ideal().ring().gens()
            >>> M.check_ideal(z[0] * M.ideal().ring())
            Traceback (most recent call last):
            ...
            neuroalg_sage.errors.InputError: The ideal is not that of linear:2,1,2: it has an
            equation that does not vanish on the neurovariety.
        """
        known = self._expanded_ideal().value
        if not hasattr(ideal, "gens") or len(ideal.ring().gens()) != len(known.ring().gens()):
            raise InputError(f"The ideal is not that of {self.model}: it must be one of a "
                             f"polynomial ring in {self.model.ambient_dimension} variables.")
        moved = known.ring().ideal([g(*known.ring().gens()) for g in ideal.gens()])
        if not moved <= known:
            raise InputError(f"The ideal is not that of {self.model}: it has an equation that "
                             "does not vanish on the neurovariety.")
        if not known <= moved:
            raise InputError(f"The ideal is not that of {self.model}: it lacks equations.")

    @kept
    def equations(self) -> Invariant:
        """
        Equations of the neurovariety, Sage polynomials: the generators of its ideal.

        That each vanishes is what the certificate proves; that there are no others is the ideal's.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,1:x^2").equations()
            [z_1^2 - 4*z_0*z_2] (proved)
        """
        from neuroalg_sage.invariants.equations.ideal import equations

        return equations(self.parametrization(), self._expanded_ideal())

    @cached
    def ambient_group(self) -> AmbientGroup:
        """
        The group that acts on inputs and outputs, hence on V, and preserves M.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("attention:d=2,a=1,out=3,t=2").ambient_group()
            GL_2 x GL_3 acts on inputs and outputs; a torus of rank 4 grades the coordinates
        """
        from neuroalg_sage.invariants.equations.ambient_group import ambient_group

        return ambient_group(self.parametrization())

    @cached
    def equation_search(self) -> EquationSearch:
        """
        The search for equations degree by degree, in weight spaces; it keeps what it found.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> search = NeuroManifold("mlp:3,3,3:x^2").equation_search()
            >>> [found.generator_count for found in search.up_to(5)]
            [0, 0, 0, 9, 0]
        """
        from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch

        return EquationSearch(self.parametrization(), self.seed, self.computation.progress)

    def hilbert_function(self, degree: int | None = None) -> Invariant:
        """
        The Hilbert function of the coordinate ring in degrees 1 to ``degree``.

        If gradings do not show that the neurovariety is a cone, then the affine one, and its name
        is ``affine_hilbert_function``: the dimensions of the spaces of polynomial functions of at
        most these degrees.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:3,2,2:x^2").hilbert_function(4)
            [12, 78, 344, 1170] (proved)
        """
        from neuroalg_sage.invariants.equations.equations_by_degree import hilbert_function

        degree = degree_bound(self.largest_degree if degree is None else degree)
        return self._memory.recall(
            "hilbert_function", lambda: hilbert_function(self.equation_search(), degree),
            stored=True, degree=degree)
