"""
Ideals that an Artinian reduction proves, if it is not longer than the degree, which is known.

Let S be the polynomial ring in n variables, J an ideal of forms g that vanish on M, and p a prime
that divides no denominator.

(1) Let Dφ have the rank d at a point modulo p.  Then d ≤ dim M.
(2) The n - d columns of a matrix B are independent modulo p, so they span a linear space that is
    defined by d linear forms θ.  Modulo p the forms g(By) leave an algebra A of finite length λ.
    Over Q they leave S / (J + θS), which in each degree is at most as large, since a rank modulo p
    is at most that over Q.  So it has a length of at most λ, and dim S/J ≤ d.
(3) J ⊆ I(M), so dim S/J ≥ dim M.  So all of these are d, and θ is a system of parameters of S/J.
    The cone V(J) contains M as a component, so M is a cone, and deg M that of its projectivization.
(4) It is known that deg M ≥ λ.  The proof of this is one by fixed points, without ideals.

So λ ≥ length S / (J + θS) ≥ e(S/J) ≥ deg M ≥ λ, with the multiplicity e.  The second holds for all
systems of linear parameters; equality there means that S/J is Cohen-Macaulay, so J has components
of dimension d only.  The third holds since e(S/J) is the sum of the degrees of these, each with its
multiplicity, and I(M) is one of them, as it is a prime of dimension d; equality means that it is
the only one, with multiplicity one.  So J = I(M).  And θ is a regular sequence, so the Hilbert
series of S/J is that of S / (J + θS) over (1 - t)^d, which is that of A, since both have the
length λ and A is at least as large in each degree.

If J is too small, or S/J not Cohen-Macaulay, A is longer.  No point of M is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly, fmpz_mat, nmod_mat

from neuroalg_sage.certificates.equations.fixed_points import degree_by_fixed_points
from neuroalg_sage.certificates.equations.restrictions import (
    MOST_MONOMIALS,
    Form,
    degrees,
    restricted,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integers,
    items,
    polynomial_ring,
    polynomials,
    prime,
    require,
    value_modulo,
)
from neuroalg_sage.certificates.substitution import vanishing
from neuroalg_sage.certificates.work import MOST_WORK, Work

Exponents = tuple[int, ...]


def check_artinian_reduction(model: Model, generators: list[fmpq_mpoly], evidence: Any
                             ) -> tuple[list[str], list[str], int, list[int]]:
    """
    Verify that polynomials generate I(M): what was verified, whom to trust, the dimension d, and
    the numerator of the Hilbert series over (1 - t)^d.
    """
    known, data, point, section = fields(evidence, "degree", "prime", "point", "section")
    p, n, phi = prime(data), model.ambient_dimension, model.parametrization
    require(all(len({sum(e) for e in exponent_vectors(g)}) == 1 for g in generators),
            "A generator is not homogeneous.")
    vanishing(model, generators)
    degree, verified = degree_by_fixed_points(model, known)
    w = integers(point, 0, p - 1, "parameter", model.parameters)
    d = nmod_mat(len(w), n, [value_modulo(f.derivative(v), w, p) for v in range(len(w))
                             for f in phi], p).rank()
    require(0 < d < n, "The neurovariety has no section.")
    matrix = [integers(row, -(10**9), 10**9, "entry of the section", n - d)
              for row in items(section, "section", n)]
    require(nmod_mat(fmpz_mat(matrix), p).rank() == n - d, "The section is degenerate.")
    series = [1]
    for value in hilbert_function(restricted(generators, matrix, p), n - d, p):
        series.append(value)
        require(sum(series) <= degree, "The section is longer than the degree.")
    return [f"the generators ({len(generators)}) vanish on the neurovariety", *verified,
            f"an Artinian reduction has at most the length {degree}, which is the degree, so the "
            "ideal is Cohen-Macaulay and has no other component"], [], d, series[:-1]


def check_series(model: Model, evidence: Any
                 ) -> tuple[int, list[Fraction] | None, list[str], list[str]]:
    """The degree and the Hilbert polynomial of M, with what was verified and whom to trust."""
    from neuroalg_sage.certificates.equations.rational_series import hilbert_polynomial

    data, proof = fields(evidence, "generators", "artinian_reduction")
    verified, trust, d, series = check_artinian_reduction(model, polynomials(
        data, polynomial_ring(model.ambient_dimension)), proof)
    return sum(series), hilbert_polynomial(series, d), verified, trust


def hilbert_function(forms: list[Form], variables: int, p: int, most: int = MOST_MONOMIALS,
                     watched: Callable[[list[Any]], Iterator[Any]] = iter) -> Iterator[int]:
    """
    Upper bounds for the dimensions of A = F_p[y]/(forms) in degrees 1, 2, ..., up to the first 0.

    Up to the largest degree of the forms all their multiples are taken.  An echelon form of these
    expresses each monomial m in A by standard ones b.  So the y_i b span A in the next degree, and
    where y_i m is some y_j b, or some y_j m', the expressions for m and m' give a relation.  Of
    these so many are taken as lower the dimension, batch by batch; and so on, degree by degree.
    Rows go through ``watched``.

    EXAMPLES: Two cubics on a line, and with a quadric::

        >>> list(hilbert_function([{(3, 0): 1}, {(0, 3): 1}], 2, 101))
        [2, 3, 2, 1, 0]
        >>> list(hilbert_function([{(3, 0): 1}, {(0, 3): 1}, {(1, 1): 1}], 2, 101))
        [2, 2, 0]
    """
    top, work = max((sum(next(iter(f))) for f in forms), default=0), Work(40 * MOST_WORK)
    standard, others = [(0,) * variables], dict[Exponents, list[int]]()
    for _, (monomials, reduced, rank) in zip(range(top), degrees(
            forms, variables, p, most, watched=watched)):
        standard, others = normal_forms(monomials, reduced, rank)
        yield len(standard)
        if not standard:
            return
    while standard:
        monomials = sorted({times(b, i) for b in standard for i in range(variables)},
                           key=lambda m: m[::-1])
        width, place = len(monomials), {m: k for k, m in enumerate(monomials)}
        require(width <= most, "There are too many monomials.")
        places = [[place[times(b, i)] for b in standard] for i in range(variables)]
        products: dict[Exponents, list[tuple[int, list[int]]]] = {}
        for m, expression in others.items():
            for i in range(variables):
                products.setdefault(times(m, i), []).append((i, expression))
        # Those of the first kind have different leading monomials.
        batch = [(m, ways[0]) for m, ways in products.items() if m in place]
        more = [(m, way) for m, ways in products.items() for way in ways[1:]]
        batches, rank, entries = 1 + len(more) // (2 * (width - len(batch)) + 50), -1, list[int]()
        for k in range(batches):
            batch, before = [*batch, *more[k::batches]], rank
            height = len(batch) + max(rank, 0)
            work.spend(height * width * min(height, width) // 8)
            for m, way in watched(batch):
                row = [0] * width
                if m in place:
                    row[place[m]] = 1
                for sign, (i, expression) in zip((-1, 1), [way, *products[m][:m not in place]]):
                    for column, a in zip(places[i], expression):
                        row[column] += sign * a
                entries += row
            reduced, rank = nmod_mat(height, width, entries, p).rref()
            if rank in (before, width):
                break
            batch, entries = [], [int(a) for a in reduced.entries()[:rank * width]]
        standard, others = normal_forms(monomials, reduced, rank)
        yield len(standard)


def normal_forms(monomials: list[Exponents], reduced: nmod_mat, rank: int
                 ) -> tuple[list[Exponents], dict[Exponents, list[int]]]:
    """The monomials that no row of an echelon form begins with, and the others by these."""
    width, entries = len(monomials), reduced.entries()
    rows = [[int(a) for a in entries[k * width:(k + 1) * width]] for k in range(rank)]
    leading = [next(k for k, a in enumerate(row) if a) for row in rows]
    free = sorted({*range(width)} - {*leading})
    return [monomials[k] for k in free], {
        monomials[first]: [-row[k] for k in free] for first, row in zip(leading, rows)}


def times(m: Exponents, i: int) -> Exponents:
    """The monomial y_i m."""
    return (*m[:i], m[i] + 1, *m[i + 1:])
