"""
Models with the same functions, such as expressions that are a network term by term.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, integers, require


def other_model(model: Model, data: Any) -> Model:
    """
    Verify that another model has the same φ, with its parameters in another order.

    *Lemma.*  Let ψ(w) = φ(w_π), with a bijection π of the parameters, in the same coordinates of
    the same V.  Then the images of ψ and φ are the same sets, over any field, and w ↦ w_π sends
    critical parameters of a function of ψ(w) to such of φ.  So what is true of the functions of the
    one is true of those of the other.
    """
    require(type(model) is Model, "The claim is not about polynomials.")
    description, order = fields(data, "model", "parameters")
    other = Model(description)
    places = integers(order, 0, model.parameters - 1, "parameter", other.parameters)
    require(sorted(places) == list(range(model.parameters)), "The parameters are not all there.")
    require(list(other.coordinates) == list(model.coordinates),
            "The functions are in other spaces.")
    if model.parametrization:
        ring = model.parametrization[0].context()
        images = [ring.gens()[i] for i in places]
        require(all(f.compose(*images, ctx=ring) == g for f, g in zip(
            other.parametrization, model.parametrization, strict=True)),
            "The functions are not the same.")
    return other
