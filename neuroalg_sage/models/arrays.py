"""
Files of named arrays of numbers: of NumPy and of safetensors.

Nothing in a file is executed, and its size is known before it is read.  A floating-point number is
the binary fraction that it is, whatever its width: 16, 32 and 64 bits, and bfloat16, are exact.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.files import read_bytes
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.numbers import exact

MOST_BYTES = 100_000_000
MOST_ARRAYS = 10_000
MOST_PLAIN_BITS = 64  # of a floating-point number of Python

# By their names in safetensors, the types that NumPy has.
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
          "I8": "<i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "?"}


def fractions(array: Any, name: str) -> list[Fraction]:
    """
    The entries of an array in the order of rows, exactly.

    Raises InputError, which calls the array by its name, if an entry is not a finite number.

    EXAMPLES::

        >>> fractions(np.array([[0.5, -2]], np.float16), "W")
        [Fraction(1, 2), Fraction(-2, 1)]
        >>> fractions(np.array([1, np.inf]), "W")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The array W has an entry that is not a finite number.
    """
    array = np.asarray(array)
    try:
        if array.dtype.kind in "OSU" or array.dtype.itemsize * 8 > MOST_PLAIN_BITS:
            return [exact(value) for value in array.ravel()]
        plain = array.astype(np.float64) if array.dtype.kind in "fV" else array
        return [Fraction(value) for value in plain.ravel().tolist()]
    except (ValueError, OverflowError, TypeError):
        raise InputError(f"The array {name} has an entry that is not a finite number.") from None


def read_arrays(name: str | Path, role: str) -> dict[str, np.ndarray]:
    """
    The arrays in a file ``*.npz`` or ``*.safetensors``, by their names in the order of the file.

    INPUT:

    - ``name`` -- of the file
    - ``role`` -- what messages call it, such as ``"network file"``

    Raises InputError if it cannot be read or is no such file; nothing is unpickled.
    """
    content = read_bytes(name, role, MOST_BYTES)
    if Path(name).suffix.lower() == ".npz":
        return _of_numpy(content, f"The {role} {shown(str(name))}")
    return _of_safetensors(content, f"The {role} {shown(str(name))}")


def _of_numpy(content: bytes, title: str) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MOST_BYTES:
            raise InputError(f"{title} unpacks to {unpacked} bytes; at most {MOST_BYTES} are read.")
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            return {key: found[key] for key in _affordable(found.files)}
    except InputError:
        raise
    except Exception as error:  # whatever NumPy says of what is no such file
        raise InputError(f"{title} is no archive of NumPy ({type(error).__name__}).") from None


def _of_safetensors(content: bytes, title: str) -> dict[str, np.ndarray]:
    try:
        from safetensors import SafetensorError, deserialize
    except ImportError:
        raise InputError("To read a file of safetensors, install the package safetensors."
                         ) from None
    try:
        found = {key: (part["dtype"], part["shape"], bytes(part["data"]))
                 for key, part in deserialize(content)}
    except (SafetensorError, KeyError, ValueError, OverflowError) as error:
        raise InputError(f"{title} is no file of safetensors that can be read "
                         f"({type(error).__name__}).") from None
    arrays = {}
    for key in _affordable(found):
        kind, shape, data = found[key]
        if kind == "BF16":  # the upper half of a number of 32 bits
            flat = (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
        elif kind in _TYPES:
            flat = np.frombuffer(data, _TYPES[kind])
        else:
            raise InputError(f"{title} has an array {shown(key)} of numbers {kind}, which are "
                             "quantized; save it as F64, F32, F16 or BF16.")
        if flat.size != prod(shape):
            raise InputError(f"{title} has an array {shown(key)} of the wrong size.")
        arrays[key] = flat.reshape(shape)
    return arrays


def _affordable(names: Iterable[str]) -> list[str]:
    found = list(names)
    if len(found) > MOST_ARRAYS:
        raise InputError(f"The file has {len(found)} arrays; at most {MOST_ARRAYS} are read.")
    return found
