"""What the families share: activations between layers, and how a spec states them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial, shown, write_polynomial
from neuroalg_sage.models.layers import MAXIMAL_WIDTH, Activation, Layer, whole_number
from neuroalg_sage.models.sage_input import polynomial_in, rational

MAXIMAL_LAYERS = 200

LINEAR: Polynomial = {(1,): Fraction(1)}

ActivationLike = Any  # text, a dictionary of terms, or a polynomial of Sage or SymPy


def activation_polynomial(activation: ActivationLike) -> Polynomial:
    """The polynomial of an activation; raises InputError unless its degree is at least 1."""
    if not isinstance(activation, dict):
        try:
            activation = polynomial_in(activation, ["x"])
        except InputError as error:
            raise InputError(f"The activation {shown(activation)} is not a polynomial in x such "
                             f"as x^2 or x^3-x/2. ({error})") from None
    elif not all(isinstance(e, tuple) and len(e) == 1 for e in activation):
        raise InputError("A dictionary of an activation has tuples of one exponent as keys, as "
                         "{(2,): 1} for x^2.")
    activation = {(whole_number(e + 1, "exponent") - 1,): rational(c, "coefficient")
                  for (e,), c in activation.items()}
    if not any(e for (e,) in activation):
        raise InputError("The activation is constant; write a polynomial of degree at least 1, "
                         "such as x^2.")
    return activation


def between(layers: Sequence[Layer], activation: Polynomial) -> tuple[Layer, ...]:
    """The layers with the activation after each but the last; x is left out."""
    if activation == LINEAR:
        return tuple(layers)
    between = Activation.from_polynomial(activation)
    return tuple(x for layer in layers for x in (layer, between))[:-1]


def suffix(activation: Polynomial) -> str:
    """The activation at the end of a spec."""
    if activation == LINEAR:
        return ""
    return ":" + write_polynomial(activation, ["x"]).replace(" ", "")


def check_depth(layers: int) -> None:
    """Refuse a model with too many layers."""
    if layers > MAXIMAL_LAYERS:
        raise InputError(f"The model has {layers} layers; the most allowed is {MAXIMAL_LAYERS}.")


def read_number(text: str, role: str) -> int:
    """A whole number from 1 on, as a spec writes it."""
    if not re.fullmatch(r"[0-9]{1,12}", text.strip(), re.ASCII):
        raise InputError(f"The {role} {shown(text)} is not a whole number from 1 to "
                         f"{MAXIMAL_WIDTH}.")
    return whole_number(int(text), role)
