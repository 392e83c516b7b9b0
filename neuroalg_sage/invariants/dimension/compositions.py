"""
Upper bounds for dimensions of perceptrons, by their parts.

The functions of a network are compositions of those of a head and of a tail, between which
the rescalings of units act, or a general linear group; and both parts are smaller networks, whose
dimensions are bounded in the same way.  So a narrow state bounds the dimension, as Kileel, Trager
and Bruna noted, a last layer with squares and one output is a quadratic form, in which its
units can be rotated, and more outputs than hidden units are multiples of some.  Of
one hidden layer with a power Koszul flattenings, as those of Ottaviani, bound what is left.

REFERENCES: [KTB2019]_
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from math import comb
from typing import Any

import numpy as np

from neuroalg_sage.certificates.dimension.forms import forms_behind
from neuroalg_sage.certificates.dimension.koszul_flattenings import entries
from neuroalg_sage.descriptions.flattening import output_format
from neuroalg_sage.descriptions.secant_varieties import (
    ALEXANDER_HIRSCHOWITZ,
    power_sum,
    secant_variety,
)
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.known_symmetries import (
    constant_modulo,
    encode_symmetries,
    symmetry_rows,
)
from neuroalg_sage.models.layers import Activation, Dense, Layer
from neuroalg_sage.models.model import Model, monomials

# A trial of a model, with the rank and an upper bound for it that is tried.
TrialOf = Callable[[Model, int], tuple[dict[str, Any], int]]

# Beyond these the search takes longer than what it might prove is worth.
MOST_PARAMETERS = 1500
MOST_ENTRIES = 300_000
MOST_CONDITIONS = 3_000_000


def is_power(layer: Layer) -> bool:
    """Whether a layer is an activation c x^d."""
    return isinstance(layer, Activation) and not any(layer.coefficients[:-1])


def is_perceptron(model: Model) -> bool:
    """Whether the layers are dense ones and activations, and not too large for this search."""
    return model.parameter_count <= MOST_PARAMETERS and all(
        isinstance(layer, (Dense, Activation)) for layer in model.layers)


@dataclass(frozen=True)
class Bound:
    """
    An upper bound for the dimension of a model, with its proof.

    - ``value`` -- the bound
    - ``evidence``, ``trust`` -- what a certificate holds
    - ``words`` -- what it is
    """

    value: int
    evidence: dict[str, Any]
    words: str
    trust: tuple[str, ...] = ()


@dataclass
class UpperBounds:
    """
    The search for upper bounds of perceptrons; what is found of a part is kept.

    - ``trial_of`` -- finds a trial of a model
    """

    trial_of: TrialOf
    known: dict[tuple[Any, ...], tuple[Bound, dict[str, Any]]] = field(default_factory=dict)

    def of(self, model: Model, trial: dict[str, Any] | None = None, rank: int | None = None
           ) -> tuple[Bound, dict[str, Any]]:
        """The least bound that is found, and the trial that belongs to it."""
        key = model.layers, model.input_shape
        if key not in self.known:
            first = Bound(model.ambient_dimension, {"kind": "ambient"}, "the ambient dimension")
            if trial is None or rank is None:
                trial, rank = self.trial_of(model, min(first.value, model.parameter_count))
            best = first
            for bound in self._bounds(model, trial, rank):
                if bound.value < best.value:
                    best = bound
                if best.value == rank:
                    break
            self.known[key] = best, trial
        return self.known[key]

    def _bounds(self, model: Model, trial: dict[str, Any], rank: int) -> Iterator[Bound]:
        prime, dense = trial["prime"], model.layers[::2]
        if all(map(is_power, model.layers[1::2])) and all(
                isinstance(layer, Dense) for layer in dense) and len(model.layers) % 2:
            units = sum(layer.outputs for layer in dense[:-1] if isinstance(layer, Dense))
            yield Bound(model.parameter_count - units, {"kind": "rescalings"}, "rescalings")
        else:
            found = modular.rank(symmetry_rows(model, trial["point"], prime), prime)
            yield Bound(model.parameter_count - found, encode_symmetries(model.symmetries),
                        "symmetries")
        matrices = output_format(model)
        if matrices is not None:
            yield Bound(matrices.dimension(), {"kind": "flattening"},
                        "the rank of the output flattening")
        variety = secant_variety(model)
        if variety is not None and variety.degree == 2:
            yield Bound(variety.dimension(), {"kind": "quadratic forms"},
                        "the rank of symmetric matrices")
        elif variety is not None:
            yield Bound(variety.dimension(), {"kind": "theorem"},
                        "the theorem of Alexander and Hirschowitz", (ALEXANDER_HIRSCHOWITZ,))
        yield from self._compositions(model)
        yield from _koszul_bounds(model, trial, rank)

    def _compositions(self, model: Model) -> Iterator[Bound]:
        """Those by a state at which the model falls into two smaller parts."""
        layers, shape = model.layers, model.input_shape
        homogeneous = widths_and_powers(model) is not None
        for cut in range(1, len(layers)):
            before, after = layers[:cut], layers[cut:]
            shape = before[-1].output_shape(shape)
            width = shape[0]
            one = (Dense(width, width),)
            head = Model(before + one * (not isinstance(before[-1], Dense)), model.input_shape)
            tail = Model(one * (not isinstance(after[0], Dense)) + after, shape)
            if isinstance(before[-1], Dense) and is_power(after[0]) and (
                    after[1:] and isinstance(after[1], Dense)):
                parts = Model(before, model.input_shape), Model(after[1:], shape)
                if homogeneous:
                    yield self._composition(model, cut, "rescalings", parts[0], None)
                yield self._composition(model, cut, "rescalings", *parts)
            if _size(head) < _size(model):
                if homogeneous:
                    yield self._composition(model, cut, "linear", head, None)
                if _size(tail) < _size(model):
                    yield self._composition(model, cut, "linear", head, tail)

    def _composition(self, model: Model, cut: int, group: str, head: Model, tail: Model | None
                     ) -> Bound:
        """That by a head and a tail, or by a head and all forms in place of the tail."""
        nothing = Bound(model.ambient_dimension, {"kind": "ambient"}, "the ambient dimension")
        known = [self.of(part) for part in (head, tail) if part is not None]
        parts = [{"upper": bound.evidence, "trial": {key: trial[key] for key in ("prime", "point")}}
                 for bound, trial in known]
        before = known[0][1]
        size = head.output_count
        total = sum(bound.value for bound, _ in known)
        if tail is None:
            known_degrees = widths_and_powers(model)
            assert known_degrees is not None
            total += forms_behind(*known_degrees, cut, group)
        if group == "linear":
            generator, prime = random.Random(0), before["prime"]
            inputs = np.array([[generator.randrange(prime) for _ in range(head.input_count)]
                               for _ in range(size + 2)], dtype=np.int64)
            values = head.apply(
                modular.ResidueArray(np.array([before["point"]], dtype=np.int64), prime),
                modular.ResidueArray(inputs, prime), constant_modulo(prime))
            if modular.rank(values.data, prime) < size:  # nothing is known of the orbits
                return nothing
            parts[0]["trial"]["inputs"] = inputs.tolist()
            size **= 2
        return Bound(total - size,
                     {"kind": "composition", "layer": cut, "group": group, "parts": parts},
                     "the dimensions of two parts",
                     (*dict.fromkeys(name for bound, _ in known for name in bound.trust),))


def widths_and_powers(model: Model) -> tuple[list[int], list[int]] | None:
    """Those of a perceptron without biases and with powers; None of any other model."""
    dense = [layer for layer in model.layers[::2] if isinstance(layer, Dense) and not layer.bias]
    powers = [len(layer.coefficients) - 1 for layer in model.layers[1::2]
              if isinstance(layer, Activation) and is_power(layer)]
    if len(dense) != len(powers) + 1 or len(dense) + len(powers) != len(model.layers):
        return None
    return [model.input_count, *(layer.outputs for layer in dense)], powers


def _size(model: Model) -> tuple[int, int]:
    """What is less for a smaller network: layers with parameters, and parameters."""
    return sum(isinstance(layer, Dense) for layer in model.layers), model.parameter_count


def _koszul_bounds(model: Model, trial: dict[str, Any], rank: int) -> Iterator[Bound]:
    """Those by Koszul flattenings that have at the trial's point the rank that bounds them."""
    format_of = power_sum(model)
    if format_of is None:
        return
    m, h, k, d = format_of
    p, point = trial["prime"], np.array(trial["point"], dtype=np.int64) % trial["prime"]
    forms = np.array(list(monomials(m, d)))
    powers = np.ones((len(forms), h), dtype=np.int64)
    for j in range(m):
        for e in range(1, d + 1):
            powers[forms[:, j] >= e] = powers[forms[:, j] >= e] * point[: m * h].reshape(h, m)[
                :, j] % p
    image = modular.multiply_matrices(point[m * h :].reshape(k, h), powers.T, p).ravel()
    for a, b, e in product(range(k), (None, *range(m)), range(d + 1)):
        other = k - 1 - a, b if b is None else m - 1 - b, d - e - (b is not None)
        if other[2] < 0 or (other[0], -1 if b is None else other[1], other[2]) < (
                a, -1 if b is None else b, e):
            continue  # the transposed matrix
        bound = h * comb(k - 1, a) * (1 if b is None else comb(m - 1, b))
        rows = comb(k, a) * comb(m + e - 1, e) * (1 if b is None else comb(m, b))
        columns = comb(k, a + 1) * comb(m + other[2] - 1, other[2]) * (
            1 if b is None else comb(m, b + 1))
        conditions = (rows - bound) * (columns - bound)
        if bound >= min(rows, columns) or rows * columns > MOST_ENTRIES or (
                conditions * len(image) > MOST_CONDITIONS):
            continue
        table = np.array(entries(k, m, d, a, e, b)[0], dtype=np.int64)
        matrix = np.zeros((rows, columns), dtype=np.int64)
        matrix[table[:, 0], table[:, 1]] = table[:, 3] * image[table[:, 2]] % p
        left, right = modular.reduced_kernel(matrix.T, p)[1], modular.reduced_kernel(matrix, p)[1]
        if len(right) != columns - bound:
            continue
        found = np.zeros((len(left), len(right), len(image)), dtype=np.int64)
        for row, vector in zip(found, left):
            values = vector[table[:, 0]] * table[:, 3] * right[:, table[:, 1]] % p
            np.add.at(row.T, table[:, 2], values.T)
        space = len(image) - modular.rank(found.reshape(-1, len(image)) % p, p)
        yield Bound(space, {"kind": "koszul", "outputs": a, "inputs": b, "degree": e},
                    "the rank of a Koszul flattening")
