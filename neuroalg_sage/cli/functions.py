"""
``neuroalg fiber | critical | voronoi | invariant | discriminant``: questions about a function.
"""

from __future__ import annotations

import argparse
import json

from neuroalg_sage.cli.options import (
    Commands,
    about_a_function,
    about_a_metric,
    about_a_model,
    about_the_answer,
    manifold_of,
)
from neuroalg_sage.cli.output import check_writable, write_certificates
from neuroalg_sage.errors import LimitReached


def add(command: Commands) -> None:
    """Add the commands."""

    def question(name: str) -> argparse.ArgumentParser:
        sub = command(name, _question)
        about_a_model(sub)
        about_the_answer(sub)
        sub.add_argument("--script", action="store_true",
                         help="print the standalone Macaulay2 script instead")
        return sub

    about_a_function(question("fiber"), True, False)
    sub = question("critical")
    about_a_function(sub, False, True)
    sub.add_argument("--data", metavar="FILE", help="instead, a data set: CSV or Parquet")
    about_a_function(question("voronoi"), True, True)
    sub = question("invariant")
    sub.add_argument("--matrix", required=True, metavar="ROWS", help="rows joined by ';', entries "
                     "by ',': numbers, or polynomials in t")
    sub.add_argument("--denominator", default="1", metavar="D", help="divides all entries")
    sub.add_argument("--infinitesimal", action="store_true", help="the matrix stands for the "
                     "one-parameter group that it generates")

    sub = question("discriminant")
    about_a_metric(sub, "unit")
    sub.add_argument("--line", metavar="POINTS", help="two points of V joined by ';': how many "
                     "critical points are real on the line through them, and where this changes")


def _question(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.functions import QUESTIONS, script

    manifold = manifold_of(arguments)
    if arguments.script:
        print(script(manifold, arguments), end="")
        return 0
    check_writable(arguments.certificate)
    found = QUESTIONS[arguments.command](manifold, arguments)
    print(json.dumps({"schema": 1, "model": manifold.model.describe(), arguments.command:
                      found.described()}) if arguments.json else found.text(arguments.spec))
    write_certificates(arguments.certificate, found.answers)
    undecided = any(answer.status == "not decided" for answer in found.answers)
    return LimitReached.exit_code if undecided else 0
