"""
Points at which a perceptron with powers is a direct sum of smaller ones, where the rank of Dφ is a
sum of ranks.

The rank at any integer point modulo a prime bounds the dimension from below, so the point is ours
to choose.  Divide the inputs and the units of all layers into groups, and let the weights between
different groups be zero there.  Derivatives are taken by all weights, and what a weight between two
groups does has a degree of its own in the inputs of each, and is a tensor product: see the lemma of
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
from math import comb
from typing import Any

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.known_symmetries import constant_modulo
from neuroalg_sage.models.layers import Activation, Dense, Layer
from neuroalg_sage.models.model import Model

Sizes = tuple[int, ...]

# A dense rank of fewer parameters takes no time.
FEWEST_PARAMETERS = 1000


@dataclass(frozen=True)
class Powers:
    """
    A perceptron whose activations are powers.

    - ``model`` -- the model
    - ``degrees`` -- those in the inputs of the states that the layers read
    """

    model: Model
    degrees: tuple[int, ...]

    @classmethod
    def of(cls, model: Model) -> Powers | None:
        """
        The model as such; None if it is none, or a power is less than 2.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> Powers.of(parse_spec("mlp:4,3,2,1:x^3")).degrees
            (1, 3, 9)
            >>> Powers.of(parse_spec("mlp:4,3,2,1:x^3+x"))
        """
        degrees = [1]
        for i, layer in enumerate(model.layers):
            if i % 2 == 0 and isinstance(layer, Dense):
                continue
            if i % 2 and isinstance(layer, Activation) and len(layer.coefficients) > 2 and not any(
                    layer.coefficients[:-1]):
                degrees.append(layer.degree(degrees[-1]))
                continue
            return None
        return cls(model, tuple(degrees)) if len(model.layers) % 2 else None

    @cached_property
    def dense(self) -> list[Dense]:
        """The layers with parameters."""
        return [layer for layer in self.model.layers if isinstance(layer, Dense)]

    @cached_property
    def widths(self) -> Sizes:
        """Those of the inputs, the hidden states and the outputs."""
        return (self.model.input_count, *(layer.outputs for layer in self.dense))

    @property
    def bound(self) -> int:
        """N less the number of hidden units, which can be rescaled."""
        return self.model.parameter_count - sum(self.widths[1:-1])

    def division(self, groups: int) -> list[Sizes]:
        """The sizes of groups that are as equal as can be."""
        return list(zip(*([w // groups + (g < w % groups) for g in range(groups)]
                          for w in self.widths)))

    def divisions(self) -> Iterator[list[Sizes]]:
        """Divisions into more than one group that counting allows, the finest first."""
        groups = min(self.widths)
        while groups > 1:
            division = self.division(groups)
            if all(map(self._may_suffice, {*division})):
                yield division
                groups = groups * 9 // 10
            else:
                groups -= 1

    def _may_suffice(self, sizes: Sizes) -> bool:
        """Whether there are enough forms of each degree for a group's network."""
        inputs, outputs = sizes[0], sizes[-1]
        last = self.degrees[-1]

        def forms(degree: int) -> int:
            return comb(inputs + degree - 1, degree)

        tangents = sum(a * b for a, b in zip(sizes, sizes[1:])) - sum(sizes[1:-1])
        return tangents <= outputs * forms(last) and all(
            size <= min(forms(degree), outputs * forms(last - degree // power))
            for size, before, degree in zip(sizes[1:-1], self.degrees, self.degrees[1:])
            for power in [degree // before])

    def network(self, sizes: Sizes) -> Model:
        """The network of a group, with a bias for each unit."""
        layers: list[Layer] = list(self.model.layers)
        layers[::2] = [Dense(a, b, True) for a, b in zip(sizes, sizes[1:])]
        return Model(tuple(layers), sizes[:1])

    def point(self, weights: Sequence[Sequence[np.ndarray]]) -> list[int]:
        """The parameters of the direct sum of networks with these weights."""
        blocks = []
        for i, layer in enumerate(self.dense):
            block = np.zeros((layer.outputs, layer.inputs), dtype=np.int64)
            row = column = 0
            for own in weights:
                rows, columns = own[i].shape
                block[row : row + rows, column : column + columns] = own[i]
                row, column = row + rows, column + columns
            blocks += [block.ravel(), np.zeros(layer.outputs * layer.bias, dtype=np.int64)]
        return np.concatenate(blocks).tolist()


def _residues(generator: random.Random, prime: int, rows: int, columns: int) -> np.ndarray:
    return np.array([[generator.randrange(1, prime) for _ in range(columns)]
                     for _ in range(rows)], dtype=np.int64).reshape(rows, columns)


def _good_place(powers: Powers, sizes: Sizes, prime: int, generator: random.Random
                ) -> tuple[list[np.ndarray], np.ndarray] | None:
    """
    Random weights of a group's network, and inputs at which all ranks are as large as can be: that
    of its Jacobian, those of the states that its layers read, and those of the derivatives by
    their arguments.  None if one is smaller.
    """
    weights = [_residues(generator, prime, b, a) for a, b in zip(sizes, sizes[1:])]
    count = sum(w.size for w in weights)
    wanted = count - sum(sizes[1:-1])
    # At least as many as there are states that the outputs of one unit may depend on.
    inputs = _residues(generator, prime, max(-(-wanted // sizes[-1]), sum(sizes[:-1])) + 2,
                       sizes[0])
    network, constant = powers.network(sizes), constant_modulo(prime)
    point = np.concatenate([part for w in weights
                            for part in (w.ravel(), np.zeros(len(w), dtype=np.int64))])
    place = 0
    for i, w in enumerate(weights):
        if i:
            start = Model(network.layers[: 2 * i], network.input_shape)
            values = start.apply(modular.ResidueArray(point[None, :place], prime),
                                 modular.ResidueArray(inputs[: 2 * sizes[i]], prime), constant)
            if modular.rank(values.data, prime) < sizes[i]:
                return None
        place += w.size + len(w)
    rows = modular.jacobian(lambda w, x: network.apply(w, x, constant), point.tolist(), inputs,
                            prime)
    # The derivatives by the arguments are those by the biases.
    parts, place = [], 0
    for w in weights:
        parts.append(rows[:, place : place + w.size])
        place += w.size + len(w)
        if modular.rank(rows[: 2 * max(sizes) + sizes[-1], place - len(w) : place], prime) < len(w):
            return None
    return (weights, inputs) if modular.rank(np.hstack(parts), prime) == wanted else None


def direct_sum_trial(model: Model, generator: random.Random, memory: float
                     ) -> tuple[dict[str, Any], int] | None:
    """
    A trial at a direct sum of networks whose rank is N less the number of hidden units.

    INPUT:

    - ``generator`` -- source of random numbers
    - ``memory`` -- how many entries a matrix may have

    OUTPUT: the trial and its rank; None if the model is no perceptron with powers, or if no
    division into groups was found

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:20,40,40,10:x^2")
        >>> trial, rank = direct_sum_trial(model, random.Random(1), 10**8)
        >>> trial["groups"], rank
        ([[7, 14, 14, 4], [7, 13, 13, 3], [6, 13, 13, 3]], 2720)
    """
    powers = Powers.of(model)
    if powers is None or powers.bound > model.ambient_dimension:
        return None
    prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
    while model.denominator[0] % prime == 0:
        prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
    for division in powers.divisions():
        found: dict[Sizes, tuple[list[np.ndarray], np.ndarray]] = {}
        for sizes in {*division}:
            if sum(a * b for a, b in zip(sizes, sizes[1:]))**2 > memory:
                return None  # and coarser divisions have larger groups
            place = _good_place(powers, sizes, prime, generator)
            if place is None:
                break
            found[sizes] = place
        else:
            weights = [found[sizes][0] for sizes in division]
            return {"prime": prime, "point": powers.point(weights),
                    "groups": [list(sizes) for sizes in division],
                    "inputs": [found[sizes][1].tolist() for sizes in division]}, powers.bound
    return None
