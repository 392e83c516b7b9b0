"""
Convolutions in any number of dimensions, with strides and channels.

The output o at the place i is Σ F[o, c, k] x[c, s i + k], over the channels c and the places k of
the filter.  The parameters are F, row by row.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

from neuroalg_sage.certificates.reading import MalformedCertificate, fields, integers
from neuroalg_sage.certificates.terms import Built, Shape
from neuroalg_sage.certificates.weighted_sums import WeightedSums


def built(data: Any, shape: Shape, affordable: Callable[[int], None]) -> Built:
    """The layer; ``affordable`` refuses too many terms."""
    size, stride, channels = (integers(v, 1, 10**6, "convolution")
                              for v in fields(data, "size", "stride", "channels"))
    axis = len(shape) == len(size) + 1
    space = shape[1:] if axis else shape
    taken, made = channels if len(channels) == 2 else (0, 0)
    if not (len(size) == len(stride) == len(space) and taken == (shape[0] if axis else 1)
            and all(map(int.__le__, size, space))):
        raise MalformedCertificate("A convolution does not fit its input.")
    places = tuple((n - k) // s + 1 for n, k, s in zip(space, size, stride))
    affordable(terms := prod(places) * (taken * prod(size) + made) + made * taken * prod(size))
    window = [*itertools.product(range(taken), *map(range, size))]

    def flat(index: Sequence[int], bounds: Sequence[int]) -> int:
        return reduce(lambda place, pair: place * pair[0] + pair[1], zip(bounds, index), 0)

    indices = [*itertools.product(*map(range, places))]
    # F[o, c, k] x[c, stride * i + k], summed over the channels c and the places k.
    sums = WeightedSums(made, len(window), len(indices), lambda i: [
        (q, flat((c, *(s * a + b for s, a, b in zip(stride, indices[i], k))), (taken, *space)),
         Fraction(1)) for q, (c, *k) in enumerate(window)], terms)
    return sums.parameters, sums.shortest(), (made, *places) if axis or made > 1 else places
