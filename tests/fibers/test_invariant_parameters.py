"""Invariant functions: direct expansion against adjunction, classical groups, certificates."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.dimension.functions import image
from neuroalg_sage.invariants.fibers.invariant_parameters import equations, read_transformation
from neuroalg_sage.models.expressions import value
from neuroalg_sage.models.families import parse_spec

ROTATIONS = [["1-t^2", "-2*t"], ["2*t", "1-t^2"]]


def moved(model, coordinates, f, matrix):
    """The coordinates of f(Tx), by multiplying out, for a numerical matrix."""
    places = {place: i for i, place in enumerate(coordinates)}
    result = [Fraction(0)] * len(f)
    for (output, exponents), c in zip(coordinates, f):
        terms = {(0,) * model.input_count: c}
        for i, k in enumerate(exponents):
            for _ in range(k):
                new: dict = {}
                for e, a in terms.items():
                    for j, b in enumerate(matrix[i]):
                        key = (*e[:j], e[j] + 1, *e[j + 1:])
                        new[key] = new.get(key, Fraction(0)) + a * b
                terms = new
        for e, a in terms.items():
            if a:
                result[places[output, e]] += a
    return result


@pytest.mark.parametrize("spec", ["linear:2,2,1", "mlp:2,2,1:x^2", "mlp:2,2,2:x^2+x:bias",
                                  "cnn:2,1:x^2", "attention:d=1,a=1,out=1,t=2"])
def test_equations_are_the_difference_of_functions(spec: str) -> None:
    """At random parameters, with a matrix of random numbers, by another route."""
    generator = random.Random(1)
    model = parse_spec(spec)
    phi = NeuroManifold(spec).parametrization()
    m = model.input_count
    for _ in range(3):
        matrix = [[Fraction(generator.randint(-3, 3)) for _ in range(m)] for _ in range(m)]
        try:
            transformation = read_transformation(model, matrix)
        except InputError:
            continue
        w = [Fraction(generator.randint(-3, 3)) for _ in range(model.parameter_count)]
        f = image(phi, w)
        expected = {a - b for a, b in zip(moved(model, phi.coordinates, f, matrix), f)}
        assert {value(g, w) for g in equations(model, transformation)} | {0} == expected | {0}


@pytest.mark.parametrize(("spec", "matrix", "options", "expected"), [
    # O(2): multiples of x^2 + y^2 are no squares; only the zero function is left.
    ("mlp:2,1,1:x^2", ROTATIONS, {"denominator": "1+t^2"}, [(2, 1), (1, 1)]),
    # A linear form is invariant under the exchange of the inputs on a hyperplane.
    ("linear:2,1", [[0, 1], [1, 0]], {}, [(1, 1)]),
    ("linear:2,1", [[1, 0], [0, 1]], {}, [(2, 1)]),
    # Even powers are even functions, odd powers are not.
    ("mlp:2,1,1:x^2", [[-1, 0], [0, -1]], {}, [(3, 1)]),
    ("mlp:2,1,1:x^3", [[-1, 0], [0, -1]], {}, [(2, 1), (1, 1)]),
    # Translation of one input by the other: functions of the latter alone.
    ("linear:2,1", [[1, "t"], [0, 1]], {}, [(1, 1)]),
    ("linear:2,1", [[0, 1], [0, 0]], {"infinitesimal": True}, [(1, 1)]),
])
def test_invariant_parameters(spec, matrix, options, expected) -> None:
    found = NeuroManifold(spec).invariant_parameters(matrix, **options)
    assert [(c.dimension, c.degree) for c in found] == expected
    assert found.trust == [] and verify(json.loads(json.dumps(found.certificate))).trust == ()


def test_a_group_and_its_lie_algebra_have_the_same_invariants() -> None:
    manifold = NeuroManifold("mlp:2,2,1:x^2")
    group = manifold.invariant_parameters(ROTATIONS, "1+t^2")
    algebra = manifold.invariant_parameters([[0, -1], [1, 0]], infinitesimal=True)
    assert [c.generators for c in group] == [c.generators for c in algebra]
    for answer in (group, algebra):
        verify(answer.certificate)
    # c_1 l_1^2 + c_2 l_2^2 = x^2 + y^2 for orthonormal l_1, l_2, and its multiples.
    w = [Fraction(c, 5) for c in (3, 4, -4, 3)] + [Fraction(7)] * 2
    assert any(all(value(g, w) == 0 for g in c.generators) for c in group)


@pytest.mark.parametrize(("matrix", "options", "says"), [
    ([[1]], {}, "size 2 x 2"), ([[1, 0], [1, 0]], {}, "invertible"),
    ([[1, "x"], [0, 1]], {}, "unknown"), ([[1, 0], [0, 1]], {"denominator": 0}, "denominator"),
    ([[1, "t"], [0, 1]], {"infinitesimal": True}, "infinitesimal"), (3, {}, "size 2 x 2"),
    ([[1, 0.1], [0, 1]], {}, "floating-point number"),
])
def test_what_is_no_transformation_is_refused_in_one_sentence(matrix, options, says) -> None:
    with pytest.raises(InputError, match=says) as caught:
        NeuroManifold("linear:2,1").invariant_parameters(matrix, **options)
    assert "\n" not in str(caught.value)


def test_claims_about_invariance_cannot_be_bent() -> None:
    originals = [NeuroManifold(spec).invariant_parameters(matrix, **options).certificate
                 for spec, matrix, options in (
                     ("mlp:2,1,1:x^2", ROTATIONS, {"denominator": "1+t^2"}),
                     ("linear:2,1", [[0, 1], [1, 0]], {}),
                     ("linear:2,1", [[0, 1], [0, 0]], {"infinitesimal": True}))]
    accepted = list(accepted_mutants(originals, 300, random.Random(5)))
    for original, data, where, _ in accepted:
        assert where[0] not in ("status", "trust")
        first, second = (c["claim"]["value"][1] for c in (original, data))
        assert [(c["dimension"], c["degree"]) for c in first] == [
            (c["dimension"], c["degree"]) for c in second]
        if where[0] == "claim" and where[2] == 0:
            # Another transformation, with the same invariants: computed anew.
            change = data["claim"]["value"][0]
            manifold = NeuroManifold({k: v for k, v in data["model"].items() if k != "spec"})
            assert change != original["claim"]["value"][0]
            again = manifold.invariant_parameters(
                [["+".join(f"({c})*t^{k}" for k, c in enumerate(a)) for a in row]
                 for row in change["matrix"]] if not change["infinitesimal"] else
                [[a[0] for a in row] for row in change["matrix"]],
                "+".join(f"({c})*t^{k}" for k, c in enumerate(change["denominator"]))
                if not change["infinitesimal"] else 1, change["infinitesimal"])
            assert [(c.dimension, c.degree) for c in again] == [
                (c["dimension"], c["degree"]) for c in second]
    assert len(accepted) < 150
