"""
Strata of networks whose activations are powers, in charts in which units are in normal form.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from flint import fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import polynomial_ring, require
from neuroalg_sage.certificates.training.charts import MOST_CHARTS, MOST_VARIABLES, Chart, Cover

# A unit's weights into it, as places among the parameters, and those that read it.
Unit = tuple[list[int], list[int]]


def _layer_units(layers: list[dict[str, Any]]) -> tuple[list[list[Unit]], list[int]]:
    """For each hidden layer with parameters its units; the places of the last one's."""
    parametric = []
    for before, layer in zip([{"kind": "activation"}, *layers], layers):
        if layer["kind"] == "activation":
            c = layer["coefficients"]
            require(before["kind"] != "activation" and all(v == "0" for v in c[:-1]),
                    "Strata are known only of networks whose activations are powers.")
        else:
            require(layer["kind"] == "dense" or (
                layer["kind"] == "convolution" and layer["channels"] in ([], [1, 1])),
                "Strata are known only of networks of dense layers and of single filters.")
            parametric.append(layer)
    require(layers[-1]["kind"] != "activation", "Strata are known only where the last layer "
            "has parameters.")
    blocks: list[list[list[int]]] = []  # for each layer the rows of its weights
    place = 0
    for layer in parametric:
        rows, size = (layer["outputs"], layer["inputs"]) if layer["kind"] == "dense" else (1, 1)
        if layer["kind"] == "convolution":
            for length in layer["size"]:
                size *= length
        blocks.append([list(range(place + i * size, place + (i + 1) * size))
                       for i in range(rows)])
        place += rows * size
    hidden = []
    for layer, after, rows, readers in zip(parametric, parametric[1:], blocks, blocks[1:]):
        if layer["kind"] == "dense" and after["kind"] == "dense":
            hidden.append([(row, [reader[i] for reader in readers])
                           for i, row in enumerate(rows)])
        else:
            require(layer["kind"] == "convolution" or len(rows) == 1,
                    "Strata of a convolution after a dense layer are not known.")
            size = len(readers[0])
            require(layer["kind"] == "convolution" or size == 1, "A layer does not fit.")
            hidden.append([(rows[0], [v for reader in readers for v in reader])])
    return hidden, [v for row in blocks[-1] for v in row]


def _choices(hidden: list[list[Unit]]) -> Iterator[list[list[int]]]:
    """
    For each hidden layer the pivots of its units that are there, as places of parameters.

    Units of a layer may be permuted: their pivots ascend.  A weight that reads a unit that is
    absent is none.
    """
    def extended(chosen: list[list[int]], absent: set[int]) -> Iterator[list[list[int]]]:
        if len(chosen) == len(hidden):
            yield chosen
            return
        units = hidden[len(chosen)]
        columns = [i for i, w in enumerate(units[0][0]) if w not in absent]
        for count in range(len(units), 0, -1):
            gone = {w for _, readers in units[count:] for w in readers}
            for pivots in itertools.combinations_with_replacement(columns, count):
                yield from extended([*chosen, list(pivots)], gone)

    yield from extended([], set())


def unit_strata(model: Model, layers: list[dict[str, Any]]) -> Cover:
    """
    The strata of a network whose activations are powers: those of its units that are there.

    *Units*: layers without bias, dense or of one filter, and between them powers c x^r, r > 0.
    The weights into a hidden unit, of a filter all of them, may be multiplied by a number
    that is not zero if those that read the unit are divided by its r-th power.  So they are
    zero, or 1 is the first that is not; which one it is for each unit is a cell.  If they are
    zero, so may be those that read the unit, without a change of f or of its being critical:
    it is one of a network with fewer units, and vice versa.  So it is if those that read it
    are zero, or if two units of a layer have the same weights into them: one of the two may
    then read for both, and the other be zero.  All hidden layers vary so together.
    """
    hidden, last = _layer_units(layers)
    charts: list[Chart] = []
    strata: dict[tuple[int, ...], int] = {}
    for pivots in _choices(hidden):
        chart = _units_chart(model.parametrization, hidden, last, pivots)
        if chart is not None:
            chart.stratum = strata.setdefault(tuple(map(len, pivots)), len(strata))
            charts.append(chart)
        require(len(charts) < MOST_CHARTS, "There are too many charts.")
    if hidden:
        ring = polynomial_ring(0)
        charts.append(Chart("the zero function", len(strata), ring, 0,
                            [ring.constant(0)] * model.ambient_dimension, constant=True))
    # Powers of linear forms span the forms of their degree.
    spanning = [layer["kind"] for layer in layers] == ["dense", "activation", "dense"]
    return Cover("units", charts, False, all(len(units) == 1 for units in hidden),
                 len(hidden) == 1 == len(hidden[0]), spanning)


def _units_chart(phi: list[fmpq_mpoly], hidden: list[list[Unit]], last: list[int],
                 pivots: list[list[int]]) -> Chart | None:
    """The chart of these pivots; None if in its cell two units have the same weights."""
    constants: dict[int, int] = {}
    for units, chosen in zip(hidden, pivots):
        for row, readers in units[len(chosen):]:
            constants |= dict.fromkeys((*row, *readers), 0)
    left: list[int] = []
    for units, chosen in zip(hidden, pivots):
        for (row, _), pivot in zip(units, chosen):
            left += [w for w in row[:pivot] if w not in constants]
            constants[row[pivot]] = 1
    places = [w for units in hidden for row, _ in units for w in row if w not in constants]
    nonlinear = len(places)
    places += [w for w in last if w not in constants]
    require(len(places) <= MOST_VARIABLES, "A chart has too many variables.")
    ring = polynomial_ring(len(places))
    variable = dict(zip(places, ring.gens()))
    values = [variable[i] if i in variable else ring.constant(constants[i])
              for i in range(phi[0].context().nvars())]
    positive = []
    for units, chosen in zip(hidden, pivots):
        present = list(zip(units, chosen))
        positive += [_distance([(values[w], ring.constant(0)) for w in readers], ring)
                     for (_, readers), _ in present]
        for ((one, _), p), ((other, _), q) in itertools.combinations(present, 2):
            if p == q:
                positive.append(_distance([(values[v], values[w])
                                           for v, w in zip(one, other)], ring))
    zero = tuple(places.index(w) for w in left)
    if not all(any(not any(e[i] for i in zero) for e in f.monoms()) for f in positive):
        return None
    name = "units " + "; ".join(" ".join(map(str, chosen)) for chosen in pivots)
    return Chart(name, 0, ring, nonlinear, [f.compose(*values, ctx=ring) for f in phi],
                 zero, [f for f in positive if not f.is_constant()], parameters=values,
                 pivots=pivots)


def _distance(pairs: list[tuple[fmpq_mpoly, fmpq_mpoly]], ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    """What vanishes at real points only where these agree: a sum of squares, or a difference."""
    differences = [a - b for a, b in pairs if a != b]
    if any(d.is_constant() for d in differences):
        return ring.constant(1)
    if len(differences) == 1:
        return differences[0]
    return sum((d * d for d in differences), ring.constant(0))
