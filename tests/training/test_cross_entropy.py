"""Critical points of the cross-entropy, against known numbers and plain floating point."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from claims import changed_at

from neuroalg_sage import InputError, NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.engines import msolve
from neuroalg_sage.invariants.training.cross_entropy import cross_entropy
from neuroalg_sage.models.sources import from_expressions

needs_msolve = pytest.mark.skipif(msolve.find_command() is None, reason="msolve is not installed")

TABLE = [[4, 2, 2], [2, 4, 2], [2, 2, 4]]


def units(table: list[list[int]]) -> list[list[int]]:
    """Rows of data by which the coordinates of matrices are the probabilities of a table."""
    size = len(table[0])
    return [[*(int(i == k) for i in range(size)), *(row[k] for row in table)]
            for k in range(size)]


def loss_at(manifold: NeuroManifold, data: list[list[Any]], normalization: str, w: np.ndarray
            ) -> float:
    """The loss, from the network's outputs in floating point."""
    model = manifold.model
    phi = manifold.parametrization()
    z = [sum(float(c) * np.prod([x**k for x, k in zip(w, e)]) for e, c in f.items())
         for f in phi.polynomials]
    labels, outputs = [], []
    for row in data:
        x, y = row[:model.input_count], row[model.input_count:]
        labels.append([float(Fraction(c)) for c in y])
        outputs.append([sum(v * np.prod([float(Fraction(c))**k for c, k in zip(x, e)])
                            for v, (j, e) in zip(z, phi.coordinates) if j == output)
                        for output in range(model.output_count)])
    f, y = np.array(outputs), np.array(labels)
    p = f / (f.sum() if normalization == "joint" else f.sum(axis=1)[:, None])
    return float(-(y[y > 0] * np.log(p[y > 0])).sum() / y.sum())


CASES = {
    "independence": ("linear:2,1,2", [[1, 0, 1, 2], [0, 1, 3, 4]], "joint"),
    "one square": ("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2], [1, 1, 1], [1, 2, 0]], "joint"),
    "matrices": ("linear:2,2", [[1, 0, 3, 2], [0, 1, 3, 4], [1, 1, 1, 1], [2, 1, 4, 1]],
                 "conditional")}


@needs_msolve
@pytest.mark.parametrize("name", CASES)
def test_points_are_critical_with_their_index_and_loss(name: str) -> None:
    spec, data, normalization = CASES[name]
    manifold = NeuroManifold(spec, seed=1)
    found = manifold.cross_entropy_points(data, normalization=normalization)
    assert found.status == "proved" and verify(found.certificate).trust == ()
    points = found.data["points"]
    assert points and found.data["complex"] >= len(points)
    for point, w in zip(points, found.parameters):
        w = np.array(w)

        def loss(w: np.ndarray) -> float:
            return loss_at(manifold, data, normalization, w)

        low, high = map(Fraction, point["loss"])
        assert float(low) - 1e-9 <= loss(w) <= float(high) + 1e-9
        step = 1e-4
        eye = np.eye(len(w)) * step
        gradient = [(loss(w + e) - loss(w - e)) / (2 * step) for e in eye]
        assert np.abs(gradient).max() < 1e-5
        hessian = np.array([[(loss(w + a + b) - loss(w + a - b) - loss(w - a + b)
                              + loss(w - a - b)) / (4 * step**2) for a in eye] for b in eye])
        assert (np.linalg.eigvalsh(hessian) < -1e-4).sum() == point["index"]
    assert [float(Fraction(point["loss"][0])) for point in points] == sorted(
        float(Fraction(point["loss"][0])) for point in points)


@needs_msolve
def test_independence_has_products_of_frequencies() -> None:
    generator = random.Random(3)
    table = [[generator.randrange(1, 9) for _ in range(3)] for _ in range(2)]
    found = NeuroManifold("linear:3,1,2", seed=1).cross_entropy_points(
        units(table), normalization="joint")
    total = sum(map(sum, table))
    (point,) = found.data["points"]
    assert found.data["complex"] == 1 and point["index"] == 0
    for k, row in enumerate(point["probabilities"]):
        for j, (low, high) in enumerate(row):
            wanted = Fraction(sum(table[j]) * sum(line[k] for line in table), total**2)
            assert Fraction(low) <= wanted <= Fraction(high)


@needs_msolve
@pytest.mark.slow
def test_matrices_of_rank_two_have_ten_complex_critical_points() -> None:
    # The ML degree is 10 (Hauenstein, Rodriguez, Sturmfels 2014); for this table, with symmetries,
    # three local maxima of the likelihood are known (Pachter, Sturmfels 2005).
    found = NeuroManifold("linear:3,2,3", seed=1).cross_entropy_points(
        units(TABLE), normalization="joint")
    assert found.data["complex"] == 10
    losses = [float(Fraction(p["loss"][0])) for p in found.data["points"] if p["index"] == 0]
    assert len(losses) == 3 and all(abs(a - b) < 1e-9 for a, b in pairwise(losses))


@needs_msolve
def test_for_generic_labels_the_number_is_the_ml_degree() -> None:
    generator = random.Random(5)
    table = [[generator.randrange(1, 1000) for _ in range(2)] for _ in range(2)]
    for spec in ("linear:2,1,2", "linear:2,2,2"):
        manifold = NeuroManifold(spec, seed=1)
        found = manifold.cross_entropy_points(units(table), normalization="joint")
        assert found.data["complex"] == manifold.ml_degree()
    # All tables are in M: the frequencies are the minimum, and its loss their entropy.
    (point,) = found.data["points"]
    entropy, total = found.data["entropy"], sum(map(sum, table))
    wanted = -sum(c / total * log(c / total) for row in table for c in row)
    assert float(Fraction(entropy[0])) == pytest.approx(wanted)
    assert Fraction(point["loss"][0]) <= Fraction(entropy[1])


def test_the_entropy_is_no_bound_where_probabilities_may_be_negative() -> None:
    # The outputs 2 x and -x have the probabilities 2 and -1, and the loss -log 2.
    data = [[1, 1, 0], [2, 1, 0]]
    manifold = NeuroManifold("linear:1,1,2", seed=1)
    found = manifold.cross_entropy_points(data)
    less = loss_at(manifold, data, "conditional", np.array([1.0, 2.0, -1.0]))
    assert less == pytest.approx(-log(2)) and less < float(Fraction(found.data["entropy"][0]))
    plain = found.plain_value()
    assert plain["lower_bound"] is None and plain["gap"] is None
    text = " ".join(found.text().split())
    assert "nowhere less" not in text and "Where no probability is negative the loss is at" in text
    full = manifold.cross_entropy_points([[1, 1, 1], [2, 1, 3]])
    assert full.plain_value()["lower_bound"] is not None and "nowhere less" in full.text()
    # The bound that is shown is rounded down.
    shown = full.text().split("nowhere less than ")[1].split(",")[0]
    assert Fraction(shown) <= Fraction(full.data["entropy"][0])


def test_rows_with_the_same_input_are_counted_together() -> None:
    one = cross_entropy("linear:1,2", [[1, 1, 0], [1, 0, 1], [2, 1, 0], [1, 1, 0]])
    assert one.describe() == cross_entropy("linear:1,2", [[1, 2, 1], [2, 1, 0]]).describe()


@pytest.mark.parametrize("spec, data, normalization, words", [
    ("linear:2,1,2", [[1, 0, 1, -2]], "joint", "not negative; those of row 1"),
    ("linear:2,1,2", [[1, 0, 0, 0]], "joint", "All labels are zero"),
    ("mlp:2,1,1:x^2", [[1, 0, 1]], "conditional", "With one output"),
    ("linear:2,1,2", [[1, 0, 1, 2]], "softmax", "conditional or joint"),
    ("linear:2,1,2", [[1, 0, 1, 2], [0, 1, 3, 4]], "conditional", "have dimension 1, less"),
    ("linear:2,1,2", [[0, 0, 1, 2]], "joint", "zero on M"),
    ("linear:2,1,2", [[1, 0, 1]], "joint", "columns|entries")])
def test_what_has_no_cross_entropy_is_refused(spec: str, data: Any, normalization: str, words: str
                                              ) -> None:
    with pytest.raises(InputError, match=words):
        NeuroManifold(spec, seed=1).cross_entropy_points(data, normalization=normalization)


def test_what_is_no_cone_is_refused() -> None:
    curve = NeuroManifold(from_expressions(["a*x", "a^2*x"], ["a"], ["x"]), seed=1)
    with pytest.raises(InputError, match="a cone"):
        curve.cross_entropy_points([[1, 1, 2]])


@needs_msolve
def test_forged_certificates_are_refused() -> None:
    spec, data, normalization = CASES["one square"]
    certificate = NeuroManifold(spec, seed=1).cross_entropy_points(
        data, normalization=normalization).certificate
    assert certificate is not None
    value = certificate["claim"]["value"]
    first = value["points"][0]
    for path, to in ((("points", 0, "index"), first["index"] + 1),
                     (("points", 0, "loss"), [first["loss"][1], "9"]),
                     (("points", 0, "probabilities", 0, 0), ["1", "2"]),
                     (("entropy",), ["0", "1/10"]), (("data", "normalization"), "conditional"),
                     (("data", "labels", 0), ["2"]), (("data", "inputs", 1), ["1", "1/2"]),
                     (("points", 1), first)):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "claim", "value", *path, to=to))
    evidence = certificate["evidence"]["points"][0]
    center = [str(Fraction(evidence["center"][0]) + Fraction(1, 2**20)), *evidence["center"][1:]]
    for part, to in (("center", center), ("directions", [[0]] * len(evidence["center"]))):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "evidence", "points", 0, part, to=to))


@needs_msolve
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, proof = tmp_path / "data.csv", tmp_path / "proof.json"
    file.write_text("1,0,1,2\n0,1,3,4\n")
    words = ["train", "linear:2,1,2", "--data", str(file), "--quiet", "--seed", "1", "--no-cache"]
    assert main([*words, "--loss", "cross_entropy", "--normalization", "joint", "--certificate",
                 str(proof)]) == 0
    text = capsys.readouterr().out
    assert "0.12, 0.18; 0.28, 0.42" in text and "[proved]" in text
    assert main(["verify", str(proof)]) == 0
    capsys.readouterr()
    assert main([*words, "--loss", "cross_entropy", "--normalization", "joint", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)["results"]["cross_entropy_points"]
    assert page["complex"] == 1 and page["gap"] >= 0 and page["lower_bound"]
    for more in (["--normalization", "joint"], ["--loss", "cross_entropy", "--method", "sos"],
                 ["--loss", "cross_entropy"]):
        assert main([*words, *more]) == 2
