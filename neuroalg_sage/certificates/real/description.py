"""
The neuromanifold as a semi-algebraic set, by theorems whose proofs stand beside their checks, or by
elimination of the parameters.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    member,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.real.formulas import Formula, formula
from neuroalg_sage.certificates.real.signatures import Signatures, check_signatures, up_to_factors

ARGUMENTS = {
    "linear network": "M is the matrices of bounded rank",
    "fixed squares": "M is the symmetric matrices of bounded signature",
    "enough units": "there are units enough for all functions",
    "squares": "M is the quadratic forms of bounded rank",
    "one unit": "M is the multiples of powers of linear forms",
    "two units": "M is the sums of two powers",
    "few units": "M is the sums of few powers, by zeros of apolar forms",
    "one unit less": "M is the powers, and the forms with a zero that is not real",
    "narrow state": "M is the multiples of powers of forms that a state of width one has",
    "quartics": "M is the binary quartics that are quadratic forms in two squares",
    "filters": "M is the products of filters, by their real zeros",
    "all of V": "M is all of V",
    "elimination": "M is what is left when the parameters are eliminated",
}


def described(model: Model, evidence: Any, asked: list[Any] | None = None
              ) -> Formula | Signatures:
    """
    What an argument shows M to be.

    INPUT:

    - ``asked`` -- to which those questions are added for which QEPCAD must be trusted; without this
      list there may be none

    Raises CertificateError if the model does not have its hypotheses.
    """
    argument = member(evidence, "argument")
    if argument in ("linear network", "fixed squares"):
        from neuroalg_sage.certificates.real.matrices import fixed_squares, linear_network

        return (linear_network(model) if argument == "linear network"
                else fixed_squares(model, evidence))
    if argument == "filters":
        from neuroalg_sage.certificates.real.products_of_filters import product_of_filters

        return product_of_filters(model)
    if argument == "narrow state":
        from neuroalg_sage.certificates.real.narrow_states import narrow_state

        return narrow_state(model)
    if argument == "quartics":
        from neuroalg_sage.certificates.real.quartics import quartics

        return quartics(model)
    if argument == "all of V":
        from neuroalg_sage.certificates.real.whole import whole

        whole(model, member(evidence, "proof"))
        return [[]]
    if argument == "elimination":
        from neuroalg_sage.certificates.real.elimination import eliminated

        questions: list[Any] = [] if asked is None else asked
        found = eliminated(model, evidence, questions)
        require(asked is not None or not questions, "QEPCAD is asked, which is not trusted here.")
        return found
    if argument not in ARGUMENTS:
        raise MalformedCertificate("The argument for a description is not known.")
    from neuroalg_sage.certificates.real.sums_of_powers import THEOREMS

    return THEOREMS[argument](model)


def check_description(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that M, over the real numbers and without its closure, is where a formula holds."""
    claimed = formula(value, polynomial_ring(model.ambient_dimension))
    asked: list[Any] = []
    proved = described(model, evidence, asked)
    if isinstance(proved, Signatures):
        check_signatures(claimed, proved)
    else:
        require(_written(claimed) == _written(proved), "The formula is not the one that is proved.")
    if evidence["argument"] == "elimination":
        return ["each step of the elimination of the parameters", *(
            [f"but for {len(asked)} questions, which QEPCAD answered"] if asked else [])], [
            "qepcad"] * bool(asked)
    return [f"the hypotheses of the theorem: {ARGUMENTS[evidence['argument']]}",
            "the formula says what the theorem says"], []


def _written(pieces: Formula) -> set[frozenset[tuple[str, str]]]:
    return {frozenset(up_to_factors(f, relation) for relation, f in piece) for piece in pieces}
