"""
Networks with one hidden layer and a power as activation: sums of powers of linear forms.

The outputs of Σ_i b_i (a_i x)^k are a partially symmetric tensor Σ_i b_i ⊗ a_i^k.  So the
neurovariety is the cone over the r-th secant variety of the Segre-Veronese variety
P^(m-1) × v_k(P^(d-1)), for d inputs, r hidden neurons and m outputs; with one output, of a
Veronese variety, see :mod:`~neuroalg_sage.descriptions.secant_varieties`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb, prod
from typing import Any

from neuroalg_sage.descriptions.description import Conclusion, Description, Formula, Summands
from neuroalg_sage.descriptions.determinantal import basis_of_minors, polynomial_of_series
from neuroalg_sage.descriptions.flattening import (
    Flattening,
    output_flattening,
    partial_flattening,
)
from neuroalg_sage.descriptions.polar_classes import (
    ECKART_YOUNG,
    FRIEDLAND_OTTAVIANI,
    HOLME,
    NIE_RANESTAD_STURMFELS,
    SUM,
    binary_polar_degrees,
    segre_veronese_polar_degrees,
    singular_vector_tuples,
    symmetric_polar_degrees,
)
from neuroalg_sage.descriptions.secant_varieties import SecantVariety, power_sum
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.model import Model
from neuroalg_sage.storable import storable

KUTZ = "theorem: Kutz (1974)"
HARRIS_TU = "theorem: Harris, Tu (1984)"
BERNARDI = "theorem: Bernardi (2008)"
RAICU = "theorem: Raicu (2012)"


@storable()
@dataclass(frozen=True, repr=False)
class SymmetricTensors(Description):
    """
    The cone over a secant variety of a Segre-Veronese variety.

    - ``model`` -- the model
    - ``inputs``, ``summands``, ``outputs``, ``degree`` -- d, r, m and k

    Its equations of degree r + 1 are minors of flattenings.  They generate its prime ideal

    - for quadratic forms, m = 1 and k = 2: it is the variety of symmetric matrices of rank at
      most r;
    - for r = 1, and for r = 2.

    REFERENCES:

    - [Kut1974]_ for quadratic forms, [Ber2008]_ for r = 1
    - [Kan1999]_ for r = 2 and m = 1, [Rai2012]_, Theorem 4.1, for r = 2
    - [HT1984]_ for the degree

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> tensors = symmetric_tensors(parse_spec("mlp:3,2,2:x^2"))
        >>> print(tensors)
        M is the cone over the secant variety sigma_2 of P^1 x v_2(P^2), checked from the
        layers; its expected dimension is 8 in a space of dimension 12. The minors of size 3 of
        all its flattenings generate its prime ideal (Raicu 2012).
        >>> len(tensors.minors())
        20
    """

    model: Model
    inputs: int
    summands: int
    outputs: int
    degree: int

    def flattenings(self) -> list[Flattening]:
        """All flattenings that are not transposed to each other."""
        if self.outputs == 1:
            return [partial_flattening(self.model, [0], self.degree, a)
                    for a in range(1, self.degree // 2 + 1)]
        first = output_flattening(self.model)
        assert first is not None
        return [first, *(partial_flattening(self.model, range(self.outputs), self.degree, a)
                         for a in range(1, self.degree))]

    def ambient_dimension(self) -> int:
        """The dimension of the space of partially symmetric tensors."""
        return self.outputs * comb(self.inputs + self.degree - 1, self.degree)

    def expected_dimension(self) -> int:
        """That of the parameters without rescalings of the neurons, or of the space."""
        return min(self.summands * (self.inputs + self.outputs - 1), self.ambient_dimension())

    def largest_flattening(self) -> Flattening:
        """The largest flattening of those whose numbers of rows and columns are the nearest."""
        return max(self.flattenings(), key=lambda a: (min(a.rows, a.columns), -a.rows))

    def matrix(self) -> Any:
        """The largest flattening."""
        return self.largest_flattening().to_sage(self.ambient_dimension())

    def bounded_matrix(self) -> tuple[Flattening, int] | None:
        if self.degree == 1 and self.outputs == 1:
            return None
        found = self.largest_flattening()
        return (found, self.summands + 1) if (
            min(found.rows, found.columns) > self.summands) else None

    def matrices(self) -> list[Any]:
        return [a.to_sage(self.ambient_dimension()) for a in self.flattenings()
                if min(a.rows, a.columns) > self.summands]

    def ideal_theorem(self) -> Conclusion | None:
        if self.inputs < 2:
            return None
        evidence = {"matrices": "all flattenings"}
        if self.outputs == 1 and self.degree == 2:
            return Conclusion(evidence, KUTZ)
        if self.summands <= 2:
            return Conclusion(evidence, RAICU if self.summands == 2 else BERNARDI)
        return None

    def minors(self) -> list[Polynomial]:
        return basis_of_minors(self.flattenings(), self.summands + 1, self.ambient_dimension())

    def evidence(self) -> dict[str, Any] | None:
        if self.outputs == 1 and self.degree == 2:
            return {"formula": "symmetric matrices"}
        return {"formula": "Segre-Veronese"} if self.summands == 1 else None

    def formula(self) -> Formula | None:
        d, r, m = self.inputs, self.summands, self.outputs
        if r == 1:
            polynomial = [Fraction(0)] * (d + m - 1)
            for i, a in enumerate(polynomial_of_series([1], m)):
                for j, b in enumerate(polynomial_of_series([1], d)):
                    polynomial[i + j] += a * b * self.degree**j
            return Formula({"formula": "Segre-Veronese"}, BERNARDI,
                           comb(d + m - 2, d - 1) * self.degree**(d - 1), tuple(polynomial))
        if m == 1 and self.degree == 2:
            return Formula({"formula": "symmetric matrices"}, HARRIS_TU,
                           symmetric_degree(d, min(r, d)))
        return None

    def distance_degree(self, metric: str) -> Summands | None:
        """
        The Bombieri metric is that of the tensors.  For symmetric matrices of rank at most r the
        critical points of a generic one are the truncations of its decomposition by
        eigenvectors: they are those among the truncations of a singular value decomposition.
        """
        d, r, m = self.inputs, self.summands, self.outputs
        if m == 1 and self.degree == 2 and r < d:
            evidence = {"formula": "symmetric matrices"}
            if metric == "bombieri":
                return Summands(evidence, ECKART_YOUNG, (comb(d, r),), (ECKART_YOUNG,))
            polar = symmetric_polar_degrees(d, r) if metric == "generic" else None
            return None if polar is None else Summands(
                evidence, NIE_RANESTAD_STURMFELS, tuple(polar), (NIE_RANESTAD_STURMFELS, SUM))
        if m == 1 and d == 2 and 1 < r <= self.degree // 2:
            return Summands({"formula": "binary forms"}, SUM, tuple(
                binary_polar_degrees(r, self.degree)), (SUM,)) if metric == "generic" else None
        if r != 1:
            return None
        evidence, format = {"formula": "Segre-Veronese"}, ([m, d], [1, self.degree])
        if metric == "bombieri":
            return Summands(evidence, FRIEDLAND_OTTAVIANI, (singular_vector_tuples(*format),),
                            (FRIEDLAND_OTTAVIANI,))
        return Summands(evidence, HOLME, tuple(segre_veronese_polar_degrees(*format)),
                        (HOLME, SUM)) if metric == "generic" else None

    def __str__(self) -> str:
        r, k, d, m = self.summands, self.degree, self.inputs, self.outputs
        variety = (f"P^{m - 1} x " if m > 1 else "") + f"v_{k}(P^{d - 1})"
        parts = ["M is the cone over " + (f"the secant variety sigma_{r} of " if r > 1 else "")
                 + f"{variety}, checked from the layers; its expected dimension is "
                 f"{self.expected_dimension()} in a space of dimension {self.ambient_dimension()}."]
        if m == 1:
            secant = SecantVariety(d, k, r)
            parts.append(f"Its dimension is {secant.dimension()} ("
                         + ("symmetric matrices of bounded rank" if k == 2
                            else "Alexander, Hirschowitz 1995") + ").")
        theorem = self.ideal_theorem()
        if all(min(a.rows, a.columns) <= r for a in self.flattenings()):
            parts.append(f"No flattening has minors of size {r + 1}.")
        elif theorem is None:
            parts.append(f"The minors of size {r + 1} of its flattenings vanish on it; no theorem "
                         "that is used here says that they generate its ideal.")
        else:
            which = "its catalecticant" if theorem.theorem == KUTZ else "all its flattenings"
            author, year = theorem.theorem.removeprefix("theorem: ").rstrip(")").split(" (")
            parts.append(f"The minors of size {r + 1} of {which} generate its prime ideal "
                         f"({author} {year}).")
        return " ".join(parts)


def symmetric_degree(m: int, r: int) -> int:
    """
    The degree of the symmetric m × m matrices of rank at most r.

    REFERENCES: [HT1984]_, Proposition 12

    EXAMPLES::

        >>> [symmetric_degree(4, r) for r in range(1, 5)]
        [8, 10, 4, 1]
    """
    return int(prod((Fraction(comb(m + i, m - r - i), comb(2 * i + 1, i)) for i in range(m - r)),
                    start=Fraction(1)))


def symmetric_tensors(model: Model) -> SymmetricTensors | None:
    """
    The secant variety of a Segre-Veronese variety that a model parametrizes, None if it has
    other layers.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> symmetric_tensors(parse_spec("mlp:3,2,2:x^2+x")) is None
        True
    """
    found = power_sum(model)
    return None if found is None else SymmetricTensors(model, *found)
