"""
Pooling: each channel summed up, averaged or multiplied over all places.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod

from neuroalg_sage.models.computation_graphs import FixedMap, Join
from neuroalg_sage.models.layers import Layer, Shape
from neuroalg_sage.models.spec_parts import one_of


def _weighted(shape: Shape, weight: Fraction) -> tuple[Layer, ...]:
    channels, places = prod(shape[:-1]), shape[-1]
    return (FixedMap(shape, (channels,), tuple(
        (c, c * places + i, weight) for c in range(channels) for i in range(places))),)


def _product(shape: Shape) -> tuple[Layer, ...]:
    channels, places = prod(shape[:-1]), shape[-1]
    return (FixedMap.selecting(shape, [c * places + i for i in range(places)
                                       for c in range(channels)], (places * channels,)),
            Join("product", (channels,), places))


POOLINGS: dict[str, Callable[[Shape], tuple[Layer, ...]]] = {
    "sum": lambda shape: _weighted(shape, Fraction(1)),
    "mean": lambda shape: _weighted(shape, Fraction(1, shape[-1])), "product": _product}


def readout_named(readout: bool | str | None) -> str | None:
    """The name of a readout, which is ``"sum"`` for True; raises InputError if there is none."""
    if readout is None or readout is False:
        return None
    name = "sum" if readout is True else readout
    one_of(name, POOLINGS, "readout")
    return name


def pooling(readout: str | None, shape: Shape) -> tuple[Layer, ...]:
    """
    The layers that pool each channel over all places; none without a readout.

    INPUT:

    - ``readout`` -- ``"sum"``, ``"mean"``, ``"product"``, or None
    - ``shape`` -- of the state: channels, if there is an axis for them, and places

    EXAMPLES::

        >>> [layer.kind for layer in pooling("product", (2, 3))], pooling(None, (2, 3))
        (['fixed map', 'join'], ())
    """
    return POOLINGS[readout](shape) if readout else ()
