"""
ReLU networks on the open cells of their parameters where they are polynomial.

On finitely many inputs each hidden unit is active or not; where no unit is at its kink, this
activation pattern is constant in a neighborhood of the parameters.  There the outputs at the
inputs of one pattern are those of a network with inactive units cut off: a polynomial model.
With several patterns the model has a copy of the inputs and of the outputs for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.layers import whole_number
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sources import polynomial_model

Pattern = Sequence[Sequence[int]]  # for each hidden layer 1 for an active unit, else 0


def relu_on_cell(widths: Sequence[int], patterns: Sequence[Pattern]) -> Model:
    """
    A ReLU network on the cell where its inputs have these activation patterns.

    INPUT:

    - ``widths`` -- the numbers of inputs, of hidden units in each layer, and of outputs
    - ``patterns`` -- for each pattern the list of zeros and ones of each hidden layer

    EXAMPLES::

        >>> relu_on_cell([1, 2, 1], [[[1, 0]], [[0, 1]]]).parameter_names
        ('w_0', 'w_1', 'w_2', 'w_3')
    """
    sizes = [whole_number(n, "width") for n in widths]
    if len(sizes) < 3 or not patterns:
        raise InputError("A ReLU network has inputs, hidden layers, outputs, and a pattern.")
    for pattern in patterns:
        if [len(layer) for layer in pattern] != sizes[1:-1] or any(
                unit not in (0, 1) for layer in pattern for unit in layer):
            raise InputError("An activation pattern has a zero or a one for each hidden unit: "
                             f"lists of lengths {', '.join(map(str, sizes[1:-1]))}.")
    count = sum(a * b for a, b in zip(sizes, sizes[1:]))
    total = count + sizes[0] * len(patterns)
    outputs: list[Polynomial] = []
    for number, pattern in enumerate(patterns):
        first = count + number * sizes[0]
        state: list[Polynomial] = [{tuple(int(k == first + i) for k in range(total)): Fraction(1)}
                                   for i in range(sizes[0])]
        offset = 0
        for made, active in zip(sizes[1:], [*pattern, [1] * sizes[-1]]):
            taken = len(state)
            state = [{tuple(e + (k == offset + i * taken + j) for k, e in enumerate(exponents)): c
                      for j, terms in enumerate(state) for exponents, c in terms.items()}
                     if active[i] else {} for i in range(made)]
            offset += made * taken
        outputs += state
    return polynomial_model(outputs, [f"w_{i}" for i in range(count)],
                            [f"x_{i}" for i in range(total - count)])
