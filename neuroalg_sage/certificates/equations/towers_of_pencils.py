"""
The degree of deep networks with squares in which narrow states are pencils of forms.

Let a network have a inputs, k hidden layers of h_1, ..., h_k ≥ 2 units with squares, m outputs, no
bias, and let one of h_i and h_(i + 1) be 2 for all i < k, and a or h_1 be 2; if m = 1, let k ≥ 2.
Let W be the space of linear forms, or a space of them of dimension 2 if h_1 = 2. For a space P of
forms of dimension 2 the map of S^e P to forms is injective, since a form of degree e in two of them
is a product of e; so S^e P is a space of forms of dimension e + 1.

**What the functions are.** A generic space of dimension 2 in S^2 P contains two squares, which span
it, so it is spanned by the squares of two elements of P; and S^2 P by those of three. Hence what
layer i + 1 reads are h_(i + 1) generic elements of a generic space P_i of dimension 2, a *pencil*,
in S^2 P_(i - 1), where P_0 = W, for i < k. The outputs are generic elements of F = P_k, a pencil in
S^2 P_(k - 1), if h_k = 2, else of F = S^2 P_(k - 1). One output is a generic element of S^2 P_(k -
1) in both cases, that is, a product of two generic elements of P_(k - 1). These span it, and are
any two elements of S^2 P_(k - 2), each a product of two elements of P_(k - 2); so the output is a
generic element of F = S^4 P_(k - 2). Let B be the variety of all (W, P_1, P_2, ...) up to the space
of which F is made, a tower of bundles of Grassmannians, and Y the variety of all lines in C^m ⊗ F.
So M is the cone over the image of f: Y → P(V), which is a morphism and linear on each C^m ⊗ F.

**f is birational.** Two generic elements of P_k span it. W is known, since the functions on A = C^a
depend on no fewer linear forms. What remains is the case of forms in two variables and this

**Lemma.** Let P be a space of dimension 2 of forms in two variables without a common zero, and s_1,
s_2 generic in S^2 P. Then P is the only such space whose square contains s_1 and s_2.

Proof. Let z be the quotient of a basis of P, and R = s_1/s_2 = r(z), of degree 2 in z, with branch
points b_1, b_2: then s_1 - b_i s_2 is a multiple of u_i^2, with generic u_1 and u_2 in P. Let P' be
another such space, and z' a quotient of its basis, so that R = r'(z'), of degree 2. The extensions
C(z) and C(z') of C(R) are of degree 2. If they had the same branch points they would be the same in
C(x), and P' = P. So let R = b_1, say, be no branch point of r': then u_1^2 is a product of two
forms of P' that are no multiples of each other, so they have no common zero, and are squares m^2
and n^2, with m n = u_1. So P' is one of finitely many spaces <m^2, n^2> that depend on u_1. Those u
in P with u^2 in S^2 P' are a closed set, and u_2 is generic; so all are such, S^2 P ⊂ S^2 P', so
that they are equal, z is in C(z'), and P = P'.

Pencils of generic elements have no common zero, since P has none and generic elements of S^2 P have
none. So P_(k - 1) is known from two outputs, or from a basis of P_k, and so on down to P_1.

**One output.** It has to be seen that a generic q in S^4 P, for generic P = P_(k - 2), lies in no
S^4 P' for other spaces P' of dimension 2 of forms of the same degree d. Let Z be the variety of all
lines in S^4 P' for all these P', which P(S^4 P) for P from B belong to. It is enough that the map
of Z to forms, which is proper, has over one q = p_1^3 p_2 with generic p_1 and p_2 in P one point
alone, and is unramified there. The zeros of p_1 p_2 are 2d points. Let q be a product of elements
of P'. These have no common zero, else it had a zero of order 4; so those that are not multiples of
each other have no zero in common. If three of them are multiples of one l, and l' is the fourth,
the d zeros of p_2 are simple ones of q, so of l'; so l' is a multiple of p_2, l of p_1, and P' = P.
If two of them and no third are, or all four, q has zeros whose orders are even, but it has none.
If no two are, each zero of p_1 is one of order 3 of one element of P'; then the quotient of a basis
of P', a map of degree d of the line to itself, is ramified at d points of order 3, which adds 2d,
more than the 2d - 2 that there are. Unramified: let p_1 + ε φ_1 and p_2 + ε φ_2 span a space whose
S^4 contains q + ε r for an r in S^4 P, so that 3 p_1^2 p_2 φ_1 + p_1^3 φ_2 is in S^4 P. It is a
multiple of p_1^2, which has no zero in common with p_2; so 3 p_2 φ_1 + p_1 φ_2 is in S^2 P; modulo
p_1 it is c p_2^2, so that 3 φ_1 - c p_2 is a multiple of p_1, by a number; so φ_1 is in P, then φ_2
likewise, and the space does not move.

So deg M is the integral of c_1(O(1))^dim Y over Y, which is that of 1/c(C^m ⊗ F) over B. By Bott's
residue formula it is the sum over the fixed points of B, where W is spanned by coordinates of A,
and P_i by monomials in the basis of P_(i - 1), of h(-w) / Π t, with the weights w of C^m ⊗ F, those
t of the tangent space, and h the complete homogeneous symmetric polynomial of degree dim B.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from flint import fmpq

from neuroalg_sage.certificates.equations.sums_of_points import complete_symmetric
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require

MOST_LAYERS, MOST_INPUTS, MOST_OUTPUTS = 8, 40, 200


def squares(model: Model) -> list[int]:
    """Verify that the model is a network with squares and no bias; its widths."""
    steps, widths = model.steps, model.widths
    require(len(steps) % 2 and all(step.sources == (i,) for i, step in enumerate(steps)),
            "The layers are no chain.")
    offset = 0
    for i, step in enumerate(steps):
        a, b = widths[i], widths[i + 1]
        if i % 2:
            require(a == b and not step.parameters and all(
                len(terms) == 1 and next(iter(terms)) == ((k, 2),)
                for k, terms in enumerate(step.outputs)), "An activation is no square.")
            continue
        dense = [{((o * a + j, 1), (a * b + j, 1)): Fraction(1) for j in range(a)}
                 for o in range(b)]
        require(step.parameters == a * b and step.offset == offset
                and list(step.outputs) == dense, "A layer is not all linear maps.")
        offset += a * b
    return [*widths[:-1:2], widths[-1]]


def fixed_points(weights: Sequence[int], pencils: int) -> Iterator[tuple[list[int], list[int]]]:
    """Those of a tower of pencils over a space: the weights of the last, and of the tangents."""
    if not pencils:
        yield list(weights), []
        return
    x, y = weights
    quadrics = [2 * x, x + y, 2 * y]
    for p, q in combinations(quadrics, 2):
        (rest,) = (w for w in quadrics if w not in (p, q))
        for last, tangents in fixed_points([p, q], pencils - 1):
            yield last, [rest - p, rest - q, *tangents]


def integral(a: int, pencils: int, m: int, power: int) -> int:
    """
    The degree of M, for F a symmetric power of the last of so many pencils.

    EXAMPLES: Three binary quadrics in a pencil, 3 × 3 matrices of rank 2; pairs of conics, which
    are squares of linear forms; four lines through a point of the plane::

        >>> integral(2, 1, 3, 1), integral(3, 1, 2, 1), integral(3, 0, 1, 4)
        (3, 15, 45)
    """
    inputs, total, dimension = [3**k for k in range(a)], fmpq(0), 2 * (a - 2) + 2 * pencils
    for chosen in combinations(inputs, 2):
        others = [b - c for b in inputs if b not in chosen for c in chosen]
        for (x, y), tangents in fixed_points(chosen, pencils):
            weights = [i * x + (power - i) * y for i in range(power + 1)]
            denominator = 1
            for t in (*others, *tangents):
                denominator *= t
            require(denominator, "A torus has other fixed points.")
            total += fmpq(complete_symmetric([-w for w in weights] * m, dimension)[dimension],
                          denominator)
    require(total.q == 1 and total > 0, "The residues do not add up to a number of points.")
    return int(total.p)


def degree_of_tower(model: Model) -> tuple[int, list[str]]:
    """The degree of M, and what was verified."""
    a, *hidden, m = squares(model)
    require(len(hidden) <= MOST_LAYERS and a <= MOST_INPUTS and m <= MOST_OUTPUTS,
            "The network is too large.")
    require(hidden and len(hidden) + m > 2 and min(a, *hidden) > 1 and 2 in (a, hidden[0])
            and all(2 in pair for pair in zip(hidden, hidden[1:])),
            "Some states of the network are no pencils.")
    levels = 2 if m == 1 else int(hidden[-1] > 2)  # which its functions do not show
    return integral(a, len(hidden) - levels, m, 2**levels), [
        "the states of the network are pencils of forms",
        "residues at the fixed points of a tower of Grassmannians"]
