"""
Points at which a network of dense layers or convolutions is a direct sum of smaller ones, where the
rank of Dφ is a sum of ranks.

The rank at any integer point modulo a prime bounds the dimension from below, so the point is ours
to choose.  Divide the inputs and the units of all layers into groups, and let the weights between
different groups be zero there, and those of a filter at all places but the first.  Derivatives are
taken by all weights, and what a weight between two groups or places does has a degree of its own in
the inputs of each, and is a tensor product: see the lemma of
:func:`~neuroalg_sage.certificates.dimension.direct_sums.direct_sum_rank`.  Instead of one matrix of
N columns there is one for each kind of group, with N / G^2 columns where there are G groups.

Powers of the forms of a group must be independent, so that there are not too many groups.  The
finest division that counting allows is tried first, since it takes the least; then coarser ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import comb, prod

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.activations import normal_form
from neuroalg_sage.invariants.dimension.known_symmetries import constant_modulo
from neuroalg_sage.invariants.dimension.proved_rank import ProvedRank
from neuroalg_sage.models.layers import Activation, Convolution, Dense, Layer
from neuroalg_sage.models.model import Model

Sizes = tuple[int, ...]

# A dense rank of fewer parameters takes no time.
FEWEST_PARAMETERS = 1000


@dataclass(frozen=True)
class LayersAtAPlace:
    """
    Dense layers or convolutions, with activations between them, at the first place of the outputs.

    - ``model`` -- the model
    - ``degrees`` -- those in the inputs of the states that the layers read
    """

    model: Model
    degrees: tuple[int, ...]

    @classmethod
    def of(cls, model: Model) -> LayersAtAPlace | None:
        """
        The model as such; None if it is none, or an activation is linear.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> LayersAtAPlace.of(parse_spec("mlp:4,3,2,1:x^3+x")).degrees
            (1, 3, 9)
            >>> LayersAtAPlace.of(parse_spec("cnn:2c6s2,2c5:x^2:in=3")).counts
            (6, 6, 5)
            >>> LayersAtAPlace.of(parse_spec("mlp:4,3,2,1:x"))
        """
        degrees, channels = [1], 0
        for i, layer in enumerate(model.layers):
            if i % 2 and isinstance(layer, Activation) and len(layer.coefficients) > 2:
                degrees.append(layer.degree(degrees[-1]))
            elif i % 2 == 0 and isinstance(layer, Dense):
                channels = layer.outputs
            elif i % 2 == 0 and isinstance(layer, Convolution) and (
                    channels in (0, layer.channels[0])):
                channels = layer.channels[1]
            else:
                return None
        return cls(model, tuple(degrees)) if len(model.layers) % 2 else None

    @cached_property
    def linear(self) -> list[Dense | Convolution]:
        """The layers with parameters."""
        return [layer for layer in self.model.layers if isinstance(layer, (Dense, Convolution))]

    @cached_property
    def biased(self) -> list[bool]:
        """Which of them have a bias."""
        return [isinstance(layer, Dense) and layer.bias for layer in self.linear]

    @cached_property
    def own(self) -> list[np.ndarray]:
        """
        Of each of them, which weights of a unit are at the first place of its filter; of the first
        one those at places that no other output reads as its own.
        """
        found: list[np.ndarray] = []
        for layer, before in zip(self.linear, [0, *self.counts[1:]]):
            fan = self.fan(layer)
            if before:
                found.append(np.arange(0, fan, fan // before))
            elif isinstance(layer, Dense):
                found.append(np.arange(fan))
            else:
                size, stride = layer.parameter_shapes()[0][1][2:], layer.strides
                near = [n for n, k in enumerate(product(*map(range, size)))
                        if all(a < s for a, s in zip(k, stride))]
                found.append(np.add.outer(np.arange(layer.channels[0]) * prod(size), near).ravel())
        return found

    @staticmethod
    def fan(layer: Dense | Convolution) -> int:
        """How many weights each unit of a layer has."""
        return prod(layer.parameter_shapes()[0][1][1:])

    @cached_property
    def counts(self) -> Sizes:
        """How many inputs the first place owns, hidden channels and output channels there are."""
        first = self.linear[0]
        inputs = first.inputs if isinstance(first, Dense) else first.channels[0] * prod(
            map(min, first.parameter_shapes()[0][1][2:], first.strides))
        return (inputs, *(layer.parameter_shapes()[0][1][0] for layer in self.linear))

    @cached_property
    def activations(self) -> list[Activation]:
        """The activations, in normal form."""
        normal = normal_form(self.model)
        return [layer for layer in (normal.model if normal else self.model).layers
                if isinstance(layer, Activation)]

    @cached_property
    def is_graded(self) -> bool:
        """Whether the own activations are powers."""
        return not any(any(layer.coefficients[:-1]) for layer in self.model.layers
                       if isinstance(layer, Activation))

    def rescaled(self, sizes: Sizes) -> int:
        """The number of hidden units, of those of these sizes, that can be rescaled."""
        return sum(size for size, activation in zip(sizes[1:-1], self.activations)
                   if not any(activation.coefficients[:-1]))

    @property
    def bound(self) -> int:
        """N less the number of hidden units that can be rescaled, in normal form."""
        return self.model.parameter_count - self.rescaled(self.counts)

    def division(self, groups: int) -> list[Sizes]:
        """The sizes of groups that are as equal as can be."""
        return list(zip(*([w // groups + (g < w % groups) for g in range(groups)]
                          for w in self.counts)))

    def divisions(self) -> Iterator[list[Sizes]]:
        """
        Divisions that counting allows, the finest first; into more than one group, unless there
        are filters.
        """
        groups = min(self.counts)
        least = 1 if any(self.fan(layer) > len(own)
                         for layer, own in zip(self.linear, self.own)) else 2
        while groups >= least:
            division = self.division(groups)
            if all(map(self._may_suffice, {*division})):
                yield division
                groups = min(groups - 1, groups * 9 // 10)
            else:
                groups -= 1

    def _may_suffice(self, sizes: Sizes) -> bool:
        """Whether there are enough forms of each degree for a group's network."""
        inputs, outputs = sizes[0], sizes[-1]
        last = self.degrees[-1]

        def forms(degree: int) -> int:
            return comb(inputs + degree - 1, degree)

        def functions(degree: int) -> int:
            return outputs * (forms(degree) if self.is_graded else comb(inputs + degree, degree))

        tangents = sum(a * b for a, b in zip(sizes, sizes[1:])) - self.rescaled(sizes)
        return tangents <= functions(last) and all(
            size <= min(forms(degree), functions(last - degree // power))
            for size, before, degree in zip(sizes[1:-1], self.degrees, self.degrees[1:])
            for power in [degree // before])

    def network(self, sizes: Sizes) -> Model:
        """The network of a group, with a bias for each unit."""
        layers: list[Layer] = list(self.model.layers)
        layers[::2] = [Dense(a, b, True) for a, b in zip(sizes, sizes[1:])]
        return Model(tuple(layers), sizes[:1])

    def leading(self, network: Model) -> Model:
        """A network with the leading terms of the activations."""
        return Model(tuple(
            Activation((*[layer.coefficients[0] * 0] * (len(layer.coefficients) - 1),
                        layer.coefficients[-1])) if isinstance(layer, Activation) else layer
            for layer in network.layers), network.input_shape)

    def point(self, parameters: Sequence[Sequence[tuple[np.ndarray, np.ndarray]]]) -> list[int]:
        """The parameters of the direct sum of networks with these weights and biases."""
        blocks = []
        for i, layer in enumerate(self.linear):
            block = np.zeros((self.counts[i + 1], self.fan(layer)), dtype=np.int64)
            row = column = 0
            for network in parameters:
                rows, columns = network[i][0].shape
                block[row : row + rows, self.own[i][column : column + columns]] = network[i][0]
                row, column = row + rows, column + columns
            blocks += [block.ravel(), *(network[i][1] for network in parameters if self.biased[i])]
        return np.concatenate(blocks).tolist()




def _residues(generator: random.Random, prime: int, rows: int, columns: int) -> np.ndarray:
    return np.array([[generator.randrange(1, prime) for _ in range(columns)]
                     for _ in range(rows)], dtype=np.int64).reshape(rows, columns)


_Parameters = list[tuple[np.ndarray, np.ndarray]]  # weights and biases of each layer


def _good_place(layers: LayersAtAPlace, sizes: Sizes, prime: int, generator: random.Random
                ) -> tuple[_Parameters, np.ndarray] | None:
    """
    Random parameters of a group's network, and inputs at which all ranks are as large as can be:
    that of its Jacobian, those of the leading forms of the states that its layers read, and those
    of the derivatives by their arguments.  None if one is smaller.
    """
    with_bias = [biased and not layers.is_graded for biased in layers.biased]
    parameters = [(_residues(generator, prime, b, a), _residues(generator, prime, b, 1)[:, 0] * has)
                  for a, b, has in zip(sizes, sizes[1:], with_bias)]
    wanted = sum(w.size + len(b) * has for (w, b), has in zip(parameters, with_bias)
                 ) - layers.rescaled(sizes)
    # At least as many as there are states that the outputs of one unit may depend on.
    inputs = _residues(generator, prime, max(-(-wanted // sizes[-1]), sum(sizes[:-1])) + 2,
                       sizes[0])
    network, constant = layers.network(sizes), constant_modulo(prime)
    leading = layers.leading(network)
    linear = np.concatenate([c for w, b in parameters for c in (w.ravel(), b * 0)])
    place = 0
    for i, (w, b) in enumerate(parameters):
        if i:
            start = Model(leading.layers[: 2 * i], network.input_shape)
            values = start.apply(modular.ResidueArray(linear[None, :place], prime),
                                 modular.ResidueArray(inputs[: 2 * sizes[i]], prime), constant)
            if modular.rank(values.data, prime) < sizes[i]:
                return None
        place += w.size + len(b)
    point = np.concatenate([c for w, b in parameters for c in (w.ravel(), b)])
    rows = modular.jacobian(lambda w, x: network.apply(w, x, constant), point.tolist(), inputs,
                            prime)
    # The derivatives by the arguments are those by the biases.
    parts, place = [], 0
    for (w, b), has in zip(parameters, with_bias):
        end = place + w.size + len(b)
        parts.append(rows[:, place : end if has else end - len(b)])
        place = end
        if modular.rank(rows[: 2 * max(sizes) + sizes[-1], end - len(b) : end], prime) < len(b):
            return None
    return (parameters, inputs) if modular.rank(np.hstack(parts), prime) == wanted else None


def proved_by_direct_sum(model: Model, generator: random.Random, memory: float
                         ) -> ProvedRank | None:
    """
    The rank at a direct sum of networks where it is N less the number of hidden units that can be
    rescaled.

    INPUT:

    - ``generator`` -- source of random numbers
    - ``memory`` -- how many entries a matrix may have

    OUTPUT: None if the model has other layers than dense ones and convolutions with activations
    between them, or if no division into groups was found

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:20,40,40,10:x^2")
        >>> found = proved_by_direct_sum(model, random.Random(1), 10**8)
        >>> found.trial["groups"], found.rank
        ([[7, 14, 14, 4], [7, 13, 13, 3], [6, 13, 13, 3]], 2720)
    """
    layers = LayersAtAPlace.of(model)
    if layers is None or layers.bound > model.ambient_dimension:
        return None
    prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
    while model.denominator[0] % prime == 0:
        prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
    for division in layers.divisions():
        found: dict[Sizes, tuple[_Parameters, np.ndarray]] = {}
        for sizes in {*division}:
            if sum(a * b for a, b in zip(sizes, sizes[1:]))**2 > memory:
                return None  # and coarser divisions have larger groups
            place = _good_place(layers, sizes, prime, generator)
            if place is None:
                break
            found[sizes] = place
        else:
            trial = {"prime": prime, "point": layers.point([found[s][0] for s in division]),
                     "groups": [list(sizes) for sizes in division],
                     "inputs": [found[sizes][1].tolist() for sizes in division]}
            return ProvedRank(trial, layers.bound, {"kind": "rescalings"},
                              "rank of the Jacobian modulo a prime, at a direct sum of networks, "
                              "and the rescalings of units")
    return None
