"""
Generic fibers without φ, by theorems.

The functions of perceptrons are sums, and there is one way, or a known number of ways, to write
them so.

Where the activations are powers this follows from the widths
(:mod:`neuroalg_sage.certificates.dimension.decompositions`), or from a contact locus at one point
(:mod:`neuroalg_sage.certificates.dimension.contact_loci`).  The second is also for other
activations and for biases, if there is one hidden layer.

Layers of attention have a theorem of their own
(:mod:`neuroalg_sage.certificates.dimension.attention_fibers`).
"""

from __future__ import annotations

import random
import time
from itertools import pairwise
from math import factorial, lgamma, log, prod
from typing import Any

from neuroalg_sage.certificates.dimension.attention_fibers import attention_fiber
from neuroalg_sage.certificates.dimension.contact_loci import check_contact, unit_fiber
from neuroalg_sage.certificates.dimension.decompositions import (
    MOST_DIGITS,
    are_biases_found,
    decompositions,
    layers_of,
)
from neuroalg_sage.certificates.dimension.heads import check_heads, heads
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.answers.trust import LISTED
from neuroalg_sage.invariants.dimension.direct_sums import LayersAtAPlace
from neuroalg_sage.invariants.dimension.generic_fiber import GenericFiber
from neuroalg_sage.models.layers import Activation, Attention, Dense, Sum
from neuroalg_sage.models.model import Model

MOST_ROWS, MOST_PARAMETERS = 600, 400  # of a Jacobian whose contact locus is looked at
MOST_UNITS = 500
MORE_ROWS = 3  # than a unit has parameters


def fiber_by_decompositions(model: Model, generator: random.Random) -> Invariant | None:
    """
    The generic fiber of a perceptron, from how many ways there are to write its functions as sums,
    or of layers of attention.

    INPUT:

    - ``generator`` -- source of random numbers

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a
    :class:`~neuroalg_sage.invariants.dimension.generic_fiber.GenericFiber`, proved; None if no
    theorem applies

    REFERENCES: [HMK2024]_, [Kru1977]_, [CC2006]_, [CO2012b]_, [COV2017]_, [GM2019]_, [RS2000]_

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> for spec in ("mlp:20,15,10,5:x^3", "mlp:3,6,1:x^5", "mlp:3,8,8:x^3", "mlp:2,2,1:x^2"):
        ...     print(fiber_by_decompositions(parse_spec(spec), random.Random(1)))
        of dimension 25, one orbit of the known symmetries (proved)
        of dimension 6, one orbit of the known symmetries (proved)
        of dimension 8, 9 times the orbit of the known symmetries (proved, trusting the list of \
known symmetries)
        None
    """
    start = time.perf_counter()
    powers = LayersAtAPlace.of(model)
    is_one_layer = [type(layer) for layer in model.layers] == [Dense, Activation, Dense]
    if powers is not None and powers.is_graded and all(
            isinstance(layer, Dense) for layer in powers.linear):
        # With biases a contact locus trusts nothing, and does for more widths.
        found = (_of_units(model, generator) if is_one_layer and any(powers.biased) else None) or (
            _of_powers(powers, generator))
    elif all(type(layer) is Attention for layer in model.layers):
        found = _of_attention(model)
    elif [type(layer) for layer in model.layers] == [Sum]:
        found = _of_heads(model, generator)
    elif is_one_layer:
        found = _of_units(model, generator)
    else:
        return None
    if found is None:
        return None
    value, evidence, method, trust = found
    return certified(model, "generic_fiber", GenericFiber(*value), "proved", method,
                     time.perf_counter() - start, evidence, trust, claim=value)


_Found = tuple[list[int], dict[str, Any], str, list[str]]


def _of_powers(powers: LayersAtAPlace, generator: random.Random) -> _Found | None:
    """By the layers of a perceptron with powers."""
    widths, hidden = powers.counts, powers.counts[1:-1]
    exponents = [b // a for a, b in pairwise(powers.degrees)]
    most = MOST_DIGITS * log(10) - 1  # of the logarithm of the number of points
    orders = sum(lgamma(h + 1) for h in hidden)
    layers = layers_of(widths, exponents)
    if layers is None or orders > most or not are_biases_found(widths, exponents, powers.biased):
        return None
    evidence: dict[str, Any] = {"kind": "powers"}
    points, trust, why = 1, list[str](), list[str]()
    for number, (k, n, h, m) in enumerate(layers):
        found = decompositions(n, h, m, exponents[k - 1])
        if not number and (found is None or found[0] == 1 and found[2]):  # perhaps needlessly
            block = Model((Dense(n, h), powers.model.layers[2 * k - 1], Dense(h, m)), (n,))
            trial = contact_trial(block, generator)
            if trial is not None:
                evidence["contact"] = trial
                found = 1, "a contact locus", []
        if found is None:
            return None
        points *= found[0]
        why += [found[1]] if found[1] not in why else []
        trust += found[2]
    symmetries = prod(map(factorial, hidden))
    if orders + log(points) > most or points > 1 and any(powers.biased[:-1]):
        return None
    return ([sum(hidden), points * symmetries, symmetries], evidence,
            "decompositions of each layer: " + ", ".join(why), trust + [LISTED] * (points > 1))


def _of_attention(model: Model) -> _Found | None:
    """By the theorem on layers of attention."""
    try:
        dimension = attention_fiber(rebuilt(model))
    except CertificateError:
        return None
    return ([dimension, 1, 1], {"kind": "attention"},
            "the bilinear forms of layers of attention", [])


def _of_heads(model: Model, generator: random.Random) -> _Found | None:
    """By the contact loci of the heads of a layer of attention."""
    checked = rebuilt(model)
    try:
        own = heads(checked)
        fibers = [attention_fiber(head) for head in own]
    except CertificateError:
        return None
    most = model.parameter_count - sum(fibers)
    largest = max(head.parameters for head in own)
    trial = _trial(model, most, largest + MORE_ROWS, generator)
    if trial is None:
        return None
    widths = [head.description["layers"][0]["head"] for head in own]
    orders = prod(factorial(widths.count(width)) for width in {*widths})
    value, evidence = [sum(fibers), orders, orders], {"kind": "heads", "trial": trial}
    try:
        check_heads(checked, value, evidence)
    except CertificateError:
        return None
    return value, evidence, "contact loci of heads", []


def _trial(model: Model, rank: int, functionals: int, generator: random.Random
           ) -> dict[str, Any] | None:
    """A prime, a random point, and inputs with so many values more than a rank, if there are."""
    rows = rank + min(model.ambient_dimension - rank, functionals)
    if rows <= rank or rows > MOST_ROWS or model.parameter_count > MOST_PARAMETERS:
        return None
    prime = modular.random_prime(generator)
    while model.denominator[0] % prime == 0:
        prime = modular.random_prime(generator)
    return {"prime": prime,
            "point": [generator.randrange(1, prime) for _ in range(model.parameter_count)],
            "inputs": [[generator.randrange(1, prime) for _ in range(model.input_count)]
                       for _ in range(-(-rows // model.output_count))]}


def _of_units(model: Model, generator: random.Random) -> _Found | None:
    """By the contact locus of a perceptron with one hidden layer, and the fiber of one unit."""
    try:
        dimension, points = unit_fiber(model.describe()["layers"])
    except CertificateError:
        return None
    units = model.layers[0].parameter_shapes()[0][1][0]
    orders = lgamma(units + 1) + units * log(points)
    if units > MOST_UNITS or orders > MOST_DIGITS * log(10) - 1 or (
            trial := contact_trial(model, generator)) is None:
        return None
    number = factorial(units) * points**units
    return ([units * dimension, number, number], {"kind": "units", "contact": trial},
            "a contact locus, and the fiber of one unit", [])


def contact_trial(model: Model, generator: random.Random) -> dict[str, Any] | None:
    """
    A prime, a point and inputs at which the contact locus of a perceptron is that of finitely many
    units.

    OUTPUT: the trial; None if the locus may be larger, or the model is too large
    """
    first, activation, last = model.layers
    assert isinstance(first, Dense) and isinstance(last, Dense)
    size = first.inputs + first.bias + last.outputs
    fiber, _ = unit_fiber(model.describe()["layers"])
    most = first.outputs * (size - fiber) + last.outputs * last.bias
    trial = _trial(model, most, size + MORE_ROWS, generator)
    if trial is None:
        return None
    try:
        check_contact(rebuilt(model), trial)
    except CertificateError:
        return None
    return trial
