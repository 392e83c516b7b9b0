"""Polar degrees of secant varieties by residues: other formulas, conormal ideals, nodal curves."""

from __future__ import annotations

import copy
import random
from math import comb
from typing import Any

import pytest
from flint import fmpq

from neuroalg_sage import NeuroManifold, load_model
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.distance import (
    linear_multiples,
    monomials,
    pairs_of_points,
    pairs_of_squares,
    two_linear_factors,
)
from neuroalg_sage.certificates.distance.binary_forms import binary_forms
from neuroalg_sage.certificates.distance.distance_formulas import determinantal
from neuroalg_sage.certificates.distance.limits_of_tangents import polar_degrees as from_limits
from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese
from neuroalg_sage.certificates.distance.sums_of_points import polar_degrees, square
from neuroalg_sage.certificates.equations.lengths import forms
from neuroalg_sage.certificates.equations.sums_of_points import Sum, check_sum, staircases
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.distance.polar_degrees import by_residues
from neuroalg_sage.invariants.equations.smooth_polytopes import smooth_polytope
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions


def sums(r: int, sizes: tuple[int, ...], degrees: tuple[int, ...]) -> Sum:
    """The sums of r points of a Segre-Veronese variety."""
    starts = [sum(sizes[:k]) for k in range(len(sizes) + 1)]
    summands = [[[starts[-1] * i + v for v in range(a, b)] for a, b in zip(starts, starts[1:])]
                for i in range(r)]
    return Sum(summands, [(e, fmpq(1)) for e in forms(sizes, degrees)], degrees, False)


@pytest.mark.parametrize("d", [3, 4, 5, 6])
def test_the_dual_of_a_secant_variety_counts_curves_with_two_nodes(d: int) -> None:
    """
    The plane curves of degree d with two nodes are a variety of degree
    3/2 (d - 1) (d - 2) (3 d^2 - 3 d - 11); hyperplanes tangent at two points cut out such curves.
    """
    found = polar_degrees(sums(2, (3,), (d,)))
    assert found[-2] == 3 * (d - 1) * (d - 2) * (3 * d * d - 3 * d - 11) // 2
    assert found[-1] == 0
    assert found[0] == (d**4 - 10 * d * d + 15 * d - 6) // 2


@pytest.mark.parametrize(("r", "d"), [(1, 4), (2, 4), (2, 5), (3, 6), (3, 8), (4, 9)])
def test_binary_forms(r: int, d: int) -> None:
    assert polar_degrees(sums(r, (2,), (d,))) == binary_forms(r, d)


@pytest.mark.parametrize(("sizes", "degrees"), [((3,), (2,)), ((2, 2), (1, 1)), ((2, 3), (2, 1)),
                                                ((2, 2, 2), (1, 1, 1))])
def test_one_point(sizes: tuple[int, ...], degrees: tuple[int, ...]) -> None:
    assert polar_degrees(sums(1, sizes, degrees)) == segre_veronese(list(sizes), list(degrees))


def test_a_conormal_ideal_of_macaulay2() -> None:
    found = by_residues(parametrization(load_model("mlp:2,2,1:x^4")))
    M = NeuroManifold("mlp:2,2,1:x^4", method="conormal", cache=False)
    assert found is not None and found.data == M.polar_degrees().data


def test_where_points_come_together_in_a_plane_there_is_no_limit() -> None:
    """Three points of a surface, or of space, may become a scheme whose square is too large."""
    assert {len(square(s, 2)) for s in staircases(2, 2)} == {6}
    assert max(len(square(s, 2)) for s in staircases(2, 3)) == 10
    with pytest.raises(CertificateError, match="no limit"):
        polar_degrees(sums(3, (3,), (6,)))
    # Tangent spaces need more conditions than points.
    with pytest.raises(CertificateError, match="dependent conditions"):
        polar_degrees(sums(2, (3,), (2,)))


def test_forged_polar_degrees_are_refused() -> None:
    found = by_residues(parametrization(load_model("mlp:3,2,1:x^3")))
    assert found is not None and sum(found.data) == 219 and not found.trust
    verify(found.certificate)
    for k in range(len(found.data)):
        forged = copy.deepcopy(found.certificate)
        forged["claim"]["value"][k] += 1
        with pytest.raises(CertificateError):
            verify(forged)
    forged = copy.deepcopy(found.certificate)
    forged["evidence"]["point"] = [1] * 8
    with pytest.raises(CertificateError):
        verify(forged)


def pairs(a: int, m: int) -> list[int]:
    return from_limits(pairs_of_squares.fixed_points(a, m), 2 * (a - 1 + m))


def products(a: int, m: int, p: int, q: int) -> list[int]:
    return from_limits(two_linear_factors.fixed_points(a, m, p, q), 2 * a - 2 + m)


@pytest.mark.parametrize("m", [3, 4, 6])
def test_pairs_of_squares_of_binary_forms_are_matrices(m: int) -> None:
    assert pairs(2, m) == determinantal(m, 3, 2)


@pytest.mark.parametrize(("a", "m"), [(3, 2), (3, 3), (4, 2), (4, 3), (5, 2)])
def test_the_first_polar_degree_is_the_degree(a: int, m: int) -> None:
    """That of M, as residues on a Hilbert scheme count it."""
    assert pairs(a, m)[0] == NeuroManifold(f"mlp:{a},2,{m}:x^2").degree().data


def test_pencils_of_squares_and_cubics() -> None:
    """The polar classes of pairs of conics c_1 l_1^2 + c_2 l_2^2 are those of sums of two cubes."""
    assert pairs(3, 2) == [*polar_degrees(sums(2, (3,), (3,))), 0, 0]


@pytest.mark.parametrize("d", [3, 4, 5, 7])
def test_tangents_of_rational_normal_curves(d: int) -> None:
    """
    The surface of the tangents is of degree 2 (d - 1), and the planes that osculate, of which
    3 (d - 2) pass through a generic point of the space, are tangent along a line.  That of the
    twisted cubic is its dual.
    """
    assert products(2, 1, 1, d - 1) == products(2, 1, d - 1, 1) == [2 * (d - 1), 3 * (d - 2), 0]
    assert products(2, 1, 1, 2)[1::-1] == binary_forms(1, 3)[:2]


def test_products_are_counted_as_by_points() -> None:
    """The generic ED degree of a gated unit is that which slices modulo primes count."""
    M = NeuroManifold("glu:widths=2x1x2:x^2", cache=False, method="parametrization", seed=1)
    found = NeuroManifold("glu:widths=2x1x2:x^2", cache=False).ed_degree("generic")
    assert found.status == "proved" and found.data == M.ed_degree("generic").data == 58


def of_points(m: int, sizes: tuple[int, ...], degrees: tuple[int, ...]) -> list[int]:
    shape = (m, *sizes)
    starts = [sum(shape[:k]) for k in range(len(shape) + 1)]
    summands = [[[starts[-1] * i + v for v in range(a, b)] for a, b in zip(starts, starts[1:])]
                for i in range(2)]
    psi = [((*(int(k == c) for k in range(m)), *e), fmpq(1)) for c in range(m)
           for e in forms(sizes, degrees)]
    found = Sum(summands, psi, (1, *degrees), True)
    return from_limits(pairs_of_points.fixed_points(found), found.dimension)


def test_pairs_of_points_with_several_coefficients() -> None:
    """
    Two binary cubics with a common apolar quadric have a 4 × 3 catalecticant of rank two, and its
    polar classes; the ED degree is what slices modulo primes count.  The first polar degree is the
    degree.
    """
    assert of_points(2, (2,), (3,)) == determinantal(4, 3, 2)[:6]
    M = NeuroManifold("mlp:2,2,2:x^3", cache=False, method="parametrization", seed=1)
    found = NeuroManifold("mlp:2,2,2:x^3", cache=False).ed_degree("generic")
    assert found.status == "proved" and found.data == M.ed_degree("generic").data == 83
    for spec, m, n, d in (("mlp:2,2,3:x^4", 3, 2, 4), ("mlp:3,2,2:x^3", 2, 3, 3)):
        assert of_points(m, (n,), (d,))[0] == NeuroManifold(spec).degree().data
    with pytest.raises(CertificateError, match="dependent conditions"):
        of_points(2, (2,), (2,))


@pytest.mark.parametrize("spec", ["mlp:3,2,2:x^2", "mlp:2,2,2:x^3", "glu:widths=2x1x2:x^2",
                                  "glu:widths=3x1x1:x^3"])
def test_forged_limits_of_tangents_are_refused(spec: str) -> None:
    found = by_residues(parametrization(load_model(spec)))
    assert found is not None and not found.trust
    verify(found.certificate)
    other = "two linear factors" if spec.startswith("mlp") else "pairs of squares"
    changes: list[dict[str, Any]] = [{"fixed_points": other}, {"fixed_points": "sums of points"}]
    if "powers" in found.certificate["evidence"]:
        c, v, w = found.certificate["evidence"]["blocks"]
        p, q = found.certificate["evidence"]["powers"]
        changes += [{"powers": powers} for powers in ([q, p], [p, p], [p, q + 1], [p])]
        changes += [{"blocks": blocks} for blocks in ([c, w, v], [v, c, w], [c, v], [c, v, v],
                                                      [[], v, w], [c, v[:1], w[:1]])
                    if blocks != [c, v, w]]
    else:
        one, two = found.certificate["evidence"]["summands"]
        changes += [{"summands": [one]}, {"summands": [one, one]}, {"has_coefficients": False},
                    {"summands": [one[::-1], two[::-1]]}]
    for change in changes:
        forged = copy.deepcopy(found.certificate)
        forged["evidence"] |= change
        with pytest.raises(CertificateError):
            verify(forged)
    for k in range(len(found.data)):
        forged = copy.deepcopy(found.certificate)
        forged["claim"]["value"][k] += 1
        with pytest.raises(CertificateError):
            verify(forged)


def test_products_of_a_form_with_linear_ones() -> None:
    """
    The dual variety of plane cubics with a line are the chords of the Veronese surface; that of m
    binary quadrics with a common zero are the c l^2, a Segre-Veronese variety.  The first polar
    degree is the degree of a product of projective spaces.
    """
    def of_products(a: int, k: int, m: int) -> list[int]:
        return from_limits(linear_multiples.fixed_points(a, k, m), comb(a + k - 1, k) + m * a - 1)

    cubics = of_products(3, 2, 1)
    assert cubics[4::-1] == polar_degrees(sums(2, (3,), (3,)))[:5] and not any(cubics[5:])
    for m in (2, 3, 4):
        found = of_products(2, 1, m)
        assert found[2::-1] == segre_veronese([2, m], [2, 1])[:3] and not any(found[3:])
    for a, k, m in ((2, 2, 2), (2, 3, 2), (3, 2, 2), (3, 1, 2), (2, 2, 4)):
        size = comb(a + k - 1, k)
        assert of_products(a, k, m)[0] == comb(size + m * a - 2, m * a - 1)


def test_attention_of_one_token() -> None:
    """As many critical points as from equations for the ideal, modulo primes."""
    M = NeuroManifold("attention:d=2,a=1,out=2,t=1", cache=False, method="lagrange", seed=1)
    assert sum(by_residues(parametrization(M.model)).data) == M.ed_degree("generic").data == 83


@pytest.mark.parametrize("spec", ["attention:d=2,a=1,out=2,t=1", "attention:d=3,a=2,out=1,t=1"])
def test_forged_linear_multiples_are_refused(spec: str) -> None:
    model = load_model(spec)
    found = by_residues(parametrization(model))
    assert found is not None and not found.trust
    verify(found.certificate)
    right, checked = found.certificate["evidence"], rebuilt(model)
    form, linear = right["form"], right["linear"]
    for wrong in ({"form": form[::-1]}, {"form": form[1:]}, {"form": [form[0]] * len(form)},
                  {"degree": 1}, {"degree": right["degree"] + 1}, {"linear": linear[1:]},
                  {"linear": [row[::-1] for row in linear]}, {"linear": [*linear, linear[0]]},
                  {"map": right["map"][1:]}, {"images": right["images"][::-1]},
                  {"parameters": [0] * model.parameter_count}):
        with pytest.raises(CertificateError):
            linear_multiples.check_linear_multiples(checked, right | wrong)
    for k in range(len(found.data)):
        forged = copy.deepcopy(found.certificate)
        forged["claim"]["value"][k] += 1
        with pytest.raises(CertificateError):
            verify(forged)


def test_other_products_are_no_linear_multiples() -> None:
    """A line and a binary quadric are not unique; the other factor is of a special kind."""
    for function in ("(a*x + b*y)*(c*x^2 + d*x*y + e*y^2)", "(a*x + b*y)*(c*x^2 + d*y^2 + e*x*y)^2",
                     "(a*x + b*y)*(c*x + d*y)^2"):
        model = from_expressions([function], ["a", "b", "c", "d", "e"], ["x", "y"])
        found = by_residues(parametrization(model))
        assert found is None or found.certificate["evidence"]["fixed_points"] != "linear multiples"


def test_other_sums_and_products_are_not_these() -> None:
    """Cubes; some squares only; one factor to the same power as the other; a third factor."""
    model = rebuilt(load_model("mlp:2,2,2:x^3"))
    evidence = {"summands": [[[4, 6], [0, 1]], [[5, 7], [2, 3]]], "has_coefficients": True}
    assert check_sum(model, evidence).degrees == (1, 3)
    with pytest.raises(CertificateError, match="no sum of two"):
        pairs_of_squares.check_pairs_of_squares(model, evidence)
    model = rebuilt(from_expressions(
        ["a*(c*x + d*y)^2 + e*(g*x + h*y)^2 - a*d^2*y^2 - e*h^2*y^2",
         "b*(c*x + d*y)^2 + f*(g*x + h*y)^2 - b*d^2*y^2 - f*h^2*y^2"],
        ["a", "b", "c", "d", "e", "f", "g", "h"], ["x", "y"]))
    with pytest.raises(CertificateError, match="not all multiples"):
        pairs_of_squares.check_pairs_of_squares(model, {
            "summands": [[[0, 1], [2, 3]], [[4, 5], [6, 7]]], "has_coefficients": True})
    for expression in ("(a*x + b*y)*(c*x + d*y)", "(a*x + b*y)^2*(c*x + d*y)*(x + y)"):
        model = rebuilt(from_expressions([expression], ["a", "b", "c", "d"], ["x", "y"]))
        for powers in ([1, 1], [2, 1]):
            with pytest.raises(CertificateError):
                two_linear_factors.check_two_linear_factors(
                    model, {"blocks": [[], [0, 1], [2, 3]], "powers": powers})


def by_monomials(spec: Any) -> list[int] | None:
    """The polar degrees, if each coordinate is a monomial and the polytope is smooth."""
    model = load_model(spec) if isinstance(spec, str) else spec
    found = smooth_polytope(parametrization(model), random.Random(1))
    return None if found is None else monomials.check_monomials(rebuilt(model), found)[0]


@pytest.mark.parametrize(("spec", "sizes", "degrees"), [
    ("mlp:3,1,2:x^2", [2, 3], [1, 2]), ("mlp:2,1,3:x^3", [3, 2], [1, 3]),
    ("cp:modes=2x2x3-1x1x1,ranks=1", [2, 2, 3], [1, 1, 1]), ("mlp:2,1,2:x^2:bias", None, None)])
def test_toric_varieties(spec: str, sizes: list[int] | None, degrees: list[int]) -> None:
    """Segre-Veronese varieties; with a bias, what is counted as points of a slice."""
    found = by_monomials(spec)
    assert found is not None
    if sizes:
        assert found == segre_veronese(sizes, degrees)
    else:
        M = NeuroManifold(spec, cache=False, method="parametrization", seed=1)
        assert sum(found) == M.ed_degree("generic").data == 57


def test_scrolls() -> None:
    """
    The lines that join corresponding points of two rational normal curves, of degrees 1 and d - 1,
    are a surface of degree d, whose hyperplane sections are rational, with a dual of degree d.
    """
    for d in (3, 4, 6):
        function = f"(a*x + b*y)^{d - 1}*c + (a*x + b*y)*e*z"
        model = from_expressions([function], ["a", "b", "c", "e"], ["x", "y", "z"])
        assert by_monomials(model) == [d, 2 * d - 2, d]


def test_what_is_not_smooth_or_no_cone_is_no_toric_variety_here() -> None:
    """A cone over a conic, a cuspidal cubic, a curve that is no cone, and what is dense."""
    for function in ("(a*x + b*y)^2*c + e*z", "a^3*x + a*b^2*y + b^3*z", "a^2*x^2 + a*x + a^3*y"):
        model = from_expressions([function], ["a", "b", "c", "e"], ["x", "y", "z"])
        found = smooth_polytope(parametrization(model), random.Random(1))
        if found is not None:
            with pytest.raises(CertificateError):
                monomials.check_monomials(rebuilt(model), found)
    model = from_expressions(["a*x + b*y"], ["a", "b"], ["x", "y"])
    found = smooth_polytope(parametrization(model), random.Random(1))
    with pytest.raises(CertificateError, match="dense"):
        monomials.check_monomials(rebuilt(model), found)


def test_forged_polytopes_are_refused() -> None:
    model = load_model("mlp:2,1,2:x^2:bias")
    checked, right = rebuilt(model), smooth_polytope(parametrization(model), random.Random(1))
    assert right is not None and len(right["free"]) == 2
    vertices, free = right["vertices"], right["free"]
    for k, (v, edges) in enumerate(vertices):
        others = [*vertices[:k], *vertices[k + 1:]]
        for wrong in (others, [*others, [v, edges[1:]]], [*others, [edges[0], [v, *edges[1:]]]],
                      [*vertices, [v, edges]], [*others, [v, [edges[0], *edges[:-1]]]]):
            with pytest.raises(CertificateError):
                monomials.check_monomials(checked, right | {"vertices": wrong})
    for pairs_ in ([], free[:1], [free[0], free[0]], [[0, 0], *free], [[*free[0][:1], 0], free[1]]):
        with pytest.raises(CertificateError):
            monomials.check_monomials(checked, right | {"free": pairs_})


def test_attempts_that_are_long_do_not_end_the_others() -> None:
    """
    The functions are c q^8 for binary quadrics q, a plane that is embedded by forms of degree 8,
    with Chern classes 1, 3 h, 3 h^2; and products of powers, whose fibers are of large degree.
    """
    found = NeuroManifold("mlp:2,3,1,1,2,1:x^2", metric="generic", seed=1, timeout=60).ed_degree()
    assert found.status == "proved"
    assert found.data == 7 * 8**2 - 3 * 3 * 8 + 3


def test_no_vertex_of_a_polytope_is_missed() -> None:
    """Of one with 39 points, linear functions are seldom largest at some vertices."""
    phi = parametrization(load_model("mlp:3,1,3:x^3+x"))
    first, *others = (smooth_polytope(phi, random.Random(seed)) for seed in range(60))
    assert first is not None and all(other == first for other in others)
