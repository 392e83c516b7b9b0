"""
Affine-linear symmetries of φ: vector fields in the kernel of Dφ, and that there are no others.

A field Σ_i ξ_i ∂/∂w_i whose components are polynomials of degree at most 1 is a sparse matrix
with N rows and N + 1 columns; the last column holds the constants.  The affine-linear maps A of
the parameters with φ ∘ A = φ are an algebraic group, and the fields in the kernel of Dφ are its
Lie algebra.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.dimension.linear_symmetries import (
    SparseMatrix,
    symmetry_fields,
    tangent_rank,
)
from neuroalg_sage.certificates.dimension.ranks import jacobian, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    fields,
    integer,
    integers,
    items,
    member,
    polynomial_ring,
    prime,
    rational,
    require,
)

# Where a claim is about the known symmetries: that there are no others is not verified.
LISTED = "the list of known symmetries"

# Up to so many parameters a list of symmetries must be proved to be complete.
MOST_PARAMETERS = 40


def affine_fields(model: Model, data: Any) -> list[SparseMatrix]:
    """Verify, by expansion, that affine-linear fields are in the kernel of Dφ."""
    n = model.parameters
    ring = polynomial_ring(n, Ordering.lex)  # that of the parametrization
    variables = [*ring.gens()[:n], ring.constant(1)]
    slopes = [[f.derivative(i) for i in range(n)] for f in model.parametrization]
    found = []
    for entries in items(data, "fields"):
        field: SparseMatrix = {}
        components: dict[int, fmpq_mpoly] = {}
        for entry in items(entries, "vector field"):
            i, j, c = items(entry, "vector field", 3)
            i, j, c = integer(i, 0, n - 1, "row"), integer(j, 0, n, "column"), rational(c)
            require((i, j) not in field, "An entry of the vector field is stated twice.")
            field[i, j] = c
            components[i] = components.get(i, ring.constant(0)) + (
                fmpq(c.numerator, c.denominator) * variables[j])
        for row in slopes:
            require(not sum((c * row[i] for i, c in components.items()), ring.constant(0)),
                    "A vector field is not in the kernel of Dφ.")
        found.append(field)
    return found


def matrix_rank(fields: list[SparseMatrix]) -> int:
    """How many of some fields are linearly independent over Q."""
    places = sorted({key for f in fields for key in f})
    entries = [f.get(key, Fraction(0)) for f in fields for key in places]
    return fmpq_mat(len(fields), len(places), [fmpq(c.numerator, c.denominator)
                                               for c in entries]).rank() if places else 0


def _translations(listed: list[SparseMatrix], n: int) -> dict[int, dict[int, Fraction]]:
    """A basis of the span of the constant fields, each with a component 1 that the others lack."""
    basis: dict[int, dict[int, Fraction]] = {}
    for field in listed:
        if all(j == n for _, j in field):
            vector = {i: c for (i, _), c in _modulo(field, basis).items()}
            if vector:
                pivot = min(vector)
                vector = {i: c / vector[pivot] for i, c in vector.items()}
                for other in basis.values():
                    c = other.get(pivot, Fraction(0))
                    for i, d in vector.items():
                        other[i] = other.get(i, Fraction(0)) - c * d
                basis[pivot] = vector
    return basis


def _modulo(field: SparseMatrix, basis: dict[int, dict[int, Fraction]]) -> SparseMatrix:
    """The field with values modulo a span of vectors."""
    result = dict(field)
    for (i, j), c in field.items():
        for k, d in basis.get(i, {}).items():
            result[k, j] = result.get((k, j), Fraction(0)) - c * d
    return {key: c for key, c in result.items() if c}


def check_completeness(model: Model, symmetries: list[SparseMatrix], sample: Any) -> None:
    """
    Verify that the fields span all affine-linear fields in the kernel of Dφ.

    The entries c_ij of such a field solve the linear equations Σ_ij r_i c_ij (w, 1)_j = 0,
    for each row r of the Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at each point w.  These have
    integral coefficients at a prime that divides no denominator, and their rank modulo the
    prime is at most that over Q.  So the solutions are at most as many as there are unknowns
    less that rank, whatever points and inputs are chosen.

    The fields in the kernel are a Lie algebra g.  The bracket with a diagonal field D in g maps g
    to itself, and multiplies the entry (i, j) of a field by its weight D_ii - D_jj, where D is
    zero for the constant.  So g is the sum of its parts of one weight for all diagonal fields
    that are listed, and the parts are bounded one by one.
    """
    n = model.parameters
    p_data, points, inputs = fields(sample, "prime", "points", "inputs")
    p = prime(p_data)
    samples = [integers(x, 0, p - 1, "input", model.inputs) for x in items(inputs, "inputs")]
    equations = []
    for data in items(points, "points"):
        w = [*integers(data, 0, p - 1, "coordinate of a point", n), 1]
        equations += [(row, w) for row in jacobian(model, w, samples, p)]
    torus = [f for f in symmetries if all(i == j for i, j in f)]
    places: dict[tuple[Fraction, ...], list[tuple[int, int]]] = {}
    for i in range(n):
        for j in range(n + 1):
            weight = tuple(d.get((i, i), Fraction(0)) - d.get((j, j), Fraction(0)) for d in torus)
            places.setdefault(weight, []).append((i, j))
    most = sum(len(part) - rank([[row[i] * w[j] % p for i, j in part] for row, w in equations],
                                len(part), p) for part in places.values())
    require(most == matrix_rank(symmetries),
            "There may be more affine-linear symmetries than those listed.")


def orbit_bound(listed: list[SparseMatrix], n: int) -> int:
    """
    An upper bound for the dimension of what affine-linear fields span at a point.

    Let V be the span of the constant ones.  At each point the fields with values in V span at
    most V, and modulo V all span no more than those of a basis modulo these.
    """
    translations = _translations(listed, n)
    return len(translations) + matrix_rank([_modulo(f, translations) for f in listed])


def _one_after_the_other(layers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The layers, with those of chains in the chain that share no parameters."""
    for layer in layers:
        if layer["kind"] == "chain" and all(c is None for c in layer.get("share", [])):
            yield from _one_after_the_other(layer["layers"])
        else:
            yield layer


def condensed(model: Model) -> Model:
    """
    The model in which dense layers that follow one another have as few parameters as needed for
    the same functions, so for the same M.  Activations c x behind them are left out, behind a
    bias c x + d, and chains in the chain are read as their layers.

    Without biases the functions are all matrices whose rank is at most the smallest width, and so
    are their multiples by a number c that is not zero.  With biases they are C (A x + b), where b
    belongs to the last bias, and A and C are all matrices whose ranks are at most the smallest
    widths before and behind it, r and s.  The rank of (A, b) is at most r + 1, and if C is not
    there, b is arbitrary; so the state where b is added can have the width min(s, r + 1), and C is
    not needed if that is the number of outputs.
    """
    layers: list[dict[str, Any]] = []
    run: list[dict[str, Any]] = []  # dense layers that are not in the list yet

    def append(widths: list[int], bias: bool) -> None:
        least = min(widths)
        ends = [widths[0], *[least] * (least < min(widths[0], widths[-1])), widths[-1]]
        layers.extend({"kind": "dense", "inputs": a, "outputs": b, "bias": False}
                      for a, b in zip(ends, ends[1:]))
        layers[-1]["bias"] = bias

    def close() -> None:
        biased = max((k + 1 for k, layer in enumerate(run) if layer.get("bias", False)), default=0)
        widths = [layer["inputs"] for layer in run[:1]] + [layer["outputs"] for layer in run]
        if biased:
            behind = widths[biased:]
            state = min(*behind, min(widths[:biased + 1]) + 1) if behind[1:] else behind[0]
            append([*widths[:biased], state], True)
            widths = [state, behind[-1]] if state < behind[-1] else []
        if widths:
            append(widths, False)
        run.clear()

    for layer in _one_after_the_other(model.description["layers"]):
        if layer["kind"] == "dense":
            run.append(layer)
        elif not (run and layer["kind"] == "activation" and len(layer["coefficients"]) == 2
                  and (layer["coefficients"][0] == "0" or run[-1].get("bias", False))):
            close()
            layers.append(layer)
    close()
    return type(model)({"input_shape": model.description["input_shape"], "layers": layers})


def orbit_dimension(model: Model, evidence: Any, trial: Any) -> tuple[int, int, bool, str]:
    """
    A lower and an upper bound for the dimension of the generic orbits of the symmetries; whether
    these are proved to be all affine-linear ones; and what was verified.

    Fields that are independent at a point modulo a prime are so generically.
    """
    kind = member(evidence, "kind")
    # Of few parameters a list without a proof that it is complete bounds nothing from above.
    few = model.parameters <= MOST_PARAMETERS
    if kind == "rescalings":
        from neuroalg_sage.certificates.dimension.rescalings import rescaled_dimension

        low = model.parameters - rescaled_dimension(model)
        return low, model.parameters if few else low, False, f"orbits of rescalings ({low})"
    if kind == "heads":
        from neuroalg_sage.certificates.dimension.attention_heads import attention_bound

        found = model.parameters - attention_bound(model)
        return found, model.parameters, False, f"the orbits of keys, queries, values ({found})"
    if kind == "normal form":
        from neuroalg_sage.certificates.dimension.normal_forms import normalized

        return orbit_dimension(*normalized(model, evidence, "symmetries"))
    require(kind in ("symmetries", "affine"), "The kind of the symmetries is not known.")
    listed = symmetry_fields(model, evidence) if kind == "symmetries" else affine_fields(
        model, member(evidence, "fields"))
    low = tangent_rank(model, listed, trial)
    if "sample" not in evidence:
        return (low, model.parameters if few else len(listed), False,
                f"the orbits of the symmetries ({len(listed)})")
    check_completeness(model, listed, evidence["sample"])
    return (low, orbit_bound(listed, model.parameters), True,
            f"the orbits of all affine-linear symmetries ({len(listed)})")
