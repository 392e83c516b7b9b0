"""
Networks on graphs, groups and sets: one linear map for each pair of channels, alike at all places.

    gnn:graph=edges.txt,channels=1x2x1:x^2
    gnn:graph=C4,channels=1x2x1,matrix=laplacian,powers=2,readout=sum,bias=1:x^2
    gcnn:group=S3,layers=3:x^2
    sets:points=4,channels=1x2x1,readout=sum:x^2
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.graphs import Graph, named_graph
from neuroalg_sage.models.groups import check_table, read_group, translations
from neuroalg_sage.models.layers import Chain, whole_number
from neuroalg_sage.models.matrix_spaces import MatrixSpace, equivariant_maps, powers
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.pooling import pooling, readout_named
from neuroalg_sage.models.spec_parts import (
    ActivationLike,
    Options,
    Spec,
    activation_function,
    between,
    check_depth,
    flag,
    number,
    numbers,
    read_number,
    read_numbers,
    suffix,
)

MATRICES = ("adjacency", "laplacian")
MOST_POINTS = 500
# Sums over all places that are one layer with the linear map of channels before them.
WEIGHTED: dict[str | None, Callable[[int], Fraction]] = {
    "sum": lambda places: Fraction(1), "mean": lambda places: Fraction(1, places)}


def _network(matrices: Sequence[Any], channels: Sequence[int], activation: ActivationLike,
             bias: bool, readout: bool | str | None) -> tuple[Model, str]:
    """A network of matrix spaces, and the end of its spec."""
    name = readout_named(readout)
    counts = numbers(channels, "number of channels")
    if len(counts) < 2:
        raise InputError("A network has channels in and channels out, as in channels=1x2x1.")
    check_depth(len(counts) - 1)
    polynomial = activation_function(activation)
    first = MatrixSpace.spanned_by(matrices, counts[:2], bias)
    layers = [replace(first, channels=pair) for pair in zip(counts, counts[1:])]
    places = first.extent[1]
    shape = (counts[0], places) if counts[0] > 1 else (places,)
    if name in WEIGHTED:
        layers[-1] = MatrixSpace.spanned_by([[[WEIGHTED[name](places)] * places]],
                                            layers[-1].channels, bias)
    stack = between(layers, polynomial)
    if name not in WEIGHTED:
        stack += pooling(name, Chain(stack).output_shape(shape))
    return Model(stack, shape), (f",readout={name}" if name else "") + (
        ",bias=1" * bias) + suffix(polynomial)


def _named(model: Model, spec: str | None) -> Model:
    return Model(model.layers, model.input_shape, spec) if spec else model


@suggesting
def GraphNetwork(graph: Graph | str | Path, channels: Sequence[int],
                 activation: ActivationLike = "x", matrix: str = "adjacency", power: int = 1,
                 bias: bool = False, readout: bool | str | None = None) -> Model:
    """
    The network of graph convolutions: polynomials in a matrix of a graph, for each two channels.

    INPUT:

    - ``graph`` -- a :class:`~neuroalg_sage.models.graphs.Graph`, its name such as ``"C4"``, or the
      name of a file of edges, as for :func:`~neuroalg_sage.models.graphs.read_edges`
    - ``channels`` -- numbers of channels: inputs, hidden ones, outputs, at each vertex
    - ``activation`` -- polynomial in ``x``, applied after every layer but the last
    - ``matrix`` -- ``"adjacency"`` or ``"laplacian"``
    - ``power`` -- its highest power; the unit matrix is the lowest
    - ``bias`` -- whether a number is added to each channel
    - ``readout`` -- ``"sum"`` or True, ``"mean"``: the last layer has weights for channels, and is
      the sum or mean over all vertices; ``"product"``: behind it is the product over all vertices

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> GraphNetwork("P3", [1, 2, 1], "x^2").parameter_count
        8
    """
    found, name = named_graph(graph)
    if matrix not in MATRICES:
        raise InputError(f"The matrix of a graph is {' or '.join(MATRICES)}, not {shown(matrix)}.")
    power = whole_number(power, "power of a graph's matrix")
    model, end = _network(powers(getattr(found, matrix)(), power), channels, activation, bias,
                          readout)
    return _named(model, f"gnn:graph={name},channels={'x'.join(map(str, channels))}"
                  + f",matrix={matrix}" * (matrix != MATRICES[0]) + f",powers={power}" * (power > 1)
                  + end if name else None)


@suggesting
def GroupConvolutionalNetwork(group: str | Sequence[Sequence[int]], channels: Sequence[int],
                              activation: ActivationLike = "x", bias: bool = False,
                              readout: bool | str | None = None) -> Model:
    """
    The group-convolutional network: all linear maps that commute with a group's action on itself.

    INPUT:

    - ``group`` -- its name such as ``"S3"``, or its multiplication table with 0 as neutral element
    - the others -- as for :func:`GraphNetwork`, with the elements of the group as places

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = GroupConvolutionalNetwork("S3", [1, 1, 1], "x^2")
        >>> model.spec, model.parameter_count
        ('gcnn:group=S3,layers=2:x^2', 12)

    REFERENCES: [CW2016]_
    """
    table = read_group(group) if isinstance(group, str) else check_table(group)
    model, end = _network(translations(table), channels, activation, bias, readout)
    counts = f"layers={len(channels) - 1}" if set(channels) == {1} else (
        "channels=" + "x".join(map(str, channels)))
    return _named(model, f"gcnn:group={group},{counts}{end}" if isinstance(group, str) else None)


@suggesting
def SetNetwork(points: int, channels: Sequence[int], activation: ActivationLike = "x",
               bias: bool = False, readout: bool | str | None = None) -> Model:
    """
    The network on sets: all linear maps that commute with permutations of the points.

    INPUT:

    - ``points`` -- positive integer, how many there are
    - the others -- as for :func:`GraphNetwork`, with the points as places

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> SetNetwork(3, [1, 2, 1], "x^2", readout=True).spec
        'sets:points=3,channels=1x2x1,readout=sum:x^2'

    REFERENCES: [ZKRPSS2017]_
    """
    count = whole_number(points, "number of points")
    if count > MOST_POINTS:
        raise InputError(f"The number of points is {count}; the most allowed is {MOST_POINTS}.")
    ones = [[1] * count] * count
    unit = [[int(i == j) for j in range(count)] for i in range(count)]
    model, end = _network([unit, ones] if count > 1 else [unit], channels, activation, bias,
                          readout)
    return _named(model, f"sets:points={count},channels={'x'.join(map(str, channels))}{end}")


@suggesting
def EquivariantNetwork(representations: Sequence[Sequence[Any]], activation: ActivationLike = "x",
                       channels: Sequence[int] | None = None) -> Model:
    """
    The network of all linear maps that commute with representations of a group.

    INPUT:

    - ``representations`` -- for each state, from the inputs to the outputs, the matrices by which
      the generators act on it
    - ``activation`` -- polynomial in ``x``, applied after every layer but the last; the functions
      are equivariant if it commutes with the matrices on hidden states, as with permutations
    - ``channels`` -- numbers of copies of each representation; by default 1

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> turn = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
        >>> EquivariantNetwork([[turn], [turn], [[[1]]]], "x^2").parameter_count
        4
    """
    if len(representations) < 2:
        raise InputError("An equivariant network has a representation on the inputs and one on the "
                         "outputs.")
    counts = [1] * len(representations) if channels is None else list(channels)
    if len(counts) != len(representations):
        raise InputError("There is a number of channels for each representation.")
    check_depth(len(counts) - 1)
    layers = [MatrixSpace.spanned_by(equivariant_maps(p, q), pair) for p, q, pair in zip(
        representations, representations[1:], zip(counts, counts[1:]))]
    places = layers[0].extent[1]
    return Model(between(layers, activation_function(activation)),
                 (counts[0], places) if counts[0] > 1 else (places,))


_COMMON: Options = {
    "channels": ("channels", read_numbers("number of channels")), "bias": ("bias", flag("1")),
    "readout": ("readout", str)}

SPECS: dict[str, Spec] = {
    "gnn": Spec(GraphNetwork, "gnn:graph=C4,channels=1x2x1,powers=1:x^2", {
        "graph": ("graph", str), "matrix": ("matrix", str), "powers": ("power", number("power")),
        **_COMMON}, ("graph", "channels")),
    "gcnn": Spec(GroupConvolutionalNetwork, "gcnn:group=S3,layers=2:x^2", {
        "group": ("group", str), **_COMMON,
        "layers": ("channels", lambda text: [1] * (read_number(text, "number of layers") + 1))},
        ("group", "channels")),
    "sets": Spec(SetNetwork, "sets:points=4,channels=1x2x1,readout=sum:x^2", {
        "points": ("points", number("number of points")), **_COMMON}, ("points", "channels")),
}
