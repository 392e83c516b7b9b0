"""
Attention without softmax, X -> V X (K X)^T (Q X); the parameters are Q, K, V, row by row.

The tokens are the columns of X.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.reading import MalformedCertificate, fields, integer
from neuroalg_sage.certificates.terms import Built, Shape, Terms, monomial, summed

MOST_TERMS = 1000  # that are written out


def built(data: Any, shape: Shape, affordable: Callable[[int], None]) -> Built:
    """The layer; ``affordable`` refuses too many terms."""
    d, a, b = (integer(v, 1, 10**4, "width") for v in fields(data, "inputs", "head", "outputs"))
    if len(shape) != 2 or shape[0] != d:
        raise MalformedCertificate("An attention layer does not fit its input.")
    layer = Attention(d, a, b, shape[1])
    affordable(layer.terms)
    few = layer.written <= MOST_TERMS
    return layer.parameters, layer.__call__ if few else layer, (b, shape[1])


@dataclass(frozen=True)
class Attention:
    """The layer with d rows of X, a rows of Q and K, and b rows of V."""

    d: int
    a: int
    b: int
    tokens: int

    @property
    def parameters(self) -> int:
        """How many there are."""
        return (2 * self.a + self.b) * self.d

    @property
    def terms(self) -> int:
        """How many products of two numbers an evaluation takes."""
        return (self.parameters + (self.a + self.b) * self.tokens) * self.tokens

    @property
    def written(self) -> int:
        """How many terms all outputs have."""
        return self.d**3 * self.a * self.b * self.tokens**2

    def __call__(self, n: int) -> Terms:
        """The entry of the output with a number."""
        d, a, tokens = self.d, self.a, self.tokens

        def entry(i: int, token: int) -> int:
            return self.parameters + i * tokens + token

        return summed(
            monomial(2 * a * d + n // tokens * d + i, entry(i, s), entry(j, s),
                     a * d + h * d + j, h * d + k, entry(k, n % tokens))
            for i in range(d) for s in range(tokens) for j in range(d) for h in range(a)
            for k in range(d))

    def fold(self, parameters: Sequence[Any], inputs: Sequence[Any],
             constant: Callable[[Fraction], Any], add: Callable[[Any, Any], Any],
             multiply: Callable[[Any, Any], Any]) -> list[Any]:
        """The outputs over a semiring."""
        def rows(entries: Sequence[Any], length: int) -> list[Sequence[Any]]:
            return [entries[i : i + length] for i in range(0, len(entries), length)]

        def times(left: Sequence[Any], right: Sequence[Any]) -> list[list[Any]]:
            made: list[list[Any]] = []
            for before, row in zip([None, *left], left):
                if row == before:  # as where all parameters are alike
                    made.append(made[-1])
                    continue
                made.append([constant(Fraction(0))] * len(right[0]))
                for x, others in zip(row, right):
                    made[-1] = [add(y, multiply(x, z)) for y, z in zip(made[-1], others)]
            return made

        x, size = rows(inputs, self.tokens), self.a * self.d
        queries, keys, values = (times(rows(block, self.d), x) for block in (
            parameters[:size], parameters[size : 2 * size], parameters[2 * size :]))
        return [c for row in times(values, times([*zip(*keys)], queries)) for c in row]

    def is_compatible(self, flow: Any, action: Any) -> bool:
        """Whether a field on parameters and inputs moves the outputs by ``action``, if known."""
        from neuroalg_sage.certificates.dimension.attention_symmetries import is_compatible

        return is_compatible(self, flow, action)

    def at_point(self, point: list[int], p: int) -> Any:
        """The map at given parameters, modulo a prime."""
        from neuroalg_sage.certificates.dimension.attention_at_points import AttentionAtPoint

        return AttentionAtPoint(self, point, p)
