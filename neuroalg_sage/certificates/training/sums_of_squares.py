"""
Bounds of the least loss on a neuromanifold, by sums of squares.

**Lemma.**  Let q be the loss on V, λ <= u rational numbers, ψ_1, ..., ψ_m polynomials in the
parameters w, and σ, τ sums of squares of polynomials in these such that

    (1 + σ(ψ(w))) (q(φ(w)) - u) + (u - λ) = τ(ψ(w)).

Then q >= λ on M.  *Proof.*  At a function of M with q >= u there is nothing to show.  Where q < u,
the left side is at least zero, so u - λ >= (1 + σ) (u - q) >= u - q.  ∎

A sum of squares is given by monomials m_i and a symmetric matrix G that is positive semidefinite:
it is Σ G_ij m_i m_j.  By default ψ is φ; then the identity holds on the closure of M, too, so that
no real point of it has less loss, though there may be some that has less than M has.

The upper bound is the loss at rational parameters, or that of a function which is proved to have
the least loss, see :mod:`~neuroalg_sage.certificates.training.attained`.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integers,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.training.quadratic_loss import Problem, number
from neuroalg_sage.certificates.training.semidefinite import is_semidefinite
from neuroalg_sage.certificates.work import Work


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


def loss_at(model: Model, problem: Problem, w: list[fmpq]) -> fmpq:
    """The loss at parameters."""
    sizes = [int(x.p).bit_length() + int(x.q).bit_length() for x in w]
    work = Work()
    for f in model.parametrization:
        for e in exponent_vectors(f):
            words = sum(k * sizes[i] for i, k in enumerate(e) if k) // 64
            work.spend(1 + words * (1 + words // 1000))
    return problem([f(*w) for f in model.parametrization], fmpq(0))


def verify_identity(model: Model, problem: Problem, evidence: Any, floor: fmpq) -> fmpq:
    """Verify that sums of squares prove a lower bound; the number u."""
    ceiling_text, multiplier, remainder = fields(evidence, "ceiling", "multiplier", "squares")
    ceiling, phi = number(ceiling_text), model.parametrization
    require(floor <= ceiling, "The lower bound is over the ceiling.")
    parameters = phi[0].context()
    functions = phi
    if "functions" in evidence:
        functions = polynomials(evidence["functions"], parameters)
    ring = polynomial_ring(len(functions))
    sigma, tau = (sum_of_squares(part, ring) for part in (multiplier, remainder))
    one, two = substituted([sigma, tau], functions, parameters)
    Work().spend(sum(map(len, phi)) ** 2)
    difference = problem(phi, parameters.constant(0)) - ceiling
    if "minimum" in evidence:
        texts = fields(evidence["minimum"], "center", "weights")
        center, weights = (numbers(text, "list of n numbers", problem.n) for text in texts)
        require(all(kappa > 0 for kappa in weights), "A weight is not positive.")
        two += sum(((f - a) ** 2 * kappa for f, a, kappa in zip(phi, center, weights)),
                   parameters.constant(0))
    Work().spend((1 + len(one)) * (1 + len(difference)))
    require(not (1 + one) * difference + (ceiling - floor) - two,
            "The difference of both sides of the identity does not vanish.")
    return ceiling


def check_loss_bounds(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """
    Verify a lower and an upper bound of the least loss on M.

    Where the least loss is proved to be attained, the bounds are equal; or they enclose it, and the
    claim says that there is one such function.
    """
    loss, lower_text, upper_text, *more = items(value, "claim")
    require(model.ambient_dimension, "A model without coordinates has one function.")
    problem = Problem(loss, model.ambient_dimension)
    lower, upper = number(lower_text), number(upper_text)
    only = isinstance(evidence, dict) and "minimum" in evidence
    floor = number(member(evidence["minimum"], "floor")) if only else lower
    ceiling = verify_identity(model, problem, evidence, floor)
    require((status == "proved") == (only or lower == upper),
            "The least loss is proved where it is attained.")
    require(more == [{"attained": True, "unique": True}] * only and (
        not only or all(v is True for v in more[0].values())),
        "The claim does not say in how many functions the least loss is attained.")
    if only:
        from neuroalg_sage.certificates.training.attained import verify_minimum

        verify_minimum(model, problem, (lower, upper), ceiling, ceiling - floor,
                       evidence["minimum"])
        return ["the loss has a critical point in a box of parameters",
                "sums of squares prove that its function has the least loss, and no other"], []
    if "fit" in evidence:
        from neuroalg_sage.certificates.training.attained import fitted

        require(lower == upper == fitted(model, problem, evidence["fit"]),
                "The least loss is not that of a function that is critical on V.")
        return ["a function of parameters in a box is critical on V",
                "sums of squares prove that no function on V has less loss"], []
    w = numbers(member(evidence, "parameters"), "parameters", model.parameters)
    require(loss_at(model, problem, w) == upper,
            "The loss at the parameters is not the upper bound.")
    return ["the loss at the parameters is the upper bound",
            "sums of squares prove the lower bound"], []
