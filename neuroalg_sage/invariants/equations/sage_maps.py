"""
The parametrization as maps of Sage.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.models.parametrization import Parametrization


def _coordinates(phi: Parametrization) -> list[Any]:
    import sage.all__sagemath_modules  # noqa: F401
    from sage.rings.integer import Integer
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    names = phi.model.parameter_names
    ring = PolynomialRing(QQ, len(names), names)
    return [ring({e: Integer(c.numerator) / Integer(c.denominator) for e, c in p.items()})
            for p in phi.polynomials]


def pullback(phi: Parametrization, ring: Any) -> Any:
    """
    The homomorphism from the coordinate ring of V to that of the space of parameters.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("mlp:2,1,1:x^2").pullback().kernel().gens()
        [z_1^2 - 4*z_0*z_2]
    """
    images = _coordinates(phi)
    return ring.hom(images, images[0].parent())


def morphism(phi: Parametrization, space: Any) -> Any:
    """
    The morphism from the space of parameters to V.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("linear:1,1,1").morphism().domain()
        Affine Space of dimension 2 over Rational Field
    """
    from sage.rings.rational_field import QQ
    from sage.schemes.affine.affine_space import AffineSpace

    images = _coordinates(phi)
    source = AffineSpace(QQ, len(phi.model.parameter_names), names=phi.model.parameter_names)
    ring = source.coordinate_ring()
    return source.hom([ring(f) for f in images], space)
