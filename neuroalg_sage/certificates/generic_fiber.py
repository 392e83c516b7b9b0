"""
Generic fibers of φ: how many points they have modulo the continuous symmetries.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq_mpoly

from neuroalg_sage.certificates.dimension import (
    SparseMatrix,
    check_dimension,
    place,
    symmetry_fields,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial_ring,
    polynomials,
    require,
    residue,
)

Block = tuple[list[list[int]], list[list[SparseMatrix]], int]


def check_generic_fiber(model: Model, value: Any, evidence: Any) -> tuple[list[str], list[str]]:
    """
    Verify [dimension, points, symmetries] of the generic fiber of φ over the closure of Q.

    The symmetries listed generate a group H, whose Lie algebra has the dimension of the
    generic fiber.  By (1) normal forms, each generic orbit of H meets the slice S of parameters
    in normal form.  By (2) relations, S meets the generic fiber in at most so many points.
    By (3) finite symmetries, so many different points of S are images of one generic point.
    If both numbers are equal, the generic fiber is one orbit of the known group.
    """
    dimension, points, symmetries = integers(value, 0, 10**9, "number of a generic fiber", 3)
    proved, proof = fields(evidence, "dimension", "dimension_evidence")
    verified, trust = check_dimension(model, proof, "proved", proved)
    require(dimension == model.parameters - proved, "The dimension of the fiber is false.")
    trial = member(evidence, "trial")
    p, point = place(model, trial)
    motions = symmetry_fields(model, member(evidence, "symmetries"))
    blocks = [_block(data, motions) for data in items(member(evidence, "blocks"), "blocks")]
    check_normal_forms(model, blocks)
    require(sum(len(coordinates) ** 2 for coordinates, _, _ in blocks) == dimension,
            "The fiber has another dimension than the orbits of its normal forms.")
    upper = check_relations(model, blocks, evidence, point, p)
    lower = check_finite_symmetries(model, blocks, evidence, point, p)
    require(symmetries == lower and 1 <= lower <= points == upper,
            "The numbers of points are not those of the relations and the symmetries.")
    verified += [f"relations for at most {upper} points", f"{lower} known ones"]
    if lower < points:
        # That S meets each orbit only once is clear for rescalings.
        require(all(len(c) == 1 for c, _, _ in blocks), "Points may be of one orbit.")
        trust = [*trust, "macaulay2"]
    return verified, trust


def _block(data: Any, motions: list[SparseMatrix]) -> Block:
    coordinates, indices, sign = fields(data, "coordinates", "fields", "sign")
    d = len(items(coordinates, "coordinates"))
    return ([integers(row, 0, 10**9, "coordinate", d) for row in coordinates],
            [[motions[integer(i, 0, len(motions) - 1, "index of a field")]
              for i in items(row, "fields", d)] for row in items(indices, "fields", d)],
            integer(sign, -1, 1, "sign"))


def check_normal_forms(model: Model, blocks: list[Block]) -> None:
    """
    Verify that each block is a matrix P of parameters, which field (i, j) moves by
    sign E_ij P, and which no field of a later block moves.

    So the flows of its fields act on P as GL(d) does from the left, and for generic w
    one after the other of the blocks can be made the identity.
    """
    fixed: set[int] = set()
    for coordinates, table, sign in blocks:
        places = [place for row in coordinates for place in row]
        require(sign and len(set(places)) == len(places) and not fixed & set(places)
                and all(i < model.parameters for i in places), "Normal forms overlap.")
        for i, row in enumerate(table):
            for j, motion in enumerate(row):
                require(not any(a in fixed for a, _ in motion), "A normal form is undone.")
                moved = {key: c for key, c in motion.items() if key[0] in set(places)}
                require(moved == {(a, b): Fraction(sign) for a, b in
                                  zip(coordinates[i], coordinates[j])},
                        "A normal form is not moved by multiplication from the left.")
                require(len(table) > 1 or all(a == b and c.denominator == 1
                                              for (a, b), c in motion.items()),
                        "A rescaling is not one.")
        fixed |= set(places)


def check_relations(model: Model, blocks: list[Block], evidence: Any, point: list[int], p: int
                    ) -> int:
    """
    An upper bound for the number of points of S in the generic fiber.

    A relation is a polynomial in the free parameters w and in z that vanishes for z = φ(w) on
    S; let c(z) w^a be its part with the highest monomial in w (graded reverse lexicographic),
    where c does not vanish on M.  Over the field of functions of M it is an equation of the
    generic fiber with leading monomial w^a.  So the functions on the fiber are spanned by
    the monomials that no w^a divides.
    """
    values = {place: int(i == j) for coordinates, _, _ in blocks
              for i, row in enumerate(coordinates) for j, place in enumerate(row)}
    free = [i for i in range(model.parameters) if i not in values]
    n, m = model.ambient_dimension, len(free)
    require(m, "There is no parameter but those of the normal forms.")
    target = polynomial_ring(m, Ordering.lex)
    variables = iter(target.gens())
    slice_point = [target.constant(values[i]) if i in values else next(variables)
                   for i in range(model.parameters)]
    images = [coordinate.compose(*slice_point, ctx=target)
              for coordinate in model.parametrization]
    graph = [*target.gens()[:m], *images]
    image = [residue(c(*(point[i] for i in free)), p) for c in images]
    leading = []
    for relation in polynomials(member(evidence, "relations"), polynomial_ring(m + n)):
        require(relation and not relation.compose(*graph, ctx=target),
                "A relation does not vanish on the graph.")
        top = max((e[:m] for e in exponent_vectors(relation)),
                  key=lambda e: (sum(e), [-k for k in reversed(e)]))
        require(_coefficient(relation, top, image, p), "A leading coefficient vanishes.")
        leading.append(top)
    return _standard_monomials(leading, m)


def _coefficient(relation: fmpq_mpoly, top: tuple[int, ...], image: list[int], p: int) -> int:
    total = 0
    for e, c in relation.to_dict().items():
        if tuple(map(int, e[: len(top)])) == top:
            term = residue(c, p)
            for x, k in zip(image, e[len(top) :]):
                term = term * pow(x, int(k), p) % p
            total += term
    return total % p


def _standard_monomials(leading: list[tuple[int, ...]], variables: int) -> int:
    """The number of monomials that none of these divides."""
    for v in range(variables):
        require(any(all(k == 0 or i == v for i, k in enumerate(m)) for m in leading),
                "The relations do not bound the number of points.")
    seen = level = {(0,) * variables} if all(any(m) for m in leading) else set()
    while level:
        level = {(*e[:v], e[v] + 1, *e[v + 1 :]) for e in level for v in range(variables)}
        level = {e for e in level if not any(all(map(int.__ge__, e, m)) for m in leading)}
        seen = seen | level
        require(len(seen) <= 10**5, "The relations allow too many points.")
    return len(seen)


def check_finite_symmetries(model: Model, blocks: list[Block], evidence: Any, point: list[int],
                            p: int) -> int:
    """
    The number of different points of S to which the listed finite symmetries, each a
    permutation of the parameters and a multiplication by roots of unity, bring one point.

    Images are brought to S by the rescalings of blocks of size 1.  The point has residues as
    coordinates; what differs there differs generically.
    """
    order, root = fields(evidence, "order", "root")
    order = integer(order, 1, 1000, "order")
    root = integer(root, 1, p - 1, "root of unity") if order > 1 else 1
    powers = [pow(root, k, p) for k in range(order + 1)]
    require(powers[order] == 1 and 1 not in powers[1:order], "The root of unity is none.")
    phi = [dict(zip(exponent_vectors(f), f.coeffs())) for f in model.parametrization]
    found = set()
    listed = items(member(evidence, "finite"), "finite symmetries")
    require(len(listed) == 1 or all(len(c) == 1 for c, _, _ in blocks),
            "Finite symmetries are compared modulo rescalings only.")
    for data in listed:
        permutation, weights = (integers(v, 0, 10**9, "finite symmetry", model.parameters)
                                for v in fields(data, "permutation", "weights"))
        require(sorted(permutation) == list(range(model.parameters)), "Not a permutation.")
        for coordinate in phi:
            # φ at the image of w: w_i is replaced by ζ^weights[i] w_permutation[i].
            image = {}
            for e, c in coordinate.items():
                require(sum(k * w for k, w in zip(e, weights)) % order == 0,
                        "A root of unity changes the parametrization.")
                moved = [0] * model.parameters
                for i, k in enumerate(e):
                    moved[permutation[i]] = k
                image[tuple(moved)] = c
            require(image == coordinate, "A permutation changes the parametrization.")
        w = [point[j] * powers[a % order] % p for j, a in zip(permutation, weights)]
        found.add(tuple(_normalized(w, blocks, p)) if len(listed) > 1 else ())
    return len(found)


def _normalized(w: list[int], blocks: list[Block], p: int) -> list[int]:
    """The point of S to which the rescalings of blocks of size 1 bring a point."""
    for coordinates, table, sign in blocks:
        value = w[coordinates[0][0]]
        require(value, "A point has no normal form.")
        scale = pow(value, -sign, p)
        w = list(w)
        for (i, _), c in table[0][0].items():
            w[i] = w[i] * pow(scale, int(c), p) % p
    return w
