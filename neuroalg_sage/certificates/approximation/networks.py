r"""
How far a network is from one with polynomials as activations, for all parameters and inputs.

**Claim.** A network has L layers, affine maps with weights and biases; after each but the last one
an activation f is applied to all entries, the same after all layers or one for each. An affine map
takes the entries before it, or those of the states that it has as ``sources``, one state after the
other, where the state 0 is the input and k that after layer k. Each parameter is any number that
differs from the stated one by at most ``radius``; where a layer is stated by its shape, from zero.
The inputs are any in the boxes ``inputs``. In another network with the same parameters, the
polynomial p of the layer replaces f: it has the ``coefficients``, or it is x c(x) for \|x\|, and
(x + x c(x)) / 2 for ReLU, where c is the composite of the ``stages``. Then at all these parameters
and inputs

- the entries to which f or p is applied are in the ``interval`` of the layer, on which \|f - p\| is
  at most its ``error``;
- the outputs of the two networks differ by at most ``distance`` in each entry.

So the two neuromanifolds, with parameters from that box, have a Hausdorff distance of at most
``distance`` in the norm of the supremum over the inputs and outputs: to each function f_w belongs
p_w, and conversely.

*Proof*, from layer to layer. Let the entries h_j of a state, in both networks, be in given
intervals, and differ by at most e_j. A sum of w_ij h_j over j, and a bias, is in the sum of the
products of intervals; of the two networks, these sums differ by at most e'_i, the sum of \|w_ij\|
e_j, since they have the same weights and biases. If these intervals are within that of the layer,
f has there values from m to M and the Lipschitz constant S, and \|f - p\| <= d, then the new
entries are between m - d and M + d, and differ by at most S e'_i + d, since \|f(a) - p(b)\| <=
\|f(a) - f(b)\| + \|f(b) - p(b)\|. Inputs do not differ. ∎ With a number of ``boxes`` the distance
is shown on parts of the box instead, by :mod:`subdivision`.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from neuroalg_sage.certificates.approximation.activations import Activation
from neuroalg_sage.certificates.approximation.approximation import (
    is_bounded,
    read_cells,
    working_with,
)
from neuroalg_sage.certificates.approximation.composites import largest_error, read_stages
from neuroalg_sage.certificates.approximation.subdivision import (
    BITS_FOR_BOXES,
    MOST_BOXES,
    Subdivision,
    is_within,
)
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    items,
    numbers,
    require,
)

MOST_WIDTH = 100_000
MOST_PARTS = 10_000
BITS_FOR_SLOPES = 64  # the same whatever the precision for errors, which is chosen later

Interval = tuple[fmpq, fmpq]
Affine = tuple[list[list[fmpq]], list[fmpq] | None]  # weights, and biases if there are any


class Network:
    """A network: its affine maps in their order, what each takes, and the activations."""

    def __init__(self, description: Any) -> None:
        names, layers = fields(description, "activation", "layers")
        # From which file the weights are is said besides, and nothing is claimed of it.
        require(set(description) <= {"activation", "layers", "spec", "source"},
                "The description has an unknown field.")
        layers = items(layers, "layers")
        hidden = len(layers) - 1
        known = [Activation({"activation": name}) for name in (
            items(names, "activations", hidden) if isinstance(names, list) else [names])]
        self.activations = known if isinstance(names, list) else known * hidden
        require(layers, "There are no layers.")
        self.layers = [_affine(layer) for layer in layers]
        self.sources = [_sources(layer, k) for k, layer in enumerate(layers)]
        self.widths = [0, *(len(rows) for rows, _ in self.layers)]
        # The input is as wide as the maps need that take it alone, or with others.
        taken = [(len(rows[0]) - sum(self.widths[s] for s in sources), sources.count(0))
                 for (rows, _), sources in zip(self.layers, self.sources)]
        self.widths[0] = next((rest // count for rest, count in taken if count), 0)
        require(self.widths[0] > 0 and all(rest == count * self.widths[0] for rest, count in taken),
                "The layers do not follow one another.")
        self.name = (f"the network {'-'.join(map(str, self.widths))} with "
                     + ", ".join(dict.fromkeys(a.name for a in known)))

    def entries(self, layer: int, states: list[list[Any]]) -> list[Any]:
        """What a layer takes of something that is known for each entry of all states."""
        return [entry for source in self.sources[layer] for entry in states[source]]


def _sources(data: Any, number: int) -> list[int]:
    """The states that a layer takes; else the one before."""
    return [integer(s, 0, number, "state") for s in items(data["sources"], "sources")
            ] if "sources" in data else [number]


def _affine(data: Any) -> Affine:
    """An affine map, stated by its weights, by those that are not zero, or by its shape."""
    if isinstance(data, dict) and "shape" in data:
        shape, has_bias = fields(data, "shape", "has_bias")
        m, n = (integer(k, 1, MOST_WIDTH, "width") for k in items(shape, "shape", 2))
        require(m * n <= 10**7 and type(has_bias) is bool and len(data) == 2,
                "A layer is not one of these.")
        return [[fmpq(0)] * n] * m, [fmpq(0)] * m if has_bias else None
    weights, bias = fields(data, "weights", "bias")
    require(set(data) <= {"weights", "bias", "inputs", "sources"}, "A layer has an unknown field.")
    rows = [_row(row, data) for row in items(weights, "weights")]
    require(rows and rows[0] and all(len(row) == len(rows[0]) for row in rows),
            "The weights are no matrix.")
    return rows, None if bias is None else numbers(bias, "bias", len(rows))


def _row(data: Any, layer: dict[str, Any]) -> list[fmpq]:
    """A row of a matrix; where the number of inputs is stated, by places and what is there."""
    if "inputs" not in layer:
        return numbers(data, "row")
    row = [fmpq(0)] * integer(layer["inputs"], 1, MOST_WIDTH, "width")
    for entry in items(data, "row"):
        place, weight = items(entry, "entry", 2)
        [row[integer(place, 0, len(row) - 1, "place")]] = numbers([weight], "weight")
    return row


def check_network_approximation(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the intervals of all layers, their errors, and the distance of the outputs."""
    radius, inputs, layers, distance = fields(value, "radius", "inputs", "layers", "distance")
    precision, steps = fields(evidence, "precision", "layers")
    require(set(value) == {"radius", "inputs", "layers", "distance"}
            and set(evidence) <= {"precision", "layers", "boxes"}, "There is an unknown field.")
    (radius, distance), hidden = numbers([radius, distance], "numbers"), len(network.layers) - 1
    images_of = [[_interval(pair, True) for pair in items(inputs, "inputs", network.widths[0])]]
    errors_of = [[fmpq(0)] * network.widths[0]]
    require(radius >= 0, "The radius is negative.")
    with working_with(precision):
        for k, (layer, step) in enumerate(zip(items(layers, "layers", hidden),
                                              items(steps, "evidence", hidden))):
            affine, activation = network.layers[k], network.activations[k]
            states, errors = network.entries(k, images_of), network.entries(k, errors_of)
            interval, error = fields(layer, "interval", "error")
            require(set(layer) in ({"interval", "coefficients", "error"},
                                   {"interval", "stages", "error"}),
                    "A layer has an unknown field.")
            (low, high), (d,) = _interval(interval), numbers([error], "error")
            require(all(low <= a and b <= high for a, b in images(affine, radius, states)),
                    "The entries may leave the interval of their layer.")
            cells, values, slope, parts = fields(step, "cells", "values", "slope", "parts")
            require(_is_near(activation, layer, low, high, d, cells),
                    "The error of a layer is not shown to be so small.")
            (m, most), (slope,) = numbers(values, "values", 2), numbers([slope], "slope")
            with working_with(BITS_FOR_SLOPES):
                found = activation.value_and_slope(
                    low, high, integer(parts, 1, MOST_PARTS, "number of parts"))
            require(arb(m) <= found[0] and found[1] <= arb(most) and found[2] <= arb(slope),
                    "The values or slopes of the activation may be larger.")
            errors_of.append([slope * e + d for e in differences(affine, radius, errors)])
            images_of.append([(m - d, most + d)] * len(errors_of[-1]))
        errors = network.entries(hidden, errors_of)
    if "boxes" in evidence:
        parts = Subdivision(network, radius, *(
            [numbers(c, "coefficients") for c in column] for column in (
                [fields(layer, "coefficients")[0] for layer in layers],
                [[layer["error"]] for layer in layers])))
        with working_with(BITS_FOR_BOXES):
            near = is_within(parts.distance, parts.box(images_of[0]), distance, integer(
                evidence["boxes"], 1, MOST_BOXES, "number of boxes"))
    else:
        near = max(differences(network.layers[-1], radius, errors)) <= distance
    require(near, "The outputs are not shown to be so near.")
    return ["the intervals of all states, and the error of each layer",
            "the distance of the outputs"], []


def _is_near(activation: Activation, layer: Any, low: fmpq, high: fmpq, bound: fmpq, cells: Any
             ) -> bool:
    """Whether the polynomial, or the composite, of a layer is shown to be so near."""
    if "coefficients" in layer:
        p = numbers(layer["coefficients"], "coefficients")
        return is_bounded(activation, p, bound, read_cells(low, high, cells))
    require(activation.name in ("abs", "relu"), "There is no composite for this activation.")
    return largest_error(activation.name, read_stages(layer["stages"]), fmpq(0),
                         max(abs(low), abs(high)), cells) <= bound


def _interval(data: Any, or_point: bool = False) -> Interval:
    low, high = numbers(data, "interval", 2)
    require(low < high or (or_point and low == high), "An interval is empty.")
    return low, high


def images(affine: Affine, radius: fmpq, states: list[Interval]) -> list[Interval]:
    """The intervals of the entries of an affine map, with parameters near the stated ones."""
    rows, bias = affine
    sizes = sum((max(abs(a), abs(b)) for a, b in states), fmpq(0))
    found = []
    for i, row in enumerate(rows):
        # (w + r) h with |r| <= radius is w h, up to radius |h|.
        ends = [(w * a, w * b) if w >= 0 else (w * b, w * a) for w, (a, b) in zip(row, states) if w]
        center, more = (fmpq(0), fmpq(0)) if bias is None else (bias[i], radius)
        room = radius * sizes + more
        found.append((sum((a for a, _ in ends), center) - room,
                      sum((b for _, b in ends), center) + room))
    return found


def differences(affine: Affine, radius: fmpq, errors: list[fmpq]) -> list[fmpq]:
    """How much the entries of an affine map differ, if the entries before do so much."""
    rows, _ = affine
    total = radius * sum(errors, fmpq(0))
    return [sum((abs(w) * e for w, e in zip(row, errors) if w), total) for row in rows]
