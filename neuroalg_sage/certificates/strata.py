"""
Strata of a neuromanifold, and charts that cover them.

M is a union of strata: the functions of the model itself, and of its smaller versions.  A chart
is a polynomial map from an affine space to V onto an open part of a stratum, with variables t
first and then variables b in which it is linear.  A cell of a chart is where some of the t
vanish.  Over the real numbers the cells of all charts cover M.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import (
    CertificateError,
    polynomial_ring,
    require,
)

MOST_CHARTS = 200
MOST_VARIABLES = 40
Entries = list[list[fmpq_mpoly]]


@dataclass
class Chart:
    """
    - ``name`` -- what is said of it
    - ``stratum`` -- number of its stratum; 0 is dense in M
    - ``ring`` -- its variables
    - ``nonlinear`` -- the number of variables t
    - ``coordinates`` -- the map to V
    - ``zero`` -- those t that vanish on its cell
    - ``positive`` -- polynomials in the variables; where one vanishes, at a real point, the
      function is one of another stratum, and critical there if it is here
    - ``constant`` -- whether the chart is a point
    """

    name: str
    stratum: int
    ring: fmpq_mpoly_ctx
    nonlinear: int
    coordinates: list[fmpq_mpoly]
    zero: tuple[int, ...] = ()
    positive: list[fmpq_mpoly] = field(default_factory=list)

    constant: bool = False

    @property
    def size(self) -> int:
        """The number of variables; the ring of a constant chart has an unused one."""
        return 0 if self.constant else int(self.ring.nvars())

    @property
    def free(self) -> list[int]:
        """The variables of the cell."""
        return [i for i in range(self.size) if i not in self.zero]


@dataclass
class Cover:
    """
    - ``kind`` -- ``linear network``, ``quadratic forms`` or ``units``
    - ``charts`` -- the charts with their cells
    - ``is_whole`` -- whether M is V, which then is the first chart
    - ``is_closed`` -- whether M is known to be closed over R
    - ``is_compact`` -- whether t ranges over all points of one real projective space
    """

    kind: str
    charts: list[Chart]
    is_whole: bool
    is_closed: bool
    is_compact: bool = False


def cover(model: Model) -> Cover:
    """
    The strata of M and their charts, by the layers of the model.

    Call φ(w) critical for a function L on V if dL vanishes on the image of Dφ(w).  Each of the
    following says which functions of M are φ(w) for some critical w: those f that are
    critical points of L on their stratum, a manifold near f, or, for units, of L in a chart.

    *Linear networks* without bias: M is all matrices of rank at most r, the least width.  If
    w is critical, so is f for the stratum of matrices of its rank s: for W = W_k ... W_1 with
    differential G of L at W, the equations (W_k ... W_2)^T G = 0 and G (W_(k-1) ... W_1)^T = 0
    of the last and the first layer imply W^T G = 0 and G W^T = 0, which is that.  Conversely
    let each layer factor W through the same s units.  Charts: W = U R with R an identity
    matrix in the columns J.

    *Quadratic forms*: one hidden layer with the activation c x^2 and one output.  f = Σ a_i v_i
    v_i^T runs over the symmetric matrices of rank at most r, the number of units or of inputs.
    At a critical w with differential G of L, as a symmetric matrix, a_i G v_i = 0 for all i,
    hence G f = 0, which is that f is critical for the stratum of its rank.  Conversely let
    s units diagonalize f, and the others be zero.  Charts: f = R^T A R with R as before: a
    symmetric matrix of rank s has a principal minor of size s that is not zero.  The cell of
    J holds those R that are in echelon form, so each f lies in one cell.

    *Units*: layers without bias, dense or of one filter, and between them powers c x^r, r > 0.
    The weights into a hidden unit, of a filter all of them, may be multiplied by a number
    that is not zero if those that read the unit are divided by its r-th power.  So they are
    zero, or 1 is the first that is not; which one it is for each unit is a cell.  If they are
    zero, so may be those that read the unit, without a change of f or of its being critical:
    it is one of a network with fewer units, and vice versa.  So it is if those that read it
    are zero, or if two units of a layer have the same weights into them: one of the two may
    then read for both, and the other be zero.  All hidden layers vary so together.
    """
    layers = model.description["layers"]
    kinds = [layer["kind"] for layer in layers]
    if any(layer.get("bias", False) for layer in layers):
        raise CertificateError("Strata of models with bias are not known.")
    if set(kinds) == {"dense"}:
        return _linear(model)
    if kinds == ["dense", "activation", "dense"] and model.outputs == 1 and [
            c == "0" for c in layers[1]["coefficients"]] == [True, True, False]:
        return _quadratic(model, min(layers[0]["outputs"], model.inputs))
    return _units(model, layers)


def _grassmannian(ring: fmpq_mpoly_ctx, pivots: tuple[int, ...], width: int
                  ) -> tuple[Entries, tuple[int, ...]]:
    """A matrix with an identity in the pivots' columns, and the variables left of pivots."""
    variable = itertools.count()
    left, rows = [], []
    for i, pivot in enumerate(pivots):
        row = []
        for column in range(width):
            if column in pivots:
                row.append(ring.constant(int(pivots[i] == column)))
                continue
            place = next(variable)
            left += [place] if column < pivot else []
            row.append(ring.gens()[place])
        rows.append(row)
    return rows, tuple(left)


def _whole(n: int) -> Chart:
    require(n <= MOST_VARIABLES, f"V has over {MOST_VARIABLES} dimensions.")
    ring = polynomial_ring(n)
    return Chart("all of V", 0, ring, 0, list(ring.gens()[:n]))


def _sum(terms: Iterator[fmpq_mpoly], ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    total = ring.constant(0)
    for term in terms:
        total += term
    return total


def _linear(model: Model) -> Cover:
    m, k, r = model.outputs, model.inputs, min(model.widths)
    whole = r == min(m, k)
    charts = [_whole(m * k)] if whole else []
    for s in range(r - whole, -1, -1) if len(model.widths) > 2 else ():
        for pivots in itertools.combinations(range(k), s):
            t = s * (k - s)
            require(t + m * s <= MOST_VARIABLES and len(charts) < MOST_CHARTS,
                    "There are too many charts, or variables in one.")
            ring = polynomial_ring(t + m * s)
            right, _ = _grassmannian(ring, pivots, k)
            b = ring.gens()[t:]
            charts.append(Chart(
                f"rank {s}, columns {', '.join(map(str, pivots))}" if s else "rank 0", r - s,
                ring, t, [_sum((b[i * s + j] * right[j][c] for j in range(s)), ring)
                          for i in range(m) for c in range(k)], constant=not s))
    return Cover("linear network", charts, whole, True)


def _quadratic(model: Model, r: int) -> Cover:
    m = model.inputs
    whole = r == m
    charts = [_whole(model.ambient_dimension)] if whole else []
    for s in range(r - whole, -1, -1):
        for pivots in itertools.combinations(range(m), s):
            t, symmetric = s * (m - s), s * (s + 1) // 2
            require(t + symmetric <= MOST_VARIABLES and len(charts) < MOST_CHARTS,
                    "There are too many charts, or variables in one.")
            ring = polynomial_ring(t + symmetric)
            right, left = _grassmannian(ring, pivots, m)
            entry = {}
            for (i, j), a in zip(itertools.combinations_with_replacement(range(s), 2),
                                 ring.gens()[t:]):
                entry[i, j] = entry[j, i] = a
            coordinates = []
            for e in monomials(m, 2):
                x, y = (i for i, power in enumerate(e) for _ in range(power))
                coordinates.append((1 if x == y else 2) * _sum(
                    (right[i][x] * entry[i, j] * right[j][y]
                     for i in range(s) for j in range(s)), ring))
            charts.append(Chart(
                f"rank {s}, rows {', '.join(map(str, pivots))}" if s else "rank 0", r - s,
                ring, t, coordinates, left, [_determinant(
                    [[entry[i, j] for j in range(s)] for i in range(s)], ring)] * (s > 0),
                not s))
    return Cover("quadratic forms", charts, whole, True)


def _determinant(matrix: Entries, ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    if not matrix:
        return ring.constant(1)
    return _sum(((-1) ** j * entry * _determinant([row[:j] + row[j + 1:] for row in matrix[1:]],
                                                  ring)
                 for j, entry in enumerate(matrix[0])), ring)


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


def _choices(hidden: list[list[Unit]]) -> Iterator[tuple[list[list[int]], ...]]:
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


def _units(model: Model, layers: list[dict[str, Any]]) -> Cover:
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
    return Cover("units", charts, False, False, len(hidden) == 1 == len(hidden[0]))


def _units_chart(phi: list[fmpq_mpoly], hidden: list[list[Unit]], last: list[int],
                 pivots: list[list[int]]) -> Chart | None:
    """The chart of these pivots; None if two units must have the same weights into them."""
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
    if not all(positive):
        return None
    name = "units " + "; ".join(" ".join(map(str, chosen)) for chosen in pivots)
    return Chart(name, 0, ring, nonlinear, [f.compose(*values, ctx=ring) for f in phi],
                 tuple(places.index(w) for w in left),
                 [f for f in positive if not f.is_constant()])


def _distance(pairs: list[tuple[fmpq_mpoly, fmpq_mpoly]], ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    """What vanishes at real points only where these agree: a sum of squares, or a difference."""
    differences = [a - b for a, b in pairs if a != b]
    if any(d.is_constant() for d in differences):
        return ring.constant(1)
    if len(differences) == 1:
        return differences[0]
    return _sum((d * d for d in differences), ring)
