"""
Singular loci of neurovarieties.

Two claims are kept apart.  ``singular_subvarieties``: these varieties lie in the singular locus.
``singular_locus``: moreover, they are all of it.
"""

from __future__ import annotations

from math import comb
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.degeneracy import check_rank_drop
from neuroalg_sage.certificates.groebner import GroebnerBasis, hilbert_data
from neuroalg_sage.certificates.ideal import check_hilbert, check_ideal
from neuroalg_sage.certificates.minors import minors
from neuroalg_sage.certificates.model import Model, monomials
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
)

MOST_MINORS = 5000

Checked = tuple[list[str], list[str]]


def check_singular_locus(model: Model, value: Any, evidence: Any, all_of_it: bool) -> Checked:
    """
    Verify that each component consists of singular points, and its dimension and degree.

    A point of M is singular if the Jacobian matrix of generators of I(M) has there rank less
    than the codimension.  That a component is irreducible is proved where it is the closed
    image of another model, else it is the engine's word; so is that there are no others.
    """
    n = model.ambient_dimension
    ring = polynomial_ring(n)
    dimension, _, _, verified, trust = check_hilbert(model, evidence)
    generators = polynomials(evidence["generators"], ring)
    engine = member(evidence, "engine")
    if engine is None:
        require(value == [] and all(sum(e) <= 1 for g in generators for e in exponent_vectors(g)),
                "Only a linear space is smooth without an engine's word.")
        return [*verified, "a linear space is smooth"], trust
    require(engine in ("macaulay2", "singular"), "The engine trusted is not known.")
    components = items(value, "list of components")
    proofs = items(evidence.get("components", [None] * len(components)), "list of proofs",
                   len(components))
    require(components or all_of_it, "Nothing is claimed.")
    jacobian = [[g.derivative(j) for j in range(n)] for g in generators]
    trusted = [engine] if all_of_it else []
    for component, proof in zip(components, proofs):
        stated_dimension, stated_degree, data = fields(component, "dimension", "degree",
                                                       "generators")
        basis = polynomials(data, ring)
        groebner = GroebnerBasis(basis, [1] * n)
        require(all(map(groebner.contains, generators)),
                "A component is not contained in the neurovariety.")
        require(set(component) <= {"dimension", "degree", "generators", "multiplicity"}
                and hilbert_data(groebner.leading, n)[:2] == (
                    integer(stated_dimension, 0, n, "dimension"),
                    integer(stated_degree, 1, 10**12, "degree")),
                "A component's dimension or degree is not as claimed.")
        if "multiplicity" in component:
            require(len(generators) == 1, "The multiplicity is proved for hypersurfaces.")
            check_multiplicity(generators[0], component["multiplicity"], groebner)
        if proof is None:
            codimension = n - dimension
            require(comb(len(generators), codimension) * comb(n, codimension) <= MOST_MINORS,
                    "There are too many minors to show that a component is singular.")
            require(all(map(groebner.contains, minors(jacobian, codimension))),
                    "A component has a point that is not singular.")
        else:
            check_rank_drop(jacobian, n - dimension - 1, basis, groebner, proof)
        trusted += ([engine] if proof is None or "model" not in proof else
                    check_image(model, basis, groebner, proof))
    verified += [f"dimension and degree of each component ({len(components)})",
                 "their points are singular"]
    return verified, list(dict.fromkeys([*trust, *trusted]))


def check_multiplicity(f: fmpq_mpoly, claimed: Any, groebner: GroebnerBasis) -> None:
    """
    Verify the multiplicity of the hypersurface f = 0 at the generic point of a component: the
    least order of a derivative that does not vanish there.
    """
    order = integer(claimed, 1, f.total_degree(), "multiplicity")
    derivatives = [f]
    for k in range(order + 1):
        vanish = all(map(groebner.contains, derivatives))
        require(vanish == (k < order), "The multiplicity along a component is not as claimed.")
        derivatives = list({str(d): d for g in derivatives
                            for d in map(g.derivative, range(f.context().nvars())) if d}.values())


def embedded_coordinates(model: Model, smaller: Model, places: Any) -> list[int]:
    """
    For each coordinate of the smaller model's space its place in that of the larger, when the
    inputs of the one are some of the other's.
    """
    inputs = integers(places, 0, model.inputs - 1, "input", smaller.inputs)
    require(len(set(inputs)) == len(inputs), "An input is named twice.")
    known = {(j, e): i for i, (j, e) in enumerate(coordinates(model))}
    found = []
    for j, e in coordinates(smaller):
        exponents = [0] * model.inputs
        for i, k in zip(inputs, e):
            exponents[i] = k
        require((j, tuple(exponents)) in known, "A smaller model has a term that is foreign.")
        found.append(known[j, tuple(exponents)])
    return found


def coordinates(model: Model) -> list[tuple[int, tuple[int, ...]]]:
    """The coordinates of V in order: pairs of an output and a monomial."""
    return [(j, e) for j, degrees in enumerate(model.degree_pattern)
            for d in degrees for e in monomials(model.inputs, d)]


def check_image(model: Model, basis: list[fmpq_mpoly], groebner: GroebnerBasis, evidence: Any
                ) -> list[str]:
    """
    Verify that a basis generates the prime ideal of the closed image of another model, in the
    space of this one; return whom that trusts.

    The ideal that is proved for the image lies in the ideal of the basis; the elements of the
    basis vanish on the image.
    """
    description, inputs, data, proof = fields(evidence, "model", "inputs", "generators", "ideal")
    smaller = Model(description)
    place = embedded_coordinates(model, smaller, inputs)
    generators = polynomials(data, polynomial_ring(smaller.ambient_dimension))
    _, trust, _ = check_ideal(smaller, generators, proof)
    z = polynomial_ring(model.ambient_dimension).gens()
    require(all(groebner.contains(g.compose(*(z[i] for i in place), ctx=z[0].context()))
                for g in generators)
            and all(groebner.contains(z[i]) for i in set(range(len(z))) - set(place)),
            "The basis of a component does not contain the equations of the image.")
    phi = smaller.parametrization
    point = [phi[0].context().constant(0)] * len(z)
    for i, f in zip(place, phi):
        point[i] = f
    require(not any(f.compose(*point, ctx=phi[0].context()) for f in basis),
            "A component does not contain the image that it shall be.")
    return trust
