"""
How much work a certificate may ask for.

A few bytes can name a large power, or what has more monomials than there is memory.  So the size of
what is to be made is bounded before it is made.  These functions only refuse: no proof rests on
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuroalg_sage.certificates.reading import CertificateError

MOST_WORK = 10**8  # products of two terms, or steps


class Work:
    """What is left of the work that one part of a verification may take."""

    def __init__(self, most: int | None = None) -> None:
        self.left = MOST_WORK if most is None else most

    def spend(self, amount: int) -> None:
        """Refuse the certificate if this is more than is left."""
        self.left -= amount
        if self.left < 0:
            raise CertificateError("The certificate asks for more work than is allowed.")


def terms_of_power(terms: int, exponent: int) -> int:
    """
    The largest number of terms that a power of a polynomial with so many terms may have; a number
    over ``MOST_WORK`` stands for all larger ones.

    EXAMPLES::

        >>> terms_of_power(3, 2), terms_of_power(1, 10**9), terms_of_power(2, 10**9) > MOST_WORK
        (6, 1, True)
    """
    if terms <= 1:
        return terms if exponent else 1
    total, smaller = 1, min(exponent, terms - 1)
    for i in range(1, smaller + 1):
        total = total * (terms - 1 + exponent - smaller + i) // i
        if total > MOST_WORK:
            break
    return total


def bound_horner(coefficients: Sequence[Any], argument: Any) -> None:
    """Refuse to insert a polynomial into one in one variable where this takes too much work."""
    count = len(coefficients)
    Work().spend(terms_of_power(len(argument), count) * (1 + count) * (1 + count // 100))
