"""
Sampled curves and surfaces, in floating point: values of polynomials, and clipping by boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from neuroalg_sage.invariants.dimension.floating_point import nearest
from neuroalg_sage.models.expressions import Polynomial

Array = np.ndarray
FARTHEST = 1024.0


def values(f: Polynomial, variables: Sequence[Array]) -> Array:
    """
    The values of a polynomial at arrays of points.

    EXAMPLES::

        >>> values({(2, 0): 1, (0, 1): -1}, [np.array([1.0, 2.0]), np.array([1.0, 3.0])])
        array([0., 1.])
    """
    total = np.zeros(np.broadcast(*variables).shape)
    for exponents, c in f.items():
        term: Any = nearest(c)
        for x, e in zip(variables, exponents):
            if e:
                term = term * x**e
        total = total + term
    return total


def spread(bound: float, count: int) -> Array:
    """Numbers from -bound to bound, denser around zero."""
    stretch = np.arcsinh(bound)
    return np.sinh(np.linspace(-stretch, stretch, count))


def curve(images: Sequence[Polynomial], radius: float, count: int = 6001) -> Array:
    """Points of a parametrized curve, far enough on both sides to leave the box if it does."""
    bound = 2.0
    while bound < FARTHEST:
        ends = np.array([-bound, bound])
        outside = np.max([np.abs(values(f, [ends])) for f in images], axis=0) > radius
        if outside.all():
            break
        bound *= 2
    t = spread(bound, count)
    return np.stack([values(f, [t]) for f in images], axis=1)


def pieces(points: Array, radius: float) -> list[Array]:
    """
    The pieces of a polygonal line in the box |x_i| ≤ radius, cut where they leave it.

    EXAMPLES::

        >>> pieces(np.array([[0.0, 0.0], [4.0, 0.0]]), 2.0)
        [array([[0., 0.], [2., 0.]])]
    """
    found: list[list[Array]] = []
    current: list[Array] = []
    for a, b in zip(points, points[1:]):
        low, high = 0.0, 1.0
        for x, y in zip(a, b):
            step = y - x
            if abs(step) < 1e-300:
                if abs(x) > radius:
                    high = -1.0
                continue
            first, last = sorted(((-radius - x) / step, (radius - x) / step))
            low, high = max(low, first), min(high, last)
        if low > high:
            continue
        if not current or low > 0:
            current = [a + low * (b - a)]
            found.append(current)
        current.append(a + high * (b - a))
        if high < 1:
            current = []
    return [np.array(piece) for piece in found]


def clipped(polygon: Array, normal: Array, bound: float) -> Array:
    """
    The part of a convex polygon where normal · x ≤ bound.

    EXAMPLES::

        >>> square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
        >>> len(clipped(square, np.array([1.0, 1.0]), 3.0))
        5
    """
    if not len(polygon):
        return polygon
    height = polygon @ normal - bound
    inside = height <= 0
    if inside.all():
        return polygon
    if not inside.any():
        return polygon[:0]
    # Of a convex polygon the corners inside follow each other.
    first = int(np.flatnonzero(inside & ~np.roll(inside, 1))[0])
    corners, height = np.roll(polygon, -first, axis=0), np.roll(height, -first)
    count = int(inside.sum())

    def crossing(i: int, j: int) -> Array:
        return corners[i] + height[i] / (height[i] - height[j]) * (corners[j] - corners[i])

    return np.vstack([corners[:count], crossing(count - 1, count), crossing(-1, 0)])


def area(polygon: Array) -> float:
    """The area of a plane polygon."""
    if len(polygon) < 3:
        return 0.0
    x, y = polygon.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def grid(images: Sequence[Polynomial], radius: float, count: int) -> tuple[Array, Array]:
    """Parameters of a surface, enough to leave the box if it does; two square arrays."""
    bound = 0.5
    while bound < 16:
        s = np.linspace(-bound, bound, 41)
        edge = np.concatenate([np.stack([s, 0 * s + c], 1) for c in (-bound, bound)]
                              + [np.stack([0 * s + c, s], 1) for c in (-bound, bound)])
        inside = np.max([np.abs(values(f, list(edge.T))) for f in images], axis=0) < radius
        if not inside.any():
            break
        bound *= 2 ** 0.5
    s = np.linspace(-bound, bound, count)
    first, second = np.meshgrid(s, s, indexing="ij")
    return first, second


def surface(points: Array, radius: float, longest: float = np.inf) -> list[Array]:
    """
    The polygons of a mesh inside the box, each once.

    INPUT:

    - ``points`` -- an array of shape (k, l, 3); cells with a corner that is not finite are left
      out
    - ``longest`` -- cells that are longer are left out, such as those across a pole
    """
    found: dict[tuple[int, ...], Array] = {}
    for i in range(points.shape[0] - 1):
        for j in range(points.shape[1] - 1):
            quad = points[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
            low, high = quad.min(axis=0), quad.max(axis=0)
            if not (np.isfinite(quad).all() and (low < radius).all() and (high > -radius).all()
                    and (high - low).max() < longest):
                continue
            for part in (quad[[0, 1, 2]], quad[[0, 2, 3]]):
                if max(-low.min(), high.max()) > radius:
                    for axis in range(3):
                        for sign in (1.0, -1.0):
                            part = clipped(part, sign * np.eye(3)[axis], radius)
                if len(part) > 2:
                    center = part.mean(axis=0) * (1e5 / radius)
                    found.setdefault(tuple(map(int, np.rint(center))), part)
    return list(found.values())


def occupied(points: Array, radius: float, cells: int = 12) -> set[tuple[int, ...]]:
    """The cells of a lattice in the box that points lie in."""
    inside = points[(np.abs(points) < radius).all(axis=-1)]
    return set(map(tuple, np.floor(inside * (cells / radius)).astype(int).tolist()))
