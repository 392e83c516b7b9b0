"""Ideals by the regularity of images of products of spaces: against elimination, and forgeries."""

from __future__ import annotations

import copy
import json
import random
from itertools import permutations, product

import pytest
from flint import nmod_mat
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.equations.products_of_spaces import Product
from neuroalg_sage.certificates.equations.regularity import dimension_of_forms, regularity
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch
from neuroalg_sage.invariants.equations.regularity import ideal_by_regularity
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions

CURVE = ("a**4*x**3 + a**3*b*x**2 + a*b**3*x + b**4", "a b", "x")  # rational, of degree 4
slow = pytest.mark.slow


@pytest.mark.parametrize("model", [
    CURVE, ("(a*x**2 + b*x*y + c*y**2)**2", "a b c", "x y"), "cnn:2,2:x^3",
    pytest.param("cnn:3,2:x^2", marks=slow), pytest.param("cnn:2,3:x^2", marks=slow),
    pytest.param("cnn:3,2:x^3", marks=slow), pytest.param(
        ("a**6*x**4 + a**5*b*x**3 + a**3*b**3*x**2 + a*b**5*x + b**6", "a b", "x"), marks=slow)])
def test_the_ideal_is_that_of_elimination(model: str | tuple[str, ...]) -> None:
    made = model if isinstance(model, str) else from_expressions(*model)
    M = NeuroManifold(made, seed=1, cache=False)
    by_regularity = M.ideal()
    verify(by_regularity.certificate)
    assert not by_regularity.trust
    other = NeuroManifold(made, seed=1, cache=False, method="elimination")
    assert by_regularity.value == other.ideal().value
    assert "product of projective spaces" in M._hilbert()[0].method
    verify(M.hilbert_polynomial().certificate)
    assert M.hilbert_polynomial().data == other.hilbert_polynomial().data
    assert M.degree().data == other.degree().data == M._hilbert()[0].data


@pytest.mark.parametrize(("spec", "generators"), [
    # Brill's equations of the products of three linear forms in three variables: 35 quartics.
    pytest.param("attention:d=3,a=1,out=1,t=1", {4: 35}, marks=slow),
    ("cnn:3,2:x^2", {1: 1, 2: 5, 3: 20}),
    pytest.param("cnn:4,4:x^2", {1: 6, 2: 6, 3: 500, 4: 17}, marks=slow)])
def test_numbers_of_generators(spec: str, generators: dict[int, int]) -> None:
    ideal = NeuroManifold(spec, seed=1, cache=False).ideal()
    verify(ideal.certificate)
    assert "regularity" in ideal.method and not ideal.trust
    degrees = [max(map(sum, f)) for f in ideal.data]
    assert {d: degrees.count(d) for d in set(degrees)} == generators


@pytest.mark.parametrize("model", [
    "cnn:2,2,2:x^2", "mlp:2,1,2:x^2", "mlp:2,2,1:x^2",
    # The image is ramified along a line, a gap that grows with the degree.
    ("(a*x + b*y + c*z)**2*(d*x + e*y + f*z)", "a b c d e f", "x y z"),
    ("(a*x + b*y)**3*(c*x + d*y)", "a b c d", "x y")])
def test_what_is_not_decided(model: str | tuple[str, ...]) -> None:
    made = NeuroManifold(model if isinstance(model, str) else from_expressions(*model)).model
    assert ideal_by_regularity(EquationSearch(parametrization(made), 1)) is None


def test_a_general_section_of_the_forms_has_the_regularity() -> None:
    """The quotient of S by m + 1 random linear forms, modulo a prime, degree by degree."""
    p, generator = 32003, random.Random(1)
    for sizes, degrees in (((3,), (2,)), ((2, 2), (1, 1)), ((2, 2), (3, 1)), ((3, 2), (1, 2)),
                           ((3, 1), (3, 1)), ((4,), (1,))):
        blocks, start = [], 0
        for size in sizes:
            blocks.append(tuple(range(start, start + size)))
            start += size
        found = Product(tuple(blocks), degrees, 0, None, False, False)

        def monomials(d: int, found: Product = found) -> list[tuple[int, ...]]:
            def powers(size: int, e: int) -> list[tuple[int, ...]]:
                return [q for q in product(range(e + 1), repeat=size) if sum(q) == e]

            return [sum(parts, ()) for parts in product(*(
                powers(size, d * e) for size, e in zip(found.sizes, found.degrees)))]

        forms = [{m: generator.randrange(p) for m in monomials(1)}
                 for _ in range(found.dimension + 1)]
        dimensions = []
        for d in range(1, regularity(found) + 2):
            place = {m: i for i, m in enumerate(monomials(d))}
            assert len(place) == dimension_of_forms(found, d)
            rows = []
            for form, m in product(forms, monomials(d - 1)):
                row = [0] * len(place)
                for q, c in form.items():
                    row[place[tuple(map(int.__add__, q, m))]] = c
                rows.append(row)
            dimensions.append(len(place) - nmod_mat(rows, p).rank())
        assert dimensions[-1] == 0 and [1, *dimensions][-2] > 0


def test_orbits_of_monomials_are_invariants() -> None:
    """Sym^3 of P^1: forms in the elementary symmetric functions."""
    found = Product(((0, 1), (2, 3), (4, 5)), (1, 1, 1), 0, None, False, False)
    group = [[v for block in blocks for v in block] for blocks in permutations(found.blocks)]
    assert [dimension_of_forms(found, d, group) for d in (1, 2, 3)] == [4, 10, 20]


@pytest.mark.parametrize("model", ["cnn:3,2:x^2", CURVE])
def test_forgeries(model: str | tuple[str, ...]) -> None:
    made = NeuroManifold(model if isinstance(model, str) else from_expressions(*model)).model
    ideal = ideal_by_regularity(EquationSearch(parametrization(made), 1))
    assert ideal is not None and ideal.certificate is not None
    good = json.loads(json.dumps(ideal.certificate))
    maps = good["evidence"]["glued"]

    def claim(value: object = None, **changes: object) -> None:
        evidence = copy.deepcopy(good["evidence"]) | changes
        verify(certificate(good["model"], "ideal", value or good["claim"]["value"], "proved", [],
                           evidence, {}))

    claim()
    values, points = good["evidence"]["values"], good["evidence"]["points"]
    swap = [1, 0] if maps is None else [1, 0, 2, 3, 4]
    false: list[dict[str, object]] = [{"values": values[:-1]}, {"values": values[:-2]},
                                      {"values": [*values[:-1], values[-1] + 1]},
                                      {"values": [*values, 1]}, {"points": []}, {"prime": 15},
                                      {"symmetries": [swap]}, {"symmetries": None}]
    if maps is None:
        false += [{"glued": [[0, None], [None, 0]]}, {"glued": [[None, 0], [0, None]]}]
    else:
        first, second = maps
        # On the curve there is one function of each weight, which one point tells.
        false += [{"points": points[:5]}, {"points": [points[0]] * len(points)},
                  {"glued": None}, {"glued": [first, first]}, {"glued": [second, second]},
                  {"glued": [[None] * 5, [None] * 5]}, {"glued": [[0, 1, 2, 3, 4]] * 2},
                  {"glued": [[0, None, None, None, 1], [None, 0, None, 1, None]]}]
    for changes in false:
        with pytest.raises(CertificateError):
            claim(**changes)
    for k in range(min(4, len(good["claim"]["value"]))):
        less = good["claim"]["value"][:k] + good["claim"]["value"][k + 1:]
        with pytest.raises(CertificateError):
            claim(less)


def test_changed_certificates_claim_nothing_else() -> None:
    model = from_expressions(*CURVE)
    found = NeuroManifold(model, seed=1, cache=False).ideal().certificate
    assert_changes_are_implied([json.loads(json.dumps(found))], random.Random(1), 150)


@pytest.mark.slow
def test_an_image_along_whose_curve_the_map_ramifies_is_left_to_elimination() -> None:
    model = from_expressions("(a*x + b*y)**3*(c*x + d*y)**2", "a b c d", "x y")
    assert ideal_by_regularity(EquationSearch(parametrization(model), 1)) is None
    assert "elimination" in NeuroManifold(model, seed=1, cache=False).ideal().method
