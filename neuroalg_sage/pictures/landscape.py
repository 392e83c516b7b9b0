"""
The landscape of a loss: its level lines on a plane of parameters through critical points, and how
many minimizations from random parameters end at each of them.

Everything is in floating point.  The points are those of
:mod:`~neuroalg_sage.invariants.training.multistart`, and say themselves what is proved of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.dimension.floating_point import nearest
from neuroalg_sage.invariants.training.starts import FloatingLoss
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.pictures.figure import MARKERS, STYLE, VERMILION, drawing
from neuroalg_sage.pictures.scene import KINDS

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.multistart_answer import EndsOfStarts
    from neuroalg_sage.neuromanifold import NeuroManifold

Array = np.ndarray
SAMPLES = 121  # of each side
LINES = 24
MARGIN = 0.6  # of the extent of the points
INDEPENDENT = 0.1  # the sine of an angle
ON_THE_PLANE = 1e-6  # a distance, relative to the extent
BARS = 12


@dataclass(frozen=True)
class Plane:
    """
    The plane of parameters p + s u + t v, where u and v are orthonormal.

    EXAMPLES::

        >>> plane = Plane.through([[0, 0, 1], [2, 0, 1], [1, 3, 1]], [])
        >>> plane.coordinates([1, 3, 1]).tolist(), plane.contains([1, 3, 0], 1.0)
        ([1.0, 3.0], False)
    """

    origin: Array
    first: Array
    second: Array

    @classmethod
    def through(cls, points: Sequence[Sequence[float]], directions: Sequence[Sequence[float]]
                ) -> Plane:
        """
        The plane through the first point and the next two that are not on a line with it; where
        there are none, along the first directions.

        Raises InputError if all of them lie on a line.
        """
        origin = np.array(points[0], dtype=float)
        basis: list[Array] = []
        for vector in [*(np.array(p) - origin for p in points[1:]), *map(np.array, directions)]:
            size = np.linalg.norm(vector)
            rest = vector - sum((b * (b @ vector) for b in basis), np.zeros(len(origin)))
            if size and np.linalg.norm(rest) > INDEPENDENT * size:
                basis.append(rest / np.linalg.norm(rest))
            if len(basis) == 2:
                return cls(origin, *basis)
        raise InputError("A plane of parameters needs a model with at least two parameters.")

    def coordinates(self, w: Any) -> Array:
        """Those of the nearest point of the plane."""
        offset = np.array(w, dtype=float) - self.origin
        return np.array([self.first @ offset, self.second @ offset])

    def contains(self, w: Any, extent: float) -> bool:
        """Whether parameters lie on the plane, up to rounding."""
        s, t = self.coordinates(w)
        rest = np.array(w) - self.origin - s * self.first - t * self.second
        return float(np.linalg.norm(rest)) <= ON_THE_PLANE * extent

    def at(self, s: float, t: float) -> Array:
        """The parameters with these coordinates."""
        found: Array = self.origin + s * self.first + t * self.second
        return found


# What is said of a point, with its marker and color; not of each it is known what it is.
MARKS = {"least loss found": MARKERS[KINDS[0]], "minimum": MARKERS[KINDS[1]],
         "saddle": MARKERS[KINDS[2]], "maximum": MARKERS[KINDS[3]],
         "critical point": ("D", "0.8")}


def kind(point: dict[str, Any], least: bool) -> str:
    """
    One of ``MARKS``.

    EXAMPLES::

        >>> kind({"type": "saddle"}, False), kind({"type": "critical"}, False)
        ('saddle', 'critical point')
    """
    if least:
        return "least loss found"
    return point["type"] if point["type"] in MARKS else "critical point"


def of_data(manifold: NeuroManifold, data: Any, show: str) -> Any:
    """
    The landscape of the mean squared error on a data set.

    Raises InputError without data, and for another name than ``"landscape"``.
    """
    from neuroalg_sage.invariants.training.training import ERM

    if show != "landscape" or data is None:
        raise InputError("A picture of a loss has data, and show=\"landscape\".")
    return figure(manifold.multistart(ERM(manifold.model, data)))


def figure(found: EndsOfStarts) -> Any:
    """
    The level lines, and beside them where the starts end.

    INPUT:

    - ``found`` -- the answer of :func:`~neuroalg_sage.invariants.training.multistart.multistart`

    OUTPUT: a figure of matplotlib

    Raises InputError if matplotlib is missing, if no start came to an end, and if the model has one
    parameter only.
    """
    matplotlib, Figure = drawing()
    points = found.data["points"]
    if not points:
        raise InputError("No start came to an end at a critical point, so there is no landscape "
                         "to show; give more starts with --starts.")
    loss = FloatingLoss(found.problem, parametrization(found.problem.model))
    places = [point["parameters"] for point in points]
    plane = Plane.through(places, [d for point in points for d in point["directions"]]
                          + np.linalg.eigh(loss.hessian(np.array(places[0])))[1].T[::-1].tolist())
    with matplotlib.rc_context(STYLE):
        made = Figure(figsize=(8.6, 4.2), layout="constrained")
        left, right = made.subplots(1, 2, width_ratios=(1.25, 1))
        _levels(left, loss, plane, points)
        _ends(right, found)
    return made


def _levels(axes: Any, loss: FloatingLoss, plane: Plane, points: Sequence[dict[str, Any]]) -> None:
    corners = np.array([plane.coordinates(p["parameters"]) for p in points[:3]])
    extent = max(float(np.ptp(corners, axis=0).max()), 1.0)
    middle = (corners.max(axis=0) + corners.min(axis=0)) / 2
    half = (0.5 + MARGIN) * extent
    s, t = (np.linspace(c - half, c + half, SAMPLES) for c in middle)
    heights = np.array([[loss.height(plane.at(x, y)) for x in s] for y in t])
    # Lines close to each other near the least value, as those of a logarithm.
    lifted = np.log10(heights + 1e-4 * max(float(np.median(heights)), 1e-300))
    axes.contour(s, t, lifted, levels=LINES, cmap="viridis", linewidths=0.8)
    shown = set()
    for place, point in enumerate(points):
        if not plane.contains(point["parameters"], extent):
            continue
        name = kind(point, place == 0)
        marker, color = MARKS[name]
        x, y = plane.coordinates(point["parameters"])
        if max(abs(x - middle[0]), abs(y - middle[1])) > half:
            continue
        for direction in point["directions"]:
            along = np.array([plane.first @ direction, plane.second @ direction])
            if np.linalg.norm(along) > INDEPENDENT:
                for sign in (1, -1):
                    axes.annotate("", xy=(x + sign * 0.2 * extent * along[0],
                                          y + sign * 0.2 * extent * along[1]), xytext=(x, y),
                                  arrowprops={"arrowstyle": "->", "color": VERMILION, "lw": 1.0})
        axes.plot(x, y, marker, color=color, markeredgecolor="black", markeredgewidth=0.7,
                  markersize=6, linestyle="none", zorder=7,
                  label=None if name in shown else name)
        shown.add(name)
    axes.set_aspect("equal")
    axes.set_xlabel("a plane of parameters through critical points")
    axes.legend(loc="upper right", fontsize=8, framealpha=0.85)


def _ends(axes: Any, found: EndsOfStarts) -> None:
    counts = found.histogram
    lost = counts.pop(-1, 0)
    reached = [place for place in counts if counts[place]][:BARS]
    points = found.data["points"]
    names = [f"{_loss(points[place]):.4g}" for place in reached]
    heights = [counts[place] for place in reached]
    colors = [MARKS[kind(points[place], place == 0)][1] for place in reached]
    if lost:
        names, heights, colors = [*names, "no end"], [*heights, lost], [*colors, "0.8"]
    axes.bar(range(len(heights)), heights, color=colors, edgecolor="black", linewidth=0.7,
             width=0.6)
    axes.set_xlim(-1, max(len(heights), 3))
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
    axes.set_xlabel("loss at the end")
    axes.set_ylabel(f"of {found.data['starts']} starts")
    axes.yaxis.get_major_locator().set_params(integer=True)
    for spine in ("top", "right"):
        axes.spines[spine].set_visible(False)


def _loss(point: dict[str, Any]) -> float:
    """The middle of the interval of a loss that is proved, or the number."""
    value = point["loss"]
    if isinstance(value, (int, float)):
        return float(value)
    low, high = map(Fraction, value)
    return nearest((low + high) / 2)
