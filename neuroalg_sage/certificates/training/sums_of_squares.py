"""
Bounds of the least loss on a neuromanifold, by sums of squares.

**Lemma.**  Let q be the loss on V, λ <= u rational numbers, and σ, τ sums of squares of polynomials
on V such that on M

    (1 + σ) (q - u) + (u - λ) = τ.

Then q >= λ on M.  *Proof.*  At a point of M with q >= u there is nothing to show.  Where q < u, the
left side is at least zero, so u - λ >= (1 + σ) (u - q) >= u - q.  ∎

A sum of squares is given by monomials m_i and a symmetric matrix G that is positive semidefinite:
it is Σ G_ij m_i m_j.  The identity is verified by substitution of φ.  So the bound holds on all
real points of the closure of M, which may have less loss than M has.

The upper bound is the loss at rational parameters.
"""

from __future__ import annotations

from typing import Any

from flint import arb, ctx, fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.boxes import is_positive
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integers,
    items,
    numbers,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing
from neuroalg_sage.certificates.training.quadratic_loss import Problem, echelon, number
from neuroalg_sage.certificates.work import Work

LARGEST_EXACT = 24  # of a matrix whose characteristic polynomial is computed
PRECISION = 400


def is_definite(rows: list[list[fmpq]]) -> bool:
    """
    Whether a symmetric matrix is proved to be positive definite.

    By elimination in balls, whose pivots are positive.
    """
    with ctx.workprec(PRECISION):
        left = [[arb(c) for c in row[: i + 1]] for i, row in enumerate(rows)]
        for k in range(len(rows)):
            pivot = left[k][k]
            if not pivot > 0:
                return False
            column = [left[i][k] for i in range(k, len(rows))]
            for i in range(k + 1, len(rows)):
                factor, row = column[i - k] / pivot, left[i]
                for j in range(k + 1, i + 1):
                    row[j] = row[j] - factor * column[j - k]
    return True


def is_semidefinite(rows: list[list[fmpq]]) -> bool:
    """
    Whether a symmetric matrix is proved to be positive semidefinite.

    *Lemma.*  It is, if it has rank r, and a submatrix of r rows and the same columns is positive
    definite: the other rows are combinations of these, so the Schur complement is zero.
    """
    if len(rows) <= LARGEST_EXACT:
        return is_positive(fmpq_mat(rows), False)
    if is_definite(rows):
        return True
    bits = max(int(c.p).bit_length() + int(c.q).bit_length() for row in rows for c in row)
    Work().spend(len(rows) ** 3 * (1 + bits // 64) // 8)
    _, independent = echelon(rows)
    return len(independent) < len(rows) and is_definite(
        [[rows[i][j] for j in independent] for i in independent])


def sum_of_squares(data: Any, ring: Any) -> fmpq_mpoly:
    """The polynomial of monomials and a matrix that is positive semidefinite."""
    monomials, matrix = fields(data, "monomials", "matrix")
    exponents = [tuple(integers(e, 0, 1000, "exponent", ring.nvars()))
                 for e in items(monomials, "monomials")]
    size = len(exponents)
    Work().spend(size**2 * (size + ring.nvars()))
    rows = [numbers(row, "row", i + 1) for i, row in enumerate(items(matrix, "matrix", size))]
    full = [[rows[max(i, j)][min(i, j)] for j in range(size)] for i in range(size)]
    require(is_semidefinite(full), "A matrix is not proved to be positive semidefinite.")
    terms: dict[tuple[int, ...], fmpq] = {}
    for i in range(size):
        for j in range(i + 1):
            e = tuple(map(int.__add__, exponents[i], exponents[j]))
            terms[e] = terms.get(e, fmpq(0)) + (rows[i][j] if i == j else 2 * rows[i][j])
    return ring.from_dict({e: c for e, c in terms.items() if c})


def loss_polynomial(problem: Problem, ring: Any) -> fmpq_mpoly:
    """The loss as a polynomial on V."""
    n = problem.n

    def exponents(*coordinates: int) -> tuple[int, ...]:
        return tuple(map(coordinates.count, range(n)))

    terms = {exponents(i, j): c if i == j else 2 * c for (i, j), c in problem.terms.items()}
    terms |= {exponents(i): -2 * c for i, c in enumerate(problem.target) if c}
    return ring.from_dict(terms) + problem.constant


def loss_at(model: Model, q: fmpq_mpoly, w: list[fmpq]) -> fmpq:
    """The loss at parameters."""
    sizes = [int(x.p).bit_length() + int(x.q).bit_length() for x in w]
    work = Work()
    for f in model.parametrization:
        for e in exponent_vectors(f):
            words = sum(k * sizes[i] for i, k in enumerate(e) if k) // 64
            work.spend(1 + words * (1 + words // 1000))
    return q(*(f(*w) for f in model.parametrization))


def check_loss_bounds(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """Verify a lower and an upper bound of the least loss on M; they are proved equal, or not."""
    loss, lower_text, upper_text = items(value, "claim", 3)
    n = model.ambient_dimension
    require(n, "A model without coordinates has one function.")
    ring = polynomial_ring(n)
    q = loss_polynomial(Problem(loss, n), ring)
    lower, upper = number(lower_text), number(upper_text)
    parameters, ceiling_text, multiplier, remainder = fields(
        evidence, "parameters", "ceiling", "multiplier", "squares")
    w = numbers(parameters, "parameters", model.parameters)
    require(loss_at(model, q, w) == upper,
            "The loss at the parameters is not the upper bound.")
    require((status == "proved") == (lower == upper),
            "The least loss is proved where the bounds are equal.")
    ceiling = number(ceiling_text)
    require(lower <= ceiling, "The lower bound is over the ceiling.")
    sigma, tau = (sum_of_squares(part, ring) for part in (multiplier, remainder))
    Work().spend((1 + len(sigma)) * (1 + len(q)))
    vanishing(model, [(1 + sigma) * (q - ceiling) + (ceiling - lower) - tau])
    return ["the loss at the parameters is the upper bound",
            "sums of squares prove the lower bound on M and on its closure"], []
