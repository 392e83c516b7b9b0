"""
Real solutions of a polynomial system with finitely many complex ones, by msolve.

msolve finds a rational parametrization of the solutions modulo primes, lifts it, and isolates
the real zeros of its eliminating polynomial exactly (Berthomieu, Eder, Safey El Din 2021).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from neuroalg_sage.engines.msolve import UNREADABLE, answer, unreadable

Polynomial = Mapping[tuple[int, ...], Fraction]
Box = list[tuple[Fraction, Fraction]]


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
    text = _answer(system, variables, 0, options, timeout, seed, memory_gb)
    found = read_solutions(text)
    # msolve may add a variable, and lists it last.
    if any(not variables <= len(box) <= variables + 1 for box in found or ()):
        raise unreadable(text)
    return found


def _answer(system: Sequence[Polynomial], variables: int, characteristic: int,
            options: list[str], timeout: float | None, seed: int | None,
            memory_gb: float | None = None) -> str:
    if seed is not None:
        options = [*options, "--random-seed", str(seed % 2**31)]
    names = ",".join(f"x{i}" for i in range(variables))
    lines = ",\n".join(written(f, variables) for f in system if f)
    return answer(f"{names}\n{characteristic}\n{lines}\n", options, timeout, memory_gb)


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
    text = _answer(system, variables, prime, [], timeout, seed)
    if re.match(r"\s*\[\s*-1\s*\]", text):
        return 0
    found = re.match(r"\s*\[\s*0\s*,\s*\[\s*\d+\s*,\s*\d+\s*,\s*(\d+)\s*,", text)
    if found is None and not re.match(r"\s*\[\s*[1-9]\d*\s*,", text):
        raise unreadable(text)
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
        boxes = [[(Fraction(low), Fraction(high)) for low, high in box] for box in solutions]
    except UNREADABLE:
        raise unreadable(text) from None
    if any(low > high for box in boxes for low, high in box):
        raise unreadable(text)
    return boxes
