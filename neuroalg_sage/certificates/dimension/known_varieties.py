"""
Known varieties that contain the neurovariety, or are it: what bounds its dimension by the layers.
"""

from __future__ import annotations

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require


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
        if step.sources != (k,) or any(sum(e for v, e in m if v >= step.parameters) > 1 for i in
                range(step.is_uniform or step.width) for m in step.output(i)):
            break
        bound = min(bound, model.widths[k])
    rows = [range(o * count, (o + 1) * count - constants) for o in range(model.outputs)]
    return rows, bound, constants * model.outputs


def determinantal_dimension(model: Model) -> int:
    """The dimension of the variety of all matrices of the rank that bounds the flattening's."""
    rows, r, others = output_flattening(model)
    return r * (len(rows) + len(rows[0]) - r) + others
