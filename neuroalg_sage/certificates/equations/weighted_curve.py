"""
That an ideal is prime where one coordinate is not zero, by a curve.

Let J, z_0 and A be as in ``chart``, J also homogeneous of a weight, for which z_0 has weight 0, the
other coordinates z_i positive weights w_i, and d = dim M ≥ 3.  Let C = A / (z_0 - 1), which is
graded by the weight.  Since J is homogeneous of degree, A[1/z_0] = C[z_0, 1/z_0]; so it is a domain
of dimension d if C is one of dimension d - 1.

Let u, v and z_i, for i in a set K of d - 3 places, be coordinates other than z_0, and let forms
λ_i(u, v) have the weight of z_i.  Let p be a prime, S = Z_(p)[θ] with θ = (u, v, z_i - λ_i), and
C' the quotient by the same generators over Z_(p), a module over S.  Let B be C' / (p, z_i - λ_i), a
module over F_p[u, v].

**Lemma.**  Let B be finite and torsion-free over F_p[u, v], of a rank r that C has over Q[θ], free
at a point (a, b), and let its fiber there be a field.  Then C is a domain of dimension d - 1.

*Proof.*  C' is finite over S by Nakayama's lemma in each weight.  The rank can only grow where C'
is cut down to B, by one element of a regular sequence after the other; it is r at the end, so
all along.  As in ``curve_section``, whose proof has the same words for homogeneous elements of any
weights, C' is torsion-free, then.  At the maximal ideal m of p, z_i - λ_i, u - a and v - b it has r
generators, so it is free there.  Its fiber there is a field, so m generates a maximal ideal of the
local ring, which is therefore regular, and a domain.  C' is contained in it, since what is zero
there is torsion; and C is a localization of C'.  C is finite over Q[θ], of positive rank.  ∎

(1) If B has μ generators and relations N, as many as μ - r, homogeneous, such that the transpose of
    N is surjective in so many weights in a row as u and v have at most, not less than that of its
    generators, then its cokernel is of finite length, and N injective outside of the
    origin with a cokernel that is locally free; which has depth one at the origin, so no torsion.
    B is a quotient of this cokernel.  Both have the rank r if B has at least that; and it has,
    for the rank of C can only grow.  The kernel of rank zero is zero.
(2) A point with coordinates in a field of p^r elements, the first of which generates it, with u = a
    and v = b in F_p, not zero, is a quotient of the fiber; which has dimension r, so it is this
    field.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import comb, prod
from typing import Any

from flint import fmpq_mpoly, nmod_mat, nmod_poly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.equations.groebner import hilbert_numerator
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integers,
    items,
    polynomial_ring,
    polynomials,
    prime,
    require,
    residue,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.work import MOST_WORK, Work

LARGEST_WEIGHT, MOST_MONOMIALS, MOST_ROWS = 60, 1_000, 1_500
LATEST = 4  # relations of much higher weights than the generators are not waited for
Exponents = tuple[int, ...]
Form = dict[Exponents, int]
# Its weight, and the coefficients at a generator times a power of u and one of v.
Relation = tuple[int, dict[tuple[Exponents, int], int]]


def check_domain(model: Model, generators: list[fmpq_mpoly], evidence: Any,
                 gradings: list[Exponents], order: list[int], leading: list[Exponents]
                 ) -> list[str]:
    """
    Verify that C is a domain of dimension dim M - 1; whom to trust for dim M.

    INPUT:

    - ``evidence`` -- that of the curve
    - ``gradings`` -- for each coordinate weights for which I(M) is homogeneous
    - ``order`` -- the coordinates, that which is not zero last
    - ``leading`` -- the leading monomials of a Gröbner basis in this order, in which it is not
    """
    combination, kept, cut, forms, p, fiber, proof = fields(
        evidence, "weight", "kept", "cut", "forms", "prime", "fiber", "dimension")
    n, p, chart = len(order), prime(p), order[-1]
    combination = integers(combination, -(10**9), 10**9, "number", len(gradings[0]))
    weights = [weight_of(own, combination) for own in gradings]
    require(not weights[chart] and all(0 < weights[i] <= LARGEST_WEIGHT for i in order[:-1]),
            "The weights are not positive.")
    forms = polynomials(forms, polynomial_ring(2))
    kept = integers(kept, 0, n - 1, "coordinate", 2)
    cut = integers(cut, 0, n - 1, "coordinate", len(forms))
    places = [*kept, *cut]
    rest = [i for i in order[:-1] if i not in places]
    require(len(rest) + len(places) == n - 1, "A coordinate occurs twice.")
    own = [weights[i] for i in (*rest, *kept)]
    require(all(len({weight_of(e, weights) for e in exponent_vectors(g)}) == 1 for g in generators)
            and all(weight_of(e, own[-2:]) == weights[i] for i, f in zip(cut, forms)
                    for e in exponent_vectors(f)), "A generator or a form has another weight.")
    trust = check_dimension(model, len(places) + 1, proof)[1]
    rank = rank_over(leading, [weights[i] for i in order[:-1]], [weights[i] for i in places])
    equations = restricted(generators, chart, rest, kept, dict(zip(cut, forms)), p)
    require_torsion_free(equations, own, rank, p)
    require_field(equations, len(own), rank, p, fiber)
    return trust


def weight_of(exponents: Sequence[int], weights: Sequence[int]) -> int:
    """The weight of a monomial."""
    return sum(map(int.__mul__, exponents, weights))


def rank_over(leading: Sequence[Exponents], weights: Sequence[int], degrees: Sequence[int]) -> int:
    """
    The rank of a ring over elements of some weights, over which it is finite, by its initial ideal.

    It is the value at t = 1 of its Hilbert series K(t) / ∏ (1 - t^w) times that of ∏ (1 - t^e),
    with the degrees e, and the c-th coefficient of K in powers of t - 1 if these are c fewer.

    EXAMPLES: The cuspidal cubic y^2 = x^3 is of rank 3 over y, and of rank 2 over x::

        >>> rank_over([(0, 2)], [2, 3], [3]), rank_over([(0, 2)], [2, 3], [2])
        (3, 2)
    """
    series = hilbert_numerator([m[:len(weights)] for m in leading], [(w,) for w in weights])
    *zero, last = (sum(a * comb(k, j) for (k,), a in series.items())
                   for j in range(len(weights) - len(degrees) + 1))
    rank, rest = divmod(abs(last) * prod(degrees), prod(weights))
    require(rank > 0 and not rest and not any(zero), "The ring has another dimension.")
    return rank


def restricted(generators: list[fmpq_mpoly], chart: int, rest: Sequence[int], kept: Sequence[int],
               forms: dict[int, fmpq_mpoly], p: int) -> list[Form]:
    """The generators where z_0 = 1 and z_i = λ_i, modulo p, by exponents of the rest, u and v."""
    ring = polynomial_ring(len(rest) + 2)
    images = {chart: ring.constant(1)} | dict(zip((*rest, *kept), ring.gens())) | dict(
        zip(forms, substituted([*forms.values()], ring.gens()[-2:], ring)))
    found = [{e: a for e, c in zip(exponent_vectors(f), f.coeffs()) if (a := residue(c, p))}
             for f in substituted(generators, [images[i] for i in sorted(images)], ring)]
    return [f for f in found if f]


def require_torsion_free(forms: list[Form], weights: list[int], rank: int, p: int,
                         most: int = MOST_MONOMIALS) -> None:
    """
    Verify (1): what forms define is finite and torsion-free over the last two variables u and v,
    of a rank that it has at least.

    EXAMPLES: A cuspidal cubic times a line; and with a line where u is zero besides::

        >>> cubic = {(2, 0, 0): 1, (0, 3, 0): 100}
        >>> require_torsion_free([cubic], [3, 2, 1], 2, 101)
        >>> worse = [{(3, 0, 0): 1, (1, 3, 0): 100}, {(2, 1, 0): 1, (0, 4, 0): 100}]
        >>> require_torsion_free(worse, [3, 2, 1], 2, 101)
        Traceback (most recent call last):
        ...
        neuroalg_sage.certificates.reading.CertificateError: The ring may have torsion.
    """
    basis, relations, _ = module_of(forms, weights, rank, p, most)
    row = max(weights[-2:])
    require(any(all(_is_surjective(basis, relations, weights, start * row + e, p)
                    for e in range(row)) for start in (0, 1, 3, 7, 15, 31)),
            "The ring may have torsion.")


def module_of(forms: list[Form], weights: list[int], rank: int, p: int,
              most: int = MOST_MONOMIALS) -> tuple[
                  list[Exponents], list[Relation], dict[int, list[Form]]]:
    """
    Monomials that generate the ring as a module, as many relations as they are more than the rank,
    and echelon forms of what is zero, weight by weight, as in ``curve_section``.

    Monomials descend in reverse lexicographic order.  Where no new ones generate the module in as
    many weights as the largest of a variable, there are none in higher ones.
    """
    c, largest, work = len(weights) - 2, max(weights), Work(40 * MOST_WORK)
    monomials: dict[int, set[Exponents]] = {0: {(0,) * (c + 2)}}
    echelons: dict[int, list[Form]] = {}
    basis, relations, idle = [(0,) * c], dict[Exponents, Relation](), 0
    for weight in itertools.count(1):
        monomials[weight] = {_times(m, i) for i, w in enumerate(weights)
                             for m in monomials.get(weight - w, ())}
        columns = sorted(monomials[weight], key=lambda m: m[::-1])
        require(len(columns) <= most, "The ring is not found to be finite.")
        zero = [f for f in forms if weight_of(next(iter(f)), weights) == weight] + [
            {_times(m, i): a for m, a in f.items()}
            for i, w in enumerate(weights) for f in echelons.get(weight - w, ())]
        work.spend(len(zero) * len(columns)**2 // 8)
        matrix, height = nmod_mat(len(zero), len(columns), [
            f.get(m, 0) for f in zero for m in columns], p).rref()
        echelons[weight] = [{m: a for m, a in zip(columns, map(int, row)) if a}
                            for row in matrix.tolist()[:height]]
        leading = {next(iter(row)) for row in echelons[weight]}
        new = [m[:c] for m in columns if not any(m[c:]) and m not in leading]
        basis, idle = basis + new, 0 if new else idle + 1
        generators = {*basis}
        for row in echelons[weight]:
            first = next(iter(row))
            if first[c] and not first[c + 1] and first[:c] in generators:
                require(all(m[:c] in generators for m in row), "A relation is not one.")
                relations.setdefault(first[:c], (weight, {(m[:c], m[c]): a
                                                          for m, a in row.items()}))
        late = idle > largest * LATEST + max(weight_of(b, weights) for b in basis)
        if idle >= largest and (late or len(basis) - len(relations) <= rank):
            break
    require(len(basis) - len(relations) == rank, "The ring has another rank.")
    return basis, list(relations.values()), echelons


def _times(monomial: Exponents, i: int) -> Exponents:
    return (*monomial[:i], monomial[i] + 1, *monomial[i + 1:])


def _is_surjective(basis: list[Exponents], relations: list[Relation], weights: list[int],
                   weight: int, p: int) -> bool:
    """Whether the transpose of the relations is surjective in a weight."""
    wide, high = weights[-2:]

    def powers(total: int) -> list[int]:
        """The exponents of u in the monomials of a weight."""
        return [k for k in range(total // wide + 1) if not (total - k * wide) % high]

    rows = [(terms, k) for height, terms in relations for k in powers(weight + height)]
    columns = [(b, k) for b in basis for k in powers(weight + weight_of(b, weights))]
    require(len(rows) <= MOST_ROWS, "The ring may have torsion.")
    entries = [terms.get((b, k - shift), 0) for terms, k in rows for b, shift in columns]
    return bool(nmod_mat(len(rows), len(columns), entries, p).rank() == len(rows))


def require_field(forms: list[Form], variables: int, rank: int, p: int, fiber: Any) -> None:
    """
    Verify (2): a point with coordinates in F_p[t] / (q), the first of which is t, and the last two
    of which, u and v, are in F_p.
    """
    polynomial, middle, last = fields(fiber, "polynomial", "point", "last")
    q = nmod_poly(integers(polynomial, 0, p - 1, "coefficient", rank + 1), p)
    require([g.degree() for g, _ in q.factor()[1]] == [rank], "The polynomial is reducible.")
    point = [nmod_poly(integers(a, 0, p - 1, "coefficient"), p) for a in (
        [0, 1], *items(middle, "coordinates", variables - 3),
        *([a] for a in integers(last, 1, p - 1, "number", 2)))]
    require(not any(sum((a * prod((x**k % q for x, k in zip(point, m)), start=nmod_poly([1], p))
                         for m, a in f.items()), nmod_poly([0], p)) % q for f in forms),
            "The point does not satisfy the equations.")
