"""
One file of another package declares a question, with answers of its own and a claim of its own.

Nothing of this package knows it; everything that a question has, it has.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from neuroalg_sage.certificates.certificate import digest

ROOT = Path(__file__).resolve().parents[1]
MODEL = "linear:2,1,2"

MODULE = r'''
"""The codimension of a neurovariety."""

import sys
from dataclasses import dataclass

from neuroalg_sage.certificates.claim import Claim
from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.reading import require
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Section
from neuroalg_sage.invariants.answers.question import Question
from neuroalg_sage.storable import storable


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class Codimension(Invariant):
    ambient: int = 0

    def sentence(self):
        return f"{self.data} of {self.ambient}"

    def lines(self, spec="SPEC"):
        return [f"  so many general equations cut out points of {spec}"]

    def report_lines(self):
        return ["", "Codimension", f"  {self.ambient} - {self.ambient - self.data}"]

    def plain_value(self):
        return {"codimension": self.data, "ambient": self.ambient}

    def value_in_latex(self):
        return rf"\operatorname{{codim}} = {self.data}"

    def report_in_latex(self):
        return [rf"\[ {self.value_in_latex()} \]"]

    def section(self, around):
        from neuroalg_sage.markup.elements import element

        return Section("codimension", "The codimension", element(
            "p", f"{self.data} < {self.ambient} & more", class_="codimension"))


def find(manifold):
    print("the codimension is computed", file=sys.stderr)
    found = manifold.dimension()
    n = manifold.model.ambient_dimension
    return Codimension.certified(
        manifold.model, "codimension", n - found.data, found.status, "n - dim M",
        found.seconds, {"dimension": found.certificate["evidence"]},
        ["package: Codimensions", *found.trust], ambient=n)


def check(model, value, evidence):
    require(type(value) is int, "A codimension is a number.")
    verified, trust = check_dimension(
        model, model.ambient_dimension - value, evidence["dimension"])
    return [*verified, "n - dim M is a difference"], trust


QUESTION = Question(
    "codimension", "The codimension of the neurovariety", "codimensions:Codimension",
    reported=25, needs=("dimension",), claims=("codimension",), find="codimensions:find")
CLAIM = Claim("codimension", "codimensions:check")
'''


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file, and what an installer writes beside it."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "codimensions.py").write_text(MODULE)
    info = folder / "Codimensions-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Codimensions\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(
        "[neuroalg_sage.questions]\ncodimension = codimensions:QUESTION\n\n"
        "[neuroalg_sage.claims]\ncodimension = codimensions:CLAIM\n")
    return folder


def run(outside: Path, *words: str, code: int = 0, **environment: str
        ) -> subprocess.CompletedProcess:
    """The command, in a process of its own that finds the other package, with a cache there."""
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=600, cwd=outside,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{outside}",
                          "NEUROALG_CACHE": str(outside / "cache")} | environment)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def neuroalg(outside: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess:
    return run(outside, "-m", "neuroalg_sage", *words, code=code)


@pytest.fixture(scope="module")
def proof(outside: Path) -> Path:
    """The certificate, after the first time that the question was asked; that it is printed."""
    file = outside / "proof.json"
    done = neuroalg(outside, "compute", MODEL, "codimension", "--certificate", str(file))
    assert done.stdout == ("codimension = 1 of 4  [proved, trusting package: Codimensions]\n"
                           f"  so many general equations cut out points of {MODEL}\n")
    assert "the codimension is computed" in done.stderr
    return file


def from_the_cache(done: subprocess.CompletedProcess) -> str:
    """What a command prints that computes nothing."""
    assert "codimension: from the cache" in done.stderr
    assert "the codimension is computed" not in done.stderr
    return done.stdout


def test_compute_finds_it_in_the_cache_as_json_with_its_citation(outside, proof) -> None:
    page = json.loads(from_the_cache(neuroalg(
        outside, "compute", MODEL, "codimension", "--json", "--cite")))
    found = page["results"]["codimension"]
    assert found["value"] == {"codimension": 1, "ambient": 4} and found["status"] == "proved"
    assert found["trust"] == ["package: Codimensions"]
    assert found["certificate"] == json.loads(proof.read_text())
    assert found["citation"]["text"].startswith(
        f"The codimension of the neuromanifold of {MODEL}: 1 of 4 (proved, trusting package: "
        "Codimensions). Method: n - dim M.")


def test_reports_show_it(outside, proof) -> None:
    text = from_the_cache(neuroalg(outside, "report", MODEL))
    lines = text.splitlines()
    assert [x.split()[0] for x in lines if x.startswith("  ") and " 1 of 4 " in x] == [
        "codimension"]
    assert lines[lines.index("Codimension"):][1] == "  4 - 3"
    page = json.loads(from_the_cache(neuroalg(outside, "report", MODEL, "--json")))
    assert page["results"]["codimension"]["value"] == {"codimension": 1, "ambient": 4}
    text = from_the_cache(neuroalg(outside, "report", MODEL, "--latex"))
    assert r"codimension & 1 of 4 & proved, trusting package: Codimensions \\" in text
    assert r"\[ \operatorname{codim} = 1 \]" in text
    file = outside / "page.html"
    from_the_cache(neuroalg(outside, "report", MODEL, "--html", str(file)))
    html = file.read_text()
    assert 'data-invariant="codimension"' in html and 'data-certificate="codimension"' in html
    assert "The codimension of the neurovariety" in html and 'href="#codimension"' in html
    assert '<p class="codimension">1 &lt; 4 &amp; more</p>' in html


def test_the_shell_names_it(outside) -> None:
    words = " ".join(neuroalg(outside, "compute", "--help").stdout.split())
    assert "codimension The codimension of the neurovariety" in words
    done = neuroalg(outside, "compute", MODEL, "codimensoin", code=2)
    assert "did you mean codimension ?" in done.stderr


def test_a_shell_completes_it(outside) -> None:
    pytest.importorskip("argcomplete")
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    command = outside / "bin" / "neuroalg"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m neuroalg_sage "$@"\n')
    command.chmod(0o755)
    script = f"""
eval "$(neuroalg completion bash)"
COMP_LINE='neuroalg compute {MODEL} codi'; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9
read -ra COMP_WORDS <<< "$COMP_LINE"; COMP_CWORD=3; COMPREPLY=()
_python_argcomplete neuroalg
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = run(outside, "-c", "import subprocess, sys; sys.exit(subprocess.run("
               "['bash', '-c', sys.argv[1]]).returncode)", script,
               PATH=f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    assert done.stdout.split() == ["codimension"]


def test_it_is_a_method(outside, proof) -> None:
    code = f"""
from neuroalg_sage import NeuroManifold
M = NeuroManifold("{MODEL}", cache="{outside / 'cache'}")
found = M.codimension()
print(type(found).__name__, found, found == 1, M.compute("codimension") is found)
print(found._latex_())
"""
    done = run(outside, "-c", code)
    assert "the codimension is computed" not in done.stderr
    assert done.stdout.splitlines() == [
        "Codimension 1 (proved, trusting package: Codimensions) True True",
        r"\operatorname{codim} = 1 \quad \text{(proved, trusting package: Codimensions)}"]


def test_its_certificate_is_verified_and_no_other(outside, proof) -> None:
    done = neuroalg(outside, "verify", str(proof))
    assert done.stdout.partition(" Verified: ")[0] == (
        f"{proof}: checked by the package Codimensions 1.2, which is outside of the trusted base "
        f"and must be believed: codimension of 2 -dense-> 1 -dense-> 2 (called {MODEL!r}) is 1; "
        "proved, trusting package: Codimensions.")
    wrong = copy.deepcopy(json.loads(proof.read_text()))
    wrong["claim"]["value"] = 2
    wrong["digest"] = digest(wrong)
    file = outside / "wrong.json"
    file.write_text(json.dumps(wrong))
    said = neuroalg(outside, "verify", str(file), code=1)
    assert "dimension" in said.stdout + said.stderr and "must be believed" not in said.stdout
