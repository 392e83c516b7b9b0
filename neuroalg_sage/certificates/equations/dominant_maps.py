"""
Parametrizations that are compositions with dominant maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq_mpoly, nmod_mat

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    integers,
    member,
    polynomial_ring,
    polynomials,
    prime,
    require,
    value_modulo,
)
from neuroalg_sage.certificates.substitution import substituted

LARGEST_NUMBER = 2**63


def require_composition(model: Model, psi: Sequence[fmpq_mpoly], count: int, evidence: Any) -> None:
    """
    Verify that φ = ψ ∘ π for polynomials π in the parameters, whose number is given.

    Their Jacobian matrix has as many independent rows at a point modulo a prime as there are, so π
    is dominant: φ and ψ have images with the same closure.
    """
    phi, p = model.parametrization, prime(member(evidence, "prime"))
    ring = phi[0].context() if phi else polynomial_ring(model.parameters)
    images = polynomials(member(evidence, "images"), ring)
    require(len(images) == count and len(psi) == len(phi)
            and substituted(psi, images, ring) == list(phi), "The map is not that of the model.")
    at = integers(member(evidence, "parameters"), 0, LARGEST_NUMBER, "parameter",
                  model.parameters)
    require(len(images) <= model.parameters, "There are more images than parameters.")
    entries = [value_modulo(g.derivative(v), at, p) for g in images
               for v in range(model.parameters)]
    require(nmod_mat(len(images), model.parameters, entries, p).rank() == len(images),
            "The images of the parameters may be dependent.")


def composed(model: Model, evidence: Any) -> Model:
    """Verify that another model has the same coordinates, and the map ψ; that model."""
    other = Model(member(evidence, "model"))
    require(other.coordinates == model.coordinates, "The other model has other coordinates.")
    require_composition(model, other.parametrization, other.parameters, evidence)
    return other
