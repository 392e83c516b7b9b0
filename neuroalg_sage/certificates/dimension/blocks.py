"""
Points at which the Jacobian falls apart into blocks, by degrees in groups of the inputs.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import Any, NamedTuple

from flint import fmpz_mat, nmod_mat

from neuroalg_sage.certificates.dimension.ranks import AtPoint, jacobian, place
from neuroalg_sage.certificates.model import Model, Step
from neuroalg_sage.certificates.reading import fields, integer, integers, items, require
from neuroalg_sage.certificates.work import Work

Degree = tuple[int, ...]

MORE_INPUTS = 2  # than there are parameters in a block


class _State(NamedTuple):
    """
    What is known of a polynomial in the parameters and the inputs, at the point.

    - ``value`` -- degrees of all terms that it may have there, a polynomial in the inputs
    - ``slopes`` -- degrees of all terms that its derivatives may have there, each with the blocks
      of the parameters by which one may have it, as bits
    """

    value: frozenset[Degree]
    slopes: dict[Degree, int]


def rank_in_blocks(model: Model, trial: Any) -> int:
    """
    A lower bound for the rank of Dφ at a point where it falls apart into blocks.

    Inputs have degrees in Z^s, or in (Z/m)^s, and the parameters are divided into blocks.  It is
    verified that, at the point, terms of one degree in one output appear in derivatives by the
    parameters of one block only.

    *Lemma.*  The rank of Dφ is the sum over the blocks of the ranks of their columns.

    *Proof.*  The rows are coefficients of terms; each is a row of an output and a degree, and has
    entries in the columns of one block only.

    The rank of a block's columns is at least that of their values at inputs, for a combination of
    the outputs at each.  All of this holds over the field of p elements, and the rank at an
    integer point modulo p is at most the generic rank over Q.
    """
    p, point = place(model, trial)
    modulus, own, numbers, inputs, combinations = fields(
        trial, "modulus", "blocks", "degrees", "inputs", "combinations")
    m = integer(modulus, 0, 10**6, "modulus")
    degrees = [tuple(integers(d, -(10**6), 10**6, "degree")) for d in items(
        numbers, "degrees", model.inputs)]
    require(len({*map(len, degrees)}) == 1, "Degrees have different lengths.")
    block_of = integers(own, 0, model.parameters - 1, "block", model.parameters)
    point = [c % p for c in point]
    for blocks in blocks_of_rows(model, point, block_of, degrees, m):
        require(blocks.bit_count() == 1, "Two blocks of parameters have entries in a row.")
    columns: dict[int, list[int]] = {}
    for i, b in enumerate(block_of):
        columns.setdefault(b, []).append(i)
    entries = {b: array("Q") for b in columns}
    xs = [integers(x, 0, p - 1, "input", model.inputs) for x in items(inputs, "inputs")]
    ts = integers(combinations, 0, p - 1, "combination", len(xs))
    for start in range(0, len(xs), 32):
        end = start + 32
        rows = jacobian(model, point, xs[start:end], p, ts[start:end], _at_point)
        for b, own in columns.items():
            for row in rows[: max(len(own) + MORE_INPUTS - start, 0)]:
                entries[b].extend([row[k] for k in own])
    return sum(nmod_mat(fmpz_mat(len(block) // len(columns[b]), len(columns[b]), block.tolist()), p
                        ).rank() for b, block in entries.items() if block)


def blocks_of_rows(model: Model, point: list[int], block_of: list[int], degrees: list[Degree],
                   m: int, most_work: int | None = None) -> list[int]:
    """
    For each output, and each degree of a term that its derivatives may have at the point, the
    blocks by whose parameters they may have it, as bits.
    """
    work, zero = Work(most_work), (0,) * len(degrees[0])
    sum_before: _State | None = None

    @lru_cache(2**20)  # more would fill the memory
    def total(d: Degree, e: Degree) -> Degree:
        return tuple((a + b) % m if m else a + b for a, b in zip(d, e))

    def add(f: _State, g: _State) -> _State:
        nonlocal sum_before
        if not f.slopes and not f.value:
            return g
        # A sum of many is made in one place: a sum that is used again has more degrees at most.
        joined = f.slopes if f is sum_before else {**f.slopes}
        work.spend(len(g.slopes))
        for d, blocks in g.slopes.items():
            joined[d] = joined.get(d, 0) | blocks
        sum_before = _State(f.value if g.value <= f.value else f.value | g.value, joined)
        return sum_before

    def multiply(f: _State, g: _State) -> _State:
        slopes: dict[Degree, int] = {}
        for one, other in (f, g), (g, f):
            work.spend(len(one.value) * (len(other.value) + len(other.slopes)))
            for d in one.value:
                for e, blocks in other.slopes.items():
                    slopes[total(d, e)] = slopes.get(total(d, e), 0) | blocks
        return _State(frozenset(total(d, e) for d in f.value for e in g.value), slopes)

    one, none = frozenset([zero]), frozenset[Degree]()
    outputs = model.fold(
        [_State(one if c else none, {zero: 1 << b}) for c, b in zip(point, block_of)],
        [_State(frozenset([total(d, zero)]), {}) for d in degrees],
        lambda c: _State(one if c else none, {}), add, multiply)
    return [blocks for output in outputs for blocks in output.slopes.values()]


class _Dense:
    """A dense layer at given parameters, modulo a prime, whose rows are products of matrices."""

    def __init__(self, rows: int, columns: int, point: list[int], p: int) -> None:
        self.p, self.columns, self.added = p, columns, point[rows * columns :]
        self.weights = nmod_mat(rows, columns, point[: rows * columns], p)

    def value_and_slope(self, inputs: list[int]) -> tuple[list[int], list[int]]:
        """The outputs, and the inputs, of which there may be more than the layer reads."""
        read = nmod_mat(self.columns, 1, inputs[: self.columns], self.p)
        made = (self.weights * read).entries()
        return [(int(y) + b) % self.p for y, b in zip(made, self.added or [0] * len(made))], inputs

    def pull_back(self, adjoints: list[list[int]], inputs: list[int], _: bool) -> list[list[int]]:
        """The derivatives by the parameters and the inputs, of combinations of the outputs."""
        below = nmod_mat(adjoints, self.p) * self.weights
        read, others = inputs[: self.columns], [0] * len(inputs[self.columns :])
        return [[a * x % self.p for a in adjoint for x in read] + adjoint[: len(self.added)]
                + [*map(int, row), *others] for adjoint, row in zip(adjoints, below.tolist())]


def _at_point(step: Step, point: list[int], p: int) -> Any:
    """A step at given parameters, faster if it has the terms of a dense layer."""
    bias = any(len(factors) == 1 for factors in step.output(0))
    fan, unread = divmod(step.parameters - bias * step.width, step.width)
    return _Dense(step.width, fan, point, p) if fan > 0 and not unread and all(terms == {
        ((i * fan + j, 1), (step.parameters + j, 1)): 1 for j in range(fan)} | (
            {((step.width * fan + i, 1),): 1} if bias else {})
        for i, terms in enumerate(step.outputs)) else AtPoint(step, point, p)
