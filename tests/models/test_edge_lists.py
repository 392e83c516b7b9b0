"""Graphs from files of edges, and what such files get wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from neuroalg_sage import Graph, GraphNetwork, InputError, compare, load_model, parse_spec
from neuroalg_sage.models.graphs import named_graph, read_edges


@pytest.fixture
def file(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "edges.txt"


SQUARE = "# a square\n0 1\n1 2   # the second edge\n\n2,3\n3\t0\n1 0\n"


@pytest.mark.parametrize("name", ["edges.txt", "./edges.txt"])
def test_a_file_is_the_graph_of_its_edges(file: Path, name: str) -> None:
    file.write_text(SQUARE)
    for family in ("gnn", "gin", "mpnn"):
        model = parse_spec(f"{family}:graph={name},channels=1x1:x^2")
        assert model.layers == parse_spec(f"{family}:graph=C4,channels=1x1:x^2").layers
        # Later the file may be another one: the spec has the edges.
        assert model.spec == f"{family}:graph=0-1+0-3+1-2+2-3,channels=1x1:x^2" or (
            family != "gnn" and "0-1+0-3+1-2+2-3" in (model.spec or ""))
        file.unlink()
        assert parse_spec(model.spec or "") == model
        file.write_text(SQUARE)
    assert GraphNetwork(file, [1, 1]) == GraphNetwork(str(file), [1, 1])
    found, = compare([f"gnn:graph={name},channels=1x1"], ["dimension"], jobs=1).rows
    assert (found.parameters, found.cells["dimension"].value) == (2, 2)


def test_a_vertex_without_an_edge_stands_alone(file: Path) -> None:
    file.write_text("0\n1 2\n3\n")
    graph = read_edges(file)
    assert (graph.vertices, graph.edges) == (4, [(1, 2)])
    model = GraphNetwork(file, [1, 1])
    assert model.input_count == 4 and model.spec is None  # edges alone do not tell of it
    assert load_model(model.describe()) == model
    file.write_text("0\n1 2\n")
    assert parse_spec(GraphNetwork(file, [1, 1]).spec or "").input_count == 3


def test_a_long_list_of_edges_is_in_no_spec(file: Path) -> None:
    file.write_text("".join(f"{i} {i + 1}\n" for i in range(400)))
    graph, name = named_graph(file)
    assert (graph.vertices, name) == (401, None)
    model = parse_spec("gnn:graph=edges.txt,channels=1x1")
    assert model.spec is None and load_model(model.describe()) == model


def test_other_systems_end_lines_otherwise(file: Path) -> None:
    file.write_bytes("\ufeff0 1\r\n1 2\r\n".encode())
    assert read_edges(file).edges == [(0, 1), (1, 2)]


@pytest.mark.parametrize("text, sentence", [
    ("", "no edge"), ("# nothing\n\n", "no edge"),
    ("0 1\n1 2 0.5\n", "Line 2 .* without a weight"), ("0 1 2 3\n", "4 entries"),
    ("0 1\n1 a\n", "Line 2 .*'a'"), ("0 -1\n", "'-1'"), ("0 1.0\n", "'1.0'"), ("0-1\n", "'0-1'"),
    ("0 ²\n", "whole numbers"), ("1 1\n", "Line 1 .* itself"), ("0 1000\n", "at most 1000"),
    ("0 99999999999999999999\n", "whole numbers"),
    ("1 2\n2 3\n", "The vertex 0 stands nowhere .* counted from 0"),
    ("0 1\n1 4\n", "The vertex 2 stands nowhere"),
])
def test_what_is_no_list_of_edges_gets_one_sentence(file: Path, text: str, sentence: str) -> None:
    file.write_text(text)
    with pytest.raises(InputError, match=sentence) as caught:
        parse_spec("gnn:graph=edges.txt,channels=1x1")
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_files_that_cannot_be_read_get_one_sentence(file: Path) -> None:
    for name, sentence in (("none.txt", "No such file"), ("./", "directory"),
                           ("C4x", "nor a file of edges"), ("pipe.txt", "no edge")):
        if name == "pipe.txt":
            os.mkfifo(name)
        with pytest.raises(InputError, match=sentence):
            parse_spec(f"gnn:graph={name},channels=1x1")
    file.write_bytes(b"\xff\xfe0 1\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_edges(file)


def test_an_edge_to_no_vertex_is_refused() -> None:
    with pytest.raises(InputError, match="edge 0-5 does not join two different vertices from 0 to"):
        Graph([(0, 5)], 3)


@pytest.mark.parametrize("edges, vertices, words", [
    ([(0, 1, 2)], None, "without a weight"),  # not the edge 0-2
    ([(0,)], None, "without a weight"),
    ([(0, 1.5)], None, "pairs of whole numbers"),
    ([1, 2], None, "pairs of whole numbers"),
    ([(0, 1)], "3", "number of its vertices"),
])
def test_edges_in_python_are_pairs(edges: Any, vertices: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Graph(edges, vertices)
    assert Graph([[0, 2], (2, 0)]).edges == [(0, 2)]
