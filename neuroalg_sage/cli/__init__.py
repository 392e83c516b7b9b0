"""
The shell: ``neuroalg COMMAND``, one module for each kind of command.

Nothing heavy is imported before it is needed, so that help and errors are instant.
"""

from __future__ import annotations

import argparse
import io
import signal
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
from neuroalg_sage.cli.options import EPILOGUE, Commands, Parser
from neuroalg_sage.cli.output import discard_output
from neuroalg_sage.cli.progress import shown
from neuroalg_sage.errors import LimitReached, NeuroAlgError

INTERRUPTED = 130


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


def _verify(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.certificates.__main__ import verify_files

    return verify_files(arguments.files)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line; return the exit code.

    INPUT:

    - ``arguments`` -- the words after ``neuroalg``; by default the process's own

    OUTPUT: 0, 1, 2, 3, or 130 after an interrupt

    EXAMPLES::

        >>> main(["compute", "--quiet", "mlp:2,2,3:x^2", "ambient_dimension"])
        ambient_dimension = 9  [proved]
        0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        top = parser()
        completion.answer(top)
        parsed = top.parse_args(arguments)
        with shown(parsed):
            return parsed.run(parsed)
    except NeuroAlgError as error:
        print(f"neuroalg: {' '.join(str(error).split())}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("neuroalg: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except MemoryError:
        print("neuroalg: there is not enough memory; try a smaller model.", file=sys.stderr)
        return LimitReached.exit_code
    except BrokenPipeError:
        discard_output()
        return 0


def _end(number: int, frame: Any) -> NoReturn:
    """End as after an error, so that no engine is left running."""
    sys.exit(128 + number)


def entry_point() -> NoReturn:
    """The ``neuroalg`` command."""
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
