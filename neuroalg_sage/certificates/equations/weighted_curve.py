"""
That an ideal is prime where one coordinate is not zero, by a curve.

As in ``chart`` let J ⊆ I(M) be homogeneous of degree and of a weight, z_0 no zero divisor modulo
J, d = dim M ≥ 3, and let z_0 have weight 0, the other coordinates z_i positive weights w_i.  Let
C = Q[z] / (J, z_0 - 1).  It is graded by the weight.  If C is a domain of dimension d - 1, then
J = I(M): the ring of M where z_0 = 1 is a domain of this dimension, and a quotient of C; so for
each g in I(M) some z_0^k g lies in J, and so does g.

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
(2) A point with coordinates in a field of p^r elements, one of which generates it, with u = a and
    v = b in F_p, not both zero, is a quotient of the fiber; which has dimension r, so it is this
    field.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import prod
from typing import Any

from flint import fmpq_mpoly, nmod_mat, nmod_mpoly_ctx, nmod_poly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.equations.groebner import hilbert_numerator
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    CertificateError,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    prime,
    require,
    residue,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.work import MOST_WORK, Work

LARGEST_WEIGHT, MOST_MONOMIALS, MOST_ROWS = 60, 3_000, 1_500
LATEST = 4  # relations of much higher weights than the generators are not waited for
Exponents = tuple[int, ...]
Form = dict[Exponents, int]
# Its weight, and the coefficients at a generator times a power of u and one of v.
Relation = tuple[int, dict[tuple[Exponents, int], int]]


class TooLarge(CertificateError):
    """A weight has too many monomials."""


def check_domain(model: Model, generators: list[fmpq_mpoly], evidence: Any,
                 gradings: list[Exponents], order: list[int], leading: list[Exponents]
                 ) -> list[str]:
    """
    Verify that C is a domain of dimension dim M - 1; whom to trust for dim M.

    INPUT:

    - ``evidence`` -- that of the curve
    - ``gradings`` -- for each coordinate weights for which the ideal is homogeneous
    - ``order`` -- the coordinates, that which is not zero last
    - ``leading`` -- the leading monomials of a Gröbner basis in this order, in which it is not
    """
    combination, kept, cut, p, fiber, proof = fields(
        evidence, "weight", "kept", "cut", "prime", "fiber", "dimension")
    n, p, chart = len(order), prime(p), order[-1]
    combination = integers(combination, -(10**9), 10**9, "number", len(gradings[0]))
    weights = [sum(c * k for c, k in zip(combination, own)) for own in gradings]
    require(not weights[chart] and all(0 < weights[i] <= LARGEST_WEIGHT for i in order[:-1]),
            "The weights are not positive.")
    u, v = integers(kept, 0, n - 1, "coordinate", 2)
    require(all(len({sum(map(int.__mul__, e, weights)) for e in exponent_vectors(g)}) == 1
                for g in generators), "A generator has several weights.")
    forms = read_cut(cut, weights, (u, v))
    places = [u, v, *forms]
    require(chart not in places and len({*places}) == len(places),
            "A coordinate occurs twice.")
    trust = check_dimension(model, len(places) + 1, proof)[1]
    rank = rank_over(leading, [weights[i] for i in order[:-1]], [weights[i] for i in places])
    rest = [i for i in order[:-1] if i not in places]
    equations = restricted(generators, chart, rest, (u, v), forms, p)
    own = [weights[i] for i in (*rest, u, v)]
    require_torsion_free(equations, own, rank, p)
    require_field(equations, rank, p, fiber)
    return trust


def read_cut(cut: Any, weights: Sequence[int], kept: tuple[int, int]) -> dict[int, Form]:
    """The forms λ_i, of their weights, by exponents of u and v."""
    forms: dict[int, Form] = {}
    for item in items(cut, "cut"):
        place, terms = items(item, "form", 2)
        i = integer(place, 0, len(weights) - 1, "coordinate")
        read = [integers(term, 0, 2**61, "number", 3) for term in items(terms, "terms")]
        require(i not in forms and all(a * weights[kept[0]] + b * weights[kept[1]] == weights[i]
                                       for _, a, b in read), "A form has another weight.")
        forms[i] = {(a, b): c for c, a, b in read}
    return forms


def rank_over(leading: Sequence[Exponents], weights: Sequence[int], degrees: Sequence[int]) -> int:
    """
    The rank of a ring over elements of some weights, over which it is finite, by its initial ideal.

    EXAMPLES: The cuspidal cubic y^2 = x^3 is of rank 3 over y, and of rank 2 over x::

        >>> rank_over([(0, 2)], [2, 3], [3]), rank_over([(0, 2)], [2, 3], [2])
        (3, 2)
    """
    series = hilbert_numerator([m[:len(weights)] for m in leading], [(w,) for w in weights])
    require(series and max(series)[0] <= 10**5, "The ring is zero, or of too high weights.")
    numerator = [series.get((k,), 0) for k in range(max(series)[0] + 1)]
    for _ in range(len(weights) - len(degrees)):
        require(sum(numerator) == 0, "The ring has another dimension.")
        numerator = list(itertools.accumulate(numerator))
    rank, rest = divmod(sum(numerator) * prod(degrees), prod(weights))
    require(rank > 0 and not rest, "The ring has another dimension.")
    return rank


def restricted(generators: list[fmpq_mpoly], chart: int, rest: list[int], kept: tuple[int, int],
               forms: dict[int, Form], p: int) -> list[Form]:
    """The generators where z_0 = 1 and z_i = λ_i, modulo p, by exponents of the rest, u and v."""
    ring, space = (nmod_mpoly_ctx.get([f"v{i}" for i in range(k)], modulus=p) for k in (
        len(rest) + 2, len(rest) + 3 + len(forms)))
    variables = ring.gens()
    images = {chart: ring.constant(1)} | dict(zip((*rest, *kept), variables)) | {
        i: sum((variables[-2]**a * variables[-1]**b * (c % p) for (a, b), c in form.items()),
               ring.constant(0)) for i, form in forms.items()}
    found = substituted([space.from_dict({e: residue(c, p) for e, c in zip(
        exponent_vectors(g), g.coeffs())}) for g in generators],
        [images[i] for i in sorted(images)], ring)
    return [{tuple(map(int, e)): int(a) for e, a in f.to_dict().items()} for f in found if f]


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
    own, row = [(sum(map(int.__mul__, b, weights)), b) for b in basis], max(weights[-2:])
    wide, high = weights[-2:]
    require(any(all(_is_surjective(own, relations, wide, high, start * row + e, p)
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
    given: dict[int, list[Form]] = {}
    for f in forms:
        given.setdefault(sum(map(int.__mul__, next(iter(f)), weights)), []).append(f)
    monomials: dict[int, set[Exponents]] = {0: {(0,) * (c + 2)}}
    echelons: dict[int, list[Form]] = {}
    basis, relations, idle = [(0,) * c], dict[Exponents, Relation](), 0
    for weight in itertools.count(1):
        monomials[weight] = {_times(m, i) for i, w in enumerate(weights)
                             for m in monomials.get(weight - w, ())}
        columns = sorted(monomials[weight], key=lambda m: m[::-1])
        if len(columns) > most:
            raise TooLarge("The ring is not found to be finite.")
        rows, others = dict[Exponents, Form](), given.get(weight, [])[:]
        for i, w in enumerate(weights):
            for f in echelons.get(weight - w, ()):
                multiple = {_times(m, i): a for m, a in f.items()}
                if rows.setdefault(next(iter(multiple)), multiple) is not multiple:
                    others.append(multiple)
        echelons[weight] = _echelon([*rows.values()], others, columns, p, work)
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
        late = idle > largest * LATEST + max(sum(map(int.__mul__, b, weights)) for b in basis)
        if idle >= largest and (late or len(basis) - len(relations) <= rank):
            break
    require(len(basis) - len(relations) == rank, "The ring has another rank.")
    return basis, list(relations.values()), echelons


def _times(monomial: Exponents, i: int) -> Exponents:
    return (*monomial[:i], monomial[i] + 1, *monomial[i + 1:])


def _echelon(rows: list[Form], others: list[Form], columns: list[Exponents], p: int, work: Work
             ) -> list[Form]:
    """The reduced echelon form of independent rows and others, of which few batches suffice."""
    width = len(columns)
    step = 2 * (width - len(rows)) + 50
    for start in range(0, max(len(others), 1), step):
        before, rows = len(rows), rows + others[start:start + step]
        work.spend(len(rows) * width**2 // 8)
        matrix = nmod_mat(len(rows), width, [f.get(m, 0) for f in rows for m in columns], p)
        reduced, height = matrix.rref()
        entries = [*map(int, reduced.entries())]
        rows = [{m: a for m, a in zip(columns, entries[k * width:(k + 1) * width]) if a}
                for k in range(height)]
        if start and height == before or height == width:
            break
    return rows


def _is_surjective(basis: list[tuple[int, Exponents]], relations: list[Relation], wide: int,
                   high: int, weight: int, p: int) -> bool:
    """Whether the transpose of the relations is surjective in a weight."""
    def powers(total: int) -> list[int]:
        """The exponents of u in the monomials of a weight."""
        return [k for k in range(total // wide + 1) if not (total - k * wide) % high]

    rows = [(number, k) for number, (height, _) in enumerate(relations)
            for k in powers(weight + height)]
    place = {row: k for k, row in enumerate(rows)}
    require(len(rows) <= MOST_ROWS, "The ring may have torsion.")
    entries: list[int] = []
    for own, b in basis:
        for shift in powers(weight + own):
            column = [0] * len(rows)
            for number, (_, terms) in enumerate(relations):
                for (generator, k), a in terms.items():
                    if generator == b:
                        column[place[number, shift + k]] = a
            entries += column
    return not rows or nmod_mat(len(entries) // len(rows), len(rows), entries, p).rank() == len(
        rows)


def require_field(forms: list[Form], rank: int, p: int, fiber: Any) -> None:
    """
    Verify (2): a point with coordinates in F_p[t] / (q), the first of which is t, and the last two
    of which, u and v, are in F_p.
    """
    polynomial, coordinates = fields(fiber, "polynomial", "point")
    q = nmod_poly(integers(polynomial, 0, p - 1, "coefficient", rank + 1), p)
    factors = q.factor()[1]
    require(q.degree() == rank and len(factors) == 1 and factors[0][1] == 1,
            "The polynomial is reducible.")
    point = [nmod_poly(integers(a, 0, p - 1, "coefficient"), p)
             for a in items(coordinates, "coordinates")]
    require({len(m) for f in forms for m in f} == {len(point)} and len(point) > 2
            and point[0] == nmod_poly([0, 1], p) % q and any(map(bool, point[-2:]))
            and all(x.degree() < 1 for x in point[-2:]), "The point is not of this kind.")
    for f in forms:
        total = nmod_poly([0], p)
        for m, a in f.items():
            total += prod((x for x, k in zip(point, m) for _ in range(k)),
                          start=nmod_poly([a], p)) % q
        require(total % q == 0, "The point does not satisfy the equations.")
