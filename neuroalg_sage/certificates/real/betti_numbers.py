"""
Betti numbers of M within a ball, on the unit sphere, and in the projective space, over the reals.

M is the image of the real parameters.  The *link* is M ∩ S, where S is the unit sphere of V, and
the *projectivization* the set of the lines through 0 and another point of M.

**M within a ball.**  If weights a of the parameters make φ homogeneous of degree d > 0, then t^d f
is in M for f in M and t > 0, and 0 = φ(0) is, too.  So M and its part in any ball around 0 are
star-shaped, hence contractible, whether M is closed or not.

**M = V.**  The link is the sphere, and the projectivization the real projective space, of V.

**Products of spheres** up to scalings, signs and identifications are the third case, which
``certificates.real.spheres`` has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuroalg_sage.certificates.chain_complexes import Complex, betti_numbers, hemispheres
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    exponent_vectors,
    fields,
    integers,
    member,
    require,
)

MOST_CELLS = 20_000
FIELDS = {"Q": 0, "GF(2)": 2}
SPACES = ("ball", "link", "projectivization")

Betti = dict[str, list[int]]


def check_betti_numbers(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the Betti numbers of M within a ball, of its link, and of its projectivization."""
    found, reason = betti_of_spaces(model, evidence)
    require(set(value) == set(SPACES), "The claim is about other spaces.")
    for claimed, betti in zip(fields(value, *SPACES), found.values()):
        require((claimed is None) is (betti is None), "What is decided is not what is claimed.")
        if betti is not None:
            require(isinstance(claimed, dict) and set(claimed) == set(FIELDS),
                    "The claim is about other fields.")
            require(all(integers(claimed[name], 0, MOST_CELLS, "Betti number") == betti[name]
                        for name in FIELDS), "The Betti numbers are not those claimed.")
    return [reason], []


def betti_of_spaces(model: Model, evidence: Any) -> tuple[dict[str, Betti | None], str]:
    """The Betti numbers that the evidence proves, None where it says nothing; and why."""
    argument = member(evidence, "argument")
    complexes: Sequence[Complex | None] = (None, None)
    if argument == "cone":
        reason = cone(model, evidence)
    elif argument == "all":
        from neuroalg_sage.certificates.real.whole import whole

        reason = f"M is all of V: {whole(model, member(evidence, 'proof'))}"
        n = model.ambient_dimension
        require(0 < n <= MOST_CELLS, "The sphere of V has too many cells, or none.")
        complexes = [hemispheres([n], [1], signed) for signed in (True, False)]
    elif argument == "blocks":
        from neuroalg_sage.certificates.real.spheres import quotients

        reason, *complexes = quotients(model, member(evidence, "blocks"))
    else:
        raise MalformedCertificate("The argument for the Betti numbers is not known.")
    found: dict[str, Betti | None] = {"ball": {name: [1] for name in FIELDS}}
    for space, cells in zip(SPACES[1:], complexes):
        found[space] = None if cells is None else {
            name: betti_numbers(cells, p) for name, p in FIELDS.items()}
    return found, reason


def cone(model: Model, evidence: Any) -> str:
    """Verify weights of the parameters for which φ is homogeneous of positive degree."""
    weights = integers(member(evidence, "weights"), -(10**9), 10**9, "weight", model.parameters)
    degrees = {sum(k * a for k, a in zip(e, weights)) for f in model.parametrization
               for e in exponent_vectors(f)}
    require(len(degrees) == 1 and min(degrees) > 0, "φ is not homogeneous for the weights.")
    return "M is star-shaped, since φ is homogeneous"
