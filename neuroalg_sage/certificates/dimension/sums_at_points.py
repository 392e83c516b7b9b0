"""
Weighted sums at given parameters modulo a prime: values and derivatives, as products of matrices.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from flint import nmod_mat

from neuroalg_sage.certificates.reading import residue

if TYPE_CHECKING:
    from neuroalg_sage.certificates.weighted_sums import WeightedSums

MOST_ENTRIES = 25_000_000  # of the matrix of a layer


class SumsAtPoint:
    """Weighted sums at given parameters, modulo a prime."""

    def __init__(self, sums: WeightedSums, point: list[int], p: int) -> None:
        self.sums, self.p, self.inputs = sums, p, 0
        count = sums.blocks * sums.inner
        self.weights = nmod_mat(sums.blocks, sums.inner, point[:count], p)
        self.added = [b for b in point[count:] for _ in range(sums.places)]
        self.forms = [[(q, j, residue(c, p)) for q, j, c in sums.form(i)]
                      for i in range(sums.places)]

    def value_and_slope(self, inputs: list[int]) -> tuple[list[int], Any]:
        """The outputs; and for their derivatives the values of the forms, transposed."""
        n, self.inputs = self.sums.inner, len(inputs)
        flat = [0] * (self.sums.places * n)
        for i, form in enumerate(self.forms):
            for q, j, c in form:
                flat[i * n + q] += c * inputs[j]
        forms = nmod_mat(self.sums.places, n, flat, self.p)
        made = _integers(self.weights * forms.transpose())
        return [(y + b) % self.p for y, b in zip(made, self.added)] if self.added else made, forms

    @cached_property
    def matrix(self) -> nmod_mat:
        """That of the linear map from the inputs to the outputs, without b."""
        rows = []
        for weights in self.weights.tolist():
            values = list(map(int, weights))
            for form in self.forms:
                rows.append([0] * self.inputs)
                for q, j, c in form:
                    rows[-1][j] += c * values[q]
        return nmod_mat(rows, self.p)

    def pull_back(self, adjoints: list[list[int]], forms: nmod_mat, is_needed: bool
                  ) -> list[list[int]]:
        """The derivatives by the parameters, and by the inputs where these are needed."""
        blocks, places, n = self.sums.blocks, self.sums.places, self.inputs
        rows = [_integers(nmod_mat(blocks, places, a, self.p) * forms) + [
            sum(a[i : i + places]) for i in range(0, len(self.added), places)] for a in adjoints]
        if not is_needed:
            return [row + [0] * n for row in rows]
        if blocks * places * n > MOST_ENTRIES:
            return [row + self._by_forms(a) for row, a in zip(rows, adjoints)]
        below = _integers(nmod_mat(len(adjoints), blocks * places, [
            c for a in adjoints for c in a], self.p) * self.matrix)
        return [row + below[k * n : (k + 1) * n] for k, row in enumerate(rows)]

    def _by_forms(self, adjoint: list[int]) -> list[int]:
        places, total = self.sums.places, [0] * self.inputs
        by_form = _integers(self.weights.transpose() * nmod_mat(
            self.sums.blocks, places, adjoint, self.p))
        for i, form in enumerate(self.forms):
            for q, j, c in form:
                total[j] += c * by_form[q * places + i]
        return [c % self.p for c in total]


def _integers(matrix: nmod_mat) -> list[int]:
    return list(map(int, matrix.entries()))
