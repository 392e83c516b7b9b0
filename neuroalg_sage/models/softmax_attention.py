"""
Attention with softmax, and the rational attention that has polynomials in place of exp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.computation_graphs import Contraction, FixedMap
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Activation, Chain, Convolution, Layer, Sum
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational_layers import EntrywiseQuotient
from neuroalg_sage.models.transformers import SPECS, LightningAttention
from neuroalg_sage.models.wiring import Wiring

SOFTMAX = "softmax"
EXAMPLE = "attention:d=2,a=1,out=2,t=3:softmax"


@dataclass(frozen=True)
class SoftmaxAttention:
    """
    Self-attention with softmax: the output at the token r is the sum of V x_s with the weights
    that are proportional to the exponentials of the scores (K x_s)·(Q x_r).

    The sizes are those of :func:`~neuroalg_sage.models.transformers.LightningAttention`.

    EXAMPLES::

        >>> network = attention_from_spec("attention:d=2,a=1,out=2,t=3:softmax")
        >>> network.parameter_count, network.widths, str(network)
        (8, [2, 2], 'attention:d=2,a=1,out=2,t=3:softmax')
    """

    d: int
    a: int
    out: int
    t: int
    layers: int = 1
    heads: int = 1
    v: int | None = None
    causal: bool = False
    skip: bool = False

    @cached_property
    def linear(self) -> Model:
        """The same without softmax and normalization: lightning attention."""
        return LightningAttention(self.d, self.a, self.out, self.t, self.layers, self.heads, self.v,
                                  self.causal, self.skip)

    @property
    def parameter_count(self) -> int:
        return self.linear.parameter_count

    @property
    def widths(self) -> list[int]:
        """The entries of a token, before and after each layer."""
        return [self.d] * self.layers + [self.out]

    def describe(self) -> dict[str, Any]:
        """As certificates have it."""
        return {"activation": SOFTMAX, "attention": {
            "d": self.d, "a": self.a, "out": self.out, "t": self.t, "layers": self.layers,
            "heads": self.heads, "v": self.v, "causal": self.causal, "skip": self.skip}}

    def __str__(self) -> str:
        return f"{self.linear.spec}:{SOFTMAX}"

    def rational(self, polynomials: Sequence[Sequence[Fraction]],
                 centers: Sequence[Sequence[Fraction]], name: str) -> Model:
        """
        The rational attention: in each layer a polynomial in place of exp, at scores where a center
        is subtracted from the tokens that keys see.

        EXAMPLES::

            >>> one = attention_from_spec("attention:d=1,a=1,out=1,t=2:softmax")
            >>> one.rational([[Fraction(1), Fraction(1)]], [[Fraction(0)]], "near constants")
            Model near constants with 3 parameters and 1 scale, 2 inputs and 2 outputs
        """
        stack = []
        for made, p, center in zip(self.widths[1:], polynomials, centers):
            head = self._head(made, p, center)
            summands = (Chain(),) * self.skip + (head,) * self.heads
            stack.append(summands[0] if len(summands) == 1 else Sum(summands))
        return Model(tuple(stack), (self.d, self.t), name=name)

    def _head(self, made: int, p: Sequence[Fraction], center: Sequence[Fraction]) -> Layer:
        """A head of the rational attention."""
        d, a, t = self.d, self.a, self.t
        values = made if self.v is None else self.v
        wiring = Wiring((d, t))
        moved = 0
        if any(center):
            one = tuple((i, i, Fraction(1)) for i in range(d * t))
            moved = wiring.add(FixedMap((d, t), (d, t), one, tuple(
                (i * t + s, -c) for i, c in enumerate(center) if c for s in range(t))), 0)
        query, key, value = (wiring.add(_on_tokens(d, rows), state) for rows, state in (
            (a, 0), (a, moved), (values, 0)))
        scores = wiring.add(Contraction("as,at->st", ((a, t), (a, t))), key, query)
        weights = wiring.add(Activation(tuple(p)), scores)
        seen = [(s, r) for s in range(t) for r in range(t) if s <= r or not self.causal]
        if self.causal:
            weights = wiring.add(FixedMap((t, t), (t, t), tuple(
                (s * t + r, s * t + r, Fraction(1)) for s, r in seen)), weights)
        above = wiring.add(Contraction("os,st->ot", ((values, t), (t, t))), value, weights)
        below = wiring.add(FixedMap((t, t), (values, t), tuple(
            (o * t + r, s * t + r, Fraction(1)) for o in range(values) for s, r in seen)), weights)
        quotient = wiring.add(EntrywiseQuotient(), above, below)
        tokens = wiring.add(FixedMap.selecting((values * t,), range(values * t), (values, t)),
                            quotient)
        if self.v is not None:
            wiring.add(_on_tokens(values, made), tokens)
        return wiring.graph()


def _on_tokens(taken: int, made: int) -> Convolution:
    """A matrix that acts on each token."""
    return Convolution(1, 1, (taken, made))


def is_attention(spec: Any) -> bool:
    """
    Whether a text names attention with softmax.

    EXAMPLES::

        >>> is_attention("attention:d=2,a=1,out=2,t=3:softmax"), is_attention("mlp:2,3,1:tanh")
        (True, False)
    """
    family, *parts = spec.split(":") if isinstance(spec, str) else [""]
    return family.strip() == "attention" and parts[1:] != [] and parts[-1].strip() == SOFTMAX


def attention_from_spec(spec: str) -> SoftmaxAttention:
    """
    The attention of a spec such as ``attention:d=2,a=1,out=2,t=3,heads=2:softmax``.

    Raises :class:`~neuroalg_sage.errors.InputError` for what is none, and for a single token.

    EXAMPLES::

        >>> attention_from_spec("attention:d=2,a=1,out=2,t=1:softmax")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The weights of one token are 1, so that attention with
        softmax is a linear map of it; give two tokens or more, as in
        attention:d=2,a=1,out=2,t=3:softmax.
    """
    if not is_attention(spec):
        raise InputError(f"Attention with softmax is written as in {EXAMPLE}, not {shown(spec)}.")
    fields = [part.strip() for part in spec.split(":")[1:-1]]
    model = SPECS["attention"].read("attention", fields)
    assert model.spec is not None
    options: dict[str, Any] = {}
    for part in model.spec.split(":")[1].split(","):
        name, text = part.split("=")
        options[name] = bool(int(text)) if name in ("causal", "skip") else int(text)
    network = SoftmaxAttention(**options)
    if network.t == 1:
        raise InputError("The weights of one token are 1, so that attention with softmax is a "
                         f"linear map of it; give two tokens or more, as in {EXAMPLE}.")
    return network
