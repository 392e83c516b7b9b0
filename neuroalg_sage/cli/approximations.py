"""
``neuroalg approximate``: polynomials near activations.
"""

from __future__ import annotations

import argparse
import json

from neuroalg_sage.cli.options import Commands, about_limits, about_the_answer, progress, words
from neuroalg_sage.cli.output import certificate_files, check_writable


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("approximate", _approximate)
    sub.add_argument("activation", metavar="ACTIVATION", help="tanh, sigmoid, gelu, softplus, "
                     "silu, exp, erf, sin, cos, relu, abs or hard_tanh")
    sub.add_argument("--interval", type=words, default=["-1", "1"], metavar="A,B",
                     help="from A to B, by default from -1 to 1")
    sub.add_argument("--degree", metavar="D", help="of the polynomial, at most 100")
    sub.add_argument("--error", metavar="E", help="instead, a polynomial of the least degree whose "
                     "error is at most E")
    about_limits(sub)
    about_the_answer(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _approximate(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.approximation import ActivationFunction

    check_writable(arguments.certificate)
    function = ActivationFunction(arguments.activation)
    progress(arguments).begin("the polynomial and its error")
    found = function.approximation(arguments.interval, arguments.degree, arguments.error)
    arguments.page.state(
        json.dumps({"schema": 1, "model": function.activation.describe()} | found.described())
        if arguments.json else found.text(),
        certificate_files(arguments.certificate, [found]))
    return 0
