"""Betti numbers over the real numbers: known spaces, triangulations from values of φ, dualities."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import pytest
from claims import changed_at
from flint import fmpz_mat, nmod_mat

from neuroalg_sage import NeuroManifold, from_expressions
from neuroalg_sage.certificates.chain_complexes import betti_numbers, hemispheres
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.real.spheres import simplices
from neuroalg_sage.invariants.real.betti_numbers import euler_characteristic
from neuroalg_sage.models.parametrization import Parametrization


def product(*factors: Sequence[int]) -> list[int]:
    """The Betti numbers of a product, by Künneth's formula over a field."""
    found = [1]
    for factor in factors:
        longer = [0] * (len(found) + len(factor) - 1)
        for (i, a), (j, b) in itertools.product(enumerate(found), enumerate(factor)):
            longer[i + j] += a * b
        found = longer
    return found


def projective_space(n: int) -> dict[str, list[int]]:
    return {"Q": [1, *[0] * (n - 1), n % 2][: n + 1], "GF(2)": [1] * (n + 1)}


def projective_spaces(*dimensions: int) -> dict[str, list[int]]:
    return {field: product(*(projective_space(n)[field] for n in dimensions))
            for field in ("Q", "GF(2)")}


@pytest.mark.parametrize("model, dimensions", [
    ("linear:3,1,3", (2, 2)), ("linear:2,1,2", (1, 1)), ("linear:2,1,4", (1, 3)),
    ("linear:3,2,1,2", (2, 1)), ("linear:5,1,4", (4, 3)), ("linear:4,1", (3,)),
    ("mlp:2,1,1:x^2", (1,)), ("mlp:4,1,1:x^3", (3,)), ("mlp:3,1,2:x^2", (2, 1)),
    ("mlp:2,1,1,1,3:x^2", (1, 2)), ("cnn:1,3:x^2", (2,)),
    ("linear:2,2,2", (3,)), ("mlp:2,2,1:x^2", (2,)), ("mlp:2,3,1:x^3", (3,)),  # all of V
    (from_expressions(["+".join(f"{a}*{b}*{c}*x{k}" for k, (a, b, c) in enumerate(
        itertools.product(("a0", "a1"), ("b0", "b1"), ("c0", "c1"))))],
        [f"{letter}{i}" for letter in "abc" for i in (0, 1)],
        [f"x{k}" for k in range(8)]), (1, 1, 1)),
])
def test_products_of_projective_spaces(model: Any, dimensions: tuple[int, ...]) -> None:
    answer = NeuroManifold(model).betti_numbers()
    assert (answer.status, answer.trust) == ("proved", [])
    assert answer.data["projectivization"] == projective_spaces(*dimensions)
    assert answer.data["ball"] == {"Q": [1], "GF(2)": [1]}
    assert verify(answer.certificate)


@pytest.mark.parametrize("a, b", [*itertools.product(range(1, 4), repeat=2)])
def test_the_link_of_matrices_of_rank_one(a: int, b: int) -> None:
    """(S^a × S^b) / ± is a bundle of spheres S^b over RP^a, of a multiple of the Möbius bundle."""
    found = NeuroManifold(f"linear:{a + 1},1,{b + 1}").betti_numbers()["link"]
    # Over Q: what the antipodal maps, of degrees (-1)^(n+1), leave fixed.
    rational = [0] * (a + b + 1)
    for signs, dimension in ((0, 0), (a + 1, a), (b + 1, b), (a + b + 2, a + b)):
        rational[dimension] += signs % 2 == 0
    # Over GF(2): Gysin's sequence, whose class, a power, vanishes over the smaller space.
    mod_2 = product([1] * (min(a, b) + 1), [1, *[0] * (max(a, b) - 1), 1])
    assert found == {"Q": rational, "GF(2)": mod_2}


@pytest.mark.parametrize("spec, link", [
    ("mlp:2,1,1:x^2", [2, 2]),  # two circles
    ("mlp:2,1,1:x^3", [1, 1]),  # one, twice around the projective line
    ("linear:1,1", [2]), ("linear:2,2,2", [1, 0, 0, 1]),
])
def test_links(spec: str, link: list[int]) -> None:
    found = NeuroManifold(spec).betti_numbers()
    assert found["link"] == {"Q": link, "GF(2)": link}


# -- quotients, by triangulations ------------------------------------------------------------------


def second_subdivision(dimensions: Sequence[int]) -> Iterable[list[tuple[Fraction, ...]]]:
    """
    The maximal simplices of the second barycentric subdivision of a product of the boundaries of
    cross-polytopes, as lists of points.
    """
    faces = [[v for v in itertools.product((-1, 0, 1), repeat=b) if any(v)] for b in dimensions]
    cells = [tuple(itertools.chain(*parts)) for parts in itertools.product(*faces)]

    def below(u: tuple[int, ...], v: tuple[int, ...]) -> bool:
        return u != v and all(a in (0, b) for a, b in zip(u, v))

    def center(cell: tuple[int, ...]) -> tuple[Fraction, ...]:
        point, start = [], 0
        for b in dimensions:
            part = cell[start: start + b]
            point += [Fraction(a, sum(map(abs, part))) for a in part]
            start += b
        return tuple(point)

    top = sum(dimensions) - len(dimensions)

    def flags(last: tuple[int, ...]) -> Iterable[tuple[tuple[int, ...], ...]]:
        smaller = [u for u in cells if below(u, last)]
        if not smaller:
            yield (last,)
            return
        size = sum(map(bool, last))
        for u in smaller:
            if sum(map(bool, u)) == size - 1:
                yield from ((*flag, last) for flag in flags(u))

    for cell in cells:
        if all(cell):
            for flag in flags(cell):
                assert len(flag) == top + 1
                centers = [center(c) for c in flag]
                for order in itertools.permutations(range(top + 1)):
                    yield [tuple(sum(c[i] for c in chosen) / len(chosen)
                                 for i in range(sum(dimensions)))
                           for k in range(top + 1)
                           if (chosen := [centers[j] for j in order[:k + 1]])]


def image(phi: Parametrization, point: Sequence[Fraction], signed: bool) -> tuple[int, ...]:
    """A function up to positive factors, or up to all."""
    values = []
    for f in phi.polynomials:
        total = Fraction(0)
        for e, c in f.items():
            term = c
            for v, k in zip(point, e):
                term *= v**k
            total += term
        values.append(total)
    common = lcm(*(v.denominator for v in values))
    numbers = [int(v * common) for v in values]
    factor = gcd(*numbers)
    if not signed and next(filter(None, numbers)) < 0:
        factor = -factor
    return tuple(v // factor for v in numbers)


def simplicial_betti(maximal: set[frozenset[int]], p: int) -> list[int]:
    """The Betti numbers of a simplicial complex, by the ranks of dense matrices."""
    top = max(map(len, maximal))
    levels = [sorted({face for simplex in maximal
                      for face in itertools.combinations(sorted(simplex), k + 1)})
              for k in range(top)]
    ranks = [0]
    for low, high in itertools.pairwise(levels):
        place = {face: i for i, face in enumerate(low)}
        entries = [[0] * len(high) for _ in low]
        for j, simplex in enumerate(high):
            for i in range(len(simplex)):
                entries[place[simplex[:i] + simplex[i + 1:]]][j] = (-1) ** i
        ranks.append(nmod_mat([[c % p for c in row] for row in entries], p).rank() if p
                     else fmpz_mat(entries).rank())
    ranks.append(0)
    return [len(level) - ranks[k] - ranks[k + 1] for k, level in enumerate(levels)]


@pytest.mark.parametrize("spec", ["cnn:2,2:x^2", "cnn:2,2:x^3", "mlp:2,1,1:x^2", "linear:2,1,2"])
@pytest.mark.parametrize("space", ["link", "projectivization"])
def test_triangulations_with_points_of_one_image_made_equal(spec: str, space: str) -> None:
    """No theorem but that of simplicial homology: φ is evaluated at the points."""
    manifold = NeuroManifold(spec)
    phi, answer = manifold.parametrization(), manifold.betti_numbers()
    blocks = [len(block) for block in answer.evidence["blocks"]]
    images: dict[tuple[int, ...], int] = {}
    maximal = set()
    numbers: dict[tuple[Fraction, ...], int] = {}
    for simplex in second_subdivision(blocks):
        for point in simplex:
            if point not in numbers:
                numbers[point] = images.setdefault(image(phi, point, space == "link"), len(images))
        maximal.add(frozenset(numbers[point] for point in simplex))
    # Points of one simplex have different images, or the quotient would be no complex.
    assert len(set(map(len, maximal))) == 1
    for field, p in (("Q", 32003), ("GF(2)", 2)):
        assert simplicial_betti(maximal, p) == answer[space][field]


def test_convolutions() -> None:
    """
    The functions of which the filter of the first layer, or of the second, has few entries can be
    made with the filter shifted.
    """
    # A torus with two points made one.
    found = NeuroManifold("cnn:2,2:x^2").betti_numbers()
    assert found["projectivization"]["Q"] == [1, 3, 1]
    # RP2 x RP1 in which a line {(a, b, 0)} x {(0, 1)} and {(0, a, b)} x {(1, 0)} are made one, and
    # (1, 0, 0) x (p, q) has no other image; its Euler characteristic is 1*0 - 0.
    found = NeuroManifold("cnn:3,2:x^2").betti_numbers()
    assert euler_characteristic(found["projectivization"]["Q"]) == 0
    assert found["projectivization"]["GF(2)"][-1] == 1
    assert verify(found.certificate)


SPHERE = [1, 0, 1]


@pytest.mark.parametrize("spec, link, projective", [
    ("cnn:2,2", [1, 1], [1, 1]), ("cnn:2,2,2", [1, 1], [1, 1]), ("cnn:1,2,2,1,2", [1, 1], [1, 1]),
    ("cnn:3,2,2", [1, 0, 0, 1], projective_space(3)["GF(2)"]),
    ("cnn:4,3,2", [1, *[0] * 4, 1], projective_space(5)["GF(2)"])])
def test_products_of_polynomials(spec: str, link: list[int], projective: list[int]) -> None:
    answer = NeuroManifold(spec).betti_numbers()
    assert answer["link"] == {"Q": link, "GF(2)": link}
    assert answer["projectivization"]["GF(2)"] == projective
    assert verify(answer.certificate)


def test_forms_with_real_roots_by_a_triangulation() -> None:
    """Where the discriminant is not negative, on a triangulated sphere and its projective plane."""
    for signed in (True, False):
        numbers: dict[tuple[Fraction, ...], int] = {}
        maximal = set()
        for simplex in second_subdivision([3]):
            kept = [p for p in simplex if p[1] ** 2 >= 4 * p[0] * p[2]]
            if not signed:
                kept = [max(p, tuple(-c for c in p)) for p in kept]
            maximal.add(frozenset(numbers.setdefault(p, len(numbers)) for p in kept))
        found = simplicial_betti(maximal - {frozenset()}, 2)
        assert found[:2] == [1, 1] and not any(found[2:])


@pytest.mark.parametrize("spec, link, projective", [
    ("mlp:2,2,1,3:x^2", product(SPHERE, projective_space(2)["GF(2)"]), (2, 2)),
    ("mlp:2,2,1,1:x^2", product([2], projective_space(2)["GF(2)"]), (2,)),
    ("mlp:2,3,1,1:x^3", [1, 0, 0, 1], (3,)),
])
def test_multiples_of_powers(spec: str, link: list[int], projective: tuple[int, ...]) -> None:
    answer = NeuroManifold(spec).betti_numbers()
    assert answer["link"]["GF(2)"] == link
    assert answer["projectivization"] == projective_spaces(*projective)
    assert verify(answer.certificate)


# -- theorems ----------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["linear:3,1,3", "mlp:3,1,2:x^2", "cnn:2,2:x^2", "cnn:3,2:x^2",
                                  "cnn:2,2,2:x^2", "cnn:3,3:x^3", "mlp:2,2,1:x^2"])
def test_both_fields_have_one_euler_characteristic(spec: str) -> None:
    for betti in NeuroManifold(spec).betti_numbers().data.values():
        assert euler_characteristic(betti["Q"]) == euler_characteristic(betti["GF(2)"])
        # By the theorem of universal coefficients.
        assert all(a <= b for a, b in zip(betti["Q"], betti["GF(2)"], strict=True))


@pytest.mark.parametrize("spec", ["linear:3,1,3", "linear:2,1,4", "mlp:3,1,2:x^2", "mlp:4,1,1:x^3"])
def test_smooth_varieties(spec: str) -> None:
    manifold = NeuroManifold(spec)
    found, complexly = manifold.betti_numbers(), manifold.euler_characteristic()["projective"]
    for space in ("projectivization", "link"):
        assert found[space]["GF(2)"] == found[space]["GF(2)"][::-1]  # Poincaré's duality
    # Smith: χ(X(R)) ≡ χ(X(C)) mod 2, and Σ b_i(X(R)) ≤ Σ b_i(X(C)) over GF(2); the latter is χ,
    # since these have cells of even dimension only.
    assert (euler_characteristic(found["projectivization"]["Q"]) - complexly) % 2 == 0
    assert sum(found["projectivization"]["GF(2)"]) <= complexly


@pytest.mark.parametrize("sizes, degrees", [
    ([3], [1]), ([3], [2]), ([2, 2], [1, 2]), ([3, 2], [2, 1]), ([3, 3], [1, 1]),
    ([2, 1, 3], [3, 2, 2])])
@pytest.mark.parametrize("signed", [True, False])
def test_hemispheres_and_simplices(sizes: list[int], degrees: list[int], signed: bool) -> None:
    few, many = hemispheres(sizes, degrees, signed), simplices(sizes, degrees, [], signed)
    for p in (0, 2):
        assert betti_numbers(few, p) == betti_numbers(many, p)
    for cells in (few, many):
        for below, level in itertools.pairwise(cells):
            for column in level:
                twice: dict[int, int] = {}
                for facet, c in column.items():
                    for ridge, d in below[facet].items():
                        twice[ridge] = twice.get(ridge, 0) + c * d
                assert not any(twice.values())


# -- what is not known -------------------------------------------------------------------------


@pytest.mark.parametrize("model", [
    "linear:3,2,3",  # singular
    "mlp:2,2,1:x^3",  # not closed
    "attention:d=2,a=1,out=1,t=2",  # two linear forms, in any order
    from_expressions(["c*a^2*x^2 + c*b^2*y^2"], [*"abc"], [*"xy"]),  # the sign of a/b is lost
])
def test_of_other_cones_only_the_ball_is_known(model: Any) -> None:
    answer = NeuroManifold(model).betti_numbers()
    assert answer.data == {"ball": {"Q": [1], "GF(2)": [1]}, "link": None,
                           "projectivization": None}
    assert verify(answer.certificate)
    assert "nothing is decided" in answer.text()


def test_what_is_no_cone_is_not_decided() -> None:
    answer = NeuroManifold(from_expressions(["a*x^2 + a^2*x"], ["a"], ["x"])).betti_numbers()
    assert (answer.data, answer.status, answer.certificate) == (None, "not decided", None)
    assert "may be no cone" in answer.text() and answer.sentence() == "not decided"


def test_a_cone_is_not_said_to_be_none() -> None:
    """M is all c x with c >= 0, but φ is homogeneous for no weights; and M is zero."""
    for expression, reason in (("(a + a^2)^2*x", "may be no cone"),
                               ("a*x - a*x", "M is the zero function alone")):
        answer = NeuroManifold(from_expressions([expression], ["a"], ["x"])).betti_numbers()
        assert answer.data is None and reason in answer.text(), expression


# -- forgeries ---------------------------------------------------------------------------------


def test_blocks_are_verified() -> None:
    """Each of these would give other Betti numbers, if it were believed."""
    for spec, evidence in (("cnn:3,2,2,2", {"argument": "filters"}),
                           ("linear:3,2,3", {"argument": "filters"}),
                           ("mlp:2,2,1:x^3", {"argument": "powers", "layers": 1, "proof": {
                               "argument": "binary forms"}}),
                           ("linear:3,2,3", {"argument": "all", "proof": {
                               "argument": "quadratic forms"}})):
        data = NeuroManifold(spec).betti_numbers().certificate
        with pytest.raises(CertificateError):
            verify(changed_at(data, "evidence", to=evidence))
    folded = from_expressions(["c*a^2*x^2 + c*b^2*y^2"], [*"abc"], [*"xy"])
    for model, blocks in ((folded, [[0, 1], [2]]), ("cnn:2,2", [[0, 1], [2, 3]]),
                          ("linear:2,2,2", [[0, 1, 2, 3], [4, 5, 6, 7]]),
                          ("mlp:2,2,1:x^3", [[0, 1, 2, 3], [4, 5]])):
        data = NeuroManifold(model).betti_numbers().certificate
        with pytest.raises(CertificateError):
            verify(changed_at(data, "evidence", to={"argument": "blocks", "blocks": blocks}))


@pytest.mark.parametrize("blocks", [
    [], [[]], [[0, 1]], [[0, 1], [2, 3, 3]], [[0, 2], [1, 3]], [[0, 1, 2, 3]], [[0], [1], [2], [3]],
    [[0, 1], [2, 7]]])
def test_other_blocks_are_refused(blocks: list[list[int]]) -> None:
    data = NeuroManifold("linear:2,1,2").betti_numbers().certificate
    with pytest.raises(CertificateError):
        verify(changed_at(data, "evidence", "blocks", to=blocks))


def test_claims_say_what_is_verified() -> None:
    data = NeuroManifold("linear:2,1,2").betti_numbers().certificate
    value = data["claim"]["value"]
    for other in (value | {"link": None}, value | {"another": None}, {"ball": value["ball"]},
                  value | {"link": {"Q": [1, 2, 1]}}, value | {"ball": {"Q": [True], "GF(2)": [1]}},
                  value | {"ball": {"Q": [1, 0], "GF(2)": [1]}}, value | {"ball": 1}):
        with pytest.raises(CertificateError):
            verify(changed_at(data, "claim", "value", to=other))
    cone = NeuroManifold("linear:3,2,3").betti_numbers().certificate
    for weights in ([0] * 12, [-1] * 12, [1] * 11, [1, *[0] * 11]):
        with pytest.raises(CertificateError):
            verify(changed_at(cone, "evidence", "weights", to=weights))


def test_injective_where_it_is_said_to_be() -> None:
    """Parameters with the same image are the same, up to scalings and to shifts of filters."""
    generator = random.Random(3)
    phi = NeuroManifold("cnn:3,2:x^2").parametrization()
    seen: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for _ in range(3000):
        point = [generator.choice((0, 0, 1, -1, 2)) for _ in range(5)]
        if any(point[:3]) and any(point[3:]):
            seen.setdefault(image(phi, list(map(Fraction, point)), False), []).append(tuple(point))
    shifted = 0
    for points in seen.values():
        # A filter and its multiples, without zeros at its ends, as polynomials.
        shapes = set()
        for point in points:
            parts = []
            for part in (point[:3], point[3:]):
                kept = [c for i, c in enumerate(part) if any(part[:i + 1]) and any(part[i:])]
                parts.append(tuple(Fraction(c, kept[0]) for c in kept))
            shapes.add(tuple(parts))
        assert len(shapes) == 1
        shifted += len({tuple(map(bool, point)) for point in points}) > 1
    assert shifted
