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
LARGEST_ARRAY, LARGEST_MATRIX, LARGEST_MAP = 400_000, 1_000_000, 30_000_000
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
# What is no scaling, and Newton's method for balanced points: logarithms that are close enough.
INDEPENDENT, BALANCED, MOST_BALANCING = 1e-9, 1e-2, 30
TURN = 0.1  # a step so much smaller than before asks for another frame


class _Slopes(NamedTuple):
    """
    The derivatives that are not zero, an entry for each, times their variables.

    - ``places`` -- which they are, in matrices with a row for each variable
    - ``terms`` -- the one monomial of each; None if there are several
    - ``weights`` -- the factor of the monomial; or a row for each derivative, with a column for
      each monomial
    """

    places: np.ndarray
    terms: np.ndarray | None
    weights: np.ndarray


class _Products(NamedTuple):
    """
    How monomials are made.

    - ``size`` -- how many products there are, the first of which are 1 and the variables
    - ``steps`` -- which follow one another, and the factors of each
    - ``monomials`` -- which of them are the monomials
    """

    size: int
    steps: list[tuple[slice, np.ndarray, np.ndarray]]
    monomials: np.ndarray


class TorusMap:
    """
    A polynomial map at many points, with its derivatives times their variables.

    Points are rows of w; what is computed at them has a column for each, so that complex numbers
    are pairs of real ones for the matrices with which it is multiplied.

    EXAMPLES::

        >>> square = TorusMap([{(2, 1): 3}], 2)
        >>> m = square.monomials(np.array([[2.0, 1.0]], dtype=complex))
        >>> square.values(m).real.round(9).tolist()
        [[12.0]]
        >>> square.slopes(m).real.round(9).tolist()
        [[[24.0], [12.0]]]
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
        found.__dict__.pop("derivatives", None)
        found.coefficients = self.coefficients @ matrix
        return found

    @cached_property
    def products(self) -> _Products:
        """Each monomial is a power of its last variable times the rest, which others share."""
        zero = (0,) * self.count
        units = [zero[:v] + (1,) + zero[v + 1 :] for v in range(self.count)]
        depth = dict.fromkeys([zero, *units], 0)
        factors: dict[tuple[int, ...], tuple[tuple[int, ...], tuple[int, ...]]] = {}

        def make(e: tuple[int, ...]) -> int:
            if e not in depth:
                last = max(v for v in range(self.count) if e[v])
                rest = e[:last] + zero[last:]
                power = zero[:last] + (e[last],) + zero[last + 1 :]
                if rest == zero:
                    half = e[last] // 2
                    rest = zero[:last] + (half,) + zero[last + 1 :]
                    power = zero[:last] + (e[last] - half,) + zero[last + 1 :]
                depth[e] = 1 + max(make(rest), make(power))
                factors[e] = rest, power
            return depth[e]

        monomials = [tuple(map(int, e)) for e in self.exponents]
        for e in monomials:
            make(e)
        order = sorted(depth, key=lambda e: depth[e])
        place = {e: i for i, e in enumerate(order)}
        steps, begun = [], self.count + 1
        while begun < len(order):
            end = begun
            while end < len(order) and depth[order[end]] == depth[order[begun]]:
                end += 1
            left, right = (np.array([place[factors[e][k]] for e in order[begun:end]])
                           for k in (0, 1))
            steps.append((slice(begun, end), left, right))
            begun = end
        return _Products(len(order), steps, np.array([place[e] for e in monomials], dtype=int))

    @cached_property
    def derivatives(self) -> _Slopes | None:
        """What makes the derivatives of the coordinates; None if large."""
        variables, coordinates = np.nonzero((self.exponents != 0).T.astype(float)
                                            @ (self.coefficients != 0))
        if len(variables) * len(self.exponents) > LARGEST_MATRIX:
            return None
        places = variables * self.coefficients.shape[1] + coordinates
        terms = [np.flatnonzero(self.exponents[:, v] * self.coefficients[:, i])
                 for v, i in zip(variables, coordinates)]
        weights = [self.exponents[rows, v] * self.coefficients[rows, i]
                   for rows, v, i in zip(terms, variables, coordinates)]
        if terms and all(len(rows) == 1 for rows in terms):
            return _Slopes(places, np.concatenate(terms), np.concatenate(weights)[:, None])
        matrix = np.zeros((len(terms), len(self.exponents)))
        for row, (columns, numbers) in enumerate(zip(terms, weights)):
            matrix[row, columns] = numbers
        return _Slopes(places, None, matrix)

    @cached_property
    def occurring(self) -> list[np.ndarray]:
        """For each variable the monomials in which it occurs."""
        return [np.flatnonzero(column) for column in self.exponents.T]

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """
        What makes the second derivatives, times both variables, of monomials: a row for each pair;
        and the row of each entry of the matrix.
        """
        i, j = np.triu_indices(self.count)
        products = self.exponents[:, i] * self.exponents[:, j]
        products[:, i == j] -= self.exponents
        entries = np.empty((self.count, self.count), dtype=int)
        entries[i, j] = entries[j, i] = np.arange(len(i))
        return np.ascontiguousarray(products.T), entries.ravel()

    def monomials(self, w: np.ndarray) -> np.ndarray:
        """The monomials: a row for each."""
        plan = self.products
        found = np.empty((plan.size, len(w)), dtype=complex)
        found[0], found[1 : self.count + 1] = 1, w.T
        for made, left, right in plan.steps:
            np.multiply(found[left], found[right], out=found[made])
        chosen: np.ndarray = found[plan.monomials]
        return chosen

    def values(self, monomials: np.ndarray) -> np.ndarray:
        """The values: a row for each coordinate."""
        return _times(self.coefficients.T, monomials)

    def terms(self, covectors: np.ndarray, monomials: np.ndarray) -> np.ndarray:
        """The terms of sums of coordinates with given factors."""
        return _times(self.coefficients, covectors) * monomials

    def slopes(self, monomials: np.ndarray) -> np.ndarray:
        """For each point the Jacobian matrix, transposed, times the variables of its rows."""
        points, n, plan = monomials.shape[1], self.coefficients.shape[1], self.derivatives
        found = np.zeros((points, self.count * n), dtype=complex)
        if plan is None:
            for k, rows in enumerate(self.occurring):
                found[:, k * n : (k + 1) * n] = _times(
                    (self.exponents[rows, k, None] * self.coefficients[rows]).T,
                    monomials[rows]).T
        else:
            found[:, plan.places] = (_times(plan.weights, monomials) if plan.terms is None else
                                     monomials[plan.terms] * plan.weights).T
        return found.reshape(points, self.count, n)

    @cached_property
    def scalings(self) -> np.ndarray:
        """A basis of the exponents of scalings of the variables that leave the map as it is."""
        _, sizes, rows = np.linalg.svd(np.vstack([self.exponents, np.zeros((1, self.count))]))
        rank = int(np.sum(sizes > INDEPENDENT * max(sizes[0], 1.0)))
        found: np.ndarray = rows[rank:].T
        return found

    def balanced(self, w: np.ndarray) -> np.ndarray:
        """
        The points of least length of the same images, by these scalings.

        By t the squared length becomes the sum of abs(w_i)^2 e^(2 k_i t), a convex function, with
        rows k_i; so Newton's method finds its minimum if there is one.

        EXAMPLES::

            >>> product = TorusMap([{(1, 1): 1}], 2)
            >>> product.balanced(np.array([[100.0, 0.01j]])).round(4).tolist()
            [[(1+0j), 1j]]
        """
        scalings = self.scalings
        if not scalings.shape[1]:
            return w
        squares, t = np.abs(w) ** 2, np.zeros((len(w), scalings.shape[1]))
        ridge = INDEPENDENT * np.eye(scalings.shape[1])
        for _ in range(MOST_BALANCING):
            parts = squares * np.exp(2 * t @ scalings.T)
            parts /= parts.sum(axis=1, keepdims=True)
            curved = scalings.T @ (parts[:, :, None] * scalings) + ridge
            step = np.linalg.solve(curved, (parts @ scalings)[:, :, None])[:, :, 0] / -2
            largest = np.abs(step @ scalings.T).max(axis=1)
            t += step * np.minimum(1.0, 1 / np.maximum(largest, BALANCED))[:, None]
            if largest.max(initial=0.0) < BALANCED:
                break
        found: np.ndarray = w * np.exp(t @ scalings.T)
        return found

    def gradient(self, terms: np.ndarray) -> np.ndarray:
        """The gradients of sums of terms, times the variables: a row for each variable."""
        return _times(self.exponents.T, terms)

    def hessian(self, terms: np.ndarray) -> np.ndarray:
        """For each point the second derivatives of the sum of its terms, times both variables."""
        products, entries = self.pairs
        return _times(products, terms)[entries].T.reshape(-1, self.count, self.count)


def _times(matrix: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """A matrix times a complex one."""
    if np.iscomplexobj(matrix):
        return matrix @ numbers
    product: np.ndarray = (matrix @ np.ascontiguousarray(numbers).view(float)).view(complex)
    return product


class Fibration(Protocol):
    """Equations in w with parameters c."""

    size: int  # numbers that one point needs

    def balanced(self, w: np.ndarray) -> np.ndarray:
        """Points of the same fibers of φ, whose coordinates are as much of one size as may be."""

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


@dataclass(frozen=True)
class Arcs:
    """
    Ways on circles in complex lines, a row of each array for one.

    - ``start``, ``end`` -- parameters c
    - ``turn`` -- e to the i times angles
    - ``growth`` -- how many times as fast it is in the end as where it starts: where the end is
      far, what happens near the start happens in a short time

    EXAMPLES::

        >>> def places(turn, growth):
        ...     arcs = Arcs(*(np.array(x) for x in ([[0.0]], [[1.0]], [turn], [growth])))
        ...     return [complex(arcs.at(np.array([0]), np.array([t]))[0][0, 0].round(2))
        ...             for t in (0.0, 0.5, 1.0)]
        >>> places(1j, 1.0)
        [0j, (0.5+0.5j), (1+0j)]
        >>> places(1, 9.0)
        [0j, (0.25+0j), (1+0j)]
    """

    start: np.ndarray
    end: np.ndarray
    turn: np.ndarray
    growth: np.ndarray

    def chosen(self, which: np.ndarray) -> Arcs:
        """Some of these ways."""
        return Arcs(self.start[which], self.end[which], self.turn[which], self.growth[which])

    def at(self, which: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The places and velocities on some of them at times t."""
        start, turn, growth = self.start[which], self.turn[which], self.growth[which]
        rate = np.log(growth)
        curved, size = rate != 0, np.where(rate != 0, np.expm1(rate), 1.0)
        speed = np.where(curved, np.exp(rate * t) * rate / size, 1.0)
        t = np.where(curved, np.expm1(rate * t) / size, t)
        below = 1 + (turn - 1) * t
        span = self.end[which] - start
        return (start + (turn * t / below)[:, None] * span,
                (turn * speed / below**2)[:, None] * span)


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


def follow(system: Fibration, w: np.ndarray, path: Arcs, check: Callable[[], None],
           care: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """
    Follow solutions along a path of parameters from t = 0 to t = 1.

    Each has steps of its own.  A step is predicted by the cubic curve through the last two points
    with their velocities, and corrected by Newton's method.  Many are followed by several threads,
    as arrays are computed without Python's lock.

    INPUT:

    - ``w`` -- solutions at t = 0, a row for each
    - ``path`` -- a way for each
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
        ends[part], arrived[part] = _follow(system, w[part], path.chosen(part), goes_on, care)

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


def _follow(system: Fibration, w: np.ndarray, path: Arcs, goes_on: Callable[[], bool], care: float
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
    def from_start(cls, system: Fibration, places: np.ndarray, w: np.ndarray, path: Arcs,
                   care: float) -> _Moving:
        count = len(places)
        time, size = np.zeros(count), np.full(count, FIRST_STEP * care)
        w = system.balanced(w)
        frame = system.frames(w)
        _, speed = newton(system, w, frame, *path.at(places, time))
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

    def step(self, system: Fibration, path: Arcs, care: float) -> None:
        """One step of each."""
        goal = np.minimum(self.time + self.size, 1.0)
        guess = _predicted(self.before, self.slower, self.earlier, self.here, self.speed,
                           self.time, goal)
        if self.frame is not None:
            # Nothing corrects what leaves the slice, and the cubic curve would magnify it.
            inside = self.frame.conj().transpose(0, 2, 1) @ (guess - self.here)[:, :, None]
            guess = self.here + (self.frame @ inside)[:, :, 0]
        point, velocity, first, good = _corrected(system, guess, self.frame, path, self.places,
                                                   goal)
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
            # Perhaps the slice of the fibers is at fault: another one, through a balanced point.
            self.here[turned] = system.balanced(self.here[turned])
            frame = system.frames(self.here[turned])
            assert frame is not None
            self.frame[turned], self.largest[turned] = frame, self.size[turned]
            self.earlier[turned] = -1.0
            _, speed = newton(system, self.here[turned], frame, *path.at(self.places[turned],
                                                                     self.time[turned]))
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


def _corrected(system: Fibration, guess: np.ndarray, frame: np.ndarray | None, path: Arcs,
               places: np.ndarray, goal: np.ndarray
               ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Newton's method: points, velocities, the first correction, and where it converged."""
    count = len(guess)
    point, velocity = guess.copy(), np.zeros_like(guess)
    first, last = np.full(count, np.inf), np.full(count, np.inf)
    good = np.zeros(count, dtype=bool)
    open_ones = np.arange(count)
    for round_ in range(CORRECTIONS):
        delta, speed = newton(system, point[open_ones], _of(frame, open_ones),
                              *path.at(places[open_ones], goal[open_ones]))
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
    Solutions over the rows of c as near as floating point allows, and at which Newton's method
    converged to regular ones.
    """
    if not len(w):
        return w, np.zeros(0, dtype=bool)
    here = w.copy()
    change = np.full(len(w), np.inf)
    group = max(LARGEST_ARRAY // system.size, 8)
    with np.errstate(all="ignore"):
        for start in range(0, len(w), group):
            part = slice(start, start + group)
            frame = system.frames(here[part])
            for _ in range(REFINEMENTS):
                delta, _ = newton(system, here[part], frame, c[part], np.zeros_like(c[part]))
                new = _relative(delta, here[part])
                better = np.isfinite(new) & (new < np.maximum(change[part], 1e-14))
                here[part] += np.where(better[:, None], delta, 0)
                change[part] = np.where(better, new, change[part])
                if not (better & (new > 1e-14)).any():
                    break
        regular = np.concatenate([system.is_regular(here[k: k + group])
                                  for k in range(0, len(here), group)])
    return here, (change < END_IS_CLOSE) & regular
