"""Drawings of computation graphs: all layers are there, wires lead forward, boxes stay apart."""

from __future__ import annotations

import itertools
import random
from xml.etree import ElementTree

import pytest

from neuroalg_sage import ComputationGraph, Dense, Join, Weights, compose, parse_spec
from neuroalg_sage.models.computation_graphs import Contraction
from neuroalg_sage.pages import graphs
from neuroalg_sage.pages.architecture import drawing, in_words
from neuroalg_sage.pages.connections import name_of

SPECS = ["ssm:state=2,steps=4", "ssm:state=2,steps=3,selective=1", "rnn:state=2,steps=3:x^2",
         "ssm:state=2,steps=3,matrix=diagonal,direct=1,readout=all",
         "autoencoder:widths=4x3x2,tied=1,bias=1:x^2", "attention:d=2,a=1,out=2,t=2,causal=1"]


def graph_of(spec: str) -> ComputationGraph:
    (graph,) = parse_spec(spec).layers
    assert isinstance(graph, ComputationGraph)
    return graph


def random_graph(generator: random.Random) -> ComputationGraph:
    layers, sources = [], []
    for i in range(generator.randint(1, 15)):
        count = generator.randint(1, 3)
        kind = generator.choice(["dense", "join", "weights"])
        layers.append({"dense": Dense(2 * count, 2), "weights": Weights((2,)),
                       "join": Join(generator.choice(["sum", "product"]), (2,), count)}[kind])
        sources.append(tuple(generator.randint(0, i) for _ in range(
            1 if kind == "weights" else count)))
    return ComputationGraph((2,), [*layers, Dense(2, 1)], [*sources, (len(layers),)])


def boxes(picture: str) -> list[tuple[float, float, float, float]]:
    found = []
    for rect in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}rect"):
        x, y, width, height = (float(rect.attrib[k]) for k in ("x", "y", "width", "height"))
        found.append((x, y, x + width, y + height))
    return found


@pytest.mark.parametrize("graph", [*map(graph_of, SPECS), *(random_graph(random.Random(k))
                                                           for k in range(12))])
def test_layers_stand_in_columns_from_left_to_right(graph: ComputationGraph) -> None:
    found = graphs.layout(graph, name_of)
    column = {id(node): k for k, nodes in enumerate(found) for node in nodes}
    layers = [node for nodes in found for node in nodes if node.words and node.state]
    assert sorted(node.state or 0 for node in layers) == [*range(1, len(graph.layers) + 1)]
    for node in itertools.chain(*found):
        # A wire leads from the column before, and carries what the layer reads.
        assert all(column[id(s)] == column[id(node)] - 1 for s in node.sources)
    for node in layers:
        layer, read = graph.layers[node.state - 1], graph.sources[node.state - 1]
        if not isinstance(layer, Weights) and node.words[0] != "x":
            assert {s.state for s in node.sources} == set(read)
    for nodes in found:
        heights = [node.y for node in nodes]
        assert all(b - a >= graphs.ROW - 1e-6 for a, b in itertools.pairwise(heights))


@pytest.mark.parametrize("spec", [*SPECS, "attention:d=2,a=1,out=2,t=2,heads=2,causal=1,skip=1",
                                  "transformer:d=1,a=1,t=2,hidden=1,causal=1:x^2"])
def test_no_box_lies_on_another(spec: str) -> None:
    found = boxes(str(drawing(parse_spec(spec))))
    assert len(found) > 2
    for (a, b, c, d), (e, f, g, h) in itertools.combinations(found, 2):
        assert c <= e or g <= a or d <= f or h <= b


def test_parameters_that_are_used_again_have_one_number() -> None:
    picture = str(drawing(parse_spec("ssm:state=2,steps=4")))
    assert [picture.count(f">W{k}<") for k in "₁₂₃₄"] == [4, 3, 1, 0]
    assert [picture.count(f">x{k}<") for k in "₀₁₂₃₄"] == [1, 1, 1, 1, 0]


def test_a_long_graph_is_abridged() -> None:
    picture = str(drawing(parse_spec("ssm:state=2,steps=150")))
    assert "more" in picture and len(boxes(picture)) < 30
    found = graphs.layout(graph_of("ssm:state=2,steps=150"), name_of)
    shown = sum(bool(node.state) and bool(node.words) for nodes in found for node in nodes)
    (gap,) = [node for nodes in found for node in nodes if node.state is None]
    assert gap.words == f"{len(graph_of('ssm:state=2,steps=150').layers) - shown} more"
    assert gap.sources and any(gap in node.sources for nodes in found for node in nodes)


def test_names_say_what_layers_are() -> None:
    assert name_of(Weights((2, 3))) == "weights 2 × 3"
    assert name_of(Contraction("oi,i->o", ((2, 3), (3,)))) == "oi,i → o"
    assert "computation graph of 2 layers" in in_words(compose([ComputationGraph(
        (2,), [Dense(2, 2), Join("sum", (2,))], [(0,), (0, 1)])], 2))
