"""Where neuromanifolds cross themselves, against counts and branches found in another way."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.invariants.training.training import ERM, TrainingProblem
from neuroalg_sage.models.sources import load_model

INPUTS = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0, 1, 1), (1, 0, 2), (1, -1, 1), (2, 1, 1)]


def filter_columns(length: int, degree: int, w: list) -> list[dict[tuple[int, ...], object]]:
    """The functions (w_0 x_i + w_1 x_(i+1))^r, for all i, by their coefficients."""
    columns = []
    for i in range(length):
        column: dict[tuple[int, ...], object] = {}
        for k in range(degree + 1):
            e = [0] * (length + 1)
            e[i], e[i + 1] = degree - k, k
            column[tuple(e)] = sympy.binomial(degree, k) * w[0] ** (degree - k) * w[1] ** k
        columns.append(column)
    return columns


def number_of_functions(given: TrainingProblem, length: int, degree: int) -> int:
    """
    How many complex functions are critical: by the least loss for one filter, with 80 digits.

    The filters are (p + s q), all but one of them, so that none of interest is at infinity.
    """
    s = sympy.symbols("s")
    place = {e: i for i, (_, e) in enumerate(given.model.coordinates())}
    n = len(place)
    c = sympy.zeros(n, length)
    for j, column in enumerate(filter_columns(length, degree, [2 + 5 * s, 3 - 7 * s])):
        for e, x in column.items():
            c[place[e], j] += x
    form, target = sympy.zeros(n, n), sympy.Matrix([sympy.Rational(str(x)) for x in given.linear])
    for (i, j), x in given.quadratic.items():
        form[i, j] = form[j, i] = sympy.Rational(str(x))
    a, u = (c.T * form * c).expand(), (c.T * target).expand()
    adjugate = a.adjugate().expand()
    d, least = sympy.Poly(a.det(), s), sympy.Poly((u.T * adjugate * u)[0].expand(), s)
    slope = least.diff(s) * d - least * d.diff(s)
    slope = sympy.quo(slope, sympy.gcd(slope, slope.diff(s)))
    slope = sympy.quo(slope, sympy.gcd(slope, d))
    found = [[mpmath.mpf(0)] * n]
    with mpmath.workdps(80):
        for root in slope.nroots(n=80, maxsteps=1000):
            at = [sympy.N(x, 80, subs={s: root}) for x in c * adjugate * u / d.as_expr()]
            z = [mpmath.mpmathify(x) for x in at]
            if all(max(abs(x - y) for x, y in zip(z, other)) > mpmath.mpf(10) ** -30
                   for other in found):
                found.append(z)
    return len(found)


def with_unit_metric(spec: str, target: dict[tuple[int, ...], Fraction]) -> TrainingProblem:
    model = load_model(spec)
    linear = tuple(target.get(e, Fraction(0)) for _, e in model.coordinates())
    return TrainingProblem(model, {(i, i): Fraction(1) for i in range(len(linear))}, linear,
                           sum((c * c for c in linear), Fraction(0)))


@pytest.mark.parametrize("degree, count", [(2, 14), (3, 22)])
def test_a_function_with_two_filters_counts_once(degree: int, count: int) -> None:
    given = ERM(f"cnn:2,2:x^{degree}", [[*x, x[1] ** degree] for x in INPUTS])
    found = given.critical_points(seed=1)
    assert found.value["complex"] == count
    if degree == 2:
        assert number_of_functions(given, 2, degree) == count
        first, second = found.value["points"][:2]
        assert first["coordinates"] == second["coordinates"] and second["function"] == 0
        assert found.value["minimum"] == {"attained": True, "at": [0, 1], "unique": True}
    assert found.trust == [] and verify(found.certificate).status == "proved"


@pytest.mark.parametrize("length, degree, seed", [
    *itertools.product((2,), (1, 2), range(4)), (2, 3, 1), (3, 1, 1)])
def test_complex_critical_functions_are_counted(length: int, degree: int, seed: int) -> None:
    """Targets: anything, or near a function of M, or a function with two filters."""
    generator = random.Random(seed)
    spec = f"cnn:2,{length}:x^{degree}" if degree > 1 else f"cnn:2,{length}:x"
    model = load_model(spec)
    n = model.ambient_dimension
    given = with_unit_metric(spec, {e: Fraction(generator.randint(-9, 9), 4)
                                    for _, e in model.coordinates()})
    if seed % 2:  # for the unit metric more than that is special, and the number is left open
        a = [[generator.randint(-3, 3) for _ in range(n)] for _ in range(2 * n)]
        form = {(i, j): Fraction(sum(row[i] * row[j] for row in a))
                for i in range(n) for j in range(i, n)}
        target = [Fraction(0)] * n
        for j, (_, e) in enumerate(model.coordinates()):
            if max(e) == degree and e[0] == e[-1] == 0:
                target[j] = Fraction(generator.randint(1, 9))
        linear = [sum(form[min(i, j), max(i, j)] * c for j, c in enumerate(target))
                  for i in range(n)]
        given = TrainingProblem(model, {k: c for k, c in form.items() if c}, tuple(linear),
                                Fraction(10**6))
    value = given.critical_points(seed=1).value
    assert value["complete"]
    assert value["complex"] == number_of_functions(given, length, degree)


@pytest.mark.parametrize("length, degree", [(2, 2), (2, 3), (3, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_critical_on_one_branch_is_not_pure(length: int, degree: int, seed: int) -> None:
    """
    Powers of x_1, ..., x_(k-1) have the filters (1, 0) and (0, 1): two sheets of M meet there.

    The loss is critical on the first one, and has a slope on the second one.
    """
    generator = random.Random(seed)
    spec = f"cnn:2,{length}:x^{degree}"
    model = load_model(spec)
    place = {e: i for i, (_, e) in enumerate(model.coordinates())}
    n = len(place)

    def power(i: int) -> int:
        return place[tuple(degree * (i == k) for k in range(length + 1))]

    def mixed(i: int) -> int:  # x_i^(r-1) x_(i+1)
        return place[tuple((degree - 1) * (i == k) + (i + 1 == k) for k in range(length + 1))]

    def other(i: int) -> int:  # x_i x_(i+1)^(r-1)
        return place[tuple((i == k) + (degree - 1) * (i + 1 == k) for k in range(length + 1))]

    f = [Fraction(0)] * n
    for i in range(1, length):
        f[power(i)] = Fraction(generator.randint(1, 5))
    # Tangent directions at the filters (1, 0) and (0, 1): of v, and of the filter.
    sheets = [[], []]
    for i in range(length):
        for sheet, j in ((0, i), (1, i + 1)):
            sheets[sheet].append([Fraction(int(k == power(j))) for k in range(n)])
    sheets[0].append([sum((f[power(i)] for i in range(1, length) if k == mixed(i)), Fraction(0))
                      for k in range(n)])
    sheets[1].append([sum((f[power(i + 1)] for i in range(length - 1) if k == other(i)),
                          Fraction(0)) for k in range(n)])
    normal = sympy.Matrix([[sympy.Rational(str(c)) for c in row] for row in sheets[0]]).nullspace()
    slope = sum((generator.choice((-3, -2, 2, 3)) * v for v in normal), sympy.zeros(n, 1))
    assert any(sum(a * Fraction(str(b)) for a, b in zip(row, slope)) for row in sheets[1])
    target = tuple(a + Fraction(str(b)) / 8 for a, b in zip(f, slope))
    found = TrainingProblem(model, {(i, i): Fraction(1) for i in range(n)}, target,
                            Fraction(10**4)).critical_points(seed=1)
    here = [p for p in found.value["points"]
            if [tuple(map(Fraction, c)) for c in p["coordinates"]] == [(c, c) for c in f]]
    assert len(here) == 1
    assert here[0]["kind"] == "unclear" and here[0]["type"] != "minimum"
    assert verify(found.certificate).status == "proved"


@pytest.mark.parametrize("spec", ["cnn:2,2:x^2", "cnn:2,2:x^3", "cnn:2,3:x^2"])
@pytest.mark.parametrize("seed", range(2))
def test_a_pure_function_has_one_filter(spec: str, seed: int) -> None:
    """By the distance from it to the functions of a filter, for 2,000 filters."""
    generator = random.Random(seed)
    model = load_model(spec)
    coordinates = [e for _, e in model.coordinates()]
    value = with_unit_metric(spec, {e: Fraction(generator.randint(-99, 99), 10)
                                    for e in coordinates}).critical_points(seed=1).value
    length, degree = model.input_count - 1, int(spec[-1])
    pure = [p for p in value["points"] if p["kind"] == "pure"]
    assert len(pure) >= 1 and value["complete"]
    assert len(pure) == sum(p["stratum"] == 0 for p in value["points"])
    for point in pure:
        f = np.array([float(sum(map(Fraction, c)) / 2) for c in point["coordinates"]])
        distances = []
        for angle in np.linspace(0, np.pi, 2_000, endpoint=False):
            c = np.zeros((len(f), length))
            for j, column in enumerate(filter_columns_in_numbers(
                    length, degree, [np.cos(angle), np.sin(angle)])):
                for e, x in column.items():
                    c[coordinates.index(e), j] = x
            left = f - c @ np.linalg.lstsq(c, f)[0]
            distances.append(np.linalg.norm(left) / np.linalg.norm(f))
        small = [i for i, x in enumerate(distances)
                 if x < 1e-2 and x <= distances[i - 1] and x <= distances[(i + 1) % 2_000]]
        assert len(small) == 1


def filter_columns_in_numbers(length: int, degree: int, w: list[float]) -> list[dict]:
    columns: list[dict] = []
    for i in range(length):
        columns.append({})
        for k in range(degree + 1):
            e = [0] * (length + 1)
            e[i], e[i + 1] = degree - k, k
            columns[-1][tuple(e)] = (float(sympy.binomial(degree, k)) * w[0] ** (degree - k)
                                     * w[1] ** k)
    return columns
