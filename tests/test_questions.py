"""
What is demanded of every question that declares itself, each asked of one small model.

A question that takes nothing is asked here as soon as it is declared.  Of one that takes a
function, data or the like, ``EXAMPLES`` has what is asked.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import chromium
import pytest
from claims import mutant
from conftest import FRESH_SEED
from implied import is_implied

from neuroalg_sage import ERM, NeuroManifold, bibliography, questions
from neuroalg_sage.cache.codec import encode
from neuroalg_sage.cache.memory import Memory
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.question import Question, named

ROOT = Path(__file__).resolve().parents[1]
SEED = 1

# -- what is asked ---------------------------------------------------------------------------

# The cone over a conic: it has equations, a singular point, a conservation law, functions with
# few and with many critical points, and pictures.
MODEL = "mlp:2,1,1:x^2"
DATA = [[1, 0, 1], [0, 1, 2], [1, 1, 1], [1, 2, 0]]
# Of this one most answers take long enough to be interrupted.
LARGE = "mlp:3,3,2:x^2"


@dataclass(frozen=True)
class Example:
    """
    What a question is asked about.

    - ``arguments`` -- of its method
    - ``words`` -- the same in a shell, where ``{data}`` and ``{picture}`` are names of files
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()


FUNCTION = Example({"function": [1, 2, 1]}, ("--coordinates", "1,2,1"))
PART = Example({"epsilon": "1/2", "radius": 1}, ("--epsilon", "1/2", "--radius", "1"))
PLANE = [[1, 0, 0], [0, 0, 1]]
EXAMPLES = {
    "fiber": FUNCTION,
    "voronoi_cell": FUNCTION,
    "polyhedral_distance": Example({"function": [1, 0, 1]}),
    "balanced_initialization": Example({"function": [1, 2, 1]}, ("--function", "1,2,1")),
    "loss_critical_locus": Example({"target": [1, 0, 2]}, ("--coordinates", "1,0,2")),
    "training_critical_locus": Example({"problem": DATA}, ("--data", "{data}")),
    "critical_functions": Example({"problem": DATA}, ("--data", "{data}", "--of", "functions")),
    "ramification_locus": Example({"problem": DATA}, ("--data", "{data}", "--of", "ramification")),
    "critical_points": Example({"problem": DATA}, ("--data", "{data}")),
    "cross_entropy_points": Example(
        {"data": DATA, "normalization": "joint"},
        ("--data", "{data}", "--loss", "cross_entropy", "--normalization", "joint")),
    "loss_bounds": Example({"problem": DATA}, ("--data", "{data}", "--method", "sos")),
    "multistart": Example({"problem": DATA, "starts": 5}, ("--data", "{data}", "--method",
                                                           "multistart", "--starts", "5")),
    "invariant_parameters": Example({"matrix": [[0, -1], [1, 0]]}, ("--matrix", "0,-1;1,0")),
    "bifurcation": Example({"start": [1, 0, 1], "end": [1, 1, 1]}, ("--line", "1,0,1;1,1,1")),
    "critical_regions": Example({"directions": PLANE, "samples": 3}),
    "covering_number": PART,
    "tube_volume": PART,
    "estimated_tube_volume": Example(PART.arguments | {"samples": 60},
                                     (*PART.words, "--tube-samples", "60")),
    "real_rank": FUNCTION,
    "real_ranks": Example({"samples": 20}, ("--samples", "20")),
    "sample_complexity": Example(PART.arguments | {"delta": "1/10", "inputs": 1, "targets": 1},
                                 (*PART.words, "--delta", "1/10")),
    "necessary_samples": Example(PART.arguments | {"delta": "1/10", "noise": 1},
                                 (*PART.words, "--delta", "1/10", "--noise", "1")),
    "plot": Example({}, ("--output", "{picture}")),
}
# Of a network at given weights, and of cells, there are tests in tests/piecewise; of rational
# functions in tests/models.
DECLARED = {name: question for name, question in questions.declared().items()
            if question.of == Question.of and question.of_polynomials and name != "is_cell_empty"}
BY_NAME = [name for name, question in DECLARED.items() if question.is_computed]
BY_COMMAND = [name for name, question in DECLARED.items() if question.command]


def example(question: Question) -> Example:
    """What a question is asked about."""
    found = EXAMPLES.get(question.name)
    if found is None:
        assert question.is_computed, (
            f"The question {question.name} takes {question.takes or 'arguments'}: say in EXAMPLES "
            f"of {Path(__file__).name} about what it is asked of {MODEL}.")
        return Example()
    return found


def ask(manifold: NeuroManifold, name: str) -> Any:
    """The answer of a neuromanifold to a question."""
    arguments = dict(example(DECLARED[name]).arguments)
    if "problem" in arguments:
        arguments["problem"] = ERM(MODEL, arguments["problem"])
    return getattr(manifold, name)(**arguments)


def in_words(name: str, folder: Path, spec: str = MODEL) -> list[str]:
    """The command that asks a question."""
    question, asked = DECLARED[name], example(DECLARED[name])
    if question.is_computed:
        return ["compute", spec, name]
    data = folder / "data.csv"
    data.write_text("".join(",".join(map(str, row)) + "\n" for row in DATA))
    return [question.command, MODEL, *(word.format(data=data, picture=folder / "picture.html")
                                       for word in asked.words)]


def has_json(name: str) -> bool:
    """Whether the command that asks a question can print JSON."""
    return issubclass(named(DECLARED[name].answer), Invariant) or hasattr(
        named(DECLARED[name].answer), "answers")


def parts(answer: Any) -> list[Invariant]:
    """The invariants of which an answer consists; a picture has none."""
    return [answer] if isinstance(answer, Invariant) else list(getattr(answer, "answers", ()))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that processes beside each other share, so that they ask each question once."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "answers"


@pytest.fixture(scope="module")
def manifold(store: Path) -> NeuroManifold:
    return NeuroManifold(MODEL, seed=SEED, cache=store)


@pytest.fixture(scope="module")
def answers(manifold: NeuroManifold, store: Path) -> dict[str, list[Invariant]]:
    """The answers to all questions but those for pictures."""
    with open(store.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second finds what the first one has kept
        found = {name: parts(ask(manifold, name)) for name in DECLARED if has_json(name)}
    assert all(found.values())
    return found


def about(name: str, answers: dict[str, list[Invariant]]) -> list[Invariant]:
    if name not in answers:
        pytest.skip("the answer is a picture")
    return answers[name]


# -- JSON --------------------------------------------------------------------------------------


def strictly(text: str) -> Any:
    """The value of a JSON text that any program reads: no NaN, and no name twice."""
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), "a name twice"
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


def inside(data: Any) -> Iterator[Any]:
    """All parts of plain data."""
    yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from inside(part)


def files(folder: Path) -> dict[Path, int]:
    """The files of a folder, each with what the system calls it."""
    return {path: path.stat().st_ino for path in folder.rglob("*") if path.is_file()}


def test_json_is_valid_and_reads_back(answers, store: Path, tmp_path: Path) -> None:
    kept = files(store)
    done = subprocess.run(
        [sys.executable, "-m", "neuroalg_sage", "compute", MODEL, *BY_NAME, "--json", "--cite",
         "--seed", str(SEED)], capture_output=True, text=True, timeout=600, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NEUROALG_CACHE": str(store)})
    assert done.returncode == 0, done.stderr
    # What another process has kept is not computed again: each file would be replaced.
    assert files(store) == kept
    page = strictly(done.stdout)
    assert list(page["results"]) == BY_NAME and "errors" not in page
    for name in BY_NAME:
        (found,) = answers[name]
        result = page["results"][name]
        value = found.plain_value()
        assert result["value"] == value and type(result["value"]) is type(value)
        assert (result["status"], result["trust"], result["method"]) == (
            found.status, found.trust, found.method)
        assert result["certificate"] == found.certificate
        assert result["citation"]["text"] == found.citation(None).text() if (
            found.certificate) else result["citation"]["text"]
        # Larger integers would be rounded by many programs.
        assert not [x for x in inside(value) if type(x) is int and abs(x) >= 2**53]


@pytest.mark.parametrize("name", [name for name in BY_COMMAND if has_json(name)])
def test_json_of_commands_is_valid_and_reads_back(
        name: str, answers, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NEUROALG_CACHE", str(store))
    file = tmp_path / "proofs.json"
    with computing_nothing(monkeypatch):
        assert main([*in_words(name, tmp_path), "--json", "--quiet", "--seed", str(SEED),
                     "--certificate", str(file)]) == 0
    page = strictly(capsys.readouterr().out)
    assert page["schema"] == 1 and page["model"] == answers["dimension"][0].certificate["model"]
    known = list(inside(page))
    certificates = [x.certificate for x in answers[name] if x.certificate is not None]
    assert all(x.status in known for x in answers[name])
    if certificates:
        written = strictly(file.read_text())
        written = written if isinstance(written, list) else [written]
        # The command may say more than the answer to the question.
        assert all(certificate in written for certificate in certificates)


# -- LaTeX -------------------------------------------------------------------------------------


def test_latex_compiles(answers, manifold: NeuroManifold, tmp_path: Path) -> None:
    from neuroalg_sage.report import Answers, as_latex

    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex; Debian's packages texlive-latex-base, "
                    "texlive-latex-recommended and texlive-fonts-recommended bring it")
    all_found = {name: found for name in answers for found in answers[name][:1]}
    report = as_latex(Answers(manifold, all_found))
    pages = [report.removesuffix(r"\end{document}")]
    for name, found in answers.items():
        for part in found:
            pages.append("\n".join([
                rf"\typeout{{This is {name}.}}", rf"\[ {part._latex_()} \]",
                rf"\[ {part.value_in_latex()} \]", part.sentence_in_latex(), "",
                *part.report_in_latex()]))
    file = tmp_path / "answers.tex"
    file.write_text("\n\\newpage\n".join([*pages, r"\end{document}"]), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", file.name],
        cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=600)
    assert done.returncode == 0, done.stdout[-3000:]
    log = (tmp_path / "answers.log").read_text(errors="replace")
    assert not re.findall(r"Missing character: .*", log)
    assert (tmp_path / "answers.pdf").read_bytes().startswith(b"%PDF-")


# -- pages -------------------------------------------------------------------------------------


def test_pages_have_no_errors_in_a_browser(answers, manifold: NeuroManifold, tmp_path: Path
                                           ) -> None:
    from neuroalg_sage.pages import answers_section
    from neuroalg_sage.pages.report_page import Material, page
    from neuroalg_sage.report import Answers

    chromium.command()
    found = Answers(manifold, {name if not k else f"{name} {k}": part
                               for name in answers for k, part in enumerate(answers[name])})
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    text = page(Material(found, MODEL, "no picture", (), moment))
    table = str(answers_section.table(found, tuple(found.found)))
    (tmp_path / "answers.html").write_text(text.replace("</main>", f"{table}</main>", 1),
                                           encoding="utf-8")
    frames = ["answers.html"]
    for number, name in enumerate(name for name in BY_COMMAND if not has_json(name)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert main([*in_words(name, folder), "--quiet"]) == 0
        frames.append(f"{number}/picture.html")
    # One browser for all of them; what a frame complains of is on the same console.
    outer = tmp_path / "outer.html"
    outer.write_text("<!DOCTYPE html><title>All</title>" + "".join(
        f'<iframe src="{frame}" onload="this.dataset.loaded = 1"></iframe>' for frame in frames))
    shown, console = chromium.run(outer, tmp_path, "--dump-dom")
    assert console == []
    assert shown.count('data-loaded="1"') == len(frames)
    for name in found.found:
        assert f'data-invariant="{name}"' in table


# -- the cache ---------------------------------------------------------------------------------


class _Forbidden:
    """Within this, no question may be answered anew."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __enter__(self) -> None:
        honest = Memory._keep

        def keep(memory: Memory, question: Any, answer: Any, how: Any, stored: bool) -> None:
            assert not stored and question[0] not in DECLARED, f"{question} was computed again"
            honest(memory, question, answer, how, stored)

        self.monkeypatch.setattr(Memory, "_keep", keep)

    def __exit__(self, *_: object) -> None:
        self.monkeypatch.undo()


computing_nothing: Callable[[pytest.MonkeyPatch], _Forbidden] = _Forbidden


def shown(found: Invariant, model: Any) -> dict[str, Any]:
    """All that an answer shows."""
    return {"kept": encode(found), "class": type(found), "sentence": found.sentence(),
            "status": found.qualified_status(), "text": found.text(), "lines": found.lines(),
            "report": found.report_lines(), "JSON": found.result(model), "LaTeX": found._latex_(),
            "in LaTeX": [found.sentence_in_latex(), *found.report_in_latex()],
            "citation": found.citation(model).bibtex()}


@pytest.mark.parametrize("name", DECLARED)
def test_the_cache_gives_the_same_answer(
        name: str, answers, manifold: NeuroManifold, store: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    before = [shown(part, manifold.model) for part in about(name, answers)]
    again = NeuroManifold(MODEL, seed=SEED, cache=store)
    with computing_nothing(monkeypatch):
        found = ask(again, name)
    assert [shown(part, again.model) for part in parts(found)] == before
    assert all(part is not original for part, original in zip(parts(found), answers[name]))


# -- citations ---------------------------------------------------------------------------------


@cache
def references() -> dict[str, dict[str, Any]]:
    """The papers and programs, as the file has them."""
    with (ROOT / "neuroalg_sage" / "references.toml").open("rb") as file:
        known = tomllib.load(file)
    return known["papers"]


@pytest.mark.parametrize("name", DECLARED)
def test_the_citation_names_its_sources(name: str, answers, manifold: NeuroManifold) -> None:
    for found in about(name, answers):
        citation = found.citation(manifold.model)
        text, bibtex = citation.text(), citation.bibtex()
        assert strictly(json.dumps(citation.describe()))["text"] == text
        wanted = [key for key, paper in references().items()
                  if found.name in paper.get("invariants", ())]
        theorems = [trusted for trusted in found.trust if trusted.startswith("theorem: ")]
        wanted += [key for key, paper in bibliography.papers().items()
                   if f"theorem: {paper.name}" in theorems]
        assert len(wanted) >= len(theorems)
        for key in wanted:
            assert f"[{key}]" in text and f"{{{key}," in bibtex, key
        versions = {"neuroalg-sage"} | (
            found.certificate["engines"].keys() if found.certificate else set())
        programs = {program.key: version for program, version in citation.programs}
        assert versions <= programs.keys() and all(programs.values())
        if found.certificate is not None:
            assert found.certificate["engines"].items() <= programs.items()
            assert found.certificate["digest"] in text and found.certificate["digest"] in bibtex
        assert all(version in text for version in programs.values())


# -- certificates ------------------------------------------------------------------------------


def attack(name: str, answers: dict[str, list[Invariant]], count: int) -> None:
    """Verify the certificates of an answer, and change each at random."""
    certificates = [x.certificate for x in about(name, answers) if x.certificate is not None]
    if not certificates:
        assert not DECLARED[name].claims, "what it may claim is not claimed"
        pytest.skip("it has no certificate")
    others = [x.certificate for found in answers.values() for x in found
              if x.certificate is not None]
    generator = random.Random(FRESH_SEED)
    for original in certificates:
        verdict = verify(original)
        assert verdict.invariant in DECLARED[name].claims
        for _ in range(count):
            data = mutant(original, generator, others)
            with suppress(CertificateError):
                verify(data)
                assert is_implied(original, data), json.dumps([original["claim"], data])


@pytest.mark.parametrize("name", DECLARED)
def test_the_certificate_verifies_and_cannot_be_bent(name: str, answers) -> None:
    attack(name, answers, 20)


@pytest.mark.slow
@pytest.mark.parametrize("name", DECLARED)
def test_200_changes_of_the_certificate(name: str, answers) -> None:
    attack(name, answers, 200)


# -- limits and interrupts -----------------------------------------------------------------------

# Processes as the shell starts them, but of one that has imported all and keeps watch: so that
# little time passes before the question, and what a command leaves behind comes to this one.
WATCH = """
import ctypes, importlib, json, os, pkgutil, signal, sys, threading
import neuroalg_sage
for module in pkgutil.walk_packages(neuroalg_sage.__path__, "neuroalg_sage."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
import sage.all__sagemath_modules, sage.interfaces.macaulay2
from neuroalg_sage import NeuroManifold
from neuroalg_sage.cli import entry_point
from neuroalg_sage.processes import descendants, kill

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # adopt orphans
def interrupted_at(name, seconds):
    honest, begun = getattr(NeuroManifold, name), []
    def interrupt():
        os.kill(os.getppid(), signal.SIGINT)
    def asked(*arguments, **more):
        if not begun:
            begun.append(name)
            if seconds:
                threading.Timer(seconds, interrupt).start()
            else:
                interrupt()
        return honest(*arguments, **more)
    setattr(NeuroManifold, name, asked)

done = []
for number, (words, at, seconds) in enumerate(json.loads(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        for stream in (1, 2):
            file = os.open(f"{number}.{stream}", os.O_CREAT | os.O_WRONLY)
            os.dup2(file, stream)
        if at:
            interrupted_at(at, seconds)
        sys.argv = ["neuroalg", *words]
        entry_point()
    status = os.waitpid(pid, 0)[1]
    left = descendants(os.getpid())
    kill(left)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    done.append((os.waitstatus_to_exitcode(status), *(
        open(f"{number}.{stream}", errors="replace").read() for stream in (1, 2)), len(left)))
json.dump(done, sys.stdout)
"""
Ended = tuple[int, str, str, int]  # exit code, output, standard error, processes that are left


def commands(folder: Path) -> dict[str, list[str]]:
    """The commands that ask all questions of the shell; of the large model where they can."""
    found = {}
    for name in (*BY_NAME, *BY_COMMAND):
        words = in_words(name, folder, LARGE)
        found[name] = [*words, *["--json"] * has_json(name), "--no-cache", "--seed", str(SEED)]
    return found


def ended(folder: Path, asked: Mapping[str, tuple[list[str], str, float]]) -> dict[str, Ended]:
    """How commands end; with each the question at which, and when, it is interrupted."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, json.dumps(list(asked.values()))], cwd=folder,
        capture_output=True, text=True, timeout=1200, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    return {name: tuple(found) for name, found in zip(asked, json.loads(done.stdout))}


def faults(name: str, found: Ended, codes: tuple[int, ...]) -> Iterator[str]:
    """What is wrong with the end of a command."""
    code, output, error, left = found
    if code not in codes:
        yield f"{name} ends with {code}: {error}"
    if left:
        yield f"{name} leaves {left} processes"
    if "Traceback" in error or "Traceback" in output:
        yield f"{name}: {error}"
    said = [line for line in error.splitlines() if line.startswith("neuroalg: ")]
    if code and not said:
        yield f"{name} does not say why it ends: {error}"
    if not has_json(name):
        return
    if not output:
        if not code:
            yield f"{name} has no answer"
        return
    try:
        page = strictly(output)
    except (ValueError, AssertionError) as why:
        yield f"{name}: {why} in {output[:300]}"
        return
    if DECLARED[name].is_computed and (name in page["results"]) is (
            name in page.get("errors", ())):
        yield f"{name} is not answered, or it is and it is not"


def test_a_limit_ends_cleanly(tmp_path: Path) -> None:
    asked = {name: ([*words, "--timeout", "0.2"], "", 0.0)
             for name, words in commands(tmp_path).items()}
    found = ended(tmp_path, asked)
    assert [fault for name in asked for fault in faults(name, found[name], (0, 3))] == []


def interrupted(folder: Path, seconds: float, codes: tuple[int, ...]) -> list[str]:
    """What is wrong with commands that are interrupted so long after a question is begun."""
    asked = {name: (words, name if has_json(name) else DECLARED[name].needs[0], seconds)
             for name, words in commands(folder).items()}
    found = ended(folder, asked)
    return [fault for name in asked for fault in faults(name, found[name], codes)]


def test_an_interrupt_leaves_no_process_and_no_broken_output(tmp_path: Path) -> None:
    assert [] == interrupted(tmp_path, 0.0, (130,))


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_an_interrupt_later_finds_engines_at_work(seconds: float, tmp_path: Path) -> None:
    # What is answered by then is answered, and what is refused is refused.
    assert [] == interrupted(tmp_path, seconds, (130, 0, 3))
