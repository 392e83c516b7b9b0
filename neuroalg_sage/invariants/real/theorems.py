"""
Descriptions of neuromanifolds over the real numbers by theorems.

The theorems with their proofs are in the checker, ``certificates.real``, which also has the
formulas; here it is said in words what they mean, and where a theorem is about the signature of a
symmetric matrix, the formula is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.real.description import described
from neuroalg_sage.certificates.real.matrices import symmetric_matrix
from neuroalg_sage.certificates.real.narrow_states import powers_of
from neuroalg_sage.certificates.real.products_of_filters import filters
from neuroalg_sage.certificates.real.signatures import Signatures
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.real.formula import Formula, primitive
from neuroalg_sage.models.model import Model

# Which signs a condition on a function allows, and how it is written: with which sign the
# function is compared with zero, and how.
ALLOWED = {frozenset((0,)): (1, "="), frozenset((1,)): (1, ">"), frozenset((-1,)): (-1, ">"),
           frozenset((0, 1)): (1, ">="), frozenset((-1, 0)): (-1, ">="),
           frozenset((-1, 1)): (1, "!=")}
ALL = frozenset((-1, 0, 1))
LARGER = {s: [ALL, *(frozenset((s, other)) for other in (0, 1, -1) if other != s)]
          for s in (-1, 0, 1)}

MOST_TERMS = 100_000  # of a formula

Box = tuple[frozenset[int], ...]

DEGREES = {1: "linear form", 2: "quadratic form", 3: "cubic", 4: "quartic", 5: "quintic",
           6: "sextic", 7: "septic", 8: "octic"}
POWERS = {2: "square", 3: "cube", 4: "fourth power", 5: "fifth power", 6: "sixth power",
          7: "seventh power", 8: "eighth power"}


def by_theorem(model: Model) -> tuple[Formula, str, dict[str, Any]] | None:
    """
    What M is by the first theorem whose hypotheses the model has: a formula, the same in words, and
    evidence for the checker.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> formula, words, evidence = by_theorem(parse_spec("mlp:2,2,1:x^3"))
        >>> words
        'every binary cubic with one real and two complex zeros, and the multiples of cubes of \
linear forms'
    """
    checked = CheckedModel(model.describe())
    for argument in WORDS:
        with suppress(CertificateError):
            evidence = {"argument": argument} | fixed_squares(checked, argument)
            found = described(checked, evidence)
            pieces = list(signature_pieces(found) if isinstance(found, Signatures) else
                          [[(f, relation) for relation, f in piece] for piece in found])
            terms = sum(len(f) for piece in pieces for f, _ in piece)
            if terms > MOST_TERMS:
                raise LimitReached(f"A formula that a theorem gives has {terms:,} terms, over the "
                                   f"limit of {MOST_TERMS:,}.")
            formula = Formula(checked.ambient_dimension, tuple(
                tuple((primitive(f), relation) for f, relation in piece) for piece in pieces))
            return formula, WORDS[argument](checked, evidence), evidence
    return None


# -- formulas for signatures ---------------------------------------------------------------


def signature_pieces(found: Signatures) -> Iterator[list[tuple[fmpq_mpoly, str]]]:
    """The pieces of a formula that says which signatures a matrix has."""
    table = dict(found.decided())
    count = len(found.functions)
    wrong = {signs for signs, belongs in table.items() if not belongs}
    for box in cover([signs for signs, belongs in table.items() if belongs], wrong, count):
        piece = [(f, "=") for f in found.equations]
        for f, allowed in zip(found.functions, box):
            if allowed in ALLOWED:
                sign, relation = ALLOWED[allowed]
                piece.append((sign * f, relation))
        yield piece


def cover(right: list[tuple[int, ...]], wrong: Iterable[tuple[int, ...]], count: int
          ) -> list[Box]:
    """
    Few boxes, products of sets of signs, that hold all of some vectors of signs and none of others.

    Each box is as large as it can be, and none is superfluous.

    EXAMPLES::

        >>> [[sorted(s) for s in box] for box in cover([(0, 1), (1, 1), (1, 0)], [(-1, 0)], 2)]
        [[[0, 1], [-1, 0, 1]]]
    """
    wrong = list(wrong)

    def is_right(box: Box) -> bool:
        return not any(all(s in allowed for s, allowed in zip(signs, box)) for signs in wrong)

    boxes: list[Box] = []
    left = list(right)
    while left:
        candidates = []
        for order in (range(count), range(count - 1, -1, -1)):
            box: Box = tuple(frozenset((s,)) for s in left[0])
            for i in order:
                for larger in LARGER[left[0][i]]:
                    wider = (*box[:i], larger, *box[i + 1:])
                    if is_right(wider):
                        box = wider
                        break
            candidates.append(box)
        best = max(candidates, key=lambda b: sum(_holds(b, signs) for signs in left))
        boxes.append(best)
        left = [signs for signs in left if not _holds(best, signs)]
    for box in list(boxes):
        others = [b for b in boxes if b != box]
        if all(any(_holds(b, signs) for b in others) for signs in right):
            boxes = others
    return boxes


def _holds(box: Box, signs: tuple[int, ...]) -> bool:
    return all(s in allowed for s, allowed in zip(signs, box))


# -- words ----------------------------------------------------------------------------------


def number_of(count: int, what: str) -> str:
    return f"{count} {what}" + "s" * (count > 1)


def forms(n: int, degree: int) -> str:
    """What forms of a degree in n variables are called."""
    name = DEGREES.get(degree, f"form of degree {degree}")
    if n == 2 and degree > 1:
        return f"binary {name}"
    return name if n <= 2 else f"{name} in {n} variables"


def tuples(n: int, degree: int, outputs: int) -> str:
    """What tuples of forms are called, all of them."""
    name = forms(n, degree)
    if outputs == 1:
        return f"every {name}"
    first, _, rest = name.partition(" in ")
    first = first.replace("form of", "forms of") if "form of" in first else f"{first}s"
    return f"every tuple of {outputs} {first}" + (f" in {rest}" if rest else "")


def powers(degree: int) -> str:
    """The multiples of powers."""
    power = POWERS.get(degree, f"power of degree {degree}")
    return (f"the multiples of {power.replace(' of', 's of')}" if " of " in power
            else f"the multiples of {power}s") + " of linear forms"


def _linear_network(model: CheckedModel, evidence: dict[str, Any]) -> str:
    rank, full = min(model.widths), min(model.outputs, model.inputs)
    matrices = f"{model.outputs} x {model.inputs} matrix"
    constants = " with any constants" * (0 in model.degree_pattern[0])
    return f"every {matrices}" + f" of rank at most {rank}" * (rank < full) + constants


def _fixed_squares(model: CheckedModel, evidence: dict[str, Any]) -> str:
    n, factors = model.inputs, evidence["factors"]
    negative = sum(c.startswith("-") for c in factors)
    positive = len(factors) - negative
    what = (f"quadratic form in {number_of(n, 'variable')}" if model.degree_pattern == [[2]]
            else f"symmetric {n} x {n} matrix")
    if not negative or not positive:
        sign = "negative" if negative else "positive"
        return (f"every {sign} semidefinite {what}"
                + f" of rank at most {len(factors)}" * (len(factors) < n))
    if min(positive, negative) >= n:
        return f"every {what}"
    return (f"every {what} with at most {positive} positive and at most {negative} negative "
            f"eigenvalue{'s' * (negative > 1)}")


def _enough_units(model: CheckedModel, evidence: dict[str, Any]) -> str:
    n, _, outputs, d = power_sum(model)
    return tuples(n, d, outputs)


def _squares(model: CheckedModel, evidence: dict[str, Any]) -> str:
    n, r, _, d = power_sum(model)
    return f"every {forms(n, d)}" + f" of rank at most {r}" * (r < n)


def _one_unit(model: CheckedModel, evidence: dict[str, Any]) -> str:
    _, _, outputs, d = power_sum(model)
    return powers(d) if outputs == 1 else (
        f"every tuple of {outputs} multiples of one {POWERS.get(d, f'power of degree {d}')} of a "
        "linear form")


def _two_units(model: CheckedModel, evidence: dict[str, Any]) -> str:
    n, _, outputs, d = power_sum(model)
    if n == 2 and outputs == 1 and d == 3:
        return f"every {forms(2, 3)} with one real and two complex zeros, and {powers(d)}"
    what = tuples(n, d, outputs)
    plane = "" if n == 2 else " that depends on two linear forms, and"
    small = powers(d) if outputs == 1 else (
        "those of multiples of one form" + " of rank at most two" * (n > 2) if d == 2 else
        "those of multiples of one power of a linear form")
    return (f"{what}{plane} that a quadratic differential operator with two different real zeros "
            f"annihilates, and {small}")


def _few_units(model: CheckedModel, evidence: dict[str, Any]) -> str:
    _, r, outputs, d = power_sum(model)
    return (f"{tuples(2, d, outputs)} that a differential operator with different real zeros, of "
            f"degree at most {r}, annihilates")


def _one_unit_less(model: CheckedModel, evidence: dict[str, Any]) -> str:
    d = power_sum(model)[3]
    return f"every {forms(2, d)} with a zero that is not real, and {powers(d)}"


def _narrow_state(model: CheckedModel, evidence: dict[str, Any]) -> str:
    n, outputs = model.inputs, model.outputs
    k, e, rank = powers_of(model)
    if n == 1:
        return tuples(1, e, outputs)
    base = forms(n, k) + f" of rank at most {rank}" * (rank < n)
    if k == 1:
        return (powers(e) if outputs == 1 else f"every tuple of {outputs} multiples of one "
                f"{POWERS.get(e, f'power of degree {e}')} of a linear form")
    if e == 1:
        return f"every tuple of {outputs} multiples of one {base}" if outputs > 1 else (
            f"every {base}")
    power = POWERS.get(e, f"power of degree {e}")
    return (f"every multiple of a {power} of a {base}" if outputs == 1 else
            f"every tuple of {outputs} multiples of one {power} of a {base}")


def _quartics(model: CheckedModel, evidence: dict[str, Any]) -> str:
    return "every binary quartic that has no zero of multiplicity exactly three"


def _filters(model: CheckedModel, evidence: dict[str, Any]) -> str:
    shown = [_product(group) for group in filters(model).values()]
    if len(shown) == 1:
        return f"every {shown[0]}" + ", moved along the input for each output" * (
            model.outputs > 1)
    return "every tensor product of a " + " and a ".join(shown)


def _product(degrees: list[int]) -> str:
    """What products of filters are, by their zeros."""
    d, even = sum(degrees), sum(k % 2 for k in degrees)
    what = "number" if d == 0 else forms(2, d)
    if even <= 1:
        return what
    return f"{what} whose zeros are all real" if even == d else (
        f"{what} with at least {even} real zeros, counted with multiplicity, or 0")


# In the order in which they are tried.
WORDS: dict[str, Callable[[CheckedModel, dict[str, Any]], str]] = {
    "linear network": _linear_network, "fixed squares": _fixed_squares,
    "enough units": _enough_units, "squares": _squares, "one unit": _one_unit,
    "two units": _two_units, "few units": _few_units, "one unit less": _one_unit_less,
    "narrow state": _narrow_state, "quartics": _quartics, "filters": _filters}


# -- evidence -------------------------------------------------------------------------------


def fixed_squares(model: CheckedModel, argument: str) -> dict[str, Any]:
    """
    The rows and the factors of a sum of squares with fixed factors, read off its first row of
    coordinates; nothing for another argument.
    """
    if argument != "fixed squares":
        return {}
    places, _ = symmetric_matrix(model)
    n, phi = model.inputs, model.parametrization
    rows: dict[int, list[int]] = {}
    factors = {}
    for j in range(n):
        at, divisor = places[0][j]
        for exponents, c in (phi[at] / divisor).to_dict().items():
            used = [i for i, e in enumerate(exponents) for _ in range(int(e))]
            if len(used) != 2:
                raise CertificateError("The coordinates are not quadratic.")
            a, b = used if used[0] in rows or j == 0 else used[::-1]
            rows.setdefault(a, []).append(b)
            factors[a] = c
    return {"rows": list(rows.values()), "factors": [str(factors[a]) for a in rows]}
