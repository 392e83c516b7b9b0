"""
Components of singular loci.

Two claims are kept apart.  ``singular_subvarieties``: these varieties lie in the singular locus.
``singular_locus``: moreover, they are all of it.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.equations.groebner import (
    GroebnerBasis,
    hilbert_data,
    require_incomparable,
)
from neuroalg_sage.certificates.equations.ideal import check_hilbert
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    items,
    member,
    polynomial_ring,
    polynomial_set,
    require,
)
from neuroalg_sage.certificates.singularities.degeneracy import check_rank_drop


def check_singular_subvarieties(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that each component consists of singular points, and its dimension and degree."""
    return check_components(model, value, evidence, all_of_it=False)


def check_components(model: Model, value: Any, evidence: Any, all_of_it: bool) -> Checked:
    """
    Verify that each component consists of singular points, and its dimension and degree.

    A point of M is singular if the Jacobian matrix of generators of I(M) has there rank less
    than the codimension.  That a component is irreducible is proved where it is the closed
    image of another model, else it is the engine's word; so is that there are no others, unless
    a small singular point contradicts it.
    """
    n = model.ambient_dimension
    ring = polynomial_ring(n)
    dimension, _, _, verified, trust = check_hilbert(model, evidence)
    generators = polynomial_set(evidence["generators"], ring)
    engine = member(evidence, "engine")
    if engine is None:
        require(value == [] and all(sum(e) <= 1 for g in generators for e in exponent_vectors(g)),
                "Only a linear space is smooth without an engine's word.")
        return [*verified, "a linear space is smooth"], trust
    require(engine in ("macaulay2", "singular"), "The engine trusted is not known.")
    components = items(value, "list of components")
    proofs = items(member(evidence, "components"), "list of proofs", len(components))
    require(components or all_of_it, "Nothing is claimed.")
    jacobian = [[g.derivative(j) for j in range(n)] for g in generators]
    # In these coordinates of a space with M, one equation is that of a hypersurface.
    proof = evidence["ideal"]
    kept = proof["coordinates"] if proof["argument"] == "linear span" else range(n)
    trusted, known = [engine] if all_of_it else [], []
    for component, proof in zip(components, proofs):
        stated, size, data = fields(component, "dimension", "degree", "generators")
        basis = polynomial_set(data, ring)
        groebner = GroebnerBasis(basis, [1] * n)
        require(all(map(groebner.contains, generators)),
                "A component is not contained in the neurovariety.")
        require(set(component) <= {"dimension", "degree", "generators", "multiplicity"}
                and hilbert_data(groebner.leading, n)[:2] == (
                    integer(stated, 0, n, "dimension"), integer(size, 1, 10**12, "degree")),
                "A component's dimension or degree is not as claimed.")
        if "multiplicity" in component:
            require(len(generators) == 1 + n - len(kept),
                    "The multiplicity is proved for hypersurfaces.")
            from neuroalg_sage.certificates.singularities.multiplicity import check_multiplicity

            check_multiplicity(max(generators, key=lambda g: g.total_degree()),
                               component["multiplicity"], groebner)
        check_rank_drop(jacobian, n - dimension - 1, basis, groebner, proof)
        if any(g.total_degree() > 1 for g in basis):  # a linear space is irreducible
            if "model" not in proof:
                trusted.append(engine)
            else:
                from neuroalg_sage.certificates.singularities.image import check_image

                trusted += check_image(model, basis, groebner, proof)
        known.append((basis, groebner))
    require_incomparable(known)
    if all_of_it:
        from neuroalg_sage.certificates.equations.refutation import refute_singular

        refute_singular(model, generators, jacobian, n - dimension, [basis for basis, _ in known])
    return ([*verified, f"dimension and degree of each component ({len(components)})",
             "their points are singular"], list(dict.fromkeys([*trust, *trusted])))
