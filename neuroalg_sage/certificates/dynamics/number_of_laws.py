"""
How many conservation laws are independent, by Lie algebras of fields, symmetries, or a curve.

The fields of a flow are those of :mod:`~neuroalg_sage.certificates.dynamics.conservation_laws`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq_mpoly_ctx, nmod_mpoly_ctx

from neuroalg_sage.certificates.dimension.linear_symmetries import symmetry_fields
from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.dynamics.conservation_laws import Field, conserved, vector_fields
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    items,
    member,
    prime,
    rational,
    require,
    residue,
)
from neuroalg_sage.certificates.work import Work

MAXIMAL_DEGREE = 1000  # of a component of a bracket


def _bracket(left: Field, right: Field, work: Work) -> Field:
    """[X, Y]_i = Σ_k X_k ∂_k Y_i - Y_k ∂_k X_i."""
    total: Field = {}
    work.spend(sum(map(len, left.values())) * sum(map(len, right.values())))
    for sign, first, second in ((1, left, right), (-1, right, left)):
        for i, f in second.items():
            for k, c in first.items():
                term = sign * c * f.derivative(k)
                total[i] = total[i] + term if i in total else term
    return total


def _lie_rank(ring: fmpq_mpoly_ctx, generators: list[Field], words: Any, p: int,
              point: list[int]) -> int:
    """
    The rank at a point modulo a prime of elements of the Lie algebra of the fields.

    A word is [j], a field, or [a, b], the bracket of two elements before.  Brackets have
    coefficients in Z localized at p, and a minor that is nonzero modulo p at an integer point is
    a nonzero polynomial, so the rank is a lower bound for the generic dimension over Q.
    """
    modular = nmod_mpoly_ctx.get([f"v{i}" for i in range(ring.nvars())], modulus=p,
                                 ordering=Ordering.lex)
    elements: list[Field] = []
    rows, work = [], Work()
    for word in items(words, "words"):
        if len(items(word, "word")) == 1:
            (j,) = integers(word, 0, len(generators) - 1, "field")
            element = {i: modular.from_dict({e: residue(c, p) for e, c in f.to_dict().items()})
                       for i, f in generators[j].items()}
        else:
            a, b = integers(word, 0, len(elements) - 1, "bracket", 2)
            element = _bracket(elements[a], elements[b], work)
        require(all(f.total_degree() <= MAXIMAL_DEGREE for f in element.values()),
                "A bracket has too high a degree.")
        elements.append(element)
        rows.append([int(element[i](*point)) if i in element else 0
                     for i in range(ring.nvars())])
    return rank(rows, ring.nvars(), p)


def check_number(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """Verify the number of laws of gradient flow, or bounds for it."""
    bounds = value if status == "bounds" else [value, value]
    require(status == "proved" or bounds[0] < bounds[1], "The bounds are equal.")
    return _number(model, None, bounds, evidence)


def check_number_of_flow(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """Verify a flow with the number of its laws, or with bounds for it."""
    flow, *bounds = value
    proved = status == "proved"
    require(len(bounds) == (1 if proved else 2) and (proved or bounds[0] < bounds[1]),
            "The claim is not a flow with the number of its laws, or with bounds.")
    return _number(model, flow, bounds * 2 if proved else bounds, evidence)


def _number(model: Model, flow: Any, value: list[Any], evidence: Any) -> Checked:
    """
    Verify bounds for the largest number of laws that are independent at a generic point.

    The differentials of laws, if independent modulo p at one point, are so at a generic one.
    The differential of every law, polynomial or not, vanishes on the Lie algebra of the fields.

    If M is a curve, the fields ∇φ_j are multiples of one of them.  So the parameters move along its
    curves, and near a generic point all but one of the coordinates in which it is straight are
    constant; these laws need not be algebraic.
    """
    if "curve" in evidence:
        from neuroalg_sage.certificates.dimension.dimension import check_dimension

        require(flow is None, "The fields are those of gradient flow.")
        verified, trust = check_dimension(model, 1, evidence["curve"])
        require(integers(value, 0, 10**9, "number of laws", 2) == [model.parameters - 1] * 2,
                f"There are {model.parameters - 1} laws.")
        return [*verified, "all fields are multiples of one"], trust
    if "symmetries" in evidence:
        require(flow is None, "Symmetries give laws of gradient flow.")
        found, lower, upper = _from_symmetries(model, evidence, evidence.get("head"))
    else:
        laws, words, p, point = fields(evidence, "laws", "words", "prime", "point")
        ring, generators = vector_fields(model, flow, len(items(point, "point")))
        p = prime(p)
        point = integers(point, 0, p - 1, "coordinate", ring.nvars())
        found = conserved(ring, generators, laws)
        lower = rank([[residue(h.derivative(i)(*point), p) for i in range(ring.nvars())]
                      for h in found], ring.nvars(), p)
        upper = ring.nvars() - _lie_rank(ring, generators, words, p, point)
    low, high = integers(value, 0, 10**9, "number of laws", 2)
    require(low == lower and high == upper, "The number of conservation laws is not proved: it is "
            f"between {lower} and {upper}.")
    return [f"polynomials ({len(found)}) are conserved; {lower} laws are independent",
            f"the Lie algebra of the fields leaves room for {upper}"], []


def _from_symmetries(model: Model, evidence: Any, head: Any = None
                     ) -> tuple[list[Any], int, int]:
    """
    The bounds from symmetries, the laws of a head, and a rank, without expanding φ.

    If w ↦ S w is in the kernel of Dφ, for a symmetric S, then w^T S w is a law, since its
    gradient is 2 S w.  The fields ∇φ_j span the image of the transposed Dφ, and generate a Lie
    algebra.
    """
    if "brackets" in evidence:
        from neuroalg_sage.certificates.dynamics.brackets import rank_of_brackets

        p, point, below = rank_of_brackets(model, evidence["brackets"])
    else:
        trial = member(evidence, "trial")
        below, _, _ = sample_rank(model, trial)
        p, point = prime(trial["prime"]), trial["point"]
    motions = symmetry_fields(model, member(evidence, "symmetries"))
    rows = []
    for motion in motions:
        require(all(motion.get((j, i)) == c for (i, j), c in motion.items()),
                "A symmetry is not the gradient of a law.")
        row = [0] * model.parameters
        for (i, j), c in motion.items():
            row[i] += residue(c, p) * point[j]
        rows.append(row)
    if head is not None:
        from neuroalg_sage.certificates.dynamics.head import gradients_of_laws

        rows += gradients_of_laws(model, head, p, point)
    return motions, rank(rows, model.parameters, p), model.parameters - below


def check_quadratic_laws(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify quadratic laws of gradient flow, each the form w^T S w of one of the symmetries.

    The claim [k, m, laws]: the laws are linearly independent forms, at least k of them are
    independent at a generic point, and at most m laws of any kind are.  So if k = m, then all laws
    are functions of these; else there may be others.
    """
    low, high, data = items(value, "claim", 3)
    motions, lower, upper = _from_symmetries(model, evidence)
    require(integers([low, high], 0, 10**9, "number of laws") == [lower, upper],
            f"It is between {lower} and {upper} laws that are independent.")
    laws = items(data, "laws")
    require(len(laws) == len(motions), "There is not one symmetry for each law.")
    echelon: dict[tuple[int, int], dict[tuple[int, int], Fraction]] = {}
    for law, motion in zip(laws, motions):
        form: dict[tuple[int, int], Fraction] = {}
        for (i, j), c in motion.items():
            key = (min(i, j), max(i, j))
            form[key] = form.get(key, Fraction(0)) + c
        stated: dict[tuple[int, int], Fraction] = {}
        for term in items(law, "law"):
            coefficient, powers = items(term, "term", 2)
            powers = integers(powers, 0, model.parameters + 1, "variable or exponent")
            require(len(powers) == 2 and powers[1] == 2
                    or len(powers) == 4 and powers[1] == powers[3] == 1,
                    "A law is not a quadratic form.")
            key = min(powers[::2]), max(powers[::2])
            require(key not in stated, "A law states a term twice.")
            stated[key] = rational(coefficient)
        require(stated == {key: c for key, c in form.items() if c},
                "A law is not that of its symmetry.")
        while stated and (top := max(stated)) in echelon:
            factor = stated[top] / echelon[top][top]
            for key, c in echelon[top].items():
                stated[key] = stated.get(key, Fraction(0)) - factor * c
            stated = {key: c for key, c in stated.items() if c}
        require(stated, "A law is a combination of those before it.")
        echelon[max(stated)] = stated
    return [f"quadratic forms ({len(laws)}) are conserved, {lower} of them independent",
            f"there are at most {upper} independent laws"], []
