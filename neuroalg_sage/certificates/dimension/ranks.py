"""
Ranks modulo a prime, among them that of Dφ by its values at inputs.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from flint import nmod_mat

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    fields,
    integers,
    items,
    member,
    prime,
    require,
    residue,
)
from neuroalg_sage.certificates.terms import Monomial
from neuroalg_sage.certificates.work import MOST_WORK


def rank(rows: list[list[int]], columns: int, p: int) -> int:
    """The rank of a matrix of residues."""
    require(len(rows) * columns <= MOST_WORK, "A matrix has too many entries.")
    return nmod_mat(len(rows), columns, [c % p for row in rows for c in row], p).rank() if (
        rows and columns) else 0


def place(model: Model, trial: Any) -> tuple[int, list[int]]:
    """The prime and the point of a trial."""
    prime_data, point = fields(trial, "prime", "point")
    return prime(prime_data), integers(point, -(10**18), 10**18, "coordinate of a point",
                                       model.parameters)


def sample_rank(model: Model, trial: Any) -> tuple[int, int, int]:
    """
    Ranks of the Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at a point modulo a prime, with
    all inputs and with all but the last; and the sum over all inputs of how likely, in units
    of 1/p, it is that one is special, see :func:`error_bound`.

    Evaluation, also of one combination Σ_j t^j f_j at each input, is linear and defined over
    the integers at this prime, and a minor that is nonzero modulo p at an integer point is
    nonzero.  So the first rank is a lower bound for the generic rank of Dφ over Q, dim M.
    """
    p, point = place(model, trial)
    inputs = [integers(x, -(10**18), 10**18, "input", model.inputs)
              for x in items(member(trial, "inputs"), "inputs")]
    require(inputs, "A trial has no inputs.")
    special, combinations, per_input = model.bound(0, 1, lambda c: 0), None, model.outputs
    if "combinations" in trial:
        combinations = integers(trial["combinations"], 0, p - 1, "combination", len(inputs))
        special, per_input = special + model.outputs - 1, 1
    rows = jacobian(model, [c % p for c in point], inputs, p, combinations)
    before = rank(rows[:-per_input], model.parameters, p)
    return rank(rows, model.parameters, p), before, len(inputs) * special


def jacobian(model: Model, point: Sequence[int], inputs: Sequence[Sequence[int]], p: int,
             combinations: Sequence[int] | None = None) -> list[list[int]]:
    """
    The Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at a point, modulo a prime; with
    combinations t_1, ..., t_m only of Σ_j t_i^j f_j at each input.
    """
    maps = [[[(m, residue(c, p)) for m, c in terms.items()] for terms in step.outputs]
            for step in model.steps]
    rows = []
    for i, x in enumerate(inputs):
        states = [[c % p for c in x]]
        slopes: list[list[dict[int, int]]] = []
        for step, outputs in zip(model.steps, maps):
            values = [*point[step.offset : step.offset + step.parameters],
                      *itertools.chain(*(states[s] for s in step.sources))]
            made = [_value_and_slope(terms, values, p) for terms in outputs]
            states.append([value for value, _ in made])
            slopes.append([slope for _, slope in made])
        seeds = [[int(k == j) for k in range(model.outputs)] for j in range(model.outputs)]
        if combinations is not None:
            seeds = [[pow(combinations[i], j, p) for j in range(model.outputs)]]
        rows += [_sweep_back(model, seed, slopes, p) for seed in seeds]
    return rows


def _sweep_back(model: Model, seed: list[int], slopes: list[list[dict[int, int]]], p: int
                ) -> list[int]:
    adjoints = [[0] * width for width in model.widths[:-1]] + [seed]
    row = [0] * model.parameters
    for k in range(len(model.steps) - 1, -1, -1):
        step = model.steps[k]
        below = [0] * sum(model.widths[s] for s in step.sources)
        for a, slope in zip(adjoints[k + 1], slopes[k]):
            if a:
                for v, d in slope.items():
                    if v < step.parameters:
                        row[step.offset + v] += a * d
                    else:
                        below[v - step.parameters] += a * d
        entries = iter(below)
        for s in step.sources:
            adjoints[s] = [(a + b) % p for a, b in zip(adjoints[s], entries)]
    return [r % p for r in row]


def _value_and_slope(terms: list[tuple[Monomial, int]], values: list[int], p: int
                     ) -> tuple[int, dict[int, int]]:
    """A polynomial's value and its nonzero partial derivatives, modulo a prime."""
    total = 0
    slope: dict[int, int] = {}
    for monomial, c in terms:
        powers = [pow(values[v], e, p) for v, e in monomial]
        for i, (v, e) in enumerate(monomial):
            d = c * e * pow(values[v], e - 1, p)
            for other in powers[:i] + powers[i + 1 :]:
                d = d * other % p
            slope[v] = (slope.get(v, 0) + d) % p
        for other in powers:
            c = c * other % p
        total += c
    return total % p, slope
