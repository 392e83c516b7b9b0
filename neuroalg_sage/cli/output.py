"""
Writing results: whole files or none.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from neuroalg_sage.files import check_writable, write_whole

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.survey.comparison import Comparison

__all__ = ["as_file", "certificate_files", "check_table", "check_writable", "state_table", "write",
           "write_certificates"]


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


def check_table(arguments: argparse.Namespace) -> None:
    """Refuse a file to which no table can be written."""
    if arguments.output is not None:
        from neuroalg_sage.survey.comparison import form_of

        form_of(arguments.output)
        check_writable(arguments.output)


def state_table(arguments: argparse.Namespace, table: Comparison) -> None:
    """Have a table printed, or written, when the command ends."""
    from neuroalg_sage.survey.comparison import form_of

    if arguments.output is None:
        arguments.page.state(table.written(arguments.form or "txt").rstrip("\n"))
    else:
        arguments.page.state(f"written to {arguments.output}", {
            arguments.output: table.written(form_of(arguments.output))})
