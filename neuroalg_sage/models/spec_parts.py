"""
What the families share: activations between layers, and how a spec states them and options.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.activations import ACTIVATIONS
from neuroalg_sage.models.expressions import Polynomial, shown, write_polynomial
from neuroalg_sage.models.layers import (
    MAXIMAL_WIDTH,
    MOST_COEFFICIENTS,
    Activation,
    Layer,
    whole_number,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational_layers import RationalActivation
from neuroalg_sage.models.sage_input import lists, quotient_in, rational

MAXIMAL_LAYERS = 200

Value = TypeVar("Value")

LINEAR: Polynomial = {(1,): Fraction(1)}

ActivationLike = Any  # text, a dictionary of terms, or a polynomial or fraction of Sage or SymPy
ActivationFunction = Polynomial | RationalActivation


def activation_function(activation: ActivationLike) -> ActivationFunction:
    """The polynomial or quotient of an activation; raises InputError if it is a constant."""
    if not isinstance(activation, dict):
        try:
            quotient = quotient_in(activation, ["x"])
        except InputError as error:
            if str(activation).strip().lower() in ACTIVATIONS:
                raise InputError(
                    f"The activation {shown(activation)} is no polynomial; write one, such as "
                    "x^3-x/3. Near an mlp there is one with a proved distance: add --approximate 7 "
                    "--box 1 for polynomials of degree 7, and parameters and inputs from -1 to 1; "
                    "in Python see ContinuousNetwork.") from None
            raise InputError(f"The activation {shown(activation)} is not a polynomial in x such "
                             "as x^2 or x^3-x/2, or a quotient of such as x/(1+x^2). "
                             f"({error})") from None
        activation, below = quotient
        if any(e for (e,) in below):
            from neuroalg_sage.models.rational import in_lowest_terms

            activation, below = in_lowest_terms(quotient)
        if any(e for (e,) in below):
            return RationalActivation.of((activation, below))
        activation = {e: c / below[0,] for e, c in activation.items()}
    elif not all(isinstance(e, tuple) and len(e) == 1 for e in activation):
        raise InputError("A dictionary of an activation has tuples of one exponent as keys, as "
                         "{(2,): 1} for x^2.")
    activation = {(whole_number(e + 1, "exponent") - 1,): rational(c, "coefficient")
                  for (e,), c in activation.items()}
    if not any(e for (e,) in activation):
        raise InputError("The activation is constant; write a polynomial of degree at least 1, "
                         "such as x^2.")
    return activation


def activation_polynomial(activation: ActivationLike) -> Polynomial:
    """The polynomial of an activation; raises InputError unless its degree is at least 1."""
    function = activation_function(activation)
    if isinstance(function, RationalActivation):
        raise InputError(f"The activation {shown(activation)} is not a polynomial in x such as x^2 "
                         "or x^3-x/2; of families, mlp, cnn, glu, moe, tensor trains and "
                         "those on graphs, groups and sets may divide.")
    return function


def activation_layer(function: ActivationFunction) -> Layer:
    """The layer that applies a polynomial, or a quotient of such, to each entry."""
    return function if isinstance(function, RationalActivation) else (
        Activation.from_polynomial(function))


def between(layers: Sequence[Layer], activation: ActivationFunction) -> tuple[Layer, ...]:
    """The layers with the activation after each but the last; x is left out."""
    if activation == LINEAR:
        return tuple(layers)
    between = activation_layer(activation)
    return tuple(x for layer in layers for x in (layer, between))[:-1]


def activation_text(activation: ActivationFunction) -> str:
    """The activation as a spec writes it."""
    text = activation.text if isinstance(activation, RationalActivation) else write_polynomial(
        activation, ["x"])
    return text.replace(" ", "")


def suffix(activation: ActivationFunction) -> str:
    """The activation at the end of a spec."""
    return "" if activation == LINEAR else f":{activation_text(activation)}"


def check_depth(layers: int) -> None:
    """Refuse a model with too many layers."""
    if layers > MAXIMAL_LAYERS:
        raise InputError(f"The model has {layers} layers; the most allowed is {MAXIMAL_LAYERS}.")


def sequence(given: Any, role: str) -> Sequence[Any]:
    """What is given as a list; raises InputError if it is none."""
    values = lists(given)
    if not isinstance(values, (list, tuple, range)):
        raise InputError(f"The {role} is given in a list, such as [1, 2, 1], not as "
                         f"{shown(given)}.")
    return values


def numbers(given: Any, role: str) -> list[int]:
    """
    Whole numbers from 1 on, given as a sequence.

    EXAMPLES::

        >>> numbers((1, 2), "width")
        [1, 2]
    """
    return [whole_number(n, role) for n in sequence(given, role)]


def check_degree(degree: int) -> int:
    """Refuse a degree of polynomials that is too large."""
    if degree >= MOST_COEFFICIENTS:
        raise InputError(f"The degree is {degree}; the most allowed is {MOST_COEFFICIENTS - 1}.")
    return degree


def one_of(word: Any, table: Mapping[str, Value], role: str) -> Value:
    """What a table has under a word; raises InputError if that is nothing."""
    if not isinstance(word, str) or word not in table:
        raise InputError(f"The {role} is {', '.join(table)}, not {shown(word)}.")
    return table[word]


def truth(given: Any, role: str) -> bool:
    """True or False; raises InputError for anything else."""
    if not isinstance(given, bool):
        raise InputError(f"The option {role} is true or false, not {shown(given)}.")
    return given


def read_number(text: str, role: str) -> int:
    """A whole number from 1 on, as a spec writes it."""
    if not re.fullmatch(r"[0-9]{1,12}", text.strip(), re.ASCII):
        raise InputError(f"The {role} {shown(text)} is not a whole number from 1 to "
                         f"{MAXIMAL_WIDTH}.")
    return whole_number(int(text), role)


def number(role: str) -> Callable[[str], int]:
    """What reads a whole number from 1 on."""
    return lambda text: read_number(text, role)


def read_numbers(role: str) -> Callable[[str], list[int]]:
    """What reads whole numbers from 1 on, such as 1x2x1."""
    return lambda text: [read_number(part, role) for part in text.split("x")]


def read_lists(role: str) -> Callable[[str], list[list[int]]]:
    """What reads lists of whole numbers from 1 on, such as 2x2-3x2."""
    return lambda text: [read_numbers(role)(part) for part in text.split("-")]


def flag(word: str) -> Callable[[str], bool]:
    """What reads an option that is this one word."""
    def read(text: str) -> bool:
        if text != word:
            raise InputError(f"The option is {shown(word)}, not {shown(text)}.")
        return True
    return read


def spec_of(family: str, options: Mapping[str, Any]) -> str:
    """
    The spec with these options; those that are None are left out.

    EXAMPLES::

        >>> spec_of("ssm", {"state": 2, "steps": 5, "inputs": None})
        'ssm:state=2,steps=5'
    """
    return f"{family}:" + ",".join(f"{name}={value}" for name, value in options.items()
                                   if value is not None)


# From an option's name in a spec: the argument of the family's function, and what reads it.
Options = Mapping[str, tuple[str, Callable[[str], Any]]]


@dataclass(frozen=True)
class Spec:
    """
    A family whose specs are options, and perhaps an activation, as in ``gnn:graph=C4,...:x^2``.

    - ``make`` -- the function that makes the model
    - ``example`` -- a spec of the family
    - ``options`` -- its options
    - ``required`` -- the arguments without which there is no model
    - ``has_activation`` -- whether an activation may follow
    """

    make: Callable[..., Model]
    example: str
    options: Options
    required: tuple[str, ...] = ()
    has_activation: bool = True

    def read(self, family: str, fields: Sequence[str]) -> Model:
        """The model of a spec, given what colons separate after the family's name."""
        if len(fields) > 1 + self.has_activation:
            kinds = "options and one activation" if self.has_activation else "options alone"
            raise InputError(f"{family} has {kinds}, as in {self.example}.")
        arguments: dict[str, Any] = {}
        for part in fields[0].split(","):
            name, equals, text = (word.strip() for word in part.partition("="))
            if not equals or name not in self.options:
                raise InputError(f"{shown(part)} is not an option of {family}; it has "
                                 f"{', '.join(self.options)}, as in {self.example}.")
            argument, convert = self.options[name]
            if argument in arguments:
                raise InputError(f"{family} has its {argument} stated twice; write {self.example}, "
                                 "each option once.")
            arguments[argument] = convert(text)
        if missing := [name for name in self.required if name not in arguments]:
            raise InputError(f"{family} lacks {' and '.join(missing)}; write {self.example}.")
        if len(fields) > 1:
            arguments["activation"] = fields[1]
        return self.make(**arguments)
