"""
What a description of M says of M: that it is V, that it is closed, what is outside.

M consists of the sums of squares with fixed factors, which a formula describes (``matrices.py``).

The formula is a union of pieces.  A piece without conditions is V.  If all conditions are f = 0 or
f >= 0, each piece is closed, and so is the union of finitely many.

Let a function violate a condition of each piece.  If these conditions are f = 0, or f >= 0 or f > 0
and f is negative there, they are violated near the function, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, member, polynomial_ring, require
from neuroalg_sage.certificates.real.formulas import Formula, formula, holds
from neuroalg_sage.certificates.real.matrices import fixed_squares
from neuroalg_sage.certificates.real.signatures import check_signatures


def described(model: Model, evidence: Any) -> Formula:
    """The formula, which is verified to describe M."""
    stated, proof = fields(evidence, "formula", "description")
    require(member(proof, "argument") == "fixed squares", "The description is another one.")
    claimed = formula(stated, polynomial_ring(model.ambient_dimension))
    check_signatures(claimed, fixed_squares(model, proof))
    return claimed


def is_whole(model: Model, evidence: Any) -> str:
    """Verify that M is V."""
    require([] in described(model, evidence), "The description has conditions.")
    return "a description of M without conditions"


def is_closed(model: Model, evidence: Any) -> str:
    """Verify that M is closed."""
    require(all(relation in ("=", ">=") for piece in described(model, evidence)
                for relation, _ in piece), "A condition of the description is not closed.")
    return "a description of M by equations and weak inequalities"


def is_outside(model: Model, point: Sequence[fmpq], evidence: Any) -> tuple[str, bool]:
    """Verify that a function is not in M: why, and whether nothing near it is in M either."""
    pieces = described(model, evidence)
    require(not holds(pieces, point), "The description holds at the function.")
    is_open = all(any(relation == "=" and f(*point) != 0
                      or relation in (">=", ">") and f(*point) < 0 for relation, f in piece)
                  for piece in pieces)
    return "the description of M does not hold at the function", is_open
