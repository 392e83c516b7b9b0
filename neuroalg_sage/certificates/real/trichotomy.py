"""
Whether M is all of V, has interior, or is thin; whether it is dense; whether it is closed.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    exponent_vectors,
    integer,
    member,
    polynomial,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.real.whole import images, whole
from neuroalg_sage.certificates.substitution import vanishing


def check_trichotomy(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify that M is V (``all``), is not V but has interior points in V (``thick``), or has none
    (``thin``).
    """
    if value == "all":
        return [whole(model, evidence)], []
    if value == "thin":
        return thin(model, evidence)
    require(value == "thick", "The claim is not one of all, thick and thin.")
    from neuroalg_sage.certificates.dimension.trials import sample_rank

    rank, _, _ = sample_rank(model, member(evidence, "trial"))
    require(rank == model.ambient_dimension, "The rank of Dφ is not that of V.")
    reason, _ = _outside(model, evidence)
    return ["φ is a submersion at a point", reason], []


def check_dense(model: Model, value: bool, evidence: Any) -> Checked:
    """Verify whether M is dense in V, as a set of real points in the Euclidean topology."""
    if value:
        argument = member(evidence, "argument")
        if argument == "pairs of roots":
            return [pairs_of_roots(model)], []
        if argument == "rational section":
            return [rational_section(model, evidence)], []
        return [whole(model, evidence)], []
    if "function" not in evidence:
        return thin(model, evidence)
    reason, is_open = _outside(model, evidence)
    require(is_open, "There may be functions of M near the function stated.")
    return [reason, "so is it for functions near it"], []


def check_closed(model: Model, value: bool, evidence: Any) -> Checked:
    """Verify whether M is closed in V, as a set of real points in the Euclidean topology."""
    if value:
        return [closed(model, evidence)], []
    # A path of parameters: polynomials in t and 1/t, whose images converge as t goes to 0.
    limit: list[str] = []
    for coordinate in images(model, member(evidence, "path"), 2):
        terms: dict[int, fmpq] = {}
        for (up, down), c in coordinate.items():
            terms[up - down] = terms.get(up - down, fmpq(0)) + c
        require(all(e >= 0 or c == 0 for e, c in terms.items()), "The path has no limit.")
        limit.append(str(terms.get(0, fmpq(0))))
    require(limit == member(evidence, "function"), "The limit is another function.")
    reason, _ = _outside(model, evidence)
    return ["a path in M has a limit", reason], []


def _outside(model: Model, evidence: Any) -> tuple[str, bool]:
    from neuroalg_sage.certificates.real.outside import outside, read_function

    return outside(model, read_function(model, member(evidence, "function")),
                   member(evidence, "outside"))


def thin(model: Model, evidence: Any) -> Checked:
    """
    Verify that M has no interior points: that dim M < n, or that an equation vanishes on M.
    """
    argument = member(evidence, "argument")
    if argument == "parameters":
        require(model.parameters < model.ambient_dimension, "There are enough parameters.")
        return ["there are fewer parameters than coordinates"], []
    if argument == "dimension":
        from neuroalg_sage.certificates.dimension.dimension import check_dimension

        dimension = member(evidence, "dimension")
        checked = check_dimension(model, dimension, member(evidence, "proof"))
        require(dimension < model.ambient_dimension, "The dimension is that of V.")
        return checked
    if argument == "equation":
        equation = polynomial(member(evidence, "equation"),
                              polynomial_ring(model.ambient_dimension))
        require(equation, "The equation is zero.")
        vanishing(model, [equation])
        return ["an equation vanishes on M"], []
    raise MalformedCertificate("The argument that M is thin is not known.")


# -- dense in V ----------------------------------------------------------------------------------


def rational_section(model: Model, evidence: Any) -> str:
    """
    Verify parameters s(u, 1/q(u)), polynomials in u and 1/q for a polynomial q ≠ 0, such that
    φ(s) = u.  So M contains all real u with q(u) ≠ 0, and is dense.
    """
    n = model.ambient_dimension
    ring = polynomial_ring(n)
    q = polynomial(member(evidence, "denominator"), ring)
    require(q, "The denominator is zero.")
    for u, image in zip(ring.gens(), images(model, member(evidence, "section"), n + 1)):
        most = max((e[n] for e in image), default=0)
        total = ring.constant(fmpq(0))
        for k in range(most + 1):
            total += ring.from_dict({e[:n]: c for e, c in image.items() if e[n] == k}
                                    ) * q ** (most - k)
        require(total == u * q**most, "The parameters are not those of the function.")
    return "φ has a rational section"


def pairs_of_roots(model: Model) -> str:
    """
    *Lemma.*  Of a power network with the widths 2, p, q, 1, where p, q ≥ 2, and twice the power 2,
    M contains all real binary quartics without multiple roots, and so is dense.

    *Proof.*  Such a quartic f is a product of two real quadratic forms without common roots, of
    which one has no real roots; or, if all roots are real, each has two that are neighbors on
    the projective line.  In both cases there are real linear forms l_1, l_2 such that both are
    combinations of l_1^2 and l_2^2: if one is definite, both are diagonal in suitable coordinates;
    else one may map the roots of the first to 1 and -1, and then move, by a map that
    fixes these two points, those of the second to c and -c, because they do not separate
    them.  So f = F(l_1^2, l_2^2) with a real quadratic form F in two variables, which is a
    sum of two multiples of squares of linear forms.
    """
    from neuroalg_sage.certificates.real.power_networks import power_network

    widths, powers = power_network(model)
    require(len(widths) == 4 and widths[0] == 2 and min(widths[1:3]) >= 2 and widths[3] == 1
            and powers == [2, 2], "The lemma is on other networks.")
    return "quartics without multiple roots are quadratic forms in two squares"


# -- closed in V -----------------------------------------------------------------------------------


def closed(model: Model, evidence: Any) -> str:
    """Verify that M is closed; why."""
    argument = member(evidence, "argument")
    if argument == "proper":
        return proper(model, evidence)
    if argument == "zero filters":
        from neuroalg_sage.certificates.real.filters import is_zero_only_where_a_filter_is

        return is_zero_only_where_a_filter_is(model)
    if argument == "zero blocks":
        from neuroalg_sage.certificates.real.blocks import is_zero_only_where_a_block_is

        return is_zero_only_where_a_block_is(model, evidence)
    if argument == "head":
        return closed_head(model, evidence)
    if argument == "bounded rank":
        return bounded_rank(model)
    if argument == "closed description":
        from neuroalg_sage.certificates.real.consequences import is_closed

        return is_closed(model, evidence)
    return whole(model, evidence)


def proper(model: Model, evidence: Any) -> str:
    """
    Verify a polynomial g on V such that g ∘ φ is a sum of squares with positive coefficients, of
    which one is a power of w_i, for each parameter w_i.

    *Lemma.*  Then M is closed: where functions converge, g is bounded, so their parameters are, and
    a subsequence of these converges.
    """
    from neuroalg_sage.certificates.real.outside import sum_of_squares

    _, bases = sum_of_squares(model, evidence)
    alone = {places[0] for base in bases if len(base) == 1 and len(
        places := [i for i, k in enumerate(exponent_vectors(base)[0]) if k]) == 1}
    require(len(alone) == model.parameters, "A parameter may be unbounded.")
    return "φ is proper"


def closed_head(model: Model, evidence: Any) -> str:
    """
    *Lemma.*  Let M be all (v_1 g^D, ..., v_m g^D) with real v_o, and g in the M' of a head of one
    output.  If M' is closed, then M is.

    *Proof.*  M' contains the multiples of its elements, so that the g of norm 1 are enough, a
    compact set, on which |g^D| ≥ c > 0.  A sequence of such functions that converges has bounded
    v, and a subsequence for which both v and g converge.
    """
    from neuroalg_sage.certificates.real.power_networks import head

    first, _ = head(model, integer(member(evidence, "layers"), 1,
                                   len(model.description["layers"]) - 1, "number of layers"))
    then = member(evidence, "then")
    require(member(then, "argument") != "head", "A head of a head is a head.")
    return f"{closed(first, then)}; all outputs are multiples of one power"


def bounded_rank(model: Model) -> str:
    """
    *Lemma.*  All matrices of at most some rank are closed, since minors vanish on them, and no
    others.  So are all quadratic forms of at most some rank.

    The first are all functions of a network of dense layers without activation, whose smallest
    width bounds the rank; the second, by Lagrange's diagonal form, those with one hidden
    layer, the square as activation, and one output.
    """
    from neuroalg_sage.certificates.real.power_networks import power_network

    widths, powers = power_network(model)
    require(set(powers) <= {1} or powers == [2] and widths[-1] == 1,
            "M is not all matrices or forms of bounded rank.")
    return "a bound for the rank is given by minors"
