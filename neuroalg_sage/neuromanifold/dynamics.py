"""
Conservation laws of flows, and what follows for the parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.sage_input import numbers
from neuroalg_sage.neuromanifold.core import degree_bound, kept
from neuroalg_sage.neuromanifold.dimension import DimensionQuestions

if TYPE_CHECKING:
    from neuroalg_sage.invariants.dynamics.flows import Flow
    from neuroalg_sage.invariants.dynamics.law_search import LawSearch


class DynamicsQuestions(DimensionQuestions):
    """Questions about gradient flow and its kin."""

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

            >>> from neuroalg_sage import NeuroManifold
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

            >>> from neuroalg_sage import NeuroManifold
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

            >>> from neuroalg_sage import NeuroManifold
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

            >>> from neuroalg_sage import NeuroManifold
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
        degree = degree_bound(self.largest_degree if degree is None else degree)
        return self._memory.recall(
            "conservation_laws", lambda: conservation_laws(self.law_search(flow), degree),
            stored=True, degree=degree, flow=flow)

    @kept
    def quadratic_conservation_laws(self) -> Invariant:
        """
        The quadratic laws of gradient flow that linear symmetries give, however large the model.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
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

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:1,3,1").number_of_conservation_laws()
            5 (proved)
        """
        flow = self._named_flow(flow)
        return self._memory.recall(
            "number_of_conservation_laws", lambda: self._number_of_laws(flow), stored=True,
            degree=self.largest_degree, flow=flow)

    def _number_of_laws(self, flow: Flow) -> Invariant:
        from neuroalg_sage.invariants.dynamics import conservation_laws as laws
        from neuroalg_sage.invariants.dynamics.law_search import check_degree
        from neuroalg_sage.invariants.dynamics.quadratic_laws import number_from_symmetries

        degree, count = check_degree(self.largest_degree), self.model.parameter_count

        def by_polynomials() -> Invariant:
            laws.check_size(self.model, flow)
            return laws.number_of_conservation_laws(self.law_search(flow), degree)

        def by_symmetries() -> Invariant:
            return number_from_symmetries(self.model, self.dimension())

        if flow != laws.GRADIENT_FLOW:
            return by_polynomials()
        # Polynomials are long in coming where there are many parameters.
        ways = [by_polynomials, by_symmetries][:: -1 if count > laws.MANY_PARAMETERS else 1]
        found = []
        for way in ways:
            try:
                found.append(way())
            except LimitReached:
                if way is ways[-1] and not found:
                    raise
                continue
            if found[-1].status == "proved":
                return found[-1]
        return min(found, key=laws.room_between)

    def invariant_set(self, start: list[Any], degree: int | None = None) -> Any:
        """
        The variety of parameters with the same laws of gradient flow as ``start``.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
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

            >>> from neuroalg_sage import NeuroManifold
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

        degree = degree_bound(self.largest_degree if degree is None else degree)
        coordinates = numbers(function, "coordinate of the function")
        wanted = None if values is None else numbers(values, "value of a law")

        def find() -> Invariant:
            laws = self.conservation_laws(degree, Flow()).data
            return balanced_initialization(self.parametrization(), laws, coordinates,
                                           [0] * len(laws) if wanted is None else wanted,
                                           self.computation, self.seed)

        return self._memory.recall("balanced_initialization", find, stored=True, degree=degree,
                                   function=coordinates, values=wanted)

    def drift(self, start: list[float] | None = None, target: list[float] | None = None,
              time: float = 1.0, flow: Flow | str | None = None,
              momenta: list[float] | None = None) -> Invariant:
        """
        How far the laws drift, and φ(w) moves, when a flow is integrated numerically.

        OUTPUT: an invariant, a :class:`~neuroalg_sage.invariants.dynamics.drift.Drift`; see
        :func:`~neuroalg_sage.invariants.dynamics.drift.drift`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> found = NeuroManifold("linear:1,1,1", flow="momentum=1").drift([1, 2], [3], 2)
            >>> found.largest, found.laws
            (0.0, [])
            >>> NeuroManifold("linear:1,1,1", degree=2).drift([1, 2], [3]).largest < 1e-8
            True
        """
        flow, (time,) = self._named_flow(flow), _floats([time], "time of an integration")
        first, goal, moving = (
            None if given is None else _floats(given, f"{what} of a flow") for what, given in (
                ("start", start), ("target", target), ("momenta", momenta)))

        def find() -> Invariant:
            from neuroalg_sage.invariants.dynamics.drift import drift

            search = self.law_search(flow)
            laws = search.up_to(flow.degree_of_laws(self.largest_degree))
            return drift(search.space, laws, first, goal, time, moving, self.seed)

        return self._memory.recall("drift", find, stored=True, degree=self.largest_degree,
                                   flow=flow, start=first, target=goal, time=time, momenta=moving)


def _floats(given: Any, what: str) -> tuple[float, ...]:
    try:
        return tuple(map(float, given))
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"The {what} must be given by numbers, not {given!r:.60}.") from None
