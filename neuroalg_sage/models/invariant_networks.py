"""
Networks of invariants: correlations over a finite group, and power sums of points.

    bispectral:group=Z4,channels=1x2,outputs=1,order=3:x^2
    powersums:points=3,degree=3,widths=2x1:x^2
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import prod

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import (
    ComputationGraph,
    Contraction,
    FixedMap,
)
from neuroalg_sage.models.groups import Table, check_table, read_group, translations
from neuroalg_sage.models.layers import Activation, Chain, Dense, Layer, Shape, whole_number
from neuroalg_sage.models.matrix_spaces import MatrixSpace
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.networks_over_places import MOST_POINTS
from neuroalg_sage.models.spec_parts import (
    ActivationLike,
    Spec,
    activation_function,
    between,
    check_degree,
    check_depth,
    flag,
    number,
    numbers,
    read_numbers,
    suffix,
    truth,
)
from neuroalg_sage.models.wiring import Wiring

MOST_CORRELATIONS = 100_000


def orbits_of_multisets(table: Table, size: int) -> list[tuple[int, ...]]:
    """
    Multisets of elements of a group, one of each orbit under translations from the left.

    Each is sorted and has the neutral element.

    EXAMPLES::

        >>> orbits_of_multisets([[0, 1], [1, 0]], 3)
        [(0, 0, 0), (0, 0, 1)]
    """
    inverse = [row.index(0) for row in table]
    found = []
    for others in itertools.combinations_with_replacement(range(len(table)), size - 1):
        multiset = (0, *others)
        # All of an orbit that have the neutral element.
        if all(tuple(sorted(table[inverse[g]][h] for h in multiset)) >= multiset
               for g in set(multiset)):
            found.append(multiset)
    return found


def correlation(table: Table, order: int, shape: Shape) -> ComputationGraph:
    """
    The sums over the group of x(g) x(g h) x(g k) ..., for each channel, each sum once.

    INPUT:

    - ``table`` -- the multiplication table of a group
    - ``order`` -- the number of factors, at least 2; 3 for the triple correlation
    - ``shape`` -- that of the inputs: channels, if there is an axis for them, and elements

    The sum depends on the orbit of the multiset {1, h, k, ...} under translations from the left.
    So the outputs are a basis of the invariant polynomials of this degree in one channel.

    EXAMPLES::

        >>> correlation([[0, 1], [1, 0]], 3, (2,)).output_shape((2,))
        (2,)
    """
    n = len(table)
    if n**order > MOST_CORRELATIONS:
        raise InputError(f"The correlations of order {order} of a group of order {n} have over "
                         f"{MOST_CORRELATIONS} products, the most allowed.")
    channels = shape[:-1]
    wiring = Wiring(shape)
    moved = wiring.add(FixedMap.selecting(shape, [
        c * n + table[g][h] for c in range(prod(channels)) for g in range(n) for h in range(n)],
        (*channels, n, n)), 0)
    letters, c = "hijklmnopqrstuvw"[: order - 1], "c" * len(channels)
    products = wiring.add(Contraction(
        f"{c}g,{','.join(c + 'g' + h for h in letters)}->{c}{letters}",
        (shape, *[(*channels, n, n)] * (order - 1))), 0, *[moved] * (order - 1))
    size = n ** (order - 1)
    chosen = [sum(h * n**k for k, h in enumerate(multiset[:0:-1]))
              for multiset in orbits_of_multisets(table, order)]
    wiring.add(FixedMap.selecting(wiring.shape(products), [
        c * size + place for c in range(prod(channels)) for place in chosen],
        (*channels, len(chosen))), products)
    return wiring.graph()


@suggesting
def BispectralNetwork(group: str | Sequence[Sequence[int]], channels: Sequence[int] = (1,),
                      outputs: int = 1, order: int = 3, activation: ActivationLike = "x",
                      bias: bool = False) -> Model:
    r"""
    The invariant network: group convolutions, correlations of each channel, and a dense layer.

    The triple correlation `\sum_g x(g) x(gh) x(gk)` is the bispectrum before its Fourier transform,
    and needs rational numbers only.  So the functions are invariant under `x(g) \mapsto x(ag)`.

    INPUT:

    - ``group`` -- its name such as ``"S3"``, or its multiplication table with 0 as neutral element
    - ``channels`` -- numbers of channels: inputs, and behind each group convolution; the
      correlations are of the last ones
    - ``outputs`` -- positive integer
    - ``order`` -- the number of factors: 2 for the autocorrelation, 3 for the triple correlation
    - ``activation`` -- polynomial in ``x``, applied between group convolutions
    - ``bias`` -- whether convolutions and the dense layer have a bias

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES: The cubic invariants of the cyclic group of order 4. ::

        >>> model = BispectralNetwork("Z4")
        >>> model.spec, model.parameter_count
        ('bispectral:group=Z4,channels=1', 5)

    REFERENCES: [Kak2012]_, [SSOH2023]_
    """
    table = read_group(group) if isinstance(group, str) else check_table(group)
    counts, bias = numbers(channels, "number of channels"), truth(bias, "bias")
    outputs, order = whole_number(outputs, "number of outputs"), whole_number(order, "order")
    if not counts:
        raise InputError("A bispectral network has channels, at least of its inputs, as in "
                         "channels=1.")
    check_depth(len(counts) - 1)
    if not 2 <= order <= 6:
        raise InputError(f"The order of a correlation is from 2 to 6, not {order}.")
    polynomial = activation_function(activation)
    n = len(table)
    shape = (counts[0], n) if counts[0] > 1 else (n,)
    convolutions: list[Layer] = [MatrixSpace.spanned_by(translations(table), pair, bias)
                                 for pair in zip(counts, counts[1:])]
    stack = between(convolutions, polynomial)
    state = Chain(stack).output_shape(shape)
    invariants = correlation(table, order, state)
    size = prod(invariants.output_shape(state))
    spec = (f"bispectral:group={group},channels={'x'.join(map(str, counts))}"
            + f",outputs={outputs}" * (outputs > 1) + f",order={order}" * (order != 3)
            + ",bias=1" * bias + suffix(polynomial)) if isinstance(group, str) else None
    return Model((*stack, invariants, Dense(size, outputs, bias)), shape, spec)


@suggesting
def PowerSumNetwork(points: int, degree: int, widths: Sequence[int] = (1,),
                    activation: ActivationLike = "x", bias: bool = False) -> Model:
    r"""
    The deep set of power sums: dense layers behind `p_k = \sum_i x_i^k` for `k = 1, ..., d`.

    INPUT:

    - ``points`` -- positive integer, how many numbers `x_i` there are
    - ``degree`` -- positive integer, the highest power; from the number of points on, the power
      sums generate all symmetric polynomials
    - ``widths`` -- positive integers, the widths of the dense layers behind the power sums
    - ``activation`` -- polynomial in ``x``, applied after every dense layer but the last
    - ``bias`` -- whether dense layers have a bias

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> PowerSumNetwork(3, 2, [2, 1], "x^2").parameter_count
        6

    REFERENCES: [ZKRPSS2017]_
    """
    points, degree = whole_number(points, "number of points"), whole_number(degree, "degree")
    if points > MOST_POINTS:
        raise InputError(f"The number of points is {points}; the most allowed is {MOST_POINTS}.")
    counts, bias = [check_degree(degree), *numbers(widths, "width")], truth(bias, "bias")
    if len(counts) < 2:
        raise InputError("A network of power sums has the width of its outputs, as in widths=2x1.")
    check_depth(len(counts) - 1)
    polynomial = activation_function(activation)
    wiring = Wiring((points,))
    powers = [0, *(wiring.add(Activation((Fraction(0),) * k + (Fraction(1),)), 0)
                   for k in range(2, degree + 1))]
    wiring.add(FixedMap((points * degree,), (degree,), tuple(
        (k, k * points + i, Fraction(1)) for k in range(degree) for i in range(points))), *powers)
    spec = (f"powersums:points={points},degree={degree},widths={'x'.join(map(str, counts[1:]))}"
            + ",bias=1" * bias + suffix(polynomial))
    return Model((wiring.graph(), *between(
        [Dense(a, b, bias) for a, b in zip(counts, counts[1:])], polynomial)), (points,), spec)


SPECS: dict[str, Spec] = {
    "bispectral": Spec(BispectralNetwork, "bispectral:group=Z4,channels=1x2,outputs=1:x^2", {
        "group": ("group", str), "channels": ("channels", read_numbers("number of channels")),
        "outputs": ("outputs", number("number of outputs")), "order": ("order", number("order")),
        "bias": ("bias", flag("1"))}, ("group",)),
    "powersums": Spec(PowerSumNetwork, "powersums:points=3,degree=3,widths=2x1:x^2", {
        "points": ("points", number("number of points")), "degree": ("degree", number("degree")),
        "widths": ("widths", read_numbers("width")), "bias": ("bias", flag("1"))},
        ("points", "degree")),
}
