"""Networks as differences of tropical polynomials: zonotopes that are known, values, forgeries."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from typing import Any

import pytest
from claims import changed_at
from networks import random_network

from neuroalg_sage import CertificateError, PiecewiseLinearNetwork, verify
from neuroalg_sage.cli import main


def generic(d: int, n: int) -> list[Any]:
    """Units whose gradients are on the moment curve: any d of them are independent."""
    return [[[k**i for i in range(d)] for k in range(1, n + 1)], [[1] * n]]


@pytest.mark.parametrize(("d", "n", "vertices"), [(2, 3, 6), (2, 5, 10), (3, 6, 32), (4, 10, 260)])
def test_zonotopes(d: int, n: int, vertices: int) -> None:
    found = PiecewiseLinearNetwork(generic(d, n)).tropical_form()
    ((numerator, denominator),) = found.value
    assert len(numerator.vertices) == len(numerator.monomials) == vertices
    assert len(denominator.monomials) == 1


def test_an_arrangement_of_lines() -> None:
    """Four generic lines: 11 regions, of which 8 are not bounded, and 6 vertices."""
    network = PiecewiseLinearNetwork([[[1, 0], [0, 1], [1, 1], [1, -2]], [0, 0, -3, 5],
                                      [[1, 1, 1, 1]]])
    numerator, _ = network.tropical_form()[0]
    assert (len(numerator.monomials), len(numerator.vertices)) == (11, 8)
    cells = numerator.dual_subdivision()
    # Each vertex is on two lines: parallelograms.
    assert len(cells) == 6 and all(len(cell) == 4 for cell in cells)


@pytest.mark.parametrize("seed", range(40))
def test_values_and_minimal_monomials(seed: int) -> None:
    network = random_network(seed, most_units=3)
    found = PiecewiseLinearNetwork(network).tropical_form()
    generator = random.Random(seed)
    back = [found.network(kind) for kind in ("maxout", "relu")]
    for _ in range(30):
        x = [Fraction(generator.randint(-50, 50), 3) for _ in range(network.inputs)]
        values = tuple(
            max(sum((a * c for a, c in zip(m, x)), m[-1]) for m in p.monomials)
            - max(sum((a * c for a, c in zip(m, x)), m[-1]) for m in q.monomials)
            for p, q in found.value)
        assert values == network(x) == back[0](x) == back[1](x)
    assert verify(found.certificate).trust == ()
    # Vertices, in one dimension, are the least and the largest exponent.
    if network.inputs == 1:
        for part in itertools.chain(*found.value):
            exponents = [m[:-1] for m in part.monomials]
            assert set(part.vertices) == {min(exponents), max(exponents)}


def test_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regions", "relu:2,3,1:bias", "--tropical", "--smaller", "--json", "--quiet"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["smaller_network"]["status"] == page["tropical_form"]["status"] == "proved"
    numerator = page["tropical_form"]["outputs"][0]["numerator"]
    assert len(numerator["monomials"][0]) == 3 and numerator["vertices"]


def test_forgeries() -> None:
    original = PiecewiseLinearNetwork("relu:2,3,2,1:bias", seed=1).tropical_form().certificate
    place = ("claim", "value", "outputs", 0)
    numerator = original["claim"]["value"]["outputs"][0]["numerator"]
    for wrong in (numerator["monomials"][1:], [*numerator["monomials"], numerator["monomials"][0]],
                  [*numerator["monomials"], ["0", "0", "-1000000"]]):
        with pytest.raises(CertificateError):
            verify(changed_at(original, *place, "numerator", "monomials", to=wrong))
    for wrong in (numerator["vertices"][1:], numerator["vertices"][:1], []):
        with pytest.raises(CertificateError):
            verify(changed_at(original, *place, "numerator", "vertices", to=wrong))
    with pytest.raises(CertificateError):
        verify(changed_at(original, *place, "numerator", "monomials", 0, 2, to="12345"))
    # Another auxiliary network bends inside of the cells.
    affine = {"input_shape": [2], "layers": [
        {"kind": "dense", "weights": [["1", "0"]], "bias": ["1/97"]}, {"kind": "relu"}]}
    with pytest.raises(CertificateError):
        verify(changed_at(original, "evidence", "same", "auxiliary", to=affine))


def test_vertices_are_all_and_no_others() -> None:
    """max(-x, 0 + 1, x): the middle monomial is minimal, and no vertex."""
    found = PiecewiseLinearNetwork({"input_shape": [1], "layers": [
        {"kind": "dense", "weights": [[-1], [0], [1]], "bias": [0, 1, 0]},
        {"kind": "maxout", "pieces": 3}]}).tropical_form()
    numerator, _ = found[0]
    assert len(numerator.monomials) == 3 and set(numerator.vertices) == {(-1,), (1,)}
    middle = [m[0] for m in numerator.monomials].index(0)
    value = found.certificate["claim"]["value"]["outputs"][0]["numerator"]
    assert middle not in value["vertices"]
    with pytest.raises(CertificateError):
        verify(changed_at(found.certificate, "claim", "value", "outputs", 0, "numerator",
                          "vertices", to=[0, 1, 2]))
