"""
The space that M spans, and whether M has the least degree that it can have there.

*Lemma.*  The linear forms that vanish on M are the linear relations of the coordinates of φ, since
a polynomial that vanishes on R^N is zero.  So the linear span of M has the dimension s of the
space of these polynomials, and its affine span has the dimension a of the space of these and of 1,
less one.  They are ranks of matrices of coefficients.  Polynomials of which no two share a monomial
with one another, not even by way of others, make up blocks, whose ranks add.

*Consequences.* Values at s generic inputs determine a function of the span: as long as some
function of it that is not zero vanishes at all inputs so far, a generic further input lowers the
dimension of the space of those that do. The pseudo-dimension of the functions of one output is at
most s. For k > s inputs the values of all functions satisfy Σ λ_i v_i = 0 for some λ ≠ 0. Let t be
thresholds, and choose the sign of λ such that c = Σ λ_i t_i > 0, or that c = 0 and some λ_i > 0. If
f(x_i) > t_i just where λ_i > 0, then Σ λ_i (f(x_i) - t_i) = -c ≤ 0 is a sum of numbers that are not
negative, of which some is positive if c = 0: a contradiction.

*Lemma.* Let the closure of M have dimension d and degree e (for a cone that of the projective
variety, else of the projective closure). Then a ≤ d + e - 1, and M is *of minimal degree* if
equality holds. For the projective closure X, of dimension d in its span of dimension a, this is the
bound e ≥ a - d + 1 for irreducible varieties: a general hyperplane section of X spans the
hyperplane and is irreducible if d ≥ 2; for a curve, the hyperplane through a general points meets
it in as many points at least. If M is a cone, e is also the degree of its closure as an affine
variety.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    member,
    require,
)
from neuroalg_sage.certificates.work import Work


def rank_of_polynomials(polynomials: Sequence[fmpq_mpoly]) -> int:
    """The dimension of the space that polynomials span, over Q, block by block."""
    owner: dict[tuple[int, ...], int] = {}
    block = list(range(len(polynomials)))

    def root(i: int) -> int:
        while block[i] != i:
            block[i] = block[block[i]]
            i = block[i]
        return i

    for i, f in enumerate(polynomials):
        for e in exponent_vectors(f):
            block[root(i)] = root(owner.setdefault(e, i))
    blocks: dict[int, list[fmpq_mpoly]] = {}
    for i, f in enumerate(polynomials):
        blocks.setdefault(root(i), []).append(f)
    work = Work()
    return sum(_rank(rows, work) for rows in blocks.values())


def _rank(rows: list[fmpq_mpoly], work: Work) -> int:
    if len(rows) == 1:
        return int(bool(rows[0]))
    columns = {e: k for k, e in enumerate({e for f in rows for e in exponent_vectors(f)})}
    work.spend(len(rows) * len(columns) * min(len(rows), len(columns)))
    matrix = [[fmpq(0)] * len(columns) for _ in rows]
    for row, f in zip(matrix, rows):
        for e, c in zip(exponent_vectors(f), f.coeffs()):
            row[columns[e]] = c
    return int(fmpq_mat(matrix).rank()) if columns else 0


def span_dimensions(model: Model) -> tuple[int, int]:
    """The dimensions of the linear and of the affine span of M."""
    phi = model.parametrization
    if not phi:
        return 0, 0
    return (rank_of_polynomials(phi),
            rank_of_polynomials([*phi, phi[0].context().constant(1)]) - 1)


def check_span(model: Model, value: Any, evidence: Any, status: str, stated_error: Any = None
               ) -> Checked:
    """Verify the dimensions of the linear span and of the affine span of M."""
    stated = integers(value, 0, 10**9, "dimension", 2)
    if "weights" in evidence:
        from neuroalg_sage.certificates.capacity.span_by_values import check_values

        return check_values(model, stated, evidence, status, stated_error)
    require(status == "proved" and stated == list(span_dimensions(model)),
            "The dimensions of the spans are not those.")
    return ["ranks of the coordinates' coefficients"], []


def check_minimal_degree(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify whether M is of minimal degree."""
    from neuroalg_sage.certificates.equations.degree import check_degree

    d, of_dimension, e, of_degree = fields(evidence, "dimension", "dimension_evidence", "degree",
                                           "degree_evidence")
    verified, trust = check_dimension(model, d, of_dimension, "proved")
    spans = evidence["span"] if "span" in evidence else list(span_dimensions(model))
    if "span" in evidence:
        verified += check_span(model, spans, member(evidence, "span_evidence"), "proved")[0]
    more, believed = check_degree(model, integer(e, 1, 10**300, "degree"), of_degree)
    require(value is (spans[1] == d + e - 1), "The claim about the minimal degree is false.")
    return [*verified, *more], [
        *trust, *(name for name in believed if name not in trust)]
