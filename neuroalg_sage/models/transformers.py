"""
Lightning attention with all that goes with it: masks, skip connections, projections, and layers on
each token.

    attention:d=2,a=1,out=2,t=3,layers=1,heads=1
    attention:d=2,a=1,out=2,t=3,heads=2,v=1,causal=1,skip=1
    transformer:d=2,a=1,t=3,heads=2,hidden=3,layers=1,causal=1:x^2
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import Contraction, FixedMap
from neuroalg_sage.models.layers import (
    Activation,
    Attention,
    Chain,
    Convolution,
    Layer,
    Sum,
    whole_number,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.residual_networks import skip as with_skip
from neuroalg_sage.models.spec_parts import (
    LINEAR,
    ActivationLike,
    Spec,
    activation_polynomial,
    check_depth,
    flag,
    number,
    spec_of,
    suffix,
)
from neuroalg_sage.models.wiring import Wiring


def _on_tokens(taken: int, made: int) -> Convolution:
    """A matrix that acts on each token."""
    return Convolution(1, 1, (taken, made))


def _causal(d: int, a: int, made: int, t: int) -> Layer:
    """A head of attention in which a token sees itself and those before it."""
    wiring = Wiring((d, t))
    query, key, value = (wiring.add(_on_tokens(d, rows), 0) for rows in (a, a, made))
    scores = wiring.add(Contraction("as,at->st", ((a, t), (a, t))), key, query)
    mask = FixedMap((t, t), (t, t), tuple(
        (s * t + r, s * t + r, Fraction(1)) for s in range(t) for r in range(s, t)))
    masked = wiring.add(mask, scores)
    wiring.add(Contraction("os,st->ot", ((made, t), (t, t))), value, masked)
    return wiring.graph()


def _heads(d: int, a: int, out: int, t: int, heads: int, v: int | None, causal: bool
           ) -> tuple[Layer, ...]:
    """The heads, which are alike; with values of another width, each has an output projection."""
    made = out if v is None else v
    head: Layer = _causal(d, a, made, t) if causal else Attention(d, a, made)
    if v is not None:
        head = Chain((head, _on_tokens(v, out)))
    return (head,) * heads


def _added(heads: tuple[Layer, ...], skip: bool) -> Layer:
    """The sum of heads, and of what they read if it is skipped to."""
    summands = ((Chain(),) if skip else ()) + heads
    return summands[0] if len(summands) == 1 else Sum(summands)


@suggesting
def LightningAttention(d: int, a: int, out: int, t: int, layers: int = 1, heads: int = 1,
                       v: int | None = None, causal: bool = False, skip: bool = False) -> Model:
    """
    Lightning self-attention: attention without softmax.

    INPUT:

    - ``d`` -- entries of a token
    - ``a`` -- width of a head
    - ``out`` -- entries of an output token
    - ``t`` -- number of tokens
    - ``layers`` -- number of layers; all but the last keep ``d`` entries
    - ``heads`` -- number of heads in each layer, whose outputs are added
    - ``v`` -- if there is an output projection: the entries of a value, which the projection of
      the head maps to those of an output token
    - ``causal`` -- whether a token sees only itself and those before it
    - ``skip`` -- whether the input of each layer is added to its output

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = LightningAttention(d=2, a=1, out=2, t=2)
        >>> model.parameter_count, model.ambient_dimension
        (8, 80)
        >>> LightningAttention(d=2, a=1, out=2, t=2, heads=2, v=1, causal=True).parameter_count
        16
    """
    for name, value in (("d", d), ("a", a), ("out", out), ("t", t), ("layers", layers),
                        ("heads", heads), *([("v", v)] if v is not None else [])):
        whole_number(value, name)
    check_depth(layers * heads)
    if skip and out != d:
        raise InputError(f"Attention with skip connections keeps the entries of a token: d={d} and "
                         f"out={out} are to be equal.")
    stack = tuple(_added(_heads(d, a, made, t, heads, v, causal), skip)
                  for made in (d,) * (layers - 1) + (out,))
    return Model(stack, (d, t), spec_of("attention", {
        "d": d, "a": a, "out": out, "t": t, "layers": layers if layers > 1 else None,
        "heads": heads if heads > 1 else None, "v": v, "causal": 1 if causal else None,
        "skip": 1 if skip else None}))


@suggesting
def Transformer(d: int, a: int, t: int, hidden: int, activation: ActivationLike = "x",
                layers: int = 1, heads: int = 1, v: int | None = None, causal: bool = False,
                out: int | None = None) -> Model:
    """
    The transformer without softmax and normalization.

    Each layer is multi-head attention, added to the tokens X that it reads, and then a network
    on each token, X + W_2 σ(W_1 X).

    INPUT:

    - ``d`` -- entries of a token
    - ``a`` -- width of a head
    - ``t`` -- number of tokens
    - ``hidden`` -- entries of W_1 X for each token
    - ``activation`` -- the polynomial σ in ``x``
    - ``layers`` -- number of layers
    - ``heads``, ``v``, ``causal`` -- as for :func:`LightningAttention`
    - ``out`` -- if there is a matrix on each token at the end: the entries of what it makes

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = Transformer(d=1, a=1, t=2, hidden=1, activation="x^2", causal=True)
        >>> model.spec, model.parameter_count
        ('transformer:d=1,a=1,t=2,hidden=1,causal=1:x^2', 5)

    REFERENCES: [VSPUJGKP2017]_
    """
    for name, value in (("d", d), ("a", a), ("t", t), ("hidden", hidden), ("layers", layers),
                        ("heads", heads), *([("v", v)] if v is not None else [])):
        whole_number(value, name)
    check_depth(layers * heads)
    polynomial = activation_polynomial(activation)
    active = () if polynomial == LINEAR else (Activation.from_polynomial(polynomial),)
    block = (_added(_heads(d, a, d, t, heads, v, causal), True),
             with_skip(_on_tokens(d, hidden), *active, _on_tokens(hidden, d)))
    end = () if out is None else (_on_tokens(d, out),)
    return Model(block * layers + end, (d, t), spec_of("transformer", {
        "d": d, "a": a, "t": t, "hidden": hidden, "layers": layers if layers > 1 else None,
        "heads": heads if heads > 1 else None, "v": v, "causal": 1 if causal else None, "out": out
        }) + suffix(polynomial))


class _Attention(Spec):
    """Specs of attention without softmax; one with softmax is answered by how to ask."""

    def read(self, family: str, fields: Sequence[str]) -> Model:
        if fields[1:] == ["softmax"]:
            super().read(family, fields[:1])
            raise InputError("Attention with softmax is not algebraic; add --approximate 3 --box "
                             "1, in Python see ContinuousNetwork, for the rational attention with "
                             "a polynomial of degree 3 in place of exp that is near for parameters "
                             "and inputs from -1 to 1, with a proved distance.")
        return super().read(family, fields)


SPECS: dict[str, Spec] = {
    "attention": _Attention(LightningAttention, "attention:d=2,a=1,out=2,t=3", {
        **{name: (name, number(name)) for name in ("d", "a", "out", "t", "layers", "heads", "v")},
        **{name: (name, flag("1")) for name in ("causal", "skip")}},
        ("d", "a", "out", "t"), has_activation=False),
    "transformer": Spec(Transformer, "transformer:d=2,a=1,t=2,hidden=2:x^2", {
        **{name: (name, number(name)) for name in ("d", "a", "t", "hidden", "layers", "heads", "v",
                                                   "out")},
        "causal": ("causal", flag("1"))}, ("d", "a", "t", "hidden")),
}
