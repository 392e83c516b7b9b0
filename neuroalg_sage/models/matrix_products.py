"""
Networks whose matrices are products: autoencoders with tied weights, and low-rank adaptation.

    autoencoder:widths=4x2
    autoencoder:widths=4x3x2,tied=1:x^2
    lora:widths=4x4,rank=1
    lora:widths=2x3x1,rank=1,base=trained:x^2
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import Contraction, FixedMap, Join, Weights
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Activation, Chain, Dense, Layer, Sum, whole_number
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sage_input import lists, rational
from neuroalg_sage.models.spec_parts import (
    LINEAR,
    ActivationLike,
    Spec,
    activation_polynomial,
    between,
    check_depth,
    flag,
    number,
    numbers,
    read_numbers,
    spec_of,
    suffix,
    truth,
)
from neuroalg_sage.models.wiring import Wiring

BASES = ("zero", "trained")
LARGEST_ENTRY = 9  # of the matrices that a seed stands for


def _widths(widths: Sequence[int], example: str) -> list[int]:
    checked = numbers(widths, "width")
    if len(checked) < 2:
        raise InputError(f"A network needs at least two widths, as in {example}.")
    return checked


@suggesting
def Autoencoder(widths: Sequence[int], activation: ActivationLike = "x", tied: bool = False,
                bias: bool = False) -> Model:
    """
    The autoencoder: layers down to a code, and layers of the same widths back.

    INPUT:

    - ``widths`` -- at least two positive integers, from the inputs to the code
    - ``activation`` -- polynomial in ``x``, applied after every layer but the last
    - ``tied`` -- whether the matrices of the decoder are the transposes of those of the encoder
    - ``bias`` -- whether the layers are affine; biases are not tied

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> Autoencoder([4, 2]).parameter_count, Autoencoder([4, 2], tied=True).parameter_count
        (16, 8)

    REFERENCES: [BH1989]_
    """
    checked, tied = _widths(widths, "autoencoder:widths=4x2"), truth(tied, "tied")
    check_depth(2 * (len(checked) - 1))
    polynomial = activation_polynomial(activation)
    spec = spec_of("autoencoder", {"widths": "x".join(map(str, checked)),
                                   "tied": 1 if tied else None, "bias": 1 if bias else None}
                   ) + suffix(polynomial)
    if not tied:
        back = [*checked, *checked[-2::-1]]
        layers = [Dense(a, b, bias) for a, b in pairwise(back)]
        return Model(between(layers, polynomial), (checked[0],), spec)
    wiring = Wiring((checked[0],))
    matrices = [wiring.add(Weights((b, a)), 0) for a, b in pairwise(checked)]
    pairs = list(zip(matrices, pairwise(checked)))
    steps = [(w, "oi,i->o", a, b, b) for w, (a, b) in pairs]
    steps += [(w, "oi,o->i", a, b, a) for w, (a, b) in reversed(pairs)]
    state = 0
    for k, (w, equation, a, b, made) in enumerate(steps):
        state = wiring.add(Contraction(equation, ((b, a), (b if made == a else a,))), w, state)
        if bias:
            state = wiring.add(Join("sum", (made,)), state, wiring.add(Weights((made,)), 0))
        if k < len(steps) - 1 and polynomial != LINEAR:
            state = wiring.add(Activation.from_polynomial(polynomial), state)
    return Model((wiring.graph(),), (checked[0],), spec)


@suggesting
def LowRankAdaptation(widths: Sequence[int], rank: int, activation: ActivationLike = "x",
                      base: Any = 1) -> Model:
    """
    The network whose matrices are W + B A, with B A of bounded rank.

    INPUT:

    - ``widths`` -- at least two positive integers: inputs, hidden units, outputs
    - ``rank`` -- positive integer, the rows of each A
    - ``activation`` -- polynomial in ``x``, applied after every layer but the last
    - ``base`` -- what the matrices W are: a list of matrices of rational numbers, which are frozen;
      a number, the seed of frozen matrices of integers from -9 to 9; ``"zero"``; or ``"trained"``,
      if they are parameters too

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` for other input.

    EXAMPLES::

        >>> model = LowRankAdaptation([3, 3], 1)
        >>> model.spec, model.parameter_count
        ('lora:widths=3x3,rank=1,base=1', 6)
        >>> LowRankAdaptation([2, 2], 1, base=[[[1, 0], [0, 1]]]).parameter_count
        4

    REFERENCES: [HSWALWWC2022]_
    """
    checked = _widths(widths, "lora:widths=4x4,rank=1")
    check_depth(len(checked) - 1)
    r = whole_number(rank, "rank")
    polynomial = activation_polynomial(activation)
    pairs = list(pairwise(checked))
    text: str | None = None  # of the base in a spec
    fixed: list[Layer] = []
    if isinstance(base, str):
        if base not in BASES:
            raise InputError(f"The base of a low-rank adaptation is a seed such as 1, or "
                             f"{' or '.join(BASES)}, not {shown(base)}.")
        text = base
        fixed = [Dense(a, b) for a, b in pairs] if base == "trained" else []
    elif isinstance(lists(base), (list, tuple)):
        fixed = [*map(_frozen, _checked(base, pairs), pairs)]
    else:
        text = str(whole_number(base, "seed of the base"))
        fixed = [*map(_frozen, _of_seed(int(text), pairs), pairs)]
    layers: list[Layer] = [Chain((Dense(a, r), Dense(r, b))) for a, b in pairs]
    if fixed:
        layers = [Sum(pair) for pair in zip(fixed, layers)]
    spec = None if text is None else spec_of("lora", {
        "widths": "x".join(map(str, checked)), "rank": r, "base": text}) + suffix(polynomial)
    return Model(between(layers, polynomial), (checked[0],), spec)


def _of_seed(seed: int, pairs: list[tuple[int, int]]) -> list[list[list[int]]]:
    """Matrices of integers that a seed makes, none of which is zero."""
    generator = random.Random(seed)
    return [[[generator.choice((-1, 1)) * generator.randint(1, LARGEST_ENTRY) for _ in range(a)]
             for _ in range(b)] for a, b in pairs]


def _checked(base: Any, pairs: list[tuple[int, int]]) -> list[list[list[Any]]]:
    """Given matrices, one for each layer."""
    try:
        matrices = [[list(lists(row)) for row in lists(matrix)] for matrix in lists(base)]
    except TypeError:
        matrices = []
    if [(len(m), {len(row) for row in m}) for m in matrices] != [(b, {a}) for a, b in pairs]:
        raise InputError("The base of a low-rank adaptation is a list with a matrix for each "
                         "layer, of " + ", ".join(f"{b} rows and {a} columns" for a, b in pairs)
                         + ".")
    return matrices


def _frozen(matrix: Sequence[Sequence[Any]], pair: tuple[int, int]) -> Layer:
    a, b = pair
    entries = ((i, j, rational(c, "entry of the base"))
               for i, row in enumerate(matrix) for j, c in enumerate(row))
    return FixedMap((a,), (b,), tuple(entry for entry in entries if entry[2]))


def _base(text: str) -> Any:
    return text if text in BASES else number("seed of the base")(text)


SPECS: dict[str, Spec] = {
    "autoencoder": Spec(Autoencoder, "autoencoder:widths=4x2,tied=1", {
        "widths": ("widths", read_numbers("width")), "tied": ("tied", flag("1")),
        "bias": ("bias", flag("1"))}, ("widths",)),
    "lora": Spec(LowRankAdaptation, "lora:widths=4x4,rank=1", {
        "widths": ("widths", read_numbers("width")), "rank": ("rank", number("rank")),
        "base": ("base", _base)}, ("widths", "rank")),
}
