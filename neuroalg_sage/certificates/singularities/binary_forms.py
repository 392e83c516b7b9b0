"""
Singular loci of networks with two inputs, one hidden layer and a power as activation.
"""

from __future__ import annotations

from math import comb
from typing import Any, NamedTuple

from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, member, require


class SumsOfPowers(NamedTuple):
    """
    The closure X of all f = Σ_i b_i ℓ_i^d, with k binary linear forms ℓ_i and vectors b_i in C^s.

    Binary forms q act on V = S^d ⊗ C^s as differential operators.  A form q of degree
    j ≤ d maps V onto S^(d-j) ⊗ C^s, since its transpose is the multiplication by q.  So
    Z_j = {(q, f): q f = 0} is a vector bundle of rank j s over the P^j of all q, and its image
    X_j, the f that a form of degree j annihilates, is closed, irreducible, and of dimension at most
    j (s + 1).  The products of k operators that each annihilate a ℓ_i show that X lies in X_k.

    Theorem.  Let d ≥ 2 k - 1, and let X have the dimension k (s + 1), less than that of V.  Then
    X = X_k, the singular locus of X is X_(k-1), of dimension (k - 1)(s + 1) and degree
    C((d - k + 2) s, k - 1), and at its points outside X_(k-2) the multiplicity of X is
    N = (d - k + 1) s - (k - 1).

    Proof.  X = X_k, as that is irreducible.  Let C_f be the map q ↦ q f on forms q of degree k, so
    X is where it is not injective.  The fibers of Z_k → X are linear, so the map is birational.

    (1) Let C_f have a kernel of dimension at least 2, so there are q_i = h p_i in it with p_1, p_2
    coprime of degree k - e, and h of degree e < k.  Then p_1 and p_2 annihilate h f.  They
    generate all forms of degree at least 2 (k - e) - 1, and d - e is at least that, so h f = 0 and
    f ∈ X_(k-1).  Conversely there the kernel contains a form of degree k - 1 times all linear ones.

    (2) Let f ∈ X be outside X_(k-1), so C_f has the rank k.  The determinantal scheme
    {rank C ≤ k} has at f the tangent space of the v for which q v lies in the image of C_f, q in
    the kernel.  V → S^(d-k) ⊗ C^s, v ↦ q v, is surjective, so the codimension is
    (d - k + 1) s - k, which is that of X.  So the scheme is smooth there, and so is X.

    (3) Let f ∈ X_(k-1) be outside X_(k-2), annihilated by q' of degree k - 1.  By the argument of
    (1) for q and q' times a linear form, the kernel of C_f is q' times the linear forms.  Near f
    the scheme is where a 2 × N matrix, a Schur complement, has rank at most 1; it vanishes at f,
    and its linear part maps v to the classes of x u and y u modulo the image of C_f, with u = q' v,
    which is any element of S^(d-k+1) ⊗ C^s.  That this has rank at most 1 says that some linear
    form maps u to that image, which has dimension k - 1.  Linear forms map S^(d-k+1) ⊗ C^s onto
    S^(d-k) ⊗ C^s with kernels of dimension s, so these u form a cone of dimension at most
    1 + s + k - 1, and its codimension is N - 1, the largest that is possible.  So the
    Eagon-Northcott complex of the linear part is exact; hence so is that of the matrix, strictly
    for the filtration by the powers of the maximal ideal, and the minors of the linear part define
    the tangent cone of the scheme.  Their degree is N.  The scheme is Cohen-Macaulay, by its
    codimension, and smooth at its generic points by (2), so it is reduced, and is X.  N is
    the codimension of X plus 1, so X is singular there; and the singular locus is closed.

    (4) A sum of k - 1 powers of different forms has one annihilator of degree k - 1, as the powers
    of degree d - k + 1 of these forms are independent.  So the map from its bundle to X_(k-1) is
    birational.  The degree is the Segre class of the bundle, the kernel of
    V ⊗ O → (S^(d-k+1) ⊗ C^s)(1) on P^(k-1): the coefficient of h^(k-1) in (1 + h)^((d-k+2)s).  ∎
    """

    k: int
    s: int
    d: int

    def claim(self) -> dict[str, int]:
        """What a certificate states of the singular locus."""
        k, s, d = self
        return {"dimension": (k - 1) * (s + 1), "degree": comb((d - k + 2) * s, k - 1),
                "units": k - 1, "multiplicity": (d - k + 1) * s - (k - 1)}


def sums_of_powers(model: Model, trial: Any) -> SumsOfPowers:
    """Verify that the theorem is about the model; a trial's rank shows its dimension."""
    m, k, s, d = power_sum(model)
    require(m == 2 and d >= 2 * k - 1, "The theorem is on few units and two inputs.")
    require(sample_rank(model, trial)[0] == k * (s + 1) < model.ambient_dimension,
            "The neurovariety is not proved to have the dimension of the theorem.")
    return SumsOfPowers(k, s, d)


def check_sums_of_powers(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that the singular locus is that of the theorem."""
    found = sums_of_powers(model, member(evidence, "trial"))
    require(same(value, [found.claim()]), "The component is not that of the theorem.")
    return [f"the neurovariety is all sums of {found.k} powers of binary linear forms",
            "the singular locus of such a variety"], []
