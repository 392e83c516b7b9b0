"""
Residual networks: a state, and what blocks add to it.

    resnet:width=2,hidden=3,blocks=2:x^2
    resnet:width=2,hidden=2,blocks=1,inputs=3,outputs=1,bias=1:x^2
    resnet:width=1,hidden=2,blocks=1,places=5,filter=3:x^2
"""

from __future__ import annotations

from fractions import Fraction

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import FixedMap
from neuroalg_sage.models.layers import Activation, Chain, Convolution, Dense, Layer, Sum
from neuroalg_sage.models.layers import whole_number as whole
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.spec_parts import (
    LINEAR,
    ActivationLike,
    Spec,
    activation_polynomial,
    check_depth,
    flag,
    number,
    spec_of,
    suffix,
)


def skip(*layers: Layer) -> Sum:
    """
    What layers make of a state, added to it.

    EXAMPLES::

        >>> skip(Dense(2, 2)).output_shape((2,))
        (2,)
    """
    return Sum((Chain(), layers[0] if len(layers) == 1 else Chain(layers)))


def _same(size: int, places: int, channels: tuple[int, int]) -> tuple[Layer, Layer]:
    """The convolution whose output has as many places as its input, which is padded with zeros."""
    taken, wide, before = channels[0], places + size - 1, (size - 1) // 2
    padding = FixedMap((taken, places), (taken, wide), tuple(
        (c * wide + before + i, c * places + i, Fraction(1))
        for c in range(taken) for i in range(places)))
    return padding, Convolution(size, 1, channels)


@suggesting
def ResidualNetwork(width: int, hidden: int, blocks: int, activation: ActivationLike = "x",
                    inputs: int | None = None, outputs: int | None = None, bias: bool = False,
                    places: int | None = None, filter: int | None = None) -> Model:
    """
    The residual network whose blocks are x + W_2 σ(W_1 x).

    INPUT:

    - ``width`` -- positive integer, the entries of the state x; channels of a convolutional network
    - ``hidden`` -- positive integer, the entries of W_1 x
    - ``blocks`` -- positive integer, how many there are
    - ``activation`` -- the polynomial σ in ``x``
    - ``inputs`` -- if there is a linear layer before the blocks, its inputs
    - ``outputs`` -- if there is a dense layer after the blocks, its outputs
    - ``bias`` -- whether the layers are affine
    - ``places``, ``filter`` -- if the layers are convolutions: the places of the input, and the odd
      size of the filters; the input is padded with zeros

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` for other input.

    EXAMPLES::

        >>> model = ResidualNetwork(2, 1, 2, "x^2")
        >>> model.spec, model.parameter_count, model.degree_pattern[0]
        ('resnet:width=2,hidden=1,blocks=2:x^2', 8, (4, 3, 2, 1))
        >>> ResidualNetwork(1, 2, 1, "x^2", places=5, filter=3).parameter_count
        12

    REFERENCES: [HZRS2016]_
    """
    d, h, depth = (whole(v, role) for v, role in (
        (width, "width"), (hidden, "number of hidden entries"), (blocks, "number of blocks")))
    check_depth(2 * depth)
    polynomial = activation_polynomial(activation)
    if (places is None) != (filter is None):
        raise InputError("A convolutional residual network has both places and a filter, as in "
                         "resnet:width=1,hidden=2,blocks=1,places=5,filter=3:x^2.")
    if filter is not None and (whole(filter, "filter") % 2 == 0 or bias):
        raise InputError("A convolutional residual network has a filter of odd size, and no bias.")

    def linear(taken: int, made: int) -> tuple[Layer, ...]:
        if places is None or filter is None:
            return (Dense(taken, made, bias),)
        return _same(filter, whole(places, "number of places"), (taken, made))

    between = () if polynomial == LINEAR else (Activation.from_polynomial(polynomial),)
    layers = list(linear(inputs, d) if inputs is not None else ())
    layers += [skip(*linear(d, h), *between, *linear(h, d))] * depth
    if outputs is not None:
        layers.append(Dense(d * (places or 1), outputs, bias))
    taken = d if inputs is None else inputs
    return Model(tuple(layers), (taken,) if places is None else (taken, places), spec_of(
        "resnet", {"width": d, "hidden": h, "blocks": depth, "inputs": inputs, "outputs": outputs,
                   "bias": 1 if bias else None, "places": places, "filter": filter}
        ) + suffix(polynomial))


SPECS: dict[str, Spec] = {
    "resnet": Spec(ResidualNetwork, "resnet:width=2,hidden=3,blocks=2:x^2", {
        "width": ("width", number("width")),
        "hidden": ("hidden", number("number of hidden entries")),
        "blocks": ("blocks", number("number of blocks")),
        "inputs": ("inputs", number("number of inputs")),
        "outputs": ("outputs", number("number of outputs")),
        "bias": ("bias", flag("1")), "places": ("places", number("number of places")),
        "filter": ("filter", number("filter"))}, ("width", "hidden", "blocks")),
}
