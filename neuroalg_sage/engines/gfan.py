"""
gfan as an engine: tropical varieties of prime ideals, with limits.

gfan has the convention of the maximum.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from neuroalg_sage.engines import programs
from neuroalg_sage.errors import EngineError
from neuroalg_sage.models.expressions import Polynomial, write_polynomial

COMMAND_VARIABLE = "NEUROALG_GFAN"
WORKING_VERSION = "passagemath-gfan==10.8.11"

Vectors = list[list[int]]


@dataclass(frozen=True)
class Fan:
    """
    A fan as gfan states it: a basis of the lineality space, the rays modulo that space, and the
    maximal cones by the places of their rays, with multiplicities.
    """

    lineality: Vectors
    rays: Vectors
    cones: Vectors
    multiplicities: list[int]


def tropical_variety(generators: Sequence[Polynomial], variables: int, *,
                     timeout: float | None = None, memory_gb: float | None = None) -> Fan:
    """
    The tropical variety of a homogeneous prime ideal without monomials, prime also over C.

    Raises LimitReached if a limit stops gfan; EngineError if there is none, or if it fails.

    EXAMPLES::

        >>> tropical_variety([{(1, 0, 0): 1, (0, 1, 0): 1, (0, 0, 1): 1}], 3).multiplicities
        [1, 1, 1]
    """
    # Of equal length: gfan reads a name that begins with another one as that.
    names = [f"z{i:0{len(str(variables))}}" for i in range(variables)]
    text = "Q[" + ",".join(names) + "]{" + ",".join(
        write_polynomial(g, names) for g in generators) + "}"
    start = _run("_tropicalstartingcone", text, timeout, memory_gb)
    # Before the answer it may tell of its work.
    return read_fan(_run("_tropicaltraverse", start[start.find("Q["):], timeout, memory_gb))


def version() -> str:
    """
    The version of gfan.

    EXAMPLES::

        >>> version()[:2]
        '0.'
    """
    return programs.version("gfan", _command(), "_version")


def find_command() -> str | None:
    """
    The path of gfan: the value of ``NEUROALG_GFAN``, else that of the wheel, else the one on the
    path; None if there is none.
    """
    return programs.find("gfan", COMMAND_VARIABLE)


def _command() -> str:
    return programs.required("gfan", find_command(), WORKING_VERSION, COMMAND_VARIABLE)


def _run(subcommand: str, text: str, timeout: float | None, memory_gb: float | None) -> str:
    with TemporaryDirectory(prefix="neuroalg-") as folder:
        source, printed = Path(folder) / "ideal", Path(folder) / "answer"
        source.write_text(text)
        code = programs.run_within_limits(
            "gfan", "a tropical variety", [_command(), subcommand], printed, timeout,
            None if memory_gb is None else int(memory_gb * 10**9), source=source,
            ends_with_us=True)
        answer = printed.read_text(errors="replace")
    if code:
        raise EngineError(f"gfan ended with {code}.")
    return answer


def read_fan(text: str) -> Fan:
    r"""
    The fan that gfan has written.

    Raises EngineError if it is none.

    EXAMPLES::

        >>> read_fan("RAYS\n1 1\t# 0\n\nLINEALITY_SPACE\n\nMAXIMAL_CONES\n{0}\t# Dimension 1\n\n"
        ...          "MULTIPLICITIES\n2\t# Dimension 1\n")
        Fan(lineality=[], rays=[[1, 1]], cones=[[0]], multiplicities=[2])
    """
    blocks = [re.sub(r"\t?#.*", "", block).splitlines() for block in re.split(r"\n\s*\n", text)]
    parts = {block[0]: block[1:] for block in blocks if block}
    try:
        lineality, rays, cones, multiplicities = (
            [[int(c) for c in line.strip("{}").split()] for line in parts[name]]
            for name in ("LINEALITY_SPACE", "RAYS", "MAXIMAL_CONES", "MULTIPLICITIES"))
        return Fan(lineality, rays, cones, [number for number, in multiplicities])
    except (KeyError, ValueError):
        raise EngineError(f"gfan's answer cannot be read: {text[:80]!r}") from None
