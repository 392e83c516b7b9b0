"""Every notebook in examples runs in the kernel that it names, and is committed without outputs."""

from __future__ import annotations

import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from neuroalg_sage import notebooks
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.notebooks import environment, kernel_of, missing

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
# One of each kernel, which every commit runs; the pages of the manual ask the others' questions.
FIRST = "conservation_laws", "convolution"
# tests/engines/test_macaulay2_examples.py registers its kernel, and runs it.
HERE = [path for path in NOTEBOOKS if kernel_of(path) != "m2"]


def test_there_are_notebooks_for_each_kernel() -> None:
    assert len(HERE) >= 4 and {kernel_of(path) for path in NOTEBOOKS} == {
        "m2", "neuroalg", "python3"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_teaches_and_is_committed_without_outputs(path) -> None:
    page = json.loads(path.read_text())
    assert (page["nbformat"], page["nbformat_minor"]) == (4, 5)
    cells = page["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert len({cell["id"] for cell in cells}) == len(cells)
    prose = sum(len("".join(c["source"])) for c in cells if c["cell_type"] == "markdown")
    assert prose > 1500 and len(cells) - len(code) >= len(code) / 3


@pytest.mark.skipif(find_spec("nbclient") is None,
                    reason="pip install 'neuroalg-sage[notebook]' brings what runs notebooks")
@pytest.mark.parametrize("path", [
    pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * (path.stem not in FIRST))
    for path in HERE])
def test_a_notebook_runs(path, monkeypatch, tmp_path) -> None:
    import nbformat
    from nbclient import NotebookClient

    notebooks.register(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    assert (sentence := missing(kernel_of(path))) is None, sentence
    # As a plain Jupyter starts it: what the kernel needs is the kernel's own affair.
    monkeypatch.delenv("SAGE_IMPORTALL", raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(
        filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=240, resources={
        "metadata": {"path": str(path.parent)}}).execute()
    assert any(output.get("data") or output.get("text") for cell in notebook.cells
               if cell.cell_type == "code" for output in cell.outputs)


def test_a_kernel_that_is_missing_is_one_sentence(tmp_path, capsys) -> None:
    assert "jupyter kernelspec list" in str(missing("no-such-kernel"))
    with pytest.raises(InputError, match="no notebook"):
        kernel_of(ROOT / "examples" / "filters.csv")
    assert main(["notebooks", str(tmp_path / "nothing")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "no folder" in error


def test_the_kernel_finds_macaulay2_and_does_not_ask_for_all_of_sage(monkeypatch) -> None:
    monkeypatch.delenv("SAGE_IMPORTALL", raising=False)
    found = environment()
    assert found["SAGE_IMPORTALL"] == "no"
    assert shutil.which("M2", path=found["PATH"])


def test_a_kernel_without_sage_says_what_is_missing(monkeypatch) -> None:
    monkeypatch.setattr(notebooks, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="pip install"):
        notebooks.run_kernel()
