"""
Any polynomial map, given by its terms in named parameters and inputs.
"""

from __future__ import annotations

from math import prod
from typing import Any

from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    fields,
    integers,
    items,
    rational,
    require,
)
from neuroalg_sage.certificates.terms import Built, Shape, Terms


def built(data: Any, shape: Shape) -> Built:
    """The layer."""
    parameters, inputs, outputs = (items(v, "layer") for v in
                                   fields(data, "parameters", "inputs", "outputs"))
    if prod(shape) != len(inputs):
        raise MalformedCertificate("A polynomial layer does not fit its input.")
    rows = []
    for output in outputs:
        terms: Terms = {}
        for term in items(output, "output"):
            exponents, coefficient = items(term, "term", 2)
            monomial = tuple((i, e) for i, e in enumerate(integers(
                exponents, 0, 10**5, "exponent", len(parameters) + len(inputs))) if e)
            require(monomial not in terms, "A polynomial layer is not in normal form.")
            terms[monomial] = rational(coefficient)
        rows.append(terms)
    return len(parameters), rows.__getitem__, (len(outputs),)
