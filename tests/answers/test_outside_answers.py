"""A question with a class of answers of its own, all in one file of another package."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

from neuroalg_sage import NeuroManifold, questions
from neuroalg_sage.cache.store import Store
from neuroalg_sage.cli import main

SPEC = "mlp:1,2,1:x^2"
SOURCE = '''
from dataclasses import dataclass

from neuroalg_sage import Invariant, Question
from neuroalg_sage.invariants.answers.presentation import Section
from neuroalg_sage.markup.elements import element
from neuroalg_sage.storable import storable

QUESTION = Question("halves", "The two halves of the dimension", "halves_of_manifolds:Halves",
                    title="Halves", reported=25, needs=("dimension",),
                    find="halves_of_manifolds:halves")


@storable()
@dataclass(frozen=True)
class Half:
    size: int
    rest: int


@dataclass(frozen=True, eq=False, repr=False)
class Halves(Invariant):
    """The halves, and of what."""

    whole: int = 0

    def sentence(self):
        return f"{self.data.size} + {self.data.rest} = {self.whole} & 100% <of it>"

    def lines(self, spec="SPEC"):
        return [f"  half of {spec}: {self.data.size}"]

    def report_lines(self):
        return ["", "The halves", f"  {self.data.size}, {self.data.rest}"]

    def report_in_latex(self):
        return [rf"The halves are ${self.data.size}$ and ${self.data.rest}$."]

    def section(self, around):
        return Section("halves", "Two halves", element("p", f"They are <halves>: {self.data}"))

    def for_learning(self, around):
        yield self.said(element("strong", "Half of it. "), "It has halves.")


calls = []


def halves(manifold):
    calls.append(manifold)
    found = manifold.dimension()
    half = Half(found.data // 2, found.data - found.data // 2)
    return Halves("halves", half, found.status, "division by 2", whole=found.data)
'''


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """The module of a package that declares the question."""
    folder = tmp_path / "site"
    about = folder / "halves_of_manifolds-0.1.dist-info"
    about.mkdir(parents=True)
    (folder / "halves_of_manifolds.py").write_text(SOURCE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: halves-of-manifolds\n"
                                    "Version: 0.1\n")
    (about / "entry_points.txt").write_text(
        "[neuroalg_sage.questions]\nhalves = halves_of_manifolds:QUESTION\n")
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    questions.from_outside.cache_clear()
    yield importlib.import_module("halves_of_manifolds")
    monkeypatch.undo()
    sys.modules.pop("halves_of_manifolds", None)
    questions.from_outside.cache_clear()
    questions.origin.cache_clear()


def test_it_is_printed_by_compute(outside, capsys) -> None:
    assert main(["compute", SPEC, "halves", "--quiet", "--no-cache", "--cite"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("halves = 0 + 1 = 1 & 100% <of it>  [proved]\n"
                              f"  half of {SPEC}: 0\n")
    assert "The halves of the neuromanifold" in printed and r"\& 100\%" in printed
    assert main(["compute", SPEC, "halves", "--json", "--quiet", "--no-cache"]) == 0
    result = json.loads(capsys.readouterr().out)["results"]["halves"]
    assert result["value"] == {"size": 0, "rest": 1} and result["status"] == "proved"


def test_it_is_in_every_report(outside, capsys, tmp_path) -> None:
    assert main(["report", SPEC, "--quiet", "--no-cache"]) == 0
    text = capsys.readouterr().out
    assert "halves" in text and "\nThe halves\n  0, 1" in text
    assert main(["report", SPEC, "--quiet", "--no-cache", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"]["halves"]["value"]["rest"] == 1
    assert main(["report", SPEC, "--quiet", "--no-cache", "--latex"]) == 0
    latex = capsys.readouterr().out
    assert r"halves & 0 + 1 = 1 \& 100\% $<$of it$>$ & proved" in latex
    assert "The halves are $0$ and $1$." in latex
    name = tmp_path / "page.html"
    assert main(["report", SPEC, "--quiet", "--no-cache", "--html", str(name)]) == 0
    page = Path(name).read_text()
    for part in ('<section><h2 id="halves">Two halves</h2>', "They are &lt;halves&gt;",
                 "Half of it. </strong>It has halves.", "1 &amp; 100% &lt;of it&gt;",
                 "The two halves of the dimension", '<a href="#halves">Two halves</a>'):
        assert part in page, part
    assert "<of it>" not in page


def test_it_comes_back_from_the_cache_as_it_was(outside, tmp_path) -> None:
    def manifold() -> NeuroManifold:
        return NeuroManifold(SPEC, cache=Store(tmp_path / "cache", pytest.fail))

    found, again = manifold().compute("halves"), manifold().compute("halves")
    assert type(again) is outside.Halves and type(again.data) is outside.Half
    assert len(outside.calls) == 1
    assert again.text() == found.text() and vars(again) == vars(found) and again.whole == 1
