"""
How large the neuromanifold is.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.neuromanifold.core import kept
from neuroalg_sage.neuromanifold.equations import EquationsQuestions
from neuroalg_sage.neuromanifold.layered import by_layers

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.invariants.capacity.covering_number import CoveringNumber, Coverings
    from neuroalg_sage.invariants.capacity.pseudo_dimension import PseudoDimension
    from neuroalg_sage.invariants.capacity.span import Span
    from neuroalg_sage.invariants.capacity.tube_samples import EstimatedTubeVolume
    from neuroalg_sage.invariants.capacity.tubes import TubeVolume
    from neuroalg_sage.models.expressions import Polynomial

# So small a space has its linear equations, or the equation of a hypersurface, looked for.
MOST_COORDINATES, MOST_DEGREE = 60, 3
MOST_ELIMINATION = 2 * 10**11  # operations of a rank on which bounds may wait
MOST_PRODUCTS = 3 * 10**8  # in the values of the model at the inputs for that rank


class CapacityQuestions(EquationsQuestions):
    """Questions about balls that cover the neuromanifold."""

    @by_layers
    def covering_number(self, epsilon: Any, *, radius: Any = None, box: Any = None,
                        norm: str = "euclidean") -> CoveringNumber:
        """
        How many balls of a radius cover the functions in a ball, or those of parameters in a
        box, from above and from below.

        The balls are closed, of radius ε, with centers in the set.

        INPUT:

        - ``epsilon`` -- ε, a rational number such as ``"0.1"``
        - ``radius`` -- R: the functions f with norm at most R are covered
        - ``box`` -- instead B: those of parameters from -B to B are
        - ``norm`` -- of the balls, and of the functions: ``"euclidean"``, ``"max"``, ``"l1"`` or
          ``"bombieri"``, of the coordinates of V; or ``"sup:B"``, the largest value at inputs from
          -B to B

        OUTPUT: :class:`~neuroalg_sage.invariants.capacity.covering_number.CoveringNumber`

        Raises InputError if not one of ``radius`` and ``box`` is given, or one ball suffices.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:1,1:x")
            >>> M.covering_number("0.1", radius=1)
            (10, 21) (bounds)
        """
        from neuroalg_sage.invariants.capacity.covering_number import (
            covering_number,
            read_domain,
            read_norm,
        )

        size, ball = read_domain(radius, box), rational(epsilon, "radius epsilon")
        other = read_norm(norm)
        return self._memory.recall(
            "covering_number", lambda: covering_number(self._coverings(size, other), ball),
            stored=True, epsilon=ball, domain=size, norm=str(other))

    @by_layers
    def tube_volume(self, epsilon: Any, *, radius: Any = None, box: Any = None) -> TubeVolume:
        """
        The volume of the functions of V within ε of a bounded part of the neuromanifold.

        INPUT: as for :meth:`covering_number`

        OUTPUT: :class:`~neuroalg_sage.invariants.capacity.tubes.TubeVolume`; its value is the pair
        of decimal logarithms of a lower and an upper bound

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("mlp:1,1:x").tube_volume("0.1", radius=1).sentence())
            from 10^0.342422 to 10^0.342423 (radius 1/10, functions of norm at most 1)
        """
        from neuroalg_sage.invariants.capacity.covering_number import read_domain
        from neuroalg_sage.invariants.capacity.tubes import tube_volume

        size, ball = read_domain(radius, box), rational(epsilon, "radius epsilon")
        return self._memory.recall(
            "tube_volume", lambda: tube_volume(self._coverings(size), ball),
            stored=True, epsilon=ball, domain=size)

    def estimated_tube_volume(self, epsilon: Any, *, radius: Any = None, box: Any = None,
                              samples: Any = 1000, error: Any = "1/100") -> EstimatedTubeVolume:
        """
        The volume of such a tube by random functions, as an interval that is right but for a
        probability.

        Of each random function it is decided whether it is in the tube, by parameters of a near
        function or by equations of M; those of which it is not decided make the interval larger.

        INPUT: as for :meth:`covering_number`; besides

        - ``samples`` -- how many random functions
        - ``error`` -- the probability that the volume is not in the interval

        OUTPUT: :class:`~neuroalg_sage.invariants.capacity.tube_samples.EstimatedTubeVolume`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:2,1,1:x^2", seed=1)
            >>> found = M.estimated_tube_volume("0.2", radius=1)
            >>> low, high = M.tube_volume("0.2", radius=1).value
            >>> found.status, low < found.value[0] < found.value[1] < high
            ('monte_carlo', True)
        """
        from neuroalg_sage.invariants.capacity.covering_number import read_domain
        from neuroalg_sage.invariants.capacity.tube_samples import (
            estimated_tube_volume,
            read_estimate,
        )

        size, ball = read_domain(radius, box), rational(epsilon, "radius epsilon")
        count, probability = read_estimate(samples, error)
        return self._memory.recall(
            "estimated_tube_volume", lambda: estimated_tube_volume(
                self._coverings(size), ball, count, probability, self._sampled_equations()),
            stored=True, epsilon=ball, domain=size, samples=count, error=probability)

    @kept
    def span(self) -> Span:
        """
        The dimension of the linear span of the neuromanifold.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("attention:d=2,a=1,out=1,t=2").span()
            6 (proved)
        """
        from neuroalg_sage.invariants.capacity.span import span

        return span(self.model, self.seed)

    @kept
    def pseudo_dimension(self) -> PseudoDimension:
        """
        At how many inputs the functions of an output may be above or below thresholds at will.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,2,3:x^2").pseudo_dimension().data
            [2, 3]
        """
        from neuroalg_sage.invariants.capacity.pseudo_dimension import pseudo_dimension

        return pseudo_dimension(self.model)

    @kept
    def is_of_minimal_degree(self) -> Invariant:
        """
        Whether the degree is as small as the dimension of the span allows.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,2:x^2").is_of_minimal_degree()
            True (proved)
            >>> NeuroManifold("mlp:3,2,1:x^2").is_of_minimal_degree()
            False (proved)
        """
        from neuroalg_sage.invariants.capacity.span import is_of_minimal_degree

        degree = self.degree()  # refuses what is too large before its dimension takes its time
        return is_of_minimal_degree(self.model, self.dimension(), degree, self.span())

    def _coverings(self, size: tuple[str, Fraction], norm: Any = None) -> Coverings:
        from neuroalg_sage.invariants.capacity.covering_number import Coverings

        def found() -> Coverings:
            dimension = self.affordable_dimension()
            equations = (None, []) if dimension is None else self._low_equations(dimension)
            return Coverings(self.model, dimension, size, self.seed, *equations, norm)

        return self._memory.recall("coverings", found, domain=size, norm=str(norm))

    def affordable_dimension(self) -> Invariant | None:
        """
        The dimension, if it is known or does not take long; bounds of covering numbers do without.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,1:x^2").affordable_dimension()
            2 (proved)
            >>> NeuroManifold("mlp:500,1000,500:x^2").affordable_dimension() is None
            True
        """
        known: Invariant | None = self._memory.known("dimension", stored=True)
        if known is not None:
            return known
        try:
            # The checker's model counts coordinates without a look at each parameter.
            checked = rebuilt(self.model)
            most = min(checked.ambient_dimension, checked.parameters)
            if most**2 * checked.parameters > MOST_ELIMINATION or most * sum(
                    step.width * len(step.output(0)) for step in checked.steps) > MOST_PRODUCTS:
                return None
            return self.dimension()
        except LimitReached:
            return None

    def _low_equations(self, dimension: Invariant) -> tuple[Polynomial | None, list[Polynomial]]:
        """The equation of M, if it is a hypersurface of low degree; and linear ones."""
        from neuroalg_sage.invariants.capacity.covering_number import is_expanded
        from neuroalg_sage.invariants.equations.equations_by_degree import generators
        from neuroalg_sage.invariants.equations.linear_span import linear_span

        n = self.model.ambient_dimension
        codimension = None if dimension.status == "bounds" else n - dimension.data
        if n > MOST_COORDINATES or codimension == 0 or not is_expanded(self.model):
            return None, []
        search = self.equation_search()
        span = linear_span(self.parametrization(), search)
        found = generators(search, MOST_DEGREE) if codimension == 1 else []
        return found[0] if found else None, [] if span is None else list(span.forms)

    def _sampled_equations(self) -> list[Polynomial]:
        """Equations of M of low degree, in a space that is so small that functions are sampled."""
        from neuroalg_sage.certificates.capacity.tube_samples import MOST_COORDINATES
        from neuroalg_sage.invariants.equations.equations_by_degree import generators

        n = self.model.ambient_dimension
        if n > MOST_COORDINATES or n == self.dimension().data:
            return []
        return generators(self.equation_search(), MOST_DEGREE)
