"""Polar degrees of sums of two points of a toric variety: other bundles, slices, Macaulay2."""

from __future__ import annotations

import copy
import random
from math import comb
from typing import Any

import pytest
from flint import Ordering, fmpq_mpoly_ctx

from neuroalg_sage import NeuroManifold, load_model
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.distance import blown_up_charts, pairs_of_squares
from neuroalg_sage.certificates.distance.blown_up_charts import Chart, limits
from neuroalg_sage.certificates.distance.limits_of_tangents import polar_degrees
from neuroalg_sage.certificates.distance.pairs_on_toric_varieties import (
    Pairs,
    check_pairs_on_toric_variety,
)
from neuroalg_sage.certificates.equations.toric_sums import check_toric_sum
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.work import Work
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.distance.polar_degrees import by_residues
from neuroalg_sage.invariants.equations.degree_by_fixed_points import toric_sums
from neuroalg_sage.models.parametrization import parametrization


def evidence_of(spec: str) -> dict[str, Any]:
    found = toric_sums(parametrization(load_model(spec)), random.Random(1))
    assert found is not None
    return found


def by_charts(spec: str) -> list[int]:
    return check_pairs_on_toric_variety(rebuilt(load_model(spec)), evidence_of(spec))[0]


def test_where_another_variety_has_limits() -> None:
    """Bundles of pencils for squares, and Hilbert schemes for cubes, that were blown up by hand."""
    for a, m in ((3, 2), (3, 3), (4, 2)):
        other = polar_degrees(pairs_of_squares.fixed_points(a, m), 2 * (a - 1 + m))
        assert by_charts(f"mlp:{a},2,{m}:x^2") == other
    for spec in ("mlp:2,2,2:x^3", "mlp:2,2,3:x^4", "mlp:3,2,2:x^3"):
        found = by_residues(parametrization(load_model(spec)))
        assert found is not None and found.certificate["evidence"]["fixed_points"] == (
            "pairs of points")
        assert by_charts(spec) == found.data


@pytest.mark.parametrize("spec", ["mlp:2,2,2:x^3+x", "mlp:2,2,3:x^3+x", "mlp:3,2,2:x^2:bias",
                                  "cp:modes=2x2x2x2-1x1x1x1,ranks=2"])
def test_the_first_polar_degree_is_the_degree(spec: str) -> None:
    """On scrolls, blown-up projective spaces, and products of lines."""
    assert by_charts(spec)[0] == NeuroManifold(spec).degree().data


@pytest.mark.slow
def test_a_conormal_ideal_of_macaulay2() -> None:
    M = NeuroManifold("mlp:2,2,1:x^3+x^2", method="conormal", cache=False)
    assert by_charts("mlp:2,2,1:x^3+x^2") == M.polar_degrees().data == [3, 6, 12, 12, 6, 0]


def test_chords_of_scrolls() -> None:
    """
    Two rows of Hankel matrices side by side have rank two; and a hyperplane that is tangent at two
    points contains their rulings, and any other curve in it meets these.
    """
    for k in range(2, 6):
        *_, last, zero = numbers = by_charts(f"mlp:2,2,1:x^{k + 1}+x^{k}")
        assert (numbers[0], last, zero) == (comb(2 * k - 1, 2), comb(2 * k, 2), 0)


def test_points_of_the_conormal_variety_that_were_found_by_monodromy() -> None:
    """With hyperplanes for points and for tangent hyperplanes, on their images."""
    assert by_charts("mlp:2,2,2:x^3+x") == [20, 80, 176, 232, 181, 80, 16, 0]
    assert by_charts("mlp:2,2,1:x^4+x^3") == [10, 30, 48, 40, 15, 0]


@pytest.mark.parametrize("spec", [
    "mlp:2,2,2:x^2:bias", pytest.param("mlp:2,2,2:x^3+x", marks=pytest.mark.slow),
    pytest.param("mlp:2,2,3:x^2:bias", marks=pytest.mark.slow)])
def test_critical_points_by_monodromy(spec: str) -> None:
    M = NeuroManifold(spec, metric="generic", method="monodromy", cache=False, seed=1)
    assert sum(by_charts(spec)) == M.ed_degree().data


@pytest.mark.parametrize("spec", ["mlp:2,2,2:x^3+x", "mlp:2,2,2:x^2:bias"])
def test_what_is_blown_up_does_not_matter(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor whether all fixed points are looked at, or one for each orbit of symmetries."""
    found = check_toric_sum(rebuilt(load_model(spec)), evidence_of(spec))

    def numbers(symmetric: bool) -> tuple[list[int], list[Any]]:
        pairs = Pairs(found)
        if not symmetric:
            pairs.symmetries = [list(range(len(pairs.columns[0])))]
        points = list(pairs.fixed_points())
        return polar_degrees(points, found.dimension), sorted(points)

    first, points = numbers(True)
    assert numbers(False) == (first, points)
    centers = blown_up_charts._centers
    monkeypatch.setattr(blown_up_charts, "MOST_CHOICES", 4)
    monkeypatch.setattr(blown_up_charts, "_centers", lambda *given: centers(*given)[::-1])
    others, more = numbers(True)
    assert others == first and more != points


def test_charts_that_are_none_are_refused() -> None:
    ring = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex)
    x, y = ring.gens()
    one = ring.constant(1)
    columns = [(0, 0), (2, 0), (1, 1), (0, 2)]
    quadrics = Chart([one, x**2, x * y, y**2], [(1, 0), (0, 1)], (0, 0), columns)
    # The limits at the vertex of the cone over a conic: two points of the conic.
    assert [(tangents, sorted(limit)) for tangents, limit in limits(quadrics, Work())] == [
        ([(1, 0), (-1, 1)], [(0, 0), (1, 1), (2, 0)]),
        ([(1, -1), (0, 1)], [(0, 0), (0, 2), (1, 1)])]
    for wrong in (quadrics._replace(weights=[(1, 0), (0, 0)]),
                  quadrics._replace(weights=[(1, 0), (1, 0)]), quadrics._replace(line=(1, 0)),
                  quadrics._replace(columns=columns[::-1]), quadrics._replace(columns=columns[:3]),
                  quadrics._replace(functions=[one, x**2, x * y, y**2 + x])):
        with pytest.raises(CertificateError):
            limits(wrong, Work())
    # In one direction only the torus does not tell the points of the conic apart.
    alike = Chart([one, x**2, x * y, y**2], [(1,), (1,)], (0,), [(0,), (2,), (2,), (2,)])
    with pytest.raises(CertificateError, match="No limits"):
        limits(alike, Work())
    # A curve in a space of dimension three.
    with pytest.raises(CertificateError, match="No limits"):
        limits(quadrics._replace(functions=[one, x**2, 0 * x, 0 * x]), Work())


@pytest.mark.parametrize("spec", ["mlp:2,2,2:x^2:bias", "mlp:2,2,2:x^3+x"])
def test_forged_pairs_are_refused(spec: str) -> None:
    found = by_residues(parametrization(load_model(spec)))
    assert found is not None and found.status == "proved" and not found.trust
    verify(found.certificate)
    right = found.certificate["evidence"]
    assert right["fixed_points"] == "pairs on a toric variety"
    (v, edges), *vertices = right["vertices"]
    one, two = right["summands"]
    changes: list[dict[str, Any]] = [
        {"fixed_points": other} for other in ("monomials", "pairs of points", "sums of points")]
    changes += [{"vertices": vertices}, {"vertices": [[v, edges[1:]], *vertices]},
                {"vertices": [[v, edges], [v, edges], *vertices]}, {"summands": [one]},
                {"summands": [one, one]}, {"summands": [one[::-1], two[::-1]]},
                {"point": [0] * len(right["point"])},
                {"free": right["free"][1:] if right["free"] else [[0, 0]]}]
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


def test_where_summands_are_not_unique_nothing_is_claimed() -> None:
    """Conics in a plane, whose chords are not; and the linear part of two units is free."""
    for spec in ("mlp:2,2,3:x^2", "mlp:2,2,1:x^4+x"):
        with pytest.raises(CertificateError, match="contact locus"):
            by_charts(spec)
    with pytest.raises(CertificateError, match="dense"):
        by_charts("mlp:2,2,1:x^3+x")
