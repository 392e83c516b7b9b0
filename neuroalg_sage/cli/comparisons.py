"""
``neuroalg compare``, and the options of a table of models.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from neuroalg_sage.cli.options import (
    Commands,
    about_the_cache,
    about_the_workers,
    progress,
    words,
)
from neuroalg_sage.cli.output import check_writable

if TYPE_CHECKING:
    from neuroalg_sage.survey.comparison import Comparison

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


def about_a_table(sub: argparse.ArgumentParser, option: str = "") -> None:
    """
    In which form a table is printed, or written.

    INPUT:

    - ``option`` -- the option that has it printed as text, where that is not done anyway
    """
    form = sub.add_mutually_exclusive_group()
    if option:
        form.add_argument(option, dest="form", action="store_const", const="txt",
                          help="print a table at the end, instead of a line for each model")
    for name, (form_name, what) in {"--csv": ("csv", "the table as CSV"), "--latex": (
            "tex", "the table as a LaTeX document")}.items():
        form.add_argument(name, dest="form", action="store_const", const=form_name,
                          help=f"print {what}")
    if not option:
        form.add_argument("--json", dest="form", action="store_const", const="json",
                          help="print one JSON object")
    form.add_argument("-o", "--output", metavar="FILE", help="write the table to a file, in the "
                      "form that its ending says: .txt, .csv, .json, .html or .tex")


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
