"""What the functions of the families refuse, with one sentence each."""

from __future__ import annotations

from typing import Any

import pytest

from neuroalg_sage import (
    CNN,
    MLP,
    Autoencoder,
    BispectralNetwork,
    FactorizedNetwork,
    GatedNetwork,
    GraphIsomorphismNetwork,
    GraphNetwork,
    KolmogorovArnoldNetwork,
    MessagePassingNetwork,
    MixtureOfExperts,
    PolynomialNetwork,
    PowerSumNetwork,
    RegularSumProductNetwork,
    StateSpaceModel,
    SumProductNetwork,
)
from neuroalg_sage.errors import InputError


@pytest.mark.parametrize("make, words", [
    (lambda: SumProductNetwork(None), "given in a list"),
    (lambda: SumProductNetwork([("leaf", 0)], "x"), "number of values 'x'"),
    (lambda: SumProductNetwork([("leaf", 0, 2.5)]), "width 2.5"),
    (lambda: SumProductNetwork([*(("leaf", v, 2) for v in range(60)), ("product", range(60))]),
     "over 52 factors"),
    (lambda: RegularSumProductNetwork(4, structure=[]), "tree, chain, mixture"),
    (lambda: FactorizedNetwork(3, 2), "given in a list"),
    (lambda: FactorizedNetwork([[2, 2], [1, 1]], "2"), "rank '2'"),
    (lambda: FactorizedNetwork([[2, 2], [1, 1]], [2]), "given in a list"),
    (lambda: FactorizedNetwork([[2, 2], [1, 1]], 2, []), "tt, cp, tucker"),
    (lambda: FactorizedNetwork([[2, 2], [1, 1]], 2, bias=3), "true or false"),
    (lambda: FactorizedNetwork([[1000, 1000], [1000, 1000]], 2), "too many products"),
    (lambda: GraphIsomorphismNetwork("C4", [1, 1], readout=[1]), "sum, mean, product"),
    (lambda: GraphIsomorphismNetwork("C4", [1, 1], epsilon=0.1), "floating-point"),
    (lambda: GraphIsomorphismNetwork(7, [1, 1]), "a name such as C4"),
    (lambda: GraphIsomorphismNetwork("C4", 3), "given in a list"),
    (lambda: GraphIsomorphismNetwork("C4", [1, 1], "x/0"), "activation"),
    (lambda: MessagePassingNetwork("C4", [1, 1], form=[]), "sum, product"),
    (lambda: MessagePassingNetwork("C4", [1, 1], tied=2), "true or false"),
    (lambda: BispectralNetwork(3), "table of a group"),
    (lambda: BispectralNetwork("Z4", 1), "given in a list"),
    (lambda: KolmogorovArnoldNetwork([2, 1], 10**5), "most allowed is 200"),
    (lambda: KolmogorovArnoldNetwork("2x1", 2), "given in a list|whole number"),
    (lambda: PolynomialNetwork(2, 2, 2, form=None), "cp, nested"),
    (lambda: PowerSumNetwork(3, 2, 5), "given in a list"),
    (lambda: BispectralNetwork("Z4", bias=2), "true or false"),
    (lambda: PowerSumNetwork(3, 2, [1], bias="yes"), "true or false"),
    (lambda: StateSpaceModel(2, 5, selective="1"), "degree of a selective model '1'"),
    (lambda: StateSpaceModel(2, 5, selective=-1), "degree of a selective model -1"),
    (lambda: StateSpaceModel(2, 5, direct="no"), "true or false"),
    (lambda: MixtureOfExperts(2, 1, 2, normalized="no"), "true or false"),
    (lambda: Autoencoder([3, 2], tied="no"), "true or false"),
    (lambda: MLP(3), "given in a list"),
    (lambda: CNN(3), "given in a list"),
    (lambda: GatedNetwork(3), "given in a list"),
    (lambda: Autoencoder(3), "given in a list"),
    (lambda: GraphNetwork("C4", 3), "given in a list"),
], ids=lambda value: value if isinstance(value, str) else "call")
def test_wrong_arguments_get_a_sentence(make: Any, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        make()
    assert "\n" not in str(refused.value)
