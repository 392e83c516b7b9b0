"""Fibers over given functions: three answers about membership, and their certificates."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from functools import cache

import pytest
from conftest import slow
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.cli import main
from neuroalg_sage.errors import EngineError, InputError
from neuroalg_sage.invariants.dimension.functions import image
from neuroalg_sage.invariants.fibers.real_points import sum_of_squares

# Closure, complex points, real points.
THREE_ANSWERS = [
    ("linear:2,1,2", ["x_0", "x_1"], (False, False, False)),
    ("linear:2,1,2", ["x_0 + x_1", "2*x_0 + 2*x_1"], (True, True, True)),
    # A tangent of the twisted cubic is a limit of secants.
    ("mlp:2,2,1:x^3", "x_0^2*x_1", (True, False, False)),
    # Sylvester: the two cubes are of conjugate linear forms, and unique.
    ("mlp:2,2,1:x^3", "x_0^3 - 3*x_0*x_1^2", (True, True, False)),
    ("mlp:2,2,1:x^4", "x_0^4 - 6*x_0^2*x_1^2 + x_1^4", (True, True, False)),
    ("mlp:2,1,1:x^2", "x_0^2 + x_1^2", (False, False, False)),
    ("mlp:2,1,1:x^2", "-x_0^2", (True, True, True)),
    (from_expressions(["a^2*x"], ["a"], ["x"]), "-2*x", (True, True, False)),
    (from_expressions(["(a^2 + b^2)*x"], ["a", "b"], ["x"]), "-2*x", (True, True, False)),
    (from_expressions(["a*x + a*b*y"], ["a", "b"], ["x", "y"]), "y", (True, False, False)),
]


@cache
def fiber_of(number: int):
    """The fiber of an example, by its equations alone; several tests are about it."""
    from neuroalg_sage.invariants.fibers.special_fiber import special_fiber

    model, function, _ = THREE_ANSWERS[number]
    manifold = NeuroManifold(model)
    return special_fiber(manifold.parametrization(), manifold.ideal, manifold.computation, function)


@pytest.mark.parametrize("number", range(len(THREE_ANSWERS)))
def test_three_answers_with_nothing_to_trust(number: int) -> None:
    fiber, expected = fiber_of(number), THREE_ANSWERS[number][2]
    answers = fiber.in_closure, fiber.over_complex, fiber.over_real
    assert tuple(a.data for a in answers) == expected
    for answer in answers:
        assert answer.status == "proved" and answer.trust == []
        assert verify(json.loads(json.dumps(answer.certificate))).value[2] is answer.data
    assert (fiber.kind == "empty") is (not expected[1])
    verify(fiber.components.certificate)


@pytest.mark.parametrize("seed", [0, slow(1)])
@pytest.mark.parametrize("spec", ["linear:2,1,2", slow("mlp:2,2,1:x^2"), "cnn:2,2:x^2"])
def test_what_has_parameters_is_in_m(spec: str, seed: int) -> None:
    generator = random.Random(seed)
    manifold = NeuroManifold(spec)
    phi = manifold.parametrization()
    w = [Fraction(generator.randint(-3, 3), generator.randint(1, 2))
         for _ in range(manifold.model.parameter_count)]
    f = image(phi, w)
    fiber = manifold.fiber(list(f))
    assert fiber.in_closure.data and fiber.over_complex.data and fiber.over_real.data
    by_parameters = manifold.fiber(parameters=w)
    assert by_parameters.function == f
    assert [str(c) for c in by_parameters.components] == [str(c) for c in fiber.components]
    assert verify(by_parameters.over_real.certificate).trust == ()


def test_a_finite_fiber_has_its_real_points_in_boxes() -> None:
    """The elementary symmetric functions of the roots of t^3 - 2 t, and of t^3 - 2."""
    manifold = NeuroManifold(from_expressions(
        ["(a+b+c)*x + (a*b+b*c+a*c)*y + a*b*c*z"], ["a", "b", "c"], ["x", "y", "z"]))
    fiber = manifold.fiber("-2*y")
    assert fiber.kind == "finite" and fiber.components.trust == []
    boxes = [box for c in fiber.components for box in c.real_points]
    assert len(boxes) == 6
    middles = {tuple(round(float(a + b) / 2, 6) for a, b in box) for box in boxes}
    root = round(2**0.5, 6)
    assert middles == {(x, y, z) for x in (0.0, root, -root) for y in (0.0, root, -root)
                       for z in (0.0, root, -root) if len({x, y, z}) == 3}
    fiber = manifold.fiber("2*z")
    assert [c.real_points for c in fiber.components] == [()] and fiber.components[0].degree == 6
    assert fiber.over_real.data is False and verify(fiber.over_real.certificate).trust == ()


def test_fibers_of_linear_networks() -> None:
    """Over rank r there is one orbit of GL(r); over zero, three components for a middle of 2."""
    manifold = NeuroManifold("linear:2,2,2")
    assert [(c.dimension, c.degree) for c in manifold.fiber(["x_0", "x_1"]).components] == [(4, 8)]
    zero = manifold.fiber([0, 0, 0, 0])
    assert [c.dimension for c in zero.components] == [5, 4, 4]
    assert zero.kind == "positive-dimensional" and zero.in_normal_form.data[0].degree == 1


def test_units_that_are_exchanged_are_two_components() -> None:
    fiber = NeuroManifold("mlp:2,2,2:x^3").fiber(["x_0^3", "x_1^3"])
    assert [c.dimension for c in fiber.components] == [2, 2]
    assert [c.real_points is not None for c in fiber.in_normal_form] == [True]


@pytest.mark.parametrize(("function", "says"), [
    ("x_0^3", "not among the monomials"), ([1, 2], "has 3 coordinates"), ("y", "unknown"),
    (["x_0^2", "x_1^2"], "2 were given"), ([1, 0.1, 0], "decimal number"), (None, "either"),
    (7, "list"),
])
def test_what_is_no_function_is_refused_in_one_sentence(function, says) -> None:
    with pytest.raises(InputError, match=says) as caught:
        NeuroManifold("mlp:2,1,1:x^2").fiber(function)
    assert "\n" not in str(caught.value)


def test_what_is_said_without_a_decomposition(monkeypatch) -> None:
    from neuroalg_sage.errors import LimitReached
    from neuroalg_sage.invariants.fibers import special_fiber

    def too_long(*arguments):
        raise LimitReached("too long")

    monkeypatch.setattr(special_fiber, "decompose", too_long)
    manifold = NeuroManifold("linear:2,1,2")
    outside = manifold.fiber(["x_0", "x_1"])
    assert [a.data for a in outside.answers] == [None, False, False, False]
    inside = manifold.fiber(parameters=[1, 2, 3, 4])
    assert [a.data for a in inside.answers] == [None, True, True, True]
    unknown = manifold.fiber(["x_0", "0"])
    # That it is in M over the real numbers is known from a description of M.
    assert [a.data for a in unknown.answers] == [None, True, None, True]
    assert unknown.kind == "not decomposed" and "too long" in str(unknown)
    for answer in (*outside.answers, *inside.answers, *unknown.answers):
        assert answer.certificate is None or verify(answer.certificate).trust == ()
        assert (answer.certificate is None) == (answer.status == "not decided")


def test_an_ideal_of_another_model_is_refused() -> None:
    from neuroalg_sage.invariants.fibers.special_fiber import special_fiber

    manifold, other = NeuroManifold("linear:2,1,2"), NeuroManifold(from_expressions(
        ["(a + b)*x", "a*x + c*y"], ["a", "b", "c"], ["x", "y"]))
    with pytest.raises(EngineError, match="not that of the neurovariety"):
        special_fiber(manifold.parametrization(), other.ideal, manifold.computation,
                      ["x_0", "x_1"])


def certificates() -> list[dict]:
    answers = [a for number in range(len(THREE_ANSWERS)) for a in fiber_of(number).answers]
    return [a.certificate for a in answers]


def test_claims_about_fibers_of_functions_cannot_be_bent() -> None:
    originals = certificates()
    accepted = list(accepted_mutants(originals, 600, random.Random(8)))
    assert not [where for _, _, where, _ in accepted
                if where[0] in ("status", "trust") or where[:3] == ("claim", "value", 1)]
    for original, data, where, _ in accepted:
        if where[0] == "claim":
            # Another function, or other numbers for the same generators: check what is said.
            assert where[:3] == ("claim", "value", 0) or _same_components(original, data), where
    assert len(accepted) < 200


def _same_components(original: dict, data: dict) -> bool:
    first, second = (c["claim"]["value"][2] for c in (original, data))
    if isinstance(first, bool):
        return first is second
    return [(c["dimension"], c["degree"]) for c in first] == [
        (c["dimension"], c["degree"]) for c in second]


def test_forged_answers_are_rejected() -> None:
    def forged(certificate, **changes):
        data = copy.deepcopy(certificate)
        for name, value in changes.items():
            data[name] = value
        data["digest"] = digest(data)
        return data

    fiber = fiber_of(3)
    assert THREE_ANSWERS[3][:2] == ("mlp:2,2,1:x^3", "x_0^3 - 3*x_0*x_1^2")
    good = fiber.over_real.certificate
    f = good["claim"]["value"][0]
    complex_point = fiber.over_complex.certificate["evidence"] | {"interval": ["-9", "9"]}
    for evidence, claim in [
            (complex_point, [f, "real", True]),
            ({"argument": "basis"} | {k: v for k, v in good["evidence"]["proof"].items()
                                      if k in ("basis", "cofactors")}, [f, "real", True]),
            (good["evidence"], [["1", "0", "3", "0"], "real", False]),
            (good["evidence"], [f, "complex", False]),
            (good["evidence"] | {"proof": {"step": "components", "lists": [], "then": []}
                                 | {k: good["evidence"]["proof"][k]
                                    for k in ("basis", "cofactors")}}, [f, "real", False]),
            (good["evidence"] | {"proof": {"step": "unit", "cofactors": [[]] * 4}},
             [f, "real", False])]:
        with pytest.raises(CertificateError):
            verify(forged(good, evidence=evidence,
                          claim={"invariant": "membership", "value": claim}))
    # A component that is left out, and one that is stated twice.
    components = NeuroManifold("mlp:2,2,1:x^3").fiber("x_0^3").components.certificate
    for change in ("leave out", "twice"):
        data = copy.deepcopy(components)
        parts, proofs = data["claim"]["value"][2], data["evidence"]["components"]
        if change == "twice":
            parts.append(parts[0])
            proofs.append(proofs[0])
        else:
            parts.pop()
            proofs.pop()
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)


def test_sums_of_squares_of_random_quadratic_forms() -> None:
    generator = random.Random(4)
    for _ in range(40):
        size = generator.randint(1, 4)
        rows = [[generator.randint(-2, 2) for _ in range(size)] for _ in range(size)]
        form: dict = {}
        for row in rows:
            for i, a in enumerate(row):
                for j, b in enumerate(row):
                    e = tuple(int(k == i) + int(k == j) for k in range(size))
                    form[e] = form.get(e, Fraction(0)) + a * b
        form = {e: c for e, c in form.items() if c}
        if not form:
            continue
        squares = sum_of_squares(form)
        assert squares is not None
        total: dict = {}
        for c, base in squares:
            assert c > 0
            for e, a in base.items():
                for d, b in base.items():
                    key = tuple(map(int.__add__, e, d))
                    total[key] = total.get(key, Fraction(0)) + c * a * b
        assert {e: c for e, c in total.items() if c} == form
        assert sum_of_squares({e: -c for e, c in form.items()}) is None


@pytest.mark.parametrize("root", ["1/10**20", "7/10**90", "10**200 + 1", "1/3"])
def test_real_points_are_told_apart_however_close(root: str) -> None:
    """The fiber of a^2 x over t^2, and of (a^2 - 2 a) x over t^2 - 1 with the roots 1 ± t."""
    above, _, below = root.partition("/")
    t = Fraction(int(eval(above)), int(eval(below or "1")))
    for model, f, roots in (("a^2*x", t * t, [-t, t]), ("(a^2-2*a)*x", t * t - 1, [1 - t, 1 + t])):
        manifold = NeuroManifold(from_expressions([model], ["a"], ["x"]))
        for number, count in ((f, 2), (2 * f + (model[0] == "("), 2), (-t * t - (
                model[0] == "("), 0)):
            fiber = manifold.fiber([number])
            boxes = [box for c in fiber.components.data for box in c.real_points]
            assert len(boxes) == count and fiber.over_real.data == (count > 0)
            assert verify(fiber.components.certificate).status == "proved"
            assert verify(fiber.over_real.certificate).status == "proved"
            if number == f:
                assert all(any(low <= r <= high for ((low, high),) in boxes) for r in roots)


@pytest.mark.parametrize("number", ["1e-40", "1e-300", "1e300", "-1e-17"])
def test_small_and_large_functions(number: str, capsys) -> None:
    assert main(["fiber", "linear:1,1", "--coordinates=" + number, "--quiet"]) == 0
    assert "f is in M over the real numbers: a real point" in capsys.readouterr().out


def test_a_box_of_the_wrong_root_is_refused_at_any_precision() -> None:
    manifold = NeuroManifold(from_expressions(["a^2*x"], ["a"], ["x"]))
    fiber = manifold.fiber([Fraction(2, 10**600)])
    original = fiber.components.certificate
    (component,) = original["claim"]["value"][2]
    (one, other) = component["real_points"]
    for boxes in ([one, one], [other, one], [one], [one, other, other],
                  [one, [["0", other[0][1]]]], [one, [[other[0][0], other[0][0]]]]):
        forged = copy.deepcopy(original)
        forged["claim"]["value"][2][0]["real_points"] = boxes
        forged["digest"] = digest(forged)
        if boxes == [one, [["0", other[0][1]]]]:
            assert verify(forged).status == "proved"  # a larger box is as true
            continue
        with pytest.raises(CertificateError):
            verify(forged)
