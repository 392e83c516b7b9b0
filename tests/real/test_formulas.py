"""Formulas of semi-algebraic sets, in both rooms."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from flint import fmpq

from neuroalg_sage.cache.codec import decode, encode
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring
from neuroalg_sage.certificates.real import formulas
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.real.formula import RELATIONS, Formula

# The points of the upper half of the unit circle, and the open first quadrant without a line.
EXAMPLE = Formula.of(2, [[("z_0^2 + z_1^2 - 1", "="), ("z_1", ">=")],
                         [("z_0", ">"), ("z_1", ">"), ("z_0 - z_1", "!=")]])


@pytest.mark.parametrize(("point", "inside"), [
    ((1, 0), True), (("3/5", "4/5"), True), (("3/5", "-4/5"), False), ((1, 1), False),
    ((1, 2), True), ((-1, 2), False), ((0, 1), True), ((0, 0), False)])
def test_points_of_a_formula(point, inside) -> None:
    assert EXAMPLE.holds(point) is inside


def test_both_rooms_read_the_same() -> None:
    """Random formulas with small coefficients, at random points, of which many are on borders."""
    chance = random.Random(1)
    ring = polynomial_ring(2)
    differing = 0
    for _ in range(60):
        found = Formula(2, tuple(tuple(
            ({(chance.randrange(3), chance.randrange(3)): Fraction(chance.randint(-2, 2), 3)
              for _ in range(2)}, chance.choice(RELATIONS)) for _ in range(2)) for _ in range(2)))
        checked = formulas.formula(found.plain_value(), ring)
        for _ in range(20):
            x, y = (Fraction(chance.randint(-2, 2), chance.randint(1, 2)) for _ in range(2))
            there = formulas.holds(checked, [fmpq(x.numerator, x.denominator),
                                             fmpq(y.numerator, y.denominator)])
            assert found.holds([x, y]) is there
            differing += there
    assert 100 < differing < 1100


def test_what_is_constant_or_stated_twice_is_simplified() -> None:
    assert Formula.of(1, [[("1", ">")]]) == Formula.of(1, [[]])
    assert Formula.of(1, [[("1", "="), ("z_0", ">")], [("0", "!=")]]) == Formula.of(1, [])
    assert Formula.of(1, [[("z_0", ">"), ("z_0", ">")], [("z_0", ">")]]).plain_value() == [
        [[">", [["1", [0, 1]]]]]]
    assert Formula.of(1, [[("z_0", ">")], [("0", "=")]]).sentence() == "everything"


def test_formulas_are_stored() -> None:
    assert decode(encode(EXAMPLE)) == EXAMPLE and hash(decode(encode(EXAMPLE))) == hash(EXAMPLE)
    assert EXAMPLE != Formula.of(2, [[("z_1", ">=")]])


@pytest.mark.parametrize("wrong", [
    [[["<", [["1", [0, 1]]]]]], [[["=", [["1", []]]]]], [[["=", []]]], [[["=", [["1", [2, 1]]]]]],
    [[["=", [["1", [0, 1]]]], ["=", [["1", [0, 1]]]]]], [[], []], "=", [[["="]]], [[[[], []]]]])
def test_the_checker_refuses_other_data(wrong) -> None:
    with pytest.raises(CertificateError):
        formulas.formula(wrong, polynomial_ring(2))


def test_wrong_input_is_one_sentence() -> None:
    with pytest.raises(InputError, match="2 coordinates, not 3"):
        EXAMPLE.holds([1, 2, 3])
    with pytest.raises(InputError, match="rational"):
        EXAMPLE.holds([1, "x"])
    with pytest.raises(InputError, match="one of"):
        Formula.of(2, [[("z_0", "<")]])
    with pytest.raises(InputError):
        Formula.of(2, [[("z_2", "=")]])


def test_latex_and_pages() -> None:
    assert EXAMPLE._latex_().count(r"\wedge") == 3 and r"\vee" in EXAMPLE._latex_()
    page = EXAMPLE.mathml()
    assert page.count("<li>") == 2 and "≠" in page and "≥" in page
    assert [[relation for _, relation in piece] for piece in EXAMPLE.sage()] == [
        ["=", ">="], [">", ">", "!="]]
