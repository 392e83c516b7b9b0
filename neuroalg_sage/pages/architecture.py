"""
The drawing of a model's architecture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from neuroalg_sage.markup.canvas import Canvas, width_of
from neuroalg_sage.markup.elements import Markup
from neuroalg_sage.models import relu
from neuroalg_sage.models.layers import (
    Activation,
    Attention,
    Chain,
    Convolution,
    Dense,
    Layer,
    PolynomialLayer,
    Shape,
    parts,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational_layers import RationalActivation
from neuroalg_sage.pages import connections
from neuroalg_sage.pages.connections import (
    in_number,
    name_of,
    parameters_of,
)
from neuroalg_sage.pages.states import Grid, State, state

MOST_LAYERS = 10
NARROWEST = 96.0


@dataclass
class Step:
    """A layer, what is said above it, and its outputs: their shape, and the activation of them."""

    layer: Layer | None  # None for several that are left out
    label: str
    shape: Shape
    active: str = ""


def _flat(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    """The layers, with those of chains that share nothing."""
    for layer in layers:
        if isinstance(layer, Chain) and not any(s is not None for s in layer.share):
            yield from _flat(layer.layers)
        else:
            yield layer


def steps(model: Model) -> list[Step]:
    """
    The layers with their outputs; an activation belongs to the outputs that it acts on.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> for step in steps(parse_spec("mlp:2,2,3:x^2")):
        ...     print(step.label, step.shape, step.active)
        W₁: 2 × 2 (2,) x²
        W₂: 3 × 2 (3,)
    """
    if model.spec and model.spec.startswith(relu.FAMILY + ":"):
        return _of_relu(model.spec)
    found: list[Step] = []
    shape, number = model.input_shape, 0
    for layer in _flat(model.cone.layers if model.cone else model.layers):
        shape = layer.output_shape(shape)
        if isinstance(layer, (Activation, RationalActivation)):
            words = name_of(layer)
            if found and not found[-1].active:
                found[-1].active = words
            else:
                found.append(Step(layer, "", shape, words))
            continue
        number += bool(layer.parameter_count())
        found.append(Step(layer, parameters_of(layer, number), shape))
    return found


def _of_relu(spec: str) -> list[Step]:
    """A ReLU network is drawn as one, not as the polynomials on its cells."""
    widths, *options = spec.partition(":")[2].split(":")
    made = [int(n) for n in widths.split(",")]
    found = []
    for k, (a, b) in enumerate(pairwise(made), 1):
        layer = Dense(a, b, "bias" in options)
        found.append(Step(layer, parameters_of(layer, k), (b,), "ReLU" * (k < len(made) - 1)))
    return found


def _abridged(found: list[Step]) -> list[Step]:
    if len(found) <= MOST_LAYERS:
        return found
    head, tail = found[: MOST_LAYERS // 2], found[-(MOST_LAYERS // 2) + 1 :]
    left_out = found[len(head) : -len(tail)]
    return [*head, Step(None, f"{len(left_out)} more layers", left_out[-1].shape,
                        left_out[-1].active), *tail]


def in_words(model: Model) -> str:
    """
    The architecture for who does not see the drawing.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> in_words(parse_spec("mlp:2,2,3:x^2"))
        'Architecture: 2 inputs; dense 2 → 2, activation x²; dense 2 → 3.'
    """
    found = steps(model)
    first = _inputs(model, found)
    parts = [in_number(first, "input")]
    for step in _abridged(found):
        parts.append((name_of(step.layer) if step.layer else step.label)
                     + (f", activation {step.active}" if step.active and not isinstance(
                         step.layer, Activation) else ""))
    return "Architecture: " + "; ".join(parts) + "."


def _inputs(model: Model, found: list[Step]) -> Shape:
    """The inputs: of a ReLU network those of one copy."""
    layer = found[0].layer
    return (layer.inputs,) if isinstance(layer, Dense) and isinstance(
        model.layers[0], PolynomialLayer) else model.input_shape


def _state(shape: Shape, before: Step | None, after: Step | None) -> State:
    around = [layer for step in (before, after) if step and step.layer
              for layer in parts(step.layer)]
    return state(shape, any(isinstance(x, Attention) for x in around),
                 next((len(x.size) for x in around  # type: ignore[arg-type]
                       if isinstance(x, Convolution)), None))


def _width(step: Step) -> float:
    wide = NARROWEST
    if isinstance(step.layer, Attention):
        wide = connections.ATTENTION_WIDTH
    elif step.layer is not None and not isinstance(step.layer, (Dense, Convolution, Activation)):
        wide = connections.extent(step.layer)[0] + 76
    return max(wide, width_of(step.label) + 14)


def drawing(model: Model) -> Markup:
    """
    The architecture as SVG.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> picture = drawing(parse_spec("mlp:2,2,3:x^2"))
        >>> picture.count("<circle"), picture.count("<path")
        (7, 10)
    """
    found = _abridged(steps(model))
    canvas = Canvas()
    first = _inputs(model, found)
    around = [None, *found, None]
    states = [_state(shape, before, after) for shape, before, after in zip(
        [first, *(step.shape for step in found)], around, around[1:])]
    x = 0.0
    for k, place in enumerate(states):
        if k:
            x += states[k - 1].width / 2 + _width(found[k - 1]) + place.width / 2
        place.x = x
    connected = list(zip(found, states, states[1:]))
    for step, left, right in connected:
        if not isinstance(left, Grid):
            _connect(canvas, step, left, right)
    for k, place in enumerate(states):
        place.draw(canvas, "input" if not k else "active" if found[k - 1].active else
                   "output" if k == len(found) else "hidden")
    for step, left, right in connected:
        if isinstance(left, Grid):  # whose first window lies on it
            _connect(canvas, step, left, right)
    above, below = canvas.top - 16, canvas.bottom + 18
    for step, left, right in connected:
        canvas.label((left.side(True) + right.side(False)) / 2, above, step.label)
    for k, place in enumerate(states):
        noun = "input" if not k else "output" if k == len(found) else "unit"
        canvas.label(place.x, below, in_number(place.shape, noun))
        if k and found[k - 1].active:
            active = found[k - 1].active
            canvas.label(place.x, below + 17,
                         active if active == "ReLU" else f"x ↦ {active}", "label activation")
    return canvas.svg(in_words(model))


def _connect(canvas: Canvas, step: Step, left: State, right: State) -> None:
    layer = step.layer
    if layer is None:
        x = (left.x + right.x) / 2
        for k in (-1, 0, 1):
            canvas.circle(x + 9 * k, 0, 2, "dot")
    elif isinstance(layer, Dense):
        connections.dense(canvas, layer, left, right)
    elif isinstance(layer, Convolution):
        connections.convolution(canvas, layer, left, right)
    elif isinstance(layer, Attention):
        connections.attention(canvas, layer, left, right)
    elif isinstance(layer, Activation):
        connections.straight(canvas, left, right)
    else:
        connections.block_between(canvas, layer, left, right)
