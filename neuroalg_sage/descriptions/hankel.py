"""
Linear state-space models: Hankel matrices of bounded rank.

The kernel h_k = C A^k B of a state-space model with n states and one input and output in T steps
has a Hankel matrix of rank at most n, by Kronecker.  So does the sequence in reversed order, which
are the coordinates z_0, ..., z_(T-1) of V.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

from neuroalg_sage.certificates.equations.hankel import EISENBUD, state_size
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.descriptions.description import Conclusion, Description, Formula, Summands
from neuroalg_sage.descriptions.determinantal import (
    basis_of_minors,
    determinantal_numerator,
    polynomial_of_series,
)
from neuroalg_sage.descriptions.flattening import Flattening
from neuroalg_sage.descriptions.polar_classes import SUM, binary_polar_degrees
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.layers import Composite
from neuroalg_sage.models.model import Model
from neuroalg_sage.storable import storable

MOST_STEPS = 200


@storable()
@dataclass(frozen=True, repr=False)
class HankelMatrices(Description):
    """
    The neurovariety is all sequences of T numbers whose Hankel matrices have rank at most n.

    It is the cone over the n-th secant variety of the rational normal curve of degree T - 1, of
    dimension 2n and degree binomial(T - n, n), for 2n < T.

    - ``states``, ``steps`` -- n and T
    - ``trial`` -- a point where the rank of Dφ proves the dimension

    REFERENCES:

    - [Eis1988]_, Theorem 1: the maximal minors of a matrix of linear forms that is 1-generic, as a
      Hankel matrix is, generate a prime ideal of generic codimension

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> print(hankel_matrices(parse_spec("ssm:state=2,steps=5"), 4, {}))
        M is the variety of all sequences of 5 numbers with Hankel matrices of rank at most 2:
        checked that the model is a linear recurrence with 2 states, and that the dimensions agree.
        The minors of size 3 of the 3 x 3 Hankel matrix generate its prime ideal (Eisenbud 1988),
        so dim M = 4 and deg M = 3.
    """

    states: int
    steps: int
    trial: dict[str, Any]

    def flattening(self) -> Flattening:
        """The Hankel matrix with n + 1 rows."""
        n = self.states
        return Flattening("Hankel matrix", tuple(
            tuple((i + j, Fraction(1)) for j in range(self.steps - n)) for i in range(n + 1)), n)

    def matrix(self) -> Any:
        return self.flattening().to_sage(self.steps)

    def bounded_matrix(self) -> tuple[Flattening, int]:
        return self.flattening(), self.states + 1

    def ideal_theorem(self) -> Conclusion:
        return Conclusion({"matrices": "Hankel matrix", "trial": self.trial}, EISENBUD)

    def minors(self) -> list[Polynomial]:
        return basis_of_minors([self.flattening()], self.states + 1, self.steps)

    def evidence(self) -> dict[str, Any]:
        return {"formula": "Hankel matrices", "trial": self.trial}

    def formula(self) -> Formula:
        numerator = determinantal_numerator(self.states + 1, self.steps - self.states, self.states)
        return Formula(self.evidence(), EISENBUD,
                       sum(numerator), tuple(polynomial_of_series(numerator, 2 * self.states)))

    def distance_degree(self, metric: str) -> Summands | None:
        """Sequences with Hankel matrices of rank n are sums of n powers in two variables."""
        return Summands(self.evidence(), SUM, tuple(binary_polar_degrees(
            self.states, self.steps - 1)), (SUM,)) if metric == "generic" else None

    def __str__(self) -> str:
        n, a = self.states, self.flattening()
        return (f"M is the variety of all sequences of {self.steps} numbers with Hankel matrices "
                f"of rank at most {n}: checked that the model is a linear recurrence with {n} "
                f"state{'s' * (n > 1)}, and that the dimensions agree. The minors of size {n + 1} "
                f"of the {a.rows} x {a.columns} Hankel matrix generate its prime ideal (Eisenbud "
                f"1988), so dim M = {2 * n} and deg M = {comb(self.steps - n, n)}.")


def hankel_matrices(model: Model, dimension: int, trial: dict[str, Any]) -> HankelMatrices | None:
    """
    The variety of Hankel matrices of bounded rank if M is that, else None.

    INPUT:

    - ``dimension`` -- the rank of Dφ that the trial has
    - ``trial`` -- the trial
    """
    # A recurrence has several layers in one, and is linear.
    if (model.output_count > 1 or model.input_count > MOST_STEPS or model.chain.degree(1) != 1
            or not any(isinstance(layer, Composite) for layer in model.layers)
            or model.ambient_dimension != model.input_count):
        return None
    try:
        n = state_size(RebuiltModel(model.describe()))
    except (CertificateError, LimitReached):
        return None
    return HankelMatrices(n, model.input_count, trial) if (
        2 * n < model.input_count and dimension == 2 * n) else None
