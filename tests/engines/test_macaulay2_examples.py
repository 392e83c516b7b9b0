"""What a user of Macaulay2 is shown first: the example, and the notebook, also in Jupyter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import macaulay2_command

from neuroalg_sage.cli import main
from neuroalg_sage.invariants.training.loss_critical_locus import CriticalComponent
from neuroalg_sage.neuromanifold import NeuroManifold

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "examples" / "macaulay2.ipynb"


def run(*arguments: str, folder: Path = ROOT) -> str:
    done = subprocess.run([macaulay2_command(), *arguments], cwd=folder, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def critical_components() -> list[CriticalComponent]:
    return NeuroManifold("linear:2,2,2").loss_critical_locus([1, 0, 0, 1]).value


def test_the_example_agrees_with_python() -> None:
    printed = run("--script", "examples/neuromanifolds.m2")
    for spec in ("linear:3,2,3", "mlp:2,2,3:x^2", "cnn:2,2:x^2", "attention:d=2,a=1,out=1,t=2"):
        M = NeuroManifold(spec)
        assert (f"dimension {M.dimension():d} in a space of dimension {M.ambient_dimension():d}\n"
                in printed)
    assert "ED degrees: 3 and 39\n" in printed
    for component in critical_components():
        assert (f"critical parameters of dimension {component.dimension}, "
                f"degree {component.degree}\n") in printed


def cells() -> list[dict]:
    return json.loads(NOTEBOOK.read_text())["cells"]


def code() -> list[str]:
    return ["".join(cell["source"]) for cell in cells() if cell["cell_type"] == "code"]


def test_the_notebook_is_committed_without_outputs() -> None:
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells()
               if cell["cell_type"] == "code")
    assert len(code()) >= 20 and len(cells()) - len(code()) >= 15


def test_the_notebook_runs_as_a_script(tmp_path: Path) -> None:
    script = tmp_path / "notebook.m2"
    # The results that the text between the cells speaks of.
    lines = [*code(), "print toString (dim M, degree M, dim N, degree N)",
             "print toString apply(L, c -> (c#\"dimension\", c#\"degree\"))"]
    script.write_text("\n".join(lines))
    printed = run("--script", str(script), folder=NOTEBOOK.parent).splitlines()
    mlp, cnn = NeuroManifold("mlp:2,2,3:x^2"), NeuroManifold("cnn:2,2:x^2")
    expected = (mlp.dimension(), mlp.degree(), cnn.dimension(), cnn.degree())
    assert printed[-2] == f"({','.join(str(v.value) for v in expected)})"
    components = ",".join(f"({c.dimension},{c.degree})" for c in critical_components())
    assert printed[-1].replace(" ", "") == f"{{{components}}}"


@pytest.mark.slow
def test_the_notebook_runs_in_jupyter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("m2_kernel")
    assert main(["install-m2", "--no-help", "--quiet", "--kernel", "--prefix", str(tmp_path)]) == 0
    assert "have the kernel m2" in capsys.readouterr().out
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    notebook = nbformat.read(NOTEBOOK, 4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(notebook, timeout=300, resources={
        "metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    text = "".join(str(output) for cell in notebook.cells if cell.cell_type == "code"
                   for output in cell.outputs)
    assert "o15 = (3, 39)" in text and "error" not in text


def test_a_kernel_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                  capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "m2_kernel.kernel", None)
    assert main(["install-m2", "--no-help", "--quiet", "--kernel", "--prefix", str(tmp_path)]) == 1
    assert "pip install macaulay2-jupyter-kernel" in capsys.readouterr().err
