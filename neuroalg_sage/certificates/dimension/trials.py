"""
Trials: lower bounds for the dimension, ranks of Dφ at one point modulo one prime.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.ranks import jacobian, place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integers, items, member, require


def sample_rank(model: Model, trial: Any, twice: bool = True) -> tuple[int, int, int]:
    """
    The rank of the Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at a point modulo a prime; where it is
    asked for twice, that with all inputs but the last, else 0; and the sum over all inputs of how
    likely, in units of 1/p, it is that one is special, see :func:`error_bound`.

    Evaluation, also of one combination Σ_j t^j f_j at each input, is linear and defined over
    the integers at this prime, and a minor that is nonzero modulo p at an integer point is
    nonzero.  So the first rank is a lower bound for the generic rank of Dφ over Q, dim M.

    Where the trial divides units into groups, rows among heads, or parameters into blocks, the
    lower bound is a sum; where it states ranks of matrices, it follows from these.
    """
    if "ranks" in trial:
        from neuroalg_sage.certificates.dimension.matrices import matrix_rank

        return matrix_rank(model, trial), -1, 0  # a point that was chosen supports no chance
    if "heads" in trial:
        from neuroalg_sage.certificates.dimension.attention_heads import attention_rank

        return attention_rank(model, trial), -1, 0  # a point that was chosen supports no chance
    if "groups" in trial:
        from neuroalg_sage.certificates.dimension.direct_sums import direct_sum_rank

        return direct_sum_rank(model, trial), -1, 0  # a point that was chosen supports no chance
    if "blocks" in trial:
        from neuroalg_sage.certificates.dimension.blocks import rank_in_blocks

        return rank_in_blocks(model, trial), -1, 0  # a point that was chosen supports no chance
    p, point = place(model, trial)
    inputs = [integers(x, -(10**18), 10**18, "input", model.inputs)
              for x in items(member(trial, "inputs"), "inputs")]
    require(inputs, "A trial has no inputs.")
    special, combinations, per_input = model.bound(0, 1, lambda c: 0), None, model.outputs
    if "combinations" in trial:
        combinations = integers(trial["combinations"], 0, p - 1, "combination", len(inputs))
        special, per_input = special + model.outputs - 1, 1
    rows = jacobian(model, [c % p for c in point], inputs, p, combinations)
    before = rank(rows[:-per_input], model.parameters, p) if twice else 0
    return rank(rows, model.parameters, p), before, len(inputs) * special
