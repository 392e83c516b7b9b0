"""
Ideals that are known where one coordinate is not zero, such as those of convolutions in two layers.

**Lemma.**  Let z_0 be a coordinate that is not zero on M, J ⊆ I(M) an ideal modulo which z_0 is no
zero divisor, and A = Q[z]/J.  If A[1/z_0] is a domain of dimension dim M, then J = I(M).

*Proof.*  Let R = Q[z]/I(M).  R[1/z_0] is a domain of this dimension, too, and a quotient of
A[1/z_0], so they are the same.  So for each g in I(M) some z_0^k g lies in J, and so does g.  ∎

That A[1/z_0] is such a domain is shown by ``solved_coordinates`` or by ``weighted_curve``.

Let z_0 be the last variable of a reverse lexicographic order, graded by degree, and M a cone.  Let
b be homogeneous polynomials that vanish on M, and L their leading monomials.  In each degree up to
a bound d let no combination of monomials that no element of L divides vanish on M.  Then b generate
an ideal J with all equations of these degrees, and a remainder of an S-polynomial of one of these
degrees modulo b is zero, for it vanishes on M.  If so are those of the higher degrees that
Buchberger's criterion asks for, b is a Gröbner basis.  If z_0 occurs in none of L it is no zero
divisor modulo J: let r ≠ 0 be a remainder, and z_0 r in J; then some leading monomial of b divides
z_0 times that of r, so that of r itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import Any

from flint import Ordering, fmpq_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec

from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.equations.groebner import (
    GroebnerBasis,
    HilbertSeries,
    hilbert_data,
)
from neuroalg_sage.certificates.gradings import is_graded
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    polynomial_ring,
    prime,
    require,
    value_modulo,
)
from neuroalg_sage.certificates.substitution import vanishing

HIGHEST_DEGREE, MOST_MONOMIALS = 12, 400_000

Monomial = tuple[int, ...]  # the places of its variables, in their order
Weight = tuple[int, ...]


def check_chart(model: Model, generators: list[fmpq_mpoly], evidence: Any, by_curves: bool = True
                ) -> tuple[list[str], list[str], HilbertSeries]:
    """
    Verify by the lemma that polynomials generate I(M); with the Hilbert series.

    The polynomials b are the generators, and remainders of S-polynomials, which lie in their ideal.
    Weights of the parameters for which all
    coordinates of φ are homogeneous grade I(M); if one is the same for all coordinates, and not
    zero, M is a cone.
    """
    data, pairs, rows, stated, prime_data, points = fields(
        evidence, "order", "pairs", "weights", "degree", "prime", "points")
    n, phi, p = model.ambient_dimension, model.parametrization, prime(prime_data)
    vanishing(model, generators)
    order = integers(data, 0, n - 1, "coordinate", n)
    require(len({*order}) == n, "A coordinate is missing.")
    chart = order[-1]
    top = integer(stated, 1, HIGHEST_DEGREE, "degree")
    rows = [integers(row, -(10**9), 10**9, "weight", model.parameters)
            for row in items(rows, "weights")]
    require(all(phi) and all(is_graded(phi, row) for row in rows),
            "A coordinate is zero, or not homogeneous for the weights.")
    # The first weight is the degree.
    weights = [(1, *(sum(a * k for a, k in zip(row, exponent_vectors(f)[0])) for row in rows))
               for f in phi]
    require(any(len({*column}) == 1 and any(column) for column in [*zip(*weights)][1:]),
            "M is not shown to be a cone.")
    found = completed([for_completion(f, order) for f in generators], items(pairs, "pairs"))
    groebner = GroebnerBasis([polynomial_ring(n).from_dict(f.to_dict()) for f in found], [1] * n,
                             top)
    require(not any(m[-1] for m in groebner.leading), "The coordinate may be a zero divisor.")
    leading = {tuple(sorted(i for i, k in zip(order, m) for _ in range(k)))
               for m in groebner.leading}
    at = [[value_modulo(f, integers(w, 0, p - 1, "parameter", model.parameters), p) for f in phi]
          for w in items(points, "points")]
    require_independent(monomials_outside(leading, weights, top), at, p)
    if by_curves and "curve" in evidence:
        from neuroalg_sage.certificates.equations.weighted_curve import check_domain

        trust = check_domain(model, generators, evidence["curve"], weights, order, groebner.leading)
        known = "the ring of a curve is torsion-free, and one of its fibers a field"
    else:
        from neuroalg_sage.certificates.equations.solved_coordinates import require_solved

        trust = require_solved(model, evidence, chart, top)
        known = "equations solve for coordinates"
    dimension, _, numerator = hilbert_data(groebner.leading, n)
    return ([f"the generators ({len(generators)}) vanish on the neurovariety",
             f"where z_{chart} is not zero, {known}",
             f"z_{chart} is no zero divisor modulo the generators, by a Gröbner basis"], trust,
            HilbertSeries(dimension, numerator, True))


def for_completion(f: fmpq_mpoly, order: Sequence[int]) -> Any:
    """A homogeneous polynomial, times a number, with the variables in another order."""
    require(len({sum(e) for e in exponent_vectors(f)}) == 1, "A generator is not homogeneous.")
    ring = fmpz_mpoly_ctx.get([f"v{i}" for i in range(len(order))], Ordering.degrevlex)
    scale = lcm(*(int(c.q) for c in f.coeffs()))
    return ring.from_dict({tuple(e[i] for i in order): int(c.p) * (scale // int(c.q))
                           for e, c in zip(exponent_vectors(f), f.coeffs())})


def completed(generators: Sequence[Any], pairs: Sequence[Any]) -> list[Any]:
    """Polynomials, and for each pair of them the remainder of its S-polynomial modulo all."""
    found = list(generators)
    for pair in pairs:
        i, j = integers(pair, 0, len(found) - 1, "element", 2)
        found.append(remainder(found[i].spoly(found[j]), found))
        require(bool(found[-1]), "A remainder is zero.")
    return found


def remainder(f: Any, others: list[Any]) -> Any:
    """A remainder of a number times a polynomial modulo others."""
    return f.reduction_primitive_part(fmpz_mpoly_vec(others, f.context())) if f else f


def weight_of(monomial: Monomial, weights: Sequence[Weight]) -> Weight:
    """The weight of a monomial other than 1, the degree first."""
    return tuple(map(sum, zip(*(weights[i] for i in monomial))))


def monomials_outside(leading: set[Monomial], weights: Sequence[Weight], top: int
                      ) -> dict[Weight, list[Monomial]]:
    """The monomials up to a degree that others do not divide, by their weights."""
    outside, found = {Monomial()}, dict[Weight, list[Monomial]]()
    for degree in range(1, top + 1):
        outside = {m for first in outside for v in range(first[-1] if first else 0, len(weights))
                   if (m := (*first, v)) not in leading
                   and all((*m[:i], *m[i + 1 :]) in outside for i in range(degree))}
        require(len(outside) <= MOST_MONOMIALS, "There are too many monomials.")
        for m in outside:
            found.setdefault(weight_of(m, weights), []).append(m)
    return found


def require_independent(outside: dict[Weight, list[Monomial]], at: list[list[int]], p: int
                        ) -> None:
    """Verify that monomials of each weight are independent at points of M modulo a prime."""
    columns, values = [*zip(*at)], {Monomial(): [1] * len(at)}
    for found in outside.values():  # lower degrees first
        for m in found:
            values[m] = [a * b % p for a, b in zip(values[m[:-1]], columns[m[-1]])]
        require(rank([values[m] for m in found], len(at), p) == len(found),
                "Monomials may be dependent on M.")
