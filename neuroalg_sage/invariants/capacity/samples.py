"""
How many inputs identify a function, and how many samples suffice for uniform convergence.

The lemmas with their proofs are in ``certificates.capacity.samples``.
"""

from __future__ import annotations

import time
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import Any

from flint import ctx

from neuroalg_sage.certificates.capacity import samples
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
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
        return (f"fewer than {least} inputs never identify a generic function; {one} generic "
                f"inputs identify any one function, {all_of_them} all of them"
                + about_inputs(self.spec))

    def plain_value(self) -> dict[str, int]:
        least, one, all_of_them = self.data
        return {"necessary": least, "sufficient_for_one": one, "sufficient_for_all": all_of_them}


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
        [3, 9, 17]
    """
    if dimension.certificate is None or dimension.status == "bounds":
        raise LimitReached(f"The dimension of {model} is not known.")
    return IdentifyingInputs.certified(
        model, "identifying_inputs",
        samples.identifying_inputs(dimension.data, model.output_count), dimension.status,
        "the dimension", dimension.seconds,
        {"dimension": dimension.data, "dimension_evidence": dimension.certificate["evidence"]},
        dimension.trust, error_bound=dimension.error_bound)


class SampleComplexity(AboutInputs):
    """A number of samples that suffices; the data are all that it depends on, and the number."""

    @cached_property
    def value(self) -> int:
        """The number of samples."""
        return int(self.data[-1])

    def condition(self) -> str:
        domain, _, _, inputs, targets, _ = self.data
        return (f"{part_in_words(domain)}, inputs from -{inputs} to {inputs}, targets of "
                f"norm at most {targets}, squared error{about_inputs(self.spec)}")

    def sentence(self) -> str:
        _, error, delta, *_ = self.data
        return (f"{in_words(self.data[-1])} independent samples suffice for empirical and true "
                f"mean to differ by at most {error}, for all functions at once, with probability "
                f"at least {1 - Fraction(delta)} ({self.condition()})")

    def plain_value(self) -> dict[str, Any]:
        domain, error, delta, inputs, targets, number = self.data
        return {"upper": number, "epsilon": error, "delta": delta, "inputs": inputs,
                "targets": targets} | part_as_json(domain) | {"loss": "squared error"}


def read_samples(error: Any, delta: Any, inputs: Any, targets: Any) -> tuple[Fraction, ...]:
    """
    The error, the probability of failure, and the bounds of inputs and targets, as fractions.

    Raises InputError if one of them is out of its range.

    EXAMPLES::

        >>> read_samples("0.1", "0.05", 1, 1)
        (Fraction(1, 10), Fraction(1, 20), Fraction(1, 1), Fraction(1, 1))
    """
    numbers = (rational(error, "error epsilon"), rational(delta, "probability delta"),
               rational(inputs, "bound of the inputs"), rational(targets, "bound of the targets"))
    if numbers[0] <= 0:
        raise InputError(f"The error epsilon must be positive, not {numbers[0]}.")
    if not 0 < numbers[1] < 1:
        raise InputError(f"The probability delta must be between 0 and 1, not {numbers[1]}.")
    if numbers[2] <= 0 or numbers[3] < 0:
        raise InputError("The bound of the inputs must be positive, and that of the targets not "
                         "negative.")
    return numbers


def sample_complexity(coverings: Coverings, error: Fraction, delta: Fraction, inputs: Fraction,
                      targets: Fraction) -> SampleComplexity:
    """
    How many independent samples suffice for uniform convergence of the mean squared error.

    INPUT:

    - ``coverings`` -- the part of the neuromanifold
    - ``error`` -- by how much empirical and true mean may differ
    - ``delta`` -- the probability of failure
    - ``inputs`` -- b, for inputs from -b to b
    - ``targets`` -- T, for targets of Euclidean norm at most T

    All numbers are in the ranges of :func:`read_samples`.

    REFERENCES: [Hoe1963]_

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:1,1:x")
        >>> part = Coverings(M.model, M.dimension(), ("ball", Fraction(1)))
        >>> half = Fraction(1, 2)
        >>> sample_complexity(part, half, half, Fraction(1), Fraction(0)).value
        40
    """
    start = time.perf_counter()
    flag = {"expanded": coverings.is_expanded}
    with ctx.workprec(CONSTANT_BITS):
        slope = samples.loss_constants(coverings.region(error), flag, inputs, targets)[0]
        largest = slope.upper().fmpq()
    radius = _shortened(error / (4 * Fraction(int(largest.p), int(largest.q))) * SMALLER)
    _, above, trust = coverings.upper(radius)
    number, _, trust = samples.sufficient_samples(coverings.region(radius), above, error, delta,
                                                  inputs, targets)
    (kind, size) = coverings.domain
    return SampleComplexity.certified(
        coverings.model, "sample_complexity",
        [[kind, decimal(size)], *map(decimal, (error, delta, inputs, targets)), number], "proved",
        f"Hoeffding's inequality, and a covering by {above['argument']}",
        time.perf_counter() - start, {"radius": decimal(radius), "upper": above}, trust)


def _shortened(radius: Fraction) -> Fraction:
    """A number of few digits, somewhat smaller."""
    places = 3
    while radius * 10**places < 100:
        places += 1
    return Fraction(floor(radius * 10**places), 10**places)
