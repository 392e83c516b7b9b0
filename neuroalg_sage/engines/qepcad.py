"""
QEPCAD as an engine, with limits: formulas over the real numbers without their quantifiers.

QEPCAD decomposes space into cells on which all polynomials of a formula have constant signs, and
over each of which the next coordinate is divided by finitely many roots (Collins 1975).  It is
asked as a program, with variables x0, x1, ... of its own: it does not read all names.

The projection of McCallum, which it takes by default, may lose cells where a polynomial vanishes
identically above a cell; then QEPCAD warns, and prints a formula all the same.  Such a formula is
not believed, and Hong's projection, which is always valid, is tried.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from math import lcm
from pathlib import Path
from tempfile import TemporaryDirectory

from neuroalg_sage.engines import programs
from neuroalg_sage.errors import EngineError, LimitReached

COMMAND_VARIABLE = "NEUROALG_QEPCAD"
CELLS_VARIABLE = "NEUROALG_QEPCAD_CELLS"
WORKING_VERSION = "passagemath-qepcad==10.8.11"

CELLS = 40_000_000  # of QEPCAD's space for lists, each of 4 bytes
SECONDS = 60.0
MOST_PIECES = 10_000  # of a disjunction of conjunctions

Polynomial = Mapping[tuple[int, ...], Fraction]
Condition = tuple[Polynomial, str]
Pieces = tuple[tuple[Condition, ...], ...]

# How QEPCAD writes a relation, and whether with the negative of the polynomial.
_WRITTEN = {"=": "=", "!=": "/=", ">=": ">=", ">": ">"}
_READ = {"=": ("=", 1), "/=": ("!=", 1), ">=": (">=", 1), ">": (">", 1), "<=": (">=", -1),
         "<": (">", -1)}

_ANSWER = re.compile(r"An equivalent quantifier-free formula:(.*?)=====+ +The End", re.DOTALL)
_DOUBT = re.compile(r"WARNING|Error|error")
_TOKEN = re.compile(r"\s*(/\\|\\/|/=|<=|>=|[\[\]<>=+^-]|x\d+|\d+|TRUE|FALSE)")


@cache
def find_command() -> str | None:
    """
    The path of QEPCAD: the value of ``NEUROALG_QEPCAD``, else that of the wheel, else the one on
    the path; None if there is none.
    """
    return programs.find("qepcad", COMMAND_VARIABLE)


def version() -> str:
    """The version of QEPCAD."""
    return programs.version("QEPCAD", _command(), "-v")


def _command() -> str:
    return programs.required("QEPCAD", find_command(), WORKING_VERSION, COMMAND_VARIABLE)


def eliminate(pieces: Sequence[Sequence[Condition]], free: int, bound: int, *,
              quantifier: str = "E", timeout: float | None = SECONDS,
              memory_gb: float | None = None, cells: int | None = None) -> Pieces:
    """
    A formula without quantifiers that is equivalent over the real numbers to one with them.

    INPUT:

    - ``pieces`` -- a disjunction of conjunctions: sequences of pairs of a polynomial in the free
      variables and then the bound ones, a dictionary from exponents to fractions, and of its
      relation with zero, ``=``, ``!=``, ``>=`` or ``>``
    - ``free``, ``bound`` -- how many variables there are of each kind
    - ``quantifier`` -- ``E`` or ``A``, of all bound variables
    - ``timeout`` -- seconds that QEPCAD may take
    - ``memory_gb`` -- gigabytes that it may hold, by default half of the machine's
    - ``cells`` -- how many cells its lists may fill; by default the value of
      ``NEUROALG_QEPCAD_CELLS``, or 40 millions

    OUTPUT: a disjunction of conjunctions in the free variables

    Raises LimitReached if a limit stops QEPCAD; EngineError if there is none, if it fails, or if
    it does not vouch for its answer.

    EXAMPLES::

        >>> square = [({(1, 0): Fraction(1), (0, 2): Fraction(-1)}, "=")]
        >>> if find_command():
        ...     assert eliminate([square], 1, 1) == ((({(1,): Fraction(1)}, ">="),),)
    """
    conditions = [[(f, relation) for f, relation in piece] for piece in pieces]
    if not conditions:
        return ()
    if any(not piece for piece in conditions):
        return ((),)
    names = [f"x{i}" for i in range(free + bound)]
    matrix = r" \/ ".join("[ " + " /\\ ".join(
        f"{_written(f, names)} {_WRITTEN[relation]} 0" for f, relation in piece) + " ]"
        for piece in conditions)
    quantifiers = "".join(f"({quantifier} {name})" for name in names[free:])
    question = f"[]\n({','.join(names)})\n{free}\n{quantifiers}[ {matrix} ].\n"
    started = time.monotonic()
    said = _run(question + "finish\n", timeout, memory_gb, cells)
    if _DOUBT.search(said):
        left = None if timeout is None else max(timeout - (time.monotonic() - started), 0.01)
        operators = ",".join("h" * (free + bound - 1))
        said = _run(f"{question}proj-operator ({operators})\nfinish\n", left, memory_gb, cells)
    answer = _ANSWER.search(said)
    if _DOUBT.search(said) or answer is None:
        raise EngineError("QEPCAD does not vouch for an answer to this question")
    return _Reader(answer[1], free).pieces()


def _run(text: str, timeout: float | None, memory_gb: float | None, cells: int | None) -> str:
    """What QEPCAD prints about a question."""
    command = _command()
    if cells is None:
        named = os.environ.get(CELLS_VARIABLE, "")
        cells = int(named) if named.isdigit() else CELLS
    with TemporaryDirectory(prefix="neuroalg-") as folder:
        source, messages = Path(folder) / "question", Path(folder) / "messages"
        source.write_text(text)
        code = programs.run_within_limits(
            "QEPCAD", "a formula", [command, "-noecho", f"+N{cells}"], messages, timeout,
            None if memory_gb is None else int(memory_gb * 10**9), source=source,
            environment={"qe": str(Path(command).resolve().parents[1])}, ends_with_us=True)
        said = messages.read_text(errors="replace")
    if "Too few cells reclaimed" in said or "No arrays reclaimed" in said:
        raise LimitReached(f"QEPCAD needed more than {cells} cells; allow more with the "
                           f"environment variable {CELLS_VARIABLE}.")
    if code or not said:
        reason = re.search(r"Reason for the failure: *(.*)", said)
        why = reason[1].strip() if reason else (
            f"it ended with {code}" if code >= 0 else f"it was ended by signal {-code}")
        raise EngineError(f"QEPCAD failed: {why}")
    return said


def _written(polynomial: Polynomial, names: Sequence[str]) -> str:
    """
    A polynomial as QEPCAD reads it, up to a positive factor.

    EXAMPLES::

        >>> print(_written({(1, 2): Fraction(1, 2), (0, 0): Fraction(-3)}, ["x0", "x1"]))
        1 x0 x1^2 - 6
    """
    scale = lcm(1, *(c.denominator for c in polynomial.values()))
    text = ""
    for exponents, c in sorted(polynomial.items(), reverse=True):
        if not c:
            continue
        powers = "".join(f" {name}" + (f"^{e}" if e > 1 else "")
                         for name, e in zip(names, exponents) if e)
        sign = (" - " if c < 0 else " + ") if text else ("-" if c < 0 else "")
        text += f"{sign}{abs(c * scale)}{powers}"
    return text or "0"


class _Reader:
    """
    Reads a formula as QEPCAD writes it.

    EXAMPLES::

        >>> text = r"x0 - 18 < 0 /\\ [ 2 x1^2 - x0 = 0 \\/ x1 /= 0 ]"
        >>> [[(len(f), relation) for f, relation in piece] for piece in _Reader(text, 2).pieces()]
        [[(2, '>'), (2, '=')], [(2, '>'), (1, '!=')]]
        >>> _Reader("TRUE", 2).pieces(), _Reader("FALSE", 2).pieces()
        (((),), ())
    """

    def __init__(self, text: str, free: int) -> None:
        self._tokens, place, text = [], 0, text.strip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _unreadable(text[place:])
            self._tokens.append(found[1])
            place = found.end()
        self._free, self._at = free, 0

    def pieces(self) -> Pieces:
        """The formula as a disjunction of conjunctions."""
        try:
            found = self._disjunction()
        except (IndexError, ValueError, KeyError):
            raise _unreadable(" ".join(self._tokens)) from None
        if self._at != len(self._tokens):
            raise _unreadable(" ".join(self._tokens[self._at:]))
        return found

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> bool:
        if self._next() in wanted:
            self._at += 1
            return True
        return False

    def _disjunction(self) -> Pieces:
        found = self._conjunction()
        while self._take("\\/"):
            found += self._conjunction()
        return found

    def _conjunction(self) -> Pieces:
        found = self._atom()
        while self._take("/\\"):
            more = self._atom()
            if len(found) * len(more) > MOST_PIECES:
                raise LimitReached("QEPCAD's formula has too many pieces.")
            found = tuple((*p, *q) for p, q in product(found, more))
        return found

    def _atom(self) -> Pieces:
        if self._take("TRUE"):
            return ((),)
        if self._take("FALSE"):
            return ()
        if self._take("["):
            found = self._disjunction()
            if not self._take("]"):
                raise ValueError
            return found
        left = self._sum()
        relation, sign = _READ[self._tokens[self._at]]
        self._at += 1
        right = self._sum()
        f = {e: sign * (left.get(e, Fraction(0)) - right.get(e, Fraction(0)))
             for e in {**left, **right}}
        return (((f, relation),),)

    def _sum(self) -> dict[tuple[int, ...], Fraction]:
        found: dict[tuple[int, ...], Fraction] = {}
        sign = -1 if self._take("-") else 1
        while True:
            exponents, c = self._term()
            found[exponents] = found.get(exponents, Fraction(0)) + sign * c
            if self._next() not in ("+", "-"):
                return {e: c for e, c in found.items() if c}
            sign = 1 if self._take("+") else -self._take("-")

    def _term(self) -> tuple[tuple[int, ...], Fraction]:
        exponents, c, start = [0] * self._free, Fraction(1), self._at
        if self._next().isdigit():
            c = Fraction(int(self._next()))
            self._at += 1
        while self._next().startswith("x"):
            i, e = int(self._next()[1:]), 1
            self._at += 1
            if self._take("^"):
                e = int(self._tokens[self._at])
                self._at += 1
            exponents[i] += e
        if self._at == start:
            raise ValueError
        return tuple(exponents), c


def _unreadable(text: str) -> EngineError:
    return EngineError(f"QEPCAD's answer cannot be read: {text[:80]!r}")
