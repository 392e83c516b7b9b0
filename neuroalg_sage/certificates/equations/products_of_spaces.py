"""
Neurovarieties that are images of products of projective spaces, by the fixed points of a torus.

Let the parameters be divided into blocks of sizes k_1, ..., k_s, and let all coordinates of φ be
homogeneous of the same degree e_i ≥ 1 in the i-th block.  Then forms of multidegree e define a
rational map f from X = P^(k_1 - 1) × ... × P^(k_s - 1), of dimension m, to P(V).  Let each
coordinate of φ be homogeneous for weights of the parameters, and the columns of weights differ for
all parameters of a block.  Then a one-parameter group C* of diagonal matrices acts on X and on
P(V), f is equivariant, and the fixed points of X are those p all factors of which are points of
coordinates.

**Lemma.**  A closed subset of a projective variety on which C* acts, which C* maps to itself, is
empty if it contains no fixed point; for it contains the limits of its orbits.

So it suffices to look at the fixed points p.

(1) f has no base point if φ(p) ≠ 0 for all p: base points are a closed set that C* maps to itself.
    Then f is a morphism, and finite, since O(e) is ample; and the closure of M is the cone over
    f(X), of dimension m + 1.  A fixed point of f(X) has a fiber that contains a fixed point.
(2) f is unramified if φ(p) and the derivatives of φ in the m directions at p are independent for
    all p: where they are dependent is closed, and C* maps it to itself.
(3) f is then a closed embedding if the points f(p) differ.  The pairs x ≠ y with f(x) = f(y) are
    closed in X × X, since f is unramified, so if there were any, a fixed pair were one.
(4) The fiber over f(p) is finite, so C* fixes all points of it: it consists of the fixed points
    with this image.  If f is unramified at all k of them, it is reduced.  So f has at most the
    degree k, since the rank of f_*O at the generic point of f(X) is at most that at f(p).  If k =
    1, f is birational onto f(X); if f is unramified, it is a closed embedding over a neighborhood
    of f(p), by Nakayama's lemma.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from flint import fmpq, fmpq_mpoly, nmod_mat

from neuroalg_sage.certificates.gradings import is_graded
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    integers,
    items,
    member,
    require,
    residue,
)

MOST_FIXED_POINTS, MOST_ENTRIES = 5_000, 2_000_000
PRIME = 2**61 - 1  # what is independent modulo a prime is independent


@dataclass(frozen=True)
class Product:
    """
    A product X of projective spaces, and a morphism f from it to P(V), without base points.

    - ``blocks`` -- the parameters that are coordinates of each factor
    - ``degrees`` -- the degree of f in each
    - ``images`` -- the number of different images of fixed points
    - ``sheets`` -- a number that deg f does not exceed; None if none is known
    - ``is_unramified``, ``is_embedded`` -- what is proved of f
    """

    blocks: tuple[tuple[int, ...], ...]
    degrees: tuple[int, ...]
    images: int
    sheets: int | None
    is_unramified: bool
    is_embedded: bool

    @property
    def is_birational(self) -> bool:
        """Whether f is proved to be birational onto its image."""
        return self.sheets == 1

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of coordinates of the factors."""
        return tuple(map(len, self.blocks))

    @property
    def dimension(self) -> int:
        """The dimension m of X."""
        return sum(self.sizes) - len(self.sizes)

    @property
    def name(self) -> str:
        """X, and the degrees of f."""
        return (" x ".join(f"P^{k - 1}" for k in self.sizes) + " by forms of degrees "
                + ", ".join(map(str, self.degrees)))


def multidegree(f: fmpq_mpoly, blocks: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The degree of a polynomial in each block of variables, for which it is homogeneous."""
    found = {tuple(sum(e[v] for v in block) for block in blocks) for e in exponent_vectors(f)}
    require(len(found) == 1, "A polynomial is not homogeneous in the blocks of parameters.")
    return found.pop()


def check_product(model: Model, evidence: Any) -> Product:
    """Verify that M is the image of a product of projective spaces, and how, by the lemma."""
    return product_map(model.parametrization, model.parameters, evidence)


def product_map(phi: Sequence[fmpq_mpoly], count: int, evidence: Any) -> Product:
    """Verify that polynomials are a morphism f on a product of projective spaces."""
    blocks = tuple(tuple(integers(block, 0, count - 1, "parameter")) for block in items(
        member(evidence, "blocks"), "blocks"))
    require(sorted(v for block in blocks for v in block) == list(range(count)) and all(blocks),
            "The blocks do not divide the parameters.")
    weights = [integers(row, -(10**9), 10**9, "weight", count) for row in items(
        member(evidence, "weights"), "weights")]
    require(all(is_graded(phi, row) for row in weights), "φ is not homogeneous for the weights.")
    require(all(len({tuple(row[v] for row in weights) for v in block}) == len(block)
                for block in blocks), "The torus has other fixed points.")
    found = {multidegree(f, blocks) for f in phi if f}
    require(len(found) == 1, "The coordinates of φ differ in their degrees.")
    degrees = found.pop()
    require(all(degrees), "φ does not depend on a block of the parameters.")
    m = count - len(blocks)
    require(prod(map(len, blocks)) <= MOST_FIXED_POINTS, "There are too many fixed points.")
    require(prod(map(len, blocks)) * (m + 1) * count <= 20 * MOST_ENTRIES,
            "There are too many fixed points.")
    columns: dict[tuple[int, ...], dict[int, fmpq]] = {}  # of each monomial its coefficients in φ
    for place, f in enumerate(phi):
        for e, c in zip(exponent_vectors(f), f.coeffs()):
            columns.setdefault(e, {})[place] = c
    points, ramified = [], set()
    for p in product(*blocks):
        at = [0] * count
        for v, d in zip(p, degrees):
            at[v] = d
        point = columns.get(tuple(at), {})
        require(point, "f has base points.")
        pivot = point[min(point)]
        points.append(tuple((i, str(c / pivot)) for i, c in sorted(point.items())))
        vectors = [point]
        for v, block in zip(p, blocks):
            at[v] -= 1
            for w in block:
                if w != v:
                    at[w] += 1
                    vectors.append(columns.get(tuple(at), {}))
                    at[w] -= 1
            at[v] += 1
        if not _are_independent(vectors):
            ramified.add(points[-1])
    times = Counter(points)
    return Product(blocks, degrees, len(times),
                   min((k for image, k in times.items() if image not in ramified), default=None),
                   not ramified, not ramified and len(times) == len(points))


def _are_independent(vectors: Sequence[dict[int, fmpq]]) -> bool:
    """Whether vectors, by their entries that are not zero, are independent modulo the prime."""
    places = {i: j for j, i in enumerate(sorted({i for vector in vectors for i in vector}))}
    require(len(places) * len(vectors) <= MOST_ENTRIES, "The tangent spaces are too large.")
    if len(places) < len(vectors) or not all(vectors):
        return False
    entries = [0] * (len(vectors) * len(places))
    for k, vector in enumerate(vectors):
        for i, c in vector.items():
            entries[k * len(places) + places[i]] = residue(c, PRIME)
    return bool(nmod_mat(len(vectors), len(places), entries, PRIME).rank() == len(vectors))
