"""Composites of odd polynomials near sign, abs and relu: known answers, samples, forgeries."""

from __future__ import annotations

import json
import random
import re
from fractions import Fraction
from itertools import product
from math import ceil, log2

import numpy as np
import pytest
from claims import changed_at
from implied import assert_changes_are_implied

from neuroalg_sage import (
    ActivationFunction,
    CertificateError,
    ContinuousNetwork,
    InputError,
    LimitReached,
    verify,
)
from neuroalg_sage.cli import main
from neuroalg_sage.invariants.approximation.composites import (
    _chain,
    _width,
    best_odd_polynomial,
    least_depth,
)

RELU = {"activation": "relu", "layers": [
    {"weights": [[1, "1/2"], [-1, 2]], "bias": [0, "1/4"]}, {"weights": [["1/2", 1], [1, -1]]},
    {"weights": [[1, 1]], "bias": [3]}]}


def error_by_linear_programming(low: float, high: float, degree: int) -> float:
    """The least error for 1 of odd polynomials, on a grid."""
    optimize = pytest.importorskip("scipy.optimize")
    x = np.linspace(low, high, 4001)
    powers = np.stack([x**k for k in range(1, degree + 1, 2)], 1)
    ones = np.ones((len(x), 1))
    found = optimize.linprog(
        [0] * powers.shape[1] + [1],
        A_ub=np.block([[powers, -ones], [-powers, -ones]]), b_ub=np.concatenate([ones, -ones]),
        bounds=[(None, None)] * powers.shape[1] + [(0, None)])
    return float(found.fun)


@pytest.mark.parametrize("low, high, degree", [
    ("1/2", 1, 1), ("1/2", 1, 3), ("1/10", 1, 7), ("1/10", 1, 15), ("1/2", "3/2", 9),
    ("1/100", 1, 5), (1, 3, 3)])
def test_odd_polynomials_are_the_best_ones(low, high, degree) -> None:
    low, high = Fraction(low), Fraction(high)
    p = best_odd_polynomial(low, high, degree)
    assert len(p) == degree + 1 and not any(p[::2])
    x = np.linspace(float(low), float(high), 100_001)
    error = abs(1 - np.polyval([float(c) for c in reversed(p)], x)).max()
    assert np.isclose(error, error_by_linear_programming(float(low), float(high), degree),
                      rtol=1e-3, atol=1e-9)


def test_a_polynomial_of_degree_one_and_one_of_degree_three() -> None:
    """c x on [a, b] has the errors (b - a) / (b + a); by hand for (3x - x^3)/2 on [1/2, ...]."""
    for a, b in ((Fraction(1, 3), Fraction(1)), (Fraction(1, 2), Fraction(7, 2))):
        p = best_odd_polynomial(a, b, 1)
        assert abs(p[1] - 2 / (a + b)) < Fraction(1, 10**12)
    # x (a - b x^2): the error is largest at both ends and at the inner extremum.
    p = best_odd_polynomial(Fraction(1, 2), Fraction(1), 3)
    inner = (p[1] / (-3 * p[3])) ** 0.5
    value = lambda x: float(p[1]) * x + float(p[3]) * x**3  # noqa: E731
    errors = [1 - value(0.5), value(float(inner)) - 1, 1 - value(1)]
    assert np.ptp(errors) < 1e-5 and min(errors) > 0


@pytest.mark.parametrize("function, error, gap, radius", [
    ("sign", "1/100", "1/10", 1), ("sign", "1/1000", "1/20", 1), ("sign", "1/8", "1/100", 2),
    ("sign", "1e-9", "1/3", 1), ("relu", "1/100", None, 1), ("abs", "1/50", None, "3/2"),
    ("relu", "1/10", None, 5)])
def test_no_sample_is_farther_away(function, error, gap, radius) -> None:
    found = ActivationFunction(function).composite_approximation(error, gap, radius)
    assert found.error <= Fraction(error) and verify(found.certificate).status == "proved"
    x = np.linspace(float(Fraction(gap or 0)), float(Fraction(radius)), 100_001)
    x = np.concatenate([-x, x])
    exact = {"sign": np.sign, "abs": np.abs, "relu": lambda x: np.maximum(x, 0)}[function](x)
    y = x
    for p in found.value:
        y = np.polyval([float(c) for c in reversed(p)], y)
    near = {"sign": y, "abs": x * y, "relu": (x + x * y) / 2}[function]
    assert abs(exact - near).max() <= float(found.error) + 1e-12
    # The bound is no rough one.
    assert abs(exact - near).max() >= 0.9 * float(found.error) or function != "sign"
    assert found.depth == sum(ceil(log2(d + 1)) for d in found.degrees) + (function != "sign")
    assert np.isclose(float(found(Fraction(radius))), near[-1])
    assert found(-Fraction(radius)) == (-found(Fraction(radius)) if function == "sign" else
                                        found(Fraction(radius)) - (function == "relu")
                                        * Fraction(radius))


@pytest.mark.parametrize("error, gap", [("1/20", "1/10"), ("1/4", "1/30"), ("1/1000", "1/4")])
def test_no_composite_of_less_depth_is_among_those_searched(error, gap) -> None:
    """All sequences of degrees up to 15 that are less deep have a larger error."""
    interval = (Fraction(gap), Fraction(1))
    stages = least_depth(Fraction(error), *interval, "float64")
    depth = sum((len(p) - 1).bit_length() for p in stages)
    for length in (1, 2, 3):
        for degrees in product((3, 5, 7, 11, 15), repeat=length):
            if sum(d.bit_length() for d in degrees) < depth:
                found = _chain(list(degrees), interval, "float64")
                assert found is None or _width(found[0]) > Fraction(error)


def test_coefficients_are_floating_point_numbers() -> None:
    for kind, bits, error in (("float32", 24, "1/20"), ("float64", 53, "1/20"),
                              ("float16", 11, "1/5")):
        found = ActivationFunction("sign").composite_approximation(error, "1/10",
                                                                   coefficients=kind)
        for p in found.value:
            for c in p:
                assert c.denominator & (c.denominator - 1) == 0
                assert abs(c.numerator).bit_length() <= bits


def test_a_network_has_composites_in_place_of_relu() -> None:
    found = ContinuousNetwork(RELU).network_approximation(error="1/10", composite=True)
    assert found.value <= Fraction(1, 10) and verify(found.certificate).status == "proved"
    assert all("stages" in layer for layer in found.data["layers"])
    x = np.random.default_rng(0).uniform(-1, 1, (2, 2000))
    one = other = x
    for k, layer in enumerate(RELU["layers"]):
        w = np.array([[float(Fraction(c)) for c in row] for row in layer["weights"]])
        b = np.array([[float(Fraction(c))] for c in layer.get("bias", [0] * len(w))])
        one, other = w @ one + b, w @ other + b
        if k < 2:
            y = other
            for p in found.data["layers"][k]["stages"]:
                y = np.polyval([float(Fraction(c)) for c in reversed(p)], y)
            one, other = np.maximum(one, 0), (other + other * y) / 2
    assert 0 < abs(one - other).max() <= float(found.value)
    with pytest.raises(InputError, match="no family of models"):
        found.model()


@pytest.mark.slow
def test_where_no_polynomial_suffices_a_composite_is_offered() -> None:
    layers = [{"weights": [[20]]}, {"weights": [[20]]}]
    network = ContinuousNetwork({"activation": "relu", "layers": layers})
    with pytest.raises(LimitReached, match="--composite"):
        network.network_approximation(error="1/100")
    assert network.network_approximation(error="1/100", composite=True).value <= Fraction(1, 100)


def test_a_composite_is_expanded_as_it_is_evaluated() -> None:
    layers = [{"weights": [[1]]}, {"weights": [[1]]}]
    found = ContinuousNetwork({"activation": "abs", "layers": layers}).network_approximation(
        error="1/4", composite=True)
    [p] = found.polynomials
    assert len(p) - 1 == found.degrees[0]
    for x in (Fraction(1, 3), Fraction(-1, 2)):
        y = x
        for stage in found.data["layers"][0]["stages"]:
            y = sum(Fraction(c) * y**k for k, c in enumerate(stage))
        assert sum(c * x**k for k, c in enumerate(p)) == x * y


def test_what_is_not_true_is_rejected() -> None:
    certificate = ActivationFunction("sign").composite_approximation("1/10", "1/5").certificate
    value = certificate["claim"]["value"]
    error = Fraction(value["error"])
    first = value["stages"][0]
    for path, to in (
            (("claim", "value", "error"), str(error * Fraction(99, 100))),
            (("claim", "value", "gap"), "1/10"), (("claim", "value", "radius"), "11/10"),
            (("claim", "value", "depth"), value["depth"] - 1),
            (("claim", "value", "stages", 0), [*first[:-1], "2"]),
            (("claim", "value", "stages", 0), ["1", *first[1:]]),
            (("claim", "value", "stages", 0), [*first, "0"]),
            (("claim", "value", "stages", 0), [*first, "0", "0"]),
            (("claim", "value", "stages"), []), (("model", "function"), "abs"),
            (("model", "function"), "tanh"), (("evidence", "cells"), []),
            (("evidence", "cells", 0, 0), "1/2"), (("evidence", "cells", 0, 1, 0), ["9/10", "1"]),
            (("evidence", "cells", 0, 1, 0), ["1", "1"]), (("evidence", "cells", 0, 1), [])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, *path, to=to))


def test_changed_certificates_are_rejected_or_claim_what_is_true() -> None:
    generator = random.Random(7)
    layers = [{"weights": [[1]], "bias": ["1/3"]}, {"weights": [[1]]}]
    originals = [
        ActivationFunction("sign").composite_approximation("1/10", "1/5"),
        ActivationFunction("relu").composite_approximation("1/8", radius=2),
        ContinuousNetwork({"activation": "relu", "layers": layers}).network_approximation(
            error="1/4", composite=True)]
    certificates = [found.certificate for found in originals]
    assert_changes_are_implied(certificates, generator, 150)


def test_the_command_prints_polynomials_and_depth(capsys, tmp_path) -> None:
    assert main(["approximate", "sign", "--composite", "--gap", "0.1", "--error", "0.01",
                 "--certificate", str(tmp_path / "proof.json")]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "multiplicative depth 6" in text and "p_2 = " in text and "[proved]" in text
    assert main(["verify", str(tmp_path / "proof.json")]) == 0
    assert main(["approximate", "relu", "--composite", "--error", "0.01", "--interval", "-2,2",
                 "--json"]) == 0
    page = json.loads(capsys.readouterr().out.split("\n")[-2])
    assert page["radius"] == "2" and page["model"] == {"function": "relu"}
    (tmp_path / "net.json").write_text(json.dumps(RELU))
    assert main(["approximate", str(tmp_path / "net.json"), "--composite", "--error", "0.2"]) == 0
    assert "a composite of the degrees" in capsys.readouterr().out


@pytest.mark.parametrize("words, said", [
    (["sign", "--degree", "3"], "not continuous.*--composite --gap"),
    (["sign", "--composite", "--error", "0.1"], "a gap is left out"),
    (["relu", "--composite", "--gap", "0.1", "--error", "0.1"], "a gap is for the sign"),
    (["tanh", "--composite", "--error", "0.1"], "near sign, abs and relu, not near tanh"),
    (["sign", "--composite", "--gap", "2", "--error", "0.1"], "below the radius"),
    (["sign", "--composite", "--gap", "0.1"], "has an error that is allowed"),
    (["sign", "--composite", "--gap", "0.1", "--degree", "7"], "degrees are found"),
    (["relu", "--composite", "--error", "0.1", "--pieces", "2"], "degrees are found"),
    (["sign", "--composite", "--gap", "0.1", "--error", "2"], "between 0 and 1"),
    (["relu", "--composite", "--error", "0.9"], "as large as its values"),
    (["mlp:2,3,1:tanh", "--composite", "--box", "1", "--error", "0.1"], "has neither"),
    (["mlp:2,3,1:relu", "--composite", "--box", "1", "--degree", "3"], "as in --error 0.01"),
    (["mlp:2,3,1:relu", "--gap", "1", "--box", "1", "--degree", "3"], "--gap is about")])
def test_wrong_input_is_refused_in_one_sentence(words, said, capsys) -> None:
    assert main(["approximate", *words]) == 2
    message = " ".join(capsys.readouterr().err.split())
    assert re.search(said, message), message
