"""
A polynomial, or a rational function without poles, near an activation on an interval, with its
error.

REFERENCES:

- [Rem1934]_
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from flint import arb, arb_poly, ctx, fmpq

from neuroalg_sage.certificates.approximation import approximation as checked
from neuroalg_sage.certificates.approximation.activations import Activation
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.approximation.best_polynomial import (
    Candidate,
    best_polynomial,
    best_rational_function,
)
from neuroalg_sage.limits import whole
from neuroalg_sage.models.activations import ContinuousActivation
from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.storable import storable

MOST_DEGREE = 100
DIGITS = 12  # of the numbers that enclose an error
CLOSE = Fraction(1, 2**12), Fraction(1, 1025)  # how closely, as a share of the error
REACHES = (4, 32, 256)  # of a disk around a cell, in its half widths
SMALL = 2.0**-16  # a remainder, as a share of the error
PLACES = 64  # at which the sizes of a denominator are compared
LARGEST_END = 10**6
EXACT_HALVINGS = 2_000
MOST_RAISES = 4  # of the precision
SHORTEST = Fraction(1, 2**20)  # half of a cell
MOST_BITS = 14_000  # of a numerator or denominator, of which Python reads 4300 digits
TOO_LONG = LimitReached("The interval is too long for the activation; try a shorter one.")


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class Approximation(Invariant):
    """
    A polynomial near an activation; the value is the tuple of its coefficients, the constant first.
    Of a rational function these are the coefficients of the numerator.
    """

    about: ClassVar[str] = "the activation "

    @cached_property
    def value(self) -> tuple[Fraction, ...]:
        """The coefficients, the constant one first."""
        return tuple(map(Fraction, self.data["coefficients"]))

    @cached_property
    def denominator(self) -> tuple[Fraction, ...]:
        """The coefficients of the denominator, which is 1 of a polynomial."""
        return tuple(map(Fraction, self.data.get("denominator", ["1"])))

    @property
    def degree(self) -> int:
        """The degree that is allowed, of a rational function for its numerator."""
        return int(self.data["degree"])

    @property
    def error(self) -> tuple[Fraction, Fraction]:
        """Two numbers that enclose the supremum of the error."""
        low, high = map(Fraction, self.data["error"])
        return low, high

    @property
    def least(self) -> Fraction:
        """No polynomial of this degree has a smaller error."""
        return Fraction(self.data["least"])

    def __call__(self, x: Any) -> Any:
        """The value of the polynomial, or of the rational function, at a place."""
        value = _evaluated(self.value, x)
        return value / _evaluated(self.denominator, x) if self.is_quotient else value

    @property
    def is_quotient(self) -> bool:
        """Whether this is a rational function."""
        return "denominator" in self.data

    def sentence(self) -> str:
        low, high = self.data["error"]
        size = f"of exactly {high}" if low == high else f"between {low} and {high}"
        ends = ", ".join(map(brief, self.data["interval"]))
        said = ("a rational function without poles there, of degrees at most "
                f"{self.degree} and {self.data['denominator_degree']}," if self.is_quotient else
                f"a polynomial of degree at most {self.degree}") + (
                    f" with an error {size} on [{ends}]")
        if self.data["least"] != "0":
            said += f"; no other one has an error below {self.data['least']}"
        if "least_below" in self.data:
            said += f", and none of a lower degree one below {self.data['least_below']}"
        return said

    def lines(self, spec: str = "SPEC") -> list[str]:
        return ["  p = " + self.polynomial()]

    def polynomial(self) -> str:
        """The polynomial in x as text, or the quotient of two."""
        above = _written_polynomial(self.value)
        return f"({above})/({_written_polynomial(self.denominator)})" if self.is_quotient else above

    def value_in_latex(self) -> str:
        from neuroalg_sage.models.latex import latex_polynomial

        above, below = (latex_polynomial(_written_polynomial(c))
                        for c in (self.value, self.denominator))
        return rf"\frac{{{above}}}{{{below}}}" if self.is_quotient else above


def _evaluated(coefficients: tuple[Fraction, ...], x: Any) -> Any:
    total = 0 * x
    for c in reversed(coefficients):
        total = total * x + c
    return total


def _written_polynomial(coefficients: tuple[Fraction, ...]) -> str:
    from neuroalg_sage.models.expressions import write_polynomial

    return write_polynomial({(k,): c for k, c in enumerate(coefficients) if c}, ["x"])


def approximation(f: ContinuousActivation, interval: Any = (-1, 1), degree: Any = None,
                  error: Any = None, denominator: Any = None) -> Approximation:
    """
    A polynomial, or a rational function without poles, near an activation, with proof.

    INPUT:

    - ``f`` -- the activation
    - ``interval`` -- two rational numbers
    - ``degree`` -- of the polynomial; or else
    - ``error`` -- which it has at most, with the least degree
    - ``denominator`` -- the degree of the denominator; then the one above is that of the numerator

    OUTPUT: :class:`Approximation`

    EXAMPLES::

        >>> from neuroalg_sage.models.activations import activation
        >>> found = approximation(activation("relu"), degree=2)
        >>> found.polynomial(), found.data["error"]
        ('1/2*x^2 + 1/2*x + 1/16', ['0.0625', '0.0625'])
        >>> approximation(activation("tanh"), (-2, 2), error="1/90").degree
        5
        >>> approximation(activation("tanh"), (-2, 2), degree=3, denominator=2).data["error"]
        ['0.000315176...', '0.000315253...']
    """
    start = time.perf_counter()
    low, high = read_interval(interval)
    below = 0 if denominator is None else read_degree(denominator)
    if (degree is None) == (error is None):
        raise InputError("An approximation has a degree, or an error of which the least degree is "
                         "sought, as in --degree 7 or --error 0.01.")
    if degree is not None:
        return Proof(f, low, high, read_degree(degree), below).answer(start)
    most = rational(error, "error")
    if most <= 0:
        raise InputError(f"The error is a positive number, not {str(error)[:40]}.")
    lower, found = least_degree(f, low, high, most, below)
    return found.answer(start, lower)


def read_interval(interval: Any) -> tuple[Fraction, Fraction]:
    """
    Two ends.

    EXAMPLES::

        >>> read_interval(["-1/2", 3])
        (Fraction(-1, 2), Fraction(3, 1))
        >>> read_interval([2, 1])
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The interval is two rational numbers, the smaller one
        first, as in -2,2, of absolute value at most 1,000,000.
    """
    wrong = InputError("The interval is two rational numbers, the smaller one first, as in -2,2, "
                       f"of absolute value at most {LARGEST_END:,}.")
    if isinstance(interval, str) or not hasattr(interval, "__len__") or len(interval) != 2:
        raise wrong
    if any(str(end).strip().lstrip("+-").lower() in ("inf", "infinity", "oo") for end in interval):
        raise InputError("The interval is not bounded; no polynomial but a constant is near a "
                         "bounded function on all of it, so that two numbers are needed, as in "
                         "-2,2.")
    low, high = (rational(end, "end of the interval") for end in interval)
    if low >= high or max(abs(low), abs(high)) > LARGEST_END:
        raise wrong
    return low, high


def read_degree(degree: Any) -> int:
    """A degree."""
    found = rational(degree, "degree")
    if found.denominator != 1 or not 0 <= found <= MOST_DEGREE:
        raise InputError(f"The degree is a whole number from 0 to {MOST_DEGREE}, not "
                         f"{str(degree)[:40]}.")
    return int(found)


def least_degree(f: ContinuousActivation, low: Fraction, high: Fraction, error: Fraction,
                 denominator_degree: int = 0) -> tuple[Candidate | None, Proof]:
    """A polynomial of the least degree with this error at most, and one of a degree below."""
    proofs: dict[int, Proof] = {}

    def is_small(degree: int) -> bool:
        if whole.is_over():
            raise whole.time_is_over()
        proofs[degree] = Proof(f, low, high, degree, denominator_degree)
        return proofs[degree].largest <= error

    most = 1
    while not is_small(most):
        if most == MOST_DEGREE:
            kind = "numerator" if denominator_degree else "polynomial"
            raise LimitReached(f"No {kind} of a degree up to {MOST_DEGREE} is found with this "
                               f"error on the interval; the best one is about "
                               f"{float(proofs[most].largest):.1e} away.")
        most = min(2 * most, MOST_DEGREE)
    least = most // 2 + 1 if most > 1 else 0
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if is_small(middle) else (middle + 1, most)
    while most not in proofs or proofs[most].upper > error:
        # The error is so near to the stated one that its enclosure decides.
        if most not in proofs:
            is_small(most)
        elif most < MOST_DEGREE:
            most += 1
    if most and most - 1 not in proofs:
        is_small(most - 1)
    return proofs[most - 1].candidate if most else None, proofs[most]


class Proof:
    """A polynomial, and the evidence for its error, which is sought when it is asked for."""

    denominator_degree = 0

    def __init__(self, f: ContinuousActivation, low: Fraction, high: Fraction, degree: int,
                 denominator_degree: int = 0) -> None:
        self.f, self.low, self.high, self.degree = f, low, high, degree
        self.denominator_degree = denominator_degree
        self.activation = Activation(f.describe())
        self.candidate = (best_rational_function(f, low, high, degree, denominator_degree)
                          if denominator_degree else best_polynomial(f, low, high, degree))
        self.precision = self.candidate.precision
        if self.precision > checked.MOST_PRECISION or any(
                max(c.numerator.bit_length(), c.denominator.bit_length()) > MOST_BITS
                for c in self.candidate.coefficients + self.candidate.denominator):
            raise LimitReached("The polynomial has too long coefficients; try another interval "
                               "or a smaller degree.")
        self.largest, self.smallest = self.sizes(self.candidate, degree)

    def sizes(self, candidate: Candidate, degree: int) -> tuple[Fraction, Fraction]:
        """Lower bounds for the error of a polynomial, and for that of the best of its degree."""
        p, q = _fmpqs(candidate.coefficients), _fmpqs(candidate.denominator)
        with ctx.workprec(candidate.precision):
            points = [_fmpq(x) for x in candidate.points]
            errors = [checked.difference(self.activation, p, x, q) for x in points]
            sizes = [max(_fraction(abs(e).lower()), Fraction(0)) for e in errors]
            least = rounded(min(sizes), ROUND_FLOOR)
            if not checked.alternates(self.activation, p, points, degree, _fmpq(least), q,
                                      self.denominator_degree):
                least = Fraction(0)
        return rounded(max(sizes), ROUND_FLOOR), least

    @property
    def coefficients(self) -> tuple[Fraction, ...]:
        """The coefficients of the polynomial, the constant one first."""
        return self.candidate.coefficients

    def described(self) -> dict[str, Any]:
        """The polynomial, as certificates of networks have it."""
        return {"coefficients": [decimal(c) for c in self.coefficients]}

    @cached_property
    def upper(self) -> Fraction:
        """An upper bound for the error, which the checker accepts."""
        p, q = _fmpqs(self.candidate.coefficients), _fmpqs(self.candidate.denominator)
        tries: list[tuple[Fraction, int]] = [
            (rounded(self.largest * (1 + share), ROUND_CEILING), checked.MOST_HALVINGS)
            for share in CLOSE]
        if self.f.pieces:  # whose error may be known exactly
            tries.insert(0, (self.largest, EXACT_HALVINGS))
        for _ in range(MOST_RAISES):
            with checked.working_with(self.precision):
                cells = checked.read_cells(_fmpq(self.low), _fmpq(self.high), self.cells)
                for bound, halvings in tries:
                    if checked.is_bounded(self.activation, p, _fmpq(bound), cells, halvings, q):
                        return bound
            if whole.is_over():
                raise whole.time_is_over()
            self.precision *= 2
            if self.precision > checked.MOST_PRECISION:
                break
        raise LimitReached(f"The error of the polynomial of degree {self.degree} was not enclosed; "
                           "try a shorter interval or a smaller degree.")

    @cached_property
    def cells(self) -> list[list[Any]]:
        """The cells of the interval, as the checker wants them."""
        ends = [self.low, *(k for k in self.f.kinks if self.low < k < self.high), self.high]
        found: list[list[Any]] = []
        with checked.working_with(self.precision):
            for a, b in zip(ends, ends[1:]):
                for cell in self.cells_between(a, b):
                    found.append(cell)
                    if len(found) > checked.MOST_CELLS:
                        raise TOO_LONG
        return found

    def cells_between(self, low: Fraction, high: Fraction) -> Iterator[list[Any]]:
        f = self.activation.piece(_fmpq(low), _fmpq(high))
        if not callable(f):
            yield [decimal(high), REACHES[0], 1]
            return
        far = self.activation.asymptote(_fmpq(low), _fmpq(high))
        center, half = (low + high) / 2, (high - low) / 2
        if far is not None and far[1] <= self.room:
            yield [decimal(high), REACHES[0], 0]
            return
        cell = self.reach_and_order(f, center, half)
        if cell is not None:
            yield [decimal(high), *cell]
        elif half < SHORTEST:
            raise TOO_LONG
        else:
            yield from self.cells_between(low, center)
            yield from self.cells_between(center, high)

    def reach_and_order(self, f: Callable[[Any], Any], center: Fraction, half: Fraction
                        ) -> tuple[int, int] | None:
        """
        A disk, and how many terms of the power series leave a small remainder there; None if they
        are too many.  Where the error is tiny because the cell is short, only a wide disk shows it.
        """
        terms = 4 * (self.degree + self.denominator_degree) + 24
        if self.high - self.low < SHORTEST:  # no shorter cell needs fewer
            terms = checked.MOST_ORDER
        for reach in REACHES:
            most = checked.largest_on_square(f, arb(_fmpq(center)), arb(_fmpq(reach * half)))
            if not most.is_finite():
                return None  # as on all larger squares
            if not self.room > 0:
                raise LimitReached(f"The error of the polynomial of degree {self.degree} is "
                                   "lost in the rounding; try a smaller degree.")
            share = most.upper() / (self.room * (reach - 1))
            if not share > 0:  # a function that is zero, or an error that is
                return (reach, 1) if most == 0 else None
            needed = max(int(float((share.log() / arb(reach).log()).upper())) + 2, 1)
            if needed <= terms:
                return reach, needed
        return None

    @property
    def room(self) -> arb:
        """How large a remainder may be, where the denominator is much smaller than elsewhere."""
        q = _fmpqs(self.candidate.denominator)
        if len(q) == 1:
            return arb(_fmpq(self.largest)) * SMALL
        at = [abs(arb_poly(q)(arb(_fmpq(self.low + (self.high - self.low) * k / PLACES))))
              for k in range(PLACES + 1)]
        return arb(_fmpq(self.largest)) * SMALL * min(at) / max(at)

    def answer(self, start: float, below: Candidate | None = None) -> Approximation:
        """The answer, with its certificate."""
        upper = self.upper
        rational_value = {
            "error": [self.largest, upper], "interval": [self.low, self.high],
            "degree": self.degree, "least": self.smallest,
            "coefficients": list(self.candidate.coefficients)}
        if self.denominator_degree:
            rational_value |= {"denominator": list(self.candidate.denominator),
                               "denominator_degree": self.denominator_degree}
        evidence: dict[str, Any] = {
            "precision": self.precision, "cells": self.cells,
            "points": [decimal(x) for x in self.candidate.points]}
        if below is not None:
            self.precision = max(self.precision, below.precision)
            evidence["precision"] = self.precision
            evidence["below"] = {"coefficients": [decimal(c) for c in below.coefficients],
                                 "points": [decimal(x) for x in below.points]}
            if self.denominator_degree:
                evidence["below"]["denominator"] = [decimal(c) for c in below.denominator]
            rational_value["least_below"] = self.sizes(below, self.degree - 1)[1]
        claim = _written(rational_value, decimal)
        data = claim | {name: _written(rational_value[name], digits)
                        for name in ("error", "least", "least_below") if name in rational_value}
        return Approximation.certified(
            self.f, "approximation", data, "proved", "the exchange of Remez, and power series",
            time.perf_counter() - start, evidence, claim=claim)


def _written(value: Any, write: Callable[[Fraction], str]) -> Any:
    if isinstance(value, Fraction):
        return write(value)
    if isinstance(value, list):
        return [_written(c, write) for c in value]
    if isinstance(value, dict):
        return {name: _written(c, write) for name, c in value.items()}
    return value


def rounded(c: Fraction, rounding: str) -> Fraction:
    """
    A number with few digits, below or above.

    EXAMPLES::

        >>> rounded(Fraction(2, 3), ROUND_FLOOR), rounded(Fraction(1, 8), ROUND_CEILING)
        (Fraction(333333333333, 500000000000), Fraction(1, 8))
    """
    context = Context(DIGITS, rounding, -10**9, 10**9)
    return Fraction(context.divide(Decimal(c.numerator), Decimal(c.denominator)))


def digits(c: Fraction) -> str:
    """
    A number whose denominator is a product of powers of 2 and 5, as a decimal number, exactly.

    EXAMPLES::

        >>> digits(Fraction(1, 8)), digits(Fraction(27, 10**20))
        ('0.125', '2.7e-19')
        >>> digits(Fraction(10**40))
        '1e+40'
    """
    found = Context(10_000).divide(Decimal(c.numerator), Decimal(c.denominator)).normalize()
    return f"{found:f}" if 0 <= found.adjusted() <= 2 * DIGITS else str(found).lower()


def brief(text: str) -> str:
    """
    A rational number that is written out, in fewer digits where these are exactly it.

    EXAMPLES::

        >>> brief("1/1" + 300 * "0"), brief("-5" + 40 * "0"), brief("1/3")
        ('1e-300', '-5e+40', '1/3')
    """
    if len(text) <= DIGITS:
        return text
    c = Fraction(text)
    others = c.denominator
    for prime in (2, 5):
        while others % prime == 0:
            others //= prime
    return text if others > 1 else min(text, digits(c), key=len)


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)


def _fmpqs(values: tuple[Fraction, ...]) -> list[fmpq]:
    return [_fmpq(c) for c in values]


def _fraction(x: arb) -> Fraction:
    found = x.fmpq()
    return Fraction(int(found.p), int(found.q))
