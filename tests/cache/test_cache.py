"""The cache: exact round trips, damage, processes that write at once, limits, and the shell."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroalg_sage import NeuroManifold
from neuroalg_sage.cache import key as keys
from neuroalg_sage.cache import store as stores
from neuroalg_sage.cache.codec import NotStorable, decode, encode
from neuroalg_sage.cache.store import Store
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.invariants.singularities.degeneracy import Locus
from neuroalg_sage.neuromanifold import INVARIANTS

ROOT = Path(__file__).resolve().parents[2]

# Quick ones of all families, and with each kind of answer.
MODELS = ["linear:2,1,2", "linear:3,2,3", "mlp:2,2,3:x^2", "mlp:2,1,1:x^3", "mlp:3,2,1:x^2",
          "mlp:2,2,2:x^2", "mlp:1,2,1:x^2+x:bias", "cnn:2,2:x^2", "cnn:2:x^2",
          "attention:d=1,a=1,out=1,t=2", "relu:2,2,1:cell=11", "linear:2,2,2",
          "linear:2,3,2"]
LONG = ["mlp:2,2,2:x^2", "cnn:2,2:x^2"]
# Those take seconds for each model, and are of one kind each.
ASKED_OF = {"real_preimage_numbers": ("cnn:2:x^2",),
            "critical_locus": ("linear:2,1,2", "linear:2,2,2", "relu:2,2,1:cell=11"),
            "interpolating_functions": ("linear:2,1,2", "cnn:2:x^2")}
QUICK = [name for name in INVARIANTS
         if name not in ("ed_degree", "polar_degrees", "ml_degree", "ed_discriminant",
                         "wasserstein_degree",
                         "is_cell_empty", "cancellations")]


def plain(invariant) -> object:
    """All that an answer consists of, as plain data; what JSON makes of certificates is no loss."""
    return json.loads(json.dumps(encode(invariant)))


# -- plain forms ---------------------------------------------------------------------------

exact = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers() | st.integers(-10**400, 10**400)
    | st.fractions() | st.floats(allow_nan=False)
    | st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 9)),
                      st.fractions() | st.integers(), max_size=4),
    lambda parts: st.lists(parts) | st.lists(parts).map(tuple)
    | st.dictionaries(st.text() | st.integers() | st.booleans(), parts), max_leaves=20)


@settings(max_examples=60, deadline=None)
@given(exact)
def test_a_value_is_what_its_plain_form_says(value) -> None:
    back = decode(json.loads(json.dumps(encode(value))))
    assert back == value and repr(back) == repr(value)


def test_integers_too_long_for_decimal_digits_survive() -> None:
    number = 7**9000
    assert decode(json.loads(json.dumps(encode([number, Fraction(1, number)])))) == [
        number, Fraction(1, number)]


def test_only_storable_classes_have_a_plain_form() -> None:
    for value in (object(), {1, 2}, print, subprocess.Popen):
        with pytest.raises(NotStorable):
            encode(value)
    component = "neuroalg_sage.invariants.singularities.degeneracy:Component"
    for data in ({"object": "subprocess:Popen", "of": {}}, {"function": "system", "with": {}},
                 {"object": "Component", "of": {"dimension": 1}}, {"integer": "0x1", "tuple": []},
                 {"object": component, "of": {"dimension": 1}}, {"object": 1, "of": {}},
                 {"object": "neuroalg_sage.invariants.singularities.subnetworks:Popen", "of": {}},
                 {"object": "neuroalg_sage.errors:InputError", "of": {}},
                 {"unknown": 1}, {"model": {"spec": "linear:2,1,2"}}):
        with pytest.raises((KeyError, ValueError, TypeError)):
            decode(data)


@pytest.mark.parametrize("name", [
    "antigravity:Popen", "neuroalg_sage.__main__:main", "neuroalg_sage..cli:main", "../x:y", ":",
    "", "neuroalg_sage", "neuroalg_sage.nowhere:Nothing", "neuroalg_sage_evil:Nothing",
    "neuroalg_sage.cache.codec:Fraction", "neuroalg_sage.invariants.answers.invariant:Invariant.x"])
def test_a_file_has_no_other_module_imported_and_no_other_class_made(name, monkeypatch) -> None:
    before = set(sys.modules)
    with pytest.raises(ValueError, match="no class of answers"):
        decode({"object": name, "of": {}})
    assert all(module.startswith("neuroalg_sage.") for module in set(sys.modules) - before)


class Threefold(Invariant):
    """A class that is no part of a package that declares questions."""


def test_classes_from_elsewhere_are_not_stored(store) -> None:
    with pytest.raises(NotStorable):
        encode(Threefold("x", 3, "proved", "by hand"))


def test_what_a_class_has_besides_its_fields_is_not_lost_in_silence() -> None:
    found = Invariant("x", 3, "proved", "by hand")
    assert decode(encode(found)) == found and found.value == 3
    assert decode(encode(found)) == found
    object.__setattr__(found, "more", 1)
    with pytest.raises(NotStorable):
        encode(found)


@pytest.mark.parametrize("spec", [
    pytest.param(spec, marks=pytest.mark.slow if spec in LONG else ()) for spec in MODELS])
def test_every_invariant_comes_back_as_it_was(spec, tmp_path) -> None:
    sentences: list[str] = []

    def manifold() -> NeuroManifold:
        return NeuroManifold(spec, timeout=60, degree=2, cache=Store(tmp_path, sentences.append))

    first = manifold()
    found = {}
    for name in QUICK:
        if spec not in ASKED_OF.get(name, MODELS):
            continue
        try:
            found[name] = first.compute(name)
        except (LimitReached, InputError):
            continue
    assert len(found) > 8
    second = manifold()
    second._memory._save = None  # type: ignore[assignment]  # so that computing would fail
    for name, invariant in found.items():
        invariant = first.compute(name)  # a later answer may have proved it
        again = second.compute(name)
        assert type(again) is type(invariant) and plain(again) == plain(invariant)
        assert again.data == invariant.data or name == "descriptions"
        assert again.qualified_status() == invariant.qualified_status()
        assert repr(again) == repr(invariant)
        if isinstance(invariant, Locus):
            assert again.completeness == invariant.completeness
        assert vars(again).keys() - {"value"} == vars(invariant).keys() - {"value"}
        assert again == invariant or name == "descriptions"
    assert not sentences


@pytest.mark.parametrize("spec", ["linear:2,1,2", "mlp:2,1,1:x^2", "mlp:2,1,1:x^3"])
def test_distance_problems_come_back_as_they_were(spec, tmp_path) -> None:
    def ask() -> list:
        M = NeuroManifold(spec, seed=1, cache=Store(tmp_path, pytest.fail))
        n = M.model.ambient_dimension
        gram = [[2 * (i == j) + (i + j == n - 1) for j in range(n)] for i in range(n)]
        return [M.polar_degrees(), M.ml_degree(), M.ed_degree("unit"), M.ed_degree("bombieri"),
                M.ed_degree("data", gram)]

    first = [plain(invariant) for invariant in ask()]
    entries = len(Store(tmp_path).entries())
    assert [plain(invariant) for invariant in ask()] == first  # the seconds too, so none is new
    assert len(Store(tmp_path).entries()) == entries


# -- when an answer is used again --------------------------------------------------------


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "cache", pytest.fail)


def forbid(monkeypatch, name: str) -> None:
    monkeypatch.setattr(dimensions, name, lambda *_, **__: pytest.fail(f"computed {name}"))


def test_an_answer_is_computed_once(store, monkeypatch) -> None:
    NeuroManifold("mlp:2,2,3:x^2", cache=store).dimension()
    forbid(monkeypatch, "dimension")
    again = NeuroManifold("mlp:2,2,3:x^2", cache=store)
    assert again.dimension() == 8 and again.dimension().status == "proved"


@pytest.mark.parametrize("other", [{"seed": 1}, {"method": "elimination"}])
def test_another_option_is_another_question(store, monkeypatch, other) -> None:
    NeuroManifold("mlp:2,2,3:x^2", cache=store).dimension()
    forbid(monkeypatch, "dimension")
    with pytest.raises(pytest.fail.Exception):
        NeuroManifold("mlp:2,2,3:x^2", cache=store, **other).dimension()


def test_arguments_are_part_of_the_question(store) -> None:
    M = NeuroManifold("linear:2,1,2", cache=store)
    laws = {(d, f): len(M.conservation_laws(d, f)) for d in (2, 4)
            for f in ("weight-decay=1", "momentum=1", None)}
    again = NeuroManifold("linear:2,1,2", cache=store)
    assert {(d, f): len(again.conservation_laws(d, f)) for d, f in laws} == laws
    assert len(set(laws.values())) > 1
    assert M.ed_degree("generic") == again.ed_degree("generic") == 6
    assert again.ed_degree("unit") == 2


def test_an_entry_of_another_version_is_not_used(store, monkeypatch) -> None:
    NeuroManifold("mlp:2,2,3:x^2", cache=store).dimension()
    forbid(monkeypatch, "dimension")
    with monkeypatch.context() as changed:
        changed.setattr("neuroalg_sage.cache.memory.program", lambda: "another")
        with pytest.raises(pytest.fail.Exception):
            NeuroManifold("mlp:2,2,3:x^2", cache=store).dimension()
    with monkeypatch.context() as changed:
        changed.setattr(keys, "_package_versions", lambda: {"passagemath-macaulay2": "9"})
        with pytest.raises(pytest.fail.Exception):
            NeuroManifold("mlp:2,2,3:x^2", cache=store).dimension()
    assert NeuroManifold("mlp:2,2,3:x^2", cache=store).dimension() == 8


def test_what_failed_is_not_kept(store) -> None:
    M = NeuroManifold("mlp:3,3,3:x^2", timeout=0.01, cache=store)
    with pytest.raises(LimitReached):
        M.compute("ideal")
    assert "ideal" not in {entry.key["invariant"] for entry in store.entries()}


def test_a_degree_is_counted_where_another_process_did_not_find_the_ideal(store, monkeypatch
                                                                         ) -> None:
    from neuroalg_sage.invariants.equations import degree_by_fixed_points, ideal

    calls = []

    def fail(*arguments, **options):
        calls.append(1)
        raise LimitReached("too long")

    monkeypatch.setattr(degree_by_fixed_points, "degree_by_fixed_points", lambda *words: None)
    monkeypatch.setattr(ideal, "ideal", fail)
    first, second, longer = (NeuroManifold("mlp:2,2,3:x^2", seed=1, timeout=seconds, cache=store)
                             for seconds in (50, 40, 100))
    with pytest.raises(LimitReached, match="too long"):
        first.ideal()
    degree = second.degree()
    assert degree == 3 and degree.status == "numerical" and len(calls) == 1
    assert longer.degree() == 3 and len(calls) == 2
    # Whoever asks for the ideal itself means it.
    with pytest.raises(LimitReached, match="too long"):
        NeuroManifold("mlp:2,2,3:x^2", seed=1, timeout=50, cache=store).ideal()
    assert len(calls) == 3


def test_a_share_of_the_same_limit_is_the_same_time(store, monkeypatch) -> None:
    from neuroalg_sage.invariants.equations import degree_by_fixed_points, ideal

    calls = []

    def fail(*arguments, **options):
        calls.append(1)
        raise LimitReached("too long")

    monkeypatch.setattr(degree_by_fixed_points, "degree_by_fixed_points", lambda *words: None)
    monkeypatch.setattr(ideal, "ideal", fail)
    for seconds, tried in ((980.0, 1), (1000.0, 1), (1500.0, 2)):
        M = NeuroManifold("mlp:2,2,3:x^2", seed=1, timeout=2000, cache=store)
        M.computation.end_within(seconds)
        with pytest.raises(LimitReached, match="too long"), M.computation.share():
            M._require_time_for_the_ideal()
            M.ideal()
        assert len(calls) == tried


def test_an_answer_that_a_limit_made_worse_is_final_for_this_limit_alone(store, monkeypatch
                                                                         ) -> None:
    calls, honest = [], dimensions.dimension

    def limited(*arguments):
        calls.append(1)
        try:
            raise LimitReached("over")
        except LimitReached:
            return honest(*arguments)

    monkeypatch.setattr(dimensions, "dimension", limited)

    def ask(seconds: float | None) -> int:
        NeuroManifold("mlp:2,2,3:x^2", timeout=seconds, cache=store).is_filling()
        return len(calls)

    assert [ask(10), ask(10), ask(5), ask(20), ask(20), ask(None), ask(None), ask(1)] == [
        1, 1, 1, 2, 2, 3, 3, 3]


def test_a_better_dimension_replaces_what_depends_on_it(store) -> None:
    # Its dimension is proved by equations only.
    M = NeuroManifold("attention:d=2,a=1,out=1,t=2", cache=store)
    M.is_filling(), M.ideal()
    again = NeuroManifold("attention:d=2,a=1,out=1,t=2", cache=store)
    assert again.dimension().status == M.dimension().status == "proved"
    assert again.is_filling().status == M.is_filling().status


def test_entries_whose_certificate_does_not_hold_are_computed_again(tmp_path) -> None:
    """Also if the checksum is right."""
    sentences: list[str] = []
    store = Store(tmp_path, sentences.append)
    NeuroManifold("mlp:2,2,3:x^2", cache=store).dimension()

    def forged(change) -> None:
        (entry,) = [e for e in store.entries() if e.key["invariant"] == "dimension"]
        content = store.load(entry.key)
        change(content["answer"]["of"])
        store.save(entry.key, content)

    def claim(answer) -> None:
        answer["data"] = 7

    def claim_in_certificate(answer) -> None:
        answer["data"] = answer["certificate"]["claim"]["value"] = 7

    def model(answer) -> None:
        answer["certificate"]["model"] = {"spec": "linear:2,1,2"}

    for change in (claim, claim_in_certificate, model,
                   lambda answer: answer.update(status="numerical"),
                   lambda answer: answer.pop("method"),
                   lambda answer: answer.update(coordinates=3),
                   lambda answer: answer.update(data={"object": "os", "of": {}})):
        forged(change)
        assert NeuroManifold("mlp:2,2,3:x^2", cache=store).dimension().data == 8
        assert len(sentences) == 1 and "damaged" in sentences.pop()


# -- damage and adversity ------------------------------------------------------------------

KEY = {"invariant": "dimension", "model": "x"}


def test_any_flipped_bit_is_noticed(tmp_path) -> None:
    sentences: list[str] = []
    store = Store(tmp_path, sentences.append)
    content = {"answer": [1, "x" * 5]}
    store.save(KEY, content)
    path = store.entries()[0].path
    good = path.read_bytes()
    for place in range(8 * len(good)):
        bad = bytearray(good)
        bad[place // 8] ^= 1 << place % 8
        path.write_bytes(bad)
        assert store.load(KEY) is None and not path.exists()
        assert len(sentences) == 1 and "damaged" in sentences.pop()
    for length in range(len(good)):
        path.write_bytes(good[:length])
        assert store.load(KEY) is None and len(sentences) == 1
        sentences.clear()
    path.write_bytes(good)
    assert store.load(KEY) == content and not sentences


def test_an_entry_under_the_name_of_another_is_not_used(tmp_path) -> None:
    sentences: list[str] = []
    store = Store(tmp_path, sentences.append)
    store.save(KEY, [1])
    other = {"invariant": "degree"}
    path = store._path(other)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(store.entries()[0].path.read_bytes())
    assert store.load(other) is None and len(sentences) == 1


WRITER = """
import sys
from neuroalg_sage.cache.store import Store
store = Store(sys.argv[1])
print("ready", flush=True)
for i in range(int(sys.argv[2])):
    store.save({"invariant": "x"}, ["a" * int(sys.argv[3])] * 20)
    assert store.load({"invariant": "x"}) == ["a" * int(sys.argv[3])] * 20
"""


def writer(folder: Path, count: int, size: int) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(count), str(size)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=os.environ | {"PYTHONPATH": str(ROOT)})


def test_processes_may_write_the_same_entry_at_once(tmp_path) -> None:
    writers = [writer(tmp_path, 150, 2000) for _ in range(4)]
    for process in writers:
        _, errors = process.communicate(timeout=600)
        assert process.returncode == 0 and errors == ""
    store = Store(tmp_path, pytest.fail)
    assert len(store.load({"invariant": "x"})) == 20
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [store.entries()[0].path]


KILLED = """
import os, signal, sys
from pathlib import Path
from neuroalg_sage.cache import store
def killed_within(path, mode="r"):
    if "x" in mode:
        Path(path).write_bytes(b"the beginning")
        os.kill(os.getpid(), signal.SIGKILL)
    return open(path, mode)
if sys.argv[2] == "writing":
    store.open = killed_within
else:
    os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
store.Store(sys.argv[1]).save({"invariant": "x"}, "new")
"""


@pytest.mark.parametrize("moment", ["writing", "renaming"])
def test_a_kill_while_writing_leaves_the_entry_that_was_there(moment, tmp_path) -> None:
    store = Store(tmp_path, pytest.fail)
    store.save({"invariant": "x"}, "old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), moment],
                          env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == -signal.SIGKILL
    assert store.load({"invariant": "x"}) == "old"
    (left,) = tmp_path.rglob("*.part")
    store.prune()
    assert left.exists()  # it might be of a process at work
    os.utime(left, (0, 0))
    store.prune()
    assert not left.exists() and len(store.entries()) == 1


def test_a_kill_at_any_moment_leaves_whole_entries(tmp_path) -> None:
    generator = random.Random(5)
    for _ in range(8):
        process = writer(tmp_path, 10**6, 300_000)
        process.stdout.readline()
        time.sleep(generator.uniform(0, 0.06))
        process.send_signal(signal.SIGKILL)
        _, errors = process.communicate()
        assert errors == ""  # it has read each of its entries as it was written
        found = Store(tmp_path, pytest.fail).load({"invariant": "x"})
        assert found is None or found == ["a" * 300_000] * 20
    Store(tmp_path, pytest.fail).prune(all_unfinished=True)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("obstacle", ["a file in its place", "read-only", "full disk", "rename"])
def test_without_a_usable_folder_computing_goes_on(obstacle, tmp_path, monkeypatch) -> None:
    sentences: list[str] = []
    folder = tmp_path / "cache"

    def refuse(code):
        def refusing(*_, **__):
            raise OSError(code, os.strerror(code))
        return refusing

    if obstacle == "a file in its place":
        folder.write_text("")
    elif obstacle == "read-only":  # which does not stop the administrator
        monkeypatch.setattr(Path, "mkdir", refuse(errno.EROFS))
    elif obstacle == "full disk":
        def full(path, mode="r", *_, **__):
            if "x" in mode:
                Path(path).write_bytes(b"the beginning")
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return open(path, mode)

        monkeypatch.setattr(stores, "open", full, raising=False)
    else:
        monkeypatch.setattr(os, "replace", refuse(errno.ENOSPC))
    M = NeuroManifold("mlp:2,2,3:x^2", cache=Store(folder, sentences.append))
    assert M.dimension() == 8 and M.is_filling().data is False
    assert len(sentences) == 1 and "computing goes on without it" in sentences[0]
    assert not list(tmp_path.rglob("*.part"))


def test_a_real_read_only_folder(tmp_path, monkeypatch, capsys) -> None:
    if os.geteuid() == 0:
        pytest.skip("the administrator may write everywhere")
    tmp_path.chmod(0o500)
    monkeypatch.setenv("NEUROALG_CACHE", str(tmp_path / "cache"))
    assert main(["compute", "linear:2,1,2", "dimension", "--quiet"]) == 0
    printed = capsys.readouterr()
    assert "dimension = 3" in printed.out and len(printed.err.splitlines()) == 1
    tmp_path.chmod(0o700)


# -- pruning -------------------------------------------------------------------------------


def filled(folder: Path) -> Store:
    """Five entries of about 10 kB, last used today, yesterday, and so on."""
    store = Store(folder, pytest.fail)
    for days in range(5):
        key = {"invariant": "x", "days": days}
        store.save(key, "a" * 10_000)
        then = time.time() - days * 86400 - 10
        os.utime(store._path(key), (then, then))
    return store


def days(store: Store) -> set[int]:
    return {entry.key["days"] for entry in store.entries()}


def test_pruning_by_age_and_by_size_removes_the_longest_unused(tmp_path) -> None:
    store = filled(tmp_path)
    assert store.prune()[0] == 0
    assert store.prune(older_than=3.5 * 86400)[0] == 1 and days(store) == {0, 1, 2, 3}
    assert store.load({"invariant": "x", "days": 3}) is not None  # is used again
    count, size = store.prune(max_size=25_000)
    assert count == 2 and 20_000 < size < 25_000 and days(store) == {0, 3}
    assert store.prune(max_size=1)[0] == 2 and not store.entries()


def test_pruning_leaves_the_files_of_others_alone(tmp_path) -> None:
    store = filled(tmp_path)
    mine = [tmp_path / "notes.txt", store.entries()[0].path.with_name("notes.entry")]
    for path in mine:
        path.write_text("mine")
    store.entries()[0].path.write_bytes(b"damaged")
    assert store.prune()[0] == 1
    assert store.prune(keep=lambda key: False)[0] == 4
    assert all(path.exists() for path in mine)


# -- in the shell ----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("NEUROALG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_second_report_is_the_same_and_needs_neither_sage_nor_macaulay2(folder, capsys) -> None:
    pages = []
    for form in ([], [], ["--json"], ["--latex"]):
        assert main(["report", "linear:3,1,2", "--quiet", *form]) == 0
        pages.append(capsys.readouterr().out)
    assert pages[0] == pages[1]
    code = ("import sys; from neuroalg_sage.cli import main; "
            "main(['report', 'linear:3,1,2', '--quiet']); "
            "sys.exit(any(m.split('.')[0] in ('sage', 'pexpect') for m in sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0 and done.stdout == pages[0] and done.stderr == ""


def test_the_option_no_cache_neither_reads_nor_writes(folder, capsys) -> None:
    assert main(["compute", "linear:2,1,2", "dimension", "--quiet", "--no-cache"]) == 0
    assert not folder.exists()


def test_a_damaged_entry_is_one_sentence_on_standard_error(folder, capsys) -> None:
    command = ["compute", "linear:2,1,2", "dimension", "--quiet"]
    assert main(command) == 0
    printed = capsys.readouterr()
    (entry,) = folder.rglob("*.entry")
    entry.write_bytes(entry.read_bytes()[:-1])
    assert main(command) == 0
    again = capsys.readouterr()
    assert again.out == printed.out
    assert len(again.err.splitlines()) == 1 and "damaged" in again.err
    assert main(command) == 0 and capsys.readouterr().err == ""


def test_the_command_shows_and_prunes(folder, capsys) -> None:
    assert main(["cache"]) == 0 and "0 entries" in capsys.readouterr().out
    assert main(["compute", "linear:2,1,2", "dimension", "is_filling", "--quiet"]) == 0
    assert main(["compute", "mlp:2,1,1:x^2", "dimension", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["cache"]) == 0
    assert "linear:2,1,2: 2 entries" in capsys.readouterr().out
    assert main(["cache", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["entries"] == 3 and page["others"] == 0
    assert page["models"]["linear:2,1,2"]["invariants"] == ["dimension", "is_filling"]
    Store(folder).save({"invariant": "dimension", "schema": 0}, 1)
    assert main(["cache"]) == 0 and "1 damaged or of other versions" in capsys.readouterr().out
    assert main(["cache", "--prune", "--older-than", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["removed"] == 1
    assert main(["cache", "--prune", "--max-size", "0.000001"]) == 0
    assert capsys.readouterr().out.startswith("3 entries removed")
    assert main(["compute", "linear:2,1,2", "dimension", "--quiet"]) == 0
    assert main(["cache", "--clear"]) == 0
    assert "1 entry removed" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--older-than", "2"], ["--max-size", "3"],
                                   ["--prune", "--older-than", "-1"], ["--prune", "--clear"],
                                   ["--prune", "--max-size", "much"]])
def test_wrong_options_are_one_sentence(words, folder, capsys) -> None:
    assert main(["cache", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and len(printed.err.splitlines()) == 1


def test_where_the_cache_is(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setenv("NEUROALG_CACHE", "none")
    assert stores.default_folder() is None and main(["cache"]) == 2
    monkeypatch.delenv("NEUROALG_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert stores.default_folder() == tmp_path / "neuroalg"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert stores.default_folder() == tmp_path / ".cache" / "neuroalg"


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere"),
                                  lambda path: (path.mkdir(), (path / "x").touch())])
def test_what_is_no_file_is_a_damaged_entry(make, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("NEUROALG_CACHE", str(tmp_path))
    key = {"invariant": "degree"}

    def place() -> Path:
        store.save(key, [1])
        (entry,) = tmp_path.glob("*/*.entry")
        entry.unlink()
        make(entry)
        return entry

    sentences: list[str] = []
    store = Store(tmp_path, sentences.append)
    path = place()
    assert store.load(key) is None
    store.save(key, [2])
    assert store.load(key) == [2] and path.is_file()
    assert not any("cannot be" in sentence for sentence in sentences)
    for option in ([], ["--prune"], ["--clear"]):
        path = place()
        assert main(["cache", *option]) == 0
        assert os.path.lexists(path) is not bool(option)
        Store(tmp_path).prune(keep=lambda key: False)
    assert "1 entry" in capsys.readouterr().out
