"""Bounds of distances in polyhedral norms, against dense samples and known distances."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from claims import changed_at
from conftest import slow

from neuroalg_sage import InputError, NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.invariants.distance.polyhedral_norms import polyhedral_norm


@pytest.mark.parametrize("spec, function, norm, distance", [
    # Of singular matrices: E with entries at most 1/2 suffices, and the norm dual to that of the
    # inverse is needed.
    ("linear:2,1,2", [1, 0, 0, 1], "linf", Fraction(1, 2)),
    slow("linear:2,1,2", [1, 0, 0, 2], "l1", Fraction(1)),
    ("linear:2,1,2", [3, 0, 0, 3], "l1", Fraction(3)),
    # z_1^2 = 4 z_0 z_2: one of the squares is left.
    ("mlp:2,1,1:x^2", [1, 0, 1], "l1", Fraction(1))])
def test_known_distances(spec: str, function: list[int], norm: str, distance: Fraction) -> None:
    found = NeuroManifold(spec, seed=1).polyhedral_distance(function, norm)
    low, high = found.data
    assert found.status == "bounds" and low <= distance <= high and high - low < distance / 1000
    verdict = verify(found.certificate)
    assert verdict.status == "bounds" and verdict.trust == ()


def test_other_distances_are_those_of_dense_samples() -> None:
    generator = random.Random(2)
    manifold = NeuroManifold("mlp:2,1,1:x^2", seed=1)
    angles = np.linspace(0, np.pi, 4001)
    squares = np.stack([np.cos(angles)**2, 2 * np.cos(angles) * np.sin(angles),
                        np.sin(angles)**2])
    points = np.concatenate([c * squares for c in np.linspace(-12, 12, 2001)], axis=1)
    hexagons = [[generator.randrange(-4, 5) for _ in range(3)] for _ in range(3)]
    hexagons += [[0, 0, 5], [0, 5, 1], [5, 2, 0]]
    for norm in ("l1", "linf", {"vertices": [[s * c for c in v] for v in hexagons
                                             for s in (1, -1)]}):
        u = [generator.randrange(-3, 4) for _ in range(3)]
        found = manifold.polyhedral_distance(u, norm)
        low, high = map(float, found.data)
        forms = np.array(polyhedral_norm(3, norm).forms, dtype=float)
        sample = (forms @ (points - np.array(u, dtype=float)[:, None])).max(axis=0).min()
        assert low <= sample + 1e-9 and sample == pytest.approx(high, abs=0.02)
        verify(found.certificate)


def test_forged_bounds_are_refused() -> None:
    certificate = NeuroManifold("mlp:2,1,1:x^2", seed=1).polyhedral_distance([1, 0, 1]).certificate
    assert certificate is not None
    value = certificate["claim"]["value"]
    low, high = map(Fraction, value["bounds"])
    ball = value["vertices"]
    for path, to in ((("bounds",), [str(high), str(high)]),
                     (("bounds",), [str(low), str(low)]), (("bounds",), ["-1", str(high)]),
                     (("bounds",), [str(high * 2), str(high * 3)]),
                     (("function", 0), "2"), (("vertices",), ball[1:]),
                     (("vertices",), [[str(Fraction(c) / 2) for c in v] for v in ball])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "claim", "value", *path, to=to))
    for part, to in (("parameters", ["0", "0", "0"]), ("equations", [[["1", [0, 1]]]]),
                     ("equations", [])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "evidence", part, to=to if part != "parameters" else [
                "9", "0", "1"]))


@pytest.mark.parametrize("function, norm, words", [
    ([1, 0, 1], {"metric": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]}, "same mass"),
    ([1, 0], "l1", "coordinates"), ([1, 0, 1], "l2", "it is l1, linf, or")])
def test_what_has_no_distance_is_refused(function: list[int], norm: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        NeuroManifold("mlp:2,1,1:x^2", seed=1).polyhedral_distance(function, norm)


def test_where_m_is_dense_only_the_parameters_bound_it() -> None:
    low, high = NeuroManifold("linear:2,2", seed=1).polyhedral_distance([1, 2, 3, 4]).data
    assert low == 0 and high < Fraction(1, 10**6)
