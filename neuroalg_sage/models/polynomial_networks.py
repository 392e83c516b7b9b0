"""
Networks that are polynomial by products or by polynomials on edges, without a fixed activation.

    pinet:inputs=2,rank=2,degree=3,outputs=1,form=nested,homogeneous=1
    kan:widths=2x3x1,degree=3,bias=1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import Join
from neuroalg_sage.models.layers import Activation, Dense, Layer, whole_number
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.spec_parts import (
    Spec,
    check_degree,
    check_depth,
    flag,
    number,
    numbers,
    one_of,
    read_numbers,
    truth,
)
from neuroalg_sage.models.wiring import Wiring


def _coupled(inputs: int, rank: int, degree: int, homogeneous: bool) -> Wiring:
    """x_n = U_n z * x_(n-1) + x_(n-1); without the last summand if homogeneous."""
    wiring = Wiring((inputs,))
    state = wiring.add(Dense(inputs, rank), 0)
    for _ in range(degree - 1):
        factor = wiring.add(Dense(inputs, rank), 0)
        product = wiring.add(Join("product", (rank,)), factor, state)
        state = product if homogeneous else wiring.add(Join("sum", (rank,)), product, state)
    return wiring


def _nested(inputs: int, rank: int, degree: int, homogeneous: bool) -> Wiring:
    """x_n = A_n z * (S_n x_(n-1) + b_n); without b_n if homogeneous."""
    wiring = Wiring((inputs,))
    state = wiring.add(Dense(inputs, rank), 0)
    for _ in range(degree - 1):
        factor = wiring.add(Dense(inputs, rank), 0)
        moved = wiring.add(Dense(rank, rank, not homogeneous), state)
        state = wiring.add(Join("product", (rank,)), factor, moved)
    return wiring


FORMS: dict[str, Callable[[int, int, int, bool], Wiring]] = {"cp": _coupled, "nested": _nested}


@suggesting
def PolynomialNetwork(inputs: int, rank: int, degree: int, outputs: int = 1, form: str = "cp",
                      homogeneous: bool = False, bias: bool = False) -> Model:
    r"""
    The polynomial network (Pi-net) of a coupled CP or a nested decomposition.

    With products entry by entry, and `x_1 = U_1 z`, the network is `z \mapsto C x_d`, where

    - `x_n = U_n z * x_{n-1} + x_{n-1}` for the form ``"cp"``; it is homogeneous without the last
      summand, and then the sum over ``rank`` units of products of ``degree`` linear forms;
    - `x_n = U_n z * (S_n x_{n-1} + b_n)` for the form ``"nested"``; homogeneous without `b_n`.

    INPUT:

    - ``inputs``, ``outputs`` -- positive integers
    - ``rank`` -- positive integer, the width of all `x_n`
    - ``degree`` -- positive integer, the degree of the polynomials
    - ``form`` -- ``"cp"`` or ``"nested"``
    - ``homogeneous`` -- whether all terms have that degree
    - ``bias`` -- whether a number is added to each output

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` for other input.

    EXAMPLES::

        >>> model = PolynomialNetwork(3, 2, 2, homogeneous=True)
        >>> model.spec, model.parameter_count
        ('pinet:inputs=3,rank=2,degree=2,homogeneous=1', 14)

    REFERENCES: [CMBPDZ2020]_
    """
    inputs, rank, degree, outputs = (whole_number(n, role) for n, role in (
        (inputs, "number of inputs"), (rank, "rank"), (degree, "degree"),
        (outputs, "number of outputs")))
    check_depth(degree)
    wired = one_of(form, FORMS, "form of a polynomial network")
    homogeneous, bias = truth(homogeneous, "homogeneous"), truth(bias, "bias")
    spec = (f"pinet:inputs={inputs},rank={rank},degree={degree}" + f",outputs={outputs}" * (
        outputs > 1) + f",form={form}" * (form != "cp") + ",homogeneous=1" * homogeneous
        + ",bias=1" * bias)
    first: Layer = (wired(inputs, rank, degree, homogeneous).graph() if degree > 1
                    else Dense(inputs, rank))
    return Model((first, Dense(rank, outputs, bias)), (inputs,), spec)


def _edges(inputs: int, outputs: int, degree: int, bias: bool) -> Layer:
    """Sums of polynomials of the inputs, one for each pair of an input and an output."""
    dense = Dense(inputs * degree, outputs, bias)
    if degree == 1:
        return dense
    wiring = Wiring((inputs,))
    powers = [wiring.add(Activation((Fraction(0),) * k + (Fraction(1),)), 0)
              for k in range(2, degree + 1)]
    wiring.add(dense, 0, *powers)
    return wiring.graph()


@suggesting
def KolmogorovArnoldNetwork(widths: Sequence[int], degree: int, bias: bool = False) -> Model:
    r"""
    The Kolmogorov-Arnold network whose edges are polynomials of a degree, each its own.

    The unit `j` of a layer is `\sum_i p_{ij}(x_i)`, with `p_{ij} = \sum_{k=1}^d w_{jki} x^k`.
    With a bias at the outputs, constants of hidden units would add no functions, since the
    polynomials behind them take up a translation.

    INPUT:

    - ``widths`` -- at least two positive integers: inputs, hidden units, outputs
    - ``degree`` -- positive integer, the degree of the polynomials on edges
    - ``bias`` -- whether a number is added to each output

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> KolmogorovArnoldNetwork([2, 3, 1], 2).parameter_count
        18

    REFERENCES: [LWVRHSHT2025]_
    """
    counts, bias = numbers(widths, "width"), truth(bias, "bias")
    degree = check_degree(whole_number(degree, "degree"))
    if len(counts) < 2:
        raise InputError("A Kolmogorov-Arnold network has inputs and outputs, as in widths=2x1.")
    check_depth(len(counts) - 1)
    last = len(counts) - 2
    layers = tuple(_edges(a, b, degree, bias and k == last)
                   for k, (a, b) in enumerate(zip(counts, counts[1:])))
    spec = f"kan:widths={'x'.join(map(str, counts))},degree={degree}" + ",bias=1" * bias
    return Model(layers, (counts[0],), spec)


SPECS: dict[str, Spec] = {
    "pinet": Spec(PolynomialNetwork, "pinet:inputs=2,rank=2,degree=3", {
        "inputs": ("inputs", number("number of inputs")), "rank": ("rank", number("rank")),
        "degree": ("degree", number("degree")), "form": ("form", str),
        "outputs": ("outputs", number("number of outputs")),
        "homogeneous": ("homogeneous", flag("1")), "bias": ("bias", flag("1"))},
        ("inputs", "rank", "degree"), False),
    "kan": Spec(KolmogorovArnoldNetwork, "kan:widths=2x3x1,degree=3", {
        "widths": ("widths", read_numbers("width")), "degree": ("degree", number("degree")),
        "bias": ("bias", flag("1"))}, ("widths", "degree"), False),
}
