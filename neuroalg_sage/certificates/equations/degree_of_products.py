"""
The degree of images of products of projective spaces.

Let f be a morphism from X, a product of projective spaces of dimension m, to P(V) by forms of
degrees e, as in :mod:`neuroalg_sage.certificates.equations.products_of_spaces`, and M the cone over
f(X).  Then

    deg f · deg M = m! Π_i e_i^(k_i - 1) / (k_i - 1)!,

the number of points in which m generic sections of O(e) meet.

(1) deg f is at most the number of points over an f(p) where f is unramified, which is counted
    there. Permutations of the parameters that map blocks to blocks and leave φ as it is act on the
    fibers of f.  Different automorphisms of X differ at a generic point, so f has at least the
    degree that there are different ones.  Where both agree, deg f is known.
    This is for the parameters themselves.
(2) Or deg f = 1, since a fiber has length one modulo a prime.  The zeros x of all f_i(x) f_j(w) -
    f_j(x) f_i(w), where f_j(w) is not zero, are a family that is proper over the w.  Where it is
    finite of length one, it has at most that length at the generic w.

The map may be another one, ψ with φ = ψ ∘ π for polynomials π in the parameters whose Jacobian
matrix has as many independent rows at a point modulo a prime as there are: π is dominant, so that φ
and ψ have images with the same closure.

**In stages.** If there are blocks x_1, ..., x_k, and ψ = F_1(x_1, F_2(x_2, ... F_(k - 1)(x_(k - 1),
x_k))) for forms F_i in two blocks of variables, of positive degrees, it suffices that the fiber of
each F_i through its values at one point has length one: a point of the fiber of f with coordinates
in a local Artinian ring has, up to units, the same x_1 and the same F_2(...), which is not zero in
the residue field, and so on.  For zeros of F_i are in its fiber, which has length one without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import factorial
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.equations.block_symmetries import block_symmetries
from neuroalg_sage.certificates.equations.dominant_maps import (
    LARGEST_NUMBER,
    require_composition,
)
from neuroalg_sage.certificates.equations.lengths import Exponents, Form, is_at_most
from neuroalg_sage.certificates.equations.products_of_spaces import (
    Product,
    multidegree,
    product_map,
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
    prime,
    require,
    residue,
    value_modulo,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.work import MOST_WORK, Work


def check_degree_of_product(model: Model, evidence: Any) -> tuple[int, int, str]:
    """The degree of M, the number of sheets, by symmetries or by one fiber, and the product."""
    f, count = (check_composition(model, evidence) if "map" in evidence else
                (model.parametrization, model.parameters))
    found, sheets = product_map(f, count, evidence), 1
    if "map" in evidence or "point" in evidence:
        point = integers(member(evidence, "point"), 0, LARGEST_NUMBER, "parameter", count)
        if "stages" in evidence:
            check_stages(f, found, evidence, point)
        else:
            require_birational(f, found, evidence, point)
    else:
        sheets = check_sheets(model, found, evidence)
    return intersection(found) // sheets, sheets, found.name


def check_composition(model: Model, evidence: Any) -> tuple[list[fmpq_mpoly], int]:
    """Verify that φ = ψ ∘ π for a dominant π; ψ, and in how many variables it is."""
    count = len(items(member(evidence, "images"), "images"))
    psi = polynomials(member(evidence, "map"), polynomial_ring(count))
    require_composition(model, psi, count, evidence)
    return psi, count


def check_stages(f: Sequence[fmpq_mpoly], found: Product, evidence: Any, point: Sequence[int]
                 ) -> None:
    """Verify that f is a composition of forms in two blocks, whose fibers have length one."""
    p, y = prime(member(evidence, "prime")), f[0].context().gens()
    stages = items(member(evidence, "stages"), "stages", len(found.blocks) - 1)
    require(stages, "There is one block only.")
    inner, values = [y[v] for v in found.blocks[-1]], [point[v] for v in found.blocks[-1]]
    for block, stage in zip(found.blocks[-2::-1], stages[::-1]):
        given, degree = fields(stage, "map", "degree")
        own = polynomials(given, polynomial_ring(len(block) + len(inner)))
        blocks = (tuple(range(len(block))), tuple(range(len(block), len(block) + len(inner))))
        degrees = {multidegree(g, blocks) for g in own if g}
        require(len(degrees) == 1 and all(min(degrees)), "A stage has no degrees in the blocks.")
        at = [*(point[v] for v in block), *values]
        require_birational(own, Product(blocks, min(degrees), 0, None, False, False),
                           {"prime": p, "degree": degree}, at)
        inner = substituted(own, [*(y[v] for v in block), *inner], f[0].context())
        values = [value_modulo(g, at, p) for g in own]
    require(inner == list(f), "The stages are not those of the map.")


def intersection(found: Product) -> int:
    """The number of points in which m generic sections of O(e) meet."""
    points = factorial(found.dimension)
    for size, e in zip(found.sizes, found.degrees):
        points = points * e**(size - 1) // factorial(size - 1)
    return points


def require_birational(f: Sequence[fmpq_mpoly], found: Product, evidence: Any,
                       point: Sequence[int]) -> None:
    """Verify that the fiber of f through a point modulo a prime has length one."""
    p, degree = fields(evidence, "prime", "degree")
    p = prime(p)
    degrees = tuple(integers(degree, 1, 100, "degree", len(found.sizes)) if isinstance(
        degree, list) else [integer(degree, 1, 100, "degree")] * len(found.sizes))
    values = [value_modulo(g, list(point), p) for g in f]
    require(any(values), "The point has no image.")
    j = next(i for i, a in enumerate(values) if a)
    order = [v for block in found.blocks for v in block]
    terms = [{tuple(e[v] for v in order): residue(c, p)
              for e, c in zip(exponent_vectors(g), g.coeffs())} for g in f]

    def equations() -> Iterator[tuple[Exponents, Form]]:
        """Combinations, few of which suffice."""
        for k in range(4 * len(order)):
            total: Form = {}
            scale = 0
            for i, g in enumerate(terms):
                factor = pow(2 * k + 3, i, p)
                scale += factor * values[i]
                for e, c in g.items():
                    total[e] = total.get(e, 0) + factor * c * values[j]
            for e, c in terms[j].items():
                total[e] = total.get(e, 0) - scale * c
            yield found.degrees, total

    require(all(a >= b for a, b in zip(degrees, found.degrees)) and is_at_most(
        1, equations(), found.sizes, degrees, p, Work(40 * MOST_WORK)),
        "The fiber may have several points.")


def check_sheets(model: Model, found: Product, evidence: Any) -> int:
    """Verify different symmetries of f, as many as it has sheets; their number."""
    symmetries = items(member(evidence, "symmetries"), "symmetries")
    require(found.sheets is not None and len(symmetries) == found.sheets,
            "The symmetries are not as many as the sheets may be.")
    seen = {tuple(row[v] for block in found.blocks if len(block) > 1 for v in block)
            for row in block_symmetries(model, found.blocks, symmetries)}
    require(len(seen) == len(symmetries), "Two symmetries are the same on the product.")
    return len(symmetries)
