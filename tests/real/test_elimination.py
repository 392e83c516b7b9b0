"""
Descriptions by elimination of the parameters: against theorems, formulas by hand, and fibers.
"""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction

import pytest
from claims import with_other_relations
from flint import fmpq
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.real.conjunctions import simplified, tidy
from neuroalg_sage.certificates.real.description import described
from neuroalg_sage.certificates.real.formulas import formula, holds
from neuroalg_sage.engines import qepcad
from neuroalg_sage.errors import LimitReached

needs_qepcad = pytest.mark.skipif(qepcad.find_command() is None, reason="without QEPCAD")


def by_elimination(model):
    return NeuroManifold(model, cache=False, seed=1,
                         method="elimination").semialgebraic_description()


def grid(formula, most=2, count=3000):
    """Small points, among them many with zeros."""
    generator = random.Random(3)
    if (2 * most + 1) ** formula.variables <= count:
        yield from itertools.product(range(-most, most + 1), repeat=formula.variables)
        return
    for _ in range(count):
        size = generator.choice([1, 1, most])
        yield tuple(generator.randint(-size, size) for _ in range(formula.variables))


@pytest.mark.parametrize("spec", [
    "cnn:2,2", "cnn:3,2", "cnn:2s2,2", "mlp:2,1,1:x^2", "mlp:2,1,2:x^2", "mlp:2,1,1:x^3",
    "mlp:1,2,2,1:x^2", "linear:2,1,2", "linear:2,2,2",
    pytest.param("cnn:2,2,2", marks=[needs_qepcad, pytest.mark.slow]),
    pytest.param("mlp:2,2,1:x^2", marks=needs_qepcad),
    pytest.param("mlp:2,2,1:x^3", marks=[needs_qepcad, pytest.mark.slow])])
def test_it_agrees_with_theorems(spec):
    found = by_elimination(spec)
    expected = NeuroManifold(spec, cache=False, method="theorem").semialgebraic_description().data
    seen = set()
    for z in grid(expected):
        assert found.data.holds(z) == expected.holds(z), z
        seen.add(expected.holds(z))
    assert True in seen
    assert found.status == "proved" and found.trust in ([], ["qepcad"])
    assert verify(found.certificate).trust == tuple(found.trust)


BY_HAND = {
    # c (a x + b)^2 + d
    "mlp:1,1,1:x^2:bias": lambda z: z[0] != 0 or z[1] == 0,
    # z_0 = c a^3, z_1 = 3 c a^2 b, so that 3 z_0 z_2 - z_1^2 = 3 c^2 a^4
    "mlp:1,1,1:x^3+x:bias": lambda z: 3 * z[0] * z[2] > z[1] ** 2 or z[:3] == (0, 0, 0),
    # c (a x)^3 + c a x
    "mlp:1,1,1:x^3+x": lambda z: z[0] * z[1] > 0 or z == (0, 0),
    # c (a x)^2 + c a x
    "mlp:1,1,1:x^2+x": lambda z: (z[0] == 0) == (z[1] == 0),
    "mlp:1,2,1:x^2:bias": lambda z: True,
}


@pytest.mark.parametrize("spec", BY_HAND)
def test_small_networks_by_hand(spec):
    found = by_elimination(spec)
    assert found.status == "proved" and found.trust == []
    points = list(grid(found.data, 3))
    for z in points:
        assert found.data.holds(z) == BY_HAND[spec](z), z
    assert verify(found.certificate).trust == ()


@pytest.mark.parametrize(("outputs", "parameters", "inputs", "belongs"), [
    # a curve with a cusp, half of a parabola, the umbrella of Whitney without its handle
    (["a^2*x + a^3*y"], "a", "xy", lambda z: z[0] ** 3 == z[1] ** 2),
    (["a^2*x + a^4*y"], "a", "xy", lambda z: z[1] == z[0] ** 2 and z[0] >= 0),
    (["a*b*x + b*y + a^2*t"], "ab", "xyt",
     lambda z: z[0] ** 2 == z[1] ** 2 * z[2] and z[2] >= 0),
    # tied weights: squares of linear forms, and of their derivatives
    (["(a*x + b)^2"], "ab", "x", lambda z: z[1] ** 2 == 4 * z[0] * z[2] and z[0] + z[2] >= 0),
    (["(a*x + b*y)^2 + (a*y)^2"], "ab", "xy",
     lambda z: z[0] >= 0 and z[2] >= z[0] and z[1] ** 2 == 4 * z[0] * (z[2] - z[0])),
    # a skip connection with tied weights
    (["a*x + a*b^2*x^3"], "ab", "x", lambda z: z[0] * z[1] > 0 or z[0] == 0),
])
def test_tied_weights_by_hand(outputs, parameters, inputs, belongs):
    found = by_elimination(from_expressions(outputs, list(parameters), list(inputs)))
    assert found.status == "proved"
    seen = set()
    for z in itertools.chain(grid(found.data, 4, 10_000), grid(found.data, 1, 500)):
        # The order of the coordinates is that of the terms of the highest degree first.
        assert found.data.holds(z) == belongs(z), z
        seen.add(belongs(z))
    assert seen == {True, False}


@pytest.mark.parametrize("spec", ["mlp:1,1,1:x^3+x:bias", "mlp:1,1,1:x^2:bias",
                                  "mlp:2,1,1:x^2+x", "cnn:2,2:x^2"])
def test_points_of_cells_are_decided_by_their_fibers(spec):
    """A point of each sampled cell of the polynomials of the formula has a preimage, or none."""
    manifold = NeuroManifold(spec, cache=False, seed=1, method="elimination")
    formula = manifold.semialgebraic_description().data
    generator, cells = random.Random(5), {}
    inside = [list(map(Fraction, z)) for z in itertools.islice(grid(formula, 2, 600), 600)]
    for z in inside:
        cells.setdefault((formula.holds(z), tuple(bool(c) for c in z[:2])), z)
    checked = NeuroManifold(spec, cache=False)
    for (belongs, _), z in sorted(cells.items(), key=lambda _: generator.random())[:6]:
        over = checked.fiber(z).over_real.data
        assert over in (belongs, None), z


def test_the_checker_refuses_what_is_not_proved():
    originals = [json.loads(json.dumps(by_elimination(spec).certificate)) for spec in (
        "mlp:1,1,1:x^3+x:bias", "cnn:2,2", "mlp:2,1,1:x^2")]
    for original, mutant, where, _ in accepted_mutants(originals, 300, random.Random(6)):
        if where[0] == "model" and where[1] == "spec" or where[0] == "engines":
            continue
        # An equation may be multiplied by a number.
        ring = polynomial_ring(CheckedModel(original["model"]).ambient_dimension)
        one, other = (formula(data["claim"]["value"], ring) for data in (original, mutant))
        for z in itertools.product(range(-2, 3), repeat=ring.nvars()):
            assert holds(one, list(map(fmpq, z))) == holds(other, list(map(fmpq, z))), where
    for original in originals:
        for mutant in with_other_relations(original):
            with pytest.raises(CertificateError):
                verify(mutant)


@needs_qepcad
def test_qepcad_is_trusted_by_name_only():
    answer = by_elimination("cnn:2,2,2")
    assert answer.qualified_status() == "proved, trusting qepcad"
    assert "qepcad" in answer.certificate["engines"]
    mutant = json.loads(json.dumps(answer.certificate))
    mutant["trust"] = []
    mutant["digest"] = digest(mutant)
    with pytest.raises(CertificateError):
        verify(mutant)
    with pytest.raises(CertificateError, match="not trusted here"):
        described(CheckedModel(answer.certificate["model"]), answer.certificate["evidence"])


def test_qepcad_missing_or_stopped(monkeypatch):
    monkeypatch.setattr(qepcad, "find_command", lambda: None)
    with pytest.raises(LimitReached, match=r"0 were answered.*QEPCAD was not found; .*trichotomy"):
        by_elimination("cnn:2,2,2")
    assert by_elimination("cnn:2,2").status == "proved"  # nothing is asked


@needs_qepcad
def test_qepcad_out_of_cells(monkeypatch):
    monkeypatch.setenv(qepcad.CELLS_VARIABLE, "20000")
    with pytest.raises(LimitReached, match=r"No description of cnn:2,2,2 .*more than 20000 cells"):
        by_elimination("cnn:2,2,2")


def test_too_many_parameters():
    with pytest.raises(LimitReached, match="at most 12"):
        by_elimination("mlp:2,3,3,1:x^2")


def random_conjunction(ring, generator):
    x, y = ring.gens()
    basis = [x, y, x - 1, x + y, x * y - 1, x**2 - y, x**2 + 1, 2 * y]
    found = []
    for _ in range(generator.randint(1, 3)):
        f = ring.constant(generator.choice([-1, 1, 2]))
        for _ in range(generator.randint(1, 3)):
            f *= generator.choice(basis) ** generator.choice([1, 1, 2, 3])
        found.append((generator.choice(["=", "!=", ">", ">="]), f))
    return found


def test_simple_forms_mean_the_same():
    ring, generator = polynomial_ring(2), random.Random(8)
    points = [(fmpq(a, 2), fmpq(b, 2)) for a in range(-4, 5) for b in range(-4, 5)]
    for _ in range(200):
        pieces = [random_conjunction(ring, generator) for _ in range(generator.randint(1, 4))]
        tidied = [t for t in map(tidy, pieces) if t is not None]
        short = simplified(pieces)
        for point in points:
            expected = holds(pieces, point)
            assert holds(tidied, point) == expected == holds(short, point), (pieces, point)


def test_conditions_on_the_same_polynomials():
    """Where a polynomial and its negative are in several conditions, powers and multiples too."""
    ring, generator = polynomial_ring(2), random.Random(9)
    x, y = ring.gens()
    points = [(fmpq(a), fmpq(b)) for a in range(-2, 3) for b in range(-2, 3)]
    assert tidy([(">=", -x**2), ("!=", -x**2)]) is None
    assert tidy([(">=", -x**2), (">", -x**2)]) is None
    for _ in range(600):
        pool = [sign * f for f in generator.sample(
            [x, y, x**2, x * y, x**2 * y, x * y**3, x + y, x**2 + 1], 2) for sign in (1, -1)]
        piece = [(generator.choice(["=", "!=", ">=", ">=", ">"]), generator.choice(pool))
                 for _ in range(generator.randint(2, 4))]
        found = tidy(piece)
        for point in points:
            assert holds([piece], point) == (found is not None and holds([found], point)), piece


def test_a_long_formula_states_no_piece_twice():
    x, y = polynomial_ring(2).gens()
    pieces = [[("=", x - k % 90), (">", (k % 7 + 1) * y)] for k in range(900)]
    found = simplified(pieces)
    assert len(found) == 90
    assert sorted(str(piece) for piece in found) == sorted({str(tidy(p)) for p in pieces})


@pytest.mark.parametrize("products", [["a", "a*b^2"], ["a*b", "b"]])
def test_a_second_opinion(products):
    """What another program says of z = φ(w), where it is there."""
    semialg, sympy = pytest.importorskip("semialg"), pytest.importorskip("sympy")
    a, b, *z = sympy.symbols("a b z_0 z_1", real=True)
    said = semialg.quantifier_eliminate(semialg.Exists((a, b), sympy.And(*(
        sympy.Eq(coordinate, sympy.sympify(f.replace("^", "**"), {"a": a, "b": b}))
        for coordinate, f in zip(z, products)))))
    found = by_elimination(from_expressions([f"{products[0]}*x + ({products[1]})*y"],
                                            ["a", "b"], ["x", "y"])).data
    for point in itertools.product(range(-3, 4), repeat=2):
        assert found.holds(point) == bool(said.subs(dict(zip(z, point)))), point
