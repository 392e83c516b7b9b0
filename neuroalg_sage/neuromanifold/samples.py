"""
How many samples and inputs determine functions of the neuromanifold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.neuromanifold.capacity import CapacityQuestions
from neuroalg_sage.neuromanifold.core import kept
from neuroalg_sage.neuromanifold.layered import by_layers

if TYPE_CHECKING:
    from neuroalg_sage.invariants.capacity.interpolation import InterpolatingFunctions
    from neuroalg_sage.invariants.capacity.necessary_samples import NecessarySamples
    from neuroalg_sage.invariants.capacity.samples import IdentifyingInputs, SampleComplexity


class SamplesQuestions(CapacityQuestions):
    """Questions about samples of functions of the neuromanifold, and about their inputs."""

    @by_layers
    def sample_complexity(self, epsilon: Any, delta: Any, *, radius: Any = None, box: Any = None,
                          inputs: Any = 1, targets: Any = 1, lipschitz: Any = None,
                          loss_bound: Any = None) -> SampleComplexity:
        """
        How many independent samples suffice for uniform convergence of the mean loss.

        With probability at least 1 - δ, empirical and true mean then differ by at most ε for all
        functions of the part at once, whichever distribution the samples have.

        INPUT:

        - ``epsilon``, ``delta`` -- the error, and the probability of failure
        - ``radius``, ``box`` -- as for :meth:`covering_number`
        - ``inputs`` -- b: the inputs are in the cube [-b, b]^a
        - ``targets`` -- T: the targets have Euclidean norm at most T
        - ``lipschitz``, ``loss_bound`` -- of another loss than the squared error: C, if losses of
          f and g differ by at most C |f - g| at each sample; and B, if they are at most B in
          absolute value, or ``"a:b"`` or a pair for losses from a to b

        OUTPUT: :class:`~neuroalg_sage.invariants.capacity.samples.SampleComplexity`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:1,1:x")
            >>> M.sample_complexity("0.1", "0.05", radius=1).value
            30279
            >>> M.sample_complexity("0.1", "0.05", radius=1, lipschitz=4, loss_bound="0:4").value
            30279
        """
        from neuroalg_sage.invariants.capacity.covering_number import read_domain
        from neuroalg_sage.invariants.capacity.samples import read_samples, sample_complexity

        size = read_domain(radius, box)
        error, probability, loss = read_samples(epsilon, delta, inputs, targets, lipschitz,
                                                loss_bound)
        return self._memory.recall(
            "sample_complexity",
            lambda: sample_complexity(self._coverings(size), error, probability, loss),
            stored=True, domain=size, error=error, delta=probability, loss=str(loss.claimed()))

    @by_layers
    def necessary_samples(self, epsilon: Any, delta: Any, *, noise: Any, radius: Any = None,
                          box: Any = None, inputs: Any = 1) -> NecessarySamples:
        """
        How many samples with noise any method needs in order to find each function of the part
        within ε with probability 1 - δ.

        INPUT:

        - ``epsilon``, ``delta`` -- the distance in V, and the probability of failure
        - ``noise`` -- σ: each output has independent normal noise of this standard deviation
        - ``radius``, ``box`` -- as for :meth:`covering_number`
        - ``inputs`` -- b: the method chooses inputs in the cube [-b, b]^a

        OUTPUT: :class:`~neuroalg_sage.invariants.capacity.necessary_samples.NecessarySamples`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> M = NeuroManifold("mlp:1,1:x", seed=1)
            >>> M.necessary_samples("0.1", "0.05", noise=1, radius=1)
            271 (proved)
        """
        from neuroalg_sage.invariants.capacity.covering_number import read_domain
        from neuroalg_sage.invariants.capacity.necessary_samples import (
            necessary_samples,
            read_noise,
        )

        size, ball = read_domain(radius, box), rational(epsilon, "radius epsilon")
        numbers = read_noise(delta, noise, inputs)
        return self._memory.recall(
            "necessary_samples",
            lambda: necessary_samples(self._coverings(size), ball, *numbers),
            stored=True, domain=size, epsilon=ball, numbers=numbers)

    @kept
    def identifying_inputs(self) -> IdentifyingInputs:
        """
        How many inputs identify a function of the neuromanifold by its values.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("mlp:2,2,3:x^2").identifying_inputs().sentence())
            fewer than 3 inputs never identify a generic function; 3 generic inputs identify all
            functions
        """
        from neuroalg_sage.invariants.capacity.samples import identifying_inputs

        return identifying_inputs(self.model, self.dimension())

    @kept
    def interpolating_functions(self) -> InterpolatingFunctions:
        """
        How many functions, over C, have as many values of a generic one, at generic inputs, as M
        has dimensions.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,1:x^2", seed=1).interpolating_functions()
            2 (proved)
        """
        from neuroalg_sage.invariants.capacity.interpolation import interpolating_functions

        return interpolating_functions(self.parametrization(), self.dimension(), self.degree(),
                                       self.computation, self.seed)
