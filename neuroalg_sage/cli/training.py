"""
``neuroalg train``.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from typing import TYPE_CHECKING

from neuroalg_sage.cli.options import (
    Commands,
    about_an_approximation,
    about_limits,
    about_the_answer,
    about_the_cache,
    keep_deadline,
    keep_time_for_the_page,
    progress,
    the_spec,
    whole,
)
from neuroalg_sage.cli.output import certificate_files, check_writable
from neuroalg_sage.errors import InputError, LimitReached

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem
    from neuroalg_sage.invariants.training.training_answer import TrainingAnswer
    from neuroalg_sage.models.model import Model
    from neuroalg_sage.neuromanifold import NeuroManifold


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("train", _train)
    sub.add_argument("spec", metavar="SPEC", help="spec string or JSON model file")
    about_an_approximation(sub)
    sub.add_argument("--data", metavar="FILE", required=True, help="CSV or Parquet: in each row "
                     "the inputs, then the outputs")
    sub.add_argument("--method", choices=("auto", "critical", "multistart", "sos"), default="auto",
                     help="critical: all critical points; multistart: where minimizations from "
                          "many random parameters end, of any model; sos: bounds of the least loss "
                          "by sums of squares; auto: the first, or where that is out of reach the "
                          "second")
    sub.add_argument("--starts", type=whole, metavar="N", help="how many random parameters, by "
                     "default 50")
    sub.add_argument("--level", type=int, help="of the sums of squares, 0 to 3; by default as high "
                     "as is needed, up to 2")
    sub.add_argument("--loss", choices=("squared", "cross_entropy"), default="squared",
                     help="the mean squared error (the default), or the cross-entropy of labels, "
                          "counts or 0 and 1, and normalized outputs")
    sub.add_argument("--normalization", choices=("conditional", "joint"), help="for the "
                     "cross-entropy: the outputs at each input add up to 1 (the default), or those "
                     "at all inputs together")
    about_limits(sub)
    sub.add_argument("--seed", type=int, help="seed of the random choices")
    about_the_cache(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")
    about_the_answer(sub)


def _train(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.invariants.training.training import ERM

    check_writable(arguments.certificate)
    if arguments.loss == "cross_entropy":
        return _cross_entropy(arguments)
    if arguments.normalization is not None:
        raise InputError("A normalization is that of a cross-entropy: add --loss cross_entropy.")
    problem = ERM(the_spec(arguments), arguments.data)
    manifold = _manifold(arguments, problem.model)
    if arguments.method == "sos":
        return _bound(arguments, manifold, problem)
    if arguments.method == "multistart":
        return _from_many_starts(arguments, manifold, problem)
    if arguments.level is not None:
        raise InputError("A level is that of sums of squares: add --method sos, or multistart.")
    if arguments.starts is not None:
        raise InputError("A number of starts is one of minimizations: add --method multistart.")
    if arguments.method == "auto" and (why := _out_of_reach(manifold, problem)):
        progress(arguments)(f"minimizations from many starts: {why}")
        return _from_many_starts(arguments, manifold, problem)
    found = manifold.critical_points(problem)
    _state(arguments, problem.model, "critical_points", found)
    for _, sentence in found.failures[:1]:
        print(f"neuroalg: {sentence}", file=sys.stderr)
    if found.data["complete"]:
        return 0
    return min((code for code, _ in found.failures), default=LimitReached.exit_code)


def _manifold(arguments: argparse.Namespace, model: Model | str) -> NeuroManifold:
    from neuroalg_sage.neuromanifold import NeuroManifold

    manifold = NeuroManifold(model, timeout=arguments.timeout, memory_gb=arguments.memory,
                             seed=arguments.seed, progress=progress(arguments),
                             cache=not arguments.no_cache)
    keep_deadline(manifold.computation)
    keep_time_for_the_page(manifold.computation)
    return manifold


def _cross_entropy(arguments: argparse.Namespace) -> int:
    if arguments.method not in ("auto", "critical") or arguments.level or arguments.starts:
        raise InputError("Of the cross-entropy critical points are found; leave out --method, "
                         "--level and --starts.")
    manifold = _manifold(arguments, the_spec(arguments))
    found = manifold.cross_entropy_points(arguments.data,
                                          normalization=arguments.normalization or "conditional")
    _state(arguments, manifold.model, "cross_entropy_points", found)
    return 0


def _out_of_reach(manifold: NeuroManifold, problem: TrainingProblem) -> str:
    """
    Why all critical points, or at least the minimum, are not known; empty if they are.

    Before a deadline they have a share of the time, which leaves some for minimizations.
    """
    from neuroalg_sage.invariants.training.critical_points import require_within_reach

    try:
        require_within_reach(problem)
        with manifold.computation.share():
            found = manifold.critical_points(problem)
    except InputError as error:
        return str(error)
    except LimitReached as error:
        if manifold.computation.deadline is None:
            raise
        return str(error)
    if found.data["complete"] or found.data["minimum"]["attained"] is not None:
        return ""
    if manifold.computation.deadline is not None:
        late = [sentence for code, sentence in found.failures if code == LimitReached.exit_code]
        if late:
            return late[0]
    return "" if found.failures else "Not all critical points are found."


def _from_many_starts(arguments: argparse.Namespace, manifold: NeuroManifold,
                      problem: TrainingProblem) -> int:
    """Minimizations from many starts; what is known is printed, whenever the command ends."""
    state = partial(_state, arguments, problem.model, "multistart")
    found = manifold.multistart(problem, arguments.starts, arguments.level, state)
    state(found)
    done, asked = found.data["starts"], found.data["asked"]
    if done == asked:
        return 0
    print(f"neuroalg: A limit was reached after {done} of {asked} starts; raise it with --timeout.",
          file=sys.stderr)
    return LimitReached.exit_code


def _bound(arguments: argparse.Namespace, manifold: NeuroManifold, problem: TrainingProblem) -> int:
    _state(arguments, problem.model, "loss_bounds", manifold.loss_bounds(problem, arguments.level))
    return 0


def _state(arguments: argparse.Namespace, model: Model, name: str, found: TrainingAnswer) -> None:
    """Have an answer printed, and its certificate written, when the command ends."""
    arguments.page.state(
        json.dumps({"schema": 1, "model": model.describe()} | found.circumstances()
                   | {"results": {name: found.described()}}) if arguments.json else found.text(),
        certificate_files(arguments.certificate, [found]))
