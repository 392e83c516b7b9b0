"""
``neuroalg fiber | critical | voronoi | invariant | discriminant``: questions about a function.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from neuroalg_sage.cli.options import (
    Commands,
    about_a_function,
    about_a_metric,
    about_a_model,
    about_the_answer,
    manifold_of,
)
from neuroalg_sage.cli.output import check_writable, write_certificates
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.questions import require_suitable

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold

LOCI = {"parameters": "training_critical_locus", "functions": "critical_functions",
        "ramification": "ramification_locus"}
Asked = tuple[str, dict[str, Any]]  # the name of a question, and its arguments


def add(command: Commands) -> None:
    """Add the commands."""

    def question(name: str, read: Callable[[NeuroManifold, argparse.Namespace], Asked]
                 ) -> argparse.ArgumentParser:
        sub = command(name, _question)
        sub.set_defaults(read=read)
        about_a_model(sub)
        about_the_answer(sub)
        sub.add_argument("--script", action="store_true",
                         help="print the standalone Macaulay2 script instead")
        return sub

    about_a_function(question("fiber", _fiber), True, False)
    sub = question("critical", _critical)
    about_a_function(sub, False, True)
    sub.add_argument("--data", metavar="FILE", help="instead, a data set: CSV or Parquet")
    sub.add_argument("--of", choices=tuple(LOCI), metavar="WHAT", help="of data: parameters (the "
                     "default), functions, or ramification, where the projection of functions "
                     "along those that vanish on the data ramifies")
    about_a_function(question("voronoi", _voronoi), True, True)
    sub = question("invariant", _invariant)
    sub.add_argument("--matrix", required=True, metavar="ROWS", help="rows joined by ';', entries "
                     "by ',': numbers, or polynomials in t")
    sub.add_argument("--denominator", default="1", metavar="D", help="divides all entries")
    sub.add_argument("--infinitesimal", action="store_true", help="the matrix stands for the "
                     "one-parameter group that it generates")

    sub = question("discriminant", _discriminant)
    about_a_metric(sub, "unit")
    sub.add_argument("--line", metavar="POINTS", help="two points of V joined by ';': how many "
                     "critical points are real on the line through them, and where this changes")


def _question(arguments: argparse.Namespace) -> int:
    manifold = manifold_of(arguments)
    name, given = arguments.read(manifold, arguments)
    require_suitable(manifold.model, name)
    if arguments.script:
        print(manifold.script(name, **given), end="")
        return 0
    check_writable(arguments.certificate)
    found = getattr(manifold, name)(**given)
    print(json.dumps({"schema": 1, "model": manifold.model.describe(), arguments.command:
                      found.described()}) if arguments.json else found.text(arguments.spec))
    write_certificates(arguments.certificate, found.answers)
    undecided = any(answer.status == "not decided" for answer in found.answers)
    return LimitReached.exit_code if undecided else 0


# -- what is asked, and of what --------------------------------------------------------------


def _fiber(manifold: NeuroManifold, arguments: argparse.Namespace) -> Asked:
    return "fiber", {"function": the_function(arguments), "parameters": _list(arguments.parameters)}


def _critical(manifold: NeuroManifold, arguments: argparse.Namespace) -> Asked:
    target = the_function(arguments)
    if (target is None) == (arguments.data is None):
        raise InputError("State the target by --function or --coordinates, or data by --data.")
    if target is not None:
        if arguments.of is not None:
            raise InputError("Of the distance to a function critical parameters are found; leave "
                             "out --of, or give data.")
        return "loss_critical_locus", {"target": target, "metric": _metric(arguments)}
    from neuroalg_sage.invariants.training.training import ERM

    return LOCI[arguments.of or "parameters"], {"problem": ERM(manifold.model, arguments.data)}


def _voronoi(manifold: NeuroManifold, arguments: argparse.Namespace) -> Asked:
    return "voronoi_cell", {"function": the_function(arguments),
                            "parameters": _list(arguments.parameters),
                            "metric": _metric(arguments)}


def _invariant(manifold: NeuroManifold, arguments: argparse.Namespace) -> Asked:
    matrix = [[part.strip() for part in row.split(",")] for row in arguments.matrix.split(";")]
    return "invariant_parameters", {"matrix": matrix, "denominator": arguments.denominator,
                                    "infinitesimal": arguments.infinitesimal}


def _discriminant(manifold: NeuroManifold, arguments: argparse.Namespace) -> Asked:
    metric: dict[str, Any] = {"metric": manifold.form.name, "gram": manifold.form.rows}
    if arguments.line is None:
        return "ed_discriminant", metric
    points = [[part.strip() for part in point.split(",")] for point in arguments.line.split(";")]
    if len(points) != 2:
        raise InputError("A line is given by two points joined by ';', such as 0,0;1,2.")
    return "bifurcation", {"start": points[0], "end": points[1]} | metric


def _list(text: str | None) -> list[str] | None:
    """The entries between commas; none of an empty text, the point of a space of dimension 0."""
    return None if text is None else [part.strip() for part in text.split(",") if text.strip()]


def the_function(arguments: argparse.Namespace) -> list[Any] | None:
    """The function that the options name, by polynomials or by coordinates."""
    if arguments.function is not None and arguments.coordinates is not None:
        raise InputError("State a function by polynomials or by coordinates, not by both.")
    if arguments.function is not None:
        return [part.strip() for part in arguments.function.split(";")]
    from neuroalg_sage.models.sage_input import rational

    found = _list(arguments.coordinates)
    return None if found is None else [rational(c, "coordinate") for c in found]


def _metric(arguments: argparse.Namespace) -> Any:
    return arguments.metric if arguments.metric in ("unit", "bombieri") else (
        _list(arguments.metric))
