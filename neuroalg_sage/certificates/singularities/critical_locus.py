"""
Critical loci of parametrizations: where the rank of Dφ is smaller than the dimension of M.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.equations.groebner import (
    GroebnerBasis,
    hilbert_data,
    require_incomparable,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    items,
    polynomial_ring,
    polynomial_set,
    require,
)
from neuroalg_sage.certificates.singularities.degeneracy import check_rank_drop


def check_critical_locus(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the components of the critical locus."""
    return _checked(model, value, evidence, all_of_it=True)


def check_critical_subvarieties(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify components of the critical locus, perhaps not all of them."""
    return _checked(model, value, evidence, all_of_it=False)


def _checked(model: Model, value: Any, evidence: Any, all_of_it: bool) -> Checked:
    """
    Verify that on each component the rank of Dφ is less than dim M, and its dimension and degree.

    That a component is irreducible, and that there are no others, is the engine's word, unless a
    small critical point contradicts it.
    """
    dimension, proof, engine, proofs = fields(evidence, "dimension", "dimension_evidence",
                                              "engine", "components")
    verified, trust = check_dimension(model, dimension, proof)
    require(engine in ("macaulay2", "singular"), "The engine trusted is not known.")
    components = items(value, "list of components")
    require(components or all_of_it, "Nothing is claimed.")
    count = model.parameters
    ring = polynomial_ring(count)
    phi = [f.compose(*ring.gens(), ctx=ring) for f in model.parametrization]
    jacobian: list[list[fmpq_mpoly]] = [[f.derivative(i) for i in range(count)] for f in phi]
    known = []
    for component, witness in zip(components, items(proofs, "list of proofs", len(components))):
        stated_dimension, stated_degree, data = fields(component, "dimension", "degree",
                                                       "generators")
        basis = polynomial_set(data, ring)
        groebner = GroebnerBasis(basis, [1] * count)
        require(set(component) == {"dimension", "degree", "generators"}
                and hilbert_data(groebner.leading, count)[:2] == (
                    integer(stated_dimension, 0, count, "dimension"),
                    integer(stated_degree, 1, 10**12, "degree")),
                "A component's dimension or degree is not as claimed.")
        check_rank_drop(jacobian, dimension - 1, basis, groebner, witness)
        known.append((basis, groebner))
    require_incomparable(known)
    if all_of_it:
        from neuroalg_sage.certificates.equations.refutation import refute_critical

        refute_critical(model, jacobian, dimension, [basis for basis, _ in known])
    return ([*verified, f"dimension and degree of each component ({len(components)})",
             "the rank of Dφ drops on them"], [*trust, *(e for e in [engine] if e not in trust)])
