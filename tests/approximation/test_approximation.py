"""Polynomials near activations: known answers, samples with another library, and forgeries."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from math import factorial

import mpmath
import pytest
from claims import changed_at
from conftest import slow
from implied import assert_changes_are_implied

from neuroalg_sage import ActivationFunction, CertificateError, InputError, LimitReached, verify
from neuroalg_sage.cli import main
from neuroalg_sage.models.activations import ACTIVATIONS

# The functions again, as a third library has them.
KNOWN = {
    "tanh": mpmath.tanh, "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x * mpmath.ncdf(x), "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)), "exp": mpmath.exp, "erf": mpmath.erf,
    "sin": mpmath.sin, "cos": mpmath.cos, "relu": lambda x: max(x, mpmath.mpf(0)), "abs": abs,
    "hard_tanh": lambda x: min(max(x, mpmath.mpf(-1)), mpmath.mpf(1))}


def sampled(name: str, coefficients: list[Fraction], low: Fraction, high: Fraction, digits: int
            ) -> Fraction:
    """The largest error at many points, which is at most the supremum."""
    with mpmath.workdps(digits):
        p = [mpmath.mpf(c.numerator) / c.denominator for c in reversed(coefficients)]
        errors = []
        for k in range(1001):
            x = (mpmath.mpf(low.numerator) / low.denominator * (1000 - k)
                 + mpmath.mpf(high.numerator) / high.denominator * k) / 1000
            errors.append(abs(KNOWN[name](x) - mpmath.polyval(p, x)))
        return Fraction(mpmath.nstr(max(errors), 20))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("degree", [slow(0), 3, slow(12)])
def test_an_enclosure_agrees_with_samples(name: str, degree: int) -> None:
    for low, high in ((Fraction(-2), Fraction(2)), (Fraction(-8), Fraction(8)),
                      (Fraction(1, 3), Fraction(5))):
        found = ActivationFunction(name).approximation((low, high), degree=degree)
        assert verify(found.certificate).status == "proved" == found.status
        below, above = found.error
        assert below <= above <= below * Fraction(1000, 999)
        largest = sampled(name, list(found.value), low, high, 60)
        assert largest <= above * (1 + Fraction(1, 10**15))
        assert largest >= below * Fraction(98, 100)
        # The polynomial is nearly the best one.
        assert found.least <= below <= found.least * Fraction(101, 100)


def test_known_answers() -> None:
    absolute = ActivationFunction("abs").approximation(degree=2)
    assert absolute.value == (Fraction(1, 8), 0, 1) and absolute.error == (Fraction(1, 8),) * 2
    rectified = ActivationFunction("relu").approximation(degree=2)
    assert rectified.value == (Fraction(1, 16), Fraction(1, 2), Fraction(1, 2))
    assert rectified.error == (Fraction(1, 16),) * 2 and rectified.least == Fraction(1, 16)
    # Sollya 8.0: remez(tanh(x), 7, [-2;2]); its supnorm of that is in this interval.
    low, high = Fraction("2.52767373952e-3"), Fraction("2.52767607477e-3")
    hyperbolic = ActivationFunction("tanh").approximation((-2, 2), degree=7)
    assert hyperbolic.least <= high
    assert hyperbolic.error[0] <= high * Fraction(101, 100)
    assert hyperbolic.error[1] >= low * Fraction(999, 1000)
    # The best constant is the mean of the extreme values, and the best line has a closed form:
    # for exp on [-1, 1] its slope is sinh 1, and the error is that at 1.
    with mpmath.workdps(30):
        slope = mpmath.sinh(1)
        error = (mpmath.e - (mpmath.e - slope * mpmath.log(slope))) / 2 - mpmath.mpf(0)
        error = (mpmath.e - slope - slope + slope * mpmath.log(slope)) / 2
        line = ActivationFunction("exp").approximation(degree=1)
        assert line.least <= Fraction(mpmath.nstr(error, 25)) <= line.error[1]
    # A best approximation of cos of even degree 2 m is one of degree 2 m + 1.
    even, odd = (ActivationFunction("cos").approximation(degree=d) for d in (4, 5))
    assert odd.least <= even.error[1] and even.least <= odd.error[1]


def test_a_tiny_error_is_not_lost() -> None:
    found = ActivationFunction("exp").approximation(degree=40)
    # Near 1 / (2^40 41!), by which the next Chebyshev polynomial is weighed.
    near = Fraction(1, 2**40 * factorial(41))
    assert near * Fraction(9, 10) < found.least <= found.error[0] < near * Fraction(11, 10)
    assert verify(found.certificate).status == "proved"


def test_what_is_a_polynomial_on_the_interval_has_no_error() -> None:
    for interval, degree, value in (((1, 2), 1, (0, 1)), ((-2, -1), 3, (0,)),
                                    (("1/3", 2), 5, (0, 1))):
        found = ActivationFunction("relu").approximation(interval, degree=degree)
        assert found.value == value and found.error == (0, 0)
        assert verify(found.certificate).status == "proved"


@pytest.mark.parametrize("name, interval, error", [
    ("tanh", (-2, 2), "1/100"), ("exp", (-1, 1), "1/3"), ("abs", (-1, 1), "1/8"),
    ("abs", (-1, 1), "124999/1000000"), ("gelu", (-3, 1), "2e-3"), ("exp", (-1, 1), 10),
    ("relu", (1, 2), "1/9")])
def test_the_degree_for_an_error_is_the_least_one(name, interval, error) -> None:
    found = ActivationFunction(name).approximation(interval, error=error)
    assert found.error[1] <= Fraction(error) and verify(found.certificate).status == "proved"
    if found.degree:
        assert Fraction(found.data["least_below"]) > Fraction(error) * Fraction(99, 100)
        below = ActivationFunction(name).approximation(interval, degree=found.degree - 1)
        assert below.error[1] > Fraction(error)
    else:
        assert "least_below" not in found.data


def test_changed_certificates_are_rejected_or_claim_no_more() -> None:
    originals = [ActivationFunction("tanh").approximation((-2, 2), degree=3),
                 ActivationFunction("relu").approximation(degree=2),
                 ActivationFunction("exp").approximation(error="1/3")]
    assert_changes_are_implied([found.certificate for found in originals], random.Random(7), 450)


def test_what_is_not_true_is_rejected() -> None:
    found = ActivationFunction("tanh").approximation((-2, 2), degree=3)
    certificate = found.certificate
    low, high = found.error
    for path, to in (
            (("claim", "value", "error"), [str(low * Fraction(9996, 10000)), str(low)]),
            (("claim", "value", "error"), [str(high), str(high)]),
            (("claim", "value", "error"), [str(low / 2), str(high)]),
            (("claim", "value", "least"), str(high)),
            (("claim", "value", "degree"), 4), (("claim", "value", "degree"), 2),
            (("claim", "value", "interval"), ["-2", "3"]),
            (("claim", "value", "interval"), ["-3", "2"]),
            (("claim", "value", "coefficients"), ["0", "1"]),
            (("model", "activation"), "erf"), (("model", "activation"), "sign"),
            (("evidence", "cells"), certificate["evidence"]["cells"][:-1]),
            (("evidence", "cells"), [["2", 4, 10]]), (("evidence", "cells"), [["2", 2, 2000]]),
            (("evidence", "precision"), 20), (("evidence", "points"), [])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, *path, to=to))
    # A kink may not be hidden in a cell.
    absolute = ActivationFunction("abs").approximation(degree=2).certificate
    with pytest.raises(CertificateError, match="kink"):
        verify(changed_at(absolute, "evidence", "cells", to=[["1", 4, 1]]))


def test_the_shell_prints_decimal_numbers(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    path = tmp_path / "tanh.json"
    assert main(["approximate", "tanh", "--degree", "7", "--interval", "-2,2", "--json",
                 "--certificate", str(path), "--quiet"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert len(page["coefficients"]) == 8 and page["status"] == "proved"
    low, high = map(Fraction, page["error"])
    assert all(isinstance(e, str) and "/" not in e for e in page["error"]) and low <= high
    assert main(["verify", str(path)]) == 0
    assert main(["approximate", "relu", "--degree", "2", "--quiet"]) == 0
    assert "of exactly 0.0625 on [-1, 1]" in capsys.readouterr().out


@pytest.mark.parametrize("arguments, words", [
    (dict(name="sign", degree=3), "not continuous"), (dict(name="tan", degree=3), "has a pole"),
    (dict(name="tanhh", degree=3), "mean tanh"),
    (dict(degree=500), "from 0 to 100"), (dict(degree="1/2"), "whole number"),
    (dict(degree=-1), "from 0 to 100"), (dict(degree=3, interval=("-inf", 2)), "not bounded"),
    (dict(degree=3, interval=(2, 2)), "smaller one first"), (dict(), "has a degree, or an error"),
    (dict(degree=3, error=1), "has a degree, or an error"), (dict(error=0), "positive"),
    (dict(degree=3, interval=(0, 10**9)), "at most 1,000,000"),
    (dict(degree=3, interval=(0.1, 1)), "floating-point")])
def test_what_cannot_be_asked_is_refused_in_one_sentence(arguments, words) -> None:
    with pytest.raises(InputError, match=words):
        ActivationFunction(arguments.pop("name", "tanh")).approximation(**arguments)


def test_what_is_not_found_is_said() -> None:
    with pytest.raises(LimitReached, match="up to 100"):
        ActivationFunction("abs").approximation(error="1/1000")


@pytest.mark.parametrize("name, interval, degree", [
    ("sin", (5, Fraction(50001, 10000)), 40),
    ("relu", (Fraction(-1, 10**6), Fraction(1, 10**6)), 40),
    ("sin", (10**6 - 1, 10**6), 10),
    ("tanh", (Fraction(-1, 10**6), Fraction(1, 10**6)), 30), ("silu", (0, Fraction(1, 10**9)), 20)])
def test_on_a_short_interval_the_error_is_nearly_the_least(name, interval, degree) -> None:
    """Disks around the cells are wide, and points are as near to extrema as on other intervals."""
    found = ActivationFunction(name).approximation(interval, degree)
    assert found.least > found.error[1] * Fraction(99, 100)
    assert verify(found.certificate).status == "proved"


@pytest.mark.parametrize("name, interval, degree", [
    ("exp", (-10**6, 10**6), 1), ("tanh", (5, 5 + Fraction(1, 10**400)), 20)])
def test_numbers_that_are_too_long_are_refused(name, interval, degree) -> None:
    with pytest.raises(LimitReached, match="try another"):
        ActivationFunction(name).approximation(interval, degree)


def test_on_a_short_interval_nothing_is_lost() -> None:
    found = ActivationFunction("tanh").approximation(("-1e-30", "1e-30"), degree=3)
    # 2 x^5 / 15 is next; the best polynomial of degree 4 for x^5 on [-r, r] is r^5 / 16 away.
    best, near = Fraction(2, 15 * 16 * 10**150), Fraction(1, 10**50)
    assert Fraction(found.data["least"]) <= best * (1 + near)
    assert best * (1 - near) <= found.error[1] < best * Fraction(101, 100)
    assert verify(found.certificate)
