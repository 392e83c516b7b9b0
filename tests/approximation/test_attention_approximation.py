"""Rational attention near attention with softmax: known answers, samples, models, forgeries."""

from __future__ import annotations

import json
import math
import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from claims import changed_at
from conftest import slow
from implied import assert_changes_are_implied, attention_outputs

from neuroalg_sage import CertificateError, ContinuousNetwork, InputError, NeuroManifold, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.reading import MalformedCertificate
from neuroalg_sage.cli import main
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.approximation.attention import AttentionApproximation

ONE = "attention:d=2,a=1,out=2,t=3:softmax"


def found(spec: str, *arguments, **named) -> AttentionApproximation:
    return ContinuousNetwork(spec).attention_approximation(*arguments, **named)


def polynomials(answer: AttentionApproximation) -> list[tuple[list[float], list[float]]]:
    return [([float(c) for c in reversed(p)], [float(Fraction(c)) for c in layer["center"]])
            for p, layer in zip(answer.polynomials, answer.data["layers"])]


def test_the_distance_is_that_of_weights_on_two_sets() -> None:
    """With a on one set, errors d there and -d elsewhere move a(1-a)2d/(1-d+2ad): maximized."""
    for degree in (1, 3, 6):
        answer = found(ONE, 1, degree=degree)
        d = float(Fraction(answer.data["layers"][0]["error"]))
        shares = np.linspace(0, 1, 200_001)
        moved = (shares * (1 + d) / (shares * (1 + d) + (1 - shares) * (1 - d)) - shares).max()
        # Values are from -2 to 2.
        assert float(answer.value) == pytest.approx(4 * moved, rel=1e-8)


def test_weights_that_are_not_on_two_sets_move_less() -> None:
    generator = np.random.default_rng(2)
    for d in (0.9, 0.3, 1e-3):
        most = math.tanh(math.atanh(d) / 2)
        for _ in range(300):
            w = generator.dirichlet(np.ones(4))
            other = w * (1 + generator.choice([-d, d, generator.uniform(-d, d)], 4))
            assert abs(other / other.sum() - w).sum() / 2 <= most * (1 + 1e-12)


@pytest.mark.parametrize("d, a, t, box, size", [(2, 1, 3, 1, 1), (1, 2, 2, "1/2", 2),
                                                (3, 1, 4, "1/3", 1)])
def test_linear_attention_is_farthest_where_all_tokens_agree(d, a, t, box, size) -> None:
    """All scores are -S and all values n B: -t S n B against n B."""
    answer = found(f"attention:d={d},a={a},out=1,t={t}:softmax", box, size, degree=2)
    n, radius = d * size, Fraction(box)
    score = a * radius ** 2 * n ** 2
    low, high = answer.linear_distance
    assert high == n * radius * (1 + t * score) or abs(
        high / (n * radius * (1 + t * score)) - 1) < Fraction(1, 10**11)
    assert low > high * (1 - Fraction(1, 10**9))
    assert Fraction(answer.data["layers"][0]["bound"]) == pytest.approx(score)


def test_the_best_constant() -> None:
    """1 / cosh S, with the relative error tanh S."""
    answer = found(ONE, "1/2", degree=0)
    (p,), (layer,) = answer.polynomials, answer.data["layers"]
    assert layer["bound"] == "1"
    assert float(p[0]) == pytest.approx(1 / math.cosh(1), rel=1e-3)
    assert float(layer["error"]) == pytest.approx(math.tanh(1), rel=2e-3)


@pytest.mark.parametrize("bound, degree", [("1/2", 3), (1, 4), (1, 9), ("3/2", 12)])
def test_relative_errors_alternate_so_that_no_polynomial_is_much_nearer(bound, degree) -> None:
    """With degree + 2 alternating errors of a size no polynomial has a smaller one."""
    answer = found(ONE, bound, degree=degree)
    (layer,), (p,) = answer.data["layers"], answer.polynomials
    u = np.linspace(-float(layer["bound"]), float(layer["bound"]), 20_001)
    errors = np.polyval([float(c) for c in reversed(p)], u) * np.exp(-u) - 1
    peaks = [max((abs(e) for e in part), default=0) for part in np.split(
        errors, np.flatnonzero(np.diff(np.sign(errors))) + 1)]
    peaks = sorted(peaks)[-degree - 2:]
    assert len(peaks) == degree + 2 and min(peaks) > 0.99 * float(layer["error"])


def test_centering_halves_the_scores() -> None:
    """Softmax does not see what is added to all scores; inputs from 0 to 1 are 1/2 from 1/2."""
    answer = found(ONE, 1, [(0, 1)] * 2, degree=3)
    (layer,) = answer.data["layers"]
    assert layer["center"] == ["1/2", "1/2"] and layer["bound"] == "2"
    assert found(ONE, 1, [(0, 1)] * 6, degree=3).data == answer.data
    assert answer.value < found(ONE, 1, degree=3).value / 5


CASES = [
    (ONE, 1, 1, 2), (ONE, 1, [(0, 1), (-1, "1/2")], 5),
    ("attention:d=2,a=2,out=1,t=4,causal=1:softmax", "1/2", 1, 3),
    ("attention:d=1,a=1,out=3,t=2,heads=3,v=2:softmax", "4/5", 2, 4),
    ("attention:d=2,a=1,out=2,t=3,heads=2,v=1,causal=1,skip=1:softmax", "1/2", 1, 1),
    ("attention:d=2,a=1,out=1,t=3,layers=2:softmax", "1/2", 1, 6),
    ("attention:d=1,a=1,out=1,t=2,layers=3,skip=1:softmax", "1/2", 1, 5)]


@pytest.mark.parametrize("spec, box, inputs, degree", [
    slow(*case) if "heads=3" in case[0] or "layers=2" in case[0] else case for case in CASES])
def test_no_sample_is_farther_away(spec, box, inputs, degree) -> None:
    network = ContinuousNetwork(spec)
    answer = network.attention_approximation(box, inputs, degree)
    assert verify(answer.certificate).status == "proved" == answer.status
    sizes = answer.certificate["model"]["attention"]
    count, near = network.network.parameter_count, polynomials(answer)
    generator = np.random.default_rng(0)
    ends = np.array([[float(Fraction(c)) for c in pair] for pair in answer.data["inputs"]])
    largest, linear_largest = 0.0, 0.0
    for k in range(400):
        w, u = generator.uniform(-1, 1, count), generator.uniform(0, 1, len(ends))
        w, u = (np.sign(w), np.round(u)) if k % 2 else (w, u)
        w, x = float(Fraction(box)) * w, ends[:, 0] + (ends[:, 1] - ends[:, 0]) * u
        plain, _ = attention_outputs(sizes, w, x)
        other, _ = attention_outputs(sizes, w, x, near)
        linear, _ = attention_outputs(sizes, w, x, is_linear=True)
        largest = max(largest, abs(plain - other).max())
        linear_largest = max(linear_largest, abs(plain - linear).max())
    # What was searched for is farther than what is met at random, and the bound is not exceeded.
    for size, (low, high) in ((largest, answer.distance), (linear_largest, answer.linear_distance)):
        assert size <= float(high) and 0.98 * size <= float(low)
        assert low <= high <= 10 * low


def test_the_points_in_a_certificate_are_as_far_as_is_claimed() -> None:
    for spec, box, inputs, degree in CASES[:4]:
        answer = found(spec, box, inputs, degree)
        sizes, near = answer.certificate["model"]["attention"], polynomials(answer)
        points = [[np.array([float(Fraction(c)) for c in point[name]]) for name in
                   ("parameters", "inputs")] for point in answer.evidence["points"]]
        plain = [attention_outputs(sizes, *point)[0] for point in points]
        other = attention_outputs(sizes, *points[0], near)[0]
        linear = attention_outputs(sizes, *points[1], is_linear=True)[0]
        assert abs(plain[0] - other).max() == pytest.approx(float(answer.distance[0]), rel=1e-6)
        assert abs(plain[1] - linear).max() == pytest.approx(float(answer.linear_distance[0]))


def test_a_degree_is_enough_for_an_error_and_the_one_below_is_not() -> None:
    for error in ("1/2", "1e-7"):
        answer = found(ONE, 1, error=error)
        (degree,) = answer.degrees
        assert answer.value <= Fraction(error) < found(ONE, 1, degree=degree - 1).value


def test_errors_that_floating_point_does_not_see() -> None:
    answer = found(ONE, "1/2", degree=24)
    low, high = answer.distance
    assert 0 < high < Fraction(1, 10**24) and high < 2 * low
    assert verify(answer.certificate).status == "proved"


@pytest.mark.parametrize("spec, degree", [
    ("attention:d=1,a=1,out=1,t=2:softmax", 2), ("attention:d=1,a=1,out=1,t=3,causal=1:softmax", 1),
    ("attention:d=1,a=1,out=1,t=2,heads=2,v=1,skip=1:softmax", 1)])
def test_the_rational_model_is_as_near_as_its_name_says(spec, degree) -> None:
    answer = found(spec, 1, [(0, 1)], degree)  # so that there is a center
    model = answer.model()
    assert f"distance at most {answer.data['distance'][1]} of" in str(model)
    assert f"distance at most {answer.data['linear_distance'][1]} of" in str(answer.linear_model())
    sizes = answer.certificate["model"]["attention"]
    generator = random.Random(1)
    for _ in range(10):
        w = [Fraction(generator.randint(-8, 8), 8) for _ in range(model.parameter_count - 1)]
        x = [Fraction(generator.randint(0, 8), 8) for _ in range(model.input_count)]
        *above, below = model.apply(np.array([*w, Fraction(1)]), np.array(x), Fraction)
        plain, _ = attention_outputs(sizes, np.array([float(c) for c in w]),
                                     np.array([float(c) for c in x]))
        values = np.array([float(c / below) for c in above])
        assert abs(values - plain.reshape(-1)).max() <= float(answer.value)


def test_questions_are_answered_of_the_rational_attention(capsys) -> None:
    spec = "attention:d=1,a=1,out=1,t=2:softmax"
    with pytest.raises(InputError, match="add --approximate 3 --box 1"):
        NeuroManifold(spec)
    assert main(["compute", spec, "dimension"]) == 2
    assert "ContinuousNetwork" in capsys.readouterr().err
    assert main(["compute", spec, "dimension", "--approximate", "2", "--box", "1", "--quiet",
                 "--no-cache"]) == 0
    text = capsys.readouterr().out
    # The product of key and query, and the value.
    assert "the functions have dimension 2" in text
    assert "of the rational attention at distance at most 0.0397" in text
    assert main(["approximate", spec, "--degree", "2", "--box", "1", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    low, high = map(Fraction, page["distance"])
    assert page["status"] == "proved" and 0 < low < high < Fraction(4, 100)
    assert page["model"]["attention"]["t"] == 2


def test_what_is_not_true_is_rejected() -> None:
    certificate = found("attention:d=2,a=1,out=2,t=3,layers=2:softmax", "1/2", degree=3).certificate
    value = certificate["claim"]["value"]

    def times(c: str, factor: str) -> str:
        return str(Fraction(c) * Fraction(factor))

    for path, to in (
            (("distance", 1), times(value["distance"][1], "999/1000")),
            (("distance", 0), times(value["distance"][0], "1001/1000")),
            (("linear_distance", 1), times(value["linear_distance"][1], "999/1000")),
            (("linear_distance", 0), times(value["linear_distance"][0], "1001/1000")),
            (("radius",), "11/20"), (("inputs", 3), ["-2", "1"]),
            (("layers", 0, "error"), times(value["layers"][0]["error"], "999/1000")),
            (("layers", 0, "error"), "1"), (("layers", 1, "bound"), "1/2"),
            (("layers", 0, "bound"), "99/100"), (("layers", 0, "center"), ["1", "0"]),
            (("layers", 0, "coefficients"), ["1", "1"]), (("layers", 0, "coefficients"), [])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "claim", "value", *path, to=to))
    for name, to in (("t", 4), ("d", 3), ("heads", 2), ("layers", 3), ("causal", 1), ("skip", None),
                     ("v", 1), ("a", 2)):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "model", "attention", name, to=to))
    for path, to in ((("points", 0, "parameters", 0), "2"), (("points", 1, "inputs", 0), "2"),
                     (("points", 0), certificate["evidence"]["points"][1]),
                     (("layers", 0), [["1/2", 4, 9]])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "evidence", *path, to=to))


def test_a_polynomial_with_a_zero_among_the_scores_is_rejected() -> None:
    """So is one that is negative everywhere, though the quotients of its values would do."""
    certificate = found("attention:d=1,a=1,out=1,t=2:softmax", 1, degree=1).certificate
    for coefficients in (["0", "1"], ["-1", "-9/10"], ["1", "2"]):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "claim", "value", "layers", 0, "coefficients",
                              to=coefficients))


def test_changed_certificates_are_rejected_or_claim_what_is_true() -> None:
    generator = random.Random(3)
    certificates = [found("attention:d=1,a=1,out=1,t=2:softmax", 1, degree=1).certificate,
                    found("attention:d=2,a=1,out=2,t=2,heads=2,v=1,causal=1,skip=1:softmax", "1/2",
                          [(0, 1), (-1, 1)], 2).certificate]
    assert assert_changes_are_implied(certificates, generator, 200) < 40


def test_weaker_claims_are_accepted() -> None:
    certificate = found(ONE, "1/2", degree=2).certificate
    weaker = changed_at(changed_at(certificate, "claim", "value", "distance", to=["0", "1"]),
                        "claim", "value", "linear_distance", 1, to="5")
    assert weaker["digest"] == digest(weaker) and verify(weaker).status == "proved"
    with pytest.raises(MalformedCertificate):
        verify(changed_at(certificate, "evidence", "points", to=[]))


@pytest.mark.parametrize("spec, arguments, words", [
    (ONE, dict(degree=3), "in a box"), (ONE, dict(box="inf", degree=3), "not bounded"),
    (ONE, dict(box=1), "has a degree, or an error"),
    (ONE, dict(box=1, degree=3, error=1), "has a degree, or an error"),
    (ONE, dict(box=1, degree=500), "from 0 to 100"),
    (ONE, dict(box=1, degree=3, inputs=[(0, 1)] * 4), "6 pairs"),
    (ONE, dict(box=1, error=0), "positive number"), (ONE, dict(box=0, degree=3), "positive number"),
    ("mlp:2,3,1:tanh", dict(box=1, degree=3), "no attention with softmax")])
def test_what_cannot_be_asked_is_refused_in_one_sentence(spec, arguments, words) -> None:
    with pytest.raises(InputError, match=words):
        found(spec, **arguments)


@pytest.mark.parametrize("spec, words", [
    ("attention:d=2,a=1,out=2,t=1:softmax", "two tokens or more"),
    ("attention:d=2,a=1,t=3:softmax", "lacks out"),
    ("attention:d=2,a=1,out=3,t=3,skip=1:softmax", "to be equal"),
    ("attention:d=2,a=1,out=2,t=3,x=1:softmax", "not an option"),
    ("attention:d=2,a=1,out=2,t=3", "fully connected networks"),
    ("attention:d=2,a=1,out=2,t=3:tanh", "fully connected networks")])
def test_what_is_no_attention_with_softmax_is_refused_in_one_sentence(spec, words) -> None:
    with pytest.raises(InputError, match=words):
        ContinuousNetwork(spec)


def test_scores_that_are_too_large() -> None:
    with pytest.raises(LimitReached, match="try a smaller box"):
        found(ONE, 30, degree=3)
    with pytest.raises(LimitReached, match="name a larger degree"):
        found(ONE, 3, degree=3)
    with pytest.raises(InputError, match="Instead of exp there is a constant"):
        found(ONE, 1, degree=0).model()
    with pytest.raises(InputError, match="in Python attention_approximation"):
        ContinuousNetwork(ONE).network_approximation(1, degree=3)


def test_more_degrees_are_nearer() -> None:
    values = [found(ONE, "1/2", degree=k).value for k in range(1, 8, 2)]
    assert all(more < 0.25 * less for less, more in pairwise(values))
