"""Networks on graphs, groups and sets: they commute with what they should; known dimensions."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from neuroalg_sage import EquivariantNetwork, GraphNetwork, MatrixSpace, NeuroManifold
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.graphs import Graph, read_graph
from neuroalg_sage.models.groups import check_table, read_group
from neuroalg_sage.models.matrix_spaces import equivariant_maps
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sources import model_from_data

GROUPS = ["Z1", "Z2", "Z3", "Z4", "Z2xZ2", "Z5", "Z6", "S3", "Z7", "Z8", "Z4xZ2", "Z2xZ2xZ2", "D4",
          "Q8", "Z9", "Z3xZ3", "Z10", "D5", "Z11", "Z12", "Z6xZ2", "D6", "A4", "Dic3"]


def orders(table: list[list[int]]) -> Counter:
    """How many elements have which order."""
    found: Counter = Counter()
    for g in range(len(table)):
        power, order = g, 1
        while power:
            power, order = table[power][g], order + 1
        found[order] += 1
    return found


def test_the_groups_of_order_at_most_12_are_all_groups_and_different() -> None:
    tables = [check_table(read_group(name)) for name in GROUPS]
    # 1, 1, 1, 2, 1, 2, 1, 5, 2, 2, 1, 5 groups of the orders 1, ..., 12; orders of elements and
    # commutativity tell these apart.
    counts = Counter(map(len, tables))
    assert [counts[n] for n in range(1, 13)] == [1, 1, 1, 2, 1, 2, 1, 5, 2, 2, 1, 5]
    assert len({(len(t), tuple(sorted(orders(t).items())), t == [list(c) for c in zip(*t)])
                for t in tables}) == len(GROUPS)


def values(model: Model, w: list[int], x: list[int]) -> list[Fraction]:
    return model.apply(np.array(w, dtype=object), np.array(x, dtype=object), Fraction).tolist()


@pytest.mark.parametrize("name", ["S3", "Q8", "Z2xZ4", "A4"])
def test_group_convolutions_commute_with_the_group(name: str) -> None:
    table, generator = read_group(name), random.Random(name)
    n = len(table)
    model = parse_spec(f"gcnn:group={name},channels=1x2x1,bias=1:x^2+x")
    w = [generator.randint(-3, 3) for _ in range(model.parameter_count)]
    x = [generator.randint(-3, 3) for _ in range(n)]
    plain = values(model, w, x)
    for a in range(n):
        moved = values(model, w, [x[table[a][g]] for g in range(n)])
        assert moved == [plain[table[a][g]] for g in range(n)]
    assert len(set(plain)) > 1


def test_layers_on_sets_and_cycles_commute_with_permutations_and_turns() -> None:
    generator = random.Random(5)
    for spec, moves in (("sets:points=4,channels=1x2x1:x^3", itertools.permutations(range(4))),
                        ("gnn:graph=C5,channels=1x2x1,powers=2,bias=1:x^2",
                         [[(i + 1) % 5 for i in range(5)], [-i % 5 for i in range(5)]])):
        model = parse_spec(spec)
        w = [generator.randint(-3, 3) for _ in range(model.parameter_count)]
        x = [generator.randint(-3, 3) for _ in range(model.input_count)]
        plain = values(model, w, x)
        for p in moves:
            assert values(model, w, [x[i] for i in p]) == [plain[i] for i in p]


@pytest.mark.parametrize("name", ["Z1", "Z3", "Z2xZ2", "S3", "D4", "Q8"])
def test_dimensions_of_group_convolutional_networks(name: str) -> None:
    """L (|G| - 1) + 1 for activations of degree from 2 on, |G| for linear ones."""
    order = len(read_group(name))
    for layers, degree in ((1, 2), (2, 2), (3, 2), (2, 3)):
        found = NeuroManifold(f"gcnn:group={name},layers={layers}:x^{degree}").dimension()
        assert found == layers * (order - 1) + 1 and found.status == "proved"
        assert verify(found.certificate).trust == ()
    assert NeuroManifold(f"gcnn:group={name},layers=3").dimension() == order


@pytest.mark.slow
@pytest.mark.parametrize("name", GROUPS)
def test_dimensions_for_all_groups_of_order_at_most_12(name: str) -> None:
    order = len(read_group(name))
    for layers, degree in itertools.product(range(1, 5), range(2, 6)):
        found = NeuroManifold(f"gcnn:group={name},layers={layers}:x^{degree}").dimension()
        assert found == layers * (order - 1) + 1 and found.status == "proved"


def test_equivariant_maps_are_those_of_representation_theory() -> None:
    """Their number is the inner product of both characters."""
    def matrix(p):
        return [[int(p[j] == i) for j in range(len(p))] for i in range(len(p))]

    swap, turn = matrix([1, 0, 2]), matrix([1, 2, 0])
    reflection = [[[-1, 1], [0, 1]], [[0, -1], [1, -1]]]  # of the same generators, in the plane
    assert len(equivariant_maps([swap, turn], [swap, turn])) == 2
    assert len(equivariant_maps([swap, turn], [[[1]], [[1]]])) == 1
    assert len(equivariant_maps(reflection, reflection)) == 1
    with pytest.raises(InputError, match="Zero alone"):
        equivariant_maps(reflection, [[[1]], [[1]]])
    with pytest.raises(InputError, match="Zero alone"):
        equivariant_maps([swap, turn], [[[-1]], [[1]]])
    for x in equivariant_maps([turn], [turn]):
        product = [[sum(a * b for a, b in zip(row, column)) for column in zip(*turn)] for row in x]
        assert product == [[sum(a * b for a, b in zip(row, column)) for column in zip(*x)]
                           for row in turn]
    # Cyclic shifts: the same functions as of the group's own network.
    model = EquivariantNetwork([[turn]] * 3, "x^2")
    assert NeuroManifold(model).dimension() == 2 * (3 - 1) + 1


def test_named_graphs_have_the_edges_that_they_should() -> None:
    degrees = {"C6": [2] * 6, "P4": [1, 1, 2, 2], "K4": [3] * 4, "K2x3": [2, 2, 2, 3, 3],
               "S3": [1, 1, 1, 3], "Q3": [3] * 8, "Petersen": [3] * 10, "0-1+1-2": [1, 1, 2],
               "C2": [1, 1], "P1": [0]}
    for name, expected in degrees.items():
        assert sorted(map(sum, read_graph(name).adjacency())) == expected, name
    petersen = read_graph("Petersen").adjacency()
    # Strongly regular: neighbors have no neighbor in common, other vertices have one.
    for i, j in itertools.combinations(range(10), 2):
        assert sum(map(int.__mul__, petersen[i], petersen[j])) == 1 - petersen[i][j]


def test_a_graph_network_has_no_more_functions_than_powers_of_its_matrix_allow() -> None:
    """On K_4 the adjacency matrix satisfies a quadratic equation."""
    two, three = (NeuroManifold(f"gnn:graph=K4,channels=1x1,powers={k}").dimension()
                  for k in (1, 3))
    assert two == three == 2 and three.status == "proved"
    # The adjacency and the Laplacian matrix of a regular graph span the same space with 1.
    other = NeuroManifold("gnn:graph=K4,channels=1x2x1,matrix=laplacian:x^2").dimension()
    assert other == NeuroManifold("gnn:graph=K4,channels=1x2x1:x^2").dimension()


def test_a_description_and_a_spec_are_the_same_model() -> None:
    for spec in ("gnn:graph=0-1+1-2,channels=1x1,matrix=laplacian,powers=2,readout=sum,bias=1:x^2",
                 "gcnn:group=S3,layers=2:x^2", "sets:points=3,channels=2x1,readout=sum"):
        model = parse_spec(spec)
        assert model.spec == spec
        again = model_from_data(model.describe())
        assert (again.layers, again.spec) == (model.layers, spec)
    assert GraphNetwork(Graph([(0, 1)], 3), [1, 1]).input_shape == (3,)


@pytest.mark.parametrize("spec, words", [
    ("gnn:graph=C4", "gnn lacks channels"),
    ("gnn:channels=1x1", "gnn lacks graph"),
    ("gnn:graph=Z9,channels=1x1", "none of C5"),
    ("gnn:graph=0-0,channels=1x1", "does not join two different vertices"),
    ("gnn:graph=C4,channels=1x1,matrix=transition", "adjacency or laplacian"),
    ("gnn:graph=C4,channels=1", "channels in and channels out"),
    ("gnn:graph=C4,channels=1x1:x^2:x^3", "one activation"),
    ("gcnn:group=S7,layers=2", "over 200 elements"),
    ("gcnn:group=Q6,layers=2", "none of Z6"),
    ("gcnn:group=S3,layers=2,channels=1x1", "stated twice"),
    ("sets:points=100000,channels=1x1", "most allowed is 500"),
    ("sets:points=3,channels=1x1,readout=max", "sum, mean, product"),
])
def test_a_wrong_spec_gets_a_sentence(spec: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_spec(spec)


@pytest.mark.parametrize("table, words", [
    ([[0, 1], [1, 1]], "once in each row"),
    ([[1, 0], [0, 1]], "neutral element"),
    ([[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]],
     "not associative"),
    ([], "once in each row"),
    (3, "once in each row"),
])
def test_a_table_that_is_none_of_a_group_is_refused(table, words) -> None:
    with pytest.raises(InputError, match=words):
        check_table(table)


@pytest.mark.parametrize("matrices", [[], [[[0, 0]]], [[[0, 5, 1]]], [[[0, 0, 0]]],
                                      [[[0, 0, 1], [0, 0, 2]]], [[[0, "a", 1]]]])
def test_matrices_that_are_none_are_refused(matrices) -> None:
    with pytest.raises(InputError):
        MatrixSpace((2, 2), matrices)
