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

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.approximation.carried_over import (
        CarriedOver,
        CoveringOfFunctions,
        FunctionDistance,
        LeastLoss,
        NearNetwork,
        RobustnessRadius,
        SpanDimension,
        SufficientSamples,
    )


@dataclass(frozen=True)
class Carried:
    """
    A question that carries over.

    - ``name`` -- that of its method
    - ``takes`` -- the arguments that must be named, each with the shell's option for it
    - ``more`` -- those with a default
    """

    name: str
    takes: dict[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ("seed",)


CARRIED = (
    Carried("covering_number", {"epsilon": "epsilon"}),
    Carried("sample_complexity", {"error": "epsilon", "delta": "delta"}, ("targets",)),
    Carried("least_loss", {"samples": "data"}),
    Carried("function_distance", {"first": "parameters", "second": "other"}),
    Carried("span_dimension"),
    Carried("robustness_radius", {"x": "point"}))


@dataclass(frozen=True)
class Reason:
    """
    Why the questions of some wings do not carry over, and where to read it.

    - ``wings`` -- where the questions are
    - ``reason`` -- the reason
    - ``source`` -- the key of a paper
    """

    wings: tuple[str, ...]
    reason: str
    source: str


REASONS = (
    Reason(("dimension", "singularities", "points"),
           "it is about derivatives by the parameters, or about equality, of which a small "
           "distance of values says nothing", "Sus1992"),
    Reason(("fibers",),
           "networks near to each other may have other fibers: of tanh, in one hidden layer, "
           "weights are known up to permutations and signs of units, of a power only up to "
           "rescalings", "Sus1992"),
    Reason(("dynamics",),
           "a law of gradient flow is an identity, which a small change of the activation may end",
           "MGP2023"),
    Reason(("equations", "topology", "real", "capacity"),
           "it is about coefficients of polynomials, which the functions of this network do not "
           "have, and polynomial networks that are nearer have other ones, without an end",
           "LLPS1993"),
    Reason(("distance", "training"),
           "critical points are counted or found on a variety that this network does not have",
           "DHOST2016"))


def carried(name: str, network: Any) -> Carried:
    """
    The question of a name that carries over.

    Raises :class:`~neuroalg_sage.errors.InputError` with the reason if it does not.

    EXAMPLES::

        >>> carried("least_loss", "mlp:2,3,1:tanh").takes
        {'samples': 'data'}
        >>> carried("conservation_laws", "mlp:2,3,1:tanh")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The question 'conservation laws' does not carry over to
        mlp:2,3,1:tanh: a law of gradient flow is an identity, which a small change of the
        activation may end (Marcotte, Gribonval, Peyré, 2023); compute with --approximate, in Python
        model(), answers for the polynomial network.
    """
    from neuroalg_sage.bibliography import papers

    found = next((question for question in CARRIED if question.name == name), None)
    if found is not None:
        return found
    for why in REASONS:
        for wing in why.wings:
            for question in import_module(f"neuroalg_sage.invariants.{wing}").QUESTIONS:
                if question.name == name:
                    words = question.title_in_words
                    source = papers()[why.source].name.replace(" (", ", ").removesuffix(")")
                    raise InputError(
                        f"The question {words!r} does not carry over to {network}: {why.reason} "
                        f"({source}); compute with --approximate, in Python model(), answers for "
                        "the polynomial network.")
    raise InputError(f"There is no question {name[:40]!r} that carries over; those that do are "
                     f"{', '.join(question.name for question in CARRIED)}.")


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
            neuroalg_sage.errors.InputError: The question 'degree' does not carry over to
            mlp:1,1,1:tanh: it is about coefficients of polynomials, which the functions of this
            network do not have, and polynomial networks that are nearer have other ones, without
            an end (Leshno, Lin, Pinkus, Schocken, 1993); compute with --approximate, in Python
            model(), answers for the polynomial network.
        """
        name = carried(str(question), cast("NearNetwork", self).network).name
        return cast("CarriedOver", getattr(self, name)(*arguments, **named))

    def covering_number(self, epsilon: Any, seed: int = 0) -> CoveringOfFunctions:
        """
        How many balls of a radius cover the functions of the network, from above and from below.

        The balls are those of the supremum over the inputs, closed, with centers in the set.

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=7)
            >>> near.covering_number("1/4").data["upper"]
            '63'
        """
        from neuroalg_sage.invariants.approximation.carried_over import covering_number

        return covering_number(cast("NearNetwork", self), epsilon, seed)

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
            '833'
        """
        from neuroalg_sage.invariants.approximation.carried_over import sample_complexity

        return sample_complexity(cast("NearNetwork", self), error, delta, targets)

    def least_loss(self, samples: Any, seed: int = 0) -> LeastLoss:
        """
        The least mean squared error on data of all functions of the network, as an interval.

        INPUT:

        - ``samples`` -- rows of inputs, then outputs; or the name of a file of these

        EXAMPLES::

            >>> from neuroalg_sage import ContinuousNetwork
            >>> near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=9)
            >>> found = near.least_loss([[1, 2], ["1/2", 1]])
            >>> low, high = found.value
            >>> low < ((2 - 0.76159416) ** 2 + (1 - 0.46211716) ** 2) / 2 < high
            True
        """
        from neuroalg_sage.invariants.approximation.carried_over import least_loss

        return least_loss(cast("NearNetwork", self), samples, seed)

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
            >>> low < 0.76159416 - 0.46211716 < high
            True
        """
        from neuroalg_sage.invariants.approximation.carried_over import function_distance

        return function_distance(cast("NearNetwork", self), first, second, seed)

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

        return span_dimension(cast("NearNetwork", self), most, seed)

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

        return robustness_radius(cast("NearNetwork", self), x, seed)
