"""Pseudo-dimensions against sign vectors that are counted, and against linear spaces."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import pytest
from claims import changed

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.capacity.pseudo_dimension import are_too_many
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.sources import from_expressions


def vectors(p: int, m: int, degree: int) -> float:
    """The bound of the lemma on sign vectors."""
    return (2 * math.e * m / p) ** p * degree * (2 * degree - 1) ** (p - 1)


def test_sign_vectors_of_polynomials_in_one_variable() -> None:
    """m polynomials of degree D with D m different zeros have D m + 1 intervals."""
    generator = random.Random()
    for degree, m in itertools.product((1, 2, 3), (1, 2, 5, 9)):
        zeros = generator.sample(range(10 * degree * m), degree * m)
        rows = [zeros[i::m] for i in range(m)]
        seen = {tuple(math.prod(t - Fraction(z) for z in row) > 0 for row in rows)
                for t in (Fraction(2 * k - 1, 2) for k in range(10 * degree * m + 1))}
        assert len(seen) <= degree * m + 1 <= vectors(1, m, degree)


def test_sign_vectors_of_lines_in_the_plane() -> None:
    """Lines in general position have 1 + m + C(m, 2) regions."""
    for m in range(2, 30):
        assert 1 + m + math.comb(m, 2) <= vectors(2, m, 1)


@pytest.mark.parametrize("spec, expected", [
    ("mlp:3,1:x", [3, 3]), ("mlp:3,1:x:bias", [4, 4]), ("mlp:2,3,1:x^2", [3, 3]),
    ("linear:3,3,2", [3, 3]), ("mlp:2,6,1:x^2:bias", [6, 6]), ("mlp:1,1,1:x^5", [1, 1])])
def test_outputs_that_fill_a_linear_space(spec: str, expected: list[int]) -> None:
    found = NeuroManifold(spec, cache=False).pseudo_dimension()
    assert found.data == expected and found.status == "proved"
    assert "layer" in str(verify(found.certificate))


def test_fewer_parameters_than_coordinates() -> None:
    """The least number of inputs that the lemma excludes, found by trying all."""
    model = Model(parse_spec("mlp:9,1,1:x^9").describe())
    found = NeuroManifold("mlp:9,1,1:x^9", cache=False).pseudo_dimension()
    p, degree = 10 - 1, 10  # parameters but for a first weight, and the degree in them
    least = next(m for m in range(p, 10**4) if 2.0**m > vectors(p, m, degree))
    assert found.data == [1, least - 1] and found.arguments == ("last layer", "sign vectors")
    assert are_too_many(model, least) and not are_too_many(model, least - 1)
    assert math.comb(17, 9) > least  # coordinates
    assert "sign vectors" in str(verify(found.certificate))


def test_a_million_parameters() -> None:
    found = NeuroManifold("mlp:500,700,700,200:x^2", cache=False).pseudo_dimension()
    verify(found.certificate)
    low, high = found.data
    assert low == 700 and 10**6 < high < 10**7


def test_models_of_other_layers() -> None:
    curve = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
    # So many functions does the last filter, and the row of values, combine linearly.
    for model, low in ((curve, 0), ("cnn:2,2:x^2", 2), ("attention:d=2,a=1,out=1,t=2", 2)):
        found = NeuroManifold(model, cache=False).pseudo_dimension()
        verify(found.certificate)
        assert found.data[0] == low < found.data[1]


def test_bounds_are_not_better_than_what_is_proved() -> None:
    certificate = NeuroManifold("mlp:9,1,1:x^9", cache=False).pseudo_dimension().certificate
    low, high = certificate["claim"]["value"]

    def claim(value, **evidence):
        def change(data) -> None:
            data["claim"]["value"] = value
            data["evidence"].update(evidence)
        return changed(certificate, change)

    verify(claim([low, high + 1]))
    verify(claim([0, high]))
    verify(claim([0, high], lower="none"))
    for wrong in (claim([low + 1, high]), claim([low, high - 1]), claim([1, high], lower="none"),
                  claim([low, high], upper="coordinates"), claim([low, high], upper="none"),
                  claim([low, float(high)])):
        with pytest.raises(CertificateError):
            verify(wrong)
