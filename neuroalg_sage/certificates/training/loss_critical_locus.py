"""
Critical points of a quadratic loss in the space of parameters.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.coordinates import in_degrevlex
from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    prime,
    require,
    residue,
    value_modulo,
)
from neuroalg_sage.certificates.singularities.algebraic_points import AlgebraicPoint
from neuroalg_sage.certificates.singularities.decomposition import check_components, presented
from neuroalg_sage.certificates.substitution import vanishing


def check_loss_critical_locus(model: Model, value: Any, evidence: Any
                              ) -> Checked:
    """
    The components of the w where the gradient of q(φ(w)) vanishes, q(z) = z^T Q z - 2 b^T z, as
    for q(z) = Σ m_j (z_j - f_j)^2, the squared distance to f.  Half the slope of q is Q z - b.

    A component is stated to be

    - ``fiber``: it lies over where q has no slope on V, as the fiber of f does: all entries of
      Q φ - b are in its ideal;
    - ``pure``: at a generic point w of it, φ(w) is a smooth point of M, and critical for q on M.
      It is enough that at one point of it equations of M have a Jacobian of rank
      codim M, so that M is smooth there, and Dφ has rank dim M, so that its image is the tangent
      space;
    - ``spurious``: at a generic point w of it φ(w) is a smooth point of M, and not critical on M.
      It is enough that at one point the equations have that rank, and a greater one with the
      slope: what it spans with the normal space is larger;
    - ``open``: none of these was shown.

    Ranks at a point over a number field are bounded from below by those modulo a prime, if all
    is defined over the integers there.
    """
    form, data, components, kinds = items(value, "claim", 4)
    phi, ring = in_degrevlex(model)
    slope = [ring.constant(-c) for c in numbers(data, "linear form", model.ambient_dimension)]
    for (i, j), c in _form(model, form).items():
        slope[i] += phi[j] * c
        slope[j] += phi[i] * c * (i != j)
    equations = [sum((h * g.derivative(i) for h, g in zip(slope, phi)), ring.constant(fmpq(0)))
                 for i in range(model.parameters)]
    verified, trust = check_components(equations, ring, components, evidence)
    images = items(member(evidence, "images"), "list of images", len(components))
    manifold = None
    for component, kind, proof, image in zip(
            components, items(kinds, "list of kinds", len(components)),
            evidence["components"], images):
        generators = polynomials(component["generators"], ring)
        if kind == "fiber":
            require(all(map(presented(generators, ring, proof).contains, slope)),
                    "A component does not lie in the fiber.")
        elif kind != "open":
            require(kind in ("pure", "spurious"), "The kind of a component is not known.")
            if manifold is None:
                manifold = _manifold(model, evidence)
                verified, trust = verified + manifold[2], trust + [
                    t for t in manifold[3] if t not in trust]
            d, equations_of_m, *_ = manifold
            p, w = _point(model, generators, image)
            n = model.ambient_dimension
            z = [value_modulo(g, w, p) for g in phi]
            normals = [[value_modulo(g.derivative(j), z, p) for j in range(n)]
                       for g in equations_of_m]
            require((rank(normals, n, p) if normals else 0) == n - d,
                    "The image of a component may be singular on M.")
            if kind == "pure":
                slopes = [[value_modulo(g.derivative(i), w, p)
                           for i in range(model.parameters)] for g in phi]
                require(rank(slopes, model.parameters, p) == d,
                        "The parametrization may not be a submersion.")
            else:
                require(rank([*normals, [value_modulo(h, w, p) for h in slope]], n, p) == n - d + 1,
                        "The image of a component may be critical.")
    if components and "open" not in kinds:
        verified.append("which of them are spurious")
    return verified, sorted(trust)


def _form(model: Model, data: Any) -> dict[tuple[int, int], fmpq]:
    """The entries of a symmetric matrix, above the diagonal and on it."""
    form: dict[tuple[int, int], fmpq] = {}
    for i, j, c in (items(entry, "entry of a form", 3) for entry in items(data, "form")):
        last = model.ambient_dimension - 1
        place = integer(i, 0, last, "row"), integer(j, i, last, "column")
        require(place not in form, "An entry of the form is stated twice.")
        (form[place],) = numbers([c], "entry of a form", 1)
    return form


def _manifold(model: Model, evidence: Any) -> tuple[int, list[fmpq_mpoly], list[str], list[str]]:
    """The dimension of M, and equations that vanish on it."""
    dimension, proof, data = fields(evidence, "dimension", "dimension_evidence", "equations")
    d = integer(dimension, 0, model.ambient_dimension, "dimension")
    verified, trust = check_dimension(model, d, proof)
    equations = polynomials(data, polynomial_ring(model.ambient_dimension))
    vanishing(model, equations)
    return d, equations, verified, trust


def _point(model: Model, generators: list[fmpq_mpoly], data: Any) -> tuple[int, list[int]]:
    """A point of a component, reduced modulo a prime by a root of its field's polynomial."""
    point = AlgebraicPoint(member(data, "point"), model.parameters)
    require(point.is_irreducible() and point.lies_on(generators),
            "The point is not on the component.")
    p = prime(member(data, "prime"))
    root = integer(member(data, "root"), 0, p - 1, "root")

    def reduced(x: fmpq_poly) -> int:
        return sum(residue(c, p) * pow(root, k, p) for k, c in enumerate(x.coeffs())) % p

    require(reduced(point.q) == 0 and residue(point.q.leading_coefficient(), p),
            "The root is none modulo the prime.")
    return p, list(map(reduced, point.coordinates))
