"""
Polynomials in place of the variables of others, where that does not take too much work.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from neuroalg_sage.certificates import work as allowed
from neuroalg_sage.certificates.reading import exponent_vectors
from neuroalg_sage.certificates.work import Work, terms_of_power

Term = tuple[tuple[int, ...], Any]


def substituted(polynomials: Sequence[Any], images: Sequence[Any], ring: Any) -> list[Any]:
    """
    The polynomials with the images, which are in the ring, in place of their variables.

    A product of powers of the images has at most as many terms as the product of their numbers,
    and coefficients that grow with the exponents.  Where this bound is too large, because most of
    these terms are alike, the products of two terms are counted as they are made, by Horner's rule.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> ring = polynomial_ring(2)
        >>> x, y = ring.gens()
        >>> substituted([x**2 - y, x*y], [x + y, y**2], ring) == [x**2 + 2*x*y, x*y**2 + y**3]
        True
    """
    few, words = bounded(polynomials, images)
    if few:
        return [f.compose(*images, ctx=ring) for f in polynomials]
    rule = _Horner(images, ring, Work())
    return [rule(sorted(zip(exponent_vectors(f), f.coeffs()), key=lambda term: term[0],
                        reverse=True), 0, length) for f, length in zip(polynomials, words)]


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
                    size = min(size * terms_of_power(sizes[i], k), allowed.MOST_WORK + 1)
                    bits += k * heights[i]
            words[-1] = max(words[-1], 1 + bits // 64)
            total += size * (1 + bits // 64)
    return total <= allowed.MOST_WORK, words


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
