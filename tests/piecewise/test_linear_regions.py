"""Regions and faces of piecewise linear networks: against a slow way, sampling and formulas."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from conftest import slow
from networks import random_network
from splitter import merged, split

from neuroalg_sage import InputError, PiecewiseLinearNetwork, verify
from neuroalg_sage.cli import main
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision, domain
from neuroalg_sage.models.piecewise.network import network_from_data
from neuroalg_sage.models.piecewise.sources import load_network
from neuroalg_sage.models.piecewise.steps import Affine, Maximum


def dense(weights, bias=None) -> dict:
    return {"kind": "dense", "weights": weights} | ({} if bias is None else {"bias": bias})


def data(inputs: int, *layers: dict) -> dict:
    return {"input_shape": [inputs], "layers": list(layers)}


RELU, ABSOLUTE = {"kind": "relu"}, {"kind": "absolute_value"}


def slow_pieces(faces: list[tuple], inputs: int) -> int:
    """
    Cells of one map, joined where a face of dimension d - 1 is common.

    A face is in the closure of a cell if no sign of it is the opposite of that of the cell, and
    whoever attains a maximum in the cell does on the face.
    """
    cells = {signs: outputs for dimension, signs, outputs, _ in faces if dimension == inputs}
    walls = {signs for signs, dimension in merged(faces).items() if dimension == inputs - 1}
    parent = {signs: signs for signs in cells}

    def root(signs):
        while parent[signs] != signs:
            signs = parent[signs]
        return signs

    def below(wall, cell) -> bool:
        return all(set(c[1]) <= set(w[1]) if isinstance(w, tuple) else w in (0, c)
                   for w, c in zip(wall, cell))

    for wall in walls:
        around = [cell for cell in cells if below(wall, cell)]
        for one in around:
            for other in around:
                if cells[one] == cells[other]:
                    parent[root(one)] = root(other)
    return len({root(signs) for signs in cells})


@pytest.mark.parametrize("first", [
    0, 20, *map(slow, range(40, 300, 20))])
def test_faces_and_regions_are_those_of_a_slow_way(first: int) -> None:
    for seed in range(first, first + 20):
        network = random_network(seed)
        inequalities = domain(network.inputs, box=2) if seed % 3 == 0 else ()
        found = Subdivision(network, inequalities)
        faces = list(split(network, inequalities))
        counted = Counter(merged(faces).values())
        assert found.f_vector == [counted[k] for k in range(network.inputs + 1)], seed
        if network.inputs < 3:
            assert found.regions == slow_pieces(faces, network.inputs), seed
        assert verify(PiecewiseLinearNetwork(network).linear_regions(
            box=2 if seed % 3 == 0 else None).certificate).value["f_vector"] == found.f_vector


def test_there_is_one_cell_for_each_activation_pattern() -> None:
    """Also where units are zero on open sets: these are zero on all of a cell of layers before."""
    for seed in range(60):
        found = Subdivision(random_network(seed))
        if not found.further_cuts:
            signs = [found.cell(i).signs for i in range(found.cells)]
            # An entry of a maximum is at most zero; whether it is attained is not "positive".
            if not any(isinstance(step, Maximum) for step in found.network.program.steps):
                assert len({tuple(s > 0 for s in sign) for sign in signs}) == found.cells
            assert len(set(signs)) == found.cells


@pytest.mark.parametrize("spec", ["relu:2,6,6,1:bias", "maxout:3,3,2:bias:pieces=3",
                                  "hard_tanh:2,4,3,1:bias", "leaky_relu:3,4,4,2",
                                  "relu:4,5,3,1:bias"])
def test_every_sampled_point_is_in_a_cell_with_its_affine_map(spec: str) -> None:
    network = PiecewiseLinearNetwork(spec, seed=3)
    found = network.linear_regions().subdivision
    maps = [found.affine_map(cell) for cell in range(found.complex.levels[-1].count)]
    generator = random.Random(1)
    for _ in range(60):
        point = [Fraction(generator.randint(-3000, 3000), 500)
                 for _ in range(network.network.inputs)]
        value = network(point)
        assert any(all(sum(a * x for a, x in zip(row, [*point, 1])) == y
                       for row, y in zip(rows, value)) for rows in maps)


@pytest.mark.parametrize(("planes", "inputs", "regions"),
                         [(4, 2, 11), (10, 2, 56), (16, 2, 137), (8, 3, 93), (5, 4, 31)])
def test_generic_hyperplanes(planes: int, inputs: int, regions: int) -> None:
    found = PiecewiseLinearNetwork(f"relu:{inputs},{planes},1:bias", seed=5).linear_regions()
    assert found == regions == sum(comb(planes, k) for k in range(inputs + 1))
    assert found.cells == regions
    assert found.data["bounded"] == comb(planes - 1, inputs)
    assert found.f_vector[0] == comb(planes, inputs)


@pytest.mark.parametrize(("units", "most", "seed"), [(2, 9, 10), (3, 19, 251), (4, 33, None)])
def test_maxout_of_three(units: int, most: int, seed: int | None) -> None:
    """The most regions of maxout units of three functions with two inputs; two are attained."""

    def cells(seed: int) -> int:
        return PiecewiseLinearNetwork(f"maxout:2,{units},1:bias:pieces=3", seed=seed
                                      ).linear_regions().cells

    assert max(map(cells, range(8))) <= most
    assert seed is None or cells(seed) == most


@pytest.mark.parametrize("depth", [1, 2, 5, 8])
def test_the_sawtooth_has_a_power_of_two_pieces(depth: int) -> None:
    """x -> 2 relu(x) - 4 relu(x - 1/2), composed with itself, on [0, 1]."""
    layers = []
    for _ in range(depth):
        layers += [dense([[1], [1]], [0, "-1/2"]), RELU, dense([[2, -4]])]
    found = PiecewiseLinearNetwork(data(1, *layers)).linear_regions(box=[[0, 1]])
    assert found == 2**depth and found.f_vector == [2**depth + 1, 2**depth]


def regions_of(*layers: dict, inputs: int = 2, **options) -> tuple[int, int, list[int]]:
    found = PiecewiseLinearNetwork(data(inputs, *layers)).linear_regions(**options)
    assert verify(found.certificate).status == "proved"
    return found.value, found.cells, found.f_vector


def test_degenerate_positions_are_answered() -> None:
    # Hyperplanes through one point; the same one three times; none at all.
    star = dense([[1, 0], [0, 1], [1, 1], [1, -1]])
    assert regions_of(star, RELU, dense([[1, 1, 1, 1]])) == (8, 8, [1, 8, 8])
    assert regions_of(dense([[1, 0], [2, 0], [-1, 0]]), RELU, dense([[1, 1, 1]])) == (
        2, 2, [0, 1, 2])
    assert regions_of(dense([[0, 0]], [1]), RELU, dense([[1]])) == (1, 1, [0, 0, 1])
    assert regions_of(dense([[1, 2]])) == (1, 1, [0, 0, 1])
    assert regions_of(dense([[0, 0], [0, 0]]), RELU) == (1, 1, [0, 0, 1])
    # A unit without influence, and two that cancel.
    assert regions_of(dense([[1, 0], [0, 1]]), RELU, dense([[1, 0]])) == (2, 4, [1, 4, 4])
    assert regions_of(dense([[1, 0], [-1, 0]]), RELU, dense([[1, -1]])) == (1, 2, [0, 1, 2])
    # Three cells of one map around a point, two of them joined, and one only opposite.
    assert regions_of(dense([[1, 0], [0, 1]]), ABSOLUTE, dense([[1, 1]]))[:2] == (4, 4)
    # A maximum of equal functions, and a maximum of one.
    assert regions_of(dense([[1, 0], [1, 0], [0, 1]]), {"kind": "maxout", "pieces": 3}) == (
        2, 2, [0, 1, 2])
    assert regions_of({"kind": "maxout", "pieces": 1}) == (1, 1, [0, 0, 1])
    # Skip connections: x - relu(x), which is never positive, and what a ReLU then makes of it.
    skip = RELU, dense([[-1]]), {"kind": "sum", "from": [0, 2]}
    assert regions_of(*skip, inputs=1) == (2, 2, [1, 2])
    assert regions_of(*skip, RELU, inputs=1) == (1, 2, [1, 2])


def test_cells_that_meet_in_a_point_only_are_two_regions() -> None:
    """|x| + |y| - |x + y| is zero in two opposite quadrants, which meet in the origin only."""
    found = PiecewiseLinearNetwork(data(
        2, dense([[1, 0], [0, 1], [1, 1]]), ABSOLUTE, dense([[1, 1, -1]]))).linear_regions()
    assert found.cells == 6 and found == 6
    maps = [found.subdivision.affine_map(i) for i in range(6)]
    assert maps.count(((0, 0, 0),)) == 2


def test_domains() -> None:
    network = PiecewiseLinearNetwork(data(2, dense([[1, 0], [0, 1]]), RELU, dense([[1, 1]])))
    assert network.linear_regions(box=1).f_vector == [9, 12, 4]
    assert network.linear_regions(box=[[1, 2], [1, 2]]).f_vector == [4, 4, 1]
    assert network.linear_regions(box=[["-1", "2"], [0, 2]]).f_vector == [6, 7, 2]
    # A half-plane through the origin; a triangle; the same inequality twice.
    assert network.linear_regions(polytope=[[1, 1, 0]]).f_vector == [1, 4, 3]
    triangle = [[-1, 0, 0], [0, -1, 0], [1, 1, 1], [2, 2, 2]]
    found = network.linear_regions(polytope=triangle)
    assert found.f_vector == [3, 3, 1] == found.data["bounded_faces"]
    assert verify(found.certificate).value["regions"] == 1
    for wrong in ([[1, 0, 0], [-1, 0, 0]], [[1, 0, 0], [-1, 0, -1]], [[0, 0, -1]]):
        with pytest.raises(InputError, match="empty or has no interior"):
            network.linear_regions(polytope=wrong)
    with pytest.raises(InputError, match="empty or has no interior"):
        network.linear_regions(box=[[1, 0], [0, 1]])
    with pytest.raises(InputError, match="2 pairs"):
        network.linear_regions(box=[[0, 1]])


def test_cells_are_what_they_say() -> None:
    network = PiecewiseLinearNetwork("relu:2,4,3,1:bias", seed=2)
    found = network.linear_regions(box=3)
    cells = [found.subdivision.cell(i) for i in range(found.cells)]
    assert len({cell.signs for cell in cells}) == found.cells == len(cells)
    # An activation pattern says which units are positive.
    assert len({tuple(s > 0 for s in cell.signs) for cell in cells}) == found.cells
    assert {cell.region for cell in cells} == set(range(found.value))
    assert {v for cell in cells for v in cell.vertices} and not any(c.directions for c in cells)
    assert len({v for cell in cells for v in cell.vertices}) == found.f_vector[0]
    for cell in cells:
        center = [sum(c) / len(cell.vertices) for c in zip(*cell.vertices)]
        (row,) = cell.affine_map
        assert network(center) == (sum(a * x for a, x in zip(row, [*center, 1])),)
        first = network.network.layers[0]
        assert cell.signs[:4] == tuple(
            (value > 0) - (value < 0) for value in (
                sum(w * x for w, x in zip(weights, center)) + b
                for weights, b in zip(first.weights, first.bias)))
    for i, j in found.subdivision.dual_graph:
        common = set(cells[i].vertices) & set(cells[j].vertices)
        assert len(common) == 2
        # Cells on both sides of a facet differ in the signs of the units that vanish on it.
        assert cells[i].signs != cells[j].signs


def test_more_inputs_than_are_allowed() -> None:
    with pytest.raises(InputError, match="1 to 6 inputs; this network has 7"):
        PiecewiseLinearNetwork("relu:7,1,1").linear_regions()
    assert PiecewiseLinearNetwork("relu:6,3,1:bias").linear_regions().f_vector == [
        0, 0, 0, 1, 6, 12, 8]


def test_pooling_and_convolutions() -> None:
    layers = [{"kind": "convolution", "weights": [[[1, -1]], [[1, 1]]], "bias": [0, 1]}, RELU,
              {"kind": "max_pooling", "size": [2]}, dense([[1, 2]])]
    network = network_from_data({"input_shape": [3], "layers": layers})
    # Two channels of two entries: relu(x0 - x1), relu(x1 - x2); relu(x0 + x1 + 1), ...
    assert network([3, 1, 5]) == (2 + 2 * 7,)
    faces = list(split(network))
    found = Subdivision(network)
    counted = Counter(merged(faces).values())
    assert found.f_vector == [counted[k] for k in range(4)]
    assert network_from_data({"input_shape": [4], "layers": [
        {"kind": "average_pooling", "size": [2]}]})([1, 2, 3, 5]) == (Fraction(3, 2), 4)


@pytest.mark.parametrize("inputs", [3, 4])
def test_maxima_that_cut_a_cube_without_new_vertices(inputs: int) -> None:
    """The hyperplanes where two coordinates are equal cut the cube in vertices of it."""
    network = PiecewiseLinearNetwork(data(inputs, {"kind": "maxout", "pieces": inputs}))
    found = network.linear_regions(box=2)
    assert (found.value, found.cells) == (inputs, inputs)
    assert sum((-1) ** k * n for k, n in enumerate(found.f_vector)) == 1
    assert verify(found.certificate).value["regions"] == inputs


def test_what_the_checker_does_not_accept_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Subdivision, "regions", 7)
    with pytest.raises(LimitReached, match="not verified: There are 4 regions"):
        PiecewiseLinearNetwork(data(2, RELU)).linear_regions()


def test_a_polytope_is_a_list_of_rows() -> None:
    with pytest.raises(InputError, match="each a row of 3 numbers"):
        PiecewiseLinearNetwork(data(2, RELU)).linear_regions(polytope=5)


def by_whitney(rows: list[list[int]], inputs: int) -> int:
    """Regions of hyperplanes in any position, by Whitney's theorem: a sum over all central sets."""
    total = 0
    for chosen in itertools.chain.from_iterable(
            itertools.combinations(rows, k) for k in range(len(rows) + 1)):
        whole = np.array(chosen, float).reshape(-1, inputs + 1)
        rank = np.linalg.matrix_rank(whole[:, :-1])
        if rank == np.linalg.matrix_rank(whole):
            total += (-1) ** (len(chosen) - rank)
    return total


@pytest.mark.parametrize("inputs", [4, 5, 6])
def test_many_inputs_against_whitneys_theorem(inputs: int) -> None:
    """Small integers, so that many hyperplanes meet where generic ones do not, or are parallel."""
    generator = random.Random(inputs)
    for entries in ([0, 1, -1], [0, 0, 0, 1, -1, 2], list(range(-9, 10))):
        for count in (3, inputs, inputs + 2):
            rows: set[tuple[int, ...]] = set()
            while len(rows) < count:
                row = [generator.choice(entries) for _ in range(inputs + 1)]
                first = next((c for c in row[:-1] if c), 0)
                if first:  # up to a factor, since Whitney's sum is about different hyperplanes
                    rows.add(tuple(Fraction(c, first) for c in row))
            network = [[list(row[:-1]) for row in rows], [row[-1] for row in rows],
                       [[1] * count]]
            assert PiecewiseLinearNetwork(network).linear_regions().cells == by_whitney(
                [list(row) for row in rows], inputs)


@pytest.mark.parametrize("inputs", [5, 6])
def test_two_layers_of_many_inputs_against_the_slow_way(inputs: int) -> None:
    generator = random.Random(inputs)
    for _ in range(4):
        entries = generator.choice([[0, 1, -1], list(range(-9, 10))])

        def dense(made: int, taken: int, entries=entries) -> list:
            return [[[generator.choice(entries) for _ in range(taken)] for _ in range(made)],
                    [generator.choice(entries) for _ in range(made)]]

        network = load_network([*dense(3, inputs), *dense(3, 3), *dense(1, 3)])
        assert PiecewiseLinearNetwork(network).linear_regions().cells == len(
            list(split(network, lower=False)))


@pytest.mark.parametrize("seed", range(30))
def test_patterns_that_occur(seed: int) -> None:
    """The pieces at random inputs are listed, and there is one pattern for each cell."""
    network = random_network(seed)
    found = PiecewiseLinearNetwork(network).linear_regions()
    assert len(found.patterns) == len(set(found.patterns)) == found.cells
    generator = random.Random(seed)
    for _ in range(40):
        states = [[Fraction(generator.randint(-10**9, 10**9), 10**8)
                   for _ in range(network.inputs)]]
        layers = []
        for step in network.program.steps:
            entries = [c for s in step.sources for c in states[s]]
            if isinstance(step, Affine):
                states.append([sum((c * entries[j] for j, c in row.items()), constant)
                               for row, constant in zip(step.rows, step.constants)])
            elif isinstance(step, Maximum):
                values = [[entries[i] for i in group] for group in step.groups]
                states.append(list(map(max, values)))
                layers.append([v.index(max(v)) for v in values])
            else:
                states.append(list(map(step.value, entries)))
                layers.append([sum(x > c for c in step.breakpoints) for x in entries])
        assert ".".join("".join(map(str, layer)) for layer in layers) in found.patterns


def test_patterns_in_words(capsys) -> None:
    assert main(["regions", "relu:1,2,1:bias", "--patterns", "--json", "--quiet"]) == 0
    assert len(json.loads(capsys.readouterr().out)["patterns"]) == 3
    assert PiecewiseLinearNetwork([[[2, 3]]]).linear_regions().patterns == [""]
    # Of 11 pieces a number may have two digits.
    units = {"kind": "maxout", "pieces": 11}
    found = PiecewiseLinearNetwork(data(1, dense([[k] for k in range(11)],
                                                 [-k * k for k in range(11)]), units))
    assert found.linear_regions().patterns == sorted(map(str, range(11)))
    assert main(["regions", "relu:1,2,1:bias", "--patterns", "--quiet"]) == 0
    assert "activation patterns:\n  " in capsys.readouterr().out
