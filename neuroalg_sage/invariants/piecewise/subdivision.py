"""
The subdivision of the inputs of a piecewise linear network by the signs of its units.

A unit is an entry of an activation with one of its breakpoints; it is positive, zero or negative at
an input.  Entries over which a maximum is taken attain it or do not.  Inputs where all units have
given signs, and the same entries attain all maxima, are a relatively open convex polyhedron, if
there are any: where the signs of the layers before are given, each entry is an affine function. The
closures of these polyhedra are the faces of the subdivision, of the inputs or of a polyhedron of
inputs, whose inequalities count as units.  Layer by layer, each unit cuts the faces made by those
before it (:mod:`neuroalg_sage.invariants.piecewise.complexes`).

So that all cones are pointed, one begins with d independent hyperplanes: as many as there are among
inequalities of the domain and units of the first layers, where they are affine on all inputs, and
else coordinate hyperplanes, which are no units.  Then several cones may have the same signs, and
belong to one face.

REFERENCES:

- [GL2022]_
- [Ber2023]_
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.piecewise.complexes import Array, Complex, orthants
from neuroalg_sage.limits import whole
from neuroalg_sage.models.piecewise.difference import Difference
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.piecewise.steps import (
    IntegralActivation,
    IntegralAffine,
    Maximum,
    Program,
)
from neuroalg_sage.models.piecewise.tropical import ConvexParts
from neuroalg_sage.models.sage_input import lists, numbers

MOST_INPUTS = 6
MOST_FACES = 2_000_000  # a certificate has at most 200 megabytes

Inequality = tuple[int, ...]  # coefficients of the coordinates, and a constant: not negative


# -- the domain --------------------------------------------------------------------------


def domain(inputs: int, box: Any = None, polytope: Any = None) -> tuple[Inequality, ...]:
    """
    The inequalities of a domain of inputs; none for all of R^d.

    INPUT:

    - ``inputs`` -- the dimension d
    - ``box`` -- a number B, for the inputs from -B to B; or for each coordinate a pair
    - ``polytope`` -- instead, rows ``[a_1, ..., a_d, b]`` that mean ``a x <= b``

    OUTPUT: inequalities, each as the integers a and b that mean ``a x + b >= 0``

    EXAMPLES::

        >>> domain(1, box="1/2"), domain(2, polytope=[[1, 1, 3]])
        (((2, 1), (-2, 1)), ((-1, -1, 3),))
    """
    if box is not None and polytope is not None:
        raise InputError("State a box or a polytope, not both.")
    rows: list[tuple[Fraction, ...]] = []
    if box is not None:
        given = lists(box)
        if isinstance(given, (list, tuple)):
            ends = [numbers(pair, "end of an interval") for pair in given]
            if len(ends) != inputs or any(len(pair) != 2 for pair in ends):
                raise InputError(f"A box is a number B, or {inputs} pairs of numbers, one for "
                                 "each input.")
        else:
            (size,) = numbers([given], "size of the box")
            ends = [(-size, size)] * inputs
        if any(low >= high for low, high in ends):
            raise InputError("The box is empty or has no interior; in each of its intervals the "
                             "first number is less than the second.")
        for i, (low, high) in enumerate(ends):
            unit = [Fraction(int(i == j)) for j in range(inputs)]
            rows += [(*unit, -low), (*(-c for c in unit), high)]
    elif polytope is not None:
        given = lists(polytope)
        if not isinstance(given, (list, tuple)):
            raise InputError(f"A polytope is a list of inequalities a x <= b, each a row of "
                             f"{inputs + 1} numbers.")
        for row in given:
            given_row = numbers(row, "coefficient of an inequality")
            if len(given_row) != inputs + 1:
                raise InputError(f"An inequality a x <= b of {inputs} inputs is a row of "
                                 f"{inputs + 1} numbers.")
            rows.append((*(-c for c in given_row[:-1]), given_row[-1]))
    found = []
    for row in rows:
        if any(row[:-1]):
            found.append(_integral(row))
        elif row[-1] < 0:
            raise InputError(EMPTY)
    return tuple(dict.fromkeys(found))


EMPTY = "The polytope is empty or has no interior; regions are of full dimension."


def _integral(row: Sequence[Fraction]) -> Inequality:
    from neuroalg_sage.models.piecewise.steps import content

    factor = content(row)
    return tuple(int(c / factor) for c in row)


# -- values at rays ------------------------------------------------------------------------


def states(program: Program, rays: Array, last: int | None = None) -> list[Array]:
    """
    The states of a network in homogeneous form at integer points (x, t).

    INPUT:

    - ``rays`` -- array with a row for each point
    - ``last`` -- the number of the last state; by default all are computed

    OUTPUT: for each state an array of integers, with a column for each point
    """
    from flint import fmpz_mat

    constant = rays[:, -1]
    found = [rays[:, :-1].T]
    for step in program.integral[:last]:
        if isinstance(step, IntegralAffine):
            entries = np.concatenate([*(found[s] for s in step.sources), constant[None]])
            product = fmpz_mat([list(row) for row in step.matrix]) * fmpz_mat(entries.tolist())
            made = np.empty(product.nrows() * product.ncols(), object)
            made[:] = product.entries()
            found.append(made.reshape(product.nrows(), product.ncols()))
        elif isinstance(step, IntegralActivation):
            x = found[step.source]
            piece = sum((q * x + p * constant > 0).astype(int) for q, p in step.breaks)
            slopes, constants = (_objects([pair[i] for pair in step.pieces]) for i in (0, 1))
            found.append(slopes[piece] * x + constants[piece] * constant)
        else:
            found.append(np.stack([found[step.source][list(group)].max(axis=0)
                                   for group in step.groups]))
    return found


def _objects(values: Sequence[int]) -> Array:
    made = np.empty(len(values), object)
    made[:] = values
    return made


def breaks(step: IntegralActivation, x: Array, constant: Array) -> Array:
    """The functions whose signs an activation asks for, at all points: a row for each unit."""
    return np.concatenate([q * x + p * constant for q, p in step.breaks])


def _in_words(pieces: Array, kinds: int) -> list[str]:
    """For each row of numbers of pieces a word, of digits if there are at most ten kinds."""
    return [("" if kinds <= 10 else ",").join(map(str, row)) for row in pieces.tolist()]


# -- the subdivision --------------------------------------------------------------------------


def initial(program: Program, inequalities: Sequence[Inequality]
            ) -> tuple[Complex, tuple[Inequality, ...]]:
    """The first complex, and the hyperplanes that cut it and are no units."""
    from flint import fmpz_mat

    d = program.inputs
    forms = [(form, True) for form in inequalities] + [(form, False) for form in _first(program)]
    units = len(forms)
    forms += [(tuple(int(i == j) for j in range(d + 1)), False) for i in range(d)]
    chosen: list[int] = []
    rows: list[list[int]] = []
    for number, (form, _) in enumerate(forms):
        if len(chosen) < d and fmpz_mat([*rows, list(form[:d])]).rank() > len(rows):
            rows.append(list(form[:d]))
            chosen.append(number)
    found = orthants([forms[i][0] for i in chosen], [forms[i][1] for i in chosen])
    for number, form in enumerate(inequalities):
        if number not in chosen:
            values = found.rays @ _objects(form)
            found.cut(values)
            values = found.rays @ _objects(form)
            found.keep([~negative for negative in found.spread(values < 0)])
            if not found.levels[-1].count:
                raise InputError(EMPTY)
    return found, tuple(forms[i][0] for i in chosen if i >= units)


def _first(program: Program) -> list[Inequality]:
    """The units that are affine functions of the inputs, without those that are constant."""
    identity = np.empty((program.inputs + 1,) * 2, object)
    identity[:] = np.eye(program.inputs + 1, dtype=int).tolist()
    affine: dict[int, Array] = {0: identity[:-1]}
    found: list[Inequality] = []
    for number, step in enumerate(program.integral, 1):
        if isinstance(step, IntegralAffine) and all(s in affine for s in step.sources):
            matrix = np.empty((len(step.matrix), len(step.matrix[0])), object)
            matrix[:] = [list(row) for row in step.matrix]
            affine[number] = matrix @ np.concatenate([*(affine[s] for s in step.sources),
                                                      identity[-1:]])
        elif isinstance(step, IntegralActivation) and step.source in affine:
            found += [tuple(row) for row in breaks(step, affine[step.source], identity[-1])
                      if any(row[:-1])]
    return found


def cut_by(found: Complex, step: IntegralActivation | Maximum, x: Array) -> None:
    """Cut a complex by the units of a step, given the values of its entries at the rays."""
    if isinstance(step, Maximum):
        for group in step.groups:
            rows = x[list(group)]
            if len(group) > 1:
                x = _cut_by_maximum(found, rows, x)
                _within_limits(found)
        return
    rows = breaks(step, x, found.rays[:, -1])
    while len(rows):
        (rows,) = found.cut(rows[0], [rows[1:]])
        _within_limits(found)


def _cut_by_maximum(found: Complex, rows: Array, others: Array) -> Array:
    """
    Cut a complex into the parts where the same functions attain the maximum.

    The maximum of the first functions is compared with the next one; this may cut where a later one
    is larger, and such parts are joined again.
    """
    faces = found.mark()
    largest = rows[0]
    for i in range(1, len(rows)):
        largest, rows, others = found.cut(largest - rows[i], [largest, rows, others])
        largest = np.maximum(largest, rows[i])
    if sum(level.count for level in found.levels[1:]) == faces:
        return others
    below = np.packbits(np.stack([row < largest for row in rows]), axis=0).T
    sets = found.union(below)
    table = np.concatenate([np.column_stack([level.origin, bits])
                            for level, bits in zip(found.levels[1:], sets[1:])])
    place = _numbered(table)
    cuts = np.cumsum([0, *(level.count for level in found.levels[1:])])
    kept = found.merge([place[:0], *(place[a:b] for a, b in zip(cuts, cuts[1:]))])
    return others[:, kept]


def _numbered(rows: Array) -> Array:
    """Numbers of rows, the same for equal ones."""
    rows = np.ascontiguousarray(rows)
    whole_rows = rows.view([("", rows.dtype)] * rows.shape[1]).ravel()
    return np.unique(whole_rows, return_inverse=True)[1].reshape(-1)


def _within_limits(found: Complex) -> None:
    if whole.is_over():
        raise whole.time_is_over()
    faces = sum(level.count for level in found.levels[1:])
    if faces > MOST_FACES:
        raise LimitReached(f"The subdivision has over {MOST_FACES:,} faces, the most allowed; "
                           "choose smaller widths, a box, or fewer points of data.")


@dataclass(frozen=True)
class Cell:
    """
    A cone of full dimension of the subdivision.

    - ``vertices`` -- its vertices, points of R^d
    - ``directions`` -- integer vectors, its directions to infinity
    - ``signs`` -- the signs of all units; for a maximum, 0 for the entries that attain it, and -1
      for the others
    - ``affine_map`` -- for each output the coefficients of the coordinates, and the constant
    - ``region`` -- the number of the region that it belongs to
    """

    vertices: tuple[tuple[Fraction, ...], ...]
    directions: tuple[tuple[int, ...], ...]
    signs: tuple[int, ...]
    affine_map: tuple[tuple[Fraction, ...], ...]
    region: int


class Subdivision:
    """
    The subdivision of a domain of inputs by the units of a network.

    INPUT:

    - ``network`` -- the network, the difference of two, or its convex parts, of 1 to 6 inputs
    - ``inequalities`` -- of the domain, see :func:`domain`
    - ``most`` -- another largest number of inputs

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.network import network_from_spec
        >>> found = Subdivision(network_from_spec("relu:2,4,1:bias", seed=1))
        >>> found.cells, found.regions, found.f_vector
        (11, 11, [6, 16, 11])
    """

    def __init__(self, network: Network | Difference | ConvexParts,
                 inequalities: Sequence[Inequality] = (), most: int = MOST_INPUTS) -> None:
        if network.inputs > most:
            raise InputError(f"Regions are found for 1 to {most} inputs; this network has "
                             f"{network.inputs}.")
        self.network = network
        self.inequalities = tuple(inequalities)
        program = network.program
        self.complex, self.further_cuts = initial(program, self.inequalities)
        for step in program.integral:
            if not isinstance(step, IntegralAffine):
                cut_by(self.complex, step, states(program, self.complex.rays,
                                                  step.source)[step.source])

    # -- signs ------------------------------------------------------------------------------

    @cached_property
    def states(self) -> list[Array]:
        """The states at the rays."""
        return states(self.network.program, self.complex.rays)

    @cached_property
    def unit_values(self) -> list[Array]:
        """
        For each step the functions whose signs count: the units of an activation; the differences
        of the entries and their maxima, which are zero or negative.
        """
        found = []
        for step in self.network.program.integral:
            if isinstance(step, IntegralActivation):
                found.append(breaks(step, self.states[step.source], self.complex.rays[:, -1]))
            elif isinstance(step, Maximum):
                x = self.states[step.source]
                found.append(np.concatenate([x[list(g)] - x[list(g)].max(axis=0)
                                             for g in step.groups]))
            else:
                found.append(np.zeros((0, len(self.complex.rays)), int))
        return found

    @cached_property
    def _bits(self) -> list[Array]:
        """
        For all cones, by dimension: whether the last coordinate, each inequality, and each unit is
        somewhere positive, then whether each is somewhere negative.
        """
        rays = self.complex.rays
        values = [rays[:, -1:].T, *([np.stack([rays @ _objects(form)
                                               for form in self.inequalities])]
                                    if self.inequalities else []), *self.unit_values]
        table = np.concatenate(values)
        signs = np.concatenate([table > 0, table < 0]).astype(bool)
        return self.complex.union(np.packbits(signs, axis=0).T)

    @cached_property
    def is_finite(self) -> list[Array]:
        """For each dimension which cones are not at infinity: they are faces in R^d."""
        return self.complex.spread(self.complex.rays[:, -1] > 0)

    @cached_property
    def is_bounded(self) -> list[Array]:
        """For each dimension which cones have no direction to infinity."""
        return [~has for has in self.complex.spread(self.complex.rays[:, -1] == 0)]

    @cached_property
    def faces(self) -> list[Array]:
        """For each dimension the numbers of the faces to which cones belong."""
        counts = [level.count for level in self.complex.levels[1:]]
        cuts = np.cumsum([0, *counts])
        place = _numbered(np.concatenate(self._bits[1:])) if self.further_cuts else (
            np.arange(cuts[-1]))
        return [place[:0], *(place[a:b] for a, b in zip(cuts, cuts[1:]))]

    @cached_property
    def _face_kinds(self) -> tuple[Array, Array, Array]:
        """For each number of a face its dimension as a cone, whether it is finite, and bounded."""
        size = 1 + max(int(f.max(initial=0)) for f in self.faces[1:])
        dimension, finite, unbounded = (np.zeros(size, kind) for kind in (int, bool, bool))
        for k in range(1, self.complex.top + 1):
            dimension[self.faces[k]] = k
            finite[self.faces[k][self.is_finite[k]]] = True
            unbounded[self.faces[k][~self.is_bounded[k]]] = True
        return dimension, finite, ~unbounded

    def _counted(self, chosen: Array) -> list[int]:
        """How many of some faces there are of each dimension."""
        dimension = self._face_kinds[0][chosen]
        return [int((dimension == k).sum()) for k in range(1, self.complex.top + 1)]

    # -- what one asks ------------------------------------------------------------------------

    @cached_property
    def f_vector(self) -> list[int]:
        """The numbers of faces by dimension, from vertices to cells."""
        return self._counted(self._face_kinds[1])

    @cached_property
    def bounded_faces(self) -> list[int]:
        """The numbers of bounded faces by dimension."""
        return self._counted(self._face_kinds[1] & self._face_kinds[2])

    @property
    def cells(self) -> int:
        """How many faces have full dimension: one for each activation pattern on an open set."""
        return self.f_vector[-1]

    @cached_property
    def patterns(self) -> list[str]:
        """
        The activation patterns that occur on open sets: for each layer with units the numbers of
        their pieces, from 0, joined by commas if there are ten or more, and layers by dots.

        A ReLU is 1 where it is active; a maximum has the first entry that attains it.

        EXAMPLES::

            >>> from neuroalg_sage.models.piecewise.network import network_from_spec
            >>> Subdivision(network_from_spec("relu:2,2,1:bias", seed=1)).patterns
            ['00', '01', '10', '11']
        """
        signs = np.unpackbits(self._bits[-1], axis=1)
        place = 1 + len(self.inequalities)
        count = place + sum(map(len, self.unit_values))
        positive, negative = signs[:, :count], signs[:, count : 2 * count]
        layers: list[list[str]] = []
        for step, values in zip(self.network.program.integral, self.unit_values):
            taken = slice(place, place + len(values))
            place = taken.stop
            if isinstance(step, IntegralActivation):
                blocks = positive[:, taken].reshape(len(signs), len(step.breaks), -1)
                layers.append(_in_words(blocks.sum(axis=1), len(step.breaks) + 1))
            elif isinstance(step, Maximum):
                ends = np.cumsum([0, *map(len, step.groups)])
                smaller = negative[:, taken]
                layers.append(_in_words(np.stack([
                    smaller[:, a:b].argmin(axis=1) for a, b in itertools.pairwise(ends)], axis=1),
                    max(map(len, step.groups))))
        return sorted({".".join(parts) for parts in zip(*layers)}) if layers else [""]

    @cached_property
    def adjacent(self) -> tuple[Array, Array, Array]:
        """
        The dual graph: for each facet of two cones of full dimension, these and the facet, in three
        arrays.
        """
        level = self.complex.levels[-1]
        order = np.argsort(level.facet, kind="stable")
        cone, facet = level.cone[order], level.facet[order]
        same = np.flatnonzero(facet[1:] == facet[:-1])
        return cone[same], cone[same + 1], facet[same]

    @cached_property
    def region_of(self) -> Array:
        """For each cone of full dimension the number of its region."""
        (first, second, facets), finite = self.adjacent, self.is_finite[-2]
        maps = self.linear_maps
        parent = list(range(self.complex.levels[-1].count))

        def root(i: int) -> int:
            while parent[i] != i:
                parent[i] = parent[parent[i]]
                i = parent[i]
            return i

        for i, j, facet in zip(first.tolist(), second.tolist(), facets.tolist()):
            if finite[facet] and maps[i] == maps[j]:
                parent[root(i)] = root(j)
        roots = np.array([root(i) for i in range(len(parent))], int)
        return np.unique(roots, return_inverse=True)[1].reshape(-1)

    @property
    def regions(self) -> int:
        """How many maximal connected open sets there are on which the network is affine."""
        return int(self.region_of.max()) + 1

    @property
    def bounded_regions(self) -> int:
        """How many regions are bounded."""
        unbounded = np.unique(self.region_of[~self.is_bounded[-1]])
        return self.regions - len(unbounded)

    # -- affine maps ---------------------------------------------------------------------------

    @cached_property
    def bases(self) -> Array:
        """
        For each cone of full dimension rays that are a basis of the space, a row for each cone.

        The first ray of a cone, in the order of their numbers, is not in the span of a facet that
        does not have it.
        """
        first = np.arange(len(self.complex.rays))
        basis = first[:, None]
        for level in self.complex.levels[2:]:
            least = np.full(level.count, len(self.complex.rays))
            np.minimum.at(least, level.cone, first[level.facet])
            opposite = np.zeros(level.count, int)
            there = first[level.facet] != least[level.cone]
            opposite[level.cone[there]] = level.facet[there]
            first, basis = least, np.concatenate([least[:, None], basis[opposite]], axis=1)
        return basis

    @cached_property
    def linear_maps(self) -> list[tuple[Any, ...]]:
        """
        For each cone of full dimension the rows of the linear map of (x, t), up to the same factor
        for all of them.
        """
        from flint import fmpq_mat, fmpz_mat

        outputs, rays = self.states[-1].T, self.complex.rays
        return [tuple((fmpq_mat(fmpz_mat(rays[basis].tolist())).inv()
                       * fmpq_mat(fmpz_mat(outputs[basis].tolist()))).entries())
                for basis in self.bases]

    def affine_map(self, cone: int) -> tuple[tuple[Fraction, ...], ...]:
        """
        The affine map on a cone of full dimension: for each output the coefficients of the
        coordinates, and the constant.
        """
        factor, outputs = self.network.program.factors[-1], self.network.outputs
        entries = [factor * Fraction(int(c.p), int(c.q)) for c in self.linear_maps[cone]]
        return tuple(tuple(entries[j::outputs]) for j in range(outputs))

    # -- the faces themselves ------------------------------------------------------------------

    @cached_property
    def facets(self) -> list[list[list[int]]]:
        """For each dimension from 2 on the facets of each cone, by their numbers."""
        found = []
        for level in self.complex.levels[2:]:
            order = np.argsort(level.cone, kind="stable")
            cuts = np.searchsorted(level.cone[order], np.arange(level.count + 1)).tolist()
            facets = level.facet[order].tolist()
            found.append([facets[a:b] for a, b in itertools.pairwise(cuts)])
        return found

    def cell(self, number: int) -> Cell:
        """
        A cone of full dimension, with all that is known of it.

        EXAMPLES::

            >>> from neuroalg_sage.models.piecewise.network import network_from_spec
            >>> found = Subdivision(network_from_spec("relu:1,1,1:bias", seed=1))
            >>> [found.cell(i).signs for i in range(2)], found.dual_graph
            ([(1,), (-1,)], [(0, 1)])
            >>> found.cell(0).vertices == found.cell(1).vertices, found.cell(0).directions
            (True, ((-1,),))
        """
        rays = [number]
        for level in self.facets[::-1]:
            rays = sorted({facet for cone in rays for facet in level[cone]})
        points = [[int(c) for c in self.complex.rays[ray]] for ray in rays]
        values = [[row[ray] for ray in rays] for block in self.unit_values for row in block]
        return Cell(
            tuple(tuple(Fraction(c, p[-1]) for c in p[:-1]) for p in points if p[-1]),
            tuple(tuple(p[:-1]) for p in points if not p[-1]),
            tuple(any(v > 0 for v in row) - any(v < 0 for v in row) for row in values),
            self.affine_map(number), int(self.region_of[number]))

    @property
    def dual_graph(self) -> list[tuple[int, int]]:
        """The pairs of cones of full dimension that have a facet in R^d in common."""
        (first, second, facets), finite = self.adjacent, self.is_finite[-2]
        return sorted({(min(i, j), max(i, j)) for i, j, facet in zip(
            first.tolist(), second.tolist(), facets.tolist()) if finite[facet]})
