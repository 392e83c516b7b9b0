"""
Families of models and the spec strings that name them.

    mlp:2,2,3:x^2            widths, activation; options follow, joined by ':'
    mlp:2,2,3:x^2+x:bias
    linear:3,2,3             dense layers without activation
    cnn:3s2,2:x^2:out=1      one-dimensional filters, s = stride
    attention:d=2,a=1,out=2,t=3,layers=1
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import (
    Polynomial,
    _shown,
    parse_polynomial,
    write_polynomial,
)
from neuroalg_sage.models.layers import (
    MAXIMAL_WIDTH,
    Activation,
    Attention,
    Convolution,
    Dense,
    Layer,
    whole_number,
)
from neuroalg_sage.models.model import Model

MAXIMAL_LAYERS = 200

LINEAR: Polynomial = {(1,): Fraction(1)}

ActivationLike = str | Polynomial


def _polynomial(activation: ActivationLike) -> Polynomial:
    if isinstance(activation, str):
        try:
            activation = parse_polynomial(activation, ["x"])
        except InputError as error:
            raise InputError(f"The activation {_shown(activation)} is not a polynomial in x such "
                             f"as x^2 or x^3-x/2. ({error})") from None
    if not any(e for (e,) in activation):
        raise InputError("The activation is constant; write a polynomial of degree at least 1, "
                         "such as x^2.")
    return activation


def _between(layers: Sequence[Layer], activation: Polynomial) -> tuple[Layer, ...]:
    """The layers with the activation after each but the last; x is left out."""
    if activation == LINEAR:
        return tuple(layers)
    between = Activation.from_polynomial(activation)
    return tuple(x for layer in layers for x in (layer, between))[:-1]


def _suffix(activation: Polynomial) -> str:
    if activation == LINEAR:
        return ""
    return ":" + write_polynomial(activation, ["x"]).replace(" ", "")


def MLP(widths: Sequence[int], activation: ActivationLike = "x", bias: bool = False) -> Model:
    """
    The fully connected network with these widths.

    INPUT:

    - ``widths`` -- at least two positive integers: inputs, hidden units, outputs
    - ``activation`` -- polynomial in ``x`` (text or dictionary), applied after
      every layer but the last
    - ``bias`` -- whether the layers are affine

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` for other input.

    EXAMPLES::

        >>> model = MLP([2, 2, 3], "x^2")
        >>> model.spec, model.parameter_count, model.ambient_dimension
        ('mlp:2,2,3:x^2', 10, 9)
    """
    polynomial = _polynomial(activation)
    checked = [whole_number(w, "width") for w in widths]
    if len(checked) < 2:
        raise InputError("A network needs at least two widths, inputs and outputs, as in "
                         "mlp:2,3:x^2.")
    _check_depth(len(checked) - 1)
    layers = [Dense(a, b, bias) for a, b in zip(checked, checked[1:])]
    spec = ("linear:" if polynomial == LINEAR and not bias else "mlp:") + ",".join(
        map(str, checked)) + _suffix(polynomial) + (":bias" if bias else "")
    return Model(_between(layers, polynomial), (checked[0],), spec)


def LinearNetwork(widths: Sequence[int]) -> Model:
    """
    The linear network with these widths: products of matrices.

    EXAMPLES::

        >>> LinearNetwork([3, 2, 3]).spec
        'linear:3,2,3'
    """
    return MLP(widths)


def CNN(filters: Sequence[int | tuple[int, int]], activation: ActivationLike = "x",
        outputs: int = 1) -> Model:
    """
    The one-dimensional convolutional network with these filters and one channel.

    INPUT:

    - ``filters`` -- sequence of sizes, or pairs (size, stride)
    - ``activation`` -- polynomial in ``x``, applied after every layer but the last
    - ``outputs`` -- the length of the output; it fixes the length of the input

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = CNN([(3, 2), 2], "x^2")
        >>> model.spec, model.input_shape
        ('cnn:3s2,2:x^2', (5,))
    """
    polynomial = _polynomial(activation)
    pairs = [f if isinstance(f, tuple) else (f, 1) for f in filters]
    if not pairs:
        raise InputError("A convolutional network needs at least one filter, as in cnn:3,2:x^2.")
    _check_depth(len(pairs))
    layers = [Convolution(whole_number(size, "filter size"), whole_number(stride, "stride"))
              for size, stride in pairs]
    length = whole_number(outputs, "output length")
    for layer in reversed(layers):
        length = layer.input_length(length)
        if length > MAXIMAL_WIDTH:
            raise InputError(f"The network's input has over {MAXIMAL_WIDTH} entries, the most "
                             "allowed.")
    spec = "cnn:" + ",".join(f"{x.size}" + (f"s{x.stride}" if x.stride > 1 else "")
                             for x in layers)
    spec += _suffix(polynomial) + (f":out={outputs}" if outputs > 1 else "")
    return Model(_between(layers, polynomial), (length,), spec)


def LightningAttention(d: int, a: int, out: int, t: int, layers: int = 1) -> Model:
    """
    Lightning self-attention: attention without softmax.

    INPUT:

    - ``d`` -- entries of a token
    - ``a`` -- width of the head
    - ``out`` -- entries of an output token
    - ``t`` -- number of tokens
    - ``layers`` -- number of layers; all but the last keep ``d`` entries

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = LightningAttention(d=2, a=1, out=2, t=2)
        >>> model.parameter_count, model.ambient_dimension
        (8, 80)
    """
    for name, value in (("d", d), ("a", a), ("out", out), ("t", t), ("layers", layers)):
        whole_number(value, name)
    _check_depth(layers)
    stack = [Attention(d, a, d) for _ in range(layers - 1)] + [Attention(d, a, out)]
    spec = f"attention:d={d},a={a},out={out},t={t}" + (f",layers={layers}" if layers > 1 else "")
    return Model(tuple(stack), (d, t), spec)


def _check_depth(layers: int) -> None:
    if layers > MAXIMAL_LAYERS:
        raise InputError(f"The model has {layers} layers; the most allowed is {MAXIMAL_LAYERS}.")


def _number(text: str, role: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text.strip(), re.ASCII):
        raise InputError(f"The {role} {_shown(text)} is not a whole number from 1 to "
                         f"{MAXIMAL_WIDTH}.")
    return whole_number(int(text), role)


def _numbers(text: str, role: str) -> list[int]:
    if not text.strip():
        raise InputError(f"The list of {role}s is empty; write them as in mlp:2,2,3:x^2.")
    return [_number(part, role) for part in text.split(",")]


def _read_mlp(family: str, fields: list[str]) -> Model:
    bias = "bias" in fields[1:]
    rest = [f for f in fields[1:] if f != "bias"]
    if len(rest) > 1 or (family == "linear" and fields[1:]):
        extra = (rest[1:] or fields[1:])[0]
        raise InputError(f"The option {_shown(extra)} of {family} is not known; "
                         + ("linear takes widths alone, as in linear:3,2,3."
                            if family == "linear" else "write mlp:2,2,3:x^2 or "
                            "mlp:2,2,3:x^2+x:bias."))
    return MLP(_numbers(fields[0], "width"), rest[0] if rest else "x", bias)


def _read_cnn(family: str, fields: list[str]) -> Model:
    activation: str | None = None
    outputs = 1
    for option in fields[1:]:
        if option.startswith("out="):
            outputs = _number(option[4:], "output length")
        elif activation is None:
            activation = option
        else:
            raise InputError(f"The option {_shown(option)} of cnn is not known; write cnn:3,2:x^2 "
                             "or cnn:3s2,2:x^2:out=2.")
    filters = []
    for part in fields[0].split(","):
        match = re.fullmatch(r"\s*([0-9]+)\s*(?:s\s*([0-9]+))?\s*", part, re.ASCII)
        if match is None:
            raise InputError(f"The filter {_shown(part)} is not a size such as 3, or a size with "
                             "its stride such as 3s2.")
        filters.append((_number(match[1], "filter size"),
                        _number(match[2], "stride") if match[2] else 1))
    return CNN(filters, activation or "x", outputs)


def _read_attention(family: str, fields: list[str]) -> Model:
    values: dict[str, int] = {}
    known = ("d", "a", "out", "t", "layers")
    for part in ",".join(fields).split(","):
        name, equals, number = part.partition("=")
        name = name.strip()
        if not equals or name not in known or name in values:
            raise InputError(f"{_shown(part)} is not an option of attention; write "
                             "attention:d=2,a=1,out=2,t=3, each option once.")
        values[name] = _number(number, name)
    missing = [name for name in known[:4] if name not in values]
    if missing:
        raise InputError(f"attention lacks {', '.join(missing)}; write "
                         "attention:d=2,a=1,out=2,t=3.")
    return LightningAttention(**values)


FAMILIES: dict[str, tuple[Callable[[str, list[str]], Model], str]] = {
    "mlp": (_read_mlp, "mlp:2,2,3:x^2"),
    "linear": (_read_mlp, "linear:3,2,3"),
    "cnn": (_read_cnn, "cnn:3,2:x^2"),
    "attention": (_read_attention, "attention:d=2,a=1,out=2,t=3"),
}


def parse_spec(spec: str) -> Model:
    """
    Return the model that a spec string names.

    INPUT:

    - ``spec`` -- string ``family:sizes:options``

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` with one sentence and the
    nearest right spec if the string names no model.

    EXAMPLES::

        >>> parse_spec("mlp:2,2,3:x^2").output_count
        3
        >>> parse_spec("mpl:2,2,3:x^2")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: There is no family 'mpl'; did you mean mlp:2,2,3:x^2 ?
    """
    if not isinstance(spec, str) or len(spec) > 5000:
        raise InputError("A spec is a string of at most 5000 characters such as mlp:2,2,3:x^2.")
    family, colon, rest = spec.strip().partition(":")
    family = family.strip()
    if family not in FAMILIES:
        nearest = difflib.get_close_matches(family[:50].lower(), FAMILIES, 1, 0.4)
        hint = f"did you mean {FAMILIES[nearest[0]][1]} ?" if nearest else (
            "the families are " + ", ".join(FAMILIES) + ", as in mlp:2,2,3:x^2.")
        raise InputError(f"There is no family {_shown(family)}; {hint}")
    read, example = FAMILIES[family]
    if not colon or not rest.strip():
        raise InputError(f"The spec {_shown(spec)} states no sizes; write one such as {example}.")
    return read(family, [part.strip() for part in rest.split(":")])
