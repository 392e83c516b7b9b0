"""
How much work a certificate may ask for.

A few bytes can name a large power, or what has more monomials than there is memory.  So the size of
what is to be made is bounded before it is made.  These functions only refuse: no proof rests on
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors

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


def bound_substitution(polynomials: Sequence[Any], images: Sequence[Any]) -> None:
    """
    Refuse to substitute images for the variables of polynomials where this takes too much work.

    A product of powers of the images has at most as many terms as the product of their numbers,
    and as there are monomials of its degree in the variables of the images.  Its coefficients grow
    with the exponents.
    """
    work = Work()
    sizes, degrees = [len(g) for g in images], [int(g.total_degree()) for g in images]
    variables = {i for g in images for e in exponent_vectors(g) for i, k in enumerate(e) if k}
    for f in polynomials:
        for e in exponent_vectors(f):
            size, degree = 1, 0
            for i, k in enumerate(e):
                if k:
                    size = min(size * terms_of_power(sizes[i], k), MOST_WORK + 1)
                    degree += k * degrees[i]
            if size > MOST_WORK // 100 and degree < 10**4 and len(variables) < 10:
                size = min(size, comb(len(variables) + degree, len(variables)))
            work.spend(size * (1 + sum(e) // 100) if size > 1 else 1)


def bound_horner(coefficients: Sequence[Any], argument: Any) -> None:
    """Refuse to insert a polynomial into one in one variable where this takes too much work."""
    count = len(coefficients)
    Work().spend(terms_of_power(len(argument), count) * (1 + count) * (1 + count // 100))
