"""Covering numbers against closed forms, explicit covers and forgeries."""

from __future__ import annotations

import math
import random
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from conftest import slow
from flint import arb, ctx, fmpq
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.capacity.covering_number import (
    lower_covering_bound,
    upper_covering_bound,
)
from neuroalg_sage.certificates.capacity.norms import constants
from neuroalg_sage.certificates.capacity.region import FEW_BITS, Region
from neuroalg_sage.certificates.capacity.sections import (
    check_normal_form,
    components,
    components_by_distance,
    components_in_a_box,
    cone_weight,
    multihomogeneous_degree,
    weight,
)
from neuroalg_sage.certificates.capacity.slicing import slicing_bound
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.capacity.covering_number import (
    Coverings,
    _scalings_to_faces,
    covering_number,
)
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.sources import from_expressions, model_from_data

EPSILONS = [Fraction(1, 2), Fraction(1, 10), Fraction(1, 100)]
BALL, BOX = ("ball", Fraction(1)), ("box", Fraction(1))


def grid_of_shifts(pieces: list[int], n: int, radius: float, epsilon: float) -> int:
    """The bound where each axis of the grid may have one hyperplane more than its length says."""
    lines = math.ceil(2 * radius * math.sqrt(n) / epsilon) + 1
    return sum(k * comb(n, j) * lines**j for j, k in enumerate(pieces))


def slicing(pieces: list[int], n: int, epsilon: Fraction) -> int:
    bound = slicing_bound(pieces, n, arb(1), arb(epsilon.numerator) / epsilon.denominator)
    return int(bound.upper().floor().str(60, radius=False).partition('.')[0])


@pytest.mark.parametrize("epsilon, simple, truth", [
    (Fraction(1, 2), 29, 7), (Fraction(1, 10), 121, 32), (Fraction(1, 100), 1137, 315)])
def test_the_circle(epsilon: Fraction, simple: int, truth: int) -> None:
    """A ball covers an arc of 4 arcsin(ε/2)."""
    assert math.ceil(2 * math.pi / (4 * math.asin(epsilon / 2))) == truth
    assert grid_of_shifts([1, 2], 2, 1, float(epsilon)) == simple
    assert truth <= slicing([1, 2], 2, epsilon) < simple


@pytest.mark.parametrize("epsilon", EPSILONS)
def test_a_sphere_and_a_disk(epsilon: Fraction) -> None:
    """A ball covers π ε² of the sphere's 4 π, and at most π ε² of the disk's π."""
    assert 4 / epsilon**2 <= slicing([1, 1, 2], 3, epsilon) < grid_of_shifts(
        [1, 1, 2], 3, 1, float(epsilon))
    assert 1 / epsilon**2 <= slicing([1, 1, 1], 2, epsilon)


def test_large_sums_are_bounded_by_their_last_summand() -> None:
    """So that the short way is never below the sum."""
    from neuroalg_sage.certificates.capacity import slicing as module

    long = slicing_bound([1] * 30, 100, arb(1), arb("0.001"))
    before, module.MOST_SUMMANDS = module.MOST_SUMMANDS, 10
    try:
        short = slicing_bound([1] * 30, 100, arb(1), arb("0.001"))
        with pytest.raises(CertificateError):
            slicing_bound([1] * 100, 100, arb(1), arb(100))
    finally:
        module.MOST_SUMMANDS = before
    assert long < short < 40 * long


@pytest.mark.parametrize("n", [2**62, 2**64, 10**40])
def test_spaces_whose_dimension_is_no_machine_word(n: int) -> None:
    """As for smaller ones: the sum is bounded, and its last summand bounds it from below."""
    from neuroalg_sage.certificates.capacity import slicing as module

    pieces = [1] * (module.MOST_SUMMANDS + 2)
    with ctx.workprec(FEW_BITS):
        short = slicing_bound(pieces, n, arb(1), arb("0.1"))
        long = slicing_bound(pieces[:-2], n, arb(1), arb("0.1"))
    assert long < short and short.is_finite()
    m = module.MOST_SUMMANDS + 1
    logarithm = sum(math.log(n - i) - math.log(i + 1) for i in range(m)) + m / 2 * math.log(
        math.pi) - math.lgamma(m / 2 + 1) + m * (math.log(n) / 2 + math.log(10))
    assert abs(float(short.log().mid()) - logarithm - math.log(m + 1)) < 1e-3


def test_components_of_real_algebraic_sets() -> None:
    assert all(components(1, d) == d for d in range(1, 6)), "roots of a polynomial"
    assert components(0, 3) == 1
    for p in range(4):
        for d in (1, 2, 5):
            assert components_in_a_box(p, d).contains(sum(
                comb(p, k) * 2**(p - k) * int(components(k, d).unique_fmpz())
                for k in range(p + 1)))


# -- models ---------------------------------------------------------------------------------------

def found(model, domain, epsilon, **more):
    manifold = NeuroManifold(model, seed=1)
    return covering_number(Coverings(manifold.model, manifold.dimension(), domain, 1, **more),
                           Fraction(epsilon))


def bounds(answer) -> tuple[int, int]:
    verify(answer.certificate)
    return answer.value


@pytest.mark.parametrize("epsilon", EPSILONS)
def test_the_line(epsilon: Fraction) -> None:
    """2 R is covered by balls of length 2 ε, with centers in it."""
    for domain in (BALL, BOX):
        low, high = bounds(found("mlp:1,1:x", domain, epsilon))
        assert low <= 1 / epsilon <= high


def explicit_cover_of_the_parabola(epsilon: float) -> int:
    """The size of a cover of (t, t^2), |t| ≤ 1, by balls with centers on it."""
    points = [np.array([t, t * t]) for t in np.linspace(-1, 1, 20_001)]
    size, place = 0, 0
    while place < len(points):
        center = place
        # A step of the list is shorter than 0.0003.
        while center + 1 < len(points) and np.linalg.norm(
                points[center + 1] - points[place]) < epsilon - 0.001:
            center += 1
        size, place = size + 1, center
        while place < len(points) and np.linalg.norm(
                points[place] - points[center]) < epsilon - 0.001:
            place += 1
    return size


@pytest.mark.parametrize("epsilon", EPSILONS[:2])
def test_a_parabola_of_parameters_in_a_box(epsilon: Fraction) -> None:
    parabola = from_expressions(["t*x + t^2*y"], ["t"], ["x", "y"])
    low, high = bounds(found(parabola, BOX, epsilon))
    length = 2 * (math.sqrt(5) / 2 + math.asinh(2) / 4)
    # An arc in a ball of radius ε is at most 4 ε long, as both of its coordinates are monotone
    # on either side of t = 0, and it is cut into at most two such parts of length 2 √2 ε at most.
    assert low <= explicit_cover_of_the_parabola(float(epsilon))
    assert high >= length / (4 * math.sqrt(2) * epsilon)


@pytest.mark.parametrize("epsilon", [Fraction(1, 4), Fraction(1, 10), Fraction(1, 50)])
def test_the_cone_of_squares_is_never_below_the_truth(epsilon: Fraction) -> None:
    """
    ± (a², 2ab, b²) of norm at most 1: two cones over a curve, of half its length each as area.
    A line meets this quadric at most twice, as it does a sphere; so by Cauchy and Crofton a ball of
    radius ε holds of it at most the area of that sphere.
    """
    angles = np.linspace(0, math.pi, 20_001)
    curve = np.stack([np.cos(angles)**2, np.sin(2 * angles), np.sin(angles)**2], axis=1)
    curve /= np.linalg.norm(curve, axis=1)[:, None]
    area = sum(np.linalg.norm(q - p) for p, q in pairwise(curve))
    low, high = bounds(found("mlp:2,1,1:x^2", BALL, epsilon))
    assert high >= area / (4 * math.pi * float(epsilon)**2)
    # An explicit cover with centers in it: rings of the two cones.
    step = float(epsilon) * 0.6
    cover = 1 + sum(math.ceil(area * r / step) * 2 for r in np.arange(step, 1 + step, step))
    assert low <= cover


def test_the_winner_for_small_radii_is_slicing_by_the_dimension() -> None:
    answer = found("mlp:2,1,1:x^2", BALL, Fraction(1, 1000))
    assert answer.certificate["evidence"]["upper"]["argument"] == "slicing"
    assert bounds(answer)[1] < 2001**3


def test_matrices_of_bounded_rank() -> None:
    """Better than the classical (9/ε)^((a+b+1) r) by ten percent of the digits, and never worse."""
    low, high = bounds(found("linear:5,2,5", BALL, Fraction(1, 100)))
    assert math.log10(high) < 0.9 * 22 * math.log10(900)
    assert low == 100**10
    for epsilon in EPSILONS:
        assert bounds(found("linear:3,1,2", BALL, epsilon))[1] <= (9 / epsilon) ** 6


def test_an_equation_bounds_a_hypersurface() -> None:
    quadric = {(0, 2, 0): Fraction(1), (1, 0, 1): Fraction(-4)}
    answer = found("mlp:2,1,1:x^2", BALL, Fraction(1, 10), equation=quadric)
    change = dict(answer.certificate, evidence=dict(answer.certificate["evidence"], upper={
        "argument": "hypersurface", "equation": [["1", [1, 2]], ["-4", [0, 1, 2, 1]]]}))
    change["claim"] = {"invariant": "covering_number",
                       "value": [["ball", "1"], "1/10", "1", "60000"]}
    change["trust"] = []
    assert "equation of degree 2" in str(verify(change | {"digest": digest(change)}))
    change["evidence"]["upper"]["equation"][0][0] = "2"
    with pytest.raises(CertificateError, match="vanish"):
        verify(change | {"digest": digest(change)})


def test_linear_equations_lower_the_dimension_of_the_space() -> None:
    curve = from_expressions(["t*x + t*y + 2*t*z"], ["t"], ["x", "y", "z"])
    linear = [{(1, 0, 0): Fraction(-1), (0, 1, 0): Fraction(1)},
              {(1, 0, 0): Fraction(-2), (0, 0, 1): Fraction(1)}]
    plain, spanned = (bounds(found(curve, BALL, Fraction(1, 10), linear=forms))
                      for forms in ((), linear))
    assert plain[0] == spanned[0] == 10
    assert spanned[1] == 21 <= plain[1]


def test_a_large_model_without_expansion() -> None:
    answer = found("mlp:20,30,30,5:x^2", BALL, Fraction(1, 10))
    verify(answer.certificate)
    low, (power, exponent) = answer.data[2:]
    assert int(low) == 10**150 and power == "10^" and Fraction(exponent) > 1000


@pytest.mark.parametrize("epsilon", [Fraction(1, 7), Fraction(1, 100)])
def test_a_projection_counts_preimages(epsilon: Fraction) -> None:
    """a ↦ a² folds [-1, 1] on [0, 1], which ⌈1/(2 ε)⌉ balls cover; (a, b) fills a square."""
    fold = from_expressions(["a^2*x"], ["a"], ["x"])
    assert bounds(found(fold, BOX, epsilon))[0] == math.ceil(1 / (2 * epsilon))
    low, _ = bounds(found("mlp:2,1:x", BOX, epsilon))
    # Cubes of diameter 2 ε, with centers in the square, are covered by balls around these.
    assert 4 / (math.pi * epsilon**2) <= low <= math.ceil(math.sqrt(2) / epsilon) ** 2


def test_the_work_of_a_projection_is_bounded(monkeypatch) -> None:
    """What a forged one asks for is refused before it is done."""
    answer = found("mlp:2,1,1:x^2", BOX, Fraction(1, 100))
    place = answer.certificate["evidence"]["lower"]
    large = "1/" + "9" * 4000
    other = next(i for i in range(3) if i not in place["free"])
    data = dict(answer.certificate)
    data["evidence"] = data["evidence"] | {"lower": place | {
        "values": [large if i == other else c for i, c in enumerate(place["values"])]}}
    monkeypatch.setattr("neuroalg_sage.certificates.work.MOST_WORK", 10**5)
    verify(answer.certificate)
    with pytest.raises(CertificateError, match="more work"):
        verify(data | {"digest": digest(data)})


@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^2", slow("linear:2,1,3")])
def test_for_small_radii_both_bounds_grow_with_the_dimension(spec: str) -> None:
    answers = [found(spec, BALL, Fraction(1, 10**k)) for k in (6, 8)]
    assert {a.certificate["evidence"]["lower"]["argument"] for a in answers} == {"projection"}
    (low, high), (lower, higher) = map(bounds, answers)
    d = NeuroManifold(spec).dimension().value
    assert lower >= 0.99 * low * 100**d and higher <= 1.01 * high * 100**d


def test_a_projection_stays_in_its_domain() -> None:
    answer = found("mlp:2,1,1:x^2", BOX, Fraction(1, 100))
    place = answer.certificate["evidence"]["lower"]
    assert place["argument"] == "projection"
    free = place["free"]
    other = next(i for i in range(3) if i not in free)
    for change in ({"intervals": [["-1", "1"], ["-1", "3/2"]]}, {"coordinates": [0, 0]},
                   {"free": [free[0], free[0]]}, {"intervals": [["1", "-1"], ["-1", "1"]]},
                   {"values": ["2" if i == other else c for i, c in enumerate(place["values"])]}):
        data = dict(answer.certificate)
        data["evidence"] = data["evidence"] | {"lower": place | change}
        with pytest.raises(CertificateError):
            verify(data | {"digest": digest(data)})


@pytest.mark.parametrize("spec", (
    "mlp:1,1:x mlp:2,1:x mlp:3,1:x mlp:1,2,1:x^2 mlp:2,1,1:x^2 mlp:2,1,1:x^3 mlp:2,1,1:x^4 "
    "mlp:2,2,1:x^2 mlp:2,2,1:x^3 mlp:3,1,1:x^2 mlp:2,1,2:x^2 linear:2,1,2 linear:2,1,3 "
    "linear:2,2,2 cnn:2,2:x cnn:2,2:x^2 cnn:2,2:x^3 cnn:3,2:x mlp:1,2,1:x^2+x:bias "
    "mlp:2,1,1,1:x^2 mlp:2,1,3:x^2").split() + [slow("mlp:4,1,1:x^2"), slow("mlp:3,1,2:x^2")])
def test_the_logarithm_is_known_within_a_factor_of_three(spec: str) -> None:
    """Of 23 models of dimension at most 4, at ε = 1/10."""
    manifold = NeuroManifold(spec, seed=1)
    low, high = manifold.covering_number("0.1", radius=1).value
    assert manifold.dimension().value <= 4 and high <= low**3


# -- forgeries ------------------------------------------------------------------------------------

def checked(spec) -> Model:
    return Model((parse_spec(spec) if isinstance(spec, str) else spec).describe())


def test_a_normal_form_over_the_real_numbers_needs_an_odd_weight() -> None:
    """Of a² b c x no b becomes 1 by a ↦ t a, b ↦ b / t², if it is negative."""
    model = checked(from_expressions(["a^2*b*c*x"], ["a", "b", "c"], ["x"]))
    scaling = [1, -2, 0]
    check_normal_form(model, [scaling], [0], 2)
    with pytest.raises(CertificateError):
        check_normal_form(model, [scaling], [1], 2)
    with pytest.raises(CertificateError):
        check_normal_form(model, [[1, -1, 0]], [0], 2)
    with pytest.raises(CertificateError):
        check_normal_form(model, [[0, 1, -1], [1, 0, -2]], [1, 2], 2)


def test_a_cone_is_shown_to_be_one() -> None:
    assert cone_weight(checked("mlp:2,2,1:x^2"), 0) == 3
    assert cone_weight(checked("mlp:2,2,1:x^2"), 4) == 1
    assert cone_weight(checked("mlp:1,2,1:x^2+x:bias"), 4) == 1
    for spec, start in (("mlp:1,2,1:x^2+x:bias", 0), ("mlp:2,2,1:x^2", 5)):
        with pytest.raises(CertificateError):
            cone_weight(checked(spec), start)
    # Equal weights of the outputs, too: (a x, b^2 x) is no cone by weights.
    with pytest.raises(CertificateError):
        weight(checked(from_expressions(["a*x", "b^2*x"], ["a", "b"], ["x"])), [1, 1])


@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^2", "linear:2,1,2", "linear:3,2,3", "mlp:2,1,2:x^2",
                                  "cnn:2,2:x^2"])
def test_the_degree_is_at_most_that_of_its_blocks(spec: str) -> None:
    manifold = NeuroManifold(spec, seed=1)
    assert manifold.degree().value <= multihomogeneous_degree(
        checked(spec), manifold.dimension().value)


def test_changed_certificates_claim_at_most_what_is_proved() -> None:
    seed = random.randrange(2**31)
    print(f"seed {seed}")
    answers = [found("mlp:2,1,1:x^2", BALL, Fraction(1, 2)),
               found("mlp:2,1,1:x^2", BALL, Fraction(1, 1000)),
               found("mlp:1,1:x", BOX, Fraction(1, 4)), found("linear:2,1,2", BALL, Fraction(1)),
               found("mlp:2,1,1:x^2", BOX, Fraction(1, 2)),
               found("mlp:2,1,1:x^2", BOX, Fraction(1, 100))]
    for original, data, where, _ in accepted_mutants(
            [a.certificate for a in answers], 60, random.Random(seed)):
        (_, _, low, high), (domain, epsilon, least, most) = (
            c["claim"]["value"] for c in (original, data))
        if where[0] != "model" and [domain, epsilon] == original["claim"]["value"][:2]:
            assert Fraction(least) <= Fraction(low) and Fraction(high) <= Fraction(most), where
        else:
            model = model_from_data({k: v for k, v in data["model"].items() if k != "spec"})
            assert Fraction(least) <= Fraction(most), where
            with suppress(InputError):  # where one ball suffices
                again = found(model, (domain[0], Fraction(domain[1])), Fraction(epsilon))
                assert Fraction(least) <= again.value[1], where
                assert again.value[0] <= Fraction(most), where


def test_packings_are_of_a_size_that_is_soon_verified() -> None:
    answer = found("mlp:1,1:x", BOX, Fraction(1, 4)).certificate
    for points, sentence in (
            ([[str(i)] for i in range(1_001)], "from 1 to 1000 points"), ([], "from 1 to 1000"),
            ([["0"], ["1" + "0" * 2_000]], "over 4000 bits"),
            ([["0"], ["1/1" + "0" * 2_000]], "over 4000 bits"),
            ([["0"], ["2"]], "outside of the box"), ([["1"], ["1"]], "too close")):
        change = answer | {"evidence": answer["evidence"] | {
            "lower": {"argument": "packing", "points": points}}}
        with pytest.raises(CertificateError, match=sentence):
            verify(change | {"digest": digest(change)})


def test_what_is_printed_of_a_large_bound_is_a_bound() -> None:
    """Not the nearest number of a few digits, which may be on its other side."""
    answer = found("mlp:2,1,1:x^2", BALL, Fraction(1, 10**2_000))
    low, high = answer.sentence().split(" (")[0].removeprefix("from ").split(" to ")
    for shown, bound in ((low, answer.data[2]), (high, answer.data[3])):
        assert shown.startswith("10^") and Fraction(shown[3:]) == Fraction(bound[1])


def test_values_too_large_for_floating_point_are_no_warning(recwarn) -> None:
    verify(found("mlp:1,1,1,1,1,1:x^10", BALL, Fraction(1, 2)).certificate)
    assert not [one for one in recwarn if issubclass(one.category, RuntimeWarning)]


def test_bounds_do_not_cross() -> None:
    """An upper bound is at least each packing, also where the numbers of parameters differ."""
    for spec in ("mlp:1,1,1:x^2", "mlp:2,2,1:x^2", "mlp:1,2,1:x^2+x:bias", "cnn:2,2:x^2",
                 "linear:2,1,1", "attention:d=1,a=1,out=1,t=2"):
        for domain in (BALL, BOX):
            low, high = bounds(found(spec, domain, Fraction(1, 3)))
            assert 1 <= low <= high


# -- where little is known ------------------------------------------------------------------------

@pytest.mark.parametrize("spec, domain, epsilon", [
    ("mlp:2,1,1:x^2", BALL, 1), ("mlp:2,1,1:x^2", BALL, Fraction(3, 2)), ("mlp:1,1:x", BOX, 1),
    ("mlp:20,30,30,5:x^2", BALL, 1)])
def test_one_ball_around_zero_covers(spec, domain, epsilon) -> None:
    answer = found(spec, domain, epsilon)
    assert bounds(answer) == (1, 1) and answer.status == "proved"
    assert answer.arguments[1] in ("one ball", "Lipschitz")


def test_one_ball_covers_only_from_a_center_in_the_part() -> None:
    """Of t ↦ (1 + t², t) and R = 2, the function (1, 0) has |f| + R = 3; and no zero is there."""
    curve = from_expressions(["(1 + t^2)*x + t*y"], ["t"], ["x", "y"])
    two = ("ball", Fraction(2))
    answer = found(curve, two, 3)
    assert bounds(answer) == (1, 1)
    assert bounds(found(curve, two, Fraction(29, 10)))[1] > 1
    for change in ({"center": ["2"]}, {"cone_from": 0}, {"center": []}):
        data = dict(answer.certificate)
        data["evidence"] = data["evidence"] | {"upper": data["evidence"]["upper"] | change}
        with pytest.raises(CertificateError):
            verify(data | {"digest": digest(data)})


def test_a_box_of_a_model_that_is_not_expanded_has_both_bounds() -> None:
    answer = found("mlp:20,30,30,5:x^2", BOX, Fraction(1, 10))
    verify(answer.certificate)
    low, (power, exponent) = answer.data[2:]
    assert int(low) >= 1 and power == "10^" and Fraction(exponent) > 1000


def test_without_a_function_in_the_ball_there_is_no_lower_bound() -> None:
    """(1 + t²) x has norm at least 1."""
    with pytest.raises(LimitReached, match="norm at most 1/2"):
        found(from_expressions(["(1 + t^2)*x"], ["t"], ["x"]), ("ball", Fraction(1, 2)), "1/4")


def test_a_dimension_between_bounds_serves_by_the_larger_one() -> None:
    manifold = NeuroManifold("mlp:2,1,1:x^2", seed=1)
    exact = manifold.dimension()
    proof = {"trials": exact.certificate["evidence"]["trials"], "upper": {"kind": "ambient"}}
    unsure = Invariant.certified(manifold.model, "dimension", [2, 3], "bounds", "", 0.0, proof)
    for domain in (BALL, BOX):
        low, high = bounds(covering_number(Coverings(manifold.model, unsure, domain, 1),
                                           Fraction(1, 100)))
        sharp = bounds(covering_number(Coverings(manifold.model, exact, domain, 1),
                                       Fraction(1, 100)))
        assert low <= sharp[1] <= high


# -- pieces of generic flats ----------------------------------------------------------------------

def test_components_by_distance_are_not_less_than_those_of_known_curves() -> None:
    for d in range(1, 8):
        (_, line), (_, curve) = (components_by_distance([(p, d)], 1) for p in (1, 2))
        assert line == d, "roots of a polynomial"
        assert curve >= (d - 1) * (d - 2) // 2 + d, "ovals of Harnack's curves, cut at infinity"
        # y a(x) = b(x) has a branch on each side of the roots of a.
        assert components_by_distance([(1, d), (1, 1)], 1)[1] >= d + 1
        # So has a box: d parallel lines; and in the plane four corners cut off by a hyperbola.
        assert components_by_distance([(1, d)], 1, True)[1] == d
    assert components_by_distance([(2, 2)], 1, True)[1] >= 2
    assert components_by_distance([(2, 2)], 2, True)[2] == 4


@pytest.mark.parametrize("blocks", [[(3, 2)], [(2, 2), (1, 1)], [(2, 3), (2, 1)], [(1, 1)] * 3])
def test_components_by_distance_are_coefficients(blocks) -> None:
    """Of the product that Lemma 5 states, multiplied out term by term."""
    def times(a, b):
        total: dict = {}
        for e, c in a.items():
            for f, d in b.items():
                key = tuple(map(int.__add__, e, f))
                total[key] = total.get(key, 0) + c * d
        return total

    count = len(blocks)
    unit = [tuple(int(i == k) for i in range(count + 1)) for k in range(count + 1)]
    linear = {unit[k]: d for k, (_, d) in enumerate(blocks)}
    variables = sum(p for p, _ in blocks)
    for j, found_bound in enumerate(components_by_distance(blocks, variables)):
        product = {(0,) * (count + 1): 1}
        for i, (p, d) in enumerate(blocks):
            for _ in range(p):
                product = times(product, linear | {unit[i]: max(d - 1, 1), unit[-1]: 1})
        for _ in range(j):
            product = times(product, linear)
        assert found_bound == product.get((*(p for p, _ in blocks), j), 0)


def test_components_in_a_box_by_distance_are_sums_over_faces() -> None:
    for p, d in ((1, 1), (3, 2), (4, 3)):
        found_bounds = components_by_distance([(p, d)], p, True)
        for j in range(p + 1):
            assert found_bounds[j] == sum(
                comb(p, k) * 2**(p - k) * comb(k, j) * d**j * max(d - 1, 1)**(k - j)
                for k in range(j, p + 1))


# -- linear spaces --------------------------------------------------------------------------------

def radial_lines(angles, radii, epsilon) -> dict:
    """Evidence for lines through 0 in the plane of the functions (a c, b c)."""
    points = [[str(round(1000 * math.cos(t))), str(round(1000 * math.sin(t)))] for t in angles]
    return {"argument": "linear spaces", "linear_from": 2, "free": [2], "points": points,
            "inner_radii": radii}


def test_lines_in_a_plane_are_apart_away_from_zero() -> None:
    """Twelve of them, with angles of 15 degrees; a square grid covers the disk of radius 1."""
    plane = checked(from_expressions(["a*c*x + b*c*y"], ["a", "b", "c"], ["x", "y"]))
    angles = [k * math.pi / 12 for k in range(12)]
    for epsilon in (Fraction(1, 10), Fraction(1, 20)):
        region = Region(plane, ["ball", "1"], str(epsilon))
        radius = Fraction(80, 100) if epsilon == Fraction(1, 10) else Fraction(40, 100)
        assert radius * math.sin(math.pi / 12) > 2 * epsilon
        low = int(lower_covering_bound(region, radial_lines(
            angles, [str(radius)] * 12, epsilon))[0])
        assert low == math.ceil(12 * (1 - radius) / epsilon)
        assert low <= math.ceil(math.sqrt(2) / epsilon) ** 2
        for wrong in ([str(radius * Fraction(95, 100))] * 12, [str(2 * epsilon)] * 12, ["1"] * 12,
                      [*[str(radius)] * 11, str(radius * Fraction(99, 100))]):
            with pytest.raises(CertificateError):
                lower_covering_bound(region, radial_lines(angles, wrong, epsilon))
        with pytest.raises(CertificateError, match="too close"):
            lower_covering_bound(region, radial_lines([*angles, math.pi], [str(radius)] * 13,
                                                      epsilon))


def test_planes_of_linear_networks_are_apart() -> None:
    """Of x ↦ (u, v) (c · x) those of orthogonal c have no small angle, that of c and -c is zero."""
    region = Region(checked("linear:2,1,2"), ["ball", "1"], "1/10")

    def spaces(*points) -> dict:
        return {"argument": "linear spaces", "linear_from": 2, "free": [2, 3],
                "points": [list(map(str, w)) for w in points], "inner_radii": ["1/4"] * len(points)}

    assert int(lower_covering_bound(region, spaces((1, 0), (0, 1)))[0]) == math.ceil(
        2 * (1 - 1 / 16) * 100)
    for points in (((1, 0), (-1, 0)), ((1, 0), (4, 1)), ((1, 0), (0, 0))):
        with pytest.raises(CertificateError):
            lower_covering_bound(region, spaces(*points))
    with pytest.raises(CertificateError, match="dimension"):
        lower_covering_bound(region, spaces((1, 0)) | {"free": [2, 2]})


# -- norms ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("norm", ["max", "l1", "Bombieri", ["sup", "1"]])
def test_all_forms_are_covered_as_their_volumes_and_cubes_demand(norm) -> None:
    """All real binary quadrics, and all linear forms, fill V."""
    for spec, n in (("mlp:2,2,1:x^2", 3), ("mlp:2,1:x", 2)):
        low, high = bounds(found(spec, BALL, Fraction(1, 10), norm=norm))
        assert 10**n <= high
        assert low <= (10**n if norm == "max" else 21**n)
    low, high = bounds(found("mlp:2,1:x", BALL, Fraction(1, 10), norm="l1"))
    assert low <= 100 <= high, "squares, turned by 45 degrees"


@pytest.mark.parametrize("norm", ["max", "l1", "Bombieri", ["sup", "1"]])
def test_a_line_in_any_norm(norm) -> None:
    for domain in (BALL, BOX):
        low, high = bounds(found("mlp:1,1:x", domain, Fraction(1, 10), norm=norm))
        assert low <= 10 <= high
    assert bounds(found("mlp:2,1,1:x^2", BALL, 1, norm=norm)) == (1, 1)


def test_the_supremum_on_a_large_box_is_larger() -> None:
    """|a x| ≤ 10 |a|: parameters from -1 to 1 are 20 long there."""
    low, high = bounds(found("mlp:1,1:x", BOX, 1, norm=["sup", "10"]))
    assert low <= 10 <= high <= 20


@pytest.mark.parametrize("spec", ["mlp:2,1,2:x^2", "mlp:1,1,1:x^3+x", "mlp:2,1,1:x^2+x:bias",
                                  "mlp:3,1,1:x^4"])
def test_norms_compare_as_stated(spec: str) -> None:
    model, generator = checked(spec), np.random.default_rng()
    places = model.coordinates
    weights = np.array([math.prod(map(math.factorial, e)) / math.factorial(sum(e))
                        for _, e in places])
    axis = np.cos(np.linspace(0, math.pi, 41 if model.inputs < 3 else 17)) * 1.5
    inputs = np.stack(np.meshgrid(*[axis] * model.inputs), axis=-1).reshape(-1, model.inputs)
    monomials = np.stack([np.prod(inputs**np.array(e), axis=1) for _, e in places], axis=1)
    outputs = np.array([j for j, _ in places])
    for f in generator.normal(size=(50, len(places))) * generator.integers(0, 2, (50, len(places))):
        values = sum((monomials[:, outputs == j] @ f[outputs == j])**2
                     for j in range(model.outputs))
        length = np.linalg.norm(f)
        for norm, value in (("max", abs(f).max()), ("l1", abs(f).sum()),
                            ("Bombieri", math.sqrt((weights * f**2).sum())),
                            (["sup", "3/2"], math.sqrt(values.max()))):
            a, b = (float(c.mid()) for c in constants(model, norm))
            assert a * length <= value * 1.05 + 1e-9 and value <= b * length * (1 + 1e-9), norm


def test_interpolation_bounds_the_coefficients_of_chebyshev_polynomials() -> None:
    """Of degree 3 on [-1, 1]: 4 x³ - 3 x, which is at most 1."""
    model = checked("mlp:1,1,1:x^3+x")
    a, _ = constants(model, ["sup", "1"])
    assert 5 <= 1 / a <= 7


def test_a_norm_belongs_to_the_claim() -> None:
    answer = found("mlp:2,1,1:x^2", BALL, Fraction(1, 10), norm="max")
    assert "Bombieri" in found("mlp:2,1,1:x^2", BALL, Fraction(1, 3), norm="Bombieri").sentence()
    verify(answer.certificate)
    # Volumes and linear spaces serve in every norm, but for one that there is.
    for one in (answer, found("linear:1,1", BALL, Fraction(1, 10), norm="max")):
        for change in (None, "l2", ["sup", "0"], ["sup"], ["max", "1"], 1):
            data = dict(one.certificate)
            data["claim"] = data["claim"] | {"value": [*one.data[:4], change]}
            with pytest.raises(CertificateError):
                verify(data | {"digest": digest(data)})


# -- normal forms in a box ------------------------------------------------------------------------

@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^2", "linear:2,1,3", "mlp:2,2,1:x^3", "cnn:2,2:x^2",
                                  "mlp:2,2,2,1:x^2"])
def test_scalings_bring_parameters_to_the_faces(spec: str) -> None:
    """As the lemma says, in floating point, at random parameters of the box [-1, 1]^N."""
    model, generator = checked(spec), random.Random()
    scalings = _scalings_to_faces(parse_spec(spec))
    assert scalings

    def value(w):
        return [float(f(*[fmpq(*Fraction(c).as_integer_ratio()) for c in w]))
                for f in model.parametrization]

    for _ in range(5):
        w = [generator.uniform(-1, 1) for _ in range(model.parameters)]
        before = value(w)
        for field in scalings:
            t = min(abs(1 / c) ** (1 / a) for c, a in zip(w, field) if a > 0)
            w = [c * t**a for c, a in zip(w, field)]
        assert all(abs(c) <= 1 + 1e-9 for c in w)
        for field in scalings:
            assert any(a > 0 and abs(abs(c) - 1) < 1e-9 for c, a in zip(w, field))
        assert value(w) == pytest.approx(before, abs=1e-6)


@pytest.mark.parametrize("epsilon", [Fraction(1, 4), Fraction(1, 100)])
def test_a_box_in_normal_form_is_never_below_the_truth(epsilon: Fraction) -> None:
    """a b x has -1 to 1; (a c, b c) has the square of side 2."""
    low, high = bounds(found("linear:1,1,1", BOX, epsilon))
    assert low <= 1 / epsilon <= high <= 3 / epsilon
    square = found("linear:1,1,2", BOX, epsilon)
    assert square.certificate["evidence"]["upper"]["argument"] == "Lipschitz"
    assert bounds(square)[1] >= 4 / (math.pi * epsilon**2)


def test_scalings_to_faces_are_verified() -> None:
    region = Region(checked("mlp:2,1,1:x^2"), ["box", "1"], "1/10")

    def number(*scalings) -> int:
        return int(upper_covering_bound(region, {
            "argument": "Lipschitz", "expanded": True, "scalings": list(scalings)})[0])

    # The last weight may be 1 or -1, or one of the first two may be 1.
    assert number([-1, -1, 2]) == number([1, 1, -2]) < number()
    for wrong in ([[1, 1, -1]], [[0, 0, 0]], [[-1, -1, 2], [-1, -1, 2]], [[1, 1, -2], [-1, -1, 2]]):
        with pytest.raises(CertificateError):
            number(*wrong)
