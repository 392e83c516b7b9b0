"""
The boundary between the real ranks of binary forms: duals of multiple root loci.

Let M be the binary forms of degree d and real rank at most r, (d + 1) / 2 <= r <= d - 1, and m = d
- r.  For a partition μ of r into m positive parts let

    D_μ = {f : (l_1^μ_1 ... l_m^μ_m)(∂) f = 0 for linear forms l_1, ..., l_m ≠ 0},

over the complex numbers.  It is closed and irreducible, of dimension at most m + r = d: for each
(l_i) in (P^1)^m these f are a linear space of dimension r.  It is dual to the forms with roots of
multiplicities μ_i + 1.

f is *regular* if q(∂) f ≠ 0 for all q ≠ 0 of degree m.  If it is not, it is in some D_μ: q has at
most m roots, and a multiple of degree r with the same roots is a product of m powers of linear
forms with positive exponents.  The others are those for which a Hankel matrix with m + 1 rows and r
+ 1 columns has rank at most m, a set of codimension r - m + 1 >= 2.

*Theorem.* ∂M is contained in the union of the D_μ.  A regular f of ∂M is not in M.

*Proof.* Let f in ∂M be regular, and L the space of the forms h of degree r with h(∂) f = 0.  L is
orthogonal to the forms q(∂) f, for q of degree m, so its dimension is r - m.  If h in L is
hyperbolic (has r distinct real roots), then f is in M (lemma 1 of ``apolarity.py``), and so are all
forms near f, since L depends continuously on it: f is an interior point.  So no h in L is
hyperbolic, and f is not in M.  It is a limit of forms that hyperbolic forms of degree r annihilate;
so some h ≠ 0 in L is a product of real linear forms.  Let h = Π l_i^m_i be one with the largest
number s of distinct roots.

If s <= m, then h is a product of m powers of the l_i with positive exponents, and we are done.  Let
s > m, and let E = Π l_i^(m_i - 1), of degree r - s, and H = Π l_i.

(1) *L + E·{forms of degree s} is not the space of all forms of degree r.* Forms near h are products
of factors near the l_i^m_i, unique up to constants.  Up to constants and translations a factor near
l^k is given by k - 1 coefficients, so near h there is a submersion σ to R^(r - s), with σ = 0 where
the roots have the multiplicities m_i; these forms have the tangent space E·{forms of degree s} at
h.  If the claim were wrong, σ would be a submersion on L at h, so open, and L would have hyperbolic
forms, whose values of σ are arbitrarily near 0.

(2) So some q(∂) f ≠ 0, with q of degree m, is orthogonal to E·{forms of degree s}: E q annihilates
f.  Let F = E(∂) f, of degree d - r + s = m + s; H and q annihilate it.  Let G be their greatest
common divisor, of degree g <= m < s, with real roots.  H / G and q / G are coprime, of degrees s -
g and m - g, so that their multiples are all forms of degree s + m - 2 g - 1 or more.  Both
annihilate G(∂) F, of degree m + s - g: it is 0.

(3) So E G annihilates f.  Its degree is r - s + g < r, and positive since f ≠ 0.  All its multiples
of degree r are in L.  Let E G have N distinct roots.  Its product with s - g other real linear
forms has N + s - g, so N <= g.  As G has g distinct roots, N = g <= m.  Its product with a power of
one of its factors is in L and has g distinct roots, and so is a product of m powers as above.  ∎

So a component of ∂M consists of limits of functions whose parameters go to infinity, which are not
in M, but for a set of codimension 2 in V.

*Resultants.* Let G_0, ..., G_m be the coefficients of (Π l_i^μ_i)(∂) f, forms in each of the l_i =
(1 : s_i).  Take the matrix of the G_k(σ_1, ..., σ_j, s_(j+1), ..., s_m), in the rows j = 0, ..., m.
Its determinant vanishes where s_i = σ_i, since two rows are equal, so that Π (s_i - σ_i) divides
it.  The quotient is a combination of products of a monomial in the s_i, of degree below i μ_i in
s_i, and one in the σ_i, of degree below (m + 1 - i) μ_i in σ_i; the matrix of its coefficients is
square, with m! Π μ_i rows.  Let R_μ(f) be its determinant, of degree (m + 1)! Π μ_i in f.  If f is
in D_μ with l_i = (1 : s_i), the first row vanishes there, for all σ.  So the monomials in the s_i,
which are not all zero, are in the kernel, and R_μ(f) = 0.  With homogeneous coordinates the same
holds if an l_i is at infinity.

*Components.* Let p in M and p' not in M have R_μ(p), R_μ(p') ≠ 0 for all μ.  By the theorem p is an
interior point of M, and p' one of its complement.  Let R_μ have a zero on the segment between them
for one μ only.  Then segments between points near p and p' meet ∂M, and in D_μ.  So ∂M has a part
of dimension d in D_μ, which is irreducible: it is a hypersurface, and a component.

*Degree.* A general line meets the hypersurface D_μ in as many points as its degree says.  Each
lifts to solutions of A_k + t B_k = 0, where A and B are the G_k of two points of the line: m + 1
equations of degrees μ_i and 1 in (P^1)^m x P^1, with at most (m + 1)! Π μ_i isolated solutions
(Bézout).  In general the l_i are different, and equal parts may be permuted, so that the degree is
at most (m + 1)! Π μ_i / Π c_j!, where c_j is the number of parts j.  The equation P of D_μ divides
a power of R_μ; on the line through p and p' it is not constant, since it vanishes on the segment,
and not at p.  If R_μ is there a constant times a power of one polynomial that is irreducible over Q
and has that degree, it is the degree of P.

*Equation.* Let m <= 2.  A polynomial that the derivations x ∂_y and y ∂_x annihilate is invariant
under SL_2.  If it vanishes where the l_i are x and y, it vanishes on D_μ, since SL_2 takes any two
linear forms that are not proportional to multiples of these.  If it also has the degree of D_μ, it
is the equation.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from math import comb, factorial, prod
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integers,
    items,
    member,
    numbers,
    polynomial,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.real.apolarity import Form
from neuroalg_sage.certificates.real.real_rank import binary_forms, real_rank
from neuroalg_sage.certificates.work import Work

MOST_ROWS = 24  # of the matrix of a resultant
LIMITS = "limits"

Partition = tuple[int, ...]


def partitions(total: int, parts: int, largest: int | None = None) -> Iterator[Partition]:
    """The partitions of a number into so many positive parts, the largest first."""
    if not parts:
        if not total:
            yield ()
        return
    for first in range(min(total, largest or total), 0, -1):
        for rest in partitions(total - first, parts - 1, first):
            yield (first, *rest)


def boundaries(model: Model) -> tuple[int, int, list[Partition]]:
    """Verify the hypotheses on a model; r, d, and the partitions μ."""
    r, d = binary_forms(model)
    require(d + 1 <= 2 * r and r < d, "Forms of that rank have no interior points, or are all.")
    found = list(partitions(r, d - r))
    require(all(rows(mu) <= MOST_ROWS for mu in found), "A resultant is too large.")
    return r, d, found


def rows(mu: Partition) -> int:
    """The number of rows of the matrix of R_μ."""
    return factorial(len(mu)) * prod(mu)


def degree(mu: Partition) -> int:
    """The degree of D_μ, if it is a hypersurface, at most."""
    return (len(mu) + 1) * rows(mu) // prod(map(factorial, Counter(mu).values()))


def resultant_matrix(f: Sequence[Any], mu: Partition, ring: Any) -> list[list[Any]]:
    """
    The matrix of the resultant R_μ at f.

    INPUT:

    - ``f`` -- the coefficients of a form, polynomials in ``ring`` in which the first 2 m variables
      do not occur
    """
    d, m = len(f) - 1, len(mu)
    a = [c / comb(d, i) for i, c in enumerate(f)]
    gens = ring.gens()
    s, sigma = gens[:m], gens[m: 2 * m]
    zero, one = ring.constant(0), ring.constant(1)
    exponents = list(itertools.product(*(range(k + 1) for k in mu)))

    def row(point: Sequence[Any]) -> list[Any]:
        monomials = [prod((comb(k, e) * x**e for k, e, x in zip(mu, exponent, point)), start=one)
                     for exponent in exponents]
        return [sum((a[k + sum(e)] * w for e, w in zip(exponents, monomials)), zero)
                for k in range(m + 1)]

    quotient = _determinant([row([*sigma[:j], *s[j:]]) for j in range(m + 1)], one)
    for x, y in zip(s, sigma):
        quotient, rest = divmod(quotient, x - y)
        require(not rest, "A determinant is not divisible.")
    places = [list(itertools.product(*(range((i + 1) * k) for i, k in enumerate(part))))
              for part in (mu, mu[::-1])]
    index = {e: i for i, e in enumerate(places[0])}
    other = {e[::-1]: i for i, e in enumerate(places[1])}
    matrix: list[list[dict[Any, Any]]] = [[{} for _ in other] for _ in index]
    for e, c in quotient.to_dict().items():
        entry = matrix[index[tuple(map(int, e[:m]))]][other[tuple(map(int, e[m: 2 * m]))]]
        entry[(*[0] * (2 * m), *e[2 * m:])] = c
    return [[ring.from_dict(entry) for entry in line] for line in matrix]


def _determinant(matrix: list[list[Any]], one: Any) -> Any:
    """The determinant, by expansion."""
    if not matrix:
        return one
    return sum((c * _determinant([[*line[:j], *line[j + 1:]] for line in matrix[1:]], one)
                * (-1) ** j for j, c in enumerate(matrix[0])), one - one)


def resultant(f: Form, mu: Partition) -> fmpq:
    """The value R_μ(f)."""
    ring = polynomial_ring(2 * len(mu))
    matrix = resultant_matrix([ring.constant(c) for c in f], mu, ring)
    return fmpq_mat([[c.coeffs()[0] if c else fmpq(0) for c in line] for line in matrix]).det()


def on_line(p: Form, q: Form, mu: Partition) -> fmpq_poly:
    """The polynomial R_μ(p + t (q - p)) in t, by its values at whole numbers."""
    bound = (len(mu) + 1) * rows(mu)
    t = fmpq_poly([0, 1])
    # Newton: R = c_0 + c_1 t + c_2 t (t - 1) + ..., with divided differences.
    differences = [resultant([a + k * (b - a) for a, b in zip(p, q)], mu)
                   for k in range(bound + 1)]
    for step in range(1, bound + 1):
        differences[step:] = [(differences[k] - differences[k - 1]) / step
                              for k in range(step, bound + 1)]
    found = fmpq_poly()
    for k in range(bound, -1, -1):
        found = found * (t - k) + differences[k]
    return found


def zeros_in_segment(f: fmpq_poly) -> int:
    """The number of distinct zeros with 0 <= t <= 1 of a polynomial that is not zero there."""
    require(f and f(0) != 0 and f(1) != 0, "An end of a segment is where the boundary may be.")
    found = 0
    roots: list[Any] = f.numer().complex_roots()
    for root, _ in roots:
        if root.imag == 0:
            require(root.real < 0 or root.real > 0 and (root.real < 1 or root.real > 1),
                    "A zero on a segment is not told from its ends.")
            found += bool(0 < root.real < 1)
    return found


def check_boundary_of_ranks(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Components of the boundary, each given by the multiplicities μ_i + 1, perhaps with an equation;
    and the D_μ of which it is not known whether they are components.
    """
    r, d, found = boundaries(model)
    components, others = items(value, "claim", 2)
    listed = [items(part, "component", 4) for part in items(components, "list of components")]
    further = [items(part, "candidate", 2) for part in items(others, "list of candidates")]
    claimed = [_locus(part[0], r, d) for part in [*listed, *further]]
    require(sorted(claimed) == sorted(found), "The candidates are not those that there are.")
    require(all(part[1] == [LIMITS] for part in [*listed, *further]),
            "The kind of a candidate is not as claimed.")
    require(all(member(name, "equation") is None for name, _ in further),
            "The equation of what may be no hypersurface is stated.")
    ends = items(member(evidence, "ends"), "ends of segments", len(listed))
    for mu, (name, _, start, end), data in zip(claimed, listed, ends):
        inside, beyond = numbers(start, "function", d + 1), numbers(end, "function", d + 1)
        within, without = items(data, "real ranks", 2)
        require(real_rank(inside, within)[1] <= r, "A function is not in M.")
        require(real_rank(beyond, without)[0] > r, "A function is in M.")
        for nu in found:
            restricted = on_line(inside, beyond, nu)
            require(zeros_in_segment(restricted) == (nu == mu),
                    "A segment does not meet the component only, and once.")
            if nu == mu:
                _, factors = restricted.numer().factor()
                require([f.degree() for f, _ in factors] == [degree(mu)],
                        "The degree of a component is not shown on its segment.")
        if member(name, "equation") is not None:
            _check_equation(polynomial(name["equation"], polynomial_ring(d + 1)), mu, d)
    return [f"the boundary lies in {len(found)} duals of multiple root loci",
            f"{len(listed)} of these are crossed from M to its complement"], []


def _locus(data: Any, r: int, d: int) -> Partition:
    multiplicities, _ = fields(data, "multiplicities", "equation")
    return tuple(k - 1 for k in integers(multiplicities, 2, d, "multiplicity", d - r))


def _check_equation(f: fmpq_mpoly, mu: Partition, d: int) -> None:
    """Verify that a polynomial is the equation of D_μ, a hypersurface."""
    require(len(mu) <= 2, "Equations are verified for at most two roots.")
    Work().spend(len(f) * (d + 1) ** 2)
    ring = f.context()
    z = ring.gens()
    require(f and {sum(e) for e in exponent_vectors(f)} == {degree(mu)},
            "An equation has not the degree of its component.")
    slopes = [f.derivative(i) for i in range(d + 1)]
    zero = ring.constant(0)
    require(not sum((slopes[i] * z[i - 1] * (d - i + 1) for i in range(1, d + 1)), zero)
            and not sum((slopes[i] * z[i + 1] * (i + 1) for i in range(d)), zero),
            "An equation is not invariant.")
    first, second = mu[0], mu[1] if len(mu) > 1 else 0
    require(all(any(e[second: d - first + 1]) for e in exponent_vectors(f)),
            "An equation does not vanish on its component.")
