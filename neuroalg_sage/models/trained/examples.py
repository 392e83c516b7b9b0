"""
Networks that are given several examples at once, and treat them alike.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.trained.network import TrainedNetwork

MOST_PRODUCTS = 2_000_000  # in order to see whether examples are treated alike
RANGE = 1000


def of_one_example(read: Callable[[bool], TrainedNetwork], examples: int) -> TrainedNetwork:
    """
    A network that takes several examples as that of one, if it treats all alike.

    INPUT:

    - ``read`` -- reads the network, for one example if it is told so
    - ``examples`` -- the extent of the first axis of the input
    """
    whole = read(False)
    if examples < 2 or examples * len(whole.point) > MOST_PRODUCTS:
        return whole
    try:
        one = read(True)
    except InputError:
        return whole
    if not _is_applied_to_each(whole, one, examples):
        return whole
    return replace(one, notes=(
        f"The file takes {examples} examples, which are treated alike, as was seen at random "
        "inputs: the model is of one example.", *one.notes))


def _is_applied_to_each(whole: TrainedNetwork, one: TrainedNetwork, count: int) -> bool:
    """Whether a network takes several inputs of another, and makes its outputs, one by one."""
    if (whole.model.input_count, whole.model.output_count, whole.point) != (
            count * one.model.input_count, count * one.model.output_count, one.point):
        return False
    generator = random.Random(0)
    examples = [[generator.randint(-RANGE, RANGE) for _ in range(one.model.input_count)]
                for _ in range(count)]
    try:
        return whole(examples) == tuple(y for example in examples for y in one(example))
    except InputError:  # a value is not rational
        return False
