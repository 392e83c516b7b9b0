"""What is stated is read right, or refused: numbers, maps of Sage, files and tables."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy

from neuroalg_sage import (
    ERM,
    MLP,
    Activation,
    Flow,
    InputError,
    NeuroManifold,
    PolynomialLayer,
    from_expressions,
    from_sage,
    from_sympy,
    load_model,
    minimal_filling,
    parse_spec,
    verify,
)
from neuroalg_sage.cli import main
from neuroalg_sage.invariants.dynamics.flows import parse_flow
from neuroalg_sage.invariants.training.training_data import read_data
from neuroalg_sage.models.expressions import parse_polynomial
from neuroalg_sage.models.numbers import exact, unambiguous, written


@pytest.fixture(scope="module", autouse=True)
def sage() -> None:
    import sage.all__sagemath_modules  # noqa: F401
    import sage.all__sagemath_schemes  # noqa: F401
    import sage.all__sagemath_singular  # noqa: F401


# -- numbers -----------------------------------------------------------------------------------


def test_texts_are_the_decimal_numbers_that_python_reads() -> None:
    generator = random.Random(5)
    for _ in range(300):
        text = generator.choice(["", "-", "+"]) + generator.choice([
            f"{generator.randrange(10**6)}",
            f"{generator.randrange(999)}.{generator.randrange(99)}",
            f".{generator.randrange(10**4):04}", f"{generator.randrange(99)}."])
        text += generator.choice(["", f"e{generator.randrange(-40, 40)}",
                                  f"E+{generator.randrange(9)}"])
        assert written(text) == Fraction(text) == written(text.replace("-", "\N{MINUS SIGN}"))
    assert written(" -6/4 ") == Fraction(-3, 2)


@pytest.mark.parametrize("text", [
    "", ".", "1_000", "0x1f", "1e", "e1", "1e1e1", "1/0", "1/", "1,000", "1 2", "\u0661", "--1",
    "1.2.3", "nan", "inf", "-Infinity"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        written(text)


@pytest.mark.parametrize("text", ["1e999999999", "1e-9999999", "1e" + "9" * 4000, "7" * 3001,
                                  "1/" + "7" * 3001, "0." + "0" * 3000 + "1"])
def test_the_size_of_a_number_is_known_before_it_is_written_out(text: str) -> None:
    assert exact("0e99999999999") == 0 and exact("1e2999") == 10**2999
    for read in (written, exact, unambiguous, lambda t: parse_polynomial(t + "*x", ["x"]),
                 lambda t: parse_spec(f"mlp:2,2,1:x^2+{t}"), lambda t: parse_flow(f"momentum={t}"),
                 lambda t: parse_flow(f"weight-decay={t}"), lambda t: parse_flow(f"metric={t},1"),
                 lambda t: NeuroManifold("mlp:2,1,1:x^2").fiber(parameters=[t, 1, 1]),
                 lambda t: ERM("linear:1,1", [[1, t]])):
        with pytest.raises(ValueError, match="over 3000 digits"):
            read(text)
    with pytest.raises(ValueError, match="over 3000 digits"):
        exact(Decimal("1e999999999"))


def floats(x: float) -> list:
    import gmpy2
    import mpmath
    from sage.rings.real_double import RDF
    from sage.rings.real_mpfr import RR

    return [x, np.float64(x), np.longdouble(x), np.array(x), sympy.Float(x), mpmath.mpf(x),
            gmpy2.mpfr(x), RR(x), RDF(x)]


def test_one_rule_for_all_floating_point_numbers() -> None:
    """The binary fraction, where it is what it prints; the reference is Python's own."""
    for x in (0.5, -3.0, 0.0, 2.0**-10, 1e22):
        assert [unambiguous(y) for y in floats(x)] == [Fraction(x)] * 9
    for x in (0.1, 51.05, 1 / 3, 1e23, 5e-324):
        for y in floats(x):
            assert exact(y) == Fraction(x)
            with pytest.raises(ValueError, match="not the decimal number that it prints"):
                unambiguous(y)
    for x in (float("nan"), float("inf"), -float("inf")):
        for y in floats(x):
            with pytest.raises(ValueError, match="finite|rational"):
                exact(y)
    assert exact(np.float32(0.1)) == Fraction(13421773, 2**27) != Fraction(0.1)


def test_numbers_that_know_how_they_were_written() -> None:
    from sage.rings.real_mpfr import create_RealNumber

    for tenth in (Decimal("0.1"), "0.1", create_RealNumber("0.1"), Fraction(1, 10),
                  sympy.Rational(1, 10)):
        assert unambiguous(tenth) == Fraction(1, 10)


def test_what_is_no_rational_number() -> None:
    import flint
    from sage.rings.finite_rings.finite_field_constructor import GF

    for value in (True, np.True_, 1j, np.complex128(1), None, [1], np.array([1]), b"1",
                  np.ma.masked, sympy.pi, sympy.nan, sympy.Symbol("a"), GF(7)(3),
                  flint.arb(1) / 3, object()):
        with pytest.raises(ValueError, match="rational"):
            exact(value)


# -- polynomials and models --------------------------------------------------------------------


def test_decimal_numbers_in_polynomials() -> None:
    assert parse_polynomial("0.5+0.197*x-.004*x^3 + 1e-2*x^4", ["x"]) == {
        (0,): Fraction(1, 2), (1,): Fraction(197, 1000), (3,): Fraction(-1, 250),
        (4,): Fraction(1, 100)}
    assert parse_spec("mlp:2,2,1:0.5+0.197*x-0.004*x^3") == parse_spec(
        "mlp:2,2,1:1/2+197/1000*x-1/250*x^3")
    assert NeuroManifold("mlp:2,1,1:x^2").fiber("0.5*x_0^2\N{MINUS SIGN}x_1^2").function == (
        Fraction(1, 2), 0, -1)
    for text in ("2..3*x", "2.x", "x.5", "1.2.3", "1,5*x"):
        with pytest.raises(InputError, match="not a polynomial"):
            parse_polynomial(text, ["x"])


def test_floating_point_numbers_of_sympy_are_not_replaced_by_fractions_nearby() -> None:
    """The rank of the matrix of coefficients says the dimension: rows (c, 1) and (1021, 20)."""
    a, b, x, y = sympy.symbols("a b x y")

    def dimension(c) -> int:
        return NeuroManifold(from_sympy((c * a + b) * x + (1021 * a + 20 * b) * y,
                                        [a, b], [x, y])).dimension()

    assert dimension(sympy.Rational("51.05")) == 1 and dimension(sympy.Rational(51.05)) == 2
    assert dimension(51.0) == 2
    for c in (51.05, sympy.Float("51.05", 40), 0.1 + 0.2):
        with pytest.raises(InputError, match="not the decimal number that it prints"):
            dimension(c)
        with pytest.raises(InputError, match="not the decimal number that it prints"):
            from_sage([c * a * x], [a], [x])
    assert from_sympy(0.5 * a * x + b * y**2.0, [a, b], [x, y]) == from_expressions(
        "a*x/2 + b*y^2", "a b", "x y")


def test_equations_and_sets_of_sympy_are_no_polynomials() -> None:
    """Of an equation SymPy makes the difference of its sides."""
    a, x = sympy.symbols("a x")
    for given in (sympy.Eq(a * x, 1), sympy.Ne(a * x, 1), sympy.FiniteSet(a * x), a * x > 1):
        with pytest.raises(InputError, match="not a SymPy polynomial"):
            from_sympy(given, [a], [x])
    assert from_sympy(sympy.Poly(a * x, a, x), [a], [x]).ambient_dimension == 1


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_time_of_numpy_is_no_number_and_a_matrix_is_an_array() -> None:
    with pytest.raises(ValueError, match="not a rational number"):
        exact(np.timedelta64(3))
    for entries in ([[1, 2], [3, 4]], [[0.5, 2.0], [3.0, 4.0]]):
        table, same = read_data(np.matrix(entries), 2), read_data(np.array(entries), 2)
        assert [c.values() for c in table.columns] == [c.values() for c in same.columns]


def test_a_first_row_of_truth_values_is_no_header(tmp_path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("True,False\n1,2\n")
    with pytest.raises(InputError, match="Row 1"):
        read_data(path, 2)


def test_one_name_or_a_text_of_names() -> None:
    a, x = sympy.symbols("a x")
    expected = from_expressions(["a*x"], ["a"], ["x"])
    assert from_sympy([a * x], a, x) == from_sympy(a * x, [a], (x,)) == expected
    assert from_expressions("a*x", "a", "x") == expected == from_sage([a * x], "a", x)
    assert from_expressions("ab*x", "ab", "x").parameter_names == ("ab",)
    assert from_expressions("p*q*x", "p, q", "x").parameter_names == ("p", "q")
    with pytest.raises(InputError, match="symbols of SymPy"):
        from_sympy(a * x, "a", x)


@pytest.mark.parametrize(("text", "words"), [
    ('{"parameters": ["a"], "inputs": ["x"], "outputs": [[[[1, 1], 1], [[1, 1], 2]]]}', "twice"),
    ('{"parameters": ["b"], "parameters": ["a"], "inputs": ["x"], "outputs": ["a*x"]}', "twice"),
    ('{"input_shape": [1], "layers": [{"kind": "dense", "inputs": 1, "outputs": 1, "inputs": 1}]}',
     "twice"),
    ('{"parameters": ["a"], "inputs": ["x"], "outputs": ["a*x", NaN]}', "finite"),
    ('{"parameters": ["a"], "inputs": ["x"], "outputs": ["a*x", true]}', "not a rational number"),
    ('{"parameters": ["a"], "inputs": ["x"], "outputs": ["a*x", 1e99999999]}', "digits"),
    ('{"parameters": ["a"], "inputs": ["x"], "outputs": [[[[1, 1], "1e-99999999"]]]}', "digits"),
])
def test_a_model_file_that_says_two_things_is_refused(tmp_path, text: str, words: str) -> None:
    file = tmp_path / "model.json"
    file.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        load_model(file)
    assert "\n" not in str(caught.value)


def test_numbers_of_json_are_the_decimal_numbers_as_written(tmp_path) -> None:
    file = tmp_path / "model.json"
    page = '{"parameters": ["a"], "inputs": ["x"], "outputs": ["a*x", 3, 0.1, [[[1, 1], 0.1]]]}'
    file.write_text("\ufeff" + page)
    assert load_model(file) == from_expressions(["a*x", "3", "1/10", "a*x/10"], "a", "x")
    with pytest.raises(InputError, match="not the decimal number that it prints"):
        load_model(json.loads(page))
    with pytest.raises(InputError, match="once"):
        parse_spec("cnn:3,2:x^2:out=2:out=3")


# -- maps of Sage ------------------------------------------------------------------------------


def affine(names: str, base=None):
    from sage.rings.rational_field import QQ
    from sage.schemes.affine.affine_space import AffineSpace

    names = names.split()
    return AffineSpace(QQ if base is None else base, len(names), names)


def ring(names: str):
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    return PolynomialRing(QQ, names)


def test_maps_from_a_part_of_a_space_are_not_taken_for_maps_from_all_of_it() -> None:
    from sage.rings.finite_rings.finite_field_constructor import GF
    from sage.schemes.curves.constructor import Curve
    from sage.schemes.projective.projective_space import ProjectiveSpace

    plane, space = affine("s t"), affine("z0 z1 z2")
    s, t = plane.gens()
    circle = plane.subscheme(s**2 + t**2 - 1)
    line = ProjectiveSpace(1, s.parent().base_ring(), "u")
    modulo, above = affine("s t", GF(7)), affine("w", ring("c, d"))
    u, v = line.gens()
    z = ring("z0, z1, z2")
    polynomials = ring("s, t")
    quotient = polynomials.quotient(polynomials.gen(0)**2 - 1)
    bad = [circle.hom([s, t], plane), Curve(s**2 + t**2 - 1, plane).hom([s, t], plane), circle,
           Curve(s**2 + t**2 - 1, plane), line.hom([u**2, u * v, v**2], ProjectiveSpace(
               2, s.parent().base_ring(), "v")), modulo.hom(modulo.gens(), modulo),
           above.hom(above.gens(), above), plane.hom([s / t, t], plane),
           z.hom([quotient.gen(0), quotient.gen(1), quotient.gen(0)], quotient),
           z.quotient(z.gen(0) - z.gen(1)).hom([polynomials.gen(0)] * 2 + [polynomials.gen(1)]),
           ring("z0, z1").hom([1 / polynomials.gen(0), polynomials.gen(1)]),
           list(quotient.gens()), quotient.gen(0)]
    for given in bad:
        with pytest.raises(InputError) as caught:
            from_sage(given)
        assert "\n" not in str(caught.value)
    into = space.subscheme(space.gen(0) * space.gen(2) - space.gen(1)**2)
    expected = from_sage([p**2 for p in polynomials.gens()] + [polynomials("s*t")])
    assert NeuroManifold(plane.hom([s**2, s * t, t**2], into)).dimension() == 2
    assert from_sage(plane.hom([s**2, t**2, s * t], space)) == expected
    assert from_sage(z.hom(list(map(polynomials, ("s^2", "t^2", "s*t"))))) == expected


def test_elements_that_look_like_polynomials() -> None:
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.power_series_ring import PowerSeriesRing
    from sage.rings.rational_field import QQ
    from sage.rings.real_mpfr import RR

    polynomials = ring("s, t")
    s, t = polynomials.gens()
    field, local = polynomials.fraction_field(), polynomials.localization(s)
    expected = from_sage([s + t, s / 2])
    assert from_sage([field(s) + field(t), field(s) / 2]) == expected
    assert from_sage([(field(s)**2 - field(t)**2) / (s - t), field(s) / 2]) == expected
    assert from_sage([local(s + t), local(s / 2)]) == expected
    assert from_sage([(s + t).change_ring(RR), (s / 2).change_ring(RR)]) == expected
    x = PolynomialRing(field, "x").gen()
    assert from_sage([x * field(s) / 3]) == from_expressions(["s*x/3"], "s t", "x")
    assert from_sage([x / field(t)]) == from_expressions(["x/t"], "s t", "x")
    for bad in (PowerSeriesRing(QQ, "x").gen().exp(4), s.change_ring(RR) / 10):
        with pytest.raises(InputError, match="not a polynomial|not the decimal number"):
            from_sage([bad])


# -- tables ------------------------------------------------------------------------------------

BIG = 2**53 + 1  # is no floating-point number


def columns(data, width: int) -> list[list[Fraction]]:
    from neuroalg_sage.invariants.training.training_data import read_data

    return [column.values() for column in read_data(data, width).columns]


@pytest.mark.parametrize("text", ["1,0.5\n3,-2e-1", "1;0.5\r\n3;-2e-1\r\n", "1\t0.5\n3\t-2e-1",
                                  '\ufeffx,y\n"1","0.5"\n\n3,-0.2', "x;y\n1;.5\n3;-0.2",
                                  "# x_0, y\n 1, 0.5\n 3, \N{MINUS SIGN}0.2", "x,x\n1,1/2\n3,-1/5"])
def test_separators_quotes_and_names(tmp_path, text: str) -> None:
    file = tmp_path / "data.csv"
    file.write_text(text, newline="")
    assert columns(file, 2) == [[1, 3], [Fraction(1, 2), Fraction(-1, 5)]]


def test_a_row_of_whole_numbers_is_data_unless_it_counts_the_columns(tmp_path) -> None:
    file = tmp_path / "data.csv"
    for text in ("1,2\n0,1", "0,2\n5,6", "1,0\n0,1", "a,b\n0,1\n5,6"):
        file.write_text(text)
        assert columns(file, 2) == [list(map(int, c)) for c in zip(*(
            line.split(",") for line in text.split("\n") if "a" not in line))]
    file.write_text("0,1\n5,6")
    with pytest.raises(InputError, match="header that pandas writes"):
        columns(file, 2)


def test_masks() -> None:
    rows = np.array([[1., 2.], [3., 4.], [5., 7.]])
    whole = np.ma.array(rows, mask=np.zeros((3, 2), dtype=bool))
    assert ERM("linear:1,1", whole).describe() == ERM("linear:1,1", rows).describe()
    holed = np.ma.array(rows, mask=[[0, 0], [0, 1], [0, 0]])
    records = np.array([(1., 2.), (3., 4.)], dtype=[("x", float), ("y", float)])
    assert columns(records, 2) == [[1, 3], [2, 4]]
    masked = np.ma.array(records, mask=[(0, 0), (0, 1)])
    for data in (holed, list(holed), masked):
        with pytest.raises(InputError, match="Row 2 of the data"):
            ERM("linear:1,1", data)
    with pytest.raises(InputError, match="Row 2 of the data"):
        ERM("linear:1,1", holed[:, :1], holed[:, 1:])
    for ask in (lambda m: NeuroManifold("linear:1,1").fiber(m),
                lambda m: NeuroManifold("linear:1,1").fiber(parameters=m),
                lambda m: NeuroManifold("linear:1,1", metric="data", gram=[m])):
        with pytest.raises(InputError, match="not a rational number"):
            ask(np.ma.array([2.], mask=[1]))


def test_columns_keep_their_own_types() -> None:
    from scipy.sparse import csr_array

    whole, half = np.array([[BIG]]), np.array([0.5])
    assert ERM("linear:1,1", whole, half).describe() == ERM(
        "linear:1,1", [[BIG, Fraction(1, 2)]]).describe()
    assert columns(csr_array(np.array([[1, 0], [0, 2]])), 2) == [[1, 0], [0, 2]]
    assert columns([[True, 2], [False, 3]], 2) == columns(
        np.array([[1, 2], [0, 3]], dtype=object), 2) == [[1, 0], [2, 3]]
    assert columns([["0.1", Decimal("0.1"), 0.1]], 3) == [[Fraction(1, 10)]] * 2 + [[Fraction(0.1)]]


def test_data_frames() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.concat([pandas.Series([BIG, 2]), pandas.Series([0.5, 1.0])], axis=1,
                          keys=["x", "x"])
    expected = [[BIG, 2], [Fraction(1, 2), 1]]
    assert columns(frame, 2) == expected
    assert ERM("linear:1,1", frame.iloc[:, :1], frame.iloc[:, 1]).describe() == ERM(
        "linear:1,1", [[BIG, "0.5"], [2, 1]]).describe()
    holed = pandas.DataFrame({"x": pandas.array([1, None], dtype="Int64"), "y": [1, 2]})
    with pytest.raises(InputError, match="Row 2"):
        columns(holed, 2)
    with pytest.raises(InputError, match="type datetime64"):
        columns(pandas.DataFrame({"x": pandas.to_datetime(["2020-01-01"]), "y": [1]}), 2)


def test_other_frames(tmp_path) -> None:
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    expected = [[BIG, 2], [Fraction(1, 2), 1]]
    assert columns(polars.DataFrame({"x": [BIG, 2], "y": [0.5, 1.0]}), 2) == expected
    table = pyarrow.table({"x": [BIG, 2], "y": [0.5, 1.0]})
    parquet.write_table(table, tmp_path / "data.parquet")
    assert columns(table, 2) == columns(tmp_path / "data.parquet", 2) == expected
    with pytest.raises(InputError, match="finite"):
        columns(pyarrow.table({"x": [1, None], "y": [0.5, 1.0]}), 2)
    with pytest.raises(InputError, match="index of a data frame"):
        columns(table.rename_columns(["x", "__index_level_0__"]), 2)


@pytest.mark.parametrize("data", [["12", "34"], {"12": 0, "34": 1}, [b"12"], [{1, 2}],
                                  [{"x": 1, "y": 2}], {1: [1, 2]}, np.zeros((1, 2), dtype=complex),
                                  np.zeros((2, 2, 2)), [[[1], [2]]], [[1, [2]]], 5, None])
def test_what_is_no_table(data) -> None:
    with pytest.raises(InputError) as caught:
        columns(data, 2)
    assert "\n" not in str(caught.value)


# -- the shell ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("option", "value", "function"), [
    ("--parameters", "-0.5,1,2", ["1/2", "-2", "2"]),
    ("--coordinates", "-1e-1,2,3", ["-1/10", "2", "3"]),
    ("--parameters", "\N{MINUS SIGN}0.5,1,2", ["1/2", "-2", "2"]),
    ("--function", "-x_0^2+0.5*x_1^2", ["-1", "0", "1/2"])])
def test_a_sign_begins_no_option(capsys, option: str, value: str, function: list[str]) -> None:
    assert main(["fiber", "mlp:2,1,1:x^2", option, value, "--json", "--quiet"]) in (0, 3)
    assert json.loads(capsys.readouterr().out)["fiber"]["function"] == function


@pytest.mark.parametrize(("words", "hint"), [
    (["comput", "linear:1,1", "dimension"], "did you mean compute"),
    (["compute", "linear:1,1", "dimenson"], "did you mean dimension"),
    (["compute", "linear:1,1", "dimension", "--tiemout", "4"], "did you mean --timeout"),
    (["fiber", "linear:1,1", "--paramters=1"], "did you mean --parameters"),
])
def test_a_misspelling_gets_the_nearest_right_word(capsys, words: list[str], hint: str) -> None:
    assert main(words) == 2
    streams = capsys.readouterr()
    assert streams.out == "" and streams.err.count("\n") == 1 and hint in streams.err


@pytest.mark.parametrize(("make", "hint"), [
    (lambda: NeuroManifold("linear:1,1", tiemout=3), "NeuroManifold has no argument tiemout; did "
     "you mean timeout"),
    (lambda: NeuroManifold("linear:1,1").fiber(paramters=[1]), "did you mean parameters"),
    (lambda: NeuroManifold("linear:1,1").dimension(metod="x"), "dimension has no argument metod"),
    (lambda: MLP([1, 1], activaton="x"), "did you mean activation"),
    (lambda: ERM("linear:1,1", data=[[1, 2]], output=[[1]]), "did you mean outputs"),
    (lambda: minimal_filling(1, 1, 1, 2, tiemout=3), "did you mean timeout"),
])
def test_a_misspelled_keyword_gets_the_nearest_right_one(make, hint: str) -> None:
    with pytest.raises(TypeError, match=hint):
        make()


def test_linear_regression_with_many_inputs() -> None:
    """Against the solution of the normal equations by SymPy."""
    generator, n = random.Random(3), 45
    rows = [[generator.randint(-9, 9) for _ in range(n + 1)] for _ in range(n + 9)]
    found = ERM(f"linear:{n},1", rows).critical_points()
    x, y = sympy.Matrix([row[:n] for row in rows]), sympy.Matrix([row[n:] for row in rows])
    residue = (x * (x.T * x).LUsolve(x.T * y) - y)
    loss = sum(r**2 for r in residue) / len(rows)
    (point,) = found.value["points"]
    low, high = map(Fraction, point["loss"])
    assert found.status == "proved" and low <= Fraction(int(loss.p), int(loss.q)) <= high
    assert verify(found.certificate).value is not None


# -- statuses ----------------------------------------------------------------------------------


def test_the_text_of_an_answer_has_its_status() -> None:
    degree = NeuroManifold("mlp:2,2,3:x^2").degree()
    assert str(degree) == f"{degree}" == repr(degree) == "3 (proved)" and f"{degree:>3d}" == "  3"
    ideal = NeuroManifold("linear:2,1,2").ideal()
    assert str(ideal).endswith("(proved)")


def test_numbers_beside_a_proof_have_their_own_status(capsys) -> None:
    from neuroalg_sage.invariants.singularities.diagram import hasse_diagram

    assert main(["compute", "cnn:2,2:x^2", "subnetworks", "critical_locus", "--json", "--quiet"]
                ) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    parts = results["subnetworks"]["value"]
    # Of a regular point the multiplicity is one, and at others it is more.
    assert {(p["multiplicity"] == 1, p["multiplicity_status"]) for p in parts} == {
        (p["singular"] is False, "numerical" if p["singular"] else "proved") for p in parts} == {
        (True, "proved"), (False, "numerical")}
    assert {c["image_status"] for c in results["critical_locus"]["value"]} == {"numerical"}
    poset = NeuroManifold("cnn:2,2:x^2").subnetworks()
    texts = [*map(str, poset), hasse_diagram(poset.value)]
    assert all(text.count("multiplicity") - text.count("multiplicity 1") == text.count("numerical")
               for text in texts)
    for command, name in ((["voronoi"], "tangent_cone"), (["critical"], "image")):
        assert main([*command, "mlp:2,1,1:x^2", "--coordinates", "0,0,0", "--json", "--quiet"]) == 0
        page = json.loads(capsys.readouterr().out)[command[0]]
        assert all(part[f"{name}_status"] == "numerical" for part in page.get("components", [page]))
        assert main([*command, "mlp:2,1,1:x^2", "--coordinates", "0,0,0", "--quiet"]) == 0
        assert "(numerical, by Macaulay2)" in capsys.readouterr().out


# -- structure that is not read ----------------------------------------------------------------


@pytest.mark.parametrize("make", [
    lambda: NeuroManifold("linear:1,1", metric="data", gram="1"),
    lambda: NeuroManifold("linear:2,1", metric="data", gram=["12", "21"]),
    lambda: NeuroManifold("linear:1,1", metric="data", gram={"1": 1}),
    lambda: NeuroManifold("linear:2,1,2").fiber([[1, 2, 3], [4]]),
    lambda: NeuroManifold("linear:2,1,2").fiber({"x_0": 1}),
    lambda: NeuroManifold("linear:2,1,2").fiber(parameters="1234"),
    lambda: PolynomialLayer(("a",), ("x",), ((((1, 1), 1), ((1, 1), 2)),)),
    lambda: MLP([1, 1], {2: 1}), lambda: MLP([1, 1], {(2,): "a"}), lambda: MLP([1, 1], {(2,): 0.1}),
    lambda: Flow(mirror=[0.1, 1]), lambda: Flow(mirror=[0.1 * sympy.Symbol("w_0"), 1]),
    lambda: Activation([0, 0.1]), lambda: MLP([1.0, 1])])
def test_neither_letters_nor_keys_are_taken_for_numbers(make) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_residues_are_no_widths() -> None:
    from sage.rings.finite_rings.finite_field_constructor import GF

    with pytest.raises(InputError, match="not a whole number"):
        MLP([GF(7)(3), 1])


def test_the_inverse_metric_is_what_it_says() -> None:
    x = sympy.Symbol("w_0")
    for given in ("0.5*w_0", x / 2, 0.5 * x, ring("w_0").gen() / 2):
        assert Flow(mirror=[given, 0.5]).inverse_metric(parse_spec("linear:1,1,1")) == {
            (0, 0): {(1, 0): Fraction(1, 2)}, (1, 1): {(0, 0): Fraction(1, 2)}}


@pytest.mark.parametrize(("arguments", "said"), [
    ({"timeout": "abc"}, "The timeout is a positive number, or None for no limit, not 'abc'."),
    ({"timeout": -1}, "The timeout is a positive number, or None for no limit, not -1."),
    ({"timeout": float("nan")}, "The timeout is a positive number, or None for no limit, not nan."),
    ({"memory_gb": []}, r"The memory is a positive number, or None for no limit, not \[\]."),
    ({"seed": "x"}, "The seed is a whole number, not 'x'."),
    ({"degree": 2.5}, "The bound for degrees is a whole number, not 2.5."),
    ({"method": 3}, "There is no method 3;"),
])
def test_wrong_arguments_of_a_neuromanifold_are_one_sentence(arguments, said: str) -> None:
    with pytest.raises(InputError, match=said):
        NeuroManifold("linear:1,1", **arguments)


def test_wrong_arguments_of_questions_are_one_sentence() -> None:
    M = NeuroManifold("linear:1,1", timeout=0.5, memory_gb="1/2")
    assert (M.computation.timeout, M.computation.memory_gb) == (0.5, 0.5)
    with pytest.raises(InputError, match="bound for degrees is a whole number, not 'x'"):
        M.hilbert_function("x")
    with pytest.raises(InputError, match="A flow is a Flow, or a text such as"):
        M.conservation_laws(flow=3)
    with pytest.raises(InputError, match="There is no invariant '3'"):
        M.compute(3)
