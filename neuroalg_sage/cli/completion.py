"""
``neuroalg completion``: what a shell completes when one presses the tabulator.

The library argcomplete writes the scripts, and asks this program's own parser; here it is told
which words may stand where.  Nothing of this is imported unless a shell asks.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from neuroalg_sage.cli.options import Commands
from neuroalg_sage.errors import EngineError

SHELLS = ("bash", "zsh", "fish")
MISSING = "Completion needs the library argcomplete; pip install argcomplete brings it."


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("completion", _completion)
    sub.add_argument("shell", choices=SHELLS)


def _completion(arguments: argparse.Namespace) -> int:
    try:
        import argcomplete
    except ImportError:
        raise EngineError(MISSING) from None
    print(argcomplete.shellcode(  # type: ignore[no-untyped-call]
        ["neuroalg"], shell=arguments.shell))
    return 0


def answer(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks for completions, and end the process."""
    try:
        import argcomplete
    except ImportError:
        raise EngineError(MISSING) from None
    for action in _actions(parser):
        words = _words(action)
        if words is not None:
            # argparse knows no such attribute, argcomplete reads it.
            action.completer = words  # type: ignore[attr-defined]
    argcomplete.autocomplete(parser, always_complete_options=False)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield from _actions(sub)
        else:
            yield action


def _words(action: argparse.Action) -> Any:
    """What completes a value of an option, or an argument; None for the names of files."""
    if action.dest in ("spec", "specs"):
        return _specs
    if action.dest in _NAMES:
        return lambda **_: _NAMES[action.dest]()
    names_a_file = action.metavar in ("FILE", "DIR") or action.choices is not None
    # Not argcomplete's SuppressCompleter, which withholds the option itself.
    return None if names_a_file else lambda **_: []


def _specs(prefix: str, **_: Any) -> list[str]:
    """The beginnings of specs, and model files."""
    from argcomplete.completers import FilesCompleter

    from neuroalg_sage.models.families import FAMILIES

    files = FilesCompleter(("json",))  # type: ignore[no-untyped-call]
    return [f"{family}:" for family in FAMILIES] + list(files(prefix))


def _invariants() -> list[str]:
    from neuroalg_sage.questions import computed

    return list(computed())


def _methods() -> list[str]:
    from neuroalg_sage.invariants.answers import methods

    return [*methods.FOR_THE_IDEAL, *methods.FOR_THE_DEGREE, *methods.FOR_CRITICAL_POINTS]


def _metrics() -> list[str]:
    from neuroalg_sage.invariants.distance.quadratic_forms import METRICS

    return list(METRICS)


# By the name that the parser gives to a value.
_NAMES = {"invariants": _invariants, "questions": _invariants, "invariant": _invariants,
          "method": _methods, "ed_metric": _metrics, "metric": _metrics,
          "flow": lambda: ["momentum=", "weight-decay=", "metric=", "mirror="]}
