"""
Families of models and the spec strings that name them.

    mlp:2,2,3:x^2            widths, activation; options follow, joined by ':'
    mlp:2,2,3:x^2+x:bias
    mlp:2,2,1:x/(1+x^2)      an activation that divides
    mlp:3,2,1:x^2:norm=rms   inputs that are normalized
    linear:3,2,3             dense layers without activation
    cnn:3s2,2:x^2:out=1      one-dimensional filters, s = stride
    cnn:3x3c4,2x2:x^2:in=3   two-dimensional filters, c = channels
    attention:d=2,a=1,out=2,t=3,layers=1,heads=1
    transformer:d=2,a=1,t=2,hidden=2:x^2     attention and a network on each token, with skips
    resnet:width=2,hidden=3,blocks=2:x^2     a state, and what blocks add to it
    ssm:state=2,steps=5      linear state space; selective=1: matrices depend on the input
    rnn:state=2,steps=3:x^2  recurrence with an activation
    glu:widths=2x3x1         gated linear units
    moe:inputs=2,outputs=1,experts=2,hidden=3:x^2    experts times gates
    autoencoder:widths=4x2,tied=1
    lora:widths=4x4,rank=1   frozen matrices, plus matrices of bounded rank
    gnn:graph=C4,channels=1x2x1:x^2   graph convolutions
    gcnn:group=S3,layers=3:x^2        group convolutions
    sets:points=4,channels=1x2x1:x^2  layers that commute with permutations
    gin:graph=C4,channels=1x2x1,epsilon=learned:x^2    graph isomorphism network
    mpnn:graph=C4,channels=1x2x1:x^2  messages that depend on both ends of an edge
    bispectral:group=Z4,channels=1x2:x^2  convolutions, then triple correlations
    powersums:points=3,degree=3,widths=2x1:x^2  dense layers behind power sums
    pinet:inputs=2,rank=2,degree=3    polynomial network
    kan:widths=2x3x1,degree=3         Kolmogorov-Arnold network, polynomials on edges
    spn:variables=4,values=2,sums=2   sum-product network
    tt:modes=2x2x2-2x1x2,ranks=2      layers as tensor trains; also cp and tucker
    relu:2,3,1:bias          ReLU network, one activation pattern for each path
    relu:2,3,1:cell=110,011  ReLU network where inputs have these activation patterns
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from math import prod
from typing import Any, NamedTuple

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import (
    MAXIMAL_WIDTH,
    Convolution,
    Dense,
    whole_number,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.relu import read_patterns, relu_on_cell
from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.models.spec_parts import (
    LINEAR,
    ActivationLike,
    Spec,
    activation_function,
    between,
    check_depth,
    numbers,
    read_number,
    sequence,
    suffix,
)

_FILTER = re.compile(
    r"\s*([0-9]+(?:x[0-9]+)*)(?:c([0-9]+))?(?:s([0-9]+(?:x[0-9]+)*))?\s*", re.ASCII)


@suggesting
def MLP(widths: Sequence[int], activation: ActivationLike = "x", bias: bool = False,
        norm: str | None = None, epsilon: Any = 0) -> Model:
    """
    The fully connected network with these widths.

    INPUT:

    - ``widths`` -- at least two positive integers: inputs, hidden units, outputs
    - ``activation`` -- polynomial in ``x`` (text or dictionary), or a quotient of such, applied
      after every layer but the last
    - ``bias`` -- whether the layers are affine
    - ``norm``, ``epsilon`` -- how the inputs are normalized, if they are; see
      :func:`~neuroalg_sage.models.normalizations.normalization`

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` for other input.

    EXAMPLES::

        >>> model = MLP([2, 2, 3], "x^2")
        >>> model.spec, model.parameter_count, model.ambient_dimension
        ('mlp:2,2,3:x^2', 10, 9)
    """
    polynomial = activation_function(activation)
    checked = numbers(widths, "width")
    if len(checked) < 2:
        raise InputError("A network needs at least two widths, inputs and outputs, as in "
                         "mlp:2,3:x^2.")
    check_depth(len(checked) - 1)
    layers = between([Dense(a, b, bias) for a, b in zip(checked, checked[1:])], polynomial)
    is_linear = polynomial == LINEAR and not bias and norm is None
    spec = ("linear:" if is_linear else "mlp:") + ",".join(map(str, checked)) + suffix(
        polynomial) + (":bias" if bias else "")
    if norm is not None:
        from neuroalg_sage.models.normalizations import normalization

        layers = (normalization(checked[0], norm, epsilon), *layers)
        small = rational(epsilon, "epsilon")
        spec += f":norm={norm}" + (f":epsilon={decimal(small)}" if small else "")
    return Model(layers, (checked[0],), spec)


@suggesting
def LinearNetwork(widths: Sequence[int]) -> Model:
    """
    The linear network with these widths: products of matrices.

    EXAMPLES::

        >>> LinearNetwork([3, 2, 3]).spec
        'linear:3,2,3'
    """
    return MLP(widths)


@suggesting
def CNN(filters: Sequence[int | tuple[int, int] | Convolution], activation: ActivationLike = "x",
        outputs: int = 1) -> Model:
    """
    The convolutional network with these filters.

    INPUT:

    - ``filters`` -- sequence of sizes, or pairs (size, stride), for one dimension and one
      channel; or :class:`~neuroalg_sage.models.layers.Convolution` layers
    - ``activation`` -- polynomial in ``x``, applied after every layer but the last
    - ``outputs`` -- the extent of the output on each axis; it fixes that of the input

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = CNN([(3, 2), 2], "x^2")
        >>> model.spec, model.input_shape
        ('cnn:3s2,2:x^2', (5,))
    """
    polynomial = activation_function(activation)
    layers = [f if isinstance(f, Convolution) else Convolution(*(f if isinstance(f, tuple)
                                                                 else (f,)))
              for f in sequence(filters, "filters")]
    if not layers:
        raise InputError("A convolutional network needs at least one filter, as in cnn:3,2:x^2.")
    check_depth(len(layers))
    axes = len(layers[0].size)  # type: ignore[arg-type]
    if any(len(layer.size) != axes for layer in layers):  # type: ignore[arg-type]
        raise InputError("The filters of a convolutional network must have the same number of "
                         "axes, as in cnn:3x3,2x2:x^2.")
    space: tuple[int, ...] = (whole_number(outputs, "output length"),) * axes
    for layer in reversed(layers):
        space = layer.input_space(space)
    channels = layers[0].channels[0]
    if channels * prod(space) > MAXIMAL_WIDTH:
        raise InputError(f"The network's input has over {MAXIMAL_WIDTH} entries, the most "
                         "allowed.")
    spec = "cnn:" + ",".join(map(_filter_text, layers)) + suffix(polynomial)
    spec += (f":in={channels}" if channels > 1 else "") + (f":out={outputs}" if outputs > 1
                                                           else "")
    shape = (channels, *space) if channels > 1 else space
    return Model(between(layers, polynomial), shape, spec)


def _filter_text(layer: Convolution) -> str:
    size, stride, made = layer.size, layer.stride, layer.channels[1]
    assert isinstance(size, tuple) and isinstance(stride, tuple)
    strides = stride[:1] if len(set(stride)) == 1 else stride
    return ("x".join(map(str, size)) + (f"c{made}" if made > 1 else "")
            + (f"s{'x'.join(map(str, strides))}" if strides != (1,) else ""))


def _numbers(text: str, role: str) -> list[int]:
    if not text.strip():
        raise InputError(f"The list of {role}s is empty; write them as in mlp:2,2,3:x^2.")
    return [read_number(part, role) for part in text.split(",")]


def _read_mlp(family: str, fields: list[str]) -> Model:
    bias = "bias" in fields[1:]
    options = dict(f.split("=", 1) for f in fields[1:] if f.startswith(("norm=", "epsilon=")))
    rest = [f for f in fields[1:] if f != "bias" and f.partition("=")[0] not in options]
    if "epsilon" in options and "norm" not in options:
        raise InputError("An epsilon belongs to a normalization, as in mlp:2,2:norm=rms:"
                         "epsilon=1/100.")
    if len(rest) > 1 or (family == "linear" and fields[1:]):
        extra = (rest[1:] or fields[1:])[0]
        raise InputError(f"The option {shown(extra)} of {family} is not known; "
                         + ("linear takes widths alone, as in linear:3,2,3."
                            if family == "linear" else "write mlp:2,2,3:x^2 or "
                            "mlp:2,2,3:x^2+x:bias."))
    return MLP(_numbers(fields[0], "width"), rest[0] if rest else "x", bias, **options)


def _read_cnn(family: str, fields: list[str]) -> Model:
    activation: str | None = None
    extents: dict[str, int] = {}
    for option in fields[1:]:
        name, equals, number = option.partition("=")
        if equals and name in ("in", "out") and name not in extents:
            extents[name] = read_number(number, {"in": "number of channels",
                                             "out": "output length"}[name])
        elif activation is None:
            activation = option
        else:
            raise InputError(f"The option {shown(option)} of cnn is not known; write cnn:3,2:x^2 "
                             "or cnn:3s2,2:x^2:out=2, each option once.")
    filters: list[int | tuple[int, int] | Convolution] = []
    channels = extents.get("in", 1)
    for part in fields[0].split(","):
        match = _FILTER.fullmatch(part)
        if match is None:
            raise InputError(f"The filter {shown(part)} is not a size such as 3 or 3x3, with "
                             "channels such as 3c4 and a stride such as 3s2 if need be.")
        size, stride = ([read_number(k, role) for k in text.split("x")] for text, role in
                        ((match[1], "filter size"), (match[3] or "1", "stride")))
        if len(stride) not in (1, len(size)):
            raise InputError(f"The filter {shown(part)} needs one stride, or one for each axis.")
        made = read_number(match[2], "number of channels") if match[2] else 1
        filters.append(Convolution(tuple(size), tuple(stride), (channels, made)))
        channels = made
    return CNN(filters, activation or "x", extents.get("out", 1))


def _read_relu(family: str, fields: list[str]) -> Model:
    patterns, bias = None, False
    for option in fields[1:]:
        name, equals, text = (part.strip() for part in option.partition("="))
        if option == "bias" and not bias:
            bias = True
        elif name == "cell" and equals and patterns is None:
            patterns = read_patterns(text.replace(" ", ""))
        else:
            raise InputError(f"The option {shown(option)} of relu is not known; write relu:2,3,1, "
                             "relu:2,3,1:bias or relu:2,3,1:cell=110,011, each option once.")
    widths = _numbers(fields[0], "width")
    check_depth(len(widths) - 1)
    return relu_on_cell(widths, patterns, bias)


def _in(module: str) -> Callable[[str, list[str]], Model]:
    """What reads the specs of a module, which is imported where one is read."""
    def read(family: str, fields: list[str]) -> Model:
        specs: dict[str, Spec] = import_module(f"neuroalg_sage.models.{module}").SPECS
        return specs[family].read(family, fields)
    return read


class Family(NamedTuple):
    """
    A family of models.

    - ``read`` -- makes the model of a spec, given the family and what colons separate after it
    - ``example`` -- a spec
    - ``also`` -- other names that the family may have in a spec, in small letters and digits
    """

    read: Callable[[str, list[str]], Model]
    example: str
    also: tuple[str, ...] = ()


FAMILIES: dict[str, Family] = {
    "mlp": Family(_read_mlp, "mlp:2,2,3:x^2",
                  ("fnn", "dnn", "ffn", "perceptron", "dense", "feedforward")),
    "linear": Family(_read_mlp, "linear:3,2,3", ("dln",)),
    "cnn": Family(_read_cnn, "cnn:3,2:x^2", ("conv", "convnet")),
    "attention": Family(_in("transformers"), "attention:d=2,a=1,out=2,t=3",
                        ("lightning", "selfattention", "mha")),
    "transformer": Family(_in("transformers"), "transformer:d=2,a=1,t=2,hidden=2:x^2",
                          ("transformers",)),
    "resnet": Family(_in("residual_networks"), "resnet:width=2,hidden=3,blocks=2:x^2",
                     ("residual", "skip")),
    "glu": Family(_in("gated_networks"), "glu:widths=2x3x1", ("bilinear",)),
    "moe": Family(_in("gated_networks"), "moe:inputs=2,outputs=1,experts=2,hidden=3:x^2",
                  ("experts", "mixture")),
    "autoencoder": Family(_in("matrix_products"), "autoencoder:widths=4x2,tied=1", ("ae",)),
    "lora": Family(_in("matrix_products"), "lora:widths=4x4,rank=1", ("adapter",)),
    "ssm": Family(_in("recurrences"), "ssm:state=2,steps=5", ("s4", "s5", "lds", "statespace")),
    "rnn": Family(_in("recurrences"), "rnn:state=2,steps=3:x^2", ("recurrent", "elman")),
    "relu": Family(_read_relu, "relu:2,3,1"),
    "gnn": Family(_in("networks_over_places"), "gnn:graph=C4,channels=1x2x1:x^2",
                  ("graph", "graphconv")),
    "gcnn": Family(_in("networks_over_places"), "gcnn:group=S3,layers=2:x^2", ("groupconv",)),
    "sets": Family(_in("networks_over_places"), "sets:points=4,channels=1x2x1:x^2",
                   ("set", "deepset", "deepsets")),
    "gin": Family(_in("message_passing"), "gin:graph=C4,channels=1x2x1,epsilon=learned:x^2",
                  ("graphisomorphism",)),
    "mpnn": Family(_in("message_passing"), "mpnn:graph=C4,channels=1x2x1,messages=2:x^2",
                   ("messagepassing",)),
    "bispectral": Family(_in("invariant_networks"), "bispectral:group=Z4,channels=1x2:x^2",
                         ("bispectrum", "triplecorrelation")),
    "powersums": Family(_in("invariant_networks"), "powersums:points=3,degree=3,widths=2x1:x^2",
                        ("powersum",)),
    "pinet": Family(_in("polynomial_networks"), "pinet:inputs=2,rank=2,degree=3",
                    ("pinets", "polynet", "polynomial", "prodpoly")),
    "kan": Family(_in("polynomial_networks"), "kan:widths=2x3x1,degree=3",
                  ("kolmogorovarnold", "kans")),
    "spn": Family(_in("sum_product_networks"), "spn:variables=4,values=2,sums=2",
                  ("sumproduct", "circuit")),
    "tt": Family(_in("tensor_networks"), "tt:modes=2x2x2-2x1x2,ranks=2",
                 ("tensortrain", "matrixproduct")),
    "cp": Family(_in("tensor_networks"), "cp:modes=2x2x2-2x1x2,ranks=2", ("canonicalpolyadic",)),
    "tucker": Family(_in("tensor_networks"), "tucker:modes=2x2x2-2x1x2,ranks=2"),
}


def family_named(word: str) -> str | None:
    """
    The family of this name, its own or another one; None if there is none.

    EXAMPLES::

        >>> family_named("convnet"), family_named("lstm")
        ('cnn', None)
    """
    if word in FAMILIES:
        return word
    return next((name for name, family in FAMILIES.items() if word in family.also), None)


def _no_family(word: str) -> str:
    """What is said of a name that no family has, with a spec that may be meant."""
    # Names are right, as a rule.
    from difflib import get_close_matches

    from neuroalg_sage.models.family_names import ELSEWHERE, known_elsewhere, plain

    sentence = f"There is no family {shown(word)}; "
    names = {name: family.example for own, family in FAMILIES.items()
             for name in (own, *family.also)}
    elsewhere = known_elsewhere(word)
    if elsewhere is None:
        others = (name for entry in ELSEWHERE for name in entry.names)
        near = get_close_matches(plain(word), [*names, *others], 1, 0.65)
        if near and near[0] in names:
            return f"{sentence}did you mean {names[near[0]]} ?"
        elsewhere = known_elsewhere(near[0]) if near else None
    if elsewhere is not None:
        return f"{sentence}{elsewhere.why}, as in {elsewhere.example}."
    return f"{sentence}the families are {', '.join(FAMILIES)}, as in mlp:2,2,3:x^2."


def parse_spec(spec: str) -> Model:
    """
    Return the model that a spec string names.

    INPUT:

    - ``spec`` -- string ``family:sizes:options``; the family may have one of its other names, as
      in ``convnet:3,2:x^2``

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
    word = family.strip()
    name = family_named(word)
    if name is None:
        raise InputError(_no_family(word))
    found = FAMILIES[name]
    if not colon or not rest.strip():
        raise InputError(f"The spec {shown(spec)} states no sizes; write one such as "
                         f"{found.example}.")
    return found.read(name, [part.strip() for part in rest.split(":")])
