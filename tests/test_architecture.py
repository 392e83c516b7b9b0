"""Imports point downward; each room knows what it may know."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Set
from pathlib import Path
from xml.etree import ElementTree

import pytest
from house import imports, page, rooms

from neuroalg_sage.certificates import believed
from neuroalg_sage.certificates.checker import CLAIMS
from neuroalg_sage.invariants import WINGS

PACKAGE = Path(__file__).resolve().parents[1] / "neuroalg_sage"

FLOORS = {"errors": 0, "declarations": 0, "storable": 0.1, "bibliography": 0, "certificates": 0,
          "files": 0.5, "processes": 0.5, "limits": 0.6, "models": 1, "markup": 1.5, "engines": 2,
          "formats": 2.5, "descriptions": 3, "invariants": 4, "cache": 4.5, "pictures": 4.5,
          "questions": 4.7, "neuromanifold": 5, "piecewise": 5, "approximation": 5,
          "report": 6, "notebooks": 6,
          "pages": 6.5, "survey": 7, "cli": 9, "__main__": 10, "__init__": 10}


# The wings of these rooms, each of which imports wings before it only; in the checker what
# several wings use stands before all.
WINGED = {"invariants": WINGS, "certificates": ("", *WINGS[1:])}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_downward(path: Path) -> None:
    here = FLOORS[room(path)]
    for module in imports(path):
        if module.startswith("neuroalg_sage."):
            there = module.split(".")[1]
            assert FLOORS[there] < here or there == room(path), f"{path.name} imports {module}"


def wing(path: Path) -> str:
    """The wing of a file of a room with wings; empty for what stands before them."""
    parts = path.relative_to(PACKAGE).parts
    return parts[1] if len(parts) > 2 else ""


@pytest.mark.parametrize("path", [p for p in FILES if room(p) in WINGED and wing(p)],
                         ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_wing_imports_wings_below_it_only(path: Path) -> None:
    order = WINGED[room(path)]
    for module in imports(path):
        parts = module.split(".")
        if parts[:2] == ["neuroalg_sage", room(path)] and len(parts) > 3:
            assert order.index(parts[2]) <= order.index(wing(path)), (
                f"{wing(path)}/{path.name} imports {module}, of a wing above it")


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circle(below: Mapping[str, Set[str]]) -> list[str]:
    """A circle of imports, as a list of modules whose last is the first; empty if there is none."""
    done: set[str] = set()

    def search(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module):], module]
        if module in done:
            return []
        for other in sorted(below.get(module, ())):
            if found := search(other, [*way, module]):
                return found
        done.add(module)
        return []

    return next((found for module in sorted(below) if (found := search(module, []))), [])


def test_the_picture_of_the_house_has_all_rooms_and_wings() -> None:
    assert set(rooms()) == {room for room in FLOORS if not room.startswith("__")}
    drawn = page()
    for name in [*rooms(), *WINGS]:
        assert f">{name}" in drawn.replace("/<", "<")
    ElementTree.fromstring(f"<div>{drawn}</div>")


def test_circles_are_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_imports_go_in_a_circle() -> None:
    """Also those inside functions, which hide a circle from Python, not from a reader."""
    found = circle({module_of(path): imports(path) - {module_of(path)} for path in FILES})
    assert not found, " imports ".join(found)


@pytest.mark.parametrize("path", [p for p in FILES if room(p) == "certificates"],
                         ids=lambda p: p.name)
def test_the_trusted_base_knows_only_flint_and_the_standard_library(path: Path) -> None:
    for module in imports(path):
        top = module.split(".")[0]
        assert top in sys.stdlib_module_names or top == "flint" or module.startswith(
            "neuroalg_sage.certificates"), f"{path.name} imports {module}"


def test_models_know_no_engines() -> None:
    for path in FILES:
        if room(path) == "models":
            tops = {module.split(".")[0] for module in imports(path)}
            assert not tops & {"sage", "pexpect"}, path.name


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.name)
def test_what_must_be_believed_for_one_claim_is_short_enough_to_be_read_as_a_proof(claim) -> None:
    for way in believed.ways(claim):
        assert way.lines < 1150, way
    # Where the ideal of another model has a proof within the proof.
    for way in believed.ways(claim, again=True):
        assert way.lines < 1300, way


def test_a_dimension_needs_little_and_what_all_claims_share_is_short() -> None:
    assert all(way.lines < (800 if "rational_functions" in way.chosen else 700)
               for way in believed.ways(CLAIMS["dimension"], again=True))
    # Besides the tables, of which one line is about a claim.
    assert believed.size(module for module in believed.SAME if module not in WINGS) < 200


def test_every_file_of_the_checker_is_one_that_some_claim_needs() -> None:
    named = {module for claim in CLAIMS.values() for way in believed.ways(claim)
             for module in way.files} | {*believed.SAME, *believed.REFUSALS}
    files = {".".join(path.relative_to(believed.ROOM).with_suffix("").parts).removesuffix(
        ".__init__") for path in FILES if room(path) == "certificates"}
    assert files - named == {"__init__", "__main__", "believed", "outside"}
    assert named <= files
    assert {*believed.AGAIN, *believed.STATUS} <= named


def test_lines_of_code_are_those_that_are_neither_prose_nor_blank(monkeypatch, tmp_path) -> None:
    source = ['"""Prose.', "", 'More of it."""', "", "from a import (", "    b,", "    c,", ")",
              "# why", "x = 1", "", "", "def f():", "    'What it does.'", "    return x", ""]
    (tmp_path / "sample.py").write_text("\n".join(source))
    monkeypatch.setattr(believed, "ROOM", tmp_path)
    assert believed.lines_of_code("sample") == 4
