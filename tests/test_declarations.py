"""What the wings declare: it agrees with what is there, and nothing else asks for a name."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import sys
from pathlib import Path

import pytest

from neuroalg_sage import INVARIANTS, NeuroManifold, questions
from neuroalg_sage.cache.store import Store
from neuroalg_sage.certificates.checker import CLAIMS
from neuroalg_sage.cli import main
from neuroalg_sage.cli.commands import COMMANDS
from neuroalg_sage.declarations import warn
from neuroalg_sage.errors import EngineError, InputError
from neuroalg_sage.invariants import WINGS
from neuroalg_sage.invariants.answers.question import named

PACKAGE = Path(__file__).resolve().parents[1] / "neuroalg_sage"
OWN = questions.own()
OWN_COMPUTED = {name for name, q in OWN.items() if q.is_computed}
SHELL = {name for commands in COMMANDS.values() for name in commands}


def wing_of(name: str) -> str:
    return next(room.rpartition(".")[2] for room in questions.HOMES
                if any(q.name == name for q in importlib.import_module(
                    f"neuroalg_sage.{room}").QUESTIONS))


@pytest.mark.parametrize("name", OWN)
def test_a_declaration_agrees_with_what_is_there(name: str) -> None:
    question = OWN[name]
    order = [*WINGS, "pictures"]
    assert set(question.needs) <= set(OWN) and {question.instead} <= {"", *OWN}
    assert all(order.index(wing_of(other)) <= order.index(wing_of(name))
               for other in question.needs)
    assert set(question.claims) <= set(CLAIMS)
    assert question.command in {"", *SHELL}
    assert isinstance(named(question.answer), type)
    if question.script:
        assert callable(named(question.script))
    method = getattr(named(question.of), name)
    assert "EXAMPLES" in (inspect.getdoc(method) or "")
    assert question.summary and not question.summary.endswith(".") and "\n" not in question.summary
    needed = [p for p in inspect.signature(method).parameters.values()
              if p.default is p.empty and p.name != "self"]
    assert not (needed and question.is_computed)


def test_what_is_claimed_is_declared() -> None:
    parts = {"special_fiber", "membership"}  # of the fiber
    assert {claim for q in OWN.values() for claim in q.claims} == set(CLAIMS) | parts


def test_invariants_are_what_one_asks_by_name_alone() -> None:
    assert set(INVARIANTS) == {name for name, q in OWN.items() if q.is_computed}
    places = [q.reported for q in OWN.values() if q.reported is not None]
    assert len(set(places)) == len(places)


def test_the_key_of_an_answer_has_the_options_on_which_it_depends(tmp_path: Path) -> None:
    for name in set(INVARIANTS) - {"ed_degree", "ml_degree", "polar_degrees",
                                    "is_cell_empty", "cancellations"}:
        folder = tmp_path / name
        NeuroManifold("linear:2,1,2", degree=2, cache=folder).compute(name)
        keys = [entry.key for entry in Store(folder).entries() if entry.key is not None]
        (key,) = [k for k in keys if k["invariant"] == name] or [{"arguments": {}}]
        assert {*questions.OPTIONS} & set(key["arguments"]) == set(OWN[name].options), name
        assert key.get("options", {}).keys() <= {"method", "seed"}


def test_the_shell_lists_all_with_their_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["compute", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert all(f"{name} {OWN[name].summary}" in shown for name in INVARIANTS)


@pytest.mark.parametrize("path", sorted((PACKAGE / "neuromanifold").glob("*.py")),
                         ids=lambda p: p.name)
def test_a_class_of_questions_is_read_at_a_glance(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def test_what_takes_a_function_is_not_computed_by_its_name() -> None:
    M = NeuroManifold("linear:1,1")
    with pytest.raises(InputError, match="takes a function; ask it by neuroalg voronoi"):
        M.compute("voronoi_cell")
    with pytest.raises(InputError, match="ask it in Python by the method critical_regions"):
        M.compute("critical_regions")
    with pytest.raises(InputError, match="no Macaulay2 script for 'fiber'"):
        M.script("fiber")


# -- questions from outside --------------------------------------------------------------

OUTSIDE = '''
from neuroalg_sage import Invariant, Question

QUESTION = Question("parity", "Whether the dimension is even", needs=("dimension",),
                    find="parity_of_manifolds:parity")
calls = []

def parity(manifold):
    calls.append(manifold)
    found = manifold.dimension()
    return Invariant("parity", found.data % 2 == 0, found.status, "division by 2")
'''


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """Installs a package that declares an entry point; gives what declares it again."""

    def install(source: str, value: str = "parity_of_manifolds:QUESTION",
                name: str = "parity") -> None:
        folder = tmp_path / "site"
        about = folder / "parity_of_manifolds-0.1.dist-info"
        about.mkdir(parents=True, exist_ok=True)
        (folder / "parity_of_manifolds.py").write_text(source)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: parity-of-manifolds\n"
                                        "Version: 0.1\n")
        (about / "entry_points.txt").write_text(
            f"[neuroalg_sage.questions]\n{name} = {value}\n")
        monkeypatch.syspath_prepend(str(folder))
        questions.from_outside.cache_clear()
        warn.cache_clear()

    monkeypatch.delitem(sys.modules, "parity_of_manifolds", raising=False)
    yield install
    monkeypatch.undo()
    sys.modules.pop("parity_of_manifolds", None)
    questions.from_outside.cache_clear()
    questions.origin.cache_clear()


def test_a_question_from_outside_is_asked_as_ours_are(outside, tmp_path, capsys) -> None:
    outside(OUTSIDE)
    import parity_of_manifolds

    M = NeuroManifold("mlp:2,2,3:x^2", cache=tmp_path / "cache")
    assert M.compute("parity") is M.parity() and M.parity().data is True
    assert len(parity_of_manifolds.calls) == 1
    again = NeuroManifold("mlp:2,2,3:x^2", cache=tmp_path / "cache")
    assert again.parity().data is True and len(parity_of_manifolds.calls) == 1
    other = NeuroManifold("mlp:2,2,3:x^2", cache=tmp_path / "cache", seed=1)
    assert other.parity().data is True and len(parity_of_manifolds.calls) == 2
    assert main(["compute", "--quiet", "--json", "mlp:2,2,3:x^2", "parity"]) == 0
    assert json.loads(capsys.readouterr().out)["results"]["parity"]["value"] is True
    assert main(["compute", "--quiet", "mlp:2,2,3:x^2", "paritys"]) == 2
    assert "did you mean parity ?" in capsys.readouterr().err
    assert "parity" in questions.computed() and questions.title("parity") == "parity"


def test_an_answer_depends_on_what_those_that_it_uses_depend_on(outside, tmp_path) -> None:
    outside(OUTSIDE.replace('needs=("dimension",)', 'needs=("ed_degree",)').replace(
        "manifold.dimension()", "manifold.ed_degree()").replace("% 2 == 0", "+ 0"))
    for metric, value in (("bombieri", 2), ("unit", 4), ("bombieri", 2)):
        M = NeuroManifold("mlp:2,1,1:x^2", cache=tmp_path / "cache", metric=metric, seed=1)
        assert M.compute("parity").data == value


def test_an_answer_of_another_source_is_not_used(outside, tmp_path) -> None:
    outside(OUTSIDE)
    assert NeuroManifold("linear:1,1", cache=tmp_path / "cache").parity().data is False
    sys.modules.pop("parity_of_manifolds")
    questions.origin.cache_clear()
    outside(OUTSIDE.replace("% 2 == 0", "% 2 == 1"))
    importlib.invalidate_caches()
    assert NeuroManifold("linear:1,1", cache=tmp_path / "cache").parity().data is True


def test_an_answer_depends_on_all_sources_of_the_package_that_finds_it(
        outside, tmp_path, monkeypatch) -> None:
    outside(OUTSIDE.replace("parity_of_manifolds:parity", "finding_parity.inner.find:parity"))
    inner = tmp_path / "site" / "finding_parity" / "inner"
    inner.mkdir(parents=True)
    (inner / "find.py").write_text("from finding_parity.rest import REST\n" + OUTSIDE.replace(
        "% 2 == 0", "% 2 == REST"))
    for rest in (0, 1):
        (inner.parent / "rest.py").write_text(f"REST = {rest}  # {'x' * rest}\n")
        importlib.invalidate_caches()
        questions.origin.cache_clear()
        for name in [name for name in sys.modules if name.startswith("finding_parity")]:
            monkeypatch.delitem(sys.modules, name)
        M = NeuroManifold("linear:1,1", cache=tmp_path / "cache")
        assert M.compute("parity").data is bool(rest)


@pytest.mark.parametrize(("source", "value", "sentence"), [
    ("raise OSError('no disk')", "parity_of_manifolds:QUESTION", "cannot be read: OSError"),
    ("raise SystemExit(3)", "parity_of_manifolds:QUESTION", "cannot be read: SystemExit"),
    ("def (", "parity_of_manifolds:QUESTION", "cannot be read: SyntaxError"),
    ("QUESTION = 7", "parity_of_manifolds:QUESTION", "is not a Question"),
    (OUTSIDE.replace('find="parity_of_manifolds:parity"', ""), "parity_of_manifolds:QUESTION",
     "is not a Question that says what finds"),
    (OUTSIDE.replace('"parity", "W', '"dimension", "W'), "parity_of_manifolds:QUESTION",
     "is not the name of its question"),
    (OUTSIDE.replace('needs=("dimension",)', "needs=None, reported='7'"),
     "parity_of_manifolds:QUESTION", "reported and needs cannot be right"),
    (OUTSIDE.replace('needs=("dimension",)', 'options=("seed",)'),
     "parity_of_manifolds:QUESTION", "options cannot be right"),
    (OUTSIDE, "parity_of_manifolds:QUESTIONS", "cannot be read: AttributeError")])
def test_a_wrong_declaration_gets_one_sentence_and_is_left_out(
        outside, caplog, source, value, sentence) -> None:
    outside(source, value)
    M = NeuroManifold("linear:1,1")
    with pytest.raises(EngineError, match=f"parity.*{sentence}"):
        M.compute("parity")
    with pytest.raises(AttributeError, match=f"parity.*{sentence}"):
        M.parity  # noqa: B018
    assert not hasattr(M, "parity") and "parity" not in dir(M) and not caplog.messages
    assert questions.computed() == tuple(sorted(OWN_COMPUTED, key=questions.computed().index))
    assert questions.resting_on("singular_locus") == {"critical_locus"}
    (warning,) = caplog.messages
    assert "parity" in warning and re.search(sentence, warning)
    assert M.compute("dimension") == 1
    assert main(["compute", "--quiet", "linear:2,1,2", "degree", "--no-cache"]) == 0
    assert main(["report", "--quiet", "linear:1,1", "--no-cache"]) == 0


def test_no_declaration_takes_the_name_of_one_of_ours(outside, caplog) -> None:
    outside(OUTSIDE.replace('"parity", "W', '"dimension", "W'), name="dimension")
    M = NeuroManifold("linear:2,1")
    assert M.compute("dimension") == 2 == M.dimension() and "dimension" in questions.reported()
    assert ["name of one of ours" in message for message in caplog.messages] == [True]


def test_a_question_with_the_name_of_another_method_is_asked_by_compute(outside) -> None:
    outside(OUTSIDE.replace('"parity", "W', '"coordinates", "W'), name="coordinates")
    M = NeuroManifold("linear:2,1")
    assert M.compute("coordinates").data is True and len(M.coordinates()) == 2


@pytest.mark.parametrize(("entries", "metadata"), [
    ("[others]\nnonsense\n", "Name: parity-of-manifolds\n"),
    ("[neuroalg_sage.questions]\nnonsense\n", None), ("\udcff", "Name: parity-of-manifolds\n")])
def test_a_damaged_package_hides_no_other(outside, tmp_path, caplog, entries, metadata) -> None:
    outside(OUTSIDE)
    other = tmp_path / "site" / "damaged-0.1.dist-info"
    other.mkdir()
    (other / "entry_points.txt").write_bytes(entries.encode(errors="surrogateescape"))
    if metadata is not None:
        (other / "METADATA").write_text("Metadata-Version: 2.1\nName: damaged\n")
    assert NeuroManifold("linear:2,1").compute("parity").data is True
    assert "parity" in questions.computed()
    assert ["the package damaged" in message for message in caplog.messages] == [True]


@pytest.mark.parametrize(("body", "sentence"), [
    ("return 7", "parity.* answered by a int, not by an Invariant"),
    ("raise KeyError('x')", "parity.*parity_of_manifolds.*KeyError"),
    ("raise SystemExit", "parity.*parity_of_manifolds.*SystemExit")])
def test_a_question_that_fails_leaves_the_others(outside, capsys, body, sentence) -> None:
    outside(OUTSIDE.replace('needs=("dimension",)', "reported=25").replace(
        "    calls.append(manifold)\n", f"    {body}\n"))
    with pytest.raises(EngineError, match=sentence):
        NeuroManifold("linear:1,1").parity()
    assert main(["report", "--quiet", "--json", "linear:1,1", "--no-cache"]) == 1
    answers = json.loads(capsys.readouterr().out)
    assert set(answers["errors"]) == {"parity"} and answers["results"]["degree"]["value"] == 1


def test_a_report_goes_on_where_a_question_does_not_suit_the_model(outside, capsys) -> None:
    outside(OUTSIDE.replace('needs=("dimension",)', "reported=25").replace(
        "    calls.append(manifold)\n", "    raise InputError('It is of curves only.')\n").replace(
        "import Invariant", "import InputError, Invariant"))
    assert main(["report", "--quiet", "--json", "linear:1,1", "--no-cache"]) == 2
    answers = json.loads(capsys.readouterr().out)
    assert answers["errors"] == {"parity": "It is of curves only."}
    assert answers["results"]["degree"]["value"] == 1


def test_arguments_that_cannot_be_remembered_are_no_obstacle(outside, tmp_path) -> None:
    outside(OUTSIDE.replace("def parity(manifold):", "def parity(manifold, of=None):"))
    import parity_of_manifolds

    M = NeuroManifold("linear:2,1", cache=Store(tmp_path / "cache", pytest.fail))
    for of in ([1, 2], object(), {3: 4}):
        assert M.parity(of=of).data is True
    assert len(parity_of_manifolds.calls) == 3


def test_what_is_ours_asks_for_no_entry_points(monkeypatch) -> None:
    monkeypatch.setattr(questions, "outside", lambda: pytest.fail("looked up"))
    assert main(["compute", "--quiet", "linear:2,1,2", "dimension", "degree"]) == 0
    with pytest.raises(AttributeError):
        NeuroManifold("linear:2,1")._repr_html_  # noqa: B018


def test_methods_name_the_nearest_argument() -> None:
    with pytest.raises(TypeError, match=r"NeuroManifold.ed_degree has no argument metrics; did you "
                                        r"mean metric \?"):
        NeuroManifold("linear:2,1").ed_degree(metrics="unit")
    with pytest.raises(TypeError, match="NeuroManifold has no argument seeds"):
        NeuroManifold("linear:2,1", seeds=1)


# -- names -------------------------------------------------------------------------------

# What stands on the other side of a comparison that asks which question something is.
ASKS = re.compile(r"\b(name|names|invariants?|questions?|asked|command)\b")


def literals(node: ast.expr) -> set[object]:
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else [node]
    return {part.value for part in parts if isinstance(part, ast.Constant)}


def names_asked_for(source: str) -> set[str]:
    """Names of questions with which a source compares the name of one, or by which it is a key."""
    found: set[object] = set()
    tree = ast.parse(source)
    for statement in tree.body:
        table = getattr(statement, "value", None)
        if isinstance(table, ast.Dict):  # by names, which are looked up in it
            keys = set().union(*(literals(key) for key in table.keys if key is not None), set())
            found |= keys if len(keys & set(OWN)) > 1 else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(ASKS.search(ast.unparse(side)) for side in sides if not literals(side)):
                found |= set().union(*map(literals, sides))
        elif isinstance(node, ast.Match) and ASKS.search(ast.unparse(node.subject)):
            for case in node.cases:
                found |= {part.value.value for part in ast.walk(case.pattern) if isinstance(
                    part, ast.MatchValue) and isinstance(part.value, ast.Constant)}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and (
                node.func.attr in ("startswith", "endswith", "removeprefix", "removesuffix")
                and ASKS.search(ast.unparse(node.func.value))):
            found |= {value for argument in node.args for value in literals(argument)}
    return {name for name in found if isinstance(name, str) and name in OWN}


def test_names_that_are_asked_for_are_found() -> None:
    assert names_asked_for("found.name == 'ideal'") == {"ideal"}
    assert names_asked_for("invariant in ('degree', 'x')") == {"degree"}
    assert names_asked_for("'subnetworks' not in arguments.invariants") == {"subnetworks"}
    assert names_asked_for("match question:\n  case 'ideal' | 'degree': pass") == {
        "ideal", "degree"}
    assert names_asked_for("T = {'ideal': 1, 'degree': 2}") == {"ideal", "degree"}
    assert names_asked_for("evidence['ideal']; 'ideal' in evidence; kind == 'ideal'") == set()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")),
                         ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_asks_a_question_for_its_name_outside_of_its_wing(path: Path) -> None:
    parts = path.relative_to(PACKAGE).parts
    foreign = {name for name in names_asked_for(path.read_text())
               if parts[0] != "certificates" and wing_of(name) not in parts}
    assert not foreign, f"{path.name} asks for {', '.join(sorted(foreign))}"
