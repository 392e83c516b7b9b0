"""
The real rank of a binary form.

With one hidden layer and a power as activation, f_w = Σ_i b_i (a_i x)^d, the least number of units
with which a model has a function is its real rank.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.coordinates import function
from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    items,
    numbers,
    require,
)
from neuroalg_sage.certificates.real.apolarity import (
    Form,
    apolar_space,
    derivative,
    hyperbolic_form,
    is_apolar,
    is_hyperbolic,
    number_of_real_roots,
)


def binary_forms(model: Model) -> tuple[int, int]:
    """Verify that M is the binary forms of real rank at most k; k and their degree."""
    inputs, k, outputs, d = power_sum(model)
    require(inputs == 2 and outputs == 1, "The claim is about two inputs and one output.")
    return k, d


def check_real_rank(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """Verify [function, low, high]: bounds for the real rank of a binary form."""
    binary_forms(model)
    data, low, high = items(value, "claim", 3)
    found = real_rank(function(model, data), evidence)
    require(integers([low, high], 0, 10**6, "real rank") == list(found),
            "The real rank is not what is verified.")
    require((status == "proved") == (low == high), "The status is that of other bounds.")
    return ["a real decomposition, or a bound for all forms", "there is no shorter one"], []


def real_rank(f: Form, data: Any) -> tuple[int, int]:
    """
    Verified bounds for the real rank of a form that is not 0.

    The upper one by lemma 2, or by lemma 1 and an apolar form; the lower one by lemma 3 and the
    real roots of a derivative, or by the space of apolar forms, and lemmas 4 and 5.
    """
    require(any(f), "The real rank of 0 is not asked for.")
    d = len(f) - 1
    bounds, apolar, directions = fields(data, "bounds", "apolar", "directions")
    low, high = integers(bounds, 1, d, "real rank", 2)
    if apolar is None:
        require(high == d, "An apolar form is missing.")
    else:
        h = numbers(apolar, "apolar form", high + 1)
        require(is_apolar(h, f) and is_hyperbolic(h),
                "A form is not apolar, or its roots are not real and distinct.")
    if directions is None:
        require(low == 1 or hyperbolic_form(apolar_space(f, low - 1)) is False,
                "There may be a shorter real decomposition.")
    else:
        g = f
        for direction in items(directions, "list of directions"):
            g = derivative(g, numbers(direction, "direction", 2))
            require(any(g), "A derivative is 0.")
        require(number_of_real_roots(g) >= low, "A derivative has fewer real roots.")
    require(low <= high, "The bounds for a real rank are crossed.")
    return low, high
