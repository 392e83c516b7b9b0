"""Models with names: called by them everywhere, and no part of what is proved."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sympy
from conftest import slow

from neuroalg_sage import (
    Dense,
    InputError,
    NeuroManifold,
    compose,
    from_expressions,
    from_sympy,
    load_model,
    parse_spec,
    verify,
)
from neuroalg_sage.cache.codec import decode, encode
from neuroalg_sage.cache.store import open_store
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.cli import main
from neuroalg_sage.pages.report_page import gather, page

NAME = "Tom & <b>Jerry's</b> 100%_{\\x} “Größe” #1"


def line(name: str | None):
    return from_expressions(["a*x^2 + b"], "a, b", "x", name=name)


def test_a_model_is_called_by_its_name() -> None:
    model = line(NAME)
    assert str(model) == NAME and repr(model).startswith(f"Model {NAME} with 2 parameters")
    assert NAME in repr(NeuroManifold(model))
    x, a = sympy.symbols("x a")
    assert str(from_sympy(a * x, [a], [x], name="Ray")) == "Ray"
    assert str(compose([Dense(2, 1)], name="Row")) == "Row"
    assert str(line(None)) == "a model of layers polynomial"


def test_a_file_gives_a_name(tmp_path: Path, capsys) -> None:
    file = tmp_path / "model.json"
    data = {"name": NAME, "parameters": ["a"], "inputs": ["x"], "outputs": ["a*x"]}
    file.write_text(json.dumps(data))
    assert str(load_model(str(file))) == NAME
    assert str(load_model({"spec": "linear:1,1", "name": "Ray"})) == "Ray"
    assert main(["compute", str(file), "dimension", "--cite", "--quiet", "--no-cache"]) == 0
    assert f"the neuromanifold of {NAME}: 1" in capsys.readouterr().out
    assert main(["report", str(file), "--quiet", "--no-cache", "--timeout", "60"]) == 0
    assert f"Neuromanifold of {NAME}\n" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [5, "", " ", " a", "a ", "a\nb", "a\tb", "a\x00", "x" * 201,
                                   "\u202eabc", "mlp:2,2", ["a"]])
def test_what_is_no_name_gets_one_sentence(wrong) -> None:
    with pytest.raises(InputError, match="name") as caught:
        load_model({"spec": "linear:1,1", "name": wrong})
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_a_description_has_the_name_and_is_read_again() -> None:
    for model in (line(NAME), parse_spec("mlp:2,1:x^2").called("Form"),
                  compose([Dense(2, 1)], name="Row")):
        assert load_model(json.loads(json.dumps(model.describe()))) == model
        assert decode(json.loads(json.dumps(encode(model)))) == model
        assert pickle.loads(pickle.dumps(model)) == model
    assert "name" not in line(None).describe()


def test_a_model_that_was_stored_before_there_were_names_has_none() -> None:
    model = parse_spec("mlp:2,1:x^2")
    old = object.__new__(type(model))
    old.__dict__.update({key: value for key, value in model.__getstate__().items()
                         if key != "name"})
    assert old == model and str(old) == str(model)


def test_models_differ_by_their_names_as_by_their_specs() -> None:
    assert line("A") != line("B") and line("A") == line("A")
    assert line("A").called(None) == line(None)
    assert line("A").layers == line("B").layers


def test_a_certificate_says_what_the_model_is_called_and_proves_the_same() -> None:
    certificate = NeuroManifold(line(NAME)).dimension().certificate
    assert certificate["model"]["name"] == NAME
    assert f"(called {NAME!r})" in str(verify(certificate))
    other = certificate | {"model": {**certificate["model"], "name": "B"}}
    other["digest"] = digest(other)
    assert verify(other).value == verify(certificate).value
    assert "(called 'B')" in str(verify(other))


def test_an_answer_on_the_disk_is_that_of_a_model_of_this_name(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for name in ("A", "B", None, "A"):
        found = NeuroManifold(line(name), cache=store).dimension()
        assert found.certificate["model"].get("name") == name and verify(found.certificate)


class Text(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("asked", [("dimension", "ideal", "degree"), slow(None)])
def test_a_page_shows_the_name_as_text(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    if asked is not None:
        monkeypatch.setattr("neuroalg_sage.pages.report_page.asked_for_pages", lambda: asked)
    plain, named = Text(), Text()
    plain.feed(page(gather(NeuroManifold(line(None), seed=1), 60)))
    named.feed(page(gather(NeuroManifold(line(NAME), seed=1), 60)))
    assert f"Neuromanifold of {NAME}" in named.text
    assert plain.tags == named.tags


def test_an_entry_of_bibtex_has_balanced_braces_and_compiles(tmp_path: Path) -> None:
    for name in (NAME, "a{b", "a}b", "\\}"):
        citation = NeuroManifold(line(name)).dimension().citation()
        entry = citation.entry()
        assert entry.count("{") == entry.count("}")
        title = re.search(r"title = \{\{(.*)\}\},", entry)[1]
        if shutil.which("pdflatex"):
            (tmp_path / "a.tex").write_text(
                r"\documentclass{article}\usepackage{amsmath}\begin{document}" + title
                + r"\end{document}")
            subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"],
                           cwd=tmp_path, check=True, capture_output=True)


def test_the_script_for_macaulay2_keeps_the_name_in_a_comment() -> None:
    first, *rest = NeuroManifold(line(NAME)).script("degree").splitlines()
    assert first.startswith("-- ") and first.endswith(NAME)
    assert rest == NeuroManifold(line(None)).script("degree").splitlines()[1:]
