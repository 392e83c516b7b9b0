"""
What is covered, and by what: a bounded part of M, and the radius of balls.

Norms are Euclidean, in the coordinates of V.  M is the image of R^N, no closure is meant, and A is

- for a ball, the set of the f in M with |f| ≤ R;
- for a box, the image of the parameters w with |w_i| ≤ B for all i.

N(A, ε) is the least number of closed balls of radius ε with *centers in A* that cover A.
Such numbers are not monotone: of A in X follows N(A, ε) ≤ N(X, ε/2) only, where in each ball that
meets A a point of A is the new center.  But N(A, ε) ≤ N(C, ε) if C is a dense subset of A, since
finitely many closed balls that cover C cover its closure.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

from flint import arb, fmpq, fmpq_mpoly, fmpz

from neuroalg_sage.certificates.capacity.alike import Alike
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    exponent_vectors,
    items,
    member,
    rational,
    require,
)

BITS = 3_500
MOST_BITS = 4_000  # of a parameter
FEW_BITS = 128

Lipschitz = tuple[Fraction, Fraction]
Bound = tuple[arb, list[str], list[str]]  # the bound, what was verified, whom to trust


def real(c: Fraction) -> arb:
    """A rational number as a ball."""
    return arb(fmpq(c.numerator, c.denominator))


def ball_volume(dimension: int) -> arb:
    """The volume of the unit ball."""
    half = arb(dimension) / 2
    return arb.pi() ** half / (half + 1).gamma()


def require_short(points: Sequence[Sequence[fmpq]]) -> None:
    """Refuse parameters of so many bits that their functions are not soon found."""
    require(all(max(abs(c.p), c.q).bit_length() <= MOST_BITS for w in points for c in w),
            f"A parameter has over {MOST_BITS} bits.")


def evaluation_square(model: Model, inputs: Fraction) -> Fraction:
    """
    A number S² with |f(x)| ≤ S |f| for inputs in a box: the largest of the sums of x^(2e) at its
    corner over the monomials x^e of an output (Cauchy and Schwarz, for each output).
    """
    return max(sum((comb(model.inputs + d - 1, d) * inputs**(2 * d) for d in degrees),
                   Fraction(0)) for degrees in model.degree_pattern)


class Region:
    """What part of M is covered, and by what balls."""

    def __init__(self, model: Model, domain: Any, epsilon: Any) -> None:
        self.domain = domain
        self.kind, size = items(domain, "domain", 2)
        if self.kind not in ("ball", "box"):
            raise MalformedCertificate("The domain is neither a ball nor a box.")
        self.model, self.size, self.epsilon = model, rational(size), rational(epsilon)
        require(self.size > 0 and self.epsilon > 0, "A radius is not positive.")

    def with_radius(self, epsilon: Any) -> Region:
        """The same part of M, and balls of another radius."""
        return Region(self.model, self.domain, epsilon)

    def bounds_of_the_box(self, is_expanded: bool) -> tuple[arb, arb]:
        """
        A bound on |φ| on the box, and a Lipschitz constant for the maximum norm of parameters.

        A polynomial Σ c_e w^e is at most Σ |c_e| B^|e| on the box, the sum of its partial
        derivatives at most Σ |c_e| |e| B^(|e| - 1).  Expanded, this is done for each coordinate.
        Else all steps are applied to absolute values, at w = B and x = 1: that bounds, for
        each output, the sum of its coordinates' bounds, so that of their squares.
        """
        if is_expanded:
            pairs: Sequence[Lipschitz] = [
                _majorant(f, self.size) for f in self.model.parametrization]
        else:
            def multiply(a: Lipschitz, b: Lipschitz) -> Lipschitz:
                return a[0] * b[0], a[0] * b[1] + a[1] * b[0]

            pairs = self.model.fold(
                Alike((self.size, Fraction(1)), self.model.parameters),
                Alike((Fraction(1), Fraction(0)), self.model.inputs),
                lambda c: (abs(c), Fraction(0)), lambda a, b: (a[0] + b[0], a[1] + b[1]), multiply)
        values, slopes = (real(sum((pair[i]**2 for pair in pairs), Fraction(0))).sqrt()
                          for i in (0, 1))
        return values, slopes

    def images(self, points: Sequence[Sequence[fmpq]]) -> tuple[list[list[fmpz]], fmpz]:
        """The functions of some parameters, as integers over one denominator."""
        found = [[f(*w) for f in self.model.parametrization] for w in points]
        scale = fmpz(1)
        for c in (c for image in found for c in image):
            scale = scale * c.q // scale.gcd(c.q)
        return [[c.p * (scale // c.q) for c in image] for image in found], scale

    def functions(self, points: Sequence[Sequence[fmpq]]) -> tuple[list[list[fmpz]], fmpz]:
        """The same, once they are verified to be in the part."""
        require_short(points)
        bound = fmpq(self.size.numerator, self.size.denominator)
        require(self.kind == "ball" or all(-bound <= c <= bound for w in points for c in w),
                "Parameters of a point are outside of the box.")
        rows, scale = self.images(points)
        most = scale**2 * self.size.numerator**2
        require(self.kind == "box" or all(
            sum((c * c for c in row), fmpz(0)) * self.size.denominator**2 <= most for row in rows),
            "A function is outside of the ball.")
        return rows, scale

    def radius(self, evidence: Any) -> arb:
        """That of a ball around 0 in which the set lies."""
        if self.kind == "ball":
            return real(self.size)
        return self.bounds_of_the_box(flag(evidence, "expanded"))[0]


def flag(evidence: Any, name: str) -> bool:
    """A field that is true or false."""
    found = member(evidence, name)
    require(isinstance(found, bool), f"The field {name!r} is neither true nor false.")
    return bool(found)


def _majorant(f: fmpq_mpoly, bound: Fraction) -> Lipschitz:
    value = slope = Fraction(0)
    for e, c in zip(exponent_vectors(f), f.coeffs()):
        size, degree = abs(Fraction(int(c.p), int(c.q))), sum(e)
        value += size * bound**degree
        slope += size * degree * bound**(degree - 1) if degree else 0
    return value, slope
