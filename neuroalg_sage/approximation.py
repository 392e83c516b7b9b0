"""
An activation that is no polynomial, and its answers.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.errors import suggesting_methods
from neuroalg_sage.invariants.approximation.approximation import Approximation, approximation
from neuroalg_sage.models.activations import activation


@suggesting_methods
class ActivationFunction:
    """
    A continuous activation, to be approximated by polynomials.

    INPUT:

    - ``name`` -- ``"tanh"``, ``"sigmoid"``, ``"gelu"``, ``"softplus"``, ``"silu"``, ``"exp"``,
      ``"erf"``, ``"sin"``, ``"cos"``, ``"relu"``, ``"abs"`` or ``"hard_tanh"``

    Raises :class:`~neuroalg_sage.errors.InputError` if there is no such activation.

    EXAMPLES::

        >>> ActivationFunction("tanh")
        Activation tanh
        >>> ActivationFunction("tanhh")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: There is no activation 'tanhh' to be approximated; did you
        mean tanh ?
    """

    def __init__(self, name: Any) -> None:
        self.activation = activation(name)

    def __repr__(self) -> str:
        return f"Activation {self.activation}"

    def approximation(self, interval: Any = (-1, 1), degree: Any = None, error: Any = None
                      ) -> Approximation:
        """
        A polynomial with rational coefficients near the activation, with a proved enclosure of the
        supremum of its error, and a bound below which no polynomial of this degree comes.

        INPUT:

        - ``interval`` -- two rational numbers
        - ``degree`` -- of the polynomial, at most 100; or instead
        - ``error`` -- a positive number that the error may have at most; then the degree is the
          least one for which a polynomial is found

        OUTPUT: :class:`~neuroalg_sage.invariants.approximation.approximation.Approximation`

        EXAMPLES::

            >>> found = ActivationFunction("abs").approximation(degree=2)
            >>> found.polynomial(), found.error
            ('x^2 + 1/8', (Fraction(1, 8), Fraction(1, 8)))
            >>> tanh = ActivationFunction("tanh").approximation((-2, 2), error="1/90")
            >>> tanh.degree, tanh.data["error"], tanh.status
            (5, ['0.0107038...', '0.0107064...'], 'proved')
        """
        return approximation(self.activation, interval, degree, error)
