"""
``neuroalg inspect``: which model a file of a trained network is, and what is special about its
weights.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroalg_sage.cli.options import (
    Commands,
    about_limits,
    about_the_answer,
    keep_deadline,
    progress,
    words,
)
from neuroalg_sage.cli.output import check_writable
from neuroalg_sage.errors import InputError, LimitReached

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.models.trained.network import TrainedNetwork

MOST_PRINTED = 20_000  # weights, of which certificates are printed


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("inspect", _inspect)
    sub.add_argument("file", metavar="FILE", help="file *.onnx, *.keras or *.json; or with a spec "
                     "*.safetensors, *.npz, or *.json with a list of numbers or of arrays")
    sub.add_argument("--spec", metavar="SPEC", help="what the arrays of a file, or its numbers, "
                     "are weights of")
    sub.add_argument("--order", type=words, metavar="NAMES", help="the names of these arrays in "
                     "the order of the model's parameters, joined by commas; by default that of "
                     "the numbers in the names")
    sub.add_argument("--constants", type=words, metavar="NAMES", default=[], help="names of arrays "
                     "in a file *.onnx that are no parameters, such as masks, joined by commas")
    sub.add_argument("--ask", type=words, metavar="NAMES", help="only these questions, joined by "
                     "commas; by default all that are affordable")
    sub.listed = _listed
    sub.add_argument("--html", metavar="FILE", help="also write one page of HTML that is complete "
                     "in itself")
    about_the_answer(sub, "write the certificates to a file; those about over "
                     f"{MOST_PRINTED:,} weights are not in the JSON")
    about_limits(sub)
    sub.add_argument("--seed", type=int, help="seed of the random choices")
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _listed() -> str:
    """The questions that one may ask."""
    from neuroalg_sage.invariants.points import QUESTIONS

    return "\n".join(["Questions:", *(f"  {q.name:<26}{q.summary}" for q in QUESTIONS)])


def _inspect(arguments: argparse.Namespace) -> int:
    check_writable(arguments.certificate)
    check_writable(arguments.html)
    names = _names(arguments.ask)
    progress(arguments).begin(f"reading {Path(arguments.file).name}")
    try:
        network = _read(arguments)
    except InputError as error:
        if (found := _piecewise(arguments, error)) is None:
            raise
        arguments.page.state(found)
        return 0
    return _answer(arguments, network, names)


def _names(asked: list[str] | None) -> list[str]:
    """The names of the questions that are asked."""
    from neuroalg_sage.cli.parsers import nearest
    from neuroalg_sage.invariants.points import QUESTIONS

    known = [question.name for question in QUESTIONS]
    for name in asked or ():
        if name not in known:
            raise InputError(f"There is no question {name[:40]!r} about weights; " + nearest(
                name, known, f"they are {', '.join(known)}."))
    return known if asked is None else asked


def _read(arguments: argparse.Namespace) -> TrainedNetwork:
    from neuroalg_sage.models.trained.sources import load_trained

    if arguments.spec is not None and Path(arguments.file).suffix.lower() == ".json":
        from neuroalg_sage.models.sources import load_model
        from neuroalg_sage.models.trained.weights import read_weights

        return read_weights(load_model(arguments.spec), arguments.file)
    return load_trained(arguments.file, arguments.spec, arguments.order, arguments.constants)


def _answer(arguments: argparse.Namespace, network: TrainedNetwork, names: list[str]) -> int:
    """
    Answer questions about the weights; the exit code is that of a limit only where one that was
    asked by its name is not answered, or none at all.
    """
    from neuroalg_sage.neuromanifold import NeuroManifold

    say, page = progress(arguments), arguments.page
    manifold = NeuroManifold(network.model, seed=arguments.seed, memory_gb=arguments.memory,
                             progress=say)
    keep_deadline(manifold.computation)
    found: dict[str, Invariant] = {}
    missing: dict[str, str] = {}
    texts: dict[str, str] = {}
    proofs: list[str] = []
    # Each certificate has the weights.
    is_large = len(network.point) > MOST_PRINTED
    head = json.dumps(network.describe()) if arguments.json else network.text()

    def begin(name: str) -> None:
        page.state(stage=name)
        say.begin(name)

    def files() -> dict[str, str]:
        return {} if arguments.certificate is None or not proofs else {
            arguments.certificate: (proofs[0] if len(proofs) == 1 else
                                    f"[{', '.join(proofs)}]") + "\n"}

    def state() -> None:
        page.state(_as_json(arguments.file, head, texts, missing, names) if arguments.json else
                   "\n".join([head, *texts.values(), *(
                       f"{name}: {error}" for name, error in missing.items())]), files())

    state()
    for name, answer in manifold.at(network).report(begin, names):
        if isinstance(answer, LimitReached):
            missing[name] = str(answer)
        else:
            found[name] = answer
            texts[name] = json.dumps(answer.result() | ({"certificate": None} if is_large else {})
                                     ) if arguments.json else answer.text()
            if arguments.certificate is not None and answer.certificate is not None:
                proofs.append(json.dumps(answer.certificate))
        state()
    if arguments.html is not None:
        from neuroalg_sage.pages.point_page import page as html

        say.begin("the page")
        page.state(files=files() | {arguments.html: html(network, found, missing)})
    return LimitReached.exit_code if missing and (
        arguments.ask is not None or not found) else 0


def _as_json(file: str, network: str, texts: dict[str, str], missing: dict[str, str],
             names: list[str]) -> str:
    results = ", ".join(f"{json.dumps(name)}: {text}" for name, text in texts.items())
    errors: dict[str, Any] = missing | {
        name: "The command ended before this was answered."
        for name in names if name not in texts and name not in missing}
    return (f'{{"schema": 1, "file": {json.dumps(file)}, "network": {network}, '
            f'"results": {{{results}}}' + (f', "errors": {json.dumps(errors)}' if errors else "")
            + "}")


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
