"""Tropical varieties: known fans, gfan against Newton polytopes, valuations, balance."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from math import gcd
from pathlib import Path

import pytest
from conftest import FRESH_SEED, run_macaulay2
from sympy import symbols

from neuroalg_sage import NeuroManifold, from_sympy
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.equations.tropical_fan import normal_form
from neuroalg_sage.certificates.equations.tropical_variety import hypersurface
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.engines import gfan
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.invariants.equations.tropical_variety import TropicalVariety
from neuroalg_sage.models.expressions import Polynomial, from_flint

HYPERSURFACES = ["mlp:2,1,1:x^2", "linear:3,2,3", "mlp:3,2,1:x^2", "mlp:2,2,3:x^2"]
SMALLER = ["cnn:2,2:x^2", "linear:3,2,4", "linear:3,1,2", "attention:d=2,a=1,out=1,t=2"]


def found(spec: str) -> TropicalVariety:
    return NeuroManifold(spec, seed=1).tropical_variety()


def by_gfan(equation: Polynomial, n: int) -> dict[str, list]:
    fan = gfan.tropical_variety([equation], n)
    return normal_form(n, fan.lineality, fan.rays, list(zip(fan.cones, fan.multiplicities)))


def test_the_determinant_has_the_edges_of_the_birkhoff_polytope() -> None:
    """Its 6 permutations have 15 edges, all pairs; its facets are that an entry is zero: 9."""
    fan = found("linear:3,2,3")
    assert fan.status == "proved" and not fan.trust and fan.dimension == 8
    assert (len(fan.data["rays"]), len(fan.data["cones"])) == (9, 15)
    assert len(fan.data["lineality"]) == 5 and set(fan.data["multiplicities"]) == {1}


def test_known_fans_of_multiplicities_and_of_lines() -> None:
    ring = polynomial_ring(3)
    x, y, z = ring.gens()
    assert hypersurface([x**4 + y**4], 3)["multiplicities"] == [4]
    conic = hypersurface([x**2 + y**2 + z**2], 3)
    assert conic["multiplicities"] == [2, 2, 2] and conic["cones"] == [[0], [1], [2]]
    assert hypersurface([], 2) == {"coordinates": [], "lineality": [[1, 0], [0, 1]], "rays": [],
                                   "cones": [[]], "multiplicities": [1]}


def test_gfan_finds_the_same_hypersurfaces() -> None:
    generator = random.Random(FRESH_SEED)
    ring = polynomial_ring(4)
    compared = 0
    while compared < 12:
        degree = generator.randint(1, 3)
        exponents = [e for e in product(range(degree + 1), repeat=4) if sum(e) == degree]
        f = ring.from_dict({e: generator.randint(1, 9) * generator.choice([-1, 1])
                            for e in generator.sample(exponents, min(len(exponents),
                                                                     generator.randint(3, 6)))})
        _, factors = f.factor()
        if len(factors) > 1 or factors[0][1] > 1 or len(from_flint(f)) < 2:
            continue
        fan = hypersurface([f], 4)
        assert by_gfan(from_flint(f), 4) == fan, f
        compared += 1


@pytest.mark.parametrize("spec", [*HYPERSURFACES, *SMALLER])
def test_it_is_balanced_of_the_dimension_of_m(spec: str) -> None:
    fan = found(spec)
    assert fan.dimension == NeuroManifold(spec).dimension()
    check_balance(fan)


def check_balance(fan: TropicalVariety) -> None:
    """At each ridge the primitive vectors into the cones, with multiplicities, add up to zero."""
    import sage.all__sagemath_modules  # noqa: F401
    from sage.matrix.constructor import matrix
    from sage.rings.integer_ring import ZZ

    data, line = fan.data, len(fan.data["lineality"])
    sums: dict[frozenset[int], list[tuple[int, list[int]]]] = {}
    for cone, polyhedron, number in zip(data["cones"], fan.cones(), data["multiplicities"]):
        for facet in polyhedron.inequalities():
            ridge = frozenset(k for k in cone if not facet.A() * _vector(data["rays"][k]))
            sums.setdefault(ridge, []).append(
                (number, [sum(c) for c in zip(*(data["rays"][k] for k in cone))]))
    assert line == fan.dimension or sums
    for ridge, cones in sums.items():
        span = matrix(ZZ, [*data["lineality"], *(data["rays"][k] for k in ridge)],
                      ncols=len(data["coordinates"]))
        forms = span.right_kernel().basis_matrix()  # of the lattice modulo the ridge
        total = [0] * forms.nrows()
        for number, inner in cones:
            image = list(map(int, forms * _vector(inner)))
            total = [t + number * c // gcd(*image) for t, c in zip(total, image)]
        assert not any(total), ridge


def _vector(entries: list[int]):
    from sage.modules.free_module_element import vector
    from sage.rings.integer_ring import ZZ

    return vector(ZZ, entries)


@pytest.mark.parametrize("spec", [*HYPERSURFACES, *SMALLER])
def test_valuations_of_points_of_m_are_in_it(spec: str) -> None:
    """With parameters c t^a, c general and positive where no terms cancel, -val is a maximum."""
    generator = random.Random(FRESH_SEED)
    fan = found(spec)
    phi = [NeuroManifold(spec).parametrization().polynomials[i] for i in fan.data["coordinates"]]
    cones = fan.cones()
    for _ in range(10):
        weights = [generator.randint(-99, 99) for _ in next(iter(phi[0]))]
        point = [max(sum(a * b for a, b in zip(weights, e)) for e in f) for f in phi]
        # All coefficients of terms with the same weight must not cancel.
        if all(sum(c for e, c in f.items() if sum(a * b for a, b in zip(weights, e)) == m)
               for f, m in zip(phi, point)):
            assert any(point in cone for cone in cones), weights


def test_an_orbit_of_a_torus_has_a_linear_space() -> None:
    """Matrices of rank one: w_ij = a_i + b_j."""
    fan = found("linear:3,1,2")
    assert not fan.trust and fan.data["cones"] == [[]] and fan.data["multiplicities"] == [1]
    assert all(w[i] + w[3 + j] == w[j] + w[3 + i] for w in fan.data["lineality"]
               for i in range(3) for j in range(3))


def test_a_point_beside_it_is_not_in_it() -> None:
    assert not any([1, 0, 0] in cone for cone in found("mlp:2,1,1:x^2").cones())


@pytest.mark.parametrize("spec", ["linear:3,2,3", "cnn:2,2:x^2"])
def test_a_changed_fan_is_refused(spec: str) -> None:
    certificate = found(spec).certificate
    assert certificate is not None and verify(certificate).value == found(spec).data
    value = certificate["claim"]["value"]
    changes = [{"multiplicities": [2, *value["multiplicities"][1:]]},
               {"rays": value["rays"][::-1]},
               {"cones": value["cones"][1:], "multiplicities": value["multiplicities"][1:]},
               {"lineality": value["lineality"][1:]},
               {"coordinates": value["coordinates"][1:]}]
    for change in changes:
        with pytest.raises(CertificateError):
            verify(certificate | {"claim": certificate["claim"] | {"value": value | change}})


def test_the_tropical_cycle_in_macaulay2_is_the_same(tmp_path: Path) -> None:
    text = found("linear:3,2,3").macaulay2()
    shown = run_macaulay2(f"{text}\nprint dim T; print (numColumns rays T, #maxCones fan T, "
                          "sum multiplicities T)", tmp_path)
    assert shown[-2:] == ["8", "(9, 15, 15)"]


def test_what_is_not_computed_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    w, x = symbols("w x")
    curve = from_sympy(w * x + (w**2 + 1) * x**2 + w**3 * x**3, [w], [x])
    with pytest.raises(LimitReached, match="not homogeneous"):
        NeuroManifold(curve).tropical_variety()
    monkeypatch.setenv(gfan.COMMAND_VARIABLE, "/there/is/none")
    with pytest.raises(EngineError, match="gfan was not found"):
        NeuroManifold("cnn:2,2:x^2").tropical_variety()
    with pytest.raises(EngineError, match="cannot be read"):
        gfan.read_fan("nothing")


def test_variables_are_told_apart_by_gfan() -> None:
    """z_1 and z_12 in a ring of more than ten variables: the normal of the hyperplane."""
    first, last = (tuple(int(j == i) for j in range(13)) for i in (1, 12))
    fan = by_gfan({first: Fraction(1), last: Fraction(1)}, 13)
    assert fan["rays"] == [] and len(fan["lineality"]) == 12
    assert all(v[1] == v[12] for v in fan["lineality"])
