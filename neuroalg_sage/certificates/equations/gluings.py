"""
Images of products of projective spaces after which two maps to the product are the same.

The words are those of ``regularity``.  Let Y be another product with as many factors, and let two
maps A and B from Y to X set coordinates equal to coordinates or to zero, each one of Y occurring
once in A, in the factor of the same number, and let f ∘ A = f ∘ B.  Then R is contained in the
kernel K of δ: S → C, g ↦ g ∘ A - g ∘ B, where C is to Y, with the same degrees, what S is to X.
Let σ map y_i to the coordinate y_j, or zero, that B has where A has y_i, and let each y_i become
zero by σ applied often.  Then so does each monomial h of positive degree; δ of the monomial that A
maps to h is h - σ(h), and h is the sum of such.  So the image of δ is C_≥1.  As in (2), with r' for
Y, where r' = 0 if Y is a point, Tor_i of C_≥1 is 0 in degrees greater than max(r' + i, 1 + i),
since Tor_(i + 1) of C / C_≥1 = Q is in degree i + 1.  So Tor_i of K is 0 in degrees greater than
i + max(r, r' + 1, 2), and (3) holds with K instead of S^G, and this number instead of r.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.equations.products_of_spaces import Product
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integer, items, require


def glued(model: Model, found: Product, evidence: Any) -> Product:
    """Verify two maps from a product Y to X after which f is the same; Y, with the same degrees."""
    rows = items(evidence, "maps", 2)
    first, second = ({v: integer(c, 0, model.parameters - 1, "coordinate") for v, c in enumerate(
        items(row, "map", model.parameters)) if c is not None} for row in rows)
    inside = [[first[v] for v in block if v in first] for block in found.blocks]
    require(sorted(c for block in inside for c in block) == [*range(len(first))] and all(inside),
            "The coordinates do not occur once in a factor.")
    require(all(second[v] in own for own, block in zip(inside, found.blocks)
                for v in block if v in second), "A map does not preserve factors.")
    context = model.parametrization[0].context()
    images = [[context.gens()[row[v]] if v in row else context.constant(0)
               for v in range(model.parameters)] for row in (first, second)]
    require(all(f.compose(*images[0], ctx=context) == f.compose(*images[1], ctx=context)
                for f in model.parametrization), "The functions are not the same after both maps.")
    moved = {c: second.get(v) for v, c in first.items()}
    left: set[int | None] = {*moved}
    for _ in moved:
        left = {moved[c] for c in left if c is not None}
    require(left <= {None}, "A coordinate does not become zero.")
    return Product(tuple(map(tuple, inside)), found.degrees, 0, None, False, False)
