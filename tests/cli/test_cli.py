"""The shell: what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import macaulay2_command

from neuroalg_sage import NeuroManifold, verify
from neuroalg_sage.cli import main
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.formats import FORMATS, read_mrdi
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.limits import whole
from neuroalg_sage.processes import descendants

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str, cwd: Path | None = None, **environment: str
        ) -> subprocess.CompletedProcess:
    """The command in a process of its own, as a user has it."""
    return subprocess.run(
        [sys.executable, "-m", "neuroalg_sage", *arguments], capture_output=True, text=True,
        cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, timeout=600)


# -- answers -------------------------------------------------------------------------------


def test_compute_prints_values_with_their_status(capsys) -> None:
    assert main(["compute", "linear:3,2,3", "dimension", "degree", "singular_locus",
                 "--method", "elimination"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "dimension = 8  [proved]", "degree = 3  [proved]",
        "singular_locus = a component of dimension 5, degree 6, multiplicity 2, the closure of "
        "linear:3,1,3, layer 1 of rank 1, layer 2 of rank 1  [proved; no others: proved, "
        "trusting macaulay2]"]
    assert "Macaulay2:" in printed.err and "degree:" in printed.err


def test_compute_as_json_is_one_object_with_certificates_that_hold(capsys) -> None:
    names = ["dimension", "ideal", "degree", "hilbert_polynomial", "is_filling", "defect"]
    assert main(["compute", "mlp:2,2,3:x^2", *names, "--json", "--quiet",
                 "--method", "elimination"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    page = json.loads(printed.out)
    assert page["schema"] == 1 and page["model"]["spec"] == "mlp:2,2,3:x^2"
    assert list(page["results"]) == names
    for name, result in page["results"].items():
        assert {"value", "status", "trust", "method", "seconds", "certificate"} <= set(result)
        assert result["status"] == "proved" and result["trust"] == []
        assert verify(result["certificate"]).invariant == name
    assert page["results"]["degree"]["value"] == 3
    assert page["results"]["is_filling"]["value"] is False
    assert len(page["results"]["ideal"]["value"]) == 1


def test_report_in_all_its_forms(capsys) -> None:
    pages = {}
    for form in ("", "--json", "--latex"):
        assert main(["report", "linear:2,1,2", "--quiet", *([form] if form else [])]) == 0
        pages[form] = capsys.readouterr().out
    assert "z_0 = w_0*w_2" in pages[""] and "z_1*z_2 - z_0*z_3" in pages[""]
    assert re.search(r"degree\s+2\s+\[proved\]", pages[""])
    assert set(json.loads(pages["--json"])["results"]) >= {"dimension", "ideal", "singular_locus"}
    assert pages["--latex"].startswith(r"\documentclass")
    assert pages["--latex"].count(r"\begin{") == pages["--latex"].count(r"\end{")
    assert "z_{1} z_{2} - z_{0} z_{3}" in pages["--latex"]


def test_a_filling_model_is_reported_at_once(capsys) -> None:
    assert main(["report", "mlp:2,2,2,1:x^2", "--quiet"]) == 0
    page = capsys.readouterr().out
    assert re.search(r"is_filling\s+yes", page) and re.search(r"ideal\s+zero", page)


def test_a_model_file_is_a_model(tmp_path, capsys) -> None:
    file = tmp_path / "model.json"
    file.write_text(json.dumps({"parameters": ["a", "b"], "inputs": ["x", "y"],
                                "outputs": ["(a*x + b*y)^2"]}))
    assert main(["compute", str(file), "dimension", "ideal", "--quiet"]) == 0
    assert "z_1^2 - 4*z_0*z_2" in capsys.readouterr().out


@pytest.mark.parametrize("spec", ["mlp:2,2,2:x^3", "mlp:2,2,2,1:x^2"])
def test_every_format_of_an_ideal_is_read_by_its_system(spec: str, tmp_path, capsys) -> None:
    ideal = NeuroManifold(spec).ideal().value
    texts = {}
    for form in FORMATS:
        assert main(["ideal", spec, "--format", form, "--quiet"]) == 0
        texts[form] = capsys.readouterr().out
    ring = ideal.ring()
    assert ring.ideal([ring(line) for line in texts["text"].splitlines()]) == ideal
    import sage.all__sagemath_singular  # noqa: F401
    from sage.interfaces.singular import singular
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    # What the user types in a worksheet, where names are injected into the globals.
    lines = texts["sage"].replace("^", "**").splitlines()
    names: dict = {"PolynomialRing": PolynomialRing, "QQ": QQ}
    exec(lines[0], names)
    names.update(names["V"].gens_dict())
    exec(lines[2], names)
    assert ring.ideal([ring(g) for g in names["I"].gens()]) == ideal
    for form in ("mrdi", "oscar"):
        assert ring.ideal(read_mrdi(texts[form]).to_sage(ring)) == ideal
    singular.eval(texts["singular"])
    count = len([g for g in ideal.gens() if g])
    assert int(singular.eval("size(I)")) == count
    script = tmp_path / "ideal.m2"
    script.write_text(texts["m2"] + '\nprint numgens trim I; print dim I\n')
    printed = subprocess.run([macaulay2_command(), "--script", str(script)],
                             capture_output=True, text=True, timeout=600)
    assert printed.stdout.split() == [str(count), f"{NeuroManifold(spec).dimension():d}"]
    assert texts["latex"].startswith(r"\left\langle ")


@pytest.mark.parametrize(("invariant", "expected"), [
    ("dimension", "dimension = 8"), ("degree", "degree = 3"),
    ("ideal", "ideal = ideal(z_2*z_4*z_6-z_1*z_5*z_6-z_2*z_3*z_7+z_0*z_5*z_7"
              "+z_1*z_3*z_8-z_0*z_4*z_8)"),
])
def test_a_script_runs_in_macaulay2_alone(invariant, expected, tmp_path, capsys) -> None:
    assert main(["script", "linear:3,2,3", invariant, "--quiet"]) == 0
    text = capsys.readouterr().out
    script = tmp_path / "script.m2"
    script.write_text(text)
    printed = subprocess.run([macaulay2_command(), "--script", str(script)],
                             capture_output=True, text=True, timeout=600)
    assert printed.returncode == 0
    assert printed.stdout.splitlines()[-1] == expected


def test_certificates_are_written_and_verified(tmp_path, capsys) -> None:
    file = tmp_path / "certificates.json"
    assert main(["compute", "mlp:2,2,2:x^3", "dimension", "degree", "--quiet",
                 "--certificate", str(file)]) == 0
    capsys.readouterr()
    assert main(["verify", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and all(": valid: " in line for line in lines)
    file.write_text(file.read_text().replace('"value": 6', '"value": 7'))
    assert main(["verify", str(file)]) == 1
    assert "rejected" in capsys.readouterr().err


def test_verify_needs_neither_sage_nor_macaulay2(tmp_path) -> None:
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(NeuroManifold("linear:3,2,3").certificate("degree")))
    code = ("import sys; from neuroalg_sage.cli import main; "
            f"code = main(['verify', {str(file)!r}]); "
            "print(sorted({m.split('.')[0] for m in sys.modules} "
            "& {'sage', 'numpy', 'sympy', 'pexpect'})); sys.exit(code)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == "[]"


# -- wrong input ---------------------------------------------------------------------------

WRONG = [
    (["compute", "mpl:2,2,1:x^2", "dimension"], "mlp"),
    (["compute", "mlp:", "dimension"], "sizes"),
    (["compute", "mlp:2,0,1:x^2", "dimension"], "0"),
    (["compute", "mlp:2,2,1:relu", "dimension"], "polynomial"),
    (["compute", "mlp:2,2,1:x^x", "dimension"], "polynomial"),
    (["compute", "cnn:3,2:x^2:out=0", "dimension"], "0"),
    (["compute", "mlp:2,1000000000,1:x^2", "dimension"], "1000000"),
    (["compute", "mlp:2,2,1:x^1000000000", "dimension"], "largest allowed"),
    (["compute", "mlp:2,2,1:x^2", "dimensoin"], "dimension"),
    (["compute", "no-such-file.json", "dimension"], "no-such-file.json"),
    (["compute", "linear:3,2,3", "degree", "--timeout", "-1"], "positive"),
    (["compute", "linear:3,2,3", "degree", "--certificate", "/no/such/folder/c.json"], "folder"),
    (["compute", "linear:3,2,3", "degree", "--method", "magic"], "magic"),
    (["compute", "linear:3,2,3"], "INVARIANT"),
    (["script", "linear:3,2,3", "defect"], "script"),
    (["ideal", "linear:3,2,3", "--format", "maple"], "maple"),
    (["paint", "linear:3,2,3"], "paint"),
    (["verify", "no-such-certificate.json"], "cannot be read"),
    ([], "COMMAND"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_wrong_input_gets_one_sentence_and_exit_2(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.strip().splitlines()
    assert len(lines) == 1 and said in lines[0] and "Traceback" not in lines[0], printed.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [
    b"", b"{", b"not json", b"[" * 10_000, b'{"a":' * 10_000, b"\xff\xfe\x00", b"[1, 2]", b"null",
    b'{"spec": 3}', b'{"parameters": ["a"], "inputs": ["x"], "outputs": ["__import__(\'os\')"]}',
    b'{"parameters": ["exit"], "inputs": ["x"], "outputs": ["a*x"]}',
    b'{"parameters": ["QQ", "b"], "inputs": ["x"], "outputs": ["QQ*x + b"]}',
    b'{"parameters": ["a;run"], "inputs": ["x"], "outputs": ["a*x"]}',
    b'{"parameters": ["a"], "inputs": ["x"], "outputs": ["a*x^(10^9)"]}',
    b'{"parameters": ["a"], "inputs": ["x"], "outputs": ["1/0*a*x"]}',
    b'{"layers": [{"kind": "dense", "inputs": 1000000000, "outputs": 2}], "input_shape": [2]}',
])
def test_a_wrong_model_file_gets_one_sentence_and_exit_2(content: bytes, tmp_path, capsys) -> None:
    file = tmp_path / "model.json"
    file.write_bytes(content)
    assert main(["compute", str(file), "dimension"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and len(printed.err.strip().splitlines()) == 1
    assert [f.name for f in tmp_path.iterdir()] == ["model.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"[" * 10_000, b"\x00",
                                     b'{"schema":'])
def test_what_is_no_certificate_gets_one_sentence_and_exit_2(content, tmp_path, capsys) -> None:
    file = tmp_path / "certificate.json"
    file.write_bytes(content)
    assert main(["verify", str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and len(printed.err.strip().splitlines()) == 1


def test_the_process_itself_ends_with_the_same_code(tmp_path) -> None:
    done = run("compute", "mpl:2,2,1:x^2", "dimension", "--quiet", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


# -- limits, interrupts, accidents ---------------------------------------------------------

HARD = "mlp:3,3,2:x^3"  # its elimination does not end within a test


def test_a_limit_prints_what_was_answered_and_exits_3(tmp_path, monkeypatch, capsys) -> None:
    file = tmp_path / "certificate.json"

    def expire(self: Computation, script: Script, timeout: float | None = None) -> None:
        whole.deadline = self.deadline = time.monotonic() - 1.0
        raise whole.time_is_over(script.title)

    monkeypatch.setattr(Computation, "run", expire)
    assert main(["compute", HARD, "dimension", "ideal", "degree", "--timeout", "100000", "--quiet",
                 "--method", "elimination", "--certificate", str(file)]) == 3
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["dimension = 12  [proved]"]
    ideal, degree = printed.err.splitlines()
    assert re.match("neuroalg: ideal: .*limit of 100000 s was reached.*--timeout", ideal)
    assert re.match("neuroalg: degree: .*limit of 100000 s was reached.*--timeout", degree)
    assert verify(json.loads(file.read_text())).value == 12


def _started(*arguments: str, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "neuroalg_sage", *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment)


def _wait_for_macaulay2(process: subprocess.Popen, folder: Path) -> list[int]:
    """Wait until the elimination runs; the ids of Macaulay2's processes."""
    assert process.stderr is not None
    for line in process.stderr:
        if "Macaulay2: the ideal" in line:
            break
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        # The file that says that a script has begun.
        if list(folder.glob("neuroalg-*/begun")):
            return [pid for pid in descendants(process.pid) if "M2" in _name(pid)]
        time.sleep(0.1)
    raise AssertionError("Macaulay2 did not start")


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_ctrl_c_ends_everything_with_130(tmp_path) -> None:
    process = _started("compute", HARD, "dimension", "ideal", "--method", "elimination",
                       TMPDIR=str(tmp_path))
    children = _wait_for_macaulay2(process, tmp_path)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "neuroalg: interrupted." and "Trace" not in errors
    assert not any(Path(f"/proc/{c}").exists() for c in children)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_ending_the_command_ends_macaulay2(tmp_path) -> None:
    process = _started("compute", HARD, "dimension", "ideal", "--method", "elimination",
                       TMPDIR=str(tmp_path))
    children = _wait_for_macaulay2(process, tmp_path)
    process.terminate()
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 128 + signal.SIGTERM and "Traceback" not in errors
    assert not any(Path(f"/proc/{c}").exists() for c in children)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_a_killed_macaulay2_is_one_clear_error(tmp_path) -> None:
    process = _started("compute", HARD, "dimension", "ideal", "--method", "elimination",
                       TMPDIR=str(tmp_path))
    for child in _wait_for_macaulay2(process, tmp_path):
        os.kill(child, signal.SIGKILL)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 1
    assert output.splitlines() == ["dimension = 12  [proved]"]
    assert "Macaulay2 ended" in errors.strip().splitlines()[-1] and "Traceback" not in errors


def test_a_missing_macaulay2_names_the_package_that_brings_it() -> None:
    done = run("compute", "linear:3,2,3", "dimension", "degree", "--method", "elimination",
               NEUROALG_MACAULAY2="/no/such/M2")
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["dimension = 8  [proved]"]
    assert "pip install passagemath-macaulay2" in done.stderr and "Traceback" not in done.stderr


def test_another_macaulay2_is_used_and_recorded(tmp_path, capsys) -> None:
    log = tmp_path / "log"
    wrapper = tmp_path / "other-M2"
    wrapper.write_text(f'#!/bin/sh\necho used >> {log}\nexec {macaulay2_command()} "$@"\n')
    wrapper.chmod(0o755)
    assert main(["compute", "linear:2,1,2", "degree", "--json", "--quiet",
                 "--method", "elimination", "--macaulay2", str(wrapper)]) == 0
    result = json.loads(capsys.readouterr().out)["results"]["degree"]
    assert log.read_text().startswith("used")
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", result["certificate"]["engines"]["macaulay2"])


def test_a_closed_pipe_is_no_accident() -> None:
    process = _started("report", "mlp:2,2,3:x^2", "--quiet")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=600) in (0, 1, 3)
    assert process.stderr is not None and "Traceback" not in process.stderr.read()


def test_help_is_complete(capsys) -> None:
    for words in (["--help"], *([c, "--help"] for c in
                                ("report", "compute", "ideal", "script", "verify"))):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 0
        assert "Exit codes" in capsys.readouterr().out


def test_a_large_ideal_does_not_fill_the_terminal(capsys) -> None:
    assert main(["compute", "linear:4,1,4", "ideal", "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ideal = generated by 36 polynomials of degree 2")
    assert len(lines) == 15 and "24 more" in lines[-2]
    assert "neuroalg ideal linear:4,1,4" in lines[-1]


def test_the_version_and_the_public_names() -> None:
    import neuroalg_sage

    assert neuroalg_sage.__version__.count(".") == 2
    assert "Any" not in dir(neuroalg_sage) and "NeuroManifold" in dir(neuroalg_sage)
