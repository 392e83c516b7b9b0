r"""
How far a function of polynomial or rational pieces is from an activation on an interval.

**Claim.** The interval from a to b is divided into those of the ``pieces``, in their order, each of
which is a claim about an approximation there. On all of the interval the supremum of the error is
between the two numbers ``error``, of which the first is not below 0.999 times the second. Where two
pieces meet, their values differ by at most ``jump``, and somewhere by this much; so the function is
continuous if this is 0, and otherwise it has two values there, both within the error.

*Proof.* The supremum is the largest one of those of the pieces; if s is the largest upper bound of
one of them, the lower bound there is at least 0.999 s. ∎
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_poly

from neuroalg_sage.certificates.approximation.activations import Activation
from neuroalg_sage.certificates.approximation.approximation import check_approximation
from neuroalg_sage.certificates.reading import Checked, fields, items, numbers, require

MOST_PIECES = 256


def check_piecewise_approximation(activation: Activation, value: Any, evidence: Any) -> Checked:
    """Verify each piece, that they follow one another, and the largest error and jump."""
    interval, pieces, error, jump = fields(value, "interval", "pieces", "error", "jump")
    (steps,) = fields(evidence, "pieces")
    require(len(value) == 4 and len(evidence) == 1, "There is an unknown field.")
    pieces = items(pieces, "pieces")
    require(0 < len(pieces) <= MOST_PIECES, "There are no pieces, or too many.")
    for piece, step in zip(pieces, items(steps, "evidence", len(pieces))):
        check_approximation(activation, piece, step)
    ends = [numbers(piece["interval"], "interval", 2) for piece in pieces]
    require([ends[0][0], ends[-1][1]] == numbers(interval, "interval", 2)
            and all(one[1] == other[0] for one, other in zip(ends, ends[1:])),
            "The pieces do not follow one another on the interval.")
    errors = [numbers(piece["error"], "error", 2) for piece in pieces]
    require([max(e[0] for e in errors), max(e[1] for e in errors)] == numbers(error, "error", 2),
            "The error is not the largest one of the pieces.")
    jumps = [abs(_value(one, x) - _value(other, x))
             for one, other, (_, x) in zip(pieces, pieces[1:], ends)]
    require([max(jumps, default=fmpq(0))] == numbers([jump], "jump"),
            "The largest jump is another one.")
    return ["the error of each piece", "the values where pieces meet"], []


def _value(piece: Any, x: fmpq) -> fmpq:
    """The value of a piece at a rational number."""
    above, below = (fmpq_poly(numbers(c, "coefficients"))(x)
                    for c in (piece["coefficients"], piece.get("denominator", ["1"])))
    return above / below
