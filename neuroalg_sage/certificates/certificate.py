"""
The form of a certificate: plain JSON data with a digest.

- ``schema`` -- version of the form
- ``model`` -- the model's description
- ``claim`` -- ``{"invariant": name, "value": ...}``
- ``status`` -- ``proved``, ``monte_carlo`` or ``bounds``
- ``trust`` -- what must be believed besides the checker, a list of names
- ``evidence`` -- what the checker verifies again
- ``engines`` -- versions of the programs that found the evidence
- ``error_bound`` -- for ``monte_carlo`` only, a number
- ``digest`` -- SHA-256 of all the rest, in canonical form

A polynomial is a list of terms ``[coefficient, [i, e, j, f, ...]]``: the
coefficient is a string, the list holds variables and their exponents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

SCHEMA = 2


def digest(certificate: Mapping[str, Any]) -> str:
    """The SHA-256 of a certificate without its digest, in canonical JSON."""
    content = {key: value for key, value in certificate.items() if key != "digest"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def certificate(model: Mapping[str, Any], invariant: str, value: Any, status: str,
                trust: list[str], evidence: Mapping[str, Any],
                engines: Mapping[str, str], error_bound: float | None = None
                ) -> dict[str, Any]:
    """
    Return a certificate as plain data.

    INPUT: the fields of a certificate; see the module's documentation

    OUTPUT: dictionary that ``json.dumps`` writes

    EXAMPLES::

        >>> c = certificate({}, "dimension", 1, "proved", [], {}, {})
        >>> c["digest"] == digest(c)
        True
    """
    data = {"schema": SCHEMA, "model": dict(model),
            "claim": {"invariant": invariant, "value": value}, "status": status,
            "trust": list(trust), "evidence": dict(evidence), "engines": dict(engines)}
    if error_bound is not None:
        data["error_bound"] = error_bound
    return data | {"digest": digest(data)}


def decimal(c: Fraction | int) -> str:
    """
    A rational number as text, of any length: Python writes and reads 4,300 digits by default.

    EXAMPLES::

        >>> decimal(Fraction(-1, 2)), decimal(3), len(decimal(7**6000))
        ('-1/2', '3', 5071)
    """
    try:
        return str(c)
    except ValueError:  # the setting is one for the whole process, and not ours
        from flint import fmpz  # seldom needed, and all of this program writes such numbers

        numerator = str(fmpz(c.numerator))
        return numerator if c.denominator == 1 else f"{numerator}/{fmpz(c.denominator)}"


def encode_polynomial(polynomial: Mapping[tuple[int, ...], Fraction | int]) -> list[list[Any]]:
    """
    A polynomial as the terms of a certificate.

    EXAMPLES::

        >>> encode_polynomial({(2, 0, 1): Fraction(1, 2)})
        [['1/2', [0, 2, 2, 1]]]
    """
    return [[decimal(c), [k for place, e in enumerate(exponents) if e for k in (place, e)]]
            for exponents, c in sorted(polynomial.items(), reverse=True)]
