"""
The laws that theory knows by name: balancedness, and angular momenta.

Let layers with matrices W_i and W_(i+1) follow one another.  If the units between them may be
transformed by GL, then W_(i+1)^T W_(i+1) - W_i W_i^T is conserved; if they may only be
rescaled, with a power x^r between the layers, then so is |v|^2 r - |u|^2 for each unit, with u
all that comes in and v all that goes out.  A bias comes in.  The same holds for the channels
of convolutions, for the units of ReLU networks, and for whole layers whatever they are; within
an attention layer Q Q^T - K K^T is conserved.

Nothing here is believed: a law is kept only if all fields annihilate it.

REFERENCES:

- [DHL2018]_, [MGP2023]_
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.hidden_states import units
from neuroalg_sage.models.layers import (
    Activation,
    Attention,
    Chain,
    Composite,
    Convolution,
    Dense,
    Layer,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.relu import hidden_units

Places = list[list[int]]  # for each unit the places of its parameters


def _incoming(layer: Layer, offset: int) -> Places:
    """For each unit that a layer makes, the parameters that come into it."""
    if isinstance(layer, (Dense, Convolution)):
        return units(layer, offset, 1)[0]
    if isinstance(layer, Attention):
        start, d = offset + 2 * layer.head * layer.inputs, layer.inputs
        return [[start + i * d + k for k in range(d)] for i in range(layer.outputs)]
    return []


def _outgoing(layer: Layer, offset: int, size: int) -> Places:
    """For each of ``size`` units that a layer reads, the parameters that go out of it."""
    if isinstance(layer, Dense) and layer.inputs % size == 0 or (
            isinstance(layer, Convolution) and layer.channels[0] == size):
        return units(layer, offset, size)[1]
    if isinstance(layer, Attention) and layer.inputs == size:
        rows = 2 * layer.head + layer.outputs
        return [[offset + r * size + k for r in range(rows)] for k in range(size)]
    return []


def _chains(layer: Layer, offset: int = 0) -> Iterator[list[tuple[Layer, int]]]:
    """The chains in a layer: their layers, with where the parameters of these begin."""
    if not isinstance(layer, Composite):
        return
    blocks = [place for place, _ in layer.blocks()]
    if isinstance(layer, Chain):
        yield [(inner, offset + place) for inner, place in zip(layer.layers, blocks)]
    for inner, place in zip(layer.layers, blocks):
        yield from _chains(inner, offset + place)


def _power(layer: Layer) -> int | None:
    """The exponent of an activation that is a power up to a factor."""
    if not isinstance(layer, Activation) or any(layer.coefficients[:-1]):
        return None
    return len(layer.coefficients) - 1


def _quadratic(count: int, positive: Sequence[tuple[int, int]], factor: int,
               negative: Sequence[tuple[int, int]]) -> Polynomial:
    """``factor`` times the sum of the products of the first pairs, less that of the others."""
    law: Polynomial = {}
    for pairs, c in ((positive, factor), (negative, -1)):
        for i, j in pairs:
            exponents = [0] * count
            exponents[i] += 1
            exponents[j] += 1
            key = tuple(exponents)
            law[key] = law.get(key, Fraction(0)) + c
    return {e: c for e, c in law.items() if c}


def balancedness(model: Model) -> Iterator[tuple[str, Polynomial]]:
    """
    Candidates for conservation laws of gradient flow, with their names.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [name for name, law in balancedness(parse_spec("mlp:2,2,1:x^3"))]
        ['balancedness of layers 1 and 2 at unit 1', 'balancedness of layers 1 and 2 at unit 2']
    """
    count = model.parameter_count
    for unit, (incoming, outgoing) in enumerate(hidden_units(model), 1):
        yield f"balancedness at hidden unit {unit}", _quadratic(
            count, [(i, i) for i in outgoing], 1, [(i, i) for i in incoming])
    for chain in _chains(model.chain):
        before: tuple[Layer, int, int] | None = None
        power, number = 1, 0
        for layer, offset in chain:
            k = _power(layer)
            if k is not None:
                power *= k
                continue
            if not layer.parameter_count():
                before = None
                continue
            number += 1
            if isinstance(layer, Attention):
                yield from _heads(layer, offset, count, number)
            if before is not None:
                yield from _between(before, (layer, offset), power, count, number)
            before, power = (layer, offset, number), 1


def _between(before: tuple[Layer, int, int], after: tuple[Layer, int], power: int, count: int,
             number: int) -> Iterator[tuple[str, Polynomial]]:
    layers = f"balancedness of layers {before[2]} and {number}"
    incoming = _incoming(before[0], before[1])
    outgoing = _outgoing(after[0], after[1], len(incoming)) if incoming else []
    if not outgoing:
        made, taken = _incoming(before[0], before[1]), _outgoing(after[0], after[1], 1)
        if not made or not taken:
            return
        incoming, outgoing = [sum(made, [])], taken
    size = len(incoming)
    for k in range(size):
        for j in range(k, size if power == 1 else k + 1):
            place = f" at units {k + 1}, {j + 1}" if j > k else f" at unit {k + 1}" * (size > 1)
            yield layers + place, _quadratic(
                count, list(zip(outgoing[k], outgoing[j])), power,
                list(zip(incoming[k], incoming[j])))


def _heads(layer: Attention, offset: int, count: int, number: int
           ) -> Iterator[tuple[str, Polynomial]]:
    d, a = layer.inputs, layer.head
    key, value = offset + a * d, offset + 2 * a * d
    for h in range(a):
        for g in range(h, a):
            place = f" at rows {h + 1}, {g + 1}" if g > h else f" at row {h + 1}"
            yield f"balancedness of queries and keys of layer {number}" + place, _quadratic(
                count, [(offset + h * d + k, offset + g * d + k) for k in range(d)], 1,
                [(key + h * d + k, key + g * d + k) for k in range(d)])
    yield f"balancedness of queries and values of layer {number}", _quadratic(
        count, [(i, i) for i in range(offset, key)], 1,
        [(i, i) for i in range(value, value + layer.outputs * d)])
