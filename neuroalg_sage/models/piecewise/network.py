"""
A piecewise linear network at given weights.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import isqrt, prod
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import whole_number
from neuroalg_sage.models.piecewise.layers import (
    MOST_COEFFICIENTS,
    DenseLayer,
    Maxout,
    PiecewiseLayer,
    Shape,
    activation,
    layer_from_data,
)
from neuroalg_sage.models.piecewise.steps import Affine, HasProgram, Program
from neuroalg_sage.models.sage_input import numbers, rational

MOST_UNITS = 20_000
MOST_LAYERS = 1000
SCHEMA = 1


@dataclass(frozen=True)
class Network(HasProgram):
    """
    A network whose layers are affine or piecewise linear, with rational weights.

    - ``layers`` -- the layers
    - ``input_shape`` -- the shape of the input
    - ``sources`` -- for each layer the numbers of the states that it takes: 0 is the input, and k
      the output of layer k; by default each takes the one before it
    - ``spec`` -- a name

    EXAMPLES::

        >>> network = Network([DenseLayer([[1], [-1]]), activation("relu"), DenseLayer([[1, 1]])],
        ...                   [1])
        >>> network([-3])
        (Fraction(3, 1),)
    """

    layers: Sequence[PiecewiseLayer]
    input_shape: Sequence[int]
    sources: Sequence[Sequence[int]] | None = None
    spec: str = ""
    program: Program = field(init=False, repr=False, compare=False)
    shapes: tuple[Shape, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        layers = tuple(self.layers)
        shape = tuple(whole_number(n, "input shape") for n in self.input_shape)
        if not shape or not layers or len(layers) > MOST_LAYERS or not all(
                isinstance(layer, PiecewiseLayer) for layer in layers):
            raise InputError(f"A network has the shape of its input, and 1 to {MOST_LAYERS} "
                             "layers.")
        given = [(k,) for k in range(len(layers))] if self.sources is None else [
            tuple(taken) for taken in self.sources]
        if len(given) != len(layers):
            raise InputError("A network says for each of its layers what it takes, or for none.")
        shapes, steps = [shape], []
        for k, (layer, taken) in enumerate(zip(layers, given)):
            if not taken or not all(isinstance(s, int) and 0 <= s <= k for s in taken):
                raise InputError(f"Layer {k + 1} takes the outputs of layers before it, by their "
                                 "numbers; 0 is the input.")
            shapes.append(layer.output_shape([shapes[s] for s in taken]))
            steps.append(layer.step(taken, [shapes[s] for s in taken]))
            entries, made = sum(prod(shapes[s]) for s in taken), prod(shapes[-1])
            if max(entries, made) > MOST_UNITS or isinstance(steps[-1], Affine) and (
                    made * (entries + 1) > MOST_COEFFICIENTS):
                raise InputError(f"Layer {k + 1} takes {entries:,} entries and makes {made:,}; at "
                                 f"most {MOST_UNITS:,} are allowed, and {MOST_COEFFICIENTS:,} "
                                 "coefficients.")
        program = Program(prod(shape), tuple(steps))
        if program.units > MOST_UNITS:
            raise too_many_units(program.units)
        for name, value in (("layers", layers), ("input_shape", shape), ("sources", tuple(given)),
                            ("program", program), ("shapes", tuple(shapes))):
            object.__setattr__(self, name, value)

    def __call__(self, point: Any) -> tuple[Fraction, ...]:
        """The outputs at a point."""
        values = numbers(point, "coordinate")
        if len(values) != self.inputs:
            raise InputError(f"The network takes {self.inputs} inputs, not {len(values)}.")
        return tuple(self.program.values(values))

    def __str__(self) -> str:
        return self.spec or " -> ".join(["x".join(map(str, self.shapes[0])), *(
            f"{layer.describe()['kind']} {'x'.join(map(str, shape))}"
            for layer, shape in zip(self.layers, self.shapes[1:]))])

    @cached_property
    def _description(self) -> dict[str, Any]:
        layers = []
        for k, (layer, taken) in enumerate(zip(self.layers, self.sources or ())):
            layers.append(layer.describe() | ({} if tuple(taken) == (k,) else
                                              {"from": list(taken)}))
        return {"input_shape": list(self.input_shape), "layers": layers} | (
            {"spec": self.spec} if self.spec else {})

    def describe(self) -> dict[str, Any]:
        """
        The network as plain JSON data.

        EXAMPLES::

            >>> Network([activation("relu")], [2]).describe()
            {'input_shape': [2], 'layers': [{'kind': 'relu'}]}
        """
        return self._description


def too_many_units(units: int) -> InputError:
    """What is said of a network that is too large."""
    return InputError(f"The network may bend at {units:,} hyperplanes, its units; at most "
                      f"{MOST_UNITS:,} are allowed.")


def network_from_data(data: Any) -> Network:
    """
    The network that JSON data describes.

    INPUT:

    - ``data`` -- dictionary with ``"input_shape"`` and ``"layers"``

    EXAMPLES::

        >>> network_from_data({"input_shape": [1], "layers": [
        ...     {"kind": "dense", "weights": [["1/2"]], "bias": [1]}, {"kind": "relu"},
        ...     {"kind": "sum", "from": [0, 2]}]})([2])
        (Fraction(4, 1),)
    """
    if not isinstance(data, dict) or not {"input_shape", "layers"} <= set(data) or set(data) > {
            "schema", "name", "spec", "input_shape", "layers"}:
        raise InputError('A network is an object with "input_shape" and "layers", such as '
                         '{"input_shape": [2], "layers": [{"kind": "relu"}]}.')
    if data.get("schema", SCHEMA) != SCHEMA:
        raise InputError(f"The network's schema {shown(data['schema'])} is not known; this version "
                         f"reads schema {SCHEMA}.")
    shape, layers = data["input_shape"], data["layers"]
    if not isinstance(shape, list) or not isinstance(layers, list) or len(layers) > MOST_LAYERS:
        raise InputError('"input_shape" must be a list of whole numbers and "layers" a list of at '
                         f"most {MOST_LAYERS} layers.")
    sources = []
    for k, layer in enumerate(layers):
        taken = layer.get("from", k) if isinstance(layer, dict) else k
        sources.append(tuple(taken) if isinstance(taken, list) else (taken,))
    name = data.get("spec") or data.get("name") or ""
    return Network([layer_from_data(layer) for layer in layers], shape, sources,
                   name if isinstance(name, str) else "")


MOST_DIGITS = 19  # of a seed, so that a spec with it can be read again


def _seed(named: str | None, seed: Any) -> int:
    """The seed that a spec names, or else the one beside it."""
    text = named if named is not None else "0" if seed is None else (
        str(seed) if isinstance(seed, int) and not isinstance(seed, bool) else "")
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise InputError(f"The seed {shown(seed if named is None else named)} is not a whole "
                         f"number from 0 on, of at most {MOST_DIGITS} digits.")
    if named is not None and seed is not None and seed != int(text):
        raise InputError(f"The spec names the seed {int(text)}, and beside it stands the seed "
                         f"{shown(seed)}; leave one out.")
    return int(text)


FAMILIES = {"relu": "relu", "leaky_relu": "leaky_relu", "abs": "absolute_value",
            "hard_tanh": "hard_tanh", "maxout": "maxout"}
GRAIN = 1000  # random weights are multiples of 1 / (GRAIN * the square root of the inputs)


def network_from_spec(spec: str, seed: int | None = None) -> Network:
    """
    The network with random weights that a spec and a seed name.

    INPUT:

    - ``spec`` -- ``FAMILY:WIDTHS``, where the family is the activation after each layer but the
      last: relu, leaky_relu, abs, hard_tanh or maxout; options follow, joined by ``:``: ``bias``;
      ``slope=1/10`` of a leaky ReLU; ``pieces=3`` of each maxout unit, by default 2; ``seed=1``
    - ``seed`` -- whole number from 0 on, by default 0

    Weights and biases are independent and uniform: multiples of 1/(1000 s) from -1/s to 1/s, where
    s is the square root of the number of inputs of the layer, rounded up.

    EXAMPLES::

        >>> network = network_from_spec("relu:2,3,1:bias", seed=1)
        >>> str(network), network == network_from_spec("relu:2,3,1:bias:seed=1")
        ('relu:2,3,1:bias:seed=1', True)
        >>> network_from_spec("relu:2,0,1")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The width 0 is not a whole number from 1 on.
    """
    family, _, rest = spec.partition(":")
    widths_text, *options = rest.split(":")
    if family not in FAMILIES:
        raise InputError(f"There is no file and no family of piecewise linear networks "
                         f"{shown(family)}; the families are {', '.join(FAMILIES)}, as in "
                         "relu:2,32,32,1:bias.")
    try:
        widths = [int(part) for part in widths_text.split(",")]
    except ValueError:
        raise InputError(f"The widths {shown(widths_text)} are not whole numbers, as in "
                         "relu:2,32,32,1:bias.") from None
    widths = [whole_number(n, "width") for n in widths]
    if len(widths) < 2:
        raise InputError("A network has at least two widths, inputs and outputs, as in "
                         "relu:2,32,1.")
    known = {"relu": (), "leaky_relu": ("slope",), "maxout": ("pieces",)}.get(family, ())
    given: dict[str, str] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if name not in ("bias", "seed", *known) or bool(equals) == (name == "bias") or (
                name in given):
            raise InputError(f"The option {shown(option)} is none of {family}; the options are "
                             f"{', '.join(['bias', 'seed=1', *(f'{n}=...' for n in known)])}.")
        given[name] = value
    seed = _seed(given.get("seed"), seed)
    pieces = 1
    if family == "maxout":
        text = given.get("pieces", "2")
        pieces = whole_number(int(text) if text.isdecimal() and len(text) < 9 else text,
                              "number of pieces")
    made = [n * pieces for n in widths[1:-1]] + [widths[-1]]
    if (units := sum(made[:-1])) > MOST_UNITS:
        raise too_many_units(units)
    generator = random.Random(seed)

    def number(inputs: int) -> Fraction:
        return Fraction(generator.randint(-GRAIN, GRAIN), GRAIN * (isqrt(inputs - 1) + 1))

    layers: list[PiecewiseLayer] = []
    for k, (inputs, outputs) in enumerate(zip(widths, made)):
        rows = [[number(inputs) for _ in range(inputs)] for _ in range(outputs)]
        layers.append(DenseLayer(rows, [number(inputs) for _ in range(outputs)]
                                 if "bias" in given else None))
        if k < len(made) - 1:
            layers.append(Maxout(pieces) if family == "maxout" else activation(
                FAMILIES[family], rational(given["slope"], "slope") if "slope" in given else None))
    named = [option for option in options if not option.startswith("seed=")]
    return Network(layers, [widths[0]], None,
                   ":".join([family, ",".join(map(str, widths)), *named, f"seed={seed}"]))
