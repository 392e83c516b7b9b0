"""
The model: its architecture, its function, its symmetries and its parametrization.
"""

from __future__ import annotations

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.markup import mathml
from neuroalg_sage.markup.elements import Content, Markup, element, folded, join
from neuroalg_sage.markup.mathml import formula, operator, row
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.hidden_states import KnownGroup
from neuroalg_sage.models.layers import (
    Activation,
    Attention,
    Convolution,
    Dense,
    PolynomialLayer,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.neuromanifold import NeuroManifold
from neuroalg_sage.pages.architecture import drawing

MOST_FACTORS = 12
OPEN_COORDINATES = 10
MOST_COORDINATES = 400
MOST_PARAMETER_TERMS = 6000


def figure(model: Model) -> Markup:
    """The drawing of the architecture with its caption."""
    notes = ["Inputs on the left, outputs on the right."]
    filters = [layer for layer in model.layers if isinstance(layer, Convolution)]
    if any(len(layer.size) == 1 for layer in filters):  # type: ignore[arg-type]
        notes.append("Lines of one color share their weight.")
    if any(len(layer.size) == 2 for layer in filters):  # type: ignore[arg-type]
        notes.append("One place of each filter is shown.")
    if any(isinstance(layer, Activation) for layer in model.layers):
        notes.append("Filled units apply the activation below them.")
    if any(isinstance(layer, Attention) for layer in model.layers):
        notes.append("The columns of X are the tokens.")
    if model.spec and model.spec.startswith("relu:"):
        notes.append("The model has a copy of the inputs for each activation pattern.")
    return element("figure", element("div", drawing(model), class_="scroll", tabindex=0,
                                     role="region", aria_label="Drawing of the architecture"),
                   element("figcaption", " ".join(notes)))


def function(model: Model) -> Markup | None:
    """The function of a chain of plain layers, or the polynomials that a model is given by."""
    only = model.layers[0]
    if model.cone:
        return element("p", model.cone.reading(model.ambient_dimension))
    if len(model.layers) == 1 and isinstance(only, PolynomialLayer):
        if model.spec or len(only.outputs) > MOST_FACTORS:
            return None
        names = (*only.parameters, *only.inputs)
        return element("ul", *(element("li", mathml.polynomial(
            dict(terms), names, row(mathml.identifier(f"f_{j}")))) for j, terms in enumerate(
                only.outputs)), class_="polynomials")
    if len(model.layers) > MOST_FACTORS:
        return None
    state: Content = element("mi", "X" if len(model.input_shape) > 1 else "x")
    number, single = 0, True
    powers: list[Markup] = []
    for layer in model.layers:
        inner = state if single else row(operator("("), state, operator(")"))
        if isinstance(layer, Activation):
            powers.append(_activation(layer, len(powers)))
            state = row(_indexed("σ", len(powers) if _several(model) else None),
                        operator("("), state, operator(")"))
            single = True
            continue
        number += 1
        if isinstance(layer, Dense):
            state = row(_indexed("W", number), inner)
            if layer.bias:
                state = row(state, operator("+", form="infix"), _indexed("b", number))
            single = not layer.bias
        elif isinstance(layer, Convolution):
            state = row(_indexed("F", number), operator("∗", form="infix"), inner)
            single = False
        elif isinstance(layer, Attention) and len(model.layers) == 1:
            keys = element("msup", row(operator("("), element("mi", "K"), inner, operator(")")),
                           operator("⊤"))
            state = row(element("mi", "V"), inner, keys, row(
                operator("("), element("mi", "Q"), inner, operator(")")))
        else:
            return None
    left = row(element("msub", element("mi", "f"), element("mi", "w")), operator("("),
               element("mi", "X" if len(model.input_shape) > 1 else "x"), operator(")"),
               operator("=", form="infix"))
    parts: list[Content] = [formula(left, state)]
    for power in powers if _several(model) else powers[:1]:
        parts += [",  ", power]
    return element("p", "The function: ", *parts)


def _several(model: Model) -> bool:
    return len({layer for layer in model.layers if isinstance(layer, Activation)}) > 1


def _indexed(letter: str, number: int | None) -> Markup:
    return mathml.identifier(letter if number is None else f"{letter}_{number}")


def _activation(layer: Activation, before: int) -> Markup:
    terms: Polynomial = {(k,): c for k, c in enumerate(layer.coefficients) if c}
    left = row(element("mi", "σ"), operator("("), element("mi", "x"), operator(")"))
    return mathml.polynomial(terms, ["x"], left)


def symmetries(manifold: NeuroManifold) -> Markup:
    """The known symmetries, in a sentence."""
    try:
        group = manifold.symmetries()
        known: Content = mathml.group(group) if isinstance(group, KnownGroup) else str(group)
    except LimitReached:
        count = len(manifold.model.symmetries)
        known = "none" if not count else (
            f"a Lie algebra spanned by {count} linear vector field{'s' * (count > 1)}")
    form = manifold.in_layers
    return element("p", "Known symmetries of the parameters: ", known, ".", *[
        " Term by term these are the functions of ", element("code", str(form.model)),
        f" with the parameters {', '.join(form.names)}, so that theorems on its layers hold."
        ] if form else ())


def parametrization(manifold: NeuroManifold) -> Markup:
    """The coordinates of V, and φ."""
    try:
        phi = manifold.parametrization()
    except LimitReached as error:
        return element("p", f"It is not written down. {error}")
    model = manifold.model
    terms = sum(map(len, phi.polynomials))
    lines = []
    for i, (output, exponents) in enumerate(phi.coordinates[:MOST_COORDINATES]):
        image = (mathml.polynomial(phi.polynomials[i], model.parameter_names)
                 if terms <= MOST_PARAMETER_TERMS else f"{len(phi.polynomials[i])} terms")
        lines.append(element(
            "tr", element("th", formula(mathml.identifier(f"z_{i}")), scope="row"),
            element("td", formula(mathml.monomial(exponents, model.input_names))),
            element("td", model.output_names[output] if model.cone else output)
            if model.output_count > 1 else None, element("td", image)))
    left_out = len(phi.coordinates) - MOST_COORDINATES
    heads = ["coordinate", "monomial", *(["output"] if model.output_count > 1 else []),
             "value at the parameters"]
    table = element("div", element(
        "table", element("thead", element("tr", *(element("th", h, scope="col") for h in heads))),
        element("tbody", *lines)), class_="scroll", tabindex=0, role="region",
        aria_label="Table of the coordinates")
    more = element("p", f"{left_out} further coordinates are left out.") if left_out > 0 else None
    count = len(phi.coordinates)
    return join(
        element("p", "The map φ sends the parameters to the coefficients of the function, one "
                "coordinate of the ambient space V for each monomial that the degrees allow",
                " in each output." if model.output_count > 1 else "."),
        table if count <= OPEN_COORDINATES else folded(f"All {count} coordinates", table, more))
