"""
CSDP as an engine: semidefinite programs, in floating point, with limits.

Nothing that it says is believed: who asks it rounds its answer, and proves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from neuroalg_sage.engines import programs
from neuroalg_sage.errors import EngineError

COMMAND_VARIABLE = "NEUROALG_CSDP"
WORKING_VERSION = "passagemath-macaulay2==10.8.11"

# From a block and a place (i, j) with i <= j in it to the entry there.
Entries = Mapping[tuple[int, int, int], float]
# It stopped, though it could not reach its accuracy; the answer may be good enough all the same.
STOPPED = (3, 5, 6, 7)


def find_command() -> str | None:
    """
    The path of csdp: the value of ``NEUROALG_CSDP``, else that of the wheel, else the one on the
    path; None if there is none.
    """
    return programs.find("csdp", COMMAND_VARIABLE)


def solve(blocks: Sequence[int], objective: Entries, constraints: Sequence[Entries],
          values: Sequence[float], *, timeout: float | None = None,
          memory_gb: float | None = None) -> list[np.ndarray] | None:
    """
    Positive semidefinite matrices X, one for each block, that maximize <C, X> where <A_i, X> = a_i.

    INPUT:

    - ``blocks`` -- the sizes of the blocks
    - ``objective`` -- C
    - ``constraints`` -- the A_i
    - ``values`` -- the a_i

    OUTPUT: the matrices, approximately; None if csdp finds that there are none, or stops without
    an answer

    Raises LimitReached if a limit stops it, EngineError if there is none.

    EXAMPLES: The least x with [[x, 1], [1, 1]] positive semidefinite. ::

        >>> (X,) = solve([2], {(0, 0, 0): -1.0}, [{(0, 0, 1): 0.5}, {(0, 1, 1): 1.0}], [1.0, 1.0])
        >>> bool(abs(X[0, 0] - 1) < 1e-6)
        True
    """
    lines = [str(len(values)), str(len(blocks)), " ".join(map(str, blocks)),
             " ".join(repr(float(a)) for a in values)]
    for k, entries in enumerate([objective, *constraints]):
        lines += [f"{k} {block + 1} {i + 1} {j + 1} {float(c)!r}"
                  for (block, i, j), c in entries.items() if c]
    command = programs.required("csdp", find_command(), WORKING_VERSION, COMMAND_VARIABLE)
    with TemporaryDirectory(prefix="neuroalg-") as folder:
        source, answer, printed = (Path(folder) / name for name in ("program", "answer", "log"))
        source.write_text("\n".join(lines) + "\n")
        code = programs.run_within_limits(
            "csdp", "a semidefinite program", [command, str(source), str(answer)], printed, timeout,
            None if memory_gb is None else int(memory_gb * 10**9), ends_with_us=True)
        if code in (1, 2, 4, 8, 9):  # infeasible, or no progress
            return None
        if code not in (0, *STOPPED):
            raise EngineError(f"csdp ended with {code}.")
        if not answer.is_file():
            return None
        return read_solution(answer.read_text(errors="replace"), blocks)


def read_solution(text: str, blocks: Sequence[int]) -> list[np.ndarray] | None:
    """
    The matrices X in a file of csdp; None if a number is not finite.

    Raises EngineError if it is none.

    EXAMPLES::

        >>> read_solution("1.0 2.0\\n1 1 1 1 5.0\\n2 1 1 2 3.0\\n", [2])[0].tolist()
        [[0.0, 3.0], [3.0, 0.0]]
    """
    matrices = [np.zeros((size, size)) for size in blocks]
    try:
        for line in text.splitlines()[1:]:
            which, block, i, j, entry = line.split()
            if which == "2":
                matrix = matrices[int(block) - 1]
                matrix[int(i) - 1, int(j) - 1] = matrix[int(j) - 1, int(i) - 1] = float(entry)
    except (ValueError, IndexError):
        raise EngineError(f"csdp's answer cannot be read: {text[:80]!r}") from None
    return matrices if all(np.isfinite(m).all() for m in matrices) else None
