"""
Notebooks of Macaulay2: the kernel ``macaulay2-jupyter-kernel``, told which Macaulay2 to use.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from neuroalg_sage.engines.macaulay2 import find_command
from neuroalg_sage.errors import EngineError, InputError

NAME = "m2"  # as the kernel's own installation has it


def install_kernel(command: str | None = None, prefix: str | Path | None = None) -> Path:
    """
    Register the kernel for notebooks, with the Macaulay2 that NeuroAlg uses.

    The kernel starts what is called ``M2``; so the specification puts the folder of that
    Macaulay2 first on the path of the kernel.

    INPUT:

    - ``command`` -- as for :class:`~neuroalg_sage.engines.macaulay2.Macaulay2`
    - ``prefix`` -- a folder that gets ``share/jupyter/kernels/m2``; by default that of the user

    OUTPUT: the folder of the kernel's specification

    Raises EngineError if the kernel or Macaulay2 is missing, InputError if the command is not
    called ``M2`` or the folder cannot be written.
    """
    try:
        from jupyter_client.kernelspec import KernelSpecManager
        from m2_kernel.kernel import M2Kernel
    except ImportError:
        raise EngineError("The kernel for notebooks is not installed; "
                          "pip install macaulay2-jupyter-kernel brings it.") from None
    executable = Path(shutil.which(shlex.split(find_command(command))[0]) or "").absolute()
    if executable.name != "M2":
        raise InputError(f"The kernel for notebooks needs a Macaulay2 whose command is M2, not "
                         f"{executable.name}; name another one with --macaulay2.")
    specification = {**M2Kernel.kernel_json,
                     "argv": [sys.executable, "-m", "m2_kernel", "-f", "{connection_file}"],
                     "env": {"PATH": f"{executable.parent}:${{PATH}}"}}
    with TemporaryDirectory(prefix="neuroalg-") as folder:
        (Path(folder) / "kernel.json").write_text(json.dumps(specification, indent=1))
        try:
            return Path(KernelSpecManager().install_kernel_spec(
                folder, NAME, user=prefix is None,
                prefix=None if prefix is None else str(Path(prefix).expanduser().resolve())))
        except OSError as problem:
            raise InputError(f"The kernel for notebooks cannot be registered "
                             f"({problem.strerror or problem}); name another folder with "
                             "--prefix.") from None
