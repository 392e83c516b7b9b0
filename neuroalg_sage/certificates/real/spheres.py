"""
M as a product of spheres up to scalings, changes of signs, and identifications of cells.

Let φ be homogeneous of degree d_i > 0 in each of some blocks of
parameters, of b_i parameters, of which every term is made, and zero only where one of the blocks
is.  Then each f ≠ 0 in M is t φ(u), with t > 0, for u in the product X of the unit spheres of the
blocks, and with a continuous map X → V \\ {0} → S the compact space X goes onto the link, and onto
the projectivization.  Hence these are the quotients of X by the relations that u and v have the
same image, with the quotient topology.

X has strata: for places p_1, p_2, ..., one in each block, the u with u_(i,q) = 0 for q < p_i, and
u_(i,p_i) ≠ 0.  On each there are scalings of the blocks, by positive numbers, and changes of their
signs, that make u_(i,p_i) = 1; the others u_(i,q) are then any real numbers.  A change of all signs
of the block i multiplies φ by (-1)^(d_i).  So up to these a point of X is (y, s): a point y of a
stratum A_p = R^m, and the sign s by which φ is multiplied, which is 1 if all d_i are even, and for
the projectivization.  The checker verifies for each p that

1. a coordinate of φ is a constant c ≠ 0 on A_p, so that φ is not zero there;
2. the y_q follow one after the other from the values of φ: some coordinate is a y_q^e + g, with
   a number a ≠ 0, odd e, and a polynomial g in those y that are known already.

So on each stratum φ(y) and the sign s determine y and s, up to a positive factor, by the constant.
For two strata p and r one of the following holds.

3. A coordinate as in 1 for one of them vanishes on the other.  Then they have no common image.
4. The same coordinate is a constant c on A_p and c' on A_r.  If φ(y) and φ(z) are proportional, for
   y in A_p and z in A_r, then φ(y) = μ φ(z) with μ = c / c', and 2, with e = 1 always, gives y as
   polynomials y(z).  The equations φ(y(z)) = μ φ(z) are found to hold nowhere, or exactly where
   some of the z_q are zero; and there each y_q is zero or a number times one z_q', with a
   bijection of those that are not zero, which preserves blocks and the order in each block.  So
   (z, s) and (y(z), s sign μ) have the same image, and no other points of these strata have.

**Cells.**  If 3 holds for any two strata, the quotients are those of X by changes of signs, and
have a cell for each stratum and each s, of dimension Σ (b_i - 1 - p_i): products of the open
hemispheres in spheres, with ∂e_k = (1 + (-1)^k g) e_(k-1) for the antipodal map g of a block.

Else X is taken as the product of the boundaries of cross-polytopes: its cells are products of
simplices with the vertices ± u_(i,q), with one sign for each q that occurs.  The changes of signs
and the identifications in 4 map each open cell onto one, and preserve the order of the vertices,
hence the orientation.  Different points of one open cell are not identified, by 2.  So the
quotient, which is compact and a Hausdorff space, is a CW complex: it is the disjoint union of the
images of open cells, of which each closed cell maps onto the closure of one, injectively inside,
and its boundary into images of smaller ones.  Its chain complex is that of X with cells that are
identified made equal, and simplices have the usual boundary.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from flint import fmpq, fmpq_mpoly

from neuroalg_sage.certificates.chain_complexes import (
    Complex,
    chain_complex,
    hemispheres,
    signs_of,
)
from neuroalg_sage.certificates.dimension.affine_symmetries import condensed
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import exponent_vectors, polynomial_ring, require
from neuroalg_sage.certificates.real.blocks import homogeneous_blocks
from neuroalg_sage.certificates.substitution import substituted

MOST_CELLS, MOST_STRATA = 20_000, 1_000

Cell = tuple[tuple[tuple[tuple[int, int], ...], ...], int]  # places with signs in each block, and s
Glue = Callable[[Cell, bool, tuple[int, ...]], Cell | None]


# -- strata ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stratum:
    """
    Where some parameters are the first of their blocks that are not zero, and are 1.

    - ``first`` -- their places in the blocks
    - ``coordinates`` -- φ, as polynomials in all parameters
    - ``constants`` -- the coordinates that are constants ≠ 0
    - ``steps`` -- what determines the other parameters, one after the other: the parameter, the
      coordinate, and the factor and the exponent of the parameter in it
    """

    first: tuple[int, ...]
    coordinates: list[fmpq_mpoly]
    constants: dict[int, fmpq]
    steps: list[tuple[int, int, fmpq, int]]


def strata(model: Model, blocks: list[list[int]]) -> Iterator[Stratum]:
    """The strata, with proofs of 1 and 2."""
    require(prod(map(len, blocks)) <= MOST_STRATA, "There are too many strata.")
    ring = polynomial_ring(model.parameters)
    phi = [[(e, c) for e, c in zip(exponent_vectors(f), f.coeffs())]
           for f in model.parametrization if f]
    for first in itertools.product(*(range(len(block)) for block in blocks)):
        zero = {i for block, p in zip(blocks, first) for i in block[:p]}
        ones = {block[p] for block, p in zip(blocks, first)}
        # As φ is homogeneous in each block, no two terms become alike.
        own = [ring.from_dict({tuple(0 if i in ones else k for i, k in enumerate(e)): c
                               for e, c in f if not any(e[i] for i in zero)}) for f in phi]
        constants = {j: f.leading_coefficient() for j, f in enumerate(own)
                     if f and f.is_constant()}
        require(constants, "No coordinate is a constant on a stratum.")
        free = {i for block, p in zip(blocks, first) for i in block[p + 1:]}
        yield Stratum(first, own, constants, list(_steps(own, free)))


def _steps(own: list[fmpq_mpoly], free: set[int]) -> Iterator[tuple[int, int, fmpq, int]]:
    waiting = {j: {i for e in exponent_vectors(f) for i, k in enumerate(e) if k}
               for j, f in enumerate(own) if f}
    unknown = set(free)
    while unknown:
        for j, variables in waiting.items():
            left = variables & unknown
            if len(left) != 1:
                continue
            q = min(left)
            terms = [(e, c) for e, c in zip(exponent_vectors(own[j]), own[j].coeffs()) if e[q]]
            if len(terms) == 1 and sum(terms[0][0]) == (k := terms[0][0][q]) and k % 2:
                yield q, j, terms[0][1], k
                unknown.remove(q)
                break
        else:
            require(False, "The coordinates do not determine the parameters one by one.")


Relation = tuple[dict[int, int], dict[int, int], int]  # see below
Identification = tuple[Stratum, Stratum, Relation]


def common_image(one: Stratum, other: Stratum, free: list[int]) -> Relation | None:
    """
    The points of the other stratum with an image that the first has, too; None if there are none.

    The result has the ``free`` parameters of the other stratum that are not zero there, each with
    the parameter of the first one that is a multiple of it; the signs of these multiples; and that
    of μ.
    """
    if any(not other.coordinates[j] for j in one.constants) or any(
            not one.coordinates[j] for j in other.constants):
        return None
    marker = next((j for j in one.constants if j in other.constants), None)
    require(marker is not None and all(k == 1 for *_, k in one.steps),
            "Whether two strata have a common image is not decided.")
    assert marker is not None
    ring = one.coordinates[0].context()
    mu = one.constants[marker] / other.constants[marker]
    images = [ring.constant(0)] * ring.nvars()
    for q, j, c, _ in one.steps:
        # The coordinate is c y_q + g, and y_q does not occur in g.
        (g,) = substituted([one.coordinates[j]], images, ring)
        images[q] = (mu * other.coordinates[j] - g) / c
    equations = [f - mu * g for f, g in zip(substituted(one.coordinates, images, ring),
                                            other.coordinates)]
    alive = set(free)
    while True:
        equations = [h for f in equations if (h := _without(f, set(free) - alive))]
        if any(f.is_constant() for f in equations):
            return None
        alone = {q for f in equations if _is_definite(f) for e in exponent_vectors(f)
                 for q in alive if e[q]}
        if not alone:
            break
        alive -= alone
    require(not equations, "Where two strata have a common image is not decided.")
    places: dict[int, int] = {}
    signs: dict[int, int] = {}
    for q, *_ in one.steps:
        image = _without(images[q], set(free) - alive)
        if image:
            (exponents,) = exponent_vectors(image) if len(image) == 1 else [()]
            require(sum(exponents) == 1, "The identification of two strata is not one of cells.")
            place = exponents.index(1)
            require(place not in places, "The identification of two strata is not injective.")
            places[place], signs[place] = q, 1 if image.leading_coefficient() > 0 else -1
    require(set(places) == alive, "The identification of two strata is not injective.")
    return places, signs, 1 if mu > 0 else -1


def _without(f: fmpq_mpoly, zero: set[int]) -> fmpq_mpoly:
    return f.context().from_dict({e: c for e, c in zip(exponent_vectors(f), f.coeffs())
                                  if not any(e[i] for i in zero)})


def _is_definite(f: fmpq_mpoly) -> bool:
    """Whether it is a sum of powers, of one variable each, that is zero only if all these are."""
    exponents = exponent_vectors(f)
    return all(sum(map(bool, e)) == 1 for e in exponents) and (len(exponents) == 1 or not any(
        k % 2 for e in exponents for k in e) and len({c > 0 for c in f.coeffs()}) == 1)


# -- cells -----------------------------------------------------------------------------------------


def identifications(model: Model, blocks: list[list[int]]
                    ) -> list[Identification]:
    """Pairs of strata with common images, where 1 to 4 are proved."""
    found = list(strata(model, blocks))
    relations = []
    for one, other in itertools.combinations(found, 2):
        free = [i for block, p in zip(blocks, other.first) for i in block[p + 1:]]
        if (relation := common_image(one, other, free)) is not None:
            relations.append((one, other, relation))
    return relations


def quotients(model: Model, data: Any) -> tuple[str, Complex, Complex]:
    """The chain complexes of the link and of the projectivization, and why."""
    model = condensed(model)  # which has the same M
    blocks, degrees = homogeneous_blocks(model, data)
    relations, sizes = identifications(model, blocks), list(map(len, blocks))
    if not relations:
        return (f"φ is injective up to scalings of {len(blocks)} blocks of parameters",
                hemispheres(sizes, degrees, True), hemispheres(sizes, degrees, False))
    glued = [_on_cells(blocks, *relation) for relation in relations]
    return (f"φ is injective up to scalings of {len(blocks)} blocks of parameters, and "
            "identifications of cells, which are verified",
            simplices(sizes, degrees, glued, True), simplices(sizes, degrees, glued, False))


def simplices(sizes: Sequence[int], degrees: Sequence[int], glued: Sequence[Glue], signed: bool
              ) -> Complex:
    """
    The complex of a product of spheres, of products of simplices, up to signs and identifications.

    Each simplex has the sign 1 at its first vertex.
    """
    signs = signs_of(degrees, signed)
    require(len(signs) * prod((3**b - 1) // 2 for b in sizes) <= MOST_CELLS,
            "There are too many cells.")
    faces = [[tuple((k, sign) for k, sign in enumerate(vertices) if sign)
              for vertices in itertools.product((0, 1, -1), repeat=b)
              if next(filter(None, vertices), 0) == 1] for b in sizes]
    cells: list[Cell] = list(itertools.product(itertools.product(*faces), signs))
    # Cells that are identified with ones before them lead to these.
    before: dict[Cell, Cell] = {}

    def first(cell: Cell) -> Cell:
        while cell in before:
            cell = before[cell]
        return cell

    for cell, glue in itertools.product(cells, glued):
        other = glue(cell, signed, signs)
        if other is not None and (one := first(cell)) != (two := first(other)):
            before[max(one, two)] = min(one, two)

    def boundary(cell: Cell) -> Iterator[tuple[Cell, int]]:
        simplex, s = cell
        sign = 1
        for i, vertices in enumerate(simplex):
            for k in range(len(vertices)) if vertices[1:] else ():
                left = vertices[:k] + vertices[k + 1:]
                change = left[0][1]  # of all signs of the block
                facet = tuple((q, change * own) for q, own in left)
                yield first(((*simplex[:i], facet, *simplex[i + 1:]),
                             s * change ** degrees[i] if signs[1:] else 1)), sign * (-1) ** k
            sign *= (-1) ** (len(vertices) - 1)

    return chain_complex([cell for cell in cells if cell not in before],
                          lambda cell: sum(len(vertices) - 1 for vertices in cell[0]), boundary)


def _on_cells(blocks: list[list[int]], one: Stratum, other: Stratum, relation: Relation) -> Glue:
    """The identification of cells of the other stratum with cells of the first one."""
    places, multiples, mu = relation
    where = {q: (i, k) for i, block in enumerate(blocks) for k, q in enumerate(block)}
    to = {(i, p): (r, 1) for i, (p, r) in enumerate(zip(other.first, one.first))}
    for q, image in places.items():
        (i, k), (j, m) = where[q], where[image]
        require(i == j, "The identification of two strata does not preserve blocks.")
        to[i, k] = m, multiples[q]
    for i in range(len(blocks)):
        order = [m for (j, _), (m, _) in sorted(to.items()) if i == j]
        require(order == sorted(order), "The identification of two strata does not preserve order.")

    def glue(cell: Cell, signed: bool, signs: tuple[int, ...]) -> Cell | None:
        simplex, s = cell
        if (signed and not signs[1:] and mu < 0) or any(
                vertices[0][0] != p for vertices, p in zip(simplex, other.first)) or any(
                (i, k) not in to for i, vertices in enumerate(simplex) for k, _ in vertices):
            return None
        return tuple(tuple((to[i, k][0], sign * to[i, k][1]) for k, sign in vertices)
                     for i, vertices in enumerate(simplex)), s * mu if signs[1:] else 1

    return glue
