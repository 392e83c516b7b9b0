"""The manual builds without a warning, and says what the product says."""

from __future__ import annotations

import doctest
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest
from conftest import FLAGS, check_macaulay2, check_shell, shell_commands

from neuroalg_sage import bibliography
from neuroalg_sage.invariants.answers.methods import (
    FOR_CRITICAL_POINTS,
    FOR_THE_DEGREE,
    FOR_THE_IDEAL,
)

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "generated" not in page.parts)


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of code of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


def named(pages: list[Path]) -> list:
    return [pytest.param(page, id=str(page.relative_to(DOCS))) for page in pages]


@pytest.fixture
def level_of_the_log():
    """A page may show how to hear more of the log: the tests after it hear what they did before."""
    log = logging.getLogger("neuroalg_sage")
    level = log.level
    yield
    log.setLevel(level)


def check_python(page: Path, language: str) -> None:
    """All blocks of a page in a language, which may be a regular expression, show what happens."""
    text = "\n".join(blocks(page, language))
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert test.examples
    result = doctest.DocTestRunner(optionflags=FLAGS).run(test)
    assert result.failed == 0


@pytest.mark.parametrize("page", named([p for p in PAGES if blocks(p, "pycon")]))
@pytest.mark.usefixtures("level_of_the_log")
def test_the_python_of_a_page(page, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_python(page, "pycon")


@pytest.mark.slow
@pytest.mark.parametrize("page", named([p for p in PAGES if blocks(p, "pycon slow")]))
@pytest.mark.usefixtures("level_of_the_log")
def test_the_python_that_takes_long_of_a_page(page, tmp_path, monkeypatch) -> None:
    """With the blocks before and after it."""
    monkeypatch.chdir(tmp_path)
    check_python(page, "pycon(?: slow)?")


@pytest.mark.parametrize("page", named([p for p in PAGES if blocks(p, "console")]))
def test_the_shell_of_a_page(page, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    commands = [command for block in blocks(page, "console")
                for command in shell_commands(indent(block, "    "))]
    assert len(commands) == sum(block.count("$ neuroalg") for block in blocks(page, "console"))
    check_shell(commands, capsys)


def test_the_macaulay2_of_the_manual(tmp_path) -> None:
    check_macaulay2((DOCS / "macaulay2.md").read_text(), tmp_path)


def test_the_manual_knows_all_methods_and_no_others() -> None:
    text = (DOCS / "questions" / "limits.md").read_text()
    for method in FOR_THE_IDEAL + FOR_THE_DEGREE + FOR_CRITICAL_POINTS:
        assert f"`{method}`" in text or f"--method\n{method}" in text.replace("  ", "") or (
            method in re.findall(r"--method\s+(\w+)", text)) or method == "zero", method


def test_pages_cite_what_the_bibliography_has() -> None:
    for page in PAGES:
        for keys in re.findall(r"\{cite\}`([^`]+)`", page.read_text()):
            assert set(keys.split(",")) <= set(bibliography.papers()), page.name


def build(folder: Path, *options: str) -> tuple[Path, list[str]]:
    """Build the manual with these options of Sphinx; its folder, and whether modules are loaded."""
    for module in ("sphinx", "myst_parser", "furo", "matplotlib"):
        pytest.importorskip(module)
    source = folder / "docs"
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("generated"))
    script = folder / "build.py"
    script.write_text(
        "import sys\n"
        "from sphinx.cmd.build import main\n"
        "code = main(['-W', '--keep-going', '-q', '-j', 'auto', '-b', 'dummy', *sys.argv[1:]])\n"
        "print('neuroalg_sage.neuromanifold' in sys.modules, 'sage' in sys.modules)\n"
        "sys.exit(code)\n")
    done = subprocess.run(
        [sys.executable, str(script), *options, str(source), str(folder / "built")],
        capture_output=True, text=True, timeout=900, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr[-3000:]
    assert "WARNING" not in done.stderr
    return source, done.stdout.split()


def test_the_pages_build_without_a_warning(tmp_path) -> None:
    """Without what is generated from docstrings, which takes five times as long."""
    source, _ = build(tmp_path, "-D", "autosummary_generate=0", "-D",
                      "exclude_patterns=api/*,generated", "-D",
                      "suppress_warnings=toc.excluded,toc.not_readable,autosummary,ref.citation")
    assert (source / "generated").is_dir()


@pytest.mark.slow
def test_the_manual_builds_without_a_warning_and_without_sage(tmp_path) -> None:
    """All pages are read and all links are resolved; all modules are imported, but not Sage."""
    source, loaded = build(tmp_path)
    assert loaded == ["True", "False"]
    assert (source / "generated").is_dir() and list((source / "api" / "generated").glob("*.rst"))
