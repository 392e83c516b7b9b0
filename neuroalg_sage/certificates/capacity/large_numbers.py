"""
Bounds as they are written: whole numbers, or powers of ten where these are large.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.reading import rational, require

MOST_DIGITS = 1_000  # of a number that is written out


def whole(x: arb) -> int:
    """The integer that a ball contains, if it is the only one."""
    found: Any = x.unique_fmpz()
    require(found is not None, "A bound is not precise enough to be written.")
    return int(found)


def logarithm(volume: arb, is_upper: bool) -> str:
    """The decimal logarithm of a volume, rounded outward."""
    scaled = volume.log() / arb(10).log() * 10**6
    return str(Fraction(whole(scaled.upper().ceil() if is_upper else scaled.lower().floor()),
                        10**6))


def written(bound: arb, is_upper: bool) -> Any:
    """
    An integer as text, the largest one up to an upper bound, or the least from a lower one; or, if
    it has over ``MOST_DIGITS`` digits, ``["10^", x]`` for the power of ten with an exponent x.
    """
    if bound > 1 and not bound.log() / arb(10).log() < MOST_DIGITS:
        return ["10^", logarithm(bound, is_upper)]
    return decimal(whole(bound.upper().floor() if is_upper else bound.lower().ceil()))


def is_at_most(a: Any, b: Any) -> bool:
    """Whether one number as :func:`written` is at most another one of the same form."""
    powers = [isinstance(c, list) for c in (a, b)]
    require(powers[0] == powers[1] and all(c[:-1] == ["10^"] for c in (a, b) if powers[0]),
            "A bound is not written as it must be.")
    one, other = (rational(c[1] if isinstance(c, list) else c) for c in (a, b))
    require(powers[0] or one.denominator == other.denominator == 1, "A bound is no whole number.")
    return one <= other
