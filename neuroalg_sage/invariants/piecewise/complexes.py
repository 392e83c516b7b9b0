"""
Complexes of polyhedral cones, and how a hyperplane cuts one.

A polyhedron in R^d is the part ``t = 1`` of a cone in R^(d+1), so that vertices, which have t > 0,
and directions to infinity, which have t = 0, are both rays, and a bounded face is treated as an
unbounded one is.  Cones here are pointed: they are spanned by their rays.

A complex holds its rays as primitive integer vectors, and each cone of higher dimension by its
facets, which are cones of the complex.  A function that is linear on each cone, given by its values
at the rays, cuts the complex where it is zero.  A cone is cut in two if the function is positive at
some of its rays and negative at others.  Then

- a new ray on a cone of dimension 2 is that combination of its two rays at which the function is
  zero;
- where a cone f of larger dimension is cut, its part on one side has as facets the parts of the
  facets of f on that side, and the section of f.  The facets of the section are the sections of
  those facets of f that are cut, and the facets of facets of f on which the function is zero.

Nothing is assumed of the position: a hyperplane may contain rays and cones of any dimension.  Only
new rays need arithmetic, with integers of any size; all else is combinatorics, and vectorized.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuroalg_sage.certificates.polytopes import primitive

Array = Any  # of NumPy


@dataclass
class Cones:
    """
    The cones of one dimension.

    - ``count`` -- their number
    - ``cone``, ``facet`` -- the pairs of a cone and one of its facets, in two arrays
    - ``origin`` -- for each the number of what it is a part of
    """

    count: int
    cone: Array
    facet: Array
    origin: Array


class Complex:
    """
    A complex of pointed cones in R^(d+1).

    - ``rays`` -- array of integers, a row for each ray
    - ``levels`` -- the cones by their dimension: ``levels[1]`` are the rays, ``levels[d + 1]`` the
      cells; ``levels[0]`` is not used
    """

    def __init__(self, rays: Array, levels: list[Cones]) -> None:
        self.rays = rays
        self.levels = levels

    @property
    def top(self) -> int:
        """The dimension of the cells as cones."""
        return len(self.levels) - 1

    def spread(self, at_rays: Array) -> list[Array]:
        """
        For each dimension, which cones have a ray with a property.

        INPUT:

        - ``at_rays`` -- array of truth values, one for each ray

        OUTPUT: list of arrays by dimension; the first one is empty
        """
        found = [np.zeros(0, bool), at_rays]
        for level in self.levels[2:]:
            has = np.zeros(level.count, bool)
            has[level.cone[found[-1][level.facet]]] = True
            found.append(has)
        return found

    def union(self, at_rays: Array) -> list[Array]:
        """
        For each dimension the unions, over the rays of each cone, of sets in the form of bits.

        INPUT:

        - ``at_rays`` -- array of bytes, a row for each ray
        """
        found = [at_rays[:0], at_rays]
        for level in self.levels[2:]:
            order = np.argsort(level.cone, kind="stable")
            starts = np.searchsorted(level.cone[order], np.arange(level.count))
            found.append(np.bitwise_or.reduceat(found[-1][level.facet[order]], starts, axis=0)
                         if level.count else found[-1][:0])
        return found

    def cut(self, values: Array, further: Sequence[Array] = ()) -> list[Array]:
        """
        Cut the complex where a function is zero.

        INPUT:

        - ``values`` -- of a function that is linear on each cone, at the rays
        - ``further`` -- values of other such functions at the rays, as rows of arrays

        OUTPUT: ``further`` with values at the new rays, too
        """
        signs = (values > 0).astype(np.int8) - (values < 0).astype(np.int8)
        plus, minus = self.spread(signs > 0), self.spread(signs < 0)
        split = [p & m for p, m in zip(plus, minus)]
        if not any(s.any() for s in split):
            return list(further)
        # By dimension: what the section of a cone is, and the number of its negative part; the
        # positive part keeps the number of the cone.
        section = [np.zeros(0, int), np.full(len(self.rays), -1)]
        negative = [np.zeros(0, int), np.arange(len(self.rays))]
        halves = [0, 0]  # how many are cut
        for level, s in zip(self.levels[2:], split[2:]):
            number = np.arange(level.count)
            number[s] = level.count + np.arange(s.sum())
            negative.append(number)
            halves.append(int(s.sum()))
            section.append(np.full(level.count, -1))
        for k in range(2, self.top + 1):
            section[k][split[k]] = self.levels[k - 1].count + halves[k - 1] + np.arange(halves[k])
        further = self._new_rays(values, signs, split[2], further)
        pairs: list[list[tuple[Array, Array]]] = [[] for _ in self.levels]
        for k in range(2, self.top + 1):
            cone, facet = self.levels[k].cone, self.levels[k].facet
            inside = split[k][cone]
            f, g = cone[inside], facet[inside]
            up, down = plus[k - 1][g], minus[k - 1][g]
            new = np.flatnonzero(split[k])
            pairs[k] += [(cone[~inside], facet[~inside]), (f[up], g[up]),
                         (negative[k][f[down]], negative[k - 1][g[down]]),
                         (new, section[k][new]), (negative[k][new], section[k][new])]
            if k > 2:
                cut = split[k - 1][g]
                pairs[k - 1].append((section[k][f[cut]], section[k - 1][g[cut]]))
                # A facet that is not cut has at most one facet in the hyperplane, or lies in it.
                zero = ~(plus[k - 2] | minus[k - 2])
                on = self.levels[k - 1]
                touched = np.full(on.count, -1)
                chosen = zero[on.facet]
                touched[on.cone[chosen]] = on.facet[chosen]
                touching = ~cut & (touched[g] >= 0)
                found = np.unique(np.stack([section[k][f[touching]], touched[g[touching]]]), axis=1)
                pairs[k - 1].append((found[0], found[1]))
        for k, level in enumerate(self.levels[1:], 1):
            # A section of a cone, which has one dimension more, is a part of it.
            above = self.levels[k + 1].origin[split[k + 1]] if k < self.top else level.origin[:0]
            cone, facet = (np.concatenate(parts) for parts in zip(*pairs[k])) if k > 1 else (
                level.cone, level.facet)
            origin = np.concatenate([level.origin, level.origin[split[k]] if k > 1 else
                                     level.origin[:0], above])
            self.levels[k] = Cones(len(origin), cone, facet, origin)
        return further

    def _new_rays(self, values: Array, signs: Array, split: Array, further: Sequence[Array]
                  ) -> list[Array]:
        """Add the rays at which a function is zero, on cones of dimension 2."""
        level = self.levels[2]
        ends = []
        for sign in (1, -1):
            end = np.full(level.count, -1)
            chosen = signs[level.facet] == sign
            end[level.cone[chosen]] = level.facet[chosen]
            ends.append(end[split])
        first, second = ends
        a, b = -values[second], values[first]
        common = np.gcd(a, b)
        a, b = a // common, b // common

        def between(table: Array) -> Array:
            return a * table[..., first] + b * table[..., second]

        made = between(self.rays.T)
        common = np.gcd.reduce(made, axis=0)
        self.rays = np.concatenate([self.rays, (made // common).T])
        return [np.concatenate([table, between(table) // common], axis=-1) for table in further]

    def keep(self, kept: Sequence[Array]) -> None:
        """Keep some cones, with all faces of each of them, and no others."""
        number = [np.cumsum(k) - 1 for k in kept]
        self.rays = self.rays[kept[1]]
        for k, level in enumerate(self.levels[1:], 1):
            pairs = kept[k][level.cone] if k > 1 else np.zeros(0, bool)
            self.levels[k] = Cones(
                int(kept[k].sum()), number[k][level.cone[pairs]] if k > 1 else level.cone,
                number[k - 1][level.facet[pairs]] if k > 1 else level.facet,
                level.origin[kept[k]])

    def mark(self) -> int:
        """Number all cones; whatever is cut from one remembers its number.  OUTPUT: how many."""
        first = 0
        for level in self.levels[1:]:
            level.origin = first + np.arange(level.count)
            first += level.count
        return first

    def merge(self, labels: Sequence[Array]) -> Array:
        """
        Join the cones of each label to one.

        The relative interiors of the cones of a label are disjoint, and their union is the relative
        interior of a pointed cone.

        INPUT:

        - ``labels`` -- for each dimension an array of whole numbers

        OUTPUT: the former numbers of the rays
        """
        largest = 1 + max(int(a.max(initial=-1)) for a in labels[1:])
        dimension = np.zeros(largest, int)
        for k in range(1, self.top + 1):
            dimension[labels[k]] = k
        number = [np.zeros(0, int)]
        for k in range(1, self.top + 1):
            # What is smaller than the cone of its label lies inside of it.
            whole = dimension[labels[k]] == k
            names, first, place = np.unique(labels[k][whole], return_index=True,
                                            return_inverse=True)
            numbers = np.full(len(labels[k]), -1)
            numbers[whole] = place.reshape(-1)
            number.append(numbers)
            if k == 1:
                kept = np.flatnonzero(whole)[first]
                self.rays = self.rays[kept]
            level = self.levels[k]
            level.origin = level.origin[whole][first]
            level.count = len(names)
            if k > 1:
                cone, facet = numbers[level.cone], number[k - 1][level.facet]
                there = (cone >= 0) & (facet >= 0)
                level.cone, level.facet = np.unique(np.stack([cone[there], facet[there]]), axis=1)
        return kept


def orthants(forms: Sequence[Sequence[int]], sides: Sequence[bool]) -> Complex:
    """
    The complex into which d linearly independent hyperplanes cut R^d.

    INPUT:

    - ``forms`` -- integers, the coefficients of d affine forms: those of the coordinates, then the
      constant
    - ``sides`` -- for each form whether only the side is kept where it is not negative

    EXAMPLES::

        >>> complex_ = orthants([[1, 0, 0], [0, 1, -1]], [False, True])
        >>> [level.count for level in complex_.levels[1:]], complex_.rays.tolist()
        ([4, 5, 2], [[0, 1, 1], [1, 0, 0], [-1, 0, 0], [0, 1, 0]])
    """
    from flint import fmpq_mat, fmpz_mat

    d = len(forms)
    inverse = fmpq_mat(fmpz_mat([list(map(int, form[:d])) for form in forms])).inv()
    columns = [[inverse[i, j] for i in range(d)] for j in range(d)]
    center = [-sum((form[d] * column[i] for form, column in zip(forms, columns)), start=0 *
                   inverse[0, 0]) for i in range(d)]
    rays = [_primitive([*center, 1])]
    sides_of: list[list[int]] = []
    for column, one in zip(columns, sides):
        direction = _primitive([*column, 0])
        sides_of.append([len(rays)])
        rays.append(direction)
        if not one:
            sides_of[-1].append(len(rays))
            rays.append([-c for c in direction])
    numbers: list[dict[tuple[int, ...], int]] = [{} for _ in range(d + 2)]
    # A cone is spanned by one ray of each of some of the forms, and perhaps by the center.
    for chosen in itertools.product([None, 0], *([None, *side] for side in sides_of)):
        spanning = tuple(ray for ray in chosen if ray is not None)
        if spanning:
            numbers[len(spanning)][spanning] = len(numbers[len(spanning)])
    numbers[1] = {(ray,): ray for ray in range(len(rays))}
    levels = [Cones(0, *(np.zeros(0, int),) * 3)]
    for k, cones in enumerate(numbers[1:], 1):
        pairs = [(number, numbers[k - 1][cone[:i] + cone[i + 1:]])
                 for cone, number in cones.items() for i in range(k)] if k > 1 else []
        table = np.array(pairs, int).reshape(-1, 2).T
        levels.append(Cones(len(cones), table[0], table[1], np.zeros(len(cones), int)))
    table = np.empty((len(rays), d + 1), object)
    table[:] = rays
    return Complex(table, levels)


def _primitive(vector: Sequence[Any]) -> list[int]:
    """The integers without a common factor that are a positive multiple of rational numbers."""
    from math import lcm

    denominators = [int(getattr(c, "q", 1)) for c in vector]
    scale = lcm(*denominators)
    whole = [int(getattr(c, "p", c)) * (scale // q) for c, q in zip(vector, denominators)]
    return list(primitive(whole))
