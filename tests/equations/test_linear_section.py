"""Ideals proved by a linear section, against elimination, and against forgers."""

from __future__ import annotations

import copy
import itertools
import random

import pytest
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.equations.restrictions import degrees
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.equations.equivariant_ideal import equivariant_ideal
from neuroalg_sage.invariants.equations.linear_section import NotProved, _watched, linear_section
from neuroalg_sage.models.sources import from_expressions

TWISTED_CUBIC = from_expressions(["a^3*x^3 + a^2*b*x^2 + a*b^2*x + b^3"], ["a", "b"], ["x"])
SKEW_PARABOLA = from_expressions(["a*x^2 + a^2*x + a^3"], ["a"], ["x"])
RATIONAL_QUARTIC = from_expressions(["a^4*x^3 + a^3*b*x^2 + a*b^3*x + b^4"], ["a", "b"], ["x"])
BENT_QUARTIC = from_expressions(["a*x^2 + a^3*x + a^4"], ["a"], ["x"])
PROJECTED_VERONESE_SURFACE = from_expressions(
    ["a^2*x^4 + b^2*x^3 + a*c*x^2 + b*c*x + c^2 - a*b"], ["a", "b", "c"], ["x"])
SHIFTED_PLANE = from_expressions(["a*x^2 + b*x + a + b + 1"], ["a", "b"], ["x"])


def equivariant(model) -> NeuroManifold:
    return NeuroManifold(model, method="equivariant", seed=5)


@pytest.mark.parametrize("model", [
    "linear:3,2,3", "linear:2,1,3", "mlp:2,2,3:x^2", "mlp:3,2,2:x^2", "mlp:2,2,2:x^3",
    "mlp:2,1,2:x^3", "mlp:1,1,3:x^2:bias", "mlp:2,1,2:x^2+x", TWISTED_CUBIC, SKEW_PARABOLA,
    SHIFTED_PLANE], ids=str)
def test_the_equivariant_ideal_is_that_of_elimination(model) -> None:
    ours, theirs = equivariant(model), NeuroManifold(model, method="elimination", seed=5)
    assert ours.ideal().value == theirs.ideal().value
    assert ours.degree() == theirs.degree()
    assert ours.hilbert_polynomial() == theirs.hilbert_polynomial()
    for invariant in ("ideal", "degree", "hilbert_polynomial"):
        answer = ours.compute(invariant)
        assert answer.status == "proved" and not answer.trust
        assert verify(answer.certificate).trust == ()


def test_what_elimination_does_not_reach_is_proved_too() -> None:
    nets = equivariant("mlp:3,3,3:x^2")
    assert [sum(next(iter(g))) for g in nets.ideal().data] == [4] * 9
    assert nets.ideal().qualified_status() == "proved"
    verify(nets.degree().certificate)
    # The Hilbert polynomial agrees with the Hilbert function, which is proved on its own,
    # from a degree on that is below 5.
    series = nets.hilbert_function(6)
    assert [nets.hilbert_polynomial().value(i) for i in (5, 6)] == list(series)[4:]


def test_the_degree_of_pencils_of_diagonal_quartics() -> None:
    # Six equations in codimension two are the maximal minors of a 5 x 6 matrix of linear
    # forms (Hilbert, Burch) and have degree 15.
    pencils = equivariant("mlp:2,2,2,2:x^2")
    assert len(pencils.ideal().data) == 6 and pencils.degree() == 15


NOT_COHEN_MACAULAY = ["cnn:3s2,2s2,2:x", "glu:widths=2x1x2:x^2", RATIONAL_QUARTIC, BENT_QUARTIC]


@pytest.mark.parametrize("model", NOT_COHEN_MACAULAY, ids=str)
def test_a_curve_proves_what_is_not_cohen_macaulay(model) -> None:
    ours, theirs = equivariant(model), NeuroManifold(model, method="elimination", seed=5)
    assert "curve" in ours.ideal().certificate["evidence"]
    assert ours.ideal().value == theirs.ideal().value
    assert ours.degree() == theirs.degree()
    assert ours.hilbert_polynomial() == theirs.hilbert_polynomial()
    for invariant in ("ideal", "degree", "hilbert_polynomial"):
        answer = ours.compute(invariant)
        assert answer.status == "proved" and not answer.trust
        assert verify(answer.certificate).trust == ()


def test_a_ring_that_is_far_from_cohen_macaulay_is_left_to_others() -> None:
    M = NeuroManifold(PROJECTED_VERONESE_SURFACE, seed=5)
    with pytest.raises(LimitReached, match="7 of degree 3.*far from Cohen-Macaulay"):
        equivariant_ideal(M.equation_search(), M.dimension())


def test_curves_with_torsion_are_refused() -> None:
    from neuroalg_sage.certificates.equations.curve_section import torsion_free_series
    from neuroalg_sage.certificates.equations.restrictions import restricted
    from neuroalg_sage.certificates.reading import polynomial_ring

    a, b, u, v = polynomial_ring(4).gens()
    matrix = [[0, 1, 1, 0], [1, 0, 0, 1], [2, 3, 1, 1], [1, 1, 0, 3]]
    cubic = [a*u - b**2, a*v - b*u, b*v - u**2]

    def series(forms, points: int) -> list[int]:
        return torsion_free_series(restricted(forms, matrix, 101), 2, 101, points)

    assert series(cubic, 3) == [1, 2]
    # Without one multiple of an equation, with an embedded point, and as a curve of lower degree.
    with pytest.raises(CertificateError, match="torsion"):
        series([cubic[0] * x for x in (a, b, u, v)] + cubic[1:], 3)
    with pytest.raises(CertificateError, match="torsion"):
        series([f * x for f in cubic for x in (a, b, u)] + [cubic[0]], 3)
    with pytest.raises(CertificateError):
        series(cubic, 2)


def test_too_few_equations_are_not_proved() -> None:
    minors = NeuroManifold(TWISTED_CUBIC, seed=1).equation_search()
    minors.up_to(2)
    from neuroalg_sage.invariants.equations.equations_by_degree import generators

    equations = generators(minors, 2)
    generator = random.Random(1)
    assert len(equations) == 3 and linear_section(equations, 4, 2, generator)["fibers"]
    for chosen in ([0, 1], [1, 2], [0, 2]):  # the curve, and a line or a double line
        with pytest.raises(NotProved):
            linear_section([equations[i] for i in chosen], 4, 2, generator)
    with pytest.raises(NotProved):
        linear_section(equations[:1], 4, 2, generator)


def bent(certificate: dict, change) -> dict:
    forged = copy.deepcopy(certificate)
    change(forged)
    forged["digest"] = digest(forged)
    return forged


def _drop_equation(data: dict) -> None:
    data["claim"]["value"].pop()


def _double_equation(data: dict) -> None:
    data["claim"]["value"][0][0][0] += "0"


def _one_prime(data: dict) -> None:
    fibers = data["evidence"]["fibers"]
    assert len(fibers) > 1  # for the seed above
    del fibers[1:]


def _no_primes(data: dict) -> None:
    data["evidence"]["fibers"] = []


def _other_prime(data: dict) -> None:
    data["evidence"]["fibers"][0]["prime"] = 2**31 - 1


def _factor(data: dict) -> None:
    from flint import nmod_poly

    for fiber in data["evidence"]["fibers"]:
        factor = nmod_poly(fiber["polynomial"], fiber["prime"]).factor()[1][-1][0]
        fiber["polynomial"] = [int(c) for c in factor.coeffs()]


def _point(data: dict) -> None:
    data["evidence"]["fibers"][0]["point"][0][0] += 1


def _section(data: dict) -> None:
    data["evidence"]["section"][0][0] += 1


def _degenerate(data: dict) -> None:
    for row in data["evidence"]["section"]:
        row[-1] = row[0]


def _dimension(data: dict) -> None:
    data["evidence"]["value"] -= 1


def _curve_of_another_direction(data: dict) -> None:
    data["evidence"]["curve"]["direction"] = [row[0] for row in data["evidence"]["section"]]


def _curve_modulo_no_prime(data: dict) -> None:
    data["evidence"]["curve"]["prime"] = 15


def _no_curve(data: dict) -> None:
    del data["evidence"]["curve"]


@pytest.mark.parametrize("change", [
    _drop_equation, _double_equation, _no_primes, _other_prime, _factor, _point, _section,
    _degenerate, _dimension, _curve_of_another_direction, _curve_modulo_no_prime, _no_curve],
    ids=lambda change: change.__name__[1:])
def test_forged_curves_are_rejected(change) -> None:
    certificate = equivariant("glu:widths=2x1x2:x^2").ideal().certificate
    verify(bent(certificate, lambda data: None))
    with pytest.raises(CertificateError):
        verify(bent(certificate, change))


@pytest.mark.parametrize("change", [
    _drop_equation, _double_equation, _one_prime, _no_primes, _other_prime, _factor, _point,
    _section, _degenerate, _dimension], ids=lambda change: change.__name__[1:])
def test_forged_sections_are_rejected(change) -> None:
    certificate = equivariant("mlp:3,2,2:x^2").ideal().certificate
    verify(bent(certificate, lambda data: None))
    with pytest.raises(CertificateError):
        verify(bent(certificate, change))


def test_accepted_mutants_of_sections_say_the_same() -> None:
    originals = [equivariant(model).compute(invariant).certificate
                 for model in ("mlp:3,2,2:x^2", SHIFTED_PLANE, "linear:3,2,3", RATIONAL_QUARTIC)
                 for invariant in ("ideal", "degree")]
    accepted = list(accepted_mutants(originals, 300, random.Random(7)))
    for _, data, where, verdict in accepted:
        assert where[0] not in ("status", "trust"), where
        if where[0] == "claim":  # an equation may be multiplied by a number
            assert verdict.invariant == "ideal" and where[-1] == 0, where
            assert len(data["claim"]["value"][where[2]]) == 1, where
    assert len(accepted) < 150


def test_a_degree_is_not_taken_from_the_claim() -> None:
    certificate = equivariant("mlp:3,2,2:x^2").degree().certificate

    def change(data: dict) -> None:
        data["claim"]["value"] = 16

    with pytest.raises(CertificateError, match="degree is 15"):
        verify(bent(certificate, change))


def test_what_was_already_found_is_no_reason_to_give_up() -> None:
    nets = NeuroManifold("mlp:3,3,3:x^2", method="equivariant", seed=1)
    nets.equation_search().up_to(4)
    assert len(nets.ideal().data) == 9


def test_an_elimination_ends_when_it_is_told_to() -> None:
    """Between degrees, and within one: what may take long there is looked at, too."""
    calls = itertools.count()

    def checkpoint() -> None:
        if next(calls) == 20:
            raise LimitReached("too long")

    squares = [{tuple(2 * (i == k) for i in range(4)): 1} for k in range(4)]
    eliminations = degrees(squares, 4, 32003, watched=_watched(checkpoint))
    found = []
    with pytest.raises(LimitReached, match="too long"):
        for monomials, _, _ in eliminations:
            found.append(len(monomials))
    assert found == [4, 10]
