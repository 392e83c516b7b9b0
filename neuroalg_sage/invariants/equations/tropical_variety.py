"""
The tropical variety of the neurovariety, with the convention of the maximum.

What it is, and why a Newton polytope suffices for a hypersurface, is in
``certificates.equations.tropical_variety``.

REFERENCES:

- [MS2015]_
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from neuroalg_sage.certificates.equations.fans import lifted, lineality
from neuroalg_sage.certificates.equations.tropical_fan import normal_form
from neuroalg_sage.certificates.equations.tropical_variety import hypersurface, in_the_torus
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.certificates.polytopes import pivots
from neuroalg_sage.certificates.reading import (
    CertificateError,
    exponent_vectors,
    polynomial_ring,
    polynomials,
)
from neuroalg_sage.engines import gfan
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.expressions import from_flint
from neuroalg_sage.models.parametrization import Parametrization


class TropicalVariety(Invariant):
    """
    A fan: coordinates, lineality space, rays, maximal cones, and their multiplicities.

    The value is a dictionary with ``coordinates``, those of V that do not vanish on M;
    ``lineality``, a basis of the largest linear space in all cones; ``rays``, vectors of which
    each cone is generated together with that space; ``cones``, the maximal ones, as lists of
    places of rays; and ``multiplicities``.
    """

    @property
    def dimension(self) -> int:
        """The dimension of the fan."""
        fan = self.data
        return len(pivots([*map(tuple, fan["lineality"]),
                           *(tuple(fan["rays"][k]) for k in fan["cones"][0])]))

    def sentence(self) -> str:
        fan = self.data
        n, line = len(fan["coordinates"]), len(fan["lineality"])
        if not fan["rays"]:
            numbers = fan["multiplicities"][0]
            return (f"a linear space of dimension {line} in R^{n}"
                    + (f" of multiplicity {numbers}" if numbers > 1 else ""))
        return (f"a fan of dimension {self.dimension} in R^{n} with {len(fan['rays'])} rays and "
                f"{len(fan['cones'])} maximal cones"
                + (f" modulo a linear space of dimension {line}" if line else ""))

    def lines(self, spec: str = "SPEC") -> list[str]:
        counted = sorted(Counter(self.data["multiplicities"]).items())
        return ["  multiplicities: " + ", ".join(
            f"{number} of {times} cone{'s' * (times > 1)}" for number, times in counted)]

    def value_in_latex(self) -> str:
        from neuroalg_sage.models.latex import words

        return words(self.sentence())

    def cones(self) -> list[Any]:
        """
        The maximal cones, as polyhedra of Sage.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,1:x^2").tropical_variety().cones()
            [A 2-dimensional polyhedron in QQ^3 defined as the convex hull of 1 vertex and 2 lines]
        """
        import sage.all__sagemath_polyhedra  # noqa: F401  (Sage must be entered by this door)
        from sage.geometry.polyhedron.constructor import Polyhedron
        from sage.rings.rational_field import QQ

        fan = self.data
        return [Polyhedron(vertices=[[0] * len(fan["coordinates"])], lines=fan["lineality"],
                           rays=[fan["rays"][k] for k in cone], base_ring=QQ)
                for cone in fan["cones"]]

    def macaulay2(self) -> str:
        """
        The tropical cycle in Macaulay2, for its package Tropical with the same convention.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("mlp:2,1,1:x^2").tropical_variety().macaulay2())
            needsPackage("Tropical", Configuration => {"tropicalMax" => true});
            rays' = map(ZZ^3, ZZ^0, 0);
            lineality = transpose matrix {{2, 1, 0}, {-1, 0, 1}};
            F = fan(rays', lineality, {{}});
            T = tropicalCycle(F, {1});
        """
        fan = self.data
        n = len(fan["coordinates"])

        def columns(vectors: Sequence[Sequence[int]]) -> str:
            return (f"transpose matrix {_braces(vectors)}" if vectors
                    else f"map(ZZ^{n}, ZZ^0, 0)")

        return "\n".join([
            'needsPackage("Tropical", Configuration => {"tropicalMax" => true});',
            f"rays' = {columns(fan['rays'])};", f"lineality = {columns(fan['lineality'])};",
            f"F = fan(rays', lineality, {_braces(fan['cones'])});",
            f"T = tropicalCycle(F, {_braces(fan['multiplicities'])});"])


def _braces(value: Any) -> str:
    return "{" + ", ".join(map(_braces, value)) + "}" if isinstance(value, list) else str(value)


def tropical_variety(phi: Parametrization, found: Invariant, dimension: Invariant,
                     computation: Computation) -> TropicalVariety:
    """
    The tropical variety of the neurovariety.

    INPUT:

    - ``found`` -- the ideal
    - ``dimension`` -- of M

    OUTPUT: :class:`TropicalVariety`; it is proved of a hypersurface, whose Newton polytope is
    enough, and of the closure of an orbit of a torus; else gfan is trusted

    Raises LimitReached if gfan does not end within the limits, or M is neither one of these nor a
    cone.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("linear:3,2,3")
        >>> print(tropical_variety(M.parametrization(), M.ideal(), M.dimension(),
        ...                        M.computation).sentence())
        a fan of dimension 8 in R^9 with 9 rays and 15 maximal cones modulo a linear space of
        dimension 5
    """
    start = time.perf_counter()
    assert found.certificate is not None and dimension.certificate is not None
    value = found.certificate["claim"]["value"]
    checked = Checked(phi.model.describe())
    ring = polynomial_ring(checked.ambient_dimension)
    classes, equations = in_the_torus(polynomials(value, ring), checked.parametrization)
    n = len(set(classes.values()))
    evidence = {"generators": value, "ideal": found.certificate["evidence"]}
    versions = dict(found.certificate["engines"])
    if len(equations) <= 1:
        try:
            fan = lifted(hypersurface(equations, n), classes)
        except CertificateError as error:
            raise LimitReached(f"The tropical variety of {phi.model} is not computed: {error}"
                               ) from None
        return TropicalVariety.certified(
            phi.model, "tropical_variety", fan, "proved",
            "the edges of the Newton polytope" if equations else
            "M is dense in a space of which it is not in a coordinate hyperplane",
            time.perf_counter() - start, evidence | {"argument": "polytope"},
            found.trust, versions=versions)
    if dimension.status != "proved":
        raise LimitReached(f"The dimension of {phi.model} is not proved, which its tropical "
                           "variety must have.")
    evidence |= {"argument": "fan", "dimension": dimension.data,
                 "dimension_evidence": dimension.certificate["evidence"]}
    trust = [*dict.fromkeys([*found.trust, *dimension.trust])]
    exponents = list(map(exponent_vectors, equations))
    line = lineality([tuple(a - b for a, b in zip(e, terms[0])) for terms in exponents
                      for e in terms[1:]], n)
    if len(line) == dimension.data:
        fan = normal_form(n, line, [], [([], 1)])
        method = "the closure of an orbit of a torus"
    else:
        if any(len(set(map(sum, terms))) > 1 for terms in exponents):
            raise LimitReached(f"The tropical variety of {phi.model} is not computed: its "
                               "equations are not homogeneous, and there is more than one.")
        answer = gfan.tropical_variety(list(map(from_flint, equations)), n,
                                       timeout=computation.seconds_left(),
                                       memory_gb=computation.memory_gb)
        fan = normal_form(n, answer.lineality, answer.rays,
                          list(zip(answer.cones, answer.multiplicities)))
        trust, versions = [*trust, "gfan"], versions | {"gfan": gfan.version()}
        method = "gfan traverses the fan from a starting cone"
    return TropicalVariety.certified(
        phi.model, "tropical_variety", lifted(fan, classes), "proved", method,
        time.perf_counter() - start, evidence, trust, versions=versions)
