"""
``neuroalg drift | balanced``: gradient flow.
"""

from __future__ import annotations

import argparse
import json

from neuroalg_sage.cli.options import (
    Commands,
    about_a_flow,
    about_a_model,
    about_the_answer,
    floats,
    manifold_of,
    positive,
    words,
)
from neuroalg_sage.cli.output import check_writable, write_certificates


def add(command: Commands) -> None:
    """Add the commands."""
    sub = command("drift", _drift)
    about_a_model(sub)
    about_a_flow(sub)
    sub.add_argument("--start", type=floats, metavar="W,...", help="parameters, else random")
    sub.add_argument("--target", type=floats, metavar="Z,...",
                     help="coordinates of the function to learn, else of random parameters")
    sub.add_argument("--momenta", type=floats, metavar="V,...", help="of a heavy ball, else "
                     "random")
    sub.add_argument("--time", type=positive, default=1.0, metavar="T", help="for how long")
    sub.add_argument("--json", action="store_true", help="print one JSON object")

    sub = command("balanced", _balanced)
    about_a_model(sub)
    sub.add_argument("--function", required=True, type=words, metavar="Z,...",
                     help="its coordinates, rational numbers")
    sub.add_argument("--values", type=words, metavar="C,...",
                     help="of the laws, rational numbers; else zeros, for balanced parameters")
    about_the_answer(sub)


def _drift(arguments: argparse.Namespace) -> int:
    manifold = manifold_of(arguments)
    found = manifold.drift(arguments.start, arguments.target, arguments.time,
                           momenta=arguments.momenta)
    print(json.dumps({"schema": 1, "model": manifold.model.describe()} | found.described())
          if arguments.json else found.text())
    return 0


def _balanced(arguments: argparse.Namespace) -> int:
    manifold = manifold_of(arguments)
    check_writable(arguments.certificate)
    found = manifold.balanced_initialization(arguments.function, arguments.values)
    print(json.dumps({"schema": 1, "model": manifold.model.describe()} | found.described())
          if arguments.json else found.text())
    write_certificates(arguments.certificate, [found])
    return 0
