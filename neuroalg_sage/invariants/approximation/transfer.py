"""
Which questions about a polynomial network have answers for the network that it is near, and which
have none.

REFERENCES:

- [LLPS1993]_
- [Sus1992]_
- [DHOST2016]_
- [MGP2023]_
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.approximation.carried_over import (
        CarriedOver,
        CoveringOfFunctions,
        FunctionDistance,
        LeastLoss,
        RobustnessRadius,
        SpanDimension,
        SufficientSamples,
    )
    from neuroalg_sage.invariants.approximation.networks import NetworkApproximation

CARRIED = ("covering_number", "sample_complexity", "least_loss", "function_distance",
           "span_dimension", "robustness_radius")

# Why there is no answer, and where to read it.
_NO_VARIETY = ("it is about coefficients of polynomials, which the functions of this network do "
               "not have, and polynomial networks that are nearer have other ones, without an end",
               "LLPS1993")
_FIBERS = ("networks near to each other may have other fibers: of tanh, in one hidden layer, "
           "weights are known up to permutations and signs of units, of a power only up to "
           "rescalings", "Sus1992")
_DERIVATIVES = ("it is about derivatives by the parameters, or about equality, of which a small "
                "distance of values says nothing", "Sus1992")
_CRITICAL = ("critical points are counted over the complex numbers, on a variety that this network "
             "does not have", "DHOST2016")
_LAWS = ("a law of gradient flow is an identity, which a small change of the activation may end",
         "MGP2023")
NOT_CARRIED = {
    "degree": _NO_VARIETY, "ideal": _NO_VARIETY, "equations": _NO_VARIETY,
    "hilbert_polynomial": _NO_VARIETY, "hilbert_function": _NO_VARIETY,
    "dimension": _DERIVATIVES, "expected_dimension": _DERIVATIVES, "defect": _DERIVATIVES,
    "is_filling": _NO_VARIETY, "euler_characteristic": _NO_VARIETY,
    "singular_locus": _DERIVATIVES, "critical_locus": _DERIVATIVES, "subnetworks": _DERIVATIVES,
    "generic_fiber": _FIBERS, "is_identifiable": _FIBERS, "is_finitely_identifiable": _FIBERS,
    "fiber": _FIBERS, "ed_degree": _CRITICAL, "polar_degrees": _CRITICAL, "ml_degree": _CRITICAL,
    "ed_discriminant": _CRITICAL, "critical_points": _CRITICAL,
    "conservation_laws": _LAWS, "number_of_conservation_laws": _LAWS,
    "quadratic_conservation_laws": _LAWS}


def refusal(question: str, near: NetworkApproximation) -> InputError:
    """Why a question has no answer for the network, in one sentence."""
    from neuroalg_sage.bibliography import papers

    if question not in NOT_CARRIED:
        return InputError(f"There is no question {question[:40]!r} that carries over; those that "
                          f"do are {', '.join(CARRIED)}.")
    reason, key = NOT_CARRIED[question]
    source = papers()[key].name.replace(" (", ", ").removesuffix(")")
    return InputError(
        f"The {question.replace('_', ' ')} does not carry over to {near.network}: {reason} "
        f"({source}); compute with --approximate, in Python model(), answers for the polynomial "
        "network.")


class Transfer:
    """What a network approximation says of the network itself, with proof."""

    def carried_over(self, question: str, *arguments: Any, **named: Any) -> CarriedOver:
        """
        The answer for the network itself, not for the polynomial one, to a question that carries
        over with the distance.

        INPUT:

        - ``question`` -- ``"covering_number"``, ``"sample_complexity"``, ``"least_loss"``,
          ``"function_distance"``, ``"span_dimension"`` or ``"robustness_radius"``
        - the arguments of the method of that name

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.carried_over.CarriedOver`

        Raises :class:`~neuroalg_sage.errors.InputError` with the reason for a question that does
        not carry over.

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=9)
            >>> near.carried_over("span_dimension")
            3 (proved)
            >>> near.carried_over("degree")
            Traceback (most recent call last):
            ...
            neuroalg_sage.errors.InputError: The degree does not carry over to mlp:1,1,1:tanh: it is
            about coefficients of polynomials, which the functions of this network do not have, and
            polynomial networks that are nearer have other ones, without an end (Leshno, Lin,
            Pinkus, Schocken, 1993); compute with --approximate, in Python model(), answers for the
            polynomial network.
        """
        if question not in CARRIED:
            raise refusal(str(question), cast("NetworkApproximation", self))
        return cast("CarriedOver", getattr(self, question)(*arguments, **named))

    def covering_number(self, epsilon: Any, seed: int = 0) -> CoveringOfFunctions:
        """
        How many balls of a radius cover the functions of the network, from above and from below.

        The balls are those of the supremum over the inputs, closed, with centers in the set.

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=7)
            >>> near.covering_number("1/4").data["upper"]
            '16'
        """
        from neuroalg_sage.invariants.approximation.carried_over import covering_number

        return covering_number(cast("NetworkApproximation", self), epsilon, seed)

    def sample_complexity(self, error: Any, delta: Any, targets: Any = 1) -> SufficientSamples:
        """
        How many independent samples suffice for empirical and true mean of the squared error to be
        close for all functions of the network at once.

        INPUT:

        - ``error`` -- by how much the means differ at most
        - ``delta`` -- the probability that they do not
        - ``targets`` -- the largest norm of targets; inputs are in the box

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=7)
            >>> near.sample_complexity("1/2", "1/10").data["samples"]
            '721'
        """
        from neuroalg_sage.invariants.approximation.carried_over import sample_complexity

        return sample_complexity(cast("NetworkApproximation", self), error, delta, targets)

    def least_loss(self, samples: Any, seed: int = 0) -> LeastLoss:
        """
        The least squared error on data of all functions of the network, as an interval.

        INPUT:

        - ``samples`` -- rows of inputs, then outputs; or the name of a file of these

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=9)
            >>> found = near.least_loss([[1, 2], ["1/2", 1]])
            >>> low, high = found.value
            >>> low < (2 - 0.7616) ** 2 + (1 - 0.4621) ** 2 < high
            True
        """
        from neuroalg_sage.invariants.approximation.carried_over import least_loss

        return least_loss(cast("NetworkApproximation", self), samples, seed)

    def function_distance(self, first: Any, second: Any, seed: int = 0) -> FunctionDistance:
        """
        The largest difference of two functions of the network over the inputs, as an interval.

        INPUT:

        - ``first``, ``second`` -- parameters: of each layer the weights, row by row, then the
          constants

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=9)
            >>> low, high = near.function_distance([1, 1], ["1/2", 1]).value
            >>> low < 0.7616 - 0.4621 < high
            True
        """
        from neuroalg_sage.invariants.approximation.carried_over import function_distance

        return function_distance(cast("NetworkApproximation", self), first, second, seed)

    def span_dimension(self, most: int = 60, seed: int = 0) -> SpanDimension:
        """
        A lower bound for the dimension of the linear span of the functions of the network.

        INPUT:

        - ``most`` -- no larger bound is looked for

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=9)
            >>> near.span_dimension().sentence()
            'at least 3, for all parameters from -1 to 1 and inputs from -1 to 1'
        """
        from neuroalg_sage.invariants.approximation.carried_over import span_dimension

        return span_dimension(cast("NetworkApproximation", self), most, seed)

    def robustness_radius(self, x: Any, seed: int = 0) -> RobustnessRadius:
        """
        Within which radius of an input, in the norm of the maximum, the class does not change: the
        largest output, or the sign of an only one.

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> trained = ContinuousNetwork({"activation": "tanh", "layers": [
            ...     {"weights": [[1, 1]], "bias": [0]}, {"weights": [[1]]}]})
            >>> found = trained.network_approximation(error="1/1000").robustness_radius(["1/2", 0])
            >>> low, high = found.value
            >>> 0.24 < low < 0.25 < high < 0.26
            True
        """
        from neuroalg_sage.invariants.approximation.carried_over import robustness_radius

        return robustness_radius(cast("NetworkApproximation", self), x, seed)
