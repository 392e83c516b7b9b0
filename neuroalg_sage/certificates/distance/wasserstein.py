"""
Lower bounds for Wasserstein degrees, from critical points modulo a prime.

Let B be the convex hull of the given points, which with each point have minus it.  A linear form ℓ
that is 1 at some of them, and less than 1 at the others, defines the face F of B that these some
span; let L be their linear span, N a basis of the linear forms that vanish on L.  Claimed is that
for generic u in V there are at least K functions z = φ(w), with Dφ(w) of rank d = dim M, at which

    N z = N u,    ν Dφ(w) = 0  for some linear form ν with ν = ℓ on L.

These are the critical points of ℓ on M ∩ (u + L), at functions where φ is an immersion.

Let w move in an affine space of dimension d, w = w_0 + B t.  With ν = ℓ + s N the equations are
then as many as the unknowns t, s.  Modulo a prime p, for which L has the same dimension, the
evidence gives B, and w_0 and ν in the algebra A = GF(p)[t] / q, q squarefree.  Verified is that
there

(1) the equations hold for t = 0, and their Jacobian matrix is invertible: that is, with
    H = Σ_i ν_i B^T D^2 φ_i B and C = N Dφ B, the matrix with the rows (H, C^T) and (C, 0);
(2) R Dφ B is invertible for a matrix R with d rows;
(3) a linear form takes K different values at the images φ(w_0).

Lift w_0 and B in any way to an unramified extension of the p-adic integers.  By Hensel's lemma
there is a simple solution over it with small t, for the integers u that the residues are; the
images stay different, and there the rank of Dφ is d.  Embedded into C, simple solutions move
continuously with u.  So there are K with all these properties for all u in an open set, hence for
generic u.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpz_mat, nmod_mat

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.distance.algebra import MOST_POINTS, Algebra
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    integers,
    items,
    prime,
    rational,
    require,
    residue,
)

MOST_ENTRIES = 10**6


def _vectors(data: Any, n: int) -> list[tuple[Fraction, ...]]:
    """Points that span the unit ball."""
    found = [tuple(map(rational, items(v, "vertex", n))) for v in items(data, "list of vertices")]
    require(0 < len(found) * n <= MOST_ENTRIES, "The vertices are none, or too many.")
    known = set(found)
    require(len(known) == len(found) and all(map(any, found)),
            "A vertex is zero, or stated twice.")
    require(all(tuple(-c for c in v) in known for v in found), "The unit ball is not symmetric.")
    return found


def _rank(vectors: list[tuple[Fraction, ...]]) -> int:
    rows = []
    for v in vectors:
        scale = 1
        for c in v:
            scale *= c.denominator
        rows.append([int(c * scale) for c in v])
    return int(fmpz_mat(rows).rank())


def check_at_least(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim that for each face [ℓ, K] the degree is at least K."""
    n, count = model.ambient_dimension, model.parameters
    vertices, faces = fields(value, "vertices", "faces")
    require(set(value) == {"vertices", "faces"}, "The claim has an unknown field.")
    vertices = _vectors(vertices, n)
    d, dimension, proofs = fields(evidence, "d", "dimension", "faces")
    d = integer(d, 1, count, "dimension")
    verified, trust = check_dimension(model, d, dimension)
    require(items(faces, "list of faces"), "The claim is about no face.")
    seen = set()
    for claimed, proof in zip(faces, items(proofs, "list of proofs", len(faces))):
        form, number = items(claimed, "face with its number", 2)
        form = tuple(map(rational, items(form, "linear form", n)))
        values = [sum(a * b for a, b in zip(form, v)) for v in vertices]
        face = [v for v, c in zip(vertices, values) if c == 1]
        require(face and max(values) == 1, "A linear form defines no face.")
        require(frozenset(face) not in seen, "A face is stated twice.")
        seen.add(frozenset(face))
        _check_face(model, face, d, integer(number, 0, MOST_POINTS, "number"), proof)
    return [*verified, f"simple critical points at faces, modulo primes ({len(faces)})"], trust


def _check_face(model: Model, face: list[tuple[Fraction, ...]], d: int, number: int, proof: Any
                ) -> None:
    """Verify that the degree of the face with these vertices is at least this number."""
    p, target, directions, rows, weights, polynomial, parameters, normal = fields(
        proof, "prime", "target", "directions", "rows", "weights", "polynomial", "parameters",
        "normal")
    p, n, count = prime(p), model.ambient_dimension, model.parameters
    target = integers(target, 0, p - 1, "target", n)
    weights = integers(weights, 0, p - 1, "linear form", n)
    directions = [integers(row, 0, p - 1, "directions", d)
                  for row in items(directions, "directions", count)]
    rows = [integers(row, 0, p - 1, "row", n) for row in items(rows, "rows", d)]
    spanning = nmod_mat(len(face), n, [residue(c, p) for v in face for c in v], p)
    require(spanning.rank() == _rank(face), "The span of a face is smaller modulo the prime.")
    null, nullity = spanning.nullspace()
    forms = [[int(null[i, j]) for i in range(n)] for j in range(nullity)]
    algebra = Algebra(p, polynomial, items(parameters, "parameters", count))
    nu = [algebra.element(c, algebra.q.degree()) for c in items(normal, "linear form", n)]
    for v in face:
        require(algebra.sum(c * residue(a, p) for c, a in zip(nu, v)) == algebra.constant(1),
                "A linear form is not that of the face.")

    def along(values: list[Any]) -> list[Any]:
        """The derivatives in the directions, from those by the parameters."""
        return [algebra.sum(row[k] * c for row, c in zip(directions, values)) for k in range(d)]

    phi = model.parametrization
    first = [[f.derivative(m) for m in range(count)] for f in phi]
    values = [algebra.value(f) for f in phi]
    slopes = [along([algebra.value(f) for f in row]) for row in first]
    require(not any(algebra.sum(nu[i] * slopes[i][k] for i in range(n)) for k in range(d)),
            "The points are not critical.")
    require(not any(algebra.sum(c * (f - u) for c, f, u in zip(row, values, target))
                    for row in forms), "The points are not in the translate of the span.")
    second = [along([algebra.sum(nu[i] * algebra.value(first[i][k].derivative(m))
                                 for i in range(n)) for m in range(count)]) for k in range(count)]
    hessian = [along(list(column)) for column in zip(*second)]
    below = [[algebra.sum(c * slopes[i][k] for i, c in enumerate(row)) for k in range(d)]
             for row in forms]
    zero = algebra.constant(0)
    matrix = [[*row, *(below[j][k] for j in range(len(forms)))] for k, row in enumerate(hessian)]
    require(algebra.is_unit([*matrix, *([*row, *[zero] * len(forms)] for row in below)]),
            "The points are not simple.")
    require(algebra.is_unit([[algebra.sum(c * slopes[i][k] for i, c in enumerate(row))
                              for k in range(d)] for row in rows]),
            "The parametrization has critical points there.")
    require(algebra.number_of_values(algebra.sum(c * f for c, f in zip(weights, values)))
            >= number, "The images are fewer than claimed.")
