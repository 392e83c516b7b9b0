"""
The neurovariety and φ as objects of Sage and of its interfaces.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.neuromanifold.core import cached
from neuroalg_sage.neuromanifold.ideal import IdealQuestions


class SageObjects(IdealQuestions):
    """What Sage computes with."""

    @cached
    def ambient_space(self) -> Any:
        """
        The ambient space V, a Sage affine space.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,1:x^2").ambient_space()
            Affine Space of dimension 3 over Rational Field
        """
        import sage.all__sagemath_modules  # noqa: F401
        from sage.rings.rational_field import QQ
        from sage.schemes.affine.affine_space import AffineSpace

        n = self.model.ambient_dimension
        return AffineSpace(QQ, n, names=tuple(f"z_{i}" for i in range(n)))

    @cached
    def zariski_closure(self) -> Any:
        """
        The neurovariety, a Sage subscheme of :meth:`ambient_space`.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,1:x^2").zariski_closure()
            Closed subscheme of Affine Space of dimension 3 over Rational Field defined by:
              z_1^2 - 4*z_0*z_2
        """
        space = self.ambient_space()
        ring = space.coordinate_ring()
        return space.subscheme([ring(g) for g in self._expanded_ideal().value.gens()])

    @cached
    def pullback(self) -> Any:
        """
        The homomorphism of coordinate rings that φ induces, in Sage; its kernel is the ideal.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:1,1,1").pullback()
            Ring morphism:
              From: Multivariate Polynomial Ring in z_0 over Rational Field
              To:   Multivariate Polynomial Ring in w_0, w_1 over Rational Field
              Defn: z_0 |--> w_0*w_1
        """
        from neuroalg_sage.invariants.equations.sage_maps import pullback

        return pullback(self.parametrization(), self.ambient_space().coordinate_ring())

    @cached
    def morphism(self) -> Any:
        """
        φ as a morphism of affine spaces, in Sage.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> phi = NeuroManifold("mlp:1,1,1:x^2").morphism()
            >>> phi([2, 3])
            (12)
        """
        from neuroalg_sage.invariants.equations.sage_maps import morphism

        return morphism(self.parametrization(), self.ambient_space())

    def _macaulay2_(self, interface: Any = None) -> Any:
        """The ideal in a Macaulay2 session of Sage."""
        from sage.interfaces.macaulay2 import macaulay2

        return (interface or macaulay2)(self._expanded_ideal().value)

    def _singular_(self, interface: Any = None) -> Any:
        """The ideal in a Singular session of Sage."""
        from sage.interfaces.singular import singular

        return (interface or singular)(self._expanded_ideal().value)
