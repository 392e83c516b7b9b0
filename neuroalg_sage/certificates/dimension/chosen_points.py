"""
Points that are chosen so that the rank of Dφ is a sum: each kind has a lemma of its own.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model


def chosen_rank(model: Model, trial: Any) -> int:
    """The lower bound for dim M where the trial divides rows, units or parameters."""
    if "heads" in trial:
        from neuroalg_sage.certificates.dimension.attention_heads import attention_rank

        return attention_rank(model, trial)
    if "groups" in trial:
        from neuroalg_sage.certificates.dimension.direct_sums import direct_sum_rank

        return direct_sum_rank(model, trial)
    from neuroalg_sage.certificates.dimension.blocks import rank_in_blocks

    return rank_in_blocks(model, trial)
