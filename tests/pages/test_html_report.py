"""The report as a page of HTML: its structure, its words, its files, and a browser's opinion."""

from __future__ import annotations

import base64
import json
import random
import re
from datetime import UTC, datetime
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import chromium
import pytest

from neuroalg_sage import NeuroManifold, compose, html_report, parse_spec, verify
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.singularities.degeneracy import SingularLocus
from neuroalg_sage.markup import mathml
from neuroalg_sage.markup.elements import VOID, element, text
from neuroalg_sage.models.expressions import parse_polynomial
from neuroalg_sage.models.layers import Activation, Chain, Dense, Product, Sum
from neuroalg_sage.models.sources import from_expressions
from neuroalg_sage.pages.architecture import drawing, in_words
from neuroalg_sage.pages.report_page import Material, gather, page
from neuroalg_sage.questions import asked_for_pages, is_suitable, shown_on_pages
from neuroalg_sage.report import Answers

SPEC = "mlp:2,2,3:x^2"
FOREIGN = {"path", "circle", "rect", "polygon"}
EVIL = "</code></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x00"


class Node:
    """An element of a page: its tag, attributes, children and own text."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes, self.children = tag, attributes, []
        self.own: list[Any] = []

    def all(self, tag: str | None = None, **wanted: str) -> list[Node]:
        found = [self] if tag in (None, self.tag) and all(
            self.attributes.get(k.removesuffix("_").replace("_", "-")) == v
            for k, v in wanted.items()) else []
        return found + [x for child in self.children for x in child.all(tag, **wanted)]

    def text(self) -> str:
        return "".join(x if isinstance(x, str) else x.text() for x in self.own)


class Tree(HTMLParser):
    """A parser that accepts only pages in which each tag is closed where it should be."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]
        self.feed(source)
        self.close()
        assert len(self.open) == 1, f"not closed: {[x.tag for x in self.open[1:]]}"

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        names = [name for name, _ in attributes]
        assert len(set(names)) == len(names)
        node = Node(tag, {k: v or "" for k, v in attributes})
        self.open[-1].children.append(node)
        self.open[-1].own.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"{self.open[-1].tag} is closed by {tag}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].own.append(data)


def payload(link: Node) -> bytes:
    head, _, content = link.attributes["href"].partition(",")
    assert head.startswith("data:") and head.endswith(";base64")
    return base64.b64decode(content, validate=True)


@pytest.fixture(scope="module")
def material() -> Material:
    return gather(NeuroManifold(SPEC, seed=1))


@pytest.fixture(scope="module")
def source(material: Material) -> str:
    return page(material)


@pytest.fixture(scope="module")
def tree(source: str) -> Node:
    return Tree(source).root


def test_the_page_is_well_formed_and_its_references_lead_somewhere(source, tree) -> None:
    assert source.startswith("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    places = [x.attributes["id"] for x in tree.all() if "id" in x.attributes]
    assert len(set(places)) == len(places)
    links = [x.attributes["href"] for x in tree.all("a")]
    assert {x[1:] for x in links if x.startswith("#")} <= set(places)
    assert len(tree.all("h1")) == 1 and len(tree.all("main")) == 1
    levels = [int(x.tag[1]) for x in tree.all() if re.fullmatch("h[1-6]", x.tag)]
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:]))
    headings = {x.attributes["id"] for x in tree.all("h2")}
    # This manifold has no picture; a section without an answer is left out.
    assert len(headings) == 15 and "picture" not in headings
    assert {"subnetworks", "real", "covering"} <= headings


def test_nothing_is_fetched(source, tree) -> None:
    for node in tree.all():
        for name in ("src", "href", "srcset", "data", "action", "xlink:href", "poster"):
            value = node.attributes.get(name, "")
            assert not value or value.startswith(("data:", "#")), (node.tag, name, value[:50])
        assert not any(name.startswith("on") for name in node.attributes)
    (style,) = tree.all("style")
    assert "url(" not in style.text() and "@import" not in style.text()
    (policy,) = tree.all("meta", http_equiv="Content-Security-Policy")
    assert "default-src 'none'" in policy.attributes["content"]
    assert len(tree.all("script")) == 1


def test_every_invariant_is_there_with_its_value_and_status(material, tree) -> None:
    assert set(asked_for_pages()) == set(shown_on_pages())
    rows = {x.attributes["data-invariant"]: x for x in tree.all("tr")
            if "data-invariant" in x.attributes}
    model = material.answers.manifold.model
    assert list(rows) == [name for name in shown_on_pages() if is_suitable(model, name)]
    for name, row in rows.items():
        found = material.answers.found[name]
        assert row.attributes["data-status"] == found.status
        assert found.status in row.text() and found.method in row.text()
        for who in found.trust:
            assert who.removeprefix("theorem: ") in row.text()
    cells = [x.text() for x in rows["dimension"].all("td")]
    assert cells[:2] == ["8", "proved"]
    assert "no others: proved" in rows["singular_locus"].text()


def test_the_figures_and_the_summary_say_what_was_found(tree) -> None:
    (figures,) = tree.all("dl", class_="figures")
    numbers = [x.text() for x in figures.all("dd", class_="number")]
    assert numbers == ["10", "9", "8", "0", "3", "1", "yes"]
    (learning,) = tree.all("ul", class_="summary learning")
    assert "form a family of dimension 8, though there are 10 parameters" in learning.text()
    assert "a family of parameters of dimension 2." in learning.text()
    (summary,) = tree.all("ul", class_="summary geometry")
    assert "It is a hypersurface of degree 3." in summary.text()
    assert "singular along a component of dimension 5" in summary.text()
    assert "2 independent quantities are conserved" in summary.text()


def test_the_certificates_of_the_page_verify_and_changed_ones_do_not(material, tree) -> None:
    links = [x.all("a")[0] for x in tree.all("td") if "data-certificate" in x.attributes]
    with_one = [found for found in (*material.answers.found.values(), *material.coverings)
                if found.certificate is not None]
    assert len(links) == len(with_one) == len({x.attributes["download"] for x in links})
    for found, link in zip(with_one, links):
        certificate = json.loads(payload(link))
        assert certificate == found.certificate
        assert verify(certificate).invariant == found.name
        certificate["claim"]["value"] = [certificate["claim"]["value"], 1]
        with pytest.raises(CertificateError):
            verify(certificate)


def test_the_files_of_the_page_are_the_ideal_and_the_model(material, tree) -> None:
    files = {x.attributes["download"]: payload(x).decode() for x in tree.all("a")
             if "download" in x.attributes}
    model = json.loads(files["model.json"])
    assert NeuroManifold(model).model == material.answers.manifold.model
    assert files["mlp-2-2-3-x-2.ideal.m2"].startswith("V = QQ[z_0..z_8];\nI = ideal(")
    assert len([x for x in files if ".ideal." in x and not x.endswith("json")]) == 4


def _read(node: Node) -> str:
    """The text of a polynomial from its MathML."""
    parts = [_read(x) for x in node.children]
    if node.tag in ("mn", "mi"):
        return node.text()
    if node.tag == "mo":
        return node.text().replace("−", "-")
    if node.tag in ("msub", "msup", "msubsup", "mfrac"):
        signs = {"msub": "_", "msup": "^", "msubsup": "_^", "mfrac": "/"}[node.tag]
        return "".join(x + y for x, y in zip(parts, [*signs, ""]))
    return ("*" if node.tag in ("mrow", "math") else "").join(parts).replace("-*", "-").replace(
        "+*", "+")


def _written(markup: str) -> str:
    return _read(Tree(markup).root)


def test_formulas_are_the_polynomials() -> None:
    generator = random.Random(3)
    names = ["z_0", "z_1", "z_12", "a"]
    for _ in range(60):
        wanted = {tuple(generator.randrange(4) for _ in names): Fraction(
            generator.choice([-1, 1]) * generator.randrange(1, 9), generator.randrange(1, 5))
            for _ in range(generator.randrange(1, 8))}
        markup = mathml.polynomial(wanted, names)
        words = _written(markup)
        assert parse_polynomial(words, names) == wanted, words
    assert _written(mathml.polynomial({}, names)) == "0"


def test_long_polynomials_are_cut_and_say_so() -> None:
    long = {(k,): Fraction(1) for k in range(100)}
    made = mathml.polynomial(long, ["x"])
    assert made.count("<math>") == mathml.MOST_TERMS and "(40 further terms)" in made


def test_the_ideal_is_on_the_page(material, tree) -> None:
    (generator,) = material.answers.found["ideal"].data
    (section,) = [x for x in tree.all("section") if x.all("h2", id="ideal")]
    (shown,) = section.all("span", class_="polynomial")
    names = [f"z_{i}" for i in range(9)]
    markup = mathml.polynomial(generator, names)
    assert parse_polynomial(_written(markup), names) == generator
    assert Tree(markup).root.text() == shown.text()


def test_the_matrix_of_a_determinantal_variety(tree) -> None:
    (section,) = [x for x in tree.all("section") if x.all("h2", id="descriptions")]
    (matrix,) = section.all("mtable")  # three descriptions have the same matrix
    assert [x.text() for x in matrix.all("mtd")] == [f"z{i}" for i in range(9)]
    assert "its 3-minors" in section.text()


def test_covering_numbers_have_rows_and_a_drawing(material, tree) -> None:
    (section,) = [x for x in tree.all("section") if x.all("h2", id="covering")]
    _, *rows = section.all("tr")
    assert [row.all("th")[0].text() for row in rows] == ["ε = 1/2", "ε = 1/8", "ε = 1/32"]
    # In M there is a linear space of dimension 6; all quadratic forms are one of dimension 9.
    for radius, row, found in zip((2, 8, 32), rows, material.coverings):
        low, high = found.value
        assert radius**6 <= low <= high <= (2 * radius + 1) ** 9
        assert f"from {low} to {high}" in row.text() and found.status == "bounds"
        assert "bounds" in row.text()
    # Points from left to right, and the bounds from below under those from above.
    points = [(float(x.attributes["cx"]), float(x.attributes["cy"]))
              for x in section.all("circle")]
    low, high = points[:3], points[3:]
    assert [x for x, _ in low] == [x for x, _ in high] == sorted(x for x, _ in low)
    assert all(below[1] > above[1] for below, above in zip(low, high))
    # Equal steps of the radius are equal steps across, and of a linear space's logarithm, up.
    assert low[1][0] - low[0][0] == pytest.approx(low[2][0] - low[1][0], abs=0.2)
    assert low[0][1] - low[1][1] == pytest.approx(low[1][1] - low[2][1], abs=0.2)


def test_without_a_bound_there_is_no_section_of_covering_numbers() -> None:
    point = from_expressions(["x"], ["a"], ["x"])
    made = gather(NeuroManifold(point, seed=1))
    assert made.coverings == ()
    assert not [x for x in Tree(page(made)).root.all("h2") if x.attributes["id"] == "covering"]


def test_the_diagram_has_a_node_for_each_subnetwork(material, tree) -> None:
    (section,) = [x for x in tree.all("section") if x.all("h2", id="subnetworks")]
    poset = material.answers.found["subnetworks"].value
    nodes = [x for x in section.all("rect") if "node" in x.attributes["class"]]
    assert len(nodes) == len(poset) + 1
    singular = [x for x in nodes if "singular" in x.attributes["class"].split()]
    assert len(singular) == sum(p.singular is True for p in poset)
    assert all(p.name in section.text() for p in poset)


def test_pictures_and_drawings_have_words(tree) -> None:
    for node in tree.all("svg"):
        assert node.attributes["role"] == "img" and len(node.attributes["aria-label"]) > 20
        assert node.all("title")[0].text() == node.attributes["aria-label"]
    for node in tree.all("span", role="math"):
        assert node.attributes["aria-label"]


def test_names_cannot_become_markup() -> None:
    model = compose([Dense(1, 1)], spec=EVIL)
    manifold = NeuroManifold(model)
    answers = Answers(manifold, {"dimension": manifold.dimension()},
                      {"ideal": LimitReached(f"because {EVIL}")})
    source = page(Material(answers, EVIL, f"no picture: {EVIL}", (EVIL,), datetime.now(UTC)))
    root = Tree(source).root
    assert len(root.all("script")) == 1 and not root.all("img")
    assert "alert" not in root.all("script")[0].text()
    assert EVIL.replace("\x00", "\ufffd") in root.all("h1")[0].text()
    assert root.all("title")[0].text().startswith("Neuromanifold of </code></title><script>")
    for link in root.all("a"):
        assert re.fullmatch(r"[a-z0-9.-]*", link.attributes.get("download", ""))
    assert text('"<&') == "&quot;&lt;&amp;" and element("p", "<b>") == "<p>&lt;b&gt;</p>"


def test_what_is_not_computed_says_why() -> None:
    manifold = NeuroManifold("linear:1,1")
    answers = Answers(manifold, {}, {"degree": LimitReached("The time was too short.")})
    root = Tree(page(Material(answers, "linear:1,1", "No.", (), datetime.now(UTC)))).root
    (row,) = root.all("tr", data_invariant="degree")
    assert row.attributes["data-status"] == "none"
    assert "The time was too short." in row.text() and "not computed" in row.text()


@pytest.mark.parametrize("found, words", [
    (Invariant("number_of_conservation_laws", [1, 3], "bounds", "rank"), ["from 1 to 3", "bounds"]),
    (Invariant("dimension", 3, "monte_carlo", "rank", None, 1.0, 1e-30),
     ["Monte Carlo, error below 1e-30", "1.00 s"]),
    (Invariant("degree", 12345, "numerical", "monodromy"), ["12,345", "numerical"])])
def test_every_status_is_shown(found: Invariant, words: list[str]) -> None:
    answers = Answers(NeuroManifold("linear:1,1"), {found.name: found})
    root = Tree(page(Material(answers, "x", "No.", (), datetime.now(UTC)))).root
    (row,) = root.all("tr", data_invariant=found.name)
    assert all(word in row.text() for word in words)
    assert row.all("a")[0].attributes["class"] == f"badge {found.status}"


@pytest.mark.parametrize("completeness, words", [
    ("proved", "It has no singular points. proved"),
    ("proved, trusting macaulay2", "It has no singular points. proved, trusting …"),
    ("not proved", "No singular points were found; that there are none: not proved")])
def test_that_there_are_no_singular_points_is_said_only_if_it_is_proved(
        completeness: str, words: str) -> None:
    empty = SingularLocus.of(Invariant("singular_locus", [], "proved", "minors"), [], completeness)
    answers = Answers(NeuroManifold("linear:1,1"), {"singular_locus": empty})
    root = Tree(page(Material(answers, "x", "No.", (), datetime.now(UTC)))).root
    (summary,) = root.all("ul", class_="summary geometry")
    assert words in summary.text()
    (row,) = root.all("tr", data_invariant="singular_locus")
    assert ("empty" in row.text()) == completeness.startswith("proved")


def test_the_same_seed_makes_the_same_page_apart_from_times(material, source) -> None:
    def timeless(page: str) -> str:
        page = re.sub(r"<time.*?</time>", "", page)
        return re.sub(r"<small>(less than )?[0-9.]+ s</small>", "", page)

    assert page(material) == source
    assert timeless(page(gather(NeuroManifold(SPEC, seed=1)))) == timeless(source)


def test_a_surface_has_a_picture() -> None:
    pytest.importorskip("matplotlib")
    root = Tree(page(gather(NeuroManifold("mlp:2,1,1:x^2", seed=1)))).root
    (image,) = root.all("img")
    assert image.attributes["src"].startswith("data:image/svg+xml;base64,")
    assert "mlp:2,1,1:x^2" in image.attributes["alt"]


# -- drawings ----------------------------------------------------------------------------


def _count(picture: str, tag: str, kind: str) -> int:
    return sum(kind in x.attributes.get("class", "").split() for x in Tree(picture).root.all(tag))


def test_a_dense_network_is_drawn_with_all_units_and_lines() -> None:
    picture = drawing(parse_spec("mlp:3,5,2:x^2"))
    assert (_count(picture, "circle", "unit"), _count(picture, "path", "edge")) == (10, 25)
    assert _count(picture, "circle", "active") == 5
    biased = drawing(parse_spec("mlp:3,5,2:x^2:bias"))
    assert _count(biased, "path", "bias") == 7 and _count(biased, "rect", "constant") == 2


def test_a_wide_layer_is_abridged() -> None:
    picture = drawing(parse_spec("mlp:2,100,1:x^2"))
    assert _count(picture, "circle", "unit") == 2 + 12 + 1 and "100 units" in picture
    deep = drawing(parse_spec("mlp:" + ",".join(["2"] * 16) + ":x^2"))
    assert "6 more layers" in deep


def test_a_filter_is_drawn_with_one_color_for_each_weight() -> None:
    picture = drawing(parse_spec("cnn:3s2,2:x^2"))
    assert _count(picture, "circle", "unit") == 5 + 2 + 1
    assert [_count(picture, "path", f"tap{k}") for k in range(3)] == [3, 3, 2]
    grids = drawing(parse_spec("cnn:2x2,2x2:x^2"))
    assert _count(grids, "rect", "window") == 4


@pytest.mark.parametrize("spec", [
    "linear:2,1,2", "cnn:2c3,2:x^2", "cnn:3x3c4,2x2:x^2:in=5", "cnn:2x2x2:x", "cnn:9x9:x:out=20",
    "attention:d=2,a=1,out=2,t=3", "attention:d=2,a=1,out=3,t=2,layers=2,heads=7",
    "relu:2,3,1", "relu:2,3,1:bias", "relu:2,3,1:cell=110,011", "mlp:1,1:x:bias"])
def test_every_family_is_drawn_and_described(spec: str) -> None:
    model = parse_spec(spec)
    root = Tree(drawing(model)).root
    assert root.all("title")[0].text() == in_words(model)
    left, top, width, height = map(float, root.all("svg")[0].attributes["viewbox"].split())
    for label in root.all("text"):
        assert left <= float(label.attributes["x"]) <= left + width
        assert top <= float(label.attributes["y"]) <= top + height


def test_compositions_are_drawn_as_blocks() -> None:
    residual = Sum((Chain(), Chain((Dense(2, 2), Activation("x^2"), Dense(2, 2)))))
    gate = Product((Dense(2, 3), residual_of(3)))
    picture = drawing(compose([residual, Activation("x^2"), gate, Dense(3, 1)]))
    assert _count(picture, "circle", "join") == 3
    assert _count(picture, "rect", "block") == 3 + 1 + 3
    nested: Any = Dense(2, 2)
    for _ in range(20):
        nested = Sum((nested, Chain()))
    assert "sum of 2 layers" in drawing(compose([nested], 2))


def residual_of(width: int) -> Sum:
    return Sum((Dense(2, width), Chain((Dense(2, width), Activation("x^3")))))


# -- the shell and Python ----------------------------------------------------------------


def test_the_shell_writes_the_page(tmp_path: Path, capsys) -> None:
    file = tmp_path / "page.html"
    assert main(["report", "linear:2,1,2", "--quiet", "--seed", "1", "--html", str(file)]) == 0
    assert capsys.readouterr().out == f"written to {file}\n"
    root = Tree(file.read_text(encoding="utf-8")).root
    assert root.all("h1")[0].text() == "Neuromanifold of linear:2,1,2"
    assert [x.name for x in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize("other", ["--json", "--latex"])
def test_one_form_at_a_time(other: str, capsys) -> None:
    assert main(["report", "linear:1,1", other, "--html", "x.html"]) == 2
    assert "not allowed with" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_computed(
        tmp_path: Path, capsys, monkeypatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("something was computed")

    monkeypatch.setattr("neuroalg_sage.pages.report_page.gather", never)
    for name in (str(tmp_path / "none" / "page.html"), str(tmp_path), "a\0b"):
        assert main(["report", "linear:1,1", "--html", name]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("neuroalg: The result cannot be written to")
        with pytest.raises(InputError):
            html_report("linear:1,1", name)


def test_the_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "page.html"
    file.write_text("before")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(InputError, match="No space left"):
        html_report("linear:1,1", file)
    assert file.read_text() == "before" and [x.name for x in tmp_path.iterdir()] == ["page.html"]


# -- in a browser ------------------------------------------------------------------------


def test_a_browser_shows_the_page_without_complaint(tmp_path: Path, material, source) -> None:
    file = tmp_path / "page.html"
    file.write_text(source, encoding="utf-8")
    shown, console = chromium.run(file, tmp_path, "--dump-dom")
    assert console == []
    root = Tree(shown).root
    assert len(root.all("h2")) == 15 and len(root.all("script")) == 1
    # What the browser's parser made of the page is what was written.
    assert [x.tag for x in root.all("main")[0].all() if x.tag != "tbody"] == [
        x.tag for x in Tree(source).root.all("main")[0].all() if x.tag != "tbody"]
    links = [x.all("a")[0] for x in root.all("td") if "data-certificate" in x.attributes]
    assert links and all(verify(json.loads(payload(x))) for x in links)


def test_a_browser_prints_the_page_on_a4(tmp_path: Path, source) -> None:
    file, printed = tmp_path / "page.html", tmp_path / "page.pdf"
    file.write_text(source, encoding="utf-8")
    chromium.run(file, tmp_path, f"--print-to-pdf={printed}", "--no-pdf-header-footer")
    content = printed.read_bytes()
    assert content.startswith(b"%PDF-")
    boxes = {tuple(round(float(x)) for x in box.split())
             for box in re.findall(rb"/MediaBox\s*\[([0-9. ]+)\]", content)}
    assert boxes and all(box[2:] in ((595, 842), (596, 842), (594, 841)) for box in boxes)


def test_a_browser_runs_no_script_of_a_name(tmp_path: Path) -> None:
    manifold = NeuroManifold(compose([Dense(1, 1)], spec=EVIL))
    answers = Answers(manifold, {"dimension": manifold.dimension()})
    file = tmp_path / "page.html"
    file.write_text(page(Material(answers, EVIL, EVIL, (EVIL,), datetime.now(UTC))),
                    encoding="utf-8")
    shown, console = chromium.run(file, tmp_path, "--dump-dom")
    root = Tree(shown).root
    assert console == [] and len(root.all("script")) == 1 and not root.all("img")


@pytest.mark.parametrize("spec, target", [("mlp:2,1,1:x^2", "1,1/4,2"), ("mlp:1,1,2:x^2", None)])
def test_a_browser_shows_the_picture_that_turns_or_moves(tmp_path: Path, spec, target) -> None:
    file = tmp_path / "picture.html"
    options = [] if target is None else ["--target", target]
    assert main(["plot", spec, *options, "--quiet", "--output", str(file)]) == 0
    # Events as a person makes them; what is thrown on the way is on the console.
    source = file.read_text(encoding="utf-8")
    acts = """<script>
      const ink = () => canvas.toDataURL(), seen = [ink()];
      const act = (kind, event) => { canvas.dispatchEvent(event); seen.push(ink()); };
      for (const key of ["ArrowLeft", "ArrowDown", "+", "0"])
        act(key, new KeyboardEvent("keydown", {key}));
      act("wheel", new WheelEvent("wheel", {deltaY: -200, cancelable: true}));
      act("dblclick", new MouseEvent("dblclick"));
      document.body.dataset.same = seen.map(x => seen.indexOf(x)).join(" ");
    </script></body>"""
    file.write_text(source.replace("</body>", acts), encoding="utf-8")
    shown, console = chromium.run(file, tmp_path, "--dump-dom")
    assert console == []
    # Each act changes the picture, and starting again brings back the first.
    assert 'data-same="0 1 2 3 0 5 0"' in shown
    assert ("to move" if "1,1,2" in spec else "to turn") in shown
