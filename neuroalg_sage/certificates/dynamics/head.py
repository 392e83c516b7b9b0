"""
Laws of the last layers of a network with one output, after a layer with one unit; or of all layers
after a single input.

Let f_w(x) = B(v) h_u(x)^d, where v are the parameters of the head, the layers after that unit, and
u all others.  Then ∂φ_j/∂v is a multiple of ∇B, with a factor that depends on u, so that gradient
flow moves v along the curves of the field ∇B.  Where this does not vanish, all but one of the
coordinates in which it is straight are constant on these curves.  So every covector of v that
annihilates ∇B is, near a generic point, the differential of a law, which need not be algebraic.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.ranks import jacobian
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integer, require


def gradients_of_laws(model: Model, start: Any, p: int, point: list[int]) -> list[list[int]]:
    """
    Independent differentials of laws at a point, modulo a prime; ``start`` is how many layers come
    before the head.
    """
    layers = model.description["layers"]
    start = integer(start, 0, len(layers) - 1, "place of a layer")
    head = Model({"input_shape": list(model.shapes[start]), "layers": layers[start:]})
    require(head.inputs == 1 == len(head.degree_pattern) == len(head.degree_pattern[0]),
            "The last layers are no multiple of a power of one function.")
    before = model.parameters - head.parameters
    (slopes,) = jacobian(head, [c % p for c in point[before:]], [[1]], p)
    require(any(slopes), "The gradient of the head vanishes at the point.")
    k = next(k for k, c in enumerate(slopes) if c)
    rows = []
    for i, c in enumerate(slopes):
        if i != k:
            row = [0] * model.parameters
            row[before + i], row[before + k] = slopes[k], -c % p
            rows.append(row)
    return rows
