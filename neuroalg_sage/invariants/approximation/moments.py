"""
A polynomial network near another one in the mean square, for random inputs of known moments.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import ROUND_CEILING
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import arb, fmpq

from neuroalg_sage.certificates.approximation import approximation as checked
from neuroalg_sage.certificates.approximation import networks as rebuilt
from neuroalg_sage.certificates.approximation.moments import (
    BITS,
    growth,
    lipschitz_constant,
    mean_outside,
)
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.approximation.approximation import brief, digits, rounded
from neuroalg_sage.invariants.approximation.networks import (
    LayerwiseApproximation,
    NetworkApproximation,
    network_approximation,
    read_error,
    read_size,
)
from neuroalg_sage.models.continuous_networks import ContinuousNetworkLayers
from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.storable import storable

HALF_SIDES = (3, 4, 5, 6, 8, 10, 14, 20)  # of the box, in deviations
SHARE = Fraction(9, 10)  # of the allowed error, for the box
EXAMPLES = "gaussian:1, sub_gaussian:1 or moments:8,105"


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class MeanSquareApproximation(LayerwiseApproximation):
    """
    A polynomial network near another one for random inputs; the value is the distance in the mean
    square, which is not exceeded.
    """

    @cached_property
    def value(self) -> Fraction:
        """The root of the mean of the square of the difference is at most this."""
        return Fraction(self.data["mean_square_distance"])

    def where(self) -> str:
        """For which parameters and inputs."""
        radius, distribution = brief(self.data["radius"]), self.data["distribution"]
        parameters = ("at the given weights" if radius == "0" else
                      f"for all parameters within {radius} of the given weights, or of zero")
        if distribution["kind"] == "moments":
            entries = (f"entries whose {distribution['order']}-th absolute moments are at most "
                       f"{brief(distribution['bound'])}")
        else:
            kind = {"gaussian": "normal entries of mean 0 and",
                    "sub_gaussian": "sub-Gaussian entries of"}[distribution["kind"]]
            entries = f"{kind} deviations of at most {brief(distribution['deviation'])}"
        return f"{parameters}, and random inputs with {entries}"

    def sentence(self) -> str:
        side = self.data["inputs"][0][1]
        return (f"each output of the network with polynomials of the degrees "
                f"{', '.join(map(str, self.degrees))} differs by at most "
                f"{self.data['mean_square_distance']} in the mean square, {self.where()}; by at "
                f"most {self.data['distance']} where all inputs are from -{side} to {side}")


def mean_square_approximation(network: ContinuousNetworkLayers, distribution: Any, box: Any = None,
                              degree: Any = None, error: Any = None) -> MeanSquareApproximation:
    """
    A polynomial network near another one in the mean square, with proof.

    INPUT:

    - ``network`` -- the network
    - ``distribution`` -- of each input: ``"gaussian:S"``, normal with mean 0 and a deviation of at
      most S; ``"sub_gaussian:S"``; or ``"moments:K,M"``, the K-th absolute moment is at most M
    - ``box``, ``degree``, ``error`` -- as of a network approximation; the error is in the mean
      square

    EXAMPLES::

        >>> from neuroalg_sage.models.continuous_networks import network_from_spec
        >>> found = mean_square_approximation(network_from_spec("mlp:2,3,1:tanh"), "gaussian:1", 1,
        ...                                   degree=7)
        >>> found.value >= Fraction(found.data["distance"]), found.status
        (True, 'proved')
    """
    start = time.perf_counter()
    data, unit = _read_distribution(distribution)
    _require_linear_growth(network)
    radius = Fraction(0) if box is None else read_size(box, "box of the parameters")
    most = None if error is None else read_error(error)
    best: tuple[Fraction, NetworkApproximation] | None = None
    refusal: Exception | None = None
    for factor in HALF_SIDES:
        side = rounded(factor * unit, ROUND_CEILING)
        try:
            if most is not None and most**2 < _outside(
                    network, radius, [(Fraction(0),)] * len(network.activations), side, data):
                continue  # already without the polynomials
            found = network_approximation(network, box, side, degree,
                                          None if most is None else most * SHARE)
            distance = _distance(network, found, side, data)
        except LimitReached as limit:  # as in any larger box
            refusal = limit
            break
        except CertificateError as refused:
            refusal = LimitReached(str(refused))
            break
        if best is None or distance < best[0]:
            best = distance, found
        if most is not None and distance <= most:
            break
        if most is None and distance > 4 * best[0]:
            break
    if best is None or (most is not None and best[0] > most):
        raise refusal or LimitReached(
            "No polynomials were found with which the networks are so near in the mean square" + (
                "." if best is None else f"; the nearest are {digits(best[0])} away."))
    distance, near = best
    assert near.certificate is not None
    return MeanSquareApproximation.certified(
        network, "mean_square_approximation",
        near.data | {"distribution": data, "mean_square_distance": digits(distance)}, "proved",
        "errors of the activation in a box, and moments outside of it",
        time.perf_counter() - start, near.evidence, claim=near.certificate["claim"]["value"] | {
            "distribution": data, "mean_square_distance": decimal(distance)})


def _require_linear_growth(network: ContinuousNetworkLayers) -> None:
    """Raise InputError for an activation whose squares need not have a mean."""
    with checked.working_with(BITS):
        for f in rebuilt.Network(network.describe()).activations:
            try:
                lipschitz_constant(f)
            except CertificateError as error:
                raise InputError(f"{str(error).rstrip('.')}, so that the mean of squares may be "
                                 "infinite; name a box by --inputs instead of --distribution."
                                 ) from None


def _require_moments(network: rebuilt.Network, radius: fmpq, polynomials: list[list[fmpq]],
                     data: dict[str, Any]) -> None:
    """Raise InputError where higher moments are needed than are known."""
    if data["kind"] == "moments":
        needed = 2 * growth(network, radius, polynomials).degree()
        if needed > data["order"]:
            raise InputError(f"Moments up to the order {needed} are needed, twice the degree in "
                             f"the inputs, and the order is {data['order']}; name a bound for a "
                             f"higher one, as in moments:{needed},M, or a smaller degree.")


def _distance(network: ContinuousNetworkLayers, found: NetworkApproximation, side: Fraction,
              data: dict[str, Any]) -> Fraction:
    """An upper bound in the mean square."""
    square = _outside(network, Fraction(found.data["radius"]), found.polynomials, side, data)
    with checked.working_with(BITS):
        exact = (arb(_fmpq(square + found.value**2))).sqrt().upper().fmpq()
    return rounded(Fraction(int(exact.p), int(exact.q)) * (1 + Fraction(1, 2**64)), ROUND_CEILING)


def _outside(network: ContinuousNetworkLayers, radius: Fraction,
             polynomials: list[tuple[Fraction, ...]], side: Fraction, data: dict[str, Any]
             ) -> Fraction:
    """A bound for the mean of the square outside of the box."""
    with checked.working_with(BITS):
        about = rebuilt.Network(network.describe()), _fmpq(radius), [
            [_fmpq(c) for c in p] for p in polynomials]
        _require_moments(*about, data)
        found = mean_outside(about[0], *about[1:], _fmpq(side), data).upper()
    if not found.is_finite():
        raise LimitReached("The growth of the polynomials is too large; try a smaller degree.")
    exact = found.fmpq()
    return Fraction(int(exact.p), int(exact.q))


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)


def _read_distribution(distribution: Any) -> tuple[dict[str, Any], Fraction]:
    """
    The distribution as certificates have it, and a number of the size of entries.

    EXAMPLES::

        >>> _read_distribution("moments:8,105")[0]
        {'kind': 'moments', 'order': 8, 'bound': '105'}
        >>> _read_distribution("uniform:1")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The distribution of the inputs is as in gaussian:1,
        sub_gaussian:1 or moments:8,105, not uniform:1.
    """
    kind, _, rest = str(distribution).partition(":")
    if kind in ("gaussian", "sub_gaussian") and rest:
        deviation = read_size(rest, "deviation of the inputs")
        return {"kind": kind, "deviation": decimal(deviation)}, deviation
    parts = rest.split(",")
    if kind != "moments" or len(parts) != 2:
        raise InputError(f"The distribution of the inputs is as in {EXAMPLES}, not "
                         f"{str(distribution)[:40]}.")
    order, bound = rational(parts[0], "order of the moment"), rational(parts[1], "moment")
    if order.denominator != 1 or not 1 <= order <= 1000:
        raise InputError("The order of the moment is a whole number from 1 to 1000, not "
                         f"{parts[0][:40]}.")
    if bound <= 0:
        raise InputError(f"A bound for a moment is a positive number, not {parts[1][:40]}.")
    with checked.working_with(BITS):
        root = arb(_fmpq(bound)).root(int(order)).upper().fmpq()
    size = rounded(Fraction(int(root.p), int(root.q)), ROUND_CEILING)
    return {"kind": kind, "order": int(order), "bound": decimal(bound)}, size
