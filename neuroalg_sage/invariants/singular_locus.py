"""
The singular locus of the neurovariety, with its components.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.invariants.computation import Computation
from neuroalg_sage.invariants.degree import ideal_data
from neuroalg_sage.invariants.ideal import primitive, sage_ideal
from neuroalg_sage.invariants.invariant import Invariant, certified
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.parametrization import Parametrization


@dataclass(frozen=True, repr=False)
class Component:
    """
    An irreducible component over Q of the singular locus.

    ``generators`` is a Gröbner basis of its prime ideal; dimension and degree
    follow the conventions for the neurovariety.
    """

    dimension: int
    degree: int
    generators: tuple[Polynomial, ...]
    variables: int

    @cached_property
    def ideal(self) -> Any:
        """The prime ideal, in Sage."""
        return sage_ideal(self.generators, self.variables)

    def __str__(self) -> str:
        return f"dimension {self.dimension}, degree {self.degree}"

    def __repr__(self) -> str:
        return f"Component of {self}"


def singular_locus_script(phi: Parametrization, found: Invariant) -> Script:
    """The script for the components of the singular locus of a known ideal."""
    return Script(
        f"the singular locus of the neurovariety of {phi.model}",
        ideal_data(len(phi.polynomials), found.data),
        "L = singularComponents I;",
        {"components": 'apply(L, c -> hashTable {"dimension" => c#"dimension", '
                       '"degree" => c#"degree", "basis" => gens gb c#"ideal"})'})


def singular_locus(phi: Parametrization, found: Invariant, degree: Invariant,
                   computation: Computation) -> Invariant:
    """
    The irreducible components over Q of the singular locus.

    Macaulay2 decomposes the ideal of the minors of the Jacobian.  The checker
    verifies dimension and degree of each component, and that its points are singular;
    that there are no others, and that they are irreducible, is Macaulay2's word.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the ideal
    - ``degree`` -- the degree, whose certificate has the ideal's Gröbner basis
    - ``computation`` -- session and limits

    OUTPUT: :class:`~neuroalg_sage.invariants.invariant.Invariant`, a list of
    :class:`Component`, the largest first; empty if the neurovariety is smooth

    Raises LimitReached if a limit stops Macaulay2.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> locus = NeuroManifold("linear:2,1,2", method="elimination").singular_locus()
        >>> locus
        [Component of dimension 0, degree 1] (proved, trusting macaulay2)
        >>> locus[0].ideal
        Ideal (z_3, z_2, z_1, z_0) of Multivariate Polynomial Ring in z_0, z_1, z_2, z_3 over
        Rational Field
    """
    start = time.perf_counter()
    assert degree.certificate is not None
    n = len(phi.polynomials)
    evidence = dict(degree.certificate["evidence"])
    if all(sum(e) <= 1 for g in found.data for e in g):
        return certified(phi.model, "singular_locus", [], "proved", "a linear space is smooth",
                         time.perf_counter() - start, evidence | {"engine": None}, found.trust)
    results = computation.run(singular_locus_script(phi, found))
    components = [Component(int(c["dimension"]), int(c["degree"]),
                            tuple(primitive(p) for p in c["basis"].entries if p), n)
                  for c in results["components"]]
    claim = [{"dimension": c.dimension, "degree": c.degree,
              "generators": [encode_polynomial(g) for g in c.generators]} for c in components]
    return certified(phi.model, "singular_locus", components, "proved",
                     "minors of the Jacobian and decomposition in Macaulay2",
                     time.perf_counter() - start, evidence | {"engine": "macaulay2"},
                     [*degree.trust, *(e for e in ["macaulay2"] if e not in degree.trust)],
                     claim=claim,
                     versions=computation.versions())
