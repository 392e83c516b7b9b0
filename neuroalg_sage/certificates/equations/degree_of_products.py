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
(2) Or deg f = 1, since a fiber has length one modulo a prime.  The zeros x of all f_i(x) f_j(w) -
    f_j(x) f_i(w), where f_j(w) is not zero, are a family that is proper over the w.  Where it is
    finite of length one, it has at most that length at the generic w.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import factorial
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.equations.block_symmetries import block_symmetries
from neuroalg_sage.certificates.equations.lengths import Exponents, Form, is_at_most
from neuroalg_sage.certificates.equations.products_of_spaces import Product, check_product
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    prime,
    require,
    residue,
    value_modulo,
)
from neuroalg_sage.certificates.work import MOST_WORK, Work

LARGEST_NUMBER = 2**63


def check_degree_of_product(model: Model, evidence: Any) -> tuple[int, int, str]:
    """The degree of M, the number of sheets, by symmetries or by one fiber, and the product."""
    found, sheets = check_product(model, evidence), 1
    if "point" in evidence:
        require_birational(model.parametrization, found, evidence, integers(
            evidence["point"], 0, LARGEST_NUMBER, "parameter", model.parameters))
    else:
        sheets = check_sheets(model, found, evidence)
    return intersection(found) // sheets, sheets, found.name


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
    p, degree = prime(p), integer(degree, 1, 100, "degree")
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

    require(degree >= max(found.degrees) and is_at_most(
        1, equations(), found.sizes, degree, p, Work(40 * MOST_WORK)),
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
