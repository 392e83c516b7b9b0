"""
Metrics for which no point is conormal to itself, so that the ED degree is that of a generic one.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.distance.isotropic import equations
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.topology.normal_crossings import (
    MOST_MONOMIALS,
    have_no_common_zero,
    number_of_forms,
)
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.models.model import Model


def not_conormal_to_itself(model: Model, form: QuadraticForm, evidence: dict[str, Any],
                           most: int | None = None) -> list[int] | None:
    """
    A multidegree that shows that no point of a known variety is conormal to itself for a metric;
    None if none is seen.

    INPUT:

    - ``evidence`` -- what proves which variety M is
    - ``most`` -- the largest number of forms of a multidegree

    EXAMPLES::

        >>> from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
        >>> from neuroalg_sage.models.families import parse_spec
        >>> model, known = parse_spec("mlp:3,2,1:x^2"), {"formula": "symmetric matrices"}
        >>> not_conormal_to_itself(model, quadratic_form(model, "unit"), known)
        [5]
        >>> not_conormal_to_itself(model, quadratic_form(model, "bombieri"), known) is None
        True
    """
    try:
        found, blocks, _ = equations(rebuilt(model), form.claim(), evidence)
        if len(blocks) == 2:  # as many equations as the dimension and one: the degree of a socle
            r, rest, count = len(blocks[0]) - 1, len(blocks[1]) - 1, len(found)
            degrees = [[3 * count - r, count - rest]]
        else:
            degrees = [[d] for d in range(2, 7)]
        for degree in degrees:
            if number_of_forms(blocks, degree) > (most or MOST_MONOMIALS):
                return None
            if have_no_common_zero(found, blocks, degree):
                return degree
    except (CertificateError, LimitReached):
        pass
    return None
