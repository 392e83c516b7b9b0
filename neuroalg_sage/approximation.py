"""
An activation that is no polynomial, and its answers; a network with such an activation.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.errors import InputError, suggesting_methods
from neuroalg_sage.invariants.approximation.approximation import Approximation, approximation
from neuroalg_sage.invariants.approximation.attention import (
    AttentionApproximation,
    attention_approximation,
)
from neuroalg_sage.invariants.approximation.composites import (
    CompositeApproximation,
    composite_approximation,
)
from neuroalg_sage.invariants.approximation.moments import (
    MeanSquareApproximation,
    mean_square_approximation,
)
from neuroalg_sage.invariants.approximation.networks import (
    NetworkApproximation,
    network_approximation,
)
from neuroalg_sage.invariants.approximation.norms import (
    NormBoundedApproximation,
    norm_bounded_approximation,
)
from neuroalg_sage.invariants.approximation.pieces import (
    PiecewiseApproximation,
    piecewise_approximation,
)
from neuroalg_sage.models.activations import ContinuousActivation, activation, target
from neuroalg_sage.models.continuous_networks import ContinuousNetworkLayers
from neuroalg_sage.models.continuous_sources import load_network
from neuroalg_sage.models.softmax_attention import (
    EXAMPLE,
    SoftmaxAttention,
    attention_from_spec,
    is_attention,
)


@suggesting_methods
class ActivationFunction:
    """
    A continuous activation, to be approximated by polynomials and rational functions.

    INPUT:

    - ``name`` -- ``"tanh"``, ``"sigmoid"``, ``"gelu"``, ``"softplus"``, ``"silu"``, ``"exp"``,
      ``"erf"``, ``"sin"``, ``"cos"``, ``"relu"``, ``"abs"`` or ``"hard_tanh"``

    Raises :class:`~neuroalg_sage.errors.InputError` if there is no such activation.

    EXAMPLES::

        >>> ActivationFunction("tanh")
        Activation tanh
        >>> ActivationFunction("tanhh")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: There is no activation 'tanhh' to be approximated; did you
        mean tanh ?
    """

    def __init__(self, name: Any) -> None:
        is_sign = str(name).strip().lower() == "sign"  # of which there are composites only
        self._given = "sign" if is_sign else activation(name)

    @property
    def activation(self) -> ContinuousActivation:
        """The activation; InputError if it is not continuous."""
        return activation(self._given)

    def __repr__(self) -> str:
        return f"Activation {self._given}"

    def approximation(self, interval: Any = (-1, 1), degree: Any = None, error: Any = None,
                      denominator: Any = None) -> Approximation:
        """
        A polynomial with rational coefficients near the activation, with a proved enclosure of the
        supremum of its error, and a bound below which no polynomial of this degree comes; or a
        rational function without poles on the interval.

        INPUT:

        - ``interval`` -- two rational numbers
        - ``degree`` -- of the polynomial, at most 100; or instead
        - ``error`` -- a positive number that the error may have at most; then the degree is the
          least one for which a polynomial is found
        - ``denominator`` -- the degree of the denominator of a rational function, of which the
          degree above is that of the numerator

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.approximation.Approximation`

        EXAMPLES::

            >>> found = ActivationFunction("abs").approximation(degree=2)
            >>> found.polynomial(), found.error
            ('x^2 + 1/8', (Fraction(1, 8), Fraction(1, 8)))
            >>> tanh = ActivationFunction("tanh").approximation((-2, 2), error="1/90")
            >>> tanh.degree, tanh.data["error"], tanh.status
            (5, ['0.0107038...', '0.0107064...'], 'proved')
            >>> ActivationFunction("abs").approximation(degree=2, denominator=2).error[1] < 1/22
            True
        """
        return approximation(self.activation, interval, degree, error, denominator)

    def piecewise_approximation(self, interval: Any = (-1, 1), pieces: Any = "kinks",
                                degree: Any = None, error: Any = None, denominator: Any = None
                                ) -> PiecewiseApproximation:
        """
        Polynomials or rational functions near the activation on the parts of an interval, with a
        proved enclosure of the supremum of the error, and of the jumps where two meet.

        INPUT:

        - ``interval`` -- two rational numbers
        - ``pieces`` -- ``"kinks"``, for pieces between these; a number, for so many of equal
          lengths; or the places where pieces meet
        - ``degree``, ``error``, ``denominator`` -- of each piece, as for :meth:`approximation`

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.pieces.PiecewiseApproximation`

        EXAMPLES::

            >>> found = ActivationFunction("relu").piecewise_approximation(degree=1)
            >>> found.sentence()
            '2 polynomial pieces with an error of exactly 0 on [-1, 1], which together are
            continuous'
        """
        return piecewise_approximation(self.activation, interval, pieces, degree, error,
                                       denominator)

    def composite_approximation(self, error: Any, gap: Any = None, radius: Any = 1,
                                coefficients: str = "float64") -> CompositeApproximation:
        """
        A composite of odd polynomials near the sign of a number outside of a gap, of the least
        multiplicative depth among those of best odd polynomials of degrees up to 31; and so near
        its absolute value, or ReLU, everywhere.

        INPUT:

        - ``error`` -- what is allowed
        - ``gap`` -- of the sign, the smallest absolute value of a number
        - ``radius`` -- the largest absolute value of a number
        - ``coefficients`` -- of the polynomials: ``"float16"``, ``"float32"`` or ``"float64"``

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.composites.CompositeApproximation`

        EXAMPLES::

            >>> found = ActivationFunction("sign").composite_approximation("1/100", gap="1/10")
            >>> found.degrees, found.depth, found.data["error"], found.status
            ([7, 7], 6, '0.00784693...', 'proved')
            >>> relu = ActivationFunction("relu").composite_approximation("1/100")
            >>> relu.degrees, relu.depth, float(relu(-1)) < 0.01
            ([7, 7], 7, True)
        """
        return composite_approximation(target(self._given), error, gap, radius, coefficients)


@suggesting_methods
class ContinuousNetwork:
    """
    A fully connected network with an activation that is no polynomial, whose weights are parameters
    or given; or attention with softmax; or a trained network of affine maps and such activations.

    INPUT:

    - ``network`` -- a spec such as ``"mlp:2,3,1:tanh:bias"`` or
      ``"attention:d=2,a=1,out=2,t=3:softmax"``; or data, or the name of a file of
      JSON, ``{"activation": "tanh", "layers": [{"weights": [[1, "1/2"]], "bias": [0]}, ...]}``, or
      ``{"activation": ["tanh", "relu"], ...}``; or the name of a file of ONNX

    Raises :class:`~neuroalg_sage.errors.InputError` if there is no such network.

    EXAMPLES::

        >>> ContinuousNetwork("mlp:2,3,1:tanh")
        Continuous network mlp:2,3,1:tanh
    """

    def __init__(self, network: Any) -> None:
        self.network: ContinuousNetworkLayers | SoftmaxAttention = (
            attention_from_spec(network) if is_attention(network) else load_network(network))

    def __repr__(self) -> str:
        return f"Continuous network {self.network}"

    def network_approximation(self, box: Any = None, inputs: Any = 1, degree: Any = None,
                              error: Any = None, coefficients: str = "rational",
                              composite: bool = False, subdivide: Any = None
                              ) -> NetworkApproximation:
        """
        A network with polynomials as activations, and how far its outputs are at most.

        INPUT:

        - ``box`` -- a number B: parameters are from -B to B; of given weights, they differ from
          these by at most B, which is 0 by default
        - ``inputs`` -- a number, for inputs from minus this to this; or a pair of numbers for each
        - ``degree`` -- of the polynomials; or instead
        - ``error`` -- the distance of the outputs that is allowed; each layer has a polynomial of
          a degree that suffices for its share
        - ``coefficients`` -- of the polynomials: ``"rational"``, or the floating-point numbers of a
          file of ONNX, ``"float16"``, ``"float32"`` or ``"float64"``
        - ``composite`` -- whether ReLU and the absolute value are made of composites of odd
          polynomials, whose coefficients are floating-point numbers
        - ``subdivide`` -- a number of parts of the box of the inputs, and of the parameters, on
          which a smaller distance is sought

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.networks.NetworkApproximation`

        EXAMPLES::

            >>> from fractions import Fraction
            >>> found = ContinuousNetwork("mlp:2,3,1:relu").network_approximation(1, degree=2)
            >>> found.value, found.polynomials
            (Fraction(3, 8), [(Fraction(1, 8), Fraction(1, 2), Fraction(1, 4))])
            >>> found = ContinuousNetwork("mlp:2,3,3,1:tanh").network_approximation(1, error="1/10")
            >>> found.degrees, found.value < Fraction(1, 10)
            ([7, 7], True)
        """
        return network_approximation(self._layers(), box, inputs, degree, error, coefficients,
                                     composite, subdivide)

    def norm_bounded_approximation(self, ball: Any = None, inputs: Any = 1, degree: Any = None,
                                   error: Any = None) -> NormBoundedApproximation:
        """
        A network with polynomials as activations, and how far its outputs are at most, for all
        parameters in balls of a norm.

        INPUT:

        - ``ball`` -- a norm of the weights of each layer, ``spectral``, ``frobenius``, ``rows``
          (the largest sum of absolute values in a row) or ``entries``, and a number that it, and
          the norm of the column of biases, has at most, as in ``"frobenius:1"``; of given weights,
          these are the norms of the differences from them
        - ``inputs`` -- as for :meth:`network_approximation`; or ``"ball:R"``, for inputs of
          Euclidean norm at most R
        - ``degree``, ``error`` -- as for :meth:`network_approximation`

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.norms.NormBoundedApproximation`

        EXAMPLES::

            >>> network = ContinuousNetwork("mlp:4,9,1:tanh")
            >>> found = network.norm_bounded_approximation("spectral:2", "ball:1", degree=5)
            >>> found.data["layers"][0]["interval"], found.status
            (['-2', '2'], 'proved')
            >>> found.value < network.network_approximation(2, degree=5).value
            True
        """
        return norm_bounded_approximation(self._layers(), ball, inputs, degree, error)

    def mean_square_approximation(self, distribution: Any, box: Any = None, degree: Any = None,
                                  error: Any = None) -> MeanSquareApproximation:
        """
        A network with polynomials as activations, and how far its outputs are at most in the mean
        square, for random inputs.

        INPUT:

        - ``distribution`` -- of each input, which may depend on the others: ``"gaussian:S"``,
          normal with the mean 0 and a standard deviation of at most S; ``"sub_gaussian:S"``, larger
          than t with a probability of at most 2 exp(-t^2 / (2 S^2)); or ``"moments:K,M"``, with a
          K-th absolute moment of at most M
        - ``box``, ``degree`` -- as for :meth:`network_approximation`
        - ``error`` -- the distance in the mean square that is allowed

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.moments.MeanSquareApproximation`

        EXAMPLES::

            >>> network = ContinuousNetwork("mlp:2,3,1:relu")
            >>> found = network.mean_square_approximation("gaussian:1", 1, degree=6)
            >>> found.data["distance"], found.data["mean_square_distance"]
            ('0.68910524...', '0.72573447...')
        """
        return mean_square_approximation(self._layers(), distribution, box, degree, error)

    def _layers(self) -> ContinuousNetworkLayers:
        if isinstance(self.network, SoftmaxAttention):
            raise InputError("Attention with softmax has no polynomial network near it, but a "
                             "rational attention, with parameters and inputs in boxes: --box 1 "
                             "--inputs box:1, in Python attention_approximation.")
        return self.network

    def attention_approximation(self, box: Any = None, inputs: Any = 1, degree: Any = None,
                                error: Any = None) -> AttentionApproximation:
        """
        A rational attention near attention with softmax, and how far its outputs are at most; and
        those of linear attention.

        INPUT:

        - ``box`` -- a number B: parameters are from -B to B
        - ``inputs`` -- a number, for inputs from minus this to this; or a pair of numbers for each
          entry of a token, or for each input, row by row
        - ``degree`` -- of the polynomials in place of exp; or instead
        - ``error`` -- the distance of the outputs that is allowed; then the degree is the least one
          that suffices

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.attention.AttentionApproximation`

        EXAMPLES::

            >>> network = ContinuousNetwork("attention:d=1,a=1,out=1,t=3:softmax")
            >>> found = network.attention_approximation(box=1, degree=3)
            >>> found.data["layers"][0]["error"], found.data["distance"]
            ('0.005005...', ['0.003...', '0.005005...'])
            >>> network.attention_approximation(box=1, error="1/1000").degrees
            [4]
        """
        if not isinstance(self.network, SoftmaxAttention):
            raise InputError(f"The network is no attention with softmax, as is {EXAMPLE}; ask for "
                             "network_approximation.")
        return attention_approximation(self.network, box, inputs, degree, error)

    def near(self, box: Any = None, inputs: Any = 1, degree: Any = None, error: Any = None
             ) -> NetworkApproximation | AttentionApproximation:
        """The approximation of the kind that the network has: one of both above."""
        return (self.attention_approximation if isinstance(self.network, SoftmaxAttention)
                else self.network_approximation)(box, inputs, degree, error)
