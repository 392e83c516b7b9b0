"""
The linear symmetries that the layers know: modulo a prime at a point, and in a certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.symmetry import LinearSymmetry, SparseMatrix


def constant_modulo(prime: int) -> Callable[[Fraction], int]:
    """The map from fractions to residues."""
    return lambda c: c.numerator * (
        pow(c.denominator, -1, prime) if c.denominator != 1 else 1) % prime


def symmetry_rows(model: Model, point: Sequence[int], prime: int) -> np.ndarray:
    """The known symmetries as tangent vectors at a point, modulo a prime; one in each row."""
    rows = np.zeros((len(model.symmetries), model.parameter_count), dtype=np.int64)
    residue = constant_modulo(prime)
    at = np.array(point, dtype=np.int64) % prime
    for row, symmetry in zip(rows, model.symmetries, strict=True):
        if symmetry.parameters:
            i, j = np.array(list(symmetry.parameters), dtype=np.int64).T
            values = np.array([*map(residue, symmetry.parameters.values())], dtype=np.int64)
            np.add.at(row, i, values * at[j] % prime)
    return rows % prime


def encode_symmetries(symmetries: Sequence[LinearSymmetry]) -> dict[str, Any]:
    """Symmetries as a certificate states them."""

    def entries(matrix: SparseMatrix) -> list[list[Any]]:
        return [[i, j, decimal(c)] for (i, j), c in sorted(matrix.items())]

    def on_states(symmetry: LinearSymmetry) -> list[list[list[Any]]]:
        # In a recurrence most states have the same matrix.
        keys = [*map(id, symmetry.states)]
        different = {key: entries(m) for key, m in dict(zip(keys, symmetry.states)).items()}
        return [*map(different.__getitem__, keys)]

    return {"kind": "symmetries", "fields": [
        {"parameters": entries(s.parameters), "states": on_states(s)} for s in symmetries]}
