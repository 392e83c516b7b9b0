"""
Real binary forms: their real zeros, and the sums of powers of linear forms that they are.

Zeros are counted on the projective line.  A real form is *hyperbolic* if all its zeros are real.

*Lemma (Bézout).*  Let f ≠ 0 be a real form of degree d ≥ 2, with ρ different real zeros and κ
pairs of different nonreal ones.  The symmetric matrix B(f) of the form

    (f_y(p) f_x(p') - f_x(p) f_y(p')) / (x y' - y x'),   p = (x, y), p' = (x', y'),

of degree d - 2 in p and in p', has ρ + κ - 1 positive eigenvalues and κ negative ones.

*Proof.*  Let f be the product of powers M_i^(m_i) of pairwise different complex linear forms M_i =
α_i x + β_i y, real or in conjugate pairs, with as many factors M_i as f has zeros, δ; and let [ij]
= α_i β_j - β_i α_j.  By f_x = f Σ m_i α_i / M_i and f_y = f Σ m_i β_i / M_i the form is

    Σ_(i<j) m_i m_j [ij]^2 u_ij(p) u_ij(p'),   u_ij = f / (M_i M_j) = R g / (M_i M_j),

where g is the product of all M_i, and R = f / g is real.  Multiplication by R is injective, so
each real functional on the forms of degree δ - 2 is ℓ(R ·) for one ℓ on those of degree d - 2:
both rank and signature are those of B' = Σ m_i m_j [ij]^2 v_ij^2 with v_ij = g / (M_i M_j).  Let
ε_i be the evaluation at the zero (β_i, -α_i) of M_i, and φ_i = ε_i(g / M_i) ≠ 0.  By ε_i(M_j) =
-[ij] it is B'(ε_i, ε_j) = -m_i m_j φ_i φ_j for i ≠ j, and B'(ε_i, ε_i) = m_i (d - m_i) φ_i^2.  So
with y_i = c_i φ_i

    B'(Σ c_i ε_i, Σ c_i ε_i) = d Q(y) - Q(y, 1)^2,   Q(y) = Σ m_i y_i^2,   Q(1) = Σ m_i = d,

which is d Q on the complement of the vector 1 with respect to Q, and zero on that vector.  The ε_i
span all functionals, the real ones are the Σ c_i ε_i with conjugate c_i at conjugate zeros, and
there Q has the signature (ρ + κ, κ), since m (y^2 + conj(y)^2) is indefinite.  So B' has ρ + κ - 1
positive and κ negative ones.  ∎

So f is hyperbolic if and only if B(f) has no negative eigenvalue; it is hyperbolic with different
zeros if and only if B(f) is positive definite; and B(f) = 0 if and only if f is c l^d.

*Lemma (apolarity).*  Let g be a form of degree s ≤ d with s different real zeros p_i.  A form f of
degree d is in the span of the powers (p_i · x)^d if and only if g(∂_x, ∂_y) f = 0.  For with f = Σ
binomial(d, k) a_k x^(d-k) y^k that is Σ_i g_i a_(i+j) = 0 for j = 0, ..., d - s, which are
independent equations, so its solutions have dimension s; the powers are among them, and
independent since there are s ≤ d + 1 of them.

*Lemma (hyperplane).*  A linear functional L on the real forms of degree r ≥ 1 vanishes on one with
r different real zeros.  For let g be the product of cos θ_i x + sin θ_i y with θ_1 < ... < θ_r <
θ_1 + π.  While each θ_i moves to θ_(i+1), and θ_r to θ_1 + π, zeros stay different, and at the end
g has become -g.  So L(g) vanishes on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq_mpoly

from neuroalg_sage.certificates.reading import require


def zeros(degree: int, positive: int, negative: int) -> tuple[int, int] | None:
    """
    The numbers ρ and κ of a form, or (1, 0) of f = 0, where B(f) has these eigenvalues; None if
    no form has them, since one of odd degree has a real zero.
    """
    real = positive - negative + 1
    return None if real < degree % 2 or real + 2 * negative > degree else (real, negative)


def bezout_matrix(coefficients: Sequence[fmpq_mpoly]) -> list[list[fmpq_mpoly]]:
    """
    The matrix B(f) of the form Σ c_k x^(d-k) y^k.

    At y = y' = 1 it is -(a(x) b(x') - b(x) a(x')) / (x - x'), with a = f_x and b = f_y.  The
    coefficients of (x - x') Q are Q_(i-1,j) - Q_(i,j-1), from which Q is found.

    EXAMPLES:

    The discriminant of a quadratic form::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> a, b, c = polynomial_ring(3).gens()
        >>> bezout_matrix([a, b, c]) == [[b**2 - 4*a*c]]
        True
    """
    d = len(coefficients) - 1
    require(d > 1, "A form of degree less than 2 has no Bézout matrix.")
    zero = coefficients[0].context().constant(0)
    a = [(k + 1) * coefficients[d - 1 - k] for k in range(d)]
    b = [(d - k) * coefficients[d - k] for k in range(d)]
    quotient = [[zero] * d for _ in range(d + 1)]
    for i in range(d - 2, -1, -1):
        for j in range(d - 1):
            quotient[i][j] = (a[i + 1] * b[j] - b[i + 1] * a[j]
                              + (quotient[i + 1][j - 1] if j else zero))
    return [[-quotient[i][j] for j in range(d - 1)] for i in range(d - 1)]
