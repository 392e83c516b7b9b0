"""
Linear networks, and sums of squares with fixed factors, as sets of matrices.

*Linear networks*: dense layers, between which is nothing, of least width r.  Without biases M is
all matrices of rank at most r: a matrix of rank s <= r factors through all widths, by factors that
are identity matrices with zeros but for one.  If the last layer has a bias, the constants are free
besides, whatever biases others have.

*Squares with fixed factors*: the coordinates of φ, as a symmetric matrix A, are the entries of Σ_i
c_i w_i^T w_i, with constants c_i ≠ 0, p of them positive and q negative, and rows w_i of n
parameters each, all different.  The model has n outputs Σ_j A_oj x_j, as W^T W has, or one output
x^T A x.  M is all symmetric matrices with at most p positive and at most q negative eigenvalues.
By Sylvester's law of inertia there are no others.  Conversely such a matrix is Σ_k λ_k v_k^T v_k
with different i(k) for the λ_k ≠ 0 such that λ_k / c_i(k) > 0: take its root times v_k for w_i(k),
and zero for all other rows.
"""

from __future__ import annotations

from math import comb
from typing import Any

from flint import fmpq, fmpq_mpoly

from neuroalg_sage.certificates.equations.spans import minors
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    integers,
    items,
    member,
    numbers,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.real.formulas import Formula
from neuroalg_sage.certificates.real.signatures import Signatures, elementary

MOST_MINORS = 5_000


def linear_network(model: Model) -> Formula:
    """The rank of the matrix of a linear network."""
    layers = model.description["layers"]
    require(all(layer["kind"] == "dense" for layer in layers), "This is not a linear network.")
    biases = [layer.get("bias", False) for layer in layers]
    require(not any(biases) or biases[-1], "The last layer of a linear network has no bias, and "
            "another has.")
    z = dict(zip(model.coordinates, polynomial_ring(model.ambient_dimension).gens()))
    unit = [tuple(int(i == j) for i in range(model.inputs)) for j in range(model.inputs)]
    matrix = [[z[o, e] for e in unit] for o in range(model.outputs)]
    size = min(model.widths) + 1
    require(comb(len(matrix), size) * comb(len(unit), size) <= MOST_MINORS,
            f"There are over {MOST_MINORS} minors.")
    return [[("=", f) for f in minors(matrix, size)]]


def symmetric_matrix(model: Model) -> tuple[list[list[tuple[int, fmpq]]], list[tuple[int, int]]]:
    """
    The places in V of the entries of A, each with what divides the coordinate; and the pairs of
    coordinates that are equal since A is symmetric.
    """
    n, places = model.inputs, {at: i for i, at in enumerate(model.coordinates)}

    def exponents(*variables: int) -> tuple[int, ...]:
        return tuple(variables.count(k) for k in range(n))

    if model.degree_pattern == [[2]]:
        return [[(places[0, exponents(i, j)], fmpq(1 if i == j else 2)) for j in range(n)]
                for i in range(n)], []
    require(model.degree_pattern == [[1]] * n, "The functions are not symmetric matrices.")
    return ([[(places[min(i, j), exponents(max(i, j))], fmpq(1)) for j in range(n)]
             for i in range(n)],
            [(places[i, exponents(j)], places[j, exponents(i)])
             for i in range(n) for j in range(i)])


def fixed_squares(model: Model, evidence: Any) -> Signatures:
    """The signature of a sum of squares with fixed factors."""
    factors = numbers(member(evidence, "factors"), "list of factors")
    n, phi = model.inputs, model.parametrization
    rows = [integers(row, 0, model.parameters - 1, "parameter", n)
            for row in items(member(evidence, "rows"), "rows", len(factors))]
    used = [w for row in rows for w in row]
    require(factors and all(factors) and len(set(used)) == len(used),
            "The rows are not those of different parameters, with factors that are not zero.")
    w = phi[0].context().gens()
    places, equal = symmetric_matrix(model)
    for i in range(n):
        for j in range(n):
            at, divisor = places[i][j]
            entry: fmpq_mpoly = sum((c * w[row[i]] * w[row[j]] for c, row in zip(factors, rows)),
                                    w[0] * 0)
            require(phi[at] == divisor * entry, "The coordinates are not a sum of these squares.")
    require(all(phi[a] == phi[b] for a, b in equal), "The matrices are not symmetric.")
    z = polynomial_ring(model.ambient_dimension).gens()
    p, q = (sum((c > 0) == sign for c in factors) for sign in (True, False))
    matrix = [[z[at] / divisor for at, divisor in row] for row in places]
    return Signatures([z[a] - z[b] for a, b in equal], elementary(matrix),
                      lambda positive, negative: positive <= p and negative <= q)
