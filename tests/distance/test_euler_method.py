"""ED, polar and ML degrees as Euler characteristics, against counts of critical points."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flint import Ordering

from neuroalg_sage import InputError, NeuroManifold, from_expressions
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.topology.normal_crossings import (
    crossing,
    euler_characteristic,
    have_no_common_zero,
)
from neuroalg_sage.invariants.distance.euler import crossings


def segre(sizes: tuple[int, ...], degrees: tuple[int, ...] | None = None) -> Any:
    """The model whose coordinates are all products of one entry, to a power, of some vectors."""
    names = [[f"a{i}_{j}" for j in range(k)] for i, k in enumerate(sizes)]
    powers = degrees or (1,) * len(sizes)
    vectors = [["*".join(m) for m in itertools.combinations_with_replacement(v, e)]
               for v, e in zip(names, powers)]
    entries = ["*".join(m) for m in itertools.product(*vectors)]
    return from_expressions(["+".join(f"{m}*x{k}" for k, m in enumerate(entries))],
                            [v for vector in names for v in vector],
                            [f"x{k}" for k in range(len(entries))])


FEW = ["cnn:2s2,2:x", "cnn:2,2:x^2", "cnn:2s2,3:x^2", "mlp:2,1,2:x^2", "mlp:2,1,1:x^4",
       "mlp:3,1,1:x^2", "linear:2,1,2", "cnn:2s2,2s2,2:x"]
MANY = ["mlp:2,1,1:x^2", "mlp:2,1,1:x^3", "mlp:2,1,1:x^5", "mlp:2,1,1:x^6", "mlp:3,1,1:x^3",
        "mlp:2,1,2:x^3", "mlp:2,1,2:x^4", "mlp:2,1,3:x^2", "mlp:2,1,3:x^3", "mlp:2,1,4:x^2",
        "mlp:3,1,2:x^2", "mlp:3,1,3:x^2", "mlp:4,1,1:x^2", "linear:3,1,3", "linear:2,1,3",
        "linear:2,1,4", "linear:2,1,5", "linear:3,1,4", "linear:4,1,3", "linear:2,1,1,3",
        "cnn:2,2:x^3", "cnn:2s2,2:x^2", "cnn:2s2,2:x^3", "cnn:2s2,3:x", "cnn:3s3,2:x",
        "cnn:3s3,2:x^2", "cnn:3s3,3:x", "cnn:2s2,4:x", "cnn:2s2,2:x^4", "cnn:2,2:x^4",
        "mlp:2,1,1,2:x^2", "mlp:1,1,2:x^2", "cnn:2s2,2s2,3:x", "cnn:4s4,2:x", "linear:1,1,3",
        "mlp:2,1,5:x^2", "mlp:2,1,1:x^7", "linear:2,1,6", "mlp:2,1,2:x^5", "cnn:2s2,5:x",
        "cnn:4s4,2:x^2", "cnn:2s2,4:x^2", "linear:1,1,4", "linear:3,1,2"]


def agrees(spec: str, metric: str) -> bool:
    """Whether the method euler applies; then it agrees with a count."""
    try:
        found = NeuroManifold(spec, method="euler").ed_degree(metric)
    except InputError as error:
        assert "not proved" in str(error)
        return False
    verdict = verify(found.certificate)
    assert (found.status, verdict.value) == ("proved", [metric, found.data])
    assert [*verdict.trust] == found.trust and all("theorem" in t for t in found.trust)
    assert found == NeuroManifold(spec, method="parametrization").ed_degree(metric)
    return True


@pytest.mark.parametrize("spec", FEW)
def test_ed_degrees_are_as_counted(spec: str) -> None:
    assert all(agrees(spec, metric) for metric in ("generic", "unit", "bombieri"))


@pytest.mark.slow
@pytest.mark.parametrize("spec", MANY)
def test_more_ed_degrees_are_as_counted(spec: str) -> None:
    assert all(agrees(spec, metric) for metric in ("generic", "unit", "bombieri"))


@pytest.mark.parametrize("sizes, total, unit", [
    ((2, 2), 6, 2), ((2, 2, 2), 34, 6), ((3, 3), 39, 3), ((2, 2, 2, 2), 280, 24)])
def test_products_of_projective_spaces(sizes: tuple[int, ...], total: int, unit: int) -> None:
    """
    The generic ED degrees of Segre varieties, and for the unit metric the numbers of singular
    vector tuples of Friedland and Ottaviani.
    """
    manifold = NeuroManifold(segre(sizes))
    generic, own, polar = (manifold.ed_degree("generic"), NeuroManifold(
        segre(sizes), method="euler").ed_degree("unit"), manifold.polar_degrees())
    assert own == manifold.ed_degree("unit")
    assert (generic.data, own.data, sum(polar.data)) == (total, unit, total)
    assert (generic.status, own.status, polar.status, polar.trust) == (*["proved"] * 3, [])
    assert own.trust == ["theorem: Aluffi, Harris (2018)"]
    assert all(verify(found.certificate) for found in (generic, own, polar))


@pytest.mark.parametrize("spec, metric", [
    ("cnn:2s2,2:x", "generic"), ("cnn:2,2:x^2", "unit"), ("mlp:2,1,1:x^4", "unit"),
    ("mlp:3,1,1:x^2", "unit"), ("cnn:2s2,2:x^2", "bombieri"), ("cnn:2s2,2s2,2:x", "unit")])
def test_they_are_proved_if_no_method_is_asked_for(spec: str, metric: str) -> None:
    assert NeuroManifold(spec).ed_degree(metric).status == "proved"


def test_a_self_crossing_is_counted_once_for_each_branch() -> None:
    """The image of P^1 x P^1 is not smooth, so that the theorem on singular varieties is used."""
    found = NeuroManifold("cnn:2,2:x^2", method="euler").ed_degree("unit")
    assert found == 14 and found.trust == ["theorem: Maxim, Rodriguez, Wang (2021)"]
    assert NeuroManifold("cnn:2,2:x^2").euler_characteristic()["projective"] == 3


def test_forms_of_data() -> None:
    """A quadric that is tangent to M: with a node of the curve of length zero, one point less."""
    product = "linear:2,1,2"
    tangent = [["1", 0, 0, 0], [0, 0, "1/2", 0], [0, "1/2", 0, 0], [0, 0, 0, "1"]]
    with pytest.raises(InputError, match="not proved that they cross normally"):
        # (a0 b0)^2 + (a1 b1)^2 + a0 a1 b0 b1 has two factors over the quadratic field only.
        NeuroManifold(product, method="euler").ed_degree("data", tangent)
    smooth = [["1", 0, 0, 0], [0, "2", 0, 0], [0, 0, "3", 0], [0, 0, 0, "5"]]
    found = NeuroManifold(product, method="euler").ed_degree("data", smooth)
    counted = NeuroManifold(product, method="parametrization").ed_degree("data", smooth)
    assert found == counted == 6 and found.status == "proved" and verify(found.certificate)


CONIC = [[0, 0, "1/2"], [0, "-1/4", 0], ["1/2", 0, 0]]


@pytest.mark.parametrize("ask, message", [
    (lambda: NeuroManifold("mlp:2,1,1:x^2", method="euler").ed_degree("data", CONIC),
     "lies in the isotropic quadric"),
    (lambda: NeuroManifold("mlp:2,1,1:x^2", method="euler").ed_degree(
        "data", [[1, 0, 0], [0, 0, 0], [0, 0, 1]]), "not degenerate"),
    (lambda: NeuroManifold("mlp:2,2,2:x^3", method="euler").ed_degree("unit"),
     "not known that .* product of projective spaces"),
    (lambda: NeuroManifold("attention:d=2,a=2,out=2,t=1", method="euler").ed_degree("unit"),
     "not by an immersion"),
    (lambda: NeuroManifold("cnn:2,2:x^2:bias", method="euler").ed_degree("unit"), "option"),
    (lambda: NeuroManifold("mlp:2,2,2:x^3", method="euler").ml_degree(), "product"),
    (lambda: NeuroManifold("mlp:2,2,2:x^3", method="euler").polar_degrees(), "product"),
    (lambda: NeuroManifold("linear:2,1,2", method="euler").ideal(), "for critical points"),
    (lambda: NeuroManifold(from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"]),
                           method="euler").polar_degrees(), "for cones"),
])
def test_where_a_hypothesis_fails_it_is_said(ask: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as problem:
        ask()
    assert "\n" not in str(problem.value)


# -- likelihood -----------------------------------------------------------------------------


@pytest.mark.parametrize("spec, value", [
    ("linear:3,1,3", 1), ("mlp:2,1,1:x^3", 1), ("mlp:3,1,1:x^2", 1), ("cnn:2s2,2:x", 1)])
def test_ml_degrees_of_independence(spec: str, value: int) -> None:
    found = NeuroManifold(spec).ml_degree()
    assert (found.data, found.status, found.trust) == (value, "proved", ["theorem: Huh (2013)"])
    assert verify(found.certificate).value == value
    assert NeuroManifold(spec, method="parametrization").ml_degree() == value


def with_coefficients(monomials: list[str], coefficients: list[int], parameters: list[str]) -> Any:
    """The model with these monomials as coordinates."""
    return from_expressions(["+".join(f"{c}*{m}*x{i}" for i, (m, c) in enumerate(
        zip(monomials, coefficients)))], parameters, [f"x{i}" for i in range(len(monomials))])


@pytest.mark.parametrize("coefficients, roots", [
    ([1, 2, 1], 1), ([1, 3, 1], 2), ([1, 1, 1, 1], 3), ([1, 3, 3, 1], 1), ([1, 4, 5, 2], 2),
    ([2, 3, 5, 7, 11], 4)])
def test_ml_degrees_of_rational_normal_curves(coefficients: list[int], roots: int) -> None:
    """A line without the points 0 and ∞ and these roots of the sum has χ = 2 - 2 - roots."""
    d = len(coefficients) - 1
    curve = with_coefficients([f"a^{d - i}*b^{i}" for i in range(d + 1)], coefficients, ["a", "b"])
    found = NeuroManifold(curve).ml_degree()
    assert (found.data, found.status) == (roots, "proved") and verify(found.certificate)
    assert NeuroManifold(curve, method="parametrization").ml_degree() == roots


@pytest.mark.parametrize("coefficients, status", [
    ([1, 2, 3, 5], "proved"), ([1, 2, 3, 6], "proved"), ([1, 1, 1, 1], "proved"),
    ([2, 1, 1, 3], "proved"), ([1, 2, 3, 4, 5, 7], "proved")])
def test_ml_degrees_of_surfaces(coefficients: list[int], status: str) -> None:
    m = len(coefficients) // 2
    surface = with_coefficients([f"a{i}*b{j}" for i in range(2) for j in range(m)], coefficients,
                                ["a0", "a1", *(f"b{j}" for j in range(m))])
    found = NeuroManifold(surface).ml_degree()
    assert found.status == status and verify(found.certificate)
    assert NeuroManifold(surface, method="parametrization").ml_degree() == found


# -- the parts of a proof -------------------------------------------------------------------


def test_common_zeros_of_forms() -> None:
    x, y, z, t = polynomial_ring(4, Ordering.lex).gens()
    two = [[0, 1], [2, 3]]
    # x z = y t = 0 has two zeros, of which x t + y z has none, and x t one.
    for others in ([], [x * t]):
        assert not any(have_no_common_zero([x * z, y * t, *others], two, [k, k]) for k in range(5))
    assert not have_no_common_zero([x * z, y * t, x * t + y * z], two, [1, 1])
    assert have_no_common_zero([x * z, y * t, x * t + y * z], two, [2, 2])
    assert not any(have_no_common_zero([x**2 - 2 * y**2, x - y - z + z], [[0, 1]], [k])
                   for k in range(2))
    assert have_no_common_zero([x**2 - 2 * y**2, x - y], [[0, 1]], [2])


def test_what_does_not_cross_normally_is_refused() -> None:
    x, y, z = polynomial_ring(3, Ordering.lex).gens()
    plane = [[0, 1, 2]]
    node, cusp = y**2 * z - x**2 * (x + z), y**2 * z - x**3
    assert crossings([node], plane) is None and crossings([cusp], plane) is None
    assert crossings([x, y, x + y], plane) is None  # through one point
    assert crossings([x, y * z - x**2, y], plane) is None  # a tangent
    assert crossings([x, y, z, x + y + z], plane) is not None
    assert crossings([x * y + z**2, x - y], plane) is not None
    assert len(crossing([x, y, z, x + y], plane)) == 4


@pytest.mark.parametrize("sizes, classes, value", [
    ((3,), [[1]], 1), ((3,), [[1]] * 4, 1), ((3,), [[2]], 1), ((3,), [[3]], 3), ((4,), [[2]], 0),
    ((2, 2), [[1, 1]], 2), ((2, 2), [[2, 2]], 4), ((2,), [[5]], -3), ((3, 3), [], 9)])
def test_complements(sizes: tuple[int, ...], classes: list[list[int]], value: int) -> None:
    """Four general lines, conics, cubics, quadrics, curves on P^1 x P^1, points."""
    assert euler_characteristic(sizes, classes) == value


def test_forgeries_are_refused() -> None:
    original = NeuroManifold("cnn:2s2,2:x", method="euler").ed_degree("unit").certificate
    likelihood = NeuroManifold("linear:2,1,2").ml_degree().certificate

    def refused(certificate: Any, change: Callable[[Any], Any]) -> None:
        data = copy.deepcopy(certificate)
        change(data)
        with pytest.raises(CertificateError):
            verify(data | {"digest": digest(data)})

    def evidence(key: str, value: Any) -> Callable[[Any], Any]:
        return lambda data: data["evidence"].__setitem__(key, value)

    factors = original["evidence"]["factors"]
    for change in (
            lambda data: data["claim"].__setitem__("value", ["unit", 3]),
            lambda data: data["claim"].__setitem__("value", ["generic", 2]),
            evidence("factors", factors[:1]), evidence("factors", [*factors, factors[0]]),
            evidence("factors", [*factors, [["1", [0, 1]]]]), evidence("crossings", []),
            evidence("crossings", [[[0], [0], "transversal"], [[1], [2], "transversal"]]),
            evidence("crossings", [[[0], [2], "empty"], [[1], [2], "transversal"]]),
            evidence("blocks", [[0, 2], [1, 3]]), evidence("blocks", [[0, 1, 2, 3]]),
            evidence("weights", [[0, 0, 0, 0]]), evidence("weights", [[0, 1, 0, 0]]),
            evidence("weights", []), lambda data: data.__setitem__("trust", [])):
        refused(original, change)
    factors = likelihood["evidence"]["factors"]
    for change in (lambda data: data["claim"].__setitem__("value", 2),
                   evidence("factors", factors[1:]), evidence("crossings", [])):
        refused(likelihood, change)


# -- known varieties ------------------------------------------------------------------------


@pytest.mark.parametrize("spec, metric", [
    ("mlp:2,2,1:x^4", "generic"), ("mlp:2,2,1:x^4", "unit"), ("mlp:2,2,1:x^5", "unit"),
    ("ssm:state=2,steps=5", "generic"), ("ssm:state=1,steps=4", "unit"),
    ("ssm:state=2,steps=6", "unit"), ("mlp:3,2,1:x^2", "unit"), ("mlp:3,1,1:x^2", "unit")])
def test_ed_degrees_of_known_varieties_are_as_counted(spec: str, metric: str) -> None:
    found = NeuroManifold(spec).ed_degree(metric)
    assert found.status == "proved" and "theorem: Draisma et al. (2016)" in found.trust
    assert verify(found.certificate).value == [metric, found.data]
    assert NeuroManifold(spec, method="parametrization").ed_degree(metric) == found


@pytest.mark.parametrize("spec", ["mlp:2,2,1:x^4", "ssm:state=2,steps=5", "ssm:state=1,steps=5"])
def test_polar_degrees_of_binary_forms_are_those_of_the_conormal_variety(spec: str) -> None:
    found = NeuroManifold(spec).polar_degrees()
    assert (found.status, found.trust) == ("proved", []) and verify(found.certificate)
    assert NeuroManifold(spec, method="conormal").polar_degrees() == found


@pytest.mark.parametrize("spec, metric", [
    ("mlp:4,2,1:x^2", "unit"), ("mlp:3,2,1:x^2", "bombieri"), ("mlp:2,2,1:x^4", "bombieri")])
def test_a_metric_with_isotropic_conormal_points_is_not_generic(spec: str, metric: str) -> None:
    found = NeuroManifold(spec).ed_degree(metric)
    assert "conormal to itself" not in found.method
    assert found < NeuroManifold(spec).ed_degree("generic")


def test_a_degree_that_excludes_no_conormal_point_is_refused() -> None:
    original = NeuroManifold("mlp:2,2,1:x^4").ed_degree("unit").certificate
    for key, value in (("isotropic", [1, 1]), ("isotropic", [2]), ("formula", "Hankel matrices")):
        data = copy.deepcopy(original)
        data["evidence"][key] = value
        with pytest.raises(CertificateError):
            verify(data | {"digest": digest(data)})
    data = copy.deepcopy(original)
    data["claim"]["value"] = ["bombieri", 13]
    with pytest.raises(CertificateError):
        verify(data | {"digest": digest(data)})
