"""
ED degrees and ML degrees as Euler characteristics of complements.

Let f be a finite morphism from a product X of projective spaces, of dimension m, to P(V), which is
unramified, and birational onto the projectivization Y of M, see
:mod:`~neuroalg_sage.certificates.equations.products_of_spaces`.  Then each branch of Y at a point y
is smooth, and is the image of a neighborhood of one point of the fiber.  The local Euler
obstruction Eu of Y is the sum of those of the branches, which are 1; so it is the number of points
of the fiber, and the integral of Eu over a subset of Y is χ of its preimage in X.

**Polar degrees.**  Let P be the bundle of principal parts of O(e).  The map from V^* to P that
f defines is onto, since f is unramified.  The projective bundle of its kernel maps onto the
conormal variety of Y, and is birational to it, so that the j-th polar degree is that of
c_j(P) h^(m - j), h = c_1(O(e)), and c(P) = c(Ω_X ⊗ O(e)) c(O(e)): the formula for a smooth variety.

**Theorem.**  Let q be a quadratic form that is not degenerate, and does not vanish on M, with zeros
Q in P(V), and H a generic hyperplane.  The ED degree of M for q is (-1)^m times the integral of Eu
over Y less Q and H.
L. Maxim, J. Rodriguez, B. Wang, Euclidean distance degree of projective varieties, Int. Math. Res.
Not. (2021); for Y smooth P. Aluffi, C. Harris, The Euclidean distance degree of smooth complex
projective varieties, Algebra Number Theory 12 (2018).

The preimage of H is a generic member of a linear system without base points, so that if the
preimage of Q is made of hypersurfaces with normal crossings, they have them together with it by
Bertini's theorem.

**Theorem.**  If f is an embedding, the ML degree of M is (-1)^m χ(Y less all hyperplanes z_i = 0,
and Σ_i z_i = 0), which is smooth and closed in a torus.
J. Huh, The maximum likelihood degree of a very affine variety, Compositio Math. 149 (2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial, prod
from typing import Any

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.equations.products_of_spaces import (
    Product,
    check_product,
    multidegree,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    integer,
    items,
    member,
    polynomial_ring,
    polynomials,
    rational,
    require,
)
from neuroalg_sage.certificates.topology.normal_crossings import (
    check_normal_crossings,
    euler_characteristic,
)
from neuroalg_sage.certificates.work import Work

SMOOTH = "theorem: Aluffi, Harris (2018)"
IMMERSED = "theorem: Maxim, Rodriguez, Wang (2021)"
HUH = "theorem: Huh (2013)"


def immersed_product(model: Model, evidence: Any) -> tuple[Product, list[str]]:
    """Verify that f is unramified, and birational onto its image; what is said of it."""
    found = check_product(model, evidence)
    require(found.is_unramified and found.is_birational,
            "The product of projective spaces is ramified, or not birational.")
    kind = "embedding" if found.is_embedded else "immersion, and birational onto its image"
    return found, [f"the projectivization is the image of {found.name}, by an {kind}"]


def norm(model: Model, metric: Any) -> fmpq_mpoly:
    """The quadratic form of a metric, which is not degenerate, of φ."""
    n, phi = model.ambient_dimension, model.parametrization
    total, work = 0 * phi[0], Work()

    def times(f: fmpq_mpoly, g: fmpq_mpoly) -> fmpq_mpoly:
        work.spend(len(f) * len(g))
        return f * g

    if metric in ("unit", "bombieri"):
        for f, (_, e) in zip(phi, model.coordinates):
            c = fmpq(prod(map(factorial, e)), factorial(sum(e))) if metric == "bombieri" else 1
            total += times(f, f) * c
        return total
    rows = [[fmpq(c.numerator, c.denominator) for c in map(rational, items(row, "row", n))]
            for row in items(metric, "quadratic form", n)]
    form = fmpq_mat(rows)
    require(form == form.transpose() and form.rank() == n,
            "The quadratic form is not symmetric, or it is degenerate.")
    for i, f in enumerate(phi):
        total += times(f, sum((rows[i][j] * g for j, g in enumerate(phi) if rows[i][j]), 0 * f))
    return total


def check_factors(polynomials_: Sequence[fmpq_mpoly], factors: Sequence[fmpq_mpoly]) -> None:
    """Verify that one of some polynomials, none of them zero, vanishes where a factor does."""
    used = set()
    for f in polynomials_:
        for i, g in enumerate(factors):
            quotient, rest = divmod(f, g)
            while not rest:
                used.add(i)
                f = quotient
                quotient, rest = divmod(f, g)
        require(f.is_constant(), "A polynomial is no product of the factors.")
    require(len(used) == len(factors), "A factor divides none of the polynomials.")


def complement(product: Product, hypersurfaces: Sequence[fmpq_mpoly], others: Any, evidence: Any
               ) -> int:
    """Verify that factors cross normally; (-1)^m χ of the complement of them, and of others."""
    factors = polynomials(member(evidence, "factors"), polynomial_ring(
        sum(product.sizes), Ordering.lex))
    require(all(f and not f.is_constant() for f in factors), "A factor is constant.")
    check_factors(hypersurfaces, factors)
    check_normal_crossings(factors, product.blocks, member(evidence, "crossings"))
    classes = [multidegree(f, product.blocks) for f in factors]
    return (-1) ** product.dimension * euler_characteristic(product.sizes, [*classes, *others])


def check_distance(model: Model, metric: Any, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees for a generic metric, else the ED degree."""
    found, verified = immersed_product(model, evidence)
    if metric == "generic":
        from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese

        return segre_veronese(found.sizes, found.degrees), (verified, [])
    form = norm(model, metric)
    require(form, "The quadratic form vanishes on the neurovariety.")
    number = complement(found, [form], [found.degrees], evidence)
    verified.append("its points of length zero are hypersurfaces that cross normally")
    return [number], (verified, [SMOOTH if found.is_embedded else IMMERSED])


def check_ml_degree(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the ML degree of a cone that is smooth but for its vertex."""
    found, verified = immersed_product(model, evidence)
    require(found.is_embedded, "The theorem is on smooth varieties.")
    phi = model.parametrization
    total = sum(phi[1:], phi[0])
    require(all(phi) and total, "A coordinate, or the sum of all, vanishes on M.")
    number = complement(found, [*phi, total], [], evidence)
    require(integer(value, 0, 10**100, "ML degree") == number, f"The ML degree is {number}.")
    return [*verified, "coordinates and their sum vanish on hypersurfaces that cross normally"], [
        HUH]
