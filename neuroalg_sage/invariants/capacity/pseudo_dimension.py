"""
Pseudo-dimensions of the outputs, from below and from above, by parameters and layers alone.

The lemmas with their proofs are in ``certificates.capacity.pseudo_dimension``.
"""

from __future__ import annotations

import time
from typing import Any

from neuroalg_sage.certificates.capacity.layers import (
    coordinates_of_an_output,
    last_layer_dimension,
)
from neuroalg_sage.certificates.capacity.pseudo_dimension import are_too_many, free_parameters
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.capacity.samples import AboutInputs
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.relu import about_inputs


class PseudoDimension(AboutInputs):
    """Bounds for the largest pseudo-dimension of an output; the data are both."""

    @property
    def arguments(self) -> tuple[str, str]:
        """By which arguments the bounds from below and from above are proved."""
        assert self.certificate is not None
        evidence = self.certificate["evidence"]
        return evidence["lower"], evidence["upper"]

    def sentence(self) -> str:
        low, high = self.data
        return (str(low) if low == high else f"from {low} to {high}") + about_inputs(self.spec)

    def plain_value(self) -> dict[str, Any]:
        lower, upper = self.arguments
        return {"lower": str(self.data[0]), "upper": str(self.data[1]), "lower_by": lower,
                "upper_by": upper}


def pseudo_dimension(model: Model) -> PseudoDimension:
    """
    Bounds for the largest pseudo-dimension of an output.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> pseudo_dimension(parse_spec("mlp:2,3,1:x^2"))
        [3, 3] (proved)
        >>> pseudo_dimension(parse_spec("mlp:9,2,2,1:x^9"))
        [2, 273] (bounds)
    """
    start = time.perf_counter()
    checked = rebuilt(model)
    try:
        low, below = last_layer_dimension(checked) // checked.outputs, "last layer"
    except CertificateError:
        low, below = 0, "none"
    high, above = coordinates_of_an_output(checked), "coordinates"
    parameters = free_parameters(checked)
    if parameters and high > parameters:
        least, most = parameters, 2 * parameters
        while not are_too_many(checked, most):
            least, most = most, 2 * most
        while most - least > 1:
            middle = (least + most) // 2
            least, most = (least, middle) if are_too_many(checked, middle) else (middle, most)
        if most - 1 < high:
            high, above = most - 1, "sign vectors"
    return PseudoDimension.certified(
        model, "pseudo_dimension", [low, high], "proved" if low == high else "bounds",
        f"{above} from above, {below} from below", time.perf_counter() - start,
        {"lower": below, "upper": above})
