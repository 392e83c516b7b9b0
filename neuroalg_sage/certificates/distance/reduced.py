"""
The ED degree of M as that of a simpler variety: without its affine span, its lines and redundant
parameters.

Let some parameters be numbers, and let, on that slice,

    φ(w) = c + B ψ(ρ(w)) + C τ(w)

with a vector c and matrices B, C, of which all columns together are independent.

(1) The Jacobian matrix of (ρ, τ) has as many independent rows as there are entries, so (ρ, τ) is
    dominant onto A^k × A^l; and the closure of the image of φ on the slice is that of all
    c + B ψ(y) + C t, which is c + B M' + im C with M' the neurovariety of ψ.
(2) It is all of M if no parameter is a number, or if Dφ on the slice has the rank dim M, since M
    is irreducible.

**Lemma.**  Let q be a quadratic form with the matrix Q, not degenerate on the images of (B C)
and of C.  Then the ED degree of M for q is that of M' for q' with the matrix

    Q' = B^T Q B - B^T Q C (C^T Q C)^(-1) C^T Q B,

and 1 if M' is a point.  Q' is not degenerate, and if q is generic, so is q'.

*Proof.*  On the affine space c + im (B C) the function q(z - u) is q(z - u') up to a constant, with
u' the orthogonal projection of u, which is a generic point of that space for generic u.  Let v_i be
the columns of B less their orthogonal projections to im C; q on their span has the matrix Q'.  In
the coordinates z = c + Σ_i y_i v_i + C t the form q is q'(y) plus one in t alone, q(C t), and M is
M' × A^l.  So a point (y, t) is a smooth point of M if and only if y is one of M', and it is
critical for (y', t') if and only if t = t' and y is critical for y'.  The form on im (B C) is the
orthogonal sum of both parts, so Q' is not degenerate; and each symmetric matrix is a Q'.  ∎
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import Ordering, fmpq_mat, fmpq_mpoly, nmod_mat

from neuroalg_sage.certificates.distance.slices import numbers_of_parameters
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    require,
    value_modulo,
)
from neuroalg_sage.certificates.substitution import substituted

PRIME = 2**61 - 1  # what is independent modulo a prime is independent

Check = Callable[[Model, Any, Any], Checked]


def _rank(functions: list[fmpq_mpoly], free: list[int], point: list[int]) -> int:
    """The rank of a Jacobian matrix at a point modulo the prime, where it is not larger."""
    entries = [value_modulo(f.derivative(i), point, PRIME) for f in functions for i in free]
    return int(nmod_mat(len(functions), len(free), entries, PRIME).rank())


def matrix_of_rest(form: fmpq_mat, b: fmpq_mat, c: fmpq_mat) -> fmpq_mat:
    """
    The matrix Q' of the lemma.

    EXAMPLES: The squared distance from a line, which is the diagonal of the plane::

        >>> form = fmpq_mat([[1, 0], [0, 1]])
        >>> matrix_of_rest(form, fmpq_mat([[1], [0]]), fmpq_mat([[1], [1]])).entries()
        [1/2]
    """
    columns = fmpq_mat([[*x, *y] for x, y in zip(b.tolist(), c.tolist())])
    inside = columns.transpose() * form * columns
    require(inside.rank() == inside.nrows(), "The quadratic form is degenerate on a span.")
    if not c.ncols():
        return inside
    along, across = c.transpose() * form * c, b.transpose() * form * c
    require(along.rank() == along.nrows(), "The quadratic form is degenerate on a space of lines.")
    return b.transpose() * form * b - across * along.inv() * across.transpose()


def outer_model(outer: list[fmpq_mpoly], parameters: int) -> Model:
    """The model (y, x) ↦ ψ(y) x in one input x, whose neurovariety is M'."""
    model = Model({"input_shape": [1], "layers": [{
        "kind": "polynomial", "parameters": [""] * parameters, "inputs": [""],
        "outputs": [[[[*e, 1], str(c)] for e, c in zip(exponent_vectors(f), f.coeffs())]
                    for f in outer]}]})
    require(model.ambient_dimension == len(outer), "A coordinate of ψ is zero.")
    return model


def check_reduced(model: Model, value: Any, evidence: Any, check: Check) -> Checked:
    """Verify a claim [metric, number] about the ED degree of M by one about M'."""
    metric, number = items(value, "claim", 2)
    how = member(evidence, "reduced")
    slice_, inner, outer_data, offset, across, along, lines = fields(
        how, "numbers", "inner", "outer", "offset", "across", "along", "lines")
    phi, n = model.parametrization, model.ambient_dimension
    values = numbers_of_parameters(slice_, model.parameters)
    free = [i for i in range(model.parameters) if i not in values]
    ring = polynomial_ring(model.parameters, Ordering.lex)
    rho, tau = polynomials(inner, ring), polynomials(along, ring)
    k, m = len(rho), len(items(outer_data, "outer coordinates"))
    outer = polynomials(outer_data, polynomial_ring(k, Ordering.lex))
    c = numbers(offset, "offset", n)
    b, along_ = ([numbers(row, "row", size) for row in items(rows, "rows", n)]
                 for rows, size in ((across, m), (lines, len(tau))))
    # (1) and the identity.
    point = [values.get(i, pow(3, i * i + 7 * i + 5, PRIME)) for i in range(model.parameters)]
    require(_rank([*rho, *tau], free, point) == k + len(tau),
            "The inner functions are not seen to be independent.")
    gens = [ring.constant(values[i]) if i in values else x for i, x in enumerate(ring.gens())]
    rho, tau, phi = (substituted(part, gens, ring) if values else part
                     for part in (rho, tau, phi))
    composed = substituted(outer, rho, ring)
    for f, constant, row, line in zip(phi, c, b, along_):
        total = ring.constant(constant)
        for a, g in zip([*row, *line], [*composed, *tau]):
            total += a * g
        require(f == total, "A coordinate is not the composition.")
    trust: list[str] = []
    if values:
        from neuroalg_sage.certificates.dimension.dimension import check_dimension

        d = _rank(phi, free, point)
        _, trust = check_dimension(model, d, member(how, "dimension"))
    said = (f"the neurovariety is that of {m} functions of {k} parameters, and lines in "
            f"{len(tau)} directions, up to an affine-linear map")
    if metric == "generic":
        columns = fmpq_mat([[*x, *y] for x, y in zip(b, along_)])
        require(columns.rank() == m + len(tau), "The directions are not independent.")
        rest = metric
    else:
        from neuroalg_sage.certificates.distance.forms import form_matrix

        wide, high = (fmpq_mat(n, size, [x for row in rows for x in row])
                      for rows, size in ((b, m), (along_, len(tau))))
        form = matrix_of_rest(form_matrix(model, metric), wide, high)
        rest = [[str(form[i, j]) for j in range(m)] for i in range(m)]
    if not m:
        integer(number, 1, 1, "ED degree of an affine space")
        return [said], trust
    verified, more = check(outer_model(outer, k), [rest, number], member(evidence, "evidence"))
    return [said, *verified], [*trust, *(t for t in more if t not in trust)]
