"""
Degree and Hilbert polynomial of the neurovariety.
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.groebner import HilbertSeries, hilbert_polynomial
from neuroalg_sage.certificates.reading import polynomial_ring, polynomials
from neuroalg_sage.descriptions.description import Formula
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.invariants.computation import Computation
from neuroalg_sage.invariants.equivariant_ideal import cone_equations
from neuroalg_sage.invariants.ideal import coordinate_ring, primitive
from neuroalg_sage.invariants.inheritance import inherited_series, narrowed_model
from neuroalg_sage.invariants.invariant import Invariant, certified
from neuroalg_sage.invariants.linear_section import hilbert_series
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization


def ideal_data(n: int, generators: list[Polynomial]) -> dict[str, Any]:
    """The ring V and the ideal I of a script."""
    ring = coordinate_ring(n)
    return {"V": ring, "I": PolynomialMatrix(ring, 1, len(generators), tuple(generators),
                                             "ideal")}


def hilbert_script(phi: Parametrization, found: Invariant) -> Script:
    """The script for the degree and the Hilbert polynomial of a known ideal."""
    return Script(f"degree and Hilbert polynomial of the neurovariety of {phi.model}",
                  ideal_data(len(phi.polynomials), found.data), "",
                  {"degree": "closureDegree I", "hilbertPolynomial": "closureHilbertPolynomial I",
                   "groebnerBasis": "gens gb I"})


def degree_and_hilbert_polynomial(phi: Parametrization, found: Invariant,
                                  computation: Computation) -> tuple[Invariant, Invariant]:
    """
    The degree and the Hilbert polynomial.

    Of the projective variety if the ideal is homogeneous, of the projective closure
    otherwise.  A Gröbner basis from Macaulay2 is the evidence; the checker
    derives both numbers from its initial ideal.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the ideal
    - ``computation`` -- session and limits

    OUTPUT: two invariants; the degree is an integer, the Hilbert polynomial a
    polynomial in Q[i]
    """
    start = time.perf_counter()
    assert found.certificate is not None
    n = len(phi.polynomials)
    proof = found.certificate["evidence"]
    evidence: dict[str, Any] = {"generators": found.certificate["claim"]["value"], "ideal": proof}
    versions = dict(found.certificate["engines"])
    if not found.data:
        evidence["groebner_basis"] = []
        degree, coefficients = 1, hilbert_polynomial([1], n)
        method = "the neurovariety is the ambient space"
    elif proof["argument"] == "linear section":
        cone, variables = cone_equations(found.data, n)
        numerator = hilbert_series(cone, variables, proof)
        degree = sum(numerator)
        coefficients = hilbert_polynomial(numerator, proof["value"] + variables - n)
        method = "the Hilbert series of an Artinian reduction"
    elif proof["argument"] == "inheritance" and (
            series := series_of_characters(phi.model, proof, computation)) is not None:
        (dimension, numerator, _), evidence["ideal"] = series
        degree, coefficients = sum(numerator), hilbert_polynomial(numerator, dimension)
        method = "characters of the smaller model's coordinate ring"
    else:
        results = computation.run(hilbert_script(phi, found))
        degree = int(results["degree"])
        (polynomial,) = results["hilbertPolynomial"].entries
        coefficients = [Fraction(polynomial.get((k,), 0))
                        for k in range(max((k for (k,) in polynomial), default=-1) + 1)]
        if proof["argument"] not in ("elimination", "zero", "hypersurface"):
            evidence["groebner_basis"] = [encode_polynomial(primitive(p))
                                          for p in results["groebnerBasis"].entries if p]
        versions |= computation.versions()
        method = "Gröbner basis in Macaulay2"
    seconds = time.perf_counter() - start
    return (certified(phi.model, "degree", degree, "proved", method, seconds, evidence,
                      found.trust, versions=versions),
            certified(phi.model, "hilbert_polynomial", coefficients, "proved", method, seconds,
                      evidence, found.trust, claim=[str(c) for c in coefficients],
                      present=sage_polynomial, versions=versions))


def series_of_characters(model: Model, proof: dict[str, Any], computation: Computation
                         ) -> tuple[HilbertSeries, dict[str, Any]] | None:
    """
    The Hilbert series of M that the ideal of a smaller model gives.

    INPUT:

    - ``proof`` -- the evidence that the ideal of M is inherited

    OUTPUT: the series, and the evidence with a Gröbner basis of the smaller ideal; None if the
    series is too large
    """
    narrow = narrowed_model(model)
    assert narrow is not None
    ring = polynomial_ring(narrow.ambient_dimension)
    basis = [from_flint(f) for f in polynomials(proof["generators"], ring)]
    if len(basis) == 1:
        basis = [primitive(basis[0])]
    elif basis:
        results = computation.run(Script(
            f"a Gröbner basis of a smaller model that {model} inherits from",
            ideal_data(narrow.ambient_dimension, basis), "", {"groebnerBasis": "gens gb I"}))
        basis = [primitive(p) for p in results["groebnerBasis"].entries if p]
    series = inherited_series(model, basis)
    return None if series is None else (series, proof | {
        "groebner_basis": [encode_polynomial(g) for g in basis]})


def by_formula(model: Model, found: Formula) -> tuple[Invariant, Invariant | None]:
    """
    The degree, and the Hilbert polynomial where it is known, by a description's closed formula.

    INPUT:

    - ``found`` -- the formula, whose hypotheses hold

    OUTPUT: two invariants, or one and None

    EXAMPLES::

        >>> from neuroalg_sage.descriptions.segre_veronese import convolutional_variety
        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("cnn:2,2:x^2")
        >>> by_formula(model, convolutional_variety(model).formula())[0]
        4 (proved, trusting theorem: Shahverdi, Marchetti, Kohn (2025))
    """
    method, trust = "a closed formula", [found.theorem]
    polynomial = found.hilbert_polynomial
    return (certified(model, "degree", found.degree, "proved", method, 0.0, found.evidence, trust),
            None if polynomial is None else certified(
                model, "hilbert_polynomial", list(polynomial), "proved", method, 0.0,
                found.evidence, trust, claim=[str(c) for c in polynomial],
                present=sage_polynomial))


def sage_polynomial(coefficients: list[Fraction]) -> Any:
    """A polynomial in Q[i] in Sage."""
    import sage.all__sagemath_modules  # noqa: F401  (Sage must be entered by this door)
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    ring = PolynomialRing(QQ, "i")
    return ring([QQ((c.numerator, c.denominator)) for c in coefficients])
