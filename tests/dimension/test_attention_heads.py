"""Points at which the heads of an attention layer read and write rows of their own."""

from __future__ import annotations

import random

import numpy as np
import pytest

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.attention_heads import attention_bound, attention_rank
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension.attention_heads import proved_by_heads
from neuroalg_sage.invariants.dimension.dimension import (
    defect,
    dimension,
    expected_dimension,
    jacobian_at,
)
from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable
from neuroalg_sage.invariants.dimension.known_symmetries import symmetry_rows
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Attention, Sum
from neuroalg_sage.models.model import Model


def random_heads(generator: random.Random) -> Model:
    """Attention with heads of different sizes."""
    sizes = generator.choices([1, 2, 3], k=generator.randint(1, 3))
    d = sum(max(a, 2) for a in sizes) + generator.randint(0, 2)
    b = len(sizes) + generator.randint(0, 2)
    return Model((Sum(tuple(Attention(d, a, b) for a in sizes)),), (d, generator.randint(2, 3)))


@pytest.mark.parametrize("seed", range(12))
def test_the_lemma_gives_the_rank_at_the_point(seed: int) -> None:
    """Against all rows of the Jacobian there, and at a random point; the bound is the orbits'."""
    generator = random.Random(seed)
    model = random_heads(generator)
    trial, rank, *_ = proved_by_heads(model, generator)
    checked = Checked(model.describe())
    assert attention_rank(checked, trial) == attention_bound(checked) == rank
    prime = trial["prime"]
    numbers = np.random.default_rng(seed)
    inputs = numbers.integers(0, prime, (rank // 4 + 30, model.input_count))
    for point in (trial["point"], numbers.integers(0, prime, model.parameter_count).tolist()):
        assert modular.rank(jacobian_at(model, point, inputs, prime), prime) == rank
        assert model.parameter_count - modular.rank(
            symmetry_rows(model, point, prime), prime) == rank


@pytest.mark.parametrize(("spec", "value"), [
    ("attention:d=24,a=10,out=26,t=3", 24 * 46 - 101),
    ("attention:d=24,a=6,out=24,t=4,heads=4", 4 * (24 * 36 - 37)),
    ("attention:d=256,a=32,out=64,t=3,heads=2", 2 * (256 * 128 - 32**2 - 1))])
def test_large_attention_is_proved(spec: str, value: int) -> None:
    model = parse_spec(spec)
    found = dimension(model, seed=1)
    hoped = expected_dimension(model, found)
    answers = [found, hoped, defect(model, found, hoped), is_finitely_identifiable(model, found)]
    assert answers == [value, value, 0, True]
    for answer in answers:
        assert answer.status == "proved" and verify(answer.certificate).trust == ()


@pytest.mark.parametrize("spec", [
    "attention:d=4,a=2,out=4,t=1", "attention:d=4,a=3,out=4,t=2,heads=2",
    "attention:d=4,a=2,out=1,t=2,heads=2", "attention:d=4,a=2,out=4,t=2,layers=2", "mlp:2,2,1:x^2"])
def test_other_models_have_no_such_point(spec: str) -> None:
    assert proved_by_heads(parse_spec(spec), random.Random(1)) is None


def test_heads_that_meet_are_refused() -> None:
    model = parse_spec("attention:d=5,a=2,out=4,t=2,heads=2")
    trial, rank, *_ = proved_by_heads(model, random.Random(1))

    def claim(changes: dict, model: Model = model, value: int = rank) -> dict:
        return certificate(model.describe(), "dimension", value, "proved", [], {
            "trials": [trial | changes], "upper": {"kind": "heads"}}, {})

    assert verify(claim({})).value == rank == 70

    def at(**values: int) -> dict:
        point = [*trial["point"]]
        for place, value in values.items():
            point[int(place[1:])] = value
        return {"point": point}

    # The first head: Q in columns 0 to 2 of rows of 5, then K, and V in the first two of four rows.
    low = at(**{f"_{5 + j}": trial["point"][j] for j in range(3)})
    proportional = {f"_{i}": i % 5 + 1 for i in (0, 1, 2)} | {f"_{i}": 0 for i in (5, 6, 7)}
    for changes, message in [
            (at(_3=1), "outside its group"), (at(_14=1), "outside its group"),
            (at(_20=0, _21=0, _22=0), "special"), (at(_30=1), "outside its group"),
            (low, "full rank"), (at(**proportional), "full rank"),
            ({"heads": [[2, 2], [3, 2]]}, "outside its group|full rank"),
            ({"heads": [[3, 2], [2, 1]]}, "no division"), ({"heads": [[5, 4]]}, "length 2")]:
        with pytest.raises(CertificateError, match=message):
            verify(claim(changes))
    with pytest.raises(CertificateError, match="not proved"):
        verify(claim({}, value=rank + 1))
    shared = Model((Sum(model.layers[0].layers, (None, 0)),), (5, 2))
    for other, message in [(parse_spec("attention:d=5,a=2,out=4,t=1,heads=2"), "one token"),
                           (shared, "share|point"), (parse_spec("mlp:5,16:x^2"), "attention")]:
        with pytest.raises(CertificateError, match=message):
            verify(claim({}, other))


def test_a_row_of_v_that_divides_all_columns_is_refused() -> None:
    """For one row of K, all columns of K^T Q are multiples of it; V must not be."""
    model = parse_spec("attention:d=3,a=1,out=2,t=2")
    trial, rank, *_ = proved_by_heads(model, random.Random(1))
    point = [*trial["point"]]
    point[6:9] = point[3:6]
    with pytest.raises(CertificateError, match="special"):
        attention_rank(Checked(model.describe()), trial | {"point": point})
    assert rank == 10


def test_nothing_is_found_that_the_checker_refuses_to_read() -> None:
    model = parse_spec("attention:d=576,a=144,out=576,t=3,heads=2")
    with pytest.raises(LimitReached, match="No certificate .* would be accepted"):
        dimension(model, seed=1)
