"""
The command line: its parser, and how a command is run and ends.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from neuroalg_sage.cli import (
    cache,
    completion,
    doctor,
    equations,
    flows,
    functions,
    invariants,
    notebooks,
    packages,
    surveys,
    training,
)
from neuroalg_sage.cli.options import EPILOGUE, Commands, Parser, about_limits, limited
from neuroalg_sage.cli.progress import shown
from neuroalg_sage.cli.supervision import (
    INTERRUPTED,
    Page,
    child,
    conclude,
    discard_output,
    not_printed,
)
from neuroalg_sage.errors import LimitReached, NeuroAlgError


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = Parser(prog="neuroalg", description="Exact, certified invariants of neuromanifolds.",
                 epilog=EPILOGUE, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, run: Callable[[argparse.Namespace], int]
                ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help, epilog=EPILOGUE,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
        sub.set_defaults(run=run)
        return sub

    for kind in (invariants, equations, functions, training, flows, surveys, packages, notebooks,
                 cache, doctor, completion):
        kind.add(command)
    _add_verify(command)
    return top


class _Version(argparse.Action):
    """Print the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"neuroalg {version('neuroalg-sage')}")
        except PackageNotFoundError:
            print("neuroalg (not installed)")
        parser.exit()


def _add_verify(command: Commands) -> None:
    sub = command("verify", "Check certificates, without Sage and without Macaulay2.", _verify)
    sub.add_argument("files", nargs="+", metavar="FILE")
    about_limits(sub)


def _verify(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.certificates.__main__ import verify_files

    return verify_files(arguments.files)


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
        top = parser()
        completion.answer(top)
        parsed = top.parse_args(arguments)
        parsed.page = page
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
