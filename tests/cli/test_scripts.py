"""
Every kind of script is complete in itself: Macaulay2 runs it with an empty home, and finds none of
our packages; what it prints is what is known of the varieties, all of them classical.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import run_macaulay2, slow

from neuroalg_sage import NeuroManifold
from neuroalg_sage.cli import main
from neuroalg_sage.engines.macaulay2 import package_directory
from neuroalg_sage.engines.package_source import PARTS, excerpt, exported, statements, words

CONE = "mlp:2,1,1:x^2"  # binary quadratic forms of rank one: z_1^2 = 4 z_0 z_2
QUADRIC = "linear:2,1,2"  # 2 x 2 matrices of rank one
ZERO = "relu:2,2,1:cell=00"


@pytest.mark.parametrize(("spec", "invariant", "method", "printed"), [
    (CONE, "dimension", "auto", ["dimension = 2"]),
    slow(CONE, "ideal", "auto", ["ideal = ideal(z_1^2-4*z_0*z_2)"]),
    (CONE, "ideal", "kernel", ["ideal = ideal(z_1^2-4*z_0*z_2)"]),
    slow(CONE, "equations", "auto", ["equations = {z_1^2-4*z_0*z_2}"]),
    slow(CONE, "degree", "auto", ["degree = 2"]),
    (CONE, "degree", "slicing", ["simple = true", "degree = 2"]),
    (CONE, "degree", "monodromy", ["degree = 2"]),
    slow(CONE, "hilbert_polynomial", "auto", ["hilbertPolynomial = 2*i+1"]),
    (CONE, "polar_degrees", "auto", ["polarDegrees = {2, 2}"]),
    (CONE, "ed_degree", "auto", ["simple = true", "values = 4"]),
    (QUADRIC, "ml_degree", "auto", ["simple = true", "values = 1"]),  # independence: u_i+ u_+j
    (QUADRIC, "conservation_laws", "auto", ["conserved = true", "independent = 1"]),
    slow(ZERO, "dimension", "auto", ["dimension = 0"]),
    slow(ZERO, "degree", "auto", ["degree = 1"]),
    (ZERO, "ideal", "auto", ["ideal = ideal()"]),
    slow(ZERO, "hilbert_polynomial", "auto", ["hilbertPolynomial = 0"]),
    slow(ZERO, "singular_locus", "auto", ["components = {}"]),
    (ZERO, "polar_degrees", "auto", ["polarDegrees = {}"]),
    (ZERO, "ed_degree", "auto", ["simple = true", "values = 1"])])
def test_a_script_needs_no_package(spec: str, invariant: str, method: str,
                                   printed: list[str], tmp_path: Path) -> None:
    script = NeuroManifold(spec, method=method, degree=2).script(invariant)
    found = run_macaulay2(script, tmp_path)
    assert "NeuroAlgebra\";" not in script
    assert found[-len(printed):] == printed


def test_a_script_for_polar_degrees_of_what_is_no_cone(tmp_path: Path) -> None:
    """The projective closure of a point, and of a line."""
    for output, polar_degrees in (("3*x + 5*y", "{1}"), ("a*x + 3*y", "{1, 0}")):
        model = {"parameters": ["a"], "inputs": ["x", "y"], "outputs": [output]}
        found = run_macaulay2(NeuroManifold(model).script("polar_degrees"), tmp_path)
        assert found == [f"polarDegrees = {polar_degrees}"]


def test_a_script_for_the_singular_locus(tmp_path: Path) -> None:
    """The cone is singular at zero alone."""
    (found,) = run_macaulay2(NeuroManifold(CONE).script("singular_locus"), tmp_path)
    assert found.startswith("components = {") and found.count("HashTable") == 1
    assert "dimension => 0" in found and "degree => 1" in found


@pytest.mark.parametrize(("arguments", "printed"), [
    (["fiber", QUADRIC, "--function", "x_0;0"], "dimension"),
    slow(["critical", "linear:1,1,1", "--function", "x_0"], "dimension"),
    slow(["voronoi", QUADRIC, "--parameters", "0,0,0,0"], "dimension = 3"),
    (["invariant", "linear:2,1", "--matrix", "0,1;1,0"], "dimension"),
    (["discriminant", CONE], "vanishing = "),
    slow(["critical", ZERO, "--coordinates", ""], "dimension => 6"),
    (["voronoi", ZERO, "--coordinates", ""], "dimension = 0")])
def test_the_scripts_of_questions_about_functions(arguments: list[str], printed: str,
                                                  tmp_path: Path, capsys) -> None:
    assert main([*arguments, "--quiet", "--script"]) == 0
    assert printed in "\n".join(run_macaulay2(capsys.readouterr().out, tmp_path))


def test_an_excerpt_is_closed_and_small() -> None:
    """What its statements use is in it, and the models as types are not."""
    folder = package_directory()
    defined = {part.name for part in statements(folder)}
    assert set(exported(folder)) - {"Known"} <= defined
    for name in sorted(defined):
        text = excerpt(name, folder)
        for part in statements(folder):
            if part.is_definition and part.name in words(text):
                assert part.text in text
    text = excerpt("imageDimension phi", folder)
    assert "imageDimension RingMap" in text and "polarDegrees" not in text


def test_no_line_of_the_package_is_lost() -> None:
    """The statements, the package's heading and what it loads are all of its files."""
    folder = package_directory()
    kept = "\n".join(part.text for part in statements(folder))
    for path in (folder / "NeuroAlgebra" / f"{name}.m2" for name in PARTS):
        for line in path.read_text().splitlines():
            if line.strip() and not line.startswith(("--", "export")):
                assert line in kept, line
