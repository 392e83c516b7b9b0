"""
Activations that are no polynomials, to be approximated: their names, values and kinks.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import arb

from neuroalg_sage.certificates.approximation.activations import Activation
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError


@dataclass(frozen=True)
class ContinuousActivation:
    """
    An activation that is continuous on the real line.

    - ``value`` -- its value at a ball of FLINT
    - ``kinks`` -- where it is not smooth
    - ``pieces`` -- the coefficients of its pieces between kinks, the constant first, and None for
      one that is no polynomial; empty if there are no kinks
    - ``data`` -- its kinks and pieces as certificates have them, if it has no name there

    EXAMPLES::

        >>> activation("silu").name, activation("Swish").name
        ('silu', 'silu')
        >>> activation("sign")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The activation sign is not continuous, so that no
        polynomial is near it on an interval around its jump; outside of a gap a composite is, as by
        --composite --gap 0.01.
    """

    name: str
    value: Callable[[Any], Any]
    kinks: tuple[Fraction, ...] = ()
    pieces: tuple[tuple[int | Fraction, ...] | None, ...] = ()
    data: Any = field(default=None, compare=False)

    def describe(self) -> dict[str, Any]:
        """As certificates have it."""
        return {"activation": self.name if self.data is None else self.data}

    def __str__(self) -> str:
        return self.name

    @property
    def polynomial(self) -> tuple[int | Fraction, ...] | None:
        """The coefficients, if it is a polynomial."""
        return self.pieces[0] if len(self.pieces) == 1 else None

    def linear_piece(self, low: Fraction, high: Fraction) -> tuple[int | Fraction, ...] | None:
        """The coefficients of the piece to which an interval belongs; None if there is none."""
        for i, piece in enumerate(self.pieces):
            if (i == 0 or self.kinks[i - 1] <= low) and (
                    i == len(self.kinks) or high <= self.kinks[i]):
                return piece
        return None


def _gelu(x: Any) -> Any:
    return x * (1 + (x / arb(2).sqrt()).erf()) / 2


def _sigmoid(x: Any) -> Any:
    return (1 + (x / 2).tanh()) / 2


ACTIVATIONS = {found.name: found for found in (
    ContinuousActivation("tanh", lambda x: x.tanh()),
    ContinuousActivation("sigmoid", _sigmoid),
    ContinuousActivation("gelu", _gelu),
    ContinuousActivation("softplus", lambda x: x.exp().log1p()),
    ContinuousActivation("silu", lambda x: x * _sigmoid(x)),
    ContinuousActivation("exp", lambda x: x.exp()),
    ContinuousActivation("erf", lambda x: x.erf()),
    ContinuousActivation("sin", lambda x: x.sin()),
    ContinuousActivation("cos", lambda x: x.cos()),
    ContinuousActivation("relu", lambda x: (x + abs(x)) / 2, (Fraction(0),), ((0,), (0, 1))),
    ContinuousActivation("abs", lambda x: abs(x), (Fraction(0),), ((0, -1), (0, 1))),
    ContinuousActivation("hard_tanh", lambda x: (abs(x + 1) - abs(x - 1)) / 2,
                         (Fraction(-1), Fraction(1)), ((-1,), (0, 1), (1,))))}
OTHER_NAMES = {"swish": "silu", "logistic": "sigmoid", "hardtanh": "hard_tanh",
               "absolute_value": "abs"}
WITH_POLES = ("tan", "cot", "log", "reciprocal", "inverse", "1/x")
DISCONTINUOUS = ("sign", "step", "heaviside", "floor", "round", "binary", "hardmax")


@dataclass(frozen=True)
class Target:
    """
    What a composite of polynomials is near: the sign, outside of a gap, or a function with a kink.

    - ``name`` -- ``"sign"``, ``"abs"`` or ``"relu"``
    """

    name: str

    def describe(self) -> dict[str, Any]:
        """As certificates have it."""
        return {"function": self.name}

    def __str__(self) -> str:
        return self.name


TARGETS = ("sign", "abs", "relu")


def target(name: Any) -> Target:
    """
    The function of a name, for composites.

    EXAMPLES::

        >>> str(target("ReLU"))
        'relu'
        >>> target("tanh")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: Composites are near sign, abs and relu, not near tanh,
        which polynomials approximate.
    """
    text = OTHER_NAMES.get(str(name).strip().lower(), str(name).strip().lower())
    if text in TARGETS:
        return Target(text)
    raise InputError(f"Composites are near sign, abs and relu, not near {activation(name)}, which "
                     "polynomials approximate.")


def activation_of_pieces(data: dict[str, Any], name: str = "a function of pieces"
                         ) -> ContinuousActivation:
    """
    The activation that kinks and pieces describe, as certificates have them.

    Raises :class:`~neuroalg_sage.errors.InputError` if they describe none.

    EXAMPLES::

        >>> leaky = activation_of_pieces({"kinks": ["0"], "pieces": [["0", "1/8"], ["0", "1"]]})
        >>> leaky.value(arb(-1)) == arb(-1) / 8, leaky.pieces
        (True, ((Fraction(0, 1), Fraction(1, 8)), (Fraction(0, 1), Fraction(1, 1))))
        >>> activation_of_pieces({"kinks": ["0"], "pieces": [["0"], ["1"]]})
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The activation is not described by kinks and pieces: The
        pieces are not shown to have one value at a kink.
    """
    try:
        rebuilt = Activation({"activation": data})
    except CertificateError as error:
        raise InputError(f"The activation is not described by kinks and pieces: {error}") from None
    pieces = tuple(None if callable(piece) else tuple(map(Fraction, given))
                   for piece, given in zip(rebuilt.pieces, data["pieces"]))
    return ContinuousActivation(
        name, lambda x: rebuilt.value(x.mid().fmpq()),
        tuple(Fraction(int(k.p), int(k.q)) for k in rebuilt.kinks),
        pieces if any(pieces) else (), data)


def activation(name: Any) -> ContinuousActivation:
    """
    The activation of a name.

    Raises :class:`~neuroalg_sage.errors.InputError` if it is not known, or not continuous.
    """
    if isinstance(name, ContinuousActivation):
        return name
    if isinstance(name, dict):
        return activation_of_pieces(name)
    text = str(name).strip().lower()
    text = OTHER_NAMES.get(text, text)
    if text in ACTIVATIONS:
        return ACTIVATIONS[text]
    if text in DISCONTINUOUS:
        raise InputError(f"The activation {text} is not continuous, so that no polynomial is near "
                         "it on an interval around its jump; " + (
                             "outside of a gap a composite is, as by --composite --gap 0.01."
                             if text == "sign" else "tanh with a steep slope is continuous."))
    if text in WITH_POLES:
        raise InputError(f"The activation {text} has a pole, so that nothing bounded is near it on "
                         "an interval around that; approximated are activations that are "
                         "continuous on the real line.")
    near = difflib.get_close_matches(text[:50], [*ACTIVATIONS, *OTHER_NAMES], 1)
    raise InputError(f"There is no activation {str(name)[:40]!r} to be approximated; " + (
        f"did you mean {near[0]} ?" if near else f"there is {', '.join(ACTIVATIONS)}."))
