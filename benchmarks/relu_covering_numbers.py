"""
Covering numbers of ReLU networks: by approximation, by a Lipschitz constant, by counting regions.

For weights and inputs from -1 to 1, decimal logarithms of four numbers for each network and radius:

- of functions that are farther apart than two radii, a bound from below;
- by the volume of a ball of polynomials, of the degree that gives the least bound;
- by a Lipschitz constant for the parameters of each layer;
- by counting regions: signs of the hidden units divide the parameters, layer by layer, into regions
  on each of which the values at m inputs are polynomials; these have so few sign vectors that the
  pseudo-dimension is at most the largest m with 2^m not above their number [BHLM2019]_, and of a
  class of functions from -R to R with the pseudo-dimension d there are at most
  e (d + 1) (4 e R / ε)^d with distances over ε in the norm of L¹ [Hau1995]_.

The first three are proved, for the norm of the supremum, and are verified here.  The last one rests
on the two papers, and is for the smaller norm of L¹ of any probability measure; it does not depend
on the size of the weights but by R.

Run it with ``python benchmarks/relu_covering_numbers.py``.
"""

from __future__ import annotations

from fractions import Fraction
from math import e, log, log2, log10
from typing import Any

from neuroalg_sage import ContinuousNetwork, verify
from neuroalg_sage.invariants.approximation.carried_over import upper_bounds

NETWORKS = ("1,10,1", "2,3,1", "2,20,1", "2,100,1", "5,20,1", "2,5,5,1")
SHARES = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 16))  # of R, the radius
DEGREES = (1, 2, 4, 8, 16)


def pseudo_dimension(widths: list[int]) -> int:
    """The largest m for which 2^m sign vectors are not excluded by counting regions."""
    parameters, counts = 0, list[int]()
    for before, after in zip(widths, widths[1:]):
        parameters += before * after
        counts.append(parameters)

    def excluded(m: int) -> bool:
        bits = sum(1 + w * log2(2 * e * m * k * layer / w) for layer, (k, w) in enumerate(
            zip(widths[1:], counts), 1))
        return m >= counts[-1] and bits < m

    high = 1
    while not excluded(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if excluded(middle) else (middle, high)
    return low


def logarithm(bound: Any) -> float:
    """The decimal logarithm of a bound, a number or a power of ten."""
    return float(Fraction(bound[1])) if isinstance(bound, list) else log10(int(bound))


def row(widths: str) -> None:
    """The bounds for one network, for each radius."""
    network = ContinuousNetwork(f"mlp:{widths}:relu")
    near = {d: network.network_approximation(1, degree=d) for d in DEGREES}
    sizes = list(map(int, widths.split(",")))
    most = 1  # of a state, as for inputs from -1 to 1
    for width in sizes[:-1]:
        most *= width
    dimension = pseudo_dimension(sizes)
    for share in SHARES:
        found = {d: n.covering_number(share * most) for d, n in near.items()}
        assert all(verify(answer.certificate) for answer in found.values())
        uppers: dict[str, list[tuple[float, int]]] = {"polynomials": [], "Lipschitz": []}
        for d, n in near.items():
            for argument, bound in upper_bounds(n, share * most).items():
                uppers[argument].append((logarithm(bound), d))
        best, degree = min(uppers["polynomials"], default=(float("inf"), 0))
        counted = log10(e * (dimension + 1)) + dimension * log(4 * e / float(share)) / log(10)
        lower = max(logarithm(answer.value[0]) for answer in found.values())
        print(f"{widths:9s} {network.network.parameter_count:5d} {share!s:>5s}R {lower:6.2f} "
              f"{best:10.2f} {degree or '-':>4} {uppers['Lipschitz'][0][0]:10.2f} "
              f"{dimension:6d} {counted:10.2f}", flush=True)


if __name__ == "__main__":
    print("network   param.    ε   below  approx. deg.   Lipschitz   pdim   counting")
    for name in NETWORKS:
        row(name)
