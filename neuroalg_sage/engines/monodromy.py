"""
All solutions of a system of equations from one of them, by monodromy, in floating point.

Let E be an irreducible affine variety of dimension m in a vector space, and π a linear map to C^m,
with finite fibers over generic points c.  Loops of c move the points of a fiber into each other:
from one of them all are found, since E is irreducible.

**The trace test.**  Suppose that the kernel of π does not meet the closure of E at infinity.  Then
π is finite on E, and the sum of a linear function x over a fiber is an affine-linear function of c:
over C[c], x satisfies a monic equation whose degree is the number of points, in which the
coefficient of x^(D-k) has at most degree k; and the sum is, up to its sign, that for k = 1.  So
a set of points whose sum does not move so along a line of parameters is not all of a fiber.
Conversely, if it does, the monodromy group takes the set to sets with the same sum.  If the
group contains the transposition of a point inside with one outside, this is impossible.  For
linear sections of generic direction it contains all transpositions ([LRS2018]_); in general that
is believed.

Two varieties are followed here.

- E = M, and π is given by d generic linear forms: a generic linear space misses M at infinity.
- E is the closure of the pairs (x, y) of smooth points x of M and covectors y that
  vanish on the tangent space, of dimension n in V x V*, and π(x, y) = x + Q^(-1) y.  Its
  fiber over u consists of the critical points of the distance from u by the quadratic form Q.  The
  kernel {(x, -Q x)} misses E at infinity if Q is generic, even among diagonal matrices.  For
  points at infinity are those of a Lagrangian cone that is stable under scalings of x and of y
  alone, so of finitely many conormal varieties.  Where S is the set of the coordinates of x that
  are not zero, -Q x = y implies that y has no others, and Q is known on S.  Refine the
  stratification of which these are the conormal varieties until its strata lie in a part with
  one S each; such (x, y), restricted to the coordinates in S, are in conormal varieties there, of
  dimension |S|, so up to scalings, which leave Q as it is, of dimension |S| - 1 < |S|; and x = 0
  would imply y = 0.  For a given Q, as for the standard one, it may meet E there, and then
  the sum may have poles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from neuroalg_sage.engines.fibrations import CriticalPoints, LinearSections
from neuroalg_sage.engines.path_tracking import Arcs, follow, refined
from neuroalg_sage.errors import LimitReached

TRACE_IS_LINEAR = 1e-12  # points that are far away contribute little else
# How far places are, relative to where loops begin, also those where a trace is tested; and the
# angles of arcs to them.
ANYWHERE, FAR = (0.5, 500.0), (20.0, 500.0)
ARCS = 0.5, 2.8
SELDOM, MOST_WAYS = 3, 4  # places, of which one is straight; edges to each: one more, one loop more
SAME = 1e-6  # distance of images that count as one, relative to their size
STARTS, ATTEMPTS = 5, 3
CARE = 1.0, 0.2, 0.04  # of the first attempt at a path, and of others where it was lost
PATIENCE = 2  # loops without a new point, before others are tried: they take longer than a loop
MANY_LOST, FEW_LOST = 0.1, 5  # of the paths of an edge: more are not followed again
MOST_LOSSY = 3  # loops without a new point that lose paths, before it is done again
MANY_IDLE = 200  # points that loops have moved to known ones, instead of several loops
# Where no trace test helps: loops that have moved each of the points, so that others like them
# would hardly stay apart, and points that loops moved to known ones; few move among themselves.
MOVED, MANY_IDLE_ALONE = 2, 1_000
# Of so many points that are tried this part has to come back from other forms, that these be used.
TRIED, COME_BACK = 30, 0.7
UNKNOWN = -1  # which point is at the other end


def marks(images: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """A number for each point, relative to its size, by which equal ones are recognized."""
    sizes = np.sqrt(1.0 + np.sum(np.abs(images) ** 2, axis=1))
    found: np.ndarray = (images @ direction) / sizes
    return found


class Points:
    """
    Points of a fiber, of which equal ones are kept once, recognized by a random projection.

    - ``c`` -- over which the fiber is; with a point it contains its conjugate if c is real
    - ``all`` -- parameters w, a row for each
    """

    def __init__(self, system: LinearSections | CriticalPoints, c: np.ndarray,
                 direction: np.ndarray) -> None:
        self.system, self.c, self.direction = system, c, direction
        self.all = np.empty((0, system.map.count), dtype=complex)
        self.cells: dict[tuple[int, int], tuple[complex, int]] = {}

    def __len__(self) -> int:
        return len(self.all)

    def places(self, points: np.ndarray) -> np.ndarray:
        """Which of the points these are; those that are new are kept."""
        images = self.system.image(points)
        found = self._places(points, images)
        if not self.c.imag.any():
            self._places(points.conj(), images.conj())
        return found

    def _places(self, points: np.ndarray, images: np.ndarray) -> np.ndarray:
        before = len(self)
        new: list[int] = []
        found = np.array([self._place(complex(mark), before + len(new), new, row)
                          for row, mark in enumerate(marks(images, self.direction))], dtype=int)
        self.all = np.concatenate([self.all, points[new]])
        return found

    def _place(self, mark: complex, count: int, new: list[int], row: int) -> int:
        x, y = mark.real / SAME, mark.imag / SAME
        i, j = int(np.floor(x)), int(np.floor(y))
        for cell in ((i + a, j + b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
            if cell in self.cells and abs(self.cells[cell][0] - mark) < SAME:
                return self.cells[cell][1]
        self.cells[i, j] = mark, count
        new.append(row)
        return count


class Edge:
    """
    A way between two c, along which the points over one become those over the other.

    - ``fibers`` -- the points that are known over its ends
    - ``is_even`` -- whether there are as many; else some of the other end vanish on the way back
    - ``turn``, ``growth`` -- of the arc
    - ``partners`` -- at each end, for each of them its number at the other end, or UNKNOWN
    - ``attempts`` -- at each end, how often each was followed
    """

    def __init__(self, base: Points, other: Points, turn: complex, growth: float, is_even: bool
                 ) -> None:
        self.fibers, self.turn, self.growth, self.is_even = (base, other), turn, growth, is_even
        self.partners, self.attempts = ([np.empty(0, dtype=int) for _ in range(2)]
                                        for _ in range(2))

    def unknown(self, side: int, attempts: int) -> np.ndarray:
        """Those at one end of which it is not known, after so many attempts, where they go."""
        more = len(self.fibers[side]) - len(self.partners[side])
        self.partners[side] = np.concatenate([self.partners[side], np.full(more, UNKNOWN)])
        self.attempts[side] = np.concatenate([self.attempts[side], np.zeros(more, dtype=int)])
        return np.flatnonzero((self.partners[side] == UNKNOWN) & (self.attempts[side] == attempts))

    def way(self, side: int, count: int) -> Arcs:
        """The way from one end, so many times."""
        start, end = self.fibers[side].c, self.fibers[1 - side].c
        turn, growth = (x if side == 0 else 1 / x for x in (self.turn, self.growth))
        return Arcs(*(np.repeat(np.asarray(x)[None], count, axis=0)
                      for x in (start, end, turn, growth)))

    @property
    def lost(self) -> int:
        """How many go nowhere, as far as is known, of those that should go somewhere."""
        return max(int(np.sum(partners == UNKNOWN))
                   for partners in self.partners[: 1 + self.is_even])

    @property
    def is_bad(self) -> bool:
        """Whether so many paths were lost that they are not followed again."""
        return bool(self.lost > max(MANY_LOST * len(self.partners[0]), FEW_LOST))

    def pairing(self) -> np.ndarray:
        """The partners of the points at the first end, and others where they are not known."""
        there, back = self.partners
        found = there.copy()
        found[there == UNKNOWN] = np.flatnonzero(back == UNKNOWN)
        return found

    def keep(self, side: int, chosen: np.ndarray, ends: np.ndarray, arrived: np.ndarray) -> None:
        """Where some of the points at one end arrived."""
        self.attempts[side][chosen] += 1
        places = self.fibers[1 - side].places(ends[arrived])
        self.unknown(1 - side, 0)
        here, there = self.partners[side], self.partners[1 - side]
        for point, place in zip(chosen[arrived], places):
            rival = there[place]
            if rival == UNKNOWN:
                here[point], there[place] = place, point
            else:  # different points do not meet: at least one has jumped
                here[point] = here[rival] = there[place] = UNKNOWN
                self.attempts[side][rival] = max(self.attempts[side][[rival, point]])


class _Place:
    """
    The points over c + i v for a random real v, and edges to it.

    - ``is_straight`` -- whether a trace may be tested: only data differ, and are far away
    - ``is_even`` -- whether there are as many points as over c
    - ``size`` -- how far data move, relative to c; a quadratic form changes by about itself
    """

    def __init__(self, base: Points, is_straight: bool, form_moves: bool,
                 generator: np.random.Generator) -> None:
        self.base, self.is_straight, self.generator = base, is_straight, generator
        self.is_even = not (form_moves and base.system.is_given)
        self.size = float(np.exp(generator.uniform(*np.log(FAR if is_straight else ANYWHERE))))
        m = base.system.data
        v = generator.normal(size=len(base.c))
        v[:m] *= self.size * np.linalg.norm(base.c[:m]) / np.linalg.norm(v[:m])
        v[m:] *= form_moves
        self.points = Points(base.system, base.c + 1j * v, base.direction)
        self.sense = int(generator.choice([-1, 1]))
        self.edges: list[Edge] = []

    def add_edges(self, count: int) -> list[Edge]:
        """More ways to it; those that turn to different sides make a loop."""
        for _ in range(count):
            angle = self.sense * (-1) ** len(self.edges) * self.generator.uniform(*ARCS)
            self.edges.append(Edge(self.base, self.points, np.exp(1j * angle),
                                   max(self.size, 1.0), self.is_even))
        return self.edges[-count:]

    def comes_back(self, check: Callable[[], None]) -> bool:
        """Whether points that go here by one of two edges come back by the other, if tried."""
        system, count = self.base.system, min(TRIED, len(self.base))
        there, back = self.edges
        points, arrived = follow(system.equations, self.base.all[:count], there.way(0, count),
                                 check)
        came = follow(system.equations, points[arrived], back.way(1, int(arrived.sum())), check)[1]
        return bool(came.sum() >= COME_BACK * count)

    @property
    def takes_more(self) -> bool:
        """Whether another way would make another loop, and not lose many paths."""
        return len(self.edges) < MOST_WAYS and not any(edge.is_bad for edge in self.edges)

    def moved(self) -> np.ndarray:
        """How many loops, of an edge and the next one, lead each point over c to another."""
        found = np.zeros(len(self.base), dtype=int)
        for out, home in zip(self.edges, self.edges[1:]):
            there, back = out.partners[0], home.partners[1]
            known = np.flatnonzero(there != UNKNOWN)
            ends = back[there[known]]
            found[known] += (ends != UNKNOWN) & (ends != known)
        return found

    def trace_error(self) -> float | None:
        """
        That of the trace test, None if fewer or more points are known here.

        It is about all points, also those whose partners are not known: these only say how far the
        points moved.
        """
        edges = [edge for edge in self.edges if not edge.is_bad
                 and len(self.base) == len(self.points) == len(edge.partners[0])]
        if not edges:
            return None
        return trace_error(self.base.system.image(self.base.all), self.points.system.image(
            self.points.all[min(edges, key=lambda edge: edge.lost).pairing()]))


@dataclass(frozen=True)
class Fiber:
    """
    What was found of a fiber.

    - ``points`` -- parameters w, a row for each point, with different images
    - ``trace`` -- the error of the trace test for all of them, relative to how far they moved;
      None if it could not be done
    - ``loops``, ``paths`` -- how many were followed
    - ``idle`` -- after how many loops in the end no new point was found
    - ``lost`` -- paths that did not arrive
    - ``lossy`` -- of the loops in the end without a new point, those that lost a path, also with
      care: perhaps to a point that is always missed
    - ``again`` -- whether as many were found over another c, many, and few paths did not arrive
    """

    points: np.ndarray
    trace: float | None
    loops: int
    paths: int
    idle: int
    lost: int
    lossy: int
    again: bool = False

    @property
    def trace_is_linear(self) -> bool:
        """Whether the trace test was passed."""
        return self.trace is not None and self.trace < TRACE_IS_LINEAR

    @property
    def is_lossy(self) -> bool:
        """Whether that no new point was found may be because it was always missed."""
        return self.lossy > MOST_LOSSY and not self.again

    def verdict(self) -> str:
        """How many loops and paths there were, and what the trace test said."""
        trace = ("no trace test could be done" if self.trace is None else
                 f"the trace test has error {self.trace:.0e}"
                 + ("" if self.trace_is_linear else ", so it is not passed"))
        idle = f", the last {self.idle} without a new point" if self.idle > 1 else ""
        again = ", and as many points over other data" if self.again else ""
        return f"{self.loops} loops with {self.paths:,} paths{idle}{again}; {trace}"


def fiber(system: LinearSections | CriticalPoints, generator: np.random.Generator,
          limits: Callable[[], None], idle_loops: int, confirm: int = 0,
          progress: Callable[[str], None] = lambda text: None) -> Fiber:
    """
    The points of a fiber over a random real c, by loops of c from one of them.

    Where loops do not end without losing paths, as one point of the fiber may be hard to reach, it
    is done again over another c, until the number of points is one of those before: what is hard to
    reach over one c is hardly so over others.  So it is where the trace says that some are missing.

    INPUT:

    - ``generator`` -- source of random numbers
    - ``limits`` -- is called often, and raises LimitReached at a limit
    - ``idle_loops`` -- after so many loops without a new point it ends without a trace test
    - ``confirm`` -- how many loops without a new point, fewer if they moved many points, shall
      precede the trace test that is believed, or follow it; so many are enough without it for
      many points, each of which was moved; 0 if the sum is linear for sure
    - ``progress`` -- takes one line of text

    Raises LimitReached if a limit is reached, or if it does not begin.
    """
    numbers: list[int] = []
    for _ in range(ATTEMPTS):
        found = _fiber_over_one(system, generator, limits, idle_loops, confirm, progress)
        found = replace(found, again=len(found.points) in numbers and MANY_IDLE <= len(
            found.points) and found.lost < MANY_LOST * found.paths)
        if found.trace_is_linear or confirm and not found.is_lossy:
            break
        numbers.append(len(found.points))
    return found


def _fiber_over_one(system: LinearSections | CriticalPoints, generator: np.random.Generator,
                    limits: Callable[[], None], idle_loops: int, confirm: int,
                    progress: Callable[[str], None]) -> Fiber:
    """
    The fiber contains with a point its complex conjugate.  Edges lead from c to c + i v for random
    real v, on random arcs, two to a place, which make a loop.  Points are followed along each once,
    to and fro, until nothing is new: so they are stable under all loops of these edges.  The points
    at c - i v are the conjugates of those at c + i v; so the trace test is that the real part of
    the sum there is the sum at c.  It is done at straight places, where only data differ, far away:
    what moved little may look linear.

    The quadratic form moves to the other places.  For points that are large compared with u lie
    near points of length zero at which M is nearly conormal to itself; they hardly meet others
    when only u moves, but for other forms they are as others are.  There may be more than for a
    form that is given.  These vanish on the way back; so if they are many, the form stays.
    """
    for _ in range(STARTS):
        start = generator.normal(size=system.map.count) + 0j
        origin = system.parameters(start, generator).real
        points, good = refined(system.equations, start[None], origin[None], limits)
        if good.all() and system.is_isolated(points[0], origin):
            break
    else:
        raise LimitReached("In floating point no random point of the neurovariety is regular, and "
                           "isolated in its fiber, so monodromy does not begin.")
    n = system.map.coefficients.shape[1]
    mark = (generator.normal(size=n) + 1j * generator.normal(size=n)) / np.sqrt(n)
    base = Points(system, origin, mark)
    base.places(points)
    places: list[_Place] = []
    loops = paths = idle = lossy = 0
    trace, form_moves = None, True

    def check() -> None:
        try:
            limits()
        except LimitReached as error:
            so_far = "" if loops < 2 else f" in {loops - 1} loops"
            raise LimitReached(f"Monodromy had found {len(base)} points{so_far}, and the trace "
                               f"test was not passed. {error}") from None

    def follow_all(edges: Sequence[Edge], most: int) -> int:
        """
        All points along all edges, until none is new; those that are lost with more care, in so
        many attempts.
        """
        attempts = followed = 0
        while attempts < most:
            before = followed
            for side in (0, 1):
                followed += _follow_edges([edge for edge in edges if not attempts or not (
                    edge.is_bad or side and not edge.is_even)], side, attempts, check)
            if followed > before:
                progress(f"monodromy: {len(base)} points after {loops} loops")
            attempts = 0 if followed > before else attempts + 1
        return followed

    def another_loop() -> list[Edge]:
        nonlocal form_moves
        if places and places[-1].takes_more:
            return places[-1].add_edges(1)
        is_straight = len(places) % SELDOM == 0
        place = _Place(base, is_straight, form_moves and not is_straight, generator)
        new = place.add_edges(2)
        if not place.is_even and not place.comes_back(check):
            form_moves, place = False, _Place(base, False, False, generator)
            new = place.add_edges(2)
        places.append(place)
        return new

    def least_trace_error() -> float | None:
        return min((error for place in places if place.is_straight
                    and (error := place.trace_error()) is not None), default=None)

    def is_believed() -> bool:
        return trace is not None and trace < TRACE_IS_LINEAR and (
            idle >= confirm or idle * len(base) >= MANY_IDLE)

    def has_ended() -> bool:
        if lossy > MOST_LOSSY:
            return True
        if idle >= idle_loops:  # few points may stay among themselves for long
            return not confirm or idle * len(base) >= MANY_IDLE
        return bool(confirm and idle >= confirm and idle * len(base) >= MANY_IDLE_ALONE
                    and np.sum([place.moved() for place in places], axis=0).min() >= MOVED)

    while True:
        loops += 1
        before, idle_before = len(base), idle
        new = another_loop()
        edges = [edge for place in places for edge in place.edges]
        for most in (1, len(CARE)):
            paths += follow_all(edges, most)
            idle = idle_before + 1 if len(base) == before else 0
            trace = least_trace_error()
            if idle < PATIENCE or is_believed():
                break
        else:
            lossy += any(edge.lost for edge in new)
        lossy = lossy if idle else 0
        if is_believed() or has_ended():
            return Fiber(base.all, trace, loops, paths, idle, sum(edge.lost for edge in edges),
                         lossy)


def _follow_edges(edges: Sequence[Edge], side: int, attempts: int, check: Callable[[], None]
                  ) -> int:
    """Follow points at one end of edges, after some attempts with care; how many there were."""
    chosen = [edge.unknown(side, attempts) for edge in edges]
    if not any(map(len, chosen)):
        return 0
    arcs = [edge.way(side, len(part)) for edge, part in zip(edges, chosen)]
    ways = Arcs(*map(np.concatenate, zip(*arcs)))
    system = edges[0].fibers[0].system
    begin = np.concatenate([edge.fibers[side].all[part] for edge, part in zip(edges, chosen)])
    ends, arrived = follow(system.equations, begin, ways, check, CARE[attempts])
    place = 0
    for edge, part in zip(edges, chosen):
        here = slice(place, place + len(part))
        edge.keep(side, part, ends[here], arrived[here])
        place += len(part)
    return place


def trace_error(before: np.ndarray, after: np.ndarray) -> float:
    """
    How much the real part of the sum changed, relative to how far the points moved.

    EXAMPLES::

        >>> trace_error(np.array([[1.0]]), np.array([[1.0 + 2.0j]]))
        0.0
    """
    moved = float(np.sum(np.abs(after - before)))
    error = float(np.linalg.norm((after.sum(axis=0) - before.sum(axis=0)).real))
    return error / moved if moved else 0.0
