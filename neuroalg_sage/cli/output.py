"""
Writing results: whole files or none, and an end that does not fail.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from neuroalg_sage.files import check_writable, write_whole

if TYPE_CHECKING:
    from neuroalg_sage.invariants.invariant import Invariant

__all__ = ["check_writable", "discard_output", "write", "write_certificates"]


def write(name: str, data: Any) -> None:
    """Write JSON to a file, whole or not at all."""
    write_whole(name, json.dumps(data) + "\n")


def write_certificates(name: str | None, invariants: Iterable[Invariant]) -> None:
    """Write the certificates that there are to a file, if one is named."""
    certificates = [x.certificate for x in invariants if x.certificate]
    if name is not None and certificates:
        write(name, certificates[0] if len(certificates) == 1 else certificates)


def discard_output() -> None:
    """Let what is still to be printed go nowhere, so that the end of the process does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
