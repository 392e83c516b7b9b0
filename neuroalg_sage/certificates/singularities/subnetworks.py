"""
Subnetworks: that they lie in M, their dimensions, and tangent spaces of M at their points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial_ring,
    polynomials,
    prime,
    require,
    residue,
    value_modulo,
)
from neuroalg_sage.certificates.singularities.embedding import embedded_coordinates
from neuroalg_sage.certificates.substitution import vanishing

ZERO, FREE, MINUS = -1, -2, -3  # and MINUS - k for minus parameter k
# Whether there are other subnetworks is not verified.
LISTED_SUBNETWORKS = "the list of subnetworks"


def check_subnetworks(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify for each of some smaller models that its functions lie in M, its dimension, and bounds
    for the dimension of the tangent space of M at a generic one of them.

    An embedding sends each parameter of M's model to one of the smaller model or minus one, to
    zero, or to a free variable; φ after it must be the smaller φ, whatever the free variables are.
    So all images of Dφ at these parameters lie in the Zariski tangent space of M at one and the
    same point: the differentials of equations of M vanish on them.  Their span at a point modulo a
    prime bounds its dimension at a generic point from below; n less the rank of differentials of
    equations that vanish on M bounds it from above.  A point is singular if and only if the tangent
    space is larger than M.

    That all subnetworks are listed is not verified, and stated as trust; but none is listed twice,
    and the zero function not left out if all parameters are zero for it.
    """
    dimension, proof, data, parts = fields(evidence, "dimension", "dimension_evidence",
                                           "equations", "subnetworks")
    verified, trust = check_dimension(model, dimension, proof)
    n = model.ambient_dimension
    equations = polynomials(data, polynomial_ring(n))
    vanishing(model, equations)
    differentials = [[g.derivative(j) for j in range(n)] for g in equations]
    slopes = [[f.derivative(i) for i in range(model.parameters)] for f in model.parametrization]
    claims = items(value, "list of subnetworks")
    require(any(c != 0 for c in origin_of(model)) or any(
        isinstance(claim, dict) and claim.get("model", 0) is None for claim in claims),
        "The zero function is not in the list of subnetworks.")
    known: set[Any] = set()
    for claim, part in zip(claims, items(parts, "list of proofs", len(claims))):
        description, inputs, stated, singular, bounds = fields(
            claim, "model", "inputs", "dimension", "singular", "tangent")
        require(set(claim) == {"model", "inputs", "dimension", "singular", "tangent"},
                "A subnetwork has an unknown field.")
        smaller = None if description is None else Model(description)
        require(not {"name", "spec"} & set(description or ()),
                "The name of a subnetwork is not verified.")
        integer(stated, 0, n, "dimension")
        if smaller is None:
            require(stated == 0 and inputs == [], "The zero function has dimension 0.")
        else:
            more, whom = check_dimension(smaller, stated, member(part, "dimension_evidence"))
            trust += [w for w in whom if w not in trust]
        place = embedded_coordinates(model, smaller, inputs) if smaller else []
        own = (*zip(place, map(str, smaller.parametrization)),) if smaller else ()
        require(own not in known, "A subnetwork is listed twice.")
        known.add(own)
        points = _points(model, smaller, place, part)
        p = prime(fields(part, "prime")[0])
        tangents = [[residue(row[i](*w), p) for row in slopes]
                    for w in points for i in range(model.parameters)]
        low = max(dimension, rank(tangents, n, p))
        image = [residue(f(*points[0]), p) for f in model.parametrization]
        high = n - rank([[value_modulo(d, image, p) for d in row] for row in differentials], n, p)
        require(integers(bounds, 0, n, "bound", 2) == [low, high],
                "The bounds for a tangent space are not those proved.")
        require(singular is (True if low > dimension else False if high == dimension else None),
                "Whether a subnetwork is singular is not as proved.")
    return [*verified, f"subnetworks ({len(claims)}) and their dimensions",
            "tangent spaces at their generic points"], [*trust, LISTED_SUBNETWORKS]


def origin_of(model: Model) -> list[fmpq]:
    """The function of the parameters zero."""
    return [f(*[0] * model.parameters) for f in model.parametrization]


def _points(model: Model, smaller: Model | None, place: list[int], part: Any) -> list[list[int]]:
    """
    Verify the embeddings; return parameters of one function of the smaller model, as residues.
    """
    embeddings, base, frees = fields(part, "embeddings", "point", "free")
    count = smaller.parameters if smaller else 0
    point = integers(base, 0, 2**31, "coordinate of a point", count)
    points = []
    for data, choices in zip(items(embeddings, "list of embeddings"),
                             items(frees, "list of values", len(embeddings))):
        embedding = integers(data, MINUS - count + 1, count - 1, "place of a parameter",
                             model.parameters)
        free = embedding.count(FREE)
        ring = polynomial_ring(count + free, Ordering.lex)
        images = _embedded(embedding, ring.gens()[:count], ring.gens()[count:], ring.constant(0))
        expected: list[fmpq_mpoly] = [ring.constant(0)] * model.ambient_dimension
        for i, f in zip(place, smaller.parametrization if smaller else []):
            expected[i] = f.compose(*ring.gens()[:count], ctx=ring)
        require(all(f.compose(*images, ctx=ring) == e
                    for f, e in zip(model.parametrization, expected)),
                "An embedding does not give the functions of the smaller model.")
        for choice in items(choices, "list of values"):
            points.append(_embedded(embedding, point, integers(
                choice, 0, 2**31, "free parameter", free), 0))
    require(points, "There is no point.")
    return points


def _embedded(embedding: list[int], point: Sequence[Any], free: Sequence[Any], zero: Any
              ) -> list[Any]:
    """The parameters of M's model, from those of the smaller one and those that are free."""
    values = iter(free)
    return [point[a] if a >= 0 else zero if a == ZERO else next(values) if a == FREE
            else -point[MINUS - a] for a in embedding]
