"""The examples and the tour in README.md run, and say what they show."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import check_macaulay2, check_shell, macaulay2_command, shell_commands

from neuroalg_sage.cli import main

ROOT = Path(__file__).resolve().parents[2]


def test_the_python_of_the_tour() -> None:
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False,
                                     optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 8 and failed == 0


def test_the_shell_of_the_tour(tmp_path, monkeypatch, capsys) -> None:
    """Each command of the tour prints what README.md shows, but for line breaks."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    commands = shell_commands((ROOT / "README.md").read_text())
    assert len(commands) == 29
    check_shell(commands, capsys)


def test_the_macaulay2_of_the_tour(tmp_path) -> None:
    check_macaulay2((ROOT / "README.md").read_text(), tmp_path)


def test_the_examples_run() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "examples/depth_and_degree.py"], cwd=ROOT,
                          capture_output=True, text=True, timeout=600, env=environment)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^2,2,3 +x\^2 +8 +9 +3 +dimension 5, degree 6, multiplicity 2, the closure "
                     r"of layer 2 of rank 1$", done.stdout, re.MULTILINE)
    # As the command sage does, which needs all of Sage.
    code = ("import sys; from sage.repl.preparse import preparse_file; "
            "from sage.all__sagemath_schemes import *; from sage.all__sagemath_singular import *; "
            "exec(preparse_file(open(sys.argv[1]).read()))")
    done = subprocess.run([sys.executable, "-c", code, "examples/twisted_cubic.sage"], cwd=ROOT,
                          capture_output=True, text=True, timeout=600, env=environment)
    assert done.returncode == 0, done.stderr
    assert "twisted cubic: dimension 2 (proved) degree 3 (proved)" in done.stdout
    assert "over C: True (proved) over R: False (proved)" in done.stdout
    done = subprocess.run([macaulay2_command(), "--script", "examples/subnetworks.m2"], cwd=ROOT,
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "a component of dimension 5, degree 6" in done.stdout
    assert "all singular functions are its: false" in done.stdout
    assert main(["compute", str(ROOT / "examples" / "model.json"), "degree", "--quiet"]) == 0
