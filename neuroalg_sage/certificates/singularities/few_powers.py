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

    Theorem. (a) If k = 2 and d > 2, the singular locus of M is X. (b) If k = d = 3 < m + s - 2, or
    k = d = 3 ≤ m and s = 1, it is the set P of all functions of two linear forms with at most two
    outputs; let m > 2.

    Proof. (1) Let O be a commutative algebra over C of dimension k, t_0 = 1, t_1, ..., t_(m-1) in
    O, and f: O → C^s linear. Let Φ(O, t, f) be the F with Π_a ∂_a^(e_a) F = d! f(Π_a t_a^(e_a)).
    For O = C^k these are the Σ_i c_i ⊗ ℓ_i^d with 1 as the coefficient of ℓ_i at x_0, among them
    generic elements of M.

    (2) Let F be a function of x_0 and x_1 in M, and let all operators of degree k in ∂_0 and ∂_1
    that annihilate F be multiples of one, q. Then M is smooth at F. Let coordinates be such that
    ∂_0 does not divide q. Then there is no g ≠ 0 of degree k - 1 such that g ∂_0 annihilates F,
    that is, g ∂_0^(d-k+1-i) ∂_1^i F = 0 for i ≤ d - k. So the matrix of all ∂_0^(d-i-j) ∂_1^(i+j)
    F, with columns j < k and blocks i ≤ d - k of rows, has the rank k at F, hence in an open set U
    of V. Let O = C[t] / (t^k - Σ_j a_j t^j), t_1 = t, and t_2, ... be polynomials of degree less
    than k in t. Here Φ depends on k + k (m - 2) + k s parameters. Where Φ is in U, f(t^i t^k) =
    Σ_j a_j f(t^i t^j), and for t_a in the same way, determine a_j and the coefficients of t_a from
    coefficients of Φ, as d ≥ k; so does f(t^j) for f. So Φ is an isomorphism of an open set of a
    space of parameters with a closed subset of U. It contains generic elements of M, and has the
    dimension of M, so it is M in U.

    (3) Let k = m = d = 3, and let the matrix of all ∂_i ∂_j ∂_0 F, with columns j and blocks i of
    rows, have the rank 3 for some F in M. Then M is smooth at F. Commutative multiplications on
    C^3 with the basis 1, t, u form a space C^6: subtracting numbers from t and u, which are two
    parameters, makes t u = n a number, and if t^2 = m + b t + a u and u^2 = l + d t + c u, then (t
    t) u = t (t u) and (t u) u = t (u u) say that n = a d, m = - a c and l = - b d. Generic ones
    are C^3. So Φ depends on 6 + 3 s parameters, and as before f(t_i t_j t_l) and the matrix of the
    f(t_i t_j) determine the multiplication.

    (4) (a): Functions in M have two inputs. Let F be in M, and not in X. By
    :class:`~neuroalg_sage.certificates.singularities.binary_forms.SumsOfPowers`, (1) of its proof,
    the quadratic operators that annihilate F are multiples of one. So M is smooth at F, by (2).

    (5) (b): Let F be in M, and not in P. If F has two inputs, then it has three outputs, and the
    cubic operators that annihilate F are the kernel of a map C^4 → C^s of rank 3. So M is smooth
    at F. If it has three inputs let m = 3, since near F the functions M are a bundle over the
    Grassmannian of spaces of three linear forms. F is a limit of sums of cubes, and the three
    points of these forms have a limit, a scheme Z of length 3. All schemes of length 3 impose
    three conditions on cubics, so these in the ideal of Z are limits of cubics through the points,
    and annihilate F. If a linear form z were zero on Z, then z h F = 0 for all quadratic h, so z F
    = 0, and F had two inputs. Let ∂_0 have no zero on Z. So 1, t_1, t_2, with t_a = ∂_a / ∂_0, are
    independent functions on Z, and a basis; and F = Φ(O, t, f), where O are the functions on Z,
    and f is the map by which cubic operators, divided by ∂_0^3, act on F. If the rank in (3) were
    less than 3, then f(g h) = 0 for some g ≠ 0 and all h in O. So the cubics in the ideal of a
    smaller scheme annihilate F. That has a length of at most 2 and lies on a line, so F had two
    inputs.

    (6) If F is a sum of k - 1 terms, or a limit of such sums, then F + t p is in M for all p in X,
    which span V. So M is singular at F. This is (a), and (b) if s = 1, as binary cubics are limits
    of sums of two cubes. Let k = d = 3, s > 1 and F be generic in P. It has two outputs, so the
    cubic operators in ∂_0 and ∂_1 that annihilate it are spanned by some q_1 and q_2. For generic
    ℓ one of these, q_1(ℓ) q_2 - q_2(ℓ) q_1, vanishes at ℓ, and has three roots, so F is a sum of
    three cubes of forms of which one is ℓ. Divided by the linear form that vanishes at ℓ, it is a
    form r whose coefficients have degree 2 in ℓ, and r F = a(ℓ) ⊗ ℓ, where a(ℓ) is a multiple of
    the vector c at ℓ^3. So a is linear, and as F has two outputs, it is of rank 2. Hence the c ⊗
    ℓ^2 span 4 dimensions. All c' ⊗ ℓ^3, which span 4 s dimensions, and all c ⊗ ℓ^2 h, with h in
    x_2, ..., x_(m-1), are tangent vectors. These are 4 s + 4 (m - 2) dimensions, more than 3 (m -
    1 + s) if m + s > 5. ∎
    """

    m: int
    k: int
    s: int
    d: int

    def subspace_variety(self) -> SubspaceVariety | None:
        """The singular locus, if the theorem says that it is a subspace variety."""
        m, k, s, d = self
        if k == 2:
            return None
        return SubspaceVariety(m, 2, s, min(s, 2), ((d,),) * s)

    def claim(self) -> dict[str, int]:
        """
        What a certificate states of the singular locus.

        EXAMPLES::

            >>> FewPowers(3, 3, 1, 3).claim()  # of Aronhold's hypersurface
            {'dimension': 6, 'degree': 15}
        """
        m, _, s, d = self
        if variety := self.subspace_variety():
            return {"dimension": variety.dimension, "degree": variety.degree}
        return {"dimension": m + s - 1, "degree": d**(m - 1) * comb(m + s - 2, s - 1)}


def few_powers(model: Model, trial: Any) -> FewPowers:
    """Verify that the theorem is about the model; a trial's rank shows its dimension."""
    found = FewPowers(*power_sum(model))
    m, k, s, d = found
    require((k == 2 <= m and d > 2) or (k == d == 3 <= m and (s == 1 or m + s > 5)),
            "The theorem is on two units, or on three cubes.")
    require(sample_rank(model, trial)[0] == k * (m - 1 + s) < model.ambient_dimension,
            "The neurovariety is not proved to have the dimension of the theorem.")
    return found


def check_few_powers(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that the singular locus is that of the theorem."""
    found = few_powers(model, member(evidence, "trial"))
    (component,) = items(value, "list of components", 1)
    require(component == found.claim() and all(type(x) is int for x in component.values()),
            "The component is not that of the theorem.")
    return [f"the neurovariety is all sums of {found.k} powers of linear forms",
            "the singular locus of such a variety"], []
