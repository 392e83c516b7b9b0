"""
``neuroalg carry``: what carries over from a polynomial network to the one that it is near.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from neuroalg_sage.cli.options import Commands, about_limits, about_the_answer, progress
from neuroalg_sage.cli.output import certificate_files, check_writable
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.approximation.transfer import CARRIED, carried

if TYPE_CHECKING:
    from neuroalg_sage.approximation import ContinuousNetwork
    from neuroalg_sage.invariants.answers.invariant import Invariant


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("carry", _carry)
    sub.add_argument("network", metavar="SPEC|FILE", help="a network such as mlp:2,3,1:tanh:bias; "
                     "or a file *.json or *.onnx with the weights of one")
    sub.add_argument("questions", nargs="+", metavar="QUESTION", help=", ".join(
        question.name for question in CARRIED))
    sub.add_argument("--box", metavar="B", help="of a network, parameters from -B to B; of one "
                     "with given weights, parameters that differ from these by at most B")
    sub.add_argument("--inputs", metavar="box:X", help="of a network, inputs from -X to X; or an "
                     "interval for each input, as in 0,1;-2,2; by default from -1 to 1")
    sub.add_argument("--degree", metavar="D", help="of the polynomials, at most 100")
    sub.add_argument("--error", metavar="E", help="instead, the distance of the networks at most")
    sub.add_argument("--epsilon", metavar="E", help="radius of the balls that cover; for samples, "
                     "by how much mean losses differ")
    sub.add_argument("--delta", metavar="D", help="for samples, the probability that they differ "
                     "by more")
    sub.add_argument("--targets", metavar="T", default="1", help="for samples, the largest norm of "
                     "targets, by default 1")
    sub.add_argument("--data", metavar="FILE", help="for the least loss, CSV or Parquet: in each "
                     "row the inputs, then the targets")
    for name in ("parameters", "other"):
        sub.add_argument(f"--{name}", metavar="W,...", help="for a distance, the parameters of one "
                         "function: of each layer the weights, row by row, then the constants")
    sub.add_argument("--point", metavar="X,...", help="for a radius of robustness, the input")
    sub.add_argument("--seed", type=int, default=0, help="seed of the random choices")
    about_limits(sub)
    about_the_answer(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _carry(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.approximation import ContinuousNetwork
    from neuroalg_sage.cli.piecewise import read_box

    check_writable(arguments.certificate)
    network = ContinuousNetwork(arguments.network)
    questions = [carried(name, network.network) for name in dict.fromkeys(arguments.questions)]
    for question in questions:  # what is wrong is said before anything is computed
        for option in question.takes.values():
            if getattr(arguments, option) is None:
                raise InputError(f"The question {question.name} takes --{option}.")
    progress(arguments).begin("the polynomials and their errors")
    near = network.network_approximation(arguments.box, read_box(arguments.inputs or "1"),
                                         arguments.degree, arguments.error)
    found: dict[str, Invariant] = {}
    for question in questions:
        progress(arguments).begin(question.name.replace("_", " "))
        options = question.takes | {name: name for name in question.more}
        found[question.name] = near.carried_over(question.name, **{
            name: getattr(arguments, option) for name, option in options.items()})
        # What is known when a limit is reached is printed.
        arguments.page.state(_carried(network, found, arguments.json), certificate_files(
            arguments.certificate, list(found.values())))
    return 0


def _carried(network: ContinuousNetwork, found: dict[str, Invariant], as_json: bool) -> str:
    """The answers as text, or as JSON."""
    if as_json:
        return json.dumps({"schema": 1, "model": network.network.describe(),
                           "results": {name: one.described() for name, one in found.items()}})
    return "\n".join([str(network.network), *(one.text() for one in found.values())])
