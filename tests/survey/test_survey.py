"""Surveys: every model once, whatever happens to the process, its workers, or the disk."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import slow

from neuroalg_sage import InputError, LimitReached, NeuroManifold, verify
from neuroalg_sage.cli import main
from neuroalg_sage.errors import EngineError
from neuroalg_sage.survey import (
    Settings,
    Survey,
    about_mlps,
    answer,
    mlps,
    read_specs,
    record,
    workers,
)
from neuroalg_sage.survey import cluster as cluster_room

ROOT = Path(__file__).resolve().parents[2]
ABOUT = {"family": "test"}
SMALL = mlps(2, 2, ["x^2"])  # 12 networks
SMALL_FAMILY = ["--layers", "2", "--width", "2", "--activations", "x^2"]


def lines(directory: Path) -> list[dict]:
    """The results of a survey; every line must be whole."""
    return [json.loads(line) for line in (directory / "results.jsonl").read_text().splitlines()]


def check_each_once(directory: Path, specs: list[str]) -> None:
    assert (directory / "results.jsonl").read_text().endswith("\n")
    assert Counter(line["spec"] for line in lines(directory)) == Counter(specs)


def command(*arguments: str, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "neuroalg_sage", "survey", *arguments], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, **options)


def wait_for_lines(directory: Path, number: int) -> None:
    results = directory / "results.jsonl"
    end = time.monotonic() + 600
    while not results.exists() or results.read_bytes().count(b"\n") < number:
        assert time.monotonic() < end, "no results came"
        time.sleep(0.02)


# -- answers -------------------------------------------------------------------------------


def test_a_survey_says_what_a_neuromanifold_says(tmp_path) -> None:
    names = ["ambient_dimension", "dimension", "expected_dimension", "defect", "is_filling"]
    specs = ["linear:3,2,3", "mlp:2,2,3:x^2", "mlp:3,2,1:x^2", "cnn:3,2:x^2"]
    with Survey(ABOUT, names, directory=tmp_path, jobs=2) as asked:
        asked.run(specs)
    check_each_once(tmp_path, specs)
    for line in lines(tmp_path):
        assert list(line["results"]) == names and "errors" not in line
        for name, result in line["results"].items():
            invariant = NeuroManifold(line["spec"]).compute(name)
            assert result["value"] == invariant.data, (line["spec"], name)
            assert result["status"] == "proved" and result["trust"] == invariant.trust
            assert "certificate" not in result and {"method", "seconds"} <= set(result)


def test_other_invariants_are_asked_of_neuromanifolds() -> None:
    with Survey(ABOUT, ["degree", "ideal"], jobs=1) as asked:
        line = asked.run(["linear:2,1,2"])["linear:2,1,2"]
    assert line["results"]["degree"]["value"] == 2
    assert line["results"]["ideal"]["value"] == ["z_1*z_2 - z_0*z_3"]


def test_certificates_are_kept_where_asked_for_and_hold(tmp_path) -> None:
    with Survey(ABOUT, directory=tmp_path, jobs=1, certificates=True) as asked:
        kept = asked.run(["mlp:2,2,3:x^2"])
    assert "certificate" not in kept["mlp:2,2,3:x^2"]["results"]["dimension"]
    [line] = lines(tmp_path)
    assert {verify(result["certificate"]).invariant for result in line["results"].values()} == {
        "dimension", "expected_dimension", "defect", "is_filling"}


def test_an_unproved_dimension_has_its_probability_of_error() -> None:
    line = answer("mlp:3,5,2:x^3", Settings(("defect",)))
    result = line["results"]["defect"]
    assert result["value"] == 1
    assert (result["status"] == "monte_carlo") == (0 < result.get("error_bound", 0) < 1e-9)


def test_one_answer_that_fails_is_no_reason_to_lose_the_others() -> None:
    line = answer("attention:d=1,a=1,out=1,t=1", Settings(("dimension", "no_such_invariant")))
    assert line["results"]["dimension"]["value"] == 1
    assert line["exit_code"] == 2 and "no invariant" in line["errors"]["no_such_invariant"]


# -- families ------------------------------------------------------------------------------


def test_networks_are_counted_once_and_cheap_ones_come_first() -> None:
    specs = mlps(3, 2, ["x^2", "2*x", "x**2"])
    assert len(specs) == len(set(specs)) == 4 + 2 * (8 + 16)
    assert specs[0] == "linear:1,1" and "mlp:1,1,1:2*x" in specs
    costs = [NeuroManifold(spec).model.parameter_count for spec in specs]
    assert costs == sorted(costs)
    assert all(NeuroManifold(spec).model.spec == spec for spec in specs)


def test_a_file_of_specs(tmp_path, capsys) -> None:
    file = tmp_path / "specs"
    file.write_text("# networks\nmlp:2,2,3:x^2\n\n  mlp:3,2,3:x  \nlinear:3,2,3\ncnn:3,2:x^2\n")
    assert read_specs(file) == ["cnn:3,2:x^2", "mlp:2,2,3:x^2", "linear:3,2,3"]
    assert main(["survey", "specs", str(file), "--jobs", "1", "--quiet",
                 "--invariants", "dimension"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    found = {line["spec"]: line["results"]["dimension"]["value"]
             for line in map(json.loads, printed.out.splitlines())}
    assert found == {"cnn:3,2:x^2": 4, "mlp:2,2,3:x^2": 8, "linear:3,2,3": 8}


# -- a directory -----------------------------------------------------------------------------


def test_a_survey_goes_on_where_it_was(tmp_path, capsys) -> None:
    arguments = ["survey", "mlps", *SMALL_FAMILY, "--directory", str(tmp_path), "--jobs", "1"]
    with Survey(about_mlps(2, 2, ["x^2"]), directory=tmp_path, jobs=1) as asked:
        asked.run(SMALL[:5])
    before = (tmp_path / "results.jsonl").read_bytes()
    assert main(arguments) == 0
    after = (tmp_path / "results.jsonl").read_bytes()
    assert after.startswith(before)
    check_each_once(tmp_path, SMALL)
    printed = capsys.readouterr()
    assert printed.out == "" and "12 of 12 models" in printed.err
    assert main(arguments) == 0
    assert (tmp_path / "results.jsonl").read_bytes() == after


@pytest.mark.parametrize("cut", [1, 7, 200])
def test_a_torn_last_line_is_cut_off_and_nothing_else(cut: int, tmp_path) -> None:
    with Survey(ABOUT, directory=tmp_path, jobs=1) as asked:
        asked.run(SMALL)
    results = tmp_path / "results.jsonl"
    whole = results.read_bytes()
    results.write_bytes(whole[:-cut])
    with Survey(ABOUT, directory=tmp_path, jobs=1) as asked:
        assert len(asked.lines) == len(SMALL) - 1
        assert whole.startswith(results.read_bytes())
        asked.run(SMALL)
    check_each_once(tmp_path, SMALL)


def test_a_line_of_zeros_after_a_crash_is_cut_off(tmp_path) -> None:
    with Survey(ABOUT, directory=tmp_path, jobs=1) as asked:
        asked.run(SMALL[:3])
    whole = (tmp_path / "results.jsonl").read_bytes()
    for tail in (b"\0" * 100, b"\0" * 100 + b"\n", b'{"spec": "linear:1,1"}\n{"spe'):
        (tmp_path / "results.jsonl").write_bytes(whole + tail)
        with Survey(ABOUT, directory=tmp_path, jobs=1) as asked:
            assert len(asked.lines) == 3
        assert (tmp_path / "results.jsonl").read_bytes() == whole


def test_a_directory_of_something_else_is_refused_and_left_as_it_is(tmp_path, capsys) -> None:
    with Survey(about_mlps(2, 2, ["x^2"]), directory=tmp_path / "a", jobs=1) as asked:
        asked.run(SMALL[:2])
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.tex").write_text("precious")
    for name, description in (("c", "{"), ("d", "[]"), ("e", '{"schema": 99}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "survey.json").write_text(description)
        (tmp_path / name / "results.jsonl").write_text("x")
    (tmp_path / "f").write_text("a file")
    older = json.loads((tmp_path / "a" / "survey.json").read_text()) | {"version": "0.0.1"}
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "survey.json").write_text(json.dumps(older))
    (tmp_path / "g" / "results.jsonl").write_text("")
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / "survey.json").write_bytes((tmp_path / "a" / "survey.json").read_bytes())
    (tmp_path / "h" / "results.jsonl").write_text("no result\n{}\n")

    def content() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    before = content()
    for name, said in (("b", "other things"), ("c", "not that of a survey"),
                       ("d", "not that of a survey"), ("e", "schema 99"), ("f", "cannot be used"),
                       ("g", '"0.0.1"'), ("h", "Line 1")):
        assert main(["survey", "mlps", *SMALL_FAMILY, "--directory", str(tmp_path / name)]) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert said in line, (name, line)
    for other in (["mlps", *SMALL_FAMILY[:-1], "x^3"], ["threshold", "2,2"],
                  ["mlps", *SMALL_FAMILY, "--invariants", "defect"],
                  ["mlps", *SMALL_FAMILY, "--seed", "1"]):
        assert main(["survey", *other, "--directory", str(tmp_path / "a")]) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert "name another directory" in line
    assert content() == before


def test_two_surveys_in_one_directory_are_refused(tmp_path) -> None:
    with Survey(ABOUT, directory=tmp_path, jobs=1):
        with pytest.raises(InputError, match="Another survey is at work"):
            Survey(ABOUT, directory=tmp_path, jobs=1)
        # The lock is the system's, so that no file of a dead process holds a directory.
        with open(tmp_path / "results.jsonl") as file, pytest.raises(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    Survey(ABOUT, directory=tmp_path, jobs=1).close()


@pytest.mark.parametrize("where", ["write", "fsync"])
def test_a_full_disk_loses_nothing_that_was_written(where: str, tmp_path, monkeypatch) -> None:
    original = getattr(os, where)
    left = [2]

    def full(file: int, *content: bytes):
        if not left[0]:
            if content:
                original(file, bytes(content[0])[:10])  # a part of a line still fits
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        return original(file, *content)

    with Survey(ABOUT, directory=tmp_path, jobs=1) as asked:
        asked.run(SMALL[:2])
        before = (tmp_path / "results.jsonl").read_bytes()
        left = [0]
        monkeypatch.setattr(record.os, where, full)
        with pytest.raises(LimitReached, match="No space left on device.*2 results are kept"):
            asked.run(SMALL)
        monkeypatch.undo()
    assert (tmp_path / "results.jsonl").read_bytes() == before
    with Survey(ABOUT, directory=tmp_path, jobs=1) as asked:
        asked.run(SMALL)
    check_each_once(tmp_path, SMALL)


def test_a_limit_on_the_size_of_files_ends_with_exit_3_and_whole_lines(tmp_path) -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    process = command("mlps", *SMALL_FAMILY, "--directory", str(tmp_path), "--jobs", "1", "--quiet",
                      preexec_fn=limited)
    printed, said = process.communicate(timeout=600)
    assert process.returncode == 3 and printed == ""
    [line] = said.splitlines()
    assert "cannot be written" in line
    assert 0 < len(lines(tmp_path)) < len(SMALL)
    assert main(["survey", "mlps", *SMALL_FAMILY, "--directory", str(tmp_path), "--quiet"]) == 0
    check_each_once(tmp_path, SMALL)


@pytest.mark.parametrize("question", [["mlps", *SMALL_FAMILY], ["threshold", "2,2"]])
def test_output_that_cannot_be_written_gets_one_sentence(question, tmp_path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "neuroalg_sage", "survey", *question,
                               "--quiet"], stdout=full, stderr=subprocess.PIPE, text=True,
                              env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=600)
    [line] = done.stderr.splitlines()
    assert done.returncode == 3 and "cannot be printed" in line


def test_a_reader_that_leaves_ends_the_survey_in_peace() -> None:
    process = command("mlps", "--layers", "3", "--width", "3", "--activations", "x^2", "--quiet")
    assert process.stdout is not None and process.stderr is not None
    # Whichever worker is first.
    assert json.loads(process.stdout.readline())["spec"].startswith(("linear:", "mlp:"))
    process.stdout.close()
    assert process.wait(60) == 0 and process.stderr.read() == ""
    process.stderr.close()


# -- workers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1])
def test_a_worker_that_is_killed_loses_nothing(tmp_path, which: int) -> None:
    specs = mlps(3, 2, ["x^2", "x^3"])
    killed: list[int] = []

    def kill(line: dict) -> None:
        # Once, so that no model meets two deaths.
        if len(asked.lines) >= 15 and not killed:
            process = asked._workers.workers[which]._process
            if process is not None:
                killed.append(process.pid)
                os.kill(process.pid, signal.SIGKILL)

    with Survey(ABOUT, directory=tmp_path, jobs=2, each=kill) as asked:
        asked.run(specs)
        assert asked.exit_code == 0
    assert killed
    check_each_once(tmp_path, specs)


DEADLY = """
import os, signal
from neuroalg_sage.survey import workers
original = workers.answer
def answer(spec, settings, interrupt_after):
    if spec == "linear:2,2":
        open(os.environ["ATTEMPTS"], "a").write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    if spec == "linear:2,1":
        raise_signal = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        import time; time.sleep(100)
    return original(spec, settings, interrupt_after)
workers.answer = answer
workers.serve()
"""


def test_a_deadly_model_is_tried_twice_and_costs_only_itself(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(workers, "SERVE", f"exec({DEADLY!r})")
    monkeypatch.setenv("ATTEMPTS", str(tmp_path / "attempts"))
    with Survey(ABOUT, directory=tmp_path / "s", jobs=2) as asked:
        found = asked.run(["linear:1,1", "linear:2,2", "linear:1,2"])
        assert asked.exit_code == EngineError.exit_code
    assert "signal 9" in found["linear:2,2"]["errors"]["dimension"]
    assert [found[spec]["results"]["dimension"]["value"]
            for spec in ("linear:1,1", "linear:1,2")] == [1, 2]
    assert (tmp_path / "attempts").read_text() == "xx"
    check_each_once(tmp_path / "s", list(found))


def test_a_worker_that_does_not_heed_its_limit_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(workers, "SERVE", f"exec({DEADLY!r})")
    # The limit is long, but over at once for the model that does not heed it.
    send, receive, last = workers.Worker._send, workers.Worker._receive, []

    def sent(self: workers.Worker, process: subprocess.Popen, page: Any) -> None:
        last.append(page)
        send(self, process, page)

    def received(self: workers.Worker, process: subprocess.Popen, seconds: float | None) -> Any:
        return receive(self, process, 0.0 if last[-1] == "linear:2,1" else seconds)

    monkeypatch.setattr(workers.Worker, "_send", sent)
    monkeypatch.setattr(workers.Worker, "_receive", received)
    with Survey(ABOUT, jobs=1, timeout=100000.0) as asked:
        found = asked.run(["linear:2,1", "linear:1,1"])
        assert asked.exit_code == LimitReached.exit_code
    assert "limit of 100000 s" in found["linear:2,1"]["errors"]["defect"]
    assert found["linear:1,1"]["results"]["defect"]["value"] == 0


LIMITED = """
import signal
from neuroalg_sage.survey import workers
original = workers.answer
def answer(spec, settings, interrupt_after):
    if spec == "linear:2,1":
        if settings.memory_gb:
            held = bytearray(10**9)
        signal.raise_signal(signal.SIGALRM)
    return original(spec, settings, interrupt_after)
workers.answer = answer
workers.serve()
"""


@pytest.mark.parametrize(("limit", "said"), [
    (["--timeout", "100000"], "limit of 100000 s"), (["--memory", "0.4"], "memory")])
def test_limits_of_time_and_memory_are_those_of_one_model(limit, said, tmp_path, capsys,
                                                          monkeypatch) -> None:
    monkeypatch.setattr(workers, "SERVE", f"exec({LIMITED!r})")
    file = tmp_path / "specs"
    file.write_text("linear:2,2\nlinear:2,1\n")
    assert main(["survey", "specs", str(file), "--jobs", "1", "--quiet", *limit]) == 3
    found = {line["spec"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert found["linear:2,2"]["results"]["dimension"]["value"] == 4
    assert found["linear:2,1"]["results"] == {}
    assert said in found["linear:2,1"]["errors"]["dimension"]


def test_a_worker_that_holds_too_much_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(workers.processes, "limit_growth", lambda pid, room: None)
    monkeypatch.setattr(workers.processes, "resident", lambda pids: 10**12)
    monkeypatch.setattr(workers, "SERVE", f"exec({DEADLY!r})")
    with Survey(ABOUT, jobs=1, memory_gb=100.0) as asked:
        found = asked.run(["linear:2,1"])
    assert "limit of 100 GB of memory" in found["linear:2,1"]["errors"]["defect"]


@pytest.mark.parametrize("line", [
    "[]", slow("3"), slow("null"), slow('"text"'), slow('{"spec": 3, "results": {}}'),
    '{"spec": [], "results": {}}', slow('{"spec": "linear:1,1", "results": []}'),
    slow('{"spec": "linear:1,1", "results": {"defect": 3}}'),
    '{"spec": "linear:1,1", "results": {"defect": {}}}',
    slow('{"spec": "linear:1,1", "results": {}, "errors": 3}'),
    slow('{"spec": "linear:1,1", "results": {}, "errors": {}, "exit_code": "x"}')])
def test_a_line_of_the_wrong_type_is_one_sentence(line: str, tmp_path, capsys) -> None:
    command = ["survey", "mlps", *SMALL_FAMILY, "--directory", str(tmp_path), "--quiet"]
    assert main(command) == 0
    results = tmp_path / "results.jsonl"
    first, *others = results.read_text().splitlines()
    results.write_text("\n".join([first, line, *others]) + "\n")
    assert main(command) == 2
    printed = capsys.readouterr()
    assert "Line 2 of results.jsonl" in printed.err and printed.err.count("\n") == 1


@pytest.mark.parametrize("name", ["results.jsonl", "survey.json"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(name: str, tmp_path, capsys) -> None:
    os.mkfifo(tmp_path / name)
    assert main(["survey", "mlps", *SMALL_FAMILY, "--directory", str(tmp_path), "--quiet"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    pipe = tmp_path / "specs"
    os.mkfifo(pipe)
    assert main(["survey", "specs", str(pipe), "--quiet"]) == 2
    assert "names no model" in capsys.readouterr().err


def test_workers_leave_with_the_survey_that_is_killed(tmp_path) -> None:
    import psutil

    process = command("mlps", "--layers", "4", "--width", "3", "--activations", "x^2",
                      "--directory", str(tmp_path), "--jobs", "2", "--quiet")
    wait_for_lines(tmp_path, 5)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) == 3  # the one that works for the command, and its two workers
    process.kill()
    process.communicate(timeout=600)
    _, alive = psutil.wait_procs(children, timeout=600)
    assert alive == []
    assert len({line["spec"] for line in lines(tmp_path)}) >= 5


def test_control_c_keeps_what_was_done(tmp_path) -> None:
    family = ["mlps", "--layers", "3", "--width", "3", "--activations", "x^2",
              "--directory", str(tmp_path), "--jobs", "2"]
    process = command(*family)
    wait_for_lines(tmp_path, 5)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=600)
    assert process.returncode == 130 and printed == ""
    assert said.splitlines()[-1] == "neuroalg: interrupted." and "Traceback" not in said
    done = len(lines(tmp_path))
    assert 5 <= done < len(mlps(3, 3, ["x^2"]))
    assert main(["survey", *family, "--quiet"]) == 0
    check_each_once(tmp_path, mlps(3, 3, ["x^2"]))


# -- wrong input -----------------------------------------------------------------------------

WRONG = [
    (["survey"], "KIND"),
    (["survey", "polls"], "polls"),
    (["survey", "mlps", "--layers", "2"], "--width"),
    (["survey", "mlps", "--layers", "0", "--width", "2", "--activations", "x^2"], "'0'"),
    (["survey", "mlps", "--layers", "2", "--width", "2", "--activations", "relu"], "polynomial"),
    (["survey", "mlps", "--layers", "2", "--width", "2", "--activations", ","], "activations"),
    (["survey", "mlps", "--layers", "99999", "--width", "1", "--activations", "x"], "200"),
    (["survey", "mlps", "--layers", "9", "--width", "99", "--activations", "x^2"], "over 1000000"),
    (["survey", "mlps", *SMALL_FAMILY, "--invariants", "dimensoin"], "dimension"),
    (["survey", "mlps", *SMALL_FAMILY, "--invariants", ","], "at least one"),
    (["survey", "mlps", *SMALL_FAMILY, "--jobs", "-1"], "-1"),
    (["survey", "mlps", *SMALL_FAMILY, "--timeout", "0"], "positive"),
    (["survey", "mlps", *SMALL_FAMILY, "--directory", "/dev/null/survey"], "cannot be used"),
    (["survey", "mlps", *SMALL_FAMILY, "--directory", "\0"], "cannot be used"),
    (["survey", "specs", "no-such-file"], "no-such-file"),
    (["survey", "specs", "/"], "directory"),
    (["survey", "mlps", *SMALL_FAMILY, "--scheduler", "nonsense"], "tcp://host:port"),
    (["survey", "mlps", *SMALL_FAMILY, "--scheduler", "tcp://127.0.0.1:1"], "no scheduler"),
    (["survey", "mlps", *SMALL_FAMILY, "--scheduler", "tcp://127.0.0.1:99999"], "no scheduler"),
    (["survey", "threshold", "2"], "two widths"),
    (["survey", "threshold", "2,zwei"], "zwei"),
    (["survey", "threshold", "2,2,2", "--largest", "999999"], "largest allowed"),
    (["survey", "filling", "--depth", "99", "--inputs", "2", "--outputs", "1", "--degree", "2",
      "--widest", "9"], "over"),
    (["survey", "filling", "--depth", "9999999", "--inputs", "2", "--outputs", "1", "--degree",
      "1", "--widest", "1"], "layers"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_wrong_input_gets_one_sentence_and_exit_2(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    printed = capsys.readouterr()
    # Where the machine is slow, there is progress before.
    [line] = [line for line in printed.err.splitlines() if not line.startswith("[")]
    assert printed.out == "" and said in line and "Traceback" not in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("content", "said"), [
    (b"", "no model"), (b"# nothing\n\n", "no model"), (b"\xff\xfe", "UTF-8"),
    (b"linear:1,1\nmpl:2,2:x\n", "Line 2"), (b"linear:0\n", "Line 1")])
def test_a_file_of_other_things_gets_one_sentence(content, said, tmp_path, capsys) -> None:
    (tmp_path / "specs").write_bytes(content)
    assert main(["survey", "specs", str(tmp_path / "specs")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize("options", [{"jobs": 0}, {"timeout": 0.0}, {"memory_gb": -1.0}])
def test_limits_are_positive(options, tmp_path) -> None:
    with pytest.raises(InputError):
        Survey(ABOUT, directory=tmp_path / "s", **options)
    assert not (tmp_path / "s").exists()


def test_without_distributed_a_sentence_names_what_to_install(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["survey", "mlps", *SMALL_FAMILY, "--scheduler", "tcp://127.0.0.1:8786"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "pip install 'neuroalg-sage[cluster]'" in line


# -- on a cluster ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster():
    """A real cluster of two processes."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True,
                      dashboard_address=None, silence_logs=50) as local:
        yield local


def test_a_cluster_answers_like_this_machine(cluster, tmp_path) -> None:
    with Survey(ABOUT, directory=tmp_path, scheduler=cluster.scheduler_address, seed=1) as asked:
        there = asked.run(SMALL)
    check_each_once(tmp_path, SMALL)
    with Survey(ABOUT, jobs=1, seed=1) as asked:
        here = asked.run(SMALL)
    for spec in SMALL:
        assert [(name, result["value"], result["status"])
                for name, result in there[spec]["results"].items()] == [
            (name, result["value"], result["status"])
            for name, result in here[spec]["results"].items()]


def test_a_dask_worker_that_is_killed_loses_and_doubles_nothing(cluster, tmp_path) -> None:
    specs = mlps(4, 2, ["x^2", "x^3"])
    killed: list[int] = []

    def kill(line: dict) -> None:
        # Lines come several at once: the number need not be met exactly.
        if len(killed) < 2 and len(asked.lines) >= (5, 25)[len(killed)]:
            worker = list(cluster.workers.values())[len(killed)]
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    with Survey(ABOUT, directory=tmp_path, scheduler=cluster.scheduler_address,
                each=kill) as asked:
        asked.run(specs)
        assert asked.exit_code == 0
    assert len(set(killed)) == 2
    check_each_once(tmp_path, specs)


def test_a_scheduler_that_is_lost_leaves_a_survey_that_goes_on(tmp_path) -> None:
    scheduler_file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    common = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen([*dask, "scheduler", "--host", "127.0.0.1", "--port", "0",
                                  "--no-dashboard", "--scheduler-file", str(scheduler_file)],
                                 **common)
    end = time.monotonic() + 600
    address = None
    while address is None:
        assert time.monotonic() < end and scheduler.poll() is None
        time.sleep(0.05)
        # The file is there before all of it is written.
        with suppress(FileNotFoundError, json.JSONDecodeError):
            address = json.loads(scheduler_file.read_text())["address"]
    worker = subprocess.Popen([*dask, "worker", address, "--nworkers", "1", "--nthreads", "1",
                               "--no-nanny", "--no-dashboard", "--local-directory",
                               str(tmp_path)], **common)
    specs = mlps(4, 3, ["x^2"])
    try:
        with Survey(ABOUT, directory=tmp_path / "s", scheduler=address, each=lambda line:
                    scheduler.kill() if len(asked.lines) >= 5 else None) as asked:
            with pytest.raises(EngineError, match="connection to the scheduler.*was lost"):
                asked.run(specs)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    assert 5 <= len(lines(tmp_path / "s")) < len(specs)
    with Survey(ABOUT, directory=tmp_path / "s") as asked:
        asked.run(specs)
    check_each_once(tmp_path / "s", specs)


def test_something_that_is_no_scheduler_is_said_to_be_none(monkeypatch, capsys) -> None:
    import socket

    monkeypatch.setattr(cluster_room, "SCHEDULER_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.accept, daemon=True)
        thread.start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        assert main(["survey", "mlps", *SMALL_FAMILY, "--scheduler", address]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "does not answer as a Dask scheduler" in line
