"""Attention without softmax, X -> V X X^T K^T Q X; the parameters are Q, K, V, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from neuroalg_sage.certificates.reading import MalformedCertificate, fields, integer
from neuroalg_sage.certificates.terms import Built, Shape, monomial, summed


def built(data: Any, shape: Shape, affordable: Callable[[int], None]) -> Built:
    """The layer; ``affordable`` refuses too many terms."""
    d, a, b = (integer(v, 1, 10**4, "width") for v in fields(data, "inputs", "head", "outputs"))
    if len(shape) != 2 or shape[0] != d:
        raise MalformedCertificate("An attention layer does not fit its input.")
    tokens, count = shape[1], (2 * a + b) * d
    affordable(d**3 * a * b * tokens**2)

    def entry(i: int, token: int) -> int:
        return count + i * tokens + token

    # Row r, token t of V X X^T K^T Q X; the parameters are Q, K, V in this order.
    return count, lambda n: summed(
        monomial(2 * a * d + n // tokens * d + i, entry(i, s), entry(j, s), a * d + h * d + j,
                  h * d + k, entry(k, n % tokens))
        for i in range(d) for s in range(tokens) for j in range(d) for h in range(a)
        for k in range(d)), (b, tokens)
