"""
``neuroalg inspect``: a model at given weights, a point of its parameters.
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
    words,
)
from neuroalg_sage.cli.output import certificate_files, check_writable
from neuroalg_sage.errors import InputError, LimitReached

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.neuromanifold.points import ParameterPoint

SHOWN_ARRAYS = 12


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("inspect", _inspect)
    about_a_model(sub)
    for action in sub._actions:
        if action.dest == "spec":
            action.metavar, action.help = "FILE", (
                "file of a trained network; or with --weights a spec string or JSON model file")
    sub.add_argument("--weights", metavar="FILE", help="file with the weights of the model: *.json "
                     "with a list of numbers, or of arrays, in the order of the parameters, "
                     "*.npz or *.safetensors")
    sub.add_argument("--ask", type=words, metavar="NAMES", help="only these questions, joined by "
                     "commas; by default all that are affordable")
    sub.listed = _listed
    sub.add_argument("--html", metavar="FILE", help="also write one page of HTML that is complete "
                     "in itself")
    about_the_answer(sub)


def _listed() -> str:
    """The questions that one may ask."""
    from neuroalg_sage.invariants.points import QUESTIONS

    return "\n".join(["Questions:", *(f"  {q.name:<26}{q.summary}" for q in QUESTIONS)])


def _inspect(arguments: argparse.Namespace) -> int:
    check_writable(arguments.certificate)
    check_writable(arguments.html)
    names = _names(arguments.ask)
    point = _point(arguments)
    say, page = progress(arguments), arguments.page
    found: dict[str, Invariant] = {}
    missing: dict[str, str] = {}
    texts: dict[str, str] = {}

    def begin(name: str) -> None:
        page.state(stage=name)
        say.begin(name)

    def state() -> None:
        page.state(_as_json(point, texts, missing, names) if arguments.json else
                   "\n".join([*_head(point), *texts.values(), *(
                       f"{name}: {error}" for name, error in missing.items())]),
                   certificate_files(arguments.certificate, found.values()))

    state()
    is_limited = False
    for name, answer in point.report(begin, names):
        if isinstance(answer, LimitReached):
            missing[name] = str(answer)
            is_limited = is_limited or arguments.ask is not None
        else:
            found[name] = answer
            texts[name] = json.dumps(answer.result()) if arguments.json else answer.text()
        state()
    if arguments.html is not None:
        from neuroalg_sage.pages.point_page import page as html

        say.begin("the page")
        page.state(files=certificate_files(arguments.certificate, found.values()) | {
            arguments.html: html(point.network, found, missing)})
    return LimitReached.exit_code if is_limited else 0


def _names(asked: list[str] | None) -> list[str]:
    """The names of the questions that are asked."""
    from neuroalg_sage.cli.parsers import nearest
    from neuroalg_sage.invariants.points import QUESTIONS

    known = [question.name for question in QUESTIONS]
    for name in asked or ():
        if name not in known:
            raise InputError(f"There is no question {name[:40]!r} about a point; " + nearest(
                name, known, f"they are {', '.join(known)}."))
    return known if asked is None else asked


def _point(arguments: argparse.Namespace) -> ParameterPoint:
    """The point that the words name."""
    from neuroalg_sage.models.sources import load_model
    from neuroalg_sage.models.trained.sources import load_trained
    from neuroalg_sage.models.trained.weights import read_weights

    network = (load_trained(arguments.spec) if arguments.weights is None else
               read_weights(load_model(arguments.spec), arguments.weights))
    arguments.spec = network.model
    return manifold_of(arguments).at(network)


def _head(point: ParameterPoint) -> list[str]:
    network = point.network
    model = network.model
    arrays = ", ".join(f"{name}: {' x '.join(map(str, shape))}" for name, (_, shape) in zip(
        network.names[:SHOWN_ARRAYS], model.chain.parameter_shapes()))
    return [f"{network} at given weights: {model.parameter_count} parameters, "
            f"{model.input_count} inputs, {model.output_count} outputs",
            f"arrays: {arrays}" + ", ..." * (len(network.names) > SHOWN_ARRAYS), *network.notes]


def _as_json(point: ParameterPoint, texts: dict[str, str], missing: dict[str, str],
             names: list[str]) -> str:
    results = ", ".join(f"{json.dumps(name)}: {text}" for name, text in texts.items())
    errors: dict[str, Any] = missing | {
        name: "The command ended before this was answered."
        for name in names if name not in texts and name not in missing}
    return (f'{{"schema": 1, "network": {json.dumps(point.network.describe())}, '
            f'"results": {{{results}}}' + (f', "errors": {json.dumps(errors)}' if errors else "")
            + "}")
