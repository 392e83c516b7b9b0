"""
Networks of dense layers without bias with powers between them: their widths and powers, and paths
of their parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.model import Model

# Polynomials in t and 1/t.
Row = Mapping[int, Polynomial]
ONE: Polynomial = {(0, 0): Fraction(1)}
T: Polynomial = {(1, 0): Fraction(1)}


def over_t(number: Fraction | int, power: int = 1) -> Polynomial:
    """A number divided by a power of t."""
    return {(0, power): Fraction(number)}


@dataclass(frozen=True)
class PowerNetwork:
    """
    A network of dense layers without bias, with monomials c x^k as activations.

    - ``model`` -- the network
    - ``widths`` -- of the inputs and of all dense layers
    - ``powers`` -- for each dense layer but the last the power between it and the next one, 1 if
      there is none
    - ``ends`` -- for each dense layer, how many layers there are up to it
    """

    model: Model
    widths: tuple[int, ...]
    powers: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def degree(self) -> int:
        """The degree of the outputs in the inputs."""
        return prod(self.powers)

    @property
    def scale(self) -> Fraction:
        """What the outputs are at x = 1 if all weights on the way are 1, and there is one way."""
        value = Fraction(1)
        for layer in self.model.layers:
            if isinstance(layer, Activation):
                value = layer.coefficients[-1] * value ** (len(layer.coefficients) - 1)
        return value

    def head(self) -> PowerNetwork | None:
        """The network up to the first state of width 1, None if only the outputs are so narrow."""
        place = next((i for i, width in enumerate(self.widths[1:-1]) if width == 1), None)
        if place is None:
            return None
        return power_network(Model(self.model.layers[:self.ends[place]], self.model.input_shape))

    def parameters(self, first: Sequence[Row], last: Sequence[Row]) -> list[Polynomial]:
        """
        Parameters with these rows in the first and in the last layer, each from places to
        polynomials in t and 1/t; between them each unit goes on to the same one in the next layer.
        """
        units = [{i: ONE} for i in range(len(first))]
        rows = [first, *([units] * (len(self.widths) - 3)), last]
        return [rows[k][i].get(j, {}) if i < len(rows[k]) else {}
                for k in range(len(rows)) for i in range(self.widths[k + 1])
                for j in range(self.widths[k])]


def power_network(model: Model) -> PowerNetwork | None:
    """
    The model as such a network, None if it is none.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> found = power_network(parse_spec("mlp:2,3,3,1:x^2"))
        >>> found.widths, found.powers
        ((2, 3, 3, 1), (2, 2))
        >>> power_network(parse_spec("mlp:2,3,1:x^2+x"))
    """
    widths, powers, ends = [model.input_count], [], []
    for place, layer in enumerate(model.layers, 1):
        if isinstance(layer, Dense) and not layer.bias:
            widths.append(layer.outputs)
            powers.append(1)
            ends.append(place)
        elif isinstance(layer, Activation) and powers and not any(layer.coefficients[:-1]):
            powers[-1] *= len(layer.coefficients) - 1
        else:
            return None
    if not powers or powers[-1] != 1:
        return None
    return PowerNetwork(model, tuple(widths), tuple(powers[:-1]), tuple(ends))
