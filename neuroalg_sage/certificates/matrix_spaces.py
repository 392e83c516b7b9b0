"""
Linear layers whose matrix on places lies in a space that given matrices A_k span, with channels.

The output o at the place i is Σ w[o, c, k] A_k[i, j] x[c, j] over the channels c, over j and k; and
b[o] is added, if there is a bias.  The parameters are w, row by row, then b.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    fields,
    integer,
    integers,
    items,
    member,
    rational,
    require,
)
from neuroalg_sage.certificates.terms import Built, Shape
from neuroalg_sage.certificates.weighted_sums import WeightedSums


def built(data: Any, shape: Shape, affordable: Callable[[int], None]) -> Built:
    """The layer; ``affordable`` refuses too many terms."""
    (rows, columns), (taken, made) = (integers(v, 1, 10**6, "matrix space", 2)
                                      for v in fields(data, "extent", "channels"))
    bias = data.get("bias", False)
    has_axis = len(shape) == 2
    if shape[has_axis:] != (columns,) or taken != (shape[0] if has_axis else 1) or (
            not isinstance(bias, bool)):
        raise MalformedCertificate("A matrix space does not fit its input.")
    matrices = items(member(data, "matrices"), "matrices")
    by_row: list[list[tuple[int, int, Fraction]]] = [[] for _ in range(rows)]
    for k, entries in enumerate(matrices):
        seen = set()
        for entry in items(entries, "matrix"):
            row, column, c = items(entry, "entry", 3)
            i, j = integer(row, 0, rows - 1, "row"), integer(column, 0, columns - 1, "column")
            require(rational(c) and (i, j) not in seen, "A matrix is not in normal form.")
            seen.add((i, j))
            by_row[i].append((k, j, rational(c)))
    kernel = len(matrices)
    affordable(terms := taken * (sum(map(len, by_row)) + made * kernel) + made * rows)
    sums = WeightedSums(made, taken * kernel, rows, lambda i: [
        (c * kernel + k, c * columns + j, a) for c in range(taken) for k, j, a in by_row[i]],
        terms, bias)
    return sums.parameters, sums.shortest(), (made, rows) if has_axis or made > 1 else (rows,)
