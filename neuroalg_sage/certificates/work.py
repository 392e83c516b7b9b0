"""
How much work a certificate may ask for.

A few bytes can name a large power, or what has more monomials than there is memory.  So the size of
what is to be made is bounded before it is made.  These functions only refuse: no proof rests on
them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors

Term = tuple[tuple[int, ...], Any]

MOST_WORK = 10**8  # products of two terms, or steps


class TooMuchWork(CertificateError):
    """What is asked for is out of the checker's reach."""


class Work:
    """What is left of the work that one part of a verification may take."""

    def __init__(self, most: int | None = None) -> None:
        self.left = MOST_WORK if most is None else most

    def spend(self, amount: int) -> None:
        """Refuse the certificate if this is more than is left."""
        self.left -= amount
        if self.left < 0:
            raise TooMuchWork("The certificate asks for more work than is allowed.")


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


def bound_substitution(polynomials: Sequence[Any], images: Sequence[Any], ring: Any) -> None:
    """
    Refuse to substitute images, in a ring, for variables where this takes too much work.

    A product of powers of the images has at most as many terms as the product of their numbers,
    and coefficients that grow with the exponents.  Where this bound is too large, as when
    most of these terms are alike, the products of two terms that Horner's rule makes are counted.
    """
    few, words = bounded(polynomials, images)
    if not few:
        rule = _Horner(images, ring, Work())
        for f, length in zip(polynomials, words):
            rule(sorted(zip(exponent_vectors(f), f.coeffs()), key=lambda term: term[0],
                        reverse=True), 0, length)


def bounded(polynomials: Sequence[Any], images: Sequence[Any]) -> tuple[bool, list[int]]:
    """Whether the bound is small enough; and for each polynomial one on the words of a number."""
    heights, sizes = list(map(_height, images)), list(map(len, images))
    total, words = 0, []
    for f in polynomials:
        words.append(1)
        for e in exponent_vectors(f):
            size, bits = 1, 0
            for i, k in enumerate(e):
                if k:
                    size = min(size * terms_of_power(sizes[i], k), MOST_WORK + 1)
                    bits += k * heights[i]
            words[-1] = max(words[-1], 1 + bits // 64)
            total += size * (1 + bits // 64)
    return total <= MOST_WORK, words


class _Horner:
    """Horner's rule in several variables; each product of two terms is work."""

    def __init__(self, images: Sequence[Any], ring: Any, work: Work) -> None:
        self.images, self.ring, self.work = images, ring, work

    def __call__(self, terms: Sequence[Term], start: int, words: int) -> Any:
        """The value of terms, descending, that have from a variable on no common factor before."""
        if not terms:
            return self.ring.constant(0)
        i = next((i for i in range(start, len(self.images)) if terms[0][0][i]), None)
        if i is None:
            return self.ring.constant(terms[0][1])
        total, last = self.ring.constant(0), terms[0][0][i]
        for k, part in itertools.groupby(terms, key=lambda term: term[0][i]):
            total = self._times(total, self._power(i, last - k, words), words)
            total += self(list(part), i + 1, words)
            last = k
        return self._times(total, self._power(i, last, words), words)

    def _times(self, a: Any, b: Any, words: int) -> Any:
        self.work.spend(1 + len(a) * len(b) * words)
        return a * b

    def _power(self, i: int, exponent: int, words: int) -> Any:
        if exponent < 2:
            return self.images[i] if exponent else self.ring.constant(1)
        half = self._power(i, exponent // 2, words)
        square = self._times(half, half, words)
        return self._times(square, self.images[i], words) if exponent % 2 else square


def _height(f: Any) -> int:
    """A bound on the bits of the coefficients, of residues 0; of integers, that of their sum."""
    bits = max((int(c.p).bit_length() + int(c.q).bit_length() - 1 for c in f.coeffs()
                if hasattr(c, "p")), default=0)
    return bits - 1 + len(f).bit_length() if bits else 0


def bound_horner(coefficients: Sequence[Any], argument: Any) -> None:
    """Refuse to insert a polynomial into one in one variable where this takes too much work."""
    count = len(coefficients)
    Work().spend(terms_of_power(len(argument), count) * (1 + count) * (1 + count // 100))
