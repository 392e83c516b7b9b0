"""Euler characteristics of parts and local Euler obstructions: formulas, Macaulay2, duality."""

from __future__ import annotations

import copy
from math import comb
from typing import Any

import pytest

from neuroalg_sage import InputError, NeuroManifold, from_expressions
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.distance.distance_formulas import determinantal
from neuroalg_sage.certificates.distance.parts import by_class, of_matrices
from neuroalg_sage.certificates.topology.normal_crossings import euler_characteristic

FORMATS = [(3, 3, 1), (3, 3, 2), (2, 5, 1), (4, 4, 2), (4, 5, 3), (5, 5, 4)]
SYMMETRIC = [(2, 1), (3, 1), (3, 2), (4, 2), (4, 3), (5, 3), (5, 4)]


@pytest.mark.parametrize("m, n, r", FORMATS)
def test_obstructions_of_matrices_are_binomials(m: int, n: int, r: int) -> None:
    """T. Gaffney, N. Grulha, M. Ruas, Math. Z. 291 (2019)."""
    for t, (_, _, found) in enumerate(of_matrices(m, n, r)["strata"], 1):
        assert found == comb(min(m, n) - t, r - t)


@pytest.mark.parametrize("m, r", SYMMETRIC)
def test_obstructions_of_symmetric_matrices(m: int, r: int) -> None:
    """X. Zhang: zero if the corank is even and the rank odd, else a binomial coefficient."""
    for t, (_, _, found) in enumerate(of_matrices(m, None, r)["strata"], 1):
        size, rank = m - t, r - t
        assert found == (0 if size % 2 == 0 and rank % 2 else comb(size // 2, rank // 2))


@pytest.mark.parametrize("m, n, r", [*FORMATS, *((m, None, r) for m, r in SYMMETRIC)])
def test_strata_and_polar_degrees_have_the_same_integral(m: int, n: int | None, r: int) -> None:
    """The degree of the Chern-Mather class is the integral of the local Euler obstruction."""
    polar = determinantal(m, n, r)
    total = sum((-1) ** k * (len(polar) - k) * p for k, p in enumerate(polar))
    assert total == sum(number * eu for _, number, eu in of_matrices(m, n, r)["strata"])


@pytest.mark.parametrize("spec, sizes, degrees", [
    ("linear:3,1,3", (3, 3), (1, 1)), ("mlp:2,1,2:x^2", (2, 2), (2, 1)),
    ("mlp:3,1,1:x^3", (3,), (3,)), ("mlp:3,1,1:x^2", (3,), (2,)),
    ("cnn:2s2,3:x^2", (2, 3), (2, 1))])
def test_complements_in_smooth_varieties(spec: str, sizes: tuple[int, ...],
                                         degrees: tuple[int, ...]) -> None:
    """By Chern classes of the complement of hypersurfaces of degrees 1 and 2 times the others."""
    found = NeuroManifold(spec).euler_characteristic_of_parts()
    h, twice = list(degrees), [2 * d for d in degrees]
    assert found["hyperplane_complement"] == euler_characteristic(sizes, [h])
    assert found["quadric_complement"] == euler_characteristic(sizes, [twice])
    assert found["complement_of_both"] == euler_characteristic(sizes, [h, twice])
    assert found["smooth_locus"] == euler_characteristic(sizes, [])
    assert verify(found.certificate).value == found.data


@pytest.mark.parametrize("spec", ["mlp:3,2,1:x^2", "mlp:2,1,1:x^2"])
def test_macaulay2_finds_the_same_complements(spec: str) -> None:
    known = NeuroManifold(spec).euler_characteristic_of_parts()
    found = NeuroManifold(spec, method="elimination").euler_characteristic_of_parts()
    assert found.trust == ["macaulay2"] and verify(found.certificate)
    assert found["smooth_locus"] is None and found["strata"] == []
    assert all(found[name] == known[name] for name in (
        "hyperplane_complement", "quadric_complement", "complement_of_both"))


def test_dense_models_are_projective_spaces() -> None:
    found = NeuroManifold("mlp:2,2,2:x^2").euler_characteristic_of_parts()
    assert found.data == {"strata": [["all", 6, 1]], "smooth_locus": 6, "hyperplane_complement": 1,
                          "quadric_complement": 0, "complement_of_both": -1}
    assert found.trust == [] and verify(found.certificate)
    # P^5: its class has these degrees, from points to the whole space.
    assert by_class([comb(6, i + 1) for i in range(6)]) | {
        "strata": found["strata"], "smooth_locus": 6} == found.data


def test_a_claim_that_differs_is_refused() -> None:
    original = NeuroManifold("linear:3,2,3").euler_characteristic_of_parts().certificate

    def changed(name: str, value: Any) -> dict[str, Any]:
        data = copy.deepcopy(original)
        data["claim"]["value"][name] = value
        return data | {"digest": digest(data)}

    strata = original["claim"]["value"]["strata"]
    for name, value in (("smooth_locus", 1), ("smooth_locus", None), ("smooth_locus", False),
                        ("hyperplane_complement", 1), ("other", 0), ("strata", strata[:1]),
                        ("strata", [strata[0], ["rank 2", 0, True]]),
                        ("strata", [["rank 1", 9, 1], strata[1]])):
        with pytest.raises(CertificateError):
            verify(changed(name, value))


def test_what_is_no_cone_has_no_projectivization() -> None:
    curve = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
    with pytest.raises(InputError, match="projectivization of a cone"):
        NeuroManifold(curve).euler_characteristic_of_parts()
    point = from_expressions(["x"], ["a"], ["x"])
    with pytest.raises(InputError, match="one function"):
        NeuroManifold(point).euler_characteristic_of_parts()


def test_a_cone_is_known_by_its_equations() -> None:
    """φ is homogeneous for no weights, but the closures of M are a plane, and a conic's cone."""
    plane = from_expressions(["(1 + a)*x + (1 + a)*b*y"], ["a", "b"], ["x", "y"])
    found = NeuroManifold(plane).euler_characteristic_of_parts()
    assert (found["smooth_locus"], found["hyperplane_complement"]) == (2, 1)
    conic = from_expressions(["(1 + a)*(x + b*y + b^2*z)"], ["a", "b"], ["x", "y", "z"])
    found = NeuroManifold(conic).euler_characteristic_of_parts()
    assert (found["hyperplane_complement"], found["quadric_complement"]) == (0, -2)
    assert verify(found.certificate)
