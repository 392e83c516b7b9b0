"""
The groups that act on the hidden states of a chain of layers.

Between two layers with parameters a group acts on the hidden state: the layer before
follows the action, and the layer after undoes it.  Which group it is, is decided by the
activations between:

- none, or a multiple of x: the general linear group;
- a power x^k: rescalings of the units, and their permutations;
- another polynomial: permutations, and roots of unity ζ with σ(ζ x) = ζ^s σ(x).

The heads of an attention layer are acted on as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd, prod
from typing import Any

from flint import fmpq, fmpq_poly

from neuroalg_sage.models.layers import Activation, Attention, Convolution, Dense, Layer
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import univariate


@dataclass(frozen=True)
class HiddenState:
    """
    The group that acts on one hidden state.

    - ``size`` -- number of units (channels, entries of a token)
    - ``group`` -- ``"general linear"``, ``"rescalings"`` or ``"finite"``
    - ``order`` -- of the roots of unity of a finite group, at least 1
    """

    size: int
    group: str
    order: int = 1

    def __str__(self) -> str:
        if self.group == "general linear":
            return f"GL({self.size})"
        torus = {"rescalings": f"(C*)^{self.size} x| "}.get(
            self.group, f"(mu_{self.order})^{self.size} x| " if self.order > 1 else "")
        return f"{torus}S_{self.size}"


@dataclass(frozen=True)
class KnownGroup:
    """
    The known symmetry group of a chain of layers.

    - ``states`` -- the groups on the hidden states
    - ``heads`` -- widths of the attention heads, on each of which GL acts
    """

    model: Model
    states: tuple[HiddenState, ...]
    heads: tuple[int, ...] = ()

    def __str__(self) -> str:
        factors = [str(s) for s in self.states] + [f"GL({a}) x C*" for a in self.heads]
        return " x ".join(factors) or "trivial"


def units(layer: Layer, offset: int, size: int) -> tuple[list[list[int]], list[list[int]]]:
    """For each output unit, and for each of ``size`` input units, the places of parameters."""
    if isinstance(layer, Dense):
        a, b = layer.inputs, layer.outputs
        made = [[offset + i * a + j for j in range(a)] + [offset + a * b + i] * layer.bias
                for i in range(b)]
        width = a // size
        return made, [[offset + i * a + u * width + k for i in range(b) for k in range(width)]
                      for u in range(size)]
    assert isinstance(layer, Convolution) and isinstance(layer.size, tuple)
    taken, kernel = layer.channels[0], prod(layer.size)
    per = taken * kernel
    return ([[offset + o * per + k for k in range(per)] for o in range(layer.channels[1])],
            [[offset + o * per + c * kernel + k for o in range(layer.channels[1])
              for k in range(kernel)] for c in range(taken)])


@dataclass(frozen=True)
class HiddenUnits:
    """
    The units, or channels, between two layers with parameters, after the activations.

    - ``number`` -- of the first of the two layers, among those with parameters, from 1 on
    - ``before``, ``state`` -- how many layers make the states that have the units before and after
      the activations
    - ``places`` -- for each unit its entries in that state
    - ``incoming``, ``outgoing`` -- for each unit the parameters that come in and go out
    - ``activation`` -- what stands between, a polynomial; its coefficients
    """

    number: int
    before: int
    state: int
    places: tuple[range, ...]
    incoming: tuple[list[int], ...]
    outgoing: tuple[list[int], ...]
    activation: tuple[fmpq, ...]

    def factor(self, c: fmpq) -> fmpq | None:
        """The number a with σ(c y) = a σ(y), for the activation σ; None if there is none."""
        found = {c**k for k, a in enumerate(self.activation) if a}
        return found.pop() if len(found) == 1 else None


def hidden_layers(model: Model) -> Iterator[HiddenUnits]:
    """
    The hidden units between dense or convolutional layers, and activations, that follow one
    another at the beginning of a model.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> (hidden,) = hidden_layers(parse_spec("mlp:2,2,1:x^2"))
        >>> hidden.incoming, hidden.outgoing, hidden.state
        (([0, 1], [2, 3]), ([4], [5]), 2)
    """
    before: tuple[Layer, int] | None = None
    offset, number, made_by, sigma, shape = 0, 0, 0, fmpq_poly([0, 1]), model.input_shape
    for state, layer in enumerate(model.layers):
        if isinstance(layer, Activation):
            sigma = univariate(layer.coefficients)(sigma)
        elif isinstance(layer, (Dense, Convolution)):
            if before is not None:
                made, _ = units(before[0], before[1], 1)
                size = len(made)
                if not (isinstance(layer, Convolution) and layer.channels[0] != size):
                    width = prod(shape) // size
                    yield HiddenUnits(
                        number, made_by, state, tuple(range(u * width, (u + 1) * width)
                                             for u in range(size)), tuple(made),
                        tuple(units(layer, offset, size)[1]), tuple(sigma.coeffs()))
            before, made_by = (layer, offset), state + 1
            number, sigma = number + 1, fmpq_poly([0, 1])
        else:
            return
        offset += layer.parameter_count()
        shape = layer.output_shape(shape)


def known_group(model: Model) -> KnownGroup | None:
    """
    The known symmetry group of a chain of dense, convolutional or attention layers.

    OUTPUT: :class:`KnownGroup`; None for a model with other layers

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> print(known_group(parse_spec("mlp:2,3,2:x^2")), known_group(parse_spec("linear:3,2,3")))
        (C*)^3 x| S_3 GL(2)
        >>> print(known_group(parse_spec("mlp:1,2,1:x^3-x")))
        (mu_2)^2 x| S_2
    """
    layers = model.layers
    attention = [layer for layer in layers if isinstance(layer, Attention)]
    if len(attention) == len(layers):
        return KnownGroup(model, tuple(HiddenState(layer.outputs, "general linear")
                                       for layer in attention[:-1]),
                          tuple(layer.head for layer in attention))
    if not all(isinstance(layer, (Dense, Convolution, Activation)) for layer in layers) or (
            not isinstance(layers[0], (Dense, Convolution))
            or not isinstance(layers[-1], (Dense, Convolution))):
        return None
    carriers = [i for i, layer in enumerate(layers) if layer.parameter_count()]
    states: list[HiddenState] = []
    for before, after in zip(carriers, carriers[1:]):
        first, second = layers[before], layers[after]
        size = first.outputs if isinstance(first, Dense) else first.channels[1]  # type: ignore
        group, order = _group(layers[before + 1 : after])
        if group == "general linear" and not (isinstance(first, Dense) and isinstance(
                second, Dense)) and size > 1:
            return None
        states.append(HiddenState(size, group, order))
    return KnownGroup(model, tuple(states))


def _group(activations: Sequence[Layer]) -> tuple[str, int]:
    """The group that all of these activations let pass, and the order of its roots."""
    order, degree = 0, 1  # of all numbers ζ, or of the roots of unity of an order
    for layer in activations:
        assert isinstance(layer, Activation)
        exponents = [k for k, c in enumerate(layer.coefficients) if c]
        order = gcd(order, degree * gcd(*(k - exponents[0] for k in exponents)))
        degree *= exponents[0]
    if order:
        return "finite", order
    return ("general linear" if degree == 1 else "rescalings"), 1


def rotations(model: Model) -> Iterator[tuple[int, list[list[Any]]]]:
    """
    Rotations of hidden units of dense layers with biases around the center of an activation.

    Let σ be what stands between two dense layers, and σ(c + y) - σ(c) a polynomial τ with
    τ(ζ y) = ζ^s τ(y), for a root of unity ζ.  Then a unit can be turned around c before σ, which
    turns it around σ(c) after σ; the next layer undoes it.  For ζ = -1 and s = 1 this is the
    reflection at an inflection point.

    OUTPUT: iterator of pairs: the order of ζ, and entries (i, j, c, k), for a term c ζ^k w_j of the
    new parameter i, where w_N = 1

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> ((order, entries),) = rotations(parse_spec("mlp:1,1,1:x^3+3*x^2:bias"))
        >>> order, entries[:4]  # ζ = -1, and the center is -1
        (2, [[0, 0, '1', 1], [1, 1, '1', 1], [1, 4, '-1', 0], [1, 4, '1', 1]])
    """
    layers, count = model.layers, model.parameter_count
    carriers = [i for i, layer in enumerate(layers) if layer.parameter_count()]
    offset = 0
    for before, after in zip(carriers, carriers[1:]):
        first, second, between = layers[before], layers[after], layers[before + 1 : after]
        start, offset = offset, offset + first.parameter_count()
        if not (isinstance(first, Dense) and isinstance(second, Dense)
                and all(isinstance(layer, Activation) for layer in between)):
            continue
        sigma = fmpq_poly([0, 1])
        for layer in between:
            assert isinstance(layer, Activation)
            sigma = univariate(layer.coefficients)(sigma)
        degree = sigma.degree()
        center = -sigma[degree - 1] / (degree * sigma[degree])
        tau = sigma(fmpq_poly([center, 1])) - sigma(center)
        exponents = [k for k in range(1, degree + 1) if tau[k]]
        order = gcd(*(k - exponents[0] for k in exponents))
        value, turn = sigma(center), -exponents[0] % order if order else 0
        if order < 2 or center and not first.bias or value and turn and not second.bias:
            continue
        made, _ = units(first, start, 1)
        _, taken = units(second, offset, first.outputs)
        bias = offset + second.inputs * second.outputs
        for unit in range(first.outputs):
            moved = {(i, i): {1: fmpq(1)} for i in made[unit]}
            moved |= {(i, i): {turn: fmpq(1)} for i in taken[unit]}
            if center:
                moved[made[unit][-1], count] = {0: center, 1: -center}
            if value and turn:
                for row, i in enumerate(taken[unit]):
                    moved[bias + row, i] = {0: value, turn: -value}
            moved |= {(i, i): {0: fmpq(1)} for i in range(count) if (i, i) not in moved}
            yield order, [[i, j, str(c), k] for (i, j), terms in sorted(moved.items())
                          for k, c in sorted(terms.items())]
