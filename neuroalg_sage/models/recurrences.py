"""
State-space models and recurrent networks: the same maps at each of some steps.

    ssm:state=2,steps=5
    ssm:state=2,steps=4,inputs=2,outputs=2,matrix=diagonal,direct=1,readout=all
    ssm:state=2,steps=3,selective=1
    rnn:state=2,steps=3,bias=1:x^2
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import Contraction, FixedMap, Join, Weights
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import (
    MAXIMAL_WIDTH,
    Activation,
    Dense,
    Layer,
    PolynomialLayer,
    whole_number,
)
from neuroalg_sage.models.model import Model, monomials
from neuroalg_sage.models.spec_parts import (
    LINEAR,
    ActivationLike,
    Options,
    Spec,
    activation_polynomial,
    check_depth,
    flag,
    number,
    spec_of,
    suffix,
    truth,
)
from neuroalg_sage.models.wiring import Wiring

MATRICES = ("dense", "diagonal")
READOUTS = ("last", "all")
MOST_MONOMIALS = 10_000


def _check(word: str, known: tuple[str, ...], role: str) -> None:
    if word not in known:
        raise InputError(f"The {role} is {' or '.join(known)}, not {shown(word)}.")


def _unrolled(spec: str, steps: int, inputs: int, outputs: int, readout: str,
              step: Callable[[Wiring, int, int | None], int],
              read: Callable[[Wiring, int, int], int]) -> Model:
    """
    The model of a recurrence.

    INPUT:

    - ``step`` -- adds a step, given the wiring, the input of this step and the state before, None
      at the first; gives the next state
    - ``read`` -- adds an output, given the wiring, the input of a step and its state
    """
    shape = (inputs, steps) if inputs > 1 else (steps,)
    wiring = Wiring(shape)
    states: list[tuple[int, int]] = []  # with the inputs of their steps
    for k in range(steps):
        taken = wiring.add(FixedMap.selecting(
            shape, [i * steps + k for i in range(inputs)], (inputs,)), 0)
        states.append((taken, step(wiring, taken, states[-1][1] if states else None)))
    made = [read(wiring, taken, state)
            for taken, state in (states if readout == "all" else states[-1:])]
    if readout == "all" and steps > 1:
        # What comes out follows one step after the other, and has an axis for steps as the input.
        shape = (outputs, steps) if outputs > 1 else (steps,)
        wiring.add(FixedMap.selecting((outputs * steps,), [
            k * outputs + j for j in range(outputs) for k in range(steps)], shape), *made)
    return Model((wiring.graph(),), wiring.input_shape, spec)


class _Repeated:
    """Layers by what they are for, added with the parameters that they had before."""

    def __init__(self) -> None:
        self.made: dict[str, int] = {}

    def add(self, wiring: Wiring, role: str, layer: Layer, *states: int) -> int:
        """The layer of this role on these states."""
        if role in self.made:
            return wiring.again(self.made[role], *states)
        self.made[role] = wiring.add(layer, *states)
        return self.made[role]


def _powers(inputs: int, least: int, most: int) -> PolynomialLayer:
    """All monomials in the inputs whose degree is in a range."""
    found = [e for degree in range(least, most + 1) for e in monomials(inputs, degree)]
    return PolynomialLayer((), tuple(f"u_{i}" for i in range(inputs)),
                           tuple(((e, Fraction(1)),) for e in found))


@suggesting
def StateSpaceModel(state: int, steps: int, inputs: int = 1, outputs: int = 1,
                    matrix: str = "dense", direct: bool = False, selective: int = 0,
                    readout: str = "last") -> Model:
    """
    The state-space model s_k = A s_(k-1) + B u_k, y_k = C s_k, with s_0 = 0.

    So y_k is the sum of C A^j B u_(k-j): a convolution with the kernel h_j = C A^j B.  In a
    selective model A, B and C are polynomials in u_k.

    Parameters: B, A, C, D, each entry with the coefficients of all monomials, 1 first.

    INPUT:

    - ``state`` -- positive integer, the entries of s_k
    - ``steps`` -- positive integer; the input has a column u_k for each step
    - ``inputs``, ``outputs`` -- the entries of u_k and of y_k
    - ``matrix`` -- ``"dense"`` or ``"diagonal"``, which is what A is
    - ``direct`` -- whether y_k = C s_k + D u_k
    - ``selective`` -- the degree of A, B and C in u_k; B u_k is any polynomial map of one more
      degree without constant term
    - ``readout`` -- ``"last"`` for the output y_k of the last step, or ``"all"``

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` for other input.

    EXAMPLES::

        >>> model = StateSpaceModel(2, 5)
        >>> model.spec, model.parameter_count, model.ambient_dimension
        ('ssm:state=2,steps=5', 8, 5)
        >>> StateSpaceModel(2, 3, selective=1).degree_pattern
        ((5, 4, 3, 2, 1),)

    REFERENCES: [GGR2022]_, [GD2024]_
    """
    n, length, taken, made = (whole_number(v, role) for v, role in (
        (state, "number of entries of a state"), (steps, "number of steps"),
        (inputs, "number of inputs"), (outputs, "number of outputs")))
    check_depth(length)
    direct = truth(direct, "direct")
    _check(matrix, MATRICES, "matrix of a state-space model")
    _check(readout, READOUTS, "readout")
    degree = whole_number(selective, "degree of a selective model") if selective != 0 else 0
    count = _count(taken, degree + 1)
    if count * n * (n if matrix == "dense" else 1) > MAXIMAL_WIDTH:
        raise InputError("The state-space model has too many parameters; take fewer inputs, a "
                         "smaller state, or a lower degree.")
    layers = _Repeated()
    features: dict[int, int] = {}  # of the input of each step: its monomials

    def enter(wiring: Wiring, u: int) -> int:
        if not degree:
            return layers.add(wiring, "B", Dense(taken, n), u)
        powers = layers.add(wiring, "powers", _powers(taken, 1, degree + 1), u)
        return layers.add(wiring, "B", Dense(count - 1, n), powers)

    def times(wiring: Wiring, role: str, shape: tuple[int, ...], u: int, s: int) -> int:
        """A matrix that is a polynomial in the input, times the state."""
        if u not in features:
            features[u] = layers.add(wiring, "features", _powers(taken, 0, degree), u)
        size = _count(taken, degree)
        if role not in layers.made:
            layers.add(wiring, role, Weights((*shape, size)), 0)
        equation = "am,a,m->a" if len(shape) == 1 else "abm,b,m->a"
        return wiring.add(Contraction(equation, ((*shape, size), (n,), (size,))),
                          layers.made[role], s, features[u])

    def step(wiring: Wiring, u: int, before: int | None) -> int:
        entered = enter(wiring, u)
        if before is None:
            return entered
        if degree:
            moved = times(wiring, "A", (n, n) if matrix == "dense" else (n,), u, before)
        elif matrix == "dense":
            moved = layers.add(wiring, "A", Dense(n, n), before)
        else:
            if "A" not in layers.made:
                layers.add(wiring, "A", Weights((n,)), 0)
            moved = wiring.add(Join("product", (n,)), layers.made["A"], before)
        return wiring.add(Join("sum", (n,)), moved, entered)

    def read(wiring: Wiring, u: int, s: int) -> int:
        y = (times(wiring, "C", (made, n), u, s) if degree else
             layers.add(wiring, "C", Dense(n, made), s))
        if direct:
            y = wiring.add(Join("sum", (made,)), y, layers.add(wiring, "D", Dense(taken, made), u))
        return y

    spec = spec_of("ssm", {
        "state": n, "steps": length, "inputs": taken if taken > 1 else None,
        "outputs": made if made > 1 else None, "matrix": matrix if matrix != "dense" else None,
        "direct": 1 if direct else None, "selective": degree or None,
        "readout": readout if readout != "last" else None})
    return _unrolled(spec, length, taken, made, readout, step, read)


def _count(inputs: int, degree: int) -> int:
    """How many monomials there are up to a degree."""
    count = comb(inputs + degree, degree)
    if count > MOST_MONOMIALS:
        raise InputError(f"The matrices of a selective model have {shown(count)} monomials; the "
                         f"most allowed is {MOST_MONOMIALS}.")
    return count


@suggesting
def RecurrentNetwork(state: int, steps: int, activation: ActivationLike = "x", inputs: int = 1,
                     outputs: int = 1, bias: bool = False, readout: str = "last") -> Model:
    """
    The recurrent network s_k = σ(A s_(k-1) + B u_k), y_k = C s_k, with s_0 = 0.

    Parameters: B, A, C; with each of B and C its bias.

    INPUT:

    - ``state`` -- positive integer, the entries of s_k
    - ``steps`` -- positive integer; the input has a column u_k for each step
    - ``activation`` -- the polynomial σ in ``x``; without it the recurrence is linear
    - ``inputs``, ``outputs`` -- the entries of u_k and of y_k
    - ``bias`` -- whether B u_k and C s_k have a bias
    - ``readout`` -- ``"last"`` for the output y_k of the last step, or ``"all"``

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = RecurrentNetwork(2, 3, "x^2")
        >>> model.spec, model.parameter_count, model.degree_pattern
        ('rnn:state=2,steps=3:x^2', 8, ((8, 7, 6, 5, 4, 3, 2),))

    REFERENCES: [Elm1990]_
    """
    n, length, taken, made = (whole_number(v, role) for v, role in (
        (state, "number of entries of a state"), (steps, "number of steps"),
        (inputs, "number of inputs"), (outputs, "number of outputs")))
    check_depth(length)
    _check(readout, READOUTS, "readout")
    polynomial = activation_polynomial(activation)
    active = Activation.from_polynomial(polynomial)
    layers = _Repeated()

    def step(wiring: Wiring, u: int, before: int | None) -> int:
        s = layers.add(wiring, "B", Dense(taken, n, bias), u)
        if before is not None:
            s = wiring.add(Join("sum", (n,)), layers.add(wiring, "A", Dense(n, n), before), s)
        return s if polynomial == LINEAR else wiring.add(active, s)

    def read(wiring: Wiring, u: int, s: int) -> int:
        return layers.add(wiring, "C", Dense(n, made, bias), s)

    spec = spec_of("rnn", {
        "state": n, "steps": length, "inputs": taken if taken > 1 else None,
        "outputs": made if made > 1 else None, "bias": 1 if bias else None,
        "readout": readout if readout != "last" else None}) + suffix(polynomial)
    return _unrolled(spec, length, taken, made, readout, step, read)


_COMMON: Options = {
    "state": ("state", number("number of entries of a state")),
    "steps": ("steps", number("number of steps")),
    "inputs": ("inputs", number("number of inputs")),
    "outputs": ("outputs", number("number of outputs")), "readout": ("readout", str)}

SPECS: dict[str, Spec] = {
    "ssm": Spec(StateSpaceModel, "ssm:state=2,steps=5", {
        **_COMMON, "matrix": ("matrix", str), "direct": ("direct", flag("1")),
        "selective": ("selective", number("degree of a selective model"))},
        ("state", "steps"), has_activation=False),
    "rnn": Spec(RecurrentNetwork, "rnn:state=2,steps=3:x^2", {
        **_COMMON, "bias": ("bias", flag("1"))}, ("state", "steps")),
}
