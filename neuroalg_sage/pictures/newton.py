"""
What there is to see of the tropical form of a network: the Newton polytopes of its numerator and
its denominator, with the subdivisions that are dual to their regions.

Of one input the lifted polytope is drawn, coefficients over exponents; of two the dual
subdivision; of three the facets of the polytopes, which turn on a page of HTML.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.piecewise.tropical_form import TropicalPolynomial, tropical_form
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.pictures.scene import Scene, Words
from neuroalg_sage.pictures.shapes import Array

MOST_INPUTS = 3
PALE, OTHER = "#A6CEE3", "#FDD0A2"
COLORS = (PALE, "#B8E0B0", "#F3C6DD", "#FFF2AE", "#CBC3E3", "#B2DFDB")
ROOM = 0.08


def scene(network: Network, output: int = 0) -> Scene:
    """
    The Newton polytopes of an output.

    INPUT:

    - ``network`` -- of one to three inputs
    - ``output`` -- the number of an output

    Raises InputError for another number of inputs, or for no such output.

    EXAMPLES:

    Three units make a hexagon; without constants all regions meet in one vertex, and it is not
    subdivided::

        >>> from neuroalg_sage.models.piecewise.sources import load_network
        >>> made = scene(load_network([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]]))
        >>> [len(polygon) for polygon in made.polygons], made.notes
        ([6], ['The denominator has one monomial.'])
    """
    d = network.inputs
    if d > MOST_INPUTS:
        raise InputError(f"Newton polytopes are drawn for 1 to {MOST_INPUTS} inputs; this network "
                         f"has {d}.")
    if not 0 <= output < network.outputs:
        raise InputError(f"The network has the outputs 0 to {network.outputs - 1}; name one of "
                         "them.")
    numerator, denominator = tropical_form(network)[output]
    # The names of coordinates: exponents, and for one input the coefficient.
    made = Scene(str(network), tuple(f"a_{i}" for i in range(d)) + ("c",) * (d == 1), 1.0)
    made.words = Words(f"Newton polytopes of output {output} of", "numerator", "denominator")
    if d > 1:
        made.words.curves = ""  # polygons of many colors have no place in the legend
    if d == 3:
        _add_facets(made, numerator, made.edges, PALE)
        _add_facets(made, denominator, made.boundary, OTHER)
    elif d == 2:
        _add_subdivision(made, numerator)
        made.boundary = [np.array(line) for cell in _cells(denominator)
                         for line in _sides(denominator, cell)]
        made.beside += [()] * len(made.boundary)
    else:
        made.curves, made.boundary = ([_lifted(part)] if len(part.monomials) > 1 else []
                                      for part in (numerator, denominator))
    for name, part in ("numerator", numerator), ("denominator", denominator):
        if len(part.monomials) == 1:
            made.notes.append(f"The {name} has one monomial.")
    made.ranges = _ranges(numerator, denominator, len(made.axes))
    return made


def _ranges(numerator: TropicalPolynomial, denominator: TropicalPolynomial, axes: int
            ) -> tuple[tuple[float, float], ...]:
    """Intervals that hold both, of the same length for all exponents."""
    points = np.array([[float(c) for c in m[:axes]]
                       for part in (numerator, denominator) for m in part.monomials])
    low, high = points.min(axis=0), points.max(axis=0)
    sizes = high - low
    if axes == 3:
        sizes[:] = sizes.max()
    sizes = np.where(sizes > 0, sizes, sizes.max() or 1.0) * (0.5 + ROOM)
    return tuple((float(m - s), float(m + s)) for m, s in zip((low + high) / 2, sizes))


def _lifted(part: TropicalPolynomial) -> Array:
    """Coefficients over exponents of one input: monomials are the vertices of an upper hull."""
    return np.array(sorted([float(c) for c in m] for m in part.monomials))


def _cells(part: TropicalPolynomial) -> list[list[int]]:
    """The maximal cells of the dual subdivision in the plane, with their vertices in order."""
    found = part.dual_subdivision()
    if found:
        return [_around([part.monomials[i][:-1] for i in cell], cell) for cell in found]
    # Exponents on a line, none of which can be left out: neighbors have a common region.
    order = sorted(range(len(part.monomials)), key=lambda i: part.monomials[i])
    return [list(pair) for pair in itertools.pairwise(order)]


def _around(places: Sequence[Sequence[Fraction]], names: Sequence[int]) -> list[int]:
    """
    The vertices of a convex polygon, one after the other around it.

    Monomials of one cell are the vertices of its polygon, since none can be left out.
    """
    points = np.array([[float(c) for c in p] for p in places])
    points = points - points.mean(axis=0)
    # Two directions that span the polygon, also in space.
    plane = points @ np.linalg.svd(points)[2][:2].T
    return [names[i] for i in np.argsort(np.arctan2(plane[:, 1], plane[:, 0]))]


def _sides(part: TropicalPolynomial, cell: Sequence[int]) -> list[Array]:
    """The sides of a polygon, or a segment."""
    ends = [*cell, cell[0]] if len(cell) > 2 else cell
    return [np.array([[float(c) for c in part.monomials[i][:-1]] for i in pair])
            for pair in itertools.pairwise(ends)]


def _add_subdivision(made: Scene, part: TropicalPolynomial) -> None:
    """Polygons, in colors that differ between neighbors, and their sides."""
    cells = _cells(part)
    with_side: dict[frozenset[int], list[int]] = {}
    for number, cell in enumerate(cells):
        if len(cell) > 2:
            made.polygons.append(np.concatenate([side[:1] for side in _sides(part, cell)]))
        for pair in itertools.pairwise([*cell, cell[0]] if len(cell) > 2 else cell):
            with_side.setdefault(frozenset(pair), []).append(number)
    colors: list[int] = []
    for number in range(len(made.polygons)):
        taken = {colors[other] for beside in with_side.values() if number in beside
                 for other in beside if other < number}
        colors.append(next(i for i in range(len(taken) + 1) if i not in taken))
    made.colors = [COLORS[i % len(COLORS)] for i in colors]
    for side, beside in with_side.items():
        made.edges.append(np.array([[float(c) for c in part.monomials[i][:-1]]
                                    for i in sorted(side)]))
        made.beside.append(tuple(beside) if made.polygons else ())


def _add_facets(made: Scene, part: TropicalPolynomial, lines: list[Array], color: str) -> None:
    """The facets of a polytope in space, and its edges."""
    seen = set()
    for facet in part.facets():
        places = [part.vertices[i] for i in facet]
        order = _around(places, facet)
        number = len(made.polygons)
        made.polygons.append(np.array([[float(c) for c in part.vertices[i]] for i in order]))
        made.colors.append(color)
        for pair in itertools.pairwise([*order, order[0]]):
            if frozenset(pair) not in seen:
                seen.add(frozenset(pair))
                lines.append(np.array([[float(c) for c in part.vertices[i]] for i in pair]))
                made.beside.append((number,))
    if not seen and len(part.vertices) == 2:
        lines.append(np.array([[float(c) for c in v] for v in part.vertices]))
        made.beside.append(())
