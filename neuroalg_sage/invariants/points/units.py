"""
Units that vanish, are constant, multiples of others, or do not matter at given weights.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates.points.states import inactive
from neuroalg_sage.invariants.points.point import AtPoint, Place
from neuroalg_sage.models.layers import Activation, Composite, Dense
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.trained.network import TrainedNetwork

SHOWN = 12
WORDS = {"zero": ("vanishes", "vanish"), "constant": ("is constant", "are constant"),
         "proportional": ("is a multiple of another", "are multiples of others"),
         "unused": ("does not matter", "do not matter")}


@dataclass(frozen=True, eq=False, repr=False)
class InactiveUnits(AtPoint):
    """
    The entries of states, by what they are.

    - ``words`` -- a sentence for each unit that is not so at all weights
    """

    words: dict[str, list[str]] = field(default_factory=dict, repr=False)

    def sentence(self) -> str:
        parts = [f"{len(found)} {WORDS[kind][len(found) > 1]}"
                 for kind, found in self.words.items() if found]
        return ", ".join(parts) or "none is found"

    def lines(self, spec: str = "SPEC") -> list[str]:
        lines = [f"  {line}" for found in self.words.values() for line in found]
        return lines[:SHOWN] + ([f"  ... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN
                                else [])

    def plain_value(self) -> Any:
        return {"entries": self.data, "units": self.words}


def inactive_units(place: Place) -> InactiveUnits:
    """
    All entries of states of which step by step it is seen that they vanish, are constant, are
    multiples of others in the same state, or that the outputs do not depend on them.

    EXAMPLES:

    The second unit is minus the first, which a square does not see, and the third one is cut off::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> found = inactive_units(Place(with_weights(
        ...     parse_spec("mlp:2,3,1:x^2"), [1, 2, -1, -2, 5, 7, 1, 1, 0])))
        >>> print(found.text())
        inactive_units = 1 is a multiple of another, 1 does not matter  [proved]
          unit 2 after layer 1 is minus unit 1
          unit 3 after layer 1 does not matter
    """
    start = time.perf_counter()
    data = inactive(place.states)
    always = _at_random_weights(place) if any(data.values()) and not all(
        isinstance(layer, (Dense, Activation)) for layer in place.model.layers) else dict.fromkeys(
            data, [])
    words = {kind: _in_words(place.model, kind, [
        entry for entry in found if entry[:2] not in [e[:2] for e in always[kind]]])
        for kind, found in data.items()}
    return InactiveUnits.certified(
        place, "inactive_units", data, "proved", "entry by entry, exactly",
        time.perf_counter() - start, {}, words=words)


def _at_random_weights(place: Place) -> dict[str, list[Any]]:
    """What is so at other weights too, as an input that no window meets."""
    generator = random.Random(0)
    other = TrainedNetwork(place.model, tuple(Fraction(generator.randrange(1, 10**6))
                                   for _ in range(place.model.parameter_count)))
    return inactive(Place(other).states)


def _in_words(model: Model, kind: str, entries: list[list[Any]]) -> list[str]:
    """A sentence for each unit; what an activation only passes on is not said twice."""
    found = {(entry[0], entry[1]): entry for entry in entries}
    plain = not any(isinstance(layer, Composite) for layer in model.layers)
    shapes = [model.input_shape]
    for layer in model.layers if plain else ():
        shapes.append(layer.output_shape(shapes[-1]))
    lines: list[str] = []
    done: set[tuple[int, int]] = set()
    for (state, i), entry in found.items():
        if (state, i) in done:
            continue
        name, after, group = _unit(model, plain, shapes, state, i, found)
        done.update((state, k) for k in group)
        if plain and state and isinstance(model.layers[state - 1], Activation) and all(
                (state - 1, k) in found for k in group):
            continue
        if kind == "proportional":
            other, _, _ = _unit(model, plain, shapes, state, entry[2], found, len(group) > 1)
            factor = {"1": "equal to", "-1": "minus"}.get(entry[3], f"{entry[3]} times")
            lines.append(f"{name}{after} is {factor} {other}")
        else:
            lines.append(f"{name}{after} {WORDS[kind][0]}")
    return lines


def _unit(model: Any, plain: bool, shapes: list[tuple[int, ...]], state: int, i: int,
          found: Any, whole: bool | None = None) -> tuple[str, str, list[int]]:
    """How a unit is called, what it comes after, and its entries: those of a channel together."""
    if not plain:
        return f"entry {i + 1}", f" of state {state}", [i]
    shape = shapes[state]
    carriers = sum(not isinstance(layer, Activation) for layer in model.layers[:state])
    is_hidden = 0 < state < len(model.layers)
    after = f" after layer {carriers}" if is_hidden else ""
    noun = "unit" if is_hidden else "output" if state else "input"
    if len(shape) > 1:
        width = int(np.prod(shape[1:]))
        channel = list(range(i // width * width, (i // width + 1) * width))
        if whole or whole is None and all((state, k) in found for k in channel):
            return f"channel {i // width + 1}", after, channel
        place = ", ".join(str(int(k) + 1) for k in np.unravel_index(i, shape))
        return f"{noun} ({place})", after, [i]
    return f"{noun} {i + 1}", after, [i]
