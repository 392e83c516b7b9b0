"""
``neuroalg capacity``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from neuroalg_sage.cli.options import (
    Commands,
    about_a_model,
    about_an_approximation,
    about_the_answer,
    manifold_of,
    progress,
)
from neuroalg_sage.cli.output import certificate_files, check_writable
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.presentation import aligned

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.neuromanifold import NeuroManifold


FACTORS = range(3, -4, -1)  # powers of two
COLUMNS = ("dimension", "span", "pseudo_dimension", "covering_number", "tube_volume")


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("capacity", _capacity)
    about_a_model(sub, several=True)
    about_an_approximation(sub, box=False)
    about_the_answer(sub)
    sub.add_argument("--epsilon", required=True, metavar="E", help="radius of the balls that cover")
    sub.add_argument("--radius", metavar="R", help="cover the functions of norm at most R")
    sub.add_argument("--box", metavar="B", help="instead, those of parameters from -B to B")
    sub.add_argument("--norm", metavar="NORM", default="euclidean", help="of the balls that cover, "
                     "and of the functions: euclidean (the default), max, l1 or bombieri, of the "
                     "coefficients, or sup:B for inputs from -B to B")
    sub.add_argument("--figure", metavar="FILE", help="also draw the covering numbers of radii "
                     "from E/8 to 8E to a file .svg, .png or .pdf")
    sub.add_argument("--tube-samples", metavar="N", help="also estimate the volume of the tube by "
                     "so many random functions")
    sub.add_argument("--tube-error", metavar="P", default="0.01", help="the probability that the "
                     "estimated interval is wrong, by default 0.01")
    sub.add_argument("--delta", metavar="D", help="also say how many samples suffice for mean "
                     "squared errors within E, but for a probability of D")
    sub.add_argument("--inputs", metavar="box:B", default="box:1", help="where the inputs of "
                     "samples are, by default box:1")
    sub.add_argument("--targets", metavar="T", default="1", help="the largest norm of targets, by "
                     "default 1")
    sub.add_argument("--lipschitz", metavar="C", help="instead of the squared error, a loss that "
                     "differs for functions f and g by at most C times the norm of f - g")
    sub.add_argument("--loss-bound", metavar="B", help="losses are from -B to B; or a:b, from a to "
                     "b")
    sub.add_argument("--noise", metavar="SIGMA", help="also say how many samples any method needs "
                     "to find each function within E, but for a probability of D, if outputs have "
                     "normal noise of this standard deviation")


def _capacity(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.invariants.singularities.hasse import check_picture

    check_writable(arguments.certificate)
    _check_numbers(arguments)  # what is wrong is said before anything is computed
    if arguments.figure is not None:
        check_picture(arguments.figure)
        check_writable(arguments.figure)
    found: list[tuple[NeuroManifold, list[Invariant]]] = []
    unanswered: list[LimitReached] = []
    curves: dict[str, list[tuple[float, float, float]]] = {}
    for spec in arguments.specs:
        arguments.spec = spec
        manifold = manifold_of(arguments)
        progress(arguments).begin(f"capacity of {manifold.model}")
        known: list[Invariant] = []
        found.append((manifold, known))
        for answer in _answers(manifold, arguments, unanswered):
            known.append(answer)
            # What is known when a limit is reached is printed.
            arguments.page.state(_printed(found, arguments), certificate_files(
                arguments.certificate, [answer for _, answers in found for answer in answers]))
        if arguments.figure is not None:
            with _noting(unanswered):
                curves[str(manifold.model)] = _curve(manifold, arguments)
    if arguments.figure is not None:
        from neuroalg_sage.pictures.capacity import figure
        from neuroalg_sage.pictures.figure import write

        write(figure(curves), arguments.figure)
    if unanswered:  # once the other models have their rows
        raise unanswered[0]
    return 0


@contextmanager
def _noting(unanswered: list[LimitReached]) -> Iterator[None]:
    """Go on where one answer reaches a limit of its own, and keep what it says."""
    try:
        yield
    except LimitReached as error:
        unanswered.append(error)


def _printed(found: list[tuple[NeuroManifold, list[Invariant]]], arguments: argparse.Namespace
             ) -> str:
    """All that is known so far: JSON, the answers about one model, or a table of several."""
    if arguments.json:
        pages = [{"schema": 1, "model": manifold.model.describe(),
                  "parameters": manifold.model.parameter_count,
                  "results": _results(answers)}
                 for manifold, answers in found]
        return json.dumps(pages[0] if len(arguments.specs) == 1 else {"schema": 1, "models": pages})
    if len(arguments.specs) == 1:
        (manifold, answers), = found
        skipped = "" if manifold.affordable_dimension() is not None else (
            "; their dimension is a rank that takes long, and the bounds do without it")
        return "\n".join([f"{manifold.model}: {manifold.model.parameter_count} parameters{skipped}",
                          *(answer.text(arguments.spec) for answer in answers),
                          *_in_short(answers)])
    columns = [*COLUMNS, *(["estimated_tube_volume"] if arguments.tube_samples is not None else []),
               *(["sample_complexity"] if arguments.delta is not None else []),
               *(["necessary_samples"] if arguments.noise is not None else [])]
    rows = [["model", "parameters", *(name.replace("_", " ") for name in columns)]]
    for manifold, answers in found:
        cells = {answer.name: _cell(answer) for answer in answers}
        rows.append([str(manifold.model), str(manifold.model.parameter_count),
                     *(cells.get(name, "") for name in columns)])
    return "\n".join(aligned(rows))


def _results(answers: list[Invariant]) -> dict[str, Any]:
    """The answers as JSON data, with how many samples are necessary beside how many suffice."""
    from neuroalg_sage.invariants.capacity.necessary_samples import NecessarySamples
    from neuroalg_sage.invariants.capacity.samples import IdentifyingInputs, SampleComplexity

    results = {answer.name: answer.result() for answer in answers}
    # Where noise is stated, the bound that takes it into account is the later one.
    lower: dict[str, Any] = {"lower": None}
    for answer in answers:
        if isinstance(answer, (IdentifyingInputs, NecessarySamples)):
            lower = answer.necessary_samples_as_json() | {"lower_certificate": answer.name}
    for answer in answers:
        if isinstance(answer, SampleComplexity):
            results[answer.name]["value"] |= lower
    return results


def _in_short(answers: list[Invariant]) -> Iterator[str]:
    """One sentence on samples: how many suffice, and how few cannot."""
    from neuroalg_sage.invariants.capacity.covering_number import in_words

    known = {answer.name: answer for answer in answers if answer.status == "proved"}
    if {"sample_complexity", "identifying_inputs"} <= set(known):
        _, error, delta, *_, number = known["sample_complexity"].data
        yield (f"In short: {in_words(number)} samples suffice for mean losses within {error}, but "
               f"for a probability of {delta}; fewer than {known['identifying_inputs'].data[0]} "
               "cannot identify a generic function.")


def _curve(manifold: NeuroManifold, arguments: argparse.Namespace
           ) -> list[tuple[float, float, float]]:
    """Radii around that which is asked for, where one ball does not suffice, and the bounds."""
    from neuroalg_sage.models.sage_input import rational

    epsilon, found = rational(arguments.epsilon, "radius epsilon"), []
    for power in FACTORS:
        radius = epsilon * Fraction(2) ** power
        with suppress(InputError):
            number = manifold.covering_number(radius, radius=arguments.radius, box=arguments.box,
                                              norm=arguments.norm)
            found.append((float(radius), *number.logarithms))
    return found


def _answers(manifold: NeuroManifold, arguments: argparse.Namespace,
             unanswered: list[LimitReached]) -> Iterator[Invariant]:
    """
    What is to be said of one model.

    What only a span or a dimension lacks is left out; bounds that are lacking are noted.
    """
    part = {"radius": arguments.radius, "box": arguments.box}
    dimension = manifold.affordable_dimension()
    if dimension is not None:
        yield dimension
    for ask in (manifold.span, manifold.identifying_inputs) if dimension is not None else ():
        with suppress(LimitReached):
            yield ask()
    asked: list[Callable[[], Invariant]] = [
        partial(manifold.covering_number, arguments.epsilon, **part, norm=arguments.norm)]
    if arguments.norm == "euclidean":  # tubes and samples are about it
        asked.append(partial(manifold.tube_volume, arguments.epsilon, **part))
    if arguments.tube_samples is not None:
        asked.append(partial(
            manifold.estimated_tube_volume, arguments.epsilon, **part,
            samples=arguments.tube_samples, error=arguments.tube_error))
    if arguments.delta is not None:
        inputs = _box_of_inputs(arguments)
        asked.append(partial(
            manifold.sample_complexity, arguments.epsilon, arguments.delta, **part, inputs=inputs,
            targets=arguments.targets, lipschitz=arguments.lipschitz,
            loss_bound=arguments.loss_bound))
        if arguments.noise is not None:
            asked.append(partial(manifold.necessary_samples, arguments.epsilon, arguments.delta,
                                 noise=arguments.noise, **part, inputs=inputs))
    for bounds in (manifold.pseudo_dimension, *asked):
        with _noting(unanswered):
            yield bounds()


def _check_numbers(arguments: argparse.Namespace) -> None:
    """Refuse what is wrong about balls and samples."""
    from neuroalg_sage.invariants.capacity.covering_number import read_domain, read_norm
    from neuroalg_sage.invariants.capacity.necessary_samples import read_noise
    from neuroalg_sage.invariants.capacity.samples import read_samples
    from neuroalg_sage.invariants.capacity.tube_samples import read_estimate
    from neuroalg_sage.models.sage_input import rational

    if (epsilon := rational(arguments.epsilon, "radius epsilon")) <= 0:
        raise InputError(f"The radius epsilon of the balls must be positive, not {epsilon}.")
    read_domain(arguments.radius, arguments.box)
    if read_norm(arguments.norm) is not None and (
            arguments.delta is not None or arguments.tube_samples is not None):
        raise InputError("Tubes and numbers of samples are about the Euclidean norm; leave out "
                         "--norm, or --delta and --tube-samples.")
    if arguments.tube_samples is not None:
        read_estimate(arguments.tube_samples, arguments.tube_error)
    if arguments.delta is None:
        for name in ("lipschitz", "loss_bound", "noise"):
            if getattr(arguments, name) is not None:
                raise InputError(f"The option --{name.replace('_', '-')} is about samples; state "
                                 "the probability of failure by --delta, such as --delta 0.05.")
        return
    inputs = _box_of_inputs(arguments)
    read_samples(arguments.epsilon, arguments.delta, inputs, arguments.targets,
                 arguments.lipschitz, arguments.loss_bound)
    if arguments.noise is not None:
        read_noise(arguments.delta, arguments.noise, inputs)


def _box_of_inputs(arguments: argparse.Namespace) -> str:
    """The size of the box of inputs."""
    kind, colon, size = arguments.inputs.partition(":")
    if kind != "box" or not colon:
        raise InputError(f"The inputs {arguments.inputs[:40]!r} are not bounded; state a box, such "
                         "as box:1 for inputs from -1 to 1.")
    return size


def _cell(answer: Invariant) -> str:
    """An answer in a table, without what it depends on."""
    return answer.sentence().partition(" (")[0].partition(" independent")[0].partition(
        " samples never")[0].removeprefix("fewer than ").partition(" with probability")[0]

