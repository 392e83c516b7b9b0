"""The topology of sublevel sets: known half-spaces, and random complexes."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from conftest import slow

from neuroalg_sage import ERM
from neuroalg_sage.certificates.chain_complexes import betti_numbers
from neuroalg_sage.invariants.training.sublevel_sets import Ranges, betti_ranges


def contains(ranges: Ranges, betti: list[int]) -> bool:
    """Whether Betti numbers are in these ranges, and zero where there is none."""
    return all(low <= b <= high for (low, high), b in itertools.zip_longest(
        ranges, betti, fillvalue=0) if isinstance(low, int)) if len(ranges) >= len(betti) else (
            not any(betti[len(ranges):]) and contains(ranges, betti[:len(ranges)]))


@pytest.mark.parametrize("seed", range(20))
def test_complexes_that_grow_by_a_cell_are_in_the_ranges(seed: int) -> None:
    """Simplices of a random complex, each after its faces: the true numbers, over two fields."""
    generator = random.Random(seed)
    largest = [s for s in itertools.combinations(range(6), 3) if generator.random() < 0.4]
    simplices = sorted({face for s in largest for k in (1, 2, 3)
                        for face in itertools.combinations(s, k)},
                       key=lambda s: (max(s), len(s), s))
    levels, cells = [], [[] for _ in range(3)]
    number: dict[tuple[int, ...], int] = {}
    for count, simplex in enumerate(simplices, 1):
        number[simplex] = len(cells[len(simplex) - 1])
        cells[len(simplex) - 1].append({} if len(simplex) == 1 else {
            number[simplex[:i] + simplex[i + 1:]]: (-1) ** i for i in range(len(simplex))})
        levels.append([len(simplex) - 1])
        if count % 5 and count < len(simplices):
            continue
        ranges = betti_ranges(levels)
        assert ranges is not None
        for p in (0, 2):
            assert contains(ranges[-1], betti_numbers(cells, p))
        counts = [sum(k in level for level in levels) for k in range(3)]
        assert all(high <= m for (_, high), m in zip(ranges[-1], counts))


def test_perfect_cases() -> None:
    assert betti_ranges([[0], [2], [4]]) == [
        (((1, 1)), (0, 0), (0, 0), (0, 0), (0, 0)), ((1, 1), (0, 0), (1, 1), (0, 0), (0, 0)),
        ((1, 1), (0, 0), (1, 1), (0, 0), (1, 1))]
    assert betti_ranges([[0], [1]]) == [((1, 1), (0, 0)), ((1, 1), (1, 1))]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("power", [2, 3])
def test_powers_of_binary_linear_forms(seed: int, power: int) -> None:
    """
    With less loss than zero are forms c l^d with c b(l^d) > 0: arcs of lines, or all of them.
    """
    generator = random.Random(10 * power + seed)
    rows = [[generator.randint(-3, 3) for _ in range(3)] for _ in range(8)]
    problem = ERM(f"mlp:2,1,1:x^{power}", rows)
    found = problem.sublevel_sets()
    assert not found.reason
    # b(l^d) = Σ y (l(x))^d over the rows, a binary form; its real zeros cut the projective line.
    values = [sum(y * (a * u + b * v) ** power for a, b, y in rows)
              for u, v in ((1, 0), (0, 1), (1, 1), (1, -1))]
    if power == 2:
        first, last, middle = values[0], values[1], (values[2] - values[3]) // 4
        zeros = 0 if first * last > middle**2 else 2
    else:
        a, d = values[0], values[1]
        b, c = (values[2] - values[3]) // 2 - d, (values[2] + values[3]) // 2 - a
        discriminant = (b * c) ** 2 - 4 * a * c**3 - 4 * b**3 * d - 27 * (a * d) ** 2 + (
            18 * a * b * c * d)
        assert discriminant
        zeros = 3 if discriminant > 0 else 1
    assert contains(found.rows[-2][1], [zeros] if zeros else [1, 1])
    assert found.rows[-1][1] == ((1, 1),)
    losses = [loss for loss, _ in found.rows]
    assert losses == sorted(losses)


@pytest.mark.parametrize("size", [2, 3])
def test_matrices_of_rank_one(size: int) -> None:
    """Pairs (x, y) of points with y^T A x != 0, for a regular A, retract to a projective space."""
    generator = random.Random(size)
    rows = []
    for i in range(size):
        rows.append([int(i == j) for j in range(size)]
                    + [generator.randint(-5, 5) + 9 * (i == j) for j in range(size)])
    problem = ERM(f"linear:{size},1,{size}", rows)
    found = problem.sublevel_sets()
    assert [len(found.rows), found.reason] == [size + 1, ""]
    for betti in ([1] * size, [1, *[0] * (size - 2), (size - 1) % 2]):  # over GF(2), over Q
        assert contains(found.rows[-2][1], betti)
    text = problem.critical_points().text()
    assert "have the Betti numbers 1 from" in " ".join(text.split())
    described = problem.critical_points().described()["sublevel_sets"]
    assert described["not_applicable"] is None and described["rows"][-1]["betti"] == [[1, 1]]


@pytest.mark.parametrize("power, size", [
    (2, 2), (3, 2), slow(2, 3), slow(3, 3)])
@pytest.mark.parametrize("seed", [0, slow(1), slow(2)])
def test_filters_around_a_circle(power: int, size: int, seed: int) -> None:
    """
    M is a bundle over the circle of the first filters, of which (1, 0) and (0, 1) share functions;
    the least loss over each fiber, at many points of the circle.
    """
    generator = random.Random(100 * power + 10 * size + seed)
    inputs = size + 1
    rows = [[generator.randint(-3, 3) for _ in range(inputs + 1)] for _ in range(40)]
    problem = ERM(f"cnn:2,{size}:x^{power}", rows)
    found = problem.sublevel_sets()
    assert not found.reason
    x, y = np.array(rows, float)[:, :inputs], np.array(rows, float)[:, inputs]

    def least(columns: np.ndarray) -> float:
        b, *_ = np.linalg.lstsq(columns, y, rcond=None)
        return float(((columns @ b - y) ** 2).mean())

    def states(angle: float) -> np.ndarray:
        return (np.cos(angle) * x[:, :-1] + np.sin(angle) * x[:, 1:]) ** power

    values = np.array([least(states(t)) for t in np.linspace(0, np.pi, 4000, endpoint=False)])
    shared = least(x[:, 1:-1] ** power)
    assert found.rows[-1][0] == pytest.approx(float((y**2).mean()))
    for (low, ranges), (high, _) in itertools.pairwise(found.rows):
        c = (float(low) + float(high)) / 2
        below = values <= c
        arcs = int((below & ~np.roll(below, 1)).sum())
        assert below.any()
        betti = [arcs, 0] if arcs else [1, 1]
        if shared <= c:  # an arc between the points of the two filters
            both = np.nonzero(~below)[0]
            apart = not below.all() and ((both < 2000).any() and (both > 2000).any())
            betti = [betti[0] - 1, betti[1]] if apart else [betti[0], betti[1] + 1]
        assert contains(ranges, betti), (c, betti, ranges)


@pytest.mark.parametrize("spec, why", [
    slow("cnn:3,2:x^2", "crosses itself"), ("linear:2,2", "ellipsoids"), ("mlp:2,2,1:x^3", "")])
def test_where_nothing_is_said(spec: str, why: str) -> None:
    generator = random.Random(5)
    width = {"cnn": 5, "lin": 4, "mlp": 3}[spec[:3]]
    rows = [[generator.randint(-3, 3) for _ in range(width)] for _ in range(16)]
    problem = ERM(spec, rows)
    found = problem.sublevel_sets()
    assert found.reason and why in found.reason and not found.rows
    assert "Betti numbers" not in problem.critical_points().text()
