"""
The degree of sums of two products of powers of two linear forms.

Let M consist of the c_1 ⊗ v_1^p w_1^q + c_2 ⊗ v_2^p w_2^q, for c_i in C^m and linear forms v_i, w_i
in a ≥ 2 variables, A = C^a, with p, q ≥ 1 that differ, d = p + q.  Let X = P(A) × P(A), L = O(p,
q), H = Hilb^2(X), which is smooth of dimension 4 (a - 1), and S the dual of L^[2].  The closure of
M is the cone over the image of P(S ⊗ C^m), as in
:mod:`neuroalg_sage.certificates.equations.sums_of_points`; but S → V_0 = S^d A is not injective for
all Z in H.  It is so for two different points, by unique factorization, since p ≠ q.  At one point
twice, in the direction (v', w'), the derivative is v^(p - 1) w^(q - 1) (p v' w + q v w').  It is a
multiple of v^p w^q only for v = w, where it is v^(d - 1) (p v' + q w'), and the direction (q v', -p
v'), with v' not zero in A / v.  Let D be the set of these Z, a flag variety, of the lines v and
planes <v, v'> in A, which is smooth of dimension 2 a - 3.

**Near D.**  The kernel of S → V_0 is a line K.  Let w move by u, or the direction by (0, z), with u
and z in A / v; or let Z have the points t = ± τ of the curve (v + q t v', v - p t v'), with the
coordinate τ^2 of H.  That are 2 a - 1 directions, the codimension of D.  An element of K, the
derivative or the difference divided by 2 τ, becomes modulo v^d and higher terms, up to factors,

    v^(d - 2) v' u,   v^(d - 1) z,   τ^2 v^(d - 3) v'^3,

the last since log (1 + q s)^p (1 - p s)^q = - p q d s^2 / 2 + p q (q^2 - p^2) s^3 / 3 + ..., of
which the even part is no difference.  These are independent.  So N → Hom(K, V_0 / v^d) is
injective for the normal bundle N of D.  On the blow-up Y of H in D, with the exceptional divisor E
= P(N), S → V_0 factors over a subbundle P of V_0, in which K is replaced by K ⊗ O(E).

**The degree.**  If summands of a generic sum are unique, deg M is the integral on Y of 1/c(P)^m.
That of 1/c(S)^m is one on H, where the torus of X may be used, so that there are isolated fixed
points.  Their difference is supported on E: with the complete homogeneous symmetric polynomial h(κ)
of degree 4 (a - 1) in m times d v and m times κ, negatives of Chern roots, it is the integral of
(h(κ + e) - h(κ)) / e on E, for the first Chern classes of K, and e of O(E).  By residues this is a
sum over the flags of coordinates, with the weights ν of N, and t of D, of

    Σ_ν (h(κ + ν) - h(κ)) / (ν Π_ν' (ν' - ν) Π t).

N has a filtration by bundles on D, with the weights 2 (v' - v), u - v, and z - v'.  It has the
Chern classes of their sum, where each may be scaled, so that weights differ and none is zero.

Summands are unique by (1) of :mod:`neuroalg_sage.certificates.equations.contact_loci`: the Hessians
at w_1 of all N · φ, for N that vanish on the image of Dφ, of the dimension 4 (a - 1) + 2 m, have
the rank m + 2 a - 3, where the values of c ⊗ v^p w^q have the dimension m + 2 a - 2.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

from flint import fmpq, nmod_mat

from neuroalg_sage.certificates.equations.lengths import forms
from neuroalg_sage.certificates.equations.linear_factors import coefficients, monic
from neuroalg_sage.certificates.equations.sums_of_points import (
    UNIQUE,
    Sum,
    Torus,
    complete_symmetric,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    fields,
    integer,
    integers,
    items,
    prime,
    require,
    value_modulo,
)

LARGEST_POWER, MOST_PARAMETERS = 20, 100


def integral(a: int, m: int, p: int, q: int) -> int:
    """
    The number deg f · deg M, or 0 if dim M is less than expected.

    EXAMPLES: A pencil of binary cubics has four with a double zero, so two of these are chosen in
    six ways; 3 × 4 matrices of rank 2 have the degree 6::

        >>> integral(2, 2, 2, 1), integral(2, 3, 2, 1)
        (6, 36)
    """
    top = 4 * (a - 1)

    def value(weights: list[int]) -> int:
        return complete_symmetric(weights * m, top)[top]

    copy = [list(range(m)), list(range(m, m + a)), list(range(m + a, m + 2 * a))]
    units = [tuple(int(k == c) for k in range(m)) for c in range(m)]
    torus = Torus(Sum([copy, copy], [((*c, *e), fmpq(1)) for c in units
                                     for e in forms((a, a), (p, q))], (1, p, q), True))
    total = sum((fmpq(value(torus.values(scheme)), denominator)
                 for scheme, denominator in torus.fixed_points()), fmpq(0))
    base = 16
    inputs = [base**(k + 1) for k in range(a)]
    scales = [base**(a + k + 1) for k in range(3)]
    for v, w in permutations(inputs, 2):
        others = [u for u in inputs if u not in (v, w)]
        tangents = 1
        for t in (w - v, *(u - k for u in others for k in (v, w))):
            tangents *= t
        normal = [2 * (w - v) + scales[0], *(u - v + scales[1] for u in inputs if u != v),
                  *(z - w + scales[2] for z in inputs if z != v)]
        point, kappa = (p + q) * v, (p + q - 1) * v + w
        before = value([point, kappa])
        for t in normal:
            denominator = tangents * t
            for s in normal:
                if s != t:
                    denominator *= s - t
            require(denominator, "A torus has other fixed points.")
            total += fmpq(value([point, kappa + t]) - before, denominator)
    require(total.q == 1 and total >= 0, "The residues do not add up to a number of points.")
    return int(total.p)


def degree_of_pairs_of_products(model: Model, evidence: Any) -> tuple[int, list[str]]:
    """The degree of M, and what was verified."""
    given, powers = fields(evidence, "summands", "powers")
    p, q = (integer(k, 1, LARGEST_POWER, "power") for k in items(powers, "powers", 2))
    copies = [[integers(block, 0, model.parameters - 1, "parameter")
               for block in items(copy, "blocks", 3)] for copy in items(given, "summands", 2)]
    m, a, other = map(len, copies[0])
    require(m > 0 and a > 1 and other == a and p != q and model.parameters <= MOST_PARAMETERS
            and [list(map(len, copy)) for copy in copies] == [[m, a, a]] * 2
            and sorted(v for copy in copies for block in copy for v in block)
            == list(range(model.parameters)), "The blocks are not those of two products.")
    phi = model.parametrization
    ring = phi[0].context()
    y = ring.gens()
    (c, *one), (b, *two) = copies
    first, second = (coefficients(ring, blocks, [p, q]) for blocks in (one, two))
    require({monic(f) for f in phi if f} == {
        monic(y[k] * f + y[j] * g) for k, j in zip(c, b) for f, g in zip(first, second)},
        "φ is no sum of multiples of two products.")
    number, dimension = integral(a, m, p, q), 4 * (a - 1) + 2 * m
    require(number > 0, "The sums have a smaller dimension than expected.")
    verified = ["φ is a sum of two multiples of products of powers of two linear forms",
                f"the residues at fixed points add up to {number}"]
    if dimension == model.ambient_dimension or number == 1:
        return 1, verified
    given, at = fields(evidence, "prime", "point")
    modulus = prime(given)
    at = integers(at, 0, modulus - 1, "parameter", model.parameters)
    n, own = len(phi), [v for block in copies[0] for v in block]
    tangents = nmod_mat(model.parameters, n, [value_modulo(f.derivative(v), at, modulus)
                                              for v in range(model.parameters) for f in phi],
                        modulus)
    kernel, nullity = tangents.nullspace()
    require(n - nullity == dimension, "The tangent spaces are dependent.")
    normals = nmod_mat(nullity, n, [int(kernel[i, k]) for k in range(nullity) for i in range(n)],
                       modulus)
    second_derivatives = nmod_mat(n, len(own)**2, [
        value_modulo(f.derivative(v).derivative(u), at, modulus)
        for f in phi for v in own for u in own], modulus)
    hessians = nmod_mat(nullity * len(own), len(own), (normals * second_derivatives).entries(),
                        modulus)
    require(hessians.rank() == m + 2 * a - 3, "The contact locus may be larger than points.")
    return number, [*verified, UNIQUE]
