"""
The neuromanifold of a model: ask it for its invariants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, wraps
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroalg_sage.cache.memory import Memory
from neuroalg_sage.cache.store import Store, open_store
from neuroalg_sage.errors import EngineError, InputError, LimitReached, suggesting_methods
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.methods import (
    FOR_CRITICAL_POINTS,
    FOR_THE_DEGREE,
    check_method,
    check_method_for_the_ideal,
)
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
from neuroalg_sage.models.hidden_states import KnownGroup, known_group
from neuroalg_sage.models.latex import Typeset, words
from neuroalg_sage.models.numbers import exact
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.sources import load_model

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.citation import Citation
    from neuroalg_sage.invariants.dynamics.drift import Drift
    from neuroalg_sage.invariants.dynamics.flows import Flow
    from neuroalg_sage.invariants.dynamics.law_search import LawSearch
    from neuroalg_sage.invariants.equations.ambient_group import AmbientGroup
    from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch
    from neuroalg_sage.invariants.fibers.special_fiber import Fiber
    from neuroalg_sage.invariants.singularities.degeneracy import Component
    from neuroalg_sage.invariants.training.training import TrainingProblem

# Coordinates and generic parameters of an elimination that settles a dimension by the way.
EASY_ELIMINATION = 22
EASY_SECONDS = 10.0
DEFAULT_DEGREE = 3


def cached(method: Callable[..., Any]) -> Callable[..., Any]:
    """Remember what a method of a neuromanifold returned."""

    @wraps(method)
    def remembered(self: NeuroManifold) -> Any:
        return self._memory.recall(method.__name__, lambda: method(self))

    return remembered


def kept(method: Callable[..., Any]) -> Callable[..., Any]:
    """Remember what a method of a neuromanifold returned, also on the disk if it has a cache."""

    @wraps(method)
    def remembered(self: NeuroManifold) -> Any:
        return self._memory.recall(method.__name__, lambda: method(self), stored=True)

    return remembered


@suggesting_methods
class NeuroManifold(Typeset):
    """
    The image of the parametrization of a model, and its Zariski closure.

    INPUT:

    - ``model`` -- a :class:`~neuroalg_sage.models.model.Model`, a spec string, the
      path of a JSON model file, or its data; or polynomials, or a map, of Sage, as for
      :func:`~neuroalg_sage.models.sources.from_sage`
    - ``timeout`` -- seconds for one call of an engine; none by default
    - ``memory_gb`` -- gigabytes that an engine may use; none by default
    - ``method`` -- how to find the ideal: ``"auto"``, ``"zero"``, ``"inheritance"``,
      ``"description"``, ``"equivariant"``, ``"elimination"`` or ``"kernel"``; or the degree
      without the ideal: ``"slicing"`` or ``"monodromy"``; or how to count critical points:
      ``"theorem"``, ``"conormal"``, ``"parametrization"`` or ``"lagrange"``
    - ``seed`` -- integer for all random choices; by default they are fresh
    - ``macaulay2`` -- command of the Macaulay2 to use; by default the wheel's
    - ``degree`` -- the largest degree of equations, and of conservation laws, that are looked for
      degree by degree
    - ``metric`` -- by which the ED degree measures distances: ``"generic"``, ``"unit"``,
      ``"bombieri"`` or ``"data"``
    - ``gram`` -- for ``"data"`` the symmetric matrix of the quadratic form
    - ``flow`` -- the :class:`~neuroalg_sage.invariants.dynamics.flows.Flow` whose conservation laws
      are asked for, or its name such as ``"momentum=1/2"``; by default gradient flow
    - ``progress`` -- called with lines of text during long work; by default they go to the
      logger ``neuroalg_sage``
    - ``cache`` -- ``True``, a folder, or a :class:`~neuroalg_sage.cache.store.Store`: where answers
      outlive the process; by default nowhere, since who calls a library expects that it
      computes, and that it writes no files

    Every invariant is computed when first asked for, and kept.

    Raises :class:`~neuroalg_sage.errors.InputError` if there is no such model.

    EXAMPLES::

        >>> M = NeuroManifold("mlp:2,2,3:x^2")
        >>> M.dimension(), M.ambient_dimension()
        (8 (proved), 9 (proved))
        >>> M.degree()
        3 (proved)
    """

    def __init__(self, model: Any, *,
                 timeout: float | None = None, memory_gb: float | None = None,
                 method: str = "auto", seed: int | None = None, macaulay2: str | None = None,
                 degree: int = DEFAULT_DEGREE, metric: str = "generic", gram: Any = None,
                 flow: Flow | str | None = None,
                 progress: Callable[[str], None] = dimensions.log,
                 cache: Store | str | Path | bool | None = None) -> None:
        self.model = load_model(model)
        check_method(method)
        self.method = method
        # Integers of Sage are no seeds, and not written to certificates.
        self.seed = None if seed is None else _whole("seed", seed)
        self.largest_degree = _degree(degree)
        self.form = quadratic_form(self.model, metric, gram)
        self._flow = flow
        self.computation = Computation(macaulay2, _positive("timeout", timeout),
                                       memory_gb=_positive("memory", memory_gb),
                                       progress=progress)
        self._searches: dict[Flow, LawSearch] = {}
        self._no_ideal: tuple[float, str] | None = None  # in so many seconds, and why
        self._memory = Memory(self.model, {"method": method, "seed": self.seed},
                              self.computation, open_store(cache))

    def __getstate__(self) -> dict[str, Any]:
        """What was asked, and the answers; engines and searches start anew."""
        limits = self.computation.command, self.computation.timeout, self.computation.memory_gb
        computation = Computation(limits[0], limits[1], memory_gb=limits[2],
                                  progress=dimensions.log)
        return vars(self) | {"computation": computation, "_searches": {},
                             "_memory": self._memory.without_engines(computation)}

    def __repr__(self) -> str:
        return (f"Neuromanifold of {self.model} in a space of dimension "
                f"{self.model.ambient_dimension}")

    # -- the parametrization -------------------------------------------------------

    @cached
    def parametrization(self) -> Parametrization:
        """
        The parametrization φ, expanded.

        Raises LimitReached if it is too large to write down.

        EXAMPLES::

            >>> NeuroManifold("linear:2,1,1").parametrization().written()
            ['w_0*w_2', 'w_1*w_2']
        """
        return parametrization(self.model)

    def coordinates(self) -> list[str]:
        """
        What each coordinate of the ambient space is.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,1,1:x^2").coordinates()[1]
            'z_1 = coefficient of x_0*x_1 in output 0'
        """
        phi = self.parametrization()
        return [phi.describe(i) for i in range(len(phi.polynomials))]

    @cached
    def ambient_space(self) -> Any:
        """
        The ambient space V, a Sage affine space.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,1,1:x^2").ambient_space()
            Affine Space of dimension 3 over Rational Field
        """
        import sage.all__sagemath_modules  # noqa: F401
        from sage.rings.rational_field import QQ
        from sage.schemes.affine.affine_space import AffineSpace

        n = self.model.ambient_dimension
        return AffineSpace(QQ, n, names=tuple(f"z_{i}" for i in range(n)))

    @cached
    def zariski_closure(self) -> Any:
        """
        The neurovariety, a Sage subscheme of :meth:`ambient_space`.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,1,1:x^2").zariski_closure()
            Closed subscheme of Affine Space of dimension 3 over Rational Field defined by:
              z_1^2 - 4*z_0*z_2
        """
        space = self.ambient_space()
        ring = space.coordinate_ring()
        return space.subscheme([ring(g) for g in self.ideal().value.gens()])

    # -- dimension -----------------------------------------------------------------

    @kept
    def ambient_dimension(self) -> Invariant:
        """
        The dimension n of the ambient space.

        EXAMPLES::

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
                return self._find_ideal(found)[1]
            except (LimitReached, EngineError) as error:
                self.computation.progress(f"dimension: not proved by equations. {error}")
            finally:
                self.computation.timeout = limit
        return found

    @kept
    def expected_dimension(self) -> Invariant:
        """
        min(n, N - s), with s the dimension of the generic orbits of affine-linear symmetries.

        EXAMPLES::

            >>> NeuroManifold("mlp:3,2,1:x^2").expected_dimension()
            6 (proved)
        """
        return dimensions.expected_dimension(self.model, self.dimension())

    @kept
    def defect(self) -> Invariant:
        """
        Expected minus actual dimension.

        EXAMPLES::

            >>> NeuroManifold("mlp:3,2,1:x^2").defect()
            1 (proved)
        """
        return dimensions.defect(self.model, self.dimension(), self.expected_dimension())

    @kept
    def is_filling(self) -> Invariant:
        """
        Whether the neurovariety is the ambient space.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,2,1:x^2").is_filling()
            True (proved)
        """
        return dimensions.is_filling(self.model, self.dimension())

    # -- identifiability -----------------------------------------------------------

    def symmetries(self) -> KnownGroup:
        """
        The known symmetry group: its continuous and its finite part.

        Raises InputError for a model that is not a chain of dense, convolutional or
        attention layers; the linear symmetries of any model are ``model.symmetries``.

        EXAMPLES::

            >>> print(NeuroManifold("mlp:2,3,2:x^2").symmetries())
            (C*)^3 x| S_3
        """
        group = known_group(self.model)
        if group is None:
            raise InputError(f"The symmetry group of {self.model} is known only as a Lie algebra, "
                             "model.symmetries: it is no chain of dense, convolutional or "
                             "attention layers.")
        return group

    @kept
    def is_finitely_identifiable(self) -> Invariant:
        """
        Whether the generic fiber has the dimension of the orbits of affine-linear symmetries.

        EXAMPLES::

            >>> NeuroManifold("mlp:3,2,1:x^2").is_finitely_identifiable()
            False (proved)
        """
        from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable

        return is_finitely_identifiable(self.model, self.dimension())

    @kept
    def generic_fiber(self) -> Invariant:
        """
        The generic fiber of φ: its dimension, and its points modulo the symmetries.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,1,2:x^2").generic_fiber()
            of dimension 1, one orbit of the known symmetries (proved)
        """
        from neuroalg_sage.invariants.dimension.generic_fiber import generic_fiber

        return generic_fiber(self.parametrization(), self.dimension(), self.computation, self.seed)

    @kept
    def is_identifiable(self) -> Invariant:
        """
        Whether the generic fiber is one orbit of the known symmetries.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,2,3:x^2").is_identifiable()
            True (proved)
        """
        from neuroalg_sage.invariants.dimension.generic_fiber import is_identifiable

        finitely = self.is_finitely_identifiable()
        return is_identifiable(self.model, finitely,
                               self.generic_fiber() if finitely.data else None)

    # -- the ideal -----------------------------------------------------------------

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
                                      self.equation_search)
            except LimitReached as error:
                # Less time than was not enough is not enough.
                self._no_ideal = None if allowed is None else (allowed, str(error))
                raise
        known = replace(known, varieties=tuple(known_varieties(self.model, better)))
        if better is not dimension:
            self._memory.forget(("defect", "is_filling", "is_finitely_identifiable",
                                 "generic_fiber", "is_identifiable"))
        self._memory.keep("ideal", known, found, stored=True)
        if better is not dimension or self._memory.known("dimension") is None:
            self._memory.keep("dimension", better, found, stored=True)
        return known, better

    def ideal(self) -> Invariant:
        """
        The prime ideal of the neurovariety; its value is a Sage ideal.

        EXAMPLES::

            >>> NeuroManifold("linear:2,1,2").ideal().gens()
            [z_1*z_2 - z_0*z_3]
        """
        check_method_for_the_ideal(self.method)
        known = self._memory.known("ideal", stored=True)
        return self._find_ideal(self.dimension())[0] if known is None else known

    def check_ideal(self, ideal: Any) -> None:
        """
        Raise InputError unless a Sage ideal is that of the neurovariety.

        EXAMPLES::

            >>> M = NeuroManifold("linear:2,1,2")
            >>> z = M.ideal().ring().gens()
            >>> M.check_ideal(z[0] * M.ideal().ring())
            Traceback (most recent call last):
            ...
            neuroalg_sage.errors.InputError: The ideal is not that of linear:2,1,2: it has an
            equation that does not vanish on the neurovariety.
        """
        known = self.ideal().value
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

            >>> NeuroManifold("mlp:2,1,1:x^2").equations()
            [z_1^2 - 4*z_0*z_2] (proved)
        """
        from neuroalg_sage.invariants.equations.ideal import equations

        return equations(self.parametrization(), self.ideal())

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

        return degree_and_hilbert_polynomial(self.parametrization(), self.ideal(),
                                             self.computation)

    @kept
    def _by_formula(self) -> tuple[Invariant | None, Invariant | None]:
        """
        Degree and Hilbert polynomial by a description, where the method allows it.

        In few coordinates the ideal is found at once, mostly with nothing to trust.
        """
        from neuroalg_sage.invariants.equations.degree import by_formula
        from neuroalg_sage.invariants.equations.descriptions import formula

        found = None
        large = self.model.ambient_dimension > COORDINATES_FOR_IDEALS
        if self.method == "description" or (self.method == "auto" and large):
            found = None if self.is_filling() else formula(self.model, self.dimension())
        return (None, None) if found is None else by_formula(self.model, found)

    def degree(self) -> Invariant:
        """
        The degree of the neurovariety.

        If a limit is reached before it is proved, it is counted by slicing or by monodromy; its
        status says so.

        EXAMPLES::

            >>> NeuroManifold("linear:9,7,8,9").degree()
            540 (proved, trusting theorem: Conca, Herzog (1994))
        """
        if self.method in FOR_THE_DEGREE:
            return self._degree_without_ideal()
        found = self._by_formula()[0]
        if found is None and self.method == "auto":
            return self._proved_or_counted_degree()
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
        try:
            with self.computation.share():
                return self._hilbert()[0]
        except LimitReached as error:
            reason = str(error)
            self.computation.progress(f"degree: counted without the ideal. {reason}")
        try:
            return self._counted_degree()
        except LimitReached as error:
            raise LimitReached(f"{error} Nor was it proved: {reason}") from None

    @kept
    def _counted_degree(self) -> Invariant:
        from neuroalg_sage.invariants.equations.degree_by_monodromy import degree_by_monodromy
        from neuroalg_sage.invariants.equations.degree_by_slicing import degree_by_slicing

        phi, found = self.parametrization(), self.dimension()
        try:
            with self.computation.share():
                return degree_by_slicing(phi, found, self.computation, self.seed)
        except LimitReached as error:
            self.computation.progress(f"degree: by monodromy. {error}")
            return degree_by_monodromy(phi, found, self.computation, self.seed)

    def hilbert_polynomial(self) -> Invariant:
        """
        The Hilbert polynomial of the projective variety, or of the projective closure.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,1,2:x^2").hilbert_polynomial()
            2*i^2 + 3*i + 1 (proved)
        """
        found = self._by_formula()[1]
        return self._hilbert()[1] if found is None else found

    @kept
    def descriptions(self) -> Invariant:
        """
        Known varieties that the neurovariety is, and flattenings whose rank it bounds.

        OUTPUT: a list of :class:`~neuroalg_sage.descriptions.description.Description`, each
        with its sentence, matrix and equations

        EXAMPLES::

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

    @cached
    def ambient_group(self) -> AmbientGroup:
        """
        The group that acts on inputs and outputs, hence on V, and preserves M.

        EXAMPLES::

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

            >>> NeuroManifold("mlp:3,2,2:x^2").hilbert_function(4)
            [12, 78, 344, 1170] (proved)
        """
        from neuroalg_sage.invariants.equations.equations_by_degree import hilbert_function

        degree = _degree(self.largest_degree if degree is None else degree)
        return self._memory.recall(
            "hilbert_function", lambda: hilbert_function(self.equation_search(), degree),
            stored=True, degree=degree)

    @kept
    def singular_locus(self) -> Invariant:
        """
        The irreducible components of the singular locus.

        That these are singular, and that there are no others, are two statements, each with
        its status.

        EXAMPLES::

            >>> locus = NeuroManifold("linear:4,2,4").singular_locus()
            >>> locus.value, locus.completeness
            ([Component of dimension 7, degree 20, multiplicity 6, the closure of
              linear:4,1,4, layer 1 of rank 1, layer 2 of rank 1], 'proved')
        """
        from neuroalg_sage.invariants.singularities.singular_locus import singular_locus
        from neuroalg_sage.invariants.singularities.singular_locus_by_theorem import by_theorem

        check_method_for_the_ideal(self.method)
        if self.method in ("auto", "description") and not self.is_filling():
            certificate = self.dimension().certificate
            assert certificate is not None
            found = by_theorem(self.model, certificate["evidence"]["trials"][0])
            if found is not None:
                return found
        return singular_locus(self.parametrization(), self.ideal(), self._hilbert()[0],
                              self.dimension().data, self.computation, self.seed)

    @kept
    def subnetworks(self) -> Invariant:
        """
        The subnetworks up to symmetry, with their place in the neuromanifold.

        OUTPUT: an invariant whose value is a
        :class:`~neuroalg_sage.invariants.singularities.subnetworks.SubnetworkPoset`

        EXAMPLES::

            >>> print(NeuroManifold("mlp:2,2,3:x^2").subnetworks())
            mlp:2,1,3:x^2: dimension 4, singular; tangent space of dimension 9, multiplicity 2
            (numerical)
            zero: dimension 0, singular; tangent space of dimension 9, multiplicity 3 (numerical)
            (proved, trusting the list of subnetworks)
        """
        from neuroalg_sage.invariants.singularities.subnetworks import subnetwork_poset

        equations = None
        try:
            equations = self.ideal()
        except LimitReached as error:
            self.computation.progress(f"subnetworks: without equations: {error}")
        return subnetwork_poset(self.parametrization(), self.dimension(), equations,
                                self.computation, self.seed)

    @kept
    def critical_locus(self) -> Invariant:
        """
        The components of the parameters where the rank of Dφ is not the dimension.

        EXAMPLES::

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

    # -- functions -----------------------------------------------------------------

    def fiber(self, function: Any = None, *, parameters: Any = None) -> Fiber:
        """
        The fiber of φ over a function, and whether the function is in M.

        INPUT:

        - ``function`` -- its coordinates, or for each output a polynomial in the inputs as text
        - ``parameters`` -- instead of these, the parameters of a function

        OUTPUT: :class:`~neuroalg_sage.invariants.fibers.special_fiber.Fiber`

        EXAMPLES::

            >>> NeuroManifold("mlp:1,1,1:x^2").fiber("-4*x_0^2")
            The fiber over -4*x_0^2 is positive-dimensional (proved)
              a component of dimension 1, degree 3
              where w_0 = 1: dimension 0, degree 1, 1 real point (proved)
            f is in the closure of M: a point of the fiber (proved)
            f is in M over the algebraic closure of Q: a point of the fiber (proved)
            f is in M over the real numbers: a real point of the fiber (proved)
        """
        from neuroalg_sage.invariants.fibers.special_fiber import special_fiber

        return special_fiber(self.parametrization(), self.ideal, self.computation, function,
                             parameters)

    def voronoi_cell(self, function: Any = None, *, parameters: Any = None,
                     metric: Any = "unit") -> Invariant:
        """
        The dimension of the Voronoi cell of a function in M, and its excess over the codimension.

        INPUT:

        - ``function`` -- its coordinates, or for each output a polynomial in the inputs as text
        - ``parameters`` -- instead of these, or beside them, its parameters
        - ``metric`` -- on V: ``"unit"``, ``"bombieri"`` or n positive weights

        OUTPUT: an invariant, a :class:`~neuroalg_sage.invariants.distance.voronoi_cell.VoronoiCell`

        EXAMPLES:

        No matrix outside has a matrix of rank less than r as its best approximation of rank r::

            >>> M = NeuroManifold("linear:3,2,3")
            >>> M.voronoi_cell(parameters=[1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0]).dimension
            1
            >>> M.voronoi_cell(parameters=[1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]).excess
            -1
        """
        from neuroalg_sage.invariants.dimension.functions import (
            image,
            read_function,
            read_parameters,
        )
        from neuroalg_sage.invariants.distance.voronoi_cell import voronoi_cell

        phi = self.parametrization()
        if function is None and parameters is None:
            raise InputError("State a function in M, or its parameters.")
        w = None if parameters is None else read_parameters(self.model, parameters)
        y = read_function(phi, function) if w is None or function is not None else image(phi, w)
        if w is not None and image(phi, w) != y:
            raise InputError("The function is not that of the parameters.")

        @cache
        def fiber() -> Fiber:
            found = self.fiber(list(y))
            if found.over_real.data is False:
                raise InputError("The function is not a point of M over the real numbers.")
            return found

        return voronoi_cell(phi, self.dimension(), self.ideal, fiber, self.computation, y, w,
                            metric, self.seed)

    def invariant_parameters(self, matrix: Any, denominator: Any = 1,
                             infinitesimal: bool = False) -> Invariant:
        """
        The parameters w with f_w ∘ T = f_w, for a transformation T of the inputs.

        INPUT:

        - ``matrix`` -- T, rows of rational numbers, or of polynomials in t as text
        - ``denominator`` -- a number or a polynomial in t, by which all entries are divided
        - ``infinitesimal`` -- whether T stands for the one-parameter group that it generates

        EXAMPLES:

        An odd function is even only if it is zero::

            >>> M = NeuroManifold("mlp:1,1,1:x^3")
            >>> [str(c) for c in M.invariant_parameters([[-1]])]
            ['dimension 1, degree 1', 'dimension 1, degree 1']
        """
        from neuroalg_sage.invariants.fibers.invariant_parameters import invariant_parameters

        return invariant_parameters(self.model, self.computation, matrix, denominator,
                                    infinitesimal)

    # -- nearest points ------------------------------------------------------------

    def ed_degree(self, metric: str | None = None, gram: Any = None) -> Invariant:
        """
        The Euclidean distance degree: how many complex critical points the squared distance
        from a generic point of V has on the neurovariety.

        INPUT:

        - ``metric`` -- ``"generic"``, ``"unit"``, ``"bombieri"`` or ``"data"``; by default that of
          this neuromanifold
        - ``gram`` -- for ``"data"`` the symmetric matrix of the quadratic form on V

        Raises InputError for an unknown metric, or if there are infinitely many critical points.

        EXAMPLES::

            >>> M = NeuroManifold("mlp:3,2,1:x^2")
            >>> M.ed_degree("bombieri")
            3 (proved, trusting theorem: Eckart, Young (1936))
            >>> M.ed_degree("generic").value
            13
        """
        from neuroalg_sage.invariants.distance.ed_degree import ed_degree

        form = self.form if metric is None else quadratic_form(self.model, metric, gram)
        return self._memory.recall(
            "ed_degree", lambda: ed_degree(self.parametrization(), self.dimension(), form,
                                           self.computation, self._ideal_by_any_method,
                                           self.method, self.seed), stored=True, metric=form)

    def ed_discriminant(self, metric: str = "unit", gram: Any = None, *, origin: Any = None,
                        directions: Any = None) -> Invariant:
        """
        The data at which critical points of the squared distance come together.

        Critical points are meant at finite parameters where Dφ has rank dim M; not those that go
        to infinity, or to critical points of φ.

        INPUT:

        - ``metric`` -- ``"unit"``, ``"bombieri"``, or ``"data"`` with the matrix ``gram``
        - ``origin``, ``directions`` -- of an affine space of data; by default all of V

        OUTPUT: an invariant, a
        :class:`~neuroalg_sage.invariants.distance.ed_discriminant.Discriminant`

        EXAMPLES:

        For binary quadratic forms of rank one a curve in each plane::

            >>> M = NeuroManifold("mlp:2,1,1:x^2")
            >>> print(M.ed_discriminant())
            an irreducible hypersurface of degree 6, for finite critical points with rank Dφ = 2
            (proved)
            >>> M.ed_discriminant(origin=[0, 1, 0], directions=[[1, 0, 0], [0, 0, 1]]).degree
            6
        """
        from neuroalg_sage.invariants.distance.ed_discriminant import ed_discriminant

        return ed_discriminant(self.parametrization(), self.dimension(),
                               quadratic_form(self.model, metric, gram), self.computation,
                               origin, directions, self.seed)

    def bifurcation(self, start: Any, end: Any, metric: str = "unit", gram: Any = None
                    ) -> Invariant:
        """
        How the number of real critical points changes as the data move along a line.

        INPUT:

        - ``start``, ``end`` -- two points of V: the data are start + s (end - start), s real
        - ``metric``, ``gram`` -- as for :meth:`ed_discriminant`

        OUTPUT: an invariant, a :class:`~neuroalg_sage.invariants.distance.bifurcation.Bifurcation`

        EXAMPLES::

            >>> M = NeuroManifold("mlp:2,1,1:x^2")
            >>> M.bifurcation([1, 0, 1], [1, 1, 1])
            2 of 4 critical points are real
              s = -0.5, a zero of 2*s + 1: critical points come together
            4 are real
              s = 0.5, a zero of 2*s - 1: critical points come together
            2 are real (numerical)
        """
        from neuroalg_sage.invariants.distance.bifurcation import bifurcation

        return bifurcation(self.parametrization(), self.dimension(),
                           quadratic_form(self.model, metric, gram), self.computation, start,
                           end, self.seed)

    def critical_regions(self, directions: Any, origin: Any = None, metric: str = "unit",
                         gram: Any = None, radius: Any = 2, samples: int = 9) -> Invariant:
        """
        The number of real critical points for data on a grid in a plane.

        See :func:`~neuroalg_sage.invariants.distance.bifurcation.critical_regions`.

        EXAMPLES::

            >>> from neuroalg_sage import from_expressions
            >>> parabola = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
            >>> NeuroManifold(parabola, seed=1).critical_regions([[1, 0], [0, 1]], samples=5)
            of 3 critical points real: 1 at 21 samples, 3 at 4 samples (numerical)
        """
        from neuroalg_sage.invariants.distance.bifurcation import critical_regions

        return critical_regions(self.parametrization(), self.dimension(),
                                quadratic_form(self.model, metric, gram), self.computation,
                                directions, origin, radius, samples, self.seed)

    @kept
    def polar_degrees(self) -> Invariant:
        """
        The polar degrees of the projective variety, or of the projective closure.

        EXAMPLES::

            >>> NeuroManifold("mlp:3,2,1:x^2").polar_degrees().value
            [3, 6, 4, 0, 0]
        """
        from neuroalg_sage.invariants.distance.polar_degrees import polar_degrees

        return polar_degrees(self.parametrization(), self.dimension(), self.computation,
                             self._ideal_by_any_method, self.method, self.seed)

    @kept
    def ml_degree(self) -> Invariant:
        """
        The maximum likelihood degree: critical points of the cross-entropy where Σ_i z_i = 1.

        EXAMPLES::

            >>> NeuroManifold("linear:2,1,3").ml_degree()
            1 (numerical)
        """
        from neuroalg_sage.invariants.distance.ml_degree import ml_degree

        return ml_degree(self.parametrization(), self.dimension(), self.computation,
                         self._ideal_by_any_method, self.method, self.seed)

    def plot(self, slice: str | None = None, target: Any = None, data: Any = None,
             metric: str = "unit", radius: float | None = None) -> Any:
        """
        A picture, for models of dimension at most 2: a figure of matplotlib.

        INPUT:

        - ``slice`` -- coordinates to project on, ``"z_0,z_2"``, or to fix, ``"z_1=1"``
        - ``target`` -- a function, shown with the critical points of the distance
        - ``data`` -- instead, a data set or the name of a file with one
        - ``metric`` -- ``"unit"`` or ``"bombieri"``
        - ``radius`` -- of the box that is shown

        Raises InputError if matplotlib is missing, or if there is no such picture.

        ``neuroalg plot`` also writes a page of HTML that turns in space.

        EXAMPLES::

            >>> figure = NeuroManifold("mlp:2,1,1:x^2").plot(target=[1, 0, 2])  # doctest: +SKIP
        """
        from neuroalg_sage.pictures.figure import figure
        from neuroalg_sage.pictures.scene import scene

        return figure(scene(self, slice, target, data, metric, radius))

    def _ideal_by_any_method(self) -> Invariant:
        return self._find_ideal(self.dimension())[0]

    # -- training ------------------------------------------------------------------

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
        loss = QuadraticLoss.distance(read_function(phi, target), metric_weights(phi, metric))
        return loss_critical_locus(phi, self.dimension(), self.ideal, self.computation, loss)

    def training_critical_locus(self, problem: TrainingProblem) -> Invariant:
        """
        The critical points of the squared error on data, in the space of parameters.

        INPUT:

        - ``problem`` -- a training problem with this model

        OUTPUT: as :meth:`loss_critical_locus`

        EXAMPLES::

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

        if problem.model.describe() != self.model.describe():
            raise InputError(f"The training problem is about {problem.model}, not {self.model}.")
        loss = QuadraticLoss(problem.quadratic, problem.linear, "squared error")
        return loss_critical_locus(self.parametrization(), self.dimension(), self.ideal,
                                   self.computation, loss)

    @property
    def flow(self) -> Flow:
        """The flow whose conservation laws are asked for."""
        return self._named_flow(self._flow)

    def _named_flow(self, flow: Flow | str | None) -> Flow:
        from neuroalg_sage.invariants.dynamics.flows import Flow, parse_flow

        if flow is None:
            return Flow() if self._flow is None else self._named_flow(self._flow)
        if not isinstance(flow, (str, Flow)):
            raise InputError(f"A flow is a Flow, or a text such as 'momentum=1', not {flow!r:.40}.")
        return parse_flow(flow) if isinstance(flow, str) else flow

    def check_flow(self) -> None:
        """
        Raise InputError unless the flow is one on the parameters of the model.

        EXAMPLES::

            >>> NeuroManifold("linear:1,1,1", flow="mirror=w").check_flow()
            >>> NeuroManifold("linear:1,1,1", flow="mirror=-w^2").check_flow()
            Traceback (most recent call last):
            ...
            neuroalg_sage.errors.InputError: ...
        """
        if self._flow is not None:
            self.flow.positive_point(self.model)
            self.flow.inverse_metric(self.model)

    def flow_in_words(self) -> str:
        """
        The flow, what its laws are written in, and where its metric is positive definite.

        EXAMPLES::

            >>> NeuroManifold("linear:1,1,1", flow="mirror=w:weight-decay=2").flow_in_words()
            'gradient flow, weight decay 2, with the inverse metric w; s = e^(2*t). The metric is
            positive definite where w > 0 for all parameters w, as for w = 1.'
        """
        flow = self.flow
        words = repr(flow) + "; momenta v_0, v_1, ..." * (flow.friction is not None)
        if flow.rate:
            words += f"; s = e^({str(flow.rate) + '*' if flow.rate != 1 else ''}t)"
        domain = flow.domain(self.model)
        return f"{words}. {domain}" if domain else words

    def law_search(self, flow: Flow | str | None = None) -> LawSearch:
        """
        The search for the conservation laws of a flow; it keeps what it found.

        EXAMPLES::

            >>> search = NeuroManifold("linear:1,1,1").law_search()
            >>> search.up_to(2)
            [...w_0^2...]
        """
        from neuroalg_sage.invariants.dynamics.conservation_laws import law_search

        flow = self._named_flow(flow)
        if flow not in self._searches:
            try:
                phi = self.parametrization()
            except LimitReached as error:
                raise LimitReached(f"{error} Laws that are found without it are in "
                                   "quadratic_conservation_laws.") from None
            self._searches[flow] = law_search(phi, flow, self.seed, self.computation.progress)
        return self._searches[flow]

    def conservation_laws(self, degree: int | None = None, flow: Flow | str | None = None
                          ) -> Invariant:
        """
        Generators of all polynomial conservation laws of a flow, up to a degree.

        INPUT:

        - ``degree`` -- the largest degree; by default that of this neuromanifold
        - ``flow`` -- a :class:`~neuroalg_sage.invariants.dynamics.flows.Flow` or its name; by
          default that of this neuromanifold

        EXAMPLES::

            >>> for law in NeuroManifold("mlp:2,2,1:x^2").conservation_laws(4):
            ...     print(law)
            -w_0^2 - w_1^2 + 2*w_4^2
            -w_2^2 - w_3^2 + 2*w_5^2
            >>> NeuroManifold("linear:1,1,1", flow="weight-decay=1").conservation_laws(4).data
            [-w_0^2*s^2 + w_1^2*s^2 (balancedness of layers 1 and 2; -w_0^2 + w_1^2 decays as
            e^(-2*t))]
        """
        from neuroalg_sage.invariants.dynamics.conservation_laws import conservation_laws

        flow = self._named_flow(flow)
        degree = _degree(self.largest_degree if degree is None else degree)
        return self._memory.recall(
            "conservation_laws", lambda: conservation_laws(self.law_search(flow), degree),
            stored=True, degree=degree, flow=flow)

    @kept
    def quadratic_conservation_laws(self) -> Invariant:
        """
        The quadratic laws of gradient flow that linear symmetries give, however large the model.

        EXAMPLES::

            >>> laws = NeuroManifold("mlp:20,40,40,10:x^2").quadratic_conservation_laws()
            >>> len(laws), laws.status, laws.method
            (80, 'proved', 'linear symmetries; all laws are functions of these')
        """
        from neuroalg_sage.invariants.dynamics.quadratic_laws import quadratic_laws

        return quadratic_laws(self.model, self.dimension())

    def number_of_conservation_laws(self, flow: Flow | str | None = None) -> Invariant:
        """
        The largest number of laws of a flow that are independent at a generic point.

        EXAMPLES::

            >>> NeuroManifold("linear:1,3,1").number_of_conservation_laws()
            5 (proved)
        """
        flow = self._named_flow(flow)
        return self._memory.recall(
            "number_of_conservation_laws", lambda: self._number_of_laws(flow), stored=True,
            degree=self.largest_degree, flow=flow)

    def _number_of_laws(self, flow: Flow) -> Invariant:
        from neuroalg_sage.invariants.dynamics import conservation_laws as laws
        from neuroalg_sage.invariants.dynamics.quadratic_laws import number_from_symmetries

        small = self.model.parameter_count <= laws.MOST_BRACKET_VARIABLES
        if flow == laws.GRADIENT_FLOW:
            try:
                if small:
                    self.law_search(flow)
            except LimitReached:
                small = False
            if not small:
                return number_from_symmetries(self.model, self.dimension())
        laws.check_size(self.model, flow)
        return laws.number_of_conservation_laws(self.law_search(flow), self.largest_degree)

    def invariant_set(self, start: list[Any], degree: int | None = None) -> Any:
        """
        The variety of parameters with the same laws of gradient flow as ``start``.

        EXAMPLES::

            >>> NeuroManifold("linear:1,1,1").invariant_set([1, 2])
            Closed subscheme of Affine Space of dimension 2 over Rational Field defined by:
              -w_0^2 + w_1^2 - 3
        """
        from neuroalg_sage.invariants.dynamics.flows import Flow
        from neuroalg_sage.invariants.dynamics.level_sets import invariant_set

        return invariant_set(self.conservation_laws(degree, Flow()).data,
                             self.model.parameter_names, start)

    def balanced_initialization(self, function: Sequence[Any],
                                values: Sequence[Any] | None = None,
                                degree: int | None = None) -> Invariant:
        """
        Parameters of a function with given values of the laws of gradient flow, or that there
        are none.

        INPUT:

        - ``function`` -- the coordinates of a function, rational numbers
        - ``values`` -- for each law of :meth:`conservation_laws` its value; by default zeros
        - ``degree`` -- the largest degree of laws

        See :mod:`~neuroalg_sage.invariants.dynamics.balanced_initialization`.

        EXAMPLES::

            >>> M = NeuroManifold("linear:1,1,1", degree=2)
            >>> M.balanced_initialization([4])
            w = (..., ...), the rational point (...) (proved)
            >>> print(NeuroManifold("linear:2,1,2").balanced_initialization([1, 0, 0, 1]))
            none over C (proved)
        """
        from neuroalg_sage.invariants.dynamics.balanced_initialization import (
            balanced_initialization,
        )
        from neuroalg_sage.invariants.dynamics.flows import Flow

        laws = self.conservation_laws(degree, Flow()).data
        return balanced_initialization(self.parametrization(), laws, function,
                                       [0] * len(laws) if values is None else values,
                                       self.computation, self.seed)

    def drift(self, start: list[float] | None = None, target: list[float] | None = None,
              time: float = 1.0, flow: Flow | str | None = None,
              momenta: list[float] | None = None) -> Drift:
        """
        How far the laws drift, and φ(w) moves, when a flow is integrated numerically.

        See :func:`~neuroalg_sage.invariants.dynamics.drift.drift`.

        EXAMPLES::

            >>> found = NeuroManifold("linear:1,1,1", flow="momentum=1").drift([1, 2], [3], 2)
            >>> found.largest, found.laws
            (0.0, [])
            >>> NeuroManifold("linear:1,1,1", degree=2).drift([1, 2], [3]).largest < 1e-8
            True
        """
        from neuroalg_sage.invariants.dynamics.drift import drift

        search = self.law_search(flow)
        laws = search.up_to(search.space.flow.degree_of_laws(self.largest_degree))
        return drift(search.space, laws, start, target, time,
                     momenta, self.seed)

    # -- by name -------------------------------------------------------------------

    def compute(self, invariant: str) -> Invariant:
        """
        Return an invariant by its name.

        Raises InputError for an unknown name.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,1,2:x^2").compute("degree")
            4 (proved)
            >>> NeuroManifold("mlp:2,1,2:x^2").compute("degre")
            Traceback (most recent call last):
            ...
            neuroalg_sage.errors.InputError: There is no invariant 'degre'; did you mean degree ?
        """
        if invariant not in INVARIANTS:
            import difflib

            invariant = str(invariant)
            nearest = difflib.get_close_matches(invariant[:50], INVARIANTS, 1)
            hint = f"did you mean {nearest[0]} ?" if nearest else (
                "the invariants are " + ", ".join(INVARIANTS) + ".")
            raise InputError(f"There is no invariant {invariant[:60]!r}; {hint}")
        return getattr(self, invariant)()

    def citation(self, invariant: str) -> Citation:
        """
        How to cite an invariant, given by its name.

        OUTPUT: :class:`~neuroalg_sage.invariants.answers.citation.Citation`

        EXAMPLES::

            >>> print(NeuroManifold("mlp:2,2,3:x^2").citation("dimension"))
            The dimension of the neuromanifold of mlp:2,2,3:x^2: 8 (proved). ...
        """
        return self.compute(invariant).citation(self.model)

    def script(self, invariant: str) -> str:
        """
        The Macaulay2 script of a computation, for use without Python.

        INPUT:

        - ``invariant`` -- ``"dimension"``, ``"ideal"``, ``"equations"``, ``"degree"``,
          ``"hilbert_polynomial"``, ``"singular_locus"``, ``"conservation_laws"``,
          ``"ed_degree"``, ``"ml_degree"`` or ``"polar_degrees"``

        OUTPUT: string, the content of a ``.m2`` file

        EXAMPLES::

            >>> NeuroManifold("mlp:2,1,2:x^2").script("degree").splitlines()[0]
            '-- degree of the neurovariety of mlp:2,1,2:x^2'
        """
        from neuroalg_sage.invariants.distance.scripts import check_scripted, standalone

        if invariant == "conservation_laws":
            from neuroalg_sage.invariants.dynamics.conservation_laws import laws_script

            return laws_script(self.law_search(), self.largest_degree)
        if invariant in ("ed_degree", "ml_degree"):
            from neuroalg_sage.invariants.distance.scripts import critical_points_script

            return critical_points_script(self.parametrization(), self.dimension(), invariant,
                                          self.form)
        check_scripted(invariant)
        return standalone(self.parametrization(), self.dimension(), invariant, self.method)

    def certificate(self, invariant: str) -> dict[str, Any] | None:
        """
        The certificate of an invariant, plain JSON data.

        EXAMPLES::

            >>> NeuroManifold("mlp:2,1,2:x^2").certificate("dimension")["claim"]
            {'invariant': 'dimension', 'value': 3}
        """
        return self.compute(invariant).certificate

    # -- in Sage and Macaulay2 -------------------------------------------------------

    @cached
    def pullback(self) -> Any:
        """
        The homomorphism of coordinate rings that φ induces, in Sage; its kernel is the ideal.

        EXAMPLES::

            >>> NeuroManifold("linear:1,1,1").pullback()
            Ring morphism:
              From: Multivariate Polynomial Ring in z_0 over Rational Field
              To:   Multivariate Polynomial Ring in w_0, w_1 over Rational Field
              Defn: z_0 |--> w_0*w_1
        """
        from neuroalg_sage.invariants.equations.sage_maps import pullback

        return pullback(self.parametrization(), self.ambient_space().coordinate_ring())

    @cached
    def morphism(self) -> Any:
        """
        φ as a morphism of affine spaces, in Sage.

        EXAMPLES::

            >>> phi = NeuroManifold("mlp:1,1,1:x^2").morphism()
            >>> phi([2, 3])
            (12)
        """
        from neuroalg_sage.invariants.equations.sage_maps import morphism

        return morphism(self.parametrization(), self.ambient_space())

    def _latex_(self) -> str:
        return (rf"\mathcal{{M}}({words(str(self.model), 'texttt')}) \subset "
                rf"\mathbb{{R}}^{{{self.model.ambient_dimension}}}")

    def _macaulay2_(self, interface: Any = None) -> Any:
        """The ideal in a Macaulay2 session of Sage."""
        from sage.interfaces.macaulay2 import macaulay2

        return (interface or macaulay2)(self.ideal().value)

    def _singular_(self, interface: Any = None) -> Any:
        """The ideal in a Singular session of Sage."""
        from sage.interfaces.singular import singular

        return (interface or singular)(self.ideal().value)


COORDINATES_FOR_IDEALS = 12

# What a report says, as far as time allows; and what is computed on request only.
REPORTED = ("ambient_dimension", "dimension", "expected_dimension", "defect", "is_filling",
              "is_finitely_identifiable", "ideal", "equations", "degree", "hilbert_polynomial",
              "singular_locus", "subnetworks", "generic_fiber", "is_identifiable")
INVARIANTS = (*REPORTED, "critical_locus", "hilbert_function", "descriptions", "conservation_laws",
              "number_of_conservation_laws", "quadratic_conservation_laws", "ed_degree",
              "polar_degrees", "ml_degree")


def _whole(what: str, value: Any) -> int:
    """The whole number that is meant."""
    try:
        return index(value)
    except TypeError:
        raise InputError(f"The {what} is a whole number, not {value!r:.40}.") from None


def _degree(value: Any) -> int:
    """The bound for degrees that is meant."""
    return _whole("bound for degrees", value)


def _positive(what: str, value: Any) -> float | None:
    """The positive number that is meant, None if there is no limit."""
    if value is None:
        return None
    try:
        found = float(exact(value))
    except (ValueError, OverflowError):
        found = -1.0
    if found <= 0:
        raise InputError(f"The {what} is a positive number, or None for no limit, not "
                         f"{value!r:.40}.")
    return found
