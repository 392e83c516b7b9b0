"""Identifiability: published answers, another engine, and certificates that cannot be bent."""

from __future__ import annotations

import copy
import json
import random
from contextlib import suppress
from fractions import Fraction
from unittest.mock import patch

import numpy as np
import pytest
from flint import fmpz
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, compose, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.finite_symmetries import permutations, roots_of_unity
from neuroalg_sage.invariants.dimension.generic_fiber import (
    FiniteSymmetries,
    Slice,
    generic_fiber,
)
from neuroalg_sage.invariants.dimension.multiples import multiples
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.hidden_states import rotations
from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.parametrization import parametrization


def by_basis(spec: str, seed: int = 5) -> Invariant:
    """The generic fiber by a Gröbner basis, also where a theorem has it."""
    with patch.object(FiniteSymmetries, "multiples", lambda *arguments: {}):
        return by_slice(spec, seed)


def by_slice(spec: str, seed: int = 5) -> Invariant:
    """The generic fiber by its points on a slice, also where a theorem has it."""
    manifold = NeuroManifold(spec, seed=seed)
    return generic_fiber(manifold.parametrization(), manifold.dimension(), manifold.computation,
                         seed)


ONE_ORBIT = {  # with the number of points, each an orbit of the connected group
    "mlp:2,2,3:x^2": 2, "mlp:2,2,2:x^3": 2, "mlp:3,2,2:x^2": 2, "linear:2,1,2": 1,
    "linear:3,2,3": 1, "linear:3,2,2,3": 1, "cnn:3,2:x^2": 1, "cnn:2,2:x^3-x": 2,
    "mlp:1,1,1:x^3-x": 2, "mlp:1,1,2:x^4+x^2": 2,
    # Sylvester: a binary quartic of rank 2 is a sum of powers in one way.
    "mlp:2,2,1:x^4": 2,
    # N. W. Henry, G. L. Marchetti, K. Kohn, arXiv:2408.17221: one layer, but for scalings.
    "attention:d=2,a=1,out=2,t=2": 1, "attention:d=2,a=2,out=2,t=2": 1,
    # One output: V and K can be exchanged; one token: K and Q; both: all three, in S_3.
    "attention:d=2,a=1,out=1,t=2": 2, "attention:d=2,a=1,out=2,t=1": 2,
    "attention:d=2,a=1,out=1,t=1": 6, "attention:d=2,a=2,out=2,t=1": 1,
    # Equal linear filters are the factors of a polynomial.
    "cnn:2,2:x": 2, "cnn:2,2,2:x": 6,
    # Reflections and rotations around the center of an activation.
    "mlp:1,1,1:x^3+x^2+x:bias": 2, "mlp:1,1,1:x^4+4*x^3+6*x^2+5*x:bias": 3,
    # A power with a constant can be rescaled if there is a bias.
    "mlp:1,1,1:x^2+1:bias": 1, "mlp:1,2,2:x^4-1:bias": 2,
    # W_1 + (-b, a)^T c for W_2 = (a, b); wide linear layers; units that are cut off.
    "linear:3,2,1,2": 1, "linear:2,3,2": 1, "relu:2,2,1:cell=10": 1, "relu:2,2,1:cell=11": 1,
}
LONG = "mlp:1,1,1:x^3+x^2+x:bias", "mlp:1,1,1:x^4+4*x^3+6*x^2+5*x:bias"


@pytest.mark.parametrize("spec", [pytest.param(
    spec, marks=pytest.mark.slow if spec in LONG else ()) for spec in ONE_ORBIT])
def test_identifiable_models_are_proved_by_the_checker_alone(spec: str) -> None:
    manifold = NeuroManifold(spec)
    answer = manifold.is_identifiable()
    assert answer.value is True and answer.status == "proved" and answer.trust == []
    verdict = verify(json.loads(json.dumps(answer.certificate)))
    assert verdict.value is True and verdict.trust == ()
    fiber = manifold.generic_fiber()
    assert fiber.dimension == manifold.model.parameter_count - manifold.dimension().value
    assert fiber.points == fiber.symmetries == ONE_ORBIT[spec]
    verify(fiber.certificate)


@pytest.mark.parametrize(("spec", "points", "known"), [
    # Which of the three linear factors of a binary cubic is the second filter; two of six are
    # exchanged where the other filters are equal.
    ("cnn:3,2:x", 3, 1), ("cnn:3,3:x", 6, 2)])
def test_a_fiber_that_no_known_symmetry_explains(spec: str, points: int, known: int) -> None:
    manifold = NeuroManifold(spec)
    fiber, answer = manifold.generic_fiber(), manifold.is_identifiable()
    assert (fiber.points, fiber.symmetries, answer.value) == (points, known, False)
    for found in (fiber, answer):
        assert found.trust == ["macaulay2", "the list of known symmetries"]
        assert list(verify(found.certificate).trust) == found.trust
    said = "not up to the known symmetries; the fiber has dimension 1, and is 3 times the orbit"
    assert answer.sentence() == answer.result()["text"] == said
    assert said in answer.value_in_latex() and answer.result()["value"] is False


@pytest.mark.parametrize(("spec", "points"), [
    # V. Shahverdi, G. L. Marchetti, K. Kohn: filters are determined up to scalings.
    ("cnn:3,2:x^2", 1), ("cnn:2x1,1x2:x^2", 1), ("cnn:2,2,2:x^2", 1),
    ("attention:d=2,a=1,out=2,t=1", 2)])
def test_multiples_of_the_equations_show_that_there_are_no_other_points(spec, points) -> None:
    fiber = by_slice(spec)
    assert (fiber.points, fiber.symmetries, fiber.status) == (points, points, "proved")
    assert "multiples" in fiber.certificate["evidence"] and fiber.trust == []
    assert verify(json.loads(json.dumps(fiber.certificate))).trust == ()
    exact = by_basis(spec)
    assert exact.data == fiber.data and "relations" in exact.certificate["evidence"]


@pytest.mark.parametrize(("spec", "points"), [
    # Circulant matrices that annihilate equal filters are at infinity.
    ("gcnn:group=Z3,layers=2:x^2", 3), ("gcnn:group=Z2,layers=3:x^2", 4)])
def test_multiples_of_higher_degrees_leave_what_is_at_infinity(spec, points) -> None:
    fiber = by_slice(spec)
    assert (fiber.points, fiber.symmetries, fiber.status) == (points, points, "proved")
    assert fiber.certificate["evidence"]["multiples"]["beyond"] and fiber.trust == []
    data = json.loads(json.dumps(fiber.certificate))
    assert verify(data).trust == ()
    data["evidence"]["multiples"]["beyond"] = False
    data["digest"] = digest(data)
    with pytest.raises(CertificateError, match="allow more points"):
        verify(data)


@pytest.mark.parametrize("seed", range(3))
def test_no_multiples_hide_a_second_point(seed: int) -> None:
    """Polynomials in a + b, a b and c, of which the fibers have two points at least."""
    generator = random.Random(seed)
    forms = ["a + b", "a*b", "c", "(a + b)*c", "a*b*c + a + b", "a^2 + b^2", "c^2 - a*b"]
    model = from_expressions(["+".join(f"{generator.choice([1, 2, -1])}*({f})"
                                       for f in generator.sample(forms, 2)) + f" + x*({g})"
                              for g in generator.sample(forms, 3)], ["a", "b", "c"], ["x"])
    prime, images = 2**31 - 1, parametrization(model).polynomials
    point = [generator.randrange(prime) for _ in range(3)]
    equations = [{e: c.numerator for e, c in f.items()} for f in images]
    for f in equations:
        f[0, 0, 0] = f.get((0, 0, 0), 0) - sum(
            c * pow(point[0], i, prime) * pow(point[1], j, prime) * pow(point[2], k, prime)
            for (i, j, k), c in f.items())
    equations = [{e: c % prime for e, c in f.items() if c % prime} for f in equations]
    other = [point[1], point[0], point[2]]
    left = iter(range(12))

    def check() -> None:
        if next(left, None) is None:
            raise LimitReached("too long")

    with suppress(LimitReached):
        assert multiples(model, [0, 1, 2], equations, [point], prime, check) is None
    assert multiples(model, [0, 1, 2], equations, [point, other], prime, lambda: None) is not None


MULTIPLES = {
    "the degrees are too small": (lambda m: m.update(
        degrees=[1] * len(m["degrees"]), beyond=False), "allow more points"),
    "a product is not looked at": (lambda m: m["degrees"].__setitem__(0, 0), "allow more points|"
                                   "do not tell"),
    "a parameter is in no group": (lambda m: m["groups"][0].pop(), "is in no group"),
    "a group has no degree": (lambda m: m["degrees"].pop(), "degree"),
    "there are too many": (lambda m: m["degrees"].__setitem__(-1, 900), "too many"),
}


@pytest.mark.parametrize("name", MULTIPLES)
def test_multiples_that_show_less_are_refused(name: str) -> None:
    change, message = MULTIPLES[name]
    data = copy.deepcopy(by_slice("cnn:3,3:x^2").certificate)
    verify(data)
    change(data["evidence"]["multiples"])
    data["digest"] = digest(data)
    with pytest.raises(CertificateError, match=message):
        verify(data)


def test_points_that_are_not_said_to_be_there_are_found_by_multiples() -> None:
    """Without the exchange of the units the equations allow more points than are known."""
    data = copy.deepcopy(by_slice("attention:d=2,a=1,out=2,t=1").certificate)
    data["evidence"]["finite"] = []
    for value in ([2, 1, 1], [2, 2, 1], [2, 2, 2]):
        data["claim"]["value"] = value
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)


def test_a_symmetry_that_is_dropped_is_trusted_to_be_none() -> None:
    good = by_basis("mlp:2,2,3:x^2").certificate
    data = copy.deepcopy(good)
    data["claim"]["value"][2] = 1
    data["evidence"]["finite"] = []
    for trust in ([], ["macaulay2"], ["the list of known symmetries"]):
        data["trust"] = trust
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)
    data["trust"] = ["macaulay2", "the list of known symmetries"]
    data["digest"] = digest(data)
    assert verify(data).trust == ("macaulay2", "the list of known symmetries")


@pytest.mark.parametrize("spec", ["mlp:3,2,1:x^2", "mlp:2,2,2,1:x^2", "mlp:1,2,1:x^3"])
def test_models_that_lose_dimension_are_not_finitely_identifiable(spec: str) -> None:
    manifold = NeuroManifold(spec)
    for answer in (manifold.is_finitely_identifiable(), manifold.is_identifiable()):
        assert answer.value is False and answer.trust == []
        dimension = manifold.model.parameter_count - manifold.dimension().value
        assert answer.sentence() == (
            f"not up to affine-linear symmetries; the fiber has dimension {dimension}")
        assert verify(answer.certificate).value is False
    fiber = manifold.generic_fiber()
    assert fiber.points is None and verify(fiber.certificate).value == [fiber.dimension]


@pytest.mark.parametrize("spec", ["mlp:2,2,3:x^2", "cnn:3,2:x^2", "attention:d=2,a=1,out=1,t=2",
                                  "mlp:1,1,2:x^4+x^2"])
def test_singular_counts_as_many_points_in_a_random_fiber(spec: str) -> None:
    import sage.all__sagemath_modules  # noqa: F401
    import sage.all__sagemath_singular  # noqa: F401
    from sage.rings.finite_rings.finite_field_constructor import GF
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing

    manifold = NeuroManifold(spec)
    evidence = by_basis(spec).certificate["evidence"]
    values = {step["coordinate"]: step["value"] for step in evidence["normal_form"]}
    free = [i for i in range(manifold.model.parameter_count) if i not in values]
    field = GF(32003)
    ring = PolynomialRing(field, [f"w{i}" for i in free])
    images = [ring({e: field(c.numerator) / field(c.denominator) for e, c in p.items()})
              for p in manifold.parametrization().restrict(values)]
    point = [field(101 + 977 * i * i) for i in range(len(free))]
    fiber = ring.ideal([image - image(point) for image in images])
    assert fiber.dimension() == 0
    assert fiber.vector_space_dimension() == manifold.generic_fiber().points


def test_the_known_groups() -> None:
    assert str(NeuroManifold("mlp:2,3,2:x^2").symmetries()) == "(C*)^3 x| S_3"
    assert str(NeuroManifold("linear:3,2,3").symmetries()) == "GL(2)"
    assert str(NeuroManifold("mlp:2,2,2:x^4+x^2").symmetries()) == "(mu_2)^2 x| S_2"
    assert str(NeuroManifold("mlp:2,2,2:x^2+x").symmetries()) == "S_2"
    assert str(NeuroManifold(from_expressions(["a*b*x"], "a,b", "x")).symmetries()) == (
        "(C*)^1 x| S_2")


def moved(entries: list, w: list[int], root: int, p: int) -> list[int]:
    """The image of a point under a finite symmetry, where ζ has this residue."""
    image = [0] * len(w)
    for i, j, c, k in entries:
        c = Fraction(c)
        image[i] += c.numerator * pow(c.denominator, -1, p) * pow(root, k, p) * [*w, 1][j]
    return [c % p for c in image]


@pytest.mark.parametrize(("model", "generators"), [
    (parse_spec("mlp:2,2,2:x^3-x"), 1 + 2), (parse_spec("mlp:1,2,2,1:x^3+x:bias"), 2 + 4 + 4),
    (parse_spec("cnn:2c2,2:x^3"), 1 + 1), (parse_spec("mlp:2,2,1:x^3+x^2:bias"), 1 + 2),
    (compose([Dense(2, 2), Activation("x^3+x"), Activation("x^4+x^2"), Dense(2, 1)]), 1 + 2),
    (compose([Dense(1, 3, True), Activation("x^4+4*x^3+6*x^2+5*x"), Dense(3, 1, True)]), 3 + 3),
], ids=str)
def test_every_finite_symmetry_leaves_the_functions_unchanged(model, generators: int) -> None:
    """At random inputs modulo a prime with the roots of unity, by running the layers."""
    p = 12 * 10**8 + 37 * 12 + 1  # replaced by a prime of the form 12 k + 1
    while not fmpz(p).is_prime():
        p += 12
    phi, generator = parametrization(model), random.Random(3)
    order, weights = roots_of_unity(phi)
    maps = [(1, [[i, j, "1", 0] for i, j in enumerate(pi)]) for pi in permutations(phi)]
    maps += [(order, [[i, i, "1", k] for i, k in enumerate(vector)]) for vector in weights]
    maps += list(rotations(model))
    assert len(maps) >= generators
    for order, entries in maps:
        root = 1
        while any(pow(root, k, p) == 1 for k in range(1, order)):
            root = pow(generator.randrange(2, p), (p - 1) // order, p)
        w = [generator.randrange(p) for _ in range(model.parameter_count)]
        image = moved(entries, w, root, p)
        assert order == 1 or image != w
        for _ in range(3):
            x = np.array([generator.randrange(p) for _ in range(model.input_count)], dtype=object)
            there, here = (model.apply(np.array(v, dtype=object), x, lambda c: (
                c.numerator * pow(c.denominator, -1, p))) % p for v in (image, w))
            assert (there == here).all()


def test_what_is_too_large_to_be_exact_is_counted_without_a_claim(monkeypatch) -> None:
    def too_long(*arguments):
        raise LimitReached("too long")

    monkeypatch.setattr(Slice, "relations", too_long)
    for engine in ("msolve", "Macaulay2"):
        if engine == "Macaulay2":
            monkeypatch.setattr(Slice, "points_of_fiber", too_long)
        fiber = by_basis("mlp:2,2,2:x^3")
        assert fiber.points == 2 and fiber.status == "numerical" and fiber.certificate is None


def test_fibers_are_counted_before_a_basis_takes_all_of_the_time(
        monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_left(*arguments: object) -> None:
        raise LimitReached("no time is left")

    def takes_all(*arguments: object) -> None:
        monkeypatch.setattr(Slice, "points_of_fiber", nothing_left)
        monkeypatch.setattr(Slice, "sampled_points", nothing_left)
        nothing_left()

    monkeypatch.setattr(FiniteSymmetries, "multiples", lambda *arguments: {})
    monkeypatch.setattr(Slice, "relations", takes_all)
    found = by_slice("mlp:2,2,3:x^2")
    assert (found.data.points, found.data.symmetries, found.status) == (2, 2, "numerical")


def test_claims_about_fibers_cannot_be_bent() -> None:
    generator = random.Random(11)
    originals = [by_basis(spec).certificate
                 for spec in ("mlp:2,2,2:x^3", "linear:3,2,3", "mlp:1,1,1:x^3-x")]
    originals += [NeuroManifold("mlp:2,2,3:x^2").is_identifiable().certificate,
                  by_slice("attention:d=2,a=1,out=2,t=1").certificate]
    accepted = list(accepted_mutants(originals, 300, generator))
    assert not [where for _, _, where, _ in accepted if where[0] in ("claim", "status", "trust")]
    assert len(accepted) < 150


def scale_by(evidence: dict, factor: str) -> None:
    for entry in evidence["normal_form"][0]["field"]:
        entry[2] = str(Fraction(entry[2]) * Fraction(factor))


def vanishing_relation(evidence: dict) -> list:
    """w_0 times an equation of M, the determinant of z, which bounds nothing."""
    determinant = [([0, 4, 8], 1), ([1, 5, 6], 1), ([2, 3, 7], 1),
                   ([2, 4, 6], -1), ([1, 3, 8], -1), ([0, 5, 7], -1)]
    free = 12 - len(evidence["normal_form"])
    return [[str(c), [0, 1, *(x for i in places for x in (free + i, 1))]]
            for places, c in determinant]


def mix_fields(evidence: dict) -> None:
    """A rescaling of both units and a shear, which is a Jordan block."""
    first, shear = ({(i, j): Fraction(c) for i, j, c in step["field"]} for step in (
        next(s for s in evidence["normal_form"] if s["value"] == 1),
        next(s for s in evidence["normal_form"] if s["value"] == 0)))
    other = {(i, j): Fraction(c) for i, j, c in [
        s for s in evidence["normal_form"] if s["value"] == 1][1]["field"]}
    total = {key: first.get(key, 0) + shear.get(key, 0) + other.get(key, 0)
             for key in first | shear | other}
    evidence["normal_form"][0]["field"] = [[i, j, str(c)] for (i, j), c in sorted(total.items())]


HYPOTHESES = {
    "a relation is missing":
        ("mlp:2,2,2:x^3", lambda e: e["relations"].pop(), "do not bound the number of points"),
    "a relation does not vanish":
        ("mlp:2,2,2:x^3", lambda e: e["relations"][0].append(["1", []]), "on the graph"),
    "a leading coefficient vanishes on M":
        ("linear:3,2,3", lambda e: e["relations"].append(vanishing_relation(e)),
         "leading coefficient vanishes"),
    "a finite symmetry is none":
        ("mlp:2,2,2:x^3", lambda e: e["finite"][0].__setitem__(0, [0, 1, "1", 0]),
         "changes the parametrization"),
    "a finite symmetry is not invertible":
        ("relu:2,2,1:cell=10", lambda e: e["finite"].append(
            [[i, i, "1", 0] for i in range(6) if i not in (2, 3)]), "not invertible"),
    "the root of unity is of a smaller order":
        ("mlp:1,1,1:x^3-x", lambda e: e.update(root=1), "root of unity is none"),
    "a field is not in the kernel":
        ("mlp:2,2,2:x^3", lambda e: e["normal_form"][0]["field"].pop(), "not in the kernel"),
    "a step is missing":
        ("mlp:2,2,2:x^3", lambda e: e["normal_form"].pop(), "another dimension"),
    "a coordinate is fixed twice":
        ("mlp:2,2,2:x^3", lambda e: e["normal_form"].__setitem__(1, e["normal_form"][0]),
         "fixed twice"),
    "a normal form is undone":
        ("linear:3,2,3", lambda e: e["normal_form"].__setitem__(
            1, e["normal_form"][0] | {"coordinate": 1}), "is undone"),
    "a coordinate does not move":
        ("mlp:2,2,2:x^3", lambda e: e["normal_form"][0].update(coordinate=3),
         "does not move the coordinate"),
    "an eigenvalue is not an integer":
        ("cnn:3,2:x^2", lambda e: scale_by(e, "1/2"), "neither nilpotent nor diagonalizable"),
    "a coordinate has a weight over 1":
        ("cnn:3,2:x^2", lambda e: scale_by(e, "2"), "by the multiplicative group"),
    "a value is never reached":
        ("mlp:2,2,2:x^3", lambda e: e["normal_form"][0].update(value=0), "is not reached"),
    "a field is not diagonalizable, nor nilpotent":
        ("linear:2,2,2", mix_fields, "neither nilpotent nor diagonalizable"),
    # E_12 + E_23 moves the first coordinate with the second, and that with the third.
    "a nilpotent field accelerates":
        ("linear:1,3,1", lambda e: e["normal_form"].__setitem__(0, {
            "field": [[0, 1, "1"], [1, 2, "1"], [4, 3, "-1"], [5, 4, "-1"]], "coordinate": 0,
            "value": 0}), "by the additive group"),
}


@pytest.mark.parametrize("hypothesis", HYPOTHESES)
def test_what_breaks_a_hypothesis_of_the_lemma_is_refused(hypothesis: str) -> None:
    spec, change, message = HYPOTHESES[hypothesis]
    data = copy.deepcopy(by_basis(spec).certificate)
    verify(data)
    change(data["evidence"])
    data["digest"] = digest(data)
    with pytest.raises(CertificateError, match=message):
        verify(data)


def test_a_fiber_without_points_needs_no_expansion() -> None:
    """84 coordinates of 120 parameters are all filled, but have too many terms to be expanded."""
    fiber = NeuroManifold("mlp:2,30,2:x^40+1", seed=1).generic_fiber()
    assert (fiber.status, fiber.dimension, fiber.points) == ("proved", 120 - 2 * (41 + 1), None)
    assert verify(fiber.certificate).value == [36]


def test_a_fiber_that_is_not_counted_has_a_dimension(monkeypatch) -> None:
    def too_long(*arguments):
        raise LimitReached("too long")

    for name in ("relations", "points_of_fiber", "sampled_points"):
        monkeypatch.setattr(Slice, name, too_long)
    manifold = NeuroManifold("mlp:2,2,2,1:x^3-x", seed=1)
    monkeypatch.setattr(FiniteSymmetries, "multiples", too_long)
    fiber = manifold.generic_fiber()
    assert (fiber.status, str(fiber.data)) == ("proved", f"of dimension {fiber.dimension}")
    assert "how many orbits" in fiber.method and verify(fiber.certificate).value == [
        manifold.model.parameter_count - manifold.dimension().value]
    with pytest.raises(LimitReached, match="its generic fiber has dimension"):
        manifold.is_identifiable()


def test_a_slice_that_is_a_point_needs_no_multiples() -> None:
    found = NeuroManifold(from_expressions(["0*a + 3*x"], ["a"], ["x"])).generic_fiber()
    assert found.status == "proved" and found.data.dimension == 1
