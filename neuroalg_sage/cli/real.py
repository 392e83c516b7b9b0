"""
``neuroalg real-rank``.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from neuroalg_sage.cli.options import (
    Commands,
    about_a_function,
    about_limits,
    about_the_answer,
    about_the_cache,
    keep_deadline,
    progress,
    whole,
)
from neuroalg_sage.cli.output import certificate_files, check_writable
from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant

SAMPLES = 1000
LARGEST_DEGREE = 24


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("real-rank", _real_rank)
    sub.add_argument("forms", metavar="DEGREE", help="the degree of binary forms; or the spec of a "
                     "network whose functions they are, such as mlp:2,3,1:x^4")
    about_limits(sub)
    sub.add_argument("--samples", type=whole, default=SAMPLES, metavar="N",
                     help=f"number of Gaussian forms, by default {SAMPLES}")
    sub.add_argument("--inner-product", default="bombieri", metavar="NAME",
                     help="of the Gaussian measure: bombieri, which rotations preserve, or unit, "
                     "for which the coefficients are orthonormal coordinates; else bombieri")
    about_a_function(sub, False, False)
    sub.add_argument("--seed", type=int, help="seed of the random choices")
    about_the_cache(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")
    about_the_answer(sub)


def _real_rank(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.cli.functions import the_function
    from neuroalg_sage.neuromanifold import NeuroManifold

    spec = _spec(arguments.forms)
    check_writable(arguments.certificate)
    manifold = NeuroManifold(spec, memory_gb=arguments.memory, seed=arguments.seed,
                             progress=progress(arguments), cache=not arguments.no_cache)
    keep_deadline(manifold.computation)
    function = the_function(arguments)
    answers: list[Invariant] = []
    for ask in ([lambda: manifold.real_rank(function)] if function is not None else
                [manifold.typical_ranks, lambda: manifold.real_ranks(
                    arguments.samples, arguments.inner_product)]):
        answers.append(ask())
        # What is known when a limit is reached is printed.
        arguments.page.state(
            json.dumps({"schema": 1, "model": manifold.model.describe(), "results": {
                answer.name: answer.result() for answer in answers}}) if arguments.json else
            "\n".join(answer.text(spec) for answer in answers),
            certificate_files(arguments.certificate, answers))
    return 0


def _spec(text: str) -> str:
    """The spec of a network whose functions are all binary forms of a degree; or the text."""
    if ":" in text or not any(c.isdigit() for c in text):
        return text
    degree = int(text[:4]) if text.isascii() and text.isdecimal() else 0
    if not 2 <= degree <= LARGEST_DEGREE:
        raise InputError("The degree of binary forms is a whole number from 2 to "
                         f"{LARGEST_DEGREE}, not {text[:20]}.")
    return f"mlp:2,{degree},1:x^{degree}"
