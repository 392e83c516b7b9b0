"""
Neuromanifolds of one hidden layer with a power: tuples of sums of powers of real linear forms.

The model is f_o(x) = c Σ_i b_oi l_i(x)^d with c ≠ 0, r units and n inputs.  Since the b_oi are
free, F = (f_o) is in M if and only if all f_o are in the span of the powers l_i^d of r real linear
forms, which need not be different.  So M holds the tuples in the span of fewer powers.

The *catalecticant* C_a has a row for each monomial x^α of degree a, a column for each output and
each monomial x^β of degree d - a, and there the coefficient of x^(α+β) times (α+β)!.  Its columns
are, as forms of degree a, all derivatives of order d - a of the outputs, up to positive factors of
coefficients.  C_1 has rank at most s if and only if all outputs are forms in the same s linear
forms.

*One unit.*  F is in M if and only if C_1 has rank at most 1: then all outputs are forms in one
linear form l, so f_o = b_o l^d.

*Squares, one output.*  M is all quadratic forms of rank at most r, since a real quadratic form of
rank s is a sum of s squares with signs.

*Enough units.*  M is all of V if there is one input, or if r is at least the dimension of the
space of forms of degree d, which powers span, or if there are two inputs, one output, and r >= d.
In the last case let r = d: by the lemma (hyperplane) the linear functional g -> g(∂) f vanishes on
some g with d different real zeros, so by the lemma (apolarity) f is in the span of d powers.

*Two units.*  Let Q be the span of the columns of C_2 as quadratic forms: the derivatives of order
d - 2.  For quadratic forms with symmetric matrices A and A', and i < j, let D_ij(A, A') be the
discriminant of the binary quadratic form det (λ A + μ A')_ij, where _ij means rows and columns i,
j. Let S be the sum of all D_ij(A, A') over i < j and pairs of columns of C_2.  F is in M if and
only if C_1 and C_2 have rank at most 2, and C_2 has rank at most 1 or S > 0.

*Proof.*  Let f_o be in the span of l_1^d, l_2^d.  Then Q is in that of l_1^2, l_2^2, and both
ranks are at most 2.  If C_2 has rank 2, Q is that span, and l_1, l_2 are independent.  Let A, A'
be the combinations of l_1^2, l_2^2 that the rows of T say: D_ij(A, A') = det(T)^2 [ij]^4, where
[ij] is the minor of the coefficients of l_1 and l_2 at x_i, x_j.  None is negative, one is
positive: S > 0.

Conversely let the ranks be at most 2.  Then all f_o, and the elements of Q, are forms in two
linear forms u, v.  (1) If S > 0, some D_ij(A, A') is positive.  So A, A' are independent, else the
determinant would be a multiple of a square, and they span Q.  The determinants of elements of Q in
rows i, j are those of their matrices with respect to u, v, times one number.  So Q has two
independent degenerate real elements, multiples of l_1^2 and l_2^2 with l_1, l_2 in the span of u,
v. In coordinates X = l_1, Y = l_2 the operator ∂_X ∂_Y annihilates Q.  So the derivatives of order
d - 2 of ∂_X ∂_Y f_o, of degree d - 2, vanish; it is zero, and f_o = a X^d + b Y^d.  (2) Let Q be
spanned by q.  If d = 2, then f_o = b_o q, and q has rank at most 2.  Let d > 2, and let G ≠ 0 be a
derivative of order d - 3 of an output.  ∂_i G = c_i q, so c_i ∂_j q = c_j ∂_i q, and in
coordinates with X = Σ c_i x_i all derivatives of q by other variables vanish: q is a multiple of
X^2.  So derivatives of order d - 1, one of them by another variable, vanish, and f_o = b_o X^d.  ∎

*Few units*, two inputs, 2 r <= d + 1.  F ≠ 0 is in M if and only if for some s <= r the matrix
C_s has rank s, and the form g of degree s that annihilates all outputs, unique up to factors, has
s different real zeros.  If it has, F is in M by the lemma (apolarity).  Conversely let F be in the
span of s, and not of fewer, powers.  C_s is the product of a matrix of values of monomials of
degree s at s points, and one with a row for each point: the values of monomials of degree
d - s >= s - 1, times the coefficients of the power in the outputs, which are not all zero.  So both
have rank s, as has C_s, and g vanishes at these points.

In coordinates: the (s+1)-minors of C_s vanish.  For a set J of s columns of C_s the coefficients
of g_J are their maximal minors with signs.  If the rank is s, then g_J = c_J g, and not all c_J
vanish; if it is smaller, all g_J are zero.  So the other condition is that for k = 1, ..., s - 1
the sums over J of e_k(B(g_J)), of degree 2 k in g_J, are positive, where B is Bézout's matrix.  If
s = 3, that for k = 2 is enough: the signatures (ρ + κ - 1, κ) of B are (2, 0) and (1, 1), or the
rank is smaller. And s = 1 or F = 0 says that C_1 has rank at most 1.

*One unit less than the degree*, two inputs, one output, r = d - 1 >= 2.  f is in M if and only if
f has a zero that is not real, or f = c l^d: if B(f) has a negative eigenvalue, or is zero.

*Proof.*  Let D_v be the derivative along v in R^2.  If f is hyperbolic, D_v f is hyperbolic or
zero, by Rolle's theorem.

(1) Let f be hyperbolic, and the sum of s <= d - 1 powers of pairwise independent l_i, with factors
that do not vanish.  Let s >= 2.  Derivatives along the zeros of l_3, ..., l_s leave b_1 l_1^k +
b_2 l_2^k with k = d - s + 2 >= 3 and b_1 b_2 ≠ 0.  It has k different zeros, at most two of them
real, and is hyperbolic: a contradiction.  So s <= 1.

(2) *If f has degree d >= 3 and a zero that is not real, so has D_v f for some v.*  Else each D_v f
is zero or hyperbolic.  Choose coordinates with the zero (0, 1), if f has a real one.  Let f_x = R
a and f_y = R b with a, b without common zeros, which are not constant, since f is no power. The
zeros of R are real.  Let h = a / b at y = 1, as a function of t = x.  It has no real value and no
pole at a t that is not real, where else v_0 a + v_1 b would vanish for a real v.  So it maps the
upper half-plane H into H or into -H.  At a zero of f in H, t a + b = 0 by Euler's formula, so h =
-1 / t is in H; so h maps H into H.  If f has the zero t = 0, of multiplicity m < d, then near it h
is (m / (d - m)) / t up to a bounded function, which does not map H into H.  So f has no real
zero.  Then R is constant, since its zeros are zeros of f by Euler's formula, and F(t) = f(t, 1)
has degree d.  Let F > 0; else take -f.  All d - 1 zeros of a = F' are real, and b = d F - t F' = d
F > 0 there.  A rational function that maps H into H, and is real on the line, has a positive
derivative where it is finite.  So F'' > 0 at all zeros of F'.  Between two of them would be
another, so d - 1 = 1: a contradiction.

(3) *If f has a zero that is not real, it is a sum of d - 1 powers.*  If d = 3, f = x^3 + x y^2 in
suitable coordinates, which is (α x + β y)^3 + (α x - β y)^3 with α^3 = 1/2, 6 α β^2 = 1.  Let d >
3. For some v, and so for all v near it, D_v f has a zero that is not real.  By induction it is a
sum of d - 2 powers; so some g of degree d - 2 with different real zeros annihilates it.  If one
such g is not divisible by D_v, then D_v f = Σ b_i l_i^(d-1) over its zeros, with D_v l_i ≠ 0, and
D_v annihilates f - Σ b_i l_i^d / (d D_v l_i), which is a multiple of a power: f is a sum of d -
1.  Else all operators W of degree d - 2 that annihilate D_v f are divisible by D_v, since those g
are open among them. Then W = D_v W', where W' is those of degree d - 3 that annihilate D_v^2 f.
dim W >= (d - 1) - 2, and dim W' = (d - 2) - rank of the catalecticant C_1 of D_v^2 f.  So that
rank is at most 1, and D_v^2 f is a multiple of a power.  If this is so for all v in an open set,
it is for all complex v, as it says that minors vanish.  Let f = X^m Y^m s with conjugate linear
forms X, Y that do not divide s. Y^m divides ∂_X^2 f, which is therefore c Y^(d-2), so Y^(d-2)
divides f.  So d - 2 <= m <= d / 2: it is d = 4 and f = c X^2 Y^2.  But (∂_X + ∂_Y)^2 f = c (2 X^2
+ 8 X Y + 2 Y^2) is no square.  ∎
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from math import comb, factorial, prod

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.equations.spans import Span, minors
from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import polynomial_ring, require
from neuroalg_sage.certificates.real.binary_forms import bezout_matrix, zeros
from neuroalg_sage.certificates.real.formulas import Condition, Formula
from neuroalg_sage.certificates.real.signatures import Signatures, elementary
from neuroalg_sage.certificates.substitution import substituted

MOST_MINORS = 20_000
MOST_UNITS = 4  # in conditions on zeros of apolar forms

Matrix = list[list[fmpq_mpoly]]


def catalecticant(model: Model, degree: int) -> Matrix:
    """The matrix C_a for a = ``degree``, of a model whose outputs are forms of one degree."""
    n, outputs, pattern = model.inputs, model.outputs, model.degree_pattern
    require(pattern == [pattern[0][:1]] * outputs, "The outputs are not forms of one degree.")
    places = dict(zip(model.coordinates, polynomial_ring(model.ambient_dimension).gens()))
    columns = [(o, beta) for o in range(outputs) for beta in monomials(n, pattern[0][0] - degree)]
    matrix = []
    for alpha in monomials(n, degree):
        sums = [(o, tuple(map(int.__add__, alpha, beta))) for o, beta in columns]
        matrix.append([places[o, e] * prod(map(factorial, e)) for o, e in sums])
    return matrix


def rank_at_most(rank: int, *matrices: Matrix) -> list[Condition]:
    """The equations that matrices have at most this rank: independent minors."""
    size = rank + 1
    require(sum(comb(len(a), size) * comb(len(a[0]), size) for a in matrices) <= MOST_MINORS,
            f"There are over {MOST_MINORS} minors.")
    space = Span()
    return [("=", f) for a in matrices for f in minors(a, size) if space.add(f)]


def enough_units(model: Model) -> Formula:
    """All of V."""
    n, r, outputs, d = power_sum(model)
    require(n == 1 or r >= comb(n + d - 1, d) or (n == 2 and outputs == 1 and r >= d),
            "There are not units enough for all of V.")
    return [[]]


def one_unit(model: Model) -> Formula:
    """The rank of C_1."""
    require(power_sum(model)[1] == 1, "There is more than one unit.")
    return [rank_at_most(1, catalecticant(model, 1))]


def squares(model: Model) -> Formula:
    """The rank of a quadratic form."""
    _, r, outputs, d = power_sum(model)
    require(outputs == 1 and d == 2, "These are not sums of squares with one output.")
    return [rank_at_most(r, catalecticant(model, 1))]


def two_units(model: Model) -> Formula:
    """The ranks of C_1 and C_2, and the sum of discriminants."""
    n, r, _, _ = power_sum(model)
    require(r == 2 and n > 1, "There are not two units, or not two inputs.")
    first, second = catalecticant(model, 1), catalecticant(model, 2)
    places = {e: i for i, e in enumerate(monomials(n, 2))}

    def entry(i: int, j: int) -> list[fmpq_mpoly]:
        return second[places[tuple((k == i) + (k == j) for k in range(n))]]

    total = first[0][0].context().constant(0)
    for i, j in itertools.combinations(range(n), 2):
        columns = list(zip(entry(i, i), entry(i, j), entry(j, j)))
        for (a, b, c), (p, q, s) in itertools.combinations(columns, 2):
            total += (a * s + c * p - 2 * b * q) ** 2 - 4 * (a * c - b * b) * (p * s - q * q)
    small = rank_at_most(1, second)
    pieces = [[*rank_at_most(2, first, second), (">", total)],
              [*small, *rank_at_most(2, first)] if len(first) > 2 else small]
    return pieces


def few_units(model: Model) -> Formula:
    """The zeros of apolar forms of degree s, for all s up to r."""
    n, r, _, d = power_sum(model)
    require(n == 2 and 2 * r <= d + 1, "These are not few powers of binary forms.")
    require(r <= MOST_UNITS, f"There are over {MOST_UNITS} units.")
    pieces = [rank_at_most(1, catalecticant(model, 1))]
    for s in range(2, r + 1):
        matrix = catalecticant(model, s)
        ring = matrix[0][0].context()
        conditions = elementary(bezout_matrix(polynomial_ring(s + 1).gens()))
        totals = [ring.constant(0)] * (s - 1)
        for columns in itertools.combinations(zip(*matrix), s):
            rows = list(zip(*columns))
            g = [(-1) ** i * sum(minors([*rows[:i], *rows[i + 1:]], s), ring.constant(0))
                 for i in range(s + 1)]
            totals = [a + b for a, b in zip(totals, substituted(conditions, g, ring))]
        needed: Iterable[fmpq_mpoly] = totals[1:] if s == 3 else totals
        pieces.append([*(rank_at_most(s, matrix) if len(matrix[0]) > s else []),
                       *((">", f) for f in needed)])
    return pieces


def one_unit_less(model: Model) -> Signatures:
    """The signature of B(f)."""
    n, r, outputs, d = power_sum(model)
    require(n == 2 and outputs == 1 and r == d - 1 >= 2,
            "These are not as many powers of binary forms as one less than their degree.")
    z = polynomial_ring(model.ambient_dimension).gens()

    def belongs(positive: int, negative: int) -> bool | None:
        found = zeros(d, positive, negative)
        return None if found is None else found[1] > 0 or not positive

    return Signatures([], elementary(bezout_matrix(z)), belongs)


THEOREMS: dict[str, Callable[[Model], Formula | Signatures]] = {
    "enough units": enough_units, "squares": squares, "one unit": one_unit,
    "two units": two_units, "few units": few_units, "one unit less": one_unit_less}
