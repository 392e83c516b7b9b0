"""
Euler characteristics of parts of the projectivization of M, and local Euler obstructions.

For matrices of bounded rank, and where M is smooth, they follow from polar degrees, as
:mod:`~neuroalg_sage.certificates.distance.parts` says.  Else the complements of generic
hypersurfaces follow from the Chern-Schwartz-MacPherson class, for which Macaulay2's package
CharacteristicClasses is trusted.

REFERENCES:

- [BLS2000]_, [STV2005]_, [HJ2015]_
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.distance.parts import by_class, known_parts
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.equations.degree import ideal_data
from neuroalg_sage.invariants.equations.descriptions import known_varieties
from neuroalg_sage.invariants.equations.products_of_spaces import product_of_spaces
from neuroalg_sage.invariants.equations.scripts import script_with_ideal
from neuroalg_sage.models.parametrization import Parametrization

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold

PACKAGE = "CharacteristicClasses"


class EulerCharacteristicOfParts(Invariant):
    """
    The Euler characteristics: ``strata``, a list of triples of a name, χ, and the local Euler
    obstruction of M along it; ``smooth_locus``, None if it is not known; and of what is left
    without generic hypersurfaces ``hyperplane_complement``, ``quadric_complement``,
    ``complement_of_both``.
    """

    def sentence(self) -> str:
        data = self.data
        said = [f"{name}: {number}, obstruction {eu}" for name, number, eu in data["strata"]]
        if data["smooth_locus"] is not None:
            said.append(f"smooth locus {data['smooth_locus']}")
        said.append(f"without a generic hyperplane {data['hyperplane_complement']}, a generic "
                    f"quadric {data['quadric_complement']}, both {data['complement_of_both']}")
        return "; ".join(said)

    def value_in_latex(self) -> str:
        data = self.data
        return ", ".join(rf"\chi(\mathbb{{P}}(\overline{{M}}) \setminus {what}) = {data[name]}"
                         for what, name in (("H", "hyperplane_complement"),
                                            ("Q", "quadric_complement")))


def parts_script(manifold: NeuroManifold) -> str:
    """The script that finds the Chern-Schwartz-MacPherson class with Macaulay2."""
    return script_with_ideal(manifold, "the Chern-Schwartz-MacPherson class",
                             "chernSchwartzMacPherson", f'(needsPackage "{PACKAGE}"; CSM I)')


def euler_characteristic_of_parts(
        phi: Parametrization, dimension: Invariant, ideal: Callable[[], Invariant],
        computation: Computation, by_equations: bool = False) -> EulerCharacteristicOfParts:
    """
    The Euler characteristics of parts of the projectivization of M.

    INPUT:

    - ``dimension`` -- the dimension
    - ``ideal`` -- what returns the ideal, if M is no variety of which they are known
    - ``by_equations`` -- whether they are found from the ideal in any case

    OUTPUT: :class:`EulerCharacteristicOfParts`

    Raises InputError if M is one function, or its equations are not homogeneous.
    """
    start, model = time.perf_counter(), phi.model
    if not dimension.data:
        raise InputError(f"The parts are those of the projectivization of a cone, and {model} "
                         "parametrizes one function.")
    for evidence in [] if by_equations else _formulas(phi, dimension):
        with suppress(CertificateError, LimitReached):
            found, (_, trust) = known_parts(rebuilt(model), evidence)
            return EulerCharacteristicOfParts.certified(
                model, "euler_characteristic_of_parts", found, "proved", "polar degrees",
                time.perf_counter() - start, evidence, trust)
    equations, n = ideal(), model.ambient_dimension
    assert equations.certificate is not None
    if any(len(set(map(sum, g))) > 1 for g in equations.data):
        raise InputError("The parts are those of the projectivization of a cone, and the equations "
                         "of M are not homogeneous.")
    if not equations.data:
        raise LimitReached("M is dense, but its dimension is not proved.")
    script = Script(
        f"the Chern-Schwartz-MacPherson class of the neurovariety of {model}",
        ideal_data(n, equations.data), "c = CSM I;",
        {"csm": f"for i from 0 to {n - 1} list coefficient((first gens ring c)^({n - 1} - i), c)"},
        (PACKAGE,))
    csm = [int(c) for c in computation.run(script)["csm"]]
    claim = equations.certificate["claim"]["value"]
    return EulerCharacteristicOfParts.certified(
        model, "euler_characteristic_of_parts", by_class(csm), "proved",
        f"the Chern-Schwartz-MacPherson class, by {PACKAGE}", time.perf_counter() - start,
        {"generators": claim, "ideal": equations.certificate["evidence"], "class": csm},
        [*equations.trust, *["macaulay2"] * ("macaulay2" not in equations.trust)],
        versions=equations.certificate["engines"] | computation.versions())


def _formulas(phi: Parametrization, dimension: Invariant) -> list[dict[str, Any]]:
    """Evidence by which the checker may know the parts."""
    if dimension.status == "proved" and dimension.data == len(phi.polynomials):
        assert dimension.certificate is not None
        return [{"formula": "dense", "dimension": dimension.certificate["evidence"]}]
    known = [d.evidence() for d in known_varieties(phi.model, dimension)]
    found = [e for e in known if e and e["formula"].endswith("matrices")]
    product = product_of_spaces(phi)
    return [*found, product.evidence] if product and product.product.is_embedded else found
