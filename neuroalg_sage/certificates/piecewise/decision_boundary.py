"""
Level sets of an output of a piecewise linear network: faces, homology, distances.

**The set.**  Of an output f, or the difference of two outputs, and a number c, X is the set of
inputs in the domain where f = c, f <= c, or f >= c.  The network is continued by a unit that is f
- c.  So in the subdivision of the longer network the sign of f - c is constant on each face, and X
is the union of the faces where it is as it has to be.  X is closed, so all faces of such a face
belong to it.

**Lemma 1.**  X has the homology of the union of its bounded listed faces.  *Proof.*  Cross
sections of the listed cones are a complex of polytopes; those of X and at infinity are
subcomplexes.  Without the points at infinity, X retracts to the part of the barycentric
subdivision that is spanned by the barycenters of finite faces: the complex of chains in their
partially ordered set.  Leave out from this set the unbounded faces, larger dimensions first; all
that is above an unbounded face is unbounded.  The chains through a largest element f are a cone
over the chains below it.  These are the finite faces in the boundary of f, which is a sphere, less
those at infinity, which are one face of f, not empty: for f is pointed, its points with t = 0 are
one of its faces.  A sphere without a closed ball in it has the homology of a point, by Alexander's
duality.  So the homology stays the same.  The union of the bounded faces is a complex of
polytopes, and the chains in the set of its faces are its barycentric subdivision. ∎

So the Betti numbers are those of the ordinary homology of X, also where X is not bounded.

**Distances.**  The norms l1 and l-infinity are piecewise linear: the network is continued by the
differences of the coordinates to a point p, their absolute values, and their sum or maximum.  That
is linear on each listed face and not negative, and listed faces are pointed; so its minimum on X
is attained at a vertex of the subdivision.

**Lemma 2.**  Let p be a point, and for each finite listed face of X let q be the point of its
affine hull that is next to p.  The least squared distance of p to those q that have the signs of
their faces is that of p to X, if X is not empty.  *Proof.*  A point of X next to p is in the
relative interior of a listed face, where no other point of the face is nearer; so it is its q.  A
q with the signs of its face is in the relative interior of this face, since each point of the
domain has the signs of exactly one listed face and lies in it. ∎
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.piecewise.homology import betti_numbers
from neuroalg_sage.certificates.piecewise.network import Network
from neuroalg_sage.certificates.piecewise.subdivision import Signs, Subdivision
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    fields,
    integers,
    numbers,
    rational,
    require,
)

# Which signs of f - c, as pairs (somewhere positive, somewhere negative), each set has.
SETS: dict[str, tuple[tuple[bool, bool], ...]] = {
    "level": ((False, False),),
    "sublevel": ((False, False), (False, True)),
    "superlevel": ((False, False), (True, False)),
}
AT_ONCE = 64  # points at which the network is evaluated together


def check_decision_boundary(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the faces and the homology of a level set, or of a sublevel set."""
    domain, output, level, kind = fields(value, "domain", "output", "level", "set")
    proved = topology(network, domain, output, level, kind, evidence)
    for name, numbers_of in proved.items():
        require(all(type(n) is int for n in fields(value, name)[0]) and value[name] == numbers_of,
                f"The numbers {name} are {numbers_of}.")
    require(set(value) == {"domain", "output", "level", "set", *proved},
            "The claim has an unknown field.")
    return (["the signs of all units at the vertices and directions, and that no face is missing",
             "the ranks of the boundary matrices of the bounded faces"], [])


def topology(network: Network, domain: Any, output: Any, level: Any, kind: Any, evidence: Any
             ) -> dict[str, list[int]]:
    """The numbers of faces of a set, all and bounded ones, and its Betti numbers below d."""
    found = Subdivision(network.continued(bend(network, output, level)), domain, evidence)
    chosen = _signs_of(kind, found.units.stop - 1)
    faces, bounded = found.face_numbers(chosen)
    cells: list[list[list[int]]] = []
    number: dict[int, int] = {}
    for faces_of, signs, has in zip(found.levels[1:], found.signs[1:], found.boundedness[1:]):
        kept = [i for i, s in enumerate(signs) if has[i] and chosen(s)]
        cells.append([[number[facet] for facet in faces_of[i]] if cells else [] for i in kept])
        number = {i: k for k, i in enumerate(kept)}
    rational_ones, mod_2 = betti_numbers(cells), betti_numbers(cells, 2)
    # A subset of R^d has no homology in dimension d.
    require(not rational_ones.pop() and not mod_2.pop(), "A set has too much homology.")
    return {"f_vector": faces, "bounded_faces": bounded, "betti": rational_ones,
            "betti_mod_2": mod_2}


def bend(network: Network, output: Any, level: Any) -> list[dict[str, Any]]:
    """The layers that make f - c of the outputs, and bend where it is zero."""
    chosen = integers(output, 0, network.outputs - 1, "number of an output")
    require(len(chosen) in (1, 2) and len(set(chosen)) == len(chosen),
            "A boundary is that of one output, or of two different ones.")
    row = ["0"] * network.outputs
    for i, sign in zip(chosen, ("1", "-1")):
        row[i] = sign
    return [{"kind": "dense", "weights": [row], "bias": [str(-rational(level))]},
            {"kind": "relu"}]


def _signs_of(kind: Any, unit: int) -> Callable[[Signs], bool]:
    """Whether a face with these signs is in the set; the unit is f - c."""
    if not isinstance(kind, str) or kind not in SETS:
        raise MalformedCertificate("The set is a level, sublevel or superlevel set.")
    return lambda signs: (bool(signs[0] >> unit & 1), bool(signs[1] >> unit & 1)) in SETS[kind]


# -- distances -----------------------------------------------------------------------------


def check_boundary_distance(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the distance of a point to a level set; in the norm l2 its square."""
    domain, output, level, norm, point, distance = fields(
        value, "domain", "output", "level", "norm", "point", "distance")
    require(len(value) == 6, "The claim has an unknown field.")
    least, nearest = distance_to(network, domain, output, level, norm, point, evidence)
    if least is None:
        require(distance is None, "The level set is empty.")
    else:
        require(distance is not None, "The level set is not empty.")
        stated = rational(distance)
        require(least == fmpq(stated.numerator, stated.denominator), f"The distance is {least}.")
    return (["the signs of all units at the vertices and directions, and that no face is missing",
             "the least distance in each face of the level set"], [])


def distance_to(network: Network, domain: Any, output: Any, level: Any, norm: Any, point: Any,
                evidence: Any) -> tuple[fmpq | None, list[fmpq]]:
    """
    The distance of a point to a level set, squared in the norm l2, and a point of the set that is
    next to it; None if the set is empty.
    """
    center = numbers(point, "point", network.inputs)
    own = bend(network, output, level)
    unit = network.unit_count
    if norm != "l2":
        own += norm_layers(network, norm, center)
    found = Subdivision(network.continued(own), domain, evidence)
    chosen = _signs_of("level", found.border + unit)
    if norm == "l2":
        return _squared_distance(found, chosen, center)
    best: tuple[fmpq | None, list[fmpq]] = (None, [])
    for ray, value, signs in zip(found.rays, found.outputs[0], found.signs[1]):
        t = ray[-1]
        if t and chosen(signs) and (best[0] is None or value / t < best[0]):
            best = value / t, [x / t for x in ray[:-1]]
    return best


def norm_layers(network: Network, norm: Any, center: list[fmpq]) -> list[dict[str, Any]]:
    """The layers that make of the input the norm l1 or linf of its difference to a point."""
    require(norm in ("l1", "linf"), "The norm is l1, l2 or linf.")
    d = len(center)
    return [{"kind": "dense", "from": [0], "bias": [str(-c) for c in center],
             "weights": [[str(int(i == j)) for j in range(d)] for i in range(d)]},
            {"kind": "absolute_value"},
            {"kind": "maxout", "pieces": d} if norm == "linf" else
            {"kind": "dense", "weights": [["1"] * d]}]


def _squared_distance(found: Subdivision, chosen: Callable[[Signs], bool], center: list[fmpq]
                      ) -> tuple[fmpq | None, list[fmpq]]:
    """The least squared distance of Lemma 2, and where it is attained."""
    candidates = []
    for bases, signs in zip(found.bases[1:], found.signs[1:]):
        for basis, s in zip(bases, signs):
            if chosen(s) and not found.is_at_infinity(s):
                point = _foot([found.rays[ray] for ray in basis], center)
                candidates.append((sum(((x - c) ** 2 for x, c in zip(point, center)), fmpq(0)),
                                   point, s))
    candidates.sort(key=lambda candidate: candidate[0])
    for start in range(0, len(candidates), AT_ONCE):
        part = candidates[start:start + AT_ONCE]
        signs_there = found.signs_at([[*point, fmpq(1)] for _, point, _ in part])
        for (distance, point, s), there in zip(part, signs_there):
            if s == there:
                return distance, point
    return None, []


def _foot(basis: list[list[fmpq]], center: list[fmpq]) -> list[fmpq]:
    """The point next to another one in the affine hull of a face, of whose cone this is a basis."""
    start = next(i for i, ray in enumerate(basis) if ray[-1])
    base = [x / basis[start][-1] for x in basis[start]]
    directions = [[x - ray[-1] * y for x, y in zip(ray[:-1], base)]
                  for i, ray in enumerate(basis) if i != start]
    if not directions:
        return base[:-1]
    rows = fmpq_mat(directions)
    columns = rows.transpose()
    right = rows * fmpq_mat([[c - x] for c, x in zip(center, base)])
    shift = columns * (rows * columns).solve(right)
    return [x + y for x, (y,) in zip(base, shift.table())]
