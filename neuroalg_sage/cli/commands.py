"""
The commands: what each is for, their parser, and how one is run and ends.

A module of commands is imported when a command of it is asked for, and what runs a command when
its words are right, so that help and refusals are instant.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any, NoReturn

from neuroalg_sage import __version__
from neuroalg_sage.cli.parsers import EPILOGUE, CommandParser, Parser
from neuroalg_sage.cli.supervision import (
    INTERRUPTED,
    Page,
    child,
    conclude,
    discard_output,
    not_printed,
)
from neuroalg_sage.errors import LimitReached, NeuroAlgError

# By the module that knows it, each command and what it is for, in the order of the help.
COMMANDS = {
    "invariants": {
        "report": "Print everything affordable about a model.",
        "compute": "Compute invariants of a model.",
        "script": "Print the standalone Macaulay2 script of a computation."},
    "equations": {
        "ideal": "Print the ideal of the neurovariety.",
        "equations": "Find equations degree by degree, in weight spaces."},
    "functions": {
        "fiber": "Find the fiber of a function, and whether it is in M.",
        "critical": "Find the critical points of the distance to a function, or of the squared "
                    "error on data, among parameters or functions.",
        "voronoi": "Find the dimension of the Voronoi cell of a function.",
        "invariant": "Find the parameters of functions invariant under a transformation of the "
                     "inputs.",
        "discriminant": "Find the data at which critical points of the distance come together."},
    "pictures": {
        "plot": "Draw a neuromanifold of dimension at most 2, or its boundary in a plane; or the "
                "regions, a decision boundary, the graph or the Newton polytopes of a piecewise "
                "linear network."},
    "training": {
        "train": "Find all critical points of the squared error on data, with proof."},
    "flows": {
        "drift": "Integrate a flow numerically, and watch its conservation laws.",
        "balanced": "Find parameters of a function with given values of the laws of gradient "
                    "flow, or prove that there are none."},
    "capacity": {
        "capacity": "Bound how many balls of a radius cover the functions of models."},
    "piecewise": {
        "regions": "Find all linear regions of a network with ReLU, maxout or the like, at given "
                   "weights.",
        "same": "Decide whether two networks with ReLU, maxout or the like are the same function; "
                "the exit code is 0 if they are, and 1 if they differ.",
        "landscape": "Find all stationary points of the squared error of a small network with "
                     "ReLU, maxout or the like on data, or the classification fan, with proof."},
    "approximations": {
        "approximate": "Find a polynomial near an activation such as tanh on an interval, or a "
                       "polynomial network near one with such an activation, with proved errors."},
    "carry": {
        "carry": "Answer for a network with an activation such as tanh what carries over from a "
                 "polynomial network near it, with proof."},
    "networks": {
        "inspect": "Say which model a file of a trained network is, and what is special about its "
                   "weights: rank, inactive units, nearby smaller networks, laws, symmetries."},
    "real": {
        "real-rank": "Find the typical real ranks of binary forms, and how often each occurs; or "
                     "the real rank of one form."},
    "comparisons": {
        "compare": "Compare models: a table of their invariants, each with its status."},
    "surveys": {
        "survey": "Compute invariants of many models, resumably."},
    "packages": {
        "install-m2": "Install the Macaulay2 package NeuroAlgebra where Macaulay2 finds it."},
    "notebooks": {
        "notebooks": "Open notebooks in JupyterLab, with the kernels that they name."},
    "cache": {
        "cache": "Show or prune the cache of answers, which NEUROALG_CACHE names."},
    "doctor": {
        "doctor": "Say which engines and libraries are there and work, and what brings the "
                  "others."},
    "completion": {
        "completion": "Print the script by which a shell completes words of this command; in "
                      "bash: eval \"$(neuroalg completion bash)\"."},
    "verify": {
        "verify": "Check certificates, without Sage and without Macaulay2."},
}
COMPLETING = "_ARGCOMPLETE"  # is set in the environment by the scripts that complete words


def parser(complete: bool = False) -> argparse.ArgumentParser:
    """
    The parser of the command line.

    INPUT:

    - ``complete`` -- whether all commands have their options, not only the one that is asked for
    """
    form: dict[str, Any] = {"epilog": EPILOGUE,
                            "formatter_class": argparse.RawDescriptionHelpFormatter}
    top = Parser(prog="neuroalg", description="Exact, certified invariants of neuromanifolds.",
                 **form)
    top.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND",
                                  parser_class=CommandParser)

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> CommandParser:
        sub = commands.choices[name]
        sub.begin()
        sub.set_defaults(run=run)
        return sub

    @cache  # the commands of a module get their options together, and once
    def complete_all_of(module: str) -> None:
        import_module(f"neuroalg_sage.cli.{module}").add(command)

    for module, sentences in COMMANDS.items():
        for name, sentence in sentences.items():
            commands.add_parser(name, help=sentence, description=sentence, **form,
                                complete=partial(complete_all_of, module))
        if complete:
            complete_all_of(module)
    return top


class _Version(argparse.Action):
    """Print the version."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> NoReturn:
        print(f"neuroalg {__version__}")
        parser.exit()


def run(arguments: Sequence[str] | None) -> int:
    """Run the command line; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    page = child.page()
    message, code = _ended(arguments, page)
    return conclude(page, message, code)


def _ended(arguments: Sequence[str] | None, page: Page) -> tuple[str, int]:
    """Run a command to its end, whichever that is: what is to be said, and the exit code."""
    try:
        if COMPLETING in os.environ:
            from neuroalg_sage.cli import completion

            completion.answer(parser(complete=True))
        parsed = parser().parse_args(arguments)
        parsed.page = page
        # Now that it is known that something is to be done.
        from neuroalg_sage.cli.options import limited
        from neuroalg_sage.cli.progress import shown

        with limited(parsed), shown(parsed):
            code = parsed.run(parsed)
        if sys.stdout is not None:
            sys.stdout.flush()
        return "", code
    except NeuroAlgError as error:
        return " ".join(str(error).split()), error.exit_code
    except KeyboardInterrupt:
        return "interrupted.", INTERRUPTED
    except MemoryError:
        return "there is not enough memory; try a smaller model.", LimitReached.exit_code
    except RecursionError:
        return ("the computation nests too deeply for Python; try a smaller model.",
                LimitReached.exit_code)
    except BrokenPipeError:
        discard_output()
        return "", 0
    except OSError as error:
        discard_output()
        return not_printed(error), LimitReached.exit_code
