"""Many minimizations: against all critical points, least squares on V, and derivatives."""

from __future__ import annotations

import gzip
import json
import random
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from claims import changed

from neuroalg_sage import ERM, NeuroManifold, population
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.training.critical_points import require_within_reach
from neuroalg_sage.invariants.training.multistart import multistart
from neuroalg_sage.invariants.training.multistart_answer import EndsOfStarts
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.sources import from_expressions, load_model

FILTERS = Path(__file__).parents[2] / "examples" / "filters.csv"
OWN = "own expressions"
EXPRESSIONS = from_expressions(["a*x^2 + b*x + a*b", "b^3*x - a"], ["a", "b"], ["x"])


def rows_of(model: Any, rows: int, seed: int) -> list[list[int]]:
    generator = random.Random(seed)
    width = model.input_count + model.output_count
    return [[generator.randint(-3, 3) for _ in range(width)] for _ in range(rows)]


def loss_of(model: Any, rows: list[list[int]]) -> Any:
    """The mean squared error as a function of parameters, by the model's own evaluation."""
    data = np.array(rows, dtype=float)
    inputs, targets = data[:, :model.input_count], data[:, model.input_count:]

    def loss(w: Any) -> float:
        outputs = model.apply(np.array(w, dtype=float), inputs, float)
        return float(((outputs - targets)**2).sum() / len(rows))

    return loss


def middle(interval: list[str]) -> float:
    return float(sum(map(Fraction, interval)) / 2)


# -- against all critical points ---------------------------------------------------------------


@pytest.mark.parametrize("spec, data", [
    ("cnn:2,2:x^2", FILTERS), ("mlp:2,2,1:x^2", [[1, 0, 1], [0, 1, 2], [1, 1, -1], [2, 1, 0]]),
    ("linear:2,1,2", [[1, 0, 3, 1], [0, 1, 1, 1], [1, 1, 0, 2]])])
def test_what_is_proved_is_among_all_critical_points(spec: str, data: Any) -> None:
    problem = ERM(spec, data)
    known = problem.critical_points()
    assert known.data["complete"]
    found = problem.multistart(20, seed=1)
    verify(found.certificate)
    proved = [p for p in found.data["points"] if p["status"] == "proved"]
    for point in proved:
        same = [other for other in known.data["points"]
                if abs(middle(other["loss"]) - middle(point["loss"])) < 1e-9]
        assert same
        # A saddle of the function is one of the parameters; the zero function may be degenerate.
        assert point["type"] in {other["type"] for other in same} | {"critical"}
    least = middle(known.data["points"][0]["loss"])
    assert abs(middle(proved[0]["loss"]) - least) < 1e-9 and proved[0]["type"] == "minimum"
    assert float(found.data["lower_bound"]) <= least + 1e-12
    assert float(found.data["upper_bound"]) >= least - 1e-12
    assert found.gap is not None and found.gap < 1e-6


# -- against derivatives -----------------------------------------------------------------------

MODELS = ["mlp:2,2,1:x^2:bias", "mlp:1,2,1:x^3+x", "attention:d=1,a=1,out=1,t=2",
          "cnn:2c2,2:x^2", "relu:1,2,1:cell=10,01",
          "resnet:width=1,hidden=2,blocks=1:x^2", "moe:inputs=1,outputs=1,experts=2", OWN]


@pytest.mark.parametrize("name", MODELS)
def test_any_model_is_trained(name: str) -> None:
    try:
        model = EXPRESSIONS if name == OWN else load_model(name)
    except InputError:
        pytest.skip("no such family here")
    rows = rows_of(model, 7, 2)
    found = NeuroManifold(model, seed=1).multistart(ERM(model, rows), 12, level=1)
    loss, value = loss_of(model, rows), found.data
    assert value["starts"] == 12 == len(value["ends"]) == sum(found.histogram.values())
    for place, count in found.histogram.items():
        assert place < 0 or count == value["points"][place]["starts"]
    for point in value["points"]:
        w, step = np.array(point["parameters"]), 1e-5
        slopes = [(loss(w + step * e) - loss(w - step * e)) / (2 * step) for e in np.eye(len(w))]
        assert np.abs(slopes).max() < 1e-4 * (1 + loss(w) + np.abs(w).max()**4)
        low, high = (point["loss"],) * 2 if point["status"] == "numerical" else point["loss"]
        assert abs(loss(w) - float(Fraction(low))) < 1e-6 * (1 + loss(w))
        # The eigenvectors of the Hessian are those of a negative eigenvalue: the loss becomes less.
        for direction in point["directions"]:
            there = min(loss(w + sign * 1e-2 * np.array(direction)) for sign in (-1, 1))
            assert there < loss(w) + 1e-9 * (1 + loss(w))
    assert value["lower_bound"] is None or value["lower_bound"] <= value["upper_bound"]
    if found.certificate is not None:
        verdict = verify(found.certificate)
        assert verdict.others and "may be others" in str(verdict)
    else:
        assert found.status == "numerical"


# -- attained, and not -------------------------------------------------------------------------


@pytest.mark.parametrize("spec, rows", [
    ("mlp:2,1,1:x^2", [[1, 0, 0], [0, 1, 0], [1, 1, 0]]),  # at the singular function 0
    ("mlp:2,2,1:x^2", [[1, 2, 1], [3, 1, 0]]),
    ("mlp:2,2,1:x^2", [[1, 1, 1], [2, 2, 5]]),  # two rows that no quadratic form fits
    ("mlp:1,2,1:x^2:bias", [[0, 1], [1, 0], [2, 2]])])
def test_a_fit_is_a_global_minimum(spec: str, rows: list[list[int]]) -> None:
    """Against least squares in all functions of V."""
    model = parse_spec(spec)
    found = ERM(spec, rows).multistart(12, seed=1)
    data = np.array(rows, dtype=float)
    inputs, targets = data[:, :model.input_count], data[:, model.input_count:]
    monomials = [e for output, e in model.coordinates() if output == 0]
    features = np.array([[np.prod(x**np.array(e)) for e in monomials] for x in inputs])
    best = features @ np.linalg.lstsq(features, targets)[0]
    least = ((best - targets)**2).sum() / len(rows)
    assert found.attained is True and found.status == "proved" and found.gap == 0
    assert abs(float(found.data["lower_bound"]) - least) < 1e-12
    assert found.data["points"][0]["type"] == "minimum"
    assert verify(found.certificate).status == "proved"


def test_a_network_with_36_parameters_modulo_scales() -> None:
    generator = random.Random(4)
    rows = [[f"{generator.gauss(0, 1):.3f}" for _ in range(7)] for _ in range(60)]
    problem = ERM("mlp:4,6,3:x^2", rows)
    with pytest.raises(InputError, match="out of reach"):
        require_within_reach(problem)
    found = problem.multistart(4, seed=1)
    data = np.array(rows, dtype=float)
    monomials = [e for output, e in problem.model.coordinates() if output == 0]
    features = np.array([[np.prod(x**np.array(e)) for e in monomials] for x in data[:, :4]])
    residuals = features @ np.linalg.lstsq(features, data[:, 4:])[0] - data[:, 4:]
    assert found.attained and abs(
        float(found.data["upper_bound"]) - (residuals**2).sum() / 60) < 1e-9
    verify(found.certificate)


def test_an_infimum_that_is_not_attained_is_not_said_to_be() -> None:
    """A binary cubic with three real zeros is a limit of sums of two cubes, and no such sum."""
    found = population("mlp:2,2,1:x^3", [2, 1, -3, -1]).multistart(3, level=0, seed=1)
    assert found.attained is None and found.status == "bounds"
    assert found.data["lower_bound"] == 0 < found.data["upper_bound"]
    verify(found.certificate)


# -- limits, and wrong input -------------------------------------------------------------------


def test_at_a_limit_what_was_found_is_kept() -> None:
    problem = ERM("mlp:2,2,1:x^2:bias", rows_of(parse_spec("mlp:2,2,1:x^2:bias"), 8, 1))
    over = Computation()
    over.end_within(0)
    time.sleep(0.01)
    found = multistart(problem, 5, computation=over, seed=1)
    assert found.data["asked"] == 5 and found.data["starts"] == 0
    seen = []
    multistart(problem, 5, level=0, seed=1, report=seen.append)
    assert [answer.status for answer in seen[:1]] == ["numerical"]
    counts = [answer.data["starts"] for answer in seen]
    assert counts == sorted(counts) and seen[0].data["points"]


@pytest.mark.parametrize("starts", [0, -1, 1.5, "3", True, 10**7])
def test_a_number_of_starts(starts: Any) -> None:
    with pytest.raises(InputError, match="whole number"):
        ERM("linear:1,1", [[1, 1]]).multistart(starts)


@pytest.mark.parametrize("words, said", [
    (["--starts", "0"], "positive whole number"), (["--starts", "3"], "--method multistart"),
    (["--level", "1"], "--method sos, or multistart"),
    (["--method", "multistart", "--level", "9"], "level")])
def test_wrong_options(words: list[str], said: str, tmp_path: Path,
                       capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.csv"
    data.write_text("1,2\n2,3\n")
    assert main(["train", "linear:1,1", "--data", str(data), "--quiet", *words]) == 2
    assert said in capsys.readouterr().err


def test_the_command_answers_where_strata_are_not_known(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, proof = tmp_path / "data.csv", tmp_path / "proof.json"
    data.write_text("1,0\n0,1\n2,2\n3,1\n")
    words = ["train", "mlp:1,2,1:x^2:bias", "--data", str(data), "--quiet", "--seed", "1",
             "--no-cache"]
    assert main([*words, "--json", "--certificate", str(proof)]) == 0
    result = json.loads(capsys.readouterr().out)["results"]["multistart"]
    # The functions are quadratic polynomials: least squares.
    residual = np.linalg.lstsq(np.vander([0, 1, 2, 3], 3), np.array([1, 0, 2, 1]))[1][0] / 4
    assert abs(float(Fraction(result["lower_bound"])) - residual) < 1e-12
    assert (result["gap"], result["attained"], result["complete"]) == (0, True, False)
    assert sum(result["histogram"].values()) == result["starts"] == 50
    assert main(["verify", str(proof)]) == 0
    capsys.readouterr()
    assert main(words) == 0
    assert "attained [proved]" in capsys.readouterr().out


# -- forgeries ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def original() -> dict[str, Any]:
    """With minima, saddles, the zero function, and bounds that do not meet."""
    certificate = ERM("cnn:2,2:x^2", FILTERS).multistart(20, level=0, seed=1).certificate
    assert certificate is not None
    value = certificate["claim"]["value"][1]
    assert {p["type"] for p in value["points"]} == {"minimum", "saddle"}
    return certificate


def forged(original: dict[str, Any], change: Any, match: str) -> None:
    with pytest.raises(CertificateError, match=match):
        verify(changed(original, change))


def critical(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [p for p in data["evidence"]["points"] if p["kind"] == "critical"]


@pytest.mark.parametrize("name, value", [
    ("type", "minimum"), ("index", 3), ("loss", ["0", "1"]), ("coordinates", [])])
def test_a_point_is_as_proved(original: dict[str, Any], name: str, value: Any) -> None:
    def change(data: dict[str, Any]) -> None:
        data["claim"]["value"][1]["points"][-2][name] = value

    forged(original, change, "not as claimed")


def test_bounds_are_as_proved(original: dict[str, Any]) -> None:
    def attained(data: dict[str, Any]) -> None:
        value = data["claim"]["value"][1]
        value["attained"], value["lower_bound"] = True, value["upper_bound"]
        data["status"] = "proved"

    forged(original, attained, "not as claimed")
    forged(original, lambda data: data.update(status="proved"), "where it is attained")


def test_a_box_without_a_critical_point(original: dict[str, Any]) -> None:
    def moved(data: dict[str, Any]) -> None:
        point = critical(data)[0]
        place = point["free"][0]
        point["center"][place] = str(Fraction(point["center"][place]) + Fraction(1, 10))

    forged(original, moved, "Krawczyk")
    forged(original, lambda data: data["evidence"]["points"].append(critical(data)[0]),
           "differ on the data")


def test_a_slice_that_is_no_slice(original: dict[str, Any]) -> None:
    """With fewer directions a point of the slice is critical there only."""
    def fewer(data: dict[str, Any]) -> None:
        data["evidence"]["transversals"] = {}

    forged(original, fewer, "may not be critical")

    def kept(data: dict[str, Any]) -> None:
        for point in critical(data):
            point["free"], point["radii"] = point["free"][:-1], point["radii"][:-1]

    forged(original, kept, "Krawczyk|may not be critical")


def test_a_point_that_is_no_fit(original: dict[str, Any]) -> None:
    def fit(data: dict[str, Any]) -> None:
        critical(data)[0]["kind"] = "fit"

    forged(original, fit, "no fit")

    def rational(data: dict[str, Any]) -> None:
        point = critical(data)[0]
        point.update(kind="rational", free=[], radii=[])

    forged(original, rational, "not critical")


def test_signs_of_a_degenerate_saddle_are_proved() -> None:
    """Without directions the zero function is critical, and no more is said."""
    old = Path(__file__).parents[1] / "certificates" / "old" / "multistart-rational-saddle.json.gz"
    original = json.loads(gzip.decompress(old.read_bytes()))

    def silent(data: dict[str, Any]) -> None:
        (point,) = [p for p in data["evidence"]["points"] if p["kind"] == "rational"]
        point["lines"] = []

    forged(original, silent, "not as claimed")

    def moved(data: dict[str, Any]) -> None:
        (point,) = [p for p in data["evidence"]["points"] if p["kind"] == "rational"]
        point["center"] = ["1"] * len(point["center"])

    forged(original, moved, "not critical")

    def honest(data: dict[str, Any]) -> None:
        silent(data)
        (zero,) = [p for p in data["claim"]["value"][1]["points"]
                   if all(c == ["0", "0"] for c in p["coordinates"])]
        zero["type"] = "critical"

    verify(changed(original, honest))


# -- units that are off ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def smaller() -> dict[str, Any]:
    """Saddles at which one unit, or both, are absent."""
    rows = [[1, 0, 1, 2], [0, 1, 0, -1], [0, 0, 1, 3], [1, 1, 1, 0], [2, 1, 0, 1], [1, 0, -1, 2],
            [0, 2, 1, -2], [1, -1, 1, 1], [2, 0, 1, -1], [1, 2, 3, 0]]
    found = ERM("mlp:3,2,1:x^2:bias", rows).multistart(25, level=0, seed=3)
    proved = [p for p in found.data["points"] if p["status"] == "proved"]
    # The constant functions have one critical point, the mean.
    mean = sum(row[3] for row in rows) / 10
    constant = [p for p in proved if all(c == ["0", "0"] for c in p["coordinates"][:-1])]
    assert not constant or abs(middle(constant[0]["coordinates"][-1]) - mean) < 1e-12
    certificate = found.certificate
    assert certificate is not None and absences(certificate)
    return certificate


def absences(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [p for p in data["evidence"]["points"] if p.get("absent")]


def test_parameters_that_matter_are_not_absent(smaller: dict[str, Any]) -> None:
    verify(smaller)
    count, bias = 11, 10  # the bias of the output has degree 1

    def linear(data: dict[str, Any]) -> None:
        point = absences(data)[0]
        point["absent"].append(bias)
        place = point["free"].index(bias)
        point["free"].pop(place)
        point["radii"].pop(place)
        point["center"][bias] = "0"

    forged(smaller, linear, "not absent|Krawczyk")

    def present(data: dict[str, Any]) -> None:
        point = absences(data)[0]
        point["center"][point["absent"][0]] = "1"

    forged(smaller, present, "not absent|Krawczyk")

    def both(data: dict[str, Any]) -> None:
        point = absences(data)[0]
        point["absent"].append(point["free"][0])

    forged(smaller, both, "not absent|may not be critical|differ")

    def forgotten(data: dict[str, Any]) -> None:
        absences(data)[0]["absent"] = []

    forged(smaller, forgotten, "may not be critical")

    def without_lines(data: dict[str, Any]) -> None:
        for point in absences(data):
            point["lines"] = [["0"] * len(point["absent"])]

    forged(smaller, without_lines, "not as claimed")
    assert count == len(absences(smaller)[0]["center"])


def test_saddles_of_smaller_networks_are_among_all_critical_points() -> None:
    rows = [[1, 0, 2, 1], [0, 1, 1, 2], [1, 1, 0, -1], [2, 1, 1, 0], [1, -1, 1, 3], [0, 2, 1, 1],
            [1, 0, 0, 1]]
    problem = ERM("mlp:3,2,1:x^2", rows)
    known = problem.critical_points()
    found = problem.multistart(25, level=0, seed=1)
    verify(found.certificate)
    losses = [middle(point["loss"]) for point in known.data["points"]]
    proved = [p for p in found.data["points"] if p["status"] == "proved"]
    assert len(proved) > 2 and any(p["type"] == "saddle" for p in proved)
    for point in proved:
        assert any(abs(middle(point["loss"]) - loss) < 1e-9 for loss in losses)


# -- a published number ------------------------------------------------------------------------


@pytest.mark.slow
def test_critical_points_of_attention_by_elimination() -> None:
    """
    With three samples: 14 regular critical points over C, and further ones where K^T Q has rank 1.

    The outputs at the data are B(s) A for V = (1, s), with the four entries of A = K^T Q.  Solved
    for these, the loss is c - N(s) / D(s), with D the determinant of B^T B.
    """
    model = parse_spec("attention:d=2,a=2,out=1,t=2")
    rows = rows_of(model, 3, 11)
    inputs = np.array([row[:4] for row in rows], dtype=object)
    targets = sympy.Matrix([c for row in rows for c in row[4:]])
    s = sympy.Symbol("s")

    def columns(v: list[int]) -> sympy.Matrix:
        found = []
        for entry in np.eye(4, dtype=int):
            w = np.array([*map(int, entry), 1, 0, 0, 1, *v], dtype=object)  # Q, K, V
            found.append(list(model.apply(w, inputs, int).reshape(-1)))
        return sympy.Matrix(found).T

    b = columns([1, 0]) + s * columns([0, 1])
    gram, right = b.T * b, b.T * targets
    below = sympy.Poly(gram.det(method="berkowitz"), s)
    above = sympy.Poly((right.T * gram.adjugate() * right)[0], s)
    critical = above.diff(s) * below - above * below.diff(s)
    assert critical.degree() == 14 and sympy.gcd(critical, critical.diff(s)).degree() == 0
    height = float(sum(c**2 for c in targets))
    regular = sorted((height - float(above.eval(root) / below.eval(root))) / 3
                     for root in critical.nroots(n=30) if root.is_real)
    found = NeuroManifold(model, seed=1).multistart(ERM(model, rows), 30, level=0)
    proved = [p for p in found.data["points"] if p["status"] == "proved"]
    ranks = {True: 0, False: 0}
    for point in proved:
        q, k = (np.array(point["parameters"][i:i + 4]).reshape(2, 2) for i in (0, 4))
        values = np.linalg.svd(k.T @ q, compute_uv=False)
        full = values[1] > 1e-6 * values[0] > 0
        assert full == any(abs(middle(point["loss"]) - loss) < 1e-8 for loss in regular)
        ranks[full] += 1
    assert min(ranks.values()) > 0
    # Over C: 14, and 10 of the model in which K^T Q has rank 1, for this quadratic form.
    gram = [[str(c) for c in row] for row in ERM(model, rows)._matrix]
    for head, count in ((2, 14), (1, 10)):
        manifold = NeuroManifold(f"attention:d=2,a={head},out=1,t=2", seed=1, metric="data",
                                 gram=gram)
        assert manifold.ed_degree() == count
    assert abs(middle(proved[0]["loss"]) - regular[0]) < 1e-9


@pytest.mark.parametrize("spec", ["linear:1,1", "mlp:1,1,1:x^2:bias"])
def test_losses_beyond_floating_point_are_refused_in_one_sentence(spec: str) -> None:
    rows = [["0", "1e-300"], ["1e-300", "0"], ["0", "1e300"]]
    with pytest.raises(InputError, match="beyond 10"):
        NeuroManifold(spec, seed=1).multistart(ERM(spec, rows), 3)


def test_bounds_are_rounded_outward() -> None:
    thirds = EndsOfStarts("multistart", {
        "lower_bound": Fraction(2, 3), "upper_bound": Fraction(4, 3), "attained": None,
        "points": [], "starts": 0}, "bounds", "", None, 0.0,
        problem=ERM("linear:1,1", [[1, 1]]))
    assert "between 0.666666666666 and 1.33333333334," in thirds._bounds()
