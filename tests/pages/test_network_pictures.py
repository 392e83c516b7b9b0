"""Pictures of piecewise linear networks: what is in a scene, files, and wrong input."""

from __future__ import annotations

import itertools
import json
import re
from base64 import b64decode
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from neuroalg_sage import verify
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.piecewise.network import Network, network_from_data, network_from_spec
from neuroalg_sage.models.piecewise.sources import is_network, load_network
from neuroalg_sage.pictures import newton, page, shapes
from neuroalg_sage.pictures.networks import scene

BALL = network_from_data({"input_shape": [2], "layers": [
    {"kind": "absolute_value"}, {"kind": "dense", "weights": [[1, 1]]}]})


def value(network: Network, point: np.ndarray) -> float:
    return float(network([str(Fraction(float(c))) for c in point])[0])


@pytest.mark.parametrize("spec, seed", [("relu:2,8,8,1:bias", 1), ("maxout:2,3,2:pieces=3", 4),
                                        ("abs:2,4,4,1", 2), ("relu:2,3,1", 5)])
def test_regions_tile_the_box_and_the_network_is_affine_on_each(spec: str, seed: int) -> None:
    network = network_from_spec(spec, seed)
    made = scene(network, box=3)
    assert made.ranges == ((-3.0, 3.0),) * 2
    assert sum(map(shapes.area, made.polygons)) == pytest.approx(36)
    assert len(made.colors) == len(made.polygons)
    for polygon in made.polygons:
        middle = polygon.mean(axis=0)
        assert value(network, middle) == pytest.approx(
            np.mean([value(network, corner) for corner in polygon]), abs=1e-9)


def test_neighbors_have_different_colors_and_edges_lie_between_them() -> None:
    made = scene(network_from_spec("relu:2,8,8,1:bias", 1), box=3)
    color = {tuple(np.round(p.mean(axis=0), 9)): c for p, c in zip(made.polygons, made.colors)}

    def at(point: np.ndarray) -> str:
        for polygon in made.polygons:
            away = np.roll(polygon, -1, axis=0) - polygon
            turns = away[:, 0] * (point - polygon)[:, 1] - away[:, 1] * (point - polygon)[:, 0]
            if (turns >= -1e-12).all() or (turns <= 1e-12).all():
                return color[tuple(np.round(polygon.mean(axis=0), 9))]
        raise AssertionError

    assert len(made.edges) > 100
    for first, second in made.edges:
        normal = np.array([first[1] - second[1], second[0] - first[0]])
        step = 1e-6 * normal / np.linalg.norm(normal)
        middle = (first + second) / 2
        assert at(middle + step) != at(middle - step)


def test_cells_of_one_region_have_no_edge_between_them() -> None:
    half = load_network([[[1, 0], [0, 1]], [[1, 0]]])
    made = scene(half, box=1)
    assert len(made.polygons) == 4 and len(set(made.colors)) == 2
    assert sorted(map(tuple, np.abs(np.concatenate(made.edges)).tolist())) == [
        (0, 0), (0, 0), (0, 1), (0, 1)]


def test_the_boundary_of_the_l1_ball_is_a_square() -> None:
    made = scene(BALL, box=2, output=(0,), level=1)
    assert len(made.boundary) == 4
    assert {tuple(map(float, p)) for line in made.boundary for p in line} == {
        (1, 0), (0, 1), (-1, 0), (0, -1)}
    assert made.words.boundary == "output 0 = 1" and not made.full


def test_a_boundary_may_have_interior_points() -> None:
    dead = load_network([[[1, 0]], [[1]]])
    made = scene(dead, box=1, output=(0,))
    assert sum(map(shapes.area, made.full)) == pytest.approx(2)


def test_graphs_are_those_of_the_function() -> None:
    made = scene(BALL, "graph", box=2)
    assert made.axes == ("x_0", "x_1", "y") and len(made.polygons) == 4
    points = np.concatenate(made.polygons)
    assert np.allclose(np.abs(points[:, :2]).sum(axis=1), points[:, 2])
    line = scene(network_from_spec("relu:1,6,6,1:bias", 1), box=2)
    for x, y in np.concatenate(line.curves):
        assert value(network_from_spec("relu:1,6,6,1:bias", 1), [x]) == pytest.approx(y)
    two = network_from_data({"input_shape": [1], "layers": [
        {"kind": "dense", "weights": [[3], [1]], "bias": [0, 1]}]})
    made = scene(two, box=1, output=(0, 1))
    assert sorted(map(tuple, np.concatenate(made.curves).tolist())) == [(-1, -3), (1, 1)]


def test_by_default_the_box_holds_most_vertices() -> None:
    made = scene(network_from_spec("relu:2,6,1:bias", 3))
    inside = [p for line in made.edges for p in line]
    assert made.ranges is not None and made.ranges[0][0] == -made.ranges[0][1]
    assert len(inside) > 10


def test_pages_say_what_they_show() -> None:
    text = page.page(scene(BALL, output=(0,), level=1))
    assert "<title>Linear regions of" in text and "Neuromanifold" not in text
    assert "output 0 = 1" in text and "http" not in text


@pytest.mark.parametrize("form", ["svg", "png", "html"])
def test_the_shell(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / f"picture.{form}"
    pytest.importorskip("matplotlib")
    for show in ("regions", "graph"):
        assert main(["plot", "relu:2,4,1:bias", "--seed", "1", "--show", show, "--boundary", "0",
                     "--output", str(file), "--quiet"]) == 0
        assert file.stat().st_size > 1000
    assert capsys.readouterr().out.splitlines() == [f"written to {file}"] * 2


@pytest.mark.parametrize("words, sentence", [
    (["relu:3,4,1"], "Regions are drawn for 2 inputs, and graphs for 1 or 2; this network has 3."),
    (["relu:1,4,1", "--show", "regions"], "this network has 1."),
    (["relu:2,4,1", "--slice", "z_0,z_1"], "The option --slice is about neuromanifolds"),
    (["mlp:2,1,1:x^2", "--box", "3"], "The option --box is about networks"),
    (["relu:2,4,1", "--boundary", "1"], "The network has the outputs 0 to 0"),
    (["relu:2,4,1", "--level", "1"], "The option --level is about a boundary"),
    (["relu:2,4,1", "--box", "0"], "The box is empty"),
])
def test_wrong_input(words: list[str], sentence: str, tmp_path: Path,
                     capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "picture.html"
    assert main(["plot", *words, "--output", str(file), "--quiet"]) == 2
    assert sentence in " ".join(capsys.readouterr().err.split()) and not file.exists()


def test_too_many_polygons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuroalg_sage.pictures.networks.MOST_POLYGONS", 3)
    with pytest.raises(InputError, match="at most 3 polygons"):
        scene(BALL, box=1)


def test_files_of_models_and_of_networks_are_told_apart() -> None:
    examples = Path(__file__).resolve().parents[2] / "examples"
    assert is_network(str(examples / "torus.json"))
    assert not is_network(str(examples / "model.json"))


@pytest.mark.parametrize("words, shown", [
    (["relu:2,4,1:bias", "--seed", "1", "--boundary", "0", "--bound"], ["<img", "Betti numbers"]),
    (["relu:1,3,1:bias", "--seed", "1"], ["<img", "The graph of output 0"]),
    (["relu:3,3,1:bias"], ["3 inputs, 1 output, 3 units"]),
])
def test_a_page_of_a_network(words: list[str], shown: list[str], tmp_path: Path,
                             capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "page.html"
    assert main(["regions", *words, "--html", str(file), "--quiet"]) == 0
    text = file.read_text()
    for part in ["Piecewise linear network", ">proved<", "faces by dimension", *shown]:
        assert part in text
    assert ("<img" in text) == (words[0] != "relu:3,3,1:bias")
    files = [json.loads(b64decode(data)) for data in
             re.findall(r'href="data:application/json;base64,([^"]*)"', text)]
    certificates = [data for data in files if "claim" in data]
    assert len(files) == 1 + len(certificates) and certificates
    for certificate in certificates:
        assert verify(certificate).status == "proved"
    assert capsys.readouterr().out


def generic(d: int, n: int) -> Network:
    """Units on the moment curve, with generic constants; any d of them are independent."""
    return load_network([[[k**i for i in range(d)] for k in range(1, n + 1)],
                         [k**3 for k in range(n)], [[1] * n]])


@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_newton_polygon_of_generic_lines_is_tiled_by_parallelograms(n: int) -> None:
    """Two lines make a vertex; a zonotope's area is that of all pairs of its generators."""
    made = newton.scene(generic(2, n))
    pairs = n * (n - 1) // 2
    assert [len(polygon) for polygon in made.polygons] == [4] * pairs
    assert sum(map(shapes.area, made.polygons)) == pytest.approx(
        sum(abs(i - j) for i in range(n) for j in range(i)))
    assert len(made.edges) == (4 * pairs + 2 * n) // 2 and made.boundary == []
    (low, high), _ = made.ranges
    assert low < 0 and high > n


def test_newton_polytopes_of_one_and_three_inputs() -> None:
    made = newton.scene(generic(3, 4))
    # n (n - 1) facets, and Euler's relation with n (n - 1) + 2 vertices.
    assert [len(polygon) for polygon in made.polygons] == [4] * 12 and len(made.edges) == 24
    made = newton.scene(load_network([[[1], [1]], [0, -1], [[1, 1]]]))
    # max(x, 0) + max(x - 1, 0) = max(0, x, 2 x - 1)
    assert made.curves[0].tolist() == [[0, 0], [1, 0], [2, -1]]
    # |x| less |y|: two segments.
    made = newton.scene(load_network({"input_shape": [2], "layers": [
        {"kind": "absolute_value"}, {"kind": "dense", "weights": [[1, -1]]}]}))
    assert not made.polygons and len(made.edges) == len(made.boundary) == 1
    assert np.ptp(made.edges[0], axis=0).tolist() == [2, 0]
    assert np.ptp(made.boundary[0], axis=0).tolist() == [0, 2]


def test_newton_polytopes_are_written(tmp_path, capsys) -> None:
    for name, spec in ("a.html", "relu:3,4,1:bias"), ("b.svg", "relu:2,3,2:bias"):
        file = tmp_path / name
        assert main(["plot", spec, "--show", "newton", "--output", str(file), "--quiet"]) == 0
        assert file.stat().st_size > 1000
    for arguments, sentence in ((["relu:4,2,1"], "1 to 3 inputs"),
                                (["relu:2,2,1", "--boundary", "1"], "outputs 0 to 0"),
                                (["relu:2,2,1", "--box", "1"], "leave --box")):
        assert main(["plot", *arguments, "--show", "newton", "--quiet",
                     "--output", str(tmp_path / "c.svg")]) == 2
        assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("level, corners", [(0, [(0, 0)]), (1, []), (2, list(
    itertools.product((-1, 1), repeat=2)))])
def test_a_boundary_of_points_is_seen(level: int, corners: list[tuple[int, int]]) -> None:
    """|x| + |y| is 0 at one point; in the box from -1 to 1 it is 2 at four."""
    made = scene(BALL, box=1, output=(0,), level=level)
    assert not made.notes and len(made.full) == len(corners)
    for corner in corners:
        assert any(np.abs(dot - corner).max() <= 0.1 for dot in made.full)
    assert (sum(np.linalg.norm(a - b) for a, b in made.boundary) == pytest.approx(4 * 2**0.5)
            if level == 1 else not made.boundary)


def test_a_level_outside_of_a_graph_is_not_drawn() -> None:
    network = network_from_spec("relu:1,3,1:bias", 1)
    made = scene(network, box=2, output=(0,), level=50)
    assert not made.boundary and made.notes == ["At no input in the box is output 0 = 50."]
    assert len(scene(network, box=2, output=(0,), level=network([1])[0]).boundary) == 1


def test_a_narrow_box_is_readable() -> None:
    from neuroalg_sage.pictures.figure import figure

    for box, shape in (([[0, 1], [0, 100]], 1), ([[0, 2], [0, 3]], None)):
        (axes,) = figure(scene(network_from_spec("relu:2,4,1:bias", 1), box=box)).axes
        assert axes.get_box_aspect() == shape


def test_a_page_shows_the_box(tmp_path: Path) -> None:
    """In this box there is one region, and no line; elsewhere there are."""
    shown = []
    for box in ([], ["--box", "5,6;5,6"]):
        file = tmp_path / "page.html"
        assert main(["regions", "relu:2,1,1", "--quiet", "--html", str(file), *box]) == 0
        image = re.search(r"data:image/svg\+xml;base64,([^\"]+)", file.read_text())
        assert image is not None
        shown.append(b64decode(image[1]))
    made = scene(network_from_spec("relu:2,1,1", 0), box=[[5, 6], [5, 6]])
    from neuroalg_sage.pictures.figure import rendered

    assert shown[1] == rendered(made, "svg") != shown[0]
