"""
Ideals of neurovarieties, with their degrees and Hilbert polynomials.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.equations.groebner import (
    GroebnerBasis,
    HilbertSeries,
    groebner_basis,
    hilbert_series,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    fields,
    member,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing


def check_ideal(model: Model, generators: list[fmpq_mpoly], evidence: Any, by_curves: bool = True
                ) -> tuple[list[str], list[str], list[fmpq_mpoly] | HilbertSeries | None]:
    """
    Verify that polynomials generate I(M).

    Returns what was verified, what must be trusted, and a Gröbner basis of I(M) in graded
    reverse lexicographic order, or the Hilbert series, where the argument gives one.
    """
    n, check = model.ambient_dimension, partial(check_ideal, by_curves=by_curves)
    argument = member(evidence, "argument")
    if argument == "zero":
        require(not generators, "The zero ideal has generators.")
        verified, trust = check_dimension(model, n, member(evidence, "dimension"))
        return [*verified, "the image is dense, so the ideal is zero"], trust, []
    if argument == "minors":
        from neuroalg_sage.certificates.equations.minors import check_minors

        return *check_minors(model, generators, evidence), None
    if argument == "inheritance":
        from neuroalg_sage.certificates.equations.inheritance import check_inheritance

        return check_inheritance(model, generators, evidence, partial(check, by_curves=False))
    if argument == "linear span":
        from neuroalg_sage.certificates.equations.linear_span import check_linear_span

        return check_linear_span(model, generators, evidence, check)
    if argument == "determinant" and by_curves:
        from neuroalg_sage.certificates.equations.determinants import check_expanded

        return check_expanded(model, generators, evidence), [], generators
    if argument == "same variety":
        from neuroalg_sage.certificates.equations.same_variety import ideal_of_same_variety

        return ideal_of_same_variety(model, generators, evidence, check)
    if argument == "regularity" and by_curves:
        from neuroalg_sage.certificates.equations.regularity import check_regularity

        return check_regularity(model, generators, evidence)
    if argument == "chart":
        from neuroalg_sage.certificates.equations.chart import check_chart

        return check_chart(model, generators, evidence, by_curves)
    vanishing(model, generators)
    verified = [f"the generators ({len(generators)}) vanish on the neurovariety"]
    if argument == "hypersurface":
        from neuroalg_sage.certificates.equations.hypersurface import check_hypersurface

        more, trust = check_hypersurface(model, generators, evidence)
        return [*verified, *more], trust, generators
    if argument == "linear section" and by_curves and "curve" in evidence:
        # Within an inheritance, so much need not be believed at once.
        from neuroalg_sage.certificates.equations.curve_section import check_curve_section

        return check_curve_section(model, generators, evidence, verified)
    if argument == "linear section":
        from neuroalg_sage.certificates.equations.linear_section import check_linear_section

        more, trust, series = check_linear_section(model, generators, evidence)
        return [*verified, *more], trust, series
    if argument == "elimination":
        from neuroalg_sage.certificates.equations.graph_elimination import check_elimination

        basis = check_elimination(model, generators, evidence)
        return [*verified, "a Gröbner basis of the graph, verified by Buchberger's criterion, "
                "eliminates to these equations"], [], basis
    if argument == "engine":
        from neuroalg_sage.certificates.equations.refutation import refute_ideal

        require(member(evidence, "engine") in ("macaulay2", "singular"), "The engine is unknown.")
        refute_ideal(model, generators)
        return verified, [evidence["engine"]], None
    raise MalformedCertificate("The argument for the ideal is not known.")


def check_hilbert(model: Model, evidence: Any
                  ) -> tuple[int, int, list[Fraction], list[str], list[str]]:
    """
    Dimension, degree and Hilbert polynomial of M from a Gröbner basis of I(M), with what was
    verified and whom to trust.

    The Hilbert polynomial is that of the projective variety if the ideal is
    homogeneous, else of the projective closure; the order being graded, both are those of
    the initial ideal.
    """
    from neuroalg_sage.certificates.equations.rational_series import hilbert_polynomial

    data, proof = fields(evidence, "generators", "ideal")
    n = model.ambient_dimension
    generators = polynomials(data, polynomial_ring(n))
    verified, trust, found = check_ideal(model, generators, proof)
    if not isinstance(found, HilbertSeries):
        found = hilbert_series(groebner_basis(model, generators, evidence) if found is None
                               else GroebnerBasis(found, [1] * n), generators)
    return (found.dimension - (not found.homogeneous), sum(found.numerator), hilbert_polynomial(
        found.numerator, found.dimension), [*verified, "the Hilbert series"], trust)
