"""The Macaulay2 package goes where the user's own Macaulay2 finds it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import macaulay2_command

from neuroalg_sage.cli import main
from neuroalg_sage.engines.macaulay2 import package_directory

QUESTION = "<< dim neuroManifold mlp({2,2,3}, x -> x^2) << endl; exit 0"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "a home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


def macaulay2(*statements: str) -> str:
    """What the user's Macaulay2 prints, which reads the user's folder as always."""
    done = subprocess.run(
        [*shlex.split(macaulay2_command()), "--silent", "--stop", "--no-readline", "-e",
         "; ".join([*statements, QUESTION])], stdin=subprocess.DEVNULL, capture_output=True,
        text=True, env=dict(os.environ))
    return done.stdout.strip().splitlines()[-1] if done.returncode == 0 else done.stderr


def packages(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()
                  and "NeuroAlgebra" in str(path.relative_to(folder)))


def test_one_command_is_enough_and_a_second_one_changes_nothing(
        home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not found" in macaulay2('needsPackage "NeuroAlgebra"')
    assert main(["install-m2", "--no-help"]) == 0
    printed = capsys.readouterr().out
    folder = home / ".Macaulay2" / "local" / "share" / "Macaulay2"
    assert f"is now in {folder}." in printed and 'needsPackage "NeuroAlgebra"' in printed
    assert macaulay2('needsPackage "NeuroAlgebra"') == "8"
    before = {path: path.stat().st_mtime_ns for path in packages(home)}
    assert main(["install-m2", "--no-help", "--quiet"]) == 0
    assert f"was already in {folder}." in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in packages(home)} == before

    # An older version, whose files are as new as those of this one, is replaced.
    (folder / "NeuroAlgebra" / "Old.m2").write_text("-- of another version\n")
    (folder / "NeuroAlgebra" / "Models.m2").write_text("error \"old\"\n")
    assert main(["install-m2", "--no-help", "--quiet"]) == 0
    assert "is now in" in capsys.readouterr().out
    assert not (folder / "NeuroAlgebra" / "Old.m2").exists()
    assert macaulay2('needsPackage "NeuroAlgebra"') == "8"


def test_another_folder(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "some where"
    assert main(["install-m2", "--no-help", "--quiet", "--prefix", str(place)]) == 0
    line = capsys.readouterr().out.splitlines()[1]
    assert (place / "share" / "Macaulay2" / "NeuroAlgebra.m2").is_file() and not packages(home)
    assert macaulay2(line.removeprefix("Load it in Macaulay2 with: ")) == "8"


@pytest.mark.parametrize("command", ["no-such-macaulay2", shutil.which("true")])
def test_without_macaulay2_there_is_a_way_on(home: Path, command: str,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install-m2", "--macaulay2", command]) == 1
    printed = capsys.readouterr().err
    assert len(printed.splitlines()) == 1 and not packages(home)
    assert "--macaulay2" in printed and str(package_directory()) in printed


def test_a_folder_that_cannot_be_written(home: Path, tmp_path: Path,
                                         capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["install-m2", "--quiet", "--prefix", str(tmp_path / "file" / "x")]) == 2
    printed = capsys.readouterr().err
    assert len(printed.splitlines()) == 1
    assert "cannot be written" in printed and "--prefix" in printed
    assert str(package_directory()) in printed


@pytest.mark.slow
def test_the_help_has_the_results_of_the_examples(home: Path) -> None:
    assert main(["install-m2", "--quiet"]) == 0
    pages = home / ".Macaulay2/local/share/doc/Macaulay2/NeuroAlgebra/html"
    assert "RingMap" in (pages / "_parametrization.html").read_text()
    guide = next(path for path in pages.glob("*guide*.html"))
    assert "{(5, 6)}" in guide.read_text()
