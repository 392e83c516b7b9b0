"""
Normalizations, and gates that add up to 1: compositions that divide, or take a root.

- ``rms``: x / sqrt(mean x^2 + epsilon);
- ``layer``: the same of x minus its mean;
- gates: q_k / Σ_j q_j, of what their layers make.

The root is a square root in the inputs, one for a model; see
:mod:`~neuroalg_sage.models.rational_functions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.computation_graphs import ComputationGraph, Contraction, FixedMap
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Activation, Layer, whole_number
from neuroalg_sage.models.rational_layers import EntrywiseQuotient, SquareRoot
from neuroalg_sage.models.sage_input import rational

KINDS = ("rms", "layer")


def _constant(size: int, rows: int, entry: Fraction, diagonal: Fraction | None = None,
              added: Fraction | None = None) -> FixedMap:
    """The map with this matrix entry everywhere, another on the diagonal, and a constant."""
    matrix = [(i, j, diagonal if i == j and diagonal is not None else entry)
              for i in range(rows) for j in range(size)]
    return FixedMap((size,), (rows,), tuple(e for e in matrix if e[-1]),
                    tuple((i, added) for i in range(rows)) if added else ())


def normalization(size: int, kind: str = "rms", epsilon: Any = 0) -> ComputationGraph:
    """
    A normalization of all entries, without gains.

    INPUT:

    - ``size`` -- the number of entries
    - ``kind`` -- ``"rms"`` or ``"layer"``
    - ``epsilon`` -- rational number, not negative

    OUTPUT: :class:`~neuroalg_sage.models.computation_graphs.ComputationGraph`

    Raises InputError if it would be constant: a sign of one entry, or of the difference of two.

    EXAMPLES::

        >>> from neuroalg_sage import Dense, compose
        >>> model = compose([normalization(2), Dense(2, 1)], 2)
        >>> model.parameter_names, model.cone.output_names
        (('w_0', 'w_1', 'scale'), ('the numerator without root', 'the numerator of the root',
        'the denominator'))
    """
    n = whole_number(size, "number of entries")
    if kind not in KINDS:
        raise InputError(f"A normalization is one of {' and '.join(KINDS)}, not {shown(kind)}.")
    small = rational(epsilon, "epsilon")
    if small < 0:
        raise InputError("The epsilon of a normalization is not negative.")
    if not small and n <= (1 if kind == "rms" else 2):
        raise InputError(f"Without epsilon the {kind} normalization of {n} "
                         f"entr{'y' if n == 1 else 'ies'} is a sign or 0/0, no algebraic function; "
                         "give more entries, or a positive epsilon.")
    share = Fraction(1, n)
    centered = _constant(n, n, -share if kind == "layer" else Fraction(0),
                         1 - share if kind == "layer" else Fraction(1))
    mean = _constant(n, n, share, added=small)
    square = Activation.from_polynomial({(2,): Fraction(1)})
    return ComputationGraph((n,), (centered, square, mean, SquareRoot(), EntrywiseQuotient()),
                            ((0,), (1,), (2,), (3,), (1, 4)))


def gates(count: int) -> ComputationGraph:
    """
    Of numbers q_k the shares q_k / Σ_j q_j.

    EXAMPLES::

        >>> gates(3).output_shape((3,))
        (3,)
    """
    n = whole_number(count, "number of gates")
    return ComputationGraph((n,), (_constant(n, n, Fraction(1)), EntrywiseQuotient()),
                            ((0,), (0, 1)))


def mixture(experts: Sequence[Layer], gate: Layer, inputs: int) -> ComputationGraph:
    """
    The experts' outputs, weighted by gates that add up to 1.

    INPUT:

    - ``experts`` -- layers with outputs of one size
    - ``gate`` -- layer with as many outputs q_k as there are experts
    - ``inputs`` -- the number of inputs

    OUTPUT: the layer Σ_k q_k(x) E_k(x) / Σ_k q_k(x)

    EXAMPLES::

        >>> from neuroalg_sage import Dense, compose
        >>> layer = mixture([Dense(1, 1), Dense(1, 1)], Dense(1, 2, True), 1)
        >>> compose([layer], 1).degree_pattern
        ((2, 1), (1, 0))
    """
    n = whole_number(inputs, "number of inputs")
    if not isinstance(experts, Sequence) or not experts or not all(
            isinstance(layer, Layer) for layer in (*experts, gate)):
        raise InputError("A mixture has a list of layers as experts, and a layer as gate.")
    count, shapes = len(experts), {layer.output_shape((n,)) for layer in experts}
    if len(shapes) > 1 or gate.output_shape((n,)) != (count,):
        raise InputError(f"The experts of a mixture have outputs of one shape, and the gate has "
                         f"{count} outputs, one for each expert.")
    size = prod(*shapes)
    together = FixedMap.selecting((count * size,), range(count * size), (count, size))
    return ComputationGraph(
        (n,), (gate, gates(count), *experts, together,
               Contraction("k,ki->i", ((count,), (count, size)))),
        ((0,), (1,), *[(0,)] * count, tuple(range(3, 3 + count)), (2, 3 + count)))
