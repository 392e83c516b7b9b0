"""Answers to questions with arguments come back in another process, and only for the same ones."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from neuroalg_sage import ERM, NeuroManifold
from neuroalg_sage.cache.codec import encode
from neuroalg_sage.cache.store import Store
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.pictures.scene import scene

CONE, LINE = "mlp:2,1,1:x^2", "linear:1,1,1"
ROWS, OTHER_ROWS = [[1, 1], [2, 3]], [[1, 1], [2, 4]]

# For each question a model, its arguments, how else these may be said, and others.
Asked = tuple[str, Callable[[NeuroManifold], Any], Callable[[NeuroManifold], Any],
              Callable[[NeuroManifold], Any]]
QUESTIONS: dict[str, Asked] = {
    "fiber": (CONE, lambda M: M.fiber([1, 2, 1]), lambda M: M.fiber("(x_0 + x_1)^2"),
              lambda M: M.fiber(parameters=[1, 1, 1])),
    "voronoi_cell": (CONE, lambda M: M.voronoi_cell([0, 0, 0]),
                     lambda M: M.voronoi_cell("0*x_0^2", metric=["1", 1, 1]),
                     lambda M: M.voronoi_cell([0, 0, 0], metric="bombieri")),
    "invariant_parameters": (
        CONE, lambda M: M.invariant_parameters([[0, 1], [1, 0]]),
        lambda M: M.invariant_parameters([["0", "1"], ["1", "0"]], denominator="1"),
        lambda M: M.invariant_parameters([[0, -1], [1, 0]])),
    "ed_discriminant": (CONE, lambda M: M.ed_discriminant(), lambda M: M.ed_discriminant("unit"),
                        lambda M: M.ed_discriminant(origin=[0, 1, 0],
                                                    directions=[[1, 0, 0], [0, 0, 1]])),
    "bifurcation": (CONE, lambda M: M.bifurcation([1, 0, 1], [1, 1, 1]),
                    lambda M: M.bifurcation(["1", "0", "1"], (1, 1, "2/2"), "unit"),
                    lambda M: M.bifurcation([1, 0, 1], [1, 2, 1])),
    "critical_regions": (
        CONE, lambda M: M.critical_regions([[1, 0, 0], [0, 1, 0]], samples=3),
        lambda M: M.critical_regions([["1", 0, 0], [0, 1, 0]], [0, 0, 0], radius="2", samples=3),
        lambda M: M.critical_regions([[1, 0, 0], [0, 1, 0]], samples=2)),
    "loss_critical_locus": (LINE, lambda M: M.loss_critical_locus([2]),
                            lambda M: M.loss_critical_locus("2*x_0"),
                            lambda M: M.loss_critical_locus([3])),
    "training_critical_locus": (
        LINE, lambda M: M.training_critical_locus(ERM(LINE, ROWS)),
        lambda M: M.training_critical_locus(ERM(LINE, [["2", "3"], [1, 1]])),
        lambda M: M.training_critical_locus(ERM(LINE, OTHER_ROWS))),
    "critical_functions": (
        LINE, lambda M: M.critical_functions(ERM(LINE, ROWS)),
        lambda M: M.critical_functions(ERM(LINE, [["2", "3"], [1, 1]])),
        lambda M: M.critical_functions(ERM(LINE, OTHER_ROWS))),
    "ramification_locus": (
        LINE, lambda M: M.ramification_locus(ERM(LINE, ROWS)),
        lambda M: M.ramification_locus(ERM(LINE, [["2", "3"], [1, 1]])),
        lambda M: M.ramification_locus(ERM(LINE, OTHER_ROWS))),
    "critical_points": (
        LINE, lambda M: M.critical_points(ERM(LINE, ROWS)),
        lambda M: M.critical_points(ERM(LINE, [[1], [2]], [[1], [3]])),
        lambda M: M.critical_points(ERM(LINE, OTHER_ROWS))),
    "balanced_initialization": (LINE, lambda M: M.balanced_initialization([4]),
                                lambda M: M.balanced_initialization(["4"], degree=2),
                                lambda M: M.balanced_initialization([4], [1])),
    "plot": (CONE, lambda M: scene(M, target=[1, 0, 2]),
             lambda M: scene(M, target="x_0^2 + 2*x_1^2", metric="unit", slice="z_0,z_1, z_2"),
             lambda M: scene(M, "z_1=0")),
    "drift": (LINE, lambda M: M.drift(), lambda M: M.drift(time=1, flow=None),
              lambda M: M.drift([1, 2], [3])),
}


def manifold(name: str, folder: Path, warn: Callable[[str], None] = pytest.fail) -> NeuroManifold:
    return NeuroManifold(QUESTIONS[name][0], degree=2, cache=Store(folder, warn))


def plain(answer: Any) -> Any:
    """All that an answer consists of, its seconds too, so that no other has the same."""
    return json.loads(json.dumps(encode(answer)))


def keys(name: str, folder: Path) -> list[Any]:
    return [entry.key for entry in Store(folder).entries()
            if entry.key is not None and entry.key["invariant"] == name]


def ask_again(folder: str) -> None:
    """In a fresh process: print the answers, and fail if anything that is kept is computed."""
    from neuroalg_sage.cache.memory import Memory

    keep = Memory._keep

    def refuse(self: Memory, question: Any, answer: Any, how: Any, stored: bool) -> None:
        assert not stored, f"{question[0]} was computed"
        keep(self, question, answer, how, stored)

    Memory._keep = refuse  # type: ignore[method-assign]
    print(json.dumps({name: plain(said_otherwise(manifold(name, Path(folder) / name)))
                      for name, (_, _, said_otherwise, _) in QUESTIONS.items()}))


def test_answers_come_back_in_another_process(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in QUESTIONS}
    first = {name: plain(QUESTIONS[name][1](manifold(name, folder)))
             for name, folder in folders.items()}
    before = {name: keys(name, folder) for name, folder in folders.items()}
    assert all(len(found) == 1 for found in before.values()), before
    again = subprocess.run(
        [sys.executable, "-c", "import sys; from test_arguments import ask_again\n"
         "ask_again(*sys.argv[1:])", str(tmp_path)], cwd=Path(__file__).parent,
        capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == first
    assert {name: keys(name, folder) for name, folder in folders.items()} == before
    for name, folder in folders.items():
        _, ask, _, ask_other = QUESTIONS[name]
        other = plain(ask_other(manifold(name, folder)))
        assert other != first[name] and len(keys(name, folder)) == 2, name
        assert plain(ask(manifold(name, folder))) == first[name]


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.slow] * (k % 5 > 0)) for k, name in enumerate(QUESTIONS)])
def test_a_damaged_answer_is_computed_again(name: str, tmp_path: Path) -> None:
    ask, sentences = QUESTIONS[name][1], []
    ask(manifold(name, tmp_path))
    (entry,) = [e for e in Store(tmp_path).entries()
                if e.key is not None and e.key["invariant"] == name]
    damaged = entry.path.read_bytes()
    entry.path.write_bytes(damaged[:-9] + bytes([damaged[-9] ^ 1]) + damaged[-8:])
    found = ask(manifold(name, tmp_path, sentences.append))
    assert [name in sentence for sentence in sentences] == [True]
    assert plain(ask(manifold(name, tmp_path))) == plain(found)


@pytest.mark.parametrize("content", [
    {"limits": None, "answer": {"fraction": [1, 0]}}, {"limits": None, "answer": {"float": "1e"}},
    {"limits": None, "answer": {"object": "antigravity:Answer", "of": {}}},
    {"limits": [1], "answer": {"tuple": 7}}, {"limits": None, "answer": {}}, {}, 7])
def test_an_entry_that_nobody_wrote_is_computed_again(content: Any, tmp_path: Path) -> None:
    sentences: list[str] = []
    assert manifold("fiber", tmp_path).dimension() == 2
    store = Store(tmp_path)
    (entry,) = [e for e in store.entries() if e.key and e.key["invariant"] == "dimension"]
    store.save(entry.key, content)
    assert manifold("fiber", tmp_path, sentences.append).dimension() == 2
    assert len(sentences) < 2 and "antigravity" not in sys.modules
    assert store.load(entry.key)["answer"]["of"]["data"] == 2


def test_the_radius_of_a_picture_is_a_number_of_any_kind(tmp_path: Path) -> None:
    for radius in ("2", 2, 2.0, Fraction(2)):
        assert scene(manifold("plot", tmp_path), radius=radius).radius == 2
    assert len(keys("plot", tmp_path)) == 1
    with pytest.raises(InputError, match="radius of the box"):
        scene(manifold("plot", tmp_path), radius="two")


def test_a_fiber_whose_certificate_does_not_hold_is_computed_again(tmp_path: Path) -> None:
    sentences: list[str] = []
    honest = manifold("fiber", tmp_path).fiber([1, 2, 1])
    store = Store(tmp_path)
    (entry,) = [e for e in store.entries() if e.key["invariant"] == "fiber"]
    content = store.load(entry.key)
    certificate = content["answer"]["of"]["over_real"]["of"]["certificate"]
    certificate["claim"]["value"][-1] = False
    store.save(entry.key, content)
    found = manifold("fiber", tmp_path, sentences.append).fiber([1, 2, 1])
    assert found.over_real.data is honest.over_real.data is True and len(sentences) == 1


def test_training_is_kept_by_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NEUROALG_CACHE", str(tmp_path / "cache"))
    data = tmp_path / "data.csv"
    data.write_text("1,1\n2,3\n")
    pages = []
    for _ in range(2):
        assert main(["train", LINE, "--data", str(data), "--json", "--quiet"]) == 0
        pages.append(json.loads(capsys.readouterr().out))
    assert pages[0] == pages[1]
    assert pages[0]["results"]["critical_points"]["parameters"]
    assert main(["train", LINE, "--data", str(data), "--no-cache", "--quiet"]) == 0
    assert len(keys("critical_points", tmp_path / "cache")) == 1
