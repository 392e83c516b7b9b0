r"""
How far a network is from one with polynomials as activations, for parameters in balls of a norm.

**Claim.** Let a network be as for :mod:`networks`, without skipped layers. The matrix of weights of
each layer differs from the stated one (from zero, where a layer is stated by its shape) by a matrix
D whose norm is at most ``radius``, and its column of biases by one whose norm is at most this. The
``norm`` is

- ``spectral``, the largest singular value, of a column its Euclidean norm;
- ``frobenius``, the root of the sum of the squares of the entries;
- ``rows``, the largest sum of absolute values in a row;
- ``entries``, the largest absolute value of an entry.

The inputs are any in the boxes ``inputs`` of a Euclidean norm of at most ``input_norm``, if there
is one. In another network with the same parameters, the polynomial p of the layer replaces f. Then
the entries to which f or p is applied are in the ``interval`` of the layer, on which \|f - p\| is
at most its ``error``; and the outputs of the two networks differ by at most ``distance`` in each
entry, and by at most ``euclidean_distance`` in the Euclidean norm.

*Proof*, from layer to layer. Of the n entries of a state in both networks intervals are known, with
\|h_j\| <= b_j, and a bound r for the Euclidean norm of the state; of what they differ by, bounds
e_j for the entries and e for the Euclidean norm. Let W be the stated matrix, with rows w_i. Then
(W + D) h + bias is in

- the sums of products of intervals for W h, and within \|w_i\| r of zero;
- up to the entries of D h, which are at most B r for the first two norms, since a row of D is not
  longer than its largest singular value, which is at most the Frobenius norm; B max b_j for
  ``rows``; and the smaller one of B sum b_j and B sqrt(n) r for ``entries``;
- up to the entries of the bias, which are at most B for each of the norms.

The Euclidean norm of this is at most (\|W\| + B) r + \|bias\| + B for the first two norms, with
the Frobenius norm of W, which is at least the spectral one; and for all of them the root of the sum
of the squares of bounds for its entries. The differences are bounded likewise, without biases,
which are the same in both networks.

If f has there values from m to M and the Lipschitz constant S, and \|f - p\| <= d, then new entries
are between m - d and M + d, and differ by at most S e'_i + d, as in :mod:`networks`; so by at most
S e' + d sqrt(n) in the Euclidean norm. If zero is in the interval of the layer, \|f(u)\| <=
\|f(0)\| + S \|u\| for entries u there, so that the Euclidean norm of the new state is at most
S r' + (\|f(0)\| + d) sqrt(n) in both networks, where r' was a bound for u. ∎
"""

from __future__ import annotations

from math import isqrt
from typing import Any

from flint import arb, fmpq

from neuroalg_sage.certificates.approximation.approximation import (
    is_bounded,
    read_cells,
    working_with,
)
from neuroalg_sage.certificates.approximation.networks import (
    BITS_FOR_SLOPES,
    MOST_PARTS,
    Affine,
    Interval,
    Network,
)
from neuroalg_sage.certificates.reading import Checked, fields, integer, items, numbers, require

EUCLIDEAN = "spectral", "frobenius"  # norms that bound the Euclidean norm of an image
NORMS = *EUCLIDEAN, "rows", "entries"
BITS_OF_ROOTS = 64


class Bounds:
    """
    What is known of a state in both networks, and of what they differ by.

    - ``entries`` -- intervals of the entries
    - ``norm`` -- at least the Euclidean norm
    - ``differences``, ``distance`` -- the same of the differences
    """

    def __init__(self, entries: list[Interval], norm: fmpq | None, differences: list[fmpq],
                 distance: fmpq | None = None) -> None:
        self.entries, self.differences = entries, differences
        self.sizes = [max(abs(a), abs(b)) for a, b in entries]
        self.norm = _least(_length(self.sizes), norm)
        self.distance = _least(_length(differences), distance)

    def image(self, affine: Affine, norm: str, radius: fmpq) -> Bounds:
        """The same of an affine map of the state."""
        (rows, bias), more = affine, radius if affine[1] is not None else fmpq(0)
        constants = bias or [fmpq(0)] * len(rows)
        lengths = [_length(row) for row in rows]
        room = radius * _of_perturbation(norm, self.sizes, self.norm)
        entries, differences = [], []
        for row, constant, length in zip(rows, constants, lengths):
            ends = [(w * a, w * b) if w >= 0 else (w * b, w * a)
                    for w, (a, b) in zip(row, self.entries) if w]
            low = max(sum((a for a, _ in ends), fmpq(0)), -length * self.norm)
            high = min(sum((b for _, b in ends), fmpq(0)), length * self.norm)
            entries.append((low + constant - room - more, high + constant + room + more))
            differences.append(min(
                sum((abs(w) * e for w, e in zip(row, self.differences) if w), fmpq(0)),
                length * self.distance) + radius * _of_perturbation(
                    norm, self.differences, self.distance))
        factor = _length(lengths) + radius
        return Bounds(entries, factor * self.norm + _length(constants) + more, differences,
                      factor * self.distance) if norm in EUCLIDEAN else Bounds(
                          entries, None, differences)

    def activated(self, low: fmpq, high: fmpq, values: Interval, slope: fmpq, at_zero: fmpq,
                  error: fmpq) -> Bounds:
        """The same after f in the one network, and p in the other."""
        root = _length([fmpq(1)] * len(self.entries))
        norm = slope * self.norm + (at_zero + error) * root if low <= 0 <= high else None
        return Bounds([(values[0] - error, values[1] + error)] * len(self.entries), norm,
                      [slope * e + error for e in self.differences],
                      slope * self.distance + error * root)


def _of_perturbation(norm: str, sizes: list[fmpq], length: fmpq) -> fmpq:
    """How large the entries of D h are at most, where D has the norm 1."""
    if norm in EUCLIDEAN:
        return length
    if norm == "rows":
        return max(sizes)
    return min(sum(sizes, fmpq(0)), _length([fmpq(1)] * len(sizes)) * length)


def _length(vector: list[fmpq]) -> fmpq:
    """A number that is at least the Euclidean norm, and not much larger; 0 of zero."""
    square = sum((c * c for c in vector), fmpq(0)) * 4**BITS_OF_ROOTS
    return fmpq(isqrt(int(square.ceil()) - 1) + 1, 2**BITS_OF_ROOTS) if square else fmpq(0)


def _least(one: fmpq, other: fmpq | None) -> fmpq:
    return one if other is None else min(one, other)


def first_bounds(boxes: list[Interval], norm: fmpq | None) -> Bounds:
    """What is known of the inputs."""
    return Bounds(boxes, norm, [fmpq(0)] * len(boxes))


def check_norm_bounded_approximation(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the intervals of all layers, their errors, and the two distances."""
    names = "norm", "radius", "inputs", "input_norm", "layers", "distance", "euclidean_distance"
    norm, radius, inputs, input_norm, layers, distance, euclidean = fields(value, *names)
    precision, steps = fields(evidence, "precision", "layers")
    require(set(value) == set(names) and set(evidence) == {"precision", "layers"},
            "There is an unknown field.")
    require(norm in NORMS, "The norm is not known.")
    require(network.sources == [[k] for k in range(len(network.layers))], "A layer is skipped.")
    hidden = len(network.layers) - 1
    radius, distance, euclidean = numbers([radius, distance, euclidean], "numbers")
    boxes = [numbers(pair, "interval", 2) for pair in items(inputs, "inputs", network.widths[0])]
    (size,) = [None] if input_norm is None else numbers([input_norm], "norm of the inputs")
    require(radius >= 0 and (size is None or size >= 0) and all(a <= b for a, b in boxes),
            "The radius is negative, or an interval empty.")
    state = first_bounds([(a, b) for a, b in boxes], size)
    with working_with(precision):
        for affine, activation, layer, step in zip(
                network.layers, network.activations, items(layers, "layers", hidden),
                items(steps, "evidence", hidden)):
            interval, coefficients, error = fields(layer, "interval", "coefficients", "error")
            cells, values, slope, at_zero, parts = fields(
                step, "cells", "values", "slope", "at_zero", "parts")
            require(len(layer) == 3, "A layer has an unknown field.")
            (low, high), (m, most) = (numbers(interval, "interval", 2),
                                      numbers(values, "values", 2))
            p, (d, slope, at_zero) = (numbers(coefficients, "coefficients"),
                                      numbers([error, slope, at_zero], "numbers"))
            state = state.image(affine, norm, radius)
            require(low < high and all(low <= a and b <= high for a, b in state.entries),
                    "The entries may leave the interval of their layer.")
            require(is_bounded(activation, p, d, read_cells(low, high, cells)),
                    "The error of a layer is not shown to be so small.")
            with working_with(BITS_FOR_SLOPES):
                found = activation.value_and_slope(
                    low, high, integer(parts, 1, MOST_PARTS, "number of parts"))
                require(arb(m) <= found[0] and found[1] <= arb(most) and found[2] <= arb(slope)
                        and abs(activation.value(fmpq(0))) <= arb(at_zero),
                        "The values or slopes of the activation may be larger.")
            state = state.activated(low, high, (m, most), slope, at_zero, d)
    state = state.image(network.layers[-1], norm, radius)
    require(max(state.differences) <= distance and state.distance <= euclidean,
            "The outputs are not shown to be so near.")
    return ["the intervals of all states, and the error of each layer",
            "the distances of the outputs"], []
