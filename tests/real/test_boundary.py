"""Boundaries against discriminants, and against what is known of the points on both sides."""

from __future__ import annotations

import ast
import copy
import random
from fractions import Fraction
from math import comb, prod

import pytest
import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.real.boundary_of_ranks import partitions, resultant
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.real.boundary import _Charts, _described

X = sympy.Symbol("x")


def discriminant(degree: int) -> sympy.Expr:
    z = sympy.symbols([f"z_{i}" for i in range(degree + 1)])
    return sympy.discriminant(sum(c * X**(degree - i) for i, c in enumerate(z)), X)


def apolar_discriminant() -> sympy.Expr:
    """Of the quadratic form apolar to two quadratic forms z_0 x^2 + z_1 x y + z_2 y^2, z_3 ..."""
    z = sympy.symbols("z_0:6")
    # (p, q, r) with <p ∂_x^2 + q ∂_x ∂_y + r ∂_y^2, f> = 2 p z_0 + q z_1 + 2 r z_2 = 0 for both.
    p, q, r = sympy.Matrix([[2*z[0], z[1], 2*z[2]]]).cross(sympy.Matrix([[2*z[3], z[4], 2*z[5]]]))
    return sympy.expand(q**2 - 4*p*r)


def is_multiple(polynomial: str, expected: sympy.Expr) -> bool:
    quotient = sympy.cancel(sympy.sympify(polynomial.replace("^", "**")) / expected)
    return bool(quotient.is_number and quotient != 0)


def real_roots(form) -> int:
    """The number of real linear factors of a binary form, with multiplicities."""
    degree = len(form) - 1
    f = sum(sympy.Rational(c) * X**(degree - i) for i, c in enumerate(form))
    at_infinity = next((i for i, c in enumerate(form) if c), 0)
    return at_infinity + len(sympy.Poly(f, X).real_roots())


@pytest.mark.parametrize("spec, degree, factors", [
    ("cnn:2,2", 2, 2), ("cnn:2,2,2", 3, 3), ("cnn:3,2,2", 4, 2),
])
def test_products_of_filters_are_bounded_by_the_discriminant(spec, degree, factors) -> None:
    """Forms with enough real linear factors; all boundary points are products themselves."""
    manifold = NeuroManifold(spec)
    found = manifold.boundary()
    assert found.status == "proved" and found.trust == [] and not found.others
    (component,) = found.value
    assert component.kinds == ("critical values",) and component.degree == 2 * (degree - 1)
    assert is_multiple(component.plain_value()["polynomial"], discriminant(degree))
    assert real_roots(component.inside) >= factors
    assert real_roots(component.outside) < factors
    verify(found.certificate)


def by_charts(spec: str):
    """The boundary by critical values and limits, also where it is found without these."""
    manifold = NeuroManifold(spec)
    search = _Charts(manifold.parametrization(), manifold.computation)
    search.find()
    return search.answer(random.Random(0), 0.0)


@pytest.mark.parametrize("ask", [by_charts, lambda spec: NeuroManifold(spec).boundary()])
def test_sums_of_two_cubes_are_bounded_by_limits(ask) -> None:
    """One real root or a cube: where two roots come together is a limit that is no such sum."""
    found = ask("mlp:2,2,1:x^3")
    assert found.status == "proved" and found.trust == [] and not found.others
    (component,) = found.value
    assert component.kinds == ("limits",)
    assert is_multiple(component.plain_value()["polynomial"], discriminant(3))
    assert real_roots(component.inside) == 1
    assert real_roots(component.outside) == 3
    verify(found.certificate)


def test_two_quadratic_forms_in_two_squares() -> None:
    """The form that is apolar to both outputs has two distinct real roots, or is zero."""
    manifold = NeuroManifold("mlp:2,2,2:x^2")
    found = manifold.boundary()
    assert found.status == "proved" and found.trust == [] and not found.others
    (component,) = found.value
    assert component.kinds == ("limits",) and component.degree == 4
    expected = apolar_discriminant()
    assert is_multiple(component.plain_value()["polynomial"], expected)
    names = sympy.symbols("z_0:6")
    inside, outside = (expected.subs(dict(zip(names, map(sympy.Rational, point))))
                       for point in (component.inside, component.outside))
    assert inside > 0 > outside
    verify(found.certificate)


def test_where_all_is_reached_no_component_is_found() -> None:
    """Every cubic is a quadratic times a linear form; the discriminant only may be a component."""
    manifold = NeuroManifold("cnn:3,2")
    described = manifold.boundary()
    assert described.sentence() == "empty" and described.status == "proved"
    verify(described.certificate)
    found = by_charts("cnn:3,2")
    assert found.value == [] and found.sentence().endswith("1 more may be components")
    (other,) = found.others
    assert is_multiple(other.plain_value()["polynomial"], discriminant(3)) and not other.outside
    verify(found.certificate)


def test_without_candidates_there_is_no_boundary() -> None:
    found = NeuroManifold("mlp:1,1,1:x^2").boundary()
    assert found.value == [] == found.others and found.sentence() == "empty"
    verify(found.certificate)


@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^2", "linear:2,1,2", "mlp:3,2,1:x^2",
                                  "mlp:2,3,1:x^3", "mlp:2,2,1:x^2"])
def test_varieties_and_all_of_v_have_no_boundary(spec) -> None:
    found = NeuroManifold(spec).boundary()
    assert found.status == "proved" and found.trust == [] and found.sentence() == "empty"
    verify(found.certificate)


def test_other_models_are_not_decided() -> None:
    found = NeuroManifold("mlp:2,2,3:x^2").boundary()
    assert found.value is None and found.status == "not decided"
    assert "as many parameters" in found.lines()[0]


def hankel_discriminant(degree: int, size: int) -> sympy.Expr:
    """Of the form of degree ``size`` apolar to one of degree 2 size - 1, over a content."""
    z = sympy.symbols([f"z_{i}" for i in range(degree + 1)])
    a = [c / sympy.binomial(degree, i) for i, c in enumerate(z)]
    t = sympy.Symbol("t")
    rows = [[a[i + j] for j in range(size + 1)] for i in range(degree - size + 1)]
    apolar = sympy.Matrix([*rows, [t**j for j in range(size + 1)]]).det(method="berkowitz")
    return sympy.expand(sympy.discriminant(sympy.Poly(sympy.expand(apolar), t)))


# The lists of H. Lee, B. Sturmfels, Duality of multiple root loci, J. Algebra 446 (2016), and of
# M. C. Brambilla, G. Stagliano, On the algebraic boundaries among typical ranks for real binary
# forms, Linear Algebra Appl. 557 (2018): between real ranks at most r and over r.
BETWEEN_RANKS = {
    (3, 2): {(3,): 4}, (4, 3): {(4,): 6}, (5, 3): {(3, 2): 12}, (5, 4): {(5,): 8},
    (6, 4): {(4, 2): 18, (3, 3): 12}, (6, 5): {(6,): 10}, (7, 4): {(3, 2, 2): 24},
    (7, 5): {(5, 2): 24, (4, 3): 36}, (7, 6): {(7,): 12}}


def flint_discriminant(degree: int) -> dict:
    ring = fmpq_mpoly_ctx.get([*(f"z{i}" for i in range(degree + 1)), "x"], Ordering.lex)
    *z, x = ring.gens()
    form = sum(c * x**(degree - i) for i, c in enumerate(z))
    return {e[:-1]: Fraction(int(c.p), int(c.q))
            for e, c in form.discriminant("x").to_dict().items()}


def sums_of_powers(degree: int, rank: int) -> NeuroManifold:
    return NeuroManifold(f"mlp:2,{rank},1:x^{degree}", seed=1)


@pytest.mark.parametrize("degree, rank", BETWEEN_RANKS)
def test_boundaries_between_real_ranks_to_degree_seven(degree, rank) -> None:
    manifold = sums_of_powers(degree, rank)
    found = manifold.boundary()
    assert found.status == "proved" and found.trust == [] and not found.others
    assert {c.multiplicities: c.degree for c in found.value} == BETWEEN_RANKS[degree, rank]
    for component in found.value:
        assert component.kinds == ("limits",)
        assert manifold.real_rank(component.inside).value <= rank
        outside = manifold.real_rank(component.outside).data
        assert (outside if isinstance(outside, int) else outside[0]) > rank
        if len(component.multiplicities) == 1:
            assert normalized(component.polynomial) == normalized(flint_discriminant(degree))
            assert real_roots(component.outside) == degree > real_roots(component.inside)
    verify(found.certificate)


@pytest.mark.parametrize("size", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_forms_of_odd_degree_are_bounded_by_the_discriminant_of_the_apolar_form(size) -> None:
    (component,) = sums_of_powers(2 * size - 1, size).boundary().value
    assert is_multiple(component.plain_value()["polynomial"],
                       hankel_discriminant(2 * size - 1, size))


def ask_macaulay2(body: str, expression: str) -> str:
    script = Script("boundaries between real ranks", {}, body, {"found": expression},
                    packages=("CoincidentRootLoci",))
    return NeuroManifold("cnn:2,2").computation.run(script)["found"]


@pytest.mark.slow
def test_boundaries_between_real_ranks_are_those_of_macaulay2() -> None:
    """
    Its list for the forms of rank exactly r is that of those between ranks at most r - 1 and r, and
    r and r + 1; the partition 2, 1, ..., 1 means the discriminant.
    """
    found = ask_macaulay2("""\
listed = (d, r) -> (B := realRankBoundary(d, r); B = if instance(B, List) then B else {B};
    apply(B, X -> if instance(X, CoincidentRootLocus) then {d} else partition X));
found = apply(3 .. 7, d -> apply(d // 2 + 1 .. d, r -> listed(d, r)));""", "toString found")
    rows = ast.literal_eval(found.translate(str.maketrans("{}", "[]")))
    for d, row in zip(range(3, 8), rows):
        for r, listed in zip(range(d // 2 + 1, d + 1), row):
            ours = {*BETWEEN_RANKS.get((d, r), ()), *BETWEEN_RANKS.get((d, r - 1), ())}
            assert {tuple(p) for p in listed} == ours, (d, r)


@pytest.mark.slow
@pytest.mark.parametrize("degree, rank", [(5, 3), (6, 4)])
def test_equations_between_real_ranks_are_those_of_macaulay2(degree, rank) -> None:
    """Macaulay2's coordinates are the coefficients without binomial factors."""
    found = ask_macaulay2(f"""\
B = realRankBoundary({degree}, {rank});
found = apply(if instance(B, List) then B else {{B}}, X -> (I := ideal X; apply(
    listForm I_0, (e, c) -> (e, c))));""", "toString found")
    theirs = {normalized({tuple(e): c for e, c in terms}) for terms in ast.literal_eval(
        found.translate(str.maketrans("{}", "[]")))}
    ours = {normalized({e: c * prod(comb(degree, i)**k for i, k in enumerate(e))
                        for e, c in component.polynomial.items()})
            for component in sums_of_powers(degree, rank).boundary().value}
    assert ours == theirs


def normalized(polynomial) -> frozenset:
    first = polynomial[max(polynomial)]
    return frozenset((e, Fraction(c) / first) for e, c in polynomial.items())


def test_models_of_many_coordinates_are_refused() -> None:
    with pytest.raises(LimitReached, match="at most 9 coordinates"):
        NeuroManifold("mlp:3,3,2:x^2").boundary()


def changed(certificate, change):
    data = copy.deepcopy(certificate)
    change(data["claim"]["value"], data["evidence"])
    data["digest"] = digest(data)
    return data


@pytest.fixture(scope="module")
def cubes():
    return by_charts("mlp:2,2,1:x^3").certificate


@pytest.mark.parametrize("change", [
    lambda claim, evidence: claim[0].clear(),
    lambda claim, evidence: claim[1].append([[["1", [0, 1]]], ["limits"]]),
    lambda claim, evidence: claim[0][0].__setitem__(1, ["critical values"]),
    lambda claim, evidence: claim[0][0].__setitem__(3, ["1", "0", "0", "1"]),
    lambda claim, evidence: claim[0][0].__setitem__(2, ["1", "0", "0", "0"]),
    lambda claim, evidence: evidence["inside"].__setitem__(0, ["1"] * 6),
    lambda claim, evidence: evidence.__setitem__("argument", "description"),
    lambda claim, evidence: evidence["scalings"].pop(),
    lambda claim, evidence: evidence["scalings"][0].__setitem__("power", 2),
    lambda claim, evidence: evidence["scalings"].reverse(),
    lambda claim, evidence: evidence["images"].clear(),
    lambda claim, evidence: evidence["limits"].pop(),
    lambda claim, evidence: evidence["limits"][0].pop(),
    lambda claim, evidence: evidence["limits"][0].reverse(),
    lambda claim, evidence: evidence["limits"][0][0]["multiples"].clear(),
    lambda claim, evidence: evidence["limits"][0][0]["multiples"][0].__setitem__(
        "value", [["1", []]]),
    lambda claim, evidence: evidence["outside"][0].pop(),
])
def test_what_is_changed_is_refused(cubes, change) -> None:
    verify(cubes)
    with pytest.raises(CertificateError):
        verify(changed(cubes, change))


def test_a_candidate_cannot_be_claimed_to_be_open(cubes) -> None:
    """Another hypersurface may be added to the sets that hold the boundary, but not left out."""
    line = [["1", [0, 1]]]

    def add(claim, evidence):
        claim[1].append([line, ["critical values"]])
        evidence["images"].append([line])

    with pytest.raises(CertificateError):  # the segment may cross it, or end on it
        for k in range(4):
            line[0][1][0] = k
            verify(changed(cubes, add))


@pytest.mark.parametrize("change", [
    lambda claim, evidence: claim[0].clear(),
    lambda claim, evidence: claim[0][0].__setitem__(1, ["limits"]),
    lambda claim, evidence: claim[0][0].__setitem__(slice(2, 4), claim[0][0][:1:-1]),
    lambda claim, evidence: evidence["description"].__setitem__("argument", "few units"),
    lambda claim, evidence: evidence["description"].__setitem__("argument", "enough units"),
])
def test_what_is_changed_in_a_boundary_by_description_is_refused(change) -> None:
    described = _described(NeuroManifold("mlp:2,3,1:x^4").parametrization())
    certificate = described.answer(random.Random(0), 0.0).certificate
    verify(certificate)
    with pytest.raises(CertificateError):
        verify(changed(certificate, change))


@pytest.fixture(scope="module")
def sextics():
    return sums_of_powers(6, 4).boundary().certificate


@pytest.mark.parametrize("change", [
    lambda claim, evidence: claim[0].pop(),
    lambda claim, evidence: claim[0].reverse(),
    lambda claim, evidence: claim[1].append([{"multiplicities": [5, 1], "equation": None},
                                             ["limits"]]),
    lambda claim, evidence: claim[1].append([claim[0][0][0] | {"equation": None}, ["limits"]]),
    lambda claim, evidence: claim[0][0][0].__setitem__("multiplicities", [3, 3]),
    lambda claim, evidence: claim[0][0].__setitem__(0, claim[0][1][0]),
    lambda claim, evidence: claim[0][0].__setitem__(1, ["critical values"]),
    lambda claim, evidence: claim[0][0].__setitem__(slice(2, 4), claim[0][0][3:1:-1]),
    lambda claim, evidence: claim[0][0].__setitem__(slice(2, 4), claim[0][1][2:4]),
    lambda claim, evidence: claim[0][0].__setitem__(2, ["1", "0", "0", "0", "0", "0", "1"]),
    lambda claim, evidence: claim[0][0][0]["equation"].pop(),
    lambda claim, evidence: claim[0][0][0].__setitem__("equation", claim[0][1][0]["equation"]),
    lambda claim, evidence: claim[0][0][0].__setitem__("equation", [["1", [3, 18]]]),
    lambda claim, evidence: evidence["ends"][0].reverse(),
    lambda claim, evidence: evidence["ends"][0][0]["bounds"].__setitem__(1, 3),
    lambda claim, evidence: evidence["ends"].pop(),
    lambda claim, evidence: evidence.__setitem__("argument", "description"),
])
def test_what_is_changed_in_a_boundary_between_real_ranks_is_refused(sextics, change) -> None:
    verify(sextics)
    with pytest.raises(CertificateError):
        verify(changed(sextics, change))


def test_a_multiple_of_an_equation_is_the_same() -> None:
    certificate = sums_of_powers(4, 3).boundary().certificate

    def double(claim, evidence):
        for term in claim[0][0][0]["equation"]:
            term[0] = str(2 * Fraction(term[0]))

    verify(changed(certificate, double))


@pytest.mark.parametrize("degree, rank", [(4, 4), (5, 2), (4, 2)])
def test_forms_of_all_ranks_or_without_interior_have_no_such_boundary(degree, rank) -> None:
    from neuroalg_sage.invariants.real.boundary_of_ranks import boundary_of_ranks

    assert boundary_of_ranks(sums_of_powers(degree, rank).model, random.Random(0)) is None


def test_resultants_vanish_on_duals_of_multiple_root_loci() -> None:
    """f = l_1^(d - μ_1 + 1) g_1 + l_2^(d - μ_2 + 1) g_2 with random linear forms l and any g."""
    generator = random.Random(3)
    x, y = sympy.symbols("x y")
    for d, mu in ((5, (2, 1)), (6, (3, 1)), (6, (2, 2)), (7, (3, 2)), (7, (4, 1))):
        form = sum((2 * x + c * y) ** (d - k + 1)
                   * sum(generator.randint(1, 9) * x**i * y**(k - 1 - i) for i in range(k))
                   for k, c in zip(mu, generator.sample(range(-5, 6), 2)))
        dense = sympy.Poly(sympy.expand(form), x, y)
        f = [fmpq(int(dense.coeff_monomial(x**(d - i) * y**i))) for i in range(d + 1)]
        others = [nu for nu in partitions(sum(mu), 2) if nu != mu]
        assert resultant(f, mu) == 0 and all(resultant(f, nu) != 0 for nu in others)


def test_random_changes_keep_what_is_claimed(cubes) -> None:
    originals = [cubes, NeuroManifold("cnn:2,2").boundary().certificate]
    for original, data, where, _ in accepted_mutants(originals, 300, random.Random(5)):
        for (f, kinds, _, _), (g, others, _, _) in zip(original["claim"]["value"][0],
                                                       data["claim"]["value"][0]):
            assert f == g and kinds == others, where
        assert len(original["claim"]["value"][0]) == len(data["claim"]["value"][0])
        assert original["claim"]["value"][1] == data["claim"]["value"][1]
        if where[:2] == ("claim", "value"):  # of these points the same is true
            (_, _, p, q), = data["claim"]["value"][0]
            counts = [real_roots(list(map(Fraction, point))) for point in (p, q)]
            assert counts == ([1, 3] if "mlp" in data["model"]["spec"] else [2, 0]), where
