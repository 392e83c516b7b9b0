"""Training problems: exact forms, all critical points, minima, and certificates of them."""

from __future__ import annotations

import copy
import itertools
import json
import random
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from mutants import accepted_mutants

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.engines import real_solutions
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.training.interpolation import interpolation
from neuroalg_sage.invariants.training.training import ERM, TrainingProblem, population
from neuroalg_sage.invariants.training.training_data import BINARY, DECIMAL, EXACT, read_data
from neuroalg_sage.models.sources import load_model


def rows(count: int, width: int, seed: int) -> list[list[str]]:
    generator = random.Random(seed)
    return [[str(round(generator.gauss(0, 1), 3)) for _ in range(width)] for _ in range(count)]


def problem(spec: str, count: int, seed: int = 1) -> TrainingProblem:
    model = load_model(spec)
    return ERM(spec, rows(count, model.input_count + model.output_count, seed))


def generic(spec: str, seed: int) -> TrainingProblem:
    """A positive definite form and a target that are as good as generic."""
    generator, model = random.Random(seed), load_model(spec)
    n = model.ambient_dimension
    a = [[generator.randint(-9, 9) for _ in range(n)] for _ in range(n)]
    form = {(i, j): Fraction(sum(row[i] * row[j] for row in a))
            for i in range(n) for j in range(i, n)}
    target = tuple(Fraction(generator.randint(-99, 99)) for _ in range(n))
    return TrainingProblem(model, {k: c for k, c in form.items() if c}, target, Fraction(10**5))


def losses(value: dict) -> list[float]:
    return [float(sum(map(Fraction, point["loss"])) / 2) for point in value["points"]]


# -- the form ------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["mlp:2,2,1:x^2", "linear:3,2,3", "cnn:2,2:x^2",
                                  "mlp:1,2,2:x^2+x:bias"])
@pytest.mark.parametrize("kind", [float, str, Fraction])
def test_the_form_is_the_mean_squared_error(spec: str, kind: type) -> None:
    generator, model = random.Random(2), load_model(spec)
    width = model.input_count + model.output_count
    table = [[kind(x) for x in row] for row in rows(9, width, 3)]
    found = ERM(spec, table)
    z = [Fraction(generator.randint(-9, 9), 7) for _ in range(model.ambient_dimension)]
    total = Fraction(0)
    for row in table:
        x, y = [Fraction(c) for c in row[:model.input_count]], row[model.input_count:]
        outputs = [Fraction(0)] * model.output_count
        for c, (output, exponents) in zip(z, model.coordinates()):
            term = c
            for base, e in zip(x, exponents):
                term *= base**e
            outputs[output] += term
        total += sum((a - Fraction(b)) ** 2 for a, b in zip(outputs, y))
    assert found.loss(z) == total / len(table)


def test_arrays_are_read_as_their_lists() -> None:
    generator = np.random.default_rng(1)
    table = generator.standard_normal((700, 3)) * 10.0 ** generator.integers(-30, 30, (700, 3))
    assert ERM("mlp:2,1,1:x^2", table) == ERM("mlp:2,1,1:x^2", table.tolist())
    whole = generator.integers(-9, 9, (50, 3))
    assert ERM("mlp:2,1,1:x^2", whole).describe() == ERM(
        "mlp:2,1,1:x^2", whole.astype(np.float32)).describe()
    assert ERM("mlp:2,1,1:x^2", whole[:, :2], whole[:, 2]) == ERM("mlp:2,1,1:x^2", whole)


def test_it_is_said_how_numbers_were_read() -> None:
    assert read_data([[0.1]], 1).columns[0].values() == [Fraction(0.1)] != [Fraction(1, 10)]
    assert read_data([["0.1"]], 1).columns[0].values() == [Fraction(1, 10)]
    assert [read_data(d, 1).reading for d in ([[0.1]], [["0.1"]], [[1]], np.array([[1.5]]))] == [
        BINARY, DECIMAL, EXACT, BINARY]


def test_decimal_numbers_in_a_file_are_exact(tmp_path) -> None:
    generator = random.Random(4)
    entries = [[f"{generator.choice('-+ ')}{generator.randrange(10**k)}.{generator.randrange(99)}"
                for k in (1, 5, 12)] for _ in range(200)]
    file = tmp_path / "data.csv"
    for extra in ([], [["1e-3", "2", "1/3"]]):
        file.write_text("a,b,c\n" + "\n".join(map(",".join, entries + extra)) + "\n\n")
        found = read_data(file, 3)
        assert [c.values() for c in found.columns] == [
            [Fraction(x.strip()) for x in column] for column in zip(*(entries + extra))]
        assert found.reading == DECIMAL


def test_parquet(tmp_path) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet, table

    columns = np.random.default_rng(2).standard_normal((3, 40))
    file = tmp_path / "data.parquet"
    parquet.write_table(table(dict(zip("xyz", columns))), file)
    assert ERM("mlp:2,1,1:x^2", file) == ERM("mlp:2,1,1:x^2", columns.T)
    parquet.write_table(table({"x": [1, 2], "y": [1, 2], "z": [1.0, None]}), file)
    with pytest.raises(InputError, match="Row 2 of the data holds NaN"):
        ERM("mlp:2,1,1:x^2", file)


def test_moments_of_distributions() -> None:
    """The population form is the limit of empirical ones: here on points of a cubature."""
    nodes = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    # Nodes 0, ±sqrt(3) with weights 4, 1, 1 integrate the normal distribution to degree 5.
    weight = {-1: 1, 0: 4, 1: 1}
    moments = {}
    for e in itertools.product(range(5), repeat=2):
        moments[e] = sum(Fraction(weight[x] * weight[y] * x**e[0] * y**e[1], 36) * (
            3 ** (sum(e) // 2) if sum(e) % 2 == 0 else 0) for x, y in nodes)
    target = [1, 2, -3]
    one, other = (population("mlp:2,1,1:x^2", target, d) for d in ("gaussian", moments))
    assert one.describe() == other.describe()
    assert one.loss(target) == 0
    assert population("mlp:2,1,1:x^2", target, noise=Fraction(1, 3)).loss(target) == Fraction(1, 3)


def test_rank_and_kernel() -> None:
    found = ERM("mlp:2,2,1:x^2", [[1, 1, 1], [1, -1, 2]])
    assert found.rank == 2
    (kernel,) = found.kernel
    assert all(kernel[0] * x * x + kernel[1] * x * y + kernel[2] * y * y == 0
               for x, y in ((1, 1), (1, -1)))


# -- known critical points -----------------------------------------------------------------


@pytest.mark.parametrize("widths", [(3, 2, 3), (2, 1, 4), (4, 2, 3), (3, 3, 3), (2, 2, 2),
                                    (3, 1, 2, 3), (4, 2, 4)])
def test_matrices_of_bounded_rank(widths: tuple[int, ...]) -> None:
    """Eckart and Young: sums of singular triples; losses are sums of squares of the others."""
    k, m, r = widths[0], widths[-1], min(widths)
    matrix = np.random.default_rng(5).integers(-9, 9, (m, k))
    found = population("linear:" + ",".join(map(str, widths)),
                       [int(x) for x in matrix.flatten()]).critical_points()
    value, squares = found.value, np.linalg.svd(matrix.astype(float))[1] ** 2
    known = sorted(sum(squares) - sum(chosen) for s in range(r + 1)
                   for chosen in itertools.combinations(squares, s))
    assert np.allclose(losses(value), known)
    assert value["complete"] and value["complex"] == len(known)
    assert found.trust == [] and verify(found.certificate).status == "proved"
    top = [p for p in value["points"] if p["stratum"] == 0]
    assert len(top) == comb(min(m, k), r)
    assert [p["type"] for p in value["points"]].count("minimum") == 1
    assert value["minimum"] == {"attained": True, "at": [0], "unique": True}
    # The index of Σ_(i in I) on the matrices of rank r counts pairs i in I, j not in I with
    # σ_j > σ_i.
    indices = sorted(sum(squares[j] > squares[i] for i in chosen for j in range(len(squares))
                         if j not in chosen)
                     for chosen in itertools.combinations(range(len(squares)), r))
    assert sorted(p["index"] for p in top) == indices


def test_a_matrix_with_equal_singular_values_has_infinitely_many() -> None:
    value = population("linear:2,2,2", [1, 0, 0, 1]).critical_points().value
    assert not value["complete"] and value["complex"] is None
    assert value["minimum"] == {"attained": True, "at": [0], "unique": True}
    assert losses(value)[0] == 0


@pytest.mark.parametrize("spec, surface", [
    # Polar degrees of a smooth toric surface (Matsui, Takeuchi): area, perimeter, vertices.
    ("mlp:2,1,2:x^2", (4, 6, 4)), ("cnn:2s2,2:x", (2, 4, 4)), ("cnn:2,2:x^2", (4, 6, 4)),
    ("mlp:2,1,1:x^2", (0, 2, 2)), ("mlp:2,1,1:x^3", (0, 3, 2)), ("mlp:2,1,1:x^5", (0, 5, 2))])
def test_complex_critical_points_of_generic_forms_are_the_generic_ed_degree(
        spec: str, surface: tuple[int, int, int]) -> None:
    area, perimeter, vertices = surface
    degree = 7 * area - 3 * perimeter + vertices if area else 3 * perimeter - vertices
    found = generic(spec, 1).critical_points()
    assert found.value["complex"] == degree + 1  # with the zero function
    assert found.value["complete"] and found.trust == []


@pytest.mark.parametrize("spec, count", [("mlp:2,2,1:x^2", 20), ("linear:3,2,3", 30),
                                         ("cnn:2,2:x^2", 10)])
def test_complete_training(spec: str, count: int) -> None:
    found = problem(spec, count).critical_points()
    assert found.value["complete"] and found.value["minimum"]["attained"]
    assert found.trust == []
    assert verify(json.loads(json.dumps(found.certificate))).value == found.certificate[
        "claim"]["value"]


@pytest.mark.parametrize("spec, count, seed", [
    ("mlp:2,2,1:x^2", 20, 1), ("linear:3,2,3", 30, 2), ("cnn:2,2:x^2", 10, 3),
    ("mlp:2,1,2:x^2", 9, 4), ("cnn:2s2,2:x", 9, 5), ("mlp:2,2,1:x^3", 12, 6),
    ("cnn:3,2:x", 12, 7), ("mlp:3,2,1:x^2", 15, 8), ("linear:2,1,3,2", 9, 9)])
def test_gradients_vanish_at_critical_parameters_and_descent_finds_nothing_less(
        spec: str, count: int, seed: int) -> None:
    """Against floating point: the gradient, and minimization from random parameters."""
    from scipy.optimize import minimize

    given = problem(spec, count, seed)
    model, table = given.model, np.array(
        [[float(x) for x in row] for row in rows(
            count, given.model.input_count + given.model.output_count, seed)])
    inputs, outputs = np.split(table, [model.input_count], axis=1)

    def loss(w: np.ndarray) -> float:
        return float(np.sum((model.apply(w, inputs, float) - outputs) ** 2) / count)

    value = given.critical_points(seed=1).value
    steps = 1e-5 * np.eye(model.parameter_count)
    for known, w in zip(losses(value), given.critical_parameters()):
        assert np.isclose(loss(np.array(w)), known)
        slope = [(loss(w + h) - loss(w - h)) / 2e-5 for h in steps]
        assert np.abs(slope).max() < 1e-5 * max(1.0, np.abs(w).max()) ** 3
    assert value["complete"]
    generator = np.random.default_rng(seed)
    ends = [minimize(loss, generator.standard_normal(model.parameter_count)).fun
            for _ in range(8)]
    if value["minimum"]["attained"]:
        assert min(ends) > losses(value)[0] - 1e-9
        assert min(ends) < losses(value)[0] + 1e-4
        assert all(losses(value)[i] == losses(value)[0] for i in value["minimum"]["at"])


def test_an_infimum_that_is_not_attained() -> None:
    """
    A binary cubic with three different real zeros is no sum of two real cubes; the nearest that
    are come close to a cubic l^2 m, which is none either (Comon, Ottaviani 2012).
    """
    found = population("mlp:2,2,1:x^3", [2, 1, -3, -1]).critical_points(seed=1)
    assert found.value["minimum"] == {"attained": False, "at": [], "unique": False}
    assert found.trust == ["msolve"] and verify(found.certificate).trust == ("msolve",)
    sum_of_cubes = population("mlp:2,2,1:x^3", [2, 9, 15, 9])  # (x + y)^3 + (x + 2 y)^3
    sum_of_cubes = sum_of_cubes.critical_points(seed=1)
    assert sum_of_cubes.value["minimum"] == {"attained": True, "at": [0], "unique": True}
    assert losses(sum_of_cubes.value)[0] == pytest.approx(0, abs=1e-12)


def test_a_linear_convolution_has_spurious_points_and_several_parameters_of_a_function() -> None:
    """Real polynomials of degree 3 factor into degrees 2 and 1: once for each real zero."""
    value = problem("cnn:3,2:x", 20).critical_points().value
    pure = [p for p in value["points"] if p["kind"] == "pure"]
    assert len(pure) in (1, 3) and len({p["function"] for p in pure}) == 1
    assert value["minimum"]["attained"] and value["minimum"]["at"] == list(range(len(pure)))
    assert any(p["kind"] == "spurious" and p["stratum"] == 0 for p in value["points"])


@pytest.mark.parametrize("spec", ["mlp:2,2,1:x^2", "linear:2,1,2", "cnn:2,2:x^2"])
def test_losses_depend_neither_on_the_order_of_rows_nor_on_coordinates(spec: str) -> None:
    model = load_model(spec)
    width = model.input_count
    table = [[Fraction(x) for x in row] for row in rows(12, width + model.output_count, 6)]
    first = losses(ERM(spec, table).critical_points().value)
    assert first == losses(ERM(spec, table[::-1]).critical_points().value)
    # Reversed inputs, and inputs twice as large, are inputs of another function of M.
    other = [[2 * x for x in row[:width][::-1]] + row[width:] for row in table]
    assert np.allclose(first, losses(ERM(spec, other).critical_points().value), rtol=1e-12)


def test_few_data_determine_a_function_of_least_loss_only_up_to_the_kernel() -> None:
    found = ERM("mlp:2,2,1:x^2", [[1, 0, 1], [0, 1, 2]]).critical_points()
    value = found.value
    # A sum of squares, and two squares of linear forms with irrational coefficients.
    assert value["minimum"] == {"attained": True, "at": [0, 1, 2], "unique": False}
    assert not value["complete"]
    assert losses(value)[:3] == pytest.approx([0, 0, 0], abs=1e-12)
    assert value["points"][0]["index"] == -1


@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^2", "mlp:2,1,1:x^4", "mlp:2,1,2:x^2", "cnn:2,2:x^2",
                                  "cnn:2s2,2:x", "mlp:2,2,1:x^2"])
@pytest.mark.parametrize("seed", range(5))
def test_points_that_are_not_real_come_in_pairs(spec: str, seed: int) -> None:
    value = generic(spec, 100 + seed).critical_points().value
    assert value["complete"] and len(value["points"]) <= value["complex"]
    assert (value["complex"] - len(value["points"])) % 2 == 0
    # Morse theory on the cone over a compact space: there is a minimum.
    assert any(p["type"] == "minimum" for p in value["points"])


def test_data_of_any_scale() -> None:
    table = rows(12, 4, 7)
    known = losses(ERM("cnn:2,2:x^2", table).critical_points().value)
    huge = [[*row[:3], row[3] + "e200"] for row in table]
    value = ERM("cnn:2,2:x^2", huge).critical_points().value
    assert np.allclose(known, [float(Fraction(p["loss"][0]) / Fraction(10) ** 400)
                               for p in value["points"]])


# -- interpolation -------------------------------------------------------------------------


@pytest.mark.parametrize("spec, points, expected", [
    ("mlp:2,2,1:x^2", 2, ("positive-dimensional", 1, None)),
    ("mlp:2,2,1:x^2", 3, ("finite", 0, 1)), ("mlp:2,2,1:x^2", 4, ("empty", -1, None)),
    # A linear space of complementary dimension meets a quadric cone in 2 points, a cubic in 3.
    ("cnn:2s2,2:x", 3, ("finite", 0, 2)), ("mlp:3,2,1:x^2", 5, ("finite", 0, 3)),
    # a l^r has r^(m-1) choices of roots, for m values of l up to a common factor.
    ("mlp:2,1,1:x^3", 2, ("finite", 0, 3)), ("mlp:3,1,1:x^2", 3, ("finite", 0, 4)),
    ("linear:3,2,3", 2, ("positive-dimensional", 2, None))])
def test_functions_through_generic_points(spec: str, points: int, expected) -> None:
    found = interpolation(spec, points, seed=2)
    assert (found.kind, found.dimension, found.count) == expected


# -- certificates --------------------------------------------------------------------------


def certificates() -> list[dict]:
    return [problem(spec, 12, 3).critical_points().certificate
            for spec in ("mlp:2,2,1:x^2", "linear:2,1,2", "cnn:2,2:x^2", "mlp:2,1,1:x^2")]


def test_mutants_with_a_new_digest_are_rejected_or_prove_what_they_say() -> None:
    for original, data, where, _ in accepted_mutants(certificates(), 300, random.Random(7)):
        assert where[0] not in ("claim", "status", "trust"), where
        assert data["claim"] == original["claim"]
        if where[0] == "model":
            # The factor of an activation changes neither M nor its strata.
            assert where[1] == "spec" or "coefficients" in where


def test_forgeries() -> None:
    original = problem("mlp:2,1,2:x^2", 12, 3).critical_points().certificate
    data, value = original["claim"]["value"]
    evidence = original["evidence"]

    def rejected(value: dict, evidence: dict, match: str, trust=()) -> None:
        claim = certificate(original["model"], "critical_points", [data, value], "proved",
                            list(trust), evidence, {})
        with pytest.raises(CertificateError, match=match):
            verify(claim)

    # A box is left out, and the point that it holds is not missed.
    fewer = copy.deepcopy(evidence)
    fewer["boxes"].pop()
    assert len(value["points"]) == len(evidence["boxes"]) + 1
    for left_out in value["points"]:
        rest = value | {"points": [p for p in value["points"] if p is not left_out]}
        rejected(rest, fewer, "not as claimed")
    # A box is given twice, moved off its point, too large, or of no size.
    twice = evidence | {"boxes": evidence["boxes"] + evidence["boxes"][:1]}
    rejected(value, twice, "overlap")
    k, center, radii = evidence["boxes"][0]
    for box, match in (([k, [*center[:-1], str(Fraction(center[-1]) + 1)], radii], "Krawczyk"),
                       ([k, center, ["1000"] * len(radii)], "Krawczyk"),
                       ([k, center, ["0"] * len(radii)], "not critical"),
                       ([k + 1, center, radii], "not a list of length|needs none|Krawczyk")):
        rejected(value, evidence | {"boxes": [box, *evidence["boxes"][1:]]}, match)
    # What the engine would say is not asked where elimination says it.
    rejected(value, evidence | {"engine": [[0, 100]]}, "whom it trusts", ["msolve"])
    # A minimum that is not attained needs a witness, with less loss than any critical point.
    denied = value | {"minimum": {"attained": False, "at": [], "unique": False}}
    rejected(denied, evidence, "not as claimed")
    rejected(denied, evidence | {"witness": ["0"] * 4}, "not less")
    # The type of a number in a claim is part of it.
    points = copy.deepcopy(value["points"])
    points[0]["index"] = False
    assert points == value["points"]
    rejected(value | {"points": points}, evidence, "not as claimed")


def test_an_indefinite_form_has_no_proved_minimum() -> None:
    given = problem("mlp:2,1,2:x^2", 12, 3)
    negative = TrainingProblem(given.model, {k: -c for k, c in given.quadratic.items()},
                               given.linear, given.constant)
    value = negative.critical_points().value
    assert value["minimum"]["attained"] is None
    assert all(p["type"] != "minimum" for p in value["points"])


# -- the shell, and wrong input ------------------------------------------------------------


def test_train_and_verify(tmp_path, capsys) -> None:
    data, proof = tmp_path / "data.csv", tmp_path / "proof.json"
    data.write_text("\n".join(map(",".join, rows(20, 3, 1))))
    command = ["train", "mlp:2,2,1:x^2", "--data", str(data), "--quiet"]
    assert main([*command, "--certificate", str(proof)]) == 0
    page = capsys.readouterr().out
    assert "These are all critical functions" in page and "at no other function" in page
    assert main(["verify", str(proof)]) == 0
    assert "trusting nothing else" in capsys.readouterr().out
    assert main([*command, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["results"]["critical_points"]["status"] == "proved"
    assert len(answer["results"]["critical_points"]["parameters"][0]) == 6


def test_what_is_not_known_to_be_all_ends_with_code_3(tmp_path, capsys, monkeypatch) -> None:
    def late(*arguments: object, **options: object) -> str:
        raise LimitReached("msolve did not end within the limit.")

    monkeypatch.setattr(real_solutions, "answer", late)
    data = tmp_path / "data.csv"
    data.write_text("\n".join(map(",".join, rows(12, 3, 1))))
    assert main(["train", "mlp:2,2,1:x^3", "--data", str(data), "--quiet", "--seed", "1"]) == 3
    page = capsys.readouterr().out
    assert "that there are no others is not proved" in page


@pytest.mark.parametrize("text, match", [
    ("1,2,nan", "Row 1 of the data holds NaN"), ("1,2,3\n1,-inf,2", "Row 2 .* an infinity"),
    ("1,2,3\n1,2", "Row 2 of the data has 2 entries"), ("", "no rows"), ("a,b,c\n", "no rows"),
    ("1,2", "2 columns; the model needs 3"), ("x,y,z\n1,2,3\n1,foo,2", "Row 3 .* 'foo'"),
    ("1,,3", "Row 1 .* ''"), ("1,2,1_000", "1_000"),
    ("1|2|3", "1 columns.*semicolons or tabs"), ("1,2,1/0", "not a rational number"),
    ("1,2,1e999999999", "digits"), ("1,2,1e-999999999", "digits"), ("1e999999999,x,y", "digits"),
    ('1,2,"1,000"', "decimal point, and no commas"), ("0,5;1,5;2,5", "decimal point"),
    ("0,1,2\n3,4,5", "header that pandas writes"), ('"0","1","2"\n3,4,5', "header that pandas"),
    (",x,y,z\n0,1,2,3", "index of a data frame"), (",,\n1,2,3", "''"), ('1,2,"3', "no CSV file")])
def test_a_bad_file_gets_one_sentence(tmp_path, capsys, text: str, match: str) -> None:
    data = tmp_path / "data.csv"
    data.write_text(text)
    proof = tmp_path / "proof.json"
    assert main(["train", "mlp:2,2,1:x^2", "--data", str(data), "--certificate", str(proof)]) == 2
    streams = capsys.readouterr()
    assert streams.out == "" and not proof.exists()
    assert streams.err.count("\n") == 1
    with pytest.raises(InputError, match=match):
        ERM("mlp:2,2,1:x^2", data)


@pytest.mark.parametrize("table, match", [
    ([[1, 2, float("nan")]], "NaN"), (np.array([[1, 2, np.inf]]), "Row 1 .* infinity"),
    ([[1, 2, 3], [1, 2]], "Row 2"), ([], "no rows"), (np.zeros((0, 3)), "no rows"),
    (np.zeros(3), "axes"), (np.zeros((2, 2)), "2 columns"), (5, "list of rows"),
    ([[1, 2, None]], "None"), ([[1, 2, 1j]], "1j"), (np.array([["a", "b", "c"]]), "type"),
    ("no such file.csv", "cannot be read")])
def test_bad_data_gets_one_sentence(table, match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        ERM("mlp:2,2,1:x^2", table)
    assert "\n" not in str(caught.value)


def test_models_whose_strata_are_not_known_are_refused() -> None:
    for spec in ("mlp:2,2,1:x^2:bias", "mlp:2,2,1:x^2+x", "attention:d=2,a=1,out=1,t=1"):
        model = load_model(spec)
        with pytest.raises(InputError, match="not known"):
            ERM(spec, rows(9, model.input_count + model.output_count, 1)).critical_points()


def test_wrong_population() -> None:
    with pytest.raises(InputError, match="3 coordinates"):
        population("linear:2,1,2", [1, 2, 3])
    with pytest.raises(InputError, match="no distribution 'normal'"):
        population("linear:1,1", [1], "normal")
    with pytest.raises(InputError, match="moment of the exponents .2,. is missing"):
        population("linear:1,1", [1], {(1,): 0})
