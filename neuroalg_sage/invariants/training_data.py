"""
Data of a training problem as exact numbers: arrays, CSV and Parquet.

Columns are scaled to whole numbers, so that sums over millions of rows are sums of integers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError

BINARY = "floating-point numbers were read as the binary fractions that they are"
DECIMAL = "decimal numbers were read as written, 0.1 as 1/10"
EXACT = "whole numbers and fractions were read as they are"
CHUNK = 50_000
MOST_DIGITS = 2000


@dataclass(frozen=True)
class Table:
    """
    Rows of rational numbers.

    - ``columns`` -- for each column integers, an array of Python's
    - ``scales`` -- what each column is multiplied by to be the data
    - ``reading`` -- how the numbers were read
    """

    columns: tuple[np.ndarray, ...]
    scales: tuple[Fraction, ...]
    reading: str

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.columns[0])

    def chunks(self) -> Iterator[list[np.ndarray]]:
        """The columns in pieces of moderate length."""
        for start in range(0, self.rows, CHUNK):
            yield [column[start:start + CHUNK] for column in self.columns]


def _table(columns: list[tuple[np.ndarray, Fraction]], reading: str) -> Table:
    return Table(tuple(c for c, _ in columns), tuple(s for _, s in columns), reading)


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
        >>> [list(column) for column in table.columns], table.scales
        ([[1, 2], [3, 2]], (Fraction(1, 1), Fraction(1, 6)))
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
        return _table([(column.astype(object), Fraction(1)) for column in whole.T], EXACT)
    if kind != "f" or data.dtype.itemsize > 8:
        raise InputError(f"The data is an array of type {data.dtype}; give whole numbers or "
                         "floating-point numbers of at most 64 bits.")
    finite = np.isfinite(data).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise InputError(f"Row {row + 1} of the data holds {_bad(data[row])}; all numbers must be "
                         "finite.")
    return _table([_binary(column) for column in data.T.astype(np.float64)], BINARY)


def _bad(row: np.ndarray) -> str:
    return "NaN" if np.isnan(row).any() else "an infinity"


def _binary(column: np.ndarray) -> tuple[np.ndarray, Fraction]:
    """Floating-point numbers as integers and a power of 2."""
    fractions, exponents = np.frexp(column)
    mantissas = np.ldexp(fractions, 53).astype(np.int64)
    used = mantissas != 0
    if not used.any():
        return np.zeros(len(column), dtype=object), Fraction(1)
    zeros = np.zeros(len(column), dtype=np.int64)
    while not np.any(mantissas & 1):  # whole numbers and short fractions stay short
        mantissas >>= 1
        zeros += 1
    shifts = exponents.astype(np.int64) - 53 + zeros
    least = int(shifts[used].min())
    values = np.empty(len(column), dtype=object)
    values[:] = [int(m) << max(int(s) - least, 0) for m, s in zip(mantissas, shifts)]
    return values, Fraction(2) ** least


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
        if isinstance(entry, (int, np.integer, Fraction)):
            return Fraction(int(entry) if not isinstance(entry, Fraction) else entry)
        return Fraction(str(entry))  # Sage's numbers, decimals
    except (ValueError, ZeroDivisionError, TypeError):
        lowered = str(entry).strip().lower()
        if lowered.lstrip("+-") in ("nan", "inf", "infinity"):
            name = "NaN" if "nan" in lowered else "an infinity"
            raise InputError(f"Row {row} of the data holds {name}; all numbers must be "
                             "finite.") from None
        raise InputError(f"Row {row} of the data holds {str(entry)[:40]!r}, which is not a "
                         "number.") from None


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
    kinds = {type(entry) for row in rows for entry in row}
    readings = [reading for kind, reading in ((float, BINARY), (str, DECIMAL))
                if any(issubclass(k, (kind, np.floating) if kind is float else kind)
                       for k in kinds)] or [EXACT]
    return _table([_common(column) for column in zip(*fractions)], "; ".join(readings))


def _common(column: Sequence[Fraction]) -> tuple[np.ndarray, Fraction]:
    scale = math.lcm(*(c.denominator for c in column))
    values = np.empty(len(column), dtype=object)
    values[:] = [c.numerator * (scale // c.denominator) for c in column]
    return values, Fraction(1, scale)


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
    if lines and _is_header(lines[0][1]):
        lines = lines[1:]
    if not lines:
        raise InputError("The data has no rows; give at least one.")
    _check_shape(len(lines), len(lines[0][1].split(",")), width)
    return _decimal(lines, width) or _table([_common(column) for column in zip(*(
        [_number(entry.strip().strip('"'), k) for entry in _entries(line, k, width)]
        for k, line in lines))], DECIMAL)


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
    """Plain decimal numbers, fast; None if there is anything else among them."""
    columns: list[list[tuple[int, int]]] = [[] for _ in range(width)]
    try:
        for _, line in lines:
            entries = line.split(",")
            if len(entries) != width or "_" in line:
                return None
            for column, entry in zip(columns, entries):
                whole, _, digits = entry.strip().partition(".")
                if digits and not digits.isdecimal():
                    return None
                column.append((int(whole + digits), len(digits)))
    except ValueError:
        return None
    made = []
    for column in columns:
        most = max(places for _, places in column)
        powers = [10 ** (most - k) for k in range(most + 1)]
        values = np.empty(len(column), dtype=object)
        values[:] = [number * powers[places] for number, places in column]
        made.append((values, Fraction(1, 10**most)))
    return _table(made, DECIMAL)


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
        columns.append((part.columns[0], part.scales[0]))
        readings.add(part.reading)
    return _table(columns, "; ".join(sorted(readings)))


def _opened(reader: Any, path: Path) -> Any:
    try:
        return reader(str(path))
    except Exception as error:
        raise InputError(f"The data file {str(path)[:200]!r} cannot be read: "
                         f"{str(error).splitlines()[0][:120]}.") from None
