"""
Points at which the heads of an attention layer read and write different rows.

There the kernel of Dφ is known by a lemma, whatever the size, see
:func:`~neuroalg_sage.certificates.dimension.attention_heads.attention_rank`: keys, queries and
values of each head change by a group of dimension a^2 + 1, and by nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.proved_rank import ProvedRank
from neuroalg_sage.models.layers import Attention, Layer, Sum
from neuroalg_sage.models.model import Model


def heads(model: Model) -> list[Attention] | None:
    """
    The heads of a model that is attention in one layer, None if it is not.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> len(heads(parse_spec("attention:d=4,a=2,out=4,t=2,heads=2")))
        2
        >>> heads(parse_spec("attention:d=4,a=2,out=4,t=2,layers=2"))
    """
    layers: Sequence[Layer] = model.layers
    if len(layers) == 1 and isinstance(layers[0], Sum) and not any(
            other is not None for other in layers[0].share):
        layers = layers[0].layers
    elif len(layers) > 1:
        return None
    found = [layer for layer in layers if isinstance(layer, Attention)]
    return found if len(found) == len(layers) else None


def proved_by_heads(model: Model, generator: random.Random) -> ProvedRank | None:
    """
    The rank where each head has rows of its own; None if the model is no attention in one layer,
    if it has one token, or if there are too few rows.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("attention:d=5,a=2,out=4,t=2,heads=2")
        >>> found = proved_by_heads(model, random.Random(1))
        >>> found.trial["heads"], found.rank, model.parameter_count
        ([[3, 2], [2, 2]], 70, 80)
    """
    found = heads(model)
    if found is None or model.input_shape[1] < 2:
        return None
    d, b, count = found[0].inputs, found[0].outputs, len(found)
    least = [max(layer.head, 2) for layer in found]  # forms in one row are multiples of each other
    spare = d - sum(least)
    if spare < 0 or b < count:
        return None
    groups = [[width + spare // count + (i < spare % count), b // count + (i < b % count)]
              for i, width in enumerate(least)]
    prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
    numbers = np.random.default_rng(generator.getrandbits(32))
    blocks, column, row = [], 0, 0
    for layer, (width, height) in zip(found, groups):
        queries, keys, values = (numbers.integers(1, prime, (rows, width))
                                 for rows in (layer.head, layer.head, height))
        form = modular.multiply_matrices(queries.T[:1], keys, prime)[0]
        multiples = (values[:, 0] * form[1] - values[:, 1] * form[0]) % prime == 0
        if multiples.any() or any(modular.rank(w, prime) < layer.head for w in (queries, keys)):
            return None
        for first, rows, block in (0, layer.head, queries), (0, layer.head, keys), (row, b, values):
            whole = np.zeros((rows, d), dtype=np.int64)
            whole[first : first + len(block), column : column + width] = block
            blocks.append(whole.ravel())
        column, row = column + width, row + height
    return ProvedRank(
        {"prime": prime, "point": np.concatenate(blocks).tolist(), "heads": groups},
        model.parameter_count - sum(layer.head**2 + 1 for layer in found), {"kind": "heads"},
        "kernel of the Jacobian modulo a prime, where each head has rows of its own, and changes "
        "of keys and queries")
