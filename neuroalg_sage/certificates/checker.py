"""
The checker: verifies certificates with python-flint and the standard library.

This room is the trusted base.  It shares no code with the rest of the project: it rebuilds
the model from its description (``model``), expands or evaluates it by its own means, and
accepts a claim only if the evidence implies it (``dimension``, ``ideal``, ``groebner``,
``singular_locus``, ``conservation_laws``, and others).

Notation.  ``N`` parameters, ``n`` coordinates of the ambient space ``V``, the
parametrization ``φ``, its closed image ``M`` with prime ideal ``I(M)``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from neuroalg_sage.certificates.certificate import SCHEMA, digest
from neuroalg_sage.certificates.dimension.affine_symmetries import (
    LISTED,
    condensed,
    orbit_dimension,
)
from neuroalg_sage.certificates.dimension.dimension import (
    check_dimension,
    sample_rank,
    vanishing,
)
from neuroalg_sage.certificates.dimension.generic_fiber import check_generic_fiber
from neuroalg_sage.certificates.distance.conormal import check_conormal
from neuroalg_sage.certificates.distance.discriminant import check_discriminant
from neuroalg_sage.certificates.distance.distance_degree import (
    LARGEST,
    SUM,
    check_at_least,
    is_invertible,
)
from neuroalg_sage.certificates.distance.polar_degrees import check_formula as check_polar_formula
from neuroalg_sage.certificates.distance.voronoi import check_voronoi_cell
from neuroalg_sage.certificates.dynamics.conservation_laws import (
    check_laws,
    check_number,
    check_quadratic_laws,
)
from neuroalg_sage.certificates.dynamics.level_sets import check_initialization
from neuroalg_sage.certificates.equations.formulas import check_formula
from neuroalg_sage.certificates.equations.hilbert_function import check_hilbert_function
from neuroalg_sage.certificates.equations.ideal import check_hilbert, check_ideal
from neuroalg_sage.certificates.equations.membership import check_in_closure
from neuroalg_sage.certificates.fibers.fiber import check_fiber, check_membership
from neuroalg_sage.certificates.fibers.invariance import check_invariant_parameters
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    CertificateError,
    MalformedCertificate,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial_ring,
    polynomial_set,
    require,
)
from neuroalg_sage.certificates.singularities.binary_forms import check_sums_of_powers
from neuroalg_sage.certificates.singularities.critical_locus import check_critical_locus
from neuroalg_sage.certificates.singularities.singular_locus import check_singular_locus
from neuroalg_sage.certificates.singularities.subnetworks import check_subnetworks
from neuroalg_sage.certificates.singularities.subspace_varieties import check_subspace_variety
from neuroalg_sage.certificates.training.critical_points import check_critical_points
from neuroalg_sage.certificates.training.loss_critical_locus import check_loss_critical_locus

__all__ = ["CertificateError", "MalformedCertificate", "Verdict", "verify"]

MAXIMAL_BYTES = 200_000_000

# What these claims list has a property; that nothing else has it is not claimed.
NOT_ALL = ("equations", "singular_subvarieties", "critical_subvarieties")

STATUSES = ("proved", "monte_carlo", "bounds")
Checked = tuple[list[str], list[str]]  # what was verified, whom to trust


@dataclass(frozen=True)
class Verdict:
    """What the checker has verified."""

    invariant: str
    value: Any
    status: str
    trust: tuple[str, ...]
    model: str
    verified: tuple[str, ...]

    def __str__(self) -> str:
        believing = "trusting " + (", ".join(self.trust) or "nothing else")
        value = json.dumps(self.value)
        shown = value if len(value) <= 60 else value[:57] + "..."
        model = self.model if len(self.model) <= 200 else self.model[:197] + "..."
        others = " (there may be others)" * (self.invariant in NOT_ALL)
        return (f"valid: {self.invariant} of {model} is {shown}{others}; {self.status}, "
                f"{believing}. Verified: {'; '.join(self.verified)}.")


def _dimension(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_dimension(model, evidence, data["status"], value, data.get("error_bound"))


def _filling(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    dimension = member(evidence, "dimension")
    checked = _dimension(model, dimension, evidence, data)
    require(value is (dimension == model.ambient_dimension), "The claim about filling is false.")
    return checked


def _expected(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    """
    min(n, N - s), with s the generic dimension of the orbits of the affine-linear symmetries, or,
    if the parameters are too many for a proof that the list is complete, of those listed.  Both
    are those of the condensed model, in which affine-linear layers count as the map that they make.
    """
    model = condensed(model)
    trial, symmetries = fields(evidence, "trial", "symmetries")
    low, high, complete, verified = orbit_dimension(model, symmetries, trial)
    n, most = model.ambient_dimension, model.parameters
    # Orbits lie in fibers; where that bound suffices no list is trusted.
    fiber = most - sample_rank(model, trial)[0]
    needed = min(n, most - low) > min(n, most - fiber)
    require(value == min(n, most - low) == min(n, most - (min(high, fiber) if needed else fiber)),
            "The expected dimension is not proved.")
    return [verified], [LISTED] * (needed and not complete)


def _defect(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    expected, dimension, proof = fields(evidence, "expected", "dimension", "dimension_evidence")
    verified, listed = _expected(model, expected, evidence, data)
    more, trust = _dimension(model, dimension, proof, data)
    require(value == expected - dimension, "The defect claimed is not the difference.")
    return verified + more, trust + listed


def _ambient(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    require(value == model.ambient_dimension,
            "The ambient dimension claimed is not that of the model.")
    return ["the count of the allowed monomials"], []


def _equations(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    equations = polynomial_set(value, polynomial_ring(model.ambient_dimension))
    require(equations, "Nothing is claimed.")
    vanishing(model, equations)
    return [f"the equations ({len(equations)}) vanish on the neurovariety"], []


def _ideal(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    generators = polynomial_set(value, polynomial_ring(model.ambient_dimension))
    verified, trust, _ = check_ideal(model, generators, evidence)
    return verified, trust


def _degree(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    if "formula" in evidence:
        degree, _, verified, trust = check_formula(model, evidence)
        require(value == degree, f"The degree is {degree}, not as claimed.")
        return verified, trust
    _, degree, _, verified, trust = check_hilbert(model, evidence)
    require(value == degree, f"The degree is {degree}, not as claimed.")
    return verified, trust


def _hilbert(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    if "formula" in evidence:
        _, known, verified, trust = check_formula(model, evidence)
        require(known is not None and value == [str(c) for c in known],
                "The Hilbert polynomial is not as claimed.")
        return verified, trust
    _, _, polynomial, verified, trust = check_hilbert(model, evidence)
    require(value == [str(c) for c in polynomial], "The Hilbert polynomial is not as claimed.")
    return verified, trust


def _singular_locus(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    if "theorem" in evidence:
        check = {"a subspace variety": check_subspace_variety,
                 "sums of powers of binary forms": check_sums_of_powers}[evidence["theorem"]]
        return check(model, value, evidence)
    return check_singular_locus(model, value, evidence, all_of_it=True)


def _subnetworks(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_subnetworks(model, value, evidence)


def _critical_locus(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_critical_locus(model, value, evidence, all_of_it=True)


def _critical_subvarieties(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_critical_locus(model, value, evidence, all_of_it=False)


def _singular_subvarieties(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_singular_locus(model, value, evidence, all_of_it=False)


def _finitely_identifiable(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    """Whether the generic fiber has the dimension of the orbits of affine-linear symmetries."""
    dimension, proof, trial, symmetries = fields(evidence, "dimension", "dimension_evidence",
                                                 "trial", "symmetries")
    verified, trust = check_dimension(model, proof, "proved", dimension)
    low, high, complete, orbits = orbit_dimension(model, symmetries, trial)
    if value:
        require(model.parameters - low == dimension, "The orbits are smaller than the fibers.")
    else:
        require(model.parameters - high > dimension, "The orbits may be as large as the fibers.")
    return [*verified, orbits], trust + [LISTED] * (not value and not complete)


def _generic_fiber(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    if len(value) > 1:
        require(data["status"] == "proved", "The points of a generic fiber are proved.")
        return check_generic_fiber(model, value, evidence)
    dimension = integer(member(evidence, "dimension"), 0, model.parameters, "dimension")
    integers(value, 0, model.parameters, "dimension of a fiber")
    require(value == [model.parameters - dimension], "The dimension of the fiber is false.")
    return _dimension(model, dimension, evidence, data)


def _identifiable(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    if "fiber" not in evidence:
        require(value is False, "What is identifiable has a known generic fiber.")
        return _finitely_identifiable(model, value, evidence, data)
    fiber = member(evidence, "fiber")
    checked = check_generic_fiber(model, fiber, evidence)
    require(value is (fiber[1] == fiber[2]), "The claim about identifiability is false.")
    return checked


def _hilbert_function(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_hilbert_function(model, value, evidence, affine=False), []


def _affine_hilbert_function(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_hilbert_function(model, value, evidence, affine=True), []


def _number(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    bounds = value if data["status"] == "bounds" else [value, value]
    require(data["status"] == "proved" or bounds[0] < bounds[1], "The bounds are equal.")
    return check_number(model, None, bounds, evidence), []


def _number_of_flow(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    flow, *bounds = value
    proved = data["status"] == "proved"
    require(len(bounds) == (1 if proved else 2) and (proved or bounds[0] < bounds[1]),
            "The claim is not a flow with the number of its laws, or with bounds.")
    return check_number(model, flow, bounds * 2 if proved else bounds, evidence), []


def _laws(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_laws(model, None, value, evidence), []


def _laws_of_flow(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_laws(model, value[0], value[1:], evidence), []


def _critical_points(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_critical_points(model, value, evidence)


def _special_fiber(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_fiber(model, value, evidence)


def _membership(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    check = check_in_closure if member(evidence, "argument") == "ideal" else check_membership
    return check(model, value, evidence)


def _loss_critical_locus(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_loss_critical_locus(model, value, evidence)


def _invariant_parameters(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_invariant_parameters(model, value, evidence)


def _voronoi_cell(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_voronoi_cell(model, value, evidence, data["status"])


def _polar_degrees(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    if "basis" in evidence:
        return check_conormal(model, value, evidence)
    if "formula" in evidence:
        require(evidence["formula"] != "convolutions", "The theorem is on their sum.")
        degrees, (verified, trust) = check_polar_formula(model, "generic", evidence)
    else:
        require(model.ambient_dimension > 0, "A point has no polar degrees.")
        degrees = [1] + [0] * (model.ambient_dimension - 1)
        verified, trust = _dense(model, evidence, data)
    require(integers(value, 0, LARGEST, "polar degrees") == degrees,
            "The polar degrees are not as claimed.")
    return verified, trust


def _dense(model: Model, evidence: Any, data: dict) -> Checked:
    """The image is dense in V, so the target itself is the only critical point."""
    verified, trust = _dimension(model, model.ambient_dimension, member(evidence, "dimension"),
                                 data)
    return [*verified, "the image is dense"], trust


def _ed_degree(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    metric, number = items(value, "claim", 2)
    integer(number, 0, LARGEST, "ED degree")
    if "polar_degrees" in evidence:
        polar = member(evidence, "polar_degrees")
        verified, trust = check_conormal(model, polar, evidence)
        require(metric == "generic" and number == sum(polar), "The ED degree is not the sum.")
        return verified, trust + [SUM] * (SUM not in trust)
    if "formula" in evidence:
        summands, (verified, trust) = check_polar_formula(model, metric, evidence)
        require(number == sum(summands), f"The ED degree is {sum(summands)}, not as claimed.")
        polar = metric == "generic" and evidence["formula"] != "convolutions"
        return verified, trust + [SUM] * polar
    invertible = metric == "generic" or is_invertible(model, metric)
    if "point" in evidence:  # with the tangent space zero: critical for all data and forms
        require(number == 1, "The ED degree of a point is 1.")
        verified, trust = _dimension(model, 0, member(evidence, "point"), data)
        return [*verified, "the image is a point"], trust
    require(number == 1 and invertible,
            "The ED degree of a space is 1, for a form that is not degenerate.")
    return _dense(model, evidence, data)


def _at_least(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_at_least(model, value, evidence)


def _quadratic_laws(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_quadratic_laws(model, value, evidence), []


def _initialization(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_initialization(model, value, evidence), []


def _discriminant(model: Model, value: Any, evidence: Any, data: dict) -> Checked:
    return check_discriminant(model, value, evidence)


# For each invariant its check, and the statuses that it may claim.
_PROVED = ("proved",)
_CLAIMS = {
    "dimension": (_dimension, STATUSES), "is_filling": (_filling, ("proved", "monte_carlo")),
    "expected_dimension": (_expected, _PROVED), "defect": (_defect, ("proved", "monte_carlo")),
    "ambient_dimension": (_ambient, _PROVED), "equations": (_equations, _PROVED),
    "ideal": (_ideal, _PROVED), "degree": (_degree, _PROVED),
    "hilbert_polynomial": (_hilbert, _PROVED), "singular_locus": (_singular_locus, _PROVED),
    "singular_subvarieties": (_singular_subvarieties, _PROVED),
    "subnetworks": (_subnetworks, _PROVED), "critical_locus": (_critical_locus, _PROVED),
    "critical_subvarieties": (_critical_subvarieties, _PROVED),
    "hilbert_function": (_hilbert_function, _PROVED),
    "affine_hilbert_function": (_affine_hilbert_function, _PROVED),
    "number_of_conservation_laws": (_number, ("proved", "bounds")),
    "number_of_conservation_laws_of_flow": (_number_of_flow, ("proved", "bounds")),
    "conservation_laws": (_laws, _PROVED), "conservation_laws_of_flow": (_laws_of_flow, _PROVED),
    "quadratic_conservation_laws": (_quadratic_laws, _PROVED),
    "balanced_initialization": (_initialization, _PROVED),
    "is_finitely_identifiable": (_finitely_identifiable, _PROVED),
    "generic_fiber": (_generic_fiber, ("proved", "monte_carlo")),
    "is_identifiable": (_identifiable, _PROVED),
    "critical_points": (_critical_points, _PROVED),
    "special_fiber": (_special_fiber, _PROVED), "membership": (_membership, _PROVED),
    "loss_critical_locus": (_loss_critical_locus, _PROVED),
    "voronoi_cell": (_voronoi_cell, ("proved", "bounds")),
    "invariant_parameters": (_invariant_parameters, _PROVED),
    "polar_degrees": (_polar_degrees, _PROVED), "ed_degree": (_ed_degree, _PROVED),
    "ed_degree_at_least": (_at_least, _PROVED), "ed_discriminant": (_discriminant, _PROVED),
}


def parse(text: str | bytes) -> Any:
    """Read the JSON text of a certificate."""
    if len(text) > MAXIMAL_BYTES:
        raise MalformedCertificate(f"The certificate is larger than {MAXIMAL_BYTES} bytes.")
    try:
        return json.loads(text, object_pairs_hook=_object)
    except MalformedCertificate:
        raise
    except RecursionError:
        raise MalformedCertificate("The certificate nests too deeply.") from None
    except ValueError as error:
        raise MalformedCertificate(
            f"The certificate is not JSON, perhaps cut off ({str(error)[:80]}).") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of two fields of one name a person may read the one, and the checker the other.
    if len(dict(pairs)) < len(pairs):
        raise MalformedCertificate("The certificate has two fields of one name in an object.")
    return dict(pairs)


def verify(data: Any) -> Verdict:
    """
    Verify a certificate.

    INPUT:

    - ``data`` -- the certificate as plain data, or its JSON text

    OUTPUT: :class:`Verdict`

    Raises :class:`MalformedCertificate` if the data is no certificate of this version,
    :class:`CertificateError` if it does not prove what it claims.
    """
    if isinstance(data, (str, bytes)):
        data = parse(data)
    schema, description, claim, status, trust, evidence, engines, stated = fields(
        data, "schema", "model", "claim", "status", "trust", "evidence", "engines", "digest")
    if type(schema) is not int or schema != SCHEMA:
        raise MalformedCertificate(f"The certificate's schema is not {SCHEMA}, the one that this "
                                   "version reads.")
    require(set(data) <= {"schema", "model", "claim", "status", "trust", "evidence", "engines",
                          "digest", "error_bound"}, "The certificate has an unknown field.")
    require(stated == digest(data), "The certificate was changed: its digest does not match.")
    invariant, value = fields(claim, "invariant", "value")
    if not isinstance(invariant, str) or invariant not in _CLAIMS:
        raise MalformedCertificate("The claim's invariant is not known.")
    require(set(claim) == {"invariant", "value"}, "The claim has an unknown field.")
    # In Python 1, 1.0 and True are equal; in a claim they are not.
    require(type(value) in ((bool,) if invariant.startswith("is_") else (int, list)),
            "The claim's value is of the wrong kind.")
    check, statuses = _CLAIMS[invariant]
    if status not in statuses:
        raise MalformedCertificate(f"The status of this invariant is one of {statuses}.")
    require((status == "monte_carlo") == ("error_bound" in data),
            "An error bound belongs to the status monte_carlo, and to it alone.")
    try:
        model = Model(description)
        verified, needed = check(model, value, evidence, data)
    except CertificateError:
        raise
    except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, MemoryError,
            RecursionError) as error:
        raise MalformedCertificate(f"The evidence is malformed ({type(error).__name__}).") from None
    require(trust == needed, "The certificate does not state whom it trusts as it must: "
            f"{', '.join(needed) or 'nobody'}.")
    return Verdict(invariant, value, status, tuple(needed), model.name, tuple(verified))
