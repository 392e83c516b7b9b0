"""
How many inputs, or samples, determine a function of M or its risk.

**Identification.**  Let d = dim M, and c be the number of outputs.

*Lemma 1.*  For functions f of M in general position, and any k inputs with k c < d, infinitely many
functions of M agree with f at these inputs, over R and over C.

*Proof.* G(w) = (f_w(x_1), ..., f_w(x_k)) is a linear map of φ(w), of rank at most k c. At a w where
the ranks of Dφ and DG are the largest ones, the fiber of G is a manifold with the kernel of DG as
tangent space, on which Dφ has rank at least d - k c > 0. So φ is not constant on any part of it
near w.

*Lemma 2.* Let f be in M. For d + 1 inputs in general position no other function of M agrees with f
at all of them. For 2 d + 1 inputs in general position no two functions of M agree at all of them.

*Proof.* In the set of all (g, x_1, ..., x_k), g in M other than f, with g(x_i) = f(x_i) for all i,
the inputs of one g are in a proper algebraic subset of dimension at most k (a - 1), a the number of
inputs' coordinates, as some output of g - f is not zero. So its dimension is at most d + k (a - 1),
less than k a for k > d, and its projection to the inputs is not dense. For pairs of functions d
becomes 2 d. It is the same over R, with semialgebraic sets, and inputs outside of a set of measure
zero.

*Lemma 3.* Let p be the largest number of coordinates that an output has in V. For p inputs in
general position no two functions of V, so no two of M, agree at all of them.

*Proof.* The coordinates of an output are coefficients of q ≤ p monomials.  These are linearly
independent as functions, so they are at some q inputs, one after the other chosen where the next
determinant is not zero; then the determinant of their values at q inputs is a polynomial in these
that is not zero.  Where it is not zero, for each output, a difference that vanishes there is zero.

**Uniform convergence.** Let samples (x, y) be independent and from one distribution, whichever,
with inputs |x_i| ≤ b and targets |y| ≤ T, and let the loss of f be |f(x) - y|^2, norms Euclidean.
Let A be the functions of M in a ball of radius R, or a box whose functions have norm at most R.

*Lemma 4.* Let S^2 be the largest of the sums of x^(2e) at x = (b, ..., b) over the monomials x^e of
an output. Then |f(x)| ≤ S |f|; the loss is in [0, D] with D = (S R + T)^2, and the losses of f and
g in A differ by at most C |f - g| with C = 2 S (S R + T).

*Proof.*  Cauchy and Schwarz for each output, f_j(x)^2 ≤ |f_j|^2 S^2; and
|f - y|^2 - |g - y|^2 = (f - g) · (f - y + g - y), the last factor at most 2 (S R + T).

*Lemma 5.* Let the losses of all f in A be in an interval of length D, and those of f and g differ
by at most C |f - g|. If n ≥ 2 D^2 / ε^2 · ln(2 N / δ), with N ≥ N(A, η) and 4 C η ≤ ε, then with
probability at least 1 - δ empirical and true mean of the loss differ by at most ε for all f in A at
once.

*Proof.* Let g be a center within η of f. Both means of the losses of f and g differ by at most C η
each, so their difference for f is at most that for g and 2 C η ≤ ε/2. By Hoeffding's inequality the
difference for one g is larger than ε/2 with probability at most 2 exp(-2 n (ε/2)^2 / D^2), and N
times this is at most δ. (For losses of both signs, |loss| ≤ B, D is 2 B, and the exponent
-n ε^2 / 8 B^2. The exponent -n ε^2 / B^2 is false for these: a loss of ± B by a fair coin, one
function and one sample differ by B > ε with probability 1.)
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, ctx

from neuroalg_sage.certificates.capacity.covering_number import upper_bound_in_balls
from neuroalg_sage.certificates.capacity.large_numbers import whole
from neuroalg_sage.certificates.capacity.layers import coordinates_of_an_output
from neuroalg_sage.certificates.capacity.region import (
    FEW_BITS,
    Region,
    evaluation_square,
    real,
)
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    items,
    rational,
    require,
)


def identifying_inputs(model: Model, dimension: int) -> list[int]:
    """The least k with k c ≥ d, then d + 1 and 2 d + 1, or p where that is less."""
    enough = coordinates_of_an_output(model)
    return [-(-dimension // model.outputs), min(dimension + 1, enough),
            min(2 * dimension + 1, enough)]


def check_identifying_inputs(model: Model, value: Any, evidence: Any, status: str,
                             stated_error: Any = None) -> Checked:
    """
    Verify how many inputs are necessary, suffice for a function, and suffice for all; more than
    are proved suffice, too.
    """
    dimension, proof = fields(evidence, "dimension", "dimension_evidence")
    checked = check_dimension(model, dimension, proof, status, stated_error)
    least, *enough = integers(value, 0, 10**18, "number of inputs", 3)
    proved, *sufficient = identifying_inputs(model, dimension)
    require(least == proved and all(a >= b for a, b in zip(enough, sufficient)),
            "The numbers of inputs are not those that follow from the dimension.")
    return checked


def loss_constants(region: Region, evidence: Any, inputs: Fraction, targets: Fraction
                   ) -> tuple[arb, arb]:
    """The numbers C and D of Lemma 4."""
    size = real(evaluation_square(region.model, inputs)).sqrt()
    error = size * region.radius(evidence) + real(targets)
    return 2 * size * error, error**2


def sufficient_samples(region: Region, evidence: Any, error: Fraction, delta: Fraction,
                       slope: arb, length: arb) -> tuple[str, list[str], list[str]]:
    """The number n of Lemma 5, for C and D; what was verified, and whom to trust."""
    require(4 * slope * real(region.epsilon) <= real(error), "The balls are too large.")
    number, verified, trust = upper_bound_in_balls(region, evidence)
    found = 2 * (length / real(error)) ** 2 * (2 * number / real(delta)).log()
    return decimal(max(1, whole(found.upper().ceil()))), verified, trust


def check_sample_complexity(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify a number of samples: the domain, ε, δ, then bounds for inputs and targets of the squared
    error, or a list of C and of both ends of the interval of losses; and n.
    """
    domain, error_data, delta_data, *of_the_loss, number = items(value, "claim")
    radius, above = fields(evidence, "radius", "upper")
    error, delta = rational(error_data), rational(delta_data)
    require(error > 0 and 0 < delta < 1, "The error or its probability is not as it must be.")
    region = Region(model, domain, radius)
    with ctx.workprec(FEW_BITS):
        if len(of_the_loss) == 1:
            constant, low, high = map(rational, items(of_the_loss[0], "loss", 3))
            require(constant > 0 and low < high, "A bound of the loss is not as it must be.")
            slope, length, verified = real(constant), real(high - low), []
        else:
            inputs, targets = map(rational, items(of_the_loss, "bounds", 2))
            require(inputs > 0 and targets >= 0, "A bound is not as it must be.")
            slope, length = loss_constants(region, above, inputs, targets)
            verified = ["bounds of the squared error and of its slope"]
        found, more, trust = sufficient_samples(region, above, error, delta, slope, length)
    least, stated = rational(found), rational(number)
    require(stated.denominator == 1 and stated >= least,
            "So many samples are not proved to suffice.")
    return [*verified, *more, "Hoeffding's inequality for the centers of the balls"], trust
