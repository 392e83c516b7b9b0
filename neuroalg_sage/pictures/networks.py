"""
What there is to see of a piecewise linear network: its regions in the plane with a decision
boundary, and the graph of a function of one or two inputs.

The network is subdivided within the box that is shown, exactly; so no region is cut off by
floating point, and all corners are rounded once, where they are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision, domain
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.pictures.scene import Scene, Words
from neuroalg_sage.pictures.shapes import Array

KINDS = ("regions", "graph")
# Pale, so that lines are seen on them; neighbors get different ones.
COLORS = ("#A6CEE3", "#FDD0A2", "#B8E0B0", "#F3C6DD", "#FFF2AE", "#CBC3E3", "#D9D9D9", "#B2DFDB",
          "#E6C9A8", "#C7E59B", "#F7B7A3", "#BFD3F2")
INSIDE = 0.75  # of all vertices are in the box, unless one is named
MARGIN = 1.25
MOST_POLYGONS = 20_000
DOT = 0.01  # a point has this part of the width of the picture on each side


def scene(network: Network, kind: str | None = None, box: Any = None,
          output: tuple[int, ...] | None = None, level: Any = 0) -> Scene:
    """
    The scene of a network.

    INPUT:

    - ``network`` -- of one or two inputs
    - ``kind`` -- ``"regions"`` of two inputs, by default, or the ``"graph"`` of an output
    - ``box`` -- as for :func:`~neuroalg_sage.invariants.piecewise.subdivision.domain`; by default
      it holds three quarters of the vertices
    - ``output`` -- of which the graph or the boundary is drawn; two for their difference
    - ``level`` -- the value at the boundary

    Raises InputError for another number of inputs, or for no such output.

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.network import network_from_spec
        >>> made = scene(network_from_spec("relu:2,4,1:bias", seed=1), box=9)
        >>> len(made.polygons)
        11
        >>> made = scene(network_from_spec("relu:1,3,1:bias", seed=1), box=2)
        >>> made.ranges[0], [len(line) for line in made.curves]
        ((-2.0, 2.0), [2, 2, 2])
    """
    d = network.inputs
    kind = kind or ("regions" if d == 2 else "graph")
    if kind not in KINDS:
        raise InputError(f"A picture of a network is one of {', '.join(KINDS)}.")
    if d > 2 or d == 1 and kind == "regions":
        raise InputError(f"Regions are drawn for 2 inputs, and graphs for 1 or 2; this network "
                         f"has {d}.")
    has_boundary = output is not None
    chosen = (0,) if output is None else tuple(output)
    if len(chosen) not in (1, 2) or not all(0 <= i < network.outputs for i in chosen):
        raise InputError(f"The network has the outputs 0 to {network.outputs - 1}; name one of "
                         "them, or two for their difference.")
    value = rational(level, "level")
    inequalities = _fitting(network) if box is None else domain(d, box)
    found = Subdivision(network, inequalities)
    if len(found.region_of) > MOST_POLYGONS:
        raise InputError(f"A picture has at most {MOST_POLYGONS:,} polygons, and this one has "
                         f"{len(found.region_of):,}; choose a smaller box.")
    name = " - ".join(f"output {i}" for i in chosen)
    level_in_words = f"{name} = {value}"
    factor = network.program.factors[-1]
    states = found.states[-1]
    heights = [factor * Fraction(int(states[chosen[0], i]
                                     - sum(states[j, i] for j in chosen[1:])), int(ray[-1]))
               for i, ray in enumerate(found.complex.rays)]
    places = np.array([[int(c) / int(ray[-1]) for c in ray[:-1]] for ray in found.complex.rays])
    ranges = [(float(low), float(high)) for low, high in zip(places.min(0), places.max(0))]
    made = Scene(str(network), tuple(f"x_{i}" for i in range(d)), 1.0, words=Words(
        "Linear regions of" if kind == "regions" else "Graph of", "", level_in_words))
    if kind == "graph":
        low, high = float(min(heights)), float(max(heights))
        room = 0.05 * (high - low) or 1.0
        ranges.append((low - room, high + room))
        places = np.column_stack([places, [float(h) for h in heights]])
        made.axes += ("y",)
    made.ranges = tuple(ranges)
    if d == 1:
        made.curves = [places[list(ends)] for ends in found.facets[-1]]
        made.words.curves = name
        if has_boundary and min(heights) <= value <= max(heights):
            made.boundary = [np.array([[ranges[0][0], float(value)], [ranges[0][1], float(value)]])]
        elif has_boundary:
            made.notes.append(f"At no input in the box is {level_in_words}.")
        return made
    cells = list(_polygons(found))
    colors = _colored(found)
    made.polygons = [places[cell] for cell in cells]
    made.colors = [COLORS[colors[region] % len(COLORS)] for region in found.region_of.tolist()]
    for cone, other, edge in _edges(found):
        made.edges.append(places[found.facets[0][edge]])
        made.beside.append((cone, other))
    if has_boundary:
        for number, cell in enumerate(cells):
            _add_level(made, places, heights, number, cell, value)
        _add_points(made, places[[height == value for height in heights]])
        if not made.boundary and not made.full:
            made.notes.append(f"At no input in the box is {level_in_words}.")
    return made


def _fitting(network: Network) -> tuple[tuple[int, ...], ...]:
    """A box around the origin that holds most vertices of all regions."""
    rays = Subdivision(network).complex.rays
    sizes = sorted(max(abs(Fraction(int(c), int(ray[-1]))) for c in ray[:-1])
                   for ray in rays if ray[-1])
    size = sizes[int(INSIDE * (len(sizes) - 1))] if sizes else Fraction(0)
    # A short number, since the border of the picture is written beside it.
    return domain(network.inputs, Fraction(f"{float(size) * MARGIN or 1.0:.2g}"))


def _polygons(found: Subdivision) -> Iterator[list[int]]:
    """For each cone of full dimension its rays, one after the other around it."""
    edges, cones = found.facets
    for cone in cones:
        sides: dict[int, list[int]] = {}
        for edge in cone:
            first, second = edges[edge]
            sides.setdefault(first, []).append(second)
            sides.setdefault(second, []).append(first)
        around = [next(iter(sides))]
        before = None
        while len(around) < len(sides):
            following = [ray for ray in sides[around[-1]] if ray != before]
            before = around[-1]
            around.append(following[0])
        yield around


def _edges(found: Subdivision) -> list[tuple[int, ...]]:
    """The edges between different regions, each with the two cells that have it before it."""
    first, second, facets = found.adjacent
    parts = np.stack([first, second, facets], axis=1)
    return list(map(tuple, parts[found.region_of[first] != found.region_of[second]].tolist()))


def _colored(found: Subdivision) -> dict[int, int]:
    """A number of a color for each region, other than those of its neighbors."""
    neighbors: dict[int, set[int]] = {}
    region = found.region_of
    first, second, _ = found.adjacent
    for a, b in zip(region[first].tolist(), region[second].tolist()):
        if a != b:
            neighbors.setdefault(a, set()).add(b)
            neighbors.setdefault(b, set()).add(a)
    colors: dict[int, int] = {}
    for a in range(found.regions):
        taken = {colors[b] for b in neighbors.get(a, ()) if b in colors}
        colors[a] = next(i for i in range(len(taken) + 1) if i not in taken)
    return colors


def _add_level(made: Scene, places: Array, heights: list[Fraction], number: int,
               cell: list[int], level: Fraction) -> None:
    """What of the level set is in a polygon: nothing, a segment, or all of it."""
    signs = [(heights[ray] > level) - (heights[ray] < level) for ray in cell]
    if not any(signs):
        made.full.append(places[cell])
        return
    ends = [places[ray] for ray, sign in zip(cell, signs) if not sign]
    for k, (ray, sign) in enumerate(zip(cell, signs)):
        if signs[k - 1] * sign < 0:
            before = cell[k - 1]
            part = float((level - heights[before]) / (heights[ray] - heights[before]))
            ends.append(places[before] + part * (places[ray] - places[before]))
    if len(ends) == 2:
        made.boundary.append(np.array(ends))
        made.beside.append((number,))


def _add_points(made: Scene, vertices: Array) -> None:
    """Of these vertices those at which the level set is a point, as small squares."""
    lines = {tuple(end) for part in (*made.boundary, *made.full) for end in part}
    for place in vertices:
        if tuple(place) not in lines:
            around = np.repeat([place], 4, axis=0)
            for i, signs in enumerate(((-1, 1, 1, -1), (-1, -1, 1, 1))):
                low, high = made.box[i]
                around[:, i] = np.clip(place[i] + DOT * (high - low) * np.array(signs), low, high)
            made.full.append(around)
