"""
``neuroalg compare``, models beside each other.
"""

from __future__ import annotations

import argparse
import sys

from neuroalg_sage.cli.options import (
    Commands,
    about_a_table,
    about_the_cache,
    about_the_workers,
    progress,
    words,
)
from neuroalg_sage.cli.output import check_table, state_table

SECONDS = 60.0  # for one model


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("compare", _compare)
    sub.add_argument("specs", nargs="+", metavar="SPEC|FILE",
                     help="spec strings or model files, one row each")
    sub.add_argument("--questions", type=words, metavar="NAMES", help="the columns, names of "
                     "invariants joined by commas; else ambient_dimension, dimension, defect, "
                     "is_filling, is_identifiable, degree, number_of_conservation_laws")
    about_a_table(sub)
    about_the_workers(sub, SECONDS)
    about_the_cache(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _compare(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.survey.comparison import DEFAULT_QUESTIONS, compare

    check_table(arguments)
    say = progress(arguments)
    say.begin(f"comparison of {len(arguments.specs)} models")
    names = arguments.questions
    table = compare(
        arguments.specs, DEFAULT_QUESTIONS if names is None else names, timeout=arguments.timeout,
        memory_gb=arguments.memory, seed=arguments.seed, jobs=arguments.jobs,
        cache=not arguments.no_cache, progress=say,
        each=lambda table: state_table(arguments, table))
    if arguments.output is not None or arguments.form is not None:  # in text they stand below it
        for found in table.rows:
            for why in dict.fromkeys(cell.why for cell in found.cells.values() if cell.why):
                print(f"neuroalg: {found.name}: {why}", file=sys.stderr)
    return table.exit_code
