r"""
Composites of odd polynomials in place of the sign of a number, and so near \|x\| and ReLU.

**Claim.** Let c be the composite of the polynomials ``stages``, the first one applied first; all
are odd, so that c is odd. Let R be the ``radius``. Then, by the ``function``,

- ``sign``: \|sign(x) - c(x)\| <= ``error`` for ``gap`` <= \|x\| <= R;
- ``abs``: \|\|x\| - x c(x)\| <= ``error`` for \|x\| <= R;
- ``relu``: \|max(x, 0) - (x + x c(x)) / 2\| <= ``error`` for \|x\| <= R.

The ``depth`` is the sum of ceil(log2(d + 1)) over the degrees d of the stages, plus one for the
product with x: so many multiplications one after the other suffice, those by constants included.

*Proof.* Since c is odd, x > 0 is enough, and there the three differences are 1 - c(x),
x (1 - c(x)), and x (1 - c(x)) / 2, up to the sign. The interval from the gap, or from 0, to R is
divided into cells. For each cell the evidence has intervals: the first polynomial maps the cell
into the first interval, the next one this into the second interval, and so on; so c(x) is in the
last one. On a cell up to t, the difference is at most the largest \|1 - y\| of that interval,
times t, or t / 2. A polynomial f maps an interval into the one with the center m and half the
width r if \|f - m\| <= r there, which is shown as the error of an approximation is (Lemma 3).

For the depth: a polynomial of a degree below 2^k takes k multiplications one after the other, by
induction. It is x^(2^(k-1)) g + h with g and h of degrees below 2^(k-1), which take k - 1, as the
power does; the product is one more. The factor 1/2 of ReLU belongs to the last polynomial. ∎
"""

from __future__ import annotations

from typing import Any

from flint import arb, arb_poly, fmpq, fmpq_poly

from neuroalg_sage.certificates.approximation.approximation import is_bounded_by, working_with
from neuroalg_sage.certificates.reading import Checked, fields, integer, items, numbers, require

MOST_STAGES = 100
MOST_DEGREE = 63
MOST_CELLS = 10_000
HALVINGS = 10_000  # of an interval

FACTORS = {"sign": None, "abs": fmpq(1), "relu": fmpq(1, 2)}  # of x (1 - c(x)), or of 1 - c(x)


class Target:
    """
    What is approximated: a function with a jump or a kink at zero.

    EXAMPLES::

        >>> Target({"function": "relu"}).name
        'relu'
    """

    def __init__(self, description: Any) -> None:
        (self.name,) = fields(description, "function")
        require(set(description) == {"function"}, "The description has an unknown field.")
        require(isinstance(self.name, str) and self.name in FACTORS, "The function is not known.")


def check_composite_approximation(target: Target, value: Any, evidence: Any) -> Checked:
    """Verify the error of a composite."""
    names = ("radius", "stages", "error", "depth") + (("gap",) if target.name == "sign" else ())
    radius, stages, error, depth, *gap = fields(value, *names)
    precision, cells = fields(evidence, "precision", "cells")
    require(set(value) == set(names) and set(evidence) == {"precision", "cells"},
            "There is an unknown field.")
    (radius, error, start), polynomials = numbers(
        [radius, error, *(gap or ["0"])], "numbers"), read_stages(stages)
    require(0 <= start < radius and (start > 0 or not gap), "The interval is empty.")
    require(integer(depth, 1, 10_000, "depth") == depth_of(polynomials) + (not gap),
            "The depth is another one.")
    with working_with(precision):
        require(largest_error(target.name, polynomials, start, radius, cells) <= error,
                "The error is not shown to be so small.")
    return ["the images of all cells under the polynomials, one after the other",
            "the error, and the depth"], []


def read_stages(data: Any) -> list[list[fmpq]]:
    """The coefficients of odd polynomials, the constant one first."""
    stages = [numbers(stage, "stage") for stage in items(data, "stages")]
    require(0 < len(stages) <= MOST_STAGES and all(
        1 < len(p) <= MOST_DEGREE + 1 and p[-1] and not any(p[::2]) for p in stages),
        "The stages are not odd polynomials.")
    return stages


def depth_of(stages: list[list[fmpq]]) -> int:
    """The sum of ceil(log2(d + 1)) over the degrees d."""
    return sum((len(p) - 1).bit_length() for p in stages)


def largest_error(function: str, stages: list[list[fmpq]], start: fmpq, radius: fmpq, cells: Any
                  ) -> fmpq:
    """
    A bound for the error from a start to the radius, by cells: each has its upper end, and the
    intervals into which the polynomials map, one after the other.
    """
    require(0 < len(items(cells, "cells")) <= MOST_CELLS, "There are no cells, or too many.")
    factor, low, bound = FACTORS[function], start, fmpq(0)
    for cell in cells:
        end, images = items(cell, "cell", 2)
        (high,) = numbers([end], "end")
        require(low < high, "The cells are not in their order.")
        here = low, high
        for p, image in zip(stages, items(images, "images", len(stages))):
            a, b = numbers(image, "image", 2)
            require(maps_into(p, *here, a, b), "A polynomial is not shown to map into an interval.")
            here = a, b
        difference = max(abs(1 - here[0]), abs(1 - here[1]))
        bound = max(bound, difference if factor is None else factor * high * difference)
        low = high
    require(low == radius, "The cells do not cover the interval.")
    return bound


def maps_into(p: list[fmpq], low: fmpq, high: fmpq, a: fmpq, b: fmpq) -> bool:
    """Whether a polynomial is shown to map an interval into the one from a to b."""
    line = fmpq_poly([(low + high) / 2, (high - low) / 2])
    return a < b and is_bounded_by(arb_poly(fmpq_poly(p)(line) - (a + b) / 2), arb(0),
                                   arb((b - a) / 2), [HALVINGS])
