"""
Varieties that cover another one, since products of their equations have powers in its ideal.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import prod

from flint import fmpq_mpoly

from neuroalg_sage.certificates.equations.groebner import GroebnerBasis
from neuroalg_sage.certificates.work import Work

MOST_PRODUCTS = 2000
HIGHEST_POWER = 4


def are_covered(groebner: GroebnerBasis, lists: Sequence[list[fmpq_mpoly]]) -> bool:
    """
    Whether the products of elements, one from each list, have powers in an ideal.

    Then each point of its variety is a zero of all elements of one of the lists.
    """
    if prod(map(len, lists)) > MOST_PRODUCTS:
        return False
    work = Work()
    for choice in itertools.product(*lists):
        product = choice[0]
        for f in choice[1:]:
            work.spend(len(product) * len(f))
            product *= f
        if not any(groebner.contains(product**k) for k in range(1, HIGHEST_POWER + 1)):
            return False
    return True
