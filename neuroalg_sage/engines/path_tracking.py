"""
Solutions of polynomial equations that move with their parameters, hundreds at once.

A *fibration* is a system F(w, c) = 0 in complex w, with parameters c, whose solutions form fibers
of a map x = φ(w) of rank d.  Only the image x matters.  So each path has a slice of the fibers of
its own, w + B y for an orthonormal frame B of d columns, which is as far from tangent to the
fiber as it can be where it is chosen, and is chosen anew where steps become small.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np

from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.expressions import Polynomial

# How many numbers one array may hold; beyond that paths are followed in groups.
LARGEST_ARRAY, LARGEST_MATRIX, LARGEST_MAP = 100_000, 1_000_000, 30_000_000
# A path that needs many steps is near a singular point: nobody waits for it, unless it needs care.
FIRST_STEP, SMALLEST_STEP, MOST_STEPS = 0.02, 1e-7, 200
FULL = 0.7  # of so many paths, of those that arrays may hold, others begin where less are left
MOST_THREADS, PATHS_OF_A_THREAD, WAITING = 4, 100, 0.1
# Of malloc.h: from which size on the system is asked for each array, and how much is kept.
MEMORY_OPTIONS = {-3: 1 << 25, -1: 1 << 28}
# Newton's method, in relative changes of w: what is close enough on the way, how large a first
# correction may be, and which is aimed at.
CLOSE, FAR, WANTED = 3e-5, 0.1, 3e-3
CORRECTIONS, REFINEMENTS = 3, 8
END_IS_CLOSE = 1e-9
TURN = 0.1  # a step so much smaller than before asks for another frame


class _Slopes(NamedTuple):
    """
    The derivatives that are not zero, an entry for each, times their variables.

    - ``variables``, ``coordinates`` -- which they are
    - ``terms`` -- the one monomial of each; None if there are several
    - ``weights`` -- the factor of the monomial; or a column for each derivative, with a row for
      each monomial
    """

    variables: np.ndarray
    coordinates: np.ndarray
    terms: np.ndarray | None
    weights: np.ndarray


class TorusMap:
    """
    A polynomial map at many points with no coordinate zero, with its derivatives.

    There each monomial is exp of an integer combination of logarithms, and its derivatives are
    multiples of it divided by coordinates.

    EXAMPLES::

        >>> square = TorusMap([{(2, 1): 3}], 2)
        >>> w = np.array([[2.0, 1.0]], dtype=complex)
        >>> m = square.monomials(w)
        >>> square.values(m).real.round(9).tolist()
        [[12.0]]
        >>> square.jacobian(w, m).real.round(9).tolist()
        [[[12.0], [12.0]]]
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
        found.__dict__.pop("slopes", None)
        found.coefficients = self.coefficients @ matrix
        return found

    @cached_property
    def slopes(self) -> _Slopes | None:
        """What makes the derivatives of the coordinates, times their variables; None if large."""
        variables, coordinates = np.nonzero((self.exponents != 0).T.astype(float)
                                            @ (self.coefficients != 0))
        if len(variables) * len(self.exponents) > LARGEST_MATRIX:
            return None
        terms = [np.flatnonzero(self.exponents[:, v] * self.coefficients[:, i])
                 for v, i in zip(variables, coordinates)]
        weights = [self.exponents[rows, v] * self.coefficients[rows, i]
                   for rows, v, i in zip(terms, variables, coordinates)]
        if all(len(rows) == 1 for rows in terms):
            return _Slopes(variables, coordinates, np.concatenate(terms), np.concatenate(weights))
        matrix = np.zeros((len(self.exponents), len(terms)))
        for column, (rows, numbers) in enumerate(zip(terms, weights)):
            matrix[rows, column] = numbers
        return _Slopes(variables, coordinates, None, matrix)

    @cached_property
    def occurring(self) -> list[np.ndarray]:
        """For each variable the monomials in which it occurs."""
        return [np.flatnonzero(column) for column in self.exponents.T]

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pairs of variables, and what makes the second derivatives, times both, of monomials."""
        i, j = np.triu_indices(self.count)
        products = self.exponents[:, i] * self.exponents[:, j]
        products[:, i == j] -= self.exponents
        return i, j, products

    def monomials(self, w: np.ndarray) -> np.ndarray:
        """The monomials: a row for each point."""
        return np.exp(_times(np.log(w), self.exponents.T))

    def values(self, monomials: np.ndarray) -> np.ndarray:
        """The values."""
        return _times(monomials, self.coefficients)

    def jacobian(self, w: np.ndarray, monomials: np.ndarray) -> np.ndarray:
        """The Jacobian matrices, transposed: a row for each variable."""
        slopes = self.slopes
        found = np.zeros((len(w), self.count, self.coefficients.shape[1]), dtype=complex)
        if slopes is None:
            for k, places in enumerate(self.occurring):
                found[:, k] = _times(monomials[:, places],
                                     self.exponents[places, k, None] * self.coefficients[places])
            return found / w[:, :, None]
        entries = _times(monomials, slopes.weights) if slopes.terms is None else (
            monomials[:, slopes.terms] * slopes.weights)
        found[:, slopes.variables, slopes.coordinates] = entries * (1 / w)[:, slopes.variables]
        return found

    def gradient(self, w: np.ndarray, terms: np.ndarray) -> np.ndarray:
        """The gradients of sums of terms, which are given by their values."""
        return _times(terms, self.exponents) / w

    def hessian(self, w: np.ndarray, terms: np.ndarray) -> np.ndarray:
        """The second derivatives of sums of terms, which are given by their values."""
        i, j, products = self.pairs
        entries = _times(terms, products) / (w[:, i] * w[:, j])
        found = np.empty((len(w), self.count, self.count), dtype=complex)
        found[:, i, j] = found[:, j, i] = entries
        return found


def _times(numbers: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """A complex matrix times a real or complex one."""
    if np.iscomplexobj(matrix):
        return numbers @ matrix
    parts = np.concatenate([numbers.real, numbers.imag]) @ matrix
    product: np.ndarray = parts[: len(numbers)] + 1j * parts[len(numbers):]
    return product


class Fibration(Protocol):
    """Equations in w with parameters c."""

    size: int  # numbers that one point needs

    def frames(self, w: np.ndarray) -> np.ndarray | None:
        """
        Orthonormal bases of spaces across the fibers of φ; None if these are points.
        """

    def image(self, w: np.ndarray) -> np.ndarray:
        """The points φ(w)."""

    def linearized(self, w: np.ndarray, frame: np.ndarray | None, c: np.ndarray, move: np.ndarray
                   ) -> tuple[np.ndarray, np.ndarray]:
        """
        Square matrices A and two columns F, F': the equations F + A y = 0 in w + B y for frames B,
        and their change F' where c moves.
        """

    def is_regular(self, w: np.ndarray) -> np.ndarray:
        """At which points the map has its rank, so that they count."""


Path = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # c and its velocity at times t


def newton(system: Fibration, w: np.ndarray, frame: np.ndarray | None, c: np.ndarray,
           move: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Newton's steps, and velocities of solutions that move with c; NaN where there are none."""
    square, columns = system.linearized(w, frame, c, move)
    try:
        steps = -np.linalg.solve(square, columns)
    except np.linalg.LinAlgError:
        steps = np.full(columns.shape, np.nan + 0j)
        for place, (matrix, column) in enumerate(zip(square, columns)):
            with suppress(np.linalg.LinAlgError):
                steps[place] = -np.linalg.solve(matrix, column)
    if frame is not None:
        steps = frame @ steps
    return steps[:, :, 0], steps[:, :, 1]


@cache
def _keep_memory() -> None:
    """
    Have the C library keep what arrays leave, where it can be told so.

    Else it gives each array of some size back, and asks the system for the pages of the next one,
    which takes as long as what is computed in it.
    """
    with suppress(OSError, AttributeError):
        set_option = ctypes.CDLL(None).mallopt
        for option, size in MEMORY_OPTIONS.items():
            set_option(option, size)


def _of(frame: np.ndarray | None, places: np.ndarray) -> np.ndarray | None:
    return None if frame is None else frame[places]


def follow(system: Fibration, w: np.ndarray, path: Path, check: Callable[[], None],
           care: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """
    Follow solutions along a path of parameters from t = 0 to t = 1.

    Each has steps of its own.  A step is predicted by the cubic curve through the last two points
    with their velocities, and corrected by Newton's method.  Many are followed by several threads,
    as arrays are computed without Python's lock.

    INPUT:

    - ``w`` -- solutions at t = 0, a row for each
    - ``check`` -- is called often, by this thread, and may raise
    - ``care`` -- 1.0, or less for smaller steps

    OUTPUT: the solutions at t = 1, and which paths arrived
    """
    _keep_memory()
    threads = max(1, min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
                         MOST_THREADS, len(w) // PATHS_OF_A_THREAD))
    parts = [np.arange(k, len(w), threads) for k in range(threads)]
    ended = threading.Event()
    ends, arrived = w.copy(), np.zeros(len(w), dtype=bool)

    def follow_one(part: np.ndarray, goes_on: Callable[[], bool]) -> None:
        ends[part], arrived[part] = _follow(system, w[part], path, goes_on, care)

    def is_in_time() -> bool:
        check()
        return True

    with ThreadPoolExecutor(max(threads - 1, 1)) as pool:
        try:
            others = [pool.submit(follow_one, part, lambda: not ended.is_set())
                      for part in parts[1:]]
            follow_one(parts[0], is_in_time)
            while not all(other.done() for other in others):
                wait(others, WAITING)
                check()
        finally:
            ended.set()
    for other in others:
        other.result()
    return ends, arrived


def _follow(system: Fibration, w: np.ndarray, path: Path, goes_on: Callable[[], bool], care: float
            ) -> tuple[np.ndarray, np.ndarray]:
    ends, arrived, begun = w.copy(), np.zeros(len(w), dtype=bool), 0
    group = max(LARGEST_ARRAY // system.size, 8)
    with np.errstate(all="ignore"):
        moving = _Moving.from_start(system, np.arange(0), w[:0], path, care)
        while (begun < len(w) or len(moving.places)) and goes_on():
            if begun < len(w) and len(moving.places) <= group * FULL:
                # As many at once as arrays may hold, since a step costs little more for many.
                places = np.arange(begun, min(begun + group - len(moving.places), len(w)))
                moving = moving.joined(_Moving.from_start(system, places, w[places], path, care))
                begun += len(places)
            moving.step(system, path, care)
            ended = moving.time >= 1.0
            ends[moving.places[ended]], arrived[moving.places[ended]] = moving.here[ended], True
            moving = moving.chosen(~ended & (moving.size > SMALLEST_STEP)
                                   & (moving.steps < MOST_STEPS / care))
    return ends, arrived


@dataclass
class _Moving:
    """
    Paths on their way, an entry of each array for one.

    - ``places`` -- which paths they are
    - ``here``, ``time``, ``speed`` -- where they are
    - ``before``, ``earlier``, ``slower`` -- where they were before; at a negative time if nowhere
    - ``size``, ``largest``, ``steps`` -- of the next step, and of steps with the same frame; how
      many there were
    - ``frame`` -- their slices of the fibers; None if these are points
    """

    places: np.ndarray
    here: np.ndarray
    time: np.ndarray
    speed: np.ndarray
    before: np.ndarray
    earlier: np.ndarray
    slower: np.ndarray
    size: np.ndarray
    largest: np.ndarray
    steps: np.ndarray
    frame: np.ndarray | None

    @classmethod
    def from_start(cls, system: Fibration, places: np.ndarray, w: np.ndarray, path: Path,
                   care: float) -> _Moving:
        count = len(places)
        time, size = np.zeros(count), np.full(count, FIRST_STEP * care)
        frame = system.frames(w)
        _, speed = newton(system, w, frame, *path(time))
        begun = cls(places, w.copy(), time, speed, w.copy(), np.full(count, -1.0), speed.copy(),
                    size, size.copy(), np.zeros(count, dtype=int), frame)
        return begun.chosen(np.isfinite(speed).all(axis=1))

    def chosen(self, which: np.ndarray) -> _Moving:
        """Some of these paths."""
        if which.all():
            return self
        return self._changed(lambda part: _of(part, which), self)

    def joined(self, others: _Moving) -> _Moving:
        """These and others."""
        if not len(self.places):
            return others
        return self._changed(lambda one, other: None if one is None else np.concatenate(
            [one, other]), self, others)

    def _changed(self, change: Callable[..., np.ndarray | None], *paths: _Moving) -> _Moving:
        """Each array made from those of some paths."""
        made: dict[str, Any] = {part.name: change(*(getattr(one, part.name) for one in paths))
                                for part in fields(self)}
        return _Moving(**made)

    def step(self, system: Fibration, path: Path, care: float) -> None:
        """One step of each."""
        goal = np.minimum(self.time + self.size, 1.0)
        guess = _predicted(self.before, self.slower, self.earlier, self.here, self.speed,
                           self.time, goal)
        if self.frame is not None:
            # Nothing corrects what leaves the slice, and the cubic curve would magnify it.
            inside = self.frame.conj().transpose(0, 2, 1) @ (guess - self.here)[:, :, None]
            guess = self.here + (self.frame @ inside)[:, :, 0]
        point, velocity, first, good = _corrected(system, guess, self.frame, path, goal)
        fine = good & (first < FAR * care)
        for old, new in ((self.before, self.here), (self.slower, self.speed),
                         (self.earlier, self.time), (self.here, point), (self.speed, velocity),
                         (self.time, goal)):
            old[fine] = new[fine]
        ratio = np.clip((WANTED * care / np.maximum(first, 1e-12)) ** 0.25, 0.4, 2.0)
        self.size *= np.where(fine, ratio, np.where(good, np.minimum(ratio, 0.5), 0.35))
        self.largest = np.maximum(self.largest, self.size)
        self.steps += 1
        turned = np.flatnonzero((self.size < TURN * self.largest) & (self.time < 1.0))
        if self.frame is not None and len(turned):
            # Perhaps the slice of the fibers is at fault: another one through the same point.
            frame = system.frames(self.here[turned])
            assert frame is not None
            self.frame[turned], self.largest[turned] = frame, self.size[turned]
            self.earlier[turned] = -1.0
            _, speed = newton(system, self.here[turned], frame, *path(self.time[turned]))
            self.speed[turned] = speed
            self.size[turned[~np.isfinite(speed).all(axis=1)]] = 0.0


def _predicted(before: np.ndarray, slower: np.ndarray, earlier: np.ndarray, here: np.ndarray,
               speed: np.ndarray, time: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """The cubic curve at the goal; a line where there is no point before."""
    span = (time - earlier)[:, None]
    s = (goal - earlier)[:, None] / span
    cubic = ((1 + 2 * s) * (1 - s) ** 2 * before + s * (1 - s) ** 2 * span * slower
             + s**2 * (3 - 2 * s) * here + s**2 * (s - 1) * span * speed)
    line = here + (goal - time)[:, None] * speed
    return np.where((earlier < 0)[:, None], line, cubic)


def _corrected(system: Fibration, guess: np.ndarray, frame: np.ndarray | None, path: Path,
               goal: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Newton's method: points, velocities, the first correction, and where it converged."""
    count = len(guess)
    point, velocity = guess.copy(), np.zeros_like(guess)
    first, last = np.full(count, np.inf), np.full(count, np.inf)
    good = np.zeros(count, dtype=bool)
    open_ones = np.arange(count)
    for round_ in range(CORRECTIONS):
        delta, speed = newton(system, point[open_ones], _of(frame, open_ones),
                              *path(goal[open_ones]))
        change = _relative(delta, point[open_ones])
        point[open_ones] += delta
        velocity[open_ones] = speed
        if not round_:
            first = change
        finite = np.isfinite(change)
        done = finite & (change < CLOSE)
        good[open_ones[done]] = True
        going = finite & ~done & (change < 0.3 * last[open_ones]) & (change < 1.0)
        last[open_ones] = change
        open_ones = open_ones[going]
        if not len(open_ones):
            break
    return point, velocity, np.where(np.isfinite(first), first, np.inf), good


def _relative(delta: np.ndarray, point: np.ndarray) -> np.ndarray:
    size: np.ndarray = np.linalg.norm(delta, axis=1) / np.linalg.norm(point, axis=1)
    return size


def refined(system: Fibration, w: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Solutions as near as floating point allows, and at which Newton's method converged to
    regular ones.
    """
    if not len(w):
        return w, np.zeros(0, dtype=bool)
    here = w.copy()
    change = np.full(len(w), np.inf)
    group = max(LARGEST_ARRAY // system.size, 8)
    with np.errstate(all="ignore"):
        for start in range(0, len(w), group):
            part = slice(start, start + group)
            parameters = np.broadcast_to(c, (len(here[part]), len(c)))
            frame = system.frames(here[part])
            for _ in range(REFINEMENTS):
                delta, _ = newton(system, here[part], frame, parameters,
                                  np.zeros_like(parameters))
                new = _relative(delta, here[part])
                better = np.isfinite(new) & (new < np.maximum(change[part], 1e-14))
                here[part] += np.where(better[:, None], delta, 0)
                change[part] = np.where(better, new, change[part])
                if not (better & (new > 1e-14)).any():
                    break
        regular = np.concatenate([system.is_regular(here[k: k + group])
                                  for k in range(0, len(here), group)])
    return here, (change < END_IS_CLOSE) & regular
