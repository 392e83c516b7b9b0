"""
Subnetworks: networks of the same family with fewer units, and how their parameters embed.

A subnetwork computes functions of the network: its parameters are some of the network's, the
others are zero, or do not matter and are free.  Units of a hidden layer, channels, heads and
rows of a head can be left out; a filter of a convolutional network with one channel can be
replaced by a shorter one inside it.  Up to symmetry only their numbers matter, and for filters
the place of the shorter ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.expressions import write_polynomial
from neuroalg_sage.models.families import CNN, MLP
from neuroalg_sage.models.layers import Activation, Attention, Convolution, Dense, Layer, Sum
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.semirings import DegreeSet
from neuroalg_sage.storable import storable

# In an embedding: the parameter is zero, or does not matter, or is minus one of the subnetwork's,
# which is written as MINUS less its place.
ZERO, FREE, MINUS = -1, -2, -3
MOST_SUBNETWORKS = 300

Embedding = tuple[int, ...]


def embedded(embedding: Embedding, point: Sequence[int], free: Iterable[int]) -> list[int]:
    """
    Parameters of the network, from some of the subnetwork and of those that do not matter.

    EXAMPLES::

        >>> embedded((0, ZERO, FREE, MINUS - 0), [5], [7])
        [5, 0, 7, -5]
    """
    values = iter(free)
    return [point[a] if a >= 0 else 0 if a == ZERO else next(values) if a == FREE
            else -point[MINUS - a] for a in embedding]


def _passes_through(one: Embedding, other: Embedding) -> bool:
    """Whether all parameters of one embedding are such of the other; those that are free may be."""
    values: dict[int, int] = {}
    for a, b in zip(one, other):
        if FREE in (a, b):
            continue
        if b == ZERO:
            if a != ZERO:
                return False
        elif b >= 0:
            if values.setdefault(b, a) != a:
                return False
        elif values.setdefault(MINUS - b, opposite := a if a == ZERO else MINUS - a) != opposite:
            return False
    return True


@storable()
@dataclass(frozen=True)
class Subnetwork:
    """
    A smaller network inside a network.

    - ``name`` -- what it is
    - ``model`` -- the smaller network; None if it computes zero
    - ``inputs`` -- which inputs of the network are its inputs
    - ``embeddings`` -- ways to put it into the network: for each parameter of the network the
      place of a parameter of the smaller one, or ``MINUS`` less it, or ``ZERO``, or ``FREE``
    - ``others`` -- further parameters whose functions have the same closure, likewise
    """

    name: str
    model: Model | None
    inputs: tuple[int, ...]
    embeddings: tuple[Embedding, ...]
    others: tuple[Embedding, ...] = ()

    def is_inside(self, other: Subnetwork) -> bool:
        """Whether some embedding of this one passes through one of the other."""
        return self.model is None or (other.model is not None and any(
            _passes_through(mine, its) for mine in (*self.embeddings, *self.others)
            for its in (*other.embeddings, *other.others)))


@dataclass(frozen=True)
class _Dial:
    """A number of units that can be smaller, and the axes of parameter arrays that have them."""

    units: int
    before: tuple[tuple[int, int, int], ...]  # array, axis, copies of each unit
    after: tuple[tuple[int, int, int], ...]
    vanishes: bool  # whether units without input give zero
    rebuild: Callable[[list[Layer], int], None]


def _name(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> str | None:
    """The spec of layers, where they are a network with one activation throughout."""
    activations = {layer for layer in layers if isinstance(layer, Activation)}
    if len(activations) > 1:
        return None
    activation = "x" if not activations else write_polynomial(
        {(k,): c for k, c in enumerate(next(iter(activations)).coefficients) if c}, ["x"])
    with_parameters = [layer for layer in layers if not isinstance(layer, Activation)]
    try:
        if all(isinstance(layer, Dense) for layer in with_parameters):
            dense: list[Dense] = with_parameters  # type: ignore[assignment]
            found = MLP([dense[0].inputs, *(d.outputs for d in dense)], activation, dense[0].bias)
        elif all(isinstance(layer, Convolution) for layer in with_parameters):
            outputs = Model(tuple(layers), input_shape).output_shape
            found = CNN(with_parameters, activation, outputs[-1])  # type: ignore[arg-type]
        else:
            return None
    except InputError:
        return None
    return found.spec if found.layers == tuple(layers) else None


def _arrays(model: Model) -> list[tuple[int, tuple[int, ...]]]:
    """The offset and the shape of each parameter array."""
    found, place = [], 0
    for _, shape in model.chain.parameter_shapes():
        found.append((place, shape))
        place += prod(shape)
    return found


def _vanishes(layers: Sequence[Layer]) -> bool:
    """Whether activations map zero to zero."""
    return all(not layer.coefficients[0] for layer in layers if isinstance(layer, Activation))


def _dials(model: Model) -> list[_Dial]:
    """The numbers of units, channels, heads and rows of heads that can be made smaller."""
    layers = list(model.layers)
    shapes = [model.input_shape]
    for layer in layers:
        shapes.append(layer.output_shape(shapes[-1]))
    first, count = [], 0
    for layer in layers:
        first.append(count)
        count += len(layer.parameter_shapes())
    dials = []
    places = [i for i, layer in enumerate(layers) if not isinstance(layer, Activation)]
    for i, j in zip(places, places[1:]):
        a, b, between = layers[i], layers[j], layers[i + 1 : j]
        if isinstance(a, Dense) and isinstance(b, Dense):
            before = [(first[i], 0, 1)] + [(first[i] + 1, 0, 1)] * a.bias
            dials.append(_Dial(a.outputs, tuple(before), ((first[j], 1, 1),),
                               _vanishes(between), _narrower(i, j)))
        elif isinstance(a, Convolution) and isinstance(b, (Convolution, Dense)):
            units = a.channels[1]
            copies = 1 if isinstance(b, Convolution) else prod(shapes[j]) // units
            if units > 1:
                dials.append(_Dial(units, ((first[i], 0, 1),), ((first[j], 1, copies),),
                                   _vanishes(between), _narrower(i, j, copies)))
    for i in places:
        layer = layers[i]
        if isinstance(layer, Attention) and layer.head > 1:
            dials.append(_Dial(layer.head, ((first[i], 0, 1),), ((first[i] + 1, 0, 1),), True,
                               _fewer_rows(i)))
        if isinstance(layer, Sum) and len(set(layer.layers)) == 1 and isinstance(
                layer.layers[0], Attention) and not any(s is not None for s in layer.share):
            dials.append(_heads(i, first[i], layer))
    return dials


def _narrower(i: int, j: int, copies: int = 1) -> Callable[[list[Layer], int], None]:
    def rebuild(layers: list[Layer], k: int) -> None:
        a, b = layers[i], layers[j]
        if isinstance(a, Dense):
            layers[i] = Dense(a.inputs, k, a.bias)
        else:
            layers[i] = Convolution(a.size, a.stride, (a.channels[0], k))  # type: ignore
        if isinstance(b, Dense):
            layers[j] = Dense(k * copies, b.outputs, b.bias)
        else:
            layers[j] = Convolution(b.size, b.stride, (k, b.channels[1]))  # type: ignore

    return rebuild


def _fewer_rows(i: int) -> Callable[[list[Layer], int], None]:
    def rebuild(layers: list[Layer], k: int) -> None:
        a = layers[i]
        assert isinstance(a, Attention)
        layers[i] = Attention(a.inputs, k, a.outputs)

    return rebuild


def _heads(i: int, first: int, layer: Sum) -> _Dial:
    """Heads are whole blocks of parameters; their arrays are numbered by -1 - block."""

    def rebuild(layers: list[Layer], k: int) -> None:
        head = layer.layers[0]
        layers[i] = head if k == 1 else Sum((head,) * k)

    return _Dial(len(layer.layers), ((first, -1, 0),), ((first, -1, 2),), True, rebuild)


def _kept(model: Model, dials: Sequence[_Dial], numbers: Sequence[int], after: bool
          ) -> list[np.ndarray]:
    """
    For each array 0 where it is kept, ``ZERO`` or ``FREE`` elsewhere; the parameters after dead
    units are zero and those before them free, or the other way round.
    """
    marks = [np.zeros(shape, dtype=int) for _, shape in _arrays(model)]
    for wanted in (FREE, ZERO):  # zero has the last word
        for dial, k in zip(dials, numbers):
            for side, axes in (("before", dial.before), ("after", dial.after)):
                if ((side == "after") == after) != (wanted == ZERO):
                    continue
                for array, axis, copies in axes:
                    if axis < 0:  # heads: arrays Q, K, V of each
                        for head in range(k, dial.units):
                            for part in range(3):
                                marks[array + 3 * head + part][...] = (
                                    ZERO if part == (2 if after else 0) else FREE)
                        continue
                    index: list[slice] = [slice(None)] * marks[array].ndim
                    index[axis] = slice(k * copies, None)
                    marks[array][tuple(index)] = wanted
    return marks


def _numbered(marks: list[np.ndarray]) -> Embedding:
    flat = np.concatenate([m.reshape(-1) for m in marks])
    flat[flat == 0] = np.arange(np.count_nonzero(flat == 0))
    return tuple(int(c) for c in flat)


def _zero(model: Model) -> Subnetwork | None:
    """The zero function, with a layer of zeros; None if no layer of zeros gives it."""
    arrays = _arrays(model)
    embeddings = []
    place = 0
    for layer in model.layers:
        shapes = layer.parameter_shapes()
        heads = layer.layers if isinstance(layer, Sum) else [layer]
        zero = set(range(place, place + len(shapes)))
        if all(isinstance(head, Attention) for head in heads):  # their values V
            zero = {place + k for k in range(2, len(shapes), 3)}
        embedding = tuple(itertools.chain.from_iterable(
            [ZERO if k in zero else FREE] * prod(shape)
            for k, (_, shape) in enumerate(arrays)))
        if shapes and _gives_zero(model, embedding):
            embeddings.append(embedding)
        place += len(shapes)
    return Subnetwork("zero", None, (), tuple(embeddings)) if embeddings else None


def _gives_zero(model: Model, embedding: Embedding) -> bool:
    """Whether no term is left in any output, by the degrees of those that are."""
    parameters = np.array([DegreeSet(int(a == FREE)) for a in embedding], dtype=object)
    inputs = np.array([DegreeSet.of(1)] * model.input_count, dtype=object)
    return not any(output.bits for output in model.apply(parameters, inputs, DegreeSet.constant))


def has_units(model: Model) -> bool:
    """Whether the layers say which units there are that can be left out."""
    return all(isinstance(layer, (Activation, Dense, Convolution, Attention)) or (
        isinstance(layer, Sum) and all(isinstance(head, Attention) for head in layer.layers))
        for layer in model.layers)


def subnetworks(model: Model) -> list[Subnetwork]:
    """
    All proper subnetworks of a model whose layers have units, up to symmetry, the largest first.

    OUTPUT: a list of :class:`Subnetwork`; empty for a model that has no such parts

    Raises LimitReached if they are too many to be listed.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [s.name for s in subnetworks(parse_spec("mlp:3,2,2:x^2"))]
        ['mlp:3,1,2:x^2', 'zero']
        >>> [s.name for s in subnetworks(parse_spec("cnn:2,2:x^2"))][:3]
        ['cnn:1,2:x^2 at 0', 'cnn:1,2:x^2 at 1', 'cnn:2,1:x^2 at 0']
    """
    parametric = [layer for layer in model.layers if not isinstance(layer, Activation)]
    filters = all(isinstance(layer, Convolution) and layer.channels == (1, 1)
                  for layer in parametric)
    found = list(_by_windows(model) if filters else _by_numbers(model))
    found.sort(key=lambda s: -(s.model.parameter_count if s.model else 0))
    zero = _zero(model)
    return [*found, *([zero] if zero else [])]


def too_many() -> LimitReached:
    """That the subnetworks are not listed."""
    return LimitReached(f"The model has over {MOST_SUBNETWORKS} subnetworks, too many to be "
                        "listed.")


def _by_numbers(model: Model) -> Iterator[Subnetwork]:
    dials = _dials(model)
    if prod(d.units for d in dials) > MOST_SUBNETWORKS:
        raise too_many()
    for numbers in itertools.product(*(range(1, d.units + 1) for d in dials)):
        if all(k == d.units for k, d in zip(numbers, dials)):
            continue
        layers = list(model.layers)
        for dial, k in zip(dials, numbers):
            dial.rebuild(layers, k)
        spec = _name(layers, model.input_shape)
        smaller = Model(tuple(layers), model.input_shape, spec)
        both = [True] + [False] * all(d.vanishes for d in dials)
        yield Subnetwork(
            spec or "the network of size " + ", ".join(map(str, numbers)), smaller,
            tuple(range(model.input_count)),
            tuple(dict.fromkeys(_numbered(_kept(model, dials, numbers, after))
                                for after in both)))


def _by_windows(model: Model) -> Iterator[Subnetwork]:
    """Shorter filters inside the filters, gathered by their sizes and the place of the inputs."""
    layers: list[Convolution] = [x for x in model.layers if isinstance(x, Convolution)]
    axes = len(layers[0].size)  # type: ignore[arg-type]
    choices = [[(k, o) for k in range(1, size + 1) for o in range(size - k + 1)]
               for layer in layers for size in layer.size]  # type: ignore[union-attr]
    if prod(map(len, choices)) > 20 * MOST_SUBNETWORKS:
        raise too_many()
    outputs = model.output_shape
    groups: dict[tuple[tuple[int, ...], tuple[int, ...]], list[tuple[int, ...]]] = {}
    for windows in itertools.product(*choices):
        sizes, offsets = tuple(k for k, _ in windows), tuple(o for _, o in windows)
        shift = [0] * axes
        stride = [1] * axes
        for i, layer in enumerate(layers):
            for a in range(axes):
                shift[a] += offsets[i * axes + a] * stride[a]
                stride[a] *= layer.stride[a]  # type: ignore[index]
        groups.setdefault((sizes, tuple(shift)), []).append(offsets)
    whole = tuple(size for layer in layers for size in layer.size)  # type: ignore[union-attr]
    if len(groups) > MOST_SUBNETWORKS:
        raise too_many()
    for (sizes, place), all_offsets in groups.items():
        if sizes == whole:
            continue
        rest = iter([sizes[i * axes : (i + 1) * axes] for i in range(len(layers))])
        smaller_layers = [Convolution(next(rest), x.stride) if isinstance(x, Convolution) else x
                          for x in model.layers]
        space: tuple[int, ...] = outputs
        for layer in reversed([x for x in smaller_layers if isinstance(x, Convolution)]):
            space = layer.input_space(space)
        spec = _name(smaller_layers, space)
        smaller = Model(tuple(smaller_layers), space, spec)
        numbers = np.arange(model.input_count).reshape(model.input_shape)
        inputs = numbers[tuple(slice(p, p + s) for p, s in zip(place, space))].reshape(-1)
        embeddings = []
        for offsets in all_offsets:
            marks = []
            for i, (_, shape) in enumerate(_arrays(model)):
                mark = np.full(shape, ZERO)
                window = tuple(slice(offsets[i * axes + a], offsets[i * axes + a]
                                     + sizes[i * axes + a]) for a in range(axes))
                inside: tuple[int | slice, ...] = (0, 0, *window)
                mark[inside] = 0
                marks.append(mark)
            embeddings.append(_numbered(marks))
        where = ",".join(map(str, place))
        name = spec or f"the network of size {','.join(map(str, sizes))}"
        yield Subnetwork(f"{name} at {where}", smaller, tuple(int(i) for i in inputs),
                         tuple(embeddings))


def rank_deficient(model: Model) -> Iterator[tuple[str, Model]]:
    """
    The models in which one dense layer is a product of two, of one less than its full rank.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [name for name, _ in rank_deficient(parse_spec("mlp:3,2,2:x^2"))]
        ['layer 1 of rank 1', 'layer 2 of rank 1']
    """
    count = 0
    for i, layer in enumerate(model.layers):
        if isinstance(layer, Activation):
            continue
        count += 1
        if isinstance(layer, Dense) and min(layer.inputs, layer.outputs) > 1:
            k = min(layer.inputs, layer.outputs) - 1
            layers = (*model.layers[:i], Dense(layer.inputs, k),
                      Dense(k, layer.outputs, layer.bias), *model.layers[i + 1 :])
            yield f"layer {count} of rank {k}", Model(layers, model.input_shape)
