"""
Metrics for which the ED degree of a cone M is that of a generic metric.

**Theorem.**  Let q be a quadratic form of full rank on V, with the symmetric matrix Q.  If no pair
(z, Q z) lies in the conormal variety of M, the ED degree for q is the sum of the polar degrees.
J. Draisma, E. Horobeț, G. Ottaviani, B. Sturmfels, R. Thomas, The Euclidean distance degree of an
algebraic variety, Found. Comput. Math. 16 (2016), Theorem 5.4.

- Symmetric matrices of bounded rank: a conormal vector at A is a symmetric matrix B with A B = 0.
  In coordinates z_ii = A_ii, z_ij = 2 A_ij that of y is B_ij = y_ij.
- Matrices of bounded rank: a conormal vector at A is a matrix B with A B^T = 0 and A^T B = 0.
- Binary forms of degree d that are sums of r powers, and Hankel matrices of rank at most r: the
  conormal variety consists of pairs of a point to which all multiples of h are orthogonal, and
  multiples h^2 k, for a form h of degree r, see
  :func:`~neuroalg_sage.certificates.distance.binary_forms.binary_forms`.

In each case the pairs (z, Q z) are common zeros of equations in z, or in h and k.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import comb
from typing import Any

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.distance.forms import form_matrix
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    integers,
    member,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.topology.normal_crossings import have_no_common_zero


def _times(matrix: fmpq_mat, vector: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    n = len(vector)
    return [sum((matrix[i, j] * vector[j] for j in range(n) if matrix[i, j]), 0 * vector[0])
            for i in range(n)]


def _product(a: Sequence[Sequence[fmpq_mpoly]], b: Sequence[Sequence[fmpq_mpoly]]
             ) -> list[fmpq_mpoly]:
    """The entries of A B^T."""
    return [sum((x * y for x, y in zip(row, other)), 0 * row[0]) for row in a for other in b]


def equations(model: Model, metric: Any, evidence: Any
              ) -> tuple[list[fmpq_mpoly], list[list[int]], list[str]]:
    """
    Equations that the pairs (z, Q z) of the conormal variety satisfy, the blocks of variables in
    which they are homogeneous, and what was verified of M.
    """
    form, n, formula = form_matrix(model, metric), model.ambient_dimension, member(
        evidence, "formula")
    if formula in ("Hankel matrices", "binary forms"):
        from neuroalg_sage.certificates.distance.binary_forms import rank_of_binary_forms

        r, d, verified = rank_of_binary_forms(model, evidence)
        weights = [comb(d, i) if formula == "binary forms" else 1 for i in range(n)]
        gens = polynomial_ring(n - r + 1, Ordering.lex).gens()
        h, k = gens[: r + 1], gens[r + 1 :]
        multiple = [0 * h[0]] * n  # h^2 k
        for (i, first), (j, second), (s, third) in product(*map(enumerate, (h, h, k))):
            multiple[i + j + s] += first * second * third
        point = _times(form.inv(), [f * fmpq(1, w) for f, w in zip(multiple, weights)])
        return ([sum((f * point[i + j] * fmpq(1, weights[i + j]) for i, f in enumerate(h)),
                     0 * h[0]) for j in range(d - r + 1)],
                [list(range(r + 1)), list(range(r + 1, n - r + 1))], verified)
    z = polynomial_ring(n, Ordering.lex).gens()
    y = _times(form, z)
    if formula == "generic matrices":
        from neuroalg_sage.certificates.dimension.known_varieties import output_flattening
        from neuroalg_sage.certificates.equations.minors import generic_matrix

        _, _, r, others = generic_matrix(model, evidence)
        require(not others, "The theorem is on matrices alone.")
        a, b = ([[v[i] for i in row] for row in output_flattening(model)[0]] for v in (z, y))
        return (_product(a, b) + _product([*zip(*a)], [*zip(*b)]), [list(range(n))],
                [f"the neurovariety is all matrices of rank at most {r}"])
    if formula == "symmetric matrices":
        from neuroalg_sage.certificates.dimension.power_sums import power_sum

        m, r, outputs, d = power_sum(model)
        require(outputs == 1 and d == 2, "The formula is for quadratic forms.")
        places = {tuple(v for v, k in enumerate(e) for _ in range(k)): i
                  for i, (_, e) in enumerate(model.coordinates)}
        a, b = ([[v[places[min(i, j), max(i, j)]] * (fmpq(1, 2) if i != j and v is z else 1)
                  for j in range(m)] for i in range(m)] for v in (z, y))
        return (_product(a, b), [list(range(n))],
                [f"the neurovariety is all symmetric matrices of rank at most {r}"])
    raise MalformedCertificate("The formula is not known.")


def check_isotropic(model: Model, metric: Any, evidence: Any) -> Checked:
    """Verify that no pair (z, Q z) lies in the conormal variety of M."""
    found, blocks, verified = equations(model, metric, evidence)
    require(have_no_common_zero(found, blocks, integers(
        member(evidence, "isotropic"), 0, 1000, "degree", len(blocks))),
        "The conormal variety has a pair of a point and its polar hyperplane, or this degree "
        "does not exclude it.")
    return [*verified, "no point is conormal to itself for the metric"], []
