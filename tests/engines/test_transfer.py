"""Polynomials in transit: nothing is lost on the way to Macaulay2, to Sage and back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from conftest import slow
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroalg_sage.engines.macaulay2 import Macaulay2, Script
from neuroalg_sage.engines.macaulay2_names import MACAULAY2_NAMES, NEUROALGEBRA_NAMES
from neuroalg_sage.engines.transfer import (
    LARGEST_DEGREE,
    PolynomialMatrix,
    PolynomialRingData,
    check_name,
    legal_names,
    read_value,
)
from neuroalg_sage.errors import EngineError, InputError, LimitReached

PRIMES = (2, 3, 32003, 2147483629, 2147483647, 4294967291)


@pytest.fixture(scope="module")
def session() -> Iterator[Macaulay2]:
    with Macaulay2() as session:
        yield session


def normal(value: PolynomialMatrix) -> PolynomialMatrix:
    """The same with no zero coefficients, and residues in their range."""
    p = value.ring.characteristic
    entries = tuple({e: c % p if p else c for e, c in f.items() if (c % p if p else c)}
                    for f in value.entries)
    return replace(value, entries=entries)


def through_macaulay2(session: Macaulay2, *values: PolynomialMatrix) -> list[PolynomialMatrix]:
    names = [f"value{i}" for i in range(len(values))]
    results = session.run(Script("there and back", dict(zip(names, values)), "",
                                 {name: name for name in names}), timeout=600)
    return [results[name] for name in names]


# -- random polynomials ------------------------------------------------------------------


@st.composite
def matrices(draw: Any) -> PolynomialMatrix:
    p = draw(st.sampled_from((0, 0, 0, *PRIMES)))
    n = draw(st.integers(0, 4))
    names = draw(st.sampled_from((("x", "y", "z", "t"), ("z_0", "z_1", "z_2", "z_10"),
                                  ("abc", "Q3", "w_7", "w_2"))))
    ordering = draw(st.sampled_from(("", "MonomialOrder => Lex", "MonomialOrder => GLex")))
    ring = PolynomialRingData(names[:n], p, ordering if n else "")
    big = st.integers(-10**30, 10**30)
    numbers = st.integers(-9, 9) | big
    if not p:
        numbers |= st.builds(Fraction, big, st.integers(1, 10**30))
    exponent = st.integers(0, 3) | st.integers(0, 65535)
    polynomial = st.dictionaries(st.tuples(*[exponent] * n), numbers, max_size=8)
    kind = draw(st.sampled_from(("matrix", "ideal", "polynomial")))
    rows = 1 if kind != "matrix" else draw(st.integers(0, 3))
    columns = 1 if kind == "polynomial" else draw(st.integers(0, 3))
    count = rows * columns
    entries = draw(st.lists(polynomial, min_size=count, max_size=count))
    return PolynomialMatrix(ring, rows, columns, tuple(entries), kind)


@settings(max_examples=40, deadline=None)
@given(value=matrices())
def test_random_polynomials_come_back_from_macaulay2(session: Macaulay2, value) -> None:
    (back,) = through_macaulay2(session, value)
    if value.kind == "polynomial" and value.ring == K:
        assert back == value.polynomial.get((), 0)  # a rational number is what it is in Python
    else:
        assert back == normal(value)


@settings(max_examples=40, deadline=None)
@given(value=matrices())
def test_random_polynomials_come_back_from_sage(value) -> None:
    there = value.to_sage()
    back = PolynomialMatrix.from_sage(there)
    if value.kind == "ideal":  # Sage gives an ideal without generators the generator zero
        assert there.ring() == value.ring.to_sage()
        if not value.columns:
            value = replace(value, columns=1, entries=({},))
        if not value.ring.variables:  # an ideal of a field is zero or one
            assert there.is_zero() == (not any(normal(value).entries))
            return
    assert back == normal(value)


@settings(max_examples=30, deadline=None)
@given(value=matrices())
def test_random_polynomials_come_back_from_files(tmp_path_factory, value) -> None:
    path = tmp_path_factory.mktemp("files") / "value"
    value.write(path)
    assert PolynomialMatrix.read(path) == normal(value)


@settings(max_examples=30, deadline=None)
@given(value=matrices())
def test_random_polynomials_are_the_same_as_text(session: Macaulay2, value) -> None:
    """The standalone text and the file mean the same to Macaulay2."""
    script = Script("text and file", {"R": value.ring, "f": value},
                    f"g = {value.macaulay2()};" if value.ring.variables else "g = f;",
                    {"g": "g", "same": "class g === class f and f == g"})
    results = session.run(script, timeout=600)
    assert results["same"] is True
    if value.ring.variables:
        g = results["g"]
        assert (g.rows, g.columns, normal(g).entries) == (
            value.rows, value.columns, normal(value).entries)


# -- the ends of the range ---------------------------------------------------------------

Q = PolynomialRingData(("x", "y", "z"))
U = PolynomialRingData(("t",))
K = PolynomialRingData(())
HUGE = 7**30000

EXTREMES = {
    "zero": PolynomialMatrix(Q, 1, 1, ({},), "polynomial"),
    "a constant": PolynomialMatrix(Q, 1, 1, ({(0, 0, 0): Fraction(-22, 7)},), "polynomial"),
    "an ideal without generators": PolynomialMatrix(Q, 1, 0, (), "ideal"),
    "generators that are zero": PolynomialMatrix(Q, 1, 3, ({}, {(1, 0, 0): 1}, {}), "ideal"),
    "no rows": PolynomialMatrix(Q, 0, 4, ()),
    "no columns": PolynomialMatrix(Q, 4, 0, ()),
    "one variable": PolynomialMatrix(U, 1, 1, ({(0,): 1, (5,): -2, (100,): 3},), "polynomial"),
    "the largest degree": PolynomialMatrix(
        Q, 1, 1, ({(LARGEST_DEGREE, 0, 0): 1, (0, LARGEST_DEGREE - 1, 1): 2},), "polynomial"),
    "huge numbers": PolynomialMatrix(
        Q, 1, 2, ({(1, 0, 0): HUGE, (0, 1, 0): Fraction(-1, HUGE)},
                  {(0, 0, 2): Fraction(HUGE + 1, HUGE)}), "ideal"),
    "numbers of a field": PolynomialMatrix(K, 2, 2, ({(): 1}, {}, {(): Fraction(1, 3)}, {(): 7})),
    "many different exponents": PolynomialMatrix(
        U, 1, 1, ({(e,): e + 1 for e in range(0, 200000, 10)},), "polynomial"),
    **{f"residues modulo {p}": PolynomialMatrix(
        PolynomialRingData(("x", "y"), p), 1, 3,
        ({(1, 0): 1, (0, 1): p - 1}, {(2, 0): p // 2 or 1}, {(0, 0): p - 1}), "ideal")
       for p in PRIMES},
}


@pytest.mark.parametrize("value", EXTREMES.values(), ids=EXTREMES.keys())
def test_extremes_come_back_from_macaulay2(session: Macaulay2, value: PolynomialMatrix) -> None:
    assert through_macaulay2(session, value) == [value]


@pytest.mark.parametrize("value", [v for v in EXTREMES.values() if v.kind != "ideal"],
                         ids=[n for n, v in EXTREMES.items() if v.kind != "ideal"])
def test_extremes_come_back_from_sage(value: PolynomialMatrix) -> None:
    try:
        there = value.to_sage()
    except LimitReached:  # Sage's own limit
        assert any(max(e, default=0) > 65535 for f in value.entries for e in f)
        return
    assert PolynomialMatrix.from_sage(there) == value


def test_all_extremes_travel_in_one_script(session: Macaulay2) -> None:
    values = [replace(v, ring=replace(v.ring, variables=tuple(
        f"{name}{i}" for name in v.ring.variables))) for i, v in enumerate(EXTREMES.values())]
    assert through_macaulay2(session, *values) == values


@pytest.mark.parametrize("entries", [9, slow(85)])
def test_megabytes_there_and_back(session: Macaulay2, tmp_path, entries: int) -> None:
    ring = PolynomialRingData(tuple(f"z_{i}" for i in range(40)))
    source = random.Random(1)
    rows = tuple({tuple(source.choices(range(9), k=40)): source.randrange(-10**20, 10**20)
                     for _ in range(1000)} for _ in range(entries))
    value = normal(PolynomialMatrix(ring, 1, entries, rows, "ideal"))
    value.write(tmp_path / "value")
    assert (tmp_path / "value").stat().st_size > entries * 10**7 / 85
    assert through_macaulay2(session, value) == [value]


def test_sums_that_are_computed_in_macaulay2_are_right(session: Macaulay2) -> None:
    f = PolynomialMatrix(Q, 1, 1, ({(1, 0, 0): 1, (0, 1, 0): Fraction(1, 2)},), "polynomial")
    results = session.run(Script("a square", {"f": f}, "", {"square": "f^2", "none": "f - f"}))
    assert results["square"].polynomial == {
        (2, 0, 0): 1, (1, 1, 0): 1, (0, 2, 0): Fraction(1, 4)}
    assert results["none"].polynomial == {}


# -- Sage --------------------------------------------------------------------------------


def test_sage_objects_of_every_kind_come_back() -> None:
    import sage.all__sagemath_singular  # noqa: F401
    from sage.matrix.constructor import matrix
    from sage.rings.finite_rings.finite_field_constructor import GF
    from sage.rings.integer_ring import ZZ
    from sage.rings.rational_field import QQ

    for field in (QQ, GF(5), GF(2147483629)):
        multivariate, univariate = field["x, y"], field["t"]
        x, y = multivariate.gens()
        t = univariate.gen()
        ideal = multivariate.ideal([x**2 - 3 * y, x * y + 2])
        for value in (x**3 - 2 * y, multivariate(0), t**7 - t / 3 if field(3) else t, ideal,
                      matrix(multivariate, 2, 2, [x, 0, 1, y]), matrix(field, 1, 2, [1, 2])):
            data = PolynomialMatrix.from_sage(value)
            parent = value.ring() if value is ideal else getattr(value, "base_ring", None)
            back = data.to_sage(parent() if callable(parent) and hasattr(value, "nrows")
                                else ideal.ring() if value is ideal else value.parent())
            assert back == value
    assert PolynomialMatrix.from_sage(QQ((2, 3))).polynomial == {(): Fraction(2, 3)}
    assert PolynomialMatrix.from_sage(ZZ(7)).polynomial == {(): 7}


def test_what_is_not_over_a_prime_field_is_refused() -> None:
    import sage.all__sagemath_modules  # noqa: F401
    from sage.rings.finite_rings.finite_field_constructor import GF
    from sage.rings.real_mpfr import RR

    for value in (GF(9, "a")["x, y"].gen(0), RR["x, y"].gen(0), "x^2", None, 3.5):
        with pytest.raises(InputError):
            PolynomialMatrix.from_sage(value)


# -- orders ------------------------------------------------------------------------------

ORDERS = ["", "MonomialOrder => Lex", "MonomialOrder => GLex", "MonomialOrder => {GRevLex => 1, "
          "GRevLex => 2}", "MonomialOrder => {Lex => 1, Weights => {1, 1}, Lex => 2}"]


def _leading_exponents(sage_polynomial: Any) -> tuple[int, ...]:
    return tuple(int(e) for e in sage_polynomial.lm().exponents()[0])


@pytest.mark.parametrize("order", ORDERS)
def test_orders_are_the_same_in_macaulay2_and_in_sage(session: Macaulay2, order: str) -> None:
    import sage.all__sagemath_singular  # noqa: F401

    ring = PolynomialRingData(("x", "y", "z"), 0, order)
    assert PolynomialMatrix.from_sage(ring.to_sage().gen(0)).ring == ring
    source = random.Random(2)
    polynomials = [{tuple(source.randrange(4) for _ in range(3)): 1 for _ in range(6)}
                   for _ in range(40)]
    value = PolynomialMatrix(ring, 1, 40, tuple(polynomials), "ideal")
    results = session.run(Script("leading terms", {"R": ring, "I": value}, "", {
        "leading": "matrix {apply(I_*, leadMonomial)}", "ring": "R",
        "new": "newRing(R, Variables => {a, b, c})"}))
    assert results["ring"] == ring
    assert results["new"] == replace(ring, variables=("a", "b", "c"))
    leading = [next(iter(f)) for f in results["leading"].entries]
    assert leading == [_leading_exponents(f) for f in value.to_sage().gens()]


@pytest.mark.parametrize("order", ["MonomialOrder => {Weights => {1, 2, 3}, GRevLex => 3}",
                                   "MonomialOrder => Eliminate 2", "Degrees => {1, 2, 3}"])
def test_other_orders_are_kept_in_macaulay2(session: Macaulay2, order: str) -> None:
    ring = PolynomialRingData(("x", "y", "z"), 0, order)
    results = session.run(Script("an order", {"R": ring}, "S = newRing(R, Variables => 3);", {
        "known": "R", "f": "R_0 + R_2^2",
        "new": "S", "same": "(options S).MonomialOrder === (options R).MonomialOrder"}))
    assert results["known"] == ring and results["f"].ring == ring and results["same"] is True
    again = session.run(Script("again", {"R": results["new"]}, "", {
        "order": "toString (options R).MonomialOrder", "degrees": "degrees R"}))
    expected = session.run(Script("again", {"R": ring}, "", {
        "order": "toString (options R).MonomialOrder", "degrees": "degrees R"}))
    assert again["order"] == expected["order"]
    assert again["degrees"] == expected["degrees"]


def test_a_sage_order_that_macaulay2_does_not_share_is_refused() -> None:
    import sage.all__sagemath_singular  # noqa: F401
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    for order in ("neglex", "invlex"):
        with pytest.raises(InputError, match="term order"):
            PolynomialMatrix.from_sage(PolynomialRing(QQ, "x, y", order=order).gen(0))


# -- names and other wrong input ---------------------------------------------------------

MALICIOUS = ["", " ", "x y", "x;run", 'x"', "x\n", "\nx", "x_", "_x", "x_y", "x_1_2", "x__1", "1x",
             "x_-1", "x'", "x#1", "x.y", "é", "x_1;exit 0", "x(1)", "a--b", "x_²", None, 3]


@pytest.mark.parametrize("name", MALICIOUS)
def test_malicious_names_are_refused(name: Any) -> None:
    with pytest.raises(InputError):
        check_name(name)
    with pytest.raises(InputError):
        PolynomialRingData(("x0", name))


@pytest.mark.parametrize("name", ["QQ", "ideal", "path", "end", "exit", "run", "ii", "gb", "dim_3",
                                  "scriptRecord", "neurovariety", "readPolynomials"])
def test_reserved_names_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="belongs to Macaulay2"):
        check_name(name)
    with pytest.raises(InputError):
        Script("a name", {name: PolynomialRingData(("x",))}, "", {})


def test_the_reserved_names_are_those_of_macaulay2() -> None:
    body = ('plain = d -> select(keys d, s -> match("^[A-Za-z][A-Za-z0-9]*$", s));'
            'own = plain NeuroAlgebra.Dictionary;'
            'others = flatten apply(select(dictionaryPath, d -> not d#?"scriptRecord"'
            ' and d =!= OutputDictionary and d =!= NeuroAlgebra.Dictionary), plain);')
    with Macaulay2() as session:
        results = session.run(Script("names", {}, body, {
            "own": "own", "others": "others", "version": 'version#"VERSION"'}))
    assert set(results["own"]) <= NEUROALGEBRA_NAMES
    if results["version"] == "1.26.06":
        assert set(results["others"]) <= MACAULAY2_NAMES | NEUROALGEBRA_NAMES


def test_names_of_sage_become_legal() -> None:
    assert legal_names(["x", "y_1", "w_1_2"]) == ("x", "y_1", "w1_2")
    assert legal_names(["QQ", "x"]) == ("v_0", "v_1")
    assert legal_names(["a_1_2", "a1_2"]) == ("v_0", "v_1")  # both would be a1_2


@pytest.mark.parametrize("make", [
    lambda: PolynomialRingData(("x", "x")),
    lambda: PolynomialRingData(("x", "x_1")),
    lambda: PolynomialRingData(("x",), 4),
    lambda: PolynomialRingData(("x",), -7),
    lambda: PolynomialRingData(("x",), 2**61 - 1),
    lambda: PolynomialMatrix(Q, 2, 2, ({},)),
    lambda: PolynomialMatrix(Q, 2, 1, ({}, {}), "ideal"),
    lambda: PolynomialMatrix(Q, 1, 1, ({},), "scheme"),
    lambda: PolynomialMatrix(Q, -1, 0, ()),
])
def test_wrong_rings_and_matrices_are_refused(make) -> None:
    with pytest.raises(InputError):
        make()


@pytest.mark.parametrize("entry", [
    {(1, 2): 1}, {(1, 2, -3): 1}, {(LARGEST_DEGREE, 1, 0): 1}, {(1, 0, 0): 0.5},
    {(1, 0, 0): "1"}, {(1, 0, 0): None}])
def test_wrong_polynomials_are_refused_and_reach_nobody(session: Macaulay2, entry) -> None:
    value = PolynomialMatrix(Q, 1, 1, (entry,), "polynomial")
    with pytest.raises(InputError):
        through_macaulay2(session, value)


def test_fractions_over_a_prime_field_are_refused(tmp_path) -> None:
    ring = PolynomialRingData(("x",), 7)
    value = PolynomialMatrix(ring, 1, 1, ({(1,): Fraction(1, 2)},), "polynomial")
    with pytest.raises(InputError, match="prime field"):
        value.write(tmp_path / "value")


# -- files that are not whole ------------------------------------------------------------


def test_a_file_that_is_cut_off_is_never_taken_for_whole(tmp_path) -> None:
    path = tmp_path / "value"
    f = {(2, 1, 0): Fraction(3, 4), (0, 0, 5): -1, (1, 1, 1): 22}
    value = PolynomialMatrix(Q, 1, 2, (f, {(1, 0, 0): 1}), "ideal")
    value.write(path)
    lines = path.read_text().split("\n")
    for count in range(len(lines) - 1):
        path.write_text("\n".join(lines[:count]))
        with pytest.raises(EngineError):
            read_value(path)


@pytest.mark.parametrize("content", ["", "nonsense", "polynomials", "polynomials ideal 1",
                                     "integer", "integer x", "list 3\ninteger 1", "list x",
                                     "rational 1/0", "table 1\nlist 0", "real x"])
def test_a_file_of_something_else_is_refused(content: str, tmp_path) -> None:
    path = tmp_path / "value"
    path.write_text(content)
    with pytest.raises(EngineError):
        read_value(path)
    with pytest.raises((EngineError, InputError)):
        PolynomialMatrix.read(path)


def test_values_that_are_no_polynomials(session: Macaulay2) -> None:
    script = Script("values", {}, "", {
        "n": "-10^5000", "q": "3/4", "whole": "2/1", "x": "0.1", "big": "-1e300",
        "small": "2.5e-100", "yes": "true", "no": "1 == 2", "none": "null",
        "text": '"a\\n\\"b\\" \u00e9 \\\\"', "empty": '""',
        "list": "{1, {2, ()}, [3]}", "table": 'hashTable {"a" => 1, 2 => {}, (3, 4) => "x"}',
        "ring": "ZZ/7[u_1, u_2]", "field": "QQ", "infinite": "1/0.", "less": "-infinity"})
    assert session.run(script) == {
        "n": -10**5000, "q": Fraction(3, 4), "whole": 2, "x": 0.1, "big": -1e300,
        "small": 2.5e-100, "yes": True, "no": False, "none": None,
        "text": 'a\n"b" \u00e9 \\', "empty": "",
        "list": [1, [2, []], [3]], "table": {"a": 1, 2: [], (3, 4): "x"},
        "ring": PolynomialRingData(("u_1", "u_2"), 7), "field": PolynomialRingData(()),
        "infinite": float("inf"), "less": float("-inf")}


@pytest.mark.parametrize("expression", ["sin", "(GF 9)[x]_0", "x -> x", "RR[x]_0"])
def test_what_cannot_be_handed_over_is_one_error(session: Macaulay2, expression: str) -> None:
    with pytest.raises(EngineError, match="Macaulay2 reported"):
        session.run(Script("no value", {}, "", {"x": expression}))
    assert session.run(Script("after it", {}, "", {"x": "1"})) == {"x": 1}
