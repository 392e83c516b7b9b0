"""Errors of approximations as curves: their values, extrema and lines, as figures and pages."""

from __future__ import annotations

from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import mpmath
import pytest

from neuroalg_sage import ActivationFunction, ContinuousNetwork, InputError
from neuroalg_sage.cli import main
from neuroalg_sage.pictures.approximation import SAMPLES, curves, figure, page

pytest.importorskip("matplotlib")


@pytest.mark.parametrize("name, f, degree", [("tanh", mpmath.tanh, 7), ("exp", mpmath.exp, 24),
                                             ("abs", abs, 4), ("relu", lambda x: max(x, 0), 2)])
def test_a_curve_is_the_error_and_reaches_its_line(name, f, degree) -> None:
    found = ActivationFunction(name).approximation(("-3/2", 2), degree)
    (curve,) = curves(found)
    assert len(curve.points) >= SAMPLES and len(curve.extrema) >= degree + 2
    with mpmath.workdps(60):
        p = [mpmath.mpf(c.numerator) / c.denominator for c in reversed(found.value)]
        for x, y in curve.points[::50]:
            # The place is rounded, but where it is a multiple of a power of two.
            if (Fraction(x) * 2**20).denominator == 1:
                assert y == pytest.approx(float(f(mpmath.mpf(x)) - mpmath.polyval(p, x)), rel=1e-9)
    assert curve.bound == (found.data["error"][1], float(found.error[1]))
    assert curve.least is not None and curve.least[1] == float(found.least)
    sizes = sorted((abs(y) for _, y in curve.extrema), reverse=True)
    assert 0.999 * curve.bound[1] <= sizes[0] <= curve.bound[1]
    # Points of the alternation are marked, so that all are as large as the line of the best one.
    assert sizes[degree + 1] >= 0.99999 * curve.least[1] > 0.99 * curve.bound[1]
    assert max(abs(y) for _, y in curve.points) == sizes[0]


def test_a_network_has_a_curve_for_each_layer() -> None:
    found = ContinuousNetwork("mlp:2,3,3,1:gelu").network_approximation(1, degree=4)
    shown = curves(found)
    assert [curve.title.partition(" on ")[0] for curve in shown] == [
        "layer 1: gelu by degree 4", "layer 2: gelu by degree 4"]
    for curve, layer in zip(shown, found.data["layers"]):
        ends = [float(c) for c in layer["interval"]]
        assert [curve.points[0][0], curve.points[-1][0]] == pytest.approx(ends)
        most = max(abs(y) for _, y in curve.points)
        assert 0.99 * float(layer["error"]) <= most <= float(layer["error"])
    made = figure(found)
    assert len(made.axes) == 2
    # The curve, its extrema, and two lines.
    assert [len(axes.lines) for axes in made.axes] == [4, 4]


def test_of_attention_errors_are_relative() -> None:
    found = ContinuousNetwork("attention:d=2,a=1,out=2,t=3:softmax").attention_approximation(
        1, degree=5)
    (curve,) = curves(found)
    (p,) = found.polynomials
    assert curve.name == "relative error" and len(curve.extrema) == 7
    for x, y in curve.extrema:
        value = mpmath.polyval([float(c) for c in reversed(p)], x) * mpmath.exp(-x) - 1
        assert y == pytest.approx(float(value), rel=1e-6)
        assert 0.999 * curve.bound[1] < abs(y) <= curve.bound[1]


def test_quotients_and_pieces_have_curves() -> None:
    tanh = ActivationFunction("tanh")
    found = tanh.approximation((-2, 2), degree=3, denominator=2)
    (curve,) = curves(found)
    assert curve.title == "tanh by degrees 3 and 2 on [-2, 2]" and len(curve.extrema) >= 7
    for x, y in curve.extrema:
        assert y == pytest.approx(float(mpmath.tanh(x) - found(mpmath.mpf(x))), abs=1e-9)
        assert 0.999 * curve.bound[1] < abs(y) <= curve.bound[1]
    pieces = tanh.piecewise_approximation((-2, 2), 3, degree=2)
    shown = curves(pieces)
    ends = [end for c in shown for end in (c.points[0][0], c.points[-1][0])]
    assert ends == pytest.approx([-2, -2 / 3, -2 / 3, 2 / 3, 2 / 3, 2])
    assert max(c.bound[1] for c in shown) == float(pieces.error[1])


def test_an_error_that_vanishes_is_a_line_without_extrema() -> None:
    found = ActivationFunction("relu").approximation((1, 2), degree=1)
    (curve,) = curves(found)
    assert curve.extrema == () and curve.bound == ("0", 0.0) and curve.least is None
    assert figure(found) and "<svg" in page(found)


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


def test_a_page_draws_what_the_figure_does() -> None:
    found = ActivationFunction("tanh").approximation((-2, 2), degree=3)
    parser = Elements()
    parser.feed(page(found))
    kinds = [attributes.get("class") for tag, attributes in parser.found if tag == "path"]
    assert [kinds.count(kind) for kind in ("curve", "bound", "least")] == [1, 2, 2]
    # An odd polynomial of degree 3, which is nearly the best one of degree 4, too.
    assert sum(tag == "circle" for tag, _ in parser.found) == 6
    assert not any(name in ("src", "href") for _, attributes in parser.found for name in attributes)


@pytest.mark.parametrize("words, count", [
    (["tanh", "--degree", "3", "--interval", "-2,2"], 1), (["relu", "--error", "1/10"], 1),
    (["silu", "--degree", "2", "--denominator", "2", "--pieces", "2"], 2),
    (["mlp:1,2,2,1:tanh", "--degree", "3", "--box", "1", "--inputs", "box:1/2"], 2)])
def test_the_shell_writes_files(words, count, tmp_path, capsys) -> None:
    for kind in ("svg", "html"):
        name = tmp_path / f"errors.{kind}"
        assert main(["plot", *words, "--approximation", "--output", str(name), "--quiet"]) == 0
        text = capsys.readouterr().out
        assert "[proved]" in text and f"written to {name}" in text
        if kind == "svg":
            ElementTree.parse(name)
        else:
            assert name.read_text().count("<svg") == count


def test_without_a_name_it_is_a_file_here(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["plot", "abs", "--approximation", "--degree", "2", "--quiet"]) == 0
    assert Path("approximation.svg").exists()


@pytest.mark.parametrize("words, said", [
    (["tanh", "--approximation"], "has a degree, or an error"),
    (["tanh", "--approximation", "--degree", "3", "--box", "1"], "--box is about a network"),
    (["mlp:1,1,1:tanh", "--approximation", "--degree", "3", "--box", "1", "--interval", "1,2"],
     "the intervals are found"),
    (["mlp:1,1,1:tanh", "--approximation", "--degree", "3"], "in a box"),
    (["mlp:2,1,1:x^2", "--approximation", "--degree", "3", "--box", "1"], "no activation 'x^2'"),
    (["mlp:1,1,1:tanh", "--approximation", "--degree", "3", "--box", "1", "--pieces", "2"],
     "--pieces is about an activation"),
    (["mlp:2,1,1:x^2", "--denominator", "2"], "add --approximation"),
    (["tanh", "--approximation", "--degree", "3", "--slice", "z_0"], "--slice is not about errors"),
    (["tanh", "--approximation", "--degree", "3", "--show", "graph"], "--show is not about errors"),
    (["mlp:2,1,1:x^2", "--interval", "1,2"], "add --approximation"),
    (["mlp:2,1,1:x^2", "--error", "1"], "add --approximation"),
    (["tanh", "--approximation", "--degree", "3", "--output", "x.gif"], "A picture is a file")])
def test_what_cannot_be_drawn_is_refused_in_one_sentence(words, said, capsys) -> None:
    assert main(["plot", *words, "--quiet"]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_curves_are_of_all_layers_with_polynomials_and_of_no_composites() -> None:
    network = ContinuousNetwork("mlp:2,3,1:tanh")
    for found in (network.norm_bounded_approximation("spectral:1", "ball:1", degree=3),
                  network.mean_square_approximation("gaussian:1", 1, degree=3)):
        (curve,) = curves(found)
        assert curve.bound[0] == found.data["layers"][0]["error"]
        assert 0.99 * curve.bound[1] <= max(abs(y) for _, y in curve.points) <= curve.bound[1]
    relu = ActivationFunction("relu").composite_approximation("1/10")
    weights = ContinuousNetwork({"activation": "relu", "layers": [{"weights": [[1]]}] * 2})
    for other in (relu, weights.network_approximation(error="1/10", composite=True)):
        with pytest.raises(InputError, match="composites have none"):
            curves(other)
