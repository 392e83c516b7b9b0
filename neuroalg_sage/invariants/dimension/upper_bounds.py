"""
Upper bounds for dimensions: symmetries, vector fields, larger models, equations, theorems.

The rank of Dφ at one point modulo one prime bounds the dimension from below.  What is here
bounds it from above, with evidence that the checker verifies.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.descriptions.flattening import output_format
from neuroalg_sage.descriptions.secant_varieties import ALEXANDER_HIRSCHOWITZ, secant_variety
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension import kernel_fields
from neuroalg_sage.invariants.dimension.compositions import TrialOf, UpperBounds, is_perceptron
from neuroalg_sage.invariants.dimension.known_symmetries import encode_symmetries, symmetry_rows
from neuroalg_sage.invariants.dimension.presentation import Dimension
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate
from neuroalg_sage.models.layers import Activation, Chain, Dense, Layer, PolynomialLayer
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.rational import integral_kernel

# A generic polynomial map with more coefficients than this is no help to anybody.
MOST_COEFFICIENTS = 500
MOST_CARRIERS = 8
MOST_OF_EXPRESSIONS = 40  # parameters, where all affine-linear symmetries are sought
# Of a parametrization, and of the matrix of its coefficients, where linear equations are sought.
MOST_TERMS = 20_000
MOST_ENTRIES = 1_000_000


def smaller_upper_bound(model: Model, trial: Mapping[str, Any], rank: int,
                        generator: random.Random, trial_of: TrialOf
                        ) -> tuple[dict[str, Any], str, list[str]] | None:
    """
    Look for what proves that the dimension is at most a rank below the usual bounds.

    That is, a flattening whose rank the layers bound; linear equations, where M is dense in the
    space that it spans; a larger model with more symmetries than
    additional parameters; for small models, polynomial vector fields in the kernel of Dφ, of
    the model or of a larger one; and for secant varieties of Veronese varieties the theorem
    of Alexander and Hirschowitz.

    INPUT:

    - ``trial`` -- a trial with that rank
    - ``trial_of`` -- finds a trial of a part of the model

    OUTPUT: the evidence, in words, and whom it trusts; None if nothing was found
    """
    matrices = output_format(model)
    if matrices is not None and matrices.dimension() == rank:
        return {"kind": "flattening"}, "the rank of the output flattening", []
    linear = _linear_equations(model, trial, model.ambient_dimension - rank)
    if linear is not None:
        return linear, "linear equations", []
    larger_models = list(relaxations(model))
    if is_perceptron(model):
        bound, _ = UpperBounds(trial_of).of(model, dict(trial), rank)
        if bound.value == rank:
            return bound.evidence, bound.words, list(bound.trust)
    for search in (_symmetries, _vector_fields, _affine_vector_fields):
        for segments, larger in [([], model), *larger_models]:
            place = {"prime": trial["prime"], "point": trial["point"]}
            if segments:
                prime = modular.random_prime(generator)
                place = {"prime": prime, "point": [generator.randrange(prime)
                                                   for _ in range(larger.parameter_count)]}
            evidence = search(larger, place, larger.parameter_count - rank, generator)
            if evidence is not None:
                why = search.__name__.strip("_").replace("_", " ")
                if not segments:
                    return evidence, why, []
                return {"kind": "relaxation", "segments": segments, "trial": place,
                        "upper": evidence}, f"{why} of a larger model", []
    variety = secant_variety(model)
    if variety is not None and variety.dimension() == rank:
        return ({"kind": "theorem"}, "the theorem of Alexander and Hirschowitz",
                [ALEXANDER_HIRSCHOWITZ])
    return None


def _linear_equations(model: Model, place: Mapping[str, Any], wanted: int) -> dict[str, Any] | None:
    """The affine-linear equations of M as evidence, if as many as wanted are independent."""
    n = model.ambient_dimension
    if n > MOST_COEFFICIENTS:
        return None
    try:
        phi = parametrization(model, limit=MOST_TERMS)
    except LimitReached:
        return None
    one = (0,) * model.parameter_count
    rows: dict[tuple[int, ...], dict[int, Fraction]] = {one: {n: Fraction(1)}}
    for i, p in enumerate(phi.polynomials):
        for e, c in p.items():
            rows.setdefault(e, {})[i] = c
    if len(rows) < n + 1 - wanted or len(rows) * n > MOST_ENTRIES:
        return None
    forms = integral_kernel(rows.values(), n + 1)
    prime = place["prime"]
    if len(forms) < wanted or modular.rank(np.array(
            [[c % prime for c in form[:n]] for form in forms], dtype=np.int64), prime) < wanted:
        return None
    return {"kind": "equations", "equations": [encode_polynomial({
        tuple(int(i == j) for i in range(n)): Fraction(c) for j, c in enumerate(form) if c})
        for form in forms]}


def _symmetries(model: Model, place: Mapping[str, Any], wanted: int, generator: random.Random
                ) -> dict[str, Any] | None:
    """The linear symmetries as evidence, if as many as wanted are independent at a place."""
    if len(model.symmetries) < wanted or modular.rank(symmetry_rows(
            model, place["point"], place["prime"]), place["prime"]) != wanted:
        return None
    return encode_symmetries(model.symmetries)


def _vector_fields(model: Model, place: Mapping[str, Any], wanted: int, generator: random.Random
                   ) -> dict[str, Any] | None:
    """Polynomial vector fields as evidence, if as many as wanted are found."""
    count, prime = model.parameter_count, place["prime"]
    try:
        phi = parametrization(model, limit=kernel_fields.MOST_TERMS)
    except LimitReached:
        return None
    known = kernel_fields.linear_fields(model.symmetries, count)
    fields = kernel_fields.kernel_fields(phi, known, wanted, generator)
    if len(fields) < wanted:
        return None
    rows = np.array([[evaluate(field.get(i, {}), place["point"], prime) for i in range(count)]
                     for field in fields], dtype=np.int64).reshape(len(fields), count)
    if modular.rank(rows, prime) < wanted:
        return None
    return {"kind": "fields", "fields": [[encode_polynomial(field.get(i, {}))
                                          for i in range(count)] for field in fields]}


def _affine_vector_fields(model: Model, place: Mapping[str, Any], wanted: int,
                          generator: random.Random) -> dict[str, Any] | None:
    """
    All affine-linear vector fields of expressions as evidence, if as many as wanted are independent
    at a place.  Other layers know theirs.
    """
    from neuroalg_sage.invariants.dimension.affine_symmetries import affine_symmetries, tangents

    count, prime = model.parameter_count, place["prime"]
    if count > MOST_OF_EXPRESSIONS or not any(
            isinstance(layer, PolynomialLayer) for layer in model.layers):
        return None
    found = affine_symmetries(model)
    if found is None or modular.rank(tangents(found.fields, place["point"], prime), prime) < wanted:
        return None
    units = [tuple(int(k == j) for k in range(count)) for j in range(count + 1)]  # the last is 1
    return {"kind": "fields", "fields": [[encode_polynomial({
        units[j]: c for (row, j), c in field.items() if row == i}) for i in range(count)]
        for field in found.fields]}


def relax(model: Model, segments: Sequence[Sequence[int]]) -> Model:
    """
    The larger model in which segments of the list of layers are generic polynomial maps.

    Such a map has all coefficients that the degrees of the segment allow, as parameters; so
    the neurovariety of the model is contained in that of the larger one.

    INPUT:

    - ``segments`` -- disjoint ascending pairs (start, end) of places in the list of layers

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> relax(parse_spec("mlp:3,4,5,2:x^2"), [(2, 5)]).parameter_count
        32
    """
    layers: list[Layer] = []
    shapes = [model.input_shape]
    for layer in model.layers:
        shapes.append(layer.output_shape(shapes[-1]))
    place = 0
    for start, end in segments:
        inner = Model(model.layers[start:end], shapes[start])
        if inner.ambient_dimension > MOST_COEFFICIENTS:
            raise InputError(f"A generic polynomial map in place of {inner} has over "
                             f"{MOST_COEFFICIENTS} coefficients, the most allowed.")
        terms = list(inner.coordinates())
        outputs = tuple(tuple(
            ((*(int(i == k) for i in range(len(terms))), *e), Fraction(1))
            for k, (output, e) in enumerate(terms) if output == j)
            for j in range(inner.output_count))
        layers += [*model.layers[place:start], PolynomialLayer(
            tuple(f"c_{k}" for k in range(len(terms))), inner.input_names, outputs)]
        place = end
    return Model((*layers, *model.layers[place:]), model.input_shape)


def _one_after_the_other(layers: Sequence[Layer]) -> Iterator[Layer]:
    """The layers, with those of chains in the chain that share no parameters."""
    for layer in layers:
        if isinstance(layer, Chain) and all(c is None for c in layer.share):
            yield from _one_after_the_other(layer.layers)
        else:
            yield layer


def condensed(model: Model) -> Model:
    """
    The model in which dense layers that follow one another have as few parameters as needed for
    the same functions.

    They become one, or two if a state between them is narrower than both ends; behind the last
    bias there may be one more.  Activations c x behind them are left out, behind a bias c x + d,
    and chains in the chain are read as their layers.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [layer.outputs for layer in condensed(parse_spec("linear:5,4,3,4,5")).layers]
        [3, 5]
    """
    layers: list[Layer] = []
    run: list[Dense] = []  # dense layers that are not in the list yet

    def append(widths: Sequence[int], bias: bool) -> None:
        inputs, narrowest = widths[0], min(widths)
        if narrowest < min(inputs, widths[-1]):
            layers.append(Dense(inputs, narrowest))
            inputs = narrowest
        layers.append(Dense(inputs, widths[-1], bias))

    def close() -> None:
        biased = max((k + 1 for k, layer in enumerate(run) if layer.bias), default=0)
        widths = [layer.inputs for layer in run[:1]] + [layer.outputs for layer in run]
        if biased:
            behind = widths[biased:]
            state = min(*behind, min(widths[:biased + 1]) + 1) if behind[1:] else behind[0]
            append([*widths[:biased], state], True)
            widths = [state, behind[-1]] if state < behind[-1] else []
        if widths:
            append(widths, False)
        run.clear()

    for layer in _one_after_the_other(model.layers):
        if isinstance(layer, Dense):
            run.append(layer)
        elif not (run and isinstance(layer, Activation) and len(layer.coefficients) == 2
                  and (not layer.coefficients[0] or run[-1].bias)):
            close()
            layers.append(layer)
    close()
    return model if tuple(layers) == model.layers else Model(tuple(layers), model.input_shape)


def relaxations(model: Model) -> Iterator[tuple[list[list[int]], Model]]:
    """
    The larger models in which parts of the model are generic polynomial maps.

    OUTPUT: iterator of pairs: the segments, each from one layer with parameters to another,
    and what :func:`relax` makes of them
    """
    carriers = [i for i, layer in enumerate(model.layers) if layer.parameter_count()]
    if not 1 < len(carriers) <= MOST_CARRIERS:
        return
    for cuts in itertools.product((False, True), repeat=len(carriers) - 1):
        groups = [[carriers[0]]]
        for cut, carrier in zip(cuts, carriers[1:]):
            if cut:
                groups.append([carrier])
            else:
                groups[-1].append(carrier)
        segments = [[group[0], group[-1] + 1] for group in groups if len(group) > 1]
        if segments:
            try:
                yield segments, relax(model, segments)
            except InputError:  # too large, or a layer needs a shape that is lost
                continue


def dimension_from_equations(model: Model, found: Invariant, equations: Sequence[Polynomial],
                             images: Sequence[Polynomial]) -> Invariant:
    """
    Prove a dimension by equations of the neurovariety, where they suffice.

    If the equations' Jacobian at φ(w0) has rank n - d, then dim M ≤ d.

    INPUT:

    - ``found`` -- the dimension as found by :func:`dimension`
    - ``equations`` -- polynomials that vanish on the neurovariety
    - ``images`` -- the coordinates of φ

    OUTPUT: the dimension, ``proved`` if the equations prove it, else ``found``
    """
    start = time.perf_counter()
    assert found.certificate is not None
    trial = found.certificate["evidence"]["trials"][0]
    prime, point = trial["prime"], trial["point"]
    image = [evaluate(p, point, prime) for p in images]
    rows = np.array([[evaluate(derivative(g, j), image, prime) for j in range(len(image))]
                     for g in equations], dtype=np.int64).reshape(len(equations), len(image))
    if found.data + modular.rank(rows, prime) < model.ambient_dimension:
        return found
    evidence = {"trials": [trial], "upper": {
        "kind": "equations", "equations": [encode_polynomial(g) for g in equations]}}
    return Dimension.certified(model, "dimension", found.data, "proved",
                               "rank of the Jacobian modulo a prime, and equations",
                               found.seconds + time.perf_counter() - start, evidence)
