"""
Descriptions over the real numbers, against the zeros of forms, factors, and fibers over R.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
from contextlib import suppress
from fractions import Fraction
from math import comb, prod

import pytest
from claims import with_other_relations
from conftest import slow
from flint import fmpz_poly
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions
from neuroalg_sage.cache import codec
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.real.semialgebraic_description import (
    METHODS,
    Found,
    check_on_points,
)
from neuroalg_sage.invariants.real.theorems import cover
from neuroalg_sage.models.expressions import value

LINES = [(1, 0), (0, 1), (1, 1), (1, -2), (2, 3)]
DEFINITE = [(1, 0, 1), (1, 1, 1), (2, -1, 3)]


def product(*factors):
    """The coefficients of a product of binary forms."""
    found = [1]
    for g in factors:
        found = [sum(found[i] * g[k - i] for i in range(len(found)) if 0 <= k - i < len(g))
                 for k in range(len(found) + len(g) - 1)]
    return found


def power(form, degree):
    return product(*[form] * degree)


def combination(*pairs):
    """The sum of numbers times vectors."""
    return [sum(c * v[i] for c, v in pairs) for i in range(len(pairs[0][1]))]


def real_zeros(f):
    """The real zeros of a binary form on the projective line, counted with multiplicity."""
    first = next(i for i, c in enumerate(f) if c)
    return first + sum(m for root, m in fmpz_poly(f[first:][::-1]).complex_roots()
                       if root.imag == 0)


def is_multiple_of_power(f):
    """Whether f_(k+1) / f_k = (d - k) / (k + 1) times a constant, crosswise."""
    d = len(f) - 1
    a = [Fraction(c, comb(d, k)) for k, c in enumerate(f)]
    return all(a[i] * a[j] == a[i + 1] * a[j - 1]
               for i in range(d) for j in range(i + 1, d + 1))


def some_forms(degree, count, generator):
    """Random forms, and products of few factors, so that there are multiple zeros of all kinds."""
    yield [0] * (degree + 1)
    for _ in range(count):
        yield [generator.randint(-4, 4) for _ in range(degree + 1)]
        factors, left = [[generator.choice([-2, -1, 1, 3])]], degree
        pool = generator.sample(LINES, 2) + generator.sample(DEFINITE, 2)
        while left:
            factors.append(generator.choice([g for g in pool if len(g) - 1 <= left] or LINES))
            left -= len(factors[-1]) - 1
        yield product(*factors)


@pytest.fixture(scope="module")
def described():
    found = {}

    def describe(spec):
        if spec not in found:
            found[spec] = NeuroManifold(spec, cache=False, seed=1).semialgebraic_description()
            assert found[spec].status == "proved" and found[spec].trust == []
        return found[spec]

    return describe


@pytest.mark.parametrize("sizes", [(2, 2), (3, 2), (2, 2, 2), (3, 2, 2), (2, 2, 2, 2), (4, 2),
                                   (3, 3), (1, 3), slow((4, 3, 2)), (2, 2, 2, 2, 2)])
def test_filters_have_enough_real_zeros(described, sizes):
    found = described(f"cnn:{','.join(map(str, sizes))}").data
    even, generator = sum(k % 2 == 0 for k in sizes), random.Random(2)
    seen = set()
    for f in some_forms(sum(sizes) - len(sizes), 150, generator):
        belongs = not any(f) or real_zeros(f) >= even
        assert found.holds(f) == belongs, f
        seen.add(belongs)
    assert seen == {True, False} or even <= 1


def spread(f, step):
    """f(t^step)."""
    return [c for x in f[:-1] for c in (x, *[0] * (step - 1))] + [f[-1]]


def test_filters_with_strides(described):
    rank_one = described("cnn:2s2,2").data
    generator = random.Random(9)
    for _ in range(50):
        z = [generator.randint(-2, 2) for _ in range(4)]
        assert rank_one.holds(z) == (z[0] * z[3] == z[1] * z[2])
    gaps = described("cnn:2s3,2").data
    assert gaps.holds([2, -1, 0, 4, -2]) and not gaps.holds([2, -1, 1, 4, -2])
    # Two filters of size 2 make a quadratic form with real zeros; the third is any.
    last, first = described("cnn:2s2,2,2").data, described("cnn:2,2s3,2").data
    for _ in range(100):
        q = [generator.randint(-2, 2) for _ in range(3)]
        line = [generator.randint(-2, 2) for _ in range(2)]
        belongs = q[1] ** 2 >= 4 * q[0] * q[2] or not any(line)
        assert last.holds(product(line, spread(q, 2))) == belongs
        assert first.holds(product(q, spread(line, 3))) == belongs
    assert not last.holds([1, 0, 0, 1, 0, 0])
    with pytest.raises(LimitReached):  # the windows overlap
        NeuroManifold("cnn:3s2,2", cache=False, method="theorem").semialgebraic_description()


@pytest.mark.parametrize("degree", [3, 4, 5, 6])
def test_one_unit_less_than_the_degree(described, degree):
    found = described(f"mlp:2,{degree - 1},1:x^{degree}").data
    seen = set()
    for f in some_forms(degree, 150, random.Random(3)):
        belongs = not any(f) or real_zeros(f) < degree or is_multiple_of_power(f)
        assert found.holds(f) == belongs, f
        seen.add(belongs)
    assert seen == {True, False}


def test_the_binary_cubics_of_two_units(described):
    answer = described("mlp:2,2,1:x^3")
    assert answer.sentence() == ("every binary cubic with one real and two complex zeros, and the "
                                 "multiples of cubes of linear forms")
    # x^3 + y^3, a cube, 0; three real zeros, and x^2 y, a limit.
    assert [answer.data.holds(f) for f in (
        (1, 0, 0, 1), (1, 3, 3, 1), (0, 0, 0, 0), (0, 1, -1, 0), (0, 1, 0, 0))
    ] == [True, True, True, False, False]


@pytest.mark.parametrize("outputs", [2, 3])
def test_two_units_and_several_outputs(described, outputs):
    """By the kernel (p, q, r) of the matrix of coordinates of x^2, xy, y^2: p r < q^2."""
    found = described(f"mlp:2,2,{outputs}:x^2").data
    generator, seen = random.Random(4), set()
    for _ in range(400):
        rows = [[generator.randint(-2, 2) for _ in range(3)] for _ in range(2)]
        rows += [combination(*((generator.randint(-1, 1), row) for row in rows))
                 for _ in range(outputs - 2)]
        if generator.random() < 0.2:
            rows[-1] = [generator.randint(-2, 2) for _ in range(3)]
        minors = [(b * w - c * v, c * u - a * w, a * v - b * u)
                  for (a, b, c), (u, v, w) in itertools.combinations(rows, 2)]
        regular = outputs == 3 and sum(a * b for a, b in zip(rows[2], minors[0])) != 0
        belongs = not regular and (not any(map(any, minors)) or any(
            p * r < q * q for p, q, r in minors))
        assert found.holds([c for row in rows for c in row]) == belongs, rows
        seen.add((regular, belongs))
    assert len(seen) == 1 + outputs - 1


def real_and_imaginary_power(degree):
    """The real and the imaginary part of (x + i y)^degree."""
    signs = [(1, 0), (0, 1), (-1, 0), (0, -1)]
    return ([comb(degree, k) * signs[k % 4][0] for k in range(degree + 1)],
            [comb(degree, k) * signs[k % 4][1] for k in range(degree + 1)])


@pytest.mark.parametrize(("units", "degree"), [(2, 3), (2, 4), (2, 5), (3, 5), (3, 6), slow(3, 7)])
def test_few_units_by_the_zeros_of_apolar_forms(described, units, degree):
    found = described(f"mlp:2,{units},1:x^{degree}").data
    generator = random.Random(5)
    for _ in range(20):
        lines = generator.sample(LINES, units)
        inside = combination(*((generator.choice([-2, -1, 0, 1, 3]), power(line, degree))
                               for line in lines))
        assert found.holds(inside)
        # The unique apolar form of least degree has two complex zeros, or a double one.
        more = [(generator.choice([-1, 2]), power(line, degree)) for line in lines[2:]]
        c = generator.randint(1, 3)
        assert not found.holds(combination((c, real_and_imaginary_power(degree)[1]), *more))
        tangent = product(power(lines[0], degree - 1), lines[1])
        assert not found.holds(combination((c, tangent), *more))
    more = [(1, power(line, degree)) for line in LINES[: units + 1]]
    if 2 * units < degree:
        assert not found.holds(combination(*more))


def test_few_units_and_two_outputs(described):
    found = described("mlp:2,3,2:x^5").data
    first, second, third, fourth = (power(line, 5) for line in LINES[:4])
    real, imaginary = real_and_imaginary_power(5)
    assert found.holds([*combination((1, first), (2, second)), *combination((-1, third))])
    assert found.holds([*combination((1, first), (2, second), (1, third)), *[0] * 6])
    assert not found.holds([*combination((1, first), (2, second)),
                            *combination((-1, third), (1, fourth))])
    assert not found.holds([*first, *imaginary]) and not found.holds([*real, *imaginary])
    assert not found.holds([*first, *product(power(LINES[1], 4), LINES[2])])


def test_multiples_of_powers_of_forms(described):
    """A state of width one: c q^2 with any quadratic form q, also without real zeros."""
    squares = described("mlp:2,2,1,1:x^2")
    assert squares.sentence() == "every multiple of a square of a binary quadratic form"
    pairs = described("mlp:2,2,1,2:x^2").data
    generator = random.Random(8)
    for _ in range(100):
        q = [generator.randint(-3, 3) for _ in range(3)]
        p = [generator.randint(-3, 3) for _ in range(3)]
        c, e = generator.randint(-3, 3), generator.randint(-3, 3)
        square = [c * x for x in product(q, q)]
        assert squares.data.holds(square)
        assert pairs.holds([*square, *(e * x for x in product(q, q))])
        dependent = all(p[i] * q[j] == p[j] * q[i] for i in range(3) for j in range(3))
        degenerate = p[1] ** 2 == 4 * p[0] * p[2] and q[1] ** 2 == 4 * q[0] * q[2]
        if not dependent and not degenerate:
            assert not squares.data.holds(product(p, q))
        if not dependent and c and e and any(p) and any(q):
            assert not pairs.holds([*square, *(e * x for x in product(p, p))])
    fourth = described("mlp:2,1,2,1:x^2").data
    assert fourth.holds([-x for x in power((2, -3), 4)])
    assert not fourth.holds(product((1, 0, 1), (1, 0, 1)))
    assert described("mlp:1,2,2,2:x^2").data.pieces == ((),)


def test_all_of_v_by_a_proof_of_the_trichotomy(described):
    """x^2 and the constant of the last layer: every a x^2 + b x + c."""
    answer = described("mlp:1,2,1:x^2:bias")
    assert answer.sentence() == "all of V" and answer.data.pieces == ((),)
    mutant = json.loads(json.dumps(answer.certificate))
    mutant["model"] = json.loads(json.dumps(described("mlp:2,2,1:x^3").certificate["model"]))
    mutant["digest"] = digest(mutant)
    with pytest.raises(CertificateError):
        verify(mutant)


def test_quadratic_forms_in_two_squares(described):
    """All quartics but those with a zero of multiplicity exactly three."""
    found = described("mlp:2,2,2,1:x^2").data
    seen = set()
    for f in some_forms(4, 200, random.Random(11)):
        multiplicities = [0] if not any(f) else [
            next(i for i, c in enumerate(f) if c),
            *(m for _, m in fmpz_poly(f[::-1]).complex_roots())]
        assert found.holds(f) == (3 not in multiplicities), f
        seen.add(max(multiplicities))
    assert seen >= {1, 2, 3, 4}


def form_in_three_variables(degree, vectors):
    """The coefficients of Σ c l^d in the order of V."""
    exponents = [e for e in itertools.product(range(degree, -1, -1), repeat=3) if sum(e) == degree]
    return [sum(c * comb(degree, e[0]) * comb(degree - e[0], e[1])
                * prod(a**k for a, k in zip(v, e)) for c, v in vectors) for e in exponents]


@pytest.mark.parametrize("degree", [3, 4])
def test_two_units_in_three_variables(described, degree):
    found = described(f"mlp:3,2,1:x^{degree}").data
    u, v, w = (1, 2, -1), (0, 1, 1), (3, 1, 1)
    both, other = tuple(map(sum, zip(u, v))), tuple(a - b for a, b in zip(u, v))
    assert found.holds(form_in_three_variables(degree, [(2, u), (-1, v)]))
    assert found.holds(form_in_three_variables(degree, [(1, both), (-1, other)]))
    assert found.holds(form_in_three_variables(degree, [(-2, u)]))
    assert not found.holds(form_in_three_variables(degree, [(1, u), (1, v), (1, w)]))
    # In degree 3 it is 3 u v (u + v), with three real zeros; in degree 4 of rank three.
    assert not found.holds(form_in_three_variables(degree, [(1, both), (-1, u), (-1, v)]))
    if degree == 3:  # 6 u^2 v
        assert not found.holds(form_in_three_variables(3, [(1, both), (-1, other), (-2, v)]))


def test_two_units_of_squares_in_three_variables(described):
    """Pairs of forms that are sums of the same two squares, and pairs that are not."""
    found = described("mlp:3,2,2:x^2").data
    x, y = (1, 0, 2), (0, 1, -1)
    both, other = (1, 1, 1), (1, -1, 3)
    xx, yy = (form_in_three_variables(2, [(1, v)]) for v in (x, y))
    xy = form_in_three_variables(2, [(1, both), (-1, other)])
    assert found.holds([*combination((1, xx), (2, yy)), *combination((3, xx), (-1, yy))])
    assert found.holds([*xx, *xy]) is False  # x^2, x y: one double zero
    assert found.holds([*combination((1, xx), (-1, yy)), *xy]) is False  # Re, Im of (x + i y)^2
    assert found.holds([*combination((1, xx), (1, yy)), *xy])
    assert found.holds([*xy, *xy])
    z = form_in_three_variables(2, [(1, (0, 0, 1))])
    assert not found.holds([*xx, *combination((1, yy), (1, z))])


def test_matrices_and_quadratic_forms_of_bounded_rank(described):
    assert described("mlp:2,1,1:x^2").data.plain_value() == [[["=", [
        ["4", [0, 1, 2, 1]], ["-1", [1, 2]]]]]]
    assert described("linear:3,3,3").data.pieces == ((),)
    ranks = described("linear:3,2,3").data
    assert ranks.holds([1, 0, 0, 0, 1, 0, 0, 0, 0])
    assert not ranks.holds([1, 0, 0, 0, 1, 0, 0, 0, -1])
    forms = described("mlp:3,2,1:x^2").data
    # x^2 - y^2, 2 x y + z^2, in the order x^2, xy, xz, y^2, yz, z^2
    assert forms.holds([1, 0, 0, -1, 0, 0]) and not forms.holds([0, 2, 0, 0, 0, 1])
    affine = NeuroManifold("mlp:3,1,2:x:bias", cache=False).semialgebraic_description()
    assert affine.data.holds([1, 2, 3, 9, 2, 4, 6, -7])
    assert not affine.data.holds([1, 2, 3, 9, 2, 4, 7, -7])
    assert "with any constants" in affine.sentence()


def test_tied_weights_are_semidefinite():
    """W^T W of rank one is p >= 0, r >= 0, p r = q^2."""
    model = from_expressions(["a^2*x + a*b*y", "a*b*x + b^2*y"], ["a", "b"], ["x", "y"])
    answer = NeuroManifold(model, cache=False).semialgebraic_description()
    assert answer.sentence() == ("every positive semidefinite symmetric 2 x 2 matrix of rank at "
                                 "most 1")
    for p, q, s, r in itertools.product(range(-2, 3), repeat=4):
        assert answer.data.holds([p, q, s, r]) == (
            q == s and p >= 0 and r >= 0 and p * r == q * q)
    assert verify(answer.certificate).trust == ()


@pytest.mark.parametrize("factors", [(1, 2), (1, -2), (-1,), (1, 1, -1)])
def test_squares_with_fixed_factors_by_inertia(factors):
    names = [f"w{i}{j}" for i in range(len(factors)) for j in range(3)]
    model = from_expressions([" + ".join(
        f"({c})*(w{i}0*x + w{i}1*y + w{i}2*z)^2" for i, c in enumerate(factors))],
        names, ["x", "y", "z"])
    answer = NeuroManifold(model, cache=False, seed=1).semialgebraic_description()
    basis = [(1, 2, 0), (0, 1, -1), (1, 0, 1)]
    for signs in itertools.product((-1, 0, 2), repeat=3):
        f = form_in_three_variables(2, list(zip(signs, basis)))
        assert answer.data.holds(f) == (
            sum(s > 0 for s in signs) <= sum(c > 0 for c in factors)
            and sum(s < 0 for s in signs) <= sum(c < 0 for c in factors))


@pytest.mark.parametrize(("spec", "size"), [("cnn:2,2", 2), slow("mlp:2,2,1:x^3", 3)])
def test_a_point_of_each_sampled_cell_is_decided_by_its_fiber(described, spec, size):
    """Cells are those of the signs of the polynomials of the formula, at small points."""
    formula = described(spec).data
    manifold = NeuroManifold(spec, cache=False)
    cells = {}
    for f in itertools.product(range(-1, size), repeat=formula.variables):
        signs = tuple((v > 0) - (v < 0) for v in (value(p, list(map(Fraction, f)))
                                                  for p in formula.polynomials))
        cells.setdefault((formula.holds(f), signs[:2]), f)
    assert {belongs for belongs, _ in cells} == {True, False}
    answers = {f: manifold.fiber(list(f)).over_real.data for f in cells.values()}
    assert sum(answer is None for answer in answers.values()) <= len(cells) // 4
    for (belongs, _), f in cells.items():
        assert answers[f] in (belongs, None), f


@pytest.mark.parametrize("spec", [
    "mlp:2,1,1:x^2", "mlp:2,2,1:x^2", "mlp:2,2,2:x^2", "mlp:2,2,3:x^2", "mlp:2,2,1:x^3",
    "mlp:2,3,1:x^3", "mlp:2,3,1:x^4", "mlp:2,3,1:x^5", "mlp:2,4,1:x^5", "mlp:3,2,1:x^2",
    "mlp:3,3,1:x^2", "mlp:2,3,2:x^2", "mlp:1,2,2,1:x^2", "mlp:2,2,1,1:x^2", "linear:2,1,2",
    "linear:2,2,3", "cnn:2,2", "cnn:3,2", "cnn:2,2,2", "cnn:3,2,2", "cnn:2s2,2", "cnn:3,3"])
def test_it_agrees_with_the_trichotomy(described, spec):
    """No equations in a piece with strict inequalities is an open set, if it is not empty."""
    pieces = described(spec).data.pieces
    kind = NeuroManifold(spec, cache=False).trichotomy().data
    open_pieces = [piece for piece in pieces if all(r != "=" for _, r in piece)]
    assert kind in (None, "all" if pieces == ((),) else "thick" if open_pieces else "thin")


@pytest.mark.parametrize(("units", "degree"), [(3, 5), (4, 5), (3, 6), (2, 4)])
def test_it_agrees_with_real_ranks(described, units, degree):
    found = described(f"mlp:2,{units},1:x^{degree}").data
    manifold = NeuroManifold(f"mlp:2,{units},1:x^{degree}", cache=False, seed=1)
    generator, seen = random.Random(10), set()
    for _ in range(12):
        f = [comb(degree, k) * generator.randint(-4, 4) for k in range(degree + 1)]
        if generator.random() < 0.5:
            f = combination(*((generator.choice([-1, 2]), power(line, degree))
                              for line in generator.sample(LINES, units)))
        _, low, high = manifold.real_rank(f).certificate["claim"]["value"]
        assert (low > units) <= (not found.holds(f)) and (high <= units) <= found.holds(f), f
        seen.add(found.holds(f))
    assert True in seen


SPECS = ["mlp:2,2,1:x^3", "cnn:2,2,2", "cnn:3,2,2", "mlp:2,3,1:x^4", "linear:2,1,2",
         "mlp:2,3,1:x^5", "mlp:2,2,3:x^2", "mlp:2,3,1:x^3", "mlp:2,1,1:x^3", "mlp:2,2,1,1:x^2"]


def test_the_checker_refuses_what_is_not_proved(described):
    originals = [json.loads(json.dumps(described(spec).certificate)) for spec in SPECS]
    for original in originals:
        assert verify(original).value == original["claim"]["value"]
    for original, mutant, where, _ in accepted_mutants(originals, 400, random.Random(6)):
        # What a model is called is not verified; an equation may be multiplied by a number.
        assert where[0] == "model" and where[1] == "spec" or where[0] == "engines" or (
            mutant["claim"] == original["claim"] and mutant["evidence"] == original["evidence"]
        ), where


@pytest.mark.parametrize("spec", SPECS[:6])
def test_a_weaker_or_stronger_relation_is_refused(described, spec):
    original = json.loads(json.dumps(described(spec).certificate))
    for mutant in with_other_relations(original):
        with pytest.raises(CertificateError):
            verify(mutant)
    for i in range(len(original["claim"]["value"])):
        mutant = copy.deepcopy(original)
        del mutant["claim"]["value"][i]
        mutant["digest"] = digest(mutant)
        with pytest.raises(CertificateError):
            verify(mutant)


def test_an_argument_about_other_models_is_refused(described):
    certificates = [json.loads(json.dumps(described(spec).certificate)) for spec in SPECS]
    accepted = []
    for one, other in itertools.permutations(certificates, 2):
        if one["evidence"] != other["evidence"]:
            mutant = one | {"evidence": other["evidence"]}
            mutant["digest"] = digest(mutant)
            with suppress(CertificateError):
                verify(mutant)
                accepted.append((one["model"]["spec"], other["evidence"]["argument"]))
    # For these the two theorems give the same formula.
    assert accepted == [
        ("mlp:2,2,1:x^3", "few units"), ("linear:2,1,2", "narrow state"),
        ("mlp:2,1,1:x^3", "few units"), ("mlp:2,1,1:x^3", "narrow state")]


def test_boxes_hold_the_right_vectors_of_signs_only():
    generator = random.Random(7)
    every = list(itertools.product((-1, 0, 1), repeat=3))
    for _ in range(50):
        right = [signs for signs in every if generator.random() < 0.4]
        wrong = [signs for signs in every if signs not in right and generator.random() < 0.8]
        boxes = cover(right, wrong, 3)
        held = {signs for signs in every
                if any(all(s in allowed for s, allowed in zip(signs, box)) for box in boxes)}
        assert held >= set(right) and not held & set(wrong)


def test_what_is_shown(described):
    answer = described("cnn:2,2,2")
    assert answer.text().startswith(
        "semialgebraic_description = every binary cubic whose zeros are all real  [proved]\n  ")
    assert answer.plain_value()["formula"] == answer.data.plain_value()
    assert r"\ge 0" in answer._latex_()
    page = described("mlp:3,2,1:x^3").data.mathml()
    assert "further equations" in page and page.count("=</mo>") == 24 and "&gt;" in page
    assert codec.decode(codec.encode(answer)) == answer


def test_wrong_input_and_what_is_not_described():
    with pytest.raises(InputError, match="at most 36 coordinates, and linear:7,1,6 has 42"):
        NeuroManifold("linear:7,1,6", cache=False).semialgebraic_description()
    with pytest.raises(LimitReached, match="No description of cnn:2,2,2,3"):
        NeuroManifold("cnn:2,2,2,3", cache=False, method="theorem").semialgebraic_description()


def test_a_wrong_description_is_never_given(described):
    answer = described("mlp:2,2,1:x^3")
    manifold = NeuroManifold("mlp:2,3,1:x^3", cache=False)
    with pytest.raises(Exception, match="does not hold at"):
        check_on_points(manifold.model, Found(answer.data, "", None, "another model"), 1)
    assert list(METHODS)[0] == "theorem"
