"""Polynomial maps in floating point, and the products by which their monomials are made."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from math import gcd
from typing import NamedTuple

import numpy as np

from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.expressions import Polynomial

LARGEST_MAP = 30_000_000  # numbers of its coefficients and second derivatives
INDEPENDENT = 1e-9  # singular values that are smaller, relative to the largest, count as zero


def without_powers(polynomials: Sequence[Polynomial], count: int) -> list[Polynomial]:
    """
    The same map in powers of the variables, where only multiples of an exponent occur.

    Its image is the same over the complex numbers; but where such a variable is zero the map in
    it is ramified, near which paths need small steps.

    EXAMPLES::

        >>> without_powers([{(2, 1): 3}, {(4, 3): 1, (0, 0): 2}], 2)
        [{(1, 1): 3}, {(2, 3): 1, (0, 0): 2}]
    """
    powers = [gcd(*(int(e[k]) for f in polynomials for e in f)) or 1 for k in range(count)]
    return [{tuple(int(a) // p for a, p in zip(e, powers)): c for e, c in f.items()}
            for f in polynomials]


class Products(NamedTuple):
    """
    Products of which the first are 1 and the variables.

    - ``left``, ``right`` -- the factors of each further one, which come before it
    - ``monomials`` -- which products the monomials are
    """

    left: np.ndarray
    right: np.ndarray
    monomials: np.ndarray


class TorusMap:
    """
    A polynomial map.

    - ``count`` -- of the variables
    - ``exponents`` -- of the monomials, a row for each
    - ``coefficients`` -- a row for each monomial, a column for each coordinate

    EXAMPLES::

        >>> square = TorusMap([{(2, 1): 3}], 2)
        >>> square.values(np.array([[2.0, 1.0]], dtype=complex)).real.round(9).tolist()
        [[12.0]]
    """

    def __init__(self, polynomials: Sequence[Polynomial], count: int) -> None:
        places: dict[tuple[int, ...], int] = {}
        for polynomial in polynomials:
            for exponents in polynomial:
                places.setdefault(tuple(map(int, exponents)), len(places))
        if len(places) * (len(polynomials) + count**2) > LARGEST_MAP:
            raise LimitReached(f"A map with {len(places):,} monomials in {count} variables, and "
                               f"{len(polynomials):,} coordinates, is too large for paths.")
        self.count = count
        self.exponents = np.array(list(places), dtype=float).reshape(len(places), count)
        self.coefficients = np.zeros((len(places), len(polynomials)))
        for row, polynomial in enumerate(polynomials):
            for exponents, c in polynomial.items():
                try:
                    self.coefficients[places[tuple(map(int, exponents))], row] = float(c)
                except OverflowError:
                    raise InputError("A number is beyond 10^308, the largest of floating point."
                                     ) from None

    def combined(self, matrix: np.ndarray) -> TorusMap:
        """This map followed by a linear one."""
        found = copy(self)
        found.coefficients = self.coefficients @ matrix
        return found

    @cached_property
    def products(self) -> Products:
        """Each monomial is a power of its last variable times the rest, which others share."""
        zero = (0,) * self.count
        places = {zero[:v] + (1,) + zero[v + 1 :]: v + 1 for v in range(self.count)}
        places[zero] = 0
        left: list[int] = []
        right: list[int] = []

        def place(e: tuple[int, ...]) -> int:
            if e not in places:
                last = max(v for v in range(self.count) if e[v])
                rest, power = e[:last] + zero[last:], e[last]
                if rest == zero:
                    rest, power = zero[:last] + (power // 2,) + zero[last + 1 :], power - power // 2
                one, other = place(rest), place(zero[:last] + (power,) + zero[last + 1 :])
                places[e] = len(places)
                left.append(one)
                right.append(other)
            return places[e]

        monomials = [place(tuple(map(int, e))) for e in self.exponents]
        return Products(*(np.array(part, dtype=int) for part in (left, right, monomials)))

    def values(self, w: np.ndarray) -> np.ndarray:
        """The values at points: a row for each."""
        left, right, monomials = self.products
        products = np.empty((1 + self.count + len(left), len(w)), dtype=complex)
        products[0], products[1 : self.count + 1] = 1, w.T
        for made, (one, other) in enumerate(zip(left, right), self.count + 1):
            products[made] = products[one] * products[other]
        found: np.ndarray = products[monomials].T @ self.coefficients
        return found

    @cached_property
    def scalings(self) -> np.ndarray:
        """A basis of the exponents of scalings of the variables that leave the map as it is."""
        _, sizes, rows = np.linalg.svd(np.vstack([self.exponents, np.zeros((1, self.count))]))
        rank = int(np.sum(sizes > INDEPENDENT * max(sizes[0], 1.0)))
        found: np.ndarray = rows[rank:].T
        return found
