"""
Forms in other forms: in few variables there are relations between them.
"""

from __future__ import annotations

from math import comb, prod

from neuroalg_sage.certificates.dimension.powers import power_layers
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require


def independent_forms(w: int, e: int, v: int, d: int) -> int:
    """
    An upper bound for the dimension of what is spanned by the forms of degree e in any w forms of
    degree d in v variables.

    There are C(e + w - 1, w - 1) forms of degree e in w variables, and their values are among the
    forms of degree e d in v variables.  If w = v + 1, some form of degree δ = d^(v-1) vanishes at
    the w forms: generic ones make a map of P^(v-1) whose image is in a hypersurface, of degree at
    most δ if it is one, by Bézout on v - 1 hyperplanes; for others it does as to vanish is
    closed, being the corank of a matrix.  Then all its multiples vanish.
    """
    every = comb(e + w - 1, w - 1)
    if w == v + 1 and e >= d ** (v - 1):
        every -= comb(e - d ** (v - 1) + w - 1, w - 1)
    return min(every, comb(e * d + v - 1, v - 1))


def forms_behind(widths: list[int], powers: list[int], cut: int, group: str) -> int:
    """
    An upper bound for the dimension of the space of the forms that stand for the tail, see
    :func:`~neuroalg_sage.certificates.dimension.compositions.composed`.
    """
    i = (cut + 1) // 2  # dense layers of the head
    # Whether the forms are those of the activations behind them.
    own = i if group == "rescalings" or cut % 2 == 0 else i - 1
    return widths[-1] * min(independent_forms(
        widths[i], prod(powers[own:]), widths[j], prod(powers[j:own])) for j in range(i))


def forms_of_tail(model: Model, cut: int, group: str) -> tuple[int, str, list[str]]:
    """That of a model, a perceptron without biases and with powers as activations."""
    widths, layers = power_layers(model, 1), model.description["layers"]
    require(not any(layer.get("bias") for layer in layers), "The perceptron has biases.")
    size = forms_behind(widths, [len(a["coefficients"]) - 1 for a in layers[1::2]], cut, group)
    return size, f"forms in a space of dimension {size}", []
