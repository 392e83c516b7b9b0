"""Tensor trains, CP and Tucker factorizations: values, symmetries, dimensions, ideals."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest
from architectures import (
    Parameters,
    check_again,
    check_symmetries,
    check_values,
    jacobian_rank,
)

from neuroalg_sage import FactorizedNetwork, NeuroManifold
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.families import parse_spec


def matrix(form: str, taken: list[int], made: list[int], ranks: list[int], w: Parameters) -> Any:
    """The matrix of a layer, entry by entry from the definition."""
    count = len(taken)
    bonds = {"tt": [1, *ranks, 1], "cp": ranks * count, "tucker": ranks}[form]
    cores = []
    for k in range(count):
        shape = (made[k], taken[k], bonds[k + 1] if form == "tt" else bonds[k])
        # An end of a train has no axis of its own for its bond of rank 1.
        cores.append(w.take(bonds[k], *shape) if form == "tt" else w.take(*shape))
    core = w.take(*ranks) if form == "tucker" else None
    entries = np.empty((*made, *taken), dtype=object)
    for place in np.ndindex(*made, *taken):
        pairs = list(zip(place[:count], place[count:]))
        if form == "tt":
            row = cores[0][:, pairs[0][0], pairs[0][1], :]
            for (o, i), g in zip(pairs[1:], cores[1:]):
                row = row.dot(g[:, o, i, :])
            entries[place] = row[0, 0]
        elif form == "cp":
            entries[place] = sum(prod((g[o, i, r] for (o, i), g in zip(pairs, cores)), start=1)
                                 for r in range(ranks[0]))
        else:
            assert core is not None
            entries[place] = sum(core[r] * prod(
                (g[o, i, s] for (o, i), g, s in zip(pairs, cores, r)), start=1)
                for r in np.ndindex(*ranks))
    return entries.reshape(prod(made), prod(taken))


def network(modes: list[list[int]], ranks: list[list[int]], form: str, power: int, bias: bool
            ) -> Any:
    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        for k, (taken, made) in enumerate(zip(modes, modes[1:])):
            if k:
                x = [v**power for v in x]
            rows = matrix(form, taken, made, ranks[k], w)
            x = [sum(c * v for c, v in zip(row, x)) for row in rows]
            if bias:
                x = [a + b for a, b in zip(x, w.take(prod(made)))]
        return x
    return direct


CASES: list[Any] = [
    ([[2, 2], [2, 1]], [[1]], "tt", 1, False), ([[2, 2, 2], [1, 1, 1]], [[2, 2]], "tt", 1, False),
    ([[2, 1, 2], [1, 2, 2]], [[1, 2]], "tt", 1, True),
    ([[2, 2], [2, 1], [1, 2]], [[2], [1]], "tt", 2, False),
    ([[2, 2, 2], [1, 2, 1]], [[2]], "cp", 1, False), ([[2, 2], [1, 2]], [[1]], "cp", 1, True),
    ([[2, 2, 2], [1, 1, 1]], [[1, 2, 2]], "tucker", 1, False),
    ([[2, 2], [2, 1], [1, 1]], [[2, 1], [1, 1]], "tucker", 2, True),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_factorized_layers_are_what_they_are_said_to_be(case: Any) -> None:
    modes, ranks, form, power, bias = case
    model = FactorizedNetwork(modes, ranks, form, f"x^{power}", bias)
    direct = network(*case)
    check_values(model, direct)
    check_again(model)
    bonds = [[1] * (len(modes[0]) - 1)] * len(ranks) if form == "cp" else ranks
    least = sum(r * r for row in bonds for r in row)
    check_symmetries(model, least)
    found = NeuroManifold(model).dimension()
    assert found == jacobian_rank(direct, model.parameter_count, prod(modes[0]))
    assert verify(found.certificate)


@pytest.mark.parametrize("taken, made, ranks", [
    ([2, 2, 2], [1, 1, 1], [2, 2]), ([2, 2, 2], [2, 1, 2], [2, 3]), ([3, 2, 3], [1, 1, 1], [2, 2]),
    ([2, 2, 2, 2], [1, 1, 1, 1], [2, 2, 2]), ([2, 2, 2, 2], [1, 1, 1, 1], [2, 3, 2]),
    ([3, 3], [2, 2], [4])])
def test_the_dimension_of_tensor_trains_of_given_ranks(taken: Any, made: Any, ranks: Any) -> None:
    """Of ranks that are attained it is that of the cores less that of GL at each bond."""
    n = [a * b for a, b in zip(taken, made)]
    bonds = [1, *ranks, 1]
    for k in range(1, len(n)):  # Holtz, Rohwedder, Schneider: each core has full rank both ways
        assert bonds[k] <= bonds[k - 1] * n[k - 1] and bonds[k] <= n[k] * bonds[k + 1]
    expected = sum(bonds[k] * n[k] * bonds[k + 1] for k in range(len(n))) - sum(
        r * r for r in ranks)
    found = NeuroManifold(FactorizedNetwork([taken, made], [ranks])).dimension()
    assert found == expected and found.status == "proved"
    assert verify(found.certificate).trust == ()


def test_larger_ranks_than_can_be_attained_add_nothing() -> None:
    fits, large = (NeuroManifold(f"tt:modes=2x2x2-1x1x1,ranks={r}x{s}").dimension()
                   for r, s in ((2, 1), (5, 1)))
    assert fits == large == 4 * 2 - (4 - 1) * 0 - 8 + 5  # 4 x 2 matrices of rank 1
    assert large.status == "proved"


def test_the_ideal_of_a_train_with_one_narrow_bond_is_that_of_minors() -> None:
    """Four modes of 2, ranks 2, 2, 2: the 4 x 4 matrices of rank 2, of degree 20."""
    manifold = NeuroManifold("tt:modes=2x2x2x2-1x1x1x1,ranks=2")
    assert manifold.dimension() == 12
    small = NeuroManifold("tt:modes=2x2x2-1x1x1,ranks=2x1")
    assert small.dimension() == 5 and small.degree() == 4  # 4 x 2 matrices of rank 1
    ideal = small.ideal()
    assert ideal.status == "proved" and len(ideal.gens()) == 6
    # The coordinate of x_ijk is 4 i + 2 j + k; a minor has columns k = 0, 1.
    minors = {tuple(sorted([(2 * a, 2 * b + 1), (2 * a + 1, 2 * b)]))
              for a in range(4) for b in range(a)}
    assert {tuple(sorted(tuple(i for i, e in enumerate(m) if e) for m in g.exponents()))
            for g in ideal.gens()} == {tuple(sorted(tuple(sorted(t)) for t in pair))
                                       for pair in minors}


def test_segre_and_tucker_varieties() -> None:
    # A bond of rank 1 between two full ones: the Segre variety of P^3 x P^3.
    pairs = NeuroManifold("tt:modes=2x2x2x2-1x1x1x1,ranks=2x1x2")
    assert (pairs.dimension(), pairs.degree()) == (7, 20)
    segre = NeuroManifold("cp:modes=2x2x2-1x1x1,ranks=1")
    assert (segre.dimension(), segre.degree()) == (4, 6)
    assert NeuroManifold("cp:modes=3x3x3-1x1x1,ranks=2").dimension() == 14
    # Multilinear rank (1, r, r): a vector times matrices of rank r.
    assert NeuroManifold("tucker:modes=2x3x3-1x1x1,ranks=1x2x2").dimension() == 2 + 8 - 1


@pytest.mark.parametrize("spec, words", [
    ("tt:modes=2x2,ranks=2", "inputs and outputs"), ("tt:modes=2-2,ranks=2", "from 2 to 17"),
    ("tt:modes=2x2-2x2x2,ranks=2", "one number of modes"), ("tt:modes=2x2-2x2", "lacks ranks"),
    ("tt:modes=2x2x2-1x1x1,ranks=2x2x2", "one rank, or 2"),
    ("tt:modes=2x2x2-1x1x1,ranks=2-2", "a list of them for each layer"),
    ("cp:modes=2x2x2-1x1x1,ranks=2x2", "has one rank, and"),
    ("tucker:modes=2x2-1x1,ranks=0", "whole number from 1 on"),
    ("tt:modes=2x0-1x1,ranks=1", "whole number from 1 on"),
])
def test_a_wrong_factorization_gets_a_sentence(spec: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_spec(spec)


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(InputError, match="tt, cp, tucker"):
        FactorizedNetwork([[2, 2], [1, 1]], 2, "mera")
