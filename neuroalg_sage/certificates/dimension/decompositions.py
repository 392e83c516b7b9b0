"""
Generic fibers of perceptrons whose activations are powers, without φ.

All is over the closure of Q.  Of networks f = Σ_i b_i (a_i x)^d with h units, n inputs and m
outputs, a decomposition is the set of the h summands.  A summand determines its unit up to the
rescalings (t a_i, t^(-d) b_i), so a function with r decompositions has r h! orbits of the torus
in its fiber, h! of which are permutations of each other.

*Deep networks.*  Let n_0, ..., n_L be the widths and d_1, ..., d_(L-1) ≥ 2 the powers.  Suppose
that n_l < min(n_0, ..., n_(l-1)) for each hidden layer l ≥ 2, or else n_l = n_(l-1) with
d_(l-1) ≥ 3 or n_l = 1, and n_0 ≥ n_1 if l = 2.  If a generic network of n_l inputs,
n_l units, n_(l+1) outputs and the power d_l has r_l decompositions for l ≥ 2, and one of n_0, n_1,
n_2 and d_1 has r_1, all finite, then the generic fiber consists of Π_l r_l n_l! orbits of the torus
of rescalings, Π_l n_l! of which are one orbit of the permutations of units.

Proof.  Let s_l be the arguments of layer l, n_l forms in n_0 variables, and Z_l their zeros.

- Z_l has the codimension c_l = min(n_0, ..., n_l): so has Z_1, and s_l is generic in the linear
  system of the powers of s_(l-1), whose base locus is Z_(l-1).  By Bertini's theorem Z_l is smooth
  of codimension n_l, or empty, outside of Z_(l-1); and it contains Z_(l-1).
- If n_l < c_(l-1), then no component of Z_l is in Z_(l-1), since each has at most the codimension
  n_l.  So s_l is a regular sequence, its ideal is unmixed and generically reduced, hence radical.
  So the forms in this ideal of the degree of s_l, the lowest one, are the span of s_l.
- Let l = L - 1 be the last hidden layer.  An output f_1 = Σ_i b_i s_(l,i)^d is generic in a linear
  system with the base locus Z_l.  By Bertini's theorem its hypersurface is smooth outside of Z_l;
  and it is singular on Z_l, since d ≥ 2.  So f determines Z_l, and the span of s_l, if l ≥ 2.
- Generic points of each component of a generic fiber are generic parameters.  So let w' be generic
  over the same f, with s' = T s for an invertible matrix T.  As s is algebraically independent,
  Σ_i b_i y_i^d = Σ_i b'_i (T y)_i^d, and up to a change of the n_l variables y this is a generic
  network with n_l inputs and units.  It has r_l decompositions; each gives s' up to rescalings and
  permutations, and is reached, by W'_l = T W_l.
- Then s_l is a generic network with fewer layers and n_l outputs, and so on.
- If n_l = n_(l-1) = ... = n_r = k for the smallest such r, then Z_l = Z_r, and f determines the
  span of s_r in the same way if r ≥ 2, and if r = 1, as the least space of linear forms of which f
  is a function.  So let f = R(y), where R is a network with k inputs and layers of the width k.
  Its first arguments are linear forms, and f_1 is not changed by the reflection that multiplies one
  of them by a root of unity ζ of the order d_r ≥ 3.  These are k reflections, and there are no
  others with the eigenvalue ζ for generic R_1: the linear automorphisms of smooth forms of degree D
  ≥ 3 are a finite and unramified group scheme (Mumford, Fogarty, Kirwan, Geometric invariant
  theory, 4.2; Matsumura, Monsky), so special R_1 have at least as many; and for Σ y_i^D, which is
  one, all automorphisms are monomial matrices, and those with the eigenvalues 1, ..., 1, ζ are
  diagonal.  So f determines the arguments of layer r up to rescalings and permutations, and what is
  behind is a network with one layer less.  In the end a layer with k inputs and units is left, as
  above.  For k = 1 all is one orbit of the torus.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, factorial, prod
from typing import Any

from neuroalg_sage.certificates.dimension.affine_symmetries import LISTED
from neuroalg_sage.certificates.dimension.powers import power_layers
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, integers, require

KRUSKAL = "theorem: Kruskal (1977)"

# The number of points of a fiber is a product of factorials.
MOST_DIGITS = 4000

# Sums of powers of linear forms, one output: the power, inputs and units; how often, and by whom.
EXCEPTIONAL = {
    (5, 3, 7): (1, "theorem: Galuppi, Mella (2019)"),
    (7, 3, 12): (5, "theorem: Ranestad, Schreyer (2000)"),
    (8, 3, 15): (16, "theorem: Ranestad, Schreyer (2000)"),
} | dict.fromkeys([(6, 3, 9), (4, 4, 8), (3, 6, 9)],
                  (2, "theorem: Chiantini, Ottaviani, Vannieuwenhoven (2017)"))

# How many decompositions a generic function has, by what, and whom to trust.
Decompositions = tuple[int, str, list[str]]


def decompositions(n: int, h: int, m: int, d: int) -> Decompositions | None:
    """
    The number of decompositions of a generic network with n inputs, h units, m outputs and the
    power d ≥ 2, by those of the following arguments that apply to numbers; None if none does.

    *One unit.*  A product b (a x)^d that is not zero determines a and b up to rescaling.

    *Simultaneous diagonalization.*  Let d = p + q + r, and consider Σ_i b_i ⊗ a_i^d as a tensor
    Σ_i A_i ⊗ B_i ⊗ C_i with A_i = a_i^p, B_i = a_i^q, C_i = a_i^r, one of them with the factor
    b_i.  Generic vectors of a cone are independent if there are no more of them than the
    dimension of its span; so let there be at most dim <A> and at most dim <B> units, and let C span
    at least 2 dimensions.  Contracted with generic functionals γ and δ on C, the tensor gives maps
    of rank h, and the quotient of the one by the other has, on the span of the A_i, the
    eigenvectors A_i with different eigenvalues γ(C_i) / δ(C_i).  In any other decomposition the
    A'_i span the same space, and are eigenvectors too.  So they are the same up to order and
    scale, and then so are B_i ⊗ C_i: there is one decomposition.

    *Kruskal.*  With k_A = min(h, dim <A>), the number up to which generic A_i are independent, and
    k_B and k_C likewise, there is one if k_A + k_B + k_C ≥ 2 h + 2.

    J. B. Kruskal, Three-way arrays: rank and uniqueness of trilinear decompositions, Linear
    Algebra Appl. 18 (1977).

    *As many outputs as units.*  The outputs then span the space that a_1^d, ..., a_h^d span, if
    these are independent.  So the summands of another decomposition are on the Veronese variety X
    of dimension n - 1 and degree d^(n-1) in P^N, and in the span of h generic points of it.  By the
    general position lemma (Arbarello, Cornalba, Griffiths, Harris, p. 109, for curve sections) a
    generic linear space of codimension n - 1 meets X in d^(n-1) points, of which any N - n + 2 are
    independent, and the span of h ≤ N - n + 2 generic points is in such a space.  If h is less, it
    meets X in these points alone; else it is such a space itself, and any h of the points give a
    decomposition.

    *One output.*  The numbers of :data:`EXCEPTIONAL` are from F. Galuppi, M. Mella, Identifiability
    of homogeneous polynomials and Cremona transformations, J. Reine Angew. Math. 757 (2019), where
    the quintics are due to Hilbert; K. Ranestad, F.-O. Schreyer, Varieties of sums of powers,
    ibid. 525 (2000), where they are due to Dixon and Stuart, and Mukai; and L. Chiantini,
    G. Ottaviani, N. Vannieuwenhoven, On generic identifiability of symmetric tensors of subgeneric
    rank, Trans. Amer. Math. Soc. 369 (2017).

    EXAMPLES::

        >>> decompositions(2, 3, 1, 5)
        (1, 'simultaneous diagonalization', [])
        >>> decompositions(3, 8, 8, 3)[0], decompositions(3, 9, 1, 6)[0]
        (9, 2)
        >>> decompositions(3, 2, 1, 2)
    """
    if h == 1:
        return 1, "one unit", []
    forms = comb(n + d - 1, d)
    if m == 1 and (d, n, h) in EXCEPTIONAL:
        count, theorem = EXCEPTIONAL[d, n, h]
        return count, "a theorem on sums of powers", [theorem]
    spans = [sorted(comb(n + e - 1, e) * (m if i == with_outputs else 1)
                    for i, e in enumerate((p, q, d - p - q)))
             for p in range(d + 1) for q in range(p, d - p + 1) for with_outputs in range(3)]
    if any(a >= 2 and h <= b for a, b, _ in spans):
        return 1, "simultaneous diagonalization", []
    if h <= min(m, forms) and h <= forms - n + 1:
        exact = h == forms - n + 1
        return comb(d ** (n - 1), h) if exact else 1, "linear sections of a Veronese variety", []
    if any(sum(min(h, size) for size in sizes) >= 2 * h + 2 for sizes in spans):
        return 1, "Kruskal's theorem", [KRUSKAL]
    return None


def are_peeled(widths: Sequence[int], powers: Sequence[int]) -> bool:
    """Whether the hidden layers satisfy the hypotheses of the lemma of this module."""
    return all(
        widths[k] < min(widths[:k]) or (widths[k] == widths[k - 1] == min(widths[:k])
                                        and (k > 2 or widths[0] >= widths[1])
                                        and (powers[k - 2] >= 3 or widths[k] == 1))
        for k in range(2, len(widths) - 1))


def check_decompositions(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify [dimension, points, symmetries] of the generic fiber of a perceptron with powers and
    without biases: by the lemma of this module on its layers, and on each of them by
    :func:`decompositions`, or on the first by its contact locus.
    """
    widths = power_layers(model, 2)
    layers = model.description["layers"]
    require(not any(layer.get("bias", False) for layer in layers[::2]),
            "The theorem is on networks without biases.")
    powers = [len(layer["coefficients"]) - 1 for layer in layers[1::2]]
    require(are_peeled(widths, powers), "A hidden layer is too wide for those before.")
    why, trust, points = list[str](), list[str](), 1
    for k in range(1, len(widths) - 1):
        n, h, m = widths[0 if k == 1 else k], widths[k], widths[k + 1]
        power = powers[k - 1]
        if k == 1 and "contact" in evidence:
            from neuroalg_sage.certificates.dimension.contact_loci import check_contact

            check_contact(Model({"input_shape": [n], "layers": layers[:3]}), evidence["contact"])
            number, reason, theorems = 1, "the contact locus at a point", list[str]()
        else:
            found = decompositions(n, h, m, power)
            require(found, "A layer is not known to have finitely many decompositions.")
            number, reason, theorems = found or (0, "", [])
        points *= number
        why.append(f"{n}, {h}, {m} with the power {power}: {reason}")
        trust += theorems
    hidden = widths[1:-1]
    symmetries = prod(map(factorial, hidden))
    require(integers(value, 0, 10**MOST_DIGITS, "number of a generic fiber", 3)
            == [sum(hidden), points * symmetries, symmetries],
            "The numbers of the fiber are not those of the layers' decompositions.")
    return why, trust + [LISTED] * (points > 1)
