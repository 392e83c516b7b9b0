r"""
Covering numbers, and samples that suffice, of a network by those of a polynomial one near it.

For a metric space and a bounded set A in it, N(A, ε) is the least number of closed balls of radius
ε with *centers in A* that cover A, and M(A, ε) the largest number of points of A with distances
over ε.  F, P, W, X, d and h are those of :mod:`~neuroalg_sage.certificates.approximation.carried`.

*Lemma 1.*  Let each point of A have a point of B within h, and conversely.  Then
N(A, ε + 2h) <= N(B, ε), and M(A, ε) >= M(B, ε + 2h).

*Proof.*  Let b_j be centers for B, and a_j within h of b_j.  A point a has a b within h, which has
some b_j within ε, so d(a, a_j) <= h + ε + h.  If d(b_i, b_j) > ε + 2h, then d(a_i, a_j) > ε. ∎

Centers in the set cost the second h: in R, B = {-ε, 0, ε} has N(B, ε) = 1, and A = {-ε - h, h,
ε + h} has N(A, r) > 1 for each r < ε + 2h.  With any centers, ε + h would do.  The lemma needs
h in the metric of the balls: an h in the norm of L² says nothing of d.

*Lemma 2.*  M(A, 2ε) <= N(A, ε) <= M(A, ε): a ball of radius ε has no two points with distances over
2ε, and the points of a largest set with distances over ε are centers of balls that cover A.  So
N(F, ε) is at least the number of functions p_w that differ at inputs in X by more than 2ε + 2h.

*Lemma 3.*  Let the outputs of all p_w be at most R in absolute value on X, and polynomials of total
degrees in a set D.  If ε > 2h, then N(F, ε) <= (1 + 2R / (ε - 2h))^n, where n is c times the number
of monomials of these degrees in the inputs.

*Proof.*  By Lemmas 2 and 1, for A = P and B = F, N(F, ε) <= M(F, ε) <= M(P, ε - 2h).  The space of
all c polynomials of these degrees has dimension n; d is a norm on it, since X has inner points.
The balls of radius s / 2 around points with distances over s = ε - 2h are disjoint, and lie in the
ball of radius R + s / 2 around 0; compare volumes.  ∎

*Lemma 4.*  Let parameters in W that differ in layer l by at most r / k_l have functions f_w that
differ by at most ε, where W has all parameters within r of the stated ones, and N_l of them are in
layer l.  Then N(F, ε) is at most the product of the k_l^(N_l).

*Proof.*  Cut W into so many boxes; a point of one differs from its center by at most r / k_l. ∎

*Lemma 5.*  Let samples (x, y) be independent and from one distribution with x in X and \|y\| <= T,
the norm Euclidean, and the loss be \|f(x) - y\|².  Let S be the root of the sum of the squares of
bounds for the c outputs of all f in F on X.  If η <= ε / 4C with C = 2 √c (S + T), and
n >= 2 D² / ε² ln(2 N(F, η) / δ) with D = (S + T)², then with probability at least 1 - δ empirical
and true mean of the loss differ by at most ε for all f in F at once.

*Proof.*  The loss is in [0, D], and \|f - y\|² - \|g - y\|² = (f - g) · (f - y + g - y) is at most
√c d(f, g) 2 (S + T).  This is Lemma 5 of :mod:`~neuroalg_sage.certificates.capacity.samples`, by
the inequality of Hoeffding, whose proof is for any set of functions and any metric. ∎
"""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Any

from flint import arb, fmpq

from neuroalg_sage.certificates.approximation.approximation import working_with
from neuroalg_sage.certificates.approximation.carried import (
    BITS,
    Near,
    open_claim,
    vectors,
)
from neuroalg_sage.certificates.approximation.networks import Network
from neuroalg_sage.certificates.capacity.large_numbers import is_at_most, whole, written
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    member,
    numbers,
    rational,
    require,
)
from neuroalg_sage.certificates.work import Work

MANY_BITS = 3_500  # of bounds that are written
MOST_POINTS = 300  # of a packing
MOST_INPUTS = 100
MOST_STEPS = 10**12


def polynomial_dimension(near: Near) -> int:
    """The number n of Lemma 3: degrees of outputs, and so of states, are found layer by layer."""
    states = [[{1}]]
    for k, (_, bias) in enumerate(near.network.layers):
        degrees = set().union(*near.network.entries(k, states))
        degrees |= {0} if bias is not None else set()
        if k < len(near.value["layers"]):
            powers, found, work = {0}, set[int](), Work()
            for c in near.value["layers"][k]["coefficients"]:
                found |= powers if rational(c) else set()
                work.spend(len(powers) * len(degrees))
                powers = {a + b for a in powers for b in degrees}
            degrees = found
        states.append([degrees])
    n = len(near.inputs)
    return near.network.widths[-1] * sum(comb(n + d - 1, d) for d in degrees)


def upper_bound(near: Near, epsilon: fmpq, evidence: Any) -> tuple[Any, list[str]]:
    """An upper bound of N(F, ε) as it is written, and what was verified."""
    counts = near.parameter_counts
    with working_with(MANY_BITS):
        if member(evidence, "argument") == "Lipschitz":  # Lemma 4
            steps = integers(member(evidence, "steps"), 1, MOST_STEPS, "number of steps",
                             len(counts))
            require(near.spread([near.radius / k for k in steps]) <= epsilon,
                    "Parameters in a small box are not shown to have functions so near.")
            product = arb(1)
            for k, count in zip(steps, counts):
                product *= arb(k) ** count
            return written(product, True), [
                "a Lipschitz constant for the parameters of each layer bounds it from above"]
        require(evidence["argument"] == "polynomials", "The argument for a bound is not known.")
        rest = epsilon - 2 * near.distance  # Lemma 3
        require(rest > 0, "The radius is not larger than twice the distance of the networks.")
        most = max(max(abs(a), abs(b)) for a, b in near.outputs(True))
        return written((1 + arb(2 * most / rest)) ** polynomial_dimension(near), True), [
            "the volume of a ball of polynomials bounds it from above"]


def lower_bound(near: Near, epsilon: fmpq, evidence: Any) -> int:
    """How many functions of P differ, at some inputs, by more than 2ε + 2h: see Lemma 2."""
    points = [near.parameters(w) for w in vectors(member(evidence, "parameters"), "parameters",
                                                  MOST_POINTS)]
    inputs = [near.input(x) for x in vectors(member(evidence, "inputs"), "inputs", MOST_INPUTS)]
    values = [[y for x in inputs for y in near.values(w, x)] for w in points]
    apart = arb(2 * (epsilon + near.distance))
    require(all(any(abs(a - b) > apart for a, b in zip(one, other))
                for one, other in combinations(values, 2)),
            "Two functions are not shown to be so far apart.")
    return len(points)


def check_covering_number(network: Network, value: Any, evidence: Any, status: str) -> Checked:
    """Verify bounds for N(F, ε)."""
    near, (epsilon_data, lower, upper) = open_claim(network, value, evidence, "epsilon", "lower",
                                                    "upper")
    above, below = fields(evidence, "upper", "lower")
    (epsilon,) = numbers([epsilon_data], "radius")
    require(epsilon > 0, "The radius is not positive.")
    with working_with(BITS):
        found, verified = upper_bound(near, epsilon, above)
        least = lower_bound(near, epsilon, below)
    require(rational(lower).denominator == 1 and rational(lower) <= least,
            "The lower bound is larger than the one that is proved.")
    require(is_at_most(found, upper), "The upper bound is smaller than the one that is proved.")
    require((status == "proved") == (lower == upper), "Bounds that meet are a value, others not.")
    return ["the distance of the networks",
            f"{least} functions of the polynomial network are so far apart that those of the other "
            "one are in different balls", *verified], []


def check_sample_complexity(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify a number of samples that suffices for all functions of F: see Lemma 5."""
    near, (error, delta, targets, samples) = open_claim(
        network, value, evidence, "error", "delta", "targets", "samples")
    ball, above = fields(evidence, "epsilon", "upper")
    epsilon, probability, most, radius = map(arb, numbers([error, delta, targets, ball], "numbers"))
    require(epsilon > 0 and 0 < probability < 1 and most >= 0 and radius > 0,
            "The error, its probability or a bound is not as it must be.")
    with working_with(BITS):
        slope, length = loss_constants(near, most)
        require(4 * slope * radius <= epsilon, "The balls are too large.")
        number, verified = upper_bound(near, numbers([ball], "radius")[0], above)
        found = sufficient_samples(number, epsilon, probability, length)
    stated = rational(samples)
    require(stated.denominator == 1 and stated >= max(1, found),
            "So many samples are not proved to suffice.")
    return ["the distance of the networks", *verified,
            "Hoeffding's inequality for the centers of the balls"], []


def loss_constants(near: Near, targets: arb) -> tuple[arb, arb]:
    """The numbers C and D of Lemma 5."""
    outputs = near.outputs()
    size = arb(sum((max(abs(a), abs(b)) ** 2 for a, b in outputs), fmpq(0))).sqrt()
    return 2 * arb(len(outputs)).sqrt() * (size + targets), (size + targets) ** 2


def sufficient_samples(number: Any, error: arb, delta: arb, length: arb) -> int:
    """The number n of Lemma 5, for a covering number as it is written."""
    logarithm = (_ball(number[1]) * arb(10).log() if isinstance(number, list)
                 else _ball(number).log())
    return whole((2 * (length / error) ** 2 * ((2 / delta).log() + logarithm)).upper().ceil())


def _ball(data: Any) -> arb:
    return arb(numbers([data], "number")[0])
