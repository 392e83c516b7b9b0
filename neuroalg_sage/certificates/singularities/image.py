"""
Components that are closed images of other models, so irreducible.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.equations.groebner import GroebnerBasis
from neuroalg_sage.certificates.equations.ideal import check_ideal
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, polynomial_ring, polynomials, require
from neuroalg_sage.certificates.singularities.embedding import embedded_coordinates
from neuroalg_sage.certificates.substitution import substituted


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
    require(not any(substituted(basis, point, phi[0].context())),
            "A component does not contain the image that it shall be.")
    return trust
