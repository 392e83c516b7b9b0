"""Singular loci of sums of two or three powers of linear forms."""

from __future__ import annotations

import json
import random
from itertools import combinations, combinations_with_replacement, product
from math import prod

import pytest
from flint import nmod_mat
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold, verify
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.singularities.binary_forms import SumsOfPowers
from neuroalg_sage.certificates.singularities.few_powers import FewPowers, few_powers
from neuroalg_sage.models.families import parse_spec

PRIME = 2**31 - 1


class Sums:
    """Random sums of powers modulo a prime, as tensors (o; i_1, ..., i_d) on the inputs."""

    def __init__(self, m: int, s: int, d: int) -> None:
        self.m, self.s, self.d = m, s, d
        self.random = random.Random(1)
        self.places = [(o, t) for o in range(s)
                       for t in combinations_with_replacement(range(m), d)]

    def numbers(self, count: int, of: int) -> list[int]:
        return [self.random.randrange(1, PRIME) if i < count else 0 for i in range(of)]

    def products(self, count: int, inputs: int = 9, outputs: int = 9, *, kind: str = "powers"
                 ) -> list[int]:
        """
        A sum of so many powers; or of products of forms of one point of P^2 that is not reduced:
        tangent and point, of the square of a maximal ideal, or on a conic.
        """
        found = [0] * len(self.places)

        def add(c: list[int], forms: list[list[int]]) -> None:
            for place, (o, t) in enumerate(self.places):
                for k in range(self.d):  # where the last form stands; the others are the same
                    others = [i for j, i in enumerate(t) if j != k]
                    found[place] += c[o] * prod(forms[0][i] for i in others) * forms[1][t[k]]
                found[place] %= PRIME

        def vector() -> list[int]:
            return self.numbers(outputs, self.s)

        def form() -> list[int]:
            return self.numbers(inputs, self.m)

        if kind == "powers":
            for _ in range(count):
                ell = form()
                add(vector(), [ell, ell])
            return found
        ell, other, third, c = form(), form(), form(), vector()
        add(c, [ell, other])
        add(vector(), [ell, ell])
        if kind == "tangent":
            add(vector(), [third, third])
        elif kind == "square":
            add(vector(), [ell, third])
        else:  # the second derivative of c (ℓ + t h + t^2 z)^3, and a first one
            add(c, [other, ell])
            add(c, [ell, third])
            add(vector(), [ell, other])
        return found


def equations(sums: Sums, k: int, degree: int) -> list[dict[tuple[int, ...], int]]:
    """All equations of a degree that sums of k powers satisfy."""
    terms = list(combinations_with_replacement(range(len(sums.places)), degree))
    kernel, nullity = nmod_mat([[prod(y[i] for i in t) % PRIME for t in terms] for y in (
        sums.products(k) for _ in range(len(terms) + 3))], PRIME).nullspace()
    return [{t: c for i, t in enumerate(terms) if (c := int(kernel[i, j]))}
            for j in range(nullity)]


def rank_of_differentials(found: list[dict[tuple[int, ...], int]], y: list[int]) -> int:
    rows = []
    for equation in found:
        row = [0] * len(y)
        for t, c in equation.items():
            for k, i in enumerate(t):
                row[i] += c * prod(y[j] for j in (*t[:k], *t[k + 1:]))
        rows.append([x % PRIME for x in row])
    return int(nmod_mat(rows, PRIME).rank())


@pytest.mark.parametrize("m, s, d, degree", [
    (2, 2, 3, 3), pytest.param(3, 2, 3, 3, marks=pytest.mark.slow)])
def test_two_powers(m, s, d, degree):
    """The differentials of equations drop rank at single powers only."""
    sums = Sums(m, s, d)
    found = equations(sums, 2, degree)
    codimension = len(sums.places) - 2 * (m - 1 + s)
    for y in (sums.products(2), sums.products(2, outputs=1)):
        assert rank_of_differentials(found, y) == codimension
    assert rank_of_differentials(found, sums.products(1)) < codimension


@pytest.mark.slow
def test_three_cubes_with_one_output():
    """Aronhold's quartic is singular at cubics of two linear forms only."""
    sums = Sums(3, 1, 3)
    (quartic,) = equations(sums, 3, 4)
    for kind in ("powers", "tangent", "conic"):
        assert rank_of_differentials([quartic], sums.products(3, kind=kind)) == 1
    for y in (sums.products(3, inputs=2), sums.products(3, kind="square")):  # ℓ^2 h
        assert rank_of_differentials([quartic], y) == 0


def flattenings(sums: Sums, y: list[int]) -> list[list[list[int]]]:
    """A catalecticant of rank at most 3 on sums of three cubes, and a Koszul one of at most 6."""
    m, s = sums.m, sums.s
    value = {place: y[i] for i, place in enumerate(sums.places)}

    def entry(o: int, *inputs: int) -> int:
        return value[o, tuple(sorted(inputs))]

    catalecticant = [[entry(o, x, *q) for q in combinations_with_replacement(range(m), 2)]
                     for o in range(s) for x in range(m)]
    koszul = [[(i == a) * entry(o, b, j, x) - (i == b) * entry(o, a, j, x)
               for i in range(m) for j in range(m)]
              for a, b in combinations(range(m), 2) for o in range(s) for x in range(m)]
    return [[[x % PRIME for x in row] for row in matrix] for matrix in (catalecticant, koszul)]


def codimension_of_tangents(sums: Sums, y: list[int]) -> int:
    """Of the tangents of flattenings of the ranks that are the largest on sums of three cubes."""
    parts = []
    for k, (flattening, most) in enumerate(zip(flattenings(sums, y), (3, 6))):
        matrix = nmod_mat(flattening, PRIME)
        assert matrix.rank() <= most
        if matrix.rank() < most:
            continue
        kernel, right = matrix.nullspace()
        cokernel, left = matrix.transpose().nullspace()
        parts.append((k, nmod_mat([[int(cokernel[i, j]) for i in range(matrix.nrows())]
                                   for j in range(left)], PRIME),
                      nmod_mat([[int(kernel[i, j]) for j in range(right)]
                                for i in range(matrix.ncols())], PRIME)))
    rows = []
    for i in range(len(y)):
        found = flattenings(sums, [int(i == j) for j in range(len(y))])
        rows.append([int(x) for k, left, right in parts
                     for x in (left * nmod_mat(found[k], PRIME) * right).entries()])
    return int(nmod_mat(rows, PRIME).rank())


def test_three_cubes_with_three_outputs():
    """Flattenings show that M is smooth where the theorem says; not so at the singular locus."""
    sums = Sums(3, 3, 3)
    smooth = [sums.products(3, outputs=outputs, kind=kind)
              for kind in ("powers", "tangent", "square", "conic") for outputs in (1, 2, 3)
              if (kind, outputs) != ("square", 1)]
    for y in [*smooth, sums.products(3, inputs=2)]:
        assert codimension_of_tangents(sums, y) == len(sums.places) - 15
    assert codimension_of_tangents(sums, sums.products(3, inputs=2, outputs=2)) < 15


def test_three_cubes_with_two_outputs():
    """Here functions of two forms are smooth points, if they are no sums of two cubes."""
    sums = Sums(3, 2, 3)
    for y in (sums.products(3), sums.products(3, kind="square"), sums.products(3, inputs=2)):
        assert codimension_of_tangents(sums, y) == len(sums.places) - 12


@pytest.mark.parametrize("spec, stated", [
    ("mlp:3,3,3:x^3", [(12, 615)]), ("mlp:3,3,1:x^3", [(6, 15)]), ("mlp:4,2,1:x^5", [(4, 125)]),
    ("mlp:3,2,2:x^3", [(4, 27)]), ("mlp:3,3,2:x^3", [(8, 192)]), ("mlp:3,3,1:x^5", [(6, 222)]),
    ("mlp:3,3,2:x^4", [(8, 801), (8, 315)]),
    pytest.param("mlp:4,3,1:x^4", [(9, 1330)], marks=pytest.mark.slow)])
def test_models(spec, stated):
    """With the degrees of Veronese varieties, and of binary cubics among ternary ones."""
    locus = NeuroManifold(spec).singular_locus()
    assert locus.completeness == "proved"
    assert verify(json.loads(json.dumps(locus.certificate))).trust == ()
    assert [(part.dimension, part.degree) for part in locus.value] == stated


def test_two_claims_agree_where_both_theorems_are_on_a_model():
    """Binary forms have a theorem of their own."""
    locus = NeuroManifold("mlp:2,2,3:x^4").singular_locus().value[0]
    assert FewPowers(2, 2, 3, 4).claims() == [{"dimension": locus.dimension,
                                               "degree": locus.degree}]


def test_degrees_of_sums_of_two_powers():
    """As of binary forms, of cubics of two forms, and, in Macaulay2, of quartics."""
    for s, d in product((1, 2, 3), (5, 6)):
        assert FewPowers(2, 3, s, d).degree_of_fewer() == SumsOfPowers(3, s, d).claim()["degree"]
    for m in (3, 4, 5):
        found = FewPowers(m, 3, 1, 3)
        assert found.degree_of_fewer() == found.claims()[0]["degree"]
    assert FewPowers(3, 3, 1, 4).degree_of_fewer() == 75
    assert FewPowers(3, 3, 3, 3).degree_of_fewer() == NeuroManifold("mlp:3,2,3:x^3").degree()


@pytest.mark.parametrize("spec", [
    "mlp:3,3,1:x^4", "mlp:3,3,3:x^2", "mlp:3,2,2:x^2", "mlp:2,3,4:x^3", "mlp:3,4,3:x^3",
    "mlp:3,2,1:x^3:bias", "mlp:2,2,1:x^3"])
def test_other_models_are_refused(spec):
    model = parse_spec(spec)
    trial = NeuroManifold(model).dimension().certificate["evidence"]["trials"][0]
    with pytest.raises(CertificateError):
        few_powers(Model(model.describe()), trial)


@pytest.mark.parametrize("key, value", [
    ("multiplicity", 2), ("degree", 5), ("dimension", 7), ("further", 1)])
def test_a_false_claim_is_rejected(key, value):
    good = NeuroManifold("mlp:3,2,2:x^3").singular_locus().certificate
    claim = [good["claim"]["value"][0] | {key: value}]
    with pytest.raises(CertificateError):
        verify(certificate(good["model"], "singular_locus", claim, "proved", [],
                           good["evidence"], {}))


def test_a_changed_certificate_claims_nothing_else():
    certificates = [json.loads(json.dumps(NeuroManifold(spec).singular_locus().certificate))
                    for spec in ("mlp:3,2,2:x^3", "mlp:3,3,1:x^3")]
    assert_changes_are_implied(certificates, random.Random(1), 100)
