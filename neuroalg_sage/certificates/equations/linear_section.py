"""
Ideals that a linear section of the neurovariety proves to be complete.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq_mat, fmpq_mpoly, nmod_poly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.equations.groebner import HilbertSeries
from neuroalg_sage.certificates.equations.homogenization import homogenized
from neuroalg_sage.certificates.equations.restrictions import Form, degrees, restricted
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    prime,
    require,
    residue,
)

MOST_POINTS = 5_000


def check_linear_section(model: Model, generators: list[fmpq_mpoly], evidence: Any,
                         counted: Any = None) -> tuple[list[str], list[str], HilbertSeries]:
    """
    Verify that polynomials, which vanish on M, generate I(M); with the Hilbert series.

    If they are not all homogeneous, M is replaced by the cone over M × {1}, and they by their
    homogenizations; for if these generate its ideal, the former generate I(M).

    Let J be their ideal, S the polynomial ring, d = dim M, and H the linear space in which the
    linear ones vanish.  Let c = dim H - d.  If c = 0 and all are linear, M is H.  Else d > 0, and
    the columns of a matrix B span a linear space L ≅ P^c in P(H), which the cone over M therefore
    meets.  Let X be the scheme in P^c of the forms g(By), over the integers, and N ⊆ X the
    closure of M ∩ L.  At each prime p that is used,

    (1) modulo p and y_0 these forms leave an algebra A of finite length.  So X has modulo p
        no point with y_0 = 0.  The linear forms that define L in P(H), and y_0, cut S/J down to A;
        so dim S/J ≤ d, and the cone over M, which satisfies J and contains M, is M.  The length of
        X is at most the length λ of A; or, where it is counted otherwise, λ as counted.
    (2) The point (1 : t : v_2(t) : ...) of P^c with coordinates in F_p[t]/(q), deg q = λ, lies
        on X.  So X is modulo p the spectrum of F_p[t]/(q).

    N is flat over the integers at p, and not empty, so its length m is the degree of a
    divisor of q.  Let (3) no number but λ be such a degree, positive, at all these primes: then
    m = λ.  Let (4) q be squarefree at one of them: then N is reduced there, so M meets L in λ
    points, each of multiplicity one, and deg M = λ by Bézout.

    Let A have the length λ.  Then λ ≥ e(S/J), and e(S/J) ≥ deg M = λ, for J ⊆ I(M) and both have
    dimension d.  With equality on the left S/J is Cohen-Macaulay, so J is unmixed; with equality on
    the right I(M) is its only component, with multiplicity one.  So J = I(M), and the Hilbert
    series of S/J is that of A over (1 - t)^d.  Else M is the cone's only component of dimension d,
    with deg M = λ, and that there are no others is left to who counted.
    """
    dimension, proof, section, fibers = fields(evidence, "value", "dimension", "section", "fibers")
    n = model.ambient_dimension
    d = integer(dimension, 0, n, "dimension")
    verified, trust = check_dimension(model, d, proof)
    require(all(generators), "A generator is zero.")
    homogeneous = all(len({sum(e) for e in exponent_vectors(g)}) == 1 for g in generators)
    if not homogeneous:
        n, d, generators = n + 1, d + 1, homogenized(generators, n)
    linear = [g for g in generators if g.total_degree() == 1]
    units = [[int(i == j) for j in range(n)] for i in range(n)]
    c = n - d - fmpq_mat(len(linear), n, [g(*e) for g in linear for e in units]).rank()
    if c == 0:
        require(len(linear) == len(generators), "A linear space has linear equations.")
        return [*verified, "they define a linear space of this dimension"], trust, HilbertSeries(
            d, [1], homogeneous)
    require(d > 0, "The cone {0} meets no projective section.")
    matrix = [integers(row, -(10**9), 10**9, "entry of the section", c + 1)
              for row in items(section, "section", n)]
    require(not any(g(*column) for g in linear for column in zip(*matrix)),
            "The section leaves the linear span.")
    lengths: set[int] | None = None
    squarefree, series, points = False, [], 0
    for fiber in items(fibers, "fibers"):
        p, polynomial, point = fields(fiber, "prime", "polynomial", "point")
        p = prime(p)
        require(rank(matrix, c + 1, p) == c + 1, "The section is degenerate.")
        q = nmod_poly(integers(polynomial, 0, p - 1, "coefficient"), p)
        points = integer(q.degree(), 1, MOST_POINTS, "number of points")
        series = artinian_series(restricted(generators, [row[1:] for row in matrix], p), c, p,
                                 4 * points + 100 if counted else points)
        length = counted(generators, matrix, p, series, points) if counted else sum(series)
        require(length == points, "The section's length is not the number of its points.")
        _vanish_at(generators, matrix, [nmod_poly(v, p) % q for v in ([1], [0, 1], *(
            integers(v, 0, p - 1, "coefficient") for v in items(point, "point", c - 1)))], q, p)
        sums, simple = divisor_degrees(q)
        squarefree |= simple
        lengths = sums if lengths is None else lengths & sums
    require(lengths is not None and lengths == {0, points}, "The section may be reducible.")
    require(squarefree, "The section may have multiple points.")
    return ([*verified, f"a linear section is irreducible, with {points} points",
             "its length is that of an Artinian reduction, so the ideal is Cohen-Macaulay and "
             "has no other component"], trust, HilbertSeries(d, series, homogeneous))


def divisor_degrees(q: nmod_poly) -> tuple[set[int], bool]:
    """The degrees of the divisors of a polynomial, and whether it is squarefree."""
    factors, sums = q.factor()[1], {0}
    for factor, multiplicity in factors:
        for _ in range(multiplicity):
            sums |= {s + factor.degree() for s in sums}
    return sums, all(multiplicity == 1 for _, multiplicity in factors)


def _vanish_at(generators: list[fmpq_mpoly], matrix: list[list[int]], point: list[nmod_poly],
               q: nmod_poly, p: int) -> None:
    """Verify that the forms g(By) vanish at a point with coordinates in F_p[t]/(q)."""
    zero, one = nmod_poly([0], p), nmod_poly([1], p)
    images = [sum((y * (a % p) for y, a in zip(point, row)), zero) for row in matrix]
    products: dict[tuple[int, ...], nmod_poly] = {(): one}

    def product(places: tuple[int, ...]) -> nmod_poly:
        if places not in products:
            products[places] = product(places[:-1]) * images[places[-1]] % q
        return products[places]

    for g in generators:
        total = zero
        for e, a in zip(exponent_vectors(g), g.coeffs()):
            total += product(tuple(i for i, k in enumerate(e) for _ in range(k))) * residue(a, p)
        require(total % q == 0, "The points of the section do not satisfy the equations.")


def artinian_series(forms: list[Form], variables: int, p: int, longest: int) -> list[int]:
    """Upper bounds for the Hilbert function of F_p[y]/(forms), up to its first zero."""
    series = [1]
    for monomials, _, found in degrees(forms, variables, p):
        series.append(len(monomials) - found)
        require(sum(series) <= longest, "The section is not of the length stated.")
        if not series[-1]:
            break
    return series[:-1]
