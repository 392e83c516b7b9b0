"""How a computed value is cited, and that all references stand in one place."""

from __future__ import annotations

import ast
import configparser
import json
import re
from pathlib import Path

import pytest

from neuroalg_sage import (
    InputError,
    Invariant,
    NeuroManifold,
    __version__,
    bibliography,
    certificates,
)
from neuroalg_sage.cli import main
from neuroalg_sage.neuromanifold import INVARIANTS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "neuroalg_sage").rglob("*.py"))
KEYS = {*bibliography.papers(), *bibliography.programs()}


def strings(path: Path) -> list[str]:
    """The strings in a file, those with fields as what is between these."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            found.append("{}".join(part.value for part in node.values
                                   if isinstance(part, ast.Constant)))
    return found


# -- one place -----------------------------------------------------------------------------


def test_docstrings_name_entries_of_the_bibliography_and_repeat_none() -> None:
    named = set()
    for path in SOURCES:
        text = path.read_text()
        keys = set(re.findall(r"\[(\w*\d{4}\w?)\]_", text))
        assert keys <= KEYS, path.name
        assert ".. [" not in text, f"{path.name} has a reference of its own"
        for block in re.findall(r"REFERENCES:(.*?)(?=EXAMPLES|\"\"\")", text, re.DOTALL):
            assert re.search(r"\[\w+\]_", block), f"{path.name} has REFERENCES without a key"
            assert not re.search(r"arXiv|\(\d{4}\)", block), path.name
        named |= keys
    for path in (ROOT / "docs").rglob("*.md"):
        for keys in re.findall(r"\{cite\}`([^`]+)`", path.read_text()):
            named |= set(keys.split(","))
    for key, paper in bibliography.papers().items():
        assert key in named or paper.theorem or paper.methods, f"{key} is named nowhere"


def test_every_theorem_that_a_certificate_may_trust_has_its_paper() -> None:
    """Also in the checker, which names theorems by itself."""
    theorems = {text for path in SOURCES for text in strings(path)
                if re.fullmatch(r"theorem: .*\(\d{4}\)", text)}
    assert len(theorems) > 10
    for theorem in theorems:
        assert bibliography.of_theorem(theorem) is not None
    papers = [paper for paper in bibliography.papers().values() if paper.theorem]
    assert {f"theorem: {paper.name}" for paper in papers} == theorems
    assert len({paper.name for paper in papers}) == len(papers)
    assert bibliography.of_theorem("theorem: Fermat (1637)") is None


def test_the_registry_names_invariants_and_methods_that_there_are() -> None:
    rooms = [path for path in SOURCES if {"invariants", "certificates"} & set(path.parts)]
    texts = [text for path in rooms for text in strings(path)]
    for paper in bibliography.papers().values():
        for invariant in paper.invariants:
            assert invariant in texts or invariant.removesuffix("_of_flow") in texts, paper.key
        for method in paper.methods:
            assert any(method in text for text in texts), (paper.key, method)


def test_the_papers_that_the_checker_names_are_those_of_the_bibliography() -> None:
    """The checker is read alone, so it names its theorems with authors, journal and year."""
    folder = Path(certificates.__file__).parent
    text = " ".join(" ".join(path.read_text().split()) for path in folder.rglob("*.py"))
    for paper in bibliography.papers().values():
        if paper.theorem:
            assert paper.authors[-1].split()[-1] in text and str(paper.year) in text


# -- citations -----------------------------------------------------------------------------


def test_a_citation_has_the_theorems_of_its_certificate_and_the_digest() -> None:
    found = NeuroManifold("linear:9,7,8,9").degree()
    citation = found.citation()
    assert [f"theorem: {paper.name}" for paper in citation.theorems] == found.trust
    assert citation.digest == found.certificate["digest"]
    for text in (citation.text(), citation.bibtex()):
        assert "540" in text and "linear:9,7,8,9" in text and citation.digest in text
        assert found.certificate["engines"]["neuroalg-sage"] in text
    keys = re.findall(r"^@\w+\{([^,]+),", citation.bibtex(), re.MULTILINE)
    (cited,) = re.findall(r"\\cite\{([^}]+)\}", citation.entry())
    assert keys == [citation.key, *cited.split(",")]
    assert citation.bibtex().count("{") == citation.bibtex().count("}")


@pytest.mark.parametrize("spec", ["linear:2,1,2", "mlp:2,2,1:x^2"])
def test_every_invariant_of_a_small_model_can_be_cited(spec) -> None:
    manifold = NeuroManifold(spec)
    for name in INVARIANTS:
        if name in ("ml_degree", "polar_degrees", "subnetworks", "critical_locus",
                    "is_cell_empty", "cancellations"):  # which are of other models
            continue
        found = manifold.compute(name)
        citation = manifold.citation(name)
        assert spec in citation.text() and citation.method == found.method
        assert found.qualified_status() in citation.text()
        known = {paper.name for paper in citation.theorems}
        assert known == {t.removeprefix("theorem: ") for t in found.trust if "theorem" in t}
        entry = citation.entry()
        assert not re.search(r"(?<!\\)[_%&#]", re.sub(r"\\cite\{.*?\}", "", entry))


def test_a_distance_degree_is_cited_with_its_metric() -> None:
    manifold = NeuroManifold("cnn:2s2,2:x")
    generic, unit = manifold.ed_degree("generic"), manifold.ed_degree("unit")
    assert generic != unit
    assert "metric generic" in generic.citation().text()
    assert "metric unit" in unit.citation().text()
    counted = NeuroManifold("cnn:2s2,2:x", method="parametrization").ed_degree("unit")
    assert "ed_degree_at_least" in counted.citation().certified  # its certificate proves only this
    assert manifold.ed_degree("data", [[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 3, 0], [0, 0, 0, 1]]
                              ).citation().condition == "metric of the certificate"


def test_an_engine_is_cited_with_its_version() -> None:
    found = NeuroManifold("cnn:2,2:x^2", method="elimination").singular_locus()
    assert "macaulay2" in found.trust
    versions = {program.key: version for program, version in found.citation().programs}
    assert versions == found.certificate["engines"]


def test_a_value_without_a_certificate_needs_its_model() -> None:
    found = NeuroManifold("linear:3,2,3", method="slicing").degree()
    assert found.certificate is None
    with pytest.raises(InputError, match="state the model"):
        found.citation()
    citation = NeuroManifold("linear:3,2,3", method="slicing").citation("degree")
    assert "linear:3,2,3" in citation.text() and "numerical" in citation.text()
    assert not citation.digest and "Certificate" not in citation.text()


def test_a_model_without_a_spec_is_named_by_its_layers() -> None:
    from neuroalg_sage import from_expressions

    model = from_expressions(["c*(a*x + b*y)^2"], ["a", "b", "c"], ["x", "y"])
    assert "2 -polynomial-> 1" in NeuroManifold(model).citation("dimension").text()


def test_special_characters_are_written_as_tex_wants_them() -> None:
    found = Invariant("a_b", "50% of {x} & y^2 \\ #1", "numerical", "no_method ~ $")
    model = NeuroManifold("mlp:2,2,1:x^2").model
    entry = found.citation(model).entry()
    assert r"50\% of \{x\} \& y\^{}2 \textbackslash{} \#1" in entry
    assert r"no\_method \~{} \$" in entry and r"mlp:2,2,1:x\^{}2" in entry


# -- at the shell ----------------------------------------------------------------------------


def test_cite_at_the_shell(capsys) -> None:
    assert main(["compute", "linear:9,7,8,9", "degree", "dimension", "--cite", "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("degree = 540  [proved, trusting theorem: Conca, Herzog (1994)]\n")
    keys = re.findall(r"^@\w+\{([^,]+),", shown, re.MULTILINE)
    assert len(keys) == len(set(keys)) and "CH1994" in keys
    assert main(["compute", "linear:9,7,8,9", "degree", "--quiet", "--json"]) == 0
    assert "citation" not in json.loads(capsys.readouterr().out)["results"]["degree"]


def test_a_report_as_json_says_how_to_cite_each_result(capsys) -> None:
    assert main(["report", "linear:2,1,2", "--quiet", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert len(results) > 10
    for result in results.values():
        citation = result["citation"]
        assert set(citation) == {"text", "bibtex", "references", "programs"}
        assert result["certificate"] is None or result["certificate"]["digest"] in citation["text"]


# -- the program itself ------------------------------------------------------------------------


def test_the_citation_file_says_what_the_wheel_says() -> None:
    yaml = pytest.importorskip("yaml")
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    ours, metadata = yaml.safe_load((ROOT / "CITATION.cff").read_text()), setup["metadata"]
    assert metadata["version"] == "attr: neuroalg_sage.__version__"
    assert ours["version"] == __version__
    assert ours["license"] == metadata["license"]
    assert ours["abstract"] == metadata["description"]
    assert [author["name"] for author in ours["authors"]] == [metadata["author"]]
    assert ours["keywords"] == metadata["keywords"].split(", ")
    program = bibliography.programs()["neuroalg-sage"]
    assert ours["title"] == program.title and program.authors == (metadata["author"],)


def test_the_citation_file_has_the_form_that_its_schema_wants() -> None:
    """The Citation File Format 1.2.0: what it requires, and the fields that it knows."""
    yaml = pytest.importorskip("yaml")
    ours = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(ours)
    assert ours["cff-version"] == "1.2.0" and ours["type"] in ("software", "dataset")
    assert set(ours) <= {
        "abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi",
        "identifiers", "keywords", "license", "license-url", "message", "preferred-citation",
        "references", "repository", "repository-artifact", "repository-code", "title", "type",
        "url", "version"}
    for reference in ours["references"]:
        assert {"authors", "title", "type"} <= set(reference)
    for author in [*ours["authors"], *(a for r in ours["references"] for a in r["authors"])]:
        assert set(author) <= {"name", "given-names", "family-names", "orcid", "website"}
