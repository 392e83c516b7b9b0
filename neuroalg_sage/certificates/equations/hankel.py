"""
Linear recurrences: a model that is y = Σ_k C A^k B x_(T-1-k), with parameters in A, B and C.

For each k, the coefficient of x_(T-1-k) is then h_k = C A^k B, and the Hankel matrix with the
entries h_(i+j) = (C A^i)(A^j B) has at most the rank n of A's size.  Reversing the order of rows
and columns, so has the matrix with the entries z_(i+j), where z_i is the coefficient of x_i.

**Theorem.**  For 2n < T the (n + 1)-minors of the (n + 1) × (T - n) matrix z_(i+j) generate a
prime ideal of codimension T - 2n.  It is 1-generic: no Σ a_i b_j z_(i+j) with a, b ≠ 0 vanishes,
since the product of the polynomials Σ a_i t^i and Σ b_j t^j does not.  D. Eisenbud, Linear sections
of determinantal varieties, Amer. J. Math. 110 (1988), Theorem 1.  The codimension is that of the
maximal minors of a generic matrix of this format, so that by Eagon and Northcott the Hilbert series
has the same numerator.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.model import Model, Step
from neuroalg_sage.certificates.reading import member, require

EISENBUD = "theorem: Eisenbud (1988)"

# The words of linear maps by which a state depends on each input, the first map first; or, of a
# state that is made of parameters alone, its key.
Words = dict[int, tuple[Any, ...]]


def state_size(model: Model) -> int:
    """
    Verify that the model is a linear recurrence with one input and output a step; the size of A.

    Each state is Σ_i L_i x_i with one word L_i of linear maps for each i; equal letters are
    equal maps, with equal parameters.
    """
    values: list[Any] = [None]  # the inputs as a whole have no word
    for step in model.steps:
        values.append(_value(step, [values[s] for s in step.sources],
                             [model.widths[s] for s in step.sources]))
    words, last = values[-1], model.inputs - 1
    require(model.outputs == 1 and isinstance(words, dict) and len(words.get(last, ())) == 2
            and len(words.get(last - 1, ())) == 3, "The model is no recurrence.")
    entering, moving, leaving = words[last - 1]
    require(words == {last - k: (entering, *[moving] * k, leaving) for k in range(last + 1)}
            and moving[:2] == (entering[0], entering[0]), "The model is no recurrence.")
    return entering[0]


def _value(step: Step, sources: list[Any], widths: list[int]) -> Words | tuple[Any, ...]:
    """The words of a state; or what it is, if it is made of parameters alone."""
    terms = (step.offset, tuple(tuple(sorted(terms.items())) for terms in step.outputs))
    used = {v for output in step.outputs for m in output for v, _ in m}
    if not any(v >= step.parameters for v in used):
        return terms
    if sources == [None]:
        require(step.parameters == 0 and step.outputs == ({((min(used), 1),): 1},),
                "A step is not linear.")
        return {min(used): ()}
    if not step.parameters and all(isinstance(s, dict) for s in sources) and len(sources) > 1:
        require(all(output == {((i + k * step.width, 1),): 1 for k in range(len(sources))}
                    for i, output in enumerate(step.outputs)) and {*widths} == {step.width}
                and len({i for s in sources for i in s}) == sum(map(len, sources)),
                "A step is no sum of functions of different inputs.")
        return {i: word for s in sources for i, word in s.items()}
    places = [k for k, s in enumerate(sources) if isinstance(s, dict)]
    require(len(places) == 1 and None not in sources, "A step is not linear.")
    start, read = step.parameters + sum(widths[: places[0]]), widths[places[0]]
    require(all(sum(e for v, e in m if start <= v < start + read) == 1
                for output in step.outputs for m in output), "A step is not linear.")
    # A letter: how many numbers the map makes of how many, and what it is.
    letter = (step.width, read, start, terms, *(s for s in sources if not isinstance(s, dict)))
    return {i: (*word, letter) for i, word in sources[places[0]].items()}


def check_hankel(model: Model, evidence: Any) -> tuple[int, int]:
    """
    Verify that M is dense in the Hankel matrices of rank at most n, 2n < T; the numbers n and T.

    M lies in that variety, which is irreducible of dimension 2n, and the trial shows that it has
    its dimension.
    """
    n, length = state_size(model), model.inputs
    require(2 * n < length == model.ambient_dimension and sample_rank(
        model, member(evidence, "trial"), False)[0] == 2 * n,
        "The Hankel matrices of bounded rank are not the neurovariety.")
    return n, length
