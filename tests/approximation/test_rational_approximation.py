"""Rational functions and pieces near activations: known answers, samples, and forgeries."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import mpmath
import pytest
from claims import changed_at
from implied import assert_changes_are_implied
from test_approximation import KNOWN

from neuroalg_sage import ActivationFunction, CertificateError, InputError, verify
from neuroalg_sage.cli import main


def largest_difference(name: str, found, low: Fraction, high: Fraction) -> mpmath.mpf:
    """The largest error at many points, which is at most the supremum."""
    with mpmath.workdps(40):
        return max(abs(KNOWN[name](mpmath.mpf(x.numerator) / x.denominator)
                       - mpmath.mpf(found(x).numerator) / found(x).denominator)
                   for x in (low + (high - low) * k / 400 for k in range(401)))


@pytest.mark.parametrize("degree, error", [
    # Varga, Ruttan, Carpenter (1991): the least errors of |x| by rational functions.
    (2, "4.36890127e-2"), (4, "8.50148470e-3"), (8, "7.36563616e-4")])
def test_rational_functions_near_the_absolute_value(degree: int, error: str) -> None:
    found = ActivationFunction("abs").approximation(degree=degree, denominator=degree)
    assert verify(found.certificate).status == "proved" == found.status
    assert found.least <= Fraction(error) * (1 + Fraction(1, 10**8))
    assert found.error[1] >= Fraction(error) * (1 - Fraction(1, 10**8))
    assert found.least > Fraction(error) * Fraction(999, 1000)


def test_rational_functions_near_the_exponential_function() -> None:
    """Meinardus: on [-1, 1] the least error is nearly m! n! / (2^(m+n) (m+n)! (m+n+1)!)."""
    found = ActivationFunction("exp").approximation(degree=5, denominator=5)
    near = Fraction(120 * 120, 2**10 * 3628800 * 39916800)
    assert abs(found.least / near - 1) < Fraction(1, 20)
    assert verify(found.certificate).status == "proved"


@pytest.mark.parametrize("name, low, high, degree, denominator", [
    ("tanh", -2, 2, 3, 2), ("tanh", -2, 2, 4, 3), ("sigmoid", -8, 8, 3, 8), ("gelu", -4, 4, 6, 4),
    ("relu", -1, 1, 4, 4), ("hard_tanh", -3, 3, 5, 4), ("tanh", 1, 3, 3, 3), ("exp", -1, 1, 0, 3),
    ("sin", -2, 2, 3, 1), ("relu", 1, 2, 3, 2), ("tanh", -1000, 1000, 3, 2)])
def test_an_enclosure_agrees_with_samples(name, low, high, degree, denominator) -> None:
    found = ActivationFunction(name).approximation((low, high), degree, denominator=denominator)
    assert verify(found.certificate).status == "proved" == found.status
    below, above = found.error
    assert below <= above <= below * Fraction(1000, 999)
    with mpmath.workdps(40):
        largest = largest_difference(name, found, Fraction(low), Fraction(high))
        bound = mpmath.mpf(above.numerator) / above.denominator
        assert largest <= bound * (1 + mpmath.mpf(10)**-20)
    assert found.least <= below <= found.least * Fraction(101, 100)
    if above:  # no worse than the best polynomial of the degree
        assert found.least <= ActivationFunction(name).approximation((low, high), degree).error[1]


def test_the_numerator_is_of_the_least_degree() -> None:
    found = ActivationFunction("tanh").approximation((-2, 2), error="1/1000", denominator=2)
    assert found.degree == 3 and Fraction(found.data["least_below"]) > Fraction(1, 1000)
    assert found.error[1] <= Fraction(1, 1000) and verify(found.certificate).status == "proved"


def test_pieces_at_kinks_and_of_equal_lengths() -> None:
    bent = ActivationFunction("hard_tanh").piecewise_approximation((-2, 3), degree=1)
    assert [piece.value for piece in bent.value] == [(-1,), (0, 1), (1,)]
    assert bent.error == (0, 0) and bent.jump == 0 and "continuous" in bent.sentence()
    assert [bent(x) for x in (-2, Fraction(1, 3), 3)] == [-1, Fraction(1, 3), 1]
    smooth = ActivationFunction("tanh").piecewise_approximation((-2, 2), 4, degree=3)
    whole = ActivationFunction("tanh").approximation((-2, 2), degree=3)
    assert smooth.error[1] < whole.error[0] and 0 < smooth.jump <= 2 * smooth.error[1]
    assert "not continuous" in smooth.sentence()
    placed = ActivationFunction("gelu").piecewise_approximation(
        (-2, 2), [0], error="1/100", denominator=1)
    assert placed.error[1] <= Fraction(1, 100)
    for found, name, low in ((bent, "hard_tanh", -2), (smooth, "tanh", -2), (placed, "gelu", -2)):
        assert verify(found.certificate).status == "proved"
        assert largest_difference(name, found, Fraction(low), Fraction(2)) <= float(
            found.error[1]) * (1 + 1e-12)


def test_what_is_not_true_is_rejected() -> None:
    found = ActivationFunction("tanh").approximation((-2, 2), degree=3, denominator=2)
    certificate = found.certificate
    low, high = found.error
    below = certificate["claim"]["value"]["denominator"]
    for path, to in (
            (("claim", "value", "error"), [str(low / 2), str(high / 2)]),
            (("claim", "value", "error"), [str(high), str(high)]),
            (("claim", "value", "least"), str(high)),
            (("claim", "value", "degree"), 4), (("claim", "value", "denominator_degree"), 3),
            (("claim", "value", "denominator_degree"), 1),
            (("claim", "value", "denominator"), [below[0], below[1], "-1/2"]),
            (("claim", "value", "denominator"), ["-1"]), (("claim", "value", "denominator"), ["0"]),
            (("claim", "value", "denominator"), []),
            (("claim", "value", "interval"), ["-2", "3"]),
            (("evidence", "cells"), [["2", 4, 10]]), (("evidence", "points"), [])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, *path, to=to))
    pieces = ActivationFunction("tanh").piecewise_approximation((-2, 2), 2, degree=2).certificate
    value = pieces["claim"]["value"]
    for path, to in (
            (("claim", "value", "jump"), "0"), (("claim", "value", "interval"), ["-2", "1"]),
            (("claim", "value", "pieces"), value["pieces"][:1]),
            (("claim", "value", "pieces"), value["pieces"][::-1]),
            (("claim", "value", "error"), ["0", "0"])):
        with pytest.raises(CertificateError):
            verify(changed_at(pieces, *path, to=to))


def test_a_pole_in_the_interval_is_rejected() -> None:
    """x / x^2 has a pole at 0, though its error is small at the points and at ends of cells."""
    found = ActivationFunction("tanh").approximation((-2, 2), degree=3, denominator=2)
    for denominator in (["0", "0", "1"], ["-1", "0", "1"], ["1", "1", "1/4"]):
        with pytest.raises(CertificateError):
            verify(changed_at(found.certificate, "claim", "value", "denominator", to=denominator))


def test_changed_certificates_are_rejected_or_claim_no_more() -> None:
    originals = [ActivationFunction("tanh").approximation((-2, 2), degree=3, denominator=2),
                 ActivationFunction("relu").approximation(error="1/20", denominator=1)]
    assert_changes_are_implied([found.certificate for found in originals], random.Random(11), 80)


def test_saturated_activations_on_huge_intervals() -> None:
    """Far from zero an asymptote stands for the activation; the best constant of tanh is 0."""
    for name in ("tanh", "erf"):
        found = ActivationFunction(name).approximation((-10**6, 10**6), degree=0)
        assert found.error[1] >= 1 >= found.error[0] and found.least > Fraction(999, 1000)
        assert verify(found.certificate).status == "proved"
    # That of x for positive x, and 0 for negative ones, is 10^6 / 16 by a quadric.
    relu = ActivationFunction("relu").approximation((-10**6, 10**6), degree=2)
    for name in ("gelu", "silu", "softplus"):
        found = ActivationFunction(name).approximation((-10**6, 10**6), degree=2)
        assert abs(found.error[1] - relu.error[1]) < 100 < relu.error[1]
        assert found.least <= Fraction(10**6, 16) + 1 and found.error[1] >= Fraction(10**6, 16) - 1
        assert verify(found.certificate).status == "proved"
    # A cell without a power series is one with an asymptote.
    near = ActivationFunction("tanh").approximation((-2, 2), degree=3).certificate
    with pytest.raises(CertificateError, match="asymptote"):
        verify(changed_at(near, "evidence", "cells", to=[["2", 4, 0]]))
    sine = ActivationFunction("sin").approximation((1, 2), degree=3).certificate
    with pytest.raises(CertificateError, match="asymptote"):
        verify(changed_at(sine, "evidence", "cells", to=[["2", 4, 0]]))


@pytest.mark.parametrize("name", ["relu", "abs"])
@pytest.mark.parametrize("end", [Fraction(1, 10**3), Fraction(1, 10**6), Fraction(1, 10**9)])
def test_a_kink_near_an_end(name: str, end: Fraction) -> None:
    """The best polynomial is nearly the piece on the long side, moved by half of what is there."""
    for interval in ((-1, end), (-end, 1)):
        found = ActivationFunction(name).approximation(interval, degree=7)
        size = end * (2 if name == "abs" else 1) / 2
        assert found.error[1] <= size * Fraction(1001, 1000)
        assert found.least >= found.error[0] * Fraction(999, 1000) > size * Fraction(9, 10)
        assert verify(found.certificate).status == "proved"


def test_a_large_error_leaves_the_denominator_alone() -> None:
    """The best constant of exp on [-20, 20] has an error of sinh 20, which is over 2^16."""
    found = ActivationFunction("exp").approximation((-20, 20), degree=0)
    with mpmath.workdps(30):
        half = Fraction(mpmath.nstr(mpmath.sinh(20), 25))
    assert found.least <= half <= found.error[1] and verify(found.certificate).status == "proved"


def test_the_shell(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    path = tmp_path / "tanh.json"
    assert main(["approximate", "tanh", "--degree", "3", "--denominator", "2", "--interval", "-2,2",
                 "--json", "--certificate", str(path), "--quiet"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert len(page["coefficients"]) == 4 and len(page["denominator"]) == 3
    assert main(["verify", str(path)]) == 0
    capsys.readouterr()
    assert main(["approximate", "relu", "--degree", "1", "--pieces", "kinks", "--quiet"]) == 0
    assert "continuous" in capsys.readouterr().out
    assert main(["approximate", "tanh", "--degree", "2", "--pieces", "-1/2,1/2", "--quiet"]) == 0
    assert "3 polynomial pieces" in capsys.readouterr().out
    assert main(["approximate", "mlp:1,2,1:tanh", "--box", "1", "--degree", "3",
                 "--pieces", "2"]) == 2
    assert "--pieces is about an activation" in capsys.readouterr().err


@pytest.mark.parametrize("arguments, words", [
    (dict(degree=3, denominator=500), "from 0 to 100"), (dict(degree=3, denominator=-1), "to 100"),
    (dict(pieces=0, degree=3), "from 1 to 256"), (dict(pieces="1/2", degree=3), "whole number"),
    (dict(pieces=[2], degree=3), "inside of the"), (dict(pieces="-2,0", degree=1), "inside"),
    (dict(pieces=[0, 0], degree=3), "in their order"), (dict(pieces="edges", degree=3), "number")])
def test_what_cannot_be_asked_is_refused_in_one_sentence(arguments, words) -> None:
    tanh = ActivationFunction("tanh")
    with pytest.raises(InputError, match=words):
        (tanh.piecewise_approximation if "pieces" in arguments else tanh.approximation)(**arguments)


@pytest.mark.parametrize("activation, interval, degree, denominator", [
    ("relu", ("-197/64", "41/64"), 3, 5), ("hard_tanh", ("-61/16", "29/16"), 7, 3)])
def test_a_denominator_is_no_loss(activation: str, interval: tuple[str, str], degree: int,
                                  denominator: int) -> None:
    function = ActivationFunction(activation)
    plain = function.approximation(interval, degree)
    found = function.approximation(interval, degree, denominator=denominator)
    assert found.error[0] <= plain.error[1]
    assert verify(found.certificate)
