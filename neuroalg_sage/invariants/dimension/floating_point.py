"""
Polynomial maps in floating point, with their Jacobians.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial

Powers = list[tuple[int, int]]  # places, and exponents that are not zero
Term = tuple[int, Fraction | int, Powers]  # to which entry of the result it belongs


class PolynomialMap:
    """A polynomial map in floating point, with as many of its derivatives as are asked for."""

    def __init__(self, polynomials: Sequence[Polynomial], count: int, derivatives: int = 1
                 ) -> None:
        self.size, self.count = len(polynomials), count
        terms: list[Term] = [(row, c, [(i, e) for i, e in enumerate(exponents) if e])
                             for row, p in enumerate(polynomials) for exponents, c in p.items()]
        self.values = _Terms(terms)
        slopes = list(_slopes(terms, count)) if derivatives else []
        self.slopes = _Terms(slopes)
        # Entry i of N^2 n + j N + k belongs to the second derivative by j and k of coordinate i.
        self.second = _Terms(list(_slopes(slopes, count)) if derivatives > 1 else [])

    def __call__(self, w: np.ndarray) -> np.ndarray:
        return np.bincount(self.values.entries, self.values(w), self.size)

    def jacobian(self, w: np.ndarray) -> np.ndarray:
        """The first derivatives: a row for each polynomial."""
        return np.bincount(self.slopes.entries, self.slopes(w), self.size * self.count
                           ).reshape(self.size, self.count)

    def gradient(self, w: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The first derivatives of a linear combination of the polynomials."""
        return self.values.gradient(w, weights)

    def hessian(self, w: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The second derivatives of a linear combination of the polynomials."""
        square = self.count**2
        row, place = np.divmod(self.second.entries, square)
        return np.bincount(place, self.second(w) * weights[row], square
                           ).reshape(self.count, self.count)


def _slopes(terms: Iterable[Term], count: int) -> Iterator[Term]:
    """The derivatives of terms by each of the variables."""
    for entry, c, powers in terms:
        for k, (i, e) in enumerate(powers):
            yield (entry * count + i, c * e,
                   powers[:k] + ([(i, e - 1)] if e > 1 else []) + powers[k + 1:])


Map = Callable[[np.ndarray], np.ndarray]


def least_squares(function: Map, jacobian: Map, w: np.ndarray, steps: int
                  ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """
    Points with smaller and smaller values, and these, by the method of Levenberg and Marquardt.
    """
    value, damping = function(w), 1.0
    yield w, value
    for _ in range(steps):
        # The equations may be dependent and the damping tiny: least squares need no inverse.
        damped = np.vstack([jacobian(w), np.sqrt(damping) * np.eye(len(w))])
        if not np.isfinite(damped).all() or damping > 1e30:
            return
        step = np.linalg.lstsq(damped, np.concatenate([value, np.zeros(len(w))]))[0]
        new = function(w - step)
        if new @ new < value @ value:
            w, value, damping = w - step, new, damping / 5
            yield w, value
        else:
            damping *= 4


def nearest(c: Fraction | int) -> float:
    """The nearest floating-point number; raises InputError beyond 10^308."""
    try:
        return float(c)
    except OverflowError:
        raise InputError("A number is beyond 10^308, the largest of floating point.") from None


class _Terms:
    """
    Terms in one array, since calls of NumPy take longer than products.

    Each is a product of few powers, of many variables.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        self.entries = np.array([entry for entry, *_ in terms], dtype=np.int64)
        self.coefficients = np.array([nearest(c) for _, c, _ in terms], dtype=float)
        width = max((len(powers) for *_, powers in terms), default=0)
        padded = [powers + [(0, 0)] * (width - len(powers)) for *_, powers in terms]
        pairs = np.array(padded, dtype=np.int64).reshape(len(terms), width, 2)
        self.places, self.exponents = pairs[:, :, 0], pairs[:, :, 1]

    def __call__(self, w: np.ndarray) -> np.ndarray:
        values: np.ndarray = self.coefficients * np.prod(
            np.asarray(w)[self.places] ** self.exponents, axis=1)
        return values

    def gradient(self, w: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The derivatives of the sum of all terms, each weighted by its entry."""
        x = np.asarray(w)[self.places]
        powers = x**self.exponents
        factors = weights[self.entries] * self.coefficients
        found = np.zeros(len(w))
        for k, (place, e) in enumerate(zip(self.places.T, self.exponents.T)):
            others = np.prod(np.delete(powers, k, axis=1), axis=1)
            slopes = np.where(e > 0, e * x[:, k] ** np.maximum(e - 1, 0), 0)
            found += np.bincount(place, factors * others * slopes, len(w))
        return found
