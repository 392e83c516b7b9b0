"""
The shell: ``neuroalg COMMAND``, one module for each kind of command.

Nothing heavy is imported before it is needed, so that help and errors are instant.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from neuroalg_sage.cli.supervision import start_of_this_process, supervise

TALKATIVE = ("notebooks",)  # what speaks with the user itself, and needs the terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line in this process; return the exit code.

    INPUT:

    - ``arguments`` -- the words after ``neuroalg``; by default the process's own

    OUTPUT: 0, 1, 2, 3, or 130 after an interrupt

    EXAMPLES::

        >>> main(["compute", "--quiet", "mlp:2,2,3:x^2", "ambient_dimension"])
        ambient_dimension = 9  [proved]
        0
    """
    from neuroalg_sage.cli.commands import run

    return run(arguments)


def entry_point() -> NoReturn:
    """The ``neuroalg`` command: its work is done in a process that another one watches over."""
    if sys.argv[1:2] and sys.argv[1] in TALKATIVE:
        sys.exit(main())
    # On a machine at work the interpreter itself takes seconds to start.
    code = supervise(main, start_of_this_process())
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # of which the last word is said
            stream.flush()
    os._exit(code)  # taking the interpreter apart takes longer than all else that is done here
