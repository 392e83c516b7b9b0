"""
Points over the algebraic closure of GF(p), as one over an algebra that is a product of fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flint import fmpq_mpoly, nmod_mat, nmod_poly

from neuroalg_sage.certificates.reading import integers, items, require, residue

MOST_POINTS = 20_000


class Algebra:
    """GF(p)[t] / q with q squarefree, and points with coordinates in it."""

    def __init__(self, p: int, polynomial: Any, coordinates: Sequence[Any]) -> None:
        self.p = p
        self.q = self.element(polynomial, MOST_POINTS + 1)
        require(self.q.degree() > 0 and not self.q.gcd(self.q.derivative()).degree(),
                "The points are not those of a squarefree polynomial.")
        self.powers = [[self.constant(1), self.element(c, self.q.degree())] for c in coordinates]

    def element(self, data: Any, length: int) -> nmod_poly:
        require(len(items(data, "polynomial in t")) <= length, "A polynomial in t is too long.")
        return nmod_poly(integers(data, 0, self.p - 1, "residue"), self.p)

    def constant(self, c: int) -> nmod_poly:
        return nmod_poly([c % self.p], self.p)

    def value(self, f: fmpq_mpoly) -> nmod_poly:
        """The value of a polynomial at the point."""
        total = self.constant(0)
        for exponents, c in f.to_dict().items():
            term = self.constant(residue(c, self.p))
            for powers, e in zip(self.powers, map(int, exponents)):
                while len(powers) <= e:
                    powers.append(powers[-1] * powers[1] % self.q)
                if e:
                    term = term * powers[e] % self.q
            total += term
        return total

    def sum(self, terms: Iterator[nmod_poly]) -> nmod_poly:
        return sum(terms, self.constant(0)) % self.q

    def is_unit(self, matrix: Sequence[Sequence[nmod_poly]]) -> bool:
        """Whether the determinant is invertible; by Bird's algorithm, without divisions."""
        n = len(matrix)
        power = [list(row) for row in matrix]
        for _ in range(n - 1):
            diagonal = [self.constant(0)] * n
            for i in range(n - 2, -1, -1):
                diagonal[i] = diagonal[i + 1] - power[i + 1][i + 1]
            upper = [[power[i][j] if i < j else diagonal[i] if i == j else self.constant(0)
                      for j in range(n)] for i in range(n)]
            power = [[self.sum(upper[i][k] * matrix[k][j] for k in range(i, n))
                      for j in range(n)] for i in range(n)]
        return not self.q.gcd(power[0][0]).degree()

    def number_of_values(self, f: nmod_poly) -> int:
        """The degree of the minimal polynomial of an element, the rank of its powers."""
        size, power, rows = self.q.degree(), self.constant(1), []
        for _ in range(size):
            entries = [int(c) for c in power.coeffs()]
            rows += entries + [0] * (size - len(entries))
            power = power * f % self.q
        return int(nmod_mat(size, size, rows, self.p).rank())
