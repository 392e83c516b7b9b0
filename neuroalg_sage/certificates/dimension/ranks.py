"""
Ranks modulo a prime, among them that of Dφ by its values at inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from flint import fmpz_mat, nmod_mat

from neuroalg_sage.certificates.model import Model, Step
from neuroalg_sage.certificates.reading import fields, integers, prime, require, residue
from neuroalg_sage.certificates.terms import Monomial
from neuroalg_sage.certificates.work import MOST_WORK


def rank(rows: list[list[int]], columns: int, p: int) -> int:
    """The rank of a matrix of residues."""
    require(len(rows) * columns <= MOST_WORK, "A matrix has too many entries.")
    # Rows of integers are read faster than those of residues.
    return nmod_mat(fmpz_mat(rows), p).rank() if rows and columns else 0


def place(model: Model, trial: Any) -> tuple[int, list[int]]:
    """The prime and the point of a trial."""
    prime_data, point = fields(trial, "prime", "point")
    return prime(prime_data), integers(point, -(10**18), 10**18, "coordinate of a point",
                                       model.parameters)


def jacobian(model: Model, point: Sequence[int], inputs: Sequence[Sequence[int]], p: int,
             combinations: Sequence[int] | None = None, at_point: Any = None) -> list[list[int]]:
    """
    The Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at a point, modulo a prime; with
    combinations t_1, ..., t_m only of Σ_j t_i^j f_j at each input.  Steps without a function of
    their own are those that ``at_point`` makes, if it is given.
    """
    maps = [step.function.at_point(w, p) if step.function else (at_point or AtPoint)(step, w, p)
            for step in model.steps for w in [[*point[step.offset :][: step.parameters]]]]
    rows: list[list[int]] = []
    for i, x in enumerate(inputs):
        states, slopes = [[c % p for c in x]], list[Any]()
        for step, made in zip(model.steps, maps):
            value, slope = made.value_and_slope([c for s in step.sources for c in states[s]])
            states, slopes = [*states, value], [*slopes, slope]
        seeds = [[int(k == j) for k in range(model.outputs)] for j in range(model.outputs)] if (
            combinations is None) else [[pow(combinations[i], j, p) for j in range(model.outputs)]]
        # The chain rule, backward, for all of these combinations of the outputs.
        adjoints = [[[0] * width for _ in seeds] for width in model.widths[:-1]] + [seeds]
        rows += [[0] * model.parameters for _ in seeds]
        for step, made, slope, above in [*zip(model.steps, maps, slopes, adjoints[1:])][::-1]:
            found = map(iter, made.pull_back(above, slope, any(step.sources)))
            place = slice(step.offset, step.offset + step.parameters)
            for k, derivatives in enumerate(found, -len(seeds)):
                rows[k][place] = [(a + b) % p for a, b in zip(rows[k][place], derivatives)]
                for s in step.sources:
                    adjoints[s][k] = [(a + b) % p for a, b in zip(adjoints[s][k], derivatives)]
    return rows


class AtPoint:
    """A step at given parameters, modulo a prime, term by term."""

    def __init__(self, step: Step, point: list[int], p: int) -> None:
        self.point, self.p = point, p
        self.outputs = [[(m, residue(c, p)) for m, c in terms.items()] for terms in step.outputs]

    def value_and_slope(self, inputs: list[int]) -> tuple[list[int], Any]:
        """The outputs; how many inputs there are, and the partial derivatives that are not 0."""
        made = [_value_and_slope(terms, self.point + inputs, self.p) for terms in self.outputs]
        return [value for value, _ in made], (len(inputs), [slope for _, slope in made])

    def pull_back(self, adjoints: list[list[int]], slope: Any, _: bool) -> list[list[int]]:
        """The derivatives by the parameters and the inputs, of combinations of the outputs."""
        totals = [[0] * (len(self.point) + slope[0]) for _ in adjoints]
        for adjoint, total in zip(adjoints, totals):
            for a, partial in zip(adjoint, slope[1]):
                for v, d in partial.items() if a else ():
                    total[v] += a * d
        return totals


def _value_and_slope(terms: list[tuple[Monomial, int]], values: list[int], p: int
                     ) -> tuple[int, dict[int, int]]:
    """A polynomial's value and its nonzero partial derivatives, modulo a prime."""
    total = 0
    slope: dict[int, int] = {}
    for monomial, c in terms:
        powers = [pow(values[v], e, p) for v, e in monomial]
        for i, (v, e) in enumerate(monomial):
            d = c * e * pow(values[v], e - 1, p) * prod(powers[:i] + powers[i + 1 :])
            slope[v] = (slope.get(v, 0) + d) % p
        total += c * prod(powers)
    return total % p, slope
