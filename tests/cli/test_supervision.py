"""
The process that watches over a command: its limits, interrupts, and what is left behind.

No test waits for a machine: what is to be too late is late from the beginning, what is to be too
much is so from the first byte, and interrupts are sent by the command itself at a chosen place.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.cli import main
from neuroalg_sage.cli.options import limited
from neuroalg_sage.cli.supervision import Page, Supervisor, conclude
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.files import write_whole
from neuroalg_sage.limits import Limits
from neuroalg_sage.processes import descendants

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")

BEGINNING = """
import os, signal, subprocess, sys, time
from neuroalg_sage.cli.supervision import child, supervise
def deaf():
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP})
    while True:
        time.sleep(100)
def work():
    page = child.page()
    print("an answer", flush=True)
    page.state('{"page": 1}', {"certificate": "{}"}, stage="the degree")
"""


# The parent sees nothing before the child has begun.
SLOW_PARENT = """
fork = os.fork
def slow():
    pid = fork()
    while pid and not os.path.exists("begun"):
        time.sleep(0.01)
    return pid
os.fork = slow
"""


def supervised(then: str, folder: Path, before: str = "",
               **environment: str) -> subprocess.CompletedProcess:
    """A command that prints an answer, states a page, and then does this."""
    lines = "".join(f"    {line}\n" for line in then.splitlines())
    return subprocess.run(
        [sys.executable, "-c", f"{BEGINNING}{lines}{before}sys.exit(supervise(work))"],
        cwd=folder, capture_output=True, text=True, timeout=600,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment)


@pytest.mark.parametrize(("then", "code", "said"), [
    ("return 0", 0, ""),
    ("return 3", 3, ""),
    ("sys.exit(2)", 2, ""),
    ("child.announce(0.001, None); deaf()", 3,
     "neuroalg: The limit of 0.001 s was reached at the degree; raise it with --timeout.\n"),
    ("child.announce(None, 1000); deaf()", 3,
     "neuroalg: More than the limit of 1e-06 GB of memory was needed at the degree; allow more "
     "with --memory.\n"),
    ("os.kill(os.getppid(), signal.SIGINT)\nwhile True: time.sleep(100)", 130,
     "neuroalg: interrupted.\n"),
    ("os.kill(os.getppid(), signal.SIGTERM)\nwhile True: time.sleep(100)", 143,
     "neuroalg: ended by SIGTERM.\n"),
    ("os.kill(os.getppid(), signal.SIGINT); deaf()", 130, "neuroalg: interrupted.\n"),
    ("os.kill(os.getpid(), signal.SIGKILL)", 3,
     "neuroalg: The command was killed at the degree, perhaps since the machine has no more "
     "memory; set a limit with --memory.\n"),
    ("os.abort()", 1, "neuroalg: The command was ended by SIGABRT at the degree; another --method "
     "may do.\n"),
])
def test_what_was_answered_is_printed_however_a_command_ends(then, code, said, tmp_path) -> None:
    done = supervised(then, tmp_path)
    assert (done.returncode, done.stderr) == (code, said)
    assert done.stdout == 'an answer\n{"page": 1}\n'
    assert (tmp_path / "certificate").read_text() == "{}"


@pytest.mark.parametrize("then", ["return 0", "deaf()", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_no_process_is_left(then: str, tmp_path) -> None:
    """One in a session of its own, started by a process that has ended meanwhile."""
    start = ("done = subprocess.run(['sh', '-c', 'setsid sleep 10000 > /dev/null 2>&1 & echo $!'], "
             "stdout=subprocess.PIPE)\nprint(done.stdout.decode(), flush=True)\n"
             "open('begun', 'w').close()\nchild.announce(0.001, None)\n")
    done = supervised(start + then, tmp_path, SLOW_PARENT)
    pid = int(done.stdout.split("\n")[1])
    assert not Path(f"/proc/{pid}").exists()


def test_a_command_stops_and_goes_on_with_all_that_it_has_started(tmp_path) -> None:
    then = """    started = subprocess.Popen(["setsid", "sleep", "10000"])
    print(os.getpid(), started.pid, flush=True)
    time.sleep(10000)
"""
    with subprocess.Popen(
            [sys.executable, "-c", f"{BEGINNING}{then}sys.exit(supervise(work))"], cwd=tmp_path,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
            env=os.environ | {"PYTHONPATH": str(ROOT)}) as command:
        assert command.stdout is not None and command.stdout.readline() == "an answer\n"
        all_of_it = [command.pid, *map(int, command.stdout.readline().split())]
        command.send_signal(signal.SIGTSTP)
        assert os.WIFSTOPPED(os.waitpid(command.pid, os.WUNTRACED)[1])
        stopped = [_comes_to(pid, "T") for pid in all_of_it]
        command.send_signal(signal.SIGCONT)
        command.send_signal(signal.SIGTERM)  # to which what is stopped would not listen
        assert all(stopped)
        assert command.wait(600) == 143 and command.stdout.read() == '{"page": 1}\n'
        assert not any(Path(f"/proc/{pid}").exists() for pid in all_of_it[1:])


def _comes_to(pid: int, state: str) -> bool:
    """Whether a process comes to do what the system has this letter for."""
    for _ in range(3000):
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == state:
            return True
        time.sleep(0.01)
    return False


def test_a_second_interrupt_while_the_page_is_printed_does_not_lose_it(tmp_path) -> None:
    then = """    os.kill(os.getppid(), signal.SIGINT)
    while True: time.sleep(100)
from neuroalg_sage.cli import supervision
supervision.SECONDS_TO_END = 1000.0
publish = supervision.Page.publish
def interrupted(page):
    os.kill(os.getpid(), signal.SIGINT)
    publish(page)
supervision.Page.publish = interrupted
"""
    done = subprocess.run(
        [sys.executable, "-c", f"{BEGINNING}{then}sys.exit(supervise(work))"], cwd=tmp_path,
        capture_output=True, text=True, timeout=600, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert (done.returncode, done.stdout) == (130, 'an answer\n{"page": 1}\n')


def test_checking_has_limits_and_keeps_what_was_checked(tmp_path) -> None:
    """The checker is within a library that listens to nobody when the deadline comes."""
    certificate = NeuroManifold("linear:2,1,2").dimension().certificate
    (tmp_path / "two.json").write_text(json.dumps([certificate, certificate]))
    code = """
import os, signal, sys, time
from neuroalg_sage.cli import supervision
from neuroalg_sage.cli.commands import run
import neuroalg_sage.certificates.__main__ as shell
verify, checked = shell.verify, []
def deaf(certificate):
    if checked:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        supervision.child.announce(0.001, None)
        time.sleep(10000)
    checked.append(certificate)
    return verify(certificate)
shell.verify = deaf
sys.exit(supervision.supervise(lambda: run(["verify", "two.json", "--timeout", "1000"])))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True,
                          text=True, timeout=600, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 3 and done.stderr.startswith("neuroalg: The limit of 0.001 s")
    assert done.stdout.startswith("two.json: valid: dimension") and done.stdout.count("\n") == 1


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path, capsys) -> None:
    """Whoever may rename in its folder would otherwise lose the system's devices."""
    os.mkfifo(pipe := tmp_path / "pipe")
    assert main(["compute", "linear:1,1", "dimension", "--certificate", str(pipe)]) == 2
    assert "cannot be written" in capsys.readouterr().err
    with pytest.raises(InputError, match="it is not an ordinary file"):
        write_whole(pipe, "text")
    assert pipe.is_fifo() and os.listdir(tmp_path) == ["pipe"]


def test_a_page_that_cannot_be_written_is_one_sentence(tmp_path, capsys) -> None:
    page = Page()
    page.state("text", {str(tmp_path / "no" / "file"): "{}"})
    assert conclude(page, "", 0) == 2
    printed = capsys.readouterr()
    assert printed.out == "text\n" and printed.err.count("\n") == 1 and "file" in printed.err
    assert conclude(page, "", 0) == 0 and capsys.readouterr().out == ""  # once


def test_the_time_of_the_start_counts(tmp_path) -> None:
    """A deadline that has passed when it is announced ends a command at once."""
    with subprocess.Popen(["sleep", "10000"], start_new_session=True) as process:
        told, tell = os.pipe()
        os.set_blocking(told, False)
        supervisor = Supervisor(process.pid, told, begun=-1000.0)
        message = json.dumps({"limits": [999.0, None]}).encode()
        message = len(message).to_bytes(8, "big") + message
        os.write(tell, message[:5])
        supervisor.listen()
        assert supervisor.pause() is None  # half a message says nothing
        os.write(tell, message[5:])
        supervisor.listen()
        assert supervisor.pause() == 0.0
        supervisor.look()
        assert supervisor.verdict(signal.SIGKILL)[1] == 3 and process.wait(600) == -signal.SIGKILL
        os.close(told), os.close(tell)


@pytest.mark.parametrize(("environment", "threads"), [
    ({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_numpy_has_one_thread_unless_told_otherwise(environment, threads, tmp_path, monkeypatch
                                                    ) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    done = supervised('print(os.environ["OPENBLAS_NUM_THREADS"], "numpy" in sys.modules)', tmp_path,
                      **environment)
    assert done.stdout.splitlines()[1] == f"{threads} False"


def test_a_command_began_with_its_process() -> None:
    script = ("import time; begun = time.monotonic(); time.sleep(0.1); "
              "from neuroalg_sage.cli.supervision import start_of_this_process as start; "
              "print(begun - 600 < start() <= begun + 0.02)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "True\n"


def test_what_is_tried_is_named_with_the_stage() -> None:
    with subprocess.Popen(["sleep", "10000"], start_new_session=True) as process:
        supervisor = Supervisor(process.pid, 0, begun=-1000.0)
        supervisor.page.state(stage="degree")
        supervisor.page.state(attempt="monodromy")
        supervisor._deadline, supervisor._seconds = 0.0, 999.0
        supervisor.look()
        assert supervisor.verdict(signal.SIGKILL) == (
            "The limit of 999 s was reached at degree (monodromy); raise it with --timeout.", 3)
        process.wait(600)
        supervisor.page.state(stage="ideal")
        assert supervisor._stage() == " at ideal"


def test_engines_share_what_is_left_of_the_memory() -> None:
    limits = Limits()
    assert limits.room(None) is None and limits.room(1000) == 1000
    limits.begin(None, 1000.0)
    room = limits.room(None)
    assert room is not None and 0 < room < 1000 * 10**9  # this process holds something
    limits.begin(None, 1e-6)
    assert limits.room(10**9) == 1
    assert "1e-06 GB" in str(limits.memory_is_full("msolve"))


# -- the command itself --------------------------------------------------------------------

SHELL = """
import os, signal, sys, time
from neuroalg_sage.neuromanifold import NeuroManifold
honest = NeuroManifold.compute
def compute(self, name, *arguments):
    if name == os.environ["AT"]:
        {then}
    return honest(self, name, *arguments)
NeuroManifold.compute = compute
from neuroalg_sage.cli import entry_point
entry_point()
"""
INTERRUPT = "os.kill(os.getppid(), signal.SIGINT); time.sleep(10000)"
NAMES = ["ambient_dimension", "dimension", "is_filling"]


def shell(at: str, then: str, *arguments: str) -> subprocess.CompletedProcess:
    """The command, which does something when it comes to a question."""
    return subprocess.run(
        [sys.executable, "-c", SHELL.format(then=then), *arguments], capture_output=True,
        text=True, timeout=600, env=os.environ | {"PYTHONPATH": str(ROOT), "AT": at})


@pytest.mark.parametrize("at", NAMES)
def test_an_interrupt_loses_no_answer(at: str, tmp_path) -> None:
    before = NAMES[: NAMES.index(at)]
    proof = tmp_path / "proof.json"
    command = ["compute", "linear:2,1,2", *NAMES, "--quiet", "--certificate", str(proof)]
    done = shell(at, INTERRUPT, *command)
    assert done.returncode == 130 and done.stderr == "neuroalg: interrupted.\n"
    assert [line.split()[0] for line in done.stdout.splitlines()] == before
    assert proof.exists() is bool(before)
    done = shell(at, INTERRUPT, *command, "--json")
    assert done.returncode == 130
    if before:
        page = json.loads(done.stdout)
        assert list(page["results"]) == before
        assert list(page["errors"]) == NAMES[len(before):]
    else:
        assert done.stdout == ""


@pytest.mark.parametrize("form", [[], ["--json"], ["--latex"]])
def test_an_interrupted_report_has_what_was_found(form: list[str]) -> None:
    done = shell("is_filling", INTERRUPT, "report", "linear:2,1,2", "--quiet", *form)
    assert done.returncode == 130 and "dimension" in done.stdout
    if form == ["--json"]:
        assert json.loads(done.stdout)["results"]["dimension"]["value"] == 3


def test_an_interrupted_page_has_what_was_found(tmp_path) -> None:
    page = tmp_path / "page.html"
    done = shell("degree", INTERRUPT, "report", "linear:2,1,2", "--quiet", "--html", str(page))
    assert done.returncode == 130 and done.stdout == f"written to {page}\n"
    assert page.read_text().rstrip().endswith("</html>")


@pytest.mark.parametrize("then", [
    "raise MemoryError", "os.kill(os.getpid(), signal.SIGKILL)",
    "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM}); time.sleep(10000)",
    "signal.raise_signal(signal.SIGALRM)"])
def test_a_limit_loses_no_answer(then: str) -> None:
    # The limit is long, but for what is done at the question, where it is made short.
    short = "from neuroalg_sage.cli.supervision import child; child.announce(0.001, None); "
    done = shell("dimension", short + then, "compute", "linear:2,1,2", "ambient_dimension",
                 "dimension", "--timeout", "100000", "--quiet")
    assert done.returncode == 3 and "Traceback" not in done.stderr
    assert done.stdout == "ambient_dimension = 4  [proved]\n"
    assert done.stderr.startswith("neuroalg: ")


@pytest.mark.parametrize("arguments", [
    ["compute", "linear:2,1,2", "ambient_dimension"], ["report", "linear:1,1"], ["cache"],
    ["compute", "linear:2,1,2", "ambient_dimension", "--json"],
    ["survey", "mlps", "--layers", "1", "--width", "1", "--activations", "x"]])
def test_a_full_disk_behind_the_output_is_one_sentence(arguments: list[str], tmp_path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "neuroalg_sage", *arguments], stdout=full,
            stderr=subprocess.PIPE, text=True, timeout=600,
            env=os.environ | {"PYTHONPATH": str(ROOT), "NEUROALG_CACHE": str(tmp_path)})
    assert done.returncode == 3
    assert "No space left on device" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("error", ["2>/dev/full", "2>&-", "2>&1 >answer | head -c 1"])
def test_an_answer_does_not_need_standard_error(error: str, tmp_path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    code = f"{sys.executable} -m neuroalg_sage compute linear:2,1,2 dimension {error}"
    done = subprocess.run(["sh", "-c", code], stdout=subprocess.PIPE, text=True, timeout=600,
                          cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT),
                                                          "NEUROALG_CACHE": "none"})
    assert done.returncode == 0
    file = tmp_path / "answer"
    assert (file.read_text() if file.exists() else done.stdout) == "dimension = 3  [proved]\n"


def test_a_closed_output_and_error_are_no_accident() -> None:
    code = f"exec {sys.executable} -m neuroalg_sage compute linear:1,1 dimension >&- 2>&-"
    done = subprocess.run(["sh", "-c", code], timeout=600,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0


@pytest.mark.parametrize("option", [[], ["--gram"]])
def test_a_pipe_without_a_writer_is_within_the_limit(option, tmp_path, capsys) -> None:
    pipe = tmp_path / "model.json"
    os.mkfifo(pipe)
    spec = ["linear:2,1,2", "--metric", "data", *option, str(pipe)] if option else [str(pipe)]
    assert main(["compute", *spec, "dimension", "--timeout", "0.01", "--quiet"]) in (2, 3)
    assert capsys.readouterr().err.count("\n") == 1


def test_a_certificate_that_is_a_pipe_without_a_writer_is_refused(tmp_path, capsys) -> None:
    pipe = tmp_path / "certificate.json"
    os.mkfifo(pipe)
    assert main(["verify", str(pipe)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_shell_ends_its_limits_with_the_command(capsys) -> None:
    from neuroalg_sage.limits import whole

    assert main(["compute", "linear:1,1", "dimension", "--timeout", "1000", "--quiet"]) == 0
    assert whole.left() is None
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    before = set(descendants(os.getpid()))
    assert main(["compute", "linear:1,1", "dimension", "--quiet"]) == 0
    assert set(descendants(os.getpid())) == before


FAR = argparse.Namespace(limited=True, timeout=100000.0, memory=None)


def test_a_limit_lets_an_import_be_finished(tmp_path, monkeypatch) -> None:
    """What was imported in part cannot always be imported again."""
    (tmp_path / "module_in_parts.py").write_text(
        "import signal\nsignal.raise_signal(signal.SIGALRM)\nwhole = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    with limited(FAR):
        assert importlib.import_module("module_in_parts").whole
        with pytest.raises(LimitReached):
            signal.raise_signal(signal.SIGALRM)


def test_a_limit_that_compiled_code_swallows_is_not_printed(monkeypatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: told.append(found.exc_type))
    with limited(FAR):
        for swallowed in (lambda: signal.raise_signal(signal.SIGALRM), lambda: 1 // 0):
            ctypes.CFUNCTYPE(None)(swallowed)()
    assert told == [ZeroDivisionError]
