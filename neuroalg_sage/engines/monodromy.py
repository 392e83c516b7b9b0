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
from dataclasses import dataclass

import numpy as np

from neuroalg_sage.engines.path_tracking import (
    Path,
    TorusMap,
    follow,
    refined,
)
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.expressions import Polynomial

TRACE_IS_LINEAR = 1e-8
# How far loops go, relative to where they begin; and how far at least where a trace is tested.
NEAR, FAR, FAR_TEST = 0.5, 500.0, 20.0
SELDOM = 3  # loops without a new point, of which one tests the trace where it is not linear
SAME = 1e-6  # distance of images that count as one, relative to their size
LEAST_RANK = 1e-9  # smallest singular values, relative to the largest
CAREFUL, STARTS, ATTEMPTS = 0.2, 5, 3
MOST_LOSSY = 3  # loops without a new point that lose paths, before it is done again
MANY_NEW = 1.2  # times as many points as before a loop
MANY_IDLE = 200  # points that loops have moved to known ones, instead of several loops
LEAST_EIGENVALUE = 1e-14  # of a form, relative to the largest; what is less is 0
MOST_UNLIKE = 1e4  # of sizes of monomials: beyond that what happens at one scale hides at another
ARCS = 0.5, 2.5  # the angles of arcs; two in the same sense make a loop around the middle


class _OnAVariety:
    """
    What equations for points φ(w) of a variety have in common.

    - ``map`` -- φ
    - ``measured`` -- φ with coordinates of about one size, which tell points apart
    - ``followed`` -- φ and a linear map, whose rank is the dimension where points are regular
    - ``dimension`` -- of the variety
    """

    map: TorusMap
    measured: TorusMap
    followed: TorusMap
    dimension: int

    def image(self, w: np.ndarray) -> np.ndarray:
        return self.measured.values(self.map.monomials(w))

    def is_regular(self, w: np.ndarray) -> np.ndarray:
        return _have_rank(self._slopes(w), self.dimension)

    def _slopes(self, w: np.ndarray) -> np.ndarray:
        return self.followed.jacobian(w, self.map.monomials(w))


class LinearSections(_OnAVariety):
    """
    The points φ(w) of a variety of dimension d with Λ φ(w) = c, for d linear forms Λ.
    """

    def __init__(self, polynomials: Sequence[Polynomial], count: int, dimension: int,
                 generator: np.random.Generator) -> None:
        phi = TorusMap(polynomials, count)
        # The degree does not depend on coordinates, so each is measured by its coefficients.
        self.map = self.measured = measured(phi)
        self.map.coefficients *= balancing(self.map)
        self.followed = self.map.combined(
            np.linalg.qr(generator.normal(size=(len(polynomials), dimension)))[0])
        self.dimension = dimension
        self.size = count * dimension + len(phi.exponents)

    def parameters(self, w: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Those for which w is a solution."""
        found: np.ndarray = self.followed.values(self.map.monomials(w[None]))[0]
        return found

    def frames(self, w: np.ndarray) -> np.ndarray | None:
        return None if self.map.count == self.dimension else _orthonormal(self._slopes(w).conj())

    def linearized(self, w: np.ndarray, frame: np.ndarray | None, c: np.ndarray, move: np.ndarray
                   ) -> tuple[np.ndarray, np.ndarray]:
        monomials = self.map.monomials(w)
        square = self.followed.jacobian(w, monomials).transpose(0, 2, 1)
        return (square if frame is None else square @ frame,
                np.stack([self.followed.values(monomials) - c, -move], axis=2))


class CriticalPoints(_OnAVariety):
    """
    The critical points of the distance from u on the image of φ, for a quadratic form Q.

    It is J^T Q (φ(w) - u) = 0, where J is the Jacobian matrix, which shall have the rank d.  With
    Q = R^T S R, for a real R and signs S, the parameters are R u.
    """

    def __init__(self, polynomials: Sequence[Polynomial], count: int, dimension: int,
                 form: np.ndarray, generator: np.random.Generator) -> None:
        values, vectors = np.linalg.eigh(form)
        values[abs(values) < LEAST_EIGENVALUE * abs(values).max()] = 0
        self.signs = np.sign(values)
        self.map = TorusMap(polynomials, count)
        root = vectors * np.sqrt(abs(values))
        self.map.coefficients *= balancing(self.map.combined(root))
        self.followed, self.measured = self.map.combined(root), measured(self.map)
        self.dimension = dimension
        n = len(polynomials)
        self.sketch = generator.normal(size=(n, dimension)) / np.sqrt(n)
        self.size = count * (n + count) + len(self.map.exponents)

    def parameters(self, w: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """R u for a random point u for which φ(w) is critical."""
        image = self.followed.values(self.map.monomials(w[None]))[0]
        normal = generator.normal(size=len(image)) * np.linalg.norm(image) / np.sqrt(len(image))
        rows = np.linalg.svd(self._slopes(w[None])[0] * self.signs)[2][: self.dimension]
        found: np.ndarray = image + normal - rows.conj().T @ (rows @ normal)
        return found

    def frames(self, w: np.ndarray) -> np.ndarray | None:
        return None if self.map.count == self.dimension else _orthonormal(
            (self._slopes(w) @ self.sketch).conj())

    def linearized(self, w: np.ndarray, frame: np.ndarray | None, c: np.ndarray, move: np.ndarray
                   ) -> tuple[np.ndarray, np.ndarray]:
        monomials = self.map.monomials(w)
        slopes = self.followed.jacobian(w, monomials)
        residual = (self.followed.values(monomials) - c) * self.signs
        terms = (residual @ self.followed.coefficients.T) * monomials
        columns = np.stack([self.map.gradient(w, terms),
                            -(slopes @ (move * self.signs)[:, :, None])[:, :, 0]], axis=2)
        hessian = self.map.hessian(w, terms)
        square = slopes @ (slopes * self.signs).transpose(0, 2, 1) + hessian
        if frame is not None:
            turned = frame.transpose(0, 2, 1)
            square, columns = turned @ square @ frame, turned @ columns
        return square, columns

    def rank(self, generator: np.random.Generator) -> int:
        """The rank of the form on tangent vectors at a random point."""
        w = generator.normal(size=(1, self.map.count)) + 0j
        return int(np.linalg.matrix_rank(self._slopes(w)[0], rtol=LEAST_RANK))


def measured(phi: TorusMap) -> TorusMap:
    """The map with each coordinate measured by the size of its coefficients."""
    sizes = np.linalg.norm(phi.coefficients, axis=0)
    return phi.combined(np.diag(1 / np.where(sizes > 0, sizes, 1.0)))


def balancing(phi: TorusMap) -> np.ndarray:
    """
    Factors of the coefficients, a row for each monomial, that come from units of the parameters
    and of length, and make the monomials that vary about as large as 1.

    Raises LimitReached if some stay tiny: then points that are far away, or near one another,
    are missed, and the sum of the others is linear as far as floating point sees.

    EXAMPLES::

        >>> balancing(TorusMap([{(1,): 1}, {(2,): 1000}], 1)).round(6).tolist()
        [[1.0], [0.001]]
    """
    sizes = np.linalg.norm(phi.coefficients, axis=1)
    varying = (sizes > 0) & phi.exponents.any(axis=1)
    if not varying.any():
        return np.ones((len(sizes), 1))
    columns = np.hstack([phi.exponents, np.ones((len(sizes), 1))])
    logarithms = np.log(sizes[varying])
    units = np.linalg.lstsq(columns[varying], -logarithms, rcond=None)[0]
    factors = columns @ units
    unlike = float(np.exp(np.ptp(factors[varying] + logarithms)))
    if not unlike < MOST_UNLIKE:
        raise LimitReached(f"In any units of parameters some monomials are {unlike:.0e} times as "
                           "large as others, so monodromy in floating point is not believed.")
    found: np.ndarray = np.exp(factors)[:, None]
    return found


def _orthonormal(columns: np.ndarray) -> np.ndarray:
    basis: np.ndarray = np.linalg.qr(columns)[0]
    return basis


def _have_rank(matrices: np.ndarray, rank: int) -> np.ndarray:
    finite = np.isfinite(matrices).all(axis=(1, 2))
    values = np.linalg.svd(np.where(finite[:, None, None], matrices, 0), compute_uv=False)
    found: np.ndarray = finite & (values[:, rank - 1] > LEAST_RANK * values[:, 0])
    return found


def marks(images: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """A number for each point, relative to its size, by which equal ones are recognized."""
    sizes = np.sqrt(1.0 + np.sum(np.abs(images) ** 2, axis=1))
    found: np.ndarray = (images @ direction) / sizes
    return found


class Points:
    """Points of which equal ones are kept once, recognized by a random projection."""

    def __init__(self, direction: np.ndarray) -> None:
        self.direction = direction
        self.cells: dict[tuple[int, int], complex] = {}

    def add(self, images: np.ndarray) -> np.ndarray:
        """Which of these are new; they are kept."""
        return np.array([self._is_new(complex(mark)) for mark in marks(images, self.direction)],
                        dtype=bool)

    def _is_new(self, mark: complex) -> bool:
        x, y = mark.real / SAME, mark.imag / SAME
        i, j = int(np.floor(x)), int(np.floor(y))
        for cell in ((i + a, j + b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
            if cell in self.cells and abs(self.cells[cell] - mark) < SAME:
                return False
        self.cells[i, j] = mark
        return True


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
    - ``lossy`` -- of the loops in the end without a new point, those that lost a path: perhaps to
      a point that is always missed
    """

    points: np.ndarray
    trace: float | None
    loops: int
    paths: int
    idle: int
    lost: int
    lossy: int

    @property
    def trace_is_linear(self) -> bool:
        """Whether the trace test was passed."""
        return self.trace is not None and self.trace < TRACE_IS_LINEAR

    @property
    def is_lossy(self) -> bool:
        """Whether that no new point was found may be because it was always missed."""
        return self.lossy > MOST_LOSSY

    def verdict(self) -> str:
        """How many loops and paths there were, and what the trace test said."""
        trace = ("no trace test could be done" if self.trace is None else
                 f"the trace test has error {self.trace:.0e}"
                 + ("" if self.trace_is_linear else ", so it is not passed"))
        idle = f", the last {self.idle} without a new point" if self.idle > 1 else ""
        return f"{self.loops} loops with {self.paths:,} paths{idle}; {trace}"


def fiber(system: LinearSections | CriticalPoints, generator: np.random.Generator,
          limits: Callable[[], None], idle_loops: int, confirm: int = 0,
          progress: Callable[[str], None] = lambda text: None) -> Fiber:
    """
    The points of a fiber over a random real c, by loops of c from one of them.

    Where loops do not end without losing paths, as one point of the fiber may be hard to reach, it
    is done again over another c; so it is where the trace says that some are missing.

    INPUT:

    - ``generator`` -- source of random numbers
    - ``limits`` -- is called often, and raises LimitReached at a limit
    - ``idle_loops`` -- after so many loops without a new point it ends without a trace test
    - ``confirm`` -- how many loops without a new point, fewer if they moved many points, shall
      precede the trace test that is believed, or follow it; 0 if the sum is linear for sure
    - ``progress`` -- takes one line of text

    Raises LimitReached if a limit is reached, or if it does not begin.
    """
    for _ in range(ATTEMPTS):
        found = _fiber_over_one(system, generator, limits, idle_loops, confirm, progress)
        if found.trace_is_linear or confirm and not found.is_lossy:
            break
    return found


def _fiber_over_one(system: LinearSections | CriticalPoints, generator: np.random.Generator,
                    limits: Callable[[], None], idle_loops: int, confirm: int,
                    progress: Callable[[str], None]) -> Fiber:
    """
    The fiber contains with a point its complex conjugate.  A loop goes from c to c + i v for a
    random real v, and back, each time on a random circle.  On the way the points at c - i v are
    the conjugates of those at c + i v; so the trace test is that the real part of the sum there is
    the sum at c.
    """
    for _ in range(STARTS):
        start = generator.normal(size=system.map.count) + 0j
        base = system.parameters(start, generator).real
        points, good = refined(system, start[None], base)
        if good.all() and is_isolated(system, points, base):
            break
    else:
        raise LimitReached("In floating point no random point of the neurovariety is regular, and "
                           "isolated in its fiber, so monodromy does not begin.")
    n = system.map.coefficients.shape[1]
    known = Points((generator.normal(size=n) + 1j * generator.normal(size=n)) / np.sqrt(n))
    known.add(system.image(points))
    loops = paths = idle = lost = lossy = before = 0
    trace = None

    def check() -> None:
        try:
            limits()
        except LimitReached as error:
            so_far = "" if loops < 2 else f" in {loops - 1} loops"
            raise LimitReached(f"Monodromy had found {len(points)} points{so_far}, and the trace "
                               f"test was not passed. {error}") from None

    def direction(size: float) -> np.ndarray:
        v = generator.normal(size=len(base))
        return np.asarray(v * (size * np.linalg.norm(base) / np.linalg.norm(v)))

    def is_believed() -> bool:
        return (trace is not None and trace < TRACE_IS_LINEAR
                and (idle >= confirm or idle * len(points) >= MANY_IDLE))

    while True:
        loops += 1
        # While many are missing there is no trace to be saved.  What moved little may look linear.
        settled = len(points) < MANY_NEW * before
        tested = settled and (trace is None or not idle % SELDOM)
        size = float(np.exp(generator.uniform(*np.log([FAR_TEST if tested else NEAR, FAR]))))
        v, growth = direction(size), max(size, 1.0)
        there, back = np.exp(1j * generator.choice([-1, 1]) * generator.uniform(*ARCS, size=2))
        middle, arrived = (_carefully if tested else follow)(
            system, points, arc(base, base + 1j * v, there, growth), check)
        before = len(points)
        paths += len(points)
        if tested and arrived.all():
            trace = trace_error(system.image(points), system.image(middle))
            if is_believed():
                return Fiber(points, trace, loops, paths, idle, lost, lossy)
        ends, returned = follow(system, middle[arrived],
                                arc(base + 1j * v, base, back, 1 / growth), check)
        paths += len(ends)
        ends, good = refined(system, ends[returned], base)
        missed = before - int(np.sum(good))
        lost += missed
        ends = np.concatenate([ends[good], ends[good].conj()])
        new = ends[known.add(system.image(ends))]
        idle, lossy, trace = (0, 0, None) if len(new) else (idle + 1, lossy + (missed > 0), trace)
        points = np.concatenate([points, new])
        progress(f"monodromy: {len(points)} points after {loops} loops")
        if idle and is_believed() or idle >= idle_loops or lossy > MOST_LOSSY:
            return Fiber(points, trace, loops, paths, idle, lost, lossy)


def is_isolated(system: LinearSections | CriticalPoints, w: np.ndarray, c: np.ndarray) -> bool:
    """
    Whether the equations have their rank at a solution; else solutions come in families.

    So are the critical points where they exist for special data only, as on an isotropic space.
    """
    parameters = np.broadcast_to(c, (1, len(c)))
    square, _ = system.linearized(w, system.frames(w), parameters, np.zeros_like(parameters))
    return bool(_have_rank(square, system.dimension)[0])


def _carefully(system: LinearSections | CriticalPoints, points: np.ndarray, path: Path,
               check: Callable[[], None]) -> tuple[np.ndarray, np.ndarray]:
    """Follow paths; those that are lost, or end at the same point, once more in smaller steps."""
    goal = path(np.ones(1))[0][0]
    ends, arrived = points.copy(), np.zeros(len(points), dtype=bool)
    for care in (1.0, CAREFUL, CAREFUL**2):
        again = ~arrived
        again[arrived] = _meet(system.image(ends[arrived]))
        if not again.any():
            return ends, arrived
        found, came = follow(system, points[again], path, check, care)
        found[came], came[came] = refined(system, found[came], goal)
        ends[again], arrived[again] = found, came
    arrived[arrived] = ~_meet(system.image(ends[arrived]))
    return ends, arrived


def _meet(images: np.ndarray) -> np.ndarray:
    """Which of these points are equal to another one."""
    at = marks(images, np.exp(1j * np.arange(images.shape[1]) ** 2))
    order = np.argsort(at.real)
    found = np.zeros(len(images), dtype=bool)
    for shift in range(1, len(images)):
        one, other = order[:-shift], order[shift:]
        near = at.real[other] - at.real[one] < SAME
        if not near.any():
            break
        same = near & (np.abs(at[other] - at[one]) < SAME)
        found[one[same]] = found[other[same]] = True
    return found


def arc(start: np.ndarray, end: np.ndarray, turn: complex, growth: float = 1.0) -> Path:
    """
    The way from start to end on a circle in the complex line through both.

    INPUT:

    - ``turn`` -- e to the i times an angle
    - ``growth`` -- how many times as fast it is in the end as where it starts: where the end is
      far, what happens near the start happens in a short time

    EXAMPLES::

        >>> path = arc(np.array([0.0]), np.array([1.0]), 1j)
        >>> path(np.array([0.0, 0.5, 1.0]))[0][:, 0].round(2).tolist()
        [0j, (0.5+0.5j), (1+0j)]
        >>> path = arc(np.array([0.0]), np.array([1.0]), 1, 9.0)
        >>> path(np.array([0.0, 0.5, 1.0]))[0][:, 0].real.round(2).tolist()
        [0.0, 0.25, 1.0]
    """
    rate = np.log(growth)

    def path(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        speed = np.ones_like(t)
        if rate:
            t, speed = np.expm1(rate * t) / np.expm1(rate), np.exp(rate * t) * rate / np.expm1(rate)
        below = 1 + (turn - 1) * t
        return (start + (turn * t / below)[:, None] * (end - start),
                (turn * speed / below**2)[:, None] * (end - start))

    return path


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
