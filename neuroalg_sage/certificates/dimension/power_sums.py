"""
Networks with one hidden layer and a power as activation: sums of powers of linear forms.
"""

from __future__ import annotations

from fractions import Fraction

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require


def power_sum(model: Model) -> tuple[int, int, int, int]:
    """
    Verify that the model is f_w(x) = c Σ_i b_i (Σ_j a_ij x_j)^d, with vectors b_i and a_i as its
    parameters and c ≠ 0; the numbers of inputs, summands and outputs, and d.
    """
    require([step.sources for step in model.steps] == [(0,), (1,), (2,)],
            "The theorem is on other models.")
    m, k, outputs = model.inputs, model.widths[1], model.outputs
    hidden = [{((i * m + j, 1), (m * k + j, 1)): Fraction(1) for j in range(m)} for i in range(k)]
    power = [list(terms.items()) for terms in model.steps[1].outputs]
    output = [{((o * k + i, 1), (outputs * k + i, 1)): Fraction(1) for i in range(k)}
              for o in range(outputs)]
    d = power[0][0][0][0][1] if len(power[0]) == 1 and power[0][0][0] else 0
    require([step.parameters for step in model.steps] == [m * k, 0, outputs * k],
            "The theorem is on networks without other parameters.")
    require(list(model.steps[0].outputs) == hidden and list(model.steps[2].outputs) == output
            and model.steps[2].offset == m * k and d >= 2 and power[0][0][1]
            and all(terms == [(((i, d),), power[0][0][1])] for i, terms in enumerate(power)),
            "The theorem is on networks with one hidden layer, a power as activation and no bias.")
    return m, k, outputs, d
