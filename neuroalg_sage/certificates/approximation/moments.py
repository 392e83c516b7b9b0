r"""
How far a network is from one with polynomials as activations in the mean square, for random inputs.

**Claim.** As for :mod:`networks`; and let x be a random vector whose entries have the
``distribution``:

- ``{"kind": "gaussian", "deviation": s}``: each is normal with the mean 0 and a standard deviation
  of at most s;
- ``{"kind": "sub_gaussian", "deviation": s}``: for all t >= 0 each is larger than t, as an absolute
  value, with a probability of at most 2 exp(-t^2 / (2 s^2));
- ``{"kind": "moments", "order": K, "bound": M}``: the mean of the K-th power of the absolute value
  of each is at most M.

Nothing is supposed about how they depend on one another. Then for all parameters within ``radius``
and each output, the root of the mean of \|f_w(x) - p_w(x)\|^2 is at most ``mean_square_distance``.

*Proof.* Let r be such that the ``inputs`` contain all x with X = max \|x_j\| <= r. For these the
outputs differ by at most ``distance``. Else both are bounded by polynomials in X with coefficients
>= 0, from layer to layer: the inputs by X. If the entries of a state are at most P(X), those of an
affine map are at most a P(X) + b, where a is the largest sum of absolute values of weights in a row
and b the largest bias, all enlarged by the radius; of several states, P is the sum of theirs. Then
\|f(u)\| <= \|f(0)\| + S \|u\|, where S is a Lipschitz constant of f on the real line, and \|p(u)\|
is at most the sum of \|c_k\| \|u\|^k over the coefficients c_k of p. So outputs differ by at most
a polynomial Q(X), the sum of both bounds. Let Q^2 have the coefficients q_k; then the mean of Q^2
over X > r is at most the sum of q_k n t_k, where t_k bounds the mean of \|x_j\|^k over \|x_j\| > r
for each of the n entries, since X is one of the \|x_j\|. With a = r / s,

- of a normal entry t_k = s^k 2^(k/2) Gamma((k + 1) / 2, a^2 / 2) / sqrt(pi), which grows with s;
- of a sub-Gaussian one t_k = 2 r^k exp(-a^2 / 2) + k s^k 2^(k/2) Gamma(k / 2, a^2 / 2), which is
  r^k times the probability of \|x_j\| > r, and the integral of k t^(k-1) times that of \|x_j\| > t;
- by moments t_k = M r^(k - K), for k <= K. ∎

S is the slope of the affine pieces; 1 for sin and cos; else the largest slope between -64 and 64,
and that of the asymptotes up to their bound.
"""

from __future__ import annotations

from typing import Any

from flint import arb, arb_poly, fmpq

from neuroalg_sage.certificates.approximation.activations import SATURATED, Activation
from neuroalg_sage.certificates.approximation.approximation import working_with
from neuroalg_sage.certificates.approximation.networks import Network, check_network_approximation
from neuroalg_sage.certificates.reading import Checked, fields, integer, numbers, require

BITS = 128
PARTS = 4_096
MOST_TERMS = 4_000
MOST_ORDER = 10_000


def check_mean_square_approximation(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the distance in the box, and what is outside of it."""
    distribution, stated = fields(value, "distribution", "mean_square_distance")
    within = {name: part for name, part in value.items()
              if name not in ("distribution", "mean_square_distance")}
    verified, trust = check_network_approximation(network, within, evidence)
    radius, distance, stated = numbers([value["radius"], value["distance"], stated], "numbers")
    r = min(min(-low, high) for low, high in (
        numbers(pair, "interval", 2) for pair in value["inputs"]))
    polynomials = [numbers(layer["coefficients"], "coefficients") for layer in value["layers"]]
    with working_with(BITS):
        rest = mean_outside(network, radius, polynomials, r, distribution)
        require(stated >= 0 and arb(distance) ** 2 + rest <= arb(stated) ** 2,
                "The distance in the mean square is not shown to be so small.")
    return [*verified, "the mean of the squares outside of the box"], trust


def mean_outside(network: Network, radius: fmpq, polynomials: list[list[fmpq]], r: fmpq,
                 distribution: Any) -> arb:
    r"""A bound for the mean of \|f_w(x) - p_w(x)\|^2 over x with an entry beyond r."""
    require(r > 0, "The box does not contain a cube around zero.")
    square = growth(network, radius, polynomials) ** 2
    tails = tail_moments(distribution, r, square.length())
    total = sum((c * t for c, t in zip(square.coeffs(), tails)), arb(0))
    return network.widths[0] * total


def growth(network: Network, radius: fmpq, polynomials: list[list[fmpq]]) -> arb_poly:
    """The polynomial Q that bounds how much outputs differ."""
    values, others = [arb_poly([0, 1])], [arb_poly([0, 1])]
    for number, (rows, bias) in enumerate(network.layers):
        factor = arb(max(sum(map(abs, row), radius * len(row)) for row in rows))
        constant = arb(0) if bias is None else arb(max(map(abs, bias)) + radius)
        value, other = (factor * sum((states[s] for s in network.sources[number]), arb_poly([0]))
                        + constant for states in (values, others))
        if number == len(polynomials):
            return value + other
        f, sizes = network.activations[number], [abs(arb(c)) for c in polynomials[number]]
        require((len(sizes) - 1) * max(other.degree(), 1) <= MOST_TERMS,
                "The growth of the polynomials is of too high a degree.")
        values.append(abs(f.value(fmpq(0))) + lipschitz_constant(f) * value)
        others.append(arb_poly(sizes)(other))
    raise AssertionError  # there is one more layer than polynomials


def lipschitz_constant(f: Activation) -> arb:
    """A Lipschitz constant on the real line."""
    if f.name in ("sin", "cos"):
        return arb(1)
    if all(not callable(piece) and len(piece) <= 2 for piece in f.pieces):
        return max((abs(arb(piece[1])) for piece in f.pieces  # type: ignore[index, arg-type]
                    if len(piece) > 1), default=arb(0))  # type: ignore[arg-type]
    far = fmpq(SATURATED)
    sides = f.asymptote(far, far), f.asymptote(-far, -far)
    found = f.value_and_slope(-far, far, PARTS)[2]
    for side in sides:
        require(side is not None, "The activation is not known to grow at most linearly.")
        affine, bound = side  # type: ignore[misc]
        found = found.max(sum(affine[1:]) + bound)
    return found.upper()


def tail_moments(distribution: Any, r: fmpq, count: int) -> list[arb]:
    """The bounds t_k for k below a number."""
    (kind,) = fields(distribution, "kind")
    if kind == "moments":
        order, bound = fields(distribution, "order", "bound")
        (bound,) = numbers([bound], "bound")
        order = integer(order, 0, MOST_ORDER, "order")
        require(len(distribution) == 3 and bound >= 0, "The distribution is not known.")
        require(count <= order + 1, f"Moments up to the order {count - 1} are needed, twice the "
                f"degree in the inputs, and the order is {order}.")
        return [arb(bound) / arb(r) ** (order - k) for k in range(count)]
    require(kind in ("gaussian", "sub_gaussian") and len(distribution) == 2,
            "The distribution is not known.")
    (deviation,) = numbers(fields(distribution, "deviation"), "deviation")
    require(deviation > 0, "The deviation is not positive.")
    s, half, root = arb(deviation), arb(r / deviation) ** 2 / 2, arb(2).sqrt()
    if kind == "gaussian":
        return [(s * root) ** k * half.gamma_upper(arb(k + 1) / 2) / arb.pi().sqrt()
                for k in range(count)]
    return [2 * arb(r) ** k * (-half).exp() + (
        k * (s * root) ** k * half.gamma_upper(arb(k) / 2) if k else 0) for k in range(count)]
