"""
Generic fibers of perceptrons whose activations are powers, by those of layers.

All is over the closure of Q.  Of networks f = Σ_i b_i (a_i x)^d with h units, n inputs and m
outputs, a decomposition is the set of the h summands.  A summand determines its unit up to the
rescalings (t a_i, t^(-d) b_i), so a function with r decompositions has r h! orbits of the torus
in its fiber, h! of which are permutations of each other.

*Deep networks.*  Let n_0, ..., n_L be the widths, d_1, ..., d_(L-1) ≥ 2 the powers, s_l the
arguments of hidden layer l, n_l forms in n_0 variables, and Z_l their zeros.  There are no biases.
A network is of layers if one of the following holds.

- (0) It has at most one hidden layer, which is of its layers.
- (1) The last hidden layer has n_(L-1) < min(n_0, ..., n_(L-2)), and the network with the outputs
  s_(L-1) is of layers.  Of its layers are those, and that of n_(L-1) inputs, n_(L-1) units and n_L
  outputs.
- (2) For a hidden layer r < L - 1 with k = n_r units, k < min(n_0, ..., n_(r-1)), or r = 1 and
  k ≤ n_0; also d_r ≥ 3 or k = 1; for each hidden layer l > r, n_l > k or n_l ≥ n_(l-1); and the
  network with the outputs s_r is of layers, and so is what is behind layer r, with k inputs.  Of
  its layers are those of both.

If generic networks of the sizes of its layers have r_1, r_2, ... decompositions, all finite, then
the generic fiber consists of Π_i r_i Π_l n_l! orbits of the torus of rescalings, Π_l n_l! of which
are one orbit of the permutations of units.

Proof.  Generic points of each component of a generic fiber are generic parameters.  So let w and w'
be generic with the same f.

- Z_l is the union of Z_(l-1) and of what is smooth of codimension n_l, or empty, outside of it, by
  Bertini's theorem: s_l is generic in the linear system of the powers of s_(l-1), whose base locus
  is Z_(l-1).  So Z_l has the codimension c_l = min(n_0, ..., n_l).
- If n_l < c_(l-1), then no component of Z_l is in Z_(l-1), since each has at most the codimension
  n_l.  So s_l is a regular sequence, its ideal is unmixed and generically reduced, hence radical.
  So the forms in this ideal of the degree of s_l, the lowest one, are the span of s_l.
- An output f_1 = Σ_i b_i s_(L-1,i)^d is generic in a linear system with the base locus Z_(L-1).  By
  Bertini's theorem its hypersurface is smooth outside of Z_(L-1); and it is singular there, since
  d ≥ 2.  So f determines Z_(L-1).
- In case (1) f determines the span of s_(L-1), so s' = T s for an invertible matrix T.  As s is
  algebraically independent, Σ_i b_i y_i^d = Σ_i b'_i (T y)_i^d, and up to a change of the
  variables y this is a generic network with as many inputs as units.  It has finitely many
  decompositions; each gives s' up to rescalings and permutations, and is reached, by W' = T W.
- In case (2) let l > r.  If n_l ≥ n_(l-1), then Z_l = Z_(l-1), since W_l is injective.  Else what
  Z_l has outside of Z_(l-1) has a larger codimension than k.  So the part of Z_(L-1) of codimension
  k is Z_r, and f determines the span of s_r; if r = 1, since Z_1 is a linear space.  So let
  f = R(y), where R is a network with k inputs and k units in the first of its hidden layers.  The
  arguments of these are linear forms, and R_1 is not changed by the reflection that multiplies one
  of them by a root of unity ζ of the order d_r ≥ 3.  These are k reflections, and there are no
  others with the eigenvalue ζ for generic R_1: the linear automorphisms of smooth forms of degree D
  ≥ 3 are a finite and unramified group scheme (Mumford, Fogarty, Kirwan, Geometric invariant
  theory, 4.2; Matsumura, Monsky), so special R_1 have at least as many; and for Σ y_i^D, which is
  one, as all layers behind have at least k units, all automorphisms are monomial matrices, and
  those with the eigenvalues 1, ..., 1, ζ are diagonal.  So f determines s_r up to rescalings and
  permutations; for k = 1 it does anyway.  Then it determines the functions of what is before and
  behind, which have no parameters in common.

*Biases.*  Let W be the weights and b the biases of a network.  If its layers without the biases
have one decomposition each, and in each hidden layer l with a bias
n_l ≤ C(t + d_l - 2, d_l - 1) q, where t = min(n_0, ..., n_(l-1)) and q is the number of outputs if
l = L - 1, else 1, then the generic fiber is that without biases.

Proof.  The part of f of the highest degree D is the network without biases.  So W' = g W for a
rescaling and permutation g, which are symmetries of the network with biases too; let W' = W.  With
e_l = d_1 ... d_(l-1), the degree of s_l, the bias b_l is not in the parts of f of degrees over
D - e_l; in this part it is in Σ_j b_(l,j) (∂G/∂y_j)(s_l), where G is the network behind, at the
arguments without biases, and all else there depends on W and on biases of layers before, since
e_1 < e_2 < ... .  So b_l is determined if the (∂G/∂y_j)(s_l) are linearly independent for some W.
For l = L they are constants.  For l < L - 1 let G_1 = (Σ_j y_j^d_l)^c, so that they are multiples
of s_(l,j)^(d_l - 1) by one polynomial, not zero; for l = L - 1 they are multiples of these by the
columns of W_L.  As Z_(l-1) has codimension at least t, there are t algebraically independent forms
in s_(l-1), or inputs.  So s_(l,j) may be generic linear forms in t variables, and generic points of
a cone, of which there are no more than the dimension of its span, are independent.  Without biases
in hidden layers that of the outputs is the constant term, and there may be more decompositions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, factorial, prod
from typing import Any

from neuroalg_sage.certificates.dimension.affine_symmetries import LISTED
from neuroalg_sage.certificates.dimension.powers import power_layers
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, integers, require
from neuroalg_sage.certificates.work import Work

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
    forms_of = [comb(n + e - 1, e) for e in range(d + 1)]
    spans = [sorted(forms_of[e] * (m if i == with_outputs else 1)
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


Layer = tuple[int, int, int, int]  # which hidden layer, inputs, units, outputs


def layers_of(widths: Sequence[int], powers: Sequence[int], first: int = 1) -> list[Layer] | None:
    """
    The layers of a network by the lemma of this module, in order; None if it does not apply.

    EXAMPLES::

        >>> layers_of([9, 4, 2, 1], [2, 2])
        [(1, 9, 4, 2), (2, 2, 2, 1)]
        >>> layers_of([3, 2, 3, 1], [5, 5])
        [(2, 2, 3, 1)]
        >>> layers_of([2, 3, 3, 1], [5, 5])
    """
    last = len(widths) - 2
    if last < 1:
        return []
    if last == 1:
        return [(first, widths[0], widths[1], widths[2])]
    if widths[last] < min(widths[:last]):
        before = layers_of(widths[: last + 1], powers[: last - 1], first)
        layer = first + last - 1, widths[last], widths[last], widths[last + 1]
        return None if before is None else [*before, layer]
    for r in range(1, last):
        k = widths[r]
        is_narrow = k < min(widths[:r]) or r == 1 and k <= widths[0]
        if is_narrow and (powers[r - 1] >= 3 or k == 1) and all(
                widths[i] > k or widths[i] >= widths[i - 1] for i in range(r + 1, last + 1)):
            before = layers_of(widths[: r + 1], powers[: r - 1], first)
            behind = layers_of(widths[r:], powers[r:], first + r)
            if before is not None and behind is not None:
                return before + behind
    return None


def are_biases_found(widths: Sequence[int], powers: Sequence[int], biased: Sequence[bool]) -> bool:
    """Whether the hidden layers with a bias satisfy the lemma of this module."""
    last = len(widths) - 2
    return all(widths[k] <= comb(min(widths[:k]) + powers[k - 1] - 2, powers[k - 1] - 1) * (
        widths[-1] if k == last else 1) for k in range(1, last + 1) if biased[k - 1])


def check_decompositions(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify [dimension, points, symmetries] of the generic fiber of a perceptron with powers: by the
    lemma of this module on its layers, and on each of them by :func:`decompositions`, or on the
    first of them by its contact locus.
    """
    widths = power_layers(model, 2)
    layers = model.description["layers"]
    powers = [len(layer["coefficients"]) - 1 for layer in layers[1::2]]
    biased = [layer.get("bias", False) for layer in layers[::2]]
    found = layers_of(widths, powers)
    require(found is not None, "A hidden layer is too wide for those before.")
    require(are_biases_found(widths, powers, biased), "A layer with a bias is too wide.")
    why, trust, points = list[str](), list[str](), 1
    for number, (k, n, h, m) in enumerate(found or []):
        power = powers[k - 1]
        if not number and "contact" in evidence:
            from neuroalg_sage.certificates.dimension.contact_loci import check_contact

            check_contact(Model({"input_shape": [n], "layers": [
                {"kind": "dense", "inputs": n, "outputs": h, "bias": False}, layers[2 * k - 1],
                {"kind": "dense", "inputs": h, "outputs": m, "bias": False}]}), evidence["contact"])
            count, reason, theorems = 1, "the contact locus at a point", list[str]()
        else:
            Work().spend(100 * power**2)
            known = decompositions(n, h, m, power)
            require(known, "A layer is not known to have finitely many decompositions.")
            count, reason, theorems = known or (0, "", [])
        points *= count
        why.append(f"{n}, {h}, {m} with the power {power}: {reason}")
        trust += theorems
    require(points == 1 or not any(biased[:-1]), "Of which weights the biases are, is not known.")
    hidden = widths[1:-1]
    symmetries = prod(map(factorial, hidden))
    require(integers(value, 0, 10**MOST_DIGITS, "number of a generic fiber", 3)
            == [sum(hidden), points * symmetries, symmetries],
            "The numbers of the fiber are not those of the layers' decompositions.")
    return why, trust + [LISTED] * (points > 1)
