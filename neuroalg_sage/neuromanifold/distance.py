"""
Critical points of distances, discriminants, and Voronoi cells.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.computation import SHARE
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm, quadratic_form
from neuroalg_sage.models.parametrization import check_size
from neuroalg_sage.neuromanifold.core import kept, whole
from neuroalg_sage.neuromanifold.norms import NormQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.fibers.special_fiber import Fiber

# In so many dimensions monodromy is likelier to end than an exact count, which has this share.
MANY_DIMENSIONS, BRIEF = 5, 0.2


class DistanceQuestions(NormQuestions):
    """Questions about nearest points."""

    def form_of_data(self, metric: str | None = None, gram: Any = None) -> QuadraticForm:
        """
        The quadratic form of a distance to given data, which is not generic: of a metric that is
        named, else that of this neuromanifold, else the unit one.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:1,1").form_of_data().name
            'unit'
        """
        if metric is None and gram is None and self.form.is_given:
            return self.form
        return quadratic_form(self.model, "unit" if metric is None else metric, gram)

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

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:3,2,1:x^2")
            >>> M.ed_degree("bombieri")
            3 (proved, trusting theorem: Eckart, Young (1936))
            >>> M.ed_degree("generic").value
            13
        """
        form = self.form if metric is None and gram is None else quadratic_form(
            self.model, metric or self.form.name, gram)
        return self._memory.recall("ed_degree", lambda: self._find_ed_degree(form), stored=True,
                                   metric=form)

    def _find_ed_degree(self, form: QuadraticForm) -> Invariant:
        """
        The ED degree by exact methods; where limits do not allow that, by monodromy.

        They are asked of a smaller model with the same M if there is one.
        """
        from neuroalg_sage.invariants.distance.ed_degree import (
            by_smaller_model,
            by_theorem,
            ed_degree,
        )
        from neuroalg_sage.invariants.distance.ed_degree_by_monodromy import (
            ed_degree_by_monodromy,
        )
        from neuroalg_sage.invariants.equations.same_variety import generic_layers, smaller_models

        smaller = smaller_models(self.model)
        if not smaller:  # φ is needed, and the dimension of what is too large takes its time
            check_size(self.model)
        elif by_theorem(self.model, self.dimension(), form) is None:
            same = generic_layers(self.model, self.dimension, self.seed)
            if same is not None:
                other = type(self)(same.model, seed=self.seed, method=self.method, cache=False)
                other.computation = self.computation
                return by_smaller_model(self.model, form, same, other._find_ed_degree(form))

        def exactly() -> Invariant:
            return ed_degree(self.parametrization(), self.dimension(), form, self.computation,
                             self._ideal_by_any_method, self.method, self.seed)

        def by_monodromy() -> Invariant:
            return ed_degree_by_monodromy(self.parametrization(), self.dimension(), form,
                                          self.computation, self.seed)

        if self.method == "monodromy":
            return by_monodromy()
        if self.method != "auto":
            return exactly()

        return self.computation.either(
            exactly, by_monodromy, "ED degree: by monodromy", "Nor was it counted exactly: ",
            BRIEF if self.dimension().data >= MANY_DIMENSIONS else SHARE)

    def ed_discriminant(self, metric: str | None = None, gram: Any = None, *, origin: Any = None,
                        directions: Any = None) -> Invariant:
        """
        The data at which critical points of the squared distance come together.

        Critical points are meant at finite parameters where Dφ has rank dim M; not those that go
        to infinity, or to critical points of φ.

        INPUT:

        - ``metric`` -- ``"unit"``, ``"bombieri"``, or ``"data"`` with the matrix ``gram``; by
          default that of this neuromanifold, and ``"unit"`` if it is generic
        - ``origin``, ``directions`` -- of an affine space of data; by default all of V

        OUTPUT: an invariant, a
        :class:`~neuroalg_sage.invariants.distance.ed_discriminant.Discriminant`

        EXAMPLES:

        For binary quadratic forms of rank one a curve in each plane::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:2,1,1:x^2")
            >>> print(M.ed_discriminant())
            an irreducible hypersurface of degree 6, for finite critical points with rank Dφ = 2
            (proved)
            >>> M.ed_discriminant(origin=[0, 1, 0], directions=[[1, 0, 0], [0, 0, 1]]).degree
            6
        """
        from neuroalg_sage.invariants.distance.ed_discriminant import ed_discriminant, space_of_data

        check_size(self.model)
        form = self.form_of_data(metric, gram)
        base, rows = space_of_data(self.model, self.dimension().data, origin, directions)
        return self._memory.recall(
            "ed_discriminant", lambda: ed_discriminant(
                self.parametrization(), self.dimension(), form, self.computation, base, rows,
                self.seed), stored=True, metric=form, origin=base, directions=rows)

    def bifurcation(self, start: Any, end: Any, metric: str | None = None, gram: Any = None
                    ) -> Invariant:
        """
        How the number of real critical points changes as the data move along a line.

        INPUT:

        - ``start``, ``end`` -- two points of V: the data are start + s (end - start), s real
        - ``metric``, ``gram`` -- as for :meth:`ed_discriminant`

        OUTPUT: an invariant, a :class:`~neuroalg_sage.invariants.distance.bifurcation.Bifurcation`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:2,1,1:x^2")
            >>> M.bifurcation([1, 0, 1], [1, 1, 1])
            2 of 4 critical points are real
              s = -0.5, a zero of 2*s + 1: critical points come together
            4 are real
              s = 0.5, a zero of 2*s - 1: critical points come together
            2 are real (numerical)
        """
        from neuroalg_sage.invariants.distance.bifurcation import bifurcation
        from neuroalg_sage.invariants.distance.ed_discriminant import ambient

        n, form = self.model.ambient_dimension, self.form_of_data(metric, gram)
        first, last = ambient(n, start)[0], ambient(n, end)[0]
        return self._memory.recall(
            "bifurcation", lambda: bifurcation(self.parametrization(), self.dimension(), form,
                                               self.computation, first, last, self.seed),
            stored=True, metric=form, start=first, end=last)

    def critical_regions(self, directions: Any, origin: Any = None, metric: str | None = None,
                         gram: Any = None, radius: Any = 2, samples: int = 9) -> Invariant:
        """
        The number of real critical points for data on a grid in a plane.

        See :func:`~neuroalg_sage.invariants.distance.bifurcation.critical_regions`.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> from neuroalg_sage import from_expressions
            >>> parabola = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
            >>> NeuroManifold(parabola, seed=1).critical_regions([[1, 0], [0, 1]], samples=5)
            of 3 critical points real: 1 at 21 samples, 3 at 4 samples (numerical)
        """
        from neuroalg_sage.invariants.distance.bifurcation import critical_regions
        from neuroalg_sage.invariants.distance.ed_discriminant import ambient
        from neuroalg_sage.models.sage_input import rational

        form, size, count = self.form_of_data(metric, gram), rational(radius, "radius"), whole(
            "number of samples", samples)
        base, rows = ambient(self.model.ambient_dimension, origin, directions)
        return self._memory.recall(
            "critical_regions", lambda: critical_regions(
                self.parametrization(), self.dimension(), form, self.computation, rows, base, size,
                count, self.seed),
            stored=True, metric=form, origin=base, directions=rows, radius=size, samples=count)

    @kept
    def polar_degrees(self) -> Invariant:
        """
        The polar degrees of the projective variety, or of the projective closure.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
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

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:2,1,3").ml_degree()
            1 (proved, trusting theorem: Huh (2013))
        """
        from neuroalg_sage.invariants.distance.ml_degree import ml_degree

        return ml_degree(self.parametrization(), self.dimension(), self.computation,
                         self._ideal_by_any_method, self.method, self.seed)

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

            >>> from neuroalg_sage import NeuroManifold
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
        from neuroalg_sage.invariants.distance.quadratic_forms import metric_weights
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

        weights = metric_weights(phi, metric)
        return self._memory.recall(
            "voronoi_cell", lambda: voronoi_cell(phi, self.dimension(), self._expanded_ideal, fiber,
                                                 self.computation, y, w, weights, self.seed),
            stored=True, function=y, parameters=w, weights=weights)
