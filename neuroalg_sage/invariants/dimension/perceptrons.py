"""
Expressions, and maps of rings, that are a perceptron term by term.

Of any widths, biases and activations, if at most one of these is no power: what is known of layers
that follow one another is known of their expressions, too.  The coordinates of φ may also be given
without the inputs, as those of a map of polynomial rings; and the inputs may be changed linearly:
each derivative by a weight of the first layer is an input of the network times what does not
depend on which input it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from math import comb, prod
from typing import Any

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension.finite_symmetries import Colors, renaming
from neuroalg_sage.invariants.dimension.in_layers import (
    MOST_HIDDEN,
    MOST_PARAMETERS,
    MOST_TERMS,
    LayeredForm,
    Matrix,
    in_layers,
)
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.families import MLP
from neuroalg_sage.models.layers import Activation, Dense, Layer, PolynomialLayer
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.rational import fraction, in_ring

MOST_TRIED = 60  # networks whose φ is expanded and compared
MOST_FACTORS = 4  # of the inputs

# The degrees of what an output depends on, in the inputs, in descending order.
Pattern = tuple[int, ...]


def is_expressions(model: Model) -> bool:
    """Whether a model is given by polynomials, and not by layers, nor by quotients."""
    return len(model.layers) == 1 and type(model.layers[0]) is PolynomialLayer


@lru_cache(maxsize=16)
def in_perceptron(model: Model) -> LayeredForm | None:
    """
    The network with the same φ as expressions: one of a family, or any perceptron; None if none is
    found.

    EXAMPLES::

        >>> from neuroalg_sage.models.sources import from_expressions
        >>> model = from_expressions("c*(a*(d*x + e*y) + b*(f*x + g*y))^2 + h", "a,b,c,d,e,f,g,h",
        ...                          "x,y")
        >>> [layer.kind for layer in in_perceptron(model).model.layers]
        ['dense', 'dense', 'activation', 'dense']
    """
    found = in_layers(model)
    if found is not None or not is_expressions(model) or model.parameter_count > MOST_PARAMETERS:
        return found
    with suppress(LimitReached):
        if (found := _by_coordinates(model)) is not None:
            return found
    for changed, inputs in _at_inputs_of_weights(model):
        with suppress(LimitReached):
            if (found := in_layers(changed) or _by_coordinates(changed)) is not None:
                return replace(found, inputs=inputs)
    return None


def _by_coordinates(model: Model) -> LayeredForm | None:
    """The network whose coordinates of φ are those of expressions; None if none is found."""
    phi = parametrization(model, MOST_TERMS)
    spaces = [False] + [True] * ({*model.degree_pattern} == {(1,)})
    own = Colors(phi.parameter_count, phi.polynomials)
    terms = sorted(map(len, phi.polynomials))
    networks = ((network, other) for other in spaces for network in _networks(phi, other))
    for known, other in itertools.islice(networks, MOST_TRIED):
        with suppress(LimitReached):
            psi = parametrization(known, MOST_TERMS)
            if (psi.coordinates != phi.coordinates and not other) or sorted(
                    map(len, psi.polynomials)) != terms:
                continue
            names = renaming(Colors(psi.parameter_count, psi.polynomials), own)
            if names is not None:
                return LayeredForm(known, tuple(model.parameter_names[i] for i in names),
                                   tuple(names), other)
    return None


def _at_inputs_of_weights(model: Model) -> Iterator[tuple[Model, Matrix]]:
    """
    The expressions as polynomials in other inputs L x, and L: those that stand at the weights of
    some unit of the first layer, up to a factor, which is 1 where they stand beside a bias.
    """
    (layer,) = model.layers
    assert isinstance(layer, PolynomialLayer)
    count, inputs = model.parameter_count, model.input_count
    if sum(map(len, layer.outputs)) > MOST_TERMS:
        return
    ring = fmpq_mpoly_ctx.get([f"v{i}" for i in range(count + inputs)], Ordering.lex)
    outputs = [in_ring(dict(terms), ring) for terms in layer.outputs]
    rows: dict[Any, list[list[fmpq]]] = {}  # by what stands at all weights of a unit
    factors = {fmpq(1): None}
    for parameter in range(count):
        slope = next((d for f in outputs if (d := f.derivative(parameter))), None)
        if slope is None:
            continue
        factors[slope.leading_coefficient()] = None
        for form, _ in slope.factor()[1]:
            terms = {tuple(map(int, e)): c for e, c in form.to_dict().items()}
            if any(sum(e) != 1 or any(e[:count]) for e in terms):
                continue
            rest = slope / form
            lead = rest.leading_coefficient()
            rows.setdefault(tuple(sorted((rest / lead).to_dict().items())), []).append(
                [lead * terms.get((*[0] * i, 1, *[0] * (count + inputs - 1 - i)), fmpq(0))
                 for i in range(count, count + inputs)])
    gens = ring.gens()
    for found in rows.values():
        matrix = fmpq_mat(found)
        if len(found) != inputs or matrix.rank() < inputs:
            continue
        for factor in [*factors][:MOST_FACTORS]:
            change = matrix / factor
            if all(sorted(row) == [0] * (inputs - 1) + [1] for row in change.tolist()):
                continue  # the inputs themselves
            inverse = change.inv()
            moved = [sum((inverse[i, j] * gens[count + j] for j in range(inputs)),
                         ring.constant(0)) for i in range(inputs)]
            changed = tuple(tuple(sorted(
                ((tuple(map(int, e)), fraction(c)) for e, c in f.compose(
                    *gens[:count], *moved, ctx=ring).to_dict().items()), reverse=True))
                for f in outputs)
            yield Model((replace(layer, outputs=changed),), model.input_shape), tuple(
                tuple(map(fraction, row)) for row in change.tolist())
        return


def _networks(phi: Parametrization, any_inputs: bool) -> Iterator[Model]:
    """The perceptrons that may have this φ, or whose coordinates may be these in this order."""
    model, n = phi.model, len(phi.polynomials)
    highest = max((sum(e) for p in phi.polynomials for e in p), default=0)
    for hidden in range(MOST_HIDDEN + 1):
        for degrees in _degrees(highest, hidden):
            if not any_inputs and prod(degrees) != model.input_degree:
                continue
            for biases in itertools.product((False, True), repeat=hidden + 1):
                for widths in _widths(biases, model.parameter_count,
                                      None if any_inputs else model.input_count):
                    if any_inputs:
                        patterns = _patterns(prod(degrees), widths[0], n, widths[-1])
                    else:
                        patterns = iter({*model.degree_pattern} if widths[-1] == (
                            model.output_count) else ())
                    for pattern in patterns:
                        yield from _with_activations(phi, widths, biases, degrees, pattern)


def _degrees(highest: int, hidden: int) -> Iterator[tuple[int, ...]]:
    """The degrees of so many activations for which φ has this degree in the parameters."""
    if not hidden:
        if highest == 1:
            yield ()
        return
    for last in range(1, highest):
        if (highest - 1) % last == 0:
            for before in _degrees((highest - 1) // last, hidden - 1):
                yield *before, last


def _widths(biases: Sequence[bool], count: int, inputs: int | None) -> Iterator[tuple[int, ...]]:
    """The widths of perceptrons with these biases, so many parameters, and so many inputs."""
    def behind(width: int, layers: int, left: int) -> Iterator[tuple[int, ...]]:
        each = width + biases[layers]
        if layers == len(biases) - 1:
            if left % each == 0:
                yield width, left // each
            return
        for following in range(1, (left - 1) // each + 1):
            for rest in behind(following, layers + 1, left - each * following):
                yield width, *rest

    for width in range(1, count + 1) if inputs is None else (inputs,):
        yield from behind(width, 0, count)


def _patterns(degree: int, inputs: int, n: int, outputs: int) -> Iterator[Pattern]:
    """The patterns of this degree with which V has the dimension n."""
    for lower in itertools.product((True, False), repeat=degree):
        pattern = degree, *(d for d, has in zip(range(degree - 1, -1, -1), lower) if has)
        if outputs * sum(comb(inputs + d - 1, d) for d in pattern) == n:
            yield pattern


def _with_activations(phi: Parametrization, widths: Sequence[int], biases: Sequence[bool],
                      degrees: Sequence[int], pattern: Pattern) -> Iterator[Model]:
    """The perceptrons of this shape: with powers; or with what the coefficients of φ say."""
    powers = [tuple(Fraction(k == d) for k in range(d + 1)) for d in degrees]
    higher = [i for i, d in enumerate(degrees) if d > 1]
    found = [powers]
    if len(higher) == 1:
        (i,) = higher
        # What φ has in a power of the first input, for the first output: there the terms in which
        # a path before the activation occurs alone have a coefficient of the activation.
        places = itertools.accumulate(
            (comb(widths[0] + d - 1, d) for d in pattern[:-1]), initial=0)
        of_power: dict[int, Polynomial] = {
            d: phi.polynomials[place] for d, place in zip(pattern, places)}
        options = []
        for k in range(degrees[i] + 1):
            degree = k * (i + 1) + len(degrees) - i
            values = {c for e, c in of_power.get(k, {}).items()
                      if sum(e) == degree and (not k or max(e) == k or k == 1)}
            # Of the constants one may be a bias.
            options.append([*values, *[Fraction(0)] * (not k or not values)])
        found += [[*powers[:i], sigma, *powers[i + 1 :]] for sigma in itertools.product(*options)
                  if sigma != powers[i] and sigma[-1]]
    for activations in found:
        if len({*activations}) == 1 and len({*biases}) == 1:
            network = MLP(widths, {(k,): c for k, c in enumerate(activations[0]) if c}, biases[0])
        else:
            layers: list[Layer] = [Dense(widths[0], widths[1], biases[0])]
            for sigma, a, b, bias in zip(activations, widths[1:], widths[2:], biases[1:]):
                layers += [*[Activation(sigma)] * (sigma != (0, 1)), Dense(a, b, bias)]
            network = Model(tuple(layers), (widths[0],))
        if {*network.degree_pattern} == {pattern}:
            yield network
