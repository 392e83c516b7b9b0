"""
``neuroalg notebooks``.
"""

from __future__ import annotations

import argparse

from neuroalg_sage.cli.options import Commands


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("notebooks", _notebooks)
    sub.add_argument("folder", nargs="?", default="examples", metavar="FOLDER",
                     help="by default examples")


def _notebooks(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.notebooks import open_notebooks

    return open_notebooks(arguments.folder)
