"""
The classification fan of a network on a data set, and the sublevel sets of its 0/1 loss.

The data are inputs x_1, ..., x_m with labels y_i = ±1.  The 0/1 loss of parameters is the number of
i where y_i f(x_i) > 0 does not hold; a point on the decision boundary counts as an error.  A
sublevel set holds the parameters whose loss is at most L.  ``architecture`` says how these are
normalized to (s, u, c), and that a sublevel set has as many connected components before as after.

*The fan.*  For given signs s the space of (u, c) is subdivided by the signs of all hidden units at
the data and of the outputs there (Brandenburg, Loho, Montúfar, 2024).  The *cells* are the sign
vectors that occur on open sets.  A *dichotomy* is a vector of signs of the outputs without a zero;
it occurs at some parameters, thus on an open set, and so on a cell.

*Components.*  Of the listed faces each has one loss.  For L < m let S be the set of all (u, c) with
these signs and a loss of at most L.  S is open, as the conditions y_i f(x_i) > 0 are: with a face
it has all faces that this one is a face of.  So S is the union of the cells and facets in it and of
sets of codimension at least two, and its components are the classes of its cells that are joined by
facets in it.  In X the sets S of signs s and s' that differ in place j have in common the points
where u_j = 0: the set S' of the network without unit j, up to coordinates that are zero.  Its
components are joined to a component of either; each has a cell of the network without unit j, and
it is enough to look at one point in the interior of each cell.  For L = m all of X is meant, which
is connected.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.piecewise.architecture import Architecture
from neuroalg_sage.certificates.piecewise.network import Network
from neuroalg_sage.certificates.piecewise.subdivision import Signs, Subdivision
from neuroalg_sage.certificates.reading import Checked, fields, integers, items, require
from neuroalg_sage.certificates.work import Work

Pattern = tuple[int, ...]  # the sign of each unit
Edge = tuple[int, int, int]  # two cells, and the loss from which on they are joined


def check_classification_fan(architecture: Architecture, value: Any, evidence: Any) -> Checked:
    """Verify the numbers of cells, dichotomies and components, and the smallest loss."""
    stated, labels = fields(value, "points", "labels")
    points = architecture.points(stated)
    for label in integers(labels, -1, 1, "label", len(points)):
        require(label, "A label is 0.")
    found = classification_fan(architecture, points, labels, evidence)
    # As text, in which 1 and true are not the same.
    require(same(value, found),
            "The classification fan is another one.")
    return ["that the cones are all, for all signs of outer weights",
            "the losses on them, and which of them are connected"], []


def output_signs(network: Network) -> Network:
    """The network that goes on with units at its outputs."""
    return network.continued([{"kind": "relu"}])


def classification_fan(architecture: Architecture, points: list[list[fmpq]], labels: list[int],
                       evidence: Any) -> dict[str, Any]:
    """What is claimed, as the evidence has it."""
    fans, smaller = fields(evidence, "fans", "smaller")
    require(set(evidence) == {"fans", "smaller"}, "The evidence has an unknown field.")
    units = architecture.units

    def verified(data: Any, positive: int, width: int) -> Fan | None:
        network = architecture.on_data(points, positive, width)
        if network is None:
            require(data is None, "There are no parameters to be subdivided.")
            return None
        return Fan(Subdivision(output_signs(network), [], data), labels)

    larger = [verified(data, p, units) for p, data in enumerate(
        items(fans, "list of fans", units + 1))]
    parts = [verified(data, p, units - 1) for p, data in enumerate(
        items(smaller, "list of fans", units))]
    whole = [fan for fan in larger if fan is not None]
    losses, edges = _graph(architecture, whole, parts)
    dichotomies = {d for fan in whole for d in fan.dichotomies}
    least = min(losses)
    return {"points": [[str(c) for c in x] for x in points], "labels": labels,
            "cells": [fan.found.face_numbers()[0][-1] for fan in whole],
            "dichotomies": len(dichotomies), "minimal_loss": least,
            "components": [*_components(losses, edges, least, len(points)), 1]
            if least < len(points) else [1]}


class Fan:
    """
    The fan for one choice of signs.

    - ``losses`` -- for each cell its loss
    - ``edges`` -- the pairs of cells with a common facet, and the loss of this
    """

    def __init__(self, found: Subdivision, labels: list[int]) -> None:
        self.found = found
        self._first, self._count = found.units.stop - len(labels), len(labels)
        self._plus = sum(1 << i for i, label in enumerate(labels) if label > 0)
        self._all = (1 << len(labels)) - 1
        self.losses = [self._loss(signs) for signs in found.signs[-1]]
        self.edges = [(*cells, self._loss(found.signs[-2][facet]))
                      for facet, cells in enumerate(found.neighbors) if len(cells) == 2]
        self._places = {signs: (k, i) for k, level in enumerate(found.signs)
                        for i, signs in enumerate(level)}

    def _outputs(self, signs: Signs) -> tuple[int, int]:
        return signs[0] >> self._first & self._all, signs[1] >> self._first & self._all

    def _loss(self, signs: Signs) -> int:
        positive, negative = self._outputs(signs)
        return self._count - (positive & self._plus | negative & ~self._plus).bit_count()

    @property
    def dichotomies(self) -> set[int]:
        """The sets of points with positive outputs, in cells where no output is zero."""
        found = map(self._outputs, self.found.signs[-1])
        return {positive for positive, negative in found if positive | negative == self._all}

    def points(self) -> list[list[fmpq]]:
        """For each cell a point (x, t) of its interior."""
        found = self.found
        rays = [{i} for i in range(len(found.rays))]
        for level in found.levels[2:]:
            rays = [set().union(*(rays[facet] for facet in face)) for face in level]
        return [[sum(column, fmpq(0)) for column in zip(*(found.rays[i] for i in sorted(cell)))]
                for cell in rays]

    def cells_at(self, points: list[list[fmpq]]) -> list[int]:
        """For each point (x, t) a cell whose closure has it."""
        cells = []
        for signs in self.found.signs_at(points):
            level, place = self._places[signs]
            while level < len(self.found.levels) - 1:
                place = self._above[level][place]
                level += 1
            cells.append(place)
        return cells

    @property
    def _above(self) -> list[dict[int, int]]:
        """For each level, and each face, a face of the next level that it is a facet of."""
        if not hasattr(self, "_known_above"):
            self._known_above = [{}, *({facet: i for i, face in enumerate(level) for facet in face}
                                       for level in self.found.levels[2:])]
        return self._known_above


def _graph(architecture: Architecture, fans: list[Fan], smaller: list[Fan | None]
           ) -> tuple[list[int], list[Edge]]:
    """For all signs of the units, the losses of the cells, and which are joined from which on."""
    units, block = architecture.units, architecture.block
    losses: list[int] = []
    edges: list[Edge] = []
    first: dict[Pattern, int] = {}
    work = Work()
    for pattern in _patterns(units):
        fan = fans[pattern.count(1)]
        work.spend(len(fan.edges) + len(fan.losses))
        first[pattern] = start = len(losses)
        losses += fan.losses
        edges += [(start + i, start + j, loss) for i, j, loss in fan.edges]
    interior = [None if fan is None else fan.points() for fan in smaller]
    for pattern in _patterns(units - 1) if units else ():
        part = smaller[pattern.count(1)]
        points = interior[pattern.count(1)]
        if part is None or points is None:
            continue
        for j in range(units):
            ends = []
            for sign in (1, -1):
                signs = (*pattern[:j], sign, *pattern[j:])
                # The units of each fan stand with those of sign +1 first.
                order = _order(signs)
                inner = {i + (i >= j): k for k, i in enumerate(_order(pattern))}
                lifted = [[c for i in order for c in (
                    [fmpq(0)] * block if i == j else
                    point[inner[i] * block:(inner[i] + 1) * block])]
                    + point[(units - 1) * block:] for point in points]
                cells = fans[signs.count(1)].cells_at(lifted)
                ends.append([first[signs] + cell for cell in cells])
            work.spend(len(points))
            edges += zip(*ends, part.losses)
    return losses, edges


def _patterns(units: int) -> Iterator[Pattern]:
    return itertools.product((1, -1), repeat=units)


def _order(pattern: Pattern) -> list[int]:
    """The units with sign +1, then the others."""
    return sorted(range(len(pattern)), key=lambda i: -pattern[i])


def _components(losses: list[int], edges: list[Edge], least: int, points: int) -> list[int]:
    """The numbers of components where the loss is at most least, ..., points - 1."""
    parent = list(range(len(losses)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    found, joined = [], 0
    by_loss: list[list[tuple[int, int]]] = [[] for _ in range(points + 1)]
    for i, j, loss in edges:
        by_loss[loss].append((i, j))
    for loss in range(least, points):
        for i, j in by_loss[loss]:
            i, j = root(i), root(j)
            joined += i != j
            parent[i] = j
        found.append(sum(one <= loss for one in losses) - joined)
    return found
