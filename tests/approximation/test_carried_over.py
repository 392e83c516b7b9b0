"""What carries over to a network with another activation: samples, brute force, forgeries."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from math import erf, sqrt
from typing import Any

import numpy as np
import pytest
from claims import changed_at
from implied import assert_changes_are_implied

from neuroalg_sage import CertificateError, ContinuousNetwork, InputError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.approximation.transfer import CARRIED
from neuroalg_sage.neuromanifold import INVARIANTS

FUNCTIONS = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "abs": np.abs,
             "gelu": lambda x: x * np.vectorize(lambda t: (1 + erf(t / sqrt(2))) / 2)(x)}
GIVEN = {"activation": "tanh", "layers": [
    {"weights": [[1, -1], [1, 2], [0, 1]], "bias": [0, "1/4", "1/2"]},
    {"weights": [[1, 1, -1], [1, -1, 1]]}]}


def function_of(network: Any, parameters: Any) -> Any:
    """The function of the network itself at parameters, in floats."""
    w = np.array([float(Fraction(c)) for c in parameters])

    def function(rows: Any) -> Any:
        state, place = np.array(rows, dtype=float), 0
        for k, layer in enumerate(network.layers):
            m, n = layer.outputs, layer.inputs
            state = state @ w[place:place + m * n].reshape(m, n).T
            place += m * n
            if layer.has_bias:
                state = state + w[place:place + m]
                place += m
            state = FUNCTIONS[network.activations[0].name](state) if (
                k < len(network.layers) - 1) else state
        return state

    return function


def weights_of(network: dict[str, Any]) -> list[Any]:
    return [c for layer in network["layers"] for row in [*layer["weights"],
                                                         layer.get("bias") or []] for c in row]


def grid(ends: Any, count: int) -> Any:
    sides = [np.linspace(float(a), float(b), count) for a, b in ends]
    return np.array(list(itertools.product(*sides)))


def is_proved(found: Any) -> bool:
    verdict = verify(found.certificate)
    assert verdict.status == found.status
    return True


# -- covering numbers --------------------------------------------------------------------------


def covering(points: list[Any], centers: list[Any], epsilon: Any) -> int:
    """The least number of balls with these centers that cover points of the plane, by force."""
    def distance(a: Any, b: Any) -> Any:
        return max(abs(x - y) for x, y in zip(a, b))

    sets = [{i for i, p in enumerate(points) if distance(p, c) <= epsilon} for c in centers]
    return next(n for n in range(1, len(points) + 1) if any(
        len(set().union(*chosen)) == len(points) for chosen in itertools.combinations(sets, n)))


def test_the_lemma_of_covering_numbers_by_force() -> None:
    """N(A, ε + 2h) <= N(B, ε) for finite sets at Hausdorff distance h; with ε + h it is false."""
    generator, ends_with_less = random.Random(2), 0
    for _ in range(300):
        h, epsilon = generator.randint(1, 2), generator.randint(1, 5)
        b = [(generator.randint(0, 12), generator.randint(0, 3)) for _ in range(6)]
        a = [(x + generator.randint(-h, h), y + generator.randint(-h, h)) for x, y in b]
        assert covering(a, a, epsilon + 2 * h) <= covering(b, b, epsilon)
        ends_with_less += covering(a, a, epsilon + h) > covering(b, b, epsilon)
    assert ends_with_less > 0
    # The example of the lemma: nothing less than 2h suffices.
    b, a = [(-4, 0), (0, 0), (4, 0)], [(-5, 0), (1, 0), (5, 0)]
    assert covering(b, b, 4) == 1 == covering(a, a, 6) < covering(a, a, Fraction(59, 10))


@pytest.mark.parametrize("spec, inputs, degree, epsilon", [
    ("mlp:1,1,1:tanh", 1, 7, "1/4"), ("mlp:1,1,1:relu:bias", [(-1, 2)], 6, "1"),
    ("mlp:2,2,2:gelu", [(0, 1), (-2, "1/2")], 5, "1/3")])
def test_covering_numbers_agree_with_functions(spec, inputs, degree, epsilon) -> None:
    near = ContinuousNetwork(spec).network_approximation(1, inputs, degree)
    found = near.covering_number(epsilon)
    assert is_proved(found)
    low, high = found.value
    network, data = near.network, found.evidence["lower"]
    assert network is not None and 1 < low == len(data["parameters"]) <= high
    x = [[float(Fraction(c)) for c in row] for row in data["inputs"]]
    values = [function_of(network, w)(x) for w in data["parameters"]]
    assert all(abs(a - b).max() > 2 * float(Fraction(epsilon))
               for a, b in itertools.combinations(values, 2))
    # Functions in different balls are never more than there are balls.
    generator, chosen = np.random.default_rng(0), list[Any]()
    points = grid([tuple(map(Fraction, pair)) for pair in near.data["inputs"]], 40)
    for _ in range(500):
        row = function_of(network, generator.uniform(-1, 1, network.parameter_count))(points)
        if all(abs(row - other).max() > 2 * float(Fraction(epsilon)) for other in chosen):
            chosen.append(row)
    assert len(chosen) <= high


def test_a_covering_number_by_force() -> None:
    """a tanh(b x) on [-1, 1], with centers among many functions of the set."""
    near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=9)
    low, high = near.covering_number("1/4").value
    x, side = np.linspace(-1, 1, 21), np.linspace(-1, 1, 21)
    values = np.array([a * np.tanh(b * x) for a in side for b in side])
    close = abs(values[:, None] - values[None]).max(axis=2) <= 0.25 - 0.1
    rest, count = np.ones(len(values), dtype=bool), 0
    while rest.any():  # a covering with slack for the functions between those of the grid
        best = (close & rest).sum(axis=1).argmax()
        rest &= ~close[best]
        count += 1
    assert 1 < low <= min(count, high)


def test_covering_numbers_of_the_polynomial_network_serve_where_parameters_are_many() -> None:
    """(1 + 2R / (ε - 2h))^n: 40 units, so h = 40/16 and R = 40 (1 + 1/16), and n = 3."""
    near = ContinuousNetwork("mlp:1,40,1:relu").network_approximation(1, degree=2)
    found = near.covering_number(8)
    assert found.argument == "polynomials" and is_proved(found) and near.value == Fraction(40, 16)
    assert found.value[1] == int((1 + 2 * 40 * Fraction(17, 16) / (8 - 2 * near.value)) ** 3)
    with pytest.raises(CertificateError, match="twice the distance"):
        verify(changed_at(found.certificate, "claim", "value", "epsilon", to="5"))
    for path, to in ((("claim", "value", "epsilon"), "79/10"),
                     (("claim", "value", "upper"), str(found.value[1] - 1))):
        with pytest.raises(CertificateError):
            verify(changed_at(found.certificate, *path, to=to))


def test_samples_that_suffice_follow_from_the_covering_number() -> None:
    near = ContinuousNetwork("mlp:2,2,2:tanh").network_approximation(1, degree=5)
    found = near.sample_complexity("1/2", "1/10", targets=2)
    assert is_proved(found)
    # |f| <= √2 · 2 tanh(2); the loss has the slope 2 √2 (|f| + 2) and is at most (|f| + 2)².
    size = sqrt(2) * 2 * np.tanh(2) + 2
    radius = 0.5 / (4 * 2 * sqrt(2) * size)
    upper = near.covering_number(Fraction(radius).limit_denominator(10**12)).data["upper"]
    least = 2 * (size**2 / 0.5) ** 2 * np.log(2 * float(int(upper)) / 0.1)
    assert least <= found.value * 1.001 and found.value <= least * 1.001
    with pytest.raises(CertificateError):
        verify(changed_at(found.certificate, "claim", "value", "samples",
                          to=str(int(0.99 * found.value))))


# -- losses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["tanh", pytest.param("relu", marks=pytest.mark.slow)])
def test_the_least_loss_by_force(activation) -> None:
    near = ContinuousNetwork(f"mlp:1,1,1:{activation}").network_approximation(1, degree=9)
    generator = np.random.default_rng(3)
    side = np.linspace(-1, 1, 801)
    for _ in range(2):
        data = [[Fraction(int(x), 8), Fraction(int(y), 4)] for x, y in zip(
            generator.integers(-8, 9, 4), generator.integers(-6, 7, 4))]
        found = near.least_loss(data)
        assert is_proved(found)
        x, y = np.array(data, dtype=float).T
        f = FUNCTIONS[activation]
        losses = [((a * f(np.outer(side, x)) - y) ** 2).mean(axis=1).min() for a in side]
        low, high = map(float, found.value)
        assert low <= min(losses) + 1e-9 and min(losses) <= high + 1e-6
        w = found.parameters
        assert ((w[1] * f(float(w[0]) * x) - y) ** 2).mean() <= high + 1e-9
        assert high - low < (0.2 if activation == "relu" else 0.05) * max(high, 1)


def test_the_least_loss_is_over_the_box_and_not_over_all_parameters() -> None:
    """a tanh(b x) reaches 3 at 1 with large weights, but at most tanh(1) with |a|, |b| <= 1."""
    near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=9)
    low, high = near.least_loss([[1, 3]]).value
    assert low <= (3 - Fraction(76159416, 10**8)) ** 2 <= high and high - low < Fraction(1, 10)
    certificate = near.least_loss([[1, 3]]).certificate
    with pytest.raises(CertificateError, match="not in the box"):
        verify(changed_at(certificate, "evidence", "parameters", to=["1", "4"]))


def test_the_loss_at_given_weights_is_enclosed() -> None:
    near = ContinuousNetwork(GIVEN).network_approximation(error="1/1000")
    rows = [[0, 1, 1, 0], ["1/2", 1, 0, 1]]
    found = near.least_loss(rows)
    network = near.network
    x = np.array([[float(Fraction(c)) for c in row] for row in rows])
    loss = ((function_of(network, weights_of(GIVEN))(x[:, :2]) - x[:, 2:]) ** 2).sum() / 2
    low, high = map(float, found.value)
    assert is_proved(found) and low <= loss <= high and high - low < 0.02


# -- distances of functions, spans, radii -------------------------------------------------------


@pytest.mark.parametrize("spec, inputs, degree", [
    ("mlp:1,2,1:tanh:bias", 1, 7), ("mlp:2,2,2:relu", [(0, 1), (-2, "1/2")], 6),
    ("mlp:2,2,2,1:gelu", 1, 6)])
def test_distances_of_functions_agree_with_values(spec, inputs, degree) -> None:
    near = ContinuousNetwork(spec).network_approximation(1, inputs, degree)
    network, generator = near.network, np.random.default_rng(1)
    assert network is not None
    ends = [tuple(map(Fraction, pair)) for pair in near.data["inputs"]]
    for _ in range(2):
        pair = [[Fraction(int(c), 16) for c in generator.integers(-16, 17, network.parameter_count)]
                for _ in range(2)]
        found = near.function_distance(*pair)
        assert is_proved(found)
        at = [[float(Fraction(c)) for c in found.evidence["input"]]]
        one, other = (function_of(network, w)(np.concatenate([grid(ends, 60), at])) for w in pair)
        low, high = map(float, found.value)
        seen = abs(one - other).max()
        assert low <= seen + 1e-9 and seen <= high + 1e-9
        assert high - low <= 4.4 * float(near.value) + 0.02 * high
    same = near.function_distance(pair[0], pair[0])
    assert is_proved(same) and same.value == (0, 0) and same.status == "proved"


def test_the_span_is_at_least_so_large() -> None:
    for spec, degree, least in (("mlp:1,1,1:tanh", 9, 3), ("mlp:2,3,1:relu", 4, 4),
                                ("mlp:1,2,2:gelu:bias", 8, 6)):
        near = ContinuousNetwork(spec).network_approximation(1, degree=degree)
        found = near.span_dimension()
        assert is_proved(found) and found.value >= least
        places, network = found.evidence["places"], near.network
        x = np.array([[float(Fraction(c)) for c in p[0]] for p in places])
        rows = np.array([function_of(network, w)(x)[range(len(places)), [p[1] for p in places]]
                         for w in found.evidence["parameters"]])
        singular = np.linalg.svd(rows, compute_uv=False)
        assert singular[-1] > 1e-9 * singular[0]


def test_values_that_are_independent_only_of_the_polynomial_network_are_no_proof() -> None:
    """
    Without bias in one variable, ReLU has functions a x for x > 0 and b x for x < 0: their span has
    dimension 2, that of the polynomial network more.
    """
    near = ContinuousNetwork("mlp:1,1,1:relu").network_approximation(1, degree=4)
    found = near.span_dimension()
    assert found.value <= 2 < near.model().ambient_dimension
    points, inputs = [["1", "1"], ["-1", "1"], ["1/2", "1"]], ["1", "-1", "1/2"]
    polynomial = [[sum(float(c) * (float(Fraction(w[0])) * float(Fraction(x))) ** k
                       for k, c in enumerate(near.polynomials[0])) for x in inputs] for w in points]
    assert abs(np.linalg.det(polynomial)) > 1e-4
    forged = changed_at(found.certificate, "claim", "value", "dimension", to=3)
    forged = changed_at(forged, "evidence", "parameters", to=points)
    with pytest.raises(CertificateError, match="linearly independent"):
        verify(changed_at(forged, "evidence", "places", to=[[[x], 0] for x in inputs]))


@pytest.mark.parametrize("radius", [pytest.param(0, marks=pytest.mark.slow), "1/1000"])
def test_the_class_is_the_same_within_the_radius(radius) -> None:
    near = ContinuousNetwork(GIVEN).network_approximation(radius or None, error="1/100")
    found = near.robustness_radius(["1/2", "1/4"])
    assert is_proved(found)
    low, high = found.value
    assert high is not None and Fraction(1, 5) < low < high < Fraction(27, 100)
    generator, network = np.random.default_rng(0), near.network
    center, weights = np.array([0.5, 0.25]), np.array([float(Fraction(c))
                                                       for c in weights_of(GIVEN)])
    for _ in range(20):
        w = weights + float(Fraction(radius)) * generator.uniform(-1, 1, len(weights))
        x = center + float(low) * generator.uniform(-1, 1, (500, 2))
        assert (function_of(network, w)(x).argmax(axis=1) == found.data["class"]).all()
    other = [[float(Fraction(c)) for c in found.evidence["other"]["input"]]]
    assert function_of(network, weights)(other).argmax() != found.data["class"]
    assert abs(np.array(other[0]) - center).max() <= float(high)
    with pytest.raises(CertificateError):
        verify(changed_at(found.certificate, "claim", "value", "radius", to=str(high)))


def test_the_sign_of_one_output_and_the_whole_box() -> None:
    data = {"activation": "relu", "layers": [{"weights": [[1, 1]], "bias": [3]},
                                             {"weights": [[-1]], "bias": ["1/2"]}]}
    found = ContinuousNetwork(data).network_approximation(degree=1).robustness_radius([0, 0])
    assert is_proved(found) and found.data["class"] == -1
    assert found.value == (1, None) and "negative" in found.sentence()


# -- forgeries ---------------------------------------------------------------------------------


def test_what_is_not_true_is_rejected() -> None:
    near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=5)
    distance = near.function_distance([1, 1], ["1/2", 1])
    for path, to in (((("claim", "value", "lower")), "1/3"), (("claim", "value", "upper"), "1/4"),
                     (("claim", "value", "first"), ["2", "1"]),
                     (("claim", "value", "near", "distance"), "0"),
                     (("claim", "value", "near", "radius"), "2"),
                     (("claim", "value", "another"), "0"), (("status",), "proved"),
                     (("evidence", "input"), ["2"]), (("model", "activation"), "relu")):
        with pytest.raises(CertificateError):
            verify(changed_at(distance.certificate, *path, to=to))
    loss = near.least_loss([[1, 2]])
    for path, to in ((("claim", "value", "samples"), [["2", "2"]]),
                     (("claim", "value", "samples"), []),
                     (("claim", "value", "lower"), loss.certificate["claim"]["value"]["upper"]),
                     (("claim", "value", "upper"), loss.certificate["claim"]["value"]["lower"])):
        with pytest.raises(CertificateError):
            verify(changed_at(loss.certificate, *path, to=to))
    number = near.covering_number("1/4")
    low = int(number.data["lower"])
    for path, to in ((("claim", "value", "lower"), str(low + 1)),
                     (("claim", "value", "upper"), "1"), (("claim", "value", "epsilon"), "1/2"),
                     (("evidence", "upper", "steps"), [1, 1])):
        with pytest.raises(CertificateError):
            verify(changed_at(number.certificate, *path, to=to))


def test_changed_certificates_are_rejected_or_claim_what_is_true() -> None:
    generator = random.Random(5)
    near = ContinuousNetwork("mlp:1,1,1:relu:bias").network_approximation(1, degree=4)
    given = ContinuousNetwork({"activation": "tanh", "layers": [
        {"weights": [[1, "1/2"]], "bias": [0]}, {"weights": [[2], [-1]]}]}).network_approximation(
            "1/100", error="1/50")
    certificates = [found.certificate for found in (
        near.covering_number("1/2"), near.sample_complexity("1/2", "1/10"),
        near.least_loss([[1, 3], [0, -2]]), near.span_dimension(3),
        near.function_distance([1, 0, 1, 0], [1, "1/2", -1, 0]),
        given.robustness_radius(["1/2", 0]))]
    assert_changes_are_implied(certificates, generator, 40)


# -- what is refused, and the shell ------------------------------------------------------------


def test_what_does_not_carry_over_is_refused_with_the_reason() -> None:
    near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=5)
    for question in (*INVARIANTS, "fiber", "loss_critical_locus", "tube_volume", "real_rank"):
        if question not in ("is_cell_empty", "cancellations"):
            with pytest.raises(InputError, match=r"not carry over to mlp:1,1,1:tanh: .*\d\);"):
                near.carried_over(question)
    with pytest.raises(InputError, match=", ".join(question.name for question in CARRIED)):
        near.carried_over("genus")


@pytest.mark.parametrize("question, arguments, words", [
    ("least_loss", [[[2, 1]]], "name a larger box of inputs"), ("least_loss", [[]], "row"),
    ("least_loss", [[[1, 1, 1]]], "2"), ("function_distance", [[1, 1], [2, 1]], "a larger box"),
    ("function_distance", [[1, 1], [1]], "There are 2 parameters, not 1"),
    ("robustness_radius", [[2]], "from -1 to 1"),
    ("robustness_radius", [[0, 0]], "There are 1 coordinates of an input, not 2"),
    ("covering_number", [0], "must be positive"), ("covering_number", ["x"], "number"),
    ("sample_complexity", ["1/2", 1], "between 0 and 1"),
    ("sample_complexity", ["1/2", "1/2", -1], "not negative"),
    ("span_dimension", [0], "from 1 to")])
def test_what_cannot_be_asked_is_refused_in_one_sentence(question, arguments, words) -> None:
    near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=5)
    with pytest.raises(InputError, match=words):
        near.carried_over(question, *arguments)


def test_what_the_distance_does_not_decide_is_said() -> None:
    near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=5)
    with pytest.raises(LimitReached, match="choose a larger degree"):
        near.robustness_radius([1])
    far = ContinuousNetwork("mlp:1,1,1:relu").network_approximation("1/100", degree=0)
    with pytest.raises(LimitReached, match="choose a larger degree"):
        far.span_dimension()


def test_numbers_of_other_kinds_are_accepted() -> None:
    near = ContinuousNetwork("mlp:1,1,1:tanh").network_approximation(1, degree=5)
    rows = np.array([[1.0, 0.5], [0.0, 1.0]])
    assert near.least_loss(rows) == near.least_loss([["1", "1/2"], [0, 1]])
    assert near.covering_number(0.25) == near.covering_number(Fraction(1, 4))


def test_the_shell_answers_and_refuses(capsys, tmp_path) -> None:
    data, proof = tmp_path / "data.csv", tmp_path / "proof.json"
    data.write_text("1,2\n0,1\n")
    words = ["mlp:1,1,1:tanh", "--box", "1", "--degree", "7", "--quiet"]
    questions = ["covering_number", "sample_complexity", "least_loss", "function_distance",
                 "span_dimension"]
    options = ["--epsilon", "1/2", "--delta", "1/10", "--data", str(data), "--parameters", "1,1",
               "--other", "1,0"]
    assert main(["carry", words[0], *questions, *words[1:], *options, "--json", "--certificate",
                 str(proof)]) == 0
    page = json.loads(capsys.readouterr().out)
    assert list(page["results"]) == questions and page["model"]["activation"] == "tanh"
    assert all(verify(c) for c in json.loads(proof.read_text()))
    assert all("distance" in found for found in page["results"].values())
    assert main(["carry", words[0], "span_dimension", *words[1:]]) == 0
    assert "at least 3, for all parameters from -1 to 1" in capsys.readouterr().out
    for question, said in (("degree", "does not carry over"), ("least_loss", "takes --data"),
                           ("genus", "There is no question")):
        assert main(["carry", words[0], question, *words[1:]]) == 2
        assert said in capsys.readouterr().err


def test_numbers_that_are_no_floats() -> None:
    near = ContinuousNetwork({"activation": "tanh", "layers": [
        {"weights": [[1, "-1/2"]], "bias": ["1/5"]}, {"weights": [[1]]}]}
        ).network_approximation(degree=9)
    found = near.robustness_radius(["1e-400", 0])
    # The sign changes where x - y / 2 = -1/5.
    assert found.value[0] < Fraction(2, 15) < found.value[1] < Fraction(3, 20)
    low, high = near.least_loss([[0, "1e-400", 10**400]]).value
    assert low <= (10**400 - 1) ** 2 and 10**800 - 10**400 <= high
    assert near.covering_number(10**400).value == (1, 1)
