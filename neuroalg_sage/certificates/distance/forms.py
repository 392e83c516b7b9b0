"""
The matrix of the quadratic form of a metric.
"""

from __future__ import annotations

from math import factorial, prod
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import items, rational, require

MOST_COORDINATES = 60


def form_matrix(model: Model, metric: Any) -> fmpq_mat:
    """The matrix of the quadratic form of a metric, which is not degenerate."""
    n = model.ambient_dimension
    require(n <= MOST_COORDINATES, "The quadratic form has too many coordinates.")
    if metric in ("unit", "bombieri"):
        weights = [fmpq(prod(map(factorial, e)), factorial(sum(e))) if metric == "bombieri"
                   else fmpq(1) for _, e in model.coordinates]
        return fmpq_mat([[w if i == j else fmpq(0) for j in range(n)]
                         for i, w in enumerate(weights)])
    form = fmpq_mat([[fmpq(c.numerator, c.denominator) for c in map(rational, items(row, "row", n))]
                     for row in items(metric, "quadratic form", n)])
    require(form == form.transpose() and form.rank() == n,
            "The quadratic form is not symmetric, or it is degenerate.")
    return form
