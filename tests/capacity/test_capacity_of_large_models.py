"""Bounds for large models: nothing is stored for each parameter, and nothing is tried in vain."""

from __future__ import annotations

import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.capacity.alike import Alike
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.families import parse_spec

TOO_LARGE = "cnn:50x50,60x60:x^2"


def test_entries_that_are_alike_are_a_list_of_them() -> None:
    entries = Alike(7, 10)
    assert list(entries) == [7] * 10 and entries[-1] == 7 and list(entries[3:5]) == [7, 7]
    assert entries.count(7) == 10 and not entries.count(6) and not Alike(7, 0)
    with pytest.raises(IndexError):
        _ = entries[10]


@pytest.mark.parametrize("spec", ["mlp:3,4,2:x^3+x:bias", "cnn:2,3:x^2", "linear:2,3",
                                  "attention:d=2,a=1,out=2,t=2"])
def test_a_model_has_the_same_values_where_its_parameters_are_alike(spec: str) -> None:
    model = Checked(parse_spec(spec).describe())

    def values(parameters, inputs):
        return list(model.fold(parameters, inputs, lambda c: c, lambda a, b: a + b,
                               lambda a, b: a * b))

    assert values(Alike(3, model.parameters), Alike(5, model.inputs)) == values(
        [3] * model.parameters, [5] * model.inputs)


def test_what_the_checker_would_refuse_is_not_claimed() -> None:
    manifold = NeuroManifold(TOO_LARGE, seed=1)
    assert manifold.affordable_dimension() is None
    for ask in (manifold.span, manifold.pseudo_dimension,
                lambda: manifold.covering_number("0.1", radius=1)):
        with pytest.raises(LimitReached, match="No certificate about .* would be accepted"):
            ask()


def test_a_rank_that_would_need_many_products_is_not_begun() -> None:
    assert NeuroManifold("cnn:1000,1000:x^2", seed=1).affordable_dimension() is None
