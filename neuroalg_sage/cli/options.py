"""
What the commands have in common: their options, and what these say.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from neuroalg_sage import limits
from neuroalg_sage.cli.parsers import CommandParser
from neuroalg_sage.cli.progress import Progress
from neuroalg_sage.cli.supervision import SOFT_GRACE, TO_STOP, child
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.methods import (
    FOR_CRITICAL_POINTS,
    FOR_THE_DEGREE,
    FOR_THE_IDEAL,
)
from neuroalg_sage.models.numbers import written

if TYPE_CHECKING:
    from types import FrameType

    from neuroalg_sage.invariants.answers.computation import Computation
    from neuroalg_sage.neuromanifold import NeuroManifold

# Of the time that is allowed, what is kept to make a page, but no more than so many seconds.
SHARE_FOR_THE_PAGE, SECONDS_FOR_THE_PAGE = 0.1, 3.0

# Where the boxes have a meaning besides.
WITH_BOXES = ("capacity",)


class Commands(Protocol):
    """The parser of a command, given its name and the function that runs it."""

    def __call__(self, name: str, run: Callable[[argparse.Namespace], int]) -> CommandParser: ...


# -- kinds of values ---------------------------------------------------------------------


def positive(text: str) -> float:
    try:
        value = float(written(text))
    except (ValueError, OverflowError):
        value = -1.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a positive number")
    return value


def whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a positive whole number "
                                         "of at most nine digits")
    return int(text)


def wholes(text: str) -> list[int]:
    return [whole(part.strip()) for part in text.split(",")]


def words(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def floats(text: str) -> list[float]:
    try:
        return [float(written(part)) for part in text.split(",")]
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a list of numbers such as "
                                         "1,0.5,-2") from None


# -- options that several commands have --------------------------------------------------


def about_limits(sub: argparse.ArgumentParser, timeout: float | None = None) -> None:
    sub.add_argument("--timeout", type=positive, metavar="S", default=timeout,
                     help="seconds for everything"
                     + (f", by default {timeout:g}" if timeout else ""))
    sub.add_argument("--memory", type=positive, metavar="GB", help="memory for everything: this "
                     "program and the engines that it starts")
    sub.set_defaults(limited=True)


def about_a_model(sub: argparse.ArgumentParser, timeout: float | None = None,
                  several: bool = False) -> None:
    if several:
        sub.add_argument("specs", nargs="+", metavar="SPEC",
                         help="spec strings or JSON model files")
    else:
        sub.add_argument("spec", metavar="SPEC", help="spec string or JSON model file")
    about_limits(sub, timeout)
    sub.add_argument("--method", default="auto", metavar="NAME",
                     help=f"method for the ideal: {', '.join(FOR_THE_IDEAL)}; or for the "
                     f"degree without the ideal: {', '.join(FOR_THE_DEGREE)}; or for "
                     f"critical points: {', '.join(FOR_CRITICAL_POINTS)}")
    sub.add_argument("--degree", type=int, default=3, metavar="D",
                     help="largest degree of equations and conservation laws")
    sub.add_argument("--seed", type=int, help="seed of the random choices")
    sub.add_argument("--macaulay2", metavar="COMMAND", help="the Macaulay2 to use")
    about_the_cache(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


# What is said of an approximation: how the value is called, how it is read, and what it is.
OF_APPROXIMATIONS: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "interval": ("A,B", words, "of an activation, from A to B; by default from -1 to 1"),
    "inputs": ("box:X", str, "of a network, inputs from -X to X; or as in box:0,1, from 0 to 1; or "
               "an interval for each input, as in 0,1;-2,2; by default from -1 to 1"),
    "error": ("E", str, "instead of a degree, the least one with an error of at most E; of a "
              "network, the difference of the outputs"),
    "denominator": ("D", str, "of an activation, rational functions without poles, with "
                    "denominators of degree at most D"),
    "pieces": ("N|kinks|A,B,...", str, "of an activation, N pieces of equal lengths, or pieces "
               "that meet at its kinks, or at A, B, ..."),
}


def about_approximations(sub: argparse.ArgumentParser, *names: str, when: str = "") -> None:
    """
    Which approximation is meant.

    INPUT:

    - ``names`` -- of :data:`OF_APPROXIMATIONS`; by default all
    - ``when`` -- with which option they make sense
    """
    for name in names or OF_APPROXIMATIONS:
        metavar, read, text = OF_APPROXIMATIONS[name]
        sub.add_argument(f"--{name}", type=read, metavar=metavar, help=when + text)


def about_an_approximation(sub: argparse.ArgumentParser, box: bool = True) -> None:
    """
    With which polynomials a network is asked about whose activation is none.

    INPUT:

    - ``box`` -- whether the command has no options for the boxes of its own
    """
    sub.add_argument("--approximate", metavar="D", help="of a network such as mlp:2,3,1:tanh, the "
                     "one with polynomials of degree D, at most 100, and how far it is, for "
                     "parameters and inputs in boxes")
    if box:
        sub.add_argument("--box", metavar="B", help="with --approximate, parameters from -B to B")
        about_approximations(sub, "inputs", when="with --approximate, ")


def the_spec(arguments: argparse.Namespace) -> Any:
    """The spec, or with ``--approximate`` the polynomial network near its network."""
    if getattr(arguments, "approximate", None) is None:
        if arguments.command not in WITH_BOXES and (
                getattr(arguments, "box", None) or getattr(arguments, "inputs", None)):
            raise InputError("The options --box and --inputs are about a network such as "
                             "mlp:2,3,1:tanh; add --approximate with a degree, as in "
                             "--approximate 7.")
        return arguments.spec
    from neuroalg_sage.approximation import ContinuousNetwork

    return ContinuousNetwork(arguments.spec).near(
        arguments.box, arguments.inputs or "box:1", arguments.approximate).model()


def about_a_table(sub: argparse.ArgumentParser, option: str = "") -> None:
    """
    In which form a table is printed, or written.

    INPUT:

    - ``option`` -- the option that has it printed as text, where that is not done anyway
    """
    form = sub.add_mutually_exclusive_group()
    if option:
        form.add_argument(option, dest="form", action="store_const", const="txt",
                          help="print a table at the end, instead of a line for each model")
    for name, (form_name, what) in {"--csv": ("csv", "the table as CSV"), "--latex": (
            "tex", "the table as a LaTeX document")}.items():
        form.add_argument(name, dest="form", action="store_const", const=form_name,
                          help=f"print {what}")
    if not option:
        form.add_argument("--json", dest="form", action="store_const", const="json",
                          help="print one JSON object")
    form.add_argument("-o", "--output", metavar="FILE", help="write the table to a file, in the "
                      "form that its ending says: .txt, .csv, .json, .html or .tex")


def about_the_workers(sub: argparse.ArgumentParser, timeout: float | None = None) -> None:
    sub.add_argument("--jobs", type=whole, metavar="N", help="worker processes; else one for each "
                     "core")
    sub.add_argument("--timeout", type=positive, metavar="S", default=timeout, help="seconds for "
                     "one model" + (f", by default {timeout:g}" if timeout else ""))
    sub.add_argument("--memory", type=positive, metavar="GB", help="memory of one worker")
    sub.add_argument("--seed", type=int, help="seed of the random choices")


def about_the_cache(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--no-cache", action="store_true", help="neither read nor write the cache "
                     "of answers")


def about_the_answer(sub: argparse.ArgumentParser, certificate: str = "write the certificates "
                     "to a file") -> None:
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    sub.add_argument("--certificate", metavar="FILE", help=certificate)


def about_a_metric(sub: argparse.ArgumentParser, default: str = "generic") -> None:
    sub.add_argument("--metric", default=default, metavar="NAME", dest="ed_metric",
                     help="metric of distances: generic, unit, bombieri, data; else "
                     f"{default}")
    sub.add_argument("--gram", metavar="FILE", help="JSON file with the symmetric matrix of "
                     "the quadratic form, for the metric data")


def about_a_norm(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--norm", metavar="NORM", dest="polyhedral_norm",
                     help="of Wasserstein degrees: l1 (the default), "
                     "linf, or a JSON file, {\"vertices\": ...} or {\"facets\": ...} of the unit "
                     "ball, or {\"metric\": ...}, the distances of states or of outputs")


def about_a_flow(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--flow", metavar="FLOW", help="the flow of conservation laws, options "
                     "joined by ':': momentum=FRICTION, weight-decay=RATE, metric=1,2,1,... (a "
                     "diagonal; rows by ';'), mirror=w (the inverse metric, for each parameter "
                     "w; or a list); by default gradient flow")


def about_a_function(sub: argparse.ArgumentParser, parameters: bool, metric: bool) -> None:
    sub.add_argument("--function", metavar="POLYNOMIALS", help="in the inputs x_0, x_1, ..., "
                     "one for each output, joined by ';'")
    sub.add_argument("--coordinates", metavar="NUMBERS", help="instead, the coordinates of "
                     "the function, joined by commas")
    if parameters:
        sub.add_argument("--parameters", metavar="NUMBERS", help="instead, parameters of it")
    if metric:
        sub.add_argument("--metric", default="unit", metavar="NAME", help="unit, bombieri, or "
                         "positive weights of the coordinates, joined by commas")


# -- what they say -----------------------------------------------------------------------


def progress(arguments: argparse.Namespace) -> Progress:
    """Says what is being done, on standard error, unless the options ask for quiet."""
    return arguments.progress


def manifold_of(arguments: argparse.Namespace) -> NeuroManifold:
    """The neuromanifold that the options describe."""
    from neuroalg_sage.neuromanifold import NeuroManifold

    gram = getattr(arguments, "gram", None)
    if gram is not None:
        from neuroalg_sage.models.sources import read_json

        gram = read_json(gram, "quadratic form")
    norm = getattr(arguments, "polyhedral_norm", None) or "l1"
    if norm not in ("l1", "linf"):
        from neuroalg_sage.models.sources import read_json

        norm = read_json(norm, "norm")
    manifold = NeuroManifold(
        the_spec(arguments), memory_gb=arguments.memory, method=arguments.method,
        seed=arguments.seed,
        degree=arguments.degree, macaulay2=arguments.macaulay2, gram=gram,
        metric=getattr(arguments, "ed_metric", "generic"), flow=getattr(arguments, "flow", None),
        norm=norm, progress=progress(arguments), cache=not arguments.no_cache)
    manifold.check_flow()
    keep_deadline(manifold.computation)
    return manifold


def keep_deadline(computation: Computation) -> None:
    """Have a computation end with the whole command."""
    computation.deadline, computation.budget = limits.whole.deadline, limits.whole.seconds


def keep_time_for_the_page(computation: Computation) -> None:
    """Have a computation end a little before, where all of the page is made at the end."""
    if computation.deadline is not None and computation.budget is not None:
        computation.deadline -= min(SHARE_FOR_THE_PAGE * computation.budget, SECONDS_FOR_THE_PAGE)


def _is_importing(frame: FrameType | None) -> bool:
    """
    Whether a module is being imported: one of Sage's that was imported in part cannot be imported
    again, and the next signal comes soon.
    """
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


@contextmanager
def _silent_where_swallowed() -> Iterator[None]:
    """
    Let nothing be printed where compiled code, as Sage's of categories, swallows that a limit was
    reached: it is said again by the next signal.
    """
    uncaught, unraisable = sys.excepthook, sys.unraisablehook

    def print_uncaught(kind: type[BaseException], *found: Any) -> None:
        if not issubclass(kind, LimitReached):
            uncaught(kind, *found)

    def print_unraisable(found: Any) -> None:
        if not issubclass(found.exc_type, LimitReached):
            unraisable(found)

    sys.excepthook, sys.unraisablehook = print_uncaught, print_unraisable
    try:
        yield
    finally:
        sys.excepthook, sys.unraisablehook = uncaught, unraisable


@contextmanager
def limited(arguments: argparse.Namespace) -> Iterator[None]:
    """
    Set the limits of the command that these options are of, while it runs.

    Engines keep the deadline themselves.  A little later what runs in Python is interrupted, and
    if it does not give up then, the process that watches over this one ends it.
    """
    named = getattr(arguments, "limited", False)
    seconds = arguments.timeout if named else None
    memory = arguments.memory if named and child.is_supervised else None
    limits.whole.begin(seconds, memory, child.begun if child.is_supervised else None)
    child.announce(seconds, limits.whole.memory)

    def stop(number: int, frame: FrameType | None) -> None:
        if not _is_importing(frame):
            raise limits.whole.time_is_over()

    def stop_growing(number: int, frame: FrameType | None) -> None:
        if not _is_importing(frame):
            raise limits.whole.memory_is_full()

    before: dict[signal.Signals, Any] = {}
    try:
        if memory is not None:
            before[TO_STOP] = signal.signal(TO_STOP, stop_growing)
        if seconds is not None:
            # Sage's import takes the signal for itself: let it do so before, not after.
            with suppress(ImportError):
                import cysignals.signals  # noqa: F401
            before[signal.SIGALRM] = signal.signal(signal.SIGALRM, stop)
            # Repeated, since a library may swallow an exception in a callback.
            left = limits.whole.left() or 0.0
            signal.setitimer(signal.ITIMER_REAL, left + SOFT_GRACE, SOFT_GRACE)
        with _silent_where_swallowed():
            yield
    finally:
        if seconds is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        limits.whole.begin(None, None)
