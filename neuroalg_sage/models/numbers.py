"""
Numbers as one states them: the one place where a text or an object becomes a rational number.

There is one rule.  A number is read exactly, neither rounded nor replaced by one nearby.

- Text is the number as written: ``0.1`` is 1/10, ``1e-3`` is 1/1000.  So are a ``Decimal``, and a
  literal of a Sage worksheet, which remember how they were written.
- A floating-point number, of Python, NumPy, Sage, SymPy or mpmath, is the binary fraction that it
  is.  The number 0.5 is 1/2, while 0.1 is
  3602879701896397/36028797018963968 and prints as a number that it is not.  Which of the two is
  meant cannot be known, and proofs depend on it: so such a number is refused.  Only a data set, of
  measured numbers, may hold it, and the answer then says that binary fractions were read.

The size of a number is known from its text, or from its exponent, before it is written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

MAXIMAL_BITS = 10_000
MOST_DIGITS = 3_000  # below 2^MAXIMAL_BITS
MINUS = "\N{MINUS SIGN}"

UNSIGNED = r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TEXT = re.compile(r"([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?(?:/(\d+))?", re.ASCII | re.IGNORECASE)

NOT_RATIONAL = 'is not a rational number such as 3, 0.5 or "1/2"'
NOT_FINITE = "is not a finite number"
TOO_LONG = f"has over {MOST_DIGITS} digits, the most allowed"


def written(text: str) -> Fraction:
    """
    The number that a text states: a decimal number, which may have an exponent and a denominator.

    Raises ValueError, with words that complete "This text ...", for any other.

    EXAMPLES::

        >>> written("-0.250"), written("1e-2"), written("2/6")
        (Fraction(-1, 4), Fraction(1, 100), Fraction(1, 3))
        >>> written("1e-9999999999")
        Traceback (most recent call last):
        ...
        ValueError: has over 3000 digits, the most allowed
    """
    match = _TEXT.fullmatch(text.strip().replace(MINUS, "-"))
    if match is None or not (match[2] or match[3]):
        name = text.strip().lower().lstrip("-+" + MINUS)
        raise ValueError(NOT_FINITE if name in ("nan", "inf", "infinity") else NOT_RATIONAL)
    sign, whole, places, power, divisor = match.groups()
    digits = (whole + places).lstrip("0") or "0"
    exponent = (power or "0").lstrip("+-").lstrip("0") or "0"
    if max(len(digits), len(exponent), len(divisor or "")) > MOST_DIGITS:
        raise ValueError(TOO_LONG)
    shift = int(exponent) * (-1 if power and power[0] == "-" else 1) - len(places)
    if digits == "0":
        shift = 0
    if len(digits) + max(shift, 0) > MOST_DIGITS or len(divisor or "1") - min(shift, 0) > (
            MOST_DIGITS):
        raise ValueError(TOO_LONG)
    numerator, denominator = int(sign + digits) * 10 ** max(shift, 0), 10 ** max(-shift, 0)
    if divisor is not None and not int(divisor):
        raise ValueError(NOT_RATIONAL)
    return Fraction(numerator, denominator * int(divisor or 1))


def as_written(value: Any) -> str | None:
    """
    The text that states a number: the text itself, of a Decimal, or of a literal of Sage; or None.

    EXAMPLES::

        >>> as_written(Decimal("0.10")), as_written(0.1)
        ('0.10', None)
    """
    if isinstance(value, Decimal):
        return str(value)
    text = value if isinstance(value, str) else getattr(value, "literal", None)
    return text if isinstance(text, str) else None


def floating_point(value: Any) -> Callable[[], Fraction] | None:
    """
    What computes the binary fraction that a floating-point number is; None for all else.

    EXAMPLES::

        >>> floating_point(0.75)()
        Fraction(3, 4)
        >>> floating_point(1) is None
        True
        >>> from sympy import Float
        >>> floating_point(Float("0.5", 50))()
        Fraction(1, 2)
    """
    if isinstance(value, Rational) or as_written(value) is not None or hasattr(value, "rad"):
        return None  # balls, which have a radius, know only where a number is
    if isinstance(getattr(value, "_mpf_", None), tuple):  # SymPy, mpmath, gmpy2
        return lambda: _dyadic(*value._mpf_) if value else Fraction(0)
    for name in ("as_integer_ratio", "exact_rational"):  # RDF and others; the real fields of Sage
        if callable(ratio := getattr(value, name, None)):
            return lambda: _ratio(ratio())
    return None


def _dyadic(sign: int, mantissa: Any, exponent: int, bits: int) -> Fraction:
    if not mantissa:
        raise ValueError(NOT_FINITE)
    if abs(exponent) + bits > MAXIMAL_BITS:
        raise ValueError(TOO_LONG)
    return (-1) ** int(sign) * int(mantissa) * Fraction(2) ** int(exponent)


def _ratio(found: Any) -> Fraction:
    """A fraction from a pair, or from a rational number, where Sage has methods for attributes."""
    p, q = found if isinstance(found, tuple) else (found.numerator, found.denominator)
    return Fraction(int(p() if callable(p) else p), int(q() if callable(q) else q))


def exact(value: Any) -> Fraction:
    """
    The number that a text or an object is, exactly; of a floating-point number the binary fraction.

    Raises ValueError, with words that complete "This number ...", if there is none.

    EXAMPLES::

        >>> exact("0.1"), exact(0.5), exact(Decimal("0.1"))
        (Fraction(1, 10), Fraction(1, 2), Fraction(1, 10))
        >>> exact(0.1) == Fraction(3602879701896397, 36028797018963968)
        True
        >>> exact(float("nan"))
        Traceback (most recent call last):
        ...
        ValueError: is not a finite number
    """
    value = _entry(value)
    if (text := as_written(value)) is not None:
        return written(text)
    if isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", None) == "m":
        raise ValueError(NOT_RATIONAL)  # a truth value or, in NumPy, a time is an integer
    binary = floating_point(value)
    try:
        if binary is not None:
            found = binary()
        elif isinstance(value, Rational):
            found = _ratio(value)
        elif hasattr(value, "p") and hasattr(value, "q"):  # FLINT
            found = Fraction(int(value.p), int(value.q))
        else:
            raise ValueError(NOT_RATIONAL)
    except (OverflowError, TypeError, AttributeError, ArithmeticError):
        raise ValueError(NOT_FINITE if binary is not None else NOT_RATIONAL) from None
    except ValueError as error:
        if str(error) in (TOO_LONG, NOT_RATIONAL):
            raise
        raise ValueError(NOT_FINITE) from None
    if max(found.numerator.bit_length(), found.denominator.bit_length()) > MAXIMAL_BITS:
        raise ValueError(TOO_LONG)
    return found


def _entry(value: Any) -> Any:
    """The number in an array of NumPy or of PyTorch without axes; all else as it is."""
    if isinstance(value, str) or getattr(value, "shape", None) != () or hasattr(value, "mask"):
        return value
    return value[()].item() if hasattr(value, "requires_grad") else value[()]


def unambiguous(value: Any) -> Fraction:
    """
    The number that a text or an object is, unless it is not the number that it prints.

    Raises ValueError, with words that complete "This number ...", if there is none.

    EXAMPLES::

        >>> unambiguous(0.75)
        Fraction(3, 4)
        >>> unambiguous(0.1)
        Traceback (most recent call last):
        ...
        ValueError: is a floating-point number that is not the decimal number that it prints; write
        "0.1", or a Fraction for the binary fraction that it is
    """
    value = _entry(value)
    found = exact(value)
    if floating_point(value) is not None:
        text = str(value)
        try:
            same = written(text) == found
        except ValueError:
            same = False
        if not same:
            raise ValueError(f"is a floating-point number that is not the decimal number that it "
                             f'prints; write "{text[:40]}", or a Fraction for the binary '
                             "fraction that it is")
    return found
