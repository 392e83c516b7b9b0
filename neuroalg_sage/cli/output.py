"""
Writing results: whole files or none, and an end that does not fail.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.invariant import Invariant


def check_writable(name: str | None) -> None:
    """Raise :class:`InputError` unless a file of this name, if any, may be written."""
    if name is None:
        return
    folder = Path(name).resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or Path(name).is_dir():
        raise InputError(f"The result cannot be written to {name[:200]!r}; name a file in a "
                         "folder that exists and may be written.")


def write(name: str, data: Any) -> None:
    """Write JSON to a file, whole or not at all."""
    path = Path(name).resolve()
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            try:
                json.dump(data, file)
                file.write("\n")
                file.close()
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise InputError(f"The result was not written to {name[:200]!r}: "
                         f"{error.strerror}.") from None


def write_certificates(name: str | None, invariants: Iterable[Invariant]) -> None:
    """Write the certificates that there are to a file, if one is named."""
    certificates = [x.certificate for x in invariants if x.certificate]
    if name is not None and certificates:
        write(name, certificates[0] if len(certificates) == 1 else certificates)


def discard_output() -> None:
    """Let what is still to be printed go nowhere, so that the end of the process does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
