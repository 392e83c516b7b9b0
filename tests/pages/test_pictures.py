"""Pictures: what is in a scene, files, and wrong input."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from os import environ, pathsep
from pathlib import Path

import numpy as np
import pytest

from neuroalg_sage import ERM, NeuroManifold, from_expressions
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.pictures import page, shapes
from neuroalg_sage.pictures.scene import read_slice, scene

PARABOLA = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
CUSP = from_expressions(["a^2*x + a^3*y"], ["a"], ["x", "y"])
NODE = from_expressions(["(a^2-1)*x + a*(a^2-1)*y"], ["a"], ["x", "y"])
CONE = "mlp:2,1,1:x^2"
ROOT = Path(__file__).resolve().parents[2]
HERE = environ | {"PYTHONPATH": pathsep.join([str(ROOT), environ.get("PYTHONPATH", "")])}


def test_all_parts_of_a_curve_lie_where_they_should() -> None:
    made = scene(NeuroManifold(PARABOLA), target=[0, 2])
    x, y = np.concatenate(made.curves).T
    assert np.allclose(y, x**2, atol=1e-4) and y.max() > 0.99 * made.radius
    x, y = np.concatenate(made.discriminant).T
    assert np.allclose(27 * x**2, 2 * (2 * y - 1) ** 3, atol=1e-2)
    # The vertex is a local maximum of the distance, (±sqrt(3/2), 3/2) are nearest.
    assert [p.kind for p in made.critical] == ["global minimum"] * 2 + ["local maximum"]
    places = sorted(p.place for p in made.critical)
    assert np.allclose(places, [(-(1.5**0.5), 1.5), (0, 0), (1.5**0.5, 1.5)])


@pytest.mark.parametrize("model", [PARABOLA, CUSP, NODE])
def test_the_evolute_that_is_drawn_is_the_discriminant_that_is_proved(model) -> None:
    manifold = NeuroManifold(model)
    made = scene(manifold, radius=3)
    (f,) = manifold.ed_discriminant().data.factors
    points = np.concatenate(made.discriminant).T
    size = sum(abs(float(c)) * np.prod(np.abs(points) ** np.array(e)[:, None], axis=0)
               for e, c in f.items())
    assert np.quantile(np.abs(shapes.values(f, points)) / size, 0.99) < 1e-3


def test_the_cell_of_a_cusp_is_a_region_and_that_of_a_node_is_not() -> None:
    ((place, cell),) = scene(NeuroManifold(CUSP), radius=2).singular
    assert np.allclose(place, 0, atol=1e-6) and shapes.area(cell) > 3
    curve = np.stack([np.linspace(-2, 2, 801) ** 2, np.linspace(-2, 2, 801) ** 3], 1)
    for u in cell.mean(axis=0), np.array([-1.0, 0.1]):
        assert np.linalg.norm(curve - u, axis=1).argmin() == 400
    ((place, cell),) = scene(NeuroManifold(NODE), radius=2).singular
    assert np.allclose(place, 0, atol=1e-6) and len(cell) == 0


def test_a_nearest_point_that_is_singular_is_not_forgotten() -> None:
    made = scene(NeuroManifold(CUSP), target=[-1, "1/10"])
    assert made.critical[0].kind == "global minimum"
    assert np.allclose(made.critical[0].place, 0, atol=1e-6) and len(made.notes) == 1
    assert all(p.kind != "global minimum" for p in made.critical[1:])


def test_a_surface_has_both_signs_and_lies_on_the_cone() -> None:
    made = scene(NeuroManifold(CONE), target=[1, "1/4", 2])
    x, y, z = np.concatenate(made.polygons).T
    assert x.max() > 0.9 * made.radius and x.min() < -0.9 * made.radius
    # Corners on the box are on chords of the mesh.
    assert np.abs(y**2 - 4 * x * z).max() < 0.2
    assert made.critical[0].kind == "global minimum" and made.discriminant_polygons
    focal = np.concatenate(made.discriminant_polygons)
    assert np.abs(focal).max() <= made.radius * (1 + 1e-9)


def test_a_section_and_a_projection() -> None:
    pytest.importorskip("contourpy")
    made = scene(NeuroManifold(CONE), slice="z_1=1", radius=4)
    x, y = np.concatenate(made.curves).T
    assert np.allclose(4 * x * y, 1, atol=0.05) and made.discriminant
    made = scene(NeuroManifold(CONE), slice="z_0,z_2", target=[1, 0, 2])
    assert made.axes == ("z_0", "z_2") and made.polygons and not made.discriminant


def test_data_give_the_metric_and_the_point() -> None:
    rows = [[1, 0, 1], [0, 1, 2], [1, 1, 0], [2, 1, 1]]
    made = scene(NeuroManifold(CONE), data=rows)
    problem = ERM(CONE, rows)
    assert np.isclose(problem.loss([float(c) for c in made.critical[0].place]) - float(
        problem.loss([float(c) for c in made.data])), made.critical[0].loss)
    proved = problem.critical_points().value["points"]
    least = min(float(eval_fraction(p["loss"][0])) for p in proved)
    assert np.isclose(problem.loss([float(c) for c in made.critical[0].place]), least)


def eval_fraction(text: str) -> float:
    numerator, _, denominator = text.partition("/")
    return int(numerator) / int(denominator or 1)


def test_lines_are_cut_where_they_leave_the_box() -> None:
    zigzag = np.array([[-3.0, 0.0], [0.0, 0.0], [0.0, 3.0], [0.5, 3.0], [0.5, 0.0]])
    first, second = shapes.pieces(zigzag, 1.0)
    assert first.tolist() == [[-1, 0], [0, 0], [0, 1]] and second.tolist() == [[0.5, 1], [0.5, 0]]


def test_a_page_fetches_nothing(tmp_path, capsys) -> None:
    file = tmp_path / "cone.html"
    assert main(["plot", CONE, "--target", "1,1/4,2", "--output", str(file), "--quiet"]) == 0
    assert "global minimum" in capsys.readouterr().out
    text = file.read_text()
    assert not re.search(r"https?:|src=|<link|import\s|fetch\(|XMLHttp", text)
    shown = json.loads(re.search(r"^const scene = (.*);$", text, re.MULTILINE)[1])
    assert len(shown["axes"]) == 3 and len(shown["polygons"]) > 1000
    assert all(abs(c) <= 1 + 1e-4 for p in shown["polygons"] for point in p for c in point)


def test_a_title_cannot_leave_its_place_in_the_page() -> None:
    made = scene(NeuroManifold(PARABOLA))
    made.title = "</script><b>"
    assert page.page(made).count("</script>") == 1


@pytest.mark.parametrize(("text", "n", "says"), [
    ("z_9", 3, "not a coordinate"), ("x", 3, "not a coordinate"), ("z_0,z_0", 3, "twice"),
    ("z_0,z_1=1", 3, "not both"), ("z_0", 3, "has 1"), (None, 4, "has 4"), ("z_0=a", 3, "rational"),
])
def test_wrong_slices_get_one_sentence(text, n, says) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_slice(text, n)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("arguments", "says"), [
    (["linear:2,2,2", "--output", "a.html"], "dimension 4"),
    ([CONE, "--output", "a.jpg"], ".svg, .png, .pdf or .html"),
    ([CONE, "--output", "missing/a.html"], "cannot be written"),
    ([CONE, "--output", "a.html", "--slice", "z_7"], "not a coordinate"),
    ([CONE, "--output", "a.html", "--target", "1,2"], "3 coordinates"),
    ([CONE, "--output", "a.html", "--target", "1,0,1", "--metric", "bombieri"],
     "infinitely many"),
    ([CONE, "--output", "a.html", "--slice", "z_1=1", "--target", "1,0,1"], "not in the slice"),
    ([CONE, "--output", "a.html", "--metric", "generic"], "one metric"),
    ([CONE, "--output", "a.html", "--data", "missing.csv"], "cannot be read"),
])
def test_wrong_input_gets_one_sentence(arguments, says, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["plot", *arguments, "--quiet"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and says in printed.err and printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_one_sentence_names_the_extra(tmp_path) -> None:
    code = ("import sys; sys.modules['matplotlib'] = None\n"
            "import importlib.util\n"
            "find = importlib.util.find_spec\n"
            "importlib.util.find_spec = lambda n, *a: None if n == 'matplotlib' else find(n, *a)\n"
            "from neuroalg_sage.cli import main\n"
            f"sys.exit(main(['plot', {CONE!r}, '--quiet', '--output', 'a.png']))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          cwd=tmp_path, timeout=600, env=HERE)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "pip install 'neuroalg-sage[plot]'" in done.stderr


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_figures_are_written(kind, tmp_path) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / f"cusp.{kind}"
    from neuroalg_sage.pictures import figure

    made = scene(NeuroManifold(CUSP), target=[1, "1/2"])
    figure.save(made, str(file))
    head = file.read_bytes()[:200]
    assert head.startswith(b"\x89PNG") if kind == "png" else b"<?xml" in head
    axes = NeuroManifold(CUSP).plot(target=[1, "1/2"]).axes[0]
    assert axes.get_aspect() == 1 and len(axes.get_legend().get_texts()) == 7


def test_the_example_draws(tmp_path) -> None:
    pytest.importorskip("matplotlib")
    done = subprocess.run([sys.executable, str(ROOT / "examples" / "pictures.py"), str(tmp_path)],
                          capture_output=True, text=True, timeout=600, env=HERE)
    assert done.returncode == 0, done.stderr
    assert {f.name for f in tmp_path.iterdir()} == {"cusp.svg", "cone.svg", "cone.html"}
