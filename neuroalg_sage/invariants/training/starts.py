"""
Minimizations of a loss from random parameters in floating point, and where they end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap, nearest
from neuroalg_sage.models.parametrization import Parametrization

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem

STEPS = 400  # of one minimization
CLOSE = 1e-14
SEARCHES = 20_000  # for saddles, times the square of the number of parameters
NEWTON_STEPS = 30
SMALL = 1e-12  # a gradient, relative to the sizes of what it is made of
NEARLY = 1e-3  # such a gradient, from which Newton's method is tried
SAME = 1e-6  # a relative difference of outputs on the data
SIGNIFICANT = 1e-8  # eigenvalues, relative to the largest
STEP = 2.0**-7  # from a critical point, to see where the loss falls
NO_RANK = 1e-7  # singular values, relative to the largest


class FloatingLoss:
    """
    The loss of parameters in floating point, L = |r|^2 + c, with its derivatives.

    The residuals r are those on the data, up to a rotation, in a unit of their size.
    """

    def __init__(self, problem: TrainingProblem, phi: Parametrization) -> None:
        n = len(problem.linear)
        matrix, linear = np.zeros((n, n)), np.array([nearest(c) for c in problem.linear])
        for (i, j), c in problem.quadratic.items():
            matrix[i, j] = matrix[j, i] = nearest(c)
        values, vectors = np.linalg.eigh(matrix)
        large = values > 1e-13 * values.max(initial=0.0)
        self.root = np.sqrt(values[large])[:, None] * vectors.T[large]
        self.target = vectors.T[large] @ linear / np.sqrt(values[large])
        self.unit = float(np.linalg.norm(self.target)) or 1.0
        self.root, self.target = self.root / self.unit, self.target / self.unit
        self.maps = PolynomialMap(phi.polynomials, phi.parameter_count, 2)

    def residuals(self, w: np.ndarray) -> np.ndarray:
        """What is left of the targets."""
        found: np.ndarray = self.root @ self.maps(w) - self.target
        return found

    def jacobian(self, w: np.ndarray) -> np.ndarray:
        """The derivatives of the residuals."""
        found: np.ndarray = self.root @ self.maps.jacobian(w)
        return found

    def gradient(self, w: np.ndarray) -> np.ndarray:
        """Half the gradient of |r|^2."""
        found: np.ndarray = self.residuals(w) @ self.jacobian(w)
        return found

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Half the second derivatives of |r|^2."""
        slopes = self.jacobian(w)
        found: np.ndarray = slopes.T @ slopes + self.maps.hessian(w, self.residuals(w) @ self.root)
        return found

    def height(self, w: np.ndarray) -> float:
        """The least sum of squares on V is 0."""
        return float(np.sum(self.residuals(w)**2))

    def signs(self, w: np.ndarray) -> tuple[int, list[list[float]]]:
        """How many eigenvalues of the Hessian are negative, and unit vectors of these."""
        values, vectors = np.linalg.eigh(self.hessian(w))
        negative = values < -SIGNIFICANT * np.abs(values).max(initial=0.0)
        return int(negative.sum()), vectors.T[negative].tolist()

    def falls(self, w: np.ndarray, direction: np.ndarray) -> bool:
        """Whether the loss is less nearby in a direction."""
        return self.height(w + STEP * direction) < self.height(w)

    def error(self, w: np.ndarray) -> float:
        """The gradient, relative to what it is a sum of; small at critical points."""
        with np.errstate(all="ignore"):
            r, slopes = self.residuals(w), self.jacobian(w)
            # The targets have size 1, and parameters that matter are of that size.
            size = (1 + np.linalg.norm(slopes)) * (1 + np.linalg.norm(r))
            found = float(np.linalg.norm(r @ slopes) / size)
        return found if np.isfinite(found) else np.inf


@dataclass
class End:
    """
    Parameters at which some searches end.

    - ``place`` -- the parameters
    - ``outputs`` -- those on the data
    - ``error`` -- the relative gradient there
    - ``starts`` -- the minimizations that end there, by the numbers of their starts
    - ``searches`` -- the searches for zeros of the gradient that do
    - ``lines`` -- directions in which the loss changes, where second derivatives do not say it
    """

    place: np.ndarray
    outputs: np.ndarray
    error: float
    starts: list[int] = field(default_factory=list)
    searches: list[int] = field(default_factory=list)
    lines: list[np.ndarray] = field(default_factory=list)


class Starts:
    """Searches from random parameters, and their different ends."""

    def __init__(self, loss: FloatingLoss, count: int, generator: np.random.Generator,
                 computation: Computation, found: Callable[[], None]) -> None:
        self.loss, self.computation, self.found = loss, computation, found
        self.points = generator.standard_normal((count, loss.maps.count))
        self.ends: list[End] = []
        self.done, self.searched = 0, 0
        self.best: tuple[float, np.ndarray | None] = np.inf, None  # sum of squares and parameters
        self.check = computation.clock()

    def run(self) -> None:
        """Search from all starts; where a limit is reached, from as many as there is time for."""
        try:
            for k, start in enumerate(self.points):
                found = self._minimized(start)
                self.done = k + 1
                self._add(k, found, lambda end: end.starts)
            for k, start in enumerate(self.points[:1 + SEARCHES // self.loss.maps.count**2]):
                found = self._critical(start)
                self.searched = k + 1
                self._add(k, found, lambda end: end.searches)
        except LimitReached as error:
            self.computation.progress(f"{self.done} starts: {error}")

    def _solved(self, function: Callable[[np.ndarray], np.ndarray],
                slopes: Callable[[np.ndarray], np.ndarray], start: np.ndarray) -> np.ndarray | None:
        from scipy.optimize import least_squares

        def watched(w: np.ndarray) -> np.ndarray:
            self.check()
            return function(w)

        # MINPACK wants as many equations as variables; further ones may be zero.
        padding = np.zeros((max(len(start) - len(function(start)), 0), len(start)))
        try:
            with np.errstate(all="ignore"):
                found: np.ndarray = least_squares(
                    lambda w: np.concatenate([watched(w), padding[:, 0]]), start,
                    lambda w: np.vstack([slopes(w), padding]), method="lm", ftol=CLOSE, xtol=CLOSE,
                    gtol=CLOSE, max_nfev=STEPS).x
        except (ValueError, np.linalg.LinAlgError):  # beyond the numbers of floating point
            return None
        self.best = min(self.best, (self.loss.height(found), found), key=lambda pair: pair[0])
        return found

    def _minimized(self, start: np.ndarray) -> np.ndarray | None:
        return self._solved(self.loss.residuals, self.loss.jacobian, start)

    def _critical(self, start: np.ndarray) -> np.ndarray | None:
        return self._solved(self.loss.gradient, self.loss.hessian, start)

    def _refined(self, w: np.ndarray) -> tuple[np.ndarray, float]:
        """Newton's method across the fibers, while the gradient becomes smaller."""
        error = self.loss.error(w)
        for _ in range(NEWTON_STEPS if error < NEARLY else 0):
            with np.errstate(all="ignore"):
                hessian, gradient = self.loss.hessian(w), self.loss.gradient(w)
                if not np.isfinite(hessian).all():
                    break
                step = np.linalg.lstsq(hessian, gradient, rcond=NO_RANK)[0]
            new = self.loss.error(w - step)
            if not new < error or np.linalg.norm(step) > 0.1 * (1 + np.linalg.norm(w)):
                break
            w, error = w - step, new
        return w, error

    def _add(self, k: int, found: np.ndarray | None, which: Callable[[End], list[int]]) -> None:
        if found is None or not np.isfinite(found).all():
            return
        w, error = self._refined(found)
        if error > SMALL:
            return
        outputs = self.loss.residuals(w) + self.loss.target
        for end in self.ends:
            if np.linalg.norm(outputs - end.outputs) <= SAME * (1 + np.linalg.norm(outputs)):
                if error < end.error:
                    end.place, end.error, end.outputs = w, error, outputs
                break
        else:
            end = End(w, outputs, error)
            self.ends.append(end)
            self.ends.sort(key=lambda other: self.loss.height(other.place))
            which(end).append(k)
            return self.found()
        which(end).append(k)
