"""
Writing results: whole files or none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from neuroalg_sage.files import check_writable, write_whole

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant

__all__ = ["as_file", "certificate_files", "check_writable", "write", "write_certificates"]


def as_file(data: Any) -> str:
    """JSON as the content of a file."""
    return json.dumps(data) + "\n"


def write(name: str, data: Any) -> None:
    """Write JSON to a file, whole or not at all."""
    write_whole(name, as_file(data))


def certificate_files(name: str | None, invariants: Iterable[Invariant]) -> dict[str, str]:
    """The content of the file of certificates, if one is named and if there are any."""
    certificates = [x.certificate for x in invariants if x.certificate]
    if name is None or not certificates:
        return {}
    return {name: as_file(certificates[0] if len(certificates) == 1 else certificates)}


def write_certificates(name: str | None, invariants: Iterable[Invariant]) -> None:
    """Write the certificates that there are to a file, if one is named."""
    for file, content in certificate_files(name, invariants).items():
        write_whole(file, content)
