"""
Betti numbers of M within a ball, on the unit sphere, and in the projective space, over the reals.

M is the image of the real parameters.  The *link* is M ∩ S, where S is the unit sphere of V, and
the *projectivization* the set of the lines through 0 and another point of M.

**M within a ball.**  If weights a of the parameters make φ homogeneous of degree d > 0, then t^d f
is in M for f in M and t > 0, and 0 = φ(0) is, too.  So M and its part in any ball around 0 are
star-shaped, hence contractible, whether M is closed or not.

**M = V.**  The link is the sphere, and the projectivization the real projective space, of V.

**Powers.**  Let M be all (v_1 g^D, ..., v_m g^D) with real v_o and g in the space V' of all forms
of a degree.  As forms have unique factors, g^D determines g up to a factor.  So the link is the
quotient of the product of the unit spheres of R^m and V' by those changes of signs of v and g that
leave v g^D as it is, and the projectivization the product of the projective spaces.

**Products of spheres** up to scalings, signs and identifications are in
``certificates.real.spheres``, **products of polynomials** at :func:`filters`.

The claim states b_0, b_1, ... up to some b_k; those that follow are zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from neuroalg_sage.certificates.chain_complexes import Complex, betti_numbers, hemispheres
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    exponent_vectors,
    fields,
    integer,
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
        complexes = _both([model.ambient_dimension], [1])
    elif argument == "powers":
        reason, complexes = powers(model, evidence)
    elif argument == "filters":
        reason, complexes = filters(model)
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


def powers(model: Model, evidence: Any) -> tuple[str, list[Complex]]:
    """Verify that M is all multiples of powers of any forms of a degree, see above."""
    from neuroalg_sage.certificates.real.power_networks import head
    from neuroalg_sage.certificates.real.whole import whole

    first, power = head(model, integer(member(evidence, "layers"), 1,
                                       len(model.description["layers"]) - 1, "number of layers"))
    reason = whole(first, member(evidence, "proof"))
    return (f"all outputs are multiples of one power of any form: {reason}",
            _both([model.outputs, first.ambient_dimension], [1, power]))


def filters(model: Model) -> tuple[str, list[Complex]]:
    """
    M is all products of real binary forms of given degrees, of sum D.

    *Lemma 1.*  If exactly two degrees are odd, the link has the homotopy type of the sphere
    S^(D-1), and the projectivization that of RP^(D-1).

    *Proof.*  M is all forms that are zero or have a real root: one with a root has two, as D is
    even, and is a product of linear and quadratic real forms, which can be distributed.  The
    others are C and -C, for the open convex cone C of positive forms.  Let H be the forms whose
    integral over the unit circle is zero; it meets C nowhere.  A line of the projective space
    through the point e of (x^2 + y^2)^(D/2) meets the image of H once, and that of C in an open
    interval around e, since C is convex in the affine space beside H.  Along these lines what is
    left retracts to the projective space of H, and so does its double cover to the sphere of H.

    *Lemma 2.*  If all degrees are at most 1, and D > 0, both have the homotopy type of a circle.

    *Proof.*  M is all forms with D real roots, so the projectivization is Sym^D of a circle R/Z:
    the roots are continuous.  Their sum makes it a bundle over the circle, whose fibers are
    simplices: the distances of neighbors add up to 1.  The link is a double cover, and connected:
    as one root moves around the projective line, a form becomes its negative.
    """
    from neuroalg_sage.certificates.real.filters import filter_degrees

    degrees = filter_degrees(model)
    if sum(d % 2 for d in degrees) == 2:
        return "M is all binary forms that are not definite", _both([sum(degrees)], [1])
    require(max(degrees) == 1, "The lemmas are on filters of other degrees.")
    return "M is all binary forms without other roots than real ones", _both([2], [1])


def _both(sizes: list[int], degrees: list[int]) -> list[Complex]:
    """The link and the projectivization of a product of spheres up to signs."""
    require(0 < prod(sizes) <= MOST_CELLS, "There are too many cells, or none.")
    return [hemispheres(sizes, degrees, signed) for signed in (True, False)]
