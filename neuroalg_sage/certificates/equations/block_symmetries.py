"""
Permutations of the parameters that leave φ as it is, and permute blocks of parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integers, items, require


def block_symmetries(model: Model, blocks: Sequence[Sequence[int]], data: Any) -> list[list[int]]:
    """Verify symmetries of φ that permute the blocks, as permutations of the parameters."""
    context, own = model.parametrization[0].context(), set(map(frozenset, blocks))
    found = []
    for row in items(data, "symmetries"):
        row = integers(row, 0, model.parameters - 1, "parameter", model.parameters)
        require(len(set(row)) == len(row) and {frozenset(row[v] for v in block) for block in blocks}
                == own, "A symmetry does not permute the parameters, or the blocks.")
        images = [context.gens()[v] for v in row]
        require(all(f.compose(*images, ctx=context) == f for f in model.parametrization),
                "A permutation of the parameters is no symmetry.")
        found.append(row)
    return found
