"""The shell's questions about one function: what is printed, certificates, and wrong input."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest
from conftest import macaulay2_command

from neuroalg_sage.cli import main


@pytest.mark.parametrize(("arguments", "says"), [
    (["fiber", "mlp:2,2,1:x^3", "--function", "x_0^2*x_1"],
     "f is not in M over the algebraic closure of Q"),
    (["fiber", "linear:2,1,2", "--parameters", "1,2,3,1/2"], "f is in M over the real numbers"),
    (["critical", "linear:1,1,1", "--function", "x_0"], "spurious"),
    (["voronoi", "linear:2,1,2", "--coordinates", "0,0,0,0"], "of dimension 0"),
    (["invariant", "linear:2,1", "--matrix=-1,0;0,1"], "w_0"),
])
def test_questions_print_an_answer_and_write_certificates(arguments, says, tmp_path, capsys):
    certificate = tmp_path / "certificate.json"
    assert main([*arguments, "--quiet", "--certificate", str(certificate)]) == 0
    printed = capsys.readouterr()
    assert says in printed.out and printed.err == ""
    assert main(["verify", str(certificate)]) == 0
    capsys.readouterr()
    assert main([*arguments, "--quiet", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["schema"] == 1 and arguments[0] in page


@pytest.mark.parametrize(("arguments", "says"), [
    (["fiber", "linear:2,1"], "State either a function"),
    (["fiber", "linear:2,1", "--function", "x_0^2"], "not among the monomials"),
    (["fiber", "linear:2,1", "--coordinates", "1,a"], "not a rational number"),
    (["fiber", "linear:2,1", "--function", "x_0", "--coordinates", "1,0"], "not by both"),
    (["critical", "linear:2,1"], "State the target"),
    (["critical", "linear:2,1", "--function", "x_0", "--data", "rows.csv"], "State the target"),
    (["critical", "linear:2,1", "--data", "rows.csv"], "rows.csv"),
    (["critical", "linear:2,1", "--data", "rows.csv", "--script"], "rows.csv"),
    (["critical", "linear:2,1", "--function", "x_0", "--metric", "flat"], "A metric is"),
    (["voronoi", "linear:2,1,2", "--coordinates", "1,0,0,1"], "not a point of M"),
    (["voronoi", "linear:2,1,2"], "State a function"),
    (["invariant", "linear:2,1", "--matrix", "1"], "size 2 x 2"),
    (["invariant", "linear:2,1"], "required"),
    (["fiber", "mlp:1,1,1:1/x", "--function", "1,2"], "about polynomial models"),
    (["voronoi", "mlp:1,1,1:1/x"], "about polynomial models"),
    (["critical", "mlp:1,1,1:1/x", "--coordinates", "1"], "about polynomial models"),
])
def test_wrong_input_gets_one_sentence(arguments, says, capsys) -> None:
    assert main([*arguments, "--quiet"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and says in printed.err and printed.err.count("\n") == 1


def test_critical_parameters_of_data(tmp_path, capsys) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("1,2\n2,3\n")
    assert main(["critical", "linear:1,1,1", "--data", str(data), "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert "critical on V" in printed and "spurious" in printed


@pytest.mark.parametrize("arguments", [
    ["fiber", "linear:2,1,2", "--function", "x_0;0"],
    ["critical", "linear:1,1,1", "--function", "x_0"],
    ["voronoi", "linear:2,1,2", "--parameters", "0,0,0,0"],
    ["invariant", "linear:2,1", "--matrix", "0,1;1,0"],
])
def test_scripts_run_in_macaulay2_alone(arguments, tmp_path, capsys) -> None:
    assert main([*arguments, "--quiet", "--script"]) == 0
    script = tmp_path / "script.m2"
    script.write_text(capsys.readouterr().out)
    done = subprocess.run([*shlex.split(macaulay2_command()), "--script", str(script)],
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0 and "dimension" in done.stdout
