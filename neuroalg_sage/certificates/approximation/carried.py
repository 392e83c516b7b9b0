r"""
What carries over from a polynomial network to the one that it is near: what all such claims need.

Let W be the box of parameters and X the box of inputs of a network approximation
(:mod:`~neuroalg_sage.certificates.approximation.networks`), f_w the functions of the network, and
p_w those of the polynomial one.  It is verified that \|f_w(x) - p_w(x)\| <= h for all w in W and x
in X, in each of the c outputs.  Let F be the set of all f_w, and P that of all p_w, w in W; and

    d(f, g) = the supremum of \|f_i(x) - g_i(x)\| over all x in X and outputs i,

so that d(f_w, p_w) <= h.  Only what is said of parameters in W and of inputs in X carries over, and
only with a loss that depends on h.  For a probability measure on X, the distance in the norm of L²,
the root of the mean of Σ_i (f_i - g_i)², is at most √c d(f, g), so at most √c h for f_w and p_w.

**Enclosures.**  A value p_w(x), and its partial derivatives by the inputs, or by the parameters,
are enclosed in boxes of inputs and of parameters by balls, layer by layer.  On a cell with the
center c and half the widths r_k, a function q with continuous derivatives is between q(c) - s and
q(c) + s, where s = Σ_k r_k sup \|∂_k q\|, by the mean value theorem on the segment to c, which is
in the cell.  A box is bisected until a claim is verified on each cell; cells cover the box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from flint import arb, arb_mat, arb_poly, fmpq

from neuroalg_sage.certificates.approximation.networks import (
    Interval,
    Network,
    check_network_approximation,
    differences,
    images,
)
from neuroalg_sage.certificates.reading import (
    fields,
    items,
    member,
    numbers,
    require,
)

BITS = 192
MOST_CELLS = 20_000

Weights = list[tuple[arb_mat, list[arb] | None]]
Jets = list[list[arb]]  # of each output the value, and the partial derivatives
Cell = list[Interval]


class Near:
    """
    A network and a polynomial one near to it, once this is verified.

    - ``network`` -- the network
    - ``distance``, ``radius`` -- h, and by how much parameters differ from the stated ones
    - ``inputs`` -- the box X
    """

    def __init__(self, network: Network, claim: Any, evidence: Any) -> None:
        value, self.evidence = member(claim, "near"), member(evidence, "near")
        check_network_approximation(network, value, self.evidence)
        self.network, self.value = network, value
        self.distance, self.radius = numbers([value["distance"], value["radius"]], "numbers")
        self.inputs: Cell = [(a, b) for a, b in (numbers(pair, "interval", 2)
                                                 for pair in value["inputs"])]

    @cached_property
    def polynomials(self) -> list[tuple[arb_poly, arb_poly]]:
        """The polynomial after each layer but the last, and its derivative."""
        found = [arb_poly(numbers(layer["coefficients"], "coefficients"))
                 for layer in self.value["layers"]]
        return [(p, p.derivative()) for p in found]

    @property
    def parameter_counts(self) -> list[int]:
        """How many parameters each layer has."""
        return [len(rows) * (len(rows[0]) + (bias is not None))
                for rows, bias in self.network.layers]

    @property
    def box(self) -> Cell:
        """The box W: of each layer the weights, row by row, then the constants."""
        return [(w - self.radius, w + self.radius) for rows, bias in self.network.layers
                for row in [*rows, bias or []] for w in row]

    def parameters(self, data: Any) -> list[fmpq]:
        """Parameters, once they are verified to be in W."""
        box = self.box
        found = numbers(data, "parameters", len(box))
        require(all(a <= w <= b for w, (a, b) in zip(found, box)),
                "Parameters are not in the box.")
        return found

    def input(self, data: Any) -> list[fmpq]:
        """An input, once it is verified to be in X."""
        found = numbers(data, "input", len(self.inputs))
        require(all(a <= x <= b for x, (a, b) in zip(found, self.inputs)),
                "An input is not in the box.")
        return found

    def weights(self, parameters: Sequence[Any]) -> Weights:
        """The affine maps of parameters, which are numbers or balls."""
        found, place = [], 0
        for rows, bias in self.network.layers:
            m, n = len(rows), len(rows[0])
            matrix = arb_mat(m, n, list(map(arb, parameters[place:place + m * n])))
            place += m * n
            constants = None
            if bias is not None:
                constants = list(map(arb, parameters[place:place + m]))
                place += m
            found.append((matrix, constants))
        return found

    def jets(self, weights: Weights, inputs: Sequence[Any], by: str = "") -> Jets:
        """
        The outputs of the polynomial network, and their derivatives by ``"inputs"`` or by
        ``"parameters"``; numbers or balls.
        """
        n = len(inputs)
        count = {"": 0, "inputs": n, "parameters": sum(self.parameter_counts)}[by]
        states = [[[arb(x)] + [arb(by == "inputs" and k == i) for k in range(count)]
                   for i, x in enumerate(inputs)]]
        place = 1
        for k, (matrix, constants) in enumerate(weights):
            state = self.network.entries(k, states)
            rows = (matrix * arb_mat(state)).tolist()
            for i, row in enumerate(rows):
                if by == "parameters":
                    for j, before in enumerate(state):
                        row[place + i * len(state) + j] += before[0]
                if constants is not None:
                    row[0] += constants[i]
                    if by == "parameters":
                        row[place + len(rows) * len(state) + i] += 1
            place += self.parameter_counts[k]
            if k < len(self.polynomials):
                rows = [self._activated(row, *self.polynomials[k]) for row in rows]
            states.append(rows)
        return states[-1]

    @staticmethod
    def _activated(row: list[arb], p: arb_poly, slope: arb_poly) -> list[arb]:
        """The polynomial of a value, and the derivatives by the chain rule."""
        shift, rest = arb_poly([row[0].mid(), 1]), arb(0, row[0].rad())
        value = p(shift)(rest)  # of the expansion at the middle, which is tighter
        if len(row) == 1:
            return [value]
        factor = slope(shift)(rest)
        return [value, *(factor * c for c in row[1:])]

    def values(self, parameters: Sequence[Any], inputs: Sequence[Any]) -> list[arb]:
        """The outputs of the polynomial network."""
        return [row[0] for row in self.jets(self.weights(parameters), inputs)]

    def spread(self, changes: Sequence[fmpq]) -> fmpq:
        """
        How much outputs of the network, not of the polynomial one, differ at most for inputs in X,
        if two parameters in W differ by at most the change of their layer.

        If entries h_j and g_j before a layer differ by at most e_j, then w_ij h_j - v_ij g_j is
        w_ij (h_j - g_j) + (w_ij - v_ij) g_j; the activation has the verified Lipschitz constant,
        and its values are in the verified interval.
        """
        states, differ = self.states(), [[fmpq(0)] * len(self.inputs)]
        for k, (affine, change) in enumerate(zip(self.network.layers, changes)):
            sizes = [max(abs(a), abs(b)) for a, b in self.network.entries(k, states)]
            more = change * (sum(sizes, fmpq(0)) + (affine[1] is not None))
            slope = self.bounds(k)[1] if k < len(self.polynomials) else fmpq(1)
            differ.append([slope * (e + more) for e in differences(
                affine, self.radius, self.network.entries(k, differ))])
        return max(differ[-1])

    def states(self, of_the_polynomials: bool = False) -> list[Cell]:
        """Intervals of all states of one of both networks but the outputs, inputs first."""
        found = [self.inputs]
        for k, layer in enumerate(self.value["layers"]):
            (m, most), _ = self.bounds(k)
            error = numbers([layer["error"]], "error")[0] if of_the_polynomials else fmpq(0)
            found.append([(m - error, most + error)] * self.network.widths[k + 1])
        return found

    def outputs(self, of_the_polynomials: bool = False) -> Cell:
        """Intervals of the outputs of one of both networks, for parameters in W and inputs in X."""
        last = len(self.polynomials)
        return images(self.network.layers[last], self.radius, self.network.entries(
            last, self.states(of_the_polynomials)))

    def bounds(self, layer: int) -> tuple[Interval, fmpq]:
        """The verified interval of the activation's values in a layer, and its slope there."""
        data = self.evidence["layers"][layer]
        m, most, slope = numbers([*data["values"], data["slope"]], "bounds")
        return (m, most), slope


def ball(interval: Interval) -> arb:
    """A ball that contains an interval."""
    return arb((interval[0] + interval[1]) / 2, (interval[1] - interval[0]) / 2)


def center(cell: Cell) -> list[fmpq]:
    """The center of a cell."""
    return [(a + b) / 2 for a, b in cell]


def remainder(gradient: Sequence[arb], cell: Cell) -> arb:
    """The number s of the mean value theorem."""
    return sum((g.abs_upper() * arb((b - a) / 2) for g, (a, b) in zip(gradient, cell)), arb(0))


def halves(cell: Cell, weights: Sequence[arb]) -> list[Cell]:
    """Both halves of a cell, cut where a bound for the change along an edge is largest."""
    sizes = [float(w.abs_upper() * arb(b - a)) if b > a else -1.0
             for w, (a, b) in zip(weights, cell)]
    k = max(range(len(cell)), key=lambda i: sizes[i])
    a, b = cell[k]
    middle = (a + b) / 2
    return [[*cell[:k], part, *cell[k + 1:]] for part in ((a, middle), (middle, b))]


def everywhere(cell: Cell, test: Callable[[Cell], tuple[bool, Sequence[arb]]]) -> None:
    """
    Verify a claim in a box by bisection.

    INPUT:

    - ``test`` -- of a cell, whether the claim is verified there, and what says where to cut
    """
    cells, left = [cell], MOST_CELLS
    while cells:
        one = cells.pop()
        is_shown, weights = test(one)
        if not is_shown:
            left -= 1
            require(left > 0, "The bound is not shown in all cells.")
            cells += halves(one, weights)


def open_claim(network: Network, value: Any, evidence: Any, *names: str) -> tuple[Near, list[Any]]:
    """The network approximation that a claim rests on, and the other fields of its value."""
    found = fields(value, *names)
    require(set(value) == {"near", *names}, "The claim has an unknown field.")
    return Near(network, value, evidence), found


def vectors(data: Any, role: str, most: int) -> list[Any]:
    """A list of at most so many parts, and at least one."""
    found = items(data, role)
    require(0 < len(found) <= most, f"There are not from 1 to {most} {role}.")
    return found
