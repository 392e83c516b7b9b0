"""
Parametrizations that are zero only where a block of parameters is.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    integers,
    items,
    member,
    require,
)

MOST_CASES = 2_000


def is_zero_only_where_a_block_is(model: Model, evidence: Any) -> str:
    """
    Verify that φ is homogeneous, of positive degree, in each of some blocks of parameters which
    have no parameter in common and of which every term is made, and that at real parameters φ is
    zero only if all parameters of one block are.

    *Lemma.*  Then M is closed.

    *Proof.*  φ is not zero on the product K of the unit spheres of the blocks, which is compact.
    As parameters are t_1 u_1, ..., t_m u_m with u in K and t_k ≥ 0, and what is in no block does
    not occur, M is all c φ(u) with u in K and c ≥ 0.  If c φ(u) converges, c is bounded; so limits
    of such functions are such functions.
    """
    blocks, _ = homogeneous_blocks(model, member(evidence, "blocks"))
    terms = [list(zip(exponent_vectors(f), f.coeffs())) for f in model.parametrization if f]
    _check_zeros(terms, [frozenset(block) for block in blocks])
    return "φ is zero only where a block of parameters is"


def homogeneous_blocks(model: Model, data: Any) -> tuple[list[list[int]], list[int]]:
    """
    Verify that φ is homogeneous, of positive degree, in each of some blocks of parameters which
    have no parameter in common and of which every term is made; the blocks, and these degrees.
    """
    blocks = [integers(block, 0, model.parameters - 1, "parameter")
              for block in items(data, "blocks")]
    listed = [i for block in blocks for i in block]
    require(blocks and all(blocks) and len(set(listed)) == len(listed),
            "The blocks are empty, or share a parameter.")
    exponents = [e for f in model.parametrization for e in exponent_vectors(f)]
    require(all(not k or i in listed for e in exponents for i, k in enumerate(e)),
            "A parameter is in no block.")
    degrees = [{sum(e[i] for i in block) for e in exponents} for block in blocks]
    require(all(len(own) == 1 and min(own) > 0 for own in degrees),
            "φ is not homogeneous in a block.")
    return blocks, [min(own) for own in degrees]


def _check_zeros(terms: list[list[tuple[tuple[int, ...], fmpq]]], blocks: list[frozenset[int]]
                 ) -> None:
    """
    Verify that coordinates with these terms are zero, at real numbers, only where a block is.

    A sum of terms with even exponents and coefficients of one sign is zero only if each of its
    terms is; so is one term.  A term is zero only if one of its parameters is.  These are cases;
    in each there are fewer terms, until a block is zero.
    """
    cases, seen = [frozenset[int]()], set[frozenset[int]]()
    while cases:
        zero = cases.pop()
        if zero in seen or any(block <= zero for block in blocks):
            continue
        seen.add(zero)
        require(len(seen) <= MOST_CASES, "There are too many cases.")
        left = [[(e, c) for e, c in own if not any(e[i] for i in zero)] for own in terms]
        definite = [e for own in left if own and (len(own) == 1 or _is_definite(own))
                    for e, _ in own]
        require(definite, "φ may be zero where no block is.")
        least = min(definite, key=lambda e: sum(map(bool, e)))
        cases += [zero | {i} for i, k in enumerate(least) if k]


def _is_definite(terms: list[tuple[tuple[int, ...], fmpq]]) -> bool:
    return not any(k % 2 for e, _ in terms for k in e) and len({c > 0 for _, c in terms}) == 1
