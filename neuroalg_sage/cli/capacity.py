"""
``neuroalg capacity``.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from neuroalg_sage.cli.options import (
    Commands,
    about_a_model,
    about_the_answer,
    manifold_of,
    progress,
)
from neuroalg_sage.cli.output import check_writable, write_certificates

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.neuromanifold import NeuroManifold


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("capacity", _capacity)
    about_a_model(sub, several=True)
    about_the_answer(sub)
    sub.add_argument("--epsilon", required=True, metavar="E", help="radius of the balls that cover")
    sub.add_argument("--radius", metavar="R", help="cover the functions of norm at most R")
    sub.add_argument("--box", metavar="B", help="instead, those of parameters from -B to B")


def _capacity(arguments: argparse.Namespace) -> int:
    check_writable(arguments.certificate)
    pages: list[dict[str, Any]] = []
    rows: list[list[str]] = []
    invariants: list[Invariant] = []
    for spec in arguments.specs:
        arguments.spec = spec
        manifold = manifold_of(arguments)
        progress(arguments).begin(f"capacity of {manifold.model}")
        answers = _answers(manifold, arguments)
        invariants += answers
        pages.append({"schema": 1, "model": manifold.model.describe(),
                      "parameters": manifold.model.parameter_count,
                      "results": {answer.name: answer.result() for answer in answers}})
        if len(arguments.specs) == 1 and not arguments.json:
            print(f"{manifold.model}: {manifold.model.parameter_count} parameters")
            print("\n".join(answer.text(spec) for answer in answers))
        rows.append([str(manifold.model), str(manifold.model.parameter_count),
                     *(answer.sentence() for answer in answers)])
    if arguments.json:
        print(json.dumps(pages[0] if len(pages) == 1 else {"schema": 1, "models": pages}))
    elif len(rows) > 1:
        print(_table([["model", "parameters", *(answer.name for answer in answers)], *rows]))
    write_certificates(arguments.certificate, invariants)
    return 0


def _answers(manifold: NeuroManifold, arguments: argparse.Namespace) -> list[Invariant]:
    return [manifold.dimension(), manifold.covering_number(
        arguments.epsilon, radius=arguments.radius, box=arguments.box)]


def _table(rows: list[list[str]]) -> str:
    """Rows as lines, with columns as wide as they must be."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                     for row in rows)
