"""
Points at which the Jacobian falls apart into blocks.

The rank at any integer point modulo a prime bounds the dimension from below.  Give each input a
degree in Z^s, or (Z/m)^s, and each unit of a layer one of those of what it reads.  So each
parameter has the degree that it must have, for all states to be homogeneous; and at the point those
of degree 0 are arbitrary, and all others are zero.  In other words a diagonalizable group acts on
parameters, inputs and outputs, the parametrization is equivariant, and the point is fixed: then the
tangent space is a sum of spaces of weights.  The blocks are even smaller, since terms of one degree
in different outputs are different rows, and a finer group may fix the point but for a few layers;
they are read off at the point, see
:func:`~neuroalg_sage.certificates.dimension.blocks.rank_in_blocks`.

Inputs are divided into groups with a degree each:

- in Z^s, where outputs may have different degrees;
- modulo the degree of the model, so that all groups may have the same output;
- with degrees ±e modulo r + 1, where r is the degree of activations: so states that are added to
  what an activation made of them keep their degrees.  Attention does as well: a key of degree e
  meets a query of degree -e;
- for filters also with a degree for each step along an axis.

With many groups blocks are small, but what a group computes is not independent any more.
So the finest grading is tried first, and then coarser ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.certificates.dimension.blocks import MORE_INPUTS, blocks_of_rows
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.dimension.known_symmetries import (
    constant_modulo,
    encode_symmetries,
    symmetry_rows,
)
from neuroalg_sage.invariants.dimension.proved_rank import ProvedRank
from neuroalg_sage.models.computation_graphs import FixedMap
from neuroalg_sage.models.layers import (
    Activation,
    Attention,
    Chain,
    Composite,
    Convolution,
    Dense,
    Layer,
    Product,
    Sum,
    parts,
)
from neuroalg_sage.models.model import Model

ROWS_AT_ONCE = 128
MOST_WORK = 30_000_000  # to join blocks; a checker takes some more


class Unsuited(Exception):
    """The model does not respect the grading, or has layers of which too little is known."""


class Grading:
    """
    Degrees of the parameters of layers, given those of the inputs.

    Degrees are the last axis of arrays.

    - ``modulus`` -- that of the degrees, or 0
    - ``vanishes`` -- for each parameter whether its degree is not 0
    - ``kinds`` -- a number for parameters that read and make states of the same degrees
    """

    def __init__(self, modulus: int) -> None:
        self.modulus = modulus
        self.vanishes: list[np.ndarray] = []
        self.kinds: list[np.ndarray] = []
        self.count = 0
        self.first = True  # whether no filter was met

    def reduced(self, degrees: np.ndarray) -> np.ndarray:
        """Modulo the modulus."""
        return degrees % self.modulus if self.modulus else degrees

    def through(self, layer: Layer, degrees: np.ndarray, wanted: np.ndarray | None = None
                ) -> np.ndarray:
        """
        The degrees of the outputs of a layer; those that are wanted, if some are.

        Raises Unsuited if the layer does not allow it.
        """
        rule = next((rule for kind, rule in _RULES.items() if isinstance(layer, kind)), None)
        if rule is None or isinstance(layer, Composite) and any(
                other is not None for other in layer.share):
            raise Unsuited
        made = rule(self, layer, degrees, wanted)
        if wanted is not None:
            self.require_equal(made, wanted)
        return made

    def require_equal(self, degrees: np.ndarray, others: np.ndarray) -> None:
        """Raise Unsuited if some degrees are not equal modulo the modulus."""
        if self.reduced(degrees - others).any():
            raise Unsuited

    def _add(self, made: np.ndarray, read: np.ndarray) -> None:
        both = np.broadcast_arrays(made, read)
        self.vanishes.append(self.reduced(both[0] - both[1]).any(axis=-1).ravel())
        _, kinds = np.unique(np.concatenate(both, axis=-1).reshape(-1, 2 * made.shape[-1]), axis=0,
                             return_inverse=True)
        self.kinds.append(kinds.reshape(-1) + self.count)
        self.count += kinds.max() + 1

    def dense(self, layer: Dense, degrees: np.ndarray, wanted: np.ndarray | None) -> np.ndarray:
        """Each unit has the degree of some inputs."""
        taken = degrees.reshape(-1, degrees.shape[-1])
        made = _shared_out(taken, layer.outputs) if wanted is None else wanted
        self._add(made[:, None], taken)
        if layer.bias:
            self._add(made, made * 0)
        return made

    def activation(self, layer: Activation, degrees: np.ndarray, wanted: np.ndarray | None
                   ) -> np.ndarray:
        """A power multiplies degrees."""
        if any(layer.coefficients[:-1]):
            raise Unsuited
        return degrees * (len(layer.coefficients) - 1)

    def convolution(self, layer: Convolution, degrees: np.ndarray, wanted: np.ndarray | None
                    ) -> np.ndarray:
        """The degrees of places are those of steps along the axes, added up."""
        weights = layer.parameter_shapes()[0][1]
        size = weights[2:]
        has_channels = degrees.ndim == len(size) + 2
        taken = degrees if has_channels else degrees[None]
        first: tuple[Any, ...] = (slice(None), *[0] * len(size))
        corner = taken[first]
        steps = [np.take(taken, 1, axis)[(0, *[0] * (len(size) - 1))] - corner[0]
                 if taken.shape[axis] > 1 else corner[0] * 0 for axis in range(1, len(size) + 1)]

        def places(extents: tuple[int, ...]) -> np.ndarray:
            grid = np.indices(extents).reshape(len(extents), -1).T
            return (grid @ np.array(steps)).reshape(*extents, -1)

        spread: tuple[Any, ...] = (slice(None), *[None] * len(size))
        self.require_equal(corner[spread] + places(taken.shape[1:-1]), taken)
        window = corner[spread] + places(size)
        if wanted is not None:
            made = wanted[first] if has_channels else wanted[:1]
        else:
            made = _shared_out(window if self.first else corner, weights[0])
        self.first = False
        self._add(made[(slice(None), None, *[None] * len(size))], window[None])
        shape = tuple((n - k) // s + 1 for n, k, s in zip(taken.shape[1:-1], size, layer.strides))
        found = made[spread] + places(tuple(s * n for s, n in zip(layer.strides, shape)))[
            tuple(slice(None, None, s) for s in layer.strides)]
        return found if has_channels or weights[0] > 1 else found[0]

    def attention(self, layer: Attention, degrees: np.ndarray, wanted: np.ndarray | None
                  ) -> np.ndarray:
        """The degree of each row of the keys meets its negative in the queries."""
        taken, tokens = degrees[:, 0], degrees.shape[1]
        self.require_equal(degrees, taken[:, None])
        if {*map(bytes, self.reduced(-taken))} - {*map(bytes, self.reduced(taken))}:
            raise Unsuited
        keys = _shared_out(taken, layer.head)
        made = _shared_out(taken, layer.outputs) if wanted is None else wanted[:, 0]
        for rows in -keys, keys, made:
            self._add(rows[:, None], taken)
        return made[:, None].repeat(tokens, 1)

    def fixed_map(self, layer: FixedMap, degrees: np.ndarray, wanted: np.ndarray | None
                  ) -> np.ndarray:
        """An output that is zero has the degree of another one with the same first index."""
        taken = degrees.reshape(-1, degrees.shape[-1])
        made: dict[int, np.ndarray] = {i: taken[0] * 0 for i, _ in layer.vector}
        for i, j, _ in layer.matrix:
            self.require_equal(made.setdefault(i, taken[j]), taken[j])
        count = prod(layer.codomain)
        inner = count // layer.codomain[0]
        alike = {i // inner: d for i, d in made.items()}
        if len(alike) < layer.codomain[0]:
            raise Unsuited
        return np.array([made.get(i, alike[i // inner]) for i in range(count)]).reshape(
            *layer.codomain, -1)

    def chain(self, layer: Chain, degrees: np.ndarray, wanted: np.ndarray | None) -> np.ndarray:
        """The last layer makes what is wanted."""
        for inner in layer.layers[:-1]:
            degrees = self.through(inner, degrees)
        return self.through(layer.layers[-1], degrees, wanted) if layer.layers else degrees

    def sum(self, layer: Sum, degrees: np.ndarray, wanted: np.ndarray | None) -> np.ndarray:
        """All branches have the degrees of one: of one that adds the inputs, if there is one."""
        if any(isinstance(branch, Chain) and not branch.layers for branch in layer.layers):
            wanted = degrees
        for branch in layer.layers:
            wanted = self.through(branch, degrees, wanted)
        assert wanted is not None
        return wanted

    def product(self, layer: Product, degrees: np.ndarray, wanted: np.ndarray | None
                ) -> np.ndarray:
        """The last factor makes what is wanted of the product."""
        total: Any = 0
        for branch in layer.layers[:-1]:
            total = total + self.through(branch, degrees)
        return total + self.through(layer.layers[-1], degrees,
                                    None if wanted is None else wanted - total)


_RULES: dict[type[Layer], Any] = {
    Dense: Grading.dense, Activation: Grading.activation, Convolution: Grading.convolution,
    Attention: Grading.attention, FixedMap: Grading.fixed_map, Chain: Grading.chain,
    Sum: Grading.sum, Product: Grading.product}


def _shared_out(degrees: np.ndarray, count: int) -> np.ndarray:
    """So many of the different degrees, in their order, each about equally often."""
    rows = degrees.reshape(-1, degrees.shape[-1])
    _, first = np.unique(rows, axis=0, return_index=True)
    different = rows[np.sort(first)]
    return different[np.arange(count) * len(different) // count]


def _gradings(model: Model) -> Iterator[tuple[int, int, np.ndarray]]:
    """Moduli, those modulo which degrees are the same at the point, and degrees of the inputs."""
    layers = [*parts(model.chain)]
    powers = {len(layer.coefficients) - 1 for layer in layers if isinstance(layer, Activation)}
    channels, places = model.input_shape[0], model.input_shape[1:]
    has_filters = bool(places) and any(isinstance(layer, Convolution) and max(
        layer.parameter_shapes()[0][1][2:]) > 1 for layer in layers)
    counts: list[int] = []
    groups = channels // 2
    while groups > 1 or groups == 1 and has_filters:
        counts.append(groups)
        groups = min(groups - 1, groups * 4 // 5)
    for groups in counts:
        units = np.eye(groups, dtype=np.int64)[np.arange(channels) * groups // channels]
        if groups <= model.output_shape[0]:
            yield 0, 0, _over(units, places)
        if 2 * groups > model.output_shape[0]:
            yield model.input_degree, 0, _over(units, places)
        if has_filters:
            for axes in product((0, 1), repeat=len(places)):
                if any(axes):
                    steps = np.diag(axes)[[i for i, has in enumerate(axes) if has]]
                    grid = np.moveaxis(np.indices(places), 0, -1) @ steps.T
                    yield 0, 0, np.concatenate([_over(units, places), np.broadcast_to(
                        grid, (channels, *grid.shape))], axis=-1)
    if len(powers) < 2 and any(isinstance(layer, (Attention, Sum)) for layer in layers):
        m = powers.pop() + 1 if powers else 0
        for groups in (g for g in [*counts, 1] if 2 * g <= channels):
            half = np.arange(channels) * 2 * groups // channels
            units = np.eye(groups, dtype=np.int64)[half // 2] * (1 - 2 * (half % 2))[:, None]
            yield m, m, _over(units, places)


def _over(units: np.ndarray, places: tuple[int, ...]) -> np.ndarray:
    """The same degrees at all places."""
    return np.broadcast_to(units[(slice(None), *[None] * len(places))],
                           (len(units), *places, units.shape[1]))


class _Point:
    """
    A random point of degree 0, and blocks of the parameters.

    - ``blocks`` -- for each parameter the number of its block; at first parameters are in one if
      they read states of one degree and make states of one degree
    """

    def __init__(self, model: Model, grading: Grading, modulus: int, degrees: np.ndarray,
                 prime: int, numbers: np.random.Generator) -> None:
        grading.through(model.chain, degrees)
        self.model, self.modulus, self.prime, self.numbers = model, modulus, prime, numbers
        self.degrees = degrees.reshape(-1, degrees.shape[-1])
        self.blocks = np.concatenate(grading.kinds)
        self.point = np.where(np.concatenate(grading.vanishes), 0, numbers.integers(
            1, prime, len(self.blocks)))

    @property
    def sizes(self) -> np.ndarray:
        """How many parameters the blocks have."""
        return np.bincount(self.blocks)

    def join(self) -> None:
        """Join blocks that have entries in the same rows."""
        parent = list(range(len(self.sizes)))

        def root(b: int) -> int:
            while parent[b] != b:
                b = parent[b]
            return b

        degrees = [*map(tuple, self.degrees.tolist())]
        for mask in {*blocks_of_rows(rebuilt(self.model), self.point.tolist(),
                                     self.blocks.tolist(), degrees, self.modulus, MOST_WORK)}:
            first = root(mask.bit_length() - 1)
            while mask:
                mask, other = mask & mask - 1, root((mask & -mask).bit_length() - 1)
                parent[other] = first
        joined = np.array([root(b) for b in range(len(parent))])
        _, self.blocks = np.unique(joined[self.blocks], return_inverse=True)

    def work(self) -> int:
        """What the ranks of the blocks take, up to a factor."""
        return int((self.sizes**3).sum())

    def fits(self, memory: float) -> bool:
        """
        Whether there is memory for all blocks, and for the rank of the largest, where it is that of
        the ranks of so many entries.
        """
        entries = self.sizes**2
        return bool(entries.sum() + entries.max() <= memory)

    def rows(self, inputs: np.ndarray, combinations: np.ndarray) -> np.ndarray:
        """The rows of the Jacobian at inputs, for one combination of outputs at each."""
        powers = np.ones((len(inputs), self.model.output_count), dtype=np.int64)
        for j in range(1, self.model.output_count):
            powers[:, j] = powers[:, j - 1] * combinations % self.prime
        return modular.jacobian(lambda w, x: self.model.apply(w, x, constant_modulo(self.prime)),
                                self.point.tolist(), inputs, self.prime, powers)

    def _random(self, *shape: int) -> np.ndarray:
        return self.numbers.integers(1, self.prime, shape)

    def trial(self, loss: int) -> dict[str, Any] | None:
        """
        The trial, if the ranks of the blocks add up to the number of parameters less ``loss``, else
        None.
        """
        sizes = self.sizes
        order = np.argsort(self.blocks, kind="stable")
        columns = dict(enumerate(np.split(order, np.cumsum(sizes)[:-1])))
        entries: dict[int, list[np.ndarray]] = {b: [] for b in columns}
        inputs = self._random(int(sizes.max()) + MORE_INPUTS, len(self.degrees))
        combinations = self._random(len(inputs))
        for start in range(0, len(inputs), ROWS_AT_ONCE):
            end = start + ROWS_AT_ONCE
            rows = self.rows(inputs[start:end], combinations[start:end])
            for b, own in [*columns.items()]:
                entries[b].append(rows[: max(len(own) + MORE_INPUTS - start, 0), own])
                if end >= len(own) + MORE_INPUTS:
                    loss -= len(own) - modular.rank(np.concatenate(entries.pop(b)), self.prime)
                    del columns[b]
                    if loss < 0:
                        return None
        return {"prime": self.prime, "point": self.point.tolist(), "modulus": self.modulus,
                "degrees": self.degrees.tolist(), "blocks": self.blocks.tolist(),
                "inputs": inputs.tolist(), "combinations": combinations.tolist()}


def blocks_trial(model: Model, bound: int, prime: int, generator: random.Random, memory: float
                 ) -> dict[str, Any] | None:
    """
    A trial at a point of degree 0 of some grading, whose rank is an upper bound for the dimension.

    INPUT:

    - ``bound`` -- the upper bound
    - ``prime`` -- a prime that divides no denominator of the model
    - ``generator`` -- source of random numbers
    - ``memory`` -- how many entries all blocks may have

    OUTPUT: the trial; None if none was found

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("resnet:width=12,hidden=6,blocks=2:x^2")
        >>> trial = blocks_trial(model, 276, 2097169, random.Random(1), 10**8)
        >>> trial["modulus"], len({*trial["blocks"]})
        (3, 14)
    """
    numbers = np.random.default_rng(generator.getrandbits(32))
    loss, points, least = model.parameter_count - bound, [], 0
    for support, modulus, degrees in _gradings(model):
        try:
            points.append(_Point(model, Grading(support), modulus, degrees, prime, numbers))
        except Unsuited:
            continue
    for point in sorted(points, key=_Point.work):
        # Ranks of parts of blocks add up to no less than those of blocks.
        if point.work() < least or not point.fits(memory) or (trial := point.trial(loss)) is None:
            continue
        before = len(point.sizes)
        least = 3 * point.work()  # a grading that is hardly coarser is not tried
        try:
            point.join()
        except CertificateError:  # it takes too much work
            continue
        if len(point.sizes) < before:
            trial = point.trial(loss) if point.fits(memory) else None
        if trial is not None and len(point.sizes) > 1:
            return trial
    return None


def proved_by_blocks(model: Model, generator: random.Random, memory: float) -> ProvedRank | None:
    """
    The rank where the Jacobian falls apart into blocks, if it is the dimension; None if no such
    point is found.

    INPUT:

    - ``generator`` -- source of random numbers
    - ``memory`` -- how many entries all blocks may have

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("attention:d=6,a=2,out=6,t=2,layers=2,skip=1")
        >>> found = proved_by_blocks(model, random.Random(1), 10**8)
        >>> found.rank, found.upper["kind"], len(found.upper["fields"])
        (110, 'symmetries', 10)
    """
    # Degrees, and blocks, are in memory beside the symmetries.
    if not model.has_few_symmetries(int(memory) // (4 * model.parameter_count)):
        return None
    prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
    while model.denominator[0] % prime == 0:
        prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)

    def most(point: list[int]) -> int:
        return model.parameter_count - modular.rank(symmetry_rows(model, point, prime), prime)

    bound = most([generator.randrange(prime) for _ in range(model.parameter_count)])
    is_filling = bound > model.ambient_dimension
    bound = min(bound, model.ambient_dimension)
    trial = blocks_trial(model, bound, prime, generator, memory)
    if trial is None or not is_filling and most(trial["point"]) != bound:
        return None
    upper, by = ({"kind": "ambient"}, "the ambient dimension") if is_filling else (
        encode_symmetries(model.symmetries), "symmetries")
    return ProvedRank(trial, bound, upper,
                      f"rank of the Jacobian modulo a prime, in blocks, and {by}")
