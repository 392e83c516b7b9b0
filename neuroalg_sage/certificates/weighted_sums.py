"""
Layers whose outputs are y[o, i] = Σ_q w[o, q] X[q, i], for linear forms X[q, i] in the inputs.

Convolutions are such, and all layers that make each output channel of the inputs in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.terms import Terms

MOST_TERMS = 1000  # that are written out


@dataclass(frozen=True)
class WeightedSums:
    """
    The map from parameters and inputs to the outputs.

    - ``blocks``, ``inner``, ``places`` -- how many values o, q and i have
    - ``form`` -- for i the triples (q, j, c): the input j has the coefficient c in X[q, i]; there
      is at most one triple for q and j
    - ``terms`` -- how many triples there are, outputs and parameters
    - ``bias`` -- whether a parameter b[o] is added

    The parameters are w, row by row, then b.
    """

    blocks: int
    inner: int
    places: int
    form: Callable[[int], Sequence[tuple[int, int, Fraction]]]
    terms: int
    bias: bool = False

    @property
    def parameters(self) -> int:
        """How many there are."""
        return self.blocks * (self.inner + self.bias)

    @property
    def written(self) -> int:
        """How many terms all outputs have at most."""
        return self.blocks * self.terms

    def shortest(self) -> Callable[[int], Terms]:
        """This, or if it has few terms just a function that makes them."""
        return self if self.written > MOST_TERMS else self.__call__

    def __call__(self, n: int) -> Terms:
        """The output with a number."""
        o, i = divmod(n, self.places)
        bias: Terms = {((self.blocks * self.inner + o, 1),): Fraction(1)} if self.bias else {}
        return bias | {((o * self.inner + q, 1), (self.parameters + j, 1)): c
                       for q, j, c in self.form(i)}

    def fold(self, parameters: Sequence[Any], inputs: Sequence[Any],
             constant: Callable[[Fraction], Any], add: Callable[[Any, Any], Any],
             multiply: Callable[[Any, Any], Any]) -> list[Any]:
        """The outputs over a semiring; those of one block, if all parameters are alike."""
        alike = parameters.count(parameters[0]) == len(parameters)
        made, zero = [], constant(Fraction(0))
        for o in range(1 if alike else self.blocks):
            for i in range(self.places):
                total = parameters[self.blocks * self.inner + o] if self.bias else zero
                for q, j, c in self.form(i):
                    total = add(total, multiply(constant(c), multiply(
                        parameters[o * self.inner + q], inputs[j])))
                made.append(total)
        return made * self.blocks if alike else made

    def is_compatible(self, flow: Any, action: Any) -> bool:
        """Whether a field on parameters and inputs moves the outputs by ``action``, if known."""
        from neuroalg_sage.certificates.dimension.sums_symmetries import is_compatible

        return is_compatible(self, flow, action)

    def at_point(self, point: list[int], p: int) -> Any:
        """The map at given parameters, modulo a prime."""
        from neuroalg_sage.certificates.dimension.sums_at_points import SumsAtPoint

        return SumsAtPoint(self, point, p)
