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
    return lambda c: c.numerator * pow(c.denominator, -1, prime) % prime


def symmetry_rows(model: Model, point: Sequence[int], prime: int) -> np.ndarray:
    """The known symmetries as tangent vectors at a point, modulo a prime; one in each row."""
    rows = np.zeros((len(model.symmetries), model.parameter_count), dtype=np.int64)
    residue = constant_modulo(prime)
    for row, symmetry in zip(rows, model.symmetries, strict=True):
        for (i, j), c in symmetry.parameters.items():
            row[i] = (row[i] + residue(c) * point[j]) % prime
    return rows


def encode_symmetries(symmetries: Sequence[LinearSymmetry]) -> dict[str, Any]:
    """Symmetries as a certificate states them."""

    def entries(matrix: SparseMatrix) -> list[list[Any]]:
        return [[i, j, decimal(c)] for (i, j), c in sorted(matrix.items())]

    def on_states(symmetry: LinearSymmetry) -> list[list[list[Any]]]:
        # In a recurrence most states have the same matrix.
        different = {id(matrix): entries(matrix)
                     for matrix in {id(m): m for m in symmetry.states}.values()}
        return [different[id(matrix)] for matrix in symmetry.states]

    return {"kind": "symmetries", "fields": [
        {"parameters": entries(s.parameters), "states": on_states(s)} for s in symmetries]}
