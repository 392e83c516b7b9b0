"""Degrees by fixed points: against equations, published values, other formulas, and forgeries."""

from __future__ import annotations

import copy
import random
from contextlib import suppress
from math import comb, prod

import pytest
from conftest import slow
from flint import fmpq

from neuroalg_sage import NeuroManifold, load_model
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.equations.contact_loci import check_contact_locus
from neuroalg_sage.certificates.equations.degree_of_products import check_degree_of_product
from neuroalg_sage.certificates.equations.formulas import (
    determinantal_numerator,
    symmetric_degree,
)
from neuroalg_sage.certificates.equations.lengths import is_at_most
from neuroalg_sage.certificates.equations.pairs_of_products import degree_of_pairs_of_products
from neuroalg_sage.certificates.equations.pairs_of_products import integral as of_products
from neuroalg_sage.certificates.equations.products_of_matrices import degree_of_matrices
from neuroalg_sage.certificates.equations.sums_of_points import (
    Sum,
    check_sum,
    complete_symmetric,
    degree_of_sums,
    integral,
    staircases,
    tangent_degrees,
)
from neuroalg_sage.certificates.equations.sums_on_toric_varieties import (
    ToricVariety,
    degree_of_toric_sums,
)
from neuroalg_sage.certificates.equations.sums_on_toric_varieties import (
    integral as on_toric_variety,
)
from neuroalg_sage.certificates.equations.toric_sums import ToricSum, check_toric_sum
from neuroalg_sage.certificates.equations.towers_of_pencils import degree_of_tower
from neuroalg_sage.certificates.equations.towers_of_pencils import integral as tower
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.work import TooMuchWork, Work
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.equations.degree_by_fixed_points import (
    _attempts,
    degree_by_fixed_points,
    pairs_of_products,
    sums_of_points,
    toric_sums,
)
from neuroalg_sage.invariants.equations.products_of_functions import product_of_functions
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions

PRIME = 2**31 - 1


def found(spec: str):
    return degree_by_fixed_points(parametrization(load_model(spec)))


@pytest.mark.parametrize("spec", [
    "mlp:2,2,2:x^3", "mlp:2,2,1:x^4", "mlp:2,3,1:x^6", "mlp:2,2,1:x^5", "mlp:3,2,2:x^2",
    "mlp:2,2,3:x^2", "mlp:3,1,2:x^2", "mlp:2,1,1,2:x^2", "cnn:2,2:x^2", "cnn:3,2:x^2",
    "cnn:2s2,2:x^3", slow("cnn:2x2,1x2:x^2"), slow("attention:d=2,a=1,out=2,t=2"),
    "attention:d=2,a=2,out=1,t=2", "attention:d=3,a=1,out=1,t=1", "attention:d=2,a=2,out=2,t=1",
    "mlp:2,2,2,2:x^2", "mlp:2,2,3,2:x^2", "linear:3,1,2",
    "cp:modes=2x2x3-1x1x1,ranks=1", "mlp:2,2,2:x^2:bias", "mlp:2,2,2:x^3+x"])
def test_the_degree_is_that_of_the_equations(spec: str) -> None:
    by_points = found(spec)
    assert by_points is not None and by_points.status == "proved" and not by_points.trust
    verify(by_points.certificate)
    M = NeuroManifold(spec, cache=False)
    assert by_points.data == M._hilbert()[0].data


@pytest.mark.parametrize(("spec", "degree"), [
    # Secant varieties of Veronese and Segre varieties, and products of linear forms.
    ("mlp:3,3,1:x^4", 112), ("mlp:3,2,1:x^5", 222), ("mlp:3,2,1:x^3", 15), ("mlp:3,4,1:x^4", 35),
    ("cp:modes=2x2x2x2-1x1x1x1,ranks=1", 24), ("cp:modes=2x2x2x2-1x1x1x1,ranks=2", 64),
    ("cp:modes=2x2x2x2x2-1x1x1x1x1,ranks=2", 3256), ("attention:d=4,a=1,out=1,t=1", 280),
    ("attention:d=3,a=3,out=1,t=2", comb(10, 2)),
    # Plane cubics with a line; a form times two; the cube of a quadratic form times a cubic one.
    ("attention:d=3,a=2,out=1,t=1", 21), ("attention:d=3,a=2,out=2,t=1", comb(10, 5)),
    ("attention:d=2,a=1,out=1,t=1,layers=2", 3**2 * comb(5, 2)),
    ("attention:d=2,a=1,out=2,t=1,layers=2", 3**2 * comb(7, 3) * comb(4, 2)),
    # Sums of four cubes in four variables; pencils of quadrics in space are diagonal in one way.
    ("mlp:4,4,1:x^3", 105), ("mlp:4,4,2:x^2", 1)])
def test_published_degrees(spec: str, degree: int) -> None:
    assert found(spec).data == degree


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_secant_lines_of_veronese_surfaces(n: int) -> None:
    """
    The secant variety of a smooth surface has the degree (d^2 - 10 d - 5 H K - 2 K^2 + 12 χ) / 2,
    the formula for its double points; for the n-th Veronese surface d = n^2, H K = -3 n.
    """
    d = n * n
    assert found(f"mlp:3,2,1:x^{n}").data == (d * d - 10 * d + 15 * n - 18 + 12) // 2


@pytest.mark.parametrize(("r", "d"), [(2, 3), (2, 5), (3, 5), (3, 6), (4, 8), (3, 9)])
def test_secants_of_rational_normal_curves(r: int, d: int) -> None:
    """The minors of catalecticants: the degree is C(d - r + 1, r)."""
    assert found(f"mlp:2,{r},1:x^{d}").data == comb(d - r + 1, r)


def test_tangent_spaces_at_ideals_of_monomials() -> None:
    """On surfaces the Hilbert scheme is smooth; in space it is not from four points on."""
    for length in range(1, 7):
        assert {len(tangent_degrees(s, 2)) for s in staircases(2, length)} == {2 * length}
    for n in (1, 3, 4):
        for length in (1, 2, 3):
            assert {len(tangent_degrees(s, n)) for s in staircases(n, length)} == {n * length}
    assert max(len(tangent_degrees(s, 3)) for s in staircases(3, 4)) == 18
    # Plane partitions.
    assert [len(staircases(3, k)) for k in range(6)] == [1, 1, 3, 6, 13, 24]


def test_residues_do_not_count_where_the_dimension_is_less() -> None:
    """Quadrics of rank two in the plane, and five fourth powers, are defective."""
    def powers(r: int, d: int) -> Sum:
        monomials = [(i, j, d - i - j) for i in range(d + 1) for j in range(d + 1 - i)]
        return Sum([[[3 * k, 3 * k + 1, 3 * k + 2]] for k in range(r)],
                   [(e, fmpq(1)) for e in monomials], (d,), False)

    assert integral(powers(2, 2)) == integral(powers(5, 4)) == 0
    with pytest.raises(CertificateError, match="dependent conditions"):
        integral(powers(3, 1))
    assert found("mlp:3,5,1:x^4") is None


def test_where_several_sums_are_equal_the_contact_locus_says_so() -> None:
    """A generic sextic of rank 9 in three variables is two such sums; one of rank 8 is one."""
    generator = random.Random(1)

    def contact(spec: str, r: int, n: int) -> None:
        model = rebuilt(load_model(spec))
        summands = [[[n * r + i], list(range(n * i, n * i + n))] for i in range(r)]
        evidence = {"summands": summands, "has_coefficients": True, "prime": PRIME,
                    "point": [generator.randrange(PRIME) for _ in range(r * (n + 1))]}
        check_contact_locus(check_sum(model, evidence), evidence)

    contact("mlp:3,8,1:x^6", 8, 3)
    contact("mlp:4,7,1:x^4", 7, 4)
    for spec, r, n in (("mlp:3,9,1:x^6", 9, 3), ("mlp:4,8,1:x^4", 8, 4)):
        with pytest.raises(CertificateError, match="contact locus"):
            contact(spec, r, n)


def test_one_summand_is_no_sum() -> None:
    """The conic (a^4, a^2 b^2, b^4) has degree 2; a section has four zeros on the line."""
    model = rebuilt(load_model({"parameters": ["a", "b"], "inputs": ["x", "y", "z"],
                                "outputs": ["a^4*x + a^2*b^2*y + b^4*z"]}))
    with pytest.raises(CertificateError, match="too few"):
        degree_of_sums(model, {"summands": [[[0, 1]]], "has_coefficients": False,
                               "prime": PRIME, "point": [5, 77]})


@pytest.mark.parametrize("times", [1, 2])
def test_coordinates_that_are_there_twice_are_no_equations(times: int) -> None:
    """
    Pairs of binary quadrics are dense sums of two: no linear form vanishes at tangent spaces but
    the differences of coordinates that agree, and these say nothing.
    """
    psi = [((int(a == 0), int(a == 1), 2 - k, k), fmpq(1))
           for a in range(2) for k in range(3) for _ in range(times)]
    found = Sum([[[4 * i, 4 * i + 1], [4 * i + 2, 4 * i + 3]] for i in range(2)], psi, (1, 2), True)
    with pytest.raises(CertificateError, match="contact locus"):
        check_contact_locus(found, {"prime": PRIME, "point": [3, 1, 4, 1, 5, 9, 2, 6]})


def test_fixed_points_are_counted_before_they_are_listed() -> None:
    summands = [[[80 * i + 2 * k, 80 * i + 2 * k + 1] for k in range(40)] for i in range(2)]
    with pytest.raises(TooMuchWork):
        integral(Sum(summands, [((1, 0) * 40, fmpq(1))], (1,) * 40, False))


def test_lengths_of_schemes() -> None:
    conic = ((2,), {(2, 0, 0): 1, (0, 1, 1): -1})
    line = ((1,), {(1, 0, 0): 1, (0, 1, 0): -1})
    for s in range(1, 5):
        assert is_at_most(s, [conic, line], (3,), (max(s, 2),), 101, Work()) == (s >= 2)
    # A curve has no length.
    assert not is_at_most(4, [conic], (3,), (4,), 101, Work())


def test_degrees_of_matrices() -> None:
    for m in range(1, 6):
        for n in range(m, 7):
            for a in range(1, m):
                assert degree_of_matrices(m, n, a) == degree_of_matrices(n, m, a) == sum(
                    determinantal_numerator(m, n, a))
            assert degree_of_matrices(m, n, m + 1) == 1


def test_quadrics_are_left_to_their_theorem() -> None:
    assert found("mlp:3,2,1:x^2") is None
    assert NeuroManifold("mlp:3,2,1:x^2", cache=False).degree().data == symmetric_degree(3, 2)


@pytest.mark.parametrize("spec", ["mlp:2,2,3:x^2", "cnn:3,2:x^2", "attention:d=3,a=1,out=1,t=1",
                                  "attention:d=2,a=1,out=2,t=2", "attention:d=2,a=2,out=1,t=2",
                                  "attention:d=2,a=2,out=2,t=1", "mlp:2,2,2,2:x^2",
                                  "attention:d=2,a=1,out=2,t=1,layers=2", "mlp:3,3,2:x^2:bias"])
def test_forged_certificates_are_refused(spec: str) -> None:
    certificate = found(spec).certificate
    for wrong in (certificate["claim"]["value"] + 1, 1, 2 * certificate["claim"]["value"]):
        forged = copy.deepcopy(certificate)
        forged["claim"]["value"] = wrong
        with pytest.raises(CertificateError):
            verify(forged)
    for name, value in certificate["evidence"].items():
        if name in ("fixed_points", "prime", "has_coefficients", "degree"):
            continue
        forged = copy.deepcopy(certificate)
        # Something is left out, or is there twice.
        for changed in (value[:-1], [*value, value[0]], [value[0]] * len(value)):
            if changed == value:
                continue
            forged["evidence"][name] = changed
            if name == "weights":  # others may do
                continue
            with pytest.raises(CertificateError):
                verify(forged)


def test_products_of_functions_need_independent_coefficients() -> None:
    """The functions (a x + b y)^2 (a y + b x) are no products of any two linear forms."""
    phi = parametrization(from_expressions(["(a*x + b*y)^2*(a*y + b*x)"], ["a", "b"], ["x", "y"]))
    assert product_of_functions(phi, random.Random(1)) is None
    phi = parametrization(load_model("attention:d=2,a=2,out=2,t=1"))
    model, right = rebuilt(phi.model), product_of_functions(phi, random.Random(1))
    assert check_degree_of_product(model, right)[0] == 10
    (stage,) = right["stages"]
    for wrong in ({"parameters": [0] * phi.parameter_count}, {"point": [1] * 7},
                  *({"stages": [stage | {"degree": d}]} for d in ([1, 1], [0, 3])),
                  {"stages": []}, {"stages": [stage, stage]}, {"map": right["map"][::-1]},
                  {"stages": [stage | {"map": stage["map"][::-1]}]},
                  {"images": right["images"][::-1]}, {"prime": 2**31}):
        with pytest.raises(CertificateError):
            check_degree_of_product(model, right | wrong)


def test_pencils_of_forms() -> None:
    """
    Two elements of S^2 P span a pencil, so a last layer of two units makes the same pairs of
    functions as one of three.  Pencils of binary quadrics are those of linear forms in three
    variables.  Networks of one hidden layer are sums of squares, 3 × m matrices of rank two if
    there are two inputs.
    """
    assert found("mlp:2,2,2,3,2:x^2").data == found("mlp:2,2,2,2,2:x^2").data == 1701
    for pencils, m in ((1, 2), (1, 3), (2, 2)):
        assert tower(3, pencils, m, 1) == tower(2, pencils + 1, m, 1)
    for m in (2, 3, 5):
        assert tower(2, 1, m, 1) == degree_of_matrices(3, m, 2)
    for k in (0, 1):
        assert tower(3, k, 1, 4) == tower(2, k + 1, 1, 4)
    for a, m in ((3, 2), (4, 3)):
        assert tower(a, 1, m, 1) == found(f"mlp:{a},2,{m}:x^2").data
    for spec in ("mlp:2,2,2:x^3", "mlp:2,2,1:x^2", "mlp:2,3,3,1:x^2", "mlp:2,3,3,2:x^2",
                 "mlp:3,3,2,2:x^2", "mlp:2,2,2,2:x^2+x", "mlp:2,2,2,2:x^2:bias",
                 "mlp:2,1,2,2:x^2", "linear:2,2,2", "resnet:width=2,hidden=2,blocks=1:x^2"):
        with pytest.raises(CertificateError):
            degree_of_tower(rebuilt(load_model(spec)))


@pytest.mark.parametrize("spec", [
    pytest.param("mlp:2,2,2,2,1:x^2", marks=pytest.mark.slow), "mlp:3,2,2,1:x^2"])
def test_one_output_is_a_quartic_in_a_pencil(spec: str) -> None:
    """Monodromy counts the points of a linear section."""
    found, other = (NeuroManifold(spec, method=method, seed=1).degree()
                    for method in ("auto", "monodromy"))
    assert found.status == "proved" and found.trust == [] and other.status == "numerical"
    assert found.data == other.data
    verify(found.certificate)


def toric(spec: str) -> ToricVariety:
    phi = parametrization(load_model(spec))
    return variety_of(check_toric_sum(rebuilt(phi.model), toric_sums(phi, random.Random(1))))


def variety_of(found: ToricSum) -> ToricVariety:
    return ToricVariety(found.points, found.charts, len(found.summands))


@pytest.mark.parametrize("spec", ["mlp:3,3,2:x^2", "mlp:2,3,1:x^6", "mlp:3,2,2:x^3",
                                  "cp:modes=2x2x3-1x1x1,ranks=2"])
def test_projective_spaces_are_toric_varieties(spec: str) -> None:
    """The Hilbert scheme is smooth, and nothing is blown up: the numbers are those of sums."""
    phi = parametrization(load_model(spec))
    numbers = set()
    for evidence in sums_of_points(phi, random.Random(1)):
        with suppress(CertificateError):
            numbers.add(integral(check_sum(rebuilt(phi.model), evidence)))
    evidence = toric_sums(phi, random.Random(1))
    found = check_toric_sum(rebuilt(phi.model), evidence)
    assert on_toric_variety(variety_of(found), found.coefficients) in numbers


def test_four_points_on_a_line_and_four_at_one_point() -> None:
    """
    Pencils of quadrics with a common singular point are pencils in a subspace of dimension four, a
    bundle on the space of these: no four points are needed.
    """
    weights, total = [3**k for k in range(5)], fmpq(0)
    for left in range(5):
        rest = [w for k, w in enumerate(weights) if k != left]
        quadrics = [rest[i] + rest[j] for i in range(4) for j in range(i, 4)]
        total += fmpq(complete_symmetric([-q for q in quadrics] * 2, 4)[4],
                      prod(weights[left] - w for w in rest))
    assert on_toric_variety(toric("mlp:5,4,2:x^2"), 2) == total == 210


def test_pairs_of_products() -> None:
    """
    A pencil of binary forms of degree d has 2 (d - 1) with a double zero, 4 for cubics, of which
    two are chosen; and spaces of m cubics of dimension two are matrices of rank two.  Pairs of
    quartics with a triple zero are counted by monodromy.
    """
    for m in (2, 3, 4, 5):
        assert of_products(2, m, 2, 1) == of_products(2, m, 1, 2) == comb(4, 2) * (
            degree_of_matrices(4, m, 2))
    assert of_products(3, 1, 2, 1) == 0
    assert found("glu:widths=3x2x2:x^2").data == 1947
    spec = "glu:widths=2x2x2:x^3"
    answer = found(spec)
    assert answer.data == NeuroManifold(spec, method="monodromy", cache=False, seed=1).degree().data
    verify(answer.certificate)
    model, right = rebuilt(load_model(spec)), answer.certificate["evidence"]
    (one, two), (p, q) = right["summands"], right["powers"]
    for wrong in ({"powers": [q, p]}, {"powers": [p, p]}, {"powers": [p]}, {"summands": [one]},
                  {"powers": [p, q + 1]}, {"summands": [one, one]},
                  {"summands": [[*one[:1], *one[:0:-1]], two]}, {"summands": [one, two[:2]]},
                  {"summands": [[one[1], one[0], one[2]], [two[1], two[0], two[2]]]},
                  {"point": [1] * len(right["point"])}, {"point": right["point"][1:]}):
        with pytest.raises(CertificateError):
            degree_of_pairs_of_products(model, right | wrong)
    # Six pairs of these binary cubics add up to the same.
    phi, messages = parametrization(load_model("glu:widths=2x2x3:x^2")), []
    for evidence in pairs_of_products(phi, random.Random(1)):
        with pytest.raises(CertificateError) as refusal:
            degree_of_pairs_of_products(rebuilt(phi.model), evidence)
        messages.append(str(refusal.value))
    assert any("contact locus" in message for message in messages)


def test_cubics_with_a_linear_form() -> None:
    """
    Three of l^3 + l with factors add up to a sum of three cubes, which by Aronhold are the zeros of
    a form of degree 4, with any linear form.  Two in two variables are all functions.
    """
    assert on_toric_variety(toric("mlp:3,3,1:x^3+x"), 1) == 4
    assert on_toric_variety(toric("mlp:2,2,1:x^3+x"), 1) == 1


def test_degrees_of_networks_with_a_bias_and_with_four_units() -> None:
    """Monodromy found 20 and 1304 points, for biases."""
    assert found("mlp:3,3,2:x^2:bias").data == 20
    for spec, degree in (("mlp:3,3,3:x^2:bias", 1304), ("mlp:4,4,3:x^2", 1001)):
        answer = found(spec)
        assert answer.data == degree and not answer.trust
        verify(answer.certificate)


def times(i: int, element: list[int], constant: list, c: list) -> list[int]:
    """The product of x_i and an element, in the basis 1, x_1, x_2, x_3."""
    product = [0, 0, 0, 0]
    product[i + 1] += element[0]
    for j in range(3):
        product[0] += element[j + 1] * constant[i][j]
        for k in range(3):
            product[k + 1] += element[j + 1] * c[i][j][k]
    return product


def test_algebras_of_four_points_near_the_vertex() -> None:
    """
    Multiplications of 1, x_1, x_2, x_3 with x_i x_j = c_ij + Σ c_ijk x_k, where c is grad a × grad
    b, are associative, for one c_ij.
    """
    generator = random.Random(1)
    for _ in range(5):
        a, b = ([[generator.randrange(-9, 9) for _ in range(3)] for _ in range(3)]
                for _ in range(2))
        for form in (a, b):
            for i in range(3):
                for j in range(i):
                    form[i][j] = form[j][i]
        # Half of the gradients are the rows times u; c_ij is symmetric in i and j.
        c = [[[a[(k + 1) % 3][i] * b[(k + 2) % 3][j] - a[(k + 2) % 3][i] * b[(k + 1) % 3][j]
               + a[(k + 1) % 3][j] * b[(k + 2) % 3][i] - a[(k + 2) % 3][j] * b[(k + 1) % 3][i]
               for k in range(3)] for j in range(3)] for i in range(3)]
        assert all(sum(c[i][j][j] for j in range(3)) == 0 for i in range(3))
        constant = [[0] * 3 for _ in range(3)]
        for i in range(3):
            for j in range(3):
                k = (i + 1) % 3
                constant[i][j] = sum(c[j][k][s] * c[s][i][k] - c[i][j][s] * c[s][k][k]
                                     for s in range(3))

        for i in range(3):
            for j in range(3):
                for k in range(3):
                    assert times(i, [constant[j][k], *c[j][k]], constant, c) == times(
                        k, [constant[j][i], *c[j][i]], constant, c)


@pytest.mark.parametrize("spec", [
    f"mlp:{widths}:x^5+x^4+x^2+x" for widths in ("2,3,1", "2,3,2", "3,3,1", "1,3,5")])
def test_a_line_without_the_point_in_its_middle_is_a_curve_of_higher_degree(spec: str) -> None:
    """Two points at an end of an edge and two at the other, on which any three are independent."""
    with pytest.raises(CertificateError, match="are not on such a line"):
        list(toric(spec).fixed_points())


def test_other_sums_are_none_on_toric_varieties() -> None:
    """A monomial is missing; the coefficients have different ones; a line is too short."""
    for outputs in (["a*(c*x + d*y)^3 - a*c^3*x^3 + b*(e*x + f*y)^3 - b*e^3*x^3"],
                    ["a*(c*x + d*y)^2 + b*(e*x + f*y)^2", "c*x + d*y + e*x + f*y"]):
        phi = parametrization(from_expressions(outputs, ["a", "b", "c", "d", "e", "f"],
                                               ["x", "y"]))
        evidence = toric_sums(phi, random.Random(1))
        if evidence is not None:
            with pytest.raises(CertificateError):
                degree_of_toric_sums(rebuilt(phi.model), evidence)
    phi = parametrization(load_model("mlp:2,2,2:x^2:bias"))
    right = toric_sums(phi, random.Random(1))
    (one, two), vertices = right["summands"], right["vertices"]
    for wrong in ({"summands": [one, two[::-1]]}, {"summands": [one, one]},
                  {"summands": [[[*one[0], one[1][0]], one[1][1:]], two]}, {"free": []},
                  {"vertices": vertices[1:]}, {"vertices": [[v, e[1:]] for v, e in vertices]},
                  {"summands": [one]}, {"point": right["point"] + [0]}):
        with pytest.raises(CertificateError):
            degree_of_toric_sums(rebuilt(phi.model), right | wrong)


def test_two_symmetries_that_are_the_same_do_not_count_twice() -> None:
    """A block of size one is a point, so that exchanging two of them is no symmetry of X."""
    spec = "attention:d=1,a=1,out=1,t=1"
    phi = parametrization(load_model(spec))
    for evidence, _ in _attempts(phi, random.Random(1)):
        if "symmetries" in evidence:
            assert len(evidence["symmetries"]) == 1


@pytest.mark.parametrize("spec", ["cnn:3,2:x", "cnn:3,3:x", "mlp:2,3,3,1:x^2", "mlp:2,2,1:x^2+x",
                                  "mlp:3,3,1:x^2:bias", "mlp:4,5,2:x^3"])
def test_where_hypotheses_fail_nothing_is_said(spec: str) -> None:
    """
    Products of linear filters are several to one; others are neither products nor sums.
    """
    assert found(spec) is None


def test_a_summand_that_does_not_occur() -> None:
    model = from_expressions(["b*x + c*y + (b + c)*z"], ["a", "b", "c"], ["x", "y", "z"])
    assert degree_by_fixed_points(parametrization(model)) is None
    M = NeuroManifold(model, seed=1)
    assert M.degree() == 1
    assert M.ed_degree("generic") == 1
