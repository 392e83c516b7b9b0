"""
``neuroalg regions``: piecewise linear networks at given weights.
"""

from __future__ import annotations

import argparse
import json

from neuroalg_sage.cli.options import Commands, about_limits, about_the_answer, progress
from neuroalg_sage.cli.output import certificate_files, check_writable


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("regions", _regions)
    sub.add_argument("network", metavar="FILE|SPEC", help="file *.json, *.npz, *.safetensors or "
                     "*.onnx; or a spec such as relu:2,32,32,1:bias, with random weights")
    sub.add_argument("--seed", type=int, metavar="S", help="seed of random weights, by default 0")
    sub.add_argument("--box", metavar="B", help="inputs from -B to B; or an interval for each "
                     "input, as in 0,1;-2,2; by default all of R^d")
    about_limits(sub)
    about_the_answer(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _regions(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.piecewise import PiecewiseLinearNetwork

    check_writable(arguments.certificate)
    network = PiecewiseLinearNetwork(arguments.network, arguments.seed)
    progress(arguments).begin("linear regions")
    found = network.linear_regions(read_box(arguments.box))
    text = json.dumps({"schema": 1, "model": network.network.describe()} | found.described()
                      ) if arguments.json else f"{network.network}\n{found.text()}"
    arguments.page.state(text, certificate_files(arguments.certificate, [found]))
    return 0


def read_box(text: str | None) -> str | list[list[str]] | None:
    """
    A box as one types it: a number, or intervals.

    EXAMPLES::

        >>> read_box("0,1;-2,2")
        [['0', '1'], ['-2', '2']]
    """
    if text is None or "," not in text:
        return text
    return [interval.split(",") for interval in text.split(";")]
