"""
Parameters of critical functions, in floating point.
"""

from __future__ import annotations

import itertools
from math import prod

import numpy as np

from neuroalg_sage.certificates.boxes import value
from neuroalg_sage.certificates.training.charts import Cover
from neuroalg_sage.certificates.training.landscape import Point
from neuroalg_sage.models.model import Model


def parameters(cover: Cover, model: Model, point: Point) -> list[float]:
    """
    Critical parameters with the function of a critical point; absent units are zero.

    For units they are in normal form, as in the chart.  A matrix of rank s is a product through
    s units of each layer; a quadratic form of rank s is diagonalized by s units.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.training.training import ERM
        >>> rows = [[1, 0, 1], [0, 1, 2], [1, 1, 3]]
        >>> ERM("mlp:2,2,1:x^2", rows).critical_parameters()[0]
        [0.0, 1.0, 1.0, 0.0, 2.0, 1.0]
    """
    chart = cover.charts[point.chart]
    if cover.kind == "units":
        if chart.constant:
            return [0.0] * model.parameter_count
        return [float(value(f, point.box).mid()) for f in chart.parameters]
    entries = np.array([float(value(f, point.box).mid()) for f in chart.coordinates])
    if cover.kind == "linear network":
        return _linear(model, entries.reshape(model.output_count, model.input_count))
    return _quadratic(model, entries)


def _rank(values: np.ndarray) -> int:
    """How many are not zero, up to rounding."""
    return int(np.sum(np.abs(values) > 1e-13 * np.abs(values).max(initial=0.0)))


def _linear(model: Model, matrix: np.ndarray) -> list[float]:
    shapes = [shape for _, shape in model.chain.parameter_shapes()]
    if len(shapes) == 1:
        return matrix.flatten().tolist()
    left, values, right = np.linalg.svd(matrix)
    rank = _rank(values)
    root = np.sqrt(values[:rank])
    weights = [np.zeros(shape) for shape in shapes]
    for weight in weights:
        weight[range(rank), range(rank)] = 1
    weights[0][:rank] = root[:, None] * right[:rank]
    weights[-1][:, :rank] = left[:, :rank] * root
    return [float(x) for weight in weights for x in weight.flatten()]


def _quadratic(model: Model, entries: np.ndarray) -> list[float]:
    size = model.input_count
    matrix = np.zeros((size, size))
    for x, (i, j) in zip(entries, itertools.combinations_with_replacement(range(size), 2)):
        matrix[i, j] = matrix[j, i] = x if i == j else x / 2
    values, vectors = np.linalg.eigh(matrix)
    order = np.argsort(-np.abs(values))[:_rank(values)]
    units = prod(model.layers[0].output_shape((size,)))
    first, last = np.zeros((units, size)), np.zeros(units)
    first[:len(order)] = vectors.T[order]
    coefficient = float(next(iter(c for c in model.chain.constants() if c)))
    last[:len(order)] = values[order] / coefficient
    return [*map(float, first.flatten()), *map(float, last)]
