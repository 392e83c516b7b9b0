"""
Secant varieties of Veronese varieties: networks with one hidden layer and one output.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.model import Model

ALEXANDER_HIRSCHOWITZ = "theorem: Alexander, Hirschowitz (1995)"

EXCEPTIONS = ((3, 4, 5), (4, 4, 9), (5, 4, 14), (5, 3, 7))


def power_sum(model: Model) -> tuple[int, int, int, int] | None:
    """
    Inputs d, summands r, outputs m and exponent k if the model is Σ_i b_i (a_i x)^k, else None.

    That is one hidden layer with a power of degree at least 2, up to a factor, and no bias.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> power_sum(parse_spec("mlp:3,2,4:x^2"))
        (3, 2, 4, 2)
        >>> power_sum(parse_spec("mlp:3,2,4:x^2:bias")) is None
        True
    """
    match model.layers:
        case (Dense(bias=False) as hidden, Activation() as activation,
              Dense(bias=False) as last) if not any(activation.coefficients[:-1]):
            degree = len(activation.coefficients) - 1
            if degree >= 2:
                return hidden.inputs, hidden.outputs, last.outputs, degree
    return None


@dataclass(frozen=True)
class SecantVariety:
    """
    The closure of the sums of ``summands`` powers of linear forms.

    It is the affine cone over a secant variety of the Veronese variety of forms of degree
    ``degree`` in ``variables`` variables.

    EXAMPLES::

        >>> SecantVariety(3, 4, 5).dimension(), SecantVariety(3, 4, 5).expected_dimension()
        (14, 15)
    """

    variables: int
    degree: int
    summands: int

    def expected_dimension(self) -> int:
        """The number of parameters, or the dimension of the space of forms if less."""
        m, d = self.variables, self.degree
        return min(self.summands * m, comb(m + d - 1, d))

    def dimension(self) -> int:
        """
        The dimension.

        For quadratic forms it is that of the symmetric matrices of bounded rank; in higher
        degree it is the expected one with four exceptions, where it is one less.

        REFERENCES: [AH1995]_
        """
        m, d, k = self.variables, self.degree, self.summands
        if d == 2:
            rank = min(k, m)
            return m * rank - comb(rank, 2)
        return self.expected_dimension() - ((m, d, k) in EXCEPTIONS)


def secant_variety(model: Model) -> SecantVariety | None:
    """
    The secant variety that a model parametrizes, None if it is not such a model.

    Such a model has one hidden layer, a power of degree at least 2 as activation, one
    output, and no bias.  A negative factor matters only over the real numbers.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> secant_variety(parse_spec("mlp:3,5,1:x^4"))
        SecantVariety(variables=3, degree=4, summands=5)
        >>> secant_variety(parse_spec("mlp:3,5,2:x^4")) is None
        True
    """
    found = power_sum(model)
    if found is None or found[2] > 1:
        return None
    inputs, summands, _, degree = found
    return SecantVariety(inputs, degree, summands)
