"""
``neuroalg inspect``: which model a file of a trained network is.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from neuroalg_sage.cli.options import Commands, about_limits, progress, words
from neuroalg_sage.errors import InputError


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("inspect", _inspect)
    sub.add_argument("file", metavar="FILE", help="file *.onnx, *.keras or *.json; or "
                     "*.safetensors or *.npz with a spec")
    sub.add_argument("--spec", metavar="SPEC", help="what the arrays of a file *.safetensors or "
                     "*.npz are weights of")
    sub.add_argument("--order", type=words, metavar="NAMES", help="the names of these arrays in "
                     "the order of the model's parameters, joined by commas; by default that of "
                     "the numbers in the names")
    sub.add_argument("--json", action="store_true", help="print one JSON object, with the "
                     "parameters")
    about_limits(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _inspect(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.models.trained.sources import load_trained

    progress(arguments).begin(f"reading {Path(arguments.file).name}")
    try:
        network = load_trained(arguments.file, arguments.spec, arguments.order)
    except InputError as error:
        if (found := _piecewise(arguments, error)) is None:
            raise
        arguments.page.state(found)
        return 0
    arguments.page.state(
        json.dumps({"schema": 1, "file": arguments.file, "network": network.describe()})
        if arguments.json else network.text())
    return 0


def _piecewise(arguments: argparse.Namespace, error: InputError) -> str | None:
    """What is said of a piecewise linear network; None for what is none."""
    from neuroalg_sage.models.piecewise.sources import load_network
    from neuroalg_sage.models.trained.refusals import PiecewiseOperator

    if not isinstance(error, PiecewiseOperator):
        return None
    try:
        network = load_network(arguments.file)
    except InputError as other:
        raise InputError(f"{error} That room does not read this file: {other}") from None
    if arguments.json:
        return json.dumps({"schema": 1, "file": arguments.file,
                           "piecewise": network.describe()})
    return "\n".join([arguments.file, f"  piecewise linear: {network}",
                      f"  Note: {error}"])
