"""
Polynomials near an activation whose coefficients are floating-point numbers.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING
from fractions import Fraction

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.approximation.approximation import Proof, least_degree, rounded
from neuroalg_sage.models.activations import ContinuousActivation
from neuroalg_sage.models.floating_point import rounded_polynomial

PLACES = 8  # at which the error is seen, for each term
SHARE = Fraction(1, 64)  # of the error, that rounded powers may cost
ROOM = 1 + Fraction(1, 32)  # for the supremum of the error between these
MOST_MORE = 12  # degrees above the one that would suffice without rounding


class RoundedProof(Proof):
    """A polynomial with such coefficients, and the evidence for its error."""

    def __init__(self, f: ContinuousActivation, low: Fraction, high: Fraction, degree: int,
                 kind: str) -> None:
        super().__init__(f, low, high, degree)
        count = PLACES * (degree + 2)
        step = (high - low) / count
        self.candidate = replace(
            self.candidate,
            coefficients=rounded_polynomial(self.candidate.coefficients, low, high,
                                            SHARE * self.largest, kind),
            points=tuple(sorted({*self.candidate.points, *(low + k * step
                                                           for k in range(count + 1))})))
        largest, self.smallest = self.sizes(self.candidate, degree)
        self.largest = rounded(largest * ROOM, ROUND_CEILING)


def least_rounded(f: ContinuousActivation, low: Fraction, high: Fraction, error: Fraction,
                  kind: str) -> Proof:
    """
    One of nearly the least degree whose error is at most this.

    EXAMPLES::

        >>> from neuroalg_sage.models.activations import activation
        >>> found = least_rounded(activation("tanh"), Fraction(-2), Fraction(2), Fraction(1, 90),
        ...                       "float32")
        >>> found.degree, found.coefficients[1].denominator <= 2**24, found.upper < Fraction(1, 90)
        (5, True, True)
    """
    first = least_degree(f, low, high, error)[1].degree
    for degree in range(first, first + MOST_MORE):
        found = RoundedProof(f, low, high, degree, kind)
        if found.largest <= error and found.upper <= error:
            return found
    raise LimitReached(f"No polynomial was found with coefficients of {kind} and this error; allow "
                       "a larger one, or export a network in float64.")
