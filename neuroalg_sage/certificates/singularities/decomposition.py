"""
Affine varieties given by equations: their dimension, degree and components.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.equations.groebner import (
    GroebnerBasis,
    hilbert_data,
    require_incomparable,
)
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    items,
    member,
    polynomial_set,
    polynomials,
    require,
)

ENGINES = ("macaulay2", "singular")


def combination(cofactors: Any, generators: list[fmpq_mpoly], ring: fmpq_mpoly_ctx
                ) -> fmpq_mpoly:
    """The sum of the generators times the stated cofactors: an element of their ideal."""
    factors = polynomials(cofactors, ring)
    require(len(factors) == len(generators), "The cofactors do not match the equations.")
    return sum((c * g for c, g in zip(factors, generators)), ring.constant(fmpq(0)))


def presented(generators: list[fmpq_mpoly], ring: fmpq_mpoly_ctx, evidence: Any
              ) -> GroebnerBasis:
    """
    A Gröbner basis of the ideal of the generators, verified.

    Each of its elements is a stated combination of the generators, and these reduce to zero.
    """
    basis, cofactors = fields(evidence, "basis", "cofactors")
    elements = polynomials(basis, ring)
    rows = items(cofactors, "cofactors", len(elements))
    for f, row in zip(elements, rows):
        require(combination(row, generators, ring) == f,
                "A combination of the equations is not what is stated.")
    groebner = GroebnerBasis(elements, [1] * ring.nvars())
    require(all(map(groebner.contains, generators)),
            "The Gröbner basis does not contain the equations.")
    return groebner


def check_components(equations: list[fmpq_mpoly], ring: fmpq_mpoly_ctx, value: Any,
                     evidence: Any) -> Checked:
    """
    Verify the irreducible components over Q of the zero set of equations.

    For each component, given by generators of an ideal P: the equations lie in P, the
    dimension and degree are those of a Gröbner basis of P, and P does not contain that of
    another component.  That P is prime follows from elimination, or in dimension zero from a
    point in a number field of the degree of P; else it is an engine's word.  That there are no
    other components follows from a Gröbner basis of the equations' ideal, in which the
    products of the components' generators have powers; else, where there is any component, it is
    an engine's word, which a small point on none of them contradicts.

    A component of dimension zero may state boxes: each contains one real point, and there are no
    others.
    """
    n = ring.nvars()
    components = items(value, "list of components")
    proofs, complete = fields(evidence, "components", "complete")
    known: list[tuple[list[fmpq_mpoly], GroebnerBasis]] = []
    trusted: set[str] = set()
    real = False
    for component, proof in zip(components, items(proofs, "list of proofs", len(components))):
        dimension, degree, data = fields(component, "dimension", "degree", "generators")
        require(set(component) <= {"dimension", "degree", "generators", "real_points"},
                "A component has an unknown field.")
        generators = polynomial_set(data, ring)
        groebner = presented(generators, ring, proof)
        require(all(map(groebner.contains, equations)),
                "A component has points that do not satisfy the equations.")
        require(hilbert_data(groebner.leading, n)[:2] == (
            integer(dimension, 0, n, "dimension"), integer(degree, 1, 10**12, "degree")),
            "A component's dimension or degree is not as claimed.")
        kind = member(proof, "prime")
        point = None
        if "point" in proof:
            from neuroalg_sage.certificates.singularities.algebraic_points import AlgebraicPoint

            point = AlgebraicPoint(proof["point"], n)
            require(dimension == 0 and point.q.degree() == degree and point.is_irreducible()
                    and point.generates_its_field(member(proof["point"], "form"))
                    and point.lies_on(generators),
                    "The point is not what a component consists of.")
        if kind == "elimination":
            from neuroalg_sage.certificates.singularities.domains import is_domain

            require(is_domain(generators, ring), "A component may be reducible.")
        elif kind == "point":
            require(point is not None, "A component's point is missing.")
        else:
            require(kind in ENGINES, "The argument for a component is not known.")
            trusted.add(kind)
        if "real_points" in component:
            require(point is not None and point.real_boxes(component["real_points"]),
                    "The real points are not as claimed.")
            real = True
        known.append((generators, groebner))
    require_incomparable(known)
    verified = [f"dimension and degree of each component ({len(known)})"] if known else []
    if complete == "products":
        from neuroalg_sage.certificates.singularities.coverings import are_covered

        groebner = presented(equations, ring, evidence)
        require(are_covered(groebner, [g for g, _ in known]) if known else
                groebner.contains(ring.constant(fmpq(1))), "There may be other components.")
        verified.append("products of their generators vanish by the equations, so there are no "
                        "others" if known else "1 is a combination of the equations")
    else:
        require(complete in ENGINES, "The argument for completeness is not known.")
        require(known, "That there are no points is proved by 1 as a combination of equations.")
        from neuroalg_sage.certificates.equations.refutation import refute_components

        refute_components(equations, n, [g for g, _ in known])
        trusted.add(complete)
    if known and not trusted:
        verified.append("they are irreducible over Q")
    if real:
        verified.append("each box has one real point")
    return verified, sorted(trusted)
