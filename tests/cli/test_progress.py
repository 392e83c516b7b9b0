"""Progress: one line that rewrites itself at a terminal, plain lines elsewhere."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import threading
import time
from pathlib import Path

import pexpect
import pytest

from neuroalg_sage.cli import main
from neuroalg_sage.cli import progress as progresses
from neuroalg_sage.cli.progress import ERASE, Progress
from neuroalg_sage.cli.supervision import Page

ROOT = Path(__file__).resolve().parents[2]

# A question that takes until the line has been drawn often enough, however slow the machine is.
SLOW = """
import sys, time
from neuroalg_sage.cli.progress import Progress
from neuroalg_sage.invariants.dimension import dimension as dimensions
honest, draw, drawn = dimensions.dimension, Progress._draw, 0
def counted(self):
    global drawn
    drawn += 1
    draw(self)
Progress._draw = counted
def wait(lines):
    begun = drawn
    while drawn < begun + lines:
        time.sleep(0.01)
def slow(*arguments):
    wait({lines})
    {then}
    return honest(*arguments)
dimensions.dimension = slow
from neuroalg_sage.cli import main
sys.exit(main(sys.argv[1:]))
"""


def at_a_terminal(*arguments: str, lines: int = 2, then: str = "pass",
                  interrupt: bool = False, **environment: str) -> tuple[str, int]:
    """What is sent to a terminal of 60 columns, and the exit code."""
    process = pexpect.spawn(
        sys.executable, ["-c", SLOW.format(lines=lines, then=then), *arguments],
        dimensions=(24, 60), encoding="utf-8", timeout=600,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"} | environment)
    if interrupt:
        process.expect(r"[1-9]\.\d s\] dimension")
        begun = process.before + process.after
        process.sendintr()
    else:
        begun = ""
    process.expect(pexpect.EOF)
    process.close()
    return begun + process.before, process.exitstatus


def screen(sent: str) -> list[str]:
    """The lines that a terminal shows at the end."""
    lines = [""]
    for piece in re.findall(r"\r\n|\r\x1b\[K|\r|\n|[^\r\n]+", sent):
        if piece in ("\r\n", "\n"):
            lines.append("")
        elif piece == ERASE:
            lines[-1] = ""
        else:
            assert piece != "\r" and len(lines[-1] + piece) <= 60
            lines[-1] += piece
    assert lines.pop() == ""
    return lines


COMMAND = ["compute", "linear:2,1,2", "dimension", "is_filling"]
ANSWERS = ["dimension = 3  [proved]", "is_filling = no  [proved]"]


def test_at_a_terminal_the_line_is_rewritten_and_leaves_nothing_behind() -> None:
    sent, code = at_a_terminal(*COMMAND)
    assert code == 0 and screen(sent) == ANSWERS
    seconds = re.findall(r"\r\x1b\[K\[ *(\d+\.\d) s\] dimension(?!:)", sent)
    # A stage may begin just when the line is written anew.
    assert len(set(seconds)) >= 2 and seconds == sorted(seconds, key=float)
    assert [float(s) for s in seconds] == sorted(map(float, seconds))


def test_an_error_and_an_interrupt_have_lines_of_their_own() -> None:
    sent, code = at_a_terminal(*COMMAND, lines=1, then="raise dimensions.InputError('No.')")
    assert code == 2 and screen(sent) == ["neuroalg: No."]
    sent, code = at_a_terminal(*COMMAND, lines=10**6, interrupt=True)
    assert code == 130 and screen(sent.replace("^C", "")) == ["neuroalg: interrupted."]


def test_what_is_printed_meanwhile_does_not_meet_the_line() -> None:
    sent, code = at_a_terminal(*COMMAND, lines=1, then="""
    print("a warning", file=sys.stderr); print("half", end="", flush=True); wait(2)
    print(" a line"); wait(1)""")
    assert code == 0 and screen(sent) == ["a warning", "half a line", *ANSWERS]
    assert "half a line" in sent


@pytest.mark.parametrize("arguments, environment", [(["--quiet"], {}), ([], {"TERM": "dumb"})])
def test_quiet_and_terminals_that_cannot_erase(arguments, environment) -> None:
    sent, code = at_a_terminal(*COMMAND, *arguments, lines=0, **environment)
    assert code == 0 and "\x1b" not in sent
    lines = sent.replace("\r\n", "\n").splitlines()
    assert [line for line in lines if not line.startswith("[")] == ANSWERS
    assert (lines == ANSWERS) is bool(arguments) and lines[-1] == ANSWERS[-1]


def test_elsewhere_stages_are_lines(capsys) -> None:
    assert main(COMMAND) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ANSWERS
    assert all(re.match(r"\[ *\d+\.\d s\] \S", line) for line in printed.err.splitlines())
    assert "dimension: " in printed.err
    assert main([*COMMAND, "--quiet"]) == 0 and capsys.readouterr().err == ""


# -- the line itself -------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_long_and_several_lines_are_cut(terminal) -> None:
    progress = Progress("x", stream=terminal)
    progress("a" * 500 + "\nsecond")
    progress.finish()
    (line,) = [part for part in terminal.getvalue().split(ERASE) if part]
    assert line.endswith("a") and len(line) < 80


def test_of_an_attempt_its_first_sentence_is_noted() -> None:
    page = Page()
    options = argparse.Namespace(command="compute", quiet=True, page=page)
    with progresses.shown(options):
        options.progress("degree: 0.5 of it is counted. The limit of 3 s was reached.")
    assert page.attempt == "degree: 0.5 of it is counted"


def test_after_the_end_nothing_is_said(terminal) -> None:
    progress = Progress("x", stream=terminal)
    progress.start()
    progress.finish()
    before = terminal.getvalue()
    progress("late")
    assert terminal.getvalue() == before and not progress._ticker.is_alive()


def test_where_there_is_no_terminal_a_silent_command_says_what_it_is_about(monkeypatch) -> None:
    monkeypatch.setattr(progresses, "SECONDS_BETWEEN_TICKS", 0.01)
    monkeypatch.setattr(progresses, "SECONDS_OF_SILENCE", 0.05)
    for spoken in (False, True):
        stream = io.StringIO()
        progress = Progress("fiber", stream=stream, says_itself=True)
        progress.start()
        if spoken:
            progress("msolve: a system")
        deadline = time.monotonic() + 600
        while not stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)
        progress.finish()
        lines = stream.getvalue().splitlines()
        assert len(lines) == 1 and lines[0].endswith("msolve: a system" if spoken else "fiber")


def test_threads_do_not_mix_lines() -> None:
    stream = io.StringIO()
    progress = Progress("x", stream=stream)
    threads = [threading.Thread(target=lambda i=i: [progress(f"stage {i}") for _ in range(200)])
               for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 800
    assert all(re.fullmatch(r"\[ *\d+\.\d s\] stage \d", line) for line in lines)


def test_without_a_function_progress_goes_to_the_logger(caplog) -> None:
    import logging

    from neuroalg_sage import NeuroManifold

    with caplog.at_level(logging.INFO, logger="neuroalg_sage"):
        NeuroManifold("mlp:2,2,3:x^2").dimension()
    assert any("rank of the Jacobian" in record.message for record in caplog.records)
