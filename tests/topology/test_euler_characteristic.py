"""Euler characteristics: known varieties, Macaulay2's, and pieces against counts of points."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from conftest import slow
from flint import fmpq, fmpz_mod_poly_ctx

from neuroalg_sage import NeuroManifold, from_expressions
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.topology.euler_characteristic import (
    affine_piece,
    projective_piece,
)
from neuroalg_sage.engines.macaulay2 import Script

SEGRE = from_expressions(
    ["+".join(f"{a}*{b}*{c}*x{k}" for k, (a, b, c) in enumerate(itertools.product(
        ("a0", "a1"), ("b0", "b1"), ("c0", "c1"))))],
    [f"{letter}{i}" for letter in "abc" for i in (0, 1)], [f"x{k}" for k in range(8)])


@pytest.mark.parametrize("model, projective", [
    ("linear:3,1,3", 9), ("linear:3,2,3", 9), ("linear:2,1,4", 8), ("linear:3,2,4", 12),
    ("mlp:3,1,1:x^2", 3),  # a projective plane
    ("mlp:3,2,1:x^2", 6),  # its secant variety: symmetric matrices of rank at most 2
    ("mlp:2,1,1:x^3", 2), ("mlp:2,1,2:x^2", 4),
    ("mlp:2,2,1:x^4", 4),  # the secant variety of a rational normal curve of degree 4, see below
    ("mlp:2,2,2:x^2", 6),  # fills P^5
    (SEGRE, 8),
])
@pytest.mark.parametrize("method", ["auto", "elimination"])
def test_known_varieties(model: Any, projective: int, method: str) -> None:
    """By what they are, and by equations."""
    answer = NeuroManifold(model, method=method).euler_characteristic()
    assert answer.data == {"affine": 1, "projective": projective}
    assert (answer.status, answer.trust) == ("proved", [])
    assert verify(answer.certificate)


@pytest.mark.parametrize("spec, projective", [
    ("linear:12,9,12", 144), ("linear:9,5,7,9", 81), ("mlp:7,3,1:x^2", 28), ("mlp:7,1,1:x^2", 7),
    ("mlp:3,2,4:x:bias", 16),  # 4 constants beside the matrices
    ("cnn:3,3:x", 5), ("ssm:steps=9,state=2", 4), ("cnn:2,2:x^2", 3)])
def test_known_varieties_need_no_equations(spec: str, projective: int,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    manifold = NeuroManifold(spec)
    monkeypatch.setattr(manifold, "ideal", lambda: pytest.fail("the ideal was asked for"))
    answer = manifold.euler_characteristic()
    assert answer.data == {"affine": 1, "projective": projective} and answer.trust == []
    assert verify(answer.certificate)
    claim = answer.certificate["claim"]
    for value in ({"affine": 1, "projective": projective + 1}, {"affine": 0, "projective":
                  projective}, {"affine": 1, "projective": None}):
        data = dict(answer.certificate) | {"claim": claim | {"value": value}}
        with pytest.raises(CertificateError):
            verify(data | {"digest": digest(data)})


def test_the_secant_variety_of_a_curve_by_its_points() -> None:
    """Pairs of points of P^1 span lines; then there are tangents, and the curve."""
    # The pairs of different points are P^2 less a conic, with χ = 3 - 2; a secant without its two
    # points has χ = 0.  The tangents without the curve have 2 * 1, and the curve has 2.
    assert (3 - 2) * 0 + 2 * 1 + 2 == NeuroManifold("mlp:2,2,1:x^4").euler_characteristic()[
        "projective"]


@pytest.mark.parametrize("spec", [slow("linear:2,1,2"), "mlp:2,1,2:x^2", "mlp:2,1,1:x^3"])
def test_macaulay2_finds_the_same_of_smooth_varieties(spec: str) -> None:
    manifold = NeuroManifold(spec)
    ideal = manifold.ideal()
    from neuroalg_sage.invariants.equations.degree import ideal_data

    script = Script("Euler", ideal_data(manifold.model.ambient_dimension, ideal.data), "",
                    {"euler": "Euler(I, InputIsSmooth => true)"}, ("CharacteristicClasses",))
    assert manifold.computation.run(script)["euler"] == manifold.euler_characteristic()[
        "projective"]


def test_what_is_no_cone() -> None:
    """The curve y = x^2, z = x^3: a line.  The cuspidal cubic: a line, by its normalization."""
    for outputs in (["a*x^3 + a^2*x^2 + a^3*x"], ["a^2*x^2 + a^3*x"]):
        answer = NeuroManifold(from_expressions(outputs, ["a"], ["x"])).euler_characteristic()
        assert answer.data == {"affine": 1, "projective": None}
        assert "projectivization" not in answer.sentence()
    # The nodal cubic y^2 = x^2 (x + 1): a line, with two points of it glued.
    node = from_expressions(["(a^2-1)*x^2 + a*(a^2-1)*x"], ["a"], ["x"])
    answer = NeuroManifold(node).euler_characteristic()
    assert (answer.data, answer.trust) == ({"affine": 0, "projective": None}, ["macaulay2"])
    assert verify(answer.certificate)


def points(equations: list[dict[tuple[int, ...], Any]], k: int, p: int) -> int:
    """The points in A^k over GF(p)."""
    count = 0
    for x in itertools.product(range(p), repeat=k):
        for f in equations:
            total = 0
            for e, c in f.items():
                term = int(c)
                for v, power in zip(x, e):
                    term *= v**power
                total += term
            if total % p:
                break
        else:
            count += 1
    return count


def test_quadrics_have_the_euler_characteristic_that_their_points_say() -> None:
    """A split quadric has q^.. points; its number as a polynomial in q has the value χ at q = 1."""
    for k, r in itertools.product(range(3, 6), range(1, 6)):
        if r > k:
            continue
        # x0 x1 + x2 x3 + ..., and a square if r is odd: split over every field.
        f = {tuple(int(v in (i, i + 1)) for v in range(k)): fmpq(1) for i in range(0, r - 1, 2)}
        if r % 2:
            f[tuple(2 * int(v == r - 1) for v in range(k))] = fmpq(1)
        # (points - 1) / (q - 1) is a polynomial of degree k - 2 in q: interpolate, evaluate at 1.
        primes = [q for q in (3, 5, 7, 11, 13) if q**k < 200_000][: k - 1] or [3]
        if len(primes) < k - 1:
            continue
        values = [fmpq((points([f], k, q) - 1) // (q - 1)) for q in primes]
        at_one = fmpq(0)
        for i, a in enumerate(primes):
            weight = values[i]
            for j, b in enumerate(primes):
                if i != j:
                    weight *= fmpq(1 - b, a - b)
            at_one += weight
        assert at_one == projective_piece([f], k)


def test_finite_pieces_count_different_roots() -> None:
    generator = random.Random(4)
    ring = fmpz_mod_poly_ctx(10_007)
    for _ in range(40):
        roots = [generator.randint(-4, 4) for _ in range(generator.randint(1, 4))]
        coefficients = [1]
        for r in roots:
            coefficients = [a - r * b for a, b in zip([0, *coefficients], [*coefficients, 0])]
        f = {(i,): fmpq(c) for i, c in enumerate(coefficients) if c}
        assert affine_piece([f], 1) == len(set(roots))
        binary = {(i, len(roots) - i): fmpq(c) for i, c in enumerate(coefficients) if c}
        assert projective_piece([binary], 2) == len(set(roots))
        times_y = {(a, b + 1): c for (a, b), c in binary.items()}
        assert projective_piece([times_y], 2) == len(set(roots)) + 1
        assert ring(coefficients).degree() == len(roots)
    # x^2 + 1 has two roots over C; it has none in common with x - 1.
    square, line = {(2,): fmpq(1), (0,): fmpq(1)}, {(1,): fmpq(1), (0,): fmpq(-1)}
    assert (affine_piece([square], 1), affine_piece([square, line], 1)) == (2, 0)
    assert affine_piece([{(0, 0): fmpq(1)}], 2) == 0 and affine_piece([], 2) == 1
    assert affine_piece([{(1, 0): fmpq(1), (0, 0): fmpq(2)}, {(1, 0): fmpq(1)}], 2) == 0
    assert projective_piece([{(1, 1, 1): fmpq(1)}], 3) is None


@pytest.mark.parametrize("weights, holds", [
    ([[1, 0, 0, 0]], False),  # the equation is not homogeneous for it
    ([], False),  # the affine cone is one piece, which nothing decides
    ([[1, 1, 1, 1]], True),  # one piece of the projectivization: a quadric
])
def test_the_torus_is_verified(weights: list[list[int]], holds: bool) -> None:
    manifold = NeuroManifold("linear:2,1,2", method="description")
    certificate = manifold.euler_characteristic().certificate
    data = dict(certificate) | {"evidence": certificate["evidence"] | {"weights": weights}}
    data["digest"] = digest(data)
    if holds:
        assert verify(data)
    else:
        with pytest.raises(CertificateError):
            verify(data)


def test_a_cone_has_a_projectivization() -> None:
    """A claim without it, as of what is no cone, is refused."""
    manifold = NeuroManifold("linear:2,1,2", method="description")
    certificate = manifold.euler_characteristic().certificate
    claim = certificate["claim"]
    data = dict(certificate) | {"claim": claim | {"value": {"affine": 1, "projective": None}}}
    data["digest"] = digest(data)
    with pytest.raises(CertificateError, match="homogeneous"):
        verify(data)
