"""
Whether any parameters of a ReLU network have inputs with given activation patterns.

**Claim.** For the patterns p_1, ..., p_k let A be the set of all parameters and inputs x_1, ...,
x_k such that for each i exactly the units that p_i names have positive pre-activations at x_i.  The
*cell* is the interior of A.  It is empty, or not.

A unit is *dead* for a pattern, if there are no biases and the pattern has no active unit in some
layer before it: where the pattern holds its pre-activation is zero.

**Lemma 1.** The cell is not empty if and only if there are parameters and inputs such that the
pre-activations of active units are positive, and those of inactive units are negative, or the unit
is dead and inactive.  *Proof.* Near such a point nothing changes: units before a dead one are
inactive, or dead. Conversely let U be an open set in A.  On U each pre-activation is the polynomial
of the network whose inactive units are cut off, and it is the zero polynomial only for dead units:
else some path of active units begins at an input or at a bias, and has a monomial of its own.  So
at a point of U none of the others is zero; those of inactive units are not positive. ∎

**Lemma 2.** Let I be patterns for which no unit of a layer is dead, and P the matrix of the
pre-activations, with rows in I and a column for each unit; with biases it has one more column of
ones.  Let u be the number of units of the layer before, or inputs, that are active for any of I;
and for patterns g on all layers before let r(g) be the least of the numbers of inputs and of active
units in each of these layers.  Add 1 to u and to all r(g) if there are biases.  The rank of P is at
most u, and at most the sum of r(g) over those g that I has.  *Proof.* Rows are linear, with biases
affine, functions of the active units of the layer before; rows of the same g are such functions
of a point in a space of each of these dimensions. ∎

**Lemma 3.** Let a real matrix with k rows, n columns and rank at most r < n, r > 0, have no entry
zero, and the signs S.  Then there are signs χ(J) for the sets J of r columns, such that

(i) for each set of columns j_0 < ... < j_r, and each row s of S, the signs
(-1)^i χ({j_0, ..., j_r} without j_i) s(j_i) are not all equal;

(ii) for r - 2 columns B and others a < b < c < d, of the signs χ(Bab)χ(Bcd), -χ(Bac)χ(Bbd) and
χ(Bad)χ(Bbc), where χ is alternating, not all are equal.

So there are with χ = + at a first set.  *Proof.* The matrix is X Y where Y has r rows.  Change Y a
little, such that no maximal minor is zero, and so little that no sign of X Y changes.  Let χ(J) be
the sign of the minor of Y with the columns J.  By Cramer's rule, the sum of the (-1)^i times minors
of (i) times columns y(j_i) is zero; multiplied by a row of X it has terms of both signs.  (ii) are
the three-term relations of Grassmann and Plücker. If χ is a solution, -χ is another. ∎

The same holds for the transpose.  That there are no such signs is decided by a search over them,
which sets what follows, and else tries both signs.  If there are none for the signs of a matrix of
Lemma 2, with a last column of + for the ones, the cell is empty by Lemma 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    integers,
    items,
    numbers,
    require,
)
from neuroalg_sage.certificates.terms import Monomial, Terms
from neuroalg_sage.certificates.work import Work

MOST_UNITS = 200
MOST_CLAUSES = 50_000
MOST_MINORS = 500
MOST_STEPS = 3_000_000

Pattern = list[list[int]]
Clause = tuple[int, ...]  # one of these is true; -v says that the variable v is false


class Patterns:
    """The network and the patterns of a claim."""

    def __init__(self, value: Any) -> None:
        sizes, self.bias, patterns = fields(value, "widths", "bias", "patterns")
        require(isinstance(self.bias, bool), "Whether there are biases is not said.")
        require(isinstance(sizes, list) and len(sizes) > 2, "There are no hidden units.")
        self.widths = integers(sizes, 1, MOST_UNITS, "widths")
        self.hidden = self.widths[1:-1]
        self.patterns: list[Pattern] = [
            [integers(layer, 0, 1, "pattern", n) for layer, n in zip(
                items(pattern, "pattern", len(self.hidden)), self.hidden)]
            for pattern in items(patterns, "patterns")]
        require(0 < len(self.patterns) <= MOST_UNITS, "There are too many patterns, or none.")

    def is_dead(self, pattern: Pattern, layer: int) -> bool:
        """Whether units of a hidden layer are dead."""
        return not self.bias and not all(map(any, pattern[:layer]))

    def rank_bound(self, chosen: Sequence[int], layer: int) -> int:
        """The bound of Lemma 2."""
        before = [self.patterns[i][:layer] for i in chosen]
        active = self.widths[0] if not layer else sum(
            any(column) for column in zip(*(pattern[-1] for pattern in before)))
        kinds = {tuple(map(tuple, pattern)) for pattern in before}
        return min(active + self.bias, sum(
            min([self.widths[0], *map(sum, kind)]) + self.bias for kind in kinds))

    def signs(self, chosen: Sequence[int], layer: int) -> list[list[int]]:
        """The signs of the matrix of Lemma 2."""
        return [[2 * unit - 1 for unit in self.patterns[i][layer]] + [1] * self.bias
                for i in chosen]

    def outputs(self) -> list[Terms]:
        """The polynomials of the model of these patterns, with variables by their numbers."""
        count = sum(a * b + b * self.bias for a, b in itertools.pairwise(self.widths))
        found: list[Terms] = []
        for number, pattern in enumerate(self.patterns):
            first = count + number * self.widths[0]
            state: list[list[Monomial]] = [[((first + i, 1),)] for i in range(self.widths[0])]
            offset = 0
            for n, active in zip(self.widths[1:], [*pattern, [1] * self.widths[-1]]):
                taken = len(state)
                require(sum(map(len, state)) * n <= MOST_STEPS, "There are too many terms.")
                state = [[tuple(sorted((*term, (offset + i * taken + j, 1))))
                          for j, terms in enumerate(state) for term in terms]
                         + [((offset + taken * n + i, 1),)] * self.bias if active[i] else []
                         for i in range(n)]
                offset += taken * n + n * self.bias
            found += [{term: Fraction(1) for term in terms} for terms in state]
        return found


def check_cell_empty(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify whether the cell of a model is empty."""
    require(set(value) == {"widths", "bias", "patterns", "is_empty"},
            "The claim has an unknown field.")
    cell = Patterns(value)
    (is_empty,) = fields(value, "is_empty")
    require(isinstance(is_empty, bool), "Whether the cell is empty is not said.")
    require(len(model.steps) == 1 and list(model.steps[0].outputs) == cell.outputs(),
            "The model is not that of these patterns.")
    if not is_empty:
        weights, inputs = fields(evidence, "weights", "inputs")
        check_point(cell, weights, inputs)
        return (["the signs of all units at parameters and inputs that are stated, and that the "
                 "model is that of these patterns"], [])
    layer, rows = fields(evidence, "layer", "patterns")
    layer = integer(layer, 0, len(cell.hidden) - 1, "layer")
    chosen = integers(rows, 0, len(cell.patterns) - 1, "numbers of patterns")
    require(chosen and len(set(chosen)) == len(chosen), "A pattern is named twice, or none is.")
    if any(cell.is_dead(cell.patterns[i], layer) and any(cell.patterns[i][layer])
           for i in chosen):
        return ["that a unit is active where all units of a layer before it are not"], []
    require(not any(cell.is_dead(cell.patterns[i], layer) for i in chosen),
            "Units are dead for one of these patterns.")
    require(is_impossible(cell.signs(chosen, layer), cell.rank_bound(chosen, layer)),
            "The patterns are not proved to be impossible.")
    return [f"that no matrix of rank {cell.rank_bound(chosen, layer)} has the signs of "
            f"{len(chosen)} patterns in hidden layer {layer + 1}, by a search over signs of "
            "minors"], []


def check_point(cell: Patterns, weights: Any, inputs: Any) -> None:
    """Verify the signs of Lemma 1."""
    layers = [[numbers(row, "row", a + cell.bias) for row in items(rows, "rows", b)]
              for rows, (a, b) in zip(items(weights, "weights", len(cell.hidden)),
                                      itertools.pairwise(cell.widths[:-1]))]
    points = [numbers(x, "input", cell.widths[0])
              for x in items(inputs, "inputs", len(cell.patterns))]
    for pattern, point in zip(cell.patterns, points):
        state = point
        for k, (rows, active) in enumerate(zip(layers, pattern)):
            values = [sum((a * b for a, b in zip(row, [*state, *[fmpq(1)] * cell.bias])), fmpq(0))
                      for row in rows]
            dead = cell.is_dead(pattern, k)
            require(all(v > 0 if unit else v < 0 or dead for v, unit in zip(values, active)),
                    "An input does not have its pattern.")
            state = [v if unit else fmpq(0) for v, unit in zip(values, active)]


def is_impossible(signs: list[list[int]], rank: int) -> bool:
    """Whether no matrix of at most this rank has these signs, as far as Lemma 3 shows it."""
    if rank >= min(len(signs), len(signs[0])):
        return False
    if not rank:
        return True
    turned = [list(column) for column in zip(*signs)]
    one = min(signs, turned, key=lambda rows: comb(len(rows[0]), rank))
    return not satisfiable(_clauses(one, rank))


def _clauses(signs: list[list[int]], rank: int) -> list[Clause]:
    """The conditions of Lemma 3."""
    n = len(signs[0])
    rows = {tuple(row) for row in signs}
    size = comb(n, rank + 1) * 2 * len(rows) + (
        comb(n, rank - 2) * comb(n - rank + 2, 4) * 16 if rank > 1 else 0)
    require(size <= MOST_CLAUSES and comb(n, rank) <= MOST_MINORS,
            "The search over signs is too large.")
    number = {chosen: k + 1 for k, chosen in enumerate(itertools.combinations(range(n), rank))}
    clauses: set[Clause] = {(1,)}
    for chosen in itertools.combinations(range(n), rank + 1):
        minors = [number[chosen[:i] + chosen[i + 1 :]] for i in range(rank + 1)]
        for row in rows:
            one = tuple(v * row[j] * (-1) ** i for i, (v, j) in enumerate(zip(minors, chosen)))
            clauses |= {one, tuple(-v for v in one)}
    if rank > 1:
        for common in itertools.combinations(range(n), rank - 2):
            rest = [j for j in range(n) if j not in common]
            for a, b, c, d in itertools.combinations(rest, 4):
                products = [[_variable(number, (*common, *pair)) for pair in pairs] for pairs in (
                    ((a, b), (c, d)), ((a, c), (b, d)), ((a, d), (b, c)))]
                products[1][0] *= -1
                # All three products equal: two of the signs of each decide the third one.
                for flips in itertools.product((1, -1), repeat=3):
                    for sign in (1, -1):
                        clauses.add(tuple(v for flip, (x, y) in zip(flips, products)
                                          for v in (flip * x, sign * flip * y)))
    return list(clauses)


def _variable(number: dict[tuple[int, ...], int], columns: tuple[int, ...]) -> int:
    """The variable of a set of columns in some order, with the sign of the order."""
    turns = sum(a > b for a, b in itertools.combinations(columns, 2))
    return (-1) ** turns * number[tuple(sorted(columns))]


def satisfiable(clauses: Sequence[Clause], work: Work | None = None) -> bool:
    """
    Whether signs of variables make one literal of each clause true.

    EXAMPLES::

        >>> satisfiable([(1, 2), (-1,)]), satisfiable([(1, 2), (-1, 2), (-2,)])
        (True, False)
    """
    work = work or Work(MOST_STEPS)
    while clauses:
        work.spend(len(clauses))
        shortest = min(clauses, key=len)
        if not shortest:
            return False
        literal = shortest[0]
        if len(shortest) > 1:
            return any(satisfiable(_assuming(clauses, one), work) for one in (literal, -literal))
        clauses = _assuming(clauses, literal)
    return True


def _assuming(clauses: Sequence[Clause], literal: int) -> list[Clause]:
    """What is left where a literal is true."""
    return [tuple(v for v in clause if v != -literal) if -literal in clause else clause
            for clause in clauses if literal not in clause]
