"""
Whether a function is in M over the real numbers: by a description of M, or by its real rank.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.real.real_rank import binary_forms, real_rank_of
from neuroalg_sage.models.model import Model


def member_by_description(model: Model, function: Sequence[Fraction],
                          description: Callable[[], Invariant]) -> Invariant | None:
    """
    Whether a function is in M, by a proved description of M; None if there is none.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("cnn:2,2")
        >>> member_by_description(M.model, [1, 0, 1], M.semialgebraic_description)
        False (proved)
    """
    start = time.perf_counter()
    try:
        known = description()
    except (LimitReached, InputError):
        return None
    if known.status != "proved":
        return None
    assert known.certificate is not None
    answer = known.data.holds(function)
    evidence = {"argument": "description", "formula": known.certificate["claim"]["value"],
                "description": known.certificate["evidence"]}
    return _membership(model, function, answer, "the description of M by equations and "
                       f"inequalities {'holds' if answer else 'does not hold'}", start, evidence,
                       known.trust)


def member_by_real_rank(model: Model, function: Sequence[Fraction], seed: int | None
                        ) -> Invariant | None:
    """
    Whether a binary form is in M, by its real rank; None if M is something else, or if the bounds
    for the real rank do not decide it.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> quintic = [1, 0, -5, 0, 4, 0]  # five real roots
        >>> member_by_real_rank(parse_spec("mlp:2,4,1:x^5"), quintic, 1)
        False (proved)
    """
    start = time.perf_counter()
    try:
        units, _ = binary_forms(model)
        found = real_rank_of(model, function, seed)
    except InputError:
        return None
    assert found.certificate is not None
    _, low, high = found.certificate["claim"]["value"]
    if low <= units < high:
        return None
    evidence = {"argument": "real rank"} | found.certificate["evidence"]
    return _membership(model, function, high <= units, f"its real rank is {found.sentence()}",
                       start, evidence, [])


def _membership(model: Model, function: Sequence[Fraction], answer: bool, method: str, start: float,
                evidence: dict[str, Any], trust: list[str]) -> Invariant:
    return Invariant.certified(model, "real_membership", answer, "proved", method,
                               time.perf_counter() - start, evidence, trust,
                               claim=[list(map(decimal, function)), answer])
