"""
Polynomial maps in floating point, with their Jacobians.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial, derivative


class PolynomialMap:
    """A polynomial map in floating point, with its Jacobian if that is asked for."""

    def __init__(self, polynomials: Sequence[Polynomial], count: int, jacobian: bool = True
                 ) -> None:
        self.count = count
        self.values = _Terms(polynomials, count)
        self.slopes = _Terms([derivative(p, i) for p in polynomials for i in range(count)]
                             if jacobian else [], count)

    def __call__(self, w: np.ndarray) -> np.ndarray:
        return self.values(w)

    def jacobian(self, w: np.ndarray) -> np.ndarray:
        return self.slopes(w).reshape(self.values.size, self.count)


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
    """The terms of all polynomials in one array, since calls of NumPy take longer than products."""

    def __init__(self, polynomials: Sequence[Polynomial], count: int) -> None:
        self.size = len(polynomials)
        terms = [(row, exponents, nearest(c)) for row, p in enumerate(polynomials)
                 for exponents, c in p.items()]
        self.rows = np.array([row for row, _, _ in terms], dtype=np.int64)
        exponents = np.array([e for _, e, _ in terms], dtype=np.int64)
        self.exponents = exponents.reshape(len(terms), count)
        self.coefficients = np.array([c for _, _, c in terms], dtype=float)

    def __call__(self, w: np.ndarray) -> np.ndarray:
        terms = self.coefficients * np.prod(w ** self.exponents, axis=1)
        return np.bincount(self.rows, terms, self.size)
