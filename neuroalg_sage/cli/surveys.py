"""
``neuroalg survey``.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from neuroalg_sage.cli.options import (
    Commands,
    about_a_table,
    about_the_workers,
    progress,
    whole,
    wholes,
    words,
)
from neuroalg_sage.cli.output import check_table, state_table
from neuroalg_sage.cli.parsers import Parser
from neuroalg_sage.cli.supervision import discard_output
from neuroalg_sage.errors import LimitReached


def add(command: Commands) -> None:
    """Add the command: the families and questions that a survey may be of, and their options."""
    survey = command("survey", _survey)
    kinds = survey.add_subparsers(dest="kind", required=True, metavar="KIND",
                                  parser_class=Parser)

    def kind(name: str, help: str, invariants: bool = False) -> argparse.ArgumentParser:
        sub = kinds.add_parser(name, help=help, description=help)
        sub.add_argument("--directory", metavar="DIR", help="where the results are kept, and from "
                         "where the same command goes on; else they are printed")
        sub.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, tcp://host:port")
        about_the_workers(sub)
        if invariants:
            about_a_table(sub, "--table")
            sub.add_argument("--invariants", type=words, metavar="NAMES", help="names, joined by "
                             "commas; else dimension,expected_dimension,defect,is_filling")
        else:
            sub.add_argument("--table", action="store_true", help="print a table, instead of a "
                             "line for each model and one for all")
        sub.add_argument("--certificates", action="store_true", help="keep the certificates too")
        sub.add_argument("--quiet", action="store_true", help="no progress on standard error")
        return sub

    def networks(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--layers", type=whole, required=True, help="at most so many layers")
        sub.add_argument("--width", type=whole, required=True, help="at most so many units each")
        sub.add_argument("--activations", type=words, required=True, metavar="x^2,x^3,...")

    networks(kind("mlps", "All fully connected networks within bounds.", True))
    sub = kind("specs", "The models that a file names, one spec on a line.", True)
    sub.add_argument("file", metavar="FILE")
    sub = kind("threshold", "From which r on the activations x^r give the expected dimension.")
    sub.add_argument("widths", type=wholes, metavar="WIDTHS", help="such as 2,2,2")
    sub.add_argument("--largest", type=whole, default=6, metavar="R", help="the largest r")
    sub = kind("filling", "The minimal hidden widths of filling networks.")
    sub.add_argument("--depth", type=whole, required=True, help="number of dense layers")
    sub.add_argument("--inputs", type=whole, required=True)
    sub.add_argument("--outputs", type=whole, required=True)
    sub.add_argument("--degree", type=whole, required=True, help="of the activation, a power of x")
    sub.add_argument("--widest", type=whole, default=5, help="the largest width of a hidden layer")
    networks(kind("defective", "The networks within bounds that lack the expected dimension."))


def _survey(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.survey import (
        DEFAULT_INVARIANTS,
        Survey,
        about_mlps,
        about_specs,
        architectures,
        mlps,
        read_specs,
    )
    from neuroalg_sage.survey.comparison import of_survey

    def print_text(text: str) -> None:
        try:
            print(text, flush=True)
        except BrokenPipeError:
            raise
        except OSError as error:
            discard_output()
            raise LimitReached(f"The results cannot be printed: {error.strerror}.") from None

    def print_line(page: dict[str, Any]) -> None:
        print_text(json.dumps(page))

    options: dict[str, Any] = {
        "directory": arguments.directory, "jobs": arguments.jobs,
        "scheduler": arguments.scheduler, "timeout": arguments.timeout,
        "memory_gb": arguments.memory, "certificates": arguments.certificates,
        "seed": arguments.seed, "progress": progress(arguments),
        "each": print_line if arguments.directory is None else lambda line: None}
    if arguments.kind in ("mlps", "specs"):
        check_table(arguments)
        is_table = arguments.form is not None or arguments.output is not None
        if is_table:
            options["each"] = lambda line: None
        if arguments.kind == "mlps":
            network = arguments.layers, arguments.width, arguments.activations
            specs, about = mlps(*network), about_mlps(*network)
        else:
            specs = read_specs(arguments.file)
            about = about_specs(specs)
        names = arguments.invariants
        with Survey(about, DEFAULT_INVARIANTS if names is None else names, **options) as survey:
            try:
                survey.run(specs)
            finally:
                if is_table:
                    state_table(arguments, of_survey(survey.settings.invariants, (
                        survey.lines[spec] for spec in specs if spec in survey.lines)))
            return survey.exit_code
    answer: architectures.Answer
    if arguments.table:
        options["each"] = lambda line: None
    if arguments.kind == "threshold":
        answer = architectures.activation_threshold(arguments.widths, arguments.largest, **options)
    elif arguments.kind == "filling":
        answer = architectures.minimal_filling(arguments.depth, arguments.inputs, arguments.outputs,
                                           arguments.degree, arguments.widest, **options)
    else:
        answer = architectures.defective(arguments.layers, arguments.width, arguments.activations,
                                     **options)
    if arguments.table:
        print_text(answer.table())
    else:
        print_line(answer.page())
    return 0 if answer.is_complete else LimitReached.exit_code
