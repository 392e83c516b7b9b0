"""
Data of a training problem as exact numbers: arrays, CSV and Parquet.

Columns are scaled to whole numbers.  Their moments, sums over millions of rows, are computed
modulo primes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.sage_input import rational

BINARY = "floating-point numbers were read as the binary fractions that they are"
DECIMAL = "decimal numbers were read as written, 0.1 as 1/10"
EXACT = "whole numbers and fractions were read as they are"
LARGEST = 2**22  # above the primes: so many products of residues are exact together
BLOCK = 2**9
MOST_DIGITS = 2000
ENTRY = r"[ \t]*[-+]?(?=[\d.]{1,16}[ \t]*(?:,|$))(?:\d+\.?\d*|\.\d+)[ \t]*"
PLAIN = re.compile(rf"{ENTRY}(?:,{ENTRY})*+", re.ASCII)


@dataclass(frozen=True)
class Column:
    """
    Rational numbers ``numbers * 2^shifts * scale``.

    - ``numbers`` -- integers, in an array of 64 bits or of Python's
    - ``scale`` -- a fraction
    - ``shifts`` -- integers that are not negative, or None for zeros
    """

    numbers: np.ndarray
    scale: Fraction
    shifts: np.ndarray | None = None

    def residues(self, prime: int) -> np.ndarray:
        """The numbers, without the scale, modulo a prime."""
        found = (self.numbers % prime).astype(np.int64)
        if self.shifts is None:
            return found
        powers = [1]
        for _ in range(int(self.shifts.max(initial=0))):
            powers.append(powers[-1] * 2 % prime)
        return found * np.array(powers, dtype=np.int64)[self.shifts] % prime

    @property
    def bits(self) -> int:
        """A bound on the bits of the numbers, without the scale."""
        if self.numbers.dtype == object:
            return max((int(x).bit_length() for x in self.numbers), default=0)
        return 64 + (0 if self.shifts is None else int(self.shifts.max(initial=0)))

    def values(self) -> list[Fraction]:
        """The numbers themselves."""
        shifts = [0] * len(self.numbers) if self.shifts is None else self.shifts.tolist()
        return [(int(x) << s) * self.scale for x, s in zip(self.numbers, shifts)]


@dataclass(frozen=True)
class Table:
    """
    Rows of rational numbers: their columns, and how the numbers were read.
    """

    columns: tuple[Column, ...]
    reading: str

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.columns[0].numbers)

    def moments(self, monomials: Sequence[Sequence[int]]) -> list[list[Fraction]]:
        """
        The sums over all rows of the products of two monomials in the columns.

        EXAMPLES::

            >>> table = read_data([[1, "0.5"], [2, "1/3"]], 2)
            >>> table.moments([[1, 0], [0, 1]])
            [[Fraction(5, 1), Fraction(7, 6)], [Fraction(7, 6), Fraction(13, 36)]]
        """
        from flint import fmpz

        bits = [sum(e * c.bits for e, c in zip(m, self.columns)) for m in monomials]
        bound = 2 ** (2 * max(bits) + self.rows.bit_length() + 2)
        modulus, prime = fmpz(1), LARGEST
        total = [[fmpz(0)] * len(monomials) for _ in monomials]
        while modulus < bound:
            prime = _prime_below(prime)
            found = self._moments_modulo(monomials, prime)
            inverse = pow(int(modulus % prime), -1, prime)
            for i, row in enumerate(found):
                for j, residue in enumerate(row):
                    lift = (residue - int(total[i][j] % prime)) * inverse % prime
                    total[i][j] += modulus * lift
            modulus *= prime
        scales = [_power([c.scale for c in self.columns], m) for m in monomials]
        return [[int(x - modulus if 2 * x > modulus else x) * scales[i] * scales[j]
                 for j, x in enumerate(row)] for i, row in enumerate(total)]

    def _moments_modulo(self, monomials: Sequence[Sequence[int]], prime: int) -> list[list[int]]:
        """By products of floating-point numbers that are exact: BLOCK products of residues."""
        columns = [c.residues(prime) for c in self.columns]
        height = -(-self.rows // BLOCK) * BLOCK
        rows = np.zeros((len(monomials), height))
        for row, monomial in zip(rows, monomials):
            product = np.ones(self.rows, dtype=np.int64)
            for column, e in zip(columns, monomial):
                for _ in range(e):
                    product = product * column % prime
            row[:self.rows] = product
        blocks = rows.reshape(len(monomials), -1, BLOCK).transpose(1, 0, 2)
        sums = np.matmul(blocks, blocks.transpose(0, 2, 1)).astype(np.int64)
        return (sums % prime).sum(axis=0).tolist()


def _prime_below(bound: int) -> int:
    from flint import fmpz

    bound -= 1
    while not fmpz(bound).is_prime():
        bound -= 1
    return bound


def _power(scales: Sequence[Fraction], exponents: Sequence[int]) -> Fraction:
    product = Fraction(1)
    for scale, e in zip(scales, exponents):
        product *= scale**e
    return product


def read_data(data: Any, width: int) -> Table:
    """
    Read a data set.

    INPUT:

    - ``data`` -- a path of a ``.csv`` or ``.parquet`` file, or rows: an array, a list of lists,
      or a data frame
    - ``width`` -- the number of columns: inputs, then outputs

    OUTPUT: :class:`Table`

    Raises :class:`~neuroalg_sage.errors.InputError` with the number of the first bad row.

    EXAMPLES::

        >>> table = read_data([[1, "0.5"], [2, "1/3"]], 2)
        >>> [column.values() for column in table.columns]
        [[Fraction(1, 1), Fraction(2, 1)], [Fraction(1, 2), Fraction(1, 3)]]
    """
    if isinstance(data, (str, Path)):
        path = Path(data)
        if path.suffix.lower() in (".parquet", ".pq"):
            return _parquet(path, width)
        return _csv(path, width)
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    if isinstance(data, np.ndarray) and data.dtype != object:
        return _array(data, width)
    return _rows(data, width)


def _check_shape(rows: int, found: int, width: int) -> None:
    if not rows:
        raise InputError("The data has no rows; give at least one.")
    if found != width:
        raise InputError(f"The data has {found} columns; the model needs {width}: its inputs, "
                         "then its outputs.")


def _array(data: np.ndarray, width: int) -> Table:
    if data.ndim != 2:
        raise InputError(f"The data is an array with {data.ndim} axes; give one with rows and "
                         "columns.")
    _check_shape(data.shape[0], data.shape[1], width)
    kind = data.dtype.kind
    if kind in "iub":
        whole = data.astype(np.int8) if kind == "b" else data
        whole = whole.astype(object if kind == "u" and data.dtype.itemsize == 8 else np.int64)
        return Table(tuple(Column(column, Fraction(1)) for column in whole.T), EXACT)
    if kind != "f" or data.dtype.itemsize > 8:
        raise InputError(f"The data is an array of type {data.dtype}; give whole numbers or "
                         "floating-point numbers of at most 64 bits.")
    finite = np.isfinite(data).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise InputError(f"Row {row + 1} of the data holds {_bad(data[row])}; all numbers must be "
                         "finite.")
    return Table(tuple(map(_binary, data.T.astype(np.float64))), BINARY)


def _bad(row: np.ndarray) -> str:
    return "NaN" if np.isnan(row).any() else "an infinity"


def _binary(column: np.ndarray) -> Column:
    """Floating-point numbers as integers and powers of 2."""
    fractions, exponents = np.frexp(column)
    mantissas = np.ldexp(fractions, 53).astype(np.int64)
    used = mantissas != 0
    if not used.any():
        return Column(np.zeros(len(column), dtype=np.int64), Fraction(1))
    zeros = 0
    while not np.any(mantissas & 1):  # whole numbers and short fractions stay short
        mantissas >>= 1
        zeros += 1
    shifts = exponents.astype(np.int64) - 53 + zeros
    least = int(shifts[used].min())
    return Column(mantissas, Fraction(2) ** least, np.where(used, shifts - least, 0))


def _number(entry: Any, row: int) -> Fraction:
    """One exact number of a row, counted from 1."""
    try:
        if isinstance(entry, (float, np.floating)):
            if not math.isfinite(entry):
                name = "NaN" if math.isnan(entry) else "an infinity"
                raise InputError(f"Row {row} of the data holds {name}; all numbers must be finite.")
            return Fraction(float(entry))
        if isinstance(entry, str):
            if len(entry) > MOST_DIGITS or "_" in entry:
                raise ValueError
            mantissa, _, exponent = entry.lower().partition("e")
            if exponent and abs(int(exponent)) > MOST_DIGITS:
                raise ValueError
            return Fraction(entry.strip())
        if isinstance(entry, (bool, complex)):
            raise ValueError
        if isinstance(entry, Rational):
            return rational(entry, "entry")
        if callable(exact := getattr(entry, "exact_rational", None)) and _reading(entry) == BINARY:
            return _number(exact(), row)
        return Fraction(getattr(entry, "literal", str(entry)))
    except (ValueError, ZeroDivisionError, TypeError):
        lowered = str(entry).strip().lower()
        if lowered.lstrip("+-") in ("nan", "inf", "infinity"):
            name = "NaN" if "nan" in lowered else "an infinity"
            raise InputError(f"Row {row} of the data holds {name}; all numbers must be "
                             "finite.") from None
        raise InputError(f"Row {row} of the data holds {str(entry)[:40]!r}, which is not a "
                         "number.") from None


def _reading(entry: Any) -> str:
    """How an entry is read; a literal of a Sage worksheet is a decimal number as written."""
    if isinstance(entry, (float, np.floating)):
        return BINARY
    if isinstance(entry, str) or hasattr(entry, "literal"):
        return DECIMAL
    return BINARY if hasattr(entry, "exact_rational") else EXACT


def _rows(data: Any, width: int, first: int = 1) -> Table:
    try:
        rows = [list(row) for row in data]
    except TypeError:
        raise InputError("The data is not a list of rows, each a list of numbers.") from None
    _check_shape(len(rows), width if not rows else len(rows[0]), width)
    fractions = []
    for k, row in enumerate(rows, first):
        if len(row) != width:
            raise InputError(f"Row {k} of the data has {len(row)} entries, not {width} as the "
                             "first.")
        fractions.append([_number(entry, k) for entry in row])
    found = {_reading(entry) for row in rows for entry in row}
    readings = [reading for reading in (BINARY, DECIMAL) if reading in found] or [EXACT]
    return Table(tuple(map(_common, zip(*fractions))), "; ".join(readings))


def _common(column: Sequence[Fraction]) -> Column:
    scale = math.lcm(*(c.denominator for c in column))
    numbers = np.empty(len(column), dtype=object)
    numbers[:] = [c.numerator * (scale // c.denominator) for c in column]
    return Column(numbers, Fraction(1, scale))


def _csv(path: Path, width: int) -> Table:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"The file {str(path)[:200]!r} is not text; give a CSV file in "
                         "UTF-8.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not allowed"
        raise InputError(f"The data file {str(path)[:200]!r} cannot be read: {reason}.") from None
    lines = [(k, line) for k, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and lines[0][1].count(",") == width - 1 and _is_header(lines[0][1]):
        lines = lines[1:]
    if not lines:
        raise InputError("The data has no rows; give at least one.")
    _check_shape(len(lines), len(lines[0][1].split(",")), width)
    return _decimal(lines, width) or Table(tuple(map(_common, zip(*(
        [_number(entry.strip().strip('"'), k) for entry in _entries(line, k, width)]
        for k, line in lines)))), DECIMAL)


def _is_header(line: str) -> bool:
    """Whether no entry of the first line is a number, or a failed one."""
    for entry in line.split(","):
        entry = entry.strip().strip('"')
        if not entry or entry.lower().lstrip("+-") in ("nan", "inf", "infinity"):
            return False
        try:
            Fraction(entry)
            return False
        except (ValueError, ZeroDivisionError):
            pass
    return True


def _entries(line: str, row: int, width: int) -> list[str]:
    entries = line.split(",")
    if len(entries) != width:
        raise InputError(f"Row {row} of the data has {len(entries)} entries, not {width} as the "
                         "first.")
    return entries


def _decimal(lines: list[tuple[int, str]], width: int) -> Table | None:
    """
    Plain decimal numbers of at most 15 digits, fast; None if there is anything else among them.

    Such a number with d decimals is m / 10^d with |m| < 10^15 < 2^50.  Its nearest
    floating-point number, times 10^d, has an error below 1/4, so m is the nearest integer.
    """
    if any(line.count(",") != width - 1 for _, line in lines):
        return None
    text = ",".join(line for _, line in lines)
    if not PLAIN.fullmatch(text):
        return None
    entries = text.split(",")
    places = np.array([len(entry.strip().partition(".")[2]) for entry in entries])
    numbers = np.array(entries, dtype=float).reshape(-1, width)
    columns = []
    for column, decimals in zip(numbers.T, places.reshape(-1, width).T):
        most = int(decimals.max())
        if most > 15 or np.abs(column).max() * 10.0**most >= 1e15:
            return None
        columns.append(Column(np.rint(column * 10.0**most).astype(np.int64),
                              Fraction(1, 10**most)))
    return Table(tuple(columns), DECIMAL)


def _parquet(path: Path, width: int) -> Table:
    try:
        from pyarrow.parquet import read_table
    except ImportError:
        try:
            from pandas import read_parquet
        except ImportError:
            raise InputError("To read Parquet files, install pyarrow; or give a CSV "
                             "file.") from None
        frame = _opened(read_parquet, path)
        return _array(frame.to_numpy(), width)
    table = _opened(read_table, path)
    _check_shape(table.num_rows, table.num_columns, width)
    columns = []
    readings = set()
    for name, column in zip(table.column_names, table.columns):
        array = column.to_numpy()
        if array.dtype.kind not in "iuf":
            raise InputError(f"The column {name!r} of the data does not hold numbers.")
        part = _array(array.reshape(-1, 1), 1)
        columns.append(part.columns[0])
        readings.add(part.reading)
    return Table(tuple(columns), "; ".join(sorted(readings)))


def _opened(reader: Any, path: Path) -> Any:
    try:
        return reader(str(path))
    except Exception as error:
        raise InputError(f"The data file {str(path)[:200]!r} cannot be read: "
                         f"{str(error).splitlines()[0][:120]}.") from None
