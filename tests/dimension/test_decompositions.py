"""Generic fibers by theorems, against Gröbner bases, and what is not to be claimed."""

from __future__ import annotations

import copy
import json
import random
from itertools import product
from math import factorial

import pytest
from conftest import slow

from neuroalg_sage import NeuroManifold, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.dimension.decompositions import are_biases_found, decompositions
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.decompositions import contact_trial, fiber_by_decompositions
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.invariants.dimension.generic_fiber import generic_fiber
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Chain, Sum
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization


def by_basis(model: Model) -> Invariant:
    """The generic fiber by a Gröbner basis in Macaulay2."""
    computation = NeuroManifold(model, timeout=20).computation
    return generic_fiber(parametrization(model), dimension(model, 1), computation, 1)


def by_theorem(spec: str) -> Invariant | None:
    return fiber_by_decompositions(parse_spec(spec), random.Random(1))


# Published: the number of decompositions, and by whom the theorem is that is trusted.
PUBLISHED = {
    # J. J. Sylvester: binary forms of degree 2 h - 1, and the pentahedral theorem.
    "mlp:2,3,1:x^5": (1, ""), "mlp:2,5,1:x^9": (1, ""), "mlp:4,5,1:x^3": (1, "Kruskal (1977)"),
    # D. Hilbert; F. Galuppi, M. Mella.
    "mlp:3,7,1:x^5": (1, "Galuppi, Mella (2019)"),
    # L. Chiantini, G. Ottaviani, N. Vannieuwenhoven: one, but for two in three cases.
    "mlp:3,6,1:x^5": (1, ""), "mlp:3,8,1:x^6": (1, ""), "mlp:5,10,1:x^4": (1, ""),
    "mlp:5,6,1:x^3": (1, ""),
    "mlp:3,9,1:x^6": (2, "Chiantini, Ottaviani, Vannieuwenhoven (2017)"),
    "mlp:4,8,1:x^4": (2, "Chiantini, Ottaviani, Vannieuwenhoven (2017)"),
    "mlp:6,9,1:x^3": (2, "Chiantini, Ottaviani, Vannieuwenhoven (2017)"),
    # A. C. Dixon, T. Stuart; S. Mukai.
    "mlp:3,12,1:x^7": (5, "Ranestad, Schreyer (2000)"),
    "mlp:3,15,1:x^8": (16, "Ranestad, Schreyer (2000)"),
    # K. Usevich and others, arXiv:2506.17093: widths that decrease.
    "mlp:20,15,10,5:x^3": (1, ""), "mlp:6,5,4,3,2:x^2": (1, ""), "mlp:9,4,2,1:x^3": (1, ""),
    "mlp:5,3,3,3,2:x^3": (1, ""), "mlp:4,4,4,1:x^3": (1, ""), "mlp:6,4,2,2,1:x^3": (1, ""),
    "mlp:3,3,2:x^2": (1, ""), "mlp:3,4,2:x^7": (1, ""),
    # Four points are the intersection of two conics; nine are that of two cubics.
    "mlp:3,4,4:x^2": (1, ""), "mlp:3,8,8:x^3": (9, ""),
}


@pytest.mark.parametrize("spec", PUBLISHED)
def test_published_numbers_of_decompositions(spec: str) -> None:
    manifold = NeuroManifold(spec, seed=2)
    fiber, answer = manifold.generic_fiber(), manifold.is_identifiable()
    count, theorem = PUBLISHED[spec]
    hidden = manifold.model.layers[:-1:2]
    orders = 1
    for layer in hidden:
        orders *= factorial(layer.outputs)
    assert (fiber.points, fiber.symmetries) == (count * orders, orders)
    assert fiber.dimension == sum(layer.outputs for layer in hidden)
    assert fiber.dimension == manifold.model.parameter_count - manifold.dimension().value
    assert answer.value is (count == 1)
    for found in (fiber, answer):
        theorems = [t for t in found.trust if t.startswith("theorem")]
        assert theorems == [f"theorem: {theorem}"] * bool(theorem)
        assert list(verify(json.loads(json.dumps(found.certificate))).trust) == found.trust


@pytest.mark.parametrize(("spec", "orders"), [
    # Wider layers behind a narrow one; biases; both; many units.
    ("mlp:3,2,3,1:x^5", 12), ("mlp:4,2,5,4,1:x^3", None), ("mlp:4,3,3,2:x^3:bias", 36),
    ("mlp:3,2,1,1:x^3:bias", 2), ("mlp:2,2,3,1:x^5:bias", 12), ("mlp:100,1000,1000:x^3",
                                                                factorial(1000)),
    ("mlp:3,4,4,4:x^3:bias", None)])
def test_deep_networks_with_biases_and_wide_layers(spec: str, orders: int | None) -> None:
    found = by_theorem(spec)
    if orders is None:
        assert found is None
        return
    assert (found.data.points, found.data.symmetries) == (orders, orders)
    assert found.trust == [] and verify(json.loads(json.dumps(found.certificate))).trust == ()
    manifold = NeuroManifold(spec, seed=1)
    assert manifold.is_identifiable().value is True
    if manifold.model.parameter_count < 100:
        assert found.data.dimension == manifold.model.parameter_count - manifold.dimension().value


@pytest.mark.parametrize(("widths", "powers", "biased", "expected"), [
    # The slopes of three squares in two variables are dependent.
    ((2, 3, 1), (2,), (True, False), False), ((2, 2, 1), (2,), (True, False), True),
    ((2, 3, 1), (2,), (False, True), True), ((2, 5, 2), (3,), (True, True), True),
    ((2, 7, 2), (3,), (True, True), False), ((3, 2, 4, 1), (3, 3), (False, True, False), False)])
def test_biases_are_found_where_slopes_are_independent(
        widths: tuple[int, ...], powers: tuple[int, ...], biased: tuple[bool, ...], expected: bool
        ) -> None:
    assert are_biases_found(widths, powers, biased) is expected


def small_perceptrons() -> list[str]:
    """Perceptrons of few parameters, of which Gröbner bases have the fiber soon."""
    specs = [f"mlp:{','.join(map(str, widths))}:{activation}{bias}"
             for depth in (1, 2) for widths in product((1, 2, 3), repeat=depth + 2)
             for activation in ("x^2", "x^3", "x^4", "x^3+x", "x^4+x^2")
             for bias in ("", ":bias")]
    return [spec for spec in specs if parse_spec(spec).parameter_count <= 10]


@pytest.mark.slow
@pytest.mark.parametrize("spec", small_perceptrons())
def test_theorems_agree_with_groebner_bases(spec: str) -> None:
    found = by_theorem(spec)
    if found is None:
        return
    model = parse_spec(spec)
    assert found.data.dimension == model.parameter_count - dimension(model, 1).data
    try:
        expected = by_basis(model)
    except LimitReached:
        return
    if expected.status == "proved" and expected.data.points is not None:
        assert (found.data.points, found.data.symmetries) == (
            expected.data.points, expected.data.symmetries)
    verify(found.certificate)


@pytest.mark.parametrize("spec", [
    "mlp:2,2,2:x^3", "mlp:3,2,2:x^2", "mlp:2,2,1:x^4", "mlp:2,2,2:x^2", slow("mlp:2,2,1:x^4+x^2"),
    "mlp:2,1,1,2:x^2", slow("mlp:2,2,2,1:x^3"),
    "mlp:2,2,1:x^5+x:bias",
    "mlp:1,1,1,1:x^2:bias", "mlp:2,1,1,2:x^2:bias"])
def test_some_agree_with_groebner_bases(spec: str) -> None:
    test_theorems_agree_with_groebner_bases(spec)


@pytest.mark.parametrize("spec", [
    # Rotations of two squares; binary quartics as three powers, a curve of ways; one input.
    "mlp:2,2,1:x^2", "mlp:2,3,1:x^4", "mlp:1,2,1:x^3", "mlp:3,2,1,1:x^2",
    # Hidden layers that are wider than the inputs, or as wide as another with squares.
    "mlp:2,3,2,2:x^3", "mlp:2,2,2,2:x^2", "mlp:2,2,3,2:x^3", "mlp:3,3,2,3,1:x^2",
    # Squares before a wider layer; nine ways without biases.
    "mlp:3,2,3,3,1:x^2:bias", "mlp:3,8,8,1:x^3:bias",
    # The exceptions of Alexander and Hirschowitz.
    "mlp:3,5,1:x^4", "mlp:5,7,1:x^3",
    # More squares than a pencil of quadratic forms in four variables is a sum of in one way.
    "mlp:2,3,2:x^2", "mlp:3,7,7:x^2"])
def test_no_theorem_says_what_is_false(spec: str) -> None:
    assert by_theorem(spec) is None


def test_where_contact_loci_are_curves_no_trial_is_found() -> None:
    """There are two decompositions, which are on an elliptic curve of contact."""
    for spec in ("mlp:3,9,1:x^6", "mlp:4,8,1:x^4", "mlp:6,9,1:x^3"):
        assert contact_trial(parse_spec(spec), random.Random(4)) is None
    assert contact_trial(parse_spec("mlp:3,8,1:x^6"), random.Random(4)) is not None


def test_networks_with_biases_and_other_activations_by_their_units() -> None:
    fiber = NeuroManifold("mlp:3,3,2:x^3:bias").generic_fiber()
    assert (fiber.dimension, fiber.points, fiber.symmetries) == (3, 6, 6)
    assert fiber.trust == [] and verify(fiber.certificate).trust == ()
    fiber = NeuroManifold("mlp:4,3,2:x^3+x").generic_fiber()  # each unit can be reflected
    assert (fiber.dimension, fiber.points, fiber.symmetries) == (0, 48, 48)
    assert fiber.trust == [] and verify(fiber.certificate).trust == ()


@pytest.mark.parametrize(("widths", "expected"), [
    ((1, 1, 1, 2), 1), ((2, 2, 1, 3), 1), ((2, 2, 1, 2), None), ((2, 4, 1, 6), None),
    ((3, 6, 6, 2), None), ((3, 5, 5, 2), None), ((3, 3, 3, 2), 1), ((2, 3, 3, 3), 1)])
def test_the_numbers_of_a_layer(widths: tuple[int, int, int, int], expected: int | None) -> None:
    found = decompositions(*widths)
    assert (found and found[0]) == expected


HYPOTHESES = {
    "another number": ("mlp:3,8,8:x^3", lambda c: c["claim"]["value"].__setitem__(1, 40320)),
    "a width that does not decrease": (
        "mlp:3,2,1,1:x^3", lambda c: c["model"]["layers"].__setitem__(
            slice(2, None), [{"kind": "dense", "inputs": 2, "outputs": 2, "bias": False},
                             c["model"]["layers"][3],
                             {"kind": "dense", "inputs": 2, "outputs": 1, "bias": False}])),
    "a bias, and several ways": (
        "mlp:3,8,8:x^3", lambda c: c["model"]["layers"][0].update(bias=True)),
    "a power that is too small": (
        "mlp:2,3,1:x^5", lambda c: c["model"]["layers"][1].update(
            coefficients=["0", "0", "0", "1"])),
    "no power": ("mlp:2,3,1:x^5", lambda c: c["model"]["layers"][1]["coefficients"].__setitem__(
        1, "1")),
    "a special point": ("mlp:3,8,1:x^6", lambda c: c["evidence"]["contact"].update(
        point=[1] * len(c["evidence"]["contact"]["point"]))),
    "too few inputs": ("mlp:3,8,1:x^6", lambda c: c["evidence"]["contact"].update(
        inputs=c["evidence"]["contact"]["inputs"][:24])),
}


@pytest.mark.parametrize("hypothesis", HYPOTHESES)
def test_what_breaks_a_hypothesis_is_refused(hypothesis: str) -> None:
    spec, change = HYPOTHESES[hypothesis]
    data = copy.deepcopy(NeuroManifold(spec, seed=5).generic_fiber().certificate)
    verify(data)
    change(data)
    data["digest"] = digest(data)
    with pytest.raises(CertificateError):
        verify(data)


@pytest.mark.parametrize("spec", [
    "attention:d=8,a=4,out=8,t=3,layers=2", "attention:d=3,a=2,out=2,t=2,layers=3",
    "attention:d=3,a=5,out=4,t=2,layers=2", "attention:d=4,a=1,out=2,t=2"])
def test_layers_of_attention_are_identifiable(spec: str) -> None:
    manifold = NeuroManifold(spec, seed=2)
    fiber, answer = manifold.generic_fiber(), manifold.is_identifiable()
    assert (fiber.points, fiber.symmetries, answer.value) == (1, 1, True)
    dimension = manifold.dimension()
    assert dimension.status == "proved"
    assert fiber.dimension == manifold.model.parameter_count - dimension.value
    assert verify(fiber.certificate).trust == verify(answer.certificate).trust == ()


@pytest.mark.parametrize("spec", ["attention:d=2,a=1,out=2,t=2", "attention:d=2,a=2,out=2,t=2"])
def test_attention_agrees_with_groebner_bases(spec: str) -> None:
    found, expected = by_theorem(spec), by_basis(parse_spec(spec))
    assert found.data == expected.data


@pytest.mark.parametrize("spec", [
    # One output or token: matrices can be exchanged.  Two layers of heads of width 1.
    "attention:d=2,a=1,out=1,t=2", "attention:d=2,a=1,out=2,t=1", "attention:d=3,a=1,out=3,t=2,"
    "layers=2", "attention:d=2,a=1,out=2,t=2,heads=2"])
def test_other_attention_has_no_theorem(spec: str) -> None:
    assert by_theorem(spec) is None


@pytest.mark.parametrize(("spec", "orders"), [
    ("attention:d=3,a=1,out=2,t=2,heads=2", 2), ("attention:d=3,a=1,out=2,t=2,heads=2:skip", 2)])
def test_heads_of_attention_are_found_up_to_their_order(spec: str, orders: int) -> None:
    if spec.endswith(":skip"):
        (layer,) = parse_spec("attention:d=3,a=1,out=3,t=2,heads=2").layers
        manifold = NeuroManifold(Model((Sum((Chain(), *layer.layers)),), (3, 2)), seed=2)
    else:
        manifold = NeuroManifold(spec, seed=2)
    fiber = manifold.generic_fiber()
    assert (fiber.points, fiber.symmetries) == (orders, orders)
    assert fiber.dimension == manifold.model.parameter_count - manifold.dimension().value
    assert verify(json.loads(json.dumps(fiber.certificate))).trust == ()
    data = copy.deepcopy(fiber.certificate)
    point = data["evidence"]["trial"]["point"]
    point[len(point) // 2 :] = point[: len(point) // 2]  # of equal heads
    data["digest"] = digest(data)
    with pytest.raises(CertificateError):
        verify(data)
