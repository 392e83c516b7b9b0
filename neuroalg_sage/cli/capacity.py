"""
``neuroalg capacity``.
"""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from neuroalg_sage.cli.options import (
    Commands,
    about_a_model,
    about_the_answer,
    manifold_of,
    progress,
)
from neuroalg_sage.cli.output import check_writable, write_certificates
from neuroalg_sage.errors import InputError, LimitReached

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.neuromanifold import NeuroManifold


FACTORS = range(3, -4, -1)  # powers of two
COLUMNS = ("dimension", "span", "covering_number", "tube_volume")


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("capacity", _capacity)
    about_a_model(sub, several=True)
    about_the_answer(sub)
    sub.add_argument("--epsilon", required=True, metavar="E", help="radius of the balls that cover")
    sub.add_argument("--radius", metavar="R", help="cover the functions of norm at most R")
    sub.add_argument("--box", metavar="B", help="instead, those of parameters from -B to B")
    sub.add_argument("--figure", metavar="FILE", help="also draw the covering numbers of radii "
                     "from E/8 to 8E to a file .svg, .png or .pdf")
    sub.add_argument("--delta", metavar="D", help="also say how many samples suffice for mean "
                     "squared errors within E, but for a probability of D")
    sub.add_argument("--inputs", metavar="box:B", default="box:1", help="where the inputs of "
                     "samples are, by default box:1")
    sub.add_argument("--targets", metavar="T", default="1", help="the largest norm of targets, by "
                     "default 1")


def _capacity(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.invariants.singularities.hasse import check_picture

    check_writable(arguments.certificate)
    if arguments.figure is not None:
        check_picture(arguments.figure)
        check_writable(arguments.figure)
    pages: list[dict[str, Any]] = []
    rows: list[list[str]] = []
    invariants: list[Invariant] = []
    curves: dict[str, list[tuple[float, float, float]]] = {}
    columns = [*COLUMNS, *(["sample_complexity"] if arguments.delta is not None else [])]
    for spec in arguments.specs:
        arguments.spec = spec
        manifold = manifold_of(arguments)
        progress(arguments).begin(f"capacity of {manifold.model}")
        answers = _answers(manifold, arguments)
        invariants += answers
        if arguments.figure is not None:
            curves[str(manifold.model)] = _curve(manifold, arguments)
        pages.append({"schema": 1, "model": manifold.model.describe(),
                      "parameters": manifold.model.parameter_count,
                      "results": {answer.name: answer.result() for answer in answers}})
        if len(arguments.specs) == 1 and not arguments.json:
            print(f"{manifold.model}: {manifold.model.parameter_count} parameters")
            print("\n".join(answer.text(spec) for answer in answers))
        cells = {answer.name: _cell(answer) for answer in answers}
        rows.append([str(manifold.model), str(manifold.model.parameter_count),
                     *(cells.get(name, "") for name in columns)])
    if arguments.json:
        print(json.dumps(pages[0] if len(pages) == 1 else {"schema": 1, "models": pages}))
    elif len(rows) > 1:
        print(_table([["model", "parameters", *(name.replace("_", " ") for name in columns)],
                      *rows]))
    write_certificates(arguments.certificate, invariants)
    if arguments.figure is not None:
        from neuroalg_sage.pictures.capacity import figure
        from neuroalg_sage.pictures.figure import write

        write(figure(curves), arguments.figure)
    return 0


def _curve(manifold: NeuroManifold, arguments: argparse.Namespace
           ) -> list[tuple[float, float, float]]:
    """Radii around that which is asked for, where one ball does not suffice, and the bounds."""
    from neuroalg_sage.models.sage_input import rational

    epsilon, found = rational(arguments.epsilon, "radius epsilon"), []
    for power in FACTORS:
        radius = epsilon * Fraction(2) ** power
        with suppress(InputError):
            number = manifold.covering_number(radius, radius=arguments.radius, box=arguments.box)
            found.append((float(radius), *number.logarithms))
    return found


def _answers(manifold: NeuroManifold, arguments: argparse.Namespace) -> list[Invariant]:
    """What is to be said of one model; a span that is too large to be found is left out."""
    part = {"radius": arguments.radius, "box": arguments.box}
    answers = [manifold.dimension(), manifold.identifying_inputs(),
               manifold.covering_number(arguments.epsilon, **part),
               manifold.tube_volume(arguments.epsilon, **part)]
    with suppress(LimitReached):
        answers.insert(1, manifold.span())
    if arguments.delta is not None:
        kind, colon, size = arguments.inputs.partition(":")
        if kind != "box" or not colon:
            raise InputError(f"The inputs {arguments.inputs[:40]!r} are not bounded; state a box, "
                             "such as box:1 for inputs from -1 to 1.")
        answers.append(manifold.sample_complexity(
            arguments.epsilon, arguments.delta, **part, inputs=size, targets=arguments.targets))
    return answers


def _cell(answer: Invariant) -> str:
    """An answer in a table, without what it depends on."""
    return answer.sentence().partition(" (")[0].partition(" independent")[0]


def _table(rows: list[list[str]]) -> str:
    """Rows as lines, with columns as wide as they must be."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                     for row in rows)
