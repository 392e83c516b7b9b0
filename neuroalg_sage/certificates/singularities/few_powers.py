"""
Singular loci of networks with one hidden layer of two or three units and a power as activation.
"""

from __future__ import annotations

from math import comb
from typing import Any, NamedTuple

from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, items, member, require
from neuroalg_sage.certificates.singularities.subspace_varieties import SubspaceVariety


class FewPowers(NamedTuple):
    """
    The closure M of all sums of k terms c ⊗ ℓ^d, with linear forms ℓ in x_0, ..., x_(m-1) and
    vectors c in C^s, in the space V of all s forms of degree d.

    Let M have the dimension k (m - 1 + s), the largest that is possible, less than that of V. Let
    X be all c ⊗ ℓ^d. The *inputs* of F are the least number of linear forms of which it is a
    function, its *outputs* the dimension of the span of its outputs; both are at most k on M.
    Forms in ∂_0, ..., ∂_(m-1) are operators on F.

    For k = 3 let m > 2, and if s = 1 and m = 3, let d ≠ 4. Let P be all functions of two linear
    forms with at most 5 - d outputs, for d = 3 or d = 4, and Y the closure of all sums of k - 1
    terms.

    Theorem. If d > 2, then Y is in the singular locus of M, and this is (a) Y, if k = 2, or d >
    4, or d = 3 = m and s = 2; (b) P, if k = 3 = d and s = 1 or m + s > 5; (c) the union of Y and
    P, if k = 3 and d = 4. Here Y lies in P if d = 3 and m + s > 5, or s = 1 and d < 5; and P lies
    in Y if d = 3 and s = 1.

    Proof. (1) Let O be a commutative algebra over C of dimension k, t_0 = 1, t_1, ..., t_(m-1) in
    O, and f: O → C^s linear. Let Φ(O, t, f) be the F with Π_a ∂_a^(e_a) F = d! f(Π_a t_a^(e_a)).
    For O = C^k these are the Σ_i c_i ⊗ ℓ_i^d with 1 as the coefficient of ℓ_i at x_0, among them
    generic elements of M.

    (2) Let F be a function of x_0 and x_1 in M, and let all operators of degree k in ∂_0 and ∂_1
    that annihilate F be multiples of one, q. Then M is smooth at F. Let coordinates be such that
    ∂_0 does not divide q. Then there is no g ≠ 0 of degree k - 1 such that g ∂_0 annihilates F,
    that is, g ∂_0^(d-k+1-i) ∂_1^i F = 0 for i ≤ d - k. So the matrix of all ∂_0^(d-i-j) ∂_1^(i+j)
    F, with columns j < k and blocks i ≤ d - k of rows, has the rank k at F, hence in an open set
    U of V. Let O = C[t] / (t^k - Σ_j a_j t^j), t_1 = t, and t_2, ... be polynomials of degree
    less than k in t. Here Φ depends on k + k (m - 2) + k s parameters. Where Φ is in U, f(t^i
    t^k) = Σ_j a_j f(t^i t^j), and for t_a in the same way, determine a_j and the coefficients of
    t_a from coefficients of Φ, as d ≥ k; so does f(t^j) for f. So Φ is an isomorphism of an open
    set of a space of parameters with a closed subset of U. It contains generic elements of M, and
    has the dimension of M, so it is M in U.

    (3) Let k = m = 3, and let the matrix of all ∂_i ∂_j ∂_0^(d-2) F, with columns j and blocks i
    of rows, have the rank 3 for some F in M. Then M is smooth at F. Commutative multiplications
    on C^3 with the basis 1, t, u form a space C^6: subtracting numbers from t and u, which are
    two parameters, makes t u = n a number, and if t^2 = m + b t + a u and u^2 = l + d t + c u,
    then (t t) u = t (t u) and (t u) u = t (u u) say that n = a d, m = - a c and l = - b d.
    Generic ones are C^3. So Φ depends on 6 + 3 s parameters, and as before f(t_i t_j t_l) and the
    matrix of the f(t_i t_j) determine the multiplication.

    (4) Let k = 2, and F be in M, and not in Y. Functions in M have two inputs. By
    :class:`~neuroalg_sage.certificates.singularities.binary_forms.SumsOfPowers`, (1) of its
    proof, the quadratic operators that annihilate F are multiples of one. So M is smooth at F, by
    (2).

    (5) Let k = 3, and let F in M have three inputs. Then M is smooth at F. Let m = 3, since near
    F the functions in M are a bundle over the Grassmannian of spaces of three linear forms. F is
    a limit of sums of powers, and the three points of these forms have a limit, a scheme Z of
    length 3. All schemes of length 3 impose three conditions on forms of degree d, so these in
    the ideal of Z are limits of forms that vanish at the points, and annihilate F. If a linear
    form z were zero on Z, then z h F = 0 for all h of degree d - 1, so z F = 0, and F had two
    inputs. Let ∂_0 have no zero on Z. So 1, t_1, t_2, with t_a = ∂_a / ∂_0, are independent
    functions on Z, and a basis; and F = Φ(O, t, f), where O are the functions on Z, and f is the
    map by which operators of degree d, divided by ∂_0^d, act on F. If the rank in (3) were less
    than 3, then f(g h) = 0 for some g ≠ 0 and all h in O. So the forms of degree d in the ideal
    of a smaller scheme annihilate F. That has a length of at most 2 and lies on a line, so F had
    two inputs.

    (6) Let k = 3, and let F in M be a function of x_0 and x_1. If all cubic operators in ∂_0 and
    ∂_1 that annihilate F are multiples of one, then M is smooth at F by (2). This holds if d = 3
    and F has three outputs, as these operators are then the kernel of a map C^4 → C^s of rank 3;
    if it has fewer outputs, F is in P. Let d > 3, and let two of these operators be q_i = h p_i,
    with p_i coprime of degree 3 - e. The p_i annihilate h F, which has the degree d - e, and
    generate all forms of degree 5 - 2 e. So if e > 0, then h F = 0, and F is in Y. If e = 0 and d
    > 4, then F = 0; and if e = 0 and d = 4, the operators of degree 4 that the q_i generate, a
    space of dimension 4, annihilate F, so it has one output, and is in P.

    (7) If F is in Y, then F + t p is in M for all p in X, which span V. So M is singular at F.
    Let k = 3, and F be generic in P, and (d - 2) s + m > 5, and not s = 1 and d = 3. The cubic
    operators in ∂_0 and ∂_1 that annihilate F are spanned by some q_1 and q_2. For generic ℓ one
    of these, q_1(ℓ) q_2 - q_2(ℓ) q_1, vanishes at ℓ, and has three roots, so F is a sum of three
    powers of forms of which one is ℓ, with a vector c. If d = 3, divided by the linear form that
    vanishes at ℓ, it is a form r whose coefficients have degree 2 in ℓ, and r F = a(ℓ) ⊗ ℓ, where
    a(ℓ) is a multiple of c. So a is linear, and as F has two outputs, it is of rank 2. Hence all
    c ⊗ ℓ^(d-1) span 4 dimensions, and for d = 4, where c is fixed, too. All c' ⊗ ℓ^d, which span
    (d + 1) s dimensions, and all c ⊗ ℓ^(d-1) h, with h in x_2, ..., x_(m-1), are tangent vectors.
    These are (d + 1) s + 4 (m - 2) dimensions, more than 3 (m - 1 + s). If s = 1 and d = 3, P =
    Y, as binary cubics are limits of sums of two cubes.

    (8) Let k = d = m = 3, s = 2, and let F in M have two inputs, x_0 and x_1, and not be in Y.
    Quadratic operators q map to q F in C^2 ⊗ C^3, with a rank of at most 3 on M. At F no q in ∂_0
    and ∂_1 is in the kernel, since F were in Y. So that is spanned by the ∂_2 ∂_i, the image is a
    hyperplane of C^2 ⊗ C^2, say where ν = 0, and the tangent space of the scheme of these
    matrices consists of the G for which u = ∂_2 G has no terms with x_2, which are 6 conditions,
    and ν(∂_0 u) = ν(∂_1 u) = 0. If a combination of the latter two were 0 for all such u, then
    the product of a linear form and each of the two of which ν consists were 0. So the
    codimension is 8, which is that of M, and M is smooth.

    (9) If k = 2, then Y is the cone over P^(s-1) × P^(m-1), by O(1, d). If k = 3, d > 2, then a
    sum of two powers of independent forms is only one such sum, so Y is birational to a bundle
    over pairs of points of P^(m-1), with the sums of c ⊗ ℓ^d, ℓ in the pair, as fibers. On the
    blowup of the diagonal of P^(m-1) × P^(m-1), with exceptional divisor δ, and hyperplane
    classes h_1 and h_2, it is s times a bundle whose dual is an extension of O(d h_1) and O(d h_2
    - δ). So the degree of Y is half of the integral of (1 - d h_1)^(-s) (1 - d h_2 + δ)^(-s). The
    product of δ^c, c > 0, with a class is (-1)^(c-1) times the coefficient of h^(c-m+1) in (1 +
    h)^(-m), times h^(c-m+1) and that class on the diagonal. ∎
    """

    m: int
    k: int
    s: int
    d: int

    def subspace_variety(self) -> SubspaceVariety | None:
        """P, where it is a component."""
        m, k, s, d = self
        if k == 2 or d > 4 or (m, s, d) == (3, 2, 3):
            return None
        return SubspaceVariety(m, 2, s, min(s, 5 - d), ((d,),) * s)

    def has_fewer(self) -> bool:
        """Whether Y is a component."""
        return self.subspace_variety() is None or (self.d == 4 and self.s > 1)

    def claims(self) -> list[dict[str, int]]:
        """
        What a certificate states of the components: of Y, and of P.

        EXAMPLES::

            >>> FewPowers(3, 3, 1, 3).claims()  # of Aronhold's hypersurface
            [{'dimension': 6, 'degree': 15}]
            >>> FewPowers(3, 3, 2, 4).claims()
            [{'dimension': 8, 'degree': 801}, {'dimension': 8, 'degree': 315}]
        """
        m, k, s, _ = self
        found = [{"dimension": (k - 1) * (m + s - 1), "degree": self.degree_of_fewer()}
                 ] if self.has_fewer() else []
        if variety := self.subspace_variety():
            found.append({"dimension": variety.dimension, "degree": variety.degree})
        return found

    def degree_of_fewer(self) -> int:
        """The degree of Y, see (9)."""
        m, k, s, d = self
        if k == 2:
            return d**(m - 1) * comb(m + s - 2, s - 1)
        n, twice = m - 1, 0
        for a in range(2 * n + 1):
            for c in range(2 * n + 1 - a):
                b = 2 * n - a - c
                if c == 0:
                    integral = int(a == n)
                else:  # of h_1^a h_2^b δ^c
                    integral = (-1)**(c - 1) * (-1)**(c - n) * comb(c, m - 1) if c >= n else 0
                twice += (comb(a + s - 1, a) * d**a * comb(b + c + s - 1, b + c) * comb(b + c, b)
                          * d**b * (-1)**c * integral)
        return twice // 2


def few_powers(model: Model, trial: Any) -> FewPowers:
    """Verify that the theorem is about the model; a trial's rank shows its dimension."""
    found = FewPowers(*power_sum(model))
    m, k, s, d = found
    require(d > 2 and (k == 2 <= m or (k == 3 <= m and (m, s, d) != (3, 1, 4))),
            "The theorem is on two or three units.")
    require(m + s <= (1000 if k == 2 else 100) and d <= 1000, "The degrees are too large.")
    require(sample_rank(model, trial)[0] == k * (m - 1 + s) < model.ambient_dimension,
            "The neurovariety is not proved to have the dimension of the theorem.")
    return found


def check_few_powers(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that the singular locus is that of the theorem."""
    found = few_powers(model, member(evidence, "trial"))
    expected = found.claims()
    for component, stated in zip(items(value, "list of components", len(expected)), expected):
        require(component == stated and all(type(x) is int for x in component.values()),
                "A component is not that of the theorem.")
    return [f"the neurovariety is all sums of {found.k} powers of linear forms",
            "the singular locus of such a variety"], []
