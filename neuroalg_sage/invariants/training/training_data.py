"""
Data of a training problem as exact numbers: arrays, CSV and Parquet.

Columns are scaled to whole numbers.  Their moments, sums over millions of rows, are computed
modulo primes.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.files import read_text
from neuroalg_sage.models.numbers import NOT_FINITE, as_written, exact, floating_point
from neuroalg_sage.models.sage_input import lists

BINARY = "floating-point numbers were read as the binary fractions that they are"
DECIMAL = "decimal numbers were read as written, 0.1 as 1/10"
EXACT = "whole numbers and fractions were read as they are"
LARGEST = 2**22  # above the primes: so many products of residues are exact together
BLOCK = 2**9
MOST_BYTES = 10**9
SEPARATORS = (",", ";", "\t")
MISSING = ("", "nan", "na", "n/a", "<na>", "null", "none", "inf", "infinity")
TRUTH = ("true", "false")
COMMA = re.compile(r"[-+]?\d[\d.]*(?:,\d+)+", re.ASCII)
UNORDERED = (str, bytes, Mapping, Set)  # or without rows
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
      or a data frame; a file may separate columns by commas, semicolons or tabs
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
    columns = _columns(data)
    if columns is not None:
        return _joined(columns, width)
    if callable(getattr(data, "toarray", None)):  # sparse matrices
        data = data.toarray()
    if callable(getattr(data, "to_numpy", None)):
        data = data.to_numpy()
    if isinstance(data, np.ndarray) and data.dtype != object:
        return _array(data, width)
    return _rows(data, width)


def beside(left: Table, right: Table) -> Table:
    """
    The rows of one table, continued by those of another.

    EXAMPLES::

        >>> [c.values() for c in beside(read_data([1, 2], 1), read_data([3, 4], 1)).columns]
        [[Fraction(1, 1), Fraction(2, 1)], [Fraction(3, 1), Fraction(4, 1)]]
    """
    if left.rows != right.rows:
        raise InputError(f"There are {left.rows} rows of inputs and {right.rows} rows of outputs; "
                         "give as many.")
    return Table(left.columns + right.columns, _together({left.reading, right.reading}))


def _together(readings: set[str]) -> str:
    """How the parts of a table were read; of whole numbers nothing is said beside others."""
    parts = {part for reading in readings for part in reading.split("; ")}
    return "; ".join(reading for reading in (BINARY, DECIMAL) if reading in parts) or EXACT


def _columns(data: Any) -> list[Any] | None:
    """
    The columns of a data frame, each with the type of its own numbers; None of anything else.

    As one array whole numbers would become floating-point numbers beside these.
    """
    if hasattr(data, "iloc") and getattr(data, "ndim", 1) == 2:  # pandas
        return [data.iloc[:, j].to_numpy() for j in range(data.shape[1])]
    if callable(getattr(data, "get_columns", None)):  # Polars
        return [column.to_numpy() for column in data.get_columns()]
    if hasattr(data, "column_names") and hasattr(data, "num_rows"):  # Arrow
        for name in data.column_names:
            if name.startswith("__index_level_"):
                raise InputError("The data has the index of a data frame as a column; write it "
                                 "without the index.")
        return [column.to_numpy() for column in data.columns]
    names = getattr(getattr(data, "dtype", None), "names", None)
    return None if names is None else [data[name] for name in names]  # records of NumPy


def _joined(columns: list[Any], width: int) -> Table:
    _check_shape(len(columns[0]) if columns else 0, len(columns), width)
    parts = [read_data(column, 1) for column in columns]
    return Table(tuple(part.columns[0] for part in parts),
                 _together({part.reading for part in parts}))


def _check_shape(rows: int, found: int, width: int, hint: str = "") -> None:
    if not rows:
        raise InputError("The data has no rows; give at least one.")
    if found != width:
        raise InputError(f"The data has {found} columns; the model needs {width}: its inputs, "
                         f"then its outputs{hint}.")


def _array(data: np.ndarray, width: int) -> Table:
    if isinstance(data, np.ma.MaskedArray):
        masked = np.ma.getmaskarray(data).reshape(len(data), -1).any(axis=1)
        if masked.any():
            raise InputError(f"Row {int(np.argmax(masked)) + 1} of the data has an entry that is "
                             "masked; leave out such rows.")
        data = np.ma.getdata(data)
    data = np.asarray(data)  # a part of a matrix of NumPy is a matrix again
    if data.ndim == 1 and width == 1:
        data = data.reshape(-1, 1)
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
    """One exact number of a row, counted from 1; truth values are 0 and 1."""
    try:
        return exact(int(entry) if isinstance(entry, (bool, np.bool_)) else entry)
    except ValueError as error:
        text = str(entry).strip()
        if str(error) == NOT_FINITE:
            name = "NaN" if "nan" in text.lower() else "an infinity"
            raise InputError(f"Row {row} of the data holds {name}; all numbers must be "
                             "finite.") from None
        advice = "; write a decimal point, and no commas" if COMMA.fullmatch(text) else ""
        raise InputError(f"Row {row} of the data holds {text[:40]!r}, which {error}{advice}."
                         ) from None


def _reading(entry: Any) -> str:
    """How an entry is read."""
    if as_written(entry) is not None:
        return DECIMAL
    return EXACT if floating_point(entry) is None else BINARY


def _rows(data: Any, width: int) -> Table:
    try:
        if isinstance(data, UNORDERED):
            raise TypeError
        rows = [_row(row, width) for row in lists(data)]
    except TypeError:
        raise InputError("The data is not a list of rows, each a list of numbers.") from None
    _check_shape(len(rows), width if not rows else len(rows[0]), width)
    fractions = []
    for k, row in enumerate(rows, 1):
        if len(row) != width:
            raise InputError(f"Row {k} of the data has {len(row)} entries, not {width} as the "
                             "first.")
        fractions.append([_number(entry, k) for entry in row])
    return Table(tuple(map(_common, zip(*fractions))),
                 _together({_reading(entry) for row in rows for entry in row}))


def _row(row: Any, width: int) -> list[Any]:
    """The entries of a row; where there is one column, it may be the entry itself."""
    if isinstance(row, np.ma.MaskedArray):
        return list(row)
    row = lists(row)
    if width == 1 and (isinstance(row, str) or not hasattr(row, "__iter__")):
        return [row]
    if isinstance(row, UNORDERED):  # letters would be taken for entries, and keys for values
        raise TypeError
    return list(row)


def _common(column: Sequence[Fraction]) -> Column:
    scale = math.lcm(*(c.denominator for c in column))
    numbers = np.empty(len(column), dtype=object)
    numbers[:] = [c.numerator * (scale // c.denominator) for c in column]
    return Column(numbers, Fraction(1, scale))


def _csv(path: Path, width: int) -> Table:
    rows = _separated(read_text(path, "data file", MOST_BYTES), width)
    if rows and len(rows[0][1]) == width:
        if [entry.strip() for entry in rows[0][1]] == list(map(str, range(width))):
            raise InputError("The first row 0, 1, ... is the header that pandas writes for columns "
                             "without names, or it is data; leave it out, or put a row of names "
                             "before it.")
        if all(map(_is_name, rows[0][1])):
            rows = rows[1:]
    if rows:
        first = rows[0][1]
        hint = ("; separate them by commas, semicolons or tabs" if len(first) == 1 else
                "; the first one, without a name, looks like the index of a data frame"
                if not first[0].strip() else "")
        _check_shape(len(rows), len(first), width, hint)
    _check_shape(len(rows), width, width)
    for k, entries in rows:
        if len(entries) != width:
            raise InputError(f"Row {k} of the data has {len(entries)} entries, not {width} as the "
                             "first.")
    return _decimal([entry for _, entries in rows for entry in entries], width) or Table(
        tuple(map(_common, zip(*([_number(entry, k) for entry in entries]
                                 for k, entries in rows)))), DECIMAL)


def _separated(text: str, width: int) -> list[tuple[int, list[str]]]:
    """The rows of a file with their numbers, without empty lines."""
    def rows(part: str, separator: str) -> list[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(part, newline=""), delimiter=separator,
                            skipinitialspace=True, strict=True)
        return [(reader.line_num, entries) for entries in reader
                if len(entries) > 1 or any(entry.strip() for entry in entries)]

    first = next((line for line in text.splitlines() if line.strip()), "")
    try:
        separator = next((s for s in SEPARATORS if any(
            len(entries) == width for _, entries in rows(first, s))), SEPARATORS[0])
        return rows(text, separator)
    except csv.Error as error:
        raise InputError(f"The data is no CSV file: {error}.") from None


def _is_name(entry: str) -> bool:
    """Whether an entry of the first line can be the name of a column: not what begins a number."""
    entry = entry.strip()
    return entry.lower() not in MISSING + TRUTH and re.match(r"[-+.\d\u2212]", entry) is None


def _decimal(entries: list[str], width: int) -> Table | None:
    """
    Plain decimal numbers of at most 15 digits, fast; None if there is anything else among them.

    Such a number with d decimals is m / 10^d with |m| < 10^15 < 2^50.  Its nearest
    floating-point number, times 10^d, has an error below 1/4, so m is the nearest integer.
    """
    text = ",".join(entries)
    if text.count(",") >= len(entries) or not PLAIN.fullmatch(text):
        return None
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
        from pyarrow.parquet import read_table as read
    except ImportError:
        try:
            from pandas import read_parquet as read
        except ImportError:
            raise InputError("To read Parquet files, install pyarrow; or give a CSV "
                             "file.") from None
    return read_data(_opened(read, path), width)


def _opened(reader: Any, path: Path) -> Any:
    try:
        return reader(str(path))
    except Exception as error:
        raise InputError(f"The data file {str(path)[:200]!r} cannot be read: "
                         f"{str(error).splitlines()[0][:120]}.") from None
