"""Polar degrees of secant varieties by residues: other formulas, conormal ideals, nodal curves."""

from __future__ import annotations

import copy

import pytest
from flint import fmpq

from neuroalg_sage import NeuroManifold, load_model
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.distance.binary_forms import binary_forms
from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese
from neuroalg_sage.certificates.distance.sums_of_points import polar_degrees, square
from neuroalg_sage.certificates.equations.lengths import forms
from neuroalg_sage.certificates.equations.sums_of_points import Sum, staircases
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.invariants.distance.polar_degrees import by_residues
from neuroalg_sage.models.parametrization import parametrization


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
