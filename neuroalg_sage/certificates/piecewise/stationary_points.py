"""
The stationary points of the squared error of a network on a data set.

The data are inputs x_1, ..., x_m with targets y in R^m.  ``architecture`` says how the parameters
are normalized to (u, c), with signs s of the outer weights.  For given s let N(u, c) be the vector
of the outputs at the data: it is linear on each cone of a fan, and the squared error is ℓ(u, c) =
|N(u, c) - y|^2.  A point is *stationary* if zero is in the convex hull of the gradients of ℓ on the
cells whose closures have it (Clarke).  It is a local minimum; or else a local maximum, which it may
be where the cells around meet; or else a saddle.

A *stratum* is a set of points where all units at the data have the same signs.  Let F be a listed
face, relatively open, with the span V; N is linear on V.  Cuts have no constants, so that no
function has one, and N(V) is also what N makes of the differences of points of F.  Let p be the
orthogonal projection of y to N(V), and r = p - y.

**Lemma 1.**  At a stationary point in F the outputs are p.  *Proof.*  Zero is a convex combination
of gradients 2 A^T (N - y), where A is the linear map on a cell around; all these maps agree with N
on V.  So N - y is orthogonal to N(V), and N is the projection of y. ∎

Hence the stationary points in F are all of Z = {z in F : N(z) = p}, or none: the gradients
2 A^T r are the same at all points of Z.  The checker verifies for each listed face that is not at
infinity one of the following.

- *empty*: a vector a with a·N(ρ) >= 0 for all rays ρ of F, not always zero, and a·p <= 0.  As a
  point of F is a positive combination of all its rays, a·N is positive on F; so Z is empty.
- *descent*: a vector h with h·A^T r < 0 for the maps A of all cells around F.  So no point of Z is
  stationary.
- *stationary*: a point of Z.  If it is no local minimum by Lemma 2, nonnegative numbers, not all
  zero, are given whose combination of the A^T r is zero.

**Lemma 2.**  The points of Z are local minima if and only if r·N(ρ) >= 0 for all rays ρ of cells
around F.  *Proof.*  A point z of Z is a local minimum if and only if it is one on the closure of
each cell around; there ℓ is convex, so if and only if 2 (A^T r)·(q - z) >= 0 for all q in this
cone.  Now (A^T r)·z = r·p = 0, since r is orthogonal to N(V), and q is a combination of
rays that is not negative, so this says that r·Aρ >= 0 for all of them. ∎

**Lemma 3.**  The points of Z are local maxima if and only if r·N(ρ) < 0 or N(ρ) = 0 for all rays ρ
of cells around F.  *Proof.*  Let z be in Z, C the closure of a cell around, and q in C.  As above,
ℓ(z + h(q - z)) - ℓ(z) = 2 h r·Aq + h^2 |Aq - p|^2.  If z is a local maximum, then r·Aq <= 0, and if
this is zero, Aq = p; so on the face of C where it is zero, a cone, N is constant, thus 0; and each
ray is in this face, or r·N(ρ) < 0.  Conversely, F is in that face, as r·N(F) = 0, so p =
0.  With q = sum of c_ρ ρ, |Aq|^2 is at most a multiple of the square of the sum s of those c_ρ with
N(ρ) ≠ 0, and r·Aq at most a negative multiple of s.  If q is near z, then N(q) is near p = 0, so
that s is near 0, and ℓ(q) - ℓ(z) = 2 r·Aq + |Aq|^2 <= 0. ∎

*Families.*  The connected components of all stationary points.  On each Z the outputs are constant.
Z_F meets the closure of Z_G, for F ≠ G, only if F is a face of G, and p is the same; and then it is
in that closure, which is the set of all z in the closure of G with N(z) = p, as Z_G is not
empty.  So components are the classes of such Z, outputs are constant on each, and its dimension is
the largest of dim F - dim N(V).

*The smallest error.*  ℓ has a minimum, since a convex quadratic polynomial that is bounded from
below attains its infimum on a polyhedron.  It is a local minimum, so it is listed.  What
the network computes where some v_j are zero it also computes with u_j = 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.piecewise.architecture import Architecture
from neuroalg_sage.certificates.piecewise.subdivision import Signs, Subdivision
from neuroalg_sage.certificates.reading import Checked, fields, items, member, numbers, require
from neuroalg_sage.certificates.work import Work

MOST_STATIONARY = 20_000  # faces: they are compared two by two
KINDS = ("local_minima", "local_maxima", "saddles")
ZERO, ONE = fmpq(0), fmpq(1)


def check_stationary_points(architecture: Architecture, value: Any, evidence: Any) -> Checked:
    """Verify all families of stationary points, and the smallest error."""
    stated, targets = fields(value, "points", "targets")
    points = architecture.points(stated)
    found = stationary_points(architecture, points, numbers(targets, "target", len(points)),
                              evidence)
    # As text, in which 1 and true are not the same.
    require(same(value, found),
            "The stationary points are others.")
    return ["that the strata are all, for all signs of outer weights",
            "which of them have stationary points, and that the others have none"], []


def stationary_points(architecture: Architecture, points: list[list[fmpq]], targets: list[fmpq],
                      evidence: Any) -> dict[str, Any]:
    """What is claimed, as the evidence has it."""
    families, strata = [], []
    require(set(evidence) == {"fans"}, "The evidence has an unknown field.")
    for positive, data in enumerate(items(member(evidence, "fans"), "list of fans",
                                          architecture.units + 1)):
        fan, proofs = fields(data, "fan", "proofs")
        require(set(data) == {"fan", "proofs"}, "The evidence has an unknown field.")
        network = architecture.on_data(points, positive, architecture.units)
        assert network is not None
        found = Strata(Subdivision(network, [], fan), targets)
        strata.append(sum(found.found.face_numbers()[0]))
        signs = [1] * positive + [-1] * (architecture.units - positive)
        families += [{"signs": signs, **family} for family in found.families(proofs)]
    families.sort(key=lambda family: (fmpq(*map(int, family["error"].split("/"))), repr(family)))
    return {"points": [[str(c) for c in x] for x in points], "targets": list(map(str, targets)),
            "strata": strata, "families": families,
            "minimum": next(f["error"] for f in families if f["local_minima"])}


@dataclass
class Face:
    """
    A listed face that is not at infinity.

    - ``level``, ``number`` -- its place
    - ``rays`` -- the numbers of its rays, as bits
    - ``around`` -- the numbers of the linear maps of cells around it, ascending
    - ``rays_around`` -- those of all rays of these cells, as bits
    - ``outputs`` -- p, the projection of the targets to the space of its outputs
    - ``rank`` -- the dimension of that space
    """

    level: int
    number: int
    rays: int
    around: list[int]
    rays_around: int
    outputs: list[fmpq]
    rank: int


class Strata:
    """The faces of a fan, for a vector of targets."""

    def __init__(self, found: Subdivision, targets: list[fmpq]) -> None:
        require(not any(cut[-1] for cut in found.cuts), "A cut of a fan has a constant.")
        self.found, self.targets = found, targets
        self.values = [list(column) for column in zip(*found.outputs)]  # N at each ray
        numbered: dict[tuple[fmpq, ...], int] = {}
        self.maps: list[fmpq_mat] = []  # the different matrices A^T
        self._map_of = []
        for made in found.linear_maps():
            key = tuple(made.entries())
            if key not in numbered:
                numbered[key] = len(self.maps)
                self.maps.append(fmpq_mat(made.table()[:-1]))
            self._map_of.append(numbered[key])
        self._projections: dict[tuple[int, ...], tuple[list[fmpq], int]] = {}

    @cached_property
    def faces(self) -> list[Face]:
        """All listed faces that are not at infinity, from rays to cells."""
        found = self.found
        rays = [[], [1 << i for i in range(len(found.rays))]]
        for level in found.levels[2:]:
            rays.append([_union(rays[-1][facet] for facet in face) for face in level])
        maps = [[1 << i for i in self._map_of]]
        around = [rays[-1]]
        for level, below in zip(found.levels[:1:-1], found.levels[-2:0:-1]):
            count = len(below) or len(found.rays)
            made, wide = [0] * count, [0] * count
            for face, one, other in zip(level, maps[0], around[0]):
                for facet in face:
                    made[facet] |= one
                    wide[facet] |= other
            maps.insert(0, made)
            around.insert(0, wide)
        return [Face(k, i, rays[k][i], places(maps[k - 1][i]), around[k - 1][i],
                     *self._projection(k, i))
                for k in range(1, len(found.levels)) for i, signs in enumerate(found.signs[k])
                if not found.is_at_infinity(signs)]

    def _projection(self, level: int, number: int) -> tuple[list[fmpq], int]:
        """The projection of the targets to the outputs on the span of a face; their rank."""
        basis = tuple(i for i in sorted(self.found.bases[level][number]) if any(self.values[i]))
        if basis not in self._projections:
            self._projections[basis] = projection([self.values[i] for i in basis], self.targets)
        return self._projections[basis]

    def gradient(self, number: int, face: Face) -> list[fmpq]:
        """Half the gradient of the error on a cell around a face, where the outputs are p."""
        residual = [[p - y] for p, y in zip(face.outputs, self.targets)]
        return (self.maps[number] * fmpq_mat(residual)).entries()

    def is_minimal(self, face: Face) -> bool:
        """Whether the points of the face at which the outputs are p are local minima."""
        return all(self._slope(face, i) >= 0 for i in places(face.rays_around))

    def is_maximal(self, face: Face) -> bool:
        """Whether they are local maxima."""
        return all(self._slope(face, i) < 0 or not any(self.values[i])
                   for i in places(face.rays_around))

    def _slope(self, face: Face, ray: int) -> fmpq:
        """r·N at a ray, where r is that of a face."""
        return sum(((p - y) * c for p, y, c in zip(face.outputs, self.targets, self.values[ray])),
                   ZERO)

    def families(self, proofs: Any) -> list[dict[str, Any]]:
        """The families of stationary points, which the proofs name."""
        work = Work()
        faces = self.faces
        stationary: list[tuple[Face, str]] = []
        places = []
        for face, proof in zip(faces, items(proofs, "list of proofs", len(faces))):
            kind = member(proof, "kind")
            if kind == "empty":
                self._verify_empty(face, numbers(member(proof, "vector"), "vector",
                                                 len(self.targets)))
            elif kind == "descent":
                h = numbers(member(proof, "vector"), "vector", self.found.network.inputs)
                work.spend(len(face.around) * len(h))
                require(all(_product(self.gradient(a, face), h) < 0 for a in face.around),
                        "A vector is not one of descent.")
            else:
                require(kind == "stationary", "The kind of a proof is not known.")
                places.append(numbers(member(proof, "point"), "point", self.found.network.inputs))
                kind = ("local_minima" if self.is_minimal(face) else
                        "local_maxima" if self.is_maximal(face) else "saddles")
                if kind != "local_minima":
                    self._verify_stationary(face, member(proof, "multipliers"))
                stationary.append((face, kind))
        require(len(stationary) <= MOST_STATIONARY, "There are too many stationary strata.")
        self._verify_places([face for face, _ in stationary], places)
        return list(self._components(stationary))

    def _verify_empty(self, face: Face, a: list[fmpq]) -> None:
        values = [_product(a, self.values[i]) for i in places(face.rays)]
        require(min(values) >= 0 < max(values) and _product(a, face.outputs) <= 0,
                "A vector does not separate the outputs of a face from what they should be.")

    def _verify_stationary(self, face: Face, data: Any) -> None:
        multipliers = numbers(data, "multipliers", len(face.around))
        require(min(multipliers) >= 0 < max(multipliers), "The multipliers are not positive.")
        gradients = [self.gradient(a, face) for a in face.around]
        require(not any(_product(multipliers, list(row)) for row in zip(*gradients)),
                "A point is not stationary.")

    def _verify_places(self, faces: list[Face], places: list[list[fmpq]]) -> None:
        """Points are in faces, and their outputs are as they should be."""
        if not faces:
            return
        points = [[*x, ONE] for x in places]
        outputs = self.found.network.states(fmpq_mat(points).transpose())[-1]
        for face, signs, values in zip(faces, self.found.signs_at(points), zip(*outputs)):
            require(signs == self.found.signs[face.level][face.number]
                    and list(values) == face.outputs, "A stationary point is not in its face.")

    def _components(self, stationary: list[tuple[Face, str]]) -> Iterator[dict[str, Any]]:
        """The connected components, as a claim has them."""
        parent = list(range(len(stationary)))

        def root(i: int) -> int:
            while parent[i] != i:
                parent[i] = parent[parent[i]]
                i = parent[i]
            return i

        alike: dict[tuple[fmpq, ...], list[int]] = {}
        for i, (face, _) in enumerate(stationary):
            alike.setdefault(tuple(face.outputs), []).append(i)
        for group in alike.values():
            for place, i in enumerate(group):
                for j in group[:place]:
                    if not stationary[j][0].rays & ~stationary[i][0].rays:
                        parent[root(i)] = root(j)
        members: dict[int, list[tuple[Face, str]]] = {}
        for i, one in enumerate(stationary):
            members.setdefault(root(i), []).append(one)
        for family in members.values():
            outputs = family[0][0].outputs
            yield {"error": str(sum(((p - y) ** 2 for p, y in zip(outputs, self.targets)), ZERO)),
                   "outputs": list(map(str, outputs)),
                   "dimension": max(face.level - 1 - face.rank for face, _ in family),
                   **{kind: len({self._stratum(face) for face, its in family if its == kind})
                      for kind in KINDS}}

    def _stratum(self, face: Face) -> Signs:
        """The signs of a face but for those of the cuts."""
        mask = (1 << self.found.units.stop) - 1
        positive, negative = self.found.signs[face.level][face.number]
        return positive & mask, negative & mask


def projection(vectors: list[list[fmpq]], target: list[fmpq]) -> tuple[list[fmpq], int]:
    """The orthogonal projection of a vector to the span of others, and the dimension of this."""
    if not vectors:
        return [ZERO] * len(target), 0
    reduced, rank = fmpq_mat(vectors).rref()
    rows = fmpq_mat(reduced.table()[:rank])
    column = fmpq_mat([[c] for c in target])
    return (rows.transpose() * (rows * rows.transpose()).solve(rows * column)).entries(), rank


def _product(a: list[fmpq], b: list[fmpq]) -> fmpq:
    return sum((x * y for x, y in zip(a, b)), ZERO)


def _union(sets: Iterator[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found


def places(bits: int) -> list[int]:
    """The places of the bits that are set, ascending."""
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found
