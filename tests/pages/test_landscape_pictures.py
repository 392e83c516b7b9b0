"""Pictures of losses: the plane, what stands on it, files, and wrong input."""

from __future__ import annotations

import numpy as np
import pytest

from neuroalg_sage import ERM, NeuroManifold
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.pictures import landscape
from neuroalg_sage.pictures.landscape import Plane

SPEC, ROWS = "mlp:1,1,1:x^2:bias", [[0, 1], [1, 0], [2, 1], [3, 3]]


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in ROWS))
    return str(file)


def test_a_plane_holds_the_points_that_span_it() -> None:
    generator = np.random.default_rng(3)
    points = generator.standard_normal((3, 5))
    plane = Plane.through(points.tolist(), [])
    for p in points:
        assert plane.contains(p, 1.0) and np.allclose(plane.at(*plane.coordinates(p)), p)
    assert not plane.contains(points[0] + generator.standard_normal(5), 1.0)
    # Where the points are on a line, a direction is taken.
    line = Plane.through([[0, 0, 0], [1, 1, 1], [2, 2, 2]], [[1, 1, 1], [0, 0, 1]])
    assert line.contains([1, 1, 5], 1.0) and not line.contains([1, 0, 0], 1.0)
    with pytest.raises(InputError, match="at least two parameters"):
        Plane.through([[0.0], [1.0]], [[1.0]])


def test_the_picture_has_the_points_and_counts_every_start() -> None:
    found = NeuroManifold(SPEC, seed=1).multistart(ERM(SPEC, ROWS), 20)
    made = landscape.figure(found)
    left, right = made.axes
    assert sum(bar.get_height() for bar in right.patches) == 20
    labels = left.get_legend_handles_labels()[1]
    assert labels[0] == "least loss found" and len(labels) == len(set(labels))
    # The first point is the origin of the plane.
    assert (left.lines[0].get_xdata()[0], left.lines[0].get_ydata()[0]) == (0.0, 0.0)


def test_in_the_shell(data, tmp_path, capsys) -> None:
    output = tmp_path / "loss.png"
    assert main(["plot", SPEC, "--data", data, "--show", "landscape", "--output", str(output),
                 "--seed", "1"]) == 0
    assert output.read_bytes().startswith(b"\x89PNG")
    assert f"written to {output}" in capsys.readouterr().out


@pytest.mark.parametrize(("options", "message"), [
    ([], "name the data"), (["--data", "DATA", "--slice", "z_0,z_1"], "--slice is not about"),
    (["--data", "DATA", "--output", "loss.html"], "svg, .png or .pdf"),
    (["--data", "DATA", "--box", "2"], "--box is not about")])
def test_wrong_input(options, message, data, capsys) -> None:
    options = [data if word == "DATA" else word for word in options]
    assert main(["plot", SPEC, "--show", "landscape", *options]) == 2
    assert message in capsys.readouterr().err


def test_python_wants_data() -> None:
    with pytest.raises(InputError, match="has data"):
        NeuroManifold(SPEC).plot(show="landscape")
