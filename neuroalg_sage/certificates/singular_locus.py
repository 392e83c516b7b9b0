"""
Singular loci of neurovarieties.
"""

from __future__ import annotations

from math import comb
from typing import Any

from neuroalg_sage.certificates.groebner import GroebnerBasis, hilbert_data
from neuroalg_sage.certificates.ideal import check_hilbert
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    items,
    member,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.spans import minors

MOST_MINORS = 5000


def check_singular_locus(model: Model, value: Any, evidence: Any) -> tuple[list[str], list[str]]:
    """
    Verify that each component consists of singular points, and its dimension and degree.

    A point of M is singular if the Jacobian of generators of I(M) has there rank less than
    the codimension c; so all minors of size c must lie in the component's ideal.  That there
    are no other components, and that these are irreducible over Q, is the engine's word.
    """
    n = model.ambient_dimension
    ring = polynomial_ring(n)
    dimension, _, _, verified, trust = check_hilbert(model, evidence)
    generators = polynomials(evidence["generators"], ring)
    codimension = n - dimension
    engine = member(evidence, "engine")
    if engine is None:
        require(value == [] and all(sum(e) <= 1 for g in generators for e in exponent_vectors(g)),
                "Only a linear space is smooth without an engine's word.")
        return [*verified, "a linear space is smooth"], trust
    require(engine in ("macaulay2", "singular"), "The engine trusted is not known.")
    components = items(value, "list of components")
    complete = comb(len(generators), codimension) * comb(n, codimension) <= MOST_MINORS
    for component in components:
        stated_dimension, stated_degree, data = fields(component, "dimension", "degree",
                                                       "generators")
        groebner = GroebnerBasis(polynomials(data, ring), [1] * n)
        require(all(map(groebner.contains, generators)),
                "A component is not contained in the neurovariety.")
        require(set(component) == {"dimension", "degree", "generators"}
                and hilbert_data(groebner.leading, n)[:2] == (
                    integer(stated_dimension, 0, n, "dimension"),
                    integer(stated_degree, 1, 10**12, "degree")),
                "A component's dimension or degree is not as claimed.")
        if complete:
            jacobian = [[g.derivative(j) for j in range(n)] for g in generators]
            require(all(map(groebner.contains, minors(jacobian, codimension))),
                    "A component has a point that is not singular.")
    verified += [f"dimension and degree of each component ({len(components)})"]
    return (verified + ["their points are singular"] * complete,
            [*trust, *(e for e in [engine] if e not in trust)])
