"""
Substitution into polynomials, and with it that equations vanish on the neurovariety.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.work import bound_substitution


def substituted(polynomials: Sequence[Any], images: Sequence[Any], ring: Any) -> list[Any]:
    """
    The polynomials with the images, which are in the ring, in place of their variables.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> ring = polynomial_ring(2)
        >>> x, y = ring.gens()
        >>> substituted([x**2 - y, x*y], [x + y, y**2], ring) == [x**2 + 2*x*y, x*y**2 + y**3]
        True
    """
    bound_substitution(polynomials, images, ring)
    return [f.compose(*images, ctx=ring) for f in polynomials]


def vanishing(model: Model, equations: list[fmpq_mpoly]) -> None:
    """Verify that the equations vanish on M, by substitution."""
    phi = model.parametrization
    # Without coordinates the equations are constants, and stay what they are.
    require(not any(substituted(equations, phi, phi[0].context()) if phi else equations),
            "An equation does not vanish on the neurovariety.")
