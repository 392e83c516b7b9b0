"""
How many inputs identify a function, and how many samples suffice for uniform convergence.

The lemmas with their proofs are in ``certificates.capacity.samples``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import Any

from flint import arb, ctx

from neuroalg_sage.certificates.capacity import samples
from neuroalg_sage.certificates.capacity.region import FEW_BITS, Region, real
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.capacity.covering_number import (
    Coverings,
    in_words,
    part_as_json,
    part_in_words,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.relu import about_inputs
from neuroalg_sage.models.sage_input import rational

CONSTANT_BITS = 128
SMALLER = 1 - Fraction(1, 10**9)  # so that rounding does no harm


class AboutInputs(Invariant):
    """What is said of the inputs of a model."""

    @property
    def spec(self) -> str:
        """The spec of the model, empty if it has none."""
        return "" if self.certificate is None else self.certificate["model"].get("spec", "")


class IdentifyingInputs(AboutInputs):
    """How many inputs are necessary, suffice for one function, and suffice for all of them."""

    def sentence(self) -> str:
        least, one, all_of_them = self.data
        if not least:
            return "no inputs are needed, since there is only one function"
        enough = (f"{one} generic inputs identify any one function, {all_of_them} all of them"
                  if one < all_of_them else f"{one} generic inputs identify all functions")
        return (f"fewer than {least} inputs never identify a generic function; {enough}"
                + about_inputs(self.spec))

    def plain_value(self) -> dict[str, int]:
        least, one, all_of_them = self.data
        return {"necessary": least, "sufficient_for_one": one, "sufficient_for_all": all_of_them}

    def necessary_samples_as_json(self) -> dict[str, Any]:
        """How many samples are necessary, and in which sense."""
        return {"lower": str(self.data[0]), "lower_by": "fewer inputs never identify a generic "
                "function: their values are fewer numbers than the dimension",
                "lower_status": self.status}


def identifying_inputs(model: Model, dimension: Invariant) -> IdentifyingInputs:
    """
    With fewer than the first number of inputs, infinitely many functions of M agree with a
    generic one there; so many generic inputs as the second one tell a function from all
    others; so many as the third tell all functions apart.

    Raises LimitReached if the dimension is only known to be between bounds.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:2,2,3:x^2")
        >>> identifying_inputs(M.model, M.dimension()).data
        [3, 3, 3]
        >>> M = NeuroManifold("mlp:4,1,1:x^3")
        >>> identifying_inputs(M.model, M.dimension()).data
        [4, 5, 9]
    """
    if dimension.certificate is None or dimension.status == "bounds":
        raise LimitReached(f"The dimension of {model} is not known.")
    return IdentifyingInputs.certified(
        model, "identifying_inputs",
        samples.identifying_inputs(rebuilt(model), dimension.data), dimension.status,
        "the dimension, and the coordinates of an output", dimension.seconds,
        {"dimension": dimension.data, "dimension_evidence": dimension.certificate["evidence"]},
        dimension.trust, error_bound=dimension.error_bound)


class SampleComplexity(AboutInputs):
    """A number of samples that suffices; the data are all that it depends on, and the number."""

    @cached_property
    def value(self) -> int:
        """The number of samples."""
        return int(self.data[-1])

    def condition(self) -> str:
        domain, _, _, *of_the_loss, _ = self.data
        if len(of_the_loss) == 1:
            constant, low, high = of_the_loss[0]
            return (f"{part_in_words(domain)}, losses from {low} to {high} that differ by at most "
                    f"{constant} times the distance of the functions")
        inputs, targets = of_the_loss
        return (f"{part_in_words(domain)}, inputs from -{inputs} to {inputs}, targets of "
                f"norm at most {targets}, squared error{about_inputs(self.spec)}")

    def sentence(self) -> str:
        _, error, delta, *_ = self.data
        return (f"{in_words(self.data[-1])} independent samples suffice for empirical and true "
                f"mean to differ by at most {error}, for all functions at once, with probability "
                f"at least {1 - Fraction(delta)} ({self.condition()})")

    def plain_value(self) -> dict[str, Any]:
        domain, error, delta, *of_the_loss, number = self.data
        if len(of_the_loss) == 1:
            constant, *ends = of_the_loss[0]
            loss: dict[str, Any] = {"lipschitz": constant, "loss_bound": ends}
        else:
            loss = {"inputs": of_the_loss[0], "targets": of_the_loss[1], "loss": "squared error"}
        return ({"upper": number, "upper_by": self.method, "epsilon": error, "delta": delta} | loss
                | part_as_json(domain))


@dataclass(frozen=True)
class SquaredError:
    """
    The squared error, of inputs in a cube and targets in a ball.

    - ``inputs`` -- b, for inputs from -b to b
    - ``targets`` -- T, for targets of Euclidean norm at most T
    """

    inputs: Fraction
    targets: Fraction

    def constants(self, region: Region, evidence: dict[str, Any]) -> tuple[arb, arb]:
        """By what the losses differ at most, if functions do by 1, and how long their range is."""
        return samples.loss_constants(region, evidence, self.inputs, self.targets)

    def claimed(self) -> list[Any]:
        """What a certificate states of it."""
        return [decimal(self.inputs), decimal(self.targets)]


@dataclass(frozen=True)
class Loss:
    """
    Any loss, of which is known:

    - ``constant`` -- losses of f and g differ by at most this times the norm of f - g
    - ``low``, ``high`` -- all losses are between these numbers
    """

    constant: Fraction
    low: Fraction
    high: Fraction

    def constants(self, region: Region, evidence: dict[str, Any]) -> tuple[arb, arb]:
        """The same as for the squared error."""
        return real(self.constant), real(self.high - self.low)

    def claimed(self) -> list[Any]:
        """What a certificate states of it."""
        return [[decimal(self.constant), decimal(self.low), decimal(self.high)]]


def read_probability(delta: Any) -> Fraction:
    """
    A probability of failure.

    Raises InputError if it is not between 0 and 1.
    """
    found = rational(delta, "probability delta")
    if not 0 < found < 1:
        raise InputError(f"The probability delta must be between 0 and 1, not {found}.")
    return found


def read_samples(error: Any, delta: Any, inputs: Any = 1, targets: Any = 1, lipschitz: Any = None,
                 loss_bound: Any = None) -> tuple[Fraction, Fraction, SquaredError | Loss]:
    """
    The error, the probability of failure, and the loss: the squared error, or one of which a
    Lipschitz constant and bounds are given.

    Raises InputError if a number is out of its range.

    EXAMPLES::

        >>> read_samples("0.1", "0.05", 1, 2)[2]
        SquaredError(inputs=Fraction(1, 1), targets=Fraction(2, 1))
        >>> read_samples("0.1", "0.05", lipschitz=3, loss_bound="0:2")[2]
        Loss(constant=Fraction(3, 1), low=Fraction(0, 1), high=Fraction(2, 1))
        >>> read_samples("0.1", "0.05", lipschitz=3, loss_bound=2)[2].low
        Fraction(-2, 1)
    """
    epsilon = rational(error, "error epsilon")
    if epsilon <= 0:
        raise InputError(f"The error epsilon must be positive, not {epsilon}.")
    probability = read_probability(delta)
    if lipschitz is None and loss_bound is None:
        square = SquaredError(rational(inputs, "bound of the inputs"),
                              rational(targets, "bound of the targets"))
        if square.inputs <= 0 or square.targets < 0:
            raise InputError("The bound of the inputs must be positive, and that of the targets "
                             "not negative.")
        return epsilon, probability, square
    if lipschitz is None or loss_bound is None:
        raise InputError("A loss other than the squared error needs both its Lipschitz constant "
                         "and its bound: state lipschitz and loss_bound (--lipschitz and "
                         "--loss-bound).")
    constant = rational(lipschitz, "Lipschitz constant")
    if constant <= 0:
        raise InputError("The loss must have a positive number as Lipschitz constant with respect "
                         f"to the norm of functions, not {constant}.")
    ends = loss_bound.split(":") if isinstance(loss_bound, str) else (
        list(loss_bound) if isinstance(loss_bound, (tuple, list)) else [loss_bound])
    numbers = [rational(c, "bound of the loss") for c in ends]
    low, high = (-numbers[0], numbers[0]) if len(numbers) == 1 else (
        numbers if len(numbers) == 2 else (1, 0))
    if not low < high:
        raise InputError("The bound of the loss is a positive number, for losses of at most that "
                         "absolute value, or a lower and a larger upper bound, such as 0:2.")
    return epsilon, probability, Loss(constant, Fraction(low), Fraction(high))


def sample_complexity(coverings: Coverings, error: Fraction, delta: Fraction,
                      loss: SquaredError | Loss) -> SampleComplexity:
    """
    How many independent samples suffice for uniform convergence of the mean loss.

    INPUT:

    - ``coverings`` -- the part of the neuromanifold
    - ``error`` -- by how much empirical and true mean may differ
    - ``delta`` -- the probability of failure
    - ``loss`` -- the loss

    All numbers are in the ranges of :func:`read_samples`.

    REFERENCES: [Hoe1963]_

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:1,1:x")
        >>> part = Coverings(M.model, M.dimension(), ("ball", Fraction(1)))
        >>> half = Fraction(1, 2)
        >>> sample_complexity(part, half, half, SquaredError(Fraction(1), Fraction(0))).value
        40
    """
    start = time.perf_counter()
    flag = {"expanded": coverings.is_expanded}
    with ctx.workprec(CONSTANT_BITS):
        slope, length = loss.constants(coverings.region(error), flag)
        largest = slope.upper().fmpq()
    constant = Fraction(int(largest.p), int(largest.q))
    # All losses are the same if all functions are zero.
    radius = _shortened(error / (4 * constant) * SMALLER if constant else error)
    _, above, trust = coverings.upper(radius)
    with ctx.workprec(FEW_BITS):
        number, _, trust = samples.sufficient_samples(coverings.region(radius), above, error,
                                                      delta, slope, length)
    (kind, size) = coverings.domain
    return SampleComplexity.certified(
        coverings.model, "sample_complexity",
        [[kind, decimal(size)], decimal(error), decimal(delta), *loss.claimed(), number], "proved",
        f"Hoeffding's inequality, and a covering by {above['argument']}",
        time.perf_counter() - start, {"radius": decimal(radius), "upper": above}, trust)


def _shortened(radius: Fraction) -> Fraction:
    """A number of few digits, somewhat smaller."""
    places = 3
    while radius * 10**places < 100:
        places += 1
    return Fraction(floor(radius * 10**places), 10**places)
