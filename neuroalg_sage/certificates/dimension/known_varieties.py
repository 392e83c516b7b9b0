"""
Known varieties that contain the neurovariety, or are it: what bounds its dimension by the layers.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require

ALEXANDER_HIRSCHOWITZ = "theorem: Alexander, Hirschowitz (1995)"


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


def secant_dimension(model: Model) -> int:
    """
    The dimension of M by the theorem of Alexander and Hirschowitz, if M is the affine cone
    over the k-th secant variety of a Veronese variety: f_w(x) = Σ_i b_i (Σ_j a_ij x_j)^d.

    J. Alexander, A. Hirschowitz, Polynomial interpolation in several variables, J. Algebraic
    Geom. 4 (1995): the dimension is min(k m, C(m + d - 1, d)) in m variables, for d ≥ 3, but
    for (m, d, k) = (3, 4, 5), (4, 4, 9), (5, 4, 14), (5, 3, 7), where it is one less; for
    d = 2 it is that of the symmetric matrices of rank at most k, k m - k (k - 1) / 2.
    """
    m, k, outputs, d = power_sum(model)
    require(outputs == 1, "The theorem is on networks with one output.")
    if d == 2:
        return m * min(k, m) - comb(min(k, m), 2)
    exceptional = (m, d, k) in ((3, 4, 5), (4, 4, 9), (5, 4, 14), (5, 3, 7))
    return min(k * m, comb(m + d - 1, d)) - exceptional


def output_flattening(model: Model) -> tuple[list[range], int, int]:
    """
    The matrix of coordinates whose rows are the outputs and whose columns are the monomials of
    positive degree; a bound for its rank on M; and the number of other coordinates.

    If the outputs are affine-linear functions of a state h of width r, f = B(w) h + b(w), then
    the matrix is B(w) times that of h.  Each step reads the state before it, and no other.
    """
    degrees = model.degree_pattern[0]
    require(all(d == degrees for d in model.degree_pattern), "The outputs differ in their degrees.")
    count, constants = model.ambient_dimension // model.outputs, int(0 in degrees)
    bound = min(model.outputs, count - constants)
    for k in range(len(model.steps) - 1, -1, -1):
        step = model.steps[k]
        if step.sources != (k,) or any(sum(e for v, e in m if v >= step.parameters) > 1
                                       for i in range(step.width) for m in step.output(i)):
            break
        bound = min(bound, model.widths[k])
    rows = [range(o * count, (o + 1) * count - constants) for o in range(model.outputs)]
    return rows, bound, constants * model.outputs


def determinantal_dimension(model: Model) -> int:
    """The dimension of the variety of all matrices of the rank that bounds the flattening's."""
    rows, r, others = output_flattening(model)
    return r * (len(rows) + len(rows[0]) - r) + others
