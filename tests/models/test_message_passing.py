"""Isomorphism networks and messages on graphs: values, permutations, relations to convolutions."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest
from architectures import (
    Parameters,
    check_again,
    check_symmetries,
    check_values,
    jacobian_rank,
)

from neuroalg_sage import (
    Graph,
    GraphIsomorphismNetwork,
    MessagePassingNetwork,
    NeuroManifold,
)
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.graphs import read_graph

PAIR_AND_ONE = Graph([(0, 1)], 3)  # with an isolated vertex


def neighbors(graph: Graph) -> list[list[int]]:
    return [[a + b - v for a, b in graph.edges if v in (a, b)] for v in range(graph.vertices)]


def at_vertices(a: Any, states: list[list[Any]], b: Any = None) -> list[list[Any]]:
    """The same dense map at each vertex; a state is a list for each channel."""
    return [[sum(c * h[v] for c, h in zip(row, states)) + (0 if b is None else b[o])
             for v in range(len(states[0]))] for o, row in enumerate(a)]


def read_out(states: list[list[Any]], readout: Any) -> list[Any]:
    if readout is None:
        return [h for row in states for h in row]
    if readout == "product":
        return [prod(row[1:], start=row[0]) for row in states]
    weight = Fraction(1, len(states[0])) if readout == "mean" else 1
    return [sum(row[1:], row[0]) * weight for row in states]


def isomorphism(graph: Graph, channels: list[int], power: int, hidden: Any, epsilon: Any,
                bias: bool, readout: Any) -> Any:
    near = neighbors(graph)

    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        n = graph.vertices
        states = [x[c * n : (c + 1) * n] for c in range(channels[0])]
        first = True
        for taken, made in zip(channels, channels[1:]):
            if not first:
                states = [[h**power for h in row] for row in states]
            first = False
            e = w.take(1)[0] if epsilon == "learned" else epsilon
            states = [[h * (e + 1) + sum(row[u] for u in near[v]) for v, h in enumerate(row)]
                      for row in states]
            widths = [taken, made] if hidden is None else [taken, hidden, made]
            for k, (a, b) in enumerate(zip(widths, widths[1:])):
                if k:
                    states = [[h**power for h in row] for row in states]
                states = at_vertices(w.take(b, a), states, w.take(b) if bias else None)
        return read_out(states, readout)
    return direct


ISOMORPHISM: list[Any] = [
    (read_graph("C4"), [1, 2, 1], 2, None, 0, False, None),
    (read_graph("P3"), [2, 1], 2, 2, "learned", True, "sum"),
    (read_graph("P3"), [1, 2, 1], 2, None, "learned", False, None),
    (PAIR_AND_ONE, [1, 1, 1], 2, None, Fraction(-1, 2), False, "mean"),
    (Graph([], 2), [2, 1, 1], 2, None, "learned", False, None),
    (read_graph("K3"), [1, 1], 1, None, "learned", False, "product"),
    (read_graph("P1"), [1, 2], 3, 1, 0, False, "product"),
]


@pytest.mark.parametrize("case", ISOMORPHISM, ids=range(len(ISOMORPHISM)))
def test_isomorphism_networks_are_what_they_are_said_to_be(case: Any) -> None:
    graph, channels, power, hidden, epsilon, bias, readout = case
    model = GraphIsomorphismNetwork(graph, channels, f"x^{power}", hidden, epsilon, bias, readout)
    check_values(model, isomorphism(*case))
    check_again(model)
    units = sum(channels[1:-1]) + (hidden or 0) * (len(channels) - 1)
    check_symmetries(model, 0 if bias else units)
    found = NeuroManifold(model).dimension()
    assert found == jacobian_rank(isomorphism(*case), model.parameter_count, model.input_count)
    assert verify(found.certificate)


def messages(graph: Graph, channels: list[int], power: int, width: Any, form: str, tied: bool,
             bias: bool, readout: Any) -> Any:
    near = neighbors(graph)

    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        n = graph.vertices
        states = [x[c * n : (c + 1) * n] for c in range(channels[0])]
        own: Any = None
        for taken, made in zip(channels, channels[1:]):
            m = made if width is None else width
            if own is None or not tied:
                u, a = w.take(made, taken), w.take(made) if bias else [0] * made
                if form == "sum":
                    both = w.take(m, taken, 2)
                    p, q = both[:, :, 0], both[:, :, 1]
                    b, c = w.take(m) if bias else [0] * m, [0] * m
                else:
                    p, b = w.take(m, taken), w.take(m) if bias else [0] * m
                    q, c = w.take(m, taken), w.take(m) if bias else [0] * m
                own = u, a, p, b, q, c, w.take(made, m)
            u, a, p, b, q, c, last = own
            result = at_vertices(u, states, a)
            for v in range(n):
                for to in near[v]:
                    there = [sum(p[i, k] * states[k][v] for k in range(taken)) + b[i]
                             for i in range(m)]
                    here = [sum(q[i, k] * states[k][to] for k in range(taken)) + c[i]
                            for i in range(m)]
                    for o in range(made):
                        for i in range(m):
                            joined = there[i] + here[i] if form == "sum" else there[i] * here[i]
                            result[o][v] = result[o][v] + last[o, i] * joined**power
            states = result
        return read_out(states, readout)
    return direct


MESSAGES: list[Any] = [
    (read_graph("P3"), [1, 1], 2, None, "sum", False, False, None),
    (read_graph("P3"), [2, 1], 2, 2, "sum", False, True, "sum"),
    (read_graph("P2"), [1, 1, 1], 2, 1, "sum", True, False, None),
    (PAIR_AND_ONE, [1, 2], 1, 1, "product", False, False, "mean"),
    (read_graph("K3"), [1, 1], 1, 2, "product", False, True, None),
    (read_graph("C4"), [1, 2, 1], 1, 1, "sum", False, False, None),
    (read_graph("P3"), [1, 1], 1, None, "product", True, False, "product"),
]


@pytest.mark.parametrize("case", MESSAGES, ids=range(len(MESSAGES)))
def test_message_passing_networks_are_what_they_are_said_to_be(case: Any) -> None:
    graph, channels, power, width, form, tied, bias, readout = case
    model = MessagePassingNetwork(graph, channels, f"x^{power}", width, form, tied, bias, readout)
    check_values(model, messages(*case))
    check_again(model)
    check_symmetries(model, 0 if bias else 1)
    found = NeuroManifold(model).dimension()
    assert found == jacobian_rank(messages(*case), model.parameter_count, model.input_count)
    assert verify(found.certificate)


@pytest.mark.parametrize("spec", [
    "gin:graph=C4,channels=1x2x1,epsilon=learned:x^2", "mpnn:graph=C4,channels=1x2x1,bias=1:x^2",
    "mpnn:graph=K2x2,channels=1x1,form=product", "gin:graph=C4,channels=1x2,readout=product"])
def test_they_commute_with_the_symmetries_of_the_graph(spec: str) -> None:
    model, generator = parse_spec(spec), random.Random(spec)
    w = np.array([generator.randint(-5, 5) for _ in range(model.parameter_count)], dtype=object)
    x = [generator.randint(-5, 5) for _ in range(4)]
    edges = set(read_graph(spec.split("=")[1].split(",")[0]).edges)
    plain = model.apply(w, np.array(x, dtype=object), int).tolist()
    moves = [p for p in itertools.permutations(range(4)) if {
        (min(p[a], p[b]), max(p[a], p[b])) for a, b in edges} == edges]
    assert len(moves) == 8
    for p in moves:
        moved = model.apply(w, np.array([x[i] for i in p], dtype=object), int).tolist()
        assert moved == (plain if "readout" in spec else [plain[i] for i in p])


def test_an_isomorphism_layer_is_a_convolution_with_proportional_weights() -> None:
    """(1 + e) w h + w A h for each pair of channels."""
    convolution, own = parse_spec("gnn:graph=C4,channels=2x1"), parse_spec(
        "gin:graph=C4,channels=2x1,epsilon=learned")
    generator = random.Random(1)
    for _ in range(3):
        e, a, b = (generator.randint(-5, 5) for _ in range(3))
        x = np.array([generator.randint(-5, 5) for _ in range(8)], dtype=object)
        both = np.array([(1 + e) * a, a, (1 + e) * b, b], dtype=object)
        assert own.apply(np.array([e, a, b], dtype=object), x, int).tolist() == (
            convolution.apply(both, x, int).tolist())
    # In the space of all convolutions it is the cone over a Segre variety.
    assert NeuroManifold(convolution).dimension() == 4
    manifold = NeuroManifold(own)
    assert (manifold.dimension(), manifold.degree()) == (3, 2)


def test_with_the_bias_at_no_edge_products_are_bilinear() -> None:
    """u h_v + c h_v sum h_u on a path of two: of one channel, two parameters remain."""
    manifold = NeuroManifold("mpnn:graph=P2,channels=1x1,form=product")
    assert manifold.dimension() == 2 and manifold.dimension().status == "proved"


@pytest.mark.parametrize("spec, words", [
    ("gin:graph=C4,channels=1", "channels in and channels out"),
    ("gin:graph=C4,channels=1x1,epsilon=large", "epsilon"),
    ("gin:graph=C4,channels=1x1,readout=max", "sum, mean, product"),
    ("gin:graph=C4,channels=1x1,hidden=0", "whole number from 1 on"),
    ("gin:channels=1x1", "gin lacks graph"),
    ("gin:graph=1-1,channels=1x1", "does not join two different vertices"),
    ("mpnn:graph=P1,channels=1x1", "without edges there are no messages"),
    ("mpnn:graph=C4,channels=1x2,tied=1", "the same channels"),
    ("mpnn:graph=C4,channels=1x1,form=max", "sum, product"),
    ("mpnn:graph=C4,channels=1x1,messages=none", "not a whole number"),
    ("gnn:graph=C4,channels=1x1,readout=max", "sum, mean, product"),
])
def test_a_wrong_network_on_a_graph_gets_a_sentence(spec: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_spec(spec)


def test_activations_may_divide() -> None:
    """An isomorphism network on an edge with x / (1 + x)."""
    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        def aggregated(h: list[Any]) -> list[Any]:
            e, a = w.take(1)[0], w.take(1)[0]
            return [((e + 1) * h[0] + h[1]) * a, ((e + 1) * h[1] + h[0]) * a]

        return aggregated([h * (h + 1).inverse() for h in aggregated(x)])

    found = NeuroManifold("gin:graph=P2,channels=1x1x1,epsilon=learned:x/(1+x)").dimension()
    # The cone over numerators and denominator has one dimension more than the functions.
    assert found == jacobian_rank(direct, 4, 2) + 1 and found.status == "proved"
    assert verify(found.certificate)


@pytest.mark.parametrize("readout", ["sum", "mean", "product"])
def test_readouts_of_convolutions(readout: str) -> None:
    model = parse_spec(f"gnn:graph=P3,channels=1x2x1,readout={readout}:x^2")
    check_again(model)
    near = neighbors(read_graph("P3"))

    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        def convolved(states: list[Any], made: int) -> list[Any]:
            a = w.take(made, len(states), 2)
            return [[sum(a[o, c, 0] * h[v] + a[o, c, 1] * sum(h[u] for u in near[v])
                         for c, h in enumerate(states)) for v in range(3)] for o in range(made)]
        states = [[h * h for h in row] for row in convolved([x], 2)]
        if readout == "product":
            return read_out(convolved(states, 1), "product")
        return read_out(at_vertices(w.take(1, 2), states), readout)

    check_values(model, direct)
