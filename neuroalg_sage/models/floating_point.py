"""
Polynomials whose coefficients are floating-point numbers, in powers or Chebyshev polynomials.

A polynomial of degree n may have coefficients that are (1 + sqrt(2))^n times as large as its
values, so that in powers, rounding them spoils it; its coefficients with respect to Chebyshev
polynomials are not larger than its values by much.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction

from neuroalg_sage.errors import InputError, LimitReached

FORMATS = {"float16": "e", "float32": "f", "float64": "d"}
ZERO, ONE = Fraction(0), Fraction(1)


def nearest(c: Fraction, kind: str) -> Fraction:
    """
    The floating-point number next to a number.

    EXAMPLES::

        >>> nearest(Fraction(1, 3), "float16"), nearest(Fraction(1, 4), "float32")
        (Fraction(1365, 4096), Fraction(1, 4))
    """
    if kind not in FORMATS:
        raise InputError(f"Coefficients are rational numbers, or of {', '.join(FORMATS)}, not "
                         f"{str(kind)[:40]!r}.")
    try:
        [found] = struct.unpack(FORMATS[kind], struct.pack(FORMATS[kind], float(c)))
    except (OverflowError, struct.error):
        raise LimitReached(f"A coefficient is too large for a number of {kind}.") from None
    return Fraction(found)


def onto_the_unit_interval(low: Fraction, high: Fraction, kind: str) -> tuple[Fraction, Fraction]:
    """
    Numbers a and b of this kind such that (a x + b) / 2 is from -1 to 1, nearly, on an interval.

    EXAMPLES::

        >>> onto_the_unit_interval(Fraction(0), Fraction(4), "float32")
        (Fraction(1, 1), Fraction(-2, 1))
    """
    slope = nearest(4 / (high - low), kind)
    return slope, nearest(-slope * (low + high) / 2, kind)


def in_powers(coefficients: Sequence[Fraction], slope: Fraction, constant: Fraction
              ) -> tuple[Fraction, ...]:
    """
    The coefficients in powers of x of a sum of multiples of Chebyshev polynomials of (a x + b) / 2.

    EXAMPLES::

        >>> in_powers([Fraction(0), Fraction(0), Fraction(1)], Fraction(2), Fraction(0))
        (Fraction(-1, 1), Fraction(0, 1), Fraction(2, 1))
    """
    after: list[Fraction] = []
    here: list[Fraction] = []
    for c in reversed(coefficients[1:]):  # the recurrence of Clenshaw
        here, after = _next(here, after, slope, constant, c), here
    found = _next([x / 2 for x in here], after, slope, constant, coefficients[0])
    return tuple(found)


def _next(here: list[Fraction], after: list[Fraction], slope: Fraction, constant: Fraction,
          c: Fraction) -> list[Fraction]:
    """(a x + b) here - after + c."""
    found = [ZERO] * max(len(here) + 1, len(after), 1)
    for k, x in enumerate(here):
        found[k] += constant * x
        found[k + 1] += slope * x
    for k, x in enumerate(after):
        found[k] -= x
    found[0] += c
    return found


def in_chebyshev_polynomials(p: Sequence[Fraction], slope: Fraction, constant: Fraction
                             ) -> list[Fraction]:
    """
    The coefficients with respect to Chebyshev polynomials of (a x + b) / 2.

    EXAMPLES::

        >>> p = [Fraction(1), Fraction(2), Fraction(3), Fraction(-1)]
        >>> in_powers(in_chebyshev_polynomials(p, Fraction(3), ONE), Fraction(3), ONE) == tuple(p)
        True
    """
    found: list[Fraction] = []
    for c in reversed(p):  # found x + c, where x = (2 t - b) / a and 2 t T_k = T_(k+1) + T_|k-1|
        moved = [ZERO] * (len(found) + 1)
        for k, x in enumerate(found):
            moved[k] -= constant * x / slope
            moved[k + 1] += x / slope
            moved[abs(k - 1)] += x / slope
        moved[0] += c
        found = moved
    return found


def rounded_polynomial(p: Sequence[Fraction], low: Fraction, high: Fraction, error: Fraction,
                       kind: str) -> tuple[Fraction, ...]:
    """
    A polynomial next to another one on an interval, that is evaluated with numbers of this kind.

    INPUT:

    - ``error`` -- what rounded powers may cost; else Chebyshev polynomials are rounded
    """
    largest = max(abs(low), abs(high))
    powers = [nearest(c, kind) for c in p]
    if sum(abs(a - c) * largest**k for k, (a, c) in enumerate(zip(powers, p))) <= error:
        return tuple(powers)
    slope, constant = onto_the_unit_interval(low, high, kind)
    found = [nearest(c, kind) for c in in_chebyshev_polynomials(p, slope, constant)]
    if not any(found[2:]):  # a line is evaluated in powers
        return tuple(powers)
    return in_powers(found, slope, constant)
