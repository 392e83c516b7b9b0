"""
The checker: verifies certificates with python-flint and the standard library.

This room is the trusted base.  It shares no code with the rest of the project: it rebuilds
the model from its description (``model``), expands or evaluates it by its own means, and
accepts a claim only if the evidence implies it.  What claims there are, and by which check each
is verified, stands in the wings, in tables named ``CLAIMS``.

Notation.  ``N`` parameters, ``n`` coordinates of the ambient space ``V``, the
parametrization ``φ``, its closed image ``M`` with prime ideal ``I(M)``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from neuroalg_sage.certificates import (
    approximation,
    capacity,
    dimension,
    distance,
    dynamics,
    equations,
    fibers,
    piecewise,
    points,
    real,
    singularities,
    topology,
    training,
)
from neuroalg_sage.certificates.certificate import SCHEMA, digest
from neuroalg_sage.certificates.claim import Claim
from neuroalg_sage.certificates.reading import (
    CertificateError,
    MalformedCertificate,
    fields,
    require,
)

__all__ = ["CertificateError", "MalformedCertificate", "Verdict", "verify"]

MAXIMAL_BYTES = 200_000_000

WINGS = (dimension, dynamics, equations, topology, singularities, fibers, points, distance, real,
         training, capacity, piecewise, approximation)
CLAIMS = {claim.name: claim for wing in WINGS for claim in wing.CLAIMS}


@dataclass(frozen=True)
class Verdict:
    """
    What the checker has verified.

    - ``others`` -- what is listed has a property, and there may be others that have it
    - ``package`` -- the package with its version whose check it was, where the claim is not one of
      this checker; the package is outside of the trusted base, and must be believed
    """

    invariant: str
    value: Any
    status: str
    trust: tuple[str, ...]
    model: str
    verified: tuple[str, ...]
    others: bool = False
    package: str = ""

    def __str__(self) -> str:
        believing = "trusting " + (", ".join(self.trust) or "nothing else")
        value = json.dumps(self.value)
        shown = value if len(value) <= 60 else value[:57] + "..."
        model = self.model if len(self.model) <= 200 else self.model[:197] + "..."
        others = " (there may be others)" * self.others
        valid = (f"checked by the package {self.package}, which is outside of the trusted base and "
                 "must be believed" if self.package else "valid")
        return (f"{valid}: {self.invariant} of {model} is {shown}{others}; {self.status}, "
                f"{believing}. Verified: {'; '.join(self.verified)}.")


def known_claim(name: Any) -> Claim:
    """The claim of this name: one of this checker, or else of a package that declares it."""
    found: Claim | None = None
    if isinstance(name, str):
        found = CLAIMS.get(name)
        if found is None:
            from neuroalg_sage.certificates import outside

            found = outside.claim(name)
    if found is None:
        raise MalformedCertificate("The claim's invariant is not known.")
    return found


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
    kind = known_claim(invariant)
    require(set(claim) == {"invariant", "value"}, "The claim has an unknown field.")
    require(type(value) in kind.kinds, "The claim's value is of the wrong kind.")
    if status not in kind.statuses:
        raise MalformedCertificate(f"The status of this invariant is one of {kind.statuses}.")
    require((status == "monte_carlo") == ("error_bound" in data),
            "An error bound belongs to the status monte_carlo, and to it alone.")
    # A check is told the status where there is a choice, and the error bound where there is one.
    more = [status] if len(kind.statuses) > 1 else []
    more += [data["error_bound"]] if "error_bound" in data else []
    try:
        model = kind.rebuilt(description)
        verified, needed = kind.verify(model, value, evidence, *more)
    except CertificateError:
        raise
    except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, MemoryError,
            RecursionError) as error:
        raise MalformedCertificate(f"The evidence is malformed ({type(error).__name__}).") from None
    require(trust == needed, "The certificate does not state whom it trusts as it must: "
            f"{', '.join(needed) or 'nobody'}.")
    return Verdict(invariant, value, status, tuple(needed), model.name, tuple(verified),
                   kind.others, kind.origin)
