"""
Binary quartics as quadratic forms in two squares.

The layers are dense without bias, of widths 2, 2, q >= 2 and 1, with the exponent 2 after the
first and after the second.  So M is all F(l_1^2, l_2^2) with real linear forms l_1, l_2 and real
binary quadratic forms F, since q squares are enough for these.

*Lemma.*  M is all real binary quartics but the l^3 m with independent l and m.

*Proof.*  If l_1 and l_2 are dependent, F(l_1^2, l_2^2) = c l^4.  Else it is an even form a X^4 + b
X^2 Y^2 + c Y^4 in suitable coordinates.  If it has a zero of multiplicity three or more, so has it
at the image of this zero under (X, Y) -> (X, -Y).  So the two are the same, X = 0 or Y = 0, and
the form is a X^4 or c Y^4.  Conversely let f be a real quartic, not l^3 m.  If f = c l^4 or 0, let
l_1 = l.  If it has a double zero, and none of higher multiplicity, it is a multiple of X^2 Y^2, of
(X^2 + Y^2)^2, of X^2 (X^2 - Y^2) or of X^2 (X^2 + Y^2) in suitable coordinates, since real
projective maps of the line take any three real zeros to any others, and a real zero with a pair of
conjugate ones to any others.  If all zeros are simple, f is a product of two real quadratic
forms.  If f has a zero that is not real, let one of the two be definite: both are combinations of
two squares X^2, Y^2.  Else let the two zeros of each be neighbors on the projective line.  Take
those of the first to 1 and -1 by a map of the line.  Those of the second lie on one side of them,
and a map that fixes 1 and -1 takes these to c and -c.  So both are combinations of X^2 and Y^2
again, and f is a quadratic form in these.  ∎

f = l^3 m with independent l, m if and only if the catalecticant C_2 has rank 2, and the quadratic
form g with g(∂) f = 0 is a square: if g = D^2, D annihilates l, and D^2 f = 0, then f = l^3 m. For
the columns J of C_2 in pairs let g_J have the minors as coefficients.  If the rank is 2, g_J = c_J
g, so the sum of the discriminants of all g_J vanishes if and only if that of g does.
"""

from __future__ import annotations

import itertools

from neuroalg_sage.certificates.equations.spans import minors
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.real.formulas import Formula
from neuroalg_sage.certificates.real.narrow_states import widths_and_exponents
from neuroalg_sage.certificates.real.sums_of_powers import catalecticant, rank_at_most


def quartics(model: Model) -> Formula:
    """The quartics that are not l^3 m."""
    states = widths_and_exponents(model)
    require([k for _, k in states] == [1, 2, 2, 1] and [w for w, _ in states[:2]] == [2, 2]
            and states[2][0] >= 2 and states[3][0] == 1,
            "The lemma is on networks of widths 2, 2, two or more, and 1, with squares.")
    matrix = catalecticant(model, 2)
    (determinant,) = minors(matrix, 3)
    total = determinant * 0
    for columns in itertools.combinations(zip(*matrix), 2):
        (a, p), (b, q), (c, s) = zip(*columns)
        total += (c * p - a * s) ** 2 - 4 * (b * s - c * q) * (a * q - b * p)
    return [[("!=", determinant)], [("!=", total)], rank_at_most(1, matrix)]
