"""Cells of ReLU networks: empty or not, by other ways to decide it; points, and forgeries."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from claims import changed_at

from neuroalg_sage import CertificateError, NeuroManifold, verify
from neuroalg_sage.certificates.piecewise.activation_cell import satisfiable
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError

Signs = tuple[int, ...]


def cell(widths: str, patterns: Any, bias: bool = False) -> Any:
    words = ",".join(".".join("".join(map(str, layer)) for layer in p) for p in patterns)
    spec = f"relu:{widths}{':bias' * bias}:cell={words}"
    return NeuroManifold(spec, seed=1).is_cell_empty()


def on_a_line(patterns: list[Signs]) -> bool:
    """Whether half-lines, or their complements, have these patterns: a brute force over orders."""
    n = len(patterns[0])
    return any(
        set(patterns) <= {tuple(flips[i] ^ (order.index(i) < place) for i in range(n))
                          for place in range(n + 1)}
        for order in itertools.permutations(range(n))
        for flips in itertools.product((0, 1), repeat=n))


def in_the_plane(patterns: list[Signs]) -> bool:
    """The same for half-planes whose lines contain the origin; in a half-plane they are a line."""
    return any(on_a_line([tuple(c ^ flip for c in p) for p, flip in zip(patterns, flips)])
               for flips in itertools.product((0, 1), repeat=len(patterns)))


def test_three_half_planes_miss_a_pair_of_opposite_patterns() -> None:
    """Their normals have one linear relation, whose signs are impossible, and no others are."""
    every = list(itertools.product((0, 1), repeat=3))
    generator = random.Random(5)
    for count in range(1, 9):
        for _ in range(4):
            chosen = generator.sample(every, count)
            opposite = {p if p[0] else tuple(1 - c for c in p) for p in chosen}
            assert cell("2,3,1", [[p] for p in chosen]).value == (len(opposite) == 4)
            # With constants all but one of the eight are possible.
            assert cell("2,3,1", [[p] for p in chosen], bias=True).value == (count == 8)


@pytest.mark.parametrize("seed", range(12))
def test_against_orders_on_a_line_and_around_the_origin(seed: int) -> None:
    generator = random.Random(seed)
    every = list(itertools.product((0, 1), repeat=4))
    chosen = generator.sample(every, generator.randint(2, 5))
    for found, possible in ((cell("1,4,1", [[p] for p in chosen], bias=True), on_a_line(chosen)),
                            (cell("2,4,1", [[p] for p in chosen]), in_the_plane(chosen))):
        assert found.value is not possible
        assert verify(found.certificate).trust == ()


@pytest.mark.parametrize("seed", range(25))
def test_what_occurs_is_not_empty(seed: int) -> None:
    """Patterns of random inputs at random weights, one or two hidden layers."""
    generator = np.random.default_rng(seed)
    bias = bool(seed % 2)
    widths = [int(generator.integers(1, 4)) for _ in range(generator.integers(2, 4))]
    layers = [(generator.standard_normal((b, a)), bias * generator.standard_normal(b))
              for a, b in itertools.pairwise(widths)]
    patterns = []
    for _ in range(generator.integers(1, 6)):
        x, pattern = 3 * generator.standard_normal(widths[0]), []
        for matrix, constants in layers:
            x = matrix @ x + constants
            pattern.append([int(c > 0) for c in x])
            x = np.maximum(x, 0)
        patterns.append(pattern)
    found = cell(",".join(map(str, [*widths, 1])), patterns, bias)
    assert found.value is False
    # The point, by other arithmetic.
    weights, inputs = found.point
    for pattern, x in zip(patterns, inputs):
        state = np.array([float(Fraction(c)) for c in x])
        for rows, active in zip(weights, pattern):
            matrix = np.array([[float(Fraction(c)) for c in row] for row in rows])
            state = matrix @ np.append(state, [1.0] * bias)
            assert [int(v > 1e-9) for v in state] == active
            state = np.maximum(state, 0)


@pytest.mark.parametrize("spec, is_empty", [
    # No path is left, so that nothing can be active; and nothing need be.
    ("relu:2,2,2,1:cell=00.10", True), ("relu:2,2,2,1:cell=00.00", False),
    ("relu:2,2,2,1:bias:cell=00.10", False),
    # Where the first layer is constant, the second one has one pattern.
    ("relu:2,2,2,1:bias:cell=00.10,00.01", True),
    # Of an interval four patterns of two half-lines are too many.
    ("relu:1,2,2,1:bias:cell=11.00,11.10,11.01,11.11", True),
    ("relu:1,2,2,1:bias:cell=11.00,11.10,11.01", False)])
def test_layers(spec: str, is_empty: bool) -> None:
    assert NeuroManifold(spec, seed=1).is_cell_empty().value is is_empty


def test_forgeries() -> None:
    empty = NeuroManifold("relu:1,2,1:cell=10,00", seed=1).is_cell_empty().certificate
    there = NeuroManifold("relu:1,2,1:cell=10,01", seed=1).is_cell_empty().certificate
    for original, other in (empty, there), (there, empty):
        for part in "model", "evidence":
            with pytest.raises(CertificateError):
                verify(changed_at(original, part, to=other[part]))
        wrong = not original["claim"]["value"]["is_empty"]
        with pytest.raises(CertificateError):
            verify(changed_at(original, "claim", "value", "is_empty", to=wrong))
        with pytest.raises(CertificateError, match="not that of these patterns"):
            verify(changed_at(original, "claim", "value", "patterns", to=[[[1, 1]], [[1, 0]]]))
    with pytest.raises(CertificateError, match="twice"):
        verify(changed_at(empty, "evidence", "patterns", to=[0, 0]))
    with pytest.raises(CertificateError, match="not proved to be impossible"):
        verify(changed_at(empty, "evidence", "patterns", to=[0]))
    with pytest.raises(CertificateError, match="does not have its pattern"):
        verify(changed_at(there, "evidence", "inputs", 0, to=["0"]))


@pytest.mark.parametrize("seed", range(20))
def test_the_search_decides_as_truth_tables_do(seed: int) -> None:
    generator = random.Random(seed)
    clauses = [tuple(generator.choice((1, -1)) * v for v in generator.sample(range(1, 6), 3))
               for _ in range(generator.randint(15, 40))]
    assert satisfiable(clauses) == any(
        all(any((v > 0) == signs[abs(v) - 1] for v in clause) for clause in clauses)
        for signs in itertools.product((True, False), repeat=5))


def test_in_words(capsys) -> None:
    assert main(["compute", "relu:2,3,1:cell=110", "is_cell_empty", "--quiet"]) == 0
    assert "no: some parameters" in capsys.readouterr().out
    with pytest.raises(InputError, match="names none"):
        NeuroManifold("relu:2,3,1").is_cell_empty()


def test_it_is_kept_on_the_disk(tmp_path, monkeypatch) -> None:
    spec = "relu:2,2,1:cell=10,01"
    found = NeuroManifold(spec, seed=1, cache=tmp_path).is_cell_empty()
    monkeypatch.setattr("neuroalg_sage.invariants.piecewise.activation_cell.is_cell_empty", None)
    again = NeuroManifold(spec, seed=1, cache=tmp_path).is_cell_empty()
    assert (again.value, again.point) == (found.value, found.point)
