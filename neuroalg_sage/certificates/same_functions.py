"""
Models with the same functions, such as expressions that are a network term by term.
"""

from __future__ import annotations

from typing import Any

from flint import Ordering, fmpq_mat

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    fields,
    integers,
    items,
    numbers,
    polynomial_ring,
    require,
)


def other_model(model: Model, data: Any, of_coordinates: bool = False) -> Model:
    """
    Verify that another model has the same φ, with its parameters in another order.

    *Lemma.*  Let ψ(w) = φ(w_π), with a bijection π of the parameters, in the same coordinates of
    the same V.  Then the images of ψ and φ are the same sets, over any field, and w ↦ w_π sends
    critical parameters of a function of ψ(w) to such of φ.  So what is true of the functions of the
    one is true of those of the other.

    - ``of_coordinates`` -- whether what is claimed is true of B ∘ φ, for any linear isomorphism B
      of V with another space, if it is true of φ.  Then the coordinates, in their order, may be
      coefficients of other functions; and the functions may be those of L x, for an invertible
      matrix L, since h ↦ h ∘ L is an automorphism of polynomials of any degree.
    """
    require(type(model) is Model, "The claim is not about polynomials.")
    description, order = fields(data, "model", "parameters")
    other = Model(description)
    places = integers(order, 0, model.parameters - 1, "parameter", other.parameters)
    require(sorted(places) == list(range(model.parameters)), "The parameters are not all there.")
    if of_coordinates and "inputs" in data:
        d = model.inputs
        matrix = [numbers(row, "row of a matrix", d) for row in items(data["inputs"], "matrix", d)]
        require(fmpq_mat(matrix).rank() == d, "The change of the inputs is not invertible.")
        require(other.degree_pattern == model.degree_pattern, "The functions are in other spaces.")
        ring = polynomial_ring(model.parameters + d, Ordering.lex)
        w, x = ring.gens()[: model.parameters], ring.gens()[model.parameters :]
        moved = [sum((c * v for c, v in zip(row, x)), ring.constant(0)) for row in matrix]
        require([*other.expanded([w[i] for i in places], moved)] == [*model.expanded(w, x)],
                "The functions are not the same.")
        return other
    require(of_coordinates or list(other.coordinates) == list(model.coordinates),
            "The functions are in other spaces.")
    require(other.ambient_dimension == model.ambient_dimension, "V has another dimension.")
    if model.parametrization:
        ring = model.parametrization[0].context()
        images = [ring.gens()[i] for i in places]
        require(all(f.compose(*images, ctx=ring) == g for f, g in zip(
            other.parametrization, model.parametrization, strict=True)),
            "The functions are not the same.")
    return other
