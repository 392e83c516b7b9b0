"""Pictures of neuromanifolds with interior points: what is in M, and the boundary."""

from __future__ import annotations

import numpy as np
import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.pictures.page import page
from neuroalg_sage.pictures.scene import scene


def area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def test_the_products_of_two_linear_forms_in_a_plane() -> None:
    # z_0 x^2 + z_1 x y + y^2 has real zeros for z_1^2 >= 4 z_0.
    made = scene(NeuroManifold("cnn:2,2"), "z_2=1", radius=3)
    (curve,) = made.boundary
    z, w = curve.T
    assert np.abs(w**2 - 4 * z).max() < 0.01 and w.min() < -2.9 and w.max() > 2.9
    # The square less the part to the right of the parabola.
    outside = 3 * 6 - 2 * 3**3 / 12 + 0.0
    assert sum(map(area, made.polygons)) == pytest.approx(36 - outside, abs=0.1)
    assert '"boundary":[[[' in page(made)


def test_the_cubics_with_one_real_zero_in_a_plane() -> None:
    # x^3 + a x y^2 + b y^3: 4 a^3 + 27 b^2 >= 0, with a cusp.
    made = scene(NeuroManifold("mlp:2,2,1:x^3"), "z_0=1,z_1=0", radius=3)
    points = np.concatenate(made.boundary)
    a, b = points.T
    assert np.abs(4 * a**3 + 27 * b**2).max() < 0.2 and a.min() < -2.9
    # Area of -3 <= a <= 0, |b| <= (-4 a^3 / 27)^(1/2): it is 4 / sqrt(27) * 3^(5/2) / (5/2).
    outside = 2 * np.sqrt(4 / 27) * 3**2.5 / 2.5
    assert sum(map(area, made.polygons)) == pytest.approx(36 - outside, abs=0.1)


def test_a_region_with_a_hole() -> None:
    from neuroalg_sage.pictures.scene import _where

    (ring,) = _where(lambda x, y: (x**2 + y**2 > 1) & (x**2 + y**2 < 4), 3.0)
    assert area(ring) == pytest.approx(3 * np.pi, abs=0.1)


def test_other_slices_are_refused() -> None:
    for spec, where in (("cnn:2,2", None), ("cnn:2,2", "z_0,z_1"), ("mlp:2,2,1:x^3", "z_0=1"),
                        ("linear:2,2,2,2", "z_0,z_1")):
        with pytest.raises(InputError):
            scene(NeuroManifold(spec), where)
    with pytest.raises(InputError, match="fix all coordinates but 2, as in --slice z_2=1"):
        scene(NeuroManifold("cnn:2,2"))
    with pytest.raises(InputError, match="no target"):
        scene(NeuroManifold("cnn:2,2"), "z_2=1", target=[1, 1, 1])


def test_the_command_draws_the_boundary(tmp_path) -> None:
    file = tmp_path / "picture.svg"
    assert main(["plot", "cnn:2,2", "--slice", "z_2=1", "--output", str(file), "--quiet"]) == 0
    assert file.read_text().startswith("<?xml")
