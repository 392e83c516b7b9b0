"""
Convolutional networks with a power as activation: projections of Segre-Veronese varieties.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

from neuroalg_sage.descriptions.description import Description, Formula, Summands
from neuroalg_sage.descriptions.polar_classes import segre_veronese_polar_degrees
from neuroalg_sage.models.layers import Activation, Convolution
from neuroalg_sage.models.model import Model
from neuroalg_sage.storable import storable

SHAHVERDI_MARCHETTI_KOHN = "theorem: Shahverdi, Marchetti, Kohn (2025)"


@storable()
@dataclass(frozen=True, repr=False)
class ConvolutionalVariety(Description):
    """
    A linear projection of the Segre-Veronese variety of the filters.

    - ``sizes`` -- the sizes k_j of the L filters
    - ``power`` -- the exponent r of the activation, at least 2

    Filter j enters the coordinates of φ with degree e_j = r^(L - 1 - j).  So φ is the
    composition of the Segre-Veronese embedding of the product of the projective spaces
    P^(k_j - 1) by forms of degrees e_j, and a linear projection.  The projection has no base
    point on it: entries of a hidden layer have different leading monomials in lexicographic
    order, so that a filter that combines their powers to zero is zero.  It is birational, and
    an isomorphism almost everywhere, by the theorem; so the degree is that of the embedding,
    (Σ (k_j - 1))! Π e_j^(k_j - 1) / (k_j - 1)!.

    The hypotheses that are checked: filters in one dimension with one channel, of any strides;
    one and the same power x^r, r ≥ 2, up to a factor, between them.  For r = 1 the projection
    is not birational.

    REFERENCES: [SMK2025]_

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> print(convolutional_variety(parse_spec("cnn:3,2:x^2")))
        M is the cone over a projection of the Segre-Veronese variety of P^2 x P^1 embedded by
        forms of degrees 2, 1: checked that the filters are one-dimensional with one channel,
        with the power x^2 between them. The projection is regular, birational, and an
        isomorphism almost everywhere (Shahverdi, Marchetti, Kohn 2025), so dim M = 4 and
        deg M = 12.
    """

    sizes: tuple[int, ...]
    power: int

    def degrees(self) -> list[int]:
        """The degree in which each filter enters."""
        return [self.power**(len(self.sizes) - 1 - j) for j in range(len(self.sizes))]

    def dimension(self) -> int:
        """The dimension of the affine cone."""
        return sum(self.sizes) - len(self.sizes) + 1

    def formula(self) -> Formula:
        total = factorial(self.dimension() - 1)
        for size, e in zip(self.sizes, self.degrees()):
            total = total * e**(size - 1) // factorial(size - 1)
        return Formula({"formula": "convolutions"}, SHAHVERDI_MARCHETTI_KOHN, total)

    def distance_degree(self, metric: str) -> Summands | None:
        """For a generic metric it is that of the Segre-Veronese variety, by the theorem."""
        if metric != "generic":
            return None
        return Summands({"formula": "convolutions"}, SHAHVERDI_MARCHETTI_KOHN,
                        tuple(segre_veronese_polar_degrees(self.sizes, self.degrees())),
                        (SHAHVERDI_MARCHETTI_KOHN,))

    def __str__(self) -> str:
        spaces = " x ".join(f"P^{k - 1}" for k in self.sizes)
        degrees = ", ".join(map(str, self.degrees()))
        return (f"M is the cone over a projection of the Segre-Veronese variety of {spaces} "
                f"embedded by forms of degrees {degrees}: checked that the filters are "
                f"one-dimensional with one channel, with the power x^{self.power} between them. "
                "The projection is regular, birational, and an isomorphism almost everywhere "
                f"(Shahverdi, Marchetti, Kohn 2025), so dim M = {self.dimension()} and deg M = "
                f"{self.formula().degree}.")


def convolutional_variety(model: Model) -> ConvolutionalVariety | None:
    """
    The projected Segre-Veronese variety that a model parametrizes, None if its layers are others.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> variety = convolutional_variety(parse_spec("cnn:2,3s2,2:x^2"))
        >>> variety.sizes, variety.power
        ((2, 3, 2), 2)
        >>> convolutional_variety(parse_spec("cnn:2,2:x")) is None
        True
    """
    filters, between = model.layers[::2], model.layers[1::2]
    if len(model.layers) % 2 == 0 or len(model.layers) < 3:
        return None
    powers = {layer.coefficients for layer in between if isinstance(layer, Activation)}
    if not all(isinstance(layer, Activation) for layer in between) or not all(
            isinstance(layer, Convolution) and len(layer._size) == 1 and layer.channels == (1, 1)
            for layer in filters) or len(model.input_shape) != 1:
        return None
    exponents = {len(c) - 1 for c in powers if not any(c[:-1])}
    if len(exponents) != 1 or any(any(c[:-1]) for c in powers) or min(exponents) < 2:
        return None
    return ConvolutionalVariety(tuple(layer._size[0] for layer in filters  # type: ignore[attr-defined]
                                      ), exponents.pop())
