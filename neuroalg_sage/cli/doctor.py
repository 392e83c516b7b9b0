"""
``neuroalg doctor``: what is installed, and what is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from neuroalg_sage.cli.options import Commands, progress


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("doctor", _doctor)
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _doctor(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.engines.installation import examine, python

    parts = examine(progress(arguments))
    missing = [part for part in parts if part.needed and not part.works]
    if arguments.json:
        print(json.dumps({"schema": 1, "python": python(), "complete": not missing,
                          "parts": [asdict(part) | {"works": part.works} for part in parts]}))
    else:
        print(f"Python {' in '.join(python())}")
        for part in parts:
            if part.works:
                print(f"  {f'{part.name} {part.version}'.strip()}: {part.place or 'works'}")
            elif not part.needed:
                print(f"  not needed, and not there or not at work: {part.problem}")
    for part in missing:
        print(f"neuroalg: {part.problem}", file=sys.stderr)
    return 1 if missing else 0
