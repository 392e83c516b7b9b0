"""
Singular loci of networks with two hidden units whose functions have terms of degrees 1 and d.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb
from typing import Any, NamedTuple

from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, items, member, require
from neuroalg_sage.certificates.singularities.subspace_varieties import SubspaceVariety


class TwoUnits(NamedTuple):
    """
    The closure M of all sums of two c ⊗ (a ℓ^d + b ℓ), with linear forms ℓ in m ≥ 2 variables,
    vectors c in C^s, numbers a and b, and d ≥ 2; d ≥ 4 if s = 1.

    Write y = (F, L) for the terms of degrees d and 1 of a function, and let M have the dimension
    2 (m + s), the largest that is possible.  The *inputs* of y are the least number of linear forms
    of which it is a function, its *outputs* the dimension of the span of its outputs.  Both are at
    most 2 on M.  Let A be all c ⊗ ℓ^d + c' ⊗ ℓ, let B be all c ⊗ (ℓ^d + G) with linear forms ℓ and
    G, for d = 2 all c ⊗ g with functions g of two linear forms, let C be all (0, L) in M, with L of
    rank at most 2, and X all c ⊗ (a ℓ^d + b ℓ).  They are closed, or let them be their closures,
    irreducible and in M; none of A, B and C lies in another one, and X lies in A and in B.

    Theorem.  If s = 1, then the singular locus of M is B.  If s > 1, it is the union of C, of A if
    m > 2, of B if d > 2 or s > 2, and of X if this is in none of them, that is, if m = s = d = 2.
    At a generic point of A the multiplicity is C(m, 2) if m > 2; at one of B it is s - 1 if d = 2.

    Proof.  (1) Let M_U be M for the functions of the elements of a plane U of linear forms.  The
    pairs of a U and an element of M_U are a bundle over the Grassmannian, so they map onto M, and
    one to one where there are two inputs, which determine U.  So near a y with two inputs M is
    locally M for m = 2 times a smooth space; and near a y with two outputs, M for s = 2 times such.

    (2) Let s = 2, and F(v), L(v) be independent for some v.  Let x_0, ..., x_(m-1) be coordinates
    with v = (1, 0, ..., 0).  For vectors P, Q in C^2, and commuting matrices T_a, a = 1, ..., m-1,
    let Φ(P, Q, T) be the y with the coefficient P, Q, d T_a P and T_a Q at x_0^d, x_0, x_0^(d-1)
    x_a and x_a, and in the same way multinomial coefficients times T^α P at the others.  If
    c_1 and c_2 are common eigenvectors, this is the sum of two c_i ⊗ (a_i ℓ_i^d + b_i ℓ_i), where
    ℓ_i has the eigenvalues as its coefficients, and 1 at x_0; a generic element of M is of this
    form.  Let K be the T whose traceless parts are multiples of one matrix.  These commute,
    and generic ones have two common eigenvectors.  So Φ maps C^4 × K to M, densely.  Where P and Q
    are independent, they and T_a P, T_a Q determine T_a.  So Φ is an isomorphism from this
    open set to a closed subset of the open set of V where F(v) and L(v) are independent, hence to
    M there.  K is a linear space times the cone of the 3 × (m - 1) matrices of rank at most 1.
    This is smooth if m = 2, and else except at 0, where its multiplicity is C(m, 2).  There T_a
    are numbers, and y = P ⊗ ℓ^d + Q ⊗ ℓ is in A.

    (3) Let d > 2, and F be no c ⊗ ℓ^d.  Then M is smooth at y.  For F is a sum of two powers, or a
    limit; if F had fewer than two inputs it were a c ⊗ ℓ^d, so let m = 2, by (1).  By
    :class:`~neuroalg_sage.certificates.singularities.binary_forms.SumsOfPowers` the variety of F
    is smooth here, and a quadratic form q, unique up to a factor, annihilates F.  Let h be a form
    of degree d - 1 that annihilates F, too, and is no multiple of q.  Their common divisor has a
    degree e ≤ 1; it maps F to a form of degree d - e, which two coprime forms of degrees 2 - e
    and d - 1 - e annihilate.  These generate all forms of degree d - 2 e, so F would be
    annihilated by a form of degree e, and be a c ⊗ ℓ^d, or 0.  So the h F have rank d - (d - 2) = 2
    for all these F.  The (F, h F) are a vector bundle, smooth and irreducible, and closed in the
    set of these F.  For F = Σ c_i ⊗ ℓ_i^d the h F are all Σ b_i c_i ⊗ ℓ_i.  So this is M.

    (4) Let y be in M, d > 2, and F = c ⊗ ℓ^d.  If F = 0, then y is in C, or s = 1 and it is in B.
    If F ≠ 0 and L = c ⊗ G, it is in B.  Else there are two outputs, and (2) is about y.

    (5) Let y be in M, d = 2, so s > 1.  If there are two inputs, let m = 2.  If s = 2, let F_j be
    the symmetric matrix of the j-th output.  The 4 × 3 matrix of the rows of all (F_j | L_j) has
    rank at most 2 on M, as the (a_i ℓ_i, b_i) span its rows.  At y it has the rank 2, or F = 0 and
    y is in C: if it has the rank 1 and F ≠ 0, all its rows are multiples of some (ℓ, b), and y is
    in X.  If k = (k', k_0) ≠ 0 is in its kernel, all vectors in C^4 are some (δF_j k' + δL_j
    k_0)_j, since δL is any, and so is δF_j k' for symmetric δF_j and k' ≠ 0.  So the scheme of
    these matrices is smooth at y, of codimension 2, and is M.  If s > 2, there are two outputs, as
    before by (1), or y is in B.  If there is one input, there are two outputs, and (2) is about y,
    or y is in X.

    (6) C is singular if s > 1.  At a generic y = (0, L) and for vectors c and ℓ with L - c ⊗ ℓ of
    rank 1, all y + t c ⊗ ℓ^d are in M.  These c ⊗ ℓ, and their multiples, are dense in those of U ⊗
    U', where L is in it, of two dimensions each, so c ⊗ ℓ^d span 2 (d + 1) dimensions.  With the
    tangents of C these are 2 (m + s) + 2 (d - 1).

    (7) B is singular for d > 2.  Let ℓ and G be independent.  Then y is c ⊗ (ℓ^d + b ℓ) + c ⊗ (G -
    b ℓ) for all b.  So tangent vectors are all c' ⊗ (ℓ^d + b ℓ) and c' ⊗ (G - b ℓ), hence 3 s
    dimensions; all c ⊗ (G - b ℓ)^d, further d; and all c ⊗ (d ℓ^(d-1) + b) h with linear forms h,
    further 2 (m - 2).  That is more than 2 (m + s), as s + d > 4.  Let d = 2, s > 2 and y =
    c ⊗ (Q + G) with Q of rank 2, and m = 2, by (1).  Near y the dense (F, L) in M have L = F v,
    with a unique v that an invertible F_j determines.  So M is there C^2 times the s × 3 matrices
    F of rank at most 2, and F has the rank 1.  This is singular, and the multiplicity is that of
    the (s - 1) × 2 matrices of rank at most 1 at 0.

    (8) X is singular: at p in X all p + t q with q in X are in M, and these span V.  ∎
    """

    m: int
    s: int
    d: int

    def singular_locus(self) -> list[dict[str, Any]]:
        """
        What a certificate states of the components, the largest first.

        The degrees of B, if d > 2, and of X are Segre classes: of O(1, d) and m times O(1, 0), and
        of O(1, 2) and O(1, 1), over products of projective spaces; the others are subspace
        varieties.

        EXAMPLES::

            >>> [(part["kind"], part["dimension"]) for part in TwoUnits(3, 2, 3).singular_locus()]
            [('power and linear', 7), ('linear', 6), ('one linear form', 6)]
        """
        return sorted(self._components(), key=lambda part: (-part["dimension"], part["kind"]))

    def subspace_variety(self, kind: str) -> SubspaceVariety | None:
        """The component of this kind, if it is a subspace variety."""
        m, s, d = self
        return {"one linear form": SubspaceVariety(m, 1, s, s, ((d, 1),) * s),
                "linear": SubspaceVariety(m, 2, s, s, ((1,),) * s),
                "one output": SubspaceVariety(m, 2, s, 1, ((d, 1),) * s)}.get(kind)

    def _components(self) -> Iterator[dict[str, Any]]:
        m, s, d = self
        if d > 2:
            yield {"kind": "power and linear", "dimension": s - 1 + 2 * m,
                   "degree": d**(m - 1) * comb(2 * m + s - 2, s - 1)}
        elif s > 2:
            yield self._subspaces("one output") | {"multiplicity": s - 1}
        if s > 1:
            yield self._subspaces("linear")
            if m > 2:
                yield self._subspaces("one linear form") | {"multiplicity": comb(m, 2)}
            elif s == d == 2:
                yield {"kind": "one unit", "dimension": 4, "degree": 9}

    def _subspaces(self, kind: str) -> dict[str, Any]:
        variety = self.subspace_variety(kind)
        assert variety is not None
        return {"kind": kind, "dimension": variety.dimension, "degree": variety.degree}


def two_units(model: Model, trial: Any) -> tuple[TwoUnits, int]:
    """
    Verify that M is such a variety, times the space of all constants; that, and their number.

    The activation is α t^d + β t + γ, and units have no bias if d > 2.  So the summand of a unit is
    some c ⊗ (a ℓ^d + b ℓ), and a constant.
    """
    require([step.sources for step in model.steps] == [(0,), (1,), (2,)] and model.widths[1] == 2,
            "The theorem is on networks with two hidden units.")
    first, activation, last = model.steps
    degrees = {d for degrees in model.degree_pattern for d in degrees if d}
    d = max(degrees, default=0)
    require(d >= 2 and all({*row} - {0} == {1, d} for row in model.degree_pattern),
            "The theorem is on functions with terms of degree 1 and another one.")
    for step, inner in ((first, d > 2), (last, False)):
        sizes = {sum(e for v, e in term if v >= step.parameters)
                 for terms in step.outputs for term in terms}
        require(max(sizes) <= 1 and not (inner and 0 in sizes), "A layer is not as it must be.")
    require(activation.parameters == 0 and all(
        {v for term in terms for v, _ in term} <= {i} and {e for term in terms for _, e in term}
        <= {1, d} for i, terms in enumerate(activation.outputs)),
        "The activation has terms of other degrees.")
    found = TwoUnits(model.inputs, model.outputs, d)
    require(found.m >= 2 and (found.s > 1 or d > 3), "The theorem is on more inputs or outputs.")
    require(found.m + found.s <= 1000 and d <= 1000, "The degrees are too large.")
    constants = sum(0 in row for row in model.degree_pattern)
    require(sample_rank(model, trial)[0] == 2 * (found.m + found.s) + constants,
            "The neurovariety is not proved to have the dimension of the theorem.")
    return found, constants


def claims(found: TwoUnits, constants: int) -> list[dict[str, Any]]:
    """What a certificate states of a model, whose functions may have any constants."""
    return [part | {"dimension": part["dimension"] + constants}
            for part in found.singular_locus()]


def check_two_units(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that M is such a variety, and that its singular locus is as claimed."""
    found, constants = two_units(model, member(evidence, "trial"))
    expected = claims(found, constants)
    for component, stated in zip(items(value, "list of components", len(expected)), expected):
        require(component == stated and all(type(component[key]) is int for key in stated
                                            if key != "kind"),
                "A component is not that of the theorem.")
    return [f"the neurovariety is all sums of two c (a l^{found.d} + b l) with linear forms l",
            "the singular locus of such a variety"], []
