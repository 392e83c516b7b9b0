"""
ReLU networks on the open cells of their parameters where they are polynomial.

On finitely many inputs each hidden unit is active or not; where no unit is at its kink, this
activation pattern is constant in a neighborhood of the parameters.  There the outputs at the
inputs of one pattern are those of a network with inactive units cut off: a polynomial model.
With several patterns the model has a copy of the inputs and of the outputs for each.

Without patterns there is one for each path: in each hidden layer one unit is active.  With biases
paths begin at these, too: there are also the patterns in which no unit of the first layers is
active, and one in each of the others.  With one hidden layer whose units have their kinks on
different hyperplanes, inputs on both sides of each have patterns that span the same gradients as
the paths do: two patterns that differ in one unit have its paths as their difference, and with
these any pattern gives the bias of the output.  With more hidden layers the gradients of the paths
span at least as much, so that there are at least as many laws on every cell, and the dimension is
at least that of a cell.  Whether there are parameters and inputs that have given patterns is
decided by :mod:`~neuroalg_sage.invariants.piecewise.activation_cell`; at given weights
:mod:`~neuroalg_sage.invariants.piecewise.functional_dimension` has the dimension by all patterns
that occur.

REFERENCES:

- [MGP2023]_
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import prod

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial, shown
from neuroalg_sage.models.layers import PolynomialLayer, whole_number
from neuroalg_sage.models.model import Model

Pattern = Sequence[Sequence[int]]  # for each hidden layer 1 for an active unit, else 0

FAMILY = "relu"
MOST_EXPONENTS = 20_000_000


def relu_on_cell(widths: Sequence[int], patterns: Sequence[Pattern] | None = None,
                 bias: bool = False) -> Model:
    """
    A ReLU network on the cell where its inputs have these activation patterns.

    INPUT:

    - ``widths`` -- the numbers of inputs, of hidden units in each layer, and of outputs
    - ``patterns`` -- for each pattern the list of zeros and ones of each hidden layer; by
      default all with one active unit in each hidden layer, and with ``bias`` those, too, in
      which no unit of the first layers is active
    - ``bias`` -- whether the layers are affine

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`; the parameters are those of the layers,
    in each layer the matrix row by row, then the bias

    EXAMPLES::

        >>> relu_on_cell([1, 2, 1], [[[1, 0]], [[0, 1]]]).parameter_names
        ('w_0', 'w_1', 'w_2', 'w_3')
        >>> relu_on_cell([2, 3, 1], [[[1, 1, 0]]]).spec, relu_on_cell([2, 3, 1], bias=True).spec
        ('relu:2,3,1:cell=110', 'relu:2,3,1:bias')
    """
    sizes = [whole_number(n, "width") for n in widths]
    if len(sizes) < 3:
        raise InputError("A ReLU network has inputs, hidden units and outputs, as in relu:2,3,1.")
    if patterns is not None and not len(patterns):
        raise InputError("A cell has at least one activation pattern.")
    for pattern in patterns or ():
        if [len(layer) for layer in pattern] != sizes[1:-1] or any(
                unit not in (0, 1) for layer in pattern for unit in layer):
            raise InputError("An activation pattern has a zero or a one for each hidden unit: "
                             "here " + ".".join("1" * n for n in sizes[1:-1]) + " if all are "
                             "active, with the layers joined by dots.")
    count = sum(a * b + b * bias for a, b in zip(sizes, sizes[1:]))
    # How many of the first layers are inactive.
    skipped = range(len(sizes) - 1 if bias else 1)
    number = len(patterns) if patterns is not None else sum(prod(sizes[1 + k:-1]) for k in skipped)
    total = count + sizes[0] * number
    # Each output has the active paths as its terms, from the inputs and from the biases.
    actives = [[sum(layer) for layer in pattern] for pattern in patterns] if (
        patterns is not None) else [[1] * (len(sizes) - 2)] * min(number, MOST_EXPONENTS)
    if total * sizes[-1] * number > MOST_EXPONENTS or total * sizes[-1] * sum(
            prod(active) * sizes[0] for active in actives) > MOST_EXPONENTS:
        raise InputError(f"The ReLU network has {number:,} activation patterns, and with them too "
                         "many terms; choose smaller widths or fewer patterns.")
    chosen = patterns if patterns is not None else [
        [[0] * n for n in sizes[1:1 + k]]
        + [[int(i == unit) for i in range(n)] for n, unit in zip(sizes[1 + k:-1], path)]
        for k in skipped for path in itertools.product(*map(range, sizes[1 + k:-1]))]
    outputs: list[Polynomial] = []
    for number, pattern in enumerate(chosen):
        outputs += _outputs(sizes, pattern, bias, count + number * sizes[0], total)
    layer = PolynomialLayer(tuple(f"w_{i}" for i in range(count)),
                            tuple(f"x_{i}" for i in range(total - count)),
                            tuple(tuple(sorted(p.items(), reverse=True)) for p in outputs))
    return Model((layer,), (total - count,), _spec(sizes, patterns, bias))


def _outputs(sizes: list[int], pattern: Pattern, bias: bool, first: int, total: int
             ) -> list[Polynomial]:
    """The outputs where inputs, which begin at the variable ``first``, have this pattern."""

    def variable(i: int) -> tuple[int, ...]:
        return (0,) * i + (1,) + (0,) * (total - i - 1)

    def times(terms: Polynomial, i: int) -> Polynomial:
        return {(*e[:i], e[i] + 1, *e[i + 1 :]): c for e, c in terms.items()}

    state: list[Polynomial] = [{variable(first + i): Fraction(1)} for i in range(sizes[0])]
    offset = 0
    for made, active in zip(sizes[1:], [*pattern, [1] * sizes[-1]]):
        taken = len(state)
        state = [{e: c for j, terms in enumerate(state)
                  for e, c in times(terms, offset + i * taken + j).items()}
                 | ({variable(offset + made * taken + i): Fraction(1)} if bias else {})
                 if active[i] else {} for i in range(made)]
        offset += made * taken + made * bias
    return state


def _spec(sizes: list[int], patterns: Sequence[Pattern] | None, bias: bool) -> str:
    cell = "" if patterns is None else ":cell=" + ",".join(
        ".".join("".join(map(str, map(int, layer))) for layer in pattern) for pattern in patterns)
    return f"{FAMILY}:" + ",".join(map(str, sizes)) + ":bias" * bias + cell


def read_patterns(text: str) -> list[list[list[int]]]:
    """
    The patterns that a spec states.

    EXAMPLES::

        >>> read_patterns("110.10,011.01")
        [[[1, 1, 0], [1, 0]], [[0, 1, 1], [0, 1]]]
    """
    if not text or set(text) - set("01.,"):
        raise InputError(f"The cell {shown(text)} is not a list of activation patterns; write "
                         "zeros and ones, as in relu:2,3,1:cell=110,011.")
    return [[[int(unit) for unit in layer] for layer in pattern.split(".")]
            for pattern in text.split(",")]


def read_cell(model: Model) -> tuple[list[int], bool, list[list[list[int]]]]:
    """
    Widths, whether there are biases, and patterns, as the spec of a model states them.

    Raises InputError if it names no cell.

    EXAMPLES::

        >>> read_cell(relu_on_cell([2, 2, 1], [[[1, 0]]], bias=True))
        ([2, 2, 1], True, [[[1, 0]]])
    """
    family, *parts = (model.spec or "").split(":")
    cells = [part.removeprefix("cell=") for part in parts if part.startswith("cell=")]
    if family != FAMILY or not cells:
        raise InputError("A cell is that of a ReLU network with activation patterns, as in "
                         "relu:2,3,1:cell=110,011; this model names none.")
    return [int(n) for n in parts[0].split(",")], "bias" in parts, read_patterns(cells[0])


def hidden_units(model: Model) -> list[tuple[list[int], list[int]]]:
    """
    For each hidden unit of a ReLU network the parameters that come in, and those that go out.

    EXAMPLES::

        >>> hidden_units(relu_on_cell([2, 1, 1]))
        [([0, 1], [2])]
    """
    family, _, rest = (model.spec or "").partition(":")
    if family != FAMILY:
        return []
    sizes, bias = [int(n) for n in rest.split(":")[0].split(",")], "bias" in rest.split(":")
    units, offset = [], 0
    for taken, width, made in zip(sizes, sizes[1:], sizes[2:]):
        after = offset + width * taken + width * bias
        for k in range(width):
            incoming = [offset + k * taken + j for j in range(taken)]
            incoming += [offset + width * taken + k] * bias
            units.append((incoming, [after + i * width + k for i in range(made)]))
        offset = after
    return units


def about_inputs(spec: str) -> str:
    """
    What is to be said of the inputs of a model, by its spec; empty if nothing.

    EXAMPLES::

        >>> about_inputs("relu:2,3,1"), about_inputs("linear:2,1")
        ('; an input is here one point for each activation pattern', '')
    """
    return "; an input is here one point for each activation pattern" * spec.startswith(
        f"{FAMILY}:")
