"""
In how many pieces affine spaces meet the functions of a model: Betti numbers from degrees.

Everything here is over the real numbers.  Real algebraic sets and their images under polynomials
have finitely many connected components, which are path-connected (Tarski, Seidenberg).

*Lemma 1* (Oleinik, Petrovsky, Thom, Milnor).  The zeros in R^p of polynomials of degree at most
D ≥ 1 have at most b(p, D) = D (2D - 1)^(p - 1) components for p ≥ 1, and b(0, D) = 1.

*Proof.*  Let Z be the zeros of f_1, ..., f_q, and z_1, ..., z_N points of its components Z_1, ...,
Z_N.  Choose ρ > max |z_i|, put f = Σ f_i², and F = f - e (ρ² - |x|²) for e > 0.  The set {F ≤ 0}
lies in the ball of radius ρ, and F(z_i) < 0.  The Z_i are closed and finitely many, so their
parts in the ball are compact and have disjoint neighborhoods; for small e these cover {F ≤ 0},
since for e → 0 it shrinks to Z within the ball.  So the z_i lie in N different components of
{F ≤ 0}.  For almost all e, dF has no zero on {F = 0}: within the ball F = (ρ² - |x|²)(g - e)
with g = f / (ρ² - |x|²), and e is a regular value of g (Sard); where |x| = ρ and F = 0, f = 0 and
df = 0, so dF = 2 e x.  So each component of {F ≤ 0} that has a z_i is a compact manifold with
smooth boundary and with interior points; a linear form has its maximum and its minimum on it at two
points of the boundary, where dF is a multiple of the form.  For almost all forms all such points
are nondegenerate (Sard, for the Gauss map); choose coordinates in which the form is x_p.  They
are isolated solutions of F = ∂F/∂x_1 = ... = ∂F/∂x_(p-1) = 0, at most 2D (2D - 1)^(p - 1) by
Bezout.  So 2N is at most that.

*Lemma 2* (a ball).  Let Z be closed, and g continuous, both semialgebraic.  Then Z ∩ {g ≤ 0} has
at most as many components as Z and Z ∩ {g = 0} have together.

*Proof.*  A component C that meets {g = 0} contains the component of Z ∩ {g = 0} through that point.
Another one lies in {g < 0}, and is a component of Z: a path in Z that starts in C stays in {g < 0},
for at the first point with g = 0 it would still be in C.  Both are different for different C.

*Lemma 3* (a box).  Let Z in R^p be closed and semialgebraic, and Q = [-B, B]^p.  Then Z ∩ Q has at
most as many components as the sets Z ∩ A have together, A the affine hull of a face of Q,
Q itself included; there are C(p, k) 2^(p - k) faces of dimension k.

*Proof.*  To a component C take a face of least dimension that it meets, and the component C' of
Z ∩ A through a point of C in that face.  C' does not leave the face: a path in it would
first meet the face's boundary, at a point of C in a smaller face.  So C' lies in Z ∩ Q, hence
in C; and different C have different C'.

*Lemma 4* (Bezout).  The zeros in C^p of m polynomials of degree at most D ≥ 1 have at most D^m
irreducible components.  So if the fibers of a map over finitely many points make up such a set, and
none of them is empty, there are at most D^m points: fibers are closed and disjoint.

*Lemma 5* (critical points of a distance).  Let f_1, ..., f_j in R[w_1, ..., w_p] have independent
differentials at all their common zeros in C^p.  Let the variables be in blocks, p_i of them in the
i-th, in which all f_k have degrees at most d_i, and e_i = max(d_i - 1, 1).  Then the zeros in R^p
have at most as many components as the coefficient of s^j Π t_i^(p_i) in

    (Σ d_i t_i)^j Π_i (e_i t_i + Σ_(k ≠ i) d_k t_k + s)^(p_i).

For one block it is C(p, j) d^j e^(p - j).

*Proof.*  The zeros in C^p are a manifold Z of dimension p - j.  A component of the real ones is
closed, and has a point w nearest to a in R^p; there a - w = Σ λ_k df_k(w) with real λ_k.  Let E map
(w, λ) in Z × C^j to w + Σ λ_k df_k(w) in C^p.  Both have dimension p, so almost all a in R^p are
regular values (Sard: the others lie in a proper algebraic subset).  Then all (w, λ) with f_k(w) = 0
and E(w, λ) = a are isolated zeros of j + p equations in as many variables, whose degrees in the
blocks and in λ are those of the factors.  Isolated zeros persist when equations are moved, so
there are at most as many as for general equations of these degrees, which is that coefficient.

*Lemma 6* (generic flats).  Let ψ map C^p to C^j by real polynomials.  For almost all b in R^j the
differentials of the f_k = ψ_k - b_k are independent at all common zeros of the f_k: the critical
values of ψ lie in a proper algebraic subset.  So it is for the affine hulls of faces of a box, with
coordinates of their own; and those of dimension less than j have no zeros.  With Lemmas 3 and 5,
for one block, zeros in a box have at most this number of components:

    Σ_k C(p, k) 2^(p - k) C(k, j) d^j e^(k - j) = C(p, j) d^j (e + 2)^(p - j).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from math import comb, factorial, prod
from typing import Any

from flint import arb

from neuroalg_sage.certificates.capacity.alike import Alike
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    CertificateError,
    exponent_vectors,
    polynomial_ring,
    require,
)

LOW = -(10**9)
MOST_FACTORS = 200
MOST_TERMS = 20_000


def components(variables: int, degree: int) -> arb:
    """The bound b of Lemma 1."""
    degree = max(degree, 1)
    return arb(degree) * arb(2 * degree - 1) ** (variables - 1) if variables else arb(1)


def components_in_a_ball(variables: int, degree: int, of_the_ball: int) -> arb:
    """Lemmas 1 and 2, for equations of one degree and a ball whose inequality has another."""
    return components(variables, degree) + components(variables, max(degree, of_the_ball))


def components_in_a_box(variables: int, degree: int) -> arb:
    """
    Lemmas 1 and 3: Σ_k C(p, k) 2^(p - k) b(k, D) = 2^p + D ((2D + 1)^p - 2^p) / (2D - 1).
    """
    degree = max(degree, 1)
    corners = arb(2) ** variables
    return corners + arb(degree) / (2 * degree - 1) * (
        arb(2 * degree + 1) ** variables - corners)


Block = tuple[int, int]  # how many variables, and the degree in them


def components_by_distance(blocks: Sequence[Block], most: int, in_a_box: bool = False
                           ) -> list[arb]:
    """
    The bounds of Lemma 5, or of Lemma 6 in a box, for generic flats of codimension 0, ..., most.
    """
    if len(blocks) == 1:
        ((p, d),) = blocks
        rest = max(d - 1, 1) + 2 * in_a_box
        return [arb.bin_uiui(p, j) * arb(d) ** j * arb(rest) ** (p - j) for j in range(most + 1)]
    variables = sum(p for p, _ in blocks)
    require(not in_a_box and comb(variables + len(blocks), variables) <= MOST_TERMS,
            "There are too many blocks of parameters for this bound.")
    ring = polynomial_ring(len(blocks) + 1)
    *t, s = ring.gens()
    product = ring.constant(1)
    for i, (p, d) in enumerate(blocks):
        product *= (s + sum(((max(d - 1, 1) if i == k else other) * t[k]
                             for k, (_, other) in enumerate(blocks)), 0 * s)) ** p
    found = [arb(0)] * (most + 1)
    for e, c in zip(exponent_vectors(product), product.coeffs()):
        # The rest of Π t_i^(p_i) is from (Σ d_i t_i)^j.
        rests = [p - k for (p, _), k in zip(blocks, e)]
        if e[-1] <= most and min(rests) >= 0:
            multinomial = factorial(e[-1]) // prod(map(factorial, rests))
            found[e[-1]] += arb(c) * multinomial * prod(d**k for (_, d), k in zip(blocks, rests))
    return found


def degree_in(model: Model, counted: Collection[int]) -> int:
    """A bound on the degree of φ in some of the parameters, of which none is listed twice."""
    chosen = set(counted) if len(counted) < model.parameters else None
    degrees = Alike(1, model.parameters) if chosen is None else [
        int(i in chosen) for i in range(model.parameters)]
    return max(0, *model.fold(degrees, Alike(0, model.inputs), lambda c: 0 if c else LOW, max,
                              lambda a, b: max(a + b, LOW)))


def weight(model: Model, weights: Sequence[int]) -> int:
    """
    The number d with φ(t^a w) = t^d φ(w) for all t ≠ 0, a the parameters' weights.

    Read off from the steps: all terms of a sum must have one weight.  The map zero has none.
    """
    def add(a: Any, b: Any) -> Any:
        require(a is None or b is None or a == b, "The model is not homogeneous as is stated.")
        return b if a is None else a

    found = set(model.fold(list(weights), Alike(0, model.inputs), lambda c: 0 if c else None, add,
                           lambda a, b: None if a is None or b is None else a + b)) - {None}
    if len(found) != 1:
        raise CertificateError("The model is not homogeneous as is stated.")
    return int(found.pop())


def cone_weight(model: Model, start: int) -> int:
    """
    The degree d > 0 in which φ is homogeneous in the parameters from one on.

    Then M contains with f all t f for t ≥ 0: φ(w', s w'') = s^d φ(w', w'') for s ≥ 0.
    """
    d = weight(model, [0] * start + [1] * (model.parameters - start))
    require(d > 0, "The functions of the model are not shown to be a cone.")
    return d


def check_normal_form(model: Model, fields: Sequence[Sequence[int]], fixed: Sequence[int],
                      start: int) -> None:
    """
    Verify that parameters in which some are 1 give all functions in a dense set of M.

    For each k let φ(t^a w) = φ(w) for all real t ≠ 0, with weights a = a^(k); let the weight of
    the k-th fixed parameter be odd, and of those fixed before it zero.  Then, where no fixed
    parameter is 0, t with t^a w_k = 1 is a real number: one after the other becomes 1.  So
    the slice {w: w_k = 1} has as image that of an open dense set of parameters.

    The parameters from ``start`` on, in which φ is homogeneous of positive degree, are not fixed.
    So the image of the slice is a cone C as M is one, it is dense in M, and C is star-shaped.  In
    a closed ball around 0 it is dense in the part of M there too: t f for t < 1 is in the open
    ball, and so are the points of C that converge to it.
    """
    require(len(fields) == len(fixed) == len(set(fixed)) and all(i < start for i in fixed),
            "The normal form is not one of so many parameters.")
    for k, field in enumerate(fields):
        require(weight(model, field) == 0, "A scaling of the parameters changes the function.")
        require(field[fixed[k]] % 2 and not any(field[i] for i in fixed[:k]),
                "The scalings do not bring the parameters to 1 one after the other.")


def multihomogeneous_degree(model: Model, dimension: int) -> int:
    """
    A bound on the degree of the closure of M, if its dimension m ≥ 1 is the given one.

    Let φ be homogeneous of degree d_i > 0 in the p_i parameters of step i, for all steps that have
    some.  Then deg M is at most the largest of the numbers (m - 1)! Π_i d_i^(q_i) / q_i! with
    Σ q_i = m - 1 and q_i < p_i.

    Over C, φ is a rational map from the product of the P^(p_i - 1) onto a dense subset of the
    projective variety P(M), of dimension m - 1.  At a general point there are m - 1 directions,
    each in one of these factors, whose images are independent; let q_i be in the i-th.  On the
    product of linear spaces P^(q_i) through the point in these directions, φ is still dominant,
    with finite general fibers.  A general linear space of codimension m - 1 meets P(M) in deg M
    points with such fibers; their preimages are isolated zeros of m - 1 forms of degrees (d_i) on
    that product, of which there are no more than of general forms, since isolated zeros persist
    when the forms are moved: the coefficient of Π t_i^(q_i) in (Σ d_i t_i)^(m - 1).
    """
    best: dict[int, Fraction] = {0: Fraction(1)}
    require(dimension <= MOST_FACTORS, "The dimension is too large for this bound.")
    for step in model.steps:
        if not step.parameters:
            continue
        inside = range(step.offset, step.offset + step.parameters)
        d = weight(model, [int(i in inside) for i in range(model.parameters)])
        require(d > 0, "The model does not depend on a block of parameters.")
        longer: dict[int, Fraction] = {}
        for total, product in best.items():
            for q in range(min(step.parameters - 1, dimension - 1 - total) + 1):
                longer[total + q] = max(longer.get(total + q, Fraction(0)),
                                        product * Fraction(d**q, factorial(q)))
        best = longer
    require(dimension - 1 in best, "The blocks of parameters are too small for the dimension.")
    return int(best[dimension - 1] * factorial(dimension - 1))
