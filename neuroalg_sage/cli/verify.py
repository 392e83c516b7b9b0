"""
``neuroalg verify``: certificates, checked anew.
"""

from __future__ import annotations

import argparse

from neuroalg_sage.cli.options import Commands, about_limits


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("verify", _verify)
    sub.add_argument("files", nargs="+", metavar="FILE")
    about_limits(sub)


def _verify(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.certificates.__main__ import verify_files

    return verify_files(arguments.files)
