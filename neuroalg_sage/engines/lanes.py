"""
Straight-line programs and linear equations in many complex numbers at once, compiled by Numba.

A row of an array, a *register*, holds one complex number for each of some *lanes*: their real
parts, and then their imaginary parts.  What is done to registers is done in all lanes by the vector
units of the processor, so that a lane costs a tenth of a number by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
# What an instruction does to the register a, by those b and c and a real number x: it becomes x b,
# or x b c, or 1 over the conjugate of b; or x b, or x b c, is added.
SET, ADD, SET_PRODUCT, ADD_PRODUCT, SET_CONJUGATE_INVERSE = range(5)


def compiled(function: Function) -> Function:
    """
    A function that Python calls, in machine code, which is kept where that of Python is.

    It does not hold Python's lock; a division by zero gives infinity.
    """
    try:
        found: Function = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # there is no folder in which it could be kept
        found = numba.njit(**OPTIONS)(function)
    return found


def inner(function: Function) -> Function:
    """A function that only compiled ones call."""
    found: Function = numba.njit(**OPTIONS, **INNER)(function)
    return found


class Program(NamedTuple):
    """
    A straight-line program.

    - ``registers`` -- how many it needs; the first one is 1
    - ``instructions`` -- a row for each: what it does, and three registers
    - ``weights`` -- the real numbers
    """

    registers: int
    instructions: np.ndarray
    weights: np.ndarray

    def new_registers(self, lanes: int) -> np.ndarray:
        """Registers for it, which are zero but for the first one."""
        found = np.zeros((self.registers, 2 * lanes))
        found[0, :lanes] = 1.0
        return found


class Writer:
    """
    A straight-line program that is written.

    EXAMPLES::

        >>> writer = Writer()
        >>> x, y = writer.new(2)
        >>> writer.add_product(y, x, x, 2.0)
        >>> program = writer.program()
        >>> registers = program.new_registers(1)
        >>> registers[x], registers[y] = [3.0, 0.0], [1.0, 1.0]
        >>> run(program, registers)
        >>> registers[y].tolist()
        [19.0, 1.0]
    """

    def __init__(self) -> None:
        self.count = 1
        self.instructions: list[tuple[int, int, int, int]] = []
        self.weights: list[float] = []

    def new(self, count: int) -> range:
        """So many further registers."""
        self.count += count
        return range(self.count - count, self.count)

    def clear(self, a: int) -> None:
        """a = 0."""
        self._write(SET, a, 0, 0, 0.0)

    def set(self, a: int, b: int, x: float = 1.0) -> None:
        """a = x b."""
        self._write(SET, a, b, 0, x)

    def add(self, a: int, b: int, x: float = 1.0) -> None:
        """a += x b."""
        self._write(ADD, a, b, 0, x)

    def set_product(self, a: int, b: int, c: int, x: float = 1.0) -> None:
        """a = x b c, for another a."""
        self._write(SET_PRODUCT, a, b, c, x)

    def add_product(self, a: int, b: int, c: int, x: float = 1.0) -> None:
        """a += x b c, for another a."""
        self._write(ADD_PRODUCT, a, b, c, x)

    def set_conjugate_inverse(self, a: int, b: int) -> None:
        """a = 1 / conj(b)."""
        self._write(SET_CONJUGATE_INVERSE, a, b, 0, 0.0)

    def _write(self, what: int, a: int, b: int, c: int, x: float) -> None:
        self.instructions.append((what, a, b, c))
        self.weights.append(x)

    def program(self) -> Program:
        """What was written."""
        return Program(self.count, np.array(self.instructions, dtype=int).reshape(-1, 4),
                       np.array(self.weights, dtype=float))


def spread(numbers: np.ndarray) -> np.ndarray:
    """Registers from a matrix with a row for each lane."""
    return np.ascontiguousarray(np.concatenate([numbers.real.T, numbers.imag.T], axis=1))


def gathered(registers: np.ndarray) -> np.ndarray:
    """
    A matrix with a row for each lane.

    EXAMPLES::

        >>> gathered(spread(np.array([[1 + 2j, 3], [4, 5j]]))).tolist()
        [[(1+2j), (3+0j)], [(4+0j), 5j]]
    """
    lanes = registers.shape[1] // 2
    found: np.ndarray = (registers[:, :lanes] + 1j * registers[:, lanes:]).T
    return found


@inner
def add_product(registers: np.ndarray, a: int, b: int, c: int, x: float) -> None:
    """a += x b c, for another a."""
    r, lanes = registers, registers.shape[1] >> 1
    for q in range(lanes):
        r[a, q] += x * (r[b, q] * r[c, q] - r[b, lanes + q] * r[c, lanes + q])
        r[a, lanes + q] += x * (r[b, q] * r[c, lanes + q] + r[b, lanes + q] * r[c, q])


@compiled
def run(program: Program, registers: np.ndarray) -> None:
    """Run a program."""
    r, lanes = registers, registers.shape[1] >> 1
    for place in range(len(program.weights)):
        x = program.weights[place]
        what, a, b, c = (program.instructions[place, 0], program.instructions[place, 1],
                         program.instructions[place, 2], program.instructions[place, 3])
        if what == ADD_PRODUCT:
            add_product(r, a, b, c, x)
        elif what == SET_PRODUCT:
            for q in range(lanes):
                r[a, q] = x * (r[b, q] * r[c, q] - r[b, lanes + q] * r[c, lanes + q])
                r[a, lanes + q] = x * (r[b, q] * r[c, lanes + q] + r[b, lanes + q] * r[c, q])
        elif what == ADD:
            for q in range(2 * lanes):
                r[a, q] += x * r[b, q]
        elif what == SET:
            for q in range(2 * lanes):
                r[a, q] = x * r[b, q]
        else:
            for q in range(lanes):
                size = 1 / (r[b, q] * r[b, q] + r[b, lanes + q] * r[b, lanes + q])
                r[a, q], r[a, lanes + q] = r[b, q] * size, r[b, lanes + q] * size


@inner
def get(registers: np.ndarray, i: int, q: int) -> complex:
    """The number of a register in one lane."""
    return complex(registers[i, q], registers[i, (registers.shape[1] >> 1) + q])


@inner
def put(registers: np.ndarray, i: int, q: int, z: complex) -> None:
    """Set the number of a register in one lane."""
    registers[i, q] = z.real
    registers[i, (registers.shape[1] >> 1) + q] = z.imag


@inner
def square_size(z: complex) -> float:
    """The square of the absolute value."""
    return z.real * z.real + z.imag * z.imag


@inner
def inverse(z: complex) -> complex:
    """1 / z; not finite for 0, where Numba's division of complex numbers would raise."""
    return complex(z.real, -z.imag) * (1 / square_size(z))


@compiled
def solve(registers: np.ndarray, first: int, size: int, columns: int) -> None:
    """
    Solve linear equations in each lane, by elimination with pivots of its own.

    INPUT:

    - ``first`` -- of the registers with the rows of a matrix with some further columns, of which
      solutions take the place; they are not finite where the matrix is singular
    """
    a, lanes, width = registers, registers.shape[1] >> 1, size + columns
    best, inverses, pivot = np.empty(lanes), np.empty(lanes), np.empty(lanes, np.int64)
    for k in range(size):
        top = first + k * width
        for q in range(lanes):
            best[q], pivot[q] = -1.0, k
        for i in range(k, size):
            there = first + i * width + k
            for q in range(lanes):
                value = a[there, q] * a[there, q] + a[there, lanes + q] * a[there, lanes + q]
                better = value > best[q]
                best[q] = value if better else best[q]
                pivot[q] = i if better else pivot[q]
        for q in range(lanes):
            inverses[q] = 1 / best[q]
            if pivot[q] != k:
                other = first + pivot[q] * width
                for j in range(k, width):
                    for p in (q, lanes + q):
                        a[top + j, p], a[other + j, p] = a[other + j, p], a[top + j, p]
        for j in range(k + 1, width):
            for q in range(lanes):
                x, y = a[top + k, q], a[top + k, lanes + q]
                u, v = a[top + j, q], a[top + j, lanes + q]
                a[top + j, q] = (u * x + v * y) * inverses[q]
                a[top + j, lanes + q] = (v * x - u * y) * inverses[q]
        for i in range(k + 1, size):
            row = first + i * width
            for j in range(k + 1, width):
                add_product(a, row + j, row + k, top + j, -1.0)
    for k in range(size - 1, -1, -1):
        for i in range(k):
            row = first + i * width
            for j in range(size, width):
                add_product(a, row + j, row + k, first + k * width + j, -1.0)
