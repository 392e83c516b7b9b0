"""
A network with one output and at most one hidden layer, as a function of its parameters.

The hidden units are activations σ that are positively homogeneous, σ(cz) = cσ(z) for c > 0: ReLU,
leaky ReLU, the absolute value, or the maximum of some entries.  The network is
f(x) = Σ v_j σ(w_j x + b_j) + c, with all of v, w, b, c as parameters; b and c are zero without
biases.

*Normalization.*  A unit with v_j ≠ 0 is s_j σ(u_j (x, 1)) with the sign s_j of v_j and
u_j = |v_j| (w_j, b_j).  For given signs s the outputs at given inputs x_1, ..., x_m are a piecewise
linear function of (u, c), with no constants: itself a network, whose inputs are (u, c).  So these
parameters are subdivided by a fan, where each output is linear in each cone.  A permutation of the
units permutes the signs; so it is enough to look at signs s that are +1, ..., +1, -1, ..., -1.

*What normalization loses.*  Where no v_j is zero, (v, w, b, c) ↦ (u, c) is a submersion, so that
local properties of functions of f are the same above and below: being a local minimum, and being
Clarke stationary.  Let X be the space of all (s, u, c), where a unit with u_j = 0 and s_j = 1 is
the same as one with s_j = -1.  The map of all parameters to X that sends v_j = 0 to u_j = 0 is
continuous, and its fibers are products of connected sets: half-lines where u_j ≠ 0, crosses of v_j
= 0 and (w_j, b_j) = 0 where u_j = 0.  It has the continuous section v_j = s_j |u_j|^(1/2), (w_j,
b_j) = u_j / |u_j|^(1/2).  So the preimage of a subset of X has as many connected components as that
subset: a subset of the preimage that is open and closed is a union of fibers, and by the section
its image is open and closed.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.piecewise.network import Network
from neuroalg_sage.certificates.reading import fields, integer, items, member, numbers, require

MOST_PARAMETERS = 8
MOST_POINTS = 12
HOMOGENEOUS = ("relu", "leaky_relu", "absolute_value", "maxout")


class Architecture:
    """
    A network without its parameters.

    - ``units`` -- the number of hidden units; 0 if there is no hidden layer
    - ``block`` -- how many numbers u_j has
    - ``parameters`` -- how many parameters there are before normalization
    """

    def __init__(self, description: Any) -> None:
        taken, units, self.activation, self.bias = fields(
            description, "inputs", "units", "activation", "bias")
        require(set(description) <= {"inputs", "units", "activation", "bias", "spec"},
                "The architecture has an unknown field.")
        require(isinstance(self.bias, bool), "Whether there are biases is not said.")
        self.inputs = integer(taken, 1, MOST_PARAMETERS, "number of inputs")
        self.units = integer(units, 0, MOST_PARAMETERS, "number of units")
        pieces = 1
        if self.units:
            require(member(self.activation, "kind") in HOMOGENEOUS,
                    "The activation is not positively homogeneous.")
            require("from" not in self.activation, "The activation is not that of the units.")
            if self.activation["kind"] == "maxout":
                pieces = integer(member(self.activation, "pieces"), 1, MOST_PARAMETERS,
                                 "number of pieces")
        else:
            require(self.activation is None, "Without hidden units there is no activation.")
        self.pieces = pieces
        self.block = pieces * (self.inputs + self.bias)
        self.parameters = (self.units * (self.block + 1) + self.bias if self.units else
                           self.inputs + self.bias)
        require(self.parameters <= MOST_PARAMETERS, f"There are {self.parameters} parameters, more "
                f"than {MOST_PARAMETERS}.")
        hidden = f" -{self.activation['kind']}-> {self.units}" if self.units else ""
        self.name = f"{self.inputs}{hidden} -> 1" + ", with biases" * self.bias

    def points(self, value: Any) -> list[list[fmpq]]:
        """The inputs of a data set, as a claim states them."""
        found = [numbers(x, "point", self.inputs) for x in items(value, "list of points")]
        require(0 < len(found) <= MOST_POINTS, f"There are not 1 to {MOST_POINTS} points.")
        return found

    def on_data(self, points: list[list[fmpq]], positive: int, units: int) -> Network | None:
        """
        The outputs at data points as a function of (u, c), where so many units are there and so
        many of them have the sign +1; None if there are no parameters.
        """
        is_linear = not self.units
        dimension = units * self.block + self.bias + is_linear * self.inputs
        if not dimension:
            return None
        rows = [[*map(str, x), *["1"] * self.bias] for x in points]
        if is_linear:
            return Network({"input_shape": [dimension],
                            "layers": [{"kind": "dense", "weights": rows}]})
        constant = [*["0"] * (dimension - 1), "1"] if self.bias else ["0"] * dimension
        if not units:
            return Network({"input_shape": [dimension], "layers": [
                {"kind": "dense", "weights": [constant for _ in points]}]})
        entries = self.pieces * units
        weights = [["0"] * len(row) * e + row + ["0"] * (dimension - len(row) * (e + 1))
                   for row in rows for e in range(entries)]
        signs = ["1"] * positive + ["-1"] * (units - positive)
        outer = [["0"] * units * i + signs + ["0"] * units * (len(rows) - 1 - i) + constant
                 for i in range(len(rows))]
        return Network({"input_shape": [dimension], "layers": [
            {"kind": "dense", "weights": weights}, self.activation,
            {"kind": "concatenation", "from": [2, 0]}, {"kind": "dense", "weights": outer}]})
