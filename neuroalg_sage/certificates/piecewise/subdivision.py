"""
The subdivision of the inputs of a piecewise linear network, proved to be complete.

**What is claimed.**  Inputs lie in R^d, or in a polyhedron D given by inequalities.  Two of them
have the same signs if each unit of the network, an entry of an activation less a breakpoint, is at
both positive, zero or negative, if the same entries attain each maximum that is taken, and if the
same inequalities are equalities.  The inputs with given signs are a relatively open convex
polyhedron, a *face*, for where the signs of the layers before are given, entries are affine
functions.  Claimed are the numbers of faces by dimension, all and bounded ones; and the numbers of
*regions*, all and bounded ones: the maximal connected open sets in the interior of D on which the
network is one affine map.

**The evidence.**  A polyhedron is the part t = 1 of a cone in R^(d+1).  Listed are rays (x, t)
with t >= 0; for k = 2, ..., d + 1 faces of level k, by their facets of level k - 1, where rays
have level 1; and further affine forms, the cuts.  To a listed face f belong the rays of its
facets; it stands for the cone that they span.  Let the functions be t, the inequalities, the units
in homogeneous form, for maxima the entries less the maximum, and the cuts.  The signs of f say
which functions are positive at one of its rays, and which are negative at one.  The checker
verifies that

1. no inequality is 0 everywhere; no function is negative at a ray if it is t or an inequality; at
   each ray some function is not 0;
2. on each face of level d + 1, a *cell*, no function is positive at a ray and negative at another;
   and of each maximum one entry attains it at all rays.  Each listed face of a level below is a
   facet of a listed one;
3. no two listed faces of all levels have the same signs;
4. a face of level 2 has two facets; of any level, each facet of a facet belongs to exactly two of
   its facets;
5. a facet of a cell is a facet of two cells; or of one, and then t or an inequality is zero on it.
   There is a cell.

**Lemma 1.**  On each cell all functions are linear.  *Proof.*  Layer by layer: if all entries of
the states before are linear on the cell, so are its units.  By 2. no unit changes its sign, so the
activation is linear on the cell; and an entry that is largest at all rays is largest on the cone
that they span. ∎

So each function is, up to its sign, a linear form on a cell that is not negative, and the signs of
a listed face f, a subset of a cell, are those at each point of its relative interior: a positive
combination of all its rays.  By 3. relative interiors of listed faces are disjoint.  A listed
facet g of f has other signs than f, by 3.; as rays of g are rays of f, a function is zero on g and
not on f.  So g lies in a supporting hyperplane of f, and is not all of it.  The cones are pointed:
by 1. the sum of all functions, up to signs, is positive at each ray.

**Lemma 2.**  A listed face of level k is a cone of dimension k, and its listed facets are all its
facets.  *Proof.*  A ray has dimension 1, and a face has a larger dimension than its facets; so it
is at least k.  A cell has dimension at most d + 1, and facets a smaller one than what they are
facets of; by 2. each listed face is reached from a cell; so it is k.  For k = 2 two rays are all.
Let k > 2, let f have level k, and let the lemma hold for its facets.  Each listed g lies in a face
of f of dimension k - 1, in a facet F.  In one F there is only one listed g: at points of the
relative interior of F all functions have the same signs, and some of them are in the relative
interior of g, so these are the signs of g, and 3. applies.  Let U be the union of the listed
facets, and remove from the boundary of f all faces of dimension k - 3 and smaller, of f and of
listed facets. What is left is connected, since the boundary of a cross section of f is a sphere of
dimension k - 2, from which sets of codimension two were removed.  U is closed in it.  Let p be a
point of U that is left.  If it is in the relative interior of a listed g, then U is a neighborhood
of it.  Else it is in the relative interior of a facet h of g, which is listed, and by 4. of
another listed g'. These lie in different facets F and F' of f, so that h is in their intersection.
Near p the boundary of f is F and F', and of these g and g' are all that lies on the side of h on
which they are.  So U is a neighborhood of p.  Hence U is all that is left and, being closed, the
boundary of f.  As F is covered, up to smaller dimension, by the one g in it, F = g. ∎

**Lemma 3.**  The cells cover D.  *Proof.*  By 1. they lie in the cone over D, and its interior,
which is convex, holds that of a cell.  Remove from it all faces of cells of dimension d - 1 and
smaller; what is left is connected.  Let p be left, in the union U of the cells, and not in the
interior of one.  By Lemma 2 it is in the relative interior of a listed facet h.  On h neither t
nor an inequality is zero, for these are linear forms that are not negative on D, and p is in its
interior; so by 5. it is a facet of two cells.  They lie on different sides of h, since their
interiors are disjoint.  So U is a neighborhood of p.  Hence U is all. ∎

So each point of D is in the relative interior of exactly one listed face, and has its signs.
Faces in the sense of the claim are unions of listed ones with the same signs but for those of the
cuts, where t is not zero; their dimension is the largest that occurs, less one.  They are bounded
if t is positive at all rays of all of these.  A connected open set on which the network is one
affine map stays connected if faces of dimension less than d - 1 are removed; so regions are the
classes of cells that are joined by common facets with the same affine map on both sides.  A linear
map on a cell is known from its values at a basis of rays.

The work is linear in the number of pairs of a face and a facet of a facet of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.piecewise.network import PiecewiseLinearMap
from neuroalg_sage.certificates.reading import (
    fields,
    integers,
    items,
    numbers,
    require,
)
from neuroalg_sage.certificates.work import Work

MOST_PRODUCTS = 10**10  # of coefficients of the network and coordinates
Signs = tuple[int, int]  # sets of numbers of functions, as bits: the positive ones, the negative


class Subdivision:
    """
    The faces of a network on a domain, verified.

    - ``levels`` -- for each level the faces, each as the numbers of its facets
    - ``signs`` -- for each level the signs of the faces
    - ``outputs`` -- of the network at the rays, a row for each output
    """

    def __init__(self, network: PiecewiseLinearMap, domain: Any, evidence: Any) -> None:
        rays, faces, cuts = fields(evidence, "rays", "faces", "cuts")
        require(set(evidence) == {"rays", "faces", "cuts"}, "The evidence has an unknown field.")
        self.network = network
        d = network.inputs
        self.inequalities = [numbers(row, "inequality", d + 1)
                             for row in items(domain, "list of inequalities")]
        require(all(map(any, self.inequalities)), "An inequality says nothing.")
        self.cuts = [numbers(row, "cut", d + 1) for row in items(cuts, "list of cuts")]
        self.rays = [numbers(ray, "ray", d + 1) for ray in items(rays, "list of rays")]
        require(self.rays, "There are no rays.")
        Work(MOST_PRODUCTS).spend(len(self.rays) * network.coefficients)
        self.border = 1 + len(self.inequalities)  # t and the inequalities come first
        self.units = range(self.border, self.border + network.unit_count)
        at_rays, self.outputs = self._evaluated(self.rays)
        border = (1 << self.border) - 1
        require(not any(negative & border for _, negative in at_rays),
                "A ray is not in the domain.")
        self.signs: list[list[Signs]] = [[], at_rays]
        self.groups = [sum(1 << (self.border + place) for place in group)
                       for group in network.groups]
        self.levels: list[list[list[int]]] = [[], []]
        for level in items(faces, "list of levels", d):
            below = len(self.signs[-1])
            self.levels.append([integers(face, 0, below - 1, "facet")
                                for face in items(level, "list of faces")])
            self._verify_level()
        self._verify_cells()

    def _evaluated(self, points: list[list[fmpq]]) -> tuple[list[Signs], list[list[fmpq]]]:
        """The signs of all functions at points (x, t), and the outputs."""
        columns = fmpq_mat(points).transpose()
        t = columns.table()[-1]
        states = self.network.states(columns)

        def values(forms: list[list[fmpq]]) -> list[list[fmpq]]:
            return (fmpq_mat(forms) * columns).table() if forms else []

        table = [t, *values(self.inequalities), *self.network.units(states, t), *values(self.cuts)]
        return _signs(table), states[-1]

    def signs_at(self, points: list[list[fmpq]]) -> list[Signs]:
        """The signs of all functions at points (x, t)."""
        return self._evaluated(points)[0]

    def _verify_level(self) -> None:
        """What is demanded of the faces of the last level that is there."""
        k, below = len(self.levels) - 1, self.signs[-1]
        facets = self.levels[-2]
        made = []
        for face in self.levels[-1]:
            require(len(set(face)) == len(face) and len(face) >= 2 and (k > 2 or len(face) == 2),
                    "A face has too few facets, or the same one twice.")
            if k > 2:
                ridges = Counter(ridge for facet in face for ridge in facets[facet])
                require(set(ridges.values()) == {2}, "The facets of a face do not close up.")
            positive = negative = 0
            for facet in face:
                positive |= below[facet][0]
                negative |= below[facet][1]
            made.append((positive, negative))
        self.signs.append(made)
        require(len({facet for face in self.levels[-1] for facet in face}) == len(below),
                "A face is no facet of another one.")

    def _verify_cells(self) -> None:
        everything = [signs for level in self.signs for signs in level]
        require(len(set(everything)) == len(everything), "Two faces have the same signs.")
        require((0, 0) not in everything[:len(self.signs[1])], "All functions vanish at a ray.")
        require(self.levels[-1], "There are no cells.")
        for positive, negative in self.signs[-1]:
            require(not positive & negative, "A unit changes its sign in a cell.")
            require(all(negative & group != group for group in self.groups),
                    "No entry attains a maximum in all of a cell.")
        border = (1 << self.border) - 1
        self.neighbors: list[list[int]] = [[] for _ in self.signs[-2]]
        for number, cell in enumerate(self.levels[-1]):
            for facet in cell:
                self.neighbors[facet].append(number)
        for facet, cells in enumerate(self.neighbors):
            require(len(cells) == 2 or self.signs[-2][facet][0] & border != border,
                    "A facet inside of the domain does not belong to two cells.")
            require(len(cells) <= 2, "A facet belongs to more than two cells.")

    # -- what is claimed ---------------------------------------------------------------------

    def is_at_infinity(self, signs: Signs) -> bool:
        """Whether t vanishes on a face with these signs."""
        return not signs[0] & 1

    @cached_property
    def boundedness(self) -> list[list[bool]]:
        """For each level which faces have no ray at infinity."""
        found: list[list[bool]] = [[], [not self.is_at_infinity(s) for s in self.signs[1]]]
        for level in self.levels[2:]:
            found.append([all(found[-1][facet] for facet in face) for face in level])
        return found

    def face_numbers(self, chosen: Callable[[Signs], bool] = lambda signs: True
                     ) -> tuple[list[int], list[int]]:
        """How many faces with chosen signs there are by dimension, and how many bounded ones."""
        mask = (1 << self.units.stop) - 1
        dimension: dict[Signs, int] = {}
        unbounded = set()
        for k, (level, bounded) in enumerate(zip(self.signs, self.boundedness)):
            for signs, is_bounded in zip(level, bounded):
                if not self.is_at_infinity(signs) and chosen(signs):
                    label = signs[0] & mask, signs[1] & mask
                    dimension[label] = k - 1
                    if not is_bounded:
                        unbounded.add(label)
        counted = Counter(dimension.values())
        without = Counter(k for label, k in dimension.items() if label not in unbounded)
        return ([counted[k] for k in range(self.network.inputs + 1)],
                [without[k] for k in range(self.network.inputs + 1)])

    @cached_property
    def bases(self) -> list[list[list[int]]]:
        """
        For each level and each face the numbers of rays that are a basis of its span.

        The first ray of a face, in their order, is not in the span of a facet that does not have
        it; and there is such a facet.
        """
        first = list(range(len(self.rays)))
        found = [[], [[ray] for ray in first]]
        for level in self.levels[2:]:
            least = [min(first[facet] for facet in face) for face in level]
            found.append([[ray, *found[-1][next(f for f in face if first[f] != ray)]]
                          for ray, face in zip(least, level)])
            first = least
        return found

    def linear_maps(self) -> list[fmpq_mat]:
        """For each cell the linear map of (x, t) on it, by the values at a basis of rays."""
        outputs = list(zip(*self.outputs))
        return [fmpq_mat([self.rays[ray] for ray in basis]).inv()
                * fmpq_mat([outputs[ray] for ray in basis]) for basis in self.bases[-1]]

    def region_numbers(self) -> tuple[int, int]:
        """How many regions there are, and how many bounded ones."""
        maps = self.linear_maps()
        parent = list(range(len(maps)))

        def root(i: int) -> int:
            while parent[i] != i:
                parent[i] = parent[parent[i]]
                i = parent[i]
            return i

        for facet, cells in enumerate(self.neighbors):
            if len(cells) == 2 and not self.is_at_infinity(self.signs[-2][facet]):
                i, j = cells
                if maps[i] == maps[j]:
                    parent[root(i)] = root(j)
        roots = [root(i) for i in range(len(maps))]
        unbounded = {r for r, bounded in zip(roots, self.boundedness[-1]) if not bounded}
        return len(set(roots)), len(set(roots) - unbounded)


def _signs(table: list[list[fmpq]]) -> list[Signs]:
    """For each point the functions that are positive there, and those that are negative."""
    positive, negative = [0] * len(table[0]), [0] * len(table[0])
    for number, row in enumerate(table):
        bit = 1 << number
        for i, value in enumerate(row):
            if value > 0:
                positive[i] |= bit
            elif value < 0:
                negative[i] |= bit
    return list(zip(positive, negative))
