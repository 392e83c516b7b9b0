"""
Networks whose matrices are factorized as tensors: tensor trains, CP and Tucker decompositions.

    tt:modes=2x2x2-2x2x2,ranks=2x2
    cp:modes=2x2-3x2-2x2,ranks=3:x^2
    tucker:modes=2x2x2-1x1x1,ranks=2x2x1,bias=1

The inputs of a layer are an array with K axes, its modes, and so are its outputs.  Its matrix is an
array with K pairs of axes, the contraction of smaller arrays of parameters, the cores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import Contraction, Join, Weights
from neuroalg_sage.models.layers import Layer, Shape
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sage_input import lists
from neuroalg_sage.models.spec_parts import (
    ActivationLike,
    Options,
    Spec,
    activation_function,
    between,
    check_depth,
    flag,
    numbers,
    one_of,
    read_lists,
    sequence,
    suffix,
    truth,
)
from neuroalg_sage.models.wiring import Wiring

TAKEN, MADE, BONDS = "abcdefghijklmnopq", "ABCDEFGHIJKLMNOPQ", "rstuvwxyzRSTUVWXYZ"
MOST_MODES = len(TAKEN)


def _train(modes: int) -> list[str]:
    bonds = ["", *BONDS[: modes - 1], ""]
    return [bonds[k] + MADE[k] + TAKEN[k] + bonds[k + 1] for k in range(modes)]


def _canonical(modes: int) -> list[str]:
    return [MADE[k] + TAKEN[k] + BONDS[0] for k in range(modes)]


def _tucker(modes: int) -> list[str]:
    return [*(MADE[k] + TAKEN[k] + BONDS[k] for k in range(modes)), BONDS[:modes]]


# From the name of a form: the letters of the axes of its cores, and how many ranks it has.
FORMS: dict[str, tuple[Callable[[int], list[str]], Callable[[int], int]]] = {
    "tt": (_train, lambda modes: modes - 1), "cp": (_canonical, lambda modes: 1),
    "tucker": (_tucker, lambda modes: modes)}


def _factorized(form: str, taken: Shape, made: Shape, ranks: Sequence[int], bias: bool) -> Layer:
    """The layer between arrays of these shapes: one core after the other is multiplied."""
    modes = len(taken)
    cores = FORMS[form][0](modes)
    extents = dict(zip(TAKEN, taken)) | dict(zip(MADE, made)) | dict(zip(BONDS, ranks))
    wiring = Wiring(taken)
    weights = [wiring.add(Weights(tuple(extents[c] for c in core)), 0) for core in cores]
    state, letters = 0, TAKEN[:modes]
    for k, core in enumerate(cores):
        later = {*MADE, *"".join(cores[k + 1 :])}
        kept = "".join(c for c in dict.fromkeys(letters + core)
                       if c in later or (c in letters) != (c in core))
        kept = MADE[:modes] if k == len(cores) - 1 else kept
        state = wiring.add(Contraction(
            f"{core},{letters}->{kept}", (wiring.shape(weights[k]), wiring.shape(state))),
            weights[k], state)
        letters = kept
    if bias:
        wiring.add(Join("sum", made), state, wiring.add(Weights(made), 0))
    return wiring.graph()


@suggesting
def FactorizedNetwork(modes: Sequence[Sequence[int]], ranks: int | Sequence[Sequence[int]],
                      form: str = "tt", activation: ActivationLike = "x", bias: bool = False
                      ) -> Model:
    r"""
    The network whose layers are matrices in a factorized form.

    The matrix of a layer has the entries `W[o_1 \dots o_K, i_1 \dots i_K]`.  They are

    - `\sum_r G_1[o_1 i_1 r_1] G_2[r_1 o_2 i_2 r_2] \cdots G_K[r_{K-1} o_K i_K]` for the form
      ``"tt"``, a tensor train;
    - `\sum_r G_1[o_1 i_1 r] \cdots G_K[o_K i_K r]` for the form ``"cp"``;
    - `\sum_r C[r_1 \dots r_K] G_1[o_1 i_1 r_1] \cdots G_K[o_K i_K r_K]` for ``"tucker"``.

    INPUT:

    - ``modes`` -- the shapes of the states, from the inputs to the outputs, all with one number of
      axes, at least two
    - ``ranks`` -- a positive integer, or for each layer, or for all, a list of those of its bonds:
      K - 1 for ``"tt"``, one for ``"cp"``, K for ``"tucker"``, or one number for all
    - ``form`` -- ``"tt"``, ``"cp"`` or ``"tucker"``
    - ``activation`` -- polynomial in ``x``, applied after every layer but the last
    - ``bias`` -- whether a number is added to each output of each layer

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = FactorizedNetwork([[2, 2], [3, 2]], 2)
        >>> model.spec, model.parameter_count
        ('tt:modes=2x2-3x2,ranks=2', 20)

    REFERENCES: [NPOV2015]_; [HRS2012]_ for the dimension of tensor trains
    """
    _, ranks_of = one_of(form, FORMS, "form of a factorized layer")
    bias = truth(bias, "bias")
    shapes = [tuple(numbers(shape, "mode")) for shape in sequence(modes, "shape of a state")]
    if len(shapes) < 2 or len({*map(len, shapes)}) > 1 or not 2 <= len(shapes[0]) <= MOST_MODES:
        raise InputError("A factorized network has the shapes of inputs and outputs, with one "
                         f"number of modes from 2 to {MOST_MODES}, as in modes=2x2-3x2.")
    check_depth(len(shapes) - 1)
    count = ranks_of(len(shapes[0]))
    given = lists(ranks)
    layers = len(shapes) - 1
    bonds = [numbers(row, "rank") for row in (
        given if isinstance(given, (list, tuple)) else [[given]])]
    if len(bonds) not in (1, layers) or any(len(row) not in (1, count) for row in bonds):
        raise InputError(f"A layer of {len(shapes[0])} modes in the form {form} has one rank"
                         + f", or {count}" * (count > 1) + ", and there is a list of them for each "
                         "layer, or one for all.")
    polynomial = activation_function(activation)
    stack = [_factorized(form, a, b, row * count if len(row) == 1 else row, bias)
             for a, b, row in zip(shapes, shapes[1:], bonds * layers if len(bonds) == 1 else bonds)]
    spec = (f"{form}:modes={_written(shapes)},ranks={_written(bonds)}" + ",bias=1" * bias
            + suffix(polynomial))
    return Model(between(stack, polynomial), shapes[0], spec)


def _written(rows: Sequence[Sequence[int]]) -> str:
    return "-".join("x".join(map(str, row)) for row in rows)


_OPTIONS: Options = {"modes": ("modes", read_lists("mode")), "ranks": ("ranks", read_lists("rank")),
                     "bias": ("bias", flag("1"))}

SPECS: dict[str, Spec] = {
    form: Spec(partial(FactorizedNetwork, form=form), f"{form}:modes=2x2x2-2x1x2,ranks=2",
               _OPTIONS, ("modes", "ranks")) for form in FORMS}
