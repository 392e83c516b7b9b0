"""Imports point downward; each room knows what it may know."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from neuroalg_sage.invariants import WINGS

PACKAGE = Path(__file__).resolve().parents[1] / "neuroalg_sage"

FLOORS = {"errors": 0, "bibliography": 0, "certificates": 0, "files": 0.5, "processes": 0.5,
          "limits": 0.6, "models": 1, "engines": 2, "descriptions": 3, "invariants": 4,
          "cache": 4.5, "pictures": 4.5, "questions": 4.7, "formats": 5, "neuromanifold": 5,
          "report": 6, "training_page": 6, "functions": 6, "notebooks": 6, "pages": 6.5,
          "survey": 7, "cli": 9, "__main__": 10, "__init__": 10}


# The wings of these rooms, each of which imports wings before it only; in the checker what
# several wings use stands before all.
WINGED = {"invariants": WINGS, "certificates": ("", *WINGS[1:])}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The modules that a file imports, also inside functions, but not for types alone."""
    found: set[str] = set()

    def is_module(name: str) -> bool:
        place = PACKAGE.joinpath(*name.split(".")[1:])
        return name.startswith("neuroalg_sage.") and (
            place.with_suffix(".py").is_file() or (place / "__init__.py").is_file())

    class Visitor(ast.NodeVisitor):
        def visit_If(self, node: ast.If) -> None:
            if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
                self.generic_visit(node)

        def visit_Import(self, node: ast.Import) -> None:
            found.update(alias.name for alias in node.names)

        def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
            assert node.level == 0, f"{path} has a relative import"
            modules = {name for alias in node.names
                       if is_module(name := f"{node.module}.{alias.name}")}
            found.update(modules or {node.module or ""})

    Visitor().visit(ast.parse(path.read_text()))
    return found


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


def circle(below: dict[str, set[str]]) -> list[str]:
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


def lines_of_code(path: Path) -> int:
    """Lines that are neither blank, nor a comment, nor of a docstring; one for each import."""
    source = path.read_text()
    prose = set()
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(
                body[0].value, ast.Constant):
            prose |= set(range(body[0].lineno, (body[0].end_lineno or 0) + 1))
        if isinstance(node, ast.ImportFrom):
            prose |= set(range(node.lineno + 1, (node.end_lineno or 0) + 1))
    return len([line for i, line in enumerate(source.splitlines(), 1)
                if i not in prose and line.strip() and not line.strip().startswith("#")])


def needed(module: str, without: set[str]) -> set[Path]:
    """The files of the checker that a module of it needs, if some others are not used."""
    (path,) = (PACKAGE / "certificates").rglob(f"{module}.py")
    found = {path}
    for name in imports(path):
        if name.startswith("neuroalg_sage.certificates."):
            other = name.rpartition(".")[2]
            found |= needed(other, without) if other not in without else set()
    return found


# A dimension, an ideal, or that a variety is irreducible, is proved by one argument, a model has
# strata of one kind, and what only others need is not believed.
ARGUMENTS = {"graph_elimination", "inheritance", "linear_section", "linear_span", "minors",
             "bounded_rank", "units", "image", "known_varieties", "relaxation", "multiplicity",
             "error_bound"}
# In the coordinates of a linear span the ideal is proved by one more.
WITHIN_A_SPAN = {"graph_elimination", "linear_section", "minors"}
# These only refuse certificates, so no proof rests on them.
REFUSALS = {"work", "refutation"}


@pytest.mark.parametrize("argument", [None, *sorted(ARGUMENTS)])
@pytest.mark.parametrize("question", ["dimension", "groebner", "ideal", "singular_locus",
                                      "hilbert_function", "generic_fiber", "formulas",
                                      "conservation_laws", "critical_points", "decomposition",
                                      "fiber", "membership", "loss_critical_locus", "invariance",
                                      "voronoi", "polar_degrees", "distance_degree",
                                      "conormal", "subnetworks", "critical_locus",
                                      "subspace_varieties", "binary_forms", "discriminant"])
def test_what_must_be_believed_for_one_answer_is_short_enough_to_be_read_as_a_proof(
        question, argument):
    believed = needed(question, ARGUMENTS - {argument} | REFUSALS)
    assert sum(map(lines_of_code, believed)) < 1150
    if argument in WITHIN_A_SPAN:
        believed = needed(question, ARGUMENTS - {argument, "linear_span"} | REFUSALS)
        assert sum(map(lines_of_code, believed)) < 1150
