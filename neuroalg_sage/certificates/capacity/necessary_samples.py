"""
How many samples with noise are necessary, whichever method makes a function of them.

Let A be a part of M as for covering numbers.  A method chooses inputs x_1, x_2, ... with |x_i| ≤ b
in every coordinate, each in the light of what it has seen, at random or not.  For a function f of A
it sees y_i = f(x_i) + z_i, all coordinates of all z_i independent and normal with mean 0 and
standard deviation σ.  After n of them it names a function.  Suppose that for each f in A it names
one within ε, in the norm of V, with probability at least 1 - δ.  By Lemma 4 of ``samples``,
|f(x)| ≤ S |f| for these x.

Let f_1, ..., f_M be in A, M ≥ 2, with distances over 2 ε.  The one of them that is nearest to what
the method names is the right one wherever the method is right, by the triangle inequality.  So for
each of the f_i, the method finds out which one it is, but for a probability of at most δ.

*Two points.*  For M = 2, with d = |f_1 - f_2|,

    Φ(- S d √n / 2σ) ≤ δ,  where Φ(-x) = erfc(x / √2) / 2 for the standard normal distribution.

*Proof.*  A sample at x is f_1(x) + u + z with u = 0 or u = (f_2 - f_1)(x), where |u| is 0 or s ≤ S
d. It can be made of a number t = z' or S d + z' with z' normal, standard deviation σ: the
coordinate of y - f_1(x) along u is (s / S d) t and independent noise, such that the standard
deviation is σ again, the others are noise. So the method can be carried out with n numbers t_i,
which are of mean 0, or of mean S d. By Neyman and Pearson, the sum of both probabilities of an
error is at least that for the test by the density ratio, that is by the mean of the t_i, which is
normal with standard deviation σ / √n: it is 2 Φ(- S d √n / 2σ), and at most 2 δ.

*Fano's inequality.*  Let f' be the mean of the f_i, v that of |f_i - f'|^2, and δ ≤ 1 - 1/M.  Then

    n S² v / 2σ² ≥ ln M - h(δ) - δ ln (M - 1),  with h(δ) = - δ ln δ - (1 - δ) ln(1 - δ).

*Proof.*  Let J be uniform in 1, ..., M, and J' what the method takes for it; it errs with a
probability p ≤ δ.  Given J', the entropy of J is that of whether J = J', and of which it is if
not: on the average at most h(p) + p ln(M - 1), which ascends for p ≤ 1 - 1/M.  So J' and the
samples tell of J at least ln M - h(δ) - δ ln(M - 1).  What they tell is the sum over i of what y_i
tells of J after those before it.  These choose x_i and leave J with some distribution; what y_i
then tells is the average over J of the divergence of the law of y_i from their mixture, and no more
than that from any other law, as from the normal one around f'(x_i): |f_J(x_i) - f'(x_i)|² / 2σ² ≤
S² |f_J - f'|² / 2σ².  On the average over all, where J is uniform again, that is S² v / 2σ².
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from neuroalg_sage.certificates.capacity.packings import packing_number
from neuroalg_sage.certificates.capacity.region import FEW_BITS, Region, evaluation_square, real
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, items, member, numbers, rational, require


def mean_square(images: list[list[fmpq]]) -> fmpq:
    """The mean of the squared distances of some points from their mean."""
    count = len(images)
    means = [sum(column, fmpq(0)) / count for column in zip(*images)]
    return sum(((c - mean) ** 2 for image in images for c, mean in zip(image, means)),
               fmpq(0)) / count


def is_too_few(samples: int, points: int, square: arb, delta: Fraction, size: arb,
               noise: Fraction) -> bool:
    """
    Whether so many samples are proved not to tell points apart.

    INPUT:

    - ``square`` -- v, which for two points is d² / 4
    - ``size`` -- S²

    EXAMPLES: Values 0 and 1 with noise 1.  Where both errors have a probability of 1/20, the mean
    of n samples has 1/2 within 1.645 standard deviations 1/√n: more than 10 are necessary. ::

        >>> [is_too_few(n, 2, arb(1) / 4, Fraction(1, 20), arb(1), Fraction(1)) for n in (10, 11)]
        [True, False]
    """
    if points == 2:
        root = (samples * size * square).sqrt() / real(noise)
        return bool((root / arb(2).sqrt()).erfc() / 2 > real(delta))
    if not delta <= 1 - Fraction(1, points):
        return False
    one, other = real(delta), real(1 - delta)
    told = arb(points).log() + one * one.log() + other * other.log() - one * arb(points - 1).log()
    return bool(samples * size * square / (2 * real(noise) ** 2) < told)


def check_necessary_samples(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify that fewer samples do not suffice: the domain, ε, δ, bounds for inputs, σ, and n.
    """
    domain, epsilon, delta_data, inputs_data, noise_data, number_data = items(value, "claim", 6)
    region = Region(model, domain, epsilon)
    delta, inputs, noise, number = map(rational, (delta_data, inputs_data, noise_data, number_data))
    require(0 < delta < 1 and inputs > 0 and noise > 0 and number >= 1 and number.denominator == 1,
            "The probability, a bound or the number is not as it must be.")
    points = packing_number(region, evidence)
    require(points > 1, "There is only one function.")
    phi = model.parametrization
    images = [[f(*numbers(w, "point")) for f in phi] for w in member(evidence, "points")]
    with ctx.workprec(FEW_BITS):
        require(is_too_few(int(number) - 1, points, arb(mean_square(images)), delta,
                           real(evaluation_square(model, inputs)), noise),
                "So many samples are not proved to be necessary.")
    return [f"functions ({points}) that are more than 2ε apart",
            "the best test between two of them" if points == 2 else "Fano's inequality"], []
