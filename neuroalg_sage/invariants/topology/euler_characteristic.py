"""
The topological Euler characteristic of the neurovariety over C.

Of known varieties it is found without equations.  Else it is that of the fixed points of the
largest torus of diagonal matrices that preserves the equations, as
:mod:`~neuroalg_sage.certificates.topology.euler_characteristic` proves.  Of pieces of the fixed
points that are not decided at once, Macaulay2's package CharacteristicClasses finds it, and is
trusted.

REFERENCES:

- [BB1973]_, [HJ2015]_
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring, polynomials
from neuroalg_sage.certificates.topology.euler_characteristic import (
    Piece,
    affine_piece,
    classes,
    is_homogeneous,
    projective_piece,
    restricted,
)
from neuroalg_sage.certificates.topology.known_varieties import check_known_variety
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.equations.descriptions import known_varieties
from neuroalg_sage.invariants.equations.products_of_spaces import product_of_spaces
from neuroalg_sage.invariants.equations.scripts import script_with_ideal
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction, integral_kernel

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold

PACKAGE = "CharacteristicClasses"


class EulerCharacteristic(Invariant):
    """
    The Euler characteristics: ``affine`` of the neurovariety in V, ``projective`` of its
    projectivization, None if it is no cone.
    """

    def sentence(self) -> str:
        affine, projective = self.data["affine"], self.data["projective"]
        return str(affine) if projective is None else (
            f"{projective} of the projectivization, {affine} of the cone over it")

    def value_in_latex(self) -> str:
        affine, projective = self.data["affine"], self.data["projective"]
        return str(affine) if projective is None else (
            rf"\chi(\mathbb{{P}}(\overline{{M}})) = {projective},\ "
            rf"\chi(\overline{{M}}) = {affine}")


def largest_torus(equations: Sequence[Polynomial], n: int) -> list[list[int]]:
    """
    A basis of the weights of n coordinates for which each of some polynomials is homogeneous.

    EXAMPLES: The conic x z = y^2. ::

        >>> largest_torus([{(1, 0, 1): 1, (0, 2, 0): -1}], 3)
        [[2, 1, 0], [-1, 0, 1]]
    """
    rows: dict[tuple[int, ...], None] = {}
    for f in equations:
        first, *others = f
        rows.update(dict.fromkeys(tuple(a - b for a, b in zip(e, first)) for e in others))
    return integral_kernel(rows, n)


def euler_script(manifold: NeuroManifold) -> str:
    """The script that finds it with Macaulay2's package CharacteristicClasses alone."""
    return script_with_ideal(manifold, "Euler characteristic of the projectivization",
                             "eulerCharacteristic",
                             f'(needsPackage "{PACKAGE}"; Euler I)')


def _by_engine(model: Model, space: str, equations: list[Piece], k: int, computation: Computation
               ) -> int:
    """χ of a piece, by Macaulay2: of an affine one that of a completion less what is added."""
    is_affine = space == "affine"
    homogeneous = [{(*e, max(map(sum, f)) - sum(e)) if is_affine else e: fraction(c)
                    for e, c in f.items()} for f in equations]
    ring = PolynomialRingData(tuple(f"z_{i}" for i in range(k + is_affine)))
    ideal = PolynomialMatrix(ring, 1, len(homogeneous), tuple(homogeneous), "ideal")
    expression = "Euler I" + f" - Euler (I + ideal z_{k})" * is_affine
    script = Script(f"Euler characteristic of fixed points on the neurovariety of {model}",
                    {"R": ring, "I": ideal}, "", {"euler": expression}, (PACKAGE,))
    return int(computation.run(script)["euler"])


def by_formula(phi: Parametrization, dimension: Invariant) -> EulerCharacteristic | None:
    """
    The Euler characteristics if M is a known variety, whose equations are not needed; else None.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("linear:7,5,6")
        >>> by_formula(M.parametrization(), M.dimension())
        {'affine': 1, 'projective': 42} (proved)
    """
    start, model = time.perf_counter(), phi.model
    formulas = [d.evidence() for d in known_varieties(model, dimension)]
    for evidence in filter(None, formulas):
        with suppress(CertificateError, LimitReached):
            found = check_known_variety(rebuilt(model), evidence)[0]
            break
    else:
        product = product_of_spaces(phi)
        if product is None:
            return None
        found, evidence = product.product.images, product.evidence
    return EulerCharacteristic.certified(
        model, "euler_characteristic", {"affine": 1, "projective": found}, "proved",
        "fixed points of a torus on a known variety", time.perf_counter() - start, evidence, [])


def euler_characteristic(phi: Parametrization, dimension: Invariant,
                         ideal: Callable[[], Invariant], computation: Computation,
                         by_equations: bool = False) -> EulerCharacteristic:
    """
    The Euler characteristics of the neurovariety and of its projectivization.

    INPUT:

    - ``dimension`` -- the dimension
    - ``ideal`` -- what returns the ideal, if M is no variety of which they are known
    - ``by_equations`` -- whether they are found from the ideal in any case

    OUTPUT: :class:`EulerCharacteristic`

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:2,1,1:x^2")
        >>> euler_characteristic(M.parametrization(), M.dimension(), M.ideal, M.computation).data
        {'affine': 1, 'projective': 2}
    """
    start = time.perf_counter()
    known = None if by_equations else by_formula(phi, dimension)
    if known is not None:
        return known
    found = ideal()
    n = len(phi.polynomials)
    assert found.certificate is not None
    generator_data = found.certificate["claim"]["value"]
    generators = polynomials(generator_data, polynomial_ring(n))
    weights = largest_torus([from_flint(g) for g in generators], n)
    columns = classes(weights, n)
    engine: list[list[Any]] = []

    def decided(space: str, places: list[int]) -> int:
        equations = restricted(generators, places)
        function = affine_piece if space == "affine" else projective_piece
        value = function(equations, len(places))
        if value is None:
            value = _by_engine(phi.model, space, equations, len(places), computation)
            engine.append([space, places, value])
        return value

    affine = decided("affine", columns.get((0,) * len(weights), []))
    projective = sum(decided("projective", places) for places in columns.values()
                     ) if is_homogeneous(generators) else None
    trust = list(found.trust)
    if engine and "macaulay2" not in trust:
        trust.append("macaulay2")
    method = f"fixed points of a torus with {len(columns)} different characters"
    return EulerCharacteristic.certified(
        phi.model, "euler_characteristic", {"affine": affine, "projective": projective}, "proved",
        method + f", with {PACKAGE}" * bool(engine), time.perf_counter() - start,
        {"generators": generator_data, "ideal": found.certificate["evidence"],
         "weights": weights, "engine": engine},
        trust, versions=dict(found.certificate["engines"]) | (
            computation.versions() if engine else {}))
