"""
How many cells, and so how many regions, a network of given widths has at most, at any weights.

**Claim.** Let a network be a chain of layers, each of which is affine, an activation of each entry,
or a maximum over groups of entries. Whatever the weights and biases of networks with such layers of
the same widths are, where affine layers without biases have none, their inputs have at most
``most`` cells; and those of the stated network are ``cells``.

Let C be an open convex set of inputs on which a state is affine, with a linear part of rank at most
k. T(k), which depends on the layers that follow, will bound the number of cells into which these
cut C, and does not decrease with k. At the end of the network, T(k) = 1. An affine layer with m
outputs leaves a rank of at most min(k, m), so that T(k) = T'(min(k, m)), where T' is that of the
layers after it. All functions below are affine functions of k numbers, on an open convex set.

**Lemma 1.** n classes of p parallel hyperplanes cut R^k into at most N = sum over j <= k of
binomial(n, j) p^j sets. If n > 0 and k > 0, n hyperplanes through the origin cut it into at most 2
sum over j < k of binomial(n - 1, j). *Proof.* A further hyperplane cuts as many sets in two as it
is cut into by the others itself; of those of its own class it meets none. So classes p_1, ..., p_m
cut R^k into at most the sum of the elementary symmetric functions of degrees up to k in p_1, ...,
p_m, by induction on m: p_m hyperplanes are each cut by the others in R^(k-1). Hyperplanes through
the origin are cut by two parallels to one of them into twice the sets of the n - 1 others in
R^(k-1), and each set is met by one of the two. ∎

An activation of n entries with p breakpoints cuts C into at most N sets, and on each the rank is at
most min(k, n). So T(k) = N T'(min(k, n)). If no layer has a constant, the network is positively
homogeneous, C may be taken to be a cone, states are linear there, and N is the second number.

**Lemma 2.** Let an activation have one breakpoint, and be constant on one side of it. Then T(k) is
the sum over j = 0, 1, ... of c_j T'(min(k, n - j)), where c_j is binomial(n, j) as long as the sum
of these is at most N, and then what is left of N. *Proof.* The set of those entries that are on the
other side of the breakpoint names a cell, since an entry that is at it on all of C is not. So there
are at most binomial(n, j) cells where j entries are constant; there the rank is at most min(k, n -
j). Since T' does not decrease, the sum is largest if j is small. ∎

**Lemma 3.** Maxima over groups of K_1, ..., K_n entries cut C into at most the product of all K_i
sets; for k <= 2 into at most the sum of the elementary symmetric functions of degrees up to k in
all K_i - 1; and into at most as many as sum K_i (K_i - 1) / 2 hyperplanes. *Proof.* Where the same
entries attain a maximum is convex, so each group has at most K_i such open sets, and intersections
of them are convex: this is the first bound. The last one is by the hyperplanes on which two entries
are equal. For k = 2 let X_i be the points where entries that differ attain the maximum of group i;
a union of segments, rays and lines. Translate the groups a little, each by a generic vector: no set
is lost, and no point is in three of the X_i. Open convex sets and their intersections have the
Euler characteristic with compact supports 1, and it is additive. So the number of sets is 1 -
chi(union of the X_i) = 1 - sum chi(X_i) + sum chi(X_i and X_j). For one group it is r_i = 1 -
chi(X_i), for two of them r_ij <= r_i r_j. Insert these: with a_i = r_i - 1 there are at most 1 +
sum a_i + sum a_i a_j sets, and a_i <= K_i - 1. For k = 1 the X_i are at most sum a_i points. ∎
"""

from __future__ import annotations

from math import comb, prod
from typing import Any

from flint import fmpq_mat

from neuroalg_sage.certificates.piecewise.linear_regions import check_linear_regions
from neuroalg_sage.certificates.piecewise.network import Network, Pieces
from neuroalg_sage.certificates.reading import Checked, fields, require

MOST_INPUTS = 6


def check_region_bound(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the bound, and the numbers at the stated weights."""
    most, found = fields(value, "most", "found")
    require(set(value) == {"most", "found"}, "The claim has an unknown field.")
    bound = most_cells(network)
    require(type(most) is int and most == bound, f"There are at most {bound} cells.")
    verified, trust = check_linear_regions(network, found, evidence)
    require(not found["domain"], "The bound is about all inputs.")
    return ["the numbers of hyperplanes and ranks, layer by layer", *verified], trust


def most_cells(network: Network) -> int:
    """How many cells the network has at most, whatever its weights are."""
    require(all(taken == [k] for k, (taken, _) in enumerate(network.maps)),
            "The bound is that of layers that follow one another.")
    d = network.inputs
    require(d <= MOST_INPUTS, f"The bound is found for at most {MOST_INPUTS} inputs.")
    # On cones all states are linear if nothing has a constant.
    has_origin = not any("bias" in layer for layer in network.description["layers"]) and not any(
        any(made[0]) or any(c for _, c in made[1])
        for _, made in network.maps if isinstance(made, tuple))
    widths = [d]
    for _, made in network.maps:
        widths.append(made.nrows() if isinstance(made, fmpq_mat) else
                      len(made) if isinstance(made, list) else widths[-1])
    most = [1] * (d + 1)  # T(k) for the layers that follow, from the last one on
    for n, after, (_, made) in reversed(list(zip(widths, widths[1:], network.maps))):
        if isinstance(made, fmpq_mat):
            most = [most[min(k, after)] for k in range(d + 1)]
        elif isinstance(made, list):
            most = [by_maxima([len(group) for group in made], k) * most[min(k, after)]
                    for k in range(d + 1)]
        else:
            most = [by_activation(n, k, made, has_origin, most) for k in range(d + 1)]
    return most[d]


def by_activation(n: int, k: int, made: Pieces, has_origin: bool, most: list[int]) -> int:
    """T(k) of an activation of n entries, by Lemma 2 where that applies."""
    p, slopes = len(made[0]), [slope for slope, _ in made[1]]
    left = through_the_origin(n, k) if has_origin and p == 1 else sum(
        comb(n, j) * p**j for j in range(min(k, n) + 1))
    if p > 1 or all(slopes):
        return left * most[min(k, n)]
    total = 0
    for j in range(n + 1):
        count = min(left, comb(n, j))
        if not count:
            break
        total, left = total + count * most[min(k, n - j)], left - count
    return total


def through_the_origin(n: int, k: int) -> int:
    """The second bound of Lemma 1."""
    return 2 * sum(comb(n - 1, j) for j in range(min(k, n))) if k else 1


def by_maxima(sizes: list[int], k: int) -> int:
    """The least bound of Lemma 3."""
    hyperplanes = sum(size * (size - 1) // 2 for size in sizes)
    bounds = [prod(sizes), sum(comb(hyperplanes, j) for j in range(min(k, hyperplanes) + 1))]
    if k <= 2:
        linear = sum(size - 1 for size in sizes)
        squares = sum((size - 1) ** 2 for size in sizes)
        bounds.append((1, 1 + linear, 1 + linear + (linear**2 - squares) // 2)[k])
    return min(bounds)
