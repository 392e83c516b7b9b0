"""Completion: what bash, zsh and fish offer, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from neuroalg_sage.cli import completion, main

ROOT = Path(__file__).resolve().parents[2]

pytest.importorskip("argcomplete")


@pytest.fixture
def folder(tmp_path) -> Path:
    """Where the command is, and a model file; its name is the folder's only other entry."""
    command = tmp_path / "bin" / "neuroalg"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m neuroalg_sage "$@"\n')
    command.chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mine.json").write_text("{}")
    return tmp_path


def run(shell: list[str], script: str, folder: Path) -> str:
    environment = os.environ | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
                                "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    done = subprocess.run([*shell, script], capture_output=True, text=True, timeout=600,
                          cwd=folder / "work", env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


BASH = """
eval "$(neuroalg completion bash)"
COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9; read -ra COMP_WORDS <<< "$COMP_LINE"
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); COMPREPLY=()
_python_argcomplete neuroalg
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

OFFERED = [
    ("neuroalg comp", {"compare", "compute", "completion"}),
    ("neuroalg report linear:2,1,2 --jso", {"--json"}),
    ("neuroalg compute linear:2,1,2 dim", {"dimension"}),
    ("neuroalg compute linear:2,1,2 dimension de",
     {"decision_boundary_ed_degree", "defect", "degree", "descriptions"}),
    ("neuroalg compute linear:2,1,2 degree --method mon", {"monodromy"}),
    ("neuroalg ideal linear:2,1,2 --format m", {"m2", "mrdi"}),
    ("neuroalg report ml", {"mlp:"}), ("neuroalg report min", {"mine.json"}),
    ("neuroalg compare mlp:1,1 ml", {"mlp:"}),
    ("neuroalg verify m", {"mine.json"}),
    ("neuroalg compute linear:2,1,2 degree --certificate m", {"mine.json"}),
    ("neuroalg compute linear:2,1,2 degree --timeout m", {""}),
    ("neuroalg cache --", {"--help", "--prune", "--clear", "--older-than", "--max-size",
                           "--json"}),
    ("neuroalg survey thr", {"threshold"}),
]


@pytest.mark.parametrize("line, offered", OFFERED, ids=[line for line, _ in OFFERED])
def test_bash_offers(line, offered, folder) -> None:
    printed = run(["bash", "-c"], BASH.format(line=line), folder)
    assert {word.strip() for word in printed.splitlines()} == offered


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh")
def test_zsh_accepts_the_script(folder) -> None:
    printed = run(["zsh", "-fc"], "autoload -U compinit; compinit -u; "
                  'eval "$(neuroalg completion zsh)"; print -r -- $_comps[neuroalg]', folder)
    assert printed.strip()


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_fish_offers(folder) -> None:
    printed = run(["fish", "--no-config", "-c"], "neuroalg completion fish | source; "
                  "complete -C 'neuroalg compute linear:2,1,2 dim'", folder)
    assert [line.split("\t")[0].strip() for line in printed.splitlines()] == ["dimension"]


def test_another_shell_is_one_sentence(capsys) -> None:
    assert main(["completion", "csh"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_without_the_library_one_sentence_says_what_brings_it(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    assert main(["completion", "bash"]) == 1
    assert capsys.readouterr().err == f"neuroalg: {completion.MISSING}\n"
