"""Polynomials of layers as dictionaries of terms."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

Shape = tuple[int, ...]
Monomial = tuple[tuple[int, int], ...]  # (variable, exponent), variables ascending
Terms = dict[Monomial, Fraction]

# The number of parameters of a layer, each of its outputs, and their shape.
Built = tuple[int, Callable[[int], Terms], Shape]


def monomial(*variables: int) -> Monomial:
    """The product of some variables."""
    return tuple((v, len(list(group))) for v, group in itertools.groupby(sorted(variables)))


def summed(products: Iterator[Monomial]) -> Terms:
    """The sum of some monomials."""
    return {product: Fraction(count) for product, count in Counter(products).items()}
