"""Parameters of a function with given values of the laws: found, or proved not to be there."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction

import numpy as np
import pytest
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError

SQUARE = (["a^2*x", "b*x"], ["a", "b"], ["x"])


def found(model, function, values=None, degree=2):
    if isinstance(model, tuple):
        model = from_expressions(*model)
    return NeuroManifold(model, seed=1, degree=degree).balanced_initialization(function, values)


def residual(model, point, function, values=None, degree=2) -> float:
    if isinstance(model, tuple):
        model = from_expressions(*model)
    manifold = NeuroManifold(model, seed=1, degree=degree)
    polynomials = [*manifold.parametrization().polynomials,
                   *(law.polynomial for law in manifold.conservation_laws(degree).data)]
    targets = [*function, *(values or [0] * (len(polynomials) - len(function)))]
    return max(abs(sum(float(c) * np.prod(point ** np.array(e)) for e, c in p.items())
                   - float(Fraction(t))) for p, t in zip(polynomials, targets))


@pytest.mark.parametrize("model, function, values, form", [
    ("linear:1,1,1", [4], None, "rational point"), ("linear:1,1,1", [2], None, "box"),
    ("linear:1,1,1", [0], [1], "rational point"), ("linear:2,2,2", [1, 2, 3, 4], [1, 0, 2], "box"),
    ("linear:2,1,2", [1, 2, 3, 6], None, "algebraic of degree"),
    ("mlp:2,2,1:x^2", [1, 0, -1], [-1, 1], "box"),
    ("linear:3,2,3", [1, 0, 0, 0, 1, 0, 0, 0, 0], None, "rational point")])
def test_parameters_that_exist_are_proved_to(model, function, values, form) -> None:
    answer = found(model, function, values)
    assert answer.status == "proved" and answer.data.exists and form in answer.data.form
    assert residual(model, answer.data.point, function, values) < 1e-5
    verdict = verify(json.dumps(answer.certificate))
    assert verdict.value[3] == "exists" and verdict.trust == ()


@pytest.mark.parametrize("model, function, values, verdict", [
    ("linear:2,1,2", [1, 0, 0, 1], None, "none over C"),
    ("mlp:2,1,1:x^2", [1, 0, 1], None, "none over C"),
    ("linear:1,2,1", [1], [1, 0, 2, 3], "none over C"),
    (SQUARE, [-1, 2], None, "none over R"),
    ((["(a^2+b^2)*x"], ["a", "b"], ["x"]), [-1], None, "none over R"),
    ((["a*b*x", "(a+b)*x"], ["a", "b"], ["x"]), [1, 1], None, "none over R")])
def test_parameters_that_do_not_exist_are_proved_not_to(model, function, values, verdict) -> None:
    answer = found(model, function, values)
    assert answer.data.verdict == verdict and answer.data.point is None
    checked = verify(json.dumps(answer.certificate))
    assert checked.value[3] == verdict and checked.trust == ()


@pytest.mark.parametrize("seed", range(3))
def test_parameters_at_random_give_a_function_that_has_them(seed: int) -> None:
    """The function and the values of the laws at a random integer point."""
    generator = random.Random(seed)
    spec = generator.choice(["linear:2,2,1", "mlp:2,2,1:x^2", "linear:1,2,2", "mlp:1,2,2:x^2"])
    manifold = NeuroManifold(spec, seed=seed, degree=2)
    w = [generator.choice([-2, -1, 1, 2, 3]) for _ in range(manifold.model.parameter_count)]

    def value(p):
        return sum(c * np.prod([Fraction(x) ** e for x, e in zip(w, exponents)])
                   for exponents, c in p.items())

    function = [value(p) for p in manifold.parametrization().polynomials]
    values = [value(law.polynomial) for law in manifold.conservation_laws(2).data]
    answer = manifold.balanced_initialization(function, values)
    assert answer.data.exists
    if answer.status == "proved":
        verify(answer.certificate)


def forged(answer, change) -> dict:
    data = copy.deepcopy(answer.certificate)
    change(data)
    data["digest"] = digest(data)
    return data


@pytest.mark.parametrize("count", [60, pytest.param(400, marks=pytest.mark.slow)])
def test_claims_cannot_be_bent(count: int) -> None:
    box, point = found("linear:1,1,1", [2]), found("linear:2,1,2", [1, 2, 3, 6])
    nothing, unreal = found("linear:2,1,2", [1, 0, 0, 1]), found(SQUARE, [-1, 2])
    roots = found((["a*b*x", "(a+b)*x"], ["a", "b"], ["x"]), [1, 1])
    answers = [box, point, nothing, unreal, roots]
    originals = [answer.certificate for answer in answers]
    for original, data, where, verdict in accepted_mutants(originals, count, random.Random(4)):
        if where[0] != "claim":
            continue  # another box, center or multiplier proves the same
        if original == unreal.certificate:  # a^2 is still negative
            assert Fraction(verdict.value[0][0]) < 0 and verdict.value[3] == "none over R"
        elif original == nothing.certificate:  # a matrix of rank 2, whatever the laws are
            assert where[2] in (1, 2) and verdict.value[3] == "none over C"
        else:  # another law that is conserved too
            assert where[:3] == ("claim", "value", 1), (where, data["claim"])

    def say(answer, verdict):
        return forged(answer, lambda data: data["claim"]["value"].__setitem__(3, verdict))

    def function(answer, values):
        return forged(answer, lambda data: data["claim"]["value"].__setitem__(0, values))

    def law(data):
        data["claim"]["value"][1] = [[["1", [0, 2]]]]  # w_0^2 is not conserved

    def wide(data):
        data["evidence"]["box"]["radius"] = "1000"

    def no_root(data):
        data["evidence"]["interval"] = ["100", "101"]

    forgeries = [say(box, "none over R"), say(nothing, "exists"), say(unreal, "none over C"),
                 say(roots, "none over C"), say(box, "perhaps"), function(box, ["-2"]),
                 function(point, ["1", "2", "3", "7"]), function(nothing, ["1", "0", "0", "0"]),
                 function(unreal, ["1", "2"]), forged(box, law), forged(box, wide),
                 forged(point, no_root)]
    for data in forgeries:
        with pytest.raises(CertificateError):
            verify(data)


def test_a_sum_of_squares_without_a_constant_proves_nothing() -> None:
    answer = found((["(a^2+b^2)*x"], ["a", "b"], ["x"]), [-1])

    def zero(data):
        data["claim"]["value"][0] = ["0"]

    with pytest.raises(CertificateError):
        verify(forged(answer, zero))


@pytest.mark.parametrize("function, values, message", [
    ([1, 2], None, "4 coordinates"), ([1, 2, 3, "x"], None, "rational number"),
    ([1, 2, 3, float("nan")], None, "finite number"), ([1, 2, 3, 4], [1], "3 laws")])
def test_wrong_input_is_refused_in_one_sentence(function, values, message) -> None:
    with pytest.raises(InputError, match=message):
        found("linear:2,2,2", function, values)


def test_at_the_shell(tmp_path, capsys) -> None:
    name = str(tmp_path / "none.json")
    words = ["balanced", "linear:2,1,2", "--degree", "2", "--quiet", "--seed", "1"]
    assert main([*words, "--function", "1,0,0,1", "--certificate", name]) == 0
    assert capsys.readouterr().out == "balanced_initialization = none over C  [proved]\n"
    assert main(["verify", name]) == 0
    capsys.readouterr()
    assert main([*words, "--function", "1,2,3,6", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["verdict"] == "exists" and page["status"] == "proved" and len(page["point"]) == 4
    assert main([*words, "--function", "1,2"]) == 2
    assert "4 coordinates" in capsys.readouterr().err
    assert main([*words, "--function", "1,2,3,6", "--values", "1,2"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("seed", [18, *range(20)])
def test_dependent_equations_are_solved_from_any_start(seed: int) -> None:
    """Laws of degree 2 with impossible values: the equations are dependent where descent ends."""
    manifold = NeuroManifold("linear:1,2,1", seed=seed, degree=2)
    assert manifold.balanced_initialization([3], [0, -1, 0, -3]).data.verdict == "none over C"
