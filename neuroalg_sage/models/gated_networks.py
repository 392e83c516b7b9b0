"""
Products of layers: gated linear units, and mixtures of experts.

    glu:widths=2x3x1
    glu:widths=2x3x1,bias=1,last=gated:x^2
    moe:inputs=2,outputs=1,experts=2
    moe:inputs=2,outputs=1,experts=2,hidden=3,gate=x^2:x^2
    moe:inputs=2,outputs=1,experts=2,normalized=1    gates divided by their sum
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import FixedMap
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Chain, Dense, Layer, Product, Sum, whole_number
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.normalizations import mixture
from neuroalg_sage.models.spec_parts import (
    LINEAR,
    ActivationFunction,
    ActivationLike,
    Spec,
    activation_function,
    activation_layer,
    activation_text,
    check_depth,
    flag,
    number,
    numbers,
    read_numbers,
    spec_of,
    suffix,
    truth,
)

LAST = ("dense", "gated")


def _after(layer: Layer, function: ActivationFunction, *more: Layer) -> Layer:
    """A layer with an activation after it, and perhaps more layers."""
    active = () if function == LINEAR else (activation_layer(function),)
    layers = (layer, *active, *more)
    return layers[0] if len(layers) == 1 else Chain(layers)


@suggesting
def GatedNetwork(widths: Sequence[int], activation: ActivationLike = "x", bias: bool = False,
                 last: str = "dense") -> Model:
    """
    The network of gated linear units: a hidden layer is (U x) * σ(V x), entry by entry.

    INPUT:

    - ``widths`` -- at least two positive integers: inputs, hidden units, outputs
    - ``activation`` -- the polynomial σ in ``x``; without it the layers are bilinear
    - ``bias`` -- whether the layers are affine
    - ``last`` -- ``"dense"`` or ``"gated"``, which is what the last layer is

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = GatedNetwork([2, 3, 1])
        >>> model.spec, model.parameter_count, model.degree_pattern
        ('glu:widths=2x3x1', 15, ((2,),))

    REFERENCES: [DFAG2017]_, [Sha2020]_
    """
    function = activation_function(activation)
    checked = numbers(widths, "width")
    if len(checked) < 2:
        raise InputError("A network needs at least two widths, inputs and outputs, as in "
                         "glu:widths=2x3x1.")
    check_depth(len(checked) - 1)
    if last not in LAST:
        raise InputError(f"The last layer is {' or '.join(LAST)}, not {shown(last)}.")
    layers: list[Layer] = [Product((Dense(a, b, bias), _after(Dense(a, b, bias), function)))
                           for a, b in pairwise(checked)]
    if last == "dense":
        layers[-1] = Dense(checked[-2], checked[-1], bias)
    return Model(tuple(layers), (checked[0],), spec_of("glu", {
        "widths": "x".join(map(str, checked)), "bias": 1 if bias else None,
        "last": last if last != "dense" else None}) + suffix(function))


@suggesting
def MixtureOfExperts(inputs: int, outputs: int, experts: int, hidden: int | None = None,
                     activation: ActivationLike = "x", gate: ActivationLike = "x",
                     bias: bool = False, normalized: bool = False) -> Model:
    """
    The mixture of experts: the sum of γ(g_i x) E_i(x), each expert times its gate.

    INPUT:

    - ``inputs``, ``outputs`` -- positive integers
    - ``experts`` -- positive integer, how many there are
    - ``hidden`` -- the width of the hidden layer of an expert E_i; without it experts are linear
    - ``activation`` -- the polynomial in ``x`` after the hidden layer
    - ``gate`` -- the polynomial γ in ``x``; without it gates are linear
    - ``bias`` -- whether gates and the layers of experts are affine
    - ``normalized`` -- whether the gates are divided by their sum, so that they are rational

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = MixtureOfExperts(2, 1, 2, hidden=3, activation="x^2")
        >>> model.spec, model.parameter_count, model.degree_pattern
        ('moe:inputs=2,outputs=1,experts=2,hidden=3:x^2', 22, ((3,),))

    REFERENCES: [JJNH1991]_
    """
    d, made, count = (whole_number(v, role) for v, role in (
        (inputs, "number of inputs"), (outputs, "number of outputs"),
        (experts, "number of experts")))
    check_depth(count)
    normalized = truth(normalized, "normalized")
    function, opens = activation_function(activation), activation_function(gate)
    if hidden is None and function != LINEAR:
        raise InputError("Experts with an activation have a hidden layer, as in "
                         "moe:inputs=2,outputs=1,experts=2,hidden=3:x^2.")
    expert: Layer = Dense(d, made, bias)
    if hidden is not None:
        expert = _after(Dense(d, hidden, bias), function, Dense(hidden, made, bias))
    spread = (FixedMap.selecting((1,), [0] * made, (made,)),) if made > 1 else ()
    chosen = Product((_after(Dense(d, 1, bias), opens, *spread), expert))
    layer: Layer = Sum((chosen,) * count) if count > 1 else chosen
    if normalized:
        layer = mixture([expert] * count, _after(Dense(d, count, bias), opens), d)
    text = None if opens == LINEAR else activation_text(opens)
    return Model((layer,), (d,), spec_of("moe", {
        "inputs": d, "outputs": made, "experts": count, "hidden": hidden, "gate": text,
        "bias": 1 if bias else None, "normalized": 1 if normalized else None}) + suffix(function))


SPECS: dict[str, Spec] = {
    "glu": Spec(GatedNetwork, "glu:widths=2x3x1", {
        "widths": ("widths", read_numbers("width")), "bias": ("bias", flag("1")),
        "last": ("last", str)}, ("widths",)),
    "moe": Spec(MixtureOfExperts, "moe:inputs=2,outputs=1,experts=2,hidden=3:x^2", {
        "inputs": ("inputs", number("number of inputs")),
        "outputs": ("outputs", number("number of outputs")),
        "experts": ("experts", number("number of experts")),
        "hidden": ("hidden", number("number of hidden entries")), "gate": ("gate", str),
        "bias": ("bias", flag("1")), "normalized": ("normalized", flag("1"))},
        ("inputs", "outputs", "experts")),
}
