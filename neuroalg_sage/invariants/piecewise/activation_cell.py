"""
Whether any parameters of a ReLU network have inputs with given activation patterns.

A point of the cell is looked for by descent: where patterns are given, pre-activations are
polynomials, and the squares of what they lack to be 1 or -1 are made small.  Else it is tried to
prove that there is none: layer by layer, no matrix of so small a rank has the signs of the
patterns.  With one hidden layer this is the question of the sign rank of a matrix, which is as hard
as that of solutions of polynomial inequalities; so there are cells of which it is not decided.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.piecewise import activation_cell as checked
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.limits import whole
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.relu import read_cell

FIRST, FURTHER = 4, 40  # random starts before a proof is tried, and after
STEPS = 800
RATE = 0.05
DENOMINATORS = (8, 1024, 2**30)


@dataclass(frozen=True, eq=False, repr=False)
class CellEmptiness(Invariant):
    """Whether the cell is empty; with a point of it, if it is not."""

    @cached_property
    def value(self) -> bool:
        """Whether it is empty."""
        return bool(self.data["is_empty"])

    @property
    def point(self) -> tuple[list[Any], list[Any]] | None:
        """
        Weights, and an input for each pattern: for each hidden layer the rows of its matrix, each
        with its bias behind it if there are biases.
        """
        assert self.certificate is not None
        evidence = self.certificate["evidence"]
        return None if self.value else (evidence["weights"], evidence["inputs"])

    def sentence(self) -> str:
        count = len(self.data["patterns"])
        return (f"no: some parameters have inputs with {self._patterns(count)}" if not self.value
                else f"yes: no parameters have inputs with {self._patterns(count)}")

    def _patterns(self, count: int) -> str:
        return "this activation pattern" if count == 1 else f"these {count} activation patterns"


def is_cell_empty(model: Model, seed: int | None = None) -> CellEmptiness:
    """
    Whether the cell that the spec of a ReLU network names is empty, with proof.

    INPUT:

    - ``model`` -- such as ``relu:2,3,1:cell=110``
    - ``seed`` -- of the random starts

    OUTPUT: :class:`CellEmptiness`

    Raises InputError if the model names no cell, LimitReached if it is not decided.

    EXAMPLES:

    Two lines through the origin leave no input where both units are inactive, if they are the same
    line with opposite sides::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> is_cell_empty(parse_spec("relu:1,2,1:cell=10,00"))
        True (proved)
        >>> found = is_cell_empty(parse_spec("relu:1,2,1:bias:cell=10,00"), seed=1)
        >>> found, len(found.point[1])
        (False (proved), 2)
    """
    start = time.perf_counter()
    widths, bias, patterns = read_cell(model)
    value = {"widths": widths, "bias": bias, "patterns": patterns}
    try:
        cell = checked.Patterns(value)
    except CertificateError as error:
        raise InputError(str(error)) from None
    generator = np.random.default_rng(seed)
    for evidence in _dead(cell):
        return _answer(model, value | {"is_empty": True}, evidence, start)
    for starts, proofs in (FIRST, _obstructed(cell)), (FURTHER, iter(())):
        for _ in range(starts):
            if whole.is_over():
                raise whole.time_is_over()
            found = _descended(cell, generator)
            if found is not None:
                return _answer(model, value | {"is_empty": False}, found, start)
        for evidence in proofs:
            return _answer(model, value | {"is_empty": True}, evidence, start)
    raise LimitReached("Whether the cell is empty is not decided: no point of it was found, and no "
                       "proof that there is none; try fewer patterns, or another seed.")


def _answer(model: Model, value: dict[str, Any], evidence: dict[str, Any], start: float
            ) -> CellEmptiness:
    return CellEmptiness.certified(
        model, "is_cell_empty", value, "proved",
        "signs of minors of matrices of small rank" if value["is_empty"] else
        "a point, found by descent", time.perf_counter() - start, evidence)


def _dead(cell: checked.Patterns) -> Iterator[dict[str, Any]]:
    """Active units behind layers without any."""
    for k in range(len(cell.hidden)):
        for i, pattern in enumerate(cell.patterns):
            if cell.is_dead(pattern, k) and any(pattern[k]):
                yield {"layer": k, "patterns": [i]}
                return


def _obstructed(cell: checked.Patterns) -> Iterator[dict[str, Any]]:
    """Patterns, all or those that agree on the layers before, that are impossible in a layer."""
    for k in range(len(cell.hidden)):
        groups: dict[str, list[int]] = {}
        for i, pattern in enumerate(cell.patterns):
            if not cell.is_dead(pattern, k):
                groups.setdefault(str(pattern[:k]), []).append(i)
        chosen = [list(group) for group in groups.values()]
        if len(chosen) > 1:
            chosen.append(sorted(i for group in chosen for i in group))
        for rows in chosen:
            try:
                if checked.is_impossible(cell.signs(rows, k), cell.rank_bound(rows, k)):
                    yield {"layer": k, "patterns": rows}
            except CertificateError:  # that search is too large
                continue


def _descended(cell: checked.Patterns, generator: np.random.Generator) -> dict[str, Any] | None:
    """Parameters and inputs with these patterns, by descent from a random start."""
    sizes = cell.widths[:-1]
    gates = [np.array([pattern[k] for pattern in cell.patterns], float)
             for k in range(len(cell.hidden))]
    alive = [np.array([[not cell.is_dead(pattern, k)] for pattern in cell.patterns], float)
             for k in range(len(cell.hidden))]
    unknown = [generator.standard_normal((len(cell.patterns), sizes[0])),
               *(generator.standard_normal((n, taken + cell.bias))
                 for taken, n in zip(sizes, sizes[1:]))]
    first, second = ([np.zeros_like(u) for u in unknown] for _ in range(2))
    ones = np.ones((len(cell.patterns), int(cell.bias)))
    for step in range(1, STEPS + 1):
        states, lacks = [np.hstack([unknown[0], ones])], []
        for weights, gate, live in zip(unknown[1:], gates, alive):
            values = states[-1] @ weights.T
            signs = 2 * gate - 1
            lacks.append(-signs * np.maximum(1 - signs * values, 0) * live)
            states.append(np.hstack([values * gate, ones]))
        if not any(lack.any() for lack in lacks):
            break
        gradient: list[Any] = [None] * len(unknown)
        upper = np.zeros_like(states[-1])
        for k in range(len(gates) - 1, -1, -1):
            lower = upper[:, : gates[k].shape[1]] * gates[k] + lacks[k]
            gradient[k + 1] = lower.T @ states[k]
            upper = lower @ unknown[k + 1]
        gradient[0] = upper[:, : sizes[0]]
        for u, g, a, b in zip(unknown, gradient, first, second):  # Adam
            a += 0.1 * (g - a)
            b += 0.001 * (g * g - b)
            u -= RATE * (a / (1 - 0.9**step)) / (np.sqrt(b / (1 - 0.999**step)) + 1e-9)
    for denominator in DENOMINATORS:
        rounded = [[[decimal(Fraction(round(c * denominator), denominator)) for c in row]
                    for row in u.tolist()] for u in unknown]
        try:
            checked.check_point(cell, rounded[1:], rounded[0])
        except CertificateError:
            continue
        return {"weights": rounded[1:], "inputs": rounded[0]}
    return None
