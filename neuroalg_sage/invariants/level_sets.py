"""
Parameters with given values of the conservation laws.

Along a flow the parameters stay in the variety where the laws have the values of the start.
Where this variety meets the fiber of a function f are the points that the flow may reach if it
learns f.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.flows import rational
from neuroalg_sage.invariants.law_search import ConservationLaw
from neuroalg_sage.models.expressions import Polynomial, derivative
from neuroalg_sage.models.parametrization import Parametrization

STARTS, STEPS = 20, 200
TOLERANCE = 1e-10


def invariant_set(laws: Sequence[ConservationLaw], names: Sequence[str], start: Sequence[Any]
                  ) -> Any:
    """The variety where the laws have their values at ``start``, a Sage subscheme."""
    import sage.all__sagemath_modules  # noqa: F401
    from sage.rings.rational_field import QQ
    from sage.schemes.affine.affine_space import AffineSpace

    point = _point(start, len(names))
    space = AffineSpace(QQ, len(names), names=tuple(names))
    ring = space.coordinate_ring()

    def element(polynomial: Polynomial) -> Any:
        return ring({e: QQ(c.numerator) / QQ(c.denominator) for e, c in polynomial.items()})

    at = [QQ(c.numerator) / QQ(c.denominator) for c in point]
    return space.subscheme([(h := element(law.polynomial)) - h(*at) for law in laws])


def _point(values: Sequence[Any], count: int) -> list[Fraction]:
    if not isinstance(values, (list, tuple)) or len(values) != count:
        raise InputError(f"A point of the parameters is a list of {count} rational numbers.")
    return [rational(c, "coordinate") for c in values]


class _Map:
    """A polynomial map in floating point, with its Jacobian."""

    def __init__(self, polynomials: Sequence[Polynomial], count: int) -> None:
        self.rows = [_Terms(p) for p in polynomials]
        self.slopes = [[_Terms(derivative(p, i)) for i in range(count)] for p in polynomials]

    def __call__(self, w: np.ndarray) -> np.ndarray:
        return np.array([f(w) for f in self.rows])

    def jacobian(self, w: np.ndarray) -> np.ndarray:
        return np.array([[f(w) for f in row] for row in self.slopes])


class _Terms:
    def __init__(self, polynomial: Polynomial) -> None:
        self.exponents = np.array(list(polynomial), dtype=np.int64)
        self.coefficients = np.array([float(c) for c in polynomial.values()])

    def __call__(self, w: np.ndarray) -> float:
        if not len(self.coefficients):
            return 0.0
        return float(self.coefficients @ np.prod(w ** self.exponents, axis=1))


def balanced_initialization(phi: Parametrization, laws: Sequence[ConservationLaw],
                            function: Sequence[float], values: Sequence[float],
                            seed: int | None = None) -> np.ndarray:
    """
    Parameters of a function, with given values of the laws, in floating point.

    INPUT:

    - ``phi`` -- the parametrization
    - ``laws`` -- conservation laws of gradient flow
    - ``function`` -- the coordinates of a function
    - ``values`` -- for each law its value; zeros for balanced parameters
    - ``seed`` -- integer for the random starts

    OUTPUT: array of N numbers, found by the method of Levenberg and Marquardt

    Raises LimitReached if none of the starts leads to a solution, as when there is none.
    """
    count = phi.model.parameter_count
    if len(function) != len(phi.polynomials) or len(values) != len(laws):
        raise InputError(f"State a function by {len(phi.polynomials)} coordinates, and a value for "
                         f"each of the {len(laws)} laws.")
    system = _Map([*phi.polynomials, *(law.polynomial for law in laws)], count)
    target = np.array([*function, *values], dtype=float)
    generator = np.random.default_rng(seed)
    scale = TOLERANCE * (1 + np.abs(target).max())
    for _ in range(STARTS):
        w, damping = generator.standard_normal(count), 1.0
        rest = system(w) - target
        for _ in range(STEPS):
            if np.abs(rest).max() < scale:
                return w
            slopes = system.jacobian(w)
            step = slopes.T @ np.linalg.solve(
                slopes @ slopes.T + damping * np.eye(len(rest)), rest)
            new = system(w - step) - target
            if new @ new < rest @ rest:
                w, rest, damping = w - step, new, damping / 5
            else:
                damping *= 4
    raise LimitReached(f"No parameters with this function and these values of the laws were found "
                       f"from {STARTS} random starts; perhaps there are none.")


def drift(phi: Parametrization, laws: Sequence[ConservationLaw], start: Sequence[float],
          target: Sequence[float], time: float = 1.0) -> tuple[float, float]:
    """
    Integrate gradient flow of the squared distance to ``target``; how far do the laws drift?

    OUTPUT: the largest change of a law, and the distance that φ(w) has moved meanwhile

    Raises EngineError without SciPy.
    """
    try:
        from scipy.integrate import solve_ivp
    except ImportError:
        raise EngineError("Integrating a flow needs SciPy: pip install scipy.") from None
    count = phi.model.parameter_count
    if len(start) != count or len(target) != len(phi.polynomials):
        raise InputError(f"A flow starts at {count} parameters and has a target of "
                         f"{len(phi.polynomials)} coordinates.")
    image, constants = _Map(phi.polynomials, count), _Map([h.polynomial for h in laws], count)
    goal = np.array(target, dtype=float)
    field: Callable[[float, np.ndarray], np.ndarray] = lambda _, w: -image.jacobian(w).T @ (  # noqa: E731
        image(w) - goal)
    first = np.array(start, dtype=float)
    solution = solve_ivp(field, (0.0, time), first, rtol=1e-10, atol=1e-12)
    changes = [np.abs(constants(w) - constants(first)).max(initial=0.0) for w in solution.y.T]
    return float(max(changes)), float(np.linalg.norm(image(solution.y[:, -1]) - image(first)))
