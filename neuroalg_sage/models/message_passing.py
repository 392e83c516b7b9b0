"""
Networks on graphs beyond convolutions: isomorphism networks and messages that depend on both ends.

    gin:graph=C4,channels=1x2x1,hidden=2,epsilon=learned,readout=sum:x^2
    mpnn:graph=C4,channels=1x1,messages=1,form=sum,tied=1,readout=mean:x^2

States have an axis for channels, then one for vertices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import (
    Contraction,
    FixedMap,
    Join,
    Weights,
)
from neuroalg_sage.models.graphs import Graph, named_graph
from neuroalg_sage.models.layers import Chain, Layer, Product, Sum, whole_number
from neuroalg_sage.models.matrix_spaces import MatrixSpace
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.pooling import pooling, readout_named
from neuroalg_sage.models.sage_input import rational
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
    one_of,
    read_numbers,
    suffix,
    truth,
)
from neuroalg_sage.models.wiring import Wiring

Matrix = list[list[Any]]


def _channels(given: Sequence[int]) -> list[int]:
    counts = numbers(given, "number of channels")
    if len(counts) < 2:
        raise InputError("A network has channels in and channels out, as in channels=1x2x1.")
    check_depth(len(counts) - 1)
    return counts


def _at_each(vertices: int, channels: tuple[int, int], bias: bool) -> MatrixSpace:
    """The same linear map of channels at each vertex."""
    return MatrixSpace((vertices, vertices), (tuple(
        (v, v, Fraction(1)) for v in range(vertices)),), channels, bias)


def _neighborhoods(graph: Graph, own: Fraction) -> Matrix:
    """The matrix of x -> (own x_v + the sum over the neighbors of v)."""
    return [[own if i == j else a for j, a in enumerate(row)]
            for i, row in enumerate(graph.adjacency())]


def _learned_neighborhoods(graph: Graph, channels: int) -> Layer:
    """The map x -> (1 + w) x_v + the sum over the neighbors of v, with one parameter w."""
    n = graph.vertices
    shape = (channels, n)
    entries = [(i, j, c) for i, row in enumerate(_neighborhoods(graph, Fraction(1)))
               for j, c in enumerate(row) if c]
    wiring = Wiring(shape)
    summed = wiring.add(FixedMap(shape, shape, tuple(
        (c * n + i, c * n + j, Fraction(a)) for c in range(channels) for i, j, a in entries)), 0)
    copied = wiring.add(FixedMap.selecting(shape, range(prod(shape)), (1, *shape)), 0)
    weight = wiring.add(Weights((1,)), 0)
    scaled = wiring.add(Contraction("e,ecv->cv", ((1,), (1, *shape))), weight, copied)
    wiring.add(Join("sum", shape), summed, scaled)
    return wiring.graph()


@suggesting
def GraphIsomorphismNetwork(graph: Graph | str | Path, channels: Sequence[int],
                            activation: ActivationLike = "x", hidden: int | None = None,
                            epsilon: Any = 0, bias: bool = False, readout: bool | str | None = None
                            ) -> Model:
    r"""
    The graph isomorphism network (GIN).

    A layer is `h_v \mapsto F((1 + \varepsilon) h_v + \sum_u h_u)`, summed over the neighbors `u` of
    `v`, where `F` is dense, or dense with one hidden layer, and the same at all vertices.

    INPUT:

    - ``graph`` -- a :class:`~neuroalg_sage.models.graphs.Graph`, its name such as ``"C4"``, or the
      name of a file of edges, as for :func:`~neuroalg_sage.models.graphs.read_edges`
    - ``channels`` -- numbers of channels: inputs, hidden ones, outputs, at each vertex
    - ``activation`` -- polynomial in ``x``, applied after every dense map but the last
    - ``hidden`` -- the width of the hidden layer of each ``F``; by default ``F`` has none
    - ``epsilon`` -- a rational number, or ``"learned"`` for a parameter of each layer
    - ``bias`` -- whether dense maps have a bias
    - ``readout`` -- ``"sum"``, ``"mean"`` or ``"product"`` of each channel over all vertices;
      by default outputs are at vertices

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> GraphIsomorphismNetwork("P3", [1, 2, 1], "x^2", epsilon="learned").parameter_count
        6

    REFERENCES: [XHLJ2019]_
    """
    found, name = named_graph(graph)
    counts, pooled = _channels(channels), readout_named(readout)
    polynomial = activation_function(activation)
    is_learned = epsilon == "learned"
    own = Fraction(1) if is_learned else 1 + rational(epsilon, "epsilon")
    stack: list[Layer] = []
    for taken, made in zip(counts, counts[1:]):
        widths = [taken, made] if hidden is None else [taken, whole_number(hidden, "width"), made]
        maps: list[Layer] = [_at_each(found.vertices, pair, bias)
                             for pair in zip(widths, widths[1:])]
        if is_learned:
            maps[0] = Chain((_learned_neighborhoods(found, taken), maps[0]))
        else:
            maps[0] = MatrixSpace.spanned_by([_neighborhoods(found, own)], widths[:2], bias)
        stack += maps
    epsilon = "learned" if is_learned else own - 1
    spec = name and (
        f"gin:graph={name},channels={'x'.join(map(str, counts))}"
        + (f",hidden={hidden}" if hidden is not None else "")
        + f",epsilon={epsilon}" * bool(epsilon) + ",bias=1" * bias
        + (f",readout={pooled}" if pooled else "") + suffix(polynomial))
    shape = (counts[0], found.vertices)
    return Model((*between(stack, polynomial), *pooling(pooled, (counts[-1], found.vertices))),
                 shape, spec)


def _affine_messages(arcs: int, vertices: int, ends: list[list[int]], channels: tuple[int, int],
                     bias: bool) -> Layer:
    return MatrixSpace((arcs, vertices), tuple(map(_chosen, ends)), channels, bias)


def _bilinear_messages(arcs: int, vertices: int, ends: list[list[int]], channels: tuple[int, int],
                       bias: bool) -> Layer:
    return Product(tuple(MatrixSpace((arcs, vertices), (_chosen(end),), channels, bias)
                         for end in ends))


def _chosen(places: Sequence[int]) -> tuple[tuple[int, int, Fraction], ...]:
    """The entries of the matrix that takes the value at each of these places."""
    return tuple((i, j, Fraction(1)) for i, j in enumerate(places))


FORMS: dict[str, Callable[..., Layer]] = {"sum": _affine_messages, "product": _bilinear_messages}


@suggesting
def MessagePassingNetwork(graph: Graph | str | Path, channels: Sequence[int],
                          activation: ActivationLike = "x", messages: int | None = None,
                          form: str = "sum", tied: bool = False, bias: bool = False,
                          readout: bool | str | None = None) -> Model:
    r"""
    The network of messages that depend on both ends of an edge, with weights alike at all edges.

    A layer is `h_v \mapsto U h_v + V \sum_u \varphi(h_v, h_u)`, summed over the neighbors `u` of
    `v`, where `\varphi(h_v, h_u)` is `\sigma(P h_v + Q h_u)` for the form ``"sum"``, and
    `\sigma(P h_v * Q h_u)`, a product entry by entry, for the form ``"product"``.

    INPUT:

    - ``graph``, ``channels`` -- as for :func:`GraphIsomorphismNetwork`; the graph has an edge
    - ``activation`` -- the polynomial `\sigma` in ``x``
    - ``messages`` -- positive integer, the number of channels of messages; by default that of the
      outputs of the layer
    - ``form`` -- ``"sum"`` or ``"product"``
    - ``tied`` -- whether all layers have the same parameters; then all have the same channels
    - ``bias`` -- whether U and P, and Q in a product, have a bias
    - ``readout`` -- as for :func:`GraphIsomorphismNetwork`

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> MessagePassingNetwork("C4", [1, 1, 1], "x^2", tied=True).parameter_count
        4

    REFERENCES: [GSRVD2017]_
    """
    found, name = named_graph(graph)
    counts, pooled = _channels(channels), readout_named(readout)
    polynomial = activation_function(activation)
    made_of, tied = one_of(form, FORMS, "form of messages"), truth(tied, "tied")
    if not found.edges:
        raise InputError("On a graph without edges there are no messages; give one with an edge, "
                         "such as 0-1.")
    if tied and len(set(counts)) > 1:
        raise InputError("Layers with the same parameters have the same channels, as in "
                         "channels=2x2x2.")
    n, arcs = found.vertices, 2 * len(found.edges)
    ends = [[e[k] for e in found.edges] + [e[1 - k] for e in found.edges] for k in (0, 1)]
    received = tuple(sorted((v, i, Fraction(1)) for i, v in enumerate(ends[0])))
    stack = []
    for taken, made in zip(counts, counts[1:]):
        width = made if messages is None else whole_number(messages, "number of channels")
        stack.append(Sum((_at_each(n, (taken, made), bias), Chain(between((
            made_of(arcs, n, ends, (taken, width), bias),
            MatrixSpace((n, arcs), (received,), (width, made))), polynomial)))))
    layers: tuple[Layer, ...] = (Chain(tuple(stack), (None, *(0,) * (len(stack) - 1))),) if (
        tied and len(stack) > 1) else tuple(stack)
    spec = name and (
        f"mpnn:graph={name},channels={'x'.join(map(str, counts))}"
        + (f",messages={messages}" if messages is not None else "")
        + f",form={form}" * (form != "sum") + ",tied=1" * tied + ",bias=1" * bias
        + (f",readout={pooled}" if pooled else "") + suffix(polynomial))
    return Model((*layers, *pooling(pooled, (counts[-1], n))), (counts[0], n), spec)


def _epsilon(text: str) -> Any:
    return text if text == "learned" else rational(text, "epsilon")


_COMMON: Options = {
    "graph": ("graph", str), "channels": ("channels", read_numbers("number of channels")),
    "bias": ("bias", flag("1")), "readout": ("readout", str)}

SPECS: dict[str, Spec] = {
    "gin": Spec(GraphIsomorphismNetwork, "gin:graph=C4,channels=1x2x1,epsilon=learned:x^2", {
        **_COMMON, "hidden": ("hidden", number("width")), "epsilon": ("epsilon", _epsilon)},
        ("graph", "channels")),
    "mpnn": Spec(MessagePassingNetwork, "mpnn:graph=C4,channels=1x2x1,messages=2:x^2", {
        **_COMMON, "messages": ("messages", number("number of channels")), "form": ("form", str),
        "tied": ("tied", flag("1"))}, ("graph", "channels")),
}
