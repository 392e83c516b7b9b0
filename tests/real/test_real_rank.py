"""Real ranks of binary forms, against searches, classical criteria, and integrals."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from math import comb, pi, sqrt

import numpy as np
import pytest
from claims import changed_at
from conftest import FRESH_SEED
from flint import fmpq

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.real.apolarity import (
    apolar_space,
    hyperbolic_form,
    is_apolar,
    is_hyperbolic,
    number_of_real_roots,
)
from neuroalg_sage.certificates.real.sampling import SCALE, gaussian_form, interval
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.real.real_rank import real_rank


def form(*coefficients) -> list[fmpq]:
    return [fmpq(c) for c in coefficients]


def integers(generator: random.Random, degree: int) -> list[fmpq]:
    """Random coefficients with the variances of the Bombieri inner product."""
    return form(*(round(generator.gauss(0, 1000 * sqrt(comb(degree, i))))
                  for i in range(degree + 1)))


def floating(f: list[fmpq]) -> np.ndarray:
    return np.array([int(c.p) / int(c.q) for c in f])


def real_roots(f: np.ndarray, tolerance: float = 1e-6) -> int:
    """How many roots are real, by eigenvalues; of a form whose first coefficient is not 0."""
    return int(sum(abs(np.roots(f).imag) < tolerance * (1 + abs(np.roots(f)))))


def rank(f: list[fmpq], seed: int = 1) -> int:
    found = real_rank(f, random.Random(seed))
    assert found.low == found.high
    return found.low


# -- real roots ------------------------------------------------------------------------------


@pytest.mark.parametrize("f, count", [
    ((1, 0, -1), 2), ((1, 0, 1), 0), ((0, 1, 0), 2), ((0, 0, 1), 1), ((1, 0, 0), 1),
    ((0, 1, -3, 2), 3), ((0, 1, 0, 1), 1), ((1, -2, 1), 1), ((0, 0, 1, -1), 2)])
def test_the_number_of_real_roots(f, count) -> None:
    assert number_of_real_roots(form(*f)) == count


def test_real_roots_of_products() -> None:
    generator = random.Random(FRESH_SEED)
    for _ in range(50):
        roots = [generator.randint(-9, 9) for _ in range(generator.randint(0, 5))]
        f = np.array([1])
        for root in roots:
            f = np.convolve(f, [1, -root])
        for _ in range(generator.randint(0, 2)):
            f = np.convolve(f, [1, generator.randint(-2, 2), 9])
        assert number_of_real_roots(form(*map(int, f))) == len(set(roots))


# -- the rank of one form --------------------------------------------------------------------


def test_powers_and_few_summands() -> None:
    assert rank(form(1, 5, 10, 10, 5, 1)) == 1  # (x + y)^5
    assert rank(form(1, 0, 0, 0, 0, 1)) == 2
    assert rank(form(1, 0, 0, 0, -1)) == 2  # x^4 - y^4 has two real roots
    # x^(d-1) y needs d powers, since its apolar forms of lower degree have y^2 as a factor.
    for d in range(3, 8):
        assert rank(form(*(int(i == 1) for i in range(d + 1)))) == d


def test_cubics_by_their_discriminant() -> None:
    generator = random.Random(FRESH_SEED)
    for _ in range(100):
        a, b, c, d = (int(x.p) for x in integers(generator, 3))
        discriminant = b * b * c * c - 4 * a * c**3 - 4 * b**3 * d - 27 * a * a * d * d + (
            18 * a * b * c * d)
        if discriminant:
            assert rank(form(a, b, c, d)) == (3 if discriminant > 0 else 2)


def test_quartics_by_their_roots() -> None:
    # Comon and Ottaviani: a generic real quartic has rank 4 if its roots are real, and else rank 3.
    generator = random.Random(FRESH_SEED)
    for _ in range(100):
        f = integers(generator, 4)
        if f[0]:
            assert rank(f) == (4 if real_roots(floating(f)) == 4 else 3)


def test_quintics_by_their_apolar_cubic() -> None:
    generator = random.Random(FRESH_SEED)
    seen = set()
    for _ in range(200):
        f = integers(generator, 5)
        a = floating(f) / [comb(5, i) for i in range(6)]
        _, _, rows = np.linalg.svd(np.array([a[i : i + 4] for i in range(3)]))
        wanted = 3 if real_roots(rows[-1]) == 3 else 5 if real_roots(floating(f)) == 5 else 4
        assert rank(f) == wanted
        seen.add(wanted)
    assert {3, 4} <= seen


def test_a_pencil_has_no_other_hyperbolic_form() -> None:
    generator = random.Random(FRESH_SEED)
    for _ in range(20):
        f = integers(generator, 6)
        space = apolar_space(f, 4)
        found = hyperbolic_form(space)
        assert len(space) == 2
        if found:
            assert is_apolar(found, f) and real_roots(floating(found)) == 4
            continue
        a, b = map(floating, space)
        for angle in np.linspace(0, pi, 400):
            assert real_roots(np.cos(angle) * a + np.sin(angle) * b, 1e-9) < 4


@pytest.mark.parametrize("degree", [3, 4, 5, 6])
def test_a_net_has_no_other_hyperbolic_form(degree: int) -> None:
    generator, points = random.Random(FRESH_SEED), np.random.default_rng(FRESH_SEED)
    answers = []
    for _ in range(20):
        space = [integers(generator, degree) for _ in range(3)]
        found = hyperbolic_form(space)
        basis = np.array([floating(h) for h in space])
        if found:
            assert is_hyperbolic(found) and real_roots(floating(found)) == degree
            assert np.linalg.matrix_rank(np.vstack([basis, floating(found)]), tol=1e-6 * abs(
                floating(found)).max()) == 3 or abs(np.linalg.lstsq(
                    basis.T, floating(found), rcond=None)[1]).sum() < 1e-6 * abs(
                        floating(found)).max() ** 2
        elif found is False:
            for weights in points.normal(size=(1500, 3)):
                assert real_roots(weights @ basis, 1e-9) < degree
        answers.append(bool(found))
    assert degree > 3 or any(answers)


def test_an_all_real_space_of_forms_that_share_a_root() -> None:
    # x (x^2 - s y^2): the common root is no obstacle, a common double root is one.
    assert hyperbolic_form([form(1, 0, 0, 0), form(0, 0, 1, 0)])
    assert hyperbolic_form([form(1, 0, 0, 0), form(0, 1, 0, 0)]) is False
    # All quadratic multiples of x^2 + y^2.
    net = [form(1, 0, 1, 0, 0), form(0, 1, 0, 1, 0), form(0, 0, 1, 0, 1)]
    assert not hyperbolic_form(net)


def test_septics_by_a_grid_of_decompositions() -> None:
    # f has rank at most 5 if and only if, for two directions, the quintic derivative has rank 3.
    generator = random.Random(FRESH_SEED)
    slopes = [np.array([np.cos(t), np.sin(t)]) for t in np.linspace(0, pi, 25)]
    for _ in range(8):
        f = integers(generator, 7)
        if rank(f) <= 5:
            continue
        for i, u in enumerate(slopes):
            for v in slopes[:i]:
                g = floating(f)
                for x, y in (u, v):
                    d = len(g) - 1
                    g = np.array([x * (d - k) * g[k] + y * (k + 1) * g[k + 1] for k in range(d)])
                a = g / [comb(5, k) for k in range(6)]
                _, _, rows = np.linalg.svd(np.array([a[k : k + 4] for k in range(3)]))
                product = np.convolve(np.convolve(rows[-1], u), v)
                assert real_roots(product, 1e-9) < 5


def test_ranks_do_not_depend_on_real_coordinates() -> None:
    generator = random.Random(FRESH_SEED)
    for degree in (4, 5, 6, 7):
        for _ in range(5):
            f = integers(generator, degree)
            p, q, r, s = (generator.randint(-5, 5) for _ in range(4))
            if p * s == q * r:
                continue
            moved = np.zeros(degree + 1, dtype=object)
            for i, c in enumerate(f):
                term = np.array([int(c.p)], dtype=object)
                for factor in [(p, q)] * (degree - i) + [(r, s)] * i:
                    term = np.convolve(term, np.array(factor, dtype=object))
                moved += term
            assert rank(form(*map(int, moved))) == rank(f)


# -- typical ranks ---------------------------------------------------------------------------


@pytest.mark.parametrize("spec, value, status", [
    ("mlp:2,1,1:x^2", [2], "proved"), ("mlp:2,2,1:x^3", [2, 3], "proved"),
    ("mlp:2,3,1:x^4", [3, 4], "proved"), ("mlp:2,1,1:x^5", [3, 4, 5], "proved"),
    ("mlp:2,1,1:x^8", [5, 6, 7, 8], "proved"), ("mlp:4,2,1:x^2", [4], "proved"),
    ("mlp:1,2,3:x^3", [1], "proved"),
    ("linear:4,1,3", [3], "proved"), ("linear:2,3,2", [2], "proved"),
    ("mlp:3,2,1:x^3", [4, 10], "bounds"),
    ("mlp:2,2,2:x^2", [2, 6], "bounds")])
def test_typical_ranks(spec, value, status) -> None:
    found = NeuroManifold(spec).typical_ranks()
    assert (found.data, found.status, found.trust) == (value, status, [])
    assert verify(found.certificate).value == value


def test_typical_ranks_of_high_degree() -> None:
    found = NeuroManifold("mlp:2,1,1:x^15").typical_ranks()
    assert found == list(range(8, 16)) and verify(found.certificate).status == "proved"


@pytest.mark.parametrize("spec", ["linear:2,1", "linear:2,2,1,1", "mlp:2,2,1:x^2+x", "cnn:2,2:x^2",
                                  "mlp:2,2,2,1:x^2"])
def test_typical_ranks_are_refused_in_one_sentence(spec) -> None:
    with pytest.raises(InputError, match="one hidden layer"):
        NeuroManifold(spec).typical_ranks()


# -- samples ---------------------------------------------------------------------------------


def test_clopper_and_pearson_by_exact_sums() -> None:
    def tail(p: Fraction, least: int, n: int) -> Fraction:
        return sum((comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(least, n + 1)),
                   Fraction(0))

    for least, most, n in [(0, 0, 20), (5, 5, 10), (3, 7, 30), (12, 12, 12)]:
        low, high = interval(least, most, n, fmpq(1, 20))
        p, q = Fraction(low, SCALE), Fraction(high, SCALE)
        error = Fraction(1, 40)
        assert tail(p, least, n) <= error or not least
        assert low == SCALE or not least or tail(p + Fraction(1, SCALE), least, n) > error
        assert 1 - tail(q, most + 1, n) <= error or most == n
        assert most == n or 1 - tail(q - Fraction(1, SCALE), most + 1, n) > error


def test_gaussian_coefficients_have_the_variances_of_the_inner_product() -> None:
    count = 2000
    for product, variances in [("unit", [1] * 5), ("bombieri", [1, 4, 6, 4, 1])]:
        forms = np.array([floating(gaussian_form(4, product, 5, i)) for i in range(count)])
        covariance = forms.T @ forms / count
        expected = np.diag(variances)
        scale = np.sqrt(np.outer(variances, variances))
        assert (abs(covariance - expected) / scale).max() < 0.15
        assert not np.array_equal(forms[0], floating(gaussian_form(4, product, 6, 0)))


def real_zeros_of_random_cubics(product: str) -> float:
    """The expected number: that of Edelman and Kostlan, and Kac's integral."""
    if product == "bombieri":
        return sqrt(3)
    t = np.linspace(-1, 1, 400_001)[1:-1]
    powers = np.array([t**k for k in range(4)])
    slopes = np.array([k * t ** max(k - 1, 0) for k in range(4)])
    a, b, c = (powers**2).sum(0), (powers * slopes).sum(0), (slopes**2).sum(0)
    # The zeros outside of [-1, 1] are as many as inside.
    return 2 * float(np.trapezoid(np.sqrt(np.maximum(a * c - b * b, 0)) / a, t)) / pi


@pytest.mark.parametrize("product", ["bombieri", "unit"])
def test_real_ranks_of_cubics_by_an_integral(product: str) -> None:
    found = NeuroManifold("mlp:2,2,1:x^3", seed=3).real_ranks(1500, product)
    (two, *_), (three, least, most, low, high) = found["ranks"]
    assert (two, three) == (2, 3) and least == most
    assert float(low) < (real_zeros_of_random_cubics(product) - 1) / 2 < float(high)
    units, *_, low, high = found["model"]
    assert units == 2 and float(low) < 1 - (real_zeros_of_random_cubics(product) - 1) / 2 < (
        float(high))


@pytest.mark.parametrize("degree", [4, 6, 7])
def test_real_ranks_are_decided(degree: int) -> None:
    found = NeuroManifold(f"mlp:2,1,1:x^{degree}", seed=2).real_ranks(60)
    assert all(least == most for _, least, most, *_ in found["ranks"])
    assert sum(row[1] for row in found["ranks"]) == 60
    assert verify(found.certificate).status == "monte_carlo"


def test_quartic_shares_against_floating_point() -> None:
    points = np.random.default_rng(11)
    forms = points.normal(size=(6000, 5)) * np.sqrt([1, 4, 6, 4, 1])
    share = np.mean([real_roots(f) == 4 for f in forms])
    found = NeuroManifold("mlp:2,3,1:x^4", seed=4).real_ranks(1000)
    *_, low, high = found["ranks"][1]
    assert float(low) - 0.01 < share < float(high) + 0.01


# -- certificates ----------------------------------------------------------------------------


def test_a_changed_certificate_of_samples_is_refused() -> None:
    original = NeuroManifold("mlp:2,2,1:x^4", seed=1).real_ranks(30).certificate
    assert verify(original)
    value = original["claim"]["value"]
    rank, least, most, low, high = value["ranks"][0]
    first = original["evidence"]["forms"][0]
    for bad in [
            changed_at(original, "claim", "value", "seed", to=2),
            changed_at(original, "claim", "value", "inner_product", to="unit"),
            changed_at(original, "claim", "value", "ranks", 0, 1, to=least - 1),
            changed_at(original, "claim", "value", "ranks", 0, 3, to="0.9999"),
            changed_at(original, "claim", "value", "model", 2, to=30),
            changed_at(original, "error_bound", to=0.01),
            changed_at(original, "status", to="proved"),
            changed_at(original, "evidence", "forms", to=original["evidence"]["forms"][::-1]),
            changed_at(original, "evidence", "forms", 0, "bounds", to=[
                first["bounds"][0] - 1, first["bounds"][1]]),
            changed_at(original, "model", "layers", 1, "coefficients",
                    to=["0", "0", "0", "0", "0", "1"])]:
        with pytest.raises(CertificateError):
            verify(bad)


def test_a_changed_certificate_of_a_form_is_refused() -> None:
    original = NeuroManifold("mlp:2,2,1:x^3").real_rank([1, 0, 1, 0]).certificate
    assert verify(original).value[1:] == [2, 2]
    for bad in [
            changed_at(original, "claim", "value", to=[["1", "0", "-1", "0"], 2, 2]),
            changed_at(original, "claim", "value", 1, to=1),
            changed_at(original, "evidence", "apolar", to=None),
            changed_at(original, "evidence", "apolar", to=["1", "0", "1"]),
            changed_at(original, "evidence", "directions", to=[]),
            changed_at(original, "status", to="bounds")]:
        with pytest.raises(CertificateError):
            verify(bad)


def test_a_changed_witness_is_refused() -> None:
    original = NeuroManifold("mlp:2,2,1:x^5").typical_ranks().certificate
    places = original["evidence"]["witnesses"][1]["places"]
    weights = original["evidence"]["witnesses"][1]["weights"]
    for bad in [
            changed_at(original, "claim", "value", to=[4, 5]),
            changed_at(original, "claim", "value", to=[2, 3, 4, 5]),
            changed_at(original, "evidence", "witnesses", 1, "places",
                       to=[places[0], *places[:-1]]),
            changed_at(original, "evidence", "witnesses", 1, "weights", to=["0", *weights[1:]]),
            changed_at(original, "evidence", "witnesses", 1, "weights", to=["1"] * len(weights))]:
        with pytest.raises(CertificateError):
            verify(bad)


# -- in a shell ------------------------------------------------------------------------------


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["real-rank", "5", "--samples", "40", "--seed", "1", "--json", "--quiet"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["results"]["typical_ranks"]["value"] == [3, 4, 5]
    ranks = page["results"]["real_ranks"]
    assert ranks["status"] == "monte_carlo" and ranks["value"]["samples"] == 40
    assert main(["real-rank", "4", "--function", "x_0^4 - 5*x_0^2*x_1^2 + 4*x_1^4"]) == 0
    assert capsys.readouterr().out.startswith("real_rank = 4  [proved]")


@pytest.mark.parametrize("words", [
    ["1"], ["25"], ["9" * 30], ["4", "--inner-product", "none"], ["mlp:3,2,1:x^3"],
    ["4", "--function", "0"], ["4", "--function", "x_0^3"], ["13"]])
def test_wrong_words_are_refused_in_one_sentence(words, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["real-rank", *words, "--quiet"]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("neuroalg: ") and captured.err.count("\n") == 1
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("text", ["-3", "4.5", "1", "25", "²", "5x"])
def test_a_degree_that_is_none_is_named_as_one(text, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["real-rank", text]) == 2
    assert "The degree of binary forms is a whole number from 2 to 24" in capsys.readouterr().err
