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
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import factorial
from typing import Any

from flint import fmpq_mpoly, nmod_mat

from neuroalg_sage.certificates.equations.block_symmetries import block_symmetries
from neuroalg_sage.certificates.equations.lengths import Exponents, Form, is_at_most
from neuroalg_sage.certificates.equations.products_of_spaces import Product, product_map
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

LARGEST_NUMBER = 2**63


def check_degree_of_product(model: Model, evidence: Any) -> tuple[int, int, str]:
    """The degree of M, the number of sheets, by symmetries or by one fiber, and the product."""
    f, count = (check_composition(model, evidence) if "map" in evidence else
                (model.parametrization, model.parameters))
    found, sheets = product_map(f, count, evidence), 1
    if "map" in evidence or "point" in evidence:
        require_birational(f, found, evidence, integers(
            member(evidence, "point"), 0, LARGEST_NUMBER, "parameter", count))
    else:
        sheets = check_sheets(model, found, evidence)
    return intersection(found) // sheets, sheets, found.name


def check_composition(model: Model, evidence: Any) -> tuple[list[fmpq_mpoly], int]:
    """Verify that φ = ψ ∘ π for a dominant π; ψ, and in how many variables it is."""
    phi, p = model.parametrization, prime(member(evidence, "prime"))
    ring = phi[0].context() if phi else polynomial_ring(model.parameters)
    images = polynomials(member(evidence, "images"), ring)
    psi = polynomials(member(evidence, "map"), polynomial_ring(len(images)))
    require(len(psi) == len(phi) and substituted(psi, images, ring) == list(phi),
            "The map is not that of the model.")
    at = integers(member(evidence, "parameters"), 0, LARGEST_NUMBER, "parameter",
                  model.parameters)
    require(len(images) <= model.parameters, "There are more images than parameters.")
    entries = [value_modulo(g.derivative(v), at, p) for g in images
               for v in range(model.parameters)]
    require(nmod_mat(len(images), model.parameters, entries, p).rank() == len(images),
            "The images of the parameters may be dependent.")
    return psi, len(images)


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
