"""
Jupyter, with the kernels that the notebooks in ``examples`` name.

The kernel ``neuroalg``, which is installed along with the package, is Sage's kernel in an
environment of its own: it finds Macaulay2, and does not import all of Sage when it starts, since
only parts of Sage may be installed; the notebooks import these.  So it works in any Jupyter.  The
kernel ``m2`` runs the Macaulay2 that it finds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from neuroalg_sage.errors import InputError

EXTRA = "pip install 'neuroalg-sage[notebook]' brings it"
WAYS = {"neuroalg": "neuroalg notebooks registers it", "python3": EXTRA,
        "m2": f"{EXTRA}, and neuroalg install-m2 --kernel registers it"}


def environment() -> dict[str, str]:
    """
    The environment in which the kernels start.

    EXAMPLES::

        >>> "PATH" in environment()
        True
    """
    from neuroalg_sage.engines.macaulay2 import find_command
    from neuroalg_sage.errors import EngineError

    found = dict(os.environ)
    folders = [str(Path(sys.executable).parent)]
    try:
        folders.append(str(Path(find_command().split()[0]).parent))
    except EngineError:
        pass  # notebooks without Macaulay2 run all the same
    found["PATH"] = os.pathsep.join([*folders, found.get("PATH", os.defpath)])
    found["SAGE_IMPORTALL"] = "no"
    return found


def run_kernel() -> None:
    """Run Sage's kernel in its environment; Jupyter starts this, by ``kernel.json``."""
    if find_spec("sage.repl") is None or find_spec("ipykernel") is None:
        raise SystemExit(f"This kernel needs Sage's; {EXTRA}.")
    # A new process image, since Sage reads its environment when it is first imported.
    os.execve(sys.executable, [sys.executable, "-m", "sage.repl.ipython_kernel", *sys.argv[1:]],
              environment())


def register(prefix: str | Path = sys.prefix) -> None:
    """
    Register the kernel ``neuroalg`` with the Jupyter of an environment.

    The wheel does so when it is installed; a package that runs from its sources has not.
    """
    folder = Path(prefix) / "share" / "jupyter" / "kernels" / "neuroalg"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("kernel.json"), folder)


def kernel_of(path: str | Path) -> str:
    """
    The name of the kernel that a notebook asks for.

    Raises InputError if the file is no notebook.
    """
    try:
        return str(json.loads(Path(path).read_text())["metadata"]["kernelspec"]["name"])
    except (OSError, ValueError, LookupError, TypeError):
        raise InputError(f"{str(path)[:200]!r} is no notebook of Jupyter.") from None


def missing(kernel: str) -> str | None:
    """
    Why a kernel cannot start, in one sentence with the way on; None if it can.

    EXAMPLES::

        >>> missing("matlab")
        "The kernel 'matlab' is not installed; jupyter kernelspec list shows those that are."
    """
    if find_spec("jupyter_client") is not None:
        from jupyter_client.kernelspec import KernelSpecManager

        if kernel in KernelSpecManager().find_kernel_specs():
            return None
    way = WAYS.get(kernel, "jupyter kernelspec list shows those that are")
    return f"The kernel {kernel!r} is not installed; {way}."


def open_notebooks(folder: str) -> int:
    """
    Open a folder in JupyterLab, and return its exit code when it ends.

    Raises InputError if there is no such folder, or no JupyterLab.
    """
    if not Path(folder).is_dir():
        raise InputError(f"There is no folder {folder[:200]!r}; give one with notebooks, such as "
                         "examples.")
    if find_spec("jupyterlab") is None:
        raise InputError(f"Notebooks are opened by JupyterLab, which is not installed; {EXTRA}.")
    if missing("neuroalg") is not None:
        with suppress(OSError):  # what is missing is said below
            register()
    for kernel in sorted({kernel_of(path) for path in Path(folder).glob("*.ipynb")}):
        if (sentence := missing(kernel)) is not None:
            print(f"neuroalg: {sentence}", file=sys.stderr)
    return subprocess.run([sys.executable, "-m", "jupyterlab", folder], env=environment()
                          ).returncode


if __name__ == "__main__":
    run_kernel()
