"""
The Lie algebra that gradients of values of a model generate, at a point, without expanding φ.

The value of an output at a rational input is a combination of coordinates of φ with rational
coefficients, so its gradient is one of their gradients.  All is computed from values of the model
over the ring GF(p)[e_1, ..., e_k] / (e_1^2, ..., e_k^2), whose elements are dictionaries: of
sets of the e's, as bits of a number, to residues.  If v is the value of a field X there, then that
of Y at w + e v is Y(w) + e (DY X)(w).
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, integers, items, require, residue
from neuroalg_sage.certificates.work import Work

DEEPEST = 8  # brackets in brackets
MOST_WORK = 3 * 10**7  # products and sums of residues, some seconds

Truncated = dict[int, int]
Vector = dict[int, Truncated]  # the entries that are not zero


def _added(a: Truncated, b: Truncated, p: int, sign: int = 1) -> Truncated:
    total = dict(a)
    for s, c in b.items():
        total[s] = (total.get(s, 0) + sign * c) % p
    return total


def _product(a: Truncated, b: Truncated, p: int, work: Work) -> Truncated:
    work.spend(len(a) * len(b))
    total: Truncated = {}
    for s, c in a.items():
        for t, d in b.items():
            if not s & t:
                total[s | t] = (total.get(s | t, 0) + c * d) % p
    return total


class _Fields:
    """The gradients of some values of the model, and their brackets."""

    def __init__(self, model: Model, functions: Any, p: int) -> None:
        self.model, self.p, self.work = model, p, Work(MOST_WORK)
        self.functions = [(integers([j], 0, model.outputs - 1, "output")[0],
                           [c % p for c in integers(x, -(10**18), 10**18, "input", model.inputs)])
                          for j, x in (items(f, "function", 2) for f in items(
                              functions, "functions"))]

    def gradient(self, j: int, point: list[Truncated]) -> Vector:
        """The gradient of a function, by the chain rule along all of the model."""
        p, work = self.p, self.work
        output, inputs = self.functions[j]
        Pair = tuple[Truncated, Vector]  # a value, and its derivatives by the parameters

        def add(a: Pair, b: Pair) -> Pair:
            work.spend(len(a[1]) + len(b[1]))
            slopes = dict(a[1])
            for i, c in b[1].items():
                slopes[i] = _added(slopes[i], c, p) if i in slopes else c
            return _added(a[0], b[0], p), slopes

        def multiply(a: Pair, b: Pair) -> Pair:
            slopes = {i: _product(c, b[0], p, work) for i, c in a[1].items()}
            for i, c in b[1].items():
                term = _product(a[0], c, p, work)
                slopes[i] = _added(slopes[i], term, p) if i in slopes else term
            return _product(a[0], b[0], p, work), slopes

        values = self.model.fold([(w, {i: {0: 1}}) for i, w in enumerate(point)],
                                 [({0: c}, {}) for c in inputs],
                                 lambda c: ({0: residue(c, p)}, {}), add, multiply)
        return values[output][1]

    def value(self, words: list[Any], k: int, point: list[Truncated], e: int) -> Vector:
        """The value of an element at a point in which e and all bits above it do not occur."""
        word = words[k]
        if len(word) == 1:
            return self.gradient(word[0], point)
        found: Vector = {}
        for sign, first, second in ((1, word[0], word[1]), (-1, word[1], word[0])):
            along = self.value(words, first, point, e)
            moved = [_added(w, {s | e: c for s, c in along.get(i, {}).items()}, self.p)
                     for i, w in enumerate(point)]
            for i, c in self.value(words, second, moved, 2 * e).items():
                part = {s ^ e: value for s, value in c.items() if s & e}
                found[i] = _added(found.get(i, {}), part, self.p, sign)
        return found


def rank_of_brackets(model: Model, evidence: Any) -> tuple[int, list[int], int]:
    """
    A prime, a point, and the rank there of elements of the Lie algebra of the fields ∇φ_j.

    A word is [j], the gradient of a function, or [a, b], the bracket of two elements before.  A
    minor that is nonzero modulo p at an integer point is a nonzero rational function, so the rank
    is a lower bound for the dimension of the Lie algebra at a generic point.
    """
    p, point = place(model, evidence)
    functions, data = fields(evidence, "functions", "words")
    space = _Fields(model, functions, p)
    words: list[list[int]] = []
    depths: list[int] = []
    for word in items(data, "words"):
        if len(items(word, "word")) == 1:
            words.append(integers(word, 0, len(space.functions) - 1, "function"))
            depths.append(0)
        else:
            words.append(integers(word, 0, len(words) - 1, "bracket", 2))
            depths.append(1 + max(depths[k] for k in words[-1]))
    require(len(words) <= model.parameters and max(depths, default=0) <= DEEPEST,
            "There are more elements than parameters, or brackets are too deep.")
    at = [{0: c % p} for c in point]
    rows = []
    for k in range(len(words)):
        value = space.value(words, k, at, 1)
        rows.append([value.get(i, {}).get(0, 0) for i in range(model.parameters)])
    return p, point, rank(rows, model.parameters, p)
