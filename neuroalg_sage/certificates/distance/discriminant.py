"""
The ED discriminant: the data at which critical points of the distance come together.

Let φ: W → V parametrize M, d = dim M, Q a quadratic form on V and u = u(s) coordinates of an
affine space L of data, r = dim L; all over the algebraic closure of Q.  Let the rank of Dφ at w be
d.  Then φ has constant rank near w, and maps a neighborhood onto a smooth branch B of M.  The
point w is critical for u if Dφ^T Q (φ - u) = 0.  The Hessian of Q(φ - u) / 2 is that on B then,
and w is *degenerate* if its rank is less than d: critical points on B have come together.  The
*discriminant* on L is the closure of the set of s for which there is such a w.  Claimed are its
components of codimension one.  Critical points that go to infinity, or to parameters where the
rank of Dφ is smaller, are not meant: :data:`MEANING` is part of the claim.

**What is verified.**  Let numbers stand for all but d parameters; this is a slice S of W, w are
now coordinates on it, and D = Dφ|_S is an n x d matrix.  Let E = D^T Q (φ - u), h = det(∂E/∂w),
and R the set of the (w, s) with E = h = 0 where D has rank d.  These w are degenerate, since D has
the same image as Dφ.

(1) dim M = d, and m_1, ..., m_t are minors of D of size d that are not zero;
(2) for some polynomials g_1, ..., g_k in s and all i and j, a power of m_j times g_i is in the
    ideal (E, h); so all g_i vanish on the projection of R' = R where m_j ≠ 0 for some j; for d = 1
    this holds for the g_i of :func:`multiple_roots` and all entries of D;
(3) the irreducible factors over Q of the greatest common divisor of the g_i are f_1, ..., f_l;
(4) for each f_i a point (w, s) modulo a prime p, where E = h = f_i = 0, where the other f_j are not
    zero, D has rank d, the Jacobian of (E, h) has rank d + 1, and that by w alone has rank d;
(5) R' loses nothing of R, by one of the two lemmas below.

**Then the components of codimension one** of the closure of the projection of R are f_i = 0.  The
g_i / gcd have common zeros in codimension two only, so each component is contained in some
f_i = 0, by (2) and (5).  By (4) and Hensel's lemma the point lifts to a point of R over the p-adic
integers, which is smooth of dimension r - 1, and where the projection is an immersion.  So the
closure of the image of a component of R is a hypersurface, on which some f_j vanishes; since f_j
for j ≠ i is a unit at the lifted point, it is a component of f_i = 0.  All is defined over Q, so
the conjugates of that component belong to it as well, and these are all of f_i = 0.

**Lemma A** (all minors).  If each minor of D of size d vanishes where some m_j does, then R' = R.
The claim is then about the parameters in S; these are all of W if S = W.

**Lemma B** (isotropic tangent spaces).  Let L = V, let Q be nondegenerate, let P = Dφ^T Q Dφ on W,
and let Γ be the greatest common divisor of some of its principal minors of size d.  Let Γ ≠ 0, and
for each irreducible factor q of Γ over Q

- let q have a zero in S at which some m_j is not zero, or
- let Dφ have a rank less than d where q = 0.

Then the closures of the projections of R' and of R_W have the same components, where R_W is the
set of all (w, u) with w in W degenerate for u.

Proof.  On B, d + 1 equations in d + n unknowns define it, so that the components C of R_W have
dimension at least N - d + n - 1, N = dim W.  First let P have rank d somewhere on C.  Where it
has, u = φ(w) is critical, and not degenerate, so that the u over w are a proper closed subset of
an affine space of dimension n - d.  So C dominates W.  The images of the points of S with m_1 ≠ 0
contain an open dense subset of M; for generic w they contain φ(w), a smooth point of M, so that B
is the same branch at both, and R' has a point with the same u.  Now let P have a rank less than d
on all of C.  The u over each w are in an affine space of dimension n - d, since Q is
nondegenerate.  So the w are dense in a hypersurface Z of W, all these u occur over its generic
points, and Z is a component of the zeros of a factor q, where Dφ has generic rank d.  By
hypothesis a conjugate of Z, and with q and m_j rational Z itself, has a point w0 in S with
m_j ≠ 0.  Near w0 the set where P has rank less than d is a union of fibers of W → B, of dimension
N - 1 at most, so its component Z is such a union, and S is a section of W → B.  So all u over
points of Z near w0 are those over points of Z in S, which are in the projection of R'.  C is
irreducible, so these are dense in its projection.

For the variety of given equations G_1 = ... = G_c = 0, at the points where their differentials are
independent, the same holds with E = (G, Q (z - u) - Σ_j λ_j dG_j), w = (z, λ) and the transpose of
the Jacobian matrix of G for D, by Lemma A.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from math import comb
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx, nmod_mat

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.distance.slices import numbers_of_parameters
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    prime,
    require,
    residue,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.work import Work, terms_of_power

MEANING = ("hypersurfaces of data for which critical points of the distance come together at "
           "finite parameters where the Jacobian matrix of the parametrization, on a slice if one "
           "is stated, has rank dim M")
MOST_UNKNOWNS, LARGEST_POWER, MOST_MINORS = 7, 100, 5000

Matrix = Sequence[Sequence[fmpq_mpoly]]


def determinant(rows: Matrix, one: fmpq_mpoly) -> fmpq_mpoly:
    """The determinant of a square matrix of polynomials, by Leibniz's formula."""
    size = len(rows)
    require(size <= MOST_UNKNOWNS, f"A determinant is larger than {MOST_UNKNOWNS}.")
    total = 0 * one
    for columns in permutations(range(size)):
        odd = sum(a > b for i, a in enumerate(columns) for b in columns[i + 1:]) % 2
        term = -one if odd else one
        for row, column in zip(rows, columns):
            term *= row[column]
            if not term:
                break
        total += term
    return total


def minors(matrix: Matrix, size: int, one: fmpq_mpoly) -> Iterator[fmpq_mpoly]:
    """All minors of this size."""
    width = len(matrix[0]) if matrix else 0
    require(comb(len(matrix), size) * comb(width, size) <= MOST_MINORS,
            f"There are over {MOST_MINORS} minors.")
    for columns in combinations(range(width), size):
        for rows in combinations(matrix, size):
            yield determinant([[row[k] for k in columns] for row in rows], one)


def value(f: fmpq_mpoly, point: Sequence[int], p: int) -> int:
    """The value of a polynomial at a point modulo p."""
    total = 0
    for exponents, c in f.to_dict().items():
        term = residue(c, p)
        for x, e in zip(point, map(int, exponents)):
            term = term * pow(x, e, p) % p
        total += term
    return total % p


def irreducible_factors(f: fmpq_mpoly) -> list[fmpq_mpoly]:
    """The different irreducible factors over Q of a nonzero polynomial, monic."""
    return [g / g.leading_coefficient() for g, _ in f.factor()[1]]


def vanishes_where(f: fmpq_mpoly, g: fmpq_mpoly) -> bool:
    """Whether f is zero at all zeros of g, by the Nullstellensatz: all factors of g divide f."""
    return not f or bool(g) and not any(f % q for q in irreducible_factors(g))


def differentials(phi: Sequence[fmpq_mpoly], unknowns: Sequence[int]) -> list[list[fmpq_mpoly]]:
    """The matrix of derivatives by these variables, a row for each polynomial."""
    return [[f.derivative(k) for k in unknowns] for f in phi]


def multiple_roots(equation: fmpq_mpoly, slopes: Matrix) -> list[fmpq_mpoly]:
    """
    The g_i for one unknown w; R' is all of R then.

    D is one column, zero where the greatest common divisor c of its entries is.  Elsewhere
    E = h = 0 is equivalent to f = df/dw = 0, f = E / c.  If f has degree two or more in w, its
    discriminant vanishes there, also where f has a smaller degree or is zero; else the
    coefficients of f do.
    """
    common = 0 * equation
    for row in slopes:
        common = common.gcd(row[0])
    f = equation / common
    if int(f.degrees()[0]) > 1:
        bound_discriminant(f)
        return [f.discriminant(0)]
    slope = f.derivative(0)
    return [g for g in (slope, f - slope * f.context().gens()[0]) if g]


def bound_discriminant(f: fmpq_mpoly) -> None:
    """
    Refuse a discriminant, by the first variable, that takes too much work.

    It is of degree 2 m - 2 in the coefficients of f, of degree m, and found by about m^2 products.
    """
    m, *_ = degrees = [int(e) for e in f.degrees()]
    others = max(sum(map(int, e)) - int(e[0]) for e in f.monoms())
    size = terms_of_power(len(degrees), (2 * m - 2) * others) if others else 1
    Work().spend(m**2 * size)


def check_ramification(ring: fmpq_mpoly_ctx, equations: Sequence[fmpq_mpoly], slopes: Matrix,
                       d: int, stated: Sequence[fmpq_mpoly], evidence: Any) -> list[fmpq_mpoly]:
    """
    Verify (2), (3) and (4), and that the m_j are not zero; return the m_j.

    ``equations`` are E, in a ring whose first variables are the unknowns, ``slopes`` is D, with d
    columns, and ``stated`` are the f_i.
    """
    unknowns, one = len(equations), ring.constant(1)
    system = [*equations, determinant(differentials(equations, range(unknowns)), one)]
    cofactors, witnesses = fields(evidence, "cofactors", "witnesses")
    if cofactors is None:
        require(unknowns == d == 1, "There are no cofactors.")
        found, opens = multiple_roots(equations[0], slopes), [f for row in slopes for f in row if f]
    else:
        found = polynomials(member(evidence, "vanishing"), ring)
        opens = [determinant([slopes[i] for i in integers(rows, 0, len(slopes) - 1, "rows", d)],
                             one) for rows in items(member(evidence, "minors"), "minors")]
        powers = items(member(evidence, "powers"), "powers", len(opens))
        for minor, exponents, columns in zip(opens, powers, items(cofactors, "cofactors",
                                                                  len(opens))):
            exponents = integers(exponents, 0, LARGEST_POWER, "power", len(found))
            for g, e, column in zip(found, exponents, items(columns, "cofactors", len(found))):
                left = minor**e * g
                for f, c in zip(system, polynomials(items(column, "cofactors", len(system)),
                                                    ring)):
                    left -= c * f
                require(not left,
                        "A polynomial does not vanish where critical points come together.")
    require(opens and all(opens), "A minor is zero.")
    require(found and all(found), "A polynomial that vanishes on the discriminant is zero.")
    divisor = found[0]
    for g in found:
        require(not any(g.degrees()[:unknowns]), "The discriminant depends on the unknowns.")
        divisor = divisor.gcd(g)
    factors = irreducible_factors(divisor)
    require(all(stated) and sorted(map(str, factors)) == sorted(
        str(f / f.leading_coefficient()) for f in stated),
        "The irreducible factors of what vanishes are not those stated.")
    for i, witness in enumerate(items(witnesses, "points", len(stated))):
        p, place = fields(witness, "prime", "point")
        p = prime(p)
        point = integers(place, 0, p - 1, "point", ring.nvars())
        require(not any(value(f, point, p) for f in [*system, stated[i]]),
                "A point is not on the ramification locus.")
        require(all(value(f, point, p) for j, f in enumerate(stated) if j != i),
                "A point does not tell the components apart.")
        require(rank_at(slopes, point, p) == d, "At a point the rank of the Jacobian is smaller.")
        require(rank_at(differentials(system, range(ring.nvars())), point, p) == unknowns + 1
                and rank_at(differentials(system, range(unknowns)), point, p) == unknowns,
                "A point is singular or special.")
    return opens


def rank_at(matrix: Matrix, point: Sequence[int], p: int) -> int:
    """The rank of a matrix of polynomials at a point modulo p."""
    rows = [[value(f, point, p) for f in row] for row in matrix]
    return int(nmod_mat(len(rows), len(rows[0]) if rows else 0, sum(rows, []), p).rank())


def check_all_minors(slopes: Matrix, d: int, opens: Sequence[fmpq_mpoly]) -> None:
    """Verify the hypothesis of Lemma A."""
    for minor in minors(slopes, d, opens[0].context().constant(1)):
        require(any(vanishes_where(minor, m) for m in opens),
                "A minor of the Jacobian is not zero where all those considered are.")


def gram(phi: Sequence[fmpq_mpoly], form: Sequence[Sequence[fmpq]], rows: Sequence[int]
         ) -> fmpq_mpoly:
    """The principal minor of Dφ^T Q Dφ with these rows."""
    ring = phi[0].context()
    slopes, zero = differentials(phi, rows), ring.constant(0)
    moved = [[sum((c * slopes[j][k] for j, c in enumerate(line) if c), zero)
              for k in range(len(rows))] for line in form]
    return determinant([[sum((slopes[i][a] * moved[i][b] for i in range(len(phi))), zero)
                         for b in range(len(rows))] for a in range(len(rows))], ring.constant(1))


def is_seen(q: fmpq_mpoly, restricted: Sequence[fmpq_mpoly], opens: Sequence[fmpq_mpoly]) -> bool:
    """Whether q has a zero in the slice, whose points are ``restricted``, where some m_j is not."""
    (on_slice,) = substituted([q], restricted, opens[0].context())
    return not all(vanishes_where(m, on_slice) for m in opens)


def rank_drops(phi: Sequence[fmpq_mpoly], d: int, q: fmpq_mpoly) -> bool:
    """Whether Dφ has a rank less than d where q = 0, q irreducible."""
    matrix = [[f % q for f in row] for row in differentials(phi, range(q.context().nvars()))]
    return not any(m % q for m in minors(matrix, d, q.context().constant(1)))


def check_isotropic(phi: Sequence[fmpq_mpoly], form: Sequence[Sequence[fmpq]], d: int,
                    restricted: Sequence[fmpq_mpoly], opens: Sequence[fmpq_mpoly],
                    chosen: Any) -> None:
    """Verify what Lemma B supposes about Γ, from the rows of the principal minors."""
    divisor = 0 * phi[0]
    for rows in items(chosen, "principal minors"):
        divisor = divisor.gcd(gram(phi, form, integers(
            rows, 0, divisor.context().nvars() - 1, "rows", d)))
    require(divisor, "The tangent spaces of M are isotropic.")
    for q in irreducible_factors(divisor):
        require(is_seen(q, restricted, opens) or rank_drops(phi, d, q),
                "The minors or the slice miss parameters with isotropic tangent spaces.")


def affine_space(ring: fmpq_mpoly_ctx, first: int, origin: Any, directions: Any, n: int
                 ) -> list[fmpq_mpoly]:
    """The n coordinates of u(s), where s are the variables from ``first`` on."""
    base = numbers(origin, "origin", n)
    rows = [numbers(v, "direction", n) for v in items(directions, "directions")]
    require(rows and fmpq_mat(rows).rank() == len(rows), "The directions are not independent.")
    return [sum((v[j] * ring.gens()[first + i] for i, v in enumerate(rows)),
                ring.constant(base[j])) for j in range(n)]


def check_discriminant(model: Model, claim: Any, evidence: Any) -> Checked:
    """
    Verify the claim [MEANING, Q, origin, directions, slice, factors] of a discriminant on an affine
    space, of the parameters on a slice, which is [] if all are meant.
    """
    meaning, form, origin, directions, meant, data = items(claim, "claim", 6)
    require(meaning == MEANING, "The claim does not say what is meant.")
    n, count = model.ambient_dimension, model.parameters
    matrix = [numbers(row, "row", n) for row in items(form, "quadratic form", n)]
    require(all(matrix[i][j] == matrix[j][i] for i in range(n) for j in range(i)),
            "The quadratic form is not symmetric.")
    values = numbers_of_parameters(member(evidence, "restriction"), count)
    free = [i for i in range(count) if i not in values]
    d, r = len(free), len(items(directions, "directions"))
    verified, trust = check_dimension(model, d, member(evidence, "dimension"))
    ring = polynomial_ring(d + r)
    gens = iter(ring.gens())
    w = [ring.constant(fmpq(values[i])) if i in values else next(gens) for i in range(count)]
    phi = [f.compose(*w, ctx=ring) for f in model.parametrization]
    target = affine_space(ring, d, origin, directions, n)
    zero = ring.constant(0)
    residual = [sum((c * (phi[j] - target[j]) for j, c in enumerate(row) if c), zero)
                for row in matrix]
    slopes = differentials(phi, range(d))
    equations = [sum((slopes[i][k] * residual[i] for i in range(n)), zero) for k in range(d)]
    smaller = polynomial_ring(r)
    factors = [ring.from_dict({(0,) * d + tuple(map(int, e)): c for e, c in f.to_dict().items()})
               for f in polynomials(data, smaller)]
    opens = check_ramification(ring, equations, slopes, d, factors, evidence)
    isotropic = member(evidence, "isotropic")
    if isotropic is None:
        require(numbers_of_parameters(meant, count) == values,
                "The claim is about other parameters than those on the slice.")
        check_all_minors(slopes, d, opens)
        complete = "all minors of the Jacobian are considered"
    else:
        require(meant == [] and r == n and fmpq_mat(matrix).rank() == n,
                "The data are not all of V, or the quadratic form is degenerate.")
        check_isotropic(model.parametrization, matrix, d, w, opens, isotropic)
        complete = "no parameters with isotropic tangent spaces are missed"
    return [*verified, f"critical points come together on {len(factors)} irreducible hypersurfaces",
            complete], trust
