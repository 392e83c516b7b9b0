"""Sessions of Macaulay2: limits, interrupts, accidents, and scripts that see nothing of others."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import macaulay2_command

from neuroalg_sage.engines import macaulay2
from neuroalg_sage.engines.macaulay2 import (
    Macaulay2,
    RingMapData,
    Script,
    default_session,
)
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.limits import Limits
from neuroalg_sage.processes import descendants

LONG = 3600.0  # what is allowed where no limit is to be reached
SOON = 600.0  # after which a test has failed, however busy the machine is
ROOT = str(Path(__file__).resolve().parents[2])

R = PolynomialRingData(("x", "y", "z"))
CONE = PolynomialMatrix(R, 1, 1, ({(2, 0, 0): 1, (0, 1, 1): -1},), "ideal")
DIMENSION = Script("the dimension of a cone", {"R": R, "I": CONE}, "",
                   {"dimension": "dim I", "degree": "degree I"})
ANSWER = {"dimension": 2, "degree": 2}

# A Groebner basis that does not end within a test: random forms, with rational coefficients
# that swell.
ENDLESS = Script("an endless Groebner basis", {}, """
S = QQ[s_1..s_9, MonomialOrder => Lex];
I = ideal apply(8, i -> random(4, S) + random(3, S) + random(2, S) + 1);
print "progress: it begins";
gens gb I;
""", {})
# It asks for memory without end.
GREEDY = Script("much memory", {},
                "L = {}; while true do L = {L, new MutableList from (10^6 : 0)};", {})


@pytest.fixture(scope="module")
def session() -> Iterator[Macaulay2]:
    with Macaulay2() as session:
        yield session


def values(session: Macaulay2, body: str, **results: str) -> dict[str, Any]:
    return session.run(Script("values", {}, body, results), timeout=LONG)


# -- answers -----------------------------------------------------------------------------


def test_a_script_is_answered_and_the_process_stays(session: Macaulay2) -> None:
    assert session.run(DIMENSION) == ANSWER
    pid = session.pid
    assert session.run(DIMENSION) == ANSWER
    assert session.pid == pid and session.is_alive()
    assert re.fullmatch(r"\d+\.\d+(\.\d+)*", session.version)
    assert str(pid) in repr(session)


def test_the_default_session_is_one() -> None:
    assert default_session() is default_session()
    assert default_session().run(DIMENSION) == ANSWER


def test_a_closed_session_starts_again() -> None:
    session = Macaulay2()
    assert not session.is_alive() and "not running" in repr(session)
    assert session.run(DIMENSION) == ANSWER
    pid = session.pid
    session.close()
    assert not session.is_alive()
    assert not Path(f"/proc/{pid}").exists()
    assert session.run(DIMENSION) == ANSWER
    session.close()


def test_a_ring_map_and_rings_that_polynomials_bring_along(session: Macaulay2) -> None:
    source, target = PolynomialRingData(("a", "b")), PolynomialRingData(("t",))
    images = PolynomialMatrix(target, 1, 2, ({(2,): 1}, {(3,): 1}))
    point = PolynomialMatrix(PolynomialRingData(("u",), 7), 1, 1, ({(1,): 5},), "polynomial")
    script = Script("the cusp", {"A": source, "B": target, "phi": RingMapData("A", "B", images),
                                 "f": point}, "I = kernel phi;",
                    {"kernel": "I", "f": "f^2", "map": "phi"})
    results = session.run(script)
    assert results["kernel"].entries == ({(3, 0): 1, (0, 2): -1},)
    assert results["f"].polynomial == {(2,): 4}
    assert results["map"] == images


@pytest.mark.parametrize("make", [
    lambda: Script("t", {"I": 3}, "", {}),  # type: ignore[dict-item]
    lambda: Script("t", {"phi": RingMapData("A", "B", CONE)}, "", {}),
    lambda: Script("t", {}, "", {'a"': "1"}),
    lambda: Script("t", {}, "", {}, packages=('x"; run "y',)),
    lambda: Script("t", {"x": R}, "", {}),
    lambda: Script("t", {"x": PolynomialRingData(("x_1",))}, "", {}),
])
def test_scripts_that_make_no_sense_are_refused(make: Callable[[], Script]) -> None:
    with pytest.raises(InputError):
        make()


# -- limits ------------------------------------------------------------------------------

# Where a test needs a limit that is reached, the script has no end, or the limit is over before
# it begins; where it needs one that is not, an hour is allowed.  So no machine is too slow.


def _interrupt(line: str) -> None:
    raise _Interrupted


class _Interrupted(Exception):
    """What stands for a limit, at a place that the script has chosen."""


PACKAGE_THAT_WAITS = """
newPackage("Waiting", Headline => "it waits while there is a file");
export {"six"}
six = 6
if fileExists "%s" then (print "progress: it loads"; while true do sleep 1);
"""


def test_a_session_interrupted_while_it_loads_a_package_is_replaced(
        session: Macaulay2, tmp_path) -> None:
    wait = tmp_path / "wait"
    wait.touch()
    (tmp_path / "Waiting.m2").write_text(PACKAGE_THAT_WAITS % wait)
    loading = f'path = prepend("{tmp_path}/", path); needsPackage "Waiting";'
    pid = session.pid
    with pytest.raises(_Interrupted):
        session.run(Script("a package", {}, loading, {}), progress=_interrupt)
    wait.unlink()
    assert values(session, loading, six="value Waiting.Dictionary#\"six\"") == {"six": 6}
    assert session.pid != pid


def test_a_session_interrupted_elsewhere_is_kept_if_it_obeys(session: Macaulay2) -> None:
    obedient = Script("a loop", {}, 'print "progress: now"; while true do sleep 1;', {})
    pid = session.pid
    with pytest.raises(_Interrupted):
        session.run(obedient, progress=_interrupt)
    # The machine may be so busy that it was ended all the same; the next call works either way.
    assert session.run(DIMENSION) == ANSWER
    assert session.pid == pid or not Path(f"/proc/{pid}").exists()


LEAVES_A_SESSION = """
from neuroalg_sage.engines.macaulay2 import Macaulay2
session = Macaulay2()
session.version
"""


def test_nothing_holds_the_output_of_a_process_that_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", LEAVES_A_SESSION], stdout=subprocess.PIPE,
                          env=os.environ | {"PYTHONPATH": ROOT}) as process:
        assert process.wait(timeout=300) == 0
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        # The end of the output; where another process has it open, nothing is there to be read.
        assert os.read(process.stdout.fileno(), 100) == b""


COMPUTES_WITHOUT_END = """
from neuroalg_sage.engines.macaulay2 import Macaulay2, Script
with Macaulay2() as session:
    print(session.pid, flush=True)
    session.run(Script("Computes without end", {}, "while true do 1", {}, packages=()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_macaulay2_does_not_outlive_a_killed_process() -> None:
    with subprocess.Popen([sys.executable, "-c", COMPUTES_WITHOUT_END], text=True,
                          stdout=subprocess.PIPE) as process:
        assert process.stdout
        engine = int(process.stdout.readline())
        assert Path(f"/proc/{engine}/stat").exists()
        process.kill()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{engine}/stat").exists() and _state(engine) != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0]
    except OSError:
        return "Z"


def test_a_closed_session_has_ended_and_left_no_process(session: Macaulay2) -> None:
    before = set(descendants(os.getpid()))
    other = Macaulay2()
    pid = other.pid
    assert pid in descendants(os.getpid())
    other.close()
    assert set(descendants(os.getpid())) <= before and not Path(f"/proc/{pid}").exists()


def test_the_whole_limit_and_what_was_done_are_said(
        session: Macaulay2, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitReached, match="limit of 60 seconds, at work on this: an endless"):
        session.run(ENDLESS, timeout=0.01, budget=60.0)
    limits = Limits()
    monkeypatch.setattr(macaulay2, "whole", limits)
    limits.begin(60.0, None, begun=time.monotonic() - 61.0)
    with pytest.raises(LimitReached, match="limit of 60 seconds, at work on this: an endless"):
        session.run(ENDLESS)
    assert not session.is_alive()  # there was no time to let it give up
    with pytest.raises(LimitReached, match="limit of 60 s was reached at the start of Macaulay2"):
        session.run(DIMENSION)


def test_a_computation_that_is_over_asks_no_engine() -> None:
    computation = Computation(deadline=time.monotonic() - 1.0, budget=60.0)
    with pytest.raises(LimitReached, match="limit of 60 s .* the dimension of a cone"):
        computation.run(DIMENSION)
    with pytest.raises(LimitReached, match="limit of 60 s"):
        computation.clock()()


def test_a_limit_of_time_is_kept_and_the_session_lives(session: Macaulay2) -> None:
    with pytest.raises(LimitReached, match="1.5 seconds"):
        session.run(ENDLESS, timeout=1.5)
    assert session.run(DIMENSION) == ANSWER


def test_a_script_that_ignores_interrupts_is_ended(session: Macaulay2) -> None:
    deaf = Script("deaf", {}, 'while true do try (while true do 1) else 2;', {})
    with pytest.raises(LimitReached):
        session.run(deaf, timeout=0.5)
    assert session.run(DIMENSION) == ANSWER


def test_a_script_that_waits_for_input_meets_its_limit(session: Macaulay2) -> None:
    with pytest.raises(LimitReached):
        session.run(Script("a question", {}, 'answer = read "what? ";', {}), timeout=0.5)
    assert session.run(DIMENSION) == ANSWER


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_a_limit_of_memory_is_kept_and_the_next_call_works(session: Macaulay2) -> None:
    with pytest.raises(LimitReached, match="0.5 GB"):
        session.run(GREEDY, memory_gb=0.5, timeout=LONG)
    assert session.run(DIMENSION, memory_gb=0.5) == ANSWER
    one_piece = Script("one piece", {}, "n = 1; while true do n = n * (2^(10^8)) * n;", {})
    with pytest.raises(LimitReached, match="0.5 GB"):
        session.run(one_piece, memory_gb=0.5, timeout=LONG)
    assert session.run(DIMENSION) == ANSWER


def test_a_limit_that_is_not_reached_does_no_harm(session: Macaulay2) -> None:
    assert session.run(DIMENSION, timeout=LONG, memory_gb=2) == ANSWER


# -- interrupts and accidents ------------------------------------------------------------


def _after(started: threading.Event, action: Callable[[], None]) -> threading.Thread:
    """Wait until a script runs, and a moment more, then act."""
    def act() -> None:
        started.wait(SOON)
        time.sleep(0.3)
        action()
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def test_ctrl_c_interrupts_a_groebner_basis_and_the_session_lives(session: Macaulay2) -> None:
    session.run(DIMENSION)
    started = threading.Event()
    thread = _after(started, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        session.run(ENDLESS, timeout=LONG, progress=lambda line: started.set())
    thread.join()
    assert session.run(DIMENSION) == ANSWER


def test_a_process_killed_between_calls_is_started_again(session: Macaulay2) -> None:
    for pause in (0.0, 0.3):
        pid = session.pid
        os.kill(pid, signal.SIGKILL)
        time.sleep(pause)
        assert session.run(DIMENSION) == ANSWER
        assert session.pid != pid


def test_a_process_killed_during_a_call_is_one_error(session: Macaulay2) -> None:
    pid = session.pid
    started = threading.Event()
    thread = _after(started, lambda: os.kill(pid, signal.SIGKILL))
    with pytest.raises(EngineError, match="Macaulay2 ended before the script was done"):
        session.run(ENDLESS, timeout=LONG, progress=lambda line: started.set())
    thread.join()
    assert session.run(DIMENSION) == ANSWER


def test_a_script_that_exits_is_one_error(session: Macaulay2) -> None:
    with pytest.raises(EngineError, match="ended"):
        session.run(Script("exit", {}, "exit 0", {}))
    assert session.run(DIMENSION) == ANSWER


def test_two_sessions_work_at_the_same_time() -> None:
    def work(k: int) -> list[int]:
        with Macaulay2() as session:
            barrier.wait(SOON)
            found = []
            for i in range(5):
                n = 10 * k + i + 2
                f = PolynomialMatrix(R, 1, 1, ({(n, 0, 0): 1, (0, n - 1, 1): -1},), "ideal")
                found.append(session.run(Script("a cone", {"I": f}, f"shared = {n};", {
                    "degree": "if shared == " + str(n) + " then degree I else -1"}))["degree"])
            return found
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [list(range(2, 7)), list(range(12, 17))]


def test_threads_may_share_one_session(session: Macaulay2) -> None:
    def work(n: int) -> int:
        return values(session, f"shared = {n};", n="shared")["n"]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(12))) == list(range(12))


def test_a_script_that_prints_ten_megabytes_does_no_harm(session: Macaulay2) -> None:
    heard: list[str] = []
    body = ('line = concatenate(999 : "u"); scan(10^4, i -> print line); '
            'print "progress: done"; stderr << line << endl; << line << flush;')
    results = session.run(Script("much", {}, body, {"n": "5"}), timeout=LONG, progress=heard.append)
    assert results == {"n": 5} and heard == ["done"]
    assert session.run(DIMENSION) == ANSWER


def test_what_looks_like_a_prompt_or_an_error_is_only_text(session: Macaulay2) -> None:
    body = ('print "i1 : "; print "a.m2:1:2:(3): error: no"; '
            '<< "\\n(*)\\r\\033[2J\\u0007"; print "?";')
    assert values(session, body, n="1") == {"n": 1}


def test_progress_is_told_line_by_line(session: Macaulay2) -> None:
    heard: list[str] = []
    body = 'scan(3, i -> print("progress: step " | i)); print "no progress: 4"; print "other";'
    session.run(Script("steps", {}, body, {}), progress=heard.append)
    assert heard == ["step 0", "step 1", "step 2"]


def test_an_error_in_progress_stops_the_script(session: Macaulay2) -> None:
    def fail(line: str) -> None:
        raise RuntimeError(line)
    with pytest.raises(RuntimeError, match="it begins"):
        session.run(ENDLESS, timeout=LONG, progress=fail)
    assert session.run(DIMENSION) == ANSWER


# -- errors of scripts -------------------------------------------------------------------


@pytest.mark.parametrize(("body", "said"), [
    ("1/0", "division by zero"),
    ('error "two\\nlines"', "two lines"),
    ("unknown 5", "no method for adjacent objects"),
    ("x = (", "cannot be parsed"),
    ('error ""', "without a message"),
    ("error concatenate(10^5 : \"long \")", "long long"),
    ('needsPackage "NoSuchPackage"', "NoSuchPackage"),
    ("end", "before its result 'value'"),
    ("throw 3", "left early"),
])
def test_an_error_is_one_sentence(session: Macaulay2, body: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        values(session, body, value="1")
    message = str(caught.value)
    assert said in message and "\n" not in message and len(message) < 500
    assert not re.search(r"back ?trace|\.m2:\d", message)
    assert session.run(DIMENSION) == ANSWER


def test_an_error_in_a_result_is_an_error_too(session: Macaulay2) -> None:
    with pytest.raises(EngineError, match="division by zero"):
        values(session, "", value="1/0")
    assert values(session, "", value="1 -- one") == {"value": 1}


# -- no script sees another one ----------------------------------------------------------

TRACES = {
    "names": "toString {u, v, f, R, S, I}",
    "type": "instance(u, Symbol) and instance(f, Symbol)",
    "width": "printWidth",
    "trace": "gbTrace",
    "path": "path",
    "dictionaries": "#dictionaryPath",
    "package": "toString currentPackage",
    "directory": "currentDirectory()",
    "random": "random(10^9)",
    "debugging": "(debuggingMode, errorDepth, stopIfError, notify, recursionLimit)",
    "rings": "toString ring 1",
    "interface": "class sageAssign === FunctionClosure",
    "sum": "1 + 1",
}

DISTURBANCES = [
    "u = 5; v = {u}; f = x -> x; local w; global t; t = 3;",
    "R = QQ[u, v]; use R; I = ideal(u^2); gb I;",
    "S = ZZ/7[u_1..u_5]; protect f; protect symbol v;",
    "printWidth = 3; gbTrace = 5; debuggingMode = true; errorDepth = 0; stopIfError = true;",
    "path = {}; currentPackage = Core; notify = true; recursionLimit = 100;",
    "dictionaryPath = take(dictionaryPath, 2);",
    "dictionaryPath = append(dictionaryPath, new Dictionary); sageAssign = 3;",
    'changeDirectory "/";',
    "setRandomSeed 5; random 10;",
    'User#"private dictionary"#"u" = getGlobalSymbol(User#"private dictionary", "u");',
    'debug Core; needsPackage "FirstPackage";',
    "symbol u <- 7; globalAssign(symbol v, 8);",
    "u = 5; error \"and then it fails\"",
    "printWidth = 4; gbTrace = 2; 1/0",
    "alarm 1;",
    "scriptRecord#\"results\"#\"other\" = 3;",
    "oo = 5;",
    "clearAll;",
    "ZZ#{Standard, AfterPrint} = x -> error \"no\";",
]


@pytest.mark.parametrize("body", DISTURBANCES)
def test_no_script_sees_what_another_one_has_done(session: Macaulay2, body: str) -> None:
    before = values(session, "", **TRACES)
    try:
        values(session, body, done="true")
    except EngineError:
        pass
    if body.startswith("alarm"):
        assert values(session, "sleep 2;", done="true") == {"done": True}
    assert values(session, "", **TRACES) == before


def test_a_session_that_cannot_be_restored_is_replaced(session: Macaulay2) -> None:
    before = values(session, "", width="printWidth")
    with pytest.raises(EngineError):
        values(session, "printWidth = 3; protect symbol printWidth;", done="true")
    assert values(session, "printWidth = printWidth;", width="printWidth") == before


def test_a_random_script_is_the_same_each_time(session: Macaulay2) -> None:
    first = values(session, "", n="random(10^50)")
    assert values(session, "", n="random(10^50)") == first


# -- the standalone form -----------------------------------------------------------------


@pytest.mark.parametrize(("script", "printed"), [
    (DIMENSION, ["dimension = 2", "degree = 2"]),
    (Script("zero, and a field", {"R": R, "f": PolynomialMatrix(R, 1, 1, ({},), "polynomial"),
                                  "M": PolynomialMatrix(PolynomialRingData(()), 1, 2,
                                                        ({(): 2}, {}))}, "",
            {"f": "f", "ring": "ring f === R", "M": "M", "field": "ring M === QQ"}),
     ["f = 0", "ring = true", "M = matrix {{2, 0}}", "field = true"]),
    (Script("the cusp", {"A": PolynomialRingData(("a", "b")), "B": PolynomialRingData(("t",)),
                         "phi": RingMapData("A", "B", PolynomialMatrix(
                             PolynomialRingData(("t",)), 1, 2, ({(2,): 1}, {(3,): 1})))},
            "I = neurovariety phi;", {"I": "I", "dimension": "imageDimension phi"}),
     ["I = ideal(a^3-b^2)", "dimension = 1"]),
    (Script("a random number\nin two lines", {}, "", {"n": "random 10^50"}), None),
], ids=lambda value: value.title if isinstance(value, Script) else "")
def test_a_standalone_script_prints_the_same_results(
        session: Macaulay2, script: Script, printed: list[str] | None, tmp_path) -> None:
    (tmp_path / "script.m2").write_text(script.standalone())
    done = subprocess.run([macaulay2_command(), "--script", "script.m2"], cwd=tmp_path,
                          capture_output=True, text=True, timeout=SOON)
    assert done.returncode == 0, done.stderr
    texts = {name: f"toString ({value})" for name, value in script.results.items()}
    results = session.run(Script(script.title, script.data, script.body, texts))
    expected = [f"{name} = {value}" for name, value in results.items()]
    assert done.stdout.splitlines() == expected
    assert printed is None or printed == expected


# -- other commands, other homes ---------------------------------------------------------


def test_a_missing_macaulay2_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match="pip install passagemath-macaulay2==.*NEUROALG_MAC"
                       "|NEUROALG_MAC.*pip install passagemath-macaulay2=="):
        Macaulay2("/no/such/M2").run(DIMENSION)
    monkeypatch.setenv("NEUROALG_MACAULAY2", "no-such-command --flag")
    with pytest.raises(EngineError, match="no-such-command.*pip install passagemath-macaulay2=="):
        Macaulay2().run(DIMENSION)
    monkeypatch.setenv("NEUROALG_MACAULAY2", "'")
    with pytest.raises(EngineError, match="pip install"):
        Macaulay2().run(DIMENSION)


def test_a_missing_wheel_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEUROALG_MACAULAY2", raising=False)
    monkeypatch.delenv("SAGE_MACAULAY2_COMMAND", raising=False)
    monkeypatch.setattr(sys, "path", [
        entry for entry in sys.path if not (Path(entry) / "sage_wheels").exists()])
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match="pip install passagemath-macaulay2=="):
        Macaulay2().run(DIMENSION)


@pytest.mark.parametrize(("text", "said"), [
    ("echo hello", "did not start"),
    ("kill -ILL $$", "instructions that this processor does not have"),
])
def test_what_is_no_macaulay2_is_one_error(text: str, said: str, tmp_path) -> None:
    command = tmp_path / "M2"
    command.write_text(f"#!/bin/sh\n{text}\n")
    command.chmod(0o755)
    with pytest.raises(EngineError, match=said):
        Macaulay2(str(command)).run(DIMENSION)


def test_another_command_is_used_and_its_version_is_told(tmp_path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    command = folder / "other M2"
    log = tmp_path / "log"
    command.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {macaulay2_command()} "$@"\n')
    command.chmod(0o755)
    with Macaulay2(str(command)) as session:
        assert session.run(DIMENSION) == ANSWER
        assert session.version == subprocess.run(
            [macaulay2_command(), "--version"], capture_output=True, text=True).stdout.strip()
    assert log.read_text().startswith("-q ")


def test_the_home_of_the_user_is_neither_read_nor_written(
        tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    (home / ".Macaulay2").mkdir(parents=True)
    (home / ".Macaulay2" / "init.m2").write_text('error "the file of the user was read"')
    monkeypatch.setenv("HOME", str(home))
    before = sorted(home.rglob("*"))
    with Macaulay2() as session:
        assert session.run(DIMENSION) == ANSWER
        assert values(session, "", home='getenv "HOME"') == {"home": str(home)}
    assert sorted(home.rglob("*")) == before


def test_no_files_are_left_behind(session: Macaulay2, tmp_path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    session.run(DIMENSION)
    with pytest.raises(EngineError):
        values(session, "1/0")
    with pytest.raises(LimitReached):
        session.run(ENDLESS, timeout=0.5)
    assert list(tmp_path.iterdir()) == []
