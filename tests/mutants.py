"""Random changes of certificates, which the checker must not accept."""

from __future__ import annotations

import copy
from contextlib import suppress
from fractions import Fraction

from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify


def paths(data, prefix=()):
    """All leaves of plain data, as paths."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from paths(value, (*prefix, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from paths(value, (*prefix, i))
    else:
        yield prefix


def changed(value, generator):
    """A different value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + generator.choice([-2, -1, 1, 2, 1000])
    if isinstance(value, float):
        return value * generator.choice([0.0, 0.5, 2.0])
    if value is None:
        return 0
    try:
        return str(Fraction(value) + generator.choice([-1, 1, Fraction(1, 2)]))
    except ValueError:
        return value + generator.choice(["x", "1", " "])


def leaves(original):
    """The paths of the leaves that :func:`mutate` may change."""
    return [p for p in paths(original) if p != ("digest",)]


def mutate(original, generator, places=None):
    """One random change of one leaf, or of one list; returns the data and where."""
    where = generator.choice(leaves(original) if places is None else places)
    # What is not on the way to the leaf is shared with the original.
    data = parent = copy.copy(original)
    for key in where[:-1]:
        parent[key] = copy.copy(parent[key])
        parent = parent[key]
    if isinstance(parent, list) and len(parent) > 1 and generator.random() < 0.3:
        parent.pop(where[-1])
    else:
        parent[where[-1]] = changed(parent[where[-1]], generator)
    return data, where


def accepted_mutants(originals, count, generator):
    """
    Of so many mutants with a new digest those that are accepted: the original, the mutant,
    where it differs, and the verdict.
    """
    places = list(map(leaves, originals))
    for _ in range(count):
        chosen = generator.choice(range(len(originals)))
        original = originals[chosen]
        data, where = mutate(original, generator, places[chosen])
        data["digest"] = digest(data)
        with suppress(CertificateError):
            yield original, data, where, verify(data)
