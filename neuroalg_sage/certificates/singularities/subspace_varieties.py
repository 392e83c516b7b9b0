"""
Subspace varieties: all functions of few linear forms, or with few independent outputs.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import cached_property
from math import comb, prod
from typing import Any, NamedTuple

from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.model import Model, Step, monomials
from neuroalg_sage.certificates.reading import Checked, member, require

MOST_STEPS = 20_000_000  # to find a degree


class Functions:
    """
    The polynomial functions A^m → A^k whose j-th output has terms of the degrees ``pattern[j]``.

    ``ranks`` of generic functions: the dimensions of the span of their partial derivatives, and
    of their outputs.
    """

    def __init__(self, inputs: int, outputs: int, pattern: list[list[int]]) -> None:
        self.inputs, self.outputs, self.pattern = inputs, outputs, pattern

    @cached_property
    def coordinates(self) -> list[tuple[int, tuple[int, ...]]]:
        """Pairs of an output and the exponents of a monomial."""
        return [(j, e) for j, degrees in enumerate(self.pattern[: self.outputs])
                for d in degrees if self.inputs for e in monomials(self.inputs, d)]

    @property
    def ambient_dimension(self) -> int:
        """The number of coordinates."""
        return sum(comb(self.inputs + d - 1, d) for degrees in self.pattern[: self.outputs]
                   for d in degrees)

    @property
    def ranks(self) -> tuple[int, int]:
        # A sum of powers x_i^d, d > 1, has as many independent derivatives as there are inputs.
        pattern = self.pattern[: self.outputs]
        linear = sum(1 in degrees for degrees in pattern)
        curved = any(d > 1 for degrees in pattern for d in degrees)
        monomials_of_one = sum(comb(self.inputs + d - 1, d) for d in pattern[0]) if pattern else 0
        return (self.inputs if curved else min(self.inputs, linear),
                min(self.outputs, monomials_of_one))


class Stratum(NamedTuple):
    """The functions of smaller rank on one side: of fewer linear forms, or with fewer outputs."""

    variety: SubspaceVariety
    multiplicity: int


class SubspaceVariety(NamedTuple):
    """
    All functions A^m → A^k, without constant terms, of r linear forms, and with s outputs of
    which the others are linear combinations; s = k if the outputs differ in their degrees.

    This is the closed set X where the partial derivatives ∂f/∂x_i span at most r dimensions, and
    the outputs at most s.  It is irreducible, as the image of a vector bundle: over the
    product of the Grassmannians Gr(r, m) × Gr(s, k), with the functions of r variables with s
    outputs as fibers.  If generic ones of these have the ranks r and s, then X has the dimension
    of the bundle.

    Theorem.  (1) The points of X of the ranks r and s are smooth.  So the singular points lie in
    the union of A = {rank of the derivatives < r} ∩ X and B = {rank of the outputs < s} ∩ X,
    which are subspace varieties themselves.

    (2) Let r < m.  At a point of A with the ranks r - 1 and s the multiplicity of X is the
    coefficient of h^(m - r) in ∏_k (1 - k h)^(-e_k), where e_k is the number of terms of the s
    outputs that are of degree D - k in r - 1 variables, for all degrees D ≥ k, and
    e_1 that less r - 1.

    (3) Let s < k.  At a point of B with the ranks r and s - 1 the multiplicity of X is
    C(k + N - 2s, k - s), with N the number of terms of one output in r variables.

    Proof.  (1) Where a matrix of functions on a reduced space has constant rank, its image
    is a bundle.  So on the open set of these ranks the r linear forms, and the space
    of the outputs, are morphisms to the Grassmannians, and X is there isomorphic to an open set of
    the bundle.  For the same reason X is near points with one of the ranks, r or s,
    a product of a smooth space and the subspace variety for the other rank alone, of functions
    of r variables, or with s outputs.

    (2) By this let s = k.  Let T be a function of x_1, ..., x_(r-1) whose derivatives are
    independent, and y_1, ..., y_q the other variables, q = m - r + 1.  Choose r - 1
    coefficients of the ∂T/∂x_i whose matrix P is invertible.  For f near T the substitution
    x_i ↦ x_i + Σ c_ij y_j adds Σ_i c_ij ∂f/∂x_i to the terms of ∂f/∂y_j without y; so there are
    unique c_ij, regular functions of f, that make the chosen coefficients of all ∂f/∂y_j zero.
    That is, near T, V is the product of this group and the linear space S where they are zero, and
    X that of the group and X ∩ S.  There the derivatives span at most r dimensions if and only if
    the ∂f/∂y_j are proportional.  So X ∩ S consists of the f = a_0(x) + Σ_(k>0) a_k(x) ℓ^k
    with a linear form ℓ in y, and with the chosen coefficients of a_1 zero.  This is the product
    of a linear space and the cone over the image of the bundle ⊕ O(-k)^(e_k) over P^(q-1),
    on which the map to that cone is birational.  The degree of the cone is the Segre class of the
    bundle, the coefficient above; and as X is reduced it is the multiplicity.

    (3) By (1) this is about the k × N matrices of rank at most s.  These are functions of degree
    one, and transposed this is (2) with e_1 = N - (s - 1).  ∎
    """

    m: int
    r: int
    k: int
    s: int
    pattern: tuple[tuple[int, ...], ...]

    def functions(self, inputs: int, outputs: int) -> Functions:
        """The functions of so many inputs, and with so many outputs, of these degrees."""
        return Functions(inputs, outputs, [list(degrees) for degrees in self.pattern])

    @property
    def dimension(self) -> int:
        """The dimension of the bundle."""
        return (self.r * (self.m - self.r) + self.s * (self.k - self.s)
                + self.functions(self.r, self.s).ambient_dimension)

    @property
    def degree(self) -> int:
        """
        The degree, from the character of the ring of polynomial functions on X.

        By the theorem of :class:`~neuroalg_sage.certificates.equations.inheritance.Inheritance` and
        Weyl's formula the character is the sum over all subsets I, J of r inputs and s outputs of
        1 / ∏ (1 - t q^v), with v the weights of the coordinates of functions of these, divided
        by ∏ (1 - q_j / q_i), i in the subset and j not.  Let t = e^(-ε), q_i = e^(-ε a c_i) with
        different integers c_i.  The leading coefficient as ε → 0 is the sum of
        1 / (∏ (1 + a v·c) ∏ a (c_j - c_i)); it has no pole at a = 0, since the character has a
        denominator that has none, and its value there is the degree.
        """
        sides = [(self.m, self.r), (self.k, self.s)]
        top = sum(rank * (size - rank) for size, rank in sides)
        functions, total = self.functions(self.r, self.s), Fraction(0)
        require(comb(self.m, self.r) * comb(self.k, self.s) * functions.ambient_dimension * top
                <= MOST_STEPS, "The degree takes too long.")
        for subset in itertools.product(*(itertools.combinations(range(1, size + 1), rank)
                                          for size, rank in sides)):
            # Outputs that are not bounded stand still.
            forms, outputs = subset[0], subset[1] if self.s < self.k else (0,) * self.k
            series = [1] + [0] * top
            for j, e in functions.coordinates:
                slope = outputs[j] + sum(a * c for a, c in zip(e, forms))
                for power in range(top):
                    series[power + 1] -= slope * series[power]
            total += Fraction(series[top], prod(
                c - i for part, (size, _) in zip(subset, sides) for i in part
                for c in range(1, size + 1) if c not in part))
        return int(total)

    def singular_strata(self) -> list[Stratum]:
        """
        What of A and B lies in the singular locus and not in the other; the largest first.

        Raises CertificateError if the theorem does not decide it.
        """
        m, r, k, s, pattern = self
        require(r < m or s < k, "The neurovariety is the ambient space.")
        require(r > 0 and s > 0 and self._has_generic(r, s),
                "Generic functions of these inputs and outputs have smaller ranks.")
        found = []
        if r < m and self._has_generic(r - 1, s):
            exponents = [sum(comb(r - 2 + d - power, d - power) if r > 1 else int(d == power)
                             for degrees in pattern[:s] for d in degrees if d >= power)
                         for power in range(1, max(map(max, pattern)) + 1)]
            exponents[0] -= r - 1
            found.append(Stratum(self._replace(r=r - 1), _segre(exponents, m - r)))
        if s < k and self._has_generic(r, s - 1):
            terms = self.functions(r, 1).ambient_dimension
            found.append(Stratum(self._replace(s=s - 1), comb(k + terms - 2 * s, k - s)))
        require(found, "Of the two strata of smaller rank each lies in the other.")
        require(all(part.multiplicity > 1 for part in found), "A stratum is smooth.")
        return sorted(found, key=lambda part: -part.variety.dimension)

    def _has_generic(self, r: int, s: int) -> bool:
        """
        Whether generic functions of r variables with s outputs have the ranks r and s, where
        these are bounded.  If not, they lie in the other stratum.
        """
        derivatives, outputs = self.functions(r, s).ranks
        return (self.r == self.m or derivatives == r) and (self.s == self.k or outputs == s)


def _segre(exponents: list[int], power: int) -> int:
    """The coefficient of h^power in ∏_k (1 - k h)^(-exponents[k - 1])."""
    require(sum(exponents) * power <= MOST_STEPS, "The multiplicity takes too long.")
    series = [1] + [0] * power
    for k, e in enumerate(exponents, 1):
        for _ in range(e):
            for i in range(power):
                series[i + 1] += k * series[i]
    return series[power]


def subspace_variety(model: Model, trial: Any) -> tuple[SubspaceVariety, int]:
    """
    Verify that M is a subspace variety, times the affine space of all constants; that, and
    the number of constants.

    Layers bound the ranks on M, so M lies in the variety, which is irreducible; the
    trial's rank shows that M has the same dimension.
    """
    pattern = [[d for d in degrees if d] for degrees in model.degree_pattern]
    require(all(pattern), "An output is constant.")
    m, k = model.inputs, model.outputs
    r, s = m, k
    for place, step in enumerate(model.steps):
        if step.sources != (place,) or not _is_affine(step):
            break
        r = min(r, model.widths[place + 1])
    if all(degrees == pattern[0] for degrees in pattern):
        for place in range(len(model.steps) - 1, -1, -1):
            step = model.steps[place]
            if step.sources != (place,) or not _is_affine(step):
                break
            s = min(s, model.widths[place])
    found = SubspaceVariety(m, r, k, s, tuple(map(tuple, pattern)))
    # A bound that follows from the other one is none.
    if found.functions(r, 1).ambient_dimension <= s:
        found = found._replace(s=k)
    elif found.functions(m, s).ranks[0] <= r:
        found = found._replace(r=m)
    constants = sum(0 in degrees for degrees in model.degree_pattern)
    require(sample_rank(model, trial)[0] == found.dimension + constants,
            "The neurovariety is not proved to be a subspace variety.")
    return found, constants


def _is_affine(step: Step) -> bool:
    """Whether the step is affine-linear in the state that it reads."""
    return not any(sum(e for v, e in monomial if v >= step.parameters) > 1
                   for terms in step.outputs for monomial in terms)


def check_subspace_variety(model: Model, value: Any, evidence: Any
                           ) -> Checked:
    """Verify that M is a subspace variety, and that its singular locus is as claimed."""
    variety, constants = subspace_variety(model, member(evidence, "trial"))
    require(same(value, [claim(part, constants) for part in variety.singular_strata()]),
            "The components are not those of the theorem.")
    return [f"the neurovariety is all functions of {variety.r} linear forms with {variety.s} "
            "independent outputs", "the singular locus of such a subspace variety"], []


def claim(part: Stratum, constants: int) -> dict[str, int]:
    """What a certificate states of a component of the singular locus."""
    return {"dimension": part.variety.dimension + constants, "degree": part.variety.degree,
            "linear_forms": part.variety.r, "outputs": part.variety.s,
            "multiplicity": part.multiplicity}
