"""Facts and models that several tests share."""

from __future__ import annotations

import doctest
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests compute; what an earlier run has kept is not what they are about.
os.environ["NEUROALG_CACHE"] = "none"

# Of comparisons that are new in every run; the variable repeats one, and tells the processes
# beside which tests run.
FRESH_SEED = int(os.environ.get("NEUROALG_SEED") or secrets.randbelow(10**9))
os.environ["NEUROALG_SEED"] = str(FRESH_SEED)


# The folder of the processes that test together, where one leaves what takes long to be found.
TOGETHER = "NEUROALG_TESTS_TOGETHER"


@pytest.fixture(scope="session", autouse=True)
def together(tmp_path_factory: pytest.TempPathFactory) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        os.environ[TOGETHER] = str(tmp_path_factory.getbasetemp().parent)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"to repeat the random comparisons: NEUROALG_SEED={FRESH_SEED}")


@pytest.fixture(autouse=True)
def no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command says that it takes long if the machine is slow, in a line that no test is about."""
    monkeypatch.setattr("neuroalg_sage.cli.progress.SECONDS_OF_SILENCE", float("inf"))


@pytest.fixture(autouse=True)
def audited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All complete training problems in tests pass the Morse audit, where it applies."""
    if "neuroalg_sage.invariants.training.training" not in sys.modules:
        yield
        return
    from neuroalg_sage.invariants.training import critical_points

    audits = []

    def watched(*arguments: object) -> object:
        audits.append(morse_audit(*arguments))
        return audits[-1]

    morse_audit = critical_points.morse_audit
    monkeypatch.setattr(critical_points, "morse_audit", watched)
    yield
    assert all(audit.holds is not False for audit in audits), audits


# Published values, each with its source; copied so that the tests stand alone.
PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text())


def slow(*values: object) -> object:
    """Parameters for a test that take long: those of the others show the same fault sooner."""
    return pytest.param(*values, marks=pytest.mark.slow)


def published(invariant: str, long: tuple[str, ...] = ()) -> list:
    """Parameters for a test: (model, value) of one invariant, where the model is a spec."""
    return [pytest.param(fact["model"], fact["value"], id=fact["model"],
                         marks=[pytest.mark.slow] * (fact["model"] in long))
            for fact in PUBLISHED if fact["invariant"] == invariant and ":" in fact["model"]]


# -- what documents show -------------------------------------------------------------------

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def shell_commands(text: str) -> list[tuple[str, str]]:
    """The commands ``$ neuroalg`` in text that is indented by four, and what is shown for each."""
    return re.findall(r"^    \$ neuroalg (.*)\n((?:\n?    (?!\$).*\n)*)", text, re.MULTILINE)


def check_shell(commands: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]) -> None:
    """Each command prints what is shown, but for line breaks and what stands for dots."""
    from neuroalg_sage.cli import main

    for command, shown in commands:
        assert main(shlex.split(command)) == 0, command
        printed = capsys.readouterr().out
        assert doctest.OutputChecker().check_output(shown, printed, FLAGS), f"{command}:\n{printed}"


def check_macaulay2(text: str, folder: Path) -> None:
    """A session of Macaulay2, indented or not, ends with the output that is shown."""
    lines = re.findall(r"^ *i\d+ : (.*)$", text, re.MULTILINE)
    (shown,) = re.findall(r"^ *o4 = (.*)$", text, re.MULTILINE)
    script = folder / "session.m2"
    scripts = Path(__file__).resolve().parents[1] / "m2_scripts"
    script.write_text("\n".join([f'path = prepend("{scripts}/", path);', *lines[:-1],
                                 f"print({lines[-1]})"]))
    done = subprocess.run([macaulay2_command(), "--script", str(script)], capture_output=True,
                          text=True, timeout=600)
    assert done.stdout.split() == [shown]


def macaulay2_command() -> str:
    """The Macaulay2 that the tests run by itself, without Sage."""
    import sage.all__sagemath_modules  # noqa: F401
    from sage.features.macaulay2 import Macaulay2

    return Macaulay2().absolute_filename()


def run_macaulay2(script: str, folder: Path) -> list[str]:
    """What Macaulay2 alone prints."""
    path = folder / "script.m2"
    path.write_text(script)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("M2", "NEUROALG"))}
    done = subprocess.run([macaulay2_command(), "--script", str(path)], capture_output=True,
                          text=True, timeout=300, cwd=folder,
                          env=environment | {"HOME": str(folder)})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
