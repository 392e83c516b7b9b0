"""
Parameters with the same values of the conservation laws: where a flow stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.dynamics.conservation_law import ConservationLaw
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.sage_input import lists, rational


def invariant_set(laws: Sequence[ConservationLaw], names: Sequence[str], start: Sequence[Any]
                  ) -> Any:
    """
    The variety where the laws have their values at ``start``, a Sage subscheme.

    INPUT:

    - ``laws`` -- conservation laws
    - ``names`` -- of the parameters
    - ``start`` -- a list of rational numbers
    """
    import sage.all__sagemath_modules  # noqa: F401
    from sage.rings.rational_field import QQ
    from sage.schemes.affine.affine_space import AffineSpace

    at = [QQ(c.numerator) / QQ(c.denominator) for c in point(start, len(names))]
    space = AffineSpace(QQ, len(names), names=tuple(names))
    ring = space.coordinate_ring()

    def element(polynomial: Polynomial) -> Any:
        return ring({e: QQ(c.numerator) / QQ(c.denominator) for e, c in polynomial.items()})

    return space.subscheme([(h := element(law.polynomial)) - h(*at) for law in laws])


def point(values: Any, count: int) -> list[Fraction]:
    """A point of the parameters, rational numbers."""
    values = lists(values)
    if not isinstance(values, (list, tuple)) or len(values) != count:
        raise InputError(f"A point of the parameters is a list of {count} rational numbers.")
    return [rational(c, "coordinate") for c in values]
