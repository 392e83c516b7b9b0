"""
Attention at given parameters modulo a prime: values and derivatives, as products of matrices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flint import nmod_mat

if TYPE_CHECKING:
    from neuroalg_sage.certificates.attention import Attention


class AttentionAtPoint:
    """The layer at given parameters, modulo a prime."""

    def __init__(self, layer: Attention, point: list[int], p: int) -> None:
        a, b, d = layer.a, layer.b, layer.d
        self.layer, self.p = layer, p
        self.query, self.key, self.value = (nmod_mat(rows, d, entries, p) for rows, entries in (
            (a, point[: a * d]), (a, point[a * d : 2 * a * d]), (b, point[2 * a * d :])))

    def value_and_slope(self, inputs: list[int]) -> tuple[list[int], Any]:
        """The outputs, and the states on the way."""
        x = nmod_mat(self.layer.d, self.layer.tokens, inputs, self.p)
        queries, keys, values = self.query * x, self.key * x, self.value * x
        scores = keys.transpose() * queries
        return _integers(values * scores), (x, queries, keys, values, scores)

    def pull_back(self, adjoints: list[list[int]], states: Any, is_needed: bool
                  ) -> list[list[int]]:
        """The derivatives by the parameters and by the inputs, by the rule for products."""
        x, queries, keys, values, scores = states
        rows = []
        for entries in adjoints:
            adjoint = nmod_mat(self.layer.b, self.layer.tokens, entries, self.p)
            by_values, by_scores = adjoint * scores.transpose(), values.transpose() * adjoint
            by_keys, by_queries = queries * by_scores.transpose(), keys * by_scores
            by_inputs = (self.query.transpose() * by_queries + self.key.transpose() * by_keys
                         + self.value.transpose() * by_values)
            rows.append([c for part in (by_queries, by_keys, by_values)
                         for c in _integers(part * x.transpose())] + _integers(by_inputs))
        return rows


def _integers(matrix: nmod_mat) -> list[int]:
    return list(map(int, matrix.entries()))
