"""
Solutions of equations that move with data, followed from where data start to where they end.

Each path is a machine of its own in one lane of compiled code
(:mod:`~neuroalg_sage.engines.lanes`): in a round Newton's method is done once in all lanes, and in
each of them what was found decides what is next, another correction, a further step, a smaller
one, another slice of the fibers, or another path.  A step is predicted by the cubic curve through
the last two points with their velocities.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from neuroalg_sage.engines import lanes, moving_equations
from neuroalg_sage.engines.lanes import compiled, get, inner, inverse, put, square_size
from neuroalg_sage.engines.moving_equations import (
    Equations,
    balance,
    choose_slice,
    has_rank,
    newton,
)

# A path of many steps is near a singular point, and is given up; with care steps are shorter.
FIRST_STEP, SMALLEST_STEP, MOST_STEPS = 0.02, 1e-8, 500
# Newton's method, in relative changes of w: what is close enough on the way, how large a first
# correction may be, and which is aimed at; and at the end, where it goes on as long as it helps.
CLOSE, FAR, WANTED = 3e-5, 0.1, 1e-3
CORRECTIONS, REFINEMENTS = 3, 8
END_IS_CLOSE, CLOSEST = 1e-9, 1e-14
TURN = 0.1  # a step so much smaller than before asks for another slice
LANES = 32  # at once: vector units need some, and their numbers should stay near the processor
MOST_THREADS, PATHS_OF_A_THREAD, WAITING = 4, 16, 0.1
# What is compiled here has code of these files in it, which may have changed since it was kept.
SOURCES = crc32(b"".join(Path(str(module.__file__)).read_bytes()
                         for module in (lanes, moving_equations)))
# What a lane does: nothing; it chooses where Newton's method is done next, to begin or to step
# on; or that is done, for a slice, for a velocity, for a correction, at the end, to check that.
IDLE, BEGINNING, SLICING, STARTING, PREDICTING, CORRECTING, ENDING, CHECKING = range(8)


class Arcs(NamedTuple):
    """
    Ways on circles in complex lines, a row of each array for one.

    - ``start``, ``end`` -- data
    - ``turn`` -- e to the i times angles: at time t data are start + p (end - start), where p is
      turn t / (1 + (turn - 1) t), on the circle through 0 and 1 that leaves 0 at this angle
    - ``growth`` -- how many times as fast it is in the end as where it starts: where the end is
      far, what happens near the start happens in a short time
    """

    start: np.ndarray
    end: np.ndarray
    turn: np.ndarray
    growth: np.ndarray


class Paths(NamedTuple):
    """
    Points on ways: a row of each array for each path.

    - ``points`` -- w where they start, and then where they end
    - ``arrived`` -- whether they did
    - ``ways`` -- of their data
    """

    points: np.ndarray
    arrived: np.ndarray
    ways: Arcs


class Progress(NamedTuple):
    """
    Where the path in each lane is: registers, and numbers with an entry for each lane.

    - ``here``, ``speed``, ``time`` -- the last point, where it moves to, and when
    - ``before``, ``slower``, ``earlier`` -- the point before that; at a negative time if there is
      none
    - ``path``, ``aim``, ``goal`` -- its number, what is done, and at which time
    - ``size``, ``largest``, ``steps`` -- of the next step, and of steps with the same slice; how
      many there were
    - ``corrections``, ``first``, ``last`` -- Newton's steps at the goal, and their relative sizes
    - ``adds``, ``arrives``, ``predicts`` -- whether a correction is added, a step is done, or
      another begins
    """

    here: np.ndarray
    speed: np.ndarray
    before: np.ndarray
    slower: np.ndarray
    time: np.ndarray
    earlier: np.ndarray
    path: np.ndarray
    aim: np.ndarray
    goal: np.ndarray
    size: np.ndarray
    largest: np.ndarray
    steps: np.ndarray
    corrections: np.ndarray
    first: np.ndarray
    last: np.ndarray
    adds: np.ndarray
    arrives: np.ndarray
    predicts: np.ndarray


def progress_in(lanes: int, parameters: int) -> Progress:
    """No path in any lane."""
    here, speed, before, slower = np.zeros((4, parameters, 2 * lanes))
    time, earlier, goal, size, largest, first, last = np.zeros((7, lanes))
    path, steps, corrections = np.zeros((3, lanes), dtype=int)
    adds, arrives, predicts = np.zeros((3, lanes), dtype=bool)
    return Progress(here, speed, before, slower, time, earlier, path, np.full(lanes, IDLE), goal,
                    size, largest, steps, corrections, first, last, adds, arrives, predicts)


@inner
def relative_change(equations: Equations, registers: np.ndarray, q: int) -> float:
    """The size of Newton's step relative to w; not finite if a velocity is not."""
    e, change, total, speed = equations, 0.0, 0.0, 0.0
    for k in range(e.parameters):
        change += square_size(get(registers, e.step + k, q))
        total += square_size(get(registers, e.w + k, q))
        speed += square_size(get(registers, e.speed + k, q))
    return np.sqrt(change / total) + 0 * speed


@inner
def judge(progress: Progress, q: int, change: float, care: float) -> None:
    """
    What is next in a lane, where Newton's method made a correction, or gave a velocity.

    - ``change`` -- the relative size of the correction
    """
    s, aim, is_finite = progress, progress.aim[q], np.isfinite(change)
    if aim == STARTING:
        s.arrives[q] = True
        s.aim[q] = PREDICTING if is_finite else IDLE
        return
    s.corrections[q] += 1
    if aim == ENDING:
        s.adds[q] = is_finite and change < max(s.last[q], CLOSEST)
        if s.adds[q]:
            s.last[q] = change
        if not s.adds[q] or change < CLOSEST or s.corrections[q] >= REFINEMENTS:
            s.aim[q] = CHECKING if s.last[q] < END_IS_CLOSE else IDLE
        return
    if s.corrections[q] == 1:
        s.first[q] = change if is_finite else np.inf
    is_good = is_finite and change < CLOSE
    s.adds[q] = is_finite
    if not is_good and is_finite and s.corrections[q] < CORRECTIONS and (
            change < min(0.3 * s.last[q], 1.0)):
        s.last[q] = change
        return
    ratio = min(max((WANTED * care / max(s.first[q], 1e-12)) ** 0.25, 0.4), 2.0)
    s.steps[q] += 1
    if is_good and s.first[q] < FAR * care:
        s.arrives[q] = True
        s.earlier[q], s.time[q] = s.time[q], s.goal[q]
        s.size[q] *= ratio
    else:
        s.size[q] *= min(ratio, 0.5) if is_good else 0.35
    s.largest[q] = max(s.largest[q], s.size[q])
    if s.time[q] >= 1.0:
        s.aim[q], s.corrections[q], s.last[q] = ENDING, 0, np.inf
    elif s.size[q] <= SMALLEST_STEP or s.steps[q] >= MOST_STEPS / np.sqrt(care):
        s.aim[q] = IDLE
    elif s.size[q] < TURN * s.largest[q]:
        s.aim[q] = BEGINNING  # perhaps the slice of the fibers is at fault
    else:
        s.aim[q] = PREDICTING


@inner
def correct(equations: Equations, progress: Progress, registers: np.ndarray) -> None:
    """Add corrections, and keep the points of steps that are done."""
    e, s, r, lanes = equations, progress, registers, len(progress.aim)
    for k in range(e.parameters):
        for h in range(2):
            for q in range(lanes):
                p = h * lanes + q
                w = r[e.w + k, p] + r[e.step + k, p] if s.adds[q] else r[e.w + k, p]
                r[e.w + k, p] = w
                if s.arrives[q]:
                    s.before[k, p], s.slower[k, p] = s.here[k, p], s.speed[k, p]
                    s.here[k, p], s.speed[k, p] = w, r[e.speed + k, p]


@inner
def load(equations: Equations, progress: Progress, paths: Paths, path: int, care: float,
         registers: np.ndarray, q: int) -> None:
    """A path in a lane that is idle."""
    e, s = equations, progress
    s.path[q], s.aim[q], s.steps[q] = path, BEGINNING, 0
    s.time[q], s.size[q] = 0.0, FIRST_STEP * care
    for k in range(e.parameters):
        put(s.here, k, q, paths.points[path, k])
    for i in range(e.data):
        put(registers, e.start + i, q, paths.ways.start[path, i])
        put(registers, e.span + i, q, paths.ways.end[path, i] - paths.ways.start[path, i])


@inner
def begin(equations: Equations, progress: Progress, registers: np.ndarray, q: int,
          point: np.ndarray) -> None:
    """
    Begin at the last point, with another slice.

    - ``point`` -- room for a number for each parameter
    """
    e, s = equations, progress
    for k in range(e.parameters):
        point[k] = get(s.here, k, q)
    balance(equations, point)
    for k in range(e.parameters):
        put(s.here, k, q, point[k])
        put(registers, e.w + k, q, point[k])
    s.goal[q], s.earlier[q], s.largest[q] = s.time[q], -1.0, s.size[q]
    s.aim[q] = SLICING if e.parameters > e.dimension else STARTING


@inner
def set_place(equations: Equations, ways: Arcs, path: int, time: float, registers: np.ndarray,
              q: int) -> None:
    """Data on their way at a time."""
    turn, rate, speed = ways.turn[path], np.log(ways.growth[path]), 1.0
    if rate != 0:
        ahead, size = np.expm1(rate * time), np.expm1(rate)
        time, speed = ahead / size, (1 + ahead) * rate / size
    shrunk = inverse(1 + (turn - 1) * time)
    put(registers, equations.place, q, time * turn * shrunk)
    put(registers, equations.pace, q, speed * turn * shrunk * shrunk)


@inner
def predict(equations: Equations, progress: Progress, registers: np.ndarray) -> None:
    """Where the next steps lead: by the cubic curve, or a line, in the slice."""
    e, s, r, lanes = equations, progress, registers, len(progress.aim)
    for k in range(e.parameters):
        for h in range(2):
            for q in range(lanes):
                p = h * lanes + q
                ahead, span = s.goal[q] - s.time[q], s.time[q] - s.earlier[q]
                x = 1 + ahead / span
                line = s.here[k, p] + ahead * s.speed[k, p]
                cubic = (x * x * (3 - 2 * x) * s.here[k, p]
                         + (1 + 2 * x) * (1 - x) * (1 - x) * s.before[k, p]
                         + x * span * (x - 1) * (x * s.speed[k, p] + (x - 1) * s.slower[k, p]))
                there = line if s.earlier[q] < 0 else cubic
                r[e.w + k, p] = there if s.predicts[q] else r[e.w + k, p]
    # Nothing corrects what leaves the slice, and the cubic curve would magnify it.
    for j in range(e.parameters - e.dimension):
        first = e.slice + j * e.parameters
        for q in range(lanes):
            if s.predicts[q]:
                z = 0j
                for k in range(e.parameters):
                    z += get(r, first + k, q) * (get(r, e.w + k, q) - get(s.here, k, q))
                for k in range(e.parameters):
                    put(r, e.w + k, q, get(r, e.w + k, q) - z * np.conj(get(r, first + k, q)))


@compiled
def follow_some(equations: Equations, paths: Paths, chosen: np.ndarray, care: float,
                ended: np.ndarray, registers: np.ndarray, progress: Progress, sources: int) -> bool:
    """
    Follow some of the paths, until all have ended, or one is told to end.

    - ``registers``, ``progress`` -- lanes without a path
    - ``sources`` -- of the code: of others nothing is done, and False is said
    """
    if sources != SOURCES:
        return False
    e, s, following, active = equations, progress, 0, 1
    spare = np.empty((e.parameters, max(e.parameters, e.sketch.shape[0])), np.complex128)
    while active and not ended[0]:
        active = 0
        for q in range(len(s.aim)):
            s.adds[q] = s.arrives[q] = False
            if s.aim[q] == SLICING:
                choose_slice(e, registers, q, spare)
                s.aim[q] = STARTING
            elif s.aim[q] == CHECKING:
                if has_rank(e, registers, q, spare):
                    for k in range(e.parameters):
                        paths.points[s.path[q], k] = get(registers, e.w + k, q)
                    paths.arrived[s.path[q]] = True
                s.aim[q] = IDLE
            elif s.aim[q] != IDLE:
                judge(s, q, relative_change(e, registers, q), care)
        correct(e, s, registers)
        for q in range(len(s.aim)):
            if s.aim[q] == IDLE and following < len(chosen):
                load(e, s, paths, chosen[following], care, registers, q)
                following += 1
            begins, s.predicts[q] = s.aim[q] == BEGINNING, s.aim[q] == PREDICTING
            if begins:
                begin(e, s, registers, q, spare[0])
            elif s.predicts[q]:
                s.goal[q] = min(s.time[q] + s.size[q], 1.0)
                s.aim[q], s.corrections[q], s.last[q] = CORRECTING, 0, np.inf
            if begins or s.predicts[q]:
                set_place(e, paths.ways, s.path[q], s.goal[q], registers, q)
            active += s.aim[q] != IDLE
        predict(e, s, registers)
        newton(e, registers)
    return True


_compiling = threading.Lock()


def _follow_some(*arguments: Any) -> None:
    """The same by code of these sources: what was kept of others is compiled again."""
    machine: Any = follow_some
    if not machine(*arguments, SOURCES):
        with _compiling:
            if not machine(*arguments, SOURCES):
                machine.recompile()
        machine(*arguments, SOURCES)


def follow(equations: Equations, w: np.ndarray, ways: Arcs, check: Callable[[], None],
           care: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """
    Follow solutions along ways of data from t = 0 to t = 1.

    Several threads do so beside each other.

    INPUT:

    - ``w`` -- solutions at t = 0, a row for each
    - ``ways`` -- one for each
    - ``check`` -- is called often, by this thread, and may raise
    - ``care`` -- 1.0, or less for smaller steps

    OUTPUT: the solutions at t = 1, as near as floating point allows, and which paths arrived at one
    where φ has its rank
    """
    start, end, turn = (np.ascontiguousarray(part, dtype=complex) for part in ways[:3])
    paths = Paths(np.array(w, dtype=complex, order="C"), np.zeros(len(w), dtype=bool),
                  Arcs(start, end, turn, np.ascontiguousarray(ways.growth, dtype=float)))
    threads = max(1, min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
                         MOST_THREADS, len(w) // PATHS_OF_A_THREAD))
    ended = np.zeros(1, dtype=bool)
    pool = ThreadPoolExecutor(threads)
    try:
        parts = [pool.submit(_follow_some, equations, paths, np.arange(k, len(w), threads), care,
                             ended, equations.registers(LANES),
                             progress_in(LANES, equations.parameters)) for k in range(threads)]
        while not all(part.done() for part in parts):
            check()
            wait(parts, WAITING)
    finally:
        ended[0] = True
        pool.shutdown(wait=False)  # what compiles cannot be told to end
    for part in parts:
        part.result()
    return paths.points, paths.arrived


def refined(equations: Equations, w: np.ndarray, c: np.ndarray,
            check: Callable[[], None] = lambda: None) -> tuple[np.ndarray, np.ndarray]:
    """
    Solutions over the rows of c as near as floating point allows, and at which Newton's method
    converged to regular ones.
    """
    ones = np.ones(len(w))
    return follow(equations, w, Arcs(c, c, ones, ones), check)
